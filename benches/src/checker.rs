//! The checker, the formatter and the start-up, as whole processes, against what they are to take.

use std::fmt::Write;
use std::fs;
use std::path::Path;
use std::process::Command;

use crate::generate::Failure;
use crate::lexicon::lexicon;
use crate::options::{Options, root};
use crate::process::{Measured, measure, median};
use crate::{machine, record};

/// How many definitions make about one megabyte.
pub const DEFINITIONS: usize = 10_000;
/// Short processes vary: at least so many of them.
const RUNS: usize = 11;

/// Measures, prints, and records if told to.
pub fn checker(options: &Options) -> Result<(), Failure> {
    let lead = options.lead_binary()?;
    let folder = tempfile::tempdir()?;
    let text = lexicon(DEFINITIONS);
    let large = folder.path().join("large.lead");
    fs::write(&large, &text)?;
    let megabytes = text.len() as f64 / 1e6;

    let runs = options.runs.max(RUNS);
    let time = |args: &[&str], path: Option<&Path>| time(&lead, args, path, runs);
    let help = time(&["--help"], None)?;
    let check = time(&["check"], Some(&large))?;
    let industrial = time(&["check"], Some(&root().join("examples/industrial")))?;
    // Laid out once, so that every measured run does the same.
    measure(Command::new(&lead).arg("fmt").arg(&large))?;
    let fmt = time(&["fmt", "--check"], Some(&large))?;
    let size = fs::metadata(&lead)?.len() as f64 / 1e6;

    let mut out = format!(
        "{}; whole processes, medians of {runs} runs.\n\n| what | measured | goal |\n| --- | --: | --: |\n",
        machine::described()
    );
    let mut row = |what: &str, measured: String, goal: &str| {
        let _ = writeln!(out, "| {what} | {measured} | {goal} |");
    };
    let ms = |m: Measured| format!("{:.1} ms", m.wall * 1000.0);
    row(&format!("`lead check`, {DEFINITIONS} definitions, {megabytes:.2} MB"), ms(check), "150 ms");
    row("`lead check examples/industrial`", ms(industrial), "20 ms");
    row("`lead fmt --check` of the same file", format!("{:.1} MB/s", megabytes / fmt.wall), "20 MB/s");
    row("`lead --help`", ms(help), "5 ms");
    row("size of the binary, stripped", format!("{size:.2} MB"), "15 MB");
    let beside = lead.with_file_name(format!("lead-postgres{}", std::env::consts::EXE_SUFFIX));
    if let Ok(found) = fs::metadata(beside) {
        row("size of `lead-postgres`, stripped", format!("{:.2} MB", found.len() as f64 / 1e6), "");
    }
    println!("{out}");
    if options.record {
        record::write("docs/performance.md", "checker", &out)?;
    }
    Ok(())
}

/// The median run; findings that are no errors do not matter.
fn time(lead: &Path, args: &[&str], path: Option<&Path>, times: usize) -> Result<Measured, Failure> {
    let mut runs = Vec::new();
    for _ in 0..=times {
        let mut command = Command::new(lead);
        command.args(args).args(path);
        runs.push(measure(&mut command)?);
    }
    // The first one warms up.
    let of = |f: fn(&Measured) -> f64| median(runs.iter().skip(1).map(f).collect());
    Ok(Measured { wall: of(|m| m.wall), processor: of(|m| m.processor), memory: of(|m| m.memory) })
}
