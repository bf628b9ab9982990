"""What renaming needs to know of Kotlin."""

from __future__ import annotations

from pairwright_analyzers.languages.renaming import Renaming
from pairwright_analyzers.languages.shapes import words

RENAMING = Renaming(
    contracts=words(
        "main toString equals hashCode compareTo iterator next hasNext invoke get set contains"
        " component1 component2 close run call apply accept"
    ),
    implicit_overrides=False,
    marks=words("label"),
)
