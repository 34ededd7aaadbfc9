//! `lead diff`: what a change of definitions does.

mod entry;
mod git;
mod human;
mod json;
mod logic;
mod markdown;
mod people;
pub mod sides;

use std::collections::BTreeSet;

use lead_diff::{Class, Version};

use crate::args::{DiffArgs, DiffFormat};
use crate::check::refuse_errors;
use crate::ci::{Findings, append_summary};
use crate::terminal::{Exit, Failure, Outcome, Style, Terminal, counted, eprint, print};
use entry::{Entry, Report};
use people::Asked;
use sides::Side;

/// Compares two versions of a lexicon and shows what differs.
pub fn diff(args: &DiffArgs, terminal: &Terminal) -> Outcome {
    let (base, head) = sides::both(&args.base, args.head.as_deref(), &args.lexicon)?;
    refuse_errors(&head.project, terminal)?;
    warn_of_errors(&base, terminal);
    let compared = lead_diff::compare(version(&base), version(&head));
    let people = match &args.data {
        Some(data) if base.project.is_sound() => {
            let as_of = crate::data::as_of(args.as_of.as_deref(), &head.project)?;
            people::people(&base, &head, &compared, &Asked { data, as_of, by: args.by.as_deref() }, terminal)?
        }
        _ => None,
    };
    let report = Report::new(&base, &head, compared, people);
    let fail_on: BTreeSet<Class> = args.fail_on.iter().map(|c| c.class()).collect();
    let failing = report.entries.iter().any(|e| e.classes.iter().any(|c| fail_on.contains(c)));
    let text = match args.format {
        DiffFormat::Human => human::text(&report, terminal),
        DiffFormat::Json => json::text(&report)?,
        DiffFormat::Markdown => markdown::text(&report),
        DiffFormat::Github => {
            append_summary(&markdown::text(&report))?;
            findings(&report, &head, &fail_on).without_summary()
        }
        other => match other.of_service() {
            Some(format) => findings(&report, &head, &fail_on).text(format)?,
            None => String::new(),
        },
    };
    print(&text)?;
    Ok(if failing { Exit::Findings } else { Exit::Fine })
}

fn version(side: &Side) -> Version<'_> {
    let project = &side.project;
    Version { lexicon: &project.lexicon, sources: &project.sources, folder: &side.folder, config: &project.config }
}

/// Errors of the older version hide what its definitions meant.
fn warn_of_errors(base: &Side, terminal: &Terminal) {
    let errors = base.project.diagnostics.iter().filter(|d| d.is_error()).count();
    if errors > 0 {
        let line = format!(
            "`{}` has {}: what could not be read there is shown as changed",
            lead_diag::render::clean(&base.name),
            counted(errors, "error", "errors")
        );
        eprint(&format!("{}\n", terminal.paint_err(Style::Yellow, &line)));
    }
}

/// What a service shows beside the lines of a change.
fn findings(report: &Report, head: &Side, fail_on: &BTreeSet<Class>) -> Findings {
    let mut findings = Findings::new("lead diff", false);
    let found: Vec<lead_diag::Diagnostic> =
        report.entries.iter().filter_map(|e: &Entry| e.diagnostic(report, head, fail_on)).collect();
    let files = head.project.sources.files().map(|f| f.1.name().to_owned());
    findings.add(&found.iter().collect::<Vec<_>>(), &head.project.sources, files);
    findings
}

/// What a text that is not JSON after all ends with.
fn not_json(error: &serde_json::Error) -> Failure {
    Failure::data(format!("the differences cannot be written as JSON: {error}"))
}
