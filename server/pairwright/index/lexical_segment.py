"""A packed part of the lexical index: chunks, terms and where they occur, in one run of bytes.

Owns the layout and how a term is looked up in it. It must not know how segments are made
(`lexical_merge.py`), nor how several are asked as one (`lexical.py`). Loading decodes nothing but
the paths: columns are arrays over the bytes where they lie. numpy is loaded with the first segment.

Layout, after a header of lengths and a checksum: paths; 16 bytes a file of what its terms were made
beside; each file's first chunk; six columns of chunks; terms as text and offsets; for each term the
first of its postings; the postings' chunks and bytes (`file_terms.py`); and the words of paths, as
text, offsets, starts and file numbers.
"""

from __future__ import annotations

import struct
import sys
import zlib
from bisect import bisect_left
from collections.abc import Sequence
from functools import cache
from hashlib import blake2b
from importlib.resources import files
from itertools import accumulate
from typing import TYPE_CHECKING, Any

from pairwright.index.file_terms import DIGEST_SIZE, FIELDS, MARK_SIZE, terms_mark
from pairwright.index.strings import Strings

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt

    Numbers = npt.NDArray[np.integer[Any]]
    Bytes = npt.NDArray[np.uint8]

FACTS_DIGEST_SIZE = 16

_MAGIC = b"PWL" + (b"<" if sys.byteorder == "little" else b">")
_SECTIONS = 18
_HEADER = struct.Struct(f"=4s{MARK_SIZE}sI{_SECTIONS}I")
_NARROW = 1 << 16
_MADE_BY = ("lexical_segment.py", "lexical_merge.py")


class Segment:
    """A loaded segment. Immutable; arrays lie in `data` and cannot be written to.

    Files are numbered in the order of their sorted `paths`, chunks by file and offset. The chunks
    of file `n` are `firsts[n]` to `firsts[n + 1]`.
    """

    __slots__ = (
        "_path_word_files",
        "_path_word_starts",
        "_path_words",
        "_posting_starts",
        "_terms",
        "chunk_digests",
        "data",
        "digests",
        "ends",
        "firsts",
        "kinds",
        "lengths",
        "paths",
        "posting_chunks",
        "posting_flags",
        "starts",
        "symbols",
    )

    def __init__(self, data: bytes, bounds: Sequence[int]) -> None:
        from pairwright.index.arrays import np

        view = memoryview(data)

        def column(section: int, kind: str) -> Any:
            return np.frombuffer(view[bounds[section] : bounds[section + 1]], kind)

        def numbers(section: int) -> memoryview[int]:
            return view[bounds[section] : bounds[section + 1]].cast("I")

        def strings(section: int) -> Strings:
            return Strings(data, bounds[section], bounds[section + 1], numbers(section + 1))

        self.data = data
        self.paths = _paths(data, bounds)
        self.digests: Bytes = column(1, "u1").reshape(-1, FACTS_DIGEST_SIZE)
        self.firsts: Numbers = column(2, "u4")
        self.starts: Numbers = column(3, "u4")
        self.ends: Numbers = column(4, "u4")
        self.symbols: Numbers = column(5, "i4")
        self.kinds: Bytes = column(6, "u1")
        self.lengths: Numbers = column(7, "u2").reshape(-1, FIELDS)
        self.chunk_digests: Bytes = column(8, "u1").reshape(-1, DIGEST_SIZE)
        self._terms = strings(9)
        self._posting_starts: Sequence[int] = numbers(11)
        self.posting_chunks: Numbers = column(12, chunk_number_type(len(self.kinds)))
        self.posting_flags: Bytes = column(13, "u1")
        self._path_words = strings(14)
        self._path_word_starts: Sequence[int] = numbers(16)
        self._path_word_files: Numbers = column(17, "u4")

    def __len__(self) -> int:
        """How many chunks there are."""
        return len(self.kinds)

    @property
    def identity(self) -> bytes:
        """Differs between two segments that are not the same."""
        return self.data[: _HEADER.size]

    def file_number(self, path: str) -> int:
        """The number of a path, or -1."""
        at = bisect_left(self.paths, path)
        return at if at < len(self.paths) and self.paths[at] == path else -1

    def postings(self, term: bytes) -> tuple[Numbers, Bytes]:
        """The chunks that a term occurs in, in order, and its byte in each."""
        at = self._terms.find(term)
        if at < 0:
            return self.posting_chunks[:0], self.posting_flags[:0]
        first, last = self._posting_starts[at], self._posting_starts[at + 1]
        return self.posting_chunks[first:last], self.posting_flags[first:last]

    def files_named(self, term: bytes) -> Numbers:
        """The files that have a term in their path, in order."""
        at = self._path_words.find(term)
        if at < 0:
            return self._path_word_files[:0]
        return self._path_word_files[self._path_word_starts[at] : self._path_word_starts[at + 1]]

    def commonest(self, prefix: bytes, limit: int) -> list[bytes]:
        """Terms that begin with a prefix: at most `limit`, those in most chunks, unsorted."""
        # No byte of UTF-8 is as large.
        first, last = _position(self._terms, prefix), _position(self._terms, prefix + b"\xff")
        if last - first <= limit:
            return [self._terms.at(at) for at in range(first, last)]
        from pairwright.index.arrays import np

        counts = np.diff(np.asarray(self._posting_starts[first : last + 1]))
        kept = np.argpartition(counts, len(counts) - limit)[len(counts) - limit :]
        return [self._terms.at(first + at) for at in kept.tolist()]

    # --- for merging

    def terms(self) -> list[bytes]:
        """Every term, sorted."""
        return self._terms.text()[1:-1].split(b"\0") if len(self._terms) else []

    def posting_counts(self) -> Numbers:
        """For each term in how many chunks it occurs."""
        from pairwright.index.arrays import np

        return np.diff(np.asarray(self._posting_starts))


