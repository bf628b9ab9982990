"""The code graph as documents to read: callers, impact, and a map of the workspace.

Owns their Markdown. Every link says how sure it is, and every page how complete the index was. It
must not know how a page is shown.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from urllib.parse import quote

from pairwright.features.context import (
    ActionProducer,
    ActionRequest,
    Command,
    CommandContext,
    Context,
    NoArguments,
    Offer,
    Place,
    Position,
    Show,
    VirtualDocument,
    no_symbol,
)
from pairwright.index.status import IndexState
from pairwright_analyzers.graph import SymbolId
from pairwright_analyzers.graph.queries import (
    callers_of,
    file_ranks,
    impact_of,
    import_cycles,
    symbol_at,
    symbol_ranks,
)
from pairwright_analyzers.graph.tested import tests_reaching
from pairwright_analyzers.types import CALLABLE_KINDS, TYPE_KINDS, Confidence, Location

IMPACT_DEPTH = 4
_MAP_FILES = 40
_MAP_SYMBOLS = 40

KIND = "source.pairwright.graph"
CALLERS = "pairwright.graph.callers"
IMPACT = "pairwright.graph.impact"
MAP = "pairwright.graph.map"


@dataclass(frozen=True, slots=True)
class AtPosition:
    """A position in a file."""

    uri: str
    position: Position


def callers_page(ctx: Context, symbol_id: SymbolId) -> VirtualDocument:
    """Who calls a symbol, with each place of a call."""
    name = ctx.graph.qualname(symbol_id)
    edges = callers_of(ctx.graph, symbol_id, ctx.check)
    lines = [f"# Callers of `{name}`", "", _note(ctx), ""]
    sites = sum(len(edge.sites) for edge in edges)
    lines.append(
        f"{_number(sites, 'call')} in {_number(len(edges), 'place')}."
        if edges
        else "Nobody calls it."
    )
    lines.append("")
    for edge in edges:
        where = ", ".join(_link(ctx, site) for site in edge.sites)
        lines.append(f"- `{ctx.graph.qualname(edge.caller)}`{_sure(edge.confidence)}: {where}")
    return _page(ctx, "callers", name, f"Callers of {name}", lines)


def impact_page(ctx: Context, symbol_id: SymbolId) -> VirtualDocument:
    """What a change of a symbol may reach, nearest first, and the tests that would notice."""
    name = ctx.graph.qualname(symbol_id)
    reached = impact_of(ctx.graph, [symbol_id], IMPACT_DEPTH, ctx.check)
    tests = tests_reaching(ctx.graph, symbol_id, ctx.check)
    lines = [f"# Impact of `{name}`", "", _note(ctx), ""]
    lines.append(
        f"A change may reach {_number(len(reached), 'symbol')} within {IMPACT_DEPTH} steps; "
        f"{_number(len(tests), 'test')} would run it."
    )
    for depth in sorted({one.depth for one in reached}):
        lines += ["", f"## {_number(depth, 'step')} away", ""]
        lines += [
            f"- `{ctx.graph.qualname(one.symbol)}`{_sure(one.confidence)} "
            f"through `{ctx.graph.qualname(one.via)}`: {_symbol_link(ctx, one.symbol)}"
            for one in reached
            if one.depth == depth
        ]
    lines += ["", "## Tests", ""]
    lines += [f"- `{ctx.graph.qualname(test)}`: {_symbol_link(ctx, test)}" for test in tests]
    if not tests:
        lines.append("No test reaches it.")
    return _page(ctx, "impact", name, f"Impact of {name}", lines)


def map_page(contexts: Sequence[Context]) -> VirtualDocument:
    """What the workspace is made of: the files and symbols that most others lean on, and import
    cycles.
    """
    lines = ["# Map of the workspace"]
    for ctx in contexts:
        graph = ctx.graph
        lines += [
            "",
            f"## {ctx.root.name}",
            "",
            _note(ctx),
            "",
            "### Files, the most used first",
            "",
        ]
        ranks = sorted(file_ranks(graph, ctx.check).items(), key=lambda row: (-row[1], row[0]))
        lines += [
            f"- {_link(ctx, graph.location(SymbolId(path, -1)))}" for path, _ in ranks[:_MAP_FILES]
        ]
        lines += ["", "### Symbols, the most used first", ""]
        symbols = sorted(symbol_ranks(graph, ctx.check).items(), key=lambda row: (-row[1], row[0]))
        lines += [
            f"- `{graph.qualname(symbol)}`: {_symbol_link(ctx, symbol)}"
            for symbol, _ in symbols[:_MAP_SYMBOLS]
        ]
        cycles = import_cycles(graph, ctx.check)
        lines += ["", "### Import cycles", ""]
        lines += [f"- {' → '.join(cycle)}" for cycle in cycles] or ["There are none."]
    return VirtualDocument(
        "pairwright:/graph/map.md", "Map of the workspace", "markdown", "\n".join(lines) + "\n"
    )


def _page(ctx: Context, what: str, name: str, title: str, lines: Iterable[str]) -> VirtualDocument:
    uri = f"pairwright:/graph/{what}/{quote(name, safe='.')}.md"
    return VirtualDocument(uri, title, "markdown", "\n".join(lines) + "\n")


def _note(ctx: Context) -> str:
    status = ctx.status
    match status.state:
        case IndexState.READY:
            return f"*Index: ready, {_number(status.files, 'file')}.*"
        case IndexState.BUILDING:
            return f"*Index: building, {status.done} of {status.total} files: there may be more.*"
        case _:
            return f"*Index: {status.state.value}. {status.reason}*"


def _link(ctx: Context, location: Location) -> str:
    text = ctx.graph.workspace.text(location.path)
    line = text.count(b"\n", 0, location.span.start) + 1 if text is not None else 1
    target = (ctx.root / location.path).as_uri()
    return f"[{location.path}:{line}]({target}#L{line})"


def _symbol_link(ctx: Context, symbol_id: SymbolId) -> str:
    return _link(ctx, ctx.graph.location(symbol_id))


def _sure(confidence: Confidence) -> str:
    return "" if confidence is Confidence.EXACT else f" *({confidence.value})*"


def _number(count: int, word: str) -> str:
    return f"{count} {word}" if count == 1 else f"{count} {word}s"


# Commands.


def _symbol_of(place: Place, position: Position, what: str) -> SymbolId:
    found = symbol_at(place.context.graph, place.path, place.offset(position))
    if found is None:
        raise no_symbol(what)
    return found


def _callers(ctx: CommandContext, arguments: AtPosition) -> Show:
    place = ctx.place(arguments.uri)
    return Show(callers_page(place.context, _symbol_of(place, arguments.position, "callers")))


def _impact(ctx: CommandContext, arguments: AtPosition) -> Show:
    place = ctx.place(arguments.uri)
    return Show(impact_page(place.context, _symbol_of(place, arguments.position, "effects")))


def _map(ctx: CommandContext, _arguments: NoArguments) -> Show:
    return Show(map_page(ctx.roots))


COMMANDS = (
    Command(
        CALLERS,
        "Show callers",
        "Every call of the symbol at a position, with how sure each link is.",
        AtPosition,
        _callers,
        "Looking for callers",
    ),
    Command(
        IMPACT,
        "Show impact",
        "What a change of the symbol at a position may reach, nearest first, and its tests.",
        AtPosition,
        _impact,
        "Following the impact",
    ),
    Command(
        MAP,
        "Show the map of the workspace",
        "The files and symbols that most others lean on, and import cycles.",
        NoArguments,
        _map,
        "Drawing the map",
    ),
)


def _offers(ctx: Context, request: ActionRequest) -> list[Offer]:
    symbol_id = symbol_at(ctx.graph, request.path, request.span.start)
    if symbol_id is None or symbol_id.index < 0:
        return []
    symbol = ctx.graph.symbol(symbol_id)
    if symbol.kind not in CALLABLE_KINDS | TYPE_KINDS:
        return []
    data = {"offset": request.span.start}
    return [
        Offer(f"Show callers of `{symbol.name}`", KIND, data, command=CALLERS),
        Offer(f"Show impact of `{symbol.name}`", KIND, data, command=IMPACT),
    ]


PRODUCER = ActionProducer("graph", (KIND,), _offers)
