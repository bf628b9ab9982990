"""Write the items of a list one a line, or all on one line.

    area(width, height)     ->    area(
                                      width,
                                      height,
                                  )

Works on arguments, parameters and written-out lists, tables and objects: the innermost one around
the cursor. A comma behind the last item is set and taken away as the language has it. Refused for
joining where a comment would swallow what follows it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from pairwright_analyzers.refactors.context import RefactorContext
from pairwright_analyzers.refactors.layout import indent_at, indent_unit, newline_of, reindented
from pairwright_analyzers.refactors.model import EVERYWHERE, Offer, Refactor, Refactored, Refused
from pairwright_analyzers.syntax import ancestors, span_of
from pairwright_analyzers.types import SourceChange, Span, TextEdit

if TYPE_CHECKING:
    from tree_sitter import Node


def _list_at(ctx: RefactorContext) -> Node | None:
    """The innermost list around the selection that has brackets and several items; not one that
    holds the whole function around it.
    """
    shapes = ctx.shapes
    for node in (ctx.node, *ancestors(ctx.node)):
        if node.type in shapes.blocks | shapes.functions:
            return None
        if node.type not in shapes.lists or not _has_brackets(node):
            continue
        inside = node.start_byte < ctx.selection.end or ctx.selection.start == node.start_byte
        if inside and len(_items(ctx, node)) >= _least(ctx, node):
            return node
    return None


def _least(ctx: RefactorContext, node: Node) -> int:
    """How many items make a list worth splitting; what is split can be joined whatever it holds."""
    return 1 if b"\n" in ctx.text[node.start_byte : node.end_byte] else 2


def _items(ctx: RefactorContext, node: Node) -> list[Node]:
    return [one for one in node.named_children if one.type not in ctx.shapes.comments]


def _has_brackets(node: Node) -> bool:
    first, last = node.children[0], node.children[-1]
    return first.type in ("(", "[", "{", "array") and last.type in (")", "]", "}")


def _is_split(ctx: RefactorContext, node: Node) -> bool:
    """Whether every item, and the closing bracket, start a line of their own."""
    starts = [one.start_byte for one in _items(ctx, node)] + [node.children[-1].start_byte]
    ends = [_opening(node)] + [one.end_byte for one in _items(ctx, node)]
    pairs = zip(ends, starts, strict=True)
    return all(b"\n" in ctx.text[end:start] for end, start in pairs)


def _opening(node: Node) -> int:
    """Where the opening bracket ends."""
    return next(one.end_byte for one in node.children if one.type in ("(", "[", "{"))


def _split_offers(ctx: RefactorContext) -> Sequence[Offer]:
    node = _list_at(ctx)
    if node is None or _is_split(ctx, node):
        return ()
    return (Offer(f"Split {ctx.shapes.list_words.get(node.type, 'items')} into lines"),)


def _join_offers(ctx: RefactorContext) -> Sequence[Offer]:
    node = _list_at(ctx)
    if node is None or b"\n" not in b"".join(_gaps(ctx, node)):
        return ()
    title = f"Join {ctx.shapes.list_words.get(node.type, 'items')} into one line"
    if any(one.type in ctx.shapes.comments for one in node.children):
        return (Offer(title, refused="A comment stands between the items."),)
    return (Offer(title),)


def _gaps(ctx: RefactorContext, node: Node) -> list[bytes]:
    """The text between the items, and around them inside of the brackets."""
    items = _items(ctx, node)
    edges = [_opening(node), *(edge for one in items for edge in (one.start_byte, one.end_byte))]
    edges.append(node.children[-1].start_byte)
    return [ctx.text[edges[at] : edges[at + 1]] for at in range(0, len(edges), 2)]


def _split(ctx: RefactorContext, _arguments: Mapping[str, Any]) -> Refactored:
    node = _list_at(ctx)
    if node is None:
        raise Refused("No list of items stands here.")
    base = indent_at(ctx.text, node.start_byte)
    indent = base + indent_unit(ctx.text, ctx.shapes)
    line_end = newline_of(ctx.text)
    edits: list[TextEdit] = []
    at = _opening(node)
    items = _items(ctx, node)
    for child in node.children[1:]:
        if child.type == ",":
            at = child.end_byte
            continue
        if child.start_byte < at or child.id == node.children[-1].id:
            continue
        gap = ctx.text[at : child.start_byte]
        if child.type in ctx.shapes.comments and b"\n" not in gap:
            at = child.end_byte
            continue
        if child.is_named and not gap.strip():
            edits.append(TextEdit(Span(at, child.start_byte), line_end + indent))
            if b"\n" in ctx.text[child.start_byte : child.end_byte]:
                edits.append(_moved(ctx, child, base, indent))
            at = child.end_byte
    last, close = items[-1], node.children[-1]
    has_comma = b"," in ctx.text[last.end_byte : close.start_byte]
    comma = ""
    if not has_comma and _takes_comma(ctx, node, last):
        comma = ","
    tail = ctx.text[last.end_byte : close.start_byte]
    if tail.strip(b" \t\r\n,"):
        edits.append(TextEdit(Span(last.end_byte, last.end_byte), comma))
        inner = len(tail) - len(tail.rstrip())
        edits.append(TextEdit(Span(close.start_byte - inner, close.start_byte), line_end + base))
    else:
        written = ("," if has_comma else comma) + line_end + base
        edits.append(TextEdit(Span(last.end_byte, close.start_byte), written))
    return Refactored(SourceChange({ctx.path: tuple(edits)}))


def _takes_comma(ctx: RefactorContext, node: Node, last: Node) -> bool:
    shapes = ctx.shapes
    return node.type in shapes.trailing_commas and last.type not in shapes.spreads


def _moved(ctx: RefactorContext, item: Node, base: str, indent: str) -> TextEdit:
    """An item of several lines, one step further in."""
    span = span_of(item)
    own = indent_at(ctx.text, item.start_byte)
    target = indent if own == base else own
    return TextEdit(span, reindented(ctx, span, target))


def _join(ctx: RefactorContext, _arguments: Mapping[str, Any]) -> Refactored:
    node = _list_at(ctx)
    if node is None:
        raise Refused("No list of items stands here.")
    if any(one.type in ctx.shapes.comments for one in node.children):
        raise Refused("A comment stands between the items.")
    items = _items(ctx, node)
    padding = " " if node.type in ctx.shapes.padded_lists else ""
    base = indent_at(ctx.text, node.start_byte)
    edits = [TextEdit(Span(_opening(node), items[0].start_byte), padding)]
    for before, item in zip([None, *items], items, strict=False):
        if before is not None:
            gap = ctx.text[before.end_byte : item.start_byte]
            separator = gap.strip().decode()
            edits.append(TextEdit(Span(before.end_byte, item.start_byte), f"{separator} "))
        if b"\n" in ctx.text[item.start_byte : item.end_byte]:
            edits.append(TextEdit(span_of(item), reindented(ctx, span_of(item), base)))
    last, close = items[-1], node.children[-1]
    kept = "," if _needs_comma(ctx, node, items) else ""
    edits.append(TextEdit(Span(last.end_byte, close.start_byte), kept + padding))
    return Refactored(SourceChange({ctx.path: tuple(edits)}))


def _needs_comma(ctx: RefactorContext, node: Node, items: Sequence[Node]) -> bool:
    """Whether a single item is a list by its comma only: `(1,)`."""
    return len(items) == 1 and node.type in ctx.shapes.comma_makes


SPLIT = Refactor(
    "rewrite.split_lines",
    "Split into lines",
    "refactor.rewrite.split_lines",
    EVERYWHERE,
    _split_offers,
    _split,
    __doc__ or "",
)

JOIN = Refactor(
    "rewrite.join_lines",
    "Join into one line",
    "refactor.rewrite.join_lines",
    EVERYWHERE,
    _join_offers,
    _join,
    __doc__ or "",
)
