"""Python's fields behind properties."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from pairwright_analyzers.languages.hiding import Accessors, Field, Hiding
from pairwright_analyzers.syntax import ancestors, node_text

if TYPE_CHECKING:
    from tree_sitter import Node


def _field(name: Node, text: bytes) -> Field | None:
    """A field assigned to the object in `__init__`."""
    access = name.parent
    if access is None or access.type != "attribute" or name.type != "identifier":
        return None
    if access.child_by_field_name("attribute") != name or access.parent is None:
        return None
    assigned = access.parent
    if assigned.type != "assignment" or assigned.child_by_field_name("left") != access:
        return None
    function = next((one for one in ancestors(name) if one.type == "function_definition"), None)
    owner = access.child_by_field_name("object")
    if function is None or owner is None or node_text(owner, text) != "self":
        return None
    function_name = function.child_by_field_name("name")
    if function_name is None or node_text(function_name, text) != "__init__":
        return None
    written = node_text(name, text)
    if written.startswith("_"):
        return None
    kind = assigned.child_by_field_name("type")
    return Field(written, name, node_text(kind, text) if kind else _given(function, assigned, text))


def _given(function: Node, assigned: Node, text: bytes) -> str:
    """The type of the parameter that a field gets."""
    value = assigned.child_by_field_name("right")
    parameters = function.child_by_field_name("parameters")
    if value is None or parameters is None or value.type != "identifier":
        return ""
    for one in parameters.named_children:
        kind = one.child_by_field_name("type")
        held = one.child_by_field_name("name") or (
            one.named_children[0] if one.named_child_count else None
        )
        if kind is None or held is None or node_text(held, text) != node_text(value, text):
            continue
        return node_text(kind, text)
    return ""


def _written(new: Accessors) -> Sequence[str]:
    name, kind = new.field.name, new.field.type
    inner = f"{new.end}{new.indent}{new.unit}"
    between = f"{new.end}{new.indent}"
    gives, takes = (f" -> {kind}", f": {kind}") if kind else ("", "")
    nothing = " -> None" if kind else ""
    reader = f"@property{between}def {name}(self){gives}:{inner}return self.{new.hidden}"
    header = f"@{name}.setter{between}def {name}(self, value{takes}){nothing}:"
    return (reader, f"{header}{inner}self.{new.hidden} = value")


HIDING = Hiding(
    field=_field,
    hidden=lambda name: f"_{name}",
    written=_written,
    deleted=rb"\bdel\b[^\n#]*\.",
    refuses=(
        (b"__slots__", "The class lists its fields."),
        (b"__dict__", "The class looks at its fields itself."),
        (b"__setattr__", "The class looks at its fields itself."),
        (b"__getattr", "The class looks at its fields itself."),
        (b"vars(self)", "The class looks at its fields itself."),
    ),
)
