"""Who calls whom, as marker files: `tests/graph/<language>/calls*.marks`.

`//- expect calls` lists every edge `CALLER -> CALLEE` of the program, as the running program would
show them: dotted
names from the workspace root, builtins as `<builtin>.name`, libraries by their dotted names. A case
that the analysis
does not get whole says so in `//- known`: lines `missing EDGE` and `extra EDGE`, so that a change
for better or worse
is seen. `test_precision_and_recall` holds the whole suite to its bars, and
`test_expected_edges_are_those_of_the_program`
runs Python's cases (`running.py`), so that what is expected cannot be typed wrong: `//- oracle
partial` says that a
case's own threads or branches hide some edges from that, `//- oracle none` that it cannot run.
"""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from pairwright_analyzers.graph import CodeGraph
from pairwright_analyzers.graph.flow.calls import calls
from pairwright_analyzers.types import Confidence
from support.markers import Case, load, parameters
from support.workspace import MemoryWorkspace

HERE = Path(__file__).parent
PRECISION, RECALL = 0.98, 0.95


def edges(case: Case) -> set[str]:
    """The edges found, links by name alone left out."""
    graph = CodeGraph(MemoryWorkspace(case.files))
    return {
        f"{call.caller} -> {call.callee}"
        for call in calls(graph)
        if call.confidence is not Confidence.BY_NAME
    }


def expected_edges(case: Case) -> set[str]:
    """The edges of the running program."""
    return {line.strip() for line in case.expect["calls"].splitlines() if line.strip()}


def known(case: Case) -> set[str]:
    """What the case says of itself: `missing …` and `extra …` lines."""
    return {
        line.strip()
        for word, _, text in case.directives
        if word == "known"
        for line in text.splitlines()
        if line.strip()
    }


@pytest.mark.parametrize("case", parameters(HERE, "*/calls*.marks"))
def test_calls(case: Case) -> None:
    found, expected = edges(case), expected_edges(case)
    differences = {f"missing {edge}" for edge in expected - found}
    differences |= {f"extra {edge}" for edge in found - expected}
    assert differences == known(case)


def between_own(edges: set[str], case: Case) -> set[str]:
    """The edges whose callee the case's own files define."""
    own = {path.split("/")[0].removesuffix(".py") for path in case.files}
    return {edge for edge in edges if edge.partition(" -> ")[2].split(".")[0] in own}


def test_expected_edges_are_those_of_the_program() -> None:
    cases = {f"{case.source}::{case.name}": case for case in load(HERE, "python/calls*.marks")}
    how = {
        name: {argument for word, argument, _ in case.directives if word == "oracle"}
        for name, case in cases.items()
    }
    programs = {
        name: {path: text.decode() for path, text in case.files.items()}
        for name, case in cases.items()
        if "none" not in how[name]
    }
    done = subprocess.run(
        [sys.executable, str(HERE / "running.py")],
        input=json.dumps(programs),
        capture_output=True,
        text=True,
        check=True,
    )
    wrong: dict[str, list[str]] = {}
    for name, seen in json.loads(done.stdout).items():
        expected = between_own(expected_edges(cases[name]), cases[name])
        partial = "partial" in how[name]
        if not (set(seen) <= expected if partial else set(seen) == expected):
            wrong[name] = sorted(set(seen) ^ expected)
    assert len(programs) > 100
    assert not wrong


@pytest.mark.parametrize(
    "language", sorted({path.parent.name for path in HERE.glob("*/calls*.marks")})
)
def test_precision_and_recall(language: str) -> None:
    right = found = expected = 0
    for case in load(HERE, f"{language}/calls*.marks"):
        found_here, expected_here = edges(case), expected_edges(case)
        right += len(found_here & expected_here)
        found += len(found_here)
        expected += len(expected_here)
    assert right / found >= PRECISION
    assert right / expected >= RECALL
