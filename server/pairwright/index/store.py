"""The index on disk: one SQLite file for each workspace root, in the cache folder.

Owns the schema, the lock that makes one process the owner, and what happens when the disk fails. It
must not parse a file or know what facts mean. Nothing here raises for a broken, read-only or full
disk: what cannot be kept on disk is kept in memory, and `Store.problem` says so.

Facts are keyed by what they were made from, the terms that search finds a file by are kept beside
them, and every file's row says which facts it has, so a process that dies between two transactions
leaves rows that are true and files that are read again.
"""

from __future__ import annotations

import hashlib
import logging
import os
import re
import sqlite3
import stat
import threading
import zlib
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import closing, contextmanager
from dataclasses import dataclass
from enum import Enum
from pathlib import Path
from types import MappingProxyType
from typing import NamedTuple, TypeVar

from pairwright.index.lock import acquired, released
from pairwright.index.names import NO_NAMES, NameTable
from pairwright.index.vectors import VectorStore

_log = logging.getLogger(__name__)

_T = TypeVar("_T")

SCHEMA = 2
_TABLES = """
CREATE TABLE files (
    path TEXT PRIMARY KEY, size INTEGER NOT NULL, mtime_ns INTEGER NOT NULL, inode INTEGER NOT NULL,
    read_ns INTEGER NOT NULL, digest BLOB NOT NULL, language TEXT NOT NULL, lines INTEGER NOT NULL,
    symbols INTEGER NOT NULL, refs INTEGER NOT NULL, errors INTEGER NOT NULL, problem TEXT NOT NULL,
    note TEXT NOT NULL
) WITHOUT ROWID;
CREATE TABLE facts (id INTEGER PRIMARY KEY, digest BLOB NOT NULL UNIQUE, blob BLOB NOT NULL);
CREATE TABLE terms (id INTEGER PRIMARY KEY, digest BLOB NOT NULL UNIQUE, blob BLOB NOT NULL);
CREATE TABLE tables (name TEXT PRIMARY KEY, blob BLOB NOT NULL);
CREATE TABLE meta (key TEXT PRIMARY KEY, value BLOB NOT NULL) WITHOUT ROWID;
"""
_NAMES = frozenset({"files", "facts", "terms", "tables", "meta"})
_DATABASE = "index.sqlite"
_LOCK = "owner.lock"
_SET_ASIDE_KEPT = 2
# Facts that no file has any more are kept, so that going back to another branch costs nothing.
_SPARE_SHARE = 2


class FileRow(NamedTuple):
    """What is known of one file. `digest` is the key of its facts, b"" when it is not indexed.

    `problem` then says why not (or "" where no language claims it); with a digest it says why the
    facts are incomplete. `read_ns` is the time right before it was read.
    """

    # A tuple, not a dataclass: it is made for each file at each start, straight from SQLite's rows.
    path: str
    size: int
    mtime_ns: int
    inode: int
    read_ns: int
    digest: bytes
    language: str
    lines: int
    symbols: int
    references: int
    errors: int
    problem: str
    note: str


class StoreMode(Enum):
    """Where changes are kept."""

    OWNER = "on disk"
    READER = "in memory, over the store of another process"
    MEMORY = "in memory"


@dataclass(frozen=True, slots=True)
class Contents:
    """What one generation of the index holds. `files` has the indexed files only."""

    generation: int
    files: Mapping[str, FileRow]
    names: NameTable


def store_folder(root: Path, cache: Path) -> Path:
    """The folder of a root's store: readable, and different for every real path."""
    real = os.path.realpath(root)
    readable = re.sub(r"[^A-Za-z0-9._-]+", "_", os.path.basename(real))[:40].strip("._") or "root"
    digest = hashlib.blake2b(os.fsencode(real), digest_size=8).hexdigest()
    return cache / f"{readable}-{digest}"


def open_store(root: Path, cache: Path) -> Store:
    """The store of a workspace root below the `cache` folder. Never raises."""
    store = Store(root, store_folder(root, cache))
    store.open()
    return store


