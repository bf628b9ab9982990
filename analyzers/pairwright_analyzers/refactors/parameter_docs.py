"""The entries that documentation has for parameters: taken away, put in another order, renamed.

Pure functions of texts. Where entries stand is told by `documented.py`.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from itertools import pairwise

from pairwright_analyzers.refactors.documented import parameter_mentions
from pairwright_analyzers.refactors.layout import line_end, line_start, next_line
from pairwright_analyzers.types import Span, TextEdit

_LEAD = re.compile(rb"[ \t]*(?:\*(?!/)|///?!?|#+|--+\[*|%)?[ \t]?")
_TAG = re.compile(rb"\s*(?:[@\\:<]|-\s+Parameter)")
_CLOSES = (b'"""', b"'''", b"*/", b"--]]")
_HEADING = re.compile(rb"\s*(?:Args|Arguments|Parameters|Params|Keyword Args)\s*:?\s*\Z")
_RULE = re.compile(rb"\s*-{3,}\s*\Z")


def documented_edits(
    text: bytes, doc: Span, order: Sequence[str], renamed: Mapping[str, str], old: Sequence[str]
) -> tuple[TextEdit, ...]:
    """The edits of a documentation whose function had the parameters `old` and has `order` now, by
    their old names; `renamed` maps old names to new ones.
    """
    entries = {name: _entries(text, doc, name) for name in old if name}
    entries = {name: spans for name, spans in entries.items() if spans}
    kept = [name for name in order if name in entries]
    edits: list[TextEdit] = []
    was = [name for name in old if name in entries and name in kept]
    singles = all(len(entries[name]) == 1 for name in was)
    if kept != was and singles:
        for place, name in zip(was, kept, strict=True):
            if place != name:
                block = _text(text, entries[name][0])
                edits.append(TextEdit(entries[place][0], _with_name(block, name, renamed)))
    else:
        for name in was:
            if name in renamed:
                edits.extend(
                    TextEdit(one, renamed[name]) for one in parameter_mentions(text, doc, name)
                )
    gone = [name for name in entries if name not in kept]
    removed = [span for name in gone for span in entries[name]]
    if gone and not kept:
        removed = _with_heading(text, doc, removed)
    edits.extend(TextEdit(span, "") for span in removed)
    edits.sort(key=lambda edit: (edit.span.start, edit.span.end))
    for before, after in pairwise(edits):
        if after.span.start < before.span.end:
            return ()
    return tuple(edits)


def _text(text: bytes, span: Span) -> str:
    return text[span.start : span.end].decode("utf-8", "surrogateescape")


def _with_name(block: str, name: str, renamed: Mapping[str, str]) -> str:
    if name not in renamed:
        return block
    return re.sub(rf"(?<!\w){re.escape(name)}(?!\w)", renamed[name], block, count=1)


def _entries(text: bytes, doc: Span, name: str) -> list[Span]:
    """The whole lines of a parameter's entries; () where they share lines with other things."""
    found: list[Span] = []
    for mention in parameter_mentions(text, doc, name):
        span = _lines(text, doc, mention)
        if span is not None and span not in found:
            found.append(span)
    return found


def _lines(text: bytes, doc: Span, mention: Span) -> Span | None:
    start, end = line_start(text, mention.start), line_end(text, mention.start)
    first = text[start:end]
    if start < doc.start and text[start : doc.start].strip():
        return None
    if b"/**" in first or any(mark in first for mark in _CLOSES):
        return None
    tagged = _TAG.match(_content(first)) is not None
    depth = _depth(first)
    xml = b"<param" in first
    closed = b"</param>" in first or b"/>" in first
    at = next_line(text, start)
    while at < doc.end:
        line = text[at : line_end(text, at)]
        content = _content(line)
        if any(mark in line for mark in _CLOSES) or not content.strip():
            break
        if xml:
            if closed:
                break
            closed = b"</param>" in line
        elif _ends_entry(line, content, depth, tagged):
            break
        at = next_line(text, at)
    return Span(start, at)


def _ends_entry(line: bytes, content: bytes, depth: int, tagged: bool) -> bool:
    if tagged:
        return _TAG.match(content) is not None or _depth(line) < depth
    return _depth(line) <= depth


def _content(line: bytes) -> bytes:
    found = _LEAD.match(line)
    return line[found.end() :] if found else line


def _depth(line: bytes) -> int:
    """Where the words of a line begin."""
    marked = re.match(rb"[ \t]*(?:\*(?!/)|///?!?|#+|--+)?[ \t]*", line)
    return len(marked.group()) if marked else 0


def _with_heading(text: bytes, doc: Span, removed: Sequence[Span]) -> list[Span]:
    """The entries, and the heading above them with the empty line before it."""
    if not removed:
        return []
    first = min(span.start for span in removed)
    above = line_start(text, first - 1) if first > doc.start else first
    line = _content(text[above : line_end(text, above)])
    start = first
    if _RULE.match(line) and above > doc.start:
        start = above
        above = line_start(text, above - 1)
        line = _content(text[above : line_end(text, above)])
    if not _HEADING.match(line) or above <= doc.start:
        return list(removed)
    start = above
    before = line_start(text, start - 1)
    if before > doc.start and not _content(text[before:start]).strip():
        start = before
    return [Span(start, first), *removed]
