//! Whom a change moves: the answers of both versions beside each other, record by record.

use lead_diag::InOrder;
use std::collections::{BTreeMap, HashMap};

use lead_data::{Column, NO_RECORD, Values};
use lead_eval::{Examined, MetricAnswer};
use lead_hir::hir::{TableId, Value};
use lead_plan::Explained;

use crate::cause::{Cause, Pairs, Shown};

/// An answer of a term.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Truth {
    /// No.
    No,
    /// Cannot tell.
    Unknown,
    /// Yes.
    Yes,
}

impl Truth {
    /// All, in order.
    pub const ALL: [Truth; 3] = [Truth::No, Truth::Unknown, Truth::Yes];

    /// As it is said.
    pub fn word(self) -> &'static str {
        match self {
            Truth::No => "no",
            Truth::Unknown => "cannot tell",
            Truth::Yes => "yes",
        }
    }

    fn of(column: &Column, row: u32) -> Truth {
        let row = row as usize;
        match &column.values {
            Values::YesNo(bits) if row < bits.len() && column.is_known(row) => {
                if bits.get(row) {
                    Truth::Yes
                } else {
                    Truth::No
                }
            }
            _ => Truth::Unknown,
        }
    }
}

/// The records of an entity that both versions read.
#[derive(Clone, Debug)]
pub struct Rows {
    /// Row before and row after, in order of the newer version.
    pub both: Vec<(u32, u32)>,
    /// How many only the older version reads.
    pub only_base: usize,
    /// How many only the newer version reads.
    pub only_head: usize,
}

impl Rows {
    /// Pairs records by their keys. An entity without keys has the same records in both versions if it has as many.
    pub fn new(base: (usize, Option<&Column>), head: (usize, Option<&Column>)) -> Rows {
        let (Some(old), Some(new)) = (base.1, head.1) else {
            let both = if base.0 == head.0 { (0..head.0 as u32).map(|i| (i, i)).collect() } else { Vec::new() };
            let lone = |n: usize, both: &Vec<(u32, u32)>| n - both.len();
            return Rows { only_base: lone(base.0, &both), only_head: lone(head.0, &both), both };
        };
        // Nearly always the same records in the same order.
        if base.0 == head.0 && (0..head.0).all(|i| text(old, i) == text(new, i)) {
            return Rows { both: (0..head.0 as u32).map(|i| (i, i)).collect(), only_base: 0, only_head: 0 };
        }
        let places: HashMap<&str, u32> = (0..base.0).filter_map(|i| Some((text(old, i)?, i as u32))).collect();
        let both: Vec<(u32, u32)> = (0..head.0).filter_map(|i| Some((*places.get(text(new, i)?)?, i as u32))).collect();
        Rows { only_base: base.0 - both.len(), only_head: head.0 - both.len(), both }
    }
}

/// A record that a change of a term moved.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Moved {
    /// Its row in the newer version.
    pub row: u32,
    /// Its answer before.
    pub from: Truth,
    /// Its answer after.
    pub to: Truth,
    /// What moved it: an entry of [`TermMoves::causes`].
    pub cause: usize,
}

/// What a change of a term does to its members.
#[derive(Clone, Debug)]
pub struct TermMoves {
    /// How many records by the answer before and the answer after.
    pub counts: [[usize; 3]; 3],
    /// Those whose answer is another one.
    pub moved: Vec<Moved>,
    /// The conditions that moved them, each set once, in order of the first record.
    pub causes: Vec<Vec<Cause>>,
}

impl TermMoves {
    /// How many have an answer before and another after.
    pub fn count(&self, from: Truth, to: Truth) -> usize {
        self.counts[from as usize][to as usize]
    }

    /// How many had an answer.
    pub fn before(&self, truth: Truth) -> usize {
        self.counts[truth as usize].iter().sum()
    }

    /// How many have an answer.
    pub fn after(&self, truth: Truth) -> usize {
        self.counts.iter().map(|row| row[truth as usize]).sum()
    }

