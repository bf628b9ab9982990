"""A file's imports: which are not used, how one is taken out, how the rest is put in order.

Owns the edits of import statements; three refactorings are made of it. What a language says of its
imports stands in `languages/<id>/imports.py`.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from pairwright_analyzers.edits import apply_edits, minimal_edits
from pairwright_analyzers.graph.bindings import Binding, BindingKind
from pairwright_analyzers.languages.imports import ImportStyle
from pairwright_analyzers.refactors.context import RefactorContext
from pairwright_analyzers.refactors.layout import (
    line_end,
    line_start,
    newline_of,
    next_line,
    starts_line,
    whole_lines,
)
from pairwright_analyzers.refactors.model import Refactored, Refused
from pairwright_analyzers.syntax import ancestors, descendants, parse_politely
from pairwright_analyzers.types import TYPE_KINDS, Import, Role, SourceChange, Span, TextEdit

if TYPE_CHECKING:
    from tree_sitter import Node

_KEPT = re.compile(rb"#\s*noqa|//\s*(?:eslint-|@ts-|noinspection)|pragma:|isort:\s*skip", re.I)
_MAX_REMOVED = 200
_SURELY = 3
"""Statements of one name from one module, beyond which nobody has forgotten to join them."""


def style_of(ctx: RefactorContext) -> ImportStyle:
    """How the language lays out its imports. Raises `Refused` where that is not known."""
    style = ctx.spec.import_style
    if style is None:
        raise Refused(f"Imports of {ctx.spec.name} are left alone.")
    return style


# What is not used.


def unused_imports(ctx: RefactorContext) -> tuple[Import, ...]:
    """The imported names that nothing in the file uses, in text order; only what is certain."""
    style = ctx.spec.import_style
    if style is None or _is_package_face(ctx):
        return ()
    if style.hides is not None and style.hides.search(ctx.text):
        return ()
    found = []
    for index, item in enumerate(ctx.facts.imports):
        if not item.alias or item.reexport or item.name == "*" or not style.removable(item):
            continue
        if not _is_used(ctx, style, index, item):
            found.append(item)
    return tuple(found)


def _is_package_face(ctx: RefactorContext) -> bool:
    """Whether what a file imports is what it offers: `__init__.py`, declarations."""
    name = ctx.path.rpartition("/")[2]
    return name == "__init__.py" or name.endswith((".d.ts", ".pyi"))


def _is_used(ctx: RefactorContext, style: ImportStyle, index: int, item: Import) -> bool:
    binding = Binding(BindingKind.IMPORT, index)
    for at in ctx.facts.references_named(item.alias):
        one = ctx.facts.reference(at)
        if one.role is Role.IMPORT or item.span.covers(one.span):
            continue
        if one.member:
            continue
        if one.role is Role.ANNOTATE or ctx.text[one.end : one.end + 1] in (b".", b":"):
            # In a header, a parameter of this name does not hide it yet.
            return True
        bound = ctx.bindings.lookup(one.name, one.start)
        if binding in bound or not bound or any(_is_member(ctx, one) for one in bound):
            return True
    if binding not in ctx.bindings.lookup(item.alias, item.span.start):
        return True
    line = ctx.text[line_start(ctx.text, item.span.start) : line_end(ctx.text, item.span.end)]
    if _KEPT.search(line) or _is_guarded(ctx, item):
        return True
    return _is_mentioned(ctx, style, item)


def _is_member(ctx: RefactorContext, binding: Binding) -> bool:
    """Whether a name is bound in a class: before that, it means what is around the class."""
    if binding.kind is not BindingKind.SYMBOL:
        return False
    container = ctx.facts.symbol_container(binding.index)
    return container >= 0 and ctx.facts.symbol_kind(container) in TYPE_KINDS


def _is_guarded(ctx: RefactorContext, item: Import) -> bool:
    """Whether an import is tried: that it fails may be what it is there for."""
    node = ctx.parsed.root.named_descendant_for_byte_range(item.span.start, item.span.end)
    tries = ctx.shapes.tries
    return node is not None and any(around.type in tries for around in ancestors(node))


def _is_mentioned(ctx: RefactorContext, style: ImportStyle, item: Import) -> bool:
    if style.mentions is None:
        return False
    word = re.compile(rb"(?<![\w$])" + re.escape(item.alias.encode()) + rb"(?![\w$])")
    rest = ctx.text[: item.span.start] + ctx.text[item.span.end :]
    return any(word.search(found.group()) for found in style.mentions.finditer(rest))


# Taking one out.


def without(ctx: RefactorContext, item: Import) -> RefactorContext:
    """The file without one imported name. Raises `Refused` where the import has a form that is not
    known.
    """
    after = apply_edits(ctx.text, [_removal(ctx, item)])
    return with_text(ctx, after)


def with_text(ctx: RefactorContext, text: bytes) -> RefactorContext:
    """The same file with another text."""
    parsed = parse_politely(ctx.spec, text)
    return RefactorContext(ctx.graph, ctx.path, Span(0, 0), parsed, ctx.check)


def statement_at(ctx: RefactorContext, offset: int) -> Node | None:
    """The import statement around an offset."""
    style = style_of(ctx)
    node = ctx.parsed.root.named_descendant_for_byte_range(offset, offset)
    for one in (node, *ancestors(node)) if node is not None else ():
        if one.type in style.statements:
            return one
    return None


def _removal(ctx: RefactorContext, item: Import) -> TextEdit:
    style = style_of(ctx)
    statement = statement_at(ctx, item.name_span.start)
    if statement is None:
        raise Refused(f"The import of `{item.alias}` has a form that is not known.")
    current: Node | None = ctx.parsed.root.named_descendant_for_byte_range(
        item.name_span.start, item.name_span.end
    )
    while current is not None and current.id != statement.id:
        parent = current.parent
        if parent is not None and parent.type in style.lists:
            names = [one for one in parent.named_children if _is_listed(ctx, one, parent)]
            if len(names) > 1 and any(one.id == current.id for one in names):
                return list_removal(ctx, parent, current)
        current = parent
    whole = statement
    for around in ancestors(statement):
        # A single specification goes with the declaration that it is alone in.
        if around.type in ctx.shapes.blocks or around.named_child_count != 1:
            break
        whole = around
    end = whole.end_byte
    span = Span(whole.start_byte, end)
    if not ctx.text[end : line_end(ctx.text, end)].strip().startswith(b"#"):
        return TextEdit(whole_lines(ctx.text, span), "")
    return TextEdit(Span(line_start(ctx.text, span.start), next_line(ctx.text, end)), "")


def _is_listed(ctx: RefactorContext, node: Node, parent: Node) -> bool:
    """Whether a node is one of the names of a list, not the module they come from."""
    if node.type in ctx.shapes.comments:
        return False
    return parent.child_by_field_name("module_name") != node and not (
        node.type in ("namespace_name",) and parent.children[0].type == "use"
    )


def list_removal(ctx: RefactorContext, parent: Node, item: Node) -> TextEdit:
    """The edit that takes one of several items out of a list, with the comma that it needs."""
    following = item.next_sibling
    before = item.prev_sibling
    if following is not None and following.type == ",":
        behind = following.next_sibling
        last = behind is None or not behind.is_named
        if not last and behind is not None:
            if starts_line(ctx.text, item.start_byte) and starts_line(ctx.text, behind.start_byte):
                start = line_start(ctx.text, item.start_byte)
                return TextEdit(Span(start, line_start(ctx.text, behind.start_byte)), "")
            return TextEdit(Span(item.start_byte, behind.start_byte), "")
        if starts_line(ctx.text, item.start_byte):
            return TextEdit(whole_lines(ctx.text, Span(item.start_byte, following.end_byte)), "")
    if before is not None and before.type == ",":
        return TextEdit(Span(before.start_byte, item.end_byte), "")
    return TextEdit(Span(item.start_byte, item.end_byte), "")


def without_unused(ctx: RefactorContext) -> tuple[RefactorContext, frozenset[str]]:
    """The file without the imports that nothing uses, and their names."""
    gone: set[str] = set()
    current = ctx
    for _ in range(_MAX_REMOVED):
        ctx.check()
        unused = unused_imports(current)
        if not unused:
            break
        current = without(current, unused[-1])
        gone.add(unused[-1].alias)
    return current, frozenset(gone)


def changed(ctx: RefactorContext, after: bytes, names: frozenset[str]) -> Refactored:
    """The edit that makes `after` of the file's text."""
    if after == ctx.text:
        raise Refused("The imports are as they should be.")
    return Refactored(SourceChange({ctx.path: minimal_edits(ctx.text, after)}), names)


