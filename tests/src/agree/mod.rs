//! Answers of the evaluator beside those of other engines, which run the SQL that the lexicon compiles to over the same
//! cells. An engine is a Python process (`tests/agree/engine.py`) that is kept for a whole run.

pub mod engine;
pub mod environment;
pub mod programs;
pub mod raw;
pub mod reference;

use std::collections::BTreeMap;

use lead_hir::hir::{DefKind, Lexicon, Ty};
use lead_sql::{AsOf, Compiled, Options, Step, Steps, Subject, Target};
use serde_json::{Value as Json, json};

use crate::pipeline::{self, Answered};
use crate::show;
use engine::Engine;
use programs::Program;

/// What came of a program on an engine.
#[derive(Debug)]
pub enum Outcome {
    /// All answers are equal; how many there were.
    Agree(usize),
    /// It could not be asked, and why.
    Left(String),
    /// They differ.
    Differ(Vec<Difference>),
}

/// An answer that differs.
#[derive(Clone, Debug)]
pub struct Difference {
    /// The statement, and whether its as-of time was open.
    pub statement: String,
    /// The record and the definition.
    pub place: String,
    /// The definition, where it is known.
    pub def: Option<String>,
    /// What the engine answers.
    pub engine: String,
    /// What the evaluator answers.
    pub native: String,
    /// The statement's text.
    pub sql: String,
}

/// Queries of a statement that Spark is asked as a whole.
const SMALL: usize = 12;

/// Copies of queries in a statement that other engines are asked as a whole which copy them.
const COPIES: u64 = 100;

/// Steps as engines take them: what `plan.json` of a folder for Spark says, the statements, the as-of time.
fn steps(made: &Steps, as_of: &str) -> Json {
    let line = |step: &Step| json!({ "name": step.name, "file": step.name, "kept": step.kept });
    let lines = |list: &[Step]| list.iter().map(line).collect::<Vec<Json>>();
    let text = |step: &Step| (step.name.clone(), Json::from(step.sql.trim_end().trim_end_matches(';')));
    let texts: serde_json::Map<String, Json> = made.moments.iter().chain(&made.steps).map(text).collect();
    json!({
        "plan": { "moments": lines(&made.moments), "steps": lines(&made.steps) }, "texts": texts, "as_of": as_of,
    })
}

/// What stands for the as-of time in statements with an open one.
const PARAMETER: &str = "{{ as_of }}";

/// Runs a program natively and on engines, and compares every answer. `reference`: on the reference interpreter, too.
///
/// # Errors
/// It does not run at all.
pub fn compare(program: &Program, engines: &mut [Engine], reference: bool) -> Result<Vec<(String, Outcome)>, String> {
    let checked = program.checked()?;
    let answered = match pipeline::answer(&checked, &program.data, program.as_of, 1) {
        Ok(answered) => answered,
        // Whether anybody asks for an amount that is too large is left to the evaluator (L0801).
        Err(e) if e.contains("922 trillion") => {
            return Ok(engines.iter().map(|e2| (e2.name.clone(), Outcome::Left(e.clone()))).collect());
        }
        Err(e) => return Err(e),
    };
    let target = Target { as_of: Some(PARAMETER.to_string()), ..Target::default() };
    let tables = raw::tables(&checked, &raw::split(&checked.lexicon, &target), &program.data)?;
    let mut out = Vec::new();
    if reference && program.is_plain {
        out.push((reference::NAME.to_string(), reference::compare(program, &answered)));
    }
    let (lexicon, as_of) = (&checked.lexicon, program.as_of);
    let found: Vec<Result<(String, Outcome), String>> = std::thread::scope(|scope| {
        let jobs = engines.iter_mut().map(|engine| {
            let (target, tables, answered) = (&target, &tables, &answered);
            let job = move || {
                let outcome = on(engine, lexicon, target, as_of, tables, answered)?;
                Ok((engine.name.clone(), outcome))
            };
            scope.spawn(job)
        });
        let jobs: Vec<_> = jobs.collect();
        jobs.into_iter().map(|j| j.join().unwrap_or_else(|_| Err("the comparison panics".to_string()))).collect()
    });
    for one in found {
        out.push(one?);
    }
    Ok(out)
}

