"""Definition, references, highlight, hover, call and type hierarchy, behind the setting
`navigation`; hover behind `history.hover`, too.

Owns the shapes clients want. While a setting is off its methods are not registered, and answer
nothing to a client that asks all the same. What is answered is decided in
`features/navigation.py`.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

from lsprotocol import types

from pairwright.features import navigation as feature
from pairwright.features.context import Context
from pairwright.lsp.convert import SYMBOL_KINDS, Places
from pairwright.lsp.server import Encoded
from pairwright_analyzers.graph import SymbolId

if TYPE_CHECKING:
    from pairwright.lsp.families import PairwrightServer as Server
    from pairwright.session import Snapshot

Answer = Callable[[Context, Places, str, int], object]
"""(context, places, path, byte offset) -> protocol value; runs in a thread."""


class PositionParams(Protocol):
    """The parameters of every request about a position."""

    text_document: types.TextDocumentIdentifier
    position: types.Position


async def _at(
    server: Server, snapshot: Snapshot, params: PositionParams, answer: Answer
) -> Encoded | None:
    if not server.settings.window.navigation:
        return None
    return await _answered(server, snapshot, params, answer)


async def _answered(
    server: Server, snapshot: Snapshot, params: PositionParams, answer: Answer
) -> Encoded | None:
    uri = params.text_document.uri
    snapshot = await server.documents.settled(snapshot, uri)
    place = server.place(snapshot, uri, params.position)
    if place is None:
        return None
    root, path, offset = place
    return await server.compute(
        lambda token, progress: answer(
            server.context(snapshot, root, token, progress),
            Places.of(snapshot, root, server.client.encoding),
            path,
            offset,
        )
    )


async def definition(
    server: Server, snapshot: Snapshot, params: types.DefinitionParams
) -> Encoded | None:
    """`textDocument/definition`."""

    def answer(ctx: Context, places: Places, path: str, offset: int) -> object:
        targets = feature.definitions(ctx, path, offset)
        if not server.client.definition_link:
            return [
                types.Location(places.uri(one.path), places.span(one.path, one.name))
                for one in targets
            ]
        return [
            types.LocationLink(
                places.uri(one.path),
                places.span(one.path, one.whole),
                places.span(one.path, one.name),
            )
            for one in targets
        ]

    return await _at(server, snapshot, params, answer)


async def references(
    server: Server, snapshot: Snapshot, params: types.ReferenceParams
) -> Encoded | None:
    """`textDocument/references`."""
    with_definition = params.context.include_declaration

    def answer(ctx: Context, places: Places, path: str, offset: int) -> object:
        found = feature.references(ctx, path, offset, with_definition=with_definition)
        return [places.location(one) for one in found]

    return await _at(server, snapshot, params, answer)


async def document_highlight(
    server: Server, snapshot: Snapshot, params: types.DocumentHighlightParams
) -> Encoded | None:
    """`textDocument/documentHighlight`."""

    def answer(ctx: Context, places: Places, path: str, offset: int) -> object:
        return [
            types.DocumentHighlight(
                places.span(path, one.span),
                types.DocumentHighlightKind.Write
                if one.writes
                else types.DocumentHighlightKind.Read,
            )
            for one in feature.highlights(ctx, path, offset)
        ]

    return await _at(server, snapshot, params, answer)


async def hover(server: Server, snapshot: Snapshot, params: types.HoverParams) -> Encoded | None:
    """`textDocument/hover`: what the graph knows behind `navigation`, what git knows behind
    `history.hover`.
    """
    kind = types.MarkupKind.Markdown if server.client.markdown_hover else types.MarkupKind.PlainText
    settings = server.settings.window
    if not (settings.navigation or settings.history.hover):
        return None

    def answer(ctx: Context, places: Places, path: str, offset: int) -> object:
        found = feature.hover(ctx, path, offset) if settings.navigation else None
        if settings.history.hover:
            from pairwright.features.history import hover as history

            found = feature.joined(found, history(ctx, path, offset))
        if found is None:
            return None
        content = types.MarkupContent(kind, found.markdown)
        return types.Hover(content, places.span(path, found.span))

    return await _answered(server, snapshot, params, answer)


async def prepare_call_hierarchy(
    server: Server, snapshot: Snapshot, params: types.CallHierarchyPrepareParams
) -> Encoded | None:
    """`textDocument/prepareCallHierarchy`."""
    return await _at(
        server,
        snapshot,
        params,
        lambda ctx, places, path, offset: [
            types.CallHierarchyItem(**_fields(one, places, ctx.root))
            for one in feature.prepare_calls(ctx, path, offset)
        ],
    )


async def prepare_type_hierarchy(
    server: Server, snapshot: Snapshot, params: types.TypeHierarchyPrepareParams
) -> Encoded | None:
    """`textDocument/prepareTypeHierarchy`."""
    return await _at(
        server,
        snapshot,
        params,
        lambda ctx, places, path, offset: [
            types.TypeHierarchyItem(**_fields(one, places, ctx.root))
            for one in feature.prepare_types(ctx, path, offset)
        ],
    )


async def incoming_calls(
    server: Server, snapshot: Snapshot, params: types.CallHierarchyIncomingCallsParams
) -> Encoded | None:
    """`callHierarchy/incomingCalls`."""
    return await _again(
        server,
        snapshot,
        params.item.data,
        lambda ctx, places, symbol: [
            types.CallHierarchyIncomingCall(
                types.CallHierarchyItem(**_fields(one.item, places, ctx.root)),
                [places.range(site) for site in one.sites],
            )
            for one in feature.incoming_calls(ctx, symbol)
        ],
    )


async def outgoing_calls(
    server: Server, snapshot: Snapshot, params: types.CallHierarchyOutgoingCallsParams
) -> Encoded | None:
    """`callHierarchy/outgoingCalls`."""
    return await _again(
        server,
        snapshot,
        params.item.data,
        lambda ctx, places, symbol: [
            types.CallHierarchyOutgoingCall(
                types.CallHierarchyItem(**_fields(one.item, places, ctx.root)),
                [places.range(site) for site in one.sites],
            )
            for one in feature.outgoing_calls(ctx, symbol)
        ],
    )


async def supertypes(
    server: Server, snapshot: Snapshot, params: types.TypeHierarchySupertypesParams
) -> Encoded | None:
    """`typeHierarchy/supertypes`."""
    return await _again(
        server,
        snapshot,
        params.item.data,
        lambda ctx, places, symbol: [
            types.TypeHierarchyItem(**_fields(one, places, ctx.root))
            for one in feature.supertypes(ctx, symbol)
        ],
    )


async def subtypes(
    server: Server, snapshot: Snapshot, params: types.TypeHierarchySubtypesParams
) -> Encoded | None:
    """`typeHierarchy/subtypes`."""
    return await _again(
        server,
        snapshot,
        params.item.data,
        lambda ctx, places, symbol: [
            types.TypeHierarchyItem(**_fields(one, places, ctx.root))
            for one in feature.subtypes(ctx, symbol)
        ],
    )


async def _again(
    server: Server,
    snapshot: Snapshot,
    data: object,
    answer: Callable[[Context, Places, SymbolId], object],
) -> Encoded | None:
    """Answer about an item that was handed out before; nothing when it is gone since."""
    if not (isinstance(data, Mapping) and isinstance(data.get("root"), str)):
        return None
    root = snapshot.root_of(Path(data["root"]))
    if root is None:
        return None

    def work(token: Any, progress: Any) -> object:
        symbol = feature.found_again(root.graph, data)
        if symbol is None:
            return None
        ctx = server.context(snapshot, root, token, progress)
        return answer(ctx, Places.of(snapshot, root, server.client.encoding), symbol)

    return await server.compute(work)


def _fields(item: feature.Item, places: Places, root: Path) -> dict[str, Any]:
    """What items of both hierarchies have in common."""
    return {
        "name": item.name,
        "detail": item.detail,
        "kind": SYMBOL_KINDS[item.kind],
        "uri": places.uri(item.target.path),
        "range": places.span(item.target.path, item.target.whole),
        "selection_range": places.span(item.target.path, item.target.name),
        "data": {**item.data, "root": str(root)},
    }
