//! From a keystroke to a checked lexicon, in process: the large lexicon in 200 files, edited as people type.

use std::collections::BTreeMap;
use std::fmt::Write;
use std::fs;
use std::sync::Arc;
use std::time::Instant;

use lead_hir::Session;

use crate::checker::DEFINITIONS;
use crate::generate::Failure;
use crate::lexicon::{FILES, in_files};
use crate::options::Options;
use crate::{machine, record};

/// Edits of each kind.
const EDITS: usize = 200;

/// Where a sign is typed, and which.
struct Kind {
    what: &'static str,
    /// In the schema, rather than in a file of definitions.
    schema: bool,
    /// The sign goes behind this text.
    behind: &'static str,
    sign: &'static str,
}

const KINDS: &[Kind] = &[
    Kind { what: "in the body of a definition", schema: false, behind: "\"guide ", sign: "1" },
    Kind {
        what: "in the name of a definition that others use",
        schema: false,
        behind: "\n\n## Reads and comes back.\n",
        sign: "x",
    },
    Kind { what: "a bracket that breaks a statement", schema: false, behind: "job title contains ", sign: "(" },
    Kind {
        what: "a line of its own, as a new definition begins",
        schema: false,
        behind: "because \"reads\"\n",
        sign: "x\n",
    },
    Kind {
        what: "in the name of a field that 2,000 definitions use",
        schema: true,
        behind: "    job title",
        sign: "s",
    },
    Kind { what: "in a value of a field", schema: true, behind: "\"procurement", sign: "s" },
    Kind { what: "a quote that breaks an entity", schema: true, behind: "companies.csv", sign: "\"" },
];

/// Times in milliseconds, sorted.
fn percentile(times: &[f64], part: f64) -> f64 {
    times[((times.len() - 1) as f64 * part).round() as usize]
}

/// Measures, prints, and records if told to.
pub fn keystroke(options: &Options) -> Result<(), Failure> {
    let files = in_files(DEFINITIONS, FILES);
    let start = Instant::now();
    let mut session = Session::with_lints(Box::new(lead_logic::Linter::new()));
    for (name, text) in &files {
        session.set_file(name, text.as_str().into());
    }
    let checked = session.check();
    let cold = start.elapsed().as_secs_f64() * 1000.0;
    if !checked.is_sound() {
        return Err("the lexicon has errors".into());
    }
    drop(checked);
    let mut out = format!(
        "{}; in one process, one thread apart from the first reading. {DEFINITIONS} definitions in {FILES} files: {cold:.0} ms to read and \
         check all of them.\n\n| keystroke | median | 99 of 100 | goal of the median |\n| --- | --: | --: | --: |\n",
        machine::described()
    );
    for kind in KINDS {
        let mut times = typed(&mut session, &files, kind);
        times.sort_by(f64::total_cmp);
        let goal = if kind.schema { "25 ms" } else { "3 ms" };
        let (middle, most) = (percentile(&times, 0.5), percentile(&times, 0.99));
        let _ = writeln!(out, "| {} | {middle:.2} ms | {most:.2} ms | {goal} |", kind.what);
    }
    if let Some(memory) = memory() {
        let _ = writeln!(out, "\nThe process holds {memory} MB at the end, the texts and the last check among them.");
    }
    println!("{out}");
    if options.record {
        record::write("docs/performance.md", "keystroke", &out)?;
    }
    Ok(())
}

/// Types a sign and takes it back, again and again at other places; milliseconds of each.
fn typed(session: &mut Session, files: &BTreeMap<String, String>, kind: &Kind) -> Vec<f64> {
    let all: Vec<(&String, &String)> = files.iter().filter(|(name, _)| name.starts_with('a') == kind.schema).collect();
    let mut times = Vec::new();
    for n in 0..EDITS / 2 {
        let (name, text) = all[n * 37 % all.len()];
        let places: Vec<usize> = text.match_indices(kind.behind).map(|(at, _)| at + kind.behind.len()).collect();
        let Some(at) = places.get(n % places.len().max(1)) else { continue };
        let after = format!("{}{}{}", &text[..*at], kind.sign, &text[*at..]);
        for text in [after.as_str(), text.as_str()] {
            let text: Arc<str> = text.into();
            let start = Instant::now();
            session.set_file(name, text);
            let checked = session.check();
            times.push(start.elapsed().as_secs_f64() * 1000.0);
            drop(checked);
        }
    }
    times
}

/// Megabytes of this process, where the system says.
fn memory() -> Option<u64> {
    let status = fs::read_to_string("/proc/self/status").ok()?;
    let line = status.lines().find_map(|l| l.strip_prefix("VmRSS:"))?;
    Some(line.trim().split(' ').next()?.parse::<u64>().ok()? / 1024)
}
