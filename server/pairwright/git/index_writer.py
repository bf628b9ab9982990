"""Commits made from parts of a change by the index alone, all of them or none.

Owns the temporary index, the journal, and the way back. It must not know why parts belong together.
The work tree is never written, neither on the way forward nor back; hooks see it as it lies there,
with the index of their commit in `GIT_INDEX_FILE`, as git itself does it for `git commit --only`.

What is to be committed is first stored as a tree, as `git add` would store it. From then on only
trees and indexes are read, so that files may be edited meanwhile. Each commit is made by
`git commit` over an index of its own. The person's index takes part only where work tree changes
are committed: it then gets what was committed, after each commit, in one rename.

Before the first step a journal is written into the git folder: where HEAD was, and a copy of the
index, byte for byte, with its time stamp (git tells files that changed in the same instant by it).
Whatever ends the work early, `restore` brings both back; it is called when a step fails, and by
whoever comes next when the process was killed. A lock that git and its hooks inherit tells whether
a commit that nobody waits for any more is still under way.
"""

from __future__ import annotations

import contextlib
import functools
import hashlib
import json
import os
import shutil
import sys
import tempfile
import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from enum import Enum
from pathlib import Path
from typing import Any

from pairwright.errors import GitUnavailable, Refusal, StaleDocument, UserError
from pairwright.git.patches import Entry, Patch, tree_changes
from pairwright.git.process import LONG_SECONDS, Answer, run_git
from pairwright.git.repo import Head, RepoView
from pairwright.git.staged import (
    ChangeSet,
    Compared,
    FileChange,
    Operation,
    between,
    operation_of,
    parent_of,
)
from pairwright.git.write import Committed, commit_index

LOCK_SECONDS = 10.0
"""How long the lock of another split, or of git on the index, is waited for."""

_LOCK_STEP = 0.05
_FUTURE = 1 << 32
"""A time in seconds since 1970 that no file has."""
_REFLOG = "pairwright split"
_LOCK_MARK = b"pairwright split\n"
_OPTIONS = ("-c", "core.splitIndex=false", "-c", "advice.addEmbeddedRepo=false")
_PREPARED = ("SQUASH_MSG", "MERGE_MSG")
_VERSION = 1


class Source(Enum):
    """What is committed: the value is the word for it in a sentence."""

    STAGED = "the index"
    WORK_TREE = "the work tree"


@dataclass(frozen=True, slots=True)
class State:
    """What a plan was made for. `base` is HEAD's tree, `tree` what is to be committed, both as ids;
    `index` stands for what is staged.
    """

    source: Source
    head: Head
    base: str
    tree: str
    index: str

    @property
    def key(self) -> str:
        """A short text that changes with HEAD, the branch, the index or what is to be committed."""
        parts = (self.source.name, self.head.commit, self.head.branch, self.tree, self.index)
        return hashlib.blake2b(repr(parts).encode(), digest_size=8).hexdigest()


@dataclass(frozen=True, slots=True)
class Step:
    """One commit: its message and the ids of its parts."""

    message: str
    parts: frozenset[str]


@dataclass(frozen=True, slots=True)
class Made:
    """Commits that were made, in order, and sentences on what hooks changed. `undo` is the command
    that takes the commits back and leaves the files as they are.
    """

    commits: tuple[Committed, ...]
    notes: tuple[str, ...] = ()
    undo: str = ""


# What is to be committed.


def captured(repo: RepoView, source: Source) -> State:
    """The state of the repository now; what is to be committed is stored as a tree.

    Untracked files count as changes of the work tree unless they are ignored; other repositories
    inside do not. Raises `Refusal` where nothing can be committed here now, `GitUnavailable`.
    """
    refuse_unready(repo)
    head = repo.head()
    with _scratch() as index:
        if _copy_index(repo, index):
            # What is younger than its index git compares with the file, through its filter.
            os.utime(index, (_FUTURE, _FUTURE))
        staged = _digest(repo, index)
        if source is Source.WORK_TREE:
            _copy_index(repo, index)
            _add_all(repo, index)
        tree = _write_tree(repo, index)
    base = _tree_of(repo, head.commit) if head.commit is not None else _empty_tree(repo)
    return State(source, head, base, tree, staged)


