"""Definitions moved to another file: the edits of the old file, of the new one, and of all that
import from them.

Owns the edits and what has to be true after them. What is moved and what it needs is read in
`moved.py`; how imports are written in `add_import.py` and `imported.py`.
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field, replace
from itertools import pairwise
from typing import TYPE_CHECKING

from pairwright_analyzers.edits import apply_edits, minimal_edits
from pairwright_analyzers.facts import facts_of_parsed
from pairwright_analyzers.graph import CodeGraph
from pairwright_analyzers.graph.bindings import BindingKind
from pairwright_analyzers.graph.entities import SymbolEntity
from pairwright_analyzers.graph.loading import load_node, loaded_by, way_over_loads
from pairwright_analyzers.graph.model import LinkedReference
from pairwright_analyzers.graph.overlay import Overlay
from pairwright_analyzers.languages import language_of
from pairwright_analyzers.refactors.add_import import with_import
from pairwright_analyzers.refactors.context import RefactorContext
from pairwright_analyzers.refactors.imported import (
    list_removal,
    listed_names,
    statement_at,
    style_of,
    unused_imports,
    with_text,
    without,
)
from pairwright_analyzers.refactors.layout import (
    definition_lines,
    indent_at,
    indent_unit,
    line_end,
    line_start,
    newline_of,
    next_line,
    starts_line,
    statements_span,
    with_comments_above,
)
from pairwright_analyzers.refactors.model import Refactored, Refused
from pairwright_analyzers.refactors.moved import (
    NO_SPAN,
    Move,
    Need,
    address_of,
    module_chain,
    module_span,
    needs_of,
    offer_entry,
    offered_as,
    refuse_torn,
    uses_of,
    writes_types,
)
from pairwright_analyzers.refactors.removal import is_only_statement, statement_removed
from pairwright_analyzers.syntax import ancestors, parse_politely
from pairwright_analyzers.types import (
    Import,
    Role,
    SourceChange,
    Span,
    SymbolFlag,
    SymbolKind,
    TextEdit,
)

if TYPE_CHECKING:
    from tree_sitter import Node

Step = Callable[[RefactorContext], RefactorContext]

_LICENCE = re.compile(rb"copyright|licen[cs]e|spdx", re.IGNORECASE)
_FACE = ("__init__.py", "__init__.pyi")


@dataclass
class _Plan:
    """What is to be done in one file: edits at offsets of its text before, then imports."""

    edits: list[TextEdit] = field(default_factory=list)
    steps: list[tuple[int, Step]] = field(default_factory=list)
    imports: list[Need] = field(default_factory=list)
    receivers: set[str] = field(default_factory=set)
    """Names of modules that the code has to say."""
    passes_on: list[Import] = field(default_factory=list)


def moved(move: Move) -> Refactored:
    """The edit of a move, with its check. Raises `Refused` where something would break."""
    ctx = move.ctx
    refuse_torn(move)
    target = _target(move)
    needs = needs_of(move, target)
    uses = uses_of(move)
    plans: dict[str, _Plan] = defaultdict(_Plan)
    if not move.is_shared:
        _plan_uses(move, uses, plans)
        _plan_stars(move, uses, plans)
    _plan_old(move, uses, needs.imports, plans[ctx.path])
    graph = _staged(move)
    edits: dict[str, tuple[TextEdit, ...]] = {}
    for path in sorted(plans):
        ctx.check()
        if path == move.target:
            continue
        here = ctx.at(path)
        after = _carried_out(here, plans[path], graph)
        if path == ctx.path:
            after = without_fresh_unused(here, after, move)
            after = _without_copied(after, needs.imports)
        else:
            after = without_fresh_unused(here, after, None)
        if after.text != here.text:
            gone = move.spans if path == ctx.path else ()
            edits[path] = _edits_without(here.text, after.text, gone)
    text, code = _target_text(
        move, target, needs.imports, needs.edits, needs.of_target, uses, plans, graph
    )
    creates = {}
    if target is None:
        creates[move.target] = text.decode("utf-8", "surrogateescape")
    else:
        edits[move.target] = _edits_around(target.text, text, code)
    change = SourceChange(edits, creates, certain=len(edits) < 2)
    relocated = dict.fromkeys(move.ids, move.target)
    expected = Expected(move, frozenset(edits) | frozenset(creates))
    names = frozenset(name for plan in plans.values() for name in plan.receivers)
    return Refactored(change, names, None, expected.hold, relocated=relocated)


def _edits_without(before: bytes, after: bytes, gone: Iterable[Span]) -> tuple[TextEdit, ...]:
    """The line edits between two texts; lines of `gone` are the same as no other ones."""
    marked = bytearray(before)
    for span in gone:
        for at in range(span.start, span.end):
            if marked[at] not in b"\r\n":
                marked[at] = 1
    return minimal_edits(bytes(marked), after)


def _edits_around(before: bytes, after: bytes, code: bytes) -> tuple[TextEdit, ...]:
    """The line edits between two texts; lines of `code` are the same as no others."""
    if after.count(code) != 1:
        return minimal_edits(before, after)
    mark = "\x01moved\x01"
    found = minimal_edits(before, after.replace(code, mark.encode()))
    text = code.decode("utf-8", "surrogateescape")
    return tuple(replace(edit, new_text=edit.new_text.replace(mark, text)) for edit in found)


def _target(move: Move) -> RefactorContext | None:
    """The file that code is moved to; None where it is new. Raises `Refused` for one that cannot
    hold it.
    """
    ctx, target = move.ctx, move.target
    spec = language_of(target)
    if target == ctx.path:
        raise Refused(f"It is in {target} already.")
    if spec is None or spec.group != ctx.spec.group:
        raise Refused(f"{target} is no file of {ctx.spec.name}.")
    if target.startswith(("/", "../")) or "/../" in target or not target:
        raise Refused(f"{target} is not in the workspace.")
    if not move.is_shared and move.moving.outside:
        raise Refused(move.moving.outside)
    reason = move.moving.unfit(ctx.text)
    if not ctx.graph.workspace.has(target):
        if reason:
            raise Refused(reason)
        return None
    held = ctx.at(target)
    if move.moving.only_new:
        raise Refused(move.moving.only_new)
    picky = move.moving.not_everywhere
    if picky is not None and picky.search(held.text):
        raise Refused(f"{target} refuses to be loaded in some places.")
    if move.is_shared:
        heads = [move.moving.heading(one.parsed.root, one.text) for one in (ctx, held)]
        if heads[0] != heads[1]:
            raise Refused(f"{target} is built under other conditions, or is another package.")
    reason = reason or move.moving.unfit(held.text)
    if reason:
        raise Refused(reason)
    if held.parsed.root.has_error:
        raise Refused(f"{target} cannot be read whole.")
    for unit in move.units:
        if not move.is_shared:
            _refuse_defined(move, held, unit.name)
    return held


def _refuse_defined(move: Move, target: RefactorContext, name: str) -> None:
    for one in target.bindings.top_level(name):
        if one.kind is BindingKind.IMPORT:
            found = target.graph.resolver.imported(target.path, one.index)
            if any(
                isinstance(entity, SymbolEntity) and move.is_target(entity.id)
                for entity, _ in found
            ):
                continue
        if one.kind is BindingKind.SYMBOL and target.facts.symbol_owner(one.index):
            continue
        raise Refused(f"`{name}` already means something in {target.path}.")


def _staged(move: Move) -> CodeGraph:
    """The graph with the new file in it, empty: imports from it are the workspace's own."""
    graph = move.ctx.graph
    if graph.workspace.has(move.target):
        return graph
    spec = language_of(move.target)
    assert spec is not None
    facts = facts_of_parsed(parse_politely(spec, b""))
    return CodeGraph(Overlay(graph.workspace, {move.target: (b"", facts)}))


