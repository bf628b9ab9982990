"""The text of the file that code is moved to.

Owns where the code comes to stand, what has to come before it, and the head of a new file.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from typing import TYPE_CHECKING

from pairwright_analyzers.edits import apply_edits
from pairwright_analyzers.graph import CodeGraph
from pairwright_analyzers.graph.bindings import BindingKind
from pairwright_analyzers.graph.entities import SymbolEntity
from pairwright_analyzers.graph.model import LinkedReference
from pairwright_analyzers.languages import language_of
from pairwright_analyzers.refactors.context import RefactorContext
from pairwright_analyzers.refactors.imported import with_text
from pairwright_analyzers.refactors.layout import (
    indent_at,
    line_start,
    newline_of,
    starts_line,
    statements_span,
    with_comments_above,
)
from pairwright_analyzers.refactors.model import Refused
from pairwright_analyzers.refactors.moved import NO_SPAN, Move, Need, offered_as
from pairwright_analyzers.refactors.moving_plan import Plan
from pairwright_analyzers.refactors.moving_steps import (
    carried_out,
    with_steps,
    without_fresh_unused,
)
from pairwright_analyzers.refactors.moving_uses import is_guard, is_public, name_in_use
from pairwright_analyzers.syntax import ancestors, parse_politely
from pairwright_analyzers.types import Role, Span, SymbolKind, TextEdit

if TYPE_CHECKING:
    from tree_sitter import Node


_LICENCE = re.compile(rb"copyright|licen[cs]e|spdx", re.IGNORECASE)


def target_text(
    move: Move,
    target: RefactorContext | None,
    needs: Sequence[Need],
    edits: Sequence[TextEdit],
    of_target: frozenset[str],
    uses: Sequence[LinkedReference],
    plans: dict[str, Plan],
    graph: CodeGraph,
) -> tuple[bytes, bytes]:
    """The target's text, and the moved code as it stands in it."""
    ctx = move.ctx
    spec = language_of(move.target)
    assert spec is not None
    newline = newline_of(target.text if target is not None and target.text else ctx.text)
    pieces = _pieces(move, edits, uses, newline)
    if target is None:
        head = _head(move, newline)
        here = RefactorContext(graph, move.target, NO_SPAN, parse_politely(spec, head), ctx.check)
        plan = Plan(imports=list(needs))
        after = carried_out(here, plan, graph, ctx.text)
        opened, closed = move.moving.wrapped(move.statements[0], ctx.text)
        if opened or closed:
            above, below = opened.replace("\n", newline), closed.replace("\n", newline)
            pieces[0] = replace(pieces[0], text=above + pieces[0].text)
            pieces[-1] = replace(pieces[-1], text=pieces[-1].text + below)
        made, code = _inserted(move, after, pieces, frozenset(), newline)
        return made.text, code
    plan = plans[move.target]
    current = with_steps(target, plan)
    current = replace(current, graph=graph)
    current, code = _inserted(move, current, pieces, of_target, newline)
    current = _listed(move, current)
    current = carried_out(current, Plan(imports=[*plan.imports, *needs]), graph, ctx.text)
    return without_fresh_unused(target, current, None).text, code


def _head(move: Move, newline: str) -> bytes:
    """What a new file starts with: the old one's licence, and what its kind needs."""
    ctx = move.ctx
    root = ctx.parsed.root
    parts: list[str] = []
    comments: list[Node] = []
    for child in root.children:
        if child.type not in ctx.shapes.comments or not starts_line(ctx.text, child.start_byte):
            break
        if ctx.text[child.start_byte : child.start_byte + 2] == b"#!":
            continue
        if comments and ctx.text[comments[-1].end_byte : child.start_byte].count(b"\n") > 1:
            break
        comments.append(child)
    if comments and _LICENCE.search(ctx.text[comments[0].start_byte : comments[-1].end_byte]):
        start = move.statements[0].start_byte if move.statements else len(ctx.text)
        if with_comments_above(ctx, move.statements[0]) > comments[0].start_byte or start == 0:
            text = ctx.source(Span(comments[0].start_byte, comments[-1].end_byte))
            parts.append(text.rstrip())
    heading = move.moving.heading(root, ctx.text)
    if heading:
        parts.append(heading)
    text = "\n\n".join(part.replace("\r\n", "\n") for part in parts)
    return ((text + "\n") if text else "").replace("\n", newline).encode("utf-8", "surrogateescape")


