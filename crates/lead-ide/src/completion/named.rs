//! Names that may stand at the cursor, ranked by how well their type fits and how near they are.

use lead_hir::hir::{AggregateFn, Def, DefId, DefKind, TableId, Ty};

use super::candidate::Candidate;
use super::list::List;
use super::offer::Want;
use super::records::measured_by;
use super::{CompletionKind, relate, words};
use crate::facts::{AGGREGATES, FUNCTIONS};
use crate::names::{self};

impl List<'_> {
    /// Defined in this file, above the cursor, near to it: what is being worked on.
    pub fn nearness(&self, id: DefId) -> i32 {
        let def = self.snapshot.lexicon().def(id);
        if def.span.file != self.at.file {
            return 0;
        }
        match self.at.offset.checked_sub(def.span.end) {
            Some(0..=400) => 6,
            Some(_) => 4,
            None => 3,
        }
    }

    fn is_own(&self, def: &Def) -> bool {
        !self.own.is_empty() && def.name.key == self.own
    }

    /// Fields and definitions of a table.
    pub fn members(&mut self, table: TableId, want: &Want, base: i32) {
        let snapshot = self.snapshot;
        let lexicon = snapshot.lexicon();
        for (i, field) in lexicon.table(table).fields.iter().enumerate() {
            let id = lead_hir::hir::FieldId(i as u32);
            self.add(base + 4 + fit(want, &field.ty), Candidate::Field(table, id));
        }
        for id in snapshot.names().of_subject(table) {
            let def = lexicon.def(*id);
            if !self.is_own(def) && def.ty != Ty::Period {
                self.add(base + fit(want, &def.ty) + self.nearness(*id), Candidate::Def(*id));
            }
        }
    }

    /// A value or condition asked of the records in scope.
    pub fn operands(&mut self, frames: &[TableId], want: &Want) {
        self.values_of(want);
        let snapshot = self.snapshot;
        let lexicon = snapshot.lexicon();
        for (up, table) in frames.iter().rev().take(2).enumerate() {
            let base = 40 - 8 * up as i32;
            self.members(*table, want, base);
            if let Some((_, subject)) = names::subject_of(lexicon, *table) {
                self.members(subject, want, base - 4);
            }
        }
        for id in snapshot.names().constants() {
            let def = lexicon.def(*id);
            if !self.is_own(def) {
                self.add(30 + fit(want, &def.ty) + self.nearness(*id), Candidate::Def(*id));
            }
        }
        self.literals(want);
        // Without a record in scope, as in a metric, everything begins with an aggregate.
        let base = if frames.is_empty() { 60 } else { 28 };
        for facts in AGGREGATES {
            let ty = match facts.function {
                AggregateFn::Count | AggregateFn::Sum | AggregateFn::Average => Ty::Number,
                AggregateFn::Any | AggregateFn::No | AggregateFn::Every => Ty::YesNo,
                _ => Ty::Error,
            };
            self.add(base + fit(want, &ty) / 2, Candidate::Aggregate(facts));
        }
        for facts in FUNCTIONS {
            self.add(10 + fit(want, &facts.result(&Ty::Error)) / 2, Candidate::Function(facts));
        }
        if want.condition || want.ty.is_none() {
            let words: [(&str, &'static str); 3] = [
                ("not", "the contrary"),
                ("was", "a term at an earlier time"),
                ("became", "a term that holds now and did not"),
            ];
            for (text, detail) in words {
                self.add(22, Candidate::Plain { text: text.into(), kind: CompletionKind::Keyword, detail });
            }
        }
    }

    /// A value written out.
    pub fn written_out(&mut self, want: &Want) {
        self.values_of(want);
        let bare = Want { condition: false, ..want.clone() };
        self.literals(&bare);
    }

    fn literals(&mut self, want: &Want) {
        let mut plain = |text: &str, ty: &Ty, detail: &'static str, kind| {
            let score = 20 + fit(want, ty);
            self.add(score, Candidate::Plain { text: text.into(), kind, detail });
        };
        if !want.condition {
            plain("yes", &Ty::YesNo, "holds", CompletionKind::Keyword);
            plain("no", &Ty::YesNo, "does not hold", CompletionKind::Keyword);
        }
        plain("now", &Ty::Time, "the as-of time", CompletionKind::Keyword);
        plain("today", &Ty::Date, "the as-of date", CompletionKind::Keyword);
        if want.ty == Some(Ty::Duration) {
            self.add_words(70, words::DURATIONS);
        }
        if want.ty.is_none() {
            self.add_words(10, THIS_PERIOD);
        }
    }

    /// Values that are the same for every record, of these types.
    pub fn constants(&mut self, types: &[Ty]) {
        let snapshot = self.snapshot;
        for id in snapshot.names().constants() {
            if types.contains(&snapshot.lexicon().def(*id).ty) {
                self.add(60 + self.nearness(*id), Candidate::Def(*id));
            }
        }
    }

    /// Values that name a window.
    pub fn periods(&mut self) {
        let snapshot = self.snapshot;
        for id in snapshot.names().periods() {
            self.add(72 + self.nearness(*id), Candidate::Def(*id));
        }
    }

    /// Records of an aggregate: events, entities, terms, references.
    pub fn records(&mut self, frames: &[TableId], function: Option<AggregateFn>, distinct: bool) {
        let snapshot = self.snapshot;
        let lexicon = snapshot.lexicon();
        let from = frames.last().copied();
        let near = from.map(|from| relate::distances(lexicon, snapshot.names(), from));
        let closeness = |table: TableId| match &near {
            None => 10,
            Some(near) => near.get(&table).map_or(-40, |hops| 20 - 3 * *hops as i32),
        };
        let by_time = matches!(function, Some(AggregateFn::First | AggregateFn::Last));
        let want = measured_by(function, distinct);
        let measures = by_time
            || distinct
            || matches!(function, Some(AggregateFn::Sum | AggregateFn::Average | AggregateFn::Min | AggregateFn::Max));
        for table in snapshot.names().tables() {
            let of = lexicon.table(*table);
            let event = if of.is_event() { 8 } else { 0 };
            self.add(40 + event + closeness(*table), Candidate::Table(*table));
            if !measures || (by_time && !of.is_event()) {
                continue;
            }
            for (i, field) in of.fields.iter().enumerate() {
                let fitting = if by_time || distinct { 10 } else { fit(&want, &field.ty) };
                if fitting > 0 && !matches!(field.ty, Ty::Record(_)) {
                    let id = lead_hir::hir::FieldId(i as u32);
                    self.add(44 + event + closeness(*table), Candidate::Measured(*table, id));
                }
            }
        }
        for frame in frames.iter().rev().take(2) {
            for (i, field) in lexicon.table(*frame).fields.iter().enumerate() {
                if matches!(field.ty, Ty::Record(_)) {
                    self.add(36, Candidate::Field(*frame, lead_hir::hir::FieldId(i as u32)));
                }
            }
        }
        for (id, def) in snapshot.checked().defs() {
            if let (DefKind::Term(_), Some(subject)) = (&def.kind, def.subject)
                && !self.is_own(def)
            {
                self.add(34 + closeness(subject) + self.nearness(id), Candidate::Def(id));
            }
        }
        for facts in FUNCTIONS.iter().filter(|_| measures) {
            self.add(30, Candidate::Function(facts));
        }
    }

    /// Events, those of a subject first.
    pub fn events(&mut self, subject: Option<TableId>) {
        let snapshot = self.snapshot;
        let near = subject.map(|s| relate::distances(snapshot.lexicon(), snapshot.names(), s));
        for table in snapshot.names().tables() {
            if snapshot.lexicon().table(*table).is_event() {
                let related = near.as_ref().is_none_or(|near| near.contains_key(table));
                self.add(if related { 60 } else { 20 }, Candidate::Table(*table));
            }
        }
    }

    /// Terms of a table, and its yes/no values last.
    pub fn terms(&mut self, table: TableId, taken: &[String], base: i32) {
        let snapshot = self.snapshot;
        for id in snapshot.names().of_subject(table) {
            let def = snapshot.lexicon().def(*id);
            if matches!(def.kind, DefKind::Term(_)) && !self.is_own(def) && !taken.contains(&def.name.key) {
                self.add(base + self.nearness(*id), Candidate::Def(*id));
            }
        }
    }

    /// Terms that `was` and `became` may ask, and references to records that have some.
    pub fn asked_terms(&mut self, frames: &[TableId]) {
        let lexicon = self.snapshot.lexicon();
        for table in frames.iter().rev().take(2) {
            self.terms(*table, &[], 60);
            for (i, field) in lexicon.table(*table).fields.iter().enumerate() {
                if matches!(field.ty, Ty::Record(_)) {
                    self.add(30, Candidate::Field(*table, lead_hir::hir::FieldId(i as u32)));
                }
            }
        }
    }

    pub fn entities(&mut self) {
        let snapshot = self.snapshot;
        for table in snapshot.names().tables() {
            if !snapshot.lexicon().table(*table).is_event() {
                self.add(60, Candidate::Table(*table));
            }
        }
    }

    /// The references and tables that lead from one table to another.
    pub fn vias(&mut self, from: Option<TableId>, to: TableId) {
        let Some(from) = from else { return };
        for candidate in relate::between(self.snapshot.lexicon(), self.snapshot.names(), from, to) {
            self.add(60, candidate);
        }
    }

    /// Columns of a table of examples: the tested definition itself, what it uses, then all else of the subject.
    pub fn columns_of_examples(&mut self, table: TableId, taken: &[String]) {
        let snapshot = self.snapshot;
        let lexicon = snapshot.lexicon();
        let tested = match snapshot.names().item(&self.own) {
            Some(names::Item::Def(def)) => Some(def),
            _ => None,
        };
        let used: Vec<DefId> =
            tested.map(|t| snapshot.checked().uses(t).iter().map(|u| u.0).collect()).unwrap_or_default();
        for id in snapshot.names().of_subject(table) {
            if taken.contains(&lexicon.def(*id).name.key) {
                continue;
            }
            let score = match (used.contains(id), tested == Some(*id)) {
                (true, _) => 70,
                (_, true) => 68,
                _ => 30 + self.nearness(*id),
            };
            self.add(score, Candidate::Def(*id));
        }
        for (i, field) in lexicon.table(table).fields.iter().enumerate() {
            if !taken.contains(&field.name.key) {
                self.add(40, Candidate::Field(table, lead_hir::hir::FieldId(i as u32)));
            }
        }
    }

    /// How a line of a story begins.
    pub fn story_line(&mut self) {
        for table in self.snapshot.names().tables() {
            self.add(50, Candidate::Table(*table));
        }
    }

    /// Fields of a record of a story that are not given yet.
    pub fn fields_to_give(&mut self, table: TableId, taken: &[String]) {
        for (i, field) in self.snapshot.lexicon().table(table).fields.iter().enumerate() {
            if !taken.contains(&field.name.key) && field.ty != Ty::Key {
                self.add(60, Candidate::Field(table, lead_hir::hir::FieldId(i as u32)));
            }
        }
    }

    /// What a metric may be split by: what all of its tables have, then the rest.
    pub fn dimensions(&mut self, tables: &[TableId]) {
        let lexicon = self.snapshot.lexicon();
        for table in tables {
            for (i, field) in lexicon.table(*table).fields.iter().enumerate() {
                let shared =
                    tables.iter().filter(|t| lexicon.table(**t).field_named(&field.name.key).is_some()).count();
                let kind = match field.ty {
                    Ty::OneOf(_) => 20,
                    Ty::Key | Ty::List(_) => -10,
                    _ => 0,
                };
                let score = 30 + kind + if shared == tables.len() { 20 } else { 0 };
                self.add(score, Candidate::Field(*table, lead_hir::hir::FieldId(i as u32)));
            }
            for id in self.snapshot.names().of_subject(*table) {
                let choice = matches!(lexicon.def(*id).kind, DefKind::Choice(_)) as i32 * 10;
                self.add(24 + choice + self.nearness(*id), Candidate::Def(*id));
            }
        }
        for facts in FUNCTIONS.iter().filter(|f| f.wants == Ty::Time) {
            self.add(20, Candidate::Function(facts));
        }
    }
}

