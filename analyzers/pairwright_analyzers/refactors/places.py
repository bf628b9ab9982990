"""Where a statement can go that computes a value before it is used, and what that would change.

Pure functions of one text and its tree. A value that is only computed sometimes, or again and
again, is found here; what to make of it is the refactoring's business.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import Enum
from typing import TYPE_CHECKING

from pairwright_analyzers.languages.shapes import words
from pairwright_analyzers.languages.values import ExpressionBody, field_of
from pairwright_analyzers.refactors.context import RefactorContext
from pairwright_analyzers.refactors.model import Refused
from pairwright_analyzers.refactors.naming import words_of
from pairwright_analyzers.refactors.variables import Variable, variables_in
from pairwright_analyzers.types import Role, Span

if TYPE_CHECKING:
    from tree_sitter import Node

_LAZY = frozenset({"&&", "||", "and", "or", "??"})
_SELVES = frozenset({"self", "this", "$this", "cls", "super", "base"})
_WRITTEN_SIDES = frozenset({"right", "value", "default_value"})
_DEREFERENCES = frozenset({"*", "->", ".", "["})


class When(Enum):
    """How a value is computed where it stands, if not simply once."""

    SOMETIMES = "sometimes"
    EACH_TIME = "each time"
    LATER = "later"


@dataclass(frozen=True, slots=True)
class Hazard:
    """Something between a value and the place of a statement: `around` is the node, `guards` are
    the bytes that decide whether the value is computed.
    """

    when: When
    around: Node
    guards: tuple[Span, ...] = ()


@dataclass(frozen=True, slots=True)
class Place:
    """Where a statement can go: before `statement`, or into the block that `body` becomes.

    `span` covers what is computed after it in the same statement.
    """

    statement: Node
    body: ExpressionBody | None
    hazards: tuple[Hazard, ...]

    @property
    def span(self) -> Span:
        node = self.statement if self.body is None else self.body.value
        return Span(node.start_byte, node.end_byte)


def refuse_unnameable(ctx: RefactorContext, node: Node) -> None:
    """Raises `Refused` where a value cannot be named apart from the place where it stands."""
    shapes, values = ctx.shapes, ctx.shapes.values
    parent = node.parent
    if not ctx.is_value(node) or parent is None:
        raise Refused("This is not a value.")
    if node.type in shapes.assignments | shapes.augmented and _writes(node):
        raise Refused("This is an assignment.")
    problem = values.problem(node, ctx.text)
    if problem:
        raise Refused(problem)
    if shapes.needs_place(node) and parent.type not in shapes.strings:
        raise Refused("Its place is needed, not its value.")
    if is_written(ctx, node):
        raise Refused("This is what is assigned to.")
    where = field_of(node)
    if (
        parent.type in shapes.calls
        and where in ("function", "name", "method")
        and node.type not in values.callables
    ):
        raise Refused("A method cannot be taken away from its object.")
    if _ends_early(ctx, node) and _goes_on(ctx, parent, node):
        raise Refused("The chain behind it would no longer end where this is nothing.")
    if values.copied and _base_is_written(ctx, node):
        raise Refused("A copy would be changed.")
    if not values.types_are_values and _names_type(ctx, node):
        raise Refused("This names a type or a module, not a value.")
    if _has_name(ctx, node):
        raise Refused("This has a name already.")


def is_whole_statement(ctx: RefactorContext, node: Node) -> bool:
    """Whether a value makes up a statement, so that nothing uses it."""
    current = node
    while current.parent is not None and current.parent.type in ctx.shapes.parentheses:
        current = current.parent
    parent = current.parent
    while parent is not None and _is_last_operand(ctx, parent, current):
        # `a && f()` is there for what `f` does.
        current, parent = parent, parent.parent
    if parent is None:
        return False
    if parent.type in ctx.shapes.loops and field_of(current) in _STEPS:
        return True
    if parent.type in ctx.shapes.wrappers:
        return parent.named_child_count == 1 and not _gives_block(ctx, parent)
    return ctx.is_statement(current) and not _gives_block(ctx, current)


_STEPS = frozenset({"initializer", "init", "initialize", "update", "increment"})


def _is_last_operand(ctx: RefactorContext, parent: Node, node: Node) -> bool:
    signs = {one.type for one in parent.children if not one.is_named}
    lazy = bool(signs & _LAZY) and parent.type in ctx.shapes.expressions
    return lazy and parent.named_children[-1].id == node.id


def _gives_block(ctx: RefactorContext, statement: Node) -> bool:
    """Whether a statement is the value of its block: the last one, where blocks have values."""
    block = statement.parent
    if block is None:
        return False
    if block.type not in ctx.shapes.blocks:
        # An arm of its own: `case 1 -> value`.
        return ctx.shapes.values.expression_body(block, ctx.text) is not None
    if not ctx.shapes.implicit_return or block.parent is None:
        return False
    named = [one for one in block.named_children if one.type not in ctx.shapes.comments]
    return (
        bool(named) and named[-1].id == statement.id and statement.type not in (ctx.shapes.wrappers)
    )


def is_written(ctx: RefactorContext, node: Node) -> bool:
    """Whether a node is what an assignment, a loop or `++` writes."""
    shapes = ctx.shapes
    current, parent = node, node.parent
    for _ in range(3):
        if parent is None:
            return False
        where = field_of(current)
        first = parent.named_children[0].id == current.id if parent.named_child_count else False
        if parent.type in shapes.assignments and (where == "left" or (not where and first)):
            return True
        if parent.type in shapes.augmented and (where == "left" or first):
            return _writes(parent)
        if parent.type in shapes.loops and where == "left":
            return True
        if parent.type not in ("expression_list", "variable_list", "pattern_list", "tuple"):
            return False
        current, parent = parent, parent.parent
    return False


def _writes(node: Node) -> bool:
    """Whether a node with an operator writes its operand: `a!` in C# does not."""
    signs = {one.type for one in node.children if not one.is_named}
    return signs != {"!"}


