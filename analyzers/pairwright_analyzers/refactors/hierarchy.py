"""Members that go from one type to another of its hierarchy: what they use there, how they are put
into its body.

Owns the judgement whether a member means the same in the other type. Who uses it, each refactoring
asks itself.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from pairwright_analyzers.graph import CodeGraph, SymbolId
from pairwright_analyzers.graph.bindings import BindingKind
from pairwright_analyzers.graph.queries import resolve
from pairwright_analyzers.languages.members import Access, Member, Sort
from pairwright_analyzers.refactors.add_import import with_import
from pairwright_analyzers.refactors.classes import (
    Unit,
    body_of,
    inner_indent,
    members_of,
    unit_of,
)
from pairwright_analyzers.refactors.context import RefactorContext
from pairwright_analyzers.refactors.imported import unused_imports, with_text, without
from pairwright_analyzers.refactors.layout import (
    indent_at,
    line_start,
    newline_of,
    next_line,
    reindented,
    starts_line,
    statements_span,
)
from pairwright_analyzers.refactors.member_uses import Files
from pairwright_analyzers.refactors.model import Refused
from pairwright_analyzers.refactors.subjects import owner_of
from pairwright_analyzers.syntax import ancestors
from pairwright_analyzers.types import Import, Reference, Role, Span, SymbolFlag, TextEdit

if TYPE_CHECKING:
    from tree_sitter import Node

_ACCESS = re.compile(rb"([$\w]+)\s*(?:\.|->|::|\?\.|\?->)\s*[#$]?\Z")
_SPECIAL_IMPORT = re.compile(r"\bstatic\b|\bfunction\b|\bconst\b")
_ONCE = re.compile(r"\b(?:final|readonly)\b")
_USES = frozenset({Role.READ, Role.CALL, Role.WRITE, Role.ANNOTATE, Role.INHERIT})


@dataclass(frozen=True, slots=True)
class Holder:
    """A type: the file it is in, its node, its symbol."""

    ctx: RefactorContext
    node: Node
    id: SymbolId

    @property
    def name(self) -> str:
        return self.ctx.graph.symbol(self.id).name


def holder_of(files: Files, graph: CodeGraph, symbol_id: SymbolId) -> Holder:
    """The node of a type. Raises `Refused` where it is no type with members that can be moved."""
    ctx = files[symbol_id.path]
    span = graph.symbol(symbol_id).name_span
    node = ctx.parsed.root.named_descendant_for_byte_range(span.start, span.end)
    found = next(
        (
            one
            for one in (ancestors(node) if node is not None else ())
            if one.type in ctx.shapes.members.classes
        ),
        None,
    )
    name = found.child_by_field_name("name") if found is not None else None
    if found is None or name is None or name.start_byte != span.start or found.has_error:
        raise Refused(f"`{graph.symbol(symbol_id).name}` cannot get other members.")
    return Holder(ctx, found, symbol_id)


def class_symbol(ctx: RefactorContext, node: Node) -> SymbolId:
    """The symbol of a type by its node. Raises `Refused` where it has none."""
    name = node.child_by_field_name("name")
    for index in range(ctx.facts.symbol_count):
        if name is not None and ctx.facts.symbol_name_start(index) == name.start_byte:
            return SymbolId(ctx.path, index)
    raise Refused("The type has no name.")


def named_bases(graph: CodeGraph, ctx: RefactorContext, node: Node) -> list[SymbolId]:
    """The types of the workspace that a type's own header names as its bases."""
    name, body = node.child_by_field_name("name"), node.child_by_field_name("body")
    if name is None or body is None or name.end_byte >= body.start_byte:
        return []
    found: dict[SymbolId, None] = {}
    for index in ctx.facts.references_of_role(Span(name.end_byte, body.start_byte), Role.INHERIT):
        for link in resolve(graph, ctx.path, index)[:1]:
            if link.target.index >= 0:
                found[link.target] = None
    return list(found)


