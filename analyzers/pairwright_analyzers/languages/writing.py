"""How a language writes a new function and its call, for refactorings that make functions.

Owns the shape of that knowledge (`Writing`) and the values that are written. What one language says
stands in its folder, in `writing.py`; it knows no refactoring.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from enum import Enum
from typing import TYPE_CHECKING, NamedTuple

from pairwright_analyzers.languages.values import DeclaredHook

if TYPE_CHECKING:
    from tree_sitter import Node


class Kind(Enum):
    """What a new function is to the type around it."""

    FUNCTION = "function"
    METHOD = "method"
    STATIC = "static"
    """A method without a receiver."""
    CLASS = "class"
    """A method whose receiver is the type itself (`cls`)."""


class NewParameter(NamedTuple):
    """One parameter: `argument` is what the call passes, `changes` says that it is assigned."""

    name: str
    type: str
    argument: str
    changes: bool = False


class Passing(NamedTuple):
    """How a variable is passed: `by_reference` says that the function changes it, not a copy.
    `prefix` stands before the argument (`&mut `).
    """

    type: str
    by_reference: bool
    prefix: str = ""
    changes: bool = False
    """The parameter is assigned, or changed in place."""


class NewResult(NamedTuple):
    """A variable that the call gives a value: `declared` says that it is known before the call,
    `changes` that it is assigned later too, `keyword` how it was declared (`let`, `var`),
    `same_block` that it is declared in the block of the call.
    """

    name: str
    type: str
    declared: bool
    changes: bool
    keyword: str = ""
    same_block: bool = True


@dataclass(frozen=True, slots=True)
class NewFunction:
    """A function to be written.

    `body` are its statements with one step of indentation; `returns` is the type of what it gives
    back ("" for nothing or unknown), `gives` says that it gives something back.
    `receiver` is the receiver as its header writes it (Python's `self`, Go's `(s *Server)`), and
    `owner` how the call names it (`self`, `this`, `A`). `generics` are type parameters as a header
    writes them, `bounds` what is said of them behind it.
    """

    name: str
    kind: Kind
    parameters: tuple[NewParameter, ...]
    body: str
    gives: bool
    returns: str = ""
    receiver: str = ""
    owner: str = ""
    awaits: bool = False
    yields: bool = False
    generics: str = ""
    bounds: str = ""
    annotated: bool = False
    unit: str = "    "
    brace: str = " {"
    """How a body is opened: on the line of the header, or on its own."""
    static: bool = False
    """Functions of the file are hidden from other files (C)."""

    @property
    def arguments(self) -> str:
        return ", ".join(one.argument for one in self.parameters)


class Around(NamedTuple):
    """The function that a selection is in, as its header tells."""

    returns: str = ""
    """The type of its result, "" where it is not written."""
    generics: str = ""
    bounds: str = ""
    static: bool = False
    class_method: bool = False
    awaits: bool = False
    receiver: str = ""
    """Its receiver as a header writes it, "" without one."""
    owner: str = ""
    """How its body names the receiver, or the type where it is static."""
    annotated: bool = False
    """Its header gives types where it need not."""
    results: tuple[str, ...] = ()
    """The types of its results, where it can have several."""
    named_results: bool = False
    """Its results are variables."""
    refused: str = ""
    """Why nothing can be taken out of it."""


class Wrapped(NamedTuple):
    """A result that may be an error or nothing: `maker` makes it of a value (`Ok`), its type is
    `head<value rest>`.
    """

    maker: str
    head: str
    rest: str

    def type_of(self, kind: str) -> str:
        """The type with a value of another type."""
        return f"{self.head}<{kind}{self.rest}>"


PassingHook = Callable[[str, Sequence["Node"], bool, bool, bool], Passing]
"""(type, uses inside the part, whether it is changed and needed behind, whether others are too,
whether it is needed behind at all).
"""
ReferenceHook = Callable[["Node", str, str], tuple[int, int, str] | None]
"""(a use, prefix of the argument, type) -> bytes to replace and what is written there."""
ThrowsHook = Callable[[Iterator["Node"], Sequence["Node"], bytes, str], str]
"""(nodes of the part, nodes around it, text, what the header says) -> what the new header says."""
EarlyHook = Callable[[Sequence[NewResult], Sequence[str], Sequence[str] | None], str]


@dataclass(frozen=True)
class Writing:
    """The functions of one language."""

    define: Callable[[NewFunction], str] = lambda new: new.body
    """The whole definition, without indentation and without a line end behind it. Raises ValueError
    where it cannot be written.
    """
    call: Callable[[NewFunction], str] = lambda new: f"{new.name}({new.arguments})"
    """The call, waited for where it has to be."""
    take: Callable[[str, Sequence[NewResult]], Sequence[str]] = lambda call, _results: [call]
    """(call, results) -> the statements that call and keep the results, without indentation.
    Raises ValueError where that cannot be written.
    """
    give: Callable[[Sequence[NewResult]], str] = lambda _results: ""
    """The statement that gives results back. Raises ValueError where there are too many."""
    give_types: Callable[[Sequence[NewResult]], str] = lambda results: results[0].type
    """The type of several results."""
    value: Callable[[str], str] = lambda value: f"return {value}"
    """The statement that gives a value back."""
    leave: Callable[[str], str] = lambda call: f"return {call}"
    """The statement that ends the function with what a call gives."""
    nothing: str = ""
    """The type of a function that gives nothing back."""
    exit: str = "return"
    """The statement that ends a function without a value."""
    around: Callable[[Node, bytes], Around] = lambda _function, _text: Around()
    """What a function's header says; the node is the function whose receiver counts."""
    top: bool = True
    """Functions can stand outside of types."""
    methods: bool = True
    """Functions can stand inside of types."""
    before: bool = False
    """A function has to stand before what uses it."""
    methods_outside: bool = False
    """Methods stand outside of their types, with a receiver in their header (Go)."""
    hidden: Callable[[Node, bytes], str] = lambda _function, _text: ""
    """Why a method cannot be added beside this one; "" where it can."""
    types_needed: bool = False
    """Parameters have types, and so have results."""
    unknown: str = ""
    """Stands for a type that is not known; "" where a type must be known."""
    local: Callable[[str, str], str] | None = None
    """(name, type) -> a declaration without a value; None where assignments declare."""
    declaring: Callable[[str, str, bool], str] = lambda _name, _type, _changes: ""
    """(name, type, assigned again) -> what makes an assignment a declaration, written before it;
    "" where that cannot be had.
    """
    short_sign: str = ""
    """What makes an assignment a declaration in the place of `=` (Go's `:=`)."""
    type_of: Callable[[Node, bytes, DeclaredHook], str] = lambda _name, _text, _declared: ""
    """The type of a variable by the name in its declaration; "" where none is known from it."""
    value_type: Callable[[Node, bytes, DeclaredHook], str] | None = None
    """The type of a value, where `Values.type_of` does not tell."""
    constructs: Callable[[str], bool] = lambda _type: False
    """Whether the declaration of a variable of a type makes a value."""
    uncopied: Callable[[str], bool] = lambda _type: False
    """Whether values of a type must not be copied."""
    keyword: Callable[[Node], str] = lambda _name: ""
    """How a name is declared (`let`, `var`)."""
    blank_lines: int = 1
    """Empty lines between functions."""
    default_name: str = "extracted"
    default_method: str = ""
    containers: frozenset[str] = frozenset()
    """Nodes whose children are the definitions of a file or a namespace."""
    members: frozenset[str] = frozenset()
    """Nodes whose children are the members of a type."""
    passing: PassingHook | None = None
    """How variables are passed, where there is more than one way; None where they are as they are.
    """
    reference_edit: ReferenceHook | None = None
    """How a variable is written inside of the function where it has become a reference."""
    wrapped: Callable[[str], Wrapped | None] = lambda _returns: None
    """What a function gives back that a value may leave early (`?`), by its written result."""
    tail: Callable[[Node, bytes], bool] = lambda _statement, _text: False
    """Whether a statement is the value of the block it ends, and of the function with it."""
    ungiven: Callable[[Node], str] = lambda _name: ""
    """Why a variable, by the name in its declaration, cannot be given back; "" where it can."""
    misread: Callable[[Node, bytes], Sequence[str]] = lambda _function, _text: ()
    """Variables of a function that its tree takes for something else."""
    throws: ThrowsHook | None = None
    """What a part of a function may throw, as a header says it (Java)."""
    foreign: frozenset[str] = frozenset()
    """Values with members of their own, whose object is another one (Java's anonymous types)."""
    void: bool = False
    """`nothing` stands for a result that is none, and gives nothing back."""
    functions_are_methods: bool = False
    """A function inside of a type is its method."""
    implicit_receiver: str = ""
    """A name that means the receiver and is no parameter (Lua's `self`): passed to functions."""
    static_unused: bool = False
    """A method that does not use its receiver has none."""
    early: Callable[[str, Sequence[NewResult], Sequence[str]], Sequence[str]] | None = None
    """(call, results, types of what is returned) -> the statements that call a function which also
    says whether its caller has to return; None where that is not done.
    """
    early_values: EarlyHook | None = None
    """(results, types of what is returned, values) -> the `return` of such a function: an early one
    with its values, or its last one where they are None. Raises ValueError where it cannot be had.
    """
    early_types: Callable[[Sequence[NewResult], Sequence[str]], str] = lambda _results, _gives: ""
    waits: Callable[[Node], bool] = lambda _node: False
    """Whether a node that is no `await` makes its function wait (`async for`)."""
    awaiting_generators: bool = True
    """An asynchronous generator can pass on what another one yields."""
    outer: Callable[[Sequence[str]], str] | None = None
    """The statement by which a function says that it assigns variables of the file."""
    gives_value: Callable[[Node], bool] = lambda node: node.named_child_count > 0
    """Whether a `return` gives something back."""
    gives_last: Callable[[Node, bytes], bool] = lambda _statement, _text: False
    """Whether what a statement gives is the value of the block of code that it ends (Ruby)."""
    markup: frozenset[str] = frozenset()
    """Values that stand in parentheses where they have several lines."""
    optional_terminator: bool = False
    """Statements need no terminator: the file shows whether they have one."""
    refusals: Callable[[Node, bytes], str] = lambda _node, _text: ""
    """Why a node inside of a selection keeps it where it is; "" for all others."""
    words: frozenset[str] = field(default_factory=frozenset)
    """Names that mean the receiver or its type, beside those of the language's spec."""


NO_WRITING = Writing()


def ended(lines: Sequence[str]) -> str:
    """Lines of a definition as one text."""
    return "\n".join(lines)
