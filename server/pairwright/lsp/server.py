"""The server: one place where messages come in, one where answers go out, and the one catch-all
between them.

Owns the dispatch of requests and notifications, their cancellation, and what a failure becomes:
exactly one response, one log entry, at most one message to the person. It must not know what any
method does: handlers
are handed in.
"""

from __future__ import annotations

import asyncio
import contextlib
import enum
import json
import logging
import re
import traceback
from collections.abc import Awaitable, Callable, Coroutine, Iterable, Mapping
from concurrent.futures import Future
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Any, TypeVar

from cattrs import transform_error
from cattrs.errors import BaseValidationError
from lsprotocol import types
from pygls.exceptions import JsonRpcException
from pygls.lsp.server import LanguageServer
from pygls.protocol import LanguageServerProtocol

from pairwright import __version__
from pairwright.errors import BadArgument, Cancelled, StaleDocument, UserError

if TYPE_CHECKING:
    from pairwright.lsp.client import Client
    from pairwright.session import Session, Snapshot
    from pairwright.tasks import CancelToken, Priority, Progress, Tasks

_log = logging.getLogger(__name__)

T = TypeVar("T")
MessageId = int | str

PARSE_ERROR = -32700
INVALID_REQUEST = -32600
METHOD_NOT_FOUND = -32601
INVALID_PARAMS = -32602
INTERNAL_ERROR = -32603
SERVER_NOT_INITIALIZED = -32002
REQUEST_FAILED = -32803
CONTENT_MODIFIED = -32801
REQUEST_CANCELLED = -32800


class ResponseFailure(Exception):
    """An answer that is an error: `code` of the protocol, and a sentence."""

    def __init__(self, code: int, message: str) -> None:
        super().__init__(message)
        self.code = code
        self.message = message


@dataclass(frozen=True, slots=True)
class Encoded:
    """A result that is JSON text already, made off the loop."""

    json: str


RequestHandler = Callable[[Any, "Snapshot", Any], Awaitable[object] | object]
"""(server, snapshot at arrival, params) -> result. An awaitable may be cancelled at any await."""

NotificationHandler = Callable[[Any, Any], None]
"""(server, params). Runs at once, in the order of arrival."""


@dataclass(frozen=True, slots=True)
class Method:
    """A request the server answers."""

    name: str
    handle: RequestHandler


@dataclass(frozen=True, slots=True)
class Notification:
    """A notification the server listens to."""

    name: str
    handle: NotificationHandler


@dataclass(frozen=True, slots=True)
class Handlers:
    """Who handles what, by method."""

    requests: Mapping[str, RequestHandler]
    notifications: Mapping[str, NotificationHandler]

    @classmethod
    def of(cls, methods: Iterable[Method], notifications: Iterable[Notification]) -> Handlers:
        """The handlers of two registries."""
        return cls(
            {method.name: method.handle for method in methods},
            {method.name: method.handle for method in notifications},
        )


