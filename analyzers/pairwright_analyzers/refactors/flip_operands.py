"""Exchange the two sides of a comparison, or of an `and` or `or`.

    if limit < size:    ->    if size > limit:

Offered on the operator. Refused where both sides run other code, whose order would change, and for
an `and` or `or` whose first side may be what makes the second one safe to reach, or whose value is
more than true or false.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from pairwright_analyzers.languages.logic import Operation
from pairwright_analyzers.languages.shapes import words
from pairwright_analyzers.refactors.conditions import (
    Rank,
    bare,
    fitted_in,
    is_boolean,
    is_conjunction,
    is_decision,
    is_junction,
    mirrored,
    negated_value,
    operation_of,
    piece_of,
)
from pairwright_analyzers.refactors.context import RefactorContext
from pairwright_analyzers.refactors.layout import rewritten
from pairwright_analyzers.refactors.model import Offer, Refactor, Refactored, Refused
from pairwright_analyzers.refactors.values import runs_code
from pairwright_analyzers.types import SourceChange, Span

if TYPE_CHECKING:
    from tree_sitter import Node


def _offers(ctx: RefactorContext) -> Sequence[Offer]:
    target = _target(ctx)
    if target is None:
        return ()
    node, found = target
    title = f"Exchange the sides of `{found.operator}`"
    try:
        _refuse(ctx, node, found)
    except Refused as refused:
        return (Offer(title, refused=str(refused)),)
    return (Offer(title),)


def _apply(ctx: RefactorContext, _arguments: Mapping[str, Any]) -> Refactored:
    target = _target(ctx)
    if target is None:
        raise Refused("No comparison stands here.")
    node, found = target
    _refuse(ctx, node, found)
    if is_junction(ctx, found.operator):
        rank = Rank.AND if is_conjunction(ctx, found.operator) else Rank.OR
        between = ctx.source_between(found.left, found.right)
        parts = [fitted_in(ctx, piece_of(ctx, one), rank, found.operator) for one in found[::2]]
        text = f"{parts[1]}{between}{parts[0]}"
    else:
        text = mirrored(ctx, found, ctx.shapes.logic.mirrors[found.operator])
    edit = rewritten(ctx, Span(node.start_byte, node.end_byte), text)
    return Refactored(SourceChange({ctx.path: (edit,)}))


def _target(ctx: RefactorContext) -> tuple[Node, Operation] | None:
    """The operation whose operator is at the cursor, or that is selected."""
    node: Node | None = ctx.node
    start, end = ctx.selection.start, ctx.selection.end
    while node is not None and node.start_byte >= start - 200:
        found = operation_of(ctx, node)
        if found is not None:
            at = found.left.end_byte <= start and end <= found.right.start_byte
            whole = start < end and node.start_byte == start and node.end_byte == end
            if at or whole:
                known = is_junction(ctx, found.operator)
                known = known or found.operator in ctx.shapes.logic.mirrors
                return (node, found) if known and not node.has_error else None
        node = node.parent
    return None


def _refuse(ctx: RefactorContext, node: Node, found: Operation) -> None:
    left, right = runs_code(ctx, found.left), runs_code(ctx, found.right)
    if left is not None and right is not None:
        raise Refused("Both sides run other code, in this order.")
    if not is_junction(ctx, found.operator):
        return
    for side in (found.left, found.right):
        if not _is_safe(ctx, side):
            raise Refused("The first side decides whether the second one is reached.")
    if not is_decision(ctx, node) and not (
        is_boolean(ctx, found.left) and is_boolean(ctx, found.right)
    ):
        raise Refused("The value may be more than true or false.")


def _is_safe(ctx: RefactorContext, node: Node) -> bool:
    """Whether a side can be reached at any time: names and plain values, compared or negated."""
    held = bare(ctx, node)
    inner = negated_value(ctx, held)
    if inner is not None:
        return _is_safe(ctx, inner)
    found = operation_of(ctx, held)
    if found is not None:
        known = is_junction(ctx, found.operator) or found.operator in ctx.shapes.logic.mirrors
        return known and _is_safe(ctx, found.left) and _is_safe(ctx, found.right)
    return held.type in ctx.shapes.literals or not held.named_children or _is_name(ctx, held)


def _is_name(ctx: RefactorContext, node: Node) -> bool:
    sigil = ctx.shapes.sigil
    return bool(sigil) and ctx.source(node).startswith(sigil) and node.named_child_count == 1


REFACTOR = Refactor(
    "rewrite.flip_operands",
    "Flip operands",
    "refactor.rewrite.flip_operands",
    words("python javascript typescript typescriptreact go rust java c cpp csharp ruby php lua"),
    _offers,
    _apply,
    __doc__ or "",
)
