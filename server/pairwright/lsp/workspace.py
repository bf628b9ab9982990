"""Workspace folders and their indexes: added, built, kept current, removed.

Owns which roots there are and the work that keeps each one's index true. One piece of index work
runs per root at a time; what changes meanwhile is gathered and read afterwards.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING

from lsprotocol import types

from pairwright.index.status import VECTORS_WAITING, IndexState, IndexStatus, VectorStatus
from pairwright.lsp.progress import start_progress
from pairwright.lsp.uris import path_of
from pairwright.session import (
    IndexChanged,
    OpenDocumentsView,
    RepositoryOpened,
    RootAdded,
    RootRemoved,
    View,
)
from pairwright.tasks import CancelToken, Priority, Progress

if TYPE_CHECKING:
    from pairwright.index.protocol import Searcher
    from pairwright.lsp.families import PairwrightServer as Server
    from pairwright.lsp.parts import Parts, RootIndex

_log = logging.getLogger(__name__)


@dataclass(slots=True)
class _Root:
    path: Path
    name: str
    loose: bool
    index: RootIndex | None = None
    whole: bool = True
    """The next piece of work is the whole index."""
    forget: bool = False
    """The next whole build starts from nothing."""
    changed: set[Path] = field(default_factory=set)
    driver: asyncio.Task[None] | None = None
    work: asyncio.Future[None] | None = None
    waiting: list[asyncio.Future[None]] = field(default_factory=list)
    vectors: VectorStatus = VECTORS_WAITING
    opened: asyncio.Event = field(default_factory=asyncio.Event)
    """Whether its settings and its repository were looked for."""


class Roots:
    """The roots of the session. Lives on the loop thread."""

    def __init__(self, server: Server, parts: Parts) -> None:
        self._server = server
        self._parts = parts
        self._roots: dict[Path, _Root] = {}

    @property
    def paths(self) -> tuple[Path, ...]:
        """Every root, loose ones included."""
        return tuple(self._roots)

    @property
    def quiet(self) -> bool:
        """Whether no index work runs or waits."""
        return all(root.driver is None for root in self._roots.values())

    def index(self, path: Path) -> RootIndex | None:
        """A root's index, None before it was opened. May be asked from any thread."""
        root = self._roots.get(path)
        return root.index if root is not None else None

    def searcher(self, path: Path) -> Searcher | None:
        """Who searches a root. May be asked from any thread."""
        index = self.index(path)
        return index.searcher if index is not None else None

    def vectors_are(self, path: Path, status: VectorStatus) -> None:
        """Take news of a root's vectors into its status."""
        root = self._roots.get(path)
        if root is not None and root.vectors != status:
            root.vectors = status
            self._publish(root, None, self._status(root))

    def add(self, path: Path, name: str, *, loose: bool = False) -> None:
        """Add a root and start its work; a loose one gets no index."""
        if path in self._roots:
            if self._roots[path].loose and not loose:
                self.remove(path)
            else:
                return
        root = self._roots[path] = _Root(path, name, loose)
        status = IndexStatus(str(path), IndexState.READY if loose else IndexState.BUILDING)
        self._server.session.apply(
            RootAdded(
                path,
                name,
                OpenDocumentsView(path),
                self._server.settings.before_files,
                status,
                loose,
            ),
            "workspace folder",
        )
        root.driver = self._server.spawn(f"opening {path}", self._open(root))

    def remove(self, path: Path) -> None:
        """Remove a root and end its work."""
        root = self._roots.pop(path, None)
        if root is None:
            return
        if root.driver is not None:
            root.driver.cancel()
        self._server.tasks.cancel(("index", path))
        self._server.vectors.forget(path)
        self._server.session.apply(RootRemoved(path), "workspace folder")
        self._close(root)

    def close(self) -> None:
        """Let go of every store."""
        for root in self._roots.values():
            self._close(root)

    @staticmethod
    def _close(root: _Root) -> None:
        if root.index is not None:
            root.index.close()
            root.index = None

    def ensure(self, path: Path) -> None:
        """Have a root for a file: its folder becomes a loose one when none holds it."""
        if not any(path.is_relative_to(root) for root in self._roots):
            self.add(path.parent, path.parent.name, loose=True)

    def release(self, path: Path | None) -> None:
        """Drop a loose root that holds no open document any more."""
        root = self._roots.get(path) if path is not None else None
        if root is None or not root.loose:
            return
        documents = self._server.session.snapshot.documents.values()
        if not any(document.root == path for document in documents):
            self.remove(root.path)

    def changed(self, paths: Iterable[Path]) -> None:
        """Files changed on disk: their roots read them again."""
        for path in paths:
            for root in self._roots.values():
                if path.is_relative_to(root.path):
                    root.changed.add(path)
                    self._drive(root)

    def refresh(self, path: Path) -> None:
        """Much changed on disk (a branch switch): bring a root's whole index up to date."""
        root = self._roots.get(path)
        if root is not None:
            root.whole = True
            self._drive(root)

    def reopen(self, path: Path) -> None:
        """The root's index settings changed: open its index anew."""
        root = self._roots.get(path)
        if root is None or root.loose:
            return
        if root.index is None and ("index", path) not in self._server.tasks.active_keys:
            return  # its opening is under way, and will see these settings
        if root.driver is not None:
            root.driver.cancel()
            root.driver = None
        self._server.tasks.cancel(("index", path))
        self._server.vectors.forget(path)
        self._close(root)
        root.whole = True
        self._drive(root)

    async def rebuild(self) -> None:
        """Build every root's index from nothing; returns when all have ended. Cancelling cancels
        the builds.
        """
        waiting = []
        loop = asyncio.get_running_loop()
        for root in self._roots.values():
            if root.loose:
                continue
            root.whole = root.forget = True
            done: asyncio.Future[None] = loop.create_future()
            root.waiting.append(done)
            waiting.append(done)
            self._drive(root)
        try:
            await asyncio.gather(*waiting)
        except asyncio.CancelledError:
            for path in self._roots:
                self._server.tasks.cancel(("index", path))
            raise

    def _drive(self, root: _Root) -> None:
        if root.driver is None and not root.loose:
            root.driver = self._server.spawn(f"indexing {root.path}", self._work_off(root))

    async def opened(self) -> None:
        """Wait until it is known of every root which repository it is in."""
        for root in tuple(self._roots.values()):
            await root.opened.wait()

    async def _open(self, root: _Root) -> None:
        try:
            await self._server.settings.load(root.path)
            repository = await self._server.tasks.submit(
                ("repository", root.path),
                lambda _token, _progress: self._parts.open_repository(root.path),
            )
            if repository is not None:
                self._server.session.apply(RepositoryOpened(root.path, repository), "open")
        finally:
            root.opened.set()
        self._server.watch.repository_opened(root.path)
        if root.loose:
            root.driver = None
            self._server.reviews.index_ready(root.path)
            return
        await self._work_off(root)

    async def _work_off(self, root: _Root) -> None:
        try:
            while root.whole or root.changed:
                await self._step(root)
        finally:
            if root.driver is asyncio.current_task():
                root.driver = None
                self._server.status.changed()

    async def _step(self, root: _Root) -> None:
        server = self._server
        loop = asyncio.get_running_loop()
        whole, forget, changed = root.whole, root.forget, sorted(root.changed)
        waiting, root.waiting = root.waiting, []
        settings = server.settings_of(root.path)
        root.whole = root.forget = False
        root.changed = set()
        if forget:
            server.vectors.forget(root.path)

        def publish(view: View | None, status: IndexStatus) -> None:
            loop.call_soon_threadsafe(self._publish, root, view, status)
            if view is not None and status.state is not IndexState.STALE:
                loop.call_soon_threadsafe(self._tell_reviews, root, frozenset(changed), whole)

        def work(token: CancelToken, progress: Progress) -> None:
            index = root.index
            if index is None:
                index = root.index = self._parts.open_index(root.path, settings)
            if not whole:
                index.update(changed, token.check, publish)
            elif forget:
                index.rebuild(token.check, progress, publish)
            else:
                index.build(token.check, progress, publish)

        bar = None
        if whole:
            bar = start_progress(
                server,
                f"Indexing {root.name}",
                lambda: server.tasks.cancel(("index", root.path)),
            )
        try:
            await server.tasks.submit(
                ("index", root.path), work, progress=bar, priority=Priority.BACKGROUND
            )
        except asyncio.CancelledError:
            current = asyncio.current_task()
            if current is not None and current.cancelling():
                raise
            self._interrupted(root, waiting)
        except Exception as error:  # noqa: BLE001 - the status tells it, whatever it is
            self._failed(root, error, waiting)
        else:
            for done in waiting:
                if not done.done():
                    done.set_result(None)
        finally:
            if bar is not None:
                bar.end()

    def _interrupted(self, root: _Root, waiting: list[asyncio.Future[None]]) -> None:
        """The person stopped the work: what is there serves, and says what it is."""
        status = self._status(root)
        self._publish(
            root,
            None,
            replace(status, state=IndexState.STALE, reason="Indexing was stopped before its end."),
        )
        for done in waiting:
            done.cancel()

    def _failed(self, root: _Root, error: Exception, waiting: list[asyncio.Future[None]]) -> None:
        status = self._status(root)
        self._publish(root, None, replace(status, state=IndexState.DEGRADED, reason=str(error)))
        if waiting:
            for done in waiting:
                if not done.done():
                    done.set_exception(error)
        else:
            self._server.report_failure(f"indexing {root.path}", error)

    def _status(self, root: _Root) -> IndexStatus:
        found = self._server.session.snapshot.root_of(root.path)
        return found.status if found is not None else IndexStatus(str(root.path), IndexState.STALE)

    def _publish(self, root: _Root, view: View | None, status: IndexStatus) -> None:
        if self._roots.get(root.path) is not root:
            return
        status = replace(status, vectors=root.vectors)
        self._server.session.apply(IndexChanged(root.path, view, status), "index")
        if view is not None and status.state is not IndexState.STALE:
            self._server.vectors.wanted(root.path)
        if status.state is IndexState.DEGRADED and status.reason:
            self._server.tell_once(status.reason, types.MessageType.Warning)
        self._server.status.changed()

    def _tell_reviews(self, root: _Root, changed: frozenset[Path], whole: bool) -> None:
        """What was found before may look different now."""
        reviews = self._server.reviews
        if whole:
            reviews.index_ready(root.path)
            return
        documents = self._server.session.snapshot.documents.values()
        if changed - {document.path for document in documents}:
            # Open documents review themselves, at their save.
            reviews.evidence_changed(root.path)


def did_change_workspace_folders(
    server: Server, params: types.DidChangeWorkspaceFoldersParams
) -> None:
    """`workspace/didChangeWorkspaceFolders`."""
    for folder in params.event.removed:
        path = path_of(folder.uri)
        if path is not None:
            server.roots.remove(path)
    for folder in params.event.added:
        path = path_of(folder.uri)
        if path is not None:
            server.roots.add(path, folder.name)
    # A document of a removed folder still needs a root.
    for document in server.session.snapshot.documents.values():
        if document.path is not None and document.root is None:
            server.roots.ensure(document.path)