fn on(
    engine: &mut Engine,
    lexicon: &Lexicon,
    target: &Target,
    as_of: i64,
    tables: &Json,
    answered: &Answered,
) -> Result<Outcome, String> {
    let dialect = lead_sql::dialect::named(&engine.name).ok_or("no such dialect")?;
    let mut target = target.clone();
    if dialect.row_order("rows").is_none() {
        // Engines that keep no order of rows are told which column has it.
        for table in lexicon.tables.iter().filter(|t| !t.same_when.is_empty()) {
            target.tables.entry(table.name.key.clone()).or_default().order = Some(raw::ORDER.to_string());
        }
    }
    // Answers are the same where tables are split by days.
    let split = raw::split(lexicon, &target);
    let targets =
        if engine.name == "duckdb" { vec![("", &target), (", split by days", &split)] } else { vec![("", &target)] };
    let mut statements: Vec<(String, Compiled)> = Vec::new();
    // These work out a query once for each place that names it: what has many is asked in steps alone.
    let spark = engine.name == "spark";
    let in_steps = matches!(engine.name.as_str(), "spark" | "datafusion" | "clickhouse");
    let few = if spark { u64::MAX } else { COPIES };
    let queries = if spark { SMALL } else { usize::MAX };
    let small = |c: &Compiled| !in_steps || c.copies <= few && c.sql.matches(" AS (\n").count() <= queries;
    for (said, target) in targets {
        for open in [false, true].into_iter().filter(|open| !(spark && *open)) {
            let of = if open { AsOf::Open } else { AsOf::At(as_of) };
            let options = Options { dialect, target, as_of: of };
            let said = format!("{}{said}", if open { ", as-of time open" } else { "" });
            match lead_sql::compile(lexicon, &options, &|_| true) {
                Ok(compiled) => statements.extend(compiled.into_iter().filter(small).map(|c| (said.clone(), c))),
                Err(diagnostics) => return Ok(Outcome::Left(diagnostics[0].message.clone())),
            }
        }
    }
    let now = dialect.time(as_of);
    let plain = |sql: &str| sql.replace(PARAMETER, &now).trim_end().trim_end_matches(';').to_string();
    let mut texts: Vec<String> = statements.iter().map(|(_, c)| plain(&c.sql)).collect();
    let mut results = engine.ask(tables, &texts)?;
    if in_steps {
        // What is asked in steps has an open as-of time, and knows it as a parameter.
        let of = if spark { &split } else { &target };
        let target = Target { as_of: Some(":as_of".to_string()), ..of.clone() };
        let options = Options { dialect, target: &target, as_of: AsOf::Open };
        let made = match lead_sql::in_steps(lexicon, &options, &|_| true) {
            Ok(made) => made,
            Err(diagnostics) => return Ok(Outcome::Left(diagnostics[0].message.clone())),
        };
        let own: Vec<String> = made.answers.iter().map(|c| plain(&c.sql)).collect();
        results.extend(engine.ask_in_steps(&Json::Null, &steps(&made, &now), &own)?);
        texts.extend(own);
        statements.extend(made.answers.into_iter().map(|c| (", in steps".to_string(), c)));
    }
    let (mut count, mut wrong) = (0, Vec::new());
    for (((said, compiled), sql), result) in statements.iter().zip(&texts).zip(&results) {
        let statement = format!("{}{said}", compiled.name);
        let asked = match compiled.subject {
            Subject::Metric(def) | Subject::Funnel(def) => Some(lexicon.def(def).name.key.clone()),
            Subject::Records(_) => None,
        };
        if environment::is_parsed(&engine.name) {
            match result {
                Ok(_) => count += 1,
                Err(e) => {
                    let (place, engine, native) = ("all".to_string(), e.clone(), "a statement".to_string());
                    let sql = sql.clone();
                    wrong.push(Difference { statement: statement.clone(), place, def: None, engine, native, sql });
                }
            }
            continue;
        }
        count += judge(lexicon, answered, compiled, result, &mut |place, engine, native| {
            let def = asked.clone().or_else(|| place.split_once(": ").map(|p| p.1.to_string()));
            wrong.push(Difference { statement: statement.clone(), place, def, engine, native, sql: sql.clone() });
        });
    }
    Ok(if wrong.is_empty() { Outcome::Agree(count) } else { Outcome::Differ(wrong) })
}

/// Compares what came of a statement with the evaluator's answers; how many there were. What differs is told: its place,
/// what the engine answers, what the evaluator does.
pub fn judge(
    lexicon: &Lexicon,
    answered: &Answered,
    compiled: &Compiled,
    result: &engine::Rows,
    wrong: &mut dyn FnMut(String, String, String),
) -> usize {
    let rows = match result {
        Ok(rows) => rows,
        Err(e) => {
            wrong("all".to_string(), e.clone(), "answers".to_string());
            return 0;
        }
    };
    let shown: Vec<Vec<String>> =
        rows.iter().map(|row| row.iter().zip(&compiled.columns).map(|(v, (_, ty))| value(v, ty)).collect()).collect();
    match compiled.subject {
        Subject::Records(table) => {
            let entity = lexicon.table(table);
            let keys = answered.keys.get(&entity.name.key).cloned().unwrap_or_default();
            records(lexicon, table, &keys, answered, &shown, wrong)
        }
        Subject::Metric(def) => {
            let native = answered.metrics.get(&lexicon.def(def).name.key).cloned().unwrap_or_default();
            let own: Vec<String> = shown.iter().map(|r| r.join(" | ")).collect();
            for i in 0..native.len().max(own.len()) {
                let (a, b) = (own.get(i), native.get(i));
                if a != b {
                    let text = |t: Option<&String>| t.cloned().unwrap_or("nothing".to_string());
                    wrong(format!("row {i}"), text(a), text(b));
                }
            }
            native.len()
        }
        Subject::Funnel(def) => {
            let native = funnel(lexicon, def, answered);
            if native != shown {
                wrong("rows".to_string(), format!("{shown:?}"), format!("{native:?}"));
            }
            native.len()
        }
    }
}