# Who uses it.


def _plan_uses(move: Move, uses: Sequence[LinkedReference], plans: dict[str, _Plan]) -> None:
    for use in uses:
        path = use.location.path
        if use.role is Role.IMPORT:
            if path != move.ctx.path and not (move.reexport and path != move.target):
                _plan_import(move, path, use, plans[path])
            continue
        if use.role is Role.BIND and path != move.ctx.path:
            raise Refused(f"{path} is handed `{_name(move, use)}` by its name alone.")
        if path == move.ctx.path:
            continue
        if move.reexport and path != move.target:
            continue
        _plan_use(move, path, use, plans[path])


def _name(move: Move, use: LinkedReference) -> str:
    facts = move.ctx.graph.resolver.facts(use.location.path)
    return facts.reference(use.reference).name if facts is not None else "it"


def _imports_at(ctx: RefactorContext, start: int) -> list[Import]:
    """The imported names of which one stands at an offset."""
    found = [
        item
        for item in ctx.bindings.imports
        if item.name_span.start <= start < max(item.name_span.end, item.name_span.start + 1)
    ]
    if found:
        return found
    # The alias of it.
    around = [item for item in ctx.bindings.imports if item.span.start <= start < item.span.end]
    before = [item for item in around if item.name_span.start <= start]
    return before[-1:] if before else []


