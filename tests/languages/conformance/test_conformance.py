"""The conformance kit: the same situations in every first-class language, `<id>.marks` each.

A case is named by a situation of `situations.py`. It has files and any of these expectations:

    //- expect facts [PATH]   lines of `support/facts_dump.py`, of the first file or of PATH; lines
                              behind `! ` must not be there
    //- expect definition     every meaning of the name at `$0`: `PATH QUALNAME [confidence]`,
                              `external NAME`, `local LINE`, or `none`
    //- expect unused         every unreferenced symbol of the first file

`//- with crlf` and `//- with bom` change all files; `<<TEXT*N>>` in a file stands for N copies of
TEXT. `//- lacks WHY` in place of all that says that the language has no such notion.
"""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from languages.conformance.situations import SITUATIONS
from pairwright_analyzers.facts import facts_of, unpack
from pairwright_analyzers.graph import CodeGraph, queries
from pairwright_analyzers.languages import LANGUAGES, language_of
from pairwright_analyzers.types import Confidence
from support.facts_dump import dump
from support.markers import Case, load
from support.workspace import MemoryWorkspace

HERE = Path(__file__).parent
CASES = load(HERE)
_REPEATED = re.compile(rb"<<(.+?)\*(\d+)>>", re.DOTALL)
LEAST = len(SITUATIONS) * 5 // 8
"""How many situations a language must show rather than lack."""


def lacks(case: Case) -> str:
    """Why the case's language has no such notion, or ""."""
    return next((argument for word, argument, _ in case.directives if word == "lacks"), "")


def texts(case: Case) -> dict[str, bytes]:
    """The case's files, changed as it says."""
    found = {
        path: _REPEATED.sub(lambda one: one.group(1) * int(one.group(2)), text)
        for path, text in case.files.items()
    }
    for word, argument, _ in case.directives:
        if word == "with" and argument == "crlf":
            found = {path: text.replace(b"\n", b"\r\n") for path, text in found.items()}
        elif word == "with" and argument == "bom":
            found = {path: b"\xef\xbb\xbf" + text for path, text in found.items()}
    return found


def meanings(case: Case) -> list[str]:
    """What the name at the case's marker means."""
    assert case.marker is not None, f"{case.source}: {case.name} has no $0"
    path, offset = case.marker.path, case.marker.start
    graph = CodeGraph(MemoryWorkspace(texts(case)))
    facts = graph.workspace.facts(path)
    assert facts is not None
    reference = facts.reference_at(offset + 1)
    assert reference is not None, f"{case.source}: {case.name}: no name at $0"
    lines: list[str] = []
    for link in queries.resolve(graph, path, reference.index):
        target = graph.workspace.facts(link.target.path)
        assert target is not None
        words = [link.target.path]
        if link.target.index >= 0:
            words.append(target.qualname(link.target.index))
        if link.confidence is not Confidence.EXACT:
            words.append(link.confidence.value)
        lines.append(" ".join(words))
    external = queries.external_of(graph, path, reference.index)
    if external is not None:
        lines.append(f"external {external.name}")
    if not lines:
        spans = queries.local_bindings_at(graph, path, reference.span.start)
        lines.extend(f"local {_line(case.files[path], span.start)}" for span in spans)
    return sorted(set(lines)) or ["none"]


def _line(text: bytes, offset: int) -> int:
    return text.count(b"\n", 0, offset) + 1


def check_facts(path: str, text: bytes, expected: str) -> None:
    """Every expected line is in the dump of the file, and no forbidden one."""
    spec = language_of(path)
    assert spec is not None, path
    facts = facts_of(spec, text)
    assert unpack(facts.pack()) == facts
    lines = dump(spec, facts, text)
    for line in expected.splitlines():
        if line.startswith("! "):
            assert line[2:] not in lines, "\n".join(lines)
        elif line.strip():
            assert line in lines, f"missing: {line}\n" + "\n".join(lines)


def unused(case: Case) -> list[str]:
    """The unreferenced symbols of the case's first file."""
    graph = CodeGraph(MemoryWorkspace(texts(case)))
    first = next(iter(case.files))
    return sorted(
        graph.symbol(one).qualname for one in queries.unreferenced(graph) if one.path == first
    )


@pytest.mark.parametrize(
    "case",
    [pytest.param(one, id=f"{one.source}::{one.name}") for one in CASES if not lacks(one)],
)
def test_situation(case: Case) -> None:
    assert case.expect, "the case expects nothing"
    found = texts(case)
    for words, expected in case.expect.items():
        kind, _, path = words.partition(" ")
        if kind == "facts":
            path = path or next(iter(found))
            check_facts(path, found[path], expected)
        elif kind == "definition":
            assert meanings(case) == sorted(expected.splitlines())
        else:
            assert kind == "unused"
            assert unused(case) == sorted(expected.splitlines())


@pytest.mark.parametrize("language_id", [spec.id for spec in LANGUAGES if spec.first_class])
def test_every_language_shows_every_situation(language_id: str) -> None:
    cases = [case for case in CASES if case.source == f"{language_id}.marks"]
    assert [case.name for case in cases] == list(SITUATIONS)
    assert sum(not lacks(case) for case in cases) >= LEAST
