//! Exports to columns: CSV, Parquet and JSON lines, headers, times, bad data and rejects.
//!
//! The only crate besides the commands that opens data files. What it is asked for are fields of tables
//! (see [`Needs`]); what it gives are [`Column`]s and a [`Report`] of everything that was not as it should be.

pub mod column;
mod data;

pub use column::{Bitmap, Column, Dictionary, NO_RECORD, Texts, Values, fold_text};
pub use data::{Batch, EventSink, Needs, Records, ScanRequest};
