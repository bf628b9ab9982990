"""The composition root: the only module that wires concrete parts together.

Owns which index, repository and transport the server gets, and the life of the process. Everything heavy is imported
when it is first needed: `initialize` is answered before any of it.
"""

from __future__ import annotations

import asyncio
import logging
import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from pairwright.log import open_log
from pairwright.lsp.methods import PairwrightServer
from pairwright.lsp.parts import Parts, RootIndex
from pairwright.lsp.transport import Port, Stdio, Transport, serve_port, serve_stdio

if TYPE_CHECKING:
    from pairwright.session import Repository
    from pairwright.settings import Settings

_log = logging.getLogger(__name__)

__all__ = ["Port", "Stdio", "Transport", "serve"]


def serve(transport: Transport) -> int:
    """Serve one client until it leaves; returns the exit code of the process."""
    log = open_log()
    parts = Parts(_open_index, _open_repository, _user_file, os.environ, log)
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

    def __init__(self, root):
        self._root = root

    def build(self, check, progress, publish):
        from pairwright.index.status import IndexState, IndexStatus

        publish(None, IndexStatus(str(self._root), IndexState.READY))

    rebuild = build

    def update(self, paths, check, publish):
        return None

    def close(self):
        return None


def _open_index(root: Path, settings: Settings) -> RootIndex:
    return _NoIndex(root)


def _open_repository(root: Path) -> Repository | None:
    return None


def _user_file() -> Path | None:
    from pairwright.settings import default_user_file

    return default_user_file()
