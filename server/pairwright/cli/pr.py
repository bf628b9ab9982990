"""`pairwright pr`: the text of a pull request, printed.

Owns the two forms. What is said is the feature's business.
"""

from __future__ import annotations

import argparse
import dataclasses
import json

from pairwright.cli.terminal import progress_bar
from pairwright.workspace import open_root, root_around


def run(options: argparse.Namespace) -> int:
    """Run the command; returns the exit code."""
    from pairwright.features.pr_draft import page

    root, _ = root_around(options.path)
    with progress_bar("Indexing") as progress:
        opened = open_root(root, progress=progress)
    with opened:
        document, request = page(opened.context, options.base or "")
    if options.json:
        value = {**dataclasses.asdict(request), "text": document.text}
        print(json.dumps(value, ensure_ascii=False, indent=2))
    else:
        print(document.text, end="")
    return 0
