"""What makes one piece of code a better answer than another: the features, and their weights.

Owns the ranker: a weighted sum over features that are comparable between queries, and the order of
hits that follows. It must not know how evidence is gathered nor read files. The weights stand in
one table, `WEIGHTS`, tuned by `tests/benchmarks/search/tune.py` on one part of its data and
reported on another. It needs numpy, so it is imported with the first search.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from enum import IntFlag
from functools import lru_cache
from pathlib import PurePosixPath
from typing import TYPE_CHECKING

from pairwright.index.arrays import np
from pairwright.index.evidence import Corpus, Evidence
from pairwright.index.lexical import FieldWeights, LexicalIndex, rarity
from pairwright.index.mentions import Mentioned
from pairwright.index.query import Query, QueryForm
from pairwright.index.synonyms import related_terms
from pairwright_analyzers.languages import language_of
from pairwright_analyzers.types import ChunkKind
from pairwright_analyzers.words import terms_of, words_of

if TYPE_CHECKING:
    from pairwright.index.evidence import Floats, Integers, Mask

FIELDS = FieldWeights(
    name=3.0,
    qualifier=1.0,
    signature=1.5,
    doc=1.5,
    body=1.0,
    path=3.0,
    k1=1.2,
    b=0.75,
    file_k1=1.2,
    file_b=0.75,
)
"""Of BM25F."""

DECAY = 2.5
"""How much lower each further piece of a file is ranked."""

LATER = 20.0
"""How much lower still from its third on, where words were asked for and not a name."""

LONG_DECAY = 4.0
"""The same for pasted reports, which ask for files."""

LONGER = 0.25
"""What a word counts that begins like one that was asked for."""

RELATED = 0.25
"""What a word counts that was not asked for but means much the same."""


# --- what a path says


class PathTrait(IntFlag):
    """What kind of file a path is by its folders and name."""

    NONE = 0
    TEST = 1
    DOCUMENT = 2
    EXAMPLE = 4
    GENERATED = 8
    VENDORED = 16
    MIGRATION = 32
    LOCALE = 64
    CONFIG = 128
    STUB = 256
    BARREL = 512
    BENCHMARK = 1024
    SCRIPT = 2048
    CHANGELOG = 4096
    HIDDEN = 8192
    DEPRECATED = 16384
    HEADER = 32768


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


_FOLDERS: tuple[tuple[PathTrait, frozenset[str]], ...] = (
    (
        PathTrait.TEST,
        _words(
            "test tests testing spec specs __tests__ __mocks__ __fixtures__ fixtures fixture"
            " testdata e2e unittests t"
        ),
    ),
    (PathTrait.DOCUMENT, _words("doc docs documentation website site wiki guides")),
    (
        PathTrait.EXAMPLE,
        _words(
            "example examples sample samples demo demos playground playgrounds tutorial tutorials"
            " cookbook sandbox"
        ),
    ),
    (PathTrait.GENERATED, _words("generated gen dist __generated__")),
    (
        PathTrait.VENDORED,
        _words("vendor vendored third_party thirdparty third-party external extern deps"),
    ),
    (PathTrait.MIGRATION, frozenset({"migrations", "migration", "migrate"})),
    (PathTrait.LOCALE, _words("locale locales i18n l10n translations lang")),
    (PathTrait.BENCHMARK, _words("bench benches benchmark benchmarks benchsuite perf")),
    (PathTrait.SCRIPT, _words("scripts script tools tool ci bin hack contrib extras")),
    (PathTrait.DEPRECATED, _words("deprecated legacy old compat")),
)
_BUILT = frozenset({"build", "out"})
"""Folders of what was built when they stand at the top; deeper down, builders."""

_NAMES: tuple[tuple[PathTrait, re.Pattern[str]], ...] = (
    (
        PathTrait.TEST,
        re.compile(
            r"^(?:test|tests|conftest|spec)\b|^test_|(?:_|-|\.)(?:test|tests|spec|specs)\b|"
            r"[a-z](?:Test|Tests|Spec|TestCase)\.\w+$"
        ),
    ),
    (PathTrait.EXAMPLE, re.compile(r"^(?:example|sample|demo)s?\b|[_-](?:example|demo)\b")),
    (
        PathTrait.GENERATED,
        re.compile(r"\.(?:min|bundle|generated|gen|g|pb|designer)\.\w+$|_pb2|_generated\b|\.lock$"),
    ),
    (PathTrait.HEADER, re.compile(r"\.(?:h|hh|hpp|hxx)$")),
    (PathTrait.STUB, re.compile(r"\.d\.[cm]?ts$|\.pyi$")),
    (
        PathTrait.BARREL,
        re.compile(r"^(?:__init__\.pyi?|index\.[cm]?[jt]sx?|mod\.rs|package-info\.java)$"),
    ),
    (PathTrait.BENCHMARK, re.compile(r"bench(?:mark)?s?(?:\b|_)|[a-z]Benchmark")),
    (
        PathTrait.CHANGELOG,
        re.compile(r"^(?:changelog|changes|history|news|releases?|authors|whatsnew)\b", re.I),
    ),
    (PathTrait.DEPRECATED, re.compile(r"deprecat|legacy|compat", re.I)),
    (
        PathTrait.SCRIPT,
        re.compile(
            r"^(?:setup|gulpfile|gruntfile|rakefile|makefile|build)\b|"
            r".\.(?:config|conf)\.[cm]?[jt]s$|rc\.[cm]?js$",
            re.I,
        ),
    ),
)
_DOCUMENTS = frozenset({"markdown", "html", "restructuredtext"})
_CONFIGS = frozenset({"json", "yaml", "toml"})


@lru_cache(maxsize=1 << 16)
def traits_of(path: str) -> PathTrait:
    """What a path says of its file."""
    *folders, name = path.split("/")
    found = 0
    if folders and folders[0] in _BUILT:
        found |= _GENERATED
    for folder in folders:
        found |= _traits_of_folder(folder)
    for trait, pattern in _NAMES:
        if pattern.search(name):
            found |= trait.value
    spec = language_of(path)
    if spec is not None:
        if spec.id in _DOCUMENTS:
            found |= _DOCUMENT
        elif spec.id in _CONFIGS:
            found |= _CONFIG
        if any(re.search(pattern, path) for pattern in spec.test_paths):
            found |= _TEST
    if name.startswith("."):
        found |= _HIDDEN
    return PathTrait(found)


# Many files are asked at once, and to join members of an enumeration takes long.
_TEST = PathTrait.TEST.value
_DOCUMENT = PathTrait.DOCUMENT.value
_CONFIG = PathTrait.CONFIG.value
_GENERATED = PathTrait.GENERATED.value
_HIDDEN = PathTrait.HIDDEN.value


@lru_cache(maxsize=1 << 12)
def _traits_of_folder(name: str) -> int:
    lowered = name.lower()
    found = sum(trait.value for trait, folders in _FOLDERS if lowered in folders)
    if lowered.startswith(".") and len(lowered) > 1:
        return found | _HIDDEN
    if lowered.endswith((".tests", ".test", "-tests", "_tests", "-test", "tests")):
        return found | _TEST
    return found


def stem_terms(path: str) -> frozenset[str]:
    """The index terms of a file's name without its extension; of its folder for `__init__.py`."""
    return frozenset(terms_of(_own_name(path)))


