"""Which definitions are moved, what they need where they go, and who uses them.

Owns the reading of a move. The edits of it stand in `moving.py`; what a language says of its files
in `languages/<id>/moving.py`.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import TYPE_CHECKING

from pairwright_analyzers.graph import SymbolId
from pairwright_analyzers.graph.bindings import Binding, BindingKind
from pairwright_analyzers.graph.entities import FolderEntity, ModuleEntity, SymbolEntity
from pairwright_analyzers.graph.model import LinkedReference
from pairwright_analyzers.graph.queries import references_to
from pairwright_analyzers.languages.moving import Example, Moving
from pairwright_analyzers.refactors.context import RefactorContext
from pairwright_analyzers.refactors.layout import (
    line_start,
    statements_span,
    with_comments_above,
)
from pairwright_analyzers.refactors.model import Refused
from pairwright_analyzers.syntax import ancestors, descendants
from pairwright_analyzers.types import (
    TYPE_KINDS,
    Confidence,
    Import,
    Reference,
    Role,
    Span,
    SymbolFlag,
    SymbolKind,
    TextEdit,
)

if TYPE_CHECKING:
    from tree_sitter import Node

MOVABLE = TYPE_KINDS | {
    SymbolKind.FUNCTION,
    SymbolKind.METHOD,
    SymbolKind.TEST,
    SymbolKind.VARIABLE,
    SymbolKind.CONSTANT,
}
_VALUES = frozenset({SymbolKind.VARIABLE, SymbolKind.CONSTANT})
NO_SPAN = Span(0, 0)


@dataclass(frozen=True, slots=True)
class Unit:
    """A definition that is moved whole: `symbols` are its indexes in the old file (overloads and
    merged declarations are several), `statements` what they are defined by.
    """

    name: str
    symbols: tuple[int, ...]
    statements: tuple[Node, ...]


@dataclass(frozen=True)
class Move:
    """Definitions on their way from the file of `ctx` to `target`."""

    ctx: RefactorContext
    units: tuple[Unit, ...]
    target: str
    reexport: bool = False

    @property
    def moving(self) -> Moving:
        return self.ctx.shapes.moving

    @cached_property
    def names(self) -> frozenset[str]:
        return frozenset(unit.name for unit in self.units)

    @cached_property
    def statements(self) -> tuple[Node, ...]:
        """All moved statements, in text order, each once."""
        found = {one.start_byte: one for unit in self.units for one in unit.statements}
        return tuple(found[start] for start in sorted(found))

    @cached_property
    def spans(self) -> tuple[Span, ...]:
        """The bytes of the moved statements, with the comments that go with them."""
        return tuple(
            Span(with_comments_above(self.ctx, one), statements_span(self.ctx, [one]).end)
            for one in self.statements
        )

    @cached_property
    def ids(self) -> frozenset[SymbolId]:
        return frozenset(
            SymbolId(self.ctx.path, index) for unit in self.units for index in unit.symbols
        )

    def takes(self, offset: int) -> bool:
        """Whether an offset of the old file lies in what is moved."""
        return any(span.start <= offset < span.end for span in self.spans)

    @property
    def is_shared(self) -> bool:
        """Whether the two files see each other's definitions without imports."""
        shares = self.moving.shares
        return shares is not None and shares(self.ctx.path, self.target)

    def is_target(self, symbol: SymbolId) -> bool:
        return symbol in self.ids


# What stands at the selection.


def symbol_in_header(ctx: RefactorContext) -> int | None:
    """The index of the definition at the top of the file in whose header the cursor stands, up to
    its name; None elsewhere.
    """
    start = ctx.selection.start
    facts = ctx.facts
    reference = facts.reference_at(start)
    names = [reference.start] if reference is not None and reference.role is Role.DEFINE else []
    if not names and ctx.is_cursor:
        # On the words before the name: `def`, `export class`.
        line = Span(line_start(ctx.text, start), start + 120)
        found = (facts.reference(index) for index in facts.references_in(line))
        first = next((one for one in found if one.role is Role.DEFINE), None)
        if first is not None and b"\n" not in ctx.text[start : first.start]:
            words = ctx.text[line.start : first.start]
            names = [first.start] if words.replace(b" ", b"").isalpha() else []
    if not names or not (ctx.is_cursor or ctx.selection.end <= names[0] + 200):
        return None
    for index in range(facts.symbol_count):
        if facts.symbol_name_start(index) == names[0]:
            if not ctx.is_cursor and ctx.source(ctx.selection) != facts.symbol_name(index):
                return None
            at_top = is_at_top(ctx, index) and facts.symbol_kind(index) in MOVABLE
            return index if at_top else None
    return None


