"""`review.base` as `staged`: only what is staged counts as changed."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pairwright.features.base import Standing, revision_of
from pairwright.features.review import review_changes, review_file
from pairwright_analyzers.lines import undone

from .conftest import Project, git

BEFORE = "def f():\n    return 1\n\n\ndef g():\n    return 2\n"


@pytest.fixture
def staged(project: Project) -> Project:
    """`f` prints and that is staged; `g` prints and that is not."""
    project.commit({"a.py": BEFORE, "b.py": BEFORE})
    project.settings = {"review": {"base": "staged"}}
    project.put({"a.py": BEFORE.replace("return 1", "print(1)\n    breakpoint()\n    return 1")})
    git(project.root, "add", "a.py")
    project.put(
        {
            "a.py": (project.root / "a.py")
            .read_text()
            .replace("return 2", "breakpoint()\n    return 2"),
            "b.py": BEFORE.replace("return 2", "breakpoint()\n    return 2"),
        }
    )
    return project


def lines(project: Project, path: str) -> list[int]:
    text = (project.root / path).read_bytes()
    found = review_file(project.context(), path)
    return [
        text.count(b"\n", 0, one.location.span.start) + 1
        for one in found
        if one.rule == "leftover-debug"
    ]


def test_only_staged_lines_are_reviewed(staged: Project) -> None:
    assert lines(staged, "a.py") == [2, 3]
    assert lines(staged, "b.py") == []


def test_a_whole_review_sees_staged_files_only(staged: Project) -> None:
    seen: list[str] = []

    def on_file(path: str, _found: object) -> None:
        seen.append(path)

    review_changes(staged.context(), on_file)
    assert seen == ["a.py"]


def test_a_new_file_counts_once_it_is_staged(staged: Project) -> None:
    staged.put({"new.py": "def h():\n    breakpoint()\n"})
    assert lines(staged, "new.py") == []
    git(staged.root, "add", "new.py")
    assert lines(staged, "new.py") == [2]
    staged.put({"new.py": "def h():\n    breakpoint()\n\n\ndef i():\n    breakpoint()\n"})
    assert lines(staged, "new.py") == [2]


def test_without_a_commit_staged_files_are_new(project: Project) -> None:
    project.put({"a.py": BEFORE})
    git(project.root, "add", "a.py")
    project.settings = {"review": {"base": "staged"}}
    revision = revision_of(project.context())
    assert revision is not None
    assert revision.origin("a.py", BEFORE.encode()).standing is Standing.NEW
    assert [change.path for change in revision.changes] == ["a.py"]


LINES = st.lists(st.sampled_from([b"a", b"b", b"c", b"d"]), max_size=8)


def joined(held: list[bytes]) -> bytes:
    return b"".join(line + b"\n" for line in held)


@given(LINES, LINES)
def test_undoing_the_only_change_gives_the_old_text(old: list[bytes], new: list[bytes]) -> None:
    assert undone(joined(old), joined(new), joined(new)) == joined(old)
    assert undone(joined(old), joined(old), joined(new)) == joined(new)


@given(LINES, LINES, LINES)
def test_changes_far_apart_are_told_apart(
    old: list[bytes], new: list[bytes], more: list[bytes]
) -> None:
    apart = [b"1", b"2", b"3"]
    text = undone(joined(old + apart), joined(new + apart), joined(new + apart + more))
    assert text == joined(old + apart + more)


@given(LINES, LINES, LINES)
def test_every_line_comes_from_the_old_text_or_from_now(
    old: list[bytes], new: list[bytes], now: list[bytes]
) -> None:
    left = set(undone(joined(old), joined(new), joined(now)).split(b"\n"))
    assert left <= {*old, *now, b""}
