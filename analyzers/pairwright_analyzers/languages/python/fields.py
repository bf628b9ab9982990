"""Python's fields, as refactorings need them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pairwright_analyzers.languages.fields import Fields
from pairwright_analyzers.languages.nodes import spelled

if TYPE_CHECKING:
    from tree_sitter import Node


def _receiver(method: Node, text: bytes) -> str:
    around = method.parent
    if around is not None and around.type == "decorated_definition":
        decorators = [spelled(one, text) for one in around.named_children]
        if any(one.startswith(("@staticmethod", "@classmethod")) for one in decorators):
            raise ValueError("The method has no object.")
    if _names_its_fields(method, text):
        raise ValueError("The class names its fields in `__slots__`.")
    parameters = method.child_by_field_name("parameters")
    first = parameters.named_children[0] if parameters and parameters.named_child_count else None
    if first is None or first.type not in ("identifier", "typed_parameter"):
        raise ValueError("The method has no object.")
    name = first if first.type == "identifier" else first.named_children[0]
    return f"{spelled(name, text)}."


def _names_its_fields(method: Node, text: bytes) -> bool:
    around = method.parent
    while around is not None and around.type != "class_definition":
        around = around.parent
    if around is None:
        return False
    whole = around.parent
    if whole is None or whole.type != "decorated_definition":
        whole = around
    written = text[whole.start_byte : whole.end_byte]
    return b"__slots__" in written or b"slots=True" in written


FIELDS = Fields(
    types=frozenset({"class_definition"}),
    methods=frozenset({"function_definition"}),
    receiver=_receiver,
)
