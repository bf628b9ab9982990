"""Vectors made in the background: each piece has that of its text, whatever dies on the way."""

from __future__ import annotations

import contextlib
import os
import random
import signal
import sqlite3
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator, Sequence
from hashlib import blake2b
from pathlib import Path

import pytest

from pairwright.errors import Cancelled, EncoderProblem
from pairwright.index.arrays import np
from pairwright.index.build import build
from pairwright.index.embed import open_encoder
from pairwright.index.embed_worker import Embedding, EmbedFile
from pairwright.index.embedder import (
    EmbedOptions,
    EmbedReport,
    embed_here,
    embed_missing,
    files_without_vectors,
)
from pairwright.index.file_terms import unpack_terms
from pairwright.index.source import Source, read_source
from pairwright.index.store import Store, StoreMode, open_store
from pairwright.index.vectors import DIGEST, EncoderKey, encoder_key, quantised
from pairwright_analyzers.chunks import chunk_digest, chunk_text, chunks_of
from pairwright_analyzers.facts import facts_of
from pairwright_analyzers.syntax import parse
from support.indexes import HERE, write_tree


class Words:
    """An encoder: each word adds its hash."""

    instant = True

    def __init__(self, name: str = "words", dimensions: int = 32) -> None:
        self.id = name
        self.dimensions = dimensions

    def encode(self, texts: Sequence[str], *, query: bool = False) -> np.ndarray:
        found = np.zeros((len(texts), self.dimensions), np.float32)
        for row, text in enumerate(texts):
            for word in text.split():
                seed = blake2b(f"{self.id} {word}".encode(), digest_size=self.dimensions).digest()
                found[row] += np.frombuffer(seed, np.int8)
        lengths = np.linalg.norm(found, axis=1, keepdims=True)
        return found / np.where(lengths > 0, lengths, 1)


def module(number: int, functions: int = 12) -> str:
    """Functions that are long enough to be a piece each."""
    return "\n".join(
        f'def job_{number}_{index}(item):\n    """Do part {index} of {number}."""\n'
        + "".join(
            f"    result_{line} = prepare(item, {line}) * {index} + {number} - offset_{line}\n"
            for line in range(24)
        )
        + f"    return send(result_0, retries={index})\n"
        for index in range(functions)
    )


def tree(count: int, functions: int = 12) -> dict[str, str]:
    return {f"p{number % 7}/m{number}.py": module(number, functions) for number in range(count)}


@pytest.fixture
def root(tmp_path: Path) -> Path:
    return write_tree(tmp_path / "work", {**tree(20), "README.md": "# Jobs\n\nThey are sent.\n"})


@pytest.fixture
def cache(tmp_path: Path) -> Path:
    return tmp_path / "cache"


@pytest.fixture
def store(root: Path, cache: Path) -> Iterator[Store]:
    opened = open_store(root, cache)
    build(root, opened, HERE)
    yield opened
    opened.close()


def expected(store: Store, encoder: Words) -> dict[bytes, bytes]:
    """Digest -> vector of every piece of the store's files, from their texts alone."""
    texts: dict[bytes, str] = {}
    for row in store.contents.files.values():
        source = read_source(store.root, row.path, 1_000_000)
        assert isinstance(source, Source)
        facts = facts_of(source.language, source.text)
        for chunk in chunks_of(parse(source.language, source.text), facts):
            text = chunk_text(source.text, facts, chunk)
            texts[chunk_digest(text)] = text
    rows = quantised(encoder.encode(list(texts.values())))
    return {name: rows[at].tobytes() for at, name in enumerate(texts)}


def held(store: Store, key: EncoderKey) -> dict[bytes, bytes]:
    """Digest -> vector of all that the store keeps, as its index answers."""
    runs = b"".join(digests for _, digests in store.vectors.known(key))
    names = [runs[at : at + DIGEST] for at in range(0, len(runs), DIGEST)]
    assert len(set(names)) == len(names)
    rows = quantised(store.vectors.index(key, runs).rows(range(len(names))))
    return {name: rows[at].tobytes() for at, name in enumerate(names)}


def assert_embedded(store: Store, encoder: Words) -> None:
    """Every piece of the store's files has the vector of its text."""
    there = held(store, encoder_key(encoder))
    for name, vector in expected(store, encoder).items():
        assert there[name] == vector
    assert files_without_vectors(store, encoder_key(encoder)) == []


