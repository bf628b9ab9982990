"""The habits of C and C++: what review rules need to know of them.

Printing is what many of their programs are for, so none of it counts as left over from debugging.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from pairwright_analyzers.languages.habits import DocEntry, Habits, block_catch, tag_entries

_TAG = re.compile(
    rb"[@\\]param(?:[ \t]*\[[ \t]*(?:in|out)?(?:[ \t]*,?[ \t]*(?:in|out))?[ \t]*\])?[ \t]+"
    rb"(?P<name>[A-Za-z_]\w*)"
    rb"(?=[ \t\r\n:]|$)"
)


def _documented(doc: bytes) -> Iterator[DocEntry]:
    """`@param` and `\\param` of Doxygen."""
    if re.search(rb"[@\\](?:copydoc|fn|def)\b", doc):
        return
    yield from tag_entries(doc, _TAG)


C_HABITS = Habits(documented=_documented)

CPP_HABITS = Habits(
    catches=("catch_clause",),
    swallowed=block_catch,
    documented=_documented,
)
