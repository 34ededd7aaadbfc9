//! Findings that the client asks for.

use lead_diag::InOrder;
use std::collections::HashMap;

use lead_ide::Cancel;
use tower_lsp::jsonrpc::Result;
use tower_lsp::lsp_types::{
    DocumentDiagnosticReport, DocumentDiagnosticReportResult, FullDocumentDiagnosticReport,
    RelatedFullDocumentDiagnosticReport, RelatedUnchangedDocumentDiagnosticReport, UnchangedDocumentDiagnosticReport,
    Url, WorkspaceDiagnosticReport, WorkspaceDiagnosticReportResult, WorkspaceDocumentDiagnosticReport,
    WorkspaceFullDocumentDiagnosticReport, WorkspaceUnchangedDocumentDiagnosticReport,
};

use crate::errors;
use crate::findings;
use crate::view::Asked;

/// `textDocument/diagnostic`
pub fn document(asked: &Asked, previous: Option<&str>) -> Result<DocumentDiagnosticReportResult> {
    let report = match asked.document() {
        Ok((view, file)) => {
            let (items, id) = findings::of_file(view, file, &asked.settings);
            if previous == Some(&*id) {
                let unchanged_document_diagnostic_report = UnchangedDocumentDiagnosticReport { result_id: id };
                DocumentDiagnosticReport::Unchanged(RelatedUnchangedDocumentDiagnosticReport {
                    related_documents: None,
                    unchanged_document_diagnostic_report,
                })
            } else {
                full(items, Some(id))
            }
        }
        // A document that is closed has nothing to show, and asking for it is no mistake.
        Err(_) => full(Vec::new(), None),
    };
    Ok(DocumentDiagnosticReportResult::Report(report))
}

fn full(items: Vec<tower_lsp::lsp_types::Diagnostic>, result_id: Option<String>) -> DocumentDiagnosticReport {
    DocumentDiagnosticReport::Full(RelatedFullDocumentDiagnosticReport {
        related_documents: None,
        full_document_diagnostic_report: FullDocumentDiagnosticReport { result_id, items },
    })
}

/// `workspace/diagnostic`
pub fn workspace(
    asked: &Asked,
    mut previous: HashMap<Url, String>,
    cancel: &Cancel,
) -> Result<WorkspaceDiagnosticReportResult> {
    let mut items = Vec::new();
    for view in asked.views() {
        let mut files: Vec<_> = view.files.iter().collect();
        files.in_order_by_key(|(id, _)| **id);
        for (file, of) in files {
            cancel.check().map_err(|_| errors::content_modified())?;
            let (found, id) = findings::of_file(view, *file, &asked.settings);
            let version = of.version.map(i64::from);
            let uri = of.uri.clone();
            if previous.remove(&uri).as_ref() == Some(&id) {
                let unchanged_document_diagnostic_report = UnchangedDocumentDiagnosticReport { result_id: id };
                items.push(WorkspaceDocumentDiagnosticReport::Unchanged(WorkspaceUnchangedDocumentDiagnosticReport {
                    uri,
                    version,
                    unchanged_document_diagnostic_report,
                }));
            } else {
                let report = FullDocumentDiagnosticReport { result_id: Some(id), items: found };
                items.push(of_workspace(uri, version, report));
            }
        }
    }
    // What the client still knows of and is gone has nothing to show.
    for uri in previous.into_keys() {
        items.push(of_workspace(uri, None, FullDocumentDiagnosticReport { result_id: None, items: Vec::new() }));
    }
    Ok(WorkspaceDiagnosticReportResult::Report(WorkspaceDiagnosticReport { items }))
}

fn of_workspace(
    uri: Url,
    version: Option<i64>,
    full_document_diagnostic_report: FullDocumentDiagnosticReport,
) -> WorkspaceDocumentDiagnosticReport {
    let full = WorkspaceFullDocumentDiagnosticReport { uri, version, full_document_diagnostic_report };
    WorkspaceDocumentDiagnosticReport::Full(full)
}
