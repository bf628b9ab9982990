"""The vectors of pieces of code: kept in the store by what they were made from, searched in memory.

Owns the tables of vectors and their checks, and exact search over them. It must not know what makes
vectors nor which file a piece is of. Keeping them needs bytes only; numpy is loaded by whoever
searches.

A vector is of unit length, kept as `dimensions` signed bytes without their scale, under the encoder
and the digest of the text it was made from: it never goes out of date. Vectors lie in batches, each
with a checksum: a row each would cost as much again. Where nothing can be written they are held in
memory.
"""

from __future__ import annotations

import logging
import sqlite3
import threading
import zlib
from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any, NamedTuple, Protocol, TypeVar

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt

    Floats = npt.NDArray[np.float32]
    Bytes = npt.NDArray[np.int8]
    Numbers = npt.NDArray[np.int32]
    Keys = npt.NDArray[np.uint64]

_log = logging.getLogger(__name__)

_T = TypeVar("_T")

DIGEST = 16
"""Bytes of a digest (see `chunk_digest`)."""

SPARE_SHARE = 4
"""Vectors that no piece has any more are kept up to this part of those in use, the newest first, so
that going back to another branch costs nothing.
"""

_SPARE_ROWS = 2_048
_BATCH_ROWS = 4_096
_SMALL_ROWS = 1_024
_MOST_SMALL = 24

# Rows that are multiplied at once: as floats they fit into the processor's cache.
_BLOCK = 4_096

_TABLES = """
CREATE TABLE IF NOT EXISTS encoders (
    number INTEGER PRIMARY KEY, id TEXT NOT NULL, dimensions INTEGER NOT NULL,
    UNIQUE (id, dimensions)
);
CREATE TABLE IF NOT EXISTS vectors (
    id INTEGER PRIMARY KEY, encoder INTEGER NOT NULL, count INTEGER NOT NULL,
    checksum INTEGER NOT NULL, digests BLOB NOT NULL, rows BLOB NOT NULL
);
CREATE TABLE IF NOT EXISTS embedded (
    encoder INTEGER NOT NULL, digest BLOB NOT NULL, PRIMARY KEY (encoder, digest)
) WITHOUT ROWID;
"""
_NUMBER = "(SELECT number FROM encoders WHERE id = ? AND dimensions = ?)"


class EncoderKey(NamedTuple):
    """What vectors are comparable: those of one encoder, with one number of dimensions."""

    id: str
    dimensions: int


class HasVectors(Protocol):
    """What an encoder says of itself."""

    @property
    def id(self) -> str: ...

    @property
    def dimensions(self) -> int: ...


def encoder_key(encoder: HasVectors) -> EncoderKey:
    """The key of an encoder's vectors."""
    return EncoderKey(encoder.id, encoder.dimensions)


@dataclass(frozen=True, slots=True)
class Batch:
    """Vectors that are kept together: `count` digests of `DIGEST` bytes, and as many rows."""

    id: int
    digests: bytes
    rows: bytes

    @property
    def count(self) -> int:
        return len(self.digests) // DIGEST

    @property
    def checksum(self) -> int:
        return zlib.crc32(self.rows, zlib.crc32(self.digests))


class Disk(Protocol):
    """What a store offers to those who have tables of their own in it (see `Store`)."""

    @property
    def writing(self) -> AbstractContextManager[bool]: ...

    def ask(self, question: Callable[[sqlite3.Connection], _T]) -> _T | None: ...

    def change(self, write: Callable[[sqlite3.Connection], None]) -> bool: ...


@dataclass(slots=True)
class _Held:
    """What could not be written."""

    batches: list[Batch] = field(default_factory=list)
    embedded: set[bytes] = field(default_factory=set)


