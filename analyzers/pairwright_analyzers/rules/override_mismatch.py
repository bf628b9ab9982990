"""An override no longer fits its base, or a changed base leaves its overrides behind.

**Why.** Code that holds the base calls the override with the base's arguments. The call fails only
for that subtype, far from both definitions.

Before:

```python
class Shape:
    def draw(self, canvas): ...

class Circle(Shape):
    def draw(self, canvas): ...
```

When `draw` gets a parameter in one of the two classes and not in the other, the finding stands at
the definition that changed and names the one that did not:

```python
class Circle(Shape):
    def draw(self, canvas, colour): ...   # it requires 'colour', which the base does not
```

In Go, where nothing says that a type implements an interface, a changed interface names the types
that had all its methods until then.

Counts, required parameters and keyword-only names are compared; names of positional parameters may
differ. A new parameter with a default fits.

**Silent** for constructors, private names, static members, overloads, decorated members, bases
that take anything (`*args, **kwargs`), new classes in tests, and pairs that did not fit before
the change either.

**Suppress** with `pairwright: ignore[override-mismatch]` in a comment on the definition's line.
"""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterator

from pairwright_analyzers.diff import ChangeKind, SymbolChange
from pairwright_analyzers.graph import CodeGraph, SymbolId
from pairwright_analyzers.graph.queries import members_of, overridden_by, overrides
from pairwright_analyzers.languages.spec import LanguageSpec
from pairwright_analyzers.rules.model import ReviewContext, Rule
from pairwright_analyzers.signatures import fits_override
from pairwright_analyzers.sites import (
    counted,
    evidence,
    in_files,
    owner_of,
    signature_at,
)
from pairwright_analyzers.types import (
    Confidence,
    Finding,
    Location,
    ParameterKind,
    Severity,
    Signature,
    Symbol,
    SymbolFlag,
    SymbolKind,
)

ID = "override-mismatch"

_NOT_JUDGED = SymbolFlag.STATIC | SymbolFlag.PROPERTY | SymbolFlag.OVERLOAD | SymbolFlag.PRIVATE

_PACKAGE = re.compile(r"\b\w+\.(?=\w)")


def check(ctx: ReviewContext) -> Iterator[Finding]:
    """One finding a changed or added member that does not fit its base or its overrides."""
    for change in ctx.diff.of(ChangeKind.ADDED, ChangeKind.SIGNATURE, ChangeKind.RENAMED):
        ctx.check()
        symbol = change.after
        if symbol is None or not _judged(symbol):
            continue
        if change.before is None and ctx.graph.is_test_path(ctx.path):
            # Doubles and fixtures of tests stand in for as much of a base as the test needs.
            continue
        here = SymbolId(ctx.path, symbol.index)
        owner = owner_of(ctx.graph, here)
        if owner is None or _has_overloads(ctx.graph, owner, symbol):
            continue
        if ctx.after.spec.resolver == "go":
            left = _against_implementations(ctx, change, owner)
            if left is not None:
                yield left
            continue
        below = _against_base(ctx, change, here, owner)
        if below is not None:
            yield below
        elif change.before is not None:
            above = _against_overrides(ctx, change, here, owner)
            if above is not None:
                yield above


def _judged(symbol: Symbol) -> bool:
    private = symbol.name.startswith("__") and not symbol.name.endswith("__")
    return symbol.kind is SymbolKind.METHOD and not symbol.flags & _NOT_JUDGED and not private


def _has_overloads(graph: CodeGraph, owner: SymbolId, symbol: Symbol) -> bool:
    return len(graph.resolver.own_members(owner, symbol.name)) > 1


