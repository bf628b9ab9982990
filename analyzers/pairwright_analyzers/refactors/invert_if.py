"""Negate the condition of an `if` and exchange its branches.

    if not items:                if items:
        return 0                     return sum(items)
    else:                  ->    else:
        return sum(items)            return 0

Offered on the header and on the `else`. An `if` without an `else` whose branch leaves is exchanged
with what follows it, where that leaves too. Refused where a further condition follows instead of
an `else`, and where the condition binds a name.
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
    block_text,
    body_text,
    branch_at,
    can_turn,
    does_nothing,
    leaves,
    opens_below,
    refuse_lost_names,
    statement_around,
    statements_after,
    would_clash,
)
from pairwright_analyzers.refactors.conditions import negated, negated_value, operation_of
from pairwright_analyzers.refactors.context import RefactorContext
from pairwright_analyzers.refactors.layout import (
    indent_at,
    indent_unit,
    rewritten,
    starts_line,
    statements_span,
)
from pairwright_analyzers.refactors.model import Offer, Refactor, Refactored, Refused
from pairwright_analyzers.types import SourceChange, Span, TextEdit

if TYPE_CHECKING:
    from tree_sitter import Node

_TITLE = "Invert `if`"


def _offers(ctx: RefactorContext) -> Sequence[Offer]:
    branch = branch_at(ctx)
    if branch is None:
        modified = _modified(ctx)
        return (Offer(_TITLE),) if modified is not None else ()
    if branch.chained:
        return (Offer(_TITLE, refused="A further condition follows: there are no two branches."),)
    if branch.otherwise is None:
        turned = _turns_word(ctx, branch) or _has_leaving_rest(ctx, branch)
        return (Offer(_TITLE),) if turned else ()
    if not can_turn(ctx, branch):
        return (Offer(_TITLE, refused="The condition binds a name."),)
    return (Offer(_TITLE),)


def _apply(ctx: RefactorContext, _arguments: Mapping[str, Any]) -> Refactored:
    branch = branch_at(ctx)
    if branch is None:
        modified = _modified(ctx)
        if modified is None:
            raise Refused("No `if` stands here.")
        return _turned_modifier(ctx, modified)
    if branch.chained:
        raise Refused("A further condition follows: there are no two branches.")
    if not can_turn(ctx, branch):
        raise Refused("The condition binds a name.")
    if branch.otherwise is not None:
        edits = _exchanged(ctx, branch, branch.otherwise)
    elif _turns_word(ctx, branch):
        edits = [*_word_turned(ctx, branch), _condition(ctx, branch)]
    elif _has_leaving_rest(ctx, branch):
        edits = _exchanged_with_rest(ctx, branch)
    else:
        raise Refused("There is no `else` to exchange the branch with.")
    return Refactored(SourceChange({ctx.path: tuple(edits)}))


def _condition(ctx: RefactorContext, branch: Branch) -> TextEdit:
    condition = branch.condition
    span = Span(condition.start_byte, condition.end_byte)
    return rewritten(ctx, span, negated(ctx, condition))


# Both branches are there.


def _exchanged(ctx: RefactorContext, branch: Branch, other: Arm) -> list[TextEdit]:
    then = branch.then
    _refuse_comments_between(ctx, branch, other)
    if branch.unless:
        # What is done unless something is done otherwise if it is.
        edits = [_word(ctx, branch, ctx.shapes.logic.if_head)]
    else:
        edits = [_condition(ctx, branch)]
    if does_nothing(ctx, then) and not does_nothing(ctx, other) and not branch.clause:
        return [*edits, *_without_else(ctx, branch, other)]
    if then.block and other.block:
        edits.append(TextEdit(then.outer, ctx.source(other.outer)))
        edits.append(TextEdit(other.outer, ctx.source(then.outer)))
        return edits
    first, second = Span(then.head, then.outer.end), Span(other.head, other.outer.end)
    if not then.block and not other.block:
        if _ends_open(ctx, other) and other.bare:
            raise Refused("An `else` would belong to another `if` without braces.")
        if not len(then.inner) or not len(other.inner):
            first, second = Span(then.head, then.inner.end), Span(other.head, other.inner.end)
        edits.append(TextEdit(first, ctx.source(second)))
        edits.append(TextEdit(second, ctx.source(first)))
        return edits
    return [*edits, *_exchanged_mixed(ctx, branch, other)]


def _exchanged_mixed(ctx: RefactorContext, branch: Branch, other: Arm) -> list[TextEdit]:
    """One branch has braces, the other none."""
    then = branch.then
    if other.bare and _ends_open(ctx, other):
        raise Refused("An `else` would belong to another `if` without braces.")
    gap = ctx.source(Span(then.outer.end, other.head)).strip()
    indent = indent_at(ctx.text, branch.node.start_byte)
    cuddled = other.block and not opens_below(ctx)
    before = " " if cuddled else f"\n{indent}"
    return [
        TextEdit(Span(then.head, then.outer.end), ctx.source(Span(other.head, other.outer.end))),
        rewritten(ctx, Span(then.outer.end, other.head), f"{before}{gap}"),
        TextEdit(Span(other.head, other.outer.end), ctx.source(Span(then.head, then.outer.end))),
    ]


def _ends_open(ctx: RefactorContext, arm: Arm) -> bool:
    """Whether a statement without braces ends in an `if` that an `else` could belong to."""
    last: Node | None = arm.statements[-1] if arm.statements else None
    while last is not None and last.end_byte == arm.outer.end:
        if last.type in ctx.shapes.logic.ifs and last.child_by_field_name("alternative") is None:
            return True
        last = last.named_children[-1] if last.named_child_count else None
    return False


def _without_else(ctx: RefactorContext, branch: Branch, other: Arm) -> list[TextEdit]:
    """The first branch does nothing: the second one takes its place, and no `else` is left."""
    then = branch.then
    place = Span(then.head, other.outer.end)
    between = ctx.source(Span(other.head, other.outer.end))
    if then.block and other.block:
        place = Span(then.outer.start, other.outer.end)
        between = ctx.source(other.outer)
    return [TextEdit(place, between)]


def _refuse_comments_between(ctx: RefactorContext, branch: Branch, other: Arm) -> None:
    words = ctx.source(Span(branch.then.outer.end, max(branch.then.outer.end, other.outer.start)))
    shapes = ctx.shapes
    rest = words.strip().removeprefix(shapes.logic.else_word).strip()
    ends = shapes.logic.condition_ends
    if rest.strip() and rest.strip() not in ends and branch.then.block:
        raise Refused("A comment stands between the branches.")


# Words that negate by themselves.


def _turns_word(ctx: RefactorContext, branch: Branch) -> bool:
    """Whether `if` and `unless` can be exchanged, which gets rid of a negation."""
    logic = ctx.shapes.logic
    if not logic.unless_head or branch.clause or branch.otherwise is not None:
        return False
    return branch.unless or _is_negative(ctx, branch.condition)


def _is_negative(ctx: RefactorContext, condition: Node) -> bool:
    found = operation_of(ctx, condition)
    return negated_value(ctx, condition) is not None or (
        found is not None and found.operator.startswith("!")
    )


def _word_turned(ctx: RefactorContext, branch: Branch) -> list[TextEdit]:
    logic = ctx.shapes.logic
    return [_word(ctx, branch, logic.if_head if branch.unless else logic.unless_head)]


def _word(ctx: RefactorContext, branch: Branch, template: str) -> TextEdit:
    first = branch.node.children[0]
    return TextEdit(Span(first.start_byte, first.end_byte), template.partition(" ")[0])


def _modified(ctx: RefactorContext) -> Node | None:
    """The statement with its condition behind it whose condition the cursor is at."""
    modifiers = ctx.shapes.logic.modifiers
    if not modifiers:
        return None
    node = ctx.enclosing(frozenset(modifiers))
    if node is None or node.has_error:
        return None
    condition = node.child_by_field_name("condition")
    body = node.child_by_field_name("body")
    if condition is None or body is None or ctx.selection.start < body.end_byte:
        return None
    turns = modifiers[node.type] != "if" or _is_negative(ctx, condition)
    return node if turns else None


def _turned_modifier(ctx: RefactorContext, node: Node) -> Refactored:
    modifiers = ctx.shapes.logic.modifiers
    condition = node.child_by_field_name("condition")
    assert condition is not None
    word = modifiers[node.type]
    token = next(one for one in node.children if one.type == word)
    other = next(one for one in modifiers.values() if one != word)
    span = Span(condition.start_byte, condition.end_byte)
    edits = (
        TextEdit(Span(token.start_byte, token.end_byte), other),
        rewritten(ctx, span, negated(ctx, condition)),
    )
    return Refactored(SourceChange({ctx.path: edits}))


# The other branch is what follows.


def _has_leaving_rest(ctx: RefactorContext, branch: Branch) -> bool:
    """Whether the branch leaves, and so does what follows it in the block."""
    if branch.clause or branch.unless or not arm_leaves(ctx, branch.then):
        return False
    if not can_turn(ctx, branch):
        return False
    rest = statements_after(ctx, statement_around(ctx, branch.whole))
    return bool(rest) and leaves(ctx, rest[-1])


def _exchanged_with_rest(ctx: RefactorContext, branch: Branch) -> list[TextEdit]:
    whole = statement_around(ctx, branch.whole)
    rest = statements_after(ctx, whole)
    clash = would_clash(ctx, branch.then, whole)
    if clash:
        raise Refused(f"`{clash}` already means something outside of the branch.")
    if not starts_line(ctx.text, whole.start_byte) or not starts_line(ctx.text, rest[0].start_byte):
        raise Refused("Several statements stand on one line.")
    refuse_lost_names(ctx, branch, branch.then.inner)
    following = statements_span(ctx, rest)
    start = _after_gap(ctx, whole.end_byte, following.start)
    indent = indent_at(ctx.text, whole.start_byte)
    inner = indent + indent_unit(ctx.text, ctx.shapes)
    moved = body_text(ctx, Span(start, following.end), inner)
    out = arm_text(ctx, branch.then, indent)
    place = branch.then.inner
    if branch.then.bare and len(rest) > 1:
        place = Span(branch.then.head, branch.then.outer.end)
        moved = block_text(ctx, "", moved, indent)
    return [
        _condition(ctx, branch),
        rewritten(ctx, place, moved),
        rewritten(ctx, Span(start, following.end), out),
    ]


def _after_gap(ctx: RefactorContext, start: int, end: int) -> int:
    """Where what follows begins, comments before it included."""
    at = start
    while at < end and ctx.text[at : at + 1].isspace():
        at += 1
    if at < end and b"\n" not in ctx.text[start:at]:
        return end
    return at


REFACTOR = Refactor(
    "rewrite.invert_if",
    "Invert if",
    "refactor.rewrite.invert_if",
    words("python javascript typescript typescriptreact go rust java c cpp csharp ruby php lua"),
    _offers,
    _apply,
    __doc__ or "",
)
