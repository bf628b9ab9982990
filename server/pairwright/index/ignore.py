"""Ignore patterns with git's meaning: the text of one `.gitignore` in, a decision per path out.

Owns the syntax and the matching, to the quirks that real git has (gitignore(5), and the `wildmatch`
behaviour it rests on). It must not read files or know which ignore files apply where (`walk.py`).

A set of patterns is asked about one entry only, never about the entry's parents: whoever walks a
tree prunes an ignored folder and so never asks about what is below, which is git's own rule that a
file cannot be taken back out of an ignored folder. That, and speed, is why the patterns are read
here and not by a library that answers for whole paths.

Git compares bytes: `??` matches the two bytes of `é`. So does this module, which turns whatever is
not ASCII into one character for each byte first.
"""

from __future__ import annotations

import functools
import re
import sys
from collections.abc import Sequence
from dataclasses import dataclass

# Git ignores case where the platform's usual file systems do.
_IGNORES_CASE = sys.platform in ("darwin", "win32")
_FLAGS = re.DOTALL | re.ASCII | (re.IGNORECASE if _IGNORES_CASE else 0)

_WILDCARDS = "*?[\\"


@dataclass(frozen=True, slots=True)
class Pattern:
    """One line of an ignore file; `regex` must match the whole basename, or the whole path."""

    regex: re.Pattern[str]
    negated: bool
    folders_only: bool
    on_basename: bool


@dataclass(frozen=True, slots=True)
class Patterns:
    """The lines of one ignore file, in order; of those that match an entry the last decides."""

    patterns: tuple[Pattern, ...]
    # Most entries match nothing: these tell so with a lookup and at most two matches.
    _names: frozenset[str]
    _suffixes: tuple[str, ...]
    _name_regex: re.Pattern[str] | None
    _path_regex: re.Pattern[str] | None

    @property
    def reads_paths(self) -> bool:
        """Whether any pattern looks at more than the basename; if not, `path` may be the name."""
        return self._path_regex is not None

    def decision(self, path: str, name: str, is_folder: bool) -> bool | None:
        """True: ignored; False: taken back in; None: no pattern speaks of it.

        `path` is relative to the folder of the ignore file, with `/` between parts and none at
        either end; `name` is its last part. Undecodable bytes are surrogates (PEP 383).
        """
        if not path.isascii():
            path, name = _bytewise(path), _bytewise(name)
        if not (
            name in self._names
            or name.endswith(self._suffixes)
            or (self._name_regex is not None and self._name_regex.fullmatch(name))
            or (self._path_regex is not None and self._path_regex.fullmatch(path))
        ):
            return None
        for pattern in reversed(self.patterns):
            if pattern.folders_only and not is_folder:
                continue
            if pattern.regex.fullmatch(name if pattern.on_basename else path):
                return not pattern.negated
        return None


@functools.lru_cache(maxsize=512)
def parse_patterns(text: str) -> Patterns | None:
    """The patterns of an ignore file's `text`; None when it has none. A bad line is no pattern."""
    patterns: list[Pattern] = []
    names: set[str] = set()
    suffixes: set[str] = set()
    name_parts: list[str] = []
    path_parts: list[str] = []
    for line in _bytewise(text.removeprefix("\ufeff")).split("\n"):
        line = _without_trailing_spaces(line.removesuffix("\r"))
        if not line or line.startswith("#"):
            continue
        negated = line.startswith("!")
        body = line[1:] if negated else line
        folders_only = body.endswith("/")
        if folders_only:
            body = body[:-1]
        on_basename = "/" not in body
        if not on_basename:
            body = body.removeprefix("/")
        expression = _expression(body) if body else None
        if expression is None:
            continue
        regex = re.compile(expression, _FLAGS)
        patterns.append(Pattern(regex, negated, folders_only, on_basename))
        if not on_basename:
            path_parts.append(expression)
        elif not _IGNORES_CASE and not _has_wildcard(body):
            names.add(body)
        elif not _IGNORES_CASE and body[0] == "*" and not _has_wildcard(body[1:]):
            suffixes.add(body[1:])
        else:
            name_parts.append(expression)
    if not patterns:
        return None
    return Patterns(
        tuple(patterns),
        frozenset(names),
        tuple(sorted(suffixes)),
        _any_of(name_parts),
        _any_of(path_parts),
    )


def _any_of(expressions: Sequence[str]) -> re.Pattern[str] | None:
    return re.compile("|".join(f"(?:{e})" for e in expressions), _FLAGS) if expressions else None


def _bytewise(text: str) -> str:
    return text.encode("utf-8", "surrogateescape").decode("latin-1")


def _has_wildcard(text: str) -> bool:
    return any(character in text for character in _WILDCARDS)


def _without_trailing_spaces(line: str) -> str:
    """Without unescaped spaces at the end; other white space stays, as in git."""
    end = len(line)
    while end and line[end - 1] == " ":
        end -= 1
    before = line[:end]
    slashes = len(before) - len(before.rstrip("\\"))
    return line[: end + 1] if slashes % 2 and end < len(line) else before


# A pattern is read into a sequence of these: a regular expression of one character, or a marker.
_STAR = object()  # any characters of one name
_FOLDERS = object()  # `**/`: nothing, or whole names up to and including a slash
_ANYTHING = object()  # `**` at the end: all the rest

_Token = str | object


