"""`pairwright demo`: the main job on a bundled sample, or on any path."""

from __future__ import annotations

import argparse
import os
import shutil
import subprocess
import sys
import tempfile
from importlib.resources import as_file, files
from pathlib import Path

from pairwright.cli.report import findings_text, summary_text
from pairwright.cli.review import found_in, texts_of
from pairwright.cli.terminal import coloured, progress_bar
from pairwright.errors import BadArgument, GitUnavailable
from pairwright.workspace import OpenedRoot, open_root, root_around

_STORY = """\
A small shop: prices and a cart in Python, a basket in TypeScript, parcels in Go. It was committed
when all was well. Now somebody changes a few functions and saves:

  shop/pricing.py        `price_of` takes its quantity by keyword only, `find_rebate` is renamed
  web/src/money.ts       `formatPrice` loses its currency
  fulfilment/parcel.go   `Weight` loses its quantity

Each file is fine by itself. This is what Pairwright says on save:
"""


def run(options: argparse.Namespace) -> int:
    """Show the review of a workspace and its fixes."""
    if options.path is not None:
        root, inside = root_around(options.path)
        return _review(root, inside)
    with tempfile.TemporaryDirectory(prefix="pairwright-demo-") as folder:
        root = Path(folder).resolve() / "shop"
        make_sample(root)
        print(_STORY)
        code = _review(root, "")
    print(
        "\nIn an editor each fix above is a code action. Next: `pairwright demo PATH` on a "
        "workspace of yours, and docs/editors.md for Neovim and VS Code."
    )
    return code


def make_sample(root: Path) -> None:
    """The sample as a git repository at `root`, with its change in the work tree."""
    with as_file(files("pairwright.demo").joinpath("shop")) as sample:
        shutil.copytree(sample / "before", root)
        _git(root, "init", "--quiet", "--initial-branch=main")
        _git(root, "add", "--all")
        _git(root, "commit", "--quiet", "--message=All is well")
        shutil.copytree(sample / "after", root, dirs_exist_ok=True)


def _git(root: Path, *arguments: str) -> None:
    """Run git for the sample, free of the user's own hooks, signing and identity."""
    if shutil.which("git") is None:
        raise GitUnavailable("git is not on the PATH.", "Install git; the demo makes a repository.")
    identity = ("-c", "user.name=Pairwright", "-c", "user.email=demo@localhost")
    plain = ("-c", "commit.gpgsign=false", "-c", f"core.hooksPath={os.devnull}")
    done = subprocess.run(
        ["git", *identity, *plain, *arguments],
        cwd=root,
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        raise BadArgument(f"git {arguments[0]} failed: {done.stderr.strip()}", "Check git.")


def _review(root: Path, inside: str) -> int:
    with progress_bar("Indexing") as progress:
        opened = open_root(root, progress=progress)
    with opened:
        _say_index(opened)
        with progress_bar("Reviewing"):
            findings, count = found_in(opened, inside, everything=False)
        texts = texts_of(opened, findings)
        if findings:
            print(findings_text(findings, texts, coloured=coloured(sys.stdout), fixes=True))
        print(summary_text(findings, count))
        if not count:
            print(
                "Nothing differs from the base revision. "
                "`pairwright review --all` looks at everything."
            )
    return 0


def _say_index(opened: OpenedRoot) -> None:
    report = opened.report
    languages = ", ".join(opened.languages())
    print(
        f"Indexed {report.files:,} files ({languages}): {report.symbols:,} symbols, "
        f"{report.references:,} references, in {report.seconds:.2f} s.\n"
    )
