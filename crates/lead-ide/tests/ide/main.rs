//! Editor features over fixtures with cursor marks; a module per feature.
#![allow(clippy::unwrap_used, clippy::panic, clippy::expect_used)]

mod actions;
mod check;
mod completion;
mod corpus;
mod describing;
mod editing;
mod everywhere;
mod fixture;
mod large;
mod line_index;
mod navigation;
mod plain;
mod rename;