class Wire(LanguageServerProtocol):
    """pygls' JSON-RPC with a dispatch that answers every request exactly once, however broken the
    message is.
    """

    def open(self, server: Server, write: Callable[[bytes], None]) -> None:
        """Begin to speak for `server` through `write`."""
        self._owner = server
        self._write = write
        self.set_writer(_Bodies(write), include_headers=False)

    def encode(self, value: object) -> str:
        """A protocol value as JSON text. May run in any thread."""
        return json.dumps(value, default=self._plain, separators=(",", ":"))

    def _plain(self, value: object) -> object:
        if isinstance(value, enum.Enum):
            return value.value
        return self._converter.unstructure(value)

    def structured(self, message: Mapping[str, object], method: str) -> Any:
        """The typed parameters of a request or notification. Raises `ResponseFailure` naming what
        does not fit.
        """
        message_type = self.get_message_type(method)
        if message_type is None:
            return message.get("params")
        try:
            return getattr(self._converter.structure(message, message_type), "params", None)
        except BaseValidationError as error:
            reasons = "; ".join(transform_error(error, path="message")[:3])
            # The names on the wire, not those of the Python types.
            reasons = re.sub(r"(?<=\w)_([a-z])", lambda found: found[1].upper(), reasons)
            raise ResponseFailure(INVALID_PARAMS, f"{method}: {reasons}.") from None
        except Exception as error:  # noqa: BLE001 - hooks of the types raise whatever they like
            raise ResponseFailure(
                INVALID_PARAMS, f"{method}: the parameters do not fit: {error!r}."
            ) from None

    def respond(self, message_id: MessageId | None, result: object) -> None:
        """Send a result."""
        text = result.json if isinstance(result, Encoded) else self.encode(result)
        self._write(f'{{"jsonrpc":"2.0","id":{json.dumps(message_id)},"result":{text}}}'.encode())

    def fail(self, message_id: MessageId | None, code: int, message: str) -> None:
        """Send an error."""
        error = {"code": code, "message": message}
        self._write(json.dumps({"jsonrpc": "2.0", "id": message_id, "error": error}).encode())

    def take_response(self, message: dict[str, object]) -> None:
        """Hand a response of the client to whoever asked."""
        message_id = message.get("id")
        if not isinstance(message_id, int | str):
            _log.warning("a response without a usable id was ignored")
            return
        future: Future[Any] | None = self._request_futures.pop(message_id, None)
        result_type = self._result_types.pop(message_id, None)
        if future is None:
            _log.debug("a response to no request was ignored")
            return
        if future.cancelled():
            return
        error = message.get("error")
        if error is not None:
            fields = error if isinstance(error, dict) else {}
            code, text = fields.get("code"), fields.get("message")
            future.set_exception(
                JsonRpcException(
                    message=text if isinstance(text, str) else "the client refused",
                    code=code if isinstance(code, int) else INTERNAL_ERROR,
                )
            )
            return
        try:
            value = message.get("result")
            if result_type is not None:
                value = self._converter.structure(message, result_type).result
            future.set_result(value)
        except Exception as error:  # noqa: BLE001 - belongs to whoever asked
            future.set_exception(error)


class _Bodies:
    """pygls' idea of a writer around the transport's."""

    def __init__(self, write: Callable[[bytes], None]) -> None:
        self._write = write

    def write(self, data: bytes) -> None:
        self._write(data)

    def close(self) -> None:
        """The transport closes itself."""


@dataclass(slots=True)
class _InFlight:
    method: str
    task: asyncio.Future[Any]


