"""A root's index while an editor or a command uses it: its store, kept current, and what it says of
itself.

Owns the order of loading, building and updating. It must not know who watches the files or shows
progress. Methods are
called in one worker thread at a time; `close` may come from another.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

from pairwright.index.build import BuildOptions, BuildReport, build, compact, load, update
from pairwright.index.status import IndexState, IndexStatus
from pairwright.index.store import Store, open_store
from pairwright.index.view import IndexView, view_of

Publish = Callable[[IndexView | None, IndexStatus], None]
"""(new view, or None for the one there is; status)."""

Count = Callable[[int, int], None]
"""(files done, files to be done)."""


class LiveIndex:
    """The index of one root. Opening is cheap; the store is opened with the first build."""

    def __init__(self, root: Path, cache: Path, options: BuildOptions) -> None:
        self.root = root
        self._cache = cache
        self._options = options
        self._store: Store | None = None
        self._view: IndexView | None = None
        self._last: BuildReport | None = None

    @property
    def store(self) -> Store:
        """The store, opened on first use."""
        if self._store is None:
            self._store = open_store(self.root, self._cache)
        return self._store

    def build(self, check: Callable[[], None], count: Count, publish: Publish) -> BuildReport:
        """Bring the index up to date with the disk: what was stored is served at once, and told to
        be stale.
        """
        store = self.store
        load(store)
        publish(self._current(), self.status(IndexState.BUILDING))

        def counted(done: int, total: int) -> None:
            count(done, total)
            publish(None, self.status(IndexState.BUILDING, done, total))

        try:
            self._last = build(self.root, store, self._options, check=check, progress=counted)
        except BaseException:
            publish(self._current(), self.status(IndexState.STALE))
            raise
        publish(self._current(), self.status())
        return self._last

    def rebuild(self, check: Callable[[], None], count: Count, publish: Publish) -> BuildReport:
        """Forget everything and build anew."""
        self.store.clear()
        return self.build(check, count, publish)

    def update(
        self, paths: Sequence[Path], check: Callable[[], None], publish: Publish
    ) -> BuildReport | None:
        """Read some files again: changed, created or deleted, absolute paths; those outside the
        root do not count.
        """
        inside = [
            path.relative_to(self.root).as_posix()
            for path in paths
            if path.is_relative_to(self.root) and path != self.root
        ]
        if not inside:
            return None
        self._last = update(self.root, self.store, inside, self._options, check=check)
        publish(self._current(), self.status())
        compact(self.store)
        return self._last

    def close(self) -> None:
        """Let go of the store."""
        if self._store is not None:
            self._store.close()

    def _current(self) -> IndexView:
        contents = self.store.contents
        if self._view is None:
            self._view = view_of(self.store)
        elif self._view.contents is not contents:
            self._view = self._view.with_contents(contents)
        return self._view

    def status(
        self, state: IndexState = IndexState.READY, done: int = 0, total: int = 0
    ) -> IndexStatus:
        """What the index says of itself; a store that cannot be kept makes a finished one
        `degraded`.
        """
        report = self._last
        problem = self.store.problem
        if state is IndexState.READY and problem:
            state = IndexState.DEGRADED
        return IndexStatus(
            root=str(self.root),
            state=state,
            done=done,
            total=total,
            files=report.files if report else 0,
            symbols=report.symbols if report else 0,
            references=report.references if report else 0,
            lines=report.lines if report else 0,
            seconds=report.seconds if report else 0.0,
            reason=problem if state is IndexState.DEGRADED else "",
        )