def is_at_top(ctx: RefactorContext, index: int) -> bool:
    """Whether a symbol is defined at the top of its file, or of a namespace in it."""
    container = ctx.facts.symbol_container(index)
    return container < 0 or ctx.facts.symbol_kind(container) is SymbolKind.NAMESPACE


def top_statement(ctx: RefactorContext, offset: int) -> Node | None:
    """The statement at the top of a file that an offset is part of; None where it stands in a
    block: in an `if`, in a `try`.
    """
    containers = ctx.shapes.moving.containers
    node = ctx.parsed.root.named_descendant_for_byte_range(offset, offset)
    for one in (node, *ancestors(node)) if node is not None else ():
        around = one.parent
        if around is None:
            return None
        if around.parent is None or around.type in containers:
            return one
        if one.type in ctx.shapes.blocks and one.start_byte <= offset:
            return None
    return None


def unit_of(ctx: RefactorContext, index: int) -> Unit:
    """The definition of a symbol. Raises `Refused` where it cannot be taken out of its file."""
    facts = ctx.facts
    name, owner = facts.symbol_name(index), facts.symbol_owner(index)
    if facts.symbol_kind(index) not in MOVABLE or not is_at_top(ctx, index):
        raise Refused(f"`{name}` is not defined at the top of its file.")
    if ctx.shapes.moving.types_only and facts.symbol_kind(index) not in TYPE_KINDS:
        raise Refused(ctx.shapes.moving.types_only)
    if name.startswith("__") and name.endswith("__"):
        raise Refused(f"`{name}` belongs to its file.")
    same = tuple(
        one
        for one in facts.symbols_named(name)
        if is_at_top(ctx, one)
        and facts.symbol_owner(one) == owner
        and facts.symbol_kind(one) in MOVABLE
    )
    solid = [one for one in same if not facts.symbol_flags(one) & SymbolFlag.OVERLOAD]
    if len(solid) > 1 and not ctx.shapes.moving.merges:
        raise Refused(f"`{name}` is defined in several places.")
    statements = []
    for one in same:
        statement = top_statement(ctx, facts.symbol_name_start(one))
        if statement is None:
            raise Refused(f"`{name}` is defined in a block, and not in every case.")
        if statement.has_error:
            raise Refused(f"`{name}` cannot be read whole.")
        if facts.symbol_kind(one) in _VALUES:
            _refuse_joint(ctx, statement, name)
        statements.append(statement)
    return Unit(name, same, tuple(statements))


def _refuse_joint(ctx: RefactorContext, statement: Node, name: str) -> None:
    """Refuses a variable that shares its statement with something else."""
    parts = ctx.shapes.variables(statement, ctx.text)
    if ctx.shapes.moving.shares is None and not parts:
        raise Refused(f"`{name}` gets its value together with others.")


def units_in(ctx: RefactorContext) -> tuple[Unit, ...]:
    """The definitions that are selected whole; () where something else is."""
    statements = ctx.statements
    if not statements:
        return ()
    containers = ctx.shapes.moving.containers
    parent = statements[0].parent
    if parent is None or not (parent.parent is None or parent.type in containers):
        return ()
    found: dict[str, Unit] = {}
    facts = ctx.facts
    for statement in statements:
        if statement.type in ctx.shapes.comments:
            continue
        own = [
            index
            for index in range(facts.symbol_count)
            if statement.start_byte <= facts.symbol_name_start(index) < statement.end_byte
            and is_at_top(ctx, index)
            and facts.symbol_kind(index) in MOVABLE
        ]
        if not own:
            return ()
        for index in own:
            unit = unit_of(ctx, index)
            found[f"{facts.symbol_owner(index)}.{unit.name}"] = unit
    return tuple(found.values())


