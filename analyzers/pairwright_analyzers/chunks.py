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
from itertools import pairwise
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
_BARE_HEADER_BYTES = 80
_UNCUT_BYTES = 4 * MAX_BYTES
_PREFACE_BYTES = 40
_MOST_COMMENTS = 8
_MOST_CONTAINERS = 8
_SYMBOL_INTS = 11

_WORD = re.compile(rb"[0-9A-Za-z\x80-\xff]")
_NOT_BLANK = re.compile(rb"\S")
_COMMENT_START = re.compile(rb"[ \t]*(?:#(?!e(?:ndif|lse|lif))|//|/?\*|--|<!--|;)")
_PLAIN = "plaintext"
_MARGIN = re.compile(rb"\n[ \t\r]*\n(?=[^\s)}\]])")
_SAID = re.compile(
    rb"^[ \t]{0,4}(?:(?:pub|export|public|private|protected|internal|static|inline|extern|abstract"
    rb"|final|async|override|local|default|virtual)[ \t]+)*"
    rb"(?:fn|func|function|fun|def|defn|defmacro|define|sub|proc|procedure|method|class|struct|enum"
    rb"|union|type|data|newtype|interface|trait|protocol|instance|module|package|message|service"
    rb"|rpc|resource|variable|macro|contract|event|task|target|rule|schema|model|const|let|val|var)"
    rb"[ \t]+[\"']?([A-Za-z_$][\w$]*)",
    re.MULTILINE,
)
_MOST_SAID = 8
"""Names that a piece of a text without structure is found by."""
_DOCUMENTS = frozenset({"markdown", "json", "yaml", "toml", "html"})
_CONTAINERS = frozenset(int(kind) for kind in CONTAINER_KINDS)
_CALLABLES = frozenset(int(kind) for kind in CALLABLE_KINDS)
_NAMESPACE = int(SymbolKind.NAMESPACE)
_IMPLEMENTATION = int(SymbolKind.IMPLEMENTATION)
_SECTION = int(SymbolKind.SECTION)
_TEST = int(SymbolKind.TEST)


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
    text = parsed.text
    pieces = _merged(text, _pieces(text, facts), facts)
    return tuple(_cut(parsed, _attached(text, pieces, facts)))


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
    parts = " ".join(filter(None, fields[1:]))
    return " ".join(parts[: 4 * MAX_CHUNK_TEXT].split())[:MAX_CHUNK_TEXT].rstrip()


def chunk_digest(text: str) -> bytes:
    """The 16 bytes that a chunk's vector is kept under: a hash of its `chunk_text`."""
    return blake2b(text.encode("utf-8", "surrogatepass"), digest_size=16).digest()


# --- from symbols to pieces


class _Piece(NamedTuple):
    """Bytes that belong together. `group` is the symbol it lies in, -1 at the top: only what lies
    in one may be merged, and of that what is `small`. A `gap` lies between definitions; a
    `header` begins one whose members are pieces of their own.
    """

    start: int
    end: int
    symbol: int
    kind: ChunkKind
    group: int
    small: bool
    gap: bool
    header: bool


class _Open(NamedTuple):
    """A definition whose members are pieces of their own; `nested` says from how many bytes on."""

    end: int
    symbol: int
    kind: ChunkKind
    nested: int