def rebuilt(store: Store) -> None:
    build(store.root, store, HERE)


def test_every_piece_has_the_vector_of_its_text(store: Store) -> None:
    said: list[tuple[int, int]] = []
    report = embed_here(store, Words(), progress=lambda done, total: said.append((done, total)))
    assert_embedded(store, Words())
    assert report.files == len(store.contents.files)
    assert report.vectors == len(expected(store, Words()))
    assert report.unread == ()
    assert said[0] == (0, report.files)
    assert said[-1] == (report.files, report.files)


def test_what_is_there_is_not_made_again(store: Store, root: Path) -> None:
    assert embed_here(store, Words()).vectors == len(expected(store, Words()))
    assert embed_here(store, Words()).files == 0
    text = (root / "p0/m0.py").read_text()
    (root / "p0/m0.py").write_text(text.replace("retries=3)", "retries=33)"))
    rebuilt(store)
    report = embed_here(store, Words())
    assert (report.files, report.vectors) == (1, 1)
    assert_embedded(store, Words())


def test_going_back_to_another_branch_makes_none(store: Store, root: Path) -> None:
    embed_here(store, Words())
    before = {path: (root / path).read_bytes() for path in store.contents.files}
    there = expected(store, Words()).keys()
    (root / "p1/m1.py").unlink()
    write_tree(root, {"p0/m0.py": module(900), "p8/new.py": module(901), "p2/copy.py": module(2)})
    rebuilt(store)
    new = expected(store, Words()).keys() - there
    assert embed_here(store, Words()).vectors == len(new) > 1
    assert_embedded(store, Words())
    (root / "p8/new.py").unlink()
    write_tree(root, before)
    rebuilt(store)
    assert embed_here(store, Words()).vectors == 0
    assert_embedded(store, Words())


def test_another_encoder_makes_all_anew(store: Store) -> None:
    embed_here(store, Words())
    for other in (Words("others"), Words(dimensions=48)):
        assert embed_here(store, other).vectors == len(expected(store, other))
        assert_embedded(store, other)


def test_lost_terms_are_found_again(store: Store) -> None:
    for row in store.contents.files.values():
        facts = store.facts(row.digest)
        assert facts is not None
        terms = store.terms(row.digest) or b""
        made = [
            list(
                Embedding(Words()).embed(
                    store.root, [EmbedFile(row.path, row.size, row.digest, facts, kept)]
                )
            )
            for kept in (terms, b"", b"damaged" * 9)
        ]
        assert made[0] == made[1] == made[2]


def test_files_that_changed_or_are_damaged_are_left_for_the_next_time(
    store: Store, root: Path
) -> None:
    (root / "p1/m1.py").write_text("changed = 1\n")
    (root / "p2/m2.py").unlink()
    report = embed_here(store, Words())
    assert [path for path, _ in report.unread] == ["p1/m1.py", "p2/m2.py"]
    left = files_without_vectors(store, report.encoder)
    assert sorted(row.path for row in left) == ["p1/m1.py", "p2/m2.py"]
    rebuilt(store)
    assert embed_here(store, Words()).unread == ()
    assert_embedded(store, Words())


def test_cancelled_work_stays(store: Store) -> None:
    key = encoder_key(Words())
    for _ in range(30):
        asked = 0

        def check() -> None:
            nonlocal asked
            asked += 1
            if asked > 1:
                raise Cancelled

        left = len(files_without_vectors(store, key))
        if not left:
            break
        try:
            embed_in_parts(store, check)
        except Cancelled:
            assert len(files_without_vectors(store, key)) < left
    assert_embedded(store, Words())


def embed_in_parts(store: Store, check: Callable[[], None]) -> EmbedReport:
    """Embedded with a look at `check` after each file that was committed."""

    def progress(done: int, _total: int) -> None:
        if done:
            check()

    return embed_here(store, Words(), progress=progress)


def test_a_full_disk_keeps_the_rest_in_memory(store: Store) -> None:
    def fill(connection: sqlite3.Connection) -> None:
        connection.execute("CREATE TABLE filler (x)")
        pages = connection.execute("PRAGMA page_count").fetchone()[0]
        connection.execute(f"PRAGMA max_page_count = {pages}")

    assert store.change(fill)
    embed_here(store, Words(dimensions=64))
    assert "held in memory" in store.problem
    assert_embedded(store, Words(dimensions=64))