def is_staged(repo: RepoView) -> bool:
    """Whether the index holds something else than HEAD."""
    head = repo.head()
    answer = repo.run(
        "diff-index", "--cached", "--ita-invisible-in-index", "--raw", "-z", "--no-renames",
        "--ignore-submodules=none", head.commit or _empty_tree(repo), "--",
    )  # fmt: skip
    return bool(answer.output)


def change_set(repo: RepoView, state: State) -> ChangeSet:
    """The files that differ between HEAD and what is to be committed."""
    compared = Compared.STAGED if state.source is Source.STAGED else Compared.ALL
    return ChangeSet(compared, state.head.commit, between(repo, state.base, state.tree))


def trees_after(
    repo: RepoView, state: State, patch: Patch, groups: Iterable[frozenset[str]]
) -> tuple[str, ...]:
    """The trees that the groups of parts lead to, one on top of the other, as ids."""
    trees: list[str] = []
    stored: dict[bytes, str] = {}
    applied: set[str] = set()
    before = tree_changes(patch, applied)
    with _scratch() as index:
        _git(repo, index, "read-tree", state.base)
        for group in groups:
            applied |= group
            after = tree_changes(patch, applied)
            _put(repo, index, _changed(repo, before, after, stored), len(state.base))
            trees.append(_write_tree(repo, index))
            before = after
    return tuple(trees)


def refuse_unready(repo: RepoView) -> None:
    """Raise `Refusal` with the reason where commits cannot be made, or put back, here now."""
    operation = operation_of(repo)
    if operation is not None and operation is not Operation.SQUASH:
        raise Refusal(
            f"A `git {operation.value}` is under way in {repo.root}",
            f"End it with `git {operation.value} --continue` or `--abort` first.",
        )
    if repo.run("ls-files", "--unmerged", "-z").output:
        raise Refusal(
            f"The index of {repo.root} holds conflicts that are not resolved",
            "Resolve them and `git add` the files first.",
        )
    if os.path.lexists(repo.git_folder / "index.lock"):
        raise Refusal(
            f"Another git process holds the lock {repo.git_folder / 'index.lock'}",
            "Wait until it has ended; when there is none any more, delete that file.",
        )
    for kind in ("AUTHOR", "COMMITTER"):
        answer = run_git(repo.root, ("var", f"GIT_{kind}_IDENT"))
        if answer.code != 0:
            raise Refusal(
                "Git does not know who you are, so it cannot commit",
                "Set `git config user.name` and `git config user.email` first.",
            )


@contextlib.contextmanager
def _scratch() -> Iterator[Path]:
    """A place for an index that nobody else sees."""
    try:
        with tempfile.TemporaryDirectory(prefix="pairwright-") as name:
            yield Path(name) / "index"
    except OSError as error:
        raise _unwritable(Path(error.filename or "A temporary file"), error) from error


def _add_all(repo: RepoView, index: Path) -> None:
    listed = _git(repo, index, "ls-files", "-z", "--others", "--exclude-standard").output
    files = [name for name in listed.split(b"\0") if name and not name.endswith(b"/")]
    _refuse_own_filters(repo, index, files)
    _git(repo, index, "add", "--update")
    if files:
        _git(repo, index, "update-index", "--add", "-z", "--stdin", given=b"\0".join(files) + b"\0")


def _refuse_own_filters(repo: RepoView, index: Path, new: Sequence[bytes]) -> None:
    """Raise `Refusal` where storing a changed file would run a program that the repository's own
    configuration names: a plan is made of folders that nobody has vouched for. The person's own
    filters, as Git LFS, run.
    """
    answer = run_git(
        repo.root,
        ("config", "--show-scope", "--null", "--get-regexp", r"^filter\..*\.(clean|process)$"),
    )
    fields = answer.output.split(b"\0")
    own = {
        os.fsdecode(entry.partition(b"\n")[0]).removeprefix("filter.").rpartition(".")[0]
        for scope, entry in zip(fields[::2], fields[1::2], strict=False)
        if scope in (b"local", b"worktree")
    }
    if not own:
        return
    listed = run_git(
        repo.root,
        ("diff-files", "--name-only", "-z"),
        options=(*_OPTIONS, *repo.without_filters()),
        seconds=LONG_SECONDS,
        variables={"GIT_INDEX_FILE": str(index)},
    )
    changed = _checked(repo, listed).output.split(b"\0")
    paths = [path for path in (*changed, *new) if path]
    told = _git(
        repo, index, "check-attr", "-z", "--stdin", "filter",
        given=b"".join(path + b"\0" for path in paths),
    ).output.split(b"\0")  # fmt: skip
    for path, value in zip(told[::3], told[2::3], strict=False):
        if os.fsdecode(value) in own:
            raise Refusal(
                f"Storing {os.fsdecode(path)} would run the filter `{os.fsdecode(value)}` that the "
                "configuration of this repository names",
                "Stage it with `git add` if you trust that; what is staged needs no filter.",
            )