def units_named(holder: Holder, name: str) -> list[Unit]:
    """All members of a name that a type has, with what belongs to them. Raises `Refused` for those
    that cannot go alone.
    """
    ctx = holder.ctx
    found = [member for member in members_of(ctx, holder.node) if member.name == name]
    for member in found:
        if member.sort is Sort.CONSTRUCTOR:
            raise Refused("A constructor belongs to its type.")
        if member.abstract:
            raise Refused(f"`{name}` is declared without a body.")
        if member.sort is Sort.FIELD and member.value is None and member.name_node is not None:
            head = Span(member.node.start_byte, member.name_node.start_byte)
            if _ONCE.search(ctx.source(head)):
                raise Refused(f"`{name}` is set once, by the constructor of its type.")
        if member.sort is Sort.TYPE:
            raise Refused(f"`{name}` is a type.")
        if member.node.has_error:
            raise Refused(f"`{name}` is not complete.")
    if not found:
        raise Refused(f"`{holder.name}` does not say what `{name}` is.")
    if len(found) > 1 and ctx.spec.arguments.overloads and not ctx.shapes.renaming.open_objects:
        raise Refused(f"`{name}` is overloaded.")
    return [unit_of(ctx, member) for member in found]


def refuse_kinds(holder: Holder, units: Sequence[Unit]) -> None:
    """Raises `Refused` for members that are bound to their place in the hierarchy."""
    for unit in units:
        name = unit.member.name
        for index in range(holder.ctx.facts.symbol_count):
            symbol = holder.ctx.facts.symbol(index)
            if unit.span.start <= symbol.name_span.start < unit.span.end and (
                symbol.flags & SymbolFlag.OVERRIDE and symbol.name == name
            ):
                raise Refused(f"`{name}` overrides another.")
        if holder.ctx.spec.arguments.first_is_receiver and name.startswith("__"):
            raise Refused(f"`{name}` is found by the name of its type.")


def refuse_outside(graph: CodeGraph, one: SymbolId, name: str) -> None:
    """Raises `Refused` where a type may inherit a member from outside of the workspace."""
    spec = graph.spec(one.path)
    for dotted in graph.resolver.outside_bases(one):
        known = spec.shapes.renaming.outside_member(dotted, name) if spec is not None else None
        if known is not False:
            raise Refused(
                f"`{graph.symbol(one).name}` inherits from `{dotted.removeprefix('<builtin>.')}`,"
                f" which may have a member `{name}`."
            )


def needs_of(holder: Holder, unit: Unit, allowed: frozenset[SymbolId]) -> dict[str, str]:
    """What a member uses that types it may go to have not: the names, and why. `allowed` are the
    types whose members it may use. Raises `Refused` where something cannot go at all.
    """
    ctx, node = holder.ctx, unit.member.node
    found: dict[str, str] = {}
    for index in ctx.facts.references_in(Span(node.start_byte, node.end_byte)):
        one = ctx.facts.reference(index)
        if one.role not in _USES:
            continue
        if one.name in ctx.spec.super_words:
            raise Refused(f"`{unit.member.name}` calls what it overrides.")
        if one.member or ctx.spec.implicit_receiver:
            _needed(holder, one, allowed, found)
        if not one.member:
            _refuse_bound_outside(ctx, node, one)
    if _mentions_super(ctx, node):
        raise Refused(f"`{unit.member.name}` calls what it overrides.")
    return found


def _needed(
    holder: Holder, one: Reference, allowed: frozenset[SymbolId], found: dict[str, str]
) -> None:
    ctx, graph = holder.ctx, holder.ctx.graph
    links = resolve(graph, ctx.path, one.index)
    own = one.member and is_own(ctx, one)
    if not links and not own:
        return
    if not links and one.name.startswith("__") and one.name.endswith("__"):
        return
    if not links:
        found[one.name] = f"what `{one.name}` is, is not known"
        return
    for link in links:
        if link.target.index < 0:
            continue
        owner = owner_of(graph, link.target)
        if owner is None or owner in allowed:
            continue
        if own or (not one.member and owner == holder.id) or owner == holder.id:
            found[one.name] = f"`{one.name}` is a member of `{graph.symbol(owner).name}`"


