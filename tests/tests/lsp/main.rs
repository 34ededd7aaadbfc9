//! The language server over the wire: the built command, asked over its standard input and output.
#![allow(clippy::unwrap_used, clippy::panic)]

mod commands;
mod documents;
mod everything;
mod findings;
mod lifecycle;
mod missing;
mod order;
mod positions;
mod requests;
mod storm;
