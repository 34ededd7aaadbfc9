//! `cargo run -p xtask -- spark`: folders of `lead compile --spark` run on a cluster of two executors over Parquet made of the examples'
//! exports, and every answer file beside that of `lead run`.
#![allow(clippy::print_stdout, clippy::print_stderr)]

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, ExitCode};

use lead_sql::Target;
use lead_tests::agree::programs::Program;
use lead_tests::agree::{environment, raw};
use lead_tests::command::{ended, lead_beside, root};
use serde_json::{Value as Json, json};

const USAGE: &str = "usage: cargo run -p xtask -- spark [OPTIONS]

  --only LIST   of the examples, by commas (default: all)
  --dir DIR     where Spark is installed (default: lead-agree in the cache folder)
  --keep DIR    where folders, tables and answers are left (default: a folder that goes away)";

/// An example, and how its folder is run.
struct Run {
    example: &'static str,
    format: &'static str,
    /// By `spark-submit`, in a process and a cluster of its own, which is given `main.py` alone and told where the folder is.
    submit: bool,
    /// Where its tables are, and its steps.
    places: Places,
    /// The as-of time told to the program, not to the compiler.
    late: bool,
}

/// Where a run finds its tables and keeps rows of its steps.
#[derive(Clone, Copy)]
enum Places {
    /// A folder, and with the executors.
    Folder,
    /// A folder, but for one table, which lies elsewhere.
    Apart,
    /// The catalog, and a folder of work.
    Catalog,
}

impl Places {
    fn name(self) -> &'static str {
        match self {
            Places::Folder => "folder",
            Places::Apart => "apart",
            Places::Catalog => "catalog",
        }
    }
}

const RUNS: &[Run] = &[
    Run { example: "hello", format: "csv", submit: true, places: Places::Folder, late: true },
    Run { example: "hubspot", format: "jsonl", submit: false, places: Places::Apart, late: true },
    Run { example: "salesforce", format: "parquet", submit: false, places: Places::Catalog, late: false },
    Run { example: "industrial", format: "parquet", submit: false, places: Places::Folder, late: true },
];

/// Runs a command; what it says, if that is no success.
fn told(command: &mut Command) -> Result<(), String> {
    let output = command.output().map_err(|e| e.to_string())?;
    if output.status.success() { Ok(()) } else { Err(String::from_utf8_lossy(&output.stderr).into_owned()) }
}

/// What the program of Python does for an example.
fn job(run: &Run, work: &Path) -> Result<Json, String> {
    let lexicon = root().join("examples").join(run.example);
    let program = Program::folder(&lexicon).ok_or_else(|| format!("no example {}", run.example))?;
    let checked = program.checked()?;
    let at = jiff::Timestamp::from_microsecond(program.as_of).map_err(|e| e.to_string())?;
    let local = checked.lexicon.settings.zone.to_datetime(at).to_string();
    let (folder, native) = (work.join(run.example), work.join(format!("{}-native", run.example)));
    let as_of = ["--as-of", local.as_str()];
    let mut compile = Command::new(lead_beside());
    compile.arg("compile").arg("--spark").args([&folder, &lexicon]);
    told(if run.late { &mut compile } else { compile.args(as_of) })?;
    told(
        Command::new(lead_beside())
            .arg("run")
            .args(as_of)
            .args(["--format", run.format, "--raw-cells"])
            .arg("--output")
            .args([&native, &lexicon]),
    )?;
    let options: &[&str] = if run.late { &as_of } else { &[] };
    Ok(json!({
        "name": run.example, "folder": folder, "native": native, "format": run.format, "submit": run.submit, "options": options,
        "places": run.places.name(),
        "tables": raw::tables(&checked, &Target::default(), &program.data)?,
    }))
}

fn run() -> Result<bool, String> {
    let (mut only, mut dir, mut keep) = (None, environment::cache(), None);
    let mut args = std::env::args().skip(1);
    while let Some(option) = args.next() {
        let value = args.next().ok_or(USAGE)?;
        match option.as_str() {
            "--only" => only = Some(value),
            "--dir" => dir = PathBuf::from(value),
            "--keep" => keep = Some(PathBuf::from(value)),
            _ => return Err(USAGE.to_string()),
        }
    }
    let python = environment::python(&dir, &["spark".to_string()])?;
    let folder = tempfile::Builder::new().prefix("lead-spark-").tempdir().map_err(|e| e.to_string())?;
    let work = keep.unwrap_or_else(|| folder.path().to_path_buf());
    fs::create_dir_all(&work).map_err(|e| e.to_string())?;
    let wanted = |r: &&Run| only.as_ref().is_none_or(|o| o.split(',').any(|o| o == r.example));
    let jobs: Result<Vec<Json>, String> = RUNS.iter().filter(wanted).map(|r| job(r, &work)).collect();
    let file = work.join("jobs.json");
    fs::write(&file, json!(jobs?).to_string()).map_err(|e| e.to_string())?;
    let script = root().join("tests/agree/spark_folders.py");
    let mut command = Command::new(&python);
    command.arg(script).arg(&file).env("PYTHONDONTWRITEBYTECODE", "1").env("PYTHONUTF8", "1");
    command.envs([("SPARK_LOCAL_IP", "127.0.0.1"), ("SPARK_LOCAL_HOSTNAME", "localhost")]);
    Ok(command.status().map_err(|e| e.to_string())?.success())
}

fn main() -> ExitCode {
    ended(run())
}
