//! `cargo run --release -p xtask -- bench …` and `… counts`: speed against other engines, of the checker, and in instructions.
//!
//! Memory of a child process counts from what its parent held when it started. So this program stays small: data are made
//! and answers are read back by children of their own (`data`, `digest`).
#![allow(clippy::print_stdout, clippy::print_stderr)] // It is a command.

mod checker;
mod counts;
mod digest;
mod generate;
mod growth;
mod keystroke;
mod lexicon;
mod lsp;
mod machine;
mod options;
mod peers;
mod process;
mod record;
mod report;
mod scale;
mod soak;
mod speed;

use std::path::Path;
use std::process::ExitCode;

use generate::Failure;
use options::Options;

const USAGE: &str = "usage: cargo run --release -p xtask -- bench [growth|scale|checker|keystroke|lsp] [OPTIONS]
       cargo run --release -p xtask -- counts [--check]
       cargo run --release -p xtask -- soak [OPTIONS]

bench            `lead run` and its peers on the same files, alternating; answers compared, ratios shown
bench lsp        the language server over its standard input and output: start, keystrokes, hover, memory
bench growth     `lead run` on two sizes (M,L) in turns: seconds and memory, beside what linear growth would be
bench scale      1, 10 and 100 million events on `lead run`, on DuckDB and on Spark: seconds, memory, how they grow
bench checker    time of `lead check`, `lead fmt` and `lead --help`, size of the binary
bench keystroke  time from an edit to a checked lexicon, and memory, in one process
counts           instructions of the parser, the checker and a run, written to benches/counts.json
soak             little memory, a full disk, an export that loses its end, a run that is killed: what happens

  --size S,M,L       100 thousand, 1 million, 5 million contacts (S; M,L of growth)
  --work W1,W2       the lexicons in benches/lexicons (both)
  --format csv,parquet
  --runs N           rounds that count (3)
  --threads N        for every engine (2)
  --peers NAME,…     duckdb, polars, datafusion, clickhouse, or none (duckdb,polars)
  --dir FOLDER       for data, engines and answers; kept (lead-bench in the user's cache folder)
  --data FOLDER      tables that are there already, in csv and parquet (or zstd) below it, instead of generated ones
  --lead FILE        the binary (the one of the release build, built anew)
  --events 1,10,100  of scale: millions of events
  --engines NAME,…   of scale: lead, duckdb, spark (all)
  --limit MIB        address space of a run, of soak (2048)
  --record           write the result to docs/performance.md, that of scale to docs/scale.md
  --check            of counts: fail where one has grown by more than 5 %";

fn main() -> ExitCode {
    let args: Vec<String> = std::env::args().skip(1).collect();
    let args: Vec<&str> = args.iter().map(String::as_str).collect();
    match task(&args) {
        Ok(()) => ExitCode::SUCCESS,
        Err(failure) => {
            eprintln!("{failure}");
            ExitCode::FAILURE
        }
    }
}

fn task(args: &[&str]) -> Result<(), Failure> {
    match args {
        ["data", contacts, folder, formats @ ..] => generate::generate(contacts.parse()?, Path::new(folder), formats),
        ["digest", folder] => digest::print(Path::new(folder)),
        ["lexicon", definitions] => {
            print!("{}", lexicon::lexicon(definitions.parse()?));
            Ok(())
        }
        ["speed", rest @ ..] => speed::speed(&Options::parse(rest, USAGE)?),
        ["growth", rest @ ..] => growth::growth(&Options::parse(&[&["--size", "M,L"], rest].concat(), USAGE)?),
        ["scale", rest @ ..] => scale::scale(&Options::parse(rest, USAGE)?),
        ["checker", rest @ ..] => checker::checker(&Options::parse(rest, USAGE)?),
        ["keystroke", rest @ ..] => keystroke::keystroke(&Options::parse(rest, USAGE)?),
        ["lsp", rest @ ..] => lsp::lsp(&Options::parse(rest, USAGE)?),
        ["soak", rest @ ..] => soak::soak(&Options::parse(rest, USAGE)?),
        ["counts", rest @ ..] => counts::counts(&Options::parse(rest, USAGE)?),
        _ => Err(USAGE.into()),
    }
}