def test_a_reader_leaves_to_the_owner_what_they_share(
    store: Store, root: Path, cache: Path
) -> None:
    reader = open_store(root, cache)
    rebuilt(reader)
    assert reader.mode is StoreMode.READER
    embed_here(store, Words())
    assert embed_here(reader, Words()).files == 0
    (root / "p3/m3.py").write_text(module(800))
    rebuilt(store)
    rebuilt(reader)
    assert embed_here(reader, Words()).files == 0
    embed_here(store, Words())
    (root / "p1/m1.py").write_text(module(700))
    rebuilt(reader)
    report = embed_here(reader, Words())
    assert report.files == 1
    assert 0 < report.vectors < 20
    assert_embedded(reader, Words())
    reader.close()


# --- processes


def test_processes_make_the_same_vectors(store: Store, root: Path, tmp_path: Path) -> None:
    encoder = open_encoder("bundled")
    key = encoder_key(encoder)
    said: list[int] = []
    embed_here(store, Words())
    report = embed_missing(store, "bundled", progress=lambda done, _: said.append(done))
    assert report.encoder == key
    assert (report.files, report.unread, report.crashes) == (len(store.contents.files), (), 0)
    assert said == sorted(said)
    assert said[-1] == report.files
    other = open_store(root, tmp_path / "other")
    build(root, other, HERE)
    embed_here(other, encoder)
    assert held(store, key) == held(other, key)
    other.close()
    # The vectors of the encoder before it have gone.
    assert store.vectors.count(encoder_key(Words())) == 0
    assert embed_missing(store, "bundled").files == 0
    store.clear()
    rebuilt(store)
    again = embed_missing(store, "bundled", EmbedOptions(workers=2, niceness=0))
    assert again.vectors == report.vectors
    assert embed_missing(store, "bundled", EmbedOptions(niceness=0)).files == 0


def test_two_processes_do_what_one_does(tmp_path: Path) -> None:
    root = write_tree(tmp_path / "work", tree(230, functions=2))
    store = open_store(root, tmp_path / "cache")
    build(root, store, HERE)
    report = embed_missing(store, "bundled", EmbedOptions(workers=2, niceness=0))
    assert (report.files, report.unread) == (230, ())
    assert held(store, report.encoder).keys() == expected(store, Words()).keys()
    store.close()


def test_an_encoder_that_cannot_be_opened_is_told(store: Store, tmp_path: Path) -> None:
    with pytest.raises(EncoderProblem, match="There is no folder"):
        embed_missing(store, str(tmp_path / "nowhere"))
    (tmp_path / "empty").mkdir()
    with pytest.raises(EncoderProblem, match="holds no encoder"):
        embed_missing(store, str(tmp_path / "empty"))


def test_work_waits_while_a_build_holds_the_store(store: Store) -> None:
    key = encoder_key(open_encoder("bundled"))
    held_up, release = threading.Event(), threading.Event()

    def hold() -> None:
        with store.writing:
            held_up.set()
            release.wait()

    holder = threading.Thread(target=hold)
    holder.start()
    held_up.wait()
    asked = 0

    def check() -> None:
        nonlocal asked
        asked += 1
        if not release.is_set():
            assert store.vectors.count(key) == 0
        if asked == 8:
            release.set()

    embed_missing(store, "bundled", check=check)
    holder.join()
    assert files_without_vectors(store, key) == []


def children() -> list[int]:
    """The processes that this one has started, by Linux's account."""
    found = []
    for task in Path("/proc/self/task").iterdir():
        # A thread may have ended meanwhile.
        with contextlib.suppress(FileNotFoundError, ProcessLookupError):
            found += map(int, (task / "children").read_text().split())
    return found


needs_proc = pytest.mark.skipif(
    not Path("/proc/self/task").exists(), reason="finds processes through /proc"
)


