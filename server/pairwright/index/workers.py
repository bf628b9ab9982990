"""Processes that answer over pipes, several at once, each driven by a thread of its own.

Owns how they are started, asked, watched and ended, and the work that waits for them. It must not
know what is asked, nor what is done about work that ends a process: `pool.py` and `embedder.py` do.
Nothing here depends on what a platform can wait for. They are fresh processes, never forks of a
threaded server.
"""

from __future__ import annotations

import logging
import queue
import subprocess
import threading
import time
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Generic, TypeVar, cast

from pairwright.index.worker import READY, receive, send

_log = logging.getLogger(__name__)

_T = TypeVar("_T")
_A = TypeVar("_A")

_POLL_SECONDS = 0.1

GONE = (EOFError, OSError, ValueError)
"""What asking a process raises that has ended."""


class Worker:
    """One process as its thread sees it. It begins with `READY` and answers requests one by one;
    to None it answers with the processor time that it used, and ends.
    """

    def __init__(self, boot: Sequence[str], flags: int = 0) -> None:
        """`boot` is the command line, `flags` are of Windows."""
        self._boot = boot
        self._flags = flags
        self._heard = time.monotonic()
        self.process: subprocess.Popen[bytes] | None = None

    def start(self) -> str:
        """Start the process; the reason when it does not come up."""
        try:
            process = subprocess.Popen(
                self._boot,
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=subprocess.DEVNULL,
                creationflags=self._flags,
            )
        except OSError as error:
            return f"a worker process cannot be started ({error})"
        assert process.stdout is not None
        self.process = process
        self._heard = time.monotonic()
        try:
            if receive(process.stdout) == READY:
                return ""
        except GONE:
            _log.debug("a worker process did not begin")
        return f"a worker process ended at once (exit status {self.discard()})"

    def ask(self, request: tuple[object, ...]) -> Iterator[Any]:
        """The answers to a request, up to the None behind them. Raises one of `GONE`."""
        process = self.process
        assert process is not None and process.stdin is not None and process.stdout is not None
        self._heard = time.monotonic()
        send(process.stdin, request)
        while True:
            answer = receive(process.stdout)
            self._heard = time.monotonic()
            if answer is None:
                return
            yield answer

    def finish(self) -> float:
        """End the process in good order; the processor seconds it used."""
        process = self.process
        if process is None:
            return 0.0
        assert process.stdin is not None and process.stdout is not None
        used = 0.0
        try:
            send(process.stdin, None)
            used = cast("float", receive(process.stdout))
        except GONE:
            _log.debug("a worker process was gone before it could report its time")
        self.discard()
        return used

    def discard(self) -> int:
        """Let go of a process that has ended, or ends when nobody asks; its exit status."""
        process = self.process
        assert process is not None and process.stdin is not None and process.stdout is not None
        self.process = None
        try:
            process.stdin.close()
        except OSError:
            _log.debug("a worker process left a request unread")
        process.stdout.close()
        return process.wait()

    def kill(self) -> None:
        """End the process now, if there is one. From any thread."""
        process = self.process
        if process is not None:
            process.kill()

    def silent_since(self, moment: float) -> bool:
        """Whether the process runs and was not heard since a moment of the monotonic clock."""
        return self.process is not None and self._heard < moment


@dataclass(frozen=True, slots=True)
class Batch(Generic[_T]):
    """Work that is asked for together. A `singly` one is answered piece by piece, since one of its
    pieces may end the process.
    """

    items: Sequence[_T]
    singly: bool = False


class Crew(Generic[_T, _A]):
    """Some workers, each driven by a thread, and what these share under `lock`: the batches that
    wait, the answers that were not taken yet, and whether it is over.
    """

    def __init__(self, name: str, drive: Callable[[Worker], None], most_answers: int) -> None:
        """`drive` feeds one worker until there is nothing left. So many answers wait at the most,
        so that whoever is slow to take them slows the workers and does not fill the memory.
        """
        self.lock = threading.Lock()
        self.batches: deque[Batch[_T]] = deque()
        self.stopped = False
        self.answers: queue.Queue[_A] = queue.Queue(maxsize=most_answers)
        self.cpu = 0.0
        """Processor seconds of the workers that ended and of the threads that drove them."""
        self._name = name
        self._drive = drive
        self._workers: list[tuple[Worker, threading.Thread]] = []

    def start(self, workers: Iterable[Worker]) -> None:
        """Begin to drive workers; none of them has a process yet."""
        for worker in workers:
            thread = threading.Thread(
                target=self._run, args=(worker,), name=self._name, daemon=True
            )
            self._workers.append((worker, thread))
            thread.start()

    def _run(self, worker: Worker) -> None:
        started = time.thread_time()
        try:
            self._drive(worker)
        finally:
            used = worker.finish()
            with self.lock:
                self.cpu += used + time.thread_time() - started

    # --- for those who drive

    def next_batch(self) -> Batch[_T] | None:
        """Work to do; None when there is none or all is over."""
        with self.lock:
            return self.batches.popleft() if self.batches and not self.stopped else None

    def put_back(self, batches: Iterable[Batch[_T]]) -> None:
        """Work that is to be done before all other."""
        with self.lock:
            self.batches.extendleft(batches)

    def stop(self) -> None:
        """Begin nothing more."""
        with self.lock:
            self.stopped = True

    # --- for who waits

    def answer(self, silence: float) -> _A | None:
        """The next answer; None where none came within a moment. A worker that is silent for so
        many seconds, while all that was brought is taken, is killed.
        """
        try:
            return self.answers.get(timeout=_POLL_SECONDS)
        except queue.Empty:
            self._end_silent(silence)
            return None

    @property
    def is_over(self) -> bool:
        """Whether all threads have ended and all that they brought was taken."""
        return not self._is_alive() and self.answers.empty()

    def end(self) -> None:
        """Kill the workers, if any runs, and wait for their threads."""
        self.stop()
        while self._is_alive():
            for worker, _ in self._workers:
                worker.kill()
            try:
                # A thread may be blocked handing over what it has.
                self.answers.get(timeout=0.01)
            except queue.Empty:
                continue

    def _is_alive(self) -> bool:
        return any(thread.is_alive() for _, thread in self._workers)

    def _end_silent(self, seconds: float) -> None:
        latest = time.monotonic() - seconds
        for worker, _ in self._workers:
            if worker.silent_since(latest) and self.answers.empty():
                _log.warning("a worker process has been silent for %d seconds", seconds)
                worker.kill()
