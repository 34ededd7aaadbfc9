//! The `where` of a source on the cells of a file, in Kleene's logic.
//!
//! A condition on one header is answered once for each distinct text of its column.

use std::cmp::Ordering;
use std::sync::Arc;

use lead_hir::hir::{CompareOp, SourceFilter, Value};
use regex::Regex;

use crate::cells::{Block, Cells, ColumnData};
use crate::column::fold_text;
use crate::csv::rows::unquote;
use crate::parse;
use crate::parse::number::{money, number};
use crate::parse::time::{DayOrder, TimeReader};
use crate::settings::Settings;
use crate::texts::RecentTexts;

/// Yes, no, or cannot tell.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Tri {
    No,
    Unknown,
    Yes,
}

/// Columns of which distinct texts are numbered above this are numbered anew.
const MOST: usize = 1 << 16;

#[derive(Clone, Debug)]
enum Node {
    And(Vec<Node>),
    Or(Vec<Node>),
    Not(Box<Node>),
    Leaf(usize),
}

#[derive(Clone, Debug)]
enum Test {
    Compare { op: CompareOp, values: Vec<Value>, folded: Vec<String>, regex: Option<Regex> },
    Known { negated: bool },
    Yes,
}

#[derive(Clone, Debug)]
struct Leaf {
    /// Needed column number.
    slot: usize,
    test: Test,
}

/// A condition with its headers found.
#[derive(Clone, Debug)]
pub(crate) struct Filter {
    node: Node,
    leaves: Vec<Leaf>,
    settings: Arc<Settings>,
}

/// The headers that a condition names.
pub(crate) fn headers(filter: &SourceFilter) -> Vec<&str> {
    match filter {
        SourceFilter::And(all) | SourceFilter::Or(all) => all.iter().flat_map(headers).collect(),
        SourceFilter::Not(inner) => headers(inner),
        SourceFilter::Compare { header, .. }
        | SourceFilter::Known { header, .. }
        | SourceFilter::Yes { header, .. } => {
            vec![header]
        }
    }
}

impl Filter {
    /// `slot` gives the needed column number of a header.
    pub fn new(filter: &SourceFilter, settings: &Arc<Settings>, slot: &dyn Fn(&str) -> usize) -> Filter {
        let mut leaves = Vec::new();
        let node = compile(filter, slot, &mut leaves);
        Filter { node, leaves, settings: settings.clone() }
    }

    /// The needed column number it looks at, if it is about one header alone.
    fn only_slot(&self) -> Option<usize> {
        match (&self.node, self.leaves.as_slice()) {
            (Node::Leaf(_), [only]) => Some(only.slot),
            _ => None,
        }
    }

    /// The needed column numbers it looks at.
    pub fn slots(&self) -> impl Iterator<Item = usize> + '_ {
        self.leaves.iter().map(|l| l.slot)
    }
}

fn compile(filter: &SourceFilter, slot: &dyn Fn(&str) -> usize, leaves: &mut Vec<Leaf>) -> Node {
    let mut leaf = |header: &str, test: Test| {
        leaves.push(Leaf { slot: slot(header), test });
        Node::Leaf(leaves.len() - 1)
    };
    match filter {
        SourceFilter::And(all) => Node::And(all.iter().map(|f| compile(f, slot, leaves)).collect()),
        SourceFilter::Or(all) => Node::Or(all.iter().map(|f| compile(f, slot, leaves)).collect()),
        SourceFilter::Not(inner) => Node::Not(Box::new(compile(inner, slot, leaves))),
        SourceFilter::Known { header, negated, .. } => leaf(header, Test::Known { negated: *negated }),
        SourceFilter::Yes { header, .. } => leaf(header, Test::Yes),
        SourceFilter::Compare { header, op, values, .. } => {
            let values: Vec<Value> = values
                .iter()
                .flat_map(|v| match v {
                    Value::List(items) => items.clone(),
                    other => vec![other.clone()],
                })
                .collect();
            let folded =
                values.iter().map(|v| if let Value::Text(t) = v { fold_text(t) } else { String::new() }).collect();
            let regex = match (op, values.first()) {
                (CompareOp::Matches, Some(Value::Text(pattern))) => Regex::new(pattern).ok(),
                _ => None,
            };
            leaf(header, Test::Compare { op: *op, values, folded, regex })
        }
    }
}