@dataclass(frozen=True, slots=True)
class _Piece:
    """One moved statement as the target has it; `gap` is how many empty lines stood between it and
    the moved statement right before it, -1 where something else stood there.
    """

    text: str
    simple: bool
    gap: int


def _pieces(
    move: Move, edits: Sequence[TextEdit], uses: Sequence[LinkedReference], newline: str
) -> list[_Piece]:
    ctx = move.ctx
    found: list[_Piece] = []
    last: Node | None = None
    offering = _offers_added(move, uses)
    for statement, span in zip(move.statements, move.spans, strict=True):
        start = line_start(ctx.text, span.start)
        if ctx.text[start : span.start].strip():
            start = span.start
        own = [edit for edit in edits if span.start <= edit.span.start < span.end]
        own.extend(edit for edit in offering if span.start <= edit.span.start < span.end)
        shifted = [
            TextEdit(Span(one.span.start - start, one.span.end - start), one.new_text)
            for one in own
        ]
        raw = apply_edits(ctx.text[start : span.end], shifted)
        text = raw.decode("utf-8", "surrogateescape").replace("\r\n", "\n").replace("\n", newline)
        gap = -1
        if last is not None and _adjoin(ctx, last, span):
            gap = max(ctx.text[last.end_byte : span.start].count(b"\n") - 1, 0)
        found.append(_Piece(text.rstrip(), _is_simple(ctx, statement), gap))
        last = statement
    return found


def _adjoin(ctx: RefactorContext, last: Node, span: Span) -> bool:
    end = statements_span(ctx, [last]).end
    return not ctx.text[end : span.start].strip()


def _offers_added(move: Move, uses: Iterable[LinkedReference]) -> list[TextEdit]:
    """What makes the target offer what others use."""
    moving, ctx = move.moving, move.ctx
    if moving.offers is None:
        return []
    used = {
        _name_of_use(move, use)
        for use in uses
        if use.location.path != move.target and use.role is not Role.IMPORT
    }
    found = []
    for unit in move.units:
        for statement in unit.statements:
            if moving.offers(statement):
                continue
            known_as = offered_as(ctx, unit.name, statement)
            if known_as not in (None, unit.name):
                raise Refused(f"`{unit.name}` is exported as `{known_as}`.")
            if known_as is not None or unit.name in used or move.reexport:
                at = moving.offer_at(statement)
                found.append(TextEdit(Span(at, at), moving.offer))
    return found


def _name_of_use(move: Move, use: LinkedReference) -> str:
    for entity, _ in move.ctx.graph.resolver.resolve(use.location.path, use.reference):
        if isinstance(entity, SymbolEntity) and move.is_target(entity.id):
            return move.ctx.facts.symbol_name(entity.id.index)
    return name_in_use(move, use)


def _is_simple(ctx: RefactorContext, statement: Node) -> bool:
    inner = statement
    if ctx.shapes.moving.offers is not None:
        inner = statement.child_by_field_name("declaration") or statement
    if inner.type not in ctx.shapes.moving.simple:
        return False
    return statement.start_point[0] == statement.end_point[0]


def _is_value(ctx: RefactorContext, statement: Node) -> bool:
    """Whether a statement gives a name a value, or is a text alone."""
    inner = statement.child_by_field_name("declaration") or statement
    return inner.type in ctx.shapes.moving.simple and (
        bool(ctx.shapes.variables(statement, ctx.text))
        or _is_simple(ctx, statement)
        or _is_text(ctx, statement)
    )


