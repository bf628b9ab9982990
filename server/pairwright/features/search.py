"""Search: code by meaning, by name, by structure, and what is like the code at a place.

Owns the commands, what is told to the search beside the query (what is open, edited, changed), and
the page of hits for editors that show no list by themselves. It must not know how anything is found
(`pairwright.index`), nor the protocol.
"""

from __future__ import annotations

import logging
import os
import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import Any

from pairwright.errors import BadArgument, UserError
from pairwright.features.base import revision_of
from pairwright.features.context import (
    ActionProducer,
    ActionRequest,
    Command,
    CommandContext,
    Context,
    Hits,
    Offer,
    Position,
    Show,
    VirtualDocument,
    partial_token,
)
from pairwright.features.history import habits, partners_of
from pairwright.features.repo_map import map_page
from pairwright.git.repo import ChangeStatus
from pairwright.index.protocol import Hit, SearchResult, Signals
from pairwright.index.status import IndexState
from pairwright_analyzers.graph import CodeGraph, SymbolId
from pairwright_analyzers.types import CALLABLE_KINDS, TYPE_KINDS, Span
from pairwright_analyzers.words import terms_of

_log = logging.getLogger(__name__)

QUERY = "pairwright.search.query"
RELATED = "pairwright.search.related"
MAP = "pairwright.search.map"
KIND = "source.pairwright.related"

DEFAULT_LIMIT = 20
MAX_LIMIT = 1_000
DEFAULT_BUDGET = 1_000
MAX_BUDGET = 1_000_000

_EMPTY = "The query is empty."
_EMPTY_HELP = "Say what you look for: words, a name, `/regex/` or `like:path:line`."

_NOTHING_CHANGED = "No file of the index differs from the base revision (`review.base`)."

Publish = Callable[[Sequence[Hit]], None]


def search(
    ctx: Context, query: str, limit: int, *, within: str = "", publish: Publish | None = None
) -> SearchResult:
    """What fits a query in one root, at most `limit` hits; `within` is a file or folder there.

    `publish` may be handed hits before all is done. Raises `BadArgument` for an empty query or one
    that cannot be read.
    """
    if not query.strip():
        raise BadArgument(_EMPTY, _EMPTY_HELP)
    if ctx.searcher is None:
        return SearchResult((), (_not_ready(ctx),), degraded=True)
    signals = _signals(ctx, "changed:" in query)
    result = ctx.searcher.search(
        ctx.graph.workspace,
        ctx.graph,
        placed(query, ctx.root, ctx.root),
        limit,
        signals,
        ctx.check,
        within=within,
        publish=publish,
    )
    if not result.hits and signals.changed is not None and not signals.changed:
        return replace(result, notes=(*result.notes, _NOTHING_CHANGED))
    return result


_PLACE = re.compile(r"(?<!\S)like:(\S.*):(?=\d+(?!\S))")


def placed(query: str, root: Path, folder: Path) -> str:
    """A query whose `like:` names a file by its path below the root, if it names one that is there
    as seen from a folder: the path is whole or begins there.
    """
    match = _PLACE.search(query)
    if match is None:
        return query
    seen = os.path.normpath(folder / match[1])
    for path in (seen, os.path.realpath(seen)):
        if os.path.isfile(path) and Path(path).is_relative_to(root):
            below = Path(path).relative_to(root).as_posix()
            return f"{query[: match.start(1)]}{below}{query[match.end(1) :]}"
    return query


def related(ctx: Context, path: str, offset: int, limit: int) -> SearchResult:
    """Code that is like what stands at a byte offset of a file."""
    if ctx.searcher is None:
        return SearchResult((), (_not_ready(ctx),), degraded=True)
    return ctx.searcher.related(
        ctx.graph.workspace, ctx.graph, path, offset, limit, _signals(ctx, False), ctx.check
    )


def definition_of(graph: CodeGraph, hit: Hit) -> SymbolId | None:
    """The definition that a hit is, or is a part of; None where it is of none."""
    facts = graph.workspace.facts(hit.path)
    if facts is None or not hit.symbol:
        return None
    around = facts.symbol_at(hit.span.start)
    if around is not None and around.qualname == hit.symbol:
        return SymbolId(hit.path, around.index)
    # A hit begins before its definition does: at a comment or a decorator, in what is around.
    last = re.split(r"[.:#/]", hit.symbol)[-1]
    return next(
        (
            SymbolId(hit.path, index)
            for index in facts.symbols_named(last)
            if hit.span.start <= facts.symbol_name_start(index) < hit.span.end
        ),
        None,
    )


def definitions_for(ctx: Context, query: str, limit: int) -> list[SymbolId]:
    """Definitions that fit a query which is no name of any, at most `limit`, the best first. Where
    it is written like a name, theirs have a word of it.
    """
    try:
        hits = search(ctx, query, limit).hits
    except BadArgument:
        # Half a filter or half an expression: it was typed into a field for names.
        return []
    found = dict.fromkeys(filter(None, (definition_of(ctx.graph, hit) for hit in hits)))
    if " " in query.strip():
        return list(found)
    words = set(terms_of(query))
    return [one for one in found if words & set(terms_of(ctx.graph.symbol(one).name))]


