"""Hooks of languages that are text with structure: what they leave out."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING

from pairwright_analyzers.types import Call, Import, Signature

if TYPE_CHECKING:
    from tree_sitter import Node

SYMBOL_LIMIT = 2_000
"""How many symbols of a data file are kept."""

_SPACES = re.compile(r"\s+")


def no_imports(_node: Node, _text: bytes) -> Iterator[Import]:
    """The `imports` hook of a language without imports."""
    return iter(())


def no_types(_node: Node, _text: bytes) -> Iterator[tuple[int, int]]:
    """The `typed` hook of a language without types."""
    return iter(())


def no_signature(_header: str) -> Signature:
    """The `signature` hook of a language without parameters."""
    return Signature(())


def no_call(_node: Node, _text: bytes) -> Call | None:
    """The `call` hook of a language without calls."""
    return None


def folded(node: Node, text: bytes) -> str:
    """A node's text on one line."""
    return _SPACES.sub(" ", text[node.start_byte : node.end_byte].decode("utf-8", "replace"))


def unquoted(node: Node, text: bytes) -> str:
    """A node's text on one line, without quotes around it; never empty."""
    spelled = folded(node, text).strip()
    if len(spelled) > 2 and spelled[0] in "\"'" and spelled[-1] == spelled[0]:
        spelled = spelled[1:-1]
    return spelled or '""'
