//! The handlers of requests, each a line or two: what it waits for and computes is said elsewhere.

mod capabilities;

use std::sync::Arc;

use tower_lsp::jsonrpc::Result;
use tower_lsp::lsp_types::request::{GotoTypeDefinitionParams, GotoTypeDefinitionResponse};
use tower_lsp::lsp_types::*;
use tower_lsp::{LanguageServer, async_trait};

use crate::compute::{Worth, compute};
use crate::features::{actions, calls, change, commands, complete, decorate, diagnose, files, goto, symbols};
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
        let markdown = self.shared.negotiated().markdown.hover;
        compute(&self.shared, Worth::Lasting, move |asked, _| goto::hover(asked, position, markdown)).await
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
        compute(&self.shared, Worth::OfDocument, move |asked, _| goto::highlight(asked, position)).await
    }

    async fn document_link(&self, _: DocumentLinkParams) -> Result<Option<Vec<DocumentLink>>> {
        compute(&self.shared, Worth::OfDocument, |asked, _| goto::document_links(asked)).await
    }

    async fn document_symbol(&self, _: DocumentSymbolParams) -> Result<Option<DocumentSymbolResponse>> {
        let nested = self.shared.negotiated().nested_symbols;
        compute(&self.shared, Worth::OfDocument, move |asked, _| symbols::document(asked, nested)).await
    }

    async fn symbol(&self, params: WorkspaceSymbolParams) -> Result<Option<Vec<SymbolInformation>>> {
        compute(&self.shared, Worth::Lasting, move |asked, cancel| symbols::workspace(asked, &params.query, cancel))
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
        let markdown = self.shared.negotiated().markdown.completion;
        compute(&self.shared, Worth::Lasting, move |asked, _| complete::resolve(asked, item, markdown)).await
    }

    async fn signature_help(&self, params: SignatureHelpParams) -> Result<Option<SignatureHelp>> {
        let position = params.text_document_position_params.position;
        let (markdown, offsets) = (self.shared.negotiated().markdown.signature, self.shared.negotiated().label_offsets);
        compute(&self.shared, Worth::Lasting, move |asked, _| {
            complete::signature_help(asked, position, markdown, offsets)
        })
        .await
    }

    async fn prepare_rename(&self, params: TextDocumentPositionParams) -> Result<Option<PrepareRenameResponse>> {
        compute(&self.shared, Worth::Lasting, move |asked, _| change::prepare_rename(asked, params.position)).await
    }

    async fn rename(&self, params: RenameParams) -> Result<Option<WorkspaceEdit>> {
        let position = params.text_document_position.position;
        let (can, outbox) = (self.shared.negotiated().edits, self.shared.outbox.clone());
        compute(&self.shared, Worth::Lasting, move |asked, cancel| {
            change::rename(asked, position, &params.new_name, can, &outbox, cancel)
        })
        .await
    }

    async fn formatting(&self, _: DocumentFormattingParams) -> Result<Option<Vec<TextEdit>>> {
        compute(&self.shared, Worth::OfDocument, |asked, _| change::format(asked)).await
    }

    async fn range_formatting(&self, params: DocumentRangeFormattingParams) -> Result<Option<Vec<TextEdit>>> {
        compute(&self.shared, Worth::OfDocument, move |asked, _| change::format_range(asked, params.range)).await
    }

    async fn on_type_formatting(&self, params: DocumentOnTypeFormattingParams) -> Result<Option<Vec<TextEdit>>> {
        let position = params.text_document_position.position;
        compute(&self.shared, Worth::OfDocument, move |asked, _| change::format_on_type(asked, position, &params.ch))
            .await
    }

    async fn code_action(&self, params: CodeActionParams) -> Result<Option<CodeActionResponse>> {
        let can = self.shared.negotiated().actions;
        compute(&self.shared, Worth::OfDocument, move |asked, _| {
            actions::actions(asked, params.range, &params.context, can)
        })
        .await
    }

    async fn code_action_resolve(&self, action: CodeAction) -> Result<CodeAction> {
        let can = self.shared.negotiated().actions;
        compute(&self.shared, Worth::Lasting, move |asked, _| actions::resolve(asked, action, can)).await
    }

    async fn semantic_tokens_full(&self, _: SemanticTokensParams) -> Result<Option<SemanticTokensResult>> {
        let kept = self.shared.tokens.clone();
        let found = compute(&self.shared, Worth::Passing, move |asked, _| decorate::tokens(asked, &kept)).await?;
        Ok(found.map(SemanticTokensResult::Tokens))
    }

    async fn semantic_tokens_full_delta(
        &self,
        params: SemanticTokensDeltaParams,
    ) -> Result<Option<SemanticTokensFullDeltaResult>> {
        let kept = self.shared.tokens.clone();
        compute(&self.shared, Worth::Passing, move |asked, _| {
            decorate::tokens_delta(asked, &params.previous_result_id, &kept)
        })
        .await
    }

    async fn semantic_tokens_range(
        &self,
        params: SemanticTokensRangeParams,
    ) -> Result<Option<SemanticTokensRangeResult>> {
        let found =
            compute(&self.shared, Worth::Passing, move |asked, _| decorate::tokens_range(asked, params.range)).await?;
        Ok(found.map(SemanticTokensRangeResult::Tokens))
    }

    async fn inlay_hint(&self, params: InlayHintParams) -> Result<Option<Vec<InlayHint>>> {
        compute(&self.shared, Worth::Passing, move |asked, _| decorate::hints(asked, params.range)).await
    }

    async fn code_lens(&self, _: CodeLensParams) -> Result<Option<Vec<CodeLens>>> {
        let shared = self.shared.clone();
        compute(&self.shared, Worth::Passing, move |asked, _| decorate::lenses(asked, shared.negotiated())).await
    }

    async fn folding_range(&self, _: FoldingRangeParams) -> Result<Option<Vec<FoldingRange>>> {
        compute(&self.shared, Worth::OfDocument, |asked, _| decorate::folds(asked)).await
    }

    async fn selection_range(&self, params: SelectionRangeParams) -> Result<Option<Vec<SelectionRange>>> {
        compute(&self.shared, Worth::Lasting, move |asked, _| decorate::selections(asked, &params.positions)).await
    }

    async fn linked_editing_range(&self, params: LinkedEditingRangeParams) -> Result<Option<LinkedEditingRanges>> {
        let position = params.text_document_position_params.position;
        compute(&self.shared, Worth::OfDocument, move |asked, _| decorate::linked(asked, position)).await
    }

    async fn execute_command(&self, params: ExecuteCommandParams) -> Result<Option<serde_json::Value>> {
        let shared = self.shared.clone();
        compute(&self.shared, Worth::Lasting, move |asked, cancel| {
            commands::execute(asked, &params.command, &params.arguments, &shared, cancel).map(Some)
        })
        .await
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
        let can = self.shared.negotiated().edits;
        compute(&self.shared, Worth::Lasting, move |asked, _| files::will_rename(asked, &params.files, can)).await
    }
}

/// So that what is shown of a server names its version.
fn info() -> ServerInfo {
    ServerInfo { name: "lead".into(), version: Some(env!("CARGO_PKG_VERSION").into()) }
}
