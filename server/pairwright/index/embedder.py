"""Giving every piece of code its vector, in the background: the store's files that lack some.

Owns which files are asked for, the processes that make vectors, and what happens when one of them
dies. It must not know how a text becomes a vector. What was committed is never made again, whatever
ends this process: a batch that was under way is lost, and found out by the next run.

A process starts with the first file that lacks vectors and ends with the last: between runs nothing
is in memory. It gets what it needs over a pipe, so that a server never loads numpy for it.
"""

from __future__ import annotations

import json
import logging
import os
import subprocess
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from hashlib import blake2b
from pathlib import Path
from typing import TYPE_CHECKING

from pairwright.errors import EncoderProblem
from pairwright.index.embed_worker import (
    EMBED,
    ENCODER,
    KEEP,
    KEPT,
    KNOWN,
    OPEN,
    PROBLEM,
    USED,
    VECTORS,
    Embedding,
    EmbedFile,
    Vectors,
)
from pairwright.index.store import FileRow, Store, StoreMode
from pairwright.index.vectors import EncoderKey, encoder_key
from pairwright.index.worker import command
from pairwright.index.workers import GONE, Batch, Crew, Worker

if TYPE_CHECKING:
    from pairwright.index.embed import Encoder

_log = logging.getLogger(__name__)

_BATCH_FILES = 128
_BATCH_BYTES = 1 << 20
_POLL_SECONDS = 0.1
# While a build holds the store, the processes wait.
_MOST_ANSWERS = 2
# The slowest encoder sends a batch each few seconds.
_SILENCE_SECONDS = 300.0
_MOST_CRASHES = 4
# Fewer files than these are done before a process is up, or another one.
_FILES_IN_PROCESS = 60
_WORTH_ANOTHER = 200

_KEY_META = "embedder"
_COUNT_META = "embedder-count"


@dataclass(frozen=True, slots=True)
class EmbedOptions:
    """`workers` processes, with this much `niceness`: 19 is the least urgent; 0 is as urgent as
    this one, where few files are done in the calling thread, which is sooner.
    """

    workers: int = 1
    niceness: int = 19


BACKGROUND = EmbedOptions()


@dataclass(frozen=True, slots=True)
class EmbedReport:
    """What a run did: `files` looked at, `chunks` in those that are done, `vectors` made for them.

    `seconds` is on the clock, `cpu_seconds` processor time with that of the processes. `unread` are
    files that got none, and why. `crashes` counts processes that ended before they were told to.
    """

    encoder: EncoderKey
    files: int
    chunks: int
    vectors: int
    seconds: float
    cpu_seconds: float
    unread: tuple[tuple[str, str], ...] = ()
    crashes: int = 0


Progress = Callable[[int, int], None]
"""(files done, files to be done)."""


def nothing() -> None:
    """The check of work that nobody cancels."""


def embed_missing(
    store: Store,
    choice: str,
    options: EmbedOptions = BACKGROUND,
    *,
    check: Callable[[], None] = nothing,
    progress: Progress | None = None,
) -> EmbedReport:
    """Make the vectors that pieces of the store's files lack, with the encoder of a setting.

    For a thread of its own, after a build. Waits while a build or an update holds the store.
    `check` may raise to end it; what was committed stays. Raises EncoderProblem when the encoder
    cannot be opened or fails.
    """
    return _Run(store, check, progress).in_processes(choice, options)


def embed_here(
    store: Store,
    encoder: Encoder,
    *,
    check: Callable[[], None] = nothing,
    progress: Progress | None = None,
) -> EmbedReport:
    """The same in this thread, with an encoder that is open: one that needs this process, or where
    no other can be started. `check` is asked at least once for each batch.
    """
    return _Run(store, check, progress).in_this_thread(encoder)


def files_without_vectors(store: Store, encoder: EncoderKey) -> list[FileRow]:
    """The indexed files that have not been embedded, in no order.

    A process that reads another one's store leaves to that one the files they share.
    """
    done = store.vectors.embedded(encoder)
    if store.mode is StoreMode.READER and store.vectors.count(encoder):
        done |= _digests_of_the_owner(store)
    return [row for row in store.contents.files.values() if row.digest not in done]


