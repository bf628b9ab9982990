"""Take away a variable that nothing reads.

    total = 0                     done = check()
    done = check()          ->    check()
    return 1                      return 1

Offered on the name of a variable that is only given values. A value that runs other code stays as
a statement of its own. Refused for parameters, for what is taken apart, and where the variable is
read anywhere.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from pairwright_analyzers.graph import SymbolId
from pairwright_analyzers.graph.queries import references_to
from pairwright_analyzers.languages.shapes import VariableParts
from pairwright_analyzers.refactors.context import RefactorContext
from pairwright_analyzers.refactors.model import EVERYWHERE, Offer, Refactor, Refactored, Refused
from pairwright_analyzers.refactors.removal import declaration_removed
from pairwright_analyzers.refactors.values import runs_code
from pairwright_analyzers.refactors.variables import Variable, variable_at
from pairwright_analyzers.types import SourceChange, Span, SymbolFlag, TextEdit

if TYPE_CHECKING:
    from tree_sitter import Node


def _unused(ctx: RefactorContext) -> Variable | None:
    """The variable named at the selection, when nothing reads it."""
    found = variable_at(ctx, ctx.selection.start)
    if found is None or not any(use.declares or use.writes for use in found.uses):
        return None
    return None if any(use.reads for use in found.uses) else found


def _offers(ctx: RefactorContext) -> Sequence[Offer]:
    found = _unused(ctx)
    if found is None:
        return ()
    title = f"Remove unused `{found.name}`"
    try:
        _parts(ctx, found)
        _refuse_known_elsewhere(ctx, found)
    except Refused as refused:
        return () if found.outer else (Offer(title, refused=str(refused)),)
    return (Offer(title),)


def _apply(ctx: RefactorContext, _arguments: Mapping[str, Any]) -> Refactored:
    found = _unused(ctx)
    if found is None:
        raise Refused("No variable without a use stands here.")
    _refuse_known_elsewhere(ctx, found)
    edits = [_edit(ctx, parts) for parts in _parts(ctx, found)]
    ordered = tuple(sorted(edits, key=lambda edit: edit.span.start))
    return Refactored(SourceChange({ctx.path: ordered}), frozenset({found.name}))


def _parts(ctx: RefactorContext, found: Variable) -> list[VariableParts]:
    """The declarations and assignments that give the variable its values."""
    listed = []
    for use in found.uses:
        node = ctx.parsed.root.named_descendant_for_byte_range(use.start, use.end)
        statement = ctx.statement_of(node) if node is not None else None
        parts = next(
            (
                one
                for one in (ctx.shapes.variables(statement, ctx.text) if statement else ())
                if one.name.start_byte == use.start
            ),
            None,
        )
        if parts is None:
            raise Refused(f"`{found.name}` is a parameter, or gets its value with others.")
        listed.append(parts)
    return listed


def _refuse_known_elsewhere(ctx: RefactorContext, found: Variable) -> None:
    if not found.outer:
        return
    index = next(
        (one.index for one in ctx.facts.symbols if one.name_span.start == found.declared), -1
    )
    if index >= 0 and ctx.facts.symbol_flags(index) & SymbolFlag.EXPORTED:
        raise Refused(f"Others may use `{found.name}`: it can be seen from outside of the file.")
    if index >= 0 and references_to(ctx.graph, SymbolId(ctx.path, index), ctx.check):
        raise Refused(f"`{found.name}` is used in another file.")


def _edit(ctx: RefactorContext, parts: VariableParts) -> TextEdit:
    value = parts.value
    if value is None or runs_code(ctx, value) is None:
        return declaration_removed(ctx, parts)
    if not parts.alone:
        raise Refused(f"`{ctx.source(parts.name)}` gets its value with others.")
    return _kept(ctx, parts, value)


def _kept(ctx: RefactorContext, parts: VariableParts, value: Node) -> TextEdit:
    """The value as a statement of its own."""
    if value.type not in ctx.shapes.calls | ctx.shapes.assignments | ctx.shapes.augmented:
        raise Refused(f"The value of `{ctx.source(parts.name)}` runs code, and is no statement.")
    end = parts.statement.end_byte
    written = ctx.source(value)
    terminator = ctx.shapes.terminator
    if terminator and ctx.source(parts.statement).endswith(terminator):
        written += terminator
    return TextEdit(Span(parts.statement.start_byte, end), written)


REFACTOR = Refactor(
    "remove.unused_variable",
    "Remove unused variable",
    "refactor.rewrite.remove_unused_variable",
    EVERYWHERE,
    _offers,
    _apply,
    __doc__ or "",
)
