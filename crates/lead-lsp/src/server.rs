//! The handlers of requests, each a line or two: what it waits for and computes is said elsewhere.

mod capabilities;

use std::sync::Arc;

use tower_lsp::jsonrpc::Result;
use tower_lsp::lsp_types::request::{GotoTypeDefinitionParams, GotoTypeDefinitionResponse};
use tower_lsp::lsp_types::*;
use tower_lsp::{LanguageServer, async_trait};

use crate::compute::{Worth, compute};
use crate::features::{calls, complete, diagnose, files, goto, symbols};
use crate::negotiated::Negotiated;
use crate::settings::Settings;
use crate::shared::Shared;

/// The server.
pub struct Server {
    shared: Arc<Shared>,
}

impl Server {
    /// With state that others share.
    pub fn new(shared: Arc<Shared>) -> Server {
        Server { shared }
    }

    /// The state.
    pub fn shared(&self) -> &Arc<Shared> {
        &self.shared
    }
}

#[async_trait]
impl LanguageServer for Server {
    async fn initialize(&self, params: InitializeParams) -> Result<InitializeResult> {
        let negotiated = Negotiated::new(&params);
        let settings = params.initialization_options.as_ref().map(Settings::read).unwrap_or_default();
        let result = capabilities::initialized(&negotiated);
        self.shared.agree(negotiated, settings);
        Ok(result)
    }

    async fn shutdown(&self) -> Result<()> {
        Ok(())
    }

    async fn hover(&self, params: HoverParams) -> Result<Option<Hover>> {
        let position = params.text_document_position_params.position;
        compute(&self.shared, Worth::Lasting, move |asked, _| goto::hover(asked, position)).await
    }

    async fn goto_definition(&self, params: GotoDefinitionParams) -> Result<Option<GotoDefinitionResponse>> {
        let position = params.text_document_position_params.position;
        let links = self.shared.negotiated().definition_links;
        let found = compute(&self.shared, Worth::Lasting, move |asked, _| goto::definition(asked, position)).await?;
        Ok(found.map(|f| if links { f } else { goto::plain(f) }))
    }

    async fn goto_type_definition(
        &self,
        params: GotoTypeDefinitionParams,
    ) -> Result<Option<GotoTypeDefinitionResponse>> {
        let position = params.text_document_position_params.position;
        let links = self.shared.negotiated().type_definition_links;
        let found =
            compute(&self.shared, Worth::Lasting, move |asked, _| goto::type_definition(asked, position)).await?;
        Ok(found.map(|f| if links { f } else { goto::plain(f) }))
    }

    async fn references(&self, params: ReferenceParams) -> Result<Option<Vec<Location>>> {
        let position = params.text_document_position.position;
        let declaration = params.context.include_declaration;
        compute(&self.shared, Worth::Lasting, move |asked, _| goto::references(asked, position, declaration)).await
    }

    async fn document_highlight(&self, params: DocumentHighlightParams) -> Result<Option<Vec<DocumentHighlight>>> {
        let position = params.text_document_position_params.position;
        compute(&self.shared, Worth::Passing, move |asked, _| goto::highlight(asked, position)).await
    }

    async fn document_link(&self, _: DocumentLinkParams) -> Result<Option<Vec<DocumentLink>>> {
        compute(&self.shared, Worth::Passing, |asked, _| goto::document_links(asked)).await
    }

    async fn document_symbol(&self, _: DocumentSymbolParams) -> Result<Option<DocumentSymbolResponse>> {
        let nested = self.shared.negotiated().nested_symbols;
        compute(&self.shared, Worth::Passing, move |asked, _| symbols::document(asked, nested)).await
    }

    async fn symbol(&self, params: WorkspaceSymbolParams) -> Result<Option<Vec<SymbolInformation>>> {
        compute(&self.shared, Worth::Passing, move |asked, cancel| symbols::workspace(asked, &params.query, cancel))
            .await
    }

    async fn prepare_call_hierarchy(
        &self,
        params: CallHierarchyPrepareParams,
    ) -> Result<Option<Vec<CallHierarchyItem>>> {
        let position = params.text_document_position_params.position;
        compute(&self.shared, Worth::Lasting, move |asked, _| calls::prepare(asked, position)).await
    }

    async fn incoming_calls(
        &self,
        params: CallHierarchyIncomingCallsParams,
    ) -> Result<Option<Vec<CallHierarchyIncomingCall>>> {
        compute(&self.shared, Worth::Lasting, move |asked, _| calls::incoming(asked, &params.item)).await
    }

    async fn outgoing_calls(
        &self,
        params: CallHierarchyOutgoingCallsParams,
    ) -> Result<Option<Vec<CallHierarchyOutgoingCall>>> {
        compute(&self.shared, Worth::Lasting, move |asked, _| calls::outgoing(asked, &params.item)).await
    }

    async fn completion(&self, params: CompletionParams) -> Result<Option<CompletionResponse>> {
        let TextDocumentPositionParams { text_document, position } = params.text_document_position;
        let can = self.shared.negotiated().completion;
        compute(&self.shared, Worth::Lasting, move |asked, _| {
            complete::completion(asked, &text_document.uri, position, can)
        })
        .await
    }

    async fn completion_resolve(&self, item: CompletionItem) -> Result<CompletionItem> {
        compute(&self.shared, Worth::Lasting, move |asked, _| complete::resolve(asked, item)).await
    }

    async fn diagnostic(&self, params: DocumentDiagnosticParams) -> Result<DocumentDiagnosticReportResult> {
        compute(&self.shared, Worth::Lasting, move |asked, _| {
            diagnose::document(asked, params.previous_result_id.as_deref())
        })
        .await
    }

    async fn workspace_diagnostic(&self, params: WorkspaceDiagnosticParams) -> Result<WorkspaceDiagnosticReportResult> {
        let previous = params.previous_result_ids.into_iter().map(|p| (p.uri, p.value)).collect();
        compute(&self.shared, Worth::Lasting, move |asked, cancel| diagnose::workspace(asked, previous, cancel)).await
    }

    async fn will_rename_files(&self, params: RenameFilesParams) -> Result<Option<WorkspaceEdit>> {
        let versions = self.shared.negotiated().document_changes;
        compute(&self.shared, Worth::Lasting, move |asked, _| files::will_rename(asked, &params.files, versions)).await
    }
}

/// So that what is shown of a server names its version.
fn info() -> ServerInfo {
    ServerInfo { name: "lead".into(), version: Some(env!("CARGO_PKG_VERSION").into()) }
}
