//! The program `lead-postgres`, which `lead run --on` asks.

use std::process::ExitCode;

fn main() -> ExitCode {
    lead_postgres::main()
}
