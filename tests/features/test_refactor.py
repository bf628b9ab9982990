"""What the refactoring features promise beside any one refactoring: order, isolation, edits that
fit the files as they are.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

import pytest

from features.conftest import Project
from pairwright.errors import BadArgument, Cancelled, Refusal, StaleDocument
from pairwright.features.context import ActionRequest
from pairwright.features.refactor import (
    PRODUCER,
    change_of,
    checked_arguments,
    offered,
    refuse_read_only,
    selected,
)
from pairwright_analyzers.refactors import Offer, Refactor, RefactorContext, Refactored, Refused
from pairwright_analyzers.refactors.model import Option
from pairwright_analyzers.types import Location, SourceChange, Span, TextEdit

HERE = Span(0, 0)


def made(
    change: SourceChange | Exception = SourceChange(),  # noqa: B008 - a frozen value
    *,
    offers: Sequence[Offer] | Exception = (),
    options: tuple[Option, ...] = (),
    named: Location | None = None,
) -> Refactor:
    """A refactoring that always offers the same and always makes the same change."""

    def offer(_ctx: RefactorContext) -> Sequence[Offer]:
        if isinstance(offers, Exception):
            raise offers
        return offers

    def apply(_ctx: RefactorContext, _arguments: Mapping[str, Any]) -> Refactored:
        if isinstance(change, Exception):
            raise change
        return Refactored(change, named=named)

    return Refactor(
        "test.made", "Made", "refactor", frozenset({"python"}), offer, apply, "", options
    )


def insertion(path: str) -> SourceChange:
    return SourceChange({path: (TextEdit(HERE, "# new\n"),)})


def test_one_that_fails_is_reported_and_the_others_are_offered(folder: Project) -> None:
    folder.put({"a.py": "x = 1\n"})
    ctx = folder.context()
    held = selected(ctx, "a.py", HERE)
    assert held is not None
    failure = ValueError("broken")
    kinds = [
        made(offers=[Offer("no", refused="Not here."), Offer("first")]),
        made(offers=failure),
        made(offers=[Offer("second")]),
    ]
    titles = [offer.title for _, offer in offered(ctx, held, kinds)]
    assert titles == ["first", "second", "no"]
    assert folder.reported == [("refactoring `test.made`", failure)]


def test_what_was_cancelled_is_no_failure(folder: Project) -> None:
    folder.put({"a.py": "x = 1\n"})
    ctx = folder.context()
    held = selected(ctx, "a.py", HERE)
    assert held is not None
    with pytest.raises(Cancelled):
        list(offered(ctx, held, [made(offers=Cancelled())]))
    assert folder.reported == []


def test_nothing_is_offered_where_no_language_is_known(folder: Project) -> None:
    folder.put({"notes.xyz": "text\n"})
    request = ActionRequest("notes.xyz", HERE, (), ())
    assert PRODUCER.offers(folder.context(), request) == []
    with pytest.raises(Refusal, match=r"notes\.xyz"):
        change_of(folder.context(), "notes.xyz", HERE, made(), {})


def test_a_selection_past_the_end_is_the_end(folder: Project) -> None:
    folder.put({"a.py": "x = 1\n"})
    held = selected(folder.context(), "a.py", Span(400, 900))
    assert held is not None
    assert held.span == Span(6, 6)


def test_a_refusal_is_a_sentence(folder: Project) -> None:
    folder.put({"a.py": "x = 1\n"})
    with pytest.raises(Refusal, match="This is why"):
        change_of(folder.context(), "a.py", HERE, made(Refused("This is why.")), {})
    with pytest.raises(Refusal, match="nothing to change"):
        change_of(folder.context(), "a.py", HERE, made(SourceChange({"a.py": ()})), {})


def test_where_the_name_is_comes_with_the_change(folder: Project) -> None:
    folder.put({"a.py": "x = 1\n"})
    name = Location("a.py", Span(2, 5))
    found = change_of(folder.context(), "a.py", HERE, made(insertion("a.py"), named=name), {})
    assert found == replace(insertion("a.py"), named=name)


@pytest.mark.parametrize("buffer", [True, False])
def test_a_file_that_is_another_by_now(folder: Project, buffer: bool) -> None:
    folder.put({"a.py": "x = 1\n", "b.py": "y = 1\n"})
    ctx = folder.context({"b.py": b"y = 1\n"} if buffer else None)
    if buffer:
        document = replace(ctx.documents["b.py"], text=b"typed = 1\n")
        ctx = replace(ctx, documents={"b.py": document})
    else:
        folder.put({"b.py": "typed = 1\n"})
    with pytest.raises(StaleDocument, match=r"b\.py"):
        change_of(ctx, "a.py", HERE, made(insertion("b.py")), {})
    # What the change does not touch may be as it likes.
    assert change_of(ctx, "a.py", HERE, made(insertion("a.py")), {})


def test_an_open_file_is_what_its_buffer_says(folder: Project) -> None:
    folder.put({"a.py": "x = 1\n"})
    ctx = folder.context({"a.py": b"typed = 1\n"})
    change = made(insertion("a.py"))
    with pytest.raises(Refusal):
        # Nobody has read the buffer: its tree is not there.
        change_of(ctx, "a.py", HERE, change, {})


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16", "cp1252"])
def test_a_file_in_another_encoding_is_the_same_text(folder: Project, encoding: str) -> None:
    folder.put({"a.py": "x = 1\n", "b.py": "y = 'é'\n"})
    ctx = folder.context()
    folder.put({"b.py": "y = 'é'\n".encode(encoding)})
    assert change_of(ctx, "a.py", HERE, made(insertion("b.py")), {})


@pytest.mark.parametrize("path", ["../out.py", "/tmp/out.py", "a/../../out.py", "a\\b.py", "."])
@pytest.mark.parametrize("how", ["creates", "renames"])
def test_new_files_stay_in_the_folder(folder: Project, path: str, how: str) -> None:
    folder.put({"a.py": "x = 1\n"})
    change = (
        SourceChange(creates={path: ""})
        if how == "creates"
        else SourceChange(renames={"a.py": path})
    )
    with pytest.raises(Refusal):
        change_of(folder.context(), "a.py", HERE, made(change), {})


def test_new_files_replace_none(folder: Project) -> None:
    folder.put({"a.py": "x = 1\n", "b.py": "y = 1\n"})
    for change in (SourceChange(creates={"b.py": ""}), SourceChange(renames={"a.py": "b.py"})):
        with pytest.raises(Refusal, match=r"b\.py is there already"):
            change_of(folder.context(), "a.py", HERE, made(change), {})


def test_read_only(folder: Project) -> None:
    folder.put({"a.py": "x = 1\n"})
    (folder.root / "a.py").chmod(0o400)
    with pytest.raises(Refusal, match="read-only"):
        refuse_read_only(folder.context(), insertion("a.py"))


OPTIONS = (
    Option("name", "string", "The name.", required=True),
    Option("count", "integer", "How many."),
    Option("all", "boolean", "Whether all."),
    Option("order", "array", "In which order."),
)


@pytest.mark.parametrize(
    ("arguments", "word"),
    [
        ({}, "`name`"),
        ({"name": ""}, "`name`"),
        ({"name": 3}, "`name`"),
        ({"name": "x", "count": True}, "`count`"),
        ({"name": "x", "count": "3"}, "`count`"),
        ({"name": "x", "all": 1}, "`all`"),
        ({"name": "x", "order": "a,b"}, "`order`"),
        ({"name": "x", "other": 1}, "`other`"),
    ],
)
def test_arguments_are_checked(arguments: Mapping[str, Any], word: str) -> None:
    with pytest.raises(BadArgument, match=word):
        checked_arguments(made(options=OPTIONS), arguments, frozenset({"carried"}))


def test_arguments_that_fit() -> None:
    given = {"name": "x", "count": 3, "all": False, "order": ["a"], "carried": {"any": 1}}
    assert checked_arguments(made(options=OPTIONS), given, frozenset({"carried"})) == given
