"""Make a method without arguments a property, or a property a method; all uses follow.

    class Box:                         class Box:
        def area(self):                    @property
            return self.w * self.h   ->    def area(self):
                                               return self.w * self.h
    print(box.area())                  print(box.area)

Offered on the name of the definition. Methods that override it, or that it overrides, become
properties too. Refused where the method is used without being called, or called for what it does,
where a use goes by its name only, and where a type outside of the workspace may have the member.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from pairwright_analyzers.edits import sorted_edits
from pairwright_analyzers.refactors.context import RefactorContext
from pairwright_analyzers.refactors.member_uses import (
    Files,
    MemberUse,
    access_of,
    assigned_by,
    call_behind,
    family_of,
    member_symbol,
    refuse_through_type,
    uses_of,
)
from pairwright_analyzers.refactors.model import Offer, Refactor, Refactored, Refused
from pairwright_analyzers.syntax import ancestors
from pairwright_analyzers.types import Role, SourceChange, Span, SymbolFlag, TextEdit

if TYPE_CHECKING:
    from tree_sitter import Node

_LANGUAGES = frozenset({"python", "javascript", "typescript", "typescriptreact", "csharp"})


def _definition(ctx: RefactorContext, types: frozenset[str], name: Node) -> Node | None:
    """The definition of a member that a node is the name of."""
    node = name.parent
    if node is None or node.type not in types or node.child_by_field_name("name") != name:
        return None
    around = next(
        (one for one in ancestors(node) if one.type in ctx.shapes.functions | ctx.shapes.classes),
        None,
    )
    return node if around is not None and around.type in ctx.shapes.classes else None


def _offers_property(ctx: RefactorContext) -> Sequence[Offer]:
    properties = ctx.shapes.properties
    node = _definition(ctx, properties.methods, ctx.node)
    if node is None or properties.is_property(node, ctx.text):
        return ()
    try:
        properties.to_property(node, ctx.text)
    except ValueError:
        return ()
    return (Offer("Convert to property"),)


def _offers_method(ctx: RefactorContext) -> Sequence[Offer]:
    properties = ctx.shapes.properties
    node = _definition(ctx, properties.properties, ctx.node)
    if node is None or not properties.is_property(node, ctx.text):
        return ()
    try:
        properties.to_method(node, ctx.text)
    except ValueError as error:
        return (Offer("Convert to method", refused=str(error)),)
    return (Offer("Convert to method"),)


def _apply_property(ctx: RefactorContext, _arguments: Mapping[str, Any]) -> Refactored:
    properties = ctx.shapes.properties
    node = _definition(ctx, properties.methods, ctx.node)
    if node is None or properties.is_property(node, ctx.text):
        raise Refused("No method stands here.")
    files = Files(ctx)
    family = family_of(ctx, member_symbol(ctx, ctx.node))
    static = bool(ctx.graph.symbol(family[0]).flags & SymbolFlag.STATIC)
    definitions, uses = uses_of(ctx, files, family)
    edits: dict[str, list[TextEdit]] = {}
    for one in definitions:
        here = one.ctx.shapes.properties
        method = _definition(one.ctx, here.methods, one.node)
        if method is None or here.is_property(method, one.ctx.text):
            raise Refused(f"{one.where} is no method that could be a property.")
        _add(edits, one, _converted(one, method, to_property=True))
    for use in uses:
        _add(edits, use, [_uncalled(use, static)])
    return _result(ctx, edits)


def _apply_method(ctx: RefactorContext, _arguments: Mapping[str, Any]) -> Refactored:
    properties = ctx.shapes.properties
    node = _definition(ctx, properties.properties, ctx.node)
    if node is None or not properties.is_property(node, ctx.text):
        raise Refused("No property stands here.")
    files = Files(ctx)
    family = family_of(ctx, member_symbol(ctx, ctx.node))
    static = bool(ctx.graph.symbol(family[0]).flags & SymbolFlag.STATIC)
    definitions, uses = uses_of(ctx, files, family)
    edits: dict[str, list[TextEdit]] = {}
    for one in definitions:
        here = one.ctx.shapes.properties
        found = _definition(one.ctx, here.properties, one.node)
        if found is None or not here.is_property(found, one.ctx.text):
            raise Refused(f"{one.where} assigns it or defines it in another way.")
        _add(edits, one, _converted(one, found, to_property=False))
    for use in uses:
        _add(edits, use, [_called(use, static)])
    return _result(ctx, edits)


def _converted(use: MemberUse, node: Node, *, to_property: bool) -> Sequence[TextEdit]:
    properties = use.ctx.shapes.properties
    try:
        if to_property:
            return properties.to_property(node, use.ctx.text)
        return properties.to_method(node, use.ctx.text)
    except ValueError as error:
        raise Refused(f"{use.where}: {error}") from None


def _add(edits: dict[str, list[TextEdit]], use: MemberUse, new: Sequence[TextEdit]) -> None:
    edits.setdefault(use.ctx.path, []).extend(new)


def _result(ctx: RefactorContext, edits: Mapping[str, Sequence[TextEdit]]) -> Refactored:
    change = SourceChange({path: sorted_edits(held) for path, held in sorted(edits.items())})
    return Refactored(change, frozenset({ctx.source(ctx.node)}))


def _uncalled(use: MemberUse, static: bool) -> TextEdit:
    """The edit that makes a call of a method the reading of a property."""
    found = call_behind(use)
    name = use.ctx.source(use.node)
    if found is None:
        raise Refused(f"{use.where} uses `{name}` without calling it.")
    call, arguments = found
    if arguments.named_child_count:
        raise Refused(f"{use.where} calls `{name}` with arguments.")
    if use.ctx.text[use.node.end_byte : arguments.start_byte].strip():
        raise Refused(f"{use.where} calls `{name}` only where it is there.")
    if not static:
        refuse_through_type(use)
    parent = call.parent
    if use.ctx.is_statement(call) or (
        parent is not None and parent.type in use.ctx.shapes.wrappers
    ):
        raise Refused(f"{use.where} calls `{name}` for what it does.")
    return TextEdit(Span(use.node.end_byte, arguments.end_byte), "")


def _called(use: MemberUse, static: bool) -> TextEdit:
    """The edit that makes the reading of a property a call of a method."""
    name = use.ctx.source(use.node)
    if use.role not in (Role.READ, Role.CALL):
        raise Refused(f"{use.where} does something else with `{name}` than reading it.")
    access = access_of(use)
    if assigned_by(use.ctx, access) is not None or use.ctx.shapes.needs_place(access):
        raise Refused(f"{use.where} assigns `{name}`.")
    if not static:
        refuse_through_type(use)
    return TextEdit(Span(use.node.end_byte, use.node.end_byte), "()")


REFACTOR = Refactor(
    "rewrite.convert_to_property",
    "Convert to property",
    "refactor.rewrite.convert_to_property",
    _LANGUAGES,
    _offers_property,
    _apply_property,
    __doc__ or "",
)

TO_METHOD = Refactor(
    "rewrite.convert_to_method",
    "Convert to method",
    "refactor.rewrite.convert_to_method",
    _LANGUAGES,
    _offers_method,
    _apply_method,
    __doc__ or "",
)
