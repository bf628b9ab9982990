"""A change in parts: every subset composes, all parts together give the new text, none the old."""

from __future__ import annotations

from itertools import combinations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pairwright.git.patches import (
    Entry,
    PartKind,
    Patch,
    composed,
    exact_hunks,
    lines_of,
    patch_of,
    tree_changes,
)
from pairwright.git.repo import ChangeStatus
from pairwright.git.staged import FileChange


def modified(
    path: str = "a.txt", *, old_path: str | None = None, modes: tuple[str, str] = ("100644",) * 2
) -> FileChange:
    status = ChangeStatus.RENAMED if old_path else ChangeStatus.MODIFIED
    return FileChange(path, old_path, status, *modes, "old", "new")


def owned(old: bytes, new: bytes) -> Patch:
    """The parts of a text whose lines belong to what their first word says."""

    def owners(_change: FileChange, before: bytes, after: bytes) -> tuple[list[bytes], list[bytes]]:
        return [line[:1] for line in lines_of(before)], [line[:1] for line in lines_of(after)]

    return patch_of([modified()], lambda _: (old, new), owners)


def text_with(patch: Patch, applied: set[str]) -> bytes | str:
    entry = tree_changes(patch, applied)["a.txt"]
    assert entry is not None
    return entry.content if entry.content is not None else entry.blob


_TEXT = st.lists(
    st.sampled_from(
        [b"a 1\n", b"a 2\n", b"b 1\n", b"b 2\r\n", b"b 2\n", b"\n", b"c \xff\n", b"\r\n"]
    ),
    max_size=12,
).flatmap(
    lambda lines: st.sampled_from(
        [b"".join(lines), b"".join(lines) + b"c", b"".join(lines) + b"a 1"]
    )
)


@given(_TEXT, _TEXT)
def test_all_parts_give_the_new_text_and_none_the_old(old: bytes, new: bytes) -> None:
    patch = owned(old, new)
    pieces = [part.piece for part in patch.parts if part.piece is not None]
    assert composed(old, new, []) == old
    assert composed(old, new, pieces) == new
    assert bool(pieces) == (old != new)


@given(_TEXT, _TEXT, st.data())
def test_a_subset_holds_whole_lines_of_both_texts_only(
    old: bytes, new: bytes, data: st.DataObject
) -> None:
    patch = owned(old, new)
    pieces = [part.piece for part in patch.parts if part.piece is not None]
    chosen = [piece for piece in pieces if data.draw(st.booleans())]
    text = composed(old, new, chosen)
    known = {*lines_of(old), *lines_of(new)}
    assert set(lines_of(text)) <= known
    # The parts that are left lead on to the new text, whichever came first.
    rest = [piece for piece in pieces if piece not in chosen]
    assert composed(old, new, [*rest, *chosen]) == new


@given(_TEXT, _TEXT)
def test_a_part_is_never_idle(old: bytes, new: bytes) -> None:
    for part in owned(old, new).parts:
        assert part.piece is not None
        assert composed(old, new, [part.piece]) != old


@given(_TEXT, _TEXT)
def test_names_are_unique_and_the_same_again(old: bytes, new: bytes) -> None:
    first, second = owned(old, new), owned(old, new)
    assert [part.id for part in first.parts] == [part.id for part in second.parts]
    assert len({part.id for part in first.parts}) == len(first.parts)
    held = [part.id for parts in first.hunks().values() for part in parts]
    assert sorted(held) == sorted(part.id for part in first.parts)


def test_a_hunk_is_cut_where_the_owner_changes() -> None:
    patch = owned(b"a 1\nb 1\n", b"a 2\nb 2\n")
    assert len(patch.parts) == 2
    assert len(patch.hunks()) == 1
    a, b = (part.id for part in patch.parts)
    assert text_with(patch, {a}) == b"a 2\nb 1\n"
    assert text_with(patch, {b}) == b"a 1\nb 2\n"
    assert text_with(patch, {a, b}) == "new"
    assert text_with(patch, set()) == "old"


