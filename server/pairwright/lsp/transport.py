"""The wires: frames of bytes over stdio, TCP and WebSocket, and the life of the process at their
end.

Owns framing, the token that guards a port, and the threads that keep a slow client from blocking
the loop. It must not know what a message says.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
import os
import queue
import re
import sys
import threading
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal, Protocol

if TYPE_CHECKING:
    from websockets.asyncio.server import ServerConnection
    from websockets.http11 import Request, Response

_log = logging.getLogger(__name__)

LOOPBACK = "127.0.0.1"
TOKEN_VARIABLE = "PAIRWRIGHT_TOKEN"

MAX_BODY = 256 * 1024 * 1024
"""Bytes of the largest message that is read; a longer one is skipped."""

_MAX_HEADER_LINE = 4_096
_AUTHORIZATION_SECONDS = 10.0


@dataclass(frozen=True, slots=True)
class Stdio:
    """Serve the process that started this one."""


@dataclass(frozen=True, slots=True)
class Port:
    """Serve one client on a loopback port; 0 lets the system choose one."""

    kind: Literal["tcp", "websocket"]
    port: int


Transport = Stdio | Port


class Receiver(Protocol):
    """Who gets the frames, on the loop thread."""

    def connected(self, write: Callable[[bytes], None]) -> None:
        """A client is there; `write` takes the body of one message, never blocks, from the loop
        thread.
        """
        ...

    def receive(self, body: bytes) -> None:
        """One message's body."""
        ...

    def unreadable(self, reason: str) -> None:
        """Bytes came that are no message."""
        ...

    async def close(self) -> None:
        """The last moment to write: end all work and answer what is still open."""
        ...


class FrameReader:
    """Takes messages out of a stream of bytes that arrive in any pieces: base protocol, LSP 3.17.

    Bytes that are no header are skipped up to the next `Content-Length`, and told once.
    """

    def __init__(self, receiver: Receiver) -> None:
        self._receiver = receiver
        self._buffer = bytearray()
        self._length: int | None = None
        self._skip = 0
        self._in_header = False
        self._garbage = False

    def feed(self, data: bytes) -> None:
        """Take in bytes and hand on every message that is whole."""
        self._buffer += data
        while self._step():
            pass

    def _step(self) -> bool:
        buffer = self._buffer
        if self._skip:
            taken = min(self._skip, len(buffer))
            del buffer[:taken]
            self._skip -= taken
            return bool(buffer) and not self._skip
        if self._length is not None and not self._in_header:
            if len(buffer) < self._length:
                return False
            body = bytes(buffer[: self._length])
            del buffer[: self._length]
            self._length = None
            self._receiver.receive(body)
            return True
        end = buffer.find(b"\n")
        if end < 0:
            if len(buffer) > _MAX_HEADER_LINE:
                del buffer[:]
                self._bad("a header line that does not end")
            return False
        line = bytes(buffer[: end + 1]).strip()
        del buffer[: end + 1]
        self._header(line)
        return True

    def _header(self, line: bytes) -> None:
        # Searched for rather than matched: behind garbage without a line break, a message may
        # begin in mid-line.
        found = _CONTENT_LENGTH.search(line)
        if found is not None:
            self._length = int(found[1])
            self._in_header = True
            self._garbage = False
        elif not line:
            if not self._in_header:
                return
            self._in_header = False
            if self._length is not None and self._length > MAX_BODY:
                self._skip, self._length = self._length, None
                self._bad(f"a message of more than {MAX_BODY} bytes")
        elif not (self._in_header or _OTHER_HEADER.fullmatch(line)):
            self._bad("bytes outside of any message")

    def _bad(self, reason: str) -> None:
        if not self._garbage:
            self._garbage = True
            self._receiver.unreadable(reason)


_CONTENT_LENGTH = re.compile(rb"content-length:\s*(\d{1,18})\s*$", re.IGNORECASE)
_OTHER_HEADER = re.compile(rb"[A-Za-z-]+:.*")


