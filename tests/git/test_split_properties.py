"""Splits of random work trees, and of one that is killed at every step.

Whatever the parts and however they are put into commits: all of them together lead to the tree that
`git add --all` would have made, what is left out stays, no file of the work tree is touched, and a
process that is killed leaves what was before or what comes after.
"""

from __future__ import annotations

import os
import shutil
import signal
import stat
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from pairwright.git.index_writer import (
    Source,
    Step,
    apply_steps,
    captured,
    change_set,
    restore,
)
from pairwright.git.patches import Part, Patch, patch_of
from pairwright.git.repo import RepoView, open_repo
from pairwright.git.staged import texts_of


def git(folder: Path, *arguments: str, index: Path | None = None) -> bytes:
    environment = {**os.environ, "GIT_OPTIONAL_LOCKS": "0"}
    if index is not None:
        environment["GIT_INDEX_FILE"] = str(index)
    done = subprocess.run(
        ["git", *arguments],
        cwd=folder,
        check=True,
        capture_output=True,
        timeout=60,
        env=environment,
    )
    return done.stdout


@contextmanager
def viewed(root: Path) -> Iterator[RepoView]:
    repo = open_repo(root)
    assert repo is not None
    try:
        yield repo
    finally:
        repo.close()


def files_of(root: Path) -> dict[bytes, tuple[object, ...]]:
    """Every file outside of `.git`: what it holds, its time stamp and mode."""
    found: dict[bytes, tuple[object, ...]] = {}
    for folder, folders, names in os.walk(os.fsencode(root)):
        folders[:] = [name for name in folders if name != b".git"]
        for name in [
            *names,
            *(one for one in folders if os.path.islink(os.path.join(folder, one))),
        ]:
            path = os.path.join(folder, name)
            status = os.lstat(path)
            content = (
                os.readlink(path) if os.path.islink(path) else Path(os.fsdecode(path)).read_bytes()
            )
            found[path] = content, status.st_mtime_ns, stat.S_IMODE(status.st_mode)
    return found


# Random work trees.

_LINES = st.lists(
    st.sampled_from(
        [
            b"def f():\n", b"    return 1\n", b"    return 2\n", b"\n", b"class A:\n", b"x = 1\n",
            b"import os\n", b"# \xc3\xa4\n", b"caf\xe9\n", b"a\r\n", b"}\n", b"const a = 1;\n",
        ]
    ),
    max_size=10,
)  # fmt: skip
_TEXTS = st.builds(lambda lines, end: b"".join(lines) + end, _LINES, st.sampled_from([b"", b"end"]))
_CONTENTS = st.one_of(_TEXTS, _TEXTS, _TEXTS, st.just(b"\0\1binary"), st.just(b"\0\2binary"))
_NAMES = st.sampled_from(
    [
        b"a.py", b"b.py", b"c.js", b"d.go", b"e.md", b"notes", b"folder/a.py", b"folder/deep/x.ts",
        b"notes/inside.txt", b"with space.txt", b"new\nline.py", b"latin-\xe9.py", b"-dash",
    ]
)  # fmt: skip


class Entry:
    """A file of a tree: a text, a link, or an executable."""

    def __init__(self, kind: str, content: bytes) -> None:
        self.kind = kind
        self.content = content

    def __repr__(self) -> str:
        return f"{self.kind}:{self.content!r}"


_ENTRIES = st.one_of(
    st.builds(Entry, st.just("file"), _CONTENTS),
    st.builds(Entry, st.just("file"), _CONTENTS),
    st.builds(Entry, st.just("run"), _CONTENTS),
    st.builds(Entry, st.just("link"), st.sampled_from([b"a.py", b"nowhere"])),
)
_TREES = st.dictionaries(_NAMES, _ENTRIES, max_size=6)


