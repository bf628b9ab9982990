"""A workspace's lexical index: made by a build, kept on disk, in step with whatever changes."""

from __future__ import annotations

import logging
import os
import shutil
import sqlite3
import subprocess
import sys
import zlib
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import pytest

import pairwright
from pairwright.index.build import BuildOptions, build, compact, load, update
from pairwright.index.lexical import FieldWeights, LexicalIndex, load_lexical
from pairwright.index.lexical_segment import segment_digests
from pairwright.index.store import Store, StoreMode, open_store
from pairwright.index.view import IndexView, view_of
from pairwright_analyzers.facts import facts_of
from pairwright_analyzers.languages import language
from pairwright_analyzers.words import terms_of
from support.indexes import HERE, assert_as_from_scratch, write_tree

WORKERS = BuildOptions(workers=2)
LONG_AGO = (1_000_000_000, 1_000_000_000)


def many(count: int) -> dict[str, str]:
    return {
        f"p{number % 7}/m{number}.py": f"def handle_{number}(a):\n    return retry_upload(a)\n"
        for number in range(count)
    }


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """A root with so many files that the base of its words is kept."""
    root = write_tree(tmp_path / "work", many(60))
    for path in many(60):
        os.utime(root / path, LONG_AGO)
    return root


@pytest.fixture
def cache(tmp_path: Path) -> Path:
    return tmp_path / "cache"


@contextmanager
def opened(root: Path, cache: Path) -> Iterator[Store]:
    store = open_store(root, cache)
    try:
        yield store
    finally:
        store.close()


@contextmanager
def on_disk(root: Path, cache: Path) -> Iterator[sqlite3.Connection]:
    (file,) = cache.glob("work-*/index.sqlite")
    with closing(sqlite3.connect(file)) as connection:
        yield connection
        connection.commit()


def files_with(index: LexicalIndex, term: str) -> list[str]:
    """The paths of the files that have a term in their text or path, by their scores."""
    scores = index.scores({term: 1.0}, FieldWeights())
    return sorted(path for path, score in zip(index.paths, scores.files, strict=True) if score > 0)


def open_buffer(view: IndexView, path: str, text: str) -> IndexView:
    return view.with_document(path, text.encode(), facts_of(language("python"), text.encode()))


def test_a_build_leaves_the_base_ready(root: Path, cache: Path) -> None:
    with opened(root, cache) as store:
        build(root, store, WORKERS)
        index = view_of(store).lexical()
        assert index.overlay_size == 0
        assert index.document_frequency("upload") == 60
        assert files_with(index, "59") == ["p3/m59.py"]
        assert index.digests() == {path: row.digest for path, row in store.rows.items()}
        assert_as_from_scratch(root, store)


BUILT = """
import sys
from pathlib import Path
from pairwright.index.build import BuildOptions, build, compact, load
from pairwright.index.store import open_store
from pairwright.index.view import view_of
root, cache = map(Path, sys.argv[1:])
store = open_store(root, cache)
load(store)
build(root, store, BuildOptions(workers=2))
compact(store)
view = view_of(store)
assert view.file_terms("p0/m0.py")
assert store.table("lexical")
assert "numpy" not in sys.modules, "a build loads numpy"
view.lexical()
assert "numpy" in sys.modules
"""


def test_a_build_loads_no_numpy(root: Path, cache: Path) -> None:
    subprocess.run([sys.executable, "-c", BUILT, str(root), str(cache)], check=True)


def test_a_second_start_reads_the_base_alone(root: Path, cache: Path) -> None:
    with opened(root, cache) as store:
        build(root, store, WORKERS)
    with on_disk(root, cache) as connection:
        connection.execute("UPDATE terms SET blob = x'00'")  # whoever reads them finds nothing
    with opened(root, cache) as store:
        load(store)
        index = view_of(store).lexical()
        assert index.overlay_size == 0
        assert index.document_frequency("upload") == 60


def test_a_changed_file_lies_over_the_base(root: Path, cache: Path) -> None:
    with opened(root, cache) as store:
        build(root, store, WORKERS)
        before = view_of(store)
        assert before.lexical().document_frequency("download") == 0
        write_tree(
            root, {"p0/m0.py": "def handle():\n    download()\n", "p1/m1.py": "download = 1\n"}
        )
        (root / "p2/m2.py").unlink()
        update(root, store, ["p0/m0.py", "p1/m1.py", "p2/m2.py"])
        after = before.with_contents(store.contents)
        index = after.lexical()
        assert index.base_id == before.lexical().base_id
        assert files_with(index, "download") == ["p0/m0.py", "p1/m1.py"]
        assert index.document_frequency("upload") == 57
        assert before.lexical().document_frequency("upload") == 60
        assert_as_from_scratch(root, store)


def test_many_changes_make_a_new_base(root: Path, cache: Path) -> None:
    with opened(root, cache) as store:
        build(root, store, WORKERS)
        first = view_of(store).lexical().base_id
        for path in list(many(60))[:40]:
            (root / path).write_text("def later(): pass\n")
        update(root, store, list(many(60))[:40])
        compact(store)
        kept = store.table("lexical")
        assert kept is not None
        digests = {path: row.digest for path, row in store.rows.items()}
        assert segment_digests(zlib.decompress(kept)) == digests
        index = view_of(store).lexical()
        assert index.base_id != first
        assert index.overlay_size == 0
        assert_as_from_scratch(root, store)