def _base_is_written(ctx: RefactorContext, node: Node) -> bool:
    """Whether a part of a value is assigned to."""
    current, parent = node, node.parent
    while parent is not None and parent.type in ctx.shapes.expressions:
        if parent.type in ctx.shapes.calls or not parent.named_child_count:
            return False
        if parent.named_children[0].id != current.id:
            return False
        if any(one.type in ("->", "?->") for one in parent.children):
            # What stands before an arrow is a pointer or an object: a copy of it will do.
            return False
        if is_written(ctx, parent) or ctx.shapes.needs_place(parent):
            return True
        current, parent = parent, parent.parent
    return False


def _ends_early(ctx: RefactorContext, node: Node) -> bool:
    """Whether a chain of members may end before its last one."""
    ends = ctx.shapes.values.early_ends
    current: Node | None = node
    while current is not None and ends:
        if current.type in ends or any(one.type in ends for one in current.children):
            return True
        if current.type in ctx.shapes.parentheses or not current.named_child_count:
            return False
        current = current.named_children[0]
    return False


def _goes_on(ctx: RefactorContext, parent: Node, node: Node) -> bool:
    if parent.type not in ctx.shapes.expressions or parent.named_children[0].id != node.id:
        return False
    signs = {one.type for one in parent.children if not one.is_named}
    if parent.type in ctx.shapes.calls or signs & {".", "["}:
        return True
    return "?." in ctx.source(parent)[len(ctx.source(node)) :][:2] or "->" in signs


def _has_name(ctx: RefactorContext, node: Node) -> bool:
    """Whether a value is a variable, a function or an import, by its bare name."""
    if ctx.source(node) in _SELVES:
        return True
    reference = ctx.facts.reference_at(node.start_byte)
    if reference is None or reference.member:
        return False
    width = len(ctx.shapes.sigil)
    if reference.start not in (node.start_byte, node.start_byte + width):
        return False
    whole = reference.end == node.end_byte
    return whole and bool(ctx.bindings.lookup(reference.name, reference.start))


def _names_type(ctx: RefactorContext, node: Node) -> bool:
    """Whether a name means a type, a module or a package."""
    if node.named_child_count or not _is_word(ctx.source(node)):
        return False
    reference = ctx.facts.reference_at(node.start_byte)
    if reference is None or reference.member or reference.start != node.start_byte:
        return False
    bound = ctx.bindings.lookup(reference.name, reference.start)
    for one in bound:
        kind = one.kind.name
        if kind == "LOCAL":
            return False
        if kind == "IMPORT":
            return True
        if ctx.facts.symbol_kind(one.index).name in _TYPES:
            return True
    parent = node.parent
    qualifies = parent is not None and any(one.type == "." for one in parent.children)
    return not bound and qualifies and reference.name[:1].isupper()