def chunk_number_type(chunks: int) -> str:
    """The numpy type of the postings' chunks in a segment of so many."""
    return "u2" if chunks <= _NARROW else "u4"


def load_segment(data: bytes) -> Segment:
    """A segment from its bytes. Raises ValueError unless they are whole and of this release."""
    return Segment(data, _checked(data))


def packed_segment(sections: Sequence[bytes]) -> Segment:
    """A segment of the sections that the module's docstring names."""
    assert len(sections) == _SECTIONS
    checksum = 0
    for section in sections:
        checksum = zlib.crc32(section, checksum)
    header = _HEADER.pack(_MAGIC, segment_mark(), checksum, *map(len, sections))
    data = b"".join([header, *sections])
    return Segment(data, _bounds(data)[0])


def segment_digests(data: bytes) -> dict[str, bytes]:
    """Path -> the digest of the facts that a packed segment's terms were made beside.

    Loads no numpy. Raises ValueError as `load_segment` does.
    """
    bounds = _checked(data)
    starts = range(bounds[1], bounds[2], FACTS_DIGEST_SIZE)
    return {
        path: data[at : at + FACTS_DIGEST_SIZE]
        for path, at in zip(_paths(data, bounds), starts, strict=True)
    }


@cache
def segment_mark() -> bytes:
    """Bytes that change with the code that makes segments, or terms."""
    digest = blake2b(terms_mark(), digest_size=MARK_SIZE)
    for name in _MADE_BY:
        digest.update(files("pairwright.index").joinpath(name).read_bytes())
    return digest.digest()


def _checked(data: bytes) -> list[int]:
    bounds, checksum = _bounds(data)
    if zlib.crc32(memoryview(data)[_HEADER.size :]) != checksum:
        raise ValueError("a damaged lexical index")
    return bounds


def _bounds(data: bytes) -> tuple[list[int], int]:
    """Where each section begins, with the end of the last; and the checksum of all."""
    try:
        magic, mark, checksum, *lengths = _HEADER.unpack_from(data)
    except struct.error as error:
        raise ValueError(f"not a lexical index: {error}") from error
    if magic != _MAGIC or mark != segment_mark():
        raise ValueError("a lexical index of another make")
    bounds = list(accumulate(lengths, initial=_HEADER.size))
    if bounds[-1] != len(data):
        raise ValueError("a lexical index of the wrong length")
    return bounds, checksum


def _paths(data: bytes, bounds: Sequence[int]) -> list[str]:
    paths = data[bounds[0] : bounds[1]].decode("utf-8", "surrogateescape")
    return paths.split("\0") if paths else []


def _position(strings: Strings, wanted: bytes) -> int:
    """How many of the sorted strings are smaller."""
    low, high = 0, len(strings)
    while low < high:
        middle = (low + high) // 2
        if strings.at(middle) < wanted:
            low = middle + 1
        else:
            high = middle
    return low
