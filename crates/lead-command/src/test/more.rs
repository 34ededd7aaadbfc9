//! What `lead test` does beyond running the examples.

use std::path::Path;
use std::time::Instant;

use lead_examples::Score;
use lead_hir::hir::DefId;

use super::args::More;
use super::{Tested, coverage, lcov, mutation};
use crate::args::{TestArgs, TestFormat};
use crate::data;
use crate::fix::same_file;
use crate::run::output;
use crate::terminal::{Exit, Failure, Outcome, Style, Terminal, eprint, print};

/// Coverage and mutants, as far as they are asked for.
pub fn measure(all: &[Tested], args: &TestArgs, terminal: &Terminal) -> Outcome {
    let more = &args.more;
    let mut exit = Exit::Fine;
    if more.wants_coverage() {
        exit = exit.max(covered(all, args, terminal)?);
    }
    if more.wants_mutants() {
        exit = exit.max(mutated(all, args, terminal)?);
    }
    Ok(exit)
}

/// Whether a definition is asked for: by its file, and by a part of its name.
pub fn asked_for(tested: &Tested, def: DefId, args: &TestArgs) -> bool {
    let def = tested.project.lexicon.def(def);
    let file = Path::new(tested.project.sources.file(def.name_span.file).name());
    if tested.only.as_ref().is_some_and(|only| !only.iter().any(|p| same_file(file, p))) {
        return false;
    }
    args.filter.as_ref().is_none_or(|filter| def.name.text.to_lowercase().contains(&filter.to_lowercase()))
}

fn covered(all: &[Tested], args: &TestArgs, terminal: &Terminal) -> Outcome {
    let more: &More = &args.more;
    let measured: Vec<coverage::Measured> = all
        .iter()
        .map(|tested| {
            let mut coverage = tested.suite.coverage(data::cores());
            coverage.defs.retain(|def| asked_for(tested, def.def, args));
            (tested, coverage)
        })
        .collect();
    if args.format == TestFormat::Human && more.coverage {
        print(&coverage::human(&measured, terminal))?;
    }
    if let Some(file) = &more.coverage_json {
        write(file, &coverage::json(&measured)?)?;
    }
    if let Some(file) = &more.lcov {
        write(file, &lcov::text(&measured))?;
    }
    let total = measured.iter().fold(Score::default(), |sum, (_, c)| sum.plus(c.score()));
    let wanted = more.fail_under.filter(|wanted| total.percent() < *wanted);
    if let Some(wanted) = wanted {
        below(&format!("the examples have seen {}, and {wanted}% is wanted", coverage::share(total)), terminal);
        return Ok(Exit::Findings);
    }
    Ok(Exit::Fine)
}

fn mutated(all: &[Tested], args: &TestArgs, terminal: &Terminal) -> Outcome {
    let more: &More = &args.more;
    let mutated: Vec<mutation::Mutated> = all
        .iter()
        .map(|tested| {
            let mut mutants = tested.suite.mutants();
            mutants.retain(|mutant| asked_for(tested, mutant.def, args));
            let begun = Instant::now();
            let mutation = tested.suite.try_mutants(mutants, data::cores());
            (tested, mutation, begun.elapsed())
        })
        .collect();
    if args.format == TestFormat::Human && more.mutate {
        print(&mutation::human(&mutated, terminal))?;
    }
    if let Some(file) = &more.mutate_json {
        write(file, &mutation::json(&mutated)?)?;
    }
    let (noticed, of) = mutated.iter().fold((0, 0), |(n, of), (_, m, _)| (n + m.noticed(), of + m.mutants.len()));
    let share = if of == 0 { 100.0 } else { noticed as f64 * 100.0 / of as f64 };
    if let Some(wanted) = more.mutate_fail_under.filter(|wanted| share < *wanted) {
        let share = coverage::percent(share);
        below(&format!("{noticed} of {of} changes are noticed, {share}%, and {wanted}% is wanted"), terminal);
        return Ok(Exit::Findings);
    }
    Ok(Exit::Fine)
}

fn below(message: &str, terminal: &Terminal) {
    eprint(&format!("{} {message}\n", terminal.paint_err(Style::Red, "too little:")));
}

/// Writes a file for a program.
fn write(file: &Path, text: &str) -> Result<(), Failure> {
    if file.is_dir() {
        return Err(Failure::data(format!("`{}` is a folder", file.display())));
    }
    output::write_file(file, |out| std::io::Write::write_all(out, text.as_bytes()))
}
