"""Hits of a search as the protocol's locations: in the answer, and ahead of it.

Owns their JSON form. What is found, and in which order, is decided in `features/search.py`.
"""

from __future__ import annotations

import dataclasses
from typing import TYPE_CHECKING, Any

from lsprotocol import types

from pairwright.features.context import Hits
from pairwright.lsp.convert import Places
from pairwright_analyzers.types import Location

if TYPE_CHECKING:
    from pathlib import Path

    from pairwright.lsp.families import PairwrightServer as Server
    from pairwright.session import Snapshot
    from pairwright.tasks import CancelToken, Progress


def hits_value(server: Server, snapshot: Snapshot, found: Hits) -> dict[str, Any]:
    """Hits as plain JSON, see docs/protocol.md. Reads the files they are in: not for the loop."""
    places: dict[Path, Places] = {}
    hits: list[dict[str, Any]] = []
    for path, hit in found.hits:
        root = snapshot.root_of(path)
        if root is None:
            continue
        if path not in places:
            places[path] = Places.of(snapshot, root, server.client.encoding)
        shown = places[path].range(Location(hit.path, hit.span))
        value = {
            "location": {
                "uri": places[path].uri(hit.path),
                "range": {
                    "start": {"line": shown.start.line, "character": shown.start.character},
                    "end": {"line": shown.end.line, "character": shown.end.character},
                },
            },
            "path": hit.path,
            "symbol": hit.symbol,
            "kind": hit.kind,
            "score": round(hit.score, 6),
            "snippet": hit.snippet,
        }
        if found.explain:
            value["parts"] = {name: round(part, 6) for name, part in hit.parts.items()}
        hits.append(value)
    return {"hits": hits, "notes": list(found.notes), "state": found.state}


async def answer_hits(server: Server, snapshot: Snapshot, found: Hits) -> dict[str, Any]:
    """The answer of a search; its page is shown beside it, where there is one."""

    def work(_token: CancelToken, _progress: Progress) -> dict[str, Any]:
        return hits_value(server, snapshot, found)

    server.command_number += 1
    value = await server.tasks.submit(("command", server.command_number), work)
    if found.document is not None:
        await server.pages.show(found.document)
        value["document"] = dataclasses.asdict(found.document)
    return value


def send_partial(
    server: Server,
    snapshot: Snapshot,
    found: Hits,
    partial: types.ProgressToken,
    token: CancelToken,
) -> None:
    """Send hits ahead of the answer. Called in the worker thread; all that it sends is on its way
    before the answer is.
    """
    token.check()
    value = hits_value(server, snapshot, found)

    def send() -> None:
        if not token.cancelled:
            server.progress(types.ProgressParams(partial, value))

    loop = server.loop
    if loop is not None and not loop.is_closed():
        loop.call_soon_threadsafe(send)
