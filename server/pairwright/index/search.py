"""Search over the names of symbols: what fits a query, and what fits it best.

Owns matching and ranking. It must not know how names are packed: it is handed segments, runs of
names joined by NUL with a way to ask which symbols bear one. Whole runs are scanned by the
interpreter's own byte search and regular expressions; Python sees the names that fit only.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cache, lru_cache
from heapq import nsmallest
from typing import Protocol

from pairwright_analyzers.languages import language_of

# More than anyone pages through; ranking them all would take longer than finding them.
_MOST_HITS = 800
_MOST_SCATTERED = 400
# A short list is no reason to miss an abbreviation that only the last look would find.
_ENOUGH = 100

_SEPARATORS = re.compile(r"::|->|[.#/\\:\0]")
_WORDS = re.compile(rb"[A-Z]+(?![a-z])|[A-Z]?[a-z]+|[0-9]+|[^\x00-\x7f]+")


@dataclass(frozen=True, slots=True)
class Hit:
    """A symbol that a search found; `index` is its number in its file, `container` may be ""."""

    name: str
    path: str
    index: int
    container: str


Found = tuple[str, str, int, str]
"""A `Hit` on its way: a search makes thousands of them within its few milliseconds."""


class Segment(Protocol):
    """A run of names `\\0a\\0b\\0`, and the same in lower case (ASCII only: lengths agree)."""

    @property
    def text(self) -> bytes: ...

    @property
    def lowered(self) -> bytes: ...

    def bearing(self, offset: int) -> Iterable[Found]:
        """The symbols that bear the name whose first byte is at an offset of `text`."""
        ...

    def members(
        self, wanted: Callable[[str], bool], within: Callable[[str], bool]
    ) -> Iterable[Found]:
        """The symbols whose container is wanted, and those without one in a wanted path."""
        ...


class FileSegment:
    """The definitions of one file, in index order, repeated names and all."""

    __slots__ = ("_containers", "_path", "lowered", "text")

    def __init__(self, path: str, definitions: bytes, containers: bytes) -> None:
        self.text = b"\0" + definitions + b"\0"
        self.lowered = self.text.lower()
        self._path = path
        self._containers = containers

    def bearing(self, offset: int) -> Iterable[Found]:
        index = self.text.count(b"\0", 0, offset) - 1
        name = self.text[offset : self.text.index(b"\0", offset)]
        container = self._containers.split(b"\0")[index]
        return ((decoded(name), self._path, index, decoded(container)),)

    def members(
        self, wanted: Callable[[str], bool], within: Callable[[str], bool]
    ) -> Iterable[Found]:
        top = within(self._path)
        names = decoded(self.text[1:-1]).split("\0")
        for index, container in enumerate(decoded(self._containers).split("\0")):
            if wanted(container) if container else top:
                yield names[index], self._path, index, container


def ranked_hits(segments: Sequence[Segment], query: str, limit: int) -> list[Hit]:
    """The symbols that fit a query best, at most `limit`, the best first.

    Exact before prefix, then starts of words (`qs` and `queset` for `QuerySet`), substring,
    subsequence; within each, code before tests, then short names. Case counts once the query has
    a capital. `Class.member`, in any separator that languages use, asks for members of such a type,
    or for what stands in a file or folder of that name.
    """
    parts = [part for part in _SEPARATORS.split(query.strip()) if part]
    if not parts or limit <= 0:
        return []
    sought = _Sought(parts)
    ranked = _members(segments, sought) if len(parts) > 1 else _bearers(segments, sought, limit)
    return [Hit(*found) for _, found in nsmallest(limit, ranked)]


def decoded(raw: bytes) -> str:
    """A name as text; bytes that are not UTF-8 come back as they went in."""
    return raw.decode("utf-8", "surrogateescape")


_Rank = tuple[int, bool, bool, bool, int]
_EXACT, _PREFIX, _WORD, _INSIDE, _SCATTERED = range(5)


class _Sought:
    """A query taken apart. `needle` is in lower case unless case counts."""

    __slots__ = ("above", "cased", "container", "name", "needle")

    def __init__(self, parts: Sequence[str]) -> None:
        self.name = parts[-1]
        self.cased = self.name != self.name.lower()
        needle = self.name.encode("utf-8", "surrogateescape")
        self.needle = needle if self.cased else needle.lower()
        self.container = parts[-2].lower() if len(parts) > 1 else ""
        self.above = [part.lower() for part in parts[:-2]]

    def haystack(self, segment: Segment) -> bytes:
        return segment.text if self.cased else segment.lowered

    def tier(self, name: bytes) -> int | None:
        """How well one name fits; None when it does not."""
        needle = self.needle
        compared = name if self.cased else name.lower()
        if compared.startswith(needle):
            return _EXACT if len(compared) == len(needle) else _PREFIX
        at = compared.find(needle)
        if at >= 0:
            return _WORD if at in {word.start() for word in _WORDS.finditer(name)} else _INSIDE
        rest = iter(compared)
        if not all(byte in rest for byte in needle):
            return None
        words = _WORDS.findall(name)
        if not self.cased:
            words = [word.lower() for word in words]
        return _WORD if _starts_words(words, needle) else _SCATTERED

    def rank(self, tier: int, found: Found) -> _Rank:
        name, path = found[0], found[1]
        astray = False
        if self.above:
            lowered = path.lower()
            astray = not all(part in lowered for part in self.above)
        return tier, astray, _is_test(path), name != self.name, len(name)


def _members(segments: Sequence[Segment], sought: _Sought) -> list[tuple[_Rank, Found]]:
    """What fits among the members of the containers that the query names."""
    container = sought.container

    @cache
    def wanted(name: str) -> bool:
        return name.lower().startswith(container)

    @cache
    def within(path: str) -> bool:
        folder, _, file = path.lower().rpartition("/")
        return file.startswith(container) or folder.rpartition("/")[2].startswith(container)

    ranked = []
    for segment in segments:
        left = _MOST_HITS
        for hit in segment.members(wanted, within):
            tier = sought.tier(hit[0].encode("utf-8", "surrogateescape"))
            if tier is not None:
                ranked.append((sought.rank(tier, hit), hit))
            left -= 1
            if not left:
                break
    return ranked


def _bearers(segments: Sequence[Segment], sought: _Sought, limit: int) -> list[tuple[_Rank, Found]]:
    """What fits anywhere. Worse kinds of fit are looked for only while there is too little."""
    ranked: list[tuple[_Rank, Found]] = []
    for find in (_prefixed, _within, _scattered):
        for segment in segments:
            left = _MOST_HITS
            for tier, offset in find(segment, sought):
                for hit in segment.bearing(offset):
                    ranked.append((sought.rank(tier, hit), hit))
                    left -= 1
                if left <= 0:
                    break
        if len(ranked) >= max(limit, _ENOUGH):
            break
    return ranked


def _prefixed(segment: Segment, sought: _Sought) -> Iterator[tuple[int, int]]:
    """(tier, offset) of the names that begin with the needle, the shortest first."""
    haystack = sought.haystack(segment)
    needle = b"\0" + sought.needle
    found = []
    at = haystack.find(needle)
    while at >= 0:
        end = haystack.index(b"\0", at + 1)
        found.append((end - at, at + 1))
        at = haystack.find(needle, end)
    found.sort()
    for length, offset in found:
        yield (_EXACT if length == len(needle) else _PREFIX), offset


def _within(segment: Segment, sought: _Sought) -> Iterator[tuple[int, int]]:
    """(tier, offset) of the names that hold the needle, but not as their beginning."""
    haystack, text, needle = sought.haystack(segment), segment.text, sought.needle
    at = haystack.find(needle)
    while at >= 0:
        start = haystack.rindex(b"\0", 0, at + 1) + 1
        end = haystack.index(b"\0", at)
        if not haystack.startswith(needle, start):
            words = {start + word.start() for word in _WORDS.finditer(text[start:end])}
            yield (_WORD if at in words else _INSIDE), start
        at = haystack.find(needle, end)


def _scattered(segment: Segment, sought: _Sought) -> Iterator[tuple[int, int]]:
    """(tier, offset) of names with the needle's bytes in order, not in a row; shortest first."""
    needle = sought.needle
    # Possessive steps up to the next wanted byte leave nothing to come back to: linear time.
    each = [re.escape(needle[at : at + 1]) for at in range(len(needle))]
    steps = b"".join(rb"[^\x00%b]*+%b" % (byte, byte) for byte in each)
    pattern = re.compile(rb"\x00" + steps + rb"[^\x00]*+")
    spans = [found.span() for found in pattern.finditer(sought.haystack(segment))]
    spans.sort(key=lambda span: span[1] - span[0])
    left = _MOST_SCATTERED
    for start, end in spans:
        name = segment.text[start + 1 : end]
        if needle in (name if sought.cased else name.lower()):
            continue
        tier = sought.tier(name)
        if tier is not None:
            yield tier, start + 1
        left -= 1
        if not left:
            return


def _starts_words(words: Sequence[bytes], needle: bytes) -> bool:
    """Whether the needle is made of beginnings of some of the words, in order."""
    reached = {0}
    for word in words:
        further = set()
        for at in reached:
            taken = 0
            while (
                taken < len(word) and at + taken < len(needle) and word[taken] == needle[at + taken]
            ):
                taken += 1
                further.add(at + taken)
        reached |= further
    return len(needle) in reached


@lru_cache(maxsize=32_768)
def _is_test(path: str) -> bool:
    spec = language_of(path)
    return spec is not None and any(re.search(pattern, path) for pattern in spec.test_paths)
