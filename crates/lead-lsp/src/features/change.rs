//! Renames and layouts.

use lead_ide::{Cancel, RenameError};
use tower_lsp::jsonrpc::{Error, Result};
use tower_lsp::lsp_types::{Position, PrepareRenameResponse, Range, TextEdit, WorkspaceEdit};

use super::{at, edits};
use crate::errors;
use crate::outbox::Outbox;
use crate::view::Asked;

/// `textDocument/prepareRename`
pub fn prepare_rename(asked: &Asked, position: Position) -> Result<Option<PrepareRenameResponse>> {
    let (view, place) = at(asked, position)?;
    let renamed = view.snapshot.prepare_rename(place).map_err(refused)?;
    let (range, placeholder) = (view.range_of(renamed.span), renamed.name);
    Ok(Some(PrepareRenameResponse::RangeWithPlaceholder { range, placeholder }))
}

/// `textDocument/rename`
pub fn rename(
    asked: &Asked,
    position: Position,
    name: &str,
    can: edits::Can,
    outbox: &Outbox,
    cancel: &Cancel,
) -> Result<Option<WorkspaceEdit>> {
    let (view, place) = at(asked, position)?;
    let found = view.snapshot.rename(place, name, cancel).map_err(refused)?;
    let mut edit = edits::workspace(std::iter::once((view, found.edits.as_slice())), can);
    if let Some(note) = found.note
        && !edits::annotate(&mut edit, "The data hold this value too", &note, can)
    {
        outbox.tell(note);
    }
    Ok(Some(edit))
}

fn refused(error: RenameError) -> Error {
    match error {
        RenameError::Refused(why) => errors::failed(why),
        RenameError::Cancelled => errors::content_modified(),
    }
}

/// `textDocument/formatting`
pub fn format(asked: &Asked) -> Result<Option<Vec<TextEdit>>> {
    let (view, file) = asked.document()?;
    Ok(view.snapshot.format(file).map(|found| edits::texts(view, &found)))
}

/// `textDocument/rangeFormatting`
pub fn format_range(asked: &Asked, range: Range) -> Result<Option<Vec<TextEdit>>> {
    let (view, file) = asked.document()?;
    let offsets = view.offsets(file, range)?;
    Ok(view.snapshot.format_range(file, offsets).map(|found| edits::texts(view, &found)))
}

/// `textDocument/onTypeFormatting`
pub fn format_on_type(asked: &Asked, position: Position, typed: &str) -> Result<Option<Vec<TextEdit>>> {
    let (view, place) = at(asked, position)?;
    if !asked.settings.format_on_type || typed != "\n" {
        return Ok(None);
    }
    Ok(view.snapshot.format_on_line_end(place).map(|found| edits::texts(view, &found)))
}
