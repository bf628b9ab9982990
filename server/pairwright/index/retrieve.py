"""Search over one root: from what was typed to hits that stand in the text.

Owns the order of work, and what is kept between queries: the encoder, what is derived from an
index. It must not know how a feature is weighed (`ranking.py`), how a query is read (`query.py`),
nor the protocol. Everything it lacks (vectors, a model) makes the answer poorer, never fail; the
result says what was missing.
"""

from __future__ import annotations

import logging
import math
import threading
from collections import OrderedDict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from fnmatch import fnmatchcase
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING

from pairwright.errors import BadArgument, UserError
from pairwright.index.protocol import Hit, SearchResult, Signals
from pairwright.index.query import (
    NO_FILTERS,
    Query,
    QueryForm,
    QueryProblem,
    parse_query,
)
from pairwright.index.source import NotSource, read_source
from pairwright.index.view import IndexView
from pairwright_analyzers.chunks import fields_of_chunks, text_of_fields
from pairwright_analyzers.languages import language_of
from pairwright_analyzers.types import Chunk, ChunkKind, Span
from pairwright_analyzers.words import terms_of

if TYPE_CHECKING:
    from pairwright.index.embed import Encoder
    from pairwright.index.evidence import Corpus, Evidence, Floats, Mask
    from pairwright.index.lexical import LexicalIndex
    from pairwright.index.literal import Found, Text
    from pairwright.index.ranking import Diversity
    from pairwright.index.rerank import Reranker
    from pairwright.index.vector_search import CopyIndex, VectorSearch
    from pairwright.index.vectors import VectorIndex, VectorStore
    from pairwright_analyzers.facts import FileFacts
    from pairwright_analyzers.graph import CodeGraph
    from pairwright_analyzers.graph.model import Workspace

_log = logging.getLogger(__name__)

MAX_LIMIT = 1_000
SNIPPET_LINES = 12

_RERANKED = 20
_ON_THE_FLY = 64
"""Pieces of unsaved text that get their vectors during a query."""
_KEPT_VECTORS = 1_000
_LIKE_TERMS = 30
_OF_TESTS = 0.7
_LINE_BYTES = 400
_MOST_ROWS = 200
# Where a score is shown as one half, and how far from it they are usually.
_MIDDLE = 6.0
_SPREAD = 2.5


@dataclass(frozen=True, slots=True)
class SearchOptions:
    """What to search with, as the settings of `search.*` say it."""

    vectors: bool = True
    encoder: str = "bundled"
    rerank: str = "auto"


@dataclass(frozen=True, slots=True)
class _Scored:
    """Chunks in the order they are shown: numbers, scores, what these are made of."""

    ids: Sequence[int]
    scores: Sequence[float]
    parts: Sequence[Mapping[str, float]]


