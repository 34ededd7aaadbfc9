//! `lead run --on`: the compiled SQL asked of a live database, and what it answers as a run's own answers.
//!
//! Nothing is written there. Values come as texts, whole numbers in all their digits, and are read by the types of the
//! lexicon; records come in the order of their keys, as a database keeps no other.

mod columns;
mod duckdb;
mod password;
mod postgres;

use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;

use lead_data::{Column, Report, Values};
use lead_eval::{Answers, DefAnswers, MetricAnswer, MetricRow, SubjectAnswers};
use lead_hir::hir::{Def, DefId, DefKind, Lexicon, TableId, Ty, Value};
use lead_project::Project;
use lead_sql::{AsOf, Compiled, Options, Subject, Target};

use super::Keys;
use crate::data::Answered;
use crate::terminal::{Failure, Terminal};
use columns::Growing;

/// A value as the database writes it; `None` is NULL.
pub type Cell<'r> = Option<&'r str>;

/// Who is given rows as they come.
pub type Taker<'t> = dyn FnMut(usize, &[Cell<'_>]) -> Result<(), Failure> + 't;

/// Why statements have no answer.
pub struct Refused {
    /// Which statement; `None`: all of them, as nobody answers.
    pub statement: Option<usize>,
    /// In the words of the database or of the system.
    pub cause: String,
    /// What to do.
    pub help: Option<String>,
}

/// A live database.
enum Live {
    Postgres(postgres::Place),
    DuckDb(duckdb::Place),
}

/// What `--on` names. What it says of a password is never shown.
fn live(place: &str) -> Result<Live, Failure> {
    if place.starts_with("postgres://") || place.starts_with("postgresql://") {
        return Ok(Live::Postgres(postgres::Place::new(place)));
    }
    if let Some(file) = place.strip_prefix("duckdb:") {
        return Ok(Live::DuckDb(duckdb::Place::read(file)?));
    }
    let shown = lead_diag::render::clean(&password::masked(place));
    Err(Failure::usage(format!("`--on {shown}` names no database that is known"))
        .help("write `postgres://USER@HOST/DATABASE` or `duckdb:FILE`"))
}

/// The answers of a database.
pub fn answer(
    project: &Project,
    place: &str,
    target: Target,
    as_of: i64,
    wanted: Option<&[DefId]>,
    terminal: &Terminal,
) -> Result<Answered, Failure> {
    let live = live(place)?;
    let name = match &live {
        Live::Postgres(_) => "postgres",
        Live::DuckDb(_) => "duckdb",
    };
    let dialect =
        lead_sql::dialect::named(name).ok_or_else(|| Failure::usage(format!("there is no dialect `{name}`")))?;
    if target.dialect.as_deref().is_some_and(|d| d != name) {
        return Err(Failure::usage(format!("the target is one for `{}`", target.dialect.unwrap_or_default()))
            .help(format!("name one whose `dialect` is `{name}`")));
    }
    let lexicon = &project.lexicon;
    let names: Option<Vec<&str>> = wanted.map(|w| w.iter().map(|id| lexicon.def(*id).name.key.as_str()).collect());
    let is_wanted = |def: &Def| names.as_ref().is_none_or(|n| n.contains(&def.name.key.as_str()));
    let options = Options { dialect, target: &target, as_of: AsOf::At(as_of) };
    // Files of funnels are made of the answers for their records, as in every run.
    let statements: Vec<Compiled> = crate::compile::statements(project, &options, &is_wanted, terminal)?
        .into_iter()
        .filter(|c| !matches!(c.subject, Subject::Funnel(_)))
        .collect();
    let mut taken: Vec<Vec<Growing>> =
        statements.iter().map(|c| c.columns.iter().map(|(_, ty)| Growing::new(ty)).collect()).collect();
    let mut take = |statement: usize, row: &[Cell<'_>]| -> Result<(), Failure> {
        for (i, growing) in taken[statement].iter_mut().enumerate() {
            let cell = row.get(i).copied().flatten();
            growing.push(cell).map_err(|odd| {
                let compiled = &statements[statement];
                let odd = lead_diag::render::clean(&odd);
                Failure::data(format!(
                    "`{}`: the database answers `{odd}` in `{}`",
                    compiled.name, compiled.columns[i].0
                ))
                .help("the value is out of the range of the language; look at the column that it comes from")
            })?;
        }
        Ok(())
    };
    let title = dialect.title();
    match live {
        Live::Postgres(place) => place.ask(&statements, &mut take),
        Live::DuckDb(place) => place.ask(&statements, dialect, &mut take),
    }
    .map_err(|stopped| match stopped {
        Stopped::Failure(failure) => failure,
        Stopped::Refused(refused) => refusal(&refused, title, &statements, project, &target),
    })?;
    Ok(assembled(lexicon, as_of, &statements, taken))
}