def _plan_import(move: Move, path: str, use: LinkedReference, plan: _Plan) -> None:
    """A name in an import statement."""
    here = move.ctx.at(path)
    start = use.location.span.start
    for item in _imports_at(here, start):
        if not item.name or item.name == "*":
            continue
        direct = move.ctx.path in here.graph.resolver.targets(path, item)
        if path == move.target:
            _plan_own_import(move, here, item, plan)
            return
        if not direct or item.name_span.start != start:
            return
        module, level = address_of(move, path, move.target, item)
        siblings = [
            one for one in here.bindings.imports if one.span == item.span and one is not item
        ]
        staying = [one for one in siblings if not _is_moved_import(move, here, one)]
        item_node = _entry(here, item)
        new = replace(item, module=module, level=level)
        at_top = here.bindings.scope_at(item.span.start) == 0
        if at_top and not item.reexport and item_node is not None and _is_joinable(here, item, new):
            plan.steps.append((item_node.start_byte, _removal_at(item_node.start_byte)))
            plan.imports.append(Need(new))
            return
        if not staying:
            span = module_span(here, item)
            if span is None:
                raise Refused(f"{path} imports `{item.name}` in a form that is not known.")
            edit = TextEdit(span, "." * level + module)
            if edit not in plan.edits:
                plan.edits.append(edit)
            return
        if item_node is None:
            raise Refused(f"{path} imports `{item.name}` in a form that is not known.")
        plan.steps.append((item_node.start_byte, _removal_at(item_node.start_byte)))
        statement = _statement_around(here, item_node)
        if item.reexport:
            plan.passes_on.append(new)
        elif statement.parent is not None and statement.parent.parent is None:
            plan.imports.append(Need(new))
        else:
            _plan_beside(here, statement, new, plan)
        return


def _is_joinable(here: RefactorContext, item: Import, new: Import) -> bool:
    """Whether a file has another import, at its top, that a name can be put into."""
    node = here.parsed.root.named_descendant_for_byte_range(item.span.start, item.span.end)
    if node is None or node.parent is None or node.parent.parent is not None:
        return False
    return any(
        (one.module, one.level, one.type_only) == (new.module, new.level, new.type_only)
        and one.span != item.span
        and one.name not in ("", "*", "default")
        and not one.reexport
        and here.bindings.scope_at(one.span.start) == 0
        for one in here.bindings.imports
    )


def _plan_beside(ctx: RefactorContext, statement: Node, item: Import, plan: _Plan) -> None:
    """An import behind another one, in the same block."""
    style = style_of(ctx)
    newline = newline_of(ctx.text)
    at = line_end(ctx.text, statement.end_byte)
    if not starts_line(ctx.text, statement.start_byte):
        raise Refused(f"{ctx.path} imports `{item.name}` beside other code on a line.")
    text = style.write(item, ctx.text)
    indent = indent_at(ctx.text, statement.start_byte)
    plan.edits.append(TextEdit(Span(at, at), f"{newline}{indent}{text}"))


