"""A repository as a review needs it: its head, a base revision, texts at a revision, what changed.

Owns the meaning of git's answers. It must not know documents, settings or the index, and never
writes to the repository.
"""

from __future__ import annotations

import hashlib
import os
import re
import threading
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import Enum
from pathlib import Path

from pairwright.errors import GitUnavailable, UnknownRevision
from pairwright.git.process import LONG_SECONDS, Answer, GitObject, ObjectReader, run_git
from pairwright_analyzers.lines import LineRange, changed_ranges, split_lines

MERGE_BASE = "merge-base"


@dataclass(frozen=True, slots=True)
class Head:
    """What is checked out. `commit` is None on an unborn branch, `branch` on a detached head."""

    commit: str | None
    branch: str | None

    @property
    def unborn(self) -> bool:
        """Whether the branch has no commit yet."""
        return self.commit is None


@dataclass(frozen=True, slots=True)
class Base:
    """The commit a review compares with, or None and a sentence on why there is none."""

    commit: str | None
    reason: str = ""


class ChangeStatus(Enum):
    """What happened to a file since a revision."""

    ADDED = "added"
    MODIFIED = "modified"
    DELETED = "deleted"
    RENAMED = "renamed"
    UNTRACKED = "untracked"


@dataclass(frozen=True, slots=True)
class Change:
    """A file that differs from a revision. Paths are relative to the repository's root, with `/`.

    A name that is not UTF-8 holds surrogates (PEP 383). `old_path` is set for a renamed file only.
    """

    path: str
    status: ChangeStatus
    old_path: str | None = None


def open_repo(path: Path) -> RepoView | None:
    """The innermost repository whose work tree holds `path`, which need not exist.

    None where there is no work tree: no repository, a bare one, or inside `.git`. Raises
    `GitUnavailable` when git is missing or refuses the repository (another owner, a format it does
    not know, …).
    """
    folder = _existing_folder(path)
    answer = run_git(
        folder,
        (
            "rev-parse",
            "--is-inside-work-tree",
            "--git-dir",
            "--git-common-dir",
            "--show-toplevel",
        ),
    )
    if answer.code != 0:
        if _tells_no_work_tree(answer.error):
            return None
        raise _refused(folder, answer)
    lines = os.fsdecode(answer.output).split("\n")
    inside, git_folder, common_folder = lines[:3]
    root = Path("\n".join(lines[3:]).removesuffix("\n"))
    if inside != "true":
        return None
    return RepoView(root, folder / git_folder, folder / common_folder)