# Putting them in order.


@dataclass(frozen=True, slots=True)
class _Line:
    """One import with the comments above it and behind it. `text` has no line end."""

    node: Node
    start: int
    end: int
    text: bytes
    group: int
    order: tuple[str, ...]


def organised(ctx: RefactorContext) -> bytes:
    """The text with its imports in order: names inside of each, statements in each block."""
    current = _names_sorted(ctx)
    current = _joined(current)
    style = style_of(current)
    text = current.text
    edits: list[TextEdit] = []
    for block in _blocks(current, style):
        lines = [_line(current, style, node) for node in block]
        ordered = sorted(lines, key=lambda line: (line.group, line.order))
        distinct: list[_Line] = []
        for line in ordered:
            if not distinct or distinct[-1].text.strip() != line.text.strip():
                distinct.append(line)
        new = _laid_out(current, style, distinct)
        start, end = lines[0].start, lines[-1].end
        if text[start:end] != new:
            edits.append(TextEdit(Span(start, end), new.decode("utf-8", "surrogateescape")))
    return apply_edits(text, edits)


def _blocks(ctx: RefactorContext, style: ImportStyle) -> list[list[Node]]:
    """Neighbouring imports that may change places: nothing but comments and, where groups are made
    anew, empty lines between them.
    """
    blocks: list[list[Node]] = []
    pending: list[Node] = []

    def close() -> None:
        if len(pending) > 1:
            blocks.append(list(pending))
        pending.clear()

    holders = [ctx.parsed.root]
    inner = style.block(ctx.parsed.root)
    if inner is not None:
        holders.append(inner)
    for holder in holders:
        for node in holder.named_children:
            if node.type in ctx.shapes.comments:
                continue
            if node.type not in style.statements or style.barrier(node, ctx.text):
                close()
                continue
            if not starts_line(ctx.text, node.start_byte) or node.has_error:
                close()
                continue
            if pending and not _are_neighbours(ctx, style, pending[-1], node):
                close()
            pending.append(node)
        close()
    return blocks


