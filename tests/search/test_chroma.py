"""The copy in Chroma: whatever is done to its server and its data, answers are right or said to be
missing.
"""

from __future__ import annotations

import contextlib
import importlib.util
import json
import os
import signal
import socket
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from pairwright.errors import Cancelled, ChromaProblem
from pairwright.index.arrays import np
from pairwright.index.chroma.copy import ChromaCopy, ChromaOptions, collection_name, pieces_of
from pairwright.index.chroma.http import ChromaHttp
from pairwright.index.chroma.server import ManagedServer, managed_server
from pairwright.index.store import Store, open_store
from pairwright.index.vector_search import CopyIndex, VectorOptions, VectorSearch, Where
from pairwright.index.vectors import EncoderKey, quantised
from pairwright.index.worker import command

KEY = EncoderKey("random", 32)
COUNT = 3_000

needs_chroma = pytest.mark.skipif(
    importlib.util.find_spec("chromadb_rust_bindings") is None or sys.platform == "win32",
    reason="the package `chromadb` is not installed: pip install 'pairwright[chroma]'",
)


def never() -> None:
    """The check of work that nobody cancels."""


def numbers(count: int, seed: int = 1) -> tuple[bytes, np.ndarray]:
    """Digests and vectors."""
    generator = np.random.default_rng(seed)
    rows = generator.standard_normal((count, KEY.dimensions)).astype(np.float32)
    return generator.bytes(16 * count), quantised(rows)


def add(store: Store, digests: bytes, rows: np.ndarray) -> None:
    for start in range(0, len(rows), 500):
        part = slice(16 * start, 16 * (start + 500))
        store.vectors.add(KEY, digests[part], rows[start : start + 500].tobytes())


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    (tmp_path / "work").mkdir()
    opened = open_store(tmp_path / "work", tmp_path / "cache")
    yield opened
    opened.close()


@pytest.fixture
def options(tmp_path: Path) -> ChromaOptions:
    return ChromaOptions(tmp_path / "cache" / "chroma", "work")


def assert_right(copy: ChromaCopy, store: Store, digests: bytes) -> None:
    """The copy finds each of some vectors by itself, and what an exact search finds."""
    index = store.vectors.index(KEY, digests)
    generator = np.random.default_rng(9)
    for piece in generator.integers(0, len(index), 5):
        found = copy.nearest(KEY, index.rows([piece])[0], 3)
        assert digests[16 * piece : 16 * piece + 16] in [digest for digest, _ in found]
    found_in_both = 0
    for _ in range(10):
        query = generator.standard_normal(KEY.dimensions).astype(np.float32)
        pieces, cosines = pieces_of(copy.nearest(KEY, query, 20), digests)
        exact, _ = index.search(query, 20)
        found_in_both += len(set(pieces.tolist()) & set(exact.tolist()))
        assert np.allclose(cosines, index.scores(query)[pieces], atol=1e-3)
    assert found_in_both > 180


# --- addresses and strangers


@pytest.mark.parametrize(
    "url",
    [
        "ftp://127.0.0.1:8000",
        "file:///tmp/chroma",
        "127.0.0.1:8000",
        "http://",
        "http://127.0.0.1:port",
        "http://name:secret@127.0.0.1:8000",
    ],
)
def test_what_is_no_address_is_told(url: str, store: Store, tmp_path: Path) -> None:
    copy = ChromaCopy(ChromaOptions(tmp_path / "c", "work", url))
    with pytest.raises(ChromaProblem, match="no address"):
        copy.update(store.vectors, KEY, never)
    copy.close()


Answer = tuple[int, bytes]


@contextlib.contextmanager
def stranger(answer: Callable[[str], Answer]) -> Iterator[str]:
    """Another program's server on this machine; its address."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            status, body = answer(self.path)
            self.send_response(status)
            if status == 302:
                self.send_header("Location", "http://192.0.2.1/")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        do_POST = do_DELETE = do_GET

        def log_message(self, format: str, *args: object) -> None:
            """Says nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


BEAT = b'{"nanosecond heartbeat": 1}'


