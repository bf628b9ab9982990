"""The commits that touched some lines of a file, through renames: `git log -L`.

Owns the reading of its answer. It must not know symbols.
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from dataclasses import dataclass

from pairwright.git.process import streamed
from pairwright.git.repo import RepoView

_HEADER = "--format=%x01%x01%H%x01%aN%x01%at%x01%s%x01"
_FILE = re.compile(rb"^\+\+\+ (?:b/)?(.*)$", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class LineCommit:
    """A commit that touched the lines. `date` is in seconds since 1970; `patch` shows their change
    alone; `path` is the file's name as of that commit.
    """

    id: str
    author: str
    date: int
    subject: str
    path: str
    patch: str


def line_history(
    repo: RepoView, path: str, first: int, last: int, *, revision: str = "HEAD", limit: int = 50
) -> Iterator[LineCommit]:
    """The last commits that touched the lines `first` to `last`, from 1, of a file at a revision.

    Newest first. Raises `UnknownRevision` and `GitUnavailable`.
    """
    arguments = (
        "log",
        f"--max-count={limit}",
        f"-L{first},{last}:{path}",
        _HEADER,
        "--encoding=UTF-8",
        "--no-color",
        "--no-notes",
        "--no-show-signature",
        "--no-ext-diff",
        "--no-textconv",
        repo.resolve(revision),
    )
    options = ("-c", "log.mailmap=true", "-c", "core.quotePath=false")
    held = b""
    for chunk in streamed(repo.root, arguments, options=options):
        held += chunk
        *whole, held = held.split(b"\1\1")
        yield from (_parsed(record, path) for record in whole if record.strip())
    if held.strip():
        yield _parsed(held, path)


def _parsed(record: bytes, path: str) -> LineCommit:
    commit, author, date, subject, patch = record.split(b"\1", 4)
    named = _FILE.search(patch)
    there = os.fsdecode(named[1]) if named is not None else path
    return LineCommit(
        commit.decode("ascii", "replace").strip(),
        author.decode("utf-8", "replace"),
        int(date) if date.isdigit() else 0,
        subject.decode("utf-8", "replace"),
        path if there == "/dev/null" else there,
        patch.decode("utf-8", "replace").strip("\n"),
    )
