"""What a selection needs of the variables around it, and what it gives back to the code behind it.

Owns a control flow graph of one function (or of a file's top level), made from the syntax tree and
the language's `Shapes`: every read and write of the variables at hand is one node of it. All
answers are the usual analyses on that graph (live variables, backwards; assigned variables,
forwards). Where the flow is not sure (exceptions, labels), it has more paths than the program.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from pairwright_analyzers.graph.bindings import BindingKind
from pairwright_analyzers.languages.values import Declared
from pairwright_analyzers.refactors.context import RefactorContext
from pairwright_analyzers.refactors.model import Refused
from pairwright_analyzers.refactors.typing_of import declaration_of
from pairwright_analyzers.refactors.variables import Use, Variable, variable_at, variables_in
from pairwright_analyzers.syntax import ancestors, descendants
from pairwright_analyzers.types import Span

if TYPE_CHECKING:
    from tree_sitter import Node

_CONDITIONS = frozenset({"condition", "initializer"})
_ARMS = frozenset({"consequence", "body"})
_ELSE_TYPES = frozenset({"else", "else_clause", "else_statement"})
_ONCE = frozenset({"right", "value", "start", "end", "step", "init", "initializer", "initialize"})
_EACH = frozenset({"left", "name", "pattern", "type", "parameters", "declarator"})
_AFTER = frozenset({"update", "increment"})
_CLAUSES = frozenset(
    {"for_clause", "range_clause", "for_numeric_clause", "for_generic_clause", "for_loop_header"}
)
_BODY_FIRST = frozenset({"do_statement", "repeat_statement"})
_VALUES = frozenset({"right", "value"})
_TARGETS = frozenset({"left", "name", "pattern", "declarator"})
_BACKWARDS = frozenset({"variable_declarator", "assignment_statement"})
_FINALLY = frozenset({"finally_clause", "ensure"})
_SHORT = frozenset({"&&", "||", "??", "and", "or", "?:"})
_AT_ONCE = frozenset(
    [
        "forEach",
        "map",
        "filter",
        "reduce",
        "reduceRight",
        "some",
        "every",
        "find",
        "findIndex",
        "findLast",
        "sort",
        "flatMap",
        "each",
        "for_each",
        "array_map",
        "array_walk",
        "array_filter",
        "usort",
        "Where",
        "Select",
        "ForEach",
    ]
)
"""Methods that are done with the function they are given when they come back."""
_PLACES = frozenset(
    {
        "attribute",
        "element_access_expression",
        "element_reference",
        "field_access",
        "field_expression",
        "array_access",
        "index_expression",
        "member_access_expression",
        "member_expression",
        "selector_expression",
        "subscript",
        "subscript_expression",
        "dot_index_expression",
        "bracket_index_expression",
    }
)
_NOTHING_DONE = frozenset({"pass_statement", "empty_statement", ";"})


@dataclass(frozen=True, slots=True)
class Liveness:
    """The variables of a selection.

    `needs` are read before the selection writes them, or pass through it; `gives` are written by it
    and read behind it; `inner` are bound inside and not known behind; `homeless` are declared
    outside but only used inside, from a write on. `unsure` are those of `needs` that may have no
    value yet where the selection starts, and are not surely read by it; and those of `gives` that
    may have none at its end. `lost` are written inside
    and read on a path that leaves the selection in its middle (a handler), `shared` are also used
    by a function that was made before it, `later` are given back, and changed by a function inside
    that may still run later. `written` are all that are written inside, `behind` those that are
    read behind it. All in the order of their declarations.

    `completes` says that control can reach the end of the selection, `returns` are its exits out of
    the function, `leaves` its exits out of a loop around it. `falls_off` says that nothing more
    happens in the function behind the selection's end.
    """

    needs: tuple[Variable, ...]
    gives: tuple[Variable, ...]
    inner: tuple[Variable, ...]
    homeless: tuple[Variable, ...]
    unsure: tuple[Variable, ...]
    lost: tuple[Variable, ...]
    shared: tuple[Variable, ...]
    later: tuple[Variable, ...]
    written: tuple[Variable, ...]
    behind: tuple[Variable, ...]
    completes: bool
    returns: tuple[Node, ...]
    leaves: tuple[Node, ...]
    falls_off: bool


def liveness_of(ctx: RefactorContext, first: Node, last: Node, root: Node | None) -> Liveness:
    """The variables of the neighbours `first` to `last` (one expression: both the same) inside of
    the function `root`; None for the file's top level. Raises `Refused` for what is nested too
    deeply.
    """
    held = Span(first.start_byte, last.end_byte)
    around = ctx.parsed.root if root is None else root
    found = {(one.name, one.declared): one for one in variables_in(ctx, held)}
    for one in _captured_in(ctx, first, last):
        found.setdefault((one.name, one.declared), one)
    variables = sorted(found.values(), key=lambda one: one.declared)
    if root is not None:
        variables = [one for one in variables if not is_outer(one, root)]
    flow = _Flow(ctx, around, variables, first, last)
    try:
        flow.build()
    except RecursionError as error:
        raise Refused("The code is nested too deeply.") from error
    return flow.answer()


def _captured_in(ctx: RefactorContext, first: Node, last: Node) -> Iterable[Variable]:
    """The variables that texts in macros read, between two neighbours."""
    current: Node | None = first
    while current is not None:
        for node in (current, *descendants(current)):
            for name, offset in ctx.shapes.captured_names(node, ctx.text):
                variable = named_variable(ctx, name, offset)
                if variable is not None:
                    yield variable
        if current.id == last.id:
            return
        current = current.next_sibling


def named_variable(ctx: RefactorContext, name: str, offset: int) -> Variable | None:
    """The local variable that a name means at an offset where it is no token of its own."""
    starts = [
        ctx.facts.columns.ref_starts[one.index]
        for one in ctx.bindings.lookup(name, offset)
        if one.kind is BindingKind.LOCAL
    ]
    return variable_at(ctx, min(starts)) if starts else None


def is_outer(variable: Variable, root: Node) -> bool:
    """Whether a variable is seen by every function of the file: no local of `root`, nor of a
    function around it.
    """
    return variable.outer and not root.start_byte <= variable.declared < root.end_byte


@dataclass(slots=True)
class _Frame:
    """What an exit may lead to: a loop or switch (`kind` "loop", "switch"), the end of a `try`."""

    kind: str
    node: Node
    after: int = -1
    again: int = -1
    pending: set[int] | None = None


class _Flow:
    """The graph, while it is made. Nodes are numbers; a state is the node that was run last."""

    def __init__(
        self,
        ctx: RefactorContext,
        root: Node,
        variables: Sequence[Variable],
        first: Node,
        last: Node,
    ) -> None:
        self.ctx = ctx
        self.shapes = ctx.shapes
        self.root = root
        self.variables = variables
        self.first, self.last = first.id, last.id
        self.span = Span(first.start_byte, last.end_byte)
        self.uses: dict[int, tuple[int, Use]] = {
            use.start: (at, use) for at, one in enumerate(variables) for use in one.uses
        }
        self.following: list[list[int]] = []
        self.reads: list[int] = []
        self.writes: list[int] = []
        self.inside: list[bool] = []
        self.acts: list[bool] = []
        self.bare: list[int] = []
        self.frames: list[_Frame] = []
        self.handlers: list[int] = []
        self.selected = False
        self.enter = self.leave = -1
        self.returned: list[Node] = []
        self.left: list[Node] = []
        self.captured = 0
        """Variables that a function outside of the selection uses, made before or in one loop."""
        self.changed_later = 0
        self.captured_before = self.changed_before = 0
        self.calls_inside = False
        self.so_far: list[int] = []
        self.exit = self.node()

    # Nodes.

    def node(self, *before: int, reads: int = 0, writes: int = 0, acts: bool = False) -> int:
        at = len(self.following)
        self.following.append([])
        self.reads.append(reads)
        self.writes.append(writes)
        self.inside.append(self.selected)
        self.acts.append(acts)
        self.bare.append(0)
        for one in before:
            self.following[one].append(at)
        return at

    def edge(self, start: int, end: int) -> None:
        self.following[start].append(end)

    def may_fail(self, at: int) -> None:
        if self.handlers:
            self.edge(at, self.handlers[-1])

    # The walk: `at` is the state before, the answer the state behind.

    def build(self) -> None:
        start = self.node()
        self.start = start
        at = self.children(self.root, start)
        self.edge(at, self.exit)

    def visit(self, node: Node, at: int) -> int:
        if node.id == self.first and not self.selected and self.enter < 0:
            at = self.enter = self.node(at)
            self.selected = True
            at = self.node(at)
        at = self._visit(node, at)
        if node.id == self.last and self.selected:
            self.selected = False
            at = self.leave = self.node(at)
        return at

    def _visit(self, node: Node, at: int) -> int:
        shapes, kind = self.shapes, node.type
        found = self.uses.get(node.start_byte)
        if found is not None and found[1].end == node.end_byte and kind not in shapes.functions:
            return self.use(found[0], found[1], node, at)
        for name, offset in self.shapes.captured_names(node, self.ctx.text):
            at = self.captured_read(name, offset, at)
        if node.named_child_count == 0 and not self._is_exit(kind):
            acts = kind not in _NOTHING_DONE and self.ctx.is_statement(node)
            return self.node(at, acts=True) if acts else at
        if kind in shapes.functions:
            return self.closure(node, at)
        if kind in shapes.conditionals:
            return self.conditional(node, at)
        if kind in shapes.loops:
            return self.loop(node, self._acting(node, at))
        if kind in shapes.switches:
            return self.switch(node, self._acting(node, at))
        if kind in shapes.tries or self._has_handlers(node):
            return self.attempt(node, at)
        if kind in shapes.returns or kind in shapes.throws:
            return self.exits(node, at)
        if kind in shapes.breaks or kind in shapes.continues:
            return self.jump(node, at)
        if self.ctx.is_statement(node) and kind not in shapes.blocks and kind not in _NOTHING_DONE:
            at = self.node(at, acts=True)
        if kind in shapes.exits_early:
            at = self.children(node, at)
            self.may_fail(at)
            self._to_exit(at, node)
            return self.node(at)
        if kind in shapes.calls:
            at = self.children(node, at)
            self.calls_inside = self.calls_inside or self.selected
            self.may_fail(at)
            return at
        return self.ordered(node, at)

    def _is_exit(self, kind: str) -> bool:
        shapes = self.shapes
        return kind in shapes.returns | shapes.throws | shapes.breaks | shapes.continues

    def _acting(self, node: Node, at: int) -> int:
        return self.node(at, acts=True)

    def _has_handlers(self, node: Node) -> bool:
        return any(one.type in _FINALLY or one.type == "rescue" for one in node.named_children)

    def children(self, node: Node, at: int) -> int:
        for one in node.named_children:
            at = self.visit(one, at)
        return at

    def all(self, nodes: Iterable[Node], at: int) -> int:
        for one in nodes:
            at = self.visit(one, at)
        return at

    def ordered(self, node: Node, at: int) -> int:
        """Children in the order in which they run: values before what they are bound to."""
        children = node.named_children
        if node.type in self.shapes.generators:
            clauses = [one for one in children if one.type.endswith("_clause")]
            rest = [one for one in children if not one.type.endswith("_clause")]
            return self.all([*clauses, *rest], at)
        if node.type in _BACKWARDS and node.child_by_field_name("left") is None:
            return self.all(reversed(children), at)
        fields = _fields(node)
        names = {field for _, field in fields}
        if names & _VALUES and names & _TARGETS:
            later = [one for one, field in fields if field in _TARGETS]
            first = [one for one, field in fields if field in _VALUES]
            rest = [one for one, field in fields if field not in _VALUES | _TARGETS]
            return self.all(later, self.all(rest, self.all(first, at)))
        operator = node.child_by_field_name("operator")
        if operator is not None and operator.type in _SHORT and len(children) == 2:
            at = self.visit(children[0], at)
            behind = self.visit(children[1], at)
            return behind if behind == at else self.node(at, behind)
        return self.children(node, at)

    def use(self, variable: int, use: Use, node: Node, at: int) -> int:
        mask = 1 << variable
        while node.named_child_count == 1 and node.named_children[0].byte_range == node.byte_range:
            node = node.named_children[0]
        if use.writes and not use.declares and _is_part_of_place(node):
            # An item or a member is written, the variable is read for it.
            use = Use(use.start, use.end, reads=True, writes=False, declares=False)
        changed = self.shapes.changes_in_place(node, self.ctx.text, self.declared)
        # What takes a variable away needs that it is there.
        reads = use.reads or changed or (not use.declares and self.shapes.needs_place(node))
        if reads:
            self.may_fail(at)
        writes = mask if use.writes or changed else 0
        after = self.node(at, reads=mask if reads else 0, writes=writes, acts=True)
        if use.declares and self._is_bare(node):
            self.bare[after] = mask
        return after

    def captured_read(self, name: str, offset: int, at: int) -> int:
        variable = named_variable(self.ctx, name, offset)
        for index, one in enumerate(self.variables):
            if variable is not None and (one.name, one.declared) == (name, variable.declared):
                return self.node(at, reads=1 << index, acts=True)
        return at

    def _is_bare(self, name: Node) -> bool:
        """Whether a declaration leaves its variable without a value."""
        current: Node | None = name
        for _ in range(4):
            current = current.parent if current is not None else None
            if current is None:
                return False
            if not self.ctx.is_statement(current):
                continue
            for parts in self.shapes.variables(current, self.ctx.text):
                if parts.name.start_byte == name.start_byte:
                    kind = self.ctx.source(parts.type) if parts.type is not None else ""
                    around = name.parent
                    if around is not None and around.child_by_field_name("value") is not None:
                        return False
                    return parts.value is None and not self.shapes.writing.constructs(kind)
        return False

    def declared(self, name: Node) -> Declared | None:
        return declaration_of(self.ctx, name)

    def closure(self, node: Node, at: int) -> int:
        """A function inside: what it uses of the variables around it counts as read where it is
        made; made before the selection, it may use them at any time.
        """
        if node.start_byte <= self.span.start and self.span.end <= node.end_byte:
            # The selection is in the header, which the code around runs.
            return self.children(node, at)
        reads = writes = 0
        for start, (variable, use) in self.uses.items():
            if not node.start_byte <= start < node.end_byte:
                continue
            declared = self.variables[variable].declared
            if node.start_byte <= declared < node.end_byte:
                continue
            mask = 1 << variable
            if use.reads:
                reads |= mask
            if use.writes:
                writes |= mask
        if not self.selected and reads | writes:
            self.captured |= reads | writes
            if self.enter < 0 or node.type in self.shapes.hoisted or self._in_loop_around():
                self.captured_before |= reads | writes
                self.changed_before |= writes
        if self.selected and not self._runs_at_once(node):
            self.changed_later |= writes
        if not reads | writes:
            return self.node(at, acts=True)
        return self.node(at, reads=reads, writes=writes if self.selected else 0, acts=True)

    def _runs_at_once(self, function: Node) -> bool:
        """Whether a function is an argument of a call that surely runs it and lets it go."""
        listed = function.parent
        if listed is not None and listed.type == "argument":
            listed = listed.parent
        call = listed.parent if listed is not None else None
        if call is None:
            return False
        parts = self.ctx.spec.call(call, self.ctx.text)
        if parts is None:
            return False
        name = self.ctx.source(parts.callee)
        return name.rpartition(".")[2].rpartition(">")[2] in _AT_ONCE

    def _in_loop_around(self) -> bool:
        return any(
            frame.kind == "loop"
            and frame.node.start_byte <= self.span.start
            and self.span.end <= frame.node.end_byte
            for frame in self.frames
        )

    def conditional(self, node: Node, at: int) -> int:
        if self.ctx.is_statement(node) or node.type in self.shapes.statements:
            at = self._acting(node, at)
        ends: list[int] = []
        rest = self._branches(node, at, ends)
        if rest is not None:
            ends.append(rest)
        return self.node(*ends)

    def _branches(self, node: Node, at: int, ends: list[int]) -> int | None:
        """Adds the ends of all branches; gives the state in which none was taken, None when one
        always is.
        """
        fields = _fields(node)
        conditions = [one for one, field in fields if field in _CONDITIONS]
        arms = [one for one, field in fields if field in _ARMS]
        others = [one for one, field in fields if field == "alternative"]
        if not conditions and len(fields) == 3:
            (then, _), (condition, _), (other, _) = fields
            conditions, arms, others = [condition], [then], [other]
        at = self.all(conditions, at)
        loose = [one for one, field in fields if not field and not conditions]
        at = self.all(loose, at)
        ends.append(self.all(arms, self.node(at)))
        rest: int | None = self.node(at)
        for other in others:
            if rest is None:
                break
            if other.type not in self.shapes.conditionals and (
                other.child_by_field_name("condition") is not None
            ):
                rest = self._branches(other, rest, ends)
            else:
                ends.append(self.visit(other, rest))
                rest = None
        return rest

    def loop(self, node: Node, at: int) -> int:
        fields = _flattened(node)
        once = [one for one, field in fields if field in _ONCE]
        each = [one for one, field in fields if field in _EACH]
        condition = [one for one, field in fields if field == "condition"]
        body = [one for one, field in fields if field == "body"]
        update = [one for one, field in fields if field in _AFTER]
        other = [one for one, field in fields if field == "alternative"]
        loose = [one for one, field in fields if not field]
        if loose and not once and not each and not condition:
            # No fields: what is walked over, then the names (PHP); or a condition alone (Go).
            if len(loose) > 1:
                once, each = loose[:1], loose[1:]
                if not body:
                    body = each[-1:]
                    each = each[:-1]
            else:
                condition = loose
        at = self.all(once, at)
        head = self.node(at, acts=True)
        frame = _Frame("loop", node, self.node(), self.node())
        self.frames.append(frame)
        if node.type in _BODY_FIRST:
            behind = self.all(body, head)
            self.edge(behind, frame.again)
            checked = self.all(condition, frame.again)
            self.edge(checked, head)
            self.edge(checked, frame.after)
        else:
            checked = self.all(condition, head)
            if condition or once or each or loose:
                self.edge(self.all(other, self.node(checked)), frame.after)
            inner = self.all(body, self.all(each, self.node(checked)))
            self.edge(inner, frame.again)
            self.edge(self.all(update, frame.again), head)
        self.frames.pop()
        return frame.after

    def switch(self, node: Node, at: int) -> int:
        cases: list[Node] = []
        others: list[Node] = []
        self._cases(node, cases, others)
        at = self.all(others, at)
        frame = _Frame("switch", node, self.node())
        if self.shapes.switch_breaks:
            self.frames.append(frame)
        always = node.type in self.shapes.exhaustive
        through: int | None = None
        for case in cases:
            source = self.ctx.text[case.start_byte : case.start_byte + 8]
            always = always or _is_default(case, source)
            entry = self.node(at)
            if through is not None:
                self.edge(through, entry)
            behind = self.ordered_case(case, entry)
            through = behind if case.type in self.shapes.falling_cases else None
            if through is None or case.id == cases[-1].id:
                self.edge(behind, frame.after)
        if not always:
            self.edge(at, frame.after)
        if self.shapes.switch_breaks:
            self.frames.pop()
        return frame.after

    def ordered_case(self, case: Node, at: int) -> int:
        return self.children(case, at)

    def _cases(self, node: Node, cases: list[Node], others: list[Node]) -> None:
        for one in node.named_children:
            if one.type in self.shapes.cases or one.type in _ELSE_TYPES:
                cases.append(one)
            elif any(
                inner.type in self.shapes.cases or inner.type in _ELSE_TYPES
                for inner in one.named_children
            ):
                self._cases(one, cases, others)
            else:
                others.append(one)

    def attempt(self, node: Node, at: int) -> int:
        """`try` in all its forms; a function's body with handlers too (Ruby)."""
        handlers: list[Node] = []
        other: list[Node] = []
        last: list[Node] = []
        body: list[Node] = []
        for one in node.named_children:
            if one.type in _FINALLY:
                last.append(one)
            elif one.type in _ELSE_TYPES:
                other.append(one)
            elif one.type in self.shapes.handlers:
                handlers.append(one)
            else:
                body.append(one)
        frame = _Frame("finally", node, pending=set()) if last else None
        final = self.node() if last else -1
        if frame is not None:
            frame.after = final
            self.frames.append(frame)
            self.handlers.append(final)
        failed = -1
        if handlers:
            failed = self.node()
            self.may_fail(failed)
            self.handlers.append(failed)
        self.may_fail(at)
        at = self.all(body, at)
        if handlers:
            self.handlers.pop()
        ends = [self.all(other, at)]
        ends += [self.visit(one, self.node(failed)) for one in handlers]
        behind = self.node(*ends)
        if frame is None:
            return behind
        self.frames.pop()
        self.handlers.pop()
        self.edge(behind, final)
        done = self.all(last, final)
        for target in frame.pending or ():
            self._go(done, target)
        self.may_fail(done)
        if not self.handlers:
            self.edge(done, self.exit)
        return self.node(done)

    def exits(self, node: Node, at: int) -> int:
        if self.ctx.is_statement(node):
            at = self.node(at, acts=True)
        at = self.children(node, at)
        if node.type in self.shapes.throws:
            self.may_fail(at)
            if not self.handlers:
                self._go(at, self.exit)
        else:
            self._to_exit(at, node)
        return self.node()

    def _to_exit(self, at: int, node: Node) -> None:
        if self.selected:
            self.returned.append(node)
        self._go(at, self.exit)

    def jump(self, node: Node, at: int) -> int:
        at = self.children(node, at)
        is_break = node.type in self.shapes.breaks
        frames = [one for one in self.frames if one.kind != "finally"]
        if not is_break:
            frames = [one for one in frames if one.kind == "loop"]
        labelled = node.named_child_count > 0
        for frame in reversed(frames):
            self._go(at, frame.after if is_break else frame.again)
            if self.selected and not self.span.covers(
                Span(frame.node.start_byte, frame.node.end_byte)
            ):
                self.left.append(node)
            if not labelled:
                break
        if not frames and self.selected:
            self.left.append(node)
        return self.node()

    def _go(self, at: int, target: int) -> None:
        """Leave for a node further out, by the `finally` that is passed on the way."""
        for frame in reversed(self.frames):
            if target in (frame.after, frame.again):
                break
            if frame.kind == "finally":
                self.edge(at, frame.after)
                if frame.pending is not None:
                    frame.pending.add(target)
                return
        self.edge(at, target)

    # The answers.

    def answer(self) -> Liveness:
        if self.enter < 0 or self.leave < 0:
            raise Refused("The selection is not part of the code that runs here.")
        reached = self._reached(self.start)
        completes = self.leave in self._reached(self.enter)
        everywhere = (1 << len(self.variables)) - 1
        kept = self.captured | self._beyond()
        live = self._live(everywhere & ~kept, kept)
        behind = live[self.leave] if completes else 0
        written = 0
        for at, here in enumerate(self.inside):
            if here:
                written |= self.writes[at]
        gives = written & behind
        wanted = self._needs(gives)
        needs = wanted & self._maybe_assigned()
        bound = 0
        for at, one in enumerate(self.variables):
            if self.span.start <= one.declared < self.span.end:
                bound |= 1 << at
        lost = 0
        for at, here in enumerate(self.inside):
            if not here:
                continue
            for following in self.following[at]:
                if not self.inside[following] and following != self.leave:
                    lost |= live[following] & self._written_before(at)
        if completes:
            lost &= ~self._captured_only(lost)
        unsure = needs & ~self._assigned() & ~self._surely_read()
        unsure |= wanted & gives & ~needs
        used = written | needs
        for at, here in enumerate(self.inside):
            if here:
                used |= self.reads[at]
        shared = (self.captured_before & written & ~bound) | (self.changed_before & needs)
        return Liveness(
            needs=self._named(needs),
            gives=self._named(gives),
            inner=self._named(bound & ~gives),
            homeless=self._named(used & ~needs & ~bound),
            unsure=self._named(unsure),
            lost=self._named(lost),
            shared=self._named(shared if self.calls_inside else 0),
            later=self._named(self.changed_later & gives & ~bound),
            written=self._named(written),
            behind=self._named(behind),
            completes=completes and self.leave in reached,
            returns=tuple(self.returned),
            leaves=tuple(self.left),
            falls_off=completes and self._falls_off(),
        )

    def _captured_only(self, mask: int) -> int:
        """Those that are only read by functions made elsewhere."""
        return mask & self.captured & ~self._plainly_read()

    def _plainly_read(self) -> int:
        found = 0
        for at, here in enumerate(self.inside):
            if not here:
                found |= self.reads[at]
        return found

    def _beyond(self) -> int:
        """The variables of functions around this one, and those that are its results (Go)."""
        found = 0
        results = self.root.child_by_field_name("result")
        for at, one in enumerate(self.variables):
            if not self.root.start_byte <= one.declared < self.root.end_byte:
                found |= 1 << at
            if results is not None and results.start_byte <= one.declared < results.end_byte:
                found |= 1 << at
        return found

    def _named(self, mask: int) -> tuple[Variable, ...]:
        return tuple(one for at, one in enumerate(self.variables) if mask >> at & 1)

    def _live(self, kills: int, at_exit: int) -> list[int]:
        live = [0] * len(self.following)
        live[self.exit] = at_exit
        before = self._before()
        pending = list(range(len(self.following)))
        while pending:
            at = pending.pop()
            out = at_exit if at == self.exit else 0
            for one in self.following[at]:
                out |= live[one]
            now = self.reads[at] | (out & ~(self.writes[at] & kills))
            if now != live[at]:
                live[at] = now
                pending.extend(before[at])
        return live

    def _before(self) -> list[list[int]]:
        before: list[list[int]] = [[] for _ in self.following]
        for at, following in enumerate(self.following):
            for one in following:
                before[one].append(at)
        return before

    def _needs(self, gives: int) -> int:
        """What is live where the selection starts, if nothing but `gives` is behind it."""
        live = [0] * len(self.following)
        before = self._before()
        live[self.leave] = gives
        pending = [at for at, here in enumerate(self.inside) if here]
        while pending:
            at = pending.pop()
            out = 0
            for one in self.following[at]:
                if self.inside[one] or one == self.leave:
                    out |= live[one]
            now = self.reads[at] | (out & ~self.writes[at])
            if now != live[at]:
                live[at] = now
                pending.extend(one for one in before[at] if self.inside[one])
        found = 0
        for one in self.following[self.enter]:
            if self.inside[one]:
                found |= live[one]
        return found

    def _written_before(self, at: int) -> int:
        """What the selection may have written on the way to a node of it, the node included."""
        if not self.so_far:
            everywhere = [0] * len(self.following)
            pending = [one for one, here in enumerate(self.inside) if here]
            before = self._before()
            pending.reverse()
            while pending:
                one = pending.pop()
                now = self.writes[one]
                for earlier in before[one]:
                    if self.inside[earlier]:
                        now |= everywhere[earlier]
                if now != everywhere[one]:
                    everywhere[one] = now
                    pending.extend(later for later in self.following[one] if self.inside[later])
            self.so_far = everywhere
        return self.so_far[at]

    def _reached(self, start: int) -> set[int]:
        seen = {start}
        pending = [start]
        while pending:
            for one in self.following[pending.pop()]:
                if one not in seen:
                    seen.add(one)
                    pending.append(one)
        return seen

    def _assigned(self) -> int:
        """What surely has a value where the selection starts."""
        everywhere = (1 << len(self.variables)) - 1
        known = [everywhere] * len(self.following)
        before = self._before()
        known[self.start] = self._beyond()
        reached = self._reached(self.start)
        pending = sorted(reached - {self.start}, reverse=True)
        while pending:
            at = pending.pop()
            now = everywhere
            for one in before[at]:
                if one in reached:
                    now &= known[one] | self.writes[one]
            if now != known[at]:
                known[at] = now
                pending.extend(self.following[at])
        return known[self.enter]

    def _maybe_assigned(self) -> int:
        """What may have a value where the selection starts: a declaration alone gives none."""
        known = [0] * len(self.following)
        known[self.start] = self._beyond() | self._first_seen()
        pending = [self.start]
        seen: set[int] = set()
        while pending:
            at = pending.pop()
            now = known[at] | (self.writes[at] & ~self.bare[at])
            fresh = at not in seen
            seen.add(at)
            for one in self.following[at]:
                if fresh or now & ~known[one]:
                    known[one] |= now
                    pending.append(one)
        return known[self.enter]

    def _first_seen(self) -> int:
        """Variables that are read somewhere, but bound by nothing that was walked: a header's."""
        bound = 0
        for at in range(len(self.following)):
            bound |= self.writes[at]
        return ((1 << len(self.variables)) - 1) & ~bound

    def _surely_read(self) -> int:
        """What the selection reads first on every way through it."""
        everywhere = (1 << len(self.variables)) - 1
        known = [everywhere if here else 0 for here in self.inside]
        before = self._before()
        pending = [at for at, here in enumerate(self.inside) if here]
        while pending:
            at = pending.pop()
            out = everywhere if self.following[at] else 0
            for one in self.following[at]:
                out &= known[one]
            now = self.reads[at] | (out & ~self.writes[at])
            if now != known[at]:
                known[at] = now
                pending.extend(one for one in before[at] if self.inside[one])
        found = everywhere
        for one in self.following[self.enter]:
            found &= known[one]
        return found

    def _falls_off(self) -> bool:
        if self.leave == self.enter:
            return False
        return not any(self.acts[one] for one in self._reached(self.leave) if one != self.leave)


