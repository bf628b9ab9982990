"""(tree, facts) -> the pieces of a file that search finds, and the text of each.

Owns where a file is cut and what of a piece is its name, its signature, its documentation and its
body. It must not know how pieces are ranked, stored or embedded, nor the path of the file: equal
text anywhere gives equal pieces. Pieces follow definitions; what is too long is cut between
statements, after "split, then merge" of cAST (Zhang et al. 2025).
"""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Sequence
from hashlib import blake2b
from typing import NamedTuple

from pairwright_analyzers.facts import FileFacts
from pairwright_analyzers.syntax import Parsed
from pairwright_analyzers.types import (
    CALLABLE_KINDS,
    CONTAINER_KINDS,
    Chunk,
    ChunkKind,
    SymbolKind,
)

MAX_BYTES = 2_500
"""Definitions longer than this are cut into parts. About 60 lines."""

MAX_CHUNK_TEXT = 2_400
"""The most characters of `chunk_text`."""

_MERGED_BYTES = 1_200
_WHOLE_TYPE_BYTES = 600
_WHOLE_SECTION_BYTES = 1_200
_TINY_BYTES = 120
_NESTED_BYTES = 300
_LEFTOVER_BYTES = 200
_UNCUT_BYTES = 4 * MAX_BYTES
_SYMBOL_INTS = 11

_WORD = re.compile(rb"[0-9A-Za-z\x80-\xff]")
_NOT_BLANK = re.compile(rb"\S")
_COMMENT_START = re.compile(rb"\s*(?:#|//|/\*|--|<!--|;|\")")
_DOCUMENTS = frozenset({"markdown", "json", "yaml", "toml", "html"})
_CONTAINERS = frozenset(int(kind) for kind in CONTAINER_KINDS)
_CALLABLES = frozenset(int(kind) for kind in CALLABLE_KINDS)
_NAMESPACE = int(SymbolKind.NAMESPACE)
_SECTION = int(SymbolKind.SECTION)


class ChunkFields(NamedTuple):
    """What a chunk says, by field; each may be "".

    `name`: its symbol's name, then those of the members that are defined in it. `qualname`: the
    symbol's dotted name. `header`: what stands around it, as written: the header of its type; of a
    later part, its definition's header. `signature`: its symbol's header as written. `doc`: the
    documentation, without comment marks and quotes. `body`: all the rest.
    """

    name: str
    qualname: str
    header: str
    signature: str
    doc: str
    body: str


def chunks_of(parsed: Parsed, facts: FileFacts) -> tuple[Chunk, ...]:
    """The pieces of a file: sorted, disjoint, every byte that is not blank in one of them.

    Never raises on bad source, and takes time linear in the text. They begin and end with
    characters that are not blank.
    """
    pieces = _merged(parsed.text, _pieces(parsed.text, facts), facts)
    return tuple(_cut(parsed, pieces))


def chunk_fields(text: bytes, facts: FileFacts, chunk: Chunk) -> ChunkFields:
    """What one chunk says. For all chunks of a file, `fields_of_chunks` is quicker."""
    return fields_of_chunks(text, facts, (chunk,))[0]


def chunk_text(text: bytes, facts: FileFacts, chunk: Chunk) -> str:
    """What of a chunk is embedded, at most `MAX_CHUNK_TEXT` characters: see `text_of_fields`."""
    return text_of_fields(chunk_fields(text, facts, chunk))


def text_of_fields(fields: ChunkFields) -> str:
    """The text that is embedded: qualified name, header around, signature, documentation, body;
    white space folded, so that a changed indentation changes nothing.
    """
    parts = " ".join(part for part in fields[1:] if part)
    return " ".join(parts[: 4 * MAX_CHUNK_TEXT].split())[:MAX_CHUNK_TEXT]


def chunk_digest(text: str) -> bytes:
    """The 16 bytes that a chunk's vector is kept under: a hash of its `chunk_text`."""
    return blake2b(text.encode("utf-8", "surrogatepass"), digest_size=16).digest()


# --- from symbols to pieces


class _Piece(NamedTuple):
    start: int
    end: int
    symbol: int
    kind: ChunkKind
    group: int
    """The symbol it lies in, -1 at the top: what lies in one may be merged."""
    small: bool
    """May be merged with its neighbours."""
    gap: bool
    """Lies between definitions; of `header`, the beginning of the one it belongs to."""
    header: bool = False


