"""The lexical index: which chunks and files have the words of a query, and how well they fit.

Owns the arithmetic of BM25F and how an index grows from another. It must not know where segments
are kept (`build.py`, `view.py`) nor which weights are good (`ranking.py`). An index is a value: a
base segment shared by all that grew out of it, with segments of the files that changed laid over
it. numpy is loaded with the first of them.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property, lru_cache
from itertools import accumulate, chain
from typing import TYPE_CHECKING, Any

from pairwright.index.file_terms import (
    BODY_COUNTS,
    BODY_MASK,
    DOC_COUNTS,
    DOC_MASK,
    DOC_SHIFT,
    FIELDS,
    IN_NAME,
    IN_QUALIFIER,
    IN_SIGNATURE,
    KIND_MASK,
    FileTerms,
)
from pairwright.index.lexical_merge import merged_segment, segment_of_files
from pairwright.index.lexical_segment import Segment, load_segment
from pairwright_analyzers.types import Chunk, ChunkKind

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt

    Floats = npt.NDArray[np.float32]
    Integers = npt.NDArray[np.integer[Any]]
    Bytes = npt.NDArray[np.uint8]
    Mask = npt.NDArray[np.bool_]

# Each segment costs every look-up of a term; merging them costs whoever changed a file.
_MOST_SEGMENTS = 4
# Files laid over the base cost every look-up the search for what they hide.
_OVERLAY_SHARE = 20
_OVERLAY_LEAST = 64
_OVERLAY_MOST = 400


@dataclass(frozen=True, slots=True)
class FieldWeights:
    """How much an occurrence in each field counts, and the constants of BM25 for chunks and for
    files: `k1`, how slowly further occurrences stop to count, and `b`, how much length does (0-1).

    `qualifier` is what stands around a definition (see `file_terms.py`); `path` is of files alone.
    """

    name: float = 4.0
    qualifier: float = 1.0
    signature: float = 2.0
    doc: float = 1.5
    body: float = 1.0
    path: float = 4.0
    k1: float = 1.2
    b: float = 0.75
    file_k1: float = 1.2
    file_b: float = 0.75


@dataclass(frozen=True, slots=True)
class LexicalScores:
    """What a query's words give each chunk and each file, by number; 0 where none occurs."""

    chunks: Floats
    files: Floats


@dataclass(frozen=True, slots=True)
class ChunkTable:
    """The chunks of an index as columns, by chunk number; a file's chunks stand together, in order.

    `live` is False where a chunk's file has changed since: such rows stay, so that the numbers of
    others do not move. `files` has file numbers, `kinds` what `file_terms.py` says, `lengths` words
    in each field (name, qualifier, signature, documentation, body), `digests` rows of 16 bytes.
    """

    files: Integers
    starts: Integers
    ends: Integers
    symbols: Integers
    kinds: Bytes
    lengths: Integers
    digests: Bytes
    live: Mask

    def __len__(self) -> int:
        return len(self.files)

    def chunk(self, number: int) -> Chunk:
        """One chunk as a value."""
        return Chunk(
            int(self.starts[number]),
            int(self.ends[number]),
            int(self.symbols[number]),
            ChunkKind(int(self.kinds[number]) & KIND_MASK),
        )

    def digest(self, number: int) -> bytes:
        """The key of one chunk's vector."""
        digest: bytes = self.digests[number].tobytes()
        return digest


