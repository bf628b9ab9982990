"""Statements and declarations taken away, with what belongs to them on their lines.

Pure functions of a text and its tree. That nothing needs them any more, the caller knows.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from pairwright_analyzers.languages.shapes import VariableParts
from pairwright_analyzers.refactors.context import RefactorContext
from pairwright_analyzers.refactors.layout import (
    definition_lines,
    ends_line,
    line_start,
    starts_line,
    statements_span,
    whole_lines,
)
from pairwright_analyzers.refactors.model import Refused
from pairwright_analyzers.types import Span, TextEdit

if TYPE_CHECKING:
    from tree_sitter import Node


def declaration_removed(ctx: RefactorContext, parts: VariableParts) -> TextEdit:
    """The edit that takes a declaration away. Raises `Refused` where it cannot go alone."""
    if not parts.alone:
        return _removed_from_list(ctx, parts)
    return statement_removed(ctx, parts.statement)


def statement_removed(ctx: RefactorContext, statement: Node) -> TextEdit:
    """The edit that takes a statement away with its lines; a block that may not be empty keeps one
    that does nothing. Raises `Refused` for the only statement of a branch without a block.
    """
    span = statements_span(ctx, [statement])
    if is_only_statement(ctx, statement) and ctx.spec.habits.empty_body:
        return TextEdit(span, ctx.spec.habits.empty_body)
    if ctx.is_braceless(statement):
        raise Refused("It is the only statement of its branch.")
    lines = whole_lines(ctx.text, span)
    if lines == span:
        # Something else stands on the line: what separates the two goes too.
        end = span.end
        while end < len(ctx.text) and ctx.text[end : end + 1] in (b" ", b"\t", b";"):
            end += 1
        start = span.start
        if ends_line(ctx.text, end) and not starts_line(ctx.text, start):
            while start > line_start(ctx.text, start) and ctx.text[start - 1 : start] in (
                b" ",
                b"\t",
                b";",
            ):
                start -= 1
            return TextEdit(Span(start, span.end), "")
        return TextEdit(Span(start, end), "")
    return TextEdit(_with_blank_line(ctx, lines), "")


def _with_blank_line(ctx: RefactorContext, lines: Span) -> Span:
    """The lines, with an empty one behind them where the block starts with them."""
    text = ctx.text
    before = text[: lines.start].rstrip(b" \t\r\n")
    opens = not before or before.endswith((b"{", b":", b"("))
    after = text[lines.end :]
    blank = after[: len(after) - len(after.lstrip(b" \t\r"))]
    rest = after[len(blank) :]
    if rest.startswith(b"\n") and (opens or _is_blank_before(text, lines.start)):
        return Span(lines.start, lines.end + len(blank) + 1)
    return lines


def _is_blank_before(text: bytes, start: int) -> bool:
    before = line_start(text, start - 1) if start > 0 else 0
    return start > 0 and not text[before:start].strip()


def definition_removed(ctx: RefactorContext, node: Node) -> TextEdit:
    """The edit that takes a definition away with the comments above it; a block that may not be
    empty keeps one statement that does nothing.
    """
    if is_only_statement(ctx, node) and ctx.spec.habits.empty_body:
        return TextEdit(statements_span(ctx, [node]), ctx.spec.habits.empty_body)
    return TextEdit(definition_lines(ctx, node), "")


def is_only_statement(ctx: RefactorContext, statement: Node) -> bool:
    """Whether a block holds nothing else than a statement and comments."""
    block = statement.parent
    if block is None or block.parent is None:
        return False
    others = [
        one
        for one in block.named_children
        if one.id != statement.id and one.type not in ctx.shapes.comments
    ]
    return not others


def _removed_from_list(ctx: RefactorContext, parts: VariableParts) -> TextEdit:
    """One declarator of several: it goes with one of the commas beside it."""
    declarator: Node = parts.name
    while declarator.parent is not None and declarator.parent.id != parts.statement.id:
        around = declarator.parent
        if any(one.type == "," for one in around.children):
            break
        declarator = around
    assert parts.value is not None
    if not declarator.start_byte <= parts.value.start_byte < declarator.end_byte:
        raise Refused("Several variables get their values together.")
    following = declarator.next_sibling
    before = declarator.prev_sibling
    if following is not None and following.type == ",":
        behind = following.next_sibling
        end = behind.start_byte if behind is not None else following.end_byte
        return TextEdit(Span(declarator.start_byte, end), "")
    if before is not None and before.type == ",":
        return TextEdit(Span(before.start_byte, declarator.end_byte), "")
    raise Refused("The declaration has a form that is not known.")
