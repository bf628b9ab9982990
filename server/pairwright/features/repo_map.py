"""A map of what matters to a question: the symbols that count most, with their signatures, packed
into a number of tokens.

Owns which symbols are chosen and how they are written. The choice is a PageRank over who mentions
whose definitions (personalised: Haveliwala 2002; over code after aider's repository map), that
starts at what is open, what the question names, and what search finds for it. Only files near to
those are read, so a map costs the same in a large workspace. It must not know who reads the map.
"""

from __future__ import annotations

import math
import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING

from pairwright.errors import BadArgument
from pairwright.features.context import Context, VirtualDocument
from pairwright_analyzers.graph import CodeGraph, SymbolId
from pairwright_analyzers.graph.model import Link
from pairwright_analyzers.graph.queries import file_ranks, page_ranks, resolve
from pairwright_analyzers.languages import language_of
from pairwright_analyzers.text import LineIndex
from pairwright_analyzers.types import (
    CALLABLE_KINDS,
    MEMBER,
    ROLE_MASK,
    TYPE_KINDS,
    Confidence,
    Role,
    Symbol,
    SymbolKind,
)

if TYPE_CHECKING:
    from pairwright.index.protocol import Hit

BYTES_PER_TOKEN = 3.2
"""Of signatures and paths as the tokenizers of today's models cut them: on the careful side."""

_NEAR_FILES = 160
"""Files whose mentions are followed: the question's own, then those that they lean on most."""
_CENTRE = 60
"""Files that the rank starts at where nothing is asked for: those that others lean on most."""
_HITS = 40
_OF_OPEN = 50.0
_OF_MENTIONED = 10.0
_OF_SPEAKING = 10.0
_OF_PRIVATE = 0.1
_OF_COMMON = 0.1
"""What a mention counts by: in an open file, of a name that the question names, of a long compound
name, of a name with a leading underscore, of a name with many definers.
"""
_OF_UNIMPORTED = 0.2
"""A name that the file does not import, where it imports others: built in, or of a value's type."""
_RANKED = 2_000
_LOOKED_UP = 250
_SOURCES = 3
_USES = 2
"""Names that are ranked at all; of these the first are looked up, where a few files use them."""
_BY_NAME = 0.3
_UNCONFIRMED = 0.05
"""What a mention counts by that the graph only knows by name, or does not lead there."""
_COMMON_FILES = 8
"""Files that mention a name without an import; in more of them it is the more likely the
language's own.
"""
_OF_MEMBER = 0.5
"""A name behind a receiver, whose type is not looked for here."""
_OF_NAMED = 0.5
"""What the question names, beside 1 for all that search finds."""
_SHORTEST_NAME = 3
_PLAIN_LENGTH = 5
_OF_PLAIN = 0.3
"""Short plain names (`do`, `name`) are words before they are anything of the workspace."""
_MANY_DEFINERS = 5
_TOO_MANY_DEFINERS = 40
_SPEAKING_LENGTH = 8
_LONGEST_LINE = 160
_MOST_REFUSED = 50
"""Symbols in a row that may be too long for what is left before the map is called full."""

_NAME = re.compile(r"[^\W\d]\w*")
_SHOWN = (CALLABLE_KINDS | TYPE_KINDS) | {
    SymbolKind.CONSTANT,
    SymbolKind.MACRO,
    SymbolKind.SECTION,
}


@dataclass(frozen=True, slots=True)
class MapSymbol:
    """One line of a map: `depth` 0 at the top level, `line` from 1."""

    symbol: SymbolId
    line: int
    depth: int
    signature: str


@dataclass(frozen=True, slots=True)
class RepoMap:
    """Symbols by file, the most important file first, those of a file in text order.

    `text` is what is to be read, `tokens` about how many tokens it has.
    """

    files: Mapping[str, tuple[MapSymbol, ...]]
    text: str
    tokens: int


def repo_map(ctx: Context, query: str, budget_tokens: int) -> RepoMap:
    """The symbols that matter most to a query and to what is open, in at most `budget_tokens`.

    With an empty query and nothing open: those that matter most to the workspace.
    """
    ranked = ranked_symbols(ctx, query)
    return _packed(ctx, ranked, budget_tokens)