class VectorStore:
    """The vectors of one store. Its methods may be called from any thread.

    Those that write wait for a build that is under way.
    """

    def __init__(self, disk: Disk) -> None:
        self._disk = disk
        self._lock = threading.RLock()  # taken after `disk.writing`, never before it
        self._held: dict[EncoderKey, _Held] = {}
        self._last_held = 0
        self._damaged: dict[EncoderKey, set[tuple[int, int]]] = {}
        self._looked_at: set[EncoderKey] = set()
        self._pool: _Pool | None = None

    # --- keeping

    def add(
        self, encoder: EncoderKey, digests: bytes, rows: bytes, embedded: Iterable[bytes] = ()
    ) -> None:
        """Keep vectors, and the digests of facts all of whose pieces have their vectors by now: all
        or none. Raises ValueError when there are not as many rows as digests.
        """
        batch = Batch(0, digests, rows)
        if len(digests) % DIGEST or len(rows) != batch.count * encoder.dimensions:
            raise ValueError(f"{len(rows)} bytes are no vectors of {len(digests)} bytes of digests")
        done = set(embedded)
        with self._disk.writing:
            with self._lock:
                held = self._held.pop(encoder, None) or _Held()
            batches = [*held.batches, *([batch] if batch.count else [])]
            done |= held.embedded
            damaged = self._damaged.get(encoder, set())

            def write(connection: sqlite3.Connection) -> None:
                number = _numbered(connection, encoder)
                if damaged:
                    marks = [(identity,) for identity, _ in damaged]
                    connection.executemany("DELETE FROM vectors WHERE id = ?", marks)
                    connection.execute("DELETE FROM embedded WHERE encoder = ?", (number,))
                for new in batches:
                    _insert(connection, number, new)
                connection.executemany(
                    "INSERT OR IGNORE INTO embedded VALUES (?, ?)",
                    [(number, digest) for digest in done],
                )

            written = self._disk.change(write)
            with self._lock:
                if written:
                    self._damaged.pop(encoder, None)
                    return
                if batch.count:
                    self._last_held -= 1
                    batches[-1] = replace(batch, id=self._last_held)
                self._held[encoder] = _Held(batches, done)

    def forget(self) -> None:
        """Forget what is held in memory, and all that is on disk where it can be written."""
        with self._disk.writing:
            with self._lock:
                self._held, self._damaged, self._pool = {}, {}, None

            def write(connection: sqlite3.Connection) -> None:
                _make_tables(connection)
                for table in ("vectors", "embedded", "encoders"):
                    connection.execute(f"DELETE FROM {table}")

            self._disk.change(write)

    def keep_only(self, encoder: EncoderKey) -> None:
        """Drop the vectors of all other encoders."""
        with self._disk.writing:
            with self._lock:
                self._held = {key: held for key, held in self._held.items() if key == encoder}

            def write(connection: sqlite3.Connection) -> None:
                number = _numbered(connection, encoder)
                for table in ("vectors", "embedded"):
                    connection.execute(f"DELETE FROM {table} WHERE encoder != ?", (number,))
                connection.execute("DELETE FROM encoders WHERE number != ?", (number,))

            if self._encoders() - {encoder}:
                self._disk.change(write)

    def wants_repacking(self, encoder: EncoderKey, counted: int) -> bool:
        """Whether there are so many small batches, or so many more vectors than at an earlier
        count, that `rows_to_keep` is worth asking.
        """
        sizes = [count for _, _, count in self._listing(encoder) or ()]
        small = sum(count < _SMALL_ROWS for count in sizes)
        return small > _MOST_SMALL or sum(sizes) > counted + counted // SPARE_SHARE + _SPARE_ROWS

    def repack(self, encoder: EncoderKey, kept: Mapping[int, Sequence[int]]) -> None:
        """Make batches over, given by id, of the rows of them that are to be kept."""
        if not kept:
            return
        with self._disk.writing:

            def write(connection: sqlite3.Connection) -> None:
                number = _numbered(connection, encoder)
                digests, rows = bytearray(), bytearray()
                for identity in sorted(kept):
                    batch = _read(connection, encoder, identity)
                    connection.execute("DELETE FROM vectors WHERE id = ?", (identity,))
                    if batch is None:
                        continue
                    width = encoder.dimensions
                    for at in kept[identity]:
                        digests += batch.digests[at * DIGEST : (at + 1) * DIGEST]
                        rows += batch.rows[at * width : (at + 1) * width]
                    if len(digests) >= _BATCH_ROWS * DIGEST:
                        _insert(connection, number, Batch(0, bytes(digests), bytes(rows)))
                        digests, rows = bytearray(), bytearray()
                if digests:
                    _insert(connection, number, Batch(0, bytes(digests), bytes(rows)))
                # Files that are gone may come back when their vectors no longer are there.
                connection.execute(
                    "DELETE FROM embedded WHERE encoder = ? "
                    "AND digest NOT IN (SELECT digest FROM files)",
                    (number,),
                )

            self._disk.change(write)

    # --- what there is

    def embedded(self, encoder: EncoderKey) -> set[bytes]:
        """The digests of facts all of whose pieces have vectors. The first time every batch is
        looked at: who asks makes what is missing, and damage would stay unseen by that.
        """
        with self._lock:
            unseen = encoder not in self._looked_at
            self._looked_at.add(encoder)
        if unseen:
            self.known(encoder)

        def question(connection: sqlite3.Connection) -> set[bytes]:
            query = f"SELECT digest FROM embedded WHERE encoder = {_NUMBER}"
            return {digest for (digest,) in connection.execute(query, encoder)}

        with self._lock:
            held = self._held.get(encoder)
            stored = set() if encoder in self._damaged else self._disk.ask(question) or set()
            return stored | held.embedded if held is not None else stored

    def known(self, encoder: EncoderKey) -> list[tuple[int, bytes]]:
        """The digests of each batch that is there, by its id; negative where it is in memory.

        Looks at every batch: what is damaged is reported, left out, and dropped with the next
        addition.
        """
        found = []
        for identity, checksum, _ in self._listing(encoder) or ():
            batch = self._whole(encoder, identity, checksum)
            if batch is not None:
                found.append((identity, batch.digests))
        with self._lock:
            held = self._held.get(encoder)
            found.extend((batch.id, batch.digests) for batch in (held.batches if held else ()))
        return found

    def marks(self, encoder: EncoderKey) -> list[tuple[int, int]]:
        """(id, checksum) of each batch, by which it is known as long as the store is open.

        Negative ids are in memory.
        """
        with self._lock:
            held = self._held.get(encoder)
            return [
                *self._stored(encoder),
                *((batch.id, batch.checksum) for batch in (held.batches if held else ())),
            ]

    def slots(self, encoder: EncoderKey, digests: Any) -> Numbers:
        """Which pieces have a vector, without loading any: int32[n], -1 for those without one."""
        from pairwright.index.arrays import np

        def question(connection: sqlite3.Connection) -> list[bytes]:
            query = f"SELECT digests FROM vectors WHERE encoder = {_NUMBER}"
            return [run for (run,) in connection.execute(query, encoder)]

        with self._lock:
            held = self._held.get(encoder)
            runs = self._disk.ask(question) or []
            runs += [batch.digests for batch in (held.batches if held else ())]
        keys = digest_keys(b"".join(runs))
        return _found([_sorted(keys, np.arange(len(keys), dtype=np.int32))], digest_keys(digests))

    def batch(self, encoder: EncoderKey, identity: int) -> Batch | None:
        """A batch by id, or None when it is gone or damaged."""
        if identity > 0:
            checksum = dict(self._stored(encoder)).get(identity)
            return None if checksum is None else self._whole(encoder, identity, checksum)
        with self._lock:
            held = self._held.get(encoder)
            return next((one for one in (held.batches if held else ()) if one.id == identity), None)

    def count(self, encoder: EncoderKey) -> int:
        """How many vectors are kept, spare ones included."""
        with self._lock:
            held = self._held.get(encoder)
            stored = sum(count for _, _, count in self._listing(encoder) or ())
            return stored + sum(batch.count for batch in (held.batches if held else ()))

    # --- searching

    def index(self, encoder: EncoderKey, digests: Any) -> VectorIndex:
        """The vectors of pieces, aligned with their digests: 16 bytes each, as bytes or as an array
        of uint8 that nobody changes.

        The first call loads what is there; later ones load what was added, and look up what
        changed.
        """
        with self._lock:
            return self._current(encoder).index(digest_keys(digests))

    def _current(self, encoder: EncoderKey) -> _Pool:
        """The pool of an encoder, with all that is there by now."""
        pool = self._pool
        if pool is None or pool.encoder != encoder:
            pool = self._pool = _Pool(encoder)
        damaged = self._damaged.get(encoder, set())
        held = self._held.get(encoder)
        waiting = {batch.id: batch for batch in (held.batches if held else ())}
        listing = self._listing(encoder)
        if listing is None:
            # Nothing answers: what was read before is as true as it was.
            there = {mark for mark in pool.batches if mark[0] > 0}
        else:
            there = {(identity, checksum) for identity, checksum, _ in listing} - damaged
        there |= {(identity, 0) for identity in waiting}
        if pool.batches - there:
            pool = self._pool = _Pool(encoder)
        new = sorted(there - pool.batches)
        # One by one: all of them at once would be in memory twice.
        pool.append((mark, waiting.get(mark[0]) or self._whole(encoder, *mark)) for mark in new)
        return pool

    # --- inside

    def _listing(self, encoder: EncoderKey) -> list[tuple[int, int, int]] | None:
        """(id, checksum, count) of every batch on disk; None when the disk does not answer."""

        def question(connection: sqlite3.Connection) -> list[tuple[int, int, int]]:
            query = f"SELECT id, checksum, count FROM vectors WHERE encoder = {_NUMBER}"
            return connection.execute(query, encoder).fetchall()

        return self._disk.ask(question)

    def _stored(self, encoder: EncoderKey) -> list[tuple[int, int]]:
        """(id, checksum) of every batch on disk."""
        return [(identity, checksum) for identity, checksum, _ in self._listing(encoder) or ()]

    def _whole(self, encoder: EncoderKey, identity: int, checksum: int) -> Batch | None:
        """A batch as it was written, or None; one that is not is remembered as damaged."""
        unreadable = False

        def question(connection: sqlite3.Connection) -> Batch | None:
            nonlocal unreadable
            try:
                return _read(connection, encoder, identity)
            except sqlite3.OperationalError:
                raise
            except sqlite3.DatabaseError:
                unreadable = True
                raise

        batch = self._disk.ask(question)
        if batch is not None and batch.checksum == checksum:
            return batch
        if batch is None and not unreadable and (identity, checksum) not in self._stored(encoder):
            # Gone meanwhile, or nothing answers.
            return None
        with self._lock:
            known = self._damaged.setdefault(encoder, set())
            if not known:
                _log.warning("stored vectors are damaged: they are made anew")
            known.add((identity, checksum))
        return None

    def _encoders(self) -> set[EncoderKey]:
        def question(connection: sqlite3.Connection) -> set[EncoderKey]:
            rows = connection.execute("SELECT id, dimensions FROM encoders")
            return {EncoderKey(*row) for row in rows}

        return self._disk.ask(question) or set()


