//! A trend as tables for files.

use std::sync::Arc;

use lead_data::{Bitmap, Column, Values};
use lead_hir::hir::{Ty, Value};
use lead_trend::Trend;

use super::{Telling, lean_words, moment};
use crate::run::{Table, TableColumn, column_of};
use crate::value::round_to;

/// Columns as they grow, row by row.
pub struct Rows {
    stem: &'static str,
    names: Vec<&'static str>,
    cells: Vec<Vec<Cell>>,
}

/// A cell of a table.
pub enum Cell {
    /// A text.
    Text(String),
    /// A number.
    Number(f64),
    /// Nothing.
    Empty,
}

impl From<&str> for Cell {
    fn from(text: &str) -> Cell {
        Cell::Text(text.to_owned())
    }
}

impl From<String> for Cell {
    fn from(text: String) -> Cell {
        Cell::Text(text)
    }
}

impl From<usize> for Cell {
    fn from(n: usize) -> Cell {
        Cell::Number(n as f64)
    }
}

impl From<f64> for Cell {
    fn from(n: f64) -> Cell {
        Cell::Number(n)
    }
}

impl<T: Into<Cell>> From<Option<T>> for Cell {
    fn from(cell: Option<T>) -> Cell {
        cell.map_or(Cell::Empty, Into::into)
    }
}

impl Rows {
    /// No rows yet.
    pub fn new(stem: &'static str, names: &[&'static str]) -> Rows {
        Rows { stem, names: names.to_vec(), cells: names.iter().map(|_| Vec::new()).collect() }
    }

    /// Adds a row.
    pub fn row(&mut self, cells: Vec<Cell>) {
        for (column, cell) in self.cells.iter_mut().zip(cells) {
            column.push(cell);
        }
    }

    /// As a table. Columns with a text are texts.
    pub fn table(self) -> Table {
        let rows = self.cells.first().map_or(0, Vec::len);
        let columns = self.names.iter().zip(self.cells).map(|(name, cells)| {
            let numbers = !cells.is_empty() && !cells.iter().any(|c| matches!(c, Cell::Text(_)));
            let (ty, column) = if numbers { (Ty::Number, numbers_of(&cells)) } else { (Ty::Text, texts_of(cells)) };
            TableColumn { name: (*name).to_owned(), ty, column: Arc::new(column) }
        });
        let columns = columns.collect();
        Table::new(self.stem.to_owned(), rows, columns)
    }
}

fn numbers_of(cells: &[Cell]) -> Column {
    let value = |c: &Cell| if let Cell::Number(n) = c { *n } else { 0.0 };
    let known = Bitmap::from_fn(cells.len(), |i| matches!(cells[i], Cell::Number(_)));
    Column { values: Values::Number(cells.iter().map(value).collect()), known: Some(known) }
}

fn texts_of(cells: Vec<Cell>) -> Column {
    let value = |cell| match cell {
        Cell::Text(text) => Some(Value::Text(text.into())),
        Cell::Number(n) => Some(Value::Text(crate::value::number(n).into())),
        Cell::Empty => None,
    };
    let values: Vec<Option<Value>> = cells.into_iter().map(value).collect();
    column_of(&values, &Ty::Text)
}

/// A part of a whole with four places.
pub fn share(part: usize, whole: usize) -> Option<f64> {
    (whole > 0).then(|| round_to(part as f64 / whole as f64, 4))
}

/// Microseconds as days with two places.
pub fn days(micros: i64) -> f64 {
    round_to(micros as f64 / 86_400e6, 2)
}

/// Terms and steps of funnels at each time, a row each.
pub fn series(telling: &Telling<'_>, trend: &Trend) -> Table {
    let names = [
        "as_of",
        "entity",
        "funnel",
        "name",
        "records",
        "yes",
        "no",
        "cannot_tell",
        "became_yes",
        "stopped",
        "standing",
        "reached",
        "share_of_step_before",
    ];
    let mut rows = Rows::new("series", &names);
    for (i, time) in trend.times.iter().enumerate() {
        let at = moment(*time, telling.lexicon);
        for term in &trend.terms {
            let count = term.counts.get(i).copied().unwrap_or_default();
            let turned = i.checked_sub(1).and_then(|before| term.turned.get(before));
            rows.row(vec![
                at.clone().into(),
                telling.table(term.table).into(),
                Cell::Empty,
                telling.name(term.def).into(),
                term.records.into(),
                count.yes.into(),
                count.no.into(),
                count.unknown.into(),
                turned.map(|t| t.0).into(),
                turned.map(|t| t.1).into(),
                Cell::Empty,
                Cell::Empty,
                Cell::Empty,
            ]);
        }
        for funnel in &trend.funnels {
            for step in 0..=funnel.steps.len() {
                let reached = funnel.reached(i, step);
                let before = (step > 1).then(|| share(reached, funnel.reached(i, step - 1))).flatten();
                rows.row(vec![
                    at.clone().into(),
                    telling.table(funnel.table).into(),
                    telling.name(funnel.def).into(),
                    telling.step(&funnel.steps, step).into(),
                    funnel.records.into(),
                    Cell::Empty,
                    Cell::Empty,
                    Cell::Empty,
                    Cell::Empty,
                    Cell::Empty,
                    funnel.standing.get(i).and_then(|s| s.get(step)).copied().into(),
                    (step > 0).then_some(reached).into(),
                    before.into(),
                ]);
            }
        }
    }
    rows.table()
}