def test_buffers_hide_their_files(root: Path, cache: Path) -> None:
    with opened(root, cache) as store:
        build(root, store, WORKERS)
        view = view_of(store)
        typed = open_buffer(view, "p0/m0.py", "def compress_archive(): pass\n")
        new = open_buffer(typed, "new.py", "compress = 1\n")
        index = new.lexical()
        assert new.lexical() is index
        (term,) = terms_of("compress")
        assert files_with(index, term) == ["new.py", "p0/m0.py"]
        assert index.document_frequency("upload") == 59
        assert typed.lexical().document_frequency("upload") == 59
        assert "new.py" not in typed.lexical().digests()
        back = new.without_document("new.py").without_document("p0/m0.py")
        assert back.lexical().document_frequency("upload") == 60
        shown, kept = new.file_terms("p0/m0.py"), back.file_terms("p0/m0.py")
        assert shown is not None and b"compress_archive" in shown.words
        assert kept is not None and b"retry_upload" in kept.words
        assert new.file_terms("nothing.py") is None


# --- what is lost or damaged


@pytest.mark.parametrize(
    "damage",
    [
        "UPDATE tables SET blob = substr(blob, 1, 300) WHERE name = 'lexical'",
        "UPDATE tables SET blob = x'00' WHERE name = 'lexical'",
        "DELETE FROM tables WHERE name = 'lexical'",
        "UPDATE tables SET blob = (SELECT blob FROM facts LIMIT 1) WHERE name = 'lexical'",
        "UPDATE meta SET value = x'00' WHERE key = 'lexical'",
    ],
)
@pytest.mark.parametrize("rebuilt", [True, False])
def test_a_damaged_base_is_made_again(damage: str, rebuilt: bool, root: Path, cache: Path) -> None:
    with opened(root, cache) as store:
        build(root, store, WORKERS)
    with on_disk(root, cache) as connection:
        connection.execute(damage)
    with opened(root, cache) as store:
        if rebuilt:
            build(root, store, WORKERS)
        else:
            load(store)
        assert view_of(store).lexical().document_frequency("upload") == 60
        assert_as_from_scratch(root, store)
    with opened(root, cache) as store:
        load(store)
        assert view_of(store).lexical().overlay_size == 0
    with on_disk(root, cache) as connection:
        (kept,) = connection.execute("SELECT blob FROM tables WHERE name = 'lexical'").fetchone()
    assert load_lexical(zlib.decompress(kept)).document_frequency("upload") == 60


def test_damaged_terms_are_made_again(root: Path, cache: Path) -> None:
    with opened(root, cache) as store:
        build(root, store, WORKERS)
    with on_disk(root, cache) as connection:
        connection.execute("DELETE FROM tables WHERE name = 'lexical'")
        connection.execute("DELETE FROM meta WHERE key = 'lexical'")
        connection.execute("UPDATE terms SET blob = substr(blob, 1, 40) WHERE id % 2")
    with opened(root, cache) as store:
        build(root, store, WORKERS)
        assert_as_from_scratch(root, store)
        view = view_of(store)
        for path in view.paths():
            terms = view.file_terms(path)
            assert terms is not None
            assert b"retry_upload" in terms.words


def test_damaged_terms_are_made_again_by_a_search(root: Path, cache: Path) -> None:
    with opened(root, cache) as store:
        build(root, store, HERE)
    with on_disk(root, cache) as connection:
        connection.execute("UPDATE terms SET blob = substr(blob, 1, 40)")
    (root / "p0/m0.py").write_text("def changed_since(): pass\n")
    with opened(root, cache) as store:
        load(store)
        view = view_of(store)
        assert view.file_terms("p0/m0.py") is None  # nobody can say what was in it
        assert view.file_terms("p1/m1.py") is not None
        assert view.lexical().document_frequency("upload") == 59


def test_files_whose_terms_are_gone_are_read_again(root: Path, cache: Path) -> None:
    with opened(root, cache) as store:
        build(root, store, WORKERS)
    with on_disk(root, cache) as connection:
        connection.execute("DELETE FROM terms WHERE id % 2")
    with opened(root, cache) as store:
        assert build(root, store, WORKERS).parsed == 30
        assert_as_from_scratch(root, store)


def test_terms_of_another_release_are_made_again(root: Path, cache: Path) -> None:
    with opened(root, cache) as store:
        build(root, store, WORKERS)
    with on_disk(root, cache) as connection:
        connection.execute("UPDATE meta SET value = x'00' WHERE key = 'terms'")
        connection.execute(
            "UPDATE terms SET blob = "
            "CAST(substr(blob, 1, 4) || x'0011223344556677' || substr(blob, 13) AS BLOB)"
        )
    with opened(root, cache) as store:
        load(store)
        assert view_of(store).lexical().document_frequency("upload") == 60  # served meanwhile
        assert build(root, store, WORKERS).parsed == 60
        assert build(root, store, WORKERS).parsed == 0
        assert_as_from_scratch(root, store)


