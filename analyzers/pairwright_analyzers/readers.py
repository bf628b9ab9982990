"""Whether a text is whole by the strict readers of its language, where Python has one at hand.

Owns the readers. The grammars are made for texts that are being written and take more than the
languages do. It must not know what a text is read for.
"""

from __future__ import annotations

import ast
import json
import tomllib
import warnings
from collections.abc import Callable, Mapping


def is_whole(language: str, text: bytes) -> bool:
    """Whether the reader of a language, by its identifier, takes a text; True without a reader."""
    reads = _READERS.get(language)
    return reads is None or reads(text)


def _is_python(text: bytes) -> bool:
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            ast.parse(text)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return False
    return True


def _is_json(text: bytes) -> bool:
    try:
        json.loads(text, object_pairs_hook=_with_names_once)
    except (ValueError, RecursionError):
        return False
    return True


def _with_names_once(pairs: list[tuple[str, object]]) -> None:
    """What becomes of an object: nothing. Raises ValueError for a name that it has twice."""
    if len({name for name, _ in pairs}) < len(pairs):
        raise ValueError("a name stands twice")


def _is_toml(text: bytes) -> bool:
    try:
        tomllib.loads(text.decode())
    except (ValueError, RecursionError):
        return False
    return True


_READERS: Mapping[str, Callable[[bytes], bool]] = {
    "python": _is_python,
    "json": _is_json,
    "toml": _is_toml,
}
