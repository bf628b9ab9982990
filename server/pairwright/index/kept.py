"""What a searcher keeps between queries: its models, and what is derived from the latest index.

Owns loading them once, with the first query that needs them, and the vectors of unsaved text. A
model that cannot be used is None with a sentence that says why. It must not know what a query is,
nor what its answer is made of.
"""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from pairwright.errors import UserError
from pairwright.index.view import IndexView
from pairwright_analyzers.chunks import fields_of_chunks, text_of_fields

if TYPE_CHECKING:
    from pairwright.index.embed import Encoder
    from pairwright.index.evidence import Corpus, Floats
    from pairwright.index.lexical import LexicalIndex
    from pairwright.index.rerank import Reranker
    from pairwright.index.vector_search import CopyIndex, VectorSearch
    from pairwright.index.vectors import VectorIndex, VectorStore

_ON_THE_FLY = 64
"""Pieces of unsaved text that get their vectors during a query."""
_KEPT_VECTORS = 1_000
_KEPT_NAMES = 8_192


@dataclass(frozen=True, slots=True)
class SearchOptions:
    """What to search with, as the settings of `search.*` say it."""

    vectors: bool = True
    encoder: str = "bundled"
    rerank: str = "auto"


class Kept:
    """At most one encoder, one second model, and what is derived from the latest index. Used by
    several threads at once.
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
        self._names: Mapping[str, Floats] = {}

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

    def likeness(self, encoder: Encoder, query: Floats) -> Callable[[Sequence[str]], Floats] | None:
        """The cosines of a query's vector with the vectors of names, in their order; None when the
        encoder takes too long for that.
        """
        if not encoder.instant:
            return None
        from pairwright.index.arrays import np

        def cosines(names: Sequence[str]) -> Floats:
            held = self._names
            rows = {name: held[name] for name in names if name in held}
            new = [name for name in dict.fromkeys(names) if name not in rows]
            if new:
                made = dict(zip(new, encoder.encode(new), strict=True))
                rows |= made
                self._names = made if len(held) > _KEPT_NAMES else {**held, **made}
            found: Floats = np.stack([rows[name] for name in names]) @ query
            return found

        return cosines

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
