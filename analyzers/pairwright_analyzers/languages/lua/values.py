"""Where Lua's values stand."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pairwright_analyzers.languages.shapes import words
from pairwright_analyzers.languages.values import Values, field_of, places

if TYPE_CHECKING:
    from tree_sitter import Node


def _problem(node: Node, _text: bytes) -> str:
    parent = node.parent
    if parent is None:
        return ""
    if parent.type == "field" and field_of(node) == "name":
        if any(one.type == "[" for one in parent.children):
            return ""
        return "This is a key, not a value."
    if node.type == "vararg_expression":
        return "This gives several values at once."
    if parent.type == "expression_list" and node.type == "function_call":
        assignment = parent.parent
        names = assignment.named_children[0] if assignment is not None else None
        if (
            names is not None
            and names.type == "variable_list"
            and names.named_child_count > parent.named_child_count
        ):
            return "This gives several values at once."
    return ""


def _written(place: Node, name: str) -> str:
    """`f "text"` and `f {}` need their brackets."""
    parent = place.parent
    bare = parent is not None and parent.type == "arguments" and parent.children[0].type != "("
    return f"({name})" if bare else name


VALUES = Values(
    top_level=True,
    repeated=places("while_statement:condition repeat_statement:condition"),
    callables=words(
        "identifier dot_index_expression bracket_index_expression parenthesized_expression"
        " function_call"
    ),
    problem=_problem,
    types_are_values=True,
    written=_written,
)