def with_helpers(ctx: RefactorContext, units: Sequence[Unit]) -> tuple[Unit, ...]:
    """The definitions, and those of the file that only they use and nobody else is meant to."""
    facts = ctx.facts
    found = list(units)
    while True:
        move = Move(ctx, tuple(found), ctx.path)
        added = None
        for index in range(facts.symbol_count):
            ctx.check()
            hidden = not facts.symbol_flags(index) & SymbolFlag.EXPORTED
            if not hidden or not is_at_top(ctx, index) or facts.symbol_name(index) in move.names:
                continue
            if facts.symbol_kind(index) not in MOVABLE or facts.symbol_name(index)[:2] == "__":
                continue
            uses = references_to(ctx.graph, SymbolId(ctx.path, index), ctx.check)
            own = facts.symbol(index).span
            outer = [
                use
                for use in uses
                if use.location.path != ctx.path or not own.covers(use.location.span)
            ]
            if outer and all(
                use.location.path == ctx.path and move.takes(use.location.span.start)
                for use in outer
            ):
                added = unit_of(ctx, index)
                break
        if added is None:
            break
        found.append(added)
    return tuple(sorted(found, key=lambda unit: unit.statements[0].start_byte))


def refuse_torn(move: Move) -> None:
    """Refuses where a statement defines something that stays as well."""
    facts = move.ctx.facts
    moved = {index for unit in move.units for index in unit.symbols}
    for index in range(facts.symbol_count):
        at = facts.symbol_name_start(index)
        if index in moved or not is_at_top(move.ctx, index):
            continue
        if facts.symbol_kind(index) not in MOVABLE:
            continue
        if any(one.start_byte <= at < one.end_byte for one in move.statements):
            name = move.units[0].name
            raise Refused(f"`{name}` is declared together with `{facts.symbol_name(index)}`.")


# Who uses it.


def uses_of(move: Move) -> list[LinkedReference]:
    """Every place outside of what is moved that names it. Raises `Refused` where somebody gives it
    another value.
    """
    ctx = move.ctx
    found: dict[tuple[str, int], LinkedReference] = {}
    written_inside = ""
    for one in sorted(move.ids):
        for use in references_to(ctx.graph, one, ctx.check):
            if use.confidence is Confidence.BY_NAME:
                continue
            path, start = use.location.path, use.location.span.start
            name = ctx.graph.symbol(one).name
            inside = path == ctx.path and move.takes(start)
            if use.role is Role.WRITE:
                if not inside:
                    raise Refused(f"{path} assigns `{name}`, which another file cannot do.")
                written_inside = name
            if not inside:
                found[path, start] = use
    if written_inside and found and move.moving.bound_once:
        raise Refused(f"`{written_inside}` is assigned again while the program runs.")
    return [found[key] for key in sorted(found)]


# What it needs.


@dataclass(frozen=True, slots=True)
class Need:
    """Something that has to be imported where the code goes: `item` is written for that file;
    `guard` is the `if` around the import it is copied from, None for an import that always runs;
    `offered` is a statement of the old file that has to offer it first.
    """

    item: Import
    guard: Node | None = None
    offered: Node | None = None


@dataclass(frozen=True, slots=True)
class Needs:
    """All that moved code needs, and the edits of its own text (offsets of the old file)."""

    imports: tuple[Need, ...]
    edits: tuple[TextEdit, ...]
    of_target: frozenset[str]
    """Names of the target's own definitions that are used when the code is loaded."""


def needs_of(move: Move, target: RefactorContext | None) -> Needs:
    """What moved code needs. Raises `Refused` where it cannot be had in the other file."""
    ctx = move.ctx
    found: dict[tuple[str, str, str], Need] = {}
    edits: list[TextEdit] = []
    of_target: set[str] = set()
    for span in move.spans:
        for index in ctx.facts.references_in(span):
            one = ctx.facts.reference(index)
            if one.member or one.role in (Role.DEFINE, Role.KEYWORD, Role.IMPORT):
                continue
            need = _need(move, one, target, edits, of_target)
            for part in (*_guarding(move, need), need) if need is not None else ():
                item = part.item
                found.setdefault((item.module, item.name, item.alias), part)
    for item in ctx.facts.imports:
        if any(move.moving.unseen(statement, item) for statement in move.statements):
            module, level = move.moving.relocated(item, ctx.path, move.target)
            need = Need(replace(item, module=module, level=level))
            found.setdefault((module, item.name, item.alias), need)
    edits.extend(_inner_imports(move))
    if target is not None and not move.is_shared:
        for need in found.values():
            _refuse_taken(move, target, need)
    unique = {(edit.span.start, edit.span.end): edit for edit in edits}
    kept = [need for need in found.values() if target is None or not _is_there(move, target, need)]
    return Needs(tuple(kept), tuple(unique.values()), frozenset(of_target))


