"""Ruby's instance variables, as refactorings need them."""

from __future__ import annotations

from pairwright_analyzers.languages.fields import Fields
from pairwright_analyzers.languages.shapes import words

FIELDS = Fields(
    types=words("class module"),
    methods=words("method"),
    receiver=lambda _method, _text: "@",
)
