"""Change a function's parameters all at once: their order, names, types, default values, and which
there are.

```python
def area(width, height, unit):
    return width * height

print(area(2, 3, "m"))
```

With the parameters `[{"from": "height", "name": "h"}, {"from": "width"}, {"name": "scale",
"value": "1"}]`:

```python
def area(h, width, scale):
    return width * h

print(area(3, 2, 1))
```

Each entry is an old parameter (`from`, or its `name`), or a new one; what is not listed is removed.
`name`, `type` and `default` change what is written (`""` takes a type or default value away);
`value` is what calls pass for a new parameter. Refused as the single changes are.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from pairwright_analyzers.refactors.context import RefactorContext
from pairwright_analyzers.refactors.header import Header
from pairwright_analyzers.refactors.model import (
    EVERYWHERE,
    Offer,
    Option,
    Refactor,
    Refactored,
    Refused,
)
from pairwright_analyzers.refactors.remove_parameter import asked_header, parameter_named
from pairwright_analyzers.refactors.signature import changed
from pairwright_analyzers.refactors.signature_members import Slot, unchanged_slots
from pairwright_analyzers.refactors.subjects import bare

_KEYS = frozenset({"from", "name", "type", "default", "value", "keyword_only"})


def _offers(_ctx: RefactorContext) -> Sequence[Offer]:
    """A list of parameters cannot be asked for by a lightbulb: for scripts and agents."""
    return ()


def _apply(ctx: RefactorContext, arguments: Mapping[str, Any]) -> Refactored:
    header = asked_header(ctx)
    listed = arguments.get("parameters")
    if not isinstance(listed, list | tuple):
        raise Refused("`parameters` has to list the parameters.")
    slots = [_slot(header, one) for one in listed]
    origins = [slot.origin for slot in slots if slot.origin >= 0]
    if len(set(origins)) != len(origins):
        raise Refused("A parameter is listed twice.")
    if slots == unchanged_slots(header):
        raise Refused("Nothing would change.")
    return changed(ctx, header, slots)


def _slot(header: Header, entry: object) -> Slot:
    if isinstance(entry, str):
        entry = {"from": entry}
    if not isinstance(entry, Mapping) or not set(entry) <= _KEYS:
        raise Refused(f"A parameter is given by {', '.join(sorted(_KEYS))}.")
    for key, value in entry.items():
        wanted = bool if key == "keyword_only" else str
        if not isinstance(value, wanted):
            raise Refused(f"`{key}` of a parameter has to be a {wanted.__name__}.")
    old = entry.get("from", "")
    name = entry.get("name", "")
    known = {bare(one.name) for one in header.parameters}
    if not old and bare(name) in known:
        old = name
    if not old and not name:
        raise Refused("A parameter needs a `name`, or `from`.")
    origin = parameter_named(header, old) if old else -1
    new_name = bare(name) if name and (origin < 0 or bare(name) != bare(old)) else None
    default, kind = entry.get("default"), entry.get("type")
    return Slot(origin, new_name, kind, default, entry.get("value", ""), entry.get("keyword_only"))


REFACTOR = Refactor(
    "signature.change",
    "Change signature",
    "refactor.rewrite.change_signature",
    EVERYWHERE,
    _offers,
    _apply,
    __doc__ or "",
    (
        Option(
            "parameters",
            "array",
            "The parameters in their new order, each with from, name, type, default, value.",
            required=True,
        ),
    ),
)
