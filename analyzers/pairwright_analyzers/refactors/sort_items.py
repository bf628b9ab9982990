"""Put the items of a literal in alphabetical order, where their order has no meaning.

    __all__ = ["b", "a"]     ->     __all__ = ["a", "b"]

For sets, dictionaries and objects with plain keys, members of enumerations with values, unions of
types, `__all__`. Offered with the cursor in the literal; comments move along with their items.
Refused with spread parts, computed keys, values that run code, values that depend on their place,
and comments that may belong to several items.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from pairwright_analyzers.languages.items import Item, Items
from pairwright_analyzers.refactors.context import RefactorContext
from pairwright_analyzers.refactors.layout import ends_line, starts_line
from pairwright_analyzers.refactors.model import Offer, Refactor, Refactored, Refused
from pairwright_analyzers.syntax import ancestors, descendants
from pairwright_analyzers.types import SourceChange, Span, TextEdit

if TYPE_CHECKING:
    from tree_sitter import Node

_WORDS = re.compile(r"\d+|\D+")


def _literal(ctx: RefactorContext) -> tuple[Node, Items] | None:
    """The innermost literal around the selection whose items can be sorted. Raises `Refused` where
    the order of the innermost has a meaning.
    """
    shapes = ctx.shapes
    for node in (ctx.node, *ancestors(ctx.node)):
        try:
            found = shapes.orderless(node, ctx.text)
        except ValueError as error:
            raise Refused(str(error)) from None
        if found is not None:
            inside = node.start_byte <= ctx.selection.start and ctx.selection.end <= node.end_byte
            return (node, found) if inside else None
        if node.type in shapes.lists or node.type in shapes.functions or node.type in shapes.calls:
            return None
        if ctx.is_statement(node) and node.type not in shapes.classes:
            around = node.parent.parent if node.parent is not None else None
            if around is None or around.type not in shapes.classes:
                return None
    return None


def _order(item: Item) -> tuple[tuple[str, ...], str]:
    """Letters without their case, numbers by their size; the key itself where these are equal."""
    words = tuple(
        f"0{word.zfill(20)}" if word.isdigit() else f"1{word.casefold()}"
        for word in _WORDS.findall(item.key)
    )
    return words, item.key


def _offers(ctx: RefactorContext) -> Sequence[Offer]:
    try:
        found = _literal(ctx)
    except Refused:
        return ()
    if found is None or len(found[1].items) < 2:
        return ()
    items = found[1].items
    title = f"Sort {found[1].word}"
    if sorted(items, key=_order) == list(items):
        return ()
    try:
        _sorted(ctx, *found)
    except Refused as refused:
        return (Offer(title, refused=str(refused)),)
    return (Offer(title),)


def _apply(ctx: RefactorContext, _arguments: Mapping[str, Any]) -> Refactored:
    found = _literal(ctx)
    if found is None:
        raise Refused("No literal whose order has no meaning stands here.")
    edits = _sorted(ctx, *found)
    if not edits:
        raise Refused(f"The {found[1].word} are in order.")
    return Refactored(SourceChange({ctx.path: edits}))


def _sorted(ctx: RefactorContext, node: Node, found: Items) -> tuple[TextEdit, ...]:
    items = found.items
    if node.has_error:
        raise Refused("The literal is not complete.")
    for item in items:
        for value in item.values:
            if value.type in ctx.shapes.functions:
                continue
            running = next(ctx.inside(value, ctx.shapes.calls), None)
            if running is not None:
                raise Refused(f"`{_short(ctx.source(running))}` would run at another time.")
    slots = [_Slot(ctx, item.node) for item in items]
    inside = node.named_children if found.lines else descendants(node)
    _refuse_loose_comments(ctx, inside, slots)
    order = sorted(range(len(items)), key=lambda at: _order(items[at]))
    edits: list[TextEdit] = []
    for at, slot in enumerate(slots):
        new = slots[order[at]]
        if new is slot:
            continue
        lead, tail = ctx.source(new.lead), ctx.source(new.tail)
        if slot.tail.start == slot.lead.end:
            edits.append(TextEdit(Span(slot.lead.start, slot.tail.end), lead + tail))
            continue
        edits.append(TextEdit(slot.lead, lead))
        if ctx.source(slot.tail) != tail:
            edits.append(TextEdit(slot.tail, tail))
    return tuple(edits)


def _short(source: str) -> str:
    flat = " ".join(source.split())
    return flat if len(flat) <= 40 else f"{flat[:39]}…"


class _Slot:
    """Where an item stands. `lead` covers it with the comments above it, `tail` a comment behind it
    on its line, with the space before it; between the two, what separates items.
    """

    def __init__(self, ctx: RefactorContext, node: Node) -> None:
        shapes, text = ctx.shapes, ctx.text
        start, end = node.start_byte, node.end_byte
        before = node.prev_sibling
        if before is None and node.parent is not None and node.parent.type in shapes.blocks:
            before = node.parent.prev_sibling
        while before is not None and before.type in shapes.comments:
            if (
                not starts_line(text, before.start_byte)
                or text.count(b"\n", before.end_byte, start) != 1
            ):
                break
            start = before.start_byte
            before = before.prev_sibling
        behind = node.next_sibling
        at = end
        if behind is not None and behind.type in (",", ";"):
            at = behind.end_byte
            behind = behind.next_sibling
        elif behind is None and node.parent is not None:
            behind = node.parent.next_sibling
        self.tail = Span(at, at)
        if (
            behind is not None
            and behind.type in shapes.comments
            and b"\n" not in text[at : behind.start_byte]
            and ends_line(text, behind.end_byte)
        ):
            self.tail = Span(at, behind.end_byte)
        self.lead = Span(start, end)


def _refuse_loose_comments(
    ctx: RefactorContext, inside: Iterable[Node], slots: Sequence[_Slot]
) -> None:
    spans = [span for slot in slots for span in (slot.lead, slot.tail)]
    commented = False
    for one in inside:
        if one.type not in ctx.shapes.comments:
            continue
        if any(slot.lead.start < one.start_byte < slot.lead.end for slot in slots):
            continue
        commented = True
        if not any(span.start <= one.start_byte < span.end for span in spans):
            row = one.start_point.row + 1
            raise Refused(f"It is not clear which item the comment in line {row} belongs to.")
    own_lines = all(starts_line(ctx.text, slot.lead.start) for slot in slots)
    if commented and not own_lines:
        raise Refused("It is not clear which item a comment belongs to.")


REFACTOR = Refactor(
    "rewrite.sort_items",
    "Sort items",
    "refactor.rewrite.sort_items",
    frozenset({"python", "javascript", "typescript", "typescriptreact"}),
    _offers,
    _apply,
    __doc__ or "",
)
