//! The whole real pipeline on lexicon texts and files on disk: parser, checker, plan, readers, evaluator. Its answers come
//! out as the texts that the case files use.

use std::collections::BTreeMap;
use std::path::Path;

use lead_data::{Column, Data, Needs, Options, Values};
use lead_diag::{FileId, SourceMap};
use lead_eval::{Answers, EvalError, SubjectAnswers};
use lead_hir::Config;
use lead_hir::hir::{DefKind, Lexicon, Ty, Value};
use lead_plan::Plan;

use crate::show;

/// A checked lexicon.
pub struct Checked {
    /// Its texts.
    pub sources: SourceMap,
    /// Typed.
    pub lexicon: Lexicon,
    /// Its settings.
    pub config: Config,
    /// Errors, each with its place; the lexicon runs only without.
    pub errors: Vec<String>,
}

/// Answers as texts.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Answered {
    /// By definition: an answer per record of its subject.
    pub defs: BTreeMap<String, Vec<String>>,
    /// By term with reasons: for each record the reasons of the clauses that were yes, alternatives and exceptions apart.
    pub reasons: BTreeMap<String, Vec<[Vec<String>; 2]>>,
    /// By metric: its rows.
    pub metrics: BTreeMap<String, Vec<String>>,
    /// By entity with answers: the keys of its records.
    pub keys: BTreeMap<String, Vec<String>>,
}

/// Settings of a lexicon in a zone.
pub fn config(zone: &str, fiscal_start: i8) -> Config {
    Config {
        name: Some("Test".to_string()),
        timezone: Some((zone.to_string(), None)),
        fiscal_start: Some(fiscal_start),
        ..Config::default()
    }
}

/// Parses and checks.
pub fn check(files: &[(String, String)], config: Config) -> Checked {
    let mut sources = SourceMap::new();
    let mut trees = Vec::new();
    let mut diagnostics = Vec::new();
    for (name, text) in files {
        let id: FileId = sources.add(name.clone(), text.clone());
        let parsed = lead_syntax::parse(id, text);
        diagnostics.extend(parsed.diagnostics);
        trees.push((id, parsed.file));
    }
    let borrowed: Vec<_> = trees.iter().map(|(id, file)| (*id, file)).collect();
    let lowered = lead_hir::lower(&borrowed, &config);
    diagnostics.extend(lowered.diagnostics);
    let place = |d: &lead_diag::Diagnostic| {
        let line = d.span().map(|s| {
            let file = sources.file(s.file);
            format!("{}: {}", sources.place(s), file.line(file.line_col(s.start).line).trim())
        });
        let labels: Vec<&str> = d.labels.iter().map(|l| l.text.as_str()).collect();
        format!("{} ({}) at {}", d.message, labels.join("; "), line.unwrap_or_default())
    };
    let errors = diagnostics.iter().filter(|d| d.is_error()).map(place).collect();
    Checked { sources, lexicon: lowered.lexicon, config, errors }
}

/// Answers every definition from the files of a folder.
///
/// # Errors
/// What the data report or the evaluator says.
pub fn answer(checked: &Checked, dir: &Path, as_of: i64, threads: usize) -> Result<Answered, String> {
    let lexicon = &checked.lexicon;
    let plan = lead_plan::plan(lexicon, as_of, |_| true);
    let data = opened(checked, dir, &plan, threads);
    let answers = lead_eval::evaluate(lexicon, &plan, &data, true);
    Ok(told(lexicon, &data, &usable(&data, answers)?))
}

/// Answers every definition as of several times at once; the answers of each time.
///
/// # Errors
/// What the data report or the evaluator says.
pub fn answer_series(checked: &Checked, dir: &Path, times: &[i64], threads: usize) -> Result<Vec<Answered>, String> {
    let lexicon = &checked.lexicon;
    let plan = lead_plan::plan_series(lexicon, times, |_| true);
    let data = opened(checked, dir, &plan, threads);
    let answers = lead_eval::evaluate(lexicon, &plan, &data, true);
    let all = usable(&data, answers)?;
    let of = |time: usize| {
        let subjects = all.subjects.iter().map(|s| {
            let count = s.defs.len() / times.len();
            SubjectAnswers { defs: s.defs[time * count..(time + 1) * count].to_vec(), ..s.clone() }
        });
        let count = all.metrics.len() / times.len();
        let metrics = all.metrics[time * count..(time + 1) * count].to_vec();
        Answers { as_of: times[time], subjects: subjects.collect(), metrics }
    };
    Ok((0..times.len()).map(|time| told(lexicon, &data, &of(time))).collect())
}

/// The files of a folder that a plan needs.
pub fn opened<'a>(checked: &'a Checked, dir: &Path, plan: &Plan, threads: usize) -> Data<'a> {
    let needs = Needs { tables: plan.needs(&checked.lexicon) };
    Data::open(&checked.lexicon, &checked.config, dir, &needs, Options { threads, ..Options::default() })
}

