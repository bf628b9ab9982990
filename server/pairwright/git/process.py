"""Running git on a repository nobody vouches for, and reading objects from one long-lived git.

Owns the command line, environment and time limits of every git process. It must not know what the
answers mean (`repo.py` does).

A repository's own configuration can name programs (hooks, a file system monitor, diff drivers,
filters, transports). None of them may run because somebody opened a folder, so each is turned off
here. GitPython is not used for this: it gives no place to do so for every call, adds 90 ms and
13 MB at its import, and answers no faster (a text 0.8 ms, a diff 17 ms, against 0.1 and 15).
"""

from __future__ import annotations

import functools
import os
import re
import shutil
import subprocess
import tempfile
import threading
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import IO

from pairwright.errors import GitUnavailable

QUICK_SECONDS = 20.0  # looks at refs and single objects
LONG_SECONDS = 120.0  # looks at the whole work tree

_AT_ONCE = 4_000
"""Bytes of names sent before the first answer is read: what fits into any pipe, since git does not
read on while nobody takes its answers.
"""

_OPTIONS = (
    "--no-pager",
    "--literal-pathspecs",
    *("-c", "core.fsmonitor=false"),
    *("-c", f"core.hooksPath={os.devnull}"),
    *("-c", f"diff.orderFile={os.devnull}"),
    *("-c", "diff.relative=false"),
    *("-c", "safe.bareRepository=explicit"),
)

# A git that runs a hook or an editor passes these on, and they would redirect every call of ours.
_LOCATION_VARIABLES = (
    "GIT_DIR",
    "GIT_WORK_TREE",
    "GIT_INDEX_FILE",
    "GIT_COMMON_DIR",
    "GIT_NAMESPACE",
    "GIT_PREFIX",
    "GIT_OBJECT_DIRECTORY",
    "GIT_ALTERNATE_OBJECT_DIRECTORIES",
    "GIT_SHALLOW_FILE",
    "GIT_GRAFT_FILE",
    "GIT_QUARANTINE_PATH",
    "GIT_INTERNAL_SUPER_PREFIX",
    "GIT_CONFIG",
    "GIT_EXTERNAL_DIFF",
    "GIT_DIFF_OPTS",
)

_CREATION_FLAGS: int = getattr(subprocess, "CREATE_NO_WINDOW", 0)


@dataclass(frozen=True, slots=True)
class Answer:
    """What one run of git left: exit code, standard output, and standard error as text."""

    code: int
    output: bytes
    error: str


def run_git(
    folder: Path,
    arguments: tuple[str, ...],
    *,
    options: tuple[str, ...] = (),
    seconds: float = QUICK_SECONDS,
    variables: Mapping[str, str] | None = None,
    given: bytes = b"",
    inherited: tuple[int, ...] = (),
) -> Answer:
    """Run `git <options> <arguments>` in `folder`; `options` stand before the command's name.

    `variables` are set for this run, `given` is its standard input, `inherited` are descriptors
    that it keeps open while it lives. Raises `GitUnavailable` when git is missing, cannot be
    started or takes longer than `seconds`.
    """
    command = [git_program(), *_OPTIONS, *options, *arguments]
    try:
        done = subprocess.run(
            command,
            cwd=folder,
            env=_environment() | dict(variables or {}),
            input=given,
            capture_output=True,
            timeout=seconds,
            check=False,
            creationflags=_CREATION_FLAGS,
            pass_fds=inherited,
        )
    except subprocess.TimeoutExpired as error:
        raise GitUnavailable(
            f"git {arguments[0]} did not answer within {seconds:.0f} seconds in {folder}",
            "Run the same command in a terminal to see what holds it up, then try again.",
        ) from error
    except OSError as error:
        raise _cannot_start(folder, error) from error
    return Answer(done.returncode, done.stdout, done.stderr.decode("utf-8", "replace").strip())


