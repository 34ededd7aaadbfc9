//! `lead compile --dbt DIR` and `--spark DIR`: the files of a folder, put in place together.
//!
//! Invariant *own files alone*: a file that does not say at its beginning that this command wrote it is neither replaced nor
//! removed, and then nothing is written at all.

use lead_diag::InOrder;
use std::fs;
use std::io::{self, Read};
use std::path::{Path, PathBuf};

use lead_sql::dbt::File;

use crate::staging;
use crate::terminal::{Exit, Failure, Outcome, plain, print};

/// What a folder is for.
pub struct Kind {
    /// The command, for messages.
    command: &'static str,
    /// What every file begins with.
    mark: &'static str,
    /// Where files stand, besides the folder itself.
    folders: &'static [&'static str],
    /// The file that makes the folder what it is, and what to do where somebody has one of his own.
    own: Option<&'static str>,
}

/// A dbt project.
pub const DBT: Kind = Kind {
    command: "lead compile --dbt",
    mark: lead_sql::dbt::MARK,
    folders: &["models/answers", "models/records", "models", "macros"],
    own: Some("dbt_project.yml"),
};

/// A folder for `spark-submit`.
pub const SPARK: Kind = Kind {
    command: "lead compile --spark",
    mark: lead_sql::spark::MARK,
    folders: &["moments", "steps", "answers"],
    own: None,
};

/// Writes the files, and prints their paths, and those of files of an earlier time that are gone.
pub fn write(kind: &Kind, folder: &Path, files: &[File]) -> Outcome {
    let fail = |path: &Path| {
        let path = path.display().to_string();
        move |e: io::Error| Failure::data(format!("`{path}` cannot be written: {}", plain(&e)))
    };
    let places: Vec<PathBuf> = files.iter().map(|f| folder.join(&f.path)).collect();
    for place in &places {
        refuse_own(kind, folder, place)?;
    }
    fs::create_dir_all(folder).map_err(fail(folder))?;
    for below in kind.folders {
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
    let mut said: String = places.iter().map(|p| format!("{}\n", p.display())).collect();
    for stale in kind.folders.iter().flat_map(|below| stale_in(kind, &folder.join(below), &places)) {
        fs::remove_file(&stale).map_err(fail(&stale))?;
        said.push_str(&format!("{} (removed)\n", stale.display()));
    }
    print(&said)?;
    Ok(Exit::Fine)
}

/// Refuses to write where a file of somebody's own stands.
fn refuse_own(kind: &Kind, folder: &Path, place: &Path) -> Result<(), Failure> {
    let Ok(found) = fs::symlink_metadata(place) else { return Ok(()) };
    if found.is_file() && is_ours(kind, place) {
        return Ok(());
    }
    let said = Failure::data(format!(
        "`{}` is not from `{}`, and stays as it is; nothing is written",
        place.display(),
        kind.command
    ));
    let name = place.file_name().and_then(|n| n.to_str());
    Err(if kind.own.is_some() && name == kind.own {
        said.help(format!(
            "name a folder of its own, such as `{}`, and list it in `packages.yml` as `- local: lead`",
            folder.join("lead").display()
        ))
    } else {
        said.help("name another folder, or move the file away")
    })
}

/// Whether a file says that this command wrote it.
fn is_ours(kind: &Kind, path: &Path) -> bool {
    let Ok(file) = fs::File::open(path) else { return false };
    let mut start = Vec::new();
    file.take(200).read_to_end(&mut start).is_ok() && String::from_utf8_lossy(&start).contains(kind.mark)
}

/// Files that this command wrote once and does not write now.
fn stale_in(kind: &Kind, folder: &Path, places: &[PathBuf]) -> Vec<PathBuf> {
    let Ok(entries) = fs::read_dir(folder) else { return Vec::new() };
    let mut found: Vec<PathBuf> = entries
        .flatten()
        .filter(|e| e.file_type().is_ok_and(|t| t.is_file()))
        .map(|e| e.path())
        .filter(|p| !places.contains(p) && is_ours(kind, p))
        .collect();
    found.in_order();
    found
}
