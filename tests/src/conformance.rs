//! The conformance suite of `tests/conformance`: every case of `tests/meaning` as a folder of plain files, with the answers that the
//! reference interpreter and the evaluator agree on. Made here, and run here against `lead`.

use std::collections::{BTreeMap, BTreeSet};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::{Path, PathBuf};
use std::process::Command;

use lead_diag::FileId;
use lead_hir::MONTHS;
use lead_hir::hir::{TableId, Ty};
use serde_json::{Value as Json, json};

use crate::cases::{self, Case};
use crate::compare::expected;
use crate::pipeline::{self, Checked};
use crate::reference::Reference;

/// Files by their path in the suite's folder.
pub type Files = BTreeMap<String, String>;

/// The folder of the suite.
pub fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("conformance")
}

/// The whole suite, made anew with the command `lead`.
///
/// # Errors
/// A case that cannot be run, or on which the reference and the evaluator do not agree.
pub fn suite(lead: &Path) -> Result<Files, String> {
    let mut out = Files::new();
    let mut index = String::new();
    for case in cases::all() {
        let (group, says) = case.name.split_once(": ").ok_or("a case without a name")?;
        let place = format!("{group}/{}", slug(says));
        if out.keys().any(|k| k.starts_with(&format!("{place}/"))) {
            return Err(format!("two cases are called {place}"));
        }
        let files = made(&case, says, lead).map_err(|e| format!("{}: {e}", case.name))?;
        out.extend(files.into_iter().map(|(name, text)| (format!("{place}/{name}"), text)));
        index.push_str(&format!("{}\n", json!({ "case": place, "says": says })));
    }
    out.insert("cases.jsonl".to_string(), index);
    Ok(out)
}

/// A sentence as the name of a folder.
fn slug(says: &str) -> String {
    let mut out = String::new();
    for word in says.split(|c: char| !c.is_ascii_alphanumeric()).filter(|w| !w.is_empty()) {
        if out.len() + word.len() > 90 {
            break;
        }
        out.push_str(if out.is_empty() { "" } else { "_" });
        out.push_str(&word.to_lowercase());
    }
    out
}

/// The files of a case, its answers among them.
fn made(case: &Case, says: &str, lead: &Path) -> Result<Files, String> {
    let fiscal = cases::month_number(&case.fiscal);
    let texts = [("schema.lead".to_string(), cases::schema()), ("case.lead".to_string(), case.lexicon.clone())];
    let checked = pipeline::check(&texts, pipeline::config(&case.zone, fiscal));
    if let Some(error) = checked.errors.first() {
        return Err(error.clone());
    }
    let mut files = Files::new();
    let at = jiff::Timestamp::from_microsecond(case.as_of()).map_err(|e| e.to_string())?;
    let month = MONTHS[fiscal as usize - 1];
    files.insert(
        "lead.toml".to_string(),
        format!(
            "# {says}\n\n[lexicon]\nname = \"Conformance\"\ntimezone = {:?}\nfiscal-year-starts = {month:?}\nas-of = \"{at}\"\ndata = \"data\"\n",
            case.zone
        ),
    );
    files.extend(texts.clone());
    for (source, text) in data(case, &checked) {
        files.insert(format!("data/{source}"), text);
    }
    let work = tempfile::tempdir().map_err(|e| e.to_string())?;
    lay_out(&files, work.path())?;
    agreed(case, &checked, &texts, &work.path().join("data"))?;
    for (name, text) in answers(lead, work.path())? {
        files.insert(format!("answers/{name}"), text);
    }
    Ok(files)
}

