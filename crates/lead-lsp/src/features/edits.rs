//! Edits of documents.

use std::collections::HashMap;

use lead_diag::Edit;
use tower_lsp::lsp_types::{
    AnnotatedTextEdit, ChangeAnnotation, DocumentChanges, OneOf, OptionalVersionedTextDocumentIdentifier,
    TextDocumentEdit, TextEdit, Url, WorkspaceEdit,
};

use crate::view::View;

/// What a client knows of edits.
#[derive(Clone, Copy, Debug)]
pub struct Can {
    /// That they are of a version of a document.
    pub versions: bool,
    /// That some are to be looked at first.
    pub annotations: bool,
}

/// Edits of one document.
pub fn texts(view: &View, edits: &[Edit]) -> Vec<TextEdit> {
    edits.iter().map(|e| TextEdit { range: view.range_of(e.span), new_text: e.text.clone() }).collect()
}

/// Edits of lexicons. With versions each document is named with the one that the edit is of.
pub fn workspace<'a>(all: impl Iterator<Item = (&'a View, &'a [Edit])>, can: Can) -> WorkspaceEdit {
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
    if !can.versions {
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

/// The same edits, to be looked at before they are made, for a reason. `false`: the client does not know of such.
pub fn annotate(edit: &mut WorkspaceEdit, label: &str, why: &str, can: Can) -> bool {
    let Some(DocumentChanges::Edits(documents)) = edit.document_changes.as_mut().filter(|_| can.annotations) else {
        return false;
    };
    const ID: &str = "lead";
    for document in documents {
        for one in &mut document.edits {
            if let OneOf::Left(text_edit) = one {
                let text_edit = text_edit.clone();
                *one = OneOf::Right(AnnotatedTextEdit { text_edit, annotation_id: ID.into() });
            }
        }
    }
    let annotation =
        ChangeAnnotation { label: label.into(), needs_confirmation: Some(true), description: Some(why.into()) };
    edit.change_annotations = Some(HashMap::from([(ID.into(), annotation)]));
    true
}
