"""Where Rust's values stand."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pairwright_analyzers.languages.shapes import words
from pairwright_analyzers.languages.values import ExpressionBody, Held, Values, field_of, places

if TYPE_CHECKING:
    from tree_sitter import Node

_PLACES = words("field_expression index_expression")


_NEVER = frozenset({b"panic", b"todo", b"unimplemented", b"unreachable"})


def _expression_body(node: Node, text: bytes) -> ExpressionBody | None:
    if node.type == "match_arm":
        value = node.child_by_field_name("value")
        if value is None or value.type == "block":
            return None
        end = value.end_byte
        if text[end : node.end_byte] == b",":
            end = node.end_byte
        return ExpressionBody(value, value.start_byte, end, keyword="")
    if node.type == "closure_expression":
        value = node.child_by_field_name("body")
        if value is None or value.type == "block":
            return None
        return ExpressionBody(value, value.start_byte, value.end_byte, keyword="")
    return None


def _held(node: Node) -> Held:
    """A field whose methods or parts are used is borrowed, not moved out."""
    parent = node.parent
    if node.type not in _PLACES or parent is None:
        return Held()
    used = parent.type == "field_expression" or (
        parent.type == "index_expression" and parent.named_children[0].id == node.id
    )
    return Held(prefix="&") if used else Held()


def _problem(node: Node, _text: bytes) -> str:
    parent = node.parent
    if parent is None:
        return ""
    if node.type == "block" or (parent.type == "block" and field_of(node) == "label"):
        return "This is a block, not a value."
    if parent.type == "field_initializer" and field_of(node) == "field":
        return "This names a field."
    if node.type in (
        "return_expression",
        "break_expression",
        "continue_expression",
        "while_expression",
        "for_expression",
    ):
        return "This has no value."
    if node.type == "macro_invocation" and node.children[0].text in _NEVER:
        return "This has no value."
    if parent.type == "reference_expression" and any(
        one.type == "mutable_specifier" for one in parent.children
    ):
        return "Its place is needed, not its value."
    return ""


VALUES = Values(
    declarative=words("source_file declaration_list"),
    fixed=places(
        "attribute_item inner_attribute_item const_item static_item array_type type_arguments"
        " token_tree match_pattern const_block const_parameter enum_variant use_declaration"
        " visibility_modifier parameters closure_parameters tuple_struct_pattern struct_pattern"
        " tuple_pattern or_pattern slice_pattern captured_pattern range_pattern reference_pattern"
    ),
    repeated=places("while_expression:condition"),
    expression_body=_expression_body,
    callables=words(
        "identifier scoped_identifier parenthesized_expression call_expression generic_function"
        " index_expression"
    ),
    attributes=words("attribute_item"),
    copied=True,
    keyed=words("field_initializer"),
    held=_held,
    problem=_problem,
    literal_only=places("attribute_item inner_attribute_item token_tree use_declaration"),
    constant_blocks=words("mod_item"),
    typed_constants=True,
    numbers_by_place=True,
)
