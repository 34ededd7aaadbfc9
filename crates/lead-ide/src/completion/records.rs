//! Reading aggregates up to the cursor: which records, along which way, and which of them.

use lead_hir::hir::{AggregateFn, DefKind, TableId, Ty};
use lead_syntax::scan::TokenKind;

use super::offer::{Like, Want, What};
use super::reader::{Read, Reader};
use super::words;
use crate::facts;
use crate::names::{Item, Member};

/// Records that were read.
#[derive(Clone, Debug, Default)]
pub(crate) struct ReadRecords {
    /// Whose.
    pub table: Option<TableId>,
    /// The value that is measured of them.
    pub value: Option<Read>,
}

impl Reader<'_> {
    /// `count(page view where …)`, from its word on.
    pub fn aggregate(&mut self, function: AggregateFn) -> Read {
        self.calls.push((self.at, self.at + 1));
        self.bump();
        self.bump();
        let counts = matches!(function, AggregateFn::Count);
        let mut distinct = false;
        if counts {
            self.offer_words(words::DISTINCT);
            if self.is_word("distinct")
                && !self.growing()
                && self.peek_at(1).is_none_or(|t| !t.is_sign(self.text(), ")"))
            {
                self.bump();
                distinct = true;
            }
        }
        let records = self.records(Some(function), distinct);
        self.close_call();
        self.measured.extend(records.table);
        Read::of(match function {
            AggregateFn::Count => Ty::Number,
            AggregateFn::Any | AggregateFn::No | AggregateFn::Every => Ty::YesNo,
            _ => records.value.map_or(Ty::Error, |v| v.ty),
        })
    }

    /// Records with their way, window, condition and what comes after.
    pub fn records(&mut self, function: Option<AggregateFn>, distinct: bool) -> ReadRecords {
        let mut records = ReadRecords::default();
        self.target(function, distinct, &mut records);
        let steps = matches!(function, Some(AggregateFn::Any | AggregateFn::No | AggregateFn::Count));
        let event = records.table.is_some_and(|t| self.lexicon.table(t).is_event());
        loop {
            self.offer_words(if steps && event { words::AFTER_EVENT } else { words::AFTER_RECORDS });
            if event || records.table.is_none() {
                self.offer(What::Windows);
            }
            if self.growing() {
                return records;
            }
            if self.take_word("where") {
                self.filter(records.table, if steps { words::THEN } else { words::NONE });
            } else if self.take_word("via") {
                if let Some(to) = records.table {
                    let from = self.frames.last().copied();
                    self.offer(What::Vias { from, to });
                }
                self.take_name(&[], |_, _| None::<()>);
            } else if steps && self.take_word("then") {
                self.step();
            } else if !self.window() {
                return records;
            }
        }
    }

    /// A condition of records, asked of each.
    fn filter(&mut self, table: Option<TableId>, tail: &'static [super::offer::Word]) {
        if let Some(table) = table {
            self.within_records(Some(table), |reader| reader.expr(&Want::condition(), tail));
        } else {
            self.expr(&Want::condition(), tail);
        }
    }

    /// A step of a sequence, behind `then`.
    fn step(&mut self) {
        self.offer_words(words::STEP_WITHIN);
        if self.take_word("within") {
            self.offer_duration();
            if self.kind() == Some(TokenKind::Number) {
                self.bump();
            }
        }
        let subject = self.frames.last().copied();
        self.offer(What::Events(subject));
        let event = self.take_name(&[], |reader, key| reader.item(key));
        let table = match event {
            Some((_, Some(Item::Table(table)))) => Some(table),
            _ => None,
        };
        // Only the event and its subject can be named in a step.
        self.offer_words(words::AFTER_EVENT);
        self.offer(What::Windows);
        if self.take_word("where") {
            self.within_records(None, |reader| reader.filter(table, words::THEN));
        }
    }

    /// What is measured, with its signs: `sum(order.amount * 2)`.
    fn target(&mut self, function: Option<AggregateFn>, distinct: bool, records: &mut ReadRecords) {
        loop {
            self.measured(function, distinct, records);
            let more = ["+", "-", "*", "/"].iter().any(|s| self.is_sign(s)) && !self.growing();
            if !more || function.is_none() {
                return;
            }
            self.bump();
            records.value = Some(Read::of(records.value.as_ref().map_or(Ty::Number, |v| v.ty.clone())));
        }
    }

    fn measured(&mut self, function: Option<AggregateFn>, distinct: bool, records: &mut ReadRecords) {
        let frames = self.frames.clone();
        self.offer(What::Records { frames, function, distinct });
        match self.kind() {
            Some(TokenKind::Number | TokenKind::Text) => {
                self.bump();
                return;
            }
            Some(TokenKind::Open) => {
                self.bump();
                self.deeper((), |reader| reader.target(function, distinct, records));
                if self.kind() == Some(TokenKind::Close) {
                    self.bump();
                }
                return;
            }
            _ => {}
        }
        let length = self.name_length(&[]);
        let paren = length.checked_sub(1).and_then(|n| Some((self.peek_at(n)?, self.peek_at(n + 1)?)));
        if let Some((name, paren)) = paren
            && paren.is_sign(self.text(), "(")
            && name.end == paren.start
        {
            let called = facts::function(&self.name_key(length));
            self.calls.push((self.at, self.at + length));
            self.at += length + 1;
            self.deeper((), |reader| reader.target(Some(AggregateFn::First), distinct, records));
            self.close_call();
            let argument = records.value.as_ref().map_or(Ty::Error, |v| v.ty.clone());
            records.value = Some(Read::of(called.map_or(Ty::Error, |f| f.result(&argument))));
            return;
        }
        self.collection(function, distinct, records);
    }

    /// `[reference.]* collection [.reference]* [.value]` (D6)
    fn collection(&mut self, function: Option<AggregateFn>, distinct: bool, records: &mut ReadRecords) {
        let mut scope: Option<TableId> = None;
        let mut arrived = false;
        loop {
            let taken = self.take_name(&[], |reader, key| reader.target_name(scope, arrived, key));
            let Some((_, found)) = taken else { return };
            match found {
                Some(Target::Records(table)) => {
                    records.table = Some(table);
                    arrived = true;
                    scope = Some(table);
                }
                Some(Target::Member(member)) => {
                    let ty = self.type_of(member);
                    match ty {
                        Ty::Record(table) => {
                            scope = Some(table);
                            if !arrived {
                                records.table = Some(table);
                            }
                            records.value = arrived.then_some(Read { ty, like: Some(Like::Member(member)) });
                        }
                        ty => {
                            scope = None;
                            records.value = Some(Read { ty, like: Some(Like::Member(member)) });
                        }
                    }
                }
                None => scope = None,
            }
            if !self.is_sign(".") {
                return;
            }
            self.bump();
            if let Some(table) = scope {
                self.offer(What::Member { table, want: measured_by(function, distinct) });
                if !arrived {
                    self.offer(What::Records { frames: vec![table], function, distinct });
                }
            }
        }
    }

    /// A name of the target of an aggregate.
    fn target_name(&self, scope: Option<TableId>, arrived: bool, key: &str) -> Option<Target> {
        let member = match scope {
            Some(table) => self.names.member(self.lexicon, table, key),
            None => self.look_up(key),
        };
        let reference = member.filter(|m| matches!(m, Member::Field(..)) && self.record_of(*m).is_some());
        let records = || match self.item(key)? {
            Item::Table(table) => Some(Target::Records(table)),
            Item::Def(def) => {
                let def = self.lexicon.def(def);
                matches!(def.kind, DefKind::Term(_)).then_some(())?;
                def.subject.map(Target::Records)
            }
        };
        if arrived {
            return member.map(Target::Member);
        }
        reference.map(Target::Member).or_else(records).or(member.filter(|_| scope.is_some()).map(Target::Member))
    }
}

/// A name in the target of an aggregate.
#[derive(Clone, Copy, Debug)]
enum Target {
    Records(TableId),
    Member(Member),
}

/// What an aggregate measures of its records.
pub(crate) fn measured_by(function: Option<AggregateFn>, distinct: bool) -> Want {
    match function {
        Some(AggregateFn::Sum | AggregateFn::Average) => Want::of(Ty::Number),
        Some(AggregateFn::Min | AggregateFn::Max) => Want::of(Ty::Money),
        Some(AggregateFn::Every) => Want::condition(),
        Some(AggregateFn::Count) if distinct => Want::of(Ty::Text),
        _ => Want::default(),
    }
}
