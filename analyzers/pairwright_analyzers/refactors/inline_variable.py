"""Put a variable's value in the place of its name, and take the variable away.

    size = width * height          print(2 + width * height)
    print(2 + size)           ->

Offered on the name of a variable that is given a value once; with the cursor on one of several
uses, that one alone can be replaced too. Refused for parameters, for what is assigned again or
taken apart, where something the value reads is changed before the use, and where the value is an
object that all uses share. A value that runs other code is put in several places only when that is
asked for.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from pairwright_analyzers.graph import SymbolId
from pairwright_analyzers.graph.bindings import BindingKind
from pairwright_analyzers.graph.queries import references_to
from pairwright_analyzers.languages.shapes import VariableParts
from pairwright_analyzers.refactors.context import RefactorContext
from pairwright_analyzers.refactors.layout import indent_at, reindented
from pairwright_analyzers.refactors.model import (
    EVERYWHERE,
    Offer,
    Option,
    Refactor,
    Refactored,
    Refused,
    flag_argument,
)
from pairwright_analyzers.refactors.removal import declaration_removed
from pairwright_analyzers.refactors.values import fitted, makes_object, runs_code
from pairwright_analyzers.refactors.variables import Use, Variable, variable_at, variables_in
from pairwright_analyzers.syntax import ancestors, descendants
from pairwright_analyzers.types import SourceChange, Span, TextEdit

if TYPE_CHECKING:
    from tree_sitter import Node


@dataclass(frozen=True, slots=True)
class _Inlined:
    """A variable that can go: its declaration, its value, and where it is read."""

    variable: Variable
    parts: VariableParts
    value: Node
    reads: tuple[Use, ...]


def _offers(ctx: RefactorContext) -> Sequence[Offer]:
    variable = _variable(ctx)
    if variable is None or len(variable.uses) < 2:
        return ()
    title = f"Inline `{variable.name}`"
    try:
        found = _inlined(ctx, variable)
        _refuse_lost(ctx, found)
    except Refused as refused:
        if any(use.start == variable.declared for use in variable.uses):
            return (Offer(title, refused=str(refused)),)
        return ()
    arguments: dict[str, Any] = {}
    repeated = _repeated(ctx, found, found.reads)
    if repeated:
        title = f"{title}, running `{repeated}` {_times(found.reads)}"
        arguments["repeat"] = True
    offers = [Offer(title, arguments)]
    here = _use_at(ctx, found)
    if here is not None and len(found.reads) > 1 and not repeated:
        offers.append(Offer(f"Inline this use of `{variable.name}` only", {"here": True}))
    return offers


def _apply(ctx: RefactorContext, arguments: Mapping[str, Any]) -> Refactored:
    variable = _variable(ctx)
    if variable is None:
        raise Refused("No variable stands here.")
    found = _inlined(ctx, variable)
    here = flag_argument(arguments, "here")
    use = _use_at(ctx, found)
    reads = found.reads
    if here:
        if use is None:
            raise Refused("The cursor is not on a use of the variable.")
        reads = (use,)
    else:
        _refuse_lost(ctx, found)
    repeated = _repeated(ctx, found, found.reads)
    if repeated and not flag_argument(arguments, "repeat"):
        raise Refused(f"`{repeated}` would run {_times(found.reads)}.")
    if not reads:
        raise Refused(f"`{variable.name}` is never read.")
    edits = [_replacement(ctx, found, one) for one in reads]
    if not here:
        edits.append(declaration_removed(ctx, found.parts))
    ordered = tuple(sorted(edits, key=lambda edit: edit.span.start))
    change = SourceChange({ctx.path: ordered}, certain=not repeated)
    return Refactored(change, frozenset({variable.name}))


# What is inlined.


def _variable(ctx: RefactorContext) -> Variable | None:
    """The variable named at the selection, or the one that a selected declaration declares."""
    found = variable_at(ctx, ctx.selection.start)
    if found is not None and (ctx.is_cursor or _is_name_of(ctx, found)):
        return found
    for statement in ctx.statements:
        parts = ctx.shapes.variables(statement, ctx.text)
        if len(ctx.statements) == 1 and len(parts) == 1:
            return variable_at(ctx, parts[0].name.start_byte)
    return None


def _is_name_of(ctx: RefactorContext, variable: Variable) -> bool:
    return ctx.source(ctx.selection) == variable.name


def _use_at(ctx: RefactorContext, found: _Inlined) -> Use | None:
    at = ctx.selection.start
    return next((use for use in found.reads if use.start <= at <= use.end), None)


def _inlined(ctx: RefactorContext, variable: Variable) -> _Inlined:
    name = variable.name
    parts = _declaration(ctx, variable)
    if parts is None or parts.value is None:
        raise Refused(f"`{name}` is not given its value by a declaration of its own.")
    span = Span(parts.statement.start_byte, parts.statement.end_byte)
    for use in variable.uses:
        if use.start == parts.name.start_byte:
            continue
        if use.writes:
            raise Refused(f"`{name}` is assigned more than once.")
        if span.start <= use.start < span.end:
            raise Refused(f"The value of `{name}` uses `{name}` itself.")
    if parts.changeable and _changes_in_place(ctx, variable, parts):
        raise Refused(f"`{name}` may be changed in place.")
    reads = tuple(use for use in variable.uses if use.reads)
    for use in reads:
        _refuse_place(ctx, name, _node_of(ctx, use))
    found = _Inlined(variable, parts, parts.value, reads)
    _refuse_changed_inputs(ctx, found)
    for use in reads:
        _refuse_captured(ctx, found, use)
        _refuse_leaving_try(ctx, found, use)
        _refuse_other_function(ctx, found, use)
    several = len(reads) > 1 or any(_is_repeated(ctx, found, use) for use in reads)
    if several and _has_state(ctx, found):
        raise Refused(f"All uses of `{name}` share one object, which would become several.")
    return found


def _declaration(ctx: RefactorContext, variable: Variable) -> VariableParts | None:
    """The declaration that gives a variable its value: its first, and a declaration without a
    value may stand before it.
    """
    for use in variable.uses:
        if not use.writes:
            return None
        node = _node_of(ctx, use)
        try:
            statement = ctx.statement_of(node)
        except Refused:
            return None
        for parts in ctx.shapes.variables(statement, ctx.text):
            if parts.name.start_byte == use.start:
                return parts if parts.value is not None else None
        return None
    return None


def _node_of(ctx: RefactorContext, use: Use) -> Node:
    """The node of a use."""
    node = ctx.parsed.root.named_descendant_for_byte_range(use.start, use.end)
    assert node is not None
    parent = node.parent
    return parent if parent is not None and parent.type in ctx.shapes.shorthands else node


def _changes_in_place(ctx: RefactorContext, variable: Variable, parts: VariableParts) -> bool:
    """Whether a variable that was declared to be changeable is not a plain number or text."""
    assert parts.value is not None
    return parts.value.type not in ctx.shapes.literals or len(variable.uses) > 2


def _refuse_place(ctx: RefactorContext, name: str, node: Node) -> None:
    shapes = ctx.shapes
    if shapes.needs_place(node):
        raise Refused(f"`{name}` is needed as a variable: its place is used, not its value.")
    if node.type in shapes.expressions and ctx.is_value(node):
        return
    if node.type in shapes.shorthands:
        return
    raise Refused(f"`{name}` is used where only a name can stand.")


def _refuse_changed_inputs(ctx: RefactorContext, found: _Inlined) -> None:
    """What the value reads is the same at every use."""
    value = Span(found.value.start_byte, found.value.end_byte)
    last = max((use.end for use in found.reads), default=value.end)
    for variable in variables_in(ctx, value):
        for use in variable.uses:
            if use.writes and not value.start <= use.start < value.end:
                inside_loop = _shares_loop(ctx, found, use)
                if value.end <= use.start < last or inside_loop:
                    raise Refused(
                        f"`{variable.name}`, which the value reads, is assigned before the use."
                    )
    written = _written_members(ctx, Span(value.end, max(last, value.end)))
    for index in ctx.facts.references_in(value):
        one = ctx.facts.reference(index)
        if one.member and one.name in written:
            raise Refused(f"`{one.name}`, which the value reads, is assigned before the use.")


def _refuse_captured(ctx: RefactorContext, found: _Inlined, use: Use) -> None:
    """What the value names means the same at a use."""
    value = Span(found.value.start_byte, found.value.end_byte)
    columns = ctx.facts.columns
    for index in ctx.facts.references_in(value):
        one = ctx.facts.reference(index)
        if one.member:
            continue
        meant = ctx.bindings.lookup(one.name, one.start)
        own = [
            item
            for item in meant
            if item.kind is BindingKind.LOCAL
            and value.start <= columns.ref_starts[item.index] < value.end
        ]
        if own and len(own) == len(meant):
            continue
        there = ctx.bindings.lookup(one.name, use.start)
        if (meant or there) and not set(meant) & set(there):
            raise Refused(
                f"`{one.name}` means something else where `{found.variable.name}` is used."
            )


def _refuse_leaving_try(ctx: RefactorContext, found: _Inlined, use: Use) -> None:
    """A value that may fail does so where it is caught now."""
    if found.value.type in ctx.shapes.literals:
        return
    place = _node_of(ctx, use)
    for around in ancestors(found.parts.statement):
        if around.type in ctx.shapes.functions:
            return
        inside = around.start_byte <= place.start_byte < around.end_byte
        if around.type in ctx.shapes.resources and not inside:
            raise Refused("The value would be computed when what it needs is closed.")
        if around.type not in ctx.shapes.tries or _handler_in(ctx, around, found.value):
            continue
        if not inside or _handler_in(ctx, around, place):
            raise Refused("The value would be computed outside of the `try` that it is in now.")


def _handler_in(ctx: RefactorContext, around: Node, node: Node) -> bool:
    """Whether a node is in one of the handlers of a `try`."""
    return any(
        one.type in ctx.shapes.handlers and one.start_byte <= node.start_byte < one.end_byte
        for one in around.children
    )


def _refuse_other_function(ctx: RefactorContext, found: _Inlined, use: Use) -> None:
    """`this`, `await` and `return` belong to the function that they are in."""
    shapes = ctx.shapes
    inside = {around.id for around in ancestors(found.parts.statement)}
    crossed = [
        around
        for around in ancestors(_node_of(ctx, use))
        if around.type in shapes.functions and around.id not in inside
    ]
    bound = shapes.awaits | shapes.yields | shapes.returns
    if crossed and next(ctx.inside(found.value, bound), None) is not None:
        raise Refused("The value belongs to another function than the use.")
    if any(around.type in shapes.rebinders for around in crossed):
        words = ctx.spec.receivers | ctx.spec.super_words
        for node in (found.value, *descendants(found.value)):
            if node.named_child_count == 0 and ctx.source(node) in words:
                raise Refused(f"`{ctx.source(node)}` is another one where the variable is used.")


def _has_state(ctx: RefactorContext, found: _Inlined) -> bool:
    """Whether the uses seem to share one object: it is made by the value, or what a call gave is
    changed through its members.
    """
    if makes_object(ctx, found.value):
        return True
    if runs_code(ctx, found.value) is None:
        return False
    return any(_is_changed(ctx, _node_of(ctx, use)) for use in found.reads)


def _is_changed(ctx: RefactorContext, place: Node) -> bool:
    """Whether a member of a place is called for its effect, or assigned."""
    shapes = ctx.shapes
    current = place
    parent = current.parent
    while (
        parent is not None
        and parent.start_byte == place.start_byte
        and parent.type in shapes.atoms | shapes.calls
    ):
        current, parent = parent, parent.parent
    if parent is None or current.id == place.id:
        return False
    if parent.type in shapes.assignments | shapes.augmented:
        return parent.start_byte == place.start_byte
    return parent.type in shapes.wrappers or ctx.is_statement(current)


def _shares_loop(ctx: RefactorContext, found: _Inlined, write: Use) -> bool:
    """Whether a write and a use are in one loop that the declaration is not in."""
    around = _loops(ctx, _node_of(ctx, write))
    declared = _loops(ctx, found.parts.statement)
    for use in found.reads:
        shared = (around & _loops(ctx, _node_of(ctx, use))) - declared
        if shared:
            return True
    return False


def _loops(ctx: RefactorContext, node: Node) -> frozenset[tuple[int, int]]:
    kinds = ctx.shapes.loops | ctx.shapes.functions
    found: set[tuple[int, int]] = set()
    current = node.parent
    while current is not None:
        if current.type in kinds:
            found.add((current.start_byte, current.end_byte))
        current = current.parent
    return frozenset(found)


def _written_members(ctx: RefactorContext, span: Span) -> frozenset[str]:
    names: set[str] = set()
    for index in ctx.facts.references_in(span):
        one = ctx.facts.reference(index)
        if one.member and one.role.name in ("WRITE", "DEFINE", "BIND"):
            names.add(one.name)
    return frozenset(names)


def _is_repeated(ctx: RefactorContext, found: _Inlined, use: Use) -> bool:
    """Whether a use may be reached more often than the declaration: in a loop or a function that
    the declaration is not in.
    """
    return bool(_loops(ctx, _node_of(ctx, use)) - _loops(ctx, found.parts.statement))


def _repeated(ctx: RefactorContext, found: _Inlined, reads: Sequence[Use]) -> str:
    """What would run more than once, "" for nothing."""
    if len(reads) == 1 and not _is_repeated(ctx, found, reads[0]):
        return ""
    running = runs_code(ctx, found.value)
    if running is None:
        return ""
    source = " ".join(ctx.source(running).split())
    return source if len(source) <= 40 else f"{source[:39]}…"


def _times(reads: Sequence[Use]) -> str:
    return f"{len(reads)} times" if len(reads) > 1 else "many times"


def _refuse_lost(ctx: RefactorContext, found: _Inlined) -> None:
    """Nothing else uses the variable: no other file, no list of exported names."""
    if not found.variable.outer:
        return
    index = next(
        (
            symbol.index
            for symbol in ctx.facts.symbols
            if symbol.name_span.start == found.variable.declared
        ),
        -1,
    )
    if index < 0:
        return
    places = references_to(ctx.graph, SymbolId(ctx.path, index), ctx.check)
    others = {use.location.path for use in places} - {ctx.path}
    if others:
        count = f"{len(others)} other file{'s' if len(others) > 1 else ''}"
        raise Refused(f"`{found.variable.name}` is used in {count} too.")


# The edit.


def _replacement(ctx: RefactorContext, found: _Inlined, use: Use) -> TextEdit:
    node = _node_of(ctx, use)
    value = found.value
    span = Span(value.start_byte, value.end_byte)
    written = reindented(ctx, span, indent_at(ctx.text, node.start_byte))
    try:
        written = ctx.shapes.inlined(node, value, written, ctx.text)
    except ValueError as error:
        raise Refused(str(error)) from error
    if node.type in ctx.shapes.shorthands:
        return TextEdit(Span(node.start_byte, node.end_byte), f"{found.variable.name}: {written}")
    fitting = fitted(ctx, node, written, value.type)
    return TextEdit(Span(node.start_byte, node.end_byte), fitting)


REFACTOR = Refactor(
    "inline.variable",
    "Inline variable",
    "refactor.inline.variable",
    EVERYWHERE,
    _offers,
    _apply,
    __doc__ or "",
    (
        Option("here", "boolean", "Replace the use at the cursor only and keep the variable."),
        Option("repeat", "boolean", "Allow that code which the value runs is run several times."),
    ),
)
