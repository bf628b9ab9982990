"""A workspace with some files replaced, added or taken away: the same revision, as it would be with
another text.

Owns no facts and no resolution: whoever makes an `Overlay` hands the facts in. It must not know
where the workspace below keeps its files.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from pairwright_analyzers.facts import FileFacts
from pairwright_analyzers.graph.model import Workspace


class Overlay:
    """`below`, with the files of `texts` as given there: (text, facts), or None for a file that is
    taken away. A `graph.model.Workspace`.
    """

    __slots__ = ("_below", "_definitions", "_names", "_paths", "_texts")

    def __init__(
        self, below: Workspace, texts: Mapping[str, tuple[bytes, FileFacts] | None]
    ) -> None:
        self._below = below
        self._texts = dict(texts)
        self._paths: Sequence[str] | None = None
        self._names: dict[str, frozenset[str]] = {}
        self._definitions: dict[str, frozenset[str]] = {}
        for path, held in self._texts.items():
            facts = held[1] if held is not None else None
            defined = _defined(facts)
            self._definitions[path] = defined
            self._names[path] = defined.union(facts.names) if facts is not None else defined

    @property
    def root_name(self) -> str:
        """The root folder's name."""
        return self._below.root_name

    def paths(self) -> Sequence[str]:
        """All paths, sorted."""
        if self._paths is None:
            moved = any(
                (held is not None) != self._below.has(path) for path, held in self._texts.items()
            )
            self._paths = self._below.paths()
            if moved:
                kept = [path for path in self._paths if path not in self._texts]
                added = [path for path, held in self._texts.items() if held is not None]
                self._paths = sorted([*kept, *added])
        return self._paths

    def has(self, path: str) -> bool:
        """Whether a path is there."""
        if path in self._texts:
            return self._texts[path] is not None
        return self._below.has(path)

    def facts(self, path: str) -> FileFacts | None:
        """The facts of a path."""
        if path in self._texts:
            held = self._texts[path]
            return held[1] if held is not None else None
        return self._below.facts(path)

    def text(self, path: str) -> bytes | None:
        """The text of a path."""
        if path in self._texts:
            held = self._texts[path]
            return held[0] if held is not None else None
        return self._below.text(path)

    def config(self, path: str) -> bytes | None:
        """The text of a project file."""
        held = self._texts.get(path)
        return held[0] if held is not None else self._below.config(path)

    def files_mentioning(self, name: str) -> Sequence[str]:
        """Paths that mention a name."""
        return self._with(self._below.files_mentioning(name), self._names, name)

    def files_defining(self, name: str) -> Sequence[str]:
        """Paths that define a name."""
        return self._with(self._below.files_defining(name), self._definitions, name)

    def _with(
        self, found: Sequence[str], names: Mapping[str, frozenset[str]], name: str
    ) -> Sequence[str]:
        kept = [path for path in found if path not in self._texts]
        added = [path for path, held in names.items() if name in held]
        return sorted([*kept, *added])


def _defined(facts: FileFacts | None) -> frozenset[str]:
    if facts is None:
        return frozenset()
    return frozenset(facts.symbol_name(index) for index in range(facts.symbol_count))
