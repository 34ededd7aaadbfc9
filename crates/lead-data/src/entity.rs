//! Rows of an entity's sources to its records: keys, rows that are one record, gaps and conflicts (D42 to D45).

use lead_diag::InOrder;
use std::collections::{HashMap, HashSet};
use std::sync::Arc;

use lead_diag::{Code, codes};
use lead_hir::hir::{FieldId, Table, Ty};

use crate::column::{Bitmap, Column, Dictionary, Texts, Values, fold_text};
use crate::ends::Ends;
use crate::gather;
use crate::keys::KeyTable;
use crate::read::{Lines, Part, Place};
use crate::side::side_by_side;

/// A part of an entity's rows, with the number of its feed in the entity.
pub(crate) type Taken = (u32, Place, Part);

/// Rows of one entity, source by source, row by row.
pub(crate) struct RowSet {
    pub rows: usize,
    pub origins: Origins,
    /// By field; keys and references as texts.
    pub columns: Vec<Option<Column>>,
}

/// Where rows come from: the first row, the feed's number in the entity and the lines of each part.
#[derive(Default)]
pub(crate) struct Origins(Vec<(usize, u32, Lines)>);

impl Origins {
    /// The feed and the line of a row.
    pub fn of(&self, row: u32) -> (u32, u64) {
        let row = row as usize;
        let at = self.0.partition_point(|part| part.0 <= row).saturating_sub(1);
        self.0.get(at).map_or((0, 0), |(first, feed, lines)| (*feed, lines.get(row - first)))
    }

    /// Whether there are several feeds.
    fn several(&self) -> bool {
        self.0.iter().any(|part| part.1 != self.0[0].1)
    }
}

/// Something about a row (and perhaps a field) of a [`RowSet`].
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct RowIssue {
    pub row: u32,
    pub field: Option<FieldId>,
    pub code: Code,
    pub value: String,
}

/// The records of an entity, references not yet resolved.
#[derive(Default)]
pub(crate) struct Assembled {
    pub rows: usize,
    pub columns: Vec<Option<Column>>,
    /// By field that refers to records: the row that gave each record its value; `None`: the row of the same number.
    pub sources: Vec<Option<Vec<u32>>>,
    pub origins: Origins,
    pub keys: KeyTable,
    pub issues: Vec<RowIssue>,
}

impl RowSet {
    /// From the parts of each table that the workers took.
    pub fn all(tables: Vec<(&Table, Vec<Taken>)>, threads: usize) -> Vec<RowSet> {
        let mut sets = Vec::with_capacity(tables.len());
        let mut work = Vec::new();
        for (at, (table, mut parts)) in tables.into_iter().enumerate() {
            parts.in_order_by_key(|p| (p.0, p.1));
            let mut set = RowSet { rows: 0, origins: Origins::default(), columns: Vec::new() };
            let mut stacks: Vec<Vec<Column>> = table.fields.iter().map(|_| Vec::new()).collect();
            for (feed, _, part) in parts {
                set.origins.0.push((set.rows, feed, part.lines));
                set.rows += part.rows;
                for (stack, column) in stacks.iter_mut().zip(part.columns) {
                    stack.extend(column);
                }
            }
            set.columns.resize_with(stacks.len(), || None);
            for (field, stack) in stacks.into_iter().enumerate() {
                work.push((at, field, is_raw(&table.fields[field].ty), stack));
            }
            sets.push(set);
        }
        let size = |stack: &[Column]| stack.iter().map(Column::len).sum::<usize>();
        work.sort_by_cached_key(|(_, _, raw, stack)| std::cmp::Reverse((*raw, size(stack))));
        let stacked = side_by_side(threads, work, |(at, field, raw, stack)| (at, field, gather::stack(stack, raw)));
        for (at, field, column) in stacked {
            sets[at].columns[field] = column;
        }
        sets
    }

