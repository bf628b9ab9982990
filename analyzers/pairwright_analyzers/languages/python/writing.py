"""How Python writes a new function and its call."""

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


def _define(new: NewFunction) -> str:
    listed = [_parameter(one) if new.annotated else one.name for one in new.parameters]
    if new.kind in (Kind.METHOD, Kind.CLASS):
        listed.insert(0, new.receiver)
    decorator = {Kind.STATIC: "@staticmethod\n", Kind.CLASS: "@classmethod\n"}.get(new.kind, "")
    word = "async def" if new.awaits else "def"
    returns = f" -> {new.returns}" if new.annotated and new.returns else ""
    return f"{decorator}{word} {new.name}{new.generics}({', '.join(listed)}){returns}:\n{new.body}"


def _parameter(one: NewParameter) -> str:
    return f"{one.name}: {one.type}" if one.type else one.name


def _call(new: NewFunction) -> str:
    owner = f"{new.owner}." if new.kind is not Kind.FUNCTION else ""
    prefix = "await " if new.awaits else "yield from " if new.yields else ""
    return f"{prefix}{owner}{new.name}({new.arguments})"


def _take(call: str, results: Sequence[NewResult]) -> Sequence[str]:
    names = ", ".join(one.name for one in results)
    return [f"{names} = {call}" if names else call]


def _around(function: Node, text: bytes) -> Around:
    parameters = function.child_by_field_name("parameters")
    typed = parameters is not None and any(
        one.child_by_field_name("type") is not None for one in parameters.named_children
    )
    returns = function.child_by_field_name("return_type")
    outer = function.parent
    decorators = (
        [
            spelled(one, text).lstrip("@").strip()
            for one in outer.named_children
            if one.type == "decorator"
        ]
        if outer is not None and outer.type == "decorated_definition"
        else []
    )
    first = parameters.named_children[0] if parameters and parameters.named_child_count else None
    if first is not None and first.type in ("typed_parameter", "default_parameter"):
        first = first.named_children[0]
    receiver = spelled(first, text) if first is not None and first.type == "identifier" else ""
    static = "staticmethod" in decorators
    name = spelled(function.child_by_field_name("name"), text)
    class_method = "classmethod" in decorators or name in ("__new__", "__init_subclass__")
    return Around(
        returns=spelled(returns, text),
        static=static,
        class_method=class_method,
        receiver="" if static else receiver,
        owner=_class_name(function, text) if static else receiver,
        annotated=typed or returns is not None,
        awaits=any(one.type == "async" for one in function.children),
    )


def _class_name(function: Node, text: bytes) -> str:
    current = function.parent
    while current is not None and current.type != "class_definition":
        current = current.parent
    return spelled(current.child_by_field_name("name"), text) if current is not None else ""


def _type_of(name: Node, text: bytes, _declared: object) -> str:
    parent = name.parent
    if parent is None:
        return ""
    if parent.type == "typed_parameter":
        written = spelled(parent.child_by_field_name("type"), text)
        return written if parent.named_children[0] == name else ""
    if parent.type in ("typed_default_parameter", "assignment"):
        return spelled(parent.child_by_field_name("type"), text)
    return ""


def _refusals(node: Node, text: bytes) -> str:
    if node.type == "nonlocal_statement":
        return "The selection says which variables of the functions around it it changes."
    if node.type == "call":
        name = spelled(node.child_by_field_name("function"), text)
        if name in ("locals", "vars", "eval", "exec") and _is_bare(node):
            return f"`{name}()` sees the variables of the function it is called in."
    return ""


def _is_bare(call: Node) -> bool:
    arguments = call.child_by_field_name("arguments")
    name = call.child_by_field_name("function")
    several = arguments is not None and arguments.named_child_count > 1
    return name is not None and name.type == "identifier" and not several


WRITING = Writing(
    define=_define,
    call=_call,
    take=_take,
    give=lambda results: f"return {', '.join(one.name for one in results)}",
    give_types=lambda results: (
        results[0].type if len(results) == 1 else f"tuple[{', '.join(one.type for one in results)}]"
    ),
    nothing="None",
    around=_around,
    type_of=_type_of,
    blank_lines=2,
    containers=frozenset({"module"}),
    members=frozenset({"class_definition"}),
    refusals=_refusals,
    waits=lambda node: node.type == "async",
    awaiting_generators=False,
    outer=lambda names: f"global {', '.join(names)}",
)
