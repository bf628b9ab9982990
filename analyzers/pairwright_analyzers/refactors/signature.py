"""The engine of all changes of a signature: one definition's parameters become others, and all that
shares or calls it follows.

Owns how an edit is put together and proved. Which parameters are wanted is told by the refactorings
(`remove_parameter.py`, `reorder_parameters.py`, ...); who shares and who calls, by `callers.py`.
"""

from __future__ import annotations

import re
from collections.abc import Container, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from pairwright_analyzers.edits import apply_edits, sorted_edits
from pairwright_analyzers.facts import FileFacts, facts_of_parsed
from pairwright_analyzers.graph import SymbolId
from pairwright_analyzers.languages.headers import NewParameter
from pairwright_analyzers.refactors.callers import (
    Caller,
    callers_of,
    family_of,
    is_constructor,
    overloads_beside,
)
from pairwright_analyzers.refactors.context import RefactorContext
from pairwright_analyzers.refactors.header import (
    Entry,
    Header,
    header_of,
    new_text,
    relisted,
    with_marks,
)
from pairwright_analyzers.refactors.model import Refactored, Refused
from pairwright_analyzers.refactors.naming import check_name, is_taken
from pairwright_analyzers.refactors.parameter_docs import documented_edits
from pairwright_analyzers.refactors.subjects import bare
from pairwright_analyzers.refactors.values import runs_code
from pairwright_analyzers.refactors.variables import variable_at
from pairwright_analyzers.signatures import (
    bound_arguments,
    call_problem,
    may_have_effect,
    passable,
    respelled_arguments,
)
from pairwright_analyzers.sites import call_at, signature_at, signature_in
from pairwright_analyzers.syntax import Parsed, parse_politely
from pairwright_analyzers.types import (
    Argument,
    Call,
    Parameter,
    ParameterKind,
    Role,
    Signature,
    SourceChange,
    Span,
    SymbolFlag,
    TextEdit,
)

_RANK = {
    ParameterKind.RECEIVER: 0,
    ParameterKind.POSITIONAL_ONLY: 1,
    ParameterKind.POSITIONAL: 2,
    ParameterKind.VARIADIC: 3,
    ParameterKind.KEYWORD_ONLY: 4,
    ParameterKind.KEYWORD_VARIADIC: 5,
}
_VARIADIC = frozenset({ParameterKind.VARIADIC, ParameterKind.KEYWORD_VARIADIC})
_BY_POSITION = frozenset({ParameterKind.POSITIONAL, ParameterKind.POSITIONAL_ONLY})


@dataclass(frozen=True, slots=True)
class Slot:
    """One parameter of the new signature.

    `origin` is the old parameter's index in the signature, -1 for a new one. `name`, `type` and
    `default` are None where they stay. `value` is what calls pass that passed nothing.
    """

    origin: int
    name: str | None = None
    type: str | None = None
    default: str | None = None
    value: str = ""
    keyword_only: bool | None = None


@dataclass(frozen=True, slots=True)
class Member:
    """One definition of a family: its header, and its new signature.

    `partner` maps old indexes to new ones, both with the receiver; `values` are what calls pass for
    new parameters, by the new index; `slots` are those of the new parameters, -1 for what the
    definition has beside the others.
    """

    header: Header
    after: Signature
    partner: Mapping[int, int]
    values: Mapping[int, str]
    slots: tuple[Slot | None, ...]


def unchanged_slots(header: Header) -> list[Slot]:
    """The parameters as they are, the receiver left out."""
    return [
        Slot(index)
        for index, one in enumerate(header.parameters)
        if one.kind is not ParameterKind.RECEIVER
    ]


def changed(
    ctx: RefactorContext, header: Header, slots: Sequence[Slot], *, keep_removed: bool = False
) -> Refactored:
    """The edit that gives a callable other parameters. Raises `Refused` with the reason.

    `keep_removed` says that the body still has what is removed, by another way.
    """
    family = [header, *_others(ctx, header)]
    members = [_member(one, header, slots) for one in family]
    known = {member.header.id for member in members}
    for member in members:
        _refuse_bad(member)
        _refuse_overload(member, known)
        if not keep_removed:
            _refuse_used(member)
    adds = any(member.values for member in members)
    callers = callers_of(ctx, header, tuple(one.header.id for one in members), adds=adds)
    edits = _Edits(ctx)
    for member in members:
        edits.add(member.header.ctx.path, _definition_edits(member))
    edits.add_calls(callers, {member.header.id: member for member in members})
    change = edits.change()
    _refuse_unproved(ctx, members, callers, change, edits.passed)
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


