"""Local variables: where each is bound, read and written.

Pure functions of one file's facts and tree. Which of them a piece of code needs and gives is told
by `liveness.py`.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from pairwright_analyzers.graph.bindings import Binding, BindingKind
from pairwright_analyzers.refactors.context import RefactorContext
from pairwright_analyzers.types import Reference, Role, ScopeKind, Span, SymbolKind

if TYPE_CHECKING:
    from tree_sitter import Node

_VALUES = frozenset({SymbolKind.VARIABLE, SymbolKind.CONSTANT})
_PLAIN = frozenset({"=", ":="})


@dataclass(frozen=True, slots=True)
class Use:
    """One occurrence of a variable, in bytes. What declares also writes, unless it has no value."""

    start: int
    end: int
    reads: bool
    writes: bool
    declares: bool


@dataclass(frozen=True, slots=True)
class Variable:
    """One variable: `declared` is where it is first bound, `uses` are all its occurrences in text
    order; `outer` says that it is a symbol of the file, which other code can name.
    """

    name: str
    declared: int
    uses: tuple[Use, ...]
    outer: bool = False

    def within(self, span: Span) -> tuple[Use, ...]:
        """The uses inside a span."""
        return tuple(use for use in self.uses if span.start <= use.start < span.end)


def variable_at(ctx: RefactorContext, offset: int) -> Variable | None:
    """The variable named at an offset; None for anything else."""
    reference = ctx.facts.reference_at(offset)
    if reference is None or reference.member:
        return None
    found = _bound(ctx, reference)
    if found is None:
        return None
    declared, outer = found
    held = ctx.memo.get((reference.name, found))
    if isinstance(held, Variable):
        return held
    uses = []
    for index in ctx.facts.references_named(reference.name):
        one = ctx.facts.reference(index)
        if one.member or one.role in (Role.KEYWORD, Role.OUTER):
            continue
        if _bound(ctx, one) == found:
            uses.append(use_of(ctx, one))
    made = Variable(reference.name, declared, tuple(uses), outer)
    ctx.memo[reference.name, found] = made
    return made


def variables_in(ctx: RefactorContext, span: Span) -> tuple[Variable, ...]:
    """The variables that occur within a span, in the order in which they do."""
    found: dict[tuple[str, int], Variable] = {}
    for index in ctx.facts.references_in(span):
        one = ctx.facts.reference(index)
        if one.member or one.role in (Role.KEYWORD, Role.OUTER):
            continue
        bound = _bound(ctx, one)
        if bound is None or (one.name, bound[0]) in found:
            continue
        variable = variable_at(ctx, one.start)
        if variable is not None:
            found[one.name, variable.declared] = variable
    return tuple(found.values())


def _bound(ctx: RefactorContext, reference: Reference) -> tuple[int, bool] | None:
    """Where a name is first bound, and whether as a symbol; None where it is no variable."""
    bound = ctx.bindings.lookup(reference.name, reference.start)
    if not bound:
        return None
    if ctx.shapes.shared_blocks:
        bound = _shared(ctx, reference.name, bound)
    starts: list[int] = []
    outer = False
    for one in bound:
        if one.kind is BindingKind.LOCAL:
            starts.append(ctx.facts.columns.ref_starts[one.index])
        elif one.kind is BindingKind.SYMBOL and ctx.facts.symbol_kind(one.index) in _VALUES:
            starts.append(ctx.facts.symbol_name_start(one.index))
            outer = True
        else:
            return None
    return min(starts), outer


def _shared(ctx: RefactorContext, name: str, bound: tuple[Binding, ...]) -> tuple[Binding, ...]:
    """The variable of an outer block that assignments in an inner one mean, where there is one."""
    bindings, starts = ctx.bindings, ctx.facts.columns.ref_starts
    while all(one.kind is BindingKind.LOCAL for one in bound):
        places = [starts[one.index] for one in bound]
        scope = bindings.scopes[bindings.scope_at(min(places))]
        if scope.kind is not ScopeKind.BLOCK or not all(
            _is_assigned(ctx, place) for place in places
        ):
            break
        outer = bindings.lookup(name, max(scope.span.start - 1, 0))
        if not any(
            one.kind is BindingKind.LOCAL and starts[one.index] < scope.span.start for one in outer
        ):
            break
        bound = outer
    return bound


def _is_assigned(ctx: RefactorContext, start: int) -> bool:
    """Whether a name is bound by an assignment, not as a parameter."""
    node = ctx.parsed.root.named_descendant_for_byte_range(start, start + 1)
    types = ctx.shapes.assignments | ctx.shapes.augmented
    for _ in range(3):
        node = node.parent if node is not None else None
        if node is not None and node.type in types:
            return True
    return False


def use_of(ctx: RefactorContext, reference: Reference) -> Use:
    """What one occurrence does to its variable."""
    role = reference.role
    declares = role in (Role.BIND, Role.DEFINE)
    writes = declares or role is Role.WRITE
    reads = not writes
    if writes and role is not Role.DEFINE:
        node = ctx.parsed.root.named_descendant_for_byte_range(reference.start, reference.end)
        reads = node is not None and _updates(ctx, node)
    return Use(reference.start, reference.end, reads, writes, declares)


def _updates(ctx: RefactorContext, name: Node) -> bool:
    """Whether what writes a name reads it too: `a += 1`, `a++`."""
    current, parent = name, name.parent
    for _ in range(3):
        if parent is None:
            return False
        first = parent.named_children[0] if parent.named_child_count else None
        if parent.type in ctx.shapes.augmented:
            return first == current
        if parent.type in ctx.shapes.assignments:
            operator = parent.child_by_field_name("operator")
            written = ctx.source(operator) if operator is not None else "="
            return first == current and written not in _PLAIN
        current, parent = parent, parent.parent
    return False


def names_used(variables: Iterable[Variable]) -> frozenset[str]:
    """The names of variables."""
    return frozenset(variable.name for variable in variables)
