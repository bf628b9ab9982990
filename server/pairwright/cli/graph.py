"""`pairwright graph`."""

from __future__ import annotations

import argparse
import json
import re
import sys
from collections import Counter
from typing import Any

from pairwright.cli.report import location_json
from pairwright.cli.terminal import progress_bar
from pairwright.errors import BadArgument, UnknownSymbol
from pairwright.workspace import OpenedRoot, open_root
from pairwright_analyzers.graph import External, SymbolId, queries
from pairwright_analyzers.graph.flow.calls import calls
from pairwright_analyzers.text import Encoding, LineIndex
from pairwright_analyzers.types import Confidence, Location


def run(options: argparse.Namespace) -> int:
    """Answer one question about the graph."""
    with progress_bar("Indexing") as progress:
        opened = open_root(options.path, progress=progress)
    with opened:
        if options.question == "map" and (options.query is not None or options.budget is not None):
            return _map_for(opened, options)
        answer: Any = _QUESTIONS[options.question](opened, options)
        if options.json:
            json.dump(answer, sys.stdout, indent=2)
            print()
        else:
            rows: list[dict[str, Any]] = answer if isinstance(answer, list) else [answer]
            for row in rows:
                print(_line(row))
    return 0


def _line(row: dict[str, Any]) -> str:
    if "callee" in row:
        return (
            f"{row['file']}:{row['line']}: {row['caller']} -> {row['callee']} ({row['confidence']}"
            f"{', the caller may call more' if row.get('cut') else ''})"
        )
    if "depth" in row:
        steps = f"{row['depth']} step{'s' if row['depth'] > 1 else ''}"
        return f"{row['file']}:{row['line']}: {row['symbol']} ({steps}, {row['confidence']})"
    if "rank" in row:
        return f"{row['rank']:.4f}  {row['file']}:{row['line']}: {row['symbol']}"
    return "\n".join(f"{key}: {value}" for key, value in row.items())


def _lines(opened: OpenedRoot, path: str, held: dict[str, LineIndex]) -> dict[str, LineIndex]:
    if path not in held:
        text = opened.context.graph.workspace.text(path)
        if text is not None:
            held[path] = LineIndex(text)
    return held


def _place(opened: OpenedRoot, location: Location, held: dict[str, LineIndex]) -> dict[str, Any]:
    shown = location_json(location, _lines(opened, location.path, held))
    return {"file": shown["file"], "line": shown.get("line", 0)}


def _calls(opened: OpenedRoot, options: argparse.Namespace) -> list[dict[str, Any]]:
    graph = opened.context.graph
    held: dict[str, LineIndex] = {}
    rows: list[dict[str, Any]] = []
    seen: set[tuple[str, str, str, int]] = set()
    for call in calls(graph, opened.context.check):
        if call.confidence is Confidence.BY_NAME and not options.by_name:
            continue
        row = {
            "caller": call.caller,
            "callee": call.callee,
            **_place(opened, call.location, held),
            "confidence": call.confidence.value,
        }
        if call.cut:
            row["cut"] = True
        key = (call.caller, call.callee, row["file"], row["line"])
        if key not in seen:
            seen.add(key)
            rows.append(row)
    return rows


def _callers(opened: OpenedRoot, options: argparse.Namespace) -> list[dict[str, Any]]:
    graph = opened.context.graph
    held: dict[str, LineIndex] = {}
    return [
        {
            "caller": graph.qualname(edge.caller),
            "callee": graph.qualname(edge.callee),
            **_place(opened, site, held),
            "confidence": edge.confidence.value,
        }
        for symbol in _wanted(opened, options)
        for edge in queries.callers_of(graph, symbol)
        for site in edge.sites
    ]


def _impact(opened: OpenedRoot, options: argparse.Namespace) -> list[dict[str, Any]]:
    graph = opened.context.graph
    held: dict[str, LineIndex] = {}
    return [
        {
            "symbol": graph.qualname(impact.symbol),
            "depth": impact.depth,
            "confidence": impact.confidence.value,
            "via": graph.qualname(impact.via),
            **_place(opened, graph.location(impact.symbol), held),
        }
        for impact in queries.impact_of(graph, _wanted(opened, options), max(options.depth, 1))
    ]


