"""Every method the server speaks, and the server with all its families of methods.

Owns the two lists; each line names the handler, in the file of its family.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
from collections.abc import Callable, Iterator
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING

from lsprotocol import types

from pairwright.errors import Cancelled, UserError
from pairwright.features.context import Context
from pairwright.lsp import (
    code_actions,
    commands,
    diagnostics,
    documents,
    lenses,
    lifecycle,
    navigation,
    progress,
    settings,
    symbols,
    virtual,
    watch,
    workspace,
)
from pairwright.lsp.convert import path_of, uri_of
from pairwright.lsp.parts import Parts
from pairwright.lsp.registrations import Registrations
from pairwright.lsp.server import Method, Notification, Server
from pairwright.lsp.status import StatusReporter
from pairwright.session import RootSnapshot, Snapshot
from pairwright.tasks import CancelToken, Progress
from pairwright_analyzers.text import LineIndex

if TYPE_CHECKING:
    from pairwright.session import Document
    from pairwright.settings import Settings
    from pairwright_analyzers.facts import FileFacts

_log = logging.getLogger(__name__)

METHODS: tuple[Method, ...] = (
    Method(types.INITIALIZE, lifecycle.initialize),
    Method(types.SHUTDOWN, lifecycle.shutdown),
    Method(types.TEXT_DOCUMENT_DOCUMENT_SYMBOL, symbols.document_symbol),
    Method(types.WORKSPACE_SYMBOL, symbols.workspace_symbol),
    Method(types.TEXT_DOCUMENT_DEFINITION, navigation.definition),
    Method(types.TEXT_DOCUMENT_REFERENCES, navigation.references),
    Method(types.TEXT_DOCUMENT_DOCUMENT_HIGHLIGHT, navigation.document_highlight),
    Method(types.TEXT_DOCUMENT_HOVER, navigation.hover),
    Method(types.TEXT_DOCUMENT_PREPARE_CALL_HIERARCHY, navigation.prepare_call_hierarchy),
    Method(types.CALL_HIERARCHY_INCOMING_CALLS, navigation.incoming_calls),
    Method(types.CALL_HIERARCHY_OUTGOING_CALLS, navigation.outgoing_calls),
    Method(types.TEXT_DOCUMENT_PREPARE_TYPE_HIERARCHY, navigation.prepare_type_hierarchy),
    Method(types.TYPE_HIERARCHY_SUPERTYPES, navigation.supertypes),
    Method(types.TYPE_HIERARCHY_SUBTYPES, navigation.subtypes),
    Method(types.TEXT_DOCUMENT_CODE_ACTION, code_actions.code_action),
    Method(types.CODE_ACTION_RESOLVE, code_actions.resolve),
    Method(types.TEXT_DOCUMENT_CODE_LENS, lenses.code_lens),
    Method(types.CODE_LENS_RESOLVE, lenses.resolve),
    Method(types.WORKSPACE_EXECUTE_COMMAND, commands.execute_command),
    Method(types.WORKSPACE_TEXT_DOCUMENT_CONTENT, virtual.text_document_content),
    Method(types.TEXT_DOCUMENT_DIAGNOSTIC, diagnostics.document_diagnostic),
    Method(types.WORKSPACE_DIAGNOSTIC, diagnostics.workspace_diagnostic),
)

NOTIFICATIONS: tuple[Notification, ...] = (
    Notification(types.INITIALIZED, lifecycle.initialized),
    Notification(types.EXIT, lifecycle.exit_),
    Notification(types.SET_TRACE, lifecycle.set_trace),
    Notification(types.TEXT_DOCUMENT_DID_OPEN, documents.did_open),
    Notification(types.TEXT_DOCUMENT_DID_CHANGE, documents.did_change),
    Notification(types.TEXT_DOCUMENT_DID_SAVE, documents.did_save),
    Notification(types.TEXT_DOCUMENT_DID_CLOSE, documents.did_close),
    Notification(types.WINDOW_WORK_DONE_PROGRESS_CANCEL, progress.cancel),
    Notification(types.WORKSPACE_DID_CHANGE_CONFIGURATION, settings.did_change_configuration),
    Notification(types.WORKSPACE_DID_CHANGE_WATCHED_FILES, watch.did_change_watched_files),
    Notification(
        types.WORKSPACE_DID_CHANGE_WORKSPACE_FOLDERS, workspace.did_change_workspace_folders
    ),
    Notification(types.WORKSPACE_DID_CREATE_FILES, watch.did_create_files),
    Notification(types.WORKSPACE_DID_RENAME_FILES, watch.did_rename_files),
    Notification(types.WORKSPACE_DID_DELETE_FILES, watch.did_delete_files),
)


class PairwrightServer(Server):
    """The server with the memory of each family of methods. Lives on the loop thread."""

    def __init__(self, parts: Parts, stop: Callable[[int], None]) -> None:
        super().__init__(METHODS, NOTIFICATIONS, stop)
        self.parts = parts
        self.folders: list[tuple[Path, str]] = []
        self.parent: int | None = None
        self.cancels: dict[types.ProgressToken, Callable[[], object]] = {}
        self.settings = settings.SettingsKeeper(self, parts)
        self.roots = workspace.Roots(self, parts)
        self.documents = documents.Documents(self)
        self.reviews = diagnostics.Reviews(self)
        self.watch = watch.Watch(self)
        self.registrations = Registrations(self)
        self.status = StatusReporter(self)
        self.pages = virtual.Pages(self)
        self.command_number = 0

    def context(
        self, snapshot: Snapshot, root: RootSnapshot, token: CancelToken, progress: Progress
    ) -> Context:
        """What a feature is handed for work on one root. May be called from any thread."""
        held = {
            document.relative: document
            for document in snapshot.documents.values()
            if document.root == root.root
        }
        return Context(
            root.root,
            root.graph,
            root.settings,
            root.repository,
            MappingProxyType(held),
            root.status,
            token.check,
            progress,
            self.report_isolated,
        )

    def facts_at(self, snapshot: Snapshot, uri: str) -> tuple[FileFacts, LineIndex] | None:
        """The facts and lines of an open document or an indexed file; None for any other URI."""
        document = snapshot.documents.get(uri)
        if document is not None:
            analysis = snapshot.analyses.get(uri)
            if analysis is None or analysis.text != document.text:
                return None
            return analysis.facts, document.lines
        path = path_of(uri)
        found = snapshot.locate(path) if path is not None else None
        if found is None:
            return None
        root, relative = found
        facts, text = root.view.facts(relative), root.view.text(relative)
        return (facts, LineIndex(text)) if facts is not None and text is not None else None

    def place(
        self, snapshot: Snapshot, uri: str, position: types.Position
    ) -> tuple[RootSnapshot, str, int] | None:
        """The root, path and byte offset of a position in an open document or an indexed file."""
        document = snapshot.documents.get(uri)
        if document is not None:
            root = snapshot.root_of(document.root)
            if root is None:
                return None
            lines, relative = document.lines, document.relative
        else:
            path = path_of(uri)
            found = snapshot.locate(path) if path is not None else None
            text = found[0].view.text(found[1]) if found is not None else None
            if found is None or text is None:
                return None
            root, relative = found
            lines = LineIndex(text)
        offset = lines.offset(position.line, position.character, self.client.encoding)
        return root, relative, offset

    def uri_at(self, path: Path) -> str:
        """A file's URI, in the editor's spelling where it is open."""
        for document in self.session.snapshot.documents.values():
            if document.path == path:
                return document.uri
        return uri_of(path)

    def settings_of(self, root: Path) -> Settings:
        """The settings of a root; those of the window for a root that is none."""
        resolved = self.session.resolved_settings(root) or self.settings.resolved
        return resolved.settings

    def max_file_size(self, document: Document) -> int:
        """Bytes above which a document is not analysed."""
        resolved = self.session.resolved_settings(document.root) or self.settings.resolved
        return resolved.settings.index.max_file_size

    @contextlib.contextmanager
    def isolated(self, what: str) -> Iterator[None]:
        """Around code of one producer, rule or reviewer: its failure is told once, and the others
        go on.

        May be used in any thread; cancellation and errors meant for the person pass.
        """
        try:
            yield
        except (Cancelled, UserError, asyncio.CancelledError):
            raise
        except Exception as error:  # noqa: BLE001 - whatever it is, it is theirs
            self.report_isolated(what, error)

    def report_isolated(self, what: str, error: Exception) -> None:
        """`report_failure` from any thread."""
        loop = self.loop
        if loop is not None and not loop.is_closed():
            loop.call_soon_threadsafe(self.report_failure, what, error)

    def cancel_all(self) -> None:
        """Cancel all work that no request waits for: `shutdown` was asked."""
        for key in self.tasks.active_keys:
            if not (isinstance(key, tuple) and key[0] in {"request", "analyse"}):
                self.tasks.cancel(key)
