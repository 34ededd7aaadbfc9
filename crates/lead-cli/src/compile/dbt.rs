//! `lead compile --dbt DIR`: the files of a dbt project, put in place together.
//!
//! Invariant *own files alone*: a file that does not say in its first line that this command wrote it is neither replaced nor
//! removed, and then nothing is written at all.

use std::fs;
use std::io::{self, BufRead, BufReader, Read};
use std::path::{Path, PathBuf};

use lead_sql::dbt::{File, MARK};

use crate::staging;
use crate::terminal::{Failure, plain};

/// Where files of the project stand.
const FOLDERS: [&str; 4] = ["models/answers", "models/records", "models", "macros"];

/// Writes the files; gives their paths, and those of files of an earlier time that are gone.
pub fn write(folder: &Path, files: &[File]) -> Result<(Vec<PathBuf>, Vec<PathBuf>), Failure> {
    let fail = |path: &Path| {
        let path = path.display().to_string();
        move |e: io::Error| Failure::data(format!("`{path}` cannot be written: {}", plain(&e)))
    };
    let places: Vec<PathBuf> = files.iter().map(|f| folder.join(&f.path)).collect();
    for place in &places {
        refuse_own(folder, place)?;
    }
    fs::create_dir_all(folder).map_err(fail(folder))?;
    for below in FOLDERS {
        fs::create_dir_all(folder.join(below)).map_err(fail(&folder.join(below)))?;
    }
    let staged = staging::folder_in(folder).map_err(fail(folder))?;
    let beside = |i: usize| staged.path().join(i.to_string());
    for (i, (file, place)) in files.iter().zip(&places).enumerate() {
        fs::write(beside(i), &file.text).map_err(fail(place))?;
    }
    for (i, place) in places.iter().enumerate() {
        fs::rename(beside(i), place).map_err(fail(place))?;
    }
    let mut gone = Vec::new();
    for stale in FOLDERS.iter().flat_map(|below| stale_in(&folder.join(below), &places)) {
        fs::remove_file(&stale).map_err(fail(&stale))?;
        gone.push(stale);
    }
    Ok((places, gone))
}

/// Refuses to write where a file of somebody's own stands.
fn refuse_own(folder: &Path, place: &Path) -> Result<(), Failure> {
    let Ok(kind) = fs::symlink_metadata(place) else { return Ok(()) };
    if kind.is_file() && is_ours(place) {
        return Ok(());
    }
    let said = Failure::data(format!(
        "`{}` is not from `lead compile --dbt`, and stays as it is; nothing is written",
        place.display()
    ));
    Err(match place.file_name().and_then(|n| n.to_str()) {
        Some("dbt_project.yml") => said.help(format!(
            "name a folder of its own, such as `{}`, and list it in `packages.yml` as `- local: lead`",
            folder.join("lead").display()
        )),
        _ => said.help("name another folder, or move the file away"),
    })
}

/// Whether a file says that this command wrote it.
fn is_ours(path: &Path) -> bool {
    let Ok(file) = fs::File::open(path) else { return false };
    let mut line = Vec::new();
    let read = BufReader::new(file.take(200)).read_until(b'\n', &mut line);
    read.is_ok() && String::from_utf8_lossy(&line).contains(MARK)
}

/// Files that this command wrote once and does not write now.
fn stale_in(folder: &Path, places: &[PathBuf]) -> Vec<PathBuf> {
    let Ok(entries) = fs::read_dir(folder) else { return Vec::new() };
    let mut found: Vec<PathBuf> = entries
        .flatten()
        .filter(|e| e.file_type().is_ok_and(|t| t.is_file()))
        .map(|e| e.path())
        .filter(|p| !places.contains(p) && is_ours(p))
        .collect();
    found.sort();
    found
}
