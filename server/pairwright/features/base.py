"""What a file is compared with: its text in the base revision, under the name it had there.

Owns the way from the settings to that text: which revision, which repository, which renames. It
must not know rules or findings.
"""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from enum import Enum
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

from pairwright.errors import UnknownRevision
from pairwright.features.context import Context
from pairwright.features.encodings import file_text
from pairwright.git.repo import Change, ChangeStatus, open_repo
from pairwright.git.staged import Compared, changes
from pairwright_analyzers.lines import undone

if TYPE_CHECKING:
    from pairwright.git.repo import RepoView
    from pairwright.settings import ReviewSettings

STAGED = "staged"
"""The value of `review.base` that compares what is staged with the last commit."""

RENAME_SIMILARITY = 0.5
"""Share of equal lines from which a new file is one that was deleted elsewhere, as git judges."""

_MAX_CANDIDATES = 100
_MAX_COMPARED = 1_000_000


class Standing(Enum):
    """What is known of a file's past."""

    KNOWN = "known"
    NEW = "new"
    """The base revision has no such file: all of it is changed."""
    UNKNOWN = "unknown"
    """There is nothing to compare with: none of it counts as changed."""


@dataclass(frozen=True, slots=True)
class Origin:
    """A file in the base revision. `text` is UTF-8, empty unless the standing is `KNOWN`."""

    standing: Standing
    text: bytes = b""


NEW = Origin(Standing.NEW)
UNKNOWN = Origin(Standing.UNKNOWN)


class Revision:
    """The base revision of one repository, for one review: what changed since is asked once.

    `commit` is None on a branch without commits, where every file is new.
    """

    def __init__(self, root: Path, repo: RepoView, commit: str | None) -> None:
        self.commit = commit
        self._root = root
        self._repo = repo

    @cached_property
    def changes(self) -> tuple[Change, ...]:
        """Files that differ from the revision on disk; paths are relative to the workspace folder,
        files outside of it are left out.
        """
        found = []
        for change in self._repo.changed_files(self.commit):
            path = self._relative(change.path)
            old = self._relative(change.old_path) if change.old_path is not None else None
            if path is not None:
                status = ChangeStatus.ADDED if change.old_path and old is None else change.status
                found.append(Change(path, status, old))
            elif old is not None:
                found.append(Change(old, ChangeStatus.DELETED))
        return tuple(found)

    def origin(self, path: str, text: bytes) -> Origin:
        """The past of the file at `path`, relative to the workspace folder, whose text is now
        `text`.
        """
        if self.commit is None:
            return NEW
        name = self._repo.path_of(self._root / path)
        if name is None:
            return UNKNOWN
        stored = self._repo.text_at(self.commit, name)
        if stored is None:
            old = self._renamed_from(path, text)
            if old is None:
                return NEW
            stored = self._stored(old)
        return _origin(stored, text)

    def text(self, path: str) -> bytes | None:
        """The text that a file of the workspace folder had, as UTF-8; None where it had none."""
        origin = _origin(self._stored(path), b"")
        return origin.text if origin.standing is Standing.KNOWN else None

    def _stored(self, path: str) -> bytes | None:
        name = self._repo.path_of(self._root / path)
        if name is None or self.commit is None:
            return None
        return self._repo.text_at(self.commit, name)

    def _renamed_from(self, path: str, text: bytes) -> str | None:
        """The name a file had before; also when neither git nor its index has heard of the move."""
        for change in self.changes:
            if change.path == path and change.old_path is not None:
                return change.old_path
        name = path.rpartition("/")[2]
        extension = name.rpartition(".")[2]
        deleted = [
            change.path
            for change in self.changes
            if change.status is ChangeStatus.DELETED
            and change.path.rpartition("/")[2].rpartition(".")[2] == extension
        ]
        if not deleted or len(text) > _MAX_COMPARED:
            return None
        deleted.sort(key=lambda one: one.rpartition("/")[2] != name)
        best, best_score = None, RENAME_SIMILARITY
        for candidate in deleted[:_MAX_CANDIDATES]:
            score = _similarity(self.text(candidate), text)
            if score > best_score or (score == best_score and best is None):
                best, best_score = candidate, score
        return best

    def _relative(self, name: str) -> str | None:
        """A repository's path as one of the workspace folder."""
        if self._prefix is None:
            return None
        return name.removeprefix(self._prefix) if name.startswith(self._prefix) else None

    @cached_property
    def _prefix(self) -> str | None:
        inside = self._repo.path_of(self._root / "file")
        return inside.removesuffix("file") if inside is not None else None


