"""The engine of all changes of a signature: one definition's parameters become others, and all that
shares or calls it follows.

Owns the order of the work: headers by `signature_members.py`, calls by `signature_calls.py`, who
shares and who calls by `callers.py`, the proof by `signature_proof.py`. Which parameters are wanted
is told by the refactorings (`remove_parameter.py`, `reorder_parameters.py`, ...).
"""

from __future__ import annotations

from collections.abc import Sequence

from pairwright_analyzers.refactors.callers import (
    callers_of,
    family_of,
)
from pairwright_analyzers.refactors.context import RefactorContext
from pairwright_analyzers.refactors.header import (
    Header,
    header_of,
)
from pairwright_analyzers.refactors.model import Refactored
from pairwright_analyzers.refactors.signature_calls import CallEdits, rendered
from pairwright_analyzers.refactors.signature_members import (
    Slot,
    definition_edits,
    member_of,
    refuse_bad,
    refuse_overload,
    refuse_used,
    unchanged_slots,
)
from pairwright_analyzers.refactors.signature_proof import refuse_unproved
from pairwright_analyzers.refactors.subjects import bare

__all__ = ["Slot", "changed", "rendered", "unchanged_slots"]


def changed(
    ctx: RefactorContext, header: Header, slots: Sequence[Slot], *, keep_removed: bool = False
) -> Refactored:
    """The edit that gives a callable other parameters. Raises `Refused` with the reason.

    `keep_removed` says that the body still has what is removed, by another way.
    """
    family = [header, *_others(ctx, header)]
    members = [member_of(one, header, slots) for one in family]
    known = {member.header.id for member in members}
    for member in members:
        refuse_bad(member)
        refuse_overload(member, known)
        if not keep_removed:
            refuse_used(member)
    adds = any(member.values for member in members)
    callers = callers_of(ctx, header, tuple(one.header.id for one in members), adds=adds)
    edits = CallEdits(ctx)
    for member in members:
        edits.add(member.header.ctx.path, definition_edits(member))
    edits.add_calls(callers, {member.header.id: member for member in members})
    change = edits.change()
    refuse_unproved(ctx, members, callers, change, edits.passed)
    return Refactored(change, _names(header, slots))


def _others(ctx: RefactorContext, header: Header) -> list[Header]:
    family = family_of(ctx, header)
    return [header_of(ctx.at(one.path), one) for one in family if one != header.id]


def _names(header: Header, slots: Sequence[Slot]) -> frozenset[str]:
    kept = {slot.origin for slot in slots}
    names = {one.name for at, one in enumerate(header.parameters) if at not in kept}
    names |= {
        header.parameters[slot.origin].name
        for slot in slots
        if slot.name is not None and slot.origin >= 0
    }
    names |= {slot.name for slot in slots if slot.name is not None}
    sigil = header.ctx.shapes.sigil
    return frozenset({*names, *(f"{sigil}{bare(name)}" for name in names)})