# Making the commits.


def apply_steps(
    repo: RepoView,
    state: State,
    patch: Patch,
    steps: Sequence[Step],
    *,
    check: Callable[[], None] = lambda: None,
    on_commit: Callable[[int, Committed], None] = lambda _number, _commit: None,
) -> Made:
    """Make a commit of each step, in order; parts of no step stay uncommitted, as they are.

    Raises `StaleDocument` when the repository is not in `state` any more, `CommitFailed` when a
    hook or git refuses, whatever `check` raises, `GitUnavailable` and `UserError`: nothing is
    changed then. Raises `UserError` that says so where it could not be put back yet.
    """
    restore(repo)
    with _locked(repo) as lock:
        now = captured(repo, state.source)
        if now != state:
            raise StaleDocument(
                f"{repo.root} has changed since the plan was made: {_moved(state, now)}",
                "Nothing was committed; make the plan again.",
            )
        journal = _Journal.begun(repo, state)
        try:
            made = _commits(_Work(repo, state, patch, journal, lock, check), steps, on_commit)
        except BaseException as error:
            _put_back(repo, journal, error)
            if isinstance(error, OSError):
                raise _unwritable(Path(error.filename or journal.folder), error) from error
            raise
        journal.finish()
    # Only time stamps: what was committed need not be compared again.
    run_git(repo.root, ("update-index", "-q", "--refresh"), seconds=LONG_SECONDS)
    return made


@dataclass(frozen=True, slots=True)
class _Work:
    """What all steps of one run share."""

    repo: RepoView
    state: State
    patch: Patch
    journal: _Journal
    lock: int
    check: Callable[[], None]

    @property
    def inherited(self) -> tuple[int, ...]:
        """What git keeps open, so that it is known to be at work."""
        return (self.lock,) if sys.platform != "win32" else ()


def _commits(
    work: _Work, steps: Sequence[Step], on_commit: Callable[[int, Committed], None]
) -> Made:
    repo, journal = work.repo, work.journal
    index = journal.folder / "next-index"
    _copy_index(repo, index)
    undone = _set_to_head(work, index)
    applied: set[str] = set()
    before = tree_changes(work.patch, applied)
    stored: dict[bytes, str] = {}
    by_hooks: dict[str, Entry | None] = {}
    made: list[Committed] = []
    notes: list[str] = []
    parent, at = work.state.head.commit, work.state.base
    for number, step in enumerate(steps):
        work.check()
        applied |= step.parts
        after = tree_changes(work.patch, applied)
        changed = _changed(repo, before, after, stored)
        touched = sorted(changed.keys() & by_hooks.keys())
        if touched:
            raise Refusal(
                f"A hook changed {touched[0]} while it was committed, and a later commit of the "
                "plan changes it too",
                "Put all hunks of that file into one commit.",
            )
        _put(repo, index, changed, len(work.state.base), work.inherited)
        tree = _write_tree(repo, index)
        journal.expect(parent, tree)
        commit = commit_index(
            repo,
            step.message,
            # Parts can cancel each other out; a hook may have made the change already.
            arguments=("--allow-empty",) if tree == at else (),
            variables={"GIT_INDEX_FILE": str(index), "GIT_REFLOG_ACTION": journal.mark},
            inherited=work.inherited,
            check=work.check,
        )
        parent = commit.commit
        journal.made(parent)
        made.append(commit)
        at = _tree_of(repo, parent)
        hooked = _entries(between(repo, tree, at))
        if hooked:
            by_hooks.update(hooked)
            notes.append(f"A hook changed {', '.join(sorted(hooked)[:5])} in commit {number + 1}.")
        if work.state.source is Source.WORK_TREE or hooked:
            published = dict(changed) if work.state.source is Source.WORK_TREE else {}
            if work.state.source is Source.WORK_TREE and len(applied) == len(work.patch.parts):
                # Staged once, and taken back in the work tree: no commit is to hold it.
                published.update(
                    (path, entry) for path, entry in undone.items() if path not in after
                )
            _update_persons_index(work, {**published, **hooked})
        before = after
        on_commit(number, commit)
    return Made(tuple(made), tuple(notes), _undo(work.state))


