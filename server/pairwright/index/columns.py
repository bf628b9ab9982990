"""The packed base of a name table: sorted names and where they occur, in one run of bytes.

Owns the layout. It must not know how a table is kept current (`names.py`) or how a search ranks
(`search.py`). Loading decodes nothing but the paths; a look-up is a binary search in place.

Layout, after a header of lengths and a checksum: paths; 16 bytes a file of what its names were made
from; three string lists (names mentioned, names defined, names of containers), each as text and
offsets; and for the first two, in compressed rows, who mentions (files) and who defines (files,
symbol indexes, containers).
"""

from __future__ import annotations

import struct
import sys
import zlib
from array import array
from bisect import bisect_right
from collections.abc import Callable, Container, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import accumulate
from typing import Protocol

from pairwright.index.search import Found, decoded
from pairwright.index.strings import Strings

_FORMAT = 1
_MAGIC = b"PWN" + (b"<" if sys.byteorder == "little" else b">")
_SECTIONS = 14
_HEADER = struct.Struct(f"=4sIII{_SECTIONS}I")
_DIGEST_SIZE = 16
_NARROW_FILES = 1 << 16


class Names(Protocol):
    """What a base needs of a file's names: UTF-8 joined by NUL; definitions in index order."""

    mentions: bytes
    definitions: bytes
    containers: bytes


