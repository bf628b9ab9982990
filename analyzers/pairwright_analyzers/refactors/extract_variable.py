"""Give a value a name: it becomes a variable, declared before the statement that uses it.

    if price * 0.2 > limit:          tax = price * 0.2
        warn(price * 0.2)       ->   if tax > limit:
                                         warn(price * 0.2)

Offered on a selected value; where the same value stands in the function again and nothing it reads
is written between, all of its places can be replaced at once. Where the value would be computed
although a condition before it does not hold, or once instead of in each round of a loop, the offer
says so, and it is refused where that cannot work: what it reads changes meanwhile, is bound within
the statement, or is only there when the condition holds. Refused too for what is no value of its
own (targets of assignments, types, keys, names of arguments, parts of a longer chain), where only
constants can stand, and for whole statements.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from pairwright_analyzers.languages.shapes import NewVariable, words
from pairwright_analyzers.languages.values import Held
from pairwright_analyzers.refactors.context import RefactorContext
from pairwright_analyzers.refactors.insertion import named_in, ordered, spot_before, terminated
from pairwright_analyzers.refactors.layout import indent_unit, newline_of, reindented
from pairwright_analyzers.refactors.model import (
    NAME,
    Offer,
    Option,
    Refactor,
    Refactored,
    Refused,
    flag_argument,
    text_argument,
)
from pairwright_analyzers.refactors.naming import suggested_name, wanted_name
from pairwright_analyzers.refactors.places import (
    Place,
    is_whole_statement,
    place_of,
    place_within,
    refuse_moved,
    refuse_unnameable,
)
from pairwright_analyzers.refactors.repeats import common_statement, shared_values
from pairwright_analyzers.refactors.typing_of import type_of_value
from pairwright_analyzers.syntax import span_of
from pairwright_analyzers.types import SourceChange, Span, TextEdit

if TYPE_CHECKING:
    from tree_sitter import Node


@dataclass(frozen=True, slots=True)
class _Plan:
    """Which values are replaced, where the declaration goes, and what the person is told."""

    value: Node
    places: tuple[Node, ...]
    place: Place
    told: str


def _offers(ctx: RefactorContext) -> Sequence[Offer]:
    if ctx.is_cursor:
        return ()
    title = "Extract variable"
    value = selected_value(ctx)
    if value is None:
        reason = why_no_value(ctx)
        return (Offer(title, refused=reason),) if reason else ()
    try:
        plan = _plan(ctx, value, everywhere=False)
    except Refused as refused:
        return (Offer(title, refused=str(refused)),)
    offers = [_offer(title, plan, {})]
    try:
        shared = _plan(ctx, value, everywhere=True)
    except Refused:
        return offers
    if len(shared.places) > 1:
        count = f"{title} ({len(shared.places)} occurrences)"
        offers.append(_offer(count, shared, {"all": True}))
    return offers


def _offer(title: str, plan: _Plan, arguments: dict[str, Any]) -> Offer:
    if plan.told:
        return Offer(f"{title}, {plan.told}", {**arguments, "eager": True})
    return Offer(title, arguments)


def _apply(ctx: RefactorContext, arguments: Mapping[str, Any]) -> Refactored:
    value = selected_value(ctx)
    if value is None:
        raise Refused(why_no_value(ctx) or "No value is selected.")
    plan = _plan(ctx, value, everywhere=flag_argument(arguments, "all"))
    if plan.told and not flag_argument(arguments, "eager"):
        raise Refused(f"It would change what happens: {plan.told}.")
    span = scope_span(ctx, plan.place.statement)
    wanted = text_argument(arguments, "name")
    name = wanted_name(ctx, wanted, suggested_name(ctx, value), span)
    return written_out(ctx, plan.place, value, plan.places, name)


def scope_span(ctx: RefactorContext, statement: Node) -> Span:
    """The bytes in which a name that is declared at a statement must not be another's."""
    around = ctx.function_of(statement)
    if around is None:
        return Span(ctx.parsed.root.start_byte, ctx.parsed.root.end_byte)
    body = around.child_by_field_name("body") or around
    return Span(body.start_byte, body.end_byte)


