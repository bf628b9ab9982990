"""What refactorings need to know of texts with values in them: how they are put together, and how
they are written as one.

Owns the shape of that knowledge (`Templates`). What one language says stands in its folder, in
`templates.py`. Hooks raise ValueError with a sentence where a text cannot be rewritten.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from tree_sitter import Node


class Part(NamedTuple):
    """A part of a text: either written out, as it would stand in the template, or a value with what
    stands behind it (`:>5`). `source` is the value's text where it is not the node's.
    """

    text: str = ""
    node: Node | None = None
    suffix: str = ""
    source: str = ""


def value_text(part: Part, text: bytes) -> str:
    """The value of a part, as it is written."""
    if part.source or part.node is None:
        return part.source
    return text[part.node.start_byte : part.node.end_byte].decode("utf-8", "replace")


@dataclass(frozen=True)
class Templates:
    """How one language writes texts with values in them."""

    name: str
    """What such a text is called, with its article."""
    literal: Callable[[Node, bytes], Sequence[Part] | None]
    """The parts of a text in quotes, with or without values; None for any other node."""
    operator: str
    """What joins texts."""
    formatted: Callable[[Node, bytes], Sequence[Part] | None]
    """The parts of a text that is put together by a call or an operator of its own."""
    write: Callable[[Sequence[Part], bytes, str], str]
    """(parts, text, a literal as it was written) -> the text with values."""
    unwrapped: Callable[[Node, bytes], tuple[Node, str]]
    """(value that is joined) -> the value and what stands behind it: `str(x)` -> x."""
    adds: bool = True
    """Values before the first text are added as numbers would be."""
    joined: Callable[[Sequence[Part], bytes, str], str] | None = None
    """(parts, text, quote) -> the parts joined by the operator; None where that is no usual way."""
    is_template: Callable[[Node, bytes], bool] = lambda _node, _text: False
    """Whether a node is a text with values in it that stands for itself."""
