"""Builds and updates: whatever happened before, the index is what a new one would be."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pairwright.errors import Cancelled
from pairwright.index.build import BuildOptions, build, compact, load, update
from pairwright.index.source import MAX_FILE_SIZE
from pairwright.index.store import Store, open_store
from support.indexes import HERE, assert_as_from_scratch, known, write_tree

WORKERS = BuildOptions(workers=2)
LONG_AGO = (1_000_000_000, 1_000_000_000)


@pytest.fixture
def root(tmp_path: Path) -> Path:
    return tmp_path / "work"


@pytest.fixture
def store(root: Path, tmp_path: Path) -> Iterator[Store]:
    root.mkdir()
    opened = open_store(root, tmp_path / "cache")
    yield opened
    opened.close()


def many(count: int) -> dict[str, str]:
    return {
        f"p{number % 7}/m{number}.py": f"import os\n\ndef f{number}(a):\n    return os.getcwd(a)\n"
        for number in range(count)
    }


def test_counts_and_reasons(root: Path, store: Store) -> None:
    write_tree(
        root,
        {
            "a.py": "def f(): pass\n\nf()\n",
            "latin.py": b"x = '\xe9'\n",
            "broken.py": "def (:\n  class\n",
            "blob.py": b"\0\1\2",
            "big.py": b"x = 1\n" * (MAX_FILE_SIZE // 6 + 1),
            "tool": "#!/usr/bin/env python3\nx = 1\n",
            "LICENSE": "words\n",
            "photo.jpeg": b"\xff\xd8",
            ".gitignore": "ignored.py\n",
            "ignored.py": "x = 1\n",
        },
    )
    report = build(root, store, HERE)
    assert sorted(known(store)) == ["a.py", "broken.py", "latin.py", "tool"]
    assert report.files == report.parsed == 4
    assert report.symbols >= 3
    assert report.references >= 4
    assert report.lines >= 8
    assert dict(report.noted).keys() == {"latin.py"}
    assert dict(report.skipped) == {
        "blob.py": "binary",
        "big.py": f"larger than the limit ({(MAX_FILE_SIZE // 6 + 1) * 6} bytes)",
    }
    assert report.changed == ("a.py", "broken.py", "latin.py", "tool")
    again = build(root, store, HERE)
    assert (again.parsed, again.changed) == (0, ())
    assert again.skipped == report.skipped


def test_workers_give_what_one_thread_gives(root: Path, store: Store) -> None:
    write_tree(root, {**many(120), "a.bin.py": b"\0", "e.py": ""})
    report = build(root, store, WORKERS)
    assert report.parsed == 121
    assert report.cpu_seconds > 0
    assert_as_from_scratch(root, store)


def test_a_file_that_takes_too_long_is_degraded_and_alone(root: Path, store: Store) -> None:
    slow = "f(a, b, c, d)(e, f, g)[h](i)\n" * (MAX_FILE_SIZE // 29)
    write_tree(root, {**many(60), "slow.py": slow})
    report = build(root, store, BuildOptions(workers=2, budget=0.5))
    assert [path for path, _ in report.degraded] == ["slow.py"]
    assert "ended the worker process" in report.degraded[0][1]
    assert report.files == report.parsed == 61
    facts = known(store)
    assert all(row[3] for path, row in facts.items() if path != "slow.py")
    # It is known from now on: no worker is spent on it at every start.
    assert build(root, store, BuildOptions(workers=2, budget=0.5)).parsed == 0


def test_progress_counts_up_to_the_total(root: Path, store: Store) -> None:
    write_tree(root, many(60))
    seen: list[tuple[int, int]] = []
    build(root, store, WORKERS, progress=lambda done, total: seen.append((done, total)))
    assert seen[0] == (0, 60)
    assert seen[-1] == (60, 60)
    assert seen == sorted(seen)


@pytest.mark.parametrize("options", [HERE, WORKERS], ids=["here", "workers"])
@pytest.mark.parametrize("calls", [1, 3, 5, 20])
def test_a_cancelled_build_is_finished_by_the_next(
    root: Path, store: Store, options: BuildOptions, calls: int
) -> None:
    write_tree(root, many(80))
    left = calls

    def check() -> None:
        nonlocal left
        left -= 1
        if left == 0:
            raise Cancelled

    try:
        build(root, store, options, check=check)
    except Cancelled:
        assert left == 0
    build(root, store, options)
    assert_as_from_scratch(root, store)


def test_files_that_go_or_change_while_they_are_indexed(root: Path, store: Store) -> None:
    write_tree(root, many(60))

    def meddle(done: int, total: int) -> None:
        if done == 0:
            shutil.rmtree(root / "p0")
            (root / "p1" / "m1.py").write_text("def other(): pass\n")

    build(root, store, WORKERS, progress=meddle)
    assert_as_from_scratch(root, store)


def test_a_file_changed_within_the_clocks_grain_is_noticed(root: Path, store: Store) -> None:
    write_tree(root, {"a.py": "x = 1\n"})
    status = (root / "a.py").stat()
    build(root, store, HERE)
    (root / "a.py").write_text("y = 1\n")
    os.utime(root / "a.py", ns=(status.st_atime_ns, status.st_mtime_ns))
    assert build(root, store, HERE).changed == ("a.py",)
    assert_as_from_scratch(root, store)


def test_an_old_file_is_not_read_again(root: Path, store: Store) -> None:
    write_tree(root, {"a.py": "x = 1\n"})
    os.utime(root / "a.py", LONG_AGO)
    build(root, store, HERE)
    assert build(root, store, HERE).reused == 0


def test_a_replaced_file_with_the_old_time_is_noticed(root: Path, store: Store) -> None:
    write_tree(root, {"a.py": "x = 1\n", "b.txt": "y = 2\n"})
    for name in ("a.py", "b.txt"):
        os.utime(root / name, LONG_AGO)
    build(root, store, HERE)
    os.replace(root / "b.txt", root / "a.py")
    assert build(root, store, HERE).changed == ("a.py",)


def test_another_branch_and_back(root: Path, store: Store) -> None:
    write_tree(root, many(100))
    for path in many(100):
        os.utime(root / path, LONG_AGO)  # what was written just now is read again
    build(root, store, HERE)
    for path in list(many(100))[:20]:
        (root / path).write_text(f"def elsewhere(): return {path!r}\n")
    there = build(root, store, HERE)
    assert (there.parsed, there.reused) == (20, 0)
    assert_as_from_scratch(root, store)
    write_tree(root, many(100))
    back = build(root, store, HERE)
    assert (back.parsed, len(back.changed)) == (0, 20)
    assert_as_from_scratch(root, store)


def test_what_is_stored_is_served_before_a_build(root: Path, store: Store, tmp_path: Path) -> None:
    write_tree(root, many(100))
    build(root, store, HERE)
    held = known(store)
    store.close()
    reopened = open_store(root, tmp_path / "cache")
    load(reopened)
    assert known(reopened) == held
    assert reopened.contents.names.files_defining("f3") == ["p3/m3.py"]
    reopened.close()


def test_updates_of_files_folders_and_ignore_files(root: Path, store: Store) -> None:
    write_tree(root, many(30))
    build(root, store, HERE)

    def after(paths: list[str]) -> tuple[str, ...]:
        report = update(root, store, paths, HERE)
        assert_as_from_scratch(root, store)
        return report.changed

    write_tree(root, {"p0/m0.py": "def changed(): pass\n"})
    assert after(["p0/m0.py"]) == ("p0/m0.py",)
    write_tree(root, {"new/n.py": "x = 1\n"})
    assert after(["new"]) == ("new/n.py",)
    (root / "new").rename(root / "renamed")
    assert after(["new", "renamed"]) == ("new/n.py", "renamed/n.py")
    shutil.rmtree(root / "p1")
    assert len(after(["p1"])) == 5
    write_tree(root, {".gitignore": "p2/\n"})
    assert len(after([".gitignore"])) == 4
    write_tree(root, {"p2/ignored.py": "x = 1\n", "notes.txt": "words\n"})
    assert after(["p2/ignored.py", "notes.txt", "never/was.py", "../outside.py", "/"]) == ()
    write_tree(root, {"p0/m0.py": b"\0"})
    assert after(["p0/m0.py"]) == ("p0/m0.py",)


def test_compacting_changes_no_answer(root: Path, store: Store) -> None:
    write_tree(root, many(100))
    build(root, store, HERE)
    changed = dict.fromkeys(list(many(100))[:40], "def fresh(): pass\n")
    write_tree(root, changed)
    update(root, store, changed, HERE)
    assert store.contents.names.overlay_size == 40
    before = store.contents.names.files_defining("fresh")
    compact(store)
    assert store.contents.names.overlay_size == 0
    assert store.contents.names.files_defining("fresh") == before == sorted(changed)
    assert_as_from_scratch(root, store)


KILLED = """
import sys
from pathlib import Path
from pairwright.index.build import BuildOptions, build
from pairwright.index.store import open_store
root, cache = map(Path, sys.argv[1:3])
workers, stop = map(int, sys.argv[3:])
def progress(done, total):
    if done >= stop:
        print(done, flush=True)
        sys.stdin.read()
