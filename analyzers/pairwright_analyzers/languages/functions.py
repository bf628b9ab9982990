"""What refactorings need to know of the forms of a function that a language has: declared, as a
value, as an arrow; and how variables are declared that never change.

Owns the shape of that knowledge (`Functions`). What one language says stands in its folder, in
`functions.py`.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from tree_sitter import Node


class FunctionParts(NamedTuple):
    """A function: `prefix` is what stands before it and stays (`async `), `types` its type
    parameters, `parameters` its parameters with their parentheses, `result` its result's type with
    what stands before it. `block` says that the body is a block, not a value.
    """

    node: Node
    name: Node | None
    prefix: str
    types: str
    parameters: str
    result: str
    body: Node
    block: bool


@dataclass(frozen=True)
class Functions:
    """The forms of a function in one language."""

    read: Callable[[Node, bytes], FunctionParts | None]
    """Reads a function in any of the forms; None for one that cannot have another."""
    declared: frozenset[str]
    """Functions that are statements."""
    valued: frozenset[str]
    """Functions with a name or none that are values."""
    arrows: frozenset[str]
    """Functions that are values and know their surroundings' `this`."""
    own_name: Callable[[FunctionParts, bytes], str]
    """A name in the body that an arrow would find elsewhere (`this`), "" for none."""
    arrow: Callable[[FunctionParts, str], str]
    """(parts, body) -> the arrow function."""
    function: Callable[[FunctionParts, str, str], str]
    """(parts, name, body in braces) -> the function, declared or as a value without a name."""
    arrow_value: Callable[[str, Node], str]
    """(value, its node) -> the value as the body of an arrow."""
    constant: str
    """What declares a variable that never changes (`const `)."""
    changing: str
    """What declares a variable of the block around it that may change (`let `)."""
    hoisted: frozenset[str] = frozenset()
    """Declarations of variables that are seen in all of their function (`var`)."""
    kinds: frozenset[str] = frozenset()
    """Declarations of variables, `hoisted` among them."""
    exports: frozenset[str] = frozenset()
    """Statements around a declaration that export it."""
