//! Exports to columns: CSV, Parquet and JSON lines, headers, times, bad data and rejects.
//!
//! The only crate besides the commands that opens data files. What it is asked for are fields of tables
//! (see [`Needs`]); what it gives are [`Column`]s and a [`Report`] of everything that was not as it should be.
//!
//! On the way: [`sandbox`] (names to files) · `input` (bytes to text) · `csv`, `jsonl`, `parquet` (blocks of cells) ·
//! `headers`, `feed`, `filter` (which cells) · `parse`, `build` (what they mean) · `entity` (rows to records) ·
//! `memory` (tables made rather than read) · `read`, `share` (several workers, several tables of one file) · `report`, `problems` (what was found) ·
//! [`profile`] (what the cells of a file look like).

#![cfg_attr(test, allow(clippy::unwrap_used, clippy::panic))]

mod buckets;
mod build;
mod cells;
pub mod column;
mod csv;
mod data;
mod ends;
mod entity;
mod feed;
mod file;
mod filter;
mod gather;
mod headers;
mod input;
mod jsonl;
mod keys;
mod memory;
mod open;
mod pages;
mod parquet;
mod parse;
mod problems;
pub mod profile;
pub mod raw;
mod read;
mod report;
pub mod sandbox;
mod settings;
mod share;
mod side;
mod texts;

pub use column::{Bitmap, Column, Dictionary, NO_RECORD, Texts, Values, fold_text};
pub use data::{Batch, Data, EventSink, Needs, Options, Progress, Records, ScanRequest};
pub use headers::fold_header;
pub use memory::{Cell, World};
pub use pages::Pages;
pub use report::{PLACES, Place, Problem, Reject, RejectKind, Report, SourceSummary};
pub use settings::source_zone;
pub use side::side_by_side;
