"""Making the index agree with the disk: all of it, or the paths that are said to have changed.

Owns the decision which files to read and the order in which things are kept. It must not know
unsaved buffers (`view.py`) or who asked. A build can be cancelled or killed at any moment: what it
committed is true, and the rest is found out by the next one.
"""

from __future__ import annotations

import os
import time
from bisect import bisect_left
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from hashlib import blake2b
from pathlib import Path

from pairwright import __version__
from pairwright.index.file_terms import is_current, terms_mark
from pairwright.index.lexical_keep import keep_lexical
from pairwright.index.names import NO_NAMES, FileNames, NameTable, load_names, names_of_packed
from pairwright.index.pool import CpuMeter, PoolOptions, analysed
from pairwright.index.source import (
    MAX_FILE_SIZE,
    NotSource,
    Source,
    facts_key,
    fingerprint,
    may_be_source,
    read_source,
)
from pairwright.index.store import FileRow, Store
from pairwright.index.walk import (
    GIT_IGNORE_FILE,
    IGNORE_FILE,
    Skipped,
    WalkEntry,
    WalkOptions,
    entry_at,
    walk,
)
from pairwright.index.worker import Outcome, analyse_source, not_indexed
from pairwright_analyzers.facts import unpack
from pairwright_analyzers.languages import LANGUAGES, language_of

NAMES_TABLE = "names"
_REGISTRY_KEY = "languages"
_FINGERPRINT_KEY = "fingerprint:"
_TERMS_KEY = "terms"

# A file written within this time of being read may be written again without a new time stamp:
# file systems count in seconds, or not at all for a while (git's "racily clean" entries).
_RACY_NS = 2_000_000_000

# Below these a worker process takes longer to start than the files take to parse.
_FILES_IN_PROCESS = 40
_BYTES_IN_PROCESS = 512 * 1024

_COMMIT_BYTES = 4 << 20
_COMMIT_FILES = 1_000
# More paths than this are found faster by a walk than by asking for each.
_MOST_PATHS = 500
# Fewer files than this cost a look-up nothing that could be felt.
_WORTH_COMPACTING = 32
_POLL_SECONDS = 0.1


@dataclass(frozen=True, slots=True)
class BuildOptions:
    """What to index and how. Sizes are in bytes; `budget` is processor seconds for one file.

    `workers` processes read large builds; 0 reads everything in the calling thread, without a
    budget, and leaves a base of the lexical index to the first search.
    """

    exclude: tuple[str, ...] = ()
    include_vendored: bool = False
    max_file_size: int = MAX_FILE_SIZE
    workers: int = 2
    budget: float = 10.0

    def walk_options(self) -> WalkOptions:
        return WalkOptions(may_be_source, self.exclude, self.include_vendored, self.max_file_size)


@dataclass(frozen=True, slots=True)
class BuildReport:
    """What a build found, in counts of the whole index, and what it did.

    `seconds` is on the clock, `cpu_seconds` of processor time with the worker processes'. `parsed`
    files were analysed now; `reused` ones were read and had facts already; all others stood as they
    were. `degraded` files are indexed with less than their facts, `skipped` ones are not, `noted`
    ones are but for their encoding: (path, reason) each. `changed` are the paths whose facts came,
    went or are others now.
    """

    files: int
    lines: int
    symbols: int
    references: int
    seconds: float
    cpu_seconds: float
    parsed: int
    reused: int
    degraded: tuple[tuple[str, str], ...]
    skipped: tuple[tuple[str, str], ...]
    noted: tuple[tuple[str, str], ...]
    changed: tuple[str, ...]


DEFAULTS = BuildOptions()


def nothing() -> None:
    """The check of work that nobody cancels."""


def build(
    root: Path,
    store: Store,
    options: BuildOptions = DEFAULTS,
    *,
    check: Callable[[], None] = nothing,
    progress: Callable[[int, int], None] | None = None,
) -> BuildReport:
    """Bring the store up to date with everything below `root`.

    `check` may raise to cancel; what was read by then is kept. `progress` gets files done and to be
    done. Publishes new contents when it ends. Waits for another build of the same store to end.
    """
    clock = _Clock()
    with _alone(store, check):
        store.renew()
        walked = walk(root, options.walk_options(), check)
        rows = store.rows
        outdated = _outdated_languages(store)
        unclaimed = store.meta(_REGISTRY_KEY) != _registry_mark()
        seen = {entry.path for entry in walked.entries}
        gone = [path for path in rows if path not in seen]
        suspects = [
            entry
            for entry in walked.entries
            if not _stands(rows.get(entry.path), entry, outdated, unclaimed)
        ]
        work = _Work(root, store, options, check, progress)
        work.run(suspects, gone)
        lost = _publish(store, work.names)
        if lost:
            work.run([entry for entry in walked.entries if entry.path in lost], ())
            _publish(store, work.names)
        store.keep({}, _marks(store.rows.values()))
        if options.workers:
            work.meter.seconds += keep_lexical(store, check)
        store.forget_spare_facts()
        return _report(store, work, walked.skipped, clock)