def written_out(
    ctx: RefactorContext, place: Place, value: Node, places: Sequence[Node], name: str
) -> Refactored:
    """The edit that declares a variable at a place and puts its name where the value stands."""
    spot = spot_before(ctx, place)
    held = _held(ctx, value, places)
    kind = held.type
    if not kind and ctx.shapes.values.needs_type:
        kind = type_of_value(ctx, value)
        if not kind or kind == "void":
            raise Refused("The type of the value is not known.")
    written = held.prefix + value_text(ctx, value, spot.indent)
    constant = ctx.shapes.values.local_constant(value)
    declaration = ctx.shapes.declare(NewVariable(name, written, kind, constant=constant))
    first = place.span.start if place.body is None else 0
    behind = ctx.text[first : first + 1].decode("utf-8", "replace") if first else "x"
    if place.span.start == value.start_byte:
        behind = "x"
    declaration = terminated(ctx, declaration, behind)
    edit = spot.edit(declaration)
    sigiled = ctx.shapes.sigil + name
    within = place.span if place.body is not None else None
    written_over = [replacement(ctx, one, sigiled, within) for one in places]
    kept = (
        other
        for other in spot.others
        if not any(_lies_in(other.span, one.span) for one in written_over)
    )
    edits = ordered([edit, *kept, *written_over])
    merged = _merged(edits)
    mine = next(one for one in merged if declaration in one.new_text)
    named = named_in(ctx.path, merged, mine, name, mine.new_text.index(declaration))
    return Refactored(SourceChange({ctx.path: merged}), frozenset({name, sigiled}), named)


def _lies_in(span: Span, around: Span) -> bool:
    """Whether a span lies within another one, and is not an insertion at its edge."""
    inside = around.start < span.start and span.end < around.end
    return inside or (len(span) > 0 and around.covers(span))


def _merged(edits: Sequence[TextEdit]) -> tuple[TextEdit, ...]:
    """Edits that touch each other, as one: the declaration and a value right behind it."""
    found: list[TextEdit] = []
    for edit in edits:
        last = found[-1] if found else None
        if last is not None and last.span.end == edit.span.start:
            span = Span(last.span.start, edit.span.end)
            found[-1] = TextEdit(span, last.new_text + edit.new_text)
        else:
            found.append(edit)
    return tuple(found)


# What is selected.


def selected_value(ctx: RefactorContext) -> Node | None:
    """The selected value, without parentheses around it."""
    value = ctx.expression
    while (
        value is not None
        and value.type in ctx.shapes.parentheses
        and value.named_child_count == 1
        and ctx.is_value(value.named_children[0])
        and value.start_byte == ctx.selection.start
    ):
        inner = value.named_children[0]
        if b"\n" in ctx.text[inner.start_byte : inner.end_byte] and ctx.shapes.values.line_ends:
            break
        return inner
    return value


def why_no_value(ctx: RefactorContext) -> str:
    """Why what is selected is no value, for a selection that looks like one; "" for others."""
    start, end = ctx.selection.start, ctx.selection.end
    node = ctx.parsed.root.named_descendant_for_byte_range(start, end)
    if node is None or ctx.statements or node.type in ctx.shapes.comments:
        return ""
    if (node.start_byte, node.end_byte) == (start, end):
        if node.type not in ctx.shapes.expressions:
            return ""
        return "This is a name or a place, not a value."
    if node.type in ctx.shapes.strings or node.type not in ctx.shapes.expressions:
        return ""
    if not node.named_child_count:
        return ""
    return "Only a part of a value is selected."


def _plan(ctx: RefactorContext, value: Node, *, everywhere: bool) -> _Plan:
    refuse_unnameable(ctx, value)
    if is_whole_statement(ctx, value):
        raise Refused("This is a whole statement: nothing uses its value.")
    place = place_of(ctx, value)
    told = refuse_moved(ctx, value, place)
    if not everywhere:
        return _Plan(value, (value,), place, told)
    places = tuple(shared_values(ctx, value))
    if len(places) == 1:
        return _Plan(value, places, place, told)
    if place.body is not None:
        inside = tuple(
            one
            for one in places
            if place.span.start <= one.start_byte and one.end_byte <= place.span.end
        )
        return _Plan(value, inside, place, told)
    try:
        return _shared(ctx, value, places)
    except Refused:
        block = place.statement.parent
        assert block is not None
        near = tuple(
            one
            for one in places
            if place.span.start <= one.start_byte and one.end_byte <= block.end_byte
        )
        return _shared(ctx, value, near)