def _against_base(
    ctx: ReviewContext, change: SymbolChange, here: SymbolId, owner: SymbolId
) -> Finding | None:
    spec = ctx.after.spec
    symbol = ctx.graph.symbol(here)
    if _needs_mark(spec) and not symbol.flags & SymbolFlag.OVERRIDE:
        return None
    ancestors = dict(ctx.graph.resolver.ancestors(owner))
    ours = signature_at(ctx.graph, here)
    for base in overrides(ctx.graph, here):
        base_owner = owner_of(ctx.graph, base)
        confidence = ancestors.get(base_owner) if base_owner is not None else None
        if confidence is None or confidence is Confidence.BY_NAME or base_owner is None:
            continue
        theirs = ctx.graph.symbol(base)
        if not _comparable(symbol, theirs) or _has_overloads(ctx.graph, base_owner, theirs):
            return None
        problem = fits_override(spec, signature_at(ctx.graph, base), ours)
        if problem is None or _was_so_before(ctx, change, base):
            return None
        location = ctx.graph.location(base)
        return Finding(
            ID,
            Severity.WARNING,
            Location(ctx.path, symbol.name_span),
            f"'{symbol.qualname}' does not fit '{theirs.qualname}', which it overrides: {problem}."
            " Give both the same parameters.",
            evidence([(location, f"'{theirs.qualname}' is overridden.")]),
            (),
            symbol.qualname,
        )
    return None


def _was_so_before(ctx: ReviewContext, change: SymbolChange, base: SymbolId) -> bool:
    """Whether the override did not fit in the base revision either."""
    if change.before is None or ctx.base_graph is None or change.kind is ChangeKind.RENAMED:
        return False
    was = signature_at(ctx.base_graph, SymbolId(ctx.path, change.before.index))
    if base.path != ctx.path:
        return fits_override(ctx.after.spec, signature_at(ctx.graph, base), was) is not None
    for old, new in ctx.diff.pairs.items():
        if new == base.index:
            theirs = signature_at(ctx.base_graph, SymbolId(ctx.path, old))
            return fits_override(ctx.after.spec, theirs, was) is not None
    return False


def _against_overrides(
    ctx: ReviewContext, change: SymbolChange, here: SymbolId, owner: SymbolId
) -> Finding | None:
    assert change.before is not None
    if ctx.base_graph is None or change.kind is ChangeKind.RENAMED:
        return None
    spec = ctx.after.spec
    symbol = ctx.graph.symbol(here)
    before = signature_at(ctx.base_graph, SymbolId(ctx.path, change.before.index))
    after = signature_at(ctx.graph, here)
    left: list[tuple[Location, str]] = []
    for one in overridden_by(ctx.graph, here, ctx.check):
        theirs = ctx.graph.symbol(one)
        below = owner_of(ctx.graph, one)
        if below is None or not _judged(theirs) or not _comparable(symbol, theirs):
            continue
        confidence = dict(ctx.graph.resolver.ancestors(below)).get(owner)
        if confidence is None or confidence is Confidence.BY_NAME:
            continue
        if _needs_mark(spec) and not theirs.flags & SymbolFlag.OVERRIDE:
            continue
        signature = signature_at(ctx.graph, one)
        problem = fits_override(spec, after, signature)
        if problem is None and spec.arguments.exact_overrides:
            problem = _other_types(before, after, signature)
        if problem is not None and fits_override(spec, before, signature) is None:
            left.append((ctx.graph.location(one), f"'{theirs.qualname}': {problem}."))
    if not left:
        return None
    where = in_files([location.path for location, _ in left])
    verb = "does" if len(left) == 1 else "do"
    return Finding(
        ID,
        Severity.WARNING,
        Location(ctx.path, symbol.name_span),
        f"{counted(len(left), 'override')} of '{symbol.qualname}'{where} {verb} not fit its new"
        f" signature. Change {'it' if len(left) == 1 else 'them'} too.",
        evidence(left),
        (),
        symbol.qualname,
    )


def _needs_mark(spec: LanguageSpec) -> bool:
    """Whether a member with other parameters is an overload unless it says that it overrides."""
    return spec.arguments.overloads and spec.arguments.exact_overrides


