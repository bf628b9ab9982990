"""Java's habits: what review rules need to know of it."""

from __future__ import annotations

import re
from collections.abc import Iterator

from pairwright_analyzers.languages.habits import DocEntry, Habits, block_catch, tag_entries

_TAG = re.compile(rb"@param[ \t]+(?P<name>[A-Za-z_$][\w$]*)(?=[ \t\r\n]|$)")


def _documented(doc: bytes) -> Iterator[DocEntry]:
    """`@param` of Javadoc; type parameters (`@param <T>`) are none."""
    if not doc.startswith(b"/**") or b"{@inheritDoc}" in doc:
        return
    yield from tag_entries(doc, _TAG)


HABITS = Habits(
    calls=("method_invocation",),
    prints=frozenset(
        {
            "System.out.println",
            "System.out.print",
            "System.out.printf",
            "System.err.println",
            "System.err.print",
            "System.err.printf",
        }
    ),
    breakpoints=frozenset({"Thread.dumpStack"}),
    program=re.compile(rb"\bvoid[ \t]+main[ \t]*\("),
    catches=("catch_clause",),
    swallowed=block_catch,
    documented=_documented,
)