def _is_moved_import(move: Move, here: RefactorContext, item: Import) -> bool:
    if not item.name or item.name == "*":
        return False
    index = here.bindings.imports.index(item)
    return any(
        isinstance(entity, SymbolEntity) and move.is_target(entity.id)
        for entity, _ in here.graph.resolver.imported(here.path, index)
    )


def _entry(ctx: RefactorContext, item: Import) -> Node | None:
    """The node of an imported name in its list, alias and all."""
    node = ctx.parsed.root.named_descendant_for_byte_range(item.name_span.start, item.name_span.end)
    lists = style_of(ctx).lists | ctx.shapes.moving.offer_lists | {"object_pattern"}
    while node is not None and node.parent is not None:
        if node.parent.type in lists:
            return node
        node = node.parent
    return None


def _statement_around(ctx: RefactorContext, node: Node) -> Node:
    current = node
    for one in ancestors(node):
        if one.parent is None or one.type in ctx.shapes.blocks:
            break
        current = one
    return current


def _removal_at(offset: int) -> Step:
    """Takes the imported name at an offset out of its import, or the import with it."""

    def step(ctx: RefactorContext) -> RefactorContext:
        node = ctx.parsed.root.named_descendant_for_byte_range(offset, offset)
        lists = style_of(ctx).lists | ctx.shapes.moving.offer_lists | {"object_pattern"}
        current, statement = node, None
        while current is not None:
            parent = current.parent
            if parent is not None and parent.type in lists:
                names = [
                    one
                    for one in parent.named_children
                    if one.type not in ctx.shapes.comments
                    and parent.child_by_field_name("module_name") != one
                ]
                if len(names) > 1 and any(one.id == current.id for one in names):
                    edit = list_removal(ctx, parent, current)
                    return with_text(ctx, apply_edits(ctx.text, [edit]))
            if parent is None:
                break
            statement, current = current, parent
            if parent.type in ctx.shapes.blocks:
                break
        if statement is None:
            raise Refused(f"{ctx.path} has an import in a form that is not known.")
        block = statement.parent
        guard = block.parent if block is not None else None
        if (
            guard is not None
            and guard.parent is not None
            and guard.parent.parent is None
            and _is_guard(ctx, guard)
            and guard.child_by_field_name("alternative") is None
            and is_only_statement(ctx, statement)
        ):
            statement = guard
        edit = statement_removed(ctx, statement)
        if statement.parent is not None and statement.parent.parent is None:
            edit = TextEdit(_import_lines(ctx, statement), "")
        return with_text(ctx, apply_edits(ctx.text, [edit]))

    return step


def _import_lines(ctx: RefactorContext, statement: Node) -> Span:
    """The lines of an import, and the empty lines left over; comments above it stay."""
    text = ctx.text
    start = line_start(text, statement.start_byte)
    end = next_line(text, statement.end_byte)
    head = text[:start]
    if not head.strip() or not text[line_start(text, max(start - 1, 0)) : start].strip():
        kept = len(head) - len(head.rstrip(b" \t\r\n"))
        blank = head[len(head) - kept :].count(b"\n") - 1
        behind = end
        count = 0
        while behind < len(text) and not text[behind : next_line(text, behind)].strip():
            behind = next_line(text, behind)
            count += 1
        if head.strip() and not text[behind:].strip():
            return Span(len(head.rstrip(b" \t\r\n")) + len(newline_of(text)), behind)
        if not head.strip() or count <= blank:
            return Span(start, behind)
        return Span(len(head.rstrip(b" \t\r\n")) + len(newline_of(text)), end)
    return Span(start, end)


