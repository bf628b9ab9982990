"""The paths of one workspace revision, as module resolution asks for them.

Owns tables over paths and nothing else; each is made when it is first needed.
"""

from __future__ import annotations

import posixpath
from collections import defaultdict, deque
from collections.abc import Sequence
from functools import cached_property
from typing import Protocol, TypeVar

from pairwright_analyzers.graph.model import Workspace


class PathTables:
    """What follows from paths alone. Immutable; shared by all revisions with the same paths."""

    def __init__(self, paths: Sequence[str], root_name: str) -> None:
        self.root_name = root_name
        self.all = frozenset(paths)
        self._derived: dict[type, object] = {}

    def derived(self, kind: type[Derived]) -> Derived:
        """A language family's own table over these paths, made on first use."""
        held = self._derived.get(kind)
        if held is None:
            held = self._derived[kind] = kind(self)
        assert isinstance(held, kind)
        return held

    def exists(self, path: str) -> bool:
        """Whether a path is indexed."""
        return path in self.all

    @cached_property
    def folders(self) -> frozenset[str]:
        """Every folder that holds an indexed file, at any depth."""
        found: set[str] = set()
        for path in self.all:
            folder = posixpath.dirname(path)
            while folder and folder not in found:
                found.add(folder)
                folder = posixpath.dirname(folder)
        return frozenset(found)

    @cached_property
    def files_in(self) -> dict[str, list[str]]:
        """Folder -> its files."""
        found: dict[str, list[str]] = defaultdict(list)
        for path in sorted(self.all):
            found[posixpath.dirname(path)].append(path)
        return found

    @cached_property
    def by_name(self) -> dict[str, list[str]]:
        """File name -> paths."""
        found: dict[str, list[str]] = defaultdict(list)
        for path in sorted(self.all):
            found[path.rpartition("/")[2]].append(path)
        return found

    def by_suffix(self, path: str, wanted: str) -> tuple[str, ...]:
        """Paths that end with a relative path, those near `path` first, at most four."""
        wanted = posixpath.normpath(wanted).lstrip("/")
        while wanted.startswith("../"):
            wanted = wanted[3:]
        found = [
            candidate
            for candidate in self.by_name.get(wanted.rpartition("/")[2], ())
            if candidate == wanted or candidate.endswith("/" + wanted)
        ]
        return tuple(sorted(found, key=lambda one: -shared(path, one)))[:4]


class DerivedTable(Protocol):
    """A table that a language family makes of paths alone."""

    def __init__(self, tables: PathTables) -> None: ...


Derived = TypeVar("Derived", bound=DerivedTable)


class WorkspacePaths:
    """The indexed paths of one revision of a workspace, and its project files."""

    def __init__(self, workspace: Workspace) -> None:
        self.workspace = workspace
        self.tables = _tables_of(workspace.paths(), workspace.root_name)
        self.root_name = self.tables.root_name
        self.all = self.tables.all

    def exists(self, path: str) -> bool:
        """Whether a path is indexed."""
        return path in self.all

    @property
    def folders(self) -> frozenset[str]:
        """Every folder that holds an indexed file, at any depth."""
        return self.tables.folders

    @property
    def files_in(self) -> dict[str, list[str]]:
        """Folder -> its files."""
        return self.tables.files_in

    @property
    def by_name(self) -> dict[str, list[str]]:
        """File name -> paths."""
        return self.tables.by_name

    def by_suffix(self, path: str, wanted: str) -> tuple[str, ...]:
        """Paths that end with a relative path, those near `path` first, at most four."""
        return self.tables.by_suffix(path, wanted)


_recent: deque[tuple[list[str], PathTables]] = deque(maxlen=4)
"""The last sets of paths: an edit changes a text and seldom a path, and roots are few."""


def _tables_of(paths: Sequence[str], root_name: str) -> PathTables:
    wanted = list(paths)
    for known, tables in tuple(_recent):
        if tables.root_name == root_name and known == wanted:
            return tables
    tables = PathTables(wanted, root_name)
    _recent.append((wanted, tables))
    return tables


def shared(a: str, b: str) -> int:
    """How many leading folders two paths share."""
    count = 0
    for left, right in zip(a.split("/"), b.split("/"), strict=False):
        if left != right:
            break
        count += 1
    return count
