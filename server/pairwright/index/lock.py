"""Lock files: which of several processes may do something with a folder.

Owns what differs between platforms. It must not know what is kept in the folder. A lock is held by
an open descriptor: closing it gives the lock back, as does the end of the process, however it ends.
"""

from __future__ import annotations

import contextlib
import os
import sys
import threading
from collections.abc import Callable, Iterator
from pathlib import Path

_POLL_SECONDS = 0.05


def lock_file(path: Path) -> int:
    """A lock file, open but not locked; made where it is not there. Raises OSError."""
    return os.open(path, os.O_RDWR | os.O_CREAT | getattr(os, "O_CLOEXEC", 0), 0o600)


def acquired(path: Path) -> int | None:
    """An open lock file, or None when another process holds it. Raises OSError."""
    descriptor = lock_file(path)
    try:
        if try_lock(descriptor):
            return descriptor
    except BaseException:
        os.close(descriptor)
        raise
    os.close(descriptor)
    return None


def released(descriptor: int) -> None:
    """Give a lock back and close its file."""
    unlock(descriptor)
    os.close(descriptor)


if sys.platform == "win32":
    import msvcrt

    def try_lock(descriptor: int) -> bool:
        """Whether the file is locked for this process alone now."""
        try:
            msvcrt.locking(descriptor, msvcrt.LK_NBLCK, 1)
        except OSError:
            return False
        return True

    def unlock(descriptor: int) -> None:
        """Give a lock back and keep its file."""
        os.lseek(descriptor, 0, os.SEEK_SET)
        msvcrt.locking(descriptor, msvcrt.LK_UNLCK, 1)

else:
    import fcntl

    def try_lock(descriptor: int) -> bool:
        """Whether the file is locked for this process alone now. Raises OSError."""
        return _try(descriptor, fcntl.LOCK_EX)

    def unlock(descriptor: int) -> None:
        """Give a lock back and keep its file."""
        fcntl.flock(descriptor, fcntl.LOCK_UN)

    def wait_for_lock(descriptor: int, check: Callable[[], None]) -> None:
        """Wait until no other process holds the lock; `check` is asked now and then and may raise.

        Not on Windows, as what follows.
        """
        _wait(descriptor, fcntl.LOCK_EX, check)

    def wait_for_shared_lock(descriptor: int, check: Callable[[], None]) -> None:
        """Wait until no other process holds the lock for itself alone."""
        _wait(descriptor, fcntl.LOCK_SH, check)

    @contextlib.contextmanager
    def locked(path: Path, check: Callable[[], None]) -> Iterator[None]:
        """Hold a lock file, once no other process does."""
        descriptor = lock_file(path)
        try:
            wait_for_lock(descriptor, check)
            yield
        finally:
            os.close(descriptor)

    def _wait(descriptor: int, kind: int, check: Callable[[], None]) -> None:
        while not _try(descriptor, kind):
            check()
            threading.Event().wait(_POLL_SECONDS)

    def _try(descriptor: int, kind: int) -> bool:
        try:
            fcntl.flock(descriptor, kind | fcntl.LOCK_NB)
        except BlockingIOError:
            return False
        return True
