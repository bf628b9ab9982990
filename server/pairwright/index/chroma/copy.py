"""The copy of a root's vectors in a Chroma server: brought up to date, checked, and asked.

Owns what is in a collection and whether it can be believed. The truth is the store: whatever is
wrong with the copy, it is made anew from there. It must not know how a server is reached or run.

A collection belongs to one name (a root, or what a team calls it) and one encoder; an id is the
digest of the text that a vector was made from.
"""

from __future__ import annotations

import logging
import random
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from hashlib import blake2b
from pathlib import Path
from typing import TYPE_CHECKING, Any

from pairwright.errors import ChromaProblem
from pairwright.index.chroma.http import ChromaHttp, Collection
from pairwright.index.chroma.server import ManagedServer, managed_server, restarted
from pairwright.index.vectors import DIGEST, Batch, EncoderKey, VectorStore

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt

    Floats = npt.NDArray[np.float32]

_log = logging.getLogger(__name__)

_SAMPLE = 64
_PROBED = 8
_NEAR = 1e-3
_RETRY_SECONDS = 30.0
# Chroma takes 5 461 rows at once, and fails for very many results.
_MOST_ROWS = 5_000
_MOST_RESULTS = 2_000


@dataclass(frozen=True, slots=True)
class ChromaOptions:
    """Where the copy is: a server at `url`, or our own with its data in `folder` when that is "".

    `name` tells this root's vectors from those of others on the same server. All who have the same
    name on a team's server share one collection, which then may hold more than any one of them has.
    """

    folder: Path
    name: str
    url: str = ""


