"""Vectors: kept by digest whatever happens to disks and processes, and searched exactly."""

from __future__ import annotations

import random
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pairwright.index.arrays import np
from pairwright.index.store import Store, StoreMode, open_store, store_folder
from pairwright.index.vectors import (
    DIGEST,
    EncoderKey,
    VectorStore,
    quantised,
    rows_to_keep,
)

KEY = EncoderKey("words-16", 16)


@pytest.fixture
def root(tmp_path: Path) -> Path:
    folder = tmp_path / "work"
    folder.mkdir()
    return folder


@pytest.fixture
def cache(tmp_path: Path) -> Path:
    return tmp_path / "cache"


@pytest.fixture
def store(root: Path, cache: Path) -> Iterator[Store]:
    opened = open_store(root, cache)
    yield opened
    opened.close()


def digest(number: int) -> bytes:
    return random.Random(number).randbytes(DIGEST)


def row(number: int, key: EncoderKey = KEY) -> bytes:
    """The vector of a number: anything, but always the same, and never all zeros."""
    values = np.random.default_rng(number).integers(-127, 128, key.dimensions)
    values[0] = 127
    return values.astype(np.int8).tobytes()


def digests(numbers: list[int]) -> bytes:
    return b"".join(map(digest, numbers))


def rows(numbers: list[int], key: EncoderKey = KEY) -> bytes:
    return b"".join(row(number, key) for number in numbers)


def add(vectors: VectorStore, numbers: list[int], key: EncoderKey = KEY) -> None:
    vectors.add(key, digests(numbers), rows(numbers, key))


def exact(numbers: list[int | None], key: EncoderKey = KEY) -> np.ndarray:
    """The vectors of numbers as unit rows, zeros for None: float64."""
    found = np.zeros((len(numbers), key.dimensions))
    for at, number in enumerate(numbers):
        if number is not None:
            values = np.frombuffer(row(number, key), np.int8).astype(float)
            found[at] = values / np.linalg.norm(values)
    return found


def assert_holds(
    vectors: VectorStore, asked: list[int], there: set[int], key: EncoderKey = KEY
) -> None:
    """The index of what is asked for has the vectors of what is there, and finds by them."""
    index = vectors.index(key, digests(asked))
    expected = exact([number if number in there else None for number in asked], key)
    assert np.allclose(index.rows(range(len(asked))), expected, atol=1e-5)
    assert index.covered == sum(number in there for number in asked)
    assert list(index.missing()) == [at for at, number in enumerate(asked) if number not in there]
    query = np.random.default_rng(5).standard_normal(key.dimensions).astype(np.float32)
    cosines = expected @ (query / np.linalg.norm(query))
    assert np.allclose(index.scores(query), cosines, atol=1e-5)


def test_search_is_that_of_plain_numpy(store: Store) -> None:
    key = EncoderKey("random", 256)
    generator = np.random.default_rng(1)
    data = generator.standard_normal((9_000, 256)).astype(np.float32)
    data[77] = 0
    values = quantised(data)
    names = [digest(number) for number in range(len(data))]
    for start in range(0, len(data), 1_000):
        part = slice(start, start + 1_000)
        store.vectors.add(key, b"".join(names[part]), values[part].tobytes())
    order = generator.permutation(len(data))
    index = store.vectors.index(key, b"".join(names[at] for at in order))
    unit = data / np.maximum(np.linalg.norm(data, axis=1, keepdims=True), 1e-9)
    for _ in range(20):
        query = generator.standard_normal(256).astype(np.float32)
        cosines = (unit @ query / np.linalg.norm(query))[order]
        # A byte for each dimension moves a cosine by less than a hundredth.
        assert np.abs(index.scores(query) - cosines).max() < 0.01
        found, scores = index.search(query, 50)
        assert cosines[found].min() > np.sort(cosines)[-50] - 0.01
        assert list(scores) == sorted(scores, reverse=True)
        mask = generator.random(len(data)) < 0.01
        only, _ = index.search(query, 1_000, mask)
        assert set(only) == set(np.flatnonzero(mask))


