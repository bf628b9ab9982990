"""How Java decides: conditions, branches and choices."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pairwright_analyzers.languages.logic import Logic, typed_declaration
from pairwright_analyzers.languages.shapes import words

if TYPE_CHECKING:
    from tree_sitter import Node


def _is_tight(node: Node, _text: bytes) -> bool:
    return node.type in ("unary_expression", "update_expression")


def _is_constant(node: Node, text: bytes) -> bool:
    if node.type == "unary_expression":
        return text[node.start_byte : node.start_byte + 1] == b"-"
    return node.type in ("decimal_integer_literal", "hex_integer_literal", "character_literal")


LOGIC = Logic(
    is_tight=_is_tight,
    elses=frozenset(),
    bodies=("consequence",),
    bare_bodies=True,
    ternaries=words("ternary_expression"),
    loose_values=words("lambda_expression comma_expression"),
    bare_declaration=typed_declaration,
    labels=words("switch_block_statement_group switch_rule"),
    label_wrappers=words("switch_label"),
    constants=_is_constant,
)
