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
from collections import Counter, defaultdict
from collections.abc import Collection, Container, Iterable, Sequence
from functools import cache
from hashlib import blake2b
from importlib.resources import files
from itertools import accumulate, chain, pairwise
from operator import or_
from typing import TYPE_CHECKING, Any, NamedTuple

from pairwright_analyzers.types import (
    CALLABLE_KINDS,
    TYPE_KINDS,
    Chunk,
    ChunkKind,
    SymbolFlag,
    SymbolKind,
)
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
    rows = _rows_of(fields)
    written = b"\n".join(rows.words)
    starts, ends, symbols, kinds = zip(*chunks, strict=True) if chunks else ((),) * 4
    columns: tuple[bytes | bytearray, ...] = (
        array("I", starts).tobytes(),
        array("I", ends).tobytes(),
        array("i", symbols).tobytes(),
        rows.counts.tobytes(),
        rows.numbers.tobytes(),
        rows.lengths.tobytes(),
        bytes(map(int.__or__, kinds, _kinds_of_symbols(facts, symbols))),
        rows.flags,
        b"".join([chunk_digest(text_of_fields(one)) for one in fields]),
        written,
    )
    wide = rows.numbers.typecode == "I"
    return FileTerms(b"".join(columns), len(chunks), len(written), len(rows.flags), wide)


_TEST_MODULES = frozenset({"test", "tests", "__tests__"})
_TEST_FLAG = int(SymbolFlag.TEST)
_BITS_OF_KINDS = bytes(
    (OF_CALLABLE if kind in CALLABLE_KINDS else 0) | (OF_TYPE if kind in TYPE_KINDS else 0)
    for kind in SymbolKind
)


def _kinds_of_symbols(facts: FileFacts, symbols: Sequence[int]) -> list[int]:
    """For each symbol number, -1 for none, the bits of a chunk's byte of kinds that are of it."""
    columns = facts.columns
    kinds, flags = columns.symbol_kinds, columns.symbol_flags
    known = {-1: 0}
    for symbol in symbols:
        around = []
        while symbol not in known:
            around.append(symbol)
            symbol = facts.symbol_container(symbol)
        found = known[symbol]
        for each in reversed(around):
            # Whatever lies in a test belongs to it.
            test = found & OF_TEST
            if flags[each] & _TEST_FLAG or facts.symbol_name(each).lower() in _TEST_MODULES:
                test = OF_TEST
            found = known[each] = test | _BITS_OF_KINDS[kinds[each]]
    return [known[symbol] for symbol in symbols]


def _rows_of(chunks: Sequence[ChunkFields]) -> _Rows:
    """What is kept of the words of chunks, as written: runs of letters, digits, underscores and
    whatever is not ASCII. Those that say nothing are left out.
    """
    texts: list[str] = []
    for name, qualname, header, signature, doc, body in chunks:
        texts += (name, f"{qualname.rpartition('.')[0]} {header}", signature, doc, body)
    joined = "\0".join(texts)
    if joined.count("\0") >= len(texts) > 0:
        joined = "\0".join([text.replace("\0", " ") for text in texts])
    raw = joined.encode("utf-8", "replace")
    fields = [part.split() for part in raw.translate(_SEPARATED).split(b"\0")] if chunks else []
    if raw.isascii():
        silent = _SILENT
        rows = _rows([[run for run in runs if run not in silent] for runs in fields])
        # Few files have such, and the distinct words are looked through sooner than all.
        if max(map(len, rows.words), default=0) <= _LONGEST_RUN:
            return rows
    return _rows(_taken_apart(fields))


def _taken_apart(fields: Sequence[list[bytes]]) -> list[list[bytes]]:
    """Fields in which runs that are long or not ASCII are words already: they are rarely met twice,
    and most are data or prose without spaces.
    """
    runs = set(chain.from_iterable(fields))
    odd = {run for run in runs if len(run) > _LONGEST_RUN or not run.isascii()}
    silent = _SILENT
    return [
        [run for run in field if run not in silent]
        if odd.isdisjoint(field)
        else list(chain.from_iterable([_words_of_run(run, odd) for run in field]))
        for field in fields
    ]


def _words_of_run(run: bytes, odd: Container[bytes]) -> Iterable[bytes]:
    if run in odd:
        return [word.encode() for word in words_of(run.decode("utf-8", "replace"))]
    return () if run in _SILENT else (run,)


def numbering() -> defaultdict[Any, int]:
    """A dictionary that numbers what it is asked for, from 0, in the order of the first time."""
    numbers: defaultdict[Any, int] = defaultdict()
    # Asked before the new key is in.
    numbers.default_factory = numbers.__len__
    return numbers


class _Rows(NamedTuple):
    """The words of chunks, as `FileTerms` keeps them."""

    words: Iterable[bytes]
    counts: array[int]
    numbers: array[int]
    lengths: array[int]
    flags: bytes


def _rows(fields: Sequence[list[bytes]]) -> _Rows:
    """What is kept of the words of `FIELDS` fields of each chunk."""
    sizes = [*map(len, fields)]
    if max(sizes, default=0) > _LONGEST:
        sizes = [min(size, _LONGEST) for size in sizes]
    words: list[bytes] = []
    counts = array("I")
    flags: list[bytes] = []
    uses: Counter[bytes] = Counter()
    for name, qualifier, signature, doc, body in zip(*(iter(fields),) * FIELDS, strict=True):
        said: dict[bytes, int] = {}
        if doc:
            uses.update(doc)
            said.update(zip(uses, _coded(uses.values(), _DOC_BYTES), strict=True))
            uses.clear()
        for word in signature:
            said[word] = said.get(word, 0) | IN_SIGNATURE
        for word in qualifier:
            said[word] = said.get(word, 0) | IN_QUALIFIER
        for word in name:
            said[word] = said.get(word, 0) | IN_NAME
        # First those that have a flag, so that flags and counts lie side by side.
        dict.update(uses, dict.fromkeys(said, 0))
        uses.update(body)
        coded = _coded(uses.values(), BODY_CODES)
        flags += (bytes(map(or_, said.values(), coded)), coded[len(said) :])
        words += uses
        counts.append(len(uses))
        uses.clear()
    known: defaultdict[bytes, int] = numbering()
    numbers = array("H" if len(words) <= _WIDE else "I", map(known.__getitem__, words))
    if len(known) <= _WIDE < len(words):
        numbers = array("H", numbers)
    return _Rows(known, counts, numbers, array("H", sizes), b"".join(flags))


def _coded(counts: Collection[int], codes: bytes) -> bytes:
    """The codes of counts; there is one for each up to 255, which is that of all above."""
    try:
        return bytes(counts).translate(codes)
    except ValueError:
        return bytes([min(count, 255) for count in counts]).translate(codes)
