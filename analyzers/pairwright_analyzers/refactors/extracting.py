"""A selection as a function of its own: what `extract.function` and `extract.method` share.

Owns the decision what the new function takes and gives back, where it stands and how it is called.
How it is written is the language's business (`Writing`).
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from pairwright_analyzers.edits import apply_edits
from pairwright_analyzers.graph import SymbolId
from pairwright_analyzers.graph.bindings import BindingKind
from pairwright_analyzers.graph.entities import SymbolEntity
from pairwright_analyzers.languages.values import field_of
from pairwright_analyzers.languages.writing import (
    Around,
    Kind,
    NewFunction,
    NewParameter,
    NewResult,
    Passing,
    Wrapped,
    Writing,
)
from pairwright_analyzers.refactors.context import RefactorContext
from pairwright_analyzers.refactors.layout import (
    indent_at,
    indent_unit,
    line_end,
    line_start,
    newline_of,
    reindented,
    starts_line,
    statements_span,
    with_comments_above,
)
from pairwright_analyzers.refactors.liveness import Liveness, liveness_of
from pairwright_analyzers.refactors.model import Offer, Refactored, Refused
from pairwright_analyzers.refactors.naming import check_name, is_taken
from pairwright_analyzers.refactors.places import refuse_unnameable
from pairwright_analyzers.refactors.typing_of import type_of_value, type_of_variable
from pairwright_analyzers.refactors.values import fitted
from pairwright_analyzers.refactors.variables import Variable, variable_at, variables_in
from pairwright_analyzers.syntax import ancestors, parse_politely
from pairwright_analyzers.types import (
    CALLABLE_KINDS,
    TYPE_KINDS,
    Location,
    Reference,
    SourceChange,
    Span,
    SymbolKind,
    TextEdit,
)

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


# What is selected.


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
    return Piece(value, value, Span(value.start_byte, value.end_byte), True)


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


# Why it cannot be done.


def refuse_unmovable(ctx: RefactorContext, piece: Piece, site: Site, live: Liveness) -> None:
    """Raises `Refused` for what means something else elsewhere, or has no way out."""
    shapes = ctx.shapes
    for node in _nodes(ctx, piece):
        if node.is_error or node.is_missing:
            raise Refused("The selection is not whole code.")
        if node.type in shapes.jumps:
            raise Refused("The selection has a label or a jump to one.")
        reason = shapes.writing.refusals(node, ctx.text)
        if reason:
            raise Refused(reason)
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


def _own_nodes(ctx: RefactorContext, piece: Piece, types: frozenset[str]) -> Iterator[Node]:
    """The nodes of these types in a piece, functions inside it left out."""
    current: Node | None = piece.first
    while current is not None:
        if current.type not in ctx.shapes.functions or current.type in types:
            yield from ctx.inside(current, types)
        if current.id == piece.last.id:
            return
        current = current.next_sibling


def _own_code(ctx: RefactorContext, piece: Piece) -> Iterator[Node]:
    """The nodes of a piece, functions inside it left out."""
    skipped = -1
    for node in _nodes(ctx, piece):
        if node.start_byte < skipped:
            continue
        if node.type in ctx.shapes.functions and not piece.is_value:
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


# What it takes along.


def _local_names(ctx: RefactorContext, piece: Piece, root: Node | None) -> list[str]:
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


def _names(ctx: RefactorContext, piece: Piece, word: str) -> bool:
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


def _refuse_lost_names(ctx: RefactorContext, piece: Piece, root: Node | None) -> None:
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


# The refactoring.


@dataclass(frozen=True, slots=True)
class _Flow:
    """How the code goes on behind the call."""

    leaves: bool
    """The call ends the function."""
    gives: bool
    """A `return` in the selection gives a value."""
    then_exit: bool
    early: bool
    wrapped: Wrapped | None = None
    """The call may leave the function with what the value does not hold (`?`)."""
    is_tail: bool = False
    """The call is the value of the function."""


def extracted(ctx: RefactorContext, *, as_method: bool, wanted: str) -> Refactored:
    """The selection as a function, and its call in its place. Raises `Refused`."""
    piece = selected(ctx)
    if piece is None:
        raise Refused("Select whole statements, or one value.")
    site = site_of(ctx, piece)
    writing = ctx.shapes.writing
    if writing.optional_terminator and not _uses_terminators(ctx):
        writing = _without_terminators(writing)
    if piece.is_value:
        _refuse_value(ctx, piece.first)
    kind = _kind(ctx, piece, site, as_method=as_method)
    live = liveness_of(ctx, piece.first, piece.last, site.root)
    refuse_unmovable(ctx, piece, site, live)
    _refuse_definitions(ctx, piece, site)
    _refuse_lost_names(ctx, piece, site.root)
    if piece.is_value and live.gives:
        raise Refused(f"The value assigns `{live.gives[0].name}`, which is used behind it.")
    flow = _flow(ctx, piece, site, live)
    name = _name(ctx, wanted, site, kind)
    needs = _parameters(ctx, live, site, kind)
    results = _results(ctx, live, piece, site)
    passed: dict[tuple[str, int], Passing] = {}
    if writing.passing is not None and not piece.is_value:
        needs, results, passed = _passed(ctx, piece, live, needs, results)
    elif writing.passing is not None:
        needs, _, passed = _passed(ctx, piece, live, needs, ())
    if results and writing.gives_last(piece.last, ctx.text):
        raise Refused("What the selection gives is the value of the block around it.")
    if writing.local is None:
        for one in live.unsure:
            if one in needs or one in live.gives:
                raise Refused(f"`{one.name}` may have no value when it is passed on.")
    known = {one.name for one in needs}
    extra = [one for one in _local_names(ctx, piece, site.root) if one not in known]
    own = writing.implicit_receiver
    if own and kind is Kind.FUNCTION and own not in known and _names(ctx, piece, own):
        extra.insert(0, own)
    if extra and writing.types_needed:
        raise Refused(f"`{extra[0]}` is only known inside of the function.")
    awaits = any(
        one.type in ctx.shapes.awaits or writing.waits(one) for one in _own_code(ctx, piece)
    )
    yields = any(True for _ in _own_nodes(ctx, piece, ctx.shapes.yields))
    annotated = site.around.annotated or writing.types_needed
    outer = _outer_written(ctx, piece, site)
    early = _early_returns(ctx, live, results, flow, site)
    early += _reference_edits(ctx, piece, needs, passed)
    body_ctx, body_piece = _with_locals(ctx, piece, live, needs, site, early)
    unit = _unit(ctx, site)
    gives = _returned_types(ctx, site, flow)
    body = _body(body_ctx, body_piece, unit, results, flow, writing, gives)
    if outer:
        if writing.outer is None:
            raise Refused(f"`{outer[0]}` belongs to the file.")
        body = f"{unit}{writing.outer(outer)}\n{body}"
    parameters = [_parameter(ctx, one, live, annotated, passed) for one in needs]
    parameters += [NewParameter(one, "", one) for one in extra]
    parameters.sort(key=lambda one: one.name != own)
    returns = _returns(ctx, piece, live, results, flow, site, annotated)
    if yields and site.around.awaits and not writing.awaiting_generators:
        raise Refused("An asynchronous generator cannot pass on what another one yields.")
    if annotated and not writing.types_needed:
        complete = all(one.type for one in parameters) and (returns or writing.unknown)
        annotated = bool(complete)
    new = NewFunction(
        name=name,
        kind=kind,
        parameters=tuple(parameters),
        body=body,
        gives=piece.is_value or bool(results) or flow.gives,
        returns=returns,
        receiver=site.around.receiver,
        owner=site.around.owner,
        awaits=awaits,
        yields=yields,
        generics=_used_generics(ctx, piece, site.around, parameters, returns),
        bounds=_bounds(ctx, piece, site),
        annotated=annotated,
        unit=unit,
        brace=_brace(ctx, site),
        static=_is_hidden(ctx),
    )
    call_edit = _call_edit(ctx, piece, new, results, flow, writing, gives)
    definition = _placed(ctx, piece, site, new, writing)
    return _refactored(ctx, call_edit, definition, new, live, extra)


def _uses_terminators(ctx: RefactorContext) -> bool:
    """Whether statements of the file end with their terminator, most of the time."""
    sign = ctx.shapes.terminator.encode()
    ended = sum(line.rstrip().endswith(sign) for line in ctx.text.splitlines())
    plain = sum(
        line.rstrip().endswith((b")", b"'", b'"')) or line.split()[:1] in ([b"return"], [b"const"])
        for line in ctx.text.splitlines()
        if not line.rstrip().endswith(sign)
    )
    return ended >= plain


def _without_terminators(writing: Writing) -> Writing:
    def bare(text: str) -> str:
        text = text.removesuffix(";")
        return f";{text}" if text.startswith(("(", "[")) else text

    return replace(
        writing,
        take=lambda call, results: [bare(one) for one in writing.take(call, results)],
        give=lambda results: bare(writing.give(results)),
        value=lambda value: bare(writing.value(value)),
        leave=lambda call: bare(writing.leave(call)),
        exit=bare(writing.exit),
        local=lambda name, kind: bare(writing.local(name, kind)) if writing.local else "",
    )


def _refuse_value(ctx: RefactorContext, value: Node) -> None:
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


_HIDDEN = re.compile(rb"^static\s+(?:inline\s+)?[\w ]+\**\s*\w+\([^;{]*\)\s*\{", re.MULTILINE)


def _is_hidden(ctx: RefactorContext) -> bool:
    """Whether the file has functions that are hidden from others."""
    return _HIDDEN.search(ctx.text) is not None


def _brace(ctx: RefactorContext, site: Site) -> str:
    """How the function around opens its body."""
    body = site.method.child_by_field_name("body") if site.method is not None else None
    if body is None:
        return " {"
    return "\n{" if starts_line(ctx.text, body.start_byte) else " {"


def _kind(ctx: RefactorContext, piece: Piece, site: Site, *, as_method: bool) -> Kind:
    writing = ctx.shapes.writing
    in_type = site.type is not None and site.method is not None
    uses = in_type and uses_receiver(ctx, piece, site)
    if writing.functions_are_methods:
        as_method = site.type is not None
    if not as_method and writing.top:
        if uses and site.type is not None:
            raise Refused("The selection uses the object it belongs to: extract a method instead.")
        if site.type is None:
            _refuse_receiver(ctx, piece)
            _refuse_members(ctx, piece)
        return Kind.FUNCTION
    if site.type is None:
        if as_method and writing.methods_outside and site.around.receiver:
            return Kind.METHOD
        if not writing.top or as_method:
            raise Refused("The selection is not part of a type.")
        return Kind.FUNCTION
    if site.method is not None:
        _refuse_other_receiver(ctx, piece, site.method)
        reason = writing.hidden(site.method, ctx.text)
        if reason:
            raise Refused(reason)
    if site.around.class_method:
        return Kind.CLASS
    if site.around.static or site.method is None:
        return Kind.STATIC
    if writing.static_unused and not uses:
        return Kind.STATIC
    return Kind.METHOD


def _refuse_members(ctx: RefactorContext, piece: Piece) -> None:
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


def _refuse_other_receiver(ctx: RefactorContext, piece: Piece, method: Node) -> None:
    """Raises `Refused` inside of a function that has another receiver than the method around."""
    for one in ancestors(piece.first):
        if one.id == method.id:
            return
        body = any(part.type == "class_body" for part in one.named_children)
        if one.type in ctx.shapes.rebinders or (one.type in ctx.shapes.writing.foreign and body):
            raise Refused("A function around the selection has another object than the method.")


def _refuse_receiver(ctx: RefactorContext, piece: Piece) -> None:
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


def _refuse_definitions(ctx: RefactorContext, piece: Piece, site: Site) -> None:
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
        for node in _own_nodes(ctx, piece, ctx.shapes.functions | ctx.shapes.classes):
            if node.start_byte in starts and node.type not in ctx.shapes.lambdas:
                raise Refused("Definitions cannot be taken into a function.")
        for item in ctx.facts.imports:
            if piece.span.covers(item.span):
                raise Refused("Imports cannot be taken into a function.")


_DEFINED = CALLABLE_KINDS


def _flow(ctx: RefactorContext, piece: Piece, site: Site, live: Liveness) -> _Flow:
    """How control goes on. Raises `Refused` where some ways through the selection end the function
    and others do not.
    """
    writing = ctx.shapes.writing
    tries = [one for one in live.returns if one.type in ctx.shapes.exits_early]
    around = writing.around(site.root, ctx.text) if site.root is not None else site.around
    if not piece.is_value and writing.tail(piece.last, ctx.text):
        block = piece.last.parent
        body = site.root.child_by_field_name("body") if site.root is not None else None
        if body is None or block is None or block.id != body.id:
            if around.returns != writing.nothing and not _is_looped(ctx, block):
                raise Refused("The last value of the selection is that of the block around it.")
        elif around.returns != writing.nothing:
            if live.gives:
                raise Refused(f"`{live.gives[0].name}` is needed behind the selection.")
            return _Flow(True, True, False, False, is_tail=True)
    if tries and len(tries) == len(live.returns) and (piece.is_value or live.completes):
        wrapped = writing.wrapped(around.returns)
        if wrapped is None:
            raise Refused("What the selection gives early is not known.")
        return _Flow(False, False, False, False, wrapped)
    if tries:
        raise Refused("Some ways through the selection end the function, others do not.")
    if piece.is_value:
        if live.returns:
            raise Refused("The value may end the function.")
        return _Flow(False, False, False, False)
    gives = any(writing.gives_value(one) for one in live.returns)
    if not live.completes:
        if not live.returns:
            if writing.types_needed:
                raise Refused("The selection never comes to its end.")
            return _Flow(False, False, False, False)
        if gives:
            return _Flow(True, True, False, False)
        return _Flow(False, False, not _is_last(ctx, piece, site), False)
    if not live.returns:
        return _Flow(False, False, False, False)
    if live.falls_off and not live.gives:
        if gives and writing.types_needed:
            raise Refused("Some ways through the selection end the function, others do not.")
        return _Flow(gives, gives, False, False)
    if writing.early is not None:
        return _Flow(False, gives, False, True)
    raise Refused("Some ways through the selection end the function, others do not.")


def _is_looped(ctx: RefactorContext, block: Node | None) -> bool:
    """Whether a block is the body of a loop: its value is none."""
    parent = block.parent if block is not None else None
    return parent is not None and parent.type in ctx.shapes.loops


def _is_last(ctx: RefactorContext, piece: Piece, site: Site) -> bool:
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


def _parameters(ctx: RefactorContext, live: Liveness, site: Site, kind: Kind) -> list[Variable]:
    """The variables that are passed: what every function of the file sees is not, unless it is
    also assigned.
    """
    receiver = site.around.owner if kind in (Kind.METHOD, Kind.CLASS) else ""
    written = {(one.name, one.declared) for one in live.written}
    found = []
    for one in live.needs:
        if one.name == receiver and site.method is not None:
            inside = site.method.start_byte <= one.declared < site.method.end_byte
            if inside and not _is_rebound(one, site.method):
                if (one.name, one.declared) in written:
                    raise Refused(f"The selection assigns `{one.name}`.")
                continue
        if site.root is None and one.outer and (one.name, one.declared) not in written:
            continue
        found.append(one)
    return found


def _is_rebound(variable: Variable, method: Node) -> bool:
    """Whether a variable named like the receiver is another one: of a function inside."""
    body = method.child_by_field_name("body")
    return body is not None and variable.declared >= body.start_byte


def _results(ctx: RefactorContext, live: Liveness, piece: Piece, site: Site) -> list[NewResult]:
    writing = ctx.shapes.writing
    found = []
    typed = writing.types_needed or site.around.annotated
    for one in live.gives:
        declared = not piece.span.start <= one.declared < piece.span.end
        later = any(
            use.writes and not piece.span.start <= use.start < piece.span.end for use in one.uses
        )
        if writing.local is None:
            declared = True
        kind = type_of_variable(ctx, one) if typed else ""
        if writing.uncopied(kind):
            raise Refused(f"`{one.name}` must not be copied: `{kind}`.")
        name = ctx.parsed.root.named_descendant_for_byte_range(
            one.declared, one.declared + len(one.name.encode())
        )
        keyword = writing.keyword(name) if name is not None and not declared else ""
        found.append(
            NewResult(
                one.name, kind, declared, later, keyword, _is_same_block(ctx, piece, name, site)
            )
        )
    return found


def _passed(
    ctx: RefactorContext,
    piece: Piece,
    live: Liveness,
    needs: Sequence[Variable],
    results: Sequence[NewResult],
) -> tuple[list[Variable], list[NewResult], dict[tuple[str, int], Passing]]:
    """Parameters, results and how each parameter is passed, where the language has references:
    what is changed through one does not come back.
    """
    passing = ctx.shapes.writing.passing
    assert passing is not None
    found: dict[tuple[str, int], Passing] = {}
    listed = list(needs)
    outside = [one for one in live.gives if not piece.span.start <= one.declared < piece.span.end]
    for one in outside:
        if one not in listed:
            listed.append(one)
    listed.sort(key=lambda one: one.declared)
    kept = list(results)
    for one in listed:
        kind = type_of_variable(ctx, one)
        if not kind:
            if one not in needs:
                continue
            raise Refused(f"The type of `{one.name}` is not known.")
        names = [
            node
            for use in one.within(piece.span)
            if (node := ctx.parsed.root.named_descendant_for_byte_range(use.start, use.end))
        ]
        used = one in live.behind or _is_kept(live, one, piece)
        way = passing(kind, names, one in live.gives, len(live.gives) > 1, used)
        if one not in needs and not way.by_reference:
            continue
        found[one.name, one.declared] = way
        if way.by_reference:
            kept = [result for result in kept if result.name != one.name]
    return [one for one in listed if (one.name, one.declared) in found], kept, found


def _is_kept(live: Liveness, variable: Variable, piece: Piece) -> bool:
    """Whether a variable is used again although nothing behind reads it: by a value around."""
    return piece.is_value and any(
        not piece.span.start <= use.start < piece.span.end and use.reads for use in variable.uses
    )


def _is_same_block(ctx: RefactorContext, piece: Piece, name: Node | None, site: Site) -> bool:
    """Whether a variable is declared in the very block that the selection stands in; parameters
    belong to the body.
    """
    block = piece.first.parent
    if name is None or block is None:
        return True
    current = name.parent
    while current is not None:
        if current.id == block.id:
            return True
        if current.type in ctx.shapes.blocks:
            return False
        if site.root is not None and current.id == site.root.id:
            body = site.root.child_by_field_name("body")
            return body is not None and (
                block.id == body.id or (block.parent is not None and block.parent.id == body.id)
            )
        current = current.parent
    return False


def _parameter(
    ctx: RefactorContext,
    variable: Variable,
    live: Liveness,
    typed: bool,
    passed: Mapping[tuple[str, int], Passing],
) -> NewParameter:
    held = passed.get((variable.name, variable.declared))
    if held is not None:
        argument = f"{held.prefix}{variable.name}"
        return NewParameter(variable.name, held.type, argument, held.changes)
    kind = ""
    if typed:
        kind = type_of_variable(ctx, variable) or ctx.shapes.writing.unknown
        if not kind and ctx.shapes.writing.types_needed:
            raise Refused(f"The type of `{variable.name}` is not known.")
        if ctx.shapes.writing.uncopied(kind):
            raise Refused(f"`{variable.name}` must not be copied: `{kind}`.")
    changes = variable in live.written
    return NewParameter(variable.name, kind, variable.name, changes)


def _returned_types(ctx: RefactorContext, site: Site, flow: _Flow) -> tuple[str, ...]:
    """The types of what the function around gives back."""
    if not flow.gives or site.root is None:
        return ()
    return ctx.shapes.writing.around(site.root, ctx.text).results


def _returns(
    ctx: RefactorContext,
    piece: Piece,
    live: Liveness,
    results: Sequence[NewResult],
    flow: _Flow,
    site: Site,
    typed: bool,
) -> str:
    """The type of what the function gives back."""
    writing = ctx.shapes.writing
    if not typed:
        return ""
    found = ""
    if piece.is_value:
        found = type_of_value(ctx, piece.first)
        if flow.wrapped is not None and found:
            return flow.wrapped.type_of(found)
    elif flow.wrapped is not None:
        if any(not one.type for one in results):
            raise Refused("The type of a result is not known.")
        kind = writing.give_types(results) if results else writing.nothing
        return flow.wrapped.type_of(kind)
    elif flow.early:
        return writing.early_types(results, _returned_types(ctx, site, flow))
    elif flow.gives:
        root_around = writing.around(site.root, ctx.text) if site.root is not None else site.around
        found = root_around.returns
    elif results:
        if any(not one.type for one in results) and not writing.unknown and writing.types_needed:
            unknown = next(one for one in results if not one.type)
            raise Refused(f"The type of `{unknown.name}` is not known.")
        found = writing.give_types(results) if all(one.type for one in results) else ""
    else:
        return writing.nothing
    if not found and writing.types_needed and not writing.unknown:
        raise Refused("The type of the value is not known.")
    return found


def _outer_written(ctx: RefactorContext, piece: Piece, site: Site) -> list[str]:
    """Variables of the file that the piece assigns, where a function has to say so."""
    if ctx.shapes.writing.local is not None or site.root is None:
        return []
    held: list[str] = []
    for one in variables_in(ctx, piece.span):
        inside = site.root.start_byte <= one.declared < site.root.end_byte
        if one.outer and not inside and any(use.writes for use in one.within(piece.span)):
            held.append(one.name)
    return held


def _used_generics(
    ctx: RefactorContext,
    piece: Piece,
    around: Around,
    parameters: Sequence[NewParameter],
    returns: str,
) -> str:
    """The type parameters of the function around, where the new one names one of them."""
    held = set(_type_parameters(around.generics))
    used = " ".join([*(one.type for one in parameters), returns, ctx.source(piece.span)])
    return around.generics if held & set(_WORD.findall(used)) else ""


def _type_parameters(written: str) -> list[str]:
    """The names of type parameters as a header lists them."""
    at = min((written.find(sign) for sign in "<[" if sign in written), default=-1)
    inner = written[at + 1 : written.rstrip().rfind(">" if written[at : at + 1] == "<" else "]")]
    names: list[str] = []
    depth = 0
    start = 0
    for index, sign in enumerate(inner + ","):
        depth += {"<": 1, "(": 1, "[": 1, ">": -1, ")": -1, "]": -1}.get(sign, 0)
        if sign == "," and depth <= 0:
            match = re.match(
                r"\s*(?:(?:const|typename|class|in|out)\s+)*('?\w+)", inner[start:index]
            )
            names += [match.group(1)] if match else []
            start = index + 1
    return names


_WORD = re.compile(r"'?\w+")


def _bounds(ctx: RefactorContext, piece: Piece, site: Site) -> str:
    """What the header says behind its parameters."""
    throws = ctx.shapes.writing.throws
    if throws is None:
        return site.around.bounds
    around = []
    for one in ancestors(piece.first):
        if site.root is not None and one.id == site.root.id:
            break
        around.append(one)
    return throws(_own_code(ctx, piece), around, ctx.text, site.around.bounds)


# Names.


def _name(ctx: RefactorContext, wanted: str, site: Site, kind: Kind) -> str:
    """The new function's name: free in the whole file, or among the members of the type."""
    writing = ctx.shapes.writing
    fallback = writing.default_name
    if kind is not Kind.FUNCTION and writing.default_method:
        fallback = writing.default_method
    if wanted:
        name = check_name(ctx.shapes, wanted)
        if _is_used(ctx, name, site, kind):
            raise Refused(f"`{name}` already means something here.")
        return name
    name, count = fallback, 1
    while _is_used(ctx, name, site, kind):
        count += 1
        name = f"{fallback}{count}"
    return name


