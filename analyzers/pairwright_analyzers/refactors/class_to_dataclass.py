"""Write a class that only keeps its arguments as a data class, or a data class as such a class.

    class Point:                              @dataclass(eq=False, repr=False)
        def __init__(self, x: int):     ->    class Point:
            self.x = x                            x: int

Offered in the header of the class. What the class did not define stays undefined: objects print and
compare as they did; a data class that becomes a class gets the methods that it had. Refused where
`__init__` does anything else, where a default may be one object for all, where a base may have
fields, and where something needs a data class.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from pairwright_analyzers.edits import apply_edits
from pairwright_analyzers.graph import SymbolId
from pairwright_analyzers.graph.queries import all_subtypes_of, references_to
from pairwright_analyzers.languages.records import Rewriting
from pairwright_analyzers.refactors.add_import import with_import
from pairwright_analyzers.refactors.classes import class_at
from pairwright_analyzers.refactors.context import RefactorContext
from pairwright_analyzers.refactors.hierarchy import without_left_over
from pairwright_analyzers.refactors.imported import changed, with_text
from pairwright_analyzers.refactors.member_uses import Files, MemberUse, refuse_through_type
from pairwright_analyzers.refactors.model import Offer, Refactor, Refactored, Refused
from pairwright_analyzers.syntax import ancestors
from pairwright_analyzers.types import Import, SymbolFlag

if TYPE_CHECKING:
    from tree_sitter import Node


def _offers_record(ctx: RefactorContext) -> Sequence[Offer]:
    node = class_at(ctx)
    records = ctx.shapes.records
    if node is None or node.type not in records.classes or not records.could_be(node, ctx.text):
        return ()
    try:
        records.to_record(node, ctx.text)
    except ValueError:
        return ()
    return (Offer("Convert to data class"),)


def _offers_class(ctx: RefactorContext) -> Sequence[Offer]:
    node = class_at(ctx)
    records = ctx.shapes.records
    if node is None or node.type not in records.classes or not records.is_record(node, ctx.text):
        return ()
    try:
        records.to_class(node, ctx.text)
    except ValueError as error:
        return (Offer("Convert to plain class", refused=str(error)),)
    return (Offer("Convert to plain class"),)


def _apply_record(ctx: RefactorContext, _arguments: Mapping[str, Any]) -> Refactored:
    node = class_at(ctx)
    if node is None:
        raise Refused("The selection is not in the header of a class.")
    try:
        found = ctx.shapes.records.to_record(node, ctx.text)
    except ValueError as error:
        raise Refused(str(error)) from None
    return _rewritten(ctx, found)


def _apply_class(ctx: RefactorContext, _arguments: Mapping[str, Any]) -> Refactored:
    node = class_at(ctx)
    if node is None:
        raise Refused("The selection is not in the header of a class.")
    try:
        found = ctx.shapes.records.to_class(node, ctx.text)
    except ValueError as error:
        raise Refused(str(error)) from None
    owner = _symbol(ctx, node)
    _refuse_helpers(ctx)
    _refuse_needed(ctx, owner, found)
    return _rewritten(ctx, found)


def _symbol(ctx: RefactorContext, node: Node) -> SymbolId:
    name = node.child_by_field_name("name")
    for index in range(ctx.facts.symbol_count):
        if name is not None and ctx.facts.symbol_name_start(index) == name.start_byte:
            return SymbolId(ctx.path, index)
    raise Refused("The class is not known.")


def _rewritten(ctx: RefactorContext, found: Rewriting) -> Refactored:
    after = with_text(ctx, apply_edits(ctx.text, found.edits))
    names = {"__init__", *found.fields}
    for item in found.imports:
        names.add(item.alias)
        if not _is_imported(ctx, item):
            after = with_text(after, with_import(after, item))
    names.update(item.alias for item in ctx.facts.imports)
    return changed(ctx, without_left_over(ctx, after.text), frozenset(names))


def _is_imported(ctx: RefactorContext, item: Import) -> bool:
    """Whether a file has an import. Raises `Refused` where the name means something else."""
    for one in ctx.facts.imports:
        if one.alias == item.alias:
            if one.module == item.module and one.name == item.name:
                return True
            raise Refused(f"`{item.alias}` means something else here.")
    if ctx.bindings.top_level(item.alias):
        raise Refused(f"`{item.alias}` means something else here.")
    return False


def _refuse_helpers(ctx: RefactorContext) -> None:
    """Raises `Refused` where functions are used that want a data class, for whatever class."""
    module, names = ctx.shapes.records.helpers
    for name in sorted(names):
        for path in ctx.graph.workspace.files_mentioning(name):
            facts = ctx.graph.workspace.facts(path)
            for item in facts.imports if facts is not None else ():
                if item.module == module and (item.name == name or not item.name):
                    raise Refused(f"{path} uses `{name}`, which may be given an object of it.")


def _refuse_needed(ctx: RefactorContext, owner: SymbolId, found: Rewriting) -> None:
    graph, files = ctx.graph, Files(ctx)
    for link in all_subtypes_of(graph, owner, ctx.check):
        if graph.symbol(link.target).flags & SymbolFlag.DECORATED:
            raise Refused(f"`{graph.symbol(link.target).name}` inherits its fields.")
    for use in references_to(graph, owner, ctx.check):
        here = files[use.location.path]
        node = here.parsed.root.named_descendant_for_byte_range(
            use.location.span.start, use.location.span.end
        )
        for around in ancestors(node) if node is not None else ():
            if around.type in ctx.shapes.records.patterns:
                raise Refused(
                    f"{use.location.path}:{around.start_point.row + 1} takes it apart by its order."
                )
    for index in range(ctx.facts.symbol_count):
        if ctx.facts.symbol_container(index) != owner.index:
            continue
        if ctx.facts.symbol_name(index) not in found.hidden:
            continue
        for use in references_to(graph, SymbolId(ctx.path, index), ctx.check):
            here = files[use.location.path]
            start, end = use.location.span.start, use.location.span.end
            node = here.parsed.root.named_descendant_for_byte_range(start, end)
            if node is not None:
                refuse_through_type(MemberUse(here, node, use.role, use.reference))


_LANGUAGES = frozenset({"python"})

REFACTOR = Refactor(
    "rewrite.class_to_dataclass",
    "Convert to data class",
    "refactor.rewrite.class_to_dataclass",
    _LANGUAGES,
    _offers_record,
    _apply_record,
    __doc__ or "",
)

TO_CLASS = Refactor(
    "rewrite.dataclass_to_class",
    "Convert to plain class",
    "refactor.rewrite.dataclass_to_class",
    _LANGUAGES,
    _offers_class,
    _apply_class,
    __doc__ or "",
)
