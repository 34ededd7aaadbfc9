//! One random lexicon through the reference and through the real pipeline, and what they disagree about.

use std::collections::BTreeMap;
use std::panic::{AssertUnwindSafe, catch_unwind};

use lead_diag::FileId;

use crate::cases::month_number;
use crate::generate::Generated;
use crate::generate::data::Sheet;
use crate::generate::random::Random;
use crate::pipeline::{self, Answered};
use crate::reference::{Calendar, DefBody, Reference};
use crate::show;

/// Files by name.
pub type Sheets = BTreeMap<String, Sheet>;

/// A definition whose answers differ.
#[derive(Clone, Debug)]
pub struct Difference {
    /// Its place among the definitions of the generator.
    pub def: usize,
    /// The record or row.
    pub record: String,
    /// What the pipeline answers.
    pub real: String,
    /// What the reference answers.
    pub reference: String,
}

/// What came of a comparison.
pub enum Outcome {
    /// All answers are equal; how many there were.
    Agree(usize),
    /// The checker refuses the lexicon.
    Refused(Vec<String>),
    /// They differ.
    Differ(Box<Difference>),
}

pub(crate) fn said(panic: Box<dyn std::any::Any + Send>) -> String {
    let text = panic.downcast_ref::<String>().cloned();
    format!("panic: {}", text.or_else(|| panic.downcast_ref::<&str>().map(|s| s.to_string())).unwrap_or_default())
}

/// The as-of time of a setting in microseconds.
pub fn as_of(generated: &Generated) -> i64 {
    let text = &generated.setting.as_of;
    let calendar = calendar(generated);
    match text.parse() {
        Ok(day) if !text.contains('T') => calendar.end_of(day),
        _ => calendar.moment(text.parse().expect("a time")),
    }
}

fn calendar(generated: &Generated) -> Calendar {
    let zone = jiff::tz::TimeZone::get(&generated.setting.zone).expect("a zone");
    Calendar { zone, fiscal_start: month_number(&generated.setting.fiscal) }
}

/// The answers of the pipeline, over files in a folder of their own.
fn real(checked: &pipeline::Checked, sheets: &Sheets, as_of: i64, threads: usize) -> Result<Answered, String> {
    let dir = tempfile::tempdir().map_err(|e| e.to_string())?;
    for (name, sheet) in sheets {
        std::fs::write(dir.path().join(name), sheet.text()).map_err(|e| e.to_string())?;
    }
    catch_unwind(AssertUnwindSafe(|| pipeline::answer(checked, dir.path(), as_of, threads)))
        .unwrap_or_else(|e| Err(said(e)))
}

/// Events of another order of rows: nothing may depend on it (D44).
fn shuffled(generated: &Generated, sheets: &Sheets, random: &mut Random) -> Sheets {
    let mut sheets = sheets.clone();
    for table in generated.schema.tables.iter().filter(|t| t.event.is_some()) {
        if let Some(sheet) = sheets.get_mut(&table.files[0]) {
            random.shuffle(&mut sheet.rows);
        }
    }
    sheets
}

/// The checked lexicon of a random one, and a folder with its files.
pub fn laid_out(generated: &Generated) -> (pipeline::Checked, tempfile::TempDir) {
    let setting = &generated.setting;
    let files = generated.lexicon(&|_| true);
    let checked = pipeline::check(&files, pipeline::config(&setting.zone, month_number(&setting.fiscal)));
    let dir = tempfile::tempdir().expect("a temporary folder");
    for (name, sheet) in &generated.sheets {
        std::fs::write(dir.path().join(name), sheet.text()).expect("files can be written");
    }
    (checked, dir)
}

/// The reference with a lexicon's files and data.
pub fn reference(generated: &Generated, files: &[(String, String)], sheets: &Sheets) -> Reference {
    let trees: Vec<_> = files
        .iter()
        .enumerate()
        .map(|(i, (_, text))| (FileId(i as u32), lead_syntax::parse(FileId(i as u32), text).file))
        .collect();
    let calendar = calendar(generated);
    let text_of = |source: &str| sheets.get(source).map_or(String::new(), Sheet::text);
    Reference::read(&trees, calendar.zone, calendar.fiscal_start, text_of)
}

