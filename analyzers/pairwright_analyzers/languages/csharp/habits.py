"""C#'s habits: what review rules need to know of it."""

from __future__ import annotations

import re
from collections.abc import Iterator

from pairwright_analyzers.languages.habits import DocEntry, Habits, block_catch, tag_entries

_TAG = re.compile(rb"<param[ \t]+name[ \t]*=[ \t]*[\"'](?P<name>[A-Za-z_]\w*)[\"']")


def _documented(doc: bytes) -> Iterator[DocEntry]:
    """`<param name="…">` of XML documentation comments."""
    if b"<inheritdoc" in doc or b"<include" in doc:
        return
    yield from tag_entries(doc, _TAG)


HABITS = Habits(
    calls=("invocation_expression",),
    prints=frozenset({"Console.WriteLine", "Console.Write", "Console.Error.WriteLine"}),
    breakpoints=frozenset(
        {"Debugger.Break", "Debugger.Launch", "System.Diagnostics.Debugger.Break"}
    ),
    program=re.compile(
        rb"\bstatic[ \t]+(?:async[ \t]+)?(?:void|int|Task(?:<int>)?)[ \t]+Main[ \t]*\("
    ),
    catches=("catch_clause",),
    swallowed=block_catch,
    documented=_documented,
)
