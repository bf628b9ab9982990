"""Write a row of comparisons with one value as a switch.

    if kind == "a":                 match kind:
        one()                           case "a":
    elif kind in ("b", "c"):    ->          one()
        two()                           case "b" | "c":
                                            two()

Offered on the first `if`. Refused where the conditions look at different values or at one that runs
code, where they compare with something that may change, and where a branch leaves a loop by a word
that would leave the switch.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from pairwright_analyzers.languages.shapes import words
from pairwright_analyzers.refactors.branches import (
    Arm,
    Branch,
    arm_leaves,
    arm_text,
    branch_at,
    chain_of,
    declared_names,
    statement_around,
)
from pairwright_analyzers.refactors.choices import (
    WrittenLabel,
    choice_text,
    depth_of_bodies,
    has_own_exit,
)
from pairwright_analyzers.refactors.conditions import bare, operands_of, operation_of
from pairwright_analyzers.refactors.context import RefactorContext
from pairwright_analyzers.refactors.layout import indent_at, rewritten, starts_line
from pairwright_analyzers.refactors.model import Offer, Refactor, Refactored, Refused
from pairwright_analyzers.refactors.values import runs_code
from pairwright_analyzers.types import SourceChange, Span

if TYPE_CHECKING:
    from tree_sitter import Node

_TITLE = "Write as `{}`"


def _offers(ctx: RefactorContext) -> Sequence[Offer]:
    branch = branch_at(ctx)
    if branch is None or not branch.chained or branch.clause:
        return ()
    if not _is_row(ctx, branch):
        return ()
    title = _TITLE.format(ctx.shapes.logic.switch_head.split()[0])
    try:
        _written(ctx, branch)
    except Refused as refused:
        return (Offer(title, refused=str(refused)),)
    return (Offer(title),)


def _apply(ctx: RefactorContext, _arguments: Mapping[str, Any]) -> Refactored:
    branch = branch_at(ctx)
    if branch is None or not branch.chained or branch.clause:
        raise Refused("No row of conditions starts here.")
    whole = statement_around(ctx, branch.whole)
    edit = rewritten(ctx, Span(whole.start_byte, whole.end_byte), _written(ctx, branch))
    return Refactored(SourceChange({ctx.path: (edit,)}))


def _is_row(ctx: RefactorContext, branch: Branch) -> bool:
    """Whether the first condition compares with a constant."""
    try:
        return bool(_compared(ctx, branch.condition))
    except Refused:
        return False


def _written(ctx: RefactorContext, branch: Branch) -> str:
    whole = statement_around(ctx, branch.whole)
    if not ctx.is_statement(whole) or not starts_line(ctx.text, whole.start_byte):
        raise Refused("The `if` is not a statement on lines of its own.")
    chain = chain_of(ctx, branch.node)
    if chain is None:
        raise Refused("One of the branches has a form that is not known.")
    branches, otherwise = chain
    indent = indent_at(ctx.text, whole.start_byte)
    depth = depth_of_bodies(ctx, indent)
    subject = ""
    labels: list[WrittenLabel] = []
    seen: set[str] = set()
    for one in branches:
        values = _compared(ctx, one.condition)
        for value_subject, constant in values:
            text = ctx.source(value_subject)
            if subject and text != subject:
                raise Refused(f"The conditions look at `{subject}` and at `{text}`.")
            subject = text
            if constant in seen:
                raise Refused(f"`{constant}` is compared with twice.")
            seen.add(constant)
        labels.append(_label(ctx, tuple(constant for _, constant in values), one.then, depth))
    if otherwise is not None:
        labels.append(_label(ctx, (), otherwise, depth))
    elif ctx.shapes.logic.exhaustive:
        labels.append(WrittenLabel((), "", leaves=False, scoped=False))
    return choice_text(ctx, subject, labels, indent)


def _label(ctx: RefactorContext, values: tuple[str, ...], arm: Arm, depth: str) -> WrittenLabel:
    if has_own_exit(ctx, arm.statements):
        raise Refused("A branch leaves the loop around it, which it could not from a switch.")
    scoped = ctx.shapes.logic.block_scopes and bool(declared_names(ctx, arm.statements))
    return WrittenLabel(values, arm_text(ctx, arm, depth), arm_leaves(ctx, arm), scoped)


def _compared(ctx: RefactorContext, condition: Node) -> list[tuple[Node, str]]:
    """What a condition compares with which constants, as (value, constant) pairs."""
    logic = ctx.shapes.logic
    held = bare(ctx, condition)
    found = operation_of(ctx, held)
    if found is None:
        raise Refused("A condition is not a comparison with a constant.")
    if found.operator in logic.disjunctions:
        listed: list[tuple[Node, str]] = []
        for one in operands_of(ctx, held, found.operator):
            listed.extend(_compared(ctx, one))
        return listed
    if found.operator in logic.membership and found.right.type in logic.collections:
        values = found.right.named_children
        if not values or any(not _is_constant(ctx, one) for one in values):
            raise Refused("A condition is not a comparison with constants.")
        _refuse_subject(ctx, found.left)
        return [(found.left, ctx.source(one)) for one in values]
    if found.operator not in logic.equalities:
        raise Refused("A condition is not a comparison with a constant.")
    left, right = found.left, found.right
    if left.type in ctx.shapes.literals or not _is_constant(ctx, right):
        left, right = right, left
    if not _is_constant(ctx, right) or not _means(ctx, found.operator, right):
        raise Refused("A condition is not a comparison with a constant.")
    _refuse_subject(ctx, left)
    return [(left, ctx.source(right))]


def _is_constant(ctx: RefactorContext, node: Node) -> bool:
    return ctx.shapes.logic.constants(node, ctx.text)


def _means(ctx: RefactorContext, operator: str, constant: Node) -> bool:
    """Whether a label compares as the operator does."""
    logic = ctx.shapes.logic
    wanted = logic.comparison_of(constant)
    return operator == wanted if wanted else operator == logic.equality


def _refuse_subject(ctx: RefactorContext, node: Node) -> None:
    if runs_code(ctx, node) is not None or node.type in ctx.shapes.literals:
        raise Refused(f"`{ctx.source(node)}` may be another value each time.")


REFACTOR = Refactor(
    "rewrite.if_to_match",
    "Write ifs as a switch",
    "refactor.rewrite.if_to_match",
    words("python javascript typescript typescriptreact go rust java c cpp csharp ruby php"),
    _offers,
    _apply,
    __doc__ or "",
)