def test_no_process_can_be_started(
    root: Path, cache: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys, "executable", str(root / "no-python"))
    write_tree(root, many(250))
    with opened(root, cache) as store:
        build(root, store, WORKERS)
        assert view_of(store).lexical().document_frequency("upload") == 250
        assert_as_from_scratch(root, store)


def test_a_program_that_is_replaced_while_it_runs_says_nothing_and_finds_all(
    root: Path,
    cache: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    package = Path(pairwright.__file__).parent
    shutil.copytree(
        package, tmp_path / "new/pairwright", ignore=shutil.ignore_patterns("encoders", "demo")
    )
    with (tmp_path / "new/pairwright/index/lexical_merge.py").open("a") as code:
        code.write("\n# Another release.\n")
    write_tree(root, many(250))
    with opened(root, cache) as store:
        monkeypatch.syspath_prepend(tmp_path / "new")
        build(root, store, WORKERS)
        assert store.table("lexical") is None
        assert view_of(store).lexical().document_frequency("upload") == 250
        monkeypatch.undo()
        assert_as_from_scratch(root, store)
    assert [record for record in caplog.records if record.levelno > logging.INFO] == []


def test_the_first_search_keeps_what_it_had_to_make(root: Path, cache: Path) -> None:
    write_tree(root, many(250))
    with opened(root, cache) as store:
        build(root, store, HERE)
        assert store.table("lexical") is None
        assert view_of(store).lexical().document_frequency("upload") == 250
        assert store.table("lexical") is not None
        assert view_of(store).lexical().overlay_size == 0


# --- other branches, other processes


def test_another_branch_and_back_reads_no_terms_anew(root: Path, cache: Path) -> None:
    with opened(root, cache) as store:
        build(root, store, WORKERS)
        write_tree(root, {"p0/m0.py": "def other_branch(): pass\n"})
        build(root, store, WORKERS)
        assert view_of(store).lexical().document_frequency("branch") == 1
        write_tree(root, {"p0/m0.py": many(60)["p0/m0.py"]})
        assert build(root, store, WORKERS).parsed == 0
        assert view_of(store).lexical().document_frequency("branch") == 0
        assert_as_from_scratch(root, store)


OWNER = """
import sys
from pathlib import Path
from pairwright.index.build import BuildOptions, build
from pairwright.index.store import open_store
root, cache = map(Path, sys.argv[1:])
store = open_store(root, cache)
build(root, store, BuildOptions(workers=2))
print(store.mode.name, flush=True)
sys.stdin.read()
"""


def test_a_second_process_reads_the_base_and_keeps_its_changes(root: Path, cache: Path) -> None:
    owner = subprocess.Popen(
        [sys.executable, "-c", OWNER, str(root), str(cache)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    with owner:
        assert owner.stdout is not None
        assert owner.stdout.readline() == "OWNER\n"
        with opened(root, cache) as store:
            assert store.mode is StoreMode.READER
            build(root, store, WORKERS)
            assert view_of(store).lexical().document_frequency("upload") == 60
            for path in list(many(60))[:40]:
                (root / path).write_text("def later(): pass\n")
            build(root, store, WORKERS)
            assert view_of(store).lexical().document_frequency("upload") == 20
            assert_as_from_scratch(root, store)
            owner.kill()
            owner.wait()
            build(root, store, WORKERS)
            assert_as_from_scratch(root, store)
    with opened(root, cache) as store:
        load(store)
        assert view_of(store).lexical().document_frequency("upload") == 20


KILLED = """
import os, signal, sys
from pathlib import Path
from pairwright.index.build import BuildOptions, build
from pairwright.index.store import open_store
root, cache = map(Path, sys.argv[1:3])
left = int(sys.argv[3])
store = open_store(root, cache)
def check():
    # Called all along the way: while files are read, while words are merged, in between.
    global left
    left -= 1
    if left == 0:
        os.kill(os.getpid(), signal.SIGKILL)
build(root, store, BuildOptions(workers=2), check=check)
"""


@pytest.mark.e2e
@pytest.mark.skipif(sys.platform == "win32", reason="needs SIGKILL")
def test_killed_anywhere_the_next_start_is_right(tmp_path: Path, cache: Path) -> None:
    root = write_tree(tmp_path / "work", many(120))
    kills = 0
    for left in (2, 70, 128, 131, 134):
        write_tree(root, {path: text + f"# {left}\n" for path, text in many(120).items()})
        done = subprocess.run([sys.executable, "-c", KILLED, str(root), str(cache), str(left)])
        kills += done.returncode != 0
        with opened(root, cache) as store:
            load(store)
            index = view_of(store).lexical()
            assert index.digests() == {
                path: row.digest for path, row in store.contents.files.items()
            }
    assert kills >= 2
    with opened(root, cache) as store:
        build(root, store, WORKERS)
        assert_as_from_scratch(root, store)
