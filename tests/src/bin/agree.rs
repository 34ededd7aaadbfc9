//! `cargo run -p xtask -- agree`: every answer of the evaluator beside those of other engines.
#![allow(clippy::print_stdout, clippy::print_stderr)]

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::time::{Duration, Instant};

use lead_tests::agree::engine::Engine;
use lead_tests::agree::programs::Program;
use lead_tests::agree::{Difference, Outcome, compare, environment, reference};
use lead_tests::command::ended;

const USAGE: &str = "usage: cargo run -p xtask -- agree [OPTIONS]

  --engines LIST   engines to compare with, by commas, or `all` (default: reference,duckdb,postgres)
  --only LIST      of random, cases, examples (default: all three)
  --programs N     how many random lexicons (default: 50)
  --seconds N      random lexicons for so long, however many that are
  --seed N         the seed of the first (default: 0; with --seconds another each time)
  --def NAME       of a random lexicon (--seed) this definition alone
  --folder DIR     this lexicon alone
  --limit N        seconds that a statement may take (default: 60)
  --show           print the statements of what differs
  --keep DIR       where what differs is written down (default: target/agree)
  --dir DIR        where engines are installed (default: lead-agree in the cache folder)";

struct Settings {
    engines: Vec<String>,
    only: Vec<String>,
    programs: u64,
    seconds: Option<u64>,
    seed: u64,
    def: Option<String>,
    folder: Option<PathBuf>,
    limit: u64,
    show: bool,
    keep: PathBuf,
    dir: PathBuf,
}

fn settings() -> Result<Settings, String> {
    let list = |text: String| text.split(',').map(|t| t.trim().to_string()).collect::<Vec<_>>();
    let mut out = Settings {
        engines: list("reference,duckdb,postgres".to_string()),
        only: list("random,cases,examples".to_string()),
        programs: 50,
        seconds: None,
        seed: 0,
        def: None,
        folder: None,
        limit: 60,
        show: false,
        keep: Path::new(env!("CARGO_MANIFEST_DIR")).join("../target/agree"),
        dir: environment::cache(),
    };
    let mut seed = None;
    let mut args = std::env::args().skip(1);
    while let Some(option) = args.next() {
        let mut value = || args.next().ok_or_else(|| format!("`{option}` needs a value\n\n{USAGE}"));
        let number = |text: String| text.parse::<u64>().map_err(|_| format!("`{text}` is no number"));
        match option.as_str() {
            "--engines" => out.engines = list(value()?),
            "--only" => out.only = list(value()?),
            "--programs" => out.programs = number(value()?)?,
            "--seconds" => out.seconds = Some(number(value()?)?),
            "--seed" => seed = Some(number(value()?)?),
            "--def" => out.def = Some(value()?),
            "--folder" => out.folder = Some(PathBuf::from(value()?)),
            "--limit" => out.limit = number(value()?)?,
            "--keep" => out.keep = PathBuf::from(value()?),
            "--dir" => out.dir = PathBuf::from(value()?),
            "--show" => out.show = true,
            _ => return Err(USAGE.to_string()),
        }
    }
    if out.engines.iter().any(|e| e == "all") {
        out.engines = [reference::NAME].into_iter().chain(environment::names()).map(str::to_string).collect();
    }
    let now = || std::time::UNIX_EPOCH.elapsed().map_or(0, |d| d.as_secs());
    // Far from the seeds that are tried by number.
    out.seed = seed.unwrap_or_else(|| if out.seconds.is_some() { now() * 1_000 } else { 0 });
    Ok(out)
}

/// The programs, one after the other; random ones come last.
fn programs(settings: &Settings, until: Option<Instant>) -> Box<dyn Iterator<Item = Program> + '_> {
    if let Some(folder) = &settings.folder {
        return Box::new(Program::folder(folder).into_iter());
    }
    if let Some(def) = &settings.def {
        return Box::new(Program::alone(settings.seed, def).into_iter());
    }
    let is = |name: &str| settings.only.iter().any(|o| o == name);
    let examples = if is("examples") { Program::examples() } else { Vec::new() };
    let cases = if is("cases") { Program::cases() } else { Vec::new() };
    let many = match (is("random"), until) {
        (false, _) => 0,
        (true, Some(_)) => u64::MAX - settings.seed,
        (true, None) => settings.programs,
    };
    let seeds = (settings.seed..settings.seed + many).take_while(move |_| until.is_none_or(|t| Instant::now() < t));
    Box::new(examples.into_iter().chain(cases).chain(seeds.filter_map(|seed| Program::random(seed, &|_| true))))
}

