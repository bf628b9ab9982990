"""`textDocument/documentSymbol` and `workspace/symbol`.

Owns the shapes clients want. What is listed is decided in `features/symbols.py`.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from lsprotocol import types

from pairwright.features.search import definitions_for
from pairwright.features.symbols import OutlineNode, outline
from pairwright.lsp.convert import SYMBOL_KINDS, Places, range_of
from pairwright.lsp.server import Encoded
from pairwright_analyzers.graph import SymbolId
from pairwright_analyzers.text import Encoding, LineIndex
from pairwright_analyzers.types import Location, Symbol, SymbolFlag

if TYPE_CHECKING:
    from pairwright.lsp.families import PairwrightServer as Server
    from pairwright.session import Snapshot
    from pairwright.tasks import CancelToken, Progress

MAX_WORKSPACE_SYMBOLS = 100
_SHORTEST_QUESTION = 3
_MOST_DEFINITIONS = 20


async def document_symbol(
    server: Server, snapshot: Snapshot, params: types.DocumentSymbolParams
) -> Encoded | None:
    """`textDocument/documentSymbol`."""
    uri = params.text_document.uri
    snapshot = await server.documents.settled(snapshot, uri)
    found = server.facts_at(snapshot, uri)
    if found is None:
        return None
    facts, lines = found
    encoding = server.client.encoding

    def work(
        _token: CancelToken, _progress: Progress
    ) -> Sequence[types.DocumentSymbol] | Sequence[types.SymbolInformation]:
        if server.client.hierarchical_symbols:
            return [_nested(node, lines, encoding) for node in outline(facts)]
        return [
            types.SymbolInformation(
                types.Location(uri, range_of(lines, symbol.span, encoding)),
                symbol.name,
                SYMBOL_KINDS[symbol.kind],
                tags=_tags(symbol),
                container_name=symbol.qualname.rpartition(".")[0] or None,
            )
            for symbol in facts.symbols
        ]

    return await server.compute(work)


def _nested(node: OutlineNode, lines: LineIndex, encoding: Encoding) -> types.DocumentSymbol:
    symbol = node.symbol
    return types.DocumentSymbol(
        # The protocol forbids a name of nothing but spaces.
        symbol.name.strip() or "(unnamed)",
        SYMBOL_KINDS[symbol.kind],
        range_of(lines, symbol.span, encoding),
        range_of(lines, symbol.name_span, encoding),
        detail=_detail(symbol),
        tags=_tags(symbol),
        children=[_nested(child, lines, encoding) for child in node.children],
    )


def _detail(symbol: Symbol) -> str | None:
    """The first line of the signature, shortened: editors show it beside the name."""
    line = symbol.signature.strip().split("\n", 1)[0]
    return (line if len(line) <= 120 else f"{line[:119]}…") or None


def _tags(symbol: Symbol) -> list[types.SymbolTag] | None:
    return [types.SymbolTag.Deprecated] if symbol.flags & SymbolFlag.DEPRECATED else None


async def workspace_symbol(
    server: Server, snapshot: Snapshot, params: types.WorkspaceSymbolParams
) -> Encoded:
    """`workspace/symbol`: the best of all roots; what search finds, where hardly any name fits."""
    encoding = server.client.encoding
    query = params.query

    def work(token: CancelToken, progress: Progress) -> list[types.SymbolInformation]:
        found: list[types.SymbolInformation] = []
        for root in snapshot.roots:
            places = Places.of(snapshot, root, encoding)
            hits = [
                SymbolId(hit.path, hit.index)
                for hit in root.view.search(query, MAX_WORKSPACE_SYMBOLS)
            ]
            if not hits and len(query.strip()) >= _SHORTEST_QUESTION:
                ctx = server.context(snapshot, root, token, progress)
                if ctx.searcher is not None:
                    hits = definitions_for(ctx, query, _MOST_DEFINITIONS)
            for hit in dict.fromkeys(hits):
                token.check()
                facts = root.view.facts(hit.path)
                if facts is None or hit.index >= facts.symbol_count:
                    continue
                symbol = facts.symbol(hit.index)
                found.append(
                    types.SymbolInformation(
                        types.Location(
                            places.uri(hit.path),
                            places.name_range(Location(hit.path, symbol.name_span)),
                        ),
                        symbol.name.strip() or "(unnamed)",
                        SYMBOL_KINDS[symbol.kind],
                        tags=_tags(symbol),
                        container_name=symbol.qualname.rpartition(".")[0] or hit.path,
                    )
                )
        return found

    return await server.compute(work)