_TYPES = frozenset({"MODULE", "NAMESPACE", "CLASS", "INTERFACE", "STRUCT", "ENUM", "TYPE"})


def _is_word(text: str) -> bool:
    return text.isidentifier()


# The place.


def place_of(ctx: RefactorContext, node: Node) -> Place:
    """The place nearest before a value. Raises `Refused` where no statement can stand."""
    shapes, values = ctx.shapes, ctx.shapes.values
    hazards: list[Hazard] = []
    current = node
    while current.parent is not None:
        parent = current.parent
        where = field_of(current)
        held = values.fixed.get(parent.type)
        if current.type in values.fixed and not values.fixed[current.type]:
            raise Refused("Here stands what has to be written out.")
        if held is not None and (not held or where in held):
            raise Refused("Here stands what has to be written out.")
        body = values.expression_body(parent, ctx.text)
        if body is not None and _holds(body, current):
            if body.keyword == "?":
                raise Refused("It is not known whether the function gives a value back.")
            return Place(parent, body, tuple(hazards))
        if ctx.is_statement(current) and current.type not in shapes.cases:
            if parent.type in shapes.jumps:
                hazards.append(Hazard(When.EACH_TIME, parent))
            elif not _is_else_if(ctx, current) or _forbids(ctx, node, hazards, current):
                return _allowed(ctx, current, hazards)
        if parent.type in shapes.classes and where == "body":
            raise Refused("No statement can stand in the body of a type.")
        hazard = _hazard(ctx, parent, current, where)
        if hazard is not None:
            hazards.append(hazard)
        current = parent
    raise Refused("No statement can stand here.")


def place_within(ctx: RefactorContext, node: Node, statement: Node) -> Place:
    """The place before a statement of a block around a value, however deep the value lies."""
    hazards: list[Hazard] = []
    block = statement.parent
    current = node
    while current.parent is not None and block is not None and current.parent.id != block.id:
        parent = current.parent
        hazard = _hazard(ctx, parent, current, field_of(current))
        if (
            hazard is None
            and parent.type in ctx.shapes.tries | ctx.shapes.loops
            and (current.type in ctx.shapes.blocks)
        ):
            when = When.SOMETIMES if parent.type in ctx.shapes.tries else When.EACH_TIME
            hazard = Hazard(when, parent)
        if hazard is not None:
            hazards.append(hazard)
        current = parent
    return _allowed(ctx, statement, hazards)


def _holds(body: ExpressionBody, node: Node) -> bool:
    return body.start <= node.start_byte and node.end_byte <= body.end


def _is_else_if(ctx: RefactorContext, statement: Node) -> bool:
    """Whether a statement is the `if` right behind an `else`."""
    parent = statement.parent
    if parent is None or statement.type not in ctx.shapes.conditionals:
        return False
    return parent.type == "else_clause" or field_of(statement) == "alternative"


def _forbids(ctx: RefactorContext, node: Node, hazards: Sequence[Hazard], statement: Node) -> bool:
    """Whether a value has to stay behind its `else`, in a block of its own."""
    if hazards:
        return True
    parent = statement.parent
    around = parent.parent if parent is not None and parent.type == "else_clause" else parent
    if around is None:
        return True
    guard = _guard_of(around)
    return runs_code(ctx, node) is not None or depends(ctx, node, (guard,) if guard else ())


def _allowed(ctx: RefactorContext, statement: Node, hazards: Sequence[Hazard]) -> Place:
    shapes, values = ctx.shapes, ctx.shapes.values
    block = statement.parent
    assert block is not None
    around = block.parent
    if block.type in values.declarative:
        raise Refused("Code does not run in turn here: a constant or a field can stand here.")
    in_class = around is not None and around.type in shapes.classes and block.type in shapes.blocks
    if in_class and not values.class_level:
        raise Refused("No statement can stand in the body of a type.")
    if not values.top_level and ctx.function_of(statement) is None:
        raise Refused("Code does not run in turn here: a constant or a field can stand here.")
    if in_class and around is not None and _is_enumeration(ctx, around):
        raise Refused("A new name in an enumeration would be a new member.")
    return Place(statement, None, tuple(hazards))


