"""A new TODO names nobody and no ticket.

**Why.** A note that belongs to nobody is done by nobody. Off by default: not every team works with
such notes.

Before:

```python
# TODO: round to cents
```

After, with a person, a ticket or a link:

```python
# TODO(mira): round to cents
# TODO #214: round to cents
```

The words are `TODO`, `FIXME`, `XXX` and `HACK`, in capitals, in comments.

**Silent** where a name in parentheses, an `@name`, a ticket (`#12`, `SHOP-12`) or a link stands in
the same comment's line, and about notes in lines that did not change.

**Suppress** with `pairwright: ignore[todo-without-owner]` in a comment on the line above.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import chain, islice

from pairwright_analyzers.rules.model import ReviewContext, Rule
from pairwright_analyzers.syntax import ancestors, node_at
from pairwright_analyzers.types import Finding, Location, Severity, Span

ID = "todo-without-owner"

_NOTE = re.compile(rb"\b(TODO|FIXME|XXX|HACK)\b(?P<rest>[^\r\n]*)")
_OWNER = re.compile(
    rb"^\s*[(\[{]\s*[^)\]}\s][^)\]}]*[)\]}]|@[A-Za-z]|#\d|\b[A-Z][A-Z0-9]+-\d+\b|://"
)
_LEVELS_TO_COMMENT = 3


def check(ctx: ReviewContext) -> Iterator[Finding]:
    """One finding a note without an owner."""
    text = ctx.after.text
    for match in _NOTE.finditer(text):
        span = Span(match.start(1), match.end(1))
        if _OWNER.search(match["rest"]) or not ctx.touches(span):
            continue
        found = node_at(ctx.after.parsed.root, span.start)
        around = chain((found,), islice(ancestors(found), _LEVELS_TO_COMMENT))
        if not any("comment" in node.type for node in around):
            continue
        word = match[1].decode()
        yield Finding(
            ID,
            Severity.INFORMATION,
            Location(ctx.path, span),
            f"This {word} names no owner. Add a person, as in {word}(name), or a ticket.",
        )


RULE = Rule(
    ID,
    "A TODO without an owner",
    Severity.INFORMATION,
    check,
    __doc__ or "",
    enabled=False,
)
