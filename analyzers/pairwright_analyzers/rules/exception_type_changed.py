"""A function raises another exception than before, and its callers still catch the old one.

**Why.** The handler is dead and the new exception flies past it. Nothing says so until it happens.

Before:

```python
# store.py
def load(key):
    if key not in items:
        raise KeyError(key)

# page.py
try:
    load("x")
except KeyError:
    show_missing()
```

After `load` raises `NotFound` instead, the finding stands at `load` and lists the handlers that
name only `KeyError`.

**Silent** when a handler catches the new exception too, by its own name or by a base's; when the
handler catches everything; when the old exception is still raised by the function or by what it
calls directly; and for callers linked by name only.

**Suppress** with `pairwright: ignore[exception-type-changed]` in a comment on the definition's
line.
"""

from __future__ import annotations

import builtins
from collections.abc import Iterator
from typing import TYPE_CHECKING

from pairwright_analyzers.diff import ChangeKind, SymbolChange
from pairwright_analyzers.facts import FileFacts
from pairwright_analyzers.graph import CodeGraph, SymbolId
from pairwright_analyzers.graph.entities import SymbolEntity
from pairwright_analyzers.graph.queries import callees_of
from pairwright_analyzers.rules.model import ReviewContext, Rule
from pairwright_analyzers.sites import (
    CallSite,
    call_sites,
    counted,
    evidence,
    in_files,
    parsed_file,
)
from pairwright_analyzers.syntax import Parsed, ancestors, descendants, span_of
from pairwright_analyzers.types import (
    CALLABLE_KINDS,
    Confidence,
    Finding,
    Location,
    Role,
    Severity,
    Span,
    Symbol,
)

if TYPE_CHECKING:
    from tree_sitter import Node

ID = "exception-type-changed"

_RAISING = frozenset({"raise_statement", "throw_statement", "throw_expression"})
_TRYING = frozenset({"try_statement", "try_with_resources_statement"})
_CATCHING = frozenset({"except_clause", "catch_clause", "except_group_clause"})
_FUNCTIONS = frozenset(
    {
        "function_definition",
        "function_declaration",
        "method_definition",
        "method_declaration",
        "arrow_function",
        "function_expression",
        "lambda",
        "lambda_expression",
        "constructor_declaration",
        "local_function_statement",
        "anonymous_function",
    }
)
_EVERYTHING = frozenset({"Exception", "BaseException", "Throwable", "Error", "RuntimeException"})


def check(ctx: ReviewContext) -> Iterator[Finding]:
    """One finding a function whose new exceptions its callers do not catch."""
    if ctx.before is None:
        return
    for change in ctx.diff.of(ChangeKind.BODY, ChangeKind.SIGNATURE, ChangeKind.RENAMED):
        ctx.check()
        if change.symbol.kind in CALLABLE_KINDS:
            yield from _finding(ctx, change)


def _finding(ctx: ReviewContext, change: SymbolChange) -> Iterator[Finding]:
    old, new = change.before, change.after
    assert ctx.before is not None and old is not None and new is not None
    if not _may_raise(ctx.before.text, old) or not _may_raise(ctx.after.text, new):
        return
    was = _raised(ctx.before.parsed, ctx.before.facts, old)
    now = _raised(ctx.after.parsed, ctx.after.facts, new)
    gone, fresh = was - now, now - was
    if not gone or not fresh:
        return
    here = SymbolId(ctx.path, new.index)
    gone -= _raised_by_callees(ctx.graph, here)
    families = {name: _family(ctx.graph, ctx.path, name) for name in fresh}
    handlers: list[tuple[Location, str]] = []
    sure = False
    for site in call_sites(ctx.graph, here, ctx.check) if gone else ():
        for clauses in _handlers(ctx.graph, site):
            caught = {name for _, names in clauses for name in names}
            if not caught or caught & _EVERYTHING:
                break
            stale = sorted(caught & gone)
            if stale and not any(family & caught for family in families.values()):
                span = next(span for span, names in clauses if names & gone)
                listed = "' or '".join(sorted(fresh))
                handlers.append(
                    (
                        Location(site.location.path, span),
                        f"Catches '{stale[0]}', but not '{listed}'.",
                    )
                )
                sure = sure or site.confidence is Confidence.EXACT
                break
    if not handlers:
        return
    where = in_files([location.path for location, _ in handlers])
    yield Finding(
        ID,
        Severity.WARNING if sure else Severity.INFORMATION,
        Location(ctx.path, new.name_span),
        f"'{new.qualname}' raises {_listed(fresh)} where it raised {_listed(gone)} before, and"
        f" {counted(len(handlers), 'handler')} around its calls{where}"
        f" {'does' if len(handlers) == 1 else 'do'} not catch that.",
        evidence(handlers),
        (),
        new.qualname,
    )


def _listed(names: set[str]) -> str:
    return " or ".join(f"'{name}'" for name in sorted(names))


