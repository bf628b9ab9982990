"""The small language that the value flow of JavaScript and TypeScript is told in.

Like `ir`, but for objects as ECMAScript has them: every object is a bag of properties with a
prototype, functions are objects, and a call passes `this`. One `ScriptUnit` a file, a pure function
of its text, made by `ecmascript.py` and solved over all files by `ecmascript_solve.py`.

The analysis is inclusion based (Andersen 1994) and field sensitive, without call contexts; what
JavaScript needs beside that follows Jensen, Møller and Thiemann (SAS 2009) and Nielsen, Torp and
Møller (ISSTA 2021): prototype chains, accessors, promises and modules of both kinds. Variables are
numbers from 0; `NONE` stands for a value that is never tracked.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import NamedTuple

NONE = -1
"""The variable of expressions whose value is never tracked: numbers, comparisons, …"""

MODULE_CODE = -1
"""The caller that stands for a file's top level."""

ANY = "*"
"""The property that stands for those whose names are not constant."""

VALUE, ERROR, YIELDED = "%value", "%error", "%yielded"
"""What a promise resolves to, what it is rejected with, what a generator yields."""


class Place(NamedTuple):
    """Where something runs code: the offset it is reported at, the calling function (or
    `MODULE_CODE`), and the variable that takes what is thrown there.
    """

    offset: int
    caller: int
    thrown: int = NONE


class Argument(NamedTuple):
    """One argument: a value, or all values of an iterable one."""

    value: int
    spread: bool = False


class Copy(NamedTuple):
    to: int
    source: int


class MakeFunction(NamedTuple):
    to: int
    function: int


class MakeObject(NamedTuple):
    """`kind`: object, array, promise."""

    to: int
    site: int
    kind: str


class MakeText(NamedTuple):
    """A constant string; None where it is a string that is not known."""

    to: int
    text: str | None


class MakeOutside(NamedTuple):
    """Something outside the workspace, by its dotted name."""

    to: int
    name: str


class MakeModule(NamedTuple):
    """The `module` object of the file itself."""

    to: int


class Import(NamedTuple):
    """`name` "" is the whole module as ES sees it, "=" what CommonJS hands out."""

    to: int
    module: str
    name: str


class Load(NamedTuple):
    to: int
    holder: int
    name: str
    place: Place


class LoadKey(NamedTuple):
    to: int
    holder: int
    key: int
    place: Place


class LoadElement(NamedTuple):
    """The element of an iterable at a position, or any with position -1."""

    to: int
    holder: int
    position: int
    place: Place


class LoadRest(NamedTuple):
    """`[a, ...to] = holder` (`first` elements are left out), `{a, ...to} = holder` (names are)."""

    to: int
    holder: int
    first: int
    names: tuple[str, ...]


class LoadKeys(NamedTuple):
    """The names of an object's properties, as `for … in` walks them."""

    to: int
    holder: int


class Store(NamedTuple):
    holder: int
    name: str
    source: int
    place: Place


class StoreKey(NamedTuple):
    """`holder[key] = source`, or the definition of a getter or setter (`kind` "get", "set").

    In a `function` whose own parameters the key and the source are, what one call passes belongs
    together.
    """

    holder: int
    key: int
    source: int
    kind: str = ""
    function: int = MODULE_CODE


class StoreAll(NamedTuple):
    """`{...source}` and `[...source]`; what the literal writes behind it is left out."""

    holder: int
    source: int
    place: Place
    without: tuple[str, ...] = ()


class Accessor(NamedTuple):
    """A getter (`kind` "get") or setter of an object literal."""

    holder: int
    kind: str
    name: str
    function: int


class Call(NamedTuple):
    to: int
    callee: int
    this: int
    arguments: tuple[Argument, ...]
    place: Place


class CallMember(NamedTuple):
    to: int
    holder: int
    name: str
    arguments: tuple[Argument, ...]
    place: Place


class CallKey(NamedTuple):
    to: int
    holder: int
    key: int
    arguments: tuple[Argument, ...]
    place: Place


class New(NamedTuple):
    to: int
    callee: int
    arguments: tuple[Argument, ...]
    place: Place


class CallSuper(NamedTuple):
    """`super(…)` in the constructor `function`."""

    function: int
    this: int
    arguments: tuple[Argument, ...]
    place: Place


class LoadSuper(NamedTuple):
    """`super.name` in a member of the class whose constructor is `function`."""

    to: int
    function: int
    static: bool
    name: str


class Render(NamedTuple):
    """A JSX element."""

    component: int
    properties: int
    place: Place


class Await(NamedTuple):
    to: int
    source: int


class Concat(NamedTuple):
    """A string made of parts: constant ones as `str`, others as variables."""

    to: int
    parts: tuple[str | int, ...]
    place: Place


class Typed(NamedTuple):
    """A declared type: `to` is an instance of it where nothing better is known."""

    to: int
    type: int


Operation = (
    Copy
    | MakeFunction
    | MakeObject
    | MakeText
    | MakeOutside
    | MakeModule
    | Import
    | Load
    | LoadKey
    | LoadElement
    | LoadRest
    | LoadKeys
    | Store
    | StoreKey
    | StoreAll
    | Accessor
    | Call
    | CallMember
    | CallKey
    | New
    | CallSuper
    | LoadSuper
    | Render
    | Await
    | Concat
    | Typed
)


class Member(NamedTuple):
    """A method, accessor or (`function` -1) field of a class. `kind`: "", "get" or "set"."""

    name: str
    function: int
    static: bool
    kind: str


@dataclass(slots=True)
class ScriptFunction:
    """One function. `kind`: function, arrow, method, constructor (of a class), implicit (a class's
    that nobody wrote), body (of a class: what runs its field initializers).

    `qualname` is the dotted name within the file as users see it, `start` the offset of its name,
    or of the function itself where it has none.
    """

    kind: str
    qualname: str
    start: int
    this: int = NONE
    parameters: list[int] = field(default_factory=list)
    rest: int = NONE
    """The variable of `...rest`: an array of what the parameters left over."""
    arguments: int = NONE
    """The variable of `arguments`, where the function mentions it."""
    returns: int = NONE
    handed_back: list[int] = field(default_factory=list)
    """Positions of parameters that it returns as they came: a call's result is the call's own
    argument.
    """
    returns_this: bool = False
    thrown: int = NONE
    yields: int = NONE
    received: int = NONE
    """The variable of what `next(…)` sends into a generator."""
    is_async: bool = False
    is_generator: bool = False
    base: int = NONE
    """The superclass of a constructor's class."""
    members: list[Member] = field(default_factory=list)

    @property
    def is_class(self) -> bool:
        return self.kind in ("constructor", "implicit")


@dataclass(slots=True)
class ScriptUnit:
    """The flow of one file."""

    variables: int = 0
    operations: list[Operation] = field(default_factory=list)
    functions: list[ScriptFunction] = field(default_factory=list)
    exports: dict[str, int] = field(default_factory=dict)
    stars: list[str] = field(default_factory=list)
    """Modules whose every export is passed on."""
    accessors: set[str] = field(default_factory=set)
    """Names of properties that are known to have getters or setters."""
    sites: dict[int, int] = field(default_factory=dict)
    """Offset of a call -> the function whose code it is part of."""
    cut: str = ""
    """"" or why the file's flow is incomplete."""
