"""How C writes a new function and its call; most of it is C++'s too."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from pairwright_analyzers.languages.nodes import spelled
from pairwright_analyzers.languages.writing import (
    Around,
    NewFunction,
    NewResult,
    Writing,
)

if TYPE_CHECKING:
    from tree_sitter import Node


def declared_as(kind: str, name: str) -> str:
    """A declaration of a name, without an end: `int n`, `char *text`."""
    return f"{kind}{name}" if kind.endswith(("*", "&")) else f"{kind} {name}"


def _define(new: NewFunction) -> str:
    listed = ", ".join(declared_as(one.type, one.name) for one in new.parameters) or "void"
    static = "static " if new.static else ""
    head = f"{static}{declared_as(new.returns, new.name)}({listed})"
    return f"{head}{new.brace}\n{new.body}\n}}"


def take(call: str, results: Sequence[NewResult]) -> Sequence[str]:
    """`Writing.take` of C and C++."""
    if not results:
        return [f"{call};"]
    one(results)
    found = results[0]
    if found.declared:
        return [f"{found.name} = {call};"]
    return [f"{declared_as(found.keyword or found.type, found.name)} = {call};"]


def one(results: Sequence[NewResult]) -> str:
    """The name of the only result. Raises ValueError where there are several."""
    if len(results) > 1:
        names = " and ".join(f"`{found.name}`" for found in results)
        raise ValueError(
            f"A function gives one value back: {names} are needed behind the selection."
        )
    return results[0].name


def _around(function: Node, text: bytes) -> Around:
    return Around(returns=returned(function, text))


def returned(function: Node, text: bytes) -> str:
    """The type of what a function gives back."""
    kind = function.child_by_field_name("type")
    declarator = function.child_by_field_name("declarator")
    stars = ""
    while declarator is not None and declarator.type in (
        "pointer_declarator",
        "reference_declarator",
    ):
        stars += "*" if declarator.type == "pointer_declarator" else "&"
        declarator = declarator.child_by_field_name("declarator") or (
            declarator.named_children[-1] if declarator.named_child_count else None
        )
    qualifiers = [
        spelled(part, text)
        for part in function.named_children
        if part.type == "type_qualifier" and part.start_byte < function.end_byte
    ]
    base = " ".join([*qualifiers, spelled(kind, text)])
    return f"{base} {stars}" if stars else base


def type_of(name: Node, text: bytes, _declared: object) -> str:
    """`Writing.type_of` of C and C++: functions that are passed have no type that is written
    before a name.
    """
    return ""


def refusals(node: Node, _text: bytes) -> str:
    """`Writing.refusals` of C and C++."""
    if node.type.startswith("preproc_"):
        return "The selection has instructions of the preprocessor."
    if node.type == "sizeof_expression":
        value = node.child_by_field_name("value")
        while value is not None and value.type == "parenthesized_expression":
            value = value.named_children[0]
        if value is not None and value.type == "identifier":
            return "`sizeof` would tell the size of a pointer where an array is passed."
    return ""


def ungiven(name: Node) -> str:
    """`Writing.ungiven` of C and C++."""
    parent = name.parent
    if parent is not None and parent.type == "array_declarator":
        return "An array cannot be given back."
    return ""


def changes_in_place(name: Node, _text: bytes, _declared: object) -> bool:
    """`Shapes.changes_in_place` of C and C++: a member of a structure is assigned, or an address
    taken.
    """
    current, parent = name, name.parent
    while parent is not None and parent.type == "field_expression":
        if any(part.type == "->" for part in parent.children):
            return False
        current, parent = parent, parent.parent
    if parent is None:
        return False
    if parent.type == "pointer_expression":
        operator = parent.child_by_field_name("operator")
        return operator is not None and operator.type == "&"
    if parent.type == "assignment_expression":
        return current.id != name.id and parent.child_by_field_name("left") == current
    return parent.type == "update_expression" and current.id != name.id


WRITING = Writing(
    define=_define,
    take=take,
    give=lambda results: f"return {one(results)};",
    value=lambda value: f"return {value};",
    leave=lambda call: f"return {call};",
    exit="return;",
    nothing="void",
    around=_around,
    methods=False,
    before=True,
    types_needed=True,
    local=lambda name, kind: f"{declared_as(kind, name)};" if kind else "",
    declaring=lambda _name, kind, _changes: (
        "" if not kind else kind if kind.endswith(("*", "&")) else f"{kind} "
    ),
    containers=frozenset({"translation_unit", "preproc_ifdef", "preproc_if", "preproc_else"}),
    refusals=refusals,
    ungiven=ungiven,
    void=True,
)
