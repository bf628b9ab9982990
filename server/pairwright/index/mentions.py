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
from pairwright.index.lexical import rarity
from pairwright_analyzers.words import terms_of

if TYPE_CHECKING:
    from pairwright.index.evidence import Floats, Integers
    from pairwright.index.reports import Frame
    from pairwright_analyzers.facts import FileFacts

_MOST_DEFINITIONS = 40
"""A name with more says nothing of where."""

_SEPARATOR = re.compile(r"\.|::|->|#|\\")
_BARRELS = frozenset({"__init__", "index", "mod", "init"})


class Names(Protocol):
    """The part of a name table that is asked."""

    def definitions(self, name: str) -> list[tuple[str, int]]: ...


class Facts(Protocol):
    """Where facts of files come from, and their texts."""

    def facts(self, path: str) -> FileFacts | None: ...

    def text(self, path: str) -> bytes | None: ...


@dataclass(frozen=True, slots=True)
class Mentioned:
    """What a query names, each with a weight from 0 to 1: by chunk number what defines it; by file
    number, what defines it, what uses it, and what it is as a path or module. `symbols` has the
    defined symbol's number in its file, by chunk number. `ran` is by file number how
    deep in a stack trace a file stands, among those of this workspace; `says` by chunk number what
    share of a message stands there word by word.
    """

    definitions: Mapping[int, float]
    symbols: Mapping[int, int]
    file_definition: Floats
    file_mention: Floats
    path_mention: Floats
    ran: Floats
    says: Mapping[int, float]


def mentioned(
    corpus: Corpus,
    names: Names,
    source: Facts,
    identifiers: Mapping[str, float],
    paths: Mapping[str, float],
    frames: Sequence[Frame] = (),
    messages: Sequence[str] = (),
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
        _ran(corpus, frames),
        _says(corpus, source, messages),
    )


# --- stack traces and messages

_DEEPER = 0.35
_LOOKED_UP = 12
_READ = 6
_LEAST_SHARE = 0.6
_LEAST_RUN = 2
_ENOUGH = 14.0
_MESSAGE_WORD = re.compile(r"[^\W\d_]+")


def _ran(corpus: Corpus, frames: Sequence[Frame]) -> Floats:
    """By file, 1 for the deepest own frame and less for those above. Others are skipped: what a
    library's file shares with one of ours is its name alone.
    """
    found = np.zeros(len(corpus.file_norm), "f4")
    depth, last = 0, -1
    for frame in frames:
        parts = [part for part in frame.path.split("/") if part not in ("", ".", "..")]
        ends = list(_path(corpus, frame.path))
        if len(ends) != 1 or (ends[0][1] < 1 and len(parts) > 1):
            continue
        file = ends[0][0]
        found[file] = max(found[file], 1 / (1 + _DEEPER * depth))
        depth += file != last
        last = file
    return found


def _says(corpus: Corpus, source: Facts, messages: Sequence[str]) -> dict[int, float]:
    """By chunk, the share of a message that stands in its text in a row or in a few: what a program
    put in between is not in its source.
    """
    found: dict[int, float] = {}
    for message in messages:
        words = [word.lower() for word in _MESSAGE_WORD.findall(message)]
        told: list[tuple[float, Integers]] = []
        for term in list(dict.fromkeys(terms_of(message)))[:_LOOKED_UP]:
            numbers, _ = corpus.index.postings(term)
            if len(numbers):
                told.append((rarity(len(numbers), corpus.chunk_count), numbers))
        total = sum(worth for worth, _ in told)
        if len(told) < _LEAST_RUN:
            continue
        cover = np.zeros(len(corpus.files), "f4")
        for worth, numbers in told:
            cover[numbers] += worth
        cover /= np.float32(total)
        cover[corpus.tests > 0] = 0
        best = np.argpartition(-cover, min(_READ, len(cover) - 1))[:_READ]
        for number in best[cover[best] >= _LEAST_SHARE].tolist():
            share = _in_a_row(words, _words_in(corpus, source, number))
            value = share * min(1.0, total / _ENOUGH)
            if value > found.get(number, 0.0):
                found[number] = value
    return found


def _words_in(corpus: Corpus, source: Facts, number: int) -> list[str]:
    text = source.text(corpus.index.paths[int(corpus.files[number])])
    if text is None:
        return []
    chunk = corpus.index.table.chunk(number)
    piece = text[chunk.start : chunk.end].decode("utf-8", "replace")
    return [word.lower() for word in _MESSAGE_WORD.findall(piece)]


def _in_a_row(message: Sequence[str], text: Sequence[str]) -> float:
    """The share of a message's words that stand in a text in runs of two or more, in order."""
    places: dict[str, list[int]] = {}
    for at, word in enumerate(text):
        places.setdefault(word, []).append(at)
    found = start = 0
    while start < len(message):
        longest = 0
        for place in places.get(message[start], ())[:50]:
            length = 0
            while (
                start + length < len(message)
                and place + length < len(text)
                and message[start + length] == text[place + length]
            ):
                length += 1
            longest = max(longest, length)
        if longest >= _LEAST_RUN + 1 or (longest >= _LEAST_RUN and len(message) <= 4):
            found += longest
        start += max(longest, 1)
    return found / len(message) if message else 0.0


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