def _is_enumeration(ctx: RefactorContext, kind: Node) -> bool:
    bases = kind.child_by_field_name("superclasses")
    return bases is not None and any(
        one.endswith(("Enum", "Flag")) for one in ctx.source(bases).strip("()").split(",")
    )


def _hazard(ctx: RefactorContext, parent: Node, child: Node, where: str) -> Hazard | None:
    """What passing from a node to the one around it means for when a value is computed."""
    shapes, values = ctx.shapes, ctx.shapes.values
    kind = parent.type
    if kind in shapes.functions and where not in ("decorator", "superclasses", "return_type"):
        once = values.defaults_once and where == "parameters"
        return None if once else Hazard(When.LATER, parent)
    if kind in values.comprehensions:
        return None if _is_first_source(parent, child) else Hazard(When.EACH_TIME, parent)
    fields = values.repeated.get(kind)
    if fields is not None and (
        (where and where in fields)
        or ("" in fields and not where and child.type in shapes.expressions)
    ):
        return Hazard(When.EACH_TIME, _loop_of(ctx, parent))
    named = parent.named_children
    first = named[0].id == child.id if named else True
    signs = {one.type for one in parent.children if not one.is_named}
    if signs & _LAZY and not first and kind in shapes.expressions:
        guards = tuple(
            Span(one.start_byte, one.end_byte) for one in named if one.end_byte <= child.start_byte
        )
        return Hazard(When.SOMETIMES, parent, guards)
    if where in ("consequence", "alternative") or (kind in shapes.conditionals and where == "body"):
        guard = _guard_of(parent)
        return Hazard(When.SOMETIMES, parent, (guard,) if guard is not None else ())
    if kind == "conditional_expression" and not where and len(named) == 3:
        # Python writes the condition in the middle.
        if named[1].id == child.id:
            return None
        return Hazard(When.SOMETIMES, parent, (Span(named[1].start_byte, named[1].end_byte),))
    if kind in shapes.cases or kind in shapes.handlers or kind == "rescue_modifier":
        return Hazard(When.SOMETIMES, parent)
    if kind == "assert_statement" and not first:
        return Hazard(When.SOMETIMES, parent, (Span(named[0].start_byte, named[0].end_byte),))
    return None


def _guard_of(node: Node) -> Span | None:
    condition = node.child_by_field_name("condition") or node.child_by_field_name("subject")
    return Span(condition.start_byte, condition.end_byte) if condition is not None else None


def _loop_of(ctx: RefactorContext, node: Node) -> Node:
    return node if node.type in ctx.shapes.loops or node.parent is None else node.parent


def _is_first_source(comprehension: Node, child: Node) -> bool:
    """Whether a clause is the first one, whose items are asked for at once."""
    clauses = [
        one for one in comprehension.named_children if one.type in ("for_in_clause", "from_clause")
    ]
    return bool(clauses) and clauses[0].id == child.id


# What putting it there would change.


def runs_code(ctx: RefactorContext, value: Node) -> Node | None:
    """The first part of a value that runs other code; reading a member is none."""
    found = ctx.inside(value, ctx.shapes.calls)
    return next((one for one in found if not ctx.shapes.values.reads(one)), None)


def has_effects(ctx: RefactorContext, value: Node) -> bool:
    """Whether a value assigns, or hands something over to a caller."""
    shapes = ctx.shapes
    kinds = shapes.assignments | shapes.augmented | shapes.yields
    return any(_writes(one) for one in ctx.inside(value, kinds))


