"""Findings for a person at a terminal, and as plain JSON for a script.

Pure: values in, text out. A finding is shown as compilers do: place, severity, message, the line it
is about with a
mark below, then its evidence and its fixes.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from difflib import unified_diff
from typing import Any

from pairwright_analyzers.edits import apply_edits
from pairwright_analyzers.text import Encoding, LineIndex
from pairwright_analyzers.types import Finding, Fix, Location, Severity

_COLOURS = {
    Severity.ERROR: "\x1b[1;31m",
    Severity.WARNING: "\x1b[1;33m",
    Severity.INFORMATION: "\x1b[1;34m",
    Severity.HINT: "\x1b[1;36m",
}
BOLD, DIM = "\x1b[1m", "\x1b[2m"
_GREEN, _RED, _RESET = "\x1b[32m", "\x1b[31m", "\x1b[0m"
_MAX_RELATED = 6
_TAB = "    "


class Painter:
    """Writes with colours, or without."""

    def __init__(self, coloured: bool) -> None:
        self._coloured = coloured

    def paint(self, text: str, code: str) -> str:
        """The text in a colour, where colours are wanted."""
        return f"{code}{text}{_RESET}" if self._coloured else text


def findings_text(
    findings: Sequence[Finding], texts: Mapping[str, bytes], *, coloured: bool, fixes: bool = False
) -> str:
    """All findings, one block each; `fixes` shows what the first fix of each would change."""
    painter = Painter(coloured)
    lines = {path: LineIndex(text) for path, text in texts.items()}
    blocks = [_block(one, texts, lines, painter, fixes) for one in findings]
    return "\n".join(blocks)


def summary_text(findings: Sequence[Finding], files: int) -> str:
    """One line: how many findings of which severity in how many files."""
    if not findings:
        return f"No findings in {_count(files, 'file')}."
    counts = Counter(finding.severity for finding in findings)
    parts = [_count(counts[severity], severity.value) for severity in Severity if counts[severity]]
    fixable = sum(1 for finding in findings if finding.fixes)
    tail = f" {fixable} can be fixed for you." if fixable else ""
    return (
        f"{_count(len(findings), 'finding')} in {_count(files, 'file')}: {', '.join(parts)}.{tail}"
    )


def _count(number: int, noun: str) -> str:
    plural = noun if number == 1 or noun == "information" else noun + "s"
    return f"{number} {plural}"


def place(location: Location, lines: Mapping[str, LineIndex]) -> str:
    """`path:line:column`, counted from 1; the path alone where its text is not at hand."""
    index = lines.get(location.path)
    if index is None:
        return location.path
    line, column = index.position(location.span.start, Encoding.UTF32)
    return f"{location.path}:{line + 1}:{column + 1}"


def _block(
    finding: Finding,
    texts: Mapping[str, bytes],
    lines: Mapping[str, LineIndex],
    painter: Painter,
    fixes: bool,
) -> str:
    severity = painter.paint(finding.severity.value, _COLOURS[finding.severity])
    rule = painter.paint(f"[{finding.rule}]", DIM)
    where = painter.paint(place(finding.location, lines), BOLD)
    out = [f"{where} {severity} {finding.message} {rule}"]
    out.extend(_frame(finding.location, lines, painter))
    out.extend(
        f"    {place(related.location, lines)}: {related.message}"
        for related in finding.related[:_MAX_RELATED]
    )
    if len(finding.related) > _MAX_RELATED:
        out.append(f"    … and {len(finding.related) - _MAX_RELATED} more places")
    for position, fix in enumerate(finding.fixes):
        out.append(painter.paint(f"    fix: {fix.title}", _GREEN))
        if fixes and position == 0:
            out.extend(_diff(fix, texts, painter))
    return "\n".join(out) + "\n"


def _frame(location: Location, lines: Mapping[str, LineIndex], painter: Painter) -> list[str]:
    index = lines.get(location.path)
    if index is None:
        return []
    line, column = index.position(location.span.start, Encoding.UTF32)
    end_line, end_column = index.position(location.span.end, Encoding.UTF32)
    text = index.line_text(line).decode("utf-8", "replace")
    if len(text) > 300:
        return []
    width = max(1, (end_column if end_line == line else len(text)) - column)
    before = text[:column].replace("\t", _TAB)
    shown = text.replace("\t", _TAB)
    number = str(line + 1)
    marks = painter.paint("^" * width, BOLD)
    return [
        f"  {painter.paint(number + ' |', DIM)} {shown}",
        f"  {' ' * len(number)} {painter.paint('|', DIM)} {' ' * len(before)}{marks}",
    ]


def _diff(fix: Fix, texts: Mapping[str, bytes], painter: Painter) -> list[str]:
    out: list[str] = []
    for path, edits in fix.change.edits.items():
        before = texts.get(path)
        if before is None:
            continue
        after = apply_edits(before, edits)
        rows = unified_diff(
            before.decode("utf-8", "replace").splitlines(),
            after.decode("utf-8", "replace").splitlines(),
            path,
            path,
            lineterm="",
            n=0,
        )
        for row in list(rows)[2:]:
            if row.startswith("@@"):
                line = row.split("+", 1)[1].split(" ", 1)[0].split(",", 1)[0]
                out.append(painter.paint(f"      {path}:{line}", DIM))
            else:
                colour = _GREEN if row.startswith("+") else _RED
                out.append("      " + painter.paint(row, colour))
    return out


def findings_json(findings: Sequence[Finding], texts: Mapping[str, bytes]) -> list[dict[str, Any]]:
    """Findings as plain values; lines and columns from 1, columns in characters."""
    lines = {path: LineIndex(text) for path, text in texts.items()}
    return [
        {
            "rule": finding.rule,
            "severity": finding.severity.value,
            "message": finding.message,
            "symbol": finding.symbol,
            **location_json(finding.location, lines),
            "related": [
                {"message": one.message, **location_json(one.location, lines)}
                for one in finding.related
            ],
            "fixes": [fix.title for fix in finding.fixes],
        }
        for finding in findings
    ]


def location_json(location: Location, lines: Mapping[str, LineIndex]) -> dict[str, Any]:
    """A place as plain values; only the path where its text is not at hand."""
    index = lines.get(location.path)
    if index is None:
        return {"file": location.path}
    line, column = index.position(location.span.start, Encoding.UTF32)
    end_line, end_column = index.position(location.span.end, Encoding.UTF32)
    return {
        "file": location.path,
        "line": line + 1,
        "column": column + 1,
        "end_line": end_line + 1,
        "end_column": end_column + 1,
    }