def _plan_own_import(move: Move, here: RefactorContext, item: Import, plan: _Plan) -> None:
    """The target imports what comes to it."""
    node = _entry(here, item) or here.parsed.root.named_descendant_for_byte_range(
        item.name_span.start, item.name_span.end
    )
    if node is None or item.reexport:
        if item.reexport and node is not None:
            plan.steps.append((node.start_byte, _removal_at(node.start_byte)))
            return
        raise Refused(f"{here.path} imports `{item.name}` in a form that is not known.")
    key = (node.start_byte, _removal_at(node.start_byte))
    if all(start != node.start_byte for start, _ in plan.steps):
        plan.steps.append(key)


def _plan_use(move: Move, path: str, use: LinkedReference, plan: _Plan) -> None:
    """A name in the code of a file that is not the old one."""
    here = move.ctx.at(path)
    one = here.facts.reference(use.reference)
    if not one.member:
        bound = here.bindings.lookup(one.name, one.start)
        if path == move.target:
            own = _own_name(move, here, use)
            if own and own != one.name:
                _refuse_bound(here, own, one.start)
                plan.edits.append(TextEdit(one.span, own))
            return
        if not bound:
            return
        if any(binding.kind is BindingKind.IMPORT for binding in bound):
            return
        raise Refused(f"{path} uses `{one.name}` in a way that is not known.")
    first = _chain_start(here, use.reference)
    chain = module_chain(here, path, first, move.ctx.path)
    if chain is None or chain + 1 != use.reference:
        if chain is None and _through_other_module(move, here, use.reference):
            return
        raise Refused(f"{path} uses `{one.name}` in a way that is not known.")
    start = here.facts.reference(first).start
    if path == move.target:
        _refuse_bound(here, one.name, one.start)
        plan.edits.append(TextEdit(Span(start, one.start), ""))
        return
    item = _binding_import(here, first)
    new, receiver = _module_import(move, here, item)
    if new is not None:
        at_top = here.bindings.scope_at(item.span.start) == 0
        if here.bindings.lookup(new.alias, one.start) and not _same_root(item, new):
            raise Refused(f"`{new.alias}` already means something in {path}.")
        if not at_top:
            node = here.parsed.root.named_descendant_for_byte_range(item.span.start, item.span.end)
            assert node is not None
            statement = here.statement_of(node)
            before = len(plan.edits)
            _plan_beside(here, statement, new, plan)
            if plan.edits[-1] in plan.edits[:before]:
                plan.edits.pop()
        elif all(need.item.alias != new.alias for need in plan.imports):
            plan.imports.append(Need(new))
    plan.receivers.update(receiver.split("."))
    member = here.facts.reference(chain).end
    plan.edits.append(TextEdit(Span(start, member), receiver))


def _own_name(move: Move, here: RefactorContext, use: LinkedReference) -> str:
    for entity, _ in here.graph.resolver.resolve(here.path, use.reference):
        if isinstance(entity, SymbolEntity) and move.is_target(entity.id):
            return move.ctx.facts.symbol_name(entity.id.index)
    return ""


def _refuse_bound(here: RefactorContext, name: str, offset: int) -> None:
    for binding in here.bindings.lookup(name, offset):
        if binding.kind is not BindingKind.IMPORT:
            raise Refused(f"`{name}` means something else in {here.path}.")


def _same_root(item: Import, new: Import) -> bool:
    """Whether two imports bind one name to one package: `import a.b`, `import a.c`."""
    return not item.name and not new.name and item.alias == new.alias


def _chain_start(here: RefactorContext, index: int) -> int:
    while index > 0 and here.facts.reference(index).chained:
        index -= 1
    return index


def _through_other_module(move: Move, here: RefactorContext, index: int) -> bool:
    """Whether a member is asked of another module, which passes it on."""
    before = here.facts.reference(index)
    return before.chained and not any(
        isinstance(entity, SymbolEntity)
        for entity, _ in here.graph.resolver.resolve(here.path, index - 1)
    )


