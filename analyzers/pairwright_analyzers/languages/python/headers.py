"""Headers of Python's functions."""

from __future__ import annotations

import re

from pairwright_analyzers.languages.headers import Headers, NewParameter


def _write(new: NewParameter) -> str:
    if new.type and new.default:
        return f"{new.name}: {new.type} = {new.default}"
    if new.type:
        return f"{new.name}: {new.type}"
    return f"{new.name}={new.default}" if new.default else new.name


HEADERS = Headers(
    lists=frozenset({"parameters"}),
    write=_write,
    keyword_mark="*",
    positional_mark="/",
    takes_all=re.compile(r"\b(?:locals|vars|eval|exec)\s*\("),
    decorators=frozenset(
        {"staticmethod", "classmethod", "abstractmethod", "override", "final", "cache", "lru_cache"}
    ),
    own_type=re.compile(r"\bcls\s*\(|\btype\(self\)\s*\(|__class__\s*\("),
    static="@staticmethod",
)
