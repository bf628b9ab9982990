"""How Java decides: conditions, branches and choices."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pairwright_analyzers.languages.logic import Logic, typed_declaration
from pairwright_analyzers.languages.shapes import words

if TYPE_CHECKING:
    from tree_sitter import Node


def _is_tight(node: Node, _text: bytes) -> bool:
    return node.type in ("unary_expression", "update_expression")


LOGIC = Logic(
    is_tight=_is_tight,
    elses=frozenset(),
    bodies=("consequence",),
    bare_bodies=True,
    ternaries=words("ternary_expression"),
    loose_values=words("lambda_expression comma_expression"),
    bare_declaration=typed_declaration,
)
