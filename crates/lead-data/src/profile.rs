//! What the cells of a file look like, column by column.

use lead_diag::InOrder;
use std::collections::{HashMap, HashSet};
use std::path::Path;

use crate::cells::Block;
use crate::column::fold_text;
use crate::feed::each_block;
use crate::file::{ExportFile, FileTrouble};

use crate::parse;
use crate::parse::number::number;
use crate::parse::time::{DayOrder, TimeReader};
use crate::raw;
use crate::settings::{Nulls, Settings};

/// A column with more distinct texts than this has many.
const FEW: usize = 40;
/// Distinct values kept to compare columns with keys.
const SAMPLE: usize = 5000;

/// Folders below this many others are not looked into.
const DEEPEST: usize = 3;

/// All files of a folder and of those below it that look like exports, by name; the others are left out with the reason.
pub fn exports(dir: &Path, left_out: &mut Vec<(String, String)>) -> Vec<String> {
    let mut files = Vec::new();
    let mut folders = vec![(dir.to_path_buf(), String::new(), 0)];
    while let Some((folder, prefix, depth)) = folders.pop() {
        for entry in std::fs::read_dir(&folder).into_iter().flatten().flatten() {
            let name = entry.file_name().to_string_lossy().into_owned();
            if name.starts_with('.') {
                continue;
            }
            let shown = format!("{prefix}{name}");
            if entry.file_type().is_ok_and(|t| t.is_dir()) {
                if depth < DEEPEST {
                    folders.push((entry.path(), format!("{shown}/"), depth + 1));
                } else {
                    left_out.push((shown, "the folder lies too deep".to_owned()));
                }
            } else if looks_like_export(&name) {
                files.push(shown);
            } else if !name.ends_with(".lead") && name != "lead.toml" {
                left_out.push((shown, "no export, by its name".to_owned()));
            }
        }
    }
    files.in_order();
    left_out.in_order();
    files
}

/// Whether a file is an export by its name.
pub fn looks_like_export(name: &str) -> bool {
    let lower = name.to_lowercase();
    let plain = [".gz", ".zst", ".zstd"].iter().fold(lower.as_str(), |n, end| n.strip_suffix(end).unwrap_or(n));
    [".csv", ".tsv", ".psv", ".txt", ".jsonl", ".ndjson", ".json", ".parquet"].iter().any(|end| plain.ends_with(end))
}

/// A file that could be read.
#[derive(Clone)]
pub struct TableProfile {
    /// Its name in its folder.
    pub file: String,
    /// Its encoding, where it is not UTF-8.
    pub encoding: Option<String>,
    /// How many rows.
    pub rows: u64,
    /// In their order.
    pub columns: Vec<ColumnProfile>,
    /// Words in it that most likely mean nothing.
    pub nulls: Vec<String>,
}

/// A column of it.
#[derive(Clone, Default)]
pub struct ColumnProfile {
    /// As it stands in the file.
    pub header: String,
    /// Cells that say something.
    pub filled: u64,
    /// Every row has a value, and no two have the same.
    pub unique: bool,
    /// Hashes of all values where they are unique, of some where they are not.
    pub values: HashSet<u64>,
    /// How many of them.
    pub distinct: usize,
    /// Texts with how often they came, while they are few; as first written, by folded form.
    pub few: Option<HashMap<String, (String, u64)>>,
    /// Cells that can be read as yes or no.
    pub flags: u64,
    /// Cells that can be read as numbers.
    pub numbers: u64,
    /// Cells that can be read as times.
    pub times: u64,
    /// Of the times: with a clock time.
    pub clocks: u64,
    /// Cells that look like lists.
    pub lists: u64,
    /// Numbers such as `007`, which are names of something.
    pub padded: u64,
    /// Characters of the longest cell.
    pub longest: usize,
}

/// Looks through a whole file of a folder.
///
/// # Errors
/// Why it cannot be read, in words.
pub fn profile(dir: &Path, file: &str) -> Result<TableProfile, String> {
    let mut settings = Settings::default();
    let mut encoding = None;
    let mut result = read(dir, file, &settings);
    if let Err(Trouble::NotText) = result {
        // What is no UTF-8 in exports of companies is most likely Windows' own encoding, in which all bytes are text.
        settings.encoding = Some(encoding_rs::WINDOWS_1252);
        encoding = Some("windows-1252".to_owned());
        result = read(dir, file, &settings);
    }
    match result {
        Ok(table) => Ok(TableProfile { encoding, ..table }),
        Err(Trouble::Other(why)) => Err(why),
        Err(Trouble::NotText) => Err("it holds bytes that are no text".to_owned()),
    }
}

enum Trouble {
    NotText,
    Other(String),
}

