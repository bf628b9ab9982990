"""The few requests that are made of a Chroma server, over plain HTTP (its API, version 2).

Owns the wire: addresses, time limits, and what an answer must look like. It must not know what is
kept in a collection or why. The requests are our own because Chroma's Python client has no time
limit, reads settings from a `.env` file in whatever folder is open, sends through the proxy of the
environment, and costs each server half a second and 46 MB to import.
"""

from __future__ import annotations

import base64
import json
import threading
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from urllib.parse import quote, urlsplit

from pairwright.errors import ChromaProblem

if TYPE_CHECKING:
    from http.client import HTTPConnection

    import numpy as np
    import numpy.typing as npt

    Floats = npt.NDArray[np.float32]

QUERY_SECONDS = 3.0
"""Somebody waits for the answer."""
LOOK_SECONDS = 15.0
CHANGE_SECONDS = 60.0

_MOST_BYTES = 64 << 20
_DATABASE = "/api/v2/tenants/default_tenant/databases/default_database/collections"
_SPACES = "cosine"
# More than the default, so that the first hundreds are found and not only the first ten.
_LOOKED_AT = 400


@dataclass(frozen=True, slots=True)
class Collection:
    """A collection as the server says it is."""

    id: str
    name: str
    metadata: dict[str, Any]