def _undo(state: State) -> str:
    if state.head.commit is None:
        return "git update-ref -d HEAD"
    # What was staged is then staged again, what was not is not.
    kept = "--soft" if state.source is Source.STAGED else "--mixed"
    return f"git reset {kept} {state.head.commit[:10]}"


def _set_to_head(work: _Work, index: Path) -> dict[str, Entry | None]:
    """Make an index that is like the person's, flags and time stamps included, hold HEAD; what had
    to be set for that.
    """
    differing = _git(
        work.repo, index, "diff-index", "--cached", "--ita-invisible-in-index", "--raw", "-z",
        "--no-abbrev", "--no-renames", "--ignore-submodules=none", work.state.base, "--",
        inherited=work.inherited,
    ).output.split(b"\0")  # fmt: skip
    entries: dict[str, Entry | None] = {}
    for header, path in zip(differing[::2], differing[1::2], strict=False):
        mode, _, blob = os.fsdecode(header).removeprefix(":").split(" ")[:3]
        entries[os.fsdecode(path)] = Entry(mode, blob) if mode.strip("0") else None
    _put(work.repo, index, entries, len(work.state.base), work.inherited)
    return entries


def _changed(
    repo: RepoView,
    before: Mapping[str, Entry | None],
    after: Mapping[str, Entry | None],
    stored: dict[bytes, str],
) -> dict[str, Entry | None]:
    """What differs, its contents in the object store; `stored` holds those that are there."""
    return {
        path: _stored(repo, entry, stored) for path, entry in after.items() if entry != before[path]
    }


def _put(
    repo: RepoView,
    index: Path,
    entries: Mapping[str, Entry | None],
    id_length: int,
    inherited: tuple[int, ...] = (),
) -> None:
    """Write entries into an index; None takes a path out."""
    if not entries:
        return
    nothing = b"0" * id_length
    # What goes makes room first: a file may become a folder.
    ordered = sorted(entries.items(), key=lambda row: (row[1] is not None, row[0]))
    lines = [
        (b"%s %s" % (entry.mode.encode(), entry.blob.encode()) if entry else b"0 " + nothing)
        + b"\t"
        + os.fsencode(path)
        + b"\0"
        for path, entry in ordered
    ]
    _git(
        repo,
        index,
        "update-index",
        "-z",
        "--index-info",
        given=b"".join(lines),
        inherited=inherited,
    )


def _stored(repo: RepoView, entry: Entry | None, stored: dict[bytes, str]) -> Entry | None:
    """An entry whose content is in the object store."""
    if entry is None or entry.content is None:
        return entry
    if entry.content not in stored:
        stored[entry.content] = _store(repo, entry.content)
    return Entry(entry.mode, stored[entry.content])


def _store(repo: RepoView, content: bytes) -> str:
    """Write an object; its id."""
    answer = _checked(
        repo,
        run_git(repo.root, ("hash-object", "-w", "--stdin"), given=content, seconds=LONG_SECONDS),
    )
    return answer.output.decode().strip()


def _update_persons_index(work: _Work, entries: Mapping[str, Entry | None]) -> None:
    """Put entries into the index that the person works with, in one rename."""
    repo = work.repo
    with _index_locked(repo):
        draft = work.journal.folder / "persons-index"
        _copy_index(repo, draft)
        _put(repo, draft, entries, len(work.state.base), work.inherited)
        copy = work.journal.folder / "digested-index"
        shutil.copyfile(draft, copy)
        work.journal.indexed(_digest(repo, copy))
        os.replace(draft, repo.git_folder / "index")


def _entries(files: Iterable[FileChange]) -> dict[str, Entry | None]:
    entries: dict[str, Entry | None] = {}
    for change in files:
        if change.old_path is not None:
            entries[change.old_path] = None
        entries[change.path] = Entry(change.new_mode, change.new_blob) if change.new_mode else None
    return entries


