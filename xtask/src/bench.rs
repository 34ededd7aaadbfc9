//! Benchmarks: handed on to the package `lead-benches`, which is built as a release is.

use std::path::Path;
use std::process::{Command, ExitCode};

/// Runs `bench` or `counts` with their options.
pub fn run(task: &str, options: &[String]) -> ExitCode {
    let (task, options) = match (task, options.split_first()) {
        ("bench", Some((first, rest)))
            if matches!(first.as_str(), "growth" | "scale" | "checker" | "keystroke" | "lsp") =>
        {
            (first.as_str(), rest)
        }
        ("bench", _) => ("speed", options),
        (other, _) => (other, options),
    };
    let cargo = std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
    let ran = Command::new(cargo)
        .args(["run", "--quiet", "--release", "--package", "lead-benches", "--bin", "bench", "--manifest-path"])
        .arg(root.join("Cargo.toml"))
        .args(["--", task])
        .args(options)
        .status();
    if ran.is_ok_and(|status| status.success()) { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}
