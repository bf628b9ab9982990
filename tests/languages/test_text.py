"""Source that no grammar reads: cut at its margin, found by what it says to define."""

from __future__ import annotations

import pytest

from pairwright_analyzers.chunks import chunk_fields, chunks_of
from pairwright_analyzers.facts import facts_of
from pairwright_analyzers.languages import LANGUAGES, language, language_of
from pairwright_analyzers.merge.conflicts import conflicts_in
from pairwright_analyzers.merge.resolutions import merge
from pairwright_analyzers.syntax import parse


def test_it_has_no_symbols_and_no_mistakes() -> None:
    facts = facts_of(language("plaintext"), b"fn (((\n\x00\xff }}}\n")
    assert (facts.symbols, facts.errors) == ((), 0)


def test_pieces_begin_at_the_margin_behind_a_blank_line() -> None:
    spec = language("plaintext")
    body = b"".join(b"  line %d of it\n\n" % number for number in range(60))
    text = b"proc first {} {\n" + body + b"}\n\nproc second {} {\n" + body + b"}\n"
    parsed = parse(spec, text)
    facts = facts_of(spec, text)
    chunks = chunks_of(parsed, facts)
    assert [text[one.start : one.start + 11] for one in chunks] == [b"proc first ", b"proc second"]
    assert [chunk_fields(text, facts, one).name for one in chunks] == ["first", "second"]


@pytest.mark.parametrize(
    ("said", "name"),
    [
        ("pub fn open(path: []const u8) !File {", "open"),
        ("sub parse_line {", "parse_line"),
        ("message Order {", "Order"),
        ('resource "aws_instance" "web" {', "aws_instance"),
        ("    function name(self)", "name"),
        ("            let inner = 3", ""),
        ("if ready then", ""),
    ],
)
def test_what_a_line_says_to_define_is_the_name(said: str, name: str) -> None:
    spec = language("plaintext")
    text = said.encode() + b"\n"
    (chunk,) = chunks_of(parse(spec, text), facts_of(spec, text))
    assert chunk_fields(text, facts_of(spec, text), chunk).name == name


def test_a_language_of_its_own_has_its_files() -> None:
    every = language("plaintext")
    for spec in LANGUAGES:
        for extension in spec.extensions:
            assert (language_of(f"a{extension}") is every) == (spec is every), extension


def test_a_conflict_in_it_is_not_merged_by_syntax() -> None:
    sides = (
        b"<<<<<<< a",
        b"proc a {} {}",
        b"||||||| base",
        b"=======",
        b"proc b {} {}",
        b">>>>>>> b",
    )
    text = b"\n".join(sides) + b"\n"
    (conflict,) = conflicts_in(text)
    assert merge(language("plaintext"), text, conflict).edits is None