class Base:
    """A loaded base. Immutable; columns are read where they lie in `data`."""

    __slots__ = (
        "_container_ids",
        "_containers",
        "_defined",
        "_definition_files",
        "_definition_indexes",
        "_definition_starts",
        "_digests",
        "_mention_files",
        "_mention_starts",
        "_mentioned",
        "_searched",
        "data",
        "paths",
    )

    def __init__(self, data: bytes, wide: bool, bounds: Sequence[int]) -> None:
        view = memoryview(data)

        def ints(section: int, code: str = "I") -> Sequence[int]:
            part = view[bounds[section] : bounds[section + 1]]
            return part.cast(code)  # type: ignore[call-overload, no-any-return]

        def strings(section: int) -> Strings:
            return Strings(data, bounds[section], bounds[section + 1], ints(section + 1))

        code = "I" if wide else "H"
        paths = data[bounds[0] : bounds[1]].decode()
        self.data = data
        self.paths: list[str] = paths.split("\0") if paths else []
        self._digests = (bounds[1], bounds[2])
        self._mentioned = strings(2)
        self._mention_starts = ints(4)
        self._mention_files = ints(5, code)
        self._defined = strings(6)
        self._definition_starts = ints(8)
        self._definition_files = ints(9, code)
        self._definition_indexes = ints(10)
        self._container_ids = ints(11)
        self._containers = strings(12)
        self._searched: tuple[bytes, bytes] | None = None

    def digests(self) -> dict[str, bytes]:
        """Path -> the digest its names were made from."""
        data = self.data
        starts = range(*self._digests, _DIGEST_SIZE)
        return {
            path: data[at : at + _DIGEST_SIZE] for path, at in zip(self.paths, starts, strict=True)
        }

    def mentioning(self, name: bytes) -> list[str]:
        """Paths of the files that mention a name, sorted."""
        at = self._mentioned.find(name)
        if at < 0:
            return []
        starts, paths = self._mention_starts, self.paths
        return [paths[file] for file in self._mention_files[starts[at] : starts[at + 1]]]

    def defining(self, name: bytes) -> list[str]:
        """Paths of the files that define a name, sorted, one for each definition."""
        at = self._defined.find(name)
        if at < 0:
            return []
        starts, paths = self._definition_starts, self.paths
        return [paths[file] for file in self._definition_files[starts[at] : starts[at + 1]]]

    def places(self, name: bytes) -> list[tuple[str, int]]:
        """(path, symbol index) of each definition of a name, sorted."""
        at = self._defined.find(name)
        if at < 0:
            return []
        first, last = self._definition_starts[at], self._definition_starts[at + 1]
        return list(zip(self.defining(name), self._definition_indexes[first:last], strict=True))

    def segment(self, hidden: Container[str]) -> BaseSegment:
        """The names defined in the base, for a search that must not see the `hidden` paths."""
        if self._searched is None:
            text = self._defined.text()
            self._searched = (text, text.lower())
        return BaseSegment(self, *self._searched, hidden)

    def defined_at(self, offset: int) -> tuple[str, range]:
        """The defined name at an offset of the segment's text, and the rows of its definitions."""
        at = self._defined.index_at(offset)
        rows = range(self._definition_starts[at], self._definition_starts[at + 1])
        return decoded(self._defined.at(at)), rows

    def definition(self, row: int) -> tuple[str, int, str]:
        """(path, symbol index, container) of a row."""
        container = self._containers.at(self._container_ids[row])
        return (
            self.paths[self._definition_files[row]],
            self._definition_indexes[row],
            decoded(container),
        )

    def member_rows(
        self, wanted: Callable[[str], bool], within: Callable[[str], bool]
    ) -> list[tuple[int, str]]:
        """(row, name) of the definitions in a wanted container, or in none and in a wanted path."""
        containers = decoded(self._containers.text()[1:-1]).split("\0")
        ids = {at for at, name in enumerate(containers) if name and wanted(name)}
        files = {at for at, path in enumerate(self.paths) if within(path)}
        starts = self._definition_starts
        found = [
            row
            for row, (container, file) in enumerate(
                zip(self._container_ids, self._definition_files, strict=True)
            )
            if container in ids or (not container and file in files)
        ]
        return [(row, decoded(self._defined.at(bisect_right(starts, row) - 1))) for row in found]

    # --- for `merged_base` alone

    def rows_left(self, ranks: Sequence[int]) -> _Rows:
        """All rows of the files that keep a rank; `ranks` has the new number or -1 of each file."""
        rows = _Rows()
        mention_files, starts = self._mention_files, self._mention_starts
        for at in range(len(self._mentioned)):
            left = [
                rank
                for file in mention_files[starts[at] : starts[at + 1]]
                if (rank := ranks[file]) >= 0
            ]
            if left:
                rows.mentions[self._mentioned.at(at)] = left
        starts = self._definition_starts
        files, indexes, ids = self._definition_files, self._definition_indexes, self._container_ids
        intern, known = rows.containers.setdefault, rows.containers
        renumbered = [
            intern(self._containers.at(at), len(known)) for at in range(len(self._containers))
        ]
        for at in range(len(self._defined)):
            places = [
                (ranks[files[row]], indexes[row], renumbered[ids[row]])
                for row in range(starts[at], starts[at + 1])
                if ranks[files[row]] >= 0
            ]
            if places:
                rows.definitions[self._defined.at(at)] = places
        return rows


@dataclass(frozen=True, slots=True)
class BaseSegment:
    """The search's view of a base (`search.Segment`)."""

    base: Base
    text: bytes
    lowered: bytes
    hidden: Container[str]

    def bearing(self, offset: int) -> Iterator[Found]:
        name, rows = self.base.defined_at(offset)
        for row in rows:
            path, index, container = self.base.definition(row)
            if path not in self.hidden:
                yield name, path, index, container

    def members(
        self, wanted: Callable[[str], bool], within: Callable[[str], bool]
    ) -> Iterator[Found]:
        for row, name in self.base.member_rows(wanted, within):
            path, index, container = self.base.definition(row)
            if path not in self.hidden:
                yield name, path, index, container


