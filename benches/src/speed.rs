//! `lead run` and its peers on the same files, alternating, whole processes, answers compared.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use crate::digest::{self, Digest};
use crate::generate::{Failure, contacts_of_size};
use crate::options::{Options, root};
use crate::peers::{Case, Environment, Peer};
use crate::process::{Measured, measure};
use crate::report::{Engine, Outcome};
use crate::{record, report};

/// What `lead run` is asked for: what the peers answer, and no helper besides.
pub fn wanted(work: &str) -> &'static [&'static str] {
    match work {
        "W1" => &["lead"],
        _ => &[
            "visitor",
            "anonymous lead",
            "lead",
            "prospect",
            "qualified prospect",
            "unengaged",
            "reconverter",
            "score",
            "anonymous company",
            "prospect company",
            "data qualified",
            "target company",
            "company propensity",
            "has project",
            "has qualified project",
            "data qualified company",
            "anonymous company lead",
            "prospect account",
            "propensity",
            "company project",
            "qualified company project",
            "contacts per source",
            "leads per source",
            "prospects per source",
            "prospect rate",
        ],
    }
}

/// Measures all that was asked for, prints it, and records it if told to.
pub fn speed(options: &Options) -> Result<(), Failure> {
    let lead = options.lead_binary()?;
    let environment = Environment::ready(&options.dir, &options.peers)?;
    let mut outcomes = Vec::new();
    for size in &options.sizes {
        let data = data_folder(options, size)?;
        for work in &options.works {
            for format in &options.formats {
                let data = tables(&data, format)?;
                let case = Case { work, format, data: &data, threads: options.threads };
                let outcome = compare(options, &lead, &environment, size, &case)?;
                println!("{}", report::table(std::slice::from_ref(&outcome)));
                outcomes.push(outcome);
            }
        }
    }
    let text = report::whole(&outcomes, &environment, options);
    println!("{text}");
    if options.record {
        record::write("docs/performance.md", "speed", &text)?;
    }
    Ok(())
}

/// The tables of a size; made by a child process if they are not there.
pub fn data_folder(options: &Options, size: &str) -> Result<PathBuf, Failure> {
    if let Some(data) = &options.data {
        return Ok(data.canonicalize()?);
    }
    let folder = options.dir.join("data").join(size);
    if !folder.exists() {
        let contacts = contacts_of_size(size).unwrap_or_default();
        eprintln!("making the data of size {size} …");
        fs::create_dir_all(options.dir.join("data"))?;
        make_data(contacts, &folder, &[])?;
    }
    Ok(folder)
}

/// Makes tables in a process of its own, in these formats; in all of them if none is named.
pub fn make_data(contacts: u64, folder: &Path, formats: &[&str]) -> Result<(), Failure> {
    let made = Command::new(std::env::current_exe()?)
        .args(["data", &contacts.to_string()])
        .arg(folder)
        .args(formats)
        .status()?;
    if made.success() { Ok(()) } else { Err("the data cannot be made".into()) }
}

/// The folder of the tables in one format.
pub fn tables(data: &Path, format: &str) -> Result<PathBuf, Failure> {
    let names: &[&str] = if format == "csv" { &["csv"] } else { &["parquet", "zstd"] };
    let found = names.iter().map(|n| data.join(n)).find(|f| f.is_dir());
    found.ok_or_else(|| format!("no folder {} in {}", names.join(" or "), data.display()).into())
}

/// The lexicon of a piece of work, its sources named as the format has them.
pub fn lexicon(work: &str, format: &str, folder: &Path) -> Result<(), Failure> {
    fs::create_dir_all(folder)?;
    for entry in fs::read_dir(root().join("benches/lexicons").join(work.to_lowercase()))? {
        let entry = entry?;
        let text = fs::read_to_string(entry.path())?;
        fs::write(folder.join(entry.file_name()), text.replace(".parquet\"", &format!(".{format}\"")))?;
    }
    Ok(())
}

/// The lexicon of a piece of work in its place.
pub fn lexicon_folder(options: &Options, work: &str, format: &str) -> Result<PathBuf, Failure> {
    let folder = options.dir.join("lexicons").join(format!("{work}-{format}"));
    lexicon(work, format, &folder)?;
    Ok(folder)
}

/// `lead run` as it is measured.
pub fn asked(lead: &Path, lexicon: &Path, case: &Case<'_>, output: &Path) -> Command {
    let mut command = Command::new(lead);
    command.arg("run").arg(lexicon).args(["--format", case.format, "--threads", &case.threads.to_string()]);
    command.arg("--data").arg(case.data).arg("--output").arg(output);
    command.args(["--only", &wanted(case.work).join(",")]);
    if case.work == "W1" {
        // The others write no records but those for which the rule holds.
        command.args(["--where", "lead"]);
    }
    command
}

/// An empty folder for answers; what was written before is on disk.
pub fn emptied(options: &Options, name: &str) -> Result<PathBuf, Failure> {
    let output = options.dir.join("answers").join(name);
    let _ = fs::remove_dir_all(&output);
    fs::create_dir_all(&output)?;
    settle();
    Ok(output)
}

/// One piece of work by all engines: once to warm up and compare answers, then round by round.
fn compare(
    options: &Options,
    lead: &Path,
    environment: &Environment,
    size: &str,
    case: &Case<'_>,
) -> Result<Outcome, Failure> {
    eprintln!("{} {} {size} …", case.work, case.format);
    let folder = lexicon_folder(options, case.work, case.format)?;
    let ours = |output: &Path| asked(lead, &folder, case, output);
    let emptied = |name: &str| emptied(options, name);

    let output = emptied("lead")?;
    measure(&mut ours(&output))?;
    let right = digest_of(&output)?;
    let mut peers: Vec<(&'static Peer, Engine)> = Vec::new();
    for (peer, _) in &environment.peers {
        let output = emptied(peer.name)?;
        if let Err(failure) = measure(&mut environment.run(peer, case, &output)) {
            eprintln!("{} is left out here: {failure}", peer.title);
            continue;
        }
        let differences = digest::differences(&right, &digest_of(&output)?);
        if !differences.is_empty() {
            let listed = differences.join("\n  ");
            return Err(format!("lead and {} give other answers:\n  {listed}", peer.title).into());
        }
        peers.push((peer, Engine::new(peer.title)));
    }

    let mut ours_measured: Vec<Measured> = Vec::new();
    for _ in 0..options.runs {
        ours_measured.push(measure(&mut ours(&emptied("lead")?))?);
        for (peer, engine) in &mut peers {
            engine.starts.push(measure(&mut environment.start(peer))?);
            engine.runs.push(measure(&mut environment.run(peer, case, &emptied(peer.name)?))?);
        }
    }
    let _ = fs::remove_dir_all(options.dir.join("answers"));
    Ok(Outcome {
        size: size.to_owned(),
        work: case.work.to_owned(),
        format: case.format.to_owned(),
        lead: ours_measured,
        peers: peers.into_iter().map(|p| p.1).collect(),
    })
}

/// Brings to disk what the engine before has written, so that none waits for the writing of another.
fn settle() {
    #[cfg(unix)]
    let _ = Command::new("sync").status();
}

/// Answers boiled down, by a process of its own.
pub fn digest_of(folder: &Path) -> Result<Digest, Failure> {
    let output = Command::new(std::env::current_exe()?).arg("digest").arg(folder).output()?;
    if !output.status.success() {
        return Err(format!("answers cannot be read: {}", String::from_utf8_lossy(&output.stderr)).into());
    }
    Ok(serde_json::from_slice(&output.stdout)?)
}
