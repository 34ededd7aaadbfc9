//! Measurements as tables: medians of the rounds, and medians of the ratios within each round.

use std::fmt::Write;

use crate::machine;
use crate::options::Options;
use crate::peers::Environment;
use crate::process::{Measured, median};

/// A peer's measurements, one per round.
#[derive(Debug)]
pub struct Engine {
    pub title: &'static str,
    pub runs: Vec<Measured>,
    /// Python started and the engine loaded, and no more.
    pub starts: Vec<Measured>,
}

impl Engine {
    /// Nothing measured yet.
    pub fn new(title: &'static str) -> Engine {
        Engine { title, runs: Vec::new(), starts: Vec::new() }
    }
}

/// One piece of work, measured.
#[derive(Debug)]
pub struct Outcome {
    pub size: String,
    pub work: String,
    pub format: String,
    pub lead: Vec<Measured>,
    pub peers: Vec<Engine>,
}

/// The median over the rounds.
pub fn middle(runs: &[Measured], of: impl Fn(&Measured) -> f64) -> f64 {
    median(runs.iter().map(of).collect())
}

/// The median over the rounds of theirs by ours.
pub fn times(theirs: &[Measured], ours: &[Measured], of: impl Fn(&Measured) -> f64) -> f64 {
    median(theirs.iter().zip(ours).map(|(t, o)| of(t) / of(o).max(1e-9)).collect())
}

/// A peer's rounds less what starting Python took.
fn without_start(engine: &Engine) -> Vec<Measured> {
    let less = |(run, start): (&Measured, &Measured)| Measured {
        wall: (run.wall - start.wall).max(0.0),
        processor: (run.processor - start.processor).max(0.0),
        memory: run.memory,
    };
    engine.runs.iter().zip(&engine.starts).map(less).collect()
}

const HEADER: &str = "\
| work | files | size | engine | seconds | processor | MiB | times the wall | without start-up | times the processor | lead's memory to theirs |
| --- | --- | --- | --- | --: | --: | --: | --: | --: | --: | --: |
";

/// A row per engine.
pub fn table(outcomes: &[Outcome]) -> String {
    let mut out = HEADER.to_owned();
    for o in outcomes {
        let case = format!("| {} | {} | {} |", o.work, files(&o.format), o.size);
        let absolute = |runs: &[Measured]| {
            let of = |f: fn(&Measured) -> f64| middle(runs, f);
            format!("{:.2} | {:.2} | {:.0}", of(|m| m.wall), of(|m| m.processor), of(|m| m.memory))
        };
        let _ = writeln!(out, "{case} **lead** | {} | | | | |", absolute(&o.lead));
        for peer in &o.peers {
            let bare = without_start(peer);
            let _ = writeln!(
                out,
                "{case} {} | {} | {:.2} | {:.2} | {:.2} | {:.2} |",
                peer.title,
                absolute(&peer.runs),
                times(&peer.runs, &o.lead, |m| m.wall),
                times(&bare, &o.lead, |m| m.wall),
                times(&peer.runs, &o.lead, |m| m.processor),
                1.0 / times(&peer.runs, &o.lead, |m| m.memory),
            );
        }
    }
    out
}

/// Files of a format, as people write it.
pub fn files(format: &str) -> &str {
    if format == "csv" { "CSV" } else { "Parquet" }
}

/// How much faster than the fastest peer a piece of work is to be, and with how much of its memory.
fn goal(o: &Outcome) -> Option<(f64, Option<f64>)> {
    match (o.size.as_str(), o.work.as_str(), o.format.as_str()) {
        ("S", ..) => Some((1.0, None)),
        ("M", "W2", "parquet") => Some((3.0, Some(0.4))),
        ("M", "W2", _) => Some((5.0, None)),
        ("M", "W1", "parquet") => Some((1.5, None)),
        ("M", "W1", _) => Some((4.0, None)),
        _ => None,
    }
}

/// Against the fastest peer of each piece of work, and the goal.
fn against_the_fastest(outcomes: &[Outcome]) -> String {
    let mut out = String::from(
        "| work | files | size | fastest peer | times its speed | goal | of its memory | goal |\n| --- | --- | --- | --- | --: | --: | --: | --: |\n",
    );
    for o in outcomes {
        let fastest = o.peers.iter().min_by(|a, b| middle(&a.runs, |m| m.wall).total_cmp(&middle(&b.runs, |m| m.wall)));
        let Some(peer) = fastest else { continue };
        let (speed, memory) = goal(o).map_or((None, None), |(s, m)| (Some(s), m));
        let shown = |goal: Option<f64>| goal.map_or(String::new(), |g| format!("{g}"));
        let _ = writeln!(
            out,
            "| {} | {} | {} | {} | {:.2} | {} | {:.2} | {} |",
            o.work,
            files(&o.format),
            o.size,
            peer.title,
            times(&peer.runs, &o.lead, |m| m.wall),
            shown(speed),
            1.0 / times(&peer.runs, &o.lead, |m| m.memory),
            shown(memory),
        );
    }
    out
}

/// All that was measured, with how and on what.
pub fn whole(outcomes: &[Outcome], environment: &Environment, options: &Options) -> String {
    let versions: Vec<String> = environment.peers.iter().map(|(p, v)| format!("{} {v}", p.title)).collect();
    let versions = if versions.is_empty() { String::new() } else { format!("; {}", versions.join(", ")) };
    let mut out = format!(
        "{}; {} threads for every engine; medians of {} rounds{versions}.\n\n{}",
        machine::described(),
        options.threads,
        options.runs,
        table(outcomes)
    );
    if outcomes.iter().any(|o| !o.peers.is_empty()) {
        let _ = write!(out, "\n{}", against_the_fastest(outcomes));
    }
    out
}