def test_equal_scores_come_in_order_and_missing_rows_not_at_all(store: Store) -> None:
    add(store.vectors, [3])
    index = store.vectors.index(KEY, digests([3, 9, 3, 3, 8]))
    query = np.frombuffer(row(3), np.int8).astype(np.float32)
    assert index.covered == 3
    assert list(index.search(query, 2)[0]) == [0, 2]
    assert list(index.search(query, 10)[0]) == [0, 2, 3]
    assert list(index.search(query, 10, np.array([False, True, True, True, True]))[0]) == [2, 3]
    assert len(index.search(query, 0)[0]) == 0
    laid = index.laid_over([1], np.frombuffer(row(3), np.int8).astype(np.float32)[None])
    assert list(laid.search(query, 10)[0]) == [0, 1, 2, 3]
    assert index.covered == 3


def test_an_empty_index_and_strange_queries(store: Store) -> None:
    empty = store.vectors.index(KEY, b"")
    assert len(empty) == 0
    assert len(empty.search(np.ones(16, np.float32), 5)[0]) == 0
    add(store.vectors, [1])
    index = store.vectors.index(KEY, digests([1, 2]))
    assert not index.scores(np.zeros(16, np.float32)).any()
    assert np.isfinite(index.scores(np.full(16, np.nan, np.float32))).all()
    with pytest.raises(ValueError, match="dimensions"):
        index.scores(np.ones(17, np.float32))
    with pytest.raises(ValueError, match="no vectors"):
        store.vectors.add(KEY, digests([1, 2]), row(1))


def test_bytes_keep_directions() -> None:
    data = np.random.default_rng(0).standard_normal((500, 256)).astype(np.float32)
    data[3], data[4, 0], data[5, 1] = 0, np.nan, np.inf
    values = quantised(data)
    assert values.dtype == np.int8
    assert not values[3].any()
    kept = values[6:].astype(float)
    cosines = (kept * data[6:]).sum(1) / np.linalg.norm(kept, axis=1)
    assert (cosines / np.linalg.norm(data[6:], axis=1)).min() > 0.9995


def test_digests_that_share_a_half_are_told_apart(store: Store) -> None:
    alike = [b"samehalf" + bytes([number]) * 8 for number in range(9)]
    for number, name in enumerate(alike[:8]):
        store.vectors.add(KEY, name, row(number))
    index = store.vectors.index(KEY, b"".join(alike))
    assert np.allclose(index.rows(range(9)), exact([*range(8), None]), atol=1e-5)


def test_vectors_and_marks_outlive_the_process(root: Path, cache: Path) -> None:
    store = open_store(root, cache)
    store.vectors.add(KEY, digests([1, 2]), rows([1, 2]), [b"facts of a"])
    store.close()
    store = open_store(root, cache)
    assert_holds(store.vectors, [2, 1, 3], {1, 2})
    assert store.vectors.embedded(KEY) == {b"facts of a"}
    assert store.vectors.count(KEY) == 2
    store.close()


def test_another_encoder_or_dimension_has_vectors_of_its_own(store: Store) -> None:
    others = [EncoderKey("other", 16), EncoderKey(KEY.id, 24)]
    add(store.vectors, [1])
    for key in others:
        assert_holds(store.vectors, [1, 2], set(), key)
        add(store.vectors, [1, 2], key)
        assert_holds(store.vectors, [1, 2], {1, 2}, key)
    assert_holds(store.vectors, [1, 2], {1})
    store.vectors.keep_only(others[1])
    assert_holds(store.vectors, [1, 2], {1, 2}, others[1])
    assert_holds(store.vectors, [1, 2], set())
    assert store.vectors.count(others[0]) == 0


def database(root: Path, cache: Path) -> Path:
    return store_folder(root, cache) / "index.sqlite"


