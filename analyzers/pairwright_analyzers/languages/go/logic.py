"""How Go decides: conditions, branches and choices."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pairwright_analyzers.languages.logic import Logic
from pairwright_analyzers.languages.shapes import words

if TYPE_CHECKING:
    from tree_sitter import Node


def _is_tight(node: Node, _text: bytes) -> bool:
    return node.type == "unary_expression"


def _is_constant(node: Node, _text: bytes) -> bool:
    return node.type in words(
        "int_literal float_literal rune_literal interpreted_string_literal raw_string_literal"
        " identifier selector_expression nil true false unary_expression"
    )


LOGIC = Logic(
    is_tight=_is_tight,
    mixes=True,
    elses=frozenset(),
    bodies=("consequence",),
    condition_parentheses=frozenset(),
    if_head="if {}",
    else_if="else if {}",
    return_word="return",
    continue_word="continue",
    break_word="break",
    labels=words("expression_case default_case"),
    label_wrappers=words("expression_list"),
    falls=False,
    switch_head="switch {}",
    label_join=", ",
    labels_indented=False,
    constants=_is_constant,
)
