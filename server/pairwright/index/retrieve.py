"""Search over one root: from what was typed to hits that stand in the text.

Owns the order of work: which form of query is answered how, and how what words, names and vectors
found comes together. It must not know how a feature is weighed (`ranking.py`), how a query is read
(`query.py`), what is kept between queries (`kept.py`), nor the protocol. Everything it lacks
(vectors, a model) makes the answer poorer, never fail; the result says what was missing.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from pairwright.errors import BadArgument, UserError
from pairwright.index.alike import like, like_place
from pairwright.index.asked import Asked, is_test, language_id
from pairwright.index.hits import hit_of_chunk, hit_of_span, text_of_chunk
from pairwright.index.kept import Kept, SearchOptions
from pairwright.index.protocol import Hit, SearchResult, Signals
from pairwright.index.query import Query, QueryForm, QueryProblem, parse_query
from pairwright.index.view import IndexView

if TYPE_CHECKING:
    from pairwright.index.evidence import Corpus, Evidence, Floats, Mask
    from pairwright.index.literal import Text
    from pairwright.index.mentions import Mentioned
    from pairwright.index.ranking import Diversity, Meaning
    from pairwright.index.vector_search import VectorSearch
    from pairwright.index.vectors import VectorStore
    from pairwright_analyzers.graph import CodeGraph
    from pairwright_analyzers.graph.model import Workspace

__all__ = ["MAX_LIMIT", "IndexSearcher", "SearchOptions"]

MAX_LIMIT = 1_000

_RERANKED = 20
# Where a score is shown as one half, and how far from it they are usually.
_MIDDLE = 6.0
_SPREAD = 2.5


class IndexSearcher:
    """See `protocol.Searcher`. `kept` holds the models, and what is derived from the latest
    index.
    """

    def __init__(self, options: SearchOptions, vectors: VectorStore | VectorSearch | None) -> None:
        self.kept = Kept(options, vectors)

    def search(
        self,
        view: Workspace,
        graph: CodeGraph,
        raw: str,
        limit: int,
        signals: Signals,
        check: Callable[[], None],
        *,
        within: str = "",
        publish: Callable[[Sequence[Hit]], None] | None = None,
    ) -> SearchResult:
        """See `protocol.Searcher`."""
        query = parse_query(raw)
        if isinstance(query, QueryProblem):
            raise BadArgument(query.happened, query.next_step)
        asked = Asked(
            _index_view(view), graph, query, _bounded(limit), signals, check, within.strip("/")
        )
        asked.notes.extend(query.notes)
        if query.form is QueryForm.LIKE:
            hits = like_place(asked, self.kept)
        elif query.form in (QueryForm.REGEX, QueryForm.PATTERN):
            hits = _literal(asked, publish)
        else:
            hits = _words(asked, self.kept, publish)
        return _result(asked, hits)

    def related(
        self,
        view: Workspace,
        graph: CodeGraph,
        path: str,
        offset: int,
        limit: int,
        signals: Signals,
        check: Callable[[], None],
    ) -> SearchResult:
        """See `protocol.Searcher`."""
        query = Query(QueryForm.LIKE, f"like:{path}", place=(path, 1))
        asked = Asked(_index_view(view), graph, query, _bounded(limit), signals, check)
        return _result(asked, like(asked, self.kept, path, offset))


def _index_view(view: Workspace) -> IndexView:
    if not isinstance(view, IndexView):
        raise TypeError(f"search needs a view of an index, not {type(view).__name__}")
    return view


def _bounded(limit: int) -> int:
    return max(0, min(limit, MAX_LIMIT))


def _result(asked: Asked, hits: Sequence[Hit]) -> SearchResult:
    return SearchResult(tuple(hits), tuple(dict.fromkeys(asked.notes)), asked.degraded)


# --- words and names

Publish = Callable[[Sequence[Hit]], None]


@dataclass(frozen=True, slots=True)
class _Scored:
    """Chunks in the order they are shown: numbers, scores, what these are made of."""

    ids: Sequence[int]
    scores: Sequence[float]
    parts: Sequence[Mapping[str, float]]


def _words(asked: Asked, kept: Kept, publish: Publish | None) -> list[Hit]:
    """Hits by words, names and meaning."""
    from pairwright.index import ranking
    from pairwright.index.evidence import gather
    from pairwright.index.mentions import mentioned

    query, view = asked.query, asked.view
    corpus = kept.corpus(view.lexical())
    asked.check()
    mask = asked.mask(corpus)
    further = ranking.further_words(corpus.index, query.words)
    evidence = gather(corpus, query.words, further, ranking.MOST_TERMS)
    asked.check()
    named = mentioned(
        corpus, view.names, view, query.identifiers, query.paths, query.frames, query.messages
    )
    symbols = named.symbols if query.form is QueryForm.IDENTIFIER else {}
    asked.check()
    if publish is not None and not kept.encoder_is_loaded:
        early = _ranked(asked, corpus, evidence, named, None, mask)
        publish(_hits(asked, corpus, early, symbols))
    meaning = _meaning(asked, kept, corpus)
    asked.check()
    ranked = _ranked(asked, corpus, evidence, named, meaning, mask)
    if len(ranked.ids) and query.form is QueryForm.WORDS:
        ranked = _reranked(asked, kept, corpus, ranked, publish)
    return _hits(asked, corpus, ranked, symbols)


def _ranked(
    asked: Asked,
    corpus: Corpus,
    evidence: Evidence,
    named: Mentioned,
    meaning: Meaning | None,
    mask: Mask | None,
) -> _Scored:
    from pairwright.index import ranking

    recency = _by_file(corpus, asked.signals.recency)
    together = _by_file(corpus, asked.signals.together)
    found = ranking.candidates_of(corpus, evidence, named, meaning, mask, together, recency)
    if not len(found.ids):
        return _Scored((), (), ())
    table = ranking.features_of(
        corpus, found, evidence, asked.query.words, ranking.wanted_traits(asked.query)
    )
    weights = ranking.weights_of(ranking.weights_for(asked.query))
    scores = table @ weights
    order, lowered = ranking.order_of(scores, corpus.files[found.ids], _diversity(asked.query))
    kept = order[: 4 * asked.limit + 50]
    parts = _LazyParts(table[kept] * weights)
    return _Scored(found.ids[kept].tolist(), lowered[: len(kept)], parts)


def _diversity(query: Query) -> Diversity:
    from pairwright.index import ranking

    if query.form is QueryForm.IDENTIFIER:
        return ranking.Diversity(ranking.DECAY)
    decay = ranking.LONG_DECAY if query.long else ranking.DECAY
    return ranking.Diversity(decay, ranking.LATER)


def _meaning(asked: Asked, kept: Kept, corpus: Corpus) -> Meaning | None:
    """The cosine of each chunk with the query; where there is no vector yet, what an unlike
    piece has.
    """
    from pairwright.index.ranking import Meaning

    encoder = kept.encoder()
    if encoder is None:
        if kept.encoder_problem:
            asked.lacks(kept.encoder_problem)
        return None
    vectors = kept.vector_index(encoder, corpus, asked.view)
    if vectors is None or not vectors.covered:
        if vectors is not None and vectors.note:
            asked.tell(vectors)
        elif corpus.chunk_count:
            asked.notes.append(
                "No piece has a vector yet, so the search went by words and names alone."
            )
        return None
    query = encoder.encode(asked.query.gist or [asked.query.text], query=True).sum(axis=0)
    if not query.any():
        return None
    scores = vectors.scores(query)
    asked.tell(vectors)
    if vectors.covered < len(vectors):
        from pairwright.index.arrays import np

        live = corpus.index.table.live
        lacking = (vectors.slots < 0) & live
        count = int(lacking.sum())
        if count:
            share = 100 - 100 * count / max(corpus.chunk_count, 1)
            asked.notes.append(
                f"Vectors cover {share:.0f} % of the code so far; the rest was found by words "
                "and names alone."
            )
            there = scores[~lacking & live]
            scores = scores.copy()
            scores[lacking] = float(np.mean(there)) if len(there) else 0.0
    return Meaning(scores, kept.likeness(encoder, query))


def _reranked(
    asked: Asked,
    kept: Kept,
    corpus: Corpus,
    ranked: _Scored,
    publish: Publish | None,
) -> _Scored:
    """The first hits in the order that a larger model gives them, when there is one."""
    reranker = kept.reranker()
    if reranker is None:
        if kept.reranker_problem:
            asked.lacks(kept.reranker_problem)
        return ranked
    from pairwright.index import ranking

    count = min(_RERANKED, len(ranked.ids))
    texts = [text_of_chunk(asked.view, corpus, number) for number in ranked.ids[:count]]
    if publish is not None:
        publish(_hits(asked, corpus, ranked, {}))
    asked.check()
    try:
        added = reranker.scores(asked.query.text, texts)
    except UserError as error:
        asked.lacks(str(error))
        return ranked
    from pairwright.index.arrays import np

    # Undecayed: the order that they come out in decides anew which of a file is further.
    files = corpus.files[list(ranked.ids[:count])]
    raw = _unlowered(ranked.scores[:count], files.tolist(), _diversity(asked.query))
    scores = np.array(raw, "f4") + np.float32(ranking.RERANK) * added
    order, lowered = ranking.order_of(scores, files, _diversity(asked.query))
    rest = range(count, len(ranked.ids))
    # What was not looked at stays behind what was.
    gap = max(0.0, ranked.scores[count] - lowered[-1]) if rest else 0.0
    return _Scored(
        [ranked.ids[at] for at in (*order, *rest)],
        [*lowered, *(ranked.scores[at] - gap for at in rest)],
        [
            *(
                {**ranked.parts[at], "rerank": round(ranking.RERANK * float(added[at]), 4)}
                for at in order
            ),
            *(ranked.parts[at] for at in rest),
        ],
    )


def _hits(asked: Asked, corpus: Corpus, ranked: _Scored, symbols: Mapping[int, int]) -> list[Hit]:
    """The best as they are shown. By chunk number, `symbols` are those that were named."""
    hits: list[Hit] = []
    for at, number in enumerate(ranked.ids):
        if len(hits) >= asked.limit:
            break
        asked.check()
        score = _shown_score(ranked.scores[at])
        hit = hit_of_chunk(asked, corpus, number, score, ranked.parts[at], symbols.get(number))
        if hit is not None:
            hits.append(hit)
    return hits


def _by_file(corpus: Corpus, shares: Mapping[str, float]) -> Floats | None:
    """What is known of some paths, by file number; None where nothing is."""
    if not shares:
        return None
    from pairwright.index.arrays import np

    found = np.zeros(len(corpus.file_norm), "f4")
    for path, share in shares.items():
        number = corpus.index.file_number(path)
        if number >= 0:
            found[number] = share
    return found


class _LazyParts(Sequence[Mapping[str, float]]):
    """Features times weights, made into words only for what is shown."""

    def __init__(self, table: Floats) -> None:
        self._table = table

    def __len__(self) -> int:
        return len(self._table)

    def __getitem__(self, at: int) -> Mapping[str, float]:  # type: ignore[override]  # no slices
        from pairwright.index.ranking import FEATURES

        row = self._table[at].tolist()
        return {
            name: round(value, 4)
            for name, value in zip(FEATURES, row, strict=True)
            if abs(value) >= 0.00005
        }


def _unlowered(scores: Sequence[float], files: Sequence[int], diversity: Diversity) -> list[float]:
    """Scores as they were before further pieces of a file were lowered."""
    seen: dict[int, int] = {}
    found = []
    for score, file in zip(scores, files, strict=True):
        before = seen.get(file, 0)
        seen[file] = before + 1
        found.append(score + diversity.lowered_by(before))
    return found


def _shown_score(score: float) -> float:
    """A score as a person sees it: between 0 and 1, the order the same."""
    return round(1 / (1 + math.exp(min(60.0, max(-60.0, (_MIDDLE - score) / _SPREAD)))), 6)


# --- regular expressions and patterns


def _literal(asked: Asked, publish: Publish | None) -> list[Hit]:
    """Hits of an expression or a pattern, those of the program before those of its tests."""
    from pairwright.index import literal

    query = asked.query
    texts = _texts(asked)
    if query.form is QueryForm.REGEX:
        found = literal.expression_matches(query.text, query.flags, texts, asked.check)
    else:
        languages = sorted(query.filters.languages)
        found = literal.pattern_matches(query.text, texts, languages, asked.check)
    hits: list[Hit] = []
    try:
        for one in found:
            matches = [hit_of_span(asked, one.path, span) for span in one.spans]
            # Several in one line are one to whoever reads them.
            by_lines = {(hit.start_line, hit.end_line): hit for hit in matches[::-1] if hit}
            fresh = [by_lines[lines] for lines in sorted(by_lines)]
            hits += fresh
            if publish is not None and fresh:
                publish(fresh)
            if len(hits) >= asked.limit:
                break
    except TimeoutError:
        asked.notes.append(
            f"The search took longer than {literal.SECONDS:.0f} seconds and was ended; some "
            "files were not looked at."
        )
    return hits[: asked.limit]


def _texts(asked: Asked) -> Iterator[Text]:
    """The files that the filters let through; the program's own before tests and the like."""
    from pairwright.index.literal import Text
    from pairwright.index.ranking import PathTrait, traits_of

    aside = ~(PathTrait.BARREL | PathTrait.SCRIPT | PathTrait.HIDDEN | PathTrait.HEADER)
    paths = [path for path in asked.view.paths() if asked.allows(path)]
    if asked.query.filters.tests:
        paths = [path for path in paths if is_test(path)]
    for path in sorted(paths, key=lambda path: bool(traits_of(path) & aside)):
        text = asked.view.text(path)
        if text is not None:
            yield Text(path, language_id(asked.view, path), text)
