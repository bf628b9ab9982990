"""What changed between two versions of a file, in symbols."""

from __future__ import annotations

import re

from hypothesis import given
from hypothesis import strategies as st

from pairwright_analyzers.diff import ChangeKind, SemanticDiff, semantic_diff
from pairwright_analyzers.facts import facts_of
from pairwright_analyzers.languages import language

PYTHON = language("python")

NAMES = st.from_regex(r"[a-z]{3,8}_[a-z]{2,5}", fullmatch=True)
STATEMENTS = st.lists(
    st.sampled_from(
        [
            "value = limit + 1",
            "print(value, 'and more')",
            "for item in items: value += item",
            "total = sum(items) * rate",
            "values.append(total)",
            "if limit > 3: return None",
        ]
    ),
    min_size=2,
    max_size=5,
)


@st.composite
def modules(draw: st.DrawFn) -> tuple[str, list[str]]:
    """A module of functions, some of them in a class, and the names of its functions."""
    names = draw(st.lists(NAMES, min_size=1, max_size=5, unique=True))
    in_class = draw(st.integers(0, len(names)))
    outside = names[: len(names) - in_class]
    parts = [_function(name, draw(STATEMENTS), "") for name in outside]
    if in_class:
        parts.append("class Holder:\n")
        parts += [_function(name, draw(STATEMENTS), "    ") for name in names[-in_class:]]
    return "\n".join(parts), names


def _function(name: str, statements: list[str], indent: str) -> str:
    lines = [f"{indent}def {name}(items, rate=1):"]
    lines += [f"{indent}    {statement}" for statement in statements]
    return "\n".join(lines) + "\n"


def diff(before: str, after: str) -> SemanticDiff:
    old, new = before.encode(), after.encode()
    return semantic_diff(facts_of(PYTHON, old), old, facts_of(PYTHON, new), new)


def told(found: SemanticDiff) -> list[tuple[str, str | None, str | None]]:
    return [
        (
            change.kind.value,
            change.before.qualname if change.before else None,
            change.after.qualname if change.after else None,
        )
        for change in found.changes
    ]


@given(modules())
def test_equal_texts_have_no_change(module: tuple[str, list[str]]) -> None:
    text, _ = module
    found = diff(text, text)
    assert found.changes == ()
    assert found.pairs == {index: index for index in found.pairs}


@given(modules(), st.data())
def test_a_renamed_function_is_found_and_nothing_else(
    module: tuple[str, list[str]], data: st.DataObject
) -> None:
    text, names = module
    old = data.draw(st.sampled_from(names))
    new = old + "_anew"
    found = diff(text, text.replace(f"def {old}(", f"def {new}("))
    assert [
        (change.kind, change.before and change.before.name, change.after and change.after.name)
        for change in found.changes
    ] == [(ChangeKind.RENAMED, old, new)]
    assert not found.changes[0].header_changed


@given(modules(), st.data())
def test_a_changed_body_is_that_functions_alone(
    module: tuple[str, list[str]], data: st.DataObject
) -> None:
    text, names = module
    name = data.draw(st.sampled_from(names))
    header = re.compile(rf"^( *)def {name}\(items, rate=1\):\n", re.MULTILINE)
    found = diff(text, header.sub(r"\g<0>\1    changed = items\n", text))
    assert [(change.kind, change.symbol.name) for change in found.changes] == [
        (ChangeKind.BODY, name)
    ]


@given(modules())
def test_a_new_file_is_all_added_and_an_emptied_one_all_removed(
    module: tuple[str, list[str]],
) -> None:
    text, _ = module
    count = facts_of(PYTHON, text.encode()).symbol_count
    assert [change.kind for change in diff("", text).changes] == [ChangeKind.ADDED] * count
    assert [change.kind for change in diff(text, "").changes] == [ChangeKind.REMOVED] * count


@given(modules())
def test_layout_around_symbols_is_no_change(module: tuple[str, list[str]]) -> None:
    text, _ = module
    assert diff(text, "# a remark\n\n" + text + "\n\n").changes == ()


def test_a_header_change_is_a_signature_change_of_its_symbol() -> None:
    found = diff("def f(a):\n    return a\n", "def f(a, b):\n    return a\n")
    assert told(found) == [("signature", "f", "f")]
    assert found.changes[0].header_changed


def test_a_header_that_was_only_laid_out_anew_is_none() -> None:
    found = diff("def f(a, b):\n    return a\n", "def f(a,  b):\n    return a\n")
    assert not found.of(ChangeKind.SIGNATURE)


def test_members_of_a_renamed_class_are_the_same_members() -> None:
    body = "    def one(self):\n        return 1\n\n    def two(self):\n        return 2\n"
    found = diff("class Old:\n" + body, "class New:\n" + body)
    assert told(found) == [("renamed", "Old", "New")]
    assert found.pairs == {0: 0, 1: 1, 2: 2}


def test_a_changed_member_is_not_also_a_changed_class() -> None:
    before = "class A:\n    def one(self):\n        return 1\n"
    assert told(diff(before, before.replace("1", "2"))) == [("body", "A.one", "A.one")]


def test_another_function_in_its_place_is_no_rename() -> None:
    found = diff(
        "def load(path):\n    with open(path) as file:\n        return file.read()\n",
        "def area(width, height):\n    return width * height / 2\n",
    )
    assert told(found) == [("added", None, "area"), ("removed", "load", None)]


def test_definitions_of_one_name_pair_in_order() -> None:
    before = "if x:\n    def f():\n        return 1\nelse:\n    def f():\n        return 2\n"
    assert told(diff(before, before.replace("2", "3"))) == [("body", "f", "f")]


def test_removed_symbols_come_last() -> None:
    found = diff("def a(): return 1\ndef b(): return [2, 3]\n", "def b(): return [2, 4]\n")
    assert told(found) == [("body", "b", "b"), ("removed", "a", None)]
