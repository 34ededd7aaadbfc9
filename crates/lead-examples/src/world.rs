//! One example to records, events and questions.

use std::collections::HashMap;

use lead_data::{Cell, Data, World};
use lead_diag::Span;
use lead_eval::evaluate;
use lead_hir::hir::{
    DefId, Example, ExampleKind, ExampleTable, Expr, ExprKind, FieldId, Given, Lexicon, Story, TableId, TableKind, Ty,
    Value,
};
use lead_plan::{Planner, calendar};

use crate::suite::Suite;
use crate::value::value_at;

/// An example made ready.
pub(crate) struct Case {
    pub as_of: i64,
    pub world: World,
    /// Definitions whose answers are given.
    pub given: Vec<DefId>,
    pub asked: Vec<Asked>,
    /// What records are called.
    pub names: HashMap<(TableId, u32), String>,
}

/// What is asked of a world.
pub(crate) struct Asked {
    /// The line of the example.
    pub span: Span,
    pub table: TableId,
    pub row: u32,
    pub def: DefId,
    /// `None`: it cannot be told.
    pub expected: Option<Value>,
    pub because: Option<(String, Span)>,
    /// The definitions that are in question, for people.
    pub about: Vec<DefId>,
}

/// Makes an example ready. `conditions`: the definition of each expectation of a story. `None`: it had an error.
pub(crate) fn case(suite: &mut Suite, example: &Example, conditions: &[DefId], as_of: i64) -> Option<Case> {
    let settings = &suite.lexicon().settings;
    let as_of = example.as_of.map_or(as_of, |m| calendar::moment_end(m, as_of, &settings.zone));
    match &example.kind {
        ExampleKind::Table(table) => {
            let cells = table.rows.iter().flat_map(|row| row.cells.iter().flatten());
            let made = worked_out(suite, cells, as_of);
            Some(table_case(suite, table, as_of, &made))
        }
        ExampleKind::Story(story) => {
            let of_records = story.records.iter().flat_map(|r| &r.fields);
            let cells = of_records.chain(story.events.iter().flat_map(|e| &e.fields)).map(|(_, value)| value);
            let made = worked_out(suite, cells, as_of);
            Some(story_case(suite, story, conditions, as_of, &made))
        }
        ExampleKind::Error => None,
    }
}

/// Values that are written as arithmetic, by place.
type Made = HashMap<Span, Option<Value>>;

/// Works out the given values that are not written out, such as `now - 3d`.
fn worked_out<'e>(suite: &mut Suite, cells: impl Iterator<Item = &'e Expr>, as_of: i64) -> Made {
    let mut open: Vec<&Expr> = Vec::new();
    for cell in cells {
        match &cell.kind {
            ExprKind::List(items) => open.extend(items.iter().filter(|i| !is_plain(i))),
            _ if !is_plain(cell) => open.push(cell),
            _ => {}
        }
    }
    let mut made = Made::new();
    let entity = suite.lexicon().table_ids().find(|(_, t)| !t.is_event()).map(|(id, _)| id);
    let Some(entity) = entity.filter(|_| !open.is_empty()) else { return made };
    let defs: Vec<(Span, Ty, DefId)> =
        open.iter().map(|e| (e.span, e.ty.clone(), suite.define(e, Some(entity)))).collect();
    let lexicon = suite.lexicon();
    let mut planner = Planner::new(lexicon, as_of);
    defs.iter().for_each(|(.., def)| planner.want_def(*def));
    let plan = planner.finish();
    let mut world = World::new(lexicon);
    world.record(entity, Vec::new());
    let data = Data::made(lexicon, world);
    let Ok(answers) = evaluate(lexicon, &plan, &data, false) else { return made };
    for (span, ty, def) in &defs {
        let answer = answers.subjects.iter().flat_map(|s| &s.defs).find(|d| d.def == *def);
        made.insert(*span, answer.and_then(|a| value_at(&a.column, ty, 0)));
    }
    made
}

