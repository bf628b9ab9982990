"""From `initialize` to `exit`.

Owns the order of the start: the answer first and without any work, everything else once the client
says `initialized`.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
from pathlib import Path
from typing import TYPE_CHECKING

from lsprotocol import types
from pygls.exceptions import JsonRpcException

from pairwright import __version__
from pairwright.log import LEVELS
from pairwright.lsp.capabilities import capabilities
from pairwright.lsp.client import read_client
from pairwright.lsp.convert import path_of
from pairwright.lsp.server import INVALID_REQUEST, ResponseFailure
from pairwright.lsp.transport import parent_gone

if TYPE_CHECKING:
    from pairwright.lsp.methods import PairwrightServer as Server
    from pairwright.session import Snapshot

_log = logging.getLogger(__name__)


def initialize(
    server: Server, _snapshot: Snapshot, params: types.InitializeParams
) -> types.InitializeResult:
    """`initialize`."""
    if server.initialized:
        raise ResponseFailure(INVALID_REQUEST, "`initialize` was answered before.")
    server.client = read_client(params)
    server.session.encoding = server.client.encoding
    server.folders = _folders(params)
    options = params.initialization_options
    initial = options.get("settings") if isinstance(options, dict) else None
    server.settings.start(initial)
    if params.process_id is not None:
        server.parent = params.process_id
    server.initialized = True
    return types.InitializeResult(capabilities(server), types.ServerInfo("pairwright", __version__))


def _folders(params: types.InitializeParams) -> list[tuple[Path, str]]:
    """The workspace folders, from the newest field that the client fills."""
    found: list[tuple[Path, str]] = []
    for folder in params.workspace_folders or ():
        path = path_of(folder.uri)
        if path is not None:
            found.append((path, folder.name))
    if params.workspace_folders is None:
        path = path_of(params.root_uri) if params.root_uri else None
        if path is None and params.root_path and Path(params.root_path).is_absolute():
            path = Path(params.root_path)
        if path is not None:
            found.append((path, path.name))
    return found


def initialized(server: Server, _params: object) -> None:
    """`initialized`: the work begins."""
    _listen_to_log(server)
    _log.info("pairwright %s serves %s", __version__, server.client.name or "a client")
    for path, name in server.folders:
        server.roots.add(path, name)
    if not server.folders:
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


def exit_(server: Server, _params: object) -> None:
    """`exit`: 0 after `shutdown`, else 1 (LSP 3.17)."""
    server.stop(0 if server.shut_down else 1)


def set_trace(_server: Server, _params: types.SetTraceParams) -> None:
    """`$/setTrace`: the log's level is a setting instead."""
