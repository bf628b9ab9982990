"""Interfaces, as refactorings need them: what a type offers to others, and how that is declared.

Owns the shape of that knowledge (`Contracts`). What one language says stands in its folder, in
`contracts.py`.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from tree_sitter import Node


class Promise(NamedTuple):
    """A public member: `text` declares it in an interface, `mark` is what stands before it in the
    type that keeps it (`@Override`), on a line of its own.
    """

    text: str
    mark: str = ""


@dataclass(frozen=True)
class Contracts:
    """What one language says of its interfaces, by node types of its grammar."""

    classes: frozenset[str] = frozenset()
    """Types that can implement one."""
    promise: Callable[[Node, bytes], Promise | None] = lambda _member, _text: None
    """(member) -> what an interface says of it; None for one that is not public, or no object's.
    Raises ValueError where a type is missing.
    """
    implements: Callable[[Node, str, bytes], tuple[int, str]] | None = None
    """(class, name) -> where and what to write, so that it implements the interface."""
    name: Callable[[str], str] = lambda kind: f"I{kind}"
    """What an interface of a type is called."""
    types: frozenset[str] = frozenset()
    """Types as they are written that are worth a name: unions, objects, functions."""
    type_parameters: str = ""
    """The list of a definition's type parameters."""


NO_CONTRACTS = Contracts()
"""Of a language without interfaces."""