class RepoView:
    """Reads one repository, from any thread. `open_repo` makes it, its user closes it."""

    def __init__(self, root: Path, git_folder: Path, common_folder: Path) -> None:
        self.root = root
        self._git_folder = git_folder
        self._common_folder = common_folder
        self._objects = ObjectReader(root)
        self._known_merge_bases: dict[tuple[str, str], str] = {}

    def close(self) -> None:
        """End the git process that serves this view."""
        self._objects.close()

    @property
    def git_folder(self) -> Path:
        """Where this work tree's own state lies: `.git`, or `.git/worktrees/NAME`."""
        return self._git_folder

    @property
    def common_folder(self) -> Path:
        """Where what all work trees share lies: refs, objects, configuration, hooks."""
        return self._common_folder

    def object_named(self, name: str, max_size: int | None = None) -> GitObject | None:
        """The object that `name` denotes; see `ObjectReader.read`."""
        return self._objects.read(os.fsencode(name), max_size)

    def objects_named(
        self, names: Sequence[str], max_size: int | None = None
    ) -> list[GitObject | None]:
        """The object that each name denotes; see `ObjectReader.read`."""
        return self._objects.read_all([os.fsencode(name) for name in names], max_size)

    def run(
        self,
        *arguments: str,
        options: tuple[str, ...] = (),
        variables: Mapping[str, str] | None = None,
    ) -> Answer:
        """Run git here, to read. Raises `GitUnavailable` when it fails."""
        return self._run(*arguments, options=options, variables=variables)

    def path_of(self, file: Path) -> str | None:
        """`file` relative to the root, with `/`, links in its folder resolved; None elsewhere."""
        for place in (file, Path(os.path.realpath(file.parent)) / file.name):
            if place.is_relative_to(self.root):
                return place.relative_to(self.root).as_posix()
        return None

    def head(self) -> Head:
        """What is checked out now."""
        return Head(self._commit_of("HEAD"), self._branch())

    def resolve(self, revision: str) -> str:
        """The id of the commit that `revision` names. Raises `UnknownRevision`."""
        commit = self._commit_of(revision) if _is_revision(revision) else None
        if commit is None:
            raise UnknownRevision(
                f"`{revision}` names no commit of {self.root}",
                "Give a branch, a tag or a commit that `git log` knows, or fetch it first.",
            )
        return commit

    def base_revision(self, setting: str = "HEAD", base_branch: str = "") -> Base:
        """The commit to compare with, by the settings `review.base` and `review.base_branch`."""
        head = self._commit_of("HEAD")
        if head is None:
            return Base(None, f"{self.root} has no commit yet: every file is new.")
        if setting == "HEAD":
            return Base(head)
        if setting != MERGE_BASE:
            try:
                return Base(self.resolve(setting))
            except UnknownRevision as error:
                return Base(None, str(error))
        branch = self._base_branch(base_branch)
        if isinstance(branch, Base):
            return branch
        known = self._known_merge_bases.get((head, branch))
        return Base(known) if known is not None else self._merge_base(head, branch)

    def text_at(self, revision: str, path: str) -> bytes | None:
        """The bytes of the file `path` at `revision`, as stored; None when no file is there.

        Raises `GitUnavailable` when git cannot read the object it has.
        """
        if not _is_revision(revision) or not path or "\n" in path:
            return None
        found = self._objects.read(os.fsencode(f"{revision}:{path}"))
        return found.content if found is not None and found.type == "blob" else None

    def shared_name(self) -> str:
        """A name that all clones of the same remote have in common, made of letters, digits, `-`
        and `_`; "" where no remote `origin` is configured.
        """
        answer = run_git(self.root, ("config", "--null", "--get", "remote.origin.url"))
        url = os.fsdecode(answer.output).rstrip("\0\n") if answer.code == 0 else ""
        # `https://user@host/a/b.git`, `ssh://git@host:22/a/b` and `git@host:a/b` are the same.
        place = re.sub(r"^[a-z+]+://|^[^/@]*@|\.git/*$|/+$", "", url.split("//")[-1].strip())
        place = re.sub(r"^[^/@]*@|:\d+(?=/)", "", place).replace(":", "/").lower()
        if not place:
            return ""
        digest = hashlib.blake2b(place.encode("utf-8", "surrogateescape"), digest_size=6)
        readable = re.sub(r"[^a-z0-9]+", "-", place.rpartition("/")[2])[:40].strip("-")
        return f"{readable or 'repository'}-{digest.hexdigest()}"

    def index_text(self, path: str, stage: int = 0, max_size: int | None = None) -> bytes | None:
        """The bytes of the file `path` in the index, as stored; None when it has no such entry.

        Stages other than 0 belong to a file that is being merged: 1 is the common ancestor, 2 ours,
        3 theirs. Raises `GitUnavailable` when git cannot read it.
        """
        # Not by the name `:path`: the process that reads objects knows the index as it was once.
        options = ("--literal-pathspecs",)
        listed = self._run("ls-files", "--stage", "-z", "--", path, options=options).output
        for entry in os.fsdecode(listed).split("\0"):
            head, _, name = entry.partition("\t")
            if name == path and head.endswith(f" {stage}"):
                found = self.object_named(head.split(" ")[1], max_size)
                return found.content if found is not None and found.type == "blob" else None
        return None

    def changed_files(self, revision: str | None) -> tuple[Change, ...]:
        """Files whose content on disk differs from `revision`, by path; all when it is None.

        Untracked files are among them unless ignored; submodules and other repositories inside are
        not. Raises `UnknownRevision` and `GitUnavailable`.
        """
        if revision is None:
            tracked = self._listed("--cached")
            changes = {path: Change(path, ChangeStatus.ADDED) for path in tracked}
        else:
            changes = {change.path: change for change in self._tracked_changes(revision)}
        for path in self._listed("--others", "--exclude-standard"):
            if not path.endswith("/"):  # a repository inside this one
                changes.setdefault(path, Change(path, ChangeStatus.UNTRACKED))
        return tuple(changes[path] for path in sorted(changes))

    def changed_lines(self, revision: str, path: str, text: bytes) -> tuple[LineRange, ...]:
        """The lines of `text` that differ from `path` at `revision`; all when it was not there.

        Takes the text and not the disk, so it holds for an unsaved buffer; see `changed_ranges`.
        """
        old = self.text_at(revision, path)
        if old is None:
            count = len(split_lines(text))
            return (LineRange(0, count),) if count else ()
        return changed_ranges(old, text)

    def head_marker(self) -> str:
        """A value that changes with a branch switch, a commit, a moved base or a written index.

        Only reads a few small files (no git process): cheap enough to ask before each review.
        """
        digest = hashlib.blake2b(digest_size=16)
        head = _content(self._git_folder / "HEAD")
        default = _content(self._common_folder / "refs/remotes/origin/HEAD")
        bases = (
            self._common_folder / folder / name
            for folder in ("refs/heads", "refs/remotes/origin")
            for name in ("main", "master")
        )
        refs = (self._ref_file(head), self._ref_file(default), *bases)
        contents = [head, default, *(_content(ref) if ref is not None else b"" for ref in refs)]
        for content in contents:
            digest.update(b"%d:%s" % (len(content), content))
        for place in (
            self._git_folder / "index",
            self._git_folder / "logs/HEAD",
            self._git_folder / "reftable/tables.list",
            self._common_folder / "reftable/tables.list",
            self._common_folder / "packed-refs",
            self._common_folder / "FETCH_HEAD",
            self._common_folder / "shallow",
        ):
            digest.update(_stamp(place))
        return digest.hexdigest()

    def _commit_of(self, revision: str) -> str | None:
        found = self._objects.read(os.fsencode(f"{revision}^{{commit}}"))
        return found.id if found is not None and found.type == "commit" else None

    def _branch(self) -> str | None:
        content = os.fsdecode(_content(self._git_folder / "HEAD")).strip()
        name = content.removeprefix("ref:").strip() if content.startswith("ref:") else ""
        if not content or name.endswith(".invalid"):
            # The refs are kept in another format, and the file is there for the looks.
            answer = run_git(self.root, ("symbolic-ref", "--quiet", "HEAD"))
            name = os.fsdecode(answer.output).strip()
        return name.removeprefix("refs/heads/") or None

    def _base_branch(self, setting: str) -> str | Base:
        """The commit of the branch to measure from."""
        if setting:
            try:
                return self.resolve(setting)
            except UnknownRevision as error:
                return Base(None, str(error))
        for ref in (
            "refs/remotes/origin/HEAD",
            "refs/heads/main",
            "refs/remotes/origin/main",
            "refs/heads/master",
            "refs/remotes/origin/master",
        ):
            commit = self._commit_of(ref)
            if commit is not None:
                return commit
        return Base(
            None,
            f"{self.root} has no branch that looks like the default one. "
            "Name it in the setting `review.base_branch`.",
        )

    def _merge_base(self, head: str, branch: str) -> Base:
        answer = run_git(self.root, ("merge-base", head, branch))
        found = answer.output.decode().strip()
        if answer.code == 0 and found:
            self._known_merge_bases = {(head, branch): found}
            return Base(found)
        if answer.code != 1:
            raise _refused(self.root, answer)
        if (self._common_folder / "shallow").exists():
            return Base(
                None,
                f"{self.root} is a shallow clone that does not reach back to where the branch "
                "started. Run `git fetch --unshallow`.",
            )
        return Base(
            None,
            f"The branch and the base branch of {self.root} have no commit in common. "
            "Name another one in the setting `review.base_branch`.",
        )

    def _tracked_changes(self, revision: str) -> Iterator[Change]:
        answer = self._run(
            "diff",
            "--raw",
            "-z",
            "--no-abbrev",
            "--find-renames",
            "--no-ext-diff",
            "--no-textconv",
            "--ignore-submodules=all",
            self.resolve(revision),
            "--",
            options=("-c", "diff.autoRefreshIndex=false", *self.without_filters()),
        )
        for entry in _parsed_entries(answer.output):
            # Git would sort out files with a new time stamp alone by rewriting the person's index.
            if entry.change.status is not ChangeStatus.MODIFIED or self._content_differs(entry):
                yield entry.change

    def _content_differs(self, entry: _RawEntry) -> bool:
        if entry.type_changed:
            return True
        if entry.new_id.strip("0"):
            return entry.new_id != entry.old_id
        stored = self._objects.read(f"{entry.old_id}^{{blob}}".encode())
        try:
            on_disk = (self.root / entry.change.path).read_bytes()
        except OSError:
            return True  # gone or closed since git looked: the reader of the change will tell
        if stored is None or stored.content == on_disk:
            return stored is None
        # A checkout may have put CRLF where LF is stored.
        return stored.content.replace(b"\r\n", b"\n") != on_disk.replace(b"\r\n", b"\n")

    def _listed(self, *arguments: str) -> list[str]:
        answer = self._run("ls-files", "-z", *arguments)
        return [path for path in os.fsdecode(answer.output).split("\0") if path]

    def _run(
        self,
        *arguments: str,
        options: tuple[str, ...] = (),
        variables: Mapping[str, str] | None = None,
    ) -> Answer:
        answer = run_git(
            self.root, arguments, options=options, seconds=LONG_SECONDS, variables=variables
        )
        if answer.code != 0:
            raise _refused(self.root, answer)
        return answer

    def without_filters(self) -> tuple[str, ...]:
        """Options that empty every filter command the configuration names.

        Git pipes a file whose time stamp moved through its `clean` filter before it compares.
        """
        pattern = r"^filter\..*\.(clean|smudge|process|required)$"
        answer = run_git(self.root, ("config", "--null", "--name-only", "--get-regexp", pattern))
        options: list[str] = []
        for key in sorted(set(os.fsdecode(answer.output).split("\0")) - {""}):
            if "=" in key or "\n" in key:
                # Cannot be emptied on a command line, and nobody names a filter so in good faith.
                raise GitUnavailable(
                    f"The configuration of {self.root} names a filter with an odd name, {key!r}",
                    "Look at `git config --list` there before you trust the repository.",
                )
            value = "false" if key.endswith(".required") else ""
            options += ("-c", f"{key}={value}")
        return tuple(options)

    def _ref_file(self, head: bytes) -> Path | None:
        """The file of the ref that the text of a symbolic ref names."""
        name = os.fsdecode(head).removeprefix("ref:").strip()
        if not head.startswith(b"ref:") or not name.startswith("refs/") or ".." in name:
            return None
        return self._common_folder / name


