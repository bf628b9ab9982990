"""Elixir's names, as renaming needs them; its statements are not described."""

from __future__ import annotations

from pairwright_analyzers.languages.elixir.renaming import RENAMING
from pairwright_analyzers.languages.shapes import Shapes, words

SHAPES = Shapes(
    comments=words("comment"),
    strings=words("string"),
    keywords=words("true false nil when and or not in fn do end catch rescue after else"),
    renaming=RENAMING,
)
