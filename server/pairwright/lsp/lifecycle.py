"""From `initialized` to `shutdown`.

Owns what begins once the client is ready, and who watches that it still is.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
from typing import TYPE_CHECKING

from lsprotocol import types
from pygls.exceptions import JsonRpcException

from pairwright import __version__
from pairwright.log import LEVELS
from pairwright.lsp.transport import parent_gone

if TYPE_CHECKING:
    from pairwright.lsp.families import PairwrightServer as Server
    from pairwright.session import Snapshot

_log = logging.getLogger(__name__)


def initialized(server: Server, _params: object) -> None:
    """`initialized`: the work begins."""
    _listen_to_log(server)
    server.settings.start(server.initial_settings)
    server.registrations.announced(server.announced)
    _log.info("pairwright %s serves %s", __version__, server.client.name or "a client")
    for path, name in server.folders:
        server.roots.add(path, name)
    server.spawn("registering", server.registrations.follow(server.settings.window))
    server.spawn("watching files", server.watch.register())
    if server.client.configuration and server.client.did_change_configuration_dynamic:
        server.spawn("registering", _register_configuration(server))
    if server.parent is not None:
        server.spawn("watching the client", _stop_without_parent(server, server.parent))
    server.status.changed()


async def _register_configuration(server: Server) -> None:
    registration = types.Registration(
        "pairwright-configuration",
        types.WORKSPACE_DID_CHANGE_CONFIGURATION,
        types.DidChangeConfigurationRegistrationOptions(section="pairwright"),
    )
    try:
        await server.client_register_capability_async(types.RegistrationParams([registration]))
    except JsonRpcException as error:
        _log.warning("the editor will not tell of changed settings: %s", error)


async def _stop_without_parent(server: Server, process_id: int) -> None:
    await parent_gone(process_id)
    _log.warning("the client's process is gone")
    server.stop(1)


def _listen_to_log(server: Server) -> None:
    """Let the client see the log."""
    loop = asyncio.get_running_loop()

    def send(level: int, line: str) -> None:
        if not server.shut_down:
            server.window_log_message(types.LogMessageParams(_message_type(level), line))

    def listen(level: int, line: str) -> None:
        # Once the loop has ended, standard error still has the line.
        with contextlib.suppress(RuntimeError):
            loop.call_soon_threadsafe(send, level, line)

    server.parts.log.listen(listen)


def _message_type(level: int) -> types.MessageType:
    if level >= LEVELS["error"]:
        return types.MessageType.Error
    if level >= LEVELS["warning"]:
        return types.MessageType.Warning
    return types.MessageType.Info if level >= LEVELS["info"] else types.MessageType.Log


def shutdown(server: Server, _snapshot: Snapshot, _params: object) -> None:
    """`shutdown`."""
    server.shut_down = True
    server.cancel_all()


def set_trace(_server: Server, _params: types.SetTraceParams) -> None:
    """`$/setTrace`: the log's level is a setting instead."""
