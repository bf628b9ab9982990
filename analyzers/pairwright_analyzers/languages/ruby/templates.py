"""How Ruby writes texts with values in them: `#{}` and `+`."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import TYPE_CHECKING

from pairwright_analyzers.languages.templates import Part, Templates, value_text

if TYPE_CHECKING:
    from tree_sitter import Node


def _literal(node: Node, text: bytes) -> Sequence[Part] | None:
    if node.type != "string":
        return None
    raw = text[node.start_byte : node.end_byte].decode("utf-8", "replace")
    if raw.startswith('"'):
        return [Part(raw[1:-1])]
    if not raw.startswith("'"):
        raise ValueError("Texts in other quotes stay as they are.")
    inner = re.sub(r"\\(['\\])|\\", lambda one: "'" if one[1] == "'" else "\\\\", raw[1:-1])
    return [Part(inner.replace('"', '\\"').replace("#{", "\\#{"))]


def _write(parts: Sequence[Part], text: bytes, _literal_text: str) -> str:
    written: list[str] = []
    for part in parts:
        if part.node is None:
            written.append(part.text)
            continue
        source = value_text(part, text)
        if '"' in source or "\n" in source:
            raise ValueError("The value cannot be written inside of the text.")
        written.append(f"#{{{source}}}")
    return f'"{"".join(written)}"'


def _unwrapped(node: Node, _text: bytes) -> tuple[Node, str]:
    if node.type == "parenthesized_statements" and node.named_child_count == 1:
        return node.named_children[0], ""
    receiver, method = node.child_by_field_name("receiver"), node.child_by_field_name("method")
    if node.type != "call" or receiver is None or method is None:
        return node, ""
    plain = method.text == b"to_s" and node.child_by_field_name("arguments") is None
    return (receiver if plain else node), ""


TEMPLATES = Templates(
    name="one string",
    literal=_literal,
    operator="+",
    formatted=lambda _node, _text: None,
    write=_write,
    unwrapped=_unwrapped,
    adds=False,
)