def _are_neighbours(ctx: RefactorContext, style: ImportStyle, before: Node, node: Node) -> bool:
    gap = ctx.text[before.end_byte : _start(ctx, node)]
    rest = gap[gap.find(b"\n") + 1 :] if b"\n" in gap else gap
    if b"\n" not in gap or rest.strip():
        return False
    return style.regroups or rest.count(b"\n") == 0


def _start(ctx: RefactorContext, node: Node) -> int:
    """Where the lines of an import start, comments right above it included."""
    start = line_start(ctx.text, node.start_byte)
    before = node.prev_sibling
    while before is not None and before.type in ctx.shapes.comments:
        if not starts_line(ctx.text, before.start_byte):
            break
        if ctx.text[before.end_byte : start].count(b"\n") > 1 or before.start_byte < 2:
            break
        above = before.prev_sibling
        if above is None:
            # The head of the file, not of the import.
            break
        start = line_start(ctx.text, before.start_byte)
        before = above
    return start


def _line(ctx: RefactorContext, style: ImportStyle, node: Node) -> _Line:
    start, end = _start(ctx, node), line_end(ctx.text, node.end_byte)
    group, order = style.order(node, ctx.text, lambda one: is_own(ctx, one))
    return _Line(node, start, end, ctx.text[start:end], group, order)


def is_own(ctx: RefactorContext, node: Node) -> bool:
    """Whether a statement imports from the workspace."""
    return any(
        ctx.graph.resolver.targets(ctx.path, item)
        for item in ctx.facts.imports
        if node.start_byte <= item.span.start < node.end_byte
    )


def _laid_out(ctx: RefactorContext, style: ImportStyle, lines: Sequence[_Line]) -> bytes:
    end = newline_of(ctx.text).encode()
    parts: list[bytes] = []
    for at, line in enumerate(lines):
        if at:
            parts.append(end)
            if style.regroups and lines[at - 1].group != line.group:
                parts.append(end)
        parts.append(line.text)
    return b"".join(parts)


