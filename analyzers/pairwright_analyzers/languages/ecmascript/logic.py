"""How JavaScript and TypeScript decides: conditions, branches and choices."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pairwright_analyzers.languages.logic import COMPARISONS, MIRRORS, Logic
from pairwright_analyzers.languages.shapes import words

if TYPE_CHECKING:
    from tree_sitter import Node


def _is_tight(node: Node, _text: bytes) -> bool:
    return node.type in ("await_expression", "unary_expression", "update_expression")


LOGIC = Logic(
    opposites={**COMPARISONS, "===": "!==", "!==": "==="},
    mirrors={**MIRRORS, "===": "===", "!==": "!=="},
    equality="===",
    equalities=frozenset({"==="}),
    is_tight=_is_tight,
    loose_operators=frozenset({"??"}),
    ifs=words("if_statement"),
    bodies=("consequence",),
    bare_bodies=True,
    ternaries=words("ternary_expression"),
)