# One definition.


def _member(header: Header, first: Header, slots: Sequence[Slot]) -> Member:
    """What a definition of a family becomes."""
    counterpart = _counterparts(first, header)
    after: list[Parameter] = []
    found: list[Slot | None] = []
    partner: dict[int, int] = {}
    values: dict[int, str] = {}
    if header.parameters and header.parameters[0].kind is ParameterKind.RECEIVER:
        after.append(header.parameters[0])
        found.append(None)
        partner[0] = 0
    known = set(counterpart.values())
    extras = [
        at
        for at, one in enumerate(header.parameters)
        if at not in known and one.kind is not ParameterKind.RECEIVER
    ]
    in_order = _in_order(slots)
    for slot in slots:
        if slot.origin >= 0 and slot.origin not in counterpart:
            if not in_order or any(one.origin < 0 for one in slots):
                raise Refused(f"`{header.symbol.qualname}` has other parameters.")
            continue
        at = counterpart[slot.origin] if slot.origin >= 0 else -1
        while in_order and extras and at >= 0 and extras[0] < at:
            extra = extras.pop(0)
            partner[extra] = len(after)
            after.append(header.parameters[extra])
            found.append(None)
        if at >= 0:
            partner[at] = len(after)
            after.append(_parameter(header.parameters[at], slot))
        else:
            if slot.value:
                values[len(after)] = slot.value
            after.append(_new_parameter(header, slot))
        found.append(slot)
    for extra in extras:
        if not in_order and extra < max(counterpart.values(), default=-1):
            raise Refused(f"`{header.symbol.qualname}` has other parameters.")
        partner[extra] = len(after)
        after.append(header.parameters[extra])
        found.append(None)
    signature = replace(header.signature, parameters=tuple(after))
    return Member(header, signature, partner, values, tuple(found))


def _in_order(slots: Sequence[Slot]) -> bool:
    origins = [slot.origin for slot in slots if slot.origin >= 0]
    return origins == sorted(origins)


def _parameter(old: Parameter, slot: Slot) -> Parameter:
    kind = old.kind
    if slot.keyword_only is not None:
        kind = ParameterKind.KEYWORD_ONLY if slot.keyword_only else ParameterKind.POSITIONAL
    return Parameter(
        old.name if slot.name is None else slot.name,
        kind,
        old.annotation if slot.type is None else slot.type,
        old.default if slot.default is None else slot.default,
        old.optional if slot.default is None else bool(slot.default),
    )


def _new_parameter(header: Header, slot: Slot) -> Parameter:
    kind = ParameterKind.KEYWORD_ONLY if slot.keyword_only else ParameterKind.POSITIONAL
    marked = header.ctx.shapes.headers.positional_mark
    if not slot.keyword_only and not marked and not header.ctx.spec.arguments.keywords:
        known = {one.kind for one in header.parameters} & _BY_POSITION
        kind = next(iter(known), kind) if len(known) == 1 else kind
    default = slot.default or ""
    if default and _is_defined_apart(header):
        # C++ writes a default value at the declaration only.
        default = ""
    return Parameter(slot.name or "", kind, slot.type or "", default, bool(slot.default))


def _is_defined_apart(header: Header) -> bool:
    return bool(header.symbol.owner) and header.ctx.shapes.renaming.declared_apart


def _counterparts(first: Header, other: Header) -> dict[int, int]:
    """The parameters of another definition that are those of the first: by name where all have the
    same names, else by place.
    """
    if first.id == other.id:
        return {at: at for at in range(len(first.parameters))}
    ours = [one for one in enumerate(first.parameters) if one[1].kind is not ParameterKind.RECEIVER]
    theirs = [
        one for one in enumerate(other.parameters) if one[1].kind is not ParameterKind.RECEIVER
    ]
    names = {one.name: at for at, one in theirs}
    if len(names) == len(theirs) and all(one.name in names for _, one in ours):
        order = [names[one.name] for _, one in ours if one.kind in _BY_POSITION]
        if order != sorted(order):
            raise Refused(f"`{other.symbol.qualname}` has its parameters in another order.")
        return {at: names[one.name] for at, one in ours}
    found: dict[int, int] = {}
    for (at, one), (to, item) in zip(ours, theirs, strict=False):
        if _RANK[one.kind] != _RANK[item.kind]:
            raise Refused(f"`{other.symbol.qualname}` has other parameters.")
        found[at] = to
    if len(ours) > len(theirs) and not other.ctx.spec.arguments.overrides_may_take_fewer:
        raise Refused(f"`{other.symbol.qualname}` has other parameters.")
    return found


