"""Text -> words and index terms: identifiers taken apart, words brought to their stem.

Owns what counts as a word to search. It must not know files, chunks or how terms are weighed. Code and
prose go through the same functions, so that "retry uploads" meets `retryUpload` and `RETRY_UPLOAD`.
"""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache

_TOKEN = re.compile(r"[^\W\d]\w*|\d+")
_PARTS = re.compile(r"[A-Z]+(?=[A-Z][a-z])|[A-Z]?[a-z]+|[A-Z]+|[0-9]+|[^\x00-\x7f]+")
# Scripts written without spaces between words: two characters at a time say more than a sentence.
_UNSPACED = re.compile(r"[\u0e00-\u0eff\u1000-\u109f\u3040-\u30ff\u3400-\u9fff\uf900-\ufaff]+")

MAX_WORD = 40
"""Longer runs of letters are hashes and encoded data, not words."""

STOP_WORDS = frozenset(
    "a an and are as at be by do does for from has have how if in into is it its not of on or so that the"
    " their then there these this to was were what when where which who why will with you we our i".split()
)
"""Words of questions that say nothing about code."""


def words_of(text: str) -> list[str]:
    """The words of a text in order, in lower case: `parseHTTPHeader_v2` gives parse http header v 2."""
    found: list[str] = []
    for token in _TOKEN.findall(text):
        found += _words(token)
    return found


def terms_of(text: str) -> list[str]:
    """The index terms of a text in order: stems of its words, and each compound identifier as a whole.

    Stop words and single letters are left out. `parseHeaders` gives `pars header parseheaders`.
    """
    found: list[str] = []
    for token in _TOKEN.findall(text):
        found += _terms(token)
    return found


@lru_cache(maxsize=1 << 16)
def _words(token: str) -> tuple[str, ...]:
    if not token.isascii():
        token = unicodedata.normalize("NFKC", token)
    found: list[str] = []
    for part in _PARTS.findall(token):
        lowered = part.lower()
        if not lowered.isascii() and _UNSPACED.search(lowered):
            found += _pairs(lowered)
        elif len(lowered) <= MAX_WORD:
            found.append(lowered)
    return tuple(found)


def _pairs(text: str) -> list[str]:
    return [text[at : at + 2] for at in range(max(1, len(text) - 1))]


@lru_cache(maxsize=1 << 16)
def _terms(token: str) -> tuple[str, ...]:
    words = _words(token)
    found = [stem(word) for word in words if len(word) > 1 and word not in STOP_WORDS]
    whole = token.strip("_").lower()
    if len(words) > 1 and len(whole) <= MAX_WORD and whole.isascii():
        found.append(whole.replace("_", ""))
    return tuple(found)


@lru_cache(maxsize=1 << 16)
def stem(word: str) -> str:
    """The stem of an English word in lower case: what `retry`, `retries` and `retrying` share.

    Light, after Porter (1980): plurals, -ed, -ing, and the commonest endings of nouns and adverbs.
    """
    if len(word) < 4 or not word.isascii() or not word.isalpha():
        return word
    if word.endswith(("ss", "us", "is")):
        return word
    for ending, kept in _ENDINGS:
        if word.endswith(ending):
            root = word[: len(word) - len(ending)]
            if len(root) >= 3 and any(letter in "aeiouy" for letter in root):
                return _finished(root + kept)
    return _finished(word)


_ENDINGS = (
    ("izations", "iz"),
    ("ization", "iz"),
    ("ations", ""),
    ("ation", ""),
    ("ators", ""),
    ("ator", ""),
    ("ments", ""),
    ("ment", ""),
    ("ities", ""),
    ("ity", ""),
    ("iness", "i"),
    ("ness", ""),
    ("ingly", ""),
    ("ings", ""),
    ("ing", ""),
    ("edly", ""),
    ("ates", ""),
    ("ated", ""),
    ("ate", ""),
    ("ied", "i"),
    ("ies", "i"),
    ("ers", ""),
    ("ors", ""),
    ("er", ""),
    ("or", ""),
    ("ed", ""),
    ("ions", ""),
    ("ion", ""),
    ("ly", ""),
    ("sses", "ss"),
    ("es", ""),
    ("s", ""),
)


def _finished(root: str) -> str:
    """One spelling for what is left: `stopp`, `stop`; `retri`, `retry`; `cach`, `cache`."""
    if len(root) > 3 and root[-1] == root[-2] and root[-1] not in "lsz":
        root = root[:-1]
    if len(root) > 3 and root[-1] == "e":
        return root[:-1]
    if len(root) > 2 and root[-1] == "y":
        return root[:-1] + "i"
    return root
