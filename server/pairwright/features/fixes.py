"""What can be done about a finding: its fix, silence here, silence everywhere, and all safe fixes
of a file at once.

Owns the offers. The findings, the text of a suppression and the settings edit come from
`review.py`; an edit is always computed from a fresh review, so it fits the text it is made for.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from pairwright.errors import StaleDocument
from pairwright.features.commits.rules import MESSAGE_RULE
from pairwright.features.context import ActionProducer, ActionRequest, Context, Offer
from pairwright.features.review import ignore_rule, review_file, suppression
from pairwright_analyzers.text import LineIndex
from pairwright_analyzers.types import Finding, SourceChange, TextEdit

QUICK_FIX = "quickfix"
SUPPRESS = "quickfix.pairwright.suppress"
IGNORE_RULE = "quickfix.pairwright.ignore_rule"
WHY = "quickfix.pairwright.why"
FIX_ALL = "source.pairwright.fixAll"

WHY_COMMAND = "pairwright.review.why"


def _identity(finding: Finding) -> dict[str, Any]:
    """What finds a finding again in a later review of the same text."""
    return {
        "rule": finding.rule,
        "symbol": finding.symbol,
        "message": finding.message,
        "start": finding.location.span.start,
    }


def _found_again(ctx: Context, path: str, data: Mapping[str, Any]) -> Finding:
    same = [
        finding
        for finding in review_file(ctx, path)
        if (finding.rule, finding.symbol, finding.message)
        == (data.get("rule"), data.get("symbol"), data.get("message"))
    ]
    if not same:
        raise StaleDocument(
            "The finding is gone: something it depends on has changed.",
            "Save the file to have it reviewed again.",
        )
    start = data.get("start")
    wanted = start if isinstance(start, int) else 0
    return min(same, key=lambda finding: abs(finding.location.span.start - wanted))


# The fix.


def _fix_offers(_ctx: Context, request: ActionRequest) -> list[Offer]:
    return [
        Offer(
            fix.title,
            QUICK_FIX,
            {**_identity(finding), "fix": index},
            finding,
            preferred=index == 0 and fix.safe,
        )
        for finding in request.findings
        for index, fix in enumerate(finding.fixes)
    ]


def _resolve_fix(ctx: Context, path: str, data: Mapping[str, Any]) -> SourceChange:
    finding = _found_again(ctx, path, data)
    index = data.get("fix")
    if not isinstance(index, int) or not 0 <= index < len(finding.fixes):
        raise StaleDocument("The fix is gone.", "Save the file to have it reviewed again.")
    fix = finding.fixes[index]
    return replace(fix.change, certain=fix.safe)


# Silence.


def _suppress_offers(_ctx: Context, request: ActionRequest) -> list[Offer]:
    return [
        Offer(f"Suppress `{finding.rule}` here", SUPPRESS, _identity(finding), finding)
        for finding in request.findings
        if not finding.rule.startswith(MESSAGE_RULE)
    ]


def _resolve_suppression(ctx: Context, path: str, data: Mapping[str, Any]) -> SourceChange:
    finding = _found_again(ctx, path, data)
    text = ctx.graph.workspace.text(path) or b""
    line = LineIndex(text).line_of(finding.location.span.start)
    return suppression(ctx, path, finding.rule, line)


def _ignore_offers(_ctx: Context, request: ActionRequest) -> list[Offer]:
    rules = {finding.rule: finding for finding in reversed(request.findings)}
    return [
        Offer(f"Ignore the rule `{rule}` in this workspace", IGNORE_RULE, {"rule": rule}, finding)
        for rule, finding in rules.items()
        if not rule.startswith(MESSAGE_RULE)
    ]


def _resolve_ignore(ctx: Context, _path: str, data: Mapping[str, Any]) -> SourceChange:
    return ignore_rule(ctx, str(data.get("rule", "")))


def _why_offers(_ctx: Context, request: ActionRequest) -> list[Offer]:
    rules = {finding.rule: finding for finding in reversed(request.findings)}
    return [
        Offer(f"Why `{rule}`?", WHY, {"rule": rule}, finding, command=WHY_COMMAND)
        for rule, finding in rules.items()
    ]


# All at once.


def _fix_all_offers(_ctx: Context, request: ActionRequest) -> list[Offer]:
    count = sum(any(fix.safe for fix in finding.fixes) for finding in request.in_file)
    if not count:
        return []
    noun = "finding" if count == 1 else "findings"
    return [Offer(f"Fix {count} {noun} that can be fixed safely", FIX_ALL)]


def _resolve_fix_all(ctx: Context, path: str, _data: Mapping[str, Any]) -> SourceChange:
    """The first safe fix of each finding, those left out that would touch what another one
    edits.
    """
    edits: dict[str, list[TextEdit]] = {}
    creates: dict[str, str] = {}
    for finding in review_file(ctx, path):
        fix = next((fix for fix in finding.fixes if fix.safe), None)
        if fix is None or not _fits(fix.change, edits, creates):
            continue
        for file, added in fix.change.edits.items():
            here = edits.setdefault(file, [])
            here.extend(edit for edit in added if edit not in here)
        creates.update(fix.change.creates)
    ordered = {
        file: tuple(sorted(held, key=lambda edit: (edit.span.start, edit.span.end)))
        for file, held in edits.items()
    }
    return SourceChange(ordered, creates)


def _fits(
    change: SourceChange, edits: Mapping[str, list[TextEdit]], creates: Mapping[str, str]
) -> bool:
    if any(path in creates for path in change.creates):
        return False
    for path, added in change.edits.items():
        for edit in added:
            for held in edits.get(path, ()):
                if edit == held:
                    continue
                touching = edit.span.start <= held.span.end and held.span.start <= edit.span.end
                if touching:
                    return False
    return True


PRODUCER = ActionProducer("fix", (QUICK_FIX,), _fix_offers, _resolve_fix)

OTHERS = (
    ActionProducer("suppress", (SUPPRESS,), _suppress_offers, _resolve_suppression),
    ActionProducer("ignore-rule", (IGNORE_RULE,), _ignore_offers, _resolve_ignore),
    ActionProducer("why", (WHY,), _why_offers),
    ActionProducer("fix-all", (FIX_ALL,), _fix_all_offers, _resolve_fix_all),
)
