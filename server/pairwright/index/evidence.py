"""How well each piece and each file of an index fits weighted words: one pass over postings.

Owns what is counted for the ranker on the way: BM25F of pieces and of files, and what share of the
words is found in which field. It must not know where words come from, nor how what it counts is
weighed against anything else. It needs numpy, so it is imported with the first search.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from pairwright.index.arrays import np
from pairwright.index.file_terms import (
    DOC_MASK,
    IN_NAME,
    IN_SIGNATURE,
    KIND_MASK,
    OF_CALLABLE,
    OF_TEST,
    OF_TYPE,
)
from pairwright.index.lexical import FieldWeights, LexicalIndex, rarity, worth_of

if TYPE_CHECKING:
    import numpy.typing as npt

    Floats = npt.NDArray[np.float32]
    Integers = npt.NDArray[np.integer[Any]]
    Mask = npt.NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class Corpus:
    """An index with what is derived from it once for all queries.

    By chunk number: `files`, `kinds` (`ChunkKind`), `callables`, `types`, `tests` (1 or 0),
    `lengths` and `name_lengths` in words, `chunk_norm` of BM25. By file number: `file_lengths`,
    `file_norm`.
    """

    index: LexicalIndex
    fields: FieldWeights
    files: Integers
    kinds: Integers
    callables: Floats
    types: Floats
    tests: Floats
    lengths: Floats
    name_lengths: Floats
    chunk_norm: Floats
    file_lengths: Floats
    file_norm: Floats
    chunk_count: int
    file_count: int


def corpus_of(index: LexicalIndex, fields: FieldWeights) -> Corpus:
    """Derive it: some milliseconds for 100 000 chunks."""
    table = index.table
    lengths = table.lengths.sum(axis=1, dtype="f4")
    chunk_norm, file_norm = index.norms(fields)
    kinds = table.kinds
    return Corpus(
        index,
        fields,
        table.files,
        kinds & KIND_MASK,
        (kinds & OF_CALLABLE > 0).astype("f4"),
        (kinds & OF_TYPE > 0).astype("f4"),
        (kinds & OF_TEST > 0).astype("f4"),
        lengths,
        table.lengths[:, 0].astype("f4"),
        chunk_norm,
        np.bincount(table.files, lengths, len(index.paths)).astype("f4"),
        file_norm,
        int(table.live.sum()),
        int(index.live_files.sum()),
    )


@dataclass(frozen=True, slots=True)
class Evidence:
    """What speaks for each chunk and each file, by number.

    `…_score` is BM25F; `…_cover` the share of the words' weight (by rarity) that is found at all:
    anywhere, in a name, a signature, a documentation, a path. `name_hits` counts the words in a
    chunk's name. `file_sum` is larger the more good chunks a file has. `total` is the weight of all
    words that are found anywhere: the most that BM25F can say.
    """

    chunk_score: Floats
    chunk_cover: Floats
    name_cover: Floats
    signature_cover: Floats
    doc_cover: Floats
    name_hits: Floats
    file_score: Floats
    file_sum: Floats
    file_cover: Floats
    path_cover: Floats
    total: float


def gather(
    corpus: Corpus, words: Mapping[str, float], further: Mapping[str, float], most: int
) -> Evidence:
    """Count what speaks for each chunk and file.

    `further` are words that were not asked for and count for BM25F only. Of all, the `most` that
    weigh most (by rarity) are looked at.
    """
    index, files = corpus.index, corpus.files
    chunk_count, file_count = len(files), len(corpus.file_norm)

    def chunk_column() -> Floats:
        return np.zeros(chunk_count, "f4")

    def file_column() -> Floats:
        return np.zeros(file_count, "f4")

    chunk_score, chunk_cover, name_cover = chunk_column(), chunk_column(), chunk_column()
    signature_cover, doc_cover, name_hits = chunk_column(), chunk_column(), chunk_column()
    file_score, file_cover, path_cover = file_column(), file_column(), file_column()
    total = 0.0
    worth = worth_of(corpus.fields)
    for term, weight, asked in _heaviest(corpus, words, further, most):
        numbers, said = index.postings(term)
        named = index.files_named(term)
        if not len(numbers) and not len(named):
            continue
        frequency = worth[said]
        gain = weight * rarity(len(numbers), corpus.chunk_count) if len(numbers) else 0.0
        chunk_score[numbers] += gain * frequency / (frequency + corpus.chunk_norm[numbers])
        owners = files[numbers]
        starts = np.flatnonzero(np.diff(owners, prepend=-1))
        holders = owners[starts]
        if len(holders):
            frequency = np.add.reduceat(frequency, starts)
            file_gain = weight * rarity(len(holders), corpus.file_count)
            file_score[holders] += file_gain * frequency / (frequency + corpus.file_norm[holders])
        if not asked:
            continue
        if len(numbers):
            chunk_cover[numbers] += gain
            file_cover[holders] += gain
            signature_cover[numbers[said & IN_SIGNATURE > 0]] += gain
            doc_cover[numbers[said & DOC_MASK > 0]] += gain
            bearing = numbers[said & IN_NAME > 0]
            name_cover[bearing] += gain
            name_hits[bearing] += 1
        if len(named):
            path_gain = weight * rarity(len(named), corpus.file_count)
            path_cover[named] += path_gain
            gain = gain or path_gain
        total += gain
    if total:
        for cover in (chunk_cover, name_cover, signature_cover, doc_cover, file_cover, path_cover):
            cover /= np.float32(total)
    file_sum = np.sqrt(np.bincount(files, chunk_score * chunk_score, file_count)).astype("f4")
    return Evidence(
        chunk_score,
        chunk_cover,
        name_cover,
        signature_cover,
        doc_cover,
        name_hits,
        file_score,
        file_sum,
        file_cover,
        path_cover,
        total,
    )


def _heaviest(
    corpus: Corpus, words: Mapping[str, float], further: Mapping[str, float], most: int
) -> Sequence[tuple[str, float, bool]]:
    if len(words) + len(further) <= most:
        return [
            *((term, weight, True) for term, weight in words.items()),
            *((term, weight, False) for term, weight in further.items() if term not in words),
        ]
    weighed = []
    for asked, terms in ((True, words), (False, further)):
        for term, weight in terms.items():
            if asked or term not in words:
                found = corpus.index.document_frequency(term)
                if not found and not len(corpus.index.files_named(term)):
                    # As rare as can be, and no help at all.
                    continue
                weighed.append((weight * rarity(found, corpus.chunk_count), term, weight, asked))
    weighed.sort(key=lambda one: -one[0])
    return [(term, weight, asked) for _, term, weight, asked in weighed[:most]]
