"""Work done progress: what long work tells the person, and how they stop it.

Owns tokens. A client without `window.workDoneProgress` is told nothing, and the work does not
notice.
"""

from __future__ import annotations

import uuid
from collections.abc import Callable
from typing import TYPE_CHECKING

from lsprotocol import types
from pygls.exceptions import JsonRpcException

if TYPE_CHECKING:
    from pairwright.lsp.families import PairwrightServer as Server


class WorkDone:
    """One bar. A `Progress` (tasks.py) on the loop thread; what is reported before the client is
    ready waits.
    """

    def __init__(self, server: Server, title: str, cancel: Callable[[], object] | None) -> None:
        self._server = server
        self._title = title
        self._cancel = cancel
        self._token: types.ProgressToken | None = None
        self._last: tuple[str, int | None, int | None] | None = None
        self._percentage = 0
        self._ended = False

    def report(self, message: str, done: int | None = None, total: int | None = None) -> None:
        """Say what is being done, and how many units of how many."""
        self._last = message, done, total
        if self._token is None or self._ended:
            return
        self._send(
            types.WorkDoneProgressReport(
                message=_text(message, done, total),
                percentage=self._share(done, total),
                cancellable=self._cancel is not None,
            )
        )

    def _share(self, done: int | None, total: int | None) -> int | None:
        if done is None or not total:
            return None
        # The protocol lets the figure only rise.
        self._percentage = max(self._percentage, min(100, 100 * done // total))
        return self._percentage

    async def open(self, client_token: types.ProgressToken | None = None) -> None:
        """Begin, under the client's token or one of ours; nothing happens where the client
        refuses.
        """
        if client_token is None:
            if not self._server.client.work_done_progress:
                return
            token: types.ProgressToken = str(uuid.uuid4())
            try:
                await self._server.window_work_done_progress_create_async(
                    types.WorkDoneProgressCreateParams(token)
                )
            except JsonRpcException:
                return
        else:
            token = client_token
        if self._ended:
            return
        self._token = token
        if self._cancel is not None:
            self._server.cancels[token] = self._cancel
        message, done, total = self._last or (None, None, None)
        self._send(
            types.WorkDoneProgressBegin(
                title=self._title,
                message=_text(message, done, total) if message is not None else None,
                percentage=self._share(done, total) or 0,
                cancellable=self._cancel is not None,
            )
        )

    def end(self, message: str | None = None) -> None:
        """End. A second call does nothing."""
        if self._ended:
            return
        self._ended = True
        if self._token is not None:
            self._server.cancels.pop(self._token, None)
            self._send(types.WorkDoneProgressEnd(message=message))

    def _send(
        self,
        value: types.WorkDoneProgressBegin
        | types.WorkDoneProgressReport
        | types.WorkDoneProgressEnd,
    ) -> None:
        assert self._token is not None
        self._server.progress(types.ProgressParams(self._token, value))


def _text(message: str, done: int | None, total: int | None) -> str:
    if done is None or total is None:
        return message
    return f"{message} {done}/{total}".strip()


def start_progress(
    server: Server,
    title: str,
    cancel: Callable[[], object] | None,
    client_token: types.ProgressToken | None = None,
) -> WorkDone:
    """A bar that opens by itself while the work is already running."""
    progress = WorkDone(server, title, cancel)
    server.spawn("showing progress", progress.open(client_token))
    return progress


def cancel(server: Server, params: types.WorkDoneProgressCancelParams) -> None:
    """`window/workDoneProgress/cancel`."""
    # The types let any value through here.
    stop = server.cancels.get(params.token) if isinstance(params.token, int | str) else None
    if stop is not None:
        stop()
