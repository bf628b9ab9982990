"""Definition, references, highlights, hover, call and type hierarchy over the code graph.

Owns what each of them answers; most certain first. It must not know the protocol: places are paths
and byte spans.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from pairwright.features.context import Context
from pairwright.index.status import IndexState
from pairwright_analyzers.graph import CodeGraph, SymbolId
from pairwright_analyzers.graph.queries import (
    callees_of,
    callers_of,
    definitions_at,
    external_of,
    local_bindings_at,
    local_references_at,
    references_to,
    resolve,
    subtypes_of,
    supertypes_of,
    symbol_at,
)
from pairwright_analyzers.types import (
    CALLABLE_KINDS,
    TYPE_KINDS,
    Confidence,
    Location,
    Role,
    Span,
    Symbol,
    SymbolKind,
)

_DEFINING_ROLES = frozenset({Role.DEFINE, Role.BIND, Role.WRITE})


@dataclass(frozen=True, slots=True)
class Target:
    """Where something is defined: its name, and all of it."""

    path: str
    name: Span
    whole: Span


@dataclass(frozen=True, slots=True)
class Highlight:
    """An occurrence in the file at hand; `writes` where it is given its value."""

    span: Span
    writes: bool


@dataclass(frozen=True, slots=True)
class Hover:
    """What is known of the name at `span`, in Markdown."""

    span: Span
    markdown: str


@dataclass(frozen=True, slots=True)
class Item:
    """A symbol in a hierarchy. `data` finds it again in a later revision."""

    id: SymbolId
    name: str
    detail: str
    kind: SymbolKind
    target: Target
    data: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class CallItem:
    """A caller or callee with the places of the calls, all in the caller's file."""

    item: Item
    sites: tuple[Location, ...]


def definitions(ctx: Context, path: str, offset: int) -> list[Target]:
    """Where the name at an offset is defined: a local variable in its scope, else symbols."""
    local = local_bindings_at(ctx.graph, path, offset)
    if local:
        return [Target(path, span, span) for span in local]
    return [target_of(ctx.graph, link.target) for link in definitions_at(ctx.graph, path, offset)]


def references(ctx: Context, path: str, offset: int, *, with_definition: bool) -> list[Location]:
    """Every place that means what the name at an offset means."""
    local = local_references_at(ctx.graph, path, offset)
    if local:
        bound = set(local_bindings_at(ctx.graph, path, offset))
        return [Location(path, span) for span, _ in local if with_definition or span not in bound]
    symbol = symbol_at(ctx.graph, path, offset)
    if symbol is None:
        return []
    found = [one.location for one in references_to(ctx.graph, symbol, ctx.check)]
    if with_definition:
        found.insert(0, ctx.graph.location(symbol))
    return list(dict.fromkeys(found))


def highlights(ctx: Context, path: str, offset: int) -> list[Highlight]:
    """The occurrences, in this file, of what the name at an offset means."""
    local = local_references_at(ctx.graph, path, offset)
    if local:
        return [Highlight(span, role in _DEFINING_ROLES) for span, role in local]
    facts = ctx.graph.workspace.facts(path)
    here = facts.reference_at(offset) if facts is not None else None
    symbol = symbol_at(ctx.graph, path, offset)
    if facts is None or here is None or symbol is None:
        return []
    found = []
    for index in facts.references_named(here.name):
        ctx.check()
        if any(link.target == symbol for link in resolve(ctx.graph, path, index)):
            one = facts.reference(index)
            found.append(Highlight(one.span, one.role in _DEFINING_ROLES))
    return found


def hover(ctx: Context, path: str, offset: int) -> Hover | None:
    """What the name at an offset means: signature, documentation, and how sure that is."""
    facts = ctx.graph.workspace.facts(path)
    here = facts.reference_at(offset) if facts is not None else None
    if here is None or local_bindings_at(ctx.graph, path, offset):
        return None
    links = definitions_at(ctx.graph, path, offset)
    if not links:
        external = external_of(ctx.graph, path, here.index)
        if external is None:
            return None
        return Hover(here.span, f"`{external.name}` (outside the workspace)")
    parts = [_described(ctx, link.target, link.confidence) for link in links[:3]]
    if len(links) > 3:
        parts.append(f"… and {len(links) - 3} more.")
    if ctx.status.state is not IndexState.READY:
        parts.append(f"*The index is {ctx.status.state.value}: there may be more.*")
    return Hover(here.span, _RULE.join(parts))


_RULE = "\n\n---\n\n"


def joined(one: Hover | None, other: Hover | None) -> Hover | None:
    """Two hovers on one name as one."""
    if one is None or other is None:
        return one or other
    return Hover(one.span, one.markdown + _RULE + other.markdown)


def _described(ctx: Context, symbol_id: SymbolId, confidence: Confidence) -> str:
    graph = ctx.graph
    if symbol_id.index < 0:
        return f"module `{graph.module_name(symbol_id.path)}` — {symbol_id.path}"
    symbol = graph.symbol(symbol_id)
    spec = graph.spec(symbol_id.path)
    language = spec.id if spec is not None else ""
    header = symbol.signature.strip() or symbol.name
    parts = [f"{_fenced(header, language)}\n`{graph.qualname(symbol_id)}` — {symbol_id.path}"]
    text = ctx.graph.workspace.text(symbol_id.path)
    if symbol.doc is not None and text is not None:
        raw = text[symbol.doc.start : symbol.doc.end].decode("utf-8", "replace")
        parts.append(plain_documentation(raw))
    if confidence is not Confidence.EXACT:
        parts.append(f"*Found {_WORDS[confidence]}.*")
    return "\n\n".join(parts)


