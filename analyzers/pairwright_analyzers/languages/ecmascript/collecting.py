"""How JavaScript and TypeScript collect values: loops that push, and `map` and `filter`."""

from __future__ import annotations

import re
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

_ATOM = re.compile(r"[\w$]+(?:\??\.[\w$]+|\([^()]*\)|\[[^\[\]]*\])*\Z|\[[^\[\]]*\]\Z")
_LISTS = re.compile(
    rb"\[.*\]\Z|Object\.(?:keys|values|entries)\(.*\)\Z|Array\.(?:from|of)\(.*\)\Z"
    rb"|.*\.(?:map|filter|split|flat|flatMap|sort|reverse)\([^()]*\)\Z",
    re.DOTALL,
)


def _turn(node: Node, _text: bytes) -> Turn | None:
    pattern, items = node.child_by_field_name("left"), node.child_by_field_name("right")
    body, operator = node.child_by_field_name("body"), node.child_by_field_name("operator")
    if node.type != "for_in_statement" or pattern is None or items is None or body is None:
        return None
    if (
        operator is None
        or operator.type != "of"
        or any(one.type == "await" for one in node.children)
    ):
        return None
    kind = node.child_by_field_name("kind")
    return None if kind is None or kind.type == "var" else Turn(pattern, items, body)


def _gathered(node: Node, text: bytes) -> Gathered | None:
    if node.type != "expression_statement" or node.named_child_count != 1:
        return None
    call = node.named_children[0]
    found = _method(call, text)
    if found is None:
        return None
    target, name, arguments = found
    if name != b"push" or target.type != "identifier" or len(arguments) != 1:
        return None
    return None if arguments[0].type == "spread_element" else Gathered("list", target, arguments[0])


def _method(node: Node, text: bytes) -> tuple[Node, bytes, list[Node]] | None:
    """The receiver, name and arguments of a call of a method."""
    if node.type != "call_expression":
        return None
    function, arguments = (
        node.child_by_field_name("function"),
        node.child_by_field_name("arguments"),
    )
    if function is None or arguments is None or function.type != "member_expression":
        return None
    target, name = function.child_by_field_name("object"), function.child_by_field_name("property")
    if target is None or name is None or arguments.type != "arguments":
        return None
    if any(one.type in ("optional_chain", "comment") for one in function.children):
        return None
    return target, text[name.start_byte : name.end_byte], arguments.named_children


def _empty(node: Node, _text: bytes) -> str:
    return "list" if node.type == "array" and not node.named_children else ""


def _write(_kind: str, clauses: Sequence[Clause], value: str, _key: str) -> str:
    loops = [one for one in clauses if one.pattern]
    conditions = [one for one in clauses if not one.pattern]
    if len(loops) != 1 or clauses[0] != loops[0] or len(conditions) > 1:
        raise ValueError("Several loops or conditions cannot be written as one value.")
    loop = loops[0]
    items = loop.items if _ATOM.match(loop.items) else f"({loop.items})"
    text = items if loop.sure else f"[...{loop.items}]"
    for one in conditions:
        text += f".filter(({loop.pattern}) => {_arrow(one.items)})"
    if value != loop.pattern:
        if not conditions and not loop.sure:
            return f"Array.from({loop.items}, ({loop.pattern}) => {_arrow(value)})"
        text += f".map(({loop.pattern}) => {_arrow(value)})"
    elif not conditions and loop.sure:
        text = f"[...{loop.items}]"
    return text


def _arrow(value: str) -> str:
    return f"({value})" if value.startswith("{") else value


def _collected(node: Node, text: bytes) -> Collected | None:
    mapped = _callback(node, text, b"map")
    value: Node | None = None
    pattern: Node | None = None
    condition: Node | None = None
    rest = node
    if mapped is not None:
        rest, pattern, value = mapped
    filtered = _callback(rest, text, b"filter")
    if filtered is not None:
        rest, own, condition = filtered
        if pattern is not None and pattern.text != own.text:
            return None
        pattern = pattern or own
        value = value or own
    if pattern is None or value is None or node.has_error:
        return None
    clauses: list[tuple[Node | None, Node]] = [(pattern, rest)]
    if condition is not None:
        clauses.append((None, condition))
    return Collected("list", clauses, value)


def _callback(node: Node, text: bytes, name: bytes) -> tuple[Node, Node, Node] | None:
    """What `map` or `filter` is called on, and the parameter and value of its arrow function."""
    found = _method(node, text)
    if found is None or found[1] != name or len(found[2]) != 1:
        return None
    arrow = found[2][0]
    body = arrow.child_by_field_name("body")
    if arrow.type != "arrow_function" or body is None or body.type == "statement_block":
        return None
    if any(one.type == "async" for one in arrow.children):
        return None
    if arrow.child_by_field_name("return_type") is not None:
        # A callback that says what an item is gives the list its type.
        return None
    single = arrow.child_by_field_name("parameter")
    listed = arrow.child_by_field_name("parameters")
    if single is not None:
        return found[0], single, body
    if listed is None or listed.named_child_count != 1:
        return None
    parameter = listed.named_children[0]
    if parameter.type in ("required_parameter", "optional_parameter"):
        inner = parameter.child_by_field_name("pattern")
        if inner is None or parameter.named_child_count != 1:
            return None
        parameter = inner
    if parameter.type in ("rest_pattern", "assignment_pattern"):
        return None
    if body.type == "parenthesized_expression" and body.named_child_count == 1:
        body = body.named_children[0]
    return found[0], parameter, body


def _is_list(node: Node, text: bytes) -> bool:
    if node.type == "identifier":
        return _is_list_parameter(node, text)
    return bool(_LISTS.match(text[node.start_byte : node.end_byte]))


def _is_list_parameter(name: Node, text: bytes) -> bool:
    """Whether a name is a parameter whose type says that it is a list."""
    written = text[name.start_byte : name.end_byte]
    around = name.parent
    while around is not None:
        parameters = around.child_by_field_name("parameters")
        for one in parameters.named_children if parameters is not None else ():
            pattern, kind = one.child_by_field_name("pattern"), one.child_by_field_name("type")
            if pattern is None or text[pattern.start_byte : pattern.end_byte] != written:
                continue
            annotation = text[kind.start_byte : kind.end_byte] if kind is not None else b""
            bare = annotation.lstrip(b": ")
            return bare.endswith(b"[]") or bare.startswith((b"Array<", b"ReadonlyArray<"))
        around = around.parent
    return False


COLLECTING = Collecting(
    turn=_turn,
    gathered=_gathered,
    empty=_empty,
    write=_write,
    collected=_collected,
    write_empty=lambda _kind: "[]",
    write_gathering=lambda _kind, collection, value, _key: f"{collection}.push({value});",
    loop_head="for (const {pattern} of {items})",
    is_list=_is_list,
    scoped=True,
)
