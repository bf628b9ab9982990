"""What an editor does with a workspace edit: texts by URI before, texts by URI after.

Owns the protocol's rules for edits: columns in the negotiated unit, positions in the text before,
operations in order, snippets expanded to what they show first. It must not import the product.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

_LINES = re.compile(r"\r\n|\n|\r")
_SNIPPET = re.compile(r"\\(.)|\$\{(\d+):((?:\\.|[^\\}])*)\}|\$(\d+)")


def applied(
    texts: Mapping[str, str], edit: Mapping[str, Any], encoding: str = "utf-16"
) -> dict[str, str]:
    """The texts after an edit."""
    after = dict(texts)
    for uri, edits in edit.get("changes", {}).items():
        after[uri] = _edited(after[uri], edits, encoding)
    for operation in edit.get("documentChanges", ()):
        match operation.get("kind"):
            case "create":
                assert operation["uri"] not in after
                after[operation["uri"]] = ""
            case "rename":
                assert operation["newUri"] not in after
                after[operation["newUri"]] = after.pop(operation["oldUri"])
            case "delete":
                del after[operation["uri"]]
            case _:
                uri = operation["textDocument"]["uri"]
                after[uri] = _edited(after[uri], operation["edits"], encoding)
    return after


def _edited(text: str, edits: list[Any], encoding: str) -> str:
    spans = []
    for edit in edits:
        start = offset_of(text, edit["range"]["start"], encoding)
        end = offset_of(text, edit["range"]["end"], encoding)
        new = edit["newText"] if "newText" in edit else expanded(edit["snippet"]["value"])
        spans.append((start, end, new))
    ordered = sorted(spans, key=lambda span: span[:2])
    parts, at = [], 0
    for start, end, new in ordered:
        assert start >= at, "edits overlap"
        parts += [text[at:start], new]
        at = end
    return "".join([*parts, text[at:]])


def offset_of(text: str, position: Mapping[str, int], encoding: str) -> int:
    """The index of a position in a text."""
    starts = [0, *(match.end() for match in _LINES.finditer(text))]
    line, column = position["line"], position["character"]
    assert line < len(starts), "past the last line"
    at = starts[line]
    while column > 0:
        column -= width(text[at], encoding)
        at += 1
    assert column == 0, "inside of a character"
    return at


def width(character: str, encoding: str) -> int:
    """How many units a character has."""
    match encoding:
        case "utf-8":
            return len(character.encode())
        case "utf-16":
            return len(character.encode("utf-16-le")) // 2
        case _:
            return 1


def expanded(snippet: str) -> str:
    """What a snippet with plain placeholders shows before anything is typed."""
    values: dict[str, str] = {}

    def value(match: re.Match[str]) -> str:
        escaped, number, default, mirror = match.groups()
        if escaped is not None:
            return escaped
        if number is not None:
            values[number] = re.sub(r"\\(.)", r"\1", default)
            return values[number]
        return values[mirror]

    return _SNIPPET.sub(value, snippet)
