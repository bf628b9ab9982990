"""What holds for every refactoring, wherever it is asked for.

The texts are those of all marker files and, for Python and Lua and JavaScript, of this repository.
Selections are drawn at random from a fixed seed: names, values, neighbouring statements, cursors.
"""

from __future__ import annotations

import json
import random
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from pairwright_analyzers.edits import apply_edits
from pairwright_analyzers.graph import CodeGraph
from pairwright_analyzers.languages import LANGUAGES, language_of
from pairwright_analyzers.languages.spec import LanguageSpec
from pairwright_analyzers.refactors import (
    REFACTORS,
    RefactorContext,
    Refused,
    offers_at,
    refactored,
)
from pairwright_analyzers.refactors.check import errors_in
from pairwright_analyzers.syntax import Parsed, descendants, parse
from pairwright_analyzers.types import Span
from support.markers import load
from support.workspace import MemoryWorkspace

HERE = Path(__file__).parent
REPOSITORY = HERE.parents[1]
SPECS = [spec for spec in LANGUAGES if spec.shapes.blocks]

SELECTIONS = 120
"""Selections in each language."""

PROGRAMS = 160
SELECTIONS_IN_PROGRAM = 6

OWN_FILES = ("analyzers/pairwright_analyzers/*.py", "editors/**/*.lua", "editors/vscode/src/*.js")


def texts_of(spec: LanguageSpec) -> dict[str, bytes]:
    """Texts of a language, by a path of their own."""
    found: dict[str, bytes] = {}
    for folder in (HERE, HERE.parent / "graph", HERE.parent / "languages"):
        for case in load(folder):
            for path, text in case.files.items():
                if language_of(path) is spec and len(text) > 40:
                    found[f"{len(found)}/{path}"] = text
    for pattern in OWN_FILES:
        for path in sorted(REPOSITORY.glob(pattern)):
            if language_of(path.name) is spec and path.stat().st_size < 60_000:
                found[f"own/{path.name}"] = path.read_bytes()
    return found


def drawn(rnd: random.Random, spec: LanguageSpec, parsed: Parsed) -> Span:
    """A selection: a value, a row of statements, a name, or a bare cursor."""
    nodes = list(descendants(parsed.root)) or [parsed.root]
    kind = rnd.choice(("value", "statements", "cursor", "cut"))
    node = rnd.choice(nodes)
    if kind == "value":
        values = [one for one in nodes if one.type in spec.shapes.expressions] or nodes
        node = rnd.choice(values)
        return Span(node.start_byte, node.end_byte)
    if kind == "statements":
        blocks = [one for one in nodes if one.type in spec.shapes.blocks and one.named_child_count]
        children = rnd.choice(blocks or [parsed.root]).named_children or [parsed.root]
        first = rnd.randrange(len(children))
        last = min(len(children) - 1, first + rnd.randrange(3))
        return Span(children[first].start_byte, children[last].end_byte)
    if kind == "cursor":
        return Span(node.start_byte, node.start_byte)
    size = len(parsed.text)
    start = rnd.randrange(size + 1)
    return Span(start, min(size, start + rnd.randrange(60)))


def applied_at(
    graph: CodeGraph, path: str, parsed: Parsed, span: Span
) -> Iterator[tuple[str, dict[str, bytes]]]:
    """Every offered refactoring's result: its id and the files that it changes."""
    for refactor in REFACTORS:
        ctx = RefactorContext(graph, path, span, parsed)
        for offer in offers_at(ctx, refactor):
            if offer.refused or offer.arguments.get("repeat") or offer.arguments.get("eager"):
                # That code runs otherwise is said in the title, for the person to decide.
                continue
            fresh = RefactorContext(graph, path, span, parsed)
            try:
                change = refactored(fresh, refactor, offer.arguments).change
            except Refused:
                continue
            after = {new: text.encode() for new, text in change.creates.items()}
            for changed, edits in change.edits.items():
                text = graph.workspace.text(changed)
                assert text is not None
                after[change.renames.get(changed, changed)] = apply_edits(text, edits)
            yield refactor.id, after


@pytest.mark.parametrize("spec", SPECS, ids=lambda spec: spec.id)
def test_no_edit_breaks_the_syntax(spec: LanguageSpec) -> None:
    rnd = random.Random(f"{spec.id} 1")
    texts = texts_of(spec)
    names = sorted(texts)
    done: Counter[str] = Counter()
    for _ in range(SELECTIONS):
        path = rnd.choice(names)
        graph = CodeGraph(MemoryWorkspace({path: texts[path]}))
        parsed = parse(spec, texts[path])
        before = errors_in(parsed)
        for refactor_id, after in applied_at(graph, path, parsed, drawn(rnd, spec, parsed)):
            done[refactor_id] += 1
            for new, text in after.items():
                read_by = language_of(new)
                if read_by is not None:
                    errors = errors_in(parse(read_by, text))
                    assert errors <= before, f"{refactor_id} in {path}:\n{text.decode()}"
    assert sum(done.values()) > SELECTIONS // 8, done


RUNNER = """
import contextlib, io, json, sys
def printed(source):
    out = io.StringIO()
    try:
        with contextlib.redirect_stdout(out):
            exec(compile(source, "program", "exec"), {"__name__": "__main__"})
    except BaseException as error:
        return f"{out.getvalue()}{type(error).__name__}: {error}"
    return out.getvalue()
json.dump([printed(source) for source in json.load(sys.stdin)], sys.stdout)
"""


def printed_by(programs: list[str]) -> list[str]:
    """What each program prints, with the error that ends it, run in one process of their own."""
    run = subprocess.run(
        [sys.executable, "-I", "-S", "-c", RUNNER],
        input=json.dumps(programs),
        capture_output=True,
        text=True,
        timeout=300,
        check=True,
    )
    answers: list[str] = json.loads(run.stdout)
    return answers


def programs() -> list[tuple[str, bytes]]:
    """The programs of one file that marker cases run."""
    found = []
    for case in load(HERE):
        if len(case.files) == 1 and any(word == "run" for word, _, _ in case.directives):
            [(path, text)] = case.files.items()
            found.append((path, text))
    return found


def test_python_programs_print_the_same_afterwards() -> None:
    rnd = random.Random("programs 1")
    spec = language_of("a.py")
    assert spec is not None
    listed = programs()
    rnd.shuffle(listed)
    made: list[tuple[str, str, str]] = []
    for path, text in listed[:PROGRAMS]:
        graph = CodeGraph(MemoryWorkspace({path: text}))
        parsed = parse(spec, text)
        for _ in range(SELECTIONS_IN_PROGRAM):
            span = drawn(rnd, spec, parsed)
            for refactor_id, after in applied_at(graph, path, parsed, span):
                if set(after) == {path}:
                    made.append((refactor_id, text.decode(), after[path].decode()))
    before = printed_by([one for _, one, _ in made])
    now = printed_by([one for _, _, one in made])
    differing: list[Any] = [
        (refactor_id, source, result)
        for (refactor_id, source, result), old, new in zip(made, before, now, strict=True)
        if old != new
    ]
    assert len(made) >= 300, len(made)
    assert not differing, "\n\n".join("\n".join(one) for one in differing[:3])
