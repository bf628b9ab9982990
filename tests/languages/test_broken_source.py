"""Broken source never stops the analyzers: every marker file's texts, cut and torn at random."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pairwright_analyzers.facts import facts_of, facts_of_parsed, scopes_of, unpack
from pairwright_analyzers.graph.flow.python import flow_of as python_flow
from pairwright_analyzers.languages import LANGUAGES, language_of
from pairwright_analyzers.languages.spec import LanguageSpec
from pairwright_analyzers.syntax import descendants, parse, reparse
from support.markers import load

HERE = Path(__file__).parent
_MARKS = '( ) { } [ ] : ; , = => -> < > @ # \' " """ ` /* */ // \\ :: .. é 𝒳'
_WORDS = "def class fn func function import use if case match async lambda"
_PIECES = ("from . import ", "template<", "type(", "super(", "with x() as ", "isinstance(")
SHREDS = (
    *(mark.encode() for mark in _MARKS.split()),
    *(f"{word} ".encode() for word in _WORDS.split()),
    *(piece.encode() for piece in _PIECES),
    *(b"\n", b"\r\n", b"\t", b"\x00", b"\xff"),
)


def texts() -> dict[str, list[bytes]]:
    """The marker files' texts by language id."""
    found: dict[str, list[bytes]] = {}
    for case in load(HERE):
        for path, text in case.files.items():
            spec = language_of(path)
            if spec is not None:
                found.setdefault(spec.id, []).append(text)
    return found


TEXTS = texts()


@st.composite
def torn(draw: st.DrawFn, language_id: str) -> bytes:
    """A text with pieces taken out, put in, or cut off."""
    text = draw(st.sampled_from(TEXTS[language_id]))
    for _ in range(draw(st.integers(1, 6))):
        start = draw(st.integers(0, len(text)))
        end = min(len(text), start + draw(st.integers(0, 40)))
        text = text[:start] + draw(st.sampled_from((b"", *SHREDS))) + text[end:]
    return text


def check_everything(spec: LanguageSpec, text: bytes) -> None:
    """All that is asked of a file answers without raising, and packing loses nothing."""
    parsed = parse(spec, text)
    facts = facts_of(spec, text)
    assert unpack(facts.pack()) == facts
    scopes_of(facts, parsed.spec)
    for symbol in facts.symbols:
        assert symbol.span.covers(symbol.name_span) or symbol.name_span.start >= 0
        parsed.spec.signature(symbol.signature)
    for node in descendants(parsed.root):
        parsed.spec.call(node, text)
    if spec.id == "python":
        python_flow(parsed.root, text)


@pytest.mark.parametrize("language_id", [spec.id for spec in LANGUAGES if spec.id in TEXTS])
def test_torn_source(language_id: str) -> None:
    spec = next(one for one in LANGUAGES if one.id == language_id)

    @settings(max_examples=50, deadline=None)
    @given(torn(language_id))
    def check(text: bytes) -> None:
        check_everything(spec, text)

    check()


@pytest.mark.parametrize("language_id", [spec.id for spec in LANGUAGES if spec.id in TEXTS])
def test_an_edit_is_a_parse_from_scratch(language_id: str) -> None:
    spec = next(one for one in LANGUAGES if one.id == language_id)

    @settings(max_examples=12, deadline=None)
    @given(st.lists(torn(language_id), min_size=2, max_size=4))
    def check(versions: list[bytes]) -> None:
        parsed = parse(spec, versions[0])
        for text in versions[1:]:
            parsed = reparse(parsed, text)
            assert facts_of_parsed(parsed) == facts_of(spec, text)

    check()


@pytest.mark.parametrize("language_id", [spec.id for spec in LANGUAGES if spec.id in TEXTS])
def test_deep_nesting(language_id: str) -> None:
    spec = next(one for one in LANGUAGES if one.id == language_id)
    for opening, closing in ((b"(", b")"), (b"{", b"}"), (b"[", b"]"), (b"if x:\n ", b"")):
        check_everything(spec, opening * 1_500 + closing * 1_500)
