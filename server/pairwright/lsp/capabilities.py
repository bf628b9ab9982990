"""What the server says it can do, in answer to `initialize`.

Owns `ServerCapabilities`: one place to read them all. What depends on settings is registered later where the client
allows it (`navigation.py`, `lenses.py`).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from lsprotocol import types

if TYPE_CHECKING:
    from pairwright.lsp.methods import PairwrightServer as Server


def capabilities(server: Server) -> types.ServerCapabilities:
    """The capabilities for the client that `server` has just come to know."""
    client = server.client
    answer = types.ServerCapabilities(
        position_encoding=types.PositionEncodingKind(client.encoding.value),
        text_document_sync=types.TextDocumentSyncOptions(
            open_close=True,
            change=types.TextDocumentSyncKind.Incremental,
            save=types.SaveOptions(include_text=False),
        ),
        document_symbol_provider=types.DocumentSymbolOptions(label="Pairwright"),
        workspace=types.WorkspaceOptions(
            workspace_folders=types.WorkspaceFoldersServerCapabilities(
                supported=True, change_notifications=True
            ),
            file_operations=_file_operations(),
        ),
    )
    if client.pull_diagnostics:
        answer.diagnostic_provider = types.DiagnosticOptions(
            inter_file_dependencies=True, workspace_diagnostics=True, identifier="pairwright"
        )
    return answer


def _file_operations() -> types.FileOperationOptions:
    every_file = types.FileOperationRegistrationOptions(
        [types.FileOperationFilter(types.FileOperationPattern("**"), scheme="file")]
    )
    return types.FileOperationOptions(
        did_create=every_file, did_rename=every_file, did_delete=every_file
    )
