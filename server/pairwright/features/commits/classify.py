"""Which type and scope a commit gets: learnt from the repository's own history, and corrected by
what the change means.

Owns the two models. The repository's own is a logistic regression over paths, authors and what the
author committed before; it sees names only, so it learns from hundreds of commits in a moment. What
a change's texts say is judged by weights that come with this package (`weights.json`), made from
the histories of other projects by `tests/benchmarks/commit`. It must not know messages.

numpy is imported on first use.
"""

from __future__ import annotations

import json
import math
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from importlib import resources
from typing import TYPE_CHECKING

from pairwright.features.commits.files import class_of

if TYPE_CHECKING:
    import numpy
    from numpy.typing import NDArray

MEANING_WEIGHT = 0.7
"""How much the texts of a change count beside its paths."""

_EPOCHS = 10
_RATE = 0.35
_DECAY = 2e-4
_MAX_FILES = 40

PathStatus = tuple[str, str]
"""A path and what happened to it (`ChangeStatus`'s value)."""


@dataclass(frozen=True, slots=True)
class Example:
    """One commit as the models see it. `label` is its type, or its scope."""

    files: tuple[PathStatus, ...]
    email: str
    label: str
    hint: str = ""
    """What else is known: the type of the author's last commit, or this commit's type."""


def traits(files: Sequence[PathStatus], email: str, hint: str) -> list[str]:
    """What a model goes by: folders, names, endings and classes of files, who and what before."""
    found: set[str] = set()
    classes: set[str] = set()
    for path, status in files[:_MAX_FILES]:
        *folders, name = path.split("/")
        kind = class_of(path).value
        classes.add(kind)
        found.update((f"path {path}", f"name {name}", f"end {name.rpartition('.')[2]}"))
        found.update(
            f"in {'/'.join(folders[:depth])}" for depth in range(1, min(len(folders), 4) + 1)
        )
        found.update((f"is {kind}", f"is {kind} {status}"))
    found.add(f"all {'+'.join(sorted(classes))}")
    found.add(f"many {min(6, len(files).bit_length())}")
    # What says who and what before weighs as much in a commit of many files.
    return [*sorted(found), f"by {email}", f"after {hint}"]


class LabelModel:
    """A multinomial logistic regression over traits. Made once, then only read."""

    def __init__(self, examples: Sequence[Example]) -> None:
        """Learn from examples, the oldest first."""
        import numpy

        self.labels = tuple(sorted({one.label for one in examples}))
        rows = [traits(one.files, one.email, one.hint) for one in examples]
        counts = Counter(trait for row in rows for trait in row)
        self._places = {
            trait: place
            for place, trait in enumerate(trait for trait, many in counts.items() if many > 1)
        }
        self._weights = numpy.zeros(
            (len(self._places) + 1, max(1, len(self.labels))), numpy.float32
        )
        if len(self.labels) > 1:
            places = {label: place for place, label in enumerate(self.labels)}
            self._learn(
                [self._indices(row) for row in rows], [places[one.label] for one in examples]
            )

    def _indices(self, row: Iterable[str]) -> tuple[NDArray[numpy.intp], float]:
        import numpy

        found = [self._places[trait] for trait in row if trait in self._places]
        size = 2.0 / math.sqrt(max(4, len(found)))
        return numpy.array([*found, len(self._places)], dtype=numpy.intp), size

    def _learn(
        self, rows: Sequence[tuple[NDArray[numpy.intp], float]], labels: Sequence[int]
    ) -> None:
        """Stochastic gradient steps with a rate of its own for each weight (AdaGrad: J. Duchi,
        E. Hazan, Y. Singer, 2011), averaged over the last half.
        """
        import numpy

        weights = self._weights
        squares = numpy.full_like(weights, 0.3)
        mean = numpy.zeros_like(weights)
        averaged = 0
        for epoch in range(_EPOCHS):
            for (places, size), label in zip(rows, labels, strict=True):
                held = weights[places]
                scores = held.sum(0) * size
                scores -= scores.max()
                step = numpy.exp(scores)
                step /= step.sum()
                step[label] -= 1.0
                gradient = step * size + held * _DECAY * len(rows) / 100
                squares[places] += gradient * gradient
                weights[places] = held - _RATE * gradient / numpy.sqrt(squares[places])
            if epoch >= _EPOCHS // 2:
                mean += weights
                averaged += 1
        self._weights = (mean / averaged).astype(numpy.float32)

    def probabilities(self, files: Sequence[PathStatus], email: str, hint: str) -> dict[str, float]:
        """How likely each label is; they add up to one. Empty without a single example."""
        if len(self.labels) < 2:
            return dict.fromkeys(self.labels, 1.0)
        import numpy

        places, size = self._indices(traits(files, email, hint))
        scores = self._weights[places].sum(0) * size
        likely = numpy.exp(scores - scores.max())
        likely /= likely.sum()
        return {label: float(one) for label, one in zip(self.labels, likely, strict=True)}


# Scopes that are parts of paths.


@dataclass(frozen=True, slots=True)
class _Slot:
    """A place in paths: below `parent`, a folder's name or a file's stem."""

    parent: str
    leaf: bool