    fn text(&self, field: FieldId, row: usize) -> Option<&str> {
        let column = self.columns[field.0 as usize].as_ref()?;
        match &column.values {
            Values::Text(texts) if column.is_known(row) => Some(texts.get(row)),
            _ => None,
        }
    }
}

/// Whether cells of a type are kept as written, an entry for each row.
fn is_raw(ty: &Ty) -> bool {
    match ty {
        Ty::Key | Ty::Record(_) => true,
        Ty::List(item) => is_raw(item),
        _ => false,
    }
}

/// Makes records of rows.
pub(crate) fn assemble(table: &Table, mut set: RowSet, threads: usize) -> Assembled {
    let mut out = Assembled { origins: std::mem::take(&mut set.origins), ..Assembled::default() };
    let Some(key) = table.key else {
        out.rows = set.rows;
        out.sources = set.columns.iter().map(|_| None).collect();
        out.columns = set.columns;
        return out;
    };
    // The ordinary case: every row has a key of its own.
    if table.same_when.iter().all(|second| *second == key)
        && let Some(column) = &set.columns[key.0 as usize]
        && let Values::Text(texts) = &column.values
        && let Some(keys) = KeyTable::of_distinct(set.rows, threads, |row| column.is_known(row).then(|| texts.get(row)))
    {
        (out.rows, out.keys) = (set.rows, keys);
        out.sources = set.columns.iter().map(|_| None).collect();
        out.columns = set.columns;
        let column = out.columns[key.0 as usize].take();
        out.columns[key.0 as usize] = column.map(distinct);
        return out;
    }
    let Grouped { record_of, first_rows, keys } = group(table, key, &set, &mut out);
    out.rows = first_rows.len();
    out.keys = keys;
    let merged = record_of.iter().filter(|r| **r != u32::MAX).count() != out.rows;
    let mut keys = Some(key_column(table, key, &set, &first_rows));
    for (i, column) in set.columns.into_iter().enumerate() {
        let field = FieldId(i as u32);
        let Some(column) = column else {
            out.columns.push(None);
            out.sources.push(None);
            continue;
        };
        if field == key {
            out.columns.push(keys.take());
            out.sources.push(None);
            continue;
        }
        let from = if merged {
            chosen(table, field, &column, &record_of, &first_rows, &mut out.issues)
        } else {
            first_rows.clone()
        };
        let whole = from.len() == set.rows && !merged;
        out.columns.push(Some(if whole { column } else { column.pick(&from) }));
        out.sources.push((!whole && is_raw(&table.fields[i].ty)).then_some(from));
    }
    out
}

/// A column of keys that are known to be known, and distinct.
fn distinct(column: Column) -> Column {
    let values = match column.values {
        Values::Text(Texts { codes, dictionary }) => {
            let dictionary = match Arc::try_unwrap(dictionary) {
                Ok(dictionary) => Arc::new(dictionary.without_repeats()),
                Err(shared) => shared,
            };
            Values::Text(Texts { codes, dictionary })
        }
        other => other,
    };
    Column { values, known: None }
}

/// A row's key: its own, else its second key (D42).
fn key_of<'s>(table: &Table, key: FieldId, set: &'s RowSet, row: usize) -> Option<&'s str> {
    set.text(key, row).or_else(|| table.same_when.iter().find_map(|second| set.text(*second, row)))
}

struct Grouped {
    /// Of each row: its record, or `u32::MAX` where it was rejected.
    record_of: Vec<u32>,
    /// Of each record: its first row.
    first_rows: Vec<u32>,
    keys: KeyTable,
}

