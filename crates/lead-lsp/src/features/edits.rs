//! Edits of documents.

use std::collections::HashMap;

use lead_diag::Edit;
use tower_lsp::lsp_types::{
    DocumentChanges, OneOf, OptionalVersionedTextDocumentIdentifier, TextDocumentEdit, TextEdit, Url, WorkspaceEdit,
};

use crate::view::View;

/// Edits of one document.
pub fn texts(view: &View, edits: &[Edit]) -> Vec<TextEdit> {
    edits.iter().map(|e| TextEdit { range: view.range_of(e.span), new_text: e.text.clone() }).collect()
}

/// Edits of lexicons. With `versions` each document is named with the version that the edit is of.
pub fn workspace<'a>(all: impl Iterator<Item = (&'a View, &'a [Edit])>, versions: bool) -> WorkspaceEdit {
    let mut documents: Vec<(Url, Option<i32>, Vec<TextEdit>)> = Vec::new();
    for (view, edits) in all {
        for edit in edits {
            let Some(of) = view.files.get(&edit.span.file) else { continue };
            let text = TextEdit { range: view.range_of(edit.span), new_text: edit.text.clone() };
            match documents.iter_mut().find(|(uri, ..)| *uri == of.uri) {
                Some((_, _, texts)) => texts.push(text),
                None => documents.push((of.uri.clone(), of.version, vec![text])),
            }
        }
    }
    if !versions {
        let changes: HashMap<Url, Vec<TextEdit>> = documents.into_iter().map(|(uri, _, texts)| (uri, texts)).collect();
        return WorkspaceEdit { changes: Some(changes), ..WorkspaceEdit::default() };
    }
    let changes = documents.into_iter().map(|(uri, version, texts)| TextDocumentEdit {
        text_document: OptionalVersionedTextDocumentIdentifier { uri, version },
        edits: texts.into_iter().map(OneOf::Left).collect(),
    });
    let document_changes = Some(DocumentChanges::Edits(changes.collect()));
    WorkspaceEdit { document_changes, ..WorkspaceEdit::default() }
}
