"""The same refactorings by rope, where it has them: another opinion on what an edit is.

For programs of one file that marker cases run. Renames must agree to the letter; where a value is
named or put back, the programs must be the same program, whatever their layout. What one of the two
refuses is not compared.
"""

from __future__ import annotations

import ast
import random
from collections import Counter
from collections.abc import Callable
from pathlib import Path

import pytest
from rope.base.exceptions import RopeError
from rope.base.project import Project
from rope.refactor.extract import ExtractVariable
from rope.refactor.inline import create_inline
from rope.refactor.rename import Rename

from pairwright_analyzers.edits import apply_edits
from pairwright_analyzers.graph import CodeGraph
from pairwright_analyzers.languages import language_of
from pairwright_analyzers.refactors import REFACTORS, RefactorContext, Refused, refactored
from pairwright_analyzers.syntax import descendants, parse
from pairwright_analyzers.types import Role, Span
from support.markers import load
from support.workspace import MemoryWorkspace

pytestmark = pytest.mark.filterwarnings("ignore::DeprecationWarning")

HERE = Path(__file__).parent
BY_ID = {refactor.id: refactor for refactor in REFACTORS}
PYTHON = language_of("a.py")
ASKED = 90
"""Programs, and places tried in each."""
TRIES = 6

Asked = Callable[[Project, object, Span], str]
"""(project, file, selection) -> the text afterwards."""


def programs() -> list[bytes]:
    """Programs of one file, in ASCII: rope counts characters."""
    found = []
    for case in load(HERE):
        if len(case.files) == 1 and any(word == "run" for word, _, _ in case.directives):
            [text] = case.files.values()
            if text.isascii() and b"\r" not in text:
                found.append(text)
    return found


def ours(text: bytes, span: Span, refactor_id: str, arguments: dict[str, str]) -> str | None:
    """The text after a refactoring; None when it is refused."""
    assert PYTHON is not None
    graph = CodeGraph(MemoryWorkspace({"program.py": text}))
    ctx = RefactorContext(graph, "program.py", span, parse(PYTHON, text))
    try:
        change = refactored(ctx, BY_ID[refactor_id], arguments).change
    except Refused:
        return None
    return apply_edits(text, change.edits.get("program.py", ())).decode()


def theirs(folder: Path, text: bytes, span: Span, ask: Asked) -> str | None:
    """The text after rope's refactoring; None when it refuses, fails, or breaks the program."""
    folder.mkdir(exist_ok=True)
    (folder / "program.py").write_bytes(text)
    project = Project(str(folder), ropefolder=None)
    try:
        after = ask(project, project.get_resource("program.py"), span)
        ast.parse(after)
        return after
    except (RopeError, AttributeError, IndexError, SyntaxError, TypeError, ValueError):
        return None
    finally:
        project.close()


def _result(changes: object) -> str:
    [change] = changes.changes  # type: ignore[attr-defined]
    text: str = change.new_contents
    return text


def _renamed(project: Project, file: object, span: Span) -> str:
    return _result(Rename(project, file, span.start).get_changes("fresh_name"))


def _extracted(project: Project, file: object, span: Span) -> str:
    return _result(ExtractVariable(project, file, span.start, span.end).get_changes("fresh_name"))


def _inlined(project: Project, file: object, span: Span) -> str:
    return _result(create_inline(project, file, span.start).get_changes())


def names_in(text: bytes) -> list[Span]:
    """Where names are defined or bound."""
    assert PYTHON is not None
    facts = MemoryWorkspace({"program.py": text}).facts("program.py")
    assert facts is not None
    return [
        Span(one.start, one.start)
        for one in facts.references()
        if one.role in (Role.DEFINE, Role.BIND, Role.WRITE)
        and not one.member
        and not one.name.startswith("__")
    ]


def values_in(text: bytes) -> list[Span]:
    """Calls and operations: values that are worth a name."""
    assert PYTHON is not None
    kinds = ("call", "binary_operator", "attribute", "subscript", "comparison_operator")
    root = parse(PYTHON, text).root
    return [Span(one.start_byte, one.end_byte) for one in descendants(root) if one.type in kinds]


def same_text(a: str, b: str) -> bool:
    """Whether two texts are the same to the letter."""
    return a == b


def same_program(a: str, b: str) -> bool:
    """Whether two texts are the same program."""
    return ast.dump(ast.parse(a)) == ast.dump(ast.parse(b))


@pytest.mark.parametrize(
    ("refactor_id", "arguments", "ask", "places", "same", "share"),
    [
        ("rename.symbol", {"name": "fresh_name"}, _renamed, names_in, same_text, 0.9),
        ("extract.variable", {"name": "fresh_name"}, _extracted, values_in, same_program, 0.8),
        ("inline.variable", {}, _inlined, names_in, same_program, 0.85),
    ],
)
def test_agrees_with_rope(
    tmp_path: Path,
    refactor_id: str,
    arguments: dict[str, str],
    ask: Asked,
    places: Callable[[bytes], list[Span]],
    same: Callable[[str, str], bool],
    share: float,
) -> None:
    rnd = random.Random(f"{refactor_id} 1")
    listed = programs()
    rnd.shuffle(listed)
    counted: Counter[str] = Counter()
    differing = []
    for at, text in enumerate(listed[:ASKED]):
        found = places(text)
        if not found:
            continue
        rnd.shuffle(found)
        for span in found[:TRIES]:
            mine = ours(text, span, refactor_id, arguments)
            other = theirs(tmp_path / str(at), text, span, ask) if mine is not None else None
            if mine is None or other is None:
                counted["refused"] += 1
                continue
            if same(mine, other):
                counted["same"] += 1
            else:
                counted["other"] += 1
                differing.append(f"{text.decode()}\n-- ours:\n{mine}\n-- theirs:\n{other}")
            break
    both = counted["same"] + counted["other"]
    assert both >= ASKED // 6, counted
    assert counted["same"] >= share * both, "\n\n".join([str(counted), *differing[:8]])
