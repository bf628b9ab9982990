"""Headers of Java's methods."""

from __future__ import annotations

from pairwright_analyzers.languages.headers import Headers

HEADERS = Headers(
    lists=frozenset({"formal_parameters"}),
    write=lambda new: f"{new.type} {new.name}",
    typed=True,
    defaults=False,
    decorators=frozenset(
        {
            "Override",
            "Deprecated",
            "SuppressWarnings",
            "Nullable",
            "NonNull",
            "NotNull",
            "Nonnull",
            "VisibleForTesting",
            "SafeVarargs",
        }
    ),
    constructor_words=frozenset({"super", "this"}),
    static="static ",
)
