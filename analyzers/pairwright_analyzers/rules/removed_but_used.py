"""A symbol was removed or renamed, and code that is still there uses it.

**Why.** The use fails when it runs: an import error at start at best, an attribute error in a rare
branch at worst.

Before:

```python
# shop.py
def net_price(item): ...

# cart.py
from shop import net_price
print(net_price(3))
```

After `net_price` was renamed to `price_without_tax` in `shop.py`, the finding stands at the new
name, lists both lines of `cart.py`, and its fix renames them:

```python
# cart.py
from shop import price_without_tax
print(price_without_tax(3))
```

Where a symbol is gone for good, the finding stands where it was and has no fix.

**Silent** where the name still means something (it moved and is imported from its new place, a base
class or another definition provides it), for members of types that answer for any name
(`__getattr__`, `method_missing`) or that inherit from outside the workspace, for imports that are
guarded by `except ImportError`, and for uses linked by name only.

**Suppress** with `pairwright: ignore[removed-but-used]` in a comment on the finding's line.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence

from pairwright_analyzers.diff import ChangeKind, SymbolChange
from pairwright_analyzers.edits import minimal_edits
from pairwright_analyzers.graph import CodeGraph, SymbolId
from pairwright_analyzers.graph.entities import InstanceEntity, SymbolEntity
from pairwright_analyzers.graph.queries import references_to
from pairwright_analyzers.rules.model import ReviewContext, Rule
from pairwright_analyzers.sites import (
    counted,
    evidence,
    in_files,
    is_guarded_import,
    owner_of,
)
from pairwright_analyzers.types import (
    CALLABLE_KINDS,
    CONTAINER_KINDS,
    TYPE_KINDS,
    Confidence,
    Finding,
    Fix,
    Location,
    Reference,
    Role,
    Severity,
    SourceChange,
    Span,
    Symbol,
    SymbolKind,
    TextEdit,
)

ID = "removed-but-used"

_JUDGED = (CALLABLE_KINDS | TYPE_KINDS) - {SymbolKind.TEST} | {
    SymbolKind.PROPERTY,
    SymbolKind.FIELD,
    SymbolKind.VARIABLE,
    SymbolKind.CONSTANT,
    SymbolKind.ENUM_MEMBER,
}
_IGNORED_ROLES = frozenset({Role.DEFINE, Role.BIND, Role.OUTER, Role.KEYWORD})

Use = tuple[Location, Confidence, bool]
"""Where a gone symbol is used, how surely, and whether the old name stands there (not an alias)."""


def check(ctx: ReviewContext) -> Iterator[Finding]:
    """One finding a symbol that is gone and still used."""
    if ctx.before is None or ctx.base_graph is None:
        return
    kept = {symbol.qualname for symbol in ctx.after.facts.symbols}
    gone = {
        change.before.index
        for change in ctx.diff.of(ChangeKind.REMOVED)
        if change.before is not None
    }
    for change in ctx.diff.of(ChangeKind.REMOVED, ChangeKind.RENAMED):
        ctx.check()
        old = change.before
        assert old is not None
        if old.kind not in _JUDGED or old.qualname in kept or old.container in gone:
            continue
        uses = _uses_elsewhere(ctx, ctx.base_graph, old) + _uses_here(ctx, ctx.base_graph, old)
        if change.kind is ChangeKind.RENAMED:
            uses = [use for use in uses if use[2]]
        if uses:
            yield _finding(ctx, change, old, uses)


def _finding(ctx: ReviewContext, change: SymbolChange, old: Symbol, uses: Sequence[Use]) -> Finding:
    sure = any(confidence is Confidence.EXACT for _, confidence, _ in uses)
    where = in_files([location.path for location, _, _ in uses])
    places = counted(len(uses), "place")
    it = "it" if len(uses) == 1 else "them"
    if change.after is not None:
        message = (
            f"'{old.name}' was renamed to '{change.after.name}', but {places}{where} still"
            f" {'says' if len(uses) == 1 else 'say'} '{old.name}'. Rename {it}."
        )
        span = change.after.name_span
        related = f"Still says '{old.name}'."
    else:
        message = (
            f"'{old.name}' was removed, but {places}{where} still"
            f" {'uses' if len(uses) == 1 else 'use'} it. Restore it, or change {it}."
        )
        span = _place_of_removed(ctx, old.span.start)
        related = f"Uses '{old.name}'."
    return Finding(
        ID,
        Severity.ERROR if sure else Severity.WARNING,
        Location(ctx.path, span),
        message,
        evidence([(location, related) for location, _, _ in uses]),
        _fixes(ctx, change, uses),
        old.qualname,
    )


def _uses_elsewhere(ctx: ReviewContext, base: CodeGraph, old: Symbol) -> list[Use]:
    """Uses in other files that meant the symbol and now mean nothing."""
    gone = SymbolId(ctx.path, old.index)
    if _provided_otherwise(ctx, base, gone):
        return []
    found: list[Use] = []
    for one in references_to(base, gone, ctx.check):
        path = one.location.path
        if path == ctx.path or one.confidence is Confidence.BY_NAME:
            continue
        now = ctx.graph.resolver.resolve(path, one.reference)
        if any(confidence is not Confidence.BY_NAME for _, confidence in now):
            continue
        if one.role is Role.IMPORT and is_guarded_import(ctx.graph, path, one.location.span):
            return []
        facts = ctx.graph.workspace.facts(path)
        assert facts is not None
        plain = facts.reference(one.reference).name == old.name
        if not plain and one.role is Role.IMPORT:
            # The alias stands beside the name that it is for.
            continue
        found.append((one.location, one.confidence, plain))
    return found


def _provided_otherwise(ctx: ReviewContext, base: CodeGraph, gone: SymbolId) -> bool:
    """Whether something answers for names that are not there: a hook, or a base outside."""
    hooks = ctx.after.spec.dynamic_hooks
    owner = owner_of(base, gone)
    if owner is None:
        return any(
            symbol.name in hooks and symbol.container < 0 for symbol in ctx.after.facts.symbols
        )
    if base.resolver.has_open_bases(owner):
        return True
    everyone = (owner, *(one for one, _ in base.resolver.ancestors(owner)))
    return any(base.resolver.own_members(one, hook) for one in everyone for hook in hooks)


def _uses_here(ctx: ReviewContext, base: CodeGraph, old: Symbol) -> list[Use]:
    """Uses in the reviewed file, as it is now, that mean nothing and cannot mean anything else."""
    facts = ctx.after.facts
    gone = SymbolId(ctx.path, old.index)
    owner = owner_of(base, gone)
    if _provided_otherwise(ctx, base, gone):
        return []
    found: list[Use] = []
    for index in facts.references_named(old.name):
        reference = facts.reference(index)
        if reference.role in _IGNORED_ROLES or reference.role is Role.IMPORT:
            continue
        now = ctx.graph.resolver.resolve(ctx.path, index)
        if any(confidence is not Confidence.BY_NAME for _, confidence in now):
            continue
        if reference.member:
            sure = _member_use(ctx, owner, reference)
        else:
            sure = _bare_use(ctx, old, owner, reference)
        if sure is not None:
            found.append((Location(ctx.path, reference.span), sure, True))
    return found


def _bare_use(
    ctx: ReviewContext, old: Symbol, owner: SymbolId | None, reference: Reference
) -> Confidence | None:
    bindings = ctx.graph.resolver.bindings(ctx.path)
    assert bindings is not None
    if bindings.lookup(reference.name, reference.span.start):
        return None
    if any(item.name == "*" for item in bindings.imports):
        return None
    if owner is not None:
        return None
    if old.container >= 0 and ctx.before is not None:
        # A name that was local to a function or namespace is missed only within it.
        container = ctx.before.facts.symbol(old.container)
        now = ctx.diff.pairs.get(container.index)
        if now is None or not ctx.after.facts.symbol(now).span.covers(reference.span):
            return None
    return Confidence.EXACT


def _member_use(
    ctx: ReviewContext, owner: SymbolId | None, reference: Reference
) -> Confidence | None:
    """How surely a member was the one that is gone: its receiver's types all had it from there."""
    if owner is None or not reference.chained:
        return None
    now = ctx.diff.pairs.get(owner.index) if owner.path == ctx.path else owner.index
    if now is None:
        return None
    owner_now = SymbolId(owner.path, now)
    resolver = ctx.graph.resolver
    receivers = resolver.value(ctx.path, reference.index - 1, called=reference.called)
    if not receivers:
        return None
    weakest = Confidence.EXACT
    for entity, confidence in receivers:
        if not isinstance(entity, InstanceEntity | SymbolEntity):
            return None
        if entity.id != owner_now and owner_now not in dict(resolver.ancestors(entity.id)):
            return None
        if confidence is Confidence.BY_NAME or resolver.has_open_bases(entity.id):
            return None
        if confidence is Confidence.INFERRED:
            weakest = confidence
    return weakest


