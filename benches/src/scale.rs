//! How cost grows with the data: W2 over Parquet as `lead run`, as statements of `lead compile` in DuckDB, and as the folder of
//! `lead compile --spark`; whole processes, answers compared.

use std::fmt::Write;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use crate::digest::differences;
use crate::generate::{Failure, contacts_of_size};
use crate::options::Options;
use crate::peers::Environment;
use crate::process::{Measured, measure, measure_tree, median};
use crate::speed::{digest_of, lexicon, make_data, wanted};
use crate::{machine, record};

/// Events of a contact, on average.
const EVENTS_PER_CONTACT: u64 = 20;
const MILLION: u64 = 1_000_000;

/// From here on one round is enough: a run takes long, and differs little from the next.
const LARGE: u64 = 100;

/// Spark is not asked where the size before says that it would take more seconds: an hour.
const PATIENCE: f64 = 3600.0;

/// The as-of time of the lexicon.
const AS_OF: &str = "2026-07-01T00:00";

/// An engine at a size.
struct Row {
    millions: u64,
    engine: &'static str,
    /// None where it was not asked.
    runs: Vec<Measured>,
    /// Seconds by what the size before took, where it was not asked.
    expected: f64,
}

impl Row {
    fn middle(&self, of: impl Fn(&Measured) -> f64) -> f64 {
        median(self.runs.iter().map(of).collect())
    }
}

/// What is run: the binary, the environment of the engines, the statements.
struct Work<'a> {
    options: &'a Options,
    lead: PathBuf,
    environment: Environment,
    lexicon: PathBuf,
    statements: PathBuf,
    folder: PathBuf,
}

/// Measures all that was asked for, prints it, and records it if told to.
pub fn scale(options: &Options) -> Result<(), Failure> {
    let lead = options.lead_binary()?;
    let peers: Vec<String> = options.engines.iter().filter(|e| *e != "lead").cloned().collect();
    let environment = Environment::ready(&options.dir, &peers)?;
    let place = |name: &str| options.dir.join("scale").join(name);
    let (statements, folder) = (place("statements"), place("spark"));
    let lexicons = options.dir.join("lexicons/W2-parquet");
    let work = Work { options, lead, environment, lexicon: lexicons, statements, folder };
    work.compile()?;
    let mut rows: Vec<Row> = Vec::new();
    for millions in &options.events {
        work.size(*millions, &mut rows)?;
        println!("{}", table(&rows));
    }
    let versions: Vec<String> = work.environment.peers.iter().map(|(p, v)| format!("{} {v}", p.title)).collect();
    let text = format!(
        "{}; {} threads for every engine; lead {}{}.\n\n{}\n{}",
        machine::described(),
        options.threads,
        env!("CARGO_PKG_VERSION"),
        versions.iter().map(|v| format!(", {v}")).collect::<String>(),
        table(&rows),
        growth(&rows),
    );
    println!("{text}");
    if options.record {
        record::write("docs/scale.md", "scale", &text)?;
    }
    Ok(())
}

/// The tables of a size, as Parquet; made by a child process if they are not there.
fn tables(options: &Options, millions: u64) -> Result<PathBuf, Failure> {
    let contacts = millions * MILLION / EVENTS_PER_CONTACT;
    // Sizes with a name of their own may be there already.
    let named = ["S", "M", "L"].into_iter().find(|s| contacts_of_size(s) == Some(contacts));
    let named = named.map(|s| options.dir.join("data").join(s).join("parquet")).filter(|f| f.is_dir());
    if let Some(found) = named {
        return Ok(found);
    }
    let folder = options.dir.join("data").join(format!("{millions}M-events"));
    if !folder.exists() {
        eprintln!("making {millions} million events …");
        fs::create_dir_all(options.dir.join("data"))?;
        make_data(contacts, &folder, &["parquet"])?;
    }
    Ok(folder.join("parquet"))
}

fn emptied(folder: PathBuf) -> Result<PathBuf, Failure> {
    let _ = fs::remove_dir_all(&folder);
    fs::create_dir_all(&folder)?;
    Ok(folder)
}

