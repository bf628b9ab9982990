"""The terminal: whether to colour, and a progress bar while something long runs.

The bar goes to stderr, so that stdout stays what was asked for.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, TextIO

if TYPE_CHECKING:
    from pairwright.tasks import Progress


class Silent:
    """Progress that nobody watches."""

    def report(self, message: str, done: int | None = None, total: int | None = None) -> None:
        """Say nothing."""


def coloured(stream: TextIO) -> bool:
    """Whether a stream wants colours: a terminal does, but for `NO_COLOR` and `TERM=dumb`."""
    if os.environ.get("NO_COLOR"):
        return False
    if os.environ.get("FORCE_COLOR"):
        return True
    return stream.isatty() and os.environ.get("TERM") != "dumb"


@contextmanager
def progress_bar(title: str) -> Iterator[Progress]:
    """A bar on stderr while the block runs; nothing where stderr is no terminal."""
    if not sys.stderr.isatty():
        yield Silent()
        return
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn

    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn())
    with Progress(*columns, console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task(title, total=None)

        class Bar:
            """Progress shown as a bar."""

            def report(
                self, message: str, done: int | None = None, total: int | None = None
            ) -> None:
                """Move the bar."""
                bar.update(
                    task, completed=done or 0, total=total or None, description=message or title
                )

        yield Bar()
