"""The symbols of a file as an outline, and of a workspace by a name typed in part.

Owns what is listed and in which order. It must not know the protocol.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from pairwright_analyzers.facts import FileFacts
from pairwright_analyzers.types import Symbol

MAX_DEPTH = 64
"""Deeper symbols are listed beside their ancestors of this depth: editors draw trees by recursion.
"""


@dataclass(slots=True)
class OutlineNode:
    """A symbol and those inside it, in text order."""

    symbol: Symbol
    children: list[OutlineNode] = field(default_factory=list)


def outline(facts: FileFacts) -> list[OutlineNode]:
    """A file's symbols as a forest."""
    top: list[OutlineNode] = []
    nodes: list[OutlineNode] = []
    depths: list[int] = []
    holders: list[list[OutlineNode]] = []  # where the children of each symbol go
    for symbol in facts.symbols:
        node = OutlineNode(symbol)
        if symbol.container >= 0:
            depth = depths[symbol.container] + 1
            target = holders[symbol.container]
        else:
            depth = 0
            target = top
        target.append(node)
        nodes.append(node)
        depths.append(min(depth, MAX_DEPTH))
        holders.append(node.children if depth < MAX_DEPTH else target)
    return top
