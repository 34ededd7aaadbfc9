//! Which definitions use a definition, and which it uses.

use lead_ide::{Call, CallItem, FilePosition};
use tower_lsp::jsonrpc::Result;
use tower_lsp::lsp_types::{CallHierarchyIncomingCall, CallHierarchyItem, CallHierarchyOutgoingCall, Position, Range};

use super::{at, kinds, some};
use crate::view::{Asked, View};

/// `textDocument/prepareCallHierarchy`
pub fn prepare(asked: &Asked, position: Position) -> Result<Option<Vec<CallHierarchyItem>>> {
    let (view, place) = at(asked, position)?;
    Ok(some(view.snapshot.call_items(place).iter().filter_map(|i| item(view, i)).collect()))
}

/// `callHierarchy/incomingCalls`
pub fn incoming(asked: &Asked, of: &CallHierarchyItem) -> Result<Option<Vec<CallHierarchyIncomingCall>>> {
    let (view, place) = start(asked, of)?;
    let calls = view.snapshot.incoming_calls(place);
    let all = calls.iter().filter_map(|call| {
        Some(CallHierarchyIncomingCall { from: item(view, &call.item)?, from_ranges: ranges(view, call) })
    });
    Ok(Some(all.collect()))
}

/// `callHierarchy/outgoingCalls`
pub fn outgoing(asked: &Asked, of: &CallHierarchyItem) -> Result<Option<Vec<CallHierarchyOutgoingCall>>> {
    let (view, place) = start(asked, of)?;
    let calls = view.snapshot.outgoing_calls(place);
    let all = calls.iter().filter_map(|call| {
        Some(CallHierarchyOutgoingCall { to: item(view, &call.item)?, from_ranges: ranges(view, call) })
    });
    Ok(Some(all.collect()))
}

fn start<'a>(asked: &'a Asked, of: &CallHierarchyItem) -> Result<(&'a View, FilePosition)> {
    at(asked, of.selection_range.start)
}

fn ranges(view: &View, call: &Call) -> Vec<Range> {
    call.places.iter().map(|s| view.range_of(*s)).collect()
}

fn item(view: &View, item: &CallItem) -> Option<CallHierarchyItem> {
    Some(CallHierarchyItem {
        name: item.name.clone(),
        kind: kinds::symbol(item.kind),
        tags: None,
        detail: Some(item.detail.clone()),
        uri: view.uri(item.whole.file)?.clone(),
        range: view.range_of(item.whole),
        selection_range: view.range_of(item.focus),
        data: None,
    })
}
