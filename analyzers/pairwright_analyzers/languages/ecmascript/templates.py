"""How JavaScript and TypeScript write texts with values in them: templates and `+`."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import TYPE_CHECKING

from pairwright_analyzers.languages.templates import Part, Templates, value_text

if TYPE_CHECKING:
    from tree_sitter import Node

_ATOMS = frozenset(
    {
        "identifier",
        "member_expression",
        "call_expression",
        "subscript_expression",
        "this",
        "number",
        "parenthesized_expression",
        "non_null_expression",
    }
)


def _literal(node: Node, text: bytes) -> Sequence[Part] | None:
    if node.type == "string":
        raw = text[node.start_byte + 1 : node.end_byte - 1].decode("utf-8", "replace")
        if re.search(r"\\[0-7]", raw):
            raise ValueError("A template has no octal escapes.")
        raw = re.sub(r"\\(.)", lambda one: one[1] if one[1] in "'\"" else one[0], raw)
        return [Part(raw.replace("`", "\\`").replace("${", "\\${"))]
    if node.type != "template_string":
        return None
    found: list[Part] = []
    at = node.start_byte + 1
    for one in node.named_children:
        if one.type != "template_substitution":
            continue
        if one.named_child_count != 1:
            raise ValueError("A comment stands inside of the text.")
        found.append(Part(text[at : one.start_byte].decode("utf-8", "replace")))
        found.append(Part(node=one.named_children[0]))
        at = one.end_byte
    found.append(Part(text[at : node.end_byte - 1].decode("utf-8", "replace")))
    return found


def _write(parts: Sequence[Part], text: bytes, _literal_text: str) -> str:
    written = [
        part.text if part.node is None else f"${{{value_text(part, text)}}}" for part in parts
    ]
    return f"`{''.join(written)}`"


def _joined(parts: Sequence[Part], text: bytes, quote: str) -> str:
    listed = [part for part in parts if part.node is not None or part.text]
    if not listed:
        return quote + quote
    written: list[str] = []
    if listed[0].node is not None and (len(listed) == 1 or listed[1].node is not None):
        written.append(quote + quote)
    for part in listed:
        if part.node is None:
            raw = part.text.replace("\\`", "`").replace("\\${", "${")
            raw = raw.replace("\r\n", "\\n").replace("\n", "\\n")
            raw = re.sub(
                r"\\.|" + quote,
                lambda found: f"\\{quote}" if found[0] == quote else found[0],
                raw,
            )
            written.append(f"{quote}{raw}{quote}")
        else:
            source = value_text(part, text)
            written.append(source if part.node.type in _ATOMS else f"({source})")
    return " + ".join(written)


def _is_template(node: Node, text: bytes) -> bool:
    if node.type != "template_string" or node.parent is None:
        return False
    if not any(one.type == "template_substitution" for one in node.named_children):
        return b"\n" not in text[node.start_byte : node.end_byte] and _stands(node)
    return _stands(node)


def _stands(node: Node) -> bool:
    """Whether no function takes the template apart."""
    parent = node.parent
    return parent is not None and not (
        parent.type == "call_expression" and parent.child_by_field_name("arguments") == node
    )


def _unwrapped(node: Node, text: bytes) -> tuple[Node, str]:
    if node.type == "parenthesized_expression" and node.named_child_count == 1:
        return node.named_children[0], ""
    function, arguments = (
        node.child_by_field_name("function"),
        node.child_by_field_name("arguments"),
    )
    if node.type != "call_expression" or function is None or arguments is None:
        return node, ""
    if function.text == b"String" and arguments.named_child_count == 1:
        return arguments.named_children[0], ""
    return node, ""


TEMPLATES = Templates(
    name="a template literal",
    literal=_literal,
    operator="+",
    formatted=lambda _node, _text: None,
    write=_write,
    unwrapped=_unwrapped,
    joined=_joined,
    is_template=_is_template,
)