def is_own(ctx: RefactorContext, one: Reference) -> bool:
    """Whether a member is one of the object that the code belongs to."""
    match = _ACCESS.search(ctx.text, max(0, one.start - 80), one.start)
    return match is not None and match.group(1).decode("utf-8", "replace") in ctx.spec.receivers


def _mentions_super(ctx: RefactorContext, node: Node) -> bool:
    pending = [node]
    while pending:
        current = pending.pop()
        if current.child_count == 0 and ctx.source(current) in ctx.spec.super_words:
            return True
        pending.extend(current.children)
    return False


def _refuse_bound_outside(ctx: RefactorContext, node: Node, one: Reference) -> None:
    """Names of a function or header around the type are not seen elsewhere."""
    starts = ctx.facts.columns.ref_starts
    for bound in ctx.bindings.lookup(one.name, one.start):
        if bound.kind is not BindingKind.LOCAL:
            continue
        place = starts[bound.index]
        if node.start_byte <= place < node.end_byte:
            continue
        if ctx.bindings.scope_at(place) != 0:
            raise Refused(f"`{one.name}` is known only where `{one.name}` is declared.")


def missing_imports(source: Holder, target: Holder, units: Sequence[Unit]) -> list[Import]:
    """The imports that a file lacks for members of another file. Raises `Refused` where a name
    cannot be had there.
    """
    if source.ctx.path == target.ctx.path:
        return []
    ctx, graph = source.ctx, source.ctx.graph
    found: dict[str, Import] = {}
    shares = ctx.shapes.moving.shares
    shared = shares is not None and shares(ctx.path, target.ctx.path)
    for unit in units:
        node = unit.member.node
        for index in ctx.facts.references_in(Span(node.start_byte, node.end_byte)):
            one = ctx.facts.reference(index)
            if one.member or one.role not in _USES or one.name in found:
                continue
            _refuse_unknown(source, target, one, shared=shares is None or shared)
            for bound in ctx.bindings.lookup(one.name, one.start):
                if bound.kind is BindingKind.LOCAL:
                    continue
                there = target.ctx.bindings.top_level(one.name)
                if bound.kind is BindingKind.SYMBOL:
                    symbol = ctx.facts.symbol(bound.index)
                    if unit.span.start <= symbol.name_span.start < unit.span.end:
                        continue
                    if symbol.container >= 0 and owner_of(graph, SymbolId(ctx.path, bound.index)):
                        continue
                    if shared or SymbolId(ctx.path, bound.index) == target.id:
                        continue
                    raise Refused(
                        f"`{one.name}`, which it uses, is not known in {target.ctx.path}."
                    )
                item = ctx.bindings.imports[bound.index]
                same = any(
                    other.kind is BindingKind.IMPORT
                    and target.ctx.bindings.imports[other.index].module == item.module
                    and target.ctx.bindings.imports[other.index].name == item.name
                    for other in there
                )
                if same or _is_the_type(graph, source, bound.index, target):
                    continue
                special = _SPECIAL_IMPORT.search(ctx.source(item.span)) is not None
                if there or special or item.level or item.module.startswith("."):
                    raise Refused(
                        f"`{one.name}`, which it uses, is not known in {target.ctx.path}."
                    )
                found[one.name] = item
    return list(found.values())


def _refuse_unknown(source: Holder, target: Holder, one: Reference, *, shared: bool) -> None:
    """What nothing in a file binds may come from the files beside it."""
    ctx = source.ctx
    if shared or one.name in ctx.spec.builtins | ctx.spec.receivers:
        return
    if ctx.bindings.lookup(one.name, one.start):
        return
    for link in resolve(ctx.graph, ctx.path, one.index):
        if link.target.index >= 0 and owner_of(ctx.graph, link.target) is not None:
            return
    raise Refused(f"`{one.name}`, which it uses, is not known in {target.ctx.path}.")


def _is_the_type(graph: CodeGraph, source: Holder, index: int, target: Holder) -> bool:
    return any(
        getattr(entity, "id", None) == target.id
        for entity, _ in graph.resolver.imported(source.ctx.path, index)
    )