def update(
    root: Path,
    store: Store,
    paths: Iterable[str],
    options: BuildOptions = DEFAULTS,
    *,
    check: Callable[[], None] = nothing,
) -> BuildReport:
    """Bring the store up to date with some paths, relative to `root`, that changed on disk.

    A path may be a file or a folder, there or gone. Builds everything where an ignore file changed,
    where a folder came, or where there are very many paths. Publishes new contents.
    """
    clock = _Clock()
    wanted = sorted({path.strip("/") for path in paths})
    with _alone(store, check):
        if len(wanted) > _MOST_PATHS or any(_asks_for_walk(root, path) for path in wanted):
            return build(root, store, options, check=check)
        walk_options = options.walk_options()
        rows = store.rows
        ordered: list[str] | None = None
        suspects: list[WalkEntry] = []
        gone: list[str] = []
        skipped: list[Skipped] = []
        for path in wanted:
            found = entry_at(root, root / path, walk_options)
            if isinstance(found, WalkEntry):
                if not _stands(rows.get(found.path), found, frozenset(), False):
                    suspects.append(found)
                continue
            if found is not None:
                skipped.append(found)
            if path in rows:
                gone.append(path)
            else:
                ordered = sorted(rows) if ordered is None else ordered
                gone.extend(_below(ordered, path + "/"))
        work = _Work(root, store, options, check, None)
        work.run(suspects, gone)
        _publish(store, work.names)
        if options.workers and not store.contents.names.overlay_size:
            work.meter.seconds += keep_lexical(store, check)
        return _report(store, work, skipped, clock)


def load(store: Store) -> None:
    """Publish what the store holds, before any file is looked at: answers are stale but at once."""
    with store.writing:
        _publish(store, {})


def compact(store: Store) -> None:
    """Give the names and words of files that changed a place in the packed tables, once there are
    some.

    For a quiet moment: it takes tenths of a second on a large workspace. Publishes new contents.
    """
    with store.writing:
        contents = store.contents
        if contents.names.overlay_size >= _WORTH_COMPACTING:
            store.publish(_keep_names(store, contents.names, contents.files))
            keep_lexical(store, nothing)


@contextmanager
def _alone(store: Store, check: Callable[[], None]) -> Iterator[None]:
    """Hold the right to write; waiting for it can be cancelled."""
    while not store.writing.acquire(timeout=_POLL_SECONDS):
        check()
    try:
        yield
    finally:
        store.writing.release()


# --- what to read


def _stands(
    row: FileRow | None, entry: WalkEntry, outdated: frozenset[str], unclaimed: bool
) -> bool:
    """Whether a file is as its row says, as far as that can be told without reading it."""
    if row is None or row.mtime_ns != entry.mtime_ns or row.size != entry.size:
        return False
    if row.inode != entry.inode or row.mtime_ns > row.read_ns - _RACY_NS:
        return False
    if not row.digest:
        return not unclaimed
    if row.language in outdated:
        return False
    spec = language_of(entry.path)
    return spec is None or spec.id == row.language


def _outdated_languages(store: Store) -> frozenset[str]:
    """Languages whose stored facts or terms were made by another release of what makes them."""
    used = {row.language for row in store.rows.values() if row.digest}
    if store.meta(_TERMS_KEY) != terms_mark():
        return frozenset(used)
    known = {spec.id for spec in LANGUAGES}
    return frozenset(
        name
        for name in used
        if name not in known or store.meta(_FINGERPRINT_KEY + name) != fingerprint(name)
    )


def _marks(rows: Iterable[FileRow]) -> dict[str, bytes]:
    used = {row.language for row in rows if row.digest}
    return {
        _REGISTRY_KEY: _registry_mark(),
        _TERMS_KEY: terms_mark(),
        **{_FINGERPRINT_KEY + name: fingerprint(name) for name in used},
    }


