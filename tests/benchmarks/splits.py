"""How well a split finds the commits again: `python -m benchmarks.splits REPO…`, in `tests/`.

Neighbouring commits of a history are put together into one staged change, which is split. Each part
of the plan has a true commit: the one that most of its lines were written or removed by. Over all
pairs of parts it counts which are together in the plan and in the history (precision, recall and
their harmonic mean, and the adjusted Rand index of L. Hubert and P. Arabie, 1985), beside two plans
that know nothing: everything in one commit, and one commit for each file. Python files are parsed
after each commit of the plan.
"""

from __future__ import annotations

import argparse
import random
import subprocess
import tempfile
from collections import Counter
from collections.abc import Hashable, Sequence
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path

from pairwright.features.commit_split import repository
from pairwright.features.context import Context
from pairwright.features.split.grouping import groups_of
from pairwright.features.split.material import PartView, material_of
from pairwright.git.index_writer import Source, captured, change_set, trees_after
from pairwright.workspace import open_root
from pairwright_analyzers.readers import is_whole

_MOST_FILES = 60


class Silent:
    """Progress that nobody watches."""

    def report(self, message: str, done: int | None = None, total: int | None = None) -> None:
        """Say nothing."""


@dataclass(frozen=True, slots=True)
class Score:
    """Pairs of parts: together in both, in the plan, in the truth, and all; and what broke."""

    both: int
    planned: int
    true: int
    all: int

    @property
    def f1(self) -> float:
        """The harmonic mean of precision and recall."""
        return 2 * self.both / (self.planned + self.true) if self.planned + self.true else 1.0

    @property
    def rand(self) -> float:
        """The adjusted Rand index."""
        expected = self.planned * self.true / self.all if self.all else 0.0
        most = (self.planned + self.true) / 2
        return (self.both - expected) / (most - expected) if most != expected else 1.0


