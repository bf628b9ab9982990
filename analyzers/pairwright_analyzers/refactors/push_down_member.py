"""Move a member of a class to the subclasses that use it.

    class Shape:                     class Shape:
        def sides(self):                 pass
            return 4
                               ->    class Box(Shape):
    class Box(Shape):                    def sides(self):
        def show(self):                      return 4
            print(self.sides())
                                         def show(self):
                                             print(self.sides())

Offered on the name of a member of a class with subclasses. Refused where the class itself, or
somebody with an object of it, uses the member, where it is not known who does, and where the member
is private or calls `super`.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from pairwright_analyzers.edits import apply_edits, minimal_edits, sorted_edits
from pairwright_analyzers.graph import SymbolId
from pairwright_analyzers.graph.entities import InstanceEntity, SymbolEntity
from pairwright_analyzers.graph.queries import all_subtypes_of, subtypes_of
from pairwright_analyzers.languages.members import Access, Sort
from pairwright_analyzers.refactors.classes import Unit, member_at, members_of
from pairwright_analyzers.refactors.context import RefactorContext
from pairwright_analyzers.refactors.hierarchy import (
    Holder,
    class_symbol,
    holder_of,
    missing_imports,
    named_bases,
    needs_of,
    placed,
    refuse_kinds,
    units_named,
    with_imports,
    without_left_over,
)
from pairwright_analyzers.refactors.imported import with_text
from pairwright_analyzers.refactors.member_uses import (
    Files,
    MemberUse,
    family_of,
    member_symbol,
    uses_of,
)
from pairwright_analyzers.refactors.model import Offer, Refactor, Refactored, Refused
from pairwright_analyzers.refactors.pull_up_member import LANGUAGES, removal_of
from pairwright_analyzers.refactors.subjects import owner_of
from pairwright_analyzers.types import ROLE_MASK, Role, SourceChange, TextEdit

_MAX_FILES = 40


def _offers(ctx: RefactorContext) -> Sequence[Offer]:
    found = member_at(ctx)
    if found is None or found[1].sort in (Sort.CONSTRUCTOR, Sort.TYPE) or found[1].abstract:
        return ()
    name = found[0].child_by_field_name("name")
    if name is None or not _is_inherited(ctx, ctx.source(name)):
        return ()
    return (Offer("Push down to the subclasses that use it"),)


def _is_inherited(ctx: RefactorContext, name: str) -> bool:
    """Whether a type seems to have subtypes, by its name alone: cheap."""
    workspace = ctx.graph.workspace
    inherit = int(Role.INHERIT)
    for path in (ctx.path, *list(workspace.files_mentioning(name))[:_MAX_FILES]):
        facts = ctx.facts if path == ctx.path else workspace.facts(path)
        if facts is None:
            continue
        roles = facts.columns.ref_roles
        if any(roles[index] & ROLE_MASK == inherit for index in facts.references_named(name)):
            return True
    return False


def _apply(ctx: RefactorContext, _arguments: Mapping[str, Any]) -> Refactored:
    found = member_at(ctx)
    if found is None or found[1].name_node is None:
        raise Refused("No member stands here.")
    graph, files = ctx.graph, Files(ctx)
    source = Holder(ctx, found[0], class_symbol(ctx, found[0]))
    name = found[1].name
    units = units_named(source, name)
    refuse_kinds(source, units)
    if any(unit.member.access is Access.PRIVATE for unit in units):
        raise Refused(f"`{name}` is private: no subclass uses it.")
    for base, _ in graph.resolver.ancestors(source.id):
        if graph.resolver.own_members(base, name):
            raise Refused(f"`{name}` overrides that of `{graph.symbol(base).name}`.")
    targets = _users(ctx, files, source, units)
    holders = [holder_of(files, graph, one) for one in sorted(targets)]
    if any(unit.member.sort is Sort.FIELD and unit.member.static for unit in units) and (
        len(targets) > 1
    ):
        raise Refused(f"All subclasses share one `{name}`.")
    above = [source.id, *(base for base, _ in graph.resolver.ancestors(source.id))]
    for unit in units:
        needs_of(source, unit, frozenset(above))
        _refuse_private(source, unit)
    for target in holders:
        if source.id not in named_bases(graph, target.ctx, target.node):
            raise Refused(f"`{target.name}` inherits from `{source.name}` in a special way.")
    edits: dict[str, list[TextEdit]] = {ctx.path: removal_of(source, units)}
    for target in holders:
        edits.setdefault(target.ctx.path, []).append(placed(target, source, units, None))
    change: dict[str, tuple[TextEdit, ...]] = {}
    for path, held in sorted(edits.items()):
        plain = apply_edits(files[path].text, held)
        here = with_text(files[path], plain)
        if path != ctx.path:
            target = next(one for one in holders if one.ctx.path == path)
            here = with_imports(here, missing_imports(source, target, units))
        else:
            here = with_text(ctx, without_left_over(ctx, here.text))
        own = here.text == plain
        change[path] = sorted_edits(held) if own else minimal_edits(files[path].text, here.text)
    return Refactored(SourceChange(change), frozenset({name}) | ctx.spec.receivers)


def _refuse_private(source: Holder, unit: Unit) -> None:
    """What a member uses has to be seen from the subclasses."""
    ctx = source.ctx
    for index in ctx.facts.references_in(unit.span):
        one = ctx.facts.reference(index)
        for member_index in ctx.facts.symbols_named(one.name):
            if ctx.facts.symbol_container(member_index) != source.id.index:
                continue
            if one.name == unit.member.name:
                continue
            special = one.name.startswith("__") and not one.name.endswith("__")
            for held in _members_named(source, one.name):
                if held is Access.PRIVATE and (special or not ctx.spec.arguments.first_is_receiver):
                    raise Refused(f"`{unit.member.name}` uses `{one.name}`, which is private.")


def _members_named(source: Holder, name: str) -> list[Access]:
    return [one.access for one in members_of(source.ctx, source.node) if one.name == name]


def _users(
    ctx: RefactorContext, files: Files, source: Holder, units: Sequence[Unit]
) -> set[SymbolId]:
    """The direct subclasses through which the member is used."""
    graph = ctx.graph
    name_node = units[0].member.name_node
    if name_node is None:
        raise Refused("The member has no name.")
    symbol_id = member_symbol(ctx, name_node)
    family = family_of(ctx, symbol_id)
    for one in family[1:]:
        owner = owner_of(graph, one)
        if owner is not None and owner != source.id:
            raise Refused(f"`{graph.symbol(owner).name}` overrides it.")
    direct = {link.target for link in subtypes_of(graph, source.id, ctx.check)}
    branches = {
        one: {one, *(link.target for link in all_subtypes_of(graph, one, ctx.check))}
        for one in direct
    }
    _, uses = uses_of(ctx, files, family)
    found: set[SymbolId] = set()
    for use in uses:
        if use.ctx.path == ctx.path and any(
            unit.span.start <= use.node.start_byte < unit.span.end for unit in units
        ):
            continue
        user = _user(use)
        held = [one for one, below in branches.items() if user in below]
        if user == source.id:
            raise Refused(f"{use.where} uses it through `{source.name}`.")
        if not held:
            raise Refused(f"{use.where}: through which class it is used is not known.")
        found.update(held)
    if not found:
        raise Refused(f"No subclass uses `{units[0].member.name}`.")
    return found


def _user(use: MemberUse) -> SymbolId | None:
    """The class through which a member is used: that of the receiver, or the one around."""
    graph, ctx = use.ctx.graph, use.ctx
    reference = ctx.facts.reference(use.index) if use.index >= 0 else None
    if reference is None:
        return None
    around = ctx.bindings.enclosing_type(reference.start)
    if not reference.member:
        return SymbolId(ctx.path, around) if around >= 0 else None
    before = ctx.text[: reference.start].rstrip(b" \t\r\n#$").removesuffix(b"?")
    for accessor in (b"?.", b"->", b"::", b"."):
        if before.endswith(accessor):
            before = before[: -len(accessor)]
            break
    for word in (*ctx.spec.receivers, *ctx.spec.super_words):
        raw = word.encode()
        for ending in (raw, raw + b"()"):
            if before.endswith(ending) and not before[: -len(ending)][-1:].isalnum():
                return SymbolId(ctx.path, around) if around >= 0 else None
    if not reference.chained or use.index == 0:
        return None
    owners = set()
    for entity, _ in graph.resolver.resolve(ctx.path, use.index - 1):
        if isinstance(entity, InstanceEntity | SymbolEntity):
            owners.add(entity.id)
    return owners.pop() if len(owners) == 1 else None


REFACTOR = Refactor(
    "rewrite.push_down_member",
    "Push down member",
    "refactor.move.push_down_member",
    LANGUAGES,
    _offers,
    _apply,
    __doc__ or "",
)
