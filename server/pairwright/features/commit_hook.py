"""The hook `prepare-commit-msg`: put in place, taken away, and what it does when git runs it.

Owns the hook's file and its rule: whatever is there already stays, and no commit is held back. The
message is made by `commit_draft`. It must not know the command line's options.
"""

from __future__ import annotations

import os
import shlex
import stat
import sys
import threading
from collections.abc import Sequence
from contextlib import closing
from pathlib import Path

from pairwright.errors import BadArgument, Refusal, UserError
from pairwright.features.commit_draft import comment_character, draft_for, filled
from pairwright.features.commits.rules import read_buffer
from pairwright.git.repo import RepoView, open_repo
from pairwright.git.staged import Compared

HOOK = "prepare-commit-msg"
CHAINED = f"{HOOK}.before-pairwright"
MARK = "# Installed by `pairwright commit --install-hook`."

HOOK_SECONDS = 20.0
"""How long `git commit` may be held up by a draft; without one in time it goes on."""

_WRITTEN_ALREADY = frozenset({"message", "merge", "squash", "commit"})
"""Where git says a message comes from when there is one: `-m`, a merge, a squash, `--amend`."""


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


def run_hook(arguments: Sequence[str]) -> tuple[str, ...]:
    """What `prepare-commit-msg` does with the arguments that git gives it; sentences on what went
    wrong. Raises `BadArgument` when they are not git's, and nothing else: a commit is never held
    back.
    """
    if not arguments:
        raise BadArgument("`--hook` is for git, which names a file", "Run `git commit`.")
    source = arguments[1] if len(arguments) > 1 else ""
    if source in _WRITTEN_ALREADY:
        return ()
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
    return tuple(told)


def _fill_file(place: Path) -> None:
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
