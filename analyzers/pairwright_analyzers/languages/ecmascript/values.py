"""Where the values of JavaScript and TypeScript stand."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from pairwright_analyzers.languages.shapes import words
from pairwright_analyzers.languages.values import ExpressionBody, Values, field_of, places

if TYPE_CHECKING:
    from tree_sitter import Node

_TYPES = {"number": "number", "string": "string", "template_string": "string", "true": "boolean"}
_TYPES |= {"false": "boolean", "regex": "RegExp"}


def _expression_body(node: Node, _text: bytes) -> ExpressionBody | None:
    if node.type != "arrow_function":
        return None
    body = node.child_by_field_name("body")
    if body is None or body.type == "statement_block":
        return None
    value = body
    if body.type == "parenthesized_expression" and body.named_child_count == 1:
        inner = body.named_children[0]
        value = inner if inner.type == "object" else body
    return ExpressionBody(value, body.start_byte, body.end_byte, terminator=";")


def _problem(node: Node, _text: bytes) -> str:
    parent = node.parent
    if parent is None:
        return ""
    where = field_of(node)
    if where == "key" or (parent.type == "computed_property_name" and where == "name"):
        return "This is a key, not a value."
    if parent.type.startswith("jsx_") and where in ("name", "open_tag", "close_tag"):
        return "This names an element."
    if parent.type == "export_statement" and where == "source":
        return "This names a module."
    if parent.type == "call_expression" and where == "arguments":
        return "The text belongs to the function that reads it."
    if parent.type == "unary_expression" and parent.children[0].type == "delete":
        return "This is deleted: its place is needed, not its value."
    if parent.type in ("array_pattern", "object_pattern", "rest_pattern"):
        return "This is no value."
    if node.type == "super":
        return "`super` is no value."
    return ""


def _written(place: Node, name: str) -> str:
    parent = place.parent
    braces = ("jsx_attribute", "jsx_element", "jsx_fragment")
    return f"{{{name}}}" if parent is not None and parent.type in braces else name


def _type_of(node: Node, text: bytes, _declared: object) -> str:
    if node.type == "new_expression":
        kind = node.child_by_field_name("constructor")
        if kind is None or kind.type != "identifier":
            return ""
        arguments = node.child_by_field_name("type_arguments")
        end = arguments.end_byte if arguments is not None else kind.end_byte
        return text[kind.start_byte : end].decode("utf-8", "replace")
    if node.type == "as_expression" and node.named_child_count == 2:
        kind = node.named_children[1]
        written = text[kind.start_byte : kind.end_byte].decode("utf-8", "replace")
        return "" if written == "const" else written
    if node.type == "unary_expression" and node.children[0].type in ("!", "-", "typeof"):
        return {"!": "boolean", "-": "number", "typeof": "string"}[node.children[0].type]
    if node.type == "binary_expression":
        operator = node.child_by_field_name("operator")
        if operator is not None and operator.type in (
            "==",
            "===",
            "!=",
            "!==",
            "<",
            ">",
            "<=",
            ">=",
        ):
            return "boolean"
    return _TYPES.get(node.type, "")


VALUES = Values(
    top_level=True,
    fixed=places(
        "import_statement type_annotation type_arguments type_parameters type_alias_declaration"
        " interface_declaration literal_type type_query enum_body enum_assignment"
    ),
    repeated=places(
        "while_statement:condition do_statement:condition for_statement:condition,increment"
    ),
    expression_body=_expression_body,
    callables=words(
        "identifier call_expression function_expression arrow_function parenthesized_expression"
    ),
    early_ends=words("optional_chain"),
    problem=_problem,
    types_are_values=True,
    bracketed=words("jsx_element jsx_self_closing_element jsx_fragment"),
    free_terminator=True,
    written=_written,
    type_of=_type_of,
    default_values=True,
)

TYPESCRIPT_VALUES = replace(VALUES, typed_parameters=True)