fn group(table: &Table, key: FieldId, set: &RowSet, out: &mut Assembled) -> Grouped {
    let several = out.origins.several();
    let mut parent: Vec<u32> = (0..set.rows as u32).collect();
    let mut rejected = vec![false; set.rows];
    let mut by_key = KeyTable::with_capacity(set.rows);
    // Keys that came more than once, with the feeds they came from.
    let mut feeds_of: HashMap<u32, HashSet<u32>> = HashMap::new();
    let mut seconds: Vec<HashMap<String, u32>> = table.same_when.iter().map(|_| HashMap::new()).collect();
    // Rows that share their key are one record by declaration.
    let by_own_key = table.same_when.contains(&key);
    for (row, rejected) in rejected.iter_mut().enumerate() {
        let own = set.text(key, row);
        let Some(text) = key_of(table, key, set, row) else {
            *rejected = true;
            out.issues.push(RowIssue {
                row: row as u32,
                field: Some(key),
                code: codes::MISSING_KEY,
                value: String::new(),
            });
            continue;
        };
        if let Some(earlier) = by_key.add(text, row as u32) {
            let feed = out.origins.of(row as u32).0;
            let feeds = feeds_of.entry(earlier).or_insert_with(|| HashSet::from([out.origins.of(earlier).0]));
            let first_here = several && feeds.insert(feed);
            if own.is_some() && !first_here && !by_own_key {
                *rejected = true;
                let value = text.to_owned();
                out.issues.push(RowIssue { row: row as u32, field: Some(key), code: codes::DUPLICATE_KEY, value });
                continue;
            }
            union(&mut parent, earlier, row as u32);
        }
        for (second, seen) in table.same_when.iter().zip(&mut seconds).filter(|s| *s.0 != key) {
            if let Some(text) = set.text(*second, row) {
                let earlier = *seen.entry(fold_text(text)).or_insert(row as u32);
                union(&mut parent, earlier, row as u32);
            }
        }
    }
    let (mut record_of, mut first_rows) = (vec![u32::MAX; set.rows], Vec::new());
    let mut keys = KeyTable::with_capacity(set.rows);
    for row in 0..set.rows {
        if rejected[row] {
            continue;
        }
        let root = find(&mut parent, row as u32) as usize;
        if record_of[root] == u32::MAX {
            record_of[root] = first_rows.len() as u32;
            first_rows.push(row as u32);
        }
        record_of[row] = record_of[root];
        if let Some(text) = key_of(table, key, set, row) {
            keys.add(text, record_of[row]);
        }
    }
    Grouped { record_of, first_rows, keys }
}

/// The root of a row: the least row it is joined with, over rows that were not rejected.
fn find(parent: &mut [u32], row: u32) -> u32 {
    let mut root = row;
    while parent[root as usize] != root {
        root = parent[root as usize];
    }
    let mut at = row;
    while parent[at as usize] != root {
        at = std::mem::replace(&mut parent[at as usize], root);
    }
    root
}

fn union(parent: &mut [u32], a: u32, b: u32) {
    let (a, b) = (find(parent, a), find(parent, b));
    parent[a.max(b) as usize] = a.min(b);
}

/// Of each record: the first row that knows the field (else its first row). Later rows that know another value are
/// conflicts.
fn chosen(
    table: &Table,
    field: FieldId,
    column: &Column,
    record_of: &[u32],
    first_rows: &[u32],
    issues: &mut Vec<RowIssue>,
) -> Vec<u32> {
    let mut from = first_rows.to_vec();
    let mut have = vec![false; first_rows.len()];
    let exact = is_raw(&table.fields[field.0 as usize].ty);
    for (row, record) in record_of.iter().enumerate() {
        if *record == u32::MAX || !column.is_known(row) {
            continue;
        }
        let record = *record as usize;
        if !have[record] {
            have[record] = true;
            from[record] = row as u32;
        } else if !same(&column.values, from[record] as usize, row, exact) {
            let value = show(&column.values, row);
            issues.push(RowIssue { row: row as u32, field: Some(field), code: codes::MERGE_CONFLICT, value });
        }
    }
    from
}

