"""What the server says it can do, in answer to `initialize`.

Owns `ServerCapabilities`: one place to read them all. What depends on settings is registered later
where the client allows it (`navigation.py`, `lenses.py`).
"""

from __future__ import annotations

from lsprotocol import types

from pairwright.lsp.client import Client

SCHEME = "pairwright"
"""Of the URIs of documents that exist only in the server."""

# Written out, since the registries they repeat import every ability. A test compares them.
COMMANDS = (
    "pairwright.index.rebuild",
    "pairwright.index.status",
    "pairwright.status",
    "pairwright.logs",
    "pairwright.graph.callers",
    "pairwright.graph.impact",
    "pairwright.graph.map",
    "pairwright.search.query",
    "pairwright.search.related",
    "pairwright.search.map",
    "pairwright.review.file",
    "pairwright.review.changes",
    "pairwright.review.workspace",
    "pairwright.review.suppress",
    "pairwright.review.ignore_rule",
    "pairwright.review.baseline",
    "pairwright.review.why",
    "pairwright.refactor.list",
    "pairwright.refactor.apply",
    "pairwright.commit.draft",
    "pairwright.commit.split",
    "pairwright.commit.split.apply",
    "pairwright.commit.restore",
    "pairwright.conflicts.next",
    "pairwright.conflicts.resolve_all_safe",
    "pairwright.history.symbol",
    "pairwright.pr.draft",
)
# Each stands for all below it.
ACTION_KINDS = (
    "quickfix",
    "quickfix.pairwright.suppress",
    "quickfix.pairwright.ignore_rule",
    "quickfix.pairwright.why",
    "quickfix.pairwright.commit",
    "source.pairwright.fixAll",
    "source.pairwright.graph",
    "source.pairwright.related",
    "source.pairwright.history",
    "refactor",
    "refactor.extract",
    "refactor.inline",
    "refactor.move",
    "refactor.rewrite",
    "source.organizeImports",
)


def capabilities(client: Client, announced: frozenset[str]) -> types.ServerCapabilities:
    """The capabilities for a client; `announced` are the methods behind settings to tell now."""
    answer = types.ServerCapabilities(
        position_encoding=types.PositionEncodingKind(client.encoding.value),
        text_document_sync=types.TextDocumentSyncOptions(
            open_close=True,
            change=types.TextDocumentSyncKind.Incremental,
            save=types.SaveOptions(include_text=False),
        ),
        document_symbol_provider=types.DocumentSymbolOptions(label="Pairwright"),
        workspace_symbol_provider=types.WorkspaceSymbolOptions(),
        code_action_provider=types.CodeActionOptions(
            code_action_kinds=list(ACTION_KINDS), resolve_provider=True
        )
        if client.code_action_literals
        else True,
        execute_command_provider=types.ExecuteCommandOptions(list(COMMANDS)),
        workspace=types.WorkspaceOptions(
            workspace_folders=types.WorkspaceFoldersServerCapabilities(
                supported=True, change_notifications=True
            ),
            file_operations=_file_operations(),
        ),
    )
    if client.text_document_content:
        assert answer.workspace is not None
        answer.workspace.text_document_content = types.TextDocumentContentOptions([SCHEME])
    if types.TEXT_DOCUMENT_DEFINITION in announced:
        answer.definition_provider = True
    if types.TEXT_DOCUMENT_REFERENCES in announced:
        answer.references_provider = True
    if types.TEXT_DOCUMENT_DOCUMENT_HIGHLIGHT in announced:
        answer.document_highlight_provider = True
    if types.TEXT_DOCUMENT_HOVER in announced:
        answer.hover_provider = True
    if types.TEXT_DOCUMENT_PREPARE_CALL_HIERARCHY in announced:
        answer.call_hierarchy_provider = True
    if types.TEXT_DOCUMENT_PREPARE_TYPE_HIERARCHY in announced:
        answer.type_hierarchy_provider = True
    if types.TEXT_DOCUMENT_RENAME in announced:
        answer.rename_provider = types.RenameOptions(prepare_provider=True)
    if types.TEXT_DOCUMENT_CODE_LENS in announced:
        answer.code_lens_provider = types.CodeLensOptions(resolve_provider=True)
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
        did_create=every_file,
        did_rename=every_file,
        will_rename=every_file,
        did_delete=every_file,
    )
