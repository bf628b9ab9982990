"""The store when disks and other processes misbehave: nothing raises, nothing is lost for good."""

from __future__ import annotations

import os
import sqlite3
import stat
import subprocess
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, contextmanager
from pathlib import Path

import pytest

from pairwright.index.build import build
from pairwright.index.store import StoreMode, open_store, store_folder
from support.indexes import HERE, assert_as_from_scratch, known, packed_names, write_tree

FILES = {f"m{number}.py": f"def f{number}(): return g()\n" * 30 for number in range(30)}


@pytest.fixture
def root(tmp_path: Path) -> Path:
    root = write_tree(tmp_path / "work", FILES)
    for path in FILES:
        # Written long ago, so that a row is believed by its time stamp.
        os.utime(root / path, (1_000_000_000, 1_000_000_000))
    return root


@pytest.fixture
def cache(tmp_path: Path) -> Path:
    return tmp_path / "cache"


def database(root: Path, cache: Path) -> Path:
    return store_folder(root, cache) / "index.sqlite"


def built_once(root: Path, cache: Path) -> Path:
    """Build and close a store; its database."""
    store = open_store(root, cache)
    build(root, store, HERE)
    store.close()
    return database(root, cache)


def assert_works(root: Path, cache: Path) -> None:
    store = open_store(root, cache)
    report = build(root, store, HERE)
    assert report.files == len(FILES)
    assert_as_from_scratch(root, store)
    store.close()


def test_a_second_start_parses_nothing(root: Path, cache: Path) -> None:
    built_once(root, cache)
    store = open_store(root, cache)
    assert store.mode is StoreMode.OWNER
    assert not store.problem
    report = build(root, store, HERE)
    assert (report.files, report.parsed, report.changed) == (len(FILES), 0, ())
    assert_as_from_scratch(root, store)
    store.close()


def test_the_folder_is_private_and_each_root_has_its_own(root: Path, cache: Path) -> None:
    file = built_once(root, cache)
    assert stat.S_IMODE(file.parent.stat().st_mode) == 0o700
    other = write_tree(root.parent / "other" / "work", {"a.py": "x = 1\n"})
    assert store_folder(other, cache) != store_folder(root, cache)
    link = root.parent / "link"
    link.symlink_to(root)
    assert store_folder(link, cache) == store_folder(root, cache)


def garbage(file: Path) -> None:
    file.write_bytes(b"this is no database" * 1000)