/// Says what differs.
fn report(program: &Program, engine: &str, wrong: &[Difference], show: bool) {
    for d in wrong.iter().take(4) {
        let place = format!("{}, {engine}, {}: {}", program.name, d.statement, d.place);
        println!("{place}\n  {engine}: {}\n  native: {}", d.engine, d.native);
    }
    if wrong.len() > 4 {
        println!("  and {} more", wrong.len() - 4);
    }
    if show && let Some(first) = wrong.first() {
        println!("{}\n{}", program.text(), first.sql);
    }
}

/// Writes down what differs: the program as a folder that runs, if it is random the definition alone; and the statement.
fn keep(settings: &Settings, program: &Program, engine: &str, wrong: &Difference) -> std::io::Result<PathBuf> {
    let name: String =
        format!("{} {engine}", program.name).chars().map(|c| if c.is_alphanumeric() { c } else { '-' }).collect();
    let folder = settings.keep.join(name);
    let alone = program.seed.zip(wrong.def.as_ref()).and_then(|(seed, def)| Program::alone(seed, def));
    alone.as_ref().unwrap_or(program).write(&folder)?;
    std::fs::write(folder.join("statement.sql"), &wrong.sql)?;
    let said = format!(
        "{}: {}\n{engine}: {}\nnative: {}\n\ncargo run -p xtask -- agree --engines {engine} --folder {}\n",
        wrong.statement,
        wrong.place,
        wrong.engine,
        wrong.native,
        folder.display()
    );
    std::fs::write(folder.join("difference.txt"), said)?;
    Ok(folder)
}

#[derive(Default)]
struct Sum {
    lexicons: usize,
    answers: usize,
    different: usize,
    left: Vec<String>,
}

fn run() -> Result<bool, String> {
    let settings = settings()?;
    let others: Vec<String> = settings.engines.iter().filter(|e| *e != reference::NAME).cloned().collect();
    let asks_reference = others.len() < settings.engines.len();
    let python = environment::python(&settings.dir, &others)?;
    // Servers end after the engines that ask them.
    let mut servers = Vec::new();
    let mut engines = Vec::new();
    for name in &others {
        let mut variables = environment::variables(name);
        if name == "postgres" {
            let started = environment::Server::start()?;
            variables.push(("LEAD_AGREE_POSTGRES".to_string(), started.connection()));
            servers.push(started);
        }
        engines.push(Engine::new(name, &python, &variables, settings.limit));
    }
    let started = Instant::now();
    let until = settings.seconds.map(|s| started + Duration::from_secs(s));
    let mut sums: BTreeMap<String, Sum> = BTreeMap::new();
    let mut asked = 0;
    // Panics of the reference interpreter are answers here, not noise.
    std::panic::set_hook(Box::new(|_| {}));
    for program in programs(&settings, until) {
        asked += 1;
        let found = compare(&program, &mut engines, asks_reference).map_err(|e| format!("{}: {e}", program.name))?;
        for (engine, outcome) in found {
            let sum = sums.entry(engine.clone()).or_default();
            match outcome {
                Outcome::Agree(count) => {
                    sum.answers += count;
                    sum.lexicons += 1;
                }
                Outcome::Left(why) => sum.left.push(format!("{}, {engine}: {why}", program.name)),
                Outcome::Differ(wrong) => {
                    sum.different += 1;
                    report(&program, &engine, &wrong, settings.show);
                    if let Some(first) = wrong.first() {
                        let folder = keep(&settings, &program, &engine, first).map_err(|e| e.to_string())?;
                        println!("  written to {}", folder.display());
                    }
                }
            }
        }
    }
    drop(engines);
    sums.values().flat_map(|s| &s.left).for_each(|l| println!("not asked: {l}"));
    for (engine, sum) in &sums {
        let (equal, left) = (sum.lexicons, sum.left.len());
        println!(
            "{engine}: {equal} lexicons with {} answers equal, {left} not asked, {} different",
            sum.answers, sum.different
        );
    }
    println!("{asked} lexicons in {:.0} s", started.elapsed().as_secs_f64());
    if settings.seconds.is_some() {
        println!("seeds from {}", settings.seed);
    }
    Ok(sums.values().all(|s| s.different == 0))
}

fn main() -> ExitCode {
    ended(run())
}
