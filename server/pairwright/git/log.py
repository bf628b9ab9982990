"""The commits of a history, newest first, streamed from one git.

Owns the reading of `git log`. It must not know what a message means beyond its trailers.
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from dataclasses import dataclass

from pairwright.git.process import streamed
from pairwright.git.repo import ChangeStatus, RepoView


@dataclass(frozen=True, slots=True)
class LoggedFile:
    """A file that a commit touched. Paths are as in `FileChange`; line counts are 0 unless they
    were asked for, and for binary files.
    """

    path: str
    status: ChangeStatus
    old_path: str | None = None
    added: int = 0
    removed: int = 0


@dataclass(frozen=True, slots=True)
class LoggedCommit:
    """One commit. `date` is when it was written, in seconds since 1970."""

    id: str
    parents: tuple[str, ...]
    author: str
    email: str
    date: int
    message: str
    files: tuple[LoggedFile, ...]

    @property
    def subject(self) -> str:
        """The message's first line."""
        return self.message.split("\n", 1)[0].strip()

    @property
    def body(self) -> str:
        """The message behind the first line and the empty ones below it, trailers included."""
        return self.message.partition("\n")[2].strip("\n")


_FORMAT = "--format=%x00%x00commit%x00%H%x00%P%x00%aN%x00%aE%x00%at%x00%B%x00"


def commits(
    repo: RepoView,
    limit: int,
    revision: str = "HEAD",
    *,
    merges: bool = False,
    counts: bool = False,
) -> Iterator[LoggedCommit]:
    """The last `limit` commits up to `revision`, newest first; merges without their files.

    Line counts and renames cost reading every text, so they are asked for with `counts`. An unborn
    branch has no commits. Raises `UnknownRevision` and `GitUnavailable`.
    """
    if revision == "HEAD" and repo.head().unborn:
        return
    arguments = [
        "log",
        f"--max-count={limit}",
        _FORMAT,
        "--encoding=UTF-8",
        "--no-color",
        "--no-notes",
        "--no-show-signature",
        "--raw",
        "--no-abbrev",
        "-z",
        "--no-ext-diff",
        "--no-textconv",
        "--ignore-submodules=none",
        "--diff-merges=off",
        *(("--numstat", "--find-renames", "-l200") if counts else ("--no-renames",)),
        *(() if merges else ("--no-merges",)),
        repo.resolve(revision),
        "--",
    ]
    options = ("-c", "log.mailmap=true", "-c", "log.follow=false")
    for record in _records(streamed(repo.root, tuple(arguments), options=options)):
        yield _parsed(record)


_SEPARATOR = b"\0\0commit\0"


def _records(chunks: Iterator[bytes]) -> Iterator[bytes]:
    """What stands between two headers. No field of a record can hold two NULs side by side before
    its files do, and no file is called `commit` with two NULs before it.
    """
    held = b""
    for chunk in chunks:
        held += chunk
        *whole, held = held.split(_SEPARATOR)
        yield from filter(None, (one.strip(b"\0") for one in whole))
    if held.strip(b"\0"):
        yield held


def _parsed(record: bytes) -> LoggedCommit:
    commit, parents, author, email, date, message, *rest = os.fsdecode(record).split("\0")
    return LoggedCommit(
        commit.strip(),
        tuple(parents.split()),
        author,
        email,
        int(date) if date.isdecimal() else 0,
        message.strip("\n"),
        _files(rest),
    )


_STATUSES = {
    "A": ChangeStatus.ADDED,
    "C": ChangeStatus.ADDED,
    "D": ChangeStatus.DELETED,
    "R": ChangeStatus.RENAMED,
}


def _files(fields: list[str]) -> tuple[LoggedFile, ...]:
    rest = iter(fields)
    statuses: dict[str, tuple[ChangeStatus, str | None]] = {}
    lines: dict[str, tuple[int, int]] = {}
    for field in rest:
        field = field.removeprefix("\n")
        if field.startswith(":"):
            letter = field.rpartition(" ")[2][:1]
            old_path = next(rest, "") if letter in "RC" else None
            status = _STATUSES.get(letter, ChangeStatus.MODIFIED)
            path = next(rest, "")
            if path:
                renamed = status is ChangeStatus.RENAMED
                statuses[path] = status, old_path if renamed else None
        elif field.count("\t") >= 2:
            added, removed, path = field.split("\t", 2)
            if not path:
                next(rest, "")
                path = next(rest, "")
            lines[path] = (_count(added), _count(removed))
    return tuple(
        LoggedFile(path, status, old_path, *lines.get(path, (0, 0)))
        for path, (status, old_path) in statuses.items()
    )


def _count(text: str) -> int:
    return int(text) if text.isdecimal() else 0


# Trailers.

_TRAILER = re.compile(r"([A-Za-z][A-Za-z0-9-]*)\s?(?::[ \t]+|[ \t](?=#))(\S.*)")
_BREAKING = re.compile(r"BREAKING[ -]CHANGE(?::[ \t]+|[ \t](?=#))(\S.*)")


def trailers_of(message: str) -> tuple[tuple[str, str], ...]:
    """The trailers of a message (`git interpret-trailers`): the last paragraph's `Key: value` lines
    when it holds nothing else but what continues them. Never of the subject.
    """
    paragraphs = re.split(r"\n[ \t]*\n", message.strip())
    if len(paragraphs) < 2:
        return ()
    found: list[tuple[str, str]] = []
    for line in paragraphs[-1].splitlines():
        match = _TRAILER.fullmatch(line.rstrip())
        breaking = _BREAKING.fullmatch(line.rstrip())
        if breaking is not None:
            found.append(("BREAKING CHANGE", breaking[1]))
        elif match is not None and (found or ":" in line):
            found.append((match[1], match[2]))
        elif found and line.startswith((" ", "\t")):
            key, value = found[-1]
            found[-1] = key, f"{value} {line.strip()}"
        elif line.startswith("(cherry picked from commit "):
            continue
        else:
            return ()
    return tuple(found)