def _refuse_bad(member: Member) -> None:
    """Raises `Refused` for a list of parameters that the language does not allow."""
    header, parameters = member.header, member.after.parameters
    headers, shapes = header.ctx.shapes.headers, header.ctx.shapes
    names = [bare(one.name) for one in parameters if one.name]
    for name in names:
        if names.count(name) > 1 and name != "_":
            raise Refused(f"There would be two parameters `{name}`.")
    before = [_RANK[one.kind] for one in header.parameters]
    after = [_RANK[one.kind] for one in parameters]
    if after != sorted(after) and before == sorted(before):
        raise Refused("Parameters of this kind cannot stand in this order.")
    optional = [one.optional for one in parameters if one.kind in _BY_POSITION]
    was = [one.optional for one in header.parameters if one.kind in _BY_POSITION]
    if headers.defaults_last and optional != sorted(optional) and was == sorted(was):
        late = next(
            one.name
            for at, one in enumerate(parameters)
            if one.kind in _BY_POSITION
            and not one.optional
            and any(other.optional for other in parameters[:at] if other.kind in _BY_POSITION)
        )
        raise Refused(f"`{late}` has no default value and would stand behind one that has.")
    for index, slot in enumerate(member.slots):
        if slot is None:
            continue
        parameter = parameters[index]
        if slot.name is not None:
            check_name(shapes, slot.name)
            old = header.parameters[slot.origin].name if slot.origin >= 0 else ""
            if bare(old) != bare(slot.name):
                _refuse_taken(header, slot.name)
        if headers.typed and not parameter.annotation and parameter.kind in _BY_POSITION:
            raise Refused(f"`{parameter.name}` needs a type.")
        if slot.default and not headers.defaults:
            raise Refused(f"{header.ctx.spec.name} has no default values.")


def _refuse_overload(member: Member, family: Container[SymbolId]) -> None:
    """Raises `Refused` where another definition of the name might take the calls."""
    header = member.header
    wanted = [one for one in member.after.parameters if one.kind is not ParameterKind.RECEIVER]
    for other in overloads_beside(header, family):
        theirs = signature_at(header.ctx.graph, other).parameters
        fewest = sum(not one.optional for one in theirs)
        if fewest <= len(wanted) <= len(theirs) or any(one.kind in _VARIADIC for one in theirs):
            raise Refused(f"There would be two `{header.name}` for the same calls.")


def _refuse_taken(header: Header, name: str) -> None:
    if header.has_body and is_taken(header.ctx, name, header.body):
        local = header.ctx.shapes.sigil + bare(name)
        inside = any(
            header.symbol.span.covers(header.ctx.facts.reference(at).span)
            and not header.ctx.facts.reference(at).member
            for at in header.ctx.facts.references_named(local)
        )
        if inside:
            raise Refused(f"`{name}` already means something in `{header.name}`.")


def removed_parameters(member: Member) -> list[int]:
    """The old parameters that the new signature has not."""
    return [at for at in range(len(member.header.parameters)) if at not in member.partner]


def _refuse_used(member: Member) -> None:
    for at in removed_parameters(member):
        problem = why_used(member.header, at)
        if problem:
            raise Refused(problem)


