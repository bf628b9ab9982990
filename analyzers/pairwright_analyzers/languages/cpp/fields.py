"""C++'s members, as refactorings need them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pairwright_analyzers.languages.fields import Fields
from pairwright_analyzers.languages.nodes import spelled
from pairwright_analyzers.languages.shapes import words

if TYPE_CHECKING:
    from tree_sitter import Node


def _receiver(method: Node, text: bytes) -> str:
    specifiers = {
        spelled(one, text) for one in method.named_children if one.type.endswith("specifier")
    }
    if "static" in specifiers:
        raise ValueError("The method has no object.")
    declarator = method.child_by_field_name("declarator")
    if declarator is not None and any(
        one.type == "type_qualifier" and spelled(one, text) == "const"
        for one in declarator.named_children
    ):
        raise ValueError("The method may not change its object.")
    return "this->"


def _declaration(name: str, kind: str, value: str) -> str:
    gap = "" if kind.endswith(("*", "&")) else " "
    return f"{kind}{gap}{name}{f' = {value}' if value else ''};"


FIELDS = Fields(
    types=words("class_specifier struct_specifier"),
    methods=words("function_definition"),
    receiver=_receiver,
    declaration=_declaration,
    needs_type=True,
    declarations=words("field_declaration"),
    last=True,
)