    /// Those who enter: their answer is yes, and was not.
    pub fn entering(&self) -> impl Iterator<Item = &Moved> {
        self.moved.iter().filter(|m| m.to == Truth::Yes)
    }

    /// Those who leave: their answer was yes, and is not.
    pub fn leaving(&self) -> impl Iterator<Item = &Moved> {
        self.moved.iter().filter(|m| m.from == Truth::Yes)
    }

    /// Those who neither enter nor leave: between no and cannot tell.
    pub fn others(&self) -> impl Iterator<Item = &Moved> {
        self.moved.iter().filter(|m| m.from != Truth::Yes && m.to != Truth::Yes)
    }
}

/// One version, run.
pub struct Run<'r, 'a> {
    /// Its run.
    pub examined: &'r Examined<'a>,
    /// Its lexicon and texts.
    pub shown: Shown<'r>,
}

/// Compares the answers of a term, and finds what moved each record whose answer is another one.
pub fn term_moves(rows: &Rows, base: (&Run, &Column, &Explained), head: (&Run, &Column, &Explained)) -> TermMoves {
    let pairs = Pairs::new((base.2, base.0.shown), (head.2, head.0.shown));
    let mut moves = TermMoves { counts: [[0; 3]; 3], moved: Vec::new(), causes: Vec::new() };
    let mut places: HashMap<Vec<Cause>, usize> = HashMap::new();
    for (was, is) in &rows.both {
        let (from, to) = (Truth::of(base.1, *was), Truth::of(head.1, *is));
        moves.counts[from as usize][to as usize] += 1;
        if from == to {
            continue;
        }
        let causes = pairs.causes((base.0.examined, *was), (head.0.examined, *is));
        let next = places.len();
        let cause = *places.entry(causes).or_insert(next);
        moves.moved.push(Moved { row: *is, from, to, cause });
    }
    let mut causes: Vec<(usize, Vec<Cause>)> = places.into_iter().map(|(causes, i)| (i, causes)).collect();
    causes.sort_unstable_by_key(|c| c.0);
    moves.causes = causes.into_iter().map(|c| c.1).collect();
    moves
}

/// What a change of a value, choice, score or funnel does.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct ValueMoves {
    /// How many records.
    pub records: usize,
    /// How many have another answer.
    pub changed: usize,
    /// Of numbers: how many have more, and how many less.
    pub up: usize,
    /// See `up`.
    pub down: usize,
    /// Of numbers: the mean of those known, before and after.
    pub means: Option<(f64, f64)>,
    /// Of texts: answer before, answer after, how many; the most first. Unknown is `None`.
    pub ways: Vec<(Option<String>, Option<String>, usize)>,
}

/// Compares answers that are no terms. Lists are compared by their items.
pub fn value_moves(rows: &Rows, base: &Column, head: &Column) -> ValueMoves {
    let mut moves = ValueMoves { records: rows.both.len(), ..ValueMoves::default() };
    let mut ways: BTreeMap<(Option<&str>, Option<&str>), usize> = BTreeMap::new();
    let (mut sums, mut counts) = ((0.0, 0.0), (0usize, 0usize));
    for (was, is) in &rows.both {
        let (was, is) = (*was as usize, *is as usize);
        match (number(base, was), number(head, is)) {
            (None, None) => {}
            (old, new) => {
                if let Some(old) = old {
                    (sums.0, counts.0) = (sums.0 + old, counts.0 + 1);
                }
                if let Some(new) = new {
                    (sums.1, counts.1) = (sums.1 + new, counts.1 + 1);
                }
                if let (Some(old), Some(new)) = (old, new) {
                    moves.up += usize::from(new > old);
                    moves.down += usize::from(new < old);
                }
            }
        }
        if same(base, was, head, is) {
            continue;
        }
        moves.changed += 1;
        if matches!(base.values, Values::Text(_)) && matches!(head.values, Values::Text(_)) {
            *ways.entry((text(base, was), text(head, is))).or_default() += 1;
        }
    }
    if counts.0 > 0 && counts.1 > 0 {
        moves.means = Some((sums.0 / counts.0 as f64, sums.1 / counts.1 as f64));
    }
    let owned = |t: Option<&str>| t.map(str::to_owned);
    moves.ways = ways.into_iter().map(|((a, b), n)| (owned(a), owned(b), n)).collect();
    moves.ways.in_order_by(|a, b| b.2.cmp(&a.2).then_with(|| (&a.0, &a.1).cmp(&(&b.0, &b.1))));
    moves
}

