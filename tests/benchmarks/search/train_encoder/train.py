"""Pairs -> the vectors of words, learned so that a question lies nearest to its own code.

Owns the objective: in a batch every question is to be told from its code among all others', and
every code's question (InfoNCE: van den Oord et al. 2018). Words are left out now and then, those of
the definition's name more often, or names would be all that is learned. It must not know where
pairs come from or how vectors are stored.

Tried without gain: the same loss on the cosine added to BM25's score, so that the encoder learns
what a lexical index misses.
"""

from __future__ import annotations

import collections
import time
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import torch
from pairs import Pair

from pairwright.index.embed import RowsOfToken, Weighing, tokens_of, words_of_token

Floats = npt.NDArray[np.float32]
Ints = npt.NDArray[np.int32]


_WEIGHING = Weighing(saturation=0.5, head_words=8, head_weight=2.0)


@dataclass(frozen=True, slots=True)
class Options:
    """What is tuned. `batch` is in pairs; drops are shares, from 0 to 1."""

    dimensions: int = 256
    words: int = 27_000
    buckets: int = 4_096
    weighing: Weighing = _WEIGHING
    batch: int = 1_024
    epochs: int = 3
    rate: float = 0.008
    drop_words: float = 0.15
    drop_name: float = 0.25
    add_rest: float = 0.2
    threads: int = 2
    seed: int = 1


@dataclass(frozen=True, slots=True)
class Trained:
    """The vectors: one a word of the vocabulary, in its order, then one a bucket."""

    words: tuple[str, ...]
    buckets: int
    vectors: Floats


@dataclass(frozen=True, slots=True)
class Bag:
    """One text: its rows, how much each weighs, and which come from the definition's name."""

    rows: Ints
    weights: Floats
    named: npt.NDArray[np.bool_]


class Bags:
    """Texts as bags of rows."""

    def __init__(self, words: Sequence[str], options: Options) -> None:
        self._rows_of = RowsOfToken({word: row for row, word in enumerate(words)}, options.buckets)
        self._weighing = options.weighing

    def question(self, text: str) -> Bag:
        """The bag of a question."""
        rows, weights = self._weighing.of(self._rows_of.text(text), query=True)
        return Bag(rows, weights, np.zeros(len(rows), bool))

    def answer(self, text: str, name: str) -> Bag:
        """The bag of what is searched, with the rows marked that the words of `name` have."""
        rows, weights = self._weighing.of(self._rows_of.text(text), query=False)
        return Bag(rows, weights, np.isin(rows, self._rows_of.text(name)))


def train(
    pairs: Sequence[Pair],
    options: Options,
    first_vectors: Callable[[Sequence[str]], Floats] | None = None,
    say: Callable[[str], None] = print,
) -> Trained:
    """Learns the vectors. `first_vectors` gives what words start from: rows of any length."""
    torch.manual_seed(options.seed)
    torch.set_num_threads(options.threads)
    random = np.random.default_rng(options.seed)
    counts = _counted(text for pair in pairs for text in (pair.query, pair.text, pair.rest))
    common = counts.most_common(options.words)
    vocabulary = tuple(word for word, count in common if count >= 4)
    bags = Bags(vocabulary, options)
    questions = [bags.question(pair.query) for pair in pairs]
    answers = [bags.answer(pair.text, pair.name) for pair in pairs]
    rests = [bags.question(pair.rest) for pair in pairs]
    say(f"{len(pairs)} pairs, {len(vocabulary)} words, {time.process_time():.0f} s")

    size = len(vocabulary) + options.buckets
    vectors = torch.nn.EmbeddingBag(size, options.dimensions, mode="sum")
    vectors.weight.data = torch.from_numpy(
        _first(vocabulary, counts, options, first_vectors, random)
    )
    sharpness = torch.nn.Parameter(torch.tensor(3.0))
    adam = torch.optim.Adam(
        [
            {"params": vectors.parameters(), "lr": options.rate},
            {"params": [sharpness], "lr": 0.01},
        ]
    )
    steps = options.epochs * (len(pairs) // options.batch)
    schedule = torch.optim.lr_scheduler.LambdaLR(adam, lambda at: max(0.02, 1 - at / steps))
    right = torch.arange(options.batch)
    cross = torch.nn.functional.cross_entropy

    def encoded(chosen: list[Bag], extra: list[Bag] | None) -> torch.Tensor:
        rows: list[Ints] = []
        weights: list[Floats] = []
        starts = []
        at = 0
        for place, bag in enumerate(chosen):
            kept = random.random(len(bag.rows)) >= options.drop_words
            if extra is not None and random.random() < options.drop_name:
                kept &= ~bag.named
            starts.append(at)
            rows.append(bag.rows[kept])
            weights.append(bag.weights[kept])
            at += len(rows[-1])
            if extra is not None and random.random() < options.add_rest:
                rows.append(extra[place].rows)
                weights.append(extra[place].weights)
                at += len(rows[-1])
        found = vectors(
            torch.from_numpy(np.concatenate(rows)),
            torch.tensor(starts),
            torch.from_numpy(np.concatenate(weights)),
        )
        return torch.nn.functional.normalize(found, dim=1)

    for epoch in range(options.epochs):
        order = random.permutation(len(pairs))
        total = 0.0
        for start in range(0, len(pairs) - options.batch + 1, options.batch):
            ids = order[start : start + options.batch]
            asked = encoded([questions[i] for i in ids], None)
            found = encoded([answers[i] for i in ids], [rests[i] for i in ids])
            near = asked @ found.T * sharpness.exp()
            loss = (cross(near, right) + cross(near.T, right)) / 2
            adam.zero_grad()
            loss.backward()
            adam.step()
            schedule.step()
            total += loss.item()
        say(
            f"epoch {epoch + 1}: loss {total * options.batch / len(pairs):.3f},"
            f" {time.process_time():.0f} s of processor time"
        )
    return Trained(vocabulary, options.buckets, vectors.weight.detach().numpy())


def _counted(texts: Iterable[str]) -> collections.Counter[str]:
    tokens: collections.Counter[str] = collections.Counter()
    for text in texts:
        tokens.update(tokens_of(text))
    words: collections.Counter[str] = collections.Counter()
    for token, count in tokens.items():
        for word in words_of_token(token):
            words[word] += count
    return words


def _first(
    vocabulary: Sequence[str],
    counts: collections.Counter[str],
    options: Options,
    first_vectors: Callable[[Sequence[str]], Floats] | None,
    random: np.random.Generator,
) -> Floats:
    """What training starts from: rarer words longer (Arora et al. 2017), buckets short."""
    shape = (len(vocabulary) + options.buckets, options.dimensions)
    vectors = random.normal(0, 1, shape).astype(np.float32)
    if first_vectors is not None and vocabulary:
        known = first_vectors(vocabulary)
        known = known - known.mean(0)
        axes = np.linalg.svd(known[:8_000], full_matrices=False)[2][: options.dimensions]
        turned = known @ axes.T
        vectors[: len(vocabulary), : turned.shape[1]] = turned * np.sqrt(turned.shape[1])
    vectors /= np.linalg.norm(vectors, axis=1, keepdims=True)
    shares = np.array([counts[word] for word in vocabulary], np.float64)
    shares /= max(shares.sum(), 1)
    vectors[: len(vocabulary)] *= (1e-3 / (1e-3 + shares))[:, None].astype(np.float32)
    vectors[len(vocabulary) :] *= 0.3
    return vectors