def why_used(header: Header, index: int) -> str:
    """Why a parameter is needed in its function; "" where it is not."""
    parameter, ctx = header.parameters[index], header.ctx
    item = header.item_of(index)
    if item is None or parameter.kind is ParameterKind.RECEIVER:
        return "A receiver cannot be removed."
    name = parameter.name
    where = "" if header.name == name else f" in `{header.symbol.qualname}`"
    if set(re.findall(r"\w+", item.text)) & ctx.shapes.headers.field_words:
        return f"`{name}` is a member of the type too."
    takes_all = ctx.shapes.headers.takes_all
    if takes_all is not None and takes_all.search(ctx.source(header.body)):
        return f"`{header.name}` uses all of its arguments at once."
    for at in ctx.facts.references_in(item.span):
        one = ctx.facts.reference(at)
        if one.role is not Role.BIND:
            continue
        variable = variable_at(ctx, one.start)
        uses = variable.uses if variable is not None else ()
        if any(not item.span.start <= use.start < item.span.end for use in uses):
            return f"`{name}` is used{where}."
    word = re.escape(bare(name))
    if word and re.search(rf"[{{$]\s*\$?{word}(?!\w)", ctx.source(header.body)):
        return f"`{name}` is used{where}."
    if (
        not item.name
        and name
        and header.has_body
        and re.search(rf"(?<!\w){word}(?!\w)", ctx.source(header.body))
    ):
        return f"`{name}` is used{where}."
    return ""


def _definition_edits(member: Member) -> list[TextEdit]:
    header = member.header
    by_index = {item.index: at for at, item in enumerate(header.items) if item.index >= 0}
    origin = {to: at for at, to in member.partner.items()}
    entries: list[Entry] = []
    kinds: list[ParameterKind] = []
    edits: list[TextEdit] = []
    for index, parameter in enumerate(member.after.parameters):
        slot = member.slots[index]
        at = origin.get(index, -1)
        if at >= 0 and at not in by_index:
            continue
        kinds.append(parameter.kind)
        written = NewParameter(parameter.name, parameter.annotation, parameter.default)
        if at < 0:
            entries.append(Entry(-1, header.ctx.shapes.headers.write(written)))
            continue
        item, old = header.items[by_index[at]], header.parameters[at]
        text = item.text
        if slot is not None and (slot.name, slot.type, slot.default) != (None, None, None):
            text = new_text(header, item, written, old)
        entries.append(Entry(by_index[at], text))
        if slot is not None and slot.name is not None and bare(slot.name) != bare(old.name):
            edits.extend(_renamed_uses(header, at, bare(slot.name)))
    edits.extend(relisted(header, with_marks(header, entries, kinds)))
    edits.extend(_doc_edits(member))
    return edits


def _renamed_uses(header: Header, index: int, name: str) -> Iterable[TextEdit]:
    ctx, item = header.ctx, header.item_of(index)
    variable = header.variable(index)
    if variable is None or item is None:
        if header.has_body:
            raise Refused(f"The uses of `{header.parameters[index].name}` are not known.")
        return
    for use in variable.uses:
        if item.span.start <= use.start < item.span.end:
            continue
        node = ctx.parsed.root.named_descendant_for_byte_range(use.start, use.end)
        sigil = ctx.shapes.sigil if ctx.text[use.start : use.start + 1] == b"$" else ""
        new = sigil + name
        if node is not None and node.type in ctx.shapes.shorthands:
            new = f"{ctx.source(node)}: {new}"
        yield TextEdit(Span(use.start, use.end), new)


def _doc_edits(member: Member) -> tuple[TextEdit, ...]:
    header, doc = member.header, member.header.symbol.doc
    if doc is None:
        return ()
    origin = {to: at for at, to in member.partner.items()}
    old = [bare(one.name) for one in header.parameters]
    order = [old[origin[at]] for at in range(len(member.after.parameters)) if at in origin]
    renamed = {
        bare(old[origin[at]]): bare(one.name)
        for at, one in enumerate(member.after.parameters)
        if at in origin and old[origin[at]] != bare(one.name)
    }
    return documented_edits(header.ctx.text, doc, order, renamed, old)


# Calls.


class _Edits:
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
    where = _where(ctx, caller)
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
                raise Refused(
                    f"{values} in {_where(ctx, caller)} would be evaluated in another order."
                )


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


def _where(ctx: RefactorContext, caller: Caller) -> str:
    place = caller.site.location
    line = caller.site.text.count(b"\n", 0, place.span.start) + 1
    return f"{place.path}:{line}"


# The proof.


def _moved(offset: int, edits: Sequence[TextEdit]) -> int | None:
    """Where a byte is after edits; None inside of what is replaced."""
    shift = 0
    for edit in edits:
        if edit.span.start <= offset < edit.span.end:
            return None
        if edit.span.end <= offset:
            shift += len(edit.new_text.encode("utf-8", "surrogateescape")) - len(edit.span)
    return offset + shift


