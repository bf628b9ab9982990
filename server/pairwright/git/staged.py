"""What is about to be committed, as values: the files that differ between two states, their texts,
and what git is in the middle of.

Owns the reading of `git diff` for the index, the work tree and commits. It must not know what a
change means, and never writes to the repository.
"""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import Enum
from pathlib import Path

from pairwright.errors import GitUnavailable
from pairwright.git.process import Answer, GitObject, run_git
from pairwright.git.repo import ChangeStatus, RepoView

MAX_TEXT = 1_000_000
"""Bytes above which a file's text is not read: nobody wrote that by hand."""

_RENAME_LIMIT = 2_000
"""Files of unequal content that git compares with each other to find renames."""

SUBMODULE = "160000"
SYMLINK = "120000"
EXECUTABLE = "100755"

_LFS = b"version https://git-lfs.github.com/spec/"


class Compared(Enum):
    """Between which two states files differ."""

    STAGED = "staged"
    """HEAD and the index: what `git commit` would commit."""
    UNSTAGED = "unstaged"
    """The index and the work tree, untracked files left out."""
    ALL = "all"
    """HEAD and the work tree, untracked files left out: what `git commit --all` would commit."""
    COMMIT = "commit"
    """A commit and its first parent."""


class Operation(Enum):
    """What git is in the middle of. The value is the command that is under way."""

    MERGE = "merge"
    SQUASH = "merge --squash"
    REBASE = "rebase"
    CHERRY_PICK = "cherry-pick"
    REVERT = "revert"
    APPLY = "am"


@dataclass(frozen=True, slots=True)
class FileChange:
    """One file that differs. Paths are relative to the repository's root, with `/`; a name that is
    not UTF-8 holds surrogates (PEP 383).

    `old_path` is set for a renamed file only. Modes are git's six octal digits, blobs its object
    ids in hexadecimal; each is "" on a side where there is no file, a blob also where the work tree
    holds the content. `added` and `removed` count lines, 0 for a binary file.
    """

    path: str
    old_path: str | None
    status: ChangeStatus
    old_mode: str
    new_mode: str
    old_blob: str
    new_blob: str
    binary: bool = False
    added: int = 0
    removed: int = 0

    @property
    def submodule(self) -> bool:
        """Whether it is the pointer to a commit of another repository."""
        return SUBMODULE in (self.old_mode, self.new_mode)

    @property
    def symlink(self) -> bool:
        """Whether it is now, or was when it is gone, a symbolic link."""
        return (self.new_mode or self.old_mode) == SYMLINK

    @property
    def mode_changed(self) -> bool:
        """Whether a file that stays has other permissions, or is of another type."""
        return bool(self.old_mode and self.new_mode) and self.old_mode != self.new_mode


@dataclass(frozen=True, slots=True)
class ChangeSet:
    """The files that differ, by path. `base_commit` is None where there was no commit before;
    `problems` are sentences on what could not be told.
    """

    compared: Compared
    base_commit: str | None
    files: tuple[FileChange, ...]
    problems: tuple[str, ...] = ()


def changes(
    repo: RepoView, compared: Compared, commit: str = "", index: Path | None = None
) -> ChangeSet:
    """The files that differ between two states; `commit` is the one that `Compared.COMMIT` means,
    `index` the index file to read in place of the repository's own.

    A file added with `--intent-to-add` counts as unstaged. Files in conflict are left out and told
    in `problems`. Raises `UnknownRevision` and `GitUnavailable`.
    """
    options: tuple[str, ...] = ()
    base: str | None
    if compared is Compared.COMMIT:
        target = repo.resolve(commit)
        base = parent_of(repo, target)
        command = ["diff-tree", "-r", base or _empty_tree(repo), target]
    else:
        base = repo.head().commit
        # Only these two ask about the work tree, whose files git would pipe through filters.
        if compared is Compared.STAGED:
            command = ["diff", "--cached", base or _empty_tree(repo)]
        else:
            options = repo.without_filters()
            command = ["diff"]
            if compared is Compared.ALL:
                command.append(base or _empty_tree(repo))
    variables = {"GIT_INDEX_FILE": str(index)} if index is not None else {}
    options = ("-c", "diff.autoRefreshIndex=false", *options)
    output, problems = _diff(repo, command, options, variables)
    files: dict[str, FileChange] = {}
    in_conflict: set[str] = set()
    for change, code in _parsed(output):
        if code == "U":
            in_conflict.add(change.path)
        elif _differs(repo, change, code):
            files[change.path] = change
    for path in sorted(in_conflict):
        files.pop(path, None)
        problems.append(f"{path} has conflicts that are not resolved.")
    return ChangeSet(compared, base, tuple(files[path] for path in sorted(files)), tuple(problems))


def between(repo: RepoView, old: str, new: str) -> tuple[FileChange, ...]:
    """The files that differ between two trees or commits, by path. Raises `GitUnavailable`."""
    output, _ = _diff(repo, ["diff-tree", "-r", old, new], (), {})
    return tuple(sorted((change for change, _ in _parsed(output)), key=lambda one: one.path))


