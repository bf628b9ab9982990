"""Java's fields behind methods."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from pairwright_analyzers.languages.hiding import Accessors, Field, Hiding
from pairwright_analyzers.syntax import node_text
from pairwright_analyzers.types import Span, TextEdit

if TYPE_CHECKING:
    from tree_sitter import Node


def _field(name: Node, text: bytes) -> Field | None:
    declarator = name.parent
    node = declarator.parent if declarator is not None else None
    if declarator is None or node is None or node.type != "field_declaration":
        return None
    if declarator.child_by_field_name("name") != name:
        return None
    if len(node.children_by_field_name("declarator")) != 1:
        raise ValueError("The declaration has several fields.")
    held = next((one for one in node.named_children if one.type == "modifiers"), None)
    words = {one.type: one for one in held.children} if held is not None else {}
    if "private" in words or {"static", "final"} <= set(words):
        return None
    kind = node.child_by_field_name("type")
    if kind is None or declarator.child_by_field_name("dimensions") is not None:
        raise ValueError("The field is declared in a special way.")
    seen = words.get("public") or words.get("protected")
    if seen is not None:
        hide = TextEdit(Span(seen.start_byte, seen.end_byte), "private")
    elif held is not None:
        if held.named_child_count:
            raise ValueError("The field is annotated.")
        hide = TextEdit(Span(held.start_byte, held.start_byte), "private ")
    else:
        hide = TextEdit(Span(node.start_byte, node.start_byte), "private ")
    return Field(
        node_text(name, text),
        name,
        node_text(kind, text),
        "final" in words,
        "static" in words,
        (hide,),
    )


def _capital(name: str) -> str:
    return name[:1].upper() + name[1:]


def _getter(field: Field) -> str:
    return f"{'is' if field.type == 'boolean' else 'get'}{_capital(field.name)}"


def _setter(field: Field) -> str:
    return f"set{_capital(field.name)}"


def _written(new: Accessors) -> Sequence[str]:
    field = new.field
    inner = f"{new.end}{new.indent}{new.unit}"
    close = f"{new.end}{new.indent}}}"
    word = "static " if field.static else ""
    head = f"public {word}{field.type} {_getter(field)}()"
    found = [f"{head} {{{inner}return {field.name};{close}"]
    if not field.constant:
        if field.static:
            taken, assigned = "value", field.name
        else:
            taken, assigned = field.name, f"this.{field.name}"
        head = f"public {word}void {_setter(field)}({field.type} {taken})"
        found.append(f"{head} {{{inner}{assigned} = {taken};{close}")
    return found


HIDING = Hiding(field=_field, written=_written, getter=_getter, setter=_setter)
