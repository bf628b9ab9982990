"""What was written to debug is still there: breakpoints, prints, tests that leave out all others.

**Why.** A breakpoint stops the program of whoever runs it next. A focused test makes all others
pass by not running them. A print is noise in somebody's log.

Before:

```python
def total(items):
    breakpoint()
    print("items", items)
    return sum(items)
```

The fix removes the statement, and the import of the debugger on the same line:

```python
def total(items):
    return sum(items)
```

A focused test (`it.only`, `fdescribe`) is made an ordinary one; `dbg!(x)` becomes `x`.

**Silent** about prints where printing is what the code is for: in a file that printed before, in
programs, scripts, tools, examples and tests, in a new file with several of them or one outside of
every function, in functions that
say so by name (`print_report`, `usage`), behind a condition such as `verbose`, and where the stream
is chosen (`print(…, file=…)`). Silent about names that mean something else here, such as a function
`dump` of the workspace.

**Suppress** with `pairwright: ignore[leftover-debug]` in a comment on the finding's line.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from functools import cache
from typing import TYPE_CHECKING, NamedTuple

from pairwright_analyzers.graph.queries import resolve
from pairwright_analyzers.languages.spec import LanguageSpec
from pairwright_analyzers.rules.model import ReviewContext, Rule, Version
from pairwright_analyzers.syntax import ancestors, descendants, node_at, nodes_of_types, span_of
from pairwright_analyzers.types import (
    CALLABLE_KINDS,
    Call,
    Confidence,
    Finding,
    Fix,
    Location,
    Severity,
    SourceChange,
    Span,
    TextEdit,
)

if TYPE_CHECKING:
    from tree_sitter import Node

ID = "leftover-debug"

_LEVELS_TO_CALL = 4
_PRINTS_OF_A_PROGRAM = 3
"""A new file with more prints than that prints on purpose."""

_PROGRAM_PATH = re.compile(
    r"(?:^|/)(?:examples?|scripts?|tools?|bin|cli|cmd|commands?|bench(?:mark)?s?|docs?|demos?|samples?"
    r"|playground|sandbox|hack|tasks?|notebooks?|migrations?|fixtures?|testing|e2e|ci|\.github|\.ci)/"
    r"|(?:^|[/_.-])(?:cli|main|script|setup|conf|config|build|manage|cmd|console|terminal|logger"
    r"|logging|reporter|printer|debug|demo|example|install|bench|benchmark|gulpfile|gruntfile"
    r"|rollup|webpack|vite|seed|playground|sandbox|scratch|server|index|app|run|dump)[^/]*\.\w+$",
    re.IGNORECASE,
)
_PRINTER = re.compile(
    r"print|show|dump|report|log|usage|help|debug|display|main|render|output|trace|warn|echo"
    r"|command|emit|verbose|repr|banner|describe|run|version|demo|progress",
    re.IGNORECASE,
)
_CONDITION = re.compile(
    rb"verbos|debug|quiet|silent|dry_?run|log|trace|DEV\b|NODE_ENV", re.IGNORECASE
)
_BLOCK = re.compile(
    r"block|program|module|source_file|statement_list|body|compound|switch|case|then|do$"
)


class _Debug(NamedTuple):
    """A debugging call: its node, its parts (None for a bare word), and its callee as a table
    names it.
    """

    node: Node
    call: Call | None
    name: str


def check(ctx: ReviewContext) -> Iterator[Finding]:
    """One finding a statement, call or test."""
    habits = ctx.after.spec.habits
    if habits.prints and _is_quiet_file(ctx):
        prints = [
            found
            for found in _calls(ctx.after, habits.prints)
            if _is_statement(ctx.after.spec, found.node) and not _is_meant(ctx, found)
        ]
        whole_file = ctx.before is None and (
            len(prints) > _PRINTS_OF_A_PROGRAM
            or any(ctx.after.facts.symbol_at(one.node.start_byte) is None for one in prints)
        )
        for found in prints if not whole_file else ():
            if ctx.touches(span_of(found.node)):
                yield _finding(
                    ctx, found, f"'{found.name}' prints here. Remove it if it was for debugging."
                )
    if habits.breakpoints:
        yield from _breakpoints(ctx)
    for node in nodes_of_types(ctx.after.parsed, habits.debug_nodes):
        if ctx.touches(span_of(node)):
            word = ctx.after.text[node.start_byte : node.end_byte].decode().rstrip(";")
            found = _Debug(node, None, word)
            yield _finding(ctx, found, f"'{word}' stops the program here. Remove it.")
    if habits.focused:
        yield from _focused(ctx)


def _breakpoints(ctx: ReviewContext) -> Iterator[Finding]:
    habits = ctx.after.spec.habits
    found = [one for one in _calls(ctx.after, habits.breakpoints) if not _is_other(ctx, one)]
    if not found:
        return
    known: Counter[str] = Counter()
    if ctx.before is not None and not ctx.whole:
        known.update(one.name for one in _calls(ctx.before, habits.breakpoints))
        known.subtract(one.name for one in found if not ctx.touches(span_of(one.node)))
    for one in found:
        if not ctx.touches(span_of(one.node)):
            continue
        if known[one.name] > 0:
            known[one.name] -= 1
            continue
        yield _finding(ctx, one, f"'{one.name}' is for debugging only. Remove it.")


def _focused(ctx: ReviewContext) -> Iterator[Finding]:
    if not ctx.graph.is_test_path(ctx.path):
        return
    focused = ctx.after.spec.habits.focused
    for found in _calls(ctx.after, frozenset(focused)):
        if found.call is None or not ctx.touches(found.call.callee) or _is_other(ctx, found):
            continue
        change = SourceChange({ctx.path: (TextEdit(found.call.callee, focused[found.name]),)})
        yield Finding(
            ID,
            Severity.WARNING,
            Location(ctx.path, found.call.callee),
            f"'{found.name}' leaves out all other tests. Make it '{focused[found.name]}'.",
            fixes=(Fix(f"Make it '{focused[found.name]}'", change),),
        )


def _finding(ctx: ReviewContext, found: _Debug, message: str) -> Finding:
    lines = ctx.after.lines
    span = span_of(found.node)
    end = min(span.end, lines.line_end(lines.line_of(span.start)))
    symbol = ctx.after.facts.symbol_at(span.start)
    return Finding(
        ID,
        Severity.WARNING,
        Location(ctx.path, Span(span.start, end)),
        message,
        fixes=_fixes(ctx, found),
        symbol=symbol.qualname if symbol is not None else "",
    )


# Finding the calls.


@cache
def _pattern(names: frozenset[str]) -> re.Pattern[bytes]:
    # Longer names first: `it.only.each` before `it.only`.
    ordered = sorted(names, key=lambda name: (-len(name), name))
    return re.compile(
        rb"(?<![\w.$@])(?:"
        + b"|".join(re.escape(name.encode()) for name in ordered)
        + rb")(?![\w$])"
    )


def _calls(version: Version, names: frozenset[str]) -> list[_Debug]:
    """The calls whose callee is written as one of `names`."""
    found = []
    text = version.text
    for match in _pattern(names).finditer(text):
        span = Span(*match.span())
        node: Node | None = node_at(version.parsed.root, span.start)
        for _ in range(_LEVELS_TO_CALL):
            if node is None or node.start_byte != span.start:
                break
            if node.type in version.spec.habits.calls:
                call = _call(version, node)
                if call is not None and call.callee == span:
                    found.append(_Debug(node, call, match[0].decode()))
                    break
                bare = node.type == "identifier" and node.end_byte == span.end
                if bare and match[0].decode() in version.spec.habits.breakpoints:
                    if _is_statement(version.spec, node):
                        found.append(_Debug(node, None, match[0].decode()))
                    break
            node = node.parent
    return found


def _call(version: Version, node: Node) -> Call | None:
    call = version.spec.call(node, version.text)
    macro = node.child_by_field_name("macro") if call is None else None
    if macro is None:
        return call
    group = node.named_children[-1]
    # The mark of a macro is part of its name here: `dbg!`.
    callee = Span(macro.start_byte, macro.end_byte + 1)
    return Call(span_of(node), callee, span_of(group), ())


def _is_statement(spec: LanguageSpec, node: Node) -> bool:
    parent = node.parent
    return parent is not None and parent.type in spec.habits.statements


# Where it is meant.


def _is_quiet_file(ctx: ReviewContext) -> bool:
    """Whether printing is not what a file is for."""
    habits = ctx.after.spec.habits
    if ctx.graph.is_test_path(ctx.path) or _PROGRAM_PATH.search(ctx.path):
        return False
    if habits.program is not None and habits.program.search(ctx.after.text):
        return False
    return ctx.before is None or ctx.whole or not _calls(ctx.before, habits.prints)


def _is_meant(ctx: ReviewContext, found: _Debug) -> bool:
    if found.call is not None and any(one.name == "file" for one in found.call.arguments):
        return True
    symbol = ctx.after.facts.symbol_at(found.node.start_byte)
    while symbol is not None:
        if symbol.kind in CALLABLE_KINDS and _PRINTER.search(symbol.name):
            return True
        container = symbol.container
        symbol = ctx.after.facts.symbol(container) if container >= 0 else None
    for node in ancestors(found.node):
        condition = node.child_by_field_name("condition")
        if condition is not None and _CONDITION.search(
            ctx.after.text, condition.start_byte, condition.end_byte
        ):
            return True
    return _is_other(ctx, found)


def _is_other(ctx: ReviewContext, found: _Debug) -> bool:
    """Whether the name means a symbol of the workspace."""
    reference = ctx.after.facts.reference_at(found.node.start_byte)
    if reference is None or "." in found.name:
        return False
    bindings = ctx.graph.resolver.bindings(ctx.path)
    if bindings is not None and bindings.lookup(reference.name, reference.span.start):
        imported = any(reference.name in (one.alias, one.name) for one in ctx.after.facts.imports)
        if not imported:
            return True
    return any(
        link.confidence is not Confidence.BY_NAME
        for link in resolve(ctx.graph, ctx.path, reference.index)
    )


# The fix.


def _fixes(ctx: ReviewContext, found: _Debug) -> tuple[Fix, ...]:
    text = ctx.after.text
    if found.name in ctx.after.spec.habits.unwrapped and found.call is not None:
        inner = text[found.call.list_span.start + 1 : found.call.list_span.end - 1].strip()
        statement = found.node.parent
        if (
            b"," not in inner
            and inner
            and not (statement is not None and statement.type in ctx.after.spec.habits.statements)
        ):
            new = inner.decode("utf-8", "replace")
            edit = TextEdit(span_of(found.node), new)
            return (Fix(f"Replace it by '{new}'", SourceChange({ctx.path: (edit,)})),)
    statement = found.node
    parent = statement.parent
    spec = ctx.after.spec
    if parent is not None and parent.type == "expression_statement":
        statement, parent = parent, parent.parent
    elif found.call is not None and not _is_statement(spec, found.node):
        return ()
    if parent is None or not _BLOCK.search(parent.type):
        return ()
    edit = _removal(ctx.after, statement, parent)
    calls = found.call is not None and any(
        one.type in spec.habits.calls and one.type != "identifier"
        for one in descendants(found.node)
        if found.call.list_span.covers(span_of(one))
    )
    return (Fix("Remove it", SourceChange({ctx.path: (edit,)}), safe=not calls),)


def _removal(version: Version, statement: Node, parent: Node) -> TextEdit:
    """The edit that takes a statement out: its lines, where it has them to itself."""
    text, lines = version.text, version.lines
    others = [
        child
        for child in parent.named_children
        if "comment" not in child.type and child.byte_range != statement.byte_range
    ]
    start, end = statement.byte_range
    debugger = re.match(rb"(\w+)\.", text[start:end])
    if debugger is not None:
        # `import pdb; pdb.set_trace()`: the import goes with it.
        opening = rb"\bimport[ \t]+" + debugger[1] + rb"[ \t]*;[ \t]*$"
        line_start = lines.line_start(lines.line_of(start))
        imported = re.search(opening, text[line_start:start])
        if imported is not None:
            start = line_start + imported.start()
            others = [child for child in others if child.start_byte != start]
    if not others and version.spec.habits.empty_body and parent.type == "block":
        return TextEdit(Span(start, end), version.spec.habits.empty_body)
    first, last = lines.line_of(start), lines.line_of(max(end - 1, start))
    before = text[lines.line_start(first) : start]
    after = text[end : lines.line_end(last)]
    if not before.strip() and not after.strip(b" \t;"):
        return TextEdit(Span(lines.line_start(first), lines.line_start(last + 1)), "")
    gap = re.match(rb"[ \t]*;?[ \t]*", after)
    return TextEdit(Span(start, end + (len(gap[0]) if gap is not None else 0)), "")


RULE = Rule(
    ID,
    "Debugging code is left",
    Severity.WARNING,
    check,
    __doc__ or "",
)
