"""What renaming needs to know of Scala."""

from __future__ import annotations

from pairwright_analyzers.languages.renaming import Renaming
from pairwright_analyzers.languages.shapes import words

RENAMING = Renaming(
    contracts=words(
        "main toString equals hashCode compareTo apply unapply unapplySeq iterator next hasNext map"
        " flatMap foreach filter withFilter update"
    ),
)