STRANGERS: dict[str, tuple[Answer, Answer]] = {
    "page": ((404, b"<html>Not here</html>"),) * 2,
    "nothing": ((404, b""),) * 2,
    "old": ((410, b'{"error":"Unimplemented","message":"The v1 API is deprecated"}'),) * 2,
    "elsewhere": ((302, b""),) * 2,
    "list": ((200, b"[]"),) * 2,
    "bytes": ((200, b"\xff\xfe"),) * 2,
    "null": ((200, b"null"),) * 2,
    "broken": ((500, b'{"error":"InternalError"}'),) * 2,
    "half": ((200, BEAT), (200, b'{"id": 1}')),
    "other": ((200, BEAT), (200, b'{"id":"a","name":"b","x":[]}')),
    "text": ((200, BEAT), (200, b'"text"')),
}
"""What answers a heartbeat, and what answers all else."""


@pytest.mark.parametrize("kind", STRANGERS)
def test_a_stranger_behind_the_address_is_told(kind: str, store: Store, tmp_path: Path) -> None:
    add(store, *numbers(50))
    beat, other = STRANGERS[kind]
    with stranger(lambda path: beat if "heartbeat" in path else other) as url:
        copy = ChromaCopy(ChromaOptions(tmp_path / "c", "work", url))
        with pytest.raises(ChromaProblem) as caught:
            copy.update(store.vectors, KEY, never)
        assert copy.problem == caught.value.happened
        with pytest.raises(ChromaProblem):
            copy.nearest(KEY, np.ones(32, np.float32), 3)
        copy.close()


def test_a_server_that_is_silent_does_not_hold_anybody_up() -> None:
    with socket.socket() as listening:
        listening.bind(("127.0.0.1", 0))
        listening.listen()
        http = ChromaHttp(f"http://127.0.0.1:{listening.getsockname()[1]}")
        with pytest.raises(ChromaProblem, match="did not answer in time"):
            http.heartbeat(0.1)
        http.close()


@pytest.fixture
def closed_port() -> Iterator[int]:
    """A port that nobody listens on, and nobody else is given meanwhile."""
    with socket.socket() as held:
        held.bind(("127.0.0.1", 0))
        yield held.getsockname()[1]


def test_without_the_server_search_goes_on_and_says_so(
    store: Store, tmp_path: Path, closed_port: int
) -> None:
    digests, rows = numbers(COUNT)
    add(store, digests, rows)
    query = np.random.default_rng(3).standard_normal(32).astype(np.float32)
    exact = store.vectors.index(KEY, digests).scores(query)
    url = f"http://127.0.0.1:{closed_port}"
    chroma = ChromaOptions(tmp_path / "c", "work", url)
    search = VectorSearch(store.vectors, VectorOptions(chroma, Where.CHROMA))
    found = search.index(KEY, digests)
    assert (found.note, found.degraded) == ("", False)
    assert url in search.settled()
    found = search.index(KEY, digests)
    assert (url in found.note, found.degraded) == (True, True)
    assert np.allclose(found.scores(query), exact)
    search.close()
    few = VectorOptions(chroma, Where.CHROMA, memory_chunks=100)
    search = VectorSearch(store.vectors, few)
    assert "is being filled" in search.index(KEY, digests).note
    search.settled()
    found = search.index(KEY, digests)
    assert (len(found), found.covered, found.degraded) == (COUNT, 0, True)
    assert "by words and names alone" in found.note
    assert not found.scores(query).any()
    search.close()


def test_few_pieces_are_searched_in_memory(store: Store, options: ChromaOptions) -> None:
    digests, rows = numbers(200)
    add(store, digests, rows)
    search = VectorSearch(store.vectors, VectorOptions(options))
    search.update(KEY, 200)
    assert search.settled() == ""
    found = search.index(KEY, digests)
    assert (found.scores(rows[7].astype(np.float32)).argmax(), found.note) == (7, "")
    assert not options.folder.exists()
    search.close()