def _need(
    move: Move,
    one: Reference,
    target: RefactorContext | None,
    edits: list[TextEdit],
    of_target: set[str],
) -> Need | None:
    ctx = move.ctx
    bound = ctx.bindings.lookup(one.name, one.start)
    if not bound:
        return _unbound(move, one, target)
    starts = [_bound_at(ctx, binding) for binding in bound]
    if all(move.takes(start) for start in starts):
        return None
    if len(bound) > 1:
        bound = _before_tail(move, bound)
        starts = [_bound_at(ctx, binding) for binding in bound]
    if any(move.takes(start) for start in starts):
        raise Refused(f"`{one.name}` is defined in several places.")
    if one.role in (Role.OUTER, Role.WRITE, Role.BIND):
        raise Refused(f"What is moved assigns `{one.name}`, which stays in {ctx.path}.")
    if len(bound) == 1 and bound[0].kind is BindingKind.IMPORT:
        return _copied(move, one, bound[0].index, edits, of_target)
    if move.is_shared:
        return None
    if bound[0].kind is BindingKind.LOCAL or (
        bound[0].kind is BindingKind.SYMBOL and not is_at_top(ctx, bound[0].index)
    ):
        raise Refused(f"`{one.name}` is no definition that {move.target} could import.")
    for binding in bound:
        if binding.kind is BindingKind.IMPORT:
            guard = _guard(ctx, ctx.bindings.imports[binding.index])
            if guard is not None and move.moving.type_guard(_condition(guard)):
                raise Refused(f"`{one.name}` is imported in several ways.")
    return _from_old(move, one, bound)


def _before_tail(move: Move, bound: tuple[Binding, ...]) -> tuple[Binding, ...]:
    """The bindings of a name without those of what stands at the end of the file: a part that only
    runs when the file itself is run.
    """
    ctx, tail = move.ctx, move.moving.tail
    if tail is None:
        return bound
    ends = [
        Span(one.start_byte, one.end_byte)
        for one in ctx.parsed.root.named_children
        if tail.match(ctx.text[one.start_byte : one.end_byte])
    ]
    kept = tuple(
        one
        for one in bound
        if not any(span.start <= _bound_at(ctx, one) < span.end for span in ends)
    )
    return kept or bound


def _guarding(move: Move, need: Need) -> Iterator[Need]:
    """What the condition around an import needs."""
    ctx = move.ctx
    condition = _condition(need.guard) if need.guard is not None else None
    if condition is None:
        return
    for index in ctx.facts.references_in(Span(condition.start_byte, condition.end_byte)):
        one = ctx.facts.reference(index)
        for bound in ctx.bindings.lookup(one.name, one.start) if not one.member else ():
            if bound.kind is BindingKind.IMPORT:
                item = ctx.bindings.imports[bound.index]
                module, level = move.moving.relocated(item, ctx.path, move.target)
                yield Need(replace(item, module=module, level=level))


def _bound_at(ctx: RefactorContext, binding: Binding) -> int:
    if binding.kind is BindingKind.SYMBOL:
        return ctx.facts.symbol_name_start(binding.index)
    if binding.kind is BindingKind.IMPORT:
        return ctx.bindings.imports[binding.index].span.start
    return ctx.facts.columns.ref_starts[binding.index]


