//! Hidden files and folders that output is written to before it is moved into place.
//!
//! Invariant *locked while in use*: whoever writes to one holds a lock on it. So one without a lock was left by a run that
//! was killed, and the next run that writes to the same folder removes it.

use std::fs::{self, File, TryLockError};
use std::io;
use std::path::Path;

use tempfile::{NamedTempFile, TempDir};

/// What the names of hidden files and folders begin with; [`RANDOM`] letters and digits follow.
const PREFIX: &str = ".lead-";
const RANDOM: usize = 6;
/// The file of a hidden folder that is locked.
const LOCK: &str = ".lock";
/// How often a new file is tried, if another run takes it for a stale one before it is locked.
const TRIES: usize = 8;

/// A hidden folder inside the folder that it is for.
pub struct StagedFolder {
    // Dropped before the folder is removed.
    _lock: File,
    dir: TempDir,
}

impl StagedFolder {
    /// Where it is.
    pub fn path(&self) -> &Path {
        self.dir.path()
    }
}

/// A hidden folder in `folder`, after those of killed runs are removed.
pub fn folder_in(folder: &Path) -> io::Result<StagedFolder> {
    sweep(folder);
    attempts(|| {
        let dir = builder().tempdir_in(folder)?;
        let path = dir.path().join(LOCK);
        let lock = File::create(&path)?;
        lock_if_possible(&lock)?;
        Ok(path.exists().then_some(StagedFolder { _lock: lock, dir }))
    })
}

/// A hidden file in `folder`, after those of killed runs are removed.
pub fn file_in(folder: &Path) -> io::Result<NamedTempFile> {
    sweep(folder);
    attempts(|| {
        let file = builder().tempfile_in(folder)?;
        lock_if_possible(file.as_file())?;
        Ok(file.path().exists().then_some(file))
    })
}

fn builder() -> tempfile::Builder<'static, 'static> {
    let mut builder = tempfile::Builder::new();
    builder.prefix(PREFIX).rand_bytes(RANDOM);
    builder
}

fn attempts<T>(make: impl Fn() -> io::Result<Option<T>>) -> io::Result<T> {
    for _ in 0..TRIES {
        match make() {
            Ok(Some(made)) => return Ok(made),
            Ok(None) => {}
            Err(e) if e.kind() == io::ErrorKind::NotFound => {}
            Err(e) => return Err(e),
        }
    }
    make()?.ok_or_else(|| io::Error::other("another run removes what this one writes"))
}

/// Some file systems know no locks; what is not locked there is never removed either.
fn lock_if_possible(file: &File) -> io::Result<()> {
    match file.try_lock() {
        Err(TryLockError::WouldBlock) => Err(io::ErrorKind::NotFound.into()),
        _ => Ok(()),
    }
}

/// Removes what killed runs left. That something cannot be removed is no concern of the run.
fn sweep(folder: &Path) {
    let Ok(entries) = fs::read_dir(folder) else { return };
    for entry in entries.flatten() {
        if !is_ours(&entry.file_name().to_string_lossy()) {
            continue;
        }
        // Links are not followed: `file_type` is that of the entry itself.
        let Ok(kind) = entry.file_type() else { continue };
        let path = entry.path();
        if kind.is_file() && is_free(&path) {
            let _ = fs::remove_file(&path);
        } else if kind.is_dir() && is_free(&path.join(LOCK)) {
            let _ = fs::remove_dir_all(&path);
        }
    }
}

fn is_ours(name: &str) -> bool {
    name.strip_prefix(PREFIX)
        .is_some_and(|rest| rest.len() == RANDOM && rest.bytes().all(|b| b.is_ascii_alphanumeric()))
}

/// Whether nobody holds a lock on the file. Opened for writing, as some systems lock only what may be written.
fn is_free(path: &Path) -> bool {
    let regular = fs::symlink_metadata(path).is_ok_and(|m| m.is_file());
    regular && File::options().write(true).open(path).is_ok_and(|file| file.try_lock().is_ok())
}

#[cfg(test)]
mod tests {
    use std::fs;

    use super::{file_in, folder_in, is_ours};

    #[test]
    fn what_a_killed_run_left_is_removed_and_nothing_else() {
        let home = tempfile::tempdir().expect("a folder");
        let at = |name: &str| home.path().join(name);
        fs::create_dir(at(".lead-aB3dE9")).expect("a folder");
        fs::write(at(".lead-aB3dE9/.lock"), "").expect("a file");
        fs::write(at(".lead-aB3dE9/contact.csv"), "half").expect("a file");
        fs::write(at(".lead-000000"), "half").expect("a file");
        fs::write(at(".lead-notes.txt"), "mine").expect("a file");
        fs::create_dir(at(".lead-folder")).expect("a folder");
        let living = folder_in(home.path()).expect("a staged folder");
        assert!(!at(".lead-aB3dE9").exists() && !at(".lead-000000").exists());
        assert!(at(".lead-notes.txt").exists() && at(".lead-folder").exists());
        let other = file_in(home.path()).expect("a staged file");
        assert!(living.path().exists() && other.path().exists(), "those in use stay");
        let third = folder_in(home.path()).expect("a staged folder");
        assert!(living.path().exists() && other.path().exists() && third.path().exists());
        drop((living, other, third));
        assert_eq!(fs::read_dir(home.path()).expect("the folder").count(), 2);
    }

    #[test]
    fn names_are_those_this_program_makes() {
        assert!(is_ours(".lead-aB3dE9"));
        assert!(!is_ours(".lead-aB3dE") && !is_ours(".lead-notes1.txt") && !is_ours("lead-aB3dE9"));
    }
}
