"""Write a text that is put together from values as one text with the values in it.

    "size: " + str(size) + "px"    ->    f"size: {size}px"

Also for the calls and operators that a language has for it (`"%d px" % size`), and back to joined
texts where that is a usual way. Refused where a value cannot stand inside of a text, where values
would run in another order, and for raw texts.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from pairwright_analyzers.languages.shapes import words
from pairwright_analyzers.languages.templates import Part, Templates
from pairwright_analyzers.refactors.context import RefactorContext
from pairwright_analyzers.refactors.layout import rewritten
from pairwright_analyzers.refactors.model import (
    Offer,
    Option,
    Refactor,
    Refactored,
    Refused,
    flag_argument,
)
from pairwright_analyzers.refactors.values import stands_alone
from pairwright_analyzers.types import SourceChange, Span

if TYPE_CHECKING:
    from tree_sitter import Node


def _offers(ctx: RefactorContext) -> Sequence[Offer]:
    templates = _templates(ctx)
    node = _joined_at(ctx)
    offers: list[Offer] = []
    if node is not None:
        title = f"Write as {templates.name}"
        try:
            _written(ctx, node)
            offers.append(Offer(title))
        except Refused as refused:
            offers.append(Offer(title, refused=str(refused)))
    if templates.joined is not None and node is None and _template_at(ctx) is not None:
        offers.append(Offer("Write as joined texts", {"join": True}))
    return offers


def _apply(ctx: RefactorContext, arguments: Mapping[str, Any]) -> Refactored:
    if flag_argument(arguments, "join"):
        node, text = _split(ctx)
    else:
        found = _joined_at(ctx)
        if found is None:
            raise Refused("No text that is put together stands here.")
        node, text = found, _written(ctx, found)
    edit = rewritten(ctx, Span(node.start_byte, node.end_byte), text)
    return Refactored(SourceChange({ctx.path: (edit,)}))


def _templates(ctx: RefactorContext) -> Templates:
    found = ctx.shapes.logic.templates
    assert found is not None
    return found


def _joined_at(ctx: RefactorContext) -> Node | None:
    """The outermost joined or formatted text around the selection."""
    templates = _templates(ctx)
    node: Node | None = ctx.node
    found: Node | None = None
    while node is not None and node.type not in ctx.shapes.functions:
        if node.type in ctx.shapes.calls and found is not None:
            break
        if _operands(ctx, node) is not None and _has_text(ctx, node):
            found = node
        elif found is None and _is_formatted(ctx, templates, node):
            return node
        if ctx.is_statement(node):
            break
        node = node.parent
    return found


def _is_formatted(ctx: RefactorContext, templates: Templates, node: Node) -> bool:
    try:
        return templates.formatted(node, ctx.text) is not None
    except ValueError:
        return True


def _operands(ctx: RefactorContext, node: Node) -> list[Node] | None:
    """The values that a row of operators joins; None where there is none."""
    left, right = node.child_by_field_name("left"), node.child_by_field_name("right")
    if left is None or right is None or node.child_by_field_name("operator") is None:
        return None
    between = ctx.source_between(left, right).strip()
    if between != _templates(ctx).operator or node.type in ctx.shapes.augmented:
        return None
    return [*(_operands(ctx, left) or [left]), right]


def _has_text(ctx: RefactorContext, node: Node) -> bool:
    """Whether a text and something else are joined."""
    listed = _operands(ctx, node) or []
    return any(one.type in ctx.shapes.strings for one in listed)


def _written(ctx: RefactorContext, node: Node) -> str:
    templates = _templates(ctx)
    if node.has_error:
        raise Refused("The text is not finished.")
    try:
        parts = templates.formatted(node, ctx.text)
        if parts is None:
            parts = _of_operands(ctx, _operands(ctx, node) or [])
        literal = _first_text(ctx, node)
        return templates.write(parts, ctx.text, literal)
    except ValueError as error:
        raise Refused(str(error)) from error


def _first_text(ctx: RefactorContext, node: Node) -> str:
    pending = [node]
    while pending:
        one = pending.pop(0)
        if one.type in ctx.shapes.strings and not one.type.startswith("concatenated"):
            return ctx.source(one)
        pending = [*one.named_children, *pending]
    return '"'


def _of_operands(ctx: RefactorContext, listed: Sequence[Node]) -> list[Part]:
    templates = _templates(ctx)
    parts: list[Part] = []
    waiting: list[Node] = []
    seen = not templates.adds
    for one in listed:
        literal = templates.literal(one, ctx.text)
        if literal is not None:
            parts.extend(_added(ctx, waiting))
            waiting = []
            parts.extend(literal)
            seen = True
            continue
        if not seen:
            waiting.append(one)
            continue
        if "\n" in ctx.source(one):
            raise Refused("A value goes over several lines.")
        value, suffix = templates.unwrapped(one, ctx.text)
        parts.append(Part(node=value, suffix=suffix))
    return [*parts, *_added(ctx, waiting)]


def _added(ctx: RefactorContext, waiting: Sequence[Node]) -> list[Part]:
    """Values before the first text: several of them are added before they are joined with it."""
    if not waiting:
        return []
    if len(waiting) == 1:
        value, suffix = _templates(ctx).unwrapped(waiting[0], ctx.text)
        return [Part(node=value, suffix=suffix)]
    source = ctx.source(Span(waiting[0].start_byte, waiting[-1].end_byte))
    return [Part(node=waiting[0].parent, source=source)]


# Back to joined texts.


def _template_at(ctx: RefactorContext) -> Node | None:
    node: Node | None = ctx.node
    while node is not None and not ctx.is_statement(node):
        if _templates(ctx).is_template(node, ctx.text):
            return node
        node = node.parent
    return None


def _split(ctx: RefactorContext) -> tuple[Node, str]:
    templates = _templates(ctx)
    node = _template_at(ctx)
    if node is None or templates.joined is None:
        raise Refused("No text with values in it stands here.")
    try:
        parts = templates.literal(node, ctx.text) or ()
        single = ctx.text.count(b"'") > ctx.text.count(b'"')
        text = templates.joined(parts, ctx.text, "'" if single else '"')
    except ValueError as error:
        raise Refused(str(error)) from error
    if not stands_alone(ctx, node.start_byte, node.end_byte, text):
        text = f"({text})"
    return node, text


REFACTOR = Refactor(
    "rewrite.string_format",
    "Rewrite text with values",
    "refactor.rewrite.string_format",
    words("python javascript typescript typescriptreact csharp ruby php"),
    _offers,
    _apply,
    __doc__ or "",
    (Option("join", "boolean", "Write a text with values in it as joined texts."),),
)