class Staged(Revision):
    """The last commit, as it is compared with what is staged: what is not staged yet counts as if
    it had been there already.
    """

    @cached_property
    def changes(self) -> tuple[Change, ...]:
        """Files that are staged; paths are relative to the workspace folder."""
        found = []
        for change in changes(self._repo, Compared.STAGED).files:
            path = self._relative(change.path)
            old = self._relative(change.old_path) if change.old_path is not None else None
            if path is not None:
                found.append(Change(path, change.status, old))
        return tuple(found)

    def origin(self, path: str, text: bytes) -> Origin:
        """A file's text without what is staged in it."""
        found = super().origin(path, text)
        name = self._repo.path_of(self._root / path)
        staged = self._repo.index_text(name) if name is not None else None
        if staged is None:
            # Not even git knows it: nothing of it is staged.
            return Origin(Standing.KNOWN, text)
        if found.standing is Standing.UNKNOWN:
            return found
        index = _origin(staged, text)
        if found.standing is Standing.NEW:
            return (
                NEW if index.text == text else Origin(Standing.KNOWN, undone(b"", index.text, text))
            )
        return Origin(Standing.KNOWN, undone(found.text, index.text, text))


def revision_of(ctx: Context) -> Revision | None:
    """The base revision of the workspace folder; None outside of any repository.

    Raises `UnknownRevision` when the settings name one that is not there, `GitUnavailable`.
    """
    return _revision(ctx.root, ctx.repo, ctx.settings.review) if ctx.repo is not None else None


@contextmanager
def revision_for(ctx: Context, path: str) -> Iterator[Revision | None]:
    """The base revision of the repository that a file is in: maybe one inside the folder's own."""
    nested = _nested_repository(ctx.root, path)
    if nested is None:
        yield revision_of(ctx)
        return
    repo = open_repo(nested)
    if repo is None:
        yield None
        return
    try:
        yield _revision(ctx.root, repo, ctx.settings.review)
    finally:
        repo.close()


def _revision(root: Path, repo: RepoView, settings: ReviewSettings) -> Revision:
    if settings.base == STAGED:
        return Staged(root, repo, repo.base_revision("HEAD").commit)
    base = repo.base_revision(settings.base, settings.base_branch)
    if base.commit is None and not repo.head().unborn:
        raise UnknownRevision(
            base.reason, "Set `review.base` to a revision that is there, or to `HEAD`."
        )
    return Revision(root, repo, base.commit)


def _nested_repository(root: Path, path: str) -> Path | None:
    folders: Sequence[str] = path.split("/")[:-1]
    for depth in range(len(folders), 0, -1):
        folder = root.joinpath(*folders[:depth])
        if os.path.lexists(folder / ".git"):
            return folder
    return None


def _origin(stored: bytes | None, text: bytes) -> Origin:
    """The stored bytes as the index would read them, with the line ends that the file has now."""
    if stored is None:
        return NEW
    found = file_text(stored)
    if found is None:
        return UNKNOWN
    decoded = found.text
    if b"\r\n" in text and b"\r" not in decoded:
        decoded = decoded.replace(b"\n", b"\r\n")
    return Origin(Standing.KNOWN, decoded)


def _similarity(old: bytes | None, new: bytes) -> float:
    """Share of lines that two texts have in common, by length in bytes."""
    if old is None or not old or not new or len(old) > _MAX_COMPARED:
        return 0.0
    if min(len(old), len(new)) * 2 < max(len(old), len(new)) * RENAME_SIMILARITY:
        return 0.0
    before, after = Counter(old.splitlines()), Counter(new.splitlines())
    common = sum(len(line) * count for line, count in (before & after).items())
    whole = max(
        sum(len(line) * count for line, count in before.items()),
        sum(len(line) * count for line, count in after.items()),
    )
    return common / whole if whole else 0.0