fn is_plain(expr: &Expr) -> bool {
    matches!(expr.kind, ExprKind::Literal(_) | ExprKind::Now | ExprKind::Today)
}

/// A given value as one of the type that is wanted.
fn value_of(lexicon: &Lexicon, expr: &Expr, ty: &Ty, as_of: i64, made: &Made) -> Option<Value> {
    let zone = &lexicon.settings.zone;
    if let (ExprKind::List(items), Ty::List(item)) = (&expr.kind, ty) {
        return Some(Value::List(items.iter().filter_map(|e| value_of(lexicon, e, item, as_of, made)).collect()));
    }
    let value = match &expr.kind {
        ExprKind::Literal(value) => value.clone(),
        ExprKind::Now => Value::Time(as_of),
        ExprKind::Today => Value::Date(calendar::local_day(as_of, zone)),
        _ => made.get(&expr.span)?.clone()?,
    };
    Some(match (value, ty) {
        (Value::Date(day), Ty::Time) => Value::Time(calendar::start_of_day(day, zone)),
        (Value::Time(at), Ty::Date) => Value::Date(calendar::local_day(at, zone)),
        (value, _) => value,
    })
}

/// A world while it is filled: references to records that nobody told of make them.
struct Builder<'s> {
    lexicon: &'s Lexicon,
    as_of: i64,
    made: &'s Made,
    world: World,
    keys: HashMap<(TableId, String), u32>,
    names: HashMap<(TableId, u32), String>,
}

impl<'s> Builder<'s> {
    fn new(suite: &'s Suite, as_of: i64, made: &'s Made) -> Builder<'s> {
        let lexicon = suite.lexicon();
        let world = World::new(lexicon);
        Builder { lexicon, as_of, made, world, keys: HashMap::new(), names: HashMap::new() }
    }

    fn ty(&self, table: TableId, field: FieldId) -> &'s Ty {
        &self.lexicon.field(table, field).ty
    }

    /// Adds a record, its key in its key field.
    fn record(&mut self, table: TableId, key: Option<&str>, name: String) -> u32 {
        let row = self.world.record(table, Vec::new());
        if let Some(key) = key {
            self.keys.insert((table, key.to_string()), row);
            if let Some(field) = self.lexicon.table(table).key {
                self.world.fill(table, row, field.0 as usize, Cell::Value(Value::Text(key.into())));
            }
        }
        self.names.insert((table, row), name);
        row
    }

    /// The record of a key; a bare one is made where there is none.
    fn named(&mut self, table: TableId, key: &str) -> u32 {
        match self.keys.get(&(table, key.to_string())) {
            Some(row) => *row,
            None => self.record(table, Some(key), key.to_string()),
        }
    }

    fn cell(&mut self, expr: &Expr, ty: &Ty) -> Cell {
        let key = |e: &Expr| match &e.kind {
            ExprKind::Literal(Value::Text(key)) => Some(key.clone()),
            _ => None,
        };
        match (ty, &expr.kind) {
            (Ty::Record(to), _) => key(expr).map_or(Cell::Unknown, |k| Cell::Record(self.named(*to, &k))),
            (Ty::List(item), ExprKind::List(items)) if matches!(**item, Ty::Record(_)) => {
                let Ty::Record(to) = **item else { return Cell::Unknown };
                Cell::Records(items.iter().filter_map(key).map(|k| self.named(to, &k)).collect())
            }
            _ => value_of(self.lexicon, expr, ty, self.as_of, self.made).map_or(Cell::Unknown, Cell::Value),
        }
    }
}

