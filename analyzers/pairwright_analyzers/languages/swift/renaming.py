"""What renaming needs to know of Swift."""

from __future__ import annotations

from pairwright_analyzers.languages.renaming import Renaming
from pairwright_analyzers.languages.shapes import words

RENAMING = Renaming(
    contracts=words("init deinit description hash body encode makeIterator next main"),
    marks=words("statement_label"),
)
