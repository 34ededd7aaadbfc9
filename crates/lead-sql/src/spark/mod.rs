//! A lexicon as a folder to hand to `spark-submit`: a program in plain PySpark, the statements in steps, and what they read.
//!
//! Invariant *names are data*: what a user wrote reaches the program through `plan.json` and the statements alone; the program is the
//! same for all lexicons.

mod readme;

use lead_diag::Diagnostic;
use lead_hir::hir::{Def, FieldId, HeaderDecl, Lexicon, Table, TableId, Ty};
use serde_json::{Value as Json, json};

use crate::compile::{self, AsOf, Compiled, Options, Step, Steps, Subject};
use crate::dbt::File;
use crate::dialect::{Dialect, time_text};
use crate::names::Names;
use crate::target::{RawColumn, RawTable, Target, needed_tables};

/// Stands at the beginning of every file; a file without it is somebody's own.
pub const MARK: &str = "Written by `lead compile --spark`";

/// The program.
const PROGRAM: &str = include_str!("main.py");

/// For what a folder is made.
pub struct Job<'a> {
    /// Spark's dialect, or one like it.
    pub dialect: &'a dyn Dialect,
    /// Where the data stand.
    pub target: &'a Target,
    /// The as-of time where the program is told none; `None`: the time at which it runs.
    pub as_of: Option<i64>,
    /// The zone of times without an offset in a source, as written in the lexicon.
    pub zone_of: &'a dyn Fn(&str) -> String,
}

/// A table that the program reads.
struct Read {
    raw: RawTable,
    /// The name of its view.
    view: String,
    /// The column that tells in which order its rows came in, if statements ask for that.
    order: Option<String>,
}

/// The files of a folder for the definitions that are wanted.
///
/// # Errors
/// What the dialect lacks (L0901), each with its place.
pub fn folder(
    lexicon: &Lexicon,
    job: &Job<'_>,
    wanted: &(dyn Fn(&Def) -> bool + Sync),
) -> Result<Vec<File>, Vec<Diagnostic>> {
    let mut target = Target { as_of: Some(":as_of".to_owned()), ..job.target.clone() };
    let needs = compile::needs(lexicon, wanted);
    let tables = read(lexicon, needed_tables(lexicon, &target, &needs), &mut target);
    let options = Options { dialect: job.dialect, target: &target, as_of: AsOf::Open };
    let steps = compile::in_steps(lexicon, &options, wanted)?;

    let head = format!("{MARK}. What is changed here is lost: change the lexicon.");
    let mut files = Vec::new();
    let mut file = |path: String, text: String| files.push(File { path, text });
    let digits = steps.steps.len().to_string().len();
    let place = |folder: &str, i: usize, step: &Step| format!("{folder}/{:0digits$}_{}.sql", i + 1, step.name);
    let stems = stems(&steps.answers);
    let answers: Vec<String> = stems.iter().map(|stem| format!("answers/{stem}.sql")).collect();
    for (folder, list) in [("moments", &steps.moments), ("steps", &steps.steps)] {
        for (i, step) in list.iter().enumerate() {
            file(place(folder, i, step), statement(&head, &step.sql));
        }
    }
    for (path, answer) in answers.iter().zip(&steps.answers) {
        file(path.clone(), statement(&head, &answer.sql));
    }
    file("main.py".to_owned(), PROGRAM.to_owned());
    file("README.md".to_owned(), readme::text(lexicon, job, &head, &tables, &stems, &steps));

    // A line to each table and statement, so that a change of the lexicon is a change of few lines.
    let mut plan = format!("{{\n\"about\": {},\n", json!(head));
    plan.push_str(&format!("\"lexicon\": {},\n", json!(lexicon.settings.name)));
    plan.push_str(&format!("\"zone\": {},\n", json!(lexicon.settings.zone_name)));
    plan.push_str(&format!("\"as_of\": {},\n", json!(job.as_of.map(|t| format!("{}Z", time_text(t))))));
    let mut list = |name: &str, lines: Vec<Json>, end: &str| {
        let lines: Vec<String> = lines.iter().map(|l| format!("  {l}")).collect();
        plan.push_str(&format!("\"{name}\": [\n{}\n]{end}\n", lines.join(",\n")));
    };
    list("tables", tables.iter().map(|t| table_line(lexicon, job, t)).collect(), ",");
    for (folder, steps) in [("moments", &steps.moments), ("steps", &steps.steps)] {
        let line = |(i, s): (usize, &Step)| json!({ "name": s.name, "file": place(folder, i, s), "kept": s.kept });
        list(folder, steps.iter().enumerate().map(line).collect(), ",");
    }
    let line = |((stem, path), answer): ((&String, &String), &Compiled)| {
        let columns: Vec<Json> = answer.columns.iter().map(|(name, ty)| json!([name, kind(ty)])).collect();
        let sorted = !matches!(answer.subject, Subject::Records(_));
        json!({ "name": stem, "file": path, "sorted": sorted, "columns": columns })
    };
    list("answers", stems.iter().zip(&answers).zip(&steps.answers).map(line).collect(), "");
    plan.push_str("}\n");
    file("plan.json".to_owned(), plan);
    Ok(files)
}

/// A statement as a file.
fn statement(head: &str, sql: &str) -> String {
    format!("-- {head}\n{}\n", sql.trim_end().trim_end_matches(';'))
}

/// Names of the answers, those of the files that `lead run` writes.
fn stems(answers: &[Compiled]) -> Vec<String> {
    let mut names = Names::default();
    answers.iter().map(|a| names.fresh(&a.name, usize::MAX)).collect()
}

