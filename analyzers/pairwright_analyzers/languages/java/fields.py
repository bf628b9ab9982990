"""Java's fields, as refactorings need them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pairwright_analyzers.languages.fields import Fields
from pairwright_analyzers.languages.shapes import words

if TYPE_CHECKING:
    from tree_sitter import Node


def _receiver(method: Node, text: bytes) -> str:
    modifiers = next((one for one in method.named_children if one.type == "modifiers"), None)
    if modifiers is not None and any(one.type == "static" for one in modifiers.children):
        raise ValueError("The method has no object.")
    return "this."


FIELDS = Fields(
    types=words("class_declaration enum_declaration"),
    methods=words("method_declaration constructor_declaration"),
    receiver=_receiver,
    declaration=lambda name, kind, value: f"private {kind} {name}{f' = {value}' if value else ''};",
    needs_type=True,
    declarations=words("field_declaration"),
)