def test_chroma_that_is_not_installed_is_told(
    store: Store, options: ChromaOptions, monkeypatch: pytest.MonkeyPatch
) -> None:
    # What Python itself does for a module that must not be found.
    monkeypatch.setitem(sys.modules, "chromadb_rust_bindings", None)
    copy = ChromaCopy(options)
    with pytest.raises(ChromaProblem, match=r"pairwright\[chroma\]"):
        copy.update(store.vectors, KEY, never)


# --- a server of our own


@pytest.fixture
def copy(options: ChromaOptions) -> Iterator[ChromaCopy]:
    opened = ChromaCopy(options)
    yield opened
    opened.close()
    end(options.folder)


def end(folder: Path) -> None:
    """End the server of a folder at once."""
    with contextlib.suppress(FileNotFoundError, ProcessLookupError):
        os.kill(state(folder)["process"], signal.SIGKILL)


def state(folder: Path) -> dict[str, int]:
    said: dict[str, int] = json.loads((folder / "server.json").read_bytes())
    return said


@contextlib.contextmanager
def behind(options: ChromaOptions) -> Iterator[ChromaHttp]:
    """The server of a folder, past the copy."""
    http = ChromaHttp(f"http://127.0.0.1:{state(options.folder)['port']}")
    yield http
    http.close()


@pytest.mark.e2e
@needs_chroma
def test_the_copy_finds_what_the_store_has(
    copy: ChromaCopy, store: Store, options: ChromaOptions
) -> None:
    digests, rows = numbers(COUNT)
    rows[5] = 0
    add(store, digests, rows)
    with pytest.raises(ChromaProblem, match="not up to date"):
        copy.nearest(KEY, np.ones(32, np.float32), 3)
    copy.update(store.vectors, KEY, never)
    assert_right(copy, store, digests)
    assert (options.folder.stat().st_mode & 0o777) == 0o700
    more, new = numbers(300, seed=2)
    add(store, more, new)
    copy.update(store.vectors, KEY, never)
    assert_right(copy, store, digests + more)
    found = copy.nearest(
        KEY, new[8].astype(np.float32), 5, [more[16 * at : 16 * at + 16] for at in (3, 8)]
    )
    assert [digest for digest, _ in found] == [more[128:144], more[48:64]]


@pytest.mark.e2e
@needs_chroma
def test_search_in_the_copy_is_that_in_memory(
    store: Store, options: ChromaOptions, copy: ChromaCopy
) -> None:
    """Pieces that share a vector, pieces without one, pieces of unsaved text."""
    digests, rows = numbers(COUNT)
    add(store, digests, rows)
    pieces = digests + digests[:1600] + bytes(32)
    search = VectorSearch(store.vectors, VectorOptions(options, Where.CHROMA))
    search.update(KEY, COUNT)
    assert search.settled() == ""
    for at in (41, 2_000):
        query = rows[at].astype(np.float32)
        exact = store.vectors.index(KEY, pieces)
        found = search.index(KEY, pieces)
        assert isinstance(found, CopyIndex)
        assert (
            (found.covered, len(found)) == (exact.covered, len(exact)) == (COUNT + 100, COUNT + 102)
        )
        assert list(found.missing()) == list(exact.missing())
        assert np.allclose(found.rows([at, COUNT + 101]), exact.rows([at, COUNT + 101]), atol=1e-3)
        own = np.eye(1, KEY.dimensions, dtype=np.float32)
        scores = found.laid_over([COUNT + 101], own).scores(query)
        expected = exact.laid_over([COUNT + 101], own).scores(query)
        near = np.argsort(-expected, kind="stable")[:50]
        assert np.allclose(scores[near], expected[near], atol=1e-3)
        far = np.argsort(-expected)[1_500:COUNT]
        assert scores[far].max() <= scores[near].min()
        assert scores[COUNT + 101] == pytest.approx(expected[COUNT + 101], abs=0.01)
        assert scores[COUNT + 100] == 0
        assert (found.note, found.degraded) == ("", False)
    end(options.folder)
    found = search.index(KEY, pieces)
    scores = found.scores(query)
    assert np.allclose(scores, store.vectors.index(KEY, pieces).scores(query))
    assert (found.degraded, "no answer" in found.note) == (True, True)
    # It starts anew without being told to, and is filled again.
    assert search.settled() == ""
    again = search.index(KEY, pieces)
    assert isinstance(again, CopyIndex)
    assert again.scores(query)[2_000] == pytest.approx(1.0, abs=1e-3)
    search.close()


