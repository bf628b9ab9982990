"""Write an arrow function as a function.

    const area = (w, h) => w * h;    ->    function area(w, h) {
                                             return w * h;
                                           }

Offered on the arrow's header and on the variable that it is given to. Refused where it uses the
`this`, `arguments` or the like of what is around it, and where its variable may change.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from pairwright_analyzers.languages.functions import FunctionParts
from pairwright_analyzers.languages.shapes import VariableParts, words
from pairwright_analyzers.refactors.context import RefactorContext
from pairwright_analyzers.refactors.forms import block_of_body, forms_of, function_at
from pairwright_analyzers.refactors.layout import rewritten
from pairwright_analyzers.refactors.model import Offer, Refactor, Refactored, Refused
from pairwright_analyzers.types import Role, SourceChange, Span

if TYPE_CHECKING:
    from tree_sitter import Node

_TITLE = "Write as function"


def _offers(ctx: RefactorContext) -> Sequence[Offer]:
    parts = function_at(ctx, forms_of(ctx).arrows)
    if parts is None:
        return ()
    try:
        _refuse(ctx, parts)
    except Refused as refused:
        return (Offer(_TITLE, refused=str(refused)),)
    return (Offer(_TITLE),)


def _apply(ctx: RefactorContext, _arguments: Mapping[str, Any]) -> Refactored:
    forms = forms_of(ctx)
    parts = function_at(ctx, forms.arrows)
    if parts is None:
        raise Refused("No arrow function stands here.")
    _refuse(ctx, parts)
    body = block_of_body(ctx, parts)
    declared = _declaration(ctx, parts.node)
    if declared is None:
        text = forms.function(parts, "", body)
        parent = parts.node.parent
        if parent is not None and parent.type in ctx.shapes.wrappers:
            text = f"({text})"
        edit = rewritten(ctx, Span(parts.node.start_byte, parts.node.end_byte), text)
        return Refactored(SourceChange({ctx.path: (edit,)}))
    name = ctx.source(declared.name)
    statement = declared.statement
    edit = rewritten(
        ctx,
        Span(statement.start_byte, statement.end_byte),
        forms.function(parts, name, body),
    )
    return Refactored(SourceChange({ctx.path: (edit,)}), frozenset({name}))


def _declaration(ctx: RefactorContext, arrow: Node) -> VariableParts | None:
    """The declaration whose only variable an arrow function is given to."""
    parent = arrow.parent
    statement = parent.parent if parent is not None else None
    if statement is None or statement.type not in forms_of(ctx).kinds:
        return None
    parts = ctx.shapes.variables(statement, ctx.text)
    if len(parts) != 1 or parts[0].value is None or parts[0].value.id != arrow.id:
        return None
    above = statement.parent
    stands = ctx.is_statement(statement) or (
        above is not None and above.type in forms_of(ctx).exports
    )
    return parts[0] if stands and parts[0].type is None else None


def _refuse(ctx: RefactorContext, parts: FunctionParts) -> None:
    own = forms_of(ctx).own_name(parts, ctx.text)
    if own:
        raise Refused(f"The function uses the `{own}` of what is around it.")
    declared = _declaration(ctx, parts.node)
    if declared is None:
        return
    name = ctx.source(declared.name)
    for index in ctx.facts.references_named(name):
        one = ctx.facts.reference(index)
        if one.role is Role.WRITE and not one.member:
            raise Refused(f"Something else is assigned to `{name}`.")


REFACTOR = Refactor(
    "rewrite.arrow_to_function",
    "Write as function",
    "refactor.rewrite.arrow_to_function",
    words("javascript typescript typescriptreact"),
    _offers,
    _apply,
    __doc__ or "",
)
