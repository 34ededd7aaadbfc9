//! The ways from a record to the records of another table (D7, D8), by trying every walk.

use std::collections::BTreeSet;

use super::schema::FieldType;
use super::{RefValue, Reference};

/// One reference on a way.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Hop {
    /// Along the reference `field` of the record.
    Forward(usize),
    /// To the records of a table whose reference `field` names the record.
    Back(usize, usize),
}

impl Reference {
    /// The one way from a record of `from` to records of `to`.
    pub fn way(&self, from: usize, to: usize, via: Option<&str>) -> Vec<Hop> {
        let ways = self.ways(from, to, via);
        let [way] = ways.as_slice() else {
            let names = |t: usize| &self.schema.tables[t].name;
            panic!("{} ways from `{}` to `{}`, not one", ways.len(), names(from), names(to))
        };
        way.clone()
    }

    /// The ways of the first group that has any (D7), those alone that pass `via`.
    pub fn ways(&self, from: usize, to: usize, via: Option<&str>) -> Vec<Vec<Hop>> {
        let mut groups = [Vec::new(), Vec::new(), Vec::new()];
        self.walk(from, to, &mut vec![from], &mut Vec::new(), &mut groups);
        if let Some(name) = via {
            groups.iter_mut().for_each(|g| g.retain(|way| self.passes(from, way, name)));
        }
        groups.into_iter().find(|g| !g.is_empty()).unwrap_or_default()
    }

    /// Whether there is any way.
    pub fn relates(&self, from: usize, to: usize) -> bool {
        !self.ways(from, to, None).is_empty()
    }

    /// Adds every way to its group: only back, only forward, mixed (four references at most).
    fn walk(&self, from: usize, to: usize, seen: &mut Vec<usize>, way: &mut Vec<Hop>, groups: &mut [Vec<Vec<Hop>>; 3]) {
        let at = *seen.last().expect("a walk starts somewhere");
        let mut steps = Vec::new();
        for (f, field) in self.schema.tables[at].fields.iter().enumerate() {
            if let FieldType::Reference(target) = field.ty {
                steps.push((Hop::Forward(f), target));
            }
        }
        for (t, table) in self.schema.tables.iter().enumerate() {
            for (f, field) in table.fields.iter().enumerate() {
                if field.ty == FieldType::Reference(at) {
                    steps.push((Hop::Back(t, f), t));
                }
            }
        }
        for (hop, next) in steps {
            // Back over a reference and along it again leads to the record itself.
            if matches!((way.last(), hop), (Some(Hop::Back(t, f)), Hop::Forward(g)) if *t == at && *f == g) {
                continue;
            }
            way.push(hop);
            if next == to {
                let backs = way.iter().filter(|h| matches!(h, Hop::Back(..))).count();
                let group = match backs {
                    n if n == way.len() => Some(0),
                    0 if from != to => Some(1),
                    _ => (way.len() <= 4).then_some(2),
                };
                if let Some(group) = group {
                    groups[group].push(way.clone());
                }
            } else if !seen.contains(&next) && !self.schema.tables[next].event {
                seen.push(next);
                self.walk(from, to, seen, way, groups);
                seen.pop();
            }
            way.pop();
        }
    }

    /// Whether a way passes the reference of a name, or the table between its ends.
    fn passes(&self, from: usize, way: &[Hop], name: &str) -> bool {
        let mut at = from;
        way.iter().enumerate().any(|(i, hop)| {
            let (owner, field, next) = match *hop {
                Hop::Forward(f) => match self.schema.tables[at].fields[f].ty {
                    FieldType::Reference(target) => (at, f, target),
                    _ => unreachable!("a hop follows a reference"),
                },
                Hop::Back(t, f) => (t, f, t),
            };
            at = next;
            let between = i + 1 < way.len() && self.schema.tables[next].name == name;
            between || self.schema.tables[owner].fields[field].name == name
        })
    }

    /// The records at the end of a way, each once.
    pub fn follow(&self, table: usize, row: usize, way: &[Hop]) -> BTreeSet<usize> {
        let mut at = table;
        let mut found = BTreeSet::from([row]);
        for hop in way {
            let (next_table, next): (usize, BTreeSet<usize>) = match *hop {
                Hop::Forward(f) => {
                    let FieldType::Reference(target) = self.schema.tables[at].fields[f].ty else {
                        unreachable!("a hop follows a reference")
                    };
                    let next = found.iter().filter_map(|r| match self.rows[at][*r][f] {
                        RefValue::Record(_, next) => Some(next),
                        _ => None,
                    });
                    (target, next.collect())
                }
                Hop::Back(t, f) => {
                    let names = |r: &Vec<RefValue>| matches!(r[f], RefValue::Record(_, n) if found.contains(&n));
                    let rows = self.rows[t].iter().enumerate();
                    (t, rows.filter(|(_, r)| names(r)).map(|(n, _)| n).collect())
                }
            };
            at = next_table;
            found = next;
        }
        found
    }

    /// The time of an event; of a date its first moment (D22).
    pub fn time_of(&self, table: usize, row: usize) -> i64 {
        let time = self.schema.tables[table].time.expect("an event has a time");
        match &self.rows[table][row][time] {
            RefValue::Time(t) => *t,
            RefValue::Date(d) => self.calendar.start_of(*d),
            other => panic!("an event without a time: {other:?}"),
        }
    }
}