def _is_used(ctx: RefactorContext, name: str, site: Site, kind: Kind) -> bool:
    whole = Span(0, len(ctx.text))
    if kind is Kind.FUNCTION or ctx.spec.implicit_receiver:
        if any(not ctx.facts.reference(index).member for index in ctx.facts.references_named(name)):
            return True
        if is_taken(ctx, name, Span(0, 0)) or name in ctx.spec.builtins:
            return True
        if kind is Kind.FUNCTION:
            return False
    if site.type is None:
        return is_taken(ctx, name, whole)
    return any(
        symbol.name == name and site.type.start_byte <= symbol.span.start < site.type.end_byte
        for symbol in ctx.facts.symbols
    )


# The body.


def _with_locals(
    ctx: RefactorContext,
    piece: Piece,
    live: Liveness,
    needs: Sequence[Variable],
    site: Site,
    early: Sequence[TextEdit],
) -> tuple[RefactorContext, Piece]:
    """The text in which variables that are declared outside, but start their life inside, are
    declared inside.
    """
    writing = ctx.shapes.writing
    if writing.local is None:
        return ctx, piece
    held = {(one.name, one.declared) for one in needs}
    missing = [
        one
        for one in (*live.homeless, *live.gives)
        if (one.name, one.declared) not in held
        and not piece.span.start <= one.declared < piece.span.end
        and not (site.root is None and one.outer and one not in live.written)
    ]
    edits: list[TextEdit] = list(early)
    lines: list[str] = []
    done: set[tuple[str, int]] = set()
    for one in missing:
        if (one.name, one.declared) in done:
            continue
        done.add((one.name, one.declared))
        kind = type_of_variable(ctx, one)
        start = _first_assignment(ctx, piece, one)
        changes = sum(use.writes for use in one.within(piece.span)) > 1
        prefix = writing.declaring(one.name, kind, changes) if start is not None else ""
        if start is not None and prefix:
            edits.append(TextEdit(Span(start, start), prefix))
            continue
        short = _short_declaration(ctx, start, kind)
        if short is not None:
            edits.append(short)
            continue
        line = writing.local(one.name, kind)
        if not line:
            raise Refused(f"The type of `{one.name}` is not known.")
        lines.append(line)
    if not edits and not lines:
        return ctx, piece
    indent = indent_at(ctx.text, piece.span.start)
    head = "".join(f"{line}\n{indent}" for line in lines)
    edits.append(TextEdit(Span(piece.span.start, piece.span.start), head))
    merged = _merged(edits)
    text = apply_edits(ctx.text, merged)
    grown = len(text) - len(ctx.text)
    parsed = parse_politely(ctx.spec, text)
    span = Span(piece.span.start, piece.span.end + grown)
    return (
        RefactorContext(ctx.graph, ctx.path, span, parsed, ctx.check),
        replace(piece, span=span),
    )