/// The sources that the definitions of a case read; one that the case says nothing of has its header alone.
fn data(case: &Case, checked: &Checked) -> Files {
    let needed = lead_sql::compile::needs(&checked.lexicon, &|_| true);
    // Records that others refer to are read with them.
    let mut tables: BTreeSet<TableId> = needed.into_keys().collect();
    loop {
        let fields = tables.iter().flat_map(|id| &checked.lexicon.table(*id).fields);
        let more = fields.filter_map(|f| if let Ty::Record(to) = f.ty { Some(to) } else { None }).collect::<Vec<_>>();
        let before = tables.len();
        tables.extend(more);
        if tables.len() == before {
            break;
        }
    }
    let mut out = Files::new();
    for table in tables.into_iter().map(|id| checked.lexicon.table(id)) {
        let names: Vec<&str> = table.fields.iter().map(|f| f.name.text.as_str()).collect();
        for source in &table.sources {
            let text = case.data.get(source).cloned().unwrap_or_else(|| names.join(",") + "\n");
            out.insert(source.clone(), text);
        }
    }
    out
}

/// Whether the reference and the evaluator give the same answers to every definition.
fn agreed(case: &Case, checked: &Checked, texts: &[(String, String)], data: &Path) -> Result<(), String> {
    let id = |i: usize| FileId(i as u32);
    let trees: Vec<_> =
        texts.iter().enumerate().map(|(i, (_, text))| (id(i), lead_syntax::parse(id(i), text).file)).collect();
    let calendar = case.calendar();
    // What nothing asks for is not among the files of the case.
    let text_of = |source: &str| std::fs::read_to_string(data.join(source)).unwrap_or_default();
    let reference = Reference::read(&trees, calendar.zone, calendar.fiscal_start, text_of);
    let as_of = case.as_of();
    let answered = pipeline::answer(checked, data, as_of, 1)?;
    let mut count = 0;
    for (_, def) in checked.lexicon.def_ids() {
        let name = &def.name.key;
        let asked = catch_unwind(AssertUnwindSafe(|| expected(&reference, name, as_of)));
        let Some(wanted) = asked.map_err(|_| format!("the reference does not answer `{name}`"))? else { continue };
        let found = answered.defs.get(name).or_else(|| answered.metrics.get(name));
        let found = found.ok_or_else(|| format!("the evaluator does not answer `{name}`"))?;
        let wanted: Vec<String> = wanted.into_iter().map(|w| w.1).collect();
        if wanted != *found {
            return Err(format!("`{name}`: the reference answers {wanted:?}, the evaluator {found:?}"));
        }
        for (row, held) in answered.reasons.get(name).into_iter().flatten().enumerate() {
            let own = reference.schema.def(name).map(|d| reference.held(d, row, as_of)).unwrap_or_default();
            if own != *held {
                return Err(format!("`{name}`, row {row}: the reasons are {own:?} or {held:?}"));
            }
        }
        count += found.len();
    }
    if count == 0 { Err("nothing is answered".to_string()) } else { Ok(()) }
}

/// The files that `lead run` makes of a folder.
///
/// # Errors
/// It fails.
pub fn answers(lead: &Path, case: &Path) -> Result<Files, String> {
    let work = tempfile::tempdir().map_err(|e| e.to_string())?;
    let out = work.path().join("answers");
    let mut command = Command::new(lead);
    command.arg("run").arg(case).args(["--reasons", "--format", "jsonl", "--output"]).arg(&out);
    let ran = command.output().map_err(|e| e.to_string())?;
    if !ran.status.success() {
        return Err(String::from_utf8_lossy(&ran.stderr).into_owned());
    }
    read(&out)
}

fn lay_out(files: &Files, folder: &Path) -> Result<(), String> {
    for (name, text) in files {
        let path = folder.join(name);
        std::fs::create_dir_all(path.parent().unwrap_or(folder)).map_err(|e| e.to_string())?;
        std::fs::write(path, text).map_err(|e| e.to_string())?;
    }
    Ok(())
}

