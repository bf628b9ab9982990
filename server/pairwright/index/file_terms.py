"""One file's words by chunk, as the lexical index is made of: (tree, facts) -> `FileTerms`.

Owns the packed form and what is kept of a word in a chunk: in which fields it stands and how often.
It must not know other files, nor what a word's index terms are: words are kept as written, so that
each is taken apart once for a whole workspace (`lexical_merge.py`) and not in every chunk. It runs
in the workers, so it must not import numpy.
"""

from __future__ import annotations

import string
import struct
import sys
import zlib
from array import array
from collections import Counter
from collections.abc import Iterable, Sequence
from functools import cache
from hashlib import blake2b
from importlib.resources import files
from itertools import accumulate, chain, pairwise
from typing import TYPE_CHECKING

from pairwright_analyzers.types import CALLABLE_KINDS, TYPE_KINDS, Chunk, ChunkKind, SymbolFlag
from pairwright_analyzers.words import MAX_WORD, STOP_WORDS, words_of

if TYPE_CHECKING:
    from pairwright_analyzers.chunks import ChunkFields
    from pairwright_analyzers.facts import FileFacts
    from pairwright_analyzers.syntax import Parsed

# One byte for each word of a chunk: three flags, and two counts that saturate.
IN_NAME = 0x80
IN_QUALIFIER = 0x40
"""Names what is around: the type, its header, or the definition that the chunk is a part of."""
IN_SIGNATURE = 0x20
DOC_SHIFT = 3
DOC_MASK = 0x18
DOC_COUNTS = (0, 1, 2, 4)
"""What a count in the documentation stands for, by its two bits."""
BODY_MASK = 0x07
BODY_COUNTS = (0, 1, 2, 3, 5, 8, 12, 20)
"""What a count in the body stands for, by its three bits."""

KIND_MASK = 0x0F
"""Of a chunk's byte of kinds: its `ChunkKind`. The other bits are of its symbol."""
OF_CALLABLE = 0x10
OF_TYPE = 0x20
OF_TEST = 0x40

FIELDS = 5
"""Lengths kept of a chunk, in words: name, qualifier, signature, documentation, body."""

DIGEST_SIZE = 16
MARK_SIZE = 8

_MAGIC = b"PWW" + (b"<" if sys.byteorder == "little" else b">")
_HEADER = struct.Struct(f"=4s{MARK_SIZE}sIIIB")
_LONGEST = 0xFFFF
_WIDE = 1 << 16
_COMPRESSION = 1
# Longer runs are taken apart at once: most are data, which has no words.
_LONGEST_RUN = 2 * MAX_WORD
_MADE_BY = ("chunks.py", "words.py", "stems.py")

_SEPARATED = bytes(
    byte if byte > 127 or byte in b"_\0" or bytes((byte,)).isalnum() else 0x20
    for byte in range(256)
)
_SILENT = frozenset(
    form.encode()
    for word in (*STOP_WORDS, "_", *string.ascii_letters, *string.digits)
    for form in (word, word.capitalize(), word.upper())
)
"""Words that have no term: letting them go here makes what is kept smaller by a tenth."""


def _codes(counts: Sequence[int]) -> bytes:
    """For 0 to 255 occurrences the code of the nearest count; none has the code of nothing."""
    codes = range(1, len(counts))
    return bytes((0, *(min(codes, key=lambda code: abs(counts[code] - n)) for n in range(1, 256))))


DOC_CODES = _codes(DOC_COUNTS)
BODY_CODES = _codes(BODY_COUNTS)
_DOC_BYTES = bytes(code << DOC_SHIFT for code in DOC_CODES)


