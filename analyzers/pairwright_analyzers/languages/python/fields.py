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
    parameters = method.child_by_field_name("parameters")
    first = parameters.named_children[0] if parameters and parameters.named_child_count else None
    if first is None or first.type not in ("identifier", "typed_parameter"):
        raise ValueError("The method has no object.")
    name = first if first.type == "identifier" else first.named_children[0]
    return f"{spelled(name, text)}."


FIELDS = Fields(
    types=frozenset({"class_definition"}),
    methods=frozenset({"function_definition"}),
    receiver=_receiver,
)