def _not_ready(ctx: Context) -> str:
    return f"The index of {ctx.root.name} is not ready yet: nothing was searched there."


# What is known beside the query.


def _signals(ctx: Context, with_changes: bool) -> Signals:
    open_paths = tuple(reversed(tuple(filter(None, ctx.documents))))
    signals = Signals(_recency(ctx), _together(ctx, open_paths), open_paths=open_paths)
    if with_changes:
        signals = replace(signals, changed=changed_paths(ctx))
    return signals


def changed_paths(ctx: Context) -> frozenset[str] | None:
    """The files that differ from the base revision, in their buffers or on disk; None outside of
    any repository.
    """
    revision = revision_of(ctx)
    if revision is None:
        return None
    changed = {one.path for one in revision.changes if one.status is not ChangeStatus.DELETED}
    for path, document in ctx.documents.items():
        if path not in changed and revision.origin(path, document.text).text != document.text:
            changed.add(path)
    return frozenset(changed)


def _recency(ctx: Context) -> Mapping[str, float]:
    """How lately each file below the root was edited, as git knows it."""
    try:
        known = habits(ctx)
    except UserError as error:
        # A repository that cannot be read is told where somebody asks for its changes.
        _log.info("no history for search: %s", error)
        return {}
    if known is None:
        return {}
    found, prefix = known
    if not prefix:
        return found.recency
    return {
        path[len(prefix) :]: value
        for path, value in found.recency.items()
        if path.startswith(prefix)
    }


_OPEN = 8
_LEAST_TOGETHER = 3


def _together(ctx: Context, open_paths: Sequence[str]) -> Mapping[str, float]:
    """How often files changed with those that are open: the largest share of the commits of one."""
    shares: dict[str, float] = {}
    try:
        for path in open_paths[:_OPEN]:
            for partner in partners_of(ctx, path, together=_LEAST_TOGETHER):
                shares[partner.path] = max(shares.get(partner.path, 0.0), partner.share)
    except UserError as error:
        _log.info("no history for search: %s", error)
    return shares


# Commands.


@dataclass(frozen=True, slots=True)
class QueryArguments:
    """A query. `uri` or `path` is a file or folder to search in; `show` asks for a page of hits."""

    query: str
    limit: int = DEFAULT_LIMIT
    path: str = ""
    uri: str = ""
    explain: bool = False
    show: bool = False
    partial_result_token: int | str | None = partial_token()


@dataclass(frozen=True, slots=True)
class RelatedArguments:
    """A place whose like is looked for."""

    uri: str
    position: Position
    limit: int = DEFAULT_LIMIT
    explain: bool = False
    show: bool = False


@dataclass(frozen=True, slots=True)
class MapArguments:
    """What a map is about, "" for everything, and how many tokens it may take."""

    query: str = ""
    budget: int = DEFAULT_BUDGET


def _query(ctx: CommandContext, arguments: QueryArguments) -> Hits:
    limit = _limit(arguments.limit)
    if not arguments.query.strip():
        raise BadArgument(_EMPTY, _EMPTY_HELP)
    ctx.first()
    places = _places(ctx, arguments)
    found: list[tuple[Path, Hit]] = []
    notes: list[str] = []

    degraded = False

    def publish(root: Context, hits: Sequence[Hit]) -> None:
        held = tuple((root.root, hit) for hit in hits)
        ctx.publish(Hits(held, (), _state([root], False), arguments.explain))

    problem: BadArgument | None = None
    answered = 0
    for root, within in places:
        ahead = partial(publish, root)
        try:
            result = search(root, arguments.query, limit, within=within, publish=ahead)
        except BadArgument as error:
            # `like:` names a file of one root; the others need not know it.
            problem = error
            continue
        answered += 1
        degraded |= result.degraded
        found += [(root.root, hit) for hit in result.hits]
        notes += result.notes
        publish(root, result.hits)
    if problem is not None and not answered:
        raise problem
    # Each root is ranked by the same rules, so their scores may stand beside each other.
    found.sort(key=lambda one: -one[1].score)
    whole = Hits(
        _once(found)[:limit],
        tuple(dict.fromkeys(notes)),
        _state((root for root, _ in places), degraded),
        arguments.explain,
    )
    if arguments.show:
        title = f"Search: {_shortened(arguments.query)}"
        return replace(whole, document=hits_page("query", title, ctx.roots, whole))
    return whole


def _once(found: Iterable[tuple[Path, Hit]]) -> tuple[tuple[Path, Hit], ...]:
    """Each place once, as it came first: a folder of the workspace may lie in another one."""
    places: dict[tuple[Path, Span], tuple[Path, Hit]] = {}
    for root, hit in found:
        places.setdefault((root / hit.path, hit.span), (root, hit))
    return tuple(places.values())