def _unbound(move: Move, one: Reference, target: RefactorContext | None) -> Need | None:
    ctx = move.ctx
    outside = ctx.function_of(_node_at(ctx, one)) is None
    if one.name in move.moving.own_words or (one.name in move.moving.top_words and outside):
        raise Refused(f"What is moved uses `{one.name}`, which is another in every file.")
    if target is not None and not move.is_shared and _top(target, one.name):
        found = ctx.graph.resolver.resolve(ctx.path, one.index)
        if not any(
            isinstance(entity, SymbolEntity) and entity.id.path == target.path
            for entity, _ in found
        ):
            raise Refused(f"`{one.name}` means something else in {target.path}.")
    if move.is_shared:
        _refuse_unknown_package(move, one)
    stars = [item for item in ctx.bindings.imports if item.name == "*" and not item.reexport]
    if not stars or one.name in ctx.spec.builtins or move.is_shared:
        return None
    for entity, confidence in ctx.graph.resolver.resolve(ctx.path, one.index):
        if isinstance(entity, SymbolEntity) and confidence is not Confidence.BY_NAME:
            if entity.id.path == move.target:
                return None
            module, level = address_of(move, move.target, entity.id.path)
            return Need(Import(NO_SPAN, module, one.name, one.name, level, NO_SPAN))
    raise Refused(f"Where `{one.name}` comes from is not known.")


def _refuse_unknown_package(move: Move, one: Reference) -> None:
    """Refuses a name that may be what an import is called by."""
    ctx = move.ctx
    if not move.moving.packages_named or one.name in ctx.spec.builtins:
        return
    following = one.index + 1
    if following >= ctx.facts.reference_count or not ctx.facts.reference(following).chained:
        return
    if not ctx.graph.resolver.resolve(ctx.path, one.index):
        raise Refused(f"Where `{one.name}` comes from is not known.")


def _node_at(ctx: RefactorContext, one: Reference) -> Node:
    found = ctx.parsed.root.named_descendant_for_byte_range(one.start, one.end)
    return found if found is not None else ctx.parsed.root


def _top(ctx: RefactorContext, name: str) -> tuple[Binding, ...]:
    return ctx.bindings.top_level(name)


def _copied(
    move: Move, one: Reference, index: int, edits: list[TextEdit], of_target: set[str]
) -> Need | None:
    """An import of the old file, as the other one has to write it."""
    ctx = move.ctx
    item = ctx.bindings.imports[index]
    resolver = ctx.graph.resolver
    if not item.name:
        chain = module_chain(ctx, ctx.path, one.index, move.target)
        if chain is not None:
            member = ctx.facts.reference(chain + 1)
            if chain + 1 >= ctx.facts.reference_count or not member.chained:
                raise Refused(f"What is moved hands over the module {move.target} whole.")
            edits.append(TextEdit(Span(one.start, member.start), ""))
            of_target.add(member.name)
            return None
    else:
        for entity, _ in resolver.imported(ctx.path, index):
            if isinstance(entity, SymbolEntity) and entity.id.path == move.target:
                name = resolver.facts(move.target)
                own = name.symbol_name(entity.id.index) if name is not None else one.name
                of_target.add(own)
                if own != one.name:
                    edits.append(TextEdit(one.span, own))
                return None
            if isinstance(entity, ModuleEntity) and entity.paths == (move.target,):
                member = ctx.facts.reference(one.index + 1)
                if not member.chained:
                    raise Refused(f"What is moved hands over the module {move.target} whole.")
                edits.append(TextEdit(Span(one.start, member.start), ""))
                of_target.add(member.name)
                return None
    guard = _guard(ctx, item)
    if guard is not None and not move.moving.type_guard(_condition(guard)):
        if move.is_shared:
            raise Refused(f"`{one.name}` is imported under a condition.")
        return _from_old(move, one, ())
    module, level = move.moving.relocated(item, ctx.path, move.target)
    return Need(
        replace(item, module=module, level=level, span=NO_SPAN, name_span=item.name_span), guard
    )


def _condition(guard: Node) -> Node:
    return guard.child_by_field_name("condition") or guard


def _guard(ctx: RefactorContext, item: Import) -> Node | None:
    """The block statement that an import stands in; None at the top of the file."""
    node = ctx.parsed.root.named_descendant_for_byte_range(item.span.start, item.span.end)
    found: Node | None = None
    for one in (node, *ancestors(node)) if node is not None else ():
        if one.parent is None or one.type in ctx.shapes.moving.containers:
            break
        if one.type in ctx.shapes.conditionals | ctx.shapes.tries | ctx.shapes.loops:
            found = one
    return found


