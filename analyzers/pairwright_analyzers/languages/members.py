"""What refactorings of types need to know of a language: which nodes are members, in which order
they usually stand, and what of them runs when the type is made.

Owns the shape of that knowledge (`Members`, `Member`). What one language says stands in its folder,
in `members.py`; no refactoring names a language or a node type of one.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from enum import Enum, IntEnum
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from tree_sitter import Node


class Sort(Enum):
    """What a member is."""

    FIELD = "field"
    METHOD = "method"
    CONSTRUCTOR = "constructor"
    PROPERTY = "property"
    """Read like a field, computed like a method."""
    TYPE = "type"


class Access(IntEnum):
    """Who may name a member, from everybody to its type alone."""

    PUBLIC = 0
    PACKAGE = 1
    PROTECTED = 2
    PRIVATE = 3


class Member(NamedTuple):
    """One member of a type.

    `node` covers it whole, `rank` is its place in the usual order, `value` what a field starts
    with, `type` the type it is declared with. `runs` are the parts that run where the type, or an
    object of it, is made.
    """

    node: Node
    name: str
    name_node: Node | None
    sort: Sort
    rank: int
    access: Access = Access.PUBLIC
    static: bool = False
    value: Node | None = None
    type: Node | None = None
    runs: tuple[Node, ...] = ()
    abstract: bool = False


MemberHook = Callable[["Node", bytes], Member | None]
"""(a child of a type's body, text) -> the member it is; None for what is none."""


@dataclass(frozen=True)
class Members:
    """The members of one language's types."""

    classes: frozenset[str] = frozenset()
    """Nodes of types whose members may stand in any order."""
    member: MemberHook = lambda _node, _text: None
    leads: frozenset[str] = frozenset()
    """Nodes that belong to the member behind them: decorators."""
    stays: Callable[[Node, bytes], bool] = lambda _node, _text: False
    """Whether something stands before all members and stays there: a docstring, used traits."""
    ordered: Callable[[Node, bytes], bool] = lambda _node, _text: False
    """Whether the order of a type's fields is part of what it means (dataclasses, enumerations)."""
    runs_by: Callable[[Node, bytes], bool] = lambda _node, _text: True
    """Whether something of `Member.runs` may do more than give a value."""
    computed: re.Pattern[bytes] | None = None
    """Code that names a member of its own object by a value (`getattr(self, name)`)."""
    eager: bool = False
    """The members of a type are made in order, each seeing those above it (Python)."""


NO_MEMBERS = Members()
"""Of a language without types that have members."""