def streamed(
    folder: Path,
    arguments: tuple[str, ...],
    *,
    options: tuple[str, ...] = (),
    seconds: float = LONG_SECONDS,
) -> Iterator[bytes]:
    """The output of `git <options> <arguments>` in pieces, as it comes; whoever stops early ends
    the process. No piece may take longer than `seconds`. Raises `GitUnavailable` as `run_git` does,
    and when git fails.
    """
    with tempfile.TemporaryFile() as errors:
        try:
            process = subprocess.Popen(
                [git_program(), *_OPTIONS, *options, *arguments],
                cwd=folder,
                env=_environment(),
                stdin=subprocess.DEVNULL,
                stdout=subprocess.PIPE,
                stderr=errors,
                creationflags=_CREATION_FLAGS,
            )
        except OSError as error:
            raise _cannot_start(folder, error) from error
        assert process.stdout is not None
        try:
            while piece := _piece(process, process.stdout, seconds):
                yield piece
            code = process.wait(seconds)
        finally:
            process.kill()
            process.stdout.close()
            process.wait()
        if code != 0:
            errors.seek(0)
            said = errors.read(2_000).decode("utf-8", "replace").strip()
            reason = said.splitlines()[0].removeprefix("fatal: ") if said else f"exit code {code}"
            raise GitUnavailable(
                f"git {arguments[0]} failed in {folder}: {reason}",
                "Run `git status` there to see more.",
            )


@dataclass(frozen=True, slots=True)
class GitObject:
    """An object as stored: its id in hexadecimal, its type (`blob`, `commit`, …) and its bytes.

    `size` is in bytes; `content` is empty where that was more than asked for.
    """

    id: str
    type: str
    content: bytes
    size: int


class ObjectReader:
    """One `git cat-file --batch` per repository: started when first asked, and again if it dies.

    May be used from several threads; they take turns.
    """

    def __init__(self, root: Path) -> None:
        self._root = root
        self._lock = threading.Lock()
        self._process: subprocess.Popen[bytes] | None = None
        self._closed = False

    def read(self, name: bytes, max_size: int | None = None) -> GitObject | None:
        """The object that `name` (such as `HEAD^{commit}` or `main:a/b.py`) denotes, None if none.

        One of more than `max_size` bytes is not kept: its `content` is empty, its `size` tells.
        `name` holds a `:` or a `^` and no line feed. Raises `GitUnavailable` when git dies twice on
        the question or does not answer in time, and after `close`.
        """
        assert b"\n" not in name
        return self._served([name], max_size)[0]

    def _served(self, names: Sequence[bytes], max_size: int | None) -> list[GitObject | None]:
        with self._lock:
            for _ in range(2):
                if self._closed:
                    break
                process = self._process
                if process is None or process.poll() is not None:
                    self._stop()
                    process = self._process = self._start()
                try:
                    return self._ask(process, names, max_size)
                except (EOFError, OSError):
                    self._stop()
        raise GitUnavailable(
            f"git could not read `{names[0].decode('utf-8', 'replace')}` in {self._root}",
            "Run `git fsck` there; in a partial clone, fetch what is missing.",
        )

    def read_all(
        self, names: Sequence[bytes], max_size: int | None = None
    ) -> list[GitObject | None]:
        """What `read` answers for each name, with many of them in one question."""
        assert not any(b"\n" in name for name in names)
        found: list[GitObject | None] = []
        start = 0
        while start < len(names):
            end, room = start + 1, _AT_ONCE - len(names[start])
            while end < len(names) and (room := room - len(names[end]) - 1) > 0:
                end += 1
            found += self._served(names[start:end], max_size)
            start = end
        return found

    def close(self) -> None:
        """End the process. Reading afterwards fails."""
        with self._lock:
            self._closed = True
            self._stop()

    def _start(self) -> subprocess.Popen[bytes]:
        try:
            return subprocess.Popen(
                [git_program(), *_OPTIONS, "cat-file", "--batch"],
                cwd=self._root,
                env=_environment(),
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=subprocess.DEVNULL,
                creationflags=_CREATION_FLAGS,
            )
        except OSError as error:
            raise _cannot_start(self._root, error) from error

    def _ask(
        self, process: subprocess.Popen[bytes], names: Sequence[bytes], max_size: int | None
    ) -> list[GitObject | None]:
        assert process.stdin is not None
        assert process.stdout is not None
        # A pipe has no time limit of its own: killing the process ends the reading below.
        watch = threading.Timer(QUICK_SECONDS, process.kill)
        watch.daemon = True
        watch.start()
        try:
            process.stdin.write(b"".join(name + b"\n" for name in names))
            process.stdin.flush()
            return [_answer(process.stdout, max_size) for _ in names]
        finally:
            watch.cancel()

    def _stop(self) -> None:
        process, self._process = self._process, None
        if process is None:
            return
        process.kill()
        for pipe in (process.stdin, process.stdout):
            if pipe is not None:
                try:
                    pipe.close()
                except OSError:
                    continue  # what was still to be written has no reader any more
        process.wait()


