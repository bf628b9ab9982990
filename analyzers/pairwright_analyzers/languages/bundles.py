"""Objects that hold several arguments, as refactorings need them: how such an object is declared,
taken and made.

Owns the shape of that knowledge (`Bundles`). What one language says stands in its folder, in
`bundles.py`.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import NamedTuple


class Part(NamedTuple):
    """One of the bundled parameters: `type` and `default` are "" where it has none."""

    name: str
    type: str
    default: str


@dataclass(frozen=True)
class Bundles:
    """What one language says of parameters that are objects."""

    taken: Callable[[Sequence[Part], str, str], str] | None = None
    """(parts, name, type) -> the parameter, as it stands in the header."""
    taken_apart: bool = False
    """The header takes the object apart: the body stays as it is."""
    made: Callable[[Sequence[tuple[str, str]], str], str] = lambda _values, _type: ""
    """(names and values, type) -> the argument."""
    declared: Callable[[Sequence[Part], str, str], str] | None = None
    """(parts, type, indentation step) -> the declaration of the type, lines apart by `\\n`; None
    where there is none. Raises ValueError where a part's type is missing.
    """
    imports: tuple[tuple[str, str], ...] = ()
    """What the declaration needs: (name, import statement)."""
    exported: str = ""
    """Stands before the declaration where the function is exported."""


NO_BUNDLES = Bundles()
"""Of a language without such objects."""