class _Rows:
    """Names on their way into a base: files by rank, containers numbered in order of appearance."""

    __slots__ = ("containers", "definitions", "mentions")

    def __init__(self) -> None:
        self.mentions: dict[bytes, list[int]] = {}
        self.definitions: dict[bytes, list[tuple[int, int, int]]] = {}
        self.containers: dict[bytes, int] = {b"": 0}

    def add(self, rank: int, names: Names) -> None:
        definitions = names.definitions.split(b"\0") if names.definitions else []
        mentioned = set(names.mentions.split(b"\0")) if names.mentions else set()
        mentioned.update(definitions)
        mentions = self.mentions
        for name in mentioned:
            row = mentions.get(name)
            if row is None:
                mentions[name] = [rank]
            else:
                row.append(rank)
        if definitions:
            known = self.containers
            for index, (name, container) in enumerate(
                zip(definitions, names.containers.split(b"\0"), strict=True)
            ):
                place = (rank, index, known.setdefault(container, len(known)))
                places = self.definitions.get(name)
                if places is None:
                    self.definitions[name] = [place]
                else:
                    places.append(place)


def load_base(data: bytes) -> Base:
    """A base from its bytes. Raises ValueError unless they are whole."""
    try:
        magic, version, checksum, wide, *lengths = _HEADER.unpack_from(data)
    except struct.error as error:
        raise ValueError(f"not a name table: {error}") from error
    if magic != _MAGIC or version != _FORMAT:
        raise ValueError("a name table of another format")
    bounds = list(accumulate(lengths, initial=_HEADER.size))
    if len(data) != bounds[-1]:
        raise ValueError("a name table of the wrong length")
    if zlib.crc32(memoryview(data)[_HEADER.size :]) != checksum:
        raise ValueError("a damaged name table")
    return Base(data, bool(wide), bounds)


def merged_base(
    base: Base, changed: Mapping[str, Names | None], digests: Mapping[str, bytes]
) -> Base:
    """A base with the files of `changed` replaced, added, or (None) left out."""
    kept = [path for path in base.paths if path not in changed]
    paths = sorted([*kept, *(path for path, names in changed.items() if names is not None)])
    rank_of = {path: rank for rank, path in enumerate(paths)}
    ranks = [-1 if path in changed else rank_of[path] for path in base.paths]
    rows = base.rows_left(ranks)
    for path in sorted(changed):
        names = changed[path]
        if names is not None:
            rows.add(rank_of[path], names)
    return load_base(_packed(rows, paths, digests))


def _packed(rows: _Rows, paths: Sequence[str], digests: Mapping[str, bytes]) -> bytes:
    wide = len(paths) > _NARROW_FILES
    code = "I" if wide else "H"
    mentioned = sorted(rows.mentions)
    mention_starts, mention_files = array("I", [0]), array(code)
    for name in mentioned:
        files = rows.mentions[name]
        files.sort()
        mention_files.extend(files)
        mention_starts.append(len(mention_files))
    defined = sorted(rows.definitions)
    starts, files_of, indexes, containers = array("I", [0]), array(code), array("I"), array("I")
    for name in defined:
        places = rows.definitions[name]
        places.sort()
        for file, index, container in places:
            files_of.append(file)
            indexes.append(index)
            containers.append(container)
        starts.append(len(files_of))
    sections = [
        "\0".join(paths).encode(),
        b"".join([digests[path] for path in paths]),
        *_string_sections(mentioned),
        mention_starts.tobytes(),
        mention_files.tobytes(),
        *_string_sections(defined),
        starts.tobytes(),
        files_of.tobytes(),
        indexes.tobytes(),
        containers.tobytes(),
        *_string_sections(list(rows.containers)),
    ]
    checksum = 0
    for section in sections:
        checksum = zlib.crc32(section, checksum)
    header = _HEADER.pack(_MAGIC, _FORMAT, checksum, int(wide), *map(len, sections))
    return b"".join([header, *sections])


def _string_sections(strings: Sequence[bytes]) -> tuple[bytes, bytes]:
    offsets = array("I", accumulate((len(each) + 1 for each in strings), initial=1))
    return b"".join([b"\0", *_terminated(strings)]), offsets.tobytes()


def _terminated(strings: Iterable[bytes]) -> Iterable[bytes]:
    return (each + b"\0" for each in strings)


EMPTY_BASE = load_base(_packed(_Rows(), (), {}))
