"""What variables of the value flow of JavaScript and TypeScript can hold.

Values only; `ecmascript_solve.py` interns them as small integers. Named tuples of different types
can be equal, so whoever keys by them keys by their type too. An `int` in a value is another
object's number.
"""

from __future__ import annotations

from typing import NamedTuple

WILD = "\0"
"""Stands in a text for a part that is not known."""


class FunctionValue(NamedTuple):
    """A function, or a class by its constructor."""

    unit: int
    number: int


class PrototypeValue(NamedTuple):
    """What a function's `prototype` is from the start."""

    of: int


class InstanceValue(NamedTuple):
    """Any object that `new` makes of a function."""

    of: int


class LiteralValue(NamedTuple):
    """An object made at a place: a literal, or what a builtin makes. `kind`: object, array, map,
    set, promise, emitter.
    """

    unit: int
    site: int
    kind: str


class PromiseValue(NamedTuple):
    """What calling an async function gives."""

    function: int


class GeneratorValue(NamedTuple):
    """What calling a generator function gives."""

    function: int


class OutsideValue(NamedTuple):
    """Something outside the workspace, by its dotted name."""

    name: str


class TextValue(NamedTuple):
    """A string; `WILD` stands for parts that are not known."""

    text: str


class NamespaceValue(NamedTuple):
    """A module as ES imports see it, by its unit."""

    unit: int


class ModuleValue(NamedTuple):
    """The `module` object of a CommonJS file."""

    unit: int


class NativeValue(NamedTuple):
    """A builtin method, read from an object."""

    holder: int
    name: str


class BoundValue(NamedTuple):
    """What `bind` made."""

    unit: int
    site: int


class SettlerValue(NamedTuple):
    """`resolve` or `reject` of a promise."""

    promise: int
    slot: str


Value = (
    FunctionValue
    | PrototypeValue
    | InstanceValue
    | LiteralValue
    | PromiseValue
    | GeneratorValue
    | OutsideValue
    | TextValue
    | NamespaceValue
    | ModuleValue
    | NativeValue
    | BoundValue
    | SettlerValue
)


class Code(NamedTuple):
    """A piece of code that calls: a function of a unit, or -1 for the file's top level."""

    unit: int
    function: int


class Edge(NamedTuple):
    """One call: `callee` is a function, or a dotted name outside the workspace."""

    caller: Code
    offset: int
    callee: Code | str