/// The distinct texts of the columns that the filters of a file look at.
#[derive(Default)]
pub(crate) struct FilterColumns {
    sets: Vec<FilterColumn>,
    /// Counts up when numbers were given anew.
    generation: u64,
}

struct FilterColumn {
    slot: usize,
    set: RecentTexts,
    /// Of each row of the block.
    codes: Vec<u32>,
}

impl FilterColumns {
    /// Numbers the texts of a block.
    pub fn read(&mut self, block: &Block, slots: &[usize]) {
        if self.sets.iter().any(|s| s.set.len() > MOST) {
            self.sets.clear();
            self.generation += 1;
        }
        for slot in slots {
            let at = self.sets.iter().position(|s| s.slot == *slot).unwrap_or_else(|| {
                self.sets.push(FilterColumn { slot: *slot, set: RecentTexts::default(), codes: Vec::new() });
                self.sets.len() - 1
            });
            let FilterColumn { set, codes, .. } = &mut self.sets[at];
            codes.clear();
            match block.column(*slot) {
                ColumnData::Csv(cells) => {
                    let mut scratch = String::new();
                    codes.extend((0..block.len()).map(|row| {
                        let (text, at) = cells.place(row);
                        set.code_of_cell(text, at, |cell| unquote(cell, &mut scratch))
                    }));
                }
                ColumnData::Arena(cells) => codes_of(&cells, block.len(), set, codes),
                ColumnData::Leaf(cells) => codes_of(&cells, block.len(), set, codes),
            }
        }
    }

    fn of(&self, slot: usize) -> Option<&FilterColumn> {
        self.sets.iter().find(|s| s.slot == slot)
    }
}

fn codes_of<C: Cells>(cells: &C, rows: usize, set: &mut RecentTexts, codes: &mut Vec<u32>) {
    if let Some(entries) = cells.entries().filter(|e| e.len() <= rows) {
        let known: Vec<u32> = (0..entries.len()).map(|n| set.code(entries.text(n))).collect();
        let nothing = set.code("");
        // None is no number of the table.
        codes.extend(entries.numbers.iter().map(|n| known.get(*n as usize).copied().unwrap_or(nothing)));
        return;
    }
    let mut scratch = String::new();
    codes.extend((0..rows).map(|row| set.code(cells.text(row, &mut scratch))));
}

/// Selects the rows of a block for all tables of its file.
pub(crate) struct Selector {
    /// By table: the answers for the texts seen so far; `None`: it takes every row.
    states: Vec<Option<FilterState>>,
    /// Slots of conditions that look at one header alone, with the tables that have them.
    simple: Vec<(usize, Vec<usize>)>,
    /// Room for rows, used again and again; as long as the longest block.
    placed: Vec<u32>,
}

