"""The types of variables and values, as a language writes them: "" where they are not known.

Pure functions of one file's tree, its bindings and the graph. What the syntax says of types stands
in the languages' folders (`Values.type_of`, `Writing.type_of`).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from pairwright_analyzers.graph.entities import SymbolEntity
from pairwright_analyzers.languages.values import Declared
from pairwright_analyzers.refactors.context import RefactorContext
from pairwright_analyzers.refactors.model import Refused
from pairwright_analyzers.refactors.variables import Variable, variable_at
from pairwright_analyzers.syntax import parse_politely

if TYPE_CHECKING:
    from tree_sitter import Node

_DEPTH = 6
"""How many variables a type is looked for through."""


def type_of_variable(ctx: RefactorContext, variable: Variable, depth: int = 0) -> str:
    """The declared type of a variable, or that of the value it is declared with."""
    root = ctx.parsed.root
    name = root.named_descendant_for_byte_range(
        variable.declared, variable.declared + len(variable.name.encode())
    )
    if name is None or depth > _DEPTH:
        return ""

    def declared(other: Node) -> Declared | None:
        return declaration_of(ctx, other)

    written = ctx.shapes.writing.type_of(name, ctx.text, declared)
    if written:
        return written
    written = ctx.shapes.values.type_of(name, ctx.text, declared)
    if written:
        return written
    try:
        statement = ctx.statement_of(name)
    except Refused:
        return ""
    for parts in ctx.shapes.variables(statement, ctx.text):
        if parts.name.start_byte != variable.declared:
            continue
        if parts.type is not None:
            return ctx.source(parts.type)
        if parts.value is not None:
            return type_of_value(ctx, parts.value, depth + 1)
    return ""


def type_of_value(ctx: RefactorContext, value: Node, depth: int = 0) -> str:
    """The type of a value."""

    def declared(name: Node) -> Declared | None:
        return declaration_of(ctx, name)

    type_of = ctx.shapes.writing.value_type or ctx.shapes.values.type_of
    found = type_of(value, ctx.text, declared)
    if found or depth > _DEPTH:
        return found
    if value.type in ctx.shapes.parentheses and value.named_child_count == 1:
        return type_of_value(ctx, value.named_children[0], depth + 1)
    variable = variable_at(ctx, value.start_byte)
    if variable is not None and value.named_child_count == 0:
        return type_of_variable(ctx, variable, depth + 1)
    return ctx.shapes.literal_type(value, ctx.text)


def declaration_of(ctx: RefactorContext, name: Node) -> Declared | None:
    """Where a name is declared: in this file, or the one symbol that the graph finds."""
    variable = variable_at(ctx, name.start_byte)
    if variable is not None:
        node = ctx.parsed.root.named_descendant_for_byte_range(
            variable.declared, variable.declared + len(variable.name.encode())
        )
        return Declared(node, ctx.text) if node is not None else None
    index = ctx.facts.reference_at(name.start_byte)
    if index is None or index.start != name.start_byte:
        return None
    found = [
        entity
        for entity, _ in ctx.graph.resolver.resolve(ctx.path, index.index)
        if isinstance(entity, SymbolEntity)
    ]
    if len(found) != 1:
        return None
    symbol = found[0].id
    facts = ctx.graph.resolver.facts(symbol.path)
    text = ctx.graph.workspace.text(symbol.path)
    spec = ctx.graph.spec(symbol.path)
    if facts is None or text is None or spec is None:
        return None
    parsed = ctx.parsed if symbol.path == ctx.path else parse_politely(spec, text)
    span = facts.symbol(symbol.index).name_span
    node = parsed.root.named_descendant_for_byte_range(span.start, span.end)
    return Declared(node, parsed.text) if node is not None else None