/// Every table of a trend.
pub fn all(telling: &Telling<'_>, trend: &Trend) -> Vec<Table> {
    let mut tables = vec![series(telling, trend)];
    if !trend.funnels.is_empty() {
        tables.push(moves(telling, trend));
        tables.push(waits(telling, trend));
    }
    if trend.funnels.iter().any(|f| !f.moves.is_empty()) {
        tables.push(moved_records(telling, trend));
    }
    if trend.ageing.is_some() {
        tables.push(ageing(telling, trend));
    }
    tables.push(leans(telling, trend));
    tables
}

fn moves(telling: &Telling<'_>, trend: &Trend) -> Table {
    let mut rows = Rows::new("moves", &["entity", "funnel", "as_of_before", "as_of", "from", "to", "records"]);
    for funnel in &trend.funnels {
        for (i, moved) in funnel.moved.iter().enumerate() {
            let at = |i: usize| moment(trend.times.get(i).copied().unwrap_or(0), telling.lexicon);
            for (from, row) in moved.iter().enumerate() {
                for (to, count) in row.iter().enumerate().filter(|(_, n)| **n > 0) {
                    rows.row(vec![
                        telling.table(funnel.table).into(),
                        telling.name(funnel.def).into(),
                        at(i).into(),
                        at(i + 1).into(),
                        telling.step(&funnel.steps, from).into(),
                        telling.step(&funnel.steps, to).into(),
                        (*count).into(),
                    ]);
                }
            }
        }
    }
    rows.table()
}

fn moved_records(telling: &Telling<'_>, trend: &Trend) -> Table {
    let mut rows = Rows::new("moved_records", &["entity", "key", "funnel", "as_of_before", "as_of", "from", "to"]);
    for funnel in &trend.funnels {
        for one in &funnel.moves {
            let at = |i: usize| moment(trend.times.get(i).copied().unwrap_or(0), telling.lexicon);
            rows.row(vec![
                telling.table(funnel.table).into(),
                telling.key(funnel.table, one.row).into(),
                telling.name(funnel.def).into(),
                at(one.time.saturating_sub(1)).into(),
                at(one.time).into(),
                telling.step(&funnel.steps, one.from).into(),
                telling.step(&funnel.steps, one.to).into(),
            ]);
        }
    }
    rows.table()
}

fn waits(telling: &Telling<'_>, trend: &Trend) -> Table {
    let names = [
        "entity",
        "funnel",
        "from",
        "to",
        "arrived",
        "still_waiting",
        "there_before",
        "lower_quartile_days",
        "median_days",
        "upper_quartile_days",
    ];
    let mut rows = Rows::new("waits", &names);
    for funnel in &trend.funnels {
        for wait in &funnel.waits {
            let mut cells: Vec<Cell> = vec![
                telling.table(funnel.table).into(),
                telling.name(funnel.def).into(),
                telling.step(&funnel.steps, wait.from).into(),
                telling.step(&funnel.steps, wait.from + 1).into(),
                wait.arrived.into(),
                wait.waiting.into(),
                wait.before.into(),
            ];
            cells.extend((0..3).map(|i| wait.quartiles.map(|q| days(q[i])).into()));
            rows.row(cells);
        }
    }
    rows.table()
}

fn ageing(telling: &Telling<'_>, trend: &Trend) -> Table {
    let mut rows = Rows::new("ageing", &["by", "entity", "key", "term", "becomes", "condition", "in_rule", "window"]);
    if let Some(ageing) = &trend.ageing {
        for fall in &ageing.falls {
            let by = ageing.times.get(fall.time).map(|t| moment(*t, telling.lexicon));
            let all = |f: &dyn Fn(&lead_trend::Decided) -> Option<String>| {
                let mut found: Vec<String> = Vec::new();
                for text in fall.decided.iter().filter_map(f) {
                    if !found.contains(&text) {
                        found.push(text);
                    }
                }
                (!found.is_empty()).then(|| found.join("; "))
            };
            rows.row(vec![
                by.into(),
                telling.table(fall.table).into(),
                telling.key(fall.table, fall.row).into(),
                telling.name(fall.term).into(),
                if fall.unknown { "cannot tell" } else { "no" }.into(),
                all(&|d| Some(telling.condition(d))).into(),
                all(&|d| Some(telling.name(d.def).to_owned())).into(),
                all(&|d| telling.window(d)).into(),
            ]);
        }
    }
    rows.table()
}

fn leans(telling: &Telling<'_>, trend: &Trend) -> Table {
    let mut rows = Rows::new("as_today", &["term", "takes_as_today", "in_rules"]);
    for (term, found) in telling.leaning(&telling.terms(trend)) {
        for (lean, rules) in found {
            let rules: Vec<&str> = rules.iter().map(|d| telling.name(*d)).collect();
            rows.row(vec![
                telling.name(term).into(),
                lean_words(telling.lexicon, lean).into(),
                rules.join("; ").into(),
            ]);
        }
    }
    rows.table()
}
