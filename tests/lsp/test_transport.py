"""The wires: ports on loopback behind a token, framing from any pieces, and processes that end."""

from __future__ import annotations

import asyncio
import contextlib
import json
import os
import re
import select
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from websockets.asyncio.client import connect
from websockets.exceptions import ConnectionClosed, InvalidStatus

from pairwright.lsp.transport import FrameReader, frame
from support import forks
from support.lsp_client import SECONDS, LspClient

Started = forks.Forked | subprocess.Popen[bytes]

INITIALIZE = json.dumps(
    {
        "jsonrpc": "2.0",
        "id": 1,
        "method": "initialize",
        "params": {"processId": None, "rootUri": None, "capabilities": {}},
    }
).encode()


@contextlib.contextmanager
def listening(kind: str, token: str = "") -> Iterator[tuple[int, str, Started]]:
    """A server on a port of the system's choice: (port, token, process)."""
    environment = forks.environment() | ({"PAIRWRIGHT_TOKEN": token} if token else {})
    process = forks.start(["serve", f"--{kind}", "0"], env=environment)
    assert process.stdin is not None and process.stdout is not None and process.stderr is not None
    with process.stdin, process.stdout, process.stderr:
        try:
            found = re.search(rb"127\.0\.0\.1:(\d+)", process.stderr.readline())
            assert found is not None
            if not token:
                token = process.stderr.readline().split()[-1].decode()
            yield int(found[1]), token, process
        finally:
            process.kill()
            process.wait()


def answered(stream: socket.SocketIO) -> dict[str, object]:
    length = int(stream.readline().split(b":")[1])
    stream.readline()
    body = b""
    while len(body) < length:
        body += stream.read(length - len(body)) or b""
    message: dict[str, object] = json.loads(body)
    return message


def lines_of(connection: socket.socket) -> socket.SocketIO:
    return connection.makefile("rb", buffering=0)


def test_tcp_serves_who_knows_the_token() -> None:
    with listening("tcp") as (port, token, process):
        with socket.create_connection(("127.0.0.1", port), SECONDS) as connection:
            connection.sendall(f"Authorization: Bearer {token}\r\n".encode() + frame(INITIALIZE))
            with lines_of(connection) as stream:
                assert answered(stream)["id"] == 1
        assert process.wait(SECONDS) == 1


GREETINGS = (b"Authorization: Bearer wrong\r\n", b"Authorization:\r\n", b"\r\n", b"x" * 99_999)


def test_tcp_refuses_everyone_else() -> None:
    with listening("tcp", "secret") as (port, token, _):
        for greeting in GREETINGS:
            with socket.create_connection(("127.0.0.1", port), SECONDS) as connection:
                received = b""
                with contextlib.suppress(ConnectionError):
                    connection.sendall(greeting + frame(INITIALIZE))
                    received = connection.recv(1)
                assert received == b"", greeting
        with socket.create_connection(("127.0.0.1", port), SECONDS) as connection:
            connection.sendall(f"authorization: Bearer {token}\r\n".encode() + frame(INITIALIZE))
            with lines_of(connection) as stream:
                assert answered(stream)["id"] == 1


async def test_websocket_serves_who_knows_the_token() -> None:
    with listening("websocket") as (port, token, process):
        address = f"ws://127.0.0.1:{port}"
        for headers in ({}, {"Authorization": "Bearer wrong"}):
            with pytest.raises(InvalidStatus):
                async with connect(address, additional_headers=headers):
                    pass
        headers = {"Authorization": f"Bearer {token}"}
        async with connect(address, additional_headers=headers) as connection:
            await connection.send(INITIALIZE.decode())
            assert json.loads(await connection.recv())["id"] == 1
            await connection.send('{"jsonrpc":"2.0","method":"exit"}')
            with contextlib.suppress(ConnectionClosed):
                await connection.recv()
        code = await asyncio.to_thread(process.wait, SECONDS)
        assert code == 1


class Gathered:
    """What a reader hands on."""

    def __init__(self) -> None:
        self.bodies: list[bytes] = []

    def receive(self, body: bytes) -> None:
        self.bodies.append(body)

    def unreadable(self, reason: str) -> None:
        raise AssertionError(reason)


@given(st.lists(st.binary(max_size=40), max_size=6), st.lists(st.integers(1, 30), max_size=30))
def test_frames_come_whole_from_any_pieces(bodies: list[bytes], cuts: list[int]) -> None:
    stream = b"".join(frame(body) for body in bodies)
    gathered = Gathered()
    reader = FrameReader(gathered)  # type: ignore[arg-type]
    for cut in cuts:
        reader.feed(stream[:cut])
        stream = stream[cut:]
    reader.feed(stream)
    assert gathered.bodies == bodies


@pytest.mark.e2e
@pytest.mark.skipif(not Path("/proc").is_dir(), reason="looks for processes in /proc")
def test_a_killed_client_leaves_no_process_behind(tmp_path: Path) -> None:
    for number in range(400):
        text = "".join(f"def f{number}_{line}(a):\n    return a\n\n" for line in range(200))
        (tmp_path / f"m{number}.py").write_text(text, encoding="utf-8")
    # A client of its own, so that it can be killed: it starts the server and waits for workers.
    client = (
        "import sys, time\n"
        "sys.path.insert(0, sys.argv[1])\n"
        "from pathlib import Path\n"
        "from support.lsp_client import FRESH, LspClient\n"
        "client = LspClient(command=FRESH)\n"
        "client.initialize(Path(sys.argv[2]))\n"
        "client.notification('$/progress', lambda one: one['value'].get('percentage'))\n"
        "print(client.process.pid, flush=True)\n"
        "client.process.wait()\n"
    )
    tests = str(Path(__file__).resolve().parents[1])
    process = subprocess.Popen(
        [sys.executable, "-c", client, tests, str(tmp_path)],
        stdout=subprocess.PIPE,
        text=True,
        env=LspClient.environment(),
    )
    assert process.stdout is not None
    server = int(process.stdout.readline())
    handle = os.pidfd_open(server)
    family = descendants(server)
    assert family, "no worker was running"
    process.send_signal(signal.SIGKILL)
    process.communicate()
    ready, _, _ = select.select([handle], [], [], SECONDS)
    os.close(handle)
    assert ready, "the server outlived its client"
    for worker in family:
        wait_until_gone(worker)


def descendants(process: int) -> list[int]:
    found: list[int] = []
    for task in Path(f"/proc/{process}/task").iterdir():
        children = (task / "children").read_text(encoding="ascii")
        for child in map(int, children.split()):
            found += [child, *descendants(child)]
    return found


def wait_until_gone(process: int) -> None:
    """Wait for the end of a process that is not our child."""
    try:
        handle = os.pidfd_open(process)
    except ProcessLookupError:
        return
    try:
        ready, _, _ = select.select([handle], [], [], SECONDS)
        assert ready, f"process {process} outlived the server"
    finally:
        os.close(handle)
