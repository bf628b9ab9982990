"""How PHP writes texts with values in them: `"{$x}"` and `.`."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import TYPE_CHECKING

from pairwright_analyzers.languages.templates import Part, Templates, value_text

if TYPE_CHECKING:
    from tree_sitter import Node

_VALUES = frozenset(
    {
        "variable_name",
        "member_access_expression",
        "nullsafe_member_access_expression",
        "member_call_expression",
        "subscript_expression",
    }
)


def _literal(node: Node, text: bytes) -> Sequence[Part] | None:
    raw = text[node.start_byte : node.end_byte].decode("utf-8", "replace")
    if node.type == "encapsed_string":
        return [Part(raw[1:-1])]
    if node.type != "string":
        return None
    inner = re.sub(r"\\(['\\])|\\", lambda one: "'" if one[1] == "'" else "\\\\", raw[1:-1])
    return [Part(inner.replace('"', '\\"').replace("$", "\\$"))]


def _write(parts: Sequence[Part], text: bytes, _literal_text: str) -> str:
    written: list[str] = []
    for part in parts:
        if part.node is None:
            written.append(part.text)
            continue
        source = value_text(part, text)
        if part.node.type not in _VALUES or not source.startswith("$") or '"' in source:
            raise ValueError(f"`{source}` cannot be written inside of the text.")
        written.append(f"{{{source}}}")
    return f'"{"".join(written)}"'


TEMPLATES = Templates(
    name="one string",
    literal=_literal,
    operator=".",
    formatted=lambda _node, _text: None,
    write=_write,
    unwrapped=lambda node, _text: (node, ""),
    adds=False,
)
