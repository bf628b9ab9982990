"""A function became more complex, and is past the threshold.

**Why.** Each decision in a function doubles what a reader has to keep in mind and what a test has
to reach. The moment to take a piece out is while it grows, not years later.

The measure is cyclomatic complexity (T. J. McCabe, "A Complexity Measure", 1976): one, and one for
each `if`, loop, `case`, `catch` and each `&&`, `||`, `and`, `or`. The threshold is the setting
`review.complexity_threshold`, 15 by default.

Before, with complexity 15:

```python
def price(order):
    ...
```

After one more branch, the finding stands at the function's name: the complexity of `price` grew
from 15 to 16.

**Silent** while a function stays below the threshold or shrinks, about a function that only moved,
and about tests. A new function past the threshold is an information, not a warning, and so is one
or two branches more in a function that was past it before.

**Suppress** with `pairwright: ignore[complexity-grew]` in a comment on the finding's line.
"""

from __future__ import annotations

from collections.abc import Iterator

from pairwright_analyzers.diff import SymbolChange
from pairwright_analyzers.graph.model import SymbolId
from pairwright_analyzers.rules.model import ReviewContext, Rule
from pairwright_analyzers.types import CALLABLE_KINDS, Finding, Location, Severity, Symbol

ID = "complexity-grew"

_MUCH = 3
_LITTLE = Severity.INFORMATION


def check(ctx: ReviewContext) -> Iterator[Finding]:
    """One finding a function that grew past the threshold."""
    threshold = ctx.options.complexity_threshold
    for change in ctx.diff.changes:
        after = change.after
        if after is None or after.kind not in CALLABLE_KINDS or after.complexity <= threshold:
            continue
        before = (
            change.before.complexity if change.before is not None else _before_move(ctx, change)
        )
        if after.complexity <= before or ctx.graph.is_test(SymbolId(ctx.path, after.index)):
            continue
        if before:
            message = (
                f"The complexity of '{after.name}' grew from {before} to {after.complexity}, past"
                f" the threshold of {threshold}. Take a piece of it out."
            )
        else:
            message = (
                f"The new '{after.name}' has complexity {after.complexity}, past the threshold of"
                f" {threshold}. Divide it."
            )
        yield Finding(
            ID,
            Severity.WARNING if _is_much(before, after.complexity, threshold) else _LITTLE,
            Location(ctx.path, after.name_span),
            message,
            symbol=after.qualname,
        )
    if ctx.whole:
        yield from _untouched(ctx)


def _is_much(before: int, after: int, threshold: int) -> bool:
    """Whether a function crossed the threshold now, or grew by more than a branch or two."""
    return bool(before) and (before <= threshold or after - before >= _MUCH)


def _untouched(ctx: ReviewContext) -> Iterator[Finding]:
    threshold = ctx.options.complexity_threshold
    changed = {change.after.index for change in ctx.diff.changes if change.after is not None}
    for symbol in ctx.after.facts.symbols:
        if symbol.index in changed or not _is_complex(ctx, symbol):
            continue
        yield Finding(
            ID,
            Severity.INFORMATION,
            Location(ctx.path, symbol.name_span),
            f"'{symbol.name}' has complexity {symbol.complexity}, past the threshold of"
            f" {threshold}. Divide it.",
            symbol=symbol.qualname,
        )


def _is_complex(ctx: ReviewContext, symbol: Symbol) -> bool:
    return (
        symbol.kind in CALLABLE_KINDS
        and symbol.complexity > ctx.options.complexity_threshold
        and not ctx.graph.is_test(SymbolId(ctx.path, symbol.index))
    )


def _before_move(ctx: ReviewContext, change: SymbolChange) -> int:
    """The complexity of what a function was elsewhere in the file, 0 for a new one."""
    if ctx.before is None:
        return 0
    name = change.symbol.name
    facts = ctx.before.facts
    return max((facts.symbol(index).complexity for index in facts.symbols_named(name)), default=0)


RULE = Rule(
    ID,
    "A function grew too complex",
    Severity.WARNING,
    check,
    __doc__ or "",
)