/// Why there are no rows.
pub enum Stopped {
    /// The database does not answer.
    Refused(Refused),
    /// Something else.
    Failure(Failure),
}

impl From<Failure> for Stopped {
    fn from(failure: Failure) -> Stopped {
        Stopped::Failure(failure)
    }
}

/// What the database says, with the place in the lexicon that it comes from.
fn refusal(refused: &Refused, title: &str, statements: &[Compiled], project: &Project, target: &Target) -> Failure {
    let cause = lead_diag::render::clean(refused.cause.trim());
    let Some(statement) = refused.statement.and_then(|i| statements.get(i)) else {
        let failure = Failure::data(cause);
        return match &refused.help {
            Some(help) => failure.help(help.clone()),
            None => failure,
        };
    };
    // The table or column that is missed is one that the lexicon reads: say where.
    let lexicon = &project.lexicon;
    let missed = |name: &str| cause.split(|c: char| !(c.is_alphanumeric() || c == '_')).any(|word| word == name);
    let mut place = None;
    for raw in lead_sql::raw_tables(lexicon, target) {
        let of_table = lexicon.table_ids().find(|(_, t)| target.tables_of(t).iter().any(|n| n.0 == raw.name));
        if raw.name.last().is_some_and(|n| missed(n)) && place.is_none() {
            place = of_table.map(|(_, t)| (t.name.text.clone(), t.name_span));
        }
        if let Some(column) = raw.columns.iter().find(|c| cause.contains(&format!("\"{}\"", c.name)))
            && let Some((table, field)) = column.field
        {
            let field = lexicon.field(table, field);
            place = Some((format!("{}.{}", lexicon.table(table).name.text, field.name.text), field.span));
        }
    }
    let read =
        place.map_or(String::new(), |(name, span)| format!(" (read as `{name}` at {})", project.sources.place(span)));
    let failure = Failure::data(format!("{title} cannot answer `{}`: {cause}{read}", statement.name));
    match &refused.help {
        Some(help) => failure.help(help.clone()),
        None => failure,
    }
}

