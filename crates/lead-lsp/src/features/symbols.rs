//! What a document and a workspace hold, by name.

use lead_ide::{Cancel, DocumentSymbol};
use tower_lsp::jsonrpc::Result;
use tower_lsp::lsp_types::{self as lsp, DocumentSymbolResponse, SymbolInformation};

use super::kinds;
use crate::errors;
use crate::view::{Asked, View};

/// Symbols of a workspace that are worth sending.
const MOST: usize = 1_000;

/// `textDocument/documentSymbol`
pub fn document(asked: &Asked, nested: bool) -> Result<Option<DocumentSymbolResponse>> {
    let (view, file) = asked.document()?;
    let all = view.snapshot.document_symbols(file);
    if nested {
        return Ok(Some(DocumentSymbolResponse::Nested(all.into_iter().map(|s| tree(view, s)).collect())));
    }
    let mut flat = Vec::new();
    all.into_iter().for_each(|s| flatten(view, s, None, &mut flat));
    Ok(Some(DocumentSymbolResponse::Flat(flat)))
}

#[allow(deprecated)] // A field of the protocol that has to be filled.
fn tree(view: &View, symbol: DocumentSymbol) -> lsp::DocumentSymbol {
    let children: Vec<_> = symbol.children.into_iter().map(|c| tree(view, c)).collect();
    lsp::DocumentSymbol {
        name: symbol.name,
        detail: symbol.detail,
        kind: kinds::symbol(symbol.kind),
        tags: None,
        deprecated: None,
        range: view.range_of(symbol.whole),
        selection_range: view.range_of(symbol.focus),
        children: Some(children).filter(|c| !c.is_empty()),
    }
}

#[allow(deprecated)]
fn flatten(view: &View, symbol: DocumentSymbol, container: Option<&str>, flat: &mut Vec<SymbolInformation>) {
    if let Some(location) = view.location(symbol.whole) {
        flat.push(SymbolInformation {
            name: symbol.name.clone(),
            kind: kinds::symbol(symbol.kind),
            tags: None,
            deprecated: None,
            location,
            container_name: container.map(str::to_owned),
        });
    }
    symbol.children.into_iter().for_each(|c| flatten(view, c, Some(&symbol.name), flat));
}

/// `workspace/symbol`
#[allow(deprecated)]
pub fn workspace(asked: &Asked, query: &str, cancel: &Cancel) -> Result<Option<Vec<SymbolInformation>>> {
    let mut all = Vec::new();
    for view in asked.views() {
        let found = view.snapshot.workspace_symbols(query, cancel).map_err(|_| errors::content_modified())?;
        all.extend(found.into_iter().take(MOST.saturating_sub(all.len())).filter_map(|symbol| {
            Some(SymbolInformation {
                location: view.location(symbol.focus)?,
                name: symbol.name,
                kind: kinds::symbol(symbol.kind),
                tags: None,
                deprecated: None,
                container_name: symbol.container,
            })
        }));
    }
    Ok(Some(all))
}
