//! Any export as headers and rows of texts, before a schema says what they mean.

use std::path::Path;

use jiff::tz::TimeZone;
use lead_hir::Config;

use crate::cells::Block;
use crate::feed::each_block;
use crate::file::{ExportFile, FileTrouble};
pub use crate::input::Format;
use crate::open::file_problem;
use crate::report::Problem;
use crate::sandbox::{Found, PathTrouble, resolve};
use crate::settings::{Settings, settings_for};

/// The beginning of an export.
#[derive(Clone, Debug)]
pub struct Preview {
    /// Relative to the data folder.
    pub file: String,
    /// What it is.
    pub format: Format,
    /// Names of the columns.
    pub headers: Vec<String>,
    /// The first rows; an empty cell is `None`.
    pub rows: Vec<Vec<Option<String>>>,
    /// How many rows there are, if the end was seen.
    pub total: Option<u64>,
}

/// Reads the first `most` rows of a file of the data folder, with the settings of `lead.toml`.
pub fn preview(dir: &Path, file: &str, config: &Config, most: usize) -> Result<Preview, Box<Problem>> {
    let (settings, _) = settings_for(config, &TimeZone::UTC, file, file);
    let export = open(dir, file, &settings)?;
    let needed: Vec<usize> = (0..export.headers.len()).collect();
    let mut rows = Vec::new();
    let mut total = Some(0u64);
    let read = each_block(&export, &needed, Some(1 << 16), &mut |block: &Block| {
        for row in 0..block.len() {
            if rows.len() == most {
                total = None;
                return false;
            }
            rows.push(cells(block, row, needed.len()));
            total = total.map(|t| t + 1);
        }
        true
    });
    read.map_err(|trouble| Box::new(file_problem(file, &FileTrouble::Stream(trouble))))?;
    Ok(Preview { file: file.to_owned(), format: export.format, headers: export.headers, rows, total })
}

fn cells(block: &Block, row: usize, width: usize) -> Vec<Option<String>> {
    let mut scratch = String::new();
    let cell = |slot: usize| {
        let column = block.column(slot);
        Some(column.text(row, &mut scratch).to_owned()).filter(|t| !t.is_empty())
    };
    (0..width).map(cell).collect()
}

/// Opens one file of the data folder.
pub(crate) fn open(dir: &Path, file: &str, settings: &Settings) -> Result<ExportFile, Box<Problem>> {
    let found = resolve(dir, file).map_err(|trouble| Box::new(crate::open::path_problem(file, &trouble)))?;
    let found: Found =
        found.into_iter().next().ok_or_else(|| Box::new(crate::open::path_problem(file, &PathTrouble::NoMatch)))?;
    ExportFile::open(&found, settings).map_err(|trouble| Box::new(file_problem(file, &trouble)))
}
