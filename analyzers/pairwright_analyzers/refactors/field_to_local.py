"""Turn a field that only one method uses into a local variable of it.

    def total(self):                        def total(self):
        self.rate = self.load()       ->        rate = self.load()
        return self.price * self.rate           return self.price * rate

Offered with the cursor on such a field. Refused where the method may read a value that an earlier
call left behind (its first use has to be an assignment that always runs), where other methods,
other types or other files use it, and where the name means something else in the method.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from pairwright_analyzers.graph import SymbolId
from pairwright_analyzers.graph.queries import references_to
from pairwright_analyzers.languages.shapes import NewVariable, words
from pairwright_analyzers.languages.values import field_of
from pairwright_analyzers.refactors.context import RefactorContext
from pairwright_analyzers.refactors.fields import Owner, owner_of, uses_of
from pairwright_analyzers.refactors.insertion import ordered, terminated
from pairwright_analyzers.refactors.layout import statements_span, whole_lines
from pairwright_analyzers.refactors.model import Offer, Refactor, Refactored, Refused
from pairwright_analyzers.refactors.variables import variables_in
from pairwright_analyzers.syntax import ancestors
from pairwright_analyzers.types import SourceChange, Span, TextEdit

if TYPE_CHECKING:
    from tree_sitter import Node


@dataclass(frozen=True, slots=True)
class _Field:
    """A field, the method that uses it, its uses in text order and its declaration, if any."""

    owner: Owner
    name: str
    uses: tuple[Node, ...]
    declaration: Node | None


def _offers(ctx: RefactorContext) -> Sequence[Offer]:
    if ctx.enclosing(ctx.shapes.fields.types) is None or not _word(ctx):
        return ()
    name = _word(ctx)
    try:
        node = _use_at(ctx)
        if node is None:
            return ()
        found = _found(ctx, node)
    except Refused:
        return ()
    title = f"Turn the field `{name}` into a local variable"
    try:
        _refuse_state(ctx, found)
    except Refused as refused:
        return (Offer(title, refused=str(refused)),)
    return (Offer(title),)


def _apply(ctx: RefactorContext, arguments: Mapping[str, Any]) -> Refactored:
    del arguments
    node = _use_at(ctx)
    if node is None:
        raise Refused("No field of the object stands here.")
    found = _found(ctx, node)
    _refuse_state(ctx, found)
    _refuse_others(ctx, found)
    first, assignment = found.uses[0], found.uses[0].parent
    assert assignment is not None
    name = ctx.shapes.sigil + found.name
    value = assignment.child_by_field_name("right")
    assert value is not None
    edits = [
        TextEdit(Span(one.start_byte, one.end_byte), name)
        for one in found.uses
        if one.id != first.id
    ]
    statement = ctx.statement_of(first)
    written = _declared(ctx, found, value)
    edits.append(TextEdit(Span(statement.start_byte, value.start_byte), written))
    if found.declaration is not None:
        edits.append(TextEdit(_lines(ctx, found.declaration), ""))
    names = frozenset({found.name, name, f"@{found.name}"})
    return Refactored(SourceChange({ctx.path: ordered(edits)}), names)


def _declared(ctx: RefactorContext, found: _Field, value: Node) -> str:
    """What stands before the value in the variable's declaration."""
    written = ctx.source(value)
    kind = ""
    later = any(_is_assigned(ctx, one) for one in found.uses[1:])
    if found.declaration is not None:
        parts = ctx.shapes.variables(found.declaration, ctx.text)
        kind = ctx.source(parts[0].type) if parts and parts[0].type is not None else ""
    text = ctx.shapes.declare(NewVariable(found.name, written, kind))
    head = terminated(ctx, text, "x").partition(written)[0]
    if later and head.startswith("const "):
        head = "let " + head.removeprefix("const ")
    return head


def _lines(ctx: RefactorContext, declaration: Node) -> Span:
    """The lines of a field's declaration, and an empty one behind them where it stood alone."""
    span = whole_lines(ctx.text, statements_span(ctx, [declaration]))
    before = ctx.text[: span.start].rstrip(b" \t\r\n")
    rest = ctx.text[span.end :]
    if before.endswith(b"{") and rest.lstrip(b" \t\r").startswith(b"\n"):
        return Span(span.start, span.end + rest.index(b"\n") + 1)
    return span


# What is turned.


def _word(ctx: RefactorContext) -> str:
    node = ctx.node
    return "" if node.named_child_count else ctx.source(node).lstrip("@$")