def placed(
    target: Holder, source: Holder, units: Sequence[Unit], access: Access | None
) -> TextEdit:
    """The edit that writes members into a type: fields behind its fields, others at its end.
    `access` replaces `private` where others have to see them.
    """
    ctx, node = target.ctx, target.node
    end, indent = newline_of(ctx.text), inner_indent(target.ctx, target.node)
    texts = [_written(source.ctx, unit, indent, access) for unit in units]
    texts = [text.replace("\r\n", "\n").replace("\n", end) for text in texts]
    members = members_of(ctx, node)
    is_field = units[0].member.sort is Sort.FIELD
    gap = end if is_field else end * 2
    joined = gap.join(f"{indent}{text}" for text in texts)
    before = [one for one in members if not is_field or one.sort is Sort.FIELD]
    if before:
        at = statements_span(ctx, [before[-1].node]).end
        close = is_field and before[-1].sort is Sort.FIELD and "\n" not in joined
        between = end if close else end * 2
        return TextEdit(Span(at, at), between + joined)
    return _first(target, joined, members)


def _first(target: Holder, joined: str, members: Sequence[Member]) -> TextEdit:
    """The edit that writes what a type has none of yet."""
    ctx, node = target.ctx, target.node
    end = newline_of(ctx.text)
    if members:
        start = unit_of(ctx, members[0]).span.start
        return TextEdit(Span(start, start), f"{joined}{end}{end}")
    body = body_of(node)
    inside = [one for one in body.named_children if one.type not in ctx.shapes.comments]
    if not ctx.shapes.block_close:
        filler = [one for one in inside if ctx.source(one) in ("pass", "...")]
        if filler and len(inside) == 1:
            only = filler[0]
            if starts_line(ctx.text, only.start_byte):
                start = line_start(ctx.text, only.start_byte)
                return TextEdit(Span(start, only.end_byte), joined)
            before = ctx.text[: only.start_byte].rstrip(b" \t")
            return TextEdit(Span(len(before), only.end_byte), f"{end}{joined}")
        last = inside[-1]
        return TextEdit(Span(last.end_byte, last.end_byte), f"{end}{end}{joined}")
    if inside or any(one.type in ctx.shapes.comments for one in body.named_children):
        last = body.named_children[-1]
        return TextEdit(Span(last.end_byte, last.end_byte), f"{end}{end}{joined}")
    outer = indent_at(ctx.text, node.start_byte)
    inner = ctx.text[body.start_byte + 1 : body.end_byte - 1]
    if b"\n" in inner:
        start = next_line(ctx.text, body.start_byte)
        stop = line_start(ctx.text, body.end_byte - 1)
        return TextEdit(Span(start, max(start, stop)), f"{joined}{end}")
    return TextEdit(Span(body.start_byte + 1, body.end_byte - 1), f"{end}{joined}{end}{outer}")


def _written(ctx: RefactorContext, unit: Unit, indent: str, access: Access | None) -> str:
    start = unit.span.start
    while ctx.text[start : start + 1] in (b" ", b"\t"):
        start += 1
    text = reindented(ctx, Span(start, unit.span.end), indent)
    if access is None or unit.member.access is not Access.PRIVATE:
        return text
    return re.sub(r"\bprivate\b", access.name.lower(), text, count=1)


def with_imports(ctx: RefactorContext, items: Sequence[Import]) -> RefactorContext:
    """A file with imports more."""
    for item in items:
        ctx = with_text(ctx, with_import(ctx, item))
    return ctx


def without_left_over(ctx: RefactorContext, after: bytes) -> bytes:
    """A changed text without the imports that nothing uses any more."""
    unused = {(item.module, item.alias) for item in unused_imports(ctx)}
    current = with_text(ctx, after)
    for item in reversed(unused_imports(current)):
        if (item.module, item.alias) not in unused:
            current = without(current, item)
    first = ctx.text[:1] not in (b"\n", b"\r")
    return current.text.lstrip(b"\r\n") if first else current.text
