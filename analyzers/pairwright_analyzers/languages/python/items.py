"""The literals of Python in which the order of the items has no meaning."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pairwright_analyzers.languages.items import Item, Items, named_items
from pairwright_analyzers.syntax import node_text

if TYPE_CHECKING:
    from tree_sitter import Node

_COMMENTS = frozenset({"comment"})
_LITERALS = frozenset({"string", "integer", "float", "true", "false", "none"})
_LISTED = frozenset({"__all__", "__slots__"})
_ENUMS = frozenset({"Enum", "IntEnum", "StrEnum", "Flag", "IntFlag"})


def orderless(node: Node, text: bytes) -> Items | None:
    """The items of a set, of a dictionary with constant keys, of `__all__`, of an enumeration."""
    if node.type == "set":
        return _plain(node, text, "items")
    if node.type in ("list", "tuple") and _is_listed(node, text):
        return _plain(node, text, "names")
    if node.type == "dictionary":
        return _dictionary(node, text)
    if node.type == "block" and node.parent is not None and node.parent.type == "class_definition":
        return _enumeration(node, node.parent, text)
    return None


def _is_listed(node: Node, text: bytes) -> bool:
    parent = node.parent
    if parent is None or parent.type not in ("assignment", "augmented_assignment"):
        return False
    left = parent.child_by_field_name("left")
    return left is not None and node_text(left, text) in _LISTED


def _plain(node: Node, text: bytes, word: str) -> Items:
    items = []
    for one in named_items(node.named_children, _COMMENTS):
        if one.type not in _LITERALS and one.type not in ("identifier", "attribute"):
            raise ValueError("What the items are sorted by is not known.")
        items.append(Item(one, _key(one, text)))
    return Items(word, tuple(items))


def _key(node: Node, text: bytes) -> str:
    written = node_text(node, text)
    return written.strip("\"'") if node.type == "string" else written


def _dictionary(node: Node, text: bytes) -> Items:
    items = []
    for one in named_items(node.named_children, _COMMENTS):
        key, value = one.child_by_field_name("key"), one.child_by_field_name("value")
        if one.type != "pair" or key is None or value is None:
            raise ValueError("What is spread here may set the same keys.")
        if key.type not in _LITERALS:
            raise ValueError("A key is computed.")
        items.append(Item(one, _key(key, text), (value,)))
    return Items("keys", tuple(items))


def _enumeration(block: Node, node: Node, text: bytes) -> Items | None:
    bases = node.child_by_field_name("superclasses")
    listed = bases.named_children if bases is not None else []
    names = {node_text(one, text).rpartition(".")[2] for one in listed}
    if not names & _ENUMS:
        return None
    items = []
    values = set()
    for statement in block.named_children:
        inner = statement.named_children[0] if statement.named_child_count == 1 else None
        if statement.type != "expression_statement" or inner is None or inner.type != "assignment":
            continue
        name, value = inner.child_by_field_name("left"), inner.child_by_field_name("right")
        if name is None or value is None or name.type != "identifier":
            raise ValueError("A member has no value of its own.")
        if value.type not in _LITERALS:
            raise ValueError(f"The value of `{node_text(name, text)}` may depend on its place.")
        values.add(node_text(value, text))
        items.append(Item(statement, node_text(name, text), (value,)))
    if len(values) < len(items):
        raise ValueError("Members of the same value: the first one gives it its name.")
    return Items("members", tuple(items), lines=True)
