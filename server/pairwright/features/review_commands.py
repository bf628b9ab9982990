"""The commands around reviews: one file, what changed, everything; suppress, ignore, accept,
explain.

Owns their arguments and what they answer. What is found, and every text that is written, comes
from `review.py`.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from pairwright.features.context import (
    Accepted,
    Command,
    CommandContext,
    Context,
    Edit,
    Found,
    NoArguments,
    Show,
    VirtualDocument,
)
from pairwright.features.review import (
    ignore_rule,
    review_changes,
    review_file,
    review_workspace,
    suppression,
    why,
    write_baseline,
)
from pairwright_analyzers.types import Finding

OnFile = Callable[[str, Sequence[Finding]], None]


@dataclass(frozen=True, slots=True)
class OfFile:
    """A file."""

    uri: str


@dataclass(frozen=True, slots=True)
class OfRule:
    """A rule, by its identifier."""

    rule: str


@dataclass(frozen=True, slots=True)
class OfLine:
    """A rule at a line of a file, counted from 0."""

    uri: str
    rule: str
    line: int


def rule_page(rule: str, roots: Sequence[Context] = ()) -> VirtualDocument:
    """The page that explains a rule, be it one of the workspace folders' own."""
    return VirtualDocument(
        f"pairwright:/rules/{rule}.md", f"Rule {rule}", "markdown", why(rule, roots)
    )


def _review_file(ctx: CommandContext, arguments: OfFile) -> Found:
    place = ctx.place(arguments.uri)
    findings = review_file(place.context, place.path)
    return Found({place.context.root: {place.path: findings}})


def _review_changes(ctx: CommandContext, _arguments: NoArguments) -> Found:
    return _gathered(ctx, review_changes)


def _review_workspace(ctx: CommandContext, _arguments: NoArguments) -> Found:
    return _gathered(ctx, review_workspace)


def _gathered(ctx: CommandContext, review: Callable[[Context, OnFile], object]) -> Found:
    found: dict[Path, dict[str, Sequence[Finding]]] = {}
    for root in ctx.roots:
        here = found.setdefault(root.root, {})
        review(root, here.__setitem__)
    return Found(found)


def _suppress(ctx: CommandContext, arguments: OfLine) -> Edit:
    place = ctx.place(arguments.uri)
    change = suppression(place.context, place.path, arguments.rule, arguments.line)
    return Edit(place.context.root, f"Suppress {arguments.rule}", change)


def _ignore_rule(ctx: CommandContext, arguments: OfRule) -> Edit:
    root = ctx.first()
    return Edit(root.root, f"Ignore {arguments.rule}", ignore_rule(root, arguments.rule))


def _baseline(ctx: CommandContext, _arguments: NoArguments) -> Accepted:
    root = ctx.first()
    path, count = write_baseline(root)
    return Accepted({"findings": count, "path": str(path)})


def _why(ctx: CommandContext, arguments: OfRule) -> Show:
    return Show(rule_page(arguments.rule, ctx.roots))


COMMANDS = (
    Command(
        "pairwright.review.file",
        "Review a file",
        "Review one file now and show what is found.",
        OfFile,
        _review_file,
        "Reviewing a file",
    ),
    Command(
        "pairwright.review.changes",
        "Review what changed",
        "Review every file that differs from the base revision.",
        NoArguments,
        _review_changes,
        "Reviewing what changed",
    ),
    Command(
        "pairwright.review.workspace",
        "Review the whole workspace",
        "Review every file, code that did not change included.",
        NoArguments,
        _review_workspace,
        "Reviewing the workspace",
    ),
    Command(
        "pairwright.review.suppress",
        "Suppress a finding",
        "Write the comment that silences a rule at one line.",
        OfLine,
        _suppress,
    ),
    Command(
        "pairwright.review.ignore_rule",
        "Ignore a rule",
        "Add a rule to `review.disabled_rules` in `.pairwright.toml`.",
        OfRule,
        _ignore_rule,
    ),
    Command(
        "pairwright.review.baseline",
        "Accept what is found now",
        "Write the baseline: what is found today is not shown again.",
        NoArguments,
        _baseline,
        "Writing the baseline",
    ),
    Command(
        "pairwright.review.why",
        "Why this rule?",
        "Show the page that explains a rule.",
        OfRule,
        _why,
    ),
)