def _from_old(move: Move, one: Reference, bound: Iterable[Binding]) -> Need:
    """Something of the old file that stays there."""
    ctx = move.ctx
    offered: Node | None = None
    name = one.name
    for binding in bound:
        if binding.kind is not BindingKind.SYMBOL:
            continue
        if move.moving.bound_once:
            _refuse_reassigned(move, SymbolId(ctx.path, binding.index))
        statement = top_statement(ctx, ctx.facts.symbol_name_start(binding.index))
        if move.moving.offers is not None and statement is not None:
            known_as = offered_as(ctx, one.name, statement)
            if known_as is None:
                offered = statement
            else:
                name = known_as
    module, level = address_of(move, move.target, ctx.path)
    type_only = move.moving.offers is not None and _is_type(ctx, bound) and writes_types(ctx)
    item = Import(NO_SPAN, module, name, one.name, level, NO_SPAN, type_only=type_only)
    return Need(item, None, offered)


def _is_type(ctx: RefactorContext, bound: Iterable[Binding]) -> bool:
    kinds = [ctx.facts.symbol_kind(one.index) for one in bound if one.kind is BindingKind.SYMBOL]
    return bool(kinds) and all(kind in (SymbolKind.INTERFACE, SymbolKind.TYPE) for kind in kinds)


def writes_types(ctx: RefactorContext) -> bool:
    """Whether a file says which imports are for types only."""
    return any(item.type_only for item in ctx.facts.imports)


def _refuse_reassigned(move: Move, symbol: SymbolId) -> None:
    ctx = move.ctx
    if ctx.graph.symbol(symbol).kind not in _VALUES:
        return
    for use in references_to(ctx.graph, symbol, ctx.check):
        if use.role is Role.WRITE and use.confidence is not Confidence.BY_NAME:
            name = ctx.graph.symbol(symbol).name
            raise Refused(f"`{name}` is assigned again while the program runs.")


def offered_as(ctx: RefactorContext, name: str, statement: Node) -> str | None:
    """The name under which a file offers a definition, `default` for the one thing it offers; None
    where it does not.
    """
    moving = ctx.shapes.moving
    if moving.offers is None:
        return name
    if moving.offers(statement):
        return "default" if moving.offered_alone(statement) else name
    specifier = offer_entry(ctx, name)
    if specifier is not None:
        alias = specifier.child_by_field_name("alias")
        return ctx.source(alias) if alias is not None else name
    for item in ctx.facts.imports:
        if item.reexport and not item.module and item.name == name:
            return item.alias
    return None


def offer_entry(ctx: RefactorContext, name: str) -> Node | None:
    """Where a name stands in a list of what the file offers."""
    for child in ctx.parsed.root.named_children:
        for holder in child.named_children:
            if holder.type not in ctx.shapes.moving.offer_lists:
                continue
            if child.child_by_field_name("source") is not None:
                continue
            for entry in holder.named_children:
                own = entry.child_by_field_name("name")
                if own is not None and ctx.source(own) == name:
                    return entry
    return None


def _refuse_taken(move: Move, target: RefactorContext, need: Need) -> None:
    alias = need.item.alias
    if not alias or _means_same(move, target, need.item):
        return
    bound = _top(target, alias)
    if bound:
        raise Refused(f"`{alias}` means something else in {target.path}.")


def _is_there(move: Move, target: RefactorContext, need: Need) -> bool:
    """Whether a file has an import already, at its top and under no other condition."""
    if not _means_same(move, target, need.item):
        return False
    found = target.bindings.imports[_top(target, need.item.alias)[0].index]
    if found.type_only and not need.item.type_only:
        return False
    return need.guard is not None or _guard(target, found) is None


def _means_same(move: Move, target: RefactorContext, item: Import) -> bool:
    """Whether a name of another file is an import of the same thing."""
    bound = _top(target, item.alias) if item.alias else ()
    if len(bound) != 1 or bound[0].kind is not BindingKind.IMPORT:
        return False
    found = target.bindings.imports[bound[0].index]
    if (found.module, found.level, found.name) == (item.module, item.level, item.name):
        return True
    resolver = target.graph.resolver
    there = resolver.imported(target.path, bound[0].index)
    for index, one in enumerate(move.ctx.bindings.imports):
        if one.alias == item.alias and there and there == resolver.imported(move.ctx.path, index):
            return True
    for entity, _ in there:
        if isinstance(entity, SymbolEntity) and entity.id.path == move.ctx.path:
            return move.ctx.facts.symbol_name(entity.id.index) == item.name
    return False


