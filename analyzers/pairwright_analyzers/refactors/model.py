"""What a refactoring is, and what it gives back.

A refactoring is a file in this folder that ends in `REFACTOR = Refactor(...)`; its module docstring
is its documentation: what it does, code before and after, when it is refused. `offers` is cheap
and reads the text at hand; `apply` computes the edit. What cannot be done safely raises `Refused`,
whose text is a sentence for the person.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from pairwright_analyzers.languages import LANGUAGES
from pairwright_analyzers.languages.shapes import NO_SHAPES
from pairwright_analyzers.types import Location, SourceChange

if TYPE_CHECKING:
    from pairwright_analyzers.graph import CodeGraph, SymbolId
    from pairwright_analyzers.refactors.context import RefactorContext


class Refused(Exception):
    """A refactoring that would change what the code does, or that nothing here calls for.

    The text says why in a sentence, as the person sees it.
    """


class Uncertain(Refused):
    """Refused because of places of which nobody knows whether they are meant. The argument
    `uncertain` says what is to be done with them.
    """


@dataclass(frozen=True, slots=True)
class Offer:
    """A refactoring that can be had at the selection.

    `arguments` are handed to `apply` again, plain JSON. `refused` says why it cannot be had
    although the selection asks for it: shown greyed out, "" when it can.
    """

    title: str
    arguments: Mapping[str, Any] = field(default_factory=dict)
    refused: str = ""


@dataclass(frozen=True, slots=True)
class Option:
    """One argument that a person or a script may give. `kind` is a JSON type: `string`, `integer`,
    `boolean`, `array`. Editors ask the person for one that is `required`.
    """

    name: str
    kind: str
    description: str
    required: bool = False


EVERYWHERE = frozenset(spec.id for spec in LANGUAGES if spec.shapes.blocks)
"""The languages whose statements and values are known."""

NAMED = frozenset(spec.id for spec in LANGUAGES if spec.shapes is not NO_SHAPES)
"""Those whose names are: keywords, sigils, contracts."""

NAME = Option("name", "string", "The new name; one is chosen where it is left out.")
"""The argument of all refactorings that introduce a name."""


@dataclass(frozen=True, slots=True)
class Refactored:
    """An edit, and what it is meant to change.

    `names` are those that mean something else afterwards, or nothing: every other name must mean
    what it meant before. `named` is where a chosen name stands in the text afterwards, for the
    person to change it at once.
    """

    change: SourceChange
    names: frozenset[str] = frozenset()
    named: Location | None = None
    holds: Callable[[CodeGraph, Callable[[str, int], int | None]], None] | None = None
    """What has to be true afterwards, in place of `names`: called with the graph after the edit,
    and with where an offset of a file (by its path of before) is in it. Raises `Refused`.
    """
    travels: bool = False
    """Values reach their uses through a new call: the meaning of a member, which is told from the
    value before it, may not be found any more.
    """
    relocated: Mapping[SymbolId, str] = field(default_factory=dict)
    """Definitions -> the files they are in afterwards. With it, `holds` has to be true beside
    `names`.
    """


@dataclass(frozen=True, slots=True)
class Refactor:
    """One refactoring.

    `kind` is the LSP code action kind it is offered as; `languages` the ids it works in;
    `documentation` its module's docstring.
    """

    id: str
    title: str
    kind: str
    languages: frozenset[str]
    offers: Callable[[RefactorContext], Sequence[Offer]]
    apply: Callable[[RefactorContext, Mapping[str, Any]], Refactored]
    documentation: str
    options: tuple[Option, ...] = ()


def text_argument(arguments: Mapping[str, Any], name: str, default: str = "") -> str:
    """A text among the arguments. Raises `Refused` where it is something else."""
    value = arguments.get(name, default)
    if not isinstance(value, str):
        raise Refused(f"`{name}` has to be a text.")
    return value


def flag_argument(arguments: Mapping[str, Any], name: str) -> bool:
    """A yes or no among the arguments; no where it is left out."""
    value = arguments.get(name, False)
    if not isinstance(value, bool):
        raise Refused(f"`{name}` has to be true or false.")
    return value


def number_argument(arguments: Mapping[str, Any], name: str, default: int) -> int:
    """A whole number among the arguments."""
    value = arguments.get(name, default)
    if not isinstance(value, int) or isinstance(value, bool):
        raise Refused(f"`{name}` has to be a whole number.")
    return value