class IndexSearcher:
    """See `protocol.Searcher`. Holds at most one encoder, one reranker, and what is derived from
    the latest index.
    """

    def __init__(self, options: SearchOptions, vectors: VectorStore | VectorSearch | None) -> None:
        self._options = options
        self._vectors = vectors
        self._lock = threading.Lock()
        self._encoder: Encoder | None = None
        self._encoder_problem = ""
        self._reranker: Reranker | None = None
        self._reranker_problem = ""
        self._reranker_sought = False
        self._derived: tuple[LexicalIndex, Corpus] | None = None
        self._unsaved: OrderedDict[bytes, Floats] = OrderedDict()

    # --- queries

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
        one = _Work(self, _index_view(view), graph, query, _bounded(limit), signals, check, within)
        one.notes.extend(query.notes)
        if query.form is QueryForm.LIKE:
            hits = one.like_place()
        elif query.form in (QueryForm.REGEX, QueryForm.PATTERN):
            hits = one.literal(publish)
        else:
            hits = one.words(publish)
        return SearchResult(tuple(hits), tuple(dict.fromkeys(one.notes)), one.degraded)

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
        one = _Work(self, _index_view(view), graph, query, _bounded(limit), signals, check, "")
        hits = one.like(path, offset)
        return SearchResult(tuple(hits), tuple(dict.fromkeys(one.notes)), one.degraded)

    # --- what is kept

    def corpus(self, index: LexicalIndex) -> Corpus:
        """What is derived from an index, made once."""
        held = self._derived
        if held is not None and held[0] is index:
            return held[1]
        from pairwright.index.evidence import corpus_of
        from pairwright.index.ranking import FIELDS

        corpus = corpus_of(index, FIELDS)
        self._derived = index, corpus
        return corpus

    @property
    def encoder_is_loaded(self) -> bool:
        """Whether vectors of a query are at hand without a wait."""
        return self._encoder is not None or bool(self._encoder_problem)

    def encoder(self) -> Encoder | None:
        """The encoder, loaded with the first call; None when there is none or it cannot be used:
        `encoder_problem` says why.
        """
        options = self._options
        if not options.vectors or options.encoder == "none" or self._vectors is None:
            return None
        with self._lock:
            if self._encoder is None and not self._encoder_problem:
                from pairwright.index.embed import open_encoder

                try:
                    self._encoder = open_encoder(options.encoder)
                except UserError as error:
                    self._encoder_problem = str(error)
            return self._encoder

    @property
    def encoder_problem(self) -> str:
        """Why the encoder cannot be used, "" when it can."""
        return self._encoder_problem

    def reranker(self) -> Reranker | None:
        """The second model; None when there is none or it cannot be used."""
        if self._options.rerank == "off":
            return None
        with self._lock:
            if not self._reranker_sought:
                self._reranker_sought = True
                from pairwright.index.rerank import open_reranker

                choice = self._options.rerank
                folder = None if choice == "auto" else Path(choice).expanduser()
                try:
                    self._reranker = open_reranker(folder)
                except UserError as error:
                    self._reranker_problem = str(error)
            return self._reranker

    @property
    def reranker_problem(self) -> str:
        """Why the second model cannot be used, "" when it can or there is none."""
        return self._reranker_problem

    def vector_index(
        self, encoder: Encoder, corpus: Corpus, view: IndexView
    ) -> VectorIndex | CopyIndex | None:
        """The vectors of the chunks of an index, those of unsaved text made at once."""
        from pairwright.index.vectors import encoder_key

        if self._vectors is None:
            return None
        table = corpus.index.table
        vectors = self._vectors.index(encoder_key(encoder), table.digests)
        if not view.documents or vectors.covered == len(vectors):
            return vectors
        return self._with_unsaved(encoder, corpus, view, vectors)

    def _with_unsaved(
        self, encoder: Encoder, corpus: Corpus, view: IndexView, vectors: VectorIndex | CopyIndex
    ) -> VectorIndex | CopyIndex:
        from pairwright.index.arrays import np

        table, paths = corpus.index.table, corpus.index.paths
        pieces: list[int] = []
        rows: list[Floats] = []
        new: list[tuple[int, str]] = []
        for piece in vectors.missing().tolist():
            path = paths[int(corpus.files[piece])]
            if not table.live[piece] or path not in view.documents:
                continue
            held = self._unsaved.get(table.digest(piece))
            if held is not None:
                pieces.append(piece)
                rows.append(held)
            elif len(new) < _ON_THE_FLY:
                document = view.documents[path]
                fields = fields_of_chunks(document.text, document.facts, (table.chunk(piece),))
                new.append((piece, text_of_fields(fields[0])))
        if new:
            for (piece, _), row in zip(new, encoder.encode([text for _, text in new]), strict=True):
                pieces.append(piece)
                rows.append(row)
                self._unsaved[table.digest(piece)] = row
            while len(self._unsaved) > _KEPT_VECTORS:
                self._unsaved.popitem(last=False)
        return vectors.laid_over(pieces, np.stack(rows)) if pieces else vectors


def _index_view(view: Workspace) -> IndexView:
    if not isinstance(view, IndexView):
        raise TypeError(f"search needs a view of an index, not {type(view).__name__}")
    return view


def _bounded(limit: int) -> int:
    return max(0, min(limit, MAX_LIMIT))


