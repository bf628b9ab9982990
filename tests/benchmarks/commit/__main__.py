"""How often a draft has the type and scope a person chose: `python -m benchmarks.commit REPO…`.

For each repository the last 300 commits that are no merges and have a type are drafted with their
message hidden, from what the commits before each taught. Beside it: a table from file classes to
types alone ("paths"), and always the commonest type. Then the share of drafts that break no rule of
the repository, and milliseconds a draft, learning left out: by the clock, and of this process.
`--known N` lets no more than N earlier commits be known, as in a young repository. `--speed`
measures how long drafts of large commits take instead (see `speed.py`).
"""

from __future__ import annotations

import argparse
import sys
import time
from collections import Counter
from collections.abc import Sequence
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path

from benchmarks.commit.histories import Case, cases, opened
from benchmarks.commit.speed import print_speed
from pairwright.features.commits.draft import draft_of
from pairwright.features.commits.files import FileClass, class_of
from pairwright.features.commits.rules import breaks
from pairwright.features.commits.style import HISTORY
from pairwright.git.staged import Compared, changes

_BY_CLASS = {
    FileClass.TESTS: "test",
    FileClass.DOCS: "docs",
    FileClass.EXAMPLE: "docs",
    FileClass.CI: "ci",
    FileClass.BUILD: "build",
    FileClass.MANIFEST: "build",
    FileClass.LOCK: "build",
    FileClass.CONFIG: "chore",
    FileClass.RELEASE: "chore",
}


@dataclass(slots=True)
class Tally:
    """Counts over some of the commits."""

    commits: int = 0
    types: int = 0
    paths: int = 0
    commonest: int = 0
    scoped: int = 0
    scopes: int = 0
    common_scope: int = 0
    confused: Counter[tuple[str, str]] = field(default_factory=Counter)


def by_paths(paths: Sequence[str]) -> str:
    """The type that the classes of the files say, code being a feature."""
    kinds = {class_of(path) for path in paths}
    if FileClass.CODE in kinds:
        return "feat"
    found = Counter(_BY_CLASS.get(kind, "chore") for kind in map(class_of, paths))
    return found.most_common(1)[0][0] if found else "chore"


def measure(
    path: Path, count: int, known: int
) -> tuple[Tally, Tally, int, list[tuple[float, float]], Counter[str]]:
    """(all commits, those of people, valid drafts, seconds of clock and CPU, broken rules)."""
    everything, people = Tally(), Tally()
    valid = 0
    seconds: list[tuple[float, float]] = []
    broken: Counter[str] = Counter()
    with closing(opened(path)) as repo:
        for case in cases(repo, count, known):
            change = changes(repo, Compared.COMMIT, case.commit.id)
            started, used = time.perf_counter(), time.process_time()
            draft = draft_of(repo, change, case.learnt, case.author)
            seconds.append((time.perf_counter() - started, time.process_time() - used))
            rules = breaks(draft.message(), case.learnt.style)
            valid += not rules
            broken.update(rules)
            for tally in (everything, people) if case.by_a_person else (everything,):
                _count(tally, case, draft.type, draft.scope)
    return everything, people, valid, seconds, broken


def _count(tally: Tally, case: Case, type_: str, scope: str) -> None:
    style = case.learnt.style
    wanted = case.header
    tally.commits += 1
    tally.types += type_ == wanted.type
    if type_ != wanted.type:
        tally.confused[wanted.type, type_] += 1
    tally.paths += by_paths([one.path for one in case.commit.files]) == wanted.type
    tally.commonest += next(iter(style.types), "") == wanted.type
    if wanted.scope:
        tally.scoped += 1
        tally.scopes += scope == wanted.scope
        tally.common_scope += next(iter(style.scopes), "") == wanted.scope


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("repositories", nargs="+", type=Path)
    parser.add_argument("--commits", type=int, default=300)
    parser.add_argument("--confused", action="store_true", help="the commonest disagreements")
    parser.add_argument("--known", type=int, default=HISTORY, help="earlier commits to learn from")
    parser.add_argument("--speed", action="store_true", help="how long drafts take")
    parser.add_argument("--large", type=int, default=10, help="large commits of each repository")
    options = parser.parse_args()
    if options.speed:
        print_speed(options.repositories, options.large)
        return 0
    print(
        "| repository | commits | type | paths | commonest | scope where used | commonest scope "
        "| valid | p50 ms | p95 ms | p95 CPU ms |\n|---|---|---|---|---|---|---|---|---|---|---|"
    )
    for path in options.repositories:
        everything, people, valid, seconds, broken = measure(path, options.commits, options.known)
        clock = sorted(one for one, _ in seconds)
        processor = sorted(one for _, one in seconds)
        for name, tally in ((path.name, everything), ("people's, no releases", people)):
            whole = tally is everything
            print(
                f"| {name} | {tally.commits} | {_share(tally.types, tally.commits)} "
                f"| {_share(tally.paths, tally.commits)} "
                f"| {_share(tally.commonest, tally.commits)} "
                f"| {_share(tally.scopes, tally.scoped)} of {tally.scoped} "
                f"| {_share(tally.common_scope, tally.scoped)} "
                f"| {_share(valid, tally.commits) if whole else ''} "
                f"| {_at(clock, 0.5) if whole else ''} | {_at(clock, 0.95) if whole else ''} "
                f"| {_at(processor, 0.95) if whole else ''} |",
                flush=True,
            )
        if options.confused:
            print(everything.confused.most_common(12), dict(broken), file=sys.stderr)
    return 0


def _share(some: int, all_: int) -> str:
    return f"{some / all_:.1%}" if all_ else "-"


def _at(seconds: Sequence[float], quantile: float) -> str:
    return f"{1000 * seconds[int(len(seconds) * quantile)]:.0f}" if seconds else "-"


if __name__ == "__main__":
    sys.exit(main())
