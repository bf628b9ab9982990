"""Reading and parsing one file, and the process that does it for many.

Owns what happens between a path and the bytes that the store keeps, in process or in a worker of
its own. A worker imports the analyzers and this package's `source`, `names`, `file_terms` and
`worker` alone; it must not open the store.

The wire between the two is `wire.py`. A file that takes too much processor time is ended by a
signal that works inside any C code; where there is none, whoever reads the pipe gives up after a
while.
"""

from __future__ import annotations

import contextlib
import gc
import os
import signal
import sys
import time
import zlib
from pathlib import Path
from typing import IO, NamedTuple

from pairwright.index.file_terms import NO_TERMS, FileTerms, file_terms
from pairwright.index.names import FileNames, names_of_packed
from pairwright.index.source import (
    FileStamp,
    NotSource,
    Source,
    facts_key,
    read_source,
)
from pairwright.index.wire import receive as receive
from pairwright.index.wire import send as send
from pairwright_analyzers.facts import FileFacts, empty_facts, facts_of_parsed
from pairwright_analyzers.syntax import parse

# Results wait in the worker until they are worth a message; a file that kills it takes them along.
_MESSAGE_BYTES = 256 * 1024
_MESSAGE_SECONDS = 0.25
# Level 1 halves the store for a twentieth of the time that parsing takes.
_COMPRESSION = 1
_MOST_MEMORY = 4 << 30

READY = "ready"
"""A worker's first message."""


class Outcome(NamedTuple):
    """What became of one file. Plain values only: it crosses a pipe.

    `digest` is the key of the facts, b"" where there are none; `problem` says why not, or why they
    are incomplete. `facts` and `terms` are packed and compressed. `stamp` is None for a file that
    is gone. The last three are as in `FileNames`.
    """

    path: str
    stamp: tuple[int, int, int, int] | None
    language: str
    digest: bytes
    lines: int
    symbols: int
    references: int
    errors: int
    problem: str
    note: str
    facts: bytes
    terms: bytes
    mentions: bytes
    definitions: bytes
    containers: bytes

    def names(self) -> FileNames:
        return FileNames(self.mentions, self.definitions, self.containers)


def analyse(root: Path, path: str, limit: int) -> Outcome:
    """Read a file and compute its facts. Never raises; `limit` is in bytes."""
    source = read_source(root, path, limit)
    if isinstance(source, NotSource):
        return not_indexed(source)
    return analyse_source(source)


def analyse_source(source: Source) -> Outcome:
    """The facts of a text that is read already. Never raises."""
    return outcome_of(source, *checked_facts(source))


def checked_facts(source: Source) -> tuple[FileFacts, FileTerms]:
    """The facts and terms of a text, empty with a problem where an analyzer failed on it."""
    spec, text = source.language, source.text
    try:
        parsed = parse(spec, text)
        facts = facts_of_parsed(parsed)
    except Exception as error:  # noqa: BLE001 - one file must not end the build; the reason is kept
        problem = f"its {spec.name} analyzer failed: {type(error).__name__}: {error}"
        return empty_facts(spec.id, text, problem), NO_TERMS
    try:
        return facts, file_terms(parsed, facts)
    except Exception as error:  # noqa: BLE001 - what is known of it is still worth having
        problem = f"it cannot be searched for words: {type(error).__name__}: {error}"
        columns = facts.columns
        degraded = FileFacts(spec.id, facts.size, facts.lines, facts.errors, problem, columns)
        return degraded, NO_TERMS


def outcome_of(source: Source, facts: FileFacts, terms: FileTerms) -> Outcome:
    """What the store keeps of a text, its facts and its terms."""
    blob = facts.pack()
    names = names_of_packed(blob)
    return Outcome(
        source.path,
        _plain(source.stamp),
        source.language.id,
        facts_key(source.language, source.text),
        facts.lines,
        facts.symbol_count,
        facts.reference_count,
        facts.errors,
        facts.problem,
        source.note,
        zlib.compress(blob, _COMPRESSION),
        terms.pack(),
        names.mentions,
        names.definitions,
        names.containers,
    )


def not_indexed(source: NotSource) -> Outcome:
    """What the store keeps of a file without facts."""
    stamp = _plain(source.stamp) if source.stamp is not None else None
    reason = source.reason
    return Outcome(source.path, stamp, "", b"", 0, 0, 0, 0, reason, "", *(b"",) * 5)


def _plain(stamp: FileStamp) -> tuple[int, int, int, int]:
    return stamp.size, stamp.mtime_ns, stamp.inode, stamp.read_ns


# --- the process


def command(module: str = __name__, argument: int | None = None) -> list[str]:
    """The command line of a worker: a process that runs `main` of a module, with an argument.

    Its import path is handed over: without `site` and the environment it starts in half the time,
    and never runs the main module of the server.
    """
    path = [os.path.abspath(entry or ".") for entry in sys.path]
    call = "main()" if argument is None else f"main({argument})"
    boot = f"import sys; sys.path[:] = {path!r}; from {module} import main; {call}"
    return [sys.executable, "-I", "-S", "-c", boot]


def main() -> None:
    """Serve requests from standard input until it ends.

    It begins with `READY`. A request is (root, size limit, processor seconds a file, one message a
    file?, paths); the answer is lists of outcomes, then None. The answer to None is the processor
    time that was used.
    """
    requests, answers = sys.stdin.buffer, sys.stdout.buffer
    sys.stdout = sys.stderr  # whatever prints must not break the wire
    # The parent decides when to stop; a Ctrl-C at the terminal reaches the whole process group.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    if hasattr(signal, "SIGPROF"):
        signal.signal(signal.SIGPROF, signal.SIG_DFL)
    _limit_memory()
    # Trees and facts make no cycles worth collecting.
    gc.disable()
    gc.freeze()
    with contextlib.suppress(EOFError, BrokenPipeError):
        send(answers, READY)
        while True:
            request = receive(requests)
            if request is None:
                send(answers, time.process_time())
                return
            _serve(answers, *request)  # type: ignore[misc]


def _serve(
    answers: IO[bytes], root: str, limit: int, budget: float, singly: bool, paths: list[str]
) -> None:
    folder = Path(root)
    waiting: list[tuple[object, ...]] = []
    size = 0
    sent = time.monotonic()
    for path in paths:
        _limit_time(budget)
        outcome = analyse(folder, path, limit)
        waiting.append(tuple(outcome))
        size += len(outcome.facts) + len(outcome.terms)
        now = time.monotonic()
        if singly or size > _MESSAGE_BYTES or now - sent > _MESSAGE_SECONDS:
            send(answers, waiting)
            waiting, size, sent = [], 0, now
    _limit_time(0)
    if waiting:
        send(answers, waiting)
    send(answers, None)


def _limit_memory() -> None:
    """Let a text that explodes in a parser end this process, not the machine."""
    try:
        import resource
    except ImportError:
        return  # Windows has no such limit to set from inside
    hard = resource.getrlimit(resource.RLIMIT_AS)[1]
    if hard == resource.RLIM_INFINITY or hard > _MOST_MEMORY:
        resource.setrlimit(resource.RLIMIT_AS, (_MOST_MEMORY, hard))


def _limit_time(seconds: float) -> None:
    """End this process once it has used so much more processor time; 0 for no limit."""
    if hasattr(signal, "setitimer"):
        signal.setitimer(signal.ITIMER_PROF, seconds)