def depends(ctx: RefactorContext, value: Node, guards: Iterable[Span]) -> bool:
    """Whether a value takes something apart that a guard asks about: `a.b` in `a and a.b`."""
    names: set[str] = set()
    for guard in guards:
        names.update(ctx.facts.reference(index).name for index in ctx.facts.references_in(guard))
    names -= _SELVES
    if not names:
        return False
    span = Span(value.start_byte, value.end_byte)
    for index in ctx.facts.references_in(span):
        one = ctx.facts.reference(index)
        behind = ctx.text[one.end : one.end + 2].lstrip()
        before = ctx.text[max(0, one.start - 1) : one.start]
        apart = behind[:1] in (b".", b"[") or behind in (b"->", b"?.", b"::")
        inside = before == b"[" or _is_index(ctx, value, one.start)
        if one.name in names and (apart or before == b"*" or inside):
            return True
    return False


def _is_index(ctx: RefactorContext, value: Node, offset: int) -> bool:
    """Whether a name stands in brackets behind something, within a value."""
    node = ctx.parsed.root.named_descendant_for_byte_range(offset, offset + 1)
    while node is not None and node.id != value.id:
        parent = node.parent
        if parent is not None and parent.type in ctx.shapes.expressions:
            bracket = node.prev_sibling
            if bracket is not None and bracket.type == "[" and parent.children[0].id != bracket.id:
                return True
        node = parent
    return False


def inputs(ctx: RefactorContext, value: Node) -> tuple[Variable, ...]:
    """The variables that a value reads and that are bound outside of it."""
    span = Span(value.start_byte, value.end_byte)
    return tuple(
        one for one in variables_in(ctx, span) if not span.start <= one.declared < span.end
    )


def refuse_moved(ctx: RefactorContext, value: Node, place: Place) -> str:
    """What is computed otherwise when a value is computed at a place rather than where it stands:
    "" for nothing that matters. Raises `Refused` where that would be wrong.

    What comes back says what would be different, for the person to agree: a call that would always
    run, or once instead of many times.
    """
    _refuse_bound(ctx, value, place)
    running = runs_code(ctx, value)
    effects = has_effects(ctx, value)
    told = ""
    for hazard in place.hazards:
        if effects:
            raise Refused("It changes something, and would do so at another time.")
        if hazard.when is not When.SOMETIMES:
            _refuse_changed(ctx, value, hazard)
        if hazard.when is When.SOMETIMES and depends(ctx, value, hazard.guards):
            raise Refused("The condition before it decides whether it can be computed.")
        if running is None:
            continue
        if hazard.when is When.LATER:
            raise Refused(f"`{_short(ctx, running)}` would run at another time.")
        how = "always" if hazard.when is When.SOMETIMES else "only once"
        told = told or f"running `{_short(ctx, running)}` {how}"
    earlier = _earlier(ctx, value, place) if running is not None and not told else None
    if running is not None and earlier is not None:
        return f"running `{_short(ctx, running)}` before `{_short(ctx, earlier)}`"
    return told


def _earlier(ctx: RefactorContext, value: Node, place: Place) -> Node | None:
    """A call of the same statement that runs before a value now, and might change something."""
    for call in ctx.inside(place.statement, ctx.shapes.calls):
        if call.end_byte > value.start_byte or ctx.shapes.values.reads(call):
            continue
        parts = ctx.spec.call(call, ctx.text)
        if parts is None or not only_reads(ctx.source(parts.callee)):
            return call
    return None


def _short(ctx: RefactorContext, node: Node) -> str:
    source = " ".join(ctx.source(node).split())
    return source if len(source) <= 40 else f"{source[:39]}…"


def _refuse_bound(ctx: RefactorContext, value: Node, place: Place) -> None:
    """What the value reads has its value at the place already."""
    around = place.span
    for variable in inputs(ctx, value):
        for use in variable.uses:
            if not around.start <= use.start < around.end or not (use.writes or use.declares):
                continue
            if value.start_byte <= use.start < value.end_byte:
                continue
            if _gets_value(ctx, use.start, value):
                continue
            if variable.declared == use.start or use.declares:
                raise Refused(f"`{variable.name}` is bound within the statement.")
            if use.start < value.start_byte:
                raise Refused(f"`{variable.name}` is assigned before it in the same statement.")
        if around.start <= variable.declared < around.end and not _gets_value(
            ctx, variable.declared, value
        ):
            raise Refused(f"`{variable.name}` is bound within the statement.")


