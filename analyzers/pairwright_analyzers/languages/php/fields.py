"""PHP's fields, as refactorings need them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pairwright_analyzers.languages.fields import Fields
from pairwright_analyzers.languages.shapes import words

if TYPE_CHECKING:
    from tree_sitter import Node


def _receiver(method: Node, _text: bytes) -> str:
    if any(one.type == "static_modifier" for one in method.named_children):
        raise ValueError("The method has no object.")
    return "$this->"


def _declaration(name: str, kind: str, value: str) -> str:
    # A typed property has no value before it gets one, which reading it would tell.
    typed = f"{kind} " if kind and value else ""
    return f"private {typed}${name}{f' = {value}' if value else ''};"


FIELDS = Fields(
    types=words("class_declaration trait_declaration"),
    methods=words("method_declaration"),
    receiver=_receiver,
    declaration=_declaration,
    declarations=words("property_declaration"),
)