def score(plan: Sequence[Hashable], truth: Sequence[Hashable]) -> Score:
    """How alike two groupings of the same parts are."""

    def pairs(labels: Sequence[Hashable]) -> int:
        return sum(count * (count - 1) // 2 for count in Counter(labels).values())

    count = len(truth)
    return Score(
        pairs(list(zip(plan, truth, strict=True))),
        pairs(plan),
        pairs(truth),
        count * (count - 1) // 2,
    )


def git(folder: Path, *arguments: str) -> bytes:
    """The output of git; b"" where it fails."""
    done = subprocess.run(["git", "-C", str(folder), *arguments], capture_output=True, check=False)
    return done.stdout if done.returncode == 0 else b""


class Truth:
    """Which commit of a run wrote or removed each line."""

    def __init__(self, folder: Path, commits: Sequence[str]) -> None:
        self._folder = folder
        self._commits = commits
        self._after = dict(pairwise(commits))
        self._read: dict[tuple[str, str], list[str]] = {}

    def commit_of(self, view: PartView) -> str:
        """The commit that made most of a part; the last one where nothing tells."""
        piece, change = view.part.piece, view.part.file
        votes: Counter[str] = Counter()
        if piece is None:
            paths = [path for path in (change.path, change.old_path) if path]
            told = git(self._folder, "log", "--format=%H", self._run, "--", *paths)
            votes.update(told.decode().split())
        else:
            votes.update(self._lines("-s", change.path)[piece.new.start : piece.new.end])
            old = self._lines("--reverse", change.old_path or change.path)
            held = old[piece.old.start : piece.old.end]
            votes.update(self._after.get(one, self._commits[-1]) for one in held)
        known = Counter({one: votes[one] for one in self._commits[1:] if votes[one]})
        return known.most_common(1)[0][0] if known else self._commits[-1]

    @property
    def _run(self) -> str:
        return f"{self._commits[0]}..{self._commits[-1]}"

    def _lines(self, way: str, path: str) -> list[str]:
        if (way, path) not in self._read:
            told = git(self._folder, "blame", way, "-l", self._run, "--", path)
            self._read[way, path] = [
                line.split()[0].lstrip(b"^").decode() for line in told.splitlines()
            ]
        return self._read[way, path]


def parses(folder: Path, tree: str, path: str) -> bool:
    """Whether Python reads a file of a tree; one that is not there is read as nothing."""
    return is_whole("python", git(folder, "cat-file", "blob", f"{tree}:{path}"))


def squashes(folder: Path, count: int, seed: int) -> list[list[str]]:
    """Runs of commits, each with the parent of its first one in front."""
    listed = git(folder, "log", "--first-parent", "--format=%H %P", "--max-count=1500").decode()
    line = [row.split() for row in listed.splitlines()]
    chosen = random.Random(seed)
    found: list[list[str]] = []
    for _ in range(20 * count):
        if len(found) == count:
            break
        size = chosen.randint(3, 6)
        start = chosen.randrange(max(1, len(line) - size - 1))
        run = line[start : start + size + 1][::-1]
        if len(run) < 4 or any(len(row) != 2 for row in run):
            continue
        commits = [row[0] for row in run]
        names = git(folder, "diff", "--name-only", commits[0], commits[-1]).splitlines()
        if 3 <= len(names) <= _MOST_FILES:
            found.append(commits)
    return found


def measured(origin: Path, count: int, seed: int, *, tell: bool) -> list[tuple[Score, ...]]:
    """For each squash the scores of the plan, of one commit, and of one for each file."""
    rows: list[tuple[Score, ...]] = []
    with tempfile.TemporaryDirectory(prefix="pairwright-") as name:
        folder = Path(name) / "work"
        subprocess.run(
            ["git", "clone", "-q", "--shared", "--no-checkout", str(origin), str(folder)],
            check=True,
            capture_output=True,
        )
        git(folder, "config", "user.name", "A")
        git(folder, "config", "user.email", "a@example.com")
        for commits in squashes(folder, count, seed):
            git(folder, "checkout", "--quiet", "--force", "--detach", commits[0])
            git(folder, "read-tree", "-u", "--reset", commits[-1])
            with open_root(folder, progress=Silent()) as opened:
                rows.append(_one(opened.context, folder, commits, tell=tell))
    return rows


def _one(ctx: Context, folder: Path, commits: Sequence[str], *, tell: bool) -> tuple[Score, ...]:
    repo = repository(ctx)
    state = captured(repo, Source.STAGED)
    material = material_of(ctx, repo, change_set(repo, state).files)
    groups = groups_of(ctx, material)
    plan = {view.part.id: number for number, group in enumerate(groups) for view in group}
    views = list(material.parts)
    known = Truth(folder, commits)
    truth = [known.commit_of(view) for view in views]
    trees = trees_after(
        repo, state, material.patch, [frozenset(view.part.id for view in group) for group in groups]
    )
    assert trees[-1] == state.tree, "the plan does not lead to the change"
    whole = [path for path in material.files if path.endswith(".py")]
    whole = [path for path in whole if parses(folder, commits[0], path)]
    broken = [path for tree in trees for path in whole if not parses(folder, tree, path)]
    plans = [plan[view.part.id] for view in views]
    found = score(plans, truth)
    if tell:
        _tell(folder, commits, list(zip(views, plans, truth, strict=True)), found, broken)
    return (found, score([0] * len(views), truth), score([view.path for view in views], truth))


def _tell(
    folder: Path,
    commits: Sequence[str],
    rows: list[tuple[PartView, int, str]],
    found: Score,
    broken: Sequence[str],
) -> None:
    print(f"== {commits[0][:8]}..{commits[-1][:8]}: F1 {found.f1:.2f}, Rand {found.rand:.2f}")
    print(f"   does not parse: {', '.join(broken) or 'nothing'}")
    for view, number, commit in sorted(rows, key=lambda row: row[1]):
        subject = git(folder, "log", "-1", "--format=%s", commit).decode("utf-8", "replace").strip()
        print(f"   {number:2} {subject[:40]:40} {view.part.kind.name:6} {view.path}")


def main() -> None:
    """Print a line for each repository and one for all."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.splits", description=__doc__)
    parser.add_argument("repositories", nargs="+", type=Path)
    parser.add_argument("--count", type=int, default=10, help="squashes of each (10)")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--tell", action="store_true", help="print every plan")
    options = parser.parse_args()
    everything: list[tuple[Score, ...]] = []
    for repository_path in options.repositories:
        rows = measured(repository_path, options.count, options.seed, tell=options.tell)
        everything += rows
        print(f"{repository_path}: {_line(rows)}", flush=True)
    print(f"all: {_line(everything)}")


def _line(rows: Sequence[tuple[Score, ...]]) -> str:
    if not rows:
        return "no squashes"
    parts = [f"{len(rows)} squashes"]
    for name, column in zip(
        ("plan", "one commit", "by file"), zip(*rows, strict=True), strict=True
    ):
        f1 = sum(one.f1 for one in column) / len(column)
        rand = sum(one.rand for one in column) / len(column)
        parts.append(f"{name}: F1 {f1:.2f}, Rand {rand:.2f}")
    return "; ".join(parts)


if __name__ == "__main__":
    main()
