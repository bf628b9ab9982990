"""The small language that value flow is told in: variables, objects, and constraints between them.

One `FlowUnit` a file, a pure function of its text, made by the extractor of its language family
(`python.py`, `ecmascript.py`) and solved over all files by `solve.py`. Flow-insensitive: the order
of statements is dropped, which is what keeps it small; what a name may hold is what it holds
anywhere in its scope.

The analysis is inclusion based (Andersen 1994) and field sensitive, without call contexts; what it
tracks follows PyCG (Salis et al., ICSE 2021): functions, classes, instances, containers with
constant keys, and modules as values.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, NamedTuple


class Kind:
    """What a constraint says, as plain integers: a program has a million of them. Operands are
    named
    in brackets, variables as `v`.
    """

    COPY = 0
    """[v to, v from]"""
    LOAD = 1
    """[v to, v object, name, offset]: to ⊇ object.name"""
    STORE = 2
    """[v object, name, v from]"""
    LOAD_ITEM = 3
    """[v to, v object, key or None, offset, function, v key or -1]: None stands for any key"""
    STORE_ITEM = 4
    """[v object, key or None, v from]"""
    CALL = 5
    """[v to, v callee, arguments, offset, function]: `function` is the caller, -1 for the file
    itself
    """
    FUNCTION = 6
    """[v to, function]"""
    CLASS = 7
    """[v to, class]"""
    CONTAINER = 8
    """[v to, site, type, items]: `type` the builtin's name (list, dict, …), `items` pairs of a key
    (None: any) and a variable
    """
    STRING = 9
    """[v to, text]"""
    IMPORT = 10
    """[v to, import index]"""
    EXTERNAL = 11
    """[v to, dotted name]"""
    INSTANCE = 12
    """[v to, v type]: a value of the type, known from an annotation"""
    ITERATE = 13
    """[v to, v iterable, offset, function]"""
    ENTER = 14
    """[v to, v context manager, offset, function]"""
    SUPER = 15
    """[v to, class]: the bases of a class, bound to its instance"""
    UNPACK = 16
    """[v from, targets, star position or -1]: one value a target, by position"""
    AWAIT = 17
    """[v to, v from]"""
    MERGE = 18
    """[v to, v from]: every key of one container is one of the other (`{**a}`, `[*a]`)"""
    STAR = 19
    """[v to, import index, name]: a name that an import of everything may bring"""
    SPECIAL = 20
    """[v to, v object, names, arguments, offset, function]: the first of the special methods that
    an instance's class has is called; other objects are left alone
    """
    CONCAT = 21
    """[v to, parts]: texts (`str`) and variables that hold texts, joined"""
    SLICE = 22
    """[v to, v object, start, offset, function]: a part of a container, from position `start` on,
    -1 where it is not constant
    """
    RETURNED = 23
    """[v to, v generator]: what the generator's function returns"""


Constraint = tuple[Any, ...]
"""One constraint: its kind, then its operands as the kind says. A plain tuple of plain values,
which
the interpreter's collector soon stops looking at.
"""


THIS_MODULE = "\0module"
"""The key of the module that is running, among all modules."""


class CallArgument(NamedTuple):
    """One argument: a value by position (`name` ""), by name, or spread (`*` or `**`)."""

    name: str
    value: int


@dataclass(slots=True)
class FlowParameter:
    """One parameter: its variable, and how arguments reach it (`POSITIONAL`, `*`, `**`, or keyword
    only).
    """

    name: str
    variable: int
    variadic: str = ""
    keyword_only: bool = False


@dataclass(slots=True)
class FlowFunction:
    """One function. `symbol_start` is the offset of its name (of `lambda` or the arrow where it has
    none).

    `receiver` says what a call through an object binds first: "instance", "class" or "". `qualname`
    names functions
    that are no symbols, as the interpreter does: `outer.<lambda1>`.
    """

    name: str
    qualname: str
    symbol_start: int
    parameters: list[FlowParameter] = field(default_factory=list)
    returns: int = -1
    yields: int = -1
    receiver: str = ""
    this: int = -1
    is_async: bool = False
    owner: int = -1
    accessor: str = ""
    """ "get" where reading an attribute calls it, "set" where assigning does (a property)."""
    receives: int = -1
    """The variable of what is sent into a generator."""


@dataclass(slots=True)
class FlowClass:
    """One class: its bases as variables and its attributes by name."""

    name: str
    qualname: str
    symbol_start: int
    bases: list[int] = field(default_factory=list)
    attributes: dict[str, int] = field(default_factory=dict)
    metaclass: int = -1
    fields: list[str] = field(default_factory=list)
    """Names that the constructor takes in this order where no one wrote one: annotated attributes.
    """
    protocol: bool = False
    """It says what others can do: nothing is an instance of it alone."""
    generated: bool = False
    """Its constructor is made of `fields`."""
    values: set[str] = field(default_factory=set)
    """Attributes that the body assigns."""
    start: int = -1
    """Where calls that make the class stand, and `caller` whose code that is."""
    caller: int = -1


@dataclass(frozen=True, slots=True)
class FlowImport:
    """One imported value: a module (`name` ""), one of its names, or all of them ("*")."""

    module: str
    name: str
    level: int


@dataclass(slots=True)
class FlowUnit:
    """The flow of one file.

    Variables are numbered from 0; `exports` are the names others can import.
    """

    variables: int = 0
    constraints: list[Constraint] = field(default_factory=list)
    functions: list[FlowFunction] = field(default_factory=list)
    classes: list[FlowClass] = field(default_factory=list)
    imports: list[FlowImport] = field(default_factory=list)
    exports: dict[str, int] = field(default_factory=dict)
    stars: list[int] = field(default_factory=list)
    """Imports of everything a module has, by index."""
    public: frozenset[str] | None = None
    """What an import of everything brings, where the file says so (`__all__`)."""
    default_object: int = -1
    """The variable that stands for the module itself where it can be replaced (`module.exports`).
    """
    cut: str = ""
    """"" or why the file's flow is incomplete."""