def _place_of_removed(ctx: ReviewContext, offset: int) -> Span:
    """The line of the new text where something stood at `offset` of the old one."""
    assert ctx.before is not None
    moved = 0
    at = offset
    for edit in minimal_edits(ctx.before.text, ctx.after.text):
        if edit.span.start > offset:
            break
        if offset < edit.span.end:
            at = edit.span.start
            break
        moved += len(edit.new_text.encode("utf-8", "surrogateescape")) - len(edit.span)
    lines = ctx.after.lines
    at = min(max(at + moved, 0), len(ctx.after.text))
    line = lines.line_of(at)
    while line > 0 and not lines.line_text(line).strip():
        line -= 1
    text = lines.line_text(line)
    start = lines.line_start(line) + len(text) - len(text.lstrip())
    return Span(start, max(start, lines.line_start(line) + len(text.rstrip())))


def _fixes(ctx: ReviewContext, change: SymbolChange, uses: Sequence[Use]) -> tuple[Fix, ...]:
    """Rename the uses, unless the new name means something else in one of their files."""
    old, new = change.before, change.after
    if new is None or old is None:
        return ()
    edits: dict[str, list[TextEdit]] = defaultdict(list)
    for location, _, plain in uses:
        if plain:
            edits[location.path].append(TextEdit(location.span, new.name))
    here = SymbolId(ctx.path, new.index)
    member = old.container >= 0 and ctx.after.facts.symbol_kind(new.container) in CONTAINER_KINDS
    for path in edits:
        facts = ctx.graph.workspace.facts(path)
        if facts is None:
            return ()
        for index in facts.references_named(new.name):
            if member or facts.reference(index).member:
                continue
            meant = ctx.graph.resolver.resolve(path, index)
            if not any(
                isinstance(entity, SymbolEntity) and entity.id == here for entity, _ in meant
            ):
                return ()
    if not edits:
        return ()
    total = sum(len(one) for one in edits.values())
    title = f"Rename {counted(total, 'use')} to '{new.name}'"
    change_of_files = SourceChange({path: tuple(one) for path, one in edits.items()})
    # Values say little about themselves, and a new header says that it may be another function.
    safe = old.kind in CALLABLE_KINDS | TYPE_KINDS and not change.header_changed
    return (Fix(title, change_of_files, safe=safe),)


RULE = Rule(
    ID,
    "A removed or renamed symbol is still used",
    Severity.ERROR,
    check,
    __doc__ or "",
)
