"""Worker processes that parse many files, and what to do when one of them dies.

Owns the processes, the batches and the retries. It must not know the store. One thread drives each
worker, so that nothing here depends on what a platform can wait for; the thread that asked gets the
outcomes as they come. Workers are fresh processes, never forks of a threaded server.
"""

from __future__ import annotations

import logging
import queue
import subprocess
import threading
import time
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import cast

from pairwright.index.file_terms import NO_TERMS
from pairwright.index.source import NotSource, read_source
from pairwright.index.worker import (
    READY,
    Outcome,
    analyse,
    command,
    not_indexed,
    outcome_of,
    receive,
    send,
)
from pairwright_analyzers.facts import empty_facts

_log = logging.getLogger(__name__)

_BATCHES_A_WORKER = 8
_BATCH_BYTES = 512 * 1024
_POLL_SECONDS = 0.1
# Processor time cannot run out while a worker waits for a disk that never answers.
_SILENCE_SECONDS = 120.0


@dataclass(frozen=True, slots=True)
class PoolOptions:
    """`budget` is processor seconds for one file, `limit` the most bytes that are read of it."""

    workers: int = 2
    budget: float = 10.0
    limit: int = 1_000_000


@dataclass(slots=True)
class CpuMeter:
    """Processor seconds used by worker processes and the threads that drive them."""

    seconds: float = 0.0


@dataclass(frozen=True, slots=True)
class _Batch:
    paths: Sequence[str]
    singly: bool = False


@dataclass(slots=True)
class _Driver:
    """One worker process as its thread sees it."""

    process: subprocess.Popen[bytes] | None = None
    heard: float = field(default_factory=time.monotonic)


class _Work:
    """What the driving threads share. Every field is touched under `lock`, the queue apart."""

    def __init__(self, root: Path, options: PoolOptions, batches: deque[_Batch]) -> None:
        self.root = root
        self.options = options
        self.lock = threading.Lock()
        self.batches = batches
        self.stopped = False
        self.failure = ""
        self.cpu = 0.0
        # Bounded, so that a slow disk on this side slows the workers and not fills the memory.
        self.outcomes: queue.Queue[list[Outcome]] = queue.Queue(maxsize=8)

    def next_batch(self) -> _Batch | None:
        with self.lock:
            return self.batches.popleft() if self.batches and not self.stopped else None

    def put_back(self, paths: Sequence[str]) -> None:
        with self.lock:
            if paths:
                self.batches.appendleft(_Batch(paths, singly=True))

    def give_up(self, batch: _Batch, reason: str) -> None:
        with self.lock:
            self.batches.appendleft(batch)
            self.stopped = True
            self.failure = reason


def analysed(
    root: Path,
    files: Sequence[tuple[str, int]],
    options: PoolOptions,
    check: Callable[[], None],
    meter: CpuMeter,
) -> Iterator[list[Outcome]]:
    """The outcomes of (path, size) files, in no order, each path once. `check` may raise to end it.

    A file that ends its worker is tried a second time, alone; if it does so again its outcome has
    no facts but a problem. Where no worker can be started the files are read in this thread.
    """
    work = _Work(root, options, deque(_batches(files, options.workers)))
    drivers = [_Driver() for _ in range(min(options.workers, len(work.batches)))]
    threads = [
        threading.Thread(target=_drive, args=(work, driver), name="index-worker", daemon=True)
        for driver in drivers
    ]
    for thread in threads:
        thread.start()
    try:
        while True:
            check()
            try:
                yield work.outcomes.get(timeout=_POLL_SECONDS)
            except queue.Empty:
                if not any(thread.is_alive() for thread in threads) and work.outcomes.empty():
                    break
                _end_silent(drivers)
    finally:
        with work.lock:
            work.stopped = True
        if any(thread.is_alive() for thread in threads):
            _end_all(work, drivers, threads)
        meter.seconds += work.cpu
    if work.failure:
        _log.warning("files are read one by one: %s", work.failure)
    while work.batches:
        for path in work.batches.popleft().paths:
            check()
            yield [analyse(root, path, options.limit)]


