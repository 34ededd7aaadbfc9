//! Which tables are related to which, and by what names, for ranking and for `via`.

use std::collections::{HashMap, VecDeque};

use lead_hir::hir::{FieldId, Lexicon, TableId, Ty};

use super::candidate::Candidate;
use crate::names::Names;

/// As far as the checker follows references in both directions (D7).
const LONGEST: u32 = 4;

/// References from and to each table.
fn neighbours(lexicon: &Lexicon, names: &Names) -> HashMap<TableId, Vec<(TableId, TableId, FieldId)>> {
    let mut near: HashMap<TableId, Vec<(TableId, TableId, FieldId)>> = HashMap::new();
    for table in names.tables() {
        for (i, field) in lexicon.table(*table).fields.iter().enumerate() {
            if let Ty::Record(to) = field.ty {
                let id = FieldId(i as u32);
                near.entry(*table).or_default().push((to, *table, id));
                near.entry(to).or_default().push((*table, *table, id));
            }
        }
    }
    near
}

/// How many references lie between a table and each that is related to it. Events stand at the ends only.
pub(crate) fn distances(lexicon: &Lexicon, names: &Names, from: TableId) -> HashMap<TableId, u32> {
    let near = neighbours(lexicon, names);
    let mut found = HashMap::from([(from, 0)]);
    let mut queue = VecDeque::from([from]);
    while let Some(at) = queue.pop_front() {
        let hops = found.get(&at).copied().unwrap_or(0);
        if hops >= LONGEST || (at != from && lexicon.table(at).is_event()) {
            continue;
        }
        for (next, ..) in near.get(&at).into_iter().flatten() {
            if !found.contains_key(next) {
                found.insert(*next, hops + 1);
                queue.push_back(*next);
            }
        }
    }
    found
}

/// The references and tables on ways from one table to another.
pub(crate) fn between(lexicon: &Lexicon, names: &Names, from: TableId, to: TableId) -> Vec<Candidate> {
    let near = neighbours(lexicon, names);
    let (ahead, back) = (distances(lexicon, names, from), distances(lexicon, names, to));
    let short = |a: Option<&u32>, b: Option<&u32>| matches!((a, b), (Some(a), Some(b)) if a + b <= LONGEST);
    let mut found = Vec::new();
    for table in names.tables() {
        let on_the_way = *table != from && *table != to && !lexicon.table(*table).is_event();
        if on_the_way && short(ahead.get(table), back.get(table)) {
            found.push(Candidate::Table(*table));
        }
        for (next, of, field) in near.get(table).into_iter().flatten() {
            if of == table && short(ahead.get(table).or(back.get(table)), back.get(next).or(ahead.get(next))) {
                found.push(Candidate::Field(*of, *field));
            }
        }
    }
    found
}
