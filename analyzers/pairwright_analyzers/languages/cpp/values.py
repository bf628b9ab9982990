"""Where the values of C++ stand."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from pairwright_analyzers.languages.c.values import FIXED, problem, type_of
from pairwright_analyzers.languages.c.values import VALUES as C_VALUES
from pairwright_analyzers.languages.nodes import spelled
from pairwright_analyzers.languages.shapes import words
from pairwright_analyzers.languages.values import DeclaredHook, Held, field_of, places

if TYPE_CHECKING:
    from tree_sitter import Node

_PLACES = words("field_expression subscript_expression pointer_expression")
_TRUTHS = words("== != < > <= >= && || and or")


def _held(node: Node) -> Held:
    """What methods are called on, or parts are written of, is referred to, not copied."""
    parent = node.parent
    if node.type not in _PLACES or parent is None:
        return Held()
    if node.type == "pointer_expression" and node.children[0].type != "*":
        return Held()
    used = parent.type == "field_expression" and any(one.type == "." for one in parent.children)
    return Held(type="auto &") if used else Held()


def _type_of(node: Node, text: bytes, declared: DeclaredHook) -> str:
    if node.type == "new_expression":
        kind = spelled(node.child_by_field_name("type"), text)
        return f"{kind} *" if kind else ""
    if node.type == "binary_expression":
        operator = node.child_by_field_name("operator")
        if operator is not None and operator.type in _TRUTHS:
            return "bool"
    if node.type == "call_expression":
        function = node.child_by_field_name("function")
        if function is not None and function.type == "template_function":
            name = spelled(function.child_by_field_name("name"), text)
            arguments = function.child_by_field_name("arguments")
            if name.endswith("_cast") and arguments is not None:
                return spelled(arguments, text)[1:-1].strip()
    return type_of(node, text, declared)


def _problem(node: Node, text: bytes) -> str:
    parent = node.parent
    if parent is not None and parent.type == "qualified_identifier":
        return "This is a part of a name."
    if field_of(node) == "type" or node.type == "template_function":
        return "This is a type, or a template."
    return problem(node, text)


VALUES = replace(
    C_VALUES,
    declarative=words("translation_unit declaration_list field_declaration_list"),
    fixed=FIXED
    | places(
        "template_argument_list template_parameter_list field_initializer_list decltype"
        " explicit_function_specifier noexcept using_declaration alias_declaration"
        " lambda_capture_specifier requires_clause"
    ),
    repeated=C_VALUES.repeated,
    callables=words("identifier parenthesized_expression lambda_expression qualified_identifier"),
    held=_held,
    problem=_problem,
    type_of=_type_of,
    needs_type=False,
    literal_only=C_VALUES.literal_only,
    constant_blocks=words("namespace_definition preproc_ifdef preproc_if"),
    macro=None,
)
