"""Put what a guard clause guards into an `if`.

    def send(message):               def send(message):
        if not message.ready:            if message.ready:
            return             ->            connect()
        connect()                            deliver(message)
        deliver(message)

Offered on an `if` that only leaves, where what follows it ends the function or the turn of the
loop. Refused where the condition binds a name, and where leaving gives a value.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any, NamedTuple

from pairwright_analyzers.languages.shapes import words
from pairwright_analyzers.refactors.branches import (
    body_text,
    branch_at,
    end_word,
    if_text,
    rest_span,
    statement_around,
    statements_after,
)
from pairwright_analyzers.refactors.conditions import binds_names, negated
from pairwright_analyzers.refactors.context import RefactorContext
from pairwright_analyzers.refactors.layout import (
    indent_at,
    indent_unit,
    rewritten,
    starts_line,
)
from pairwright_analyzers.refactors.model import Offer, Refactor, Refactored, Refused
from pairwright_analyzers.types import SourceChange, Span

if TYPE_CHECKING:
    from tree_sitter import Node

_TITLE = "Put the rest into the `if`"


class _Guard(NamedTuple):
    """A guard: its statement, its condition, what it does, and whether that is done when the
    condition is false.
    """

    whole: Node
    condition: Node
    exit: Node
    unless: bool


def _offers(ctx: RefactorContext) -> Sequence[Offer]:
    guard = _guard(ctx)
    if guard is None or not _ends_like(ctx, guard):
        return ()
    if binds_names(ctx, guard.condition):
        return (Offer(_TITLE, refused="The condition binds a name."),)
    return (Offer(_TITLE),)


def _apply(ctx: RefactorContext, _arguments: Mapping[str, Any]) -> Refactored:
    guard = _guard(ctx)
    if guard is None or not _ends_like(ctx, guard):
        raise Refused("No guard clause stands here that leaves as the code behind it ends.")
    if binds_names(ctx, guard.condition):
        raise Refused("The condition binds a name.")
    rest = rest_span(ctx, guard.whole)
    assert rest is not None
    if not starts_line(ctx.text, guard.whole.start_byte) or not starts_line(ctx.text, rest.start):
        raise Refused("Several statements stand on one line.")
    if ctx.source(Span(guard.whole.end_byte, rest.start)).strip():
        raise Refused("A comment stands behind the guard.")
    indent = indent_at(ctx.text, guard.whole.start_byte)
    body = body_text(ctx, rest, indent + indent_unit(ctx.text, ctx.shapes))
    condition = guard.condition
    turned = ctx.source(condition) if guard.unless else negated(ctx, condition)
    text = if_text(ctx, [(turned, body)], None, indent)
    edit = rewritten(ctx, Span(guard.whole.start_byte, rest.end), text)
    return Refactored(SourceChange({ctx.path: (edit,)}))


def _guard(ctx: RefactorContext) -> _Guard | None:
    branch = branch_at(ctx)
    if branch is None:
        return _modifier(ctx)
    simple = branch.otherwise is None and not branch.chained and not branch.clause
    if not simple or len(branch.then.statements) != 1:
        return None
    statement = branch.then.statements[0]
    end = branch.then.inner.end
    if branch.then.inner.start != statement.start_byte or end > statement.end_byte + 1:
        return None
    if branch.node.child_by_field_name("initializer") is not None:
        return None
    whole = statement_around(ctx, branch.whole)
    return _Guard(whole, branch.condition, _plain(ctx, statement), branch.unless)


def _modifier(ctx: RefactorContext) -> _Guard | None:
    modifiers = ctx.shapes.logic.modifiers
    node = ctx.enclosing(frozenset(modifiers)) if modifiers else None
    if node is None or node.has_error:
        return None
    condition, body = node.child_by_field_name("condition"), node.child_by_field_name("body")
    if condition is None or body is None:
        return None
    return _Guard(node, condition, _plain(ctx, body), modifiers[node.type] != "if")


def _plain(ctx: RefactorContext, statement: Node) -> Node:
    current = statement
    while current.type in ctx.shapes.wrappers and current.named_child_count == 1:
        current = current.named_children[0]
    return current


def _ends_like(ctx: RefactorContext, guard: _Guard) -> bool:
    """Whether a guard leaves just as the code behind it ends."""
    shapes = ctx.shapes
    if guard.exit.type not in shapes.returns | shapes.continues:
        return False
    rest = statements_after(ctx, guard.whole)
    if not rest or ctx.is_braceless(guard.whole):
        return False
    found = end_word(ctx, rest[-1])
    if found is None:
        return False
    written = ctx.source(guard.exit).rstrip(";")
    logic = shapes.logic
    empty = logic.empty_return.rstrip(";")
    return written == found[0].rstrip(";") or (
        bool(empty)
        and written in (empty, logic.return_word.rstrip(";"))
        and found[0].rstrip(";") in (logic.return_word.rstrip(";"), empty)
    )


REFACTOR = Refactor(
    "rewrite.nest_guard",
    "Put the rest into the if",
    "refactor.rewrite.nest_guard",
    words("python javascript typescript typescriptreact go rust java c cpp csharp ruby php lua"),
    _offers,
    _apply,
    __doc__ or "",
)
