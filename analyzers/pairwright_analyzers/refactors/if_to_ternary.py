"""Write an `if` and `else` that return or assign one value each as one conditional value.

    if wide:                    size = big if wide else small
        size = big       ->
    else:
        size = small

A `return` behind an `if` that returns counts as its `else`; a declaration right before it takes the
value. Refused where a comment would be lost.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any, NamedTuple

from pairwright_analyzers.languages.shapes import words
from pairwright_analyzers.refactors.alternatives import (
    ValueStatement,
    conditional_value,
    value_statement,
)
from pairwright_analyzers.refactors.branches import (
    Arm,
    Branch,
    branch_at,
    statement_around,
    statements_after,
)
from pairwright_analyzers.refactors.conditions import bare, binds_names
from pairwright_analyzers.refactors.context import RefactorContext
from pairwright_analyzers.refactors.layout import rewritten
from pairwright_analyzers.refactors.model import Offer, Refactor, Refactored, Refused
from pairwright_analyzers.types import SourceChange, Span

if TYPE_CHECKING:
    from tree_sitter import Node

_TITLE = "Write as conditional value"


class _Pair(NamedTuple):
    """Two statements that give a value to the same place, and the bytes they are replaced in."""

    branch: Branch
    yes: ValueStatement
    no: ValueStatement
    span: Span


def _offers(ctx: RefactorContext) -> Sequence[Offer]:
    pair = _pair(ctx)
    if pair is None:
        return ()
    try:
        _refuse(ctx, pair)
    except Refused as refused:
        return (Offer(_TITLE, refused=str(refused)),)
    return (Offer(_TITLE),)


def _apply(ctx: RefactorContext, _arguments: Mapping[str, Any]) -> Refactored:
    pair = _pair(ctx)
    if pair is None:
        raise Refused("No `if` stands here that returns or assigns one value either way.")
    _refuse(ctx, pair)
    condition = _condition(ctx, pair.branch)
    yes, no = pair.yes.value, pair.no.value
    if pair.branch.unless:
        yes, no = no, yes
    value = conditional_value(ctx, condition, yes, no)
    span, before = pair.span, pair.yes.before
    declared = _declared_before(ctx, pair)
    names: frozenset[str] = frozenset()
    if declared is not None:
        statement, before = declared
        span = Span(statement.start_byte, span.end)
        names = frozenset({pair.yes.before.split("=")[0].strip().removeprefix(ctx.shapes.sigil)})
    edit = rewritten(ctx, span, f"{before}{value}{pair.yes.after}")
    return Refactored(SourceChange({ctx.path: (edit,)}), names)


def _condition(ctx: RefactorContext, branch: Branch) -> str:
    held = bare(ctx, branch.condition)
    shapes = ctx.shapes
    loose = shapes.assignments | shapes.logic.ternaries | shapes.logic.loose_values
    text = ctx.source(held)
    if held.type in loose:
        return f"({text})"
    return ctx.source(branch.condition) if "\n" in text else text


def _pair(ctx: RefactorContext) -> _Pair | None:
    branch = branch_at(ctx)
    if branch is None or branch.chained or branch.clause:
        return None
    yes = _only(ctx, branch.then)
    if yes is None:
        return None
    whole = statement_around(ctx, branch.whole)
    if branch.otherwise is not None:
        no = _only(ctx, branch.otherwise)
        span = Span(whole.start_byte, whole.end_byte)
    else:
        rest = statements_after(ctx, whole)
        no = value_statement(ctx, rest[0]) if rest and yes.returns else None
        if no is None:
            return None
        span = Span(whole.start_byte, no.statement.end_byte)
    if no is None or no.returns != yes.returns or yes.declares or no.declares:
        return None
    if " ".join(no.before.split()) != " ".join(yes.before.split()) or not yes.before:
        return None
    return _Pair(branch, yes, no, span)


def _only(ctx: RefactorContext, arm: Arm) -> ValueStatement | None:
    if len(arm.statements) != 1:
        return None
    return value_statement(ctx, arm.statements[0])


def _refuse(ctx: RefactorContext, pair: _Pair) -> None:
    if binds_names(ctx, pair.branch.condition):
        raise Refused("The condition binds a name.")
    header = Span(pair.branch.node.start_byte, pair.branch.condition.start_byte)
    if ctx.source(header).strip() not in ("if", "if (", "if(", "unless"):
        raise Refused("The header of the `if` declares a name.")
    whole = statement_around(ctx, pair.branch.whole)
    if _holds_comment(ctx, whole, pair):
        raise Refused("A comment would be lost.")
    if any("\n" in ctx.source(one.value) for one in (pair.yes, pair.no)):
        raise Refused("A value goes over several lines.")
    lists = ctx.shapes.logic.unsplit_values
    if pair.yes.value.type in lists or pair.no.value.type in lists:
        raise Refused("A list of values cannot be one of two.")


def _holds_comment(ctx: RefactorContext, whole: Node, pair: _Pair) -> bool:
    pending = [whole]
    while pending:
        one = pending.pop()
        if one.type in ctx.shapes.comments:
            return True
        pending.extend(one.named_children)
    between = ctx.source(Span(whole.end_byte, max(whole.end_byte, pair.no.statement.start_byte)))
    return pair.branch.otherwise is None and bool(between.strip())


def _declared_before(ctx: RefactorContext, pair: _Pair) -> tuple[Node, str] | None:
    """The declaration without a value right before the `if`, and its text up to the value."""
    if pair.yes.returns or not ctx.shapes.logic.bare_declaration:
        return None
    whole = statement_around(ctx, pair.branch.whole)
    before = whole.prev_named_sibling
    if before is None or ctx.source(Span(before.end_byte, whole.start_byte)).strip():
        return None
    parts = ctx.shapes.variables(before, ctx.text)
    if len(parts) != 1 or not parts[0].alone or parts[0].value is not None:
        return None
    if not parts[0].declares:
        return None
    target, _, rest = pair.yes.before.partition("=")
    name = ctx.source(parts[0].name)
    if target.strip() != name or rest.strip():
        return None
    head = ctx.source(before).rstrip().removesuffix(";").rstrip()
    if name in ctx.source(pair.branch.condition).split():
        return None
    return before, f"{head} = "


REFACTOR = Refactor(
    "rewrite.if_to_ternary",
    "Write if as conditional value",
    "refactor.rewrite.if_to_ternary",
    words("python javascript typescript typescriptreact java c cpp csharp ruby php"),
    _offers,
    _apply,
    __doc__ or "",
)
