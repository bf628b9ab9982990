"""Turn a local variable of a method into a field of the object.

    def total(self):                        def total(self):
        rate = self.rate()            ->        self.current = self.rate()
        return self.price * rate                return self.price * self.current

Offered with the cursor on the variable's declaration. All its uses in the method name the field
then. Refused for parameters and loop variables, for what is taken apart, in methods without an
object, and where a type is wanted that is not known.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from pairwright_analyzers.languages.shapes import VariableParts, words
from pairwright_analyzers.refactors.context import RefactorContext
from pairwright_analyzers.refactors.fields import Owner, declared_field, free_member, owner_of
from pairwright_analyzers.refactors.insertion import named_in, ordered, terminated
from pairwright_analyzers.refactors.layout import statements_span, whole_lines
from pairwright_analyzers.refactors.model import (
    NAME,
    Offer,
    Refactor,
    Refactored,
    Refused,
    text_argument,
)
from pairwright_analyzers.refactors.typing_of import type_of_value
from pairwright_analyzers.refactors.variables import Variable, variable_at
from pairwright_analyzers.types import SourceChange, Span, TextEdit

if TYPE_CHECKING:
    from tree_sitter import Node


def _offers(ctx: RefactorContext) -> Sequence[Offer]:
    if ctx.enclosing(ctx.shapes.fields.types) is None:
        return ()
    variable = variable_at(ctx, ctx.selection.start)
    if variable is None or variable.outer or not _is_declared_here(ctx, variable):
        return ()
    title = f"Turn `{variable.name.removeprefix(ctx.shapes.sigil)}` into a field"
    try:
        _judged(ctx, variable)
    except Refused as refused:
        return (Offer(title, refused=str(refused)),)
    return (Offer(title),)


def _is_declared_here(ctx: RefactorContext, variable: Variable) -> bool:
    width = len(variable.name.encode())
    return variable.declared <= ctx.selection.start <= variable.declared + width


def _judged(ctx: RefactorContext, variable: Variable) -> tuple[Owner, VariableParts]:
    name = ctx.parsed.root.named_descendant_for_byte_range(variable.declared, variable.declared + 1)
    assert name is not None
    owner = owner_of(ctx, name)
    statement = ctx.statement_of(name)
    for parts in ctx.shapes.variables(statement, ctx.text):
        if parts.name.start_byte == variable.declared:
            if not parts.alone:
                raise Refused("The statement declares other variables too.")
            if parts.value is None and ctx.shapes.fields.declaration is None:
                raise Refused("The variable is declared without a value.")
            return owner, parts
    raise Refused("It is not declared by a statement of its own.")


def _apply(ctx: RefactorContext, arguments: Mapping[str, Any]) -> Refactored:
    variable = variable_at(ctx, ctx.selection.start)
    if variable is None:
        raise Refused("No variable stands here.")
    owner, parts = _judged(ctx, variable)
    shapes = ctx.shapes
    bare = variable.name.removeprefix(shapes.sigil)
    name = free_member(ctx, owner.kind, text_argument(arguments, "name") or bare, bare)
    used = owner.receiver + name
    edits = [
        _used(ctx, use.start, use.end, used)
        for use in variable.uses
        if use.start != variable.declared
    ]
    if parts.value is not None:
        # What declares the variable goes; what gives it its value stays.
        start = parts.statement.start_byte
        edits.append(TextEdit(Span(start, parts.value.start_byte), f"{used} = "))
    else:
        span = whole_lines(ctx.text, statements_span(ctx, [parts.statement]))
        edits.append(TextEdit(span, ""))
    named = edits[0]
    if shapes.fields.declaration is not None:
        kind = ctx.source(parts.type) if parts.type is not None else ""
        kind = kind.removeprefix(":").strip()
        if not kind and parts.value is not None:
            kind = type_of_value(ctx, parts.value)
        if shapes.fields.needs_type and not kind:
            raise Refused("The type of the variable is not known.")
        declaration = terminated(ctx, shapes.fields.declaration(name, kind, ""), "x")
        named = declared_field(ctx, owner.kind, declaration)
        edits.append(named)
    else:
        named = next(one for one in edits if one.new_text.endswith("= "))
    change = ordered(edits)
    return Refactored(
        SourceChange({ctx.path: change}),
        frozenset({variable.name, name, f"@{name}"}),
        named_in(ctx.path, change, named, name),
    )


def _used(ctx: RefactorContext, start: int, end: int, used: str) -> TextEdit:
    node: Node | None = ctx.parsed.root.named_descendant_for_byte_range(start, end)
    if node is not None and node.type in ctx.shapes.shorthands:
        return TextEdit(Span(start, end), f"{ctx.source(node)}: {used}")
    return TextEdit(Span(start, end), used)


REFACTOR = Refactor(
    "rewrite.local_to_field",
    "Turn local variable into field",
    "refactor.rewrite.local_to_field",
    words("python javascript typescript typescriptreact java csharp php ruby cpp"),
    _offers,
    _apply,
    __doc__ or "",
    (NAME,),
)
