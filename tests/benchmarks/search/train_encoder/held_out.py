"""How well an encoder finds code of packages that it was not trained on.

Owns the figures: MRR@10 of the encoder alone, of BM25 over stemmed words alone, and of both fused
by reciprocal rank. It must not know how the encoder was made.
"""

from __future__ import annotations

import collections
import random
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from pairs import Pair

from pairwright.index.embed import Encoder
from pairwright_analyzers.words import terms_of

QUESTIONS = 2_400
QUESTIONS_OF_A_LANGUAGE = 400
_DEPTH = 100
_FUSION = 10


@dataclass(frozen=True, slots=True)
class Figures:
    """MRR@10 over all questions, and the encoder's by language."""

    questions: int
    texts: int
    encoder: float
    lexical: float
    fused: float
    by_language: dict[str, float]


def measured(encoder: Encoder, pairs: Sequence[Pair]) -> Figures:
    """The figures. Questions are balanced over languages; all pairs' texts are searched."""
    pairs = list({pair.query.lower(): pair for pair in pairs}.values())
    random.Random(11).shuffle(pairs)
    of_language: collections.Counter[str] = collections.Counter()
    asked: list[Pair] = []
    for pair in pairs:
        if of_language[pair.language] < QUESTIONS_OF_A_LANGUAGE and len(asked) < QUESTIONS:
            of_language[pair.language] += 1
            asked.append(pair)
    chosen = set(map(id, asked))
    searched = asked + [pair for pair in pairs if id(pair) not in chosen]
    texts = [pair.text for pair in searched]
    questions = [pair.query for pair in asked]
    near = encoder.encode(questions, query=True) @ encoder.encode(texts).T
    matched = _bm25(questions, texts)
    by_vector, by_word = _best(near), _best(matched)
    ranks = _ranks(by_vector)
    languages = np.array([pair.language for pair in asked])
    return Figures(
        len(questions),
        len(texts),
        _mrr(ranks),
        _mrr(_ranks(by_word)),
        _mrr(_ranks(_fused(by_vector, by_word))),
        {name: round(_mrr(ranks[languages == name]), 3) for name in sorted(of_language)},
    )


def _best(scores: npt.NDArray[np.float32]) -> npt.NDArray[np.int64]:
    depth = min(_DEPTH, scores.shape[1])
    return np.argsort(-scores, axis=1, kind="stable")[:, :depth]


def _ranks(best: npt.NDArray[np.int64]) -> npt.NDArray[np.int64]:
    """The place of text i for question i, 1 000 when it is not among the best."""
    found = best == np.arange(len(best))[:, None]
    return np.where(found.any(1), found.argmax(1), 1_000)


def _mrr(ranks: npt.NDArray[np.int64]) -> float:
    return float(np.where(ranks < 10, 1 / (ranks + 1), 0).mean())


def _fused(*lists: npt.NDArray[np.int64]) -> npt.NDArray[np.int64]:
    """Reciprocal rank fusion (Cormack et al. 2009)."""
    rows = []
    for ranked in zip(*lists, strict=True):
        scores: collections.Counter[int] = collections.Counter()
        for found in ranked:
            for place, text in enumerate(found.tolist()):
                scores[text] += 1 / (_FUSION + place + 1)  # type: ignore[assignment]
        rows.append([text for text, _ in scores.most_common(10)])
    return np.array(rows)


def _bm25(questions: Sequence[str], texts: Sequence[str]) -> npt.NDArray[np.float32]:
    """BM25 (Robertson & Zaragoza 2009), k1 = 1.2, b = 0.75: float32 `[questions, texts]`."""
    postings: dict[str, list[tuple[int, int]]] = {}
    lengths = np.zeros(len(texts), np.float32)
    for row, text in enumerate(texts):
        terms = collections.Counter(terms_of(text))
        lengths[row] = terms.total()
        for term, count in terms.items():
            postings.setdefault(term, []).append((row, count))
    norms = 1.2 * (0.25 + 0.75 * lengths / lengths.mean())
    scores = np.zeros((len(questions), len(texts)), np.float32)
    for row, question in enumerate(questions):
        for term in set(terms_of(question)) & postings.keys():
            held = np.array(postings[term])
            ids, often = held[:, 0], held[:, 1].astype(np.float32)
            rarity = np.log(1 + (len(texts) - len(ids) + 0.5) / (len(ids) + 0.5))
            scores[row, ids] += rarity * often * 2.2 / (often + norms[ids])
    return scores
