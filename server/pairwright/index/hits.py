"""From what was found to what is shown: pieces and matches as the view's text has them.

Owns the hit: its lines, symbol and snippet, and leaving out what is no longer in the text. It must
not know why a piece was found, nor what its score is made of.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from itertools import islice
from typing import TYPE_CHECKING

from pairwright.index.asked import Asked
from pairwright.index.protocol import Hit
from pairwright.index.query import Query
from pairwright.index.source import NotSource, read_source
from pairwright.index.view import IndexView
from pairwright_analyzers.chunks import fields_of_chunks, text_of_fields
from pairwright_analyzers.types import CALLABLE_KINDS, TYPE_KINDS, Chunk, ChunkKind, Span
from pairwright_analyzers.words import terms_of

if TYPE_CHECKING:
    from pairwright.index.evidence import Corpus
    from pairwright_analyzers.facts import FileFacts
    from pairwright_analyzers.types import Symbol

SNIPPET_LINES = 12

_LINE_BYTES = 400
_MOST_ROWS = 200
_OWN_HITS = CALLABLE_KINDS | TYPE_KINDS
_LEFT_OUT = "…".encode()
_NOTHING_SAID = re.compile(
    rb"[^\w\x80-\xff]*(?:begin|do|done|else|end|esac|fi|then)?[^\w\x80-\xff]*\Z"
)


def hit_of_chunk(
    asked: Asked,
    corpus: Corpus,
    number: int,
    score: float,
    parts: Mapping[str, float],
    named: int | None = None,
) -> Hit | None:
    """A chunk as the view's text has it, or the one symbol of it that was `named`; None when its
    file is gone or has no such piece.
    """
    table = corpus.index.table
    path = corpus.index.paths[int(corpus.files[number])]
    digest = table.digest(number)
    chunk = table.chunk(number)
    facts, text = asked.view.facts(path), asked.view.text(path)
    if facts is None or text is None:
        found = _refreshed(asked.view, path, digest)
        if found is None:
            asked.notes.append(
                f"{path} has changed and is not indexed yet: hits in it are left out."
            )
            return None
        facts, text, chunk = found
    if asked.query.filters.kinds:
        return _hit_of_kind(path, text, facts, chunk, asked.query, score, parts, digest)
    symbol = chunk.symbol if named is None else named
    if symbol < 0 and chunk.kind is not ChunkKind.SECTION:
        symbol = _meant(text, facts, chunk, asked.query)
    if symbol != chunk.symbol and symbol < facts.symbol_count:
        chunk = _narrowed(facts, chunk, symbol)
    return _hit(path, text, facts, chunk, asked.query, score, parts, digest)


def hit_of_span(asked: Asked, path: str, span: Span) -> Hit | None:
    """One match, with the definition that it lies in."""
    text, facts = asked.view.text(path), asked.view.facts(path)
    if text is None or facts is None:
        return None
    symbol = facts.symbol_at(span.start)
    kinds = asked.query.filters.kinds
    if kinds and (symbol is None or symbol.kind not in kinds):
        return None
    first, last = _line(text, span.start), _line(text, max(span.start, span.end - 1))
    return Hit(
        path,
        first,
        last,
        span,
        symbol.qualname if symbol is not None else "",
        symbol.kind.name.lower() if symbol is not None else "code",
        1.0,
        _lines(text, first, min(last, first + SNIPPET_LINES - 1)),
    )


def text_of_chunk(view: IndexView, corpus: Corpus, number: int) -> str:
    """The text of a chunk that models read; "" when its file is gone."""
    path = corpus.index.paths[int(corpus.files[number])]
    facts, text = view.facts(path), view.text(path)
    if facts is None or text is None:
        return ""
    fields = fields_of_chunks(text, facts, (corpus.index.table.chunk(number),))
    return text_of_fields(fields[0])


def _refreshed(view: IndexView, path: str, digest: bytes) -> tuple[FileFacts, bytes, Chunk] | None:
    """The same piece in a file that was written after it was indexed."""
    from pairwright.index.file_terms import file_terms
    from pairwright_analyzers.facts import facts_of_parsed
    from pairwright_analyzers.syntax import parse

    source = read_source(view.root, path)
    if isinstance(source, NotSource):
        return None
    parsed = parse(source.language, source.text)
    facts = facts_of_parsed(parsed)
    terms = file_terms(parsed, facts)
    for at, chunk in enumerate(terms.chunks):
        if terms.digest(at) == digest:
            return facts, source.text, chunk
    return None


def _hit(
    path: str,
    text: bytes,
    facts: FileFacts,
    chunk: Chunk,
    query: Query,
    score: float,
    parts: Mapping[str, float],
    digest: bytes,
) -> Hit:
    symbol, kind = "", "section" if chunk.kind is ChunkKind.SECTION else "code"
    if 0 <= chunk.symbol < facts.symbol_count:
        symbol = facts.qualname(chunk.symbol)
        kind = facts.symbol_kind(chunk.symbol).name.lower()
    first = _line(text, chunk.start)
    last = first + text.count(b"\n", chunk.start, chunk.end)
    name = facts.symbol_name_start(chunk.symbol) if symbol else chunk.start
    snippet = _snippet(text, chunk, name, query.words)
    span = Span(chunk.start, chunk.end)
    return Hit(path, first, last, span, symbol, kind, score, snippet, parts, digest)


def _hit_of_kind(
    path: str,
    text: bytes,
    facts: FileFacts,
    chunk: Chunk,
    query: Query,
    score: float,
    parts: Mapping[str, float],
    digest: bytes,
) -> Hit | None:
    """The definition of a wanted kind in a chunk that has most of the words in its name."""
    best, most = -1, -1.0
    for index in range(facts.symbol_count):
        inside = chunk.start <= facts.symbol_name_start(index) < chunk.end
        if (index != chunk.symbol and not inside) or facts.symbol_kind(
            index
        ) not in query.filters.kinds:
            continue
        fit = sum(query.words.get(term, 0.0) for term in set(terms_of(facts.symbol_name(index))))
        if index == chunk.symbol:
            fit += 0.5
        if fit > most:
            best, most = index, fit
    if best < 0:
        return None
    if best == chunk.symbol:
        return _hit(path, text, facts, chunk, query, score, parts, digest)
    narrowed = _narrowed(facts, chunk, best)
    return _hit(path, text, facts, narrowed, query, score, parts, digest)


def _meant(text: bytes, facts: FileFacts, chunk: Chunk, query: Query) -> int:
    """Which of the small definitions that make up a piece has more of the words than each other
    one, the outermost of those that have the same; -1 where none has.
    """
    fits: list[tuple[float, int, Symbol]] = []
    for index in range(facts.symbol_count):
        if not chunk.start <= facts.symbol_name_start(index) < chunk.end:
            continue
        symbol = facts.symbol(index)
        if symbol.kind not in _OWN_HITS:
            continue
        start, end = max(symbol.span.start, chunk.start), min(symbol.span.end, chunk.end)
        said = set(terms_of(text[start:end].decode("utf-8", "replace")))
        named = set(terms_of(symbol.name))
        fit = sum(
            weight * ((term in said) + (term in named)) for term, weight in query.words.items()
        )
        fits.append((fit, end - start, symbol))
    if not fits:
        return -1
    most, _, best = max(fits, key=lambda one: one[:2])
    rivals = any(
        fit >= most and other is not best and not best.span.covers(other.span)
        for fit, _, other in fits
    )
    return best.index if most > 0 and not rivals else -1


def _narrowed(facts: FileFacts, chunk: Chunk, symbol: int) -> Chunk:
    """The part of a chunk that is one definition in it."""
    span = facts.symbol(symbol).span
    start, end = max(span.start, chunk.start), min(span.end, chunk.end)
    return Chunk(start, end, symbol, chunk.kind) if start < end else chunk


def _line(text: bytes, offset: int) -> int:
    return text.count(b"\n", 0, offset) + 1


def _lines(text: bytes, first: int, last: int) -> str:
    """Whole lines, counted from 1."""
    rows = islice(text.split(b"\n"), first - 1, last)
    return _shown(list(rows))


def _snippet(text: bytes, chunk: Chunk, name: int, words: Mapping[str, float]) -> str:
    """The lines of a piece that say most of the words, at most `SNIPPET_LINES`; where these are not
    its first ones, beside the line that names what it is, or that it begins with.
    """
    start = text.rfind(b"\n", 0, chunk.start) + 1
    if text[start : chunk.start].strip():
        start = chunk.start
    rows = text[start : chunk.end].split(b"\n")
    if len(rows) <= SNIPPET_LINES:
        return _shown(rows)
    header = text.count(b"\n", start, name) if start <= name < chunk.end else 0
    begin = _best_window(rows, words, SNIPPET_LINES)
    if begin <= header < begin + SNIPPET_LINES:
        return _shown(rows[begin : begin + SNIPPET_LINES])
    begin = _best_window(rows, words, SNIPPET_LINES - 2)
    end = begin + SNIPPET_LINES - 2
    if end <= header:
        # Documentation stands before what it is of.
        return _shown([*rows[begin:end], *([_LEFT_OUT] if end < header else []), rows[header]])
    begin = max(begin, header + 1)
    while begin < end - 1 and _NOTHING_SAID.match(rows[begin]):
        begin += 1
    left_out = [_LEFT_OUT] if begin > header + 1 else []
    return _shown([rows[header], *left_out, *rows[begin:end]])


def _best_window(rows: Sequence[bytes], words: Mapping[str, float], size: int) -> int:
    """Where the `size` lines begin that have most of the words; each counts once, the head for
    more.
    """
    told: list[list[str]] = []
    for row in rows[:_MOST_ROWS]:
        line = row[:_LINE_BYTES].decode("utf-8", "replace")
        told.append([term for term in terms_of(line) if term in words])
    within: dict[str, int] = {}
    value, best, most = 0.0, 0, 0.0
    for end, terms in enumerate(told):
        for term in terms:
            within[term] = within.get(term, 0) + 1
            if within[term] == 1:
                value += words[term]
        begin = end + 1 - size
        if begin > 0:
            for term in told[begin - 1]:
                within[term] -= 1
                if not within[term]:
                    value -= words[term]
        if begin >= 0 and value > most + 1e-9:
            # The head says what the piece is.
            best, most = begin, value + (0.5 if begin == 0 else 0.0)
    return best


def _shown(rows: Iterable[bytes]) -> str:
    lines = [row[:_LINE_BYTES].decode("utf-8", "replace").rstrip() for row in rows]
    return "\n".join(lines).rstrip()
