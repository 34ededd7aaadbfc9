//! What is known of the export files beside a lexicon: read when it is asked for, kept until a file changes.

use lead_diag::InOrder;
use std::collections::HashMap;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex};
use std::time::SystemTime;

use lead_data::raw::preview;
use lead_data::sandbox;
use lead_hir::Checked;
use lead_ide::Exports;

use crate::shared::lock;

/// Rows that are looked at for samples of values.
const ROWS: usize = 500;
/// Different values of a column that are kept.
const SAMPLES: usize = 50;
/// Files that are listed; more are of no help to a person.
const FILES: usize = 500;

/// What was read of one file.
#[derive(Debug)]
struct Read {
    changed: Option<SystemTime>,
    length: u64,
    headers: Arc<Vec<String>>,
    samples: Vec<Arc<Vec<String>>>,
}

/// What was read so far of the exports of a lexicon.
#[derive(Debug, Default)]
pub struct Kept(Mutex<HashMap<PathBuf, Arc<Read>>>);

/// The exports of a lexicon.
pub struct DataFolder {
    folder: PathBuf,
    checked: Arc<Checked>,
    kept: Arc<Kept>,
}

impl DataFolder {
    /// The folder of a lexicon that was checked.
    pub fn new(folder: PathBuf, checked: Arc<Checked>, kept: Arc<Kept>) -> DataFolder {
        DataFolder { folder, checked, kept }
    }

    fn read(&self, source: &str) -> Option<Arc<Read>> {
        let found = sandbox::resolve(&self.folder, source).ok()?.into_iter().next()?;
        let meta = std::fs::metadata(&found.path).ok()?;
        let (changed, length) = (meta.modified().ok(), meta.len());
        let known = lock(&self.kept.0).get(&found.path).cloned();
        if let Some(known) = known.filter(|k| k.changed == changed && k.length == length) {
            return Some(known);
        }
        let preview = preview(&self.folder, &found.name, &self.checked.config, ROWS).ok()?;
        let samples = (0..preview.headers.len()).map(|column| {
            let mut counted: HashMap<&str, (usize, usize)> = HashMap::new();
            for (row, cells) in preview.rows.iter().enumerate() {
                if let Some(Some(cell)) = cells.get(column) {
                    counted.entry(cell).or_insert((0, row)).0 += 1;
                }
            }
            let mut all: Vec<(&str, (usize, usize))> = counted.into_iter().collect();
            // The frequent ones first, and among equals the one that comes first.
            all.in_order_by_key(|(_, (count, row))| (usize::MAX - count, *row));
            Arc::new(all.into_iter().take(SAMPLES).map(|(text, _)| text.to_owned()).collect())
        });
        let samples = samples.collect();
        let read = Arc::new(Read { changed, length, headers: Arc::new(preview.headers), samples });
        lock(&self.kept.0).insert(found.path, read.clone());
        Some(read)
    }
}

impl Exports for DataFolder {
    fn files(&self) -> Vec<String> {
        let mut files = Vec::new();
        list(&self.folder, "", 0, &mut files);
        files.in_order();
        files
    }

    fn headers(&self, source: &str) -> Option<Arc<Vec<String>>> {
        self.read(source).map(|r| r.headers.clone())
    }

    fn samples(&self, source: &str, header: &str) -> Arc<Vec<String>> {
        let read = self.read(source);
        let column = read.as_ref().and_then(|r| r.headers.iter().position(|h| h == header));
        match (read, column) {
            (Some(read), Some(column)) => read.samples.get(column).cloned().unwrap_or_default(),
            _ => Arc::default(),
        }
    }
}

/// Export files below a folder, by their ends.
fn list(folder: &Path, prefix: &str, depth: usize, files: &mut Vec<String>) {
    const ENDS: [&str; 9] = [".csv", ".tsv", ".txt", ".jsonl", ".ndjson", ".json", ".parquet", ".gz", ".zst"];
    let Ok(entries) = std::fs::read_dir(folder) else { return };
    for entry in entries.flatten() {
        let name = entry.file_name().to_string_lossy().into_owned();
        let Ok(kind) = entry.file_type() else { continue };
        if name.starts_with('.') || files.len() >= FILES {
            continue;
        }
        let shown = format!("{prefix}{name}");
        if kind.is_dir() && depth < 4 && name != "target" && name != "node_modules" {
            list(&entry.path(), &format!("{shown}/"), depth + 1, files);
        } else if !kind.is_dir() && ENDS.iter().any(|e| name.to_lowercase().ends_with(e)) {
            files.push(shown);
        }
    }
}