def lose_rows(http: ChromaHttp, name: str, digests: bytes) -> None:
    found = http.collection(name)
    assert found is not None
    http.delete(found, [digests[16 * at : 16 * at + 16].hex() for at in range(0, 900, 3)])


def spoil_rows(http: ChromaHttp, name: str, digests: bytes) -> None:
    found = http.collection(name)
    assert found is not None
    rows = np.random.default_rng(8).standard_normal((COUNT, KEY.dimensions)).astype(np.float32)
    http.upsert(found, [digests[16 * at : 16 * at + 16].hex() for at in range(COUNT)], rows)


def lose_all(http: ChromaHttp, name: str, _digests: bytes) -> None:
    http.drop_collection(name)


@pytest.mark.e2e
@needs_chroma
@pytest.mark.parametrize("damage", [lose_rows, spoil_rows, lose_all])
@pytest.mark.parametrize("later", [False, True])
def test_what_was_done_to_the_copy_is_found_and_mended(
    damage: Callable[[ChromaHttp, str, bytes], None],
    later: bool,
    copy: ChromaCopy,
    store: Store,
    options: ChromaOptions,
) -> None:
    digests, rows = numbers(COUNT)
    add(store, digests, rows)
    copy.update(store.vectors, KEY, never)
    with behind(options) as http:
        damage(http, collection_name("work", KEY), digests)
    if later:
        copy.close()
    copy.update(store.vectors, KEY, never)
    assert_right(copy, store, digests)


@pytest.mark.e2e
@needs_chroma
def test_two_roots_and_two_encoders_do_not_mix(
    copy: ChromaCopy, store: Store, options: ChromaOptions
) -> None:
    digests, rows = numbers(600)
    add(store, digests[: 16 * 300], rows[:300])
    other = EncoderKey("other", KEY.dimensions)
    store.vectors.add(other, digests[16 * 300 :], rows[300:].tobytes())
    copy.update(store.vectors, KEY, never)
    beside = ChromaCopy(options)
    beside.update(store.vectors, other, never)
    query = rows[400].astype(np.float32)
    assert beside.nearest(other, query, 1)[0][0] == digests[16 * 400 : 16 * 401]
    assert copy.nearest(KEY, query, 300)
    assert digests[16 * 400 : 16 * 401] not in [one for one, _ in copy.nearest(KEY, query, 300)]
    with pytest.raises(ChromaProblem):
        copy.nearest(other, query, 1)
    beside.close()


@pytest.mark.e2e
@needs_chroma
def test_cancelled_filling_is_taken_up_again(copy: ChromaCopy, store: Store) -> None:
    digests, rows = numbers(COUNT)
    add(store, digests, rows)
    asked = 0

    def check() -> None:
        nonlocal asked
        asked += 1
        if asked > 4:
            raise Cancelled

    with pytest.raises(Cancelled):
        copy.update(store.vectors, KEY, check)
    copy.update(store.vectors, KEY, never)
    assert_right(copy, store, digests)


@pytest.mark.e2e
@needs_chroma
def test_a_stale_file_or_a_stranger_at_the_port_is_no_server(
    copy: ChromaCopy, store: Store, options: ChromaOptions
) -> None:
    digests, rows = numbers(100)
    add(store, digests, rows)
    options.folder.mkdir(parents=True)
    with stranger(lambda path: (200, BEAT)) as url:
        port = int(url.rpartition(":")[2])
        # The number of a process that lives and is none of ours: it must not be touched.
        said = {"port": port, "process": os.getpid(), "token": "a" * 32}
        (options.folder / "server.json").write_text(json.dumps(said))
        copy.update(store.vectors, KEY, never)
        assert state(options.folder)["port"] != port
    first = state(options.folder)
    with behind(options) as http:
        http.drop_collection("pairwright-instance")
        http.make_collection("pairwright-instance", {"token": "of somebody else"})
    beside = managed_server(options.folder, never)
    assert state(options.folder)["process"] != first["process"]
    # Two servers must not have the same data.
    wait_for_the_end_of(first["process"])
    beside.close()
    (options.folder / "server.json").write_text("no JSON")
    end_of_second = managed_server(options.folder, never)
    end_of_second.http.heartbeat()
    end_of_second.close()