class _Work:
    """One query under way."""

    def __init__(
        self,
        searcher: IndexSearcher,
        view: IndexView,
        graph: CodeGraph,
        query: Query,
        limit: int,
        signals: Signals,
        check: Callable[[], None],
        within: str,
    ) -> None:
        self._searcher = searcher
        self._view = view
        self._graph = graph
        self._query = query
        self._limit = limit
        self._signals = signals
        self._check = check
        self._within = within.strip("/")
        self._named: Mapping[int, int] = {}
        self.notes: list[str] = []
        self.degraded = False

    # --- words and names

    def words(self, publish: Callable[[Sequence[Hit]], None] | None) -> list[Hit]:
        """Hits by words, names and meaning."""
        from pairwright.index import ranking
        from pairwright.index.evidence import gather
        from pairwright.index.mentions import mentioned

        query, view = self._query, self._view
        corpus = self._searcher.corpus(view.lexical())
        self._check()
        mask = self._mask(corpus)
        further = ranking.further_words(corpus.index, query.words)
        evidence = gather(corpus, query.words, further, ranking.MOST_TERMS)
        self._check()
        named = mentioned(corpus, view.names, view, query.identifiers, query.paths)
        if query.form is QueryForm.IDENTIFIER:
            self._named = named.symbols
        self._check()
        if publish is not None and not self._searcher.encoder_is_loaded:
            early = self._ranked(corpus, evidence, named, None, mask)
            publish(self._hits(corpus, early, self._limit))
        meaning = self._meaning(corpus)
        self._check()
        ranked = self._ranked(corpus, evidence, named, meaning, mask)
        if len(ranked.ids) and query.form is QueryForm.WORDS:
            ranked = self._reranked(corpus, ranked, publish)
        return self._hits(corpus, ranked, self._limit)

    def _ranked(
        self,
        corpus: Corpus,
        evidence: Evidence,
        named: object,
        meaning: Floats | None,
        mask: Mask | None,
    ) -> _Scored:
        from pairwright.index import ranking
        from pairwright.index.mentions import Mentioned

        assert isinstance(named, Mentioned)
        recency = _by_file(corpus, self._signals.recency)
        together = _by_file(corpus, self._signals.together)
        found = ranking.candidates_of(corpus, evidence, named, meaning, mask, together, recency)
        if not len(found.ids):
            return _Scored((), (), ())
        table = ranking.features_of(
            corpus, found, evidence, self._query.words, ranking.wanted_traits(self._query)
        )
        weights = ranking.weights_of(ranking.weights_for(self._query))
        scores = table @ weights
        order, lowered = ranking.order_of(scores, corpus.files[found.ids], self._diversity())
        kept = order[: 4 * self._limit + 50]
        parts = _LazyParts(table[kept] * weights)
        return _Scored(found.ids[kept].tolist(), lowered[: len(kept)], parts)

    def _diversity(self) -> Diversity:
        from pairwright.index import ranking

        if self._query.form is QueryForm.IDENTIFIER:
            return ranking.Diversity(ranking.DECAY)
        decay = ranking.LONG_DECAY if self._query.long else ranking.DECAY
        return ranking.Diversity(decay, ranking.LATER)

    def _meaning(self, corpus: Corpus) -> Floats | None:
        """The cosine of each chunk with the query; where there is no vector yet, what an unlike
        piece has.
        """
        searcher = self._searcher
        encoder = searcher.encoder()
        if encoder is None:
            if searcher.encoder_problem:
                self.notes.append(searcher.encoder_problem)
                self.degraded = True
            return None
        vectors = searcher.vector_index(encoder, corpus, self._view)
        if vectors is None or not vectors.covered:
            if vectors is not None and vectors.note:
                self._tell(vectors)
            elif corpus.chunk_count:
                self.notes.append(
                    "No piece has a vector yet, so the search went by words and names alone."
                )
            return None
        query = encoder.encode([self._query.text], query=True)[0]
        if not query.any():
            return None
        scores = vectors.scores(query)
        self._tell(vectors)
        if vectors.covered < len(vectors):
            from pairwright.index.arrays import np

            live = corpus.index.table.live
            lacking = (vectors.slots < 0) & live
            count = int(lacking.sum())
            if count:
                share = 100 - 100 * count / max(corpus.chunk_count, 1)
                self.notes.append(
                    f"Vectors cover {share:.0f} % of the code so far; the rest was found by words "
                    "and names alone."
                )
                there = scores[~lacking & live]
                scores = scores.copy()
                scores[lacking] = float(np.mean(there)) if len(there) else 0.0
        return scores

    def _reranked(
        self,
        corpus: Corpus,
        ranked: _Scored,
        publish: Callable[[Sequence[Hit]], None] | None,
    ) -> _Scored:
        """The first hits in the order that a larger model gives them, when there is one."""
        reranker = self._searcher.reranker()
        if reranker is None:
            if self._searcher.reranker_problem:
                self.notes.append(self._searcher.reranker_problem)
                self.degraded = True
            return ranked
        from pairwright.index import ranking

        count = min(_RERANKED, len(ranked.ids))
        texts = [self._text_of(corpus, number) for number in ranked.ids[:count]]
        if publish is not None:
            publish(self._hits(corpus, ranked, self._limit))
        self._check()
        try:
            added = reranker.scores(self._query.text, texts)
        except UserError as error:
            self.notes.append(str(error))
            self.degraded = True
            return ranked
        from pairwright.index.arrays import np

        # Undecayed: the order that they come out in decides anew which of a file is further.
        files = corpus.files[list(ranked.ids[:count])]
        raw = _unlowered(ranked.scores[:count], files.tolist(), self._diversity())
        scores = np.array(raw, "f4") + np.float32(ranking.RERANK) * added
        order, lowered = ranking.order_of(scores, files, self._diversity())
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

    def _text_of(self, corpus: Corpus, number: int) -> str:
        path = corpus.index.paths[int(corpus.files[number])]
        facts, text = self._view.facts(path), self._view.text(path)
        if facts is None or text is None:
            return ""
        fields = fields_of_chunks(text, facts, (corpus.index.table.chunk(number),))
        return text_of_fields(fields[0])

    # --- filters

    def _mask(self, corpus: Corpus) -> Mask | None:
        """Which chunks may be found; None for all."""
        filters = self._query.filters
        if not filters and not self._within:
            return None
        from pairwright.index.arrays import np

        allowed = np.fromiter(
            (
                live and self._allows(path)
                for path, live in zip(
                    corpus.index.paths, corpus.index.live_files.tolist(), strict=True
                )
            ),
            bool,
            len(corpus.index.paths),
        )
        mask: Mask = allowed[corpus.files]
        if filters.tests is False:
            mask &= corpus.tests == 0
        elif filters.tests:
            tests = np.fromiter((_is_test(path) for path in corpus.index.paths), bool)
            mask &= tests[corpus.files] | (corpus.tests > 0)
        return mask

    def _allows(self, path: str) -> bool:
        """Whether the filters let a file through; those about tests only where the path decides."""
        filters = self._query.filters
        within = self._within
        if within and path != within and not path.startswith(f"{within}/"):
            return False
        if filters == NO_FILTERS:
            return True
        if filters.languages:
            spec = language_of(path)
            if (spec.id if spec else _language_id(self._view, path)) not in filters.languages:
                return False
        if filters.paths and not any(_fits(path, wanted) for wanted in filters.paths):
            return False
        if any(_fits(path, unwanted) for unwanted in filters.without_paths):
            return False
        if filters.tests is False and _is_test(path):
            return False
        if filters.changed:
            changed = self._signals.changed
            if changed is None:
                self.notes.append(
                    "Nothing is known of changes here, so `changed:` finds nothing: the folder is "
                    "in no repository, or its base revision cannot be read."
                )
                return False
            return path in changed
        return True

    # --- from chunks to hits

    def _hits(self, corpus: Corpus, ranked: _Scored, limit: int) -> list[Hit]:
        hits: list[Hit] = []
        for at, number in enumerate(ranked.ids):
            if len(hits) >= limit:
                break
            self._check()
            score = _shown_score(ranked.scores[at])
            hit = self._hit(corpus, number, score, ranked.parts[at])
            if hit is not None:
                hits.append(hit)
        return hits

    def _hit(
        self, corpus: Corpus, number: int, score: float, parts: Mapping[str, float]
    ) -> Hit | None:
        """A chunk as the view's text has it; None when its file is gone or has no such piece."""
        table = corpus.index.table
        path = corpus.index.paths[int(corpus.files[number])]
        digest = table.digest(number)
        chunk = table.chunk(number)
        facts, text = self._view.facts(path), self._view.text(path)
        if facts is None or text is None:
            found = self._refreshed(path, digest)
            if found is None:
                self.notes.append(
                    f"{path} has changed and is not indexed yet: hits in it are left out."
                )
                return None
            facts, text, chunk = found
        if self._query.filters.kinds:
            return _hit_of_kind(path, text, facts, chunk, self._query, score, parts, digest)
        symbol = self._named.get(number, chunk.symbol)
        if symbol != chunk.symbol and symbol < facts.symbol_count:
            chunk = _narrowed(facts, chunk, symbol)
        return _hit(path, text, facts, chunk, self._query, score, parts, digest)

    def _refreshed(self, path: str, digest: bytes) -> tuple[FileFacts, bytes, Chunk] | None:
        """The same piece in a file that was written after it was indexed."""
        from pairwright.index.file_terms import file_terms
        from pairwright_analyzers.facts import facts_of_parsed
        from pairwright_analyzers.syntax import parse

        source = read_source(self._view.root, path)
        if isinstance(source, NotSource):
            return None
        parsed = parse(source.language, source.text)
        facts = facts_of_parsed(parsed)
        terms = file_terms(parsed, facts)
        for at, chunk in enumerate(terms.chunks):
            if terms.digest(at) == digest:
                return facts, source.text, chunk
        return None

    # --- regular expressions and patterns

    def literal(self, publish: Callable[[Sequence[Hit]], None] | None) -> list[Hit]:
        """Hits of an expression or a pattern, those of the program before those of its tests."""
        from pairwright.index import literal

        query = self._query
        texts = self._texts()
        if query.form is QueryForm.REGEX:
            found = literal.expression_matches(query.text, query.flags, texts, self._check)
        else:
            languages = sorted(query.filters.languages)
            found = literal.pattern_matches(query.text, texts, languages, self._check)
        hits: list[Hit] = []
        try:
            for one in found:
                matches = [self._match(one, span) for span in one.spans]
                # Several in one line are one to whoever reads them.
                by_lines = {(hit.start_line, hit.end_line): hit for hit in matches[::-1] if hit}
                fresh = [by_lines[lines] for lines in sorted(by_lines)]
                hits += fresh
                if publish is not None and fresh:
                    publish(fresh)
                if len(hits) >= self._limit:
                    break
        except TimeoutError:
            self.notes.append(
                f"The search took longer than {literal.SECONDS:.0f} seconds and was ended; some "
                "files were not looked at."
            )
        return hits[: self._limit]

    def _texts(self) -> Iterator[Text]:
        """The files that the filters let through; the program's own before tests and the like."""
        from pairwright.index.literal import Text
        from pairwright.index.ranking import PathTrait, traits_of

        aside = ~(PathTrait.BARREL | PathTrait.SCRIPT | PathTrait.HIDDEN)
        paths = [path for path in self._view.paths() if self._allows(path)]
        if self._query.filters.tests:
            paths = [path for path in paths if _is_test(path)]
        for path in sorted(paths, key=lambda path: bool(traits_of(path) & aside)):
            text = self._view.text(path)
            if text is not None:
                yield Text(path, _language_id(self._view, path), text)

    def _match(self, found: Found, span: Span) -> Hit | None:
        """One match, with the definition that it lies in."""
        text, facts = self._view.text(found.path), self._view.facts(found.path)
        if text is None or facts is None:
            return None
        symbol = facts.symbol_at(span.start)
        kinds = self._query.filters.kinds
        if kinds and (symbol is None or symbol.kind not in kinds):
            return None
        first, last = _line(text, span.start), _line(text, max(span.start, span.end - 1))
        return Hit(
            found.path,
            first,
            last,
            span,
            symbol.qualname if symbol is not None else "",
            symbol.kind.name.lower() if symbol is not None else "code",
            1.0,
            _lines(text, first, min(last, first + SNIPPET_LINES - 1)),
        )

    # --- like a place

    def like_place(self) -> list[Hit]:
        """Hits that are like the piece at a path and line."""
        assert self._query.place is not None
        wanted, line = self._query.place
        path = self._indexed(wanted)
        text = self._view.text(path)
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
        return self.like(path, start)

    def _indexed(self, wanted: str) -> str:
        """The one indexed path that ends like what was typed. Raises BadArgument."""
        if self._view.has(wanted):
            return wanted
        ends = [path for path in self._view.paths() if path.endswith(f"/{wanted}")]
        if len(ends) == 1:
            return ends[0]
        if ends:
            raise BadArgument(
                f"{len(ends)} files end in {wanted}", f"Name one whole, such as {ends[0]}"
            )
        raise BadArgument(f"{wanted} is not indexed", "Name a file by its path below the root")

    def like(self, path: str, offset: int) -> list[Hit]:
        """Hits that are like the piece of a file at an offset: by its words, its meaning, and what
        it calls and what calls it.
        """
        from pairwright.index.arrays import np
        from pairwright.index.evidence import gather

        corpus = self._searcher.corpus(self._view.lexical())
        index = corpus.index
        try:
            first, last = index.chunk_range(path)
        except KeyError:
            raise BadArgument(
                f"{path} is not indexed", "Wait for the index, or name another"
            ) from None
        if first == last:
            return []
        starts = index.table.starts[first:last]
        here = first + max(0, int(np.searchsorted(starts, offset, side="right")) - 1)
        evidence = gather(corpus, self._telling_words(corpus, here), {}, _LIKE_TERMS)
        self._check()
        score = evidence.chunk_score / max(float(evidence.chunk_score.max(initial=0.0)), 1e-6)
        parts: dict[str, Floats] = {"words": 0.4 * score}
        meaning = self._meaning_like(corpus, here)
        if meaning is not None:
            parts["meaning"] = 0.6 * meaning
        parts["graph"] = self._linked(corpus, here, offset)
        total = np.sum(np.stack(list(parts.values())), axis=0)
        if not self._query.wants_tests:
            total = total * np.where(corpus.tests > 0, _OF_TESTS, 1)
        mask = self._mask(corpus)
        total = np.where(index.table.live if mask is None else mask, total, 0)
        total[here] = 0
        same = (index.table.digests == index.table.digests[here]).all(axis=1)
        total[same & (corpus.files == corpus.files[here])] = 0
        best = np.argsort(-total, kind="stable")[: 2 * self._limit + 20]
        best = best[total[best] > 0.05]
        explained = [
            {name: round(float(column[number]), 4) for name, column in parts.items()}
            for number in best.tolist()
        ]
        hits: list[Hit] = []
        for number, told in zip(best.tolist(), explained, strict=True):
            if len(hits) >= self._limit:
                break
            hit = self._hit(corpus, number, float(total[number]), told)
            if hit is not None:
                hits.append(hit)
        return hits

    def _telling_words(self, corpus: Corpus, number: int) -> dict[str, float]:
        """The rarest terms of a chunk, those said more often first."""
        counts: dict[str, int] = {}
        for term in terms_of(self._text_of(corpus, number)):
            counts[term] = counts.get(term, 0) + 1
        return {term: math.sqrt(count) for term, count in counts.items()}

    def _meaning_like(self, corpus: Corpus, number: int) -> Floats | None:
        encoder = self._searcher.encoder()
        if encoder is None:
            return None
        vectors = self._searcher.vector_index(encoder, corpus, self._view)
        if vectors is None or not vectors.covered:
            return None
        row = vectors.rows([number])[0]
        if not row.any():
            row = encoder.encode([self._text_of(corpus, number)])[0]
        scores = vectors.scores(row) if row.any() else None
        self._tell(vectors)
        return scores

    def _tell(self, vectors: VectorIndex | CopyIndex) -> None:
        """Pass on what the search for vectors has to say of itself."""
        if vectors.note:
            self.notes.append(vectors.note)
        self.degraded |= vectors.degraded

    def _linked(self, corpus: Corpus, number: int, offset: int) -> Floats:
        """What the definition at an offset of a piece calls, and what calls it."""
        from pairwright.index.arrays import np
        from pairwright.index.mentions import chunk_of_symbol
        from pairwright_analyzers.graph.model import SymbolId
        from pairwright_analyzers.graph.queries import callees_of, callers_of

        found = np.zeros(len(corpus.files), "f4")
        path = corpus.index.paths[int(corpus.files[number])]
        facts = self._view.facts(path)
        inner = facts.symbol_at(offset) if facts is not None else None
        symbol = inner.index if inner is not None else int(corpus.index.table.symbols[number])
        if symbol < 0:
            return found
        here = SymbolId(path, symbol)
        linked = [(edge.callee, 0.3) for edge in callees_of(self._graph, here)]
        linked += [(edge.caller, 0.25) for edge in callers_of(self._graph, here, self._check)]
        for other, share in linked:
            if other.index >= 0:
                chunk = chunk_of_symbol(corpus, self._view, other.path, other.index)
                if chunk >= 0:
                    found[chunk] = max(float(found[chunk]), share)
        return found


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