def _registry_mark() -> bytes:
    """Changes with the rules of which files are read at all."""
    known = [(spec.id, spec.extensions, spec.filenames, spec.interpreters) for spec in LANGUAGES]
    return blake2b(repr((__version__, known)).encode(), digest_size=16).digest()


def _asks_for_walk(root: Path, path: str) -> bool:
    name = path.rpartition("/")[2]
    return name in (GIT_IGNORE_FILE, IGNORE_FILE) or not name or os.path.isdir(root / path)


def _below(ordered: Sequence[str], prefix: str) -> Iterator[str]:
    for at in range(bisect_left(ordered, prefix), len(ordered)):
        if not ordered[at].startswith(prefix):
            return
        yield ordered[at]


# --- reading


class _Work:
    """One build's reading: takes outcomes as they come and commits them in parts."""

    def __init__(
        self,
        root: Path,
        store: Store,
        options: BuildOptions,
        check: Callable[[], None],
        progress: Callable[[int, int], None] | None,
    ) -> None:
        self.root = root
        self.store = store
        self.options = options
        self.check = check
        self.progress = progress
        self.meter = CpuMeter()
        self.names: dict[str, FileNames] = {}
        self.changed: list[str] = []
        self.unread: list[tuple[str, str]] = []
        self.parsed = 0
        self.reused = 0
        self._rows: list[FileRow] = []
        self._gone: list[str] = []
        self._facts: list[tuple[bytes, bytes]] = []
        self._terms: list[tuple[bytes, bytes]] = []
        self._size = 0
        self._done = 0
        self._total = 0

    def run(self, suspects: Sequence[WalkEntry], gone: Sequence[str]) -> None:
        rows = self.store.rows
        self._gone.extend(gone)
        self.changed.extend(path for path in gone if rows[path].digest)
        self._total = len(suspects)
        self._say(0)
        try:
            left = suspects
            if rows:
                left = list(self._unknown(suspects))
            few = len(left) <= _FILES_IN_PROCESS
            if self.options.workers == 0 or (few and _bytes(left) <= _BYTES_IN_PROCESS):
                for entry in left:
                    self.check()
                    source = read_source(self.root, entry.path, self.options.max_file_size)
                    self._take([_analysed_here(source)])
            else:
                options = PoolOptions(
                    self.options.workers, self.options.budget, self.options.max_file_size
                )
                files = [(entry.path, entry.size) for entry in left]
                for outcomes in analysed(self.root, files, options, self.check, self.meter):
                    self._take(outcomes)
        finally:
            # Also when cancelled: what was read need not be read again.
            self._commit()

    def _unknown(self, suspects: Sequence[WalkEntry]) -> Iterator[WalkEntry]:
        """Of the suspects those whose text has no facts yet; the others are taken in."""
        for entry in suspects:
            self.check()
            source = read_source(self.root, entry.path, self.options.max_file_size)
            if isinstance(source, NotSource):
                self._take([not_indexed(source)])
                continue
            outcome = _reused(self.store, source)
            if outcome is None:
                yield entry
            else:
                self.reused += 1
                self._take([outcome])

    def _take(self, outcomes: Iterable[Outcome]) -> None:
        rows = self.store.rows
        for outcome in outcomes:
            path = outcome.path
            former = rows.get(path)
            if outcome.stamp is None:
                if former is not None:
                    self._gone.append(path)
                if outcome.problem:
                    self.unread.append((path, outcome.problem))
            else:
                self._rows.append(_row(outcome))
            if outcome.digest:
                self.names[path] = outcome.names()
            if outcome.facts:
                self._facts.append((outcome.digest, outcome.facts))
                self._terms.append((outcome.digest, outcome.terms))
                self._size += len(outcome.facts) + len(outcome.terms)
                self.parsed += 1
            if (former.digest if former is not None else b"") != outcome.digest:
                self.changed.append(path)
            self._done += 1
        if self._size > _COMMIT_BYTES or len(self._rows) > _COMMIT_FILES:
            self._commit()
        self._say(self._done)

    def _commit(self) -> None:
        if self._rows or self._gone:
            self.store.commit(self._rows, self._gone, self._facts, self._terms)
        self._rows, self._gone, self._facts, self._terms, self._size = [], [], [], [], 0

    def _say(self, done: int) -> None:
        if self.progress is not None:
            self.progress(done, self._total)


def _analysed_here(source: Source | NotSource) -> Outcome:
    return not_indexed(source) if isinstance(source, NotSource) else analyse_source(source)