def _make_tables(connection: sqlite3.Connection) -> None:
    # Not `executescript`, which would end the transaction.
    for table in _TABLES.strip().split(";\n"):
        connection.execute(table)


def _numbered(connection: sqlite3.Connection, encoder: EncoderKey) -> int:
    _make_tables(connection)
    connection.execute("INSERT OR IGNORE INTO encoders (id, dimensions) VALUES (?, ?)", encoder)
    number: int = connection.execute(f"SELECT {_NUMBER}", encoder).fetchone()[0]
    return number


def _insert(connection: sqlite3.Connection, number: int, batch: Batch) -> None:
    connection.execute(
        "INSERT INTO vectors (encoder, count, checksum, digests, rows) VALUES (?, ?, ?, ?, ?)",
        (number, batch.count, batch.checksum, batch.digests, batch.rows),
    )


def _read(connection: sqlite3.Connection, encoder: EncoderKey, identity: int) -> Batch | None:
    """A batch, or None where its parts do not fit together; its checksum is not looked at."""
    query = "SELECT digests, rows FROM vectors WHERE id = ?"
    digests, rows = connection.execute(query, (identity,)).fetchone() or (None, None)
    if not isinstance(digests, bytes) or not isinstance(rows, bytes):
        return None
    batch = Batch(identity, digests, rows)
    fits = len(digests) % DIGEST == 0 and len(rows) == batch.count * encoder.dimensions
    return batch if fits else None