class FileTerms:
    """The chunks of one text and the words of each. Immutable; columns lie in one run of bytes.

    `words` are distinct, as written, in UTF-8. `numbers` and `flags` have a chunk's words after
    each other, `counts` says how many; a number is an index of `words`. `lengths` has `FIELDS`
    numbers a chunk, `digests` `DIGEST_SIZE` bytes.
    """

    __slots__ = (
        "_text",
        "counts",
        "data",
        "digests",
        "ends",
        "flags",
        "kinds",
        "lengths",
        "numbers",
        "starts",
        "symbols",
        "wide",
    )

    def __init__(self, data: bytes, chunks: int, text: int, postings: int, wide: bool) -> None:
        """Raises ValueError where `data` has not the columns of so many chunks, bytes of words and
        postings; `wide` says that word numbers take four bytes.
        """
        width = 4 if wide else 2
        sizes = (
            *(4 * chunks,) * 4,
            width * postings,
            2 * FIELDS * chunks,
            chunks,
            postings,
            DIGEST_SIZE * chunks,
            text,
        )
        bounds = list(accumulate(sizes, initial=0))
        if bounds[-1] != len(data):
            raise ValueError("file terms of the wrong length")
        view = memoryview(data)
        parts = [view[start:end] for start, end in pairwise(bounds)]
        self.data = data
        self.wide = wide
        self.starts = parts[0].cast("I")
        self.ends = parts[1].cast("I")
        self.symbols = parts[2].cast("i")
        self.counts = parts[3].cast("I")
        self.numbers = parts[4].cast("I" if wide else "H")
        self.lengths = parts[5].cast("H")
        self.kinds = parts[6]
        self.flags = parts[7]
        self.digests = parts[8]
        self._text = parts[9]

    def __eq__(self, other: object) -> bool:
        return isinstance(other, FileTerms) and self.data == other.data

    def __hash__(self) -> int:
        return hash(self.data)

    def __len__(self) -> int:
        """How many chunks there are."""
        return len(self.kinds)

    @property
    def words(self) -> list[bytes]:
        """The words that the numbers are of."""
        return bytes(self._text).split(b"\n") if len(self._text) else []

    @property
    def chunks(self) -> tuple[Chunk, ...]:
        """The chunks, in order."""
        columns = zip(self.starts, self.ends, self.symbols, self.kinds, strict=True)
        return tuple(
            Chunk(start, end, symbol, ChunkKind(kind & KIND_MASK))
            for start, end, symbol, kind in columns
        )

    def digest(self, index: int) -> bytes:
        """The key of one chunk's vector."""
        return bytes(self.digests[index * DIGEST_SIZE : (index + 1) * DIGEST_SIZE])

    def pack(self) -> bytes:
        """As bytes, compressed, for `unpack_terms`."""
        head = _HEADER.pack(
            _MAGIC, terms_mark(), len(self), len(self._text), len(self.flags), int(self.wide)
        )
        return head + zlib.compress(self.data, _COMPRESSION)


NO_TERMS = FileTerms(b"", 0, 0, 0, False)
"""The terms of a text that cannot be read."""


def unpack_terms(blob: bytes) -> FileTerms:
    """The terms of `FileTerms.pack`. Raises ValueError for damaged bytes.

    Terms that another release made can be read, and are as true of their text: a server that was
    upgraded while it runs has such from its workers.
    """
    try:
        magic, _, chunks, text, postings, wide = _HEADER.unpack_from(blob)
    except struct.error as error:
        raise ValueError(f"not file terms: {error}") from error
    if magic != _MAGIC or wide > 1:
        raise ValueError("file terms of another format")
    try:
        data = zlib.decompress(memoryview(blob)[_HEADER.size :])
    except zlib.error as error:
        raise ValueError(f"damaged file terms: {error}") from error
    terms = FileTerms(data, chunks, text, postings, bool(wide))
    highest = max(terms.numbers, default=-1)
    if sum(terms.counts) != postings or highest >= len(terms.words):
        raise ValueError("file terms that do not fit together")
    return terms


def is_current(blob: bytes | None) -> bool:
    """Whether packed terms are there and of this release; not whether they are whole."""
    if blob is None or len(blob) < _HEADER.size:
        return False
    return blob.startswith(_MAGIC + terms_mark())


@cache
def terms_mark() -> bytes:
    """Bytes that change with the code that makes terms out of facts; facts have their own."""
    digest = blake2b(digest_size=MARK_SIZE)
    package = files("pairwright_analyzers")
    for name in _MADE_BY:
        digest.update(package.joinpath(name).read_bytes())
    digest.update(files("pairwright.index").joinpath("file_terms.py").read_bytes())
    return digest.digest()


