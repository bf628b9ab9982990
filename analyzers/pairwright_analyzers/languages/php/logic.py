"""How PHP decides: conditions, branches and choices."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pairwright_analyzers.languages.logic import COMPARISONS, MIRRORS, Logic
from pairwright_analyzers.languages.php.templates import TEMPLATES
from pairwright_analyzers.languages.shapes import words

if TYPE_CHECKING:
    from tree_sitter import Node


def _is_tight(node: Node, _text: bytes) -> bool:
    return node.type in ("unary_op_expression", "update_expression", "cast_expression")


def _is_constant(node: Node, text: bytes) -> bool:
    if node.type == "unary_op_expression":
        return text[node.start_byte : node.start_byte + 1] == b"-"
    return node.type in (
        [
            "integer",
            "string",
            "encapsed_string",
            "boolean",
            "null",
            "class_constant_access_expression",
        ]
    )


LOGIC = Logic(
    negations=words("unary_op_expression"),
    conjunctions=("&&", "and"),
    disjunctions=("||", "or"),
    duals={"&&": "||", "||": "&&", "and": "or", "or": "and"},
    opposites={**COMPARISONS, "===": "!==", "!==": "===", "<>": "=="},
    mirrors={**MIRRORS, "===": "===", "!==": "!==", "<>": "<>"},
    equality="==",
    equalities=frozenset({"=="}),
    is_tight=_is_tight,
    loose_operators=frozenset({"??", "xor"}),
    clauses=words("else_if_clause"),
    bodies=("body",),
    else_if="elseif ({})",
    block_scopes=False,
    bare_bodies=True,
    loose_values=words("arrow_function throw_expression"),
    ternaries=words("conditional_expression"),
    ternary_fields=("condition", "body", "alternative"),
    labels=words("case_statement default_statement"),
    left_by_continue=True,
    constants=_is_constant,
    templates=TEMPLATES,
)
