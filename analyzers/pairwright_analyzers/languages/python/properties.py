"""Python's properties."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from pairwright_analyzers.languages.properties import Properties
from pairwright_analyzers.syntax import descendants, node_text
from pairwright_analyzers.types import Span, TextEdit

if TYPE_CHECKING:
    from tree_sitter import Node

_KEPT = frozenset({"abstractmethod", "abc.abstractmethod", "override", "typing.override", "final"})


def _decorators(node: Node, text: bytes) -> list[tuple[Node, str]]:
    around = node.parent
    if around is None or around.type != "decorated_definition":
        return []
    listed = [one for one in around.named_children if one.type == "decorator"]
    return [(one, node_text(one, text).lstrip("@").strip()) for one in listed]


def _refuse_parameters(node: Node) -> None:
    parameters = node.child_by_field_name("parameters")
    listed = parameters.named_children if parameters is not None else []
    listed = [one for one in listed if one.type != "comment"]
    if len(listed) != 1 or listed[0].type not in ("identifier", "typed_parameter"):
        raise ValueError("The method takes arguments.")


def _to_property(node: Node, text: bytes) -> Sequence[TextEdit]:
    for one, name in _decorators(node, text):
        del one
        if name not in _KEPT:
            raise ValueError(f"The method is decorated by `{name}`.")
    _refuse_parameters(node)
    if node.children[0].type == "async":
        raise ValueError("The method has to be awaited.")
    body = node.child_by_field_name("body")
    inner = [one for one in descendants(body) if one.type == "return_statement"] if body else []
    stub = body is None or all(
        one.type in ("pass_statement", "raise_statement", "comment")
        or (
            one.type == "expression_statement"
            and one.named_children[0].type in ("string", "ellipsis")
        )
        for one in body.named_children
    )
    yields = body is not None and any(one.type == "yield" for one in descendants(body))
    if yields or (not stub and not any(one.named_child_count for one in inner)):
        raise ValueError("The method gives nothing back that a property could be.")
    top = node.parent if _decorators(node, text) and node.parent is not None else node
    start = text.rfind(b"\n", 0, top.start_byte) + 1
    indent = text[start : top.start_byte].decode()
    end = "\r\n" if text[: start - 1].endswith(b"\r") and start else "\n"
    return (TextEdit(Span(top.start_byte, top.start_byte), f"@property{end}{indent}"),)


def _to_method(node: Node, text: bytes) -> Sequence[TextEdit]:
    decorators = _decorators(node, text)
    others = [name for _, name in decorators if name not in _KEPT and name != "property"]
    if others:
        raise ValueError(f"The property is decorated by `{others[0]}`.")
    _refuse_parameters(node)
    found = next(one for one, name in decorators if name == "property")
    start = text.rfind(b"\n", 0, found.start_byte) + 1
    end = text.find(b"\n", found.end_byte) + 1
    if text[start : found.start_byte].strip() or text[found.end_byte : end].strip():
        raise ValueError("Something stands beside `@property`.")
    return (TextEdit(Span(start, end), ""),)


def _is_property(node: Node, text: bytes) -> bool:
    return any(name == "property" for _, name in _decorators(node, text))


PROPERTIES = Properties(
    methods=frozenset({"function_definition"}),
    properties=frozenset({"function_definition"}),
    is_property=_is_property,
    to_property=_to_property,
    to_method=_to_method,
)
