"""Rust's habits: what review rules need to know of it.

An error that is dropped says so in Rust (`let _ =`, `.ok()`), except where a pattern takes it and
does nothing.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING

from pairwright_analyzers.languages.habits import DocEntry, Habits, is_empty_block

if TYPE_CHECKING:
    from tree_sitter import Node

_ERROR = re.compile(rb"let\s+Err\(\s*(?:_|_?e(?:rr(?:or)?)?)\s*\)\s*=.*", re.DOTALL)
_SECTION = re.compile(rb"(?m)^[ \t]*///?!?[ \t]*#+[ \t]+(?:Arguments|Parameters|Args)[ \t]*\r?$")
_ENTRY = re.compile(rb"[ \t]*///?!?[ \t]*[*-][ \t]+`(?P<name>[a-z_]\w*)`[ \t]*(?:[-:\xe2]|$)")
_HEADING = re.compile(rb"[ \t]*///?!?[ \t]*#")
_BLANK = re.compile(rb"[ \t]*///?!?[ \t]*\r?\n?$")


def _swallowed(node: Node, text: bytes) -> str | None:
    """`if let Err(_) = f() {}`."""
    condition = node.child_by_field_name("condition")
    body = node.child_by_field_name("consequence")
    if condition is None or body is None or not is_empty_block(body):
        return None
    if node.child_by_field_name("alternative") is not None:
        return None
    asked = text[condition.start_byte : condition.end_byte]
    return "the error" if _ERROR.fullmatch(asked) else None


def _documented(doc: bytes) -> Iterator[DocEntry]:
    """Items of a section `# Arguments`, names in backticks."""
    for section in _SECTION.finditer(doc):
        at = doc.find(b"\n", section.end() - 1) + 1
        while 0 < at < len(doc):
            end = doc.find(b"\n", at) + 1 or len(doc)
            line = doc[at:end]
            if _HEADING.match(line):
                break
            match = _ENTRY.match(line)
            last = end
            if match is not None:
                while last < len(doc):
                    after = doc.find(b"\n", last) + 1 or len(doc)
                    more = doc[last:after]
                    if _ENTRY.match(more) or _HEADING.match(more) or _BLANK.match(more):
                        break
                    last = after
                name = match["name"].decode()
                yield DocEntry(name, at + match.start("name"), at + match.end("name"), at, last)
            at = last


HABITS = Habits(
    calls=("macro_invocation",),
    breakpoints=frozenset({"dbg!"}),
    unwrapped=frozenset({"dbg!"}),
    catches=("if_expression",),
    swallowed=_swallowed,
    documented=_documented,
)
