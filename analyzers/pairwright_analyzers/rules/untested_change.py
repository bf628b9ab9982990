"""No test reaches what the change touched.

**Why.** A change that no test runs is proven by nobody. The hint names the symbol while you still
know what it should do.

```python
def discount(customer, total):     # no test reaches 'discount'
    if customer.years > 5:
        return total * 0.9
    return total
```

A test reaches a symbol when it uses it, or uses something that does, over calls and inheritance in
the code graph. Measured coverage is better evidence; this hint needs no run.

**Silent** in workspaces without tests of the file's language, for tests themselves, declarations,
trivial bodies (under three lines), constructors and local functions, decorated symbols (a
framework calls them), entry points, and whenever a test file so much as mentions the symbol's
name or the name of its type.

**Suppress** with `pairwright: ignore[untested-change]` in a comment on the definition's line.
"""

from __future__ import annotations

from collections.abc import Iterator

from pairwright_analyzers.diff import ChangeKind
from pairwright_analyzers.graph import SymbolId
from pairwright_analyzers.graph.queries import tests_reaching
from pairwright_analyzers.rules.model import ReviewContext, Rule
from pairwright_analyzers.rules.sites import owner_of
from pairwright_analyzers.types import (
    CALLABLE_KINDS,
    Finding,
    Location,
    Severity,
    Symbol,
    SymbolFlag,
    SymbolKind,
)

ID = "untested-change"

_LEAST_LINES = 3
_CALLED_BY_OTHERS = (
    SymbolFlag.DECORATED | SymbolFlag.ABSTRACT | SymbolFlag.OVERRIDE | SymbolFlag.TEST
)
_ENTRY_POINTS = frozenset({"main", "init", "setup"})


def check(ctx: ReviewContext) -> Iterator[Finding]:
    """One hint a changed function that no test reaches."""
    if ctx.graph.is_test_path(ctx.path) or not _has_tests(ctx):
        return
    kinds = (ChangeKind.ADDED, ChangeKind.SIGNATURE, ChangeKind.BODY)
    for change in ctx.diff.of(*kinds):
        ctx.check()
        symbol = change.after
        if symbol is None or not _worth_a_test(ctx, symbol):
            continue
        here = SymbolId(ctx.path, symbol.index)
        if _mentioned_by_tests(ctx, here, symbol) or tests_reaching(ctx.graph, here, ctx.check):
            continue
        yield Finding(
            ID,
            Severity.HINT,
            Location(ctx.path, symbol.name_span),
            f"No test reaches '{symbol.qualname}', which this change"
            f" {'adds' if change.before is None else 'touches'}.",
            symbol=symbol.qualname,
        )


def _has_tests(ctx: ReviewContext) -> bool:
    spec = ctx.after.spec
    suffixes = tuple(spec.extensions)
    return any(
        path.endswith(suffixes) and spec.is_test_path(path) for path in ctx.graph.workspace.paths()
    )


def _worth_a_test(ctx: ReviewContext, symbol: Symbol) -> bool:
    if symbol.kind not in (SymbolKind.FUNCTION, SymbolKind.METHOD):
        return False
    if symbol.flags & _CALLED_BY_OTHERS or symbol.name in _ENTRY_POINTS:
        return False
    if symbol.name.startswith("__") or symbol.body_start >= symbol.span.end:
        return False
    container = symbol.container
    if container >= 0 and ctx.after.facts.symbol_kind(container) in CALLABLE_KINDS:
        return False
    body = ctx.after.text[symbol.body_start : symbol.span.end]
    if symbol.doc is not None and symbol.doc.start >= symbol.body_start:
        body = body.replace(ctx.after.text[symbol.doc.start : symbol.doc.end], b"")
    return sum(bool(line.strip(b" \t{}();")) for line in body.splitlines()) >= _LEAST_LINES


def _mentioned_by_tests(ctx: ReviewContext, here: SymbolId, symbol: Symbol) -> bool:
    names = [symbol.name]
    owner = owner_of(ctx.graph, here)
    if owner is not None:
        names.append(ctx.graph.symbol(owner).name)
    return any(
        ctx.graph.is_test_path(path)
        for name in names
        for path in ctx.graph.workspace.files_mentioning(name)
    )


RULE = Rule(
    ID,
    "No test reaches the change",
    Severity.HINT,
    check,
    __doc__ or "",
)