def file_name_of(path: str) -> str:
    """The letters of that name in a run, in lower case."""
    return "".join(letter for letter in _own_name(path).lower() if letter.isalnum())


def _own_name(path: str) -> str:
    folder, _, name = path.rpartition("/")
    if folder and traits_of(path) & PathTrait.BARREL:
        return folder.rpartition("/")[2]
    return name.partition(".")[0] or name.strip(".")


# --- features

FEATURES: tuple[str, ...] = (
    "words",
    "words_ideal",
    "cover",
    "name",
    "signature",
    "documentation",
    "whole_name",
    "file_words",
    "file_ideal",
    "file_sum",
    "file_cover",
    "path",
    "file_name",
    "whole_file_name",
    "meaning",
    "file_meaning",
    "file_meaning_sum",
    "path_meaning",
    "fusion",
    "top_words",
    "top_file",
    "top_sum",
    "top_meaning",
    "top_meaning_sum",
    "top_path_meaning",
    "top_path",
    "top_name",
    "path_of_test",
    "path_of_document",
    "definition",
    "file_definition",
    "file_mention",
    "path_mention",
    "ran",
    "says",
    "file_says",
    "type",
    "callable",
    "test_symbol",
    "outline",
    "code",
    "section",
    "part",
    "length",
    "file_length",
    "test",
    "document",
    "example",
    "generated",
    "vendored",
    "migration",
    "locale",
    "config",
    "stub",
    "barrel",
    "benchmark",
    "script",
    "changelog",
    "hidden",
    "deprecated",
    "header",
    "depth",
    "together",
    "recency",
)
"""Names of the columns, as `--explain` shows them. All are about 0 to 1."""

