"""How C decides: conditions, branches and choices."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pairwright_analyzers.languages.logic import Logic, typed_declaration
from pairwright_analyzers.languages.shapes import words

if TYPE_CHECKING:
    from tree_sitter import Node


def _is_tight(node: Node, _text: bytes) -> bool:
    return node.type in (
        "unary_expression",
        "update_expression",
        "pointer_expression",
        "sizeof_expression",
        "co_await_expression",
    )


def _is_constant(node: Node, text: bytes) -> bool:
    written = text[node.start_byte : node.end_byte]
    if node.type == "unary_expression":
        return written.startswith(b"-")
    if node.type == "identifier":
        return written.isupper() and len(written) > 1
    return node.type in ("number_literal", "char_literal", "qualified_identifier")


LOGIC = Logic(
    is_tight=_is_tight,
    bodies=("consequence",),
    bare_bodies=True,
    ternaries=words("conditional_expression"),
    loose_values=words("lambda_expression comma_expression"),
    bare_declaration=typed_declaration,
    labels=words("case_statement"),
    constants=_is_constant,
)
