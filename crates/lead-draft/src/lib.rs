//! A first lexicon out of exports: entities and events, types, keys, references, a few definitions.
//!
//! [`profile`] (of `lead-data`) looks at every cell, `names` makes names, `infer` decides what each file is and how files hang
//! together, `write` puts it into words. Invariant *every file is accounted for*: each is an entity, an event, or named in a
//! comment with the reason.

#![cfg_attr(test, allow(clippy::unwrap_used, clippy::panic))]

mod infer;
mod names;
mod write;

use std::path::Path;

use lead_data::profile::profile;
use lead_diag::InOrder;

/// What a draft is to say besides what the files say.
#[derive(Clone, Debug, Default)]
pub struct DraftOptions {
    /// `[lexicon] name`
    pub name: Option<String>,
    /// `[lexicon] timezone`
    pub timezone: Option<String>,
    /// `[lexicon] data`
    pub data: Option<String>,
}

/// The files of a new lexicon.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Draft {
    /// `lead.toml`
    pub lead_toml: String,
    /// `schema.lead`
    pub schema: String,
    /// Files that are neither entity nor event, with the reason.
    pub left_out: Vec<(String, String)>,
    /// Names of the entities, the one with most events first, and of the events.
    pub entities: Vec<String>,
    /// Names of the events.
    pub events: Vec<String>,
}

/// Drafts a lexicon from files of a folder (names relative to it); without names, from all that look like exports.
pub fn draft(dir: &Path, files: &[String], options: &DraftOptions) -> Draft {
    let mut left_out = Vec::new();
    let listed;
    let files = if files.is_empty() {
        listed = list(dir, &mut left_out);
        &listed
    } else {
        files
    };
    let mut tables = Vec::new();
    for file in files {
        match profile(dir, file) {
            Ok(table) => tables.push(table),
            Err(why) => left_out.push((file.clone(), why)),
        }
    }
    let model = infer::infer(dir, tables);
    write::write(&model, left_out, options)
}

/// Folders below this many others are not looked into.
const DEEPEST: usize = 3;

/// All files that look like exports, by name; the others are left out with the reason.
fn list(dir: &Path, left_out: &mut Vec<(String, String)>) -> Vec<String> {
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
