"""The composition root: the only module that wires concrete parts together.

Owns which index, repository and transport the server gets, and the life of the process. Everything
heavy is imported when it is first needed: `initialize` is answered before any of it.
"""

from __future__ import annotations

import asyncio
import logging
import os
import re
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from pairwright.log import open_log
from pairwright.lsp.methods import PairwrightServer
from pairwright.lsp.parts import Parts, Publish, RootIndex
from pairwright.lsp.transport import Port, Stdio, Transport, serve_port, serve_stdio

if TYPE_CHECKING:
    from pairwright.features.context import VirtualDocument
    from pairwright.git.repo import RepoView
    from pairwright.settings import Settings
    from pairwright.tasks import Progress

_log = logging.getLogger(__name__)

__all__ = ["Port", "Stdio", "Transport", "serve"]


def serve(transport: Transport) -> int:
    """Serve one client until it leaves; returns the exit code of the process."""
    log = open_log()
    parts = Parts(_open_index, _open_repository, _user_file, os.environ, _write_page, log)
    code = asyncio.run(_serve(parts, transport))
    log.listen(None)
    return code


async def _serve(parts: Parts, transport: Transport) -> int:
    stopped = asyncio.Event()
    code = 1

    def stop(value: int) -> None:
        nonlocal code
        code = value
        stopped.set()

    server = PairwrightServer(parts, stop)
    if isinstance(transport, Stdio):
        await serve_stdio(server, stopped)
    else:
        await serve_port(transport, server, stopped)
    return code


class _NoIndex:
    """The index of a root before there is one: what is open is all that is known."""

    def __init__(self, root: Path) -> None:
        self._root = root

    def build(self, check: Callable[[], None], progress: Progress, publish: Publish) -> None:
        """Say that all is read."""
        from pairwright.index.status import IndexState, IndexStatus

        publish(None, IndexStatus(str(self._root), IndexState.READY))

    rebuild = build

    def update(self, paths: Sequence[Path], check: Callable[[], None], publish: Publish) -> None:
        """Nothing is kept."""

    def close(self) -> None:
        """Nothing is held."""


def _open_index(root: Path, settings: Settings) -> RootIndex:
    return _NoIndex(root)


def _open_repository(root: Path) -> RepoView | None:
    from pairwright.git.repo import open_repo

    return open_repo(root)


def _write_page(page: VirtualDocument) -> Path:
    """Write a document below the cache folder. Its name is made of the URI's, harmless on every
    system.
    """
    import platformdirs

    folder = platformdirs.user_cache_path("pairwright", appauthor=False) / "pages"
    folder.mkdir(parents=True, exist_ok=True)
    name = re.sub(r"[^A-Za-z0-9._-]+", "-", page.uri.removeprefix("pairwright:/")).strip("-.")
    path = folder / (name[-120:] or "page.md")
    path.write_text(page.text, encoding="utf-8")
    return path


def _user_file() -> Path | None:
    from pairwright.settings import default_user_file

    return default_user_file()
