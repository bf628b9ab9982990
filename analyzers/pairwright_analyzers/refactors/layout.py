"""How code lies on its lines: indentation, line ends, whole lines, moved blocks.

Pure functions of texts and trees. Knows nothing of what the code means.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from typing import TYPE_CHECKING

from pairwright_analyzers.languages.shapes import Shapes
from pairwright_analyzers.refactors.context import RefactorContext
from pairwright_analyzers.types import Span, TextEdit

if TYPE_CHECKING:
    from tree_sitter import Node


def newline_of(text: bytes) -> str:
    """The line end that a text uses."""
    at = text.find(b"\n")
    return "\r\n" if at > 0 and text[at - 1 : at] == b"\r" else "\n"


def line_start(text: bytes, offset: int) -> int:
    """Where the line of an offset starts."""
    return text.rfind(b"\n", 0, offset) + 1


def line_end(text: bytes, offset: int) -> int:
    """Where the line of an offset ends, before its line end."""
    at = text.find(b"\n", offset)
    if at < 0:
        return len(text)
    return at - 1 if at > offset and text[at - 1 : at] == b"\r" else at


def next_line(text: bytes, offset: int) -> int:
    """Where the line after an offset's starts; the text's end for the last one."""
    at = text.find(b"\n", offset)
    return len(text) if at < 0 else at + 1


def indent_at(text: bytes, offset: int) -> str:
    """The white space that the line of an offset starts with."""
    start = line_start(text, offset)
    end = start
    while end < len(text) and text[end : end + 1] in (b" ", b"\t"):
        end += 1
    return text[start:end].decode()


def starts_line(text: bytes, offset: int) -> bool:
    """Whether nothing but white space stands before an offset on its line."""
    return not text[line_start(text, offset) : offset].strip()


def ends_line(text: bytes, offset: int) -> bool:
    """Whether nothing but white space stands behind an offset on its line."""
    return not text[offset : line_end(text, offset)].strip()


def indent_unit(text: bytes, shapes: Shapes) -> str:
    """One step of indentation, as the file has it: a tab, or the most common step of spaces."""
    steps: Counter[str] = Counter()
    before = ""
    for raw in text.splitlines()[:4_000]:
        stripped = raw.lstrip(b" \t")
        if not stripped:
            continue
        now = raw[: len(raw) - len(stripped)].decode()
        if len(now) > len(before) and now.startswith(before):
            step = now[len(before) :]
            if step.strip("\t") == "":
                steps["\t"] += 1
            elif step.strip(" ") == "" and len(step) in (2, 3, 4, 8):
                steps[step] += 1
        before = now
    return steps.most_common(1)[0][0] if steps else shapes.indent


def whole_lines(text: bytes, span: Span) -> Span:
    """The span with the indentation before it and the line end behind it, where it is alone on its
    lines; else the span itself.
    """
    if not starts_line(text, span.start) or not ends_line(text, span.end):
        return span
    return Span(line_start(text, span.start), next_line(text, span.end))


def statements_span(ctx: RefactorContext, statements: Iterable[Node]) -> Span:
    """The bytes of neighbouring statements: terminators that the grammar leaves out of them, and a
    comment behind the last one on its line, included.
    """
    listed = list(statements)
    start, end = listed[0].start_byte, listed[-1].end_byte
    following = listed[-1].next_sibling
    while following is not None:
        same_line = b"\n" not in ctx.text[end : following.start_byte]
        if following.type == ";" or (same_line and following.type in ctx.shapes.comments):
            end = following.end_byte
            following = following.next_sibling
            continue
        break
    while end > start and ctx.text[end - 1 : end] in (b"\n", b"\r"):
        # Some grammars count the line end as part of a statement.
        end -= 1
    return Span(start, end)


def with_comments_above(ctx: RefactorContext, node: Node) -> int:
    """Where a statement starts, with the comments that stand right above it."""
    start = node.start_byte
    before = node.prev_sibling
    block = node.parent
    if before is None and block is not None and block.type in ctx.shapes.blocks:
        # Python's grammar puts a comment above the first statement before the block.
        before = block.prev_sibling
    while before is not None and before.type in ctx.shapes.comments:
        if not starts_line(ctx.text, before.start_byte):
            break
        if ctx.text[before.end_byte : start].count(b"\n") > 1:
            break
        start = before.start_byte
        before = before.prev_sibling
    return start


def string_lines(ctx: RefactorContext, span: Span) -> set[int]:
    """Starts of the lines of a span that lie inside a text in quotes: their indentation is part of
    a value.
    """
    strings = ctx.shapes.strings
    found: set[int] = set()
    pending = [ctx.parsed.root]
    while pending:
        node = pending.pop()
        if node.end_byte <= span.start or node.start_byte >= span.end:
            continue
        if node.type in strings:
            at = ctx.text.find(b"\n", node.start_byte, node.end_byte)
            while at >= 0:
                found.add(at + 1)
                at = ctx.text.find(b"\n", at + 1, node.end_byte)
            continue
        pending.extend(node.children)
    return found


def reindented(ctx: RefactorContext, span: Span, indent: str, old: str | None = None) -> str:
    """The text of a span whose first line starts at `indent`: the other lines move with it.

    The first line comes without its indentation. Lines inside of strings stay as they are. `old`
    is the indentation that the text has, where its first line does not show it.
    """
    if old is None:
        old = indent_at(ctx.text, span.start)
    protected = string_lines(ctx, span)
    parts: list[str] = []
    at = span.start
    while at < span.end:
        end = min(next_line(ctx.text, at), span.end)
        line = ctx.text[at:end].decode("utf-8", "surrogateescape")
        if at == span.start or at in protected or not line.strip():
            parts.append(line if at == span.start or at in protected else line.lstrip(" \t"))
        elif line.startswith(old):
            parts.append(indent + line[len(old) :])
        else:
            parts.append(_shifted(line, old, indent))
        at = end
    return "".join(parts)


def _shifted(line: str, old: str, new: str) -> str:
    """A line that is indented less, or otherwise, than the block it belongs to."""
    body = line.lstrip(" \t")
    width = len(line) - len(body)
    return new[: max(0, len(new) - max(0, len(old) - width))] + body


def rewritten(ctx: RefactorContext, span: Span, text: str) -> TextEdit:
    """The edit that puts a text in the place of a span, with the file's line ends."""
    lines = text.replace("\r\n", "\n")
    return TextEdit(span, lines.replace("\n", newline_of(ctx.text)))