def _reused(store: Store, source: Source) -> Outcome | None:
    """The outcome of a text whose facts and terms are stored; None when they are not, or are
    damaged.
    """
    digest = facts_key(source.language, source.text)
    blob = store.facts(digest)
    if blob is None or not is_current(store.terms(digest)):
        return None
    try:
        facts = unpack(blob)
    except ValueError:
        return None
    names = names_of_packed(blob)
    stamp = source.stamp
    return Outcome(
        source.path,
        (stamp.size, stamp.mtime_ns, stamp.inode, stamp.read_ns),
        source.language.id,
        digest,
        facts.lines,
        facts.symbol_count,
        facts.reference_count,
        facts.errors,
        facts.problem,
        source.note,
        b"",
        b"",
        names.mentions,
        names.definitions,
        names.containers,
    )


def _row(outcome: Outcome) -> FileRow:
    assert outcome.stamp is not None
    return FileRow(
        outcome.path,
        *outcome.stamp,
        outcome.digest,
        outcome.language,
        outcome.lines,
        outcome.symbols,
        outcome.references,
        outcome.errors,
        outcome.problem,
        outcome.note,
    )


def _bytes(entries: Iterable[WalkEntry]) -> int:
    return sum(entry.size for entry in entries)


# --- names


def _publish(store: Store, fresh: Mapping[str, FileNames]) -> set[str]:
    """Publish the committed rows with names that agree; what `fresh` lacks is read.

    Gives the paths whose facts turned out to be lost: they have no row any more.
    """
    contents = store.contents
    if contents.generation:
        names = contents.names
        reflected = {path: row.digest for path, row in contents.files.items()}
    else:
        names = _stored_names(store)
        reflected = names.base_digests()
    rows = store.rows
    changed: dict[str, FileNames | None] = {}
    lost: set[str] = set()
    for path, row in rows.items():
        if row.digest and reflected.get(path) != row.digest:
            found = fresh.get(path) or _names_stored(store, row.digest)
            if found is None:
                lost.add(path)
            changed[path] = found
    for path in reflected:
        if path not in rows or not rows[path].digest:
            changed[path] = None
    if lost:
        store.commit((), lost)
    names = names.with_files(changed)
    files = {path: row for path, row in store.rows.items() if row.digest}
    if names.wants_compacting:
        names = _keep_names(store, names, files)
    store.publish(names)
    return lost


def _stored_names(store: Store) -> NameTable:
    blob = store.table(NAMES_TABLE)
    if blob is not None:
        try:
            return load_names(blob)
        except ValueError:
            # Rebuilt from the facts, which are the truth.
            return NO_NAMES
    return NO_NAMES


def _names_stored(store: Store, digest: bytes) -> FileNames | None:
    blob = store.facts(digest)
    return names_of_packed(blob) if blob is not None else None


def _keep_names(store: Store, names: NameTable, files: Mapping[str, FileRow]) -> NameTable:
    if not names.overlay_size:
        return names
    compacted = names.compacted({path: row.digest for path, row in files.items()})
    store.keep({NAMES_TABLE: compacted.pack()}, {})
    return compacted


# --- reporting


class _Clock:
    """Time on the clock and processor time of this thread since it was made, in seconds."""

    def __init__(self) -> None:
        self._wall = time.perf_counter()
        self._cpu = time.thread_time()

    def seconds(self) -> float:
        return time.perf_counter() - self._wall

    def cpu_seconds(self) -> float:
        return time.thread_time() - self._cpu


def _report(store: Store, work: _Work, skipped: Iterable[Skipped], clock: _Clock) -> BuildReport:
    files = lines = symbols = references = 0
    degraded, noted = [], []
    left_out = [
        (item.path, f"{item.reason.value} ({item.detail})" if item.detail else item.reason.value)
        for item in skipped
    ]
    left_out.extend(work.unread)
    for row in store.rows.values():
        if row.digest:
            files += 1
            lines += row.lines
            symbols += row.symbols
            references += row.references
            if row.problem:
                degraded.append((row.path, row.problem))
            if row.note:
                noted.append((row.path, row.note))
        elif row.problem:
            left_out.append((row.path, row.problem))
    return BuildReport(
        files,
        lines,
        symbols,
        references,
        clock.seconds(),
        clock.cpu_seconds() + work.meter.seconds,
        work.parsed,
        work.reused,
        tuple(sorted(degraded)),
        tuple(sorted(left_out)),
        tuple(sorted(noted)),
        tuple(sorted(work.changed)),
    )