def ranked_symbols(ctx: Context, query: str) -> list[SymbolId]:
    """Symbols by how much they matter to a query and to what is open, the best first."""
    graph = ctx.graph
    hits = _hits(ctx, query)
    named = frozenset(_NAME.findall(query))
    seeds = _seeds(ctx, query, named, hits)
    if not seeds:
        files = file_ranks(graph, ctx.check)
        known = [path for path in files if not graph.is_test_path(path)] or list(files)
        seeds = {path: files[path] for path in sorted(known, key=lambda one: -files[one])[:_CENTRE]}
    ranks = _personal_ranks(ctx, seeds, named, hits) if seeds else {}
    return [
        symbol
        for symbol, _ in sorted(ranks.items(), key=lambda row: (-row[1], row[0]))
        if _is_shown(graph, symbol)
    ]


def _is_shown(graph: CodeGraph, symbol_id: SymbolId) -> bool:
    facts = graph.workspace.facts(symbol_id.path)
    if facts is None or facts.symbol_kind(symbol_id.index) not in _SHOWN:
        return False
    container = facts.symbol_container(symbol_id.index)
    return container < 0 or facts.symbol_kind(container) not in CALLABLE_KINDS


# Where the rank starts.


def _hits(ctx: Context, query: str) -> Sequence[Hit]:
    if not query.strip() or ctx.searcher is None:
        return ()
    from pairwright.features.search import search

    try:
        return search(ctx, query, _HITS).hits
    except BadArgument:
        # A question of an agent is prose: what looks like a filter in it is none.
        return ()


def _seeds(
    ctx: Context, query: str, named: frozenset[str], hits: Sequence[Hit]
) -> dict[str, float]:
    """How much of the rank starts at which file."""
    workspace = ctx.graph.workspace
    seeds: dict[str, float] = defaultdict(float)
    for place, hit in enumerate(hits):
        seeds[hit.path] += 1 / (1 + place)
    for path in ctx.documents:
        if workspace.has(path):
            seeds[path] += 1
    for path in _paths_in(query):
        for known in workspace.paths():
            if known == path or known.endswith(f"/{path}"):
                seeds[known] += 1
    for name in named:
        definers = workspace.files_defining(name)
        if len(definers) <= _MANY_DEFINERS and len(name) >= _SHORTEST_NAME:
            for path in definers:
                seeds[path] += 1 / len(definers)
    return seeds


def _paths_in(query: str) -> Iterable[str]:
    for word in query.split():
        path = word.strip("`'\"()[]{},;:?!").replace("\\", "/").removeprefix("./")
        if "." in path.strip(".") or "/" in path.strip("/"):
            yield path


# The rank.

_Edge = tuple[str, str, str]
"""(file that mentions, file that defines, name)."""


def _personal_ranks(
    ctx: Context, seeds: Mapping[str, float], named: frozenset[str], hits: Sequence[Hit]
) -> dict[SymbolId, float]:
    from pairwright.features.search import definition_of

    edges = _edges_near(ctx, seeds, named)
    weights: dict[tuple[str, str], float] = defaultdict(float)
    for (source, target, _), weight in edges.items():
        weights[source, target] += weight
    files = page_ranks(weights, seeds)
    leaving: dict[str, float] = defaultdict(float)
    for (source, _), weight in weights.items():
        leaving[source] += weight
    shares: dict[tuple[str, str], list[tuple[float, str]]] = defaultdict(list)
    for (source, target, name), weight in edges.items():
        share = files.get(source, 0.0) * weight / leaving[source]
        shares[target, name].append((share, source))
    ranks = _confirmed(ctx, shares)
    # What search found is where the rank starts: it is the symbol itself, not all of its file.
    whole = sum(1 / (1 + place) for place in range(len(hits))) or 1.0
    for place, hit in enumerate(hits):
        found = definition_of(ctx.graph, hit)
        if found is not None:
            ranks[found] += 1 / (1 + place) / whole
    for name in named:
        symbols_of_name = [
            SymbolId(path, symbol)
            for path in ctx.graph.workspace.files_defining(name)[: _MANY_DEFINERS + 1]
            if (facts := ctx.graph.workspace.facts(path)) is not None
            for symbol in facts.symbols_named(name)
        ]
        if len(name) >= _SHORTEST_NAME and len(symbols_of_name) <= _MANY_DEFINERS:
            for symbol_id in symbols_of_name:
                ranks[symbol_id] += _OF_NAMED / len(symbols_of_name)
    return ranks


