"""What is like a place in the code: by its words, its meaning, what it calls and what calls it.

Owns that one form of query. It must not know how typed words are ranked.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from pairwright.errors import BadArgument
from pairwright.index.asked import Asked
from pairwright.index.hits import hit_of_chunk, text_of_chunk
from pairwright.index.kept import Kept
from pairwright.index.protocol import Hit
from pairwright.index.view import IndexView
from pairwright_analyzers.words import terms_of

if TYPE_CHECKING:
    from pairwright.index.evidence import Corpus, Floats

_LIKE_TERMS = 30
_OF_TESTS = 0.7


def like_place(asked: Asked, kept: Kept) -> list[Hit]:
    """Hits that are like the piece at a path and line."""
    assert asked.query.place is not None
    wanted, line = asked.query.place
    path = _indexed(asked.view, wanted)
    text = asked.view.text(path)
    if text is None:
        raise BadArgument(f"{path} cannot be read", "Save it, or wait for the index")
    start = 0
    for _ in range(line - 1):
        after = text.find(b"\n", start)
        if after < 0:
            raise BadArgument(
                f"{path} has no line {line}", "Name a line of the file, counted from 1"
            )
        start = after + 1
    while text[start : start + 1] in (b" ", b"\t"):
        start += 1
    return like(asked, kept, path, start)


def like(asked: Asked, kept: Kept, path: str, offset: int) -> list[Hit]:
    """Hits that are like the piece of a file at an offset: by its words, its meaning, and what
    it calls and what calls it.
    """
    from pairwright.index.arrays import np
    from pairwright.index.evidence import gather

    corpus = kept.corpus(asked.view.lexical())
    index = corpus.index
    try:
        first, last = index.chunk_range(path)
    except KeyError:
        raise BadArgument(f"{path} is not indexed", "Wait for the index, or name another") from None
    if first == last:
        return []
    starts = index.table.starts[first:last]
    here = first + max(0, int(np.searchsorted(starts, offset, side="right")) - 1)
    evidence = gather(corpus, _telling_words(asked.view, corpus, here), {}, _LIKE_TERMS)
    asked.check()
    score = evidence.chunk_score / max(float(evidence.chunk_score.max(initial=0.0)), 1e-6)
    parts: dict[str, Floats] = {"words": 0.4 * score}
    meaning = _meaning_like(asked, kept, corpus, here)
    if meaning is not None:
        parts["meaning"] = 0.6 * meaning
    parts["graph"] = _linked(asked, corpus, here, offset)
    total = np.sum(np.stack(list(parts.values())), axis=0)
    if not asked.query.wants_tests:
        total = total * np.where(corpus.tests > 0, _OF_TESTS, 1)
    mask = asked.mask(corpus)
    total = np.where(index.table.live if mask is None else mask, total, 0)
    total[here] = 0
    same = (index.table.digests == index.table.digests[here]).all(axis=1)
    total[same & (corpus.files == corpus.files[here])] = 0
    best = np.argsort(-total, kind="stable")[: 2 * asked.limit + 20]
    best = best[total[best] > 0.05]
    explained = [
        {name: round(float(column[number]), 4) for name, column in parts.items()}
        for number in best.tolist()
    ]
    hits: list[Hit] = []
    for number, told in zip(best.tolist(), explained, strict=True):
        if len(hits) >= asked.limit:
            break
        hit = hit_of_chunk(asked, corpus, number, float(total[number]), told)
        if hit is not None:
            hits.append(hit)
    return hits


def _indexed(view: IndexView, wanted: str) -> str:
    """The one indexed path that ends like what was typed. Raises BadArgument."""
    if view.has(wanted):
        return wanted
    ends = [path for path in view.paths() if path.endswith(f"/{wanted}")]
    if len(ends) == 1:
        return ends[0]
    if ends:
        raise BadArgument(
            f"{len(ends)} files end in {wanted}", f"Name one whole, such as {ends[0]}"
        )
    raise BadArgument(f"{wanted} is not indexed", "Name a file by its path below the root")


def _telling_words(view: IndexView, corpus: Corpus, number: int) -> dict[str, float]:
    """The rarest terms of a chunk, those said more often first."""
    counts: dict[str, int] = {}
    for term in terms_of(text_of_chunk(view, corpus, number)):
        counts[term] = counts.get(term, 0) + 1
    return {term: math.sqrt(count) for term, count in counts.items()}


def _meaning_like(asked: Asked, kept: Kept, corpus: Corpus, number: int) -> Floats | None:
    encoder = kept.encoder()
    if encoder is None:
        return None
    vectors = kept.vector_index(encoder, corpus, asked.view)
    if vectors is None or not vectors.covered:
        return None
    row = vectors.rows([number])[0]
    if not row.any():
        row = encoder.encode([text_of_chunk(asked.view, corpus, number)])[0]
    scores = vectors.scores(row) if row.any() else None
    asked.tell(vectors)
    return scores


def _linked(asked: Asked, corpus: Corpus, number: int, offset: int) -> Floats:
    """What the definition at an offset of a piece calls, and what calls it."""
    from pairwright.index.arrays import np
    from pairwright.index.mentions import chunk_of_symbol
    from pairwright_analyzers.graph.model import SymbolId
    from pairwright_analyzers.graph.queries import callees_of, callers_of

    found = np.zeros(len(corpus.files), "f4")
    path = corpus.index.paths[int(corpus.files[number])]
    facts = asked.view.facts(path)
    inner = facts.symbol_at(offset) if facts is not None else None
    symbol = inner.index if inner is not None else int(corpus.index.table.symbols[number])
    if symbol < 0:
        return found
    here = SymbolId(path, symbol)
    linked = [(edge.callee, 0.3) for edge in callees_of(asked.graph, here)]
    linked += [(edge.caller, 0.25) for edge in callers_of(asked.graph, here, asked.check)]
    for other, share in linked:
        if other.index >= 0:
            chunk = chunk_of_symbol(corpus, asked.view, other.path, other.index)
            if chunk >= 0:
                found[chunk] = max(float(found[chunk]), share)
    return found
