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
    diagnostics,
    documents,
    lifecycle,
    progress,
    settings,
    symbols,
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

    def uri_at(self, path: Path) -> str:
        """A file's URI, in the editor's spelling where it is open."""
        for document in self.session.snapshot.documents.values():
            if document.path == path:
                return document.uri
        return uri_of(path)

    def snapshot_settings(self, root: Path) -> Settings:
        """The settings of a root. May be called from any thread, for a root that is there."""
        resolved = self.session.resolved_settings(root)
        assert resolved is not None
        return resolved.settings

    def max_file_size(self, document: Document) -> int:
        """Bytes above which a document is not analysed."""
        resolved = self.session.resolved_settings(document.root) or self.settings.resolved
        return resolved.settings.index.max_file_size

    @contextlib.contextmanager
    def isolated(self, what: str) -> Iterator[None]:
        """Around code of one producer, rule or reviewer: its failure is told once, and the others go on.

        May be used in any thread; cancellation and errors meant for the person pass.
        """
        try:
            yield
        except (Cancelled, UserError, asyncio.CancelledError):
            raise
        except Exception as error:  # noqa: BLE001 - whatever it is, it is theirs
            loop = self.loop
            if loop is not None and not loop.is_closed():
                loop.call_soon_threadsafe(self.report_failure, what, error)

    def cancel_all(self) -> None:
        """Cancel all work that no request waits for: `shutdown` was asked."""
        for key in self.tasks.active_keys:
            if not (isinstance(key, tuple) and key[0] in {"request", "analyse"}):
                self.tasks.cancel(key)
