"""The forms of a function in JavaScript and TypeScript, and how variables are declared."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pairwright_analyzers.languages.functions import FunctionParts, Functions

if TYPE_CHECKING:
    from tree_sitter import Node

_DECLARED = frozenset({"function_declaration"})
_VALUED = frozenset({"function_expression"})
_ARROWS = frozenset({"arrow_function"})
_OWN_SCOPES = frozenset(
    {
        "function_declaration",
        "function_expression",
        "generator_function",
        "generator_function_declaration",
        "method_definition",
        "class_body",
    }
)


def _source(node: Node | None, text: bytes) -> str:
    return text[node.start_byte : node.end_byte].decode("utf-8", "replace") if node else ""


def _read(node: Node, text: bytes) -> FunctionParts | None:
    if node.type not in _DECLARED | _VALUED | _ARROWS or node.has_error:
        return None
    body = node.child_by_field_name("body")
    if body is None or any(one.type == "comment" for one in node.children):
        return None
    single = node.child_by_field_name("parameter")
    listed = node.child_by_field_name("parameters")
    parameters = f"({_source(single, text)})" if single is not None else _source(listed, text)
    waits = any(one.type == "async" for one in node.children)
    return FunctionParts(
        node,
        node.child_by_field_name("name"),
        "async " if waits else "",
        _source(node.child_by_field_name("type_parameters"), text),
        parameters,
        _source(node.child_by_field_name("return_type"), text),
        body,
        body.type == "statement_block",
    )


def _own_name(parts: FunctionParts, text: bytes) -> str:
    if parts.parameters.startswith("(this") and parts.parameters[5:6] in (":", ",", ")"):
        return "this"
    pending = [one for one in parts.node.children if one.id != getattr(parts.name, "id", None)]
    while pending:
        one = pending.pop()
        if one.type in ("this", "super", "meta_property"):
            return _source(one, text)
        if one.type == "identifier" and one.text == b"arguments":
            return "arguments"
        if one.type not in _OWN_SCOPES:
            pending.extend(one.children)
    return ""


def _arrow(parts: FunctionParts, body: str) -> str:
    return f"{parts.prefix}{parts.types}{parts.parameters}{parts.result} => {body}"


def _function(parts: FunctionParts, name: str, body: str) -> str:
    space = "" if name or parts.types else " "
    types = parts.types.replace(",>", ">")
    called = f" {name}" if name else space
    return f"{parts.prefix}function{called}{types}{parts.parameters}{parts.result} {body}"


def _arrow_value(value: str, node: Node) -> str:
    if value.startswith("{") or node.type == "sequence_expression":
        return f"({value})"
    return value


FUNCTIONS = Functions(
    read=_read,
    declared=_DECLARED,
    valued=_VALUED,
    arrows=_ARROWS,
    own_name=_own_name,
    arrow=_arrow,
    function=_function,
    arrow_value=_arrow_value,
    constant="const",
    changing="let",
    hoisted=frozenset({"variable_declaration"}),
    kinds=frozenset({"variable_declaration", "lexical_declaration"}),
    exports=frozenset({"export_statement"}),
)
