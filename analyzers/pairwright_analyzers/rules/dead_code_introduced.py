"""The change took away the last use of something, or added something private that nothing uses.

**Why.** Code that nothing reaches is read, tested and translated for nothing, and the moment to
delete it is when its last use goes.

Before:

```python
def _round(value): ...

def total(items):
    return _round(sum(items))
```

After `total` stopped calling `_round`, nothing does:

```python
def _round(value): ...        # nothing uses '_round' any more

def total(items):
    return sum(items)
```

The finding stands at the definition when it is in the same file, and at the change otherwise.

**Silent** for what is visible outside the workspace (exported names, public members), since others
may use it; for tests, entry points, decorated and overriding members, members of types with bases
outside the workspace, names that are mentioned anywhere in a way that cannot be told apart, and in
languages whose uses in other files are not followed (Dart, Haskell, Zig).

**Suppress** with `pairwright: ignore[dead-code-introduced]` in a comment on the definition's line.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator

from pairwright_analyzers.diff import ChangeKind
from pairwright_analyzers.facts import FileFacts
from pairwright_analyzers.graph import CodeGraph, SymbolId
from pairwright_analyzers.graph.queries import is_unreferenced, resolve
from pairwright_analyzers.rules.model import ReviewContext, Rule
from pairwright_analyzers.sites import evidence
from pairwright_analyzers.types import (
    CALLABLE_KINDS,
    ROLE_MASK,
    Confidence,
    Finding,
    Location,
    Related,
    Role,
    Severity,
    Span,
    Symbol,
    SymbolFlag,
)

ID = "dead-code-introduced"

_NO_USE = frozenset({Role.DEFINE, Role.BIND, Role.OUTER, Role.KEYWORD, Role.IMPORT})


def check(ctx: ReviewContext) -> Iterator[Finding]:
    """One finding a private symbol that the change left without a use."""
    if ctx.graph.is_test_path(ctx.path) or not ctx.after.spec.links_files:
        return
    yield from _left_behind(ctx)
    yield from _never_used(ctx)


def _left_behind(ctx: ReviewContext) -> Iterator[Finding]:
    """Symbols that the base revision of this file used and that nothing uses now."""
    if ctx.before is None or ctx.base_graph is None:
        return
    facts = ctx.before.facts
    was, now_mentioned = _mentions(facts), _mentions(ctx.after.facts)
    # A use that is only spelled anew (`_round` -> `round`) is a rename on its way.
    respelled = {_bare(name) for name in now_mentioned if name not in was}
    seen: set[SymbolId] = set()
    for name, indexes in was.items():
        if len(indexes) <= len(now_mentioned.get(name, ())):
            continue
        if _bare(name) in respelled or not ctx.graph.workspace.files_defining(name):
            continue
        ctx.check()
        for target in _used(ctx.base_graph, ctx.path, indexes):
            now = _now(ctx, target)
            if now is None or now in seen:
                continue
            seen.add(now)
            symbol = ctx.graph.symbol(now)
            if not _private(ctx, now, symbol) or not _unused(ctx, now, symbol):
                continue
            location = ctx.graph.location(now)
            related: tuple[Related, ...] = ()
            if now.path != ctx.path:
                related = evidence([(location, f"'{symbol.name}' is here.")])
                location = Location(ctx.path, _first_change(ctx))
            yield Finding(
                ID,
                Severity.WARNING,
                location,
                f"This change took away the last use of '{symbol.name}'. Delete it too.",
                related,
                (),
                symbol.qualname,
                unnecessary=now.path == ctx.path,
            )


def _never_used(ctx: ReviewContext) -> Iterator[Finding]:
    for change in ctx.diff.of(ChangeKind.ADDED):
        ctx.check()
        symbol = change.after
        if symbol is None:
            continue
        here = SymbolId(ctx.path, symbol.index)
        if _private(ctx, here, symbol) and _unused(ctx, here, symbol):
            yield Finding(
                ID,
                Severity.HINT,
                Location(ctx.path, symbol.name_span),
                f"Nothing uses the new '{symbol.name}' yet. Use it, or delete it.",
                (),
                (),
                symbol.qualname,
                unnecessary=True,
            )


def _mentions(facts: FileFacts) -> dict[str, list[int]]:
    """Name -> the references that use it."""
    columns = facts.columns
    found: dict[int, list[int]] = defaultdict(list)
    for index, role in enumerate(columns.ref_roles):
        if role & ROLE_MASK not in _NO_USE:
            found[columns.ref_names[index]].append(index)
    return {columns.names[name]: indexes for name, indexes in found.items()}


def _bare(name: str) -> str:
    return name.replace("_", "").lower()


def _used(graph: CodeGraph, path: str, indexes: list[int]) -> Iterator[SymbolId]:
    """What references surely mean, each symbol once."""
    targets = {
        link.target
        for index in indexes
        for link in resolve(graph, path, index)
        if link.confidence is not Confidence.BY_NAME and link.target.index >= 0
    }
    yield from sorted(targets)


def _now(ctx: ReviewContext, target: SymbolId) -> SymbolId | None:
    """A symbol of the base graph in the graph of now."""
    if target.path != ctx.path:
        return target
    index = ctx.diff.pairs.get(target.index)
    return SymbolId(ctx.path, index) if index is not None else None


def _private(ctx: ReviewContext, symbol_id: SymbolId, symbol: Symbol) -> bool:
    """Whether only the workspace can use a symbol: it or what it lies in is not exported."""
    if symbol.flags & SymbolFlag.EXPORTED and not symbol.flags & SymbolFlag.PRIVATE:
        return False
    at = symbol.container
    while at >= 0:
        outer = ctx.graph.symbol(SymbolId(symbol_id.path, at))
        if outer.kind in CALLABLE_KINDS:
            # A local function may be handed out in ways that its name does not tell.
            return False
        at = outer.container
    return True


def _unused(ctx: ReviewContext, symbol_id: SymbolId, symbol: Symbol) -> bool:
    if symbol.name.startswith("__") or len(symbol.name.strip("_")) < 2:
        return False
    if ctx.graph.is_test_path(symbol_id.path):
        return False
    text = ctx.graph.workspace.text(symbol_id.path) or b""
    name = symbol.name.encode()
    if b'"%s"' % name in text or b"'%s'" % name in text:
        return False
    return is_unreferenced(ctx.graph, symbol_id, ctx.check)


def _first_change(ctx: ReviewContext) -> Span:
    line = ctx.changed[0].start if ctx.changed else 0
    lines = ctx.after.lines
    text = lines.line_text(line)
    start = lines.line_start(line) + len(text) - len(text.lstrip())
    return Span(start, max(start, lines.line_start(line) + len(text.rstrip())))


RULE = Rule(
    ID,
    "The change leaves code that nothing uses",
    Severity.WARNING,
    check,
    __doc__ or "",
)
