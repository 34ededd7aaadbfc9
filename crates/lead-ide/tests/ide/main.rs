//! Editor features over fixtures with cursor marks; a module per feature.
#![allow(clippy::unwrap_used, clippy::panic)]

mod line_index;
