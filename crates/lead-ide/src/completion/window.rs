//! Reading windows and points in time up to the cursor.

use lead_syntax::scan::TokenKind;

use super::offer::What;
use super::reader::Reader;
use super::words;
use crate::facts;

impl Reader<'_> {
    /// A window, if one is next.
    pub fn window(&mut self) -> bool {
        if self.growing() {
            return false;
        }
        let Some(token) = self.peek().filter(|t| t.kind == TokenKind::Word) else { return false };
        match token.text(self.text()).to_ascii_lowercase().as_str() {
            "within" => {
                self.bump();
                self.within();
            }
            "since" | "before" => {
                self.bump();
                self.moment();
            }
            "between" => {
                self.bump();
                self.moment();
                self.offer_words(words::AND);
                if self.take_word("and") {
                    self.moment();
                }
            }
            "more" => {
                self.bump();
                self.offer_words(words::THAN);
                if self.take_word("than") {
                    self.offer_duration();
                    if self.kind() == Some(TokenKind::Number) {
                        self.bump();
                    }
                    self.offer_words(words::AGO);
                    self.take_word("ago");
                }
            }
            _ => return false,
        }
        true
    }

    /// Behind `within`.
    fn within(&mut self) {
        self.offer(What::Within);
        if self.kind() == Some(TokenKind::Number) {
            if self.growing() {
                self.offer_duration();
            }
            self.bump();
        } else if ["this", "last", "next"].iter().any(|w| self.is_word(w)) && !self.growing() {
            self.period();
        } else {
            self.take_name(&[], |reader, key| reader.item(key));
        }
    }

    /// `this quarter`, `last 2 fiscal quarters`, `next 12mo`
    pub fn period(&mut self) {
        let this = self.is_word("this");
        self.bump();
        let mut many = false;
        if let Some(token) = self.peek().filter(|t| t.kind == TokenKind::Number && !this) {
            if self.growing() {
                self.offer_duration();
            }
            self.bump();
            if !token.text(self.text()).bytes().all(|b| b.is_ascii_digit()) {
                return;
            }
            many = true;
        } else if !this {
            self.offer(What::Durations);
        }
        self.offer_words(if many { words::UNITS_OF_MANY } else { words::UNITS_OF_ONE });
        if self.take_word("fiscal") {
            self.offer_words(words::FISCAL_UNITS);
        }
        let unit = self.peek().is_some_and(|t| facts::is_period_unit(&t.text(self.text()).to_ascii_lowercase()));
        if unit && !self.growing() {
            self.bump();
        }
    }

    /// `90d ago`, `2026-01-01`, `campaign start`
    fn moment(&mut self) {
        self.offer(What::Moments);
        match self.kind() {
            Some(TokenKind::Number) => {
                if self.growing() {
                    self.offer_duration();
                }
                self.bump();
                self.offer_words(words::AGO);
                self.take_word("ago");
            }
            Some(TokenKind::Word | TokenKind::Quoted) => {
                self.take_name(&[], |reader, key| reader.item(key));
            }
            _ => {}
        }
    }
}
