"""What one definition's parameters become: which old ones they were, whether the language allows
them, and the edits of its header, its body and its documentation.

Knows no calls: those are told by `signature_calls.py`.
"""

from __future__ import annotations

import re
from collections.abc import Container, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from pairwright_analyzers.graph import SymbolId
from pairwright_analyzers.languages.headers import NewParameter
from pairwright_analyzers.refactors.callers import (
    overloads_beside,
)
from pairwright_analyzers.refactors.header import (
    Entry,
    Header,
    new_text,
    relisted,
    with_marks,
)
from pairwright_analyzers.refactors.model import Refused
from pairwright_analyzers.refactors.naming import check_name, is_taken
from pairwright_analyzers.refactors.parameter_docs import documented_edits
from pairwright_analyzers.refactors.subjects import bare
from pairwright_analyzers.refactors.variables import variable_at
from pairwright_analyzers.sites import signature_at
from pairwright_analyzers.types import (
    Parameter,
    ParameterKind,
    Role,
    Signature,
    Span,
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
BY_POSITION = frozenset({ParameterKind.POSITIONAL, ParameterKind.POSITIONAL_ONLY})


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


def member_of(header: Header, first: Header, slots: Sequence[Slot]) -> Member:
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
        known = {one.kind for one in header.parameters} & BY_POSITION
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
        order = [names[one.name] for _, one in ours if one.kind in BY_POSITION]
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


def refuse_bad(member: Member) -> None:
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
    optional = [one.optional for one in parameters if one.kind in BY_POSITION]
    was = [one.optional for one in header.parameters if one.kind in BY_POSITION]
    if headers.defaults_last and optional != sorted(optional) and was == sorted(was):
        late = next(
            one.name
            for at, one in enumerate(parameters)
            if one.kind in BY_POSITION
            and not one.optional
            and any(other.optional for other in parameters[:at] if other.kind in BY_POSITION)
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
        if headers.typed and not parameter.annotation and parameter.kind in BY_POSITION:
            raise Refused(f"`{parameter.name}` needs a type.")
        if slot.default and not headers.defaults:
            raise Refused(f"{header.ctx.spec.name} has no default values.")


def refuse_overload(member: Member, family: Container[SymbolId]) -> None:
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


def refuse_used(member: Member) -> None:
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


def definition_edits(member: Member) -> list[TextEdit]:
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
