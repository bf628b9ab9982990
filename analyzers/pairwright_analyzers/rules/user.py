"""Rules that people write themselves: patterns of ast-grep, matched in changed code.

Owns the message and the fix of such a rule, and makes a `Rule` of it that lives like the built-in
ones: severity, suppression, baseline, changed lines only. It must not know files: whoever reads the
YAML hands in `UserRule` values.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from pairwright_analyzers.languages import language
from pairwright_analyzers.patterns import LANGUAGES, MAX_TEXT, Match, PatternError, matches
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

MAX_TEXT_OF_FAR = 60_000
"""The same for rules that compare a node with all before or behind it, each with each."""

MAX_MATCHES = 200
"""Findings of one rule in one file."""


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


def problem_of(user_rule: UserRule) -> str:
    """Why ast-grep refuses a rule, as the end of a sentence; "" when it takes it."""
    for language_id in user_rule.languages:
        if language_id not in LANGUAGES:
            name = language(language_id).name
            return f"ast-grep has no parser for {name}"
        try:
            next(matches("", language_id, user_rule.config), None)
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


def _check(ctx: ReviewContext, user_rule: UserRule) -> Iterator[Finding]:
    limit = MAX_TEXT_OF_FAR if _looks_far(user_rule.config) else MAX_TEXT
    if len(ctx.after.text) > limit:
        return
    try:
        text = ctx.after.text.decode("utf-8")
    except UnicodeDecodeError:
        return
    found = 0
    for match in matches(text, ctx.after.spec.id, user_rule.config):
        ctx.check()
        if not ctx.touches(match.span):
            continue
        found += 1
        if found > MAX_MATCHES:
            return
        yield _finding(ctx, user_rule, match)


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


def _finding(ctx: ReviewContext, user_rule: UserRule, match: Match) -> Finding:
    span = match.span
    symbol = ctx.after.facts.symbol_at(span.start)
    fixes: tuple[Fix, ...] = ()
    if user_rule.fix is not None:
        head = match.line_head
        indent = head[: len(head) - len(head.lstrip())]
        new = match.expanded(user_rule.fix).rstrip("\n").replace("\n", f"\n{indent}")
        change = SourceChange({ctx.path: (TextEdit(span, new),)})
        fixes = (Fix(f"Fix: {user_rule.id}", change),)
    end = min(span.end, ctx.after.lines.line_end(ctx.after.lines.line_of(span.start)))
    return Finding(
        user_rule.id,
        user_rule.severity,
        Location(ctx.path, Span(span.start, max(end, span.start))),
        match.expanded(user_rule.message).strip(),
        fixes=fixes,
        symbol=symbol.qualname if symbol is not None else "",
    )


def _documentation(user_rule: UserRule) -> str:
    parts = [user_rule.message]
    if user_rule.note:
        parts.append(user_rule.note.strip())
    if user_rule.url:
        parts.append(f"See <{user_rule.url}>.")
    parts.append(f"A rule of this workspace, from `{user_rule.source}`.")
    parts.append(f"**Suppress** with `pairwright: ignore[{user_rule.id}]` in a comment.")
    return "\n\n".join(parts)
