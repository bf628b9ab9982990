"""How symbols are related, as marker files: `tests/graph/<language>/relations*.marks`.

`$0` stands in a symbol's name. Each `//- expect WORD` lists, one a line, `PATH QUALNAME [inferred|by-name]` (exact
where nothing is said, and nothing is said of members):

    supertypes, subtypes    the types directly above and below
    overrides, overridden   the members above and below
    tests                   the tests that reach it
    callers                 who calls it
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from pathlib import Path

import pytest

from pairwright_analyzers.graph import CodeGraph, SymbolId, queries, tested
from pairwright_analyzers.types import Confidence
from support.markers import Case, parameters
from support.workspace import MemoryWorkspace

HERE = Path(__file__).parent
Row = tuple[SymbolId, Confidence]


def members(found: Iterable[SymbolId]) -> list[Row]:
    return [(one, Confidence.EXACT) for one in found]


QUESTIONS: dict[str, Callable[[CodeGraph, SymbolId], list[Row]]] = {
    "supertypes": lambda graph, symbol: [
        (link.target, link.confidence) for link in queries.supertypes_of(graph, symbol)
    ],
    "subtypes": lambda graph, symbol: [
        (link.target, link.confidence) for link in queries.subtypes_of(graph, symbol)
    ],
    "overrides": lambda graph, symbol: members(queries.overrides(graph, symbol)),
    "overridden": lambda graph, symbol: members(queries.overridden_by(graph, symbol)),
    "tests": lambda graph, symbol: members(
        one for one in tested.tests_reaching(graph, symbol) if graph.is_test(one)
    ),
    "callers": lambda graph, symbol: [
        (edge.caller, edge.confidence) for edge in queries.callers_of(graph, symbol)
    ],
}


def line(graph: CodeGraph, row: Row) -> str:
    symbol, confidence = row
    words = [symbol.path]
    if symbol.index >= 0:
        words.append(graph.symbol(symbol).qualname)
    if confidence is not Confidence.EXACT:
        words.append(confidence.value)
    return " ".join(words)


@pytest.mark.parametrize("case", parameters(HERE, "*/relations*.marks"))
def test_relations(case: Case) -> None:
    assert case.marker is not None
    graph = CodeGraph(MemoryWorkspace(case.files))
    symbol = queries.symbol_at(graph, case.marker.path, case.marker.start)
    assert symbol is not None
    for word, text in case.expect.items():
        found = {line(graph, row) for row in QUESTIONS[word](graph, symbol)}
        assert found == {one for one in text.splitlines() if one.strip()}, word