/// Gives each table a view that no other has, and those whose order of rows matters a column that tells it.
fn read(lexicon: &Lexicon, tables: Vec<RawTable>, target: &mut Target) -> Vec<Read> {
    let mut views = Names::default();
    let mut columns = Names::default();
    tables.iter().flat_map(|t| &t.columns).for_each(|c| columns.reserve(&c.name));
    let order = columns.fresh("row in the file", usize::MAX);
    let mut ordered: Vec<Vec<String>> = Vec::new();
    for table in lexicon.tables.iter().filter(|t| !t.same_when.is_empty()) {
        if target.order(table).is_none() {
            ordered.extend(target.tables_of(table).into_iter().map(|t| t.0));
            target.tables.entry(table.name.key.clone()).or_default().order = Some(order.clone());
        }
    }
    let mut out = Vec::new();
    for raw in tables {
        let view = views.fresh(raw.name.last().map_or("data", String::as_str), usize::MAX);
        target.stand_ins.insert(raw.name.clone(), view.clone());
        let order = ordered.contains(&raw.name).then(|| order.clone());
        out.push(Read { raw, view, order });
    }
    out
}

/// What the program is told of a table.
fn table_line(lexicon: &Lexicon, job: &Job<'_>, read: &Read) -> Json {
    let column = |c: &RawColumn| {
        let headers = headers(lexicon, job.target, c, read.raw.source.as_deref());
        json!({ "name": c.name, "kind": kind(&c.ty), "headers": headers })
    };
    let mut columns: Vec<Json> = read.raw.columns.iter().map(column).collect();
    // A column that the target names orders rows: it is read like any other.
    for table in lexicon.tables.iter().filter(|t| !t.same_when.is_empty()) {
        if let Some(order) = job.target.order(table)
            && job.target.tables_of(table).iter().any(|t| t.0 == read.raw.name)
            && !read.raw.columns.iter().any(|c| c.name == order)
        {
            columns.push(json!({ "name": order, "kind": "any", "headers": [order] }));
        }
    }
    for table in &lexicon.tables {
        if let Some(day) = job.target.partition(table)
            && job.target.tables_of(table).iter().any(|t| t.0 == read.raw.name)
            && !columns.iter().any(|c| c["name"] == day)
        {
            columns.push(json!({ "name": day, "kind": "any", "headers": [day] }));
        }
    }
    let zone = match &read.raw.source {
        Some(source) => (job.zone_of)(source),
        None => lexicon.settings.zone_name.clone(),
    };
    json!({
        "name": read.raw.name.join("."), "parts": read.raw.name, "view": read.view, "zone": zone, "order": read.order,
        "columns": columns,
    })
}

/// What a column may be called where the table stands: as readers of files look for it.
fn headers(lexicon: &Lexicon, target: &Target, column: &RawColumn, source: Option<&str>) -> Vec<String> {
    let Some((table, id)) = column.field else { return vec![column.name.clone()] };
    let (entity, field) = (lexicon.table(table), lexicon.field(table, id));
    let named = |t: &Table| target.tables.get(&t.name.key).is_some_and(|t| t.columns.contains_key(&field.name.key));
    if named(entity) {
        return vec![column.name.clone()];
    }
    let texts = |of: &dyn Fn(&HeaderDecl) -> bool| -> Vec<String> {
        field.headers.iter().filter(|h| of(h)).map(|h| h.header.clone()).collect()
    };
    let own = texts(&|h| h.source.is_some() && h.source.as_deref() == source);
    let general = texts(&|h| h.source.is_none());
    if !own.is_empty() || !general.is_empty() {
        return if own.is_empty() { general } else { own };
    }
    let mut out = vec![column.name.clone(), field.name.text.clone()];
    if let Ty::Record(to) = field.ty {
        out.push(format!("{} id", field.name.text));
        out.extend(key_headers(lexicon, table, id, to));
    }
    let mut seen = std::collections::BTreeSet::new();
    out.retain(|h| seen.insert(h.clone()));
    out
}

/// The headers of the key that a reference points to, unless another field of the table claims them.
fn key_headers(lexicon: &Lexicon, table: TableId, reference: FieldId, to: TableId) -> Vec<String> {
    let Some(key) = lexicon.table(to).key.map(|k| lexicon.field(to, k)) else { return Vec::new() };
    let fold = |t: &str| t.replace([' ', '_', '-'], "").to_lowercase();
    let mut out: Vec<String> = key.headers.iter().map(|h| h.header.clone()).collect();
    if out.is_empty() {
        out.push(key.name.text.clone());
    }
    let others = lexicon.table(table).fields.iter().enumerate().filter(|(i, _)| *i != reference.0 as usize);
    let claimed: Vec<String> = others
        .filter(|(_, f)| !matches!(f.ty, Ty::Record(_)))
        .flat_map(|(_, f)| f.headers.iter().map(|h| fold(&h.header)).chain([fold(&f.name.text)]))
        .collect();
    out.retain(|h| !claimed.contains(&fold(h)));
    out
}

/// What the program is told of a type.
fn kind(ty: &Ty) -> &'static str {
    match ty {
        Ty::Time => "time",
        Ty::Date => "date",
        Ty::List(_) => "list",
        Ty::Number | Ty::Percent => "number",
        Ty::Money => "money",
        Ty::YesNo => "yes/no",
        Ty::Duration => "duration",
        Ty::Text | Ty::OneOf(_) | Ty::Key | Ty::Record(_) | Ty::Period | Ty::Error => "text",
    }
}

/// A type in words, for people.
fn kind_in_words(ty: &Ty) -> &'static str {
    match ty {
        Ty::List(_) => "array of texts",
        Ty::Money => "decimal",
        Ty::YesNo => "boolean",
        Ty::Duration => "microseconds",
        other => kind(other),
    }
}

/// How many steps are kept.
fn kept(steps: &Steps) -> usize {
    steps.steps.iter().filter(|s| s.kept).count()
}
