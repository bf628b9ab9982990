"""Settings as they travel: read at start, when the editor says so, and when a settings file is
saved.

Owns the editor's layer, and what happens when a value changed. Which value is valid, and the
sentence when it is not, is decided in `pairwright.settings`.
"""

from __future__ import annotations

import asyncio
import logging
from collections import defaultdict
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING

from lsprotocol import types
from pygls.exceptions import JsonRpcException

from pairwright.log import set_level
from pairwright.lsp.uris import uri_of
from pairwright.session import SettingsChanged
from pairwright.settings import (
    Resolved,
    SettingProblem,
    Settings,
    read_layers,
    resolve_settings,
)

if TYPE_CHECKING:
    from pairwright.lsp.families import PairwrightServer as Server
    from pairwright.lsp.parts import Parts

_log = logging.getLogger(__name__)

SECTION = "pairwright"
FILES = (".pairwright.toml", "pyproject.toml")
"""Names of the workspace's files that may hold settings."""

_ANSWER_SECONDS = 5.0
"""A client that does not answer `workspace/configuration` in this time is taken to have nothing to
say.
"""


class SettingsKeeper:
    """The settings of every root. Lives on the loop thread."""

    def __init__(self, server: Server, parts: Parts) -> None:
        self._server = server
        self._parts = parts
        self._initial: Mapping[str, object] = {}
        self._sent: Mapping[str, object] | None = None
        self._problem_files: dict[Path, set[Path]] = defaultdict(set)
        self._none: Resolved | None = None
        self._loading: dict[Path, asyncio.Lock] = defaultdict(asyncio.Lock)

    def start(self, initial: object) -> None:
        """Take the editor's layer from `initializationOptions.settings`."""
        if isinstance(initial, dict):
            self._initial = initial
            # What must be announced at once cannot wait for the settings' files.
            self._none = resolve_settings(read_layers(None, initial, {}, None))

    def sent(self, values: object) -> None:
        """Take the editor's layer from `didChangeConfiguration`, unless the client can be asked for
        it.
        """
        if isinstance(values, dict) and values and not self._server.client.configuration:
            self._sent = values

    @property
    def window(self) -> Settings:
        """The settings of the whole window: the first workspace folder's."""
        return self.resolved.settings

    @property
    def resolved(self) -> Resolved:
        """The same with origins and problems."""
        for root in self._server.session.snapshot.roots:
            found = self._server.session.resolved_settings(root.root)
            if found is not None and not root.loose:
                return found
        return self._server.session.resolved_settings(None) or self.before_files

    @property
    def before_files(self) -> Resolved:
        """What holds for a root until its settings were read: the editor's layer over the
        defaults.
        """
        if self._none is None:
            self._none = resolve_settings(())
        return self._none

    def problems(self) -> tuple[SettingProblem, ...]:
        """Everything wrong with the settings of all roots, each once."""
        found: dict[str, SettingProblem] = {}
        for root in self._server.session.snapshot.roots:
            resolved = self._server.session.resolved_settings(root.root)
            for problem in resolved.problems if resolved is not None else ():
                found[problem.message] = problem
        return tuple(found.values())

    async def load(self, root: Path) -> None:
        """Read the settings of one root and act on what changed."""
        # One at a time: the same task twice would cancel the first one's waiter, which may be the
        # opening of the root (editors send `didChangeConfiguration` right after `initialized`).
        async with self._loading[root]:
            await self._load(root)

    async def _load(self, root: Path) -> None:
        editor = await self._editor_layer(root)
        server = self._server
        resolved = await server.tasks.submit(
            ("settings", root),
            lambda _token, _progress: resolve_settings(
                read_layers(root, editor, self._parts.environ, self._parts.user_file())
            ),
        )
        before = server.session.resolved_settings(root)
        server.session.apply(SettingsChanged(root, resolved), "settings")
        self._show(root, resolved.problems)
        if before is None or before.settings != resolved.settings:
            self._changed(root, before.settings if before else None, resolved.settings)

    async def reload(self) -> None:
        """Read the settings of every root again."""
        await asyncio.gather(*(self.load(root) for root in self._server.roots.paths))

    async def _editor_layer(self, root: Path) -> Mapping[str, object]:
        client = self._server.client
        if self._sent is not None:
            return self._sent
        if not client.configuration:
            return self._initial
        item = types.ConfigurationItem(scope_uri=uri_of(root), section=SECTION)
        try:
            answer = await asyncio.wait_for(
                self._server.workspace_configuration_async(types.ConfigurationParams([item])),
                _ANSWER_SECONDS,
            )
        except (JsonRpcException, TimeoutError) as error:
            _log.warning("the editor did not tell its settings: %s", str(error) or "no answer")
            return self._initial
        value = answer[0] if answer else None
        if not isinstance(value, dict):
            return self._initial
        return {**self._initial, **value}

    def _changed(self, root: Path, before: Settings | None, now: Settings) -> None:
        server = self._server
        set_level(self.window.log.level)
        _log.info("settings of %s changed", root)
        server.spawn("registering", server.registrations.follow(self.window))
        if before is None:
            return
        if before.index != now.index or before.search != now.search:
            server.roots.reopen(root)
        if before.review != now.review or before.diagnostics != now.diagnostics:
            server.reviews.settings_changed(root)
            server.status.changed()
        if before.code_lens != now.code_lens:
            server.registrations.refresh_lenses()

    def _show(self, root: Path, problems: tuple[SettingProblem, ...]) -> None:
        """Problems with a place become diagnostics there; one without becomes a message."""
        by_file: dict[Path, list[types.Diagnostic]] = defaultdict(list)
        for problem in problems:
            if problem.path is None:
                if problem.level == "warning":
                    self._server.tell_once(problem.message, types.MessageType.Warning)
                _log.warning("settings: %s", problem.message)
                continue
            line = (problem.line or 1) - 1
            by_file[problem.path].append(
                types.Diagnostic(
                    types.Range(types.Position(line, 0), types.Position(line, 1_000)),
                    problem.message,
                    severity=types.DiagnosticSeverity.Warning
                    if problem.level == "warning"
                    else types.DiagnosticSeverity.Information,
                    source=SECTION,
                    code="settings",
                )
            )
        for path in self._problem_files[root] | set(by_file):
            self._server.text_document_publish_diagnostics(
                types.PublishDiagnosticsParams(self._server.uri_at(path), by_file.get(path, []))
            )
        self._problem_files[root] = set(by_file)


def did_change_configuration(server: Server, params: types.DidChangeConfigurationParams) -> None:
    """`workspace/didChangeConfiguration`: the values, or only the news that there are others."""
    server.settings.sent(params.settings)
    server.spawn("reading settings", server.settings.reload())
