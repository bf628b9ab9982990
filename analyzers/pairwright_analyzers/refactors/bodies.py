"""Bodies of `if`s, `else`s and loops: one statement, or a block in braces.

Owns what the refactorings that add and remove braces share. Knows no language.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from pairwright_analyzers.refactors.branches import read_branch
from pairwright_analyzers.refactors.context import RefactorContext
from pairwright_analyzers.types import Span

if TYPE_CHECKING:
    from tree_sitter import Node


@dataclass(frozen=True, slots=True)
class Body:
    """What a header governs: `head` is where the header ends, `node` the block or statement."""

    owner: Node
    head: int
    node: Node
    block: bool

    @property
    def span(self) -> Span:
        return Span(self.node.start_byte, self.node.end_byte)


def bodies_at(ctx: RefactorContext) -> list[Body]:
    """The body whose header, `else` or only statement the selection is at; all branches of an `if`
    together. () for a body that may only be a block.
    """
    shapes = ctx.shapes
    node: Node | None = ctx.node
    start, end = ctx.selection.start, ctx.selection.end
    while node is not None and node.type not in shapes.functions:
        if node.type in shapes.logic.ifs:
            node = _first(ctx, node)
            found = _branches(ctx, node)
            if any(_governs(one, start, end) for one in found):
                return found
        elif node.type in shapes.loops:
            body = _body_of(ctx, node)
            if body is not None and _governs(body, start, end):
                return [body]
        node = node.parent
    return []


def _first(ctx: RefactorContext, node: Node) -> Node:
    """The `if` that a row of them starts with."""
    current = node
    while current.parent is not None:
        around = current.parent
        if around.type in ctx.shapes.logic.elses and around.parent is not None:
            around = around.parent
        other = around.child_by_field_name("alternative")
        if around.type not in ctx.shapes.logic.ifs or other is None:
            break
        if not other.start_byte <= current.start_byte < other.end_byte:
            break
        current = around
    return current


def _governs(body: Body, start: int, end: int) -> bool:
    inside = body.owner.start_byte <= start and end <= body.node.start_byte + 1
    single = not body.block and body.node.start_byte <= start and end <= body.node.end_byte
    whole = start <= body.owner.start_byte and body.owner.end_byte <= end and start < end
    return inside or single or whole


def _branches(ctx: RefactorContext, node: Node) -> list[Body]:
    """All branches of a row of `if`s, from the `if` that the cursor is in."""
    found: list[Body] = []
    current: Node | None = node
    while current is not None:
        branch = read_branch(ctx, current)
        if branch is None:
            return []
        body = _node_at(ctx, branch.then.outer)
        if body is None:
            return []
        found.append(Body(current, branch.then.head, body, branch.then.block))
        other = branch.otherwise
        if other is not None and not branch.chained:
            inner = _node_at(ctx, other.outer)
            if inner is None:
                return []
            found.append(Body(branch.node, other.head, inner, other.block))
        following = branch.alternative if branch.chained else None
        if following is not None and following.type not in ctx.shapes.logic.ifs | (
            ctx.shapes.logic.clauses
        ):
            following = following.named_children[-1]
        current = following
    return found


def _node_at(ctx: RefactorContext, span: Span) -> Node | None:
    found = ctx.parsed.root.named_descendant_for_byte_range(span.start, span.end)
    while found is not None and found.parent is not None:
        parent = found.parent
        if (parent.start_byte, parent.end_byte) != (found.start_byte, found.end_byte):
            break
        found = parent
    if found is None or (found.start_byte, found.end_byte) != (span.start, span.end):
        return None
    return found


def _body_of(ctx: RefactorContext, node: Node) -> Body | None:
    body = node.child_by_field_name("body")
    if body is None or node.has_error:
        return None
    before = body.prev_sibling
    while before is not None and before.is_extra:
        before = before.prev_sibling
    if before is None:
        return None
    block = ctx.text[body.start_byte : body.start_byte + 1] == b"{"
    if ctx.text[body.start_byte : body.start_byte + 1] == b":":
        return None
    return Body(node, before.end_byte, body, block)