def _use_at(ctx: RefactorContext) -> Node | None:
    """The field that is named at the selection, receiver included; None for anything else."""
    node = ctx.node
    name = _word(ctx)
    if not name.isidentifier():
        return None
    for one in (node, *ancestors(node)):
        if one.type in ctx.shapes.statements or one.type in ctx.shapes.functions:
            return None
        written = ctx.source(one)
        if written.startswith("@") or written.endswith((f".{name}", f"->{name}")):
            return one if one.type in ctx.shapes.expressions else None
    return None


def _found(ctx: RefactorContext, node: Node) -> _Field:
    owner = owner_of(ctx, node)
    name = _word(ctx)
    if ctx.source(node) != owner.receiver + name:
        raise Refused("This is no field of the object itself.")
    uses = uses_of(ctx, owner.kind, owner.receiver, name)
    declaration = None
    body = owner.kind.child_by_field_name("body")
    for member in body.named_children if body is not None else ():
        if member.type in ctx.shapes.fields.declarations and _declares(ctx, member, name):
            declaration = member
    return _Field(owner, name, tuple(uses), declaration)


def _declares(ctx: RefactorContext, member: Node, name: str) -> bool:
    for symbol in ctx.facts.symbols:
        inside = member.start_byte <= symbol.name_span.start < member.end_byte
        if inside and symbol.name.lstrip("@$") == name:
            return True
    return False


def _is_assigned(ctx: RefactorContext, use: Node) -> bool:
    parent = use.parent
    return parent is not None and (
        (parent.type in ctx.shapes.assignments and field_of(use) == "left")
        or parent.type in ctx.shapes.augmented
    )


def _refuse_state(ctx: RefactorContext, found: _Field) -> None:
    method = found.owner.method
    for use in found.uses:
        if not method.start_byte <= use.start_byte < method.end_byte:
            raise Refused("Other methods use it too.")
    first = found.uses[0]
    parent = first.parent
    if parent is None or parent.type not in ctx.shapes.assignments or field_of(first) != "left":
        raise Refused("Its first use reads what an earlier call may have left behind.")
    operator = parent.child_by_field_name("operator")
    if operator is not None and ctx.source(operator) != "=":
        raise Refused("Its first use reads what an earlier call may have left behind.")
    statement = ctx.statement_of(first)
    body = method.child_by_field_name("body")
    block = statement.parent
    if body is None or block is None or block.id != body.id:
        raise Refused("Its first assignment does not always run.")
    if (
        statement.named_child_count
        and statement.named_children[0].id != parent.id
        and (statement.id != parent.id)
    ):
        raise Refused("Its first assignment is a part of another statement.")
    if found.declaration is not None:
        parts = ctx.shapes.variables(found.declaration, ctx.text)
        if any(one.value is not None for one in parts) or "=" in ctx.source(found.declaration):
            raise Refused("The field has a value before the method runs.")
        if parts and not parts[0].alone:
            raise Refused("Its declaration declares other fields too.")
    span = Span(method.start_byte, method.end_byte)
    names = {one.name for one in variables_in(ctx, span) if not one.outer}
    if found.name in names or ctx.shapes.sigil + found.name in names:
        raise Refused(f"`{found.name}` already means something in the method.")


def _refuse_others(ctx: RefactorContext, found: _Field) -> None:
    """Nothing else names the field: no other code of the file, no other file."""
    starts = {one.end_byte - len(found.name.encode()) for one in found.uses}
    starts |= {one.start_byte for one in found.uses}
    for name in (found.name, f"@{found.name}"):
        for index in ctx.facts.references_named(name):
            one = ctx.facts.reference(index)
            named = one.member or name.startswith("@")
            declared = found.declaration is not None and (
                found.declaration.start_byte <= one.start < found.declaration.end_byte
            )
            if named and one.start not in starts and not declared:
                raise Refused(f"`{found.name}` is used elsewhere in the file.")
    if re.search(rf":{re.escape(found.name)}\b", ctx.source(found.owner.kind)) and (
        found.owner.receiver == "@"
    ):
        raise Refused(f"`:{found.name}` may name it for others.")
    kind = Span(found.owner.kind.start_byte, found.owner.kind.end_byte)
    for symbol in ctx.facts.symbols:
        if symbol.name.lstrip("@$") != found.name or not kind.covers(symbol.name_span):
            continue
        for use in references_to(ctx.graph, SymbolId(ctx.path, symbol.index), ctx.check):
            if use.location.path != ctx.path:
                raise Refused(f"{use.location.path} uses `{found.name}`.")


REFACTOR = Refactor(
    "rewrite.field_to_local",
    "Turn field into local variable",
    "refactor.rewrite.field_to_local",
    words("python javascript typescript typescriptreact java csharp php ruby"),
    _offers,
    _apply,
    __doc__ or "",
)
