//! What happens when things go wrong: little memory, a full disk, an export that loses its end, a run that is killed. Each
//! case says what it saw, and is an error where that is not what a user may rely on.

use std::collections::BTreeMap;
use std::fs::{self, File};
use std::hash::{DefaultHasher, Hash, Hasher};
use std::io::Read;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};
use std::thread::sleep;
use std::time::{Duration, Instant};

use crate::generate::Failure;
use crate::options::Options;
use crate::process::measure;
use crate::speed::{data_folder, lexicon, tables};

/// What data that cannot be used end with.
const DATA: i32 = 3;

/// Runs all cases on the first size asked for.
pub fn soak(options: &Options) -> Result<(), Failure> {
    if !cfg!(unix) {
        println!("nothing is tried: limits and mounts are those of Unix");
        return Ok(());
    }
    let size = options.sizes.first().map_or("S", String::as_str);
    let place = tempfile::tempdir_in(&options.dir)?;
    let bench = Bench {
        lead: options.lead_binary()?,
        data: data_folder(options, size)?,
        place: place.path().to_owned(),
        threads: options.threads,
    };
    for format in &options.formats {
        lexicon("W2", format, &bench.lexicon(format))?;
        little_memory(&bench, size, format, options.limit)?;
    }
    let format = options.formats.first().map_or("parquet", String::as_str);
    full_disk(&bench, format)?;
    for format in &options.formats {
        lost_end(&bench, format)?;
    }
    killed(&bench, format)
}

struct Bench {
    lead: PathBuf,
    data: PathBuf,
    /// For all that is written.
    place: PathBuf,
    threads: usize,
}

impl Bench {
    fn lexicon(&self, format: &str) -> PathBuf {
        self.place.join(format!("W2-{format}"))
    }

    fn run(&self, format: &str, data: &Path, output: Option<&Path>) -> Command {
        let mut command = Command::new(&self.lead);
        command.arg("run").arg(self.lexicon(format)).args(["--threads", &self.threads.to_string()]);
        command.arg("--data").arg(data);
        if let Some(output) = output {
            command.args(["--format", "csv", "--output"]).arg(output);
        }
        command.stdin(Stdio::null());
        command
    }
}

fn expect(holds: bool, what: &str, saw: &Output) -> Result<(), Failure> {
    let said = String::from_utf8_lossy(&saw.stderr);
    if holds { Ok(()) } else { Err(format!("{what}, but it ended with {}:\n{said}", saw.status).into()) }
}

fn last_line(output: &Output) -> String {
    let said = String::from_utf8_lossy(&output.stderr);
    let errors = said.lines().rfind(|l| l.contains("error")).or(said.lines().next_back());
    errors.unwrap_or("nothing").trim().to_owned()
}

/// The names of all files of a folder, hidden ones too, and what stands for their bytes.
fn bytes_of(folder: &Path) -> Result<BTreeMap<String, u64>, Failure> {
    let mut found = BTreeMap::new();
    for entry in fs::read_dir(folder)? {
        let entry = entry?;
        let mut hash = DefaultHasher::new();
        if entry.file_type()?.is_file() {
            let mut file = File::open(entry.path())?;
            let mut buffer = vec![0; 1 << 20];
            loop {
                let n = file.read(&mut buffer)?;
                if n == 0 {
                    break;
                }
                buffer[..n].hash(&mut hash);
            }
        }
        found.insert(entry.file_name().to_string_lossy().into_owned(), hash.finish());
    }
    Ok(found)
}

/// A whole run with so much address space and no more.
fn little_memory(bench: &Bench, size: &str, format: &str, limit: u64) -> Result<(), Failure> {
    let output = bench.place.join("limited");
    let run = bench.run(format, &tables(&bench.data, format)?, Some(&output));
    let mut limited = Command::new("sh");
    limited.arg("-c").arg(format!("ulimit -v {} && exec \"$@\"", limit << 10)).arg("sh");
    limited.arg(run.get_program()).args(run.get_args());
    let took = measure(&mut limited)?;
    println!(
        "memory     W2, {format}, size {size}, at most {limit} MiB of address space: answered in {:.1} s, {:.0} MiB at most in use",
        took.wall, took.memory
    );
    fs::remove_dir_all(&output)?;
    Ok(())
}

/// Output to a file system that is too small for it, and to a device that is full.
fn full_disk(bench: &Bench, format: &str) -> Result<(), Failure> {
    let data = tables(&bench.data, format)?;
    let mut full = bench.run(format, &data, None);
    full.arg("--json").stdout(File::create("/dev/full")?).stderr(Stdio::piped());
    let ran = full.spawn()?.wait_with_output()?;
    expect(ran.status.code() == Some(DATA), "a full device ends a run with 3", &ran)?;
    println!("full       standard output: {}", last_line(&ran));

    let small = bench.place.join("small");
    fs::create_dir_all(&small)?;
    let mounted = Command::new("mount").args(["-t", "tmpfs", "-o", "size=1m", "tmpfs"]).arg(&small).output();
    if !mounted.is_ok_and(|m| m.status.success()) {
        println!("full       file system: not tried, as nothing can be mounted here");
        return Ok(());
    }
    let tried = full_file_system(bench, format, &data, &small.join("answers"));
    let _ = Command::new("umount").arg(&small).status();
    tried
}