class LexicalIndex:
    """The words of a set of files. Immutable and safe to read from any thread.

    Chunks and files have numbers: those of the base first, then those of what lies over it.
    """

    def __init__(self, segments: Sequence[Segment], kept: Sequence[Bytes]) -> None:
        """`kept` has for each segment a byte a file: 1, or 0 for one that is hidden by a later
        segment or gone. No path may be kept twice. The first segment is the base.
        """
        self._segments = tuple(segments)
        self._kept = tuple(kept)
        self._first_chunks = list(accumulate(map(len, segments), initial=0))
        self._first_files = list(accumulate((len(one.paths) for one in segments), initial=0))
        self._lengths: tuple[FieldWeights, Floats, Floats] | None = None

    # --- growing

    def with_files(
        self, changed: Mapping[str, FileTerms | None], digests: Mapping[str, bytes] | None = None
    ) -> LexicalIndex:
        """The index with some files' terms replaced, or taken out where the value is None.

        `digests` are of the facts beside which the store keeps the terms, where it does. What lies
        over the base is copied at times, the base never.
        """
        if not changed:
            return self
        from pairwright.index.arrays import np

        segments, kept = [*self._segments], [array.copy() for array in self._kept]
        for path in changed:
            for segment, marks in zip(segments, kept, strict=True):
                number = segment.file_number(path)
                if number >= 0:
                    marks[number] = 0
        added = {path: terms for path, terms in changed.items() if terms is not None}
        if added:
            segments.append(segment_of_files(added, digests or {}))
            kept.append(np.ones(len(added), "u1"))
        if len(segments) > _MOST_SEGMENTS:
            merged = merged_segment(list(zip(segments[1:], kept[1:], strict=True)))
            segments, kept = [segments[0], merged], [kept[0], np.ones(len(merged.paths), "u1")]
        return LexicalIndex(segments, kept)

    @property
    def overlay_size(self) -> int:
        """How many files lie over the base or are hidden in it; none in a compact index."""
        hidden = len(self._kept[0]) - int(self._kept[0].sum())
        return max(hidden, sum(len(one.paths) for one in self._segments[1:]))

    @property
    def wants_compacting(self) -> bool:
        """Whether so much lies over the base that queries get slow."""
        most = len(self._segments[0].paths) // _OVERLAY_SHARE
        return self.overlay_size > max(_OVERLAY_LEAST, min(most, _OVERLAY_MOST))

    def compacted(self) -> LexicalIndex:
        """The same words in a base of their own. Takes about a second for 100 000 chunks."""
        if not self.overlay_size:
            return self
        if len(self._segments) == 2 and not self._kept[0].any() and self._kept[1].all():
            return _compact(self._segments[1])
        return _compact(merged_segment(list(zip(self._segments, self._kept, strict=True))))

    def pack(self) -> bytes:
        """The index as bytes, for `load_lexical`. Raises ValueError unless it is compact."""
        if self.overlay_size:
            raise ValueError("an index with files laid over its base cannot be packed")
        return self._segments[0].data

    # --- what it holds

    @cached_property
    def table(self) -> ChunkTable:
        """All chunks."""
        from pairwright.index.arrays import np

        segments = self._segments

        def joined(columns: list[Any]) -> Any:
            return columns[0] if len(columns) == 1 else np.concatenate(columns)

        sizes = np.concatenate([np.diff(one.firsts) for one in segments])
        files = np.repeat(np.arange(len(sizes), dtype="i4"), sizes)
        return ChunkTable(
            files,
            joined([one.starts for one in segments]),
            joined([one.ends for one in segments]),
            joined([one.symbols for one in segments]),
            joined([one.kinds for one in segments]),
            joined([one.lengths for one in segments]),
            joined([one.chunk_digests for one in segments]),
            np.repeat(self.live_files, sizes),
        )

    @cached_property
    def paths(self) -> Sequence[str]:
        """File number -> path. Those of files that are not live are here too."""
        if len(self._segments) == 1:
            return self._segments[0].paths
        return list(chain.from_iterable(one.paths for one in self._segments))

    @cached_property
    def live_files(self) -> Mask:
        """For each file number whether the file is as this index says."""
        from pairwright.index.arrays import np

        return np.concatenate(self._kept).astype(bool)

    @property
    def base_rows(self) -> int:
        """How many of the first chunks are the base's: their numbers are the same in every index
        with that base.
        """
        return len(self._segments[0])

    @property
    def base_id(self) -> bytes:
        """Differs between two bases."""
        return self._segments[0].identity

    def file_number(self, path: str) -> int:
        """The number of a path, or -1."""
        for first, segment, kept in zip(
            self._first_files, self._segments, self._kept, strict=False
        ):
            number = segment.file_number(path)
            if number >= 0 and kept[number]:
                return first + number
        return -1

    def chunk_range(self, path: str) -> tuple[int, int]:
        """The first chunk of a path, and the one behind its last. Raises KeyError."""
        for first, segment, kept in zip(
            self._first_chunks, self._segments, self._kept, strict=False
        ):
            number = segment.file_number(path)
            if number >= 0 and kept[number]:
                firsts = segment.firsts
                return first + int(firsts[number]), first + int(firsts[number + 1])
        raise KeyError(path)

    def digests(self) -> dict[str, bytes]:
        """Path -> the digest of the facts that its terms were made beside (`NO_DIGEST`: none)."""
        return {
            path: row.tobytes()
            for segment, kept in zip(self._segments, self._kept, strict=True)
            for path, row, live in zip(segment.paths, segment.digests, kept, strict=True)
            if live
        }

    # --- asking

    def postings(self, term: str) -> tuple[Integers, Bytes]:
        """The chunks that a term occurs in, in order, and its byte in each (`file_terms.py`)."""
        from pairwright.index.arrays import np

        raw = term.encode("utf-8", "replace")
        chunks, flags = [], []
        for at, segment in enumerate(self._segments):
            found, said = segment.postings(raw)
            if not len(found):
                continue
            numbers = found.astype(np.intp)
            if at:
                numbers += self._first_chunks[at]
            chunks.append(numbers)
            flags.append(said)
        if not chunks:
            return np.zeros(0, np.intp), np.zeros(0, "u1")
        numbers = chunks[0] if len(chunks) == 1 else np.concatenate(chunks)
        said = flags[0] if len(flags) == 1 else np.concatenate(flags)
        if len(self._segments) > 1 or self.overlay_size:
            live = self.table.live[numbers]
            return numbers[live], said[live]
        return numbers, said

    def document_frequency(self, term: str) -> int:
        """In how many chunks a term occurs."""
        return len(self.postings(term)[0])

    def files_named(self, term: str) -> Integers:
        """The files that have a term in their path, in order."""
        from pairwright.index.arrays import np

        raw = term.encode("utf-8", "replace")
        found = np.concatenate(
            [
                segment.files_named(raw).astype(np.intp) + first
                for first, segment in zip(self._first_files, self._segments, strict=False)
            ]
        )
        live: Integers = found[self.live_files[found]]
        return live

    def terms_with_prefix(self, prefix: str, limit: int) -> list[str]:
        """Terms that begin with a prefix: at most `limit`, the commonest first."""
        raw = prefix.encode("utf-8", "replace")
        found = {term for one in self._segments for term in one.commonest(raw, limit)}
        counts = {
            text: count
            for text in (term.decode("utf-8", "replace") for term in found)
            if (count := self.document_frequency(text))
        }
        return sorted(counts, key=lambda text: (-counts[text], text))[:limit]

    def scores(self, weights: Mapping[str, float], fields: FieldWeights) -> LexicalScores:
        """BM25F (Robertson, Zaragoza and Taylor 2004) of each chunk, and of each file as a whole.

        `weights` has the query's terms. A term gives at most its weight times its inverse document
        frequency, log(1 + (n - df + 0.5) / (df + 0.5)). A file has the occurrences of its chunks,
        and those in its path.
        """
        from pairwright.index.arrays import np

        table, live_files = self.table, self.live_files
        chunk_norm, file_norm = self.norms(fields)
        worth = worth_of(fields)
        chunks, files = np.zeros(len(table), "f4"), np.zeros(len(live_files), "f4")
        chunk_count, file_count = int(table.live.sum()), int(live_files.sum())
        for term, weight in weights.items():
            numbers, said = self.postings(term)
            frequency = worth[said]
            if len(numbers):
                most = weight * rarity(len(numbers), chunk_count)
                chunks[numbers] += most * frequency / (frequency + chunk_norm[numbers])
            in_file = np.bincount(table.files[numbers], frequency, len(files)).astype("f4")
            in_file[self.files_named(term)] += fields.path
            found = int(np.count_nonzero(in_file))
            if found:
                most = weight * rarity(found, file_count)
                files += most * in_file / (in_file + file_norm)
        return LexicalScores(chunks, files)

    def norms(self, fields: FieldWeights) -> tuple[Floats, Floats]:
        """k1 ((1 - b) + b length / mean length) of each chunk and of each file."""
        known = self._lengths
        if known is not None and known[0] == fields:
            return known[1], known[2]
        from pairwright.index.arrays import np

        table, live_files = self.table, self.live_files
        weights = np.array(
            [fields.name, fields.qualifier, fields.signature, fields.doc, fields.body], "f4"
        )
        assert len(weights) == FIELDS
        length = table.lengths @ weights
        in_file = np.bincount(table.files, weights=length, minlength=len(live_files))
        chunk_norm = _norm(length, table.live, fields.k1, fields.b)
        file_norm = _norm(in_file, live_files, fields.file_k1, fields.file_b)
        self._lengths = (fields, chunk_norm, file_norm)
        return chunk_norm, file_norm


