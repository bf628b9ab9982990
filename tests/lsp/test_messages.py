"""Whatever comes in: no crash, no hang, and exactly one response to every request with an id."""

from __future__ import annotations

import json
import random
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from support.lsp_client import Failure, LspClient, Message


def test_an_unknown_method_is_refused(tmp_path: Path) -> None:
    with LspClient() as client:
        client.initialize(tmp_path)
        with pytest.raises(Failure) as caught:
            client.request("textDocument/unheardOf", {})
        assert caught.value.code == -32601


def test_missing_parameters_are_named(tmp_path: Path) -> None:
    with LspClient() as client:
        client.initialize(tmp_path)
        with pytest.raises(Failure) as caught:
            client.request("textDocument/documentSymbol", {"textDocument": {}})
        assert caught.value.code == -32602
        assert "uri" in caught.value.message


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"{",
        b"\xff\xfe\x00",
        b"[" * 100_000,
        b"3",
        b"[]",
        b'"text"',
        b"null",
        b'{"jsonrpc":"2.0","id":{},"method":"x"}',
        b'{"jsonrpc":"2.0","id":1.5,"method":"x"}',
        b'{"jsonrpc":"2.0","id":true,"method":"x"}',
        b'{"jsonrpc":"2.0","method":7}',
    ],
)
def test_what_is_no_message_is_told_and_forgotten(tmp_path: Path, body: bytes) -> None:
    with LspClient() as client:
        client.initialize(tmp_path)
        client.send_body(body)
        assert "error" in client.wait_response(None) if body else True
        assert client.command("pairwright.index.status")["roots"]


@pytest.mark.parametrize(
    "garbage",
    [
        b"GET / HTTP/1.1\r\nHost: x\r\n\r\n",
        b"\x00\x01\x02\n\n\n",
        b"Content-Length: many\r\n\r\n",
        b"Content-Type: x\r\n\r\n",
        b"x" * 100_000,
    ],
)
def test_bytes_between_messages_are_skipped(tmp_path: Path, garbage: bytes) -> None:
    with LspClient() as client:
        client.initialize(tmp_path)
        client.send_bytes(garbage)
        assert client.command("pairwright.index.status")["roots"]


def test_a_header_may_be_written_in_any_case_and_order(tmp_path: Path) -> None:
    with LspClient() as client:
        client.initialize(tmp_path)
        body = b'{"jsonrpc":"2.0","id":"a","method":"nothing"}'
        for header in (
            b"content-length:%d\r\n\r\n",
            b"Content-Type: application/vscode-jsonrpc\r\nContent-Length: %d\r\n\r\n",
            b"Content-Length: %d\r\nContent-Type: x\r\n\r\n",
        ):
            before = client.response_counts.get("a", 0)
            data = header % len(body) + body
            for at in range(len(data)):
                client.send_bytes(data[at : at + 1])
            client.wait(
                lambda before=before: client.response_counts.get("a", 0) == before + 1 or None,
                "one more response",
            )


def test_a_cancelled_request_is_answered_once(tmp_path: Path) -> None:
    with LspClient() as client:
        client.initialize(tmp_path)
        uri = client.open(tmp_path / "a.py", "def f(): pass\n" * 5_000)
        params = {"textDocument": {"uri": uri}}
        client.send(
            {"id": "cancelled", "method": "textDocument/documentSymbol", "params": params},
            {"method": "$/cancelRequest", "params": {"id": "cancelled"}},
        )
        assert client.wait_response("cancelled")["error"]["code"] == -32800
        client.symbols(uri)
        assert client.response_counts["cancelled"] == 1
        assert not [one for one in client.seen("window/logMessage") if one["type"] == 1]


def test_an_id_that_is_in_use_is_refused(tmp_path: Path) -> None:
    with LspClient() as client:
        client.initialize(tmp_path)
        uri = client.open(tmp_path / "a.py", "def f(): pass\n" * 2_000)
        message = {
            "id": "twice",
            "method": "textDocument/documentSymbol",
            "params": {"textDocument": {"uri": uri}},
        }
        client.send(message, message)
        client.wait(lambda: client.response_counts.get("twice") == 2 or None, "two responses")


# Mutated messages.