class Store:
    """One root's index: rows of files, facts by digest, packed tables, and the contents in use.

    Lives as long as its root is open; `close` it. Reads may come from any thread. Writes come from
    whoever holds `writing`, one thread at a time.
    """

    def __init__(self, root: Path, folder: Path) -> None:
        self.root = root
        self.folder = folder
        self.mode = StoreMode.MEMORY
        self.problem = ""
        """Why changes are not kept on disk, or what was lost; "" when all is well."""
        self.writing = threading.RLock()
        self.contents = Contents(0, MappingProxyType({}), NO_NAMES)
        self.vectors = VectorStore(self)
        self._rows: dict[str, FileRow] = {}
        self._facts: dict[bytes, bytes] = {}
        self._terms: dict[bytes, bytes] = {}
        self._tables: dict[str, bytes] = {}
        self._meta: dict[str, bytes] = {}
        self._writer: sqlite3.Connection | None = None
        self._readers: list[sqlite3.Connection] = []
        self._lock: int | None = None
        self._uri = ""
        self._damaged = False
        self._contended = False

    # --- life

    def open(self) -> None:
        """Open or create the files, or fall back to memory."""
        with self.writing:
            self.problem = ""
            try:
                _private_folder(self.folder)
                self._lock = acquired(self.folder / _LOCK)
            except OSError as error:
                self._open_without_lock(error)
                return
            self._contended = self._lock is None
            if self._contended:
                self._open_as_reader(f"{self._database.as_uri()}?mode=ro")
                return
            try:
                self._open_as_owner()
            except sqlite3.OperationalError as error:
                self._fall_back(f"the index in {self.folder} cannot be used ({error})")
            except _OlderSchema:
                self._begin_anew()
            except (sqlite3.DatabaseError, _WrongSchema) as error:
                self._set_aside(str(error))

    def renew(self) -> None:
        """Before a build: become the owner if the former one is gone, and mend what is damaged."""
        with self.writing:
            if self._damaged and self.mode is StoreMode.OWNER:
                self._set_aside("unreadable facts")
            elif self._contended:
                facts, self._facts = self._facts, {}
                terms, self._terms = self._terms, {}
                self._close_connections()
                self.open()
                if self.mode is StoreMode.OWNER:
                    self._tables, self._meta = {}, {}
                    self.commit((), (), facts.items(), terms.items())
                else:
                    self._facts, self._terms = facts, terms

    def close(self) -> None:
        """Let go of the files. Reads answer from memory afterwards."""
        with self.writing:
            if self._damaged and self.mode is StoreMode.OWNER:
                # No build came that would have renewed them: the next process begins anew.
                self._move_aside()
            self._close_connections()
            self.mode = StoreMode.MEMORY

    # --- reading

    @property
    def rows(self) -> Mapping[str, FileRow]:
        """Every file that was looked at, by path, as of the last commit."""
        return self._rows

    def facts(self, digest: bytes) -> bytes | None:
        """Packed facts, or None when they are not there or are damaged. From any thread."""
        held = self._facts.get(digest)
        try:
            if held is None:
                with self._reader() as connection:
                    if connection is None:
                        return None
                    query = "SELECT blob FROM facts WHERE digest = ?"
                    found = connection.execute(query, (digest,)).fetchone()
                if found is None:
                    return None
                held = found[0]
            return zlib.decompress(held)
        except (sqlite3.Error, zlib.error, TypeError) as error:
            self._report_damage(error)
            return None

    def terms(self, digest: bytes) -> bytes | None:
        """The terms of a text by the digest of its facts, as they were kept, or None.

        From any thread. Whoever unpacks them finds out whether they are whole.
        """
        held = self._terms.get(digest)
        if held is not None:
            return held
        return self._single("SELECT blob FROM terms WHERE digest = ?", digest)

    def table(self, name: str) -> bytes | None:
        """A packed table, or None."""
        held = self._tables.get(name)
        if held is not None:
            return held
        return self._single("SELECT blob FROM tables WHERE name = ?", name)

    def meta(self, key: str) -> bytes | None:
        """A small value, or None."""
        held = self._meta.get(key)
        if held is not None:
            return held
        return self._single("SELECT value FROM meta WHERE key = ?", key)

    def ask(self, question: Callable[[sqlite3.Connection], _T]) -> _T | None:
        """What a question finds in the tables of another module (see `change`), from any thread.

        None when nothing is on disk or it cannot be read; that is reported.
        """
        try:
            with self._reader() as connection:
                return None if connection is None else question(connection)
        except sqlite3.OperationalError as error:
            # A table that its owner has not made yet is no damage; a broken disk shows elsewhere.
            _log.debug("the index in %s does not answer: %s", self.folder, error)
            return None
        except sqlite3.Error as error:
            self._report_damage(error)
            return None

    # --- writing

    def change(self, write: Callable[[sqlite3.Connection], None]) -> bool:
        """Write to the tables of another module in one transaction; whether it is on disk.

        False where there is no disk to write to: a reader, a store in memory, a full disk. Such a
        module makes its tables itself (`CREATE TABLE IF NOT EXISTS`), keeps to them, and finds them
        gone when a damaged store was set aside.
        """
        with self.writing:
            return self._written(write)

    def commit(
        self,
        rows: Iterable[FileRow],
        gone: Iterable[str],
        facts: Iterable[tuple[bytes, bytes]] = (),
        terms: Iterable[tuple[bytes, bytes]] = (),
    ) -> None:
        """Keep rows, drop those of the `gone` paths, and keep facts and terms (both compressed, by
        the digest of the facts).
        """
        rows, gone, facts, terms = list(rows), list(gone), list(facts), list(terms)
        with self.writing:
            # A new mapping each time: whoever iterates over the former one must not see it change.
            updated = {**self._rows, **{row.path: row for row in rows}}
            for path in gone:
                updated.pop(path, None)
            self._rows = updated

            def write(connection: sqlite3.Connection) -> None:
                marks = ",".join("?" * len(FileRow._fields))
                connection.executemany(f"INSERT OR REPLACE INTO files VALUES ({marks})", rows)
                connection.executemany(
                    "DELETE FROM files WHERE path = ?", [(path,) for path in gone]
                )
                for table, blobs in (("facts", facts), ("terms", terms)):
                    connection.executemany(
                        f"INSERT INTO {table} (digest, blob) VALUES (?, ?) "
                        "ON CONFLICT (digest) DO UPDATE SET blob = excluded.blob",
                        blobs,
                    )

            if not self._written(write):
                self._facts.update(facts)
                self._terms.update(terms)

    def keep(self, tables: Mapping[str, bytes], meta: Mapping[str, bytes]) -> None:
        """Keep packed tables and small values, all or none."""
        with self.writing:

            def write(connection: sqlite3.Connection) -> None:
                connection.executemany(
                    "INSERT OR REPLACE INTO tables VALUES (?, ?)", tables.items()
                )
                connection.executemany("INSERT OR REPLACE INTO meta VALUES (?, ?)", meta.items())

            if not self._written(write):
                self._tables.update(tables)
                self._meta.update(meta)

    def forget_spare_facts(self) -> None:
        """Drop the oldest facts that no file has, beyond a share of those in use, and the terms of
        all that are dropped.
        """
        with self.writing:

            def write(connection: sqlite3.Connection) -> None:
                spare = connection.execute(
                    "SELECT id, length(blob) FROM facts WHERE digest NOT IN "
                    "(SELECT digest FROM files) ORDER BY id DESC"
                ).fetchall()
                total = connection.execute("SELECT sum(length(blob)) FROM facts").fetchone()[0] or 0
                left = (total - sum(size for _, size in spare)) // _SPARE_SHARE
                doomed = []
                for identity, size in spare:
                    left -= size
                    if left < 0:
                        doomed.append((identity,))
                connection.executemany("DELETE FROM facts WHERE id = ?", doomed)
                connection.execute(
                    "DELETE FROM terms WHERE digest NOT IN (SELECT digest FROM facts)"
                )

            if self.mode is StoreMode.OWNER:
                self._written(write)
            used = {row.digest for row in self._rows.values()}
            self._facts = {key: blob for key, blob in self._facts.items() if key in used}
            self._terms = {key: blob for key, blob in self._terms.items() if key in used}

    def clear(self) -> None:
        """Forget everything, so that the next build reads every file again."""
        with self.writing:
            self._forget_all()
            self.vectors.forget()
            if self.mode is StoreMode.OWNER:

                def write(connection: sqlite3.Connection) -> None:
                    for table in _NAMES:
                        connection.execute(f"DELETE FROM {table}")

                self._written(write)
            elif self.mode is StoreMode.READER:
                self._fall_back("the index was rebuilt while another process owns its store")

    def publish(self, names: NameTable) -> Contents:
        """Make the committed rows, and names that agree with them, what views are made of."""
        with self.writing:
            files = {path: row for path, row in self._rows.items() if row.digest}
            self.contents = Contents(self.contents.generation + 1, MappingProxyType(files), names)
            return self.contents

    # --- inside

    @property
    def _database(self) -> Path:
        return self.folder / _DATABASE

    def _open_as_owner(self) -> None:
        uri = self._database.as_uri()
        connection = _connected(f"{uri}?mode=rwc")
        try:
            connection.execute("PRAGMA journal_mode = WAL")
            connection.execute("PRAGMA synchronous = NORMAL")
            if not connection.execute("SELECT 1 FROM sqlite_master").fetchone():
                connection.executescript(
                    f"BEGIN; {_TABLES} PRAGMA user_version = {SCHEMA}; COMMIT;"
                )
            self._rows = _all_rows(connection)
        except BaseException:
            connection.close()
            raise
        self._writer = connection
        self._uri = f"{uri}?mode=ro"
        self.mode = StoreMode.OWNER
        self._damaged = False

    def _open_as_reader(self, uri: str) -> None:
        self.problem = "another process keeps this index; changes are held in memory"
        self.mode = StoreMode.READER
        self._uri = uri
        try:
            with closing(_connected(uri)) as connection:
                rows = _all_rows(connection)
        except (sqlite3.Error, _WrongSchema) as error:
            self._uri = ""
            self.problem = f"the index of another process cannot be read ({error})"
            self.mode = StoreMode.MEMORY
        else:
            self._rows = rows

    def _open_without_lock(self, error: OSError) -> None:
        reason = f"{self.folder} cannot be written ({error.strerror or error})"
        if self._database.is_file():
            # Nobody can write there, so SQLite need not look for changes (nor make its own files).
            self._open_as_reader(f"{self._database.as_uri()}?mode=ro&immutable=1")
        if self.mode is StoreMode.MEMORY:
            self._fall_back(reason)
        else:
            self.problem = f"{reason}: changes to the index are held in memory"

    def _fall_back(self, reason: str) -> None:
        """Go on in memory. What can still be read from disk is not asked for again."""
        _log.warning("%s: it is held in memory", reason)
        self._close_connections()
        self.mode = StoreMode.MEMORY
        self.problem = f"{reason}: it is held in memory"

    def _begin_anew(self) -> None:
        """Replace what an older release left: a cache that nobody misses."""
        try:
            for beside in ("", "-wal", "-shm"):
                self._database.with_name(_DATABASE + beside).unlink(missing_ok=True)
            self._open_as_owner()
        except (OSError, sqlite3.Error, _WrongSchema) as error:
            self._fall_back(f"the index in {self.folder} cannot be replaced ({error})")

    def _set_aside(self, reason: str) -> None:
        """Move the damaged files away and begin anew."""
        self._close_readers()
        if self._writer is not None:
            self._writer.close()
            self._writer = None
        self._forget_all()
        try:
            moved = _moved_aside(self._database)
            self._open_as_owner()
        except (OSError, sqlite3.Error, _WrongSchema) as error:
            self._fall_back(
                f"the index in {self.folder} was damaged and cannot be replaced ({error})"
            )
            return
        self.problem = (
            f"the stored index was not usable ({reason}) and is kept as {moved.name}; "
            "it is built anew"
        )
        _log.warning("%s", self.problem)

    def _move_aside(self) -> None:
        self._close_readers()
        if self._writer is not None:
            self._writer.close()
            self._writer = None
        try:
            _moved_aside(self._database)
        except OSError as error:
            _log.warning("the damaged index in %s cannot be moved away: %s", self.folder, error)

    def _written(self, write: _Write) -> bool:
        """Whether a transaction went to disk; False when there is no disk to go to (any more)."""
        connection = self._writer
        if connection is None:
            return False
        try:
            connection.execute("BEGIN IMMEDIATE")
            try:
                write(connection)
                connection.execute("COMMIT")
            except BaseException:
                if connection.in_transaction:
                    connection.execute("ROLLBACK")
                raise
        except sqlite3.OperationalError as error:
            self._keep_reading(error)
            return False
        except sqlite3.DatabaseError as error:
            self._report_damage(error)
            self._keep_reading(error)
            return False
        return True

    def _keep_reading(self, error: sqlite3.Error) -> None:
        """After a failed write: changes stay in memory, what is on disk is still read."""
        if self._writer is not None:
            self._writer.close()
            self._writer = None
        self.problem = (
            f"the index cannot be written to {self.folder} ({error}): changes are held in memory"
        )
        _log.warning("%s", self.problem)

    def _report_damage(self, error: Exception) -> None:
        if not self._damaged:
            self._damaged = True
            _log.warning(
                "the index in %s is damaged (%s): the next build renews it", self.folder, error
            )

    def _forget_all(self) -> None:
        self._rows, self._facts, self._terms = {}, {}, {}
        self._tables, self._meta = {}, {}

    def _single(self, query: str, argument: str | bytes) -> bytes | None:
        try:
            with self._reader() as connection:
                if connection is None:
                    return None
                found = connection.execute(query, (argument,)).fetchone()
        except sqlite3.Error as error:
            self._report_damage(error)
            return None
        return found[0] if found and isinstance(found[0], bytes) else None

    @contextmanager
    def _reader(self) -> Iterator[sqlite3.Connection | None]:
        """A connection that no other thread uses meanwhile; None when nothing is on disk."""
        uri = self._uri
        if not uri:
            yield None
            return
        try:
            connection = self._readers.pop()
        except IndexError:
            connection = _connected(uri)
        try:
            yield connection
        except BaseException:
            connection.close()
            raise
        if self._uri == uri:
            self._readers.append(connection)
        else:
            connection.close()

    def _close_readers(self) -> None:
        self._uri = ""
        while self._readers:
            self._readers.pop().close()

    def _close_connections(self) -> None:
        self._close_readers()
        if self._writer is not None:
            self._writer.close()
            self._writer = None
        if self._lock is not None:
            released(self._lock)
            self._lock = None


