"""The `typed` hook of JavaScript, TypeScript and TSX: the types that names are declared with or
made by.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from pairwright_analyzers.languages.ecmascript.nodes import (
    NAMES,
    WRAPPERS,
    last_name,
    nth,
)

if TYPE_CHECKING:
    from tree_sitter import Node


_TRANSPARENT = frozenset(
    {b"Promise", b"Readonly", b"Partial", b"Required", b"NonNullable", b"Awaited", b"DeepReadonly"}
)
_NOTHING = frozenset({b"null", b"undefined", b"void"})


def typed(node: Node, text: bytes) -> Iterator[tuple[int, int]]:
    """The `typed` hook of the family."""
    kind = node.type
    if kind in ("function_declaration", "function_signature") or kind in _METHODS:
        target = node.child_by_field_name("name")
        value = _type_name(node.child_by_field_name("return_type"), text)
    elif kind == "assignment_expression":
        target = last_name(node.child_by_field_name("left"))
        value = _made_by(node.child_by_field_name("right"), text)
    else:
        target = (
            node.child_by_field_name("name")
            or node.child_by_field_name("pattern")
            or node.child_by_field_name("property")
        )
        annotation = node.child_by_field_name("type")
        if annotation is not None:
            value = _type_name(annotation, text)
        else:
            value = _made_by(node.child_by_field_name("value"), text)
    if target is None or value is None or target.type not in NAMES:
        return
    yield target.start_byte, value.start_byte


_METHODS = frozenset({"method_definition", "method_signature", "abstract_method_signature"})


def _made_by(value: Node | None, text: bytes) -> Node | None:
    """The name of the type or of the callable that makes a value."""
    for _ in range(8):
        if value is None:
            return None
        kind = value.type
        if kind == "new_expression":
            return last_name(value.child_by_field_name("constructor"))
        if kind == "call_expression":
            made_by = value.child_by_field_name("function")
            if made_by is None or text[made_by.start_byte : made_by.end_byte] == b"require":
                return None
            return last_name(made_by)
        if kind == "arrow_function":
            return _type_name(value.child_by_field_name("return_type"), text)
        if kind in ("as_expression", "satisfies_expression"):
            asserted = _type_name(nth(value, 1), text)
            if asserted is not None or kind == "as_expression":
                return asserted
        elif kind not in WRAPPERS:
            return None
        value = nth(value, 0)
    return None


def _type_name(node: Node | None, text: bytes) -> Node | None:
    """The identifier that names a type: `a.B` -> B, `Promise<B>` and `B | null` -> B, `B[]` ->
    none.
    """
    for _ in range(8):
        if node is None:
            return None
        kind = node.type
        if kind in ("type_identifier", "nested_type_identifier"):
            return last_name(node)
        if kind in ("type_annotation", "parenthesized_type", "readonly_type"):
            node = nth(node, 0)
        elif kind == "generic_type":
            head = node.child_by_field_name("name")
            if head is not None and text[head.start_byte : head.end_byte] in _TRANSPARENT:
                arguments = node.child_by_field_name("type_arguments")
                node = nth(arguments, 0) if arguments is not None else None
            else:
                return last_name(head)
        elif kind == "union_type":
            sides = _union_sides(node, text)
            node = sides[0] if len(sides) == 1 else None
        else:
            return None
    return None


def _union_sides(node: Node, text: bytes) -> list[Node]:
    sides: list[Node] = []
    waiting = list(node.named_children)
    while waiting and len(sides) < 3:
        side = waiting.pop()
        if side.type == "union_type":
            waiting.extend(side.named_children)
        elif text[side.start_byte : side.end_byte] not in _NOTHING:
            sides.append(side)
    return sides
