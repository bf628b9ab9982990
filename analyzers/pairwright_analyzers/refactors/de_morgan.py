"""Negate an `and` or `or` part by part, or the other way round: De Morgan's laws.

    if not (ready and open):    <->    if not ready or not open:

Offered on the negation, or on the operator between conditions of which one at least is negated.
Comparisons are turned into their opposites.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import pairwise
from typing import TYPE_CHECKING, Any

from pairwright_analyzers.languages.shapes import words
from pairwright_analyzers.refactors.conditions import (
    Piece,
    Rank,
    bare,
    binds_names,
    is_boolean,
    is_decision,
    is_junction,
    negated_value,
    operands_of,
    operation_of,
    spread_negation,
    with_negation,
)
from pairwright_analyzers.refactors.context import RefactorContext
from pairwright_analyzers.refactors.layout import indent_at, indent_unit, rewritten
from pairwright_analyzers.refactors.model import Offer, Refactor, Refactored, Refused
from pairwright_analyzers.refactors.values import stands_alone
from pairwright_analyzers.types import SourceChange, Span

if TYPE_CHECKING:
    from tree_sitter import Node

_SPREAD = "Negate each condition"
_GATHER = "Negate the conditions together"


def _offers(ctx: RefactorContext) -> Sequence[Offer]:
    found = _target(ctx)
    if found is None:
        return ()
    title = _SPREAD if negated_value(ctx, found) is not None else _GATHER
    try:
        _refuse(ctx, found)
    except Refused as refused:
        return (Offer(title, refused=str(refused)),)
    return (Offer(title),)


def _apply(ctx: RefactorContext, _arguments: Mapping[str, Any]) -> Refactored:
    found = _target(ctx)
    if found is None:
        raise Refused("No negated conditions stand here.")
    _refuse(ctx, found)
    inner = negated_value(ctx, found)
    if inner is not None:
        piece = spread_negation(ctx, bare(ctx, inner))
        if "\n" in piece.text:
            # The parentheses may be what lets the conditions go over several lines.
            piece = Piece(f"({piece.text})", Rank.ATOM)
    else:
        piece = _gathered(ctx, spread_negation(ctx, found), found)
    text = piece.text
    if piece.rank is not Rank.ATOM and not stands_alone(
        ctx, found.start_byte, found.end_byte, text
    ):
        text = f"({text})"
    edit = rewritten(ctx, Span(found.start_byte, found.end_byte), text)
    return Refactored(SourceChange({ctx.path: (edit,)}))


def _refuse(ctx: RefactorContext, node: Node) -> None:
    if binds_names(ctx, node):
        raise Refused("A condition binds a name.")
    inner = negated_value(ctx, node)
    junction = bare(ctx, inner) if inner is not None else node
    found = operation_of(ctx, junction)
    assert found is not None
    if is_decision(ctx, node):
        return
    for one in operands_of(ctx, junction, found.operator):
        part = bare(ctx, one)
        held = negated_value(ctx, part)
        # Where a negation goes, what it negated is what becomes of the part.
        worth = part if inner is None or held is None else held
        if not is_boolean(ctx, worth) and (inner is None or held is not None):
            raise Refused("The value may be more than true or false.")


def _gathered(ctx: RefactorContext, piece: Piece, place: Node) -> Piece:
    """The negation of several conditions; those on several lines are set off."""
    if "\n" not in piece.text:
        return with_negation(ctx, piece)
    indent = indent_at(ctx.text, place.start_byte)
    step = indent_unit(ctx.text, ctx.shapes)
    inner = piece.text.replace("\n", f"\n{step}")
    return Piece(f"{ctx.shapes.logic.negation}(\n{indent}{step}{inner}\n{indent})", Rank.NOT)


def _target(ctx: RefactorContext) -> Node | None:
    """The negation of several conditions, or several conditions with a negation among them, at the
    selection.
    """
    node: Node | None = ctx.node
    start, end = ctx.selection.start, ctx.selection.end
    while node is not None and node.type not in ctx.shapes.functions:
        inner = negated_value(ctx, node)
        if inner is not None:
            found = operation_of(ctx, bare(ctx, inner))
            if found is not None and is_junction(ctx, found.operator):
                at_word = node.start_byte <= start and end <= bare(ctx, inner).start_byte
                return node if at_word or _is_whole(node, start, end) else None
        found = operation_of(ctx, node)
        if found is not None and is_junction(ctx, found.operator):
            listed = operands_of(ctx, node, found.operator)
            at_operator = any(
                before.end_byte <= start and end <= after.start_byte
                for before, after in pairwise(listed)
            )
            if at_operator or _is_whole(node, start, end):
                top = _outermost(ctx, node, found.operator)
                listed = operands_of(ctx, top, found.operator)
                negative = any(negated_value(ctx, bare(ctx, one)) is not None for one in listed)
                return top if negative else None
        node = node.parent
    return None


def _is_whole(node: Node, start: int, end: int) -> bool:
    return start < end and node.start_byte == start and node.end_byte == end


def _outermost(ctx: RefactorContext, node: Node, word: str) -> Node:
    """All of a row of conditions that one operator joins."""
    current = node
    while current.parent is not None:
        found = operation_of(ctx, current.parent)
        if found is None or found.operator != word:
            break
        current = current.parent
    return current


REFACTOR = Refactor(
    "rewrite.de_morgan",
    "Apply De Morgan's law",
    "refactor.rewrite.de_morgan",
    words("python javascript typescript typescriptreact go rust java c cpp csharp ruby php lua"),
    _offers,
    _apply,
    __doc__ or "",
)