def untracked(repo: RepoView) -> tuple[FileChange, ...]:
    """The files of the work tree that git does not know, by path; ignored ones and repositories
    inside are left out. Lines are not counted.
    """
    found = []
    answer = repo.run("ls-files", "-z", "--others", "--exclude-standard")
    for path in sorted(filter(None, os.fsdecode(answer.output).split("\0"))):
        if path.endswith("/"):
            continue
        place = repo.root / path
        mode = SYMLINK if place.is_symlink() else "100644"
        if mode != SYMLINK and os.access(place, os.X_OK):
            mode = EXECUTABLE
        found.append(FileChange(path, None, ChangeStatus.UNTRACKED, "", mode, "", ""))
    return tuple(found)


def texts_of(
    repo: RepoView, change: FileChange, max_size: int = MAX_TEXT
) -> tuple[bytes | None, bytes | None]:
    """A file's bytes before and after; None where there is none, or it is binary, a submodule, or
    larger than `max_size` bytes. The text of a symbolic link is where it leads.

    A file of the work tree is taken as it lies there, so it may have other line ends.
    """
    before = _blob(repo, change.old_blob, change.old_mode, max_size)
    if change.new_blob or not change.new_mode:
        return before, _blob(repo, change.new_blob, change.new_mode, max_size)
    return before, _on_disk(repo.root / change.path, change.new_mode, max_size)


def texts_of_all(
    repo: RepoView, changed: Sequence[FileChange], max_size: int = MAX_TEXT
) -> list[tuple[bytes | None, bytes | None]]:
    """What `texts_of` answers for each file, with one question to git for many of them."""
    sides = [
        (blob, mode)
        for one in changed
        for blob, mode in ((one.old_blob, one.old_mode), (one.new_blob, one.new_mode))
        if blob and mode != SUBMODULE
    ]
    blobs = list(dict.fromkeys(blob for blob, _ in sides))
    held = dict(
        zip(
            blobs,
            repo.objects_named([f"{blob}^{{blob}}" for blob in blobs], max_size),
            strict=True,
        )
    )
    found = []
    for one in changed:
        before = _text(held.get(one.old_blob), one.old_mode, max_size)
        if one.new_blob or not one.new_mode:
            after = _text(held.get(one.new_blob), one.new_mode, max_size)
        else:
            on_disk = _on_disk(repo.root / one.path, one.new_mode, max_size)
            after = _as_stored(before, on_disk)
        found.append((before, after))
    return found


def _as_stored(before: bytes | None, on_disk: bytes | None) -> bytes | None:
    """What lies on disk with the line ends that git stores, where those are the only difference
    in most lines: `core.autocrlf` and the attribute `eol` make them at a checkout.
    """
    if before is None or on_disk is None or b"\r\n" not in on_disk or b"\r\n" in before:
        return on_disk
    stored = on_disk.replace(b"\r\n", b"\n")
    return on_disk if stored == before else stored


def is_lfs_pointer(text: bytes) -> bool:
    """Whether a text stands for a large file that Git LFS keeps elsewhere."""
    return text.startswith(_LFS) and len(text) < 1_024


def parent_of(repo: RepoView, commit: str) -> str | None:
    """The first parent of a commit; None for the first commit, or where a shallow clone ends."""
    found = repo.object_named(f"{commit}^{{commit}}^1^{{commit}}")
    return found.id if found is not None and found.type == "commit" else None


def operation_of(repo: RepoView) -> Operation | None:
    """What git is in the middle of here, None for nothing. Reads no more than file names."""
    folder = repo.git_folder
    for names, operation in _MARKS:
        if any((folder / name).exists() for name in names):
            return operation
    return None


_MARKS = (
    (("MERGE_HEAD",), Operation.MERGE),
    (("CHERRY_PICK_HEAD",), Operation.CHERRY_PICK),
    (("REVERT_HEAD",), Operation.REVERT),
    (("rebase-apply/applying",), Operation.APPLY),
    (("rebase-merge", "rebase-apply"), Operation.REBASE),
    (("SQUASH_MSG",), Operation.SQUASH),
)


def index_in_use(repo: RepoView) -> Path | None:
    """The index that a `git commit --all` or `git commit FILE` under way will commit, while its
    editor is open; None where that is the repository's own.
    """
    waiting = [*repo.git_folder.glob("next-index-*.lock"), repo.git_folder / "index.lock"]
    return next((place for place in waiting if _is_index(place)), None)


def _is_index(place: Path) -> bool:
    try:
        with open(place, "rb") as file:
            return file.read(4) == b"DIRC"
    except OSError:
        return False


def prepared_message(repo: RepoView) -> str:
    """The message that git itself has ready for the next commit, "" for none: of a merge, a squash,
    a revert or a commit that is being picked.
    """
    for name in ("MERGE_MSG", "SQUASH_MSG"):
        try:
            return (repo.git_folder / name).read_bytes()[:MAX_TEXT].decode("utf-8", "replace")
        except OSError:
            continue  # the next one, or none
    return ""


