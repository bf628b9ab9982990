"""`initialize`: who the client is, and what it is told.

Owns the first answer, which is given without any work and with as few imports as can be: it must
not import a feature, the session or the analyzers.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from lsprotocol import types

from pairwright import __version__
from pairwright.lsp.capabilities import capabilities
from pairwright.lsp.client import read_client
from pairwright.lsp.registrations import OPTIONAL, wanted_methods
from pairwright.lsp.server import INVALID_REQUEST, ResponseFailure
from pairwright.lsp.uris import path_of

if TYPE_CHECKING:
    from pairwright.lsp.families import PairwrightServer as Server


def initialize(server: Server, params: types.InitializeParams) -> types.InitializeResult:
    """`initialize`."""
    if server.initialized:
        raise ResponseFailure(INVALID_REQUEST, "`initialize` was answered before.")
    server.client = read_client(params)
    server.folders = _folders(params)
    options = params.initialization_options
    server.initial_settings = options.get("settings") if isinstance(options, dict) else None
    server.parent = params.process_id
    server.announced = _announced(server)
    server.initialized = True
    return types.InitializeResult(
        capabilities(server.client, server.announced),
        types.ServerInfo("pairwright", __version__),
    )


def _announced(server: Server) -> frozenset[str]:
    """The methods behind settings that must be told now, as the client cannot be told later."""
    lasting = OPTIONAL - server.client.dynamic
    if not lasting:
        return frozenset()
    from pairwright.settings import read_layers, resolve_settings

    given = server.initial_settings
    layers = read_layers(
        server.folders[0][0] if server.folders else None,
        given if isinstance(given, dict) else {},
        server.parts.environ,
        server.parts.user_file(),
    )
    return wanted_methods(resolve_settings(layers).settings) & lasting


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
