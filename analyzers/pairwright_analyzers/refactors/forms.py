"""The forms of a function: the one at the selection, and what the name of a declared one is for.

Owns what the refactorings between functions and arrows share. Knows no language.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from pairwright_analyzers.languages.functions import FunctionParts, Functions
from pairwright_analyzers.refactors.branches import stripped
from pairwright_analyzers.refactors.context import RefactorContext
from pairwright_analyzers.refactors.insertion import terminated
from pairwright_analyzers.refactors.layout import indent_at, indent_unit, reindented
from pairwright_analyzers.types import Span

if TYPE_CHECKING:
    from tree_sitter import Node


def forms_of(ctx: RefactorContext) -> Functions:
    """What the language says of its functions."""
    found = ctx.shapes.logic.functions
    assert found is not None
    return found


def function_at(ctx: RefactorContext, types: frozenset[str]) -> FunctionParts | None:
    """The function of these types whose header the selection is at, or that is selected whole."""
    node: Node | None = ctx.node
    start, end = ctx.selection.start, ctx.selection.end
    while node is not None:
        if node.type in types:
            parts = forms_of(ctx).read(node, ctx.text)
            if parts is None:
                return None
            whole = start <= node.start_byte and node.end_byte <= end
            return parts if whole or end <= parts.body.start_byte + 1 else None
        declarator = node.child_by_field_name("value")
        if declarator is not None and declarator.type in types and end <= declarator.start_byte:
            return forms_of(ctx).read(declarator, ctx.text)
        if ctx.is_statement(node):
            return _declared_in(ctx, node, types)
        node = node.parent
    return None


def _declared_in(
    ctx: RefactorContext, statement: Node, types: frozenset[str]
) -> FunctionParts | None:
    """The function that a statement gives to a variable, the cursor before it."""
    parts = ctx.shapes.variables(statement, ctx.text)
    if len(parts) != 1 or parts[0].value is None or parts[0].value.type not in types:
        return None
    if ctx.selection.end > parts[0].value.start_byte:
        return None
    return forms_of(ctx).read(parts[0].value, ctx.text)


def returned_value(ctx: RefactorContext, parts: FunctionParts) -> Node | None:
    """What a body in braces that only returns gives; None for any other."""
    if not parts.block or parts.body.named_child_count != 1:
        return None
    statement = parts.body.named_children[0]
    if statement.type not in ctx.shapes.returns or statement.named_child_count != 1:
        return None
    return statement.named_children[0]


def value_of_body(ctx: RefactorContext, parts: FunctionParts) -> str:
    """The body as an arrow has it: the value where it only returns one, else the block."""
    value = returned_value(ctx, parts)
    if value is None:
        return ctx.source(parts.body)
    indent = indent_at(ctx.text, parts.node.start_byte)
    span = Span(value.start_byte, value.end_byte)
    text = reindented(ctx, span, indent)
    return forms_of(ctx).arrow_value(text, value)


def block_of_body(ctx: RefactorContext, parts: FunctionParts) -> str:
    """The body in braces: as it is, or returning the value."""
    if parts.block:
        return ctx.source(parts.body)
    value = parts.body
    while value.type in ctx.shapes.parentheses and value.named_child_count == 1:
        value = value.named_children[0]
    indent = indent_at(ctx.text, parts.node.start_byte)
    inner = indent + indent_unit(ctx.text, ctx.shapes)
    span = stripped(ctx, Span(value.start_byte, value.end_byte))
    text = reindented(ctx, span, inner)
    returned = terminated(ctx, f"return {text}{ctx.shapes.terminator}", "")
    return f"{{\n{inner}{returned}\n{indent}}}"
