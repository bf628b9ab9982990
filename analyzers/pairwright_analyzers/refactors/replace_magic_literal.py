"""Replace a number or a text that stands in a file again and again by a constant.

    def wait(job):                      RETRIES = 5
        job.start(retries=5)      ->
                                        def wait(job):
    def again(job):                         job.start(retries=RETRIES)
        job.start(retries=5)
                                        def again(job):
                                            job.start(retries=RETRIES)

Offered with the cursor on a number or a text that occurs at least twice; 0, 1 and the empty text
explain themselves. It is `extract.constant` for all places at once, and is refused as that is.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from pairwright_analyzers.refactors.context import RefactorContext
from pairwright_analyzers.refactors.extract_constant import (
    LANGUAGES,
    constant_places,
    is_constant,
    refuse_unfit,
    with_constant,
)
from pairwright_analyzers.refactors.model import (
    NAME,
    Offer,
    Refactor,
    Refactored,
    Refused,
    text_argument,
)

if TYPE_CHECKING:
    from tree_sitter import Node

_PLAIN = frozenset({"0", "1", "-1", "2", "0.0", "1.0", "''", '""'})


def _offers(ctx: RefactorContext) -> Sequence[Offer]:
    literal = _literal(ctx)
    if literal is None:
        return ()
    try:
        refuse_unfit(ctx, literal)
    except Refused:
        return ()
    count = len(constant_places(ctx, literal))
    if count < 2:
        return ()
    shown = ctx.source(literal)
    shown = shown if len(shown) <= 20 else f"{shown[:19]}…"
    return (Offer(f"Replace {shown} by a constant ({count} occurrences)"),)


def _apply(ctx: RefactorContext, arguments: Mapping[str, Any]) -> Refactored:
    literal = _literal(ctx)
    if literal is None:
        raise Refused("No number or text stands here.")
    refuse_unfit(ctx, literal)
    places = constant_places(ctx, literal)
    if len(places) < 2:
        raise Refused("It stands here only.")
    return with_constant(ctx, literal, places, text_argument(arguments, "name"))


def _literal(ctx: RefactorContext) -> Node | None:
    """The number or text at the cursor, or that is selected."""
    shapes = ctx.shapes
    node: Node | None = ctx.node
    while node is not None and node.type not in shapes.literals | shapes.strings:
        if node.type in shapes.expressions or node.type in shapes.statements:
            return None
        node = node.parent
    if node is None or not ctx.is_value(node) or not is_constant(ctx, node):
        return None
    if not ctx.is_cursor and (node.start_byte, node.end_byte) != (
        ctx.selection.start,
        ctx.selection.end,
    ):
        return None
    written = ctx.source(node)
    is_word = written.isidentifier() or "\n" in written
    return None if is_word or written in _PLAIN else node


REFACTOR = Refactor(
    "rewrite.replace_magic_literal",
    "Replace magic literal",
    "refactor.rewrite.replace_magic_literal",
    LANGUAGES,
    _offers,
    _apply,
    __doc__ or "",
    (NAME,),
)