impl Selector {
    /// For the conditions of some tables.
    pub fn new<'f>(filters: impl Iterator<Item = Option<&'f Filter>>) -> Selector {
        let (mut states, mut simple) = (Vec::new(), Vec::<(usize, Vec<usize>)>::new());
        for (table, filter) in filters.enumerate() {
            states.push(filter.map(FilterState::new));
            if let Some(slot) = filter.and_then(Filter::only_slot) {
                match simple.iter_mut().find(|s| s.0 == slot) {
                    Some((_, tables)) => tables.push(table),
                    None => simple.push((slot, vec![table])),
                }
            }
        }
        Selector { states, simple, placed: Vec::new() }
    }

    /// The rows of each table, ascending, and how many they are; of those that are `idle` only how many.
    pub fn select(
        &mut self,
        filters: &[Option<&Filter>],
        columns: &FilterColumns,
        rows: usize,
        idle: &[bool],
        out: &mut [Vec<u32>],
    ) -> Vec<u64> {
        let mut counts = vec![0u64; filters.len()];
        let is_idle = |table: usize| idle.get(table) == Some(&true);
        for (table, (state, filter)) in self.states.iter_mut().zip(filters).enumerate() {
            let selected = &mut out[table];
            selected.clear();
            match (state, filter) {
                (Some(state), Some(filter)) => {
                    state.widen(filter, columns);
                    if filter.only_slot().is_none() {
                        selected.extend((0..rows).filter(|r| state.is_yes(filter, columns, *r)).map(|r| r as u32));
                        counts[table] = selected.len() as u64;
                    }
                }
                _ => {
                    counts[table] = rows as u64;
                    if !is_idle(table) {
                        selected.extend(0..rows as u32);
                    }
                }
            }
            if is_idle(table) {
                selected.clear();
            }
        }
        for (slot, tables) in &self.simple {
            let Some(column) = columns.of(*slot) else { continue };
            let takes = |table: &usize, code: usize| {
                self.states[*table].as_ref().is_some_and(|s| s.answers[0].get(code) == Some(&Tri::Yes))
            };
            let busy: Vec<usize> = tables.iter().copied().filter(|table| !is_idle(*table)).collect();
            let of_code = if busy.len() > FEW || busy.len() < tables.len() {
                tally(&column.codes, column.set.len())
            } else {
                Vec::new()
            };
            for table in tables.iter().filter(|table| is_idle(**table)) {
                let taken = of_code.iter().enumerate().filter(|(code, _)| takes(table, *code));
                counts[*table] = taken.map(|(_, counts)| counts.iter().sum::<usize>() as u64).sum();
            }
            if busy.len() <= FEW {
                for table in &busy {
                    let yes: Vec<bool> = (0..column.set.len()).map(|code| takes(table, code)).collect();
                    select_one(&column.codes, &yes, &mut out[*table]);
                }
            } else {
                if self.placed.len() < column.codes.len() {
                    self.placed.resize(column.codes.len(), 0);
                }
                let takes = |table: usize, code: usize| takes(&table, code);
                select_several(&column.codes, &of_code, &busy, takes, &mut self.placed, out);
            }
            for table in busy {
                counts[table] = out[table].len() as u64;
            }
        }
        counts
    }
}

/// So many tables are quicker gone through one by one.
const FEW: usize = 3;

/// The rows of texts that are taken. Without a branch: texts come in no order that could be guessed.
fn select_one(codes: &[u32], yes: &[bool], out: &mut Vec<u32>) {
    out.resize(codes.len() + 1, 0);
    let mut count = 0;
    for (row, code) in codes.iter().enumerate() {
        out[count] = row as u32;
        count += usize::from(yes[*code as usize]);
    }
    out.truncate(count);
}

/// How often each text comes in each stretch of the rows.
fn tally(codes: &[u32], texts: usize) -> Vec<[usize; STRETCHES]> {
    let mut of_code = vec![[0; STRETCHES]; texts];
    stretches(codes, |at, _, code| of_code[code as usize][at] += 1);
    of_code
}

