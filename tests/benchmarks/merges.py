"""What safe resolutions make of real conflicts: `python -m benchmarks.merges REPO…`, in `tests/`.

Merge commits are made again from their parents. Of the conflicts in files of a known language it
counts those that `resolve_safely` answers, and compares each answer with what the person made of
the same place: the same but for white space, the same lines in another order, or something else.
`--show N` prints the first of the latter, `--unsafe` looks at merges that are only offered.
Nothing is written into the repositories: objects go to a folder of their own.
"""

from __future__ import annotations

import argparse
import os
import subprocess
import tempfile
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from pairwright.features.commits.files import FileClass, class_of
from pairwright_analyzers.languages import language_of
from pairwright_analyzers.languages.spec import LanguageSpec
from pairwright_analyzers.lines import matching_blocks
from pairwright_analyzers.merge.conflicts import Conflict, conflicts_in
from pairwright_analyzers.merge.resolutions import merge

_LEFT = frozenset({FileClass.LOCK, FileClass.GENERATED})
_STYLES = {"merge": (), "diff3": ("--diff3",), "zdiff3": ("--zdiff3",)}


@dataclass(frozen=True, slots=True)
class Case:
    """A file that a merge left with conflicts: the three versions, git's text with markers in it,
    and what the merge commit holds.
    """

    merge: str
    path: str
    spec: LanguageSpec
    base: bytes
    marked: bytes
    person: bytes


class Git:
    """One repository, read; what git has to write goes elsewhere."""

    def __init__(self, repository: Path, folder: Path, style: str) -> None:
        self._command = ["git", "-C", str(repository)]
        objects = self("rev-parse", "--git-path", "objects").stdout.decode().strip()
        self._environment = {
            **os.environ,
            "GIT_OBJECT_DIRECTORY": str(folder),
            "GIT_ALTERNATE_OBJECT_DIRECTORIES": str((repository / objects).resolve()),
        }
        self._folder = folder
        self._style = _STYLES[style]

    def __call__(self, *arguments: str) -> subprocess.CompletedProcess[bytes]:
        environment = getattr(self, "_environment", None)
        return subprocess.run(
            [*self._command, *arguments], capture_output=True, env=environment, check=False
        )

    def cases(self, limit: int) -> Iterator[Case]:
        """Of the last `limit` merges of two parents, all files with conflicts."""
        listed = self("log", "--merges", "--format=%H %P", f"--max-count={limit}").stdout
        for line in listed.decode().splitlines():
            commits = line.split()
            if len(commits) != 3:
                continue
            tried = self("merge-tree", "--write-tree", "--no-messages", *commits[1:])
            if tried.returncode == 1:
                yield from self._files(commits[0], tried.stdout)

    def _files(self, commit: str, listed: bytes) -> Iterator[Case]:
        stages: dict[str, dict[str, str]] = {}
        for line in os.fsdecode(listed).splitlines()[1:]:
            entry, tab, path = line.partition("\t")
            if tab:
                _, blob, stage = entry.split()
                stages.setdefault(path, {})[stage] = blob
        for path, blobs in stages.items():
            spec = language_of(path)
            if spec is None or class_of(path) in _LEFT or set(blobs) != {"1", "2", "3"}:
                continue
            person = self("cat-file", "blob", f"{commit}:{path}")
            if person.returncode != 0 or conflicts_in(person.stdout):
                continue
            for stage, blob in blobs.items():
                (self._folder / stage).write_bytes(self("cat-file", "blob", blob).stdout)
            names = [str(self._folder / stage) for stage in "213"]
            marked = self("merge-file", "-p", *self._style, *names).stdout
            base = (self._folder / "1").read_bytes()
            yield Case(commit, path, spec, base, marked, person.stdout)