def _language_id(view: IndexView, path: str) -> str:
    spec = language_of(path)
    if spec is not None:
        return spec.id
    facts = view.facts(path)
    return facts.language if facts is not None else ""


def _fits(path: str, wanted: str) -> bool:
    """Whether a path is what `path:` asks for: a glob over the whole path or its end, else a part
    of it.
    """
    wanted = wanted.removeprefix("./")
    if any(letter in wanted for letter in "*?["):
        return fnmatchcase(path, wanted) or fnmatchcase(path, f"*/{wanted}")
    return wanted.lower() in path.lower()


def _is_test(path: str) -> bool:
    from pairwright.index.ranking import PathTrait, traits_of

    return bool(traits_of(path) & PathTrait.TEST)


# --- what is shown of a piece


def _hit(
    path: str,
    text: bytes,
    facts: FileFacts,
    chunk: Chunk,
    query: Query,
    score: float,
    parts: Mapping[str, float],
    digest: bytes,
) -> Hit:
    symbol, kind = "", "section" if chunk.kind is ChunkKind.SECTION else "code"
    if 0 <= chunk.symbol < facts.symbol_count:
        symbol = facts.qualname(chunk.symbol)
        kind = facts.symbol_kind(chunk.symbol).name.lower()
    first = _line(text, chunk.start)
    last = first + text.count(b"\n", chunk.start, chunk.end)
    snippet = _snippet(text[chunk.start : chunk.end], text, chunk.start, query.words)
    span = Span(chunk.start, chunk.end)
    return Hit(path, first, last, span, symbol, kind, score, snippet, parts, digest)


