"""How Rust decides: conditions, branches and choices."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pairwright_analyzers.languages.logic import Logic
from pairwright_analyzers.languages.shapes import words

if TYPE_CHECKING:
    from tree_sitter import Node


def _is_tight(node: Node, _text: bytes) -> bool:
    return node.type in ("unary_expression", "reference_expression")


LOGIC = Logic(
    is_tight=_is_tight,
    wrapped_before_less=words("type_cast_expression"),
    declares=words("let_condition let_chain"),
    ifs=words("if_expression"),
    bodies=("consequence",),
    condition_parentheses=frozenset(),
    if_head="if {}",
    else_if="else if {}",
    redeclares=True,
)
