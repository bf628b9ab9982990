"""What making classes that only hold values shorter, and longer again, needs to know of a language.

Owns the shape of that knowledge (`Records`). What one language says stands in its folder, in
`records.py`.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

from pairwright_analyzers.types import Import, TextEdit

if TYPE_CHECKING:
    from tree_sitter import Node


class Rewriting(NamedTuple):
    """A class written another way: its edits, the imports it needs, the names of its fields, and
    those of them that cannot be named on the class any more.
    """

    edits: tuple[TextEdit, ...]
    imports: tuple[Import, ...]
    fields: tuple[str, ...]
    hidden: tuple[str, ...] = ()


RecordHook = Callable[["Node", bytes], Rewriting]
"""(class, text) -> how it is written the other way. Raises ValueError with a sentence where that
would change what it does.
"""


def _not_known(_node: Node, _text: bytes) -> Rewriting:
    raise ValueError("The language has no records.")


@dataclass(frozen=True)
class Records:
    """How one language writes classes that only hold values."""

    classes: frozenset[str] = frozenset()
    is_record: Callable[[Node, bytes], bool] = lambda _node, _text: False
    could_be: Callable[[Node, bytes], bool] = lambda _node, _text: False
    """Whether a class has what a record is made of: cheap, before `to_record` is asked."""
    to_record: RecordHook = _not_known
    to_class: RecordHook = _not_known
    helpers: tuple[str, frozenset[str]] = ("", frozenset())
    """A module, and those of its functions that want a record."""
    patterns: frozenset[str] = frozenset()
    """Nodes that take a record apart by the order of its fields."""


NO_RECORDS = Records()
"""Of a language without records."""
