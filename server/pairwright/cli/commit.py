"""`pairwright commit`: draft a message, commit with it, and the hook of `git commit`.

Owns what is printed and the hook's file. The message is made by `pairwright.features.commit_draft`,
the commit by `pairwright.git.write`.
"""

from __future__ import annotations

import argparse
import json
import os
import shlex
import stat
import sys
import threading
from contextlib import closing
from pathlib import Path

from pairwright.errors import BadArgument, NotARepository, Refusal, UserError
from pairwright.git.repo import RepoView, open_repo
from pairwright.git.staged import Compared

HOOK = "prepare-commit-msg"
CHAINED = f"{HOOK}.before-pairwright"
MARK = "# Installed by `pairwright commit --install-hook`."

HOOK_SECONDS = 15.0
"""How long `git commit` may be held up by a draft; without one in time it goes on."""

_WRITTEN_ALREADY = frozenset({"message", "merge", "squash", "commit"})
"""Where git says a message comes from when there is one: `-m`, a merge, a squash, `--amend`."""


def run(options: argparse.Namespace) -> int:
    """Draft, commit, split, or look after the hook, as the options say."""
    if options.split or options.check or options.restore or options.plan is not None:
        from pairwright.cli import commit_split

        return commit_split.run(options)
    if options.hook is not None:
        return _run_hook(options.hook)
    repo = open_repo(options.path)
    if repo is None:
        raise NotARepository(
            f"{options.path} is in no git repository with a work tree", "Run `git init` there"
        )
    with closing(repo):
        if options.install_hook:
            print(install_hook(repo))
        elif options.uninstall_hook:
            print(uninstall_hook(repo))
        elif options.apply:
            return _apply(repo, options)
        else:
            _show(repo, options)
    return 0


def _compared(options: argparse.Namespace) -> Compared | None:
    return Compared.ALL if options.all else None


def _show(repo: RepoView, options: argparse.Namespace) -> None:
    from pairwright.features.commit_draft import draft_for, draft_json

    drafted = draft_for(repo, compared=_compared(options))
    if options.json:
        json.dump(draft_json(drafted), sys.stdout, indent=2, ensure_ascii=False)
        print()
        return
    if drafted.changes.compared is Compared.ALL and not options.all:
        print("pairwright: nothing is staged, so this is about all changes", file=sys.stderr)
    for problem in drafted.changes.problems:
        print(f"pairwright: {problem}", file=sys.stderr)
    print(drafted.draft.message(), end="")


# Committing.


def _apply(repo: RepoView, options: argparse.Namespace) -> int:
    from pairwright.features.commit_draft import draft_for, draft_json
    from pairwright.git.staged import operation_of, prepared_message
    from pairwright.git.write import CommitFailed, commit_index

    operation = operation_of(repo)
    if operation is not None and prepared_message(repo):
        raise Refusal(
            f"A {operation.value} is under way, and git has its message ready",
            "Run `git commit`, which takes that message.",
        )
    drafted = draft_for(repo, compared=Compared.ALL if options.all else Compared.STAGED)
    message = drafted.draft.message()
    arguments = ("--all",) if options.all else ()
    try:
        committed = commit_index(repo, message, arguments=arguments)
    except CommitFailed as error:
        if error.output:
            print(error.output, file=sys.stderr)
        kept = keep_message(repo, message)
        hint = shlex.join(["git", "commit", *arguments, "--edit", "--file", str(kept)])
        raise UserError(error.happened, f"The message is kept: {hint}") from None
    if committed.output:
        print(committed.output, file=sys.stderr)
    if options.json:
        found = {"commit": committed.commit, **draft_json(drafted)}
        json.dump(found, sys.stdout, indent=2, ensure_ascii=False)
        print()
    else:
        print(f"{committed.commit[:10]} {drafted.draft.header}")
    return 0


def keep_message(repo: RepoView, message: str) -> Path:
    """Keep a message that no commit took, in the git folder."""
    place = repo.git_folder / "PAIRWRIGHT_COMMIT_MSG"
    place.write_text(message, "utf-8", "surrogateescape")
    return place


# The hook.


def hooks_folder(repo: RepoView) -> Path:
    """Where git looks for hooks here: `core.hooksPath`, or the repository's own folder."""
    answer = repo.run("config", "--null", "--type=path", "--get-all", "core.hooksPath")
    # The last one is what every run of git is given for reading.
    *held, _ours = os.fsdecode(answer.output).rstrip("\0").split("\0")
    return repo.root / held[-1] if held else repo.common_folder / "hooks"