build(root, open_store(root, cache), BuildOptions(workers=workers), progress=progress)
"""


@pytest.mark.e2e
@pytest.mark.parametrize("workers", [0, 2])
def test_killed_twice_in_a_row(workers: int, tmp_path: Path) -> None:
    root, cache = tmp_path / "work", tmp_path / "cache"
    write_tree(root, many(1_300))
    for stop in (600, 1_200):
        process = subprocess.Popen(
            [sys.executable, "-c", KILLED, str(root), str(cache), str(workers), str(stop)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
        )
        with process:
            assert process.stdout is not None
            assert int(process.stdout.readline()) >= stop
            process.kill()
        assert process.returncode != 0
    store = open_store(root, cache)
    assert not store.problem
    report = build(root, store, HERE)
    assert 0 < report.parsed < 1_300  # what was committed before the kill was of use
    assert_as_from_scratch(root, store)
    store.close()


def test_a_kill_between_any_two_commits(tmp_path: Path) -> None:
    """Rows and facts come from a killed process, the names from nobody: they are made again."""
    root, cache = tmp_path / "work", tmp_path / "cache"
    write_tree(root, many(200))
    store = open_store(root, cache)
    build(root, store, HERE)
    names = store.table("names")
    assert names is not None
    for path in list(many(200))[:100]:
        (root / path).write_text("def later(): pass\n")
    build(root, store, HERE)
    store.keep({"names": names}, {})
    store.close()
    reopened = open_store(root, cache)
    build(root, reopened, HERE)
    assert_as_from_scratch(root, reopened)
    reopened.close()


CONTENTS = st.sampled_from(
    [
        "",
        "x = 1\n",
        "def f(a):\n    return g(a)\n",
        "class C:\n    def f(self): pass\n",
        "from a import f\nf()\n",
        "def (:\n",
        "\ufeffy = 'é'\n",
        "x = '\0'\n",
    ]
)
PATHS = st.sampled_from(["a.py", "b.py", "d/a.py", "d/e/c.py", "f/a.py", "tool"])
FOLDERS = st.sampled_from(["d", "d/e", "f"])

Step = Callable[[Path], list[str]]
"""Changes the tree and says which paths changed."""


def _write(path: str, content: str) -> Step:
    def step(root: Path) -> list[str]:
        write_tree(root, {path: content})
        return [path]

    return step


def _delete(path: str) -> Step:
    def step(root: Path) -> list[str]:
        if (root / path).is_dir():
            shutil.rmtree(root / path)
        else:
            (root / path).unlink(missing_ok=True)
        return [path]

    return step


def _rename(old: str, new: str) -> Step:
    def step(root: Path) -> list[str]:
        if (root / old).exists() and not (root / new).is_dir() and not new.startswith(old + "/"):
            (root / new).parent.mkdir(parents=True, exist_ok=True)
            os.replace(root / old, root / new)
        return [old, new]

    return step


def _ignore(pattern: str) -> Step:
    return _write(".gitignore", pattern + "\n")


STEPS = st.one_of(
    st.builds(_write, PATHS, CONTENTS),
    st.builds(_write, PATHS, CONTENTS),
    st.builds(_delete, PATHS | FOLDERS),
    st.builds(_rename, PATHS, PATHS),
    st.builds(_rename, st.just("d"), st.just("moved")),
    st.builds(_ignore, st.sampled_from(["", "a.py", "d/", "*.py\n!b.py"])),
)


@settings(max_examples=60)
@given(st.lists(st.lists(STEPS, min_size=1, max_size=3), max_size=6), st.booleans())
def test_updates_equal_a_build_from_scratch(steps: list[list[Step]], reopen: bool) -> None:
    with tempfile.TemporaryDirectory() as folder:
        root, cache = Path(folder, "work"), Path(folder, "cache")
        write_tree(root, {"a.py": "def f(a): pass\n", "d/a.py": "from a import f\n"})
        store = open_store(root, cache)
        try:
            build(root, store, HERE)
            for number, some in enumerate(steps):
                update(root, store, [path for step in some for path in step(root)], HERE)
                if reopen and number == 2:
                    store.close()
                    store = open_store(root, cache)
                    load(store)
            assert_as_from_scratch(root, store)
        finally:
            store.close()
