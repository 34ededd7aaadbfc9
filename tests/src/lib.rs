//! Tests that cross the crates: the reference interpreter, random lexicons and data, and cases written by hand.
//!
//! Nothing here is shipped, so a broken assumption may panic: that is what a test reports.
#![allow(clippy::unwrap_used, clippy::panic)]

pub mod agree;
pub mod cases;
pub mod command;
pub mod compare;
pub mod conformance;
pub mod generate;
pub mod lsp;
pub mod pipeline;
pub mod reference;
pub mod show;
