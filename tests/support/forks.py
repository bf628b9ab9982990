"""Processes of the product that cost no import: forks of one that has imported it already.

Owns that process, one for each test process, and the forks' ends. A fork is what `python -m
pairwright ARGUMENTS` would be: standard streams, folder, environment and exit code of its own.
What it does not show is how a fresh interpreter comes up; tests of that start one.

Linux alone can hand over a process without a race, so elsewhere fresh ones are started.
"""

from __future__ import annotations

import contextlib
import functools
import io
import json
import os
import select
import signal
import socket
import subprocess
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import IO, Any

REPOSITORY = Path(__file__).resolve().parents[2]

HAVE_FORKS = sys.platform == "linux" and hasattr(os, "pidfd_open")

PIPE = subprocess.PIPE


def environment() -> dict[str, str]:
    """The environment of a process that is to import the product."""
    paths = [str(REPOSITORY / "server"), str(REPOSITORY / "analyzers")]
    return {**os.environ, "PYTHONPATH": os.pathsep.join(paths)}


def start(
    arguments: Sequence[str],
    *,
    cwd: Path | None = None,
    env: Mapping[str, str] | None = None,
) -> Forked | subprocess.Popen[bytes]:
    """`python -m pairwright ARGUMENTS` with pipes for its three streams."""
    held = dict(env) if env is not None else environment()
    if HAVE_FORKS:
        return _forks().fork(arguments, cwd or Path.cwd(), held)
    return subprocess.Popen(
        [sys.executable, "-m", "pairwright", *arguments],
        stdin=PIPE,
        stdout=PIPE,
        stderr=PIPE,
        cwd=cwd,
        env=held,
    )


def run(
    arguments: Sequence[str],
    *,
    cwd: Path | None = None,
    env: Mapping[str, str] | None = None,
    input: bytes = b"",
) -> subprocess.CompletedProcess[bytes]:
    """Run `python -m pairwright ARGUMENTS` to its end."""
    started = start(arguments, cwd=cwd, env=env)
    out, errors = _communicated(started, input)
    return subprocess.CompletedProcess(list(arguments), started.wait(), out, errors)


def run_text(
    arguments: Sequence[str],
    *,
    cwd: Path | None = None,
    env: Mapping[str, str] | None = None,
) -> subprocess.CompletedProcess[str]:
    """Run `python -m pairwright ARGUMENTS` to its end; what it printed, as UTF-8."""
    done = run(arguments, cwd=cwd, env=env)
    return subprocess.CompletedProcess(
        done.args, done.returncode, done.stdout.decode(), done.stderr.decode()
    )


def _communicated(started: Forked | subprocess.Popen[bytes], given: bytes) -> tuple[bytes, bytes]:
    """Write all of the input and read both outputs to their ends, whichever is ready."""
    if isinstance(started, subprocess.Popen):
        return started.communicate(given)
    with contextlib.suppress(BrokenPipeError), started.stdin as stdin:
        stdin.write(given)
    held: dict[int, list[bytes]] = {}
    with started.stdout as stdout, started.stderr as stderr:
        held = {stdout.fileno(): [], stderr.fileno(): []}
        first, second = held
        waiting = [first, second]
        while waiting:
            for one in select.select(waiting, [], [])[0]:
                piece = os.read(one, 65_536)
                held[one].append(piece)
                if not piece:
                    waiting.remove(one)
    return b"".join(held[first]), b"".join(held[second])


class Forked:
    """A running fork, with what the tests use of `subprocess.Popen`."""

    def __init__(
        self, pid: int, handle: int, ended: int, streams: tuple[IO[bytes], IO[bytes], IO[bytes]]
    ) -> None:
        self.pid = pid
        self.stdin, self.stdout, self.stderr = streams
        self.returncode: int | None = None
        self._handle = handle
        self._ended = ended

    def wait(self, timeout: float | None = None) -> int:
        """The exit code, negative for a signal. Raises `subprocess.TimeoutExpired`."""
        if self.returncode is None:
            if not select.select([self._ended], [], [], timeout)[0]:
                raise subprocess.TimeoutExpired(["pairwright"], timeout or 0.0)
            told = os.read(self._ended, 16)
            os.close(self._ended)
            os.close(self._handle)
            assert told, "the process that forks has died"
            self.returncode = int(told)
        return self.returncode

    def send_signal(self, number: int) -> None:
        """Send a signal, if it is still there."""
        if self.returncode is None:
            with contextlib.suppress(ProcessLookupError):
                signal.pidfd_send_signal(self._handle, number)

    def kill(self) -> None:
        """End it."""
        self.send_signal(signal.SIGKILL)


