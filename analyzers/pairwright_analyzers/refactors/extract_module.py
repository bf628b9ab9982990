"""Move the selected definitions to a new file, with everything that imports them.

```python
# shop.py                           # price.py
def price(net):                     def price(net):
    return net * rate()                 return net * rate()


def rate():                         def rate():
    return 1.2                          return 1.2


def total(items):                   # shop.py
    return price(sum(items))        from price import price


                                    def total(items):
                                        return price(sum(items))
```

Offered where whole definitions at the top of a file are selected. The new file is called after the
first of them, or `target`. What `move.symbol` says of imports, and of what is refused, holds here.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from pairwright_analyzers.refactors.context import RefactorContext
from pairwright_analyzers.refactors.model import (
    Offer,
    Refactor,
    Refactored,
    Refused,
    flag_argument,
    text_argument,
)
from pairwright_analyzers.refactors.move_symbol import (
    HELPERS,
    MOVABLE_LANGUAGES,
    REEXPORT,
    TARGET,
    new_file,
)
from pairwright_analyzers.refactors.moved import Move, Unit, units_in, with_helpers
from pairwright_analyzers.refactors.moving import moved


def _offers(ctx: RefactorContext) -> Sequence[Offer]:
    if ctx.is_cursor:
        return ()
    try:
        units = units_in(ctx)
    except Refused as refused:
        return (Offer("Move to a new file", refused=str(refused)),)
    if not units:
        return ()
    title = (
        f"Move `{units[0].name}` to a new file"
        if len(units) == 1
        else f"Move {len(units)} definitions to a new file"
    )
    return (Offer(title, {"target": _new_file(ctx, units)}),)


def _new_file(ctx: RefactorContext, units: Sequence[Unit]) -> str:
    return new_file(ctx, units[0].name)


def _apply(ctx: RefactorContext, arguments: Mapping[str, Any]) -> Refactored:
    units = units_in(ctx)
    if not units:
        raise Refused("No whole definitions at the top of a file are selected.")
    target = text_argument(arguments, "target") or _new_file(ctx, units)
    if flag_argument(arguments, "with_helpers"):
        units = with_helpers(ctx, units)
    return moved(Move(ctx, units, target, flag_argument(arguments, "reexport")))


REFACTOR = Refactor(
    "extract.module",
    "Move to a new file",
    "refactor.extract.module",
    MOVABLE_LANGUAGES,
    _offers,
    _apply,
    __doc__ or "",
    (TARGET, HELPERS, REEXPORT),
)
