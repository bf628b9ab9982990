"""How Go decides: conditions, branches and choices."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pairwright_analyzers.languages.logic import Logic

if TYPE_CHECKING:
    from tree_sitter import Node


def _is_tight(node: Node, _text: bytes) -> bool:
    return node.type == "unary_expression"


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
)
