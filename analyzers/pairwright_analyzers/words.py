"""Text -> words and index terms: identifiers taken apart, words brought to their stem.

Owns what counts as a word to search. It must not know files, chunks or how terms are weighed. Code
and prose go through the same functions, so that "retry uploads" meets `retryUpload` and
`RETRY_UPLOAD`.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator, Sequence
from functools import lru_cache

from pairwright_analyzers.stems import stem

# Scripts written without spaces between words, and Korean, whose particles hang on the words: two
# characters at a time say more than a sentence.
_UNSPACED = (
    "\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3005-\u3007\u3040-\u30ff\u3400-\u9fff\uac00-\ud7a3"
    "\uf900-\ufaff\U00020000-\U0003ffff"
)
# Vowel signs, which are no letters to `\w`.
_SIGNS = "\u0591-\u05c7\u064b-\u065f\u0670\u0900-\u0dff"

# What is longer is cut: a line of encoded data must not fill the caches.
_LONGEST_TOKEN = 256
_ASCII_TOKEN = re.compile(rf"\w{{1,{_LONGEST_TOKEN}}}", re.ASCII)
_TOKEN = re.compile(f"[\\w{_SIGNS}{_UNSPACED}]{{1,{_LONGEST_TOKEN}}}")
_PARTS = re.compile(
    # Names with capitals where no word begins.
    "(?:IPv|OAuth|GitHub|GitLab|JavaScript|TypeScript|CoffeeScript|GraphQL|PostgreSQL|MySQL|NoSQL"
    "|SQLite|WebSocket|NumPy|PyPI|YouTube|LaTeX|macOS|iOS)(?![a-z])"
    "|0[xX][0-9a-fA-F]+"
    # Digits, with single letters before, between and behind them.
    "|(?:(?<![A-Za-z])[a-z]|(?<![A-Z])[A-Z])?[0-9]+"
    "(?:[A-Za-z](?:[0-9]+|(?![A-Za-z])|(?=[A-Z][a-z])))*"
    # Capitals with the s of their plural, capitals before a word, words, capitals.
    "|[A-Z]{2,}s(?![a-z])|[A-Z]+(?=[A-Z][a-z])|[A-Z]?[a-z]+|[A-Z]+"
    f"|[{_UNSPACED}]+|[^\\x00-\\x7f{_UNSPACED}]+"
)
_HAS_UNSPACED = re.compile(f"[{_UNSPACED}]")
_ACCENTS = re.compile("[\u0300-\u036f]+")
_LETTERS = str.maketrans(
    {"ø": "o", "Ø": "O", "đ": "d", "Đ": "D", "ł": "l", "Ł": "L", "ħ": "h", "Ħ": "H", "ı": "i"}
    | {"æ": "ae", "Æ": "AE", "œ": "oe", "Œ": "OE", "þ": "th", "Þ": "TH", "ð": "d", "Ð": "D"}
    | {"ß": "ss", "ẞ": "SS"}
)

MAX_WORD = 40
"""Longer words are encoded data."""

MAX_DIGITS = 8
"""Longer numbers are data too."""

MAX_COMPOUND = 4
"""Identifiers of more words are no terms of their own."""

_STOP_WORDS = """
a an and are as at be by can do does doesn don for from has have how if in into is isn it its not of
on or our so that the their then there these this to was we were what which who why will with you i
"""

STOP_WORDS = frozenset(_STOP_WORDS.split())
"""Words of sentences that say nothing about code."""


def words_of(text: str) -> list[str]:
    """The words of a text in order, in lower case and without accents.

    A word ends where a small letter meets a capital, and at digits: `parseHTTPHeaders_v2` gives
    parse http headers v2, and `sha256`, `SHA_256` and "sha 256" all give sha 256. Digits stay with
    a single letter: v2, x509, i18n, 3d. Chinese, Japanese, Korean, Thai and the like come in pairs
    of characters. Encoded data and long numbers are left out.
    """
    found: list[str] = []
    for token in _tokens(text):
        found += _cached_words(token)
    return found


def terms_of(text: str) -> list[str]:
    """The index terms of a text in order: the stems of its words, and behind the parts of a
    compound identifier the stem of the whole.

    Stop words, single letters and single digits are left out. `parseHeaders` gives
    `pars header parseheader`, so "parseheaders" meets it too.
    """
    found: list[str] = []
    for token in _tokens(text):
        found += _terms(token)
    return found


def terms_of_each(runs: Iterable[str]) -> Iterator[Sequence[str]]:
    """`terms_of` for texts that are each met once, as the distinct words of a workspace are: runs
    of letters, digits and underscores. Of others it is slower.
    """
    for run in runs:
        if run.isascii() and run.isidentifier() and len(run) <= _LONGEST_TOKEN:
            yield _terms_of_token(run)
        else:
            yield terms_of(run)


def _tokens(text: str) -> list[str]:
    if text.isascii():
        return _ASCII_TOKEN.findall(text)
    return _TOKEN.findall(_without_accents(text))


def _without_accents(text: str) -> str:
    """One spelling of each character: NFKD without the marks of Latin, Greek and Cyrillic."""
    apart = _ACCENTS.sub("", unicodedata.normalize("NFKD", text))
    return unicodedata.normalize("NFC", apart).translate(_LETTERS)


def _words(token: str) -> list[str]:
    found: list[str] = []
    for run in token.split("_"):
        if run.islower() and run.isalpha() and run.isascii():
            # Most runs; the pattern would find nothing in them.
            if len(run) <= MAX_WORD:
                found.append(run)
        else:
            found += _words_of_run(run)
    return found


def _words_of_run(run: str) -> list[str]:
    parts = _PARTS.findall(run)
    if len(run) > MAX_WORD and 3 * len(parts) > len(run):
        return []
    if run.isascii():
        if run.isalpha():
            return [part.lower() for part in parts if len(part) <= MAX_WORD]
        if sum([not part.isalpha() for part in parts]) > 2:
            # A hash is one word, not many.
            parts = [run]
    found: list[str] = []
    for part in parts:
        word = part.casefold()
        if len(word) > 1 and not word.isascii() and _HAS_UNSPACED.match(word):
            found += [word[at : at + 2] for at in range(len(word) - 1)]
        elif len(word) <= (MAX_DIGITS if word.isdigit() else MAX_WORD):
            found.append(word)
    return found


@lru_cache(maxsize=1 << 15)
def _cached_words(token: str) -> tuple[str, ...]:
    return tuple(_words(token))


@lru_cache(maxsize=1 << 15)
def _terms(token: str) -> Sequence[str]:
    return _terms_of_token(token)


def _terms_of_token(token: str) -> list[str]:
    words = _words(token)
    found = [
        stem(word)
        for word in words
        if (len(word) > 1 or not word.isascii()) and word not in STOP_WORDS
    ]
    if 1 < len(words) <= MAX_COMPOUND:
        whole = "".join(words)
        if len(whole) <= MAX_WORD and (whole.isascii() or not _HAS_UNSPACED.search(whole)):
            found.append(stem(whole))
    return found
