//! The command `lead`: lexicons checked, laid out, and answered over exports.

mod args;
mod backtest;
mod check;
mod ci;
mod compile;
mod completions;
mod data;
mod debug;
mod diff;
mod doc;
mod enrich;
mod explain;
mod files;
mod fix;
mod fmt;
mod grid;
mod init;
mod lsp;
mod report;
mod run;
mod staging;
mod survey;
mod surveyed;
mod terminal;
mod test;
mod trend;
mod why;

use std::process::ExitCode;

use clap::{CommandFactory, FromArgMatches};

use args::{Cli, Command};
use lead_output::value;
use terminal::{Failure, Outcome, Style, Terminal, eprint};

/// Runs the command with the arguments of the process.
pub fn main() -> ExitCode {
    let cli = parse();
    let terminal = Terminal::new(cli.color);
    let outcome = dispatch(&cli, &terminal);
    let exit = match outcome {
        Ok(exit) => exit,
        Err(failure) => {
            say(&failure, &terminal);
            failure.exit
        }
    };
    ExitCode::from(exit as u8)
}

/// The command line; wrong usage ends the process with 2.
fn parse() -> Cli {
    // Help is shown while arguments are read, so the wish about colours is looked up before.
    let told = |arg: &std::ffi::OsString| arg == "--color=never";
    let mut command = Cli::command();
    if std::env::args_os().any(|a| told(&a)) {
        command = command.color(clap::ColorChoice::Never);
    }
    let matches = command.get_matches();
    match Cli::from_arg_matches(&matches) {
        Ok(cli) => cli,
        Err(error) => error.exit(),
    }
}

fn dispatch(cli: &Cli, terminal: &Terminal) -> Outcome {
    match &cli.command {
        Command::Check(args) => check::check(args, terminal),
        Command::Run(args) => run::run(args, terminal),
        Command::Compile(args) => compile::compile(args, terminal),
        Command::Why(args) => why::why(args, terminal),
        Command::Backtest(args) => backtest::backtest(args, terminal),
        Command::Trend(args) => trend::trend(args, terminal),
        Command::Test(args) => test::test(args, terminal),
        Command::Diff(args) => diff::diff(args, terminal),
        Command::Fmt(args) => fmt::fmt(args, terminal),
        Command::Fix(args) => fix::fix(args, terminal),
        Command::Explain(args) => explain::explain(args, terminal),
        Command::Doc(args) => doc::doc(args, terminal),
        Command::Enrich(args) => enrich::enrich(args, terminal),
        Command::Report(args) => report::report(args, terminal),
        Command::Init(args) => init::init(args, terminal),
        Command::Lsp(_) => lsp::lsp(),
        Command::Debug(args) => debug::debug(args, terminal),
        Command::Completions(args) => completions::completions(args),
    }
}

/// Shows why a command stopped.
fn say(failure: &Failure, terminal: &Terminal) {
    if failure.message.is_empty() {
        return;
    }
    eprint(&format!("{} {}\n", terminal.paint_err(Style::Red, "error:"), failure.message));
    if let Some(help) = &failure.help {
        eprint(&format!("{} {help}\n", terminal.paint_err(Style::Cyan, " help:")));
    }
}