def _digests_of_the_owner(store: Store) -> set[bytes]:
    query = "SELECT digest FROM files"
    found = store.ask(lambda connection: connection.execute(query).fetchall())
    return {digest for (digest,) in found or ()}


# --- one run


class _Run:
    """One run over a store: what is asked for, and what came of it."""

    def __init__(self, store: Store, check: Callable[[], None], progress: Progress | None) -> None:
        self.store = store
        self.check = check
        self.progress = progress
        self.started = time.perf_counter(), time.thread_time()
        self.unread: list[tuple[str, str]] = []
        self.chunks = self.vectors = self.done = self.total = self.crashes = 0
        self.cpu = 0.0

    # --- with an encoder of this process

    def in_this_thread(self, encoder: Encoder) -> EmbedReport:
        key = encoder_key(encoder)
        rows = files_without_vectors(self.store, key)
        self._say(0, len(rows))
        if rows:
            embedding = Embedding(encoder)
            embedding.know([digests for _, digests in self.store.vectors.known(key)])
            for batch in _batches(rows):
                files = list(self._files(batch))
                for made in embedding.embed(self.store.root, files):
                    self.commit(key, made)
        return self._report(key)

    # --- with processes

    def in_processes(self, choice: str, options: EmbedOptions) -> EmbedReport:
        mark = _mark_of(choice)
        key = self._known_key(mark)
        files = self.store.contents.files.values()
        rows = files if key is None else files_without_vectors(self.store, key)
        if key is not None and not rows:
            return self._finished(key, options)
        if options.niceness == 0 and len(rows) < _FILES_IN_PROCESS:
            return self._opened_here(choice, mark)
        work = _Work(self.store, choice, options)
        work.start()
        try:
            key = self._collect(work, options)
        finally:
            self.cpu += work.end()
        self.crashes = work.crashes
        if work.failure is not None:
            raise work.failure
        if key is None:
            _log.warning("vectors are made in this process: %s", work.reason)
            return self._opened_here(choice, mark)
        self._remember(mark, key)
        return self._finished(key, options)

    def _opened_here(self, choice: str, mark: str) -> EmbedReport:
        from pairwright.index.embed import open_encoder

        encoder = open_encoder(choice)
        report = self.in_this_thread(encoder)
        self._remember(mark, report.encoder)
        return report

    def _remember(self, mark: str, key: EncoderKey) -> None:
        """Keep what an encoder's vectors are known by, so that it need not be opened to ask."""
        said = json.dumps([mark, *key]).encode()
        with _alone(self.store, self.check):
            if self.store.meta(_KEY_META) != said:
                self.store.keep({}, {_KEY_META: said})

    def _known_key(self, mark: str) -> EncoderKey | None:
        """The key of the encoder's vectors as the last run found it, if it is as it was."""
        said = self.store.meta(_KEY_META)
        try:
            former, identity, dimensions = json.loads(said) if said else ("", "", 0)
        except ValueError:
            return None
        return EncoderKey(identity, dimensions) if mark and former == mark else None

    def _collect(self, work: _Work, options: EmbedOptions) -> EncoderKey | None:
        """Commit what the processes make until there is no more; the key, None if none came up."""
        key: EncoderKey | None = None
        while True:
            self.check()
            answer = work.crew.answer(_SILENCE_SECONDS)
            if answer is None:
                if work.crew.is_over:
                    return key
            elif isinstance(answer, Vectors):
                assert key is not None
                self.commit(key, answer)
            elif key is None:
                key = answer
                rows = files_without_vectors(self.store, key)
                self._say(0, len(rows))
                work.feed(rows)
                if len(rows) >= _WORTH_ANOTHER:
                    work.start(options.workers - 1)

    def _finished(self, key: EncoderKey, options: EmbedOptions) -> EmbedReport:
        vectors = self.store.vectors
        if self.store.mode is StoreMode.OWNER and not files_without_vectors(self.store, key):
            with _alone(self.store, self.check):
                vectors.keep_only(key)
            said = self.store.meta(_COUNT_META)
            counted = int.from_bytes(said, "little") if said else 0
            if vectors.wants_repacking(key, counted):
                self._repack(key, options)
        return self._report(key)

    def _repack(self, key: EncoderKey, options: EmbedOptions) -> None:
        """Drop vectors that no file needs, and join small batches."""
        contents = self.store.contents
        batches = [batch for batch in self.store.vectors.known(key) if batch[0] > 0]
        kept = _kept(self.store, batches, options, self.check)
        if kept is None:
            return
        with _alone(self.store, self.check):
            # A file may have come back meanwhile that needs what is about to go.
            if self.store.contents is contents:
                self.store.vectors.repack(key, kept)
                count = self.store.vectors.count(key)
                self.store.keep({}, {_COUNT_META: count.to_bytes(8, "little")})

    # --- both

    def commit(self, key: EncoderKey, made: Vectors) -> None:
        """Keep a batch; waits until no build holds the store."""
        with _alone(self.store, self.check):
            self.store.vectors.add(key, made.digests, made.rows, made.done)
        self.unread.extend(made.unread)
        self.chunks += made.chunks
        self.vectors += len(made.rows) // key.dimensions
        self._say(self.done + len(made.done) + len(made.unread), self.total)

    def _files(self, rows: Sequence[FileRow]) -> Iterator[EmbedFile]:
        for row in rows:
            found = _file_of(self.store, row)
            if found is None:
                self.unread.append((row.path, _LOST))
            else:
                yield found

    def _say(self, done: int, total: int) -> None:
        self.done, self.total = done, total
        if self.progress is not None:
            self.progress(done, total)

    def _report(self, key: EncoderKey) -> EmbedReport:
        wall, cpu = self.started
        return EmbedReport(
            key,
            self.done,
            self.chunks,
            self.vectors,
            time.perf_counter() - wall,
            time.thread_time() - cpu + self.cpu,
            tuple(sorted(self.unread)),
            self.crashes,
        )


