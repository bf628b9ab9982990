"""How JavaScript and TypeScript write a new function and its call."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from pairwright_analyzers.languages.nodes import spelled
from pairwright_analyzers.languages.writing import (
    Around,
    Kind,
    NewFunction,
    NewParameter,
    NewResult,
    Writing,
)

if TYPE_CHECKING:
    from tree_sitter import Node

_CLASSES = frozenset({"class_declaration", "class", "abstract_class_declaration"})
_MARKUP = frozenset({"jsx_element", "jsx_self_closing_element"})


def _define(new: NewFunction) -> str:
    return _written(new, "")


def _define_typed(new: NewFunction) -> str:
    return _written(new, "private ")


def _written(new: NewFunction, access: str) -> str:
    listed = ", ".join(_parameter(one) for one in new.parameters)
    star = "*" if new.yields else ""
    wait = "async " if new.awaits else ""
    if new.kind is Kind.FUNCTION:
        head = f"{wait}function{star} {new.name}"
    else:
        static = "static " if new.kind is Kind.STATIC else ""
        head = f"{access}{static}{wait}{star}{new.name}"
    return f"{head}{new.generics}({listed}) {{\n{new.body}\n}}"


def _parameter(one: NewParameter) -> str:
    return f"{one.name}: {one.type}" if one.type else one.name


def _call(new: NewFunction) -> str:
    owner = f"{new.owner}." if new.kind is not Kind.FUNCTION else ""
    prefix = "yield* " if new.yields else "await " if new.awaits else ""
    return f"{prefix}{owner}{new.name}({new.arguments})"


def _take(call: str, results: Sequence[NewResult]) -> Sequence[str]:
    if not results:
        return [f"{call};"]
    fresh = [one for one in results if not one.declared]
    names = ", ".join(one.name for one in results)
    target = results[0].name if len(results) == 1 else f"{{ {names} }}"
    if len(fresh) == len(results):
        return [f"{_keyword(results)} {target} = {call};"]
    if len(results) == 1:
        return [f"{target} = {call};"]
    lines = [f"let {', '.join(_parameter_of(one) for one in fresh)};"] if fresh else []
    return [*lines, f"({target} = {call});"]


def _parameter_of(one: NewResult) -> str:
    return f"{one.name}: {one.type}" if one.type else one.name


def _keyword(results: Sequence[NewResult]) -> str:
    if all(one.keyword == "var" for one in results):
        return "var"
    return "let" if any(one.changes for one in results) else "const"


def _give(results: Sequence[NewResult]) -> str:
    names = ", ".join(one.name for one in results)
    return f"return {names};" if len(results) == 1 else f"return {{ {names} }};"


def _around(function: Node, text: bytes) -> Around:
    typed = function.child_by_field_name("type_parameters")
    current: Node | None = function
    holder: Node | None = None
    while current is not None and current.type not in _CLASSES:
        holder, current = current, current.parent
        if current is not None and current.type == "class_body":
            break
    inside = current is not None and current.type == "class_body"
    member = holder if inside else None
    static = member is not None and (
        member.type == "class_static_block" or any(one.type == "static" for one in member.children)
    )
    owner = "this"
    if static and current is not None and current.parent is not None:
        owner = spelled(current.parent.child_by_field_name("name"), text) or "this"
    return Around(
        returns=spelled(function.child_by_field_name("return_type"), text).lstrip(":").strip(),
        generics=spelled(typed, text),
        static=static,
        awaits=any(one.type == "async" for one in function.children),
        owner=owner,
    )


def _type_of(name: Node, text: bytes, _declared: object) -> str:
    parent = name.parent
    if parent is None:
        return ""
    if parent.type in ("required_parameter", "optional_parameter", "variable_declarator"):
        if parent.child_by_field_name("pattern") not in (None, name):
            return ""
        written = spelled(parent.child_by_field_name("type"), text).lstrip(":").strip()
        if not written and parent.type == "required_parameter":
            return _simple(parent.child_by_field_name("value"))
        optional = parent.type == "optional_parameter"
        return f"{written} | undefined" if optional and written else written
    if parent.type in ("object_pattern", "object_assignment_pattern"):
        return _picked(name, text)
    if parent.type == "rest_pattern" and parent.parent is not None:
        return spelled(parent.parent.child_by_field_name("type"), text).lstrip(":").strip()
    return ""


def _picked(name: Node, text: bytes) -> str:
    """The type of a property that a parameter takes out of its object."""
    pattern = name.parent
    if pattern is not None and pattern.type == "object_assignment_pattern":
        pattern = pattern.parent
    holder = pattern.parent if pattern is not None else None
    if holder is None or holder.type not in ("required_parameter", "variable_declarator"):
        return ""
    annotation = holder.child_by_field_name("type")
    if annotation is None or not annotation.named_child_count:
        return ""
    kind, key = annotation.named_children[0], spelled(name, text)
    if kind.type in ("type_identifier", "generic_type"):
        return f'{spelled(kind, text)}["{key}"]'
    for one in kind.named_children if kind.type == "object_type" else ():
        if spelled(one.child_by_field_name("name"), text) == key:
            written = spelled(one.child_by_field_name("type"), text).lstrip(":").strip()
            optional = any(part.type == "?" for part in one.children)
            return f"{written} | undefined" if optional and written else written
    return ""


def _simple(value: Node | None) -> str:
    kinds = {"number": "number", "string": "string", "true": "boolean", "false": "boolean"}
    return kinds.get(value.type, "") if value is not None else ""


def _refusals(node: Node, text: bytes) -> str:
    if node.type == "identifier" and spelled(node, text) == "arguments":
        return "`arguments` are those of the function around."
    if node.type == "meta_property":
        return f"`{spelled(node, text)}` is another one in another function."
    if node.type == "super" and node.parent is not None and node.parent.type == "call_expression":
        return "`super()` can only be called in the constructor."
    return ""


def _hidden(method: Node, _text: bytes) -> str:
    current: Node | None = method
    while current is not None and current.type not in _CLASSES:
        if current.type == "object":
            return "The function is part of an object, not of a class."
        current = current.parent
    return ""


WRITING = Writing(
    define=_define,
    call=_call,
    take=_take,
    give=_give,
    value=lambda value: f"return {value};",
    leave=lambda call: f"return {call};",
    exit="return;",
    around=_around,
    hidden=_hidden,
    local=lambda name, kind: f"let {name}: {kind};" if kind else f"let {name};",
    declaring=lambda _name, _type, changes: "let " if changes else "const ",
    keyword=lambda name: _declared_with(name),
    containers=frozenset({"program"}),
    refusals=_refusals,
    markup=_MARKUP,
    optional_terminator=True,
    waits=lambda node: node.type == "await",
)


def _declared_with(name: Node) -> str:
    current = name.parent
    for _ in range(6):
        if current is None:
            return ""
        if current.type == "variable_declaration":
            return "var"
        if current.type == "lexical_declaration":
            return "let"
        current = current.parent
    return ""


TYPED_WRITING = replace(
    WRITING,
    define=_define_typed,
    types_needed=True,
    unknown="any",
    type_of=_type_of,
)
