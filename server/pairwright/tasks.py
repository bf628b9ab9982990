"""Background work in threads: newer work on a key replaces older; cancellation and progress.

Owns cancel tokens, the order in which work starts, and the way results come back to the loop. It
must not know what the work is, nor the protocol: a progress target is anything with `report`.

The loop thread is the only caller of `Tasks`; a token may be used from any thread.
"""

from __future__ import annotations

import asyncio
import bisect
import itertools
import logging
import threading
from collections.abc import Callable, Hashable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from enum import IntEnum
from typing import Any, Protocol, TypeVar

from pairwright.errors import Cancelled

_log = logging.getLogger(__name__)

T = TypeVar("T")


class Progress(Protocol):
    """Where work tells how far it is."""

    def report(self, message: str, done: int | None = None, total: int | None = None) -> None:
        """Say what is being done, and how many units of how many, where that is known."""
        ...


class CancelToken:
    """A one-way switch from live to cancelled, shared by who waits and who works. Thread-safe."""

    __slots__ = ("_callbacks", "_cancelled", "_lock")

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._cancelled = False
        self._callbacks: dict[object, Callable[[], None]] = {}

    @property
    def cancelled(self) -> bool:
        """Whether `cancel` was called."""
        return self._cancelled

    def check(self) -> None:
        """Raise `Cancelled` once cancelled. Cheap: call it in every loop that may last."""
        if self._cancelled:
            raise Cancelled

    def cancel(self) -> None:
        """Cancel, and run the callbacks in this thread. A second call does nothing."""
        with self._lock:
            if self._cancelled:
                return
            self._cancelled = True
            callbacks = list(self._callbacks.values())
            self._callbacks.clear()
        for callback in callbacks:
            try:
                callback()
            except Exception:  # noqa: BLE001 - the others must still run
                _log.exception("a cancellation callback failed")

    def on_cancel(self, callback: Callable[[], None]) -> Callable[[], None]:
        """Call `callback` once, when cancelled or already cancelled; returns what takes it off.

        The callback runs in the thread that cancels, so it must be quick and must not block.
        """
        with self._lock:
            if not self._cancelled:
                handle = object()  # the same callback may be registered twice
                self._callbacks[handle] = callback

                def remove() -> None:
                    with self._lock:
                        self._callbacks.pop(handle, None)

                return remove
        callback()
        return lambda: None


class Priority(IntEnum):
    """What starts first when threads are scarce."""

    INTERACTIVE = 0
    BACKGROUND = 1


Work = Callable[[CancelToken, Progress], T]


