"""What variables of the value flow can hold.

Values only; `solve.py` interns them as small integers. Named tuples of different types can be
equal, so whoever keys
by them keys by their type too.
"""

from __future__ import annotations

from typing import NamedTuple


class FunctionObject(NamedTuple):
    unit: int
    number: int


class ClassObject(NamedTuple):
    unit: int
    number: int


class InstanceObject(NamedTuple):
    """Any instance of a class; `of` is the class's object number."""

    of: int


class MakerObject(NamedTuple):
    """What makes a class's instances where its metaclass has its own way of being called."""

    of: int


class BoundObject(NamedTuple):
    """A method read through an object; both are object numbers."""

    function: int
    this: int


class ModuleObject(NamedTuple):
    path: str


class FolderObject(NamedTuple):
    folder: str


class ContainerObject(NamedTuple):
    unit: int
    site: int
    type: str


class GeneratorObject(NamedTuple):
    function: int


class ExternalObject(NamedTuple):
    """Something outside the workspace, by its dotted name."""

    name: str


class UnknownObject(NamedTuple):
    """Whatever something outside the workspace made."""


class AnythingObject(NamedTuple):
    """What a variable holds that would hold too much."""


class StringObject(NamedTuple):
    text: str


class SuperObject(NamedTuple):
    """What follows the class `after` in the order of resolution of `seen_from`; `this` is what
    methods are bound to.
    """

    after: int
    seen_from: int
    this: int


class MethodObject(NamedTuple):
    """A method of a builtin container or generator."""

    container: int
    name: str


class PartialObject(NamedTuple):
    """A function with arguments given already: `functools.partial`, `Function.bind`."""

    unit: int
    site: int


class AccessorObject(NamedTuple):
    """A function that runs when it is read as an attribute; `variable` holds it."""

    variable: int


class FactoryObject(NamedTuple):
    """A field whose first value a function makes; `variable` holds it."""

    variable: int


class NamespaceObject(NamedTuple):
    """The attributes of an object as a mapping; `of` is its object number."""

    of: int


Value = (
    FunctionObject
    | ClassObject
    | InstanceObject
    | MakerObject
    | BoundObject
    | ModuleObject
    | FolderObject
    | ContainerObject
    | GeneratorObject
    | ExternalObject
    | UnknownObject
    | AnythingObject
    | StringObject
    | SuperObject
    | MethodObject
    | PartialObject
    | AccessorObject
    | FactoryObject
    | NamespaceObject
)


class Caller(NamedTuple):
    """Whose code a call stands in: `code` as in `ir` (-1 the file, ≤ -2 a class body)."""

    unit: int
    code: int
