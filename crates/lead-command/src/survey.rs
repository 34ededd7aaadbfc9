//! `lead check --data`: what the exports say of the rules. Fields that nobody fills, values and thresholds that no record comes near,
//! terms that part nobody from anybody, headers that were renamed.

mod fields;
mod terms;

use lead_diag::InOrder;
use std::collections::BTreeSet;
use std::path::Path;

use lead_data::{Needs, Problem};
use lead_diag::{Applicability, Code, Diagnostic, Fix, Severity, Span, codes};
use lead_hir::hir::{DefKind, FieldId, Lexicon, TableId};
use lead_plan::{Explained, Plan, Planner, on_a_deep_stack};
use lead_project::Project;

use crate::data::{self, Progress};
use crate::terminal::{Exit, Failure, Terminal, grouped};

/// Looks at the exports of a sound lexicon, as of a time, and says what is to be said about its rules.
pub fn survey(project: &Project, folder: &Path, as_of: i64, terminal: &Terminal) -> Result<Vec<Diagnostic>, Failure> {
    on_a_deep_stack(|| surveyed(project, folder, as_of, terminal))
}

fn surveyed(project: &Project, folder: &Path, as_of: i64, terminal: &Terminal) -> Result<Vec<Diagnostic>, Failure> {
    let lexicon = &project.lexicon;
    let (plan, trees) = prepare(lexicon, as_of);
    let mut needs = Needs { tables: plan.needs(lexicon) };
    for (id, table) in lexicon.table_ids() {
        needs.tables.entry(id).or_default().extend((0..table.fields.len() as u32).map(FieldId));
    }
    let progress = Progress::new(terminal);
    let open = |needs: Needs| data::open_needs(project, needs, Some(folder), data::cores(), false, &progress);
    let mut opened = open(needs.clone())?;
    let mut out = Vec::new();
    if let Some(report) = opened.fatal() {
        let errors: Vec<&Problem> = report.problems.iter().filter(|p| p.severity == Severity::Error).collect();
        out.extend(errors.iter().map(|problem| in_the_way(project, folder, problem)));
        // What no rule asks for may be missing; without the rest there is nothing to look at.
        let (missing, needed) = (missing(lexicon, &errors), plan.needs(lexicon));
        let spare = |m: &(TableId, FieldId)| !needed.get(&m.0).is_some_and(|fields| fields.contains(&m.1));
        if missing.len() < errors.len() || !missing.iter().all(spare) {
            progress.done();
            return Ok(out);
        }
        for (table, field) in missing {
            if let Some(fields) = needs.tables.get_mut(&table) {
                fields.remove(&field);
            }
        }
        opened = open(needs.clone())?;
    }
    let run = lead_eval::examine(lexicon, &plan, opened.data(), &trees);
    progress.done();
    if let Some(report) = opened.fatal() {
        let errors = report.problems.iter().filter(|p| p.severity == Severity::Error);
        out.extend(errors.map(|problem| in_the_way(project, folder, problem)));
        return Ok(out);
    }
    let run = match run {
        Ok(run) => run,
        Err(error) => {
            out.push(error.diagnostic());
            return Ok(out);
        }
    };
    let asked = plan.needs(lexicon);
    out.extend(fields::findings(lexicon, opened.data(), &needs, &asked));
    let settings = &lexicon.settings;
    let when = data::as_of_text(as_of, &settings.zone, &settings.zone_name);
    out.extend(terms::thresholds(
        &terms::Looked { project, plan: &plan, data: opened.data(), run: &run, when },
        &trees,
    ));
    out.extend(terms::members(lexicon, run.answers()));
    out.in_order_by_key(|d| d.span().map(|s| (s.file, s.start)));
    Ok(out)
}

/// All definitions, and the trees of those whose conditions are looked at.
fn prepare(lexicon: &Lexicon, as_of: i64) -> (Plan, Vec<Explained>) {
    let mut planner = Planner::new(lexicon, as_of);
    let mut trees = Vec::new();
    for (id, def) in lexicon.def_ids() {
        planner.want_def(id);
        if matches!(def.kind, DefKind::Term(_) | DefKind::Choice(_)) {
            trees.extend(planner.explain(id));
        }
    }
    (planner.finish(), trees)
}

/// The fields that have no column, among what is wrong.
fn missing(lexicon: &Lexicon, errors: &[&Problem]) -> BTreeSet<(TableId, FieldId)> {
    errors.iter().filter(|p| p.code == codes::MISSING_COLUMN).filter_map(|p| field_of(lexicon, p)).collect()
}

