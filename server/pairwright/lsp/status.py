"""The notification `pairwright/status`: what a status line shows.

Owns when it is sent: whenever any of it changed, at most once a turn of the loop.
"""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from pairwright.index.status import IndexState, VectorState

if TYPE_CHECKING:
    from pairwright.lsp.families import PairwrightServer as Server

METHOD = "pairwright/status"

Health = Literal["ok", "warning", "error"]


@dataclass(frozen=True, slots=True)
class ServerStatus:
    """The notification's parameters, see docs/protocol.md."""

    health: Health
    quiescent: bool
    state: str
    message: str
    done: int
    total: int
    findings: int
    vectors: str
    base: str


class StatusReporter:
    """Sends the status. Lives on the loop thread."""

    def __init__(self, server: Server) -> None:
        self._server = server
        self._sent: ServerStatus | None = None
        self._scheduled = False

    def changed(self) -> None:
        """Something the status is made of may have changed."""
        if self._scheduled or not self._server.client.status_notification:
            return
        self._scheduled = True
        asyncio.get_running_loop().call_soon(self._send)

    def _send(self) -> None:
        self._scheduled = False
        status = self.current()
        if status == self._sent or self._server.shut_down:
            return
        self._sent = status
        self._server.protocol.notify(
            METHOD,
            {
                "health": status.health,
                "quiescent": status.quiescent,
                "state": status.state,
                "message": status.message,
                "done": status.done,
                "total": status.total,
                "findings": status.findings,
                "vectors": status.vectors,
                "base": status.base,
            },
        )

    def current(self) -> ServerStatus:
        """The status of the server as a whole: its worst root's."""
        server = self._server
        roots = [root for root in server.session.snapshot.roots if not root.loose]
        worst = max(roots, key=lambda root: _ORDER[root.status.state], default=None)
        problems = [one for one in server.settings.problems() if one.level == "warning"]
        health: Health = "ok"
        message = ""
        if worst is not None and worst.status.state in {IndexState.DEGRADED, IndexState.STALE}:
            health = "warning"
            message = worst.status.reason
        elif problems:
            health = "warning"
            message = problems[0].message
        if (
            worst is not None
            and worst.status.state is IndexState.DEGRADED
            and not worst.status.files
        ):
            health = "error"
        return ServerStatus(
            health,
            server.roots.quiet and server.reviews.quiet,
            worst.status.state.value if worst is not None else IndexState.READY.value,
            message,
            sum(root.status.done for root in roots),
            sum(root.status.total for root in roots),
            server.reviews.count,
            max(
                (root.status.vectors.state for root in roots),
                key=_VECTORS.index,
                default=VectorState.OFF,
            ).value,
            server.settings.window.review.base,
        )


_ORDER = {
    IndexState.READY: 0,
    IndexState.BUILDING: 1,
    IndexState.STALE: 2,
    IndexState.DEGRADED: 3,
}

_VECTORS = (
    VectorState.OFF,
    VectorState.READY,
    VectorState.UNAVAILABLE,
    VectorState.WAITING,
    VectorState.BUILDING,
)
"""What the one word for all roots is taken from, the last first."""