def _batches(files: Sequence[tuple[str, int]], workers: int) -> Iterator[_Batch]:
    """Batches of about the same size in bytes, each with its share of the large files."""
    total = sum(size for _, size in files)
    count = max(workers * _BATCHES_A_WORKER, total // _BATCH_BYTES)
    ordered = [path for path, _ in sorted(files, key=lambda file: (-file[1], file[0]))]
    for start in range(min(count, len(ordered))):
        yield _Batch(ordered[start::count])


def _drive(work: _Work, driver: _Driver) -> None:
    """Feed one worker until there is nothing left; a worker that dies is replaced."""
    started = time.thread_time()
    try:
        while (batch := work.next_batch()) is not None:
            if driver.process is None:
                reason = _start(driver)
                if reason:
                    work.give_up(batch, reason)
                    break
            _run(work, driver, batch)
    finally:
        used = _finish(driver)
        with work.lock:
            work.cpu += used + time.thread_time() - started


def _start(driver: _Driver) -> str:
    """Start a worker; the reason when it does not come up."""
    try:
        process = subprocess.Popen(
            command(),
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
        )
    except OSError as error:
        return f"a worker process cannot be started ({error})"
    assert process.stdout is not None
    driver.process = process
    driver.heard = time.monotonic()
    try:
        if receive(process.stdout) == READY:
            return ""
    except (EOFError, OSError, ValueError):
        pass
    _discard(driver)
    return f"a worker process ended at once (exit status {process.returncode})"


def _run(work: _Work, driver: _Driver, batch: _Batch) -> None:
    process = driver.process
    assert process is not None and process.stdin is not None and process.stdout is not None
    options = work.options
    done = 0
    try:
        request = (str(work.root), options.limit, options.budget, batch.singly, list(batch.paths))
        driver.heard = time.monotonic()
        send(process.stdin, request)
        while True:
            answer = cast("list[tuple[object, ...]] | None", receive(process.stdout))
            driver.heard = time.monotonic()
            if answer is None:
                return
            done += len(answer)
            work.outcomes.put([Outcome._make(row) for row in answer])
    except (EOFError, OSError, ValueError):
        status = _discard(driver)
        left = batch.paths[done:]
        with work.lock:
            stopped = work.stopped
        if stopped or not left:
            return
        if not batch.singly:
            work.put_back(left)
            return
        work.outcomes.put([_fatal(work, left[0], status)])
        work.put_back(left[1:])


def _fatal(work: _Work, path: str, status: int) -> Outcome:
    """The outcome of a file that ended two workers."""
    source = read_source(work.root, path, work.options.limit)
    if isinstance(source, NotSource):
        return not_indexed(source)
    problem = f"its analysis ended the worker process (exit status {status})"
    facts = empty_facts(source.language.id, source.text, problem)
    return outcome_of(source, facts, NO_TERMS)


def _finish(driver: _Driver) -> float:
    """End a worker in good order; the processor seconds it used."""
    process = driver.process
    if process is None:
        return 0.0
    assert process.stdin is not None and process.stdout is not None
    used = 0.0
    try:
        send(process.stdin, None)
        used = cast("float", receive(process.stdout))
    except (EOFError, OSError, ValueError):
        _log.debug("a worker process was gone before it could report its time")
    _discard(driver)
    return used


def _discard(driver: _Driver) -> int:
    process = driver.process
    assert process is not None and process.stdin is not None and process.stdout is not None
    driver.process = None
    try:
        process.stdin.close()
    except OSError:
        _log.debug("a worker process left a request unread")
    process.stdout.close()
    return process.wait()


def _end_silent(drivers: Sequence[_Driver]) -> None:
    latest = time.monotonic() - _SILENCE_SECONDS
    for driver in drivers:
        process = driver.process
        if process is not None and driver.heard < latest:
            _log.warning("a worker process has been silent for %d seconds", _SILENCE_SECONDS)
            process.kill()


def _end_all(work: _Work, drivers: Sequence[_Driver], threads: Sequence[threading.Thread]) -> None:
    """Kill the workers and wait for their threads, which may be blocked handing over outcomes."""
    while any(thread.is_alive() for thread in threads):
        for driver in drivers:
            process = driver.process
            if process is not None:
                process.kill()
        try:
            work.outcomes.get(timeout=0.01)
        except queue.Empty:
            continue