def _inserted(
    move: Move,
    ctx: RefactorContext,
    pieces: Sequence[_Piece],
    of_target: frozenset[str],
    newline: str,
) -> tuple[RefactorContext, bytes]:
    """The target with the moved code in it, and that code."""
    blank = _blank_lines(ctx, move.ctx)
    body: list[str] = []
    for at, piece in enumerate(pieces):
        if at:
            simple = piece.simple and pieces[at - 1].simple
            count = blank if not simple else 0
            if piece.gap >= 0 and (simple or piece.gap < count):
                count = min(piece.gap, blank)
            body.append(newline * (count + 1))
        body.append(piece.text)
    code = "".join(body)
    following = _following(move, ctx, pieces, of_target)
    text = ctx.text
    if following is None:
        head, tail = text.rstrip(), b""
    else:
        start = line_start(text, with_comments_above(ctx, following))
        head, tail = text[:start].rstrip(), text[start:]
    before = _before(ctx, len(head))
    parts = [head]
    if head:
        gap = _gap(ctx, move, before, pieces[0], blank)
        parts.append((newline * (gap + 1)).encode())
    parts.append(code.encode("utf-8", "surrogateescape"))
    parts.append(newline.encode())
    if following is not None:
        simple = pieces[-1].simple and _is_simple(ctx, following)
        parts.append((newline * (0 if simple else blank)).encode())
        parts.append(tail)
    return with_text(ctx, b"".join(parts)), code.encode("utf-8", "surrogateescape")


def _before(ctx: RefactorContext, end: int) -> Node | None:
    found = None
    for child in ctx.parsed.root.named_children:
        if child.end_byte <= end + 1 and child.type not in ctx.shapes.comments:
            found = child
    return found


def _gap(ctx: RefactorContext, move: Move, before: Node | None, piece: _Piece, blank: int) -> int:
    if before is None:
        return 1 if move.moving.simple and piece.simple else max(1, min(blank, 2))
    style = ctx.spec.import_style
    if style is not None and before.type in style.statements | {"import_declaration"}:
        return 1 if piece.simple else blank
    if piece.simple and _is_simple(ctx, before):
        return 0
    if piece.simple and before.type in ctx.shapes.conditionals:
        return 1
    return blank


def _blank_lines(ctx: RefactorContext, old: RefactorContext) -> int:
    """How many empty lines stand between definitions."""
    for here in (ctx, old):
        counts: Counter[int] = Counter()
        listed = [
            one for one in here.parsed.root.named_children if one.type not in here.shapes.comments
        ]
        for one, other in pairwise(listed):
            if _is_simple(here, one) or _is_simple(here, other):
                continue
            style = here.spec.import_style
            if style is not None and {one.type, other.type} & style.statements:
                continue
            start = with_comments_above(here, other)
            gap = here.text[one.end_byte : start]
            if not gap.strip():
                counts[gap.count(b"\n") - 1] += 1
        # Overloads stand without any.
        counts.pop(0, None)
        if counts:
            return min(max(counts.most_common(1)[0][0], 1), 3)
    return max(old.shapes.writing.blank_lines, 1)


def _following(
    move: Move, ctx: RefactorContext, pieces: Sequence[_Piece], of_target: frozenset[str]
) -> Node | None:
    """The statement before which the code goes; None for the end of the file."""
    statements = [
        one for one in ctx.parsed.root.named_children if one.type not in ctx.shapes.comments
    ]
    style = ctx.spec.import_style
    imports = style.statements if style is not None else frozenset()
    if _is_used_early(move, ctx):
        at = 0
        for position, one in enumerate(statements):
            if _defines(ctx, one, of_target):
                at = position + 1
        first = _first_load_use(move, ctx)
        if first is not None and at and statements[at - 1].end_byte > first:
            raise Refused(f"{ctx.path} needs what is moved before it defines what that needs.")
        while at < len(statements) and (
            statements[at].type in imports
            or is_guard(ctx, statements[at])
            or _is_text(ctx, statements[at])
        ):
            at += 1
        return statements[at] if at < len(statements) else None
    if all(piece.simple for piece in pieces) and not of_target and statements:
        for at, one in enumerate(statements):
            if one.type in imports or _is_value(ctx, one) or is_guard(ctx, one):
                continue
            if at == 0 and not imports:
                return None
            return one
        return None
    tail = move.moving.tail
    if tail is not None:
        for at in range(len(statements) - 1, -1, -1):
            one = statements[at]
            if not tail.match(ctx.text[one.start_byte : one.end_byte + 1]):
                return statements[at + 1] if at + 1 < len(statements) else None
        return statements[0] if statements else None
    return None


def _is_text(ctx: RefactorContext, statement: Node) -> bool:
    """Whether a statement is a text alone: documentation, a directive."""
    return (
        statement.type in ctx.shapes.wrappers
        and statement.named_child_count == 1
        and statement.named_children[0].type in ctx.shapes.strings
    )