def _samples(folder: Path) -> list[Message]:
    uri = (folder / "a.py").as_uri()
    document = {"uri": uri}
    position = {"line": 1, "character": 4}
    whole = {"start": {"line": 0, "character": 0}, "end": {"line": 9, "character": 0}}
    item = {"uri": uri, "languageId": "python", "version": 1, "text": "def f(a):\n    return f\n"}
    at = {"textDocument": document, "position": position}
    requests: list[tuple[str, Any]] = [
        ("textDocument/documentSymbol", {"textDocument": document}),
        ("workspace/symbol", {"query": "f"}),
        ("textDocument/definition", at),
        ("textDocument/references", {**at, "context": {"includeDeclaration": True}}),
        ("textDocument/hover", at),
        ("textDocument/documentHighlight", at),
        ("textDocument/prepareCallHierarchy", at),
        ("textDocument/prepareTypeHierarchy", at),
        ("textDocument/codeLens", {"textDocument": document}),
        ("codeLens/resolve", {"range": whole, "data": {"root": str(folder), "lens": "tests"}}),
        (
            "textDocument/codeAction",
            {"textDocument": document, "range": whole, "context": {"diagnostics": []}},
        ),
        ("codeAction/resolve", {"title": "x", "data": {"id": "fix", "uri": uri, "version": 1}}),
        ("textDocument/diagnostic", {"textDocument": document}),
        ("workspace/diagnostic", {"previousResultIds": []}),
        (
            "workspace/executeCommand",
            {
                "command": "pairwright.graph.callers",
                "arguments": [{"uri": uri, "position": position}],
            },
        ),
        ("workspace/executeCommand", {"command": "pairwright.status", "arguments": []}),
        ("workspace/textDocumentContent", {"uri": "pairwright:/status.md"}),
    ]
    notifications: list[tuple[str, Any]] = [
        ("textDocument/didOpen", {"textDocument": item}),
        (
            "textDocument/didChange",
            {
                "textDocument": {"uri": uri, "version": 2},
                "contentChanges": [{"range": whole, "text": "x = 1\n"}],
            },
        ),
        ("textDocument/didSave", {"textDocument": document}),
        ("textDocument/didClose", {"textDocument": document}),
        ("workspace/didChangeConfiguration", {"settings": {"pairwright": {"navigation": True}}}),
        ("workspace/didChangeWatchedFiles", {"changes": [{"uri": uri, "type": 2}]}),
        ("workspace/didRenameFiles", {"files": [{"oldUri": uri, "newUri": uri + "x"}]}),
        ("workspace/didChangeWorkspaceFolders", {"event": {"added": [], "removed": []}}),
        ("window/workDoneProgress/cancel", {"token": "x"}),
        ("$/cancelRequest", {"id": 3}),
        ("$/setTrace", {"value": "verbose"}),
    ]
    return [{"method": name, "params": params, "id": 0} for name, params in requests] + [
        {"method": name, "params": params} for name, params in notifications
    ]


_STRANGE: tuple[Any, ...] = (
    None,
    True,
    -1,
    2**40,
    1.5,
    "",
    "\ud800",
    "file:///",
    "file://[",
    "file:///\0",
    "untitled:x",
    [],
    {},
    [[]],
    {"a": None},
    "x" * 5_000,
)


def _mutated(value: Any, chance: random.Random) -> Any:
    """The value with one part of it, somewhere inside, made strange."""
    if isinstance(value, dict) and value and chance.random() < 0.85:
        key = chance.choice(sorted(value))
        changed = dict(value)
        kind = chance.random()
        if kind < 0.12:
            del changed[key]
        elif kind < 0.2:
            changed[chance.choice(["extra", "uri", "range", "data"])] = chance.choice(_STRANGE)
        else:
            changed[key] = _mutated(value[key], chance)
        return changed
    if isinstance(value, list) and value and chance.random() < 0.85:
        at = chance.randrange(len(value))
        return [*value[:at], _mutated(value[at], chance), *value[at + 1 :]]
    return chance.choice(_STRANGE)


def _bent(body: bytes, chance: random.Random) -> bytes:
    """The bytes with a few of them changed, dropped or doubled."""
    held = bytearray(body)
    for _ in range(chance.randint(1, 4)):
        at = chance.randrange(len(held))
        change: Callable[[], None] = chance.choice(
            [
                lambda at=at: held.__setitem__(at, chance.randrange(256)),
                lambda at=at: held.__delitem__(at),
                lambda at=at: held.insert(at, held[at]),
            ]
        )
        change()
    return bytes(held)


def test_a_thousand_mutated_messages(tmp_path: Path) -> None:
    chance = random.Random(20_261_121)
    (tmp_path / "a.py").write_text("def f(a):\n    return f\n", encoding="utf-8")
    samples = _samples(tmp_path)
    expected: list[str] = []
    with LspClient() as client:
        client.initialize(tmp_path, options={"settings": {"navigation": True}})
        for number in range(1_000):
            message = dict(chance.choice(samples))
            is_request = "id" in message
            if is_request:
                message["id"] = f"fuzz-{number}"
            if chance.random() < 0.9:
                message["params"] = _mutated(message["params"], chance)
                body = json.dumps({"jsonrpc": "2.0", **message}).encode()
                if is_request:
                    expected.append(message["id"])
            else:
                # The id may be gone with it, so nothing can be expected but that life goes on.
                message.pop("id", None)
                body = _bent(json.dumps({"jsonrpc": "2.0", **message}).encode(), chance)
            client.send_body(body)
            if number % 100 == 99:
                assert client.command("pairwright.index.status")["roots"] is not None
        for name in expected:
            client.wait_response(name)
        uri = client.open(tmp_path / "b.py", "def g(): pass\n")
        assert [one["name"] for one in client.symbols(uri)] == ["g"]
        assert {client.response_counts[name] for name in expected} == {1}
        assert client.shut_down() == 0
        assert "Traceback" not in client.errors(), client.errors()
