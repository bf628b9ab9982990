"""Keep a value in a field of the object, where its other methods can read it.

    def total(self):                        def total(self):
        return self.price * 1.2       ->        self.rate = 1.2
                                                return self.price * self.rate

Offered on a value that is selected in a method. The field gets its value right before the statement
that uses it; a value that never changes is given to it where it is declared, in languages that
declare fields. Refused outside of methods and in those without an object, where the value cannot be
computed before its statement (as for `extract.variable`), and where the language wants a type that
is not known.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from pairwright_analyzers.languages.shapes import words
from pairwright_analyzers.refactors.context import RefactorContext
from pairwright_analyzers.refactors.extract_constant import is_constant
from pairwright_analyzers.refactors.extract_variable import (
    replacement,
    selected_value,
    value_text,
    why_no_value,
)
from pairwright_analyzers.refactors.fields import (
    Owner,
    declared_field,
    free_member,
    owner_of,
)
from pairwright_analyzers.refactors.insertion import named_in, ordered, spot_before, terminated
from pairwright_analyzers.refactors.model import (
    NAME,
    Offer,
    Refactor,
    Refactored,
    Refused,
    text_argument,
)
from pairwright_analyzers.refactors.naming import suggested_name
from pairwright_analyzers.refactors.places import (
    is_whole_statement,
    place_of,
    refuse_moved,
    refuse_unnameable,
)
from pairwright_analyzers.refactors.typing_of import type_of_value
from pairwright_analyzers.types import SourceChange, TextEdit

if TYPE_CHECKING:
    from tree_sitter import Node


def _offers(ctx: RefactorContext) -> Sequence[Offer]:
    if ctx.is_cursor:
        return ()
    value = selected_value(ctx)
    if value is None or ctx.enclosing(ctx.shapes.fields.methods) is None:
        return ()
    if ctx.enclosing(ctx.shapes.fields.types) is None:
        return ()
    try:
        _judged(ctx, value)
    except Refused as refused:
        return (Offer("Extract field", refused=str(refused)),)
    return (Offer("Extract field"),)


def _judged(ctx: RefactorContext, value: Node) -> Owner:
    owner = owner_of(ctx, value)
    refuse_unnameable(ctx, value)
    if is_whole_statement(ctx, value):
        raise Refused("This is a whole statement: nothing uses its value.")
    told = refuse_moved(ctx, value, place_of(ctx, value))
    if told:
        raise Refused(f"It would change what happens: {told}.")
    return owner


def _apply(ctx: RefactorContext, arguments: Mapping[str, Any]) -> Refactored:
    value = selected_value(ctx)
    if value is None:
        raise Refused(why_no_value(ctx) or "No value is selected.")
    owner = _judged(ctx, value)
    name = free_member(
        ctx, owner.kind, text_argument(arguments, "name"), suggested_name(ctx, value)
    )
    used = owner.receiver + name
    fields = ctx.shapes.fields
    edits: list[TextEdit] = []
    kind = type_of_value(ctx, value) if fields.declaration is not None else ""
    if fields.needs_type and not kind:
        raise Refused("The type of the value is not known.")
    place = place_of(ctx, value)
    if fields.declaration is not None and is_constant(ctx, value):
        declaration = terminated(ctx, fields.declaration(name, kind, ctx.source(value)), "x")
        named = declared_field(ctx, owner.kind, declaration)
        edits = [named]
    else:
        spot = spot_before(ctx, place)
        assignment = f"{used} = {value_text(ctx, value, spot.indent)}{ctx.shapes.terminator}"
        named = spot.edit(terminated(ctx, assignment, "x"))
        edits = [named, *spot.others]
        if fields.declaration is not None:
            declaration = terminated(ctx, fields.declaration(name, kind, ""), "x")
            edits.append(declared_field(ctx, owner.kind, declaration))
    edits.append(replacement(ctx, value, used, place.span if place.body is not None else None))
    return Refactored(
        SourceChange({ctx.path: ordered(edits)}),
        frozenset({name, f"@{name}"}),
        named_in(ctx.path, ordered(edits), named, name),
    )


REFACTOR = Refactor(
    "extract.field",
    "Extract field",
    "refactor.extract.field",
    words("python javascript typescript typescriptreact java csharp php ruby cpp"),
    _offers,
    _apply,
    __doc__ or "",
    (NAME,),
)
