"""A selection as a piece of code that can be moved: what it is, where it stands, what it names.

Owns the reading of a selection for refactorings that take code out of a function, and the reasons
why a piece has to stay. Knows not what becomes of it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from pairwright_analyzers.graph import SymbolId
from pairwright_analyzers.graph.bindings import BindingKind
from pairwright_analyzers.graph.entities import SymbolEntity
from pairwright_analyzers.languages.values import field_of
from pairwright_analyzers.languages.writing import Around
from pairwright_analyzers.refactors.context import RefactorContext
from pairwright_analyzers.refactors.layout import statements_span
from pairwright_analyzers.refactors.liveness import Liveness
from pairwright_analyzers.refactors.model import Refused
from pairwright_analyzers.refactors.places import refuse_unnameable
from pairwright_analyzers.refactors.variables import variable_at
from pairwright_analyzers.syntax import ancestors
from pairwright_analyzers.types import CALLABLE_KINDS, TYPE_KINDS, Reference, Span, SymbolKind

if TYPE_CHECKING:
    from tree_sitter import Node


@dataclass(frozen=True, slots=True)
class Piece:
    """What is selected: whole neighbouring statements, or one value. `span` has the comments that
    are selected with statements.
    """

    first: Node
    last: Node
    span: Span
    is_value: bool


@dataclass(frozen=True, slots=True)
class Site:
    """Where a piece stands: `root` is the function whose code it is (None at the top level),
    `method` the outermost function below `type`, the type around it (None without one).
    """

    root: Node | None
    method: Node | None
    type: Node | None
    around: Around


def selected(ctx: RefactorContext) -> Piece | None:
    """The piece that is selected; None for a cursor and for what is no whole piece."""
    if ctx.is_cursor:
        return None
    statements = ctx.statements
    value = ctx.expression
    if value is not None and not statements:
        parent = value.parent
        if parent is not None and parent.type in ctx.shapes.wrappers:
            statements = (parent,)
        elif ctx.is_statement(value):
            statements = (value,)
    if statements:
        return _of_statements(ctx, statements)
    if value is None:
        return None
    value = _without_required(ctx, value)
    return Piece(value, value, Span(value.start_byte, value.end_byte), True)


def _without_required(ctx: RefactorContext, value: Node) -> Node:
    """The value inside of parentheses that belong to the statement around: `if (a)`."""
    shapes, parent = ctx.shapes, value.parent
    kinds = (shapes.conditionals | shapes.loops | shapes.switches) - shapes.expressions
    needed = parent is not None and parent.type in kinds and not shapes.values.line_ends
    while needed and value.type in shapes.parentheses and value.named_child_count == 1:
        value = value.named_children[0]
    return value


def _of_statements(ctx: RefactorContext, statements: Sequence[Node]) -> Piece | None:
    first = statements[0]
    if _is_documentation(ctx, first):
        statements = statements[1:]
        if not statements:
            return None
        first = statements[0]
    span = statements_span(ctx, statements)
    start, end = span.start, span.end
    while not ctx.shapes.terminator and end > start and ctx.text[end - 1 : end] in (b";", b" "):
        end -= 1
    if first.start_byte == ctx.code.start:
        start = min(start, ctx.selection.start)
    if ctx.text[end : ctx.selection.end].strip():
        end = max(end, ctx.selection.end)
    return Piece(first, statements[-1], Span(start, end), False)


def _is_documentation(ctx: RefactorContext, node: Node) -> bool:
    """Whether a statement is the text that documents its function."""
    if node.type not in ctx.shapes.wrappers or node.named_child_count != 1:
        return False
    block, value = node.parent, node.named_children[0]
    if value.type not in ctx.shapes.strings or block is None:
        return False
    first = next((one for one in block.named_children if one.type not in ctx.shapes.comments), None)
    return first is not None and first.id == node.id


def site_of(ctx: RefactorContext, piece: Piece) -> Site:
    """Where a piece stands."""
    shapes, writing = ctx.shapes, ctx.shapes.writing
    root: Node | None = None
    inner: Node = piece.first
    for one in ancestors(piece.first):
        if one.type in shapes.functions and _is_run_by(one, inner):
            root = one
            break
        if one.type in shapes.functions | shapes.classes:
            inner = one
    method: Node | None = None
    type_: Node | None = None
    if root is not None:
        outermost = root
        for one in ancestors(root):
            if one.type in shapes.classes:
                type_ = one
                break
            if one.type in shapes.functions:
                outermost = one
        method = outermost
    else:
        type_ = next((one for one in ancestors(piece.first) if one.type in shapes.classes), None)
    around = writing.around(method, ctx.text) if method is not None else Around()
    return Site(root, method, type_, around)


def _is_run_by(function: Node, inner: Node) -> bool:
    """Whether a node is in the body of a function: its header belongs to the code around it."""
    body = function.child_by_field_name("body")
    if body is None:
        return True
    return body.start_byte <= inner.start_byte and inner.end_byte <= function.end_byte


def refuse_unmovable(ctx: RefactorContext, piece: Piece, site: Site, live: Liveness) -> None:
    """Raises `Refused` for what means something else elsewhere, or has no way out."""
    shapes = ctx.shapes
    for node in _nodes(ctx, piece):
        if node.is_error or node.is_missing:
            raise Refused("The selection is not whole code.")
    for node in _bound_code(ctx, piece):
        if node.type in shapes.jumps:
            raise Refused("The selection has a label or a jump to one.")
        reason = shapes.writing.refusals(node, ctx.text)
        if reason:
            raise Refused(reason)
    if site.root is not None:
        words = set(re.findall(r"\w+", ctx.source(piece.span)))
        for name in shapes.writing.misread(site.root, ctx.text):
            if name in words:
                raise Refused(f"`{name}` cannot be told from a function.")
    if site.around.refused:
        raise Refused(site.around.refused)
    if live.leaves:
        word = ctx.source(live.leaves[0]).split()[0].rstrip(";")
        raise Refused(f"`{word}` leaves what is around the selection.")
    if live.lost:
        raise Refused(f"`{live.lost[0].name}` is read after an error inside of the selection.")
    if live.shared:
        raise Refused(f"`{live.shared[0].name}` is also used by a function that is called here.")
    if live.later:
        raise Refused(
            f"`{live.later[0].name}` is changed later by a function inside of the selection."
        )


def _nodes(ctx: RefactorContext, piece: Piece) -> Iterator[Node]:
    """The nodes of a piece, those of functions inside it included."""
    current: Node | None = piece.first
    while current is not None:
        pending = [current]
        while pending:
            node = pending.pop()
            yield node
            pending.extend(reversed(node.children))
        if current.id == piece.last.id:
            return
        current = current.next_sibling


def own_nodes(ctx: RefactorContext, piece: Piece, types: frozenset[str]) -> Iterator[Node]:
    """The nodes of these types in a piece, functions inside it left out."""
    current: Node | None = piece.first
    while current is not None:
        if current.type not in ctx.shapes.functions or current.type in types:
            yield from ctx.inside(current, types)
        if current.id == piece.last.id:
            return
        current = current.next_sibling


def own_code(ctx: RefactorContext, piece: Piece) -> Iterator[Node]:
    """The nodes of a piece, functions inside it left out."""
    skipped = -1
    for node in _nodes(ctx, piece):
        if node.start_byte < skipped:
            continue
        if node.type in ctx.shapes.functions and not piece.is_value:
            skipped = node.end_byte
            continue
        yield node


def _bound_code(ctx: RefactorContext, piece: Piece) -> Iterator[Node]:
    """The nodes that belong to the function around: those of functions inside are left out, unless
    they share its object and its arguments (JavaScript's arrows).
    """
    apart = ctx.shapes.rebinders or ctx.shapes.functions
    skipped = -1
    for node in _nodes(ctx, piece):
        if node.start_byte < skipped:
            continue
        if node.type in apart:
            skipped = node.end_byte
            continue
        yield node


def uses_receiver(ctx: RefactorContext, piece: Piece, site: Site) -> bool:
    """Whether a piece names the object or the type that its method belongs to."""
    spec, shapes = ctx.spec, ctx.shapes
    words = spec.receivers | spec.super_words | shapes.writing.words
    explicit = site.around.receiver
    for node in _nodes(ctx, piece):
        if node.child_count and node.type not in ("variable_name", "relative_scope"):
            continue
        if node.end_byte - node.start_byte > 40:
            continue
        source = ctx.source(node)
        if source not in words and source != explicit:
            continue
        if any(
            one.type in shapes.rebinders
            for one in ancestors(node)
            if one.start_byte >= piece.span.start and one.end_byte <= piece.span.end
        ):
            continue
        if _is_member_name(node):
            continue
        return True
    return spec.implicit_receiver and site.type is not None and _names_members(ctx, piece, site)


def _is_member_name(node: Node) -> bool:
    parent = node.parent
    if parent is None:
        return False
    return any(
        parent.child_by_field_name(field) == node for field in ("attribute", "property", "field")
    )


def _names_members(ctx: RefactorContext, piece: Piece, site: Site) -> bool:
    """Whether a bare name may mean a member of the type around."""
    assert site.type is not None
    for index in ctx.facts.references_in(piece.span):
        one = ctx.facts.reference(index)
        if one.member or one.role.name not in ("READ", "CALL", "WRITE"):
            continue
        bound = ctx.bindings.lookup(one.name, one.start)
        if not bound:
            called = one.role.name == "CALL" and not _is_made(ctx, one.start)
            if (called or one.name[:1].islower()) and one.name not in ctx.spec.builtins:
                return True
            continue
        for item in bound:
            if item.kind is not BindingKind.SYMBOL:
                continue
            symbol = ctx.facts.symbol(item.index)
            inside = site.type.start_byte <= symbol.span.start < site.type.end_byte
            if inside and symbol.container >= 0 and "static" not in symbol.signature.split():
                return True
    return False


def _is_made(ctx: RefactorContext, start: int) -> bool:
    """Whether a name is that of a type of which an object is made."""
    node = ctx.parsed.root.named_descendant_for_byte_range(start, start)
    parent = node.parent if node is not None else None
    return parent is not None and "creation" in parent.type


def local_names(ctx: RefactorContext, piece: Piece, root: Node | None) -> list[str]:
    """Names in a piece that functions and imports inside of `root` bind: no variables, and not
    known outside of it.
    """
    if root is None:
        return []
    found: dict[str, None] = {}
    limits = Span(_outermost(ctx, root).start_byte, _outermost(ctx, root).end_byte)
    for index in ctx.facts.references_in(piece.span):
        one = ctx.facts.reference(index)
        if one.member or one.name in found:
            continue
        if variable_at(ctx, one.start) is not None:
            continue
        for item in ctx.bindings.lookup(one.name, one.start):
            if item.kind is BindingKind.SYMBOL:
                start = ctx.facts.symbol_name_start(item.index)
                if ctx.facts.symbol(item.index).container < 0:
                    continue
                holder = ctx.facts.symbol(ctx.facts.symbol(item.index).container)
                if holder.kind not in CALLABLE_KINDS:
                    continue
            elif item.kind is BindingKind.IMPORT:
                start = ctx.facts.imports[item.index].span.start
            else:
                continue
            inside = piece.span.start <= start < piece.span.end
            if limits.start < start < limits.end and not inside:
                found[one.name] = None
    return list(found)


def names_freely(ctx: RefactorContext, piece: Piece, word: str) -> bool:
    """Whether a piece has a name that means nothing in this file."""
    return any(
        not one.member and one.name == word and not ctx.bindings.lookup(word, one.start)
        for one in (ctx.facts.reference(index) for index in ctx.facts.references_in(piece.span))
    )


def _outermost(ctx: RefactorContext, root: Node) -> Node:
    found = root
    for one in ancestors(root):
        if one.type in ctx.shapes.functions:
            found = one
    return found


def refuse_lost_names(ctx: RefactorContext, piece: Piece, root: Node | None) -> None:
    """What the piece defines, beside variables, is not used behind it."""
    names: dict[str, list[int]] = {}
    for symbol in ctx.facts.symbols:
        if piece.span.start <= symbol.name_span.start < piece.span.end:
            names.setdefault(symbol.name, []).append(symbol.name_span.start)
    for item in ctx.facts.imports:
        if piece.span.covers(item.span) and item.alias:
            names.setdefault(item.alias, []).append(item.span.start)
    for name in names:
        for index in ctx.facts.references_named(name):
            one = ctx.facts.reference(index)
            if one.member or piece.span.start <= one.start < piece.span.end:
                continue
            if variable_at(ctx, one.start) is not None:
                continue
            for bound in ctx.bindings.lookup(name, one.start):
                start = (
                    ctx.facts.symbol_name_start(bound.index)
                    if bound.kind is BindingKind.SYMBOL
                    else ctx.facts.imports[bound.index].span.start
                    if bound.kind is BindingKind.IMPORT
                    else -1
                )
                if piece.span.start <= start < piece.span.end:
                    raise Refused(f"`{name}` is defined in the selection and used outside of it.")


def refuse_value(ctx: RefactorContext, value: Node) -> None:
    """Raises `Refused` where a value cannot be computed apart from the place where it stands."""
    refuse_unnameable(ctx, value)
    fixed = ctx.shapes.values.fixed
    current = value
    while current.parent is not None and not ctx.is_statement(current):
        if current.type in fixed and not fixed[current.type]:
            raise Refused("Here stands what has to be written out.")
        held = fixed.get(current.parent.type)
        if held is not None and (not held or field_of(current) in held):
            raise Refused("Here stands what has to be written out.")
        current = current.parent


def refuse_members(ctx: RefactorContext, piece: Piece) -> None:
    """Raises `Refused` for bare names of members in a method that stands outside of its type."""
    owner = ctx.enclosing_symbol
    if owner is None or not owner.owner or not ctx.spec.implicit_receiver:
        return
    for index in ctx.facts.references_in(piece.span):
        one = ctx.facts.reference(index)
        if one.member or one.role.name not in ("READ", "CALL", "WRITE"):
            continue
        if variable_at(ctx, one.start) is not None or one.name in ctx.spec.builtins:
            continue
        found = [
            entity.id
            for entity, _ in ctx.graph.resolver.resolve(ctx.path, one.index)
            if isinstance(entity, SymbolEntity)
        ]
        free = [one for one in found if _is_free(ctx, one)]
        if (found and not free) or (not found and _looks_like_member(ctx, one)):
            raise Refused(f"`{one.name}` belongs to the type around: its declaration is elsewhere.")


def _is_free(ctx: RefactorContext, identity: SymbolId) -> bool:
    facts = ctx.graph.resolver.facts(identity.path)
    if facts is None:
        return False
    symbol = facts.symbol(identity.index)
    if symbol.owner or symbol.kind in _MEMBERS:
        return False
    return symbol.container < 0 or facts.symbol(symbol.container).kind not in TYPE_KINDS


_MEMBERS = frozenset({SymbolKind.METHOD, SymbolKind.FIELD, SymbolKind.PROPERTY})


def _looks_like_member(ctx: RefactorContext, reference: Reference) -> bool:
    name = reference.name
    before = ctx.text[max(0, reference.start - 2) : reference.start]
    if before == b"::":
        return False
    return name.startswith("m_") or name.endswith("_") or reference.role.name == "CALL"


def refuse_other_receiver(ctx: RefactorContext, piece: Piece, method: Node) -> None:
    """Raises `Refused` inside of a function that has another receiver than the method around."""
    for one in ancestors(piece.first):
        if one.id == method.id:
            return
        body = any(part.type == "class_body" for part in one.named_children)
        if one.type in ctx.shapes.rebinders or (one.type in ctx.shapes.writing.foreign and body):
            raise Refused("A function around the selection has another object than the method.")


def refuse_receiver(ctx: RefactorContext, piece: Piece) -> None:
    """Raises `Refused` for `this` outside of types: a function would have another one."""
    words = ctx.spec.receivers | ctx.spec.super_words
    rebinders = ctx.shapes.rebinders
    for node in _nodes(ctx, piece):
        if node.child_count or node.type not in words or ctx.source(node) != node.type:
            continue
        inside = (
            one
            for one in ancestors(node)
            if piece.span.start <= one.start_byte and one.end_byte <= piece.span.end
        )
        if not any(one.type in rebinders for one in inside):
            raise Refused(f"`{node.type}` is another one in another function.")


def refuse_definitions(ctx: RefactorContext, piece: Piece, site: Site) -> None:
    """Statements of a type's body, and definitions of a file, are no code that runs in turn."""
    if piece.is_value:
        return
    block = piece.first.parent
    if block is None:
        return
    if site.root is None and site.type is not None:
        raise Refused("The body of a type cannot be taken out of it.")
    if block.type in ctx.shapes.values.declarative and block.type not in ("block",):
        raise Refused("Definitions cannot be taken into a function.")
    if site.root is None:
        starts = {symbol.span.start for symbol in ctx.facts.symbols if symbol.kind in _DEFINED}
        for node in own_nodes(ctx, piece, ctx.shapes.functions | ctx.shapes.classes):
            if node.start_byte in starts and node.type not in ctx.shapes.lambdas:
                raise Refused("Definitions cannot be taken into a function.")
        for item in ctx.facts.imports:
            if piece.span.covers(item.span):
                raise Refused("Imports cannot be taken into a function.")


_DEFINED = CALLABLE_KINDS


def is_looped(ctx: RefactorContext, block: Node | None) -> bool:
    """Whether a block is the body of a loop: its value is none."""
    parent = block.parent if block is not None else None
    return parent is not None and parent.type in ctx.shapes.loops


def is_last(ctx: RefactorContext, piece: Piece, site: Site) -> bool:
    """Whether nothing stands behind a piece in the function's body."""
    following = piece.last.next_named_sibling
    while following is not None and following.type in ctx.shapes.comments:
        following = following.next_named_sibling
    block = piece.last.parent
    body = site.root.child_by_field_name("body") if site.root is not None else None
    while block is not None and body is not None and block.id != body.id:
        if block.parent is None or block.parent.id != body.id or block.named_child_count == 0:
            return False
        block = block.parent
    return following is None and block is not None
