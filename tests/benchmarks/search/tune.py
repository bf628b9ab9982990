"""Find the weights of the ranker: `python -m benchmarks.search.tune --histories FOLDER --write`.

Owns how weights are fitted: a listwise softmax (ListNet, Cao et al. 2007) over the candidates of
each question of the tuning split, in which each file is as good as its best piece, by Adam, around
those weights that the data cannot say (`BY_HAND`). What comes out is the table `WEIGHTS` in
`ranking.py`, which `--write` replaces; what that gains on the same questions is printed beside.
What it gains on others says `benchmarks.search`.
"""

from __future__ import annotations

import argparse
import sys
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from benchmarks.search.datasets import (
    DOCUMENTATION,
    HEADERS,
    HISTORY,
    KINDS,
    QUESTIONS,
    TUNING,
    DataSet,
    Question,
    prepared,
)
from benchmarks.search.evaluate import Opened, add_data_options, opened
from benchmarks.search.metrics import ndcg, reciprocal_rank
from pairwright.index import ranking
from pairwright.index.embed import Encoder, open_encoder
from pairwright.index.evidence import gather
from pairwright.index.mentions import mentioned
from pairwright.index.query import Query, parse_query
from pairwright.index.ranking import (
    FEATURES,
    MOST_TERMS,
    WEIGHTS,
    Diversity,
    Meaning,
    candidates_of,
    features_of,
    further_words,
    order_of,
    wanted_traits,
    weights_of,
)

EMPHASIS: Mapping[str, float] = {QUESTIONS: 2.0, HISTORY: 1.0, HEADERS: 0.6, DOCUMENTATION: 1.0}
"""What a kind of question counts; within a kind every set counts the same."""

BY_HAND: Mapping[str, float] = {
    # No answer in the data is one of these, so that more would be held against them than is true:
    # no more than a few good words are worth.
    "test": -3.0,
    "test_symbol": -2.6,
    "path_of_test": -2.75,
    "document": -2.2,
    "path_of_document": -1.2,
    "section": -1.6,
    "example": -2.8,
    "benchmark": -2.3,
    "config": -1.8,
    "stub": -2.5,
    "changelog": -1.5,
    "locale": -1.0,
    "migration": -1.0,
    # Two kinds of questions are documentation that was taken out of what they ask for.
    "documentation": 0.2,
    # What was built or copied says the same as its source, which is what is looked for.
    "generated": -3.0,
    "vendored": -2.0,
    "hidden": -1.5,
    # A text of the data that names a path which answers had it taken out.
    "path_mention": 2.5,
    # Nor do messages of fixes have stack traces, and few say what a program said.
    "ran": 2.0,
    "says": 1.0,
    "file_says": 1.5,
    # Nothing in the data was edited or is open.
    "together": 0.3,
    "recency": 0.3,
}
"""What the data cannot say."""


@dataclass(frozen=True, slots=True)
class Sample:
    """One question's candidates: rows of features, the file of each, which of them answer."""

    kind: str
    name: str
    table: np.ndarray
    files: np.ndarray
    answers: np.ndarray
    wanted: frozenset[int]
    order: np.ndarray
    starts: np.ndarray
    file_answers: np.ndarray


def samples_of(one: Opened, data: DataSet, encoder: Encoder, most: int) -> list[Sample]:
    """The candidates of each question that has an answer in the index."""
    found = []
    for question in data.questions[:most]:
        query = parse_query(question.text)
        if isinstance(query, Query):
            sample = _sample(one, data, question, query, encoder)
            if sample is not None:
                found.append(sample)
    return found


def _sample(
    one: Opened, data: DataSet, question: Question, query: Query, encoder: Encoder
) -> Sample | None:
    corpus, index = one.corpus, one.corpus.index
    further = further_words(index, query.words)
    evidence = gather(corpus, query.words, further, MOST_TERMS)
    asked = encoder.encode(query.gist or [question.text], query=True).sum(axis=0)
    meaning = Meaning(one.vectors.scores(asked), lambda names: encoder.encode(names) @ asked)
    named = mentioned(
        corpus,
        one.view.names,
        one.view,
        query.identifiers,
        query.paths,
        query.frames,
        query.messages,
    )
    candidates = candidates_of(corpus, evidence, named, meaning, None, None, None)
    ids = candidates.ids
    if len(ids) < 2:
        return None
    table = features_of(corpus, candidates, evidence, query.words, wanted_traits(query))
    files = corpus.files[ids]
    wanted = {index.file_number(answer.path) for answer in question.answers}
    order = np.argsort(files, kind="stable")
    starts = np.flatnonzero(np.diff(files[order], prepend=-1))
    return Sample(
        data.kind,
        data.name,
        table,
        files,
        np.isin(ids, _answering(one, question)),
        frozenset(wanted),
        order,
        starts,
        np.isin(files[order][starts], list(wanted)),
    )


def _answering(one: Opened, question: Question) -> list[int]:
    """The chunks that have the lines that answer."""
    table, found = one.corpus.index.table, []
    for answer in question.answers:
        try:
            first, last = one.corpus.index.chunk_range(answer.path)
        except KeyError:
            continue
        text = one.view.text(answer.path) or b""
        for number in range(first, last):
            start = text.count(b"\n", 0, int(table.starts[number])) + 1
            end = start + text.count(b"\n", int(table.starts[number]), int(table.ends[number]))
            if not answer.line or start <= answer.line <= end:
                found.append(number)
    return found


