"""What a move changes in the files that use what is moved, and in the one it leaves.

Owns how an import, a use and a list of public names are made to lead to the new file. It only
plans: `moving_steps.py` carries out.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from pairwright_analyzers.edits import apply_edits
from pairwright_analyzers.graph.bindings import BindingKind
from pairwright_analyzers.graph.entities import SymbolEntity
from pairwright_analyzers.graph.model import LinkedReference
from pairwright_analyzers.refactors.context import RefactorContext
from pairwright_analyzers.refactors.imported import list_removal, style_of, with_text
from pairwright_analyzers.refactors.layout import (
    definition_lines,
    indent_at,
    line_end,
    line_start,
    newline_of,
    next_line,
    starts_line,
    with_comments_above,
)
from pairwright_analyzers.refactors.model import Refused
from pairwright_analyzers.refactors.moved import (
    NO_SPAN,
    Move,
    Need,
    address_of,
    module_chain,
    module_span,
    offer_entry,
    offered_as,
    writes_types,
)
from pairwright_analyzers.refactors.moving_plan import Plan, Step
from pairwright_analyzers.refactors.removal import is_only_statement, statement_removed
from pairwright_analyzers.syntax import ancestors
from pairwright_analyzers.types import Import, Role, Span, SymbolFlag, SymbolKind, TextEdit

if TYPE_CHECKING:
    from tree_sitter import Node


_FACE = ("__init__.py", "__init__.pyi")


def plan_uses(move: Move, uses: Sequence[LinkedReference], plans: dict[str, Plan]) -> None:
    for use in uses:
        path = use.location.path
        if use.role is Role.IMPORT:
            if path != move.ctx.path and not (move.reexport and path != move.target):
                _plan_import(move, path, use, plans[path])
            continue
        if use.role is Role.BIND and path != move.ctx.path:
            raise Refused(f"{path} is handed `{name_in_use(move, use)}` by its name alone.")
        if path == move.ctx.path:
            continue
        if move.reexport and path != move.target:
            continue
        _plan_use(move, path, use, plans[path])


def name_in_use(move: Move, use: LinkedReference) -> str:
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


def _plan_import(move: Move, path: str, use: LinkedReference, plan: Plan) -> None:
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
        item_node = entry(here, item)
        new = replace(item, module=module, level=level)
        at_top = here.bindings.scope_at(item.span.start) == 0
        if at_top and not item.reexport and item_node is not None and _is_joinable(here, item, new):
            plan.steps.append((item_node.start_byte, removal_at(item_node.start_byte)))
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
        plan.steps.append((item_node.start_byte, removal_at(item_node.start_byte)))
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


def _plan_beside(ctx: RefactorContext, statement: Node, item: Import, plan: Plan) -> None:
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


def entry(ctx: RefactorContext, item: Import) -> Node | None:
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


def removal_at(offset: int) -> Step:
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
            and is_guard(ctx, guard)
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


def _plan_own_import(move: Move, here: RefactorContext, item: Import, plan: Plan) -> None:
    """The target imports what comes to it."""
    node = entry(here, item) or here.parsed.root.named_descendant_for_byte_range(
        item.name_span.start, item.name_span.end
    )
    if node is None or item.reexport:
        if item.reexport and node is not None:
            plan.steps.append((node.start_byte, removal_at(node.start_byte)))
            return
        raise Refused(f"{here.path} imports `{item.name}` in a form that is not known.")
    key = (node.start_byte, removal_at(node.start_byte))
    if all(start != node.start_byte for start, _ in plan.steps):
        plan.steps.append(key)


def _plan_use(move: Move, path: str, use: LinkedReference, plan: Plan) -> None:
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


def plan_stars(move: Move, uses: Sequence[LinkedReference], plans: dict[str, Plan]) -> None:
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
                if not is_public(move, unit.symbols[0]):
                    continue
                used = any(
                    use.location.path == path and name_in_use(move, use) == unit.name
                    for use in uses
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


def is_public(move: Move, index: int) -> bool:
    return bool(move.ctx.facts.symbol_flags(index) & SymbolFlag.EXPORTED)


# The old file.


def plan_old(
    move: Move, uses: Sequence[LinkedReference], needs: Sequence[Need], plan: Plan
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
            plan.steps.append((entry.start_byte, removal_at(entry.start_byte)))
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
    plan: Plan,
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


def is_guard(ctx: RefactorContext, statement: Node) -> bool:
    condition = statement.child_by_field_name("condition")
    return condition is not None and ctx.shapes.moving.type_guard(condition)