def _expression(pattern: str) -> str | None:
    """A regular expression for the whole of what `pattern` matches; None when it matches nothing.

    Matching stays near linear in the text's length whatever the pattern: what stands between two
    stars is matched at its first place and never tried again, which loses no match as the second
    star can stretch. A hostile ignore file could otherwise stop the walk for good.
    """
    # Git compares the text before the first wildcard by itself, so `**` right behind it counts as
    # standing at a pattern's start: `foo**/bar` matches `foobar`.
    start = next((i for i, c in enumerate(pattern) if c in _WILDCARDS), len(pattern))
    tokens = _tokens(pattern[start:])
    if tokens is None:
        return None
    chunks: list[list[_Token]] = [[*map(_literal, pattern[:start])]]
    for token in tokens:
        if token in (_FOLDERS, _ANYTHING):
            chunks.append([token])
        else:
            chunks[-1].append(token)
    parts = [_chunk(chunks[0])]
    for number, (kind, *rest) in enumerate(chunks[1:], start=2):
        if kind is _ANYTHING and not rest:
            parts.append(".*")
            continue
        leap = "(?:.*?/)??" if kind is _FOLDERS else ".*?"
        part = leap + _chunk(rest)
        parts.append(part if number == len(chunks) else f"(?>{part})")
    return "".join(parts)


def _chunk(tokens: list[_Token]) -> str:
    """The expression of tokens without `**`."""
    segments: list[list[_Token]] = [[]]
    for token in tokens:
        if token == "/":
            segments.append([])
        else:
            segments[-1].append(token)
    return "/".join(map(_segment, segments))


def _segment(tokens: list[_Token]) -> str:
    """The expression of tokens without `**` and `/`; a slash or the end always follows it."""
    pieces: list[str] = [""]
    for token in tokens:
        if token is _STAR:
            pieces.append("")
        else:
            pieces[-1] += str(token)
    first, *rest = pieces
    if not rest:
        return first
    middle = "".join(f"(?>[^/]*?{piece})" for piece in rest[:-1] if piece)
    return f"{first}{middle}[^/]*{rest[-1]}"


def _tokens(pattern: str) -> list[_Token] | None:
    """The pattern's tokens; None when it can match nothing (open bracket, backslash at the end)."""
    tokens: list[_Token] = []
    at = 0
    while at < len(pattern):
        character = pattern[at]
        if character == "\\":
            at += 1
            if at == len(pattern):
                return None
            tokens.append(_literal(pattern[at]))
        elif character == "?":
            tokens.append("[^/]")
        elif character == "[":
            bracket = _bracket(pattern, at + 1)
            if bracket is None:
                return None
            expression, at = bracket
            tokens.append(expression)
        elif character == "*":
            end = at
            while end < len(pattern) and pattern[end] == "*":
                end += 1
            alone = (at == 0 or pattern[at - 1] == "/") and end - at > 1
            if alone and end == len(pattern):
                tokens.append(_ANYTHING)
            elif alone and pattern[end] == "/":
                tokens.append(_FOLDERS)
                end += 1
            elif alone and pattern.startswith("\\/", end):
                tokens.append(_ANYTHING)
            else:
                tokens.append(_STAR)
            at = end - 1
        else:
            tokens.append(_literal(character))
        at += 1
    return tokens


def _literal(character: str) -> str:
    return "/" if character == "/" else re.escape(character)


_CLASSES = {
    "alnum": "0-9A-Za-z",
    "alpha": "A-Za-z",
    "blank": " \\t",
    "cntrl": "\\x00-\\x1f\\x7f",
    "digit": "0-9",
    "graph": "!-~",
    "lower": "a-z",
    "print": " -~",
    "punct": "!-/:-@\\[-`{-~",
    "space": "\\t-\\r ",
    "upper": "A-Z",
    "xdigit": "0-9A-Fa-f",
}


def _bracket(pattern: str, at: int) -> tuple[str, int] | None:
    """The expression of a bracket whose first character is at `at`, and where its `]` stands."""
    negated = at < len(pattern) and pattern[at] in "!^"
    at += negated
    inside: list[str] = []
    before: str | None = None  # what a `-` after it would start a range from
    first = True
    while True:
        if at >= len(pattern):
            return None
        character = pattern[at]
        if character == "]" and not first:
            break
        first = False
        if character == "\\":
            at += 1
            if at >= len(pattern):
                return None
            before = pattern[at]
            inside.append(_code(before))
        elif (
            character == "-"
            and before is not None
            and at + 1 < len(pattern)
            and pattern[at + 1] != "]"
        ):
            at += 1
            if pattern[at] == "\\":
                at += 1
                if at >= len(pattern):
                    return None
            if before <= pattern[at]:
                inside.append(f"{_code(before)}-{_code(pattern[at])}")
            before = None
        elif character == "[" and pattern[at + 1 : at + 2] == ":":
            close = pattern.find("]", at + 2)
            if close < 0:
                return None
            if close == at + 2 or pattern[close - 1] != ":":
                before = "["
                inside.append(_code(before))
            else:
                name = pattern[at + 2 : close - 1]
                if name not in _CLASSES:
                    return None
                inside.append(_CLASSES[name])
                before = None
                at = close
        else:
            before = character
            inside.append(_code(before))
        at += 1
    if not inside:
        return ("[^/]" if negated else "(?!)"), at
    return f"(?!/)[{'^' if negated else ''}{''.join(inside)}]", at


def _code(character: str) -> str:
    return f"\\x{ord(character):02x}"
