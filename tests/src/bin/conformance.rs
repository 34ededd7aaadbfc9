//! `cargo run -p xtask -- gen-conformance [--check]`: writes the conformance suite, or says what of it is not current.
#![allow(clippy::print_stdout, clippy::print_stderr)]

use std::process::ExitCode;

use lead_tests::command::lead_beside;
use lead_tests::conformance;

fn run() -> Result<String, String> {
    let lead = lead_beside();
    if std::env::args().any(|a| a == "--check") {
        let stale = conformance::stale(&lead)?;
        return match stale.first() {
            None => Ok("the conformance suite is current".to_string()),
            Some(first) => Err(format!(
                "not current: {} files, such as {first}; the same command without --check writes them",
                stale.len()
            )),
        };
    }
    Ok(format!("{} cases", conformance::write(&lead)?))
}

fn main() -> ExitCode {
    match run() {
        Ok(said) => {
            println!("{said}");
            ExitCode::SUCCESS
        }
        Err(why) => {
            eprintln!("{why}");
            ExitCode::FAILURE
        }
    }
}