class _WriterThread:
    """Writes in order from a thread of its own, so that a client that does not read cannot hold the
    loop.
    """

    def __init__(self, sink: Sink, on_broken: Callable[[], None]) -> None:
        self._sink = sink
        self._on_broken = on_broken
        self._queue: queue.SimpleQueue[bytes | None] = queue.SimpleQueue()
        self._thread = threading.Thread(target=self._run, name="pairwright-writer", daemon=True)
        self._thread.start()

    def write(self, data: bytes) -> None:
        self._queue.put(data)

    def close(self, seconds: float) -> None:
        """Write what waits, for at most `seconds`."""
        self._queue.put(None)
        self._thread.join(seconds)

    def _run(self) -> None:
        while (data := self._queue.get()) is not None:
            try:
                self._sink.write(data)
            except OSError:
                self._on_broken()
                return


def frame(body: bytes) -> bytes:
    """A message's body with its header."""
    return b"Content-Length: %d\r\n\r\n%b" % (len(body), body)


def claim_stdio() -> tuple[Source, Sink]:
    """Take standard input and output for the protocol alone, and leave harmless ones in their
    places.

    Whatever prints afterwards, in this process or a child, prints to standard error; a child that
    reads gets the end.
    """
    sys.stdout.flush()
    reader = os.dup(0)
    writer = os.dup(1)
    empty = os.open(os.devnull, os.O_RDONLY)
    os.dup2(empty, 0)
    os.close(empty)
    os.dup2(2, 1)
    return Source(reader), Sink(writer)


class Source:
    """Reads a descriptor as bytes come."""

    def __init__(self, descriptor: int) -> None:
        self._descriptor = descriptor

    def read(self) -> bytes:
        """What is there, at least a byte; empty at the end."""
        try:
            return os.read(self._descriptor, 65_536)
        except OSError:
            return b""


class Sink:
    """Writes whole messages to a descriptor, which may take only a part at a time."""

    def __init__(self, descriptor: int) -> None:
        self._descriptor = descriptor

    def write(self, data: bytes) -> None:
        """Write all of it. Raises OSError once nobody reads any more."""
        view = memoryview(data)
        while view:
            view = view[os.write(self._descriptor, view) :]


async def serve_stdio(receiver: Receiver, stopped: asyncio.Event) -> None:
    """Serve the client on standard input and output until it closes them or `stopped` is set."""
    loop = asyncio.get_running_loop()
    stdin, stdout = claim_stdio()
    frames = FrameReader(receiver)

    def in_loop(callback: Callable[..., None], *arguments: bytes) -> None:
        # Once the loop has ended nobody is left to tell.
        with contextlib.suppress(RuntimeError):
            loop.call_soon_threadsafe(callback, *arguments)

    def read() -> None:
        while True:
            data = stdin.read()
            if not data:
                break
            in_loop(frames.feed, data)
        in_loop(stopped.set)

    writer = _WriterThread(stdout, lambda: in_loop(stopped.set))
    receiver.connected(lambda body: writer.write(frame(body)))
    # A daemon: it blocks in `read` for as long as the client keeps the pipe open.
    threading.Thread(target=read, name="pairwright-reader", daemon=True).start()
    await stopped.wait()
    await receiver.close()
    writer.close(seconds=2.0)


async def serve_port(transport: Port, receiver: Receiver, stopped: asyncio.Event) -> None:
    """Serve the first client that knows the token, on a loopback port, until it leaves or `stopped`
    is set.

    The port and a token that was not given in the environment are told on standard error.
    """
    import secrets

    given = os.environ.get(TOKEN_VARIABLE, "")
    token = given or secrets.token_urlsafe(32)
    if transport.kind == "tcp":
        await _serve_tcp(transport.port, token, receiver, stopped, tell_token=not given)
    else:
        await _serve_websocket(transport.port, token, receiver, stopped, tell_token=not given)


def _announce(kind: str, port: int, token: str, tell_token: bool) -> None:
    print(f"pairwright: listening on {kind} {LOOPBACK}:{port}", file=sys.stderr)  # noqa: T201
    if tell_token:
        print(f"pairwright: token {token}", file=sys.stderr)  # noqa: T201
    sys.stderr.flush()


