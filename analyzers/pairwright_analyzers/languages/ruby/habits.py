"""Ruby's habits: what review rules need to know of it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING

from pairwright_analyzers.languages.habits import DocEntry, Habits, tag_entries

if TYPE_CHECKING:
    from tree_sitter import Node

_BROAD = {b"", b"StandardError", b"Exception", b"::StandardError", b"::Exception"}
_TAG = re.compile(
    rb"@param[ \t]+(?:\[[^\n\]]*\][ \t]+)?(?P<name>[*&]{0,2}[a-z_]\w*[?!]?):?(?=[ \t\r\n]|$)"
)


def _swallowed(node: Node, text: bytes) -> str | None:
    """A rescue of everything with nothing, or only `nil`, in it; a narrow one is taken as meant."""
    if node.type == "rescue_modifier":
        handler = node.child_by_field_name("handler")
        return "every StandardError" if handler is not None and handler.type == "nil" else None
    body = node.child_by_field_name("body")
    kinds = node.child_by_field_name("exceptions")
    if any(child.type == "comment" for child in node.named_children):
        return None
    if body is not None and any(child.type != "nil" for child in body.named_children):
        return None
    caught = text[kinds.start_byte : kinds.end_byte] if kinds is not None else b""
    names = {name.strip() for name in caught.split(b",")}
    if not names & _BROAD:
        return None
    end = text.find(b"\n", node.start_byte)
    if b"#" in text[node.start_byte : end if end >= 0 else len(text)]:
        return None
    return (
        f"every {'Exception' if any(b'Exception' in name for name in names) else 'StandardError'}"
    )


def _documented(doc: bytes) -> Iterator[DocEntry]:
    """`@param` of YARD."""
    for entry in tag_entries(doc, _TAG):
        marks = len(entry.name) - len(entry.name.lstrip("*&"))
        yield entry._replace(name=entry.name.lstrip("*&"), start=entry.start + marks)


_ROOTS = frozenset(
    {
        "program",
        "body_statement",
        "then",
        "else",
        "ensure",
        "block_body",
        "do",
        "begin",
        "statements",
    }
)

HABITS = Habits(
    calls=("call", "identifier"),
    statements=_ROOTS,
    prints=frozenset({"puts", "p", "pp", "print"}),
    breakpoints=frozenset(
        {"binding.pry", "binding.irb", "binding.break", "binding.b", "byebug", "debugger"}
    ),
    focused={"fit": "it", "fdescribe": "describe", "fcontext": "context", "fspecify": "specify"},
    program=re.compile(rb"^#!|\bARGV\b|\$PROGRAM_NAME|__FILE__[ \t]*==|\bOptionParser\b|\bThor\b"),
    catches=("rescue", "rescue_modifier"),
    swallowed=_swallowed,
    documented=_documented,
)