def _binding_import(here: RefactorContext, index: int) -> Import:
    one = here.facts.reference(index)
    for binding in here.bindings.lookup(one.name, one.start):
        if binding.kind is BindingKind.IMPORT:
            return here.bindings.imports[binding.index]
    raise Refused(f"{here.path} uses `{one.name}` in a way that is not known.")


def _module_import(move: Move, here: RefactorContext, item: Import) -> tuple[Import | None, str]:
    """The import of the target as a module, as the old file's is, and how code names it; None where
    it is there already.
    """
    if item.name:
        # `from package import module`
        module, level = address_of(move, here.path, move.target)
        parent, _, last = module.rpartition(".")
        examples = [one for one in here.bindings.imports if one is item]
        if examples:
            whole = replace(item, module=f"{item.module}.{item.name}".lstrip("."), name="")
            module, level = address_of(move, here.path, move.target, whole)
            parent, _, last = module.rpartition(".")
        if not parent and not level:
            new = Import(NO_SPAN, last, "", last, 0, NO_SPAN)
        else:
            new = Import(NO_SPAN, parent, last, last, level, NO_SPAN)
        receiver = last
    else:
        module, level = address_of(move, here.path, move.target, item)
        if item.alias == item.module.partition(".")[0] and move.moving.bound_once:
            new = Import(NO_SPAN, module, "", module.partition(".")[0], level, NO_SPAN)
            receiver = module
        else:
            stem = move.target.rpartition("/")[2].partition(".")[0]
            words = re.split(r"\W+", stem)
            last = words[0] + "".join(word[:1].upper() + word[1:] for word in words[1:])
            if not last.isidentifier():
                raise Refused(f"{move.target} has a name that code cannot use.")
            new = Import(NO_SPAN, module, "", last, level, NO_SPAN)
            receiver = last
    for known in here.bindings.imports:
        if (known.module, known.level, known.name) != (new.module, new.level, new.name):
            continue
        if known.alias and here.bindings.scope_at(known.span.start) == 0:
            return None, known.alias if known.alias != new.alias else receiver
    return new, receiver


def _plan_stars(move: Move, uses: Sequence[LinkedReference], plans: dict[str, _Plan]) -> None:
    """Files that get everything of the old one: they get the moved names from the target."""
    if move.reexport:
        return
    graph, old = move.ctx.graph, move.ctx.path
    paths = {path for name in move.names for path in graph.workspace.files_mentioning(name)}
    if graph.resolver.family(move.ctx.spec).by_text:
        paths.update(graph.resolver.importing(old))
    else:
        stem = old.rpartition("/")[2].partition(".")[0]
        near = graph.workspace.files_mentioning(stem)
        paths.update(path for path in near if path.endswith(_FACE))
    for path in sorted(paths - {old, move.target}):
        move.ctx.check()
        facts = graph.resolver.facts(path)
        if facts is None:
            continue
        for item in facts.imports:
            if item.name != "*" or old not in graph.resolver.targets(path, item):
                continue
            module, level = address_of(move, path, move.target, item)
            for unit in move.units:
                if not _is_public(move, unit.symbols[0]):
                    continue
                used = any(
                    use.location.path == path and _name(move, use) == unit.name for use in uses
                )
                if not (item.reexport or path.endswith(_FACE) or used):
                    continue
                new = Import(
                    item.span, module, unit.name, unit.name, level, item.name_span, item.reexport
                )
                if item.reexport:
                    plans[path].passes_on.append(new)
                else:
                    plans[path].imports.append(Need(new))


def _is_public(move: Move, index: int) -> bool:
    return bool(move.ctx.facts.symbol_flags(index) & SymbolFlag.EXPORTED)


# The old file.


