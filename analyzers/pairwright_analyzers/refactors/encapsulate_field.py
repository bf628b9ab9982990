"""Hide a field behind accessors: properties where the language has them, methods else.

    class Box {                        class Box {
        public int size;                   private int size;
    }                            ->
    print(box.size);                       public int getSize() {
                                               return size;
                                           }
                                           ...
                                       print(box.getSize());

Offered on the name of a field where it is declared, or first set. Uses change where accessors are
methods. Refused where a base or subclass has the name too, where the new name is taken, where a use
goes by its name only, and where the type looks at its fields itself.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from pairwright_analyzers.edits import sorted_edits
from pairwright_analyzers.graph.queries import all_subtypes_of
from pairwright_analyzers.languages.hiding import Accessors, Field
from pairwright_analyzers.languages.members import Sort
from pairwright_analyzers.refactors.classes import enclosing_class, inner_indent, members_of
from pairwright_analyzers.refactors.context import RefactorContext
from pairwright_analyzers.refactors.hierarchy import (
    Holder,
    class_symbol,
    holder_of,
    is_own,
    refuse_outside,
)
from pairwright_analyzers.refactors.layout import indent_unit, newline_of, statements_span
from pairwright_analyzers.refactors.member_uses import (
    Files,
    MemberUse,
    access_of,
    assigned_by,
    family_of,
    member_symbol,
    uses_of,
)
from pairwright_analyzers.refactors.model import Offer, Refactor, Refactored, Refused
from pairwright_analyzers.types import Role, SourceChange, Span, TextEdit

if TYPE_CHECKING:
    from tree_sitter import Node

_TITLE = "Encapsulate field"


def _field(ctx: RefactorContext) -> Field | None:
    try:
        return ctx.shapes.hiding.field(ctx.node, ctx.text)
    except ValueError as error:
        raise Refused(str(error)) from None


def _offers(ctx: RefactorContext) -> Sequence[Offer]:
    try:
        return (Offer(_TITLE),) if _field(ctx) is not None else ()
    except Refused as refused:
        return (Offer(_TITLE, refused=str(refused)),)


def _apply(ctx: RefactorContext, _arguments: Mapping[str, Any]) -> Refactored:
    field = _field(ctx)
    node = enclosing_class(ctx, ctx.node)
    if field is None or node is None:
        raise Refused("No field that others see is declared here.")
    owner = Holder(ctx, node, class_symbol(ctx, node))
    hiding, files = ctx.shapes.hiding, Files(ctx)
    _refuse_class(ctx, node)
    hidden = hiding.hidden(field.name)
    new_names = [hidden] if hidden != field.name else []
    new_names += [hook(field) for hook in (hiding.getter, hiding.setter) if hook is not None]
    _refuse_taken(ctx, files, owner, field.name, new_names)
    _refuse_deleted(ctx, owner, field)
    edits: dict[str, list[TextEdit]] = {ctx.path: list(field.hide)}
    if hiding.getter is None:
        for span in _own_uses(ctx, owner, field):
            edits[ctx.path].append(TextEdit(span, hidden))
    else:
        family = family_of(ctx, member_symbol(ctx, field.name_node))
        if len(family) > 1:
            raise Refused(f"`{field.name}` stands in another type too.")
        _, uses = uses_of(ctx, files, family)
        for use in uses:
            inside = use.ctx.path == ctx.path and (
                node.start_byte <= use.node.start_byte < node.end_byte
            )
            if not inside:
                edits.setdefault(use.ctx.path, []).append(_replaced(use, field))
    edits[ctx.path].append(_accessors(ctx, node, field, hidden))
    change = {path: sorted_edits(held) for path, held in sorted(edits.items()) if held}
    names = frozenset({field.name, *new_names, field.type}) | ctx.spec.receivers
    return Refactored(SourceChange(change), names)


def _refuse_deleted(ctx: RefactorContext, owner: Holder, field: Field) -> None:
    """Raises `Refused` where somebody else may take the field away from an object."""
    deleted = ctx.shapes.hiding.deleted
    if not deleted:
        return
    pattern = re.compile(deleted + re.escape(field.name.encode()) + rb"\b")
    for path in ctx.graph.workspace.files_mentioning(field.name):
        text = ctx.graph.workspace.text(path) or b""
        for match in pattern.finditer(text):
            inside = owner.node.start_byte <= match.start() < owner.node.end_byte
            if path != ctx.path or not inside:
                line = text.count(b"\n", 0, match.start()) + 1
                raise Refused(f"{path}:{line} takes `{field.name}` away from its object.")


def _refuse_class(ctx: RefactorContext, node: Node) -> None:
    if node.has_error:
        raise Refused("The class is not complete.")
    for word, reason in ctx.shapes.hiding.refuses:
        if word in ctx.text[node.start_byte : node.end_byte]:
            raise Refused(reason)
    if node.parent is not None and node.parent.type == "decorated_definition":
        raise Refused("The class is decorated: what that does with its fields is not known.")


def _refuse_taken(
    ctx: RefactorContext, files: Files, owner: Holder, name: str, new_names: Sequence[str]
) -> None:
    graph = ctx.graph
    for one in (name, *new_names):
        refuse_outside(graph, owner.id, one)
    for base, _ in graph.resolver.ancestors(owner.id):
        text, span = files[base.path].text, graph.symbol(base).span
        for word, reason in ctx.shapes.hiding.refuses:
            if word in text[span.start : span.end]:
                raise Refused(f"`{graph.symbol(base).name}`: {reason}")
        for one in (name, *new_names):
            refuse_outside(graph, base, one)
        for member in (name, *new_names):
            if graph.resolver.own_members(base, member):
                raise Refused(f"`{graph.symbol(base).name}` has `{member}` too.")
    below = [link.target for link in all_subtypes_of(graph, owner.id, ctx.check)]
    for kind in (owner.id, *below):
        for new in new_names:
            if graph.resolver.own_members(kind, new):
                raise Refused(f"`{graph.symbol(kind).name}` has a `{new}` already.")
    for kind in below:
        held = holder_of(files, graph, kind)
        if any(member.name == name for member in members_of(held.ctx, held.node)):
            raise Refused(f"`{held.name}` has `{name}` too.")
    declared = [member for member in members_of(ctx, owner.node) if member.name == name]
    if any(member.sort is not Sort.FIELD for member in declared) or len(declared) > 1:
        raise Refused(f"`{name}` is more than a field.")
    if declared and not any(
        member.name_node is not None and member.name_node.start_byte == ctx.node.start_byte
        for member in declared
    ):
        raise Refused(f"`{name}` has a value in the class too.")


def _own_uses(ctx: RefactorContext, owner: Holder, field: Field) -> list[Span]:
    """Where the type names the field of its own object; its declaration too."""
    found = {Span(field.name_node.start_byte, field.name_node.end_byte)}
    span = Span(owner.node.start_byte, owner.node.end_byte)
    for index in ctx.facts.references_in(span):
        one = ctx.facts.reference(index)
        if one.name != field.name or not one.member or one.role is Role.KEYWORD:
            continue
        if ctx.bindings.enclosing_type(one.start) != owner.id.index:
            continue
        if is_own(ctx, one) or (field.static and _receiver(ctx, one.start) == owner.name):
            found.add(one.span)
    return sorted(found)


def _receiver(ctx: RefactorContext, start: int) -> str:
    before = ctx.facts.reference_at(start - 1)
    return before.name if before is not None else ""


def _replaced(use: MemberUse, field: Field) -> TextEdit:
    """The edit that makes a use a call of an accessor."""
    hiding, ctx = use.ctx.shapes.hiding, use.ctx
    if hiding.getter is None or hiding.setter is None or use.role is None:
        raise Refused(f"{use.where} uses `{field.name}` in an unknown way.")
    access = access_of(use)
    assignment = assigned_by(ctx, access)
    if assignment is None:
        if ctx.shapes.needs_place(access) or use.role not in (Role.READ, Role.CALL):
            raise Refused(f"{use.where} needs `{field.name}` as a variable.")
        span = Span(use.node.start_byte, use.node.end_byte)
        return TextEdit(span, f"{hiding.getter(field)}()")
    parent = assignment.parent
    value = assignment.child_by_field_name("right")
    if assignment.type not in ctx.shapes.assignments or value is None:
        raise Refused(f"{use.where} changes `{field.name}` in place.")
    between = ctx.text[access.end_byte : value.start_byte].strip()
    if between != b"=" or parent is None or parent.type not in ctx.shapes.wrappers:
        raise Refused(f"{use.where} changes `{field.name}` in place.")
    if field.name in ctx.source(value):
        raise Refused(f"{use.where} reads `{field.name}` to assign it.")
    span = Span(use.node.start_byte, assignment.end_byte)
    return TextEdit(span, f"{hiding.setter(field)}({ctx.source(value)})")


def _accessors(ctx: RefactorContext, node: Node, field: Field, hidden: str) -> TextEdit:
    """The edit that writes the accessors: behind the constructor, or the fields."""
    end, indent = newline_of(ctx.text), inner_indent(ctx, node)
    unit = indent_unit(ctx.text, ctx.shapes)
    declared = field.name_node.parent or field.name_node
    stop = ctx.shapes.terminator
    behind = declared.next_sibling
    if not ctx.source(declared).endswith(stop) and (behind is None or behind.type != stop):
        stop = ""
    written = ctx.shapes.hiding.written(Accessors(field, hidden, indent, unit, end, stop))
    members = members_of(ctx, node)
    first = [one for one in members if one.sort in (Sort.CONSTRUCTOR, Sort.FIELD)]
    at = statements_span(ctx, [first[-1].node]).end
    text = "".join(f"{end}{end}{indent}{one}" for one in written)
    return TextEdit(Span(at, at), text)


REFACTOR = Refactor(
    "rewrite.encapsulate_field",
    _TITLE,
    "refactor.rewrite.encapsulate_field",
    frozenset({"python", "javascript", "typescript", "typescriptreact", "java"}),
    _offers,
    _apply,
    __doc__ or "",
)
