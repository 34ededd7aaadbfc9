//! Files of answers, put in place together.
//!
//! Invariant *whole or not at all*: everything is written into a folder of its own inside the output folder, and moved into
//! place only when all of it is there. Until then an earlier run's answers stay as they are.

use std::fs;
use std::io::{self, BufWriter};
use std::path::{Path, PathBuf};

use lead_output::{Table, apart, csv, jsonl, parquet};

use crate::args::OutputFormat;
use crate::staging::{self, StagedFolder};
use crate::terminal::{Failure, plain};
use crate::value::Shown;

/// Files that are written and not yet in place.
pub struct Pending {
    folder: PathBuf,
    staged: StagedFolder,
    names: Vec<String>,
    made_folder: bool,
}

/// Writes the tables beside their places.
pub fn stage(
    folder: &Path,
    tables: &mut [Table],
    format: OutputFormat,
    shown: &Shown<'_>,
    raw: bool,
    threads: usize,
) -> Result<Pending, Failure> {
    let fail = |e: io::Error| Failure::data(format!("`{}` cannot be written: {}", folder.display(), plain(&e)));
    apart(tables.iter_mut().map(|t| &mut t.stem));
    let made_folder = !folder.exists();
    fs::create_dir_all(folder).map_err(fail)?;
    let staged = staging::folder_in(folder).map_err(fail)?;
    let mut pending = Pending { folder: folder.to_owned(), staged, names: Vec::new(), made_folder };
    for table in tables.iter() {
        let name = format!("{}.{}", table.stem, extension(format));
        let file = fs::File::create(pending.staged.path().join(&name)).map_err(fail)?;
        let mut out = BufWriter::with_capacity(1 << 16, file);
        match format {
            OutputFormat::Csv => csv(&mut out, table, shown, raw, threads),
            OutputFormat::Jsonl => jsonl(&mut out, table, shown, threads),
            OutputFormat::Parquet => parquet(&mut out, table, shown, threads),
        }
        .map_err(fail)?;
        out.into_inner().map_err(|e| fail(e.into_error()))?;
        pending.names.push(name);
    }
    Ok(pending)
}

impl Pending {
    /// Moves the files into place. Gives their paths.
    pub fn put_in_place(mut self) -> Result<Vec<PathBuf>, Failure> {
        let mut placed = Vec::new();
        for name in &self.names {
            let target = self.folder.join(name);
            fs::rename(self.staged.path().join(name), &target)
                .map_err(|e| Failure::data(format!("`{}` cannot be written: {}", target.display(), plain(&e))))?;
            placed.push(target);
        }
        self.made_folder = false;
        Ok(placed)
    }
}

impl Drop for Pending {
    fn drop(&mut self) {
        if self.made_folder {
            // Nothing came of it: leave no trace. A folder that is not empty stays.
            let _ = fs::remove_dir_all(self.staged.path());
            let _ = fs::remove_dir(&self.folder);
        }
    }
}

fn extension(format: OutputFormat) -> &'static str {
    match format {
        OutputFormat::Csv => "csv",
        OutputFormat::Parquet => "parquet",
        OutputFormat::Jsonl => "jsonl",
    }
}

/// Writes one file beside its place and renames it.
pub fn write_file(path: &Path, body: impl FnOnce(&mut dyn io::Write) -> io::Result<()>) -> Result<(), Failure> {
    let fail = |e: io::Error| Failure::data(format!("`{}` cannot be written: {}", path.display(), plain(&e)));
    let folder = path.parent().filter(|p| !p.as_os_str().is_empty()).unwrap_or(Path::new("."));
    let file = staging::file_in(folder).map_err(fail)?;
    let mut out = BufWriter::new(file);
    body(&mut out).map_err(fail)?;
    let file = out.into_inner().map_err(|e| fail(e.into_error()))?;
    readable(file.as_file());
    file.persist(path).map_err(|e| fail(e.error))?;
    Ok(())
}

/// Temporary files are for their owner alone; answers are ordinary files.
fn readable(file: &fs::File) {
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        let _ = file.set_permissions(fs::Permissions::from_mode(0o644));
    }
    #[cfg(not(unix))]
    let _ = file;
}
