"""Which tests reach a symbol: over calls and uses, through what prepares them.

Owns what a test framework does without a call: `setUp`, fixtures that are automatic or asked for by
their name. It stands on `queries.impact_of` and knows nothing of running tests.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator

from pairwright_analyzers.facts import FileFacts
from pairwright_analyzers.graph.graph import CodeGraph
from pairwright_analyzers.graph.model import SymbolId
from pairwright_analyzers.graph.queries import impact_of, nothing
from pairwright_analyzers.types import TYPE_KINDS, Symbol, SymbolFlag, SymbolKind


def tests_reaching(
    graph: CodeGraph,
    symbol_id: SymbolId,
    check: Callable[[], None] = nothing,
    depth: int = 4,
    limit: int = 400,
) -> list[SymbolId]:
    """Tests from which a symbol can be reached over calls and uses, nearest first; by-name links
    count, but end the way.
    """
    found = {
        impact.symbol: None
        for impact in impact_of(graph, [symbol_id], depth, check, limit)
        if graph.is_test(impact.symbol) or graph.is_test_path(impact.symbol.path)
    }
    for reached in tuple(found):
        check()
        found.update(dict.fromkeys(_prepared_by(graph, reached)))
        found.update(dict.fromkeys(_asking_for(graph, reached, check)))
    return list(found)


_PREPARES = frozenset(
    {
        "setUp",
        "setUpClass",
        "asyncSetUp",
        "tearDown",
        "tearDownClass",
        "asyncTearDown",
        "setup_method",
        "setup_class",
        "teardown_method",
        "teardown_class",
    }
)
"""Methods that run around each test of their class."""


def _prepared_by(graph: CodeGraph, symbol_id: SymbolId) -> Iterator[SymbolId]:
    """The tests that something prepares: those inside a group of tests, whose own code runs around
    each, and those beside a method that does.
    """
    facts = graph.resolver.facts(symbol_id.path)
    if facts is None or symbol_id.index < 0:
        return
    symbol = facts.symbol(symbol_id.index)
    around = symbol_id.index
    if symbol.name in _PREPARES and symbol.container >= 0:
        around = symbol.container
    elif not graph.is_test(symbol_id) or symbol.kind in TYPE_KINDS:
        return
    span = facts.symbol(around).span
    for index in range(around + 1, facts.symbol_count):
        start = facts.symbol_start(index)
        if start >= span.end:
            break
        one = facts.symbol(index)
        if one.flags & SymbolFlag.TEST and one.kind not in TYPE_KINDS:
            yield SymbolId(symbol_id.path, index)


_AUTOMATIC = re.compile(r"\bautouse\s*=\s*True\b")
_ASKED_FOR = re.compile(rb"""\busefixtures\s*\(([^)]*)\)""")
_MAX_PREPARED = 2_000


def _asking_for(
    graph: CodeGraph, symbol_id: SymbolId, check: Callable[[], None]
) -> Iterator[SymbolId]:
    """The tests that use a fixture without naming it as a parameter: all in its folder or file
    where it is automatic, and those that are marked with its name.
    """
    facts, text = graph.resolver.facts(symbol_id.path), graph.workspace.text(symbol_id.path)
    if facts is None or text is None or symbol_id.index < 0:
        return
    symbol = facts.symbol(symbol_id.index)
    head = text[symbol.span.start : symbol.name_span.start].decode("utf-8", "replace")
    if not symbol.flags & SymbolFlag.DECORATED or "fixture" not in head:
        return
    folder, _, name = symbol_id.path.rpartition("/")
    shared = name.startswith("conftest.")
    paths = [symbol_id.path]
    if shared:
        prefix = f"{folder}/" if folder else ""
        paths = [path for path in graph.workspace.paths() if path.startswith(prefix)]
    automatic = _AUTOMATIC.search(head) is not None
    count = 0
    for path in paths:
        if not graph.is_test_path(path):
            continue
        check()
        for found in _tests_in(graph, path, "" if automatic else symbol.name):
            count += 1
            if count > _MAX_PREPARED:
                return
            yield found


def _tests_in(graph: CodeGraph, path: str, fixture: str) -> Iterator[SymbolId]:
    """The tests of a file; only those marked to use a fixture, where one is named: in their own
    decorators, their class's, or the file's `pytestmark`.
    """
    facts, text = graph.resolver.facts(path), graph.workspace.text(path)
    if facts is None or text is None:
        return
    marked: list[int] = []
    if fixture:
        if fixture.encode() not in text or b"usefixtures" not in text:
            return
        named = re.compile(rb"""['"]""" + re.escape(fixture.encode()) + rb"""['"]""")
        marked = [one.start() for one in _ASKED_FOR.finditer(text) if named.search(one[1])]
        if not marked:
            return
    for index in range(facts.symbol_count):
        symbol = facts.symbol(index)
        if not symbol.flags & SymbolFlag.TEST or symbol.kind in TYPE_KINDS:
            continue
        if fixture and not any(_is_marked(facts, symbol, start) for start in marked):
            continue
        yield SymbolId(path, index)


def _is_marked(facts: FileFacts, symbol: Symbol, start: int) -> bool:
    """Whether a mark at an offset is for a test: before its name, its class's name, or for all."""
    held = facts.symbol_at(start)
    if held is None or held.kind in (SymbolKind.VARIABLE, SymbolKind.CONSTANT):
        return True
    return held.span.covers(symbol.span) and start < held.name_span.start