@pytest.mark.e2e
@needs_chroma
def test_a_server_that_hangs_is_replaced(
    copy: ChromaCopy, store: Store, options: ChromaOptions
) -> None:
    digests, rows = numbers(300)
    add(store, digests, rows)
    copy.update(store.vectors, KEY, never)
    hanging = state(options.folder)["process"]
    os.kill(hanging, signal.SIGSTOP)
    copy.update(store.vectors, KEY, never)
    wait_for_the_end_of(hanging)
    assert state(options.folder)["process"] != hanging
    assert copy.nearest(KEY, rows[3].astype(np.float32), 1)[0][0] == digests[48:64]


@pytest.mark.e2e
@needs_chroma
def test_data_that_keeps_the_server_from_starting_is_dropped(
    copy: ChromaCopy, store: Store, options: ChromaOptions
) -> None:
    digests, rows = numbers(300)
    add(store, digests, rows)
    data = options.folder / "data"
    data.mkdir(parents=True)
    (data / "chroma.sqlite3").write_bytes(b"no database" * 1000)
    copy.update(store.vectors, KEY, never)
    found = copy.nearest(KEY, rows[3].astype(np.float32), 1)
    assert found[0][0] == digests[48:64]


def test_a_folder_that_cannot_be_used_is_told(store: Store, tmp_path: Path) -> None:
    if importlib.util.find_spec("chromadb_rust_bindings") is None:
        pytest.skip("the package `chromadb` is not installed")
    (tmp_path / "file").write_text("in the way")
    copy = ChromaCopy(ChromaOptions(tmp_path / "file" / "chroma", "work"))
    with pytest.raises(ChromaProblem, match="no place for its data"):
        copy.update(store.vectors, KEY, never)


@pytest.mark.e2e
@needs_chroma
def test_a_taken_port_ends_the_server_and_not_the_other(tmp_path: Path) -> None:
    with stranger(lambda path: (200, b"{}")) as url:
        line = command("pairwright.index.chroma.server", int(url.rpartition(":")[2]))
        users = os.open(tmp_path / "users.lock", os.O_RDWR | os.O_CREAT)
        done = subprocess.run([*line, str(tmp_path)], capture_output=True, timeout=60, check=False)
        os.close(users)
        assert b"is not available" in done.stderr


# --- kills


def server(options: ChromaOptions) -> ManagedServer:
    return managed_server(options.folder, never)


@pytest.mark.e2e
@needs_chroma
def test_killed_twenty_times_while_adding(store: Store, options: ChromaOptions) -> None:
    """After each kill, whatever is left is looked through, and answers are right."""
    digests, rows = numbers(8_000)
    copy = ChromaCopy(options)
    copy.update(store.vectors, KEY, never)
    step = 400
    for kill in range(20):
        part = slice(16 * step * kill, 16 * step * (kill + 1))
        store.vectors.add(KEY, digests[part], rows[step * kill : step * (kill + 1)].tobytes())
        process = state(options.folder)["process"]
        asked = 0

        def check(process: int = process, kill: int = kill) -> None:
            nonlocal asked
            asked += 1
            if asked == 2:
                # Some time between the next bytes that are sent and the server's answer to them.
                threading.Timer(0.004 * (kill % 7), os.kill, (process, signal.SIGKILL)).start()

        with contextlib.suppress(ChromaProblem):
            copy.update(store.vectors, KEY, check)
        with contextlib.suppress(ProcessLookupError):
            os.kill(process, signal.SIGKILL)
        copy.close()
        copy = ChromaCopy(options)
        copy.update(store.vectors, KEY, never)
        assert state(options.folder)["process"] != process
        assert_right(copy, store, digests[: part.stop])
    copy.close()
    end(options.folder)