def written(root: Path, tree: dict[bytes, Entry]) -> None:
    """Make the work tree hold these files and no others."""
    for path in root.iterdir():
        if path.name == ".git":
            continue
        shutil.rmtree(path) if path.is_dir() and not path.is_symlink() else path.unlink()
    for name, entry in tree.items():
        path = os.path.join(os.fsencode(root), name)
        try:
            os.makedirs(os.path.dirname(path), exist_ok=True)
            if entry.kind == "link":
                os.symlink(entry.content, path)
                continue
            with open(path, "wb") as file:
                file.write(entry.content)
            os.chmod(path, 0o755 if entry.kind == "run" else 0o644)
        except (FileExistsError, NotADirectoryError, IsADirectoryError):
            continue  # a file and a folder of one name: the first of them is there


def everything(root: Path) -> bytes:
    """The tree that `git add --all` makes."""
    with tempfile.TemporaryDirectory() as folder:
        index = Path(folder) / "index"
        if (root / ".git/index").exists():
            shutil.copy2(root / ".git/index", index)
        git(root, "add", "--all", index=index)
        return git(root, "write-tree", index=index).strip()


def by_first_letter(path: Path, old: bytes, new: bytes) -> tuple[list[bytes], list[bytes]]:
    del path
    return [line[:1] for line in old.split(b"\n")], [line[:1] for line in new.split(b"\n")]


def parts_in(repo: RepoView, source: Source) -> tuple[Patch, tuple[Part, ...]]:
    state = captured(repo, source)
    patch = patch_of(
        change_set(repo, state).files,
        lambda change: texts_of(repo, change),
        lambda _change, old, new: by_first_letter(repo.root, old, new),
    )
    return patch, patch.parts


@settings(
    max_examples=40,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow],
    # Each example runs dozens of processes: making it smaller takes longer than reading it.
    phases=(Phase.explicit, Phase.reuse, Phase.generate),
)
@given(
    first=_TREES,
    staged=_TREES,
    last=_TREES,
    unborn=st.booleans(),
    partly=st.booleans(),
    source=st.sampled_from(Source),
    data=st.data(),
)
def test_any_split_of_any_work_tree(
    first: dict[bytes, Entry],
    staged: dict[bytes, Entry],
    last: dict[bytes, Entry],
    unborn: bool,
    partly: bool,
    source: Source,
    data: st.DataObject,
) -> None:
    with tempfile.TemporaryDirectory() as folder:
        root = Path(folder).resolve()
        git(root, "init", "--quiet")
        if not unborn:
            written(root, first)
            git(root, "add", "--all")
            git(root, "commit", "--quiet", "--allow-empty", "-m", "first")
        if source is Source.STAGED or partly:
            written(root, staged)
            git(root, "add", "--all")
        written(root, last)
        with viewed(root) as repo:
            _split_and_compare(root, repo, source, data)


def _split_and_compare(root: Path, repo: RepoView, source: Source, data: st.DataObject) -> None:
    wanted = everything(root)
    in_index = git(root, "write-tree").strip()
    files = files_of(root)
    unstaged = git(root, "diff", "--raw", "-z", "--no-abbrev")
    state = captured(repo, source)
    assert state.tree.encode() == (wanted if source is Source.WORK_TREE else in_index)
    patch, parts = parts_in(repo, source)
    numbers = data.draw(st.lists(st.integers(0, 3), min_size=len(parts), max_size=len(parts)))
    left_out = data.draw(st.booleans()) and 3
    groups: dict[int, set[str]] = {}
    for part, number in zip(parts, numbers, strict=True):
        if number != left_out or left_out is False:
            groups.setdefault(number, set()).add(part.id)
    steps = [Step(f"commit {number}", frozenset(groups[number])) for number in sorted(groups)]
    if not steps:
        return
    made = apply_steps(repo, state, patch, steps)
    assert len(made.commits) == len(steps)
    assert files_of(root) == files
    assert not (root / ".git/pairwright/split").exists()
    # Whatever is committed or not: another `git add --all` leads to the same tree.
    assert everything(root) == wanted
    head = git(root, "rev-parse", "HEAD^{tree}").strip()
    if source is Source.STAGED:
        assert git(root, "write-tree").strip() == in_index
        assert git(root, "diff", "--raw", "-z", "--no-abbrev") == unstaged
    if sum(map(len, groups.values())) == len(parts):
        assert head == state.tree.encode()
        assert git(root, "diff", "--cached", "--raw") == b""
        if source is Source.WORK_TREE:
            assert git(root, "status", "--porcelain", "-z") == b""
    # Going on with what is left ends where everything in one commit would have ended.
    state = captured(repo, source)
    patch, parts = parts_in(repo, source)
    if parts:
        apply_steps(repo, state, patch, [Step("rest", frozenset(part.id for part in parts))])
    assert git(root, "rev-parse", "HEAD^{tree}").strip() == state.tree.encode()
    assert state.tree.encode() == (wanted if source is Source.WORK_TREE else in_index)


