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

**Silent** in workspaces without tests of the file's language, in languages whose uses in other
files are not followed (Dart, Haskell, Zig), for tests themselves, declarations, trivial bodies
(under three lines), changes of comments, layout and types, constructors and local functions,
decorated symbols and members that a base outside or an interface may call, entry points, functions
that only another reported one leads to, and whenever a test file so much as mentions the symbol,
its type, or one of its users.

**Suppress** with `pairwright: ignore[untested-change]` in a comment on the definition's line.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator

from pairwright_analyzers.diff import ChangeKind, SymbolChange
from pairwright_analyzers.graph import SymbolId
from pairwright_analyzers.graph.queries import overrides, references_to
from pairwright_analyzers.rules.model import ReviewContext, Rule, Version
from pairwright_analyzers.sites import counted, owner_of
from pairwright_analyzers.syntax import span_of
from pairwright_analyzers.types import (
    CALLABLE_KINDS,
    Confidence,
    Finding,
    Location,
    Role,
    Severity,
    Symbol,
    SymbolFlag,
    SymbolKind,
)

ID = "untested-change"

_LEAST_LINES = 3
_MOST_USERS = 60
"""Users after which a symbol is taken for reached: so many are not all untested."""
_MOST_FILES = 30
"""Files that mention a name, from which on it is too common to follow."""
_CALLED_BY_OTHERS = (
    SymbolFlag.DECORATED | SymbolFlag.ABSTRACT | SymbolFlag.OVERRIDE | SymbolFlag.TEST
)
_ENTRY_POINTS = frozenset({"main", "init", "setup"})


def check(ctx: ReviewContext) -> Iterator[Finding]:
    """One hint a changed function that no test reaches, those it leads to counted in."""
    if not ctx.after.spec.links_files or ctx.graph.is_test_path(ctx.path) or not _has_tests(ctx):
        return
    untested: dict[SymbolId, tuple[SymbolChange, set[SymbolId]]] = {}
    kinds = (ChangeKind.ADDED, ChangeKind.SIGNATURE, ChangeKind.BODY)
    for change in ctx.diff.of(*kinds):
        ctx.check()
        symbol = change.after
        if symbol is None or not _worth_a_test(ctx, symbol):
            continue
        if change.before is not None and _same_code(ctx, change.before, symbol):
            continue
        here = SymbolId(ctx.path, symbol.index)
        users = _untested_users(ctx, here)
        if users is not None:
            untested[here] = (change, users)
    for here, (change, users) in untested.items():
        if users & untested.keys():
            # A test of the user is a test of what it uses.
            continue
        used = sum(here in others for _, others in untested.values())
        told = f", nor {counted(used, 'other')} that it leads to" if used else ""
        yield Finding(
            ID,
            Severity.HINT,
            Location(ctx.path, change.symbol.name_span),
            f"No test reaches '{change.symbol.qualname}', which this change"
            f" {'adds' if change.before is None else 'touches'}{told}.",
            symbol=change.symbol.qualname,
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


def _same_code(ctx: ReviewContext, old: Symbol, new: Symbol) -> bool:
    """Whether two versions differ in layout, comments, documentation or types only."""
    assert ctx.before is not None
    return _tokens(ctx.before, old) == _tokens(ctx.after, new)


def _tokens(version: Version, symbol: Symbol) -> list[bytes]:
    """The leaves of a body's tree, without what does not run and without commas."""
    node = version.parsed.root.descendant_for_byte_range(symbol.body_start, symbol.span.end)
    found: list[bytes] = []
    waiting = [node] if node is not None else []
    while waiting:
        one = waiting.pop()
        if "comment" in one.type or (symbol.doc and span_of(one) == symbol.doc):
            continue
        if one.children and one.type != "string":
            waiting.extend(reversed(one.children))
        elif one.start_byte >= symbol.body_start and one.type != ",":
            found.append(version.text[one.start_byte : one.end_byte])
    return found


def _untested_users(ctx: ReviewContext, here: SymbolId) -> set[SymbolId] | None:
    """Everything that leads to a symbol, when no test does; None when one does.

    Also None where that cannot be told: links by name only, members that a base outside or an
    interface may call, names in too many files to follow.
    """
    seen = {here}
    waiting = deque([here])
    while waiting:
        current = waiting.popleft()
        if len(seen) > _MOST_USERS or _mentioned(ctx, current):
            return None
        ctx.check()
        symbol = ctx.graph.symbol(current)
        if len(ctx.graph.workspace.files_mentioning(symbol.name)) > _MOST_FILES:
            return None
        owner = owner_of(ctx.graph, current)
        if owner is not None and ctx.graph.resolver.has_open_bases(owner):
            return None
        users = set(overrides(ctx.graph, current))
        if owner is not None and symbol.kind is SymbolKind.CONSTRUCTOR:
            users.add(owner)
        references = references_to(ctx.graph, current, ctx.check)
        if owner is not None and not references and symbol.flags & SymbolFlag.EXPORTED:
            return None
        for reference in references:
            if reference.confidence is Confidence.BY_NAME:
                return None
            if reference.role is Role.IMPORT:
                continue
            if reference.within.index < 0:
                # What a module does while it is loaded happens in every test that imports it.
                return None
            users.add(reference.within)
        if owner is not None and _of_an_interface(ctx, current, symbol):
            return None
        waiting.extend(users - seen)
        seen |= users
    return seen - {here}


def _of_an_interface(ctx: ReviewContext, member: SymbolId, symbol: Symbol) -> bool:
    """Whether an interface has a member of that name, over which it may be called (Go)."""
    for path in ctx.graph.workspace.files_defining(symbol.name):
        facts = ctx.graph.workspace.facts(path)
        for index in facts.symbols_named(symbol.name) if facts is not None else ():
            container = facts.symbol_container(index) if facts is not None else -1
            if facts is None or container < 0 or SymbolId(path, index) == member:
                continue
            if facts.symbol_kind(container) is SymbolKind.INTERFACE:
                return True
    return False


def _mentioned(ctx: ReviewContext, symbol_id: SymbolId) -> bool:
    names = [ctx.graph.symbol(symbol_id).name]
    owner = owner_of(ctx.graph, symbol_id)
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
