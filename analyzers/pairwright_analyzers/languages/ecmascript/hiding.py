"""Fields of JavaScript and TypeScript behind accessors."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from pairwright_analyzers.languages.hiding import Accessors, Field, Hiding
from pairwright_analyzers.syntax import node_text
from pairwright_analyzers.types import Span, TextEdit

if TYPE_CHECKING:
    from tree_sitter import Node


def _field(name: Node, text: bytes) -> Field | None:
    node = name.parent
    if node is None or node.type not in ("field_definition", "public_field_definition"):
        return None
    if name.type != "property_identifier" or node.child_by_field_name("value") == name:
        return None
    kinds = {one.type for one in node.children}
    if "decorator" in kinds:
        raise ValueError("The field is decorated.")
    if kinds & {"declare", "abstract", "?", "!", "override_modifier"}:
        raise ValueError("The field is declared in a special way.")
    typed = node.type == "public_field_definition"
    hide: tuple[TextEdit, ...] = ()
    if typed:
        word = next((one for one in node.children if one.type == "accessibility_modifier"), None)
        if word is not None and node_text(word, text) != "public":
            return None
        start, end = (word.start_byte, word.end_byte) if word else (node.start_byte,) * 2
        hide = (TextEdit(Span(start, end), "private" if word else "private "),)
    kind = node.child_by_field_name("type")
    written = node_text(kind, text).lstrip(":").strip() if kind is not None else ""
    constant = "readonly" in kinds
    return Field(node_text(name, text), name, written, constant, "static" in kinds, hide)


def _written(new: Accessors) -> Sequence[str]:
    name, kind = new.field.name, new.field.type
    inner = f"{new.end}{new.indent}{new.unit}"
    close = f"{new.end}{new.indent}}}"
    word = "static " if new.field.static else ""
    gives = f": {kind}" if kind else ""
    found = [f"{word}get {name}(){gives} {{{inner}return this.{new.hidden}{new.stop}{close}"]
    if not new.field.constant:
        head = f"{word}set {name}(value{gives})"
        found.append(f"{head} {{{inner}this.{new.hidden} = value{new.stop}{close}")
    return found


HIDING = Hiding(field=_field, hidden=lambda name: f"#{name}", written=_written)
TYPED_HIDING = Hiding(field=_field, hidden=lambda name: f"_{name}", written=_written)
