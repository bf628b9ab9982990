"""Regular expressions and structural patterns over the texts of an index.

Owns finding them within bounds. An expression may backtrack for ever and cannot be interrupted, so
it runs in a process of its own that is ended when its time is up. It must not know ranking.
"""

from __future__ import annotations

import re
import subprocess
import threading
import time
import warnings
from bisect import bisect_left
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import accumulate
from typing import IO, cast

from pairwright.errors import BadArgument
from pairwright.index.worker import READY, command, receive, send
from pairwright_analyzers.patterns import (
    LANGUAGES,
    MAX_TEXT,
    PatternError,
    language_named,
    matches,
    supported_languages,
)
from pairwright_analyzers.types import Span

SECONDS = 5.0
"""How long a search may take, on the clock."""

MOST_OF_FILE = 50
"""Matches in one file; more say no more."""

MAX_EXPRESSION = 1_000

_BATCH_BYTES = 1 << 18
_POLL_SECONDS = 0.05
_FLAGS = {"i": re.IGNORECASE, "m": re.MULTILINE, "s": re.DOTALL, "x": re.VERBOSE}


@dataclass(frozen=True, slots=True)
class Text:
    """One file to look into."""

    path: str
    language_id: str
    text: bytes


@dataclass(frozen=True, slots=True)
class Found:
    """Matches in one file, in order."""

    path: str
    spans: tuple[Span, ...]


def compiled(expression: str, flags: str) -> re.Pattern[str]:
    """An expression, `^` and `$` at lines. Raises BadArgument for what is none."""
    if len(expression) > MAX_EXPRESSION:
        raise BadArgument(
            f"The regular expression is longer than {MAX_EXPRESSION:,} characters",
            "Search for less at once",
        )
    options = re.MULTILINE
    for flag in flags:
        options |= _FLAGS[flag]
    try:
        with warnings.catch_warnings():
            # What a later Python may read otherwise is nothing to whoever searches.
            warnings.simplefilter("ignore")
            return re.compile(expression, options)
    except (re.error, OverflowError, RecursionError) as error:
        raise BadArgument(
            f"The regular expression cannot be read: {error}", "Correct it, or search for words"
        ) from error


# --- expressions


def expression_matches(
    expression: str,
    flags: str,
    texts: Iterable[Text],
    check: Callable[[], None],
    seconds: float = SECONDS,
) -> Iterator[Found]:
    """The files that an expression matches in, as they are found. Raises BadArgument, what `check`
    raises (it is asked from another thread, too), and `TimeoutError` when it takes longer: what was
    found until then is true.
    """
    compiled(expression, flags)
    process = subprocess.Popen(command(__name__), stdin=subprocess.PIPE, stdout=subprocess.PIPE)
    requests, answers = cast("IO[bytes]", process.stdin), cast("IO[bytes]", process.stdout)
    done = threading.Event()
    unwanted: list[BaseException] = []

    def watch() -> None:
        until = time.monotonic() + seconds
        while not done.wait(_POLL_SECONDS):
            try:
                check()
            except BaseException as error:  # noqa: BLE001 - raised where the answer is waited for
                unwanted.append(error)
            if unwanted or time.monotonic() > until:
                process.kill()
                return

    watcher = threading.Thread(target=watch, name="search-expression", daemon=True)
    watcher.start()
    try:
        if receive(answers) != READY:
            raise TimeoutError
        send(requests, (expression, flags))
        for batch in _batches(texts):
            check()
            send(requests, [text.text for text in batch])
            found = cast("list[list[tuple[int, int]]]", receive(answers))
            for text, spans in zip(batch, found, strict=True):
                if spans:
                    yield Found(text.path, tuple(Span(*span) for span in spans))
    except (EOFError, OSError) as error:
        if unwanted:
            raise unwanted[0] from None
        raise TimeoutError from error
    finally:
        done.set()
        process.kill()
        process.wait()
        watcher.join()
        requests.close()
        answers.close()


def _batches(texts: Iterable[Text]) -> Iterator[list[Text]]:
    batch: list[Text] = []
    size = 0
    for text in texts:
        batch.append(text)
        size += len(text.text)
        if size >= _BATCH_BYTES:
            yield batch
            batch, size = [], 0
    if batch:
        yield batch


def main() -> None:
    """The process: an expression, then lists of texts until there are no more."""
    import sys

    requests, answers = sys.stdin.buffer, sys.stdout.buffer
    sys.stdout = sys.stderr
    try:
        send(answers, READY)
        pattern = compiled(*cast("tuple[str, str]", receive(requests)))
        while True:
            send(
                answers,
                [_spans(pattern, text) for text in cast("list[bytes]", receive(requests))],
            )
    except (EOFError, BrokenPipeError):
        return


def _spans(pattern: re.Pattern[str], raw: bytes) -> list[tuple[int, int]]:
    """The matches as byte offsets. Lines may end as they do on Windows, unless the expression says
    how they end.
    """
    folded = b"\r\n" in raw and "\\r" not in pattern.pattern and "\r" not in pattern.pattern
    lines = raw.split(b"\r\n") if folded else [raw]
    text = b"\n".join(lines).decode("utf-8", "surrogateescape")
    spans: list[tuple[int, int]] = []
    for match in pattern.finditer(text):
        if match.end() > match.start():
            spans.append(match.span())
            if len(spans) == MOST_OF_FILE:
                break
    if text.isascii() and not folded:
        return spans
    ends = [length - 1 for length in accumulate(len(line) + 1 for line in lines[:-1])]

    def offset(at: int) -> int:
        inside = at if text.isascii() else len(text[:at].encode("utf-8", "surrogateescape"))
        return inside + bisect_left(ends, inside)

    return [(offset(start), offset(end)) for start, end in spans]


# --- structural patterns

_HOLES = re.compile(r"\${1,3}[A-Z_0-9]*")
_WORD = re.compile(r"[^\W\d]\w+")


def words_of_pattern(pattern: str) -> list[str]:
    """Words that a text must have for a pattern to match."""
    return _WORD.findall(_HOLES.sub(" ", pattern))


def pattern_matches(
    pattern: str,
    texts: Iterable[Text],
    languages: Sequence[str],
    check: Callable[[], None],
    seconds: float = SECONDS,
) -> Iterator[Found]:
    """The files that a structural pattern matches in, as they are found.

    Without `languages` it is tried in each language that has files. Raises BadArgument for one that
    no language can read, `TimeoutError` when it takes longer.
    """
    for language in languages:
        if language_named(language) not in LANGUAGES:
            raise BadArgument(
                f"Patterns cannot be matched in {language}", f"They can in {supported_languages()}"
            )
    until = time.monotonic() + seconds
    needed = [word.encode() for word in words_of_pattern(pattern)]
    unfit: dict[str, str] = {}
    read = False
    for text in texts:
        check()
        if time.monotonic() > until:
            raise TimeoutError
        language = text.language_id
        if language not in LANGUAGES or language in unfit or len(text.text) > MAX_TEXT:
            continue
        if not all(word in text.text for word in needed):
            continue
        spans = []
        try:
            config = {"rule": {"pattern": pattern}}
            for match in matches(text.text.decode("utf-8", "replace"), language, config):
                spans.append(match.span)
                if len(spans) == MOST_OF_FILE:
                    break
            read = True
        except PatternError as error:
            unfit[language] = str(error)
            continue
        if spans:
            yield Found(text.path, tuple(spans))
    if unfit and not read:
        language, reason = next(iter(unfit.items()))
        raise BadArgument(
            f"The pattern cannot be read as {language}: {reason}",
            "Write a whole expression or statement of the language, with $A or $$$ for holes",
        )
