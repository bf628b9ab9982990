"""Markers of a merge conflict are still in the file.

**Why.** The file does not compile or parse at best; in configuration and documents nothing
complains before someone reads it.

Before:

```python
<<<<<<< HEAD
rate = 0.19
=======
rate = 0.2
>>>>>>> new-rate
```

The finding stands at the first marker. One fix keeps the first side, another keeps the second:

```python
rate = 0.19
```

It looks for the markers that git writes (`<<<<<<<`, `|||||||`, `=======`, `>>>>>>>` at the start
of a line), in every language that is indexed, configuration and documents included.

**Silent** about a `=======` that underlines a heading, and about markers inside a string or a
fenced block of code, where they are somebody's data.

**Suppress** with `pairwright: ignore[merge-marker]` in a comment on the finding's line.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import chain
from typing import NamedTuple

from pairwright_analyzers.rules.model import ReviewContext, Rule
from pairwright_analyzers.syntax import ancestors, node_at
from pairwright_analyzers.types import (
    Finding,
    Fix,
    Location,
    Related,
    Severity,
    SourceChange,
    Span,
    TextEdit,
)

ID = "merge-marker"

_MARKER = re.compile(
    rb"(?m)^(?:(?P<open><{7})(?: [^\r\n]*)?|(?P<base>\|{7})(?: [^\r\n]*)?|(?P<middle>={7})"
    rb"|(?P<close>>{7})(?: [^\r\n]*)?)[ \t]*\r?$"
)
_DATA = ("string", "heredoc", "template", "fenced_code", "code_fence", "raw_text")


class _Conflict(NamedTuple):
    """The markers of one conflict; None for those that are not there."""

    opening: Span
    base: Span | None
    middle: Span | None
    closing: Span | None


def check(ctx: ReviewContext) -> Iterator[Finding]:
    """One finding a conflict, or a marker that is left of one."""
    text = ctx.after.text
    if b"<<<<<<<" not in text and b">>>>>>>" not in text:
        return
    for conflict in _conflicts(text):
        places = [one for one in conflict if one is not None]
        whole = Span(places[0].start, places[-1].end)
        if not ctx.touches(whole) or _is_data(ctx, places[0].start):
            continue
        complete = conflict.middle is not None and conflict.closing is not None
        if complete:
            message = (
                "A merge conflict is not resolved here. Keep one side, or write both together."
            )
        else:
            message = "A marker of a merge conflict is left here. Remove the line."
        yield Finding(
            ID,
            Severity.ERROR,
            Location(ctx.path, places[0]),
            message,
            tuple(
                Related(Location(ctx.path, one), "Another marker of the same conflict.")
                for one in places[1:]
            ),
            _fixes(ctx, conflict),
        )


def _conflicts(text: bytes) -> Iterator[_Conflict]:
    opening: Span | None = None
    base: Span | None = None
    middle: Span | None = None
    for match in _MARKER.finditer(text):
        span = Span(match.start(), match.start() + len(match[0].rstrip()))
        if match["open"]:
            if opening is not None:
                yield _Conflict(opening, base, middle, None)
            opening, base, middle = span, None, None
        elif match["base"]:
            if opening is not None and middle is None:
                base = span
        elif match["middle"]:
            if opening is not None and middle is None:
                middle = span
        elif opening is not None:
            yield _Conflict(opening, base, middle, span)
            opening = base = middle = None
        elif b" " in match[0]:
            # A quotation in a mail is nested with spaces, never seven deep without one.
            yield _Conflict(span, None, None, None)
    if opening is not None and text[opening.start : opening.end] != b"<" * 7:
        yield _Conflict(opening, base, middle, None)


def _is_data(ctx: ReviewContext, offset: int) -> bool:
    found = node_at(ctx.after.parsed.root, offset)
    return any(
        node.start_byte < offset and any(word in node.type for word in _DATA)
        for node in chain((found,), ancestors(found))
    )


def _fixes(ctx: ReviewContext, conflict: _Conflict) -> tuple[Fix, ...]:
    if conflict.middle is None or conflict.closing is None:
        return ()
    lines = ctx.after.lines

    def after(marker: Span) -> int:
        return lines.line_start(lines.line_of(marker.start) + 1)

    first_end = (conflict.base or conflict.middle).start
    end = after(conflict.closing)
    first = (
        TextEdit(Span(conflict.opening.start, after(conflict.opening)), ""),
        TextEdit(Span(first_end, end), ""),
    )
    second = (
        TextEdit(Span(conflict.opening.start, after(conflict.middle)), ""),
        TextEdit(Span(conflict.closing.start, end), ""),
    )
    return (
        Fix("Keep the first side", SourceChange({ctx.path: first}), safe=False),
        Fix("Keep the second side", SourceChange({ctx.path: second}), safe=False),
    )


RULE = Rule(
    ID,
    "Markers of a merge conflict are left",
    Severity.ERROR,
    check,
    __doc__ or "",
)
