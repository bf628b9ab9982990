"""A client of the server over real pipes, as bare as can be: bytes out, JSON in.

Owns framing, the matching of responses to requests, and answers to what the server asks. It must
not import the product: it is the other side of the wire.
"""

from __future__ import annotations

import contextlib
import json
import os
import queue
import subprocess
import sys
import threading
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from subprocess import PIPE
from typing import Any

from support import forks
from support.forks import REPOSITORY as REPOSITORY

FRESH = (sys.executable, "-m", "pairwright", "serve")
"""The server in an interpreter of its own."""

SECONDS = 300.0
"""No wait in these tests is meant to last: this only turns a hang into a failure."""

Message = dict[str, Any]

FULL_CAPABILITIES: Message = {
    "general": {"positionEncodings": ["utf-16"]},
    "window": {"workDoneProgress": True, "showDocument": {"support": True}},
    "workspace": {
        "applyEdit": True,
        "configuration": True,
        "didChangeConfiguration": {"dynamicRegistration": True},
        "didChangeWatchedFiles": {"dynamicRegistration": True},
        "workspaceFolders": True,
        "codeLens": {"refreshSupport": True},
        "workspaceEdit": {
            "documentChanges": True,
            "resourceOperations": ["create", "rename", "delete"],
            "changeAnnotationSupport": {"groupsOnLabel": True},
        },
    },
    "textDocument": {
        "documentSymbol": {"hierarchicalDocumentSymbolSupport": True},
        "definition": {"dynamicRegistration": True, "linkSupport": True},
        "references": {"dynamicRegistration": True},
        "documentHighlight": {"dynamicRegistration": True},
        "hover": {"dynamicRegistration": True, "contentFormat": ["markdown", "plaintext"]},
        "callHierarchy": {"dynamicRegistration": True},
        "typeHierarchy": {"dynamicRegistration": True},
        "codeLens": {"dynamicRegistration": True},
        "codeAction": {
            "codeActionLiteralSupport": {"codeActionKind": {"valueSet": ["", "quickfix"]}},
            "isPreferredSupport": True,
            "dataSupport": True,
            "resolveSupport": {"properties": ["edit"]},
        },
        "publishDiagnostics": {
            "relatedInformation": True,
            "codeDescriptionSupport": True,
            "dataSupport": True,
            "versionSupport": True,
            "tagSupport": {"valueSet": [1, 2]},
        },
    },
}
"""A client that can do what today's editors can, pulled diagnostics and 3.18 left out."""

PULL_CAPABILITIES: Message = {
    **FULL_CAPABILITIES,
    "workspace": {**FULL_CAPABILITIES["workspace"], "diagnostics": {"refreshSupport": True}},
    "textDocument": {
        **FULL_CAPABILITIES["textDocument"],
        "diagnostic": {"dynamicRegistration": True, "relatedDocumentSupport": True},
    },
}
"""The same with pulled diagnostics."""


class Failure(Exception):
    """An error response."""

    def __init__(self, error: Message) -> None:
        super().__init__(f"{error.get('code')}: {error.get('message')}")
        self.code = error.get("code")
        self.message = str(error.get("message"))


