"""Elixir's names, as renaming needs them; its statements are not described."""

from __future__ import annotations

from pairwright_analyzers.languages.elixir.renaming import RENAMING
from pairwright_analyzers.languages.shapes import Shapes, words

SHAPES = Shapes(
    comments=words("comment line_comment block_comment multiline_comment"),
    strings=words("string string_literal line_string_literal interpolated_string_expression"),
    keywords=words("true false nil when and or not in fn do end catch rescue after else"),
    renaming=RENAMING,
)
