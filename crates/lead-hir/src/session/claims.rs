//! What a statement is to the lexicon when it is read anew, and the name that it enters.

use lead_syntax::ast::{Statement, StatementKind};

use super::read::{Part, Unit};
use super::state::{Claims, State};
use super::update::Changes;
use crate::lower::declare::defined;

impl State {
    /// Takes in what was read of a unit, or that it is gone.
    pub fn take_unit(&mut self, number: u32, before: Option<&Unit>, now: Option<&mut Unit>, changes: &mut Changes) {
        let mut old: Vec<Option<Part>> = Vec::new();
        if let Some(before) = before {
            for (at, (part, statement)) in before.parts.iter().zip(before.statements.iter()).enumerate() {
                self.claim(*part, statement, (number, at), false, changes);
                old.push(Some(*part));
            }
        }
        if let Some(now) = now {
            let statements = now.statements.clone();
            for (at, statement) in statements.iter().enumerate() {
                let before = old.get_mut(at);
                let part = match &statement.kind {
                    StatementKind::Entity(_) | StatementKind::Event(_) => Part::Table,
                    StatementKind::Subject(_) => Part::Subject,
                    StatementKind::Story(_) | StatementKind::Table(_) => match before {
                        Some(slot @ Some(Part::Example(_))) => slot.take().unwrap_or(Part::Nothing),
                        _ => Part::Example(self.new_example()),
                    },
                    kind if defined(kind).is_some() => match before {
                        Some(slot @ Some(Part::Def(_))) => slot.take().unwrap_or(Part::Nothing),
                        _ => Part::Def(self.new_slot()),
                    },
                    _ => Part::Nothing,
                };
                match part {
                    Part::Def(id) => {
                        let slot = &mut self.slots[id.0 as usize];
                        (slot.live, slot.unit, slot.statement) = (true, number, at);
                        changes.defs.insert(id);
                    }
                    Part::Example(id) => {
                        let slot = &mut self.examples[id as usize];
                        (slot.live, slot.unit, slot.statement) = (true, number, at);
                        changes.examples.insert(id);
                    }
                    _ => {}
                }
                self.claim(part, statement, (number, at), true, changes);
                now.parts.push(part);
            }
        }
        for part in old.into_iter().flatten() {
            if let Part::Def(id) = part {
                changes.defs.remove(&id);
            }
            self.release(part);
        }
    }

    /// Enters or takes out the name of a statement.
    fn claim(&mut self, part: Part, statement: &Statement, at: (u32, usize), enter: bool, changes: &mut Changes) {
        fn change<T: PartialEq>(list: &mut Vec<T>, item: T, enter: bool) {
            if enter { list.push(item) } else { list.retain(|i| *i != item) }
        }
        let name = match &statement.kind {
            StatementKind::Entity(entity) => &entity.name,
            StatementKind::Event(event) => &event.name,
            kind => match defined(kind) {
                Some(name) => name,
                None => return,
            },
        };
        let key = name.key();
        let claims: &mut Claims = self.claims.entry(key.clone()).or_default();
        match (part, &statement.kind) {
            (Part::Table, _) => {
                changes.tables = true;
                change(&mut claims.tables, at, enter);
            }
            (_, StatementKind::Broken { .. }) => {
                claims.broken = if enter { claims.broken + 1 } else { claims.broken.saturating_sub(1) };
            }
            (Part::Def(id), _) => change(&mut claims.defs, id, enter),
            _ => {}
        }
        match claims.count() {
            0 => {
                self.claims.remove(&key);
                self.contested.remove(&key);
            }
            1 => drop(self.contested.remove(&key)),
            _ => drop(self.contested.insert(key.clone())),
        }
        changes.names.insert(key);
    }
}