class _After:
    """The files after a change."""

    def __init__(self, ctx: RefactorContext, change: SourceChange) -> None:
        self._ctx = ctx
        self._change = change
        self._files: dict[str, tuple[Parsed, FileFacts]] = {}

    def edits(self, path: str) -> tuple[TextEdit, ...]:
        return self._change.edits.get(path, ())

    def file(self, path: str) -> tuple[Parsed, FileFacts]:
        if path not in self._files:
            here = self._ctx.at(path)
            parsed = parse_politely(here.spec, apply_edits(here.text, self.edits(path)))
            self._files[path] = (parsed, facts_of_parsed(parsed))
        return self._files[path]


def _refuse_unproved(
    ctx: RefactorContext,
    members: Sequence[Member],
    callers: Sequence[Caller],
    change: SourceChange,
    passed: Mapping[tuple[str, int], Mapping[int, str]],
) -> None:
    """Raises `Refused` unless every header reads as it should and every call passes the same values
    to the same parameters.
    """
    after = _After(ctx, change)
    signatures: dict[SymbolId, Signature] = {}
    for member in members:
        signatures[member.header.id] = _proved_header(after, member)
    by_id = {member.header.id: member for member in members}
    for caller in callers:
        path = caller.site.location.path
        edits = after.edits(path)
        start = _moved(caller.site.location.span.start, edits)
        if start is None:
            # It lies in an argument that moved: proved with the call around it.
            continue
        parsed, _ = after.file(path)
        name = caller.site.location.span
        reached = call_at(parsed, Span(start, start + len(name)))
        member = by_id[caller.callee]
        values = passed[path, name.start]
        bare_call = reached is None and caller.site.spec.calls_by_name
        if bare_call and not any(at in member.partner for at in values):
            # Ruby's call without arguments is a name.
            continue
        if reached is None or not _same_values(
            caller,
            member,
            signatures[caller.callee],
            reached[1],
            parsed.text,
            values,
        ):
            raise Refused(f"The call in {_where(ctx, caller)} would not pass the same values.")


def _proved_header(after: _After, member: Member) -> Signature:
    header = member.header
    path = header.ctx.path
    start = _moved(header.symbol.name_span.start, after.edits(path))
    parsed, facts = after.file(path)
    symbols = facts.symbols
    found = next((one for one in symbols if one.name_span.start == start), None)
    if found is None or found.name != header.symbol.name:
        raise Refused(f"`{header.name}` would not be read as it should.")
    signature = signature_in(parsed.spec, found, symbols)
    wanted = [_read(one) for one in member.after.parameters]
    if [_read(one) for one in signature.parameters] != wanted:
        raise Refused(f"The parameters of `{header.name}` would not be read as they should.")
    return signature


def _read(parameter: Parameter) -> tuple[str, ParameterKind]:
    kind = ParameterKind.POSITIONAL if parameter.kind in _BY_POSITION else parameter.kind
    return bare(parameter.name), kind


def _same_values(
    caller: Caller,
    member: Member,
    after: Signature,
    call: Call,
    text: bytes,
    passed: Mapping[int, str],
) -> bool:
    site, bound = caller.site, caller.bound
    optional = tuple(
        replace(new, optional=new.optional or wanted.optional)
        for new, wanted in zip(after.parameters, member.after.parameters, strict=True)
    )
    after = replace(after, parameters=optional)
    if call_problem(site.spec, after, call, bound=bound) is not None:
        return False
    now = bound_arguments(site.spec, after, call, bound=bound)
    if now is None:
        # Further arguments are taken as a whole.
        return bound_arguments(site.spec, member.header.signature, site.call, bound=bound) is None
    for at, value in passed.items():
        to = member.partner.get(at)
        if to is None:
            continue
        if to not in now:
            return False
        span = now[to].value if now[to].name else now[to].span
        written = text[span.start : span.end].decode("utf-8", "surrogateescape")
        if written != value and not (now[to].name and value.endswith(f" {written}")):
            return False
    known = {member.partner[at] for at in passed if at in member.partner}
    return all(
        to in known
        or to in member.values
        or (to in member.partner.values() and not after.parameters[to].optional)
        for to in now
    )


def is_abstract(header: Header) -> bool:
    """Whether a definition has no body."""
    return bool(header.symbol.flags & SymbolFlag.ABSTRACT) or not header.has_body


def constructs(header: Header) -> bool:
    """Whether a header is a constructor's."""
    return is_constructor(header.ctx.graph, header.id)
