"""Conditions: what is true when one is not, and how several are joined.

Pure functions of texts and trees. Knows nothing of the statements that conditions stand in.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from enum import IntEnum
from typing import TYPE_CHECKING, NamedTuple

from pairwright_analyzers.languages.logic import Operation
from pairwright_analyzers.refactors.context import RefactorContext
from pairwright_analyzers.types import Span

if TYPE_CHECKING:
    from tree_sitter import Node


_OPERATOR = re.compile(r"[^\w\s\\]{1,3}\Z|[a-z]+(?: [a-z]+)?\Z")


class Rank(IntEnum):
    """How tightly a condition holds together, loosest first."""

    LOOSE = 0
    OR = 1
    AND = 2
    NOT = 3
    COMPARISON = 4
    ATOM = 5


class Piece(NamedTuple):
    """A condition as text; `word` is the operator it is made of, for `and` and `or`."""

    text: str
    rank: Rank
    word: str = ""


def bare(ctx: RefactorContext, node: Node) -> Node:
    """The value inside of parentheses."""
    current = node
    while current.type in ctx.shapes.parentheses:
        inner = [one for one in current.named_children if not one.is_extra]
        if len(inner) != 1 or len(inner) != current.named_child_count:
            break
        current = inner[0]
    return current


def operation_of(ctx: RefactorContext, node: Node) -> Operation | None:
    """The two values and the operator of a node, where it has them."""
    logic = ctx.shapes.logic
    if node.type not in logic.operations:
        return None
    return logic.operation(node, ctx.text)


def negated_value(ctx: RefactorContext, node: Node) -> Node | None:
    """What a node negates; None for anything else."""
    logic = ctx.shapes.logic
    if node.type not in logic.negations or node.named_child_count != 1 or node.has_error:
        return None
    inner = node.named_children[0]
    word = ctx.text[node.start_byte : inner.start_byte].decode("utf-8", "replace").strip()
    if word == logic.negation.strip() or word in logic.other_negations:
        return inner
    return None


def is_conjunction(ctx: RefactorContext, word: str) -> bool:
    """Whether an operator is an `and`."""
    return word in ctx.shapes.logic.conjunctions


def is_junction(ctx: RefactorContext, word: str) -> bool:
    """Whether an operator is an `and` or an `or`."""
    return word in ctx.shapes.logic.duals


def operands_of(ctx: RefactorContext, node: Node, word: str) -> list[Node]:
    """The conditions that one operator joins: `a and b and c` -> a, b, c. What stands in
    parentheses is one.
    """
    found = operation_of(ctx, node)
    if found is None or found.operator != word:
        return [node]
    return [*operands_of(ctx, found.left, word), *operands_of(ctx, found.right, word)]


def piece_of(ctx: RefactorContext, node: Node) -> Piece:
    """A condition as it is written."""
    text = ctx.source(node)
    shapes = ctx.shapes
    found = operation_of(ctx, node)
    if found is not None:
        if is_junction(ctx, found.operator):
            rank = Rank.AND if is_conjunction(ctx, found.operator) else Rank.OR
            return Piece(text, rank, found.operator)
        loose = found.operator in shapes.logic.loose_operators
        if loose or not _OPERATOR.match(found.operator):
            return Piece(text, Rank.LOOSE)
        return Piece(text, Rank.COMPARISON)
    if node.type in shapes.logic.operations:
        return Piece(text, Rank.LOOSE if _hides_junction(ctx, node) else Rank.COMPARISON)
    if negated_value(ctx, node) is not None:
        return Piece(text, Rank.NOT)
    held = node.type in shapes.atoms or node.type in shapes.literals
    if held or node.type in shapes.parentheses or shapes.logic.is_tight(node, ctx.text):
        return Piece(text, Rank.ATOM)
    return Piece(text, Rank.LOOSE)


def _hides_junction(ctx: RefactorContext, node: Node) -> bool:
    """Whether an `and` or `or` stands inside of what cannot be taken apart."""
    pending = [node]
    while pending:
        one = pending.pop()
        if any(not child.is_named and is_junction(ctx, child.type) for child in one.children):
            return True
        if one is node or one.type not in ctx.shapes.parentheses:
            pending.extend(one.named_children)
    return False


def negated(ctx: RefactorContext, node: Node) -> str:
    """The condition that is true when this one is not, as the whole of a condition."""
    return negation_of(ctx, node).text


def negation_of(ctx: RefactorContext, node: Node) -> Piece:
    """The condition that is true when this one is not: the opposite comparison where there is one,
    `and` and `or` exchanged where that is not longer, else a negation of the whole.
    """
    logic = ctx.shapes.logic
    inner = negated_value(ctx, node)
    if inner is not None:
        held = bare(ctx, inner)
        return piece_of(ctx, inner if "\n" in ctx.source(held) else held)
    held = bare(ctx, node)
    if held.id != node.id:
        piece = negation_of(ctx, held)
        # Parentheses may be what lets a condition go over several lines.
        if "\n" not in piece.text:
            return piece
        before = ctx.source(Span(node.start_byte, held.start_byte))
        after = ctx.source(Span(held.end_byte, node.end_byte))
        return Piece(f"{before}{piece.text}{after}", Rank.ATOM)
    opposite_call = _opposite_call(ctx, node)
    if opposite_call:
        return Piece(opposite_call, Rank.ATOM)
    found = operation_of(ctx, node)
    plain = with_negation(ctx, piece_of(ctx, node))
    if found is None:
        return plain
    opposite = logic.opposites.get(found.operator)
    if opposite is not None:
        return Piece(_exchanged(ctx, found, opposite), Rank.COMPARISON)
    dual = logic.duals.get(found.operator)
    if dual is None:
        return plain
    spread = spread_negation(ctx, node)
    return spread if len(spread.text) <= len(plain.text) else plain


def _opposite_call(ctx: RefactorContext, node: Node) -> str:
    """A call that asks for the opposite, "" where there is none."""
    if node.type not in ctx.shapes.calls:
        return ""
    text = ctx.source(node)
    for end, opposite in ctx.shapes.logic.opposite_calls.items():
        if text.endswith(end):
            return f"{text.removesuffix(end)}{opposite}"
    return ""


def spread_negation(ctx: RefactorContext, node: Node) -> Piece:
    """De Morgan: the negation of an `and` as an `or` of negations, and the other way round."""
    found = operation_of(ctx, node)
    if found is None:
        return negation_of(ctx, node)
    dual = ctx.shapes.logic.duals[found.operator]
    return _rejoined(ctx, node, found.operator, dual)


def _rejoined(ctx: RefactorContext, node: Node, word: str, dual: str) -> Piece:
    """The operands of a junction, each negated; line breaks between them stay."""
    listed = operands_of(ctx, node, word)
    rank = Rank.AND if is_conjunction(ctx, dual) else Rank.OR
    parts: list[str] = []
    for index, one in enumerate(listed):
        if index:
            between = ctx.source_between(listed[index - 1], one)
            parts.append(_replaced_word(between, word, dual))
        parts.append(fitted_in(ctx, negation_of(ctx, one), rank, dual))
    return Piece("".join(parts), rank, dual)


def _replaced_word(between: str, word: str, dual: str) -> str:
    head, _, tail = between.partition(word)
    return f"{head}{dual}{tail}"


def fitted_in(ctx: RefactorContext, piece: Piece, rank: Rank, word: str) -> str:
    """A condition as an operand of an `and` or `or`, in parentheses where it needs them."""
    if piece.rank is Rank.LOOSE or (piece.rank is Rank.OR and rank is Rank.AND):
        return f"({piece.text})"
    mixed = piece.rank in (Rank.OR, Rank.AND) and piece.word != word
    if mixed and (not ctx.shapes.logic.mixes or _same_level(piece.word, word)):
        return f"({piece.text})"
    return piece.text


def _same_level(one: str, other: str) -> bool:
    """Whether two operators may bind alike: Ruby's `and` and `or`, and words beside signs."""
    return one.isalpha() != other.isalpha()


