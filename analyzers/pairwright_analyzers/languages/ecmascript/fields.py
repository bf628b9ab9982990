"""The fields of JavaScript and TypeScript, as refactorings need them."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from pairwright_analyzers.languages.fields import Fields
from pairwright_analyzers.languages.shapes import words

if TYPE_CHECKING:
    from tree_sitter import Node


def _receiver(method: Node, _text: bytes) -> str:
    if any(one.type == "static" for one in method.children):
        raise ValueError("The method has no object.")
    return "this."


def _declaration(name: str, kind: str, value: str) -> str:
    if value:
        return f"private {name} = {value};"
    # It gets its value outside of the constructor.
    return f"private {name}!: {kind};"


FIELDS = Fields(
    types=words("class_declaration class"),
    methods=words("method_definition"),
    receiver=_receiver,
    declarations=words("field_definition public_field_definition"),
)

TYPESCRIPT_FIELDS = replace(
    FIELDS,
    types=words("class_declaration class abstract_class_declaration"),
    declaration=_declaration,
    needs_type=True,
)