/// What came of an evaluation, unless the data or the evaluator stand against it.
///
/// # Errors
/// What the data report or the evaluator says.
pub fn usable<T>(data: &Data<'_>, found: Result<T, EvalError>) -> Result<T, String> {
    let report = data.report();
    if report.is_fatal() {
        return Err(format!("{:?}", report.problems));
    }
    found.map_err(|e| e.diagnostic().message)
}

/// Answers as texts.
fn told(lexicon: &Lexicon, data: &Data<'_>, answers: &Answers) -> Answered {
    let mut out = Answered::default();
    for subject in &answers.subjects {
        let keys = (0..subject.rows).map(|row| data.key(subject.table, row as u32).unwrap_or_default().to_string());
        out.keys.insert(lexicon.table(subject.table).name.key.clone(), keys.collect());
        for def in &subject.defs {
            let name = lexicon.def(def.def).name.key.clone();
            let texts = (0..subject.rows).map(|row| cell(data, &def.column, &def.ty, row)).collect();
            out.defs.insert(name.clone(), texts);
            if let DefKind::Term(term) = &lexicon.def(def.def).kind {
                let yes = |c: &Column, row: usize| cell(data, c, &Ty::YesNo, row) == "yes";
                let clauses = [&term.alternatives, &term.exceptions];
                let reasons = (0..subject.rows).map(|row| {
                    let mut columns = def.clauses.iter();
                    clauses.map(|clauses| {
                        let held = clauses.iter().zip(columns.by_ref()).filter(|(_, c)| yes(c, row));
                        held.filter_map(|(c, _)| c.because.clone()).collect()
                    })
                });
                out.reasons.insert(name, reasons.collect());
            }
        }
    }
    for metric in &answers.metrics {
        let row = |r: &lead_eval::MetricRow| {
            let cells: Vec<String> = r.by.iter().chain([&r.value]).map(|v| value(v.as_ref())).collect();
            cells.join(" | ")
        };
        out.metrics.insert(lexicon.def(metric.def).name.key.clone(), metric.rows.iter().map(row).collect());
    }
    out
}

/// The row of a record by its key.
pub fn row_of(checked: &Checked, dir: &Path, entity: &str, key: &str) -> Option<usize> {
    let table = checked.lexicon.table_ids().find(|(_, t)| t.name.key == entity)?.0;
    let mut needs = Needs::default();
    needs.tables.insert(table, Default::default());
    let data = Data::open(&checked.lexicon, &checked.config, dir, &needs, Options::default());
    data.find(table, key).map(|r| r as usize)
}

/// A value of a column.
fn cell(data: &Data<'_>, column: &Column, ty: &Ty, row: usize) -> String {
    if !column.is_known(row) {
        return "?".to_string();
    }
    item(data, &column.values, ty, row)
}

fn item(data: &Data<'_>, values: &Values, ty: &Ty, row: usize) -> String {
    match values {
        Values::YesNo(v) => if v.get(row) { "yes" } else { "no" }.to_string(),
        Values::Number(v) => show::number(v[row]),
        Values::Int(v) => match ty {
            Ty::Money => show::money(v[row]),
            Ty::Duration => show::duration(v[row]),
            _ => show::time(v[row]),
        },
        Values::Date(v) => lead_plan::calendar::date_of_days(v[row]).to_string(),
        Values::Text(v) => format!("{:?}", v.get(row)),
        Values::Record(v) => match ty {
            Ty::Record(table) => format!("record {}", data.key(*table, v[row]).unwrap_or("without a key")),
            _ => "record".to_string(),
        },
        Values::List { offsets, items } => {
            let ty = if let Ty::List(item) = ty { item } else { ty };
            let shown: Vec<String> =
                (offsets[row]..offsets[row + 1]).map(|i| item(data, items, ty, i as usize)).collect();
            format!("[{}]", shown.join(", "))
        }
    }
}

fn value(value: Option<&Value>) -> String {
    match value {
        None => "?".to_string(),
        Some(Value::YesNo(b)) => if *b { "yes" } else { "no" }.to_string(),
        Some(Value::Number(x) | Value::Percent(x)) => show::number(*x),
        Some(Value::Money(m)) => show::money(*m),
        Some(Value::Text(t)) => format!("{t:?}"),
        Some(Value::Date(d)) => lead_plan::calendar::date_of_days(*d).to_string(),
        Some(Value::Time(t)) => show::time(*t),
        Some(Value::Duration(d)) => show::duration(*d),
        Some(Value::List(items)) => {
            format!("[{}]", items.iter().map(|i| self::value(Some(i))).collect::<Vec<_>>().join(", "))
        }
    }
}
