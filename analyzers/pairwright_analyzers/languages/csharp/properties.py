"""C#'s properties."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from pairwright_analyzers.languages.properties import Properties
from pairwright_analyzers.syntax import node_text
from pairwright_analyzers.types import Span, TextEdit

if TYPE_CHECKING:
    from tree_sitter import Node


def _is_property(node: Node, _text: bytes) -> bool:
    return node.type == "property_declaration"


def _to_property(node: Node, text: bytes) -> Sequence[TextEdit]:
    parameters = node.child_by_field_name("parameters")
    kind, body = node.child_by_field_name("returns"), node.child_by_field_name("body")
    if parameters is None or kind is None:
        raise ValueError("The method has no parameters.")
    words = {node_text(one, text) for one in node.named_children if one.type == "modifier"}
    if parameters.named_child_count or node.child_by_field_name("type_parameters") is not None:
        raise ValueError("The method takes arguments.")
    if node_text(kind, text) == "void":
        raise ValueError("The method gives nothing back that a property could be.")
    if words & {"async", "extern", "partial", "unsafe"}:
        raise ValueError("The method does not give back its value at once.")
    listed = Span(parameters.start_byte, parameters.end_byte)
    if body is None:
        return (TextEdit(Span(listed.start, node.end_byte), " { get; }"),)
    if body.type == "arrow_expression_clause":
        return (TextEdit(listed, ""),)
    return (TextEdit(listed, ""), *_wrapped(body, text))


def _wrapped(body: Node, text: bytes) -> Sequence[TextEdit]:
    """The edits that put a body into a `get` of its own."""
    start = text.rfind(b"\n", 0, body.start_byte) + 1
    own_line = not text[start : body.start_byte].strip()
    line = text[start : body.start_byte]
    indent = line[: len(line) - len(line.lstrip(b" \t"))].decode()
    written = node_text(body, text)
    if "\n" not in written:
        return (
            TextEdit(Span(body.start_byte, body.start_byte), "{ get "),
            TextEdit(Span(body.end_byte, body.end_byte), " }"),
        )
    first = body.named_children[0] if body.named_child_count else None
    step = "    "
    if first is not None:
        at = text.rfind(b"\n", 0, first.start_byte) + 1
        inner = text[at : first.start_byte].decode()
        if not inner.strip() and inner.startswith(indent) and len(inner) > len(indent):
            step = inner[len(indent) :]
    end = "\r\n" if "\r\n" in written else "\n"
    if any(one.type in _VERBATIM for one in _inside(body)):
        raise ValueError("A text over several lines would be changed.")
    lines = [f"{step}{one}" if one.strip() else one for one in written.split("\n")]
    inner_text = "\n".join(lines).removeprefix(step)
    between = f"{end}{indent}{step}" if own_line else " "
    opened = f"{{{end}{indent}{step}get{between}{inner_text}{end}{indent}}}"
    return (TextEdit(Span(body.start_byte, body.end_byte), opened),)


_VERBATIM = frozenset({"verbatim_string_literal", "raw_string_literal"})


def _inside(node: Node) -> list[Node]:
    found, pending = [], [node]
    while pending:
        current = pending.pop()
        found.append(current)
        pending.extend(current.named_children)
    return found


def _to_method(node: Node, text: bytes) -> Sequence[TextEdit]:
    name = node.child_by_field_name("name")
    value, accessors = node.child_by_field_name("value"), node.child_by_field_name("accessors")
    if name is None:
        raise ValueError("The property has no name.")
    call = TextEdit(Span(name.end_byte, name.end_byte), "()")
    if accessors is None:
        if value is None or value.type != "arrow_expression_clause":
            raise ValueError("The property holds its value itself.")
        return (call,)
    listed = [one for one in accessors.named_children if one.type == "accessor_declaration"]
    if value is not None:
        raise ValueError("The property holds its value itself.")
    if len(listed) != 1 or len(accessors.named_children) != 1:
        raise ValueError("The property can be assigned.")
    only = listed[0]
    body = only.child_by_field_name("body")
    kind = only.child_by_field_name("name")
    if kind is None or node_text(kind, text) != "get" or only.children[0] != kind:
        raise ValueError("The property can be assigned.")
    if body is None:
        around = node.parent.parent if node.parent is not None else None
        words = {node_text(one, text) for one in node.named_children if one.type == "modifier"}
        if "abstract" not in words and (around is None or around.type != "interface_declaration"):
            raise ValueError("The property holds its value itself.")
        return (TextEdit(Span(name.end_byte, node.end_byte), "();"),)
    if body.type == "arrow_expression_clause":
        inner = node_text(body, text)
        return (TextEdit(Span(name.end_byte, node.end_byte), f"() {inner};"),)
    if any(one.type in _VERBATIM for one in _inside(body)):
        raise ValueError("A text over several lines would be changed.")
    old = _indent(text, body)
    new = _indent(text, accessors)
    shifted = node_text(body, text).replace(f"\n{old}", f"\n{new}")
    return (call, TextEdit(Span(accessors.start_byte, accessors.end_byte), shifted))


def _indent(text: bytes, node: Node) -> str:
    start = text.rfind(b"\n", 0, node.start_byte) + 1
    line = text[start : node.start_byte]
    return line[: len(line) - len(line.lstrip(b" \t"))].decode()


PROPERTIES = Properties(
    methods=frozenset({"method_declaration"}),
    properties=frozenset({"property_declaration"}),
    is_property=_is_property,
    to_property=_to_property,
    to_method=_to_method,
)
