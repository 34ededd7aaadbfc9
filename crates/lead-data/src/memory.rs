//! Tables that are made rather than read: the small worlds of examples. They look to the evaluator like exports that were
//! read without a problem.

use std::sync::Arc;

use lead_hir::hir::{Lexicon, TableId, TableKind, Ty, Value};

use crate::column::{Bitmap, Column, Dictionary, NO_RECORD, Texts, Values};
use crate::data::{Batch, Records};
use crate::keys::KeyTable;

/// A cell of a made table.
#[derive(Clone, Debug, PartialEq)]
pub enum Cell {
    /// Nothing is known.
    Unknown,
    /// A value of the field's type; a key is a text. A number serves where a percent is wanted, and the other way round.
    Value(Value),
    /// The row of the table that a reference names.
    Record(u32),
    /// The rows that a list of references names.
    Records(Vec<u32>),
}

/// Tables in memory, rows in the order in which they were added.
#[derive(Clone, Debug)]
pub struct World {
    tables: Vec<Made>,
}

#[derive(Clone, Debug, Default)]
struct Made {
    rows: Vec<Vec<Cell>>,
    /// Of events.
    times: Vec<i64>,
}

impl World {
    /// Every table of a lexicon, empty.
    pub fn new(lexicon: &Lexicon) -> World {
        World { tables: vec![Made::default(); lexicon.tables.len()] }
    }

    /// Adds a record of an entity, a cell per field; missing cells are unknown. Its row.
    pub fn record(&mut self, table: TableId, cells: Vec<Cell>) -> u32 {
        let Some(made) = self.tables.get_mut(table.0 as usize) else { return NO_RECORD };
        made.rows.push(cells);
        (made.rows.len() - 1) as u32
    }

    /// Fills a cell of a record that was added: for references to records that were added after it.
    pub fn fill(&mut self, table: TableId, row: u32, field: usize, cell: Cell) {
        let Some(cells) = self.tables.get_mut(table.0 as usize).and_then(|t| t.rows.get_mut(row as usize)) else {
            return;
        };
        if cells.len() <= field {
            cells.resize(field + 1, Cell::Unknown);
        }
        cells[field] = cell;
    }

    /// Adds an event, a cell per field; `time` in microseconds since 1970 UTC. Its time field has to say the same.
    pub fn event(&mut self, table: TableId, time: i64, cells: Vec<Cell>) {
        if let Some(made) = self.tables.get_mut(table.0 as usize) {
            made.rows.push(cells);
            made.times.push(time);
        }
    }

    /// The times of a table's events, in the order in which they were added; of an entity none.
    pub fn times(&self, table: TableId) -> &[i64] {
        self.tables.get(table.0 as usize).map_or(&[], |t| &t.times)
    }

    /// How many records or events a table has.
    pub fn rows(&self, table: TableId) -> usize {
        self.tables.get(table.0 as usize).map_or(0, |t| t.rows.len())
    }
}

/// The tables of a world as the readers would have made them.
pub(crate) struct Tables {
    /// By table; `None` for events.
    pub records: Vec<Option<Records>>,
    pub keys: Vec<Arc<KeyTable>>,
    pub batches: Vec<Batch>,
}

pub(crate) fn tables(lexicon: &Lexicon, world: World) -> Tables {
    let mut out = Tables { records: Vec::new(), keys: Vec::new(), batches: Vec::new() };
    for ((id, declared), made) in lexicon.table_ids().zip(world.tables) {
        let rows = made.rows.len();
        let mut columns = Vec::with_capacity(declared.fields.len());
        for (i, field) in declared.fields.iter().enumerate() {
            columns.push(Some(column(&field.ty, made.rows.iter().map(|cells| cells.get(i).unwrap_or(&Cell::Unknown)))));
        }
        let mut keys = KeyTable::with_capacity(rows);
        if let Some(key) = declared.key {
            for (row, cells) in made.rows.iter().enumerate() {
                if let Some(Cell::Value(Value::Text(text))) = cells.get(key.0 as usize) {
                    keys.add(text, row as u32);
                }
            }
        }
        out.keys.push(Arc::new(keys));
        if matches!(declared.kind, TableKind::Event { .. }) {
            out.records.push(None);
            if rows > 0 {
                out.batches.push(Batch { table: id, rows, times: made.times, columns });
            }
        } else {
            out.records.push(Some(Records { rows, columns }));
        }
    }
    out
}