def test_a_line_without_its_end_is_never_put_before_another() -> None:
    patch = owned(b"x\na 1", b"x\na 1\nb 1")
    assert len(patch.parts) == 1
    patch = owned(b"a 1\nb 1", b"a 2\nb 2\nc 1")
    texts = {text_with(patch, {part.id}) for part in patch.parts}
    assert texts == {b"a 2\nb 1", b"a 1\nb 2\nc 1"}


def test_line_ends_are_changes() -> None:
    assert len(exact_hunks(b"a\r\nb\r\n", b"a\nb\r\n")) == 1
    assert len(exact_hunks(b"a\n", b"a")) == 1


def test_a_new_name_a_new_mode_and_lines_are_apart() -> None:
    change = modified("new.txt", old_path="old.txt", modes=("100644", "100755"))
    patch = patch_of([change], lambda _: (b"1\n2\n3\n", b"one\n2\nthree\n"))
    kinds = {part.kind: part.id for part in patch.parts}
    assert [part.kind for part in patch.parts] == [
        PartKind.RENAME, PartKind.MODE, PartKind.LINES, PartKind.LINES,
    ]  # fmt: skip
    assert tree_changes(patch, ()) == {"old.txt": Entry("100644", "old"), "new.txt": None}
    moved = tree_changes(patch, {kinds[PartKind.RENAME]})
    assert moved == {"old.txt": None, "new.txt": Entry("100644", "old")}
    first = [part.id for part in patch.parts if part.kind is PartKind.LINES][:1]
    assert tree_changes(patch, first)["old.txt"] == Entry("100644", "", b"one\n2\n3\n")
    everything = tree_changes(patch, {part.id for part in patch.parts})
    assert everything == {"old.txt": None, "new.txt": Entry("100755", "new")}
    for count in range(5):
        for some in combinations((part.id for part in patch.parts), count):
            names = [path for path, entry in tree_changes(patch, some).items() if entry]
            assert len(names) == 1


@pytest.mark.parametrize(
    ("change", "old", "new"),
    [
        (modified(modes=("100644", "120000")), b"a\n", b"b\n"),
        (modified(modes=("120000", "120000")), b"a", b"b"),
        (modified(modes=("160000", "160000")), None, None),
        (modified(), b"a\n", None),
        (modified(), b"version https://git-lfs.github.com/spec/v1\noid sha256:1\n", b"a\n"),
        (FileChange("a", None, ChangeStatus.ADDED, "", "100644", "", "new"), None, b"a\n"),
        (FileChange("a", None, ChangeStatus.DELETED, "100644", "", "old", ""), b"a\n", None),
    ],
)
def test_what_cannot_be_divided_is_one_part(
    change: FileChange, old: bytes | None, new: bytes | None
) -> None:
    patch = patch_of([change], lambda _: (old, new))
    assert [part.kind for part in patch.parts] == [PartKind.WHOLE]


def test_a_folder_in_place_of_a_file_is_one_part() -> None:
    files = [
        FileChange("a", None, ChangeStatus.DELETED, "100644", "", "1", ""),
        FileChange("a/b", None, ChangeStatus.ADDED, "", "100644", "", "2"),
        FileChange("a/c/d", None, ChangeStatus.ADDED, "", "100644", "", "3"),
        FileChange("ab", None, ChangeStatus.ADDED, "", "100644", "", "4"),
    ]
    patch = patch_of(files, lambda _: (None, b""))
    assert [[one.path for one in part.files] for part in patch.parts] == [
        ["a", "a/b", "a/c/d"],
        ["ab"],
    ]
    for applied in [set(), {patch.parts[0].id}]:
        paths = [path for path, entry in tree_changes(patch, applied).items() if entry]
        assert not any(other.startswith(f"{path}/") for path in paths for other in paths)