def _hit_of_kind(
    path: str,
    text: bytes,
    facts: FileFacts,
    chunk: Chunk,
    query: Query,
    score: float,
    parts: Mapping[str, float],
    digest: bytes,
) -> Hit | None:
    """The definition of a wanted kind in a chunk that has most of the words in its name."""
    best, most = -1, -1.0
    for index in range(facts.symbol_count):
        inside = chunk.start <= facts.symbol_name_start(index) < chunk.end
        if (index != chunk.symbol and not inside) or facts.symbol_kind(
            index
        ) not in query.filters.kinds:
            continue
        fit = sum(query.words.get(term, 0.0) for term in set(terms_of(facts.symbol_name(index))))
        if index == chunk.symbol:
            fit += 0.5
        if fit > most:
            best, most = index, fit
    if best < 0:
        return None
    if best == chunk.symbol:
        return _hit(path, text, facts, chunk, query, score, parts, digest)
    narrowed = _narrowed(facts, chunk, best)
    return _hit(path, text, facts, narrowed, query, score, parts, digest)


def _narrowed(facts: FileFacts, chunk: Chunk, symbol: int) -> Chunk:
    """The part of a chunk that is one definition in it."""
    span = facts.symbol(symbol).span
    start, end = max(span.start, chunk.start), min(span.end, chunk.end)
    return Chunk(start, end, symbol, chunk.kind) if start < end else chunk