class LspClient:
    """One server process and its wire. Use as a context manager; leaving it ends the process."""

    def __init__(
        self,
        *arguments: str,
        env: Mapping[str, str] | None = None,
        answers: Mapping[str, Callable[[Any], Any]] | None = None,
        command: Sequence[str] = (),
    ) -> None:
        """A fork that serves, or a fresh process of `command`."""
        held = {**self.environment(), **(env or {})}
        if command:
            self.process = subprocess.Popen(
                [*command, *arguments], stdin=PIPE, stdout=PIPE, stderr=PIPE, env=held
            )
        else:
            self.process = forks.start(["serve", *arguments], env=held)
        self.answers: dict[str, Callable[[Any], Any]] = {
            "workspace/applyEdit": lambda _params: {"applied": True},
            "workspace/configuration": lambda params: [None for _ in params["items"]],
            "window/showDocument": lambda _params: {"success": True},
            **(answers or {}),
        }
        self.requested: list[Message] = []
        """What the server asked, in order."""
        self.stderr: list[str] = []
        self._number = 0
        self._responses: dict[object, Message] = {}
        self.response_counts: dict[object, int] = {}
        self._notifications: queue.Queue[Message | None] = queue.Queue()
        self._seen: list[Message] = []
        self._news = threading.Condition()
        self._ended = False
        self._threads = [
            threading.Thread(target=self._read, daemon=True),
            threading.Thread(target=self._read_errors, daemon=True),
        ]
        for thread in self._threads:
            thread.start()

    @staticmethod
    def environment() -> dict[str, str]:
        """The environment of a process that is to import the product."""
        return forks.environment()

    def __enter__(self) -> LspClient:
        return self

    def __exit__(self, *_: object) -> None:
        assert self.process.stdin is not None
        with contextlib.suppress(OSError):  # the server may have gone before us
            self.process.stdin.close()
        try:
            self.process.wait(SECONDS)
        finally:
            self.process.kill()
            self.process.wait()
            for thread in self._threads:
                thread.join(SECONDS)
            for stream in (self.process.stdout, self.process.stderr):
                assert stream is not None
                stream.close()

    # Out.

    def send_bytes(self, data: bytes) -> None:
        """Write bytes as they are."""
        assert self.process.stdin is not None
        self.process.stdin.write(data)
        self.process.stdin.flush()

    def send_body(self, body: bytes) -> None:
        """Write one frame around a body."""
        self.send_bytes(b"Content-Length: %d\r\n\r\n%b" % (len(body), body))

    def send(self, *messages: Message) -> None:
        """Write messages, all at once: no stall of this process comes between them."""
        bodies = [json.dumps({"jsonrpc": "2.0", **message}).encode() for message in messages]
        self.send_bytes(
            b"".join(b"Content-Length: %d\r\n\r\n%b" % (len(one), one) for one in bodies)
        )

    def notify(self, method: str, params: object = None) -> None:
        """Send a notification."""
        self.send({"method": method, "params": params})

    def start_request(self, method: str, params: object = None) -> int:
        """Send a request; returns its id for `response`."""
        self._number += 1
        self.send({"id": self._number, "method": method, "params": params})
        return self._number

    def request(self, method: str, params: object = None) -> Any:
        """Send a request and return its result. Raises `Failure` for an error."""
        return self.response(self.start_request(method, params))

    def response(self, number: object) -> Any:
        """The result of a request. Raises `Failure` for an error."""
        message = self.wait_response(number)
        if "error" in message:
            raise Failure(message["error"])
        return message["result"]

    def wait_response(self, number: object) -> Message:
        """The response to a request as it came, error or not."""
        message: Message = self.wait(lambda: self._responses.get(number), f"a response to {number}")
        return message

    def command(self, name: str, argument: object = None) -> Any:
        """Run a command."""
        arguments = [] if argument is None else [argument]
        return self.request("workspace/executeCommand", {"command": name, "arguments": arguments})

    # In.

    def wait(self, found: Callable[[], Any], what: str) -> Any:
        """Wait until `found` gives something; it is asked again at each message."""
        with self._news:
            ready = self._news.wait_for(lambda: found() is not None or self._ended, timeout=SECONDS)
            value = found()
            if value is not None:
                return value
            state = "the server ended" if self._ended else f"nothing came in {SECONDS} s"
            assert ready or value is not None, f"waited for {what}: {state}\n{self.errors()}"
            raise AssertionError(f"waited for {what}: {state}\n{self.errors()}")

    def notification(
        self, method: str, accept: Callable[[Any], bool] = lambda _params: True
    ) -> Any:
        """The parameters of the first notification that fits and was not returned before."""

        def take() -> Any:
            for message in self._seen:
                if message["method"] == method and accept(message.get("params")):
                    self._seen.remove(message)
                    return (message.get("params"),)
            return None

        taken: list[Any] = []

        def found() -> Any:
            if not taken:
                one = take()
                if one is not None:
                    taken.append(one)
            return taken[0] if taken else None

        return self.wait(found, f"notification {method}")[0]

    def seen(self, method: str) -> list[Any]:
        """The parameters of all notifications of a method that were not taken yet."""
        with self._news:
            return [one.get("params") for one in self._seen if one["method"] == method]

    def asked(self, method: str, accept: Callable[[Any], bool] = lambda _params: True) -> Any:
        """The parameters of the first request of the server that fits."""

        def found() -> Any:
            for message in self.requested:
                if message["method"] == method and accept(message.get("params")):
                    return (message.get("params"),)
            return None

        return self.wait(found, f"request {method} of the server")[0]

    def errors(self) -> str:
        """What the server wrote on standard error."""
        return "".join(self.stderr)

    def _read_errors(self) -> None:
        assert self.process.stderr is not None
        for line in self.process.stderr:
            self.stderr.append(line.decode("utf-8", "replace"))

    def _read(self) -> None:
        stream = self.process.stdout
        assert stream is not None
        while True:
            length = 0
            while line := stream.readline().strip():
                name, _, value = line.partition(b":")
                if name.lower() == b"content-length":
                    length = int(value)
            if not length:
                break
            self._take(json.loads(stream.read(length)))
        with self._news:
            self._ended = True
            self._news.notify_all()

    def _take(self, message: Message) -> None:
        answer: Message | None = None
        with self._news:
            if "method" not in message:
                number = message.get("id")
                self._responses[number] = message
                self.response_counts[number] = self.response_counts.get(number, 0) + 1
            elif "id" in message:
                self.requested.append(message)
                handle = self.answers.get(message["method"], lambda _params: None)
                answer = {"id": message["id"], "result": handle(message.get("params"))}
            else:
                self._seen.append(message)
            self._news.notify_all()
        if answer is not None:
            # The server may have gone meanwhile, or this client: then there is nobody to answer.
            with contextlib.suppress(OSError, ValueError):
                self.send(answer)

    # A session.

    def initialize(
        self,
        *folders: Path,
        capabilities: Message = FULL_CAPABILITIES,
        options: Message | None = None,
    ) -> Message:
        """`initialize` and `initialized` with workspace folders; returns the server's
        capabilities.
        """
        result: Message = self.request(
            "initialize",
            {
                "processId": os.getpid(),
                "clientInfo": {"name": "test"},
                "rootUri": folders[0].as_uri() if folders else None,
                "workspaceFolders": [
                    {"uri": folder.as_uri(), "name": folder.name} for folder in folders
                ],
                "capabilities": capabilities,
                "initializationOptions": {"status_notification": True, **(options or {})},
            },
        )
        self.notify("initialized", {})
        capabilities_of_server: Message = result["capabilities"]
        return capabilities_of_server

    def ready(self) -> Message:
        """Wait until the server is quiet and return its status."""
        status: Message = self.notification("pairwright/status", lambda one: bool(one["quiescent"]))
        return status

    def open(self, path: Path, text: str | None = None, language: str = "python") -> str:
        """`didOpen`; returns the URI."""
        uri = path.as_uri()
        item = {
            "uri": uri,
            "languageId": language,
            "version": 1,
            "text": path.read_text(encoding="utf-8") if text is None else text,
        }
        self.notify("textDocument/didOpen", {"textDocument": item})
        return uri

    def change(self, uri: str, version: int, *changes: Message) -> None:
        """`didChange` with incremental changes."""
        self.notify(
            "textDocument/didChange",
            {"textDocument": {"uri": uri, "version": version}, "contentChanges": list(changes)},
        )

    def save(self, uri: str) -> None:
        """`didSave`."""
        self.notify("textDocument/didSave", {"textDocument": {"uri": uri}})

    def symbols(self, uri: str) -> list[Message]:
        """`documentSymbol`."""
        found: list[Message] = self.request(
            "textDocument/documentSymbol", {"textDocument": {"uri": uri}}
        )
        return found

    def shut_down(self) -> int:
        """`shutdown` and `exit`; returns the exit code."""
        self.request("shutdown")
        self.notify("exit")
        return self.process.wait(SECONDS)


def replaced(start: tuple[int, int], end: tuple[int, int], text: str) -> Message:
    """One incremental change."""
    return {
        "range": {
            "start": {"line": start[0], "character": start[1]},
            "end": {"line": end[0], "character": end[1]},
        },
        "text": text,
    }
