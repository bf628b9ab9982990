"""Which vectors are near: in memory and exactly, or in the copy that Chroma has.

Owns the choice between the two, and what is said when the copy cannot be asked. It must not know
encoders, nor how what it finds is ranked.
"""

from __future__ import annotations

import logging
import threading
from dataclasses import dataclass
from enum import Enum
from typing import TYPE_CHECKING, Any

from pairwright.errors import Cancelled, ChromaProblem
from pairwright.index.chroma.copy import ChromaCopy, ChromaOptions, pieces_of
from pairwright.index.vectors import EncoderKey, VectorStore, digest_keys

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt

    Floats = npt.NDArray[np.float32]
    Numbers = npt.NDArray[np.int32]
    Mask = npt.NDArray[np.bool_]

_log = logging.getLogger(__name__)

# Some of what is found belongs to no piece any more, and a large mask drops some.
_MORE = 2
# Without the copy, this many times what is searched in memory still is: slow, but found.
_FALLBACK = 2


class Where(Enum):
    """Where vectors are searched (the setting `search.store`)."""

    AUTO = "auto"
    MEMORY = "memory"
    CHROMA = "chroma"


@dataclass(frozen=True, slots=True)
class VectorOptions:
    """`memory_chunks` is how many pieces `AUTO` searches in memory."""

    chroma: ChromaOptions
    where: Where = Where.AUTO
    memory_chunks: int = 200_000


@dataclass(frozen=True, slots=True, eq=False)
class Near:
    """The pieces nearest to a query, the best first, and their cosines.

    `covered` pieces have a vector. `note` is a sentence on what was not looked at, "" for all is
    well; `degraded` says that what was asked for is down.
    """

    pieces: Numbers
    cosines: Floats
    covered: int
    note: str = ""
    degraded: bool = False


class VectorSearch:
    """Near vectors of one root. From any thread; `close` it."""

    def __init__(self, vectors: VectorStore, options: VectorOptions) -> None:
        self._vectors = vectors
        self._options = options
        self._lock = threading.Lock()
        self._copy: ChromaCopy | None = None
        self._updating: threading.Thread | None = None
        self._closed = threading.Event()

    def near(
        self,
        encoder: EncoderKey,
        digests: Any,
        query: Floats,
        limit: int,
        mask: Mask | None = None,
    ) -> Near:
        """The pieces most like a query. `digests` has 16 bytes for each piece, `mask` says which
        may be found.
        """
        count = len(digest_keys(digests))
        if not self._asks_copy(count):
            return self._exactly(encoder, digests, query, limit, mask)
        try:
            return self._in_copy(encoder, digests, query, limit, mask)
        except ChromaProblem as problem:
            self._update_later(encoder)
            # What is only being filled for the first time is not down.
            copy = self._copy
            down = copy is not None and bool(copy.problem)
            if count <= _FALLBACK * self._options.memory_chunks:
                found = self._exactly(encoder, digests, query, limit, mask)
                note = problem.happened if down else ""
                return Near(found.pieces, found.cosines, found.covered, note, down)
            from pairwright.index.arrays import np

            note = f"{problem.happened} Search goes by words and names alone."
            return Near(np.empty(0, np.int32), np.empty(0, np.float32), 0, note, down)

    def update(self, encoder: EncoderKey, count: int) -> None:
        """Vectors were made, `count` pieces are searched: bring the copy up to date, in a thread of
        its own, if one is in use.
        """
        if self._asks_copy(count):
            self._update_later(encoder)

    def settled(self, seconds: float | None = None) -> str:
        """Wait until no update is under way; why the copy cannot be asked, "" when it can."""
        thread = self._updating
        if thread is not None:
            thread.join(seconds)
        copy = self._copy
        return copy.problem if copy is not None else ""

    def close(self) -> None:
        """Let go of the server; an update under way ends at its next step."""
        self._closed.set()
        self.settled()
        if self._copy is not None:
            self._copy.close()

    # --- inside

    def _asks_copy(self, count: int) -> bool:
        where = self._options.where
        if where is Where.AUTO:
            return count > self._options.memory_chunks
        return where is Where.CHROMA

    def _exactly(
        self, encoder: EncoderKey, digests: Any, query: Floats, limit: int, mask: Mask | None
    ) -> Near:
        index = self._vectors.index(encoder, digests)
        return Near(*index.search(query, limit, mask), index.covered)

    def _in_copy(
        self, encoder: EncoderKey, digests: Any, query: Floats, limit: int, mask: Mask | None
    ) -> Near:
        from pairwright.index.arrays import np

        copy = self._copy
        if copy is None:
            raise ChromaProblem(
                "The copy of the vectors in Chroma is not there yet", "Wait for it."
            )
        keys = digest_keys(digests)
        among = None
        if mask is not None:
            allowed = {key.tobytes() for key in keys[np.flatnonzero(mask)]}
            among = sorted(allowed)
        found = copy.nearest(encoder, query, _MORE * limit, among)
        pieces, cosines = pieces_of(found, digests)
        if mask is not None:
            allowed_pieces = mask[pieces]
            pieces, cosines = pieces[allowed_pieces], cosines[allowed_pieces]
        covered = min(self._vectors.count(encoder), len(keys))
        return Near(pieces[:limit], cosines[:limit], covered)

    def _update_later(self, encoder: EncoderKey) -> None:
        with self._lock:
            if self._closed.is_set() or (self._updating is not None and self._updating.is_alive()):
                return
            if self._copy is None:
                self._copy = ChromaCopy(self._options.chroma)
            thread = threading.Thread(
                target=self._update, args=(self._copy, encoder), name="index-chroma", daemon=True
            )
            self._updating = thread
            thread.start()

    def _update(self, copy: ChromaCopy, encoder: EncoderKey) -> None:
        try:
            copy.update(self._vectors, encoder, self._check)
        except Cancelled:
            return
        except ChromaProblem as problem:
            # The next query says so.
            _log.debug("%s", problem)

    def _check(self) -> None:
        if self._closed.is_set():
            raise Cancelled