def _moved(planned: State, now: State) -> str:
    if planned.head != now.head:
        return "HEAD is another commit or branch"
    if planned.index != now.index:
        return "other changes are staged"
    return "files of the work tree were changed"


# The journal.


@dataclass(slots=True)
class _Journal:
    """What has to be known to go back. Its file is written anew before and after each step."""

    folder: Path
    ref: str
    head: str
    mark: str
    index: bool
    indexes: list[str]
    commits: list[str] = field(default_factory=list)
    pending: tuple[str, str] | None = None
    prepared: dict[str, str] = field(default_factory=dict)

    @classmethod
    def begun(cls, repo: RepoView, state: State) -> _Journal:
        """A journal in the git folder, complete on disk before its name is there."""
        target = _folder(repo)
        draft = target.with_name("split.new")
        shutil.rmtree(draft, ignore_errors=True)
        try:
            draft.mkdir(parents=True)
            branch = state.head.branch
            journal = cls(
                draft,
                f"refs/heads/{branch}" if branch is not None else "HEAD",
                state.head.commit or "",
                f"{_REFLOG} {state.key}",
                _copy_index(repo, draft / "index"),
                [state.index],
            )
            for name in _PREPARED:
                with contextlib.suppress(FileNotFoundError):
                    content = (repo.git_folder / name).read_bytes()
                    journal.prepared[name] = content.decode("latin-1")
            journal._write()
            os.replace(draft, target)
        except OSError as error:
            raise _unwritable(draft, error) from error
        journal.folder = target
        return journal

    @classmethod
    def read(cls, repo: RepoView) -> _Journal | None:
        """The journal that a killed process left; None without one."""
        folder = _folder(repo)
        try:
            held: dict[str, Any] = json.loads((folder / "journal.json").read_bytes())
        except FileNotFoundError:
            return None
        except (OSError, ValueError) as error:
            raise UserError(
                f"The journal of a split in {folder} cannot be read: {error}",
                "Compare `git reflog` with `git log`, then delete that folder.",
            ) from error
        pending = held["pending"]
        return cls(
            folder,
            held["ref"],
            held["head"],
            held["mark"],
            held["index"],
            held["indexes"],
            held["commits"],
            (pending[0], pending[1]) if pending is not None else None,
            held["prepared"],
        )

    def expect(self, parent: str | None, tree: str) -> None:
        """A commit of this tree is about to be made."""
        self.pending = (parent or "", tree)
        self._write()

    def made(self, commit: str) -> None:
        """A commit was made."""
        self.commits.append(commit)
        self.pending = None
        self._write()

    def indexed(self, digest: str) -> None:
        """The person's index is about to hold this."""
        self.indexes.append(digest)
        self._write()

    def finish(self) -> None:
        """There is no way back any more, and no need for one."""
        done = self.folder.with_name("split.done")
        shutil.rmtree(done, ignore_errors=True)
        os.replace(self.folder, done)
        shutil.rmtree(done, ignore_errors=True)

    def _write(self) -> None:
        value = {
            "version": _VERSION,
            "ref": self.ref,
            "head": self.head,
            "mark": self.mark,
            "index": self.index,
            "indexes": self.indexes,
            "commits": self.commits,
            "pending": self.pending,
            "prepared": self.prepared,
        }
        draft = self.folder / "journal.new"
        try:
            with open(draft, "wb") as file:
                file.write(json.dumps(value).encode())
                file.flush()
                os.fsync(file.fileno())
            os.replace(draft, self.folder / "journal.json")
        except OSError as error:
            raise _unwritable(draft, error) from error


def _folder(repo: RepoView) -> Path:
    return repo.git_folder / "pairwright" / "split"


def _unwritable(place: Path, error: OSError) -> UserError:
    return UserError(
        f"{place} cannot be written: {error.strerror or error}", "Nothing was committed."
    )


# The way back.


def restore(repo: RepoView) -> str | None:
    """Undo a split that did not come to its end: HEAD and the index are as before it.

    Returns a sentence on what was done, None when there was nothing to do. What a person did since
    is not undone: then the rest is left alone, too, and told. Raises `UserError` while the split is
    still at work, or when it cannot be undone now.
    """
    if not _folder(repo).exists():
        return None
    with _locked(repo):
        journal = _Journal.read(repo)
        if journal is None:
            return None
        return _undone(repo, journal)


