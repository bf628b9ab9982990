"""What hiding a field behind accessors needs to know of a language: how fields are declared, how
accessors are written.

Owns the shape of that knowledge (`Hiding`). What one language says stands in its folder, in
`hiding.py`.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

from pairwright_analyzers.types import TextEdit

if TYPE_CHECKING:
    from tree_sitter import Node


class Field(NamedTuple):
    """A field that others see. `type` is "" where it is not known, `constant` that it is never
    assigned again; `hide` are the edits of its declaration, its name left out.
    """

    name: str
    name_node: Node
    type: str = ""
    constant: bool = False
    static: bool = False
    hide: tuple[TextEdit, ...] = ()


class Accessors(NamedTuple):
    """Accessors to be written: for a field, under its hidden name, by its visible one; `indent` is
    that of members, `unit` one step more, `end` a line end, `stop` what ends a statement there.
    """

    field: Field
    hidden: str
    indent: str
    unit: str
    end: str
    stop: str = ""


def _none(_name: Node, _text: bytes) -> Field | None:
    return None


@dataclass(frozen=True)
class Hiding:
    """How one language hides fields."""

    field: Callable[[Node, bytes], Field | None] = _none
    """(name at the cursor, text) -> the field that is declared there. Raises ValueError with a
    sentence where it cannot be hidden.
    """
    hidden: Callable[[str], str] = lambda name: name
    """The name of the field behind accessors."""
    written: Callable[[Accessors], Sequence[str]] = lambda _accessors: ()
    """The accessors, each without its first indentation."""
    getter: Callable[[Field], str] | None = None
    """What reading becomes where accessors are methods (`getSize`); None where uses stay."""
    setter: Callable[[Field], str] | None = None
    deleted: bytes = b""
    """What stands before a field that is taken away from its object, as a pattern."""
    refuses: Sequence[tuple[bytes, str]] = ()
    """Words in a type that looks at its fields itself, and the reason to refuse."""


NO_HIDING = Hiding()
"""Of a language whose fields are not hidden."""
