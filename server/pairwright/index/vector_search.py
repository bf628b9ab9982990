"""Which vectors are near: in memory and exactly, or in the copy that Chroma has.

Owns the choice between the two, and what is said when the copy cannot be asked. It must not know
encoders, nor how what it finds is ranked.
"""

from __future__ import annotations

import logging
import threading
from dataclasses import dataclass, replace
from enum import Enum
from typing import TYPE_CHECKING, Any

from pairwright.errors import Cancelled, ChromaProblem
from pairwright.index.chroma.copy import ChromaCopy, ChromaOptions, pieces_of
from pairwright.index.vectors import EncoderKey, VectorIndex, VectorStore, digest_keys

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt

    Floats = npt.NDArray[np.float32]
    Numbers = npt.NDArray[np.int32]

_log = logging.getLogger(__name__)

NEAREST = 1_000
"""How many of the nearest vectors the copy is asked for: a rank looks at the first hundreds."""

# Without the copy, this many times what is searched in memory still is: slow, but found.
_FALLBACK = 2
_FILLING = "The copy of the vectors in Chroma is being filled."


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


class CopyIndex:
    """The vectors of pieces as `VectorIndex` has them, asked for in the copy: for one query.

    When the server fails meanwhile, `scores` are those of the vectors in memory where these are few
    enough, else all zero; `note` and `degraded` say so.
    """

    def __init__(
        self, search: VectorSearch, copy: ChromaCopy, encoder: EncoderKey, digests: Any
    ) -> None:
        self.encoder = encoder
        self.slots = search.vectors.slots(encoder, digests)
        self.covered = int((self.slots >= 0).sum())
        self.note = ""
        self.degraded = False
        self._search = search
        self._copy = copy
        self._digests = digests
        self._own: dict[int, Floats] = {}

    def __len__(self) -> int:
        return len(self.slots)

    def scores(self, query: Floats) -> Floats:
        """The cosine of each piece that is near, of all others that of the last of these: they are
        less like the query. 0 without a vector.
        """
        from pairwright.index.arrays import np

        try:
            found = self._copy.nearest(self.encoder, query, NEAREST)
        except ChromaProblem as problem:
            instead = self._search.instead(self.encoder, self._digests, problem.happened)
            self.note, self.degraded = instead.note, instead.degraded
            scores = instead.scores(query)
        else:
            pieces, cosines = pieces_of(found, self._digests)
            scores = np.full(len(self), cosines.min() if len(cosines) else 0.0, np.float32)
            scores[self.slots < 0] = 0.0
            scores[pieces] = cosines
        length = float(np.linalg.norm(query))
        for piece, row in self._own.items():
            scores[piece] = float(row @ query) / length if length else 0.0
        return scores

    def rows(self, pieces: Any) -> Floats:
        """The vectors of some pieces, of unit length, zeros where there are none."""
        from pairwright.index.arrays import np

        keys = digest_keys(self._digests)
        wanted = [(int(piece), keys[piece].tobytes()) for piece in pieces]
        found = np.zeros((len(wanted), self.encoder.dimensions), np.float32)
        try:
            there = self._copy.rows(self.encoder, [digest for _, digest in wanted])
        except ChromaProblem as problem:
            instead = self._search.instead(self.encoder, self._digests, problem.happened)
            self.note, self.degraded = instead.note, instead.degraded
            found = instead.rows(pieces)
        else:
            for at, (_, digest) in enumerate(wanted):
                row = there.get(digest)
                if row is not None and len(row) == self.encoder.dimensions:
                    found[at] = row
        for at, (piece, _) in enumerate(wanted):
            if piece in self._own:
                found[at] = self._own[piece]
        return found

    def missing(self) -> Numbers:
        """The pieces without a vector."""
        from pairwright.index.arrays import np

        return np.flatnonzero(self.slots < 0).astype(np.int32)

    def laid_over(self, pieces: Any, rows: Floats) -> CopyIndex:
        """With vectors of length 1 for some pieces that need not be kept."""
        for piece, row in zip(pieces, rows, strict=True):
            self._own[int(piece)] = row
            self.slots[piece] = max(self.slots[piece], 0)
        self.covered = int((self.slots >= 0).sum())
        return self


class VectorSearch:
    """Near vectors of one root. From any thread; `close` it."""

    def __init__(self, vectors: VectorStore, options: VectorOptions) -> None:
        self.vectors = vectors
        self._options = options
        self._lock = threading.Lock()
        self._copy: ChromaCopy | None = None
        self._updating: threading.Thread | None = None
        self._closed = threading.Event()

    def index(self, encoder: EncoderKey, digests: Any) -> VectorIndex | CopyIndex:
        """The vectors of pieces, given by their digests: in memory, or in the copy.

        While the copy cannot be asked it is brought up to date in a thread of its own, and the
        answer is `instead`.
        """
        count = len(digest_keys(digests))
        if not self._asks_copy(count):
            return self.vectors.index(encoder, digests)
        copy = self._copy
        if copy is not None and copy.is_ready(encoder):
            return CopyIndex(self, copy, encoder, digests)
        return self.instead(encoder, digests, copy.problem if copy is not None else "")

    def instead(self, encoder: EncoderKey, digests: Any, problem: str) -> VectorIndex:
        """What is searched while the copy cannot be asked: the vectors in memory, none where they
        are too many. Without a problem it is just not filled yet.
        """
        from pairwright.index.arrays import np

        self._update_later(encoder)
        count = len(digest_keys(digests))
        if count <= _FALLBACK * self._options.memory_chunks:
            found = self.vectors.index(encoder, digests)
            return replace(found, note=problem, degraded=bool(problem))
        note = f"{problem or _FILLING} Search goes by words and names alone."
        return VectorIndex(encoder, (), np.full(count, -1, np.int32), 0, note, bool(problem))

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
            copy.update(self.vectors, encoder, self._check)
        except Cancelled:
            return
        except ChromaProblem as problem:
            # The next query says so.
            _log.debug("%s", problem)

    def _check(self) -> None:
        if self._closed.is_set():
            raise Cancelled
