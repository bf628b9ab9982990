"""Leave early instead of nesting: what an `if` holds moves out of it.

    def send(message):               def send(message):
        if message.ready:                if not message.ready:
            connect()            ->          return
            deliver(message)             connect()
                                         deliver(message)

Offered where the `if` ends a function or a turn of a loop, and where one of its two branches
leaves: then the other one needs no `else`. Refused where a name of the branch means something else
outside of it, and where the condition binds a name.
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
    can_turn,
    does_nothing,
    end_word,
    head_of,
    if_text,
    leaves,
    refuse_lost_names,
    statement_around,
    would_clash,
)
from pairwright_analyzers.refactors.conditions import negated, negated_value, operation_of
from pairwright_analyzers.refactors.context import RefactorContext
from pairwright_analyzers.refactors.layout import (
    indent_at,
    indent_unit,
    rewritten,
    starts_line,
)
from pairwright_analyzers.refactors.model import Offer, Refactor, Refactored, Refused
from pairwright_analyzers.types import SourceChange, Span

if TYPE_CHECKING:
    from tree_sitter import Node

_TITLE = "Use a guard clause"


def _offers(ctx: RefactorContext) -> Sequence[Offer]:
    branch = branch_at(ctx)
    if branch is None or _form(ctx, branch) is None:
        return ()
    try:
        _guarded(ctx, branch)
    except Refused as refused:
        return (Offer(_TITLE, refused=str(refused)),)
    return (Offer(_TITLE),)


def _apply(ctx: RefactorContext, _arguments: Mapping[str, Any]) -> Refactored:
    branch = branch_at(ctx)
    if branch is None:
        raise Refused("No `if` stands here.")
    whole = statement_around(ctx, branch.whole)
    text = _guarded(ctx, branch)
    edit = rewritten(ctx, Span(whole.start_byte, whole.end_byte), text)
    return Refactored(SourceChange({ctx.path: (edit,)}))


def _form(ctx: RefactorContext, branch: Branch) -> str | None:
    """`else` where the first branch leaves, `turned` where only the second does, or the word that
    leaves where there is no second; None where nothing calls for a guard.
    """
    if branch.chained or branch.clause:
        return None
    whole = statement_around(ctx, branch.whole)
    if not ctx.is_statement(whole) or ctx.is_braceless(whole):
        return None
    if branch.otherwise is not None:
        if arm_leaves(ctx, branch.then) and not does_nothing(ctx, branch.otherwise):
            return "else"
        return "turned" if arm_leaves(ctx, branch.otherwise) else None
    if len(branch.then.statements) == 1 and leaves(ctx, branch.then.statements[0]):
        return None
    found = end_word(ctx, whole)
    return found[0] if found is not None else None


def _guarded(ctx: RefactorContext, branch: Branch) -> str:
    """The guard and what it guards."""
    form = _form(ctx, branch)
    if form is None:
        raise Refused("The `if` does not end a function or a turn of a loop.")
    whole = statement_around(ctx, branch.whole)
    if not starts_line(ctx.text, whole.start_byte):
        raise Refused("Something else stands before the `if` on its line.")
    indent = indent_at(ctx.text, whole.start_byte)
    inner = indent + indent_unit(ctx.text, ctx.shapes)
    if form == "else":
        assert branch.otherwise is not None
        refuse_lost_names(ctx, branch, branch.otherwise.inner)
        _refuse_clash(ctx, branch.otherwise, whole)
        return f"{_kept(ctx, branch)}\n{indent}{arm_text(ctx, branch.otherwise, indent)}"
    if not can_turn(ctx, branch):
        raise Refused("The condition binds a name.")
    refuse_lost_names(ctx, branch, branch.then.inner)
    _refuse_clash(ctx, branch.then, whole)
    if form == "turned":
        assert branch.otherwise is not None
        exit_text = arm_text(ctx, branch.otherwise, inner)
    else:
        exit_text = form
    guard = _guard(ctx, branch, exit_text, indent)
    body = arm_text(ctx, branch.then, indent)
    return f"{guard}\n{indent}{body}" if body else guard


def _kept(ctx: RefactorContext, branch: Branch) -> str:
    """The `if` without its `else`, as it is written."""
    text = ctx.source(Span(branch.node.start_byte, branch.then.outer.end))
    if branch.then.block or branch.then.bare or not ctx.shapes.block_close:
        return text
    gap = f"\n{indent_at(ctx.text, branch.node.start_byte)}"
    return f"{text}{gap}{ctx.shapes.block_close}"


def _guard(ctx: RefactorContext, branch: Branch, exit_text: str, indent: str) -> str:
    logic = ctx.shapes.logic
    condition = branch.condition
    if branch.unless:
        turned = ctx.source(condition)
    else:
        turned = negated(ctx, condition)
    if logic.modifiers and "\n" not in exit_text:
        if branch.unless or _is_negative(ctx, condition):
            return f"{exit_text} if {turned}"
        return f"{exit_text} unless {ctx.source(condition)}"
    if branch.then.bare and "\n" not in exit_text:
        inner = indent + indent_unit(ctx.text, ctx.shapes)
        return f"{head_of(ctx, _head(ctx, branch), turned)}\n{inner}{exit_text}"
    text = if_text(ctx, [(turned, exit_text)], None, indent)
    head = head_of(ctx, logic.if_head, turned)
    return text.replace(head, head_of(ctx, _head(ctx, branch), turned), 1)


def _head(ctx: RefactorContext, branch: Branch) -> str:
    """The header as the branch has it: with what stands before its condition."""
    condition = branch.condition
    before = ctx.source(Span(branch.node.start_byte, condition.start_byte))
    template = ctx.shapes.logic.if_head
    return f"{before}{{}}{template.partition('{}')[2]}" if not branch.unless else template


def _is_negative(ctx: RefactorContext, condition: Node) -> bool:
    found = operation_of(ctx, condition)
    return negated_value(ctx, condition) is not None or (
        found is not None and found.operator in ctx.shapes.logic.opposites
    )


def _refuse_clash(ctx: RefactorContext, arm: Arm, whole: Node) -> None:
    clash = would_clash(ctx, arm, whole)
    if clash:
        raise Refused(f"`{clash}` already means something outside of the branch.")


REFACTOR = Refactor(
    "rewrite.guard_clause",
    "Use a guard clause",
    "refactor.rewrite.guard_clause",
    words("python javascript typescript typescriptreact go rust java c cpp csharp ruby php lua"),
    _offers,
    _apply,
    __doc__ or "",
)
