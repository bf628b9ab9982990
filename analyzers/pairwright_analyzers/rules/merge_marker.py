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

from collections.abc import Iterator
from itertools import chain

from pairwright_analyzers.merge.conflicts import Conflict, LeftMarkers, marked_in
from pairwright_analyzers.merge.resolutions import Choice, keep
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
)

ID = "merge-marker"

SIDES = {Choice.OURS: "Keep the first side", Choice.THEIRS: "Keep the second side"}
"""The titles of the fixes."""

_DATA = ("string", "heredoc", "template", "fenced_code", "code_fence", "raw_text")


def check(ctx: ReviewContext) -> Iterator[Finding]:
    """One finding a conflict, or a marker that is left of one."""
    text = ctx.after.text
    for found in marked_in(text):
        places = found.markers
        whole = Span(places[0].start, places[-1].end)
        if not ctx.touches(whole) or _is_data(ctx, places[0].start):
            continue
        if isinstance(found, Conflict):
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
            _fixes(ctx, found),
        )


def _is_data(ctx: ReviewContext, offset: int) -> bool:
    found = node_at(ctx.after.parsed.root, offset)
    return any(
        node.start_byte < offset and any(word in node.type for word in _DATA)
        for node in chain((found,), ancestors(found))
    )


def _fixes(ctx: ReviewContext, found: Conflict | LeftMarkers) -> tuple[Fix, ...]:
    if not isinstance(found, Conflict):
        return ()
    return tuple(
        Fix(title, SourceChange({ctx.path: keep(found, ctx.after.text, side).edits or ()}), False)
        for side, title in SIDES.items()
    )


RULE = Rule(
    ID,
    "Markers of a merge conflict are left",
    Severity.ERROR,
    check,
    __doc__ or "",
)