/// All files below a folder.
///
/// # Errors
/// They cannot be read.
pub fn read(folder: &Path) -> Result<Files, String> {
    let mut out = Files::new();
    for entry in std::fs::read_dir(folder).map_err(|e| e.to_string())?.flatten() {
        let (path, name) = (entry.path(), entry.file_name().to_string_lossy().into_owned());
        if path.is_dir() {
            out.extend(read(&path)?.into_iter().map(|(inner, text)| (format!("{name}/{inner}"), text)));
        } else {
            // A checkout may have changed line ends; the content is what counts.
            let text = std::fs::read_to_string(&path).map_err(|e| format!("{}: {e}", path.display()))?;
            out.insert(name, text.replace("\r\n", "\n"));
        }
    }
    Ok(out)
}

/// Files of the suite that are written by hand.
const OWN: [&str; 2] = ["run.py", "README.md"];

/// What is not current in the suite's folder.
///
/// # Errors
/// The suite cannot be made.
pub fn stale(lead: &Path) -> Result<Vec<String>, String> {
    let made = suite(lead)?;
    let mut there = read(&folder()).unwrap_or_default();
    there.retain(|name, _| !OWN.contains(&name.as_str()) && !name.contains("__pycache__"));
    let normal = |t: &String| t.replace("\r\n", "\n");
    let names: BTreeSet<&String> = made.keys().chain(there.keys()).collect();
    Ok(names.into_iter().filter(|n| made.get(*n).map(normal) != there.get(*n).cloned()).cloned().collect())
}

/// Writes the suite; how many cases it has.
///
/// # Errors
/// It cannot be made or written.
pub fn write(lead: &Path) -> Result<usize, String> {
    let made = suite(lead)?;
    for entry in std::fs::read_dir(folder()).into_iter().flatten().flatten() {
        if entry.path().is_dir() {
            std::fs::remove_dir_all(entry.path()).map_err(|e| e.to_string())?;
        }
    }
    lay_out(&made, &folder())?;
    Ok(made.keys().filter(|k| k.ends_with("/lead.toml")).count())
}

/// Whether two answers are the same: numbers but for a part in 10^12 (`docs/conformance.md`).
pub fn same(a: &Json, b: &Json) -> bool {
    match (a, b) {
        (Json::Number(a), Json::Number(b)) => match (a.as_f64(), b.as_f64()) {
            (Some(a), Some(b)) => a == b || (a - b).abs() <= 1e-12 * a.abs().max(b.abs()),
            _ => false,
        },
        (Json::Array(a), Json::Array(b)) => a.len() == b.len() && a.iter().zip(b).all(|(a, b)| same(a, b)),
        (Json::Object(a), Json::Object(b)) => {
            a.len() == b.len() && a.iter().all(|(k, a)| b.get(k).is_some_and(|b| same(a, b)))
        }
        (a, b) => a == b,
    }
}

/// Runs a case of the suite as it is published: the first difference.
///
/// # Errors
/// What differs.
pub fn run(lead: &Path, case: &str) -> Result<usize, String> {
    let folder = folder().join(case);
    let (wanted, found) = (read(&folder.join("answers"))?, answers(lead, &folder)?);
    let names: BTreeSet<&String> = wanted.keys().chain(found.keys()).collect();
    let mut count = 0;
    for name in names {
        let lines = |files: &Files| -> Result<Vec<Json>, String> {
            let text = files.get(name).ok_or_else(|| format!("no file {name}"))?;
            text.lines().map(|l| serde_json::from_str(l).map_err(|e| e.to_string())).collect()
        };
        let (wanted, found) = (lines(&wanted)?, lines(&found)?);
        if wanted.len() != found.len() {
            return Err(format!("{name} has {} lines, not {}", found.len(), wanted.len()));
        }
        for (wanted, found) in wanted.iter().zip(&found) {
            if !same(wanted, found) {
                return Err(format!("{name}: {found}, not {wanted}"));
            }
            count += wanted.as_object().map_or(0, |o| o.len());
        }
    }
    Ok(count)
}