fn number(column: &Column, row: usize) -> Option<f64> {
    match &column.values {
        Values::Number(numbers) if column.is_known(row) => numbers.get(row).copied(),
        _ => None,
    }
}

fn text(column: &Column, row: usize) -> Option<&str> {
    match &column.values {
        Values::Text(texts) if column.is_known(row) => Some(texts.get(row)),
        _ => None,
    }
}

/// Whether two records have one answer.
fn same(base: &Column, was: usize, head: &Column, is: usize) -> bool {
    match (base.is_known(was), head.is_known(is)) {
        (false, false) => return true,
        (true, true) => {}
        _ => return false,
    }
    same_items(&base.values, was, &head.values, is)
}

fn same_items(base: &Values, was: usize, head: &Values, is: usize) -> bool {
    match (base, head) {
        (Values::YesNo(a), Values::YesNo(b)) => a.get(was) == b.get(is),
        (Values::Number(a), Values::Number(b)) => a.get(was) == b.get(is),
        (Values::Int(a), Values::Int(b)) => a.get(was) == b.get(is),
        (Values::Date(a), Values::Date(b)) => a.get(was) == b.get(is),
        (Values::Text(a), Values::Text(b)) => a.get(was) == b.get(is),
        // Rows of two runs say nothing of each other: that there is a record must do.
        (Values::Record(a), Values::Record(b)) => (a.get(was) == Some(&NO_RECORD)) == (b.get(is) == Some(&NO_RECORD)),
        (Values::List { offsets: a, items: of_a }, Values::List { offsets: b, items: of_b }) => {
            let range = |offsets: &[u32], i: usize| Some(*offsets.get(i)? as usize..*offsets.get(i + 1)? as usize);
            match (range(a, was), range(b, is)) {
                (Some(a), Some(b)) => a.len() == b.len() && a.zip(b).all(|(a, b)| same_items(of_a, a, of_b, b)),
                _ => false,
            }
        }
        _ => false,
    }
}

/// A row of a metric that differs: its dimensions, the value before, the value after.
pub type MetricMove = (Vec<Option<Value>>, Option<Value>, Option<Value>);

/// The rows of a metric whose values differ, those of the newer version first.
pub fn metric_moves(base: &MetricAnswer, head: &MetricAnswer) -> Vec<MetricMove> {
    let find =
        |metric: &MetricAnswer, by: &[Option<Value>]| metric.rows.iter().find(|r| r.by == by).map(|r| r.value.clone());
    let mut out: Vec<MetricMove> = Vec::new();
    for row in &head.rows {
        let before = find(base, &row.by).flatten();
        if before != row.value {
            out.push((row.by.clone(), before, row.value.clone()));
        }
    }
    let gone = base.rows.iter().filter(|row| find(head, &row.by).is_none() && row.value.is_some());
    out.extend(gone.map(|row| (row.by.clone(), row.value.clone(), None)));
    out
}

/// The answers of a definition of a subject.
pub fn column<'a>(examined: &'a Examined, table: TableId, def: lead_hir::hir::DefId) -> Option<&'a Column> {
    let subject = examined.answers().subjects.iter().find(|s| s.table == table)?;
    subject.defs.iter().find(|d| d.def == def).map(|d| d.column.as_ref())
}
