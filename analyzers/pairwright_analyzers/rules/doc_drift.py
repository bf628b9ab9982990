"""The documented parameters are not those of the signature any more.

**Why.** Who calls the function reads the documentation, and passes what is not there.

Before:

```python
def total(items, discount):
    \"\"\"Add up prices.

    Args:
        items: What was bought.
        rate: What is taken off.
    \"\"\"
```

The fix renames the entry, or takes it out where its parameter is gone:

```python
    Args:
        items: What was bought.
        discount: What is taken off.
```

It reads the styles of Google, NumPy and Sphinx in Python, JSDoc and TSDoc, Javadoc, PHPDoc, YARD,
Doxygen, C#'s XML comments, and the section `# Arguments` in Rust. Go documents parameters in prose:
nothing is compared there.

**Silent** where no parameter is documented at all, where neither the signature nor its
documentation changed, about differences that were there before, about entries that may stand for
keywords of a `**kwargs` or for a pattern that has no name, and about parameters that nobody
documented yet; one that is new is missed only where all others are documented.

**Suppress** with `pairwright: ignore[doc-drift]` in a comment above the documented function.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from pairwright_analyzers.languages.habits import DocEntry
from pairwright_analyzers.rules.model import ReviewContext, Rule, Version
from pairwright_analyzers.sites import signature_in
from pairwright_analyzers.types import (
    CALLABLE_KINDS,
    Finding,
    Fix,
    Location,
    ParameterKind,
    Severity,
    SourceChange,
    Span,
    Symbol,
    SymbolFlag,
    TextEdit,
)

ID = "doc-drift"


@dataclass(frozen=True, slots=True)
class _Documented:
    """A function's documentation beside its signature. `stale` are entries of no parameter,
    `missing` parameters without an entry.
    """

    entries: Sequence[DocEntry]
    parameters: Sequence[str]
    stale: Sequence[DocEntry]
    missing: Sequence[str]


def check(ctx: ReviewContext) -> Iterator[Finding]:
    """One finding a function whose documentation drifted."""
    if ctx.after.spec.habits.documented is None:
        return
    origin = {new: old for old, new in ctx.diff.pairs.items()}
    headers = {
        change.after.index
        for change in ctx.diff.changes
        if change.after is not None and (change.before is None or change.header_changed)
    }
    for symbol in ctx.after.facts.symbols:
        if symbol.doc is None or symbol.kind not in CALLABLE_KINDS:
            continue
        if not (ctx.whole or symbol.index in headers or ctx.touches(symbol.doc)):
            continue
        now = _documented(ctx.after, symbol)
        if now is None:
            continue
        old = None
        if ctx.before is not None and symbol.index in origin and not ctx.whole:
            old = ctx.before.facts.symbol(origin[symbol.index])
        yield from _finding(ctx, symbol, old, now)


def _finding(
    ctx: ReviewContext, symbol: Symbol, old: Symbol | None, now: _Documented
) -> Iterator[Finding]:
    was = _documented(ctx.before, old) if ctx.before is not None and old is not None else None
    known = {entry.name for entry in was.stale} if was is not None else set()
    stale = [entry for entry in now.stale if entry.name not in known]
    missing = _missed(was, now)
    assert symbol.doc is not None
    at = symbol.doc.start
    if stale:
        names = _listed([entry.name for entry in stale])
        verb = "is no parameter" if len(stale) == 1 else "are no parameters"
        message = f"The documentation of '{symbol.name}' describes {names}, which {verb} of it."
        renames = _renames(was, now, stale)
        if len(renames) == len(stale):
            new = _listed([renames[entry.name] for entry in stale])
            message += f" Describe {new} instead."
        else:
            message += " Bring the two together."
        yield Finding(
            ID,
            Severity.WARNING,
            Location(ctx.path, Span(at + stale[0].start, at + stale[0].end)),
            message,
            fixes=_fixes(ctx, symbol.doc, now, stale, renames),
            symbol=symbol.qualname,
        )
    elif missing:
        verb = "is" if len(missing) == 1 else "are"
        yield Finding(
            ID,
            Severity.INFORMATION,
            Location(ctx.path, symbol.name_span),
            f"{_listed(missing)} {verb} not documented, though all other parameters of"
            f" '{symbol.name}' are. Describe {'it' if len(missing) == 1 else 'them'}.",
            symbol=symbol.qualname,
        )


def _documented(version: Version, symbol: Symbol) -> _Documented | None:
    """The two sides; None where nothing is documented, or nothing can be compared."""
    documented = version.spec.habits.documented
    if documented is None or symbol.doc is None or symbol.flags & SymbolFlag.OVERLOAD:
        return None
    entries = tuple(documented(version.text[symbol.doc.start : symbol.doc.end]))
    if not entries:
        return None
    signature = signature_in(version.spec, symbol, version.facts.symbols)
    parameters: list[str] = []
    rest: set[str] = set()
    receivers: set[str] = set()
    closed = True
    for item in signature.parameters:
        name = item.name.lstrip("*&.$").rstrip("?")
        if item.kind is ParameterKind.RECEIVER or name in version.spec.habits.undocumented:
            # It may be documented (an extension method's first parameter), and need not be.
            receivers.add(name)
            continue
        if item.kind is ParameterKind.KEYWORD_VARIADIC or not name.isidentifier():
            closed = False
        if item.kind in (ParameterKind.VARIADIC, ParameterKind.KEYWORD_VARIADIC):
            rest.add(name)
        parameters.append(name)
    written = {entry.name.lstrip("$") for entry in entries} | rest
    return _Documented(
        entries,
        parameters,
        [
            entry
            for entry in entries
            if entry.name.lstrip("$") not in parameters
            and entry.name.lstrip("$") not in receivers
            and closed
        ],
        [name for name in parameters if name not in written and not name.startswith("_")],
    )


def _missed(was: _Documented | None, now: _Documented) -> list[str]:
    """Parameters that are new in a signature whose others were all documented."""
    if was is None or was.missing:
        return []
    fresh = [name for name in now.missing if name not in was.parameters and name.isidentifier()]
    return fresh if len(fresh) == len(now.missing) else []


def _renames(
    was: _Documented | None, now: _Documented, stale: Sequence[DocEntry]
) -> dict[str, str]:
    """Stale names -> the parameters that they became: those at the same place, or the only one that
    is left.
    """
    found: dict[str, str] = {}
    for entry in stale:
        name = entry.name.lstrip("$")
        if (
            was is not None
            and name in was.parameters
            and len(was.parameters) == len(now.parameters)
        ):
            here = now.parameters[was.parameters.index(name)]
            if here in now.missing:
                found[entry.name] = here
    single = len(stale) == 1 and len(now.missing) == 1
    if not found and single and len(now.entries) == len(now.parameters):
        found[stale[0].name] = now.missing[0]
    return found


def _fixes(
    ctx: ReviewContext,
    doc: Span,
    now: _Documented,
    stale: Sequence[DocEntry],
    renames: dict[str, str],
) -> tuple[Fix, ...]:
    text = ctx.after.text
    edits: list[TextEdit] = []
    dropped = 0
    for entry in stale:
        mark = "$" if entry.name.startswith("$") else ""
        if entry.name in renames:
            span = Span(doc.start + entry.start, doc.start + entry.end)
            edits.append(TextEdit(span, mark + renames[entry.name]))
            continue
        lines = text[doc.start + entry.first : doc.start + entry.last]
        alone = sum(other.first == entry.first for other in now.entries) == 1
        if not alone or entry.first == 0 or b"*/" in lines or b'"""' in lines or b"'''" in lines:
            return ()
        dropped += 1
        end = doc.start + entry.last
        if end == doc.end:
            # The last line of a run of comments: its line break lies behind the documentation.
            end += 2 if text[end : end + 2] == b"\r\n" else int(text[end : end + 1] == b"\n")
        edits.append(TextEdit(Span(doc.start + entry.first, end), ""))
    if not edits or dropped == len(now.entries):
        # The heading above the entries would be left alone.
        return ()
    if dropped == 0:
        title = (
            "Rename it in the documentation"
            if len(edits) == 1
            else "Rename them in the documentation"
        )
    else:
        title = "Bring the documentation up to date"
    return (Fix(title, SourceChange({ctx.path: tuple(edits)})),)


def _listed(names: Sequence[str]) -> str:
    quoted = [f"'{name}'" for name in names]
    if len(quoted) == 1:
        return quoted[0]
    return f"{', '.join(quoted[:-1])} and {quoted[-1]}"


RULE = Rule(
    ID,
    "The documentation describes other parameters",
    Severity.WARNING,
    check,
    __doc__ or "",
)
