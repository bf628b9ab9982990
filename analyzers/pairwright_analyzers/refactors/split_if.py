"""Make two `if`s of one with an `and` or an `or`.

    if user and user.active:         if user:
        greet(user)          ->          if user.active:
                                             greet(user)

At the operator under the cursor, else behind the first condition. An `or` becomes a further
condition that does the same. Refused for an `and` with an `else`, which would have to be there
twice, and where a condition binds a name.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any, NamedTuple

from pairwright_analyzers.languages.shapes import words
from pairwright_analyzers.refactors.branches import (
    Branch,
    arm_text,
    branch_at,
    if_text,
    statement_around,
)
from pairwright_analyzers.refactors.conditions import (
    bare,
    binds_names,
    is_conjunction,
    is_junction,
    operands_of,
    operation_of,
)
from pairwright_analyzers.refactors.context import RefactorContext
from pairwright_analyzers.refactors.layout import indent_at, indent_unit, rewritten, starts_line
from pairwright_analyzers.refactors.model import Offer, Refactor, Refactored, Refused
from pairwright_analyzers.types import SourceChange, Span

if TYPE_CHECKING:
    from tree_sitter import Node

_TITLE = "Split `if`"


class _Split(NamedTuple):
    """The conditions left and right of an operator."""

    word: str
    left: Sequence[Node]
    right: Sequence[Node]


def _offers(ctx: RefactorContext) -> Sequence[Offer]:
    branch = branch_at(ctx)
    if branch is None:
        return ()
    split = _split(ctx, branch)
    if split is None:
        return ()
    try:
        _refuse(ctx, branch, split)
    except Refused as refused:
        return (Offer(_TITLE, refused=str(refused)),)
    return (Offer(_TITLE),)


def _apply(ctx: RefactorContext, _arguments: Mapping[str, Any]) -> Refactored:
    branch = branch_at(ctx)
    split = _split(ctx, branch) if branch is not None else None
    if branch is None or split is None:
        raise Refused("No `if` with several conditions stands here.")
    _refuse(ctx, branch, split)
    whole = statement_around(ctx, branch.whole)
    indent = indent_at(ctx.text, whole.start_byte)
    step = indent_unit(ctx.text, ctx.shapes)
    left, right = _joined(ctx, split.left), _joined(ctx, split.right)
    if is_conjunction(ctx, split.word):
        inner = if_text(
            ctx, [(right, arm_text(ctx, branch.then, indent + step + step))], None, indent + step
        )
        text = if_text(ctx, [(left, inner)], None, indent)
    else:
        body = arm_text(ctx, branch.then, indent + step)
        other = arm_text(ctx, branch.otherwise, indent + step) if branch.otherwise else None
        text = if_text(ctx, [(left, body), (right, body)], other, indent)
    edit = rewritten(ctx, Span(whole.start_byte, whole.end_byte), text)
    return Refactored(SourceChange({ctx.path: (edit,)}))


def _split(ctx: RefactorContext, branch: Branch) -> _Split | None:
    """Where the condition of an `if` is split."""
    condition = bare(ctx, branch.condition)
    found = operation_of(ctx, condition)
    if found is None or not is_junction(ctx, found.operator) or branch.clause or branch.unless:
        return None
    listed = operands_of(ctx, condition, found.operator)
    at = 1
    for index in range(1, len(listed)):
        if listed[index - 1].end_byte <= ctx.selection.start <= listed[index].start_byte:
            at = index
    return _Split(found.operator, listed[:at], listed[at:])


def _joined(ctx: RefactorContext, listed: Sequence[Node]) -> str:
    """Neighbouring conditions as they are written; one alone without its parentheses."""
    if len(listed) == 1:
        held = bare(ctx, listed[0])
        return ctx.source(listed[0] if "\n" in ctx.source(held) else held)
    text = ctx.source(Span(listed[0].start_byte, listed[-1].end_byte))
    return f"({text})" if "\n" in text and not ctx.shapes.block_close else text


def _refuse(ctx: RefactorContext, branch: Branch, split: _Split) -> None:
    whole = statement_around(ctx, branch.whole)
    if branch.chained or (branch.otherwise is not None and is_conjunction(ctx, split.word)):
        raise Refused("The `else` would have to be there twice.")
    if not ctx.is_statement(whole) or not starts_line(ctx.text, whole.start_byte):
        raise Refused("The `if` is not a statement on lines of its own.")
    if binds_names(ctx, branch.condition):
        raise Refused("The condition binds a name.")
    if branch.node.child_by_field_name("initializer") is not None or _has_clause(branch):
        raise Refused("The header of the `if` declares a name.")
    header = ctx.source(Span(branch.then.head, branch.then.inner.start)).strip(" \t\r\n{:")
    if header:
        raise Refused("A comment stands behind the header.")


def _has_clause(branch: Branch) -> bool:
    parent = branch.condition.parent
    return parent is not None and parent.child_by_field_name("initializer") is not None


REFACTOR = Refactor(
    "rewrite.split_if",
    "Split if",
    "refactor.rewrite.split_if",
    words("python javascript typescript typescriptreact go rust java c cpp csharp ruby php lua"),
    _offers,
    _apply,
    __doc__ or "",
)