/// Compares every answer of the definitions that are kept.
pub fn compare(generated: &Generated, keep: &dyn Fn(usize) -> bool, sheets: &Sheets) -> Outcome {
    let setting = &generated.setting;
    let files = generated.lexicon(keep);
    let checked = pipeline::check(&files, pipeline::config(&setting.zone, month_number(&setting.fiscal)));
    if !checked.errors.is_empty() {
        return Outcome::Refused(checked.errors);
    }
    let reference = reference(generated, &files, sheets);
    let as_of = as_of(generated);
    let first = generated.defs.iter().enumerate().find(|(i, _)| keep(*i)).map_or(0, |d| d.0);
    let differ = |def: usize, record: String, real: String, reference: String| {
        Outcome::Differ(Box::new(Difference { def, record, real, reference }))
    };
    let answered = match real(&checked, sheets, as_of, 1) {
        Ok(answered) => answered,
        // Whether anybody asks for an amount that is too large is left to the evaluator (L0801).
        Err(e) if e.contains("922 trillion") => return Outcome::Refused(vec![e]),
        Err(e) => return differ(first, "all".to_string(), e, "answers".to_string()),
    };
    let mut count = 0;
    for (i, def) in generated.defs.iter().enumerate().filter(|(i, _)| keep(*i)) {
        let wanted = match catch_unwind(AssertUnwindSafe(|| expected(&reference, &def.name, as_of))) {
            Ok(Some(wanted)) => wanted,
            Ok(None) => continue,
            Err(e) => return differ(i, "all".to_string(), "answers".to_string(), said(e)),
        };
        let found = answered.defs.get(&def.name).or_else(|| answered.metrics.get(&def.name));
        let Some(found) = found else {
            return differ(i, "all".to_string(), "no answers".to_string(), format!("{} answers", wanted.len()));
        };
        for n in 0..wanted.len().max(found.len()) {
            let wanted = wanted.get(n).map(|w| (w.0.clone(), w.1.clone()));
            let (record, wanted) = wanted.unwrap_or((format!("row {n}"), "nothing".to_string()));
            let found = found.get(n).cloned().unwrap_or("nothing".to_string());
            if found != wanted {
                return differ(i, record, found, wanted);
            }
            count += 1;
        }
        // Why: which clauses held.
        for (row, real) in answered.reasons.get(&def.name).into_iter().flatten().enumerate() {
            let held = reference.schema.def(&def.name).map(|d| reference.held(d, row, as_of)).unwrap_or_default();
            if held != *real {
                return differ(i, format!("row {row}, reasons"), format!("{real:?}"), format!("{held:?}"));
            }
        }
    }
    let other = shuffled(generated, sheets, &mut Random::new(7));
    match real(&checked, &other, as_of, 2) {
        Ok(again) if again == answered => Outcome::Agree(count),
        Ok(again) => {
            let def = generated.defs.iter().position(|d| {
                again.defs.get(&d.name) != answered.defs.get(&d.name)
                    || again.metrics.get(&d.name) != answered.metrics.get(&d.name)
            });
            let def = def.unwrap_or(first);
            let name = &generated.defs[def].name;
            let shown = |a: &Answered| format!("{:?}", a.defs.get(name).or_else(|| a.metrics.get(name)));
            differ(def, "two threads, another order of events".to_string(), shown(&again), shown(&answered))
        }
        Err(e) => differ(first, "two threads".to_string(), e, "answers".to_string()),
    }
}

/// The reference's answers of a definition: each with its record. `None` for a period, which has none.
pub fn expected(reference: &Reference, name: &str, as_of: i64) -> Option<Vec<(String, String)>> {
    let def = &reference.schema.defs[reference.schema.def(name)?];
    match &def.body {
        DefBody::Metric(_) => {
            let rows = reference.metric(name, as_of);
            let row = |r: &crate::reference::MetricRow| {
                let cells: Vec<String> = r.by.iter().chain([&r.value]).map(|v| show::value(reference, v)).collect();
                cells.join(" | ")
            };
            Some(rows.iter().enumerate().map(|(n, r)| (format!("row {n}"), row(r))).collect())
        }
        DefBody::Value(expr) if reference.is_period(expr) => None,
        _ => {
            let entity = reference.schema.tables[def.subject].name.clone();
            let rows = 0..reference.rows[def.subject].len();
            Some(
                rows.map(|row| {
                    let answer = reference.answer(&entity, row, name, as_of);
                    (format!("{entity} {}", reference.key_of(def.subject, row)), show::value(reference, &answer))
                })
                .collect(),
            )
        }
    }
}

/// The least of a difference that still differs: definitions it needs, and as few rows as can be found quickly.
pub fn shrink(generated: &Generated, difference: Difference) -> (Difference, Vec<(String, String)>, Sheets) {
    // Where nothing came out at all, any definition may be the cause.
    let alone = |d: &usize| {
        let needed = generated.needed(*d);
        matches!(compare(generated, &|i| needed.contains(&i), &generated.sheets), Outcome::Differ(_))
    };
    let all = difference.record == "all";
    let cause = if all { (0..generated.defs.len()).find(alone) } else { None };
    let needed = generated.needed(cause.unwrap_or(difference.def));
    let keep = |i: usize| needed.contains(&i);
    let mut sheets = generated.sheets.clone();
    let mut last = difference;
    let mut differs = |sheets: &Sheets| match compare(generated, &keep, sheets) {
        Outcome::Differ(d) => {
            last = *d;
            true
        }
        _ => false,
    };
    if differs(&sheets) {
        let names: Vec<String> = sheets.keys().cloned().collect();
        let mut size = 64;
        while size > 0 {
            for name in &names {
                let mut at = 0;
                while at < sheets[name].rows.len() {
                    let mut fewer = sheets.clone();
                    if let Some(sheet) = fewer.get_mut(name) {
                        let end = (at + size).min(sheet.rows.len());
                        sheet.rows.drain(at..end);
                    }
                    if differs(&fewer) {
                        sheets = fewer;
                    } else {
                        at += size;
                    }
                }
            }
            size /= 4;
        }
        let _ = differs(&sheets);
    }
    let files = generated.lexicon(&keep);
    (last, files, sheets)
}
