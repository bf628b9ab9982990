"""Headers of PHP's functions."""

from __future__ import annotations

import re

from pairwright_analyzers.languages.headers import Headers, NewParameter


def _write(new: NewParameter) -> str:
    name = f"${new.name.removeprefix('$')}"
    typed = f"{new.type} {name}" if new.type else name
    return f"{typed} = {new.default}" if new.default else typed


HEADERS = Headers(
    untyped=True,
    lists=frozenset({"formal_parameters"}),
    write=_write,
    takes_all=re.compile(r"\b(?:func_get_args?|compact|get_defined_vars|extract|eval)\s*\(|\$\$"),
    field_words=frozenset({"private", "public", "protected", "readonly"}),
    decorators=frozenset({"Override", "Pure", "Deprecated"}),
    own_type=re.compile(r"\bnew\s+(?:static|self)\b"),
    static="static ",
    type_access="::",
)
