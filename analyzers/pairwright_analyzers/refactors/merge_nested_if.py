"""Make one `if` of two, one of which holds nothing but the other.

    if user:                         if user and user.active:
        if user.active:      ->          greet(user)
            greet(user)

Offered on the header of either. Refused where one of them has an `else`, where a comment stands
between them, and where a header declares a name.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from pairwright_analyzers.languages.shapes import words
from pairwright_analyzers.refactors.branches import (
    Branch,
    arm_text,
    block_text,
    branch_at,
    read_branch,
    statement_around,
)
from pairwright_analyzers.refactors.conditions import all_of, binds_names
from pairwright_analyzers.refactors.context import RefactorContext
from pairwright_analyzers.refactors.layout import indent_at, indent_unit, rewritten
from pairwright_analyzers.refactors.model import Offer, Refactor, Refactored, Refused
from pairwright_analyzers.types import SourceChange, Span

_TITLE = "Merge nested `if`s"


def _offers(ctx: RefactorContext) -> Sequence[Offer]:
    found = _nested(ctx)
    if found is None:
        return ()
    try:
        _refuse(ctx, *found)
    except Refused as refused:
        return (Offer(_TITLE, refused=str(refused)),)
    return (Offer(_TITLE),)


def _apply(ctx: RefactorContext, _arguments: Mapping[str, Any]) -> Refactored:
    found = _nested(ctx)
    if found is None:
        raise Refused("No `if` that holds nothing but another one stands here.")
    outer, inner = found
    _refuse(ctx, outer, inner)
    condition = outer.condition
    head = Span(condition.start_byte, condition.end_byte)
    joined = all_of(ctx, (outer.condition, inner.condition))
    edits = [rewritten(ctx, head, joined)]
    indent = indent_at(ctx.text, outer.node.start_byte)
    step = indent_unit(ctx.text, ctx.shapes)
    if outer.then.bare and not inner.then.bare:
        place = Span(outer.then.head, outer.then.outer.end)
        body = block_text(ctx, "", arm_text(ctx, inner.then, indent + step), indent)
    else:
        place, body = outer.then.inner, arm_text(ctx, inner.then, indent + step)
    edits.append(rewritten(ctx, place, body))
    return Refactored(SourceChange({ctx.path: tuple(edits)}))


def _nested(ctx: RefactorContext) -> tuple[Branch, Branch] | None:
    """The outer and the inner `if`, the cursor at one of them."""
    branch = branch_at(ctx)
    if branch is None or (branch.chained and branch.clause):
        return None
    below = _only(ctx, branch)
    if below is not None:
        return branch, below
    whole = statement_around(ctx, branch.whole)
    around = whole.parent
    kinds = ctx.shapes.logic.ifs | ctx.shapes.logic.clauses
    while around is not None and around.type not in kinds:
        if around.type in ctx.shapes.functions or around.type in ctx.shapes.loops:
            return None
        around = around.parent
    outer = read_branch(ctx, around) if around is not None else None
    if outer is None:
        return None
    below = _only(ctx, outer)
    return (outer, below) if below is not None and below.node.id == branch.node.id else None


def _only(ctx: RefactorContext, branch: Branch) -> Branch | None:
    """The `if` that a branch consists of."""
    if len(branch.then.statements) != 1:
        return None
    statement = branch.then.statements[0]
    while statement.type in ctx.shapes.wrappers and statement.named_child_count == 1:
        statement = statement.named_children[0]
    if statement.type not in ctx.shapes.logic.ifs:
        return None
    return read_branch(ctx, statement)


def _refuse(ctx: RefactorContext, outer: Branch, inner: Branch) -> None:
    for one in (outer, inner):
        if one.otherwise is not None or one.chained:
            raise Refused("One of the two has another branch.")
        if binds_names(ctx, one.condition) or one.unless:
            raise Refused("A condition cannot be joined with another one.")
        if one.node.child_by_field_name("initializer") is not None and one is inner:
            raise Refused("The header of the inner `if` declares a name.")
    place, held = outer.then.inner, inner.span
    between = ctx.source(Span(place.start, held.start)) + ctx.source(Span(held.end, place.end))
    header = ctx.source(Span(inner.then.head, inner.then.inner.start)).strip(" \t\r\n{:")
    if between.strip(" \t\r\n;") or header:
        raise Refused("A comment stands between the two.")


REFACTOR = Refactor(
    "rewrite.merge_nested_if",
    "Merge nested ifs",
    "refactor.rewrite.merge_nested_if",
    words("python javascript typescript typescriptreact go rust java c cpp csharp ruby php lua"),
    _offers,
    _apply,
    __doc__ or "",
)
