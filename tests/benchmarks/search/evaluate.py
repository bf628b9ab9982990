"""How well search answers, side by side: words alone, meaning alone, fused, ranked, reranked.

Owns the table. It must not know how questions are made (`datasets.py`). Every figure but BM25's and
the vectors' own comes through the searcher that a person reaches.

    python -m benchmarks.search [--data FOLDER] [--histories FOLDER] [--issues FOLDER]
        [--split tuning|held-out]

The first run downloads packages and indexes them; both are kept in the data folder.
"""

from __future__ import annotations

import argparse
import resource
import sys
import time
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np

from benchmarks.search.datasets import (
    HELD_OUT,
    KINDS,
    QUESTIONS,
    TUNING,
    DataSet,
    Question,
    issues,
    prepared,
)
from benchmarks.search.metrics import ndcg, percentile, recall, reciprocal_rank
from pairwright.index.build import BuildOptions, build
from pairwright.index.embed import Encoder, open_encoder
from pairwright.index.embedder import embed_here
from pairwright.index.evidence import Corpus, corpus_of
from pairwright.index.lexical import FieldWeights
from pairwright.index.protocol import NO_SIGNALS
from pairwright.index.ranking import FIELDS
from pairwright.index.rerank import open_reranker
from pairwright.index.retrieve import IndexSearcher, SearchOptions
from pairwright.index.store import Store, open_store
from pairwright.index.vectors import VectorIndex, encoder_key
from pairwright.index.view import IndexView, view_of
from pairwright_analyzers.graph import CodeGraph
from pairwright_analyzers.languages import language_of
from pairwright_analyzers.words import terms_of

PLAIN = FieldWeights(name=1.0, qualifier=0.0, signature=1.0, doc=1.0, body=1.0, path=0.0)
"""BM25 as everyone has it: a text is a bag of words, identifiers split and stemmed."""

_DEEP = 100
_FUSION = 10


@dataclass(frozen=True, slots=True)
class Place:
    """A piece that was found: lines from 1, both included."""

    path: str
    first: int
    last: int
    symbol: str


Method = Callable[[str], Sequence[Place]]


@dataclass(slots=True)
class Opened:
    """One tree, indexed and with vectors."""

    view: IndexView
    store: Store
    graph: CodeGraph
    corpus: Corpus
    vectors: VectorIndex
    build_seconds: float
    embed_seconds: float


def opened(root: Path, cache: Path, encoder: Encoder) -> Opened:
    """Index a tree, or take what was kept of it. Times are processor seconds, of what was new."""
    store = open_store(root, cache)
    report = build(root, store, BuildOptions())
    made = embed_here(store, encoder)
    view = view_of(store)
    corpus = corpus_of(view.lexical(), FIELDS)
    vectors = store.vectors.index(encoder_key(encoder), corpus.index.table.digests)
    return Opened(
        view, store, CodeGraph(view), corpus, vectors, report.cpu_seconds, made.cpu_seconds
    )


def methods(
    one: Opened, encoder: Encoder, rerank: str, model: bool
) -> Iterator[tuple[str, Method]]:
    """The ways to answer, by name."""
    index = one.corpus.index

    def lexical(text: str) -> Iterable[int]:
        return _best(index.scores(dict.fromkeys(terms_of(text), 1.0), PLAIN).chunks)

    def meaning(text: str) -> Iterable[int]:
        return _best(one.vectors.scores(encoder.encode([text], query=True)[0]))

    def fused(text: str) -> Iterable[int]:
        score: dict[int, float] = defaultdict(float)
        for found in (lexical(text), meaning(text)):
            for at, number in enumerate(found):
                score[number] += 1 / (_FUSION + at + 1)
        return sorted(score, key=lambda number: -score[number])

    def places(find: Callable[[str], Iterable[int]]) -> Method:
        return lambda text: [_place(one, number) for number in find(text)]

    yield "BM25", places(lexical)
    yield "vectors", places(meaning)
    yield "fused", places(fused)
    yield "ranked", _searching(one, SearchOptions(rerank="off"))
    if model:
        yield "reranked", _searching(one, SearchOptions(rerank=rerank))


