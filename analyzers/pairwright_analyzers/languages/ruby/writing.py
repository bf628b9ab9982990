"""How Ruby writes a new method and its call."""

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

_EACH = frozenset(
    [
        "cycle",
        "downto",
        "each",
        "each_char",
        "each_cons",
        "each_index",
        "each_key",
        "each_line",
        "each_pair",
        "each_slice",
        "each_value",
        "each_with_index",
        "each_with_object",
        "loop",
        "reverse_each",
        "step",
        "tap",
        "times",
        "upto",
    ]
)
"""Methods that make nothing of what their block gives."""
_OWN = frozenset(["block_given?", "binding", "__method__", "caller", "local_variables"])


def _define(new: NewFunction) -> str:
    listed = ", ".join(one.name for one in new.parameters)
    owner = "self." if new.kind is Kind.STATIC else ""
    parameters = f"({listed})" if listed else ""
    return f"def {owner}{new.name}{parameters}\n{new.body}\nend"


def _call(new: NewFunction) -> str:
    return f"{new.name}({new.arguments})" if new.parameters else new.name


def _take(call: str, results: Sequence[NewResult]) -> Sequence[str]:
    names = ", ".join(one.name for one in results)
    return [f"{names} = {call}" if names else call]


def _give(results: Sequence[NewResult]) -> str:
    names = ", ".join(one.name for one in results)
    return names if len(results) == 1 else f"[{names}]"


def _around(function: Node, text: bytes) -> Around:
    static = function.type == "singleton_method"
    current = function.parent
    while current is not None and not static:
        if current.type == "singleton_class":
            break
        if current.type in ("class", "module"):
            break
        current = current.parent
    return Around(static=static, receiver="self", owner=spelled(None, text))


def _refusals(node: Node, text: bytes) -> str:
    if node.type == "yield":
        return "`yield` calls the block of the method around."
    if node.type == "super":
        return "`super` is the one of the method around."
    if node.type == "identifier" and spelled(node, text) in _OWN:
        return f"`{spelled(node, text)}` tells about the method around."
    return ""


def _gives_last(statement: Node, text: bytes) -> bool:
    body = statement.parent
    block = body.parent if body is not None else None
    if body is None or block is None or block.type not in ("do_block", "block"):
        return False
    if body.named_children[-1].id != statement.id or block.parent is None:
        return False
    return spelled(block.parent.child_by_field_name("method"), text) not in _EACH


WRITING = Writing(
    define=_define,
    call=_call,
    take=_take,
    give=_give,
    value=lambda value: value,
    around=_around,
    functions_are_methods=True,
    containers=frozenset({"program"}),
    refusals=_refusals,
    gives_last=_gives_last,
)
