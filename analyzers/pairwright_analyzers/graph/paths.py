"""The paths of one workspace revision, as module resolution asks for them.

Owns tables over paths and nothing else; each is made when it is first needed.
"""

from __future__ import annotations

import posixpath
from collections import defaultdict
from functools import cached_property

from pairwright_analyzers.graph.model import Workspace


class WorkspacePaths:
    """The indexed paths of a workspace, and its project files."""

    def __init__(self, workspace: Workspace) -> None:
        self.workspace = workspace
        self.root_name = workspace.root_name
        self.all = frozenset(workspace.paths())

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


def shared(a: str, b: str) -> int:
    """How many leading folders two paths share."""
    count = 0
    for left, right in zip(a.split("/"), b.split("/"), strict=False):
        if left != right:
            break
        count += 1
    return count
