"""What refactorings need to know of a language's syntax: which nodes are statements, values, loops
and exits, and how a few things are written.

Owns the shape of that knowledge (`Shapes`). What one language says stands in its folder, in
`shapes.py`; no refactoring names a language or a node type of one.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, NamedTuple

from pairwright_analyzers.languages.bundles import NO_BUNDLES, Bundles
from pairwright_analyzers.languages.contracts import NO_CONTRACTS, Contracts
from pairwright_analyzers.languages.fields import NO_FIELDS, Fields
from pairwright_analyzers.languages.headers import NO_HEADERS, Headers
from pairwright_analyzers.languages.hiding import NO_HIDING, Hiding
from pairwright_analyzers.languages.items import ItemsHook
from pairwright_analyzers.languages.logic import NO_LOGIC, Logic
from pairwright_analyzers.languages.members import NO_MEMBERS, Members
from pairwright_analyzers.languages.moving import NO_MOVING, Moving
from pairwright_analyzers.languages.properties import NO_PROPERTIES, Properties
from pairwright_analyzers.languages.records import NO_RECORDS, Records
from pairwright_analyzers.languages.renaming import NO_RENAMING, Renaming
from pairwright_analyzers.languages.values import NO_VALUES, DeclaredHook, Values
from pairwright_analyzers.languages.values import NewVariable as NewVariable
from pairwright_analyzers.languages.writing import NO_WRITING, Writing
from pairwright_analyzers.types import Role

if TYPE_CHECKING:
    from tree_sitter import Node


class VariableParts(NamedTuple):
    """One variable of a declaration or of a plain assignment.

    `name` is its identifier (with its sigil), `value` the expression it gets (None without one),
    `type` the type as written there (None where it is inferred), `statement` the whole statement,
    `alone` says that the statement declares nothing else, `constant` that nothing may be assigned
    to it later, `declares` is False for an assignment in a language that declares apart.
    """

    name: Node
    value: Node | None
    type: Node | None
    statement: Node
    alone: bool
    constant: bool = False
    declares: bool = True
    changeable: bool = False
    """The declaration says that the value may be changed in place (`let mut`)."""


VariablesHook = Callable[["Node", bytes], Sequence[VariableParts]]
"""(statement, text) -> the variables it declares or assigns by name; () for any other statement and
for one that takes a value apart.
"""


InlinedHook = Callable[["Node", "Node", str, bytes], str]
"""(place, value, the value's text, whole text) -> the text to write in the place."""


@dataclass(frozen=True)
class Shapes:
    """The syntax of one language, by node types of its grammar."""

    blocks: frozenset[str] = frozenset()
    """Nodes whose named children are statements, comments aside."""
    arms: Mapping[str, frozenset[str]] = field(default_factory=dict)
    """Node type -> its fields that hold either a block or one statement without braces."""
    statements: frozenset[str] = frozenset()
    """Nodes that are statements wherever they stand; what else stands in a block is one too."""
    wrappers: frozenset[str] = frozenset()
    """Statements that only hold an expression (`expression_statement`)."""
    functions: frozenset[str] = frozenset()
    """Nodes with locals and a `return` of their own: functions, methods, lambdas, closures."""
    lambdas: frozenset[str] = frozenset()
    """Those of `functions` that are expressions."""
    classes: frozenset[str] = frozenset()
    """Nodes of types with members."""
    loops: frozenset[str] = frozenset()
    conditionals: frozenset[str] = frozenset()
    """`if` in all its forms, as a statement or an expression."""
    switches: frozenset[str] = frozenset()
    cases: frozenset[str] = frozenset()
    """The branches of `switches`."""
    switch_breaks: bool = False
    """`break` leaves a switch too."""
    falling_cases: frozenset[str] = frozenset()
    """Those of `cases` that go on with the next one."""
    exhaustive: frozenset[str] = frozenset()
    """Those of `switches` that always take one of their branches."""
    tries: frozenset[str] = frozenset()
    resources: frozenset[str] = frozenset()
    """Statements with something that is closed at their end (`with`, `using`)."""
    returns: frozenset[str] = frozenset()
    breaks: frozenset[str] = frozenset()
    continues: frozenset[str] = frozenset()
    throws: frozenset[str] = frozenset()
    implicit_return: bool = False
    """The last expression of a function is what it gives back (Ruby, Rust)."""
    exits_early: frozenset[str] = frozenset()
    """Values that may end the function: `?`."""
    hoisted: frozenset[str] = frozenset()
    """Functions that can be called before the place where they stand in their block."""
    generators: frozenset[str] = frozenset()
    """Values with loops written behind what they repeat: comprehensions."""
    changes_in_place: Callable[[Node, bytes, DeclaredHook], bool] = lambda _n, _t, _d: False
    """Whether a variable that is read here is changed by it: a field or an item of a value that
    would be copied when it is passed on.
    """
    captured_names: Callable[[Node, bytes], Sequence[tuple[str, int]]] = lambda _node, _text: ()
    """Names of variables that a text in a macro reads, with their offsets (`"{name}"`)."""
    yields: frozenset[str] = frozenset()
    awaits: frozenset[str] = frozenset()
    jumps: frozenset[str] = frozenset()
    """Labels and `goto`: what contains one is not moved."""
    expressions: frozenset[str] = frozenset()
    """Nodes that have a value."""
    literals: frozenset[str] = frozenset()
    """Values that are written out and never change: numbers, strings without parts, `true`."""
    calls: frozenset[str] = frozenset()
    """Values that run other code when they are reached: calls, constructors, macros, `await`."""
    makers: frozenset[str] = frozenset()
    """Values that are another object each time: `[]`, `{}`, `new`, a closure."""
    maker_names: frozenset[str] = frozenset()
    """Functions that give back a new, changeable object; names with a capital count as such too."""
    exports_capitals: bool = False
    """A capital says that other files see a name, not that it is a type (Go)."""
    rebinders: frozenset[str] = frozenset()
    """Functions inside of which `this` is another one."""
    handlers: frozenset[str] = frozenset()
    """Parts of `tries` that run when something failed, or after it: `except`, `finally`."""
    needs_place: Callable[[Node], bool] = lambda _node: False
    """Whether a name stands where only a variable can: its address is taken, it is deleted."""
    shared_blocks: bool = False
    """An assignment in a block of code that is passed on changes the variable outside (Ruby)."""
    shorthands: frozenset[str] = frozenset()
    """Names that stand for a key and its value at once: `{name}`."""
    inlined: InlinedHook = lambda _place, _value, written, _text: written
    """(place of a name, value, value's text, whole text) -> the text to write there. Raises
    ValueError where the value cannot be written in that place (quotes in a template).
    """
    atoms: frozenset[str] = frozenset()
    """Values that need no parentheses anywhere, beside `literals`."""
    parentheses: frozenset[str] = frozenset()
    """A value in parentheses."""
    strings: frozenset[str] = frozenset()
    """Text in quotes, with or without parts: white space inside belongs to it."""
    comments: frozenset[str] = frozenset({"comment"})
    lists: frozenset[str] = frozenset()
    """Items in brackets, with commas between them: arguments, parameters, arrays, objects."""
    list_words: Mapping[str, str] = field(default_factory=dict)
    """What those of `lists` are called, where not "items"."""
    trailing_commas: frozenset[str] = frozenset()
    """Those of `lists` in which a comma behind the last item is usual, one item a line."""
    padded_lists: frozenset[str] = frozenset()
    """Those of `lists` that have spaces inside of their brackets, on one line."""
    comma_makes: frozenset[str] = frozenset()
    """Those of `lists` that one item makes by its comma only (`(1,)`)."""
    spreads: frozenset[str] = frozenset()
    """Items that no comma may follow (`...rest`)."""
    assignments: frozenset[str] = frozenset()
    """`a = b`, as a statement or a value."""
    augmented: frozenset[str] = frozenset()
    """`a += b`, `a++`: reads what it writes."""
    indent: str = "    "
    """One step of indentation where the file shows none."""
    terminator: str = ""
    """What ends a statement (`;`)."""
    block_open: str = " {"
    """Between a header and its block: ` {`, `:` (Python), "" (Ruby, Lua)."""
    block_close: str = "}"
    """What ends a block, on a line of its own: `}`, `end`, "" (Python)."""
    in_order: Callable[[bytes], frozenset[Role]] | None = None
    """(text) -> what a name must not do above its definition, outside of functions; None where a
    file is read whole before it runs.
    """
    compiles: Callable[[bytes], bool] | None = None
    """Whether a text is a program, where more than the grammar can tell that; nothing of it runs.
    """
    keywords: frozenset[str] = frozenset()
    """Words that cannot be names."""
    name: re.Pattern[str] = re.compile(r"[^\W\d]\w*\Z")
    """A whole name, without its sigil."""
    sigil: str = ""
    """Stands before the name of every variable (`$`): part of it where names are looked up."""
    variables: VariablesHook = lambda _node, _text: ()
    declare: Callable[[NewVariable], str] = lambda new: f"{new.name} = {new.value}"
    """A new local variable or constant, as a statement with its terminator."""
    constant_case: bool = True
    """Constants are written in capitals by convention."""
    camel_case: bool = False
    """Variables and functions are written `likeThis`; else `like_this`."""
    literal_type: Callable[[Node, bytes], str] = lambda _node, _text: ""
    """The type of a literal or constructor call as it would be declared; "" where unknown."""
    logic: Logic = NO_LOGIC
    """How conditions and branches are written."""
    fields: Fields = NO_FIELDS
    """How methods name the fields of their object."""
    contracts: Contracts = NO_CONTRACTS
    """What types promise to others."""
    bundles: Bundles = NO_BUNDLES
    """Objects that hold several arguments."""
    values: Values = NO_VALUES
    """Where values stand, and which types they have."""
    writing: Writing = NO_WRITING
    """How new functions and their calls are written."""
    headers: Headers = NO_HEADERS
    """How parameters stand in headers."""
    renaming: Renaming = NO_RENAMING
    """How names stand, and who else calls by them."""
    orderless: ItemsHook = lambda _node, _text: None
    """The items of a literal whose order has no meaning."""
    properties: Properties = NO_PROPERTIES
    """How members are written that are read like fields."""
    records: Records = NO_RECORDS
    """How classes are written that only hold values."""
    hiding: Hiding = NO_HIDING
    """How fields are hidden behind accessors."""
    members: Members = NO_MEMBERS
    """Which members types have."""
    moving: Moving = NO_MOVING
    """How definitions live in files."""


NO_SHAPES = Shapes()
"""Of a language whose code is not refactored."""


def assigned_variable(node: Node) -> Sequence[VariableParts]:
    """The variable that a statement `name = value;` gives a value to, in languages that declare
    apart; () for any other statement.
    """
    if node.type != "expression_statement" or node.named_child_count != 1:
        return ()
    inner = node.named_children[0]
    name = inner.child_by_field_name("left")
    operator = inner.child_by_field_name("operator")
    plain = operator is None or operator.text == b"="
    if inner.type != "assignment_expression" or name is None or not plain:
        return ()
    if name.type != "identifier":
        return ()
    value = inner.child_by_field_name("right")
    return (VariableParts(name, value, None, node, alone=True, declares=False),)


def words(text: str) -> frozenset[str]:
    """The words of a text, as a set."""
    return frozenset(text.split())
