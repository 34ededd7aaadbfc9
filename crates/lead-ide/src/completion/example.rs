//! Reading stories up to the cursor.

use lead_diag::InOrder;
use lead_hir::hir::{TableId, TableKind, Ty};
use lead_syntax::scan::TokenKind;

use super::offer::{Like, Want, What};
use super::reader::Reader;
use super::words;
use crate::names::{self, Item, Member};

/// Words that end a name in a story.
const STOP: &[&str] = &["of", "in", "on", "today", "now"];

impl Reader<'_> {
    /// `example "…"` and its lines.
    pub fn story(&mut self) {
        self.bump();
        if self.kind() == Some(TokenKind::Text) {
            self.bump();
        }
        let mut told: Vec<(TableId, Option<String>)> = Vec::new();
        loop {
            if (self.done() && self.cursor.fresh) || self.at_line() {
                self.offer(What::StoryLine);
                self.offer_words(words::STORY);
            }
            if self.done() {
                return;
            }
            let before = self.at;
            self.story_line(&mut told);
            if self.done() && self.at > before {
                continue;
            }
            while !self.done() && !self.at_line() {
                self.bump();
            }
            if self.at == before {
                self.bump();
            }
        }
    }

    fn story_line(&mut self, told: &mut Vec<(TableId, Option<String>)>) {
        if self.is_word("as") && self.peek_at(1).is_some_and(|t| t.is_word(self.text(), "of")) {
            self.bump();
            self.bump();
            self.offer(What::Moments);
            if self.kind() == Some(TokenKind::Number) {
                self.bump();
            }
            return;
        }
        if self.take_word("expect") {
            return self.expect(told);
        }
        let taken = self.take_name(STOP, |reader, key| match reader.item(key) {
            Some(Item::Table(table)) => Some(table),
            _ => None,
        });
        let Some((_, Some(table))) = taken else { return };
        if self.lexicon.table(table).is_event() {
            self.story_event(table, told);
        } else {
            let key = self.text_value();
            if key.is_some() {
                self.bump();
            }
            told.push((table, key));
            if self.take_sign(":") {
                self.story_fields(table, told);
            }
        }
    }

    fn story_event(&mut self, table: TableId, told: &[(TableId, Option<String>)]) {
        self.offer_words(words::STORY_MOMENTS);
        if self.take_word("of") {
            if let Some((_, subject)) = names::subject_of(self.lexicon, table) {
                self.offer(What::Keys(keys(told, subject)));
            }
            if self.kind() == Some(TokenKind::Text) {
                self.bump();
            }
            self.offer_words(words::STORY_WHEN);
        }
        if self.take_word("in") {
            self.offer_duration();
        }
        if self.take_word("on") {
            self.offer(What::Moments);
        }
        match self.kind() {
            Some(TokenKind::Number) => {
                if self.growing() {
                    self.offer_duration();
                }
                self.bump();
                self.offer_words(words::AGO);
                self.take_word("ago");
            }
            Some(TokenKind::Word) if !self.at_line() => {
                self.take_name(&[], |_, _| None::<()>);
            }
            _ => {}
        }
        if self.take_sign(",") {
            self.story_fields(table, told);
        }
    }

    /// `lead source "Trade show", company "acme"`
    fn story_fields(&mut self, table: TableId, told: &[(TableId, Option<String>)]) {
        let mut taken: Vec<String> = Vec::new();
        if let TableKind::Event { subject, time } = self.lexicon.table(table).kind {
            let fields = &self.lexicon.table(table).fields;
            for field in subject.into_iter().chain([time]) {
                taken.extend(fields.get(field.0 as usize).map(|f| f.name.key.clone()));
            }
        }
        loop {
            self.offer(What::Fields(table, taken.clone()));
            let name = self.take_name(&[], |reader, key| {
                let field = reader.lexicon.table(table).field_named(key)?;
                Some(Member::Field(table, field))
            });
            let Some((key, member)) = name else { return };
            taken.push(key);
            self.take_sign("=");
            let ty = member.map_or(Ty::Error, |m| self.type_of(m));
            if let Ty::Record(to) = ty {
                self.offer(What::Keys(keys(told, to)));
            }
            // A value is written out; names mean nothing in a story.
            let want = Want { ty: Some(ty), condition: false, like: member.map(Like::Member) };
            self.written = true;
            self.sum(&want);
            self.written = false;
            if !self.take_sign(",") {
                return;
            }
        }
    }

    /// `expect "c1": owner = "field sales" because "large"`
    fn expect(&mut self, told: &[(TableId, Option<String>)]) {
        let entities: Vec<(TableId, Option<String>)> = told.to_vec();
        let keys: Vec<String> = entities.iter().filter_map(|(_, k)| k.clone()).collect();
        self.offer(What::Keys(keys));
        let named = self.text_value().filter(|_| self.peek_at(1).is_some_and(|t| t.is_sign(self.text(), ":")));
        let mut tables: Vec<TableId> = match &named {
            Some(key) => {
                self.bump();
                self.bump();
                entities.iter().filter(|(_, k)| k.as_ref() == Some(key)).map(|(t, _)| *t).collect()
            }
            None => entities.iter().map(|(t, _)| *t).collect(),
        };
        tables.in_order();
        tables.dedup();
        if tables.is_empty() {
            tables = self.names.tables().iter().copied().filter(|t| !self.lexicon.table(*t).is_event()).collect();
        }
        // Any of them may be meant; each is tried, and the furthest reading is kept.
        let start = self.at;
        let mut end = start;
        for table in tables {
            self.at = start;
            self.frames = vec![table];
            self.expr(&Want::condition(), words::BECAUSE);
            end = end.max(self.at);
        }
        self.at = end;
        self.because(words::NONE);
    }
}

fn keys(told: &[(TableId, Option<String>)], table: TableId) -> Vec<String> {
    told.iter().filter(|(t, _)| *t == table).filter_map(|(_, key)| key.clone()).collect()
}
