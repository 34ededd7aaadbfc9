//! The `where` of a source on the cells of a file, in Kleene's logic.
//!
//! A condition on one header is answered once for each distinct text of its column.

use std::cmp::Ordering;
use std::sync::Arc;

use lead_hir::hir::{CompareOp, SourceFilter, Value};
use regex::Regex;

use crate::cells::Block;
use crate::column::fold_text;
use crate::parse;
use crate::parse::number::{money, number};
use crate::parse::time::{DayOrder, TimeReader};
use crate::settings::Settings;
use crate::texts::TextSet;

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
    sets: Vec<(usize, TextSet, Vec<u32>)>,
    /// Counts up when numbers were given anew.
    generation: u64,
}

impl FilterColumns {
    /// Numbers the texts of a block.
    pub fn read(&mut self, block: &Block, slots: &[usize]) {
        if self.sets.iter().any(|s| s.1.len() > MOST) {
            self.sets.clear();
            self.generation += 1;
        }
        let mut scratch = String::new();
        for slot in slots {
            let at = self.sets.iter().position(|s| s.0 == *slot).unwrap_or_else(|| {
                self.sets.push((*slot, TextSet::default(), Vec::new()));
                self.sets.len() - 1
            });
            let (_, set, codes) = &mut self.sets[at];
            let column = block.column(*slot);
            codes.clear();
            codes.extend((0..block.len()).map(|row| set.add(column.text(row, &mut scratch)).0));
        }
    }

    fn of(&self, slot: usize) -> Option<&(usize, TextSet, Vec<u32>)> {
        self.sets.iter().find(|s| s.0 == slot)
    }
}

/// The answers of one worker for the texts seen so far.
pub(crate) struct FilterState {
    answers: Vec<Vec<Tri>>,
    times: TimeReader,
    generation: u64,
}

impl FilterState {
    pub fn new(filter: &Filter) -> FilterState {
        let times = TimeReader::new(&filter.settings, DayOrder::default());
        FilterState { answers: vec![Vec::new(); filter.leaves.len()], times, generation: 0 }
    }

    /// The rows for which the condition is yes.
    pub fn select(&mut self, filter: &Filter, columns: &FilterColumns, rows: usize, out: &mut Vec<u32>) {
        if self.generation != columns.generation {
            self.answers.iter_mut().for_each(Vec::clear);
            self.generation = columns.generation;
        }
        for (leaf, answers) in filter.leaves.iter().zip(&mut self.answers) {
            let Some((_, set, _)) = columns.of(leaf.slot) else { continue };
            for entry in answers.len()..set.len() {
                answers.push(answer(&leaf.test, set.get(entry as u32), &filter.settings, &mut self.times));
            }
        }
        if let (Node::Leaf(leaf), [only]) = (&filter.node, filter.leaves.as_slice())
            && let Some((_, _, codes)) = columns.of(only.slot)
        {
            let answers = &self.answers[*leaf];
            out.extend((0..rows as u32).filter(|r| answers[codes[*r as usize] as usize] == Tri::Yes));
            return;
        }
        out.extend((0..rows as u32).filter(|row| self.walk(&filter.node, filter, columns, *row as usize) == Tri::Yes));
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
                .map_or(Tri::Unknown, |(_, _, codes)| self.answers[*leaf][codes[row] as usize]),
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
