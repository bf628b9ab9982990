"""How Python decides: conditions, branches and choices."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from pairwright_analyzers.languages.logic import COMPARISONS, MIRRORS, Layout, Logic
from pairwright_analyzers.languages.python.collecting import COLLECTING
from pairwright_analyzers.languages.python.templates import TEMPLATES
from pairwright_analyzers.languages.python.waiting import WAITING
from pairwright_analyzers.languages.shapes import words

if TYPE_CHECKING:
    from tree_sitter import Node

_OPPOSITES: Mapping[str, str] = {
    **COMPARISONS,
    "in": "not in",
    "not in": "in",
    "is": "is not",
    "is not": "is",
}


def _is_tight(node: Node, _text: bytes) -> bool:
    return node.type in ("await", "binary_operator", "unary_operator", "generator_expression")


def _is_constant(node: Node, text: bytes) -> bool:
    """A literal, or a dotted name: a bare one would be bound by a pattern."""
    if node.type == "string":
        return text[node.start_byte : node.start_byte + 1] in (b"'", b'"')
    if node.type == "unary_operator":
        return text[node.start_byte : node.start_byte + 1] == b"-" and node.named_children[
            0
        ].type in ("integer", "float")
    if node.type in ("attribute", "dotted_name"):
        return b"." in text[node.start_byte : node.end_byte] and not any(
            one.type not in ("identifier", "attribute") for one in node.named_children
        )
    return node.type in ("integer", "float", "none", "true", "false")


LOGIC = Logic(
    junctions_give_operands=True,
    layout=Layout.INDENTED,
    operations=words("boolean_operator comparison_operator"),
    negations=words("not_operator"),
    negation="not ",
    negation_is_loose=True,
    conjunctions=("and",),
    disjunctions=("or",),
    duals={"and": "or", "or": "and"},
    opposites=_OPPOSITES,
    equalities=frozenset({"==", "is"}),
    mirrors={**MIRRORS, "is": "is", "is not": "is not"},
    is_tight=_is_tight,
    declares=frozenset(),
    mixes=True,
    ifs=words("if_statement"),
    clauses=words("elif_clause"),
    elses=words("else_clause"),
    condition_parentheses=frozenset(),
    if_head="if {}",
    else_if="elif {}",
    condition_ends=frozenset({":"}),
    nothing=words("pass_statement"),
    block_scopes=False,
    return_word="return",
    empty_return="return None",
    continue_word="continue",
    break_word="break",
    ternaries=words("conditional_expression"),
    ternary_order=(1, 0, 2),
    loose_values=words("lambda named_expression"),
    unsplit_values=words("expression_list pattern_list"),
    ternary="{yes} if {condition} else {no}",
    labels=words("case_clause"),
    label_wrappers=words("case_pattern union_pattern"),
    otherwise=frozenset({"_"}),
    falls=False,
    left_by_break=False,
    switch_head="match {}",
    label="case {}:",
    label_join=" | ",
    otherwise_label="case _:",
    constants=_is_constant,
    membership=frozenset({"in"}),
    collections=words("tuple list set"),
    comparison_of=lambda node: "is" if node.type in ("none", "true", "false") else "",
    collecting=COLLECTING,
    binding_values=words("named_expression"),
    templates=TEMPLATES,
    waiting=WAITING,
)
