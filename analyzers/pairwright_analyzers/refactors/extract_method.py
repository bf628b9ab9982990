"""Put the selected statements, or the selected value, into a method of the type around them.

    class Cart:                          class Cart:
        def total(self):                     def total(self):
            net = 0                              net = self.extracted()
            for item in self.items:   ->         return net * (1 + self.tax)
                net += item.price
            return net * (1 + self.tax)      def extracted(self):
                                                 net = 0
                                                 for item in self.items:
                                                     net += item.price
                                                 return net

The method is static where the one around it is. Refused as `extract.function` is, and outside of
types.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from pairwright_analyzers.languages import LANGUAGES
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
    if not ctx.shapes.writing.top:
        # There, the function that is offered is a method.
        return ()
    return offered(ctx, "Extract method", as_method=True)


def _apply(ctx: RefactorContext, arguments: Mapping[str, Any]) -> Refactored:
    return extracted(ctx, as_method=True, wanted=text_argument(arguments, "name"))


REFACTOR = Refactor(
    "extract.method",
    "Extract method",
    "refactor.extract.method",
    EVERYWHERE & frozenset(spec.id for spec in LANGUAGES if spec.shapes.writing.methods),
    _offers,
    _apply,
    __doc__ or "",
    (NAME,),
)