@pytest.mark.e2e
@needs_proc
def test_killed_encoders_are_replaced(tmp_path: Path) -> None:
    # So many that there is more to do when the first part is committed.
    root = write_tree(tmp_path / "work", tree(500))
    store = open_store(root, tmp_path / "cache")
    build(root, store, HERE)
    before = set(children())
    killed = False

    def kill(done: int, _total: int) -> None:
        nonlocal killed
        # Once: what was under way is then tried alone, and would be blamed for a second death.
        if done and not killed:
            for process in set(children()) - before:
                os.kill(process, signal.SIGKILL)
            killed = True

    report = embed_missing(store, "bundled", progress=kill)
    assert report.crashes
    assert report.unread == ()
    assert files_without_vectors(store, report.encoder) == []
    for row in store.contents.files.values():
        terms = unpack_terms(store.terms(row.digest) or b"")
        index = store.vectors.index(report.encoder, bytes(terms.digests))
        assert index.covered == len(index) > 0
    store.close()


@needs_proc
def test_an_encoder_that_always_dies_is_given_up(store: Store) -> None:
    before = set(children())
    over = threading.Event()

    def kill_all() -> None:
        while not over.is_set():
            for process in set(children()) - before:
                with contextlib.suppress(ProcessLookupError):
                    os.kill(process, signal.SIGKILL)

    killer = threading.Thread(target=kill_all)
    killer.start()
    try:
        # Killed before it begins, it is taken for one that cannot be started.
        report = embed_missing(store, "bundled")
    except EncoderProblem as problem:
        assert "ended by itself" in str(problem)
    else:
        assert files_without_vectors(store, report.encoder) == []
    finally:
        over.set()
        killer.join()


KILLED = """
import sys
from pathlib import Path
from pairwright.index.build import load
from pairwright.index.embedder import embed_missing
from pairwright.index.store import open_store

root, cache, stop = Path(sys.argv[1]), Path(sys.argv[2]), int(sys.argv[3])
store = open_store(root, cache)
load(store)

def progress(done, total):
    if done >= stop:
        print(done, flush=True)
        sys.stdin.read()

embed_missing(store, "bundled", progress=progress)
print("over", flush=True)
"""


@pytest.mark.e2e
def test_a_killed_server_loses_a_batch_at_most(tmp_path: Path) -> None:
    """Killed again and again, each time at another moment; every run goes on where it was."""
    root, cache = write_tree(tmp_path / "work", tree(400)), tmp_path / "cache"
    store = open_store(root, cache)
    build(root, store, HERE)
    store.close()
    key = encoder_key(open_encoder("bundled"))
    kept = 0
    dice = random.Random(3)
    for _ in range(6):
        process = subprocess.Popen(
            [sys.executable, "-c", KILLED, str(root), str(cache), str(dice.randrange(1, 90))],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
        )
        with process:
            assert process.stdout is not None
            said = process.stdout.readline()
            process.kill()
        store = open_store(root, cache)
        assert store.mode is StoreMode.OWNER
        assert not store.problem
        rebuilt(store)
        there = store.vectors.count(key)
        assert there > kept or said == b"over\n"
        assert len(held(store, key)) == there
        kept = there
        store.close()
        if said == b"over\n":
            break
    store = open_store(root, cache)
    rebuilt(store)
    total = len(expected(store, Words()))
    report = embed_missing(store, "bundled")
    assert report.vectors == total - kept
    assert len(held(store, key)) == total
    store.close()


@needs_proc
def test_no_process_outlives_the_run(store: Store) -> None:
    before = set(children())

    def check() -> None:
        if set(children()) - before:
            raise Cancelled

    with pytest.raises(Cancelled):
        embed_missing(store, "bundled", check=check)
    assert set(children()) <= before


def test_spare_vectors_go_and_small_batches_are_joined(tmp_path: Path) -> None:
    root = write_tree(tmp_path / "work", tree(30))
    store = open_store(root, tmp_path / "cache")
    build(root, store, HERE)
    encoder = open_encoder("bundled")
    for number in range(30):
        write_tree(root, {"p0/m0.py": module(1_000 + number)})
        rebuilt(store)
        embed_here(store, encoder)
    assert len(store.vectors.known(encoder_key(encoder))) == 30
    report = embed_missing(store, "bundled")
    assert len(store.vectors.known(report.encoder)) == 1
    assert len(held(store, report.encoder)) == store.vectors.count(report.encoder)
    assert files_without_vectors(store, report.encoder) == []
    index = store.vectors.index(report.encoder, b"".join(expected(store, Words())))
    assert index.covered == len(index)
    store.close()
