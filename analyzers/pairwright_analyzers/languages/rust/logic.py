"""How Rust decides: conditions, branches and choices."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pairwright_analyzers.languages.logic import Logic
from pairwright_analyzers.languages.shapes import words

if TYPE_CHECKING:
    from tree_sitter import Node


def _is_tight(node: Node, _text: bytes) -> bool:
    return node.type in ("unary_expression", "reference_expression")


def _is_constant(node: Node, text: bytes) -> bool:
    if node.type == "unary_expression":
        return text[node.start_byte : node.start_byte + 1] == b"-"
    return node.type in ("integer_literal", "char_literal", "boolean_literal", "negative_literal")


LOGIC = Logic(
    is_tight=_is_tight,
    opposite_calls={
        ".is_some()": ".is_none()",
        ".is_none()": ".is_some()",
        ".is_ok()": ".is_err()",
        ".is_err()": ".is_ok()",
    },
    wrapped_before_less=words("type_cast_expression"),
    declares=words("let_condition let_chain"),
    ifs=words("if_expression"),
    bodies=("consequence",),
    condition_parentheses=frozenset(),
    if_head="if {}",
    else_if="else if {}",
    redeclares=True,
    labels=words("match_arm"),
    label_wrappers=words("match_pattern or_pattern"),
    otherwise=frozenset({"_"}),
    falls=False,
    left_by_break=False,
    switch_head="match {}",
    label="{} =>",
    label_join=" | ",
    otherwise_label="_ =>",
    exhaustive=True,
    constants=_is_constant,
)