_WORDS = {
    Confidence.INFERRED: "by inference from types",
    Confidence.BY_NAME: "by its name only",
}


def _fenced(text: str, language: str) -> str:
    fence = "```"
    while fence in text:
        fence += "`"
    return f"{fence}{language}\n{text}\n{fence}"


def plain_documentation(raw: str) -> str:
    """A documentation comment or string without its markers and common indentation."""
    text = raw.strip()
    quotes = re.match(r"[a-zA-Z]{0,2}(\"\"\"|'''|\"|')", text)
    if quotes is not None:
        text = text[quotes.end() :].removesuffix(quotes[1])
        lines = text.expandtabs().splitlines()
        margin = min(
            (len(line) - len(line.lstrip()) for line in lines[1:] if line.strip()), default=0
        )
        return (
            "\n".join([lines[0].strip(), *(line[margin:] for line in lines[1:])]).strip()
            if lines
            else ""
        )
    text = text.removesuffix("*/").rstrip()
    return "\n".join(
        re.sub(r"^\s*(/\*+!?|//[/!]?|\*|#+|--)\s?", "", line) for line in text.splitlines()
    ).strip()


def target_of(graph: CodeGraph, symbol_id: SymbolId) -> Target:
    """Where a symbol is; a module is its file's start."""
    if symbol_id.index < 0:
        return Target(symbol_id.path, Span(0, 0), Span(0, 0))
    symbol = graph.symbol(symbol_id)
    return Target(symbol_id.path, symbol.name_span, _whole(symbol))


def _whole(symbol: Symbol) -> Span:
    """The symbol's span, widened to its name where that lies outside (a receiver's method)."""
    return Span(
        min(symbol.span.start, symbol.name_span.start), max(symbol.span.end, symbol.name_span.end)
    )


# Hierarchies.


def item_of(graph: CodeGraph, symbol_id: SymbolId) -> Item:
    """A symbol, or a module, as an item of a hierarchy."""
    target = target_of(graph, symbol_id)
    qualname = graph.qualname(symbol_id)
    if symbol_id.index < 0:
        name, kind, detail = qualname, SymbolKind.MODULE, symbol_id.path
    else:
        symbol = graph.symbol(symbol_id)
        name, kind = symbol.name, symbol.kind
        detail = qualname.removesuffix(f".{symbol.name}")
    data = {"path": symbol_id.path, "index": symbol_id.index, "name": qualname}
    return Item(symbol_id, name, detail, kind, target, data)


def found_again(graph: CodeGraph, data: Mapping[str, Any]) -> SymbolId | None:
    """The symbol of an item's `data` in this revision; None when it is gone."""
    path, index, name = data.get("path"), data.get("index"), data.get("name")
    if not (isinstance(path, str) and isinstance(index, int) and isinstance(name, str)):
        return None
    facts = graph.workspace.facts(path)
    if facts is None:
        return None
    candidates = [index, *range(facts.symbol_count)] if index >= 0 else [-1]
    for at in candidates:
        if -1 <= at < facts.symbol_count and graph.qualname(SymbolId(path, at)) == name:
            return SymbolId(path, at)
    return None


def prepare_calls(ctx: Context, path: str, offset: int) -> list[Item]:
    """The callables the name at an offset means, types included: they are called too."""
    return _prepared(ctx, path, offset, CALLABLE_KINDS | TYPE_KINDS)


def prepare_types(ctx: Context, path: str, offset: int) -> list[Item]:
    """The types the name at an offset means."""
    return _prepared(ctx, path, offset, TYPE_KINDS)


def _prepared(ctx: Context, path: str, offset: int, kinds: Iterable[SymbolKind]) -> list[Item]:
    found = [link.target for link in definitions_at(ctx.graph, path, offset)]
    return [
        item_of(ctx.graph, one)
        for one in found
        if one.index >= 0 and ctx.graph.symbol(one).kind in kinds
    ]


def incoming_calls(ctx: Context, symbol_id: SymbolId) -> list[CallItem]:
    """Who calls a symbol, and where."""
    merged: dict[SymbolId, list[Location]] = {}
    for edge in callers_of(ctx.graph, symbol_id, ctx.check):
        merged.setdefault(edge.caller, []).extend(edge.sites)
    return [CallItem(item_of(ctx.graph, one), tuple(sites)) for one, sites in merged.items()]


def outgoing_calls(ctx: Context, symbol_id: SymbolId) -> list[CallItem]:
    """What a symbol calls, and where."""
    merged: dict[SymbolId, list[Location]] = {}
    for edge in callees_of(ctx.graph, symbol_id):
        merged.setdefault(edge.callee, []).extend(edge.sites)
    return [CallItem(item_of(ctx.graph, one), tuple(sites)) for one, sites in merged.items()]


def supertypes(ctx: Context, symbol_id: SymbolId) -> list[Item]:
    """The direct supertypes in the workspace."""
    return [item_of(ctx.graph, link.target) for link in supertypes_of(ctx.graph, symbol_id)]


def subtypes(ctx: Context, symbol_id: SymbolId) -> list[Item]:
    """The direct subtypes in the workspace."""
    found = subtypes_of(ctx.graph, symbol_id, ctx.check)
    return [item_of(ctx.graph, link.target) for link in found]
