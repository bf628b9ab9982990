"""Segments of the lexical index, made of files' terms or of other segments.

Owns how words become index terms and how postings are put in order. It must not know where terms
and segments are kept, nor how they are asked. What is made depends on nothing but the files: not on
their order, nor on whether they came by way of other segments.
"""

from __future__ import annotations

from array import array
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from itertools import accumulate
from typing import TYPE_CHECKING, Any, NamedTuple

from pairwright.index.file_terms import (
    BODY_CODES,
    BODY_COUNTS,
    BODY_MASK,
    DIGEST_SIZE,
    DOC_CODES,
    DOC_COUNTS,
    DOC_MASK,
    DOC_SHIFT,
    FIELDS,
    FileTerms,
    numbering,
)
from pairwright.index.lexical_segment import (
    FACTS_DIGEST_SIZE,
    Segment,
    chunk_number_type,
    packed_segment,
)
from pairwright_analyzers.words import terms_of, terms_of_each

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt

    from pairwright.index.lexical_segment import Bytes, Numbers

    Keys = npt.NDArray[np.uint64]

NO_DIGEST = bytes(FACTS_DIGEST_SIZE)
"""Stands for the digest of facts that the store does not have."""

_FLAG_BITS = 8
_FLAGS = 0xFF
_IN_FIELD = _FLAGS & ~DOC_MASK & ~BODY_MASK


class _Chunks(NamedTuple):
    """Columns of chunks, each an array with a row a chunk."""

    starts: Numbers
    ends: Numbers
    symbols: Numbers
    kinds: Bytes
    lengths: Numbers
    digests: Bytes


class _Postings(NamedTuple):
    """Where terms occur, in any order: `numbers` are of `terms`, which may have more."""

    terms: Sequence[bytes]
    numbers: Numbers
    chunks: Numbers
    flags: Bytes


def segment_of_files(files: Mapping[str, FileTerms], digests: Mapping[str, bytes]) -> Segment:
    """A segment of some files; `digests` are of their facts, where the store has them."""
    from pairwright.index.arrays import np

    paths = sorted(files)
    found = [files[path] for path in paths]

    def column(columns: Iterable[memoryview[int]], kind: str) -> Any:
        return np.frombuffer(b"".join(columns), kind)

    vocabulary: defaultdict[bytes, int] = numbering()
    words = []
    for terms in found:
        numbers = array("I", map(vocabulary.__getitem__, terms.words))
        own = np.frombuffer(terms.numbers, "u4" if terms.wide else "u2")
        words.append(np.frombuffer(numbers, "u4")[own] if len(own) else own)
    counts = column((terms.counts for terms in found), "u4")
    postings = _taken_apart(
        list(vocabulary),
        np.concatenate([np.zeros(0, "u4"), *words]),
        np.repeat(np.arange(len(counts)), counts),
        column((terms.flags for terms in found), "u1"),
    )
    chunks = _Chunks(
        column((terms.starts for terms in found), "u4"),
        column((terms.ends for terms in found), "u4"),
        column((terms.symbols for terms in found), "i4"),
        column((terms.kinds for terms in found), "u1"),
        column((terms.lengths for terms in found), "u2").reshape(-1, FIELDS),
        column((terms.digests for terms in found), "u1").reshape(-1, DIGEST_SIZE),
    )
    kept = b"".join([digests.get(path, NO_DIGEST) for path in paths])
    return _segment(paths, kept, [len(terms) for terms in found], chunks, postings)