def _put_back(repo: RepoView, journal: _Journal, reason: BaseException) -> None:
    try:
        _undone(repo, journal)
    except (UserError, OSError) as error:
        raise UserError(
            f"The split failed ({reason}), and what it did could not be undone yet: {error}",
            "Run `pairwright commit --restore` when the cause is gone.",
        ) from reason


def _undone(repo: RepoView, journal: _Journal) -> str:
    now = _commit_at(repo, journal.ref)
    if now != journal.head and not _is_ours(repo, journal, now):
        journal.finish()
        return (
            f"A split in {repo.root} was interrupted, and there are other commits since: nothing "
            f"was undone. Before it, {journal.ref} was at {journal.head or 'no commit'}."
        )
    if now != journal.head:
        _move(repo, journal, now)
    kept = _index_put_back(repo, journal)
    for name, content in journal.prepared.items():
        if not (repo.git_folder / name).exists():
            (repo.git_folder / name).write_bytes(content.encode("latin-1"))
    journal.finish()
    also = "" if kept else " The index was changed since and is left as it is."
    return f"A split in {repo.root} was interrupted: its commits were undone.{also}"


def _is_ours(repo: RepoView, journal: _Journal, commit: str) -> bool:
    """Whether the commit is one that the split made, the last of which may not be in the journal
    yet.
    """
    if commit in journal.commits:
        return True
    if journal.pending is None or not commit:
        return False
    parent, tree = journal.pending
    if (parent_of(repo, commit) or "") != parent:
        return False
    answer = run_git(repo.root, ("log", "-g", "-1", "--format=%gs", journal.ref, "--"))
    told = os.fsdecode(answer.output).strip()
    # Where no reflog is kept, what was committed has to tell.
    return told.startswith(journal.mark) if told else _tree_of(repo, commit) == tree


def _move(repo: RepoView, journal: _Journal, now: str) -> None:
    """Set the branch, or a detached HEAD, back, unless it moves at this moment."""
    if journal.ref == "HEAD" and repo.head().branch is not None:
        return  # somebody has checked out a branch; no name holds the commits any more
    change = ("-d", journal.ref, now) if not journal.head else (journal.ref, journal.head, now)
    _checked(
        repo, run_git(repo.root, ("update-ref", "--no-deref", "-m", "pairwright: undone", *change))
    )


def _index_put_back(repo: RepoView, journal: _Journal) -> bool:
    """Whether the index is as it was, or still as somebody else has made it."""
    place, copy = repo.git_folder / "index", journal.folder / "index"
    with _index_locked(repo):
        if not journal.index:
            place.unlink(missing_ok=True)
            return True
        if not copy.exists() or _same_file(place, copy):
            return True
        current = journal.folder / "current-index"
        if _copy_index(repo, current) and _digest(repo, current) not in journal.indexes:
            return False
        os.replace(copy, place)
        return True


def _same_file(one: Path, other: Path) -> bool:
    try:
        return one.read_bytes() == other.read_bytes()
    except FileNotFoundError:
        return False


# Locks.


@contextlib.contextmanager
def _locked(repo: RepoView) -> Iterator[int]:
    """The lock of all splits of a work tree; a descriptor that holds it while it is open anywhere.

    Raises `UserError` when another process keeps it.
    """
    place = _folder(repo).with_name("split.lock")
    try:
        place.parent.mkdir(parents=True, exist_ok=True)
        descriptor = os.open(place, os.O_RDWR | os.O_CREAT, 0o600)
    except OSError as error:
        raise _unwritable(place, error) from error
    try:
        _waited_for(
            lambda: _acquired(descriptor),
            f"Another split, or a commit of one, is at work in {repo.root}",
            "Wait until it has ended.",
        )
        yield descriptor
    finally:
        os.close(descriptor)


