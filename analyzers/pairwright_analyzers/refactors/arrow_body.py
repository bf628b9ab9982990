"""Put braces around the value of an arrow function, or take them away.

    items.map((item) => item.name)    <->    items.map((item) => {
                                               return item.name;
                                             })

Offered on the arrow's header. Braces go only where all they hold is a `return` with a value.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from pairwright_analyzers.languages.functions import FunctionParts
from pairwright_analyzers.languages.shapes import words
from pairwright_analyzers.refactors.context import RefactorContext
from pairwright_analyzers.refactors.forms import (
    block_of_body,
    forms_of,
    function_at,
    returned_value,
    value_of_body,
)
from pairwright_analyzers.refactors.layout import rewritten
from pairwright_analyzers.refactors.model import Offer, Refactor, Refactored, Refused
from pairwright_analyzers.types import SourceChange, Span


def _offers(ctx: RefactorContext) -> Sequence[Offer]:
    parts = function_at(ctx, forms_of(ctx).arrows)
    if parts is None:
        return ()
    if not parts.block:
        return (Offer("Add braces to arrow function"),)
    title = "Remove braces from arrow function"
    if returned_value(ctx, parts) is None:
        return (Offer(title, refused=_why(ctx, parts)),)
    return (Offer(title),)


def _apply(ctx: RefactorContext, _arguments: Mapping[str, Any]) -> Refactored:
    parts = function_at(ctx, forms_of(ctx).arrows)
    if parts is None:
        raise Refused("No arrow function stands here.")
    if not parts.block:
        text = block_of_body(ctx, parts)
    elif returned_value(ctx, parts) is None:
        raise Refused(_why(ctx, parts))
    else:
        text = value_of_body(ctx, parts)
    before = parts.body.prev_sibling
    start = before.end_byte if before is not None else parts.body.start_byte
    edit = rewritten(ctx, Span(start, parts.body.end_byte), f" {text}")
    return Refactored(SourceChange({ctx.path: (edit,)}))


def _why(ctx: RefactorContext, parts: FunctionParts) -> str:
    if any(one.type in ctx.shapes.comments for one in parts.body.named_children):
        return "A comment would be lost."
    return "The body does more than return a value."


REFACTOR = Refactor(
    "rewrite.arrow_body",
    "Add or remove braces of arrow function",
    "refactor.rewrite.arrow_body",
    words("javascript typescript typescriptreact"),
    _offers,
    _apply,
    __doc__ or "",
)