def fitted(samples: Sequence[Sample], rounds: int, rate: float = 0.05) -> np.ndarray:
    """One weight a feature, those in `BY_HAND` as they are."""
    sizes = Counter((sample.kind, sample.name) for sample in samples)
    sets = Counter(kind for kind, _ in sizes)
    worth = [
        EMPHASIS[sample.kind] / sets[sample.kind] / sizes[sample.kind, sample.name]
        for sample in samples
    ]
    total = sum(worth)
    weights = weights_of(BY_HAND).astype("f8")
    free = np.array([name not in BY_HAND for name in FEATURES])
    first, second = np.zeros_like(weights), np.zeros_like(weights)
    for at in range(1, rounds + 1):
        slope = 1e-4 * weights
        for sample, share in zip(samples, worth, strict=True):
            slope += share / total * _slope(sample, weights)
        first = 0.9 * first + 0.1 * slope
        second = 0.99 * second + 0.01 * slope * slope
        step = (first / (1 - 0.9**at)) / (np.sqrt(second / (1 - 0.99**at)) + 1e-8)
        weights = weights - rate * free * step
    return weights


def _slope(sample: Sample, weights: np.ndarray) -> np.ndarray:
    scores = sample.table @ weights
    slope = np.zeros(len(weights))
    if sample.file_answers.any():
        ordered = scores[sample.order]
        best = np.maximum.reduceat(ordered, sample.starts)
        lengths = np.diff(np.append(sample.starts, len(ordered)))
        owner = np.repeat(np.arange(len(sample.starts)), lengths)
        hits = np.flatnonzero(ordered >= best[owner])
        places = np.empty(len(sample.starts), int)
        places[owner[hits[::-1]]] = hits[::-1]
        slope += _softmax_slope(sample.table[sample.order[places]], best, sample.file_answers)
    if sample.kind == DOCUMENTATION and sample.answers.any():
        slope += _softmax_slope(sample.table, scores, sample.answers)
    return slope


def _softmax_slope(table: np.ndarray, scores: np.ndarray, answers: np.ndarray) -> np.ndarray:
    share = np.exp(scores - scores.max())
    share /= share.sum()
    slope: np.ndarray = table.T @ (share - answers / answers.sum())
    return slope


def told(samples: Sequence[Sample], weights: np.ndarray) -> str:
    """nDCG@10 over files and MRR@10 over pieces, by kind, each set counting the same."""
    lines = []
    for kind in KINDS:
        by_set: dict[str, list[tuple[float, float]]] = {}
        for sample in samples:
            if sample.kind == kind:
                order, _ = order_of(
                    sample.table @ weights.astype("f4"), sample.files, Diversity(0.0)
                )
                files = list(dict.fromkeys(sample.files[order].tolist()))
                first = reciprocal_rank(sample.answers[order].tolist())
                by_set.setdefault(sample.name, []).append((ndcg(files, sample.wanted), first))
        if by_set:
            means = np.array([np.mean(rows, axis=0) for rows in by_set.values()]).mean(axis=0)
            lines.append(f"  {kind:14} nDCG@10 {means[0]:.3f}  MRR@10 {means[1]:.3f}")
    return "\n".join(lines)


def main(arguments: Sequence[str] | None = None) -> int:
    """Print the weights, and the figures before and after."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n", 1)[0])
    add_data_options(parser)
    parser.add_argument("--most", type=int, default=40, help="questions of a set")
    parser.add_argument("--rounds", type=int, default=80)
    parser.add_argument("--write", action="store_true", help="replace the table in ranking.py")
    options = parser.parse_args(arguments)
    encoder = open_encoder(options.encoder)
    samples: list[Sample] = []
    held: tuple[Path, Opened] | None = None
    for data in prepared(options.data, options.histories, print):
        if data.split != TUNING:
            continue
        if held is None or held[0] != data.root:
            if held is not None:
                held[1].store.close()
            held = data.root, opened(data.root, options.data / "cache", encoder)
        samples += samples_of(held[1], data, encoder, options.most)
    if held is not None:
        held[1].store.close()
    weights = fitted(samples, options.rounds)
    print(f"as it is:\n{told(samples, weights_of(WEIGHTS))}")
    print(f"fitted:\n{told(samples, weights)}")
    rows = "".join(
        f'    "{name}": {weight:.2f},\n'
        for name, weight in zip(FEATURES, weights.tolist(), strict=True)
    )
    print(rows)
    if options.write:
        _replace_table(Path(ranking.__file__), rows)
    return 0


def _replace_table(module: Path, rows: str) -> None:
    """Put other weights into the text of `ranking.py`."""
    text = module.read_text(encoding="utf-8")
    begin = text.index(_TABLE) + len(_TABLE)
    module.write_text(text[:begin] + rows + text[text.index("}\n", begin) :], encoding="utf-8")


_TABLE = "WEIGHTS: Mapping[str, float] = {\n"


if __name__ == "__main__":
    sys.exit(main())