def _short_declaration(ctx: RefactorContext, start: int | None, kind: str) -> TextEdit | None:
    """An assignment at an offset as a declaration, where its value has the type of the variable."""
    sign = ctx.shapes.writing.short_sign
    if start is None or not sign or not kind:
        return None
    statement: Node | None = ctx.parsed.root.named_descendant_for_byte_range(start, start)
    while statement is not None and statement.type not in ctx.shapes.assignments:
        statement = statement.parent
    if statement is None:
        return None
    operator = next((one for one in statement.children if one.type == "="), None)
    if operator is None:
        return None
    parts = ctx.shapes.variables(statement, ctx.text)
    if len(parts) != 1 or parts[0].value is None or type_of_value(ctx, parts[0].value) != kind:
        return None
    return TextEdit(Span(operator.start_byte, operator.end_byte), sign)


def _early_returns(
    ctx: RefactorContext,
    live: Liveness,
    results: Sequence[NewResult],
    flow: _Flow,
    site: Site,
) -> list[TextEdit]:
    """The `return`s of a selection of which only some ways end the function."""
    writing = ctx.shapes.writing
    if not flow.early or writing.early_values is None:
        return []
    around = ctx.text if site.root is None else ctx.source(site.root).encode()
    if b"shouldReturn" in around:
        raise Refused("`shouldReturn` already means something here.")
    gives = _returned_types(ctx, site, flow)
    found = []
    for node in live.returns:
        listed = [one for one in node.named_children if one.type not in ctx.shapes.comments]
        if len(listed) == 1 and listed[0].type.endswith("expression_list"):
            listed = listed[0].named_children
        if len(listed) != len(gives):
            raise Refused("A `return` in the selection does not name all results.")
        try:
            text = writing.early_values(results, gives, [ctx.source(one) for one in listed])
        except ValueError as error:
            raise Refused(str(error)) from error
        found.append(TextEdit(Span(node.start_byte, node.end_byte), text))
    return found


