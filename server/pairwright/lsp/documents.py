"""Open documents: `didOpen`, `didChange`, `didSave`, `didClose`, and keeping their facts fresh.

Owns when a document is analysed: shortly after the last keystroke, and at once when a request
needs it; always in a thread. A result for a version that has passed is dropped, but its tree helps
the next.
"""

from __future__ import annotations

import asyncio
import os
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from lsprotocol import types

from pairwright.lsp.uris import path_of
from pairwright.session import (
    Analysed,
    Analysis,
    Closed,
    ContentEdit,
    Edited,
    Opened,
    Snapshot,
    analyse,
    innermost,
)

if TYPE_CHECKING:
    from pairwright.lsp.families import PairwrightServer as Server
    from pairwright.session import Document

QUIET_SECONDS = 0.15
"""How long nothing must be typed before a document is analysed."""


class Documents:
    """The analyses under way. Lives on the loop thread."""

    def __init__(self, server: Server) -> None:
        self._server = server
        self._timers: dict[str, asyncio.TimerHandle] = {}
        self._running: dict[str, tuple[int, asyncio.Future[Analysis]]] = {}
        self.on_analysed: list[Callable[[str], None]] = []

    def schedule(self, uri: str, seconds: float = QUIET_SECONDS) -> None:
        """Analyse a document when it has been quiet for a while."""
        self.forget(uri)
        loop = asyncio.get_running_loop()
        self._timers[uri] = loop.call_later(seconds, self._start, uri)

    def forget(self, uri: str) -> None:
        """Take back `schedule`."""
        timer = self._timers.pop(uri, None)
        if timer is not None:
            timer.cancel()

    def _start(self, uri: str) -> None:
        self._timers.pop(uri, None)
        document = self._server.session.document(uri)
        if document is not None:
            self._server.spawn("reading a document", self._await(self._analysis(document)))

    @staticmethod
    async def _await(future: asyncio.Future[Analysis]) -> None:
        await asyncio.wait([future])
        if not future.cancelled():
            future.result()

    def _analysis(self, document: Document) -> asyncio.Future[Analysis]:
        """The analysis of this very version: the one under way, or a new one."""
        server = self._server
        running = self._running.get(document.uri)
        if running is not None and running[0] == document.version and not running[1].done():
            return running[1]
        known = server.session.analysis(document.uri)
        limit = server.max_file_size(document)
        # A version is part of the key: a request may still wait for the one before.
        future = server.tasks.submit(
            ("analyse", document.uri, document.version),
            lambda token, _progress: analyse(document, known, limit),
        )
        self._running[document.uri] = document.version, future

        def done(future: asyncio.Future[Analysis]) -> None:
            running = self._running.get(document.uri)
            if running is not None and running[1] is future:
                del self._running[document.uri]
            if not future.cancelled() and future.exception() is None:
                server.session.apply(Analysed(document.uri, future.result()), "analysis")
                for tell in self.on_analysed:
                    tell(document.uri)

        future.add_done_callback(done)
        return future

    async def settled(self, snapshot: Snapshot, uri: str) -> Snapshot:
        """`snapshot` with the facts of the document at `uri` brought up to its text there; others
        as they are.
        """
        document = snapshot.documents.get(uri)
        if document is None:
            return snapshot
        known = self._server.session.analysis(uri) or snapshot.analyses.get(uri)
        if known is None or known.text != document.text:
            # Shielded: others may wait for the same analysis when this request is cancelled.
            known = await asyncio.shield(self._analysis(document))
        held = snapshot.analyses.get(uri)
        if held is not None and held.text == document.text:
            return snapshot
        now = self._server.session.snapshot
        if now.documents.get(uri) is document:
            return now
        return snapshot.with_analysis(uri, known)

    async def all_settled(self, snapshot: Snapshot, root: Path | None) -> Snapshot:
        """`snapshot` with the facts of every open document of a root brought up to its text."""
        for uri, document in snapshot.documents.items():
            if document.root == root:
                snapshot = await self.settled(snapshot, uri)
        return snapshot


def real_path(path: Path, roots: list[Path]) -> Path:
    """`path` in the spelling of the root that holds it: an editor may resolve links in one and not
    in the other.
    """
    if innermost(path, roots) is not None:
        return path
    resolved = Path(os.path.realpath(path))
    for root in roots:
        found = innermost(resolved, [Path(os.path.realpath(root))])
        if found is not None:
            return root / found[1]
    return path


def did_open(server: Server, params: types.DidOpenTextDocumentParams) -> None:
    """`textDocument/didOpen`."""
    item = params.text_document
    path = path_of(item.uri)
    if path is not None:
        path = real_path(path, [root.root for root in server.session.snapshot.roots])
        server.roots.ensure(path)
    server.session.apply(
        Opened(item.uri, path, str(item.language_id), item.version, item.text), "didOpen"
    )
    server.documents.schedule(item.uri, 0)
    server.reviews.opened(item.uri)


def did_change(server: Server, params: types.DidChangeTextDocumentParams) -> None:
    """`textDocument/didChange`."""
    uri = params.text_document.uri
    edits = []
    for change in params.content_changes:
        if isinstance(change, types.TextDocumentContentChangePartial):
            start, end = change.range.start, change.range.end
            edits.append(
                ContentEdit((start.line, start.character), (end.line, end.character), change.text)
            )
        else:
            edits.append(ContentEdit(None, None, change.text))
    server.session.apply(Edited(uri, params.text_document.version, edits), "didChange")
    if server.session.document(uri) is not None:
        server.documents.schedule(uri)


def did_save(server: Server, params: types.DidSaveTextDocumentParams) -> None:
    """`textDocument/didSave`."""
    uri = params.text_document.uri
    server.vectors.hold()
    server.reviews.saved(uri)
    path = path_of(uri)
    if path is not None:
        server.watch.saved(path)


def did_close(server: Server, params: types.DidCloseTextDocumentParams) -> None:
    """`textDocument/didClose`."""
    uri = params.text_document.uri
    document = server.session.document(uri)
    server.documents.forget(uri)
    server.session.apply(Closed(uri), "didClose")
    server.reviews.closed(uri)
    if document is not None and document.path is not None:
        # What was never saved is gone: the index may hold an older text than the disk.
        server.watch.touched([document.path])
        server.roots.release(document.root)