def persons_answer(case: Case, conflict: Conflict) -> bytes | None:
    """The lines that stand in the person's file where the conflict was; None where the lines around
    it were changed too, so that nobody can say.
    """
    before = case.marked[: conflict.span.start].splitlines(keepends=True)
    behind = case.marked[conflict.span.end :].splitlines(keepends=True)
    person = case.person.splitlines(keepends=True)
    ids: dict[bytes, int] = {}

    def numbered(lines: Sequence[bytes]) -> list[int]:
        return [ids.setdefault(line.strip(), len(ids)) for line in lines]

    conflict_itself = -1
    marked = [*numbered(before), conflict_itself, *numbered(behind)]
    blocks = matching_blocks(marked, numbered(person))
    first, last = (0 if not before else None), (len(person) if not behind else None)
    for ours, theirs, length in blocks:
        if ours < len(before) <= ours + length:
            first = theirs + len(before) - ours
        if ours <= len(before) + 1 < ours + length:
            last = theirs + len(before) + 1 - ours
    if first is None or last is None or first > last:
        return None
    return b"".join(person[first:last])


def verdict(mine: bytes, persons: bytes) -> str:
    """How alike two answers are."""
    if mine.split() == persons.split() or b"".join(mine.split()) == b"".join(persons.split()):
        return "equal"
    lines = [sorted(line.strip(b", \t\r") for line in one.split(b"\n")) for one in (mine, persons)]
    if [line for line in lines[0] if line] == [line for line in lines[1] if line]:
        return "another order"
    return "other"


def measured(repository: Path, options: argparse.Namespace) -> tuple[Counter[str], int]:
    """(counts of verdicts over a repository's conflicts, the merges that have any)."""
    counts: Counter[str] = Counter()
    merges: set[str] = set()
    with tempfile.TemporaryDirectory(prefix="pairwright-") as folder:
        for case in Git(repository, Path(folder), options.style).cases(options.limit):
            for conflict in conflicts_in(case.marked):
                merges.add(case.merge)
                counts["conflicts"] += 1
                answer = merge(case.spec, case.marked, conflict, case.base)
                if answer.edits is None:
                    counts["refused"] += 1
                    continue
                kind = "safe" if answer.safe else "offered"
                counts[kind] += 1
                persons = persons_answer(case, conflict)
                mine = answer.edits[0].new_text.encode("utf-8", "surrogateescape")
                said = verdict(mine, persons) if persons is not None else "unknown"
                counts[f"{kind} {said}"] += 1
                wanted = kind == ("offered" if options.unsafe else "safe")
                if wanted and said == "other" and options.show > 0:
                    options.show -= 1
                    _show(case, conflict, mine, persons or b"")
    return counts, len(merges)


def _show(case: Case, conflict: Conflict, mine: bytes, persons: bytes) -> None:
    print(f"==== {case.merge[:12]} {case.path}")
    print(case.marked[conflict.span.start : conflict.span.end].decode("utf-8", "replace"))
    print("---- merged\n" + mine.decode("utf-8", "replace"))
    print("---- the person's\n" + persons.decode("utf-8", "replace"))


def main() -> None:
    """Print a line for each repository and the sum."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.merges", description=__doc__)
    parser.add_argument("repositories", nargs="+", type=Path)
    parser.add_argument("--limit", type=int, default=2_000, help="merges looked at (2000)")
    parser.add_argument("--style", choices=_STYLES, default="merge", help="of git's markers")
    parser.add_argument("--show", type=int, default=0, help="answers to print that differ")
    parser.add_argument("--unsafe", action="store_true", help="print those that are only offered")
    options = parser.parse_args()
    sum_of: Counter[str] = Counter()
    merges = 0
    for repository in options.repositories:
        counts, number = measured(repository, options)
        print(f"{repository}: {_line(counts, number)}", flush=True)
        sum_of += counts
        merges += number
    print(f"all: {_line(sum_of, merges)}")


def _line(counts: Counter[str], merges: int) -> str:
    parts = [f"{counts['conflicts']} conflicts of {merges} merges"]
    for kind in ("safe", "offered"):
        found = [
            f"{counts[f'{kind} {said}']} {said}"
            for said in ("equal", "another order", "other", "unknown")
        ]
        parts.append(f"{counts[kind]} {kind} ({', '.join(found)})")
    return "; ".join([*parts, f"{counts['refused']} refused"])


if __name__ == "__main__":
    main()
