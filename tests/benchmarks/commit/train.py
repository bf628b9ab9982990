"""Makes the weights that come with the package: `python -m benchmarks.commit.train REPO… > FILE`.

A multinomial logistic regression from the signs of a change to the types of Conventional Commits,
over the last 600 typed commits that people made in each repository; all repositories count the
same. Those that are reported on must not be among them. The weights that are in the package were
made from vueuse, goreleaser, git-cliff, litestar, nuxt, clap, alloy, commitlint, karma, oxc,
python-semantic-release and typeorm.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections import Counter
from contextlib import closing
from pathlib import Path

import numpy
from numpy.typing import NDArray

from benchmarks.commit.histories import opened
from pairwright.features.commits.classify import CANONICAL
from pairwright.features.commits.draft import read_changes
from pairwright.features.commits.header import Form, parsed_header
from pairwright.features.commits.signs import signs_of
from pairwright.features.commits.style import is_bot
from pairwright.git.log import commits
from pairwright.git.staged import Compared, changes

TYPES = ("feat", "fix", "docs", "test", "refactor", "perf", "style", "build", "ci", "chore")
ALSO = {"deps": "chore", "dep": "chore", "security": "fix", "types": "fix", "example": "docs"}

RIDGE = 30.0
STEPS = 250
RARE = 20
"""Signs that fewer commits show are left out."""

Matrix = NDArray[numpy.float32]


def rows(path: Path, count: int) -> list[tuple[dict[str, float], int]]:
    """The signs and the place of the type of each commit."""
    found = []
    with closing(opened(path)) as repo:
        for commit in list(commits(repo, count)):
            header = parsed_header(commit.subject)
            name = header.type.lower()
            name = ALSO.get(name, CANONICAL.get(name, name))
            if header.form is not Form.CONVENTIONAL or name not in TYPES:
                continue
            if not commit.files or is_bot(commit):
                continue
            files, _ = read_changes(repo, changes(repo, Compared.COMMIT, commit.id))
            found.append((signs_of(files), TYPES.index(name)))
    return found


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
    parser.add_argument("repositories", nargs="+", type=Path)
    parser.add_argument("--commits", type=int, default=600)
    options = parser.parse_args()
    held: list[tuple[dict[str, float], int]] = []
    weight: list[float] = []
    for path in options.repositories:
        found = rows(path, options.commits)
        print(f"{path.name}: {len(found)} commits", file=sys.stderr)
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
