"""Branches: the `if` at the selection, its parts, and how an `if` is written.

Owns what several refactorings of conditions share. Knows no language: how each writes its branches
is told by `languages/logic.py`.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from pairwright_analyzers.languages.logic import Layout
from pairwright_analyzers.refactors.conditions import binds_names
from pairwright_analyzers.refactors.context import RefactorContext
from pairwright_analyzers.refactors.insertion import terminated
from pairwright_analyzers.refactors.layout import (
    ends_line,
    indent_at,
    indent_unit,
    next_line,
    reindented,
    starts_line,
)
from pairwright_analyzers.refactors.model import Refused
from pairwright_analyzers.types import Role, Span

if TYPE_CHECKING:
    from tree_sitter import Node


@dataclass(frozen=True, slots=True)
class Arm:
    """What one branch does.

    `outer` is what makes the branch: its block with braces, or its only statement; where neither
    is, the same as `inner`: the statements and comments, without white space at the ends. `head`
    is where the header ends. `block` says that there are braces; `bare` that it is one statement
    without them.
    """

    head: int
    outer: Span
    inner: Span
    statements: tuple[Node, ...]
    block: bool = False
    bare: bool = False


@dataclass(frozen=True, slots=True)
class Branch:
    """An `if` or one of its further conditions.

    `node` is that part of the tree, `whole` the whole statement; `condition` is the value without
    the parentheses that the syntax asks for. `chained` says that another condition follows
    instead of an `else`, `clause` that this is such a further condition. `unless` says that the
    condition has to be false.
    """

    node: Node
    whole: Node
    condition: Node
    then: Arm
    otherwise: Arm | None
    alternative: Node | None
    """What holds the `else` with its word, where that is a node."""
    chained: bool = False
    clause: bool = False
    unless: bool = False

    @property
    def span(self) -> Span:
        return Span(self.node.start_byte, self.node.end_byte)


# Reading.


def branch_at(ctx: RefactorContext) -> Branch | None:
    """The `if` whose header or `else` the selection is at, or that is selected whole."""
    logic = ctx.shapes.logic
    kinds = logic.ifs | logic.clauses
    node: Node | None = ctx.node
    start, end = ctx.selection.start, ctx.selection.end
    while node is not None:
        if node.type in kinds:
            found = read_branch(ctx, node)
            if found is None:
                return None
            return found if _points_at(ctx, found, start, end) else None
        if node.type in ctx.shapes.functions:
            return None
        node = node.parent
    return None


def _points_at(ctx: RefactorContext, branch: Branch, start: int, end: int) -> bool:
    whole = branch.span
    if start <= whole.start and end >= whole.end and start < end:
        return True
    if whole.start <= start and end <= max(branch.then.head, branch.condition.end_byte):
        return True
    if branch.then.block and end <= branch.then.outer.start + 1:
        return True
    other = branch.otherwise
    if other is None:
        return False
    return branch.then.outer.end <= start and end <= max(other.head, other.outer.start)


def read_branch(ctx: RefactorContext, node: Node) -> Branch | None:
    """The parts of an `if`; None for a form that is not known."""
    logic = ctx.shapes.logic
    condition = node.child_by_field_name("condition")
    if condition is None or node.has_error:
        return None
    head = condition.end_byte
    if condition.type in logic.condition_parentheses:
        inner = condition.child_by_field_name("value")
        if inner is None:
            named = [one for one in condition.named_children if not one.is_extra]
            if len(named) != 1:
                return None
            inner = named[0]
        condition = inner
    clause = node.type in logic.clauses
    whole = node.parent if clause else node
    while whole is not None and whole.type in logic.clauses:
        whole = whole.parent
    if whole is None:
        return None
    body = next(
        (one for one in (node.child_by_field_name(field) for field in logic.bodies) if one), None
    )
    alternatives = _alternatives(ctx, node, whole, clause)
    following = alternatives[0] if alternatives else None
    end = following.start_byte if following is not None else whole.end_byte
    head = _head_end(ctx, node, head)
    then = _arm(ctx, body, head, end, whole)
    if then is None:
        return None
    unless = node.type in logic.unlesses
    if following is None:
        return Branch(node, whole, condition, then, None, None, clause=clause, unless=unless)
    if following.type in logic.clauses or len(alternatives) > 1:
        return Branch(
            node, whole, condition, then, None, following, True, clause=clause, unless=unless
        )
    other, inside = _otherwise(ctx, following, whole)
    if other is None and inside is None:
        return None
    chained = inside is not None and inside.type in logic.ifs
    return Branch(
        node, whole, condition, then, other, following, chained, clause=clause, unless=unless
    )


def _alternatives(ctx: RefactorContext, node: Node, whole: Node, clause: bool) -> list[Node]:
    own = node.children_by_field_name("alternative")
    if own or not clause:
        return own
    return [
        one
        for one in whole.children_by_field_name("alternative")
        if one.start_byte >= node.end_byte
    ]


def _head_end(ctx: RefactorContext, node: Node, condition_end: int) -> int:
    """Where the header ends: behind the `:` or `then`."""
    ends = ctx.shapes.logic.condition_ends
    head = condition_end
    for child in node.children:
        if child.start_byte < condition_end:
            continue
        if not child.is_named and child.type in ends:
            return child.end_byte
        first = child.children[0] if child.children else None
        if first is not None and not first.is_named and first.type in ends:
            return first.end_byte
        if child.type == ")":
            return child.end_byte
    return head


def _otherwise(
    ctx: RefactorContext, following: Node, whole: Node
) -> tuple[Arm | None, Node | None]:
    """The branch of an `else`, and what stands in it."""
    logic = ctx.shapes.logic
    if following.type not in logic.elses:
        # The branch itself is the alternative: `else` is a token before it.
        return _arm(ctx, following, _else_end(ctx, following), following.end_byte, whole), following
    head = following.start_byte + len(logic.else_word)
    colon = next((one for one in following.children if one.type in logic.condition_ends), None)
    if colon is not None:
        head = colon.end_byte
    if logic.layout is Layout.ENDED:
        return _arm(ctx, None, head, whole.end_byte, whole), None
    body = following.child_by_field_name("body")
    if body is None:
        named = [one for one in following.named_children if not one.is_extra]
        body = named[-1] if named else None
    if body is None:
        return None, None
    return _arm(ctx, body, head, following.end_byte, whole), body


def _else_end(ctx: RefactorContext, following: Node) -> int:
    before = following.prev_sibling
    while before is not None and before.is_extra:
        before = before.prev_sibling
    return before.end_byte if before is not None else following.start_byte


def _arm(ctx: RefactorContext, body: Node | None, head: int, end: int, whole: Node) -> Arm | None:
    logic = ctx.shapes.logic
    if logic.layout is Layout.ENDED:
        last = whole.children[-1] if whole.children else None
        if last is not None and last.type == ctx.shapes.block_close:
            end = min(end, last.start_byte)
        inner = stripped(ctx, Span(head, end))
        return Arm(head, inner, inner, _statements_within(ctx, whole, inner))
    if body is None:
        return None
    if logic.layout is Layout.INDENTED:
        inner = stripped(ctx, Span(head, _lines_end(ctx, body)))
        return Arm(head, inner, inner, _statements_of(ctx, body))
    outer = Span(body.start_byte, body.end_byte)
    if ctx.text[body.start_byte : body.start_byte + 1] == b"{":
        inner = stripped(ctx, Span(body.start_byte + 1, max(body.end_byte - 1, outer.start + 1)))
        return Arm(head, outer, inner, _statements_of(ctx, body), block=True)
    if ctx.text[body.start_byte : body.start_byte + 1] == b":":
        return None
    return Arm(head, outer, outer, (body,), bare=True)


def _lines_end(ctx: RefactorContext, body: Node) -> int:
    """Where an indented block ends: with comments that are indented like it."""
    end = body.end_byte
    while end > body.start_byte and ctx.text[end - 1 : end] in (b"\n", b"\r", b" ", b"\t"):
        end -= 1
    following = body.next_sibling
    while following is not None and following.is_extra:
        before = ctx.text[end : following.start_byte]
        indent = indent_at(ctx.text, following.start_byte)
        if b"\n" in before and len(indent) < len(indent_at(ctx.text, body.start_byte)):
            break
        end = following.end_byte
        following = following.next_sibling
    return end


def _statements_of(ctx: RefactorContext, body: Node) -> tuple[Node, ...]:
    found: list[Node] = []
    for one in body.named_children:
        if one.is_extra or one.type in ctx.shapes.comments:
            continue
        if one.type in ctx.shapes.blocks and one.type not in ctx.shapes.statements:
            found.extend(_statements_of(ctx, one))
        else:
            found.append(one)
    return tuple(found)


def _statements_within(ctx: RefactorContext, whole: Node, span: Span) -> tuple[Node, ...]:
    """The statements of a span without a node of its own."""
    found: list[Node] = []
    pending = list(reversed(whole.named_children))
    while pending:
        one = pending.pop()
        if one.end_byte <= span.start or one.start_byte >= span.end:
            continue
        inside = one.start_byte >= span.start and one.end_byte <= max(span.end, span.start)
        if inside and not (one.type in ctx.shapes.blocks and one.type not in ctx.shapes.statements):
            if not one.is_extra:
                found.append(one)
            continue
        pending.extend(reversed(one.named_children))
    return tuple(found)


def stripped(ctx: RefactorContext, span: Span) -> Span:
    """A span without white space at its ends."""
    start, end = span.start, span.end
    while start < end and ctx.text[start : start + 1].isspace():
        start += 1
    while end > start and ctx.text[end - 1 : end].isspace():
        end -= 1
    return Span(start, end)


def does_nothing(ctx: RefactorContext, arm: Arm) -> bool:
    """Whether a branch is empty, without a comment in it."""
    if not len(arm.inner):
        return True
    nothing = ctx.shapes.logic.nothing
    return (
        len(arm.statements) == 1
        and arm.statements[0].type in nothing
        and arm.statements[0].start_byte == arm.inner.start
        and arm.statements[0].end_byte == arm.inner.end
    )


def leaves(ctx: RefactorContext, statement: Node) -> bool:
    """Whether what follows a statement is never reached through it."""
    shapes = ctx.shapes
    current = statement
    while current.type in shapes.wrappers and current.named_child_count == 1:
        current = current.named_children[0]
    exits = shapes.returns | shapes.throws | shapes.breaks | shapes.continues
    if current.type in exits:
        return True
    if current.type in shapes.logic.ifs:
        branch = read_branch(ctx, current)
        if branch is None or branch.chained or branch.otherwise is None:
            return False
        return arm_leaves(ctx, branch.then) and arm_leaves(ctx, branch.otherwise)
    if current.type in shapes.blocks and current.named_child_count:
        held = _statements_of(ctx, current)
        return bool(held) and leaves(ctx, held[-1])
    return False


def arm_leaves(ctx: RefactorContext, arm: Arm) -> bool:
    """Whether a branch never goes on behind its `if`."""
    return bool(arm.statements) and leaves(ctx, arm.statements[-1])


def can_turn(ctx: RefactorContext, branch: Branch) -> bool:
    """Whether the condition of a branch can be negated."""
    return not binds_names(ctx, branch.condition)


# Writing.


def body_text(ctx: RefactorContext, span: Span, indent: str) -> str:
    """The statements of a span, their first line without indentation, the others at `indent`."""
    if starts_line(ctx.text, span.start):
        return reindented(ctx, span, indent)
    # The first line stands behind the header: the others show how the block is indented.
    at = next_line(ctx.text, span.start)
    while at < span.end and not ctx.text[at : next_line(ctx.text, at)].strip():
        at = next_line(ctx.text, at)
    if at >= span.end:
        return ctx.source(span)
    old = indent_at(ctx.text, at)
    return reindented(ctx, span, indent, old)


def arm_text(ctx: RefactorContext, arm: Arm, indent: str) -> str:
    """What a branch does, at another indentation; what does nothing is ""."""
    if does_nothing(ctx, arm):
        return ""
    return body_text(ctx, arm.inner, indent)


def opens_below(ctx: RefactorContext) -> bool:
    """Whether the braces of `if`s and loops open on a line of their own in this file."""
    own, behind = len(_BELOW.findall(ctx.text)), len(_BEHIND.findall(ctx.text))
    return ctx.shapes.logic.braces_below if own == behind else own > behind


_HEADER = rb"^[ \t}]*(?:if|else|for|foreach|while|switch|do|try)\b[^\r\n]*?"
_BELOW = re.compile(_HEADER + rb"\r?\n[ \t]*\{", re.MULTILINE)
_BEHIND = re.compile(_HEADER + rb"\{[ \t]*\r?$", re.MULTILINE)


def _breaks_before_else(ctx: RefactorContext) -> bool:
    own = len(re.findall(rb"\}[ \t]*\r?\n[ \t]*else\b", ctx.text))
    return own > len(re.findall(rb"\}[ \t]*else\b", ctx.text)) or (not own and opens_below(ctx))


def head_of(ctx: RefactorContext, template: str, condition: str) -> str:
    """The header of an `if` or loop, with a space before its parenthesis as the file has it."""
    if "(" in template and ctx.text.count(b"if(") > ctx.text.count(b"if ("):
        template = template.replace(" (", "(", 1)
    return template.replace("{}", condition, 1)


def block_text(ctx: RefactorContext, head: str, body: str, indent: str) -> str:
    """A header with its block, not closed where another branch may follow. `body` is at one step
    more than `indent`; "" for one that does nothing.
    """
    unit = indent_unit(ctx.text, ctx.shapes)
    inner = indent + unit
    body = body or ctx.spec.habits.empty_body
    lines = f"\n{inner}{body}" if body else ""
    if ctx.shapes.logic.layout is not Layout.BRACES:
        return f"{head}{ctx.shapes.block_open}{lines}"
    opening = f"\n{indent}{{" if opens_below(ctx) else " {"
    return f"{head}{opening}{lines}\n{indent}}}"


def if_text(
    ctx: RefactorContext, branches: Sequence[tuple[str, str]], otherwise: str | None, indent: str
) -> str:
    """A whole `if`: (condition, body) pairs and the `else`, None without one. Its first line comes
    without indentation.
    """
    logic = ctx.shapes.logic
    parts: list[str] = []
    for index, (condition, body) in enumerate(branches):
        template = logic.else_if if index else logic.if_head
        parts.append(block_text(ctx, head_of(ctx, template, condition), body, indent))
    if otherwise is not None:
        parts.append(block_text(ctx, logic.else_word, otherwise, indent))
    if logic.layout is Layout.BRACES:
        gap = f"\n{indent}" if _breaks_before_else(ctx) else " "
        return gap.join(parts)
    text = f"\n{indent}".join(parts)
    return text if logic.layout is Layout.INDENTED else f"{text}\n{indent}{ctx.shapes.block_close}"


# Where a statement stands.


def is_last(ctx: RefactorContext, statement: Node) -> bool:
    """Whether nothing but comments follows a statement in its block."""
    following = statement.next_named_sibling
    while following is not None and (following.is_extra or following.type == "empty_statement"):
        following = following.next_named_sibling
    return following is None


def statements_after(ctx: RefactorContext, statement: Node) -> tuple[Node, ...]:
    """The statements behind one in its block."""
    found: list[Node] = []
    following = statement.next_named_sibling
    while following is not None:
        if not following.is_extra and following.type not in ctx.shapes.comments:
            found.append(following)
        following = following.next_named_sibling
    return tuple(found)


def statement_around(ctx: RefactorContext, node: Node) -> Node:
    """The statement that a node is, or is alone in: an `if` that the grammar wraps."""
    parent = node.parent
    if parent is not None and parent.type in ctx.shapes.wrappers:
        return parent
    return node


def alone_on_lines(ctx: RefactorContext, span: Span) -> bool:
    """Whether nothing else stands on the lines of a span."""
    return starts_line(ctx.text, span.start) and ends_line(ctx.text, span.end)


def declared_names(ctx: RefactorContext, statements: Sequence[Node]) -> frozenset[str]:
    """The names that statements declare in the block they stand in, as far as they say."""
    names: set[str] = set()
    for statement in statements:
        for parts in ctx.shapes.variables(statement, ctx.text):
            if parts.declares:
                names.add(ctx.source(parts.name))
        name = statement.child_by_field_name("name")
        if name is not None:
            names.add(ctx.source(name))
    return frozenset(names)


def names_in(ctx: RefactorContext, span: Span) -> frozenset[str]:
    """The names that stand in a span, those of members left out."""
    found: set[str] = set()
    for index in ctx.facts.references_in(span):
        one = ctx.facts.reference(index)
        if not one.member:
            found.add(one.name)
    return frozenset(found)


def refuse_lost_names(ctx: RefactorContext, branch: Branch, *places: Span) -> None:
    """Nothing uses what the header of an `if` declares, where it would not be seen any more."""
    header = Span(branch.node.start_byte, branch.condition.start_byte)
    declared = {
        one.name
        for one in (ctx.facts.reference(index) for index in ctx.facts.references_in(header))
        if one.role in (Role.BIND, Role.DEFINE)
    }
    for place in places:
        lost = sorted(declared & names_in(ctx, place))
        if lost:
            raise Refused(f"`{lost[0]}` is declared by the header of the `if`.")


def would_clash(ctx: RefactorContext, arm: Arm, place: Node) -> str:
    """A name that a branch declares and that means something in the block around it, where a block
    has names of its own; "" for none.
    """
    logic = ctx.shapes.logic
    if not logic.block_scopes or logic.redeclares:
        return ""
    declared = declared_names(ctx, arm.statements)
    if not declared:
        return ""
    function = ctx.function_of(place) or ctx.parsed.root
    before = names_in(ctx, Span(function.start_byte, place.start_byte))
    after = names_in(ctx, Span(place.end_byte, max(place.end_byte, function.end_byte)))
    own = names_in(ctx, Span(place.start_byte, arm.outer.start))
    return next(iter(sorted(declared & (before | after | own))), "")


# Where a function or a turn of a loop ends.


def end_word(ctx: RefactorContext, statement: Node) -> tuple[str, Node] | None:
    """How a function, or a turn of a loop, that ends with a statement is left from it, and that
    function or loop; None where something follows, or where it cannot be left.
    """
    shapes, logic = ctx.shapes, ctx.shapes.logic
    around = logic.ifs | logic.clauses | logic.elses | shapes.wrappers
    current, parent = statement, statement.parent
    while parent is not None:
        if parent.type in logic.block_calls or parent.type in shapes.loops:
            if parent.type not in logic.block_calls and not _is_body(parent, current):
                return None
            word = terminated(ctx, logic.continue_word, "")
            return (word, parent) if word else None
        if parent.type in shapes.functions:
            word = terminated(ctx, _return_word(ctx, parent), "")
            return (word, parent) if _is_body(parent, current) else None
        braces = ctx.text[parent.start_byte : parent.start_byte + 1] == b"{"
        if parent.type in shapes.blocks or braces:
            if parent.type in shapes.cases or not is_last(ctx, current):
                return None
        elif parent.type not in around:
            return None
        current, parent = parent, parent.parent
    return None


def _is_body(around: Node, node: Node) -> bool:
    body = around.child_by_field_name("body")
    return body is None or body.id == node.id


def _return_word(ctx: RefactorContext, function: Node) -> str:
    shapes, logic = ctx.shapes, ctx.shapes.logic
    body = function.child_by_field_name("body") or function
    if next(ctx.inside(body, shapes.yields), None) is not None:
        return logic.yielding_return or logic.return_word
    if logic.empty_return and any(
        one.named_child_count for one in ctx.inside(body, shapes.returns)
    ):
        return logic.empty_return
    return logic.return_word


def rest_span(ctx: RefactorContext, statement: Node) -> Span | None:
    """What follows a statement in its block, comments included; None where nothing does."""
    following = statement.next_named_sibling
    if following is not None and b"\n" not in ctx.text[statement.end_byte : following.start_byte]:
        # A comment behind the statement on its line belongs to it.
        following = following.next_named_sibling if following.is_extra else following
    if following is None:
        return None
    last = following
    while last.next_named_sibling is not None:
        last = last.next_named_sibling
    end = last.end_byte
    after = last.next_sibling
    if after is not None and after.type == ";":
        end = after.end_byte
    return stripped(ctx, Span(following.start_byte, end))


# Several conditions in a row.


def chain_of(ctx: RefactorContext, first: Node) -> tuple[list[Branch], Arm | None] | None:
    """An `if` with all its further conditions, and the `else` at the end; None for a form that is
    not known.
    """
    logic = ctx.shapes.logic
    listed: list[Branch] = []
    node = first
    while True:
        branch = read_branch(ctx, node)
        if branch is None:
            return None
        listed.append(branch)
        if not branch.chained:
            return listed, branch.otherwise
        following = branch.alternative
        assert following is not None
        if following.type in logic.clauses or following.type in logic.ifs:
            node = following
            continue
        inner = following.child_by_field_name("body")
        if inner is None:
            inner = following.named_children[-1]
        if inner.type not in logic.ifs:
            return None
        node = inner
