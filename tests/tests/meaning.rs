//! Every case of `tests/meaning`, asked of the reference interpreter and of the evaluator.
#![allow(clippy::unwrap_used, clippy::panic)]

use lead_diag::FileId;
use lead_tests::cases::{self, Case};
use lead_tests::pipeline;
use lead_tests::reference::{RefValue, Reference, Schema};
use lead_tests::show;

/// The text of a source: as the case gives it, else its header alone.
fn header(schema: &Schema, source: &str) -> String {
    let table = schema.tables.iter().find(|t| t.sources.iter().any(|s| s == source)).unwrap();
    table.fields.iter().map(|f| f.name.clone()).collect::<Vec<_>>().join(",") + "\n"
}

fn reference(case: &Case) -> Result<Reference, String> {
    let mut files = Vec::new();
    for (i, text) in [cases::schema(), case.lexicon.clone()].iter().enumerate() {
        let id = FileId(i as u32);
        let parsed = lead_syntax::parse(id, text);
        if let Some(d) = parsed.diagnostics.first() {
            let at = d.span().map(|s| &text[s.range()]);
            return Err(format!("{} at {at:?}", d.message));
        }
        files.push((id, parsed.file));
    }
    let calendar = case.calendar();
    let schema = Schema::new(files.iter().map(|(_, f)| f));
    for source in case.data.keys() {
        assert!(schema.tables.iter().any(|t| t.sources.contains(source)), "{}: no source {source}", case.name);
    }
    let text_of = |source: &str| case.data.get(source).cloned().unwrap_or_else(|| header(&schema, source));
    Ok(Reference::read(&files, calendar.zone, calendar.fiscal_start, text_of))
}

/// The answer to a question of a case, as the case files write answers.
fn answer(reference: &Reference, question: &str, as_of: i64) -> String {
    let (kind, rest) = question.split_once(' ').unwrap();
    match kind {
        "metric" => {
            let rows = reference.metric(rest, as_of);
            let row = |r: &lead_tests::reference::MetricRow| {
                let cells: Vec<String> = r.by.iter().chain([&r.value]).map(|v| show::value(reference, v)).collect();
                cells.join(" | ")
            };
            rows.iter().map(row).collect::<Vec<_>>().join("; ")
        }
        "funnel" => {
            let reached: Vec<String> = reference.reached(rest, as_of).iter().map(usize::to_string).collect();
            reached.join(", ")
        }
        _ => {
            let (key, name) = rest.split_once(": ").unwrap();
            let entity = if kind == "reason" { "contact" } else { kind };
            let row = reference.row_of(entity, key).unwrap_or_else(|| panic!("no {entity} {key}"));
            if kind == "reason" {
                let def = reference.schema.def(name).unwrap();
                let [held, blocked] = reference.held(def, row, as_of);
                let no = reference.answer(entity, row, name, as_of) == RefValue::YesNo(false);
                return if no { blocked } else { held }.iter().map(|r| format!("{r:?}")).collect::<Vec<_>>().join(", ");
            }
            show::value(reference, &reference.answer(entity, row, name, as_of))
        }
    }
}

#[test]
fn the_reference_interpreter_gives_the_answers_derived_by_hand() {
    let cases = cases::all();
    assert!(cases.len() >= 60, "{} cases", cases.len());
    let mut wrong = Vec::new();
    for case in &cases {
        let reference = match reference(case) {
            Ok(reference) => reference,
            Err(e) => {
                wrong.push(format!("{}: {e}", case.name));
                continue;
            }
        };
        let as_of = case.as_of();
        assert!(!case.expects.is_empty(), "{}: nothing is expected", case.name);
        for expect in &case.expects {
            let found =
                std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| answer(&reference, &expect.question, as_of)));
            let found = found.unwrap_or_else(|e| {
                let said = e.downcast_ref::<String>().cloned();
                format!(
                    "panic: {}",
                    said.or_else(|| e.downcast_ref::<&str>().map(|s| s.to_string())).unwrap_or_default()
                )
            });
            if found != expect.answer {
                wrong.push(format!("{}: {} = {found}, not {}", case.name, expect.question, expect.answer));
            }
        }
    }
    assert!(wrong.is_empty(), "{} wrong:\n{}", wrong.len(), wrong.join("\n"));
}

/// The answer of the evaluator to a question of a case.
fn real(
    case: &Case,
    checked: &pipeline::Checked,
    dir: &std::path::Path,
    answered: &pipeline::Answered,
    question: &str,
) -> String {
    let (kind, rest) = question.split_once(' ').unwrap();
    let column = |name: &str| answered.defs.get(name).unwrap_or_else(|| panic!("no answers of {name}"));
    match kind {
        "metric" => answered.metrics[rest].join("; "),
        "funnel" => {
            // Reached step k: the answer is step k or later (D39).
            let text = case.lexicon.split(&format!("funnel {rest}\n")).nth(1).unwrap();
            let steps: Vec<String> =
                text.lines().take_while(|l| l.starts_with(' ')).map(|l| format!("{:?}", l.trim())).collect();
            let place = |a: &String| steps.iter().position(|s| s == a);
            let reached = |k: usize| column(rest).iter().filter_map(place).filter(|p| *p >= k).count();
            (0..steps.len()).map(|k| reached(k).to_string()).collect::<Vec<_>>().join(", ")
        }
        _ => {
            let (key, name) = rest.split_once(": ").unwrap();
            let entity = if kind == "reason" { "contact" } else { kind };
            let row = pipeline::row_of(checked, dir, entity, key).unwrap_or_else(|| panic!("no {entity} {key}"));
            if kind == "reason" {
                let [held, blocked] = &answered.reasons[name][row];
                let told = if column(name)[row] == "no" { blocked } else { held };
                return told.iter().map(|r| format!("{r:?}")).collect::<Vec<_>>().join(", ");
            }
            column(name)[row].clone()
        }
    }
}

#[test]
fn the_evaluator_gives_the_answers_derived_by_hand() {
    let mut wrong = Vec::new();
    for case in cases::all() {
        let files = [("schema.lead".to_string(), cases::schema()), ("case.lead".to_string(), case.lexicon.clone())];
        let checked = pipeline::check(&files, pipeline::config(&case.zone, cases::month_number(&case.fiscal)));
        if !checked.errors.is_empty() {
            wrong.push(format!("{}: {}", case.name, checked.errors.join("\n    ")));
            continue;
        }
        let parsed = [cases::schema(), case.lexicon.clone()].map(|text| lead_syntax::parse(FileId(0), &text).file);
        let schema = Schema::new(parsed.iter());
        let dir = tempfile::tempdir().unwrap();
        for source in schema.tables.iter().flat_map(|t| &t.sources) {
            let text = case.data.get(source).cloned().unwrap_or_else(|| header(&schema, source));
            std::fs::write(dir.path().join(source), text).unwrap();
        }
        let answered = match pipeline::answer(&checked, dir.path(), case.as_of(), 1) {
            Ok(answered) => answered,
            Err(e) => {
                wrong.push(format!("{}: {e}", case.name));
                continue;
            }
        };
        for expect in &case.expects {
            let found = real(&case, &checked, dir.path(), &answered, &expect.question);
            if found != expect.answer {
                wrong.push(format!("{}: {} = {found}, not {}", case.name, expect.question, expect.answer));
            }
        }
    }
    assert!(wrong.is_empty(), "{} wrong:\n{}", wrong.len(), wrong.join("\n"));
}
