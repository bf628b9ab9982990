"""How JavaScript and TypeScript wait: `async` functions, and chains of `then`."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pairwright_analyzers.languages.waiting import Chain, Step, Waiting

if TYPE_CHECKING:
    from tree_sitter import Node

_PLAIN = frozenset(
    {
        "string",
        "template_string",
        "number",
        "object",
        "array",
        "binary_expression",
        "unary_expression",
        "true",
        "false",
        "null",
        "undefined",
        "arrow_function",
        "function_expression",
    }
)
_BEFORE_NAME = frozenset({"static", "accessibility_modifier", "override_modifier"})


def _is_async(node: Node) -> bool:
    return any(one.type == "async" for one in node.children)


def _async_place(node: Node) -> int | None:
    if node.type in ("function_declaration", "function_expression", "arrow_function"):
        return node.start_byte
    if node.type != "method_definition":
        return None
    name = node.child_by_field_name("name")
    if name is None or name.text == b"constructor":
        return None
    if any(one.type in ("get", "set", "*") for one in node.children):
        return None
    place = node.start_byte
    for one in node.children:
        if one.type not in _BEFORE_NAME:
            return one.start_byte
        place = one.end_byte
    return place


def _chain(node: Node, text: bytes) -> Chain | None:
    steps: list[Step] = []
    current = node
    while current.type == "call_expression":
        function = current.child_by_field_name("function")
        arguments = current.child_by_field_name("arguments")
        if function is None or arguments is None or function.type != "member_expression":
            break
        name = function.child_by_field_name("property")
        inner = function.child_by_field_name("object")
        if name is None or inner is None:
            break
        word = text[name.start_byte : name.end_byte].decode("utf-8", "replace")
        if word not in ("then", "catch", "finally") or arguments.named_child_count != 1:
            break
        if any(one.type == "optional_chain" for one in function.children):
            return None
        steps.append(Step(word, arguments.named_children[0]))
        current = inner
    return Chain(current, tuple(reversed(steps))) if steps and not node.has_error else None


def _needs_parentheses(node: Node) -> bool:
    parent = node.parent
    if parent is None:
        return False
    return (
        parent.type in ("member_expression", "subscript_expression", "non_null_expression")
        and (parent.child_by_field_name("object") or parent.named_children[0]) == node
    ) or (parent.type == "call_expression" and parent.child_by_field_name("function") == node)


WAITING = Waiting(
    is_async=_is_async,
    async_place=_async_place,
    word="async ",
    awaited=lambda value: f"await {value}",
    needs_parentheses=_needs_parentheses,
    chain=_chain,
    may_wait=lambda node: node.type not in _PLAIN,
    attempt=("try", "catch ({})", "finally"),
)
