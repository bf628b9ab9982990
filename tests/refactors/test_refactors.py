"""Refactorings, as marker files: `tests/refactors/<refactoring id>/*.marks`.

A case's `//- file` texts are the workspace; `$0` marks the cursor, a second `$0` the end of a
selection. The folder names the refactoring. Directives:

    //- arguments {"name": "x"}    JSON, over the arguments of the offer
    //- title TEXT                 the offer whose title contains it (else: the first one)
    //- command                    the offers are not asked: `arguments` say all
    //- expect PATH                the text of a file afterwards; files that are not named must
                                   be as they were
    //- expect gone PATH           the file is not there any more
    //- expect refused TEXT        the reason contains it: of the offer, or of the edit
    //- expect none                nothing is offered
    //- run PATH                   (Python) the program prints the same before and after
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from pairwright_analyzers.edits import apply_edits
from pairwright_analyzers.graph import CodeGraph
from pairwright_analyzers.languages import language_of
from pairwright_analyzers.refactors import (
    REFACTORS,
    Offer,
    RefactorContext,
    Refused,
    offers_at,
    refactored,
)
from pairwright_analyzers.syntax import parse
from pairwright_analyzers.types import SourceChange, Span
from support.markers import Case, parameters
from support.programs import printed
from support.workspace import MemoryWorkspace

HERE = Path(__file__).parent
BY_ID = {refactor.id: refactor for refactor in REFACTORS}


def context_of(case: Case) -> RefactorContext:
    """The selection that a case describes."""
    marker = case.marker
    assert marker is not None, "no $0"
    spec = language_of(marker.path)
    assert spec is not None, marker.path
    graph = CodeGraph(MemoryWorkspace(case.files))
    span = Span(marker.start, marker.end)
    return RefactorContext(graph, marker.path, span, parse(spec, case.files[marker.path]))


def applied(files: Mapping[str, bytes], change: SourceChange) -> dict[str, bytes]:
    """The files after a change."""
    after = dict(files)
    for path, edits in change.edits.items():
        after[path] = apply_edits(after[path], edits)
    for path, text in change.creates.items():
        assert path not in files, f"{path} is there already"
        after[path] = apply_edits(text.encode(), ())
    for old, new in change.renames.items():
        after[new] = after.pop(old)
    for path in change.deletes:
        del after[path]
    return after


def chosen(case: Case, offers: list[Offer]) -> Offer | None:
    """The offer that a case asks for."""
    title = next((argument for word, argument, _ in case.directives if word == "title"), "")
    return next((offer for offer in offers if title in offer.title), None)


@pytest.mark.parametrize("case", parameters(HERE))
def test_refactors(case: Case) -> None:
    refactor = BY_ID[case.source.partition("/")[0]]
    ctx = context_of(case)
    words = {word: argument for word, argument, _ in case.directives}
    offer: Offer | None = Offer("")
    if "command" not in words:
        offer = chosen(case, list(offers_at(ctx, refactor)))
    if "none" in case.expect:
        assert offer is None
        return
    assert offer is not None, "nothing is offered"
    refusal = next((key for key in case.expect if key.partition(" ")[0] == "refused"), None)
    if offer.refused:
        assert refusal is not None, offer.refused
        assert refusal.partition(" ")[2] in offer.refused
        return
    arguments: dict[str, Any] = {**offer.arguments, **json.loads(words.get("arguments", "{}"))}
    try:
        result = refactored(ctx, refactor, arguments)
    except Refused as refused:
        assert refusal is not None, str(refused)
        assert refusal.partition(" ")[2] in str(refused)
        return
    after = applied(case.files, result.change)
    assert refusal is None, after
    _compare(case, after)
    if result.named is not None:
        held = after[result.change.renames.get(result.named.path, result.named.path)]
        name = held[result.named.span.start : result.named.span.end].decode()
        assert name.isidentifier() or not name.isascii() or name.strip("$#?!"), name
    if "run" in words:
        assert printed(after, words["run"]) == printed(case.files, words["run"])


def _compare(case: Case, after: Mapping[str, bytes]) -> None:
    wanted = dict(case.files)
    for key, text in case.expect.items():
        word, _, path = key.partition(" ")
        if word == "gone":
            wanted.pop(path, None)
        else:
            wanted[key] = text.encode()
    assert {path: text.decode() for path, text in after.items()} == {
        path: text.decode() for path, text in wanted.items()
    }


def test_every_refactoring_is_documented_and_tested() -> None:
    for refactor in REFACTORS:
        assert refactor.documentation.count("\n") > 3, refactor.id
        assert list((HERE / refactor.id).glob("*.marks")), refactor.id