def _plan_old(
    move: Move, uses: Sequence[LinkedReference], needs: Sequence[Need], plan: _Plan
) -> None:
    ctx = move.ctx
    for statement in move.statements:
        plan.steps.append((with_comments_above(ctx, statement), _taken_out(statement)))
    for need in needs:
        if need.offered is not None:
            at = move.moving.offer_at(need.offered)
            edit = TextEdit(Span(at, at), move.moving.offer)
            if edit not in plan.edits:
                plan.edits.append(edit)
    if move.is_shared:
        return
    listing = move.moving.listing(ctx.parsed.root, ctx.text)
    for unit in move.units:
        entry = offer_entry(ctx, unit.name)
        if entry is not None and not move.reexport:
            plan.steps.append((entry.start_byte, _removal_at(entry.start_byte)))
        if listing is not None and not move.reexport:
            for text in listing.named_children:
                if ctx.source(text).strip("\"'") == unit.name:
                    plan.steps.append((text.start_byte, _unlisted(text.start_byte)))
        needed = [use for use in uses if use.location.path == ctx.path]
        _plan_old_import(move, unit.name, unit.symbols, needed, plan)


def _plan_old_import(
    move: Move,
    name: str,
    symbols: Sequence[int],
    uses: Sequence[LinkedReference],
    plan: _Plan,
) -> None:
    ctx = move.ctx
    listing = move.moving.listing(ctx.parsed.root, ctx.text)
    entry = offer_entry(ctx, name)
    used = False
    for use in uses:
        one = ctx.facts.reference(use.reference)
        listed = listing is not None and listing.start_byte <= one.start < listing.end_byte
        offered = entry is not None and entry.start_byte <= one.start < entry.end_byte
        if one.name == name and not one.member and not listed and not offered:
            if use.role is Role.IMPORT:
                raise Refused(f"`{name}` is offered apart from its definition.")
            used = True
    if not used and not move.reexport:
        return
    module, level = address_of(move, ctx.path, move.target)
    statement = move.units[0].statements[0]
    for unit in move.units:
        if unit.name == name:
            statement = unit.statements[0]
    alone = offered_as(ctx, name, statement) == "default"
    kinds = [ctx.facts.symbol_kind(index) for index in symbols]
    types = all(kind in (SymbolKind.INTERFACE, SymbolKind.TYPE) for kind in kinds)
    type_only = move.moving.offers is not None and types and writes_types(ctx)
    imported = "default" if alone else name
    item = Import(NO_SPAN, module, imported, name, level, NO_SPAN, type_only=type_only)
    writes = move.reexport and move.moving.passed_on is not None
    if writes and entry is None and offered_as(ctx, name, statement) is not None:
        plan.passes_on.append(replace(item, alias=imported))
    if used or (move.reexport and move.moving.passed_on is None):
        plan.imports.append(Need(item))


def _taken_out(statement: Node) -> Step:
    start, end = statement.start_byte, statement.end_byte

    def step(ctx: RefactorContext) -> RefactorContext:
        node = ctx.parsed.root.named_descendant_for_byte_range(start, end)
        while node is not None and node.parent is not None and node.parent.parent is not None:
            if node.parent.type in ctx.shapes.moving.containers:
                break
            node = node.parent
        if node is None or node.start_byte != start:
            raise Refused("What is moved stands in a form that is not known.")
        lines = definition_lines(ctx, node)
        return with_text(ctx, apply_edits(ctx.text, [TextEdit(lines, "")]))

    return step


def _unlisted(offset: int) -> Step:
    def step(ctx: RefactorContext) -> RefactorContext:
        node = ctx.parsed.root.named_descendant_for_byte_range(offset, offset)
        while node is not None and node.type not in ctx.shapes.strings:
            node = node.parent
        parent = node.parent if node is not None else None
        if node is None or parent is None:
            raise Refused("The list of what the file offers has a form that is not known.")
        return with_text(ctx, apply_edits(ctx.text, [list_removal(ctx, parent, node)]))

    return step


# Carrying it out.


def _carried_out(
    ctx: RefactorContext, plan: _Plan, graph: CodeGraph, like: bytes = b""
) -> RefactorContext:
    """The file after its plan."""
    current = _with_steps(ctx, plan)
    current = replace(current, graph=graph)
    for item in plan.passes_on:
        current = _with_passed_on(current, item)
    for need in plan.imports:
        current = _with_need(current, need, like)
    return current