def merged_segment(parts: Sequence[tuple[Segment, Bytes]]) -> Segment:
    """A segment of others: of each the files that are marked (one byte a file, 1 to keep it). No
    path may be kept twice.
    """
    from pairwright.index.arrays import np

    order = sorted(
        (part.paths[number], which, number)
        for which, (part, kept) in enumerate(parts)
        for number in np.flatnonzero(kept).tolist()
    )
    sizes = [np.diff(part.firsts) for part, _ in parts]
    counts = [int(sizes[which][number]) for _, which, number in order]
    firsts = [np.full(len(part.paths), -1) for part, _ in parts]
    for (_, which, number), start in zip(order, accumulate(counts, initial=0), strict=False):
        firsts[which][number] = start
    terms, ranks = _united([part.terms() for part, _ in parts])
    places, numbers, chunks, flags = [], [], [], []
    for (part, _), size, first, rank in zip(parts, sizes, firsts, ranks, strict=True):
        # Where each chunk goes: its place in its file, counted from where the file goes.
        moved = np.where(first < 0, first, first - part.firsts[:-1].astype("i8"))
        place = np.repeat(moved, size) + np.arange(len(part))
        place[np.repeat(first < 0, size)] = -1
        target = place[part.posting_chunks]
        stays = target >= 0
        places.append(place)
        numbers.append(np.repeat(rank, part.posting_counts())[stays])
        chunks.append(target[stays])
        flags.append(part.posting_flags[stays])
    into = np.concatenate([np.zeros(0, "i8"), *places])
    kept_chunks = np.flatnonzero(into >= 0)
    source = kept_chunks[np.argsort(into[kept_chunks])]
    columns = _Chunks(
        np.concatenate([np.zeros(0, "u4"), *(part.starts for part, _ in parts)])[source],
        np.concatenate([np.zeros(0, "u4"), *(part.ends for part, _ in parts)])[source],
        np.concatenate([np.zeros(0, "i4"), *(part.symbols for part, _ in parts)])[source],
        np.concatenate([np.zeros(0, "u1"), *(part.kinds for part, _ in parts)])[source],
        np.concatenate([np.zeros((0, FIELDS), "u2"), *(part.lengths for part, _ in parts)])[source],
        np.concatenate(
            [np.zeros((0, DIGEST_SIZE), "u1"), *(part.chunk_digests for part, _ in parts)]
        )[source],
    )
    postings = _Postings(
        terms,
        np.concatenate([np.zeros(0, "u4"), *numbers]),
        np.concatenate([np.zeros(0, "i8"), *chunks]),
        np.concatenate([np.zeros(0, "u1"), *flags]),
    )
    paths = [path for path, _, _ in order]
    digests = b"".join([parts[which][0].digests[number].tobytes() for _, which, number in order])
    return _segment(paths, digests, counts, columns, postings)


def _united(lists: Sequence[Sequence[bytes]]) -> tuple[list[bytes], list[Numbers]]:
    """All terms, sorted, and for each list where its terms stand among them."""
    from pairwright.index.arrays import np

    terms = sorted(set().union(*lists))
    rank_of = {term: rank for rank, term in enumerate(terms)}
    return terms, [
        np.fromiter((rank_of[term] for term in terms), "u4", len(terms)) for terms in lists
    ]


def _taken_apart(
    words: Sequence[bytes], numbers: Numbers, chunks: Numbers, flags: Bytes
) -> _Postings:
    """Postings of words as postings of their terms."""
    from pairwright.index.arrays import np

    known: defaultdict[str, int] = numbering()
    number = known.__getitem__
    counts, found = array("I"), array("I")
    # Words have no line breaks. All at once, since each would cost as much again to decode.
    for parts in terms_of_each(b"\n".join(words).decode("utf-8", "replace").split("\n")):
        counts.append(len(parts))
        found.extend(map(number, parts))
    if not found:
        return _Postings((), numbers[:0], chunks[:0], flags[:0])
    # In the order of their UTF-8, as that of code points is.
    ordered = sorted(known)
    terms = [term.encode() for term in ordered]
    ranks = np.empty(len(terms), "u4")
    ranks[np.fromiter(map(number, ordered), "u4", len(terms))] = np.arange(len(terms))
    ranked = ranks[np.frombuffer(found, "u4")]
    size = np.frombuffer(counts, "u4").astype("i8")
    first = np.cumsum(size) - size
    times = size[numbers]
    behind = np.cumsum(times)
    # The terms of a posting's word stand in a row in `ranked`.
    at = np.arange(behind[-1] if len(behind) else 0) + np.repeat(
        first[numbers] - (behind - times), times
    )
    return _Postings(terms, ranked[at], np.repeat(chunks, times), np.repeat(flags, times))