class _Open(NamedTuple):
    end: int
    symbol: int
    kind: ChunkKind
    group: int
    callable: bool


def _pieces(text: bytes, facts: FileFacts) -> list[_Piece]:
    document = facts.language in _DOCUMENTS
    outside = ChunkKind.SECTION if document else ChunkKind.CODE
    ints = facts.columns.symbol_ints
    kinds = facts.columns.symbol_kinds
    found: list[_Piece] = []
    stack = [_Open(len(text), -1, outside, -1, False)]
    position = 0
    header = False

    def gap(upto: int) -> None:
        nonlocal position, header
        start, position = position, max(position, upto)
        opened = stack[-1]
        is_header, header = header, False
        if start >= upto:
            return
        if found and found[-1].end == start and not is_header:
            stop = text.find(b"\n", start, min(upto, start + _LEFTOVER_BYTES))
            if stop < 0 and upto - start <= _LEFTOVER_BYTES:
                stop = upto
            if stop > 0 and text[stop - 1 : stop] != b"\n":
                found[-1] = found[-1]._replace(end=stop)
                start = stop
        if start < upto and _NOT_BLANK.search(text, start, upto):
            found.append(
                _Piece(start, upto, opened.symbol, opened.kind, opened.group, True, True, is_header)
            )

    for index in range(len(kinds)):
        base = index * _SYMBOL_INTS
        start, end = ints[base + 1], ints[base + 2]
        if end <= position:
            continue
        while stack[-1].end <= start:
            gap(stack[-1].end)
            stack.pop()
        if start < position:
            continue
        opened = stack[-1]
        end = min(end, opened.end)
        kind = kinds[index]
        is_callable = kind in _CALLABLES
        is_container = kind in _CONTAINERS
        if end <= start:
            continue
        if opened.callable and not ((is_callable or is_container) and end - start >= _NESTED_BYTES):
            continue
        doc_start = ints[base + 9]
        if position <= doc_start < start and ints[base + 10] <= start and ints[base + 10]:
            start = doc_start
        line = text.rfind(b"\n", position, start)
        if line >= 0 and not (header and text[line:start].strip()):
            start = line + 1
        gap(start)
        size = end - start
        if kind == _SECTION:
            whole = size <= _WHOLE_SECTION_BYTES
        elif is_container:
            whole = size <= _WHOLE_TYPE_BYTES and kind != _NAMESPACE
        else:
            whole = size <= MAX_BYTES
        if whole:
            bodiless = ints[base + 5] >= ints[base + 2]
            small = size <= _TINY_BYTES if is_callable and not bodiless else not is_container
            chunk_kind = ChunkKind.SECTION if document else ChunkKind.DEFINITION
            found.append(_Piece(start, end, index, chunk_kind, opened.group, small, False))
            position = end
            continue
        if document:
            inner = ChunkKind.SECTION
        elif is_container:
            inner = ChunkKind.OUTLINE
        else:
            inner = ChunkKind.PART
        position = start
        header = True
        group = opened.group if kind == _NAMESPACE else index
        stack.append(_Open(end, index, inner, group, is_callable))
    while stack:
        gap(stack[-1].end)
        stack.pop()
    return found


def _merged(text: bytes, pieces: list[_Piece], facts: FileFacts) -> list[_Piece]:
    """Small neighbours together; what says nothing, with what stands before it."""
    found: list[_Piece] = []
    count = 0
    for piece in pieces:
        last = found[-1] if found else None
        if last is not None and not piece.header:
            if not _WORD.search(text, piece.start, piece.end):
                found[-1] = last._replace(end=piece.end)
                continue
            if (
                piece.small
                and last.small
                and piece.group == last.group
                and piece.end - last.start <= _MERGED_BYTES
            ):
                found[-1] = _together(last, piece, facts)
                count += 1
                continue
        found.append(piece)
    return _attached(text, found)


def _together(first: _Piece, second: _Piece, facts: FileFacts) -> _Piece:
    group = first.group
    if ChunkKind.SECTION in (first.kind, second.kind):
        kind = ChunkKind.SECTION
    elif group < 0:
        kind = ChunkKind.CODE
    elif facts.columns.symbol_kinds[group] in _CONTAINERS:
        kind = ChunkKind.OUTLINE
    else:
        kind = ChunkKind.PART
    return _Piece(
        first.start, second.end, group, kind, group, True, first.gap and second.gap, first.header
    )