def _with_steps(ctx: RefactorContext, plan: _Plan) -> RefactorContext:
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
    return _removal_at(_entry_start(ctx, item))(ctx)


def _without_copied(ctx: RefactorContext, needs: Iterable[Need]) -> RefactorContext:
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
    node = _entry(ctx, item)
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


# The target.


def _target_text(
    move: Move,
    target: RefactorContext | None,
    needs: Sequence[Need],
    edits: Sequence[TextEdit],
    of_target: frozenset[str],
    uses: Sequence[LinkedReference],
    plans: dict[str, _Plan],
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
        plan = _Plan(imports=list(needs))
        after = _carried_out(here, plan, graph, ctx.text)
        opened, closed = move.moving.wrapped(move.statements[0], ctx.text)
        if opened or closed:
            above, below = opened.replace("\n", newline), closed.replace("\n", newline)
            pieces[0] = replace(pieces[0], text=above + pieces[0].text)
            pieces[-1] = replace(pieces[-1], text=pieces[-1].text + below)
        made, code = _inserted(move, after, pieces, frozenset(), newline)
        return made.text, code
    plan = plans[move.target]
    current = _with_steps(target, plan)
    current = replace(current, graph=graph)
    current, code = _inserted(move, current, pieces, of_target, newline)
    current = _listed(move, current)
    current = _carried_out(current, _Plan(imports=[*plan.imports, *needs]), graph, ctx.text)
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
    return _name(move, use)


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
            or _is_guard(ctx, statements[at])
            or _is_text(ctx, statements[at])
        ):
            at += 1
        return statements[at] if at < len(statements) else None
    if all(piece.simple for piece in pieces) and not of_target and statements:
        for at, one in enumerate(statements):
            if one.type in imports or _is_value(ctx, one) or _is_guard(ctx, one):
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


def _is_guard(ctx: RefactorContext, statement: Node) -> bool:
    condition = statement.child_by_field_name("condition")
    return condition is not None and ctx.shapes.moving.type_guard(condition)


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
        else {unit.name for unit in move.units if _is_public(move, unit.symbols[0])}
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


# What has to be true afterwards.


@dataclass(frozen=True, slots=True)
class Expected:
    """No file waits for itself while it is loaded, unless it did before."""

    move: Move
    paths: frozenset[str]

    def hold(self, after: CodeGraph, _place: Callable[[str, int], int | None]) -> None:
        """Raises `Refused` for a circle of imports that was not there."""
        before = self.move.ctx.graph
        for path in sorted(self.paths):
            self.move.ctx.check()
            node = load_node(path)
            was = set(loaded_by(before, path))
            for needed in self._needed(after, path):
                if needed in was or needed == node:
                    continue
                way = way_over_loads(after, needed, node, self.move.ctx.check)
                if way is None or self._was_there(before, path, needed, len(way)):
                    continue
                steps = " → ".join([node, *way])
                raise Refused(
                    f"The files would import each other: {steps}. Move what both need as well."
                )

    def _needed(self, after: CodeGraph, path: str) -> list[str]:
        found: dict[str, None] = {}
        around = set(self.move.moving.packages(path))
        for needed in loaded_by(after, path):
            found[needed] = None
            for package in self.move.moving.packages(needed):
                if package not in around and package != path and after.workspace.has(package):
                    found[package] = None
        return list(found)

    def _was_there(self, before: CodeGraph, path: str, needed: str, steps: int) -> bool:
        """Whether the two waited for each other before; the old file stands for the new one."""
        old = self.move.ctx.path
        if steps < 2 or {path, needed} == {old, self.move.target}:
            return False
        one = old if path == self.move.target else path
        other = old if needed == load_node(self.move.target) else needed
        if one == other:
            return False
        check = self.move.ctx.check
        return (
            way_over_loads(before, load_node(one), load_node(other), check) is not None
            and way_over_loads(before, load_node(other), load_node(one), check) is not None
        )