fn field_of(lexicon: &Lexicon, problem: &Problem) -> Option<(TableId, FieldId)> {
    let named = |name: &lead_hir::hir::Name, wanted: &Option<String>| wanted.as_deref() == Some(name.text.as_str());
    let (id, table) = lexicon.table_ids().find(|(_, t)| named(&t.name, &problem.table))?;
    let field = table.fields.iter().position(|f| named(&f.name, &problem.field))?;
    Some((id, FieldId(field as u32)))
}

/// An error of the data at the line of the lexicon that it concerns. A column that is missing may bear a new name.
fn in_the_way(project: &Project, folder: &Path, problem: &Problem) -> Diagnostic {
    let lexicon = &project.lexicon;
    let field = field_of(lexicon, problem);
    let table = lexicon.tables.iter().find(|t| Some(&t.name.text) == problem.table.as_ref());
    let place = field.map(|(t, f)| lexicon.field(t, f).span).or(table.map(|t| t.name_span));
    let near = match (field, &problem.file) {
        (Some((table, field)), Some(file)) if problem.code == codes::MISSING_COLUMN => {
            renamed(project, folder, file, table, field).map(|near| (near, file, field, table))
        }
        _ => None,
    };
    let at = |found: Diagnostic, text: &str| match place {
        Some(place) => found.label(place, text),
        None => found,
    };
    let Some((near, file, field, table)) = near else {
        let found = at(Diagnostic::new(problem.code, problem.message.clone()), "");
        return match &problem.help {
            Some(help) => found.help(help.clone()),
            None => found,
        };
    };
    let declared = lexicon.field(table, field);
    let found = Diagnostic::new(
        codes::RENAMED_HEADER,
        format!("`{}` has no column in `{file}`; `{near}` may be its new name", declared.name.text),
    );
    let found =
        at(found, "no header fits").help(format!("write `from \"{near}\"`, or rename the column in the export"));
    match declared.headers.is_empty() && !near.contains('"') {
        true => found.fix(Fix::replace(
            format!("write `from \"{near}\"`"),
            Applicability::Unsafe,
            end_of_code(project, declared.span),
            format!(" from \"{near}\""),
        )),
        false => found,
    }
}

/// Where a declaration ends, before a comment behind it.
fn end_of_code(project: &Project, span: Span) -> Span {
    let text = project.sources.slice(span);
    let code = text.split(" #").next().unwrap_or(text).trim_end();
    Span { end: span.start + code.len() as u32, ..span }.after()
}

/// The header that is most like a field's, among those that no other field reads.
fn renamed(project: &Project, folder: &Path, file: &str, table: TableId, field: FieldId) -> Option<String> {
    let fold =
        |text: &str| -> String { text.chars().filter(|c| c.is_alphanumeric()).collect::<String>().to_lowercase() };
    let headers = lead_data::raw::preview(folder, file, &project.config, 0).ok()?.headers;
    let declared = project.lexicon.table(table);
    let names = |f: &lead_hir::hir::Field| -> Vec<String> {
        let headers = f.headers.iter().map(|h| fold(&h.header));
        if f.headers.is_empty() { vec![fold(&f.name.text)] } else { headers.collect() }
    };
    let others = declared.fields.iter().enumerate().filter(|(i, _)| *i != field.0 as usize);
    let taken: BTreeSet<String> = others.flat_map(|(_, f)| names(f)).collect();
    let wanted = names(project.lexicon.field(table, field));
    let score = |header: &str| {
        let folded = fold(header);
        // One name inside of the other is as near as a slip of the hand.
        let one = |w: &String| match folded.contains(w.as_str()) || w.contains(&folded) {
            true if folded.len().min(w.len()) >= 4 => 0.95,
            _ => strsim::jaro_winkler(w, &folded),
        };
        wanted.iter().map(one).fold(0.0, f64::max)
    };
    let free = headers.into_iter().filter(|h| !h.trim().is_empty() && !taken.contains(&fold(h)));
    let best = free.map(|h| (score(&h), h)).max_by(|a, b| a.0.total_cmp(&b.0))?;
    (best.0 >= 0.85).then_some(best.1)
}

/// A warning at a place.
fn finding(code: Code, message: String, place: Span, label: String, help: &str) -> Diagnostic {
    Diagnostic::new(code, message).label(place, label).help(help)
}

/// `2,000 records of `contact``
fn records(count: usize, table: &str) -> String {
    let what = if count == 1 { "record" } else { "records" };
    format!("{} {what} of `{table}`", grouped(count as i128))
}

/// What the process ends with where data are wrong for the rules.
pub fn exit_of(found: &[Diagnostic]) -> Exit {
    if found.iter().any(Diagnostic::is_error) { Exit::Data } else { Exit::Fine }
}
