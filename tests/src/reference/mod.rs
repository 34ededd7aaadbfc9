//! The reference interpreter: the meaning of the language written down a second time, row by row, with no regard for speed.
//!
//! It works on the syntax tree with dynamic values, and shares the parser with the real pipeline and nothing else. Where
//! it and the evaluator differ, LANGUAGE.md and `docs/decisions.md` decide which of the two is wrong.

use std::cell::RefCell;
use std::collections::HashMap;

use jiff::tz::TimeZone;
use lead_diag::FileId;
use lead_syntax::ast::{self, Expr};

pub mod aggregate;
pub mod calendar;
pub mod definition;
pub mod expr;
pub mod metric;
pub mod operators;
pub mod relation;
pub mod rows;
pub mod schema;
pub mod scope;
pub mod value;
pub mod window;

pub use calendar::Calendar;
pub use metric::MetricRow;
pub use rows::Rows;
pub use schema::{DefBody, FieldType, Schema};
pub use value::RefValue;
pub use window::Span;

/// A lexicon with its data.
pub struct Reference {
    /// Tables and definitions.
    pub schema: Schema,
    /// Zone and fiscal year.
    pub calendar: Calendar,
    /// Rows by table.
    pub rows: Vec<Rows>,
    answers: RefCell<HashMap<Question, RefValue>>,
}

/// What an answer depends on: definition, row, as-of time and window.
type Question = (usize, usize, i64, Option<Span>);

/// Where an expression is asked.
#[derive(Clone, Default)]
pub struct Env {
    /// Records in scope as table and row; the innermost is the last.
    pub records: Vec<(usize, usize)>,
    /// The as-of time in force, in microseconds.
    pub as_of: i64,
    /// The window in force.
    pub window: Option<Span>,
    /// While the target of an aggregate is asked: the names that lead to its collection, which stand for the innermost record.
    pub collected: Option<Vec<String>>,
    /// In a metric: its dimensions and the row that is being filled.
    pub group: Option<std::rc::Rc<metric::Group>>,
}

impl Env {
    /// The tables in scope; the innermost is the last.
    pub fn tables(&self) -> Vec<usize> {
        self.records.iter().map(|r| r.0).collect()
    }

    /// The same place with another window.
    pub fn windowed(&self, window: Option<Span>) -> Env {
        Env { window, ..self.clone() }
    }

    /// At a record with nothing in sight outside of it.
    pub fn alone(&self, table: usize, row: usize, window: Option<Span>) -> Env {
        Env { records: vec![(table, row)], as_of: self.as_of, window, collected: None, group: None }
    }
}

impl Reference {
    /// A lexicon of parsed files over rows that were read for it.
    pub fn new(files: &[(FileId, ast::File)], zone: TimeZone, fiscal_start: i8, rows: Vec<Rows>) -> Reference {
        let schema = Schema::new(files.iter().map(|(_, f)| f));
        let calendar = Calendar { zone, fiscal_start };
        Reference { schema, calendar, rows, answers: RefCell::default() }
    }

    /// As [`Reference::new`], with the rows read from CSV texts.
    pub fn read(
        files: &[(FileId, ast::File)],
        zone: TimeZone,
        fiscal_start: i8,
        text_of: impl Fn(&str) -> String,
    ) -> Reference {
        let mut reference = Reference::new(files, zone, fiscal_start, Vec::new());
        reference.rows = rows::read(&reference.schema, &reference.calendar, text_of);
        reference
    }

    /// The answer of a definition for a record of an entity.
    pub fn answer(&self, entity: &str, row: usize, name: &str, as_of: i64) -> RefValue {
        let table = self.schema.table(&ast::fold_name(entity)).unwrap_or_else(|| panic!("no entity `{entity}`"));
        let def = self.schema.def(&ast::fold_name(name)).unwrap_or_else(|| panic!("no definition `{name}`"));
        assert_eq!(self.schema.defs[def].subject, table, "`{name}` is not said of `{entity}`");
        self.answer_of(def, row, as_of, None)
    }

    /// One record further in: the record outside of it stays in sight, unless it is an event (D3).
    fn inside(&self, env: &Env, table: usize, row: usize, window: Option<Span>) -> Env {
        let mut inner = env.alone(table, row, window);
        if let Some(outer) = env.records.last()
            && !self.schema.tables[outer.0].event
        {
            inner.records.insert(0, *outer);
        }
        inner
    }

    /// The tables in scope inside of an aggregate.
    fn tables_inside(&self, tables: &[usize], table: usize) -> Vec<usize> {
        let outer = tables.last().copied().filter(|t| !self.schema.tables[*t].event);
        outer.into_iter().chain([table]).collect()
    }

    /// The row of the record of an entity with a key.
    pub fn row_of(&self, entity: &str, key: &str) -> Option<usize> {
        let table = self.schema.table(&ast::fold_name(entity))?;
        let field = self.schema.tables[table].key?;
        self.rows[table].iter().position(|r| r[field] == RefValue::Key(key.to_string()))
    }

    /// The key of a record, for showing it.
    pub fn key_of(&self, table: usize, row: usize) -> String {
        match self.schema.tables[table].key.map(|k| &self.rows[table][row][k]) {
            Some(RefValue::Key(key)) => key.clone(),
            _ => format!("row {row}"),
        }
    }

    fn answer_of(&self, def: usize, row: usize, as_of: i64, window: Option<Span>) -> RefValue {
        // A window reaches into values alone (D27).
        let window = if matches!(self.schema.defs[def].body, DefBody::Value(_)) { window } else { None };
        let question = (def, row, as_of, window);
        if let Some(answer) = self.answers.borrow().get(&question) {
            return answer.clone();
        }
        let records = vec![(self.schema.defs[def].subject, row)];
        let env = Env { records, as_of, window, ..Env::default() };
        let answer = self.define(def, &env);
        self.answers.borrow_mut().insert(question, answer.clone());
        answer
    }

    /// Whether a value is a period (D25), which has no answer of its own.
    pub fn is_period(&self, expr: &Expr) -> bool {
        match &expr.kind {
            ast::ExprKind::Paren(inner) => self.is_period(inner),
            ast::ExprKind::Period(_) | ast::ExprKind::Literal(ast::LiteralKind::Duration(..)) => true,
            _ => false,
        }
    }

    /// The expression of a value definition by folded name.
    fn value_named(&self, key: &str) -> &Expr {
        match self.schema.def(key).map(|d| &self.schema.defs[d].body) {
            Some(DefBody::Value(expr)) => expr,
            _ => panic!("no value `{key}`"),
        }
    }
}
