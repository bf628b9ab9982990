"""Where a member is used over the workspace, with all members that must change together with it.

Owns the judgement whether all uses are known. What becomes of a use, each refactoring says.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from pairwright_analyzers.graph import CodeGraph, SymbolId
from pairwright_analyzers.graph.entities import MEMBER_KINDS, InstanceEntity, SymbolEntity
from pairwright_analyzers.graph.queries import overrides
from pairwright_analyzers.refactors.context import RefactorContext
from pairwright_analyzers.refactors.model import Refused
from pairwright_analyzers.refactors.references import References
from pairwright_analyzers.refactors.subjects import of_symbols, owner_of, symbols_together
from pairwright_analyzers.syntax import ancestors
from pairwright_analyzers.types import TYPE_KINDS, Role, Span, SymbolFlag, SymbolKind

if TYPE_CHECKING:
    from tree_sitter import Node


@dataclass(frozen=True, slots=True)
class MemberUse:
    """One place that names a member. `node` is the name; `role` None where it is no reference."""

    ctx: RefactorContext
    node: Node
    role: Role | None
    index: int

    @property
    def where(self) -> str:
        """Path and line, for a person."""
        return f"{self.ctx.path}:{self.node.start_point.row + 1}"


class Files:
    """The files that a refactoring looks into, parsed once each."""

    def __init__(self, ctx: RefactorContext) -> None:
        self._ctx = ctx
        self._held = {ctx.path: ctx}

    def __getitem__(self, path: str) -> RefactorContext:
        if path not in self._held:
            self._held[path] = self._ctx.at(path)
        return self._held[path]


def member_symbol(ctx: RefactorContext, name: Node) -> SymbolId:
    """The symbol of a member by the node of its name. Raises `Refused` where it is not known."""
    for index in range(ctx.facts.symbol_count):
        span = ctx.facts.symbol(index).name_span
        if span.start <= name.start_byte and name.end_byte <= span.end:
            return SymbolId(ctx.path, index)
        if name.start_byte <= span.start and span.end <= name.end_byte:
            return SymbolId(ctx.path, index)
    raise Refused(f"`{ctx.source(name)}` is not known as a member.")


def family_of(ctx: RefactorContext, symbol_id: SymbolId) -> tuple[SymbolId, ...]:
    """A member with those that override it or are overridden by it, itself first. Raises `Refused`
    where one may belong to a type outside of the workspace, or is called by the language.
    """
    graph = ctx.graph
    found = sorted(symbols_together(graph, [symbol_id], ctx.check) - {symbol_id})
    family = (symbol_id, *found)
    for one in family:
        _refuse_contract(graph, one)
        _refuse_outside(graph, one)
        _refuse_computed(graph, one)
    return family


def _refuse_computed(graph: CodeGraph, one: SymbolId) -> None:
    """Raises `Refused` where a type names its members by values."""
    owner = owner_of(graph, one)
    for around in (owner, *(base for base, _ in graph.resolver.ancestors(owner))) if owner else ():
        spec, text = graph.spec(around.path), graph.workspace.text(around.path)
        computed = spec.shapes.members.computed if spec is not None else None
        if computed is None or text is None:
            continue
        span = graph.symbol(around).span
        if computed.search(text, span.start, span.end):
            name = graph.symbol(around).name
            raise Refused(f"`{name}` finds members by names that are computed.")


def _refuse_contract(graph: CodeGraph, one: SymbolId) -> None:
    symbol, spec = graph.symbol(one), graph.spec(one.path)
    name = symbol.name
    if spec is None:
        return
    special = name.startswith("__") and name.endswith("__")
    if name in spec.shapes.renaming.contracts or special or spec.is_test_symbol(one.path, symbol):
        raise Refused(f"`{name}` is called from outside of the workspace.")


def _refuse_outside(graph: CodeGraph, one: SymbolId) -> None:
    symbol, spec = graph.symbol(one), graph.spec(one.path)
    owner = owner_of(graph, one)
    if spec is None or owner is None or symbol.kind not in MEMBER_KINDS:
        return
    if symbol.flags & SymbolFlag.OVERRIDE and not overrides(graph, one):
        raise Refused(f"`{symbol.name}` overrides what is outside of the workspace.")
    renaming = spec.shapes.renaming
    private = symbol.flags & SymbolFlag.PRIVATE and renaming.private_is_own
    if private or symbol.name.startswith(("__", "#")):
        return
    everyone = (owner, *(base for base, _ in graph.resolver.ancestors(owner)))
    for dotted in (name for base in everyone for name in graph.resolver.outside_bases(base)):
        known = renaming.outside_member(dotted, symbol.name)
        if known is False or (known is None and not renaming.implicit_overrides):
            continue
        raise Refused(
            f"`{graph.symbol(owner).name}` inherits from `{dotted.removeprefix('<builtin>.')}`,"
            f" which is outside of the workspace and may have a member `{symbol.name}`."
        )


def uses_of(
    ctx: RefactorContext, files: Files, family: Sequence[SymbolId]
) -> tuple[list[MemberUse], list[MemberUse]]:
    """The definitions of a family of members, and all its uses, by path and text order. Raises
    `Refused` where a place only may mean one of them.
    """
    graph = ctx.graph
    subject = of_symbols(graph, family, ctx.check)
    search = References(graph, subject, ctx.spec.group, ctx.check)
    named = {(one.path, graph.symbol(one).name_span.start) for one in family}
    definitions: list[MemberUse] = []
    uses: list[MemberUse] = []
    for place in search:
        here = files[place.path]
        node = here.parsed.root.named_descendant_for_byte_range(place.span.start, place.span.end)
        if node is None:
            continue
        reference = here.facts.reference_at(place.span.start)
        role = reference.role if reference is not None else None
        use = MemberUse(here, node, role, reference.index if reference is not None else -1)
        if place.doubt:
            raise Refused(f"{use.where} may mean `{subject.name}`: {place.doubt}.")
        if place.shorthand is not None:
            raise Refused(f"{use.where} takes `{subject.name}` out of its object.")
        starts = {place.span.start, place.span.start - 1}
        if any((place.path, start) in named for start in starts):
            definitions.append(use)
        else:
            uses.append(use)
    if search.unreadable:
        raise Refused(f"{search.unreadable[0]} cannot be read whole.")
    return definitions, uses


def refuse_through_type(use: MemberUse) -> None:
    """Raises `Refused` where a member is named on its type, not on an object."""
    if use.index <= 0:
        return
    reference = use.ctx.facts.reference(use.index)
    if not reference.chained or reference.called:
        return
    for entity, _ in use.ctx.graph.resolver.resolve(use.ctx.path, use.index - 1):
        if isinstance(entity, InstanceEntity):
            return
        if isinstance(entity, SymbolEntity):
            kind = use.ctx.graph.symbol(entity.id).kind
            if kind in TYPE_KINDS and kind is not SymbolKind.TYPE:
                raise Refused(f"{use.where} names the member on its type.")


def call_behind(use: MemberUse) -> tuple[Node, Node] | None:
    """The call whose function ends with a name, and its arguments; None where it is not called."""
    name = use.node
    around = next((one for one in ancestors(name) if one.end_byte > name.end_byte), None)
    arguments = around.child_by_field_name("arguments") if around is not None else None
    if around is None or arguments is None or around.type not in use.ctx.shapes.calls:
        return None
    between = use.ctx.text[name.end_byte : arguments.start_byte]
    if between.strip() not in (b"", b"?."):
        return None
    return around, arguments


def access_of(use: MemberUse) -> Node:
    """The whole `receiver.name` that a name ends; the name itself where it stands alone."""
    found = use.node
    for around in ancestors(use.node):
        if around.end_byte != use.node.end_byte or around.type in use.ctx.shapes.wrappers:
            break
        if around.start_byte == found.start_byte and around.type not in use.ctx.shapes.atoms:
            continue
        if around.type not in use.ctx.shapes.atoms:
            break
        found = around
    return found


def assigned_by(ctx: RefactorContext, access: Node) -> Node | None:
    """The assignment that a member access is the left side of; also an update of it."""
    parent = access.parent
    if parent is None:
        return None
    shapes = ctx.shapes
    if parent.type in shapes.assignments | shapes.augmented:
        left = parent.child_by_field_name("left")
        if left is None or left.start_byte == access.start_byte:
            return parent
    return None


def span_of_all(nodes: Iterable[Node]) -> Span:
    """From the first to the last of some nodes."""
    listed = list(nodes)
    return Span(listed[0].start_byte, listed[-1].end_byte)
