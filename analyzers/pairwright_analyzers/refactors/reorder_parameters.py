"""Put a function's parameters in another order, and the arguments of all calls with them.

```python
def area(width, height):
    return width * height

print(area(2, 3), area(2, height=3))
```

`height` moved to the left:

```python
def area(height, width):
    return width * height

print(area(3, 2), area(width=2, height=3))
```

`signature.move_parameter_left` and `signature.move_parameter_right` move the one at the cursor;
`signature.reorder_parameters` takes the names in their new `order`. Arguments that are named stay
where they are. Refused where values would be computed in another order and that could be noticed,
and where not all callers are known, as for removing a parameter.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from pairwright_analyzers.refactors.context import RefactorContext
from pairwright_analyzers.refactors.header import Header, header_at, in_parameters, parameter_at
from pairwright_analyzers.refactors.model import (
    EVERYWHERE,
    Offer,
    Option,
    Refactor,
    Refactored,
    Refused,
)
from pairwright_analyzers.refactors.remove_parameter import (
    PARAMETER,
    asked_header,
    asked_parameter,
    parameter_named,
)
from pairwright_analyzers.refactors.signature import changed
from pairwright_analyzers.refactors.signature_members import unchanged_slots
from pairwright_analyzers.refactors.subjects import bare
from pairwright_analyzers.types import ParameterKind

_MOVES = frozenset(
    {ParameterKind.POSITIONAL, ParameterKind.POSITIONAL_ONLY, ParameterKind.KEYWORD_ONLY}
)


def _movable(header: Header) -> list[int]:
    return [at for at, one in enumerate(header.parameters) if one.kind in _MOVES]


def _neighbour(header: Header, index: int, step: int) -> int | None:
    """The parameter that changes places with one, `step` to the right."""
    listed = _movable(header)
    if index not in listed:
        return None
    at = listed.index(index) + step
    if not 0 <= at < len(listed):
        return None
    other = listed[at]
    return other if header.parameters[other].kind is header.parameters[index].kind else None


def _move_offers(ctx: RefactorContext, step: int) -> Sequence[Offer]:
    if not in_parameters(ctx):
        return ()
    header = header_at(ctx)
    index = parameter_at(ctx, header) if header is not None else None
    if header is None or index is None or _neighbour(header, index, step) is None:
        return ()
    side = "left" if step < 0 else "right"
    return (Offer(f"Move parameter `{bare(header.parameters[index].name)}` {side}"),)


def _moved(ctx: RefactorContext, arguments: Mapping[str, Any], step: int) -> Refactored:
    header = asked_header(ctx)
    index = asked_parameter(ctx, header, arguments)
    other = _neighbour(header, index, step)
    if other is None:
        side = "left" if step < 0 else "right"
        raise Refused(f"`{header.parameters[index].name}` cannot move to the {side}.")
    order = {index: other, other: index}
    slots = unchanged_slots(header)
    by_origin = {slot.origin: slot for slot in slots}
    return changed(ctx, header, [by_origin[order.get(one.origin, one.origin)] for one in slots])


def _left_offers(ctx: RefactorContext) -> Sequence[Offer]:
    return _move_offers(ctx, -1)


def _right_offers(ctx: RefactorContext) -> Sequence[Offer]:
    return _move_offers(ctx, 1)


def _left(ctx: RefactorContext, arguments: Mapping[str, Any]) -> Refactored:
    return _moved(ctx, arguments, -1)


def _right(ctx: RefactorContext, arguments: Mapping[str, Any]) -> Refactored:
    return _moved(ctx, arguments, 1)


def _offers(ctx: RefactorContext) -> Sequence[Offer]:
    if not in_parameters(ctx):
        return ()
    header = header_at(ctx)
    if header is None or len(_movable(header)) < 2:
        return ()
    return (Offer("Reorder parameters"),)


def _apply(ctx: RefactorContext, arguments: Mapping[str, Any]) -> Refactored:
    header = asked_header(ctx)
    order = arguments.get("order")
    if not isinstance(order, list | tuple) or not order:
        raise Refused("`order` has to list the names of the parameters.")
    wanted = [parameter_named(header, one) for one in order]
    if len(set(wanted)) != len(wanted):
        raise Refused("A parameter is in `order` twice.")
    slots = {slot.origin: slot for slot in unchanged_slots(header)}
    # What the order leaves out keeps its place.
    waiting = iter(wanted)
    named = set(wanted)
    found = [slots[next(waiting)] if one in named else slots[one] for one in slots]
    if [one.origin for one in found] == list(slots):
        raise Refused("This is the order of the parameters already.")
    return changed(ctx, header, found)


REFACTOR = Refactor(
    "signature.reorder_parameters",
    "Reorder parameters",
    "refactor.rewrite.reorder_parameters",
    EVERYWHERE,
    _offers,
    _apply,
    __doc__ or "",
    (Option("order", "array", "The names of the parameters in their new order.", required=True),),
)

LEFT = Refactor(
    "signature.move_parameter_left",
    "Move parameter left",
    "refactor.rewrite.move_parameter_left",
    EVERYWHERE,
    _left_offers,
    _left,
    __doc__ or "",
    (PARAMETER,),
)

RIGHT = Refactor(
    "signature.move_parameter_right",
    "Move parameter right",
    "refactor.rewrite.move_parameter_right",
    EVERYWHERE,
    _right_offers,
    _right,
    __doc__ or "",
    (PARAMETER,),
)