@pytest.mark.parametrize(
    "damage",
    [
        "UPDATE vectors SET rows = zeroblob(length(rows)) WHERE id = 1",
        "UPDATE vectors SET rows = x'00' WHERE id = 1",
        "UPDATE vectors SET digests = 'text' WHERE id = 1",
        "UPDATE vectors SET checksum = 7 WHERE id = 1",
    ],
)
def test_damaged_vectors_are_missing_and_made_again(damage: str, root: Path, cache: Path) -> None:
    store = open_store(root, cache)
    store.vectors.add(KEY, digests([1, 2]), rows([1, 2]), [b"first"])
    store.vectors.add(KEY, digests([3]), rows([3]), [b"second"])
    store.close()
    with closing(sqlite3.connect(database(root, cache))) as connection:
        connection.execute(damage)
        connection.commit()
    store = open_store(root, cache)
    assert_holds(store.vectors, [1, 2, 3], {3})
    assert [names for _, names in store.vectors.known(KEY)] == [digests([3])]
    assert store.vectors.embedded(KEY) == set()
    store.vectors.add(KEY, digests([1, 2]), rows([1, 2]), [b"first"])
    assert_holds(store.vectors, [1, 2, 3], {1, 2, 3})
    assert store.vectors.embedded(KEY) == {b"first"}
    assert store.vectors.count(KEY) == 3
    store.close()


def test_who_makes_missing_vectors_sees_damage_that_no_search_met(root: Path, cache: Path) -> None:
    store = open_store(root, cache)
    store.vectors.add(KEY, digests([1]), rows([1]), [b"first"])
    store.close()
    with closing(sqlite3.connect(database(root, cache))) as connection:
        connection.execute("UPDATE vectors SET rows = zeroblob(length(rows))")
        connection.commit()
    store = open_store(root, cache)
    assert store.vectors.embedded(KEY) == set()
    store.close()


