"""Go's habits: what review rules need to know of it."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from pairwright_analyzers.languages.habits import Habits, is_empty_block

if TYPE_CHECKING:
    from tree_sitter import Node

_ERROR = re.compile(rb"(?:err|[a-z]\w*Err|err\d*)")
_IS_ERROR = re.compile(rb"(?:err|[a-z]\w*Err|err\d*)\s*!=\s*nil")


def _swallowed(node: Node, text: bytes) -> str | None:
    if node.type == "if_statement":
        condition = node.child_by_field_name("condition")
        body = node.child_by_field_name("consequence")
        if condition is None or body is None or not is_empty_block(body):
            return None
        if node.child_by_field_name("alternative") is not None:
            return None
        asked = text[condition.start_byte : condition.end_byte]
        name = asked.partition(b"!")[0].strip().decode("utf-8", "replace")
        return f"the error '{name}'" if _IS_ERROR.fullmatch(asked) else None
    left = node.child_by_field_name("left")
    right = node.child_by_field_name("right")
    if left is None or right is None or text[left.start_byte : left.end_byte] != b"_":
        return None
    dropped = text[right.start_byte : right.end_byte]
    if not _ERROR.fullmatch(dropped) or _explained(node, text):
        return None
    return f"the error '{dropped.decode('utf-8', 'replace')}'"


def _explained(node: Node, text: bytes) -> bool:
    """Whether a comment stands beside a statement, or on the line above it."""
    end = text.find(b"\n", node.end_byte)
    if b"//" in text[node.end_byte : end if end >= 0 else len(text)]:
        return True
    start = text.rfind(b"\n", 0, node.start_byte)
    above = text[text.rfind(b"\n", 0, max(start, 0)) + 1 : max(start, 0)]
    return above.lstrip().startswith(b"//")


HABITS = Habits(
    calls=("call_expression",),
    prints=frozenset({"fmt.Println", "fmt.Printf", "fmt.Print", "println", "print"}),
    breakpoints=frozenset({"spew.Dump", "runtime.Breakpoint", "litter.Dump"}),
    program=re.compile(rb"(?m)^package[ \t]+main\b|\bos\.Args\b|/cobra\""),
    catches=("if_statement", "assignment_statement"),
    swallowed=_swallowed,
)