fn column<'c>(ty: &Ty, cells: impl Iterator<Item = &'c Cell> + Clone) -> Column {
    if let Ty::List(item) = ty {
        return list(item, cells);
    }
    let len = cells.clone().count();
    let mut known = Bitmap::filled(len, false);
    for (i, cell) in cells.clone().enumerate() {
        known.set(i, fits(ty, cell));
    }
    let values = values(ty, cells);
    let known = if matches!(ty, Ty::Record(_)) || known.all() { None } else { Some(known) };
    Column { values, known }
}

/// Whether a cell holds a value of a type that is no list.
fn fits(ty: &Ty, cell: &Cell) -> bool {
    match (ty, cell) {
        (Ty::Record(_), Cell::Record(row)) => *row != NO_RECORD,
        (Ty::YesNo, Cell::Value(Value::YesNo(_)))
        | (Ty::Number | Ty::Percent, Cell::Value(Value::Number(_) | Value::Percent(_)))
        | (Ty::Money, Cell::Value(Value::Money(_)))
        | (Ty::Time, Cell::Value(Value::Time(_)))
        | (Ty::Duration, Cell::Value(Value::Duration(_)))
        | (Ty::Date, Cell::Value(Value::Date(_)))
        | (Ty::Text | Ty::OneOf(_) | Ty::Key, Cell::Value(Value::Text(_))) => true,
        _ => false,
    }
}

/// Values of a type that is no list; a cell of another kind gives anything of the type.
fn values<'c>(ty: &Ty, cells: impl Iterator<Item = &'c Cell> + Clone) -> Values {
    let whole = |cell: &Cell| match cell {
        Cell::Value(Value::Money(n) | Value::Time(n) | Value::Duration(n)) => *n,
        _ => 0,
    };
    match ty {
        Ty::YesNo => {
            let mut bits = Bitmap::default();
            cells.for_each(|c| bits.push(matches!(c, Cell::Value(Value::YesNo(true)))));
            Values::YesNo(bits)
        }
        Ty::Money | Ty::Time | Ty::Duration => Values::Int(cells.map(whole).collect()),
        Ty::Date => Values::Date(cells.map(|c| if let Cell::Value(Value::Date(d)) = c { *d } else { 0 }).collect()),
        Ty::Text | Ty::OneOf(_) | Ty::Key => {
            let text = |c: &'c Cell| if let Cell::Value(Value::Text(t)) = c { &**t } else { "" };
            let codes = (0..cells.clone().count() as u32).collect();
            Values::Text(Texts { codes, dictionary: Arc::new(Dictionary::new(cells.map(text), false)) })
        }
        Ty::Record(_) => {
            Values::Record(cells.map(|c| if let Cell::Record(row) = c { *row } else { NO_RECORD }).collect())
        }
        Ty::Number | Ty::Percent | Ty::List(_) | Ty::Period | Ty::Error => {
            let number = |c: &Cell| match c {
                Cell::Value(Value::Number(n) | Value::Percent(n)) => *n,
                _ => 0.0,
            };
            Values::Number(cells.map(number).collect())
        }
    }
}

fn list<'c>(item: &Ty, cells: impl Iterator<Item = &'c Cell>) -> Column {
    let mut offsets = vec![0u32];
    let mut known = Bitmap::default();
    let mut items: Vec<Cell> = Vec::new();
    for cell in cells {
        match cell {
            Cell::Value(Value::List(values)) => {
                items.extend(values.iter().map(|v| Cell::Value(v.clone())).filter(|c| fits(item, c)));
            }
            Cell::Records(rows) => items.extend(rows.iter().map(|r| Cell::Record(*r)).filter(|c| fits(item, c))),
            _ => {}
        }
        known.push(matches!(cell, Cell::Value(Value::List(_)) | Cell::Records(_)));
        offsets.push(items.len() as u32);
    }
    let items = Box::new(values(item, items.iter()));
    Column { values: Values::List { offsets, items }, known: (!known.all()).then_some(known) }
}
