"""Types of values, as far as declarations say them.

Owns the way from a name to the place where it is declared, in whichever file. What a declaration
says is read by the language (`Values.type_of`).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from pairwright_analyzers.graph.queries import definitions_at
from pairwright_analyzers.languages.values import Declared
from pairwright_analyzers.refactors.context import RefactorContext
from pairwright_analyzers.refactors.model import Refused
from pairwright_analyzers.refactors.variables import variable_at
from pairwright_analyzers.types import Confidence

if TYPE_CHECKING:
    from tree_sitter import Node


def type_of(ctx: RefactorContext, value: Node) -> str:
    """The type of a value as it would be declared, "" where it is not known."""
    found = ctx.shapes.literal_type(value, ctx.text)
    if found:
        return found

    def declared(name: Node) -> Declared | None:
        return declaration_of(ctx, name)

    return ctx.shapes.values.type_of(value, ctx.text, declared)


def declaration_of(ctx: RefactorContext, name: Node) -> Declared | None:
    """The name at its declaration: a variable of this text, or a definition of the workspace."""
    variable = variable_at(ctx, name.start_byte)
    if variable is not None:
        return _named(ctx, variable.declared)
    links = definitions_at(ctx.graph, ctx.path, name.start_byte)
    if not links or links[0].confidence is Confidence.BY_NAME:
        return None
    target = links[0].target
    location = ctx.graph.location(target)
    try:
        return _named(ctx.at(location.path), location.span.start)
    except Refused:
        return None


def _named(ctx: RefactorContext, offset: int) -> Declared | None:
    node = ctx.parsed.root.named_descendant_for_byte_range(offset, offset + 1)
    return Declared(node, ctx.text) if node is not None else None
