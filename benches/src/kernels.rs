//! The parts whose instructions are counted: `kernels parse|format|check FILE`, `kernels run LEXICON DATA`, and
//! `kernels evaluate LEXICON NAME TIMES`, which answers one definition over tables in memory so many times. One thread, nothing
//! written.

mod world;

use std::path::Path;
use std::process::ExitCode;

use lead_data::{Data, Needs, Options};
use lead_diag::{Diagnostic, FileId};
use lead_logic::Linter;
use lead_project::Project;

/// The as-of time of the benchmark: 2026-07-01 UTC, in microseconds.
const AS_OF: i64 = 1_782_864_000_000_000;

fn main() -> ExitCode {
    let args: Vec<String> = std::env::args().skip(1).collect();
    let args: Vec<&str> = args.iter().map(String::as_str).collect();
    let done = match args.as_slice() {
        ["parse", file] => std::fs::read_to_string(file).is_ok_and(|text| parse(&text)),
        ["format", file] => std::fs::read_to_string(file).is_ok_and(|text| lead_syntax::format(&text).is_ok()),
        ["check", file] => check(Path::new(file)),
        ["run", lexicon, data] => run(Path::new(lexicon), Path::new(data)),
        ["evaluate", lexicon, name, times] => {
            times.parse().is_ok_and(|times| evaluate(Path::new(lexicon), name, times))
        }
        _ => false,
    };
    if done { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}

/// All that `lead check` does, but for saying what was found.
fn check(file: &Path) -> bool {
    let Ok(mut project) = Project::open(file) else { return false };
    project.lint(&mut Linter::once());
    project.is_sound()
}

fn parse(text: &str) -> bool {
    !lead_syntax::parse(FileId(0), text).diagnostics.iter().any(Diagnostic::is_error)
}

/// Answers one definition over tables in memory. What it takes is the difference between more times and fewer.
fn evaluate(lexicon: &Path, name: &str, times: u32) -> bool {
    let Ok(project) = Project::open(lexicon) else { return false };
    if !project.is_sound() || !project.lexicon.defs.iter().any(|def| def.name.text == name) {
        return false;
    }
    let plan = lead_plan::plan(&project.lexicon, AS_OF, |def| def.name.text == name);
    let data = Data::made(&project.lexicon, world::world(&project.lexicon, AS_OF));
    (0..times).all(|_| {
        let answers = lead_eval::evaluate(&project.lexicon, &plan, &data, false);
        answers.is_ok_and(|answers| !answers.subjects.is_empty() || !answers.metrics.is_empty())
    })
}

/// As `lead run`, up to the answers.
fn run(lexicon: &Path, data: &Path) -> bool {
    let Ok(project) = Project::open(lexicon) else { return false };
    let plan = lead_plan::plan(&project.lexicon, AS_OF, |_| true);
    let needs = Needs { tables: plan.needs(&project.lexicon) };
    let options = Options { threads: 1, keep_rejects: false, progress: None };
    let data = Data::open(&project.lexicon, &project.config, data, &needs, options);
    lead_eval::evaluate(&project.lexicon, &plan, &data, false).is_ok() && !data.report().is_fatal()
}
