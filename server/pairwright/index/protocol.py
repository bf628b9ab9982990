"""What others may know of search: its values, and the one who answers.

Owns the shapes that pass between the index and those who ask it. It must not know how anything is
found, kept or ranked, nor import what does.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import TYPE_CHECKING, Protocol

from pairwright_analyzers.types import Span

if TYPE_CHECKING:
    from pairwright_analyzers.graph import CodeGraph
    from pairwright_analyzers.graph.model import Workspace

_NOTHING: Mapping[str, float] = MappingProxyType({})


def _nothing() -> Mapping[str, float]:
    return _NOTHING


@dataclass(frozen=True, slots=True)
class Hit:
    """A piece of a file that a search found, as the view's text has it.

    Lines are counted from 1, both included; `span` is the same in bytes. `symbol` is the qualified
    name of what it is or is a part of, "" for none. `kind` is the name of its symbol's kind in
    lower case (`function`), else `code` or `section`. The larger the `score`, the better; scores of
    two queries cannot be compared. `parts` says what the score is made of. `digest` is of the text
    it was made from. `snippet` is lines of the piece, with a line of `…` where some are left out.
    """

    path: str
    start_line: int
    end_line: int
    span: Span
    symbol: str
    kind: str
    score: float
    snippet: str
    parts: Mapping[str, float] = field(default_factory=_nothing, hash=False)
    digest: bytes = b""


@dataclass(frozen=True, slots=True)
class SearchResult:
    """What a search found, the best first.

    `notes` are sentences for the person: what was not looked at, and why. `degraded` says that a
    part of the search which was asked for is down.
    """

    hits: tuple[Hit, ...]
    notes: tuple[str, ...] = ()
    degraded: bool = False


@dataclass(frozen=True, slots=True)
class Signals:
    """What is known around a query beside the index, all by path below the root.

    `recency` is from 0 (old) to 1 (just edited); `together` says how often a file changed with
    those that are open, as a share of their commits. `changed` are the files that differ from the
    base revision, None where nobody looked: outside of a repository, or as no filter asked for it.
    `open_paths` are open in the editor, the latest first.
    """

    recency: Mapping[str, float] = field(default_factory=_nothing, hash=False)
    together: Mapping[str, float] = field(default_factory=_nothing, hash=False)
    changed: frozenset[str] | None = None
    open_paths: tuple[str, ...] = ()


NO_SIGNALS = Signals()


class Searcher(Protocol):
    """Search over one root. Its methods may be called from any thread, several at once.

    `view` is a view of the index with the buffers on top, `graph` the graph over it. `within` is a
    file or folder to search in, "" for all. `check` raises once the answer is not wanted.
    """

    def search(
        self,
        view: Workspace,
        graph: CodeGraph,
        raw: str,
        limit: int,
        signals: Signals,
        check: Callable[[], None],
        *,
        within: str = "",
        publish: Callable[[Sequence[Hit]], None] | None = None,
    ) -> SearchResult:
        """What fits a query, at most `limit` hits.

        `publish` is handed hits on the way, before a slow part (loading vectors, another rank) is
        done or as they are found; the result says which of them stay and in what order. Raises
        `BadArgument` for a query that cannot be read.
        """
        ...

    def related(
        self,
        view: Workspace,
        graph: CodeGraph,
        path: str,
        offset: int,
        limit: int,
        signals: Signals,
        check: Callable[[], None],
    ) -> SearchResult:
        """Code that is like the piece of a file at a byte offset, that piece left out."""
        ...
