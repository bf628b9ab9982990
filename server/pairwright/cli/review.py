"""`pairwright review`."""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Sequence

from pairwright.cli.report import findings_json, findings_text, summary_text
from pairwright.cli.sarif import sarif_log
from pairwright.cli.terminal import coloured, progress_bar
from pairwright.workspace import OpenedRoot, open_root, root_around
from pairwright_analyzers.types import Finding, Severity

_ORDER = {severity: rank for rank, severity in enumerate(Severity)}


def run(options: argparse.Namespace) -> int:
    """Review a workspace, a folder of it, or one file; print the findings."""
    root, inside = root_around(options.path)
    settings = {} if options.base is None else {"review.base": options.base}
    with progress_bar("Indexing") as progress:
        opened = open_root(root, settings=settings, progress=progress)
    with opened:
        with progress_bar("Reviewing"):
            findings, files = found_in(opened, inside, everything=options.all)
        if options.write_baseline:
            from pairwright.features.review import write_baseline

            print(f"Accepted what is found now in {write_baseline(opened.context)}.")
            return 0
        show(opened, findings, files, options)
    if options.fail_on == "never":
        return 0
    limit = _ORDER[Severity(options.fail_on)]
    return int(any(_ORDER[finding.severity] <= limit for finding in findings))


def found_in(opened: OpenedRoot, inside: str, *, everything: bool) -> tuple[list[Finding], int]:
    """The findings at or below a path ("" for all), and how many files were looked at."""
    from pairwright.features.review import review_changes, review_workspace

    findings: list[Finding] = []
    files = 0

    def on_file(path: str, found: Sequence[Finding]) -> None:
        nonlocal files
        if inside and path != inside and not path.startswith(inside + "/"):
            return
        files += 1
        findings.extend(found)

    (review_workspace if everything else review_changes)(opened.context, on_file)
    findings.sort(key=lambda one: (one.location.path, one.location.span.start, one.rule))
    return findings, files


def texts_of(opened: OpenedRoot, findings: Sequence[Finding]) -> dict[str, bytes]:
    """The texts of every file that findings and their fixes name."""
    paths = {
        path
        for finding in findings
        for path in (
            finding.location.path,
            *(one.location.path for one in finding.related),
            *(path for fix in finding.fixes for path in fix.change.edits),
        )
    }
    workspace = opened.context.graph.workspace
    return {path: text for path in paths if (text := workspace.text(path)) is not None}


def show(
    opened: OpenedRoot, findings: list[Finding], files: int, options: argparse.Namespace
) -> None:
    """Print findings in the format that was asked for."""
    texts = texts_of(opened, findings)
    if options.format == "sarif":
        from pairwright_analyzers.rules import RULES

        json.dump(sarif_log(opened.context.root, findings, texts, RULES), sys.stdout, indent=2)
        print()
    elif options.format == "json":
        json.dump(
            {
                "root": str(opened.context.root),
                "index": opened.context.status.state.value,
                "files": files,
                "findings": findings_json(findings, texts),
            },
            sys.stdout,
            indent=2,
        )
        print()
    else:
        if findings:
            print(
                findings_text(findings, texts, coloured=coloured(sys.stdout), fixes=options.fixes)
            )
        print(summary_text(findings, files))
