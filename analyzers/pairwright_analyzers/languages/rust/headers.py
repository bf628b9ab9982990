"""Headers of Rust's functions."""

from __future__ import annotations

from pairwright_analyzers.languages.headers import Headers

HEADERS = Headers(
    lists=frozenset({"parameters"}),
    write=lambda new: f"{new.name}: {new.type}",
    typed=True,
    defaults=False,
    decorators=frozenset({"inline", "must_use", "allow", "cold", "doc", "deprecated", "cfg"}),
)
