"""Nodes of the JavaScript and TypeScript grammars: small questions that several hooks ask.

A default export has the name `default`; the value that a CommonJS module or `export =` hands out
whole has the name `module.exports`.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tree_sitter import Node


WHOLE = "module.exports"
"""The name of what a CommonJS module hands out whole."""

FUNCTIONS = frozenset(
    {
        "arrow_function",
        "function_expression",
        "generator_function",
    }
)
WRAPPERS = frozenset(
    {
        "as_expression",
        "satisfies_expression",
        "parenthesized_expression",
        "non_null_expression",
        "await_expression",
        "type_assertion",
    }
)
"""Expressions whose value is that of what they hold."""

SPACES = re.compile(r"\s+")
_MAX_NESTING = 64


NAMES = frozenset({"identifier", "property_identifier", "private_property_identifier"})


def nth(node: Node, index: int) -> Node | None:
    """The named child at an index, or None."""
    return node.named_child(index) if 0 <= index < node.named_child_count else None


def spelled(node: Node, text: bytes) -> str:
    return text[node.start_byte : node.end_byte].decode("utf-8", "replace")


def folded(node: Node | None, text: bytes) -> str:
    return SPACES.sub(" ", spelled(node, text)).strip() if node is not None else ""


def unquoted(node: Node, text: bytes) -> str:
    word = spelled(node, text)
    return word[1:-1] if len(word) >= 2 and word[0] in "'\"`" else word


def unwrapped(node: Node | None) -> Node | None:
    """The expression below `as`, `satisfies`, `!`, `await` and parentheses."""
    for _ in range(_MAX_NESTING):
        if node is None or node.type not in WRAPPERS:
            return node
        node = nth(node, node.named_child_count - 1 if node.type == "type_assertion" else 0)
    return None


def default_target(value: Node, text: bytes) -> Node | None:
    """The name that an exported expression stands for: `Foo`, or `withRouter(Foo)`, whose users
    mean `Foo`.
    """
    if value.type == "identifier":
        return value
    if value.type != "call_expression":
        return None
    group = value.child_by_field_name("arguments")
    callee = value.child_by_field_name("function")
    if group is None or callee is None or group.named_child_count != 1 or group.type != "arguments":
        return None
    argument = nth(group, 0)
    if argument is None or argument.type != "identifier":
        return None
    return argument if text[argument.start_byte : argument.start_byte + 1].isupper() else None


def exports_path(assignment: Node | None, text: bytes) -> str | None:
    """What an assignment exports: `module.exports` -> WHOLE, `exports.x` and `module.exports.x` ->
    "x".
    """
    left = assignment.child_by_field_name("left") if assignment is not None else None
    if left is None or left.type not in ("member_expression", "identifier"):
        return None
    word = "".join(spelled(left, text).split())
    if word == WHOLE:
        return WHOLE
    for prefix in ("exports.", "module.exports."):
        if word.startswith(prefix):
            rest = word[len(prefix) :]
            return rest if rest.replace("$", "_").isidentifier() else None
    return None


def assignment_chain(statement: Node) -> tuple[list[Node], Node | None]:
    """The assignments of `a = b = value`, outermost first, and the value."""
    found: list[Node] = []
    current = nth(statement, 0)
    for _ in range(_MAX_NESTING):
        if current is None or current.type != "assignment_expression":
            break
        found.append(current)
        current = current.child_by_field_name("right")
    return found, current


def required(value: Node, text: bytes) -> tuple[Node, str] | None:
    """`require("x")` -> (its string, ""); `require("x").y` -> (its string, "y"); a dynamic import
    alike.
    """
    inner = unwrapped(value)
    name = ""
    if inner is not None and inner.type == "member_expression":
        field = inner.child_by_field_name("property")
        inner = unwrapped(inner.child_by_field_name("object"))
        if field is None:
            return None
        name = spelled(field, text)
    for _ in range(3):
        if inner is None or inner.type != "call_expression":
            return None
        callee = inner.child_by_field_name("function")
        group = inner.child_by_field_name("arguments")
        if callee is None or group is None or group.type != "arguments":
            return None
        first = nth(group, 0)
        word = text[callee.start_byte : callee.end_byte]
        if word in (b"require", b"import"):
            if first is not None and first.type == "string":
                return first, name
            return None
        if not word.startswith(b"_"):
            return None
        # `_interopRequireDefault(require("x"))`, as compilers write it.
        inner = unwrapped(first)
    return None


def last_name(node: Node | None) -> Node | None:
    if node is None or node.type in NAMES or node.type == "type_identifier":
        return node
    if node.type == "member_expression":
        return node.child_by_field_name("property")
    if node.type == "nested_type_identifier":
        return node.child_by_field_name("name")
    if node.type in ("non_null_expression", "await_expression"):
        return last_name(nth(node, 0))
    return None
