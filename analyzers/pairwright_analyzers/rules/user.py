"""Rules that people write themselves: patterns of ast-grep, matched in changed code.

Owns the match, the message and the fix of such a rule, and makes a `Rule` of it that lives like
the built-in ones: severity, suppression, baseline, changed lines only. The only importer of
ast_grep_py, which has its own parsers. It must not know files: whoever reads the YAML hands in
`UserRule` values.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING, Any

from pairwright_analyzers.languages import language
from pairwright_analyzers.rules.model import ReviewContext, Rule
from pairwright_analyzers.types import (
    Finding,
    Fix,
    Location,
    Severity,
    SourceChange,
    Span,
    TextEdit,
)

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
    "shellscript": "bash",
    "html": "html",
    "css": "css",
    "json": "json",
    "yaml": "yaml",
    "markdown": "markdown",
}
"""Our language ids -> ast-grep's names."""

UNSUPPORTED = frozenset({"toml", "sql"})
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
    "bash": "shellscript",
    "sh": "shellscript",
    "shell": "shellscript",
    "yml": "yaml",
    "md": "markdown",
}

MAX_TEXT = 400_000
"""Bytes of a file above which no pattern is matched."""

MAX_TEXT_OF_FAR = 60_000
"""The same for rules that compare a node with all before or behind it, each with each."""

MAX_MATCHES = 200
"""Findings of one rule in one file."""

_MAX_REASON = 300

_META = re.compile(r"\$\$\$([A-Z_][A-Z0-9_]*)|\$([A-Z_][A-Z0-9_]*)")


@dataclass(frozen=True, slots=True)
class UserRule:
    """One rule as written.

    `languages` are our ids. `config` is ast-grep's: `rule`, and maybe `constraints`, `utils` and
    `transform`. `message` and `fix` may hold its meta variables. `source` is the file it comes
    from, for its documentation.
    """

    id: str
    languages: tuple[str, ...]
    message: str
    severity: Severity
    config: Mapping[str, Any]
    fix: str | None = None
    note: str = ""
    url: str = ""
    enabled: bool = True
    source: str = ""


def language_named(word: str) -> str | None:
    """Our id of the language that a rule names, or None."""
    name = word.strip().lower()
    name = ALIASES.get(name, name)
    return name if name in LANGUAGES or name in UNSUPPORTED else None


def problem_of(user_rule: UserRule) -> str:
    """Why ast-grep refuses a rule, as the end of a sentence; "" when it takes it."""
    for language_id in user_rule.languages:
        if language_id not in LANGUAGES:
            name = language(language_id).name
            return f"ast-grep has no parser for {name}"
        try:
            _matches("", language_id, user_rule.config)
        except PatternError as error:
            return str(error)
    return ""


def rule_of(user_rule: UserRule) -> Rule:
    """The rule that reviews run."""

    def check(ctx: ReviewContext) -> Iterator[Finding]:
        return _check(ctx, user_rule)

    return Rule(
        user_rule.id,
        user_rule.message,
        user_rule.severity,
        check,
        _documentation(user_rule),
        frozenset(user_rule.languages),
        user_rule.enabled,
    )


class PatternError(Exception):
    """ast-grep cannot work with a rule; the text says why, without a full stop."""


def _check(ctx: ReviewContext, user_rule: UserRule) -> Iterator[Finding]:
    limit = MAX_TEXT_OF_FAR if _looks_far(user_rule.config) else MAX_TEXT
    if len(ctx.after.text) > limit:
        return
    try:
        text = ctx.after.text.decode("utf-8")
    except UnicodeDecodeError:
        return
    offset_of = _Offsets(text)
    found = 0
    for node in _matches(text, ctx.after.spec.id, user_rule.config):
        ctx.check()
        where = node.range()
        span = Span(offset_of(where.start.index), offset_of(where.end.index))
        if not ctx.touches(span):
            continue
        found += 1
        if found > MAX_MATCHES:
            return
        yield _finding(ctx, user_rule, node, text, span)


def _looks_far(config: object) -> bool:
    """Whether a rule holds `follows` or `precedes` that do not stop at the neighbour."""
    if isinstance(config, Mapping):
        for key, value in config.items():
            far = key in {"follows", "precedes"} and isinstance(value, Mapping)
            if far and value.get("stopBy", "neighbor") != "neighbor":
                return True
            if _looks_far(value):
                return True
        return False
    return isinstance(config, list) and any(map(_looks_far, config))


def _finding(
    ctx: ReviewContext, user_rule: UserRule, node: SgNode, text: str, span: Span
) -> Finding:
    symbol = ctx.after.facts.symbol_at(span.start)
    fixes: tuple[Fix, ...] = ()
    if user_rule.fix is not None:
        line_start = text.rfind("\n", 0, node.range().start.index) + 1
        line = text[line_start : node.range().start.index]
        indent = line[: len(line) - len(line.lstrip())]
        new = _expanded(user_rule.fix, node, text).rstrip("\n").replace("\n", f"\n{indent}")
        change = SourceChange({ctx.path: (TextEdit(span, new),)})
        fixes = (Fix(f"Fix: {user_rule.id}", change),)
    end = min(span.end, ctx.after.lines.line_end(ctx.after.lines.line_of(span.start)))
    return Finding(
        user_rule.id,
        user_rule.severity,
        Location(ctx.path, Span(span.start, max(end, span.start))),
        _expanded(user_rule.message, node, text).strip(),
        fixes=fixes,
        symbol=symbol.qualname if symbol is not None else "",
    )


def _expanded(template: str, node: SgNode, text: str) -> str:
    """A template with the text that its meta variables matched; unknown ones stay as they are."""

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


def _matches(text: str, language_id: str, config: Mapping[str, Any]) -> Iterable[SgNode]:
    """All matches in a text. Raises `PatternError`."""
    from ast_grep_py import SgRoot

    try:
        return SgRoot(text, LANGUAGES[language_id]).root().find_all(dict(config))  # type: ignore[call-overload,no-any-return]
    except (KeyboardInterrupt, SystemExit):
        raise
    except BaseException as error:  # noqa: BLE001 - its panics are no `Exception`
        raise PatternError(_reason(error)) from None


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
    """The languages that a rule can be written for, for a sentence."""
    return ", ".join(sorted(LANGUAGES))


def _documentation(user_rule: UserRule) -> str:
    parts = [user_rule.message]
    if user_rule.note:
        parts.append(user_rule.note.strip())
    if user_rule.url:
        parts.append(f"See <{user_rule.url}>.")
    parts.append(f"A rule of this workspace, from `{user_rule.source}`.")
    parts.append(f"**Suppress** with `pairwright: ignore[{user_rule.id}]` in a comment.")
    return "\n\n".join(parts)
