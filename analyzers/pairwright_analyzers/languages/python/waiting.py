"""How Python waits: `async def`, and `await` at its calls."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pairwright_analyzers.languages.waiting import Waiting

if TYPE_CHECKING:
    from tree_sitter import Node


def _is_async(node: Node) -> bool:
    return bool(node.children) and node.children[0].type == "async"


def _needs_parentheses(node: Node) -> bool:
    parent = node.parent
    if parent is None:
        return False
    field = {"attribute": "object", "subscript": "value", "call": "function"}.get(parent.type)
    if field is not None:
        return parent.child_by_field_name(field) == node
    return parent.type == "binary_operator" and any(one.type == "**" for one in parent.children)


WAITING = Waiting(
    is_async=_is_async,
    async_place=lambda node: node.start_byte if node.type == "function_definition" else None,
    word="async ",
    awaited=lambda value: f"await {value}",
    needs_parentheses=_needs_parentheses,
)
