"""Headers of the functions of JavaScript and TypeScript."""

from __future__ import annotations

import re

from pairwright_analyzers.languages.headers import Headers, NewParameter

_ALL = re.compile(r"\barguments\b|\beval\s*\(")
_OWN = re.compile(r"\bnew\s+this\b|\bnew\s+new\.target\b|\.constructor\s*\(")


def _write(new: NewParameter) -> str:
    return f"{new.name} = {new.default}" if new.default else new.name


def _write_typed(new: NewParameter) -> str:
    name = f"{new.name}: {new.type}" if new.type else new.name
    return f"{name} = {new.default}" if new.default else name


HEADERS = Headers(
    lists=frozenset({"formal_parameters"}),
    write=_write,
    defaults_last=False,
    takes_all=_ALL,
    own_type=_OWN,
    constructor_words=frozenset({"super"}),
    static="static ",
    static_by_object=False,
)
TYPESCRIPT_HEADERS = Headers(
    lists=frozenset({"formal_parameters"}),
    write=_write_typed,
    takes_all=_ALL,
    field_words=frozenset({"private", "public", "protected", "readonly"}),
    own_type=_OWN,
    constructor_words=frozenset({"super"}),
    static="static ",
    static_by_object=False,
)