def _reference_edits(
    ctx: RefactorContext,
    piece: Piece,
    needs: Sequence[Variable],
    passed: Mapping[tuple[str, int], Passing],
) -> list[TextEdit]:
    """The uses of variables that are references inside of the function, as they are written."""
    hook = ctx.shapes.writing.reference_edit
    found: list[TextEdit] = []
    for one in needs if hook is not None else ():
        way = passed.get((one.name, one.declared))
        if way is None or not way.prefix or hook is None:
            continue
        for use in one.within(piece.span):
            node = ctx.parsed.root.named_descendant_for_byte_range(use.start, use.end)
            edit = hook(node, way.prefix, way.type) if node is not None else None
            if edit is not None:
                found.append(TextEdit(Span(edit[0], edit[1]), edit[2]))
    return found


def _merged(edits: Sequence[TextEdit]) -> tuple[TextEdit, ...]:
    """Insertions at one place as one, in order."""
    held: dict[int, TextEdit] = {}
    for edit in sorted(edits, key=lambda one: (one.span.start, one.new_text.count("\n") == 0)):
        before = held.get(edit.span.start)
        text = before.new_text + edit.new_text if before is not None else edit.new_text
        held[edit.span.start] = TextEdit(edit.span, text)
    return tuple(one for _, one in sorted(held.items()))


