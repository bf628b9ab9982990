"""How C# decides: conditions, branches and choices."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pairwright_analyzers.languages.csharp.templates import TEMPLATES
from pairwright_analyzers.languages.logic import (
    COMPARISONS,
    Logic,
    Operation,
    operation,
    typed_declaration,
)
from pairwright_analyzers.languages.shapes import words

if TYPE_CHECKING:
    from tree_sitter import Node


def _is_tight(node: Node, _text: bytes) -> bool:
    return node.type in (
        "prefix_unary_expression",
        "postfix_unary_expression",
        "await_expression",
        "conditional_access_expression",
    )


def _operation(node: Node, text: bytes) -> Operation | None:
    """A pattern is the right side of `is` or `is not`."""
    found = operation(node, text)
    if found is None:
        return None
    if found.right.type in ("or_pattern", "and_pattern"):
        return None
    if found.right.type == "constant_pattern" and found.right.named_child_count == 1:
        # `a is null || b` is read as if the pattern were `null || b`.
        inner = found.right.named_children[0]
        if inner.type == "binary_expression":
            return None
    if found.right.type == "negated_pattern" and found.right.named_child_count == 1:
        return Operation(found.left, "is not", found.right.named_children[0])
    return found


def _is_constant(node: Node, text: bytes) -> bool:
    written = text[node.start_byte : node.end_byte]
    if node.type == "prefix_unary_expression":
        return written.startswith(b"-")
    if node.type == "member_access_expression":
        return all(part[:1].isupper() for part in written.split(b"."))
    return node.type in (
        "integer_literal",
        "character_literal",
        "string_literal",
        "null_literal",
        "boolean_literal",
    )


LOGIC = Logic(
    operations=words("binary_expression is_pattern_expression is_expression"),
    operation=_operation,
    negations=words("prefix_unary_expression"),
    opposites={**COMPARISONS, "is": "is not", "is not": "is"},
    is_tight=_is_tight,
    loose_operators=frozenset({"??"}),
    elses=frozenset(),
    bodies=("consequence",),
    condition_parentheses=frozenset(),
    bare_bodies=True,
    braces_below=True,
    yielding_return="yield break;",
    ternaries=words("conditional_expression"),
    loose_values=words("lambda_expression comma_expression"),
    bare_declaration=typed_declaration,
    labels=words("switch_section"),
    label_wrappers=words("constant_pattern"),
    constants=_is_constant,
    templates=TEMPLATES,
)