def _names_sorted(ctx: RefactorContext) -> RefactorContext:
    """The file with the names inside of each import in order; they change places, and what is
    between them stays.
    """
    style = style_of(ctx)
    if style.name_order is None:
        return ctx
    edits: list[TextEdit] = []
    for holder in _lists(ctx, style):
        names = [one for one in holder.named_children if _is_listed(ctx, one, holder)]
        names = [one for one in names if one.type not in style.lists]
        if any(one.type in ctx.shapes.comments for one in holder.children) or len(names) < 2:
            continue
        if holder.type == "import_clause":
            continue
        order = style.name_order
        texts = sorted((ctx.source(one) for one in names), key=order)
        for one, new in zip(names, texts, strict=True):
            if ctx.source(one) != new:
                edits.append(TextEdit(Span(one.start_byte, one.end_byte), new))
    return with_text(ctx, apply_edits(ctx.text, edits)) if edits else ctx


def _lists(ctx: RefactorContext, style: ImportStyle) -> list[Node]:
    found: list[Node] = []
    for node in ctx.parsed.root.named_children:
        if node.type not in style.statements or node.has_error:
            continue
        pending = [node]
        while pending:
            current = pending.pop()
            if current.type in style.lists and current.type != "import_statement":
                found.append(current)
            pending.extend(current.named_children)
    return found


def _is_one_a_line(ctx: RefactorContext, style: ImportStyle) -> bool:
    """Whether the file imports each name by a statement of its own, and so wants to."""
    keys: Counter[str] = Counter()
    for node in ctx.parsed.root.named_children:
        if node.type in style.statements and style.joins(node, ctx.text):
            if len(listed_names(ctx, style, node)) > 1:
                return False
            keys[style.joins(node, ctx.text)] += 1
    return sum(count > 1 for count in keys.values()) > 1 or max(keys.values(), default=0) > _SURELY


def _joined(ctx: RefactorContext) -> RefactorContext:
    """The file with imports of names from one module made one statement."""
    style = style_of(ctx)
    if _is_one_a_line(ctx, style):
        return ctx
    for block in _blocks(ctx, style):
        first: dict[str, Node] = {}
        for node in block:
            key = style.joins(node, ctx.text)
            if not key or _has_comment(ctx, node):
                continue
            held = first.setdefault(key, node)
            if held.id == node.id:
                continue
            names = [one for one in node.named_children if _is_listed(ctx, one, node)]
            kept = {ctx.source(one) for one in held.named_children}
            added = [ctx.source(one) for one in names if ctx.source(one) not in kept]
            lines = Span(line_start(ctx.text, node.start_byte), next_line(ctx.text, node.end_byte))
            edits = [TextEdit(lines, "")]
            if added:
                last = [one for one in held.named_children if _is_listed(ctx, one, held)][-1]
                place = Span(last.end_byte, last.end_byte)
                edits.append(TextEdit(place, _appended(ctx, last, added)))
            made = with_text(ctx, apply_edits(ctx.text, edits))
            return _joined(_names_sorted(wrapped_at(made, held.start_byte)))
    return ctx


def wrapped_at(ctx: RefactorContext, offset: int) -> RefactorContext:
    """The file with the import at an offset on several lines, where it is too long for one."""
    style = style_of(ctx)
    node = statement_at(ctx, offset)
    written = style.wrapped(node, ctx.text, newline_of(ctx.text)) if node is not None else ""
    if node is None or not written:
        return ctx
    edit = TextEdit(Span(node.start_byte, node.end_byte), written)
    return with_text(ctx, apply_edits(ctx.text, [edit]))


def _appended(ctx: RefactorContext, last: Node, added: Sequence[str]) -> str:
    if not starts_line(ctx.text, last.start_byte):
        return "".join(f", {name}" for name in added)
    start = line_start(ctx.text, last.start_byte)
    indent = ctx.text[start : last.start_byte].decode()
    end = newline_of(ctx.text)
    return "".join(f",{end}{indent}{name}" for name in added)


def listed_names(ctx: RefactorContext, style: ImportStyle, statement: Node) -> list[Node]:
    """The names that an import statement lists, where others can be put beside them."""
    for holder in (statement, *descendants(statement)):
        if holder.type in style.lists and holder.type not in ("import_clause", "import_statement"):
            return [one for one in holder.named_children if _is_listed(ctx, one, holder)]
    return []


def _has_comment(ctx: RefactorContext, node: Node) -> bool:
    if any(one.type in ctx.shapes.comments for one in node.children):
        return True
    behind = ctx.text[node.end_byte : line_end(ctx.text, node.end_byte)]
    return bool(behind.strip())