def with_negation(ctx: RefactorContext, piece: Piece) -> Piece:
    """The negation of a condition as a whole."""
    logic = ctx.shapes.logic
    enough = Rank.NOT if logic.negation_is_loose else Rank.ATOM
    if piece.rank is Rank.NOT or piece.rank >= enough:
        return Piece(f"{logic.negation}{piece.text}", Rank.NOT)
    return Piece(f"{logic.negation}({piece.text})", Rank.NOT)


def _exchanged(ctx: RefactorContext, found: Operation, operator: str) -> str:
    """An operation with another operator; line breaks around it stay."""
    left = _left(ctx, found.left, operator)
    return f"{left}{_between(ctx, found, operator)}{ctx.source(found.right)}"


def _between(ctx: RefactorContext, found: Operation, operator: str) -> str:
    """What stands between two values, with another operator."""
    between = ctx.source_between(found.left, found.right)
    written = r"(?:\s|\\\r?\n)+".join(re.escape(one) for one in found.operator.split())
    return re.sub(written, lambda _match: operator, between, count=1)


def _left(ctx: RefactorContext, node: Node, operator: str) -> str:
    wrapped = operator.startswith("<") and node.type in ctx.shapes.logic.wrapped_before_less
    return f"({ctx.source(node)})" if wrapped else ctx.source(node)


def mirrored(ctx: RefactorContext, found: Operation, operator: str) -> str:
    """An operation with its sides exchanged."""
    left = _left(ctx, found.right, operator)
    return f"{left}{_between(ctx, found, operator)}{ctx.source(found.left)}"


def all_of(ctx: RefactorContext, nodes: Iterable[Node]) -> str:
    """Conditions that have to be true together."""
    word = ctx.shapes.logic.conjunctions[0]
    parts: list[str] = []
    for node in nodes:
        piece = piece_of(ctx, node)
        parts.append(fitted_in(ctx, piece, Rank.AND, piece.word or word))
    return f" {word} ".join(parts)


def binds_names(ctx: RefactorContext, node: Node) -> bool:
    """Whether a condition binds a name and so cannot be turned round."""
    declares = ctx.shapes.logic.declares
    return bool(declares) and next(ctx.inside(node, declares), None) is not None


# What a condition is worth.


def is_boolean(ctx: RefactorContext, node: Node) -> bool:
    """Whether a value is certainly true or false and nothing else."""
    logic = ctx.shapes.logic
    if not logic.junctions_give_operands:
        return True
    held = bare(ctx, node)
    if negated_value(ctx, held) is not None:
        return True
    found = operation_of(ctx, held)
    if found is None:
        return False
    if is_junction(ctx, found.operator):
        return is_boolean(ctx, found.left) and is_boolean(ctx, found.right)
    return found.operator in logic.mirrors or found.operator in logic.opposites


def is_decision(ctx: RefactorContext, node: Node) -> bool:
    """Whether only the truth of a value matters where it stands."""
    current, parent = node, node.parent
    while parent is not None:
        if parent.child_by_field_name("condition") == current:
            return True
        found = operation_of(ctx, parent)
        junction = found is not None and is_junction(ctx, found.operator)
        wrapping = parent.type in ctx.shapes.parentheses | ctx.shapes.logic.condition_parentheses
        if negated_value(ctx, parent) is not None:
            return True
        if not junction and not wrapping:
            return False
        current, parent = parent, parent.parent
    return False