WEIGHTS: Mapping[str, float] = {
    "words": 0.87,
    "words_ideal": 0.76,
    "cover": 0.76,
    "name": 0.77,
    "signature": 1.03,
    "documentation": 0.20,
    "whole_name": 0.87,
    "file_words": 0.50,
    "file_ideal": 0.51,
    "file_sum": 0.19,
    "file_cover": 0.29,
    "path": 0.35,
    "file_name": 0.82,
    "whole_file_name": 0.64,
    "meaning": 1.25,
    "file_meaning": 0.79,
    "file_meaning_sum": 0.81,
    "path_meaning": 0.40,
    "fusion": 0.80,
    "top_words": 0.26,
    "top_file": 0.38,
    "top_sum": -0.09,
    "top_meaning": 0.27,
    "top_meaning_sum": 0.16,
    "top_path_meaning": 0.39,
    "top_path": 0.84,
    "top_name": 0.17,
    "path_of_test": -2.75,
    "path_of_document": -1.20,
    "definition": 0.13,
    "file_definition": 0.14,
    "file_mention": 1.45,
    "path_mention": 2.50,
    "ran": 2.00,
    "says": 1.00,
    "file_says": 1.50,
    "type": -0.34,
    "callable": 1.07,
    "test_symbol": -2.60,
    "outline": 0.50,
    "code": -0.00,
    "section": -1.60,
    "part": -0.28,
    "length": 1.85,
    "file_length": -1.76,
    "test": -3.00,
    "document": -2.20,
    "example": -2.80,
    "generated": -3.00,
    "vendored": -2.00,
    "migration": -1.00,
    "locale": -1.00,
    "config": -1.80,
    "stub": -2.50,
    "barrel": 0.29,
    "benchmark": -2.30,
    "script": -1.22,
    "changelog": -1.50,
    "hidden": -1.50,
    "deprecated": -0.02,
    "header": 0.04,
    "depth": -1.01,
    "together": 0.30,
    "recency": 0.30,
}
"""What each feature counts.

As `python -m benchmarks.search.tune --write` leaves it: fitted around what the data cannot say,
which stands there with its reasons. The rank of a file in the graph (PageRank) gained nothing
beside these, so it is not among them.
"""

NAME_WEIGHTS: Mapping[str, float] = {**WEIGHTS, "definition": 12.0, "file_definition": 2.0}
"""The same for a query that is one name: where it is defined comes first."""

WORD_WEIGHTS: Mapping[str, float] = {**WEIGHTS, "definition": 4.0, "file_definition": 1.0}
"""The same for a query of one plain word, which may be a name."""

PATH_WEIGHTS: Mapping[str, float] = {**WEIGHTS, "path_mention": 8.0}
"""The same for a short query with a path in it."""

RERANK = 2.5
"""What the cosine of the second model counts."""

_LONG_TERM = 4
_WANTED = 0.4
"""How much of a trait is held against a file when the query has a word for it."""

