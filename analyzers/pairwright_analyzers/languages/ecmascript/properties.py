"""The accessors of JavaScript and TypeScript."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from pairwright_analyzers.languages.properties import Properties
from pairwright_analyzers.syntax import descendants
from pairwright_analyzers.types import Span, TextEdit

if TYPE_CHECKING:
    from tree_sitter import Node

_METHODS = frozenset({"method_definition", "abstract_method_signature"})
_FUNCTIONS = frozenset(
    {"arrow_function", "function_expression", "function_declaration", "method_definition"}
)


def _is_property(node: Node, _text: bytes) -> bool:
    return any(one.type == "get" for one in node.children)


def _returns_value(node: Node) -> bool:
    pending = list(node.named_children)
    while pending:
        current = pending.pop()
        if current.type == "return_statement" and current.named_child_count:
            return True
        if current.type not in _FUNCTIONS:
            pending.extend(current.named_children)
    return False


def _to_property(node: Node, text: bytes) -> Sequence[TextEdit]:
    name = node.child_by_field_name("name")
    parameters = node.child_by_field_name("parameters")
    kinds = {one.type for one in node.children}
    if name is None or parameters is None or node.parent is None:
        raise ValueError("The method has no name.")
    if kinds & {"async", "*"}:
        raise ValueError("The method does not give back its value at once.")
    if kinds & {"get", "set"}:
        raise ValueError("It is an accessor already.")
    if parameters.named_child_count or "type_parameters" in kinds or "?" in kinds:
        raise ValueError("The method takes arguments.")
    if node.parent.type != "class_body":
        raise ValueError("The method is not one of a class.")
    body = node.child_by_field_name("body")
    if body is not None and not _returns_value(body):
        raise ValueError("The method gives nothing back that a property could be.")
    if body is not None and any(_is_arguments(one, text) for one in descendants(body)):
        raise ValueError("The method reads its `arguments`.")
    return (TextEdit(Span(name.start_byte, name.start_byte), "get "),)


def _is_arguments(node: Node, text: bytes) -> bool:
    return node.type == "identifier" and text[node.start_byte : node.end_byte] == b"arguments"


def _to_method(node: Node, text: bytes) -> Sequence[TextEdit]:
    found = next(one for one in node.children if one.type == "get")
    name = node.child_by_field_name("name")
    if name is None or text[found.end_byte : name.start_byte].strip():
        raise ValueError("Something stands between `get` and the name.")
    if node.parent is None or node.parent.type != "class_body":
        raise ValueError("The accessor is not one of a class.")
    return (TextEdit(Span(found.start_byte, name.start_byte), ""),)


PROPERTIES = Properties(
    methods=_METHODS,
    properties=_METHODS,
    is_property=_is_property,
    to_property=_to_property,
    to_method=_to_method,
)
