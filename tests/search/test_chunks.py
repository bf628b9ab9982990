"""Where files are cut, and what a piece says: marker files, and what must hold for any text.

`//- expect chunks` lists all chunks of the case's file, `FIRST-LAST KIND NAME` with lines from 1;
`//- expect fields FIRST-LAST` the fields of one of them that are not empty, white space folded. In
a file's text, `@repeat N LINE` stands for N such lines.
"""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pairwright_analyzers.chunks import (
    MAX_CHUNK_TEXT,
    ChunkFields,
    chunk_digest,
    chunk_fields,
    chunk_text,
    chunks_of,
    fields_of_chunks,
    text_of_fields,
)
from pairwright_analyzers.facts import FileFacts, empty_facts, facts_of_parsed
from pairwright_analyzers.languages import LANGUAGES, language, language_of
from pairwright_analyzers.languages.spec import LanguageSpec
from pairwright_analyzers.syntax import parse
from pairwright_analyzers.types import Chunk, ChunkKind
from support.markers import Case, load

HERE = Path(__file__).parent
LANGUAGE_CASES = HERE.parent / "languages"
_REPEAT = re.compile(rb"^([ \t]*)@repeat (\d+) (.*\n)", re.MULTILINE)


def read(spec: LanguageSpec, text: bytes) -> tuple[FileFacts, tuple[Chunk, ...]]:
    """The facts and the chunks of a text."""
    parsed = parse(spec, text)
    facts = facts_of_parsed(parsed)
    return facts, chunks_of(parsed, facts)


def lines_of(text: bytes, chunk: Chunk) -> str:
    """A chunk's first and last line."""
    first, last = (text.count(b"\n", 0, offset) + 1 for offset in chunk[:2])
    return f"{first}-{last}"


def dump(text: bytes, facts: FileFacts, chunks: tuple[Chunk, ...]) -> list[str]:
    """The chunks as the lines this module's docstring describes."""
    return [
        f"{lines_of(text, chunk)} {chunk.kind.name} "
        f"{facts.qualname(chunk.symbol) if chunk.symbol >= 0 else ''}".rstrip()
        for chunk in chunks
    ]


def dump_fields(fields: ChunkFields) -> list[str]:
    """The fields that are not empty, one a line."""
    found = zip(ChunkFields._fields, fields, strict=True)
    return [f"{field}: {' '.join(value.split())}" for field, value in found if value]


def check_chunks(case: Case) -> None:
    """The case's file is cut as expected, and its pieces say what is expected."""
    ((path, raw),) = case.files.items()
    text = _REPEAT.sub(lambda found: (found[1] + found[3]) * int(found[2]), raw)
    spec = language_of(path)
    assert spec is not None
    facts, chunks = read(spec, text)
    check_laws(text, facts, chunks)
    assert dump(text, facts, chunks) == case.expect["chunks"].splitlines()
    for words, expected in case.expect.items():
        if words.startswith("fields "):
            (chunk,) = (one for one in chunks if lines_of(text, one) == words[7:])
            assert dump_fields(chunk_fields(text, facts, chunk)) == expected.splitlines()


@pytest.mark.parametrize(
    "case", [pytest.param(case, id=f"{case.source}::{case.name}") for case in load(HERE)]
)
def test_chunks(case: Case) -> None:
    check_chunks(case)


def check_laws(text: bytes, facts: FileFacts, chunks: tuple[Chunk, ...]) -> None:
    """What holds for the chunks of any text."""
    at = 0
    for chunk in chunks:
        assert at <= chunk.start < chunk.end <= len(text)
        assert not text[at : chunk.start].strip(), "left out"
        piece = text[chunk.start : chunk.end]
        assert piece == piece.strip()
        assert -1 <= chunk.symbol < facts.symbol_count
        assert chunk.kind not in (ChunkKind.DEFINITION, ChunkKind.PART) or chunk.symbol >= 0
        at = chunk.end
    assert not text[at:].strip(), "left out"
    fields = fields_of_chunks(text, facts, chunks)
    assert len(fields) == len(chunks)
    for chunk, said in zip(chunks, fields, strict=True):
        embedded = text_of_fields(said)
        assert len(embedded) <= MAX_CHUNK_TEXT
        assert embedded == " ".join(embedded.split())
        assert len(chunk_digest(embedded)) == 16
        assert said.name or chunk.symbol < 0 or not facts.symbol_name(chunk.symbol)


def check_any(spec: LanguageSpec, text: bytes) -> None:
    """The laws hold, a second look sees the same, and no character is cut in two."""
    facts, chunks = read(spec, text)
    check_laws(text, facts, chunks)
    assert read(spec, text)[1] == chunks
    for chunk in chunks[:20]:
        fields = chunk_fields(text, facts, chunk)
        assert fields == fields_of_chunks(text, facts, (chunk,))[0]
        assert chunk_text(text, facts, chunk) == text_of_fields(fields)
    try:
        text.decode()
    except UnicodeDecodeError:
        return
    for chunk in chunks:
        text[chunk.start : chunk.end].decode()