def _first_assignment(ctx: RefactorContext, piece: Piece, variable: Variable) -> int | None:
    """The start of the selected statement that first names a variable, where it is a plain
    assignment to it alone.
    """
    first = min((use.start for use in variable.within(piece.span)), default=-1)
    current: Node | None = piece.first
    while current is not None:
        if current.start_byte <= first < current.end_byte:
            parts = ctx.shapes.variables(current, ctx.text)
            if len(parts) == 1 and parts[0].alone and parts[0].name.start_byte == first:
                value = parts[0].value
                own = value is not None and any(
                    value.start_byte <= use.start < value.end_byte for use in variable.uses
                )
                return None if own or parts[0].declares else current.start_byte
            return None
        if current.id == piece.last.id:
            return None
        current = current.next_sibling
    return None


def _unit(ctx: RefactorContext, site: Site) -> str:
    """One step of indentation: that of the function around, else that of the file."""
    function = site.method if site.method is not None else site.root
    body = function.child_by_field_name("body") if function is not None else None
    if function is not None and body is not None:
        outer = indent_at(ctx.text, function.start_byte)
        lines = [body, *body.named_children]
        for one in lines:
            held = indent_at(ctx.text, one.start_byte)
            starts = starts_line(ctx.text, one.start_byte)
            if starts and held.startswith(outer) and len(held) > len(outer):
                return held[len(outer) :]
    return indent_unit(ctx.text, ctx.shapes)