class ChromaCopy:
    """The copy of one root's vectors. Its methods may be called from any thread.

    `problem` says why it cannot be asked, "" when it can; `close` it.
    """

    def __init__(self, options: ChromaOptions) -> None:
        self.problem = ""
        self._options = options
        self._lock = threading.RLock()
        self._server: ManagedServer | None = None
        self._http: ChromaHttp | None = None
        self._ready: tuple[EncoderKey, Collection] | None = None
        self._has: set[tuple[int, int]] = set()
        self._not_before = 0.0

    def close(self) -> None:
        """Let go of the server."""
        with self._lock:
            self._disconnect()

    def nearest(
        self,
        encoder: EncoderKey,
        query: Floats,
        limit: int,
        among: Sequence[bytes] | None = None,
    ) -> list[tuple[bytes, float]]:
        """The digests of the vectors nearest to a query, with their cosines, the best first.

        Approximate. Of some digests, or of all there are: with more of them than there may be
        results they are not asked for. Raises ChromaProblem while the copy is down or is not up to
        date.
        """
        if among is not None and len(among) > _MOST_RESULTS:
            among = None
        collection, http = self._asked(encoder)
        names = None if among is None else [digest.hex() for digest in among]
        wanted = min(limit, _MOST_RESULTS)
        try:
            found = http.nearest(collection, query, wanted, names)
            return [(_digest(name), cosine) for name, cosine in found]
        except (ChromaProblem, ValueError) as error:
            with self._lock:
                raise self._failed(error) from error

    def rows(self, encoder: EncoderKey, digests: Sequence[bytes]) -> dict[bytes, Floats]:
        """The vectors of some digests, those that are there. Raises ChromaProblem as `nearest`."""
        from pairwright.index.arrays import np

        collection, http = self._asked(encoder)
        try:
            found = http.rows(collection, [digest.hex() for digest in digests[:_MOST_RESULTS]])
            return {_digest(name): np.asarray(row, np.float32) for name, row in found.items()}
        except (ChromaProblem, ValueError) as error:
            with self._lock:
                raise self._failed(error) from error

    def is_ready(self, encoder: EncoderKey) -> bool:
        """Whether it was up to date once, and has answered since."""
        with self._lock:
            return self._ready is not None and self._ready[0] == encoder

    def _asked(self, encoder: EncoderKey) -> tuple[Collection, ChromaHttp]:
        with self._lock:
            if self._ready is None or self._ready[0] != encoder or self._http is None:
                raise self._waiting()
            return self._ready[1], self._http

    def update(self, vectors: VectorStore, encoder: EncoderKey, check: Callable[[], None]) -> None:
        """Bring the copy up to date with the store: to be called when a server is first wanted, and
        whenever vectors were made.

        Looks whether a sample of what it should have is found, and makes all of it anew if not.
        `check` may raise to end it. Raises ChromaProblem; when it is called soon after that, again
        without another try.
        """
        with self._lock:
            if time.monotonic() < self._not_before:
                raise ChromaProblem(self.problem, "It is asked again in half a minute.")
        try:
            for last in (False, True):
                try:
                    http = self._connected(check)
                    with self._alone(check):
                        self._updated(http, vectors, encoder, check)
                    return
                except ChromaProblem as problem:
                    if self._server is None:
                        raise
                    _log.debug("the Chroma server is asked again: %s", problem.happened)
                    if last:
                        break
            # Data that a killed server left may be beyond repair by any request.
            _log.warning("the Chroma server starts anew, without the data it had")
            http = self._restarted(check)
            with self._alone(check):
                self._updated(http, vectors, encoder, check)
        except (ChromaProblem, OSError) as problem:
            with self._lock:
                self._not_before = time.monotonic() + _RETRY_SECONDS
                raise self._failed(problem) from problem

    # --- the server

    def _connected(self, check: Callable[[], None]) -> ChromaHttp:
        with self._lock:
            if self._http is not None:
                try:
                    self._http.heartbeat()
                    return self._http
                except ChromaProblem:
                    self._disconnect()
            if self._options.url:
                http = ChromaHttp(self._options.url)
                http.heartbeat()
            else:
                self._server = managed_server(self._options.folder, check)
                http = self._server.http
            self._http = http
            return http

    @contextmanager
    def _alone(self, check: Callable[[], None]) -> Iterator[None]:
        """Among the users of a server of our own, be the one who changes it."""
        if self._server is None:
            yield
        else:
            with self._server.alone(check):
                yield

    def _restarted(self, check: Callable[[], None]) -> ChromaHttp:
        with self._lock:
            assert self._server is not None
            server, self._server = self._server, None
            self._disconnect()
            self._server = restarted(server, check)
            self._http = self._server.http
            return self._http

    def _disconnect(self) -> None:
        self._ready = None
        if self._http is not None:
            self._http.close()
            self._http = None
        if self._server is not None:
            self._server.close()
            self._server = None

    def _failed(self, error: Exception) -> ChromaProblem:
        problem = (
            error
            if isinstance(error, ChromaProblem)
            else ChromaProblem(f"The Chroma server gave a strange answer ({error})", _GOES_ON)
        )
        if self.problem != problem.happened:
            _log.warning("%s", problem.happened)
        self.problem = problem.happened
        self._ready = None
        return problem

    def _waiting(self) -> ChromaProblem:
        return ChromaProblem(
            self.problem or "The copy of the vectors in Chroma is not up to date yet", _GOES_ON
        )

    # --- what is in it

    def _updated(
        self,
        http: ChromaHttp,
        vectors: VectorStore,
        encoder: EncoderKey,
        check: Callable[[], None],
    ) -> None:
        name = collection_name(self._options.name, encoder)
        collection = http.make_collection(name, {"encoder": encoder.id})
        marks = vectors.marks(encoder)
        with self._lock:
            same = self._ready is not None and self._ready == (encoder, collection)
            has = set(self._has) if same else set()
        truth = _Truth(encoder, len(marks))
        for mark in marks:
            batch = vectors.batch(encoder, mark[0])
            if batch is not None:
                sample = truth.take(batch)
                if mark not in has:
                    # Another process, or an earlier one of ours, may have put it there in part.
                    as_it_should = not _differing(http, collection, sample)
                    _put(http, collection, encoder, batch, check, only_missing=as_it_should)
        shared = bool(self._options.url)
        wrong = _what_is_wrong(http, collection, truth, shared=shared)
        if wrong:
            _log.warning("the copy of the vectors in Chroma is made anew: %s", wrong)
            http.drop_collection(name)
            collection = http.make_collection(name, {"encoder": encoder.id})
            for identity, _ in marks:
                batch = vectors.batch(encoder, identity)
                if batch is not None:
                    _put(http, collection, encoder, batch, check)
            wrong = _what_is_wrong(http, collection, truth, shared=shared)
            if wrong:
                raise ChromaProblem(f"The Chroma server does not keep vectors: {wrong}", _GOES_ON)
        with self._lock:
            self._ready = encoder, collection
            self._has = set(marks)
            self._not_before = 0.0
            self.problem = ""


_GOES_ON = "Search goes on without it."


def collection_name(name: str, encoder: EncoderKey) -> str:
    """The collection of a name and an encoder: letters and digits that Chroma allows."""
    said = f"{name}\0{encoder.id}\0{encoder.dimensions}"
    return f"pairwright-{blake2b(said.encode(), digest_size=16).hexdigest()}"


