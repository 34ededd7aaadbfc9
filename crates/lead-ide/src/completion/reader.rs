//! Reads the tokens before the cursor the way the grammar would, and notes what it would take next where they end.
//!
//! Every function of the reader that is about to take something first *offers* it. An offer is kept if nothing but the
//! words being typed stands between it and the cursor; so what is kept is what the grammar allows there, with the records
//! in scope and the type that is wanted. Nothing is parsed again and nothing is refused: a token that fits nowhere ends
//! the reading.

use lead_hir::hir::{Lexicon, TableId, Ty};
use lead_syntax::ast::fold_name;
use lead_syntax::scan::{self, Token, TokenKind};

use super::cursor::{Cursor, Inside};
use super::offer::{Like, Offer, Want, What, Word};
use crate::names::{self, Member, Names};

/// How deep expressions are followed. The parser refuses deeper ones.
const MAX_DEPTH: u32 = 130;

/// A value that was read.
#[derive(Clone, Debug)]
pub(crate) struct Read {
    /// Its type; [`Ty::Error`] where it is not known.
    pub ty: Ty,
    /// What it is like, where it is a single name.
    pub like: Option<Like>,
}

impl Read {
    pub fn of(ty: Ty) -> Read {
        Read { ty, like: None }
    }

    pub fn unknown() -> Read {
        Read::of(Ty::Error)
    }
}

/// A window that is being written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Offered {
    /// Behind `within`.
    Within,
    /// Behind `since` or `before`.
    Moment,
}

/// See the file's head.
pub(crate) struct Reader<'s> {
    pub lexicon: &'s Lexicon,
    pub names: &'s Names,
    pub cursor: &'s Cursor<'s>,
    /// The next token.
    pub at: usize,
    /// Records in scope, innermost last.
    pub frames: Vec<TableId>,
    /// Where names are headers of exports: their sources.
    pub headers: Option<Vec<String>>,
    /// Lines that begin with `+` or `-` are lines of a score.
    pub score: bool,
    /// Values are written out: nothing is asked of a record.
    pub written: bool,
    pub offers: Vec<Offer>,
    /// What was offered where a call is open: for signature help, the function and where its parenthesis stands.
    pub calls: Vec<(usize, usize)>,
    /// Tables that aggregates ran over, for the dimensions of a metric.
    pub measured: Vec<TableId>,
    pub depth: u32,
}

