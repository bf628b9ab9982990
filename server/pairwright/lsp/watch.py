"""What happens to files outside of the editor's buffers: watched files, file operations, branch
switches.

Owns the patterns that are watched, and which event means what: a source file is read again, an
ignore file has the index brought up to date as a whole, a settings file is loaded, a moved HEAD
means all of it.
"""

from __future__ import annotations

import logging
from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING

from lsprotocol import types
from pygls.exceptions import JsonRpcException

from pairwright.lsp.settings import FILES as SETTINGS_FILES
from pairwright.lsp.uris import path_of

if TYPE_CHECKING:
    from pairwright.lsp.families import PairwrightServer as Server

_log = logging.getLogger(__name__)

IGNORE_FILES = frozenset({".gitignore", ".pairwrightignore"})
PROJECT_FILES = (
    "go.mod",
    "go.work",
    "package.json",
    "tsconfig.json",
    "jsconfig.json",
    "Cargo.toml",
    "composer.json",
)
"""Files beside the sources that say how imports resolve."""

_REGISTRATION = "pairwright-watched-files"


class Watch:
    """Keeps the index true to the disk. Lives on the loop thread."""

    def __init__(self, server: Server) -> None:
        self._server = server
        self._heads: dict[Path, str] = {}

    async def register(self) -> None:
        """Ask the client to watch; without its help, what is saved in it and HEAD at each save is
        all that is seen.
        """
        client = self._server.client
        if not client.watched_files:
            return
        from pairwright_analyzers.languages import LANGUAGES

        extensions = sorted({one[1:] for spec in LANGUAGES for one in spec.extensions})
        names = sorted(
            {name for spec in LANGUAGES for name in spec.filenames}
            | IGNORE_FILES
            | set(SETTINGS_FILES)
            | set(PROJECT_FILES)
        )
        patterns: list[types.GlobPattern] = [
            f"**/*.{{{','.join(extensions)}}}",
            f"**/{{{','.join(names)}}}",
            "**/.git/HEAD",
        ]
        options = types.DidChangeWatchedFilesRegistrationOptions(
            [types.FileSystemWatcher(pattern) for pattern in patterns]
        )
        registration = types.Registration(
            _REGISTRATION, types.WORKSPACE_DID_CHANGE_WATCHED_FILES, options
        )
        try:
            await self._server.client_register_capability_async(
                types.RegistrationParams([registration])
            )
        except JsonRpcException as error:
            _log.warning("the editor does not watch files: %s", error)

    def repository_opened(self, root: Path) -> None:
        """Note where HEAD stands, to see it move."""
        self._heads.pop(root, None)
        self._server.spawn("looking at HEAD", self._check_head(root))

    def saved(self, path: Path) -> None:
        """A file was saved in the editor."""
        self.touched([path])
        for root in self._server.roots.paths:
            if path.is_relative_to(root):
                self._server.spawn("looking at HEAD", self._check_head(root))

    def touched(self, paths: Iterable[Path]) -> None:
        """Files were created, changed or deleted on disk."""
        sources: list[Path] = []
        server = self._server
        for path in paths:
            if path.name == "HEAD" and path.parent.name == ".git":
                root = path.parent.parent
                for known in server.roots.paths:
                    if known.is_relative_to(root) or root.is_relative_to(known):
                        server.spawn("looking at HEAD", self._check_head(known))
                continue
            if path.name in SETTINGS_FILES:
                for root in server.roots.paths:
                    if path.parent == root:
                        server.spawn("reading settings", server.settings.load(root))
            if path.name in IGNORE_FILES:
                for root in server.roots.paths:
                    if path.is_relative_to(root):
                        server.roots.refresh(root)
                continue
            sources.append(path)
        server.roots.changed(sources)

    async def _check_head(self, root: Path) -> None:
        snapshot = self._server.session.snapshot.root_of(root)
        repository = snapshot.repository if snapshot is not None else None
        if repository is None:
            return
        head = await self._server.tasks.submit(
            ("head", root), lambda _token, _progress: repository.head_marker()
        )
        before = self._heads.get(root)
        self._heads[root] = head
        if before is not None and before != head:
            _log.info("HEAD of %s moved: the index is brought up to date", root)
            self._server.roots.refresh(root)


def did_change_watched_files(server: Server, params: types.DidChangeWatchedFilesParams) -> None:
    """`workspace/didChangeWatchedFiles`."""
    paths = (path_of(event.uri) for event in params.changes)
    server.watch.touched([path for path in paths if path is not None])


def did_create_files(server: Server, params: types.CreateFilesParams) -> None:
    """`workspace/didCreateFiles`."""
    _files(server, [file.uri for file in params.files])


def did_delete_files(server: Server, params: types.DeleteFilesParams) -> None:
    """`workspace/didDeleteFiles`."""
    _files(server, [file.uri for file in params.files])


def did_rename_files(server: Server, params: types.RenameFilesParams) -> None:
    """`workspace/didRenameFiles`."""
    _files(server, [uri for file in params.files for uri in (file.old_uri, file.new_uri)])


def _files(server: Server, uris: list[str]) -> None:
    paths = [path for path in map(path_of, uris) if path is not None]
    known = [path for path in paths if path.suffix]
    server.watch.touched(known)
    # What has no suffix may be a folder, which stands for all below it.
    for path in paths:
        if not path.suffix:
            for root in server.roots.paths:
                if path.is_relative_to(root):
                    server.roots.refresh(root)
