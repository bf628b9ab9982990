"""`textDocument/codeLens` and `codeLens/resolve`, behind the settings `code_lens.*`.

Owns the shape; where lenses stand and what they say is in `features/lenses.py`.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING

from lsprotocol import types

from pairwright.errors import BadArgument
from pairwright.features.graph_documents import CALLERS, IMPACT
from pairwright.features.lenses import LensKind, lens_title, lenses
from pairwright.features.navigation import found_again, item_of
from pairwright.lsp.convert import range_of
from pairwright.lsp.server import Encoded
from pairwright_analyzers.graph import SymbolId

if TYPE_CHECKING:
    from pairwright.lsp.families import PairwrightServer as Server
    from pairwright.session import Snapshot
    from pairwright.tasks import CancelToken, Progress


async def code_lens(
    server: Server, snapshot: Snapshot, params: types.CodeLensParams
) -> Encoded | None:
    """`textDocument/codeLens`: places only, counts are resolved when seen."""
    wanted = server.settings.window.code_lens
    if not (wanted.callers or wanted.tests):
        return None
    uri = params.text_document.uri
    snapshot = await server.documents.settled(snapshot, uri)
    document = snapshot.documents.get(uri)
    found = server.facts_at(snapshot, uri)
    root = snapshot.root_of(document.root) if document is not None else None
    if found is None or root is None or document is None:
        return None
    facts, lines = found
    encoding = server.client.encoding

    def work(_token: CancelToken, _progress: Progress) -> list[types.CodeLens]:
        return [
            types.CodeLens(
                range_of(lines, lens.symbol.name_span, encoding),
                data={
                    **item_of(root.graph, SymbolId(document.relative, lens.symbol.index)).data,
                    "root": str(root.root),
                    "uri": uri,
                    "lens": lens.kind.value,
                },
            )
            for lens in lenses(facts, callers=wanted.callers, tests=wanted.tests)
        ]

    return await server.compute(work)


async def resolve(server: Server, snapshot: Snapshot, params: types.CodeLens) -> Encoded:
    """`codeLens/resolve`: the count, and the page behind it."""
    data = params.data
    if not isinstance(data, Mapping) or not isinstance(data.get("root"), str):
        raise BadArgument("The lens has no `data`", "Send it as it was offered.")
    kind = next((one for one in LensKind if one.value == data.get("lens")), None)
    root = snapshot.root_of(Path(data["root"]))
    if root is None or kind is None:
        raise BadArgument("The lens's `data` is not of this server", "Send it as it was offered.")

    def work(token: CancelToken, progress: Progress) -> types.CodeLens:
        symbol = found_again(root.graph, data)
        if symbol is None:
            params.command = types.Command("gone", "")
            return params
        title = lens_title(server.context(snapshot, root, token, progress), symbol, kind)
        start = params.range.start
        argument = {
            "uri": data.get("uri"),
            "position": {"line": start.line, "character": start.character},
        }
        name = CALLERS if kind is LensKind.CALLERS else IMPACT
        params.command = types.Command(title, name, arguments=[argument])
        return params

    return await server.compute(work)
