"""What the server is handed by `app.py`: the concrete parts behind protocols.

Owns the protocols of those parts as this package uses them. It must not import any of them.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from pairwright.features.context import VirtualDocument
    from pairwright.index.protocol import Searcher
    from pairwright.index.status import IndexStatus, VectorStatus
    from pairwright.log import LogBuffer
    from pairwright.session import RepoView, View
    from pairwright.settings import Settings
    from pairwright.tasks import Progress

Publish = Callable[["View | None", "IndexStatus"], None]
"""(new view or None for the old one, status); may be called from any thread, as often as there is
news.
"""


class RootIndex(Protocol):
    """The index of one root: its store, kept current. Its methods are called in one worker thread
    at a time.
    """

    def build(self, check: Callable[[], None], progress: Progress, publish: Publish) -> None:
        """Bring the whole index up to date with the disk. Raises `Cancelled` when `check` does."""
        ...

    def rebuild(self, check: Callable[[], None], progress: Progress, publish: Publish) -> None:
        """Forget everything and build anew."""
        ...

    def update(self, paths: Sequence[Path], check: Callable[[], None], publish: Publish) -> None:
        """Read some files again: changed, created or deleted, absolute paths."""
        ...

    @property
    def searcher(self) -> Searcher | None:
        """Who searches the index; None before there is one. Any thread may ask."""
        ...

    def embed(self, check: Callable[[], None], report: Callable[[VectorStatus], None]) -> None:
        """Make the vectors that its files lack. Runs beside the other methods, in one thread at a
        time; `check` may hold it up, and raises `Cancelled` to end it.
        """
        ...

    def close(self) -> None:
        """Let go of the store. May be called while another method runs, which then fails
        or ends.
        """
        ...


@dataclass(frozen=True, slots=True)
class Parts:
    """The concrete parts.

    `user_file` is the user's settings file or None; `write_page` puts a document into the cache
    folder for a client that can only show files, and returns where.
    """

    open_index: Callable[[Path, Settings], RootIndex]
    open_repository: Callable[[Path], RepoView | None]
    user_file: Callable[[], Path | None]
    environ: Mapping[str, str]
    write_page: Callable[[VirtualDocument], Path]
    log: LogBuffer