def _body(
    ctx: RefactorContext,
    piece: Piece,
    unit: str,
    results: Sequence[NewResult],
    flow: _Flow,
    writing: Writing,
    gives: Sequence[str],
) -> str:
    text = reindented(ctx, piece.span, unit).replace("\r\n", "\n")
    if flow.wrapped is not None:
        maker = flow.wrapped.maker
        if piece.is_value:
            return f"{unit}{maker}({_unwrapped(ctx, piece, unit)})"
        return f"{unit}{text}\n{unit}{maker}({writing.give(results) if results else '()'})"
    if piece.is_value:
        return unit + writing.value(_unwrapped(ctx, piece, unit))
    body = unit + text
    if flow.early and writing.early_values is not None:
        try:
            return f"{body}\n{unit}{writing.early_values(results, gives, None)}"
        except ValueError as error:
            raise Refused(str(error)) from error
    if results:
        try:
            body += "\n" + unit + writing.give(results)
        except ValueError as error:
            raise Refused(str(error)) from error
    return body


def _unwrapped(ctx: RefactorContext, piece: Piece, unit: str) -> str:
    """The value without parentheses that it needs no more, or with those it needs now."""
    node = piece.first
    several = ctx.source(node).count("\n") > 0
    while node.type in ctx.shapes.parentheses and node.named_child_count == 1:
        if several and ctx.shapes.values.line_ends:
            break
        node = node.named_children[0]
    written = reindented(ctx, Span(node.start_byte, node.end_byte), unit).replace("\r\n", "\n")
    open_lines = ctx.shapes.values.line_ends and _breaks_openly(ctx, node)
    if several and (open_lines or node.type in ctx.shapes.writing.markup):
        lines = reindented(ctx, Span(node.start_byte, node.end_byte), unit * 2)
        return f"(\n{unit * 2}{lines}\n{unit})".replace("\r\n", "\n")
    return written