# A kill at every step.

_SPLITTER = """
import sys
from pathlib import Path
from pairwright.git.index_writer import Source, Step, apply_steps, captured, change_set
from pairwright.git.patches import patch_of
from pairwright.git.repo import open_repo
from pairwright.git.staged import texts_of

repo = open_repo(Path(sys.argv[1]))
state = captured(repo, Source[sys.argv[2]])
patch = patch_of(change_set(repo, state).files, lambda change: texts_of(repo, change))
steps = [Step(f"part {n}", frozenset({part.id})) for n, part in enumerate(patch.parts)]
apply_steps(repo, state, patch, steps)
repo.close()
"""

_WRAPPER = """#!/bin/sh
# Writing too much is then an error, as on a full disk, and no signal.
trap '' XFSZ
# The reader of objects lives as long as its caller.
case " $* " in *" cat-file "*) exec "$REAL_GIT" "$@" ;; esac
number=$(($(cat "$KILL_COUNT") + 1))
echo $number > "$KILL_COUNT"
if [ "$number" = "$KILL_AT" ]; then
    case "$KILL_WHEN" in
        before) kill -9 $PPID; exit 1 ;;
        during) kill -9 $PPID; exec "$REAL_GIT" "$@" ;;
        after) "$REAL_GIT" "$@"; code=$?; kill -9 $PPID; exit $code ;;
    esac
fi
exec "$REAL_GIT" "$@"
"""


class Stage:
    """A repository with a change, kept as it was, and a git that kills who calls it."""

    def __init__(self, folder: Path, source: Source) -> None:
        self.source = source
        self.original = folder / "original"
        self.root = folder / "project"
        self.count = folder / "count"
        self.wrapper = folder / "bin/git"
        self.wrapper.parent.mkdir()
        self.wrapper.write_text(_WRAPPER)
        self.wrapper.chmod(0o755)
        self.original.mkdir()
        git(self.original, "init", "--quiet", "--initial-branch=main")
        (self.original / "a.txt").write_text("1\n2\n3\n4\n5\n6\n")
        (self.original / "gone.txt").write_text("gone\n")
        git(self.original, "add", "--all")
        git(self.original, "commit", "--quiet", "--message", "first")
        (self.original / "a.txt").write_text("one\n2\n3\n4\n5\nsix\n")
        (self.original / "new.txt").write_text("new\n")
        (self.original / "gone.txt").unlink()
        git(self.original, "add", "--all" if source is Source.STAGED else "new.txt")
        (self.original / "new.txt").write_text("newer\n")

    def fresh(self) -> None:
        """The repository as it was in the beginning."""
        shutil.rmtree(self.root, ignore_errors=True)
        shutil.copytree(self.original, self.root, symlinks=True)

    def environment(self, at: int, when: str) -> dict[str, str]:
        """An environment in which git kills who calls it, at call number `at`."""
        self.count.write_text("0")
        real = shutil.which("git")
        assert real is not None
        return {
            **os.environ,
            "PATH": f"{self.wrapper.parent}{os.pathsep}{os.environ['PATH']}",
            "REAL_GIT": real,
            "KILL_COUNT": str(self.count),
            "KILL_AT": str(at),
            "KILL_WHEN": when,
            "PYTHONPATH": os.pathsep.join(sys.path),
        }

    def run(self, at: int, when: str) -> int:
        """Split, with a kill at the git call number `at`; the splitter's exit code."""
        environment = self.environment(at, when)
        command = [sys.executable, "-c", _SPLITTER, str(self.root), self.source.name]
        done = subprocess.run(
            command, env=environment, capture_output=True, timeout=120, check=False
        )
        assert done.returncode in (0, -signal.SIGKILL), done.stderr.decode()
        return done.returncode

    def picture(self) -> dict[str, object]:
        """HEAD, all refs, the index with its stamp, and the work tree."""
        index = self.root / ".git/index"
        return {
            "head": (self.root / ".git/HEAD").read_bytes(),
            "refs": git(self.root, "for-each-ref"),
            "index": index.read_bytes(),
            "stamp": index.stat().st_mtime_ns,
            "files": files_of(self.root),
        }


