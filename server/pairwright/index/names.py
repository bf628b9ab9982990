"""Name tables: which files mention a name, which symbols bear it.

Owns the names of files and how a table grows from another. It must not know where facts are stored
nor read a file. A table is a value: an immutable base of packed columns (`columns.py`), shared by
all tables that grew out of it, with the names of the few files that changed since laid over it.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from pairwright.index.columns import EMPTY_BASE, Base, load_base, merged_base
from pairwright.index.search import FileSegment, Hit, Segment, ranked_hits
from pairwright_analyzers.facts import FileFacts, containers_in, definitions_in, names_in

# A file laid over the base costs every look-up a set look-up, so their number is bounded twice.
_OVERLAY_SHARE = 20
_OVERLAY_LEAST = 64
_OVERLAY_MOST = 400


class FileNames:
    """The names of one file. `containers` has the name of the enclosing symbol for each definition.

    All three are UTF-8 joined by NUL, which no name contains; definitions are in index order.
    """

    __slots__ = ("_mentioned", "_places", "containers", "definitions", "mentions")

    def __init__(self, mentions: bytes, definitions: bytes, containers: bytes) -> None:
        self.mentions = mentions
        self.definitions = definitions
        self.containers = containers
        self._mentioned: frozenset[bytes] | None = None
        self._places: Mapping[bytes, Sequence[int]] | None = None

    @property
    def mentioned(self) -> frozenset[bytes]:
        """Every name that a reference or a definition of the file bears."""
        if self._mentioned is None:
            named = self.mentions.split(b"\0") if self.mentions else ()
            self._mentioned = frozenset(named).union(self.places)
        return self._mentioned

    @property
    def places(self) -> Mapping[bytes, Sequence[int]]:
        """Name -> indexes of the symbols that bear it."""
        if self._places is None:
            places: dict[bytes, list[int]] = {}
            if self.definitions:
                for index, name in enumerate(self.definitions.split(b"\0")):
                    places.setdefault(name, []).append(index)
            self._places = places
        return self._places


def names_of_packed(blob: bytes) -> FileNames:
    """The names of packed facts, without unpacking them."""
    return FileNames(
        b"\0".join(names_in(blob)),
        b"\0".join(definitions_in(blob)),
        b"\0".join(containers_in(blob)),
    )


def names_of_facts(facts: FileFacts) -> FileNames:
    """The names of unpacked facts, without packing them."""
    count = range(facts.symbol_count)
    definitions = [facts.symbol_name(index) for index in count]
    containers = [facts.container_name(index) for index in count]
    return FileNames(_joined(facts.names), _joined(definitions), _joined(containers))


class NameTable:
    """The names of a set of files. Immutable and safe to read from any thread."""

    __slots__ = ("_base", "_overlay")

    def __init__(self, base: Base, overlay: Mapping[str, FileNames | None]) -> None:
        self._base = base
        self._overlay = overlay

    # --- growing

    def with_files(self, changed: Mapping[str, FileNames | None]) -> NameTable:
        """The table with some files' names replaced, or taken out where the value is None.

        Copies what was laid over before, never the base.
        """
        if not changed:
            return self
        return NameTable(self._base, {**self._overlay, **changed})

    @property
    def wants_compacting(self) -> bool:
        """Whether so many files lie over the base that look-ups get slow."""
        most = len(self._base.paths) // _OVERLAY_SHARE
        return len(self._overlay) > max(_OVERLAY_LEAST, min(most, _OVERLAY_MOST))

    @property
    def overlay_size(self) -> int:
        """How many files lie over the base; none in a compact table."""
        return len(self._overlay)

    def compacted(self, digests: Mapping[str, bytes]) -> NameTable:
        """The same names in a base of their own; `digests` has 16 bytes for each of its files.

        Takes tenths of a second on a large workspace. Raises KeyError for a file without a digest.
        """
        if not self._overlay:
            return self
        return NameTable(merged_base(self._base, self._overlay, digests), {})

    def pack(self) -> bytes:
        """The table as bytes, for `load_names`. Raises ValueError unless it is compact."""
        if self._overlay:
            raise ValueError("a table with files laid over its base cannot be packed")
        return self._base.data

    def base_digests(self) -> dict[str, bytes]:
        """Path -> the digest that its names in the base were made from."""
        return self._base.digests()

    # --- asking

    def files_mentioning(self, name: str) -> list[str]:
        """Paths of the files that mention a name, sorted."""
        raw = _encoded(name)
        found = self._visible(self._base.mentioning(raw))
        over = [path for path, names in self._overlay.items() if names and raw in names.mentioned]
        return sorted(found + over) if over else found

    def files_defining(self, name: str) -> list[str]:
        """Paths of the files that define a symbol of that name, sorted."""
        raw = _encoded(name)
        found = self._visible(dict.fromkeys(self._base.defining(raw)))
        over = [path for path, names in self._overlay.items() if names and raw in names.places]
        return sorted(found + over) if over else found

    def definitions(self, name: str) -> list[tuple[str, int]]:
        """(path, symbol index) of each symbol of that name, sorted."""
        raw = _encoded(name)
        found = [place for place in self._base.places(raw) if place[0] not in self._overlay]
        for path, names in self._overlay.items():
            if names:
                found.extend((path, index) for index in names.places.get(raw, ()))
        found.sort()
        return found

    def search(self, query: str, limit: int) -> list[Hit]:
        """The symbols that fit a query best, at most `limit`, the best first (see `search.py`)."""
        segments: list[Segment] = [self._base.segment(hidden=self._overlay)]
        for path, names in self._overlay.items():
            if names and names.definitions:
                segments.append(FileSegment(path, names.definitions, names.containers))
        return ranked_hits(segments, query, limit)

    def _visible(self, paths: Iterable[str]) -> list[str]:
        overlay = self._overlay
        if not overlay:
            return list(paths)
        return [path for path in paths if path not in overlay]


NO_NAMES = NameTable(EMPTY_BASE, {})


def load_names(data: bytes) -> NameTable:
    """The table of `NameTable.pack`. Raises ValueError for anything else."""
    return NameTable(load_base(data), {})


def _encoded(name: str) -> bytes:
    return name.encode("utf-8", "surrogateescape")


def _joined(names: Iterable[str]) -> bytes:
    return "\0".join(names).encode("utf-8", "surrogateescape")