def pieces_of(found: Sequence[tuple[bytes, float]], digests: Any) -> tuple[Any, Floats]:
    """The pieces that have the digests found, and the cosine of each: int32[k], float32[k], in the
    order found, equal pieces by number. `digests` are those of all pieces, 16 bytes each.
    """
    from pairwright.index.arrays import np
    from pairwright.index.vectors import digest_keys

    keys = digest_keys(digests)
    wanted = digest_keys(b"".join(digest for digest, _ in found))
    rank = {(int(first), int(second)): at for at, (first, second) in enumerate(wanted)}
    near = np.flatnonzero(np.isin(keys[:, 0], wanted[:, 0]))
    places = [
        (at, int(piece))
        for piece in near
        if (at := rank.get((int(keys[piece, 0]), int(keys[piece, 1])))) is not None
    ]
    places.sort()
    pieces = np.array([piece for _, piece in places], np.int32)
    return pieces, np.array([found[at][1] for at, _ in places], np.float32)


def _names(batch: Batch) -> list[str]:
    text = batch.digests.hex()
    return [text[at : at + 2 * DIGEST] for at in range(0, len(text), 2 * DIGEST)]


def _digest(name: str) -> bytes:
    digest = bytes.fromhex(name)
    if len(digest) != DIGEST:
        raise ValueError(f"`{name}` is no digest")
    return digest


def _rows(batch: Batch, encoder: EncoderKey) -> Floats:
    """A batch's vectors, of length 1. What is all zeros gets a direction that no query has: Chroma
    knows no cosine of it.
    """
    from pairwright.index.arrays import np

    rows = np.frombuffer(batch.rows, np.int8).reshape(-1, encoder.dimensions).astype(np.float32)
    lengths = np.linalg.norm(rows, axis=1, keepdims=True)
    rows[lengths[:, 0] == 0, 0] = 1e-6
    unit: Floats = (rows / np.where(lengths > 0, lengths, 1.0)).astype(np.float32)
    return unit


class _Truth:
    """What a collection should have: the digests of all batches, and of each some vectors."""

    def __init__(self, encoder: EncoderKey, batches: int) -> None:
        self._encoder = encoder
        self._share = max(4, _SAMPLE // max(batches, 1))
        self._digests: list[bytes] = []
        self.sample: dict[str, Floats] = {}

    def take(self, batch: Batch) -> dict[str, Floats]:
        """Take in a batch; some of its vectors by id, none that is all zeros."""
        self._digests.append(batch.digests)
        width = self._encoder.dimensions
        sample = {}
        for at in random.sample(range(batch.count), min(self._share, batch.count)):
            row = batch.rows[at * width : (at + 1) * width]
            if any(row):
                one = Batch(0, batch.digests[at * DIGEST : (at + 1) * DIGEST], row)
                sample[_names(one)[0]] = _rows(one, self._encoder)[0]
        self.sample.update(sample)
        return sample

    def count(self) -> int:
        """How many different digests there are."""
        from pairwright.index.arrays import np
        from pairwright.index.vectors import digest_keys

        return len(np.unique(digest_keys(b"".join(self._digests)), axis=0))


def _put(
    http: ChromaHttp,
    collection: Collection,
    encoder: EncoderKey,
    batch: Batch,
    check: Callable[[], None],
    *,
    only_missing: bool = False,
) -> None:
    most = min(http.most_rows(), _MOST_ROWS)
    names, rows = _names(batch), _rows(batch, encoder)
    for start in range(0, len(names), most):
        check()
        # An id may stand in a batch twice, which Chroma refuses.
        ids = {name: at for at, name in enumerate(names[start : start + most], start)}
        there = http.present(collection, list(ids)) if only_missing else set()
        left = {name: at for name, at in ids.items() if name not in there}
        if left:
            http.upsert(collection, list(left), rows[list(left.values())])


def _differing(http: ChromaHttp, collection: Collection, sample: dict[str, Floats]) -> str:
    """One of a sample that is not as it should be, "" for none."""
    from pairwright.index.arrays import np

    if not sample:
        return ""
    rows = http.rows(collection, list(sample))
    for name, row in sample.items():
        kept = rows.get(name)
        if kept is None or len(kept) != len(row) or np.abs(np.asarray(kept) - row).max() > _NEAR:
            return name
    return ""


def _what_is_wrong(http: ChromaHttp, collection: Collection, truth: _Truth, *, shared: bool) -> str:
    """Why a collection cannot be believed, "" when it can."""
    expected = truth.count()
    count = http.count(collection)
    if count < expected:
        return f"it has {count} vectors of {expected}"
    if not shared and count > 2 * expected + _MOST_ROWS:
        return f"it has {count} vectors where there are {expected}"
    name = _differing(http, collection, truth.sample)
    if name:
        return f"the vector {name} is missing or another one"
    for name in random.sample(sorted(truth.sample), min(_PROBED, len(truth.sample))):
        near = http.nearest(collection, truth.sample[name], 10)
        best = near[0][1] if near else -1.0
        # Equal vectors may stand before it.
        if abs(best - 1.0) > _NEAR:
            return f"the vector {name} is not found by itself"
    return ""