def git_folder_root(folder: Path) -> Path | None:
    """The work tree that a git folder (`.git`, `.git/worktrees/NAME`, `.git/modules/NAME`) belongs
    to; None where it does not say.

    Raises `GitUnavailable` when git is missing.
    """
    pointer = folder / "gitdir"
    if pointer.is_file():
        # A linked work tree: the file names the `.git` file that stands in it.
        content = os.fsdecode(pointer.read_bytes()).strip()
        return (folder / content).resolve().parent if content else None
    if not (folder / "HEAD").is_file():
        return None
    answer = run_git(
        folder, ("config", "--null", "--get", "core.worktree"), options=(f"--git-dir={folder}",)
    )
    named = os.fsdecode(answer.output).rstrip("\0")
    if answer.code == 0 and named:
        return Path(os.path.realpath(folder / named))
    return folder.parent if folder.name == ".git" else None


# Reading git's answers.


def _diff(
    repo: RepoView, command: list[str], options: tuple[str, ...], variables: Mapping[str, str]
) -> tuple[bytes, list[str]]:
    """The output of a diff: entries and counts; entries alone where a clone lacks the contents."""
    name, *sides = command
    shared = (
        name,
        "--raw",
        "-z",
        "--no-abbrev",
        "--no-color",
        "--no-ext-diff",
        "--no-textconv",
        "--ignore-submodules=dirty",
    )
    try:
        found: Answer = repo.run(
            *shared,
            "--numstat",
            "--find-renames",
            f"-l{_RENAME_LIMIT}",
            *sides,
            "--",
            options=options,
            variables=variables,
        )
    except GitUnavailable as error:
        # In a partial clone the contents may be elsewhere; names and modes are here all the same.
        found = repo.run(
            *shared, "--no-renames", *sides, "--", options=options, variables=variables
        )
        return found.output, [f"Lines and renames are not counted: {error.happened}"]
    return found.output, []


_STATUSES = {
    "A": ChangeStatus.ADDED,
    "C": ChangeStatus.ADDED,
    "D": ChangeStatus.DELETED,
    "R": ChangeStatus.RENAMED,
}


def _parsed(output: bytes) -> Iterator[tuple[FileChange, str]]:
    """The output of `--raw --numstat -z`: entries, then counts. With git's letter for each."""
    fields = iter(os.fsdecode(output).split("\0"))
    entries: list[tuple[list[str], str, str | None]] = []
    counts: dict[str, tuple[str, str]] = {}
    for field in fields:
        if not field:
            continue
        if field.startswith(":"):
            header = field[1:].split(" ")
            old_path = next(fields) if header[4][0] in "RC" else None
            entries.append((header, next(fields), old_path))
        else:
            added, removed, path = field.split("\t", 2)
            if not path:
                next(fields)
                path = next(fields)
            counts[path] = added, removed
    for (old_mode, new_mode, old_id, new_id, code), path, old_path in entries:
        added, removed = counts.get(path, ("0", "0"))
        status = _STATUSES.get(code[0], ChangeStatus.MODIFIED)
        change = FileChange(
            path,
            old_path if status is ChangeStatus.RENAMED else None,
            status,
            old_mode if old_mode.strip("0") else "",
            new_mode if new_mode.strip("0") else "",
            old_id if old_id.strip("0") else "",
            new_id if new_id.strip("0") else "",
            added == "-",
            int(added) if added != "-" else 0,
            int(removed) if removed != "-" else 0,
        )
        yield change, code[0]


def _differs(repo: RepoView, change: FileChange, code: str) -> bool:
    """Whether more than a time stamp has changed: git was not to write that into the index."""
    if code != "M" or change.new_blob or change.mode_changed or change.added or change.removed:
        return True
    if change.submodule:
        return True
    before, after = texts_of(repo, change)
    if before is None or after is None:
        return change.binary
    return before.replace(b"\r\n", b"\n") != after.replace(b"\r\n", b"\n")


def _blob(repo: RepoView, blob: str, mode: str, max_size: int) -> bytes | None:
    if not blob or mode == SUBMODULE:
        return None
    return _text(repo.object_named(f"{blob}^{{blob}}", max_size), mode, max_size)


def _text(found: GitObject | None, mode: str, max_size: int) -> bytes | None:
    if found is None or mode == SUBMODULE or found.type != "blob" or found.size > max_size:
        return None
    return None if _is_binary(found.content) else found.content


def _on_disk(place: Path, mode: str, max_size: int) -> bytes | None:
    try:
        if mode == SYMLINK:
            return os.fsencode(os.readlink(place))
        if mode == SUBMODULE or place.stat().st_size > max_size:
            return None
        content = place.read_bytes()
    except OSError:
        return None  # gone or closed since git looked
    return None if _is_binary(content) else content


def _is_binary(content: bytes) -> bool:
    """By the test that git makes; a text in UTF-16 is binary to it too."""
    return b"\0" in content[:8_000]


def _empty_tree(repo: RepoView) -> str:
    answer = repo.run("hash-object", "-t", "tree", os.devnull)
    return answer.output.decode().strip()
