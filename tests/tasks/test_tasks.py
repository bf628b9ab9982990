"""Background work: who runs when, what cancels what, and what is told to whom."""

from __future__ import annotations

import asyncio
import logging
import threading
from collections.abc import AsyncIterator, Callable

import pytest
import pytest_asyncio

from pairwright.errors import Cancelled
from pairwright.tasks import CancelToken, Priority, Progress, Tasks

WAIT = 30.0  # a net under a hanging test, never part of a verdict


@pytest_asyncio.fixture
async def tasks() -> AsyncIterator[Tasks]:
    made = Tasks(workers=2)
    yield made
    assert await made.shutdown(WAIT) == ()


class Gate:
    """Work that says when it started and goes on until it is let through or cancelled."""

    def __init__(self, value: str = "") -> None:
        self.value = value
        self.started = threading.Event()
        self.open = threading.Event()
        self.seen_cancelled = False

    def __call__(self, token: CancelToken, progress: Progress) -> str:
        token.on_cancel(self.open.set)
        self.started.set()
        assert self.open.wait(WAIT)
        self.seen_cancelled = token.cancelled
        token.check()
        return self.value


async def until_set(event: threading.Event) -> None:
    assert await asyncio.to_thread(event.wait, WAIT)


def value(of: str) -> Callable[[CancelToken, Progress], str]:
    return lambda token, progress: of


async def test_the_future_holds_the_value(tasks: Tasks) -> None:
    thread: list[str] = []

    def work(token: CancelToken, progress: Progress) -> int:
        thread.append(threading.current_thread().name)
        return 7

    assert await tasks.submit("a", work) == 7
    assert thread[0].startswith("pairwright-task")
    assert tasks.active_keys == ()


async def test_the_future_holds_the_exception(tasks: Tasks) -> None:
    def work(token: CancelToken, progress: Progress) -> None:
        raise LookupError("gone")

    with pytest.raises(LookupError, match="gone"):
        await tasks.submit("a", work)


async def test_stop_iteration_is_an_error_like_any_other(tasks: Tasks) -> None:
    def work(token: CancelToken, progress: Progress) -> None:
        next(iter(()))

    with pytest.raises(RuntimeError):
        await tasks.submit("a", work)


async def test_newer_work_on_a_key_cancels_the_older(tasks: Tasks) -> None:
    older = Gate()
    first = tasks.submit("save", older)
    await until_set(older.started)
    second = tasks.submit("save", value("newer"))
    assert first.cancelled()
    assert await second == "newer"
    assert older.seen_cancelled


async def test_one_key_never_runs_twice_at_once(tasks: Tasks) -> None:
    release = threading.Event()
    inside = threading.Semaphore(1)
    overlaps: list[int] = []
    started = threading.Event()

    def deaf(token: CancelToken, progress: Progress) -> None:
        """Does not look at its token."""
        if not inside.acquire(blocking=False):
            overlaps.append(1)
            return
        started.set()
        release.wait(WAIT)
        inside.release()

    tasks.submit("index", deaf)
    await until_set(started)
    dropped = tasks.submit("index", deaf)
    last = tasks.submit("index", deaf)
    other = tasks.submit("other", value("other keys go on"))
    assert await other == "other keys go on"
    assert dropped.cancelled()
    assert not last.done()
    release.set()
    await last
    assert overlaps == []


async def test_different_keys_run_side_by_side(tasks: Tasks) -> None:
    gates = [Gate("a"), Gate("b")]
    futures = [tasks.submit(number, gate) for number, gate in enumerate(gates)]
    for gate in gates:
        await until_set(gate.started)
    for gate in gates:
        gate.open.set()
    assert await asyncio.gather(*futures) == ["a", "b"]