/// Compares the answers for records; how many there were.
fn records(
    lexicon: &Lexicon,
    table: lead_hir::hir::TableId,
    keys: &[String],
    answered: &Answered,
    shown: &[Vec<String>],
    wrong: &mut dyn FnMut(String, String, String),
) -> usize {
    let mut by_key: BTreeMap<&str, Vec<&Vec<String>>> = BTreeMap::new();
    for row in shown {
        by_key.entry(&row[0]).or_default().push(row);
    }
    let answers = lexicon.def_ids().filter(|(_, d)| {
        d.subject == Some(table) && !matches!(d.kind, DefKind::Metric(_) | DefKind::Period(_) | DefKind::Error)
    });
    let names: Vec<&str> = answers.map(|(_, d)| d.name.key.as_str()).collect();
    let mut count = 0;
    for (i, key) in keys.iter().enumerate() {
        let Some(rows) = by_key.remove(format!("{key:?}").as_str()) else {
            wrong(format!("record {key}"), "no such record".to_string(), "answers".to_string());
            continue;
        };
        if rows.len() > 1 {
            wrong(format!("record {key}"), format!("{} rows", rows.len()), "one".to_string());
        }
        for (name, found) in names.iter().zip(&rows[0][1..]) {
            let native = answered.defs.get(*name).and_then(|a| a.get(i)).cloned().unwrap_or_default();
            count += 1;
            if *found != native {
                wrong(format!("record {key}: {name}"), found.clone(), native);
            }
        }
    }
    for key in by_key.keys() {
        wrong(format!("record {key}"), "answers".to_string(), "no such record".to_string());
    }
    count
}

/// The rows of a funnel's table, from the answers for its records.
fn funnel(lexicon: &Lexicon, def: lead_hir::hir::DefId, answered: &Answered) -> Vec<Vec<String>> {
    let def = lexicon.def(def);
    let DefKind::Funnel(steps) = &def.kind else { return Vec::new() };
    let answers = answered.defs.get(&def.name.key).cloned().unwrap_or_default();
    let terms: Vec<String> = steps.iter().map(|s| format!("{:?}", lexicon.def(*s).name.text)).collect();
    let furthest: Vec<usize> = terms.iter().map(|t| answers.iter().filter(|a| *a == t).count()).collect();
    let reached = |i: usize| furthest[i..].iter().sum::<usize>() as f64;
    (0..terms.len())
        .map(|i| {
            let conversion = match i {
                0 => "?".to_string(),
                i if reached(i - 1) == 0.0 => "?".to_string(),
                i => show::number(reached(i) / reached(i - 1)),
            };
            vec![terms[i].clone(), show::number(furthest[i] as f64), show::number(reached(i)), conversion]
        })
        .collect()
}

/// A value of an engine as the evaluator's are shown.
fn value(value: &Json, ty: &Ty) -> String {
    let text = match value {
        Json::Null => return "?".to_string(),
        Json::Array(items) => {
            let item = if let Ty::List(item) = ty { item } else { ty };
            let shown: Vec<String> = items.iter().map(|i| self::value(i, item)).collect();
            return format!("[{}]", shown.join(", "));
        }
        Json::String(text) => text.as_str(),
        other => return format!("odd value {other}"),
    };
    let odd = || format!("odd value {text:?} for {ty:?}");
    match ty {
        Ty::YesNo => match text {
            "true" | "1" => "yes".to_string(),
            "false" | "0" => "no".to_string(),
            _ => odd(),
        },
        Ty::Number | Ty::Percent => text.parse::<f64>().map_or_else(|_| odd(), show::number),
        Ty::Money => money(text).map_or_else(odd, show::money),
        Ty::Date => text.parse::<i32>().map_or_else(|_| odd(), |d| lead_plan::calendar::date_of_days(d).to_string()),
        Ty::Time => text.parse::<i64>().map_or_else(|_| odd(), show::time),
        Ty::Duration => text.parse::<i64>().map_or_else(|_| odd(), show::duration),
        Ty::List(_) => odd(),
        Ty::Text | Ty::OneOf(_) | Ty::Key | Ty::Record(_) | Ty::Period | Ty::Error => format!("{text:?}"),
    }
}

/// A decimal in ten-thousandths.
fn money(text: &str) -> Option<i64> {
    let (whole, places) = text.split_once('.').unwrap_or((text, ""));
    let places = places.trim_end_matches('0');
    if places.len() > 4 {
        return None;
    }
    let size: i64 = format!("{}{places:0<4}", whole.trim_start_matches('-')).parse().ok()?;
    Some(if whole.starts_with('-') { -size } else { size })
}
