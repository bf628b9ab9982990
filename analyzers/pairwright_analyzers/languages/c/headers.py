"""Headers of the functions of C and C++."""

from __future__ import annotations

from dataclasses import replace

from pairwright_analyzers.languages.headers import Headers, NewParameter


def _write(new: NewParameter) -> str:
    space = "" if new.type.endswith(("*", "&")) else " "
    name = f"{new.type}{space}{new.name}"
    return f"{name} = {new.default}" if new.default else name


HEADERS = Headers(
    lists=frozenset({"parameter_list"}),
    write=_write,
    empty="(void)",
    typed=True,
    defaults=False,
)
CPP_HEADERS = replace(
    HEADERS,
    empty="()",
    defaults=True,
    decorators=frozenset({"nodiscard", "maybe_unused", "deprecated", "noreturn", "inline"}),
    implicit_constructors=True,
)