def _line(text: bytes, offset: int) -> int:
    return text.count(b"\n", 0, offset) + 1


def _lines(text: bytes, first: int, last: int) -> str:
    """Whole lines, counted from 1."""
    rows = islice(text.split(b"\n"), first - 1, last)
    return _shown(list(rows))


def _snippet(piece: bytes, text: bytes, start: int, words: Mapping[str, float]) -> str:
    """The lines of a piece that say most of the words, at most `SNIPPET_LINES`."""
    indent = text[text.rfind(b"\n", 0, start) + 1 : start]
    if not indent.strip():
        piece = indent + piece
    rows = piece.split(b"\n")
    if len(rows) > SNIPPET_LINES:
        begin = _best_window(rows, words)
        rows = rows[begin : begin + SNIPPET_LINES]
    return _shown(rows)


def _best_window(rows: Sequence[bytes], words: Mapping[str, float]) -> int:
    """Where the lines begin that have most of the words; each counts once, the head for more."""
    told: list[list[str]] = []
    for row in rows[:_MOST_ROWS]:
        line = row[:_LINE_BYTES].decode("utf-8", "replace")
        told.append([term for term in terms_of(line) if term in words])
    within: dict[str, int] = {}
    value, best, most = 0.0, 0, 0.0
    for end, terms in enumerate(told):
        for term in terms:
            within[term] = within.get(term, 0) + 1
            if within[term] == 1:
                value += words[term]
        begin = end + 1 - SNIPPET_LINES
        if begin > 0:
            for term in told[begin - 1]:
                within[term] -= 1
                if not within[term]:
                    value -= words[term]
        if begin >= 0 and value > most + 1e-9:
            # The head says what the piece is.
            best, most = begin, value + (0.5 if begin == 0 else 0.0)
    return best


def _shown(rows: Iterable[bytes]) -> str:
    lines = [row[:_LINE_BYTES].decode("utf-8", "replace").rstrip() for row in rows]
    return "\n".join(lines).rstrip()
