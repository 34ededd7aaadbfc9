//! Entities, events and their fields compared.

use std::collections::BTreeSet;

use lead_diag::Span;
use lead_hir::hir::{FieldId, Table, TableId, TableKind};

use crate::class::is_column;
use crate::compare::{Change, Cosmetic, How, Pairing, Version};
use crate::meaning::{Item, of_field, of_table};
use crate::names::Names;

impl Pairing<'_> {
    /// Adds what became of tables and fields; `roots`: what changed in its meaning, as ids of the newer version.
    pub(crate) fn tables(
        &self,
        found: &mut Vec<Change>,
        roots: &mut Vec<(Item, String)>,
        moved: &BTreeSet<Item>,
        same: &mut usize,
    ) {
        for (id, table) in self.head.lexicon.table_ids() {
            let Some(before) = self.base_names.table_named(self.head_names.table(id)) else {
                found.push(self.table_change(None, Some(id), How::Added));
                continue;
            };
            let old = self.base.lexicon.table(before);
            let count = found.len();
            self.fields(before, id, found, roots);
            let meaning = |v: &Version, names: &Names, id| of_table(v.lexicon, names, id);
            let (was, is) = (meaning(&self.base, &self.base_names, before), meaning(&self.head, &self.head_names, id));
            if was != is {
                roots.push((Item::Table(id), table.name.text.clone()));
                found.push(self.table_change(Some(before), Some(id), How::Changed));
            } else if old.name.key != table.name.key {
                let from = old.name.text.clone();
                found.push(self.table_change(Some(before), Some(id), How::Renamed { from }));
            } else {
                let mut cosmetic = Vec::new();
                let text = |v: &Version, span: Span| v.sources.slice(span).to_owned();
                if found.len() == count && text(&self.base, old.span) != text(&self.head, table.span) {
                    cosmetic.push(Cosmetic::Layout);
                }
                if old.docs != table.docs {
                    cosmetic.push(Cosmetic::Documentation);
                }
                if moved.contains(&Item::Table(id)) {
                    cosmetic.push(Cosmetic::Moved);
                }
                match cosmetic.is_empty() {
                    true => *same += usize::from(found.len() == count),
                    false => found.push(self.table_change(Some(before), Some(id), How::Cosmetic(cosmetic))),
                }
            }
        }
        for (id, _) in self.base.lexicon.table_ids() {
            if self.head_names.table_named(self.base_names.table(id)).is_none() {
                found.push(self.table_change(Some(id), None, How::Removed));
            }
        }
    }

    fn table_change(&self, before: Option<TableId>, after: Option<TableId>, how: How) -> Change {
        let (old, new) = (before.map(|t| self.base.lexicon.table(t)), after.map(|t| self.head.lexicon.table(t)));
        let table = new.or(old);
        let answers = |t: &TableId| self.base.lexicon.defs.iter().any(|d| d.subject == Some(*t) && is_column(&d.kind));
        Change {
            what: if table.is_some_and(|t| t.is_event()) { "event" } else { "entity" },
            name: table.map_or(String::new(), |t| t.name.text.clone()),
            of: None,
            how,
            base: before.map(Item::Table),
            head: after.map(Item::Table),
            base_span: old.map(|t| t.span),
            head_span: new.map(|t| t.span),
            used_by: Vec::new(),
            is_column: before.as_ref().is_some_and(answers),
            is_term: false,
            other_type: false,
            reads: Vec::new(),
        }
    }

    fn fields(&self, before: TableId, after: TableId, found: &mut Vec<Change>, roots: &mut Vec<(Item, String)>) {
        let (old, new) = (self.base.lexicon.table(before), self.head.lexicon.table(after));
        let field_change = |was: Option<FieldId>, is: Option<FieldId>, how: How| {
            let old_field = was.map(|f| &old.fields[f.0 as usize]);
            let new_field = is.map(|f| &new.fields[f.0 as usize]);
            let answers = self.base.lexicon.defs.iter().any(|d| d.subject == Some(before) && is_column(&d.kind));
            Change {
                what: "field",
                name: new_field.or(old_field).map_or(String::new(), |f| f.name.text.clone()),
                of: Some(new.name.text.clone()),
                how,
                base: was.map(|f| Item::Field(before, f)),
                head: is.map(|f| Item::Field(after, f)),
                base_span: old_field.map(|f| f.span),
                head_span: new_field.map(|f| f.span),
                used_by: Vec::new(),
                // The key heads the answers.
                is_column: answers && was.is_some() && old.key == was,
                is_term: false,
                other_type: false,
                reads: Vec::new(),
            }
        };
        for i in 0..new.fields.len() as u32 {
            let is = FieldId(i);
            let Some(was) = self.base_names.field_named(before, self.head_names.field(after, is)) else {
                found.push(field_change(None, Some(is), How::Added));
                continue;
            };
            let meaning = of_field(self.base.lexicon, &self.base_names, before, was);
            let (old_name, new_name) = (&old.fields[was.0 as usize].name, &new.fields[i as usize].name);
            if old_name.key != new_name.key {
                let from = old_name.text.clone();
                found.push(field_change(Some(was), Some(is), How::Renamed { from }));
            } else if of_field(self.head.lexicon, &self.head_names, after, is) != meaning {
                roots.push((Item::Field(after, is), new_name.text.clone()));
                if makes_records(new, is) {
                    roots.push((Item::Table(after), new_name.text.clone()));
                }
                found.push(field_change(Some(was), Some(is), How::Changed));
            }
        }
        for i in 0..old.fields.len() as u32 {
            let was = FieldId(i);
            if self.head_names.field_named(after, self.base_names.field(before, was)).is_none() {
                found.push(field_change(Some(was), None, How::Removed));
            }
        }
    }
}

/// Whether a field decides which records there are, whose they are, or when they were: without being named it is part of all that
/// is asked of them.
fn makes_records(table: &Table, field: FieldId) -> bool {
    let of_event = match table.kind {
        TableKind::Entity => false,
        TableKind::Event { subject, time } => subject == Some(field) || time == field,
    };
    of_event || table.key == Some(field) || table.same_when.contains(&field)
}