def lexical_index(files: Mapping[str, FileTerms]) -> LexicalIndex:
    """The index of some files that no store keeps."""
    return _compact(segment_of_files(files, {}))


def load_lexical(data: bytes) -> LexicalIndex:
    """The index of `LexicalIndex.pack`. Raises ValueError for damaged bytes and for those of
    another release.
    """
    return _compact(load_segment(data))


def _compact(base: Segment) -> LexicalIndex:
    from pairwright.index.arrays import np

    return LexicalIndex([base], [np.ones(len(base.paths), "u1")])


@lru_cache(maxsize=8)
def worth_of(fields: FieldWeights) -> Floats:
    """For each of the 256 bytes of a posting the weighted frequency that it stands for."""
    from pairwright.index.arrays import np

    return np.array([_worth(byte, fields) for byte in range(256)], "f4")


def _worth(byte: int, fields: FieldWeights) -> float:
    return (
        fields.name * bool(byte & IN_NAME)
        + fields.qualifier * bool(byte & IN_QUALIFIER)
        + fields.signature * bool(byte & IN_SIGNATURE)
        + fields.doc * DOC_COUNTS[(byte & DOC_MASK) >> DOC_SHIFT]
        + fields.body * BODY_COUNTS[byte & BODY_MASK]
    )


def rarity(found: int, count: int) -> float:
    """The inverse document frequency of a term that `found` of `count` texts have."""
    return math.log(1 + (count - found + 0.5) / (found + 0.5))


def _norm(lengths: Any, live: Mask, k1: float, b: float) -> Floats:
    alive = lengths[live]
    mean = float(alive.mean(dtype="f8")) if len(alive) else 0.0
    norm: Floats = (k1 * ((1 - b) + b * lengths / (mean or 1.0))).astype("f4")
    return norm
