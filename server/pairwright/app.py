"""The composition root: the only module that wires concrete parts together.

Owns which index, repository and transport the server gets, and the life of the process. Everything
heavy is imported when it is first needed: `initialize` is answered before any of it.
"""

from __future__ import annotations

import asyncio
import gc
import logging
import os
import re
import sys
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from pairwright.errors import Cancelled
from pairwright.lsp.parts import Parts, Publish, RootIndex
from pairwright.lsp.transport import Port, Stdio, Transport, serve_port, serve_stdio

if TYPE_CHECKING:
    from pairwright.features.context import VirtualDocument
    from pairwright.git.repo import RepoView
    from pairwright.index.build import BuildOptions
    from pairwright.index.protocol import Searcher
    from pairwright.index.status import IndexState, IndexStatus, VectorStatus
    from pairwright.index.store import Store
    from pairwright.index.vector_search import VectorSearch
    from pairwright.index.view import IndexView
    from pairwright.log import LogBuffer
    from pairwright.settings import Settings
    from pairwright.tasks import Progress

_log = logging.getLogger(__name__)

__all__ = ["Port", "Stdio", "Transport", "parts", "serve"]


def serve(transport: Transport) -> int:
    """Serve one client until it leaves; returns the exit code of the process."""
    # Half a million objects are made while the protocol's types are imported, all to stay: looking
    # through them for garbage again and again takes a tenth of the time to the first answer.
    gc.disable()
    from pairwright.log import open_log

    log = open_log()
    code = asyncio.run(_serve(parts(log), transport))
    log.listen(None)
    return code


def parts(log: LogBuffer) -> Parts:
    """The concrete parts of a server. Makes none of them: each is opened when it is needed."""
    return Parts(_open_index, _open_repository, _user_file, os.environ, _write_page, log)


_GARBAGE_THRESHOLDS = 20_000, 20, 20
"""Fewer and larger collections than Python's own: a facts table is thousands of objects, and none
of them garbage.
"""


async def _serve(wired: Parts, transport: Transport) -> int:
    from pairwright.lsp.families import PairwrightServer

    stopped = asyncio.Event()
    code = 1

    def stop(value: int) -> None:
        nonlocal code
        code = value
        stopped.set()

    server = PairwrightServer(wired, stop)
    # The loop asks for the interpreter while a thread parses: it should not wait 5 ms each time.
    sys.setswitchinterval(0.001)
    gc.freeze()
    gc.set_threshold(*_GARBAGE_THRESHOLDS)
    gc.enable()
    if isinstance(transport, Stdio):
        await serve_stdio(server, stopped)
    else:
        await serve_port(transport, server, stopped)
    if server.abandoned:
        # Python would wait for its threads, and these have not looked at their tokens in time.
        logging.shutdown()
        os._exit(code)
    return code


