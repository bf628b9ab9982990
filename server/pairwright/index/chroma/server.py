"""Our own Chroma server on this machine: found or started, shared, and ended with its last user.

Owns the process, the files by which others find it, and who may use it. It must not know what is
kept in it. Each user holds a shared lock while it lives, also when it is killed; the server looks
for one now and then, and ends when it finds none. Whether what answers at a port is ours is told by
a token that lies in its data, so a port or a process number that now is another's does no harm.
"""

from __future__ import annotations

import contextlib
import importlib
import importlib.util
import json
import os
import secrets
import shutil
import signal
import socket
import stat
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

from pairwright.errors import ChromaProblem
from pairwright.index import lock
from pairwright.index.chroma.http import ChromaHttp
from pairwright.index.worker import command

_STATE = "server.json"
_USERS = "users.lock"
_START = "start.lock"
_CHANGE = "change.lock"
_SERVER = "server.lock"
_DATA = "data"
_LOG = "server.log"
_TOKEN = "pairwright-instance"

_START_SECONDS = 20.0
_POLL_SECONDS = 0.05
_LOOK_SECONDS = 1.0
_GRACE = 10
"""Looks without a user until the server ends: a command line that comes back finds it."""
_TRIES = 3


@dataclass(frozen=True, slots=True)
class _State:
    """What the file says of a server."""

    port: int
    process: int
    token: str


class ManagedServer:
    """A user's hold on the server. `close` it; the end of the process does so too."""

    def __init__(self, folder: Path, lock: int, http: ChromaHttp) -> None:
        self.folder = folder
        self.http = http
        self._lock: int | None = lock

    @contextlib.contextmanager
    def alone(self, check: Callable[[], None]) -> Iterator[None]:
        """Hold the right to change what is kept, among the users of this server."""
        with lock.locked(self.folder / _CHANGE, check):
            yield

    def close(self) -> None:
        """Let go. The server ends some seconds after its last user."""
        self.http.close()
        if self._lock is not None:
            os.close(self._lock)
            self._lock = None


def is_installed() -> bool:
    """Whether this Python has what a server of our own needs."""
    return importlib.util.find_spec("chromadb_rust_bindings") is not None


def managed_server(folder: Path, check: Callable[[], None]) -> ManagedServer:
    """The server whose data lies in a folder, which is made. `check` may raise to stop waiting.

    Raises ChromaProblem where Chroma is not installed, or does not come up.
    """
    if not is_installed():
        raise ChromaProblem(
            "A Chroma server of our own needs a package that is not installed",
            'Install it with `pip install "pairwright[chroma]"`, set `search.chroma_url` to a '
            "server that is there, or set `search.store` to `memory`.",
        )
    if sys.platform == "win32":
        raise ChromaProblem(
            "A Chroma server of our own needs file locks that Windows does not have",
            "Start one with `chroma run` and set `search.chroma_url` to its address.",
        )
    try:
        _make_private(folder)
        user = lock.lock_file(folder / _USERS)
    except OSError as error:
        raise _no_folder(folder, error) from error
    try:
        lock.wait_for_shared_lock(user, check)
        with lock.locked(folder / _START, check):
            http = _found(folder) or _started(folder, check)
    except BaseException:
        os.close(user)
        raise
    return ManagedServer(folder, user, http)


def restarted(server: ManagedServer, check: Callable[[], None]) -> ManagedServer:
    """The same server with empty data: for one whose data cannot be mended by requests."""
    folder = server.folder
    server.close()
    with lock.locked(folder / _START, check):
        _end(folder, check)
        shutil.rmtree(folder / _DATA, ignore_errors=True)
    return managed_server(folder, check)


# --- finding and starting


def _found(folder: Path) -> ChromaHttp | None:
    """The server that the file speaks of, if that is what answers there."""
    state = _state(folder)
    if state is None:
        return None
    http = ChromaHttp(f"http://127.0.0.1:{state.port}")
    try:
        mark = http.collection(_TOKEN)
    except ChromaProblem:
        http.close()
        return None
    if mark is not None and mark.metadata.get("token") == state.token:
        return http
    http.close()
    return None


def _state(folder: Path) -> _State | None:
    try:
        said = json.loads((folder / _STATE).read_bytes())
        return _State(int(said["port"]), int(said["process"]), str(said["token"]))
    except (OSError, ValueError, KeyError, TypeError):
        return None


def _started(folder: Path, check: Callable[[], None]) -> ChromaHttp:
    """Start a server and wait until it answers. Held by the start lock."""
    said = ""
    for attempt in range(_TRIES):
        # One that does not answer any more must not have the data at the same time.
        _end(folder, check)
        if attempt == _TRIES - 1:
            # It is a copy: data that keeps a server from starting is worth nothing.
            shutil.rmtree(folder / _DATA, ignore_errors=True)
        try:
            return _start_once(folder, check)
        except ChromaProblem as problem:
            said = problem.happened
    raise ChromaProblem(
        f"The Chroma server does not start ({said})",
        f"See {folder / _LOG}; until then search goes on without it.",
    )


