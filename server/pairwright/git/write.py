"""`git commit`, run as the person would: with their hooks, signing, filters and configuration.

Owns the one command that writes history. It must not know what is committed, nor how a message
came about. Everything else that Pairwright asks of git goes through `process.py`, which switches
off what a repository's configuration names; here that has to run.
"""

from __future__ import annotations

import os
import subprocess
import tempfile
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

from pairwright.errors import GitUnavailable, UserError
from pairwright.git.process import git_program, persons_environment
from pairwright.git.repo import RepoView

_WAIT_SECONDS = 0.2
"""How long a running commit is left alone before the caller is asked whether it is still wanted."""


@dataclass(frozen=True, slots=True)
class Committed:
    """A commit that was made: its id, its message's first line as it was asked for, and what git
    and the hooks printed.
    """

    commit: str
    subject: str
    output: str


class CommitFailed(UserError):
    """Git did not commit: a hook said no, the signature could not be made, … `output` is all that
    git and the hooks printed, `code` git's exit code.
    """

    def __init__(self, happened: str, next_step: str, output: str = "", code: int = 1) -> None:
        super().__init__(happened, next_step)
        self.output = output
        self.code = code

    def __reduce__(self) -> tuple[type[UserError], tuple[str, str]]:
        return type(self), (self.happened, self.next_step, self.output, self.code)  # type: ignore[return-value]


def commit_index(
    repo: RepoView,
    message: str,
    *,
    arguments: tuple[str, ...] = (),
    variables: Mapping[str, str] | None = None,
    inherited: tuple[int, ...] = (),
    check: Callable[[], None] = lambda: None,
) -> Committed:
    """Commit what is staged with `message`, as it stands: lines that start with `#` are kept.

    `arguments` are further ones of `git commit`; `variables` are set for it and its hooks, such as
    `GIT_INDEX_FILE`; `inherited` are descriptors that stay open while it or a hook lives. There is
    no time limit, since hooks may run tests: `check` is asked while it runs, and ends it by
    raising. Raises `CommitFailed` with what was printed, and `GitUnavailable`.
    """
    try:
        with tempfile.TemporaryDirectory(prefix="pairwright-") as folder:
            file = Path(folder) / "message"
            file.write_bytes(message.encode("utf-8", "surrogateescape"))
            command = [
                git_program(),
                # The message is UTF-8, whatever the person's editor writes.
                *("-c", "i18n.commitEncoding=UTF-8"),
                # Housekeeping would go on behind the commit and keep its descriptors.
                *("-c", "gc.auto=0"),
                *("-c", "maintenance.auto=false"),
                "commit",
                "--quiet",
                "--cleanup=whitespace",
                f"--file={file}",
                *arguments,
            ]
            code, output = _run(repo.root, command, variables or {}, inherited, check)
    except OSError as error:
        raise UserError(
            f"The message of the commit cannot be written: {error.strerror or error}",
            "Make room on the disk, then try again.",
        ) from error
    head = repo.head().commit if code == 0 else None
    if head is None:
        raise CommitFailed(
            f"Git did not commit: {_last_line(output) or f'exit code {code}'}",
            "See what git and the hooks printed, then try again.",
            output,
            code,
        )
    return Committed(head, message.partition("\n")[0], output)


def _run(
    folder: Path,
    command: list[str],
    variables: Mapping[str, str],
    inherited: tuple[int, ...],
    check: Callable[[], None],
) -> tuple[int, str]:
    environment = {**persons_environment(), "GIT_EDITOR": ":", **variables}
    # A file and not a pipe: what a hook leaves running in the background may keep it open.
    with tempfile.TemporaryFile() as printed:
        try:
            process = subprocess.Popen(
                command,
                cwd=folder,
                env=environment,
                stdin=subprocess.DEVNULL,
                stdout=printed,
                stderr=subprocess.STDOUT,
                pass_fds=inherited,
            )
        except OSError as error:
            raise GitUnavailable(
                f"git cannot be started in {folder}: {error.strerror or error}",
                "Check that `git --version` works there.",
            ) from error
        try:
            while True:
                try:
                    code = process.wait(_WAIT_SECONDS)
                    break
                except subprocess.TimeoutExpired:
                    check()
        except BaseException:
            # Git takes its lock files with it.
            process.terminate()
            process.wait()
            raise
        printed.seek(0)
        return code, os.fsdecode(printed.read()).strip()


def _last_line(output: str) -> str:
    lines = [line.strip() for line in output.splitlines() if line.strip()]
    return lines[-1][:200] if lines else ""