def _knows(token: str, authorization: str) -> bool:
    import hmac

    return hmac.compare_digest(f"Bearer {token}".encode(), authorization.strip().encode())


async def _serve_tcp(
    port: int, token: str, receiver: Receiver, stopped: asyncio.Event, *, tell_token: bool
) -> None:
    taken = False

    async def client(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        nonlocal taken
        mine = False
        try:
            line = await asyncio.wait_for(reader.readline(), _AUTHORIZATION_SECONDS)
            name, _, value = line.decode("utf-8", "replace").partition(":")
            if name.strip().lower() != "authorization" or not _knows(token, value) or taken:
                _log.warning("a connection without the token, or beside the first, was refused")
                return
            taken = mine = True
            receiver.connected(lambda body: writer.write(frame(body)))
            frames = FrameReader(receiver)
            while (data := await reader.read(65_536)) and not stopped.is_set():
                frames.feed(data)
        except (OSError, ValueError, TimeoutError) as error:
            _log.info("a connection ended: %s", error)
        finally:
            writer.close()
            if mine:
                stopped.set()

    server = await asyncio.start_server(client, LOOPBACK, port)
    async with server:
        _announce("tcp", server.sockets[0].getsockname()[1], token, tell_token)
        await stopped.wait()
        await receiver.close()


async def _serve_websocket(
    port: int, token: str, receiver: Receiver, stopped: asyncio.Event, *, tell_token: bool
) -> None:
    from http import HTTPStatus

    from websockets.asyncio.server import serve
    from websockets.exceptions import ConnectionClosed

    taken = False

    def authorize(connection: ServerConnection, request: Request) -> Response | None:
        if taken or not _knows(token, request.headers.get("Authorization", "")):
            _log.warning("a connection without the token, or beside the first, was refused")
            return connection.respond(HTTPStatus.UNAUTHORIZED, "The token is missing or wrong.\n")
        return None

    async def client(connection: ServerConnection) -> None:
        nonlocal taken
        if taken:
            return
        taken = True
        outgoing: asyncio.Queue[bytes] = asyncio.Queue()

        async def send() -> None:
            while True:
                # Text frames, as browsers' clients expect; bodies are UTF-8.
                await connection.send((await outgoing.get()).decode())

        sending = asyncio.create_task(send())
        receiver.connected(outgoing.put_nowait)
        try:
            async for message in connection:
                receiver.receive(message.encode() if isinstance(message, str) else message)
        except ConnectionClosed:
            _log.info("the client closed the connection without a word")
        finally:
            sending.cancel()
            stopped.set()

    async with serve(
        client, LOOPBACK, port, process_request=authorize, max_size=MAX_BODY
    ) as server:
        _announce("websocket", next(iter(server.sockets)).getsockname()[1], token, tell_token)
        await stopped.wait()
        await receiver.close()


async def parent_gone(process_id: int) -> None:
    """Return when the process `process_id` has ended; at once when there is none.

    Where the system has no handle on a foreign process, never: the end of the stream tells the
    same there.
    """
    if hasattr(os, "pidfd_open"):
        try:
            handle = os.pidfd_open(process_id)
        except ProcessLookupError:
            return
        except OSError as error:
            _log.info("the client's process cannot be watched: %s", error)
            await _poll_parent(process_id)
            return
        loop = asyncio.get_running_loop()
        ended = asyncio.Event()
        loop.add_reader(handle, ended.set)
        try:
            await ended.wait()
        finally:
            loop.remove_reader(handle)
            os.close(handle)
        return
    if os.name == "posix":
        await _poll_parent(process_id)
        return
    await asyncio.Event().wait()


async def _poll_parent(process_id: int) -> None:
    while True:
        try:
            os.kill(process_id, 0)
        except ProcessLookupError:
            return
        except PermissionError:
            pass  # it is there, and another user's
        await asyncio.sleep(3)
