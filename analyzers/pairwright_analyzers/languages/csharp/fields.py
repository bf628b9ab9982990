"""C#'s fields, as refactorings need them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pairwright_analyzers.languages.fields import Fields
from pairwright_analyzers.languages.nodes import spelled
from pairwright_analyzers.languages.shapes import words

if TYPE_CHECKING:
    from tree_sitter import Node


def _receiver(method: Node, text: bytes) -> str:
    if any(one.type == "modifier" and spelled(one, text) == "static" for one in method.children):
        raise ValueError("The method has no object.")
    return "this."


FIELDS = Fields(
    types=words("class_declaration struct_declaration record_declaration"),
    methods=words("method_declaration constructor_declaration"),
    receiver=_receiver,
    declaration=lambda name, kind, value: f"private {kind} {name}{f' = {value}' if value else ''};",
    needs_type=True,
    declarations=words("field_declaration"),
)
