"""Edits of text: apply, check for overlap, and find a small one that turns one text into another.

Pure bytes in, bytes out. Knows nothing of files or editors.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from difflib import SequenceMatcher
from itertools import pairwise

from pairwright_analyzers.types import Span, TextEdit

_MAX_DIFF_LINES = 4_000
"""Changed lines beyond which `minimal_edits` answers with one edit instead of a line diff."""


def sorted_edits(edits: Iterable[TextEdit]) -> tuple[TextEdit, ...]:
    """The edits in text order.

    Raises ValueError when two overlap; inserts at one place keep their order.
    """
    ordered = sorted(edits, key=lambda edit: (edit.span.start, edit.span.end))
    for before, after in pairwise(ordered):
        if after.span.start < before.span.end:
            raise ValueError(f"edits overlap: {before.span} and {after.span}")
    return tuple(ordered)


def apply_edits(text: bytes, edits: Iterable[TextEdit]) -> bytes:
    """The text after all edits, whose spans are offsets into the text before any.

    Raises ValueError when they overlap or pass its end.
    """
    parts: list[bytes] = []
    at = 0
    for edit in sorted_edits(edits):
        if edit.span.end > len(text):
            raise ValueError(f"edit {edit.span} lies past the end of the text ({len(text)} bytes)")
        parts.append(text[at : edit.span.start])
        parts.append(edit.new_text.encode("utf-8", "surrogateescape"))
        at = edit.span.end
    parts.append(text[at:])
    return b"".join(parts)


def single_edit(before: bytes, after: bytes) -> tuple[int, int, int] | None:
    """The one replaced region `(start, old_end, new_end)` in bytes between two texts, never inside
    a character; None when equal.
    """
    if before == after:
        return None
    limit = min(len(before), len(after))
    start = _common_prefix(before, after, limit)
    while start > 0 and start < len(before) and before[start] & 0xC0 == 0x80:
        start -= 1
    while start > 0 and start < len(after) and after[start] & 0xC0 == 0x80:
        start -= 1
    tail = _common_suffix(before, after, limit - start)
    while tail > 0 and before[len(before) - tail] & 0xC0 == 0x80:
        tail -= 1
    return start, len(before) - tail, len(after) - tail


def minimal_edits(before: bytes, after: bytes) -> tuple[TextEdit, ...]:
    """Line edits that turn `before` into `after`, so that marks and cursors elsewhere stay where
    they are.
    """
    old = before.splitlines(keepends=True)
    new = after.splitlines(keepends=True)
    head = 0
    while head < min(len(old), len(new)) and old[head] == new[head]:
        head += 1
    tail = 0
    while tail < min(len(old), len(new)) - head and old[-1 - tail] == new[-1 - tail]:
        tail += 1
    old_middle = old[head : len(old) - tail]
    new_middle = new[head : len(new) - tail]
    offset = sum(map(len, old[:head]))
    if not old_middle and not new_middle:
        return ()
    if len(old_middle) + len(new_middle) > _MAX_DIFF_LINES:
        return (_line_edit(offset, old_middle, new_middle),)
    edits: list[TextEdit] = []
    starts = [offset]
    for line in old_middle:
        starts.append(starts[-1] + len(line))
    matcher = SequenceMatcher(None, old_middle, new_middle, autojunk=False)
    for tag, old_start, old_end, new_start, new_end in matcher.get_opcodes():
        if tag != "equal":
            edits.append(
                _line_edit(
                    starts[old_start], old_middle[old_start:old_end], new_middle[new_start:new_end]
                )
            )
    return tuple(edits)


def _line_edit(offset: int, old: Sequence[bytes], new: Sequence[bytes]) -> TextEdit:
    return TextEdit(
        Span(offset, offset + sum(map(len, old))), b"".join(new).decode("utf-8", "surrogateescape")
    )


def _common_prefix(a: bytes, b: bytes, limit: int) -> int:
    low, high = 0, limit
    while low < high:
        middle = (low + high + 1) // 2
        if a[low:middle] == b[low:middle]:
            low = middle
        else:
            high = middle - 1
    return low


def _common_suffix(a: bytes, b: bytes, limit: int) -> int:
    low, high = 0, limit
    while low < high:
        middle = (low + high + 1) // 2
        if a[len(a) - middle : len(a) - low] == b[len(b) - middle : len(b) - low]:
            low = middle
        else:
            high = middle - 1
    return low
