"""How long a draft takes: of real commits that touch at least 30 files and 1 500 lines, staged one
after another in a clone of the repository; and of 10 000 staged renames.

Owns the clones and the clocks. It must not know how a message is made. *Warm* is a draft in a
process that has drafted before, as a server has; *cold* is a whole `pairwright commit`, its start
and the learning from 500 commits included. CPU time is that of the process and of those that it
started and ended.
"""

from __future__ import annotations

import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing
from functools import partial
from pathlib import Path

from benchmarks.commit.histories import opened
from pairwright.features.commit_draft import draft_for
from pairwright.features.commits.draft import forget_meanings
from pairwright.git.log import commits

FILES = range(30, 61)
LINES = range(1_500, 6_001)
RENAMES = 10_000
_SEARCHED = 6_000

Timing = tuple[float, float]
"""Seconds by the clock, and of CPU."""


def git(folder: Path, *arguments: str, given: str = "") -> str:
    """What a git command prints. Raises `CalledProcessError`."""
    done = subprocess.run(
        ["git", *arguments], cwd=folder, input=given, capture_output=True, text=True, check=True
    )
    return done.stdout.strip()


def clone(source: Path, target: Path) -> None:
    """A clone that shares its objects, and has nothing checked out."""
    git(source, "clone", "--quiet", "--shared", "--no-checkout", str(source.resolve()), str(target))
    git(target, "config", "user.name", "A")
    git(target, "config", "user.email", "a@x")


def large_commits(path: Path, most: int) -> list[tuple[str, str]]:
    """(commit, parent) of the latest commits of the size in question."""
    found: list[tuple[str, str]] = []
    with closing(opened(path)) as repo:
        for commit in commits(repo, _SEARCHED):
            if len(commit.files) not in FILES or not commit.parents or len(found) >= most:
                continue
            counts = git(path, "diff", "--shortstat", commit.parents[0], commit.id).split(",")
            if sum(int(part.split()[0]) for part in counts[1:]) in LINES:
                found.append((commit.id, commit.parents[0]))
    return found


def timed(work: Callable[[], object]) -> Timing:
    """How long some work takes."""
    started, used = time.perf_counter(), _used()
    work()
    return time.perf_counter() - started, _used() - used


def _used() -> float:
    spent = time.process_time()
    children = resource.getrusage(resource.RUSAGE_CHILDREN)
    return spent + children.ru_utime + children.ru_stime


def _run_command(repository: Path) -> None:
    command = [sys.executable, "-m", "pairwright", "commit", str(repository)]
    subprocess.run(command, check=True, capture_output=True)


def staged(path: Path, most: int) -> Iterator[tuple[Timing, Timing]]:
    """(warm, cold) for each large commit of a repository."""
    with tempfile.TemporaryDirectory() as folder:
        target = Path(folder) / "clone"
        clone(path, target)
        chosen = large_commits(path, most)
        for commit, parent in chosen:
            git(target, "update-ref", "--no-deref", "HEAD", parent)
            git(target, "read-tree", commit)
            cold = timed(partial(_run_command, target))
            with closing(opened(target)) as repo:
                # What a server has from an earlier draft: the history and the languages, and
                # nothing of this change.
                draft_for(repo)
                forget_meanings()
                yield timed(partial(draft_for, repo)), cold


def renames(folder: Path) -> tuple[Timing, Timing]:
    """(warm, cold) for files that all move to another folder."""
    target = folder / "renames"
    target.mkdir()
    git(target, "init", "--quiet")
    blobs = [f"def part_{number}():\n    return {number}\n" for number in range(RENAMES)]
    for number, text in enumerate(blobs):
        (target / f"{number}.py").write_text(text)
    git(target, "add", ".")
    git(target, "-c", "user.name=A", "-c", "user.email=a@x", "commit", "--quiet", "-m", "add parts")
    entries = git(target, "ls-files", "--stage").splitlines()
    git(target, "read-tree", "--empty")
    git(
        target,
        "update-index",
        "--index-info",
        given="".join(entry.replace("\t", "\tmoved/") + "\n" for entry in entries),
    )
    cold = timed(partial(_run_command, target))
    with closing(opened(target)) as repo:
        draft_for(repo)
        forget_meanings()
        return timed(partial(draft_for, repo)), cold


def print_speed(paths: Sequence[Path], most: int) -> None:
    """The table, a row for each repository and one for all."""
    print(
        "| repository | drafts | warm p50 ms | p95 ms | CPU p50 | CPU p95 "
        "| cold p50 ms | p95 ms | CPU p95 |\n|---|---|---|---|---|---|---|---|---|"
    )
    all_: list[tuple[Timing, Timing]] = []
    for path in paths:
        found = list(staged(path, most))
        all_ += found
        _print_row(path.name, found)
    _print_row("all", all_)
    with tempfile.TemporaryDirectory() as folder:
        _print_row(f"{RENAMES} renames", [renames(Path(folder))])


def _print_row(name: str, found: Sequence[tuple[Timing, Timing]]) -> None:
    def at(side: int, part: int, quantile: float) -> str:
        held = sorted(one[side][part] for one in found)
        return f"{1000 * held[int(len(held) * quantile)]:.0f}" if held else "-"

    cells = [at(0, 0, 0.5), at(0, 0, 0.95), at(0, 1, 0.5), at(0, 1, 0.95)]
    cells += [at(1, 0, 0.5), at(1, 0, 0.95), at(1, 1, 0.95)]
    print(f"| {name} | {len(found)} | {' | '.join(cells)} |", flush=True)
