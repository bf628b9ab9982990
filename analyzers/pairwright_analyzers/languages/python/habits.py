"""Python's habits: what review rules need to know of it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING

from pairwright_analyzers.languages.habits import DocEntry, Habits

if TYPE_CHECKING:
    from tree_sitter import Node

_BROAD = {b"Exception", b"BaseException", b"builtins.Exception", b"builtins.BaseException"}
_NOTHING = {"pass_statement", "comment"}


def _swallowed(node: Node, text: bytes) -> str | None:
    """A clause that catches everything and does nothing; a narrow one is taken as meant, and so is
    one with a comment.
    """
    body = node.named_children[-1] if node.named_children else None
    if body is None or body.type != "block":
        return None
    if any(child.type == "comment" for child in (*node.named_children, *body.named_children)):
        return None
    if node.next_sibling is not None and node.next_sibling.type == "comment":
        return None
    for child in body.named_children:
        if child.type == "pass_statement":
            continue
        inner = child.named_child(0) if child.type == "expression_statement" else None
        if inner is None or inner.type not in {"ellipsis", "string"}:
            return None
        if inner.type == "string":
            return None  # words on why, in the place of a comment
    line_end = text.find(b"\n", node.end_byte)
    if b"#" in text[node.end_byte : line_end if line_end >= 0 else len(text)]:
        return None
    caught = text[node.start_byte : body.start_byte].strip().removeprefix(b"except")
    caught = caught.rstrip(b":").partition(b" as ")[0].strip()
    if not caught:
        return "every exception, even KeyboardInterrupt"
    names = {name.strip() for name in caught.strip(b"()*").split(b",")}
    broad = names & _BROAD
    return f"every '{sorted(broad)[0].decode()}'" if broad else None


# Documentation.

_GOOGLE_SECTION = re.compile(
    rb"(?m)^(?P<indent>[ \t]*)(?:Args|Arguments|Parameters|Params|Keyword Args|Keyword Arguments"
    rb"|Other Parameters):[ \t]*\r?$"
)
_GOOGLE_ENTRY = re.compile(
    rb"(?P<indent>[ \t]*)(?P<name>\*{0,2}[A-Za-z_]\w*)[ \t]*(?:\([^\n]*?\))?[ \t]*:(?:[ \t]|\r?$)"
)
_NUMPY_SECTION = re.compile(
    rb"(?m)^(?P<indent>[ \t]*)(?:Other )?Parameters[ \t]*\r?\n[ \t]*-{3,}[ \t]*\r?$"
)
_NUMPY_ENTRY = re.compile(
    rb"(?P<indent>[ \t]*)(?P<names>\*{0,2}[A-Za-z_]\w*(?:[ \t]*,[ \t]*\*{0,2}[A-Za-z_]\w*)*)"
    rb"[ \t]*(?::[^\n]*)?\r?$"
)
_SPHINX = re.compile(
    rb"(?m)^(?P<indent>[ \t]*):(?:param|parameter|arg|argument|key|keyword)[ \t]+"
    rb"(?:[^:\n]*?[ \t])??(?P<name>\\?\*{0,2}[A-Za-z_]\w*)[ \t]*:"
)
_NAME = re.compile(rb"\*{0,2}[A-Za-z_]\w*")


def _documented(doc: bytes) -> Iterator[DocEntry]:
    """Parameters in the styles of Google, NumPy and Sphinx."""
    starts = [0]
    for line in doc.splitlines(keepends=True):
        starts.append(starts[-1] + len(line))
    lines = [doc[starts[at] : starts[at + 1]] for at in range(len(starts) - 1)]
    for match in _SPHINX.finditer(doc):
        number = doc.count(b"\n", 0, match.start())
        indent = len(match["indent"])
        last = number + 1
        while last < len(lines) and _indent(lines[last]) > indent and lines[last].strip():
            last += 1
        yield _entry(doc, match.start("name"), match.end("name"), starts, number, last)
    for section in _GOOGLE_SECTION.finditer(doc):
        number = doc.count(b"\n", 0, section.start()) + 1
        yield from _section(doc, starts, lines, number, len(section["indent"]), _GOOGLE_ENTRY, 1)
    for section in _NUMPY_SECTION.finditer(doc):
        number = doc.count(b"\n", 0, section.end()) + 1
        yield from _section(doc, starts, lines, number, len(section["indent"]), _NUMPY_ENTRY, 0)


def _section(
    doc: bytes,
    starts: list[int],
    lines: list[bytes],
    number: int,
    outer: int,
    pattern: re.Pattern[bytes],
    deeper: int,
) -> Iterator[DocEntry]:
    """The entries of a section whose heading has `outer` columns of indent; they stand at the
    indent of the first one, at least `deeper` more.
    """
    level = -1
    while number < len(lines):
        line = lines[number]
        if not line.strip():
            number += 1
            continue
        indent = _indent(line)
        if level < 0:
            level = indent
        if indent < outer + deeper or indent < level:
            return
        after = lines[number + 1] if number + 1 < len(lines) else b""
        if not deeper and after.strip() and not after.strip(b" \t\r\n-="):
            return  # the heading of the next section
        if indent > level:
            number += 1
            continue
        match = pattern.match(line)
        if match is None:
            return
        last = number + 1
        while last < len(lines) and (_indent(lines[last]) > level and lines[last].strip()):
            last += 1
        at = starts[number]
        for name in _NAME.finditer(line, *match.span("names" if not deeper else "name")):
            yield _entry(doc, at + name.start(), at + name.end(), starts, number, last)
        number = last


def _entry(doc: bytes, start: int, end: int, starts: list[int], first: int, last: int) -> DocEntry:
    while doc[start : start + 1] in (b"*", b"\\"):
        start += 1
    return DocEntry(
        doc[start:end].decode("utf-8", "replace"), start, end, starts[first], starts[last]
    )


def _indent(line: bytes) -> int:
    return len(line) - len(line.lstrip(b" \t"))


HABITS = Habits(
    calls=("call",),
    prints=frozenset({"print", "pprint", "pprint.pprint", "pp", "pprint.pp"}),
    breakpoints=frozenset(
        {
            "breakpoint",
            "pdb.set_trace",
            "ipdb.set_trace",
            "pudb.set_trace",
            "wdb.set_trace",
            "web_pdb.set_trace",
            "pdb.post_mortem",
            "IPython.embed",
            "code.interact",
        }
    ),
    program=re.compile(rb"(?m)^if[ \t]+__name__[ \t]*==|^#!|^import argparse|^import click\b"),
    empty_body="pass",
    catches=("except_clause",),
    swallowed=_swallowed,
    documented=_documented,
    undocumented=frozenset({"self", "cls"}),
)
