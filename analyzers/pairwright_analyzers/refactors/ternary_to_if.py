"""Write a conditional value as an `if` with an `else`.

    size = big if wide else small    ->    if wide:
                                               size = big
                                           else:
                                               size = small

Offered on a conditional value that is returned or assigned. Several in a row become further
conditions. Refused where the type of what is declared is not written down.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from pairwright_analyzers.languages.shapes import words
from pairwright_analyzers.refactors.alternatives import (
    Alternative,
    ValueStatement,
    alternative_of,
    value_statement,
    written_value,
)
from pairwright_analyzers.refactors.branches import if_text
from pairwright_analyzers.refactors.conditions import bare
from pairwright_analyzers.refactors.context import RefactorContext
from pairwright_analyzers.refactors.layout import indent_at, rewritten, starts_line
from pairwright_analyzers.refactors.model import Offer, Refactor, Refactored, Refused
from pairwright_analyzers.types import SourceChange, Span

if TYPE_CHECKING:
    from tree_sitter import Node

_TITLE = "Write as `if`"


def _offers(ctx: RefactorContext) -> Sequence[Offer]:
    found = _target(ctx)
    if found is None:
        return ()
    try:
        _declaration(ctx, found[1])
    except Refused as refused:
        return (Offer(_TITLE, refused=str(refused)),)
    return (Offer(_TITLE),)


def _apply(ctx: RefactorContext, _arguments: Mapping[str, Any]) -> Refactored:
    found = _target(ctx)
    if found is None:
        raise Refused("No conditional value that is returned or assigned stands here.")
    value, holder = found
    statement = holder.statement
    if not starts_line(ctx.text, statement.start_byte):
        raise Refused("Something else stands before the statement on its line.")
    declaration = _declaration(ctx, holder)
    before, after = holder.before, holder.after
    if declaration:
        parts = ctx.shapes.variables(statement, ctx.text)[0]
        before = f"{ctx.source(parts.name)} = "
    plain = _without_type(ctx, holder, before)
    branches: list[tuple[str, str]] = []
    current: Alternative | None = value
    last = value.no
    while current is not None:
        body = f"{before}{written_value(ctx, current.yes)}{after}"
        branches.append((_condition(ctx, current), body))
        before = plain
        last = current.no
        current = alternative_of(ctx, bare(ctx, last))
    indent = indent_at(ctx.text, statement.start_byte)
    text = if_text(ctx, branches, f"{before}{written_value(ctx, last)}{after}", indent)
    if declaration:
        text = f"{declaration}\n{indent}{text}"
    edit = rewritten(ctx, Span(statement.start_byte, statement.end_byte), text)
    name = holder.before.split("=")[0].split()
    return Refactored(SourceChange({ctx.path: (edit,)}), frozenset(name))


def _without_type(ctx: RefactorContext, holder: ValueStatement, before: str) -> str:
    """What stands before the value where the type is written once already."""
    parts = ctx.shapes.variables(holder.statement, ctx.text)
    if ctx.shapes.logic.bare_declaration or not parts or parts[0].type is None:
        return before
    return f"{ctx.source(parts[0].name)} = "


def _condition(ctx: RefactorContext, value: Alternative) -> str:
    held = bare(ctx, value.condition)
    text = ctx.source(held)
    return ctx.source(value.condition) if "\n" in text else text


def _target(ctx: RefactorContext) -> tuple[Alternative, ValueStatement] | None:
    """The outermost conditional value around the selection, where it is all a statement gives."""
    node: Node | None = ctx.node
    found: Alternative | None = None
    holder: ValueStatement | None = None
    while node is not None and not ctx.is_statement(node):
        if node.type in ctx.shapes.functions:
            return None
        alternative = alternative_of(ctx, node)
        found = alternative if alternative is not None else found
        node = node.parent
    if node is None:
        return None
    if found is None or ctx.is_braceless(node):
        return None
    holder = value_statement(ctx, node)
    if holder is None or bare(ctx, holder.value).id != found.node.id:
        return None
    return found, holder


def _declaration(ctx: RefactorContext, holder: ValueStatement) -> str:
    """The declaration without its value; "" where nothing is declared."""
    if not holder.declares or not ctx.shapes.logic.bare_declaration:
        return ""
    parts = ctx.shapes.variables(holder.statement, ctx.text)[0]
    head = holder.before.rstrip().removesuffix("=").rstrip()
    written = ctx.shapes.logic.bare_declaration(head, parts)
    if not written:
        raise Refused("The type of what is declared is not written down.")
    return f"{written}{holder.after}"


REFACTOR = Refactor(
    "rewrite.ternary_to_if",
    "Write conditional value as if",
    "refactor.rewrite.ternary_to_if",
    words("python javascript typescript typescriptreact java c cpp csharp ruby php"),
    _offers,
    _apply,
    __doc__ or "",
)