fn same(values: &Values, a: usize, b: usize, exact: bool) -> bool {
    match values {
        Values::YesNo(v) => v.get(a) == v.get(b),
        Values::Number(v) => v[a] == v[b],
        Values::Int(v) => v[a] == v[b],
        Values::Date(v) => v[a] == v[b],
        Values::Record(v) => v[a] == v[b],
        Values::Text(t) if exact => t.get(a) == t.get(b),
        Values::Text(t) => t.codes[a] == t.codes[b] || fold_text(t.get(a)) == fold_text(t.get(b)),
        Values::List { offsets, items } => {
            let range = |i: usize| offsets[i] as usize..offsets[i + 1] as usize;
            range(a).len() == range(b).len() && range(a).zip(range(b)).all(|(x, y)| same(items, x, y, exact))
        }
    }
}

/// A value in a few words, for a place in the report.
fn show(values: &Values, row: usize) -> String {
    match values {
        Values::YesNo(v) => if v.get(row) { "yes" } else { "no" }.to_owned(),
        Values::Number(v) => v[row].to_string(),
        Values::Text(t) => t.get(row).to_owned(),
        // The report then reads the place in the file.
        _ => String::new(),
    }
}

/// The keys of the records, each its own entry.
fn key_column(table: &Table, key: FieldId, set: &RowSet, first_rows: &[u32]) -> Column {
    let (mut text, mut ends) = (String::new(), Ends::default());
    for row in first_rows {
        text.push_str(key_of(table, key, set, *row as usize).unwrap_or_default());
        ends.push(text.len());
    }
    let dictionary = Arc::new(Dictionary::from_parts(text, ends, true));
    Column { values: Values::Text(Texts { codes: (0..first_rows.len() as u32).collect(), dictionary }), known: None }
}

/// Turns a column of texts into rows of another table. Gives back the places of references to no record.
pub(crate) fn resolve(column: &Column, keys: &KeyTable, threads: usize) -> (Column, Vec<u32>) {
    let mut dangling = Vec::new();
    let values = match &column.values {
        Values::Text(texts) => Values::Record(rows_of(texts, |i| column.is_known(i), keys, threads, &mut dangling)),
        Values::List { offsets, items } => {
            let Values::Text(texts) = items.as_ref() else { return (column.clone(), dangling) };
            let mut missing = Vec::new();
            let found = rows_of(texts, |_| true, keys, threads, &mut missing);
            let (mut ends, mut kept) = (vec![0u32], Vec::new());
            for i in 0..offsets.len() - 1 {
                let range = offsets[i] as usize..offsets[i + 1] as usize;
                let before = kept.len();
                kept.extend(found[range.clone()].iter().filter(|r| **r != crate::NO_RECORD));
                dangling.extend(std::iter::repeat_n(i as u32, range.len() - (kept.len() - before)));
                ends.push(kept.len() as u32);
            }
            let known = Bitmap::from_fn(ends.len() - 1, |i| ends[i] < ends[i + 1]);
            let values = Values::List { offsets: ends, items: Box::new(Values::Record(kept)) };
            return (Column { values, known: Some(known) }, dangling);
        }
        other => other.clone(),
    };
    (Column { values, known: None }, dangling)
}

/// References that a thread looks up at once.
const SHARE: usize = 1 << 16;

fn rows_of(
    texts: &Texts,
    known: impl Fn(usize) -> bool + Sync,
    keys: &KeyTable,
    threads: usize,
    dangling: &mut Vec<u32>,
) -> Vec<u32> {
    let mut rows = vec![crate::NO_RECORD; texts.codes.len()];
    let shares = rows.chunks_mut(SHARE).enumerate().map(|(i, share)| (i * SHARE, share)).collect();
    let missing = side_by_side(threads, shares, |(first, share): (usize, &mut [u32])| {
        let mut found = Vec::with_capacity(share.len());
        keys.find_all(share.len(), |i| texts.get(first + i), &mut found);
        let mut missing = Vec::new();
        for (i, (row, found)) in share.iter_mut().zip(found).enumerate() {
            if known(first + i) {
                *row = found;
                if found == crate::NO_RECORD {
                    missing.push((first + i) as u32);
                }
            }
        }
        missing
    });
    dangling.extend(missing.into_iter().flatten());
    rows
}
