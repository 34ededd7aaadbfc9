//! Answers as files: tables as CSV, JSON lines and Parquet, and values as people and files read them.
//!
//! [`table`] (what is written) · [`value`] (values as texts) · [`write`] (CSV and JSON lines) · [`parquet`].

#![cfg_attr(test, allow(clippy::unwrap_used, clippy::panic))]

pub mod parquet;
pub mod table;
pub mod value;
pub mod write;

pub use parquet::parquet;
pub use table::{Table, TableColumn, apart};
pub use value::Shown;
pub use write::{csv, jsonl};