@contextlib.contextmanager
def _index_locked(repo: RepoView) -> Iterator[None]:
    """Git's own lock on the index, for who holds that of the splits.

    One that a killed split left is taken over: it says whose it is from its first instant. Raises
    `UserError` when another process keeps it.
    """
    lock = repo.git_folder / "index.lock"
    own = _folder(repo).with_name("index.lock")
    try:
        own.write_bytes(_LOCK_MARK)
    except OSError as error:
        raise _unwritable(own, error) from error

    def take() -> bool:
        try:
            _linked(own, lock)
        except FileExistsError:
            with contextlib.suppress(FileNotFoundError):
                if lock.read_bytes() == _LOCK_MARK:
                    lock.unlink()
            return False
        except OSError as error:
            raise _unwritable(lock, error) from error
        return True

    _waited_for(
        take,
        f"Another git process holds the lock {lock}",
        "Wait until it has ended; when there is none any more, delete that file.",
    )
    try:
        yield
    finally:
        lock.unlink(missing_ok=True)
        own.unlink(missing_ok=True)


def _linked(source: Path, target: Path) -> None:
    """Give a file a second name, unless that is taken. Raises FileExistsError, OSError."""
    try:
        os.link(source, target)
    except FileExistsError:
        raise
    except OSError:
        # Not every file system has links.
        descriptor = os.open(target, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o666)
        os.write(descriptor, source.read_bytes())
        os.close(descriptor)


def _waited_for(take: Callable[[], bool], happened: str, next_step: str) -> None:
    end = time.monotonic() + LOCK_SECONDS
    while not take():
        if time.monotonic() > end:
            raise UserError(happened, next_step)
        time.sleep(_LOCK_STEP)


if sys.platform == "win32":
    import msvcrt

    def _acquired(descriptor: int) -> bool:
        try:
            msvcrt.locking(descriptor, msvcrt.LK_NBLCK, 1)
        except OSError:
            return False
        return True

else:
    import fcntl

    def _acquired(descriptor: int) -> bool:
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return False
        return True


# Asking git.


def _git(
    repo: RepoView,
    index: Path,
    *arguments: str,
    given: bytes = b"",
    inherited: tuple[int, ...] = (),
) -> Answer:
    """Run git on an index of ours. Raises `GitUnavailable` when it fails."""
    answer = run_git(
        repo.root,
        arguments,
        options=_OPTIONS,
        seconds=LONG_SECONDS,
        variables={"GIT_INDEX_FILE": str(index)},
        given=given,
        inherited=inherited,
    )
    return _checked(repo, answer)


def _checked(repo: RepoView, answer: Answer) -> Answer:
    if answer.code != 0:
        noise = ("warning:", "hint:")
        lines = [line for line in answer.error.splitlines() if not line.startswith(noise)]
        reason = lines[0] if lines else f"exit code {answer.code}"
        raise GitUnavailable(
            f"Git failed in {repo.root}: {reason.removeprefix('fatal: ')}",
            "Run `git status` there to see more.",
        )
    return answer


def _copy_index(repo: RepoView, target: Path) -> bool:
    """Copy the index with its time stamp; whether there is one.

    With a newer stamp git would take files for unchanged that were written as late as the index.
    """
    source = repo.git_folder / "index"
    try:
        status = source.stat()
        shutil.copyfile(source, target)
    except FileNotFoundError:
        target.unlink(missing_ok=True)
        return False
    os.utime(target, ns=(status.st_atime_ns, status.st_mtime_ns))
    return True


def _digest(repo: RepoView, copy: Path) -> str:
    """What an index says is staged, its time stamps left out. The copy may be written to."""
    content = _git(repo, copy, "ls-files", "--stage", "-v", "-z").output
    digest = hashlib.blake2b(content, digest_size=16)
    # A file that is only intended to be added looks like an empty one, but is in no tree.
    digest.update(_write_tree(repo, copy).encode())
    return digest.hexdigest()


def _write_tree(repo: RepoView, index: Path) -> str:
    return _git(repo, index, "write-tree").output.decode().strip()


def _tree_of(repo: RepoView, commit: str) -> str:
    found = repo.object_named(f"{commit}^{{tree}}")
    if found is None:
        raise GitUnavailable(
            f"The commit {commit} of {repo.root} cannot be read", "Run `git fsck` there."
        )
    return found.id


@functools.lru_cache(maxsize=8)
def _empty_tree_in(root: Path) -> str:
    return run_git(root, ("hash-object", "-t", "tree", "--stdin")).output.decode().strip()


def _empty_tree(repo: RepoView) -> str:
    return _empty_tree_in(repo.root)


def _commit_at(repo: RepoView, ref: str) -> str:
    """The commit that a ref is at, "" for none."""
    found = repo.object_named(f"{ref}^{{commit}}")
    return found.id if found is not None else ""