def _confirmed(
    ctx: Context, shares: Mapping[tuple[str, str], Sequence[tuple[float, str]]]
) -> dict[SymbolId, float]:
    """The rank of the symbols that (file, name) may mean, by the shares that each mentioning file
    gives. The best are looked up in the graph: most names that only look the same fall behind.
    """
    ranks: dict[SymbolId, float] = defaultdict(float)
    order = sorted(shares, key=lambda one: -sum(share for share, _ in shares[one]))
    for place, (target, name) in enumerate(order[:_RANKED]):
        ctx.check()
        facts = ctx.graph.workspace.facts(target)
        symbols = facts.symbols_named(name) if facts is not None else []
        given = sorted(shares[target, name], reverse=True)
        whole = sum(share for share, _ in given)
        meant: dict[int, float] = {}
        if place < _LOOKED_UP:
            for _, source in given[:_SOURCES]:
                for link in _links(ctx.graph, source, name):
                    if link.target.path == target and link.target.index in symbols:
                        sure = _BY_NAME if link.confidence is Confidence.BY_NAME else 1.0
                        meant[link.target.index] = max(meant.get(link.target.index, 0.0), sure)
        for symbol in symbols:
            share = meant.get(symbol, _UNCONFIRMED)
            ranks[SymbolId(target, symbol)] += whole * share / len(symbols)
    return ranks


def _links(graph: CodeGraph, path: str, name: str) -> Iterator[Link]:
    """What a name means where a file uses it first."""
    facts = graph.workspace.facts(path)
    for reference in facts.references_named(name)[:_USES] if facts is not None else ():
        yield from resolve(graph, path, reference)


def _edges_near(
    ctx: Context, seeds: Mapping[str, float], named: frozenset[str]
) -> dict[_Edge, float]:
    """The mentions that lead from the seeds, and from what those lean on most, weighed."""
    edges: dict[_Edge, float] = {}
    pull: dict[str, float] = dict(seeds)
    read: set[str] = set()
    while len(read) < _NEAR_FILES:
        near = sorted((path for path in pull if path not in read), key=lambda one: -pull[one])
        # A few at a time: what they mention decides who is the next.
        batch = near[: max(8, len(seeds) if not read else 0)]
        if not batch:
            break
        for path in batch[: _NEAR_FILES - len(read)]:
            ctx.check()
            read.add(path)
            found = _mentions(ctx, path, named)
            whole = sum(found.values()) or 1.0
            for edge, weight in found.items():
                edges[edge] = weight
                target = edge[1]
                pull[target] = pull.get(target, 0.0) + 0.85 * pull[path] * weight / whole
    return edges


def _mentions(ctx: Context, path: str, named: frozenset[str]) -> dict[_Edge, float]:
    workspace = ctx.graph.workspace
    facts = workspace.facts(path)
    if facts is None:
        return {}
    counts: dict[int, float] = defaultdict(float)
    imported: set[int] = set()
    local: set[int] = set()
    for name_index, packed in zip(facts.columns.ref_names, facts.columns.ref_roles, strict=True):
        role = packed & ROLE_MASK
        if role in _OF_OTHERS:
            counts[name_index] += _OF_MEMBER if packed & MEMBER else 1
            if role == Role.IMPORT:
                imported.add(name_index)
        elif role == Role.BIND or (role == Role.WRITE and not packed & MEMBER):
            local.add(name_index)
    names = facts.names
    found: dict[_Edge, float] = {}
    for name_index, count in counts.items():
        name = names[name_index]
        # A variable of the file means itself, whoever else has such a name.
        if len(name) < _SHORTEST_NAME or (name_index in local and name_index not in imported):
            continue
        definers = workspace.files_defining(name)
        if not definers or len(definers) > _TOO_MANY_DEFINERS or path in definers:
            continue
        weight = math.sqrt(count) * name_weight(name, len(definers), named)
        if name_index not in imported:
            weight *= min(1.0, _COMMON_FILES / len(workspace.files_mentioning(name)))
            if imported:
                weight *= _OF_UNIMPORTED
        if path in ctx.documents:
            weight *= _OF_OPEN
        for target in definers:
            if _may_mean(path, target):
                found[path, target, name] = weight / len(definers)
    return found


def _may_mean(path: str, target: str) -> bool:
    """Whether a name in one file may be another one's: in languages that see each other's names,
    and a test's only where a test asks. By the paths: reading each target would take longer than
    all else.
    """
    (group, is_test), (other, of_test) = _traits(path), _traits(target)
    return group == other and (is_test or not of_test)


@lru_cache(maxsize=1 << 15)
def _traits(path: str) -> tuple[str, bool]:
    spec = language_of(path)
    return (spec.group, spec.is_test_path(path)) if spec is not None else ("", False)


_OF_OTHERS = frozenset({Role.READ, Role.CALL, Role.IMPORT, Role.INHERIT, Role.ANNOTATE})
"""Roles in which a name may be another file's."""


