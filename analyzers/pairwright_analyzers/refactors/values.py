"""Values put in the place of others: where they need parentheses, and what leaving them out would
change.

Pure functions of texts and trees. Whether parentheses are needed is asked of the parser, so no
table of precedences is kept.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from pairwright_analyzers.refactors.context import RefactorContext
from pairwright_analyzers.syntax import parse_politely

if TYPE_CHECKING:
    from tree_sitter import Node


def fitted(ctx: RefactorContext, place: Node, value: str, kind: str) -> str:
    """The text to write in the place of a node: `value`, in parentheses where it would be read
    otherwise without them. `kind` is the value's node type.
    """
    shapes = ctx.shapes
    is_number = kind in shapes.literals and kind not in shapes.strings and value[:1].isdigit()
    plain = kind in shapes.atoms | shapes.literals and not is_number
    if _is_followed(ctx, place) and not plain and kind not in shapes.calls:
        return f"({value})"
    if kind in shapes.atoms or kind in shapes.literals:
        return value
    if stands_alone(ctx, place.start_byte, place.end_byte, value):
        return value
    return f"({value})"


def _is_followed(ctx: RefactorContext, place: Node) -> bool:
    """Whether a member, an index or arguments follow a place: nothing but an atom can be there."""
    parent = place.parent
    if parent is None or not parent.named_child_count or parent.start_byte != place.start_byte:
        return False
    followed = parent.type in ctx.shapes.atoms | ctx.shapes.calls
    return followed and parent.end_byte > place.end_byte


def stands_alone(ctx: RefactorContext, start: int, end: int, value: str) -> bool:
    """Whether a value put in place of the bytes `start..end` is read as one value there, and all
    around it as before.
    """
    raw = value.encode("utf-8", "surrogateescape")
    text = ctx.text[:start] + raw + ctx.text[end:]
    after = parse_politely(ctx.spec, text)
    if after.root.has_error and not ctx.parsed.root.has_error:
        return False
    found = after.root.named_descendant_for_byte_range(start, start + len(raw))
    if found is None or (found.start_byte, found.end_byte) != (start, start + len(raw)):
        return False
    before = ctx.parsed.root.named_descendant_for_byte_range(start, end)
    if before is None:
        return False
    return _same_around(before, found, start, end, len(raw) - (end - start))


def _same_around(old: Node, new: Node, start: int, end: int, moved: int) -> bool:
    """Whether the ancestors of two nodes cover the same text, one of them changed."""
    above_old, above_new = _outermost(old, start, end), _outermost(new, start, end + moved)
    current_old, current_new = above_old.parent, above_new.parent
    for _ in range(4):
        if current_old is None or current_new is None:
            return current_old is None and current_new is None
        same = (
            current_old.type == current_new.type
            and current_old.start_byte == current_new.start_byte
            and current_old.end_byte + moved == current_new.end_byte
        )
        if not same:
            return False
        current_old, current_new = current_old.parent, current_new.parent
    return True


def _outermost(node: Node, start: int, end: int) -> Node:
    """The largest node with exactly these bytes."""
    current = node
    while current.parent is not None and (
        current.parent.start_byte == start and current.parent.end_byte == end
    ):
        current = current.parent
    return current


def runs_code(ctx: RefactorContext, value: Node) -> Node | None:
    """The first part of a value that runs other code or changes something, functions inside it left
    out; None where reading the value has no effect.
    """
    shapes = ctx.shapes
    effects = shapes.calls | shapes.assignments | shapes.augmented
    return next(ctx.inside(value, effects), None)


def makes_object(ctx: RefactorContext, value: Node) -> bool:
    """Whether a value is another object each time it is reached."""
    shapes = ctx.shapes
    current = value
    known = shapes.makers | shapes.calls | shapes.strings
    while current.named_child_count == 1 and current.type not in known:
        current = current.named_children[0]
    if current.type in ctx.shapes.makers:
        return True
    if current.type not in ctx.shapes.calls:
        return False
    name = _called_name(ctx, current)
    bare = name.rpartition(".")[2].rpartition("::")[2]
    capital = bare[:1].isupper() and not ctx.shapes.exports_capitals
    return capital or bare in ctx.shapes.maker_names


def _called_name(ctx: RefactorContext, call: Node) -> str:
    parts = ctx.spec.call(call, ctx.text)
    return ctx.source(parts.callee) if parts is not None else ""
