"""Headers of C#'s methods."""

from __future__ import annotations

import re

from pairwright_analyzers.languages.headers import Headers, NewParameter


def _write(new: NewParameter) -> str:
    name = f"{new.type} {new.name}"
    return f"{name} = {new.default}" if new.default else name


HEADERS = Headers(
    lists=frozenset({"parameter_list"}),
    write=_write,
    typed=True,
    decorators=frozenset({"Obsolete", "MethodImpl", "Pure", "NotNull", "DebuggerStepThrough"}),
    constructor_words=frozenset({"base", "this"}),
    unnamed_new=re.compile(r"\bnew\s*\("),
    static="static ",
    static_by_object=False,
)
