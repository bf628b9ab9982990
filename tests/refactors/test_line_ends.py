"""Rewrites keep the line ends of a file: what comes of a case comes of it with CRLF too."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from pairwright_analyzers.edits import apply_edits
from pairwright_analyzers.graph import CodeGraph
from pairwright_analyzers.languages import language_of
from pairwright_analyzers.languages.shapes import words
from pairwright_analyzers.refactors import REFACTORS, RefactorContext, offers_at, refactored
from pairwright_analyzers.syntax import parse
from pairwright_analyzers.types import Span
from support.markers import Case, load
from support.workspace import MemoryWorkspace

HERE = Path(__file__).parent
IDS = sorted(
    words(
        "invert_if guard_clause nest_guard merge_nested_if split_if de_morgan flip_operands"
        " ternary_to_if if_to_ternary if_to_match match_to_if loop_to_comprehension"
        " comprehension_to_loop string_format arrow_body function_to_arrow arrow_to_function"
        " lambda_to_function async_chain add_braces remove_braces"
    )
)
CASES = [
    case
    for name in IDS
    for language in ("python", "javascript")
    for case in load(HERE, f"rewrite.{name}/{language}.marks")
    if set(case.expect) & set(case.files)
]


@pytest.mark.parametrize("case", CASES[::4], ids=lambda case: f"{case.source}::{case.name}")
def test_line_ends_are_kept(case: Case) -> None:
    marker = case.marker
    assert marker is not None
    text = case.files[marker.path]
    span = Span(
        marker.start + text.count(b"\n", 0, marker.start),
        marker.end + text.count(b"\n", 0, marker.end),
    )
    files = {path: held.replace(b"\n", b"\r\n") for path, held in case.files.items()}
    spec = language_of(marker.path)
    assert spec is not None
    ctx = RefactorContext(
        CodeGraph(MemoryWorkspace(files)), marker.path, span, parse(spec, files[marker.path])
    )
    refactor = next(one for one in REFACTORS if one.id == case.source.partition("/")[0])
    directives = {word: argument for word, argument, _ in case.directives}
    offer = next(
        one for one in offers_at(ctx, refactor) if directives.get("title", "") in one.title
    )
    arguments = {**offer.arguments, **json.loads(directives.get("arguments", "{}"))}
    change = refactored(ctx, refactor, arguments).change
    after = {path: apply_edits(files[path], edits) for path, edits in change.edits.items()}
    wanted = {path: held.replace("\n", "\r\n").encode() for path, held in case.expect.items()}
    assert after == wanted