class Repositories:
    """The repositories that the files of a session lie in, each opened once. Thread-safe."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._views: dict[Path, RepoView | None] = {}

    def of(self, file: Path) -> RepoView | None:
        """The innermost repository that `file` lies in; None where there is none.

        Raises what `open_repo` raises, each time anew.
        """
        for folder in file.parents:
            if not os.path.lexists(folder / ".git"):
                continue
            with self._lock:
                if folder not in self._views:
                    self._views[folder] = open_repo(folder)
                return self._views[folder]
        return None

    def close(self) -> None:
        """Close every view. They are opened anew when asked for again."""
        with self._lock:
            views, self._views = self._views, {}
        for view in views.values():
            if view is not None:
                view.close()


@dataclass(frozen=True, slots=True)
class _RawEntry:
    """One entry of `git diff --raw`. An id of zeros stands for a file that git has not read."""

    change: Change
    old_id: str
    new_id: str
    type_changed: bool


_STATUSES = {
    "A": ChangeStatus.ADDED,
    "C": ChangeStatus.ADDED,
    "D": ChangeStatus.DELETED,
    "R": ChangeStatus.RENAMED,
}


def _parsed_entries(output: bytes) -> Iterator[_RawEntry]:
    """The output of `git diff --raw -z`, without the pointers to submodules."""
    fields = iter(os.fsdecode(output).split("\0"))
    for header in fields:
        if not header:
            break
        old_mode, new_mode, old_id, new_id, code = header.removeprefix(":").split(" ")
        old_path = next(fields) if code[0] in "RC" else None
        path = next(fields)
        if "160000" in (old_mode, new_mode):
            continue
        # What is left is modified, of another type, or in conflict.
        status = _STATUSES.get(code[0], ChangeStatus.MODIFIED)
        change = Change(path, status, old_path if status is ChangeStatus.RENAMED else None)
        yield _RawEntry(change, old_id, new_id, type_changed=code[0] in "TU")


def _is_revision(text: str) -> bool:
    """Whether `text` may be shown to git as a revision: no option, no second line, no path."""
    return (
        bool(text)
        and not text.startswith("-")
        and ":" not in text
        and len(text) < 1_000
        and not re.search(r"[\0-\x1f\x7f]", text)
    )


def _existing_folder(path: Path) -> Path:
    place = Path(os.path.abspath(path))
    while not place.is_dir() and place != place.parent:
        place = place.parent
    return place


_NO_WORK_TREE: Sequence[str] = (
    "not a git repository",
    "must be run in a work tree",
    "cannot use bare repository",
)


def _tells_no_work_tree(error: str) -> bool:
    return any(text in error for text in _NO_WORK_TREE)


def _refused(folder: Path, answer: Answer) -> GitUnavailable:
    if "dubious ownership" in answer.error or "unsafe repository" in answer.error:
        return GitUnavailable(
            f"Git refuses to read {folder}, because the repository belongs to another user",
            f"If you trust it, run `git config --global --add safe.directory '{folder}'`.",
        )
    reason = answer.error.splitlines()[0] if answer.error else f"exit code {answer.code}"
    return GitUnavailable(
        f"Git failed in {folder}: {reason.removeprefix('fatal: ')}",
        "Run `git status` there to see more.",
    )


def _content(place: Path) -> bytes:
    """A small file's bytes; empty when there is none or it cannot be read."""
    try:
        with open(place, "rb") as file:
            return file.read(4_096)
    except OSError:
        return b""


def _stamp(place: Path) -> bytes:
    try:
        status = os.stat(place)
    except OSError:
        return b"-"
    return b"%d %d %d;" % (status.st_mtime_ns, status.st_size, status.st_ino)