class _WrongSchema(Exception):
    """The file is a database of another release, or of somebody else."""


class _OlderSchema(_WrongSchema):
    """The file is a store of an older release."""


_Write = Callable[[sqlite3.Connection], None]


def _connected(uri: str) -> sqlite3.Connection:
    connection = sqlite3.connect(
        uri, timeout=2.0, isolation_level=None, check_same_thread=False, uri=True
    )
    connection.execute("PRAGMA cache_size = -1024")
    return connection


def _all_rows(connection: sqlite3.Connection) -> dict[str, FileRow]:
    """All rows of `files`. Raises _WrongSchema for a database of another make."""
    version = connection.execute("PRAGMA user_version").fetchone()[0]
    if version != SCHEMA:
        kind = _OlderSchema if 0 < version < SCHEMA else _WrongSchema
        raise kind(f"its schema is {version}, this release has {SCHEMA}")
    found = connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'")
    if not _NAMES.issubset(name for (name,) in found):
        raise _WrongSchema("it lacks a table")
    make = FileRow._make
    # A row whose facts or terms are lost is no row: its file will be read again.
    query = (
        "SELECT * FROM files WHERE length(digest) = 0 "
        "OR EXISTS (SELECT 1 FROM facts WHERE facts.digest = files.digest) "
        "AND EXISTS (SELECT 1 FROM terms WHERE terms.digest = files.digest)"
    )
    return {row[0]: make(row) for row in connection.execute(query)}


