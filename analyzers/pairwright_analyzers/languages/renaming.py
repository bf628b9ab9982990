"""What renaming needs to know of a language: where one word is two names, which texts are names,
which names somebody outside calls.

Owns the shape of that knowledge (`Renaming`). What one language says stands in its folder, in
`renaming.py`; no refactoring names a language or a node type of one.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from enum import Enum
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from tree_sitter import Node


class Shorthand(NamedTuple):
    """One word that is a key and a value at once: `{name}`.

    `node` is what both are written instead of, as `form` says; `owner` names the type whose field
    the key is, None where that is not written; `passes_on` says that who uses the key means what
    the value names (an export, an import).
    """

    node: Node
    form: str = "{key}: {value}"
    owner: Node | None = None
    passes_on: bool = False


class Modules(Enum):
    """How one file names another."""

    NONE = "none"
    """Not at all: files are found by what is in them."""
    PATHS = "paths"
    """By its path, in quotes."""
    NAMES = "names"
    """By its dotted name (Python)."""
    NESTED = "nested"
    """By its own name, in the file around it (Rust)."""
    FOLDERS = "folders"
    """By its folder, under the module's path (Go)."""
    TYPES = "types"
    """By the type in it, and by its folder (Java)."""


@dataclass(frozen=True, slots=True)
class ModulePaths:
    """How paths of files are written where one names another by its path.

    `left_out` are extensions that need not be written; `written_as` those under which others are
    written; `index` the stems that stand for their folder; `separator` stands between folders;
    `dotted` says that a path from the file's own folder begins with `./`; `further` finds paths
    that are no imports, as group 1.
    """

    left_out: tuple[str, ...] = ()
    written_as: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    index: tuple[str, ...] = ()
    separator: str = "/"
    dotted: bool = False
    further: re.Pattern[bytes] | None = None


@dataclass(frozen=True)
class Renaming:
    """The names of one language."""

    shorthand: Callable[[Node], Shorthand | None] = lambda _name: None
    """Of a name's node, the shorthand it is; None for any other name."""
    pairs: frozenset[str] = frozenset()
    """Nodes of a key with a value, which can be one word where both are called the same."""
    spoken: Callable[[Node, bytes], bool] = lambda _text, _source: False
    """Whether a text in quotes, or a symbol, is a name that is looked up when the program runs."""
    named_after: Callable[[Node, bytes], Node | None] = lambda _text, _source: None
    """Of a text that has to repeat a variable's name, that name: `T = TypeVar("T")`."""
    names_type: Callable[[Node, bytes], bool] = lambda _text, _source: False
    """Whether a text is a type's name, as the scopes around it know it: `cast("T", value)`."""
    functions_spoken: bool = False
    """Whether such a text may be a function's name too, and not only a member's."""
    speaks_of_locals: Callable[[Node, bytes], bool] = lambda _text, _source: False
    """Whether such a text names a local variable: `compact("name")`."""
    type_comments: Callable[[bytes], Iterable[tuple[int, int]]] = lambda _source: ()
    """Where the names of types stand in comments, as (start, end)."""
    own_member: Callable[[Node, bytes], bool] = lambda _text, _source: False
    """Whether such a text names a member of the type around it: `attr_reader :x`, `__slots__`."""
    contracts: frozenset[str] = frozenset()
    """Members and functions that the language or its libraries call by their names."""
    outside_member: Callable[[str, str], bool | None] = lambda _type, _name: None
    """Whether a type outside of the workspace, by its dotted name, has a member; None where that
    cannot be known.
    """
    implicit_overrides: bool = True
    """Whether a member overrides another without saying so."""
    private_is_own: bool = False
    """Whether a private member is no part of what a type inherits or is inherited from."""
    type_names_file: bool = False
    """Whether a file is called by the type in it."""
    open_objects: bool = False
    """Whether an object written in place may be of any type that has its keys."""
    declared_apart: bool = False
    """Whether functions and variables are declared in one file and defined in another."""
    sigils: str = ""
    """Characters that stand before some names and are no part of what one calls them: `$`, `@`."""
    own_sigil: str = ""
    """The one of them that marks a member which only the code of its type can name."""
    exports: frozenset[str] = frozenset()
    """The dotted names of objects whose members a module exports."""
    name_ends: str = ""
    """What a method's name may end with beside the usual."""
    shared_by_folder: bool = False
    """Whether files of one folder see each other's names."""
    marks: frozenset[str] = frozenset()
    """Nodes of names that are no references: labels, lifetimes. What has the same text in the
    same function is the same name.
    """
    marking: frozenset[str] = frozenset()
    """Statements whose own names are such marks, where no node of its own says so."""
    modules: Modules = Modules.NONE
    """How files name each other."""
    module_paths: ModulePaths = ModulePaths()
    """How their paths are written, with `Modules.PATHS`."""
    generated: bytes = b""
    """Stands in the head of files that a tool writes."""


NO_RENAMING = Renaming()
"""Of a language without surprises."""
