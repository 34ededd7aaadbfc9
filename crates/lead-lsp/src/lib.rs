//! The language server: the protocol, and nothing but the protocol.
//!
//! What an editor is told comes from `lead-ide`; here are messages, documents, files and folders, settings, and when things
//! are computed. The only crate that uses tower-lsp.
//!
//! A message comes in through `transport` and is looked at in order by `service`: changes go to `documents` and on to
//! `analysis`, the thread that owns all lexicons; a request gets a `ticket` there and then runs in `server`, which
//! computes its answer from a `view` on another thread. What the server says unasked goes out through `outbox`.
//!
//! - *arrival order*: a request is answered from the texts as they were when it arrived.
//! - *nobody waits for the client*: requests of the server are tasks of their own.
//! - *nothing but messages*: only `transport` writes to standard output, and no file is written next to a lexicon.

mod analysis;
mod compute;
mod documents;
mod errors;
mod exports;
mod faults;
mod features;
mod findings;
mod lexicon;
mod negotiated;
mod outbox;
mod pages;
mod place;
mod run;
mod server;
mod service;
mod settings;
mod shared;
mod ticket;
mod tokens;
mod transport;
mod view;
mod workspace;

pub use run::serve;