def _private_folder(folder: Path) -> None:
    """Make the folder, closed to others. Raises OSError where it is not ours to use."""
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    status = os.lstat(folder)
    if not stat.S_ISDIR(status.st_mode):
        raise NotADirectoryError(f"{folder} is a link")
    if hasattr(os, "geteuid"):
        if status.st_uid != os.geteuid():
            raise PermissionError(f"{folder} belongs to another user")
        if stat.S_IMODE(status.st_mode) != 0o700:
            os.chmod(folder, 0o700)


def _moved_aside(database: Path) -> Path:
    """Rename a database (and the files beside it) to `*.corrupt-N`; the oldest such are removed."""
    pattern = re.compile(re.escape(database.name) + r"\.corrupt-(\d+)")
    numbers = sorted(
        int(found[1])
        for name in os.listdir(database.parent)
        if (found := pattern.fullmatch(name)) is not None
    )
    for number in numbers[: max(0, len(numbers) + 1 - _SET_ASIDE_KEPT)]:
        os.unlink(database.with_name(f"{database.name}.corrupt-{number}"))
    target = database.with_name(f"{database.name}.corrupt-{numbers[-1] + 1 if numbers else 1}")
    if database.exists():
        os.replace(database, target)
    for beside in ("-wal", "-shm"):
        database.with_name(database.name + beside).unlink(missing_ok=True)
    return target
