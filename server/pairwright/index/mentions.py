"""What a query names, found in an index: definitions, files and modules.

Owns how a name or path in a text is matched with what there is: `Cart.total`, `django.db.models`,
`src/cart.py:12`. It must not know how much that counts. It needs numpy, so it is imported with the
first search.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import reduce
from pathlib import PurePosixPath
from typing import TYPE_CHECKING, Protocol

from pairwright.index.arrays import np
from pairwright.index.evidence import Corpus
from pairwright_analyzers.words import terms_of

if TYPE_CHECKING:
    from pairwright.index.evidence import Floats, Integers
    from pairwright_analyzers.facts import FileFacts

_MOST_DEFINITIONS = 40
"""A name with more says nothing of where."""

_SEPARATOR = re.compile(r"\.|::|->|#|\\")
_BARRELS = frozenset({"__init__", "index", "mod", "init"})


class Names(Protocol):
    """The part of a name table that is asked."""

    def definitions(self, name: str) -> list[tuple[str, int]]: ...


class Facts(Protocol):
    """Where facts of files come from."""

    def facts(self, path: str) -> FileFacts | None: ...


@dataclass(frozen=True, slots=True)
class Mentioned:
    """What a query names, each with a weight from 0 to 1: by chunk number what defines it; by file
    number, what defines it, what uses it, and what it is as a path or module. `symbols` has the
    defined symbol's number in its file, by chunk number.
    """

    definitions: Mapping[int, float]
    symbols: Mapping[int, int]
    file_definition: Floats
    file_mention: Floats
    path_mention: Floats


def mentioned(
    corpus: Corpus,
    names: Names,
    source: Facts,
    identifiers: Mapping[str, float],
    paths: Mapping[str, float],
) -> Mentioned:
    """Look up what a query names. Names that much defines, and paths that fit many files, count
    for less.
    """
    count = len(corpus.file_norm)
    definitions: dict[int, float] = {}
    symbols: dict[int, int] = {}
    file_definition = np.zeros(count, "f4")
    file_mention = np.zeros(count, "f4")
    path_mention = np.zeros(count, "f4")
    for name, weight in identifiers.items():
        parts = [part for part in _SEPARATOR.split(name) if part]
        if not parts:
            continue
        by_file: dict[int, float] = {}
        for chunk, symbol, share in _definitions(corpus, names, source, parts):
            symbols.setdefault(chunk, symbol)
            definitions[chunk] = max(definitions.get(chunk, 0.0), weight * share)
            file = int(corpus.files[chunk])
            by_file[file] = max(by_file.get(file, 0.0), weight * share)
        for file, share in by_file.items():
            file_definition[file] += share
        terms = terms_of(parts[-1])
        if terms:
            users = np.unique(corpus.files[corpus.index.postings(terms[-1])[0]])
            if len(users):
                file_mention[users] += weight / math.log2(1 + len(users))
        if len(parts) > 1:
            for file, share in _module(corpus, parts):
                path_mention[file] = max(path_mention[file], weight * share)
    for path, weight in paths.items():
        for file, share in _path(corpus, path):
            path_mention[file] = max(path_mention[file], weight * share)
    most = float(file_mention.max(initial=0.0))
    if most > 1:
        file_mention /= most
    return Mentioned(
        definitions,
        symbols,
        np.minimum(file_definition, 2) * np.float32(0.5),
        file_mention,
        path_mention,
    )


# --- definitions


def _definitions(
    corpus: Corpus, names: Names, source: Facts, parts: Sequence[str]
) -> list[tuple[int, int, float]]:
    """(chunk, symbol, weight) of what defines the last of some names, in the others where they say
    so.
    """
    places = names.definitions(parts[-1])
    if not places or len(places) > 4 * _MOST_DEFINITIONS:
        return []
    share = 1.0
    if len(parts) > 1:
        inside = [place for place in places[:_MOST_DEFINITIONS] if _within(source, place, parts)]
        places, share = (inside, 1.0) if inside else (places, 0.4)
    share /= 1 + math.log(len({path for path, _ in places}))
    found = []
    for path, symbol in places[:_MOST_DEFINITIONS]:
        chunk = chunk_of_symbol(corpus, source, path, symbol)
        if chunk >= 0:
            found.append((chunk, symbol, share))
    return found


def _within(source: Facts, place: tuple[str, int], parts: Sequence[str]) -> bool:
    """Whether a definition stands in what the name before it says: a type, a module, a file."""
    path, symbol = place
    before = parts[-2].lower()
    facts = source.facts(path)
    if facts is None or symbol >= facts.symbol_count:
        return False
    qualname = facts.qualname(symbol).lower().split(".")
    if len(qualname) > 1:
        return before in qualname[:-1]
    below = PurePosixPath(path.lower())
    return before in (below.stem, below.parent.name) and below.stem in (before, *_BARRELS)


def chunk_of_symbol(corpus: Corpus, source: Facts, path: str, symbol: int) -> int:
    """The chunk that has a symbol's name, or -1."""
    try:
        first, last = corpus.index.chunk_range(path)
    except KeyError:
        return -1
    table = corpus.index.table
    exact = np.flatnonzero(table.symbols[first:last] == symbol)
    if len(exact):
        return first + int(exact[0])
    facts = source.facts(path)
    if facts is None or symbol >= facts.symbol_count:
        return -1
    start = facts.symbol_name_start(symbol)
    at = int(np.searchsorted(table.starts[first:last], start, side="right")) - 1
    return first + at if at >= 0 else -1


