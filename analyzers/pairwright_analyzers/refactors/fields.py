"""Fields: the type and the method around a place, what a method calls its object, where a new field
is declared, and every use of a field in its type.

Pure functions of one file.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from pairwright_analyzers.refactors.context import RefactorContext
from pairwright_analyzers.refactors.layout import (
    indent_at,
    indent_unit,
    line_end,
    newline_of,
    starts_line,
    with_comments_above,
)
from pairwright_analyzers.refactors.model import Refused
from pairwright_analyzers.refactors.naming import check_name
from pairwright_analyzers.syntax import ancestors
from pairwright_analyzers.types import Span, TextEdit

if TYPE_CHECKING:
    from tree_sitter import Node


@dataclass(frozen=True, slots=True)
class Owner:
    """A type and one of its methods; `receiver` stands before a field's name in the method."""

    kind: Node
    method: Node
    receiver: str


def owner_of(ctx: RefactorContext, node: Node) -> Owner:
    """The type and the method around a node. Raises `Refused` outside of methods, and in those
    without an object.
    """
    fields = ctx.shapes.fields
    method: Node | None = None
    for one in ancestors(node):
        if one.type in ctx.shapes.functions:
            if one.type in fields.methods and _is_member(ctx, one):
                method = one
                break
            if one.type not in ctx.shapes.lambdas or one.type in ctx.shapes.rebinders:
                raise Refused("The function inside of the method has no object of its own.")
    if method is None:
        raise Refused("This is not part of a method.")
    kind = next(one for one in ancestors(method) if one.type in fields.types)
    try:
        receiver = fields.receiver(method, ctx.text)
    except ValueError as error:
        raise Refused(str(error)) from error
    return Owner(kind, method, receiver)


def _is_member(ctx: RefactorContext, function: Node) -> bool:
    """Whether a function stands right in the body of a type."""
    for one in ancestors(function):
        if one.type in ctx.shapes.fields.types:
            return True
        if one.type in ctx.shapes.functions:
            return False
    return False


def free_member(ctx: RefactorContext, kind: Node, wanted: str, fallback: str) -> str:
    """The name a person asked for, or one that no member of a type has. Raises `Refused` for one
    that is taken.
    """
    span = Span(kind.start_byte, kind.end_byte)
    if wanted:
        name = check_name(ctx.shapes, wanted.removeprefix("@"))
        if is_member(ctx, name, span):
            raise Refused(f"`{name}` is a member already.")
        return name
    name, count = fallback, 1
    while is_member(ctx, name, span) or name in ctx.shapes.keywords:
        count += 1
        name = f"{fallback}{count}"
    return name


def is_member(ctx: RefactorContext, name: str, span: Span) -> bool:
    """Whether a member of this name is defined or used in a type."""
    names = (name, f"@{name}", f"${name}")
    for symbol in ctx.facts.symbols:
        if (
            symbol.name in names
            and span.covers(symbol.name_span)
            and _is_in_type(ctx, symbol.index)
        ):
            return True
    for spelled in names:
        for index in ctx.facts.references_named(spelled):
            one = ctx.facts.reference(index)
            if span.start <= one.start < span.end and (one.member or spelled.startswith("@")):
                return True
    return False


def _is_in_type(ctx: RefactorContext, index: int) -> bool:
    return ctx.facts.symbol(index).container >= 0


def declared_field(ctx: RefactorContext, kind: Node, declaration: str) -> TextEdit:
    """The edit that declares a field in a type: behind its other fields, or before its methods."""
    shapes, text, newline = ctx.shapes, ctx.text, newline_of(ctx.text)
    body = kind.child_by_field_name("body")
    if body is None:
        raise Refused("The type has no body.")
    members = [one for one in body.named_children if one.type not in shapes.comments]
    unit, base = indent_unit(text, shapes), indent_at(text, kind.start_byte)
    indent = base + unit
    if members and not starts_line(text, members[-1].start_byte):
        raise Refused("The members of the type do not stand on lines of their own.")
    if shapes.fields.last:
        return _last_field(ctx, body, declaration, base, indent)
    if members:
        indent = indent_at(text, members[0].start_byte)
    fields = [one for one in members if one.type in shapes.fields.declarations]
    if fields:
        end = line_end(text, fields[-1].end_byte)
        return TextEdit(Span(end, end), f"{newline}{indent}{declaration}")
    if not members:
        at = body.start_byte + 1
        return TextEdit(Span(at, at), f"{newline}{indent}{declaration}")
    first = next((one for one in members if one.type in shapes.fields.methods), members[0])
    start = with_comments_above(ctx, first)
    return TextEdit(Span(start, start), f"{declaration}{newline * 2}{indent}")


def _last_field(
    ctx: RefactorContext, body: Node, declaration: str, base: str, indent: str
) -> TextEdit:
    """A field behind all members, in the private part (C++)."""
    newline = newline_of(ctx.text)
    label = ""
    for one in body.children:
        if one.type == "access_specifier":
            label = ctx.source(one).strip(": ")
        if one.type in ctx.shapes.fields.declarations:
            indent = indent_at(ctx.text, one.start_byte)
    head = "" if label in ("", "private") else f"{newline}{base}private:{newline}"
    end = body.end_byte - 1
    while end > body.start_byte and ctx.text[end - 1 : end] in (b" ", b"\t"):
        end -= 1
    return TextEdit(Span(end, end), f"{head}{indent}{declaration}{newline}")


def uses_of(ctx: RefactorContext, kind: Node, receiver: str, name: str) -> list[Node]:
    """Every place in a type where a field is named through its object, as whole nodes."""
    wanted = f"{receiver}{name}".encode()
    found: list[Node] = []
    at = ctx.text.find(wanted, kind.start_byte, kind.end_byte)
    while at >= 0:
        end = at + len(wanted)
        node = ctx.parsed.root.named_descendant_for_byte_range(at, end)
        if node is not None and (node.start_byte, node.end_byte) == (at, end):
            found.append(node)
        at = ctx.text.find(wanted, at + 1, kind.end_byte)
    return found