# --- what to keep


def rows_to_keep(
    known: Sequence[tuple[int, bytes]], used: Iterable[bytes]
) -> dict[int, tuple[int, ...]]:
    """Which batches to make over and what of them to keep; empty when that would gain little.

    `known` are batches on disk as `VectorStore.known` gives them, `used` runs of the digests that
    pieces have now. Vectors in use stay, of the others the newest.
    """
    wanted = {digest for run in used for digest in _each(run)}
    stored = sorted((batch for batch in known if batch[0] > 0), reverse=True)
    spare = max(len(wanted) // SPARE_SHARE, _SPARE_ROWS)
    seen: set[bytes] = set()
    kept: dict[int, tuple[int, ...]] = {}
    lost = 0
    for identity, digests in stored:
        rows = []
        for at, digest in enumerate(_each(digests)):
            if digest not in seen:
                seen.add(digest)
                if digest in wanted:
                    rows.append(at)
                elif spare > 0:
                    spare -= 1
                    rows.append(at)
        kept[identity] = tuple(rows)
        lost += len(digests) // DIGEST - len(rows)
    small = sum(len(rows) < _SMALL_ROWS for rows in kept.values())
    if lost <= len(wanted) // SPARE_SHARE + _SPARE_ROWS and small <= _MOST_SMALL:
        return {}
    return {
        identity: kept[identity]
        for identity, digests in stored
        if len(kept[identity]) < max(_SMALL_ROWS, len(digests) // DIGEST)
    }


def _each(digests: bytes) -> Iterable[bytes]:
    return (digests[at : at + DIGEST] for at in range(0, len(digests), DIGEST))


# --- arrays


def quantised(rows: Floats) -> Bytes:
    """Vectors as signed bytes, each stretched to use them all; int8 of the same shape.

    What is not a number becomes zero.
    """
    from pairwright.index.arrays import np

    rows = np.nan_to_num(np.asarray(rows, np.float32), nan=0.0, posinf=0.0, neginf=0.0)
    largest = np.abs(rows).max(axis=1, keepdims=True, initial=0.0)
    return np.rint(rows * (127.0 / np.where(largest > 0, largest, 1.0))).astype(np.int8)


def digest_keys(digests: Any) -> Keys:
    """Digests as two numbers each: uint64[n, 2]; from bytes or an array of uint8."""
    from pairwright.index.arrays import np

    if isinstance(digests, bytes):
        return np.frombuffer(digests, np.uint64).reshape(-1, 2)
    return np.ascontiguousarray(digests).view(np.uint64).reshape(-1, 2)


@dataclass(frozen=True, slots=True, eq=False)
class _Segment:
    """Rows that lie together in memory, and what makes each of unit length."""

    rows: Bytes
    scales: Floats

    def products(self, query: Floats, out: Floats) -> None:
        """The cosine of each row with a query of unit length, into `out`."""
        from pairwright.index.arrays import np

        rows = self.rows
        size = min(_BLOCK, len(rows))
        block = np.empty((size, rows.shape[1]), np.float32)
        for start in range(0, len(rows), _BLOCK):
            part = rows[start : start + _BLOCK]
            np.copyto(block[: len(part)], part)
            np.dot(block[: len(part)], query, out=out[start : start + len(part)])
        out *= self.scales


def _segment(rows: Bytes) -> _Segment:
    from pairwright.index.arrays import np

    lengths = np.empty(len(rows), np.float32)
    for start in range(0, len(rows), _BLOCK):
        block = rows[start : start + _BLOCK].astype(np.float32)
        lengths[start : start + _BLOCK] = np.sqrt(np.einsum("ij,ij->i", block, block))
    return _Segment(rows, np.where(lengths > 0, 1.0 / np.maximum(lengths, 1e-9), 0.0))


@dataclass(frozen=True, slots=True, eq=False)
class VectorIndex:
    """The vectors of pieces, by the number of each. Immutable; from any thread.

    `covered` of them have one. `slots` says where a piece's row is, -1 where it has none; equal
    pieces share one. `note` is a sentence on what was not looked at, "" for nothing; `degraded`
    says that what was asked for is down.
    """

    encoder: EncoderKey
    segments: tuple[_Segment, ...]
    slots: Numbers
    covered: int
    note: str = ""
    degraded: bool = False

    def __len__(self) -> int:
        return len(self.slots)

    def scores(self, query: Floats) -> Floats:
        """The cosine of each piece with a query, 0 for one without a vector: float32[n]."""
        from pairwright.index.arrays import np

        unit = _unit(query, self.encoder.dimensions)
        total = sum(len(segment.rows) for segment in self.segments)
        # The last place is where slot -1 points.
        products = np.zeros(total + 1, np.float32)
        start = 0
        for segment in self.segments:
            end = start + len(segment.rows)
            segment.products(unit, products[start:end])
            start = end
        return products[self.slots]

    def search(
        self, query: Floats, limit: int, mask: npt.NDArray[np.bool_] | None = None
    ) -> tuple[Numbers, Floats]:
        """The pieces most like a query: their numbers and cosines, the best first, equal ones in
        order. With a `mask` of those that may be found.
        """
        return best(self.scores(query), limit, self._findable(mask))

    def rows(self, pieces: Any) -> Floats:
        """The vectors of some pieces, of unit length, zeros where there are none: float32[k, d]."""
        from pairwright.index.arrays import np

        slots = self.slots[np.asarray(pieces, np.int64)]
        found = np.zeros((len(slots), self.encoder.dimensions), np.float32)
        start = 0
        for segment in self.segments:
            end = start + len(segment.rows)
            here = np.flatnonzero((slots >= start) & (slots < end))
            if len(here):
                at = slots[here] - start
                found[here] = segment.rows[at] * segment.scales[at, None]
            start = end
        return found

    def missing(self) -> Numbers:
        """The pieces without a vector."""
        from pairwright.index.arrays import np

        return np.flatnonzero(self.slots < 0).astype(np.int32)

    def laid_over(self, pieces: Any, rows: Floats) -> VectorIndex:
        """With vectors for some pieces that need not be kept, such as those of unsaved text."""
        from pairwright.index.arrays import np

        total = sum(len(segment.rows) for segment in self.segments)
        slots = self.slots.copy()
        slots[np.asarray(pieces, np.int64)] = total + np.arange(len(rows), dtype=np.int32)
        segments = (*self.segments, _segment(quantised(rows)))
        return replace(self, segments=segments, slots=slots, covered=int((slots >= 0).sum()))

    def _findable(self, mask: npt.NDArray[np.bool_] | None) -> npt.NDArray[np.bool_] | None:
        if self.covered == len(self.slots):
            return mask
        there = self.slots >= 0
        return there if mask is None else there & mask


def best(
    scores: Floats, limit: int, mask: npt.NDArray[np.bool_] | None = None
) -> tuple[Numbers, Floats]:
    """The places of the largest scores and these, the largest first, equal ones by place."""
    from pairwright.index.arrays import np

    places = np.arange(len(scores)) if mask is None else np.flatnonzero(mask)
    allowed = scores if mask is None else scores[places]
    limit = min(limit, len(allowed))
    if limit <= 0:
        return np.empty(0, np.int32), np.empty(0, np.float32)
    if limit < len(allowed):
        # All that equal the last one, so that which of them stays depends on their places alone.
        least = np.partition(allowed, len(allowed) - limit)[len(allowed) - limit]
        chosen = np.flatnonzero(allowed >= least)
    else:
        chosen = np.arange(len(allowed))
    order = np.lexsort((chosen, -allowed[chosen]))[:limit]
    chosen = chosen[order]
    return places[chosen].astype(np.int32), allowed[chosen]


def _unit(query: Floats, dimensions: int) -> Floats:
    """A query of length 1, or all zeros. Raises ValueError for one of other dimensions."""
    from pairwright.index.arrays import np

    vector = np.nan_to_num(np.asarray(query, np.float32).reshape(-1), posinf=0.0, neginf=0.0)
    if len(vector) != dimensions:
        raise ValueError(f"a query of {len(vector)} dimensions for vectors of {dimensions}")
    length = float(np.sqrt(vector @ vector))
    unit: Floats = vector / np.float32(length) if length > 0 else vector
    return unit


class _Lookup(NamedTuple):
    """Where digests are: sorted by their first half."""

    first: Keys
    second: Keys
    slots: Numbers


class _Pool:
    """What is in memory of one encoder's vectors. Used by one thread at a time; segments only ever
    come behind those there are, so that an index made earlier stays true.
    """

    def __init__(self, encoder: EncoderKey) -> None:
        self.encoder = encoder
        self.batches: set[tuple[int, int]] = set()
        self._segments: tuple[_Segment, ...] = ()
        self._lookups: list[_Lookup] = []
        self._total = 0
        self._last: tuple[Keys, VectorIndex] | None = None
        self._looked_up = 0
        """How many rows there were when `_last` was made."""

    def append(self, batches: Iterable[tuple[tuple[int, int], Batch | None]]) -> None:
        """Take in batches, joined to segments that are worth a block each."""
        waiting: list[Batch] = []
        count = 0
        for mark, batch in batches:
            if batch is not None:
                self.batches.add(mark)
                waiting.append(batch)
                count += batch.count
            if count >= _BLOCK:
                self._append(waiting, count)
                waiting, count = [], 0
        if waiting:
            self._append(waiting, count)

    def _append(self, batches: list[Batch], count: int) -> None:
        from pairwright.index.arrays import np

        digests = b"".join(batch.digests for batch in batches)
        rows = np.empty((count, self.encoder.dimensions), np.int8)
        at = 0
        while batches:
            batch = batches.pop(0)
            rows[at : at + batch.count] = np.frombuffer(batch.rows, np.int8).reshape(
                -1, self.encoder.dimensions
            )
            at += batch.count
        self._segments = (*self._segments, _segment(rows))
        slots = np.arange(self._total, self._total + count, dtype=np.int32)
        self._total += count
        self._lookups.append(_sorted(digest_keys(digests), slots))
        while len(self._lookups) > 1 and len(self._lookups[-2].slots) <= 2 * len(
            self._lookups[-1].slots
        ):
            last, former = self._lookups.pop(), self._lookups.pop()
            keys = np.column_stack(
                (
                    np.concatenate((former.first, last.first)),
                    np.concatenate((former.second, last.second)),
                )
            )
            self._lookups.append(_sorted(keys, np.concatenate((former.slots, last.slots))))

    def index(self, keys: Keys) -> VectorIndex:
        if self._last is not None and self._looked_up == self._total:
            former, made = self._last
            # The same memory, which is held here: a table of pieces is asked for again and again.
            if former.ctypes.data == keys.ctypes.data and former.shape == keys.shape:
                return made
        slots = self._slots(keys)
        made = VectorIndex(self.encoder, self._segments, slots, int((slots >= 0).sum()))
        self._last = keys, made
        self._looked_up = self._total
        return made

    def _slots(self, keys: Keys) -> Numbers:
        from pairwright.index.arrays import np

        if self._last is None:
            return _found(self._lookups, keys)
        former, slots = self._last[0], self._last[1].slots
        same = min(len(former), len(keys))
        changed = (former[:same] != keys[:same]).any(axis=1)
        if self._looked_up != self._total:
            changed |= slots[:same] < 0
        asked = np.concatenate((np.flatnonzero(changed), np.arange(same, len(keys))))
        if not len(asked) and len(slots) == len(keys):
            return slots
        updated = np.empty(len(keys), np.int32)
        updated[:same] = slots[:same]
        updated[asked] = _found(self._lookups, keys[asked])
        return updated


def _found(lookups: Iterable[_Lookup], keys: Keys) -> Numbers:
    """The slots of digests, -1 for those that are nowhere."""
    from pairwright.index.arrays import np

    found = np.full(len(keys), -1, np.int32)
    for table in lookups:
        asked = np.flatnonzero(found < 0)
        at = np.searchsorted(table.first, keys[asked, 0])
        while len(asked):
            inside = at < len(table.first)
            asked, at = asked[inside], at[inside]
            alike = table.first[at] == keys[asked, 0]
            asked, at = asked[alike], at[alike]
            equal = table.second[at] == keys[asked, 1]
            found[asked[equal]] = table.slots[at[equal]]
            # Two digests may share their first half.
            asked, at = asked[~equal], at[~equal] + 1
    return found


def _sorted(keys: Keys, slots: Numbers) -> _Lookup:
    from pairwright.index.arrays import np

    order = np.argsort(keys[:, 0], kind="stable")
    return _Lookup(keys[order, 0], keys[order, 1], slots[order])
