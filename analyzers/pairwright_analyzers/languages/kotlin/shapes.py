"""Kotlin's names, as renaming needs them; its statements are not described."""

from __future__ import annotations

from pairwright_analyzers.languages.kotlin.renaming import RENAMING
from pairwright_analyzers.languages.shapes import Shapes, words

SHAPES = Shapes(
    comments=words("line_comment block_comment"),
    strings=words("string_literal multiline_string_literal"),
    keywords=words(
        "as break class continue do else false for fun if in interface is null object"
        " package return super this throw true try typealias typeof val var when while"
    ),
    camel_case=True,
    renaming=RENAMING,
)