def _breaks_openly(ctx: RefactorContext, node: Node) -> bool:
    """Whether a line ends inside a value without brackets around it."""
    if node.type in ctx.shapes.strings:
        return False
    depth = 0
    end = node.start_byte
    pending = [node]
    while pending:
        current = pending.pop()
        if current.child_count and current.type not in ctx.shapes.strings:
            pending.extend(reversed(current.children))
            continue
        if depth == 0 and b"\n" in ctx.text[end : current.start_byte]:
            return True
        if current.type in ("(", "[", "{"):
            depth += 1
        elif current.type in (")", "]", "}"):
            depth -= 1
        end = current.end_byte
    return False


# The edits.


def _call_edit(
    ctx: RefactorContext,
    piece: Piece,
    new: NewFunction,
    results: Sequence[NewResult],
    flow: _Flow,
    writing: Writing,
    gives: Sequence[str],
) -> TextEdit:
    call = writing.call(new) + ("?" if flow.wrapped is not None else "")
    indent = indent_at(ctx.text, piece.span.start)
    if piece.is_value:
        return TextEdit(piece.span, _as_value(ctx, piece, call, new))
    if flow.leaves:
        tail = ctx.shapes.implicit_return and _is_last(ctx, piece, site_of(ctx, piece))
        lines: Sequence[str] = [call if tail or flow.is_tail else writing.leave(call)]
    elif flow.early and writing.early is not None:
        lines = writing.early(call, results, gives)
    else:
        try:
            lines = list(writing.take(call, results))
        except ValueError as error:
            raise Refused(str(error)) from error
        if flow.then_exit:
            lines = [*lines, writing.exit]
    if len(lines) > 1 and not starts_line(ctx.text, piece.span.start):
        raise Refused("The selection is not on lines of its own.")
    if len(lines) > 1 and ctx.is_braceless(piece.first):
        raise Refused("The statement stands alone, without a block around it.")
    text = lines[0] + "".join(f"\n{indent}{line}" if line else "\n" for line in lines[1:])
    end = piece.span.end
    if (
        ctx.text[end - 1 : end] not in (b";",)
        and ctx.text[end : end + 1] == b";"
        and (text.endswith(";"))
    ):
        end += 1
    return TextEdit(Span(piece.span.start, end), text)


def _as_value(ctx: RefactorContext, piece: Piece, call: str, new: NewFunction) -> str:
    node = piece.first
    if new.awaits or new.yields:
        probe = next(iter(ctx.shapes.awaits if new.awaits else ctx.shapes.yields))
        call = fitted(ctx, node, call, probe)
    return ctx.shapes.values.written(node, call)


def _placed(
    ctx: RefactorContext, piece: Piece, site: Site, new: NewFunction, writing: Writing
) -> TextEdit:
    """The definition, where it goes."""
    text = writing.define(new)
    anchor, before = _anchor(ctx, piece, site, new.kind, writing)
    indent = indent_at(ctx.text, anchor.start_byte)
    written = _indented_code(ctx, text, indent)
    top = anchor.parent is not None and anchor.parent.parent is None
    blank = "\n" * (writing.blank_lines if top and new.kind is Kind.FUNCTION else 1)
    if before:
        start = line_start(ctx.text, with_comments_above(ctx, anchor))
        above = ctx.text[:start].rstrip(b" \t\r\n")
        empty = ctx.text[len(above) : start].count(b"\n") - 1
        head = "\n" * max(0, len(blank) - empty) if above and not above.endswith(b"{") else ""
        return TextEdit(Span(start, start), f"{head}{written}\n{blank}")
    end = line_end(ctx.text, max(anchor.start_byte, anchor.end_byte - 1))
    if ctx.text[anchor.end_byte : end].strip() and not _only_trailing(ctx, anchor.end_byte, end):
        end = anchor.end_byte
    following = ctx.text[end:].lstrip(b" \t\r")
    behind = following[1:].lstrip(b" \t\r") if following.startswith(b"\n") else following
    close = (b"\n", b"}", b"end", b")", b"]")
    tail = blank if behind and not behind.startswith(close) else ""
    if tail and indent_at(ctx.text, len(ctx.text) - len(behind)) != indent:
        tail = ""
    return TextEdit(Span(end, end), f"\n{blank}{written}{tail}")