class Server(LanguageServer):
    """The server's life on one connection. Lives on the loop thread.

    `session` holds the state; `tasks` runs work in threads; what a family of methods must remember
    is in its own object, hung on by `lsp.methods`.
    """

    protocol: Wire
    client: Client

    session: Session
    tasks: Tasks

    def __init__(self, stop: Callable[[int], None]) -> None:
        super().__init__("pairwright", __version__, protocol_cls=Wire)
        self.loop: asyncio.AbstractEventLoop | None = None
        self.initialized = False
        self.shut_down = False
        self._handlers: Handlers | None = None
        self._in_flight: dict[MessageId, _InFlight] = {}
        self._background: set[asyncio.Task[Any]] = set()
        self._told: set[str] = set()
        self._stop = stop
        self._request_number = 0
        self._closing = False
        self.abandoned = False
        """Whether threads still ran when the server closed."""

    def load(self) -> Handlers:
        """Import everything else and say who handles what: called once, by the first
        message after `initialize`.
        """
        raise NotImplementedError

    def initialize(self, params: types.InitializeParams) -> types.InitializeResult:
        """Come to know the client and say what can be done for it; sets `client` and
        `initialized`.
        """
        raise NotImplementedError

    @property
    def handlers(self) -> Handlers:
        """Who handles what after `initialize`."""
        if self._handlers is None:
            from pairwright.session import Session
            from pairwright.tasks import Tasks

            self.session = Session(self.client.encoding)
            self.tasks = Tasks()
            self._handlers = self.load()
        return self._handlers

    # Receiver (transport.py).

    def connected(self, write: Callable[[bytes], None]) -> None:
        """A client is there."""
        self.loop = asyncio.get_running_loop()
        self.protocol.open(self, write)

    def unreadable(self, reason: str) -> None:
        """Bytes came that are no message: said once per stretch of them."""
        _log.warning("unreadable input: %s", reason)
        self.protocol.fail(None, PARSE_ERROR, f"This is no message: {reason}.")

    def receive(self, body: bytes) -> None:
        """Handle one message. Never raises."""
        try:
            message = json.loads(body)
            if _SURROGATE.search(body):
                message = _whole_characters(message)
        except (ValueError, RecursionError) as error:
            self.unreadable(f"not JSON ({error})")
            return
        try:
            for one in message if isinstance(message, list) and message else [message]:
                self._dispatch(one)
        except Exception:  # noqa: BLE001 - the loop must go on, whatever it was
            _log.exception("a message could not be handled")

    def stop(self, code: int) -> None:
        """End the process with `code` once the transport has written what waits."""
        self._stop(code)

    # Dispatch.

    def _dispatch(self, message: object) -> None:
        if not isinstance(message, dict):
            self.protocol.fail(None, INVALID_REQUEST, "A message must be an object.")
            return
        method = message.get("method")
        if isinstance(method, str) and "id" not in message:
            self._notify(method, message)
            return
        message_id = message.get("id")
        if isinstance(message_id, bool) or not isinstance(message_id, int | str):
            if method is None and message_id is None and "error" in message:
                _log.warning("the client reports an error outside of any request")
                return
            self.protocol.fail(None, INVALID_REQUEST, "`id` must be a number or a string.")
        elif isinstance(method, str):
            self._request(message_id, method, message)
        elif method is None and ("result" in message or "error" in message):
            self.protocol.take_response(message)
        else:
            self.protocol.fail(message_id, INVALID_REQUEST, "`method` must be a string.")

    def _notify(self, method: str, message: dict[str, object]) -> None:
        if method == types.CANCEL_REQUEST:
            params = message.get("params")
            wanted = params.get("id") if isinstance(params, dict) else None
            if isinstance(wanted, int | str) and wanted in self._in_flight:
                self._in_flight[wanted].task.cancel()
            return
        if method == types.EXIT:
            # 0 after `shutdown`, else 1 (LSP 3.17).
            self.stop(0 if self.shut_down else 1)
            return
        if not self.initialized or self.shut_down:
            return
        handle = self.handlers.notifications.get(method)
        if handle is None:
            if not method.startswith("$/"):
                _log.debug("notification `%s` is not listened to", method)
            return
        try:
            handle(self, self.protocol.structured(message, method))
        except Exception as error:  # noqa: BLE001 - one notification must not end the server
            self.report_failure(f"notification `{method}`", error)

    def _request(self, message_id: MessageId, method: str, message: dict[str, object]) -> None:
        if message_id in self._in_flight:
            self.protocol.fail(
                message_id, INVALID_REQUEST, "A request with this id is being worked on."
            )
            return
        try:
            if method == types.INITIALIZE:
                params = self.protocol.structured(message, method)
                self.protocol.respond(message_id, self.initialize(params))
                return
            if not self.initialized:
                raise ResponseFailure(SERVER_NOT_INITIALIZED, "`initialize` comes first.")
            if self.shut_down:
                raise ResponseFailure(INVALID_REQUEST, "The server is shutting down.")
            handle = self.handlers.requests.get(method)
            if handle is None:
                raise ResponseFailure(METHOD_NOT_FOUND, f"There is no method `{method}`.")
            result = handle(self, self.session.snapshot, self.protocol.structured(message, method))
            if not isinstance(result, Awaitable):
                self.protocol.respond(message_id, result)
                return
        except Exception as error:  # noqa: BLE001 - every request is answered
            self._answer_failure(message_id, method, error)
            return
        task = asyncio.ensure_future(result)
        self._in_flight[message_id] = _InFlight(method, task)
        task.add_done_callback(partial(self._finished, message_id, method))

    def _finished(self, message_id: MessageId, method: str, task: asyncio.Future[Any]) -> None:
        del self._in_flight[message_id]
        if task.cancelled():
            self.protocol.fail(message_id, REQUEST_CANCELLED, "The request was cancelled.")
            return
        error = task.exception()
        if error is not None:
            self._answer_failure(message_id, method, error)
            return
        try:
            self.protocol.respond(message_id, task.result())
        except Exception as unencodable:  # noqa: BLE001 - every request is answered
            self._answer_failure(message_id, method, unencodable)

    def _answer_failure(self, message_id: MessageId, method: str, error: BaseException) -> None:
        match error:
            case ResponseFailure():
                _log.debug("%s was refused: %s", method, error.message)
                self.protocol.fail(message_id, error.code, error.message)
            case Cancelled() | asyncio.CancelledError():
                self.protocol.fail(message_id, REQUEST_CANCELLED, "The request was cancelled.")
            case StaleDocument():
                _log.debug("%s came too late: %s", method, error)
                self.protocol.fail(message_id, CONTENT_MODIFIED, str(error))
            case BadArgument():
                _log.info("%s: %s", method, error)
                self.protocol.fail(message_id, INVALID_PARAMS, str(error))
            case UserError():
                _log.warning("%s: %s", method, error)
                self.protocol.fail(message_id, REQUEST_FAILED, str(error))
            case _:
                _log.error("%s failed\n%s", method, _trace(error))
                self.protocol.fail(
                    message_id,
                    INTERNAL_ERROR,
                    f"Pairwright failed at `{method}` ({type(error).__name__}). "
                    "The log says more: run `pairwright.logs`.",
                )

    def report_failure(self, what: str, error: BaseException) -> None:
        """Log a failure that no request waits for, and tell the person of each kind once."""
        if isinstance(error, Cancelled | asyncio.CancelledError):
            return
        if isinstance(error, ResponseFailure):
            _log.warning("%s was ignored: %s", what, error.message)
            return
        if isinstance(error, UserError):
            _log.warning("%s: %s", what, error)
            self.tell_once(str(error), types.MessageType.Warning)
            return
        _log.error("%s failed\n%s", what, _trace(error))
        self.tell_once(
            f"Pairwright failed at {what} ({type(error).__name__}). "
            "The log says more: run `pairwright.logs`.",
            types.MessageType.Error,
        )

    def tell_once(self, message: str, kind: types.MessageType) -> None:
        """Show a message to the person, unless the same was shown before."""
        if message not in self._told:
            self._told.add(message)
            self.window_show_message(types.ShowMessageParams(type=kind, message=message))

    # Work.

    def spawn(self, what: str, work: Coroutine[Any, Any, None]) -> asyncio.Task[None]:
        """Run a coroutine that no request waits for; `what` names it in the log should it fail."""
        task = asyncio.get_running_loop().create_task(work)
        self._background.add(task)

        def done(task: asyncio.Task[None]) -> None:
            self._background.discard(task)
            if task.cancelled() or (error := task.exception()) is None:
                return
            if self._closing:
                _log.debug("%s ended with the server", what, exc_info=error)
            else:
                self.report_failure(what, error)

        task.add_done_callback(done)
        return task

    async def compute(
        self,
        work: Callable[[CancelToken, Progress], object],
        *,
        progress: Progress | None = None,
        priority: Priority | None = None,
    ) -> Encoded:
        """Run `work` in a thread and encode what it returns there too. Cancelled with the request
        that awaits it.
        """
        from pairwright.tasks import Priority

        self._request_number += 1

        def run(token: CancelToken, relay: Progress) -> Encoded:
            result = work(token, relay)
            token.check()
            return Encoded(self.protocol.encode(result))

        return await self.tasks.submit(
            ("request", self._request_number),
            run,
            progress=progress,
            priority=priority or Priority.INTERACTIVE,
        )

    async def close(self) -> None:
        """Cancel all work and wait a moment for it to notice."""
        self._closing = True
        if self._handlers is None:
            return
        for flight in list(self._in_flight.values()):
            flight.task.cancel()
        for task in list(self._background):
            task.cancel()
        left = await self.tasks.shutdown(grace_seconds=3.0)
        if left:
            self.abandoned = True
            _log.warning("work was abandoned: %s", ", ".join(map(str, left)))
        with contextlib.suppress(asyncio.CancelledError):
            await asyncio.gather(*self._background, return_exceptions=True)


_SURROGATE = re.compile(rb"\\u[dD][89a-fA-F]")


def _whole_characters(value: object) -> Any:
    """The value with half surrogate pairs replaced by U+FFFD, which is as wide in UTF-16.

    JSON can write them, but no encoder, file name or database takes such text.
    """
    if isinstance(value, str):
        return value.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace")
    if isinstance(value, list):
        return [_whole_characters(one) for one in value]
    if isinstance(value, dict):
        return {_whole_characters(key): _whole_characters(one) for key, one in value.items()}
    return value


def _trace(error: BaseException) -> str:
    return "".join(traceback.format_exception(error)).rstrip()
