"""How Python collects values: loops that append, and comprehensions."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from pairwright_analyzers.languages.collecting import (
    Clause,
    Collected,
    Collecting,
    Gathered,
    Turn,
)

if TYPE_CHECKING:
    from tree_sitter import Node

_KINDS = {
    "list_comprehension": "list",
    "set_comprehension": "set",
    "dictionary_comprehension": "dict",
}


def _turn(node: Node, _text: bytes) -> Turn | None:
    pattern, items = node.child_by_field_name("left"), node.child_by_field_name("right")
    body = node.child_by_field_name("body")
    if node.type != "for_statement" or pattern is None or items is None or body is None:
        return None
    if node.child_by_field_name("alternative") is not None or node.children[0].type == "async":
        return None
    return Turn(pattern, items, body)


def _gathered(node: Node, text: bytes) -> Gathered | None:
    if node.type != "expression_statement" or node.named_child_count != 1:
        return None
    inner = node.named_children[0]
    if inner.type == "call":
        return _called(inner, text)
    if inner.type != "assignment" or inner.child_by_field_name("type") is not None:
        return None
    left, right = inner.child_by_field_name("left"), inner.child_by_field_name("right")
    if left is None or right is None or left.type != "subscript" or right.type == "assignment":
        return None
    target = left.child_by_field_name("value")
    keys = left.children_by_field_name("subscript")
    if target is None or target.type != "identifier" or len(keys) != 1:
        return None
    return None if keys[0].type == "slice" else Gathered("dict", target, right, keys[0])


def _called(node: Node, text: bytes) -> Gathered | None:
    function, arguments = (
        node.child_by_field_name("function"),
        node.child_by_field_name("arguments"),
    )
    if function is None or arguments is None or function.type != "attribute":
        return None
    target, name = function.child_by_field_name("object"), function.child_by_field_name("attribute")
    if target is None or name is None or target.type != "identifier":
        return None
    if arguments.named_child_count != 1:
        return None
    kind = {b"append": "list", b"add": "set"}.get(text[name.start_byte : name.end_byte], "")
    value = arguments.named_children[0]
    if not kind or value.type in ("keyword_argument", "list_splat", "generator_expression"):
        return None
    return Gathered(kind, target, value)


_EMPTY = {b"[]": "list", b"list()": "list", b"set()": "set", b"{}": "dict", b"dict()": "dict"}


def _empty(node: Node, text: bytes) -> str:
    return _EMPTY.get(text[node.start_byte : node.end_byte].replace(b" ", b""), "")


def _write(kind: str, clauses: Sequence[Clause], value: str, key: str) -> str:
    head = f"{key}: {value}" if kind == "dict" else value
    parts = [
        f"for {one.pattern} in {one.items}" if one.pattern else f"if {one.items}" for one in clauses
    ]
    inner = " ".join([head, *parts])
    return f"[{inner}]" if kind == "list" else f"{{{inner}}}"


def _collected(node: Node, _text: bytes) -> Collected | None:
    kind = _KINDS.get(node.type)
    body = node.child_by_field_name("body")
    if kind is None or body is None or node.has_error:
        return None
    clauses: list[tuple[Node | None, Node]] = []
    for one in node.named_children:
        if one.id == body.id:
            continue
        if one.type == "for_in_clause":
            left, right = one.child_by_field_name("left"), one.child_by_field_name("right")
            if left is None or right is None or one.children[0].type == "async":
                return None
            clauses.append((left, right))
        elif one.type == "if_clause" and one.named_child_count == 1:
            clauses.append((None, one.named_children[0]))
        else:
            return None
    if kind != "dict":
        return Collected(kind, clauses, body)
    key, value = body.child_by_field_name("key"), body.child_by_field_name("value")
    return None if key is None or value is None else Collected(kind, clauses, value, key)


def _write_gathering(kind: str, collection: str, value: str, key: str) -> str:
    if kind == "dict":
        return f"{collection}[{key}] = {value}"
    return f"{collection}.{'append' if kind == 'list' else 'add'}({value})"


COLLECTING = Collecting(
    turn=_turn,
    gathered=_gathered,
    empty=_empty,
    write=_write,
    collected=_collected,
    write_empty=lambda kind: {"list": "[]", "set": "set()", "dict": "{}"}[kind],
    write_gathering=_write_gathering,
    loop_head="for {pattern} in {items}",
)
