"""The literals and types of JavaScript and TypeScript in which the order of the items has no
meaning.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from pairwright_analyzers.languages.items import Item, Items, named_items
from pairwright_analyzers.syntax import node_text

if TYPE_CHECKING:
    from tree_sitter import Node

_COMMENTS = frozenset({"comment"})
_NAMES = frozenset({"property_identifier", "string"})
_LITERALS = frozenset({"string", "number", "unary_expression", "true", "false", "null"})


def orderless(node: Node, text: bytes) -> Items | None:
    """The keys of an object, the members of an enumeration or of a union of types."""
    if node.type == "object":
        return _object(node, text)
    if node.type == "enum_body":
        return _enumeration(node, text)
    if node.type == "union_type":
        if node.parent is not None and node.parent.type == "union_type":
            return None
        return Items("types", tuple(Item(one, node_text(one, text)) for one in _united(node)))
    return None


def _united(node: Node) -> list[Node]:
    found: list[Node] = []
    for one in named_items(node.named_children, _COMMENTS):
        found.extend(_united(one) if one.type == "union_type" else [one])
    return found


def _key(node: Node, text: bytes) -> str:
    return node_text(node, text).strip("\"'`")


def _object(node: Node, text: bytes) -> Items:
    items = []
    for one in named_items(node.named_children, _COMMENTS):
        if one.type == "shorthand_property_identifier":
            items.append(Item(one, node_text(one, text)))
            continue
        key = one.child_by_field_name("key") or one.child_by_field_name("name")
        if one.type == "spread_element":
            raise ValueError("What is spread here may set the same keys.")
        if key is None or key.type not in _NAMES:
            raise ValueError("A key is computed.")
        value = one.child_by_field_name("value")
        written = _key(key, text)
        if written.isdigit():
            raise ValueError("Keys that are numbers have an order of their own.")
        items.append(Item(one, written, () if value is None else (value,)))
    keys = [item.key for item in items]
    if len(set(keys)) < len(keys):
        raise ValueError("A key stands here twice.")
    return Items("keys", tuple(items))


def _enumeration(node: Node, text: bytes) -> Items:
    items = []
    for one in named_items(node.named_children, _COMMENTS):
        if one.type != "enum_assignment":
            raise ValueError(f"The value of `{node_text(one, text)}` depends on its place.")
        name, value = one.child_by_field_name("name"), one.child_by_field_name("value")
        if name is None or value is None or value.type not in _LITERALS:
            raise ValueError("A value may depend on other members.")
        items.append(Item(one, _key(name, text), (value,)))
    return Items("members", tuple(items))
