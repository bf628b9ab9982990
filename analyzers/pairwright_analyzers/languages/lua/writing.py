"""How Lua writes a new function and its call."""

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


def _define(new: NewFunction) -> str:
    listed = ", ".join(one.name for one in new.parameters)
    head = f"function {new.receiver}" if new.kind is Kind.METHOD else "local function "
    return f"{head}{new.name}({listed})\n{new.body}\nend"


def _call(new: NewFunction) -> str:
    owner = f"{new.owner}:" if new.kind is Kind.METHOD else ""
    return f"{owner}{new.name}({new.arguments})"


def _take(call: str, results: Sequence[NewResult]) -> Sequence[str]:
    if not results:
        return [call]
    names = ", ".join(one.name for one in results)
    fresh = [one.name for one in results if not one.declared]
    if len(fresh) == len(results):
        return [f"local {names} = {call}"]
    declared = [f"local {', '.join(fresh)}"] if fresh else []
    return [*declared, f"{names} = {call}"]


def _around(function: Node, text: bytes) -> Around:
    name = function.child_by_field_name("name")
    if name is None or name.type != "method_index_expression":
        return Around()
    table = spelled(name.child_by_field_name("table"), text)
    return Around(receiver=f"{table}:", owner="self")


def _refusals(node: Node, _text: bytes) -> str:
    if node.type != "vararg_expression":
        return ""
    return "`...` are the arguments of the function around."


WRITING = Writing(
    define=_define,
    call=_call,
    take=_take,
    give=lambda results: f"return {', '.join(one.name for one in results)}",
    around=_around,
    before=True,
    methods_outside=True,
    implicit_receiver="self",
    local=lambda name, _kind: f"local {name}",
    declaring=lambda _name, _type, _changes: "local ",
    containers=frozenset({"chunk"}),
    refusals=_refusals,
)
