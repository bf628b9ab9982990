"""What refactorings need to know of how a language decides: its conditions, branches and choices.

Owns the shape of that knowledge (`Logic`). What one language says stands in its folder, in
`logic.py`; no refactoring names a language or a node type of one.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from enum import Enum
from typing import TYPE_CHECKING, NamedTuple

from pairwright_analyzers.languages.collecting import Collecting
from pairwright_analyzers.languages.functions import Functions
from pairwright_analyzers.languages.templates import Templates
from pairwright_analyzers.languages.waiting import Waiting

if TYPE_CHECKING:
    from tree_sitter import Node

    from pairwright_analyzers.languages.shapes import VariableParts


class Operation(NamedTuple):
    """A value made of two others: `operator` is written with single spaces in it."""

    left: Node
    operator: str
    right: Node


_CONTINUED = re.compile(r"\\\r?\n")


def operation(node: Node, text: bytes) -> Operation | None:
    """The two values of a node and what stands between them; None where there are not two, or a
    comment stands between them.
    """
    operands = [one for one in node.named_children if not one.is_extra]
    if len(operands) != 2:
        return None
    left, right = operands
    if any(one.is_extra and "comment" in one.type for one in node.named_children):
        return None
    between = text[left.end_byte : right.start_byte].decode("utf-8", "replace")
    return Operation(left, " ".join(_CONTINUED.sub(" ", between).split()), right)


COMPARISONS: Mapping[str, str] = {
    "==": "!=",
    "!=": "==",
    "<": ">=",
    ">=": "<",
    ">": "<=",
    "<=": ">",
}
"""Each comparison and what is true when it is not."""

MIRRORS: Mapping[str, str] = {
    "==": "==",
    "!=": "!=",
    "<": ">",
    ">": "<",
    "<=": ">=",
    ">=": "<=",
}
"""Each comparison and how it is written with its sides exchanged."""


class Layout(Enum):
    """How a branch is told from what is around it."""

    BRACES = "braces"
    INDENTED = "indented"
    ENDED = "ended"


@dataclass(frozen=True)
class Logic:
    """How one language writes conditions and what they decide."""

    layout: Layout = Layout.BRACES

    # Conditions.
    operations: frozenset[str] = frozenset({"binary_expression"})
    """Nodes of two values and an operator."""
    operation: Callable[[Node, bytes], Operation | None] = operation
    negations: frozenset[str] = frozenset({"unary_expression"})
    """Nodes of an operator and one value, `negation` among the operators."""
    negation: str = "!"
    """How a value is negated; a word has its space."""
    other_negations: frozenset[str] = frozenset()
    """Further operators that negate."""
    negation_is_loose: bool = False
    """`not a == b` means `not (a == b)`."""
    conjunctions: tuple[str, ...] = ("&&",)
    disjunctions: tuple[str, ...] = ("||",)
    junctions_give_operands: bool = False
    """`a and b` is one of the two, not true or false."""
    duals: Mapping[str, str] = field(default_factory=lambda: {"&&": "||", "||": "&&"})
    opposites: Mapping[str, str] = field(default_factory=lambda: COMPARISONS)
    opposite_calls: Mapping[str, str] = field(default_factory=dict)
    """Ends of calls that ask for the opposite (`.is_some()`)."""
    mirrors: Mapping[str, str] = field(default_factory=lambda: MIRRORS)
    equality: str = "=="
    """How two values are compared in a chain of `if`s that a switch could be."""
    equalities: frozenset[str] = frozenset({"=="})
    is_tight: Callable[[Node, bytes], bool] = lambda _node, _text: False
    """Whether a value beside literals and atoms can be negated without parentheses."""
    declares: frozenset[str] = frozenset()
    """Nodes in a condition that bind a name and cannot be negated (`let Some(x) = y`)."""
    loose_operators: frozenset[str] = frozenset()
    """Operators of `operations` that bind looser than an `or`, or cannot stand beside one."""
    wrapped_before_less: frozenset[str] = frozenset()
    """Values that take `<` for the start of type arguments (Rust's `as`)."""
    mixes: bool = False
    """`a or b and c` is written without parentheses."""

    # Branches.
    ifs: frozenset[str] = frozenset({"if_statement"})
    unlesses: frozenset[str] = frozenset()
    clauses: frozenset[str] = frozenset()
    """Nodes of a further condition inside of an `if` (`elif`)."""
    elses: frozenset[str] = frozenset({"else_clause"})
    bodies: tuple[str, ...] = ("consequence", "body")
    """Fields that hold what an `if` does."""
    modifiers: Mapping[str, str] = field(default_factory=dict)
    """Statements with their condition behind them, and that condition's word."""
    condition_parentheses: frozenset[str] = frozenset({"parenthesized_expression"})
    """Nodes around a condition that its syntax asks for; none where it asks for no parentheses."""
    if_head: str = "if ({})"
    else_if: str = "else if ({})"
    unless_head: str = ""
    else_word: str = "else"
    condition_ends: frozenset[str] = frozenset()
    """Words between a condition and a branch without braces (`then`)."""
    nothing: frozenset[str] = frozenset()
    """Statements that do nothing."""
    block_scopes: bool = True
    """What a block declares is not seen behind it."""
    redeclares: bool = False
    """A name may be declared twice in one block."""
    braces_below: bool = False
    """Braces open on a line of their own where the file shows none."""
    bare_bodies: bool = False
    """A branch may be one statement without braces."""
    return_word: str = "return;"
    empty_return: str = ""
    """How a function that gives values elsewhere is left without one, where that is written."""
    continue_word: str = "continue;"
    """"" in a language without one."""
    break_word: str = "break;"
    yielding_return: str = ""
    """What ends a function that yields, where it is not `return_word`."""
    block_calls: frozenset[str] = frozenset()
    """Bodies of functions that are left with `continue_word` (Ruby's blocks)."""

    # Values that decide.
    ternaries: frozenset[str] = frozenset()
    ternary_fields: tuple[str, str, str] = ("condition", "consequence", "alternative")
    ternary_order: tuple[int, int, int] | None = None
    """Positions of condition, first and second value where the node has no fields."""
    ternary: str = "{condition} ? {yes} : {no}"
    loose_values: frozenset[str] = frozenset()
    """Values that need parentheses inside of a conditional value, beside assignments."""
    wrapped_values: frozenset[str] = frozenset()
    """Nodes around what is returned, which may be several values."""
    unsplit_values: frozenset[str] = frozenset()
    """What is returned or assigned without being one value (`return a, b`)."""
    bare_declaration: Callable[[str, VariableParts], str] | None = None
    """(declaration up to its `=`, parts) -> the declaration without a value, "" where its type is
    not written; None in a language that declares by assigning.
    """

    # Choices.
    labels: frozenset[str] = frozenset()
    """The branches of a switch, the one that is taken otherwise included."""
    subjects: tuple[str, ...] = ("value", "condition", "subject")
    """Fields that hold what a switch looks at."""
    label_ends: frozenset[str] = frozenset({":", "=>", "->"})
    """Tokens between what a branch is chosen by and what it does."""
    label_wrappers: frozenset[str] = frozenset()
    """Nodes around the constants that a branch is chosen by."""
    otherwise: frozenset[str] = frozenset({"default"})
    """What a branch that is taken otherwise is headed by."""
    falls: bool = True
    """A branch goes on in the next one unless it is left."""
    left_by_break: bool = True
    """`break` leaves a switch."""
    left_by_continue: bool = False
    """`continue` leaves a switch."""
    switch_head: str = "switch ({})"
    label: str = "case {}:"
    label_join: str = ""
    """Between several constants of one branch; "" where each has a label of its own."""
    otherwise_label: str = "default:"
    labels_indented: bool = True
    """Labels are one step deeper than their switch."""
    exhaustive: bool = False
    """A switch has to say what is done otherwise."""
    constants: Callable[[Node, bytes], bool] = lambda _node, _text: False
    """Whether a value can label a branch, and means the same as a comparison with it."""
    membership: frozenset[str] = frozenset()
    """Operators that compare with each item of a collection."""
    collections: frozenset[str] = frozenset()
    """Collections that are written out."""
    comparison_of: Callable[[Node], str] = lambda _node: ""
    """The operator that compares with a constant, "" for `equality`."""

    # Collections.
    collecting: Collecting | None = None
    """How values are collected, in a language that does it in a loop and in one value."""
    templates: Templates | None = None
    """How texts with values in them are written."""
    functions: Functions | None = None
    """The forms of a function, in a language that has several."""
    waiting: Waiting | None = None
    """How the language waits."""
    binding_values: frozenset[str] = frozenset()
    """Values that bind a name (`:=`)."""


def typed_declaration(head: str, parts: VariableParts) -> str:
    """`Logic.bare_declaration` where a declaration needs a type, and one for good a value."""
    if parts.type is None:
        return ""
    return head.removeprefix("final ").removeprefix("const ")


NO_LOGIC = Logic(ifs=frozenset())
"""Of a language whose conditions are not refactored."""
