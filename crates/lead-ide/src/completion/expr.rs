//! Reading conditions and values up to the cursor.

use lead_hir::hir::Ty;
use lead_syntax::scan::{self, TokenKind};

use super::offer::{Like, Want, What, Word};
use super::reader::{Read, Reader};
use super::words;
use crate::facts::{self, FunctionFacts};
use crate::names::{Item, Member};

impl Reader<'_> {
    /// Conditions joined by `and` and `or`, with windows. `tail` is what may follow the whole.
    pub fn expr(&mut self, want: &Want, tail: &'static [Word]) -> Read {
        self.deeper(Read::unknown(), |reader| reader.expr_inner(want, tail))
    }

    fn expr_inner(&mut self, want: &Want, tail: &'static [Word]) -> Read {
        let mut read = self.condition(want);
        loop {
            self.offer(What::Connectives { ty: read.ty.clone(), tail });
            if self.growing() {
                return read;
            }
            if self.is_word("and") {
                self.bump();
                self.condition(&Want::condition());
                read = Read::of(Ty::YesNo);
            } else if self.is_word("or") {
                self.bump();
                if tail.iter().any(|w| w.label == "or when") {
                    self.offer_words(words::WHEN);
                }
                if self.is_word("when") {
                    self.at -= 1;
                    return read;
                }
                self.condition(&Want::condition());
                read = Read::of(Ty::YesNo);
            } else if self.window() {
                if matches!(read.ty, Ty::Time | Ty::Date) {
                    read = Read::of(Ty::YesNo);
                }
            } else {
                return read;
            }
        }
    }

    /// `not a > b`
    fn condition(&mut self, want: &Want) -> Read {
        let mut want = want.clone();
        loop {
            if self.is_word("not") && !self.growing() {
                self.bump();
                want = Want::condition();
                continue;
            }
            break;
        }
        let left = self.sum(&want);
        self.comparison(left)
    }

    fn comparison(&mut self, left: Read) -> Read {
        self.offer(What::Operators(left.ty.clone()));
        if self.growing() && self.kind() == Some(TokenKind::Word) {
            return left;
        }
        let Some(token) = self.peek() else { return left };
        let text = token.text(self.text());
        let same = Want { ty: Some(left.ty.clone()), condition: false, like: left.like.clone() };
        if token.kind == TokenKind::Sign && matches!(text, "=" | "!=" | "<" | "<=" | ">" | ">=" | "==" | "<>") {
            self.bump();
            self.sum(&same);
            return Read::of(Ty::YesNo);
        }
        if token.kind != TokenKind::Word {
            return left;
        }
        match text.to_ascii_lowercase().as_str() {
            "contains" => {
                self.bump();
                let item = match &left.ty {
                    Ty::List(item) => (**item).clone(),
                    _ => Ty::Text,
                };
                self.sum(&Want { ty: Some(item), condition: false, like: left.like });
            }
            "matches" => {
                self.bump();
                self.sum(&Want { ty: Some(Ty::Text), condition: false, like: None });
            }
            "starts" | "ends" => {
                self.bump();
                self.offer_words(words::WITH);
                if !self.take_word("with") {
                    return left;
                }
                self.sum(&Want { ty: Some(Ty::Text), condition: false, like: left.like });
            }
            "not" => {
                self.bump();
                self.offer_words(words::IN);
                if !self.take_word("in") {
                    return left;
                }
                self.sum(&list_of(same));
            }
            "in" => {
                self.bump();
                self.sum(&list_of(same));
            }
            "between" => {
                self.bump();
                self.between(&left, &same);
            }
            "is" => {
                self.bump();
                self.is_what(&left);
            }
            _ => return left,
        }
        Read::of(Ty::YesNo)
    }

    /// Behind `between`: two values, two moments, or two lengths of time before `ago`.
    fn between(&mut self, left: &Read, same: &Want) {
        let event_like = !matches!(left.ty, Ty::Number | Ty::Money | Ty::Percent | Ty::Duration);
        for end in 0..2 {
            if event_like {
                self.offer(What::Moments);
            }
            self.offer_duration_number();
            let was_number = self.kind() == Some(TokenKind::Number);
            self.sum(same);
            if was_number {
                self.offer_words(words::AGO);
                self.take_word("ago");
            }
            if end == 0 {
                self.offer_words(words::AND);
                if !self.take_word("and") {
                    return;
                }
            }
        }
    }

    /// Offers units behind the digits of a number that is being typed.
    fn offer_duration_number(&mut self) {
        if self.kind() == Some(TokenKind::Number) && self.growing() {
            self.offer_duration();
        }
    }

    fn is_what(&mut self, left: &Read) {
        let record = if let Ty::Record(table) = left.ty { Some(table) } else { None };
        self.offer_words(words::KNOWN);
        match record {
            Some(table) => {
                self.offer(What::Terms(table));
                self.offer_words(words::NOT);
            }
            None if left.ty == Ty::Error => self.offer_words(words::NOT),
            None => {}
        }
        if self.take_word("not")
            && let Some(table) = record
        {
            self.offer(What::Terms(table));
        }
        self.take_name(&[], |reader, key| match record {
            Some(table) => reader.names.member(reader.lexicon, table, key),
            None => None,
        });
        if self.is_word("known") || self.is_word("unknown") {
            self.bump();
        }
    }

    /// `a + b`
    pub fn sum(&mut self, want: &Want) -> Read {
        let mut left = self.product(want);
        while let Some(token) = self.peek() {
            let plus = self.is_sign("+");
            if !(plus || self.is_sign("-")) || (self.score && token.first) {
                break;
            }
            self.bump();
            let shifted = matches!(left.ty, Ty::Time | Ty::Date);
            let other = match (&left.ty, plus) {
                (Ty::Time | Ty::Date, true) => Want::of(Ty::Duration),
                (Ty::Error, _) => Want::default(),
                (ty, _) => Want::of(ty.clone()),
            };
            let right = self.product(&other);
            let ty = match (&left.ty, &right.ty) {
                (Ty::Time | Ty::Date, Ty::Time | Ty::Date) if !plus => Ty::Duration,
                (ty, _) if shifted => ty.clone(),
                (_, Ty::Money) => Ty::Money,
                (ty, _) => ty.clone(),
            };
            left = Read::of(ty);
        }
        left
    }

    fn product(&mut self, want: &Want) -> Read {
        let mut left = self.operand(want);
        while self.is_sign("*") || self.is_sign("/") {
            let divided = self.is_sign("/");
            self.bump();
            let right = self.operand(&Want::of(Ty::Number));
            left = Read::of(match (&left.ty, &right.ty) {
                (Ty::Money, Ty::Money) if divided => Ty::Number,
                (Ty::Money, _) | (_, Ty::Money) => Ty::Money,
                (Ty::Error, _) => Ty::Error,
                _ => Ty::Number,
            });
        }
        left
    }

    /// A value without signs, or a sign and a value.
    fn operand(&mut self, want: &Want) -> Read {
        self.offer_operand(want);
        let Some(token) = self.peek() else { return Read::unknown() };
        let text = token.text(self.text()).to_string();
        match token.kind {
            TokenKind::Text => {
                self.bump();
                Read::of(Ty::Text)
            }
            TokenKind::Number => {
                if matches!(want.ty, Some(Ty::Duration)) {
                    self.offer_duration_number();
                }
                self.bump();
                Read::of(number_type(&text))
            }
            TokenKind::Open => {
                self.bump();
                let read = if text == "[" { self.list(want) } else { self.expr(want, words::NONE) };
                if self.kind() == Some(TokenKind::Close) {
                    self.bump();
                }
                read
            }
            TokenKind::Sign if text == "-" => {
                self.bump();
                self.deeper(Read::unknown(), |reader| reader.operand(want))
            }
            TokenKind::Word | TokenKind::Quoted => self.named(&text),
            _ => Read::unknown(),
        }
    }

    fn list(&mut self, want: &Want) -> Read {
        let item = match &want.ty {
            Some(Ty::List(item)) => Want { ty: Some((**item).clone()), condition: false, like: want.like.clone() },
            _ => Want { ty: None, condition: false, like: want.like.clone() },
        };
        loop {
            let ty = self.expr(&item, words::NONE).ty;
            if !self.take_sign(",") {
                return Read::of(Ty::List(Box::new(ty)));
            }
        }
    }

    /// What begins with a word: an aggregate, a function, `was`, `became`, or a path.
    fn named(&mut self, text: &str) -> Read {
        let opens = |reader: &Self, ahead: usize| {
            let (before, paren) = (reader.peek_at(ahead - 1), reader.peek_at(ahead));
            matches!((before, paren), (Some(b), Some(p)) if p.is_sign(reader.text(), "(") && b.end == p.start)
        };
        let lower = text.to_ascii_lowercase();
        if let Some(function) = facts::aggregate(&lower)
            && opens(self, 1)
        {
            return self.deeper(Read::unknown(), |reader| reader.aggregate(function));
        }
        if matches!(lower.as_str(), "was" | "became") && !self.growing() {
            self.bump();
            return self.asked_term(lower == "was");
        }
        if let Some(read) = self.literal_word(&lower) {
            return read;
        }
        if scan::is_keyword(text) {
            return Read::unknown();
        }
        let length = self.name_length(&[]);
        if length > 0 && opens(self, length) {
            let function = facts::function(&self.name_key(length));
            return self.deeper(Read::unknown(), |reader| reader.call(length, function));
        }
        self.path()
    }

    /// `yes`, `now` and periods.
    fn literal_word(&mut self, lower: &str) -> Option<Read> {
        if self.growing() {
            return None;
        }
        let ty = match lower {
            "yes" | "no" | "true" | "false" => Ty::YesNo,
            "now" => Ty::Time,
            "today" => Ty::Date,
            "this" | "last" | "next" => {
                let next = self.peek_at(1)?;
                let text = next.text(self.text()).to_ascii_lowercase();
                let counted = next.kind == TokenKind::Number;
                if !(counted || facts::is_period_unit(&text) || text == "fiscal") {
                    return None;
                }
                self.period();
                return Some(Read::of(Ty::Period));
            }
            _ => return None,
        };
        // Only as a whole name.
        if self.name_length(&[]) != 1 || self.peek_at(1).is_some_and(|t| t.is_sign(self.text(), ".")) {
            return None;
        }
        self.bump();
        Some(Read::of(ty))
    }

    /// A function and what it is asked of.
    fn call(&mut self, length: usize, function: Option<&'static FunctionFacts>) -> Read {
        let name = self.at;
        self.at += length;
        self.calls.push((name, self.at));
        self.bump();
        let want = function.map(|f| Want::of(f.wants.clone())).unwrap_or_default();
        let mut argument = Read::unknown();
        loop {
            let read = self.expr(&want, words::NONE);
            argument = if argument.ty == Ty::Error { read } else { argument };
            if !self.take_sign(",") {
                break;
            }
        }
        self.close_call();
        Read::of(function.map_or(Ty::Error, |f| f.result(&argument.ty)))
    }

    /// Takes the parenthesis that ends a call.
    pub fn close_call(&mut self) {
        if self.take_sign(")") {
            self.calls.pop();
        }
    }

    /// `company.parent.industry`
    pub fn path(&mut self) -> Read {
        if let Some(sources) = &self.headers {
            let _ = sources;
            return self.header();
        }
        let Some((_, mut member)) = self.take_name(&[], |reader, key| reader.look_up(key)) else {
            return Read::unknown();
        };
        while self.is_sign(".") {
            self.bump();
            let ty = member.map_or(Ty::Error, |m| self.type_of(m));
            let table = if let Ty::Record(table) = ty { Some(table) } else { None };
            if let Some(table) = table {
                self.offer(What::Member { table, want: Want::default() });
            }
            let next = self
                .take_name(&[], |reader, key| table.and_then(|table| reader.names.member(reader.lexicon, table, key)));
            let Some((_, next)) = next else { return Read::unknown() };
            member = next;
        }
        match member {
            Some(member) => Read { ty: self.type_of(member), like: Some(Like::Member(member)) },
            None => Read::unknown(),
        }
    }

    /// A header of an export, in the `where` of a source.
    fn header(&mut self) -> Read {
        let length = self.name_length(&[]);
        let (Some(first), Some(last)) = (self.peek(), length.checked_sub(1).and_then(|n| self.peek_at(n))) else {
            return Read::unknown();
        };
        let header = self.text().get(first.start..last.end).unwrap_or("").trim_matches('`').to_string();
        self.at += length;
        Read { ty: Ty::Error, like: Some(Like::Header(header)) }
    }

    /// Behind `was` and `became`.
    fn asked_term(&mut self, was: bool) -> Read {
        let mut frames = self.frames.clone();
        loop {
            self.offer(What::AskedTerms(frames.clone()));
            let scope = frames.clone();
            let taken = self.take_name(&[], |reader, key| reader.names.look_up(reader.lexicon, &scope, key));
            let Some((_, member)) = taken else { return Read::of(Ty::YesNo) };
            if !self.take_sign(".") {
                break;
            }
            match member.map(|m| self.type_of(m)) {
                Some(Ty::Record(table)) => frames = vec![table],
                _ => frames.clear(),
            }
        }
        if was {
            self.offer_words(words::WAS_WHEN);
            self.offer_duration_number();
            if self.kind() == Some(TokenKind::Number) {
                self.bump();
                self.offer_words(words::AGO);
                self.take_word("ago");
            } else if self.take_word("on") {
                self.offer(What::Moments);
                if self.kind() == Some(TokenKind::Number) {
                    self.bump();
                } else {
                    self.path();
                }
            }
        }
        Read::of(Ty::YesNo)
    }

    /// What a name of the one namespace stands for.
    pub fn item(&self, key: &str) -> Option<Item> {
        self.names.item(key)
    }

    /// The table that a name asked here leads to, if it is a record.
    pub fn record_of(&self, member: Member) -> Option<lead_hir::hir::TableId> {
        match self.type_of(member) {
            Ty::Record(table) => Some(table),
            _ => None,
        }
    }
}

fn list_of(want: Want) -> Want {
    Want { ty: want.ty.map(|ty| Ty::List(Box::new(ty))), ..want }
}

/// The type of what starts with a digit, by its shape.
fn number_type(text: &str) -> Ty {
    let letters = text.trim_start_matches(|c: char| c.is_ascii_digit() || matches!(c, '_' | '.'));
    match letters {
        "" => Ty::Number,
        "%" => Ty::Percent,
        "min" | "h" | "d" | "w" | "mo" | "q" | "y" => Ty::Duration,
        rest if rest.starts_with('-') && rest.contains('T') => Ty::Time,
        rest if rest.starts_with('-') => Ty::Date,
        _ => Ty::Error,
    }
}
