"""Write a loop that only collects values as one value.

    names = []                       names = [user.name for user in users if user.active]
    for user in users:
        if user.active:        ->
            names.append(user.name)

Offered on the loop's header. Refused where the collection is not made right before the loop, where
the loop does anything else, where a comment would be lost, and where a name of the loop is used
behind it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from pairwright_analyzers.languages.collecting import Clause, Collecting, Gathered, Turn
from pairwright_analyzers.languages.shapes import VariableParts, words
from pairwright_analyzers.refactors.branches import read_branch
from pairwright_analyzers.refactors.conditions import (
    Rank,
    bare,
    negated,
    piece_of,
)
from pairwright_analyzers.refactors.context import RefactorContext
from pairwright_analyzers.refactors.layout import rewritten
from pairwright_analyzers.refactors.model import Offer, Refactor, Refactored, Refused
from pairwright_analyzers.refactors.values import runs_code
from pairwright_analyzers.refactors.variables import variable_at, variables_in
from pairwright_analyzers.types import SourceChange, Span

if TYPE_CHECKING:
    from tree_sitter import Node

_TITLE = "Write as one value"


def _offers(ctx: RefactorContext) -> Sequence[Offer]:
    loop = _loop(ctx)
    if loop is None or _gathering(ctx, loop) is None:
        return ()
    try:
        _written(ctx, loop)
    except Refused as refused:
        return (Offer(_TITLE, refused=str(refused)),)
    return (Offer(_TITLE),)


def _apply(ctx: RefactorContext, _arguments: Mapping[str, Any]) -> Refactored:
    loop = _loop(ctx)
    if loop is None or _gathering(ctx, loop) is None:
        raise Refused("No loop that collects values stands here.")
    span, text = _written(ctx, loop)
    edit = rewritten(ctx, span, text)
    names = {one.name for one in variables_in(ctx, Span(loop.start_byte, loop.end_byte))}
    return Refactored(SourceChange({ctx.path: (edit,)}), frozenset(names))


def _collecting(ctx: RefactorContext) -> Collecting:
    found = ctx.shapes.logic.collecting
    assert found is not None
    return found


def _loop(ctx: RefactorContext) -> Node | None:
    """The loop whose header the selection is at, or that is selected whole."""
    node: Node | None = ctx.node
    start, end = ctx.selection.start, ctx.selection.end
    while node is not None and node.type not in ctx.shapes.functions:
        if node.type in ctx.shapes.loops:
            turn = _collecting(ctx).turn(node, ctx.text)
            if turn is None or node.has_error:
                return None
            whole = start <= node.start_byte and node.end_byte <= end
            return node if whole or end <= turn.body.start_byte else None
        node = node.parent
    return None


def _statements(ctx: RefactorContext, body: Node) -> list[Node]:
    if body.type not in ctx.shapes.blocks:
        return [body]
    return [one for one in body.named_children if one.type not in ctx.shapes.comments]


def _gathering(ctx: RefactorContext, node: Node) -> Gathered | None:
    """What the innermost statement of a loop puts into a collection."""
    collecting = _collecting(ctx)
    current: Node | None = node
    while current is not None:
        turn = collecting.turn(current, ctx.text) if current.type in ctx.shapes.loops else None
        if turn is not None:
            listed = _statements(ctx, turn.body)
        else:
            branch = read_branch(ctx, current)
            listed = list(branch.then.statements) if branch is not None else []
        if not listed:
            return None
        last = listed[-1]
        found = collecting.gathered(last, ctx.text)
        if found is not None:
            return found
        nested = last.type in ctx.shapes.loops or last.type in ctx.shapes.logic.ifs
        current = last if nested else None
    return None


def _written(ctx: RefactorContext, loop: Node) -> tuple[Span, str]:
    gathered = _gathering(ctx, loop)
    assert gathered is not None
    name = ctx.source(gathered.target)
    parts = _made_before(ctx, loop, gathered)
    assert parts.value is not None
    _refuse_effects(ctx, loop, gathered)
    clauses: list[Clause] = []
    _read(ctx, loop, clauses)
    for one in variables_in(ctx, Span(loop.start_byte, loop.end_byte)):
        inside = one.within(Span(loop.start_byte, loop.end_byte))
        if one.name == name:
            if len(inside) != 1:
                raise Refused(f"`{name}` is used in the loop.")
        elif any(use.writes for use in inside) and not _collecting(ctx).scoped:
            _refuse_later_use(ctx, loop, inside[0].start, one.name)
    key = ctx.source(gathered.key) if gathered.key is not None else ""
    try:
        text = _collecting(ctx).write(gathered.kind, clauses, ctx.source(gathered.value), key)
    except ValueError as error:
        raise Refused(str(error)) from error
    statement = parts.statement
    before = ctx.source(Span(statement.start_byte, parts.value.start_byte))
    after = ctx.source(Span(parts.value.end_byte, statement.end_byte))
    return Span(statement.start_byte, loop.end_byte), f"{before}{text}{after}"


def _made_before(ctx: RefactorContext, loop: Node, gathered: Gathered) -> VariableParts:
    name = ctx.source(gathered.target)
    before = loop.prev_named_sibling
    reason = f"`{name}` is not made right before the loop."
    if before is None or before.type in ctx.shapes.comments:
        raise Refused(reason)
    parts = ctx.shapes.variables(before, ctx.text)
    if len(parts) != 1 or ctx.source(parts[0].name) != name or parts[0].value is None:
        raise Refused(reason)
    if _collecting(ctx).empty(parts[0].value, ctx.text) != gathered.kind:
        raise Refused(f"`{name}` is not empty before the loop.")
    if ctx.source(Span(before.end_byte, loop.start_byte)).strip(" \t\r\n;"):
        raise Refused("A comment would be lost.")
    return parts[0]


def _refuse_effects(ctx: RefactorContext, loop: Node, gathered: Gathered) -> None:
    shapes = ctx.shapes
    pending = [loop]
    while pending:
        one = pending.pop()
        if one.type in shapes.comments:
            raise Refused("A comment would be lost.")
        if one.type in shapes.awaits | shapes.yields | shapes.logic.binding_values:
            raise Refused("The loop waits, yields or binds a name.")
        pending.extend(one.named_children)
    if gathered.key is not None:
        both = runs_code(ctx, gathered.key) and runs_code(ctx, gathered.value)
        if both is not None:
            raise Refused("Key and value both run code, in another order than they would.")
    around = loop.parent
    while around is not None and around.type not in shapes.functions:
        if around.type in shapes.classes and not _collecting(ctx).scoped:
            raise Refused("The names of a class are not seen from inside of such a value.")
        around = around.parent


def _read(ctx: RefactorContext, node: Node, clauses: list[Clause]) -> None:
    """The loops and conditions down to what is collected."""
    collecting = _collecting(ctx)
    turn: Turn | None = None
    if node.type in ctx.shapes.loops:
        turn = collecting.turn(node, ctx.text)
    if turn is not None:
        sure = collecting.is_list(turn.items, ctx.text)
        clauses.append(Clause(ctx.source(turn.pattern), _one_value(ctx, turn.items), sure))
        listed = _statements(ctx, turn.body)
    else:
        branch = read_branch(ctx, node) if node.type in ctx.shapes.logic.ifs else None
        if branch is None or branch.chained or branch.otherwise is not None:
            raise Refused("The loop does more than collect values.")
        clauses.append(Clause("", _condition(ctx, branch.condition)))
        listed = list(branch.then.statements)
    for one in listed[:-1]:
        guard = read_branch(ctx, one) if one.type in ctx.shapes.logic.ifs else None
        plain = guard is not None and guard.otherwise is None and not guard.chained
        if guard is None or not plain or turn is None or not _goes_on(ctx, guard.then.statements):
            raise Refused("The loop does more than collect values.")
        clauses.append(Clause("", negated(ctx, guard.condition)))
    if collecting.gathered(listed[-1], ctx.text) is None:
        _read(ctx, listed[-1], clauses)


def _goes_on(ctx: RefactorContext, statements: Sequence[Node]) -> bool:
    return len(statements) == 1 and statements[0].type in ctx.shapes.continues


def _one_value(ctx: RefactorContext, node: Node) -> str:
    text = ctx.source(node)
    loose = node.type in ctx.shapes.logic.ternaries | ctx.shapes.logic.loose_values
    unsplit = node.type in ctx.shapes.logic.unsplit_values
    return f"({text})" if loose or unsplit else text


def _condition(ctx: RefactorContext, node: Node) -> str:
    piece = piece_of(ctx, bare(ctx, node))
    loose = piece.rank is Rank.LOOSE and not ctx.shapes.block_close
    return f"({piece.text})" if loose else piece.text


def _refuse_later_use(ctx: RefactorContext, loop: Node, offset: int, name: str) -> None:
    """A name of the loop is not read where the loop gave it its value."""
    variable = variable_at(ctx, offset)
    if variable is None:
        return
    outside = [use for use in variable.uses if not loop.start_byte <= use.start < loop.end_byte]
    after = [use for use in outside if use.start >= loop.end_byte]
    if variable.outer and any(use.reads for use in outside):
        raise Refused(f"`{name}` is used outside of the loop.")
    if after and after[0].reads:
        raise Refused(f"`{name}` is used behind the loop.")
    around = loop.parent
    while around is not None and around.type not in ctx.shapes.functions:
        if around.type in ctx.shapes.loops and any(
            use.reads and around.start_byte <= use.start < loop.start_byte for use in outside
        ):
            raise Refused(f"`{name}` is used before the loop, when it comes round.")
        around = around.parent


REFACTOR = Refactor(
    "rewrite.loop_to_comprehension",
    "Write a loop as a comprehension",
    "refactor.rewrite.loop_to_comprehension",
    words("python javascript typescript typescriptreact"),
    _offers,
    _apply,
    __doc__ or "",
)
