//! Reading definitions up to the cursor, statement by statement.

use lead_hir::hir::{DefKind, TableId, Ty};
use lead_syntax::scan::{self, Kind, TokenKind};

use super::cursor::Inside;
use super::offer::{Want, What, Word};
use super::reader::Reader;
use super::words;
use crate::names::{Item, Member};

impl Reader<'_> {
    /// Reads the statement.
    pub fn statement(&mut self) {
        if let Inside::Comment(start) = self.cursor.inside {
            return self.comment(start);
        }
        if self.first_line() {
            self.offer(What::Statement);
        }
        if self.done() {
            return;
        }
        match scan::classify(self.text()).kind {
            Kind::Unknown => {
                if self.first_line() && !self.head_goes_on() {
                    self.new_name(&[], words::AFTER_NAME);
                }
            }
            Kind::Subject => {
                self.bump();
                self.offer(What::Entities);
            }
            Kind::Entity => self.table(false),
            Kind::Event => self.table(true),
            Kind::Value => self.value(),
            Kind::Term => self.term(),
            Kind::Choice => self.choice(),
            Kind::Score => self.score(),
            Kind::Funnel => self.funnel(),
            Kind::Metric => self.metric(),
            Kind::Story => self.story(),
            Kind::Table => self.examples(),
        }
    }

    /// The names of lints behind `# allow:`.
    fn comment(&mut self, start: usize) {
        let comment = self.text().get(start..).unwrap_or("");
        let Some(rest) = comment.trim_start_matches('#').trim_start().strip_prefix("allow:") else { return };
        if rest.split_whitespace().any(|w| w == "because") {
            return;
        }
        let word = rest.len() - rest.rfind([' ', ',']).map_or(0, |n| n + 1);
        self.offers.push(super::offer::Offer { from: self.text().len() - word, what: What::Lints });
    }

    /// Whether the cursor is on the line in column one.
    fn first_line(&self) -> bool {
        !self.text().contains('\n') && !self.text().starts_with([' ', '\t'])
    }

    /// Whether the sign behind the name that is being written stands there already.
    fn head_goes_on(&self) -> bool {
        let behind = self.cursor.behind.trim_start_matches(|c: char| !matches!(c, '=' | ' ' | '\t'));
        let rest = behind.trim_start();
        let word = rest.split(|c: char| !c.is_alphanumeric()).next().unwrap_or("");
        rest.starts_with('=') || word.eq_ignore_ascii_case("when") || word.eq_ignore_ascii_case("is")
    }

    /// Takes a name that is new here, and offers what may follow it; the last word may be the beginning of that.
    pub fn new_name(&mut self, stop: &[&str], then: &'static [Word]) {
        let length = self.name_length(stop);
        let open = self.at + length == self.cursor.tokens.len();
        if open && length >= 2 && self.cursor.touches() {
            self.at += length - 1;
            self.offer_words(then);
            self.at += 1;
        } else {
            self.at += length;
            if length > 0 {
                self.offer_words(then);
            }
        }
    }

    fn value(&mut self) {
        self.at += self.name_length(&[]);
        if self.take_sign("=") {
            self.expr(&Want::default(), words::NONE);
        }
    }

    fn term(&mut self) {
        self.at += self.name_length(&[]);
        let mut tail = words::AFTER_CLAUSE;
        let mut next = words::NEXT_CLAUSE;
        loop {
            if self.is_word("or") && self.peek_at(1).is_some_and(|t| t.is_word(self.text(), "when")) {
                self.bump();
            }
            if self.is_word("unless") {
                (tail, next) = (words::AFTER_UNLESS, words::NEXT_UNLESS);
            } else if !self.is_word("when") {
                return;
            }
            if self.growing() {
                return;
            }
            self.bump();
            self.expr(&Want::condition(), tail);
            self.because(next);
        }
    }

    /// `because "…"`, and what may follow it.
    pub fn because(&mut self, next: &'static [Word]) {
        if !self.take_word("because") {
            return;
        }
        if self.kind() == Some(TokenKind::Text) {
            self.bump();
            self.offer_words(next);
            if self.is_word("or") && !self.growing() && next.iter().any(|w| w.label == "or when") {
                self.bump();
                self.offer_words(words::WHEN);
                self.at -= 1;
            }
        }
    }

    fn choice(&mut self) {
        self.at += self.name_length(&[]);
        self.bump();
        let mut result = Ty::Error;
        while !(self.done() && !self.cursor.fresh && self.cursor.inside == Inside::Code) {
            let before = self.at;
            let want = Want { ty: (result != Ty::Error).then(|| result.clone()), ..Want::default() };
            let read = self.sum(&want);
            result = read.ty;
            if self.at == before {
                return;
            }
            self.offer_words(words::CHOICE_LINE);
            if self.take_word("when") {
                self.expr(&Want::condition(), words::BECAUSE);
            } else if !self.take_word("otherwise") {
                return;
            }
            self.because(words::NONE);
            if self.done() && !self.cursor.fresh {
                return;
            }
        }
    }

    fn score(&mut self) {
        self.bump();
        self.score = true;
        self.new_name(&[], words::NONE);
        self.options();
        loop {
            if self.cursor.fresh {
                self.offer_words(words::SCORE_LINES);
            }
            if !(self.is_sign("+") || self.is_sign("-")) {
                return;
            }
            self.bump();
            self.score_line();
        }
    }

    /// `, at most 20, half-life 7d`
    fn options(&mut self) {
        while self.take_sign(",") {
            self.offer_words(words::SCORE_OPTIONS);
            if self.growing() {
                return;
            }
            if self.take_word("half-life") {
                self.offer_duration();
                if self.kind() == Some(TokenKind::Number) {
                    self.bump();
                }
            } else if self.take_word("at") {
                if !(self.take_word("most") || self.take_word("least")) {
                    return;
                }
                self.sum(&Want::of(Ty::Number));
            } else {
                return;
            }
        }
    }

    fn score_line(&mut self) {
        match self.kind() {
            Some(TokenKind::Number) => self.bump(),
            Some(TokenKind::Open) => {
                self.sum(&Want::of(Ty::Number));
            }
            _ => {
                self.offer_operand(&Want::of(Ty::Number));
                self.take_name(&["per"], |reader, key| reader.look_up(key));
            }
        }
        self.offer_words(words::AFTER_POINTS);
        if self.growing() {
            return;
        }
        if self.take_word("when") {
            self.expr(&Want::condition(), words::BECAUSE);
        } else if self.take_word("per") {
            self.records(None, false);
            self.offer_words(words::BECAUSE);
        }
        self.options();
        self.because(words::NONE);
        self.options();
    }

    fn funnel(&mut self) {
        self.bump();
        self.new_name(&[], words::NONE);
        let Some(subject) = self.frames.last().copied() else { return };
        let mut taken = Vec::new();
        loop {
            let fresh = self.done() && self.cursor.fresh;
            if fresh || self.at_line() {
                self.offer(What::Steps(subject, taken.clone()));
            }
            let length = self.name_length(&[]);
            if length == 0 {
                return;
            }
            taken.push(self.name_key(length));
            self.at += length;
        }
    }

    fn metric(&mut self) {
        self.bump();
        self.new_name(&[], words::EQUALS);
        if !self.take_sign("=") {
            return;
        }
        self.frames.clear();
        self.expr(&Want::of(Ty::Number), words::BY);
        if !self.take_word("by") {
            return;
        }
        loop {
            let mut tables = self.measured.clone();
            tables.dedup();
            self.offer(What::Dimensions(tables.clone()));
            let before = self.at;
            self.within_records(tables.first().copied(), |reader| {
                let named = reader.take_name(&["as"], |reader, key| reader.look_up(key));
                if named.is_none() || reader.is_sign("(") || reader.is_sign(".") {
                    reader.at = before;
                    reader.sum(&Want::default());
                }
            });
            self.offer_words(words::AS);
            if self.take_word("as") {
                self.at += self.name_length(&[]);
            }
            if !self.take_sign(",") {
                return;
            }
        }
    }

    /// `examples TERM` and its table.
    fn examples(&mut self) {
        self.bump();
        self.offer(What::Tested);
        let tested = self.take_name(&[], |reader, key| reader.item(key));
        let Some((key, Some(Item::Def(def)))) = tested else { return };
        let Some(subject) = self.lexicon.def(def).subject else { return };
        self.frames = vec![subject];
        if self.done() && self.cursor.fresh || self.at_line() {
            self.offer_words(words::AS_OF);
        }
        if self.is_word("as") && self.peek_at(1).is_some_and(|t| t.is_word(self.text(), "of")) {
            self.bump();
            self.bump();
            self.offer(What::Moments);
            if self.kind() == Some(TokenKind::Number) {
                self.bump();
            }
        }
        self.rows(subject, key);
    }

    fn rows(&mut self, subject: TableId, _tested: String) {
        let mut columns: Vec<String> = Vec::new();
        // The header.
        loop {
            self.offer(What::Columns(subject, columns.clone()));
            let Some((key, _)) = self.take_name(&[], |reader, key| reader.look_up(key)) else { break };
            columns.push(key);
            if !self.take_sign("|") {
                break;
            }
        }
        let wants: Vec<Want> = columns.iter().map(|key| self.column(subject, key)).collect();
        let fresh = |reader: &Self| reader.done() && reader.cursor.fresh;
        self.written = true;
        while !wants.is_empty() && (self.at_line() || fresh(self)) {
            let row = self.at;
            for (i, want) in wants.iter().enumerate() {
                let before = self.at;
                // An empty cell.
                if !(self.is_sign("|") || i > 0 && self.at_line()) {
                    self.sum(want);
                }
                if self.at == before && self.done() {
                    return;
                }
                if !self.take_sign("|") {
                    break;
                }
            }
            // What is left of the line.
            while !self.done() && (self.at == row || !self.at_line()) {
                self.bump();
            }
        }
    }

    /// What the cells of a column hold.
    fn column(&self, subject: TableId, key: &str) -> Want {
        let member: Option<Member> = self.names.member(self.lexicon, subject, key);
        let Some(member) = member else { return Want::default() };
        let mut want = Want::of(self.type_of(member));
        want.like = Some(super::offer::Like::Member(member));
        if let Member::Def(def) = member
            && let DefKind::Funnel(_) = self.lexicon.def(def).kind
        {
            want.condition = false;
        }
        want
    }
}
