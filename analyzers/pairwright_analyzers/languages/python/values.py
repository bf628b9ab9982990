"""Where Python's values stand."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pairwright_analyzers.languages.nodes import spelled
from pairwright_analyzers.languages.shapes import words
from pairwright_analyzers.languages.values import Values, field_of, places

if TYPE_CHECKING:
    from tree_sitter import Node


def _problem(node: Node, _text: bytes) -> str:
    parent = node.parent
    if parent is None:
        return ""
    if parent.type == "interpolation" and any(one.type == "=" for one in parent.children):
        return "The text shows the expression itself (`=`)."
    if parent.type == "concatenated_string":
        return "This is one part of a text that is written in several."
    if parent.type in ("delete_statement", "as_pattern_target"):
        return "This is no value."
    if parent.type == "keyword_argument" and field_of(node) == "name":
        return "This names an argument."
    return ""


def _written(place: Node, name: str) -> str:
    alone = place.type == "generator_expression" and field_of(place) == "arguments"
    return f"({name})" if alone else name


def _type_of(node: Node, text: bytes, _declared: object) -> str:
    names = {"integer": "int", "float": "float", "string": "str", "true": "bool", "false": "bool"}
    if node.type == "call":
        called = spelled(node.child_by_field_name("function"), text)
        return called if called[:1].isupper() and called.isidentifier() else ""
    return names.get(node.type, "")


VALUES = Values(
    top_level=True,
    class_level=True,
    fixed=places(
        "type import_statement import_from_statement future_import_statement case_pattern"
        " type_parameter generic_type type_alias_statement global_statement nonlocal_statement"
    ),
    comprehensions=words(
        "list_comprehension dictionary_comprehension set_comprehension generator_expression"
    ),
    repeated=places("while_statement:condition"),
    callables=words(
        "identifier attribute call subscript parenthesized_expression lambda conditional_expression"
    ),
    problem=_problem,
    line_ends=True,
    defaults_once=True,
    types_are_values=True,
    written=_written,
    type_of=_type_of,
    definition_gap=2,
    default_values=True,
)