def _searching(one: Opened, options: SearchOptions) -> Method:
    searcher = IndexSearcher(options, one.store.vectors)

    def ask(text: str) -> Sequence[Place]:
        result = searcher.search(one.view, one.graph, text, 50, NO_SIGNALS, lambda: None)
        return [Place(hit.path, hit.start_line, hit.end_line, hit.symbol) for hit in result.hits]

    return ask


def _best(scores: np.ndarray) -> list[int]:
    order = np.argsort(-scores, kind="stable")[:_DEEP]
    return [int(number) for number in order if scores[number] > 0]


def _place(one: Opened, number: int) -> Place:
    table = one.corpus.index.table
    path = one.corpus.index.paths[int(table.files[number])]
    text = one.view.text(path) or b""
    start, end = int(table.starts[number]), int(table.ends[number])
    first = text.count(b"\n", 0, start) + 1
    return Place(path, first, first + text.count(b"\n", start, end), "")


# --- figures


@dataclass(slots=True)
class Figures:
    """What one method reached on one set, a number a question."""

    ndcg: list[float] = field(default_factory=list)
    first: list[float] = field(default_factory=list)
    all_found: list[float] = field(default_factory=list)
    recall: list[float] = field(default_factory=list)
    seconds: list[float] = field(default_factory=list)

    def take(self, question: Question, found: Sequence[Place], seconds: float) -> None:
        """Count one answer."""
        wanted = {answer.path for answer in question.answers}
        files = list(dict.fromkeys(place.path for place in found))
        self.ndcg.append(ndcg(files, wanted))
        self.recall.append(recall(files, wanted))
        self.all_found.append(float(self.recall[-1] == 1.0))
        self.first.append(reciprocal_rank(_answers(question, place) for place in found))
        self.seconds.append(seconds)

    def means(self) -> tuple[float, float, float, float]:
        """nDCG@10 of files, MRR@10 of pieces, recall@10 of files, all found in the first 10."""
        return _mean(self.ndcg), _mean(self.first), _mean(self.recall), _mean(self.all_found)


def _answers(question: Question, place: Place) -> bool:
    """Whether a piece is in a file that answers, and has the line that was asked for."""
    return any(
        place.path == answer.path and (not answer.line or place.first <= answer.line <= place.last)
        for answer in question.answers
    )


def _mean(values: Sequence[float]) -> float:
    return sum(values) / len(values) if values else 0.0


Say = Callable[[str], None]


def measured(
    sets: Sequence[DataSet], cache: Path, encoder: Encoder, rerank: str, most: int, say: Say
) -> tuple[Mapping[str, Mapping[str, dict[str, Figures]]], dict[str, float]]:
    """For each kind of question and each method, the figures of each set; and what it cost."""
    model = (
        rerank != "off" and open_reranker(None if rerank == "auto" else Path(rerank)) is not None
    )
    table: dict[str, dict[str, dict[str, Figures]]] = defaultdict(lambda: defaultdict(dict))
    cost: dict[str, float] = defaultdict(float)
    held: tuple[Path, Opened] | None = None
    for one in sets:
        if held is None or held[0] != one.root:
            if held is not None:
                held[1].store.close()
            held = one.root, opened(one.root, cache, encoder)
            cost["chunks"] += held[1].corpus.chunk_count
            cost["build"] += held[1].build_seconds
            cost["embed"] += held[1].embed_seconds
        for name, method in methods(held[1], encoder, rerank, model):
            figures = table[one.kind][name].setdefault(one.name, Figures())
            for question in one.questions[:most]:
                begun = time.process_time()
                found = method(question.text)
                figures.take(question, found, time.process_time() - begun)
        told = " · ".join(
            "{} {:.3f} {:.3f}".format(name, *figures[one.name].means()[:2])
            for name, figures in table[one.kind].items()
            if one.name in figures
        )
        say(f"{one.split:9} {one.kind:14} {one.name:18} {told}")
    if held is not None:
        held[1].store.close()
    return table, cost


