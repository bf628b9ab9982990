'''Take a parameter that is not used out of a function, and its argument out of all calls.

```python
def area(width, height, unit):
    """The area.

    :param unit: not needed any more
    """
    return width * height

print(area(2, 3, "m"))
```

`unit` goes:

```python
def area(width, height):
    """The area.
    """
    return width * height

print(area(2, 3))
```

Overriding and overridden methods, implementations of an interface and declarations follow, and so
does the documentation. Refused where the parameter is used, where an argument does something when
it is computed, and where not all callers are known: the function is passed on as a value, a call
spreads its arguments, only the name says what is called, or something outside may call it.
'''

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
from pairwright_analyzers.refactors.signature import changed
from pairwright_analyzers.refactors.signature_members import unchanged_slots, why_used
from pairwright_analyzers.refactors.subjects import bare
from pairwright_analyzers.types import ParameterKind

PARAMETER = Option(
    "parameter",
    "string",
    "The parameter's name or place, counted from 0; else the one at the cursor.",
)


def asked_header(ctx: RefactorContext) -> Header:
    """The header at the selection. Raises `Refused` where none is."""
    header = header_at(ctx)
    if header is None:
        raise Refused("No function of this file has its header here.")
    return header


def asked_parameter(ctx: RefactorContext, header: Header, arguments: Mapping[str, Any]) -> int:
    """The parameter that is meant, by its index in the signature."""
    wanted = arguments.get("parameter")
    if wanted is None:
        found = parameter_at(ctx, header)
        if found is None:
            raise Refused("No parameter stands here: say which with `parameter`.")
        return found
    return parameter_named(header, wanted)


def parameter_named(header: Header, wanted: object) -> int:
    """The index of a parameter that is given by its name or by its place without the receiver."""
    listed = [
        at for at, one in enumerate(header.parameters) if one.kind is not ParameterKind.RECEIVER
    ]
    if isinstance(wanted, int) and not isinstance(wanted, bool):
        if 0 <= wanted < len(listed):
            return listed[wanted]
        raise Refused(f"`{header.name}` has no parameter {wanted}.")
    if not isinstance(wanted, str):
        raise Refused("`parameter` has to be a name or a whole number.")
    for at in listed:
        if bare(header.parameters[at].name) == bare(wanted):
            return at
    if wanted.isdecimal():
        return parameter_named(header, int(wanted))
    raise Refused(f"`{header.name}` has no parameter `{wanted}`.")


def _offers(ctx: RefactorContext) -> Sequence[Offer]:
    if not in_parameters(ctx):
        return ()
    header = header_at(ctx)
    index = parameter_at(ctx, header) if header is not None else None
    if header is None or index is None:
        return ()
    if header.parameters[index].kind is ParameterKind.RECEIVER:
        return ()
    title = f"Remove parameter `{bare(header.parameters[index].name) or index + 1}`"
    return (Offer(title, refused=why_used(header, index)),)


def _apply(ctx: RefactorContext, arguments: Mapping[str, Any]) -> Refactored:
    header = asked_header(ctx)
    index = asked_parameter(ctx, header, arguments)
    slots = [slot for slot in unchanged_slots(header) if slot.origin != index]
    return changed(ctx, header, slots)


REFACTOR = Refactor(
    "signature.remove_parameter",
    "Remove parameter",
    "refactor.rewrite.remove_parameter",
    EVERYWHERE,
    _offers,
    _apply,
    __doc__ or "",
    (PARAMETER,),
)
