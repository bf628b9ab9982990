"""The edits that put a piece of code into a function of its own and call it in its place.

Owns the text of both: the body with what has to be declared, given back or left early in it; the
statements of the call; the place of the definition. What is passed and given back is decided
elsewhere; how it is spelled is the language's business (`Writing`).
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from pairwright_analyzers.edits import apply_edits
from pairwright_analyzers.languages.writing import (
    Kind,
    NewFunction,
    NewResult,
    Passing,
    Wrapped,
    Writing,
)
from pairwright_analyzers.refactors.context import RefactorContext
from pairwright_analyzers.refactors.layout import (
    indent_at,
    indent_unit,
    line_end,
    line_start,
    newline_of,
    reindented,
    starts_line,
    with_comments_above,
)
from pairwright_analyzers.refactors.liveness import Liveness
from pairwright_analyzers.refactors.model import Refactored, Refused
from pairwright_analyzers.refactors.pieces import Piece, Site, is_last, site_of
from pairwright_analyzers.refactors.typing_of import type_of_value, type_of_variable
from pairwright_analyzers.refactors.values import fitted
from pairwright_analyzers.refactors.variables import Variable
from pairwright_analyzers.syntax import parse_politely
from pairwright_analyzers.types import Location, SourceChange, Span, TextEdit

if TYPE_CHECKING:
    from tree_sitter import Node


@dataclass(frozen=True, slots=True)
class Flow:
    """How the code goes on behind the call."""

    leaves: bool
    """The call ends the function."""
    gives: bool
    """A `return` in the selection gives a value."""
    then_exit: bool
    early: bool
    wrapped: Wrapped | None = None
    """The call may leave the function with what the value does not hold (`?`)."""
    is_tail: bool = False
    """The call is the value of the function."""


def uses_terminators(ctx: RefactorContext) -> bool:
    """Whether statements of the file end with their terminator, most of the time."""
    sign = ctx.shapes.terminator.encode()
    ended = sum(line.rstrip().endswith(sign) for line in ctx.text.splitlines())
    plain = sum(
        line.rstrip().endswith((b")", b"'", b'"')) or line.split()[:1] in ([b"return"], [b"const"])
        for line in ctx.text.splitlines()
        if not line.rstrip().endswith(sign)
    )
    return ended >= plain


def without_terminators(writing: Writing) -> Writing:
    def bare(text: str) -> str:
        text = text.removesuffix(";")
        return f";{text}" if text.startswith(("(", "[")) else text

    return replace(
        writing,
        take=lambda call, results: [bare(one) for one in writing.take(call, results)],
        give=lambda results: bare(writing.give(results)),
        value=lambda value: bare(writing.value(value)),
        leave=lambda call: bare(writing.leave(call)),
        exit=bare(writing.exit),
        local=lambda name, kind: bare(writing.local(name, kind)) if writing.local else "",
    )


_HIDDEN = re.compile(rb"^static\s+(?:inline\s+)?[\w ]+\**\s*\w+\([^;{]*\)\s*\{", re.MULTILINE)


def is_hidden(ctx: RefactorContext) -> bool:
    """Whether the file has functions that are hidden from others."""
    return _HIDDEN.search(ctx.text) is not None


def brace_of(ctx: RefactorContext, site: Site) -> str:
    """How the function around opens its body."""
    body = site.method.child_by_field_name("body") if site.method is not None else None
    if body is None:
        return " {"
    return "\n{" if starts_line(ctx.text, body.start_byte) else " {"


def returned_types(ctx: RefactorContext, site: Site, flow: Flow) -> tuple[str, ...]:
    """The types of what the function around gives back."""
    if not flow.gives or site.root is None:
        return ()
    return ctx.shapes.writing.around(site.root, ctx.text).results


def with_locals(
    ctx: RefactorContext,
    piece: Piece,
    live: Liveness,
    needs: Sequence[Variable],
    site: Site,
    early: Sequence[TextEdit],
) -> tuple[RefactorContext, Piece]:
    """The text in which variables that are declared outside, but start their life inside, are
    declared inside.
    """
    writing = ctx.shapes.writing
    if writing.local is None:
        return ctx, piece
    held = {(one.name, one.declared) for one in needs}
    missing = [
        one
        for one in (*live.homeless, *live.gives)
        if (one.name, one.declared) not in held
        and not piece.span.start <= one.declared < piece.span.end
        and not (site.root is None and one.outer and one not in live.written)
    ]
    edits: list[TextEdit] = list(early)
    lines: list[str] = []
    done: set[tuple[str, int]] = set()
    for one in missing:
        if (one.name, one.declared) in done:
            continue
        done.add((one.name, one.declared))
        kind = type_of_variable(ctx, one)
        start = _first_assignment(ctx, piece, one)
        changes = sum(use.writes for use in one.within(piece.span)) > 1
        prefix = writing.declaring(one.name, kind, changes) if start is not None else ""
        if start is not None and prefix:
            edits.append(TextEdit(Span(start, start), prefix))
            continue
        short = _short_declaration(ctx, start, kind)
        if short is not None:
            edits.append(short)
            continue
        line = writing.local(one.name, kind)
        if not line:
            raise Refused(f"The type of `{one.name}` is not known.")
        lines.append(line)
    if not edits and not lines:
        return ctx, piece
    indent = indent_at(ctx.text, piece.span.start)
    head = "".join(f"{line}\n{indent}" for line in lines)
    edits.append(TextEdit(Span(piece.span.start, piece.span.start), head))
    merged = _merged(edits)
    text = apply_edits(ctx.text, merged)
    grown = len(text) - len(ctx.text)
    parsed = parse_politely(ctx.spec, text)
    span = Span(piece.span.start, piece.span.end + grown)
    return (
        RefactorContext(ctx.graph, ctx.path, span, parsed, ctx.check),
        replace(piece, span=span),
    )


def _short_declaration(ctx: RefactorContext, start: int | None, kind: str) -> TextEdit | None:
    """An assignment at an offset as a declaration, where its value has the type of the variable."""
    sign = ctx.shapes.writing.short_sign
    if start is None or not sign or not kind:
        return None
    statement: Node | None = ctx.parsed.root.named_descendant_for_byte_range(start, start)
    while statement is not None and statement.type not in ctx.shapes.assignments:
        statement = statement.parent
    if statement is None:
        return None
    operator = next((one for one in statement.children if one.type == "="), None)
    if operator is None:
        return None
    parts = ctx.shapes.variables(statement, ctx.text)
    if len(parts) != 1 or parts[0].value is None or type_of_value(ctx, parts[0].value) != kind:
        return None
    return TextEdit(Span(operator.start_byte, operator.end_byte), sign)


def early_returns(
    ctx: RefactorContext,
    live: Liveness,
    results: Sequence[NewResult],
    flow: Flow,
    site: Site,
) -> list[TextEdit]:
    """The `return`s of a selection of which only some ways end the function."""
    writing = ctx.shapes.writing
    if not flow.early or writing.early_values is None:
        return []
    around = ctx.text if site.root is None else ctx.source(site.root).encode()
    if b"shouldReturn" in around:
        raise Refused("`shouldReturn` already means something here.")
    gives = returned_types(ctx, site, flow)
    found = []
    for node in live.returns:
        listed = [one for one in node.named_children if one.type not in ctx.shapes.comments]
        if len(listed) == 1 and listed[0].type.endswith("expression_list"):
            listed = listed[0].named_children
        if len(listed) != len(gives):
            raise Refused("A `return` in the selection does not name all results.")
        try:
            text = writing.early_values(results, gives, [ctx.source(one) for one in listed])
        except ValueError as error:
            raise Refused(str(error)) from error
        found.append(TextEdit(Span(node.start_byte, node.end_byte), text))
    return found


def reference_edits(
    ctx: RefactorContext,
    piece: Piece,
    needs: Sequence[Variable],
    passed: Mapping[tuple[str, int], Passing],
) -> list[TextEdit]:
    """The uses of variables that are references inside of the function, as they are written."""
    hook = ctx.shapes.writing.reference_edit
    found: list[TextEdit] = []
    for one in needs if hook is not None else ():
        way = passed.get((one.name, one.declared))
        if way is None or not way.prefix or hook is None:
            continue
        for use in one.within(piece.span):
            node = ctx.parsed.root.named_descendant_for_byte_range(use.start, use.end)
            edit = hook(node, way.prefix, way.type) if node is not None else None
            if edit is not None:
                found.append(TextEdit(Span(edit[0], edit[1]), edit[2]))
    return found


def _merged(edits: Sequence[TextEdit]) -> tuple[TextEdit, ...]:
    """Insertions at one place as one, in order."""
    held: dict[int, TextEdit] = {}
    for edit in sorted(edits, key=lambda one: (one.span.start, one.new_text.count("\n") == 0)):
        before = held.get(edit.span.start)
        text = before.new_text + edit.new_text if before is not None else edit.new_text
        held[edit.span.start] = TextEdit(edit.span, text)
    return tuple(one for _, one in sorted(held.items()))


def _first_assignment(ctx: RefactorContext, piece: Piece, variable: Variable) -> int | None:
    """The start of the selected statement that first names a variable, where it is a plain
    assignment to it alone.
    """
    first = min((use.start for use in variable.within(piece.span)), default=-1)
    current: Node | None = piece.first
    while current is not None:
        if current.start_byte <= first < current.end_byte:
            parts = ctx.shapes.variables(current, ctx.text)
            if len(parts) == 1 and parts[0].alone and parts[0].name.start_byte == first:
                value = parts[0].value
                own = value is not None and any(
                    value.start_byte <= use.start < value.end_byte for use in variable.uses
                )
                return None if own or parts[0].declares else current.start_byte
            return None
        if current.id == piece.last.id:
            return None
        current = current.next_sibling
    return None


def unit_of(ctx: RefactorContext, site: Site) -> str:
    """One step of indentation: that of the function around, else that of the file."""
    function = site.method if site.method is not None else site.root
    body = function.child_by_field_name("body") if function is not None else None
    if function is not None and body is not None:
        outer = indent_at(ctx.text, function.start_byte)
        lines = [body, *body.named_children]
        for one in lines:
            held = indent_at(ctx.text, one.start_byte)
            starts = starts_line(ctx.text, one.start_byte)
            if starts and held.startswith(outer) and len(held) > len(outer):
                return held[len(outer) :]
    return indent_unit(ctx.text, ctx.shapes)


def body_of(
    ctx: RefactorContext,
    piece: Piece,
    unit: str,
    results: Sequence[NewResult],
    flow: Flow,
    writing: Writing,
    gives: Sequence[str],
) -> str:
    text = reindented(ctx, piece.span, unit).replace("\r\n", "\n")
    if flow.wrapped is not None:
        maker = flow.wrapped.maker
        if piece.is_value:
            return f"{unit}{maker}({_unwrapped(ctx, piece, unit)})"
        return f"{unit}{text}\n{unit}{maker}({writing.give(results) if results else '()'})"
    if piece.is_value:
        return unit + writing.value(_unwrapped(ctx, piece, unit))
    body = unit + text
    if flow.early and writing.early_values is not None:
        try:
            return f"{body}\n{unit}{writing.early_values(results, gives, None)}"
        except ValueError as error:
            raise Refused(str(error)) from error
    if results:
        try:
            body += "\n" + unit + writing.give(results)
        except ValueError as error:
            raise Refused(str(error)) from error
    return body


def _unwrapped(ctx: RefactorContext, piece: Piece, unit: str) -> str:
    """The value without parentheses that it needs no more, or with those it needs now."""
    node = piece.first
    several = ctx.source(node).count("\n") > 0
    while node.type in ctx.shapes.parentheses and node.named_child_count == 1:
        if several and ctx.shapes.values.line_ends:
            break
        node = node.named_children[0]
    written = reindented(ctx, Span(node.start_byte, node.end_byte), unit).replace("\r\n", "\n")
    open_lines = ctx.shapes.values.line_ends and _breaks_openly(ctx, node)
    if several and (open_lines or node.type in ctx.shapes.writing.markup):
        lines = reindented(ctx, Span(node.start_byte, node.end_byte), unit * 2)
        return f"(\n{unit * 2}{lines}\n{unit})".replace("\r\n", "\n")
    return written


def _breaks_openly(ctx: RefactorContext, node: Node) -> bool:
    """Whether a line ends inside a value without brackets around it."""
    if node.type in ctx.shapes.strings:
        return False
    depth = 0
    end = node.start_byte
    pending = [node]
    while pending:
        current = pending.pop()
        if current.child_count and current.type not in ctx.shapes.strings:
            pending.extend(reversed(current.children))
            continue
        if depth == 0 and b"\n" in ctx.text[end : current.start_byte]:
            return True
        if current.type in ("(", "[", "{"):
            depth += 1
        elif current.type in (")", "]", "}"):
            depth -= 1
        end = current.end_byte
    return False


def call_edit(
    ctx: RefactorContext,
    piece: Piece,
    new: NewFunction,
    results: Sequence[NewResult],
    flow: Flow,
    writing: Writing,
    gives: Sequence[str],
) -> TextEdit:
    call = writing.call(new) + ("?" if flow.wrapped is not None else "")
    indent = indent_at(ctx.text, piece.span.start)
    if piece.is_value:
        return TextEdit(piece.span, _as_value(ctx, piece, call, new))
    if flow.leaves:
        tail = ctx.shapes.implicit_return and is_last(ctx, piece, site_of(ctx, piece))
        lines: Sequence[str] = [call if tail or flow.is_tail else writing.leave(call)]
    elif flow.early and writing.early is not None:
        lines = writing.early(call, results, gives)
    else:
        try:
            lines = list(writing.take(call, results))
        except ValueError as error:
            raise Refused(str(error)) from error
        if flow.then_exit:
            lines = [*lines, writing.exit]
    if len(lines) > 1 and not starts_line(ctx.text, piece.span.start):
        raise Refused("The selection is not on lines of its own.")
    if len(lines) > 1 and ctx.is_braceless(piece.first):
        raise Refused("The statement stands alone, without a block around it.")
    text = lines[0] + "".join(f"\n{indent}{line}" if line else "\n" for line in lines[1:])
    end = piece.span.end
    if (
        ctx.text[end - 1 : end] not in (b";",)
        and ctx.text[end : end + 1] == b";"
        and (text.endswith(";"))
    ):
        end += 1
    return TextEdit(Span(piece.span.start, end), text)


def _as_value(ctx: RefactorContext, piece: Piece, call: str, new: NewFunction) -> str:
    node = piece.first
    if new.awaits or new.yields:
        probe = next(iter(ctx.shapes.awaits if new.awaits else ctx.shapes.yields))
        call = fitted(ctx, node, call, probe)
    return ctx.shapes.values.written(node, call)


def placed(
    ctx: RefactorContext, piece: Piece, site: Site, new: NewFunction, writing: Writing
) -> TextEdit:
    """The definition, where it goes."""
    try:
        text = writing.define(new)
    except ValueError as error:
        raise Refused(str(error)) from error
    anchor, before = _anchor(ctx, piece, site, new.kind, writing)
    indent = indent_at(ctx.text, anchor.start_byte)
    written = _indented_code(ctx, text, indent)
    top = anchor.parent is not None and anchor.parent.parent is None
    blank = "\n" * (writing.blank_lines if top and new.kind is Kind.FUNCTION else 1)
    if before:
        start = line_start(ctx.text, with_comments_above(ctx, anchor))
        above = ctx.text[:start].rstrip(b" \t\r\n")
        empty = ctx.text[len(above) : start].count(b"\n") - 1
        head = "\n" * max(0, len(blank) - empty) if above and not above.endswith(b"{") else ""
        return TextEdit(Span(start, start), f"{head}{written}\n{blank}")
    end = line_end(ctx.text, max(anchor.start_byte, anchor.end_byte - 1))
    if ctx.text[anchor.end_byte : end].strip() and not _only_trailing(ctx, anchor.end_byte, end):
        end = anchor.end_byte
    following = ctx.text[end:].lstrip(b" \t\r")
    behind = following[1:].lstrip(b" \t\r") if following.startswith(b"\n") else following
    close = (b"\n", b"}", b"end", b")", b"]")
    tail = blank if behind and not behind.startswith(close) else ""
    if tail and indent_at(ctx.text, len(ctx.text) - len(behind)) != indent:
        tail = ""
    return TextEdit(Span(end, end), f"\n{blank}{written}{tail}")


def _only_trailing(ctx: RefactorContext, start: int, end: int) -> bool:
    """Whether nothing but a comment or a terminator stands behind a definition on its line."""
    rest = ctx.text[start:end].strip().lstrip(b";,").strip()
    if not rest:
        return True
    at = ctx.text.find(rest, start)
    node = ctx.parsed.root.descendant_for_byte_range(at, at + 1)
    while node is not None and node.type not in ctx.shapes.comments:
        node = node.parent
    return node is not None


def _indented_code(ctx: RefactorContext, text: str, indent: str) -> str:
    """A definition moved to the right; lines inside of strings stay."""
    if not indent:
        return text
    raw = text.encode("utf-8", "surrogateescape")
    parsed = parse_politely(ctx.spec, raw)
    inner = RefactorContext(ctx.graph, ctx.path, Span(0, len(raw)), parsed, ctx.check)
    return indent + reindented(inner, Span(0, len(raw)), indent)


def _anchor(
    ctx: RefactorContext, piece: Piece, site: Site, kind: Kind, writing: Writing
) -> tuple[Node, bool]:
    """The definition that the new one stands beside, and whether before it."""
    if kind is not Kind.FUNCTION and site.type is not None:
        current: Node = site.method if site.method is not None else piece.first
        while current.parent is not None:
            parent = current.parent
            if parent.id == site.type.id or (
                parent.parent is not None
                and parent.parent.id == site.type.id
                and parent.type not in ctx.shapes.functions
            ):
                break
            current = parent
        return current, False
    current = piece.first
    while current.parent is not None and current.parent.type not in writing.containers:
        current = current.parent
    return current, kind is Kind.FUNCTION and (writing.before or site.root is None)


def both_edits(
    ctx: RefactorContext,
    call: TextEdit,
    definition: TextEdit,
    new: NewFunction,
    live: Liveness,
    extra: Sequence[str],
) -> Refactored:
    newline = newline_of(ctx.text)
    edits = []
    for edit in (call, definition):
        text = edit.new_text.replace("\r\n", "\n")
        edits.append(TextEdit(edit.span, text.replace("\n", newline)))
    call, definition = edits
    ordered = tuple(sorted(edits, key=lambda one: one.span.start))
    at = definition.new_text.encode("utf-8", "surrogateescape")
    place = _name_in(at, new.name)
    start = definition.span.start + place
    if call.span.start < definition.span.start:
        grown = len(call.new_text.encode("utf-8", "surrogateescape")) - len(call.span)
        start += grown
    named = Location(ctx.path, Span(start, start + len(new.name.encode())))
    names = {one.name for one in (*live.needs, *live.gives, *live.homeless, *live.inner)}
    held = frozenset({new.name, *names, *extra})
    return Refactored(SourceChange({ctx.path: ordered}), held, named, travels=True)


def _name_in(text: bytes, name: str) -> int:
    raw = name.encode()
    at = text.find(raw)
    while at >= 0:
        before, after = text[at - 1 : at], text[at + len(raw) : at + len(raw) + 1]
        if not _is_word(before) and not _is_word(after):
            return at
        at = text.find(raw, at + 1)
    return 0


def _is_word(raw: bytes) -> bool:
    return bool(raw) and (raw.isalnum() or raw == b"_")
