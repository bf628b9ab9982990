"""Which lines differ between two texts.

Owns the line diff. It must not know files or encodings; a text is bytes.

Line ends do not count: a checkout with CRLF of a file stored with LF has not changed, nor has one
that gained or lost its last line end. Lines that occur once in both texts anchor the rest
("patience diff", Bram Cohen); between anchors the shortest edit script is found (E. Myers, "An
O(ND) Difference Algorithm and Its Variations", 1986) within a budget of steps, beyond which a
stretch counts as replaced: the answer then names more lines than needed, never fewer.
"""

from __future__ import annotations

import bisect
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

# About a tenth of a second, for all stretches of one diff together.
MAX_STEPS = 400_000


@dataclass(frozen=True, slots=True)
class LineRange:
    """Lines `start` to `end`, from 0, `end` excluded. Empty where lines were only removed."""

    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Hunk:
    """`old` lines of the old text became `new` lines of the new; at most one range is empty."""

    old: LineRange
    new: LineRange


def line_hunks(old: bytes, new: bytes, max_steps: int = MAX_STEPS) -> tuple[Hunk, ...]:
    """What differs, in order; between two hunks stands at least one line that is in both texts."""
    ids: dict[bytes, int] = {}
    before = [ids.setdefault(line, len(ids)) for line in split_lines(old)]
    after = [ids.setdefault(line, len(ids)) for line in split_lines(new)]
    hunks: list[Hunk] = []
    at_old = at_new = 0
    for match_old, match_new, length in matching_blocks(before, after, max_steps):
        if match_old > at_old or match_new > at_new:
            hunks.append(Hunk(LineRange(at_old, match_old), LineRange(at_new, match_new)))
        at_old, at_new = match_old + length, match_new + length
    return tuple(hunks)


def changed_ranges(old: bytes, new: bytes) -> tuple[LineRange, ...]:
    """The lines of `new` that are not in `old`; an empty range stands where lines were removed."""
    return tuple(hunk.new for hunk in line_hunks(old, new))


def undone(old: bytes, new: bytes, now: bytes) -> bytes:
    """`now`, with the lines that differ between `old` and `new` as they are in `old`.

    Lines that changed again between `new` and `now` go with those they overlap. Unlike with
    `git merge-file` nothing can conflict: the older text wins.
    """
    hunks = sorted(
        [(hunk.new.start, hunk.new.end, True, hunk) for hunk in line_hunks(old, new)]
        + [(hunk.old.start, hunk.old.end, False, hunk) for hunk in line_hunks(new, now)],
        key=lambda row: row[:2],
    )
    before, after = _with_ends(old), _with_ends(now)
    parts: list[bytes] = []
    # How much longer the old text, and the text of now, are than the one between up to here.
    old_ahead = now_ahead = 0
    taken = 0
    at = 0
    while at < len(hunks):
        start, end = hunks[at][:2]
        told = False
        next_old, next_now = old_ahead, now_ahead
        while at < len(hunks) and (hunks[at][0] < end or hunks[at][0] == start):
            _, last, is_change, hunk = hunks[at]
            end = max(end, last)
            length = (hunk.old.end - hunk.old.start) - (hunk.new.end - hunk.new.start)
            if is_change:
                told = True
                next_old += length
            else:
                next_now -= length
            at += 1
        if told:
            parts += after[taken : start + now_ahead]
            parts += before[start + old_ahead : end + next_old]
            taken = end + next_now
        old_ahead, now_ahead = next_old, next_now
    parts += after[taken:]
    return b"".join(parts)


def _with_ends(text: bytes) -> list[bytes]:
    lines = [line + b"\n" for line in text.split(b"\n")]
    lines[-1] = lines[-1][:-1]
    return lines if lines[-1] else lines[:-1]


def split_lines(text: bytes) -> list[bytes]:
    """The lines without their ends (LF or CRLF); nothing stands behind the last line end."""
    lines = text.split(b"\n")
    if not lines[-1]:
        lines.pop()
    if b"\r" in text:
        lines = [line.removesuffix(b"\r") for line in lines]
    return lines


_Block = tuple[int, int, int]  # where in old, where in new, how many lines


