"""What changing a signature needs to know of a language: where parameters stand in a header, how
one is written, what uses all of them at once.

Owns the shape of that knowledge (`Headers`). What one language says stands in its folder, in
`headers.py`; no refactoring names a language or a node type of one.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from tree_sitter import Node


class NewParameter(NamedTuple):
    """A parameter to be written; `type` and `default` are "" where it has none."""

    name: str
    type: str = ""
    default: str = ""


@dataclass(frozen=True)
class Headers:
    """The headers of one language's callables."""

    lists: frozenset[str] = frozenset()
    """Nodes that hold the parameters of a callable."""
    write: Callable[[NewParameter], str] = lambda new: new.name
    """One parameter, as a header has it."""
    empty: str = "()"
    """A list without parameters."""
    typed: bool = False
    """A parameter has a type."""
    defaults: bool = True
    """A parameter can have a default value."""
    defaults_last: bool = True
    """No parameter without a default value stands behind one with it."""
    keyword_mark: str = ""
    """Stands before parameters that are passed by name only (`*`)."""
    positional_mark: str = ""
    """Stands behind parameters that are passed by position only (`/`)."""
    last_mark: str = ""
    """What starts with it stays the last parameter and is no argument (`&block`)."""
    takes_all: re.Pattern[str] | None = None
    """In a body, gives all arguments whatever the parameters are called."""
    field_words: frozenset[str] = frozenset()
    """Words before a parameter that make it a member of the type too."""
    method_mark: str = ""
    """Before its name, says that a function is called with a receiver, at the definition and at
    the call (Lua's `:`).
    """
    decorators: frozenset[str] = frozenset()
    """Decorators and annotations that leave the parameters as they are."""
    called_outside: frozenset[str] = frozenset()
    """Functions and members that libraries call by their names, whatever the type."""
    untyped: bool = False
    """What an object is cannot be read where it is used: any member of the name may be meant."""
    outside_files: tuple[str, ...] = ()
    """How the paths of files end that declare what is defined elsewhere."""
    own_type: re.Pattern[str] | None = None
    """In a type, makes an object of the same type without naming it."""
    implicit_constructors: bool = False
    """Constructors are called where nothing says so (C++)."""
    base_calls: re.Pattern[str] | None = None
    """In a derived type, passes on all arguments to what it overrides without naming them."""
    constructor_words: frozenset[str] = frozenset()
    """Words that call a constructor, beside the names of its type and its own."""
    base_words: frozenset[str] = frozenset()
    """Words that call the method that the one around them overrides."""
    unnamed_new: re.Pattern[str] | None = None
    """Makes an object of a type that is known only by where it goes."""
    exports: Callable[[Node, bytes], bool] = lambda _name, _text: False
    """Whether a function's name is a value only to be seen by other files under the same name."""
    static: str = ""
    """Makes a method one of its type: `static ` before its header, `@staticmethod` above it."""
    type_access: str = "."
    """Between a type and its member."""
    static_by_object: bool = True
    """A method of a type can be called on an object too."""


NO_HEADERS = Headers()
