"""What moving definitions between files needs to know of a language: what a new file is called and
starts with, how a file names another one, how it offers a definition to others.

Owns the shape of that knowledge (`Moving`). What one language says stands in its folder, in
`moving.py`; no refactoring names a language or a node type of one.
"""

from __future__ import annotations

import posixpath
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

from pairwright_analyzers.types import Import

if TYPE_CHECKING:
    from tree_sitter import Node


class Example(NamedTuple):
    """An import that is there: which file has it, and which one it means."""

    importer: str
    item: Import
    target: str


AddressHook = Callable[[Callable[[str], bool], str, str, Sequence[Example]], "tuple[str, int]"]
"""(whether a file exists, importing path, imported path, imports to take as a model, the best
first) -> `Import.module` and `Import.level` of the imported file. Raises ValueError where it cannot
be named.
"""


def _unknown(
    _exists: Callable[[str], bool], _importer: str, target: str, _examples: Sequence[Example]
) -> tuple[str, int]:
    raise ValueError(f"How {target} is imported is not known.")


def same_folder(path: str, other: str) -> bool:
    """Whether two files lie in one folder."""
    return posixpath.dirname(path) == posixpath.dirname(other)


@dataclass(frozen=True)
class Moving:
    """How the definitions of one language live in files."""

    known: bool = False
    """Whether definitions can be moved at all."""
    address: AddressHook = _unknown
    relocated: Callable[[Import, str, str], tuple[str, int]] = lambda item, _old, _new: (
        item.module,
        item.level,
    )
    """(import, its file, the file it is copied to) -> its module and level there."""
    shares: Callable[[str, str], bool] | None = None
    """Whether two files see each other's definitions without imports; None where none do."""
    only_new: str = ""
    """Why definitions go to new files only; "" where others can take them."""
    packages_named: bool = False
    """What an import is called by in the code, only its package says (Go)."""
    wrapped: Callable[[Node, bytes], tuple[str, str]] = lambda _statement, _text: ("", "")
    """What stands around a definition in a new file: the namespace that it is in."""
    outside: str = ""
    """Why nothing is moved to a file that sees none of the old one's definitions."""
    file_name: Callable[[str, str], str] = lambda name, _old: name
    """(name of a definition, name of the file it is in) -> the name of a new file for it, without
    its ending.
    """
    another: str = "{}_{}"
    """The name of a file whose first name is taken: that name and a number."""
    heading: Callable[[Node, bytes], str] = lambda _root, _text: ""
    """What a new file of the same kind starts with: a package clause, `<?php`."""
    containers: frozenset[str] = frozenset()
    """Nodes whose children are definitions of a file, beside its root."""
    simple: frozenset[str] = frozenset()
    """Statements that make up a block without empty lines: variables."""
    types_only: str = ""
    """Why nothing but types is moved; "" where all definitions are."""
    own_words: frozenset[str] = frozenset()
    """Names that mean something else in every file: `__file__`."""
    top_words: frozenset[str] = frozenset()
    """Names that do so outside of functions: `locals`."""
    listing: Callable[[Node, bytes], Node | None] = lambda _root, _text: None
    """The list of texts that says what a module offers (`__all__`)."""
    offers: Callable[[Node], bool] | None = None
    """Whether a definition's statement says that others may import it; None where all can be."""
    offered_alone: Callable[[Node], bool] = lambda _statement: False
    """Whether such a statement offers it as the one thing (`export default`)."""
    offer_at: Callable[[Node], int] = lambda statement: statement.start_byte
    """Where `offer` goes into a statement that does not."""
    offer: str = ""
    offer_lists: frozenset[str] = frozenset()
    """Lists of names that a file offers apart from their definitions (`export { a }`)."""
    passed_on: Callable[[Import, bytes], str] | None = None
    """(import, whole text) -> the statement by which a file offers what it imports; None where an
    import does that.
    """
    type_guard: Callable[[Node], bool] = lambda _condition: False
    """Whether an `if` is only for those who check types."""
    tail: re.Pattern[bytes] | None = None
    """What stays at the end of a file, from the start of a line."""
    bound_once: bool = False
    """An import copies a value: who assigns the name later is not seen by others."""
    packages: Callable[[str], Sequence[str]] = lambda _path: ()
    """The files that are loaded before a file, since it lies in their folders."""
    unfit: Callable[[bytes], str] = lambda _text: ""
    """Why definitions of a file with this text stay where they are; "" where they can be moved."""
    not_everywhere: re.Pattern[bytes] | None = None
    """Found in a file that refuses to be loaded in some places: on other systems."""
    unseen: Callable[[Node, Import], bool] = lambda _statement, _item: False
    """Whether code needs an import that it does not name."""
    lifts: bool = False
    """Whether a function inside of another one can go to the top of its file."""
    lifts_methods: bool = False
    """Whether a method can become a function."""
    lifted: Callable[[str, str], str] | None = None
    """(name, statement that gives it a function as its value) -> the function as it is defined at
    the top of a file; None where the statement can stand there.
    """
    freed: Callable[[str, str], str] = lambda written, _offer: written
    """(method without its receiver, what makes a file offer it) -> the function."""
    quoted_types: bool = False
    """A type that is defined further down is written in quotes."""
    merges: bool = False
    """Definitions of one name are parts of one thing."""
    place: re.Pattern[bytes] | None = None
    """Code that depends on the folder its file is in."""
    unfolded: frozenset[str] = frozenset()
    """Names of files that tools look for: they stay files."""
    folds: tuple[str, ...] = ()
    """The name that stands for its folder, without its ending: `__init__`, `index`."""


NO_MOVING = Moving()
"""Of a language whose definitions stay where they are."""


def snake_case(name: str) -> str:
    """`HTTPServer`, `parseURL` -> http_server, parse_url."""
    parted = re.sub(r"(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])", "_", name)
    return parted.lower()
