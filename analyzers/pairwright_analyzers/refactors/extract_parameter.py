"""Let the callers of a function pass a value that it has inside.

```python
def wait(job):
    job.join(30)

wait(job)
```

With the name `timeout`:

```python
def wait(job, timeout):
    job.join(timeout)

wait(job, 30)
```

Offered on a selected value that reads nothing of the function itself; a value that is written out
can become the parameter's default value instead, and the calls stay as they are. Refused where the
value reads parameters, local variables or the object, where it runs code, and where not all callers
are known or can see what the value reads.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from pairwright_analyzers.graph import SymbolId
from pairwright_analyzers.graph.bindings import BindingKind
from pairwright_analyzers.languages.shapes import words
from pairwright_analyzers.refactors.add_parameter import place_of_new
from pairwright_analyzers.refactors.context import RefactorContext
from pairwright_analyzers.refactors.extract_constant import is_constant
from pairwright_analyzers.refactors.extract_variable import (
    replacement,
    scope_span,
    selected_value,
    why_no_value,
)
from pairwright_analyzers.refactors.header import header_of
from pairwright_analyzers.refactors.insertion import ordered
from pairwright_analyzers.refactors.model import (
    NAME,
    Offer,
    Option,
    Refactor,
    Refactored,
    Refused,
    flag_argument,
    text_argument,
)
from pairwright_analyzers.refactors.naming import suggested_name, wanted_name
from pairwright_analyzers.refactors.places import (
    has_effects,
    inputs,
    is_whole_statement,
    place_of,
    refuse_unnameable,
    runs_code,
)
from pairwright_analyzers.refactors.repeats import shared_values, tokens
from pairwright_analyzers.refactors.signature import changed
from pairwright_analyzers.refactors.signature_members import Slot, unchanged_slots
from pairwright_analyzers.refactors.typing_of import type_of_value
from pairwright_analyzers.syntax import span_of
from pairwright_analyzers.types import (
    CALLABLE_KINDS,
    ParameterKind,
    Role,
    SourceChange,
    Symbol,
    SymbolKind,
)

if TYPE_CHECKING:
    from tree_sitter import Node

_SELVES = frozenset({"self", "this", "$this", "cls", "super", "base"})
_LATE = frozenset({ParameterKind.VARIADIC, ParameterKind.KEYWORD_ONLY})


def _offers(ctx: RefactorContext) -> Sequence[Offer]:
    if ctx.is_cursor or ctx.function is None:
        return ()
    value = selected_value(ctx)
    if value is None or _symbol(ctx) is None:
        return ()
    title = "Extract parameter"
    try:
        _judge(ctx, value)
    except Refused as refused:
        return (Offer(title, refused=str(refused)),)
    offers = [Offer(title)]
    if ctx.shapes.values.default_values and is_constant(ctx, value):
        offers.append(Offer(f"{title} with this default value", {"default": True}))
    return offers


def _symbol(ctx: RefactorContext) -> Symbol | None:
    """The callable whose body the selection is in."""
    symbol = ctx.enclosing_symbol
    if symbol is None or symbol.kind not in CALLABLE_KINDS:
        return None
    return symbol if symbol.body_start <= ctx.selection.start else None


def _judge(ctx: RefactorContext, value: Node) -> None:
    refuse_unnameable(ctx, value)
    if is_whole_statement(ctx, value):
        raise Refused("This is a whole statement: nothing uses its value.")
    # Refuses what has to be written out where it stands.
    place_of(ctx, value)
    for variable in inputs(ctx, value):
        if not variable.outer:
            raise Refused(f"`{variable.name}` is only known in the function.")
    if _SELVES & set(tokens(ctx, value)) or any(one.startswith("@") for one in tokens(ctx, value)):
        raise Refused("It reads the object of the method.")
    for index in ctx.facts.references_in(span_of(value)):
        one = ctx.facts.reference(index)
        if one.member or not ctx.spec.implicit_receiver:
            continue
        for bound in ctx.bindings.lookup(one.name, one.start):
            if bound.kind is BindingKind.SYMBOL and (
                ctx.facts.symbol_kind(bound.index) in (SymbolKind.FIELD, SymbolKind.PROPERTY)
            ):
                raise Refused("It reads the object of the method.")
    if runs_code(ctx, value) is not None or has_effects(ctx, value):
        raise Refused("It runs code, which would run before the function does.")


def _apply(ctx: RefactorContext, arguments: Mapping[str, Any]) -> Refactored:
    value = selected_value(ctx)
    symbol = _symbol(ctx)
    if value is None:
        raise Refused(why_no_value(ctx) or "No value is selected.")
    if symbol is None:
        raise Refused("This is not part of a function that has a name.")
    _judge(ctx, value)
    header = header_of(ctx, SymbolId(ctx.path, symbol.index))
    name = wanted_name(
        ctx,
        text_argument(arguments, "name"),
        suggested_name(ctx, value),
        scope_span(ctx, value),
    )
    written = _on_one_line(ctx, value)
    by_default = flag_argument(arguments, "default")
    if by_default and not is_constant(ctx, value):
        raise Refused("Only what is written out can be a default value.")
    default = written if by_default else ""
    index = place_of_new(header, default)
    slots = unchanged_slots(header)
    before = {header.parameters[slot.origin].kind for slot in slots[:index]}
    kind = _type(ctx, value, typed=any(one.annotation for one in header.parameters))
    passed = "" if by_default else written
    new = Slot(-1, name, kind, default, passed, keyword_only=bool(before & _LATE) or None)
    slots.insert(index, new)
    result = changed(ctx, header, slots)
    _refuse_unseen(ctx, value, result.change)
    places = [value]
    if flag_argument(arguments, "all"):
        places = list(shared_values(ctx, value))
    edits = [
        *result.change.edits.get(ctx.path, ()),
        *(replacement(ctx, one, ctx.shapes.sigil + name) for one in places),
    ]
    change = replace(result.change, edits={**result.change.edits, ctx.path: ordered(edits)})
    return replace(result, change=change)


def _on_one_line(ctx: RefactorContext, value: Node) -> str:
    """The text of a value without its line ends; those of a text in quotes stay."""
    source = ctx.source(value)
    if any("\n" in ctx.source(one) for one in ctx.inside(value, ctx.shapes.strings)):
        return source
    return " ".join(source.split())


def _type(ctx: RefactorContext, value: Node, *, typed: bool) -> str:
    """The parameter's type; "" where the language or the function says none."""
    kind = type_of_value(ctx, value) or ctx.shapes.literal_type(value, ctx.text)
    needed = ctx.shapes.values.typed_parameters
    if needed and not kind:
        raise Refused("The type of the value is not known.")
    return kind if typed or needed else ""


def _refuse_unseen(ctx: RefactorContext, value: Node, change: SourceChange) -> None:
    """What the value reads is known to the callers, all in this file where it reads anything."""
    reads = any(
        ctx.facts.reference(index).role in (Role.READ, Role.CALL)
        for index in ctx.facts.references_in(span_of(value))
    )
    others = set(change.edits) - {ctx.path}
    if reads and others:
        raise Refused(f"{min(others)} does not know what the value reads.")


REFACTOR = Refactor(
    "extract.parameter",
    "Extract parameter",
    "refactor.extract.parameter",
    words("python javascript typescript typescriptreact go java csharp php ruby"),
    _offers,
    _apply,
    __doc__ or "",
    (
        NAME,
        Option("default", "boolean", "Make it the default value; calls stay as they are."),
        Option("all", "boolean", "Replace all equal values of the function."),
    ),
)
