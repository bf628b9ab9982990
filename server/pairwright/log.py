"""The log: standard error, the last lines in memory, and whoever listens.

Owns the handlers of the logger `pairwright` and nothing else. It must not know the protocol: a
listener is a function of a level and a line. Standard output is never written to.
"""

from __future__ import annotations

import logging
import sys
import threading
from collections import deque
from collections.abc import Callable

ROOT = "pairwright"

LEVELS = {
    "error": logging.ERROR,
    "warning": logging.WARNING,
    "info": logging.INFO,
    "debug": logging.DEBUG,
}
"""The words of the setting `log.level`."""

_KEPT_LINES = 2_000

Listener = Callable[[int, str], None]
"""(level of `logging`, line without a line break at its end) -> None; called in the thread that
logs.
"""


class LogBuffer(logging.Handler):
    """Keeps the last lines and passes each to a listener. Thread-safe, and never raises into the
    code that logs.
    """

    def __init__(self) -> None:
        super().__init__()
        self._lines: deque[str] = deque(maxlen=_KEPT_LINES)
        self._listener: Listener | None = None
        self._telling = threading.local()
        self.setFormatter(
            logging.Formatter("%(asctime)s %(levelname)-7s %(name)s: %(message)s", "%H:%M:%S")
        )

    def emit(self, record: logging.LogRecord) -> None:
        try:
            line = self.format(record)
            self._lines.append(line)
            listener = self._listener
            # What a listener itself logs must not come back to it.
            if listener is None or getattr(self._telling, "active", False):
                return
            self._telling.active = True
            try:
                listener(record.levelno, line)
            finally:
                self._telling.active = False
        except Exception:  # noqa: BLE001 - logging's own contract: report on stderr, never raise
            self.handleError(record)

    def listen(self, listener: Listener | None) -> None:
        """Pass every further line to `listener`, or to nobody."""
        self._listener = listener

    def text(self) -> str:
        """The kept lines, oldest first, each ended by a line break."""
        return "".join(f"{line}\n" for line in tuple(self._lines))


def open_log(level: str = "info") -> LogBuffer:
    """Set up the logger of this process: standard error and a buffer. Call once, before the first
    line.
    """
    buffer = LogBuffer()
    stderr = logging.StreamHandler(sys.stderr)
    stderr.setFormatter(buffer.formatter)
    logger = logging.getLogger(ROOT)
    logger.handlers = [buffer, stderr]
    logger.propagate = False
    set_level(level)
    # Libraries say little of use, and one of them logs every message with its whole body.
    others = logging.getLogger()
    others.handlers = [buffer, stderr]
    others.setLevel(logging.WARNING)
    logging.getLogger("pygls").setLevel(logging.CRITICAL)
    logging.getLogger("asyncio").setLevel(logging.WARNING)
    return buffer


def set_level(level: str) -> None:
    """Follow the setting `log.level`. Raises KeyError for a word that is none of `LEVELS`."""
    logging.getLogger(ROOT).setLevel(LEVELS[level])
