"""What turning methods into properties needs to know of a language: how either is written.

Owns the shape of that knowledge (`Properties`). What one language says stands in its folder, in
`properties.py`.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from pairwright_analyzers.types import TextEdit

if TYPE_CHECKING:
    from tree_sitter import Node

PropertyHook = Callable[["Node", bytes], Sequence[TextEdit]]
"""(definition, text) -> the edits that make the other of it. Raises ValueError with a sentence
where it cannot be one.
"""


@dataclass(frozen=True)
class Properties:
    """How one language writes members that are read like fields and computed like methods."""

    methods: frozenset[str] = frozenset()
    """Definitions that may be a method without arguments."""
    properties: frozenset[str] = frozenset()
    """Definitions that may be a property."""
    is_property: Callable[[Node, bytes], bool] = lambda _node, _text: False
    """Whether a definition is a property that is computed."""
    to_property: PropertyHook = lambda _node, _text: ()
    to_method: PropertyHook = lambda _node, _text: ()


NO_PROPERTIES = Properties()
"""Of a language without properties."""
