//! `cargo run -p xtask -- TASK [--check]`: writes the generated files of the project, or says which are not current.

mod agree;
mod bench;
mod codes;
mod editors;
mod industrial;
mod output;
mod picture;
mod random;

use std::io::Write;
use std::path::Path;
use std::process::ExitCode;

const USAGE: &str = "usage: cargo run -p xtask -- TASK [--check]

tasks:
  gen-industrial   the exports of examples/industrial (seeded: the same on every machine)
  gen-codes        docs/codes/README.md, the list of codes
  gen-editors      editors/vscode/syntaxes/lead.tmLanguage.json, what editors colour by
  gen-conformance  tests/conformance, cases of meaning for other implementations
  gen-picture      docs/images/run.svg, what `lead run examples/industrial` prints
  bench            speed against other engines, and of the checker (options: benches/README.md)
  soak             what happens with little memory, a full disk, an export that loses its end, a run that is killed
  agree            answers of the evaluator beside those of other engines (options: --help)
  dbt              `dbt build` of what `lead compile --dbt` writes, and its tables beside the evaluator (options: --help)
  spark            folders of `lead compile --spark` run on Spark, and their answers beside those of `lead run` (options: --help)
  live             `lead run --on` of DuckDB and PostgreSQL beside runs over exports (options: --help)
  counts           benches/counts.json, instructions of the parser, the checker and a run

--check writes nothing and fails where a file differs, or a count has grown";

fn main() -> ExitCode {
    let args: Vec<String> = std::env::args().skip(1).collect();
    match args.split_first() {
        Some((task, rest)) if matches!(task.as_str(), "agree" | "dbt" | "live" | "spark") => {
            return agree::run(task, rest);
        }
        Some((task, rest)) if task == "gen-conformance" => return agree::run("conformance", rest),
        Some((task, rest)) if matches!(task.as_str(), "bench" | "counts" | "soak") => return bench::run(task, rest),
        _ => {}
    }
    let check = args.iter().any(|a| a == "--check");
    let tasks: Vec<&str> = args.iter().map(String::as_str).filter(|a| *a != "--check").collect();
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
    let done = match tasks.as_slice() {
        ["gen-industrial"] => {
            output::write_or_check(&root.join("examples/industrial/data"), &industrial::files(), check)
        }
        ["gen-codes"] => output::write_or_check(&root.join("docs/codes"), &codes::files(), check),
        ["gen-editors"] => {
            editors::files(&root).and_then(|files| output::write_or_check(&root.join(editors::FOLDER), &files, check))
        }
        ["gen-picture"] => {
            picture::files(&root).and_then(|files| output::write_or_check(&root.join("docs/images"), &files, check))
        }
        _ => Err(USAGE.to_owned()),
    };
    match done {
        Ok(message) => {
            let _ = writeln!(std::io::stdout(), "{message}");
            ExitCode::SUCCESS
        }
        Err(message) => {
            let _ = writeln!(std::io::stderr(), "{message}");
            ExitCode::FAILURE
        }
    }
}
