"""The values of the code graph, and what the graph asks of whoever holds the files.

Owns no algorithm. The graph is pure: everything it knows of the outside comes through `Workspace`.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from pairwright_analyzers.facts import FileFacts
from pairwright_analyzers.types import Confidence, Location, Role


class Workspace(Protocol):
    """A frozen view of one root's files: the index with unsaved buffers on top. Paths are POSIX,
    relative to the root.

    Every method answers from the same revision, may be called from any thread, and never raises for
    an unknown path.
    """

    @property
    def root_name(self) -> str:
        """The name of the root folder: a root that is itself a Python package is imported by it."""
        ...

    def paths(self) -> Sequence[str]:
        """All indexed paths, sorted."""
        ...

    def has(self, path: str) -> bool:
        """Whether a path is indexed."""
        ...

    def facts(self, path: str) -> FileFacts | None:
        """The facts of a path, or None when it is not indexed."""
        ...

    def text(self, path: str) -> bytes | None:
        """The text the facts were made from, as UTF-8; None when it is gone or has changed on disk
        since.
        """
        ...

    def config(self, path: str) -> bytes | None:
        """The text of a project file the resolvers read (`go.mod`, `tsconfig.json`, `package.json`,
        …), or None.
        """
        ...

    def files_mentioning(self, name: str) -> Sequence[str]:
        """Paths whose references or definitions mention a name."""
        ...

    def files_defining(self, name: str) -> Sequence[str]:
        """Paths that define a symbol of that name."""
        ...


@dataclass(frozen=True, slots=True, order=True)
class SymbolId:
    """A symbol of one snapshot: `index` counts the file's symbols, -1 is the file itself (its
    module).
    """

    path: str
    index: int


@dataclass(frozen=True, slots=True)
class Link:
    """A reference resolved to a symbol."""

    target: SymbolId
    confidence: Confidence


@dataclass(frozen=True, slots=True)
class External:
    """A reference resolved to something outside the workspace; `name` is dotted (`os.path.join`,
    `<builtin>.len`).
    """

    name: str


@dataclass(frozen=True, slots=True)
class LinkedReference:
    """A place that refers to a symbol; `within` is the symbol whose body holds it (the file's
    module when none).
    """

    location: Location
    role: Role
    confidence: Confidence
    within: SymbolId
    reference: int


@dataclass(frozen=True, slots=True)
class CallEdge:
    """One caller-callee pair with the places where the call is written."""

    caller: SymbolId
    callee: SymbolId
    confidence: Confidence
    sites: tuple[Location, ...]


@dataclass(frozen=True, slots=True)
class Impact:
    """A symbol that a change may reach: `depth` calls, overrides or inheritances away, `via` the
    one before it on the way.
    """

    symbol: SymbolId
    depth: int
    confidence: Confidence
    via: SymbolId
