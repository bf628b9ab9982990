"""The conflicts that a text holds, by the markers that git writes.

Owns the form of the markers, with and without the base section of `diff3` and `zdiff3`. It must not
know what becomes of a conflict.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from pairwright_analyzers.types import Span

_MARKER = re.compile(
    rb"(?m)^(?:(?P<open><{7})(?: [^\r\n]*)?|(?P<base>\|{7})(?: [^\r\n]*)?|(?P<middle>={7})"
    rb"|(?P<close>>{7})(?: [^\r\n]*)?)[ \t]*\r?$"
)


@dataclass(frozen=True, slots=True)
class Conflict:
    """One conflict. Spans of markers cover the marker without its line end.

    `ours`, `base` and `theirs` are the whole lines between the markers, `base` None without such a
    section. `span` has the lines of the markers too.
    """

    opening: Span
    middle: Span
    closing: Span
    base_marker: Span | None
    span: Span
    ours: Span
    base: Span | None
    theirs: Span

    @property
    def markers(self) -> tuple[Span, ...]:
        """All markers, in text order."""
        found = (self.opening, self.base_marker, self.middle, self.closing)
        return tuple(one for one in found if one is not None)


@dataclass(frozen=True, slots=True)
class LeftMarkers:
    """Markers that make no conflict: what somebody left behind. At least one, in text order."""

    markers: tuple[Span, ...]


def conflicts_in(text: bytes) -> tuple[Conflict, ...]:
    """The complete conflicts of a text, in order."""
    return tuple(found for found in marked_in(text) if isinstance(found, Conflict))


def marked_in(text: bytes) -> Iterator[Conflict | LeftMarkers]:
    """The conflicts of a text, and the markers that are left of some, in order."""
    if b"<<<<<<<" not in text and b">>>>>>>" not in text:
        return
    opening: Span | None = None
    base: Span | None = None
    middle: Span | None = None
    for match in _MARKER.finditer(text):
        span = Span(match.start(), match.start() + len(match[0].rstrip()))
        if match["open"]:
            if opening is not None:
                yield _left(opening, base, middle)
            opening, base, middle = span, None, None
        elif match["base"]:
            if opening is not None and middle is None:
                base = span
        elif match["middle"]:
            if opening is not None and middle is None:
                middle = span
        elif opening is not None:
            yield (
                _conflict(text, opening, base, middle, span)
                if middle is not None
                else _left(opening, base, span)
            )
            opening = base = middle = None
        elif b" " in match[0]:
            # A quotation in a mail is nested with spaces, never seven deep without one.
            yield LeftMarkers((span,))
    if opening is not None and text[opening.start : opening.end] != b"<" * 7:
        yield _left(opening, base, middle)


def _left(*markers: Span | None) -> LeftMarkers:
    return LeftMarkers(tuple(one for one in markers if one is not None))


def _conflict(
    text: bytes, opening: Span, base: Span | None, middle: Span, closing: Span
) -> Conflict:
    def behind(marker: Span) -> int:
        end = text.find(b"\n", marker.end)
        return len(text) if end < 0 else end + 1

    first = base or middle
    return Conflict(
        opening,
        middle,
        closing,
        base,
        Span(opening.start, behind(closing)),
        Span(behind(opening), first.start),
        Span(behind(base), middle.start) if base is not None else None,
        Span(behind(middle), closing.start),
    )