def half(file: Path) -> None:
    os.truncate(file, file.stat().st_size // 2)


def scrambled(file: Path) -> None:
    content = bytearray(file.read_bytes())
    for at in range(4096, len(content), 64):
        content[at] ^= 0xFF
    file.write_bytes(bytes(content))


def another_schema(file: Path) -> None:
    with closing(sqlite3.connect(file)) as connection:
        connection.execute("PRAGMA user_version = 99")
        connection.commit()


def a_table_less(file: Path) -> None:
    with closing(sqlite3.connect(file)) as connection:
        connection.execute("DROP TABLE facts")
        connection.commit()


@pytest.mark.parametrize("damage", [garbage, half, scrambled, another_schema, a_table_less])
def test_a_damaged_file_is_set_aside_and_rebuilt(damage: object, root: Path, cache: Path) -> None:
    file = built_once(root, cache)
    assert callable(damage)
    damage(file)
    store = open_store(root, cache)
    report = build(root, store, HERE)
    assert report.files == len(FILES)
    assert store.mode is StoreMode.OWNER
    assert "corrupt-1" in store.problem
    assert (file.parent / "index.sqlite.corrupt-1").exists()
    assert_as_from_scratch(root, store)
    store.close()
    assert_works(root, cache)


def test_the_store_of_an_older_release_is_replaced_without_a_word(root: Path, cache: Path) -> None:
    file = built_once(root, cache)
    with closing(sqlite3.connect(file)) as connection:
        connection.execute("PRAGMA user_version = 1")
        connection.commit()
    store = open_store(root, cache)
    assert build(root, store, HERE).files == len(FILES)
    assert (store.mode, store.problem) == (StoreMode.OWNER, "")
    assert not list(file.parent.glob("*.corrupt-*"))
    assert_as_from_scratch(root, store)
    store.close()
    assert_works(root, cache)


def test_an_empty_file_is_a_new_store(root: Path, cache: Path) -> None:
    file = built_once(root, cache)
    file.write_bytes(b"")
    assert_works(root, cache)


def test_at_most_two_damaged_files_are_kept(root: Path, cache: Path) -> None:
    for _ in range(4):
        garbage(built_once(root, cache))
    assert_works(root, cache)
    kept = sorted(path.name for path in database(root, cache).parent.glob("*.corrupt-*"))
    assert kept == ["index.sqlite.corrupt-3", "index.sqlite.corrupt-4"]


def test_damaged_facts_are_made_again(root: Path, cache: Path) -> None:
    file = built_once(root, cache)
    with closing(sqlite3.connect(file)) as connection:
        connection.execute("UPDATE facts SET blob = x'00' WHERE id % 3 = 0")
        connection.commit()
    store = open_store(root, cache)
    assert build(root, store, HERE).parsed == len(FILES) // 3
    assert_as_from_scratch(root, store)
    build(root, store, HERE)
    assert_as_from_scratch(root, store)
    store.close()


@pytest.fixture
def large_root(tmp_path: Path) -> Path:
    """A root with so many files that their names are kept in a table."""
    many = {f"m{number}.py": f"def f{number}(): pass\n" for number in range(80)}
    root = write_tree(tmp_path / "large", many)
    for path in many:
        os.utime(root / path, (1_000_000_000, 1_000_000_000))
    return root


def test_rows_without_facts_are_read_again(large_root: Path, cache: Path) -> None:
    file = built_once(large_root, cache)
    with closing(sqlite3.connect(file)) as connection:
        gone = connection.execute("DELETE FROM facts WHERE id % 2 = 0").rowcount
        connection.commit()
    store = open_store(large_root, cache)
    assert build(large_root, store, HERE).parsed == gone == 40
    assert_as_from_scratch(large_root, store)
    store.close()


def test_a_damaged_name_table_is_made_again(large_root: Path, cache: Path) -> None:
    root = large_root
    file = built_once(root, cache)
    with closing(sqlite3.connect(file)) as connection:
        changed = connection.execute("UPDATE tables SET blob = substr(blob, 1, 500)").rowcount
        connection.commit()
    assert changed == 1
    store = open_store(root, cache)
    build(root, store, HERE)
    assert_as_from_scratch(root, store)
    store.close()


OWNER = """
import sys
from pathlib import Path
from pairwright.index.build import BuildOptions, build
from pairwright.index.store import open_store
root, cache = map(Path, sys.argv[1:])
store = open_store(root, cache)
build(root, store, BuildOptions(workers=0))
print(store.mode.name, flush=True)
sys.stdin.read()
store.close()
"""


@contextmanager
def owner(root: Path, cache: Path) -> Iterator[subprocess.Popen[str]]:
    """Another process that owns the store until its input ends."""
    process = subprocess.Popen(
        [sys.executable, "-c", OWNER, str(root), str(cache)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    with process:
        assert process.stdout is not None
        assert process.stdout.readline() == "OWNER\n"
        yield process


def test_a_second_process_reads_and_keeps_its_changes_to_itself(root: Path, cache: Path) -> None:
    with owner(root, cache):
        store = open_store(root, cache)
        assert store.mode is StoreMode.READER
        assert "another process" in store.problem
        write_tree(root, {"m0.py": "def changed(): pass\n", "new.py": "def new(): pass\n"})
        report = build(root, store, HERE)
        assert report.parsed == 2
        assert_as_from_scratch(root, store)
        with closing(sqlite3.connect(database(root, cache))) as connection:
            rows = connection.execute("SELECT path FROM files").fetchall()
        assert ("new.py",) not in rows
    # The owner is gone: the next build takes over, with what was read meanwhile.
    report = build(root, store, HERE)
    assert store.mode is StoreMode.OWNER
    assert not store.problem
    assert report.parsed == 0
    assert_as_from_scratch(root, store)
    store.close()
    assert_works_with_new(root, cache)


def assert_works_with_new(root: Path, cache: Path) -> None:
    store = open_store(root, cache)
    assert build(root, store, HERE).parsed == 0
    assert_as_from_scratch(root, store)
    store.close()


def test_a_cache_that_cannot_be_made_is_memory(root: Path, cache: Path) -> None:
    cache.write_text("a file where the folder should be")
    store = open_store(root, cache)
    assert store.mode is StoreMode.MEMORY
    report = build(root, store, HERE)
    assert report.files == len(FILES)
    assert "held in memory" in store.problem
    assert_as_from_scratch(root, store)
    assert build(root, store, HERE).parsed == 0
    store.close()


@pytest.mark.skipif(
    hasattr(os, "geteuid") and os.geteuid() == 0, reason="permissions do not bind root"
)
def test_a_read_only_cache_is_read(root: Path, cache: Path) -> None:
    file = built_once(root, cache)
    write_tree(root, {"new.py": "def new(): pass\n"})
    file.parent.chmod(0o500)
    file.chmod(0o400)
    (file.parent / "owner.lock").chmod(0o400)
    try:
        store = open_store(root, cache)
        assert store.mode is StoreMode.READER
        assert build(root, store, HERE).parsed == 1
        assert_as_from_scratch(root, store)
        store.close()
    finally:
        file.parent.chmod(0o700)


FULL_DISK = """
import resource, signal, sys
from pathlib import Path
from support.indexes import HERE, assert_as_from_scratch
from pairwright.index.build import build
from pairwright.index.store import open_store
root, cache = map(Path, sys.argv[1:])
store = open_store(root, cache)
signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
resource.setrlimit(resource.RLIMIT_FSIZE, (40_000, resource.RLIM_INFINITY))
report = build(root, store, HERE)
resource.setrlimit(resource.RLIMIT_FSIZE, (resource.RLIM_INFINITY, resource.RLIM_INFINITY))
assert_as_from_scratch(root, store)
print(report.files, store.problem)
store.close()
"""


@pytest.mark.skipif(sys.platform == "win32", reason="no limit on the size of files")
def test_a_full_disk_is_memory(root: Path, cache: Path) -> None:
    tests = Path(__file__).resolve().parents[1]
    done = subprocess.run(
        [sys.executable, "-c", FULL_DISK, str(root), str(cache)],
        env={**os.environ, "PYTHONPATH": os.pathsep.join([str(tests), *filter(None, sys.path)])},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert done.stdout.startswith(f"{len(FILES)} ")
    assert "held in memory" in done.stdout
    assert_works(root, cache)


def test_facts_are_read_from_many_threads(root: Path, cache: Path) -> None:
    store = open_store(root, cache)
    build(root, store, HERE)
    digests = [row.digest for row in store.contents.files.values()] * 20
    expected = [store.facts(digest) for digest in digests]
    with ThreadPoolExecutor(8) as threads:
        assert list(threads.map(store.facts, digests)) == expected
    store.close()
    assert store.facts(digests[0]) is None


def test_clearing_reads_everything_again(root: Path, cache: Path) -> None:
    store = open_store(root, cache)
    build(root, store, HERE)
    before, names = known(store), packed_names(store)
    store.clear()
    assert build(root, store, HERE).parsed == len(FILES)
    assert (known(store), packed_names(store)) == (before, names)
    store.close()


def test_facts_of_another_branch_are_kept_but_not_for_ever(root: Path, cache: Path) -> None:
    store = open_store(root, cache)
    build(root, store, HERE)
    here = (root / "m0.py").read_text()
    write_tree(root, {"m0.py": "def other_branch(): pass\n"})
    assert build(root, store, HERE).parsed == 1
    write_tree(root, {"m0.py": here})
    back = build(root, store, HERE)
    assert (back.parsed, back.changed) == (0, ("m0.py",))
    for number in range(40):
        write_tree(root, {"m0.py": f"def other{number}(): pass\n" * 20})
        build(root, store, HERE)
    store.close()
    with closing(sqlite3.connect(database(root, cache))) as connection:
        (count,) = connection.execute("SELECT count(*) FROM facts").fetchone()
    assert len(FILES) <= count < len(FILES) + 25
