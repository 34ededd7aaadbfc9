"""The language server under pytest-lsp: a whole session of every capability, in the encodings that clients ask for."""

import asyncio
import os
import pathlib

import pytest
import pytest_lsp
from lsprotocol import types as t
from pygls.exceptions import FeatureAlreadyRegisteredError
from pytest_lsp import ClientServerConfig, LanguageClient, client_capabilities

LEXICON = pathlib.Path(os.environ["LEXICON"])
MAIN = (LEXICON / "main.lead").as_uri()
TEXT = (LEXICON / "main.lead").read_text()


@pytest_lsp.fixture(
    params=["visual_studio_code", "neovim", "emacs"],
    config=ClientServerConfig(server_command=[os.environ["LEAD"], "lsp"]),
)
async def client(request, lsp_client: LanguageClient):
    # What an editor answers when the server asks.
    for asked in (
        t.CLIENT_REGISTER_CAPABILITY, t.WORKSPACE_CODE_LENS_REFRESH, t.WORKSPACE_SEMANTIC_TOKENS_REFRESH,
        t.WORKSPACE_INLAY_HINT_REFRESH, t.WORKSPACE_DIAGNOSTIC_REFRESH, t.WINDOW_WORK_DONE_PROGRESS_CREATE,
    ):
        try:
            lsp_client.feature(asked)(lambda params: None)
        except FeatureAlreadyRegisteredError:
            pass  # pytest-lsp answers it itself
    folder = t.WorkspaceFolder(LEXICON.as_uri(), "clients")
    lsp_client.told = await lsp_client.initialize_session(
        t.InitializeParams(
            capabilities=client_capabilities(request.param), root_uri=LEXICON.as_uri(), workspace_folders=[folder]
        )
    )
    lsp_client.text_document_did_open(t.DidOpenTextDocumentParams(t.TextDocumentItem(MAIN, "lead", 1, TEXT)))
    yield
    await lsp_client.shutdown_session()


DOC = t.TextDocumentIdentifier(MAIN)


def place(needle: str, within: int = 0, text: str = TEXT) -> t.Position:
    """Where a text stands first, so many characters into it. The files are ASCII, so that all encodings agree."""
    at = text.index(needle) + within
    return t.Position(text.count("\n", 0, at), at - (text.rfind("\n", 0, at) + 1))


def said(contents) -> str:
    return contents.value if hasattr(contents, "value") else str(contents)


async def found(client: LanguageClient):
    """The findings of the file: pushed, or pulled where the client can ask for them."""
    for _ in range(200):
        pushed = client.diagnostics.get(MAIN, [])
        if any("many" in d.message for d in pushed):
            return pushed
        report = await client.text_document_diagnostic_async(t.DocumentDiagnosticParams(DOC))
        if any("many" in d.message for d in report.items):
            return report.items
        await asyncio.sleep(0.1)
    raise AssertionError("no findings within 20 seconds")


async def test_findings_and_their_fixes(client: LanguageClient):
    unknown = next(d for d in await found(client) if "many" in d.message)
    assert unknown.range.start == place("many")
    assert unknown.code_description and str(unknown.code) in unknown.code_description.href
    actions = await client.text_document_code_action_async(
        t.CodeActionParams(DOC, t.Range(place("pages > 5"), place("90d", 3)), t.CodeActionContext([]))
    )
    assert actions


async def test_reading(client: LanguageClient):
    await found(client)
    at = place("anonymous lead and", 3)
    hover = await client.text_document_hover_async(t.HoverParams(DOC, at))
    assert "Comes back and reads" in said(hover.contents)
    for ask in (client.text_document_definition_async, client.text_document_type_definition_async):
        params = t.DefinitionParams(DOC, at) if ask == client.text_document_definition_async else t.TypeDefinitionParams(DOC, at)
        assert await ask(params)
    uses = await client.text_document_references_async(t.ReferenceParams(t.ReferenceContext(True), DOC, at))
    assert len(uses) == 4
    assert len(await client.text_document_document_highlight_async(t.DocumentHighlightParams(DOC, at))) == 4
    help_ = await client.text_document_signature_help_async(t.SignatureHelpParams(DOC, place("count(page", 6)))
    assert help_.signatures