def _segment(
    paths: Sequence[str],
    digests: bytes,
    counts: Sequence[int],
    chunks: _Chunks,
    postings: _Postings,
) -> Segment:
    from pairwright.index.arrays import np

    keys, chunk_bits = _sorted_keys(postings, len(chunks.kinds))
    keys = _combined(keys)
    numbers = keys >> np.uint64(chunk_bits + _FLAG_BITS)
    uses = np.bincount(numbers.astype("i8"), minlength=len(postings.terms))
    terms = [postings.terms[at] for at in np.flatnonzero(uses).tolist()]
    starts = np.concatenate([np.zeros(1, "u4"), np.cumsum(uses[uses > 0])]).astype("u4")
    within = (keys >> np.uint64(_FLAG_BITS)) & np.uint64((1 << chunk_bits) - 1)
    return packed_segment(
        [
            "\0".join(paths).encode("utf-8", "surrogateescape"),
            digests,
            array("I", accumulate(counts, initial=0)).tobytes(),
            chunks.starts.tobytes(),
            chunks.ends.tobytes(),
            chunks.symbols.tobytes(),
            chunks.kinds.tobytes(),
            chunks.lengths.tobytes(),
            chunks.digests.tobytes(),
            *_strings(terms),
            starts.tobytes(),
            within.astype(chunk_number_type(len(chunks.kinds))).tobytes(),
            (keys & np.uint64(_FLAGS)).astype("u1").tobytes(),
            *_path_words(paths),
        ]
    )


def _sorted_keys(postings: _Postings, chunks: int) -> tuple[Keys, int]:
    """Each posting as one number, by term, then chunk, then byte; and how many bits a chunk has."""
    from pairwright.index.arrays import np

    chunk_bits = max(1, chunks.bit_length())
    keys = postings.numbers.astype("u8") << np.uint64(chunk_bits)
    keys |= postings.chunks.astype("u8")
    keys <<= np.uint64(_FLAG_BITS)
    keys |= postings.flags
    keys.sort()
    return keys, chunk_bits


def _combined(keys: Keys) -> Keys:
    """One key for each term of a chunk: what its words say of the fields together, counts added."""
    from pairwright.index.arrays import np

    places = keys >> np.uint64(_FLAG_BITS)
    begins = np.concatenate([[True], places[1:] != places[:-1]])[: len(keys)]
    first = np.flatnonzero(begins)
    if len(first) == len(keys):
        return keys
    combined: Keys = keys[first]
    # Most stand alone; the others are those that do not begin one, and the ones before them.
    several = np.flatnonzero(np.diff(first, append=len(keys)) > 1)
    shared = ~begins
    shared[first[several]] = True
    said = keys[shared]
    flags = (said & np.uint64(_FLAGS)).astype("u1")
    groups = np.flatnonzero(begins[shared])
    fields = np.bitwise_or.reduceat(flags & _IN_FIELD, groups)
    for shift, mask, meaning, codes in (
        (DOC_SHIFT, DOC_MASK, DOC_COUNTS, DOC_CODES),
        (0, BODY_MASK, BODY_COUNTS, BODY_CODES),
    ):
        counts = np.array(meaning, "i8")[(flags & mask) >> shift]
        total = np.minimum(np.add.reduceat(counts, groups), len(codes) - 1)
        fields |= np.frombuffer(codes, "u1")[total] << shift
    combined[several] = (places[first[several]] << np.uint64(_FLAG_BITS)) | fields
    return combined


def _path_words(paths: Sequence[str]) -> list[bytes]:
    """The sections of the words of paths."""
    found: dict[bytes, list[int]] = {}
    for number, path in enumerate(paths):
        for word in set(terms_of(path)):
            found.setdefault(word.encode(), []).append(number)
    terms = sorted(found)
    starts, numbers = array("I", [0]), array("I")
    for term in terms:
        numbers.extend(found[term])
        starts.append(len(numbers))
    return [*_strings(terms), starts.tobytes(), numbers.tobytes()]


def _strings(strings: Sequence[bytes]) -> tuple[bytes, bytes]:
    """The two sections of sorted strings (see `strings.py`)."""
    offsets = array("I", accumulate((len(each) + 1 for each in strings), initial=1))
    return b"\0" + b"".join([each + b"\0" for each in strings]), offsets.tobytes()