def _answer(pipe: IO[bytes], max_size: int | None) -> GitObject | None:
    """The next answer. Raises `EOFError` where there is none, or it is none of git's."""
    header = pipe.readline()
    if not header.endswith(b"\n"):
        raise EOFError
    found = _HEADER.fullmatch(header)
    if found is None:
        if header.rstrip().endswith((b" missing", b" ambiguous", b" submodule")):
            return None
        raise EOFError  # out of step
    size = int(found[3])
    kept = max_size is None or size <= max_size
    content = pipe.read(size + 1) if kept else b"\n"
    if not kept:
        _skip(pipe, size + 1)
    elif len(content) != size + 1:
        raise EOFError
    return GitObject(found[1].decode(), found[2].decode(), content[:-1], size)


def _piece(process: subprocess.Popen[bytes], pipe: IO[bytes], seconds: float) -> bytes:
    """What comes next, b"" at the end. Time counts while git is waited for, not while whoever reads
    is at work.
    """
    watch = threading.Timer(seconds, process.kill)
    watch.daemon = True
    watch.start()
    try:
        return os.read(pipe.fileno(), 1 << 20)
    finally:
        watch.cancel()


def _skip(pipe: IO[bytes], size: int) -> None:
    while size > 0:
        got = len(pipe.read(min(size, 1 << 20)))
        if not got:
            raise EOFError
        size -= got


# A failed question is repeated before the reason; it holds a `:` or a `^` and so cannot look like
# this.
_HEADER = re.compile(rb"([0-9a-f]{40,64}) ([a-z]+) ([0-9]+)\n")


@functools.lru_cache(maxsize=1)
def _known_program(search_path: str) -> str | None:
    return shutil.which("git", path=search_path)


def git_program() -> str:
    """The git that is on the PATH. Raises `GitUnavailable` when there is none."""
    program = _known_program(os.environ.get("PATH", os.defpath))
    if program is None:
        raise GitUnavailable(
            "Git is not installed, or not on the PATH of the server",
            "Install git, or start the editor where `git --version` works.",
        )
    return program


def persons_environment() -> dict[str, str]:
    """The environment as the person has it, without what would redirect git to another place."""
    return {name: value for name, value in os.environ.items() if name not in _LOCATION_VARIABLES}


def _environment() -> dict[str, str]:
    environment = persons_environment()
    environment |= {
        "GIT_OPTIONAL_LOCKS": "0",
        "GIT_TERMINAL_PROMPT": "0",
        # No object is fetched behind the person's back, by whatever transport the repository names.
        "GIT_NO_LAZY_FETCH": "1",
        "GIT_ALLOW_PROTOCOL": "none",
        "LC_ALL": "C",  # the messages are matched
    }
    return environment


def _cannot_start(folder: Path, error: OSError) -> GitUnavailable:
    return GitUnavailable(
        f"git cannot be started in {folder}: {error.strerror or error}",
        "Check that the folder exists and can be entered, and that `git --version` works.",
    )