fn full_file_system(bench: &Bench, format: &str, data: &Path, output: &Path) -> Result<(), Failure> {
    let first = bench.run(format, data, Some(output)).args(["--only", "contacts per source"]).output()?;
    expect(first.status.success(), "a small table fits", &first)?;
    let before = bytes_of(output)?;
    let ran = bench.run(format, data, Some(output)).output()?;
    expect(ran.status.code() == Some(DATA), "a full file system ends a run with 3", &ran)?;
    if bytes_of(output)? != before {
        return Err("a full file system changed the answers of the run before".into());
    }
    println!(
        "full       file system of 1 MB: {}; the answers of the run before are whole, nothing else is left",
        last_line(&ran)
    );
    Ok(())
}

/// An export that is cut in half while it is read.
fn lost_end(bench: &Bench, format: &str) -> Result<(), Failure> {
    let tables = tables(&bench.data, format)?;
    let copy = bench.place.join(format!("cut-{format}"));
    fs::create_dir_all(&copy)?;
    let name = format!("events.{format}");
    for entry in fs::read_dir(&tables)? {
        let entry = entry?;
        fs::copy(entry.path(), copy.join(entry.file_name()))?;
    }
    let output = bench.place.join("of-half");
    // How long a run takes is not known: cut ever earlier until one is hit in the middle.
    let start = Instant::now();
    let whole = bench.run(format, &copy, Some(&output)).output()?;
    expect(whole.status.success(), "an export that is whole is answered", &whole)?;
    let took = start.elapsed();
    let before = bytes_of(&output)?;
    for part in [2, 3, 4, 6, 10, 20] {
        fs::copy(tables.join(&name), copy.join(&name))?;
        let mut command = bench.run(format, &copy, Some(&output));
        let child = command.stdout(Stdio::null()).stderr(Stdio::piped()).spawn()?;
        sleep(took / part);
        let file = File::options().write(true).open(copy.join(&name))?;
        file.set_len(file.metadata()?.len() / 2)?;
        let ran = child.wait_with_output()?;
        if ran.status.success() {
            continue;
        }
        expect(ran.status.code() == Some(DATA), "an export that loses its end ends a run with 3", &ran)?;
        let said = String::from_utf8_lossy(&ran.stderr);
        expect(said.contains(&name), "the export is named", &ran)?;
        if bytes_of(&output)? != before {
            return Err("an export that lost its end changed the answers of the run before".into());
        }
        let cause = said.lines().find(|l| l.contains(&name)).unwrap_or_default().trim();
        println!("cut        {name}, after {:.2} s: {cause}", (took / part).as_secs_f64());
        fs::remove_dir_all(&copy)?;
        fs::remove_dir_all(&output)?;
        return Ok(());
    }
    Err(format!("`{name}` was always read before it was cut, or its end is not missed").into())
}

/// A run that is killed while it writes, and the next one.
fn killed(bench: &Bench, format: &str) -> Result<(), Failure> {
    let data = tables(&bench.data, format)?;
    let output = bench.place.join("answers");
    let first = bench.run(format, &data, Some(&output)).output()?;
    expect(first.status.success(), "a run that is left alone answers", &first)?;
    let before = bytes_of(&output)?;
    let hidden = |names: &BTreeMap<String, u64>| names.keys().filter(|n| n.starts_with(".lead-")).count();
    for _ in 0..5 {
        let mut child = bench.run(format, &data, Some(&output)).stdout(Stdio::null()).stderr(Stdio::null()).spawn()?;
        while child.try_wait()?.is_none() && hidden(&names_of(&output)?) == 0 {
            sleep(Duration::from_millis(1));
        }
        child.kill()?;
        if child.wait()?.success() {
            continue;
        }
        let mut after = bytes_of(&output)?;
        let left = hidden(&after);
        after.retain(|name, _| !name.starts_with(".lead-"));
        if after != before {
            return Err("a run that was killed changed the answers of the run before".into());
        }
        let next = bench.run(format, &data, Some(&output)).output()?;
        expect(next.status.success(), "the run after one that was killed answers", &next)?;
        if bytes_of(&output)? != before {
            return Err("the run after one that was killed does not leave the same answers and nothing else".into());
        }
        println!(
            "killed     while writing: the answers before are whole; it left {left} hidden folder, the next run removed it"
        );
        return Ok(());
    }
    Err("no run could be killed while it was writing: take a larger size".into())
}

/// The names in a folder alone.
fn names_of(folder: &Path) -> Result<BTreeMap<String, u64>, Failure> {
    fs::read_dir(folder)?.map(|e| Ok((e?.file_name().to_string_lossy().into_owned(), 0))).collect()
}
