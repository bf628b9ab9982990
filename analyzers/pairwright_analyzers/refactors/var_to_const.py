"""Declare a variable as what it is: one that never changes, or one of its block.

    var total = 0;          const total = 0;

Offered on a declaration that could be `const`, or with `var` at least `let`. Refused for a `var`
that is used before it is declared or outside of its block, that is declared twice, or that a
function in a loop holds on to.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from pairwright_analyzers.languages.shapes import words
from pairwright_analyzers.refactors.context import RefactorContext
from pairwright_analyzers.refactors.forms import forms_of
from pairwright_analyzers.refactors.layout import rewritten
from pairwright_analyzers.refactors.model import Offer, Refactor, Refactored, Refused
from pairwright_analyzers.refactors.variables import Variable, variables_in
from pairwright_analyzers.syntax import ancestors
from pairwright_analyzers.types import SourceChange, Span

if TYPE_CHECKING:
    from tree_sitter import Node


def _offers(ctx: RefactorContext) -> Sequence[Offer]:
    node = _declaration(ctx)
    if node is None:
        return ()
    forms = forms_of(ctx)
    try:
        word = _word(ctx, node)
    except Refused as refused:
        title = f"Declare with `{forms.changing}`"
        return (Offer(title, refused=str(refused)),)
    return (Offer(f"Declare with `{word}`"),) if word else ()


def _apply(ctx: RefactorContext, _arguments: Mapping[str, Any]) -> Refactored:
    node = _declaration(ctx)
    word = _word(ctx, node) if node is not None else ""
    if node is None or not word:
        raise Refused("No declaration stands here that could say more.")
    first = node.children[0]
    edit = rewritten(ctx, Span(first.start_byte, first.end_byte), word)
    return Refactored(SourceChange({ctx.path: (edit,)}))


def _declaration(ctx: RefactorContext) -> Node | None:
    """The declaration whose word or names the selection is at."""
    forms = forms_of(ctx)
    node = ctx.enclosing(forms.kinds)
    if node is None or node.has_error:
        return None
    end = ctx.selection.end
    values = [one.child_by_field_name("value") for one in node.named_children]
    inside = [one for one in values if one is not None and one.start_byte < end < one.end_byte]
    whole = ctx.selection.start <= node.start_byte and end >= node.end_byte - 1
    if inside and not whole:
        return None
    return node if _current(ctx, node) != forms.constant else None


def _current(ctx: RefactorContext, node: Node) -> str:
    return ctx.source(node.children[0])


def _word(ctx: RefactorContext, node: Node) -> str:
    """The word that a declaration could have, "" where it has it."""
    forms = forms_of(ctx)
    declared = _variables(ctx, node)
    if not declared:
        return ""
    if node.type in forms.hoisted:
        for one in declared:
            _refuse_hoisted(ctx, node, one)
    if all(not _changes(node, one) for one in declared) and _all_given(ctx, node):
        return forms.constant
    return forms.changing if node.type in forms.hoisted else ""


def _variables(ctx: RefactorContext, node: Node) -> list[Variable]:
    found: list[Variable] = []
    for declarator in node.named_children:
        name = declarator.child_by_field_name("name")
        if name is None:
            continue
        span = Span(name.start_byte, name.end_byte)
        found.extend(
            one
            for one in variables_in(ctx, span)
            if any(use.declares and span.start <= use.start < span.end for use in one.uses)
        )
    return found


def _changes(node: Node, variable: Variable) -> bool:
    """Whether something is assigned to a variable after its declaration."""
    return (
        any(
            use.writes and not (node.start_byte <= use.start < node.end_byte)
            for use in variable.uses
        )
        or sum(use.declares for use in variable.uses) > 1
    )


def _all_given(ctx: RefactorContext, node: Node) -> bool:
    """Whether every variable of a declaration gets its value there."""
    parent = node.parent
    if parent is not None and parent.type in ctx.shapes.loops:
        return False
    return all(
        one.child_by_field_name("value") is not None
        for one in node.named_children
        if one.child_by_field_name("name") is not None
    )


def _refuse_hoisted(ctx: RefactorContext, node: Node, variable: Variable) -> None:
    name = variable.name
    if sum(use.declares for use in variable.uses) > 1:
        raise Refused(f"`{name}` is declared more than once.")
    block = _block(ctx, node)
    if block is None or block.type in ctx.shapes.cases:
        raise Refused(f"`{name}` is declared in a branch of a switch.")
    if any(use.start < node.start_byte for use in variable.uses):
        raise Refused(f"`{name}` is used before it is declared.")
    if any(not block.start_byte <= use.start < block.end_byte for use in variable.uses):
        raise Refused(f"`{name}` is used outside of the block that declares it.")
    own = ctx.function_of(node)
    loops = [
        one
        for one in ancestors(node)
        if one.type in ctx.shapes.loops and (own is None or one.start_byte > own.start_byte)
    ]
    if not loops:
        return
    for use in variable.uses:
        used = ctx.parsed.root.named_descendant_for_byte_range(use.start, use.end)
        holder = ctx.function_of(used) if used is not None else None
        if (holder.id if holder is not None else 0) != (own.id if own is not None else 0):
            raise Refused(f"A function in the loop holds on to `{name}`.")
    if not _all_given(ctx, node) and node.parent is not None and node.parent not in loops:
        raise Refused(f"`{name}` keeps its value from one turn of the loop to the next.")


def _block(ctx: RefactorContext, node: Node) -> Node | None:
    """What a variable of the block would be seen in: the block, or the loop that declares it."""
    parent = node.parent
    while parent is not None:
        if parent.type in ctx.shapes.blocks | ctx.shapes.loops:
            return parent
        parent = parent.parent
    return None


REFACTOR = Refactor(
    "rewrite.var_to_const",
    "Declare with const or let",
    "refactor.rewrite.var_to_const",
    words("javascript typescript typescriptreact"),
    _offers,
    _apply,
    __doc__ or "",
)