_TRAIT_COLUMNS: tuple[tuple[str, PathTrait], ...] = tuple(
    (trait.name.lower(), trait)
    for trait in PathTrait
    if trait.name and trait.name.lower() in FEATURES
)
_TRAIT_VALUES = tuple(trait.value for _, trait in _TRAIT_COLUMNS)


@dataclass(frozen=True, slots=True)
class Meaning:
    """How near things are to the query's vector: `chunks` are cosines by number, `names` tells
    those of texts of a few words, None where that would take too long.
    """

    chunks: Floats
    names: Callable[[Sequence[str]], Floats] | None = None


@dataclass(frozen=True, slots=True)
class Candidates:
    """The chunks that are ranked, and what is known of them beside the evidence of words.

    `ids` are chunk numbers, sorted; `fusion` is their reciprocal rank over how they were found,
    the best has 1. `meaning` is None without vectors. By file number: `together` (how often it
    changes with what is open) and `recency`, 0 to 1.
    """

    ids: Integers
    fusion: Floats
    meaning: Meaning | None
    mentioned: Mentioned
    together: Floats | None
    recency: Floats | None


MOST_TERMS = 40
"""Terms of a query that are looked up; those that weigh least are left out."""

MOST_BY_WORDS = 200
MOST_BY_MEANING = 100
MOST_FILES = 80
_RANK_OFFSET = 10
"""Of reciprocal rank fusion (Cormack, Clarke and Buettcher 2009)."""


def candidates_of(
    corpus: Corpus,
    evidence: Evidence,
    named: Mentioned,
    meaning: Meaning | None,
    mask: Mask | None,
    together: Floats | None,
    recency: Floats | None,
) -> Candidates:
    """The few hundred chunks that are worth ranking: the best by words, by meaning, what the query
    names, and the best of each file that as a whole fits well. With a `mask` of the chunks that may
    be found.
    """
    score = evidence.chunk_score if mask is None else np.where(mask, evidence.chunk_score, 0)
    by_words = _largest(score, MOST_BY_WORDS)
    chosen = [
        by_words,
        np.fromiter(named.definitions, np.intp, len(named.definitions)),
        np.fromiter(named.says, np.intp, len(named.says)),
    ]
    by_meaning = None
    if meaning is not None:
        near = meaning.chunks
        by_meaning = _largest(near if mask is None else np.where(mask, near, 0), MOST_BY_MEANING)
        chosen.append(by_meaning)
    whole = (
        _of_best(evidence.file_score)
        + _of_best(evidence.file_sum)
        + evidence.path_cover
        + named.path_mention
        + named.file_definition
        + named.ran
    )
    by_file = _largest(whole, MOST_FILES)
    firsts = np.searchsorted(corpus.files, by_file).tolist()
    lasts = np.searchsorted(corpus.files, by_file, side="right").tolist()
    for column in (score,) if meaning is None else (score, meaning.chunks):
        best = [
            first + int(column[first:last].argmax())
            for first, last in zip(firsts, lasts, strict=True)
            if last > first
        ]
        chosen.append(np.array(best, np.intp))
    ids = np.unique(np.concatenate(chosen))
    if mask is not None:
        ids = ids[mask[ids]]
    else:
        ids = ids[corpus.index.table.live[ids]]
    fusion = _reciprocal(ids, by_words)
    if by_meaning is not None:
        fusion += _reciprocal(ids, by_meaning)
    fusion += _reciprocal(corpus.files[ids], by_file)
    return Candidates(ids, _of_best(fusion), meaning, named, together, recency)


def _largest(scores: Floats, most: int) -> Integers:
    """Where the largest scores above zero are, the largest first."""
    if len(scores) > most:
        places = np.argpartition(-scores, most)[:most]
    else:
        places = np.arange(len(scores))
    places = places[np.argsort(-scores[places], kind="stable")]
    return places[scores[places] > 0]


def _reciprocal(wanted: Integers, ranked: Integers) -> Floats:
    """For each wanted number the reciprocal of its place in a list; 0 where it is not in it."""
    found = np.zeros(len(wanted), "f4")
    if not len(ranked):
        return found
    order = np.argsort(ranked)
    at = np.minimum(np.searchsorted(ranked, wanted, sorter=order), len(ranked) - 1)
    there = ranked[order[at]] == wanted
    found[there] = 1 / (_RANK_OFFSET + 1 + order[at][there])
    return found


