"""The edits of all files that a changed signature makes, put together: calls inside of other calls
move with them.

Knows no headers: those are told by `signature_members.py`.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from pairwright_analyzers.edits import apply_edits, sorted_edits
from pairwright_analyzers.graph import SymbolId
from pairwright_analyzers.refactors.callers import (
    Caller,
)
from pairwright_analyzers.refactors.context import RefactorContext
from pairwright_analyzers.refactors.model import Refused
from pairwright_analyzers.refactors.signature_members import (
    Member,
    removed_parameters,
)
from pairwright_analyzers.refactors.values import runs_code
from pairwright_analyzers.refactors.variables import variable_at
from pairwright_analyzers.signatures import (
    bound_arguments,
    may_have_effect,
    passable,
    respelled_arguments,
)
from pairwright_analyzers.syntax import parse_politely
from pairwright_analyzers.types import (
    Argument,
    SourceChange,
    Span,
    TextEdit,
)


class CallEdits:
    """The edits of all files, put together."""

    def __init__(self, ctx: RefactorContext) -> None:
        self._ctx = ctx
        self._edits: dict[str, list[TextEdit]] = {}
        self.passed: dict[tuple[str, int], dict[int, str]] = {}
        """What each call, by its name's place, passes to the old parameters: as it reads after."""

    def add(self, path: str, edits: Iterable[TextEdit]) -> None:
        self._edits.setdefault(path, []).extend(edits)

    def add_calls(self, callers: Sequence[Caller], members: Mapping[SymbolId, Member]) -> None:
        """The edits of calls, those inside of others first: what moves takes them along."""
        for caller in sorted(callers, key=lambda one: len(one.site.call.span)):
            self._ctx.check()
            member = members[caller.callee]
            path = caller.site.location.path
            held = self._edits.setdefault(path, [])
            self.passed[path, caller.site.location.span.start] = _passed(caller, member, held)
            made = _call_edits(self._ctx, caller, member, held)
            covering = [edit.span for edit in made if len(edit.span)]
            held[:] = [
                edit
                for edit in held
                if not any(span.covers(edit.span) and span != edit.span for span in covering)
            ]
            held.extend(made)

    def change(self) -> SourceChange:
        found: dict[str, tuple[TextEdit, ...]] = {}
        for path, edits in sorted(self._edits.items()):
            if not edits:
                continue
            try:
                found[path] = sorted_edits(edits)
            except ValueError:
                raise Refused(f"What has to be changed in {path} is inside of another.") from None
        if not found:
            raise Refused("Nothing would change.")
        return SourceChange(found, certain=len(found) == 1)


def rendered(text: bytes, span: Span, edits: Iterable[TextEdit]) -> str:
    """The text of a span with the edits applied that lie in it."""
    inside = [
        TextEdit(Span(edit.span.start - span.start, edit.span.end - span.start), edit.new_text)
        for edit in edits
        if span.covers(edit.span)
    ]
    return apply_edits(text[span.start : span.end], inside).decode("utf-8", "surrogateescape")


def _passed(caller: Caller, member: Member, held: Sequence[TextEdit]) -> dict[int, str]:
    site = caller.site
    given = bound_arguments(site.spec, member.header.signature, site.call, bound=caller.bound)
    return {
        at: rendered(site.text, argument.value if argument.name else argument.span, held)
        for at, argument in (given or {}).items()
    }


def _call_edits(
    ctx: RefactorContext, caller: Caller, member: Member, held: Sequence[TextEdit]
) -> tuple[TextEdit, ...]:
    site, before = caller.site, member.header.signature
    where = caller.where
    given = bound_arguments(site.spec, before, site.call, bound=caller.bound)
    if any(argument.spread for argument in site.call.arguments):
        raise Refused(f"The arguments in {where} are not known one by one.")
    if given is not None:
        for at in removed_parameters(member):
            if at in given and may_have_effect(site.text, given[at].value):
                value = _short(site.text, given[at].value)
                raise Refused(f"`{value}` in {where} may do something: it cannot be left out.")
    _refuse_moved_effects(ctx, caller, member)
    skip = int(len(passable(before, caller.bound)) < len(before.parameters))
    partner = {at - skip: to - skip for at, to in member.partner.items() if at >= skip}
    values = {at - skip: value for at, value in member.values.items()}
    _refuse_unknown_value(member, where)
    edits = respelled_arguments(
        site.spec,
        passable(before, caller.bound),
        passable(member.after, caller.bound),
        partner,
        site.call,
        site.text,
        values,
        lambda span: rendered(site.text, span, held),
    )
    if edits is None:
        raise Refused(f"The call in {where} cannot follow.")
    return edits


def _refuse_unknown_value(member: Member, where: str) -> None:
    if member.header.ctx.spec.arguments.missing_allowed:
        return
    for at, slot in enumerate(member.slots):
        if slot is None or slot.origin >= 0 or at in member.values:
            continue
        if not member.after.parameters[at].optional:
            name = member.after.parameters[at].name
            raise Refused(f"What {where} passes for `{name}` has to be given as its value.")


def _refuse_moved_effects(ctx: RefactorContext, caller: Caller, member: Member) -> None:
    """Raises `Refused` where arguments would be evaluated in another order, and that matters."""
    kept = [member.partner[at] for at in sorted(member.partner)]
    if kept == sorted(kept):
        return
    site = caller.site
    given = bound_arguments(site.spec, member.header.signature, site.call, bound=caller.bound)
    if given is None:
        return
    places = [
        (argument.span.start, member.partner[at], argument)
        for at, argument in given.items()
        if not argument.name and at in member.partner
    ]
    places.sort(key=lambda one: one[0])
    here = RefactorContext(
        ctx.graph, site.location.path, Span(0, 0), parse_politely(site.spec, site.text), ctx.check
    )
    for at, (_, left_to, left) in enumerate(places):
        for _, right_to, right in places[at + 1 :]:
            if left_to > right_to and _order_matters(here, left, right):
                values = f"`{_short(site.text, left.value)}` and `{_short(site.text, right.value)}`"
                raise Refused(f"{values} in {caller.where} would be evaluated in another order.")


def _order_matters(here: RefactorContext, left: Argument, right: Argument) -> bool:
    return (_runs(here, left) and not _is_stable(here, right)) or (
        _runs(here, right) and not _is_stable(here, left)
    )


def _runs(here: RefactorContext, argument: Argument) -> bool:
    span = argument.value
    node = here.parsed.root.named_descendant_for_byte_range(span.start, span.end)
    return node is None or runs_code(here, node) is not None


def _is_stable(here: RefactorContext, argument: Argument) -> bool:
    """Whether other code cannot change what a value is."""
    span = argument.value
    node = here.parsed.root.named_descendant_for_byte_range(span.start, span.end)
    if node is None:
        return False
    if node.type in here.shapes.literals or node.type in here.shapes.lambdas:
        return True
    if node.named_child_count and here.shapes.sigil != here.source(node)[:1]:
        return False
    variable = variable_at(here, span.start)
    return variable is None or not variable.outer


def _short(text: bytes, span: Span) -> str:
    value = " ".join(text[span.start : span.end].decode("utf-8", "replace").split())
    return value if len(value) <= 40 else f"{value[:37]}..."