class StoredIndex:
    """One root's index on disk. Its methods run in one worker thread at a time; `close` in any.

    Raises `Cancelled` from whatever is asked after `close`.
    """

    def __init__(self, root: Path, settings: Settings) -> None:
        self._root = root
        self._settings = settings
        self._lock = threading.Lock()
        self._store: Store | None = None
        self._view: IndexView | None = None
        self._searcher: Searcher | None = None
        self._vectors: VectorSearch | None = None
        self._seconds = 0.0
        self._working_threads = 0
        self._closed = False

    def build(self, check: Callable[[], None], progress: Progress, publish: Publish) -> None:
        """Serve what the store holds at once, then bring it up to date with the disk."""
        from pairwright.index.build import build, compact, load
        from pairwright.index.status import IndexState

        with self._working() as store:
            if store.contents.generation == 0:
                load(store)
                if store.contents.files:
                    publish(self._fresh_view(store), self._status(store, IndexState.STALE))
            said = 0.0

            def report(done: int, total: int) -> None:
                nonlocal said
                progress.report("", done, total)
                now = time.monotonic()
                if now - said >= _STATUS_SECONDS:
                    said = now
                    status = self._status(store, IndexState.BUILDING)
                    publish(None, replace(status, done=done, total=total))

            found = build(
                self._root,
                store,
                build_options(self._settings),
                check=check,
                progress=report,
            )
            self._seconds = found.seconds
            _log.info(
                "indexed %s: %d files, %d read, %.2f s",
                self._root,
                found.files,
                found.parsed,
                found.seconds,
            )
            publish(self._fresh_view(store), self._final_status(store))
            compact(store)

    def rebuild(self, check: Callable[[], None], progress: Progress, publish: Publish) -> None:
        """Forget everything and build anew."""
        with self._working() as store:
            store.clear()
        self.build(check, progress, publish)

    def update(self, paths: Sequence[Path], check: Callable[[], None], publish: Publish) -> None:
        """Read some files again, absolute paths below the root."""
        from pairwright.index.build import update

        with self._working() as store:
            below = [path.relative_to(self._root).as_posix() for path in paths]
            found = update(self._root, store, below, build_options(self._settings), check=check)
            view = self._fresh_view(store) if found.changed else None
            publish(view, self._final_status(store))

    @property
    def searcher(self) -> Searcher | None:
        """Who searches the index, once its store is open."""
        store = self._store
        if store is None:
            return None
        with self._lock:
            if self._searcher is None:
                from pairwright.workspace import searcher_of

                self._searcher = searcher_of(self._vectors_of(store), self._settings)
            return self._searcher

    def _vectors_of(self, store: Store) -> VectorSearch:
        if self._vectors is None:
            from pairwright.workspace import vector_search_of

            self._vectors = vector_search_of(store, self._settings)
        return self._vectors

    def embed(self, check: Callable[[], None], report: Callable[[VectorStatus], None]) -> None:
        """Make the vectors that its files lack, in a process of the least priority."""
        from pairwright.workspace import embed

        with self._working() as store:
            with self._lock:
                vectors = self._vectors_of(store)
            embed(store, self._settings, vectors, check, report)

    def close(self) -> None:
        """Let go of the store, at once or when the work under way has ended."""
        with self._lock:
            self._closed = True
            if self._vectors is not None:
                # Waits for an answer of another process, which nobody here has to.
                threading.Thread(target=self._vectors.close, daemon=True).start()
            if not self._working_threads and self._store is not None:
                self._store.close()

    @contextmanager
    def _working(self) -> Iterator[Store]:
        with self._lock:
            if self._closed:
                raise Cancelled
            self._working_threads += 1
        try:
            if self._store is None:
                from pairwright.index.store import open_store

                self._store = open_store(self._root, cache_folder(self._settings))
            yield self._store
        finally:
            self._rest()

    def _rest(self) -> None:
        with self._lock:
            self._working_threads -= 1
            if self._closed and not self._working_threads and self._store is not None:
                self._store.close()

    def _fresh_view(self, store: Store) -> IndexView:
        from pairwright.index.view import view_of

        if self._view is None:
            self._view = view_of(store)
        self._view = self._view.with_contents(store.contents)
        return self._view

    def _final_status(self, store: Store) -> IndexStatus:
        from pairwright.index.status import IndexState
        from pairwright.index.store import StoreMode

        # A second server over the same workspace keeps its news in memory, and lacks nothing.
        degraded = bool(store.problem) and store.mode is StoreMode.MEMORY
        status = self._status(store, IndexState.DEGRADED if degraded else IndexState.READY)
        return replace(status, reason=store.problem if degraded else "")

    def _status(self, store: Store, state: IndexState) -> IndexStatus:
        from pairwright.index.status import IndexStatus

        rows = store.contents.files.values()
        return IndexStatus(
            str(self._root),
            state,
            files=len(rows),
            symbols=sum(row.symbols for row in rows),
            references=sum(row.references for row in rows),
            lines=sum(row.lines for row in rows),
            seconds=self._seconds,
        )


_STATUS_SECONDS = 0.1


def build_options(settings: Settings) -> BuildOptions:
    """How a root is indexed, from its settings."""
    from pairwright.index.build import BuildOptions

    index = settings.index
    workers = index.workers or min(4, os.cpu_count() or 1)
    return BuildOptions(index.exclude, index.include_vendored, index.max_file_size, workers)


def cache_folder(settings: Settings) -> Path:
    """Where indexes are kept: the setting, else the user's cache folder."""
    if settings.index.cache_folder:
        return Path(settings.index.cache_folder).expanduser()
    return _user_cache() / "index"


def _user_cache() -> Path:
    import platformdirs

    return platformdirs.user_cache_path("pairwright", appauthor=False)


def _open_index(root: Path, settings: Settings) -> RootIndex:
    return StoredIndex(root, settings)


def _open_repository(root: Path) -> RepoView | None:
    from pairwright.git.repo import open_repo

    return open_repo(root)


def _write_page(page: VirtualDocument) -> Path:
    """Write a document below the cache folder. Its name is made of the URI's, harmless on every
    system.
    """
    folder = _user_cache() / "pages"
    folder.mkdir(parents=True, exist_ok=True)
    name = re.sub(r"[^A-Za-z0-9._-]+", "-", page.uri.removeprefix("pairwright:/")).strip("-.")
    path = folder / (name[-120:] or "page.md")
    path.write_text(page.text, encoding="utf-8")
    return path


def _user_file() -> Path | None:
    from pairwright.settings import default_user_file

    return default_user_file()
