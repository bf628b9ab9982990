"""`pairwright commit`: draft a message, commit with it, look after the hook, or split.

Owns what is printed and the exit codes. It must not know how a message is made or committed.
"""

from __future__ import annotations

import argparse
import json
import sys
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pairwright.features.commit_draft import Repository


def run(options: argparse.Namespace) -> int:
    """Draft, commit, split, or look after the hook, as the options say."""
    if options.split or options.check or options.restore or options.plan is not None:
        from pairwright.cli import commit_split

        return commit_split.run(options)
    from pairwright.features import commit_draft, commit_hook

    if options.hook is not None:
        for told in commit_hook.run_hook(options.hook):
            print(f"pairwright: {told}", file=sys.stderr)
        sys.stderr.flush()
        return 0
    with commit_draft.repository_at(options.path) as repo:
        if options.install_hook:
            print(commit_hook.install_hook(repo))
        elif options.uninstall_hook:
            print(commit_hook.uninstall_hook(repo))
        elif options.apply:
            return _apply(repo, options)
        else:
            _show(repo, options)
    return 0


def _show(repo: Repository, options: argparse.Namespace) -> None:
    from pairwright.features.commit_draft import (
        draft_json,
        draft_of_all,
        draft_of_change,
        message_ready,
    )

    drafted = draft_of_all(repo) if options.all else draft_of_change(repo)
    if options.json:
        _print(draft_json(drafted))
        return
    if drafted.of_all and not options.all:
        print("pairwright: nothing is staged, so this is about all changes", file=sys.stderr)
    if (ready := message_ready(repo)) is not None:
        print(f"pairwright: {ready}; `git commit` takes that one", file=sys.stderr)
    for problem in drafted.changes.problems:
        print(f"pairwright: {problem}", file=sys.stderr)
    print(drafted.draft.message(), end="")


def _apply(repo: Repository, options: argparse.Namespace) -> int:
    from pairwright.features.commit_draft import MessageKept, commit_drafted, draft_json

    try:
        drafted, committed = commit_drafted(repo, ("--all",) if options.all else ())
    except MessageKept as error:
        if error.output:
            print(error.output, file=sys.stderr)
        print(f"pairwright: {error}", file=sys.stderr)
        return 1 if error.code == 1 else 2
    if committed.output:
        print(committed.output, file=sys.stderr)
    if options.json:
        _print({"commit": committed.commit, **draft_json(drafted)})
    else:
        print(f"{committed.commit[:10]} {drafted.draft.header}")
    return 0


def _print(value: object) -> None:
    json.dump(value, sys.stdout, indent=2, ensure_ascii=False)
    print()
