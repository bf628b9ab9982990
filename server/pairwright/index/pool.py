"""Many files parsed in worker processes, and what to do when a file ends one of them.

Owns the batches and the retries. It must not know the store, nor how processes live
(`workers.py`). The thread that asked gets the outcomes as they come.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from pairwright.index.file_terms import NO_TERMS
from pairwright.index.source import NotSource, read_source
from pairwright.index.worker import Outcome, analyse, command, not_indexed, outcome_of
from pairwright.index.workers import GONE, Batch, Crew, Worker
from pairwright_analyzers.facts import empty_facts

_log = logging.getLogger(__name__)

_BATCHES_A_WORKER = 8
_BATCH_BYTES = 512 * 1024
_MOST_ANSWERS = 8
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


class _Work:
    """One call's reading: what is asked of the workers, and why it is left to others."""

    def __init__(self, root: Path, options: PoolOptions) -> None:
        self.root = root
        self.options = options
        self.failure = ""
        self.crew: Crew[str, list[Outcome]] = Crew("index-worker", self._drive, _MOST_ANSWERS)

    # --- in a driving thread

    def _drive(self, worker: Worker) -> None:
        """Feed one worker until there is nothing left; one that dies is replaced."""
        while (batch := self.crew.next_batch()) is not None:
            if worker.process is None:
                reason = worker.start()
                if reason:
                    self.crew.put_back([batch])
                    self.failure = reason
                    self.crew.stop()
                    return
            self._run(worker, batch)

    def _run(self, worker: Worker, batch: Batch[str]) -> None:
        options = self.options
        paths = list(batch.items)
        done = 0
        try:
            request = (str(self.root), options.limit, options.budget, batch.singly, paths)
            for answer in worker.ask(request):
                done += len(answer)
                self.crew.answers.put([Outcome._make(row) for row in answer])
        except GONE:
            status = worker.discard()
            left = paths[done:]
            if self.crew.stopped or not left:
                return
            if batch.singly:
                self.crew.answers.put([_fatal(self, left.pop(0), status)])
            if left:
                self.crew.put_back([Batch(left, singly=True)])


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
    work = _Work(root, options)
    crew = work.crew
    crew.batches.extend(_batches(files, options.workers))
    crew.start([Worker(command()) for _ in range(min(options.workers, len(crew.batches)))])
    try:
        while not crew.is_over:
            check()
            outcomes = crew.answer(_SILENCE_SECONDS)
            if outcomes is not None:
                yield outcomes
    finally:
        crew.end()
        meter.seconds += crew.cpu
    if work.failure:
        _log.warning("files are read one by one: %s", work.failure)
    while crew.batches:
        for path in crew.batches.popleft().items:
            check()
            yield [analyse(root, path, options.limit)]


def _batches(files: Sequence[tuple[str, int]], workers: int) -> Iterator[Batch[str]]:
    """Batches of about the same size in bytes, each with its share of the large files."""
    total = sum(size for _, size in files)
    count = max(workers * _BATCHES_A_WORKER, total // _BATCH_BYTES)
    ordered = [path for path, _ in sorted(files, key=lambda file: (-file[1], file[0]))]
    for start in range(min(count, len(ordered))):
        yield Batch(ordered[start::count])


def _fatal(work: _Work, path: str, status: int) -> Outcome:
    """The outcome of a file that ended two workers."""
    source = read_source(work.root, path, work.options.limit)
    if isinstance(source, NotSource):
        return not_indexed(source)
    problem = f"its analysis ended the worker process (exit status {status})"
    facts = empty_facts(source.language.id, source.text, problem)
    return outcome_of(source, facts, NO_TERMS)
