"""Where values stand and what may be done with them: what a language says of places that no
statement can stand before, of values that are computed later or again, and of their types.

Owns the shape of that knowledge (`Values`). What one language says stands in its folder, in
`values.py`.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from tree_sitter import Node


class ExpressionBody(NamedTuple):
    """A body that is one expression where a block could be: `x => x + 1`.

    `start..end` are the bytes that the block takes the place of (`=>` and `;` among them where they
    go). `keyword` gives the value back (`return`, `yield`), "" where the last expression does or
    nothing is given back. `terminator` ends the statement that the value becomes. An `opener` that
    starts with a line end stands on its own line where the file's braces do.
    """

    value: Node
    start: int
    end: int
    keyword: str = "return"
    opener: str = "{"
    closer: str = "}"
    accessor: str = ""
    """A block of this name inside of the block holds the statements (`get`)."""
    terminator: str = ""


class NewVariable(NamedTuple):
    """A variable to be written: `type` is "" where it is not known; `constant` says that it names a
    value for good and stands outside of functions.
    """

    name: str
    value: str
    type: str = ""
    constant: bool = False


class Held(NamedTuple):
    """How a variable holds a value that is a place rather than a number: `type` instead of an
    inferred one (`auto&`), `prefix` before the value (`&`).
    """

    type: str = ""
    prefix: str = ""


class Declared(NamedTuple):
    """The name in a declaration, with the text that it stands in."""

    name: Node
    text: bytes


DeclaredHook = Callable[["Node"], Declared | None]
"""(a name) -> where it is declared; None where that is not known."""


@dataclass(frozen=True)
class Values:
    """What one language says of its values, by node types of its grammar."""

    declarative: frozenset[str] = frozenset()
    """Those of `Shapes.blocks` that hold declarations only, no code that runs in turn."""
    top_level: bool = False
    """Statements run at the top of a file."""
    class_level: bool = False
    """Statements run in the body of a class."""
    fixed: Mapping[str, frozenset[str]] = field(default_factory=dict)
    """Nodes inside which values are not computed where they stand: types, imports, patterns, what
    the compiler must know. By fields; none named means the whole node.
    """
    comprehensions: frozenset[str] = frozenset()
    """Values that bind names and compute their parts for each of many items."""
    repeated: Mapping[str, frozenset[str]] = field(default_factory=dict)
    """Nodes with fields that are computed again in each round of a loop; "" is an expression
    without a field.
    """
    expression_body: Callable[[Node, bytes], ExpressionBody | None] = lambda _node, _text: None
    """The body of a function, arm or property that is one expression and can become a block."""
    callables: frozenset[str] = frozenset()
    """Values that can stand alone although they are called: not a method, which would lose its
    object.
    """
    attributes: frozenset[str] = frozenset()
    """Nodes before a statement that belong to it."""
    early_ends: frozenset[str] = frozenset()
    """What ends a whole chain of members early: `?.`, as a node or as a child of one."""
    copied: bool = False
    """A variable holds a copy of a structure, not the structure."""
    held: Callable[[Node], Held] = lambda _node: Held()
    """How a variable must hold a value, by where it stands."""
    problem: Callable[[Node, bytes], str] = lambda _node, _text: ""
    """Why a value cannot be named apart from where it stands; "" where it can."""
    reads: Callable[[Node], bool] = lambda _node: False
    """Whether a call does no more than to read a member."""
    braced_cases: bool = False
    """A declaration in a `case` needs a block around it."""
    line_ends: bool = False
    """A line end ends a statement, but in brackets."""
    defaults_once: bool = False
    """Default values are computed where the function is defined, once."""
    types_are_values: bool = False
    """Types and modules can be put in variables."""
    written: Callable[[Node, str], str] = lambda _place, name: name
    """(place, name) -> how a name is written in the place of a value: in braces, in brackets."""
    bracketed: frozenset[str] = frozenset()
    """Values that stand in parentheses, on lines of their own, where they take several lines."""
    keyed: frozenset[str] = frozenset()
    """Nodes of a key and its value in which `name: name` is written `name`."""
    alone: Callable[[Node, str], str] = lambda _value, written: written
    """(value, its text) -> how it is written when nothing stands around it."""
    type_of: Callable[[Node, bytes, DeclaredHook], str] = lambda _node, _text, _declared: ""
    """The type of a value as it would be declared; "" where it is not known."""
    free_terminator: bool = False
    """`Shapes.terminator` may be left out at a line's end."""
    literal_only: Mapping[str, frozenset[str]] | None = None
    """Those of `fixed` where not even a constant can stand; all where it is None."""
    constant_owners: frozenset[str] = frozenset()
    """Types that own the constants which are used in them; none where files do."""
    outermost_owner: bool = False
    """The outermost of such types owns them."""
    constant_blocks: frozenset[str] = frozenset()
    """Parts of a file with names of their own, where constants stand as at its top."""
    typed_constants: bool = False
    """Constants are declared with their types."""
    capital_constants: bool = True
    """Constants of a file start with a capital, or are in capitals."""
    member_constant: Callable[[NewVariable, Node], str] | None = None
    """(constant, its type) -> the declaration among the type's members, where it is another one
    than at the top of a file.
    """
    member_reference: str = "{}"
    """How a constant of a type is named: `self::{}`."""
    numbers_by_place: bool = False
    """A number takes its type from the place where it stands."""
    definition_gap: int = 1
    """How many empty lines stand before a definition at the top of a file."""
    macro: Callable[[NewVariable], str] | None = None
    """A constant for places where the compiler must know it, where no other will do."""
    typed_parameters: bool = False
    """Parameters are declared with their types, or should be."""
    default_values: bool = False
    """Parameters can have default values."""
    needs_type: bool = False
    """Local variables are declared with their types."""
    local_constant: Callable[[Node], bool] = lambda _node: False
    """Whether a local name for a value is a constant, since a variable would fix its type."""


NO_VALUES = Values()


def places(text: str) -> dict[str, frozenset[str]]:
    """`Values.fixed` as text: `a b:field c:field,other`."""
    found: dict[str, frozenset[str]] = {}
    for word in text.split():
        kind, _, fields = word.partition(":")
        found[kind] = frozenset(fields.split(",")) if fields else frozenset()
    return found


def field_of(node: Node) -> str:
    """The field of its parent that a node stands in, "" for none."""
    parent = node.parent
    if parent is None:
        return ""
    for index, one in enumerate(parent.children):
        if one.id == node.id:
            return parent.field_name_for_child(index) or ""
    return ""


def wider(left: str, right: str, order: tuple[str, ...]) -> str:
    """The type of a sum of two numbers: `order` lists the widest first, the last one is what all
    smaller ones become. "" where one is not known.
    """
    if not left or not right:
        return ""
    if left == right and left in order:
        return left
    for one in order:
        if one in (left, right):
            return one
    return left if left == right else ""
