//! `lead completions SHELL`.

use clap::CommandFactory;

use crate::args::{Cli, CompletionsArgs};
use crate::terminal::{Exit, Outcome};

/// Prints the completions of a shell.
pub fn completions(args: &CompletionsArgs) -> Outcome {
    let mut script = Vec::new();
    clap_complete::generate(args.shell, &mut Cli::command(), "lead", &mut script);
    crate::terminal::print(&String::from_utf8_lossy(&script))?;
    Ok(Exit::Fine)
}
