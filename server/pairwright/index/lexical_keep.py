"""The lexical index of a root: its base in the store, kept in step with the files there.

Owns when the base is made anew, by whom, and what is done about parts of it that are lost. It must
not know how queries are answered (`lexical.py`). A build never merges a large base itself: a
process of its own does, so that numpy and what a merge needs stay out of the server's memory.

The files' terms are the truth. A base says which files it was made of, by the digests of their
facts; what a damaged, outdated or missing base lacks is laid over it or merged into a new one.
"""

from __future__ import annotations

import contextlib
import logging
import subprocess
import threading
import zlib
from collections.abc import Callable, Iterable, Iterator, Mapping
from hashlib import blake2b
from pathlib import Path
from types import MappingProxyType
from typing import NamedTuple, cast

from pairwright.index.file_terms import FileTerms, unpack_terms
from pairwright.index.lexical import LexicalIndex, lexical_index, load_lexical
from pairwright.index.lexical_segment import segment_digests, segment_mark
from pairwright.index.lexical_worker import compressed
from pairwright.index.source import NotSource, facts_key, read_source
from pairwright.index.store import Contents, FileRow, Store, StoreMode
from pairwright.index.wire import receive, send
from pairwright.index.worker import checked_facts, command

_log = logging.getLogger(__name__)

LEXICAL_TABLE = "lexical"
_MARK_KEY = "lexical"

# So few files are laid over a base at no cost that is felt; so many are merged elsewhere.
_WORTH_MERGING = 32
_WORTH_A_PROCESS = 200
_ROUNDS = 3

_BATCH = 128
_WORKER = "pairwright.index.lexical_worker"
_POLL_SECONDS = 0.1


# --- terms of one file


def stored_terms(store: Store, row: FileRow) -> FileTerms | None:
    """The terms of a file, made again where the store has lost them; None when its text is not the
    one any more that its facts were made of.
    """
    blob = store.terms(row.digest)
    if blob is not None:
        with contextlib.suppress(ValueError):  # damaged, or of another release: made again
            return unpack_terms(blob)
    return _made_terms(store.root, row)


def _made_terms(root: Path, row: FileRow) -> FileTerms | None:
    source = read_source(root, row.path, max(row.size, 1))
    if isinstance(source, NotSource) or facts_key(source.language, source.text) != row.digest:
        return None
    return checked_facts(source)[1]


# --- the base on disk


def keep_lexical(store: Store, check: Callable[[], None]) -> float:
    """Make the base anew if many files have changed since; the processor seconds that took.

    For whoever holds the right to write, once contents are published. `check` may raise to cancel.
    What fails here costs the first search some time, no more.
    """
    used = 0.0
    if store.mode is not StoreMode.OWNER:
        return used
    files = store.contents.files
    for _ in range(_ROUNDS):
        if store.meta(_MARK_KEY) == _mark(files):
            return used
        base, has = _stored_base(store)
        changes = _changes(has, files)
        if len(changes) < _WORTH_MERGING:
            return used
        merged = _merged_elsewhere(store, base, changes, files, check)
        if merged is None:
            return used
        used += merged.seconds
        _keep(store, merged.data, {path: files[path] for path in files if path not in merged.lost})
        for path in merged.lost:
            check()
            terms = _made_terms(store.root, files[path])
            if terms is not None:
                store.commit((), (), (), [(files[path].digest, terms.pack())])
    return used


def _keep(store: Store, data: bytes, files: Mapping[str, FileRow]) -> None:
    store.keep({LEXICAL_TABLE: data}, {_MARK_KEY: _mark(files)})


def _mark(files: Mapping[str, FileRow]) -> bytes:
    """Tells which files a base has, without reading it."""
    digest = blake2b(segment_mark(), digest_size=16)
    for path in sorted(files):
        digest.update(f"{path}\0".encode("utf-8", "surrogateescape") + files[path].digest)
    return digest.digest()


def _stored_base(store: Store) -> tuple[bytes, dict[str, bytes]]:
    """The base and the digests of the files in it; nothing where there is none that can be used."""
    blob = store.table(LEXICAL_TABLE)
    if blob is not None:
        try:
            data = zlib.decompress(blob)
            return data, segment_digests(data)
        except (ValueError, zlib.error) as error:
            _log.info("the lexical index of %s is made anew: %s", store.root, error)
    return b"", {}


def _changes(has: Mapping[str, bytes], files: Mapping[str, FileRow]) -> list[str]:
    """The paths whose terms in an index are not those of `files`."""
    changed = [path for path, row in files.items() if has.get(path) != row.digest]
    return changed + [path for path in has if path not in files]


# --- the index in memory


