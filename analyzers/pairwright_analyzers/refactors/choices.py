"""Choices: a switch at the selection, its branches, and how a switch is written.

Owns what the refactorings between switches and rows of `if`s share. Knows no language: how each
writes its switch is told by `languages/logic.py`.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from pairwright_analyzers.languages.logic import Layout
from pairwright_analyzers.refactors.branches import head_of, leaves, opens_below, stripped
from pairwright_analyzers.refactors.context import RefactorContext
from pairwright_analyzers.refactors.insertion import terminated
from pairwright_analyzers.refactors.layout import indent_unit
from pairwright_analyzers.refactors.model import Refused
from pairwright_analyzers.types import Span

if TYPE_CHECKING:
    from tree_sitter import Node


Constant = tuple["Node", str]


@dataclass(frozen=True, slots=True)
class Label:
    """One branch of a switch: `values` are the constants it is chosen by, as (node, text) pairs,
    `otherwise` says that it is taken when no other is; `span` is what it does, without what leaves
    the switch at its end.
    """

    values: tuple[Constant, ...]
    otherwise: bool
    span: Span
    statements: tuple[Node, ...]


@dataclass(frozen=True, slots=True)
class Choice:
    """A switch: what it looks at, and its branches in order, the one taken otherwise last."""

    node: Node
    subject: Node
    labels: tuple[Label, ...]


@dataclass(frozen=True, slots=True)
class WrittenLabel:
    """A branch to be written; `values` are () for the one taken otherwise. `leaves` says that its
    last statement leaves the switch, `scoped` that it declares names.
    """

    values: tuple[str, ...]
    body: str
    leaves: bool
    scoped: bool


def choice_at(ctx: RefactorContext) -> Node | None:
    """The switch whose header the selection is at, or that is selected whole."""
    node: Node | None = ctx.node
    start, end = ctx.selection.start, ctx.selection.end
    while node is not None and node.type not in ctx.shapes.functions:
        if node.type in ctx.shapes.switches:
            subject = subject_of(ctx, node)
            if subject is None or node.has_error:
                return None
            whole = start <= node.start_byte and node.end_byte <= end
            return node if whole or end <= subject.end_byte + 2 else None
        node = node.parent
    return None


def subject_of(ctx: RefactorContext, node: Node) -> Node | None:
    """What a switch looks at."""
    logic = ctx.shapes.logic
    found = next(
        (one for one in (node.child_by_field_name(name) for name in logic.subjects) if one), None
    )
    if found is not None and found.type in logic.condition_parentheses:
        return found.child_by_field_name("value") or (
            found.named_children[0] if found.named_child_count == 1 else None
        )
    return found


def read_choice(ctx: RefactorContext, node: Node) -> Choice:
    """The branches of a switch. Raises `Refused` for one that is no row of comparisons."""
    subject = subject_of(ctx, node)
    if subject is None or node.child_by_field_name("initializer") is not None:
        raise Refused("The switch does not look at one value.")
    body = node.child_by_field_name("body") or node
    labels: list[Label] = []
    waiting: list[Constant] = []
    listed = [one for one in body.named_children if one.type in ctx.shapes.logic.labels]
    if (
        any(one.type in ctx.shapes.comments for one in body.named_children)
        and ctx.shapes.logic.layout is not Layout.ENDED
    ):
        raise Refused("A comment stands between the branches.")
    shares_default = False
    for index, one in enumerate(listed):
        values, otherwise, statements, span = _label(ctx, one)
        last = index == len(listed) - 1
        waiting.extend(values)
        shares_default = shares_default or otherwise
        if not statements and not last and ctx.shapes.logic.falls and not len(span):
            continue
        trimmed = _without_break(ctx, one, statements, span, last)
        held = () if shares_default else tuple(waiting)
        labels.append(Label(held, shares_default, trimmed, statements))
        waiting, shares_default = [], False
    ordered = [one for one in labels if not one.otherwise]
    ordered += [one for one in labels if one.otherwise]
    if not ordered or ordered[0].otherwise:
        raise Refused("The switch has no branches to choose from.")
    return Choice(node, subject, tuple(ordered))


def _label(
    ctx: RefactorContext, node: Node
) -> tuple[tuple[Constant, ...], bool, tuple[Node, ...], Span]:
    logic = ctx.shapes.logic
    values: list[Constant] = []
    otherwise = node.type in logic.otherwise
    statements: list[Node] = []
    head = True
    start = node.start_byte
    for index, child in enumerate(node.children):
        field = node.field_name_for_child(index)
        if head and (child.type in logic.label_ends and not child.is_named):
            head, start = False, child.end_byte
            continue
        if head and field in ("consequence", "body") and child.is_named:
            head, start = False, child.start_byte
            first = child.children[0] if child.children else None
            if first is not None and not first.is_named and first.type in logic.condition_ends:
                start = first.end_byte
        if head:
            if not child.is_named:
                otherwise = otherwise or child.type in logic.otherwise
                if otherwise:
                    start = child.end_byte
                continue
            if otherwise:
                statements.append(child)
                continue
            if field == "guard":
                raise Refused("A branch has a condition of its own.")
            found, is_default = _values(ctx, child)
            values.extend(found)
            otherwise = otherwise or is_default
            start = child.end_byte
        elif child.is_named and child.type not in ctx.shapes.comments:
            statements.append(child)
    end = node.end_byte
    while end > start and ctx.text[end - 1 : end] in (b",", b" ", b"\n", b"\r"):
        end -= 1
    flat: list[Node] = []
    for one in statements:
        braces = ctx.text[one.start_byte : one.start_byte + 1] == b"{"
        deeper = not braces and one.type in ctx.shapes.blocks - ctx.shapes.statements
        inner = [two for two in one.named_children if two.type not in ctx.shapes.comments]
        flat.extend(inner if deeper else [one])
    return tuple(values), otherwise, tuple(flat), stripped(ctx, Span(start, max(start, end)))


def _values(ctx: RefactorContext, node: Node) -> tuple[list[Constant], bool]:
    """The constants below what heads a branch, and whether it stands for anything else."""
    logic = ctx.shapes.logic
    if node.type in logic.label_wrappers:
        if node.child_by_field_name("condition") is not None:
            raise Refused("A branch has a condition of its own.")
        if not node.named_children:
            text = ctx.source(node).removeprefix("case").strip()
            if text in logic.otherwise:
                return [], True
        found: list[Constant] = []
        default = False
        for child in node.named_children:
            more, is_default = _values(ctx, child)
            found.extend(more)
            default = default or is_default
        return found, default
    if not logic.constants(node, ctx.text):
        raise Refused(f"`{ctx.source(node)}` is not a constant to compare with.")
    before = node.prev_sibling
    sign = "-" if before is not None and before.type == "-" else ""
    return [(node, f"{sign}{ctx.source(node)}")], False


def _without_break(
    ctx: RefactorContext, label: Node, statements: Sequence[Node], span: Span, last: bool
) -> Span:
    """What a branch does without the `break` at its end. Raises `Refused` where it goes on in the
    next branch, or leaves the switch elsewhere.
    """
    shapes, logic = ctx.shapes, ctx.shapes.logic
    listed = list(statements)
    inner = span
    if len(listed) == 1 and ctx.text[listed[0].start_byte : listed[0].start_byte + 1] == b"{":
        block = listed[0]
        listed = [one for one in block.named_children if one.type not in shapes.comments]
        if len(listed) == 1 and listed[0].type in shapes.blocks:
            listed = list(listed[0].named_children)
        inner = stripped(ctx, Span(block.start_byte + 1, block.end_byte - 1))
    end = listed[-1] if listed else None
    rule = any(one.type == "->" for one in label.children)
    if end is not None and end.type in shapes.breaks and logic.left_by_break:
        inner = stripped(ctx, Span(inner.start, end.start_byte))
        listed = listed[:-1]
    elif logic.falls and not last and not rule and (end is None or not leaves(ctx, end)):
        raise Refused("A branch goes on in the next one.")
    for one in listed:
        if logic.left_by_break and any(_own_exits(ctx, one, shapes.breaks)):
            raise Refused("A branch is left by a `break` inside of it.")
        if logic.left_by_continue and any(_own_exits(ctx, one, shapes.continues)):
            raise Refused("A branch is left by a `continue` inside of it.")
        if next(ctx.inside(one, shapes.jumps), None) is not None:
            raise Refused("A branch jumps to another one.")
    return inner


def _own_exits(ctx: RefactorContext, node: Node, types: frozenset[str]) -> Iterator[Node]:
    """The `break`s at or below a node that do not belong to a loop or switch inside of it."""
    shapes = ctx.shapes
    pending = [node]
    while pending:
        one = pending.pop()
        if one.type in types:
            yield one
        if one.type in shapes.loops | shapes.functions | shapes.switches:
            continue
        pending.extend(one.named_children)


def has_own_exit(ctx: RefactorContext, statements: Sequence[Node]) -> bool:
    """Whether statements leave a loop around them by a word that would leave a switch."""
    logic, shapes = ctx.shapes.logic, ctx.shapes
    types: frozenset[str] = frozenset()
    if logic.left_by_break:
        types = types | shapes.breaks
    if logic.left_by_continue:
        types = types | shapes.continues
    return any(next(_own_exits(ctx, one, types), None) is not None for one in statements)


def choice_text(
    ctx: RefactorContext, subject: str, labels: Sequence[WrittenLabel], indent: str
) -> str:
    """A whole switch, its first line without indentation. Bodies are at no indentation of their
    own: their first line has none, the others stand at `depth_of_bodies`.
    """
    logic = ctx.shapes.logic
    step = indent_unit(ctx.text, ctx.shapes)
    at = indent + (step if logic.labels_indented else "")
    inner = at + step
    head = head_of(ctx, logic.switch_head, subject)
    if logic.layout is Layout.BRACES:
        head += f"\n{indent}{{" if opens_below(ctx) else " {"
    elif logic.layout is Layout.INDENTED:
        head += ":"
    lines = [head]
    for label in labels:
        lines.extend(_label_lines(ctx, label, at, inner))
    if ctx.shapes.block_close:
        lines.append(f"{indent}{ctx.shapes.block_close}")
    return "\n".join(lines)


def depth_of_bodies(ctx: RefactorContext, indent: str) -> str:
    """The indentation of what the branches of a switch at `indent` do."""
    step = indent_unit(ctx.text, ctx.shapes)
    return indent + step + (step if ctx.shapes.logic.labels_indented else "")


def _label_lines(ctx: RefactorContext, label: WrittenLabel, at: str, inner: str) -> list[str]:
    logic = ctx.shapes.logic
    if not label.values:
        heads = [logic.otherwise_label]
    elif logic.label_join:
        heads = [logic.label.format(logic.label_join.join(label.values))]
    else:
        heads = [logic.label.format(one) for one in label.values]
    lines = [f"{at}{one}" for one in heads]
    body = label.body or ctx.spec.habits.empty_body
    braces = logic.exhaustive or (label.scoped and logic.falls)
    if logic.exhaustive and not body:
        lines[-1] += " {}"
        return lines
    if braces and opens_below(ctx):
        lines.append(f"{at}{{")
    elif braces:
        lines[-1] += " {"
    if body:
        lines.append(f"{inner}{body}")
    if logic.falls and not label.leaves:
        lines.append(f"{inner}{terminated(ctx, logic.break_word, '')}")
    if braces:
        lines.append(f"{at}}}")
    return lines
