"""Pass arguments by name instead of by place, or the other way round.

```python
def area(width, height):
    return width * height

print(area(2, 3))
```

With the cursor in the call:

```python
def area(width, height):
    return width * height

print(area(width=2, height=3))
```

With the cursor on an argument, that one and those behind it. On a parameter of a function (Python),
it and those behind it can be passed by name only afterwards, and all calls do so:

```python
def area(width, *, height):
    return width * height

print(area(2, height=3))
```

Refused where it is not known what is called, where an overriding method calls its parameter
otherwise, for parameters that have no name at calls, and where a named argument has no place.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from pairwright_analyzers.graph import SymbolId
from pairwright_analyzers.graph.queries import called_symbol, overridden_by, resolve
from pairwright_analyzers.languages import LANGUAGES
from pairwright_analyzers.refactors.context import RefactorContext
from pairwright_analyzers.refactors.header import Header, header_at, in_parameters, parameter_at
from pairwright_analyzers.refactors.model import Offer, Refactor, Refactored, Refused
from pairwright_analyzers.refactors.remove_parameter import PARAMETER, parameter_named
from pairwright_analyzers.refactors.signature import changed
from pairwright_analyzers.refactors.signature_members import unchanged_slots
from pairwright_analyzers.refactors.subjects import bare
from pairwright_analyzers.refactors.values import runs_code
from pairwright_analyzers.signatures import bound_arguments, call_problem
from pairwright_analyzers.sites import call_site_at, signature_at
from pairwright_analyzers.syntax import ancestors
from pairwright_analyzers.types import (
    CALLABLE_KINDS,
    TYPE_KINDS,
    Argument,
    Call,
    Confidence,
    Parameter,
    ParameterKind,
    Signature,
    SourceChange,
    Span,
    TextEdit,
)

_LANGUAGES = frozenset(
    spec.id for spec in LANGUAGES if spec.arguments.keywords and spec.shapes.headers.lists
)
_LEVELS = 12
_PLACED = frozenset({ParameterKind.POSITIONAL, ParameterKind.POSITIONAL_ONLY})


@dataclass(frozen=True, slots=True)
class _Call:
    """A call, and which parameter each of its arguments reaches."""

    call: Call
    callee: SymbolId
    signature: Signature
    given: Mapping[int, Argument]


def _call_near(ctx: RefactorContext) -> Call | None:
    """The innermost call whose arguments, or whose name, the selection is in: cheap."""
    selection = ctx.selection
    node = ctx.node
    for _, one in zip(range(_LEVELS), (node, *ancestors(node)), strict=False):
        if one.type in ctx.shapes.functions:
            return None
        call = ctx.spec.call(one, ctx.text)
        if call is None:
            continue
        named = call.callee.end - 1 if len(call.callee) else call.callee.end
        reference = ctx.facts.reference_at(named)
        on_name = reference is not None and reference.span.covers(selection)
        if on_name or call.list_span.covers(selection):
            return call
    return None


def _call_at(ctx: RefactorContext) -> _Call | None:
    """The call at the selection, where it is known what it calls."""
    call = _call_near(ctx)
    if call is None or not call.arguments:
        return None
    reference = ctx.facts.reference_at(max(call.callee.end - 1, call.callee.start))
    if reference is None:
        return None
    links = resolve(ctx.graph, ctx.path, reference.index)
    if not links or any(link.target.index < 0 for link in links):
        return None
    found: list[_Call] = []
    for link in links:
        if link.confidence is Confidence.BY_NAME:
            return None
        target = called_symbol(ctx.graph, link.target)
        types = {link.target} if target != link.target else set()
        if ctx.graph.symbol(target).kind not in CALLABLE_KINDS | TYPE_KINDS:
            return None
        if ctx.graph.symbol(target).kind in TYPE_KINDS:
            return None
        site = call_site_at(ctx.graph, target, ctx.parsed, ctx.path, reference.start, types)
        if site is None or site.bound is None:
            return None
        signature = signature_at(ctx.graph, target)
        if call_problem(ctx.spec, signature, call, bound=site.bound) is not None:
            continue
        given = bound_arguments(ctx.spec, signature, call, bound=site.bound)
        if given is None:
            return None
        found.append(_Call(call, target, signature, given))
    return found[0] if len(found) == 1 else None


# By name.


def _to_name(ctx: RefactorContext, found: _Call) -> list[tuple[Argument, Parameter]]:
    """The arguments that can be named: from the one at the selection on, or as many as can."""
    by_argument = {argument: at for at, argument in found.given.items()}
    placed = [one for one in found.call.arguments if not one.name]
    start = next(
        (at for at, one in enumerate(placed) if one.span.contains(ctx.selection.start) and at > 0),
        0,
    )
    kinds = [found.signature.parameters[by_argument[one]].kind for one in placed]
    while start < len(placed) and any(
        kind is not ParameterKind.POSITIONAL for kind in kinds[start:]
    ):
        start += 1
    return [(one, found.signature.parameters[by_argument[one]]) for one in placed[start:]]


def _name_offers(ctx: RefactorContext) -> Sequence[Offer]:
    header = _header_for_marks(ctx)
    if header is not None:
        index = parameter_at(ctx, header)
        if index is None or header.parameters[index].kind is not ParameterKind.POSITIONAL:
            return ()
        return (Offer(f"Pass `{header.parameters[index].name}` by name only"),)
    call = _call_near(ctx)
    if call is None or not any(not one.name and not one.spread for one in call.arguments):
        return ()
    found = _call_at(ctx)
    if found is None or not _to_name(ctx, found):
        return ()
    return (Offer("Pass arguments by name"),)


def _header_for_marks(ctx: RefactorContext) -> Header | None:
    if not ctx.shapes.headers.keyword_mark or not in_parameters(ctx):
        return None
    return header_at(ctx)


def _apply_names(ctx: RefactorContext, arguments: Mapping[str, Any]) -> Refactored:
    header = _asked(ctx, arguments)
    if header is not None:
        return _only_by_name(ctx, header, arguments)
    found = _known_call(ctx)
    _refuse_other_names(ctx, found)
    named = _to_name(ctx, found)
    if not named:
        raise Refused("No argument of this call can be named.")
    label = ctx.spec.arguments.keyword_label
    edits = tuple(
        TextEdit(
            Span(argument.value.start, argument.value.start), label.format(bare(parameter.name))
        )
        for argument, parameter in named
    )
    return Refactored(
        SourceChange({ctx.path: edits}), frozenset(bare(one.name) for _, one in named)
    )


def _asked(ctx: RefactorContext, arguments: Mapping[str, Any]) -> Header | None:
    header = _header_for_marks(ctx)
    if header is None and "parameter" in arguments:
        header = header_at(ctx)
    return header


def _index(ctx: RefactorContext, header: Header, arguments: Mapping[str, Any]) -> int:
    wanted = arguments.get("parameter")
    index = parameter_named(header, wanted) if wanted is not None else parameter_at(ctx, header)
    if index is None:
        raise Refused("No parameter stands here.")
    return index


def _only_by_name(ctx: RefactorContext, header: Header, arguments: Mapping[str, Any]) -> Refactored:
    index = _index(ctx, header, arguments)
    if header.parameters[index].kind is not ParameterKind.POSITIONAL:
        raise Refused(f"`{header.parameters[index].name}` is not passed by place.")
    slots = [
        replace(slot, keyword_only=True)
        if slot.origin >= index and header.parameters[slot.origin].kind in _PLACED
        else slot
        for slot in unchanged_slots(header)
    ]
    return changed(ctx, header, slots)


def _known_call(ctx: RefactorContext) -> _Call:
    found = _call_at(ctx)
    if found is None:
        raise Refused("It is not known what is called here, or how its arguments are passed.")
    return found


def _refuse_other_names(ctx: RefactorContext, found: _Call) -> None:
    """Raises `Refused` where an overriding method has other names."""
    names = {one.name for one in found.signature.parameters if one.kind in _PLACED}
    for other in overridden_by(ctx.graph, found.callee, ctx.check):
        theirs = {one.name for one in signature_at(ctx.graph, other).parameters}
        if not names <= theirs | {
            one.name for one in found.signature.parameters if one.kind is ParameterKind.RECEIVER
        }:
            raise Refused(f"{other.path} overrides it with other names.")


# By place.


def _to_place(found: _Call) -> list[tuple[Argument, int]]:
    """The named arguments that can be passed by place, in the order of the parameters."""
    by_index = dict(found.given)
    result: list[tuple[Argument, int]] = []
    for at, parameter in enumerate(found.signature.parameters):
        if parameter.kind is ParameterKind.RECEIVER:
            continue
        argument = by_index.get(at)
        if parameter.kind not in _PLACED or argument is None:
            break
        if argument.name:
            result.append((argument, at))
    return result


def _place_offers(ctx: RefactorContext) -> Sequence[Offer]:
    header = _header_for_marks(ctx)
    if header is not None:
        index = parameter_at(ctx, header)
        if index is None or index != _first_named(header):
            return ()
        return (Offer(f"Allow `{header.parameters[index].name}` by place"),)
    call = _call_near(ctx)
    if call is None or not any(one.name for one in call.arguments):
        return ()
    found = _call_at(ctx)
    if found is None or not _to_place(found):
        return ()
    return (Offer("Pass arguments by place"),)


def _first_named(header: Header) -> int | None:
    """The parameter right behind the mark from which on all are named."""
    if not any(item.text == header.ctx.shapes.headers.keyword_mark for item in header.items):
        return None
    return next(
        (at for at, one in enumerate(header.parameters) if one.kind is ParameterKind.KEYWORD_ONLY),
        None,
    )


def _apply_places(ctx: RefactorContext, arguments: Mapping[str, Any]) -> Refactored:
    header = _asked(ctx, arguments)
    if header is not None:
        index = _index(ctx, header, arguments)
        if index != _first_named(header):
            raise Refused(f"`{header.parameters[index].name}` is not the first behind the mark.")
        slots = [
            replace(slot, keyword_only=False) if slot.origin == index else slot
            for slot in unchanged_slots(header)
        ]
        return changed(ctx, header, slots)
    found = _known_call(ctx)
    named = _to_place(found)
    if not named:
        raise Refused("No named argument of this call has a place.")
    return Refactored(SourceChange({ctx.path: _placed_edits(ctx, found, named)}), _names(named))


def _names(named: Sequence[tuple[Argument, int]]) -> frozenset[str]:
    return frozenset(one.name for one, _ in named)


def _placed_edits(
    ctx: RefactorContext, found: _Call, named: Sequence[tuple[Argument, int]]
) -> tuple[TextEdit, ...]:
    """The edits: values in the order of their parameters, what stays named behind them."""
    arguments = found.call.arguments
    moved = {argument for argument, _ in named}
    placed = [one for one in arguments if not one.name]
    order = [*placed, *(one for one, _ in named)]
    order += [one for one in arguments if one.name and one not in moved]
    if order != list(arguments):
        running = [one for one in arguments if _runs(ctx, one)]
        if len(running) > 1:
            raise Refused("The arguments would be evaluated in another order.")
    edits: list[TextEdit] = []
    for slot, argument in zip(arguments, order, strict=True):
        span = argument.value if argument in moved else argument.span
        text = ctx.source(span)
        if ctx.source(slot.span) != text:
            edits.append(TextEdit(slot.span, text))
    return tuple(edits)


def _runs(ctx: RefactorContext, argument: Argument) -> bool:
    span = argument.value
    node = ctx.parsed.root.named_descendant_for_byte_range(span.start, span.end)
    return node is None or runs_code(ctx, node) is not None


TO_KEYWORD = Refactor(
    "signature.positional_to_keyword",
    "Pass by name",
    "refactor.rewrite.positional_to_keyword",
    _LANGUAGES,
    _name_offers,
    _apply_names,
    __doc__ or "",
    (PARAMETER,),
)

TO_POSITIONAL = Refactor(
    "signature.keyword_to_positional",
    "Pass by place",
    "refactor.rewrite.keyword_to_positional",
    _LANGUAGES,
    _place_offers,
    _apply_places,
    __doc__ or "",
    (PARAMETER,),
)
