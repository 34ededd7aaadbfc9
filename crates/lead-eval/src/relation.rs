//! The way from records to the subjects they belong to (D7, D8).

use std::collections::HashMap;
use std::sync::{Arc, Mutex};

use lead_data::{Data, NO_RECORD, Values};
use lead_hir::hir::{FieldId, Hop, Lexicon, TableId, Ty};

/// Sets of numbers, one per row, one behind the other.
#[derive(Debug)]
pub(crate) struct Sets {
    offsets: Vec<usize>,
    items: Vec<u32>,
}

impl Sets {
    /// From pairs (row, item); items of a row ascend and occur once.
    fn new(rows: usize, mut pairs: Vec<(u32, u32)>) -> Sets {
        pairs.sort_unstable();
        pairs.dedup();
        let mut offsets = vec![0usize; rows + 1];
        for (row, _) in &pairs {
            offsets[*row as usize + 1] += 1;
        }
        for i in 0..rows {
            offsets[i + 1] += offsets[i];
        }
        Sets { offsets, items: pairs.into_iter().map(|(_, item)| item).collect() }
    }

    pub(crate) fn of(&self, row: u32) -> &[u32] {
        match (self.offsets.get(row as usize), self.offsets.get(row as usize + 1)) {
            (Some(from), Some(to)) => &self.items[*from..*to],
            _ => &[],
        }
    }
}

/// How records find their subjects: by references of their own, one after the other, and then perhaps over links.
#[derive(Clone, Debug)]
pub(crate) struct Way {
    /// The record's own reference; `None`: the record itself is where `tail` or `links` start.
    pub(crate) first: Option<FieldId>,
    /// From the row that `first` names to the row where links start or the subject; `None`: the same row.
    pub(crate) tail: Option<Arc<Vec<u32>>>,
    /// From there to subjects; `None`: the row is the subject.
    pub(crate) links: Option<Arc<Sets>>,
}

impl Way {
    /// Whether it is made of the same parts.
    pub(crate) fn is_same(&self, other: &Way) -> bool {
        fn shared<T>(a: &Option<Arc<T>>, b: &Option<Arc<T>>) -> bool {
            match (a, b) {
                (None, None) => true,
                (Some(a), Some(b)) => Arc::ptr_eq(a, b),
                _ => false,
            }
        }
        self.first == other.first && shared(&self.tail, &other.tail) && shared(&self.links, &other.links)
    }
}

/// Makes ways, each once.
#[derive(Default)]
pub(crate) struct Ways {
    made: Mutex<HashMap<(TableId, Vec<Hop>), Way>>,
}

impl Ways {
    /// The way back from the records at the end of `hops` to the `subject` at their start.
    pub(crate) fn get(&self, lexicon: &Lexicon, data: &Data, subject: TableId, hops: &[Hop]) -> Way {
        let key = (subject, hops.to_vec());
        let mut made = match self.made.lock() {
            Ok(made) => made,
            Err(poisoned) => poisoned.into_inner(),
        };
        made.entry(key).or_insert_with(|| make(lexicon, data, subject, hops)).clone()
    }
}

fn make(lexicon: &Lexicon, data: &Data, subject: TableId, hops: &[Hop]) -> Way {
    // The references at the end lead each record to one row; what stands before them may lead to many.
    let own = hops.iter().rev().take_while(|h| matches!(h, Hop::Back(..))).count();
    let (links, chain) = hops.split_at(hops.len() - own);
    let mut table = subject;
    for hop in links {
        table = after(lexicon, table, *hop);
    }
    let links = (!links.is_empty()).then(|| Arc::new(linked(lexicon, data, subject, links)));
    // chain: Back(T1, f1), Back(T2, f2), … Back(E, fn): fn is the record's own, then f(n-1) …, down to f1.
    let mut first = None;
    let mut tail: Option<Vec<u32>> = None;
    for (i, hop) in chain.iter().enumerate() {
        let Hop::Back(of, field) = *hop else { continue };
        if i + 1 == chain.len() {
            first = Some(field);
            break;
        }
        let refs = references(data, of, field);
        tail = Some(match tail {
            None => refs.to_vec(),
            Some(before) => refs.iter().map(|r| before.get(*r as usize).copied().unwrap_or(NO_RECORD)).collect(),
        });
    }
    Way { first, tail: tail.map(Arc::new), links }
}

fn after(lexicon: &Lexicon, table: TableId, hop: Hop) -> TableId {
    match hop {
        Hop::Back(next, _) => next,
        Hop::Forward(field) => match lexicon.field(table, field).ty {
            Ty::Record(next) => next,
            _ => table,
        },
    }
}

fn references<'d>(data: &'d Data, table: TableId, field: FieldId) -> &'d [u32] {
    let column = data.records(table).and_then(|r| r.columns.get(field.0 as usize)).and_then(|c| c.as_ref());
    match column.map(|c| &c.values) {
        Some(Values::Record(rows)) => rows,
        _ => &[],
    }
}

/// For each row at the end of `hops`, the subjects that lead there.
fn linked(lexicon: &Lexicon, data: &Data, subject: TableId, hops: &[Hop]) -> Sets {
    let rows = |table: TableId| data.records(table).map_or(0, |r| r.rows);
    let mut table = subject;
    let mut pairs: Vec<(u32, u32)> = (0..rows(subject) as u32).map(|s| (s, s)).collect();
    for hop in hops {
        pairs = match *hop {
            Hop::Forward(field) => {
                let refs = references(data, table, field);
                let step = |(at, s): (u32, u32)| Some((*refs.get(at as usize)?, s));
                pairs.into_iter().filter_map(step).filter(|(at, _)| *at != NO_RECORD).collect()
            }
            Hop::Back(next, field) => {
                let refs = references(data, next, field);
                let back = refs.iter().enumerate().filter(|(_, r)| **r != NO_RECORD).map(|(i, r)| (*r, i as u32));
                let back = Sets::new(rows(table), back.collect());
                pairs.into_iter().flat_map(|(at, s)| back.of(at).iter().map(move |r| (*r, s))).collect()
            }
        };
        pairs.sort_unstable();
        pairs.dedup();
        table = after(lexicon, table, *hop);
    }
    Sets::new(rows(table), pairs)
}
