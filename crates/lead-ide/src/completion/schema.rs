//! Reading entities and events up to the cursor.

use lead_syntax::ast::fold_name;
use lead_syntax::scan::TokenKind;

use super::cursor::Inside;
use super::offer::{Want, What};
use super::reader::Reader;
use super::words;

impl Reader<'_> {
    /// An entity or event and its fields.
    pub fn table(&mut self, event: bool) {
        self.bump();
        self.new_name(&["from", "of"], if event { words::OF_OR_FROM } else { words::FROM });
        while event && self.take_word("of") {
            self.offer(What::Entities);
            self.new_name(&["from", "of"], words::FROM);
        }
        if !self.take_word("from") {
            return;
        }
        let sources = self.sources();
        if self.take_word("where") {
            self.headers = Some(sources.clone());
            self.expr(&Want::condition(), words::NONE);
            self.headers = None;
        }
        // What could not be read of the head.
        while !self.done() && !self.at_line() {
            self.bump();
        }
        self.fields(&sources, event);
    }

    fn sources(&mut self) -> Vec<String> {
        let mut sources = Vec::new();
        loop {
            self.offer(What::Files);
            let Some(source) = self.text_value() else { return sources };
            sources.push(source);
            self.bump();
            if !self.take_sign(",") {
                break;
            }
        }
        self.offer_words(words::AFTER_SOURCE);
        sources
    }

    fn fields(&mut self, sources: &[String], event: bool) {
        let mut taken: Vec<String> = Vec::new();
        loop {
            let fresh = self.done() && self.cursor.fresh;
            if fresh || (self.at_line() && self.growing()) || self.at_line() {
                self.offer(What::FieldLine { sources: sources.to_vec(), taken: taken.clone(), event });
                self.offer_words(words::SAME_WHEN);
            }
            let before = self.at;
            if self.done() {
                return;
            }
            self.field(sources, &mut taken);
            // What could not be read of the line.
            while !self.done() && !self.at_line() {
                self.bump();
            }
            if self.at == before {
                self.bump();
            }
        }
    }

    fn field(&mut self, sources: &[String], taken: &mut Vec<String>) {
        if self.is_word("same") && self.peek_at(1).is_some_and(|t| t.is_word(self.text(), "when")) {
            self.bump();
            self.bump();
            return;
        }
        let (Some(first), length) = (self.peek(), self.name_length(&[])) else { return };
        let name =
            length.checked_sub(1).and_then(|n| self.peek_at(n)).and_then(|last| self.text().get(first.start..last.end));
        let name = name.unwrap_or("").trim_matches('`').to_string();
        taken.push(fold_name(&name));
        self.at += length;
        if self.take_sign(":") {
            if !self.field_type(sources, &name) {
                return;
            }
        } else if self.take_sign("->") {
            self.offer(What::Entities);
            self.new_name(&["from"], words::AFTER_FIELD);
        } else {
            return;
        }
        if self.done() && self.cursor.fresh && self.cursor.inside == Inside::Code {
            return;
        }
        self.offer_words(words::AFTER_FIELD);
        if !self.take_word("from") {
            return;
        }
        loop {
            self.offer(What::Headers(sources.to_vec()));
            if self.kind() != Some(TokenKind::Text) {
                return;
            }
            self.bump();
            if sources.len() > 1 {
                self.offer_words(words::IN_FILE);
            }
            if self.take_word("in") {
                self.offer(What::Sources(sources.to_vec()));
                if self.kind() == Some(TokenKind::Text) {
                    self.bump();
                }
            }
            if !self.take_sign(",") {
                return;
            }
        }
    }

    /// Whether there is a type.
    fn field_type(&mut self, sources: &[String], name: &str) -> bool {
        self.offer(What::Types);
        let phrase = |reader: &Self, first: &str| {
            reader.is_word(first) && reader.peek_at(1).is_some_and(|t| t.is_word(reader.text(), "of"))
        };
        while phrase(self, "list") {
            self.bump();
            self.bump();
            self.offer_words(words::LIST_TYPES);
        }
        if phrase(self, "one") {
            self.bump();
            self.bump();
            loop {
                self.offer(What::ColumnValues { sources: sources.to_vec(), header: name.to_string() });
                if self.kind() != Some(TokenKind::Text) {
                    return false;
                }
                self.bump();
                if !self.take_sign(",") {
                    return true;
                }
            }
        }
        if self.growing() || self.kind() != Some(TokenKind::Word) || self.at_line() {
            return false;
        }
        self.bump();
        // `yes/no`
        if self.take_sign("/") && self.is_word("no") && !self.growing() {
            self.bump();
        }
        true
    }
}
