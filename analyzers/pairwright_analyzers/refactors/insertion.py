"""A new statement before another one: where it stands on the lines, and the block it may need.

Pure functions of texts and trees. What the statement says is the refactoring's business.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

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
    string_lines,
)
from pairwright_analyzers.refactors.places import Place
from pairwright_analyzers.syntax import nodes_of_types
from pairwright_analyzers.types import Location, Span, TextEdit

if TYPE_CHECKING:
    from tree_sitter import Node

_SPACE = b" \t\r\n"


@dataclass(frozen=True, slots=True)
class Spot:
    """Where a statement goes: `at` is replaced by `before`, the statement, and `after`.

    `indent` is that of the statement; `others` are the edits that make room for it.
    """

    at: Span
    indent: str
    before: str
    after: str
    others: tuple[TextEdit, ...] = ()

    def edit(self, statement: str) -> TextEdit:
        """The edit that writes the statement."""
        return TextEdit(self.at, f"{self.before}{statement}{self.after}")


def spot_before(ctx: RefactorContext, place: Place) -> Spot:
    """The spot of a new statement at a place."""
    statement = place.statement
    if place.body is not None:
        return _in_new_body(ctx, place)
    block = statement.parent
    assert block is not None
    if block.type not in ctx.shapes.blocks:
        return _in_new_block(ctx, statement)
    if ctx.shapes.values.braced_cases and block.type in ctx.shapes.cases:
        return _in_braced_case(ctx, block, statement)
    start = _with_attributes(ctx, statement)
    if starts_line(ctx.text, start):
        indent = indent_at(ctx.text, start)
        behind = newline_of(ctx.text) * (1 + _blank_lines(ctx, statement, start))
        return Spot(Span(start, start), indent, "", behind + indent)
    return _on_own_line(ctx, block, statement)


def terminated(ctx: RefactorContext, statement: str, following: str) -> str:
    """A statement as this file ends its statements; `following` is the text behind it."""
    if not ctx.shapes.values.free_terminator or _ends_statements(ctx):
        return statement
    if following.lstrip()[:1] in ("(", "[", "`", "+", "-", "/"):
        return statement
    return statement.removesuffix(ctx.shapes.terminator)


def _ends_statements(ctx: RefactorContext) -> bool:
    kinds = tuple(sorted(ctx.shapes.wrappers | ctx.shapes.returns))
    listed = nodes_of_types(ctx.parsed, kinds)[:200]
    sign = ctx.shapes.terminator.encode()
    ended = sum(ctx.text[one.end_byte - 1 : one.end_byte] == sign for one in listed)
    return ended * 2 >= len(listed)


def named_in(
    path: str, edits: Iterable[TextEdit], edit: TextEdit, name: str, offset: int = 0
) -> Location:
    """Where a name that an edit writes stands after all edits; `offset` is where to look for it in
    the edit's text.
    """
    start = edit.span.start
    for one in edits:
        if one.span.end <= edit.span.start and one is not edit:
            start += len(one.new_text.encode("utf-8", "surrogateescape")) - len(one.span)
    at = edit.new_text.index(name, offset)
    start += len(edit.new_text[:at].encode("utf-8", "surrogateescape"))
    return Location(path, Span(start, start + len(name.encode())))


def ordered(edits: Iterable[TextEdit]) -> tuple[TextEdit, ...]:
    """Edits in text order, those that change nothing left out."""
    return tuple(
        sorted(
            (one for one in edits if one.new_text or len(one.span)),
            key=lambda one: (one.span.start, one.span.end),
        )
    )


def _with_attributes(ctx: RefactorContext, statement: Node) -> int:
    """Where a statement starts, with the attributes before it."""
    start, before = statement.start_byte, statement.prev_sibling
    while before is not None and before.type in ctx.shapes.values.attributes:
        start, before = before.start_byte, before.prev_sibling
    return start


def _blank_lines(ctx: RefactorContext, statement: Node, start: int) -> int:
    """How many empty lines set a definition apart from what stands before it."""
    kinds = ctx.shapes.functions | ctx.shapes.classes | {"decorated_definition"}
    if statement.type not in kinds:
        return 0
    before = ctx.text[_space_before(ctx.text, start) : start]
    return max(0, before.count(b"\n") - 1) if len(before) < start else 0


def opens_on_own_line(ctx: RefactorContext) -> bool:
    """Whether the file puts the brace of a block on a line of its own."""
    own = ctx.text.count(b"\n{") + _indented_braces(ctx.text)
    same = ctx.text.count(b") {") + ctx.text.count(b"else {")
    if own == same:
        return ctx.shapes.block_open.startswith("\n")
    return own > same


def _indented_braces(text: bytes) -> int:
    return sum(line.strip() == b"{" and line[:1] in b" \t" for line in text.split(b"\n"))


def opening(ctx: RefactorContext, indent: str) -> str:
    """What opens a block behind a header whose line is indented so."""
    opener = ctx.shapes.block_open.strip()
    if opener == "{" and opens_on_own_line(ctx):
        return f"{newline_of(ctx.text)}{indent}{{"
    return ctx.shapes.block_open if opener != "{" else " {"


def shifted_lines(ctx: RefactorContext, span: Span, old: str, new: str) -> list[TextEdit]:
    """Edits that move the lines of a span behind its first one from one indentation to another;
    lines inside of texts stay.
    """
    if old == new:
        return []
    kept = string_lines(ctx, span)
    edits: list[TextEdit] = []
    at = next_line(ctx.text, span.start)
    while at < span.end:
        blank = not ctx.text[at : line_end(ctx.text, at)].strip()
        if not blank and at not in kept and ctx.text.startswith(old.encode(), at):
            edits.append(TextEdit(Span(at, at + len(old.encode())), new))
        following = next_line(ctx.text, at)
        if following == at:
            break
        at = following
    return edits


def _space_before(text: bytes, offset: int) -> int:
    """Where the white space before an offset starts."""
    while offset > 0 and text[offset - 1 : offset] in (b" ", b"\t", b"\r", b"\n"):
        offset -= 1
    return offset


def _in_new_body(ctx: RefactorContext, place: Place) -> Spot:
    """The expression of a body becomes the last statement of a block."""
    body = place.body
    assert body is not None
    text, newline = ctx.text, newline_of(ctx.text)
    unit = indent_unit(text, ctx.shapes)
    base = indent_at(text, place.statement.start_byte)
    own_line = opens_on_own_line(ctx)
    head, tail = "", f"{newline}{base}{body.closer}"
    inner = base + unit
    if body.opener:
        head = f"{newline}{base}{{" if own_line and body.opener.startswith("\n") else " {"
    if body.accessor:
        opener = f"{newline}{inner}{{" if own_line else " {"
        head = f"{head}{newline}{inner}{body.accessor}{opener}"
        tail = f"{newline}{inner}}}{tail}"
        inner += unit
    keyword = f"{body.keyword} " if body.keyword else ""
    start = _space_before(text, body.start)
    value = body.value
    end = terminated(ctx, body.terminator, "")
    old = indent_at(text, value.start_byte)
    return Spot(
        Span(start, value.start_byte),
        inner,
        f"{head}{newline}{inner}",
        f"{newline}{inner}{keyword}",
        (
            TextEdit(Span(value.end_byte, body.end), f"{end}{tail}"),
            *shifted_lines(ctx, Span(value.start_byte, value.end_byte), old, inner),
        ),
    )


def _in_new_block(ctx: RefactorContext, statement: Node) -> Spot:
    """An arm without a block gets one."""
    text, newline = ctx.text, newline_of(ctx.text)
    parent = statement.parent
    assert parent is not None
    base = indent_at(text, parent.start_byte)
    inner = base + indent_unit(text, ctx.shapes)
    start = _space_before(text, statement.start_byte)
    span = statements_span(ctx, [statement])
    old = indent_at(text, statement.start_byte)
    closing = TextEdit(Span(span.end, span.end), f"{newline}{base}}}")
    following = _following(text, span.end)
    if not opens_on_own_line(ctx) and text[following:].startswith((b"else", b"while")):
        is_tail = text[following:].startswith(b"else") or "do" in parent.type
        if is_tail:
            closing = TextEdit(Span(span.end, following), f"{newline}{base}}} ")
    return Spot(
        Span(start, statement.start_byte),
        inner,
        f"{opening(ctx, base)}{newline}{inner}",
        f"{newline}{inner}",
        (*shifted_lines(ctx, span, old, inner), closing),
    )


def _following(text: bytes, offset: int) -> int:
    while offset < len(text) and text[offset : offset + 1] in (b" ", b"\t", b"\r", b"\n"):
        offset += 1
    return offset


def _statements_of(ctx: RefactorContext, block: Node) -> list[Node]:
    return [one for one in block.named_children if ctx.is_statement(one)]


def _in_braced_case(ctx: RefactorContext, case: Node, statement: Node) -> Spot:
    """The statements of a case get a block of their own."""
    text, newline = ctx.text, newline_of(ctx.text)
    listed = _statements_of(ctx, case)
    base = indent_at(text, case.start_byte)
    span = statements_span(ctx, listed)
    own_line = starts_line(text, listed[0].start_byte)
    inner = indent_at(text, listed[0].start_byte) if own_line else ""
    inner = inner if inner != base and own_line else base + indent_unit(text, ctx.shapes)
    opened = _space_before(text, listed[0].start_byte)
    closing = TextEdit(Span(span.end, span.end), f"{newline}{base}}}")
    first = TextEdit(Span(opened, listed[0].start_byte), f" {{{newline}{inner}")
    lines = [
        TextEdit(Span(_space_before(text, one.start_byte), one.start_byte), newline + inner)
        for one in listed[1:]
        if not starts_line(text, one.start_byte) and one.id != statement.id
    ]
    if listed[0].id == statement.id:
        at, before = first.span, first.new_text
        return Spot(at, inner, before, newline + inner, (*lines, closing))
    start = _space_before(text, statement.start_byte)
    at = Span(start, statement.start_byte)
    return Spot(at, inner, newline + inner, newline + inner, (first, *lines, closing))


def _on_own_line(ctx: RefactorContext, block: Node, statement: Node) -> Spot:
    """A statement that shares its line gets one of its own; so do all in a block on one line."""
    text, newline = ctx.text, newline_of(ctx.text)
    start = line_start(text, statement.start_byte)
    listed = [one for one in _statements_of(ctx, block) if one.start_byte >= start]
    opens = (
        not starts_line(text, listed[0].start_byte)
        and block.parent is not None
        and not any(
            one.end_byte > start for one in _statements_of(ctx, block) if one.start_byte < start
        )
    )
    base = indent_at(text, start)
    if not opens or not _is_first_on_line(ctx, block, listed[0]):
        before = statement.prev_sibling
        edge = _space_before(text, statement.start_byte)
        if before is not None and before.type == "php_tag":
            return Spot(Span(edge, statement.start_byte), base, newline, newline + base)
        return Spot(
            Span(_after_sign(ctx, edge), statement.start_byte),
            base,
            newline + base,
            newline + base,
        )
    inner = base + indent_unit(text, ctx.shapes)
    others: list[TextEdit] = []
    mine = Span(statement.start_byte, statement.start_byte)
    for one in listed:
        if line_start(text, one.start_byte) != start and starts_line(text, one.start_byte):
            continue
        edge = _after_sign(ctx, _space_before(text, one.start_byte))
        if one.id == statement.id:
            mine = Span(edge, one.start_byte)
        else:
            others.append(TextEdit(Span(edge, one.start_byte), newline + inner))
    end = statements_span(ctx, listed).end
    if not ends_line(text, end) and line_start(text, end) == start:
        behind = end
        while text[behind : behind + 1] in (b" ", b"\t"):
            behind += 1
        others.append(TextEdit(Span(end, behind), newline + base))
        others.extend(_spelled_out(ctx, block))
    elif line_start(text, end) != start:
        others.extend(_closed_later(ctx, listed, end, base, inner))
    return Spot(mine, inner, newline + inner, newline + inner, tuple(others))


def _closed_later(
    ctx: RefactorContext, listed: Sequence[Node], end: int, base: str, inner: str
) -> list[TextEdit]:
    """The rest of a block that starts on its header's line and ends on another one."""
    text = ctx.text
    edits = shifted_lines(ctx, Span(listed[0].start_byte, end), base, inner)
    if not ends_line(text, end):
        behind = end
        while text[behind : behind + 1] in (b" ", b"\t"):
            behind += 1
        if text[behind : behind + 1] in (b"}", b"e"):
            edits.append(TextEdit(Span(end, behind), newline_of(text) + base))
    return edits


def _is_first_on_line(ctx: RefactorContext, block: Node, first: Node) -> bool:
    """Whether a block starts on the line of its first statement."""
    statements = _statements_of(ctx, block)
    return bool(statements) and statements[0].id == first.id


def _after_sign(ctx: RefactorContext, edge: int) -> int:
    """Where what separates two statements on a line starts, if it goes with the line."""
    if not ctx.shapes.terminator and ctx.text[edge - 1 : edge] == b";":
        return _space_before(ctx.text, edge - 1)
    return edge


def _spelled_out(ctx: RefactorContext, block: Node) -> list[TextEdit]:
    """`{ |x| … }` over several lines is written `do |x| … end`, where it means the same."""
    around = block.parent
    if around is None or around.type != "block" or ctx.shapes.block_close != "end":
        return []
    call = around.parent
    holder = call.parent if call is not None else None
    if call is None or holder is None or around.children[0].type != "{":
        return []
    if not ctx.is_statement(call) and holder.type != "assignment":
        return []
    first, last = around.children[0], around.children[-1]
    return [
        TextEdit(Span(first.start_byte, first.end_byte), "do"),
        TextEdit(Span(last.start_byte, last.end_byte), "end"),
    ]
