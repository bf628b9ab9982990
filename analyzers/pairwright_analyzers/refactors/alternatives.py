"""Values that depend on a condition, and the statements they are the value of.

Owns what the refactorings between conditional values and `if`s share. Knows no language.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from pairwright_analyzers.refactors.conditions import bare
from pairwright_analyzers.refactors.context import RefactorContext
from pairwright_analyzers.types import Span

if TYPE_CHECKING:
    from tree_sitter import Node


@dataclass(frozen=True, slots=True)
class Alternative:
    """A conditional value: the value of `yes` where `condition` is true, else that of `no`."""

    node: Node
    condition: Node
    yes: Node
    no: Node


@dataclass(frozen=True, slots=True)
class ValueStatement:
    """A statement that gives one value away: it returns, assigns or declares. `before` and `after`
    are its text around the value.
    """

    statement: Node
    value: Node
    before: str
    after: str
    returns: bool = False
    declares: bool = False


def alternative_of(ctx: RefactorContext, node: Node) -> Alternative | None:
    """The parts of a conditional value; None for anything else."""
    logic = ctx.shapes.logic
    if node.type not in logic.ternaries or node.has_error:
        return None
    if any(one.is_extra for one in node.named_children):
        return None
    if logic.ternary_order is not None:
        if node.named_child_count != 3:
            return None
        parts = [node.named_children[index] for index in logic.ternary_order]
        return Alternative(node, *parts)
    condition, yes, no = (node.child_by_field_name(name) for name in logic.ternary_fields)
    if condition is None or yes is None or no is None:
        return None
    return Alternative(node, condition, yes, no)


def value_statement(ctx: RefactorContext, statement: Node) -> ValueStatement | None:
    """What a statement gives away; None for a statement of another form."""
    shapes = ctx.shapes
    inner = statement
    while inner.type in shapes.wrappers and inner.named_child_count == 1:
        inner = inner.named_children[0]
    value: Node | None = None
    returns = declares = False
    if inner.type in shapes.returns:
        named = [one for one in inner.named_children if not one.is_extra]
        value = named[0] if len(named) == 1 == inner.named_child_count else None
        returns = True
        if (
            value is not None
            and value.type in shapes.logic.wrapped_values
            and value.named_child_count == 1
        ):
            value = value.named_children[0]
    elif inner.type in shapes.assignments | shapes.augmented:
        value = inner.child_by_field_name("right")
    elif inner.type in shapes.logic.ternaries and inner.id != statement.id:
        value = inner
    else:
        parts = shapes.variables(statement, ctx.text)
        if len(parts) == 1 and parts[0].alone and parts[0].declares:
            value, declares = parts[0].value, True
    if value is None:
        return None
    before = ctx.source(Span(statement.start_byte, value.start_byte))
    after = ctx.source(Span(value.end_byte, statement.end_byte))
    return ValueStatement(statement, value, before, after, returns, declares)


def written_value(ctx: RefactorContext, node: Node) -> str:
    """A value as it is written, parentheses around it left out where they are not needed."""
    held = bare(ctx, node)
    text = ctx.source(held)
    return text if held.type in ctx.shapes.expressions and "\n" not in text else ctx.source(node)


def conditional_value(ctx: RefactorContext, condition: str, yes: Node, no: Node) -> str:
    """A conditional value, written."""
    return ctx.shapes.logic.ternary.format(
        condition=condition, yes=_side(ctx, yes), no=_side(ctx, no)
    )


def _side(ctx: RefactorContext, node: Node) -> str:
    shapes = ctx.shapes
    loose = (
        shapes.assignments
        | shapes.augmented
        | shapes.yields
        | shapes.logic.ternaries
        | shapes.logic.loose_values
    )
    text = ctx.source(node)
    return f"({text})" if node.type in loose else text
