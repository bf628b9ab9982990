"""`pairwright commit --split`, `--check` and `--restore`.

Owns what is printed and the exit codes. It must not know how anything is grouped or committed.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from pairwright.cli.report import findings_json, findings_text
from pairwright.cli.terminal import coloured, progress_bar
from pairwright.errors import BadArgument
from pairwright.workspace import OpenedRoot, open_root, root_around

if TYPE_CHECKING:
    from pairwright.features.commit_guards import Guarded


def run(options: argparse.Namespace) -> int:
    """Do what was asked for."""
    if options.split:
        return run_split(options)
    if options.check:
        return run_check(options)
    if options.restore:
        return run_restore(options)
    raise BadArgument("Nothing was asked for.", "Add `--split`, `--check` or `--restore`.")


def run_split(options: argparse.Namespace) -> int:
    """Print a plan; or apply one: a file's, or, without a file, the plan as it is made."""
    from pairwright.features.commit_guards import GuardRefusal
    from pairwright.features.commit_split import (
        CommitFailed,
        Source,
        apply_plan,
        made_value,
        plan_value,
        split_plan,
    )

    if options.plan is not None and not options.apply:
        raise BadArgument("`--plan` names a plan to apply.", "Add `--apply`.")
    text = _text_of(options.plan)
    source = Source.WORK_TREE if options.all else None
    with _opened(options.path) as opened:
        if text is None:
            with progress_bar("Taking the change apart"):
                plan = split_plan(opened.context, source)
            text = plan.text
            if not options.apply:
                if options.json:
                    _print_json(plan_value(plan))
                else:
                    _print_text(text)
                return 0
        try:
            made = apply_plan(opened.context, text)
        except CommitFailed as error:
            print(error.output, file=sys.stderr)
            print(f"pairwright: {error.happened} Nothing was committed.", file=sys.stderr)
            return 1 if error.code == 1 else 2
        except GuardRefusal as error:
            _show(error.guarded, as_json=options.json)
            print("pairwright: Nothing was committed.", file=sys.stderr)
            return 1
    if options.json:
        _print_json(made_value(made))
        return 0
    for commit in made.commits:
        if commit.output:
            print(commit.output)
        print(f"{commit.commit[:10]} {commit.subject}")
    for note in made.notes:
        print(f"pairwright: {note}", file=sys.stderr)
    print(f"pairwright: `{made.undo}` takes the commits back", file=sys.stderr)
    return 0


def run_check(options: argparse.Namespace) -> int:
    """Print what should not be committed; 1 when something stops a commit."""
    from pairwright.features.commit_guards import guards_of, pending
    from pairwright.features.commit_split import repository

    with _opened(options.path) as opened:
        repo = repository(opened.context)
        guarded = guards_of(opened.context, repo, pending(repo, all_changes=options.all))
    _show(guarded, as_json=options.json)
    return int(bool(guarded.blocking))


def run_restore(options: argparse.Namespace) -> int:
    """Put back what an interrupted split has left."""
    from pairwright.features.commit_split import restored_at

    told = restored_at(options.path)
    if options.json:
        _print_json({"restored": told is not None, "notes": [told] if told is not None else []})
    else:
        print(told or "There is nothing to undo.")
    return 0


def _show(guarded: Guarded, *, as_json: bool) -> None:
    if as_json:
        _print_json(
            {
                "findings": findings_json(guarded.findings, guarded.texts),
                "blocking": len(guarded.blocking),
            }
        )
    elif guarded.findings:
        print(findings_text(guarded.findings, guarded.texts, coloured=coloured(sys.stdout)))


@contextmanager
def _opened(path: Path) -> Iterator[OpenedRoot]:
    root, _ = root_around(path)
    with progress_bar("Indexing") as progress:
        opened = open_root(root, progress=progress)
    with opened:
        yield opened


def _text_of(plan: str | None) -> str | None:
    if plan is None:
        return None
    if plan == "-":
        return sys.stdin.buffer.read().decode("utf-8", "surrogateescape")
    try:
        return Path(plan).read_bytes().decode("utf-8", "surrogateescape")
    except OSError as error:
        raise BadArgument(
            f"The plan {plan} cannot be read: {error.strerror or error}.", "Check the path."
        ) from None


def _print_text(text: str) -> None:
    sys.stdout.flush()
    sys.stdout.buffer.write(text.encode("utf-8", "surrogateescape"))


def _print_json(value: object) -> None:
    json.dump(value, sys.stdout, indent=2)
    print()
