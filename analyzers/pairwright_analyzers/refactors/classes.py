"""Types and their members as refactorings see them: the type at the selection, its members with the
lines that belong to them.

Owns the layout of members in a type's body. What a member is, a language says (`Shapes.members`).
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING

from pairwright_analyzers.languages.members import Member
from pairwright_analyzers.refactors.context import RefactorContext
from pairwright_analyzers.refactors.layout import (
    ends_line,
    indent_at,
    indent_unit,
    line_end,
    line_start,
    newline_of,
    next_line,
    starts_line,
    statements_span,
    with_comments_above,
)
from pairwright_analyzers.refactors.model import Refused
from pairwright_analyzers.syntax import ancestors
from pairwright_analyzers.types import Span, TextEdit

if TYPE_CHECKING:
    from tree_sitter import Node


@dataclass(frozen=True, slots=True)
class Unit:
    """A member with the comments above it and behind it; `span` starts at its first line's start
    and ends before its last line's end.
    """

    member: Member
    span: Span


def class_at(ctx: RefactorContext) -> Node | None:
    """The type whose header the selection is in."""
    found = enclosing_class(ctx, ctx.node)
    if found is None:
        return None
    body = found.child_by_field_name("body")
    start = found.start_byte
    if body is None or not start <= ctx.selection.start <= ctx.selection.end <= body.start_byte:
        return None
    return found


def enclosing_class(ctx: RefactorContext, node: Node) -> Node | None:
    """The innermost type with members around a node, or the node itself."""
    classes = ctx.shapes.members.classes
    if node.type in classes and node.is_named:
        return node
    return next((one for one in ancestors(node) if one.type in classes and one.is_named), None)


def body_of(node: Node) -> Node:
    """The body of a type. Raises `Refused` without one."""
    body = node.child_by_field_name("body")
    if body is None:
        raise Refused("The type has no body.")
    return body


def member_at(ctx: RefactorContext) -> tuple[Node, Member] | None:
    """The member whose header the selection is in, and its type: the cursor is on its name, or the
    member is selected whole.
    """
    shapes = ctx.shapes.members
    around = enclosing_class(ctx, ctx.node)
    if around is not None and around.type in shapes.classes:
        name = around.child_by_field_name("name")
        if name is not None and name.start_byte <= ctx.selection.start <= name.end_byte:
            around = enclosing_class(ctx, around.parent) if around.parent is not None else None
    if around is None:
        return None
    body = around.child_by_field_name("body")
    for child in body.named_children if body is not None else ():
        if not child.start_byte <= ctx.selection.start <= child.end_byte:
            continue
        member = shapes.member(child, ctx.text)
        if member is None or member.name_node is None:
            continue
        name = member.name_node
        on_name = name.start_byte <= ctx.selection.start <= ctx.selection.end <= name.end_byte
        whole = ctx.selection.start == child.start_byte and (
            child.end_byte - 1 <= ctx.selection.end <= child.end_byte + 1
        )
        if on_name or (whole and not ctx.is_cursor):
            return around, member
    return None


def members_of(ctx: RefactorContext, node: Node) -> list[Member]:
    """The members of a type, in text order; what is none is left out."""
    body = node.child_by_field_name("body")
    found = []
    for child in body.named_children if body is not None else ():
        member = ctx.shapes.members.member(child, ctx.text)
        if member is not None:
            found.append(member)
    return found


def unit_of(ctx: RefactorContext, member: Member) -> Unit:
    """A member with what belongs to it. Raises `Refused` where it shares its lines."""
    first = member.node
    before = first.prev_named_sibling
    while before is not None and before.type in ctx.shapes.members.leads:
        first, before = before, before.prev_named_sibling
    start = with_comments_above(ctx, first)
    end = statements_span(ctx, [member.node]).end
    if not starts_line(ctx.text, start) or not ends_line(ctx.text, end):
        raise Refused(f"`{member.name}` does not stand on lines of its own.")
    return Unit(member, Span(line_start(ctx.text, start), end))


def units_of(ctx: RefactorContext, node: Node) -> list[Unit]:
    """All members of a type with what belongs to them. Raises `Refused` where something else stands
    between them.
    """
    shapes = ctx.shapes.members
    body = body_of(node)
    found: list[Unit] = []
    pending: Node | None = None
    for child in body.named_children:
        if child.type in ctx.shapes.comments or child.type in shapes.leads:
            pending = child if child.type in shapes.leads else pending
            continue
        if child.is_error or child.has_error:
            raise Refused("The type is not complete.")
        member = shapes.member(child, ctx.text)
        if member is None:
            if shapes.stays(child, ctx.text) and not found:
                continue
            row = child.start_point.row + 1
            raise Refused(f"What stands in line {row} has a place of its own in the type.")
        pending = None
        found.append(unit_of(ctx, member))
    if pending is not None:
        raise Refused("The type is not complete.")
    _refuse_loose_comments(ctx, node, body, found)
    return found


def _refuse_loose_comments(
    ctx: RefactorContext, node: Node, body: Node, units: Sequence[Unit]
) -> None:
    first = units[0].span.start if units else body.start_byte
    own_lines = [one for one in (*node.children, *body.children) if one.type in ctx.shapes.comments]
    for one in own_lines:
        if any(unit.span.start <= one.start_byte < unit.span.end for unit in units):
            continue
        if one.start_byte < first and not starts_line(ctx.text, one.start_byte):
            continue
        row = one.start_point.row + 1
        raise Refused(f"It is not clear which member the comment in line {row} belongs to.")


def rearranged(ctx: RefactorContext, units: Sequence[Unit], order: Sequence[Unit]) -> bytes:
    """The text with the members in another order. Empty lines stay between neighbours that stay
    neighbours; else they are as usual between members of their sorts.
    """
    text = ctx.text
    gaps: dict[tuple[int, int], bytes] = {}
    usual: dict[bool, Counter[bytes]] = {True: Counter(), False: Counter()}
    for before, after in pairwise(units):
        gap = text[before.span.end : after.span.start]
        gaps[before.span.start, after.span.start] = gap
        usual[_are_short(text, before, after)][gap] += 1
    end = newline_of(text).encode()
    defaults = {True: end, False: end * 2}
    parts: list[bytes] = []
    for at, unit in enumerate(order):
        if at:
            before = order[at - 1]
            gap = gaps.get((before.span.start, unit.span.start), b"")
            if not gap:
                short = _are_short(text, before, unit)
                counted = usual[short]
                gap = counted.most_common(1)[0][0] if counted else defaults[short]
            parts.append(gap)
        parts.append(text[unit.span.start : unit.span.end])
    start, stop = units[0].span.start, units[-1].span.end
    return text[:start] + b"".join(parts) + text[stop:]


def _are_short(text: bytes, before: Unit, after: Unit) -> bool:
    """Whether two neighbours are of one sort and one line each, usually without a gap."""
    return before.member.sort is after.member.sort and not any(
        text.count(b"\n", unit.span.start, unit.span.end) for unit in (before, after)
    )


def units_removed(
    ctx: RefactorContext, node: Node, units: Sequence[Unit], gone: Sequence[Unit]
) -> list[TextEdit]:
    """The edits that take members away, with the empty lines that would be left over; an empty body
    is written as the language wants it.
    """
    text = ctx.text
    starts = {unit.span.start for unit in gone}
    kept = [unit for unit in units if unit.span.start not in starts]
    body = body_of(node)
    others = [
        one
        for one in body.named_children
        if one.type not in ctx.shapes.comments
        and not any(unit.span.start <= one.start_byte < unit.span.end for unit in units)
    ]
    filler = ctx.spec.habits.empty_body
    if not kept and not others and filler and not ctx.shapes.block_close:
        first, last = units[0].span, units[-1].span
        indent = indent_at(text, units[0].member.node.start_byte)
        return [TextEdit(Span(first.start, last.end), f"{indent}{filler}")]
    edits = []
    for unit in gone:
        start, end = unit.span.start, next_line(text, unit.span.end)
        blank_before = start
        while (
            blank_before > 0 and not text[line_start(text, blank_before - 1) : blank_before].strip()
        ):
            blank_before = line_start(text, blank_before - 1)
        blank_behind = end
        while (
            blank_behind < len(text)
            and not text[blank_behind : line_end(text, blank_behind)].strip()
            and line_end(text, blank_behind) < len(text)
        ):
            blank_behind = next_line(text, blank_behind)
        is_last = all(one.span.start <= unit.span.start for one in kept)
        if is_last:
            edits.append(TextEdit(Span(blank_before, end), ""))
        else:
            edits.append(TextEdit(Span(start, blank_behind), ""))
    return edits


def inner_indent(ctx: RefactorContext, node: Node) -> str:
    """The indentation of a type's members."""
    members = members_of(ctx, node)
    for member in members:
        if starts_line(ctx.text, member.node.start_byte):
            return indent_at(ctx.text, member.node.start_byte)
    return indent_at(ctx.text, node.start_byte) + indent_unit(ctx.text, ctx.shapes)
