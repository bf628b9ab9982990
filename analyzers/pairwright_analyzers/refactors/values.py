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
    if kind in ctx.shapes.atoms or kind in ctx.shapes.literals or kind in ctx.shapes.parentheses:
        return value
    if stands_alone(ctx, place.start_byte, place.end_byte, value):
        return value
    return f"({value})"


def stands_alone(ctx: RefactorContext, start: int, end: int, value: str) -> bool:
    """Whether a value put in place of the bytes `start..end` is read as one value there, and all
    around it as before.
    """
    raw = value.encode("utf-8", "surrogateescape")
    text = ctx.text[:start] + raw + ctx.text[end:]
    after = parse_politely(ctx.spec, text)
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
