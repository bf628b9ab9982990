"""Markers of conflicts are read as git writes them."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pairwright_analyzers.edits import apply_edits
from pairwright_analyzers.languages import language
from pairwright_analyzers.merge.conflicts import Conflict, LeftMarkers, conflicts_in, marked_in
from pairwright_analyzers.merge.resolutions import Choice, keep, resolve_safely

LINES = st.lists(st.sampled_from([b"a", b"b", b"c", b"", b"  x = 1", b"=====", b"<<"]), max_size=12)


def merged_by_git(folder: Path, style: str, base: bytes, ours: bytes, theirs: bytes) -> bytes:
    for name, text in (("ours", ours), ("base", base), ("theirs", theirs)):
        (folder / name).write_bytes(text)
    options = ["-p"] if style == "merge" else ["-p", f"--{style}"]
    command = ["git", "merge-file", *options, "ours", "base", "theirs"]
    return subprocess.run(command, cwd=folder, capture_output=True, check=False).stdout


def kept(text: bytes, choice: Choice) -> bytes:
    edits = [edit for one in conflicts_in(text) for edit in keep(one, text, choice).edits or ()]
    return apply_edits(text, edits)


@pytest.mark.parametrize("style", ["merge", "diff3"])
@pytest.mark.parametrize("end", [b"\n", b"\r\n"])
def test_a_side_that_is_kept_is_the_side_git_merged(tmp_path: Path, style: str, end: bytes) -> None:
    @settings(max_examples=25, deadline=None)
    @given(LINES, LINES, LINES)
    def check(base_lines: list[bytes], our_lines: list[bytes], their_lines: list[bytes]) -> None:
        versions = (base_lines, our_lines, their_lines)
        base, ours, theirs = (b"".join(line + end for line in lines) for lines in versions)
        text = merged_by_git(tmp_path, style, base, ours, theirs)
        # What git takes where nobody has to choose stands in both of its one-sided merges too.
        for choice, option in ((Choice.OURS, "--ours"), (Choice.THEIRS, "--theirs")):
            command = ["git", "merge-file", "-p", option, "ours", "base", "theirs"]
            expected = subprocess.run(command, cwd=tmp_path, capture_output=True, check=False)
            assert kept(text, choice) == expected.stdout

    check()


def test_both_sides_follow_each_other() -> None:
    text = b"a\n<<<<<<< HEAD\nb\n||||||| 12\nx\n=======\nc\n>>>>>>> other\nd\n"
    assert kept(text, Choice.BOTH) == b"a\nb\nc\nd\n"


def test_a_merge_is_none_of_the_sides() -> None:
    text = b"<<<<<<< HEAD\nb\n=======\nc\n>>>>>>> other\n"
    with pytest.raises(ValueError, match="merge"):
        keep(conflicts_in(text)[0], text, Choice.MERGE)


def test_the_last_line_may_have_no_end() -> None:
    text = b"<<<<<<< HEAD\nb\n=======\nc\n>>>>>>> other"
    assert kept(text, Choice.THEIRS) == b"c\n"


@pytest.mark.parametrize(
    "text",
    [
        b"title\n=======\ntext\n",
        b"<<<<<<< HEAD\nb\n",
        b"b\n>>>>>>> other\n",
        b"<<<<<<< HEAD\nb\n>>>>>>> other\n",
        b"x = '<<<<<<< HEAD'\n=======\n>>>>>>>\n",
        b"<<<<<<<< eight\n=======\n>>>>>>>> eight\n",
    ],
)
def test_markers_without_the_others_are_no_conflict(text: bytes) -> None:
    assert conflicts_in(text) == ()


def test_what_is_left_of_a_conflict_is_told() -> None:
    text = b"a\n<<<<<<< HEAD\nb\n<<<<<<< HEAD\nc\n=======\nd\n>>>>>>> other\n>>>>>>> more\n"
    found = list(marked_in(text))
    assert [type(one) for one in found] == [LeftMarkers, Conflict, LeftMarkers]
    assert [len(one.markers) for one in found] == [1, 3, 1]


def test_what_would_define_a_name_twice_is_left() -> None:
    base = b"a = 1\n\n\ndef kept():\n    return 1\n\n\nz = 1\n"
    new = b"def new():\n    return %d\n"
    text = (
        b"<<<<<<< ours\n%s=======\ndef first():\n    return 0\n>>>>>>> theirs\n"
        b"a = 1\n\n\ndef kept():\n    return 1\n\n\nz = 1\n"
        b"<<<<<<< ours\nlast = 1\n=======\n%s>>>>>>> theirs\n"
    ) % (new % 1, new % 2)
    edits, left = resolve_safely(language("python"), text, base)
    assert [edit.new_text for edit in edits] == [
        "def new():\n    return 1\ndef first():\n    return 0\n"
    ]
    assert left == [conflicts_in(text)[1]]
