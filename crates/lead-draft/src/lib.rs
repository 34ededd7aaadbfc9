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

use lead_data::profile::{exports, profile};

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
        listed = exports(dir, &mut left_out);
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
