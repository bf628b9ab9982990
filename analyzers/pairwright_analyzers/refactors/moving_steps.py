"""The plan of one file carried out: its edits, its steps, then the imports it lacks.

Owns what comes after the edits, down to the imports that nothing needs any more.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import replace
from typing import TYPE_CHECKING

from pairwright_analyzers.edits import apply_edits
from pairwright_analyzers.graph import CodeGraph
from pairwright_analyzers.refactors.add_import import with_import
from pairwright_analyzers.refactors.context import RefactorContext
from pairwright_analyzers.refactors.imported import (
    listed_names,
    statement_at,
    style_of,
    unused_imports,
    with_text,
    without,
)
from pairwright_analyzers.refactors.layout import (
    indent_at,
    indent_unit,
    line_end,
    newline_of,
    starts_line,
)
from pairwright_analyzers.refactors.moved import Move, Need, module_chain
from pairwright_analyzers.refactors.moving_plan import Plan, Step
from pairwright_analyzers.refactors.moving_uses import entry, removal_at
from pairwright_analyzers.types import Import, Role, Span, TextEdit

if TYPE_CHECKING:
    from tree_sitter import Node


def carried_out(
    ctx: RefactorContext, plan: Plan, graph: CodeGraph, like: bytes = b""
) -> RefactorContext:
    """The file after its plan."""
    current = with_steps(ctx, plan)
    current = replace(current, graph=graph)
    for item in plan.passes_on:
        current = _with_passed_on(current, item)
    for need in plan.imports:
        current = _with_need(current, need, like)
    return current


def with_steps(ctx: RefactorContext, plan: Plan) -> RefactorContext:
    """The file with all edits, the last ones first: offsets before them hold."""
    plain: dict[tuple[int, int], TextEdit] = {}
    for edit in plan.edits:
        plain[edit.span.start, edit.span.end] = edit
    ordered: list[tuple[int, Step | TextEdit]] = [
        *((edit.span.start, edit) for edit in plain.values()),
        *plan.steps,
    ]
    ordered.sort(key=lambda row: row[0], reverse=True)
    current = ctx
    pending: list[TextEdit] = []
    for _, step in ordered:
        if isinstance(step, TextEdit):
            pending.append(step)
            continue
        if pending:
            current = with_text(current, apply_edits(current.text, pending))
            pending = []
        current = step(current)
    if pending:
        current = with_text(current, apply_edits(current.text, pending))
    return current


def _with_passed_on(ctx: RefactorContext, item: Import) -> RefactorContext:
    """The file with one statement more that passes a name on, behind others like it."""
    write = ctx.shapes.moving.passed_on
    if write is None:
        return with_text(ctx, with_import(ctx, item))
    newline = newline_of(ctx.text)
    text = write(item, ctx.text)
    last: Node | None = None
    for child in ctx.parsed.root.named_children:
        if child.type in style_of(ctx).statements or child.child_by_field_name("source"):
            last = child
    if last is None:
        at = style_of(ctx).header(ctx.parsed.root, ctx.text)
        added = f"{text}{newline}" + (newline if ctx.text[at:].strip() else "")
        return with_text(ctx, apply_edits(ctx.text, [TextEdit(Span(at, at), added)]))
    at = line_end(ctx.text, last.end_byte)
    return with_text(ctx, apply_edits(ctx.text, [TextEdit(Span(at, at), newline + text)]))


def _with_need(ctx: RefactorContext, need: Need, like: bytes) -> RefactorContext:
    if need.guard is None:
        return with_text(ctx, with_import(ctx, need.item, like))
    return _with_guarded(ctx, need.item, need.guard, like)


def _with_guarded(ctx: RefactorContext, item: Import, guard: Node, like: bytes) -> RefactorContext:
    """The file with an import more that only those who check types see."""
    style, shapes = style_of(ctx), ctx.shapes
    newline = newline_of(ctx.text or like)
    text = style.write(item, ctx.text or like)
    for child in ctx.parsed.root.named_children:
        condition = child.child_by_field_name("condition")
        block = child.child_by_field_name("consequence")
        if child.type not in shapes.conditionals or condition is None or block is None:
            continue
        if not shapes.moving.type_guard(condition):
            continue
        written = [ctx.source(one) for one in block.named_children]
        if text in written:
            return ctx
        last = block.named_children[-1]
        at = line_end(ctx.text, last.end_byte)
        indent = indent_at(ctx.text, last.start_byte)
        for one in block.named_children:
            key = style.joins(one, ctx.text)
            if key and text.startswith(f"from {key} import "):
                name = text.rpartition(" import ")[2]
                return with_text(ctx, apply_edits(ctx.text, [_name_added(ctx, one, name)]))
        edit = TextEdit(Span(at, at), f"{newline}{indent}{text}")
        return with_text(ctx, apply_edits(ctx.text, [edit]))
    condition = guard.child_by_field_name("condition")
    written_condition = (condition.text or b"").decode() if condition is not None else ""
    unit = indent_unit(ctx.text or like, shapes)
    head = f"if {written_condition}{shapes.block_open}{newline}{unit}{text}{newline}"
    imports = [one for one in ctx.parsed.root.named_children if one.type in style.statements]
    if not imports:
        at = style.header(ctx.parsed.root, ctx.text)
        return with_text(ctx, apply_edits(ctx.text, [TextEdit(Span(at, at), head + newline)]))
    at = line_end(ctx.text, imports[-1].end_byte)
    gap = newline * 2
    head = head.removesuffix(newline)
    return with_text(ctx, apply_edits(ctx.text, [TextEdit(Span(at, at), gap + head)]))


def _name_added(ctx: RefactorContext, statement: Node, name: str) -> TextEdit:
    """The edit that puts a name into the list of an import, in its order."""
    style = style_of(ctx)
    names = listed_names(ctx, style, statement)
    if not names:
        names = [one for one in statement.named_children if one.is_named][1:]
    key = style.name_order
    texts = [ctx.source(one) for one in names]
    if key is not None and texts == sorted(texts, key=key):
        for one, text in zip(names, texts, strict=True):
            if key(name) < key(text):
                gap = " "
                if starts_line(ctx.text, one.start_byte):
                    gap = newline_of(ctx.text) + indent_at(ctx.text, one.start_byte)
                return TextEdit(Span(one.start_byte, one.start_byte), f"{name},{gap}")
    last = names[-1]
    gap = " "
    if starts_line(ctx.text, last.start_byte):
        gap = newline_of(ctx.text) + indent_at(ctx.text, last.start_byte)
    return TextEdit(Span(last.end_byte, last.end_byte), f",{gap}{name}")


def without_fresh_unused(
    before: RefactorContext, after: RefactorContext, move: Move | None
) -> RefactorContext:
    """The file without the imports that nothing uses any more, and that were used before."""
    known = {_identity(item) for item in unused_imports(before)}
    own = {_identity(item) for item in before.facts.imports}
    current = after
    for _ in range(100):
        fresh = [
            item
            for item in unused_imports(current)
            if _identity(item) not in known and _identity(item) in own
        ]
        fresh.extend(_unused_packages(before, current))
        if move is not None:
            fresh = [item for item in fresh if not _is_passed_on(move, item)]
        if not fresh:
            return current
        current = _without_import(current, fresh[-1])
    return current


def _without_import(ctx: RefactorContext, item: Import) -> RefactorContext:
    statement = statement_at(ctx, item.name_span.start)
    around = statement.parent if statement is not None else None
    if around is not None and around.named_child_count > 1 and around.type not in ctx.shapes.blocks:
        # One of a block of imports.
        return _without_empty_ends(without(ctx, item))
    return removal_at(_entry_start(ctx, item))(ctx)


def without_copied(ctx: RefactorContext, needs: Iterable[Need]) -> RefactorContext:
    """The file without the imports that went along and that it does not name any more, where only
    a compiler knows all that an import brings.
    """
    current = ctx
    for need in needs:
        style = style_of(current)
        for item in reversed(current.facts.imports):
            if item.alias != need.item.alias or style.removable(item):
                continue
            if item.module != need.item.module:
                continue
            named = (
                current.facts.reference(index)
                for index in current.facts.references_named(item.alias)
            )
            if all(one.role is Role.IMPORT or one.member for one in named):
                current = _without_import(current, item)
                break
    return current


def _unused_packages(before: RefactorContext, after: RefactorContext) -> list[Import]:
    """Imports of a module below a package (`import a.b`) of which only the package is named now."""
    found = []
    for item in after.facts.imports:
        first, _, rest = item.module.partition(".")
        if item.name or not rest or item.alias != first or item.level:
            continue
        word = re.compile(rb"(?<![\w.])" + re.escape(item.module.encode()) + rb"(?!\w)")
        if _said(before, word) and not _said(after, word):
            found.append(item)
    return found


def _said(ctx: RefactorContext, word: re.Pattern[bytes]) -> bool:
    """Whether the code outside of its imports says something."""
    spans = [item.span for item in ctx.facts.imports]
    return any(
        not any(span.start <= match.start() < span.end for span in spans)
        for match in word.finditer(ctx.text)
    )


def _without_empty_ends(ctx: RefactorContext) -> RefactorContext:
    """The file without empty lines at the ends of its block of imports."""
    block = style_of(ctx).block(ctx.parsed.root)
    if block is None:
        return ctx
    text = ctx.text[block.start_byte : block.end_byte]
    trimmed = re.sub(rb"\n[ \t\r\n]*(\r?\n[ \t]*\))\Z", rb"\1", text)
    trimmed = re.sub(rb"\A\([ \t\r\n]*?(\r?\n[ \t]*)(?=\S)", rb"(\1", trimmed)
    edit = TextEdit(Span(block.start_byte, block.end_byte), trimmed.decode("utf-8", "replace"))
    return with_text(ctx, apply_edits(ctx.text, [edit]))


def _entry_start(ctx: RefactorContext, item: Import) -> int:
    node = entry(ctx, item)
    return node.start_byte if node is not None else item.name_span.start


def _identity(item: Import) -> tuple[str, int, str, str]:
    return item.module, item.level, item.name, item.alias


def _is_passed_on(move: Move, item: Import) -> bool:
    """Whether another file gets an imported name from the old one."""
    graph, old = move.ctx.graph, move.ctx.path
    for path in graph.workspace.files_mentioning(item.alias):
        facts = graph.resolver.facts(path)
        if path == old or facts is None:
            continue
        for one in facts.imports:
            if one.name in (item.alias, "*") and old in graph.resolver.targets(path, one):
                return True
        for index in facts.references_named(item.alias):
            if facts.reference(index).chained and index > 0:
                chain = module_chain(move.ctx.at(path), path, index - 1, old)
                if chain == index - 1:
                    return True
    return False