impl<'s> Reader<'s> {
    pub fn new(lexicon: &'s Lexicon, names: &'s Names, cursor: &'s Cursor<'s>, subject: Option<TableId>) -> Reader<'s> {
        Reader {
            lexicon,
            names,
            cursor,
            at: 0,
            frames: subject.into_iter().collect(),
            headers: None,
            score: false,
            written: false,
            offers: Vec::new(),
            calls: Vec::new(),
            measured: Vec::new(),
            depth: 0,
        }
    }

    /// The window that is being written at the cursor, if one is.
    pub fn offered_window(&self) -> Option<Offered> {
        self.offers.iter().find_map(|offer| match offer.what {
            What::Within => Some(Offered::Within),
            What::Moments => Some(Offered::Moment),
            _ => None,
        })
    }

    pub fn text(&self) -> &'s str {
        self.cursor.text
    }

    pub fn peek(&self) -> Option<Token> {
        self.cursor.tokens.get(self.at).copied()
    }

    pub fn peek_at(&self, ahead: usize) -> Option<Token> {
        self.cursor.tokens.get(self.at + ahead).copied()
    }

    pub fn bump(&mut self) {
        self.at += 1;
    }

    /// Whether all tokens are read.
    pub fn done(&self) -> bool {
        self.at >= self.cursor.tokens.len()
    }

    pub fn is_word(&self, word: &str) -> bool {
        self.peek().is_some_and(|t| t.is_word(self.text(), word))
    }

    pub fn is_sign(&self, sign: &str) -> bool {
        self.peek().is_some_and(|t| t.is_sign(self.text(), sign))
    }

    pub fn kind(&self) -> Option<TokenKind> {
        self.peek().map(|t| t.kind)
    }

    /// Takes the word if it is next and whole: one that the cursor touches may still grow.
    pub fn take_word(&mut self, word: &str) -> bool {
        let taken = self.is_word(word) && !self.growing();
        if taken {
            self.bump();
        }
        taken
    }

    pub fn take_sign(&mut self, sign: &str) -> bool {
        let taken = self.is_sign(sign);
        if taken {
            self.bump();
        }
        taken
    }

    /// Whether the next token is the one being typed.
    pub fn growing(&self) -> bool {
        self.cursor.inside == Inside::Code && self.at + 1 == self.cursor.tokens.len() && self.cursor.touches()
    }

    /// Whether the token at `at` and the one before it stand on one line with nothing but blanks between.
    fn joined(&self, at: usize) -> bool {
        let (Some(before), Some(next)) =
            (at.checked_sub(1).and_then(|b| self.cursor.tokens.get(b)), self.cursor.tokens.get(at))
        else {
            return false;
        };
        let gap = self.text().get(before.end..next.start).unwrap_or("\n");
        !gap.is_empty() && gap.chars().all(|c| matches!(c, ' ' | '\t' | '\u{A0}'))
    }

    /// Notes what would be taken here, if the cursor is here.
    pub fn offer(&mut self, what: What) {
        if let Some(from) = self.open() {
            self.offers.push(Offer { from, what });
        }
    }

    pub fn offer_words(&mut self, words: &'static [Word]) {
        if !words.is_empty() {
            self.offer(What::Words(words));
        }
    }

    /// Where the words being typed begin, if nothing else stands between here and the cursor.
    fn open(&self) -> Option<usize> {
        let tokens = &self.cursor.tokens;
        let rest = tokens.get(self.at..).unwrap_or(&[]);
        match self.cursor.inside {
            Inside::Comment(_) => return None,
            Inside::Text(start) | Inside::Quoted(start) => return rest.is_empty().then_some(start),
            Inside::Code => {}
        }
        let end = self.text().len();
        let Some(first) = rest.first() else {
            // Behind a word, a number or a bracket a blank is missing.
            let glued =
                tokens.last().is_some_and(|t| t.end == end && !matches!(t.kind, TokenKind::Open | TokenKind::Sign));
            return (!glued).then_some(end);
        };
        // Most tokens are followed by many more; the first that is no word of a name ends the look at them.
        let last = rest.len() - 1;
        let is_of_name = |(i, token): (usize, &Token)| {
            token.kind == TokenKind::Word
                && (i == 0 || self.joined(self.at + i))
                && (!scan::is_keyword(token.text(self.text())) || (i == last && token.end == end))
        };
        if !rest.iter().enumerate().all(is_of_name) {
            return None;
        }
        let behind = self.text().get(rest.last()?.end..).unwrap_or("\n");
        behind.chars().all(|c| matches!(c, ' ' | '\t' | '\u{A0}')).then_some(first.start)
    }

    /// Notes a length of time where a number is being typed, or nothing yet.
    pub fn offer_duration(&mut self) {
        match self.peek() {
            Some(token) if token.kind == TokenKind::Number && self.growing() => {
                self.offers.push(Offer { from: token.start, what: What::Durations });
            }
            _ => self.offer(What::Durations),
        }
    }

    /// Whether the words at `at` are a keyword where they stand, though not everywhere (D1, D53).
    fn soft_keyword(&self, at: usize) -> bool {
        let text = self.text();
        let word = |i: usize| {
            self.cursor.tokens.get(i).filter(|t| t.kind == TokenKind::Word).map(|t| t.text(text).to_ascii_lowercase())
        };
        let Some(first) = word(at) else { return false };
        let next = self.cursor.tokens.get(at + 1);
        let second = word(at + 1);
        let last = at + 1 >= self.cursor.tokens.len();
        match first.as_str() {
            "starts" | "ends" => second.as_deref() == Some("with"),
            "more" => second.as_deref() == Some("than"),
            "on" => next.is_some_and(|t| matches!(t.kind, TokenKind::Number | TokenKind::Quoted)),
            // At the cursor a blank behind `in` says that something to look in is to follow.
            "in" | "by" if last => !self.cursor.touches() || self.cursor.inside != Inside::Code,
            "in" => match next {
                Some(t) if t.is_sign(text, "[") || t.kind == TokenKind::Quoted => true,
                Some(t) if t.kind == TokenKind::Word => {
                    let w = t.text(text);
                    !scan::is_keyword(w) && !w.eq_ignore_ascii_case("in") && !w.eq_ignore_ascii_case("by")
                }
                _ => false,
            },
            "by" => match next {
                Some(t) if t.kind == TokenKind::Quoted => true,
                Some(t) if t.kind == TokenKind::Word => !scan::is_keyword(t.text(text)),
                _ => false,
            },
            _ => false,
        }
    }

    /// How many tokens the name that is next has by the grammar; `stop` are words that end it here.
    pub fn name_length(&self, stop: &[&str]) -> usize {
        let text = self.text();
        if self.kind() == Some(TokenKind::Quoted) {
            return 1;
        }
        let mut length = 0;
        while let Some(token) = self.peek_at(length) {
            let at = self.at + length;
            let ends = token.kind != TokenKind::Word
                || scan::is_keyword(token.text(text))
                || (length > 0 && (!self.joined(at) || stop.iter().any(|s| token.is_word(text, s))))
                || self.soft_keyword(at);
            if ends {
                break;
            }
            length += 1;
        }
        length
    }

    /// The folded text of the next `length` tokens.
    pub fn name_key(&self, length: usize) -> String {
        let (Some(first), Some(last)) = (self.peek(), length.checked_sub(1).and_then(|n| self.peek_at(n))) else {
            return String::new();
        };
        fold_name(self.text().get(first.start..last.end).unwrap_or("").trim_matches('`'))
    }

    /// Takes a name. Where `known` knows fewer of its words, and the rest are being typed, only those are taken.
    pub fn take_name<T>(
        &mut self,
        stop: &[&str],
        known: impl Fn(&Self, &str) -> Option<T>,
    ) -> Option<(String, Option<T>)> {
        let length = self.name_length(stop);
        if length == 0 {
            return None;
        }
        let whole = self.name_key(length);
        let mut taken = (length, whole.clone(), known(self, &whole));
        let open = self.at + length == self.cursor.tokens.len() && self.cursor.inside == Inside::Code;
        if taken.2.is_none() && open {
            for shorter in (1..length).rev() {
                let key = self.name_key(shorter);
                if let Some(found) = known(self, &key) {
                    taken = (shorter, key, Some(found));
                    break;
                }
            }
        }
        self.at += taken.0;
        Some((taken.1, taken.2))
    }

    /// What a name asked of the records in scope stands for.
    pub fn look_up(&self, key: &str) -> Option<Member> {
        self.names.look_up(self.lexicon, &self.frames, key)
    }

    pub fn type_of(&self, member: Member) -> Ty {
        names::type_of(self.lexicon, member)
    }

    /// Runs `inner` unless expressions nest too deeply.
    pub fn deeper<T>(&mut self, otherwise: T, inner: impl FnOnce(&mut Self) -> T) -> T {
        if self.depth >= MAX_DEPTH {
            return otherwise;
        }
        self.depth += 1;
        let result = inner(self);
        self.depth -= 1;
        result
    }

    /// Runs `inner` with one more record in scope.
    pub fn within_records<T>(&mut self, table: Option<TableId>, inner: impl FnOnce(&mut Self) -> T) -> T {
        let before = self.frames.clone();
        match table {
            Some(table) => self.frames.push(table),
            None => self.frames.clear(),
        }
        let result = inner(self);
        self.frames = before;
        result
    }

    /// Whether a line of its own begins with the next token.
    pub fn at_line(&self) -> bool {
        self.peek().is_some_and(|t| t.first)
    }

    /// The value of the text that is next.
    pub fn text_value(&self) -> Option<String> {
        let token = self.peek().filter(|t| t.kind == TokenKind::Text)?;
        let text = token.text(self.text());
        Some(text.get(1..text.len().saturating_sub(1)).unwrap_or("").replace("\"\"", "\""))
    }

    /// What the offer of an operand is here.
    pub fn offer_operand(&mut self, want: &Want) {
        if self.written {
            return self.offer(What::Written { want: want.clone() });
        }
        match self.headers.clone() {
            Some(sources) => self.offer(What::HeaderNames { sources, want: want.clone() }),
            None => {
                let frames = self.frames.clone();
                self.offer(What::Operand { frames, want: want.clone() });
            }
        }
    }
}
