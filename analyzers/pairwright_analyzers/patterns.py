"""Structural patterns: code with holes, matched by ast-grep in a text.

The only importer of ast_grep_py, which has its own parsers. It must not know files, rules or
refactorings.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING, Any

from pairwright_analyzers.types import Span

if TYPE_CHECKING:
    from ast_grep_py import SgNode

LANGUAGES: Mapping[str, str] = {
    "python": "python",
    "javascript": "javascript",
    "typescript": "typescript",
    "typescriptreact": "tsx",
    "go": "go",
    "rust": "rust",
    "java": "java",
    "c": "c",
    "cpp": "cpp",
    "csharp": "csharp",
    "ruby": "ruby",
    "php": "php",
    "kotlin": "kotlin",
    "scala": "scala",
    "swift": "swift",
    "lua": "lua",
    "elixir": "elixir",
    "haskell": "haskell",
    "shellscript": "bash",
    "html": "html",
    "css": "css",
    "json": "json",
    "yaml": "yaml",
    "markdown": "markdown",
}
"""Our language ids -> ast-grep's names."""

UNSUPPORTED = frozenset({"dart", "plaintext", "sql", "toml", "zig"})
"""Languages of ours that ast-grep cannot read."""

ALIASES: Mapping[str, str] = {
    "py": "python",
    "js": "javascript",
    "jsx": "javascript",
    "javascriptreact": "javascript",
    "ts": "typescript",
    "tsx": "typescriptreact",
    "golang": "go",
    "rs": "rust",
    "c++": "cpp",
    "cc": "cpp",
    "c#": "csharp",
    "cs": "csharp",
    "rb": "ruby",
    "kt": "kotlin",
    "ex": "elixir",
    "hs": "haskell",
    "bash": "shellscript",
    "sh": "shellscript",
    "shell": "shellscript",
    "yml": "yaml",
    "md": "markdown",
}

MAX_TEXT = 400_000
"""Bytes of a file above which no pattern is matched."""

_MAX_REASON = 300

_META = re.compile(r"\$\$\$([A-Z_][A-Z0-9_]*)|\$([A-Z_][A-Z0-9_]*)")


class PatternError(Exception):
    """ast-grep cannot work with a pattern; the text says why, without a full stop."""


def language_named(word: str) -> str | None:
    """Our id of the language that a word names, or None."""
    name = word.strip().lower()
    name = ALIASES.get(name, name)
    return name if name in LANGUAGES or name in UNSUPPORTED else None


@dataclass(frozen=True)
class Match:
    """One place that a pattern matches, in bytes of the text."""

    span: Span
    _node: SgNode
    _text: str

    @property
    def line_head(self) -> str:
        """What stands before the match on its line."""
        start = self._node.range().start.index
        return self._text[self._text.rfind("\n", 0, start) + 1 : start]

    def expanded(self, template: str) -> str:
        """A template with the text that its meta variables matched; unknown ones stay as they
        are.
        """
        node, text = self._node, self._text

        def replaced(match: re.Match[str]) -> str:
            if match[1]:
                several = node.get_multiple_matches(match[1])
                if not several:
                    return ""
                start, end = several[0].range().start.index, several[-1].range().end.index
                return text[start:end]
            one = node.get_match(match[2])
            if one is not None:
                return one.text()
            return node.get_transformed(match[2]) or match[0]

        return _META.sub(replaced, template)


def matches(text: str, language_id: str, config: Mapping[str, Any]) -> Iterator[Match]:
    """All matches in a text, in text order; `config` is ast-grep's: `rule`, and maybe
    `constraints`, `utils` and `transform`. Raises `PatternError`.
    """
    from ast_grep_py import SgRoot

    try:
        root = SgRoot(text, LANGUAGES[language_id]).root()
        found = root.find_all(dict(config))  # type: ignore[call-overload]
    except (KeyboardInterrupt, SystemExit):
        raise
    except BaseException as error:  # noqa: BLE001 - its panics are no `Exception`
        raise PatternError(_reason(error)) from None
    offset_of = _Offsets(text)
    for node in found:
        where = node.range()
        yield Match(Span(offset_of(where.start.index), offset_of(where.end.index)), node, text)


def _reason(error: BaseException) -> str:
    """What ast-grep says, without its stack."""
    said = str(error).partition("Stack backtrace:")[0]
    causes = [" ".join(cause.split()) for cause in re.split(r"(?m)^\s+\d+: ", said)[1:]]
    if causes:
        return " ".join(causes[-2:])[:_MAX_REASON].rstrip(".")
    first = said.strip().splitlines()
    return (first[0][:_MAX_REASON] if first else type(error).__name__).rstrip(".")


class _Offsets:
    """Characters of a text -> bytes of its UTF-8, asked for in any order, quick in text order."""

    __slots__ = ("_ascii", "_byte", "_char", "_text")

    def __init__(self, text: str) -> None:
        self._text = text
        self._ascii = text.isascii()
        self._char = 0
        self._byte = 0

    def __call__(self, index: int) -> int:
        if self._ascii:
            return index
        if index < self._char:
            self._char = self._byte = 0
        self._byte += len(self._text[self._char : index].encode())
        self._char = index
        return self._byte


@cache
def supported_languages() -> str:
    """The languages that a pattern can be written for, for a sentence."""
    return ", ".join(sorted(LANGUAGES))