@pytest.mark.e2e
@pytest.mark.skipif(sys.platform == "win32", reason="kills by signals")
@pytest.mark.parametrize("source", list(Source))
def test_a_kill_at_every_step_leaves_the_old_or_the_new_state(
    tmp_path: Path, source: Source
) -> None:
    stage = Stage(tmp_path, source)
    stage.fresh()
    before = stage.picture()
    subjects = [b"first", b"part 0", b"part 1", b"part 2", b"part 3"]
    assert stage.run(0, "") == 0
    after_tree = git(stage.root, "rev-parse", "HEAD^{tree}")
    calls = int(stage.count.read_text())
    ended = {"old": 0, "new": 0}
    for at in range(1, calls + 1):
        # Each call once; the ways of dying take turns.
        when = ("before", "during", "after")[at % 3]
        stage.fresh()
        assert stage.run(at, when) == -signal.SIGKILL
        with viewed(stage.root) as repo:
            restore(repo)
        log = git(stage.root, "log", "--format=%s", "--reverse").splitlines()
        if log == [b"first"]:
            ended["old"] += 1
            assert stage.picture() == before, (at, when)
        else:
            ended["new"] += 1
            assert log == subjects, (at, when)
            assert git(stage.root, "rev-parse", "HEAD^{tree}") == after_tree
            assert files_of(stage.root) == before["files"]
        # And the work goes on from there.
        if log == [b"first"] and at % 5 == 0:
            assert stage.run(0, "") == 0
            assert git(stage.root, "rev-parse", "HEAD^{tree}") == after_tree
    assert ended["old"] > 10
    assert ended["new"] >= 1


# A disk that is full.

_LIMITED = """
import resource, sys
limit = int(sys.argv[3])
resource.setrlimit(resource.RLIMIT_FSIZE, (limit, limit))
"""


@pytest.mark.skipif(sys.platform == "win32", reason="limits of a process")
@pytest.mark.parametrize("source", list(Source))
def test_what_cannot_be_written_changes_nothing(tmp_path: Path, source: Source) -> None:
    """No file may grow beyond a limit: a journal, an index, objects or refs cannot be written."""
    stage = Stage(tmp_path, source)
    stage.fresh()
    before = stage.picture()
    failed = 0
    for limit in (0, 30, 60, 200, 300, 450, 700, 1_000, 100_000):
        stage.fresh()
        command = [
            sys.executable,
            "-c",
            _LIMITED + _SPLITTER,
            str(stage.root),
            source.name,
            str(limit),
        ]
        environment = stage.environment(0, "")
        done = subprocess.run(
            command, env=environment, capture_output=True, timeout=120, check=False
        )
        with viewed(stage.root) as repo:
            restore(repo)
        if done.returncode:
            failed += 1
            last = done.stderr.decode().splitlines()[-1]
            assert last.startswith(("pairwright.errors.", "pairwright.git.write.CommitFailed")), (
                last
            )
            assert stage.picture() == before, limit
        else:
            assert len(git(stage.root, "log", "--format=%s").splitlines()) == 5
    assert 3 <= failed < 9
