"""The server's life: start, the order of things, and a clean end however the client goes."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from support.lsp_client import FRESH, REPOSITORY, SECONDS, Failure, LspClient


def test_initialize_names_the_server_and_its_encoding(tmp_path: Path) -> None:
    with LspClient(command=FRESH) as client:
        capabilities = client.initialize(tmp_path)
        assert capabilities["positionEncoding"] == "utf-16"
        assert capabilities["textDocumentSync"]["change"] == 2
        assert "pairwright.status" in capabilities["executeCommandProvider"]["commands"]


@pytest.mark.parametrize(
    ("offered", "chosen"),
    [
        (["utf-32", "utf-16"], "utf-32"),
        (["utf-16", "utf-8"], "utf-8"),
        (["utf-16"], "utf-16"),
        (["utf-7"], "utf-16"),
        ([], "utf-16"),
        (None, "utf-16"),
    ],
)
def test_the_encoding_is_one_that_the_client_has(
    tmp_path: Path, offered: list[str] | None, chosen: str
) -> None:
    general = {} if offered is None else {"positionEncodings": offered}
    with LspClient() as client:
        answer = client.initialize(tmp_path, capabilities={"general": general})
        assert answer["positionEncoding"] == chosen


def test_a_request_before_initialize_is_refused() -> None:
    with LspClient() as client:
        with pytest.raises(Failure) as caught:
            client.request("workspace/symbol", {"query": "x"})
        assert caught.value.code == -32002


def test_initialize_happens_once(tmp_path: Path) -> None:
    with LspClient() as client:
        client.initialize(tmp_path)
        with pytest.raises(Failure) as caught:
            client.request("initialize", {"processId": None, "capabilities": {}, "rootUri": None})
        assert caught.value.code == -32600


def test_shutdown_then_exit_ends_with_zero(tmp_path: Path) -> None:
    with LspClient() as client:
        client.initialize(tmp_path)
        assert client.shut_down() == 0


def test_exit_without_shutdown_ends_with_one(tmp_path: Path) -> None:
    with LspClient() as client:
        client.initialize(tmp_path)
        client.notify("exit")
        assert client.process.wait(SECONDS) == 1


def test_a_request_after_shutdown_is_refused(tmp_path: Path) -> None:
    with LspClient() as client:
        client.initialize(tmp_path)
        client.request("shutdown")
        with pytest.raises(Failure) as caught:
            client.request("workspace/symbol", {"query": "x"})
        assert caught.value.code == -32600


def test_the_end_of_input_ends_the_server(tmp_path: Path) -> None:
    with LspClient(command=FRESH) as client:
        client.initialize(tmp_path)
        assert client.process.stdin is not None
        client.process.stdin.close()
        assert client.process.wait(SECONDS) == 1


@pytest.mark.skipif(not hasattr(os, "pidfd_open"), reason="needs a handle on a foreign process")
def test_the_death_of_the_parent_ends_the_server(tmp_path: Path) -> None:
    parent = subprocess.Popen([sys.executable, "-c", "input()"], stdin=subprocess.PIPE)
    with LspClient(command=FRESH) as client:
        client.request("initialize", {"processId": parent.pid, "capabilities": {}, "rootUri": None})
        client.notify("initialized", {})
        parent.send_signal(signal.SIGKILL)
        parent.communicate()
        assert client.process.wait(SECONDS) == 1


def test_nothing_but_messages_reaches_standard_output() -> None:
    program = (
        "import os, subprocess, sys\n"
        "from pairwright.lsp.transport import claim_stdio\n"
        "source, sink = claim_stdio()\n"
        "print('printed', flush=True)\n"
        "os.write(1, b'written')\n"
        "child = [sys.executable, '-c', 'import sys; print(repr(sys.stdin.read()))']\n"
        "subprocess.run(child, check=True)\n"
        "sink.write(source.read())\n"
    )
    paths = [str(REPOSITORY / "server"), str(REPOSITORY / "analyzers")]
    done = subprocess.run(
        [sys.executable, "-c", program],
        input=b"the protocol",
        capture_output=True,
        env={**os.environ, "PYTHONPATH": os.pathsep.join(paths)},
        check=True,
    )
    assert done.stdout == b"the protocol"
    assert b"printed" in done.stderr
    assert b"written" in done.stderr
    assert b"''" in done.stderr


def test_what_is_announced_is_what_the_registries_hold() -> None:
    from pairwright.features import registry
    from pairwright.lsp.capabilities import ACTION_KINDS, COMMANDS

    assert set(COMMANDS) == {command.name for command in registry.COMMANDS}
    for kind in {kind for one in registry.ACTIONS for kind in one.kinds}:
        assert any(kind == one or kind.startswith(f"{one}.") for one in ACTION_KINDS), kind


HEAVY = (
    "ast_grep_py",
    "chromadb",
    "git",
    "litellm",
    "multiprocessing",
    "numpy",
    "pairwright.features",
    "pairwright.git",
    "pairwright.index",
    "pairwright_analyzers.languages",
    "rich",
    "rustworkx",
    "sqlite3",
    "starlette",
    "tree_sitter",
    "websockets",
    "yaml",
)


def test_initialize_is_answered_before_anything_heavy_is_imported() -> None:
    # The server of a fresh process answers `initialize`, then says what is loaded.
    program = f"""
import asyncio, json, os, sys
from pairwright.app import parts
from pairwright.log import open_log
from pairwright.lsp.families import PairwrightServer

async def main():
    sent = []
    server = PairwrightServer(parts(open_log()), lambda code: None)
    server.connected(sent.append)
    params = dict(processId=None, rootUri="file:///nowhere", capabilities={{}})
    message = dict(jsonrpc="2.0", id=1, method="initialize", params=params)
    server.receive(json.dumps(message).encode())
    assert "capabilities" in json.loads(sent[0])["result"]

asyncio.run(main())
print(json.dumps([name for name in {HEAVY!r} if name in sys.modules]))
"""
    paths = [str(REPOSITORY / "server"), str(REPOSITORY / "analyzers")]
    done = subprocess.run(
        [sys.executable, "-c", program],
        capture_output=True,
        text=True,
        env={**os.environ, "PYTHONPATH": os.pathsep.join(paths)},
        check=False,
    )
    assert done.stdout.strip() == "[]", done.stdout + done.stderr
