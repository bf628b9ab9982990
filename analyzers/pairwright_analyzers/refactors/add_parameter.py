"""Give a function one more parameter, and all calls an argument for it.

```python
def area(width, height):
    return width * height

print(area(2, 3))
```

With the name `unit` and the value `"m"`:

```python
def area(width, height, unit):
    return width * height

print(area(2, 3, "m"))
```

`index` says where it goes, at the end if left out. With a `default` and no `value` the calls stay
as they are. Refused for a name that is taken, without a type where parameters have one, without a
value where calls need one, and where not all callers are known.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from pairwright_analyzers.refactors.context import RefactorContext
from pairwright_analyzers.refactors.header import Header, header_at, in_parameters
from pairwright_analyzers.refactors.model import (
    EVERYWHERE,
    Offer,
    Option,
    Refactor,
    Refactored,
    Refused,
    number_argument,
    text_argument,
)
from pairwright_analyzers.refactors.remove_parameter import asked_header
from pairwright_analyzers.refactors.signature import changed
from pairwright_analyzers.refactors.signature_members import Slot, unchanged_slots
from pairwright_analyzers.refactors.subjects import bare
from pairwright_analyzers.types import ParameterKind

_LATE = frozenset(
    {ParameterKind.VARIADIC, ParameterKind.KEYWORD_ONLY, ParameterKind.KEYWORD_VARIADIC}
)


def _offers(ctx: RefactorContext) -> Sequence[Offer]:
    if not in_parameters(ctx):
        return ()
    header = header_at(ctx)
    if header is None:
        return ()
    return (Offer(f"Add a parameter to `{header.name}`"),)


def place_of_new(header: Header, default: str) -> int:
    """Where a new parameter goes that nobody placed: behind all that are passed by position, and
    before those with a default value where it has none; behind what takes all others, by name.
    """
    slots = unchanged_slots(header)
    kinds = [header.parameters[slot.origin].kind for slot in slots]
    if header.ctx.shapes.headers.keyword_mark and ParameterKind.VARIADIC in kinds:
        return kinds.index(ParameterKind.VARIADIC) + 1
    for at, slot in enumerate(slots):
        parameter = header.parameters[slot.origin]
        if parameter.kind in _LATE:
            return at
        last = header.ctx.shapes.headers.defaults_last
        if parameter.optional and not default and last:
            return at
    return len(slots)


def _apply(ctx: RefactorContext, arguments: Mapping[str, Any]) -> Refactored:
    header = asked_header(ctx)
    name = bare(text_argument(arguments, "name"))
    if not name:
        raise Refused("The new parameter needs a `name`.")
    default = text_argument(arguments, "default")
    index = number_argument(arguments, "index", place_of_new(header, default))
    slots = unchanged_slots(header)
    if not 0 <= index <= len(slots):
        raise Refused(f"`{header.name}` has no place {index} for a parameter.")
    before = [header.parameters[slot.origin].kind for slot in slots[:index]]
    kind, value = text_argument(arguments, "type"), text_argument(arguments, "value")
    named = ParameterKind.VARIADIC in before or ParameterKind.KEYWORD_ONLY in before
    new = Slot(-1, name, kind, default, value, keyword_only=named or None)
    slots.insert(index, new)
    return changed(ctx, header, slots)


REFACTOR = Refactor(
    "signature.add_parameter",
    "Add parameter",
    "refactor.rewrite.add_parameter",
    EVERYWHERE,
    _offers,
    _apply,
    __doc__ or "",
    (
        Option("name", "string", "The new parameter's name.", required=True),
        Option("type", "string", "Its type, as written."),
        Option("default", "string", "Its default value, as written."),
        Option("value", "string", "What the calls there are pass for it."),
        Option("index", "integer", "Its place, counted from 0 without the receiver."),
    ),
)
