"""What sorting the items of a literal needs to know of a language: in which literals the order has
no meaning, and what their items are called.

Owns the shape of that knowledge. What one language says stands in its folder, in `items.py`.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from tree_sitter import Node


class Item(NamedTuple):
    """One item: its node, what it is sorted by, and the parts of it that may run code."""

    node: Node
    key: str
    values: tuple[Node, ...] = ()


class Items(NamedTuple):
    """The items of a literal; `word` says what they are in the plural, `lines` that each is a
    statement of its own.
    """

    word: str
    items: tuple[Item, ...]
    lines: bool = False


ItemsHook = Callable[["Node", bytes], Items | None]
"""(node, text) -> the items of a literal whose order has no meaning; None for any other node.
Raises ValueError with a sentence where its order has one.
"""


def named_items(nodes: Sequence[Node], comments: frozenset[str]) -> list[Node]:
    """Those of some nodes that are items."""
    return [one for one in nodes if one.is_named and one.type not in comments]