# --- files


def _path(corpus: Corpus, mention: str) -> Iterable[tuple[int, float]]:
    """(file, weight) of the files whose paths end like a path in a text."""
    wanted = [part for part in mention.lower().replace("\\", "/").split("/") if part not in "."]
    if not wanted:
        return []
    with_ending = "." in wanted[-1]
    ends = []
    for file in _named(corpus, wanted[-1]):
        parts = corpus.index.paths[file].lower().split("/")
        if not with_ending:
            parts[-1] = parts[-1].partition(".")[0]
            if parts[-1] in _BARRELS and len(parts) > 1:
                parts.pop()
        ends.append((_common_end(wanted, parts), file))
    return _best(ends, 1, len(wanted))


def _module(corpus: Corpus, parts: Sequence[str]) -> Iterable[tuple[int, float]]:
    """(file, weight) of the files that a dotted name means or lies in: `kombu.transport.redis`."""
    wanted = [part.lower() for part in parts]
    for end in range(len(wanted), 1, -1):
        ends = []
        for file in _named(corpus, wanted[end - 1]):
            below = corpus.index.paths[file].lower().split("/")
            below[-1] = below[-1].partition(".")[0]
            if below[-1] in _BARRELS and len(below) > 1:
                below.pop()
            ends.append((_common_end(wanted[:end], below), file))
        found = _best(ends, 2, end)
        if found:
            return found
    return []


def _named(corpus: Corpus, name: str) -> Sequence[int]:
    """The files with all words of a name in their paths."""
    terms = terms_of(name)
    if not terms:
        return []
    found: Integers = reduce(np.intersect1d, (corpus.index.files_named(term) for term in terms[:6]))
    return [int(file) for file in found[:2_000]]


def _common_end(first: Sequence[str], second: Sequence[str]) -> int:
    length = 0
    for one, other in zip(reversed(first), reversed(second), strict=False):
        if one != other:
            break
        length += 1
    return length


def _best(ends: Iterable[tuple[int, int]], least: int, most: int) -> list[tuple[int, float]]:
    """The files that share the longest end, at least `least` parts of it, and how sure that is."""
    ends = [end for end in ends if end[0] >= least]
    if not ends:
        return []
    longest = max(length for length, _ in ends)
    found = [file for length, file in ends if length == longest]
    # Names such as `utils.py` alone fit many files.
    share = 1.0 if longest > 1 or longest == most else 0.6
    return [(file, share / math.sqrt(len(found))) for file in found[:50]]