def _inner_imports(move: Move) -> Iterator[TextEdit]:
    """Imports inside of what is moved, as the other file has to write them."""
    ctx = move.ctx
    for item in ctx.facts.imports:
        if not move.takes(item.span.start) or item.reexport:
            continue
        module, level = move.moving.relocated(item, ctx.path, move.target)
        if (module, level) == (item.module, item.level):
            continue
        span = module_span(ctx, item)
        if span is None:
            raise Refused("An import inside of what is moved has a form that is not known.")
        yield TextEdit(span, "." * level + module)


# How files are named.


def module_span(ctx: RefactorContext, item: Import) -> Span | None:
    """Where an import says its module, without quotes; None where that cannot be found."""
    written = "." * item.level + item.module
    node = ctx.parsed.root.descendant_for_byte_range(item.span.start, item.span.end)
    if node is None:
        return None
    statement = next(
        (
            one
            for one in (node, *ancestors(node))
            if one.parent is None or one.start_byte < item.span.start or one.parent.parent is None
        ),
        node,
    )
    for one in (node, *descendants(statement)):
        if not item.span.start <= one.start_byte < item.span.end:
            continue
        text = ctx.source(one)
        if text == written and one.type not in ctx.shapes.strings:
            return Span(one.start_byte, one.end_byte)
        if one.type in ctx.shapes.strings and text[1:-1] == written:
            return Span(one.start_byte + 1, one.end_byte - 1)
    return None


def module_chain(ctx: RefactorContext, path: str, index: int, module: str) -> int | None:
    """The index of the last name of a chain that means a module (`pkg.mod`), which starts with the
    reference of that index; None where it means another.
    """
    facts = ctx.graph.resolver.facts(path)
    resolver = ctx.graph.resolver
    at = index
    while facts is not None and at < facts.reference_count:
        one = facts.reference(at)
        if at > index and not one.chained:
            return None
        passed = False
        for entity, _ in resolver.resolve(path, at):
            if isinstance(entity, ModuleEntity):
                if entity.paths == (module,) and not _goes_on(ctx, path, at, module):
                    return at
                passed = True
            passed = passed or isinstance(entity, FolderEntity)
        if not passed:
            return None
        at += 1
    return None


def _goes_on(ctx: RefactorContext, path: str, at: int, module: str) -> bool:
    """Whether the next name of a chain means the module too: a package and its own file."""
    facts = ctx.graph.resolver.facts(path)
    if facts is None or at + 1 >= facts.reference_count or not facts.reference(at + 1).chained:
        return False
    return any(
        isinstance(entity, ModuleEntity) and entity.paths == (module,)
        for entity, _ in ctx.graph.resolver.resolve(path, at + 1)
    )


def address_of(
    move: Move, importer: str, target: str, like: Import | None = None
) -> tuple[str, int]:
    """How one file names another: as `like` names the old file, or as it names others."""
    graph = move.ctx.graph
    examples = []
    if like is not None:
        examples.append(Example(importer, like, move.ctx.path))
    else:
        examples.extend(_examples(move, importer))
        if importer != move.ctx.path:
            examples.extend(_examples(move, move.ctx.path))
    exists = graph.workspace.has
    try:
        return move.moving.address(exists, importer, target, examples)
    except ValueError as error:
        raise Refused(str(error)) from error


def _examples(move: Move, importer: str) -> list[Example]:
    """A file's imports from the workspace, the nearest to the target first."""
    graph = move.ctx.graph
    facts = graph.resolver.facts(importer)
    found = []
    for item in facts.imports if facts is not None else ():
        if not item.module and not item.level:
            continue
        targets = graph.resolver.targets(importer, item)
        if len(targets) == 1 and targets[0] != importer:
            found.append(Example(importer, item, targets[0]))
    goal = move.target.split("/")

    def distance(example: Example) -> int:
        parts = example.target.split("/")
        same = 0
        while same < min(len(parts), len(goal)) and parts[same] == goal[same]:
            same += 1
        return -same

    return sorted(found, key=distance)
