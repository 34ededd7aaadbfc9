//! `cargo run -p xtask -- agree`: every answer of the evaluator beside those of other engines.
#![allow(clippy::print_stdout, clippy::print_stderr)]

use std::path::PathBuf;
use std::process::ExitCode;
use std::time::Instant;

use lead_tests::agree::engine::Engine;
use lead_tests::agree::programs::Program;
use lead_tests::agree::{Difference, Outcome, compare, environment};

const USAGE: &str = "usage: cargo run -p xtask -- agree [OPTIONS]

  --engines LIST   engines to compare with, by commas (default: duckdb)
  --programs N     how many random lexicons (default: 50)
  --seed N         the seed of the first (default: 0)
  --only LIST      of random, cases, examples (default: all three)
  --def NAME       of a random lexicon (--seed) this definition alone
  --folder DIR     this lexicon alone
  --show           print the statements of what differs
  --dir DIR        where engines are installed (default: lead-agree in the cache folder)";

struct Settings {
    engines: Vec<String>,
    programs: u64,
    seed: u64,
    only: Vec<String>,
    def: Option<String>,
    folder: Option<PathBuf>,
    show: bool,
    dir: PathBuf,
}

fn settings() -> Result<Settings, String> {
    let list = |text: String| text.split(',').map(|t| t.trim().to_string()).collect::<Vec<_>>();
    let mut out = Settings {
        engines: vec!["duckdb".to_string()],
        programs: 50,
        seed: 0,
        only: list("random,cases,examples".to_string()),
        def: None,
        folder: None,
        show: false,
        dir: environment::cache(),
    };
    let mut args = std::env::args().skip(1);
    while let Some(option) = args.next() {
        let mut value = || args.next().ok_or_else(|| format!("`{option}` needs a value\n\n{USAGE}"));
        let number = |text: String| text.parse::<u64>().map_err(|_| format!("`{text}` is no number"));
        match option.as_str() {
            "--engines" => out.engines = list(value()?),
            "--programs" => out.programs = number(value()?)?,
            "--seed" => out.seed = number(value()?)?,
            "--only" => out.only = list(value()?),
            "--def" => out.def = Some(value()?),
            "--folder" => out.folder = Some(PathBuf::from(value()?)),
            "--dir" => out.dir = PathBuf::from(value()?),
            "--show" => out.show = true,
            _ => return Err(USAGE.to_string()),
        }
    }
    Ok(out)
}

fn programs(settings: &Settings) -> Vec<Program> {
    if let Some(folder) = &settings.folder {
        return Program::folder(folder).into_iter().collect();
    }
    if let Some(def) = &settings.def {
        return Program::alone(settings.seed, def).into_iter().collect();
    }
    let is = |name: &str| settings.only.iter().any(|o| o == name);
    let mut out = Vec::new();
    if is("examples") {
        out.extend(Program::examples());
    }
    if is("cases") {
        out.extend(Program::cases());
    }
    if is("random") {
        let seeds = settings.seed..settings.seed + settings.programs;
        out.extend(seeds.filter_map(|seed| Program::random(seed, &|_| true)));
    }
    out
}

fn report(program: &Program, engine: &str, wrong: &[Difference], show: bool) {
    for d in wrong.iter().take(4) {
        println!(
            "{}, {engine}, {}: {}\n  {engine}: {}\n  native: {}",
            program.name, d.statement, d.place, d.engine, d.native
        );
    }
    if wrong.len() > 4 {
        println!("  and {} more", wrong.len() - 4);
    }
    if show && let Some(first) = wrong.first() {
        println!("{}\n{}", program.text(), first.sql);
    }
}

fn run() -> Result<bool, String> {
    let settings = settings()?;
    let python = environment::python(&settings.dir, &settings.engines)?;
    // Servers end after the engines that ask them.
    let mut servers = Vec::new();
    let mut engines = Vec::new();
    for name in &settings.engines {
        let mut variables = Vec::new();
        if name == "postgres" {
            let started = environment::Server::start()?;
            variables.push(("LEAD_AGREE_POSTGRES".to_string(), started.connection()));
            servers.push(started);
        }
        engines.push(Engine::start(name, &python, &variables)?);
    }
    let started = Instant::now();
    let (mut asked, mut answers, mut left, mut different) = (0, 0, Vec::new(), 0);
    for program in programs(&settings) {
        asked += 1;
        for (engine, outcome) in compare(&program, &mut engines).map_err(|e| format!("{}: {e}", program.name))? {
            match outcome {
                Outcome::Agree(count) => answers += count,
                Outcome::Left(why) => left.push(format!("{}, {engine}: {why}", program.name)),
                Outcome::Differ(wrong) => {
                    different += 1;
                    report(&program, &engine, &wrong, settings.show);
                }
            }
        }
    }
    drop(engines);
    left.iter().for_each(|l| println!("not asked: {l}"));
    println!(
        "{asked} lexicons, {answers} answers equal, {} not asked, {different} with differences, {:.0} s",
        left.len(),
        started.elapsed().as_secs_f64()
    );
    Ok(different == 0)
}

fn main() -> ExitCode {
    match run() {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => ExitCode::FAILURE,
        Err(message) => {
            eprintln!("{message}");
            ExitCode::from(2)
        }
    }
}