def _map(opened: OpenedRoot, options: argparse.Namespace) -> list[dict[str, Any]]:
    graph = opened.context.graph
    held: dict[str, LineIndex] = {}
    ranks = queries.symbol_ranks(graph)
    best = sorted(ranks, key=lambda one: (-ranks[one], one))[: max(options.limit, 1)]
    return [
        {
            "symbol": graph.qualname(one),
            "rank": round(ranks[one], 6),
            **_place(opened, graph.location(one), held),
        }
        for one in best
    ]


def _map_for(opened: OpenedRoot, options: argparse.Namespace) -> int:
    """The map of what matters to a question, within a number of tokens."""
    budget = _BUDGET if options.budget is None else options.budget
    if budget < 1:
        raise BadArgument(f"--budget is {budget}.", "Give a number of tokens, 1 or more.")
    found = opened.context.retrieve(options.query or "", budget)
    if not options.json:
        print(found.text, end="")
        return 0
    graph = opened.context.graph
    rows = [
        {
            "symbol": graph.qualname(one.symbol),
            "file": path,
            "line": one.line,
            "signature": one.signature,
        }
        for path, symbols in found.files.items()
        for one in symbols
    ]
    json.dump(rows, sys.stdout, indent=2)
    print()
    return 0


_BUDGET = 1_000


def _stats(opened: OpenedRoot, options: argparse.Namespace) -> dict[str, Any]:
    graph = opened.context.graph
    links: dict[str, Counter[str]] = {}
    for _, callee, confidence, place in queries.call_sites(graph):
        spec = graph.spec(place.path)
        kind = "external" if isinstance(callee, External) else confidence.value
        links.setdefault(spec.id if spec is not None else "?", Counter())[kind] += 1
    return {
        "files": len(graph.workspace.paths()),
        "links": {name: dict(sorted(counts.items())) for name, counts in sorted(links.items())},
        "import_cycles": len(queries.import_cycles(graph)),
        "index": opened.context.status.state.value,
    }


def _wanted(opened: OpenedRoot, options: argparse.Namespace) -> list[SymbolId]:
    """The symbols that a dotted name or a place means. Raises `BadArgument`, `UnknownSymbol`."""
    graph = opened.context.graph
    if not options.symbol:
        raise BadArgument(
            f"`graph {options.question}` needs a symbol.",
            "Give a dotted name (`cart.Cart.total`) or a place (`shop/cart.py:12`).",
        )
    place = re.fullmatch(r"(.+?):(\d+)(?::(\d+))?", options.symbol)
    if place and graph.workspace.has(place.group(1)):
        found = _at(opened, place.group(1), int(place.group(2)) - 1, place.group(3))
    else:
        last = options.symbol.rpartition(".")[2]
        found = [
            symbol
            for path in graph.workspace.files_defining(last)
            for symbol in _named(opened, path, last)
            if f".{graph.qualname(symbol)}".endswith(f".{options.symbol}")
        ]
    if not found:
        raise UnknownSymbol(
            f"There is no symbol `{options.symbol}` in this workspace.",
            "`pairwright graph map` lists the most important ones.",
        )
    return found


def _named(opened: OpenedRoot, path: str, name: str) -> list[SymbolId]:
    facts = opened.context.graph.workspace.facts(path)
    return [SymbolId(path, one) for one in facts.symbols_named(name)] if facts is not None else []


def _at(opened: OpenedRoot, path: str, line: int, column: str | None) -> list[SymbolId]:
    graph = opened.context.graph
    text, facts = graph.workspace.text(path), graph.workspace.facts(path)
    if text is None or facts is None:
        return []
    index = LineIndex(text)
    if column is not None:
        symbol = queries.symbol_at(graph, path, index.offset(line, int(column) - 1, Encoding.UTF32))
        return [symbol] if symbol is not None else []
    around = facts.symbol_at(index.line_end(line))
    return [SymbolId(path, around.index)] if around is not None else []


_QUESTIONS = {
    "calls": _calls,
    "callers": _callers,
    "impact": _impact,
    "map": _map,
    "stats": _stats,
}