def _pieces(text: bytes, facts: FileFacts) -> list[_Piece]:
    if facts.language == _PLAIN:
        return _paragraphs(text)
    document = facts.language in _DOCUMENTS
    ints = facts.columns.symbol_ints
    kinds = facts.columns.symbol_kinds
    found: list[_Piece] = []
    stack = [_Open(len(text), -1, ChunkKind.SECTION if document else ChunkKind.CODE, 0)]
    position = 0
    at_header = False
    for index, kind in enumerate(kinds):
        base = index * _SYMBOL_INTS
        start, end = ints[base + 1], ints[base + 2]
        if end <= position:
            continue
        while stack[-1].end <= start:
            closed = stack.pop()
            _add_gap(text, found, position, closed.end, closed, at_header)
            position, at_header = max(position, closed.end), False
        if start < position:
            continue
        around = stack[-1]
        is_callable = kind in _CALLABLES
        is_container = kind in _CONTAINERS
        if around.nested and (end - start < around.nested or not (is_callable or is_container)):
            continue
        doc_start, doc_end = ints[base + 9], ints[base + 10]
        if doc_end and position <= doc_start < doc_end <= start:
            start = doc_start
        line = text.rfind(b"\n", position, start)
        if line >= 0:
            start = line + 1
        if start >= end:
            continue
        _add_gap(text, found, position, start, around, at_header)
        position, at_header = start, False
        size = end - start
        bodiless = ints[base + 5] >= ints[base + 2]
        if _is_whole(kind, size):
            tiny = size <= _TINY_BYTES
            small = tiny or bodiless if is_callable else not is_container or (tiny and bodiless)
            whole = ChunkKind.SECTION if document else ChunkKind.DEFINITION
            gap = kind == _NAMESPACE and bodiless
            found.append(_Piece(start, end, index, whole, around.symbol, small, gap, False))
            position = end
        else:
            inner = ChunkKind.OUTLINE if is_container else ChunkKind.PART
            nested = _NESTED_BYTES if is_callable and kind != _TEST else 0
            stack.append(_Open(end, index, ChunkKind.SECTION if document else inner, nested))
            at_header = True
    while stack:
        closed = stack.pop()
        _add_gap(text, found, position, closed.end, closed, at_header)
        position, at_header = max(position, closed.end), False
    return found


def _paragraphs(text: bytes) -> list[_Piece]:
    """The pieces of a text without structure: each begins behind a blank line at the margin."""
    starts = [0, *(found.end() for found in _MARGIN.finditer(text)), len(text)]
    return [
        _Piece(start, end, -1, ChunkKind.CODE, -1, True, False, False)
        for start, end in pairwise(starts)
        if _NOT_BLANK.search(text, start, end)
    ]


def _is_whole(kind: int, size: int) -> bool:
    if kind == _SECTION:
        return size <= _WHOLE_SECTION_BYTES
    if kind in _CONTAINERS:
        return size <= _WHOLE_TYPE_BYTES
    return size <= MAX_BYTES


def _add_gap(
    text: bytes, found: list[_Piece], start: int, end: int, around: _Open, header: bool
) -> None:
    """What lies between definitions. The rest of the line that the definition before it ends in
    belongs to that: a semicolon, a comment.
    """
    if start >= end:
        return
    if found and found[-1].end == start and not header:
        stop = text.find(b"\n", start, min(end, start + _LEFTOVER_BYTES))
        if stop < 0 and end - start <= _LEFTOVER_BYTES:
            stop = end
        if stop > start:
            found[-1] = found[-1]._replace(end=stop)
            start = stop
    if _NOT_BLANK.search(text, start, end):
        symbol = around.symbol
        found.append(_Piece(start, end, symbol, around.kind, symbol, True, True, header))


def _merged(text: bytes, pieces: list[_Piece], facts: FileFacts) -> list[_Piece]:
    """Small neighbours together; what says nothing, with what stands before it."""
    found: list[_Piece] = []
    for piece in pieces:
        last = found[-1] if found else None
        if last is not None and not piece.header:
            if not _WORD.search(text, piece.start, piece.end):
                found[-1] = last._replace(end=piece.end)
                continue
            most = _MERGED_BYTES + (_TINY_BYTES if piece.end - piece.start < _TINY_BYTES else 0)
            if (
                piece.small
                and last.small
                and piece.group == last.group
                and piece.end - last.start <= most
            ):
                found[-1] = _together(last, piece, facts)
                continue
        found.append(piece)
    return found


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
    gap = first.gap and second.gap
    return _Piece(first.start, second.end, group, kind, group, True, gap, first.header)


