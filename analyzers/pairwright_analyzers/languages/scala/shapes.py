"""Scala's names, as renaming needs them; its statements are not described."""

from __future__ import annotations

from pairwright_analyzers.languages.scala.renaming import RENAMING
from pairwright_analyzers.languages.shapes import Shapes, words

SHAPES = Shapes(
    comments=words("comment block_comment"),
    strings=words("string interpolated_string_expression"),
    keywords=words(
        "abstract case catch class def do else enum export extends false final finally"
        " for given if implicit import lazy match new null object override package"
        " private protected return sealed super then this throw trait true try type val"
        " var while with yield"
    ),
    camel_case=True,
    renaming=RENAMING,
)