USER = """
import sys
from pathlib import Path
from pairwright.index.arrays import np
from pairwright.index.chroma.copy import ChromaOptions
from pairwright.index.store import open_store
from pairwright.index.vector_search import CopyIndex, VectorOptions, VectorSearch, Where
from pairwright.index.vectors import EncoderKey, quantised

folder, seed, count = Path(sys.argv[1]), int(sys.argv[2]), int(sys.argv[3])
key = EncoderKey("random", 32)
store = open_store(folder / "work", folder / "cache")
options = VectorOptions(ChromaOptions(folder / "cache" / "chroma", "work"), Where.CHROMA)
search = VectorSearch(store.vectors, options)
generator = np.random.default_rng(seed)
for _ in range(count):
    rows = quantised(generator.standard_normal((250, 32)).astype(np.float32))
    store.vectors.add(key, generator.bytes(16 * 250), rows.tobytes())
    search.update(key, 250)
    problem = search.settled()
    if problem:
        print(problem, flush=True)
        sys.exit(1)
print("done", store.mode.name, flush=True)
sys.stdin.read()
search.close()
store.close()
"""


@contextlib.contextmanager
def users(folder: Path, count: int, batches: int) -> Iterator[list[subprocess.Popen[bytes]]]:
    """Processes that fill the copy of one workspace, each with vectors of its own."""
    started = [
        subprocess.Popen(
            [sys.executable, "-c", USER, str(folder), str(seed), str(batches)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
        )
        for seed in range(count)
    ]
    try:
        yield started
    finally:
        for process in started:
            assert process.stdin is not None and process.stdout is not None
            process.kill()
            process.wait()
            process.stdin.close()
            process.stdout.close()


@pytest.mark.e2e
@needs_chroma
def test_two_servers_share_one_and_lose_nothing(tmp_path: Path) -> None:
    """Two processes on one workspace, one of which owns the store, add at the same time."""
    (tmp_path / "work").mkdir()
    # The files are there: who comes while they are made holds all in memory for a while.
    open_store(tmp_path / "work", tmp_path / "cache").close()
    chroma = tmp_path / "cache" / "chroma"
    with users(tmp_path, 2, 8) as started:
        said = []
        for process in started:
            assert process.stdout is not None
            said.append(process.stdout.readline().split())
        assert sorted(said) == [[b"done", b"OWNER"], [b"done", b"READER"]]
        with behind(ChromaOptions(chroma, "work")) as http:
            collection = http.collection(collection_name("work", KEY))
            assert collection is not None
            assert http.count(collection) == 2 * 8 * 250
            for seed in range(2):
                generator = np.random.default_rng(seed)
                for _ in range(8):
                    rows = quantised(generator.standard_normal((250, 32)).astype(np.float32))
                    names = generator.bytes(16 * 250)
                    ids = [names[16 * at : 16 * at + 16].hex() for at in range(250)]
                    kept = http.rows(collection, ids)
                    for at, name in enumerate(ids):
                        unit = rows[at] / np.linalg.norm(rows[at])
                        assert np.allclose(kept[name], unit, atol=1e-3)
        # Its starter may be either: it outlives a killed one, and ends after both.
        process = state(chroma)["process"]
        for user in started:
            os.kill(process, 0)
            user.kill()
            user.wait()
    wait_for_the_end_of(process)
    assert not (chroma / "server.json").exists()


def wait_for_the_end_of(process: int) -> None:
    for _ in range(600):
        try:
            os.kill(process, 0)
        except ProcessLookupError:
            return
        if Path(f"/proc/{process}/stat").exists():
            fields = Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()
            if fields[0] == "Z":
                return
        threading.Event().wait(0.1)
    pytest.fail("the server is still there")


@pytest.mark.e2e
@needs_chroma
def test_the_server_ends_with_its_last_user(options: ChromaOptions) -> None:
    first, second = server(options), server(options)
    process = state(options.folder)["process"]
    first.close()
    second.http.heartbeat()
    second.close()
    third = server(options)
    assert state(options.folder)["process"] == process
    third.close()
    wait_for_the_end_of(process)
    again = server(options)
    again.http.heartbeat()
    again.close()
    end(options.folder)