def _is_part_of_place(name: Node) -> bool:
    """Whether a name is what an item or a member is taken of."""
    parent = name.parent
    if parent is None or not parent.named_child_count:
        return False
    if parent.type in ("pointer_expression", "unary_expression", "parenthesized_expression"):
        # What a pointer points to is written, not the pointer.
        return parent.children[0].type == "*" or (
            parent.type == "parenthesized_expression" and _is_part_of_place(parent)
        )
    return parent.type in _PLACES and parent.named_children[0].id == name.id


def _fields(node: Node) -> list[tuple[Node, str]]:
    """The named children with the fields that they stand in, comments left out."""
    return [
        (one, node.field_name_for_child(index) or "")
        for index, one in enumerate(node.children)
        if one.is_named and not one.type.endswith("comment")
    ]


def _flattened(node: Node) -> list[tuple[Node, str]]:
    found: list[tuple[Node, str]] = []
    for one, field in _fields(node):
        if one.type in _CLAUSES:
            inner = _fields(one)
            if not any(name for _, name in inner) and len(inner) > 1:
                found += [(inner[0][0], "left"), *((each, "right") for each, _ in inner[1:])]
            else:
                found += inner
        else:
            found.append((one, field))
    return found


def _is_default(case: Node, source: bytes) -> bool:
    if "default" in case.type or case.type in _ELSE_TYPES:
        return True
    if source.startswith((b"default", b"_ =>", b"_=>", b"else")):
        return True
    if source.startswith(b"case _"):
        return case.child_by_field_name("guard") is None and source[6:7] in (b":", b" ")
    return False


def functions_around(ctx: RefactorContext, node: Node) -> list[Node]:
    """The functions whose code a node is part of, innermost first."""
    return [one for one in ancestors(node) if one.type in ctx.shapes.functions]