/// Periods that a value may stand for.
const THIS_PERIOD: &[super::offer::Word] = &[
    super::offer::Word { label: "this quarter", insert: "", detail: "a window with a name", order: 0 },
    super::offer::Word { label: "this fiscal year", insert: "", detail: "a window with a name", order: 1 },
];

/// How well a value of a type fits what is wanted.
pub(crate) fn fit(want: &Want, ty: &Ty) -> i32 {
    if want.condition {
        return match ty {
            Ty::YesNo => 40,
            Ty::Error => 0,
            // Something to compare, or to ask with `is`.
            Ty::Number | Ty::Money | Ty::Percent | Ty::Text | Ty::OneOf(_) | Ty::Duration => 12,
            Ty::Time | Ty::Date | Ty::List(_) | Ty::Record(_) => 10,
            Ty::Key => 2,
            Ty::Period => -60,
        };
    }
    let Some(wanted) = &want.ty else {
        return if *ty == Ty::Period { -60 } else { 0 };
    };
    let alike = |a: &Ty, b: &Ty| match (a, b) {
        (Ty::Number | Ty::Percent | Ty::Money, Ty::Number | Ty::Percent | Ty::Money) => 36,
        (Ty::Text | Ty::OneOf(_), Ty::Text | Ty::OneOf(_)) => 30,
        (Ty::Key | Ty::Record(_), Ty::Text | Ty::Key) | (Ty::Text, Ty::Key | Ty::Record(_)) => 16,
        (Ty::Date | Ty::Time, Ty::Date | Ty::Time) => 36,
        _ => -40,
    };
    match (wanted, ty) {
        (Ty::Error, _) | (_, Ty::Error) => 0,
        (a, b) if a == b => 40,
        (Ty::List(a), Ty::List(b)) => alike(a, b),
        (a, b) => alike(a, b),
    }
}
