"""Take away the braces around a single statement that an `if`, `else` or loop governs.

    if (ready) {          if (ready)
      start();      ->      start();
    }

Offered on the header. Refused where a branch holds more than a statement, a declaration or a
comment, and where an `else` would belong to another `if`.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from pairwright_analyzers.languages.shapes import words
from pairwright_analyzers.refactors.bodies import Body, bodies_at
from pairwright_analyzers.refactors.branches import declared_names
from pairwright_analyzers.refactors.context import RefactorContext
from pairwright_analyzers.refactors.layout import (
    indent_at,
    indent_unit,
    reindented,
    rewritten,
)
from pairwright_analyzers.refactors.model import Offer, Refactor, Refactored, Refused
from pairwright_analyzers.types import SourceChange, Span, TextEdit

if TYPE_CHECKING:
    from tree_sitter import Node

_TITLE = "Remove braces"


def _offers(ctx: RefactorContext) -> Sequence[Offer]:
    found = [one for one in bodies_at(ctx) if one.block]
    if not found:
        return ()
    try:
        for one in found:
            _refuse(ctx, one)
    except Refused as refused:
        return (Offer(_TITLE, refused=str(refused)),)
    return (Offer(_TITLE),)


def _apply(ctx: RefactorContext, _arguments: Mapping[str, Any]) -> Refactored:
    everything = bodies_at(ctx)
    found = [one for one in everything if one.block]
    if not found:
        raise Refused("No block in braces stands here.")
    edits: list[TextEdit] = []
    for one in found:
        _refuse(ctx, one)
        edits.append(_bare(ctx, one, last=one is everything[-1]))
    ordered = tuple(sorted(edits, key=lambda edit: edit.span.start))
    return Refactored(SourceChange({ctx.path: ordered}))


def _statement(ctx: RefactorContext, body: Body) -> Node | None:
    named = body.node.named_children
    return named[0] if len(named) == 1 else None


def _refuse(ctx: RefactorContext, body: Body) -> None:
    shapes = ctx.shapes
    statement = _statement(ctx, body)
    if statement is None:
        raise Refused("A branch holds more or less than one statement.")
    if statement.type in shapes.comments:
        raise Refused("A branch holds a comment only.")
    if declared_names(ctx, [statement]) or (
        shapes.variables(statement, ctx.text)
        and any(one.declares for one in shapes.variables(statement, ctx.text))
    ):
        raise Refused("A declaration needs a block around it.")
    last: Node | None = statement
    governed = statement.end_byte
    following = body.owner.child_by_field_name("alternative") is not None
    while last is not None and following and last.end_byte == governed:
        if last.type in shapes.logic.ifs and last.child_by_field_name("alternative") is None:
            raise Refused("An `else` would belong to another `if`.")
        last = last.named_children[-1] if last.named_child_count else None


def _bare(ctx: RefactorContext, body: Body, *, last: bool) -> TextEdit:
    statement = _statement(ctx, body)
    assert statement is not None
    indent = indent_at(ctx.text, body.owner.start_byte)
    inner = indent + indent_unit(ctx.text, ctx.shapes)
    text = reindented(ctx, Span(statement.start_byte, statement.end_byte), inner)
    end = body.node.end_byte
    tail = ""
    if not last:
        while end < len(ctx.text) and ctx.text[end : end + 1] in (b" ", b"\t"):
            end += 1
        follows = ctx.text[end : end + len(ctx.shapes.logic.else_word)]
        tail = f"\n{indent}" if follows == ctx.shapes.logic.else_word.encode() else ""
    return rewritten(ctx, Span(body.head, end), f"\n{inner}{text}{tail}")


REFACTOR = Refactor(
    "rewrite.remove_braces",
    "Remove braces",
    "refactor.rewrite.remove_braces",
    words("javascript typescript typescriptreact java c cpp csharp php"),
    _offers,
    _apply,
    __doc__ or "",
)
