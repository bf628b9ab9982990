"""Findings as a SARIF 2.1.0 log: what code scanning in CI reads.

Pure: findings and texts in, a JSON value out. Source: OASIS "Static Analysis Results Interchange
Format", 2.1.0.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from hashlib import sha256
from pathlib import Path
from typing import Any
from urllib.parse import quote

from pairwright import __version__
from pairwright_analyzers.rules.model import Rule
from pairwright_analyzers.text import Encoding, LineIndex
from pairwright_analyzers.types import Finding, Fix, Location, Severity

_LEVELS = {
    Severity.ERROR: "error",
    Severity.WARNING: "warning",
    Severity.INFORMATION: "note",
    Severity.HINT: "note",
}


def sarif_log(
    root: Path, findings: Iterable[Finding], texts: Mapping[str, bytes], rules: Sequence[Rule]
) -> dict[str, Any]:
    """The log of one run.

    `texts` holds the text of every file a finding names; paths are relative to `root`.
    """
    lines = {path: LineIndex(text) for path, text in texts.items()}
    found = list(findings)
    known = {rule.id: index for index, rule in enumerate(rules)}
    return {
        "$schema": "https://json.schemastore.org/sarif-2.1.0.json",
        "version": "2.1.0",
        "runs": [
            {
                "tool": {
                    "driver": {
                        "name": "Pairwright",
                        "version": __version__,
                        "semanticVersion": __version__,
                        "rules": [_rule(rule) for rule in rules],
                    }
                },
                "originalUriBaseIds": {"ROOT": {"uri": root.resolve().as_uri().rstrip("/") + "/"}},
                # Columns count characters of the text, whatever their size.
                "columnKind": "unicodeCodePoints",
                "results": [_result(finding, lines, known) for finding in found],
            }
        ],
    }


def _rule(rule: Rule) -> dict[str, Any]:
    return {
        "id": rule.id,
        "name": "".join(word.capitalize() for word in rule.id.split("-")),
        "shortDescription": {"text": rule.title},
        "fullDescription": {"text": rule.documentation.strip().split("\n\n", 1)[0]},
        "help": {"text": rule.documentation.strip(), "markdown": rule.documentation.strip()},
        "defaultConfiguration": {"level": _LEVELS[rule.severity], "enabled": rule.enabled},
    }


def _result(
    finding: Finding, lines: Mapping[str, LineIndex], known: Mapping[str, int]
) -> dict[str, Any]:
    result: dict[str, Any] = {
        "ruleId": finding.rule,
        "level": _LEVELS[finding.severity],
        "message": {"text": finding.message},
        "locations": [_location(finding.location, lines)],
        "partialFingerprints": {"pairwright/v1": fingerprint(finding)},
    }
    if finding.rule in known:
        result["ruleIndex"] = known[finding.rule]
    if finding.related:
        result["relatedLocations"] = [
            {"id": index, "message": {"text": one.message}, **_location(one.location, lines)}
            for index, one in enumerate(finding.related, start=1)
        ]
    if finding.fixes:
        result["fixes"] = [_fix(fix, lines) for fix in finding.fixes]
    return result


def fingerprint(finding: Finding) -> str:
    """What stays the same when lines move: rule, path, symbol and message, hashed."""
    parts = (finding.rule, finding.location.path, finding.symbol, finding.message)
    return sha256("\0".join(parts).encode("utf-8", "surrogateescape")).hexdigest()[:32]


def _artifact(path: str) -> dict[str, str]:
    return {"uri": quote(path, errors="surrogateescape"), "uriBaseId": "ROOT"}


def _region(location: Location, lines: Mapping[str, LineIndex]) -> dict[str, int] | None:
    index = lines.get(location.path)
    if index is None:
        return None
    start_line, start_column = index.position(location.span.start, Encoding.UTF32)
    end_line, end_column = index.position(location.span.end, Encoding.UTF32)
    return {
        "startLine": start_line + 1,
        "startColumn": start_column + 1,
        "endLine": end_line + 1,
        "endColumn": end_column + 1,
    }


def _location(location: Location, lines: Mapping[str, LineIndex]) -> dict[str, Any]:
    physical: dict[str, Any] = {"artifactLocation": _artifact(location.path)}
    region = _region(location, lines)
    if region is not None:
        physical["region"] = region
    return {"physicalLocation": physical}


def _fix(fix: Fix, lines: Mapping[str, LineIndex]) -> dict[str, Any]:
    changes = []
    for path, edits in fix.change.edits.items():
        replacements = []
        for edit in edits:
            region = _region(Location(path, edit.span), lines)
            if region is not None:
                replacements.append(
                    {"deletedRegion": region, "insertedContent": {"text": edit.new_text}}
                )
        changes.append({"artifactLocation": _artifact(path), "replacements": replacements})
    return {"description": {"text": fix.title}, "artifactChanges": changes}