fn read(dir: &Path, file: &str, settings: &Settings) -> Result<TableProfile, Trouble> {
    let of = |code: lead_diag::Code, message: String| {
        if code == lead_diag::codes::WRONG_ENCODING { Trouble::NotText } else { Trouble::Other(message) }
    };
    let export: ExportFile = raw::open(dir, file, settings).map_err(|p| of(p.code, p.message))?;
    let needed: Vec<usize> = (0..export.headers.len()).collect();
    let mut columns: Vec<Reading> = export.headers.iter().map(|h| Reading::new(h)).collect();
    let mut rows = 0u64;
    let read = each_block(&export, &needed, None, &mut |block: &Block| {
        let mut scratch = String::new();
        for (slot, reading) in columns.iter_mut().enumerate() {
            let column = block.column(slot);
            for row in 0..block.len() {
                reading.take(column.text(row, &mut scratch));
            }
        }
        rows += block.len() as u64;
        true
    });
    read.map_err(|trouble| {
        let problem = crate::open::file_problem(file, &FileTrouble::Stream(trouble));
        of(problem.code, problem.message)
    })?;
    let mut nulls: Vec<String> = columns.iter_mut().flat_map(|c| c.null_words.drain()).collect();
    nulls.in_order();
    nulls.dedup();
    let columns = columns.into_iter().map(|c| c.finish(rows)).collect();
    Ok(TableProfile { file: file.to_owned(), encoding: None, rows, columns, nulls })
}

/// By column: whether all rows that share a value of the column `id` share its value too.
pub fn constant_per(dir: &Path, profile: &TableProfile, id: usize) -> Vec<bool> {
    let width = profile.columns.len();
    let encoding = profile.encoding.as_deref().and_then(|e| encoding_rs::Encoding::for_label(e.as_bytes()));
    let settings = Settings { encoding, ..Settings::default() };
    let Ok(export) = raw::open(dir, &profile.file, &settings) else { return vec![false; width] };
    let needed: Vec<usize> = (0..width).collect();
    let mut constant = vec![true; width];
    let mut seen: HashMap<u64, Vec<u64>> = HashMap::new();
    let read = each_block(&export, &needed, None, &mut |block: &Block| {
        let mut scratch = String::new();
        let columns: Vec<_> = needed.iter().map(|slot| block.column(*slot)).collect();
        for row in 0..block.len() {
            let values: Vec<u64> = columns.iter().map(|c| hash_of(c.text(row, &mut scratch))).collect();
            let first = seen.entry(values[id]).or_insert_with(|| values.clone());
            for ((constant, first), value) in constant.iter_mut().zip(first).zip(&values) {
                *constant &= first == value;
            }
        }
        true
    });
    if read.is_err() {
        constant.fill(false);
    }
    constant
}

struct Reading {
    out: ColumnProfile,
    times: TimeReader,
    usual_nulls: Nulls,
    null_words: HashSet<String>,
    repeated: bool,
}

impl Reading {
    fn new(header: &str) -> Reading {
        let words = ["null", "(null)", "n/a", "#n/a", "(not set)", "select", "--none--"];
        let out = ColumnProfile { header: header.to_owned(), few: Some(HashMap::new()), ..ColumnProfile::default() };
        Reading {
            out,
            times: TimeReader::new(&Settings::default(), DayOrder::default()),
            usual_nulls: Nulls::new(&words.map(str::to_owned)),
            null_words: HashSet::new(),
            repeated: false,
        }
    }

    fn take(&mut self, text: &str) {
        if text.is_empty() {
            return;
        }
        if self.usual_nulls.contains(text) {
            self.null_words.insert(text.to_owned());
            return;
        }
        let out = &mut self.out;
        out.filled += 1;
        out.longest = out.longest.max(text.chars().count());
        let hash = hash_of(text);
        if self.repeated {
            if out.values.len() < SAMPLE {
                out.values.insert(hash);
            }
        } else if !out.values.insert(hash) {
            self.repeated = true;
        }
        if let Some(few) = &mut out.few {
            few.entry(fold_text(text)).or_insert_with(|| (text.to_owned(), 0)).1 += 1;
            if few.len() > FEW {
                out.few = None;
            }
        }
        // What a column is shows in its first few thousand values.
        if out.filled > 20_000 {
            let seen = [&mut out.flags, &mut out.numbers, &mut out.times, &mut out.clocks, &mut out.lists];
            seen.into_iter().for_each(|count| *count += u64::from(*count * 100 >= (out.filled - 1) * 98));
            return;
        }
        out.flags += u64::from(parse::yes_no(text).is_some());
        let digits = text.bytes().all(|b| b.is_ascii_digit());
        if number(text, false).is_some() {
            out.numbers += 1;
            out.padded += u64::from(digits && text.len() > 1 && text.starts_with('0') || digits && text.len() > 15);
        }
        if !digits && self.times.time(text).is_some() {
            out.times += 1;
            out.clocks += u64::from(text.contains(':'));
        }
        out.lists += u64::from(text.contains(';') || text.starts_with('[') && text.ends_with(']'));
    }

    fn finish(mut self, rows: u64) -> ColumnProfile {
        self.out.unique = !self.repeated && self.out.filled == rows && rows > 0 && self.null_words.is_empty();
        self.out.distinct = self.out.values.len();
        self.out
    }
}

/// The same for one text in all columns of all files.
fn hash_of(text: &str) -> u64 {
    use std::hash::Hasher;
    let mut hasher = std::hash::DefaultHasher::new();
    hasher.write(text.as_bytes());
    hasher.finish()
}