def install_hook(repo: RepoView) -> str:
    """Put the hook in place; one that is there runs first, as before. What was done, in words."""
    folder = hooks_folder(repo)
    place, before = folder / HOOK, folder / CHAINED
    try:
        folder.mkdir(parents=True, exist_ok=True)
        if _is_ours(place):
            _write_hook(place)
            return f"The hook {place} is up to date."
        if os.path.lexists(place):
            if os.path.lexists(before):
                raise Refusal(
                    f"{place} is not of Pairwright, and {before.name} beside it is taken",
                    "Merge the two by hand, then try again.",
                )
            place.rename(before)
            _write_hook(place)
            return f"The hook {place} is installed; the one that was there runs first."
        _write_hook(place)
    except OSError as error:
        raise UserError(
            f"The hook cannot be written: {error.filename or place}: {error.strerror}",
            "Check the permissions of the folder.",
        ) from error
    return f"The hook {place} is installed: `git commit` opens with a draft."


def uninstall_hook(repo: RepoView) -> str:
    """Take the hook away and put back what was there before. What was done, in words."""
    folder = hooks_folder(repo)
    place, before = folder / HOOK, folder / CHAINED
    if not os.path.lexists(place):
        return f"There is no hook {place}."
    if not _is_ours(place):
        raise Refusal(f"{place} is not of Pairwright", "It was left as it is.")
    try:
        if os.path.lexists(before):
            before.replace(place)
            return f"The hook {place} is what it was before."
        place.unlink()
    except OSError as error:
        raise UserError(
            f"The hook cannot be taken away: {error.strerror}", "Remove the file by hand."
        ) from error
    return f"The hook {place} is gone."


def _is_ours(place: Path) -> bool:
    try:
        return MARK in place.read_text("utf-8", "replace")
    except OSError:
        return False


def _write_hook(place: Path) -> None:
    program = shlex.join([sys.executable, "-m", "pairwright"])
    text = f"""\
#!/bin/sh
{MARK}
# `pairwright commit --uninstall-hook` takes it away again.
before="$(dirname -- "$0")/{CHAINED}"
if [ -x "$before" ]; then
  "$before" "$@" || exit $?
fi
if [ -x {shlex.quote(sys.executable)} ]; then
  {program} commit --hook "$@"
elif command -v pairwright >/dev/null 2>&1; then
  pairwright commit --hook "$@"
fi
exit 0
"""
    staged = place.with_name(f".{place.name}.{os.getpid()}~")
    staged.write_text(text, "utf-8")
    staged.chmod(staged.stat().st_mode | stat.S_IXUSR | stat.S_IXGRP | stat.S_IXOTH)
    staged.replace(place)


def _run_hook(arguments: list[str]) -> int:
    """What `prepare-commit-msg` does. A commit is never held back: whatever fails is only told."""
    if not arguments:
        raise BadArgument("`--hook` is for git, which names a file", "Run `git commit`.")
    source = arguments[1] if len(arguments) > 1 else ""
    if source in _WRITTEN_ALREADY:
        return 0
    told: list[str] = []

    def work() -> None:
        try:
            _fill_file(Path(arguments[0]))
        except UserError as error:
            told.append(str(error))
        except Exception as error:  # noqa: BLE001 - a defect of ours must not keep anybody from committing
            told.append(f"no draft: {type(error).__name__}: {error}")

    # A thread that the process does not wait for when it ends.
    thread = threading.Thread(target=work, daemon=True)
    thread.start()
    thread.join(HOOK_SECONDS)
    if thread.is_alive():
        told.append(f"no draft within {HOOK_SECONDS:.0f} seconds")
    for one in told:
        print(f"pairwright: {one}", file=sys.stderr)
    sys.stderr.flush()
    return 0


def _fill_file(place: Path) -> None:
    from pairwright.features.commit_draft import comment_character, draft_for, filled
    from pairwright.features.commits.rules import read_buffer

    repo = open_repo(Path.cwd())
    if repo is None:
        return
    with closing(repo):
        raw = place.read_bytes()
        text = raw.decode("utf-8")
        buffer = read_buffer(text, comment_character(repo))
        index = os.environ.get("GIT_INDEX_FILE")
        drafted = draft_for(
            repo, compared=Compared.STAGED, index=Path(index).absolute() if index else None
        )
        template = drafted.style.rules.template
        lines = filled(buffer, drafted.draft, drafted.draft.header, template)
        new = "\n".join(lines).encode("utf-8")
        if b"\r\n" in raw:
            new = new.replace(b"\r\n", b"\n").replace(b"\n", b"\r\n")
        if place.read_bytes() == raw:
            staged = place.with_name(f".{place.name}.pairwright~")
            staged.write_bytes(new)
            staged.replace(place)
