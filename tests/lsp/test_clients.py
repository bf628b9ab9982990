"""The server under the capabilities of real editors, as pytest-lsp knows them."""

from __future__ import annotations

import asyncio
import sys
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
import pytest_lsp
from lsprotocol import types
from pytest_lsp import ClientServerConfig, LanguageClient, client_capabilities

from support.lsp_client import SECONDS, LspClient

EDITORS = ["visual_studio_code", "neovim@v0.11.0", "neovim@v0.6.1", "emacs@v29.1"]

SERVER = ClientServerConfig(
    server_command=[sys.executable, "-m", "pairwright", "serve"],
    server_env=LspClient.environment(),
)

BROKEN = "def price_of(name, currency, country):\n"


# One server for each editor: no test leaves a document open or a file changed.
pytestmark = [pytest.mark.asyncio(loop_scope="module"), pytest.mark.xdist_group("editors")]


@pytest_lsp.fixture(config=SERVER, params=EDITORS, scope="module")
async def client(
    request: pytest.FixtureRequest, lsp_client: LanguageClient, common_shop: Path
) -> AsyncIterator[None]:
    lsp_client.shop = common_shop
    lsp_client.ready = asyncio.Event()
    lsp_client.editor = request.param

    @lsp_client.feature("pairwright/status")
    def status(params: Any) -> None:
        if getattr(params, "quiescent", False):
            lsp_client.ready.set()

    @lsp_client.feature(types.CLIENT_REGISTER_CAPABILITY)
    def register(_params: types.RegistrationParams) -> None:
        """Everything may be registered."""

    @lsp_client.feature(types.WORKSPACE_APPLY_EDIT)
    def apply_edit(_params: types.ApplyWorkspaceEditParams) -> types.ApplyWorkspaceEditResult:
        return types.ApplyWorkspaceEditResult(applied=True)

    await lsp_client.initialize_session(
        types.InitializeParams(
            capabilities=client_capabilities(request.param),
            root_uri=common_shop.as_uri(),
            workspace_folders=[types.WorkspaceFolder(common_shop.as_uri(), "shop")],
            initialization_options={"status_notification": True},
        )
    )
    async with asyncio.timeout(SECONDS):
        await lsp_client.ready.wait()
    yield
    await lsp_client.shutdown_session()


def opened(client: LanguageClient, name: str) -> str:
    path = client.shop / name
    uri = str(path.as_uri())
    item = types.TextDocumentItem(uri, "python", 1, path.read_text(encoding="utf-8"))
    client.text_document_did_open(types.DidOpenTextDocumentParams(item))
    return uri


def closed(client: LanguageClient, uri: str) -> None:
    document = types.TextDocumentIdentifier(uri)
    client.text_document_did_close(types.DidCloseTextDocumentParams(document))


async def test_outline(client: LanguageClient) -> None:
    uri = opened(client, "shop/prices.py")
    found = await client.text_document_document_symbol_async(
        types.DocumentSymbolParams(types.TextDocumentIdentifier(uri))
    )
    assert found is not None
    assert {"Price", "price_of"} <= {one.name for one in found}
    closed(client, uri)


async def test_a_save_shows_what_it_breaks_and_offers_to_suppress_it(
    client: LanguageClient,
) -> None:
    uri = opened(client, "shop/prices.py")
    place = types.Range(types.Position(7, 0), types.Position(8, 0))
    client.text_document_did_change(
        types.DidChangeTextDocumentParams(
            types.VersionedTextDocumentIdentifier(2, uri),
            [types.TextDocumentContentChangePartial(place, BROKEN)],
        )
    )
    document = types.TextDocumentIdentifier(uri)
    client.text_document_did_save(types.DidSaveTextDocumentParams(document))
    async with asyncio.timeout(SECONDS):
        diagnostics = await shown(client, uri)
    broken = next(one for one in diagnostics if one.code == "callers-not-updated")
    actions = await client.text_document_code_action_async(
        types.CodeActionParams(document, broken.range, types.CodeActionContext([broken]))
    )
    suppress = next(
        one
        for one in actions or ()
        if isinstance(one, types.CodeAction) and one.kind == "quickfix.pairwright.suppress"
    )
    if suppress.edit is None:
        suppress = await client.code_action_resolve_async(suppress)
    assert suppress.edit is not None
    assert suppress.edit.document_changes or suppress.edit.changes
    closed(client, uri)


async def shown(client: LanguageClient, uri: str) -> list[types.Diagnostic]:
    """The diagnostics an editor would show: pulled where it pulls, else as they were pushed."""
    capabilities = client_capabilities(client.editor)
    workspace = capabilities.workspace
    refreshes = workspace is not None and workspace.diagnostics is not None
    if not (refreshes and capabilities.text_document and capabilities.text_document.diagnostic):
        while not client.diagnostics.get(uri):
            await client.wait_for_notification(types.TEXT_DOCUMENT_PUBLISH_DIAGNOSTICS)
        return list(client.diagnostics[uri])
    # The answer waits for the review that the save has started.
    report = await client.text_document_diagnostic_async(
        types.DocumentDiagnosticParams(types.TextDocumentIdentifier(uri))
    )
    assert isinstance(report, types.RelatedFullDocumentDiagnosticReport)
    return list(report.items)


async def test_commands(client: LanguageClient) -> None:
    answer = await client.workspace_execute_command_async(
        types.ExecuteCommandParams("pairwright.index.status", [])
    )
    assert answer["roots"][0]["files"] == 4