def _other_types(before: Signature, after: Signature, override: Signature) -> str | None:
    """Whether an override had its base's very types and has them no longer."""
    ours = _types(override)
    if ours == _types(before) and ours != _types(after):
        return "its types are those that the base had before"
    return None


def _types(signature: Signature) -> tuple[str, ...]:
    """The types of parameters and result, without the packages they are named by."""
    told = [
        parameter.annotation
        for parameter in signature.parameters
        if parameter.kind is not ParameterKind.RECEIVER
    ]
    return tuple("".join(_PACKAGE.sub("", one).split()) for one in [*told, signature.returns])


def _against_implementations(
    ctx: ReviewContext, change: SymbolChange, owner: SymbolId
) -> Finding | None:
    """Go: types that had every method of the interface, before this one changed."""
    old, new = change.before, change.after
    if old is None or new is None or ctx.base_graph is None:
        return None
    if change.kind is not ChangeKind.SIGNATURE or owner.path != ctx.path:
        return None
    if ctx.graph.symbol(owner).kind is not SymbolKind.INTERFACE:
        return None
    before = _types(signature_at(ctx.base_graph, SymbolId(ctx.path, old.index)))
    if before == _types(signature_at(ctx.graph, SymbolId(ctx.path, new.index))):
        return None
    others = [
        one
        for one in members_of(ctx.graph, owner)
        if one.index != new.index and ctx.graph.symbol(one).kind is SymbolKind.METHOD
    ]
    wanted = {ctx.graph.symbol(one).name: _types(signature_at(ctx.graph, one)) for one in others}
    left: list[tuple[Location, str]] = []
    name = ""
    for path in ctx.graph.workspace.files_defining(new.name):
        ctx.check()
        facts = ctx.graph.workspace.facts(path)
        for index in facts.symbols_named(new.name) if facts is not None else ():
            one = SymbolId(path, index)
            symbol = ctx.graph.symbol(one)
            holder = owner_of(ctx.graph, one) if symbol.owner else None
            if holder is None or holder == owner or not path.endswith(".go"):
                continue
            near = posixpath.dirname(path) == posixpath.dirname(ctx.path)
            if _types(signature_at(ctx.graph, one)) != before or not (wanted or near):
                continue
            if all(_has(ctx.graph, holder, *item) for item in wanted.items()):
                name = symbol.qualname
                left.append((ctx.graph.location(one), f"'{name}' has the old signature."))
    if not left:
        return None
    interface = ctx.graph.symbol(owner).qualname
    told = f"'{name}'" if len(left) == 1 else f"their '{new.name}'"
    return Finding(
        ID,
        Severity.WARNING,
        Location(ctx.path, new.name_span),
        f"{counted(len(left), 'type')} had every method of '{interface}' and"
        f" {'has' if len(left) == 1 else 'have'} no longer: {told} does not fit the new signature."
        f" Change {'it' if len(left) == 1 else 'them'} too.",
        evidence(left),
        (),
        new.qualname,
    )


def _has(graph: CodeGraph, holder: SymbolId, name: str, types: tuple[str, ...]) -> bool:
    return any(
        _types(signature_at(graph, one)) == types
        for one in graph.resolver.own_members(holder, name)
        if graph.symbol(one).kind is SymbolKind.METHOD
    )


def _comparable(one: Symbol, other: Symbol) -> bool:
    """Whether two members are called the same way: neither decorated, both or none a class's."""
    if (one.flags | other.flags) & _NOT_JUDGED:
        return False
    for symbol in (one, other):
        plain = SymbolFlag.CLASS_METHOD | SymbolFlag.ABSTRACT | SymbolFlag.OVERRIDE
        if symbol.flags & SymbolFlag.DECORATED and not symbol.flags & plain:
            return False
    return not (one.flags ^ other.flags) & SymbolFlag.CLASS_METHOD and other.kind is one.kind


RULE = Rule(
    ID,
    "An override does not fit its base",
    Severity.WARNING,
    check,
    __doc__ or "",
)