def features_of(
    corpus: Corpus,
    found: Candidates,
    evidence: Evidence,
    words: Mapping[str, float],
    wanted: PathTrait,
) -> Floats:
    """One row of features for each candidate. `wanted` are traits that the query asks for: they are
    not held against a file.
    """
    ids = found.ids
    files = corpus.files[ids]
    table = np.zeros((len(ids), len(FEATURES)), "f4")

    def put(name: str, column: Floats) -> None:
        table[:, _COLUMN[name]] = column

    score = evidence.chunk_score[ids]
    total = max(evidence.total, 1e-6)
    put("words", _of_best(score))
    put("words_ideal", score / total)
    put("cover", evidence.chunk_cover[ids])
    put("name", evidence.name_cover[ids])
    put("signature", evidence.signature_cover[ids])
    put("documentation", evidence.doc_cover[ids])
    # A name of one common word is soon covered: what the words are worth counts too.
    named_share = np.minimum(evidence.name_hits[ids] / np.maximum(corpus.name_lengths[ids], 1), 1)
    put("whole_name", named_share * np.sqrt(np.minimum(evidence.name_cover[ids], 1)))
    file_score = evidence.file_score[files]
    put("file_words", _of_best(file_score))
    put("file_ideal", file_score / total)
    put("file_sum", _of_best(evidence.file_sum[files]))
    put("file_cover", evidence.file_cover[files])
    put("path", evidence.path_cover[files])
    if found.meaning is not None:
        near = found.meaning.chunks
        put("meaning", _of_nearest(near[ids]))
        numbers, rows = np.unique(files, return_inverse=True)
        best, several = _meaning_of_files(corpus, near, numbers)
        put("file_meaning", _of_nearest(best)[rows])
        put("file_meaning_sum", _of_nearest(several)[rows])
        if found.meaning.names is not None:
            names = [_said_by(corpus.index.paths[number]) for number in numbers.tolist()]
            put("path_meaning", _of_nearest(found.meaning.names(names))[rows])
    put("fusion", found.fusion)
    named = found.mentioned
    put("definition", np.array([named.definitions.get(one, 0.0) for one in ids.tolist()], "f4"))
    put("file_definition", named.file_definition[files])
    put("file_mention", named.file_mention[files])
    put("path_mention", named.path_mention[files])
    put("ran", named.ran[files])
    if named.says:
        says = np.array([named.says.get(one, 0.0) for one in ids.tolist()], "f4")
        put("says", says)
        put("file_says", _best_of_files(says, files))
    put("type", corpus.types[ids])
    put("callable", corpus.callables[ids])
    if not wanted & PathTrait.TEST:
        put("test_symbol", corpus.tests[ids])
    for name, kind in _KIND_COLUMNS:
        put(name, (corpus.kinds[ids] == kind).astype("f4"))
    put("length", (np.log1p(corpus.lengths[ids]) / 8).astype("f4"))
    put("file_length", (np.log1p(corpus.file_lengths[files]) / 12).astype("f4"))
    if found.together is not None:
        put("together", found.together[files])
    if found.recency is not None:
        put("recency", found.recency[files])
    _put_paths(table, files, corpus.index.paths, _by_rarity(corpus, words), wanted)
    for name, column in _TOPS:
        put(name, _reciprocal_of_files(table[:, _COLUMN[column]], files))
    path = table[:, _COLUMN["path"]]
    put("path_of_test", path * table[:, _COLUMN["test"]])
    put("path_of_document", path * table[:, _COLUMN["document"]])
    return table


