"""How PHP writes a new function and its call."""

from __future__ import annotations

from collections.abc import Sequence
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

_CLASSES = frozenset({"class_declaration", "trait_declaration", "enum_declaration"})
_CHANGING = frozenset(
    [
        "array_multisort",
        "array_pop",
        "array_push",
        "array_shift",
        "array_splice",
        "array_unshift",
        "array_walk",
        "arsort",
        "asort",
        "end",
        "krsort",
        "ksort",
        "next",
        "preg_match",
        "preg_match_all",
        "prev",
        "reset",
        "rsort",
        "settype",
        "shuffle",
        "sort",
        "uasort",
        "uksort",
        "usort",
    ]
)
"""Functions of the language that change an argument."""
_SECOND = frozenset(["preg_match", "preg_match_all"])


def _define(new: NewFunction) -> str:
    listed = ", ".join(_parameter(one, new.annotated) for one in new.parameters)
    returns = f": {new.returns}" if new.annotated and new.returns else ""
    static = "static " if new.kind is Kind.STATIC else ""
    access = f"private {static}" if new.kind is not Kind.FUNCTION else ""
    head = f"{access}function {new.name}({listed}){returns}"
    return f"{head}{new.brace}\n{new.body}\n}}"


def _parameter(one: NewParameter, typed: bool) -> str:
    return f"{one.type} {one.name}" if typed and one.type else one.name


def _call(new: NewFunction) -> str:
    owner = {Kind.METHOD: "$this->", Kind.STATIC: "self::"}.get(new.kind, "")
    prefix = "yield from " if new.yields else ""
    return f"{prefix}{owner}{new.name}({new.arguments})"


def _take(call: str, results: Sequence[NewResult]) -> Sequence[str]:
    if not results:
        return [f"{call};"]
    return [f"{_names(results)} = {call};"]


def _names(results: Sequence[NewResult]) -> str:
    names = ", ".join(one.name for one in results)
    return names if len(results) == 1 else f"[{names}]"


def _around(function: Node, text: bytes) -> Around:
    parameters = function.child_by_field_name("parameters")
    typed = parameters is not None and any(
        one.child_by_field_name("type") is not None for one in parameters.named_children
    )
    returns = spelled(function.child_by_field_name("return_type"), text)
    static = any(one.type == "static_modifier" for one in function.children)
    return Around(
        returns=returns,
        static=static,
        receiver="" if static else "$this",
        owner="$this",
        annotated=typed or bool(returns),
    )


def _type_of(name: Node, text: bytes, _declared: object) -> str:
    parent = name.parent
    if parent is None or parent.type not in ("simple_parameter", "property_promotion_parameter"):
        return ""
    return spelled(parent.child_by_field_name("type"), text)


def _refusals(node: Node, text: bytes) -> str:
    if node.type == "function_call_expression":
        name = spelled(node.child_by_field_name("function"), text)
        if name in ("compact", "extract", "get_defined_vars", "func_get_args", "eval"):
            return f"`{name}()` sees the variables of the function it is called in."
    if node.type in ("global_declaration", "function_static_declaration"):
        return "The selection declares variables that live outside of the function."
    if node.type == "dynamic_variable_name":
        return "A variable is named by a value."
    return ""


def changes_in_place(name: Node, text: bytes, _declared: object) -> bool:
    """`Shapes.changes_in_place` of PHP: arrays are values, so an item that is assigned changes the
    variable; so do some functions, and what takes a reference.
    """
    current, parent = name, name.parent
    while parent is not None and parent.type == "subscript_expression":
        if parent.named_children[0].id != current.id:
            return False
        current, parent = parent, parent.parent
    if parent is None:
        return False
    if parent.type in ("by_ref", "reference_modifier", "unset_statement"):
        return True
    if parent.type == "reference_assignment_expression":
        return True
    if parent.type == "foreach_statement":
        return parent.named_children[0].id == current.id and _takes_references(parent)
    if parent.type in (
        "assignment_expression",
        "augmented_assignment_expression",
        "update_expression",
    ):
        left = parent.child_by_field_name("left") or parent.named_children[0]
        return current.id != name.id and left.id == current.id
    if parent.type != "argument" or parent.parent is None or parent.parent.parent is None:
        return False
    called = spelled(parent.parent.parent.child_by_field_name("function"), text)
    at = [one.id for one in parent.parent.named_children].index(parent.id)
    return called in _CHANGING and at == (2 if called in _SECOND else 0)


def _takes_references(loop: Node) -> bool:
    return any(
        one.type == "by_ref" or any(part.type == "by_ref" for part in one.named_children)
        for one in loop.named_children[1:3]
    )


WRITING = Writing(
    define=_define,
    call=_call,
    take=_take,
    give=lambda results: f"return {_names(results)};",
    give_types=lambda results: results[0].type if len(results) == 1 else "array",
    value=lambda value: f"return {value};",
    leave=lambda call: f"return {call};",
    exit="return;",
    nothing="void",
    around=_around,
    type_of=_type_of,
    containers=frozenset({"program"}),
    refusals=_refusals,
)