def _only_trailing(ctx: RefactorContext, start: int, end: int) -> bool:
    """Whether nothing but a comment or a terminator stands behind a definition on its line."""
    rest = ctx.text[start:end].strip().lstrip(b";,").strip()
    if not rest:
        return True
    at = ctx.text.find(rest, start)
    node = ctx.parsed.root.descendant_for_byte_range(at, at + 1)
    while node is not None and node.type not in ctx.shapes.comments:
        node = node.parent
    return node is not None


def _indented_code(ctx: RefactorContext, text: str, indent: str) -> str:
    """A definition moved to the right; lines inside of strings stay."""
    if not indent:
        return text
    raw = text.encode("utf-8", "surrogateescape")
    parsed = parse_politely(ctx.spec, raw)
    inner = RefactorContext(ctx.graph, ctx.path, Span(0, len(raw)), parsed, ctx.check)
    return indent + reindented(inner, Span(0, len(raw)), indent)


def _anchor(
    ctx: RefactorContext, piece: Piece, site: Site, kind: Kind, writing: Writing
) -> tuple[Node, bool]:
    """The definition that the new one stands beside, and whether before it."""
    if kind is not Kind.FUNCTION and site.type is not None:
        current: Node = site.method if site.method is not None else piece.first
        while current.parent is not None:
            parent = current.parent
            if parent.id == site.type.id or (
                parent.parent is not None
                and parent.parent.id == site.type.id
                and parent.type not in ctx.shapes.functions
            ):
                break
            current = parent
        return current, False
    current = piece.first
    while current.parent is not None and current.parent.type not in writing.containers:
        current = current.parent
    return current, kind is Kind.FUNCTION and (writing.before or site.root is None)


def _refactored(
    ctx: RefactorContext,
    call: TextEdit,
    definition: TextEdit,
    new: NewFunction,
    live: Liveness,
    extra: Sequence[str],
) -> Refactored:
    newline = newline_of(ctx.text)
    edits = []
    for edit in (call, definition):
        text = edit.new_text.replace("\r\n", "\n")
        edits.append(TextEdit(edit.span, text.replace("\n", newline)))
    call, definition = edits
    ordered = tuple(sorted(edits, key=lambda one: one.span.start))
    at = definition.new_text.encode("utf-8", "surrogateescape")
    place = _name_in(at, new.name)
    start = definition.span.start + place
    if call.span.start < definition.span.start:
        grown = len(call.new_text.encode("utf-8", "surrogateescape")) - len(call.span)
        start += grown
    named = Location(ctx.path, Span(start, start + len(new.name.encode())))
    names = {one.name for one in (*live.needs, *live.gives, *live.homeless, *live.inner)}
    return Refactored(
        SourceChange({ctx.path: ordered}), frozenset({new.name, *names, *extra}), named
    )


def _name_in(text: bytes, name: str) -> int:
    raw = name.encode()
    at = text.find(raw)
    while at >= 0:
        before, after = text[at - 1 : at], text[at + len(raw) : at + len(raw) + 1]
        if not _is_word(before) and not _is_word(after):
            return at
        at = text.find(raw, at + 1)
    return 0


def _is_word(raw: bytes) -> bool:
    return bool(raw) and (raw.isalnum() or raw == b"_")


# What is offered.


def offered(ctx: RefactorContext, title: str, *, as_method: bool) -> Sequence[Offer]:
    """The offer at a selection: a method only in a type, a function only where the object is not
    used; greyed out with the reason where the selection cannot be moved.
    """
    piece = selected(ctx)
    if piece is None or (piece.is_value and piece.first.named_child_count == 0):
        return ()
    site = site_of(ctx, piece)
    writing = ctx.shapes.writing
    if as_method:
        outside = writing.methods_outside and bool(site.around.receiver)
        if site.root is None or (site.type is None and not outside):
            return ()
    elif (
        writing.top
        and site.type is not None
        and not writing.functions_are_methods
        and uses_receiver(ctx, piece, site)
    ):
        return ()
    size = len(ctx.text) if site.root is None else site.root.end_byte - site.root.start_byte
    if size <= _CHECKED_SIZE:
        try:
            live = liveness_of(ctx, piece.first, piece.last, site.root)
            refuse_unmovable(ctx, piece, site, live)
            _flow(ctx, piece, site, live)
        except Refused as refused:
            return (Offer(title, refused=str(refused)),)
    return (Offer(title),)


_CHECKED_SIZE = 12_000
"""The size of a function, in bytes, up to which it is looked through before it is offered."""