async def test_interactive_work_overtakes_waiting_background_work(tasks: Tasks) -> None:
    order: list[str] = []
    gates = [Gate(), Gate()]
    held = [tasks.submit(f"hold{number}", gate) for number, gate in enumerate(gates)]

    def noted(name: str) -> Callable[[CancelToken, Progress], None]:
        return lambda token, progress: order.append(name)

    later = [
        tasks.submit("b1", noted("b1"), priority=Priority.BACKGROUND),
        tasks.submit("b2", noted("b2"), priority=Priority.BACKGROUND),
        tasks.submit("i1", noted("i1")),
        tasks.submit("i2", noted("i2")),
    ]
    await until_set(gates[0].started)
    gates[0].open.set()  # one thread is free: what waits runs one by one
    await asyncio.gather(*later)
    gates[1].open.set()
    await asyncio.gather(*held)
    assert order == ["i1", "i2", "b1", "b2"]


async def test_background_work_never_takes_the_last_thread(tasks: Tasks) -> None:
    gates = [Gate(), Gate()]
    slow = [
        tasks.submit(f"embed{number}", gate, priority=Priority.BACKGROUND)
        for number, gate in enumerate(gates)
    ]
    await until_set(gates[0].started)
    assert await tasks.submit("lightbulb", value("at once")) == "at once"
    assert not gates[1].started.is_set()
    for gate in gates:
        gate.open.set()
    await asyncio.gather(*slow)


async def test_cancelling_the_future_cancels_the_work(tasks: Tasks) -> None:
    gate = Gate()
    future = tasks.submit("a", gate)
    await until_set(gate.started)
    future.cancel()
    await until_set(gate.open)
    assert tasks.cancel("a") is False
    assert await tasks.shutdown(WAIT) == ()
    assert gate.seen_cancelled


async def test_cancelling_whoever_awaits_the_future_cancels_the_work(tasks: Tasks) -> None:
    gate = Gate()

    async def request() -> str:
        return await tasks.submit("a", gate)

    waiting = asyncio.create_task(request())
    await until_set(gate.started)
    waiting.cancel()
    with pytest.raises(asyncio.CancelledError):
        await waiting
    await tasks.shutdown(WAIT)
    assert gate.seen_cancelled


async def test_work_that_waits_and_is_cancelled_never_starts(tasks: Tasks) -> None:
    gates = [Gate(), Gate()]
    held = [tasks.submit(number, gate) for number, gate in enumerate(gates)]
    never = Gate()
    by_key = tasks.submit("key", never)
    by_future = tasks.submit("future", never)
    assert tasks.cancel("key") is True
    by_future.cancel()
    for gate in gates:
        gate.open.set()
    await asyncio.gather(*held)
    assert by_key.cancelled()
    assert await tasks.submit("after", value("x")) == "x"
    assert not never.started.is_set()


async def test_work_that_gives_up_by_itself_is_cancelled_not_failed(tasks: Tasks) -> None:
    def work(token: CancelToken, progress: Progress) -> None:
        raise Cancelled

    with pytest.raises(asyncio.CancelledError):
        await tasks.submit("a", work)


async def test_cancelling_the_token_cancels_the_future(tasks: Tasks) -> None:
    def work(token: CancelToken, progress: Progress) -> str:
        token.cancel()
        return "too late"

    with pytest.raises(asyncio.CancelledError):
        await tasks.submit("a", work)


async def test_cancellation_is_not_logged(tasks: Tasks, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG, logger="pairwright")
    gate = Gate()
    tasks.submit("a", gate)
    await until_set(gate.started)
    tasks.cancel("a")
    await tasks.shutdown(WAIT)
    assert caplog.records == []


async def test_an_error_after_cancellation_is_logged_for_a_bug_report(
    tasks: Tasks, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG, logger="pairwright")
    gate = Gate()

    def work(token: CancelToken, progress: Progress) -> None:
        try:
            gate(token, progress)
        except Cancelled:
            raise OSError("disk") from None

    tasks.submit("a", work)
    await until_set(gate.started)
    tasks.cancel("a")
    await tasks.shutdown(WAIT)
    assert [record.levelname for record in caplog.records] == ["DEBUG"]


class Heard:
    def __init__(self) -> None:
        self.reports: list[tuple[str, int | None, int | None]] = []
        self.threads: set[str] = set()

    def report(self, message: str, done: int | None = None, total: int | None = None) -> None:
        self.threads.add(threading.current_thread().name)
        self.reports.append((message, done, total))


