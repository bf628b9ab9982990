"""Put braces around a single statement that an `if`, `else` or loop governs.

    if (ready)            if (ready) {
      start();      ->      start();
                          }

Offered on the header and on the statement; all branches of an `if` get theirs.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import pairwise
from typing import Any

from pairwright_analyzers.languages.shapes import words
from pairwright_analyzers.refactors.bodies import Body, bodies_at
from pairwright_analyzers.refactors.branches import opens_below
from pairwright_analyzers.refactors.context import RefactorContext
from pairwright_analyzers.refactors.layout import (
    indent_at,
    indent_unit,
    reindented,
    rewritten,
)
from pairwright_analyzers.refactors.model import Offer, Refactor, Refactored, Refused
from pairwright_analyzers.types import SourceChange, Span, TextEdit

_TITLE = "Add braces"


def _offers(ctx: RefactorContext) -> Sequence[Offer]:
    return (Offer(_TITLE),) if any(not one.block for one in bodies_at(ctx)) else ()


def _apply(ctx: RefactorContext, _arguments: Mapping[str, Any]) -> Refactored:
    found = bodies_at(ctx)
    bare = [one for one in found if not one.block]
    if not bare:
        raise Refused("No statement without braces stands here.")
    edits = [_braced(ctx, one) for one in bare]
    edits.extend(_else_beside(ctx, found))
    ordered = tuple(sorted(edits, key=lambda edit: edit.span.start))
    return Refactored(SourceChange({ctx.path: ordered}))


def _braced(ctx: RefactorContext, body: Body) -> TextEdit:
    indent = _indent(ctx, body)
    inner = indent + indent_unit(ctx.text, ctx.shapes)
    between = ctx.source(Span(body.head, body.node.start_byte))
    comment = between.strip()
    if comment and not comment.startswith(("//", "/*", "#")):
        raise Refused("Something stands between the header and its statement.")
    end = _end(ctx, body)
    text = reindented(ctx, Span(body.node.start_byte, body.node.end_byte), inner)
    tail = ctx.source(Span(body.node.end_byte, end))
    opening = f"\n{indent}{{" if opens_below(ctx) else " {"
    if not ctx.source(body.node).rstrip(";").strip():
        return rewritten(ctx, Span(body.head, end), f" {{{tail}\n{indent}}}")
    note = ""
    if comment and "\n" in between[between.index(comment[0]) :]:
        first = between.lstrip(" \t")
        behind = not first.startswith("\n")
        note = f" {comment}" if behind else f"\n{inner}{comment}"
    return rewritten(ctx, Span(body.head, end), f"{opening}{note}\n{inner}{text}{tail}\n{indent}}}")


def _indent(ctx: RefactorContext, body: Body) -> str:
    return indent_at(ctx.text, body.owner.start_byte)


def _end(ctx: RefactorContext, body: Body) -> int:
    """Where a statement ends, with a comment behind it on its line."""
    following = body.node.next_sibling
    end = body.node.end_byte
    if following is None and body.node.parent is not None:
        following = body.node.parent.next_sibling
    if following is None or following.type not in ctx.shapes.comments:
        return end
    return following.end_byte if b"\n" not in ctx.text[end : following.start_byte] else end


def _else_beside(ctx: RefactorContext, found: Sequence[Body]) -> list[TextEdit]:
    """An `else` moves beside the brace that now stands before it."""
    edits: list[TextEdit] = []
    if opens_below(ctx):
        return edits
    for before, after in pairwise(found):
        if before.block:
            continue
        end = _end(ctx, before)
        word = ctx.text.find(ctx.shapes.logic.else_word.encode(), end, after.node.start_byte)
        if word >= 0 and not ctx.text[end:word].strip():
            edits.append(TextEdit(Span(end, word), " "))
    return edits


REFACTOR = Refactor(
    "rewrite.add_braces",
    "Add braces",
    "refactor.rewrite.add_braces",
    words("javascript typescript typescriptreact java c cpp csharp php"),
    _offers,
    _apply,
    __doc__ or "",
)