def _shared(ctx: RefactorContext, value: Node, places: tuple[Node, ...]) -> _Plan:
    """One declaration for all places. Raises `Refused` where that would change something."""
    statement = common_statement(ctx, places)
    outer = place_within(ctx, places[0], statement)
    told = refuse_moved(ctx, places[0], outer)
    if outer.hazards:
        # What is surely computed at the first place may be computed at all others.
        for one in places[1:]:
            told = told or refuse_moved(ctx, one, place_within(ctx, one, statement))
    return _Plan(value, places, outer, told)


# What is written.


def value_text(ctx: RefactorContext, value: Node, indent: str) -> str:
    """A value as it is written behind `=` in a statement that starts at `indent`."""
    span = Span(value.start_byte, value.end_byte)
    tall = value.type in ctx.shapes.values.bracketed and b"\n" in ctx.text[span.start : span.end]
    if tall or (ctx.shapes.values.line_ends and _breaks(ctx, value)):
        newline, inner = newline_of(ctx.text), indent + indent_unit(ctx.text, ctx.shapes)
        return f"({newline}{inner}{reindented(ctx, span, inner)}{newline}{indent})"
    return ctx.shapes.values.alone(value, reindented(ctx, span, indent))


def _breaks(ctx: RefactorContext, value: Node) -> bool:
    """Whether a line ends in a value outside of brackets."""
    if b"\n" not in ctx.text[value.start_byte : value.end_byte]:
        return False
    depth, at = 0, value.start_byte
    pending = [value]
    while pending:
        node = pending.pop()
        if node.child_count and node.type not in ctx.shapes.strings:
            pending.extend(reversed(node.children))
            continue
        if depth == 0 and b"\n" in ctx.text[at : node.start_byte]:
            return True
        depth += {"(": 1, "[": 1, "{": 1, ")": -1, "]": -1, "}": -1}.get(node.type, 0)
        at = node.end_byte
    return False


def _held(ctx: RefactorContext, value: Node, places: Sequence[Node]) -> Held:
    found = (ctx.shapes.values.held(one) for one in (value, *places))
    return next((one for one in found if one.type or one.prefix), Held())


def replacement(
    ctx: RefactorContext, node: Node, name: str, within: Span | None = None
) -> TextEdit:
    """The edit that writes a name in the place of a value, without parentheses around it, as far
    as they lie within a span.
    """
    shapes = ctx.shapes
    written = shapes.values.written(node, name)
    outer = node
    while (
        outer.parent is not None
        and outer.parent.type in shapes.parentheses
        and outer.parent.named_child_count == 1
        and _needless(ctx, outer.parent)
        and (within is None or within.covers(span_of(outer.parent)))
    ):
        outer = outer.parent
    holder = outer.parent
    if holder is not None and holder.type in shapes.values.keyed:
        key = holder.named_children[0]
        if key.end_byte <= outer.start_byte and ctx.source(key) == name:
            outer = holder
    start = outer.start_byte
    if written.startswith("(") and ctx.text[start - 1 : start] == b" ":
        # `f "text"` becomes `f(name)`.
        start -= 1
    return TextEdit(Span(start, outer.end_byte), written)


def _needless(ctx: RefactorContext, brackets: Node) -> bool:
    """Whether parentheses only hold a value together, and are no part of what is around it."""
    parent, shapes = brackets.parent, ctx.shapes
    before = ctx.text[max(0, brackets.start_byte - 1) : brackets.start_byte]
    if parent is None or before.isalnum():
        return False
    if parent.type in shapes.parentheses:
        return _needless(ctx, parent)
    if parent.type in shapes.conditionals | shapes.switches | shapes.loops:
        return parent.type in shapes.expressions and parent.start_byte == brackets.start_byte
    holds = ("arguments", "argument_list", "argument", "declarator", "declaration")
    return (
        parent.type in shapes.expressions | shapes.returns | shapes.assignments
        or parent.type.endswith("index_expression")
        or parent.type.endswith(holds)
    )


REFACTOR = Refactor(
    "extract.variable",
    "Extract variable",
    "refactor.extract.variable",
    words("python javascript typescript typescriptreact go rust java c cpp csharp ruby php lua"),
    _offers,
    _apply,
    __doc__ or "",
    (
        NAME,
        Option("all", "boolean", "Replace all equal values of the function that can share it."),
        Option(
            "eager",
            "boolean",
            "Allow that calls run although a condition does not hold, or once instead of often.",
        ),
    ),
)