def _attached(text: bytes, pieces: list[_Piece], facts: FileFacts) -> list[_Piece]:
    """Short leftovers with the definition they stand at: comments and bare headers with what
    follows, the rest with what stands before.
    """
    found: list[_Piece] = []
    carried = -1
    for at, piece in enumerate(pieces):
        follower = pieces[at + 1] if at + 1 < len(pieces) else None
        if carried >= 0:
            piece = piece._replace(start=carried)
            carried = -1
        if piece.header:
            if follower is not None and _is_bare(piece, follower, facts):
                carried = piece.start
                continue
        elif piece.gap and piece.end - piece.start < _LEFTOVER_BYTES:
            beside = follower is not None and follower.group == piece.group
            if beside and _ends_in_comment(text, piece):
                carried = piece.start
                continue
            if found and found[-1].group == piece.group and not found[-1].gap:
                found[-1] = found[-1]._replace(end=piece.end)
                continue
            if beside and piece.kind is ChunkKind.DEFINITION:
                carried = piece.start
                continue
        found.append(piece)
    return found


def _is_bare(piece: _Piece, follower: _Piece, facts: FileFacts) -> bool:
    """Whether a header says too little to be a piece: `describe "x" do`, `impl Cart {`."""
    columns = facts.columns
    kind = columns.symbol_kinds[piece.group]
    if not piece.gap or piece.end - piece.start >= _BARE_HEADER_BYTES:
        return False
    if columns.symbol_ints[piece.group * _SYMBOL_INTS + 10]:
        return False
    if kind in _CONTAINERS and kind not in (_NAMESPACE, _IMPLEMENTATION):
        return columns.symbol_kinds[follower.symbol] in _CONTAINERS and follower.symbol >= 0
    return True


