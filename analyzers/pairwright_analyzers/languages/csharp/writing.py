"""How C# writes a new method and its call."""

from __future__ import annotations

from collections.abc import Sequence
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
        "property_declaration",
        "operator_declaration",
        "conversion_operator_declaration",
        "indexer_declaration",
        "field_declaration",
    ]
)


def _define(new: NewFunction) -> str:
    listed = ", ".join(f"{one.type} {one.name}" for one in new.parameters)
    static = "static " if new.kind is Kind.STATIC else ""
    wait = "async " if new.awaits else ""
    returns = new.returns
    if new.awaits:
        returns = "Task" if returns == "void" else f"Task<{returns}>"
    head = f"private {static}{wait}{returns} {new.name}{new.generics}({listed}){new.bounds}"
    return f"{head}{new.brace}\n{new.body}\n}}"


def _call(new: NewFunction) -> str:
    return f"{'await ' if new.awaits else ''}{new.name}({new.arguments})"


def _take(call: str, results: Sequence[NewResult]) -> Sequence[str]:
    if not results:
        return [f"{call};"]
    if len(results) == 1:
        found = results[0]
        if found.declared:
            return [f"{found.name} = {call};"]
        return [f"{found.keyword or found.type} {found.name} = {call};"]
    if all(not one.declared for one in results):
        return [f"var ({', '.join(one.name for one in results)}) = {call};"]
    names = ", ".join(one.name if one.declared else f"var {one.name}" for one in results)
    return [f"({names}) = {call};"]


def _give(results: Sequence[NewResult]) -> str:
    names = ", ".join(one.name for one in results)
    return f"return {names};" if len(results) == 1 else f"return ({names});"


def _give_types(results: Sequence[NewResult]) -> str:
    if len(results) == 1:
        return results[0].type
    return f"({', '.join(f'{one.type} {one.name}' for one in results)})"


def _around(function: Node, text: bytes) -> Around:
    member: Node | None = function
    while member is not None and member.type not in _MEMBERS:
        member = member.parent
    if member is None:
        return Around()
    modifiers = [spelled(one, text) for one in member.children if one.type == "modifier"]
    returns = spelled(
        function.child_by_field_name("returns") or function.child_by_field_name("type"), text
    )
    bounds = "".join(
        f" {spelled(one, text)}"
        for one in member.named_children
        if one.type == "type_parameter_constraints_clause"
    )
    waits = any(spelled(one, text) == "async" for one in function.children)
    if waits and returns in ("Task", "ValueTask"):
        returns = "void"
    elif waits and returns.startswith(("Task<", "ValueTask<")):
        returns = returns.partition("<")[2][:-1]
    known = function.type in ("method_declaration", "local_function_statement")
    static = "static" in modifiers
    return Around(
        returns=returns if known else "",
        generics=spelled(member.child_by_field_name("type_parameters"), text),
        bounds=bounds,
        static=static,
        awaits=waits,
        receiver="" if static else "this",
        owner="this",
    )


def _type_of(name: Node, text: bytes, _declared: object) -> str:
    parent = name.parent
    if parent is None:
        return ""
    if parent.type in ("catch_declaration", "parameter"):
        return spelled(parent.child_by_field_name("type"), text)
    return ""


def _refusals(node: Node, text: bytes) -> str:
    if node.type == "yield_statement":
        return "What is yielded belongs to the method around."
    if node.type == "local_declaration_statement" and node.children[0].type in ("using", "await"):
        return "What is used up to the end of the block would end with the new method."
    if node.type == "constructor_initializer":
        return "A constructor can only be called in a constructor."
    return ""


def _keyword(name: Node) -> str:
    current = name.parent
    for _ in range(3):
        if current is None:
            return ""
        kind = current.child_by_field_name("type")
        if kind is not None:
            return "var" if kind.type == "implicit_type" else ""
        current = current.parent
    return ""


def changes_in_place(name: Node, _text: bytes, _declared: object) -> bool:
    """`Shapes.changes_in_place` of C#: a variable that is passed by reference."""
    parent = name.parent
    if parent is None or parent.type != "argument":
        return False
    return any(one.type in ("ref", "out") for one in parent.children)


WRITING = Writing(
    define=_define,
    call=_call,
    take=_take,
    give=_give,
    give_types=_give_types,
    value=lambda value: f"return {value};",
    leave=lambda call: f"return {call};",
    exit="return;",
    nothing="void",
    around=_around,
    top=False,
    types_needed=True,
    local=lambda name, kind: f"{kind} {name};" if kind else "",
    declaring=lambda _name, kind, _changes: f"{kind} " if kind else "",
    type_of=_type_of,
    keyword=_keyword,
    default_name="NewMethod",
    static_unused=True,
    refusals=_refusals,
    void=True,
)