def _attached(text: bytes, pieces: list[_Piece]) -> list[_Piece]:
    """Short leftovers between definitions, with the definition they stand at."""
    found: list[_Piece] = []
    carried = -1
    for at, piece in enumerate(pieces):
        if carried >= 0:
            piece = piece._replace(start=carried)
            carried = -1
        if piece.gap and not piece.header and piece.end - piece.start < _LEFTOVER_BYTES:
            follower = pieces[at + 1] if at + 1 < len(pieces) else None
            beside = follower is not None and follower.group == piece.group
            if beside and _COMMENT_START.match(text, piece.start, piece.end):
                carried = piece.start
                continue
            if found and found[-1].group == piece.group and not found[-1].gap:
                found[-1] = found[-1]._replace(end=piece.end)
                continue
        found.append(piece)
    return found


# --- from pieces to chunks


def _cut(parsed: Parsed, pieces: list[_Piece]) -> Iterable[Chunk]:
    text = parsed.text
    long = [(piece.start, piece.end) for piece in pieces if piece.end - piece.start > MAX_BYTES]
    boundaries = _boundaries(parsed, long) if long else []
    at = 0
    for piece in pieces:
        if piece.end - piece.start <= MAX_BYTES:
            yield from _trimmed(text, piece.start, piece.end, piece.symbol, piece.kind)
            continue
        kind = ChunkKind.PART if piece.kind is ChunkKind.DEFINITION else piece.kind
        start = piece.start
        for stop in _cuts(text, piece.start, piece.end, boundaries[at]):
            yield from _trimmed(text, start, stop, piece.symbol, kind)
            start = stop
        yield from _trimmed(text, start, piece.end, piece.symbol, kind)
        at += 1


def _trimmed(text: bytes, start: int, end: int, symbol: int, kind: ChunkKind) -> Iterable[Chunk]:
    raw = text[start:end]
    left = len(raw) - len(raw.lstrip())
    kept = len(raw.strip())
    if kept:
        yield Chunk(start + left, start + left + kept, symbol, kind)


def _boundaries(
    parsed: Parsed, regions: Sequence[tuple[int, int]]
) -> list[tuple[list[int], list[int]]]:
    """For each region (sorted, disjoint): where nodes begin in it, and how deep each stands."""
    text = parsed.text
    found: list[tuple[list[int], list[int]]] = [([], []) for _ in regions]
    cursor = parsed.root.walk()
    at = 0
    depth = 0
    comment_end = -1
    if not cursor.goto_first_child():
        return found
    while at < len(regions):
        node = cursor.node
        assert node is not None
        start, end = node.byte_range
        while at < len(regions) and regions[at][1] <= start:
            at += 1
        if at == len(regions):
            break
        first, last = regions[at]
        if end > first:
            if start > first and node.is_named:
                starts, depths = found[at]
                follows_comment = comment_end >= 0 and text.count(b"\n", comment_end, start) <= 1
                if not follows_comment and (not starts or starts[-1] != start):
                    starts.append(start)
                    depths.append(depth)
            comment_end = end if "comment" in node.type else -1
            if min(end, last) - max(start, first) > MAX_BYTES // 2 and cursor.goto_first_child():
                depth += 1
                comment_end = -1
                continue
        while not cursor.goto_next_sibling():
            if not cursor.goto_parent():
                return found
            depth -= 1
            comment_end = -1
            if depth < 0:
                return found
    return found