def _slots(path: str) -> Iterator[tuple[_Slot, str]]:
    *folders, name = path.split("/")
    parents = [""]
    for folder in folders[:6]:
        for parent in parents:
            yield _Slot(parent, False), folder
        parents = [f"{parent}/{folder}".lstrip("/") for parent in parents[:1]]
    stem = name.partition(".")[0]
    for suffix in ("_test", "-test", "_spec"):
        stem = stem.removesuffix(suffix)
    stem = stem.removeprefix("test_")
    if len(folders) <= 8 and stem:
        yield _Slot(parents[0], True), stem
        yield _Slot(f"*{class_of(path).value}", True), stem


class ScopeNames:
    """Where in paths a repository's scopes stand, as in `packages/NAME/…`: it names scopes that no
    commit has had yet.
    """

    def __init__(self, examples: Sequence[Example]) -> None:
        used: dict[_Slot, list[int]] = defaultdict(lambda: [0, 0])
        spellings: dict[str, Counter[str]] = defaultdict(Counter)
        for example in examples:
            wanted = plain(example.label)
            if not wanted:
                continue
            spellings[wanted][example.label] += 1
            seen: dict[_Slot, bool] = {}
            for path, _ in example.files[:_MAX_FILES]:
                for slot, name in _slots(path):
                    seen[slot] = seen.get(slot, False) or plain(name) == wanted
            for slot, hit in seen.items():
                used[slot][0] += hit
                used[slot][1] += 1
        self._precision = {
            slot: (hits + 0.5) / (total + 2.0) for slot, (hits, total) in used.items() if hits > 1
        }
        self._spellings = {key: held.most_common(1)[0][0] for key, held in spellings.items()}

    def candidates(self, files: Sequence[PathStatus]) -> dict[str, float]:
        """Names for the change, each with how sure its place makes it."""
        scores: dict[str, float] = {}
        shares: Counter[str] = Counter()
        counted = files[:_MAX_FILES]
        for path, _ in counted:
            names: dict[str, float] = {}
            for slot, name in _slots(path):
                precision = self._precision.get(slot)
                if precision is not None:
                    key = self._spellings.get(plain(name), name)
                    names[key] = max(names.get(key, 0.0), precision)
            for key, precision in names.items():
                scores[key] = max(scores.get(key, 0.0), precision)
                shares[key] += 1
        return {
            key: precision * math.sqrt(shares[key] / max(1, len(counted)))
            for key, precision in scores.items()
        }


def plain(name: str) -> str:
    """A name as it is compared: without case, blanks and what joins words, and without a plural."""
    found = "".join(letter for letter in name.casefold() if letter.isalnum())
    return found[:-1] if len(found) > 3 and found.endswith("s") else found


NAMES_WEIGHT = 0.45


def scope_scores(
    model: LabelModel, names: ScopeNames, files: Sequence[PathStatus], email: str, type_: str
) -> dict[str, float]:
    """How fit each scope is, "" for none; the highest is best."""
    scores = model.probabilities(files, email, type_)
    none = scores.get("", 0.0)
    for name, precision in names.candidates(files).items():
        scores[name] = scores.get(name, 0.0) + NAMES_WEIGHT * precision * (1.0 - none)
    return scores


# What the texts say.


@dataclass(frozen=True, slots=True)
class MeaningWeights:
    """Weights from signs of a change's meaning to types, and how common each type is in general."""

    types: tuple[str, ...]
    prior: tuple[float, ...]
    rows: Mapping[str, tuple[float, ...]]

    def log_ratios(self, signs: Mapping[str, float]) -> dict[str, float]:
        """By type: how much more likely the signs make it (natural logarithm)."""
        scores = [0.0] * len(self.types)
        for sign, value in {**signs, "": 1.0}.items():
            row = self.rows.get(sign)
            if row is not None:
                for place, weight in enumerate(row):
                    scores[place] += weight * value
        top = max(scores)
        total = sum(math.exp(score - top) for score in scores)
        return {
            name: math.log(math.exp(score - top) / total + 1e-3) - math.log(prior + 1e-2)
            for name, score, prior in zip(self.types, scores, self.prior, strict=True)
        }


@lru_cache(maxsize=1)
def meaning_weights() -> MeaningWeights:
    """The weights that come with the package."""
    text = resources.files(__package__).joinpath("weights.json").read_text("utf-8")
    held = json.loads(text)
    return MeaningWeights(
        tuple(held["types"]),
        tuple(held["prior"]),
        {sign: tuple(row) for sign, row in held["rows"].items()},
    )


CANONICAL = {
    "feature": "feat",
    "bugfix": "fix",
    "hotfix": "fix",
    "doc": "docs",
    "tests": "test",
    "tweak": "style",
}
"""Other words for types of Conventional Commits."""


def type_scores(
    own: Mapping[str, float], ratios: Mapping[str, float], weight: float = MEANING_WEIGHT
) -> dict[str, float]:
    """How fit each type is (natural logarithms): what the repository's own model says, moved by
    what the texts say.
    """
    return {
        name: math.log(probability + 1e-4) + weight * ratios.get(CANONICAL.get(name, name), 0.0)
        for name, probability in own.items()
    }
