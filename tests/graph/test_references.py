"""Where a symbol is used, as marker files: `tests/graph/<language>/references*.marks`.

`$0` stands in the symbol's name. `//- expect references` lists every use, `PATH:LINE role
[confidence]` (exact where
nothing is said), imports included, the definition left out.
"""

from __future__ import annotations

from pathlib import Path

import pytest

from pairwright_analyzers.graph import CodeGraph, queries
from pairwright_analyzers.types import Confidence
from support.markers import Case, parameters
from support.workspace import MemoryWorkspace

HERE = Path(__file__).parent


@pytest.mark.parametrize("case", parameters(HERE, "*/references*.marks"))
def test_references(case: Case) -> None:
    assert case.marker is not None
    graph = CodeGraph(MemoryWorkspace(case.files))
    symbol = queries.symbol_at(graph, case.marker.path, case.marker.start)
    assert symbol is not None
    lines = set()
    for use in queries.references_to(graph, symbol):
        line = case.files[use.location.path].count(b"\n", 0, use.location.span.start) + 1
        sure = "" if use.confidence is Confidence.EXACT else f" {use.confidence.value}"
        lines.add(f"{use.location.path}:{line} {use.role.name.lower()}{sure}")
    expected = {line for line in case.expect["references"].splitlines() if line.strip()}
    assert lines == expected
