"""Renaming: of the name at a position, and what follows when files are renamed.

Owns the shapes clients want. What is answered is decided in `features/rename.py`.
"""

from __future__ import annotations

import asyncio
import logging
from pathlib import Path
from typing import TYPE_CHECKING

from lsprotocol import types

from pairwright.errors import Refusal
from pairwright.features import rename as feature
from pairwright.lsp.convert import Places, workspace_edit
from pairwright.lsp.registrations import renames
from pairwright.lsp.server import Encoded
from pairwright.lsp.uris import path_of

if TYPE_CHECKING:
    from pairwright.lsp.families import PairwrightServer as Server
    from pairwright.session import RootSnapshot, Snapshot
    from pairwright.tasks import CancelToken, Progress
    from pairwright_analyzers.types import SourceChange

_log = logging.getLogger(__name__)

WILL_RENAME_SECONDS = 8.0
"""How long a client is kept waiting with its files: then they are moved as they are."""


async def prepare_rename(
    server: Server, snapshot: Snapshot, params: types.PrepareRenameParams
) -> Encoded | None:
    """`textDocument/prepareRename`: the name; nothing, with the reason as a message, where it
    cannot be renamed.
    """
    if not renames(server.settings.window):
        return None
    uri = params.text_document.uri
    snapshot = await server.documents.settled(snapshot, uri)
    place = server.place(snapshot, uri, params.position)
    if place is None:
        return None
    root, path, offset = place

    def work(token: CancelToken, progress: Progress) -> object:
        ctx = server.context(snapshot, root, token, progress)
        places = Places.of(snapshot, root, server.client.encoding)
        span = feature.renamable(ctx, path, offset)
        name = places.text(path)[span.start : span.end].decode("utf-8", "replace")
        return types.PrepareRenamePlaceholder(places.span(path, span), name)

    try:
        return await server.compute(work)
    except Refusal as refusal:
        server.window_show_message(
            types.ShowMessageParams(types.MessageType.Info, refusal.happened)
        )
        return None


async def rename(server: Server, snapshot: Snapshot, params: types.RenameParams) -> Encoded | None:
    """`textDocument/rename`."""
    if not renames(server.settings.window):
        return None
    uri = params.text_document.uri
    place = server.place(snapshot, uri, params.position)
    if place is None:
        return None
    # An edit may reach into any open document, as it stands in its buffer.
    snapshot = await server.documents.all_settled(snapshot, place[0].root)
    place = server.place(snapshot, uri, params.position)
    if place is None:
        return None
    root, path, offset = place

    def work(token: CancelToken, progress: Progress) -> object:
        ctx = server.context(snapshot, root, token, progress)
        change = feature.renamed(
            ctx, path, offset, params.new_name, review=server.client.change_annotations
        )
        return _edit(server, snapshot, root, change, ask=not change.certain)

    return await server.compute(work)


def _edit(
    server: Server, snapshot: Snapshot, root: RootSnapshot, change: SourceChange, *, ask: bool
) -> types.WorkspaceEdit:
    places = Places.of(snapshot, root, server.client.encoding)
    edit = workspace_edit(change, places, server.client, "Rename")
    for annotation in (edit.change_annotations or {}).values():
        annotation.needs_confirmation = ask or annotation.needs_confirmation
    return edit


async def will_rename_files(
    server: Server, snapshot: Snapshot, params: types.RenameFilesParams
) -> Encoded | None:
    """`workspace/willRenameFiles`: what follows in other files, and in those that move.

    Nothing where it would take too long or could not be done, with the reason as a message.
    """
    moves: dict[Path, dict[str, str]] = {}
    for file in params.files:
        old, new = path_of(file.old_uri), path_of(file.new_uri)
        found = snapshot.locate(old) if old is not None else None
        if found is None or new is None or not new.is_relative_to(found[0].root):
            continue
        root, relative = found
        mode = server.settings_of(root.root).refactor.update_imports_on_rename
        if mode == "always" or (mode == "prompt" and server.client.change_annotations):
            moves.setdefault(root.root, {})[relative] = new.relative_to(root.root).as_posix()
    for folder, renamed in moves.items():
        snapshot = await server.documents.all_settled(snapshot, folder)
        held = snapshot.root_of(folder)
        if held is None:
            continue
        answer = await _imports(server, snapshot, held, renamed)
        if answer is not None:
            return answer
    return None


async def _imports(
    server: Server, snapshot: Snapshot, root: RootSnapshot, renamed: dict[str, str]
) -> Encoded | None:
    ask = server.settings_of(root.root).refactor.update_imports_on_rename == "prompt"

    def work(token: CancelToken, progress: Progress) -> object:
        ctx = server.context(snapshot, root, token, progress)
        change = feature.imports_after(ctx, renamed)
        return _edit(server, snapshot, root, change, ask=ask) if change is not None else None

    try:
        async with asyncio.timeout(WILL_RENAME_SECONDS):
            return await server.compute(work)
    except TimeoutError:
        reason = "Imports do not follow: it would take too long."
    except Refusal as refusal:
        reason = refusal.happened
    _log.info("%s", reason)
    server.window_show_message(types.ShowMessageParams(types.MessageType.Info, reason))
    return None