def _defines(ctx: RefactorContext, statement: Node, names: frozenset[str]) -> bool:
    return any(
        one.kind is BindingKind.SYMBOL
        and statement.start_byte <= ctx.facts.symbol_name_start(one.index) < statement.end_byte
        for name in names
        for one in ctx.bindings.top_level(name)
    )


def _is_used_early(move: Move, ctx: RefactorContext) -> bool:
    """Whether the target may use a moved name before its end is reached."""
    if all(one.type in ctx.shapes.hoisted for one in _inner(move)):
        return False
    tail = move.moving.tail
    ends = [
        one
        for one in ctx.parsed.root.named_children
        if tail is not None and tail.match(ctx.text[one.start_byte : one.end_byte])
    ]
    return any(
        not ctx.facts.reference(index).member
        and not any(
            one.start_byte <= ctx.facts.reference(index).start < one.end_byte for one in ends
        )
        and ctx.facts.reference(index).role not in (Role.IMPORT, Role.KEYWORD, Role.BIND)
        for name in move.names
        for index in ctx.facts.references_named(name)
    )


def _inner(move: Move) -> list[Node]:
    return [one.child_by_field_name("declaration") or one for one in move.statements]


def _first_load_use(move: Move, ctx: RefactorContext) -> int | None:
    """Where the target first uses a moved name while it is loaded."""
    found: list[int] = []
    for name in move.names:
        for index in ctx.facts.references_named(name):
            one = ctx.facts.reference(index)
            if one.member or one.role in (Role.IMPORT, Role.KEYWORD, Role.BIND):
                continue
            around = ctx.bindings.enclosing_callable(one.start)
            deferred = False
            while around >= 0:
                symbol = ctx.facts.symbol(around)
                callables = symbol.kind in (SymbolKind.FUNCTION, SymbolKind.METHOD, SymbolKind.TEST)
                if callables and one.start >= symbol.body_start:
                    deferred = True
                around = symbol.container
            if not deferred and not _is_in_function(ctx, one.start):
                found.append(one.start)
    return min(found) if found else None


def _is_in_function(ctx: RefactorContext, offset: int) -> bool:
    node = ctx.parsed.root.named_descendant_for_byte_range(offset, offset)
    for one in ancestors(node) if node is not None else ():
        body = one.child_by_field_name("body") if one.type in ctx.shapes.functions else None
        if body is not None and body.start_byte <= offset:
            return True
    return False


def _listed(move: Move, ctx: RefactorContext) -> RefactorContext:
    """The target with the names in its list of what it offers, where both files have one."""
    old = move.moving.listing(move.ctx.parsed.root, move.ctx.text)
    new = move.moving.listing(ctx.parsed.root, ctx.text)
    if new is None:
        return ctx
    known = [ctx.source(one).strip("\"'") for one in new.named_children]
    offered = (
        {move.ctx.source(one).strip("\"'") for one in old.named_children}
        if old is not None
        else {unit.name for unit in move.units if is_public(move, unit.symbols[0])}
    )
    current = ctx
    for unit in move.units:
        if unit.name not in offered or unit.name in known:
            continue
        current = _with_listed(move, current, unit.name)
    return current


def _with_listed(move: Move, ctx: RefactorContext, name: str) -> RefactorContext:
    holder = move.moving.listing(ctx.parsed.root, ctx.text)
    assert holder is not None
    items = [one for one in holder.named_children if one.type in ctx.shapes.strings]
    if not items:
        at = holder.start_byte + 1
        return with_text(ctx, apply_edits(ctx.text, [TextEdit(Span(at, at), f'"{name}"')]))
    quote = ctx.source(items[0])[0]
    names = [ctx.source(one).strip("\"'") for one in items]
    written = f"{quote}{name}{quote}"
    at = len(items)
    if names == sorted(names):
        at = sum(one < name for one in names)
    newline = newline_of(ctx.text)
    if at < len(items):
        place, text = items[at].start_byte, f"{written}, "
        if starts_line(ctx.text, place):
            text = f"{written},{newline}{indent_at(ctx.text, place)}"
    else:
        place, text = items[-1].end_byte, f", {written}"
        if starts_line(ctx.text, items[-1].start_byte):
            text = f",{newline}{indent_at(ctx.text, items[-1].start_byte)}{written}"
    return with_text(ctx, apply_edits(ctx.text, [TextEdit(Span(place, place), text)]))
