"""`pairwright index`."""

from __future__ import annotations

import argparse
import json
import sys

from pairwright.cli.terminal import progress_bar
from pairwright.features.status import vectors_text, vectors_value
from pairwright.workspace import open_root


def run(options: argparse.Namespace) -> int:
    """Build the index of a folder and print what is in it."""
    settings = {} if options.workers is None else {"index.workers": max(options.workers, 1)}
    with progress_bar("Indexing") as progress:
        opened = open_root(
            options.path, settings=settings, rebuild=options.rebuild, progress=progress
        )
    with opened:
        report = opened.report
        vectors = None
        if options.vectors:
            with progress_bar("Making vectors") as progress:
                vectors = opened.embed(progress)
        if options.json:
            json.dump(
                {
                    "root": str(opened.context.root),
                    "state": opened.context.status.state.value,
                    "files": report.files,
                    "lines": report.lines,
                    "symbols": report.symbols,
                    "references": report.references,
                    "seconds": round(report.seconds, 3),
                    "cpu_seconds": round(report.cpu_seconds, 3),
                    "parsed": report.parsed,
                    "reused": report.reused,
                    "languages": opened.languages(),
                    **({"vectors": vectors_value(vectors)} if vectors is not None else {}),
                    "degraded": [
                        {"path": path, "reason": reason} for path, reason in report.degraded
                    ],
                    "skipped": [
                        {"path": path, "reason": reason} for path, reason in report.skipped
                    ],
                },
                sys.stdout,
                indent=2,
            )
            print()
            return 0
        print(
            f"{report.files:,} files, {report.lines:,} lines, {report.symbols:,} symbols, "
            f"{report.references:,} references in {report.seconds:.2f} s "
            f"({report.parsed:,} parsed, {report.reused:,} reused)"
        )
        if vectors is not None:
            print(f"vectors: {vectors_text(vectors)}")
        for language, count in opened.languages().items():
            print(f"  {language:<16} {count:>8,} files")
        for path, reason in report.degraded[:20]:
            print(f"  degraded: {path}: {reason}")
        if len(report.degraded) > 20:
            print(f"  … and {len(report.degraded) - 20} more; --json lists them all")
    return 0
