"""PHP's habits: what review rules need to know of it."""

from __future__ import annotations

import re
from collections.abc import Iterator

from pairwright_analyzers.languages.habits import DocEntry, Habits, block_catch, tag_entries

_TAG = re.compile(
    rb"@param[ \t]+(?:[^\n$*]*?[ \t&])?(?:\.\.\.)?&?(?:\.\.\.)?(?P<name>\$[A-Za-z_]\w*)"
)


def _documented(doc: bytes) -> Iterator[DocEntry]:
    """`@param` of PHPDoc."""
    if not doc.startswith(b"/**") or b"@inheritdoc" in doc.lower():
        return
    yield from tag_entries(doc, _TAG)


HABITS = Habits(
    calls=("function_call_expression", "member_call_expression"),
    prints=frozenset({"print_r"}),
    breakpoints=frozenset({"var_dump", "dd", "dump", "ddd", "xdebug_break", "debug_zval_refcount"}),
    program=re.compile(rb"^#!|\$argv\b|\bSTDIN\b"),
    catches=("catch_clause",),
    swallowed=block_catch,
    documented=_documented,
)