_LOST = "its facts are lost"


def _file_of(store: Store, row: FileRow) -> EmbedFile | None:
    facts = store.facts(row.digest)
    if facts is None:
        return None
    return EmbedFile(row.path, row.size, row.digest, facts, store.terms(row.digest) or b"")


def _batches(rows: Sequence[FileRow]) -> Iterator[list[FileRow]]:
    batch: list[FileRow] = []
    size = 0
    for row in rows:
        batch.append(row)
        size += row.size
        if len(batch) >= _BATCH_FILES or size >= _BATCH_BYTES:
            yield batch
            batch, size = [], 0
    if batch:
        yield batch


def _mark_of(choice: str) -> str:
    """Changes when an encoder's files do; "" when there are none to look at."""
    from pairwright.index.embed import BUNDLED, bundled_folder

    folder = bundled_folder() if choice == BUNDLED else Path(choice).expanduser()
    digest = blake2b(os.fsencode(folder), digest_size=16)
    try:
        for path in sorted(folder.rglob("*"))[:100]:
            status = path.stat()
            said = f"{path.relative_to(folder)} {status.st_size} {status.st_mtime_ns}\n"
            digest.update(os.fsencode(said))
    except OSError:
        return ""
    return digest.hexdigest()


@contextmanager
def _alone(store: Store, check: Callable[[], None]) -> Iterator[None]:
    """Hold the right to write; waiting for it can be cancelled."""
    while not store.writing.acquire(timeout=_POLL_SECONDS):
        check()
    try:
        yield
    finally:
        store.writing.release()


# --- processes


