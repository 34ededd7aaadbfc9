//! The command `lead`.
//!
//! What it does stands in a crate of its own, which is made small; how this one is made decides what the linker does with those that are made fast.

use std::process::ExitCode;

use mimalloc::MiMalloc;

#[global_allocator]
static MEMORY: MiMalloc = MiMalloc;

fn main() -> ExitCode {
    lead_command::main()
}
