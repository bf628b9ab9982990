"""Fields of types, as refactorings need them: what a method calls its object, and declarations.

Owns the shape of that knowledge (`Fields`). What one language says stands in its folder, in
`fields.py`.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tree_sitter import Node


@dataclass(frozen=True)
class Fields:
    """What one language says of its fields, by node types of its grammar."""

    types: frozenset[str] = frozenset()
    """Types whose methods can have fields."""
    methods: frozenset[str] = frozenset()
    """Functions that belong to an object."""
    receiver: Callable[[Node, bytes], str] = lambda _method, _text: ""
    """(method) -> what stands before a field's name in it (`self.`). Raises ValueError for a method
    without an object.
    """
    declaration: Callable[[str, str, str], str] | None = None
    """(name, type, value) -> the declaration of a private field; None where the first assignment
    declares it. `value` is "" for a field without one, `type` where it is not known.
    """
    needs_type: bool = False
    """A declaration says the type."""
    declarations: frozenset[str] = frozenset()
    """Members that declare a field."""
    last: bool = False
    """Fields stand behind the other members, in a private part of their own."""


NO_FIELDS = Fields()
"""Of a language without fields."""
