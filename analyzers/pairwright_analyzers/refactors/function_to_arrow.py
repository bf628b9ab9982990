"""Write a function as an arrow function.

    function area(w, h) {         const area = (w, h) => w * h;
      return w * h;          ->
    }

Offered on the header. Refused where the function uses a `this`, `arguments` or the like of its own,
where it is used before it is declared or made objects with, and where something is assigned to its
name.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from pairwright_analyzers.languages.functions import FunctionParts
from pairwright_analyzers.languages.shapes import words
from pairwright_analyzers.refactors.context import RefactorContext
from pairwright_analyzers.refactors.forms import forms_of, function_at, value_of_body
from pairwright_analyzers.refactors.insertion import terminated
from pairwright_analyzers.refactors.layout import rewritten
from pairwright_analyzers.refactors.model import Offer, Refactor, Refactored, Refused
from pairwright_analyzers.refactors.values import fitted
from pairwright_analyzers.types import SourceChange, Span

_TITLE = "Write as arrow function"


def _offers(ctx: RefactorContext) -> Sequence[Offer]:
    parts = _target(ctx)
    if parts is None:
        return ()
    try:
        _refuse(ctx, parts)
    except Refused as refused:
        return (Offer(_TITLE, refused=str(refused)),)
    return (Offer(_TITLE),)


def _apply(ctx: RefactorContext, _arguments: Mapping[str, Any]) -> Refactored:
    parts = _target(ctx)
    if parts is None:
        raise Refused("No function stands here that could be an arrow function.")
    _refuse(ctx, parts)
    forms = forms_of(ctx)
    node = parts.node
    arrow = forms.arrow(parts, value_of_body(ctx, parts))
    names: frozenset[str] = frozenset()
    if node.type in forms.declared:
        assert parts.name is not None
        name = ctx.source(parts.name)
        text = terminated(ctx, f"{forms.constant} {name} = {arrow}{ctx.shapes.terminator}", "")
        names = frozenset({name})
    else:
        text = fitted(ctx, node, arrow, "")
    edit = rewritten(ctx, Span(node.start_byte, node.end_byte), text)
    return Refactored(SourceChange({ctx.path: (edit,)}), names)


def _target(ctx: RefactorContext) -> FunctionParts | None:
    forms = forms_of(ctx)
    return function_at(ctx, forms.declared | forms.valued)


def _refuse(ctx: RefactorContext, parts: FunctionParts) -> None:
    forms = forms_of(ctx)
    own = forms.own_name(parts, ctx.text)
    if own:
        raise Refused(f"The function uses a `{own}` of its own.")
    node, parent = parts.node, parts.node.parent
    if node.type not in forms.declared:
        if parts.name is not None and _uses(ctx, parts):
            raise Refused(f"The function uses its own name, `{ctx.source(parts.name)}`.")
        if parent is not None and parent.child_by_field_name("constructor") == node:
            raise Refused("Objects are made with the function.")
        return
    if parent is None or parts.name is None or not ctx.is_statement(node):
        exported = parent is not None and parent.type in forms_of(ctx).exports
        default = parent is not None and any(one.type == "default" for one in parent.children)
        if not exported or default or parts.name is None:
            raise Refused("The function is exported without a variable of its own.")
    name = ctx.source(parts.name)
    defined = 0
    for index in ctx.facts.references_named(name):
        one = ctx.facts.reference(index)
        if one.member:
            continue
        if one.role.name == "DEFINE":
            defined += 1
        if one.start < node.start_byte:
            raise Refused(f"`{name}` is used before it is declared.")
        if one.role.name == "WRITE" or defined > 1:
            raise Refused(f"Something else is assigned to `{name}`.")
        used = ctx.parsed.root.named_descendant_for_byte_range(one.start, one.end)
        around = used.parent if used is not None else None
        if around is not None and around.child_by_field_name("constructor") == used:
            raise Refused(f"Objects are made with `{name}`.")
        if around is not None and ctx.source(around).startswith(f"{name}.prototype"):
            raise Refused(f"Objects are made with `{name}`.")


def _uses(ctx: RefactorContext, parts: FunctionParts) -> bool:
    assert parts.name is not None
    name = ctx.source(parts.name)
    return any(
        parts.body.start_byte <= ctx.facts.reference(index).start < parts.body.end_byte
        for index in ctx.facts.references_named(name)
    )


REFACTOR = Refactor(
    "rewrite.function_to_arrow",
    "Write as arrow function",
    "refactor.rewrite.function_to_arrow",
    words("javascript typescript typescriptreact"),
    _offers,
    _apply,
    __doc__ or "",
)