class Tasks:
    """The background work of one server. Lives on the loop thread, alone in calling its methods.

    - One key runs at most one piece of work at a time: a newer submit cancels the older at once,
      and starts when the older one's function has returned.
    - Interactive work starts before background work, and one thread is always kept free of
      background work.
    - Cancelling the future cancels the token, and the reverse. The future of cancelled work is
      cancelled at once; its thread is free when the function has noticed.
    """

    def __init__(self, workers: int = 4) -> None:
        if workers < 2:
            raise ValueError("at least two threads: one is kept free for interactive work")
        self._workers = workers
        self._executor: ThreadPoolExecutor | None = None
        self._sequence = itertools.count()
        self._waiting: list[_Job] = []  # sorted: the first that may start is the next
        self._running: dict[Hashable, _Job] = {}
        self._closed = False
        self._idle: list[asyncio.Future[None]] = []

    @property
    def active_keys(self) -> tuple[Hashable, ...]:
        """Keys with work that runs or waits, the running first; each key once."""
        waiting = (job.key for job in self._waiting)
        return tuple(dict.fromkeys(itertools.chain(self._running, waiting)))

    def submit(
        self,
        key: Hashable,
        work: Work[T],
        *,
        progress: Progress | None = None,
        priority: Priority = Priority.INTERACTIVE,
    ) -> asyncio.Future[T]:
        """Run `work(token, progress)` in a thread; the future holds its value or its exception.

        Older work on `key` is cancelled. Reports reach `progress` on the loop thread, all before
        the future is done; when they come faster than the loop turns, only the newest is passed on.
        Raises `RuntimeError` after `shutdown`.
        """
        if self._closed:
            raise RuntimeError("no work can be submitted after shutdown")
        self.cancel(key)
        loop = asyncio.get_running_loop()
        future: asyncio.Future[T] = loop.create_future()
        token = CancelToken()
        relay = _SILENT if progress is None else _RelayedProgress(loop, token, progress)
        job = _Job(priority, next(self._sequence), key, work, relay, token, future, loop)
        token.on_cancel(lambda: _call_in_loop(loop, future.cancel))
        future.add_done_callback(lambda done: self._on_future_done(job, done))
        bisect.insort(self._waiting, job)
        self._start_what_may()
        return future

    def cancel(self, key: Hashable) -> bool:
        """Cancel the work on `key`, running or waiting; False when there was none."""
        jobs = [job for job in self._waiting if job.key == key]
        running = self._running.get(key)
        if running is not None and not running.token.cancelled:
            jobs.append(running)
        for job in jobs:
            job.token.cancel()
            job.future.cancel()
        self._waiting = [job for job in self._waiting if job.key != key]
        return bool(jobs)

    async def shutdown(self, grace_seconds: float | None = None) -> tuple[Hashable, ...]:
        """Cancel everything and wait until the threads are free, at most `grace_seconds`.

        Returns the keys whose functions still run: they did not look at their token in time.
        Nothing can be submitted afterwards. Safe to call twice.
        """
        self._closed = True
        for key in self.active_keys:
            self.cancel(key)
        if self._running:
            idle: asyncio.Future[None] = asyncio.get_running_loop().create_future()
            self._idle.append(idle)
            await asyncio.wait([idle], timeout=grace_seconds)
        if self._executor is not None:
            # Every function has returned, or is known not to: joining here would block the loop.
            self._executor.shutdown(wait=not self._running, cancel_futures=True)
        return tuple(self._running)

    def _start_what_may(self) -> None:
        background = sum(job.priority is Priority.BACKGROUND for job in self._running.values())
        position = 0
        while position < len(self._waiting) and len(self._running) < self._workers:
            job = self._waiting[position]
            is_background = job.priority is Priority.BACKGROUND
            if job.key in self._running or (is_background and background == self._workers - 1):
                position += 1
                continue
            del self._waiting[position]
            background += is_background
            self._running[job.key] = job
            if self._executor is None:
                self._executor = ThreadPoolExecutor(self._workers, "pairwright-task")
            self._executor.submit(self._run, job)

    def _run(self, job: _Job) -> None:
        """The worker thread's part."""
        outcome: _Outcome
        try:
            job.token.check()
            outcome = _Outcome(job.work(job.token, job.progress))
        except BaseException as error:  # noqa: BLE001 - whatever it is, it belongs to the future
            outcome = _Outcome(error=error)
        _call_in_loop(job.loop, lambda: self._on_returned(job, outcome))

    def _on_returned(self, job: _Job, outcome: _Outcome) -> None:
        del self._running[job.key]
        error = outcome.error
        if job.future.done():
            if error is not None and not isinstance(error, Cancelled):
                # Nobody waits for it any more, yet it must not vanish without a trace.
                _log.debug("cancelled work on %r ended with an error", job.key, exc_info=error)
        elif isinstance(error, Cancelled | asyncio.CancelledError):
            job.future.cancel()
        elif isinstance(error, StopIteration):
            # A future refuses this one, as it would end the coroutine that awaits it.
            wrapped = RuntimeError("the work raised StopIteration")
            wrapped.__cause__ = error
            job.future.set_exception(wrapped)
        elif error is not None:
            job.future.set_exception(error)
        else:
            job.future.set_result(outcome.value)
        self._start_what_may()
        if not self._running:
            for idle in self._idle:
                if not idle.done():
                    idle.set_result(None)
            self._idle.clear()

    def _on_future_done(self, job: _Job, future: asyncio.Future[Any]) -> None:
        if future.cancelled():
            job.token.cancel()
            if job in self._waiting:
                self._waiting.remove(job)


@dataclass(frozen=True, slots=True, order=True)
class _Job:
    priority: Priority
    sequence: int
    key: Hashable = field(compare=False)
    work: Work[Any] = field(compare=False)
    progress: Progress = field(compare=False)
    token: CancelToken = field(compare=False)
    future: asyncio.Future[Any] = field(compare=False)
    loop: asyncio.AbstractEventLoop = field(compare=False)


@dataclass(frozen=True, slots=True)
class _Outcome:
    value: object = None
    error: BaseException | None = None


class _SilentProgress:
    def report(self, message: str, done: int | None = None, total: int | None = None) -> None:
        """Nobody listens."""


_SILENT = _SilentProgress()


class _RelayedProgress:
    """Carries reports from the worker thread to a target on the loop thread, newest only."""

    def __init__(
        self, loop: asyncio.AbstractEventLoop, token: CancelToken, target: Progress
    ) -> None:
        self._loop = loop
        self._token = token
        self._target = target
        self._lock = threading.Lock()
        self._newest: tuple[str, int | None, int | None] | None = None

    def report(self, message: str, done: int | None = None, total: int | None = None) -> None:
        with self._lock:
            scheduled = self._newest is not None
            self._newest = (message, done, total)
        if not scheduled:
            _call_in_loop(self._loop, self._pass_on)

    def _pass_on(self) -> None:
        with self._lock:
            newest, self._newest = self._newest, None
        if newest is not None and not self._token.cancelled:
            self._target.report(*newest)


def _call_in_loop(loop: asyncio.AbstractEventLoop, callback: Callable[[], object]) -> None:
    try:
        loop.call_soon_threadsafe(callback)
    except RuntimeError:
        # The loop is closed: the server is gone and nobody can be told.
        _log.debug("work ended after its loop was closed")
