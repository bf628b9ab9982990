"""Where a value stands again: equal text, equal names, and nothing that changes it between.

Pure functions of one file. (`occurrences.py` is another matter: the places of a name.)
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from pairwright_analyzers.refactors.context import RefactorContext
from pairwright_analyzers.refactors.model import Refused
from pairwright_analyzers.refactors.places import (
    inputs,
    only_reads,
    receivers,
    refuse_unnameable,
    runs_code,
)
from pairwright_analyzers.refactors.values import makes_object
from pairwright_analyzers.types import Role, Span

if TYPE_CHECKING:
    from tree_sitter import Node


def tokens(ctx: RefactorContext, node: Node) -> tuple[str, ...]:
    """The words and signs of a node, comments and white space left out."""
    found: list[str] = []
    pending = [node]
    while pending:
        current = pending.pop()
        if current.type in ctx.shapes.comments:
            continue
        if not current.child_count or (
            current.type in ctx.shapes.strings and not current.named_child_count
        ):
            found.append(ctx.source(current))
            continue
        if current.type in ctx.shapes.strings:
            # White space inside belongs to the value.
            found.append(ctx.source(current))
            continue
        pending.extend(reversed(current.children))
    return tuple(found)


def equal_values(ctx: RefactorContext, value: Node, around: Span) -> Iterator[Node]:
    """The values within a span that are written as this one, itself among them, in text order."""
    wanted = tokens(ctx, value)
    if not wanted:
        return
    first = wanted[0].encode("utf-8", "surrogateescape")
    at = ctx.text.find(first, around.start, around.end)
    while at >= 0:
        for node in _starting_at(ctx, at, len(first), value):
            if node.end_byte <= around.end and tokens(ctx, node) == wanted and ctx.is_value(node):
                yield node
                break
        at = ctx.text.find(first, at + 1, around.end)


def _starting_at(ctx: RefactorContext, start: int, width: int, value: Node) -> Iterator[Node]:
    """The nodes of a value's type and size that start at an offset."""
    node = ctx.parsed.root.named_descendant_for_byte_range(start, start + max(1, width))
    while node is not None and node.start_byte == start:
        if node.type == value.type and node.named_child_count == value.named_child_count:
            yield node
        node = node.parent


def replaceable(ctx: RefactorContext, node: Node) -> bool:
    """Whether a name can stand in the place of a value."""
    try:
        refuse_unnameable(ctx, node)
    except Refused:
        return False
    return True


def shared_values(ctx: RefactorContext, value: Node) -> Sequence[Node]:
    """The equal values of the same function that could all be computed once, `value` among them:
    the same variables, which are not written between the first and the last, and no code that may
    give another result.
    """
    if makes_object(ctx, value) or runs_code(ctx, value) is not None:
        return (value,)
    function = ctx.function_of(value) or ctx.parsed.root
    around = Span(function.start_byte, function.end_byte)
    mine = inputs(ctx, value)
    bound = {(one.name, one.declared) for one in mine}
    equal = [
        node
        for node in equal_values(ctx, value, around)
        if (node.id == value.id or replaceable(ctx, node))
        and {(one.name, one.declared) for one in inputs(ctx, node)} == bound
        and _same_function(ctx, node, value)
    ]
    at = next((index for index, node in enumerate(equal) if node.id == value.id), -1)
    if at < 0:
        return (value,)
    first = at
    while first > 0 and not _changed(ctx, value, equal[first - 1], equal[first]):
        first -= 1
    last = at
    while last + 1 < len(equal) and not _changed(ctx, value, equal[last], equal[last + 1]):
        last += 1
    return tuple(equal[first : last + 1])


def _same_function(ctx: RefactorContext, node: Node, value: Node) -> bool:
    """Whether two values run in one function of one type; what is written out can be shared with
    the lambdas inside of it too, where they see its variables.
    """
    one, other = ctx.function_of(node), ctx.function_of(value)
    while (
        value.type in ctx.shapes.literals
        and one is not None
        and (other is None or one.id != other.id)
        and one.type in ctx.shapes.lambdas
        and ctx.spec.closes is None
    ):
        one = ctx.function_of(one)
    if (one.id if one is not None else -1) != (other.id if other is not None else -1):
        return False
    mine, its = ctx.enclosing(ctx.shapes.classes, value), ctx.enclosing(ctx.shapes.classes, node)
    return (mine.id if mine is not None else -1) == (its.id if its is not None else -1)


def _changed(ctx: RefactorContext, value: Node, before: Node, after: Node) -> bool:
    """Whether something that the value reads may be written between two of its places."""
    if value.type in ctx.shapes.literals:
        return False
    start, end = before.end_byte, after.start_byte
    loop = _loop_around(ctx, before, after)
    if loop is not None:
        start, end = min(start, loop.start_byte), max(end, loop.end_byte)
    span = Span(start, max(start, end))
    for variable in inputs(ctx, value):
        if any(use.writes and span.start <= use.start < span.end for use in variable.uses):
            return True
    names = {
        ctx.facts.reference(index).name
        for index in ctx.facts.references_in(Span(value.start_byte, value.end_byte))
    }
    for index in ctx.facts.references_in(span):
        one = ctx.facts.reference(index)
        if one.role in (Role.WRITE, Role.DEFINE) and one.name in names and (one.member):
            return True
    return _calls_on(ctx, value, span)


def _loop_around(ctx: RefactorContext, before: Node, after: Node) -> Node | None:
    """The outermost loop that one of two places is in and the other is not."""
    found: Node | None = None
    current = after.parent
    while current is not None and not (
        current.start_byte <= before.start_byte and before.end_byte <= current.end_byte
    ):
        if current.type in ctx.shapes.loops:
            found = current
        current = current.parent
    return found


def _calls_on(ctx: RefactorContext, value: Node, span: Span) -> bool:
    """Whether a method is called on something that the value takes apart, within a span."""
    objects = receivers(ctx, value)
    if not objects:
        return False
    for index in ctx.facts.references_in(span):
        one = ctx.facts.reference(index)
        if not one.member or one.role is not Role.CALL or only_reads(one.name):
            continue
        line = ctx.text[max(0, one.start - 200) : one.start].decode("utf-8", "replace")
        head = line.rstrip().removesuffix("?.").removesuffix("->").rstrip(".:").rstrip()
        for written in objects:
            if head.endswith(written) and not head[: -len(written)][-1:].isalnum():
                return True
    return False


def common_statement(ctx: RefactorContext, nodes: Sequence[Node]) -> Node:
    """The statement, in the innermost block around all nodes, that holds the first of them. Raises
    `Refused` where there is no such block.
    """
    chains = []
    for node in nodes:
        chain: list[Node] = []
        current: Node | None = node
        while current is not None:
            if ctx.is_statement(current) and current.type not in ctx.shapes.cases:
                chain.append(current)
            current = current.parent
        chains.append(chain)
    others = [{one.parent.id for one in chain if one.parent is not None} for chain in chains[1:]]
    for statement in chains[0]:
        parent = statement.parent
        if parent is not None and all(parent.id in blocks for blocks in others):
            return statement
    raise Refused("There is no block around all places.")