def _gets_value(ctx: RefactorContext, offset: int, value: Node) -> bool:
    """Whether the name at an offset is bound to what a value is part of, after it is computed."""
    name = ctx.parsed.root.named_descendant_for_byte_range(offset, offset + 1)
    if name is None:
        return False
    mine: dict[int, Node] = {}
    current: Node | None = value
    below = value
    while current is not None:
        mine[current.id] = below
        below, current = current, current.parent
    current, below = name, name
    while current is not None and current.id not in mine:
        below, current = current, current.parent
    if current is None:
        return False
    part = mine[current.id]
    plain = current.type in ctx.shapes.expressions and current.type not in ctx.shapes.assignments
    if (plain and field_of(below) != "name") or field_of(below).startswith("init"):
        return False
    if field_of(part) in _WRITTEN_SIDES or current.type in ctx.shapes.assignments:
        return below.start_byte < part.start_byte and part.id != below.id
    return current.type in _BINDERS and part.start_byte > below.start_byte


_BINDERS = frozenset({"assignment_statement", "variable_declarator", "foreach_statement"})


def _refuse_changed(ctx: RefactorContext, value: Node, hazard: Hazard) -> None:
    """What the value reads stays the same as long as the value is computed again."""
    around = Span(hazard.around.start_byte, hazard.around.end_byte)
    if hazard.when is When.LATER:
        function = ctx.function_of(hazard.around) or ctx.parsed.root
        around = Span(function.start_byte, function.end_byte)
    for variable in inputs(ctx, value):
        for use in variable.uses:
            written = use.writes and around.start <= use.start < around.end
            if hazard.when is When.LATER:
                written = written and use.start > hazard.around.start_byte
            if written and not value.start_byte <= use.start < value.end_byte:
                raise Refused(f"`{variable.name}` changes meanwhile.")
    members = {
        ctx.facts.reference(index).name
        for index in ctx.facts.references_in(Span(value.start_byte, value.end_byte))
    }
    for index in ctx.facts.references_in(around):
        one = ctx.facts.reference(index)
        if one.role in (Role.WRITE, Role.DEFINE) and one.member and one.name in members:
            raise Refused(f"`{one.name}` changes meanwhile.")
    if hazard.when is When.EACH_TIME and _is_changed(ctx, value, around):
        raise Refused("What it reads changes meanwhile.")


def _is_changed(ctx: RefactorContext, value: Node, around: Span) -> bool:
    """Whether a method is called on what a value takes apart: `xs.append(…)` beside `len(xs)`."""
    if value.type in ctx.shapes.literals:
        return False
    objects = receivers(ctx, value)
    for call in ctx.inside(_node_of(ctx, around), ctx.shapes.calls):
        if value.start_byte <= call.start_byte < value.end_byte:
            continue
        head = " ".join(ctx.source(call).partition("(")[0].split())
        if only_reads(head):
            continue
        for one in objects:
            if head.startswith((f"{one}.", f"{one}->", f"{one}:", f"{one}?.")):
                return True
    return False


def only_reads(called: str) -> bool:
    """Whether a method goes by a name that promises to change nothing."""
    name = _LAST_NAME.search(called)
    parts = words_of(name.group()) if name is not None else []
    return bool(parts) and parts[0] in _READERS


_LAST_NAME = re.compile(r"\w+\s*\Z")
_READERS = words(
    "all any at begin char clone code contains copy count each empty ends equal equals"
    " every exists filter find first for get has hash includes index is item items iter"
    " join keys last len length lower map match matches max min name of peek reduce search"
    " size slice some split starts str stream strip sub substr substring sum to trim upper"
    " value values"
)


def _node_of(ctx: RefactorContext, span: Span) -> Node:
    return ctx.parsed.root.named_descendant_for_byte_range(span.start, span.end) or ctx.parsed.root


def receivers(ctx: RefactorContext, value: Node) -> frozenset[str]:
    """The variables and members that a value takes apart or hands over, as they are written."""
    found: set[str] = set()
    pending = [value]
    while pending:
        node = pending.pop()
        if node is not value and node.type in ctx.shapes.expressions:
            written = " ".join(ctx.source(node).split())
            bare = written.removeprefix(ctx.shapes.sigil)
            if written not in _SELVES and bare.replace(".", "").replace("->", "").isidentifier():
                found.add(written)
        pending.extend(node.named_children)
    return frozenset(found)
