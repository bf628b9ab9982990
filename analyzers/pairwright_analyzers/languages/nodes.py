"""Small questions about nodes that the languages' hooks ask. Knows no language.

Every answer is None (or "") where broken source leaves nothing to answer with.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tree_sitter import Node


def first_named(node: Node | None) -> Node | None:
    """The first named child."""
    return node.named_child(0) if node is not None and node.named_child_count else None


def last_named(node: Node | None) -> Node | None:
    """The last named child."""
    count = node.named_child_count if node is not None else 0
    return node.named_child(count - 1) if node is not None and count else None


def spelled(node: Node | None, text: bytes) -> str:
    """The text a node covers; bytes that are not UTF-8 are replaced."""
    if node is None:
        return ""
    start, end = node.byte_range
    return text[start:end].decode("utf-8", "replace")