def name_weight(name: str, definers: int, named: frozenset[str]) -> float:
    """What one mention of a name counts by itself."""
    weight = 1.0
    if name in named:
        weight *= _OF_MENTIONED
    if len(name) >= _SPEAKING_LENGTH and ("_" in name.strip("_") or _is_mixed(name)):
        weight *= _OF_SPEAKING
    elif len(name) < _PLAIN_LENGTH and not _is_mixed(name):
        weight *= _OF_PLAIN
    if name.startswith("_"):
        weight *= _OF_PRIVATE
    if definers > _MANY_DEFINERS:
        weight *= _OF_COMMON
    return weight


def _is_mixed(name: str) -> bool:
    return name != name.lower() and name != name.upper()


# The packing.


def _packed(ctx: Context, ranked: Sequence[SymbolId], budget_tokens: int) -> RepoMap:
    budget = budget_tokens * BYTES_PER_TOKEN
    chosen: dict[str, dict[int, MapSymbol]] = {}
    lines: dict[str, LineIndex | None] = {}
    size = 0
    refused = 0
    for symbol in ranked:
        ctx.check()
        added = _with_containers(ctx.graph, symbol, chosen.get(symbol.path, {}), lines)
        cost = sum(_size(_line(one)) for one in added)
        if added and symbol.path not in chosen:
            cost += _size(f"{symbol.path}:\n")
        if not added or size + cost > budget:
            refused += 1
            if refused > _MOST_REFUSED or size >= budget:
                break
            continue
        refused = 0
        size += cost
        held = chosen.setdefault(symbol.path, {})
        for one in added:
            held[one.symbol.index] = one
    files = {
        path: tuple(sorted(held.values(), key=lambda one: (one.line, one.symbol.index)))
        for path, held in chosen.items()
    }
    text = "".join(
        f"{path}:\n" + "".join(_line(one) for one in symbols) for path, symbols in files.items()
    )
    return RepoMap(files, text, tokens_of(text))


def tokens_of(text: str) -> int:
    """About how many tokens a text has for a model."""
    return math.ceil(_size(text) / BYTES_PER_TOKEN)


def _size(text: str) -> int:
    return len(text.encode("utf-8", "replace"))


def _line(one: MapSymbol) -> str:
    return f"{one.line:>5}: {'    ' * one.depth}{one.signature}\n"


def _with_containers(
    graph: CodeGraph,
    symbol_id: SymbolId,
    held: Mapping[int, MapSymbol],
    lines: dict[str, LineIndex | None],
) -> list[MapSymbol]:
    """The lines that a symbol adds: its own and those of the types around that are not there yet.

    None for a file whose text has changed since: its lines would lead astray.
    """
    path = symbol_id.path
    facts = graph.workspace.facts(path)
    if path not in lines:
        text = graph.workspace.text(path)
        lines[path] = LineIndex(text) if text is not None else None
    index = lines[path]
    if facts is None or index is None:
        return []
    around = [symbol_id.index]
    while (container := facts.symbol_container(around[-1])) >= 0:
        around.append(container)
    added = []
    for depth, number in enumerate(reversed(around)):
        symbol = facts.symbol(number)
        if number not in held:
            line = index.line_of(symbol.name_span.start) + 1
            added.append(MapSymbol(SymbolId(path, number), line, depth, _signature(symbol)))
    return added


def _signature(symbol: Symbol) -> str:
    """The header in one line; the name alone where the language has none."""
    text = " ".join(symbol.signature.split()) or symbol.name
    return text if len(text) <= _LONGEST_LINE else f"{text[: _LONGEST_LINE - 1]}…"


# The page.


def map_page(maps: Sequence[tuple[Context, RepoMap]], query: str) -> VirtualDocument:
    """Maps as a document to read, by root."""
    title = f"Map for: {' '.join(query.split())[:60]}" if query.strip() else "Map"
    lines = [f"# {title}", ""]
    for ctx, found in maps:
        if len(maps) > 1:
            lines += [f"## {ctx.root.name}", ""]
        lines.append(f"*About {found.tokens} tokens.*" if found.text else "Nothing was found.")
        for path, symbols in found.files.items():
            target = (ctx.root / path).as_uri()
            lines += ["", f"### [{path}]({target})", ""]
            lines += [
                f"{'  ' * one.depth}- [{one.line}]({target}#L{one.line}) `{one.signature}`"
                for one in symbols
            ]
        lines.append("")
    return VirtualDocument(
        "pairwright:/search/map.md", title, "markdown", "\n".join(lines).rstrip() + "\n"
    )