def file_terms(parsed: Parsed, facts: FileFacts) -> FileTerms:
    """The chunks of a text and their words. Never raises on bad source."""
    # The process that only merges does without the languages.
    from pairwright_analyzers.chunks import (
        chunk_digest,
        chunks_of,
        fields_of_chunks,
        text_of_fields,
    )

    chunks = chunks_of(parsed, facts)
    fields = fields_of_chunks(parsed.text, facts, chunks)
    known: dict[bytes, int] = {}
    counts, lengths, numbers = array("I"), array("H"), array("I")
    flags = bytearray()
    for words in _words(fields):
        row = _row(*words)
        counts.append(len(row))
        lengths.extend([min(len(field), _LONGEST) for field in words])
        numbers.extend([known.setdefault(word, len(known)) for word in row])
        flags += bytes(row.values())
    wide = len(known) > _WIDE
    written = b"\n".join(known)
    starts, ends, symbols, kinds = zip(*chunks, strict=True) if chunks else ((),) * 4
    columns: tuple[bytes | bytearray, ...] = (
        array("I", starts).tobytes(),
        array("I", ends).tobytes(),
        array("i", symbols).tobytes(),
        counts.tobytes(),
        (numbers if wide else array("H", numbers)).tobytes(),
        lengths.tobytes(),
        bytes(map(int.__or__, kinds, _kinds_of_symbols(facts, symbols))),
        flags,
        b"".join([chunk_digest(text_of_fields(one)) for one in fields]),
        written,
    )
    return FileTerms(b"".join(columns), len(chunks), len(written), len(flags), wide)


_TEST_MODULES = frozenset({"test", "tests", "__tests__"})


def _kinds_of_symbols(facts: FileFacts, symbols: Sequence[int]) -> list[int]:
    """For each symbol number, -1 for none, the bits of a chunk's byte of kinds that are of it."""
    known = {-1: 0}

    def bits(index: int) -> int:
        """Whatever lies in a test belongs to it."""
        chain = []
        while index not in known:
            chain.append(index)
            index = facts.symbol_container(index)
        found = known[index]
        for each in reversed(chain):
            test = found & OF_TEST
            if (
                facts.symbol_flags(each) & SymbolFlag.TEST
                or facts.symbol_name(each).lower() in _TEST_MODULES
            ):
                test = OF_TEST
            kind = facts.symbol_kind(each)
            callable_bit = OF_CALLABLE if kind in CALLABLE_KINDS else 0
            found = test | callable_bit | (OF_TYPE if kind in TYPE_KINDS else 0)
            known[each] = found
        return found

    return [bits(symbol) for symbol in symbols]


_Words = tuple[list[bytes], ...]


def _words(chunks: Sequence[ChunkFields]) -> Iterable[_Words]:
    """For each chunk the words of its `FIELDS` fields in order, as written: runs of letters,
    digits, underscores and whatever is not ASCII. Those that say nothing are left out.
    """
    texts: list[str] = []
    for name, qualname, header, signature, doc, body in chunks:
        texts += (name, f"{qualname.rpartition('.')[0]} {header}", signature, doc, body)
    joined = "\0".join(texts)
    if joined.count("\0") >= len(texts) > 0:
        joined = "\0".join([text.replace("\0", " ") for text in texts])
    raw = joined.encode("utf-8", "replace")
    fields = [part.split() for part in raw.translate(_SEPARATED).split(b"\0")]
    if raw.isascii() and max(map(len, chain.from_iterable(fields)), default=0) <= _LONGEST_RUN:
        silent = _SILENT
        fields = [[run for run in runs if run not in silent] for runs in fields]
    else:
        fields = [_taken_apart(runs) for runs in fields]
    return zip(*(fields[field::FIELDS] for field in range(FIELDS)), strict=False)


def _taken_apart(runs: Iterable[bytes]) -> list[bytes]:
    """Runs, of which those that are long or not ASCII are words already: they are rarely met twice,
    and most are data or prose without spaces.
    """
    words: list[bytes] = []
    for run in runs:
        if len(run) > _LONGEST_RUN or not run.isascii():
            words += [word.encode() for word in words_of(run.decode("utf-8", "replace"))]
        elif run not in _SILENT:
            words.append(run)
    return words


def _row(
    name: list[bytes],
    qualifier: list[bytes],
    signature: list[bytes],
    doc: list[bytes],
    body: list[bytes],
) -> dict[bytes, int]:
    """Word -> byte."""
    row: dict[bytes, int] = Counter(body)
    codes = BODY_CODES
    for word, count in row.items():
        row[word] = codes[count] if count < 256 else codes[255]
    if doc:
        for word, count in Counter(doc).items():
            row[word] = row.get(word, 0) | _DOC_BYTES[min(count, 255)]
    for word in signature:
        row[word] = row.get(word, 0) | IN_SIGNATURE
    for word in qualifier:
        row[word] = row.get(word, 0) | IN_QUALIFIER
    for word in name:
        row[word] = row.get(word, 0) | IN_NAME
    return row
