"""Views: the index with unsaved buffers on top, frozen whatever happens afterwards."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pairwright.index.build import build, update
from pairwright.index.store import Store, open_store
from pairwright.index.view import FactsCache, IndexView, view_of
from pairwright_analyzers.facts import FileFacts, facts_of
from pairwright_analyzers.graph.model import Workspace
from pairwright_analyzers.languages import language
from support.indexes import HERE, write_tree

PYTHON = language("python")

FILES = {
    "a.py": "def f(x):\n    return x\n",
    "b.py": "from a import f\n\nf(1)\n",
    "d/c.py": "class C:\n    def f(self): pass\n",
    "go.mod": "module example.org/m\n",
}


def facts(text: str) -> FileFacts:
    return facts_of(PYTHON, text.encode())


def open_buffer(view: IndexView, path: str, text: str) -> IndexView:
    return view.with_document(path, text.encode(), facts(text))


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    root = write_tree(tmp_path / "work", FILES)
    opened = open_store(root, tmp_path / "cache")
    build(root, opened, HERE)
    yield opened
    opened.close()


def test_the_index_alone(store: Store) -> None:
    view: Workspace = view_of(store)
    assert list(view.paths()) == ["a.py", "b.py", "d/c.py"]
    assert view.root_name == "work"
    assert view.has("a.py")
    assert not view.has("go.mod")
    assert view.facts("a.py") == facts(FILES["a.py"])
    assert view.text("a.py") == FILES["a.py"].encode()
    assert view.config("go.mod") == FILES["go.mod"].encode()
    assert list(view.files_mentioning("f")) == ["a.py", "b.py", "d/c.py"]
    assert list(view.files_defining("f")) == ["a.py", "d/c.py"]


@pytest.mark.parametrize("path", ["", "x.py", "../work/a.py", "/a.py", "d", "a.py/b.py", "nul\0"])
def test_an_unknown_path_is_no_error(store: Store, path: str) -> None:
    view = view_of(store)
    assert not view.has(path)
    assert view.facts(path) is None
    assert view.text(path) is None


def test_a_buffer_hides_its_file_and_gives_it_back(store: Store) -> None:
    disk = view_of(store)
    view = open_buffer(disk, "a.py", "def renamed(): pass\n")
    assert view.files_defining("f") == ["d/c.py"]
    assert view.files_defining("renamed") == ["a.py"]
    assert view.text("a.py") == b"def renamed(): pass\n"
    assert [hit.path for hit in view.search("renamed", 5)] == ["a.py"]
    assert disk.files_defining("renamed") == []
    back = view.without_document("a.py")
    assert back.files_defining("f") == ["a.py", "d/c.py"]
    assert back.facts("a.py") == facts(FILES["a.py"])
    assert back.without_document("a.py") is back


def test_a_new_buffer_comes_and_goes(store: Store) -> None:
    view = open_buffer(view_of(store), "new.py", "def g(): pass\n")
    assert list(view.paths()) == ["a.py", "b.py", "d/c.py", "new.py"]
    assert view.has("new.py")
    closed = view.without_document("new.py")
    assert list(closed.paths()) == ["a.py", "b.py", "d/c.py"]
    assert closed.facts("new.py") is None


def test_a_view_does_not_follow_the_disk(store: Store) -> None:
    before = view_of(store)
    assert before.config("go.mod") == FILES["go.mod"].encode()
    write_tree(store.root, {"a.py": "def other(): pass\n", "go.mod": "module other\n"})
    update(store.root, store, ["a.py"], HERE)
    assert before.facts("a.py") == facts(FILES["a.py"])
    assert before.files_defining("other") == []
    assert before.text("a.py") is None  # gone: what is on disk is another text
    assert before.config("go.mod") == FILES["go.mod"].encode()
    after = before.with_contents(store.contents)
    assert after.files_defining("other") == ["a.py"]
    assert after.text("a.py") == b"def other(): pass\n"
    assert after.config("go.mod") == b"module other\n"


def test_a_buffer_outlives_its_file(store: Store) -> None:
    view = open_buffer(view_of(store), "a.py", "def kept(): pass\n")
    (store.root / "a.py").unlink()
    update(store.root, store, ["a.py"], HERE)
    view = view.with_contents(store.contents)
    assert view.files_defining("kept") == ["a.py"]
    assert not view.without_document("a.py").has("a.py")


def test_facts_survive_the_loss_of_the_store(store: Store) -> None:
    view = view_of(store)
    store.close()
    assert view.facts("a.py") == facts(FILES["a.py"])


def test_project_files_are_read_below_the_root_only(store: Store, tmp_path: Path) -> None:
    write_tree(tmp_path, {"outside.json": "{}"})
    write_tree(store.root, {"utf16.json": "{}".encode("utf-16"), "nul": b"\0"})
    write_tree(store.root, {"huge.json": b" " * 1_000_001})
    (store.root / "link.json").symlink_to(tmp_path / "outside.json")
    (store.root / "inner.mod").symlink_to("go.mod")
    view = view_of(store)
    outside = str(tmp_path / "outside.json")
    for path in ("../outside.json", "link.json", outside, "huge.json", "nul", "d", "no\0", "no"):
        assert view.config(path) is None
    assert view.config("utf16.json") == b"{}"
    assert view.config("inner.mod") == FILES["go.mod"].encode()
    assert open_buffer(view, "go.mod", "module unsaved\n").config("go.mod") == b"module unsaved\n"


def test_the_cache_is_bounded_and_forgets_the_least_used() -> None:
    cache = FactsCache(limit=10 * 3)
    one = facts("x = 1\n")
    for name in (b"a", b"b", b"a", b"c"):
        if cache.get(name) is None:
            cache.put(name, one, 5)
    assert cache.get(b"a") is one
    assert cache.get(b"b") is None
    assert cache.get(b"c") is one
    cache.put(b"d", one, 1_000)
    assert cache.get(b"d") is one
    assert cache.get(b"a") is None


TEXTS = st.sampled_from(
    ["", "x = 1\n", "def f(): pass\n", "class C:\n    def g(self): f()\n", "import f\n", "def (\n"]
)
NAMES = st.sampled_from(["a.py", "b.py", "d/c.py", "new.py"])


@settings(max_examples=40)
@given(
    st.dictionaries(NAMES, TEXTS),
    st.lists(st.tuples(NAMES, st.none() | TEXTS), max_size=6),
)
def test_a_view_with_buffers_is_a_build_of_their_texts(
    files: dict[str, str], steps: list[tuple[str, str | None]]
) -> None:
    with tempfile.TemporaryDirectory() as folder:
        root = write_tree(Path(folder, "work"), {"keep.py": "f()\n", **files})
        store = open_store(root, Path(folder, "cache"))
        build(root, store, HERE)
        view, buffers = view_of(store), dict[str, str]()
        for path, text in steps:
            if text is None:
                view = view.without_document(path)
                buffers.pop(path, None)
            else:
                view = open_buffer(view, path, text)
                buffers[path] = text
        other = write_tree(Path(folder, "other"), {"keep.py": "f()\n", **files, **buffers})
        fresh = open_store(other, Path(folder, "cache"))
        build(other, fresh, HERE)
        expected = view_of(fresh)
        try:
            assert list(view.paths()) == list(expected.paths())
            for path in expected.paths():
                assert view.facts(path) == expected.facts(path)
                assert view.text(path) == expected.text(path)
            for name in ("f", "g", "C", "x", "self", "nothing"):
                assert view.files_mentioning(name) == expected.files_mentioning(name)
                assert view.files_defining(name) == expected.files_defining(name)
                assert view.search(name, 50) == expected.search(name, 50)
        finally:
            store.close()
            fresh.close()
