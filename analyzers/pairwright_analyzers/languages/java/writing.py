"""How Java writes a new method and its call."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from pairwright_analyzers.languages.nodes import spelled
from pairwright_analyzers.languages.writing import (
    Around,
    Kind,
    NewFunction,
    NewResult,
    Writing,
)

if TYPE_CHECKING:
    from tree_sitter import Node

_MEMBERS = frozenset(
    [
        "method_declaration",
        "constructor_declaration",
        "field_declaration",
        "static_initializer",
        "compact_constructor_declaration",
    ]
)
_UNCHECKED = frozenset(
    [
        "ArithmeticException",
        "ArrayIndexOutOfBoundsException",
        "ClassCastException",
        "Error",
        "Exception",
        "IllegalArgumentException",
        "IllegalStateException",
        "IndexOutOfBoundsException",
        "NullPointerException",
        "NumberFormatException",
        "RuntimeException",
        "StringIndexOutOfBoundsException",
        "Throwable",
        "UnsupportedOperationException",
    ]
)


def _define(new: NewFunction) -> str:
    listed = ", ".join(f"{one.type} {one.name}" for one in new.parameters)
    static = "static " if new.kind is Kind.STATIC else ""
    generics = f"{new.generics} " if new.generics else ""
    head = f"private {static}{generics}{new.returns} {new.name}({listed})"
    return f"{head}{new.bounds}{new.brace}\n{new.body}\n}}"


def _take(call: str, results: Sequence[NewResult]) -> Sequence[str]:
    if not results:
        return [f"{call};"]
    _one(results)
    found = results[0]
    if found.declared:
        return [f"{found.name} = {call};"]
    return [f"{found.keyword or found.type} {found.name} = {call};"]


def _one(results: Sequence[NewResult]) -> str:
    if len(results) > 1:
        names = " and ".join(f"`{one.name}`" for one in results)
        raise ValueError(f"A method gives one value back: {names} are needed behind the selection.")
    return results[0].name


def _around(function: Node, text: bytes) -> Around:
    member: Node | None = function
    while member is not None and member.type not in _MEMBERS:
        member = member.parent
    if member is None:
        return Around()
    modifiers = next((one for one in member.children if one.type == "modifiers"), None)
    static = member.type == "static_initializer" or (
        modifiers is not None and any(one.type == "static" for one in modifiers.children)
    )
    thrown = next((one for one in member.children if one.type == "throws"), None)
    returns = spelled(function.child_by_field_name("type"), text)
    returns += spelled(function.child_by_field_name("dimensions"), text)
    return Around(
        returns="" if function.type == "lambda_expression" else returns,
        generics=spelled(member.child_by_field_name("type_parameters"), text),
        bounds=f" {spelled(thrown, text)}" if thrown is not None else "",
        static=static,
        receiver="" if static else "this",
        owner="this",
    )


def _type_of(name: Node, text: bytes, _declared: object) -> str:
    parent = name.parent
    if parent is None:
        return ""
    if parent.type == "catch_formal_parameter":
        kind = next((one for one in parent.named_children if one.type == "catch_type"), None)
        written = spelled(kind, text)
        return "Exception" if "|" in written else written
    if parent.type == "resource":
        written = spelled(parent.child_by_field_name("type"), text)
        return "" if written == "var" else written
    if (
        parent.type == "variable_declarator"
        and parent.parent is not None
        and (parent.parent.type == "spread_parameter")
    ):
        kinds = [one for one in parent.parent.named_children if one.type != "modifiers"]
        return f"{spelled(kinds[0], text)}[]"
    return ""


def _hidden(method: Node, _text: bytes) -> str:
    current: Node | None = method
    while current is not None:
        if current.type == "annotation_type_declaration":
            return "An annotation has no methods of its own."
        current = current.parent
    return ""


def _refusals(node: Node, _text: bytes) -> str:
    if node.type == "explicit_constructor_invocation":
        return "A constructor can only be called in a constructor."
    return ""


def _keyword(name: Node) -> str:
    declarator = name.parent
    holder = declarator.parent if declarator is not None else None
    kind = holder.child_by_field_name("type") if holder is not None else None
    return "var" if kind is not None and kind.text == b"var" else ""


def _throws(nodes: Iterator[Node], around: Sequence[Node], text: bytes, bounds: str) -> str:
    """The exceptions that a part of a method may throw: those of its header, and those that are
    caught around the part.
    """
    if not any(one.type in ("throw_statement", *_CALLS) for one in nodes):
        return ""
    names = [one.strip() for one in bounds.strip().removeprefix("throws").split(",") if one.strip()]
    inner: Node | None = None
    for one in around:
        handled = inner is None or inner.type not in ("catch_clause", "finally_clause")
        inner = one
        if not one.type.startswith("try_") or not handled:
            continue
        for clause in one.named_children:
            if clause.type != "catch_clause":
                continue
            kinds = [
                spelled(kind, text)
                for part in clause.named_children
                for inner in part.named_children
                if inner.type == "catch_type"
                for kind in inner.named_children
            ]
            names += [kind for kind in kinds if kind not in _UNCHECKED and kind not in names]
    return f" throws {', '.join(names)}" if names else ""


_CALLS = frozenset({"method_invocation", "object_creation_expression"})

WRITING = Writing(
    define=_define,
    call=lambda new: f"{new.name}({new.arguments})",
    take=_take,
    give=lambda results: f"return {_one(results)};",
    value=lambda value: f"return {value};",
    leave=lambda call: f"return {call};",
    exit="return;",
    nothing="void",
    around=_around,
    top=False,
    hidden=_hidden,
    types_needed=True,
    local=lambda name, kind: f"{kind} {name};" if kind else "",
    declaring=lambda _name, kind, _changes: f"{kind} " if kind else "",
    type_of=_type_of,
    keyword=_keyword,
    refusals=_refusals,
    throws=_throws,
    foreign=frozenset({"object_creation_expression"}),
    void=True,
)
