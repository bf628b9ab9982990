"""Headers of Lua's functions."""

from __future__ import annotations

from pairwright_analyzers.languages.headers import Headers

HEADERS = Headers(
    lists=frozenset({"parameters"}),
    defaults=False,
    defaults_last=False,
    method_mark=":",
)
