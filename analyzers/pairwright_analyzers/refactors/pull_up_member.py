"""Move a member of a class to its base class.

    class Shape:                     class Shape:
        pass                             def name(self):
                                             return "shape"
    class Box(Shape):          ->
        def name(self):              class Box(Shape):
            return "shape"               pass

Offered on the name of a member, where the base is in the workspace. With `with_needs`, the members
it uses go along. Refused where it uses what the base has not, where the base, one above it or
another subclass has a member of that name, and for what calls `super`.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from pairwright_analyzers.edits import apply_edits, minimal_edits, sorted_edits
from pairwright_analyzers.graph import SymbolId
from pairwright_analyzers.graph.queries import all_subtypes_of, references_to
from pairwright_analyzers.languages.members import Access, Sort
from pairwright_analyzers.refactors.classes import (
    Unit,
    member_at,
    members_of,
    unit_of,
    units_removed,
)
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
    refuse_outside,
    units_named,
    with_imports,
    without_left_over,
)
from pairwright_analyzers.refactors.imported import with_text
from pairwright_analyzers.refactors.member_uses import Files
from pairwright_analyzers.refactors.model import (
    Offer,
    Option,
    Refactor,
    Refactored,
    Refused,
    flag_argument,
    text_argument,
)
from pairwright_analyzers.types import SourceChange, Span, SymbolKind, TextEdit

LANGUAGES = frozenset(
    {"python", "javascript", "typescript", "typescriptreact", "java", "csharp", "php"}
)


def _bases(ctx: RefactorContext) -> list[SymbolId]:
    """The classes of the workspace that the class around the selection names as its bases."""
    found = member_at(ctx)
    if found is None or found[1].sort in (Sort.CONSTRUCTOR, Sort.TYPE):
        return []
    return [
        base
        for base in named_bases(ctx.graph, ctx, found[0])
        if ctx.graph.symbol(base).kind is SymbolKind.CLASS
    ]


def _offers(ctx: RefactorContext) -> Sequence[Offer]:
    return [
        Offer(f"Pull up to `{ctx.graph.symbol(base).name}`", {"base": ctx.graph.symbol(base).name})
        for base in _bases(ctx)
    ]


def _apply(ctx: RefactorContext, arguments: Mapping[str, Any]) -> Refactored:
    found = member_at(ctx)
    if found is None:
        raise Refused("No member stands here.")
    graph, files = ctx.graph, Files(ctx)
    wanted = text_argument(arguments, "base")
    bases = [one for one in _bases(ctx) if not wanted or graph.symbol(one).name == wanted]
    if len(bases) != 1:
        raise Refused(
            "Which base class is meant is not known." if bases else "It has no base here."
        )
    source = Holder(ctx, found[0], class_symbol(ctx, found[0]))
    target = holder_of(files, graph, bases[0])
    units = _gathered(source, target, found[1].name, flag_argument(arguments, "with_needs"))
    refuse_kinds(source, units)
    for name in sorted({unit.member.name for unit in units}):
        _refuse_others(ctx, source, target, name)
    access = _access(ctx, source, units)
    return moved(source, target, units, access)


def _gathered(source: Holder, target: Holder, name: str, with_needs: bool) -> list[Unit]:
    """The member with all that has to go along. Raises `Refused` where that cannot be."""
    graph = source.ctx.graph
    above = (target.id, *(one for one, _ in graph.resolver.ancestors(target.id)))
    allowed = frozenset(above)
    found: dict[str, list[Unit]] = {}
    waiting = [name]
    while waiting:
        current = waiting.pop(0)
        if current in found:
            continue
        found[current] = units_named(source, current)
        for unit in found[current]:
            for need, why in sorted(needs_of(source, unit, allowed).items()):
                if need in found:
                    continue
                if not with_needs:
                    raise Refused(
                        f"`{current}` uses `{need}`: {why}, which `{target.name}` has not."
                    )
                waiting.append(need)
    units = [unit for held in found.values() for unit in held]
    return sorted(units, key=lambda unit: unit.span.start)


def _refuse_others(ctx: RefactorContext, source: Holder, target: Holder, name: str) -> None:
    graph = ctx.graph
    resolver = graph.resolver
    for one in (target.id, *(base for base, _ in resolver.ancestors(target.id))):
        if resolver.own_members(one, name):
            raise Refused(f"`{graph.symbol(one).name}` has a member `{name}` already.")
        refuse_outside(graph, one, name)
    below = {link.target for link in all_subtypes_of(graph, source.id, ctx.check)} | {source.id}
    refuse_outside(graph, source.id, name)
    for kind in sorted(below):
        for one, _ in resolver.ancestors(kind):
            if one not in below and resolver.own_members(one, name):
                raise Refused(f"`{graph.symbol(one).name}` has a member `{name}` too.")
    for link in all_subtypes_of(graph, target.id, ctx.check):
        if link.target in below:
            continue
        for one in (link.target, *(base for base, _ in resolver.ancestors(link.target))):
            if one not in below and resolver.own_members(one, name):
                raise Refused(f"`{graph.symbol(one).name}` has a member `{name}` too.")


def _access(ctx: RefactorContext, source: Holder, units: Sequence[Unit]) -> Access | None:
    """Who has to see the members in the base: those that stay behind too, where they use them."""
    spans = [unit.span for unit in units]
    for unit in units:
        if unit.member.access is not Access.PRIVATE or unit.member.name_node is None:
            continue
        for index in range(ctx.facts.symbol_count):
            if ctx.facts.symbol(index).name != unit.member.name:
                continue
            if ctx.facts.symbol_container(index) != source.id.index:
                continue
            for use in references_to(ctx.graph, SymbolId(ctx.path, index), ctx.check):
                inside = use.location.path == ctx.path and any(
                    span.start <= use.location.span.start < span.end for span in spans
                )
                if inside:
                    continue
                if unit.member.name.startswith("#"):
                    raise Refused(f"`{unit.member.name}` is private to its class, which uses it.")
                return Access.PROTECTED
    return None


def moved(
    source: Holder, target: Holder, units: Sequence[Unit], access: Access | None
) -> Refactored:
    """The change that takes members from one type and writes them into another."""
    removed = removal_of(source, units)
    edits = _written_into(source, target, units, access)
    items = missing_imports(source, target, units)
    names = frozenset(unit.member.name for unit in units) | source.ctx.spec.receivers
    if source.ctx.path == target.ctx.path:
        change = {source.ctx.path: sorted_edits([*removed, *edits])}
        return Refactored(SourceChange(change), names)
    after = with_imports(with_text(target.ctx, apply_edits(target.ctx.text, edits)), items).text
    rest = without_left_over(source.ctx, apply_edits(source.ctx.text, removed))
    change = {
        source.ctx.path: minimal_edits(source.ctx.text, rest),
        target.ctx.path: minimal_edits(target.ctx.text, after),
    }
    return Refactored(SourceChange(change), names)


def removal_of(source: Holder, units: Sequence[Unit]) -> list[TextEdit]:
    """The edits that take members out of their type."""
    ctx = source.ctx
    starts = {unit.span.start for unit in units}
    everything = []
    for member in members_of(ctx, source.node):
        try:
            everything.append(unit_of(ctx, member))
        except Refused:
            whole = Span(member.node.start_byte, member.node.end_byte)
            everything.append(Unit(member, whole))
    gone = [unit for unit in everything if unit.span.start in starts]
    return units_removed(ctx, source.node, everything, gone)


def _written_into(
    source: Holder, target: Holder, units: Sequence[Unit], access: Access | None
) -> list[TextEdit]:
    fields = [unit for unit in units if unit.member.sort is Sort.FIELD]
    others = [unit for unit in units if unit.member.sort is not Sort.FIELD]
    edits = [placed(target, source, held, access) for held in (fields, others) if held]
    if len(edits) == 2 and edits[0].span.start == edits[1].span.start:
        both = edits[0].new_text.rstrip() + edits[1].new_text
        if not edits[0].span.end > edits[0].span.start:
            return [TextEdit(edits[0].span, both)]
        raise Refused(f"`{target.name}` is empty: pull up the fields first.")
    return edits


REFACTOR = Refactor(
    "rewrite.pull_up_member",
    "Pull up member",
    "refactor.move.pull_up_member",
    LANGUAGES,
    _offers,
    _apply,
    __doc__ or "",
    (
        Option("base", "string", "The base class, where there are several."),
        Option("with_needs", "boolean", "Members that it uses go along."),
    ),
)