async def test_outlines(client: LanguageClient):
    await found(client)
    assert await client.text_document_document_symbol_async(t.DocumentSymbolParams(DOC))
    listed = await client.workspace_symbol_async(t.WorkspaceSymbolParams("anon"))
    assert any(s.name == "anonymous lead" for s in listed)
    items = await client.text_document_prepare_call_hierarchy_async(
        t.CallHierarchyPrepareParams(DOC, place("anonymous lead when"))
    )
    incoming = await client.call_hierarchy_incoming_calls_async(t.CallHierarchyIncomingCallsParams(items[0]))
    outgoing = await client.call_hierarchy_outgoing_calls_async(t.CallHierarchyOutgoingCallsParams(items[0]))
    assert any(c.from_.name == "keen reader" for c in incoming)
    assert {c.to.name for c in outgoing} >= {"pages", "visits"}


async def test_writing(client: LanguageClient):
    await found(client)
    more = "new term when an"
    end = t.Position(TEXT.count("\n"), 0)
    client.text_document_did_change(
        t.DidChangeTextDocumentParams(
            t.VersionedTextDocumentIdentifier(2, MAIN),
            [t.TextDocumentContentChangePartial(range=t.Range(end, end), text=more)],
        )
    )
    at = t.Position(end.line, len(more))
    offered = await client.text_document_completion_async(t.CompletionParams(DOC, at))
    items = offered.items if hasattr(offered, "items") else offered
    item = next(i for i in items if i.label == "anonymous lead")
    resolved = await client.completion_item_resolve_async(item)
    assert "Comes back and reads" in said(resolved.documentation)


async def test_laying_out(client: LanguageClient):
    await found(client)
    options = t.FormattingOptions(4, True)
    edits = await client.text_document_formatting_async(t.DocumentFormattingParams(DOC, options))
    assert edits
    some = t.Range(place("owner is"), place('"nurture" otherwise', 19))
    assert await client.text_document_range_formatting_async(t.DocumentRangeFormattingParams(DOC, some, options))
    await client.text_document_on_type_formatting_async(
        t.DocumentOnTypeFormattingParams(DOC, place('  "sales"'), "\n", options)
    )


async def test_renaming(client: LanguageClient):
    await found(client)
    at = place("anonymous lead and", 3)
    assert await client.text_document_prepare_rename_async(t.PrepareRenameParams(DOC, at))
    edit = await client.text_document_rename_async(t.RenameParams(DOC, at, "returning reader"))
    changes = edit.changes or {c.text_document.uri: c.edits for c in edit.document_changes}
    assert sum(len(edits) for edits in changes.values()) == 4
    with pytest.raises(Exception):
        await client.text_document_rename_async(t.RenameParams(DOC, at, "pages"))


async def test_marks_in_the_text(client: LanguageClient):
    await found(client)
    whole = t.Range(t.Position(0, 0), t.Position(TEXT.count("\n"), 0))
    assert await client.text_document_inlay_hint_async(t.InlayHintParams(DOC, whole))
    lenses = await client.text_document_code_lens_async(t.CodeLensParams(DOC))
    assert lenses
    assert await client.text_document_folding_range_async(t.FoldingRangeParams(DOC))
    chain = await client.text_document_selection_range_async(t.SelectionRangeParams(DOC, [place("pages > 5")]))
    assert chain[0].parent
    assert await client.text_document_document_link_async(t.DocumentLinkParams(DOC)) is not None
    full = await client.text_document_semantic_tokens_full_async(t.SemanticTokensParams(DOC))
    assert full.data and len(full.data) % 5 == 0
    await client.text_document_linked_editing_range_async(t.LinkedEditingRangeParams(DOC, place("pages  =")))


async def test_pulled_findings(client: LanguageClient):
    await found(client)
    report = await client.text_document_diagnostic_async(t.DocumentDiagnosticParams(DOC))
    assert any("many" in d.message for d in report.items)
    again = await client.text_document_diagnostic_async(
        t.DocumentDiagnosticParams(DOC, previous_result_id=report.result_id)
    )
    assert again.kind == t.DocumentDiagnosticReportKind.Unchanged
    whole = await client.workspace_diagnostic_async(t.WorkspaceDiagnosticParams([]))
    assert len(whole.items) >= 2


async def test_every_provider_that_is_advertised_answers(client: LanguageClient):
    await found(client)
    told = client.told.capabilities
    assert told.execute_command_provider and told.execute_command_provider.commands
    for provider in (
        told.completion_provider, told.hover_provider, told.rename_provider, told.code_action_provider,
        told.semantic_tokens_provider, told.inlay_hint_provider, told.code_lens_provider,
    ):
        assert provider