fn table_case(suite: &Suite, table: &ExampleTable, as_of: i64, made: &Made) -> Case {
    let mut builder = Builder::new(suite, as_of, made);
    let subject = table.subject;
    let key = suite.lexicon().table(subject).key;
    let key_column = table.columns.iter().position(|c| key.is_some_and(|k| c.what == Given::Field(k)));
    let mut asked = Vec::new();
    // Rows first, so that a row that names another one finds it.
    for (i, row) in table.rows.iter().enumerate() {
        let key = key_column.and_then(|c| row.cells.get(c)?.as_ref()).and_then(|e| match &e.kind {
            ExprKind::Literal(Value::Text(key)) => Some(key.to_string()),
            _ => None,
        });
        let name = key.clone().unwrap_or_else(|| format!("row {}", i + 1));
        let at = builder.record(subject, key.as_deref(), name);
        asked.push(Asked {
            span: row.span,
            table: subject,
            row: at,
            def: table.def,
            expected: None,
            because: None,
            about: vec![table.def],
        });
    }
    let answer = suite.lexicon().def(table.def).ty.clone();
    for (row, question) in table.rows.iter().zip(&mut asked) {
        for (cell, column) in row.cells.iter().zip(&table.columns) {
            let Some(cell) = cell else { continue };
            let (field, ty) = match column.what {
                Given::Expected => {
                    question.expected = value_of(suite.lexicon(), cell, &answer, as_of, made);
                    continue;
                }
                Given::Field(field) => (Some(field), builder.ty(subject, field)),
                Given::Def(def) => (suite.given(def), &suite.lexicon().def(def).ty),
            };
            let Some(field) = field else { continue };
            let cell = builder.cell(cell, ty);
            builder.world.fill(subject, question.row, field.0 as usize, cell);
        }
    }
    let given = table.columns.iter().filter_map(|c| if let Given::Def(def) = c.what { Some(def) } else { None });
    Case { as_of, world: builder.world, given: given.collect(), asked, names: builder.names }
}

fn story_case(suite: &Suite, story: &Story, conditions: &[DefId], as_of: i64, made: &Made) -> Case {
    let mut builder = Builder::new(suite, as_of, made);
    let lexicon = suite.lexicon();
    let mut rows = Vec::new();
    for record in &story.records {
        let name = record.key.clone().unwrap_or_else(|| lexicon.table(record.table).name.text.clone());
        rows.push(builder.record(record.table, record.key.as_deref(), name));
    }
    for (record, row) in story.records.iter().zip(&rows) {
        for (field, value) in &record.fields {
            let cell = builder.cell(value, builder.ty(record.table, *field));
            builder.world.fill(record.table, *row, field.0 as usize, cell);
        }
    }
    for event in &story.events {
        let TableKind::Event { subject, time } = lexicon.table(event.table).kind else { continue };
        let at = calendar::moment_start(event.at, as_of, &lexicon.settings.zone);
        let mut cells = vec![Cell::Unknown; lexicon.table(event.table).fields.len()];
        let mut put = |field: FieldId, cell: Cell| {
            if let Some(slot) = cells.get_mut(field.0 as usize) {
                *slot = cell;
            }
        };
        put(
            time,
            match builder.ty(event.table, time) {
                Ty::Date => Cell::Value(Value::Date(calendar::local_day(at, &lexicon.settings.zone))),
                _ => Cell::Value(Value::Time(at)),
            },
        );
        if let (Some(field), Some(row)) = (subject, event.of.and_then(|of| rows.get(of))) {
            put(field, Cell::Record(*row));
        }
        for (field, value) in &event.fields {
            let cell = builder.cell(value, builder.ty(event.table, *field));
            put(*field, cell);
        }
        builder.world.event(event.table, at, cells);
    }
    let mut asked = Vec::new();
    for (expectation, def) in story.expects.iter().zip(conditions) {
        let (Some(record), Some(row)) = (story.records.get(expectation.record), rows.get(expectation.record)) else {
            continue;
        };
        asked.push(Asked {
            span: expectation.span,
            table: record.table,
            row: *row,
            def: *def,
            expected: Some(Value::YesNo(true)),
            because: expectation.because.clone(),
            about: expectation.uses.clone(),
        });
    }
    Case { as_of, world: builder.world, given: Vec::new(), asked, names: builder.names }
}