/// Columns of all statements as answers.
fn assembled(lexicon: &Lexicon, as_of: i64, statements: &[Compiled], taken: Vec<Vec<Growing>>) -> Answered {
    let mut answers = Answers { as_of, subjects: Vec::new(), metrics: Vec::new() };
    let mut keys: Keys = BTreeMap::new();
    let mut metrics = Vec::new();
    for (compiled, columns) in statements.iter().zip(taken) {
        let mut columns: Vec<Column> = columns.into_iter().map(Growing::done).collect();
        match compiled.subject {
            Subject::Records(table) => {
                let key = columns.remove(0);
                let rows = by_key(&key);
                let picked = |column: &Column| Arc::new(column.pick(&rows));
                let defs = compiled.defs.iter().zip(&columns).map(|(def, column)| DefAnswers {
                    def: *def,
                    ty: lexicon.def(*def).ty.clone(),
                    column: picked(column),
                    clauses: Vec::new(),
                });
                answers.subjects.push(SubjectAnswers { table, rows: rows.len(), defs: defs.collect() });
                keys.insert(table, picked(&key));
            }
            Subject::Metric(def) => metrics.push((def, columns)),
            Subject::Funnel(_) => {}
        }
    }
    let mut records = Records::new(&keys);
    for (id, columns) in metrics {
        let def = lexicon.def(id);
        let DefKind::Metric(written) = &def.kind else { continue };
        let rows = columns.first().map_or(0, Column::len);
        let rows = (0..rows).map(|row| {
            let mut cells = columns.iter().zip(written.by.iter().map(|d| &d.ty).chain([&def.ty]));
            let mut by: Vec<Option<Value>> = cells.by_ref().map(|(c, ty)| records.value(c, ty, row)).collect();
            let value = by.pop().flatten();
            MetricRow { by, value }
        });
        answers.metrics.push(MetricAnswer { def: id, ty: def.ty.clone(), rows: rows.collect() });
    }
    records.into_keys(&mut keys);
    Answered { answers, keys, report: Report::default() }
}

/// Rows in the order of their keys, by bytes.
fn by_key(key: &Column) -> Vec<u32> {
    let mut rows: Vec<u32> = (0..key.len() as u32).collect();
    if let Values::Text(texts) = &key.values {
        rows.sort_by(|a, b| texts.get(*a as usize).cmp(texts.get(*b as usize)));
    }
    rows
}

/// Records that dimensions name, by their keys: those of subjects, and others that only metrics know.
struct Records {
    rows: BTreeMap<TableId, HashMap<String, u32>>,
    new: BTreeMap<TableId, Vec<String>>,
}

impl Records {
    fn new(keys: &Keys) -> Records {
        let rows = keys.iter().map(|(table, column)| {
            let of = |row: usize| match &column.values {
                Values::Text(texts) => texts.get(row).to_owned(),
                _ => String::new(),
            };
            (*table, (0..column.len()).map(|row| (of(row), row as u32)).collect())
        });
        Records { rows: rows.collect(), new: BTreeMap::new() }
    }

    fn value(&mut self, column: &Column, ty: &Ty, row: usize) -> Option<Value> {
        if !column.is_known(row) {
            return None;
        }
        let value = match (&column.values, ty) {
            (Values::YesNo(bits), _) => Value::YesNo(bits.get(row)),
            (Values::Number(n), Ty::Percent) => Value::Percent(n[row]),
            (Values::Number(n), _) => Value::Number(n[row]),
            (Values::Int(n), Ty::Money) => Value::Money(n[row]),
            (Values::Int(n), Ty::Duration) => Value::Duration(n[row]),
            (Values::Int(n), _) => Value::Time(n[row]),
            (Values::Date(d), _) => Value::Date(d[row]),
            (Values::Text(texts), Ty::Record(table)) => Value::Number(f64::from(self.row(*table, texts.get(row)))),
            (Values::Text(texts), _) => Value::Text(texts.get(row).into()),
            (Values::Record(_) | Values::List { .. }, _) => return None,
        };
        Some(value)
    }

    fn row(&mut self, table: TableId, key: &str) -> u32 {
        let rows = self.rows.entry(table).or_default();
        if let Some(row) = rows.get(key) {
            return *row;
        }
        let row = rows.len() as u32;
        rows.insert(key.to_owned(), row);
        self.new.entry(table).or_default().push(key.to_owned());
        row
    }

    /// Keys of records that no subject has.
    fn into_keys(self, keys: &mut Keys) {
        for (table, new) in self.new {
            keys.entry(table).or_insert_with(|| {
                let values: Vec<Option<Value>> = new.iter().map(|k| Some(Value::Text(k.as_str().into()))).collect();
                Arc::new(super::column_of(&values, &Ty::Key))
            });
        }
    }
}
