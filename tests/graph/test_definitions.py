"""What a name means, as marker files: `tests/graph/<language>/*.marks`.

`$0` stands right before (or in) the name that is asked about. `//- expect definition` lists every
answer, one a line:

    PATH QUALNAME [inferred|by-name]    a symbol of the workspace (exact where nothing is said)
    PATH [inferred]                     a whole file: a module
    external DOTTED.NAME                something outside the workspace
    local PATH:LINE                     a parameter or local variable, where it is bound (each place a line)
    none                                nothing is known, and nothing may be guessed
"""

from __future__ import annotations

from pathlib import Path

import pytest

from pairwright_analyzers.graph import CodeGraph, queries
from pairwright_analyzers.types import Confidence
from support.markers import Case, parameters
from support.workspace import MemoryWorkspace

HERE = Path(__file__).parent


def answers(case: Case) -> list[str]:
    """The answers for the case's marker, as the lines this module's docstring describes."""
    assert case.marker is not None, f"{case.source}: {case.name} has no $0"
    graph = CodeGraph(MemoryWorkspace(case.files))
    path, offset = case.marker.path, case.marker.start
    facts = graph.workspace.facts(path)
    assert facts is not None, path
    reference = facts.reference_at(offset)
    if reference is not None and not reference.span.start <= offset < reference.span.end:
        # Between two names that touch, the one that begins here is meant.
        reference = facts.reference_at(offset + 1) or reference
    if reference is None:
        return ["none"]
    lines: list[str] = []
    for link in queries.resolve(graph, path, reference.index):
        words = [link.target.path]
        if link.target.index >= 0:
            target = graph.workspace.facts(link.target.path)
            assert target is not None
            words.append(target.qualname(link.target.index))
        if link.confidence is not Confidence.EXACT:
            words.append(link.confidence.value)
        lines.append(" ".join(words))
    external = queries.external_of(graph, path, reference.index)
    if external is not None:
        lines.append(f"external {external.name}")
    if not lines:
        for span in queries.local_bindings_at(graph, path, reference.span.start):
            line = case.files[path].count(b"\n", 0, span.start) + 1
            lines.append(f"local {path}:{line}")
    for place in queries.parameters_at(graph, path, reference.span.start):
        line = case.files[place.path].count(b"\n", 0, place.span.start) + 1
        lines.append(f"local {place.path}:{line}")
    return sorted(set(lines)) or ["none"]


@pytest.mark.parametrize("case", parameters(HERE, "*/definitions*.marks"))
def test_definition(case: Case) -> None:
    expected = sorted(line for line in case.expect["definition"].splitlines() if line.strip())
    assert answers(case) == expected