def sources() -> dict[str, list[bytes]]:
    """The texts of all languages' marker files, by language id, and some put together into a long
    one.
    """
    found: dict[str, list[bytes]] = {}
    for case in load(LANGUAGE_CASES):
        for path, text in case.files.items():
            spec = language_of(path)
            if spec is not None:
                found.setdefault(spec.id, []).append(text)
    return {key: [*texts, b"\n".join(texts)[:8_000]] for key, texts in found.items()}


SOURCES = sources()
_MARKS = '( ) { } [ ] : ; , = # \' " """ ` /* */ // -- end do é 𝒳 日本'
_LONG = ("x " * 2_000, "{" * 50, "日本" * 2_000, '"' + "a" * 12_000)
SHREDS = (
    *(piece.encode() for piece in (*_MARKS.split(), *_LONG)),
    *(b"\n", b"\r\n", b"\t", b"\0", b"\xff", b"\xe6\x97", b"\x80" * 6_000),
)


@pytest.mark.parametrize("language_id", sorted(SOURCES))
def test_laws_hold_for_torn_sources(language_id: str) -> None:
    spec = language(language_id)

    @st.composite
    def torn(draw: st.DrawFn) -> bytes:
        text = draw(st.sampled_from(SOURCES[language_id]))
        for _ in range(draw(st.integers(0, 4))):
            start = draw(st.integers(0, len(text)))
            end = min(len(text), start + draw(st.integers(0, 60)))
            text = text[:start] + draw(st.sampled_from((b"", *SHREDS))) + text[end:]
        return text

    @settings(max_examples=20)
    @given(torn())
    def check(text: bytes) -> None:
        check_any(spec, text)

    check()


@settings(max_examples=100)
@given(st.sampled_from(LANGUAGES), st.binary(max_size=4_000) | st.text(max_size=3_000))
def test_laws_hold_for_anything(spec: LanguageSpec, text: bytes | str) -> None:
    check_any(spec, text if isinstance(text, bytes) else text.encode("utf-8", "replace"))


def test_a_file_whose_analyzer_failed_is_cut_too() -> None:
    text = b"def f():\n    pass\n\n" * 400
    facts = empty_facts("python", text, "no symbols")
    chunks = chunks_of(parse(language("python"), text), facts)
    check_laws(text, facts, chunks)
    assert len(chunks) > 2
    assert {chunk.kind for chunk in chunks} == {ChunkKind.CODE}


def test_nothing_is_in_no_piece() -> None:
    for text in (b"", b"\n \t\r\n"):
        assert read(language("python"), text)[1] == ()


FUNCTION = b'''def load(path):
    """Read a file."""
    with open(path) as stream:
        return checked(stream.read(), path, "utf-8", limit=4096, strict=True, quiet=False)
'''


def test_equal_text_anywhere_has_one_digest() -> None:
    spec = language("python")
    digests = set()
    for text in (
        FUNCTION,
        b"import os\n\n\n" + FUNCTION + b"\n\nX = 1\n",
        FUNCTION.replace(b"\n", b"\r\n"),
    ):
        facts, chunks = read(spec, text)
        (chunk,) = (
            one
            for one in chunks
            if one.kind is ChunkKind.DEFINITION
            and one.symbol >= 0
            and facts.symbol_name(one.symbol) == "load"
        )
        digests.add(chunk_digest(chunk_text(text, facts, chunk)))
    assert len(digests) == 1
    method = b"class Store(Base):\n    limit = 1\n" + b"".join(
        b"    " + line + b"\n"
        for line in (FUNCTION * 4).replace(b"(path)", b"(self, path)").splitlines()
    )
    facts, chunks = read(spec, method)
    texts = [chunk_text(method, facts, chunk) for chunk in chunks[1:]]
    assert texts[0].startswith("Store.load class Store(Base) def load(self, path) Read a file. ")
    assert texts[0] == texts[1]
    assert chunk_digest(texts[0]) not in digests


@pytest.mark.parametrize(
    ("language_id", "text"),
    [
        ("json", b"[" * 20_000),
        ("json", b'{"a":' * 50_000 + b"1" + b"}" * 50_000),
        ("javascript", b"f(" * 50_000),
        ("javascript", b"function f(){" * 3_000 + b"}" * 3_000),
        ("javascript", b"var a=[" + b"1," * 150_000 + b"]"),
        ("javascript", b"var a='" + b"x" * 900_000 + b"'"),
        ("python", b"x = (" + b"1 + " * 80_000 + b"1)\n"),
        ("python", b"def f(): pass\n" * 15_000),
        ("python", b'"""' + b" " * 900_000),
        ("python", b" " * 900_000 + b"x"),
        ("c", b"/*" + b"*" * 900_000 + b"*/"),
        ("c", b"int f(void) { return 1; } " * 8_000),
        ("go", b"// " + b"a " * 300_000 + b"\nfunc F() {}\n"),
        ("markdown", b"# a\n" * 12_000),
        ("css", b"a{}" * 40_000),
        ("yaml", b"a: b\n" * 50_000),
    ],
    ids=lambda value: value if isinstance(value, str) else value[:12].decode().strip(),
)
def test_hostile_texts_end(language_id: str, text: bytes) -> None:
    facts, chunks = read(language(language_id), text)
    check_laws(text, facts, chunks)
    assert max(chunk.end - chunk.start for chunk in chunks) <= 10_000
