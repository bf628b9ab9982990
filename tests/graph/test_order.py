"""What a name means does not hang on what was asked before.

Resolution keeps what it finds out, and cuts cycles where it meets them: neither may show. Every
reference of every definition case is resolved in text order, and backwards.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from pathlib import Path

import pytest

from pairwright_analyzers.graph import CodeGraph, Link, queries
from support.markers import Case, parameters
from support.workspace import MemoryWorkspace

HERE = Path(__file__).parent

Place = tuple[str, int]


def links(case: Case, order: Callable[[list[Place]], Iterable[Place]]) -> dict[Place, set[Link]]:
    """What each reference of a case means when they are asked about in an order."""
    graph = CodeGraph(MemoryWorkspace(case.files))
    places: list[Place] = []
    for path in graph.workspace.paths():
        facts = graph.workspace.facts(path)
        assert facts is not None
        places.extend((path, index) for index in range(facts.reference_count))
    return {place: set(queries.resolve(graph, *place)) for place in order(places)}


@pytest.mark.parametrize("case", parameters(HERE, "*/definitions*.marks"))
def test_order(case: Case) -> None:
    assert links(case, iter) == links(case, reversed)
