"""The line diff: what it names is what changed, at any size."""

from __future__ import annotations

from itertools import pairwise

from hypothesis import example, given
from hypothesis import strategies as st

from pairwright_analyzers.lines import Hunk, LineRange, changed_ranges, line_hunks, split_lines

TEXTS = st.lists(st.sampled_from([b"a", b"b", b"c", b"", b"x1", b"x2"]), max_size=40).map(
    lambda parts: b"".join(part + b"\n" for part in parts)
)


def rebuilt(old: bytes, new: bytes, hunks: tuple[Hunk, ...]) -> list[bytes]:
    """The new lines, taken from the old text wherever no hunk says otherwise."""
    before, after = split_lines(old), split_lines(new)
    result: list[bytes] = []
    at = 0
    for hunk in hunks:
        result += before[at : hunk.old.start] + after[hunk.new.start : hunk.new.end]
        at = hunk.old.end
    return result + before[at:]


@given(old=TEXTS, new=TEXTS)
@example(old=b"a\nb\n", new=b"b\na\n")
def test_the_hunks_turn_the_old_text_into_the_new(old: bytes, new: bytes) -> None:
    hunks = line_hunks(old, new)
    assert rebuilt(old, new, hunks) == split_lines(new)
    for earlier, later in pairwise(hunks):
        assert later.old.start > earlier.old.end
        assert later.new.start - earlier.new.end == later.old.start - earlier.old.end
    assert all(hunk.old.start < hunk.old.end or hunk.new.start < hunk.new.end for hunk in hunks)


@given(old=TEXTS, new=TEXTS, steps=st.integers(0, 60))
def test_a_small_budget_names_more_lines_but_stays_right(
    old: bytes, new: bytes, steps: int
) -> None:
    hunks = line_hunks(old, new, max_steps=steps)
    assert rebuilt(old, new, hunks) == split_lines(new)


@given(text=TEXTS, at=st.integers(0, 40), more=st.integers(1, 5))
def test_an_insertion_costs_no_more_than_its_lines(text: bytes, at: int, more: int) -> None:
    before = split_lines(text)
    at = min(at, len(before))
    after = [*before[:at], *[b"new"] * more, *before[at:]]
    hunks = line_hunks(text, b"\n".join(after) + b"\n")
    assert hunks == (Hunk(LineRange(at, at), LineRange(at, at + more)),)


def test_a_removal_leaves_an_empty_range_where_it_happened() -> None:
    assert changed_ranges(b"a\nb\nc\n", b"a\nc\n") == (LineRange(1, 1),)
    assert changed_ranges(b"a\n", b"") == (LineRange(0, 0),)


def test_a_new_text_is_changed_throughout() -> None:
    assert changed_ranges(b"", b"a\nb\nc") == (LineRange(0, 3),)


def test_line_ends_do_not_count() -> None:
    assert line_hunks(b"a\nb\n", b"a\r\nb") == ()
    assert changed_ranges(b"a\nb\nc\n", b"a\r\nB\r\nc\r\n") == (LineRange(1, 2),)


def test_two_edits_far_apart_in_a_large_repetitive_file() -> None:
    before = [b"", b"    }", b"  value,"] * 20_000
    after = before.copy()
    after[10] = b"one"
    after[-10:-10] = [b"two", b"three"]
    assert changed_ranges(b"\n".join(before), b"\n".join(after)) == (
        LineRange(10, 11),
        LineRange(59_990, 59_992),
    )


def test_texts_without_a_common_line_end_in_one_hunk() -> None:
    before = b"\n".join(b"a%d" % (number % 7) for number in range(5_000))
    after = b"\n".join(b"b%d" % (number % 7) for number in range(5_000))
    assert changed_ranges(before, after) == (LineRange(0, 5_000),)