def _meaning_of_files(corpus: Corpus, near: Floats, numbers: Integers) -> tuple[Floats, Floats]:
    """For each file the largest cosine of its pieces, and the mean of its largest few."""
    live = corpus.index.table.live
    firsts = np.searchsorted(corpus.files, numbers).tolist()
    lasts = np.searchsorted(corpus.files, numbers, side="right").tolist()
    best, several = np.zeros(len(numbers), "f4"), np.zeros(len(numbers), "f4")
    for at, (first, last) in enumerate(zip(firsts, lasts, strict=True)):
        pieces = np.sort(near[first:last][live[first:last]])[-_SEVERAL:]
        if len(pieces):
            best[at], several[at] = pieces[-1], pieces.mean()
    return best, several


_SEVERAL = 3


@lru_cache(maxsize=1 << 16)
def _said_by(path: str) -> str:
    """The words of a file's name and its folder's."""
    parts = PurePosixPath(path)
    return " ".join(words_of(f"{parts.parent.name} {parts.name.partition('.')[0]}")) or path


_TOPS = (
    ("top_words", "words"),
    ("top_file", "file_words"),
    ("top_sum", "file_sum"),
    ("top_meaning", "meaning"),
    ("top_meaning_sum", "file_meaning_sum"),
    ("top_path_meaning", "path_meaning"),
    ("top_path", "path"),
    ("top_name", "name"),
)


def _best_of_files(column: Floats, files: Integers) -> Floats:
    """For each row the largest value of its file."""
    numbers, rows = np.unique(files, return_inverse=True)
    best = np.zeros(len(numbers), "f4")
    np.maximum.at(best, rows, column)
    found: Floats = best[rows]
    return found


def _reciprocal_of_files(column: Floats, files: Integers) -> Floats:
    """For each row the reciprocal place of its file, by the largest value of a file; 0 for none."""
    numbers, rows = np.unique(files, return_inverse=True)
    best = np.zeros(len(numbers), "f4")
    np.maximum.at(best, rows, column)
    places = np.empty(len(numbers), "f4")
    places[np.argsort(-best, kind="stable")] = np.arange(1, len(numbers) + 1)
    return np.where(best > 0, 1 / places, 0).astype("f4")[rows]


_KIND_COLUMNS = (
    ("outline", ChunkKind.OUTLINE),
    ("code", ChunkKind.CODE),
    ("section", ChunkKind.SECTION),
    ("part", ChunkKind.PART),
)


def _of_best(scores: Floats) -> Floats:
    return scores / np.float32(max(float(scores.max(initial=0.0)), 1e-6))


def _of_nearest(cosines: Floats) -> Floats:
    """Cosines as shares of the largest, which differs from query to query with what its words are,
    however well they are answered.
    """
    return np.maximum(_of_best(cosines), -1)


_COLUMN = {name: at for at, name in enumerate(FEATURES)}


def _by_rarity(corpus: Corpus, words: Mapping[str, float]) -> Mapping[str, float]:
    """The words that the index has, with what each tells: a file named for a word that stands
    everywhere answers no question.
    """
    index = corpus.index
    found = {term: index.document_frequency(term) for term in words}
    return {
        term: words[term] * rarity(count, corpus.chunk_count)
        for term, count in found.items()
        if count or len(index.files_named(term))
    }


def _put_paths(
    table: Floats,
    files: Integers,
    paths: Sequence[str],
    words: Mapping[str, float],
    wanted: PathTrait,
) -> None:
    """Fill in what a file's path says, once for each file."""
    whole = sum(words.values()) or 1.0
    long = [term for term in words if len(term) >= _LONG_TERM]
    numbers, rows = np.unique(files, return_inverse=True)
    by_file = np.empty((len(numbers), _PATH_WIDTH), "f4")
    for at, number in enumerate(numbers.tolist()):
        path = paths[number]
        terms, run, traits = _told_by(path)
        share = covered = 0.0
        if terms:
            hit = [words[term] for term in terms if term in words]
            covered = len(hit) / len(terms)
            # `retry` is in `autoretry.py` too.
            share = sum(hit) + sum([words[t] for t in long if t in run and t not in terms])
        share /= whole
        by_file[at] = (share, covered * min(share, 1.0) ** 0.5, *traits)
    held = by_file[rows]
    if wanted:
        for name, trait in _TRAIT_COLUMNS:
            if wanted & trait:
                held[:, _PATH_COLUMNS.index(name)] *= _WANTED
    table[:, [_COLUMN[name] for name in _PATH_COLUMNS]] = held


