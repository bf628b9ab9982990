"""What refactorings need to know of how a language waits: functions that do, and chains of
callbacks.

Owns the shape of that knowledge (`Waiting`). What one language says stands in its folder, in
`waiting.py`.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from tree_sitter import Node


class Step(NamedTuple):
    """A link of a chain: what it is called (`then`, `catch`, `finally`), and its callback."""

    word: str
    callback: Node


class Chain(NamedTuple):
    """A chain of callbacks on a value that is waited for."""

    base: Node
    steps: Sequence[Step]


@dataclass(frozen=True)
class Waiting:
    """How one language waits."""

    is_async: Callable[[Node], bool]
    """Whether a function may wait."""
    async_place: Callable[[Node], int | None]
    """Where the word stands that lets a function wait; None for one that may not."""
    word: str
    """That word, with its space (`async `)."""
    awaited: Callable[[str], str]
    """A value -> waiting for it."""
    needs_parentheses: Callable[[Node], bool]
    """Whether waiting for a value has to stand in parentheses where it is."""
    chain: Callable[[Node, bytes], Chain | None] = lambda _node, _text: None
    """Reads a chain of callbacks."""
    may_wait: Callable[[Node], bool] = lambda _node: True
    """Whether a value could be one to wait for."""
    attempt: tuple[str, str, str] = ("", "", "")
    """What heads the parts of a `try`: of what is tried, of an error by name, of the end."""
