"""Write a value that collects others as a loop.

    names = [user.name for user in users if user.active]    ->    names = []
                                                                  for user in users:
                                                                      if user.active:
                                                                          names.append(user.name)

Offered on a collecting value that is assigned or returned. Refused where a name of the loop means
something in the function already, and where the value uses what it is assigned to.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from pairwright_analyzers.languages.collecting import Collected, Collecting
from pairwright_analyzers.languages.shapes import NewVariable, words
from pairwright_analyzers.refactors.alternatives import ValueStatement, value_statement
from pairwright_analyzers.refactors.branches import block_text, if_text, names_in
from pairwright_analyzers.refactors.context import RefactorContext
from pairwright_analyzers.refactors.insertion import terminated
from pairwright_analyzers.refactors.layout import (
    indent_at,
    indent_unit,
    rewritten,
    starts_line,
)
from pairwright_analyzers.refactors.model import Offer, Refactor, Refactored, Refused
from pairwright_analyzers.refactors.naming import free_name
from pairwright_analyzers.types import SourceChange, Span

if TYPE_CHECKING:
    from tree_sitter import Node

_TITLE = "Write as a loop"


def _offers(ctx: RefactorContext) -> Sequence[Offer]:
    found = _target(ctx)
    if found is None:
        return ()
    try:
        _refuse(ctx, *found)
    except Refused as refused:
        return (Offer(_TITLE, refused=str(refused)),)
    return (Offer(_TITLE),)


def _apply(ctx: RefactorContext, _arguments: Mapping[str, Any]) -> Refactored:
    found = _target(ctx)
    if found is None:
        raise Refused("No collecting value that is assigned or returned stands here.")
    collected, holder = found
    _refuse(ctx, collected, holder)
    collecting = _collecting(ctx)
    statement = holder.statement
    indent = indent_at(ctx.text, statement.start_byte)
    parts = ctx.shapes.variables(statement, ctx.text)
    empty = collecting.write_empty(collected.kind)
    if holder.returns:
        function = ctx.function_of(statement)
        whole = function if function is not None else ctx.parsed.root
        name = free_name(ctx, "result", Span(whole.start_byte, whole.end_byte))
        terminator = terminated(ctx, ctx.shapes.terminator, "")
        first = terminated(ctx, ctx.shapes.declare(NewVariable(name, empty)), "")
        last = f"\n{indent}return {name}{terminator}"
    else:
        name = ctx.source(parts[0].name)
        first, last = f"{holder.before}{empty}{holder.after}", ""
    key = ctx.source(collected.key) if collected.key is not None else ""
    gather = collecting.write_gathering(collected.kind, name, ctx.source(collected.value), key)
    loop = _nested(ctx, collected, terminated(ctx, gather, ""), indent)
    edit = rewritten(
        ctx, Span(statement.start_byte, statement.end_byte), f"{first}\n{indent}{loop}{last}"
    )
    inner = names_in(ctx, Span(holder.value.start_byte, holder.value.end_byte))
    return Refactored(SourceChange({ctx.path: (edit,)}), inner | {name})


def _collecting(ctx: RefactorContext) -> Collecting:
    found = ctx.shapes.logic.collecting
    assert found is not None
    return found


def _nested(ctx: RefactorContext, collected: Collected, gather: str, indent: str) -> str:
    """The loops and conditions around what is done for each item."""
    step = indent_unit(ctx.text, ctx.shapes)
    text = gather
    for depth in range(len(collected.clauses) - 1, -1, -1):
        pattern, items = collected.clauses[depth]
        at = indent + step * depth
        if pattern is None:
            text = if_text(ctx, [(ctx.source(items), text)], None, at)
            continue
        head = _collecting(ctx).loop_head.format(
            pattern=ctx.source(pattern), items=ctx.source(items)
        )
        text = block_text(ctx, _spaced(ctx, head), text, at)
    return text


def _spaced(ctx: RefactorContext, head: str) -> str:
    tight = ctx.text.count(b"for(") > ctx.text.count(b"for (")
    return head.replace("for (", "for(", 1) if tight else head


def _target(ctx: RefactorContext) -> tuple[Collected, ValueStatement] | None:
    """The collecting value around the selection that a statement assigns or returns."""
    node: Node | None = ctx.node
    while node is not None and not ctx.is_statement(node):
        node = node.parent
    if node is None or ctx.is_braceless(node):
        return None
    holder = value_statement(ctx, node)
    if holder is None or holder.value.end_byte < ctx.selection.start:
        return None
    collected = _collecting(ctx).collected(holder.value, ctx.text)
    if collected is None:
        return None
    parts = ctx.shapes.variables(node, ctx.text)
    if not holder.returns and len(parts) != 1:
        return None
    return collected, holder


def _refuse(ctx: RefactorContext, collected: Collected, holder: ValueStatement) -> None:
    statement, value = holder.statement, holder.value
    if not starts_line(ctx.text, statement.start_byte):
        raise Refused("Something else stands before the statement on its line.")
    span = Span(value.start_byte, value.end_byte)
    pending = [value]
    while pending:
        one = pending.pop()
        if one.type in ctx.shapes.comments:
            raise Refused("A comment would be lost.")
        if one.type in ctx.shapes.functions and not _is_own(collected, one):
            raise Refused("A function inside of the value would see the names of the loop change.")
        if one.type in ctx.shapes.awaits:
            raise Refused("The value waits.")
        pending.extend(one.named_children)
    used = names_in(ctx, span)
    if not holder.returns:
        name = ctx.source(ctx.shapes.variables(statement, ctx.text)[0].name)
        if name in used:
            raise Refused(f"The value uses `{name}` itself.")
    if _collecting(ctx).scoped:
        return
    block = statement.parent
    if block is not None and block.parent is not None and block.parent.type in ctx.shapes.classes:
        raise Refused("The names of the loop would be names of the class.")
    function = ctx.function_of(statement) or ctx.parsed.root
    outside = names_in(ctx, Span(function.start_byte, statement.start_byte))
    outside |= names_in(ctx, Span(statement.end_byte, function.end_byte))
    for pattern, _ in collected.clauses:
        if pattern is None:
            continue
        bound = names_in(ctx, Span(pattern.start_byte, pattern.end_byte))
        taken = sorted(bound & outside)
        if taken:
            raise Refused(f"`{taken[0]}` is used outside of the value too.")


def _is_own(collected: Collected, node: Node) -> bool:
    """Whether a function is the one that a clause or the value is the body of."""
    held = [collected.value, *(items for _, items in collected.clauses)]
    body = node.child_by_field_name("body")
    return body is not None and any(
        body.start_byte <= one.start_byte and one.end_byte <= body.end_byte for one in held
    )


REFACTOR = Refactor(
    "rewrite.comprehension_to_loop",
    "Write a comprehension as a loop",
    "refactor.rewrite.comprehension_to_loop",
    words("python javascript typescript typescriptreact"),
    _offers,
    _apply,
    __doc__ or "",
)
