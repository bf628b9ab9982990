"""What refactorings need to know of how a language collects values: in a loop, or in one value.

Owns the shape of that knowledge (`Collecting`). What one language says stands in its folder, in
`collecting.py`.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from tree_sitter import Node


class Turn(NamedTuple):
    """A loop over the items of something: `pattern` names each."""

    pattern: Node
    items: Node
    body: Node


class Gathered(NamedTuple):
    """A statement that puts a value into a collection. `kind` is `list`, `set` or `dict`; `key` is
    None but for the last.
    """

    kind: str
    target: Node
    value: Node
    key: Node | None = None


class Clause(NamedTuple):
    """A part of a collecting value: a loop (`pattern` and `items`), or a condition (`items` only,
    `pattern` is "").
    """

    pattern: str
    items: str
    sure: bool = False
    """The items are certainly in a list."""


class Collected(NamedTuple):
    """A collecting value, read: `kind` as in `Gathered`, its clauses as nodes, and what it
    collects. A clause without a pattern is a condition.
    """

    kind: str
    clauses: Sequence[tuple[Node | None, Node]]
    value: Node
    key: Node | None = None


@dataclass(frozen=True)
class Collecting:
    """How one language collects values."""

    turn: Callable[[Node, bytes], Turn | None]
    """Reads a loop over items; None for any other, and for one that waits or has an `else`."""
    gathered: Callable[[Node, bytes], Gathered | None]
    """Reads a statement that puts a value into a collection."""
    empty: Callable[[Node, bytes], str]
    """The kind of collection that a value makes empty, "" for any other value."""
    write: Callable[[str, Sequence[Clause], str, str], str]
    """(kind, clauses, value, key) -> the collecting value. Raises ValueError with a sentence where
    it cannot be written.
    """
    collected: Callable[[Node, bytes], Collected | None]
    """Reads a collecting value."""
    write_empty: Callable[[str], str]
    """The kind of a collection -> an empty one."""
    write_gathering: Callable[[str, str, str, str], str]
    """(kind, collection, value, key) -> the statement that puts the value into it."""
    loop_head: str
    """`for {pattern} in {items}`."""
    is_list: Callable[[Node, bytes], bool] = lambda _node, _text: False
    """Whether a value is certainly a list."""
    scoped: bool = False
    """A loop's names are not seen behind it."""
