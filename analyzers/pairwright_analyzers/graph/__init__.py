"""The code graph: symbols of a workspace and the links between them, computed on demand from per-
file facts.
"""

from __future__ import annotations

from pairwright_analyzers.graph.graph import CodeGraph
from pairwright_analyzers.graph.model import (
    CallEdge,
    External,
    Impact,
    Link,
    LinkedReference,
    SymbolId,
    Workspace,
)

__all__ = [
    "CallEdge",
    "CodeGraph",
    "External",
    "Impact",
    "Link",
    "LinkedReference",
    "SymbolId",
    "Workspace",
]
