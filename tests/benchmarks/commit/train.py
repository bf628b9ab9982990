"""Makes the weights that come with the package:
`python -m benchmarks.commit.train FOLDER > weights.json`.

A multinomial logistic regression from the signs of a change to the types of Conventional Commits,
over the last 300 typed commits that people made in each repository that `sources.txt` names, at
the commit that it names; all repositories count the same. `FOLDER` holds a clone of each, under its
name without the owner's. Those that are reported on are not among them. With `--rows FOLDER` the
signs of each repository are kept there, and a run that was broken off goes on.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections import Counter
from collections.abc import Sequence
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import numpy
from numpy.typing import NDArray

from benchmarks.commit.histories import opened
from pairwright.features.commits.classify import CANONICAL
from pairwright.features.commits.draft import read_changes
from pairwright.features.commits.header import Form, parsed_header
from pairwright.features.commits.meaning import FileMeaning
from pairwright.features.commits.signs import signs_of
from pairwright.features.commits.style import is_bot
from pairwright.git.log import commits
from pairwright.git.staged import Compared, changes

TYPES = ("feat", "fix", "docs", "test", "refactor", "perf", "style", "build", "ci", "chore")
ALSO = {"deps": "chore", "dep": "chore", "security": "fix", "types": "fix", "example": "docs"}

RIDGE = 30.0
STEPS = 250
FILES, SYMBOLS = 120, 300
RARE = 20
"""Signs that fewer commits show are left out."""

Matrix = NDArray[numpy.float32]


Row = tuple[dict[str, float], int]
"""The signs of a commit, and the place of its type in `TYPES`."""


def sources() -> list[tuple[str, str]]:
    """(name of the folder, commit) of each repository that is learnt from."""
    text = Path(__file__).with_name("sources.txt").read_text("utf-8")
    pairs = (line.split() for line in text.splitlines() if line and not line.startswith("#"))
    return [(name.partition("/")[2], commit) for name, commit in pairs]


def rows(path: Path, revision: str, count: int) -> list[Row]:
    """The last `count` typed commits up to a revision, those of programs left out."""
    found: list[Row] = []
    with closing(opened(path)) as repo:
        logged = commits(repo, 3 * count + 500, revision)
        typed = [one for one in logged if one.files and _form(one.subject) is Form.CONVENTIONAL]
        for commit in typed[:count]:
            place = place_of(parsed_header(commit.subject).type)
            if place is not None and not is_bot(commit):
                files, _ = read_changes(repo, changes(repo, Compared.COMMIT, commit.id))
                found.append((signs_of(seen(files)), place))
    return found


def _form(subject: str) -> Form:
    return parsed_header(subject).form


def place_of(type_: str) -> int | None:
    """The place in `TYPES` of a type or of a word for it; None for a repository's own."""
    name = type_.lower()
    name = ALSO.get(name, CANONICAL.get(name, name))
    return TYPES.index(name) if name in TYPES else None


def seen(files: Sequence[FileMeaning]) -> list[FileMeaning]:
    """As much of a change as shows what it is: what is larger was made by a program."""
    return [replace(one, symbols=one.symbols[:SYMBOLS]) for one in files[:FILES]]


def kept_rows(path: Path, revision: str, count: int, folder: Path | None) -> list[Row]:
    """`rows`, from what an earlier run left in `folder` where there is such."""
    if folder is None:
        return rows(path, revision, count)
    place = folder / f"{path.name}-{revision[:12]}-{count}.json"
    if not place.exists():
        place.write_text(json.dumps(rows(path, revision, count)), "utf-8")
    return [(signs, type_) for signs, type_ in json.loads(place.read_text("utf-8"))]


def trained(samples: Matrix, wanted: Matrix, shares: Matrix) -> Matrix:
    """Weights by accelerated gradient descent (Y. Nesterov, 1983); `shares` weigh the samples."""
    limit = 0.0375 * float(numpy.max((samples**2).sum(1))) * float(shares.sum()) + RIDGE
    weights = numpy.zeros((samples.shape[1], wanted.shape[1]), numpy.float32)
    ahead, momentum = weights, 1.0
    for _ in range(STEPS):
        scores = samples @ ahead
        likely = numpy.exp(scores - scores.max(1, keepdims=True))
        likely /= likely.sum(1, keepdims=True)
        gradient = samples.T @ ((likely - wanted) * shares[:, None]) + RIDGE * ahead
        after = (ahead - gradient / limit).astype(numpy.float32)
        faster = (1 + (1 + 4 * momentum**2) ** 0.5) / 2
        ahead = (after + (momentum - 1) / faster * (after - weights)).astype(numpy.float32)
        weights, momentum = after, faster
    return weights


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path, help="holds the repositories")
    parser.add_argument("--commits", type=int, default=300)
    parser.add_argument("--rows", type=Path, help="keeps what was read")
    options = parser.parse_args()
    held: list[Row] = []
    weight: list[float] = []
    for name, revision in sources():
        found = kept_rows(options.folder / name, revision, options.commits, options.rows)
        print(f"{name}: {len(found)} commits", file=sys.stderr)
        held += found
        weight += [1 / max(1, len(found))] * len(found)
    counts = Counter(sign for signs, _ in held for sign in signs)
    names = sorted(sign for sign, many in counts.items() if many >= RARE)
    places = {sign: place for place, sign in enumerate(names)}
    samples: Matrix = numpy.zeros((len(held), len(names) + 1), numpy.float32)
    for row, (signs, _) in enumerate(held):
        for sign, value in signs.items():
            if sign in places:
                samples[row, places[sign]] = value
    scale = numpy.maximum(samples.std(0), 0.15) * 2
    samples /= scale
    samples[:, -1] = scale[-1] = 1.0
    wanted: Matrix = numpy.eye(len(TYPES), dtype=numpy.float32)[[one for _, one in held]]
    shares = numpy.array(weight, numpy.float32)
    shares *= len(held) / shares.sum()
    weights = trained(samples, wanted, shares) / scale[:, None]
    prior = (wanted * shares[:, None]).sum(0) / shares.sum()
    json.dump(
        {
            "prior": [round(float(one), 4) for one in prior],
            "rows": {
                sign: [round(float(one), 3) for one in weights[place]]
                for sign, place in {**places, "": len(names)}.items()
            },
            "types": list(TYPES),
        },
        sys.stdout,
        separators=(",", ":"),
        sort_keys=True,
    )
    print()
    return 0


if __name__ == "__main__":
    sys.exit(main())