/// The rows of each table. Tables that share no text are gone through together, each row going to the place that its text names:
/// no branch, for which table it is cannot be guessed. `placed`: room for all rows.
fn select_several(
    codes: &[u32],
    of_code: &[[usize; STRETCHES]],
    tables: &[usize],
    takes: impl Fn(usize, usize) -> bool,
    placed: &mut [u32],
    out: &mut [Vec<u32>],
) {
    let texts = of_code.len();
    // By layer: its tables, and the number among them of the table that takes a text; past them: nobody.
    let mut layers: Vec<(Vec<usize>, Vec<usize>)> = Vec::new();
    for table in tables {
        let own: Vec<usize> = (0..texts).filter(|code| takes(*table, *code)).collect();
        let free = |layer: &(Vec<usize>, Vec<usize>)| own.iter().all(|code| layer.1[*code] == usize::MAX);
        let at = layers.iter().position(free).unwrap_or(layers.len());
        if at == layers.len() {
            layers.push((Vec::new(), vec![usize::MAX; texts]));
        }
        let (tables, takers) = &mut layers[at];
        own.iter().for_each(|code| takers[*code] = tables.len());
        tables.push(*table);
    }
    for (tables, takers) in layers {
        let takers: Vec<usize> = takers.iter().map(|table| *table.min(&tables.len())).collect();
        let mut next = vec![[0usize; STRETCHES]; tables.len() + 1];
        for (counts, taker) in of_code.iter().zip(&takers) {
            next[*taker].iter_mut().zip(counts).for_each(|(next, count)| *next += count);
        }
        let mut sum = 0;
        for count in next.iter_mut().flatten() {
            sum += *count;
            *count = sum - *count;
        }
        stretches(codes, |at, row, code| {
            let next = &mut next[takers[code as usize]][at];
            placed[*next] = row as u32;
            *next += 1;
        });
        let mut start = 0;
        for (table, ends) in tables.iter().zip(&next) {
            let end = ends[STRETCHES - 1];
            out[*table].extend_from_slice(&placed[start..end]);
            start = end;
        }
    }
}

/// How many stretches of rows are gone through at once: a counter that is raised again and again waits for itself.
const STRETCHES: usize = 4;

/// Calls `f` with the number of a stretch, a row of it, and its text, for all rows: one of each stretch, and again.
#[inline(always)]
fn stretches(codes: &[u32], mut f: impl FnMut(usize, usize, u32)) {
    let long = codes.len() / STRETCHES;
    let (first, rest) = codes.split_at(long);
    let (second, rest) = rest.split_at(long);
    let (third, fourth) = rest.split_at(long);
    for (i, (((a, b), c), d)) in first.iter().zip(second).zip(third).zip(fourth).enumerate() {
        f(0, i, *a);
        f(1, long + i, *b);
        f(2, 2 * long + i, *c);
        f(3, 3 * long + i, *d);
    }
    // The last one may be longer.
    fourth.iter().enumerate().skip(long).for_each(|(i, code)| f(3, 3 * long + i, *code));
}

/// The answers of one worker for the texts seen so far.
struct FilterState {
    answers: Vec<Vec<Tri>>,
    times: TimeReader,
    generation: u64,
}

impl FilterState {
    fn new(filter: &Filter) -> FilterState {
        let times = TimeReader::new(&filter.settings, DayOrder::default());
        FilterState { answers: vec![Vec::new(); filter.leaves.len()], times, generation: 0 }
    }

    /// Answers for the texts that are new.
    fn widen(&mut self, filter: &Filter, columns: &FilterColumns) {
        if self.generation != columns.generation {
            self.answers.iter_mut().for_each(Vec::clear);
            self.generation = columns.generation;
        }
        for (leaf, answers) in filter.leaves.iter().zip(&mut self.answers) {
            let Some(column) = columns.of(leaf.slot) else { continue };
            for entry in answers.len()..column.set.len() {
                answers.push(answer(&leaf.test, column.set.get(entry as u32), &filter.settings, &mut self.times));
            }
        }
    }

    fn is_yes(&self, filter: &Filter, columns: &FilterColumns, row: usize) -> bool {
        self.walk(&filter.node, filter, columns, row) == Tri::Yes
    }

    fn walk(&self, node: &Node, filter: &Filter, columns: &FilterColumns, row: usize) -> Tri {
        match node {
            Node::And(all) => {
                all.iter().map(|n| self.walk(n, filter, columns, row)).min_by_key(|t| *t as u8).unwrap_or(Tri::Yes)
            }
            Node::Or(all) => {
                all.iter().map(|n| self.walk(n, filter, columns, row)).max_by_key(|t| *t as u8).unwrap_or(Tri::No)
            }
            Node::Not(inner) => match self.walk(inner, filter, columns, row) {
                Tri::Yes => Tri::No,
                Tri::No => Tri::Yes,
                Tri::Unknown => Tri::Unknown,
            },
            Node::Leaf(leaf) => columns
                .of(filter.leaves[*leaf].slot)
                .map_or(Tri::Unknown, |column| self.answers[*leaf][column.codes[row] as usize]),
        }
    }
}