def _ends_in_comment(text: bytes, piece: _Piece) -> bool:
    last = text[piece.start : piece.end].rstrip()
    return _COMMENT_START.match(last, last.rfind(b"\n") + 1) is not None


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
    raw = text[start:end].rstrip()
    if raw:
        yield Chunk(start + len(raw) - len(raw.lstrip()), start + len(raw), symbol, kind)


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
    """Where a long piece is cut: into parts of about equal length."""
    while end - start > MAX_BYTES:
        wanted = (end - start) / -(-(end - start) // MAX_BYTES)
        start = _next_cut(text, start, int(wanted), boundaries)
        if start >= end:
            return
        yield start


def _next_cut(text: bytes, start: int, wanted: int, boundaries: tuple[list[int], list[int]]) -> int:
    """Where the part that begins at `start` ends, at best `wanted` bytes on: before an outer
    statement rather than an inner one, else before a line, else within one, and in the last resort
    between any two characters.
    """
    starts, depths = boundaries
    low, high = start + wanted // 2, start + MAX_BYTES
    at_line: tuple[float, int] | None = None
    in_line: tuple[float, int] | None = None
    after = bisect_right(starts, high)
    for at in range(bisect_left(starts, low), after):
        offset = starts[at]
        found = (depths[at] + abs(offset - start - wanted) / wanted, offset)
        line = text.rfind(b"\n", start, offset)
        if line >= 0 and not text[line:offset].strip():
            at_line = min(at_line or found, found)
        else:
            in_line = min(in_line or found, found)
    if at_line is not None:
        return at_line[1]
    line = text.rfind(b"\n", low, high)
    if line >= 0:
        return line + 1
    if in_line is not None:
        return in_line[1]
    limit = start + _UNCUT_BYTES
    line = text.find(b"\n", high, limit)
    if line >= 0:
        limit = line + 1
    if after < len(starts) and starts[after] <= limit:
        return starts[after]
    # UTF-8 has at most three bytes that continue a character; anything else is none.
    for offset in range(limit, limit - 4, -1):
        if offset >= len(text) or text[offset] & 0xC0 != 0x80:
            return offset
    return limit


# --- what a chunk says


def fields_of_chunks(text: bytes, facts: FileFacts, chunks: Sequence[Chunk]) -> list[ChunkFields]:
    """What each of a file's chunks says, in order. Bytes that are not UTF-8 are replaced.

    A licence at the top of the file is in no field.
    """
    starts = list(facts.columns.symbol_ints[1::_SYMBOL_INTS])
    licence, preface = _preamble(text, facts.language)
    return [_fields(text, facts, chunk, starts, licence, preface) for chunk in chunks]


def _fields(
    text: bytes,
    facts: FileFacts,
    chunk: Chunk,
    starts: Sequence[int],
    licence: tuple[int, int],
    preface: tuple[int, int],
) -> ChunkFields:
    columns = facts.columns
    ints, kinds, strings = columns.symbol_ints, columns.symbol_kinds, columns.strings
    start, end, symbol, kind = chunk
    names: list[str] = []
    docs: list[str] = []
    removed: list[tuple[int, int]] = []
    signature = qualname = header = ""
    if start < licence[1]:
        removed.append(licence)
    if start <= preface[0] < preface[1] <= end:
        removed.append(preface)
        docs.append(_prose(text[preface[0] : preface[1]]))
    if facts.language == _PLAIN:
        line = text.rfind(b"\n", 0, start) + 1
        said = dict.fromkeys(found[1].decode() for found in _SAID.finditer(text, line, end))
        names += [*said][:_MOST_SAID]
    if symbol >= 0:
        base = symbol * _SYMBOL_INTS
        names.append(strings[ints[base]])
        qualname = _qualname(facts, symbol)
        written = strings[ints[base + 8]]
        if start <= ints[base + 3] < end:
            signature = written
            raw = written.encode("utf-8", "surrogateescape")
            at = text.find(raw, max(start, ints[base + 1]), end)
            if at >= 0:
                removed.append((at, at + len(raw)))
        else:
            header = written
        around = ints[base + 6] - 1
        if around >= 0 and kinds[around] in _CONTAINERS and kinds[around] != _NAMESPACE:
            header = f"{strings[ints[around * _SYMBOL_INTS + 8]]} {header}".rstrip()
    members = [symbol] if symbol >= 0 else []
    if kind is not ChunkKind.DEFINITION or kinds[symbol] not in _CALLABLES:
        first, last = bisect_left(starts, start), bisect_left(starts, end)
        members += [index for index in range(first, last) if index != symbol]
    inside = -1
    for index in members:
        base = index * _SYMBOL_INTS
        if index != symbol:
            if starts[index] < inside:
                continue
            if kinds[index] in _CALLABLES:
                inside = ints[base + 2]
            names.append(strings[ints[base]])
        doc_start, doc_end = max(ints[base + 9], start), min(ints[base + 10], end)
        if licence[1] <= doc_start < doc_end and doc_start >= preface[1]:
            removed.append((doc_start, doc_end))
            docs.append(_prose(text[doc_start:doc_end]))
    body = _without(text, start, end, removed)
    return ChunkFields(" ".join(names), qualname, header, signature, " ".join(docs).strip(), body)


def _without(text: bytes, start: int, end: int, removed: list[tuple[int, int]]) -> str:
    if not removed:
        return text[start:end].decode("utf-8", "replace").strip()
    removed.sort()
    parts: list[bytes] = []
    at = start
    for first, last in removed:
        if first >= at:
            parts.append(text[at:first])
        at = max(at, last)
    parts.append(text[at:end])
    return b" ".join(parts).decode("utf-8", "replace").strip()


def _qualname(facts: FileFacts, symbol: int) -> str:
    """The dotted name, of the innermost containers only where there are very many."""
    ints, strings = facts.columns.symbol_ints, facts.columns.strings
    base = symbol * _SYMBOL_INTS
    owner, qualname = strings[ints[base + 7]], strings[ints[base]]
    if owner:
        qualname = f"{owner}.{qualname}"
    for _ in range(_MOST_CONTAINERS - 1):
        base = (ints[base + 6] - 1) * _SYMBOL_INTS
        if base < 0:
            break
        owner, name = strings[ints[base + 7]], strings[ints[base]]
        qualname = f"{owner}.{name}.{qualname}" if owner else f"{name}.{qualname}"
    return qualname


def _preamble(text: bytes, language: str) -> tuple[tuple[int, int], tuple[int, int]]:
    """The spans of the licence at the top of a file and of what is said of the whole file there;
    (0, 0) for none.
    """
    pattern = _COMMENTS.get(language, _SLASH_COMMENT)
    licence = (0, 0)
    at = 0
    for _ in range(_MOST_COMMENTS):
        found = pattern.match(text, at)
        if found is None:
            break
        comment = found.group(1)
        if _LICENCE.search(comment):
            licence = (licence[0], found.end(1))
        elif len(comment) >= _PREFACE_BYTES:
            return licence, found.span(1)
        at = found.end()
    return licence, (0, 0)


def _prose(raw: bytes) -> str:
    """Documentation without what marks it as such."""
    text = raw.decode("utf-8", "replace").replace("\r", "")
    quoted = _OPENING_QUOTE.match(text)
    if quoted is not None:
        return text[quoted.end() :].rstrip().removesuffix(quoted.group(1)).strip()
    return _MARKUP.sub(r" \1\2 ", _COMMENT_MARKS.sub("", text)).strip()


_COMMENT_MARKS = re.compile(
    r"^[ \t]*(?://[/!]*|/\*[*!]*|\*+/?|#+!?|--+(?:\[=*\[| [|^](?= ))?|\{- ?\|?|<!--|=begin"
    r"|=end|;+)?[ \t]*|\*/|-->|-\}|\]=*\]$",
    re.MULTILINE,
)
_MARKUP = re.compile(
    r"</?[a-z]{1,12}/?>|<[a-z]{1,12} (?:cref|name|href|langword)=\"([^\"<>]*)\" ?/?>"
    r"|\{@[a-z]{1,12} ([^{}]*)\}"
)
_OPENING_QUOTE = re.compile(r"\s*+@?[a-z]*+\s*+(?:~[sS])?[rRbBuUfF]{0,2}(\"\"\"|'''|\"|')")
_LICENCE = re.compile(
    rb"(?i)copyright|licen[cs]ed? (?:under|to)|SPDX-License|all rights reserved"
    rb"|permission is hereby granted|part of the \S+ package"
)
_START = rb"(?:\xef\xbb\xbf)?\s*+"
_HASH_LINES = rb"(?:[ \t]*+#[^\n]*(?:\n|\Z))++"
_HASH_COMMENT = re.compile(_START + rb"(" + _HASH_LINES + rb")")
_PYTHON_COMMENT = re.compile(
    _START + rb"(" + _HASH_LINES + rb'|[rR]?"""(?:[^"\\]|\\[\0-\xff]|"(?!""))*+""")'
)
_SLASH_COMMENT = re.compile(
    _START + rb"(?:<\?php\s++)?((?:[ \t]*+//[^\n]*(?:\n|\Z))++|/\*(?:[^*]|\*(?!/))*+\*/)"
)
_DASH_COMMENT = re.compile(
    _START + rb"((?:[ \t]*+--(?!\[\[)[^\n]*(?:\n|\Z))++|--\[\[(?:[^\]]|\](?!\]))*+\]\])"
)
_HASKELL_COMMENT = re.compile(
    _START + rb"(?:\{-#(?:[^#]|#(?!-\}))*+#-\}\s*+)*+"
    rb"(\{-(?![ \t]?[|#])(?:[^-]|-(?!\}))*+-\}|(?:[ \t]*+--(?![ \t]*\|)[^\n]*(?:\n|\Z))++)"
)
"""A Haddock comment is none: besides the licence it says what the module is for."""
_COMMENTS = (
    dict.fromkeys(("ruby", "bash", "elixir", "yaml", "toml"), _HASH_COMMENT)
    | {"python": _PYTHON_COMMENT, "haskell": _HASKELL_COMMENT}
    | dict.fromkeys(("lua", "sql"), _DASH_COMMENT)
)