def matching_blocks(
    old: Sequence[int], new: Sequence[int], max_steps: int = MAX_STEPS
) -> Iterator[tuple[int, int, int]]:
    """Equal stretches of two sequences in order: where in the old, where in the new, how long.

    The last one is an empty stretch at both ends.
    """
    budget = [max_steps]
    # Stretches to be compared, and finished blocks between them, the next one on top.
    waiting: list[tuple[int, int, int, int] | _Block] = [(0, len(old), 0, len(new))]
    while waiting:
        item = waiting.pop()
        if len(item) == 3:
            yield item
            continue
        old_start, old_end, new_start, new_end = item
        head = 0
        shortest = min(old_end - old_start, new_end - new_start)
        while head < shortest and old[old_start + head] == new[new_start + head]:
            head += 1
        if head:
            yield old_start, new_start, head
        old_start, new_start, shortest = old_start + head, new_start + head, shortest - head
        tail = 0
        while tail < shortest and old[old_end - tail - 1] == new[new_end - tail - 1]:
            tail += 1
        old_end, new_end = old_end - tail, new_end - tail
        if tail:
            waiting.append((old_end, new_end, tail))
        if old_start == old_end or new_start == new_end:
            continue
        anchors = _anchors(old, new, (old_start, old_end), (new_start, new_end))
        if anchors:
            stretches: list[tuple[int, int, int, int] | _Block] = []
            from_old, from_new = old_start, new_start
            for anchor_old, anchor_new in anchors:
                stretches.append((from_old, anchor_old, from_new, anchor_new))
                stretches.append((anchor_old, anchor_new, 1))
                from_old, from_new = anchor_old + 1, anchor_new + 1
            stretches.append((from_old, old_end, from_new, new_end))
            waiting.extend(reversed(stretches))
        else:
            yield from _shortest_script(
                old[old_start:old_end], new[new_start:new_end], old_start, new_start, budget
            )
    yield len(old), len(new), 0


def _anchors(
    old: Sequence[int], new: Sequence[int], in_old: tuple[int, int], in_new: tuple[int, int]
) -> list[tuple[int, int]]:
    """Lines that occur once in both stretches, as many as keep one order."""
    counts_old = Counter(old[slice(*in_old)])
    counts_new = Counter(new[slice(*in_new)])
    place_in_new = {
        new[at]: at
        for at in range(*in_new)
        if counts_new[new[at]] == 1 and counts_old.get(new[at]) == 1
    }
    if not place_in_new:
        return []
    pairs = [(at, place_in_new[old[at]]) for at in range(*in_old) if old[at] in place_in_new]
    # The longest increasing run of places, by patience sorting.
    tops: list[int] = []
    top_pairs: list[int] = []
    links: list[int] = []
    for number, (_, place) in enumerate(pairs):
        pile = bisect.bisect_left(tops, place)
        links.append(top_pairs[pile - 1] if pile else -1)
        tops[pile : pile + 1] = [place]
        top_pairs[pile : pile + 1] = [number]
    chain: list[tuple[int, int]] = []
    number = top_pairs[-1]
    while number >= 0:
        chain.append(pairs[number])
        number = links[number]
    chain.reverse()
    return chain


def _shortest_script(
    old: Sequence[int], new: Sequence[int], old_base: int, new_base: int, budget: list[int]
) -> list[_Block]:
    """Equal stretches of two short sequences; none when `budget[0]` steps do not reach the end."""
    count_old, count_new = len(old), len(new)
    furthest = {1: 0}
    trail: list[dict[int, int]] = []
    for depth in range(count_old + count_new + 1):
        trail.append(furthest.copy())
        budget[0] -= 2 * (depth + 1)
        if budget[0] < 0:
            return []
        for diagonal in range(-depth, depth + 1, 2):
            down = diagonal == -depth or (
                diagonal != depth and furthest[diagonal - 1] < furthest[diagonal + 1]
            )
            x = furthest[diagonal + 1] if down else furthest[diagonal - 1] + 1
            y = x - diagonal
            while x < count_old and y < count_new and old[x] == new[y]:
                x += 1
                y += 1
            furthest[diagonal] = x
            if x >= count_old and y >= count_new:
                return _walked_back(trail, count_old, count_new, old_base, new_base)
    raise AssertionError("an edit script of every line always reaches the end")


def _walked_back(
    trail: list[dict[int, int]], x: int, y: int, old_base: int, new_base: int
) -> list[_Block]:
    blocks: list[_Block] = []
    for depth in range(len(trail) - 1, -1, -1):
        furthest = trail[depth]
        diagonal = x - y
        down = diagonal == -depth or (
            diagonal != depth and furthest[diagonal - 1] < furthest[diagonal + 1]
        )
        before = diagonal + 1 if down else diagonal - 1
        before_x = furthest[before]
        after_x = before_x if down else before_x + 1  # where the run of equal lines starts
        if x > after_x:
            blocks.append((old_base + after_x, new_base + after_x - diagonal, x - after_x))
        x, y = before_x, before_x - before
    blocks.reverse()
    return blocks