def indented(text: str, indent: str) -> str:
    """A new text with `indent` before every line that is not empty."""
    return "".join(
        indent + line if line.strip() else line for line in text.splitlines(keepends=True)
    )


def definition_lines(ctx: RefactorContext, node: Node) -> Span:
    """All lines of a definition: the comments right above it, and the empty lines that would be
    left over where it was.
    """
    text = ctx.text
    start = with_comments_above(ctx, node)
    lines = whole_lines(text, Span(start, statements_span(ctx, [node]).end))
    end = lines.end
    blank_behind = 0
    while end < len(text) and not text[end : next_line(text, end)].strip():
        end = next_line(text, end)
        blank_behind += 1
    before, blank_before = lines.start, 0
    while before > 0 and not text[line_start(text, before - 1) : before].strip():
        before = line_start(text, before - 1)
        blank_before += 1
    head = text[:before].rstrip()
    opens = not head or head.endswith((b"{", b":", b"(")) or node.prev_named_sibling is None
    rest = text[end:].lstrip()
    close = ctx.shapes.block_close.encode()
    if not opens and close and rest.startswith(close):
        return Span(before, lines.end)
    if end >= len(text):
        return Span(before, end) if head else Span(0, end)
    if opens or blank_before >= blank_behind:
        return Span(lines.start, end)
    return Span(before, lines.end)
