"""Write a chain of callbacks as statements that wait.

    return load(id)                     const user = await load(id);
      .then((user) => user.name)    ->  return user.name;

Offered on a chain that is returned, or whose end is waited for already; the function around it is
made one that waits. Refused where nothing waits for the chain, where the function gives something
else back elsewhere, where a callback's name means something in the function, and where callbacks do
more than lead on.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any, NamedTuple

from pairwright_analyzers.languages.shapes import words
from pairwright_analyzers.languages.waiting import Chain, Step, Waiting
from pairwright_analyzers.refactors.branches import block_text, body_text, names_in, stripped
from pairwright_analyzers.refactors.context import RefactorContext
from pairwright_analyzers.refactors.forms import forms_of
from pairwright_analyzers.refactors.insertion import terminated
from pairwright_analyzers.refactors.layout import (
    indent_at,
    indent_unit,
    rewritten,
    starts_line,
)
from pairwright_analyzers.refactors.model import Offer, Refactor, Refactored, Refused
from pairwright_analyzers.types import SourceChange, Span, TextEdit

if TYPE_CHECKING:
    from tree_sitter import Node

_TITLE = "Write with `await`"


class _Target(NamedTuple):
    """A chain, the statement that it is in, and the function around it. `before` is the text of the
    statement up to the chain's end result, "" where that is returned.
    """

    chain: Chain
    statement: Node
    function: Node
    before: str


class _Callback(NamedTuple):
    """What a callback does: its parameter, the span of its statements, and the value it ends with
    (None without one).
    """

    parameter: Node | None
    statements: Span | None
    value: Node | None


def _offers(ctx: RefactorContext) -> Sequence[Offer]:
    chain = _chain_at(ctx)
    if chain is None:
        return ()
    try:
        _edits(ctx, _target(ctx, *chain))
    except Refused as refused:
        return (Offer(_TITLE, refused=str(refused)),)
    return (Offer(_TITLE),)


def _apply(ctx: RefactorContext, _arguments: Mapping[str, Any]) -> Refactored:
    chain = _chain_at(ctx)
    if chain is None:
        raise Refused("No chain of callbacks stands here.")
    target = _target(ctx, *chain)
    edits = _edits(ctx, target)
    bound: set[str] = set()
    for step in chain[1].steps:
        bound |= names_in(ctx, Span(step.callback.start_byte, step.callback.end_byte))
    return Refactored(SourceChange({ctx.path: edits}), frozenset(bound))


def _waiting(ctx: RefactorContext) -> Waiting:
    found = ctx.shapes.logic.waiting
    assert found is not None
    return found


def _chain_at(ctx: RefactorContext) -> tuple[Node, Chain] | None:
    """The outermost chain around the selection."""
    node: Node | None = ctx.node
    found: tuple[Node, Chain] | None = None
    while node is not None and not ctx.is_statement(node):
        if node.type in ctx.shapes.calls:
            chain = _waiting(ctx).chain(node, ctx.text)
            if chain is not None:
                found = (node, chain)
        elif node.type in ctx.shapes.functions and found is None:
            return None
        node = node.parent
    return found


def _target(ctx: RefactorContext, node: Node, chain: Chain) -> _Target:
    shapes, waiting = ctx.shapes, _waiting(ctx)
    function = ctx.function_of(node)
    if function is None:
        raise Refused("The chain is not part of a function.")
    around = node.parent
    assert around is not None
    if around.id == function.id:
        raise Refused("The chain is the value of an arrow function: add braces first.")
    if around.type in shapes.returns:
        target = _Target(chain, around, function, "")
    else:
        target = _awaited(ctx, node, chain, function)
    if not starts_line(ctx.text, target.statement.start_byte):
        raise Refused("Something else stands before the statement on its line.")
    if ctx.is_braceless(target.statement):
        raise Refused("The statement stands alone, without a block around it.")
    around = target.statement.parent
    while around is not None and around != function:
        if around.type in shapes.tries and not target.before:
            raise Refused("The `try` around the chain would catch its errors too.")
        around = around.parent
    if waiting.is_async(function):
        return target
    if waiting.async_place(function) is None:
        raise Refused("The function around the chain cannot wait.")
    for one in ctx.inside(function, shapes.returns):
        if one.id != target.statement.id and ctx.function_of(one) == function:
            held = one.named_children[0] if one.named_children else None
            if held is None or waiting.chain(held, ctx.text) is None:
                raise Refused("The function gives something else back at another place.")
    return target


def _awaited(ctx: RefactorContext, node: Node, chain: Chain, function: Node) -> _Target:
    """A chain whose end is waited for: assigned, or a statement of its own."""
    waits = node.parent
    if waits is None or waits.type not in ctx.shapes.awaits:
        raise Refused("Nothing waits for the chain.")
    statement = ctx.statement_of(waits)
    parts = ctx.shapes.variables(statement, ctx.text)
    plain = statement.type in ctx.shapes.wrappers and waits.parent == statement
    given = len(parts) == 1 and parts[0].alone and parts[0].value == waits
    if not plain and not given:
        raise Refused("The value of the chain is part of another value.")
    if any(step.word != "then" for step in chain.steps):
        raise Refused("Errors of the chain are caught, and it goes on behind it.")
    before = ctx.source(Span(statement.start_byte, waits.start_byte))
    return _Target(chain, statement, function, before or " ")


def _edits(ctx: RefactorContext, target: _Target) -> tuple[TextEdit, ...]:
    waiting = _waiting(ctx)
    statement, function = target.statement, target.function
    thens = [one for one in target.chain.steps if one.word == "then"]
    rest = [one for one in target.chain.steps if one.word != "then"]
    if [one.word for one in target.chain.steps] != ["then"] * len(thens) + [
        one.word for one in rest
    ] or [one.word for one in rest] not in ([], ["catch"], ["finally"], ["catch", "finally"]):
        raise Refused("The chain goes on behind what catches its errors.")
    _refuse_names(ctx, target, thens)
    indent = indent_at(ctx.text, statement.start_byte)
    step = indent_unit(ctx.text, ctx.shapes)
    at = indent + step if rest else indent
    lines = _lines(ctx, target, thens, at, guarded=bool(rest))
    text = f"\n{at}".join(lines)
    if rest:
        text = _attempt(ctx, text, rest, indent, at)
    edits = [rewritten(ctx, Span(statement.start_byte, statement.end_byte), text)]
    place = waiting.async_place(function)
    if not waiting.is_async(function):
        assert place is not None
        edits.insert(0, TextEdit(Span(place, place), waiting.word))
    return tuple(edits)


def _lines(
    ctx: RefactorContext, target: _Target, thens: Sequence[Step], at: str, *, guarded: bool
) -> list[str]:
    """The statements of the chain without what catches its errors."""
    waiting, end = _waiting(ctx), terminated(ctx, ctx.shapes.terminator, "")
    constant = forms_of(ctx).constant
    value = ctx.source(target.chain.base)
    may_wait = True
    lines: list[str] = []
    for index, one in enumerate(thens):
        awaited = waiting.awaited(value) if may_wait else value
        last = index == len(thens) - 1
        callback = _callback(ctx, one.callback)
        if callback is None:
            value, may_wait = f"{ctx.source(one.callback)}({awaited})", True
            continue
        if callback.parameter is not None:
            lines.append(f"{constant} {ctx.source(callback.parameter)} = {awaited}{end}")
        else:
            lines.append(f"{awaited}{end}")
        if callback.statements is not None:
            lines.append(body_text(ctx, callback.statements, at))
        if callback.value is None:
            if last and not target.before.strip():
                return lines
            raise Refused("A callback in the chain gives no value.")
        value = ctx.source(callback.value)
        may_wait = waiting.may_wait(callback.value)
    if target.before:
        text = waiting.awaited(value) if may_wait else value
        lines.append(f"{target.before.lstrip()}{text}{end}")
        return lines
    # What is returned is waited for by the caller, unless errors are caught here.
    final = waiting.awaited(value) if may_wait and guarded else value
    lines.append(f"return {final}{end}")
    return lines


def _attempt(ctx: RefactorContext, text: str, rest: Sequence[Step], indent: str, at: str) -> str:
    """What catches the errors of a chain, and what is done at its end."""
    waiting, end = _waiting(ctx), terminated(ctx, ctx.shapes.terminator, "")
    tried, caught, ended = waiting.attempt
    parts = [block_text(ctx, tried, text, indent)]
    for one in rest:
        callback = _callback(ctx, one.callback)
        if callback is None:
            if one.word != "catch":
                raise Refused("What is done at the end is not written out.")
            value = f"return {ctx.source(one.callback)}(error){end}"
            parts.append(block_text(ctx, caught.format("error"), value, indent))
            continue
        lines = [body_text(ctx, callback.statements, at)] if callback.statements else []
        if callback.value is not None and one.word == "catch":
            lines.append(f"return {ctx.source(callback.value)}{end}")
        elif callback.value is not None:
            lines.append(f"{waiting.awaited(ctx.source(callback.value))}{end}")
        head = ended
        if one.word == "catch":
            name = ctx.source(callback.parameter) if callback.parameter is not None else ""
            head = caught.format(name) if name else caught.partition(" ")[0]
        elif callback.parameter is not None:
            raise Refused("What is done at the end takes no value.")
        parts.append(block_text(ctx, head, f"\n{at}".join(lines), indent))
    return " ".join(parts)


def _callback(ctx: RefactorContext, node: Node) -> _Callback | None:
    """What a callback does; None for the name of a function. Raises `Refused` for one that cannot
    be taken apart.
    """
    forms = forms_of(ctx)
    if node.type not in forms.arrows | forms.valued:
        if node.type in ctx.shapes.functions or node.named_child_count > 2:
            raise Refused("A callback has a form that cannot be taken apart.")
        return None
    parts = forms.read(node, ctx.text)
    if parts is None or (node.type in forms.valued and forms.own_name(parts, ctx.text)):
        raise Refused("A callback has a `this` of its own.")
    parameter = _parameter(node)
    if not parts.block:
        value = parts.body
        while value.type in ctx.shapes.parentheses and value.named_child_count == 1:
            value = value.named_children[0]
        return _Callback(parameter, None, value)
    body = parts.body
    listed = [one for one in body.named_children if one.type not in ctx.shapes.comments]
    returned = [one for one in ctx.inside(body, ctx.shapes.returns) if ctx.function_of(one) == node]
    inner = stripped(ctx, Span(body.start_byte + 1, body.end_byte - 1))
    if not returned:
        return _Callback(parameter, inner if len(inner) else None, None)
    last = listed[-1]
    if len(returned) > 1 or returned[0] != last or last.named_child_count != 1:
        raise Refused("A callback returns early.")
    before = stripped(ctx, Span(inner.start, last.start_byte))
    return _Callback(parameter, before if len(before) else None, last.named_children[0])


def _parameter(node: Node) -> Node | None:
    single = node.child_by_field_name("parameter")
    if single is not None:
        return single
    listed = node.child_by_field_name("parameters")
    if listed is None or not listed.named_children:
        return None
    if listed.named_child_count > 1:
        raise Refused("A callback has several parameters.")
    parameter = listed.named_children[0]
    if parameter.type in ("rest_pattern", "assignment_pattern"):
        raise Refused("A callback's parameter has a form that cannot be declared.")
    return parameter


def _refuse_names(ctx: RefactorContext, target: _Target, thens: Sequence[Step]) -> None:
    """What the callbacks name is named nowhere else in the function."""
    function, statement = target.function, target.statement
    outside = names_in(ctx, Span(function.start_byte, statement.start_byte))
    outside |= names_in(ctx, Span(statement.end_byte, function.end_byte))
    if target.before.strip():
        outside |= names_in(ctx, Span(statement.start_byte, target.chain.base.start_byte))
    seen: set[str] = set()
    base = names_in(ctx, Span(target.chain.base.start_byte, target.chain.base.end_byte))
    for one in thens:
        bound = _bound_names(ctx, one.callback)
        clash = sorted(bound & (outside | seen | base))
        if clash:
            raise Refused(f"`{clash[0]}` means something else in the function too.")
        seen |= bound


def _bound_names(ctx: RefactorContext, node: Node) -> set[str]:
    """The names that a callback declares."""
    if node.type not in ctx.shapes.functions:
        return set()
    found: set[str] = set()
    for index in ctx.facts.references_in(Span(node.start_byte, node.end_byte)):
        one = ctx.facts.reference(index)
        if one.role.name in ("BIND", "DEFINE") and not one.member:
            found.add(one.name)
    return found


REFACTOR = Refactor(
    "rewrite.async_chain",
    "Write callbacks with await",
    "refactor.rewrite.async_chain",
    words("javascript typescript typescriptreact"),
    _offers,
    _apply,
    __doc__ or "",
)
