"""Byte offsets of a UTF-8 text <-> lines and columns in the units editors use.

Owns the arithmetic and nothing else. A `LineIndex` is a value: it never follows an edit.
"""

from __future__ import annotations

from bisect import bisect_right
from enum import StrEnum
from itertools import accumulate


class Encoding(StrEnum):
    """The unit of a column, LSP 3.17 `PositionEncodingKind`."""

    UTF8 = "utf-8"
    UTF16 = "utf-16"
    UTF32 = "utf-32"


class LineIndex:
    """Line starts of a text, as byte offsets. Lines end with LF, CRLF or CR, as LSP says.

    Columns past the end of a line are clamped to it, lines past the end to the last position:
    editors send both.
    """

    __slots__ = ("_starts", "_text")

    def __init__(self, text: bytes) -> None:
        self._text = text
        if b"\r" in text:
            starts = [0]
            starts.extend(accumulate(len(line) for line in text.splitlines(keepends=True)))
            # bytes.splitlines splits on LF, CR and CRLF only, which is LSP's rule.
            if len(starts) > 1 and not text.endswith((b"\n", b"\r")):
                starts.pop()
        else:
            starts = [0]
            starts.extend(accumulate(len(line) + 1 for line in text.split(b"\n")))
            starts.pop()
        self._starts = starts

    @property
    def line_count(self) -> int:
        """How many lines there are; an empty text has one."""
        return len(self._starts)

    def line_of(self, offset: int) -> int:
        """The line, from 0, in which the byte offset lies."""
        return bisect_right(self._starts, offset) - 1

    def line_start(self, line: int) -> int:
        """The byte offset of a line's first byte; the text's length for a line past the end."""
        return self._starts[line] if line < len(self._starts) else len(self._text)

    def line_end(self, line: int) -> int:
        """The byte offset behind a line's last byte, its line break left out."""
        end = self.line_start(line + 1)
        start = self.line_start(line)
        while end > start and self._text[end - 1] in b"\r\n":
            end -= 1
        return end

    def line_text(self, line: int) -> bytes:
        """A line's bytes without its line break."""
        return self._text[self.line_start(line) : self.line_end(line)]

    def position(self, offset: int, encoding: Encoding = Encoding.UTF8) -> tuple[int, int]:
        """(line, column) of a byte offset, both from 0, the column in `encoding` units."""
        offset = min(max(offset, 0), len(self._text))
        line = self.line_of(offset)
        start = self._starts[line]
        if encoding is Encoding.UTF8:
            return line, offset - start
        prefix = self._text[start:offset]
        if prefix.isascii():
            return line, len(prefix)
        decoded = prefix.decode("utf-8", "replace")
        if encoding is Encoding.UTF32:
            return line, len(decoded)
        return line, len(decoded.encode("utf-16-le")) // 2

    def offset(self, line: int, column: int, encoding: Encoding = Encoding.UTF8) -> int:
        """The byte offset of a position; never inside a character."""
        if line < 0:
            return 0
        if line >= len(self._starts):
            return len(self._text)
        start = self._starts[line]
        content = self._text[start : self.line_end(line)]
        column = max(column, 0)
        if content.isascii():
            return start + min(column, len(content))
        if encoding is Encoding.UTF8:
            at = min(column, len(content))
            while 0 < at < len(content) and content[at] & 0xC0 == 0x80:
                at -= 1
            return start + at
        units = 0
        at = 0
        for char in content.decode("utf-8", "replace"):
            width = 1 if encoding is Encoding.UTF32 or ord(char) < 0x10000 else 2
            if units + width > column:
                break
            units += width
            at += len(char.encode("utf-8", "surrogatepass"))
        return start + min(at, len(content))
