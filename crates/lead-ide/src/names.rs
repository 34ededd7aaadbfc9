//! What names stand for, found without a tree: completion reads texts that no tree was made of.
//!
//! The order of looking is that of the checker (D3, D4): fields of the record, definitions of it, an event's subject, then
//! one record further out.

use lead_diag::InOrder;
use std::collections::HashMap;
use std::hash::BuildHasher;
use std::sync::Arc;

use hashbrown::HashTable;
use lead_diag::Span;
use lead_hir::Checked;
use lead_hir::hir::{Def, DefId, DefKind, Expr, ExprKind, FieldId, Lexicon, TableId, TableKind, Ty};

/// What a name of the one namespace stands for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Item {
    /// An entity or event.
    Table(TableId),
    /// A definition.
    Def(DefId),
}

/// A field or definition of a record.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Member {
    /// A field or reference of the table.
    Field(TableId, FieldId),
    /// A definition.
    Def(DefId),
    /// The record itself.
    Record(TableId),
}

/// The namespace of a lexicon. Made once per snapshot, on demand.
pub(crate) struct Names {
    checked: Arc<Checked>,
    /// By the hash of their folded names; names are compared where they stand, so that none is copied.
    by_key: HashTable<(u64, Item)>,
    hasher: foldhash::fast::FixedState,
    by_subject: HashMap<TableId, Vec<DefId>>,
    constants: Vec<DefId>,
    periods: Vec<DefId>,
    tables: Vec<TableId>,
    /// Definitions by where their statements begin.
    by_place: Vec<(Span, DefId)>,
}

impl Names {
    pub fn new(checked: &Arc<Checked>) -> Names {
        let mut names = Names {
            checked: checked.clone(),
            by_key: HashTable::new(),
            hasher: foldhash::fast::FixedState::default(),
            by_subject: HashMap::new(),
            constants: Vec::new(),
            periods: Vec::new(),
            tables: Vec::new(),
            by_place: Vec::new(),
        };
        let length = checked.lexicon.tables.len() + checked.lexicon.defs.len();
        names.by_key.reserve(length, |(hash, _)| *hash);
        for (id, def) in checked.defs() {
            // Of two definitions with one name the first counts; the second is reported.
            names.insert(&def.name.key, Item::Def(id));
            names.by_place.push((def.span, id));
            if let Some(subject) = def.subject {
                names.by_subject.entry(subject).or_default().push(id);
            }
            if def.ty == Ty::Period {
                names.periods.push(id);
            } else if is_constant(def) {
                names.constants.push(id);
            }
        }
        names.by_place.in_order_by_key(|(span, _)| *span);
        for (id, table) in checked.tables() {
            names.insert(&table.name.key, Item::Table(id));
            names.tables.push(id);
        }
        names
    }

    fn insert(&mut self, key: &str, item: Item) {
        let hash = self.hasher.hash_one(key);
        if self.find(hash, key).is_none() {
            self.by_key.insert_unique(hash, (hash, item), |(hash, _)| *hash);
        }
    }

    fn find(&self, hash: u64, key: &str) -> Option<Item> {
        let lexicon = &self.checked.lexicon;
        let named = |item: &Item| match item {
            Item::Table(table) => &lexicon.table(*table).name.key,
            Item::Def(def) => &lexicon.def(*def).name.key,
        };
        self.by_key.find(hash, |(_, item)| named(item) == key).map(|(_, item)| *item)
    }

    /// What a folded name stands for.
    pub fn item(&self, key: &str) -> Option<Item> {
        self.find(self.hasher.hash_one(key), key)
    }

    /// Definitions said of a table, in order of file and place.
    pub fn of_subject(&self, table: TableId) -> &[DefId] {
        self.by_subject.get(&table).map_or(&[], Vec::as_slice)
    }

    /// The definition whose statement a place lies in.
    pub fn def_around(&self, place: Span) -> Option<DefId> {
        let behind = self.by_place.partition_point(|(span, _)| (span.file, span.start) <= (place.file, place.start));
        let (span, def) = self.by_place.get(behind.checked_sub(1)?)?;
        (span.file == place.file && place.end <= span.end).then_some(*def)
    }

    /// Entities and events, in order of file and place.
    pub fn tables(&self) -> &[TableId] {
        &self.tables
    }

    /// Values that are the same for every record (D46).
    pub fn constants(&self) -> &[DefId] {
        &self.constants
    }

    /// Values that name a window (D25).
    pub fn periods(&self) -> &[DefId] {
        &self.periods
    }

    /// A field of the table, else a definition said of it.
    pub fn member(&self, lexicon: &Lexicon, table: TableId, key: &str) -> Option<Member> {
        if let Some(field) = lexicon.table(table).field_named(key) {
            return Some(Member::Field(table, field));
        }
        match self.item(key) {
            Some(Item::Def(def)) if lexicon.def(def).subject == Some(table) => Some(Member::Def(def)),
            _ => None,
        }
    }

    /// A name asked of the records in scope, innermost last.
    pub fn look_up(&self, lexicon: &Lexicon, frames: &[TableId], key: &str) -> Option<Member> {
        for table in frames.iter().rev().take(2) {
            let on = |table| self.member(lexicon, table, key);
            let subject = subject_of(lexicon, *table).map(|(_, to)| to);
            if let Some(found) = on(*table).or_else(|| subject.and_then(on)) {
                return Some(found);
            }
            if lexicon.table(*table).name.key == key {
                return Some(Member::Record(*table));
            }
        }
        match self.item(key) {
            Some(Item::Def(def)) if lexicon.def(def).ty == Ty::Period || is_constant(lexicon.def(def)) => {
                Some(Member::Def(def))
            }
            _ => None,
        }
    }
}

/// The type of what a name stands for; [`Ty::Error`] where the checker has no type for it.
pub(crate) fn type_of(lexicon: &Lexicon, member: Member) -> Ty {
    match member {
        Member::Field(table, field) => lexicon.field(table, field).ty.clone(),
        Member::Def(def) => lexicon.def(def).ty.clone(),
        Member::Record(table) => Ty::Record(table),
    }
}

/// The reference that names an event's subject, and the entity it names.
pub(crate) fn subject_of(lexicon: &Lexicon, table: TableId) -> Option<(FieldId, TableId)> {
    let TableKind::Event { subject: Some(field), .. } = lexicon.table(table).kind else { return None };
    match lexicon.field(table, field).ty {
        Ty::Record(to) => Some((field, to)),
        _ => None,
    }
}

/// Whether a value is written with literals, `now` and `today` alone.
pub(crate) fn is_constant(def: &Def) -> bool {
    matches!(&def.kind, DefKind::Value(expr) if constant(expr))
}

fn constant(expr: &Expr) -> bool {
    match &expr.kind {
        ExprKind::Literal(_) | ExprKind::Now | ExprKind::Today => true,
        ExprKind::List(parts) | ExprKind::Call { args: parts, .. } => parts.iter().all(constant),
        ExprKind::Negate(inner) | ExprKind::ToMoney(inner) => constant(inner),
        ExprKind::Arithmetic { left, right, .. } => constant(left) && constant(right),
        ExprKind::Shift { time, .. } => constant(time),
        _ => false,
    }
}
