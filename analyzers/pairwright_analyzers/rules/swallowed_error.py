"""An error is caught and nothing is done about it.

**Why.** The program goes on with a state nobody thought of, and when it fails later, nothing says
where it began.

Before:

```python
try:
    send(order)
except Exception:
    pass
```

After, with the error handled, logged, narrowed down, or a comment on why it does not matter:

```python
try:
    send(order)
except ConnectionError:
    pass
```

In Python and Ruby it looks for handlers of everything (`except:`, `except Exception`, a bare
`rescue`, `rescue nil`), in languages with braces for empty `catch` blocks, in JavaScript and
TypeScript also for `.catch(() => {})`, in Go for `_ = err` and for an empty `if err != nil {}`.

**Silent** where a comment stands in the handler, where the caught name says that it is not needed
(`ignored`, `expected`, `_`), in Python and Ruby where the handler is narrow, about handlers that
were there before, and in tests.

**Suppress** with `pairwright: ignore[swallowed-error]` in a comment on the finding's line.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

from pairwright_analyzers.rules.model import ReviewContext, Rule, Version
from pairwright_analyzers.syntax import nodes_of_types, span_of
from pairwright_analyzers.types import Finding, Location, Severity, Span

ID = "swallowed-error"

_Swallow = tuple[Span, bytes, str]
"""(the whole handler, its text without layout, what is dropped there)."""


def check(ctx: ReviewContext) -> Iterator[Finding]:
    """One finding a handler that does nothing."""
    if ctx.graph.is_test_path(ctx.path):
        return
    touched = [one for one in _swallows(ctx.after) if ctx.touches(one[0])]
    if not touched:
        return
    known: Counter[bytes] = Counter()
    if ctx.before is not None and not ctx.whole:
        known.update(shape for _, shape, _ in _swallows(ctx.before))
        known.subtract(shape for span, shape, _ in _swallows(ctx.after) if not ctx.touches(span))
    for span, shape, dropped in touched:
        if known[shape] > 0:
            # It only moved.
            known[shape] -= 1
            continue
        line_end = ctx.after.lines.line_end(ctx.after.lines.line_of(span.start))
        symbol = ctx.after.facts.symbol_at(span.start)
        yield Finding(
            ID,
            Severity.WARNING,
            Location(ctx.path, Span(span.start, min(span.end, line_end))),
            f"This drops {dropped} without a trace. Handle it, log it, or say in a comment why it"
            " does not matter.",
            symbol=symbol.qualname if symbol is not None else "",
        )


def _swallows(version: Version) -> list[_Swallow]:
    habits = version.spec.habits
    if habits.swallowed is None:
        return []
    found: list[_Swallow] = []
    for node in nodes_of_types(version.parsed, habits.catches):
        dropped = habits.swallowed(node, version.text)
        if dropped is not None:
            span = span_of(node)
            found.append((span, b" ".join(version.text[span.start : span.end].split()), dropped))
    return found


RULE = Rule(
    ID,
    "An error is swallowed",
    Severity.WARNING,
    check,
    __doc__ or "",
)