class _Work:
    """What the processes of one run are asked, and what came of it."""

    def __init__(self, store: Store, choice: str, options: EmbedOptions) -> None:
        self.store = store
        self.choice = choice
        self.options = options
        self.key: EncoderKey | None = None
        self.failure: EncoderProblem | None = None
        self.reason = ""
        self.crashes = 0
        self.crew: Crew[FileRow, Vectors | EncoderKey] = Crew(
            "index-embedder", self._drive, _MOST_ANSWERS
        )
        self._fed = threading.Event()
        self._in_a_row = 0

    def start(self, count: int = 1) -> None:
        self.crew.start([_worker(self.options.niceness) for _ in range(count)])

    def feed(self, rows: Sequence[FileRow]) -> None:
        self.crew.batches.extend(Batch(batch) for batch in _batches(rows))
        self._fed.set()

    def end(self) -> float:
        """End the threads and their processes; the processor seconds that they used."""
        self.crew.stop()
        self._fed.set()
        self.crew.end()
        return self.crew.cpu

    # --- in a driving thread

    def _drive(self, worker: Worker) -> None:
        if not self._open(worker):
            return
        self._fed.wait()
        while (batch := self.crew.next_batch()) is not None:
            if worker.process is None and not self._open(worker):
                return
            self._run(worker, batch)

    def _open(self, worker: Worker) -> bool:
        """Start a process and tell it what there is; whether it is ready for files."""
        reason = worker.start()
        if reason:
            with self.crew.lock:
                self.reason = reason
                first = self.key is None
            return not first and self._crashed() and self._open(worker)
        try:
            for answer in worker.ask((OPEN, self.choice)):
                if answer[0] == PROBLEM:
                    self._fail(EncoderProblem(answer[1], answer[2]))
                    continue
                assert answer[0] == ENCODER
                key = EncoderKey(answer[1], answer[2])
                with self.crew.lock:
                    first, self.key = self.key is None, key
                if first:
                    self.crew.answers.put(key)
            if self.key is None:
                return False
            known = [digests for _, digests in self.store.vectors.known(self.key)]
            for _ in worker.ask((KNOWN, known)):
                pass
        except GONE:
            worker.discard()
            if self._crashed():
                return self._open(worker)
            return False
        return True

    def _run(self, worker: Worker, batch: Batch[FileRow]) -> None:
        left = {row.path: row for row in batch.items}
        files = []
        for row in batch.items:
            file = _file_of(self.store, row)
            if file is None:
                self.crew.answers.put(_unread(row.path, _LOST))
                del left[row.path]
            else:
                files.append(tuple(file))
        try:
            for answer in worker.ask((EMBED, str(self.store.root), files)):
                if answer[0] == PROBLEM:
                    self._fail(EncoderProblem(answer[1], answer[2]))
                    continue
                assert answer[0] == VECTORS
                made = Vectors(*answer[1:])
                gone = {path for path, _ in made.unread}
                done = set(made.done)
                left = {
                    path: row
                    for path, row in left.items()
                    if path not in gone and row.digest not in done
                }
                self.crew.answers.put(made)
                with self.crew.lock:
                    self._in_a_row = 0
        except GONE:
            worker.discard()
            if self.crew.stopped or not self._crashed():
                return
            if batch.singly:
                for path in left:
                    self.crew.answers.put(
                        _unread(path, "its pieces end the process of the encoder")
                    )
            else:
                self.crew.put_back([Batch([row], singly=True) for row in left.values()])

    def _crashed(self) -> bool:
        """Count a process that ended by itself; whether another one is worth a try."""
        with self.crew.lock:
            self.crashes += 1
            self._in_a_row += 1
            if self._in_a_row <= _MOST_CRASHES:
                return not self.crew.stopped
        self._fail(
            EncoderProblem(
                "The process of the encoder ended by itself several times",
                "Choose another one in `search.encoder`; until then search goes by words.",
            )
        )
        return False

    def _fail(self, problem: EncoderProblem) -> None:
        self.failure = problem
        self.crew.stop()


def _unread(path: str, reason: str) -> Vectors:
    return Vectors(b"", b"", (), ((path, reason),), 0)


def _worker(niceness: int) -> Worker:
    return Worker(
        command("pairwright.index.embed_worker", niceness),
        getattr(subprocess, "IDLE_PRIORITY_CLASS", 0) if niceness else 0,
    )


def _kept(
    store: Store,
    batches: Sequence[tuple[int, bytes]],
    options: EmbedOptions,
    check: Callable[[], None],
) -> dict[int, tuple[int, ...]] | None:
    """What `rows_to_keep` says of the files as they are, in a process; None when it has ended."""
    worker = _worker(options.niceness)
    if worker.start():
        return None
    kept: dict[int, tuple[int, ...]] | None = None
    try:
        rows = list(store.contents.files.values())
        for batch in _batches(rows):
            check()
            terms = [store.terms(row.digest) or b"" for row in batch]
            for _ in worker.ask((USED, terms)):
                pass
        for answer in worker.ask((KEEP, list(batches))):
            assert answer[0] == KEPT
            kept = answer[1]
    except GONE:
        _log.debug("the process that looks for spare vectors has ended")
    finally:
        worker.discard()
    return kept