def _cuts(
    text: bytes, start: int, end: int, boundaries: tuple[list[int], list[int]]
) -> Iterable[int]:
    """Where a long piece is cut: at outer statements rather than inner, and into parts of about
    equal length.
    """
    starts, depths = boundaries
    while end - start > MAX_BYTES:
        wanted = (end - start) / -(-(end - start) // MAX_BYTES)
        low = bisect_left(starts, start + wanted * 0.5)
        high = bisect_right(starts, start + MAX_BYTES)
        best = -1
        score = 0.0
        for at in range(low, high):
            offset = starts[at]
            line = text.rfind(b"\n", start, offset)
            alone = line >= 0 and not text[line:offset].strip()
            one = depths[at] + abs(offset - start - wanted) / wanted + (0 if alone else 20)
            if best < 0 or one < score:
                best, score = offset, one
        if best < 0 or score >= 20:
            line = text.rfind(b"\n", start + int(wanted * 0.5), start + MAX_BYTES)
            if line >= 0:
                best = line + 1
        if best < 0 and high < len(starts) and starts[high] - start <= _UNCUT_BYTES:
            best = starts[high]
        if best < 0:
            best = start + _UNCUT_BYTES
            line = text.find(b"\n", start + MAX_BYTES, best)
            if line >= 0:
                best = line + 1
            while start < best < end and text[best] & 0xC0 == 0x80:
                best -= 1
        if best >= end:
            return
        yield best
        start = best


# --- what a chunk says


def fields_of_chunks(text: bytes, facts: FileFacts, chunks: Sequence[Chunk]) -> list[ChunkFields]:
    """What each of a file's chunks says, in order. Bytes that are not UTF-8 are replaced."""
    columns = facts.columns
    ints = columns.symbol_ints
    kinds = columns.symbol_kinds
    strings = columns.strings
    name_starts = list(ints[3::_SYMBOL_INTS])
    starts = list(ints[1::_SYMBOL_INTS])
    found: list[ChunkFields] = []
    for chunk in chunks:
        start, end, symbol, kind = chunk
        names: list[str] = []
        docs: list[str] = []
        removed: list[tuple[int, int]] = []
        signature = qualname = header = ""
        base = symbol * _SYMBOL_INTS
        if symbol >= 0:
            names.append(strings[ints[base]])
            qualname = facts.qualname(symbol)
            written = strings[ints[base + 8]]
            if start <= ints[base + 3] < end:
                signature = written
                raw = written.encode("utf-8", "surrogateescape")
                at = text.find(raw, max(start, ints[base + 1]), end)
                if at >= 0:
                    removed.append((at, at + len(raw)))
            else:
                header = written
            container = ints[base + 6] - 1
            if container >= 0 and kinds[container] in _CONTAINERS:
                around = strings[ints[container * _SYMBOL_INTS + 8]]
                header = f"{around} {header}" if header else around
        if kind is ChunkKind.DEFINITION and symbol >= 0 and kinds[symbol] in _CALLABLES:
            members: Iterable[int] = (symbol,)
        else:
            first = bisect_left(starts, start)
            members = range(first, bisect_left(starts, end))
        outside = -1
        for index in members:
            place = index * _SYMBOL_INTS
            if index != symbol and starts[index] < outside:
                continue
            if start <= name_starts[index] < end:
                if index != symbol:
                    names.append(strings[ints[place]])
                doc_start, doc_end = ints[place + 9], ints[place + 10]
                if doc_end and start <= doc_start and doc_end <= end:
                    removed.append((doc_start, doc_end))
                    docs.append(_prose(text[doc_start:doc_end]))
            if kinds[index] in _CALLABLES and index != symbol:
                outside = max(outside, ints[place + 2])
        removed.sort()
        parts: list[bytes] = []
        at = start
        for first, last in removed:
            if first >= at:
                parts.append(text[at:first])
                at = last
        parts.append(text[at:end])
        body = b" ".join(parts).decode("utf-8", "replace").strip()
        found.append(
            ChunkFields(" ".join(names), qualname, header, signature, " ".join(docs).strip(), body)
        )
    return found


_MARKS = re.compile(
    r"^[ \t]*(?:///?!?|/\*[*!]*|\*+/?|#+!?|--+\[*|<!--|=begin|=end|;+|@\w*doc\s+)?[ \t]*",
    re.MULTILINE,
)
_ENDS = re.compile(r"(?:\*+/|-->|\]\])[ \t]*$", re.MULTILINE)
_QUOTES = re.compile(
    r"^[ \t]*@?\w*[ \t]*(?:~[sS])?[rRbBuUfF]{0,2}(\"\"\"|'''|\"|')(.*?)\1?\s*$", re.DOTALL
)


def _prose(raw: bytes) -> str:
    text = raw.decode("utf-8", "replace")
    quoted = _QUOTES.match(text)
    if quoted is not None:
        return quoted.group(2).strip()
    return _MARKS.sub("", _ENDS.sub("", text)).strip()