def _may_raise(text: bytes, symbol: Symbol) -> bool:
    body = text[symbol.body_start : symbol.span.end]
    return b"raise" in body or b"throw" in body


def _raised(parsed: Parsed, facts: FileFacts, symbol: Symbol) -> set[str]:
    """The names of the exceptions that a function's own code raises."""
    node = parsed.root.descendant_for_byte_range(symbol.body_start, symbol.span.end)
    if node is None:
        return set()
    found: set[str] = set()
    for one in descendants(node):
        if one.type in _RAISING and one.start_byte >= symbol.body_start:
            name = _exception(facts, span_of(one))
            if name:
                found.add(name)
    return found


def _exception(facts: FileFacts, span: Span) -> str:
    """The class that a raise names: what it calls, or a bare name with a capital."""
    names = [facts.reference(index) for index in facts.references_in(span)]
    for one in names:
        if one.role in (Role.CALL, Role.ANNOTATE) and one.name[:1].isupper():
            return one.name
        if one.role is Role.CALL:
            return ""
    if names and names[-1].name[:1].isupper():
        return names[-1].name
    return ""


def _raised_by_callees(graph: CodeGraph, here: SymbolId) -> set[str]:
    found: set[str] = set()
    for edge in callees_of(graph, here):
        if edge.confidence is Confidence.BY_NAME or edge.callee.index < 0:
            continue
        symbol = graph.symbol(edge.callee)
        facts = graph.workspace.facts(edge.callee.path)
        text = graph.workspace.text(edge.callee.path)
        if facts is None or text is None or symbol.kind not in CALLABLE_KINDS:
            continue
        parsed = parsed_file(graph, edge.callee.path) if _may_raise(text, symbol) else None
        if parsed is not None:
            found |= _raised(parsed, facts, symbol)
    return found


def _family(graph: CodeGraph, path: str, name: str) -> set[str]:
    """An exception's name and the names of its bases, as far as they are known."""
    found = {name}
    facts = graph.workspace.facts(path)
    for index in facts.references_named(name) if facts is not None else ():
        for entity, _ in graph.resolver.resolve(path, index):
            if not isinstance(entity, SymbolEntity) or entity.id.index < 0:
                continue
            everyone = (entity.id, *(one for one, _ in graph.resolver.ancestors(entity.id)))
            for one in everyone:
                found |= {graph.symbol(one).name, *_bases(graph, one)}
    spec = graph.spec(path)
    if spec is not None and spec.id == "python":
        # The hierarchy of Python's own exceptions is known to the interpreter that runs this.
        for known in list(found):
            kind = getattr(builtins, known, None)
            if isinstance(kind, type):
                found |= {base.__name__ for base in kind.__mro__}
    return found - {"object"}


def _bases(graph: CodeGraph, owner: SymbolId) -> Iterator[str]:
    """The names of a class's bases as its header writes them, those outside included."""
    facts = graph.workspace.facts(owner.path)
    symbol = graph.symbol(owner)
    if facts is None:
        return
    for index in facts.references_in(Span(symbol.span.start, symbol.body_start)):
        reference = facts.reference(index)
        if reference.role is Role.INHERIT:
            yield reference.name


def _handlers(graph: CodeGraph, site: CallSite) -> Iterator[list[tuple[Span, frozenset[str]]]]:
    """The handlers of each `try` around a call, innermost first: (where, names it catches)."""
    facts = graph.workspace.facts(site.location.path)
    if facts is None:
        return
    inner: Node = site.node
    for node in ancestors(site.node):
        if node.type in _FUNCTIONS:
            return
        if node.type in _TRYING and inner.type not in _CATCHING | {"finally_clause", "else_clause"}:
            clauses = [one for one in node.named_children if one.type in _CATCHING]
            if clauses:
                yield [(span_of(one), _caught(facts, site.text, one)) for one in clauses]
        inner = node


def _caught(facts: FileFacts, text: bytes, clause: Node) -> frozenset[str]:
    """The exceptions a clause names in its head, or tests for with `instanceof` in its body."""
    body = clause.child_by_field_name("body") or (
        clause.named_children[-1] if clause.named_children else None
    )
    end = body.start_byte if body is not None else clause.end_byte
    head = [
        facts.reference(index).name
        for index in facts.references_in(Span(clause.start_byte, end))
        if facts.reference(index).name[:1].isupper()
    ]
    if head:
        return frozenset(head)
    found: set[str] = set()
    for index in facts.references_in(Span(end, clause.end_byte)):
        reference = facts.reference(index)
        if text[: reference.span.start].rstrip().endswith(b"instanceof"):
            found.add(reference.name)
    # A clause that names nothing catches everything.
    return frozenset(found) or frozenset({"Exception"})


RULE = Rule(
    ID,
    "Callers catch an exception that is no longer raised",
    Severity.WARNING,
    check,
    __doc__ or "",
)