impl Work<'_> {
    /// The lexicon, its statements for DuckDB, its folder for Spark.
    fn compile(&self) -> Result<(), Failure> {
        lexicon("W2", "parquet", &self.lexicon)?;
        let only = wanted("W2").join(",");
        let compile = |more: &[&str], to: PathBuf| -> Result<(), Failure> {
            let mut command = Command::new(&self.lead);
            command.arg("compile").arg(&self.lexicon).args(["--only", &only, "--as-of", AS_OF]).args(more).arg(to);
            measure(&mut command).map(|_| ())
        };
        compile(&["--dialect", "duckdb", "--output"], emptied(self.statements.clone())?)?;
        compile(&["--spark"], emptied(self.folder.clone())?)
    }

    /// An engine over the tables of a folder.
    fn command(&self, engine: &str, data: &Path, output: &Path) -> Command {
        let threads = self.options.threads;
        match engine {
            "lead" => {
                let mut command = Command::new(&self.lead);
                command.arg("run").arg(&self.lexicon).args(["--format", "parquet", "--as-of", AS_OF]);
                command.args(["--threads", &threads.to_string(), "--only", &wanted("W2").join(",")]);
                command.arg("--data").arg(data).arg("--output").arg(output);
                command
            }
            "duckdb" => {
                let mut command = self.environment.script("statements_duckdb.py");
                command.args([&self.statements, data, output]).arg(threads.to_string());
                command
            }
            _ => {
                let mut command = self.environment.submit();
                command.args(["--master", &format!("local[{threads}]"), "--driver-memory", "8g"]);
                let local = self.options.dir.join("scale/local");
                for setting in ["spark.ui.enabled=false", "spark.ui.showConsoleProgress=false", "spark.log.level=ERROR"]
                {
                    command.args(["--conf", setting]);
                }
                command.args(["--conf", &format!("spark.local.dir={}", local.display())]);
                command.arg(self.folder.join("main.py")).arg("--tables").arg(data).arg("--output").arg(output);
                command
            }
        }
    }

    /// All engines at one size: `lead` once to warm up, then in turns; the answers of the first round are compared.
    fn size(&self, millions: u64, rows: &mut Vec<Row>) -> Result<(), Failure> {
        let data = tables(self.options, millions)?;
        let answers = |engine: &str| emptied(self.options.dir.join("answers").join(engine));
        let output = answers("lead")?;
        eprintln!("{millions} million events: warming up …");
        measure(&mut self.command("lead", &data, &output))?;
        let right = digest_of(&output)?;
        let rounds = if millions >= LARGE { 1 } else { self.options.runs };
        let mut found: Vec<Row> = Vec::new();
        for engine in &self.options.engines {
            let title = title(engine);
            let before = rows.iter().rfind(|r| r.engine == title && !r.runs.is_empty());
            let expected = before.map_or(0.0, |r| r.middle(|m| m.wall) * millions as f64 / r.millions as f64);
            found.push(Row { millions, engine: title, runs: Vec::new(), expected });
        }
        for round in 0..rounds {
            for (engine, row) in self.options.engines.iter().zip(&mut found) {
                // A second round of Spark says little more, and takes long.
                if engine == "spark" && (round > 0 || row.expected > PATIENCE) {
                    continue;
                }
                eprintln!("{millions} million events: {}, round {} …", row.engine, round + 1);
                let output = answers(engine)?;
                let measured = measure_tree(&mut self.command(engine, &data, &output))?;
                eprintln!("  {:.1} s", measured.wall);
                if round == 0 {
                    let wrong = differences(&right, &digest_of(&output)?);
                    if !wrong.is_empty() {
                        return Err(format!("{} gives other answers:\n  {}", row.engine, wrong.join("\n  ")).into());
                    }
                }
                row.runs.push(measured);
            }
        }
        let _ = fs::remove_dir_all(self.options.dir.join("answers"));
        let _ = fs::remove_dir_all(self.options.dir.join("scale/local"));
        rows.extend(found);
        Ok(())
    }
}

fn title(engine: &str) -> &'static str {
    match engine {
        "lead" => "**lead**",
        "duckdb" => "DuckDB",
        _ => "Spark",
    }
}

/// A row per size and engine.
fn table(rows: &[Row]) -> String {
    let mut out = String::from(
        "| million events | engine | seconds | processor | MiB | seconds per million |\n| --: | --- | --: | --: | --: | --: |\n",
    );
    for row in rows {
        let start = format!("| {} | {} |", row.millions, row.engine);
        let _ = if row.runs.is_empty() {
            writeln!(out, "{start} about {:.0}, not run | | | |", row.expected)
        } else {
            let wall = row.middle(|m| m.wall);
            let (processor, memory) = (row.middle(|m| m.processor), row.middle(|m| m.memory));
            writeln!(out, "{start} {wall:.2} | {processor:.2} | {memory:.0} | {:.2} |", wall / row.millions as f64)
        };
    }
    out
}

/// From size to size: how many times the time and the memory.
fn growth(rows: &[Row]) -> String {
    let mut out = String::new();
    for (i, row) in rows.iter().enumerate() {
        let before = rows[..i].iter().rfind(|r| r.engine == row.engine && !r.runs.is_empty());
        let Some(before) = before.filter(|_| !row.runs.is_empty()) else { continue };
        let grown = |of: fn(&Measured) -> f64| row.middle(of) / before.middle(of);
        let _ = writeln!(
            out,
            "- {}, from {} to {} million: {:.1} times the time, {:.1} times the memory.",
            row.engine,
            before.millions,
            row.millions,
            grown(|m| m.wall),
            grown(|m| m.memory),
        );
    }
    out
}
