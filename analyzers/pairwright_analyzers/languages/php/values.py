"""Where PHP's values stand."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pairwright_analyzers.languages.nodes import spelled
from pairwright_analyzers.languages.shapes import words
from pairwright_analyzers.languages.values import DeclaredHook, Values, field_of, places

if TYPE_CHECKING:
    from tree_sitter import Node

_PLAIN = {
    "integer": "int",
    "float": "float",
    "boolean": "bool",
    "string": "string",
    "encapsed_string": "string",
    "heredoc": "string",
    "nowdoc": "string",
    "array_creation_expression": "array",
}
_PLACES = words(
    "variable_name member_access_expression subscript_expression scoped_property_access_expression"
)
_BY_REFERENCE = words(
    "sort rsort usort uasort uksort asort arsort ksort krsort shuffle array_push array_pop"
    " array_shift array_unshift array_splice array_walk array_multisort end reset next prev"
    " current key each settype preg_match preg_match_all str_replace similar_text parse_str"
    " isset empty unset list"
)
"""Functions that take a place, or ask whether there is one."""


def _problem(node: Node, text: bytes) -> str:
    parent = node.parent
    if parent is None:
        return ""
    where = field_of(node)
    if node.type in ("name", "qualified_name"):
        constant = parent.type not in _NAMED and where not in ("function", "scope", "name")
        if not constant:
            return "This is a name, not a value."
    if parent.type == "argument" and node.type in _PLACES and parent.parent is not None:
        call = parent.parent.parent
        called = spelled(call.child_by_field_name("function"), text) if call is not None else ""
        if called.lower() in _BY_REFERENCE:
            return f"`{called}` needs its place, not its value."
    if parent.type in ("isset_expression", "unset_statement", "list_literal", "by_ref"):
        return "Its place is needed, not its value."
    if node.type == "throw_expression":
        return "This has no value."
    return ""


_NAMED = words(
    "object_creation_expression scoped_call_expression scoped_property_access_expression"
    " class_constant_access_expression function_call_expression base_clause named_type"
    " namespace_use_clause qualified_name member_call_expression member_access_expression"
    " variable_name nullsafe_member_access_expression nullsafe_member_call_expression"
)


def _type_of(node: Node, text: bytes, _declared: DeclaredHook) -> str:
    if node.type == "object_creation_expression" and node.named_child_count:
        kind = node.named_children[0]
        return spelled(kind, text) if kind.type in ("name", "qualified_name") else ""
    return _PLAIN.get(node.type, "")


VALUES = Values(
    top_level=True,
    fixed=places(
        "simple_parameter property_promotion_parameter const_declaration property_declaration"
        " attribute attribute_list enum_case static_variable_declaration namespace_use_declaration"
        " named_type declare_directive"
    ),
    repeated=places(
        "while_statement:condition do_statement:condition for_statement:condition,update"
    ),
    callables=words("variable_name parenthesized_expression"),
    early_ends=words("nullsafe_member_access_expression nullsafe_member_call_expression"),
    copied=True,
    problem=_problem,
    type_of=_type_of,
    literal_only=places("namespace_use_declaration declare_directive named_type"),
    constant_owners=words(
        "class_declaration interface_declaration trait_declaration enum_declaration"
    ),
    member_constant=lambda new, kind: (
        f"{'' if kind.type == 'interface_declaration' else 'private '}"
        f"const {new.name} = {new.value};"
    ),
    member_reference="self::{}",
    default_values=True,
)