def printed(table: Mapping[str, Mapping[str, dict[str, Figures]]], say: Say) -> None:
    """The means over sets, each set counting the same."""
    say(
        f"\n{'questions':14} {'method':9} {'nDCG@10':>8} {'MRR@10':>8} {'recall':>8} {'all':>8}"
        f" {'p50 ms':>8} {'p95 ms':>8}"
    )
    for kind in KINDS:
        for name, by_set in table.get(kind, {}).items():
            means = [figures.means() for figures in by_set.values()]
            seconds = [one for figures in by_set.values() for one in figures.seconds]
            columns = [_mean([mean[at] for mean in means]) for at in range(4)]
            numbers = " ".join(f"{value:8.3f}" for value in columns)
            times = " ".join(f"{1000 * percentile(seconds, at):8.1f}" for at in (0.5, 0.95))
            say(f"{kind:14} {name:9} {numbers} {times}")


def printed_languages(
    sets: Sequence[DataSet],
    table: Mapping[str, Mapping[str, Mapping[str, Figures]]],
    kind: str,
    say: Say,
) -> None:
    """nDCG@10 of each method by the language of most answers, each set counting the same."""
    by_language: dict[str, list[str]] = defaultdict(list)
    for one in sets:
        if one.kind == kind:
            by_language[_language(one)].append(one.name)
    if by_language:
        say(f"\n{kind}: nDCG@10 by language")
    for language, names in sorted(by_language.items()):
        told = " · ".join(
            f"{method} {_mean([_mean(figures[name].ndcg) for name in names]):.3f}"
            for method, figures in table[kind].items()
        )
        say(f"{language:14} {len(names):3} {told}")


def _language(data: DataSet) -> str:
    """Of most answers."""
    specs = [language_of(answer.path) for one in data.questions for answer in one.answers]
    counts = Counter(spec.name if spec is not None else "others" for spec in specs)
    return counts.most_common(1)[0][0]


def main(arguments: Sequence[str] | None = None) -> int:
    """Print a line for each set, then the table."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n", 1)[0])
    add_data_options(parser)
    parser.add_argument("--split", choices=(TUNING, HELD_OUT), default=HELD_OUT)
    parser.add_argument("--most", type=int, default=60, help="questions of a set")
    parser.add_argument("--rerank", default="auto", help="auto, off, or a model's folder")
    parser.add_argument("--kind", choices=KINDS, action="append", help="only these questions")
    parser.add_argument("--set", action="append", dest="names", help="only these sets")
    parser.add_argument("--issues", type=Path, help="a folder of reports with their fixes")
    options = parser.parse_args(arguments)
    every = prepared(options.data, options.histories, _say)
    if options.issues is not None and options.histories is not None:
        every += issues(options.issues, options.histories, options.data / "issues", _say)
    sets = [
        one
        for one in every
        if one.split == options.split
        and (not options.kind or one.kind in options.kind)
        and (not options.names or one.name in options.names)
    ]
    encoder = open_encoder(options.encoder)
    table, cost = measured(
        sets, options.data / "cache", encoder, options.rerank, options.most, _say
    )
    printed(table, _say)
    printed_languages(sets, table, QUESTIONS, _say)
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    _say(
        f"\n{cost['chunks']:.0f} pieces; indexed in {cost['build']:.1f} s of processor time, "
        f"vectors in {cost['embed']:.1f} s, where they were not kept; peak memory {peak:.0f} MiB"
    )
    return 0


def add_data_options(parser: argparse.ArgumentParser) -> None:
    """The arguments that say where data lies."""
    parser.add_argument("--data", type=Path, default=Path(".cache/search-bench"))
    parser.add_argument("--histories", type=Path, help="a folder of git clones named owner+name")
    parser.add_argument("--encoder", default="bundled")


def _say(line: str) -> None:
    print(line, flush=True)


if __name__ == "__main__":
    sys.exit(main())
