"""The habits of JavaScript and TypeScript: what review rules need to know of them."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING

from pairwright_analyzers.languages.habits import (
    DELIBERATE,
    DocEntry,
    Habits,
    is_empty_block,
    tag_entries,
)

if TYPE_CHECKING:
    from tree_sitter import Node

_TAG = re.compile(
    rb"@(?:param|arg|argument)[ \t]+(?:\{(?:[^{}]|\{[^{}]*\})*\}[ \t]+)?"
    rb"(?P<open>\[?)(?P<name>(?:\.\.\.)?[A-Za-z_$][\w$]*)(?![\w$.\[])"
)


def _swallowed(node: Node, text: bytes) -> str | None:
    if node.type == "catch_clause":
        body = node.child_by_field_name("body")
        if body is None or not is_empty_block(body):
            return None
        name = node.child_by_field_name("parameter")
        if name is not None and DELIBERATE.fullmatch(text[name.start_byte : name.end_byte]):
            return None
        return "every error"
    return _empty_rejection(node, text)


def _empty_rejection(node: Node, text: bytes) -> str | None:
    """`promise.catch(() => {})`."""
    callee = node.child_by_field_name("function")
    group = node.child_by_field_name("arguments")
    if callee is None or group is None or callee.type != "member_expression":
        return None
    name = callee.child_by_field_name("property")
    if name is None or text[name.start_byte : name.end_byte] != b"catch":
        return None
    if group.named_child_count != 1:
        return None
    handler = group.named_children[0]
    if handler.type not in {"arrow_function", "function_expression", "function"}:
        return None
    body = handler.child_by_field_name("body")
    if body is None or body.type != "statement_block" or not is_empty_block(body):
        return None
    parameters = text[handler.start_byte : body.start_byte]
    if DELIBERATE.search(parameters):
        return None
    return "every rejection of the promise"


def _documented(doc: bytes) -> Iterator[DocEntry]:
    """`@param` of JSDoc and TSDoc; a property of a parameter (`options.size`) is none."""
    if not doc.startswith(b"/**") or re.search(
        rb"@(?:typedef|callback|overload|inheritDoc|inheritdoc)\b", doc
    ):
        return
    for entry in tag_entries(doc, _TAG):
        dots = len(entry.name) - len(entry.name.lstrip("."))
        yield entry._replace(name=entry.name.lstrip("."), start=entry.start + dots)


_TESTS = ("describe", "it", "test", "context", "suite", "specify", "bench")

HABITS = Habits(
    calls=("call_expression",),
    prints=frozenset(
        {"console.log", "console.debug", "console.dir", "console.table", "console.trace"}
    ),
    debug_nodes=("debugger_statement",),
    focused={
        "fit": "it",
        "fdescribe": "describe",
        "fcontext": "context",
        **{f"{name}.only": name for name in _TESTS},
        **{f"{name}.only.each": f"{name}.each" for name in _TESTS},
        **{f"{name}.concurrent.only": f"{name}.concurrent" for name in _TESTS},
    },
    program=re.compile(rb"^#!|\bprocess\.(?:argv|exit|stdout)\b|\bDeno\.args\b|\brequire\.main\b"),
    catches=("catch_clause", "call_expression"),
    swallowed=_swallowed,
    documented=_documented,
)
