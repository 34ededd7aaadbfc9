//! The comparison with other engines, and with what dbt builds, and the conformance suite: handed on to the package `lead-tests`, which has the programs and the evaluator.

use std::path::Path;
use std::process::{Command, ExitCode};

/// Runs a program of that package with its options.
pub fn run(program: &str, options: &[String]) -> ExitCode {
    let cargo = std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
    let ran = Command::new(cargo)
        .args(["run", "--quiet", "--package", "lead-tests", "--bin", program, "--manifest-path"])
        .arg(root.join("Cargo.toml"))
        .arg("--")
        .args(options)
        .status();
    if ran.is_ok_and(|status| status.success()) { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}
