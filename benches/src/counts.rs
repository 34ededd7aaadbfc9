//! Instructions of the parser, the checker, the evaluator's kernels and a run, counted by callgrind: the same on a busy machine as on an idle one.
//!
//! They differ between compilers and between kinds of processors, so a record names its compiler.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;
use std::process::Command;

use lead_project::Project;
use serde_json::{Value, json};

use crate::checker::DEFINITIONS;
use crate::generate::Failure;
use crate::lexicon::lexicon;
use crate::options::{Options, build, root};
use crate::speed;

/// By how many hundredths a count may grow before it is flagged.
const MARGIN: u64 = 5;
const CONTACTS: u64 = 2_000;
/// How often a kernel is run: what differs between two processes weighs little then.
const TIMES: u64 = 20;

/// Counts; records, or with `--check` compares.
pub fn counts(options: &Options) -> Result<(), Failure> {
    if Command::new("valgrind").arg("--version").output().is_err() {
        println!("nothing is counted: valgrind is not installed");
        return Ok(());
    }
    let counted = count_all()?;
    let path = root().join("benches/counts.json");
    let compiler = compiler()?;
    if options.check {
        let recorded: Value = serde_json::from_str(&fs::read_to_string(&path)?)?;
        return compare(&recorded, &counted, &compiler);
    }
    for (name, count) in &counted {
        println!("{count:>15}  {name}");
    }
    let text = serde_json::to_string_pretty(&json!({ "compiler": compiler, "instructions": counted }))?;
    fs::write(&path, text + "\n")?;
    Ok(())
}

fn compiler() -> Result<String, Failure> {
    let rustc = std::env::var_os("RUSTC").unwrap_or_else(|| "rustc".into());
    let said = String::from_utf8(Command::new(rustc).arg("--version").current_dir(root()).output()?.stdout)?;
    let version = said.split_whitespace().take(2).collect::<Vec<_>>().join(" ");
    Ok(format!("{version}, {}", std::env::consts::ARCH))
}

fn count_all() -> Result<BTreeMap<String, u64>, Failure> {
    let kernels = build("lead-benches", "kernels")?;
    let folder = tempfile::tempdir()?;
    let large = folder.path().join("large.lead");
    fs::write(&large, lexicon(DEFINITIONS))?;
    let data = folder.path().join("data");
    speed::make_data(CONTACTS, &data, &[])?;
    let mut counted = BTreeMap::new();
    for (name, kernel) in [
        ("parse 10,000 definitions", "parse"),
        ("format 10,000 definitions", "format"),
        ("check 10,000 definitions", "check"),
    ] {
        counted.insert(name.to_owned(), count(&kernels, &[Path::new(kernel), &large])?);
    }
    let lexicon = root().join("benches/lexicons/kernels");
    let project = Project::open(&lexicon).map_err(|_| "the lexicon of the kernels cannot be read")?;
    for def in &project.lexicon.defs {
        let name = def.name.text.as_str();
        let times = |n: u64| {
            let n = n.to_string();
            count(&kernels, &[Path::new("evaluate"), &lexicon, Path::new(name), Path::new(&n)])
        };
        counted.insert(format!("evaluate: {name}"), times(TIMES + 1)?.saturating_sub(times(1)?) / TIMES);
    }
    for format in ["csv", "parquet"] {
        let lexicon = folder.path().join(format);
        speed::lexicon("W2", format, &lexicon)?;
        let args = [Path::new("run"), &lexicon, &data.join(format)];
        counted.insert(format!("run W2 on {CONTACTS} contacts, {format}"), count(&kernels, &args)?);
    }
    Ok(counted)
}

/// Instructions of a whole process.
fn count(kernels: &Path, args: &[&Path]) -> Result<u64, Failure> {
    let output = Command::new("valgrind")
        .args(["--tool=callgrind", "--callgrind-out-file=/dev/null"])
        .arg(kernels)
        .args(args)
        .output()?;
    let said = String::from_utf8_lossy(&output.stderr);
    let counted = said.lines().find_map(|l| l.split_once("Collected : ")?.1.trim().parse().ok());
    match counted {
        Some(count) if output.status.success() => Ok(count),
        _ => Err(format!("{} cannot be counted:\n{said}", args[0].display()).into()),
    }
}

/// Says how each count has changed; an error where one has grown too much.
fn compare(recorded: &Value, counted: &BTreeMap<String, u64>, compiler: &str) -> Result<(), Failure> {
    let with = recorded["compiler"].as_str().unwrap_or_default();
    if with != compiler {
        println!("recorded with {with}, counted with {compiler}: a difference may come from there");
    }
    let mut grown = Vec::new();
    for (name, count) in counted {
        let Some(before) = recorded["instructions"][name].as_u64() else {
            grown.push(format!("`{name}` is not recorded"));
            continue;
        };
        let change = *count as f64 / before.max(1) as f64 - 1.0;
        println!("{:+6.1} %  {name}", change * 100.0);
        if count * 100 > before * (100 + MARGIN) {
            grown.push(format!(
                "`{name}` takes {:.1} % more instructions: {before} before, {count} now",
                change * 100.0
            ));
        }
    }
    if grown.is_empty() {
        return Ok(());
    }
    grown.push("`cargo run --release -p xtask -- counts` records them as they are now".to_owned());
    Err(grown.join("\n").into())
}

#[cfg(test)]
mod tests {
    use super::compare;
    use serde_json::json;
    use std::collections::BTreeMap;

    fn said(now: u64) -> Option<String> {
        let recorded = json!({ "compiler": "c", "instructions": { "parse": 1000 } });
        compare(&recorded, &BTreeMap::from([("parse".to_owned(), now)]), "c").err().map(|e| e.to_string())
    }

    #[test]
    fn growth_beyond_the_margin_is_named() {
        assert_eq!(said(1050), None);
        assert_eq!(said(400), None);
        assert!(said(1051).is_some_and(|s| s.contains("`parse` takes 5.1 % more")));
    }
}
