"""Put the members of a type in the usual order of its language.

    class Cart:                          class Cart:
        def total(self):                     LIMIT = 10
            return 0
                                   ->        def __init__(self):
        def __init__(self):                      self.items = []
            self.items = []
                                             def total(self):
        LIMIT = 10                               return 0

Constants come first, then fields, constructors, static methods, and the other methods by who may
call them. Members of one sort stay in their order; comments, decorators and empty lines move along.
Offered in the header of a type. Refused where a comment may belong to several members, where other
statements stand between them, and where the order has a meaning: a value uses another member, runs
code, or is a field of a record.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from pairwright_analyzers.edits import minimal_edits
from pairwright_analyzers.languages.members import Sort
from pairwright_analyzers.refactors.classes import (
    Unit,
    class_at,
    members_of,
    rearranged,
    units_of,
)
from pairwright_analyzers.refactors.context import RefactorContext
from pairwright_analyzers.refactors.model import EVERYWHERE, Offer, Refactor, Refactored, Refused
from pairwright_analyzers.types import Role, SourceChange, Span

if TYPE_CHECKING:
    from tree_sitter import Node

_TITLE = "Sort members"
_READS = frozenset({Role.READ, Role.CALL, Role.ANNOTATE, Role.INHERIT})


def _ranked(ctx: RefactorContext, node: Node) -> dict[int, int]:
    """Start of each member -> its place in the usual order."""
    members = members_of(ctx, node)
    eager = ctx.shapes.members.eager
    fields_stay = ctx.shapes.members.ordered(node, ctx.text)
    fields = [member.rank for member in members if member.sort is Sort.FIELD]
    found: dict[int, int] = {}
    named: dict[str, int] = {}
    for member in members:
        rank = member.rank
        if fields_stay and member.sort is Sort.FIELD:
            rank = min(fields)
        if member.name and (eager or member.sort is not Sort.FIELD):
            # Overloads and accessors stay together.
            rank = named.setdefault(member.name, rank)
        found[member.node.start_byte] = rank
    return found


def _offers(ctx: RefactorContext) -> Sequence[Offer]:
    node = class_at(ctx)
    if node is None:
        return ()
    ranks = list(_ranked(ctx, node).values())
    if ranks == sorted(ranks):
        return ()
    try:
        _sorted(ctx, node)
    except Refused as refused:
        return (Offer(_TITLE, refused=str(refused)),)
    return (Offer(_TITLE),)


def _apply(ctx: RefactorContext, _arguments: Mapping[str, Any]) -> Refactored:
    node = class_at(ctx)
    if node is None:
        raise Refused("The selection is not in the header of a type.")
    after = _sorted(ctx, node)
    if after == ctx.text:
        raise Refused("The members are in order.")
    return Refactored(SourceChange({ctx.path: minimal_edits(ctx.text, after)}))


def _sorted(ctx: RefactorContext, node: Node) -> bytes:
    units = units_of(ctx, node)
    if len(units) < 2:
        return ctx.text
    ranks = _ranked(ctx, node)
    order = sorted(units, key=lambda unit: ranks[unit.member.node.start_byte])
    _refuse_meaning(ctx, units, order)
    return rearranged(ctx, units, order)


def _refuse_meaning(ctx: RefactorContext, units: Sequence[Unit], order: Sequence[Unit]) -> None:
    """What runs does so in its order, and sees what it saw."""
    shapes = ctx.shapes.members
    places = {unit.span.start: at for at, unit in enumerate(order)}

    def swapped(first: Unit, second: Unit) -> bool:
        return places[first.span.start] > places[second.span.start]

    running = [
        unit for unit in units if any(shapes.runs_by(one, ctx.text) for one in unit.member.runs)
    ]
    for at, first in enumerate(running):
        for second in running[at + 1 :]:
            together = shapes.eager or first.member.static == second.member.static
            if together and swapped(first, second):
                raise Refused(
                    f"`{_name(first)}` and `{_name(second)}` run code when they are made, in this"
                    " order."
                )
    for at, first in enumerate(units):
        for second in units[at + 1 :]:
            if not swapped(first, second):
                continue
            for one, other in ((first, second), (second, first)):
                if _uses(ctx, one, other):
                    raise Refused(f"`{_name(one)}` uses `{_name(other)}` where it is made.")


def _name(unit: Unit) -> str:
    return unit.member.name or "an initializer"


def _uses(ctx: RefactorContext, unit: Unit, other: Unit) -> bool:
    """Whether what runs of a member names another one, where the order decides what is seen."""
    eager = ctx.shapes.members.eager
    if not other.member.name or not (eager or other.member.sort is Sort.FIELD):
        return False
    for node in unit.member.runs:
        for index in ctx.facts.references_in(Span(node.start_byte, node.end_byte)):
            one = ctx.facts.reference(index)
            if one.role not in _READS or one.name != other.member.name:
                continue
            if not (eager and one.member):
                return True
    return False


REFACTOR = Refactor(
    "rewrite.sort_members",
    _TITLE,
    "refactor.rewrite.sort_members",
    frozenset({"python", "javascript", "typescript", "typescriptreact", "java", "csharp", "php"})
    & EVERYWHERE,
    _offers,
    _apply,
    __doc__ or "",
)
