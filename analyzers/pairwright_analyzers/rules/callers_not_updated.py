"""A signature changed, and calls elsewhere still fit only the old one.

**Why.** The file you save is right; the files that call into it are the ones that break, often only
when they run.

Before:

```python
# prices.py
def total(items, rate): ...

# cart.py
print(total(items, 0.2))
```

After `rate` was removed in `prices.py`, the call in `cart.py` passes one argument too many. The
finding stands at `total`, names every such call, and its fix updates those where the new call is
certain:

```python
# cart.py
print(total(items))
```

The fix drops arguments of removed parameters, renames keywords, reorders positional arguments,
turns them into keywords where the parameter became keyword-only, and writes out a literal default
that was taken away. A new required parameter has no certain value: those calls are named, not
changed.

A call that still fits, but whose arguments now reach other parameters than before (a parameter
was inserted or two were swapped), is reported when the arguments' own names say that they are
misplaced.

**Silent** for calls that did not fit the old signature either (a decorator may have changed it),
for calls with spreads (`*args`), for calls linked by name only, and where another overload fits.

**Suppress** with `pairwright: ignore[callers-not-updated]` in a comment on the definition's line.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator, Sequence

from pairwright_analyzers.diff import ChangeKind, SymbolChange
from pairwright_analyzers.graph import SymbolId
from pairwright_analyzers.graph.queries import resolve
from pairwright_analyzers.rules.model import ReviewContext, Rule
from pairwright_analyzers.signatures import (
    call_problem,
    incompatible,
    moved_arguments,
    updated_arguments,
)
from pairwright_analyzers.sites import (
    CallSite,
    call_sites,
    counted,
    evidence,
    in_files,
    passes_receiver,
    signature_at,
    signature_in,
)
from pairwright_analyzers.types import (
    CALLABLE_KINDS,
    Argument,
    Confidence,
    Finding,
    Fix,
    Location,
    Parameter,
    Severity,
    Signature,
    SourceChange,
    Symbol,
    SymbolKind,
    TextEdit,
)

ID = "callers-not-updated"

_LAST_NAME = re.compile(r"[A-Za-z_$][\w$]*$")


def check(ctx: ReviewContext) -> Iterator[Finding]:
    """One finding a changed signature that some call no longer fits."""
    if ctx.before is None:
        return
    for change in ctx.diff.of(ChangeKind.SIGNATURE, ChangeKind.RENAMED):
        ctx.check()
        if change.header_changed and change.symbol.kind in CALLABLE_KINDS:
            yield from _finding(ctx, change)


def _finding(ctx: ReviewContext, change: SymbolChange) -> Iterator[Finding]:
    old, new = change.before, change.after
    assert ctx.before is not None and old is not None and new is not None
    spec = ctx.after.spec
    before = signature_in(spec, old, ctx.before.facts.symbols)
    after = signature_in(spec, new, ctx.after.facts.symbols)
    reasons = incompatible(spec, before, after)
    if before.parameters == after.parameters or not reasons:
        return
    here = SymbolId(ctx.path, new.index)
    broken: list[tuple[CallSite, str]] = []
    for site in call_sites(ctx.graph, here, ctx.check):
        problem = _problem(ctx, site, before, after, here)
        if problem:
            broken.append((site, problem))
    if not broken:
        return
    sure = any(site.confidence is Confidence.EXACT for site, _ in broken)
    places = [(site.location, f"{problem[0].upper()}{problem[1:]}.") for site, problem in broken]
    files = [site.location.path for site, _ in broken]
    told = "; ".join(reasons[:3])
    verb = "does" if len(broken) == 1 else "do"
    yield Finding(
        ID,
        Severity.ERROR if sure else Severity.WARNING,
        Location(ctx.path, new.name_span),
        f"{counted(len(broken), 'call')} of '{_called(ctx, new)}'{in_files(files)}"
        f" {verb} not fit its new signature ({told})."
        f" Update {'it' if len(broken) == 1 else 'them'}.",
        evidence(places),
        _fixes(broken, before, after),
        new.qualname,
    )


def _called(ctx: ReviewContext, symbol: Symbol) -> str:
    """What a person calls it: a constructor by its type's name."""
    if symbol.kind is SymbolKind.CONSTRUCTOR and symbol.container >= 0:
        return ctx.after.facts.qualname(symbol.container)
    return symbol.qualname


def _problem(
    ctx: ReviewContext, site: CallSite, before: Signature, after: Signature, here: SymbolId
) -> str | None:
    receiver = passes_receiver(before) or passes_receiver(after)
    if site.bound is None and receiver:
        return None
    bound = bool(site.bound)
    if call_problem(site.spec, before, site.call, bound=bound) is not None:
        return None
    problem = call_problem(site.spec, after, site.call, bound=bound)
    if problem is None:
        moved = moved_arguments(site.spec, before, after, site.call, bound=bound)
        return _misplaced(site.text, moved)
    for link in resolve(ctx.graph, site.location.path, site.reference):
        if link.target == here or link.target.index < 0:
            continue
        other = ctx.graph.symbol(link.target)
        if other.kind in CALLABLE_KINDS and not call_problem(
            site.spec, signature_at(ctx.graph, link.target), site.call, bound=bound
        ):
            return None
    if site.spec.arguments.overloads and _overload_fits(ctx, site, here):
        return None
    return problem


def _overload_fits(ctx: ReviewContext, site: CallSite, here: SymbolId) -> bool:
    """Whether another definition of the same name in the same place takes the call."""
    symbols = ctx.after.facts.symbols
    name = symbols[here.index].qualname
    return any(
        call_problem(
            site.spec,
            signature_in(ctx.after.spec, one, symbols),
            site.call,
            bound=bool(site.bound),
        )
        is None
        for one in symbols
        if one.qualname == name and one.index != here.index and one.kind in CALLABLE_KINDS
    )


def _misplaced(text: bytes, moved: Sequence[tuple[Argument, Parameter, Parameter]]) -> str | None:
    """Why moved arguments are surely misplaced: one is named like the parameter it no longer
    reaches.
    """
    for argument, was, now in moved:
        value = text[argument.value.start : argument.value.end].decode("utf-8", "replace")
        found = _LAST_NAME.search(value)
        if found and found.group().lstrip("_") == was.name.lstrip("_") != now.name.lstrip("_"):
            return f"'{value}' now reaches '{now.name}' instead of '{was.name}'"
    return None


def _fixes(
    broken: Sequence[tuple[CallSite, str]], before: Signature, after: Signature
) -> tuple[Fix, ...]:
    edits: dict[str, list[TextEdit]] = defaultdict(list)
    updated = 0
    for site, _ in broken:
        found = updated_arguments(
            site.spec, before, after, site.call, site.text, bound=bool(site.bound)
        )
        known = edits[site.location.path]
        # A call inside another's arguments is written again with them: one at a time.
        if found and not any(one.span.overlaps(site.call.span) for one in known):
            known.extend(found)
            updated += 1
    if not updated:
        return ()
    title = f"Update {counted(updated, 'call')}"
    if updated < len(broken):
        title += f" of {len(broken)}"
    change = SourceChange({path: tuple(one) for path, one in edits.items() if one})
    # An argument that goes may have said what the caller wanted: a person looks at those.
    safe = all(edit.new_text for one in edits.values() for edit in one)
    return (Fix(title, change, safe=safe),)


RULE = Rule(
    ID,
    "Calls do not fit a changed signature",
    Severity.ERROR,
    check,
    __doc__ or "",
)
