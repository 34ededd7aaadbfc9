//! Hover, definitions, references, highlights, links.

use lead_ide::{Goto, LinkTarget};
use tower_lsp::jsonrpc::Result;
use tower_lsp::lsp_types::{
    self as lsp, DocumentHighlight, DocumentHighlightKind, DocumentLink, GotoDefinitionResponse, Hover, HoverContents,
    Location, LocationLink, Position, Url,
};

use super::{at, markup, some};
use crate::pages;
use crate::view::{Asked, View};

/// `textDocument/hover`
pub fn hover(asked: &Asked, position: Position, markdown: bool) -> Result<Option<Hover>> {
    let (view, place) = at(asked, position)?;
    Ok(view.snapshot.hover(place).map(|hover| Hover {
        contents: HoverContents::Markup(markup(hover.text, markdown)),
        range: Some(view.range_of(hover.span)),
    }))
}

/// `textDocument/definition`
pub fn definition(asked: &Asked, position: Position) -> Result<Option<GotoDefinitionResponse>> {
    let (view, place) = at(asked, position)?;
    Ok(links(view, &view.snapshot.goto_definition(place)))
}

/// `textDocument/typeDefinition`
pub fn type_definition(asked: &Asked, position: Position) -> Result<Option<GotoDefinitionResponse>> {
    let (view, place) = at(asked, position)?;
    Ok(links(view, &view.snapshot.goto_type_definition(place)))
}

fn links(view: &View, all: &[Goto]) -> Option<GotoDefinitionResponse> {
    let links = all.iter().filter_map(|goto| {
        Some(LocationLink {
            origin_selection_range: Some(view.range_of(goto.origin)),
            target_uri: view.uri(goto.whole.file)?.clone(),
            target_range: view.range_of(goto.whole),
            target_selection_range: view.range_of(goto.name),
        })
    });
    some(links.collect()).map(GotoDefinitionResponse::Link)
}

/// The same for clients that know places alone.
pub fn plain(answer: GotoDefinitionResponse) -> GotoDefinitionResponse {
    match answer {
        GotoDefinitionResponse::Link(links) => GotoDefinitionResponse::Array(
            links.into_iter().map(|l| Location { uri: l.target_uri, range: l.target_selection_range }).collect(),
        ),
        other => other,
    }
}

/// `textDocument/references`
pub fn references(asked: &Asked, position: Position, declaration: bool) -> Result<Option<Vec<Location>>> {
    let (view, place) = at(asked, position)?;
    let spans = view.snapshot.references(place, declaration);
    Ok(some(spans.into_iter().filter_map(|s| view.location(s)).collect()))
}

/// `textDocument/documentHighlight`
pub fn highlight(asked: &Asked, position: Position) -> Result<Option<Vec<DocumentHighlight>>> {
    let (view, place) = at(asked, position)?;
    let all = view.snapshot.highlight(place).into_iter().map(|one| DocumentHighlight {
        range: view.range_of(one.span),
        kind: Some(if one.declaration { DocumentHighlightKind::WRITE } else { DocumentHighlightKind::READ }),
    });
    Ok(some(all.collect()))
}

/// `textDocument/documentLink`
pub fn document_links(asked: &Asked) -> Result<Option<Vec<DocumentLink>>> {
    let (view, file) = asked.document()?;
    let all = view.snapshot.document_links(file).into_iter().filter_map(|link| {
        let (target, tooltip) = match link.target {
            LinkTarget::Export(source) => {
                let found = lead_data::sandbox::resolve(&view.data, &source).ok()?.into_iter().next()?;
                (Url::from_file_path(found.path).ok()?, format!("Open {}", found.name))
            }
            LinkTarget::Code(code) => (pages::address(code)?, format!("Explain {}", code.slug())),
        };
        let range: lsp::Range = view.range_of(link.span);
        Some(DocumentLink { range, target: Some(target), tooltip: Some(tooltip), data: None })
    });
    Ok(Some(all.collect()))
}