_PATH_COLUMNS = (
    "file_name",
    "whole_file_name",
    *(name for name, _ in _TRAIT_COLUMNS),
    "depth",
)
_PATH_WIDTH = len(_PATH_COLUMNS)


@lru_cache(maxsize=1 << 16)
def _told_by(path: str) -> tuple[frozenset[str], str, tuple[float, ...]]:
    """What a path says whatever is asked: terms and letters of the file's name, its traits as
    columns, its depth.
    """
    traits = traits_of(path).value
    columns = [1.0 if traits & trait else 0.0 for trait in _TRAIT_VALUES]
    return stem_terms(path), file_name_of(path), (*columns, min(path.count("/"), 10) / 10)


def wanted_traits(query: Query) -> PathTrait:
    """The traits that a query has a word for."""
    wanted = PathTrait.NONE
    if query.wants_tests:
        wanted |= PathTrait.TEST
    if query.wants_documents:
        wanted |= PathTrait.DOCUMENT | PathTrait.CHANGELOG
    return wanted


def weights_for(query: Query) -> Mapping[str, float]:
    """The table for a query of words or of a name."""
    if query.form is QueryForm.IDENTIFIER:
        plain = query.text.isalpha() and query.text.islower()
        return WORD_WEIGHTS if plain else NAME_WEIGHTS
    return PATH_WEIGHTS if query.paths and not query.long else WEIGHTS


def weights_of(table: Mapping[str, float]) -> Floats:
    """Weights by name as a vector, for `features_of` times it."""
    return np.array([table.get(name, 0.0) for name in FEATURES], "f4")


@dataclass(frozen=True, slots=True)
class Diversity:
    """How much lower further pieces of a file are ranked: each by `decay`, and from the third on by
    `later` more, so that the first hits are of many files.
    """

    decay: float
    later: float = 0.0

    def lowered_by(self, before: int) -> float:
        """What is taken from the score of a piece that has `before` others of its file ahead."""
        if before < _PIECES_OF_A_FILE:
            return self.decay * before
        return self.decay * _PIECES_OF_A_FILE + self.later


_PIECES_OF_A_FILE = 2


def order_of(
    scores: Floats, files: Integers, diversity: Diversity
) -> tuple[list[int], list[float]]:
    """Rows in the order of their scores, and these, further pieces of a file lowered."""
    seen: dict[int, int] = {}
    lowered = []
    rows = np.argsort(-scores, kind="stable")
    in_order = zip(rows.tolist(), files[rows].tolist(), scores[rows].tolist(), strict=True)
    for row, file, score in in_order:
        before = seen.get(file, 0)
        seen[file] = before + 1
        lowered.append((score - diversity.lowered_by(before), row))
    lowered.sort(key=lambda one: -one[0])
    return [row for _, row in lowered], [score for score, _ in lowered]


def further_words(index: LexicalIndex, words: Mapping[str, float]) -> dict[str, float]:
    """Terms that were not asked for, with their weights: such as mean much the same, or begin like
    one that was asked for.
    """
    found: dict[str, float] = {}

    def add(term: str, weight: float) -> None:
        if term not in words:
            found[term] = max(found.get(term, 0.0), weight)

    if len(words) > _FEW_WORDS:
        return found
    for term, weight in words.items():
        for other in related_terms(term):
            add(other, RELATED * weight)
        if len(term) >= _LONG_TERM + 1:
            for other in index.terms_with_prefix(term, _MOST_ENDINGS):
                add(other, LONGER * weight)
            if index.document_frequency(term) <= _UNHEARD and len(term) > _LONG_TERM + 1:
                for other in index.terms_with_prefix(term[: max(_LONG_TERM, len(term) - 3)], 4):
                    add(other, LONGER * weight)
    return found


_FEW_WORDS = 16
_MOST_ENDINGS = 6
_UNHEARD = 2
