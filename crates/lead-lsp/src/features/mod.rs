//! Requests and answers of the protocol, turned into questions to `lead-ide` and back. A file per group of requests.

pub mod actions;
pub mod calls;
pub mod change;
pub mod commands;
pub mod complete;
pub mod decorate;
pub mod diagnose;
pub mod edits;
pub mod files;
pub mod goto;
pub mod kinds;
pub mod missing;
pub mod symbols;

use lead_diag::FileId;
use lead_ide::FilePosition;
use tower_lsp::jsonrpc::Result;
use tower_lsp::lsp_types::{Documentation, MarkupContent, MarkupKind, Position};

use crate::view::{Asked, View};

/// The lexicon of a request, and the place that it asks about.
pub fn at(asked: &Asked, position: Position) -> Result<(&View, FilePosition)> {
    let (view, file) = asked.document()?;
    Ok((view, view.place(file, position)?))
}

/// `None` where there is nothing.
pub fn some<T>(all: Vec<T>) -> Option<Vec<T>> {
    Some(all).filter(|a| !a.is_empty())
}

/// All of a document.
pub fn whole(view: &View, file: FileId) -> std::ops::Range<u32> {
    0..view.snapshot.text(file).len() as u32
}

/// Documentation of an item. Plain text goes as a text, which clients know that list no formats at all.
pub fn documentation(text: String, markdown: bool) -> Documentation {
    match markdown {
        true => Documentation::MarkupContent(markup(text, true)),
        false => Documentation::String(lead_ide::plain_text(&text)),
    }
}

/// What the client shows over a place.
pub fn markup(text: String, markdown: bool) -> MarkupContent {
    match markdown {
        true => MarkupContent { kind: MarkupKind::Markdown, value: text },
        false => MarkupContent { kind: MarkupKind::PlainText, value: lead_ide::plain_text(&text) },
    }
}
