"""Abilities that come and go with settings: navigation, hover, renaming and code lenses, registered
with the client while it runs.

Owns which of them are registered. A client that cannot register late gets what its settings said
at `initialize`, and empty answers while a setting is off.
"""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING

from lsprotocol import types
from pygls.exceptions import JsonRpcException

if TYPE_CHECKING:
    from pairwright.lsp.families import PairwrightServer as Server
    from pairwright.settings import Settings

_log = logging.getLogger(__name__)

NAVIGATION = (
    types.TEXT_DOCUMENT_DEFINITION,
    types.TEXT_DOCUMENT_REFERENCES,
    types.TEXT_DOCUMENT_DOCUMENT_HIGHLIGHT,
    types.TEXT_DOCUMENT_HOVER,
    types.TEXT_DOCUMENT_PREPARE_CALL_HIERARCHY,
    types.TEXT_DOCUMENT_PREPARE_TYPE_HIERARCHY,
)

OPTIONAL = frozenset({*NAVIGATION, types.TEXT_DOCUMENT_RENAME, types.TEXT_DOCUMENT_CODE_LENS})
"""The methods that settings decide about."""


class Registrations:
    """What is registered. Lives on the loop thread."""

    def __init__(self, server: Server) -> None:
        self._server = server
        self._static: frozenset[str] = frozenset()
        self._registered: set[str] = set()

    def announced(self, methods: frozenset[str]) -> None:
        """Methods told in the answer to `initialize`, which can never be taken back."""
        self._static = methods

    async def follow(self, settings: Settings) -> None:
        """Register and unregister until it is as `settings` say."""
        wanted = wanted_methods(settings) & self._server.client.dynamic - self._static
        added, removed = wanted - self._registered, self._registered - wanted
        self._registered = set(wanted)
        try:
            if removed:
                await self._server.client_unregister_capability_async(
                    types.UnregistrationParams(
                        [types.Unregistration(_id(method), method) for method in sorted(removed)]
                    )
                )
            if added:
                await self._server.client_register_capability_async(
                    types.RegistrationParams(
                        [
                            types.Registration(_id(method), method, _options(method))
                            for method in sorted(added)
                        ]
                    )
                )
        except JsonRpcException as error:
            _log.warning("the editor did not take a registration: %s", error)

    def refresh_lenses(self) -> None:
        """Have the client ask for code lenses again."""
        if self._server.client.lens_refresh:
            self._server.workspace_code_lens_refresh(None)


def wanted_methods(settings: Settings) -> frozenset[str]:
    """The methods that settings ask for."""
    found = set(NAVIGATION) if settings.navigation else set()
    if settings.history.hover:
        found.add(types.TEXT_DOCUMENT_HOVER)
    if renames(settings):
        found.add(types.TEXT_DOCUMENT_RENAME)
    if settings.code_lens.callers or settings.code_lens.tests:
        found.add(types.TEXT_DOCUMENT_CODE_LENS)
    return frozenset(found)


def renames(settings: Settings) -> bool:
    """Whether the editor's own renaming is answered."""
    mode = settings.refactor.rename
    return mode == "on" or (mode == "auto" and settings.navigation)


def _id(method: str) -> str:
    return f"pairwright-{method}"


def _options(method: str) -> object:
    options: dict[str, object] = {"documentSelector": None}
    if method == types.TEXT_DOCUMENT_CODE_LENS:
        options["resolveProvider"] = True
    if method == types.TEXT_DOCUMENT_RENAME:
        options["prepareProvider"] = True
    return options