class LexicalCache:
    """The lexical index of a store's contents, for all views of the store. Any thread may ask."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._index: LexicalIndex | None = None
        self._files: Mapping[str, FileRow] = MappingProxyType({})
        self._generation = -1

    def index_of(self, store: Store, contents: Contents) -> LexicalIndex:
        """The index of the files as some contents have them.

        Loads numpy. The first call reads the base; later ones cost what changed in between.
        """
        with self._lock:
            index = self._index
            if index is not None and self._generation == contents.generation:
                return index
            files = contents.files
            if index is None:
                index = _loaded(store, files)
            else:
                has = {path: row.digest for path, row in self._files.items()}
                index = _with_changes(store, index, _changes(has, files), files)
                if index.wants_compacting:
                    # A build may have kept a better base by now; if not, this one is kept.
                    index = _loaded(store, files)
            if contents.generation > self._generation:
                self._index, self._files = index, files
                self._generation = contents.generation
            return index


def _loaded(store: Store, files: Mapping[str, FileRow]) -> LexicalIndex:
    """The index of some files, from the base in the store. One that lacks too much is made anew and
    kept, unless somebody writes to the store just now, who will see to it as well.
    """
    data, has = _stored_base(store)
    changes = _changes(has, files)
    index = None
    if len(changes) >= _WORTH_A_PROCESS:
        merged = _merged_elsewhere(store, data, changes, files, lambda: None)
        if merged is not None:
            data, changes = zlib.decompress(merged.data), list(merged.lost)
            index = load_lexical(data)
    made = index is not None
    if index is None:
        index = load_lexical(data) if data else lexical_index({})
    index = _with_changes(store, index, changes, files)
    if index.overlay_size >= _WORTH_MERGING:
        index, made = index.compacted(), True
    if made and not index.overlay_size:
        _offer(store, index)
    return index


def _offer(store: Store, index: LexicalIndex) -> None:
    if store.mode is StoreMode.OWNER and store.writing.acquire(blocking=False):
        try:
            digests = index.digests()
            files = store.contents.files
            kept = {path: row for path, row in files.items() if digests.get(path) == row.digest}
            if len(kept) == len(digests):
                _keep(store, compressed(index), kept)
        finally:
            store.writing.release()


def _with_changes(
    store: Store, index: LexicalIndex, changes: Iterable[str], files: Mapping[str, FileRow]
) -> LexicalIndex:
    rows = {path: files.get(path) for path in changes}
    return index.with_files(
        {path: stored_terms(store, row) if row is not None else None for path, row in rows.items()},
        {path: row.digest for path, row in rows.items() if row is not None},
    )


# --- the process that merges


class _Merged(NamedTuple):
    """A base, compressed; the paths whose terms were lost or damaged; processor seconds."""

    data: bytes
    lost: frozenset[str]
    seconds: float


def _merged_elsewhere(
    store: Store,
    base: bytes,
    changes: Iterable[str],
    files: Mapping[str, FileRow],
    check: Callable[[], None],
) -> _Merged | None:
    """A base with some files as `files` has them, made in a process of its own; None when that
    fails, which is logged. `base` may be empty.
    """
    try:
        process = subprocess.Popen(
            command(_WORKER),
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
        )
    except OSError as error:
        _log.warning("the process that merges the lexical index cannot be started: %s", error)
        return None
    answers: list[object] = []
    reader = threading.Thread(target=_read_answer, args=(process, answers), daemon=True)
    reader.start()
    try:
        assert process.stdin is not None
        with contextlib.suppress(OSError):  # it has ended; so has its answer
            send(process.stdin, segment_mark())
            send(process.stdin, base)
            for batch in _batches(store, changes, files):
                check()
                send(process.stdin, batch)
            send(process.stdin, None)
        while reader.is_alive():
            check()
            reader.join(_POLL_SECONDS)
    finally:
        process.kill()
        reader.join()
        _close(process)
    if not answers:
        status = process.returncode
        _log.warning(
            "the words of %s are merged by the next search: the process that merges them ended "
            "(exit status %s)",
            store.root,
            status,
        )
        return None
    if answers[0] is None:
        # What it makes cannot be read here: its code is newer.
        _log.info(
            "the words of %s are merged by the next search: Pairwright was changed on disk while "
            "it runs; restart it to use what is there now",
            store.root,
        )
        return None
    data, lost, seconds = cast("tuple[bytes, list[str], float]", answers[0])
    return _Merged(data, frozenset(lost), seconds)


def _batches(
    store: Store, changes: Iterable[str], files: Mapping[str, FileRow]
) -> Iterator[list[tuple[str, bytes, bytes | None]]]:
    """(path, digest of its facts, packed terms) of files; no digest for one that is gone."""
    batch: list[tuple[str, bytes, bytes | None]] = []
    for path in changes:
        row = files.get(path)
        batch.append((path, row.digest, store.terms(row.digest)) if row else (path, b"", None))
        if len(batch) == _BATCH:
            yield batch
            batch = []
    if batch:
        yield batch


def _read_answer(process: subprocess.Popen[bytes], answers: list[object]) -> None:
    assert process.stdout is not None
    with contextlib.suppress(EOFError, OSError, ValueError):  # it has ended without an answer
        answers.append(receive(process.stdout))


def _close(process: subprocess.Popen[bytes]) -> None:
    assert process.stdin is not None and process.stdout is not None
    with contextlib.suppress(OSError):  # what it has not read is of no use any more
        process.stdin.close()
    process.stdout.close()
    process.wait()
