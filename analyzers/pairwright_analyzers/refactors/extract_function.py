"""Put the selected statements, or the selected value, into a function of their own and call it.

    def report(items):                  def report(items):
        total = 0                           total = extracted(items)
        for item in items:        ->        print(total)
            total += item.price
        print(total)
                                        def extracted(items):
                                            total = 0
                                            for item in items:
                                                total += item.price
                                            return total

Variables that the selection reads are passed, those that are read behind it come back. Where the
language knows no functions outside of types, the function is a method. Refused where `break` or
`continue` leaves the selection, where only some ways through it return, where a variable may have
no value, where a type is needed and not known, and for labels, definitions and parts of statements.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from pairwright_analyzers.refactors.context import RefactorContext
from pairwright_analyzers.refactors.extracting import extracted, offered
from pairwright_analyzers.refactors.model import (
    EVERYWHERE,
    NAME,
    Offer,
    Refactor,
    Refactored,
    text_argument,
)


def _offers(ctx: RefactorContext) -> Sequence[Offer]:
    title = "Extract function" if ctx.shapes.writing.top else "Extract method"
    return offered(ctx, title, as_method=False)


def _apply(ctx: RefactorContext, arguments: Mapping[str, Any]) -> Refactored:
    return extracted(ctx, as_method=False, wanted=text_argument(arguments, "name"))


REFACTOR = Refactor(
    "extract.function",
    "Extract function",
    "refactor.extract.function",
    EVERYWHERE,
    _offers,
    _apply,
    __doc__ or "",
    (NAME,),
)