class _Forks:
    """The process that has imported the product, at the other end of a socket."""

    def __init__(self) -> None:
        self._socket, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        with theirs:
            self._process = subprocess.Popen(
                [sys.executable, str(Path(__file__)), str(theirs.fileno())],
                stdin=subprocess.DEVNULL,
                env=environment() | {"OPENBLAS_NUM_THREADS": "1"},
                pass_fds=[theirs.fileno()],
            )

    def fork(self, arguments: Sequence[str], cwd: Path, env: Mapping[str, str]) -> Forked:
        """One more fork."""
        theirs_in, stdin = os.pipe()
        stdout, theirs_out = os.pipe()
        stderr, theirs_err = os.pipe()
        ended, theirs_end = os.pipe()
        handed = [theirs_in, theirs_out, theirs_err, theirs_end]
        message = {"arguments": list(arguments), "cwd": str(cwd), "env": dict(env)}
        socket.send_fds(self._socket, [json.dumps(message).encode()], handed)
        for one in handed:
            os.close(one)
        told, handles, _, _ = socket.recv_fds(self._socket, 64, 1)
        assert handles, "the process that forks has died"
        streams = (
            io.BufferedWriter(io.FileIO(stdin, "w")),
            io.BufferedReader(io.FileIO(stdout)),
            io.BufferedReader(io.FileIO(stderr)),
        )
        return Forked(int(told), handles[0], ended, streams)

    def close(self) -> None:
        """End the process; forks that still run go on."""
        self._socket.close()
        self._process.wait()


@functools.cache
def _forks() -> _Forks:
    return _Forks()


def close() -> None:
    """End the process that forks, if one was started."""
    if _forks.cache_info().currsize:
        _forks().close()
        _forks.cache_clear()


# In the process that forks.


def _import_the_product() -> None:
    """Import what any server or command may, and read one text of the languages tests use most.

    No thread may be started by it: a fork has none but its own.
    """
    import importlib
    import pkgutil

    import pairwright
    import pairwright_analyzers

    for package in (pairwright, pairwright_analyzers):
        for module in pkgutil.walk_packages(package.__path__, f"{package.__name__}."):
            if not module.name.endswith("__main__") and ".demo" not in module.name:
                importlib.import_module(module.name)


def _serve(wire: socket.socket) -> dict[str, Any] | None:
    """Fork for each message. Returns the message in the fork, None when there will be no more."""
    forks: dict[int, int] = {}

    def reap(*_: object) -> None:
        while forks:
            pid, status = os.waitpid(-1, os.WNOHANG)
            if not pid:
                return
            ended = forks.pop(pid)
            with contextlib.suppress(BrokenPipeError):  # the test has not waited for it
                os.write(ended, b"%d" % os.waitstatus_to_exitcode(status))
            os.close(ended)

    signal.signal(signal.SIGCHLD, reap)
    while True:
        told, handed, _, _ = socket.recv_fds(wire, 1_000_000, 4)
        if not told:
            return None
        signal.pthread_sigmask(signal.SIG_BLOCK, [signal.SIGCHLD])
        pid = os.fork()
        if not pid:
            signal.signal(signal.SIGCHLD, signal.SIG_DFL)
            signal.pthread_sigmask(signal.SIG_UNBLOCK, [signal.SIGCHLD])
            wire.close()
            for number, one in enumerate(handed[:3]):
                os.dup2(one, number)
            # Until the fork ends, as an interpreter opens them.
            sys.stdin = open(0, encoding="utf-8", closefd=False)  # noqa: SIM115
            sys.stdout = open(1, "w", encoding="utf-8", closefd=False)  # noqa: SIM115
            sys.stderr = open(2, "w", 1, "utf-8", "backslashreplace", closefd=False)  # noqa: SIM115
            for one in (*handed, *forks.values()):
                os.close(one)
            message: dict[str, Any] = json.loads(told)
            return message
        *streams, ended = handed
        for one in streams:
            os.close(one)
        forks[pid] = ended
        handle = os.pidfd_open(pid)
        socket.send_fds(wire, [b"%d" % pid], [handle])
        os.close(handle)
        signal.pthread_sigmask(signal.SIG_UNBLOCK, [signal.SIGCHLD])


def _main() -> None:
    import atexit
    import gc
    import runpy

    code = 0

    @atexit.register
    def leave() -> None:
        """Spare a fork the dismantling of what it has not made itself."""
        sys.stdout.flush()
        sys.stderr.flush()
        os._exit(code)

    signal.signal(signal.SIGINT, signal.SIG_IGN)  # pytest ends it by closing the socket
    del sys.path[0]
    gc.disable()
    _import_the_product()
    gc.freeze()
    gc.enable()
    message = _serve(socket.socket(fileno=int(sys.argv[1])))
    if message is not None:
        signal.signal(signal.SIGINT, signal.default_int_handler)
        os.environ.clear()
        os.environ.update(message["env"])
        os.chdir(message["cwd"])
        sys.path.insert(0, message["cwd"])  # as `-m` does
        sys.argv = ["pairwright", *message["arguments"]]
        code = 1
        try:
            runpy.run_module("pairwright", run_name="__main__", alter_sys=True)
        except SystemExit as ended:
            code = ended.code if isinstance(ended.code, int) else bool(ended.code)
            raise
        code = 0


if __name__ == "__main__":
    _main()