def _places(ctx: CommandContext, arguments: QueryArguments) -> list[tuple[Context, str]]:
    """The roots to search, and where in each."""
    if arguments.uri:
        found = ctx.within(arguments.uri)
        if found is None:
            raise BadArgument(
                f"`uri` names nothing in the workspace: {arguments.uri[:200]}",
                "Give the URI of a file or folder in a workspace folder.",
            )
        return [found]
    wanted = arguments.path.replace("\\", "/").strip("/")
    wanted = "" if wanted == "." else wanted.removeprefix("./")
    places = [(root, wanted) for root in ctx.roots if not wanted or _holds(root, wanted)]
    if not places:
        raise BadArgument(
            f"`path` names nothing in the workspace: {arguments.path[:200]}",
            "Give the path of a file or folder, relative to a workspace folder.",
        )
    return places


def _holds(ctx: Context, path: str) -> bool:
    workspace = ctx.graph.workspace
    return workspace.has(path) or any(one.startswith(f"{path}/") for one in workspace.paths())


def _related(ctx: CommandContext, arguments: RelatedArguments) -> Hits:
    place = ctx.place(arguments.uri)
    offset = place.offset(arguments.position)
    result = related(place.context, place.path, offset, _limit(arguments.limit))
    whole = Hits(
        tuple((place.context.root, hit) for hit in result.hits),
        result.notes,
        _state([place.context], result.degraded),
        arguments.explain,
    )
    if arguments.show:
        title = f"Related to {place.path}:{arguments.position.line + 1}"
        return replace(whole, document=hits_page("related", title, ctx.roots, whole))
    return whole


def _map(ctx: CommandContext, arguments: MapArguments) -> Show:
    ctx.first()
    budget = max(1, min(arguments.budget, MAX_BUDGET))
    maps = [
        (root, root.retrieve(arguments.query, budget // len(ctx.roots) or 1)) for root in ctx.roots
    ]
    extra: dict[str, Any] = {"tokens": sum(one.tokens for _, one in maps)}
    return Show(map_page(maps, arguments.query), extra)


def _limit(wanted: int) -> int:
    return max(1, min(wanted, MAX_LIMIT))


_WORST = (IndexState.READY, IndexState.STALE, IndexState.BUILDING, IndexState.DEGRADED)


def _state(roots: Iterable[Context], degraded: bool) -> str:
    """The worst state of some indexes; `degraded` says that a part of the search itself is down."""
    states = [root.status.state for root in roots]
    worst = max(states, key=_WORST.index, default=IndexState.READY)
    if degraded and worst is not IndexState.BUILDING:
        worst = IndexState.DEGRADED
    return worst.value


def _shortened(text: str) -> str:
    line = " ".join(text.split())
    return line if len(line) <= 60 else f"{line[:59]}…"


# The page.


def hits_page(name: str, title: str, roots: Sequence[Context], found: Hits) -> VirtualDocument:
    """Hits to read, each with a link to its place and its code."""
    lines = [f"# {title}", ""]
    lines += [f"*{note}*" for note in found.notes]
    if not found.hits:
        lines.append("Nothing was found.")
    known = {root.root: root for root in roots}
    for root, hit in found.hits:
        label = f"{hit.path}:{hit.start_line}"
        if len(known) > 1:
            label = f"{root.name}/{label}"
        target = (root / hit.path).as_uri()
        what = f" `{hit.symbol}`" if hit.symbol else ""
        fence = "````" if "```" in hit.snippet else "```"
        lines += [
            "",
            f"## [{label}]({target}#L{hit.start_line}){what}",
            "",
            fence,
            hit.snippet.rstrip("\n"),
            fence,
        ]
    return VirtualDocument(
        f"pairwright:/search/{name}.md", title, "markdown", "\n".join(lines) + "\n"
    )


COMMANDS = (
    Command(
        QUERY,
        "Search",
        "Find code by meaning, by name, by regular expression or by structure; "
        "`docs/search.md` has the forms of a query.",
        QueryArguments,
        _query,
        listed=False,
    ),
    Command(
        RELATED,
        "Find related code",
        "Code that is like what stands at a position.",
        RelatedArguments,
        _related,
        listed=False,
    ),
    Command(
        MAP,
        "Show a map of what matters to a question",
        "The symbols that matter most to a question and to what is open, in a number of tokens.",
        MapArguments,
        _map,
        "Drawing the map",
        listed=False,
    ),
)


def _offers(ctx: Context, request: ActionRequest) -> list[Offer]:
    if ctx.searcher is None:
        return []
    facts = ctx.graph.workspace.facts(request.path)
    symbol = facts.symbol_at(request.span.start) if facts is not None else None
    if symbol is None or symbol.kind not in CALLABLE_KINDS | TYPE_KINDS:
        return []
    data = {"offset": request.span.start, "show": True}
    return [Offer(f"Find code related to `{symbol.name}`", KIND, data, command=RELATED)]


PRODUCER = ActionProducer("related", (KIND,), _offers, unasked=False)
