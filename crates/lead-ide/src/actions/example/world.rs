//! The small world of a made-up example: records and events with their fields, and how they are written in a story.

use std::collections::BTreeMap;

use lead_hir::hir::{FieldId, Hop, Lexicon, Relation, TableId, TableKind, Ty};

use crate::facts::quoted;
use crate::spelling::written;

/// A record or event.
#[derive(Clone, Debug)]
pub(super) struct Thing {
    pub table: TableId,
    /// The key of a record.
    pub key: Option<String>,
    /// Of an event: how many minutes before the as-of time it happened; less than 0 is planned.
    pub age: Option<i64>,
    /// Values as they are written, in the order of the table.
    pub fields: BTreeMap<FieldId, String>,
    /// References, by the place of the record they name.
    pub references: BTreeMap<FieldId, usize>,
}

/// Records and events.
#[derive(Clone, Debug)]
pub(super) struct World<'l> {
    pub lexicon: &'l Lexicon,
    pub things: Vec<Thing>,
}

impl<'l> World<'l> {
    /// The world of one record.
    pub fn of(lexicon: &'l Lexicon, subject: TableId) -> World<'l> {
        let mut world = World { lexicon, things: Vec::new() };
        world.add(subject, None);
        world
    }

    /// Adds a record, or an event of an age; its place.
    pub fn add(&mut self, table: TableId, age: Option<i64>) -> usize {
        let count = self.things.iter().filter(|t| t.table == table).count() + 1;
        let name = &self.lexicon.table(table).name.text;
        let key = age.is_none().then(|| format!("{name} {count}"));
        self.things.push(Thing { table, key, age, fields: BTreeMap::new(), references: BTreeMap::new() });
        self.things.len() - 1
    }

    /// The record that a reference names, made if there is none yet.
    pub fn follow(&mut self, from: usize, field: FieldId) -> Option<usize> {
        let thing = self.things.get(from)?;
        if let Some(known) = thing.references.get(&field) {
            return Some(*known);
        }
        let Ty::Record(to) = self.lexicon.field(thing.table, field).ty else { return None };
        let made = self.add(to, None);
        self.things.get_mut(from)?.references.insert(field, made);
        Some(made)
    }

    /// Adds a record or event that is related to one in the way given; its place.
    pub fn relate(&mut self, from: usize, relation: &Relation, age: Option<i64>) -> Option<usize> {
        let Relation::Hops(hops) = relation else { return None };
        let mut at = from;
        for (i, hop) in hops.iter().enumerate() {
            at = match *hop {
                Hop::Forward(field) => self.follow(at, field)?,
                Hop::Back(table, field) => {
                    let event = self.lexicon.table(table).is_event();
                    let last = i + 1 == hops.len();
                    // What lies between is made once and used again.
                    let known =
                        self.things.iter().position(|t| t.table == table && t.references.get(&field) == Some(&at));
                    match known {
                        Some(known) if !last => known,
                        _ => {
                            let made = self.add(table, if event { Some(age.unwrap_or(DAY)) } else { None });
                            self.things.get_mut(made)?.references.insert(field, at);
                            made
                        }
                    }
                }
            };
        }
        Some(at)
    }

    /// Gives a field a value; whether it had none, or this one.
    pub fn set(&mut self, thing: usize, field: FieldId, value: String) -> bool {
        let Some(thing) = self.things.get_mut(thing) else { return false };
        *thing.fields.entry(field).or_insert_with(|| value.clone()) == value
    }

    /// The lines of a story, without `as of` and what is expected.
    pub fn lines(&self) -> Vec<String> {
        let many = |table: TableId| self.things.iter().filter(|t| t.table == table).count() > 1;
        let named = |at: usize| self.things.get(at).and_then(|t| t.key.as_deref()).map(quoted).unwrap_or_default();
        let asked: Vec<usize> = self.things.iter().flat_map(|t| t.references.values().copied()).collect();
        let mut out = Vec::new();
        for (i, thing) in self.things.iter().enumerate() {
            let table = self.lexicon.table(thing.table);
            let subject = match table.kind {
                TableKind::Event { subject, .. } => subject,
                TableKind::Entity => None,
            };
            let mut line = written(&table.name.text);
            match thing.age {
                Some(age) => {
                    let of = subject.and_then(|s| thing.references.get(&s)).copied();
                    if let Some(of) = of.filter(|of| self.things.get(*of).is_some_and(|t| many(t.table))) {
                        line.push_str(&format!(" of {}", named(of)));
                    }
                    line.push_str(&format!(" {}", moment(age)));
                }
                None if many(thing.table) || asked.contains(&i) && self.is_named(i) => {
                    line.push_str(&format!(" {}", named(i)));
                }
                None => {}
            }
            let mut given = Vec::new();
            for (n, field) in table.fields.iter().enumerate() {
                let id = FieldId(n as u32);
                let value = match thing.references.get(&id) {
                    Some(_) if thing.age.is_some() && subject == Some(id) => None,
                    Some(to) => Some(named(*to)),
                    None => thing.fields.get(&id).cloned(),
                };
                given.extend(value.map(|value| format!("{} {value}", field_name(&field.name.text))));
            }
            if !given.is_empty() {
                let sign = if thing.age.is_some() { "," } else { ":" };
                line.push_str(&format!("{sign} {}", given.join(", ")));
            }
            out.push(line);
        }
        out
    }

    /// Whether a field, and not only the subject of an event, names a record.
    fn is_named(&self, record: usize) -> bool {
        self.things.iter().any(|t| {
            t.references.iter().any(|(field, to)| {
                let subject = match self.lexicon.table(t.table).kind {
                    TableKind::Event { subject, .. } => subject,
                    TableKind::Entity => None,
                };
                *to == record && subject != Some(*field)
            })
        })
    }
}

/// A name before its value in a story: words that are values would end it.
fn field_name(name: &str) -> String {
    let ends = name.split(' ').next_back().unwrap_or("");
    let value = ["yes", "no", "true", "false", "now", "today"].iter().any(|w| w.eq_ignore_ascii_case(ends));
    if value { format!("`{name}`") } else { written(name) }
}

pub(super) const HOUR: i64 = 60;
pub(super) const DAY: i64 = 24 * HOUR;

/// How long before the as-of time, as it is written in a story.
fn moment(age: i64) -> String {
    let size = age.unsigned_abs();
    let length = match size {
        _ if size.is_multiple_of(DAY as u64) => format!("{}d", size / DAY as u64),
        _ if size.is_multiple_of(HOUR as u64) => format!("{}h", size / HOUR as u64),
        _ => format!("{size}min"),
    };
    match age {
        0 => "now".into(),
        _ if age < 0 => format!("in {length}"),
        _ => format!("{length} ago"),
    }
}
