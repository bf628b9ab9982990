"""Vectors for search, made in quiet moments: once an index is at rest, and never during a save.

Owns when each root's are made, held up and stopped. It must not know how they are made.
"""

from __future__ import annotations

import asyncio
import threading
from pathlib import Path
from typing import TYPE_CHECKING

from pairwright.errors import UserError
from pairwright.index.status import VectorState, VectorStatus
from pairwright.tasks import CancelToken, Priority, Progress

if TYPE_CHECKING:
    from pairwright.lsp.families import PairwrightServer as Server
    from pairwright.lsp.parts import RootIndex

_QUIET_SECONDS = 2.0
"""After an index was built, before its vectors are made."""

_EDITING_SECONDS = 20.0
"""After the last change, once all have been made: what is open has its vectors during a query."""

_SAVE_SECONDS = 1.0
"""That a save holds the work up at least; a review that it started holds it up until its end."""

_POLL_SECONDS = 0.1


class Vectors:
    """Makes the vectors of every root. Lives on the loop thread."""

    def __init__(self, server: Server) -> None:
        self._server = server
        self._timers: dict[Path, asyncio.TimerHandle] = {}
        self._again: set[Path] = set()
        self._running: set[Path] = set()
        self._may_work = threading.Event()
        self._may_work.set()
        self._resume: asyncio.TimerHandle | None = None

    def wanted(self, path: Path) -> None:
        """A root's index has news: make what it lacks in the next quiet moment."""
        if not self._server.settings_of(path).search.vectors:
            self._server.roots.vectors_are(path, VectorStatus(VectorState.OFF))
            return
        if path in self._running:
            self._again.add(path)
            return
        self._stop_timer(path)
        root = self._server.session.snapshot.root_of(path)
        made = root is not None and root.status.vectors.state is VectorState.READY
        wait = _EDITING_SECONDS if made else _QUIET_SECONDS
        self._timers[path] = asyncio.get_running_loop().call_later(wait, self._start, path)

    def forget(self, path: Path) -> None:
        """Stop the work for a root: it is gone, or starts anew."""
        self._stop_timer(path)
        self._again.discard(path)
        self._server.tasks.cancel(("vectors", path))

    def hold(self) -> None:
        """Hold the work up: somebody waits for something else."""
        self._may_work.clear()
        if self._resume is not None:
            self._resume.cancel()
        self._resume = asyncio.get_running_loop().call_later(_SAVE_SECONDS, self._go_on)

    def _go_on(self) -> None:
        self._resume = None
        if self._server.reviews.quiet:
            self._may_work.set()
        else:
            self.hold()

    def _stop_timer(self, path: Path) -> None:
        timer = self._timers.pop(path, None)
        if timer is not None:
            timer.cancel()

    def _start(self, path: Path) -> None:
        del self._timers[path]
        if self._server.shut_down:
            return
        root = self._server.session.snapshot.root_of(path)
        index = self._server.roots.index(path)
        if root is None or index is None or not root.indexed:
            return
        self._running.add(path)
        self._server.spawn(f"making vectors for {path}", self._make(path, index))

    async def _make(self, path: Path, index: RootIndex) -> None:
        server = self._server
        loop = asyncio.get_running_loop()

        def work(token: CancelToken, _progress: Progress) -> None:
            def check() -> None:
                token.check()
                while not self._may_work.wait(_POLL_SECONDS):
                    token.check()

            def report(status: VectorStatus) -> None:
                loop.call_soon_threadsafe(server.roots.vectors_are, path, status)

            index.embed(check, report)

        try:
            await server.tasks.submit(("vectors", path), work, priority=Priority.BACKGROUND)
        except Exception as error:  # noqa: BLE001 - search goes on without vectors, and says so
            reason = str(error) if isinstance(error, UserError) else "It failed; see the log."
            status = VectorStatus(VectorState.UNAVAILABLE, reason=reason)
            server.roots.vectors_are(path, status)
            server.report_failure(f"making vectors for {path}", error)
        finally:
            self._running.discard(path)
        if path in self._again:
            self._again.discard(path)
            self.wanted(path)
