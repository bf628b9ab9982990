"""Items that a Rust macro wraps: `cfg_rt! { pub fn f() {} }`, `cfg_if! { if #[cfg(unix)] { … } }`.

The grammar reads a macro's body as loose tokens. Where such a body is plain items, what wraps them
is left out of the parse (`LanguageSpec.blanks`) and the items are read as if they stood alone. Owns
finding the wrappers in the text; knows no tree.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

_MOST_MACROS = 500
_MOST_BYTES = 4_000_000
_MOST_DEPTH = 8
"""Limits that no written file reaches: looking for the end of each macro of a hostile one could
take for ever. A text is looked through as often as macros nest.
"""

_OPENING = re.compile(rb"^([ \t]*)((?:\w+::)*(\w+)!)[ \t]*\{[ \t]*\r?$", re.M)
_BEFORE_ITEM = re.compile(
    rb"(?:\s+|//[^\n]*|/\*.*?\*/|#!?\[(?:[^\[\]\"]|\"(?:\\.|[^\"\\])*\"|\[[^\]]*\])*\])*", re.S
)
_ITEM = re.compile(
    rb"(?:pub\b(?:\s*\([^)]*\))?\s+)?(?:(?:unsafe|async|const(?=\s+fn\b))\s+)*"
    rb"(?:fn|struct|enum|union|impl|mod|use|trait|const|static|type|extern|macro_rules(?=!))\b"
    rb"(?!\s+\w+\s*:\s*\w+\s*\{)"
)
_ARMS = re.compile(rb"if\s*#\[")
_STATIC_REF = re.compile(rb"\bstatic\s+(ref)\b")
_TOKEN = re.compile(
    rb"""//[^\n]*|/\*(?:.*?\*/|.*)|\bb?r(\#*)"(?:.*?"\1|.*)|"(?:\\.|[^"\\])*(?:"|\\?\Z)"""
    rb"""|'(?:\\[^\n']+|\\'|[^'\\\n])'|[{}]""",
    re.S,
)
"""What never ends is read to the text's end, so that it is looked through once."""
_TEMPLATES = frozenset({b"quote", b"quote_spanned", b"parse_quote", b"parse_quote_spanned"})
"""Macros whose items are made elsewhere, with holes in them."""


def blanks(text: bytes) -> list[tuple[int, int]]:
    """The spans of wrappers, in order, none overlapping."""
    if (b"! {" not in text and b"!{" not in text) or len(text) > _MOST_BYTES:
        return []
    found: list[tuple[int, int]] = []
    seen = 0
    for count, opening in enumerate(_OPENING.finditer(text)):
        name = opening.group(3)
        if count >= _MOST_MACROS or seen > _MOST_DEPTH * len(text):
            break
        if name in _TEMPLATES or (opening.group(1) and not name.startswith(b"cfg_")):
            continue
        inside = _BEFORE_ITEM.match(text, opening.end())
        first = inside.end() if inside is not None else opening.end()
        arms = _ARMS.match(text, first) is not None
        if not arms and _ITEM.match(text, first) is None:
            continue
        spans = _outside(text, opening.start(2), 2 if arms else 1)
        if not spans:
            break
        seen += spans[-1][1] - opening.start()
        if name == b"lazy_static":
            found.extend(ref.span(1) for ref in _STATIC_REF.finditer(text, first, spans[-1][0]))
        found.extend(spans)
    return list(_apart(sorted(found)))


def _outside(text: bytes, start: int, kept: int) -> list[tuple[int, int]]:
    """The parts of a macro call that lie outside its braces of depth `kept`; [] when it never
    ends.
    """
    spans: list[tuple[int, int]] = []
    depth = 0
    for token in _TOKEN.finditer(text, start):
        if token.group() == b"{":
            depth += 1
            if depth == kept:
                spans.append((start, token.end()))
        elif token.group() == b"}":
            if depth == kept:
                start = token.start()
            depth -= 1
            if depth == 0:
                spans.append((start, token.end()))
                return spans
    return []


def _apart(spans: list[tuple[int, int]]) -> Iterator[tuple[int, int]]:
    end = 0
    for span in spans:
        if span[0] >= end:
            yield span
            end = span[1]
