"""How C# writes texts with values in them: `$""`, `string.Format` and `+`."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import TYPE_CHECKING

from pairwright_analyzers.languages.templates import Part, Templates, value_text

if TYPE_CHECKING:
    from tree_sitter import Node

_FIELD = re.compile(r"\{\{|\}\}|\{(\d+)(,-?\d+)?(:[^{}]*)?\}|[{}]")


def _content(node: Node, text: bytes) -> str:
    return text[node.start_byte + 1 : node.end_byte - 1].decode("utf-8", "replace")


def _literal(node: Node, text: bytes) -> Sequence[Part] | None:
    if node.type == "string_literal":
        raw = text[node.start_byte : node.end_byte]
        if raw.endswith(b"u8"):
            raise ValueError("Bytes stay as they are.")
        return [Part(_content(node, text).replace("{", "{{").replace("}", "}}"))]
    if node.type in ("verbatim_string_literal", "raw_string_literal"):
        raise ValueError("Verbatim texts stay as they are.")
    if node.type != "interpolated_string_expression":
        return None
    if text[node.start_byte : node.start_byte + 2] != b'$"':
        raise ValueError("Verbatim texts stay as they are.")
    return [Part(text[node.start_byte + 2 : node.end_byte - 1].decode("utf-8", "replace"))]


def _formatted(node: Node, text: bytes) -> Sequence[Part] | None:
    function, arguments = (
        node.child_by_field_name("function"),
        node.child_by_field_name("arguments"),
    )
    if node.type != "invocation_expression" or function is None or arguments is None:
        return None
    name = text[function.start_byte : function.end_byte]
    if name not in (b"string.Format", b"String.Format"):
        return None
    listed = [one.named_children[-1] for one in arguments.named_children if one.type == "argument"]
    if not listed or listed[0].type != "string_literal":
        raise ValueError("The text is not written out.")
    content = _content(listed[0], text)
    values, used = listed[1:], []
    parts: list[Part] = []
    at = 0
    for match in _FIELD.finditer(content):
        parts.append(Part(content[at : match.start()]))
        at = match.end()
        if match[0] in ("{{", "}}"):
            parts.append(Part(match[0]))
            continue
        if match[1] is None or int(match[1]) >= len(values):
            raise ValueError("The values do not fit the text.")
        used.append(int(match[1]))
        parts.append(Part(node=values[used[-1]], suffix=(match[2] or "") + (match[3] or "")))
    if used != list(range(len(values))):
        raise ValueError("A value is not used once, in its order.")
    return [*parts, Part(content[at:])]


def _write(parts: Sequence[Part], text: bytes, _literal_text: str) -> str:
    written: list[str] = []
    for part in parts:
        if part.node is None:
            written.append(part.text)
            continue
        source = value_text(part, text)
        if '"' in source or "\n" in source:
            raise ValueError("The value cannot be written inside of the text.")
        loose = part.node.type in ("conditional_expression", "lambda_expression") or "::" in source
        written.append(f"{{{f'({source})' if loose else source}{part.suffix}}}")
    return f'$"{"".join(written)}"'


def _unwrapped(node: Node, text: bytes) -> tuple[Node, str]:
    if node.type == "parenthesized_expression" and node.named_child_count == 1:
        return node.named_children[0], ""
    function, arguments = (
        node.child_by_field_name("function"),
        node.child_by_field_name("arguments"),
    )
    if (
        node.type == "invocation_expression"
        and function is not None
        and arguments is not None
        and function.type == "member_access_expression"
        and not arguments.named_children
    ):
        inner, name = (
            function.child_by_field_name("expression"),
            function.child_by_field_name("name"),
        )
        if inner is not None and name is not None and name.text == b"ToString":
            return inner, ""
    return node, ""


TEMPLATES = Templates(
    name="an interpolated string",
    literal=_literal,
    operator="+",
    formatted=_formatted,
    write=_write,
    unwrapped=_unwrapped,
)