def test_vectors_that_lie_where_the_disk_cannot_be_read_are_made_again(
    root: Path, cache: Path
) -> None:
    store = open_store(root, cache)
    many = list(range(2_000))
    store.vectors.add(KEY, digests(many), rows(many), [b"first"])
    store.close()
    file = database(root, cache)
    with open(file, "r+b") as written:
        # Links of the chain of pages that holds the rows: they lead nowhere.
        written.seek(file.stat().st_size // 8192 * 4096)
        written.write(b"\xff" * 8192)
    store = open_store(root, cache)
    assert store.mode is StoreMode.OWNER and store.vectors.count(KEY) == len(many)
    assert store.vectors.embedded(KEY) == set()
    store.vectors.add(KEY, digests(many), rows(many), [b"first"])
    assert_holds(store.vectors, many, set(many))
    store.close()
    # Whatever could not be mended then begins anew.
    store = open_store(root, cache)
    store.vectors.add(KEY, digests(many), rows(many), [b"first"])
    assert_holds(store.vectors, many, set(many))
    store.close()
    with closing(sqlite3.connect(file)) as connection:
        assert connection.execute("PRAGMA integrity_check").fetchall() == [("ok",)]


def test_a_rebuild_forgets_vectors(store: Store) -> None:
    add(store.vectors, [1, 2])
    assert_holds(store.vectors, [1, 2], {1, 2})
    store.clear()
    assert_holds(store.vectors, [1, 2], set())
    add(store.vectors, [2])
    assert_holds(store.vectors, [1, 2], {2})


def test_a_reader_has_the_owners_vectors_and_its_own(root: Path, cache: Path) -> None:
    owner, reader = open_store(root, cache), open_store(root, cache)
    assert (owner.mode, reader.mode) == (StoreMode.OWNER, StoreMode.READER)
    assert_holds(reader.vectors, [1], set())
    add(owner.vectors, [1])
    assert_holds(reader.vectors, [1, 2], {1})
    reader.vectors.add(KEY, digests([2]), rows([2]), [b"mine"])
    add(owner.vectors, [3])
    assert_holds(reader.vectors, [1, 2, 3], {1, 2, 3})
    assert_holds(owner.vectors, [1, 2, 3], {1, 3})
    assert reader.vectors.embedded(KEY) == {b"mine"}
    owner.close()
    reader.renew()
    assert reader.mode is StoreMode.OWNER
    add(reader.vectors, [4])
    assert_holds(reader.vectors, [1, 2, 3, 4], {1, 2, 3, 4})
    reader.close()
    again = open_store(root, cache)
    assert_holds(again.vectors, [1, 2, 3, 4], {1, 2, 3, 4})
    assert again.vectors.embedded(KEY) == {b"mine"}
    again.close()


def test_without_a_disk_vectors_are_held_in_memory(root: Path, tmp_path: Path) -> None:
    blocked = tmp_path / "file"
    blocked.write_text("no folder")
    store = open_store(root, blocked)
    assert store.mode is StoreMode.MEMORY
    store.vectors.add(KEY, digests([1]), rows([1]), [b"a"])
    store.vectors.add(KEY, digests([2]), rows([2]), [b"b"])
    assert_holds(store.vectors, [1, 2, 3], {1, 2})
    assert store.vectors.embedded(KEY) == {b"a", b"b"}
    assert {identity < 0 for identity, _ in store.vectors.known(KEY)} == {True}
    store.close()


def test_a_full_disk_keeps_new_vectors_in_memory(root: Path, cache: Path) -> None:
    store = open_store(root, cache)
    add(store.vectors, [1])

    def fill(connection: sqlite3.Connection) -> None:
        connection.execute("CREATE TABLE filler (x)")
        pages = connection.execute("PRAGMA page_count").fetchone()[0]
        connection.execute(f"PRAGMA max_page_count = {pages}")

    assert store.change(fill)
    many = list(range(10, 600))
    add(store.vectors, many)
    assert "held in memory" in store.problem
    assert_holds(store.vectors, [1, *many, 5], {1, *many})
    store.close()
    again = open_store(root, cache)
    assert_holds(again.vectors, [1, 10], {1})
    again.close()


def repacked(vectors: VectorStore, used: list[int]) -> None:
    vectors.repack(KEY, rows_to_keep(vectors.known(KEY), [digests(used)]))


def test_spare_vectors_are_kept_up_to_a_share(store: Store) -> None:
    for start in range(0, 20_000, 500):
        add(store.vectors, list(range(start, start + 500)))
    used = list(range(0, 20_000, 10))
    assert_holds(store.vectors, used, set(used))
    repacked(store.vectors, used)
    assert_holds(store.vectors, used, set(used))
    assert store.vectors.count(KEY) <= 2_000 + 2_048
    newest = [number for number in range(19_900, 20_000) if number % 10]
    assert_holds(store.vectors, newest, set(newest))
    assert rows_to_keep(store.vectors.known(KEY), [digests(used)]) == {}


def test_small_batches_become_large_ones(store: Store) -> None:
    for number in range(100):
        add(store.vectors, [number, number + 1])
    everything = list(range(101))
    assert_holds(store.vectors, everything, set(everything))
    repacked(store.vectors, everything)
    assert len(store.vectors.known(KEY)) == 1
    assert store.vectors.count(KEY) == 101
    assert_holds(store.vectors, everything, set(everything))
    # What was made over is not in memory twice.
    segments = store.vectors.index(KEY, digests(everything)).segments
    assert sum(len(segment.rows) for segment in segments) == 101


STEPS = st.lists(
    st.one_of(
        st.tuples(st.just("add"), st.lists(st.integers(0, 60), max_size=12)),
        st.tuples(st.just("ask"), st.lists(st.integers(0, 70), max_size=40)),
        st.tuples(st.just("repack"), st.lists(st.integers(0, 60), max_size=40)),
        st.tuples(st.just("reopen"), st.just([])),
        st.tuples(st.just("clear"), st.just([])),
        st.tuples(st.just("other"), st.lists(st.integers(0, 60), max_size=4)),
    ),
    max_size=25,
)


@settings(max_examples=60, deadline=None)
@given(steps=STEPS)
def test_any_sequence_is_that_of_a_dictionary(
    steps: list[tuple[str, list[int]]], tmp_path_factory: pytest.TempPathFactory
) -> None:
    """Adding, switching between sets of pieces, packing anew, another encoder, a new process."""
    folder = tmp_path_factory.mktemp("model")
    (folder / "work").mkdir()
    other = EncoderKey("other", 8)
    store = open_store(folder / "work", folder / "cache")
    there: set[int] = set()
    for step, numbers in steps:
        if step == "add":
            add(store.vectors, numbers)
            there |= set(numbers)
        elif step == "ask":
            assert_holds(store.vectors, numbers, there)
        elif step == "repack":
            # What is spare is few enough to stay.
            repacked(store.vectors, numbers)
        elif step == "other":
            add(store.vectors, numbers, other)
            assert_holds(store.vectors, numbers, set(numbers), other)
        elif step == "clear":
            store.clear()
            there = set()
        else:
            store.close()
            store = open_store(folder / "work", folder / "cache")
    assert_holds(store.vectors, list(range(70)), there)
    store.close()