async def test_progress_arrives_on_the_loop_before_the_result(tasks: Tasks) -> None:
    heard = Heard()

    def work(token: CancelToken, progress: Progress) -> None:
        for number in range(1, 10_001):
            progress.report("walking", number, 10_000)

    await tasks.submit("a", work, progress=heard)
    assert heard.reports[-1] == ("walking", 10_000, 10_000)
    done = [report[1] for report in heard.reports if report[1] is not None]
    assert done == sorted(done)
    assert heard.threads == {threading.current_thread().name}


async def test_reports_faster_than_the_loop_are_merged(tasks: Tasks) -> None:
    heard = Heard()
    reported = threading.Event()

    def work(token: CancelToken, progress: Progress) -> None:
        for number in range(100):
            progress.report("x", number)
        reported.set()

    future = tasks.submit("a", work, progress=heard)
    assert reported.wait(WAIT)  # holds the loop on purpose
    await future
    assert heard.reports == [("x", 99, None)]


async def test_cancelled_work_reports_no_more(tasks: Tasks) -> None:
    heard = Heard()
    gate = Gate()

    def work(token: CancelToken, progress: Progress) -> None:
        try:
            gate(token, progress)
        finally:
            progress.report("late")

    tasks.submit("a", work, progress=heard)
    await until_set(gate.started)
    tasks.cancel("a")
    await tasks.shutdown(WAIT)
    assert heard.reports == []


async def test_shutdown_waits_cancels_and_refuses_more() -> None:
    tasks = Tasks(workers=2)
    gates = [Gate() for _ in range(4)]
    futures = [tasks.submit(number, gate) for number, gate in enumerate(gates)]
    await until_set(gates[0].started)
    assert await tasks.shutdown(WAIT) == ()
    assert all(future.cancelled() for future in futures)
    assert tasks.active_keys == ()
    with pytest.raises(RuntimeError):
        tasks.submit("late", value("x"))
    assert await tasks.shutdown() == ()


async def test_shutdown_names_the_work_that_does_not_listen() -> None:
    tasks = Tasks(workers=2)
    started, release = threading.Event(), threading.Event()

    def deaf(token: CancelToken, progress: Progress) -> None:
        started.set()
        release.wait(WAIT)

    tasks.submit("deaf", deaf)
    await until_set(started)
    assert await tasks.shutdown(grace_seconds=0) == ("deaf",)
    release.set()
    assert await tasks.shutdown(WAIT) == ()


def test_token_callbacks() -> None:
    token = CancelToken()
    called: list[str] = []
    token.on_cancel(lambda: called.append("kept"))
    remove = token.on_cancel(lambda: called.append("removed"))
    remove()
    token.check()
    token.cancel()
    token.cancel()
    assert called == ["kept"]
    token.on_cancel(lambda: called.append("late"))
    assert called == ["kept", "late"]
    with pytest.raises(Cancelled):
        token.check()


def test_a_failing_callback_does_not_stop_the_others(caplog: pytest.LogCaptureFixture) -> None:
    token = CancelToken()
    called: list[str] = []

    def fail() -> None:
        raise OSError("no")

    token.on_cancel(fail)
    token.on_cancel(lambda: called.append("second"))
    token.cancel()
    assert called == ["second"]
    assert [record.levelname for record in caplog.records] == ["ERROR"]


def test_one_callback_may_be_registered_twice_and_removed_once() -> None:
    token = CancelToken()
    called: list[int] = []

    def callback() -> None:
        called.append(1)

    remove = token.on_cancel(callback)
    token.on_cancel(callback)
    remove()
    token.cancel()
    assert called == [1]


def test_many_threads_cancel_once() -> None:
    token = CancelToken()
    called: list[int] = []
    token.on_cancel(lambda: called.append(1))
    barrier = threading.Barrier(8)

    def race() -> None:
        barrier.wait(WAIT)
        token.cancel()

    threads = [threading.Thread(target=race) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(WAIT)
    assert called == [1]