fn tri(answer: bool) -> Tri {
    if answer { Tri::Yes } else { Tri::No }
}

fn answer(test: &Test, text: &str, settings: &Settings, times: &mut TimeReader) -> Tri {
    let known = !text.is_empty() && !settings.nulls.contains(text);
    match test {
        Test::Known { negated } => tri(known != *negated),
        _ if !known => Tri::Unknown,
        Test::Yes => parse::yes_no(text).map_or(Tri::Unknown, tri),
        Test::Compare { op, values, folded, regex } => {
            let mut each =
                values.iter().zip(folded).map(|(v, f)| compare(*op, text, v, f, regex.as_ref(), settings, times));
            match op {
                CompareOp::In => each.max_by_key(|t| *t as u8).unwrap_or(Tri::No),
                CompareOp::NotIn => each.min_by_key(|t| *t as u8).unwrap_or(Tri::Yes),
                _ => each.next().unwrap_or(Tri::Unknown),
            }
        }
    }
}

fn compare(
    op: CompareOp,
    text: &str,
    value: &Value,
    folded: &str,
    regex: Option<&Regex>,
    settings: &Settings,
    times: &mut TimeReader,
) -> Tri {
    let order = match value {
        Value::Text(_) => {
            let cell = fold_text(text);
            return match op {
                CompareOp::Equal | CompareOp::In => tri(cell == folded),
                CompareOp::NotEqual | CompareOp::NotIn => tri(cell != folded),
                CompareOp::Contains => tri(cell.contains(folded)),
                CompareOp::StartsWith => tri(cell.starts_with(folded)),
                CompareOp::EndsWith => tri(cell.ends_with(folded)),
                CompareOp::Matches => regex.map_or(Tri::Unknown, |r| tri(r.is_match(text))),
                _ => Tri::Unknown,
            };
        }
        Value::Number(n) | Value::Percent(n) => number(text, settings.decimal_comma).and_then(|x| x.partial_cmp(n)),
        Value::Money(m) => money(text, settings.decimal_comma).map(|x| x.cmp(m)),
        Value::Date(d) => times.date(text).map(|x| x.cmp(d)),
        Value::Time(t) => times.time(text).map(|x| x.cmp(t)),
        Value::Duration(d) => parse::duration(text).map(|x| x.cmp(d)),
        Value::YesNo(b) => parse::yes_no(text).map(|x| x.cmp(b)),
        Value::List(_) => None,
    };
    let Some(order) = order else { return Tri::Unknown };
    match op {
        CompareOp::Equal | CompareOp::In => tri(order == Ordering::Equal),
        CompareOp::NotEqual | CompareOp::NotIn => tri(order != Ordering::Equal),
        CompareOp::Less => tri(order == Ordering::Less),
        CompareOp::LessEqual => tri(order != Ordering::Greater),
        CompareOp::Greater => tri(order == Ordering::Greater),
        CompareOp::GreaterEqual => tri(order != Ordering::Less),
        _ => Tri::Unknown,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_table_gets_the_rows_of_its_texts_in_order() {
        // By table the texts it takes: some share texts, one takes none, one takes all.
        let takes: [&[u32]; 6] = [&[0], &[1, 2], &[], &[2, 3], &[0, 1, 2, 3, 4], &[4]];
        let codes: Vec<u32> = (0..1003u32).map(|i| i.wrapping_mul(2_654_435_761) >> 29).map(|code| code % 5).collect();
        let busy = [0, 1, 2, 3, 4, 5];
        let mut out = vec![Vec::new(); 6];
        select_several(
            &codes,
            &tally(&codes, 5),
            &busy,
            |table, code| takes[table].contains(&(code as u32)),
            &mut vec![7; codes.len()],
            &mut out,
        );
        for (table, rows) in out.iter().enumerate() {
            let wanted: Vec<u32> = (0..1003).filter(|row| takes[table].contains(&codes[*row as usize])).collect();
            assert_eq!(*rows, wanted, "table {table}");
        }
    }
}