def _start_once(folder: Path, check: Callable[[], None]) -> ChromaHttp:
    port = _free_port()
    with open(folder / _LOG, "wb") as log:
        process = subprocess.Popen(
            [*command("pairwright.index.chroma.server", port), str(folder)],
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
            # A Ctrl-C in the terminal of whoever came first must not end it for the others.
            start_new_session=True,
        )
    http = ChromaHttp(f"http://127.0.0.1:{port}")
    try:
        _wait_for(http, process, check)
        token = secrets.token_hex(16)
        http.drop_collection(_TOKEN)
        http.make_collection(_TOKEN, {"token": token})
        _keep(folder, _State(port, process.pid, token))
    except BaseException:
        http.close()
        process.kill()
        process.wait()
        raise
    # Nobody waits for it: it outlives whoever started it.
    threading.Thread(target=process.wait, name="chroma-server", daemon=True).start()
    return http


def _wait_for(
    http: ChromaHttp, process: subprocess.Popen[bytes], check: Callable[[], None]
) -> None:
    """Until the server answers. Raises ChromaProblem when it has ended, or takes too long."""
    latest = time.monotonic() + _START_SECONDS
    while True:
        check()
        answers = False
        try:
            http.heartbeat(1.0)
            answers = True
        except ChromaProblem:
            if time.monotonic() > latest:
                raise
        # Also where something answers: somebody else may have been quicker at that port.
        if process.poll() is not None:
            raise ChromaProblem(
                f"its process ended with status {process.returncode}", "Look at its log."
            )
        if answers:
            return
        threading.Event().wait(_POLL_SECONDS)


def _end(folder: Path, check: Callable[[], None]) -> None:
    """End the server of a folder, if it runs, and wait for its end. Held by the start lock.

    A running server holds a lock file with its number in it, so that the number is not another's.
    """
    (folder / _STATE).unlink(missing_ok=True)
    descriptor = lock.lock_file(folder / _SERVER)

    def end_it() -> None:
        check()
        said = os.pread(descriptor, 20, 0)
        if said.isdigit():
            with contextlib.suppress(ProcessLookupError, PermissionError):
                os.kill(int(said), signal.SIGKILL)

    try:
        lock.wait_for_lock(descriptor, end_it)
        os.ftruncate(descriptor, 0)
    finally:
        os.close(descriptor)


def _keep(folder: Path, state: _State) -> None:
    said = {"port": state.port, "process": state.process, "token": state.token}
    new = folder / f"{_STATE}.new"
    new.write_text(json.dumps(said), "utf-8")
    os.replace(new, folder / _STATE)


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def _make_private(folder: Path) -> None:
    """Make the folder, closed to others. Raises OSError where it is not ours to use."""
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    status = os.lstat(folder)
    if not stat.S_ISDIR(status.st_mode):
        raise NotADirectoryError(f"{folder} is a link")
    if hasattr(os, "geteuid"):
        if status.st_uid != os.geteuid():
            raise PermissionError(f"{folder} belongs to another user")
        os.chmod(folder, 0o700)


def _no_folder(folder: Path, error: OSError) -> ChromaProblem:
    return ChromaProblem(
        f"A Chroma server of our own has no place for its data: {folder} cannot be used ({error})",
        "Set `index.cache_dir` to a folder of your own, or `search.store` to `memory`.",
    )


if sys.platform != "win32":
    # --- the process of the server

    def main(port: int) -> None:
        """Serve on a port of this machine until nobody uses the folder of the last argument."""
        folder = Path(sys.argv[-1])
        users = lock.lock_file(folder / _USERS)
        mine = lock.acquired(folder / _SERVER)
        if mine is None:
            sys.exit("another server has the data")
        os.ftruncate(mine, 0)
        os.pwrite(mine, str(os.getpid()).encode(), 0)
        threading.Thread(target=_end_with_users, args=(folder, users), daemon=True).start()
        # A compiled module without types. What `chroma run` does, without the Python around it that
        # takes 75 MB.
        bindings = importlib.import_module("chromadb_rust_bindings")

        options = ("--path", str(folder / _DATA), "--host", "127.0.0.1", "--port", str(port))
        bindings.cli(["chroma", "run", *options])

    def _end_with_users(folder: Path, users: int) -> None:
        looks = 0
        while looks < _GRACE:
            threading.Event().wait(_LOOK_SECONDS)
            if not lock.try_lock(users):
                looks = 0
                continue
            looks += 1
            if looks < _GRACE:
                lock.unlock(users)
        # The lock is held to the end: who comes now waits for it, and then starts another one.
        state = _state(folder)
        if state is not None and state.process == os.getpid():
            (folder / _STATE).unlink(missing_ok=True)
        os._exit(0)