class ChromaHttp:
    """One server. Its methods may be called from any thread; each raises ChromaProblem when the
    server does not answer in time, refuses, or answers what no Chroma server would.
    """

    def __init__(self, url: str) -> None:
        """Makes no request. Raises ChromaProblem for what is no address of a server."""
        try:
            parts = urlsplit(url)
            port = parts.port
        except ValueError as error:
            raise _no_address(url, str(error)) from error
        if parts.scheme not in ("http", "https") or not parts.hostname:
            raise _no_address(url, "it must begin with `http://` or `https://` and name a host")
        if parts.username or parts.password:
            raise _no_address(url, "it must not hold a password")
        self.url = url
        self._secure = parts.scheme == "https"
        self._host = parts.hostname
        self._port = port or (443 if self._secure else 8000)
        self._base = parts.path.rstrip("/")
        self._lock = threading.Lock()
        self._connection: HTTPConnection | None = None

    def close(self) -> None:
        """Let go of the connection; the next request makes another one."""
        with self._lock:
            self._drop()

    # --- requests

    def heartbeat(self, seconds: float = LOOK_SECONDS) -> None:
        """Raises unless a Chroma server answers."""
        answer = self._ask("GET", "/api/v2/heartbeat", None, seconds)
        if not isinstance(answer, dict) or "nanosecond heartbeat" not in answer:
            raise self._nonsense("a heartbeat")

    def most_rows(self) -> int:
        """How many rows a request may change."""
        answer = self._ask("GET", "/api/v2/pre-flight-checks", None, LOOK_SECONDS)
        most = answer.get("max_batch_size") if isinstance(answer, dict) else None
        if not isinstance(most, int) or most < 1:
            raise self._nonsense("its limits")
        return most

    def collection(self, name: str) -> Collection | None:
        """A collection by name, or None."""
        found = self._ask("GET", f"{_DATABASE}/{quote(name)}", None, LOOK_SECONDS, missing=True)
        return None if found is None else self._collection(found)

    def make_collection(self, name: str, metadata: dict[str, Any]) -> Collection:
        """A collection for vectors that are compared by their cosine, as it is if it is there."""
        request = {
            "name": name,
            "metadata": metadata,
            "configuration": {"hnsw": {"space": _SPACES, "ef_search": _LOOKED_AT}},
            "get_or_create": True,
        }
        return self._collection(self._ask("POST", _DATABASE, request, CHANGE_SECONDS))

    def drop_collection(self, name: str) -> None:
        """Delete a collection, if it is there."""
        self._ask("DELETE", f"{_DATABASE}/{quote(name)}", None, CHANGE_SECONDS, missing=True)

    def count(self, collection: Collection) -> int:
        """How many rows a collection has."""
        answer = self._ask("GET", f"{_DATABASE}/{collection.id}/count", None, LOOK_SECONDS)
        if not isinstance(answer, int):
            raise self._nonsense("a count")
        return answer

    def upsert(self, collection: Collection, ids: Sequence[str], rows: Floats) -> None:
        """Add rows, or put them in place of those of the same ids."""
        from pairwright.index.arrays import np

        data = np.ascontiguousarray(rows, "<f4")
        request = {
            "ids": list(ids),
            "embeddings": [base64.b64encode(row).decode() for row in data],
        }
        self._ask("POST", f"{_DATABASE}/{collection.id}/upsert", request, CHANGE_SECONDS)

    def delete(self, collection: Collection, ids: Sequence[str]) -> None:
        """Delete rows by id."""
        path = f"{_DATABASE}/{collection.id}/delete"
        self._ask("POST", path, {"ids": list(ids)}, CHANGE_SECONDS)

    def present(self, collection: Collection, ids: Sequence[str]) -> set[str]:
        """Those of some ids that have a row."""
        request = {"ids": list(ids), "include": []}
        answer = self._ask("POST", f"{_DATABASE}/{collection.id}/get", request, CHANGE_SECONDS)
        try:
            return {str(name) for name in answer["ids"]}
        except (TypeError, KeyError) as error:
            raise self._nonsense("what is there") from error

    def rows(self, collection: Collection, ids: Sequence[str]) -> dict[str, list[float]]:
        """The rows of some ids, those that are there."""
        request = {"ids": list(ids), "include": ["embeddings"]}
        answer = self._ask("POST", f"{_DATABASE}/{collection.id}/get", request, LOOK_SECONDS)
        try:
            return dict(zip(answer["ids"], answer["embeddings"] or (), strict=True))
        except (TypeError, KeyError, ValueError) as error:
            raise self._nonsense("rows") from error

    def nearest(
        self, collection: Collection, query: Floats, limit: int, among: Sequence[str] | None = None
    ) -> list[tuple[str, float]]:
        """The ids nearest to a query with their cosines, the best first; of some ids or all."""
        request: dict[str, Any] = {
            "query_embeddings": [[float(value) for value in query]],
            "n_results": limit,
            "include": ["distances"],
        }
        if among is not None:
            request["ids"] = list(among)
        answer = self._ask("POST", f"{_DATABASE}/{collection.id}/query", request, QUERY_SECONDS)
        try:
            ids, distances = answer["ids"][0], answer["distances"][0]
            return [(str(name), 1.0 - float(far)) for name, far in zip(ids, distances, strict=True)]
        except (TypeError, KeyError, IndexError, ValueError) as error:
            raise self._nonsense("what is near") from error

    # --- the wire

    def _ask(
        self, method: str, path: str, request: object, seconds: float, *, missing: bool = False
    ) -> Any:
        """The answer to a request; None for one that says 404, where that may be."""
        body = None if request is None else json.dumps(request).encode()
        with self._lock:
            status, raw = self._exchanged(method, self._base + path, body, seconds)
        if missing and status == 404:
            return None
        try:
            answer = json.loads(raw) if raw else None
        except ValueError as error:
            raise self._stranger(f"its answer is no JSON, status {status}") from error
        if status >= 400:
            said = answer.get("message") or answer.get("error") if isinstance(answer, dict) else ""
            if status == 404 and not said:
                raise self._stranger(f"it knows no `{path}`")
            raise ChromaProblem(
                f"The Chroma server at {self.url} refused a request: {said or status}",
                "Search goes on without it; see its own log.",
            )
        return answer

    def _exchanged(
        self, method: str, path: str, body: bytes | None, seconds: float
    ) -> tuple[int, bytes]:
        # Imported here: it brings TLS and mail along, and most servers never speak to Chroma.
        from http.client import HTTPConnection, HTTPException, HTTPSConnection

        again = self._connection is not None
        while True:
            if self._connection is None:
                kind = HTTPSConnection if self._secure else HTTPConnection
                self._connection = kind(self._host, self._port)
            connection = self._connection
            connection.timeout = seconds
            if connection.sock is not None:
                connection.sock.settimeout(seconds)
            try:
                connection.request(method, path, body, {"Content-Type": "application/json"})
                response = connection.getresponse()
                raw = response.read(_MOST_BYTES + 1)
            except (OSError, HTTPException) as error:
                self._drop()
                # A server may close a connection that was idle; a request that timed out has had
                # its time.
                if again and not isinstance(error, TimeoutError):
                    again = False
                    continue
                raise self._silent(error) from error
            if len(raw) > _MOST_BYTES:
                self._drop()
                raise self._nonsense("an answer of bounded length")
            if response.will_close:
                self._drop()
            return response.status, raw

    def _drop(self) -> None:
        if self._connection is not None:
            self._connection.close()
            self._connection = None

    def _collection(self, answer: Any) -> Collection:
        try:
            return Collection(str(answer["id"]), str(answer["name"]), answer.get("metadata") or {})
        except (TypeError, KeyError, AttributeError) as error:
            raise self._nonsense("a collection") from error

    # --- what went wrong

    def _silent(self, error: Exception) -> ChromaProblem:
        said = "it did not answer in time" if isinstance(error, TimeoutError) else error
        return ChromaProblem(
            f"There is no answer from the Chroma server at {self.url}: {said}",
            "Search goes on without it, and asks again later.",
        )

    def _stranger(self, why: str) -> ChromaProblem:
        return ChromaProblem(
            f"What answers at {self.url} is no Chroma server of version 1: {why}",
            "Set `search.chroma_url` to one, or to nothing for a server of our own.",
        )

    def _nonsense(self, asked: str) -> ChromaProblem:
        return self._stranger(f"asked for {asked}, it said something else")


def _no_address(url: str, why: str) -> ChromaProblem:
    return ChromaProblem(
        f"`{url}` is no address of a Chroma server: {why}",
        "Set `search.chroma_url` to one such as `http://127.0.0.1:8000`, or to nothing.",
    )
