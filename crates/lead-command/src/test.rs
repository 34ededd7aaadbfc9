//! `lead test`: the examples of lexicons, run.

pub mod args;
mod coverage;
mod json;
mod junit;
mod lcov;
mod more;
mod mutation;
mod suggest;
mod update;

use std::path::PathBuf;
use std::time::{Duration, Instant};

use lead_diag::render;
use lead_examples::{Outcome as Came, Suite, Verdict};
use lead_hir::hir::Example;
use lead_project::Project;

use crate::args::{TestArgs, TestFormat};
use crate::check::{open_all, refuse_errors};
use crate::ci::Findings;
use crate::data;
use crate::fix::same_file;
use crate::terminal::{Exit, Failure, Outcome, Style, Terminal, counted, print};
use crate::why::Teller;

/// A lexicon whose examples were run.
struct Tested {
    project: Project,
    suite: Suite,
    outcomes: Vec<Came>,
    took: Duration,
    /// The files that are asked for; `None`: all.
    only: Option<Vec<PathBuf>>,
    /// The time of examples that name none.
    as_of: i64,
}

/// Runs the examples and shows what failed.
pub fn test(args: &TestArgs, terminal: &Terminal) -> Outcome {
    if args.more.dry_run && !args.more.update && !args.more.append {
        return Err(Failure::usage("`--dry-run` goes with `--update` or with `--suggest --append`"));
    }
    let mut all = Vec::new();
    for (project, only) in open_all(&args.paths)? {
        refuse_errors(&project, terminal)?;
        let as_of = data::as_of(args.as_of.as_deref(), &project)?;
        let begun = Instant::now();
        let wanted = |example: &Example| wanted(&project, example, only.as_deref(), args.filter.as_deref());
        let suite = Suite::of(&project.lexicon, as_of, wanted);
        let outcomes = suite.run_all(data::cores(), |_| true);
        let took = begun.elapsed();
        all.push(Tested { project, suite, outcomes, took, only, as_of });
    }
    if args.more.update {
        return update::update(&all, args.more.dry_run, terminal);
    }
    if args.more.suggest {
        return suggest::suggest(&all, args, terminal);
    }
    let text = match args.format {
        TestFormat::Human => human(&all, args, terminal),
        TestFormat::Json => json::text(&all)?,
        TestFormat::Junit => junit::text(&all),
        other => match other.of_service() {
            Some(format) => findings(&all).text(format)?,
            None => String::new(),
        },
    };
    print(&text)?;
    let passed = all.iter().flat_map(|t| &t.outcomes).all(Came::passed);
    let exit = if passed { Exit::Fine } else { Exit::Findings };
    Ok(exit.max(more::measure(&all, args, terminal)?))
}

/// What failed, for CI services.
fn findings(all: &[Tested]) -> Findings {
    let mut findings = Findings::new("lead test", false);
    for tested in all {
        let sources = &tested.project.sources;
        let messages = |outcome| lead_examples::diagnostics(&tested.suite, outcome, |s| sources.slice(s).to_string());
        let found: Vec<lead_diag::Diagnostic> = tested.outcomes.iter().flat_map(messages).collect();
        let files = tested.project.asts.iter().map(|(file, _)| sources.file(*file).name().to_owned());
        findings.add(&found.iter().collect::<Vec<_>>(), sources, files);
    }
    findings
}

/// Whether an example is asked for: by its file, and by a part of its title or of a name that it tests.
fn wanted(project: &Project, example: &Example, only: Option<&[PathBuf]>, filter: Option<&str>) -> bool {
    let file = std::path::Path::new(project.sources.file(example.span.file).name());
    if only.is_some_and(|only| !only.iter().any(|p| same_file(file, p))) {
        return false;
    }
    let Some(filter) = filter.map(str::to_lowercase) else { return true };
    let tested = example.covers.iter().map(|def| project.lexicon.def(*def).name.text.as_str());
    std::iter::once(example.title.as_str()).chain(tested).any(|name| name.to_lowercase().contains(&filter))
}

fn human(all: &[Tested], args: &TestArgs, terminal: &Terminal) -> String {
    let mut out = String::new();
    for tested in all {
        let sources = &tested.project.sources;
        for outcome in &tested.outcomes {
            let messages = lead_examples::diagnostics(&tested.suite, outcome, |span| sources.slice(span).to_string());
            let mut failed = outcome.checks.iter().filter(|c| c.verdict != Verdict::Passed);
            for message in &messages {
                out.push_str(&render::human(message, sources, &terminal.out_options()));
                if outcome.stopped.is_none()
                    && let Some(check) = failed.next()
                {
                    out.push_str(&trees(tested, outcome, check, terminal));
                }
                out.push('\n');
            }
        }
    }
    let outcomes = || all.iter().flat_map(|t| &t.outcomes);
    let examples = outcomes().count();
    if examples == 0 {
        let found = if args.filter.is_some() { "no example fits the filter" } else { "there are no examples" };
        out.push_str(&format!(
            "{found}; an example is written beside the rule it explains: `example \"…\"`, `examples TERM`\n"
        ));
        return out;
    }
    let checks: usize = outcomes().map(|o| o.checks.len()).sum();
    let failed = outcomes().filter(|o| !o.passed()).count();
    let took: Duration = all.iter().map(|t| t.took).sum();
    let (style, said) = match failed {
        0 => (Style::Green, "all as expected".to_string()),
        n => (Style::Red, format!("{} not as expected", counted(n, "example", "examples"))),
    };
    let line = format!(
        "{said}: {} with {} in {:.1} ms",
        counted(examples, "example", "examples"),
        counted(checks, "expectation", "expectations"),
        took.as_secs_f64() * 1000.0
    );
    out.push_str(&format!("{}\n", terminal.paint(style, &line)));
    out
}

/// How the answers in question come about.
fn trees(tested: &Tested, outcome: &Came, check: &lead_examples::Check, terminal: &Terminal) -> String {
    let key_of = |table, row| tested.suite.record_name(outcome.example, table, row);
    let sources = &tested.project.sources;
    let teller = Teller { lexicon: tested.suite.lexicon(), sources, key_of: &key_of, terminal };
    let mut out = String::new();
    for why in &check.whys {
        for line in teller.tree(why).lines() {
            out.push_str(&format!("  {line}\n"));
        }
    }
    out
}
