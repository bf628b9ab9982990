"""The server with all its families of methods, put together only after `initialize` was answered.

Owns the order of the start: what the first answer needs is imported with this module, everything
else when the next message comes. Each family keeps what it must remember in an object of its own.
"""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Callable, Iterator
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING

from lsprotocol import types

from pairwright.errors import Cancelled, UserError
from pairwright.lsp.server import Handlers, Server

if TYPE_CHECKING:
    from pairwright.features.context import Context
    from pairwright.lsp.diagnostics import Reviews
    from pairwright.lsp.documents import Documents
    from pairwright.lsp.parts import Parts
    from pairwright.lsp.registrations import Registrations
    from pairwright.lsp.settings import SettingsKeeper
    from pairwright.lsp.status import StatusReporter
    from pairwright.lsp.vectors import Vectors
    from pairwright.lsp.virtual import Pages
    from pairwright.lsp.watch import Watch
    from pairwright.lsp.workspace import Roots
    from pairwright.session import Document, RootSnapshot, Snapshot
    from pairwright.settings import Settings
    from pairwright.tasks import CancelToken, Progress
    from pairwright_analyzers.facts import FileFacts
    from pairwright_analyzers.text import LineIndex


class PairwrightServer(Server):
    """The server. Lives on the loop thread. The families are there once `load` has run."""

    settings: SettingsKeeper
    roots: Roots
    vectors: Vectors
    documents: Documents
    reviews: Reviews
    watch: Watch
    registrations: Registrations
    status: StatusReporter
    pages: Pages

    def __init__(self, parts: Parts, stop: Callable[[int], None]) -> None:
        super().__init__(stop)
        self.parts = parts
        self.folders: list[tuple[Path, str]] = []
        self.parent: int | None = None
        self.initial_settings: object = None
        self.announced: frozenset[str] = frozenset()
        """Methods told in the answer to `initialize` although a setting decides about them."""
        self.cancels: dict[types.ProgressToken, Callable[[], object]] = {}
        self.command_number = 0

    def initialize(self, params: types.InitializeParams) -> types.InitializeResult:
        """`initialize`."""
        from pairwright.lsp.initialize import initialize

        return initialize(self, params)

    def load(self) -> Handlers:
        """Import the families and give each its memory."""
        from pairwright.lsp.diagnostics import Reviews
        from pairwright.lsp.documents import Documents
        from pairwright.lsp.methods import METHODS, NOTIFICATIONS
        from pairwright.lsp.registrations import Registrations
        from pairwright.lsp.settings import SettingsKeeper
        from pairwright.lsp.status import StatusReporter
        from pairwright.lsp.vectors import Vectors
        from pairwright.lsp.virtual import Pages
        from pairwright.lsp.watch import Watch
        from pairwright.lsp.workspace import Roots

        self.settings = SettingsKeeper(self, self.parts)
        self.roots = Roots(self, self.parts)
        self.vectors = Vectors(self)
        self.documents = Documents(self)
        self.reviews = Reviews(self)
        self.documents.on_analysed.append(self.reviews.analysed)
        self.watch = Watch(self)
        self.registrations = Registrations(self)
        self.status = StatusReporter(self)
        self.pages = Pages(self)
        return Handlers.of(METHODS, NOTIFICATIONS)

    async def close(self) -> None:
        """Cancel all work and let go of every store."""
        await super().close()
        if hasattr(self, "roots"):
            self.roots.close()

    def context(
        self, snapshot: Snapshot, root: RootSnapshot, token: CancelToken, progress: Progress
    ) -> Context:
        """What a feature is handed for work on one root. May be called from any thread."""
        from pairwright.features.context import Context

        held = {
            document.relative: document
            for document in snapshot.documents.values()
            if document.root == root.root
        }
        trees = {
            path: analysis.parsed
            for path, document in held.items()
            if (analysis := snapshot.analyses.get(document.uri)) is not None
            and analysis.parsed is not None
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
            MappingProxyType(trees),
            self.roots.searcher(root.root) if root.indexed else None,
        )

    def facts_at(self, snapshot: Snapshot, uri: str) -> tuple[FileFacts, LineIndex] | None:
        """The facts and lines of an open document or an indexed file; None for any other URI."""
        from pairwright.lsp.uris import path_of
        from pairwright_analyzers.text import LineIndex

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
        from pairwright.lsp.uris import path_of
        from pairwright_analyzers.text import LineIndex

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
        from pairwright.lsp.uris import uri_of

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
