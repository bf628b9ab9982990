"""A frozen view of one root: what the index holds, with unsaved buffers on top.

Owns how the two are laid over each other, and the cache of unpacked facts that all views of a store
share. It must not build or change the index. It is the graph's `Workspace`.
"""

from __future__ import annotations

import os
import stat
import threading
from collections import OrderedDict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING

from pairwright.index.file_terms import FileTerms, file_terms
from pairwright.index.lexical_keep import LexicalCache, stored_terms
from pairwright.index.names import FileNames, NameTable, names_of_facts
from pairwright.index.search import Hit
from pairwright.index.source import NotSource, facts_key, normalised, read_source
from pairwright.index.store import Contents, FileRow, Store
from pairwright.index.vectors import VectorStore
from pairwright.index.worker import checked_facts
from pairwright_analyzers.facts import FileFacts, unpack
from pairwright_analyzers.languages import language
from pairwright_analyzers.syntax import parse

if TYPE_CHECKING:
    from pairwright.index.lexical import LexicalIndex

MAX_CONFIG_SIZE = 1_000_000
FACTS_CACHE_BYTES = 24 << 20

# Decoded names and the objects around them, for each byte of packed facts.
_UNPACKED = 3


class FactsCache:
    """Unpacked facts by digest; beyond `limit` bytes (estimated) the least recently used go."""

    def __init__(self, limit: int = FACTS_CACHE_BYTES) -> None:
        self._limit = limit
        self._lock = threading.Lock()
        self._held: OrderedDict[bytes, tuple[FileFacts, int]] = OrderedDict()
        self._size = 0

    def get(self, digest: bytes) -> FileFacts | None:
        with self._lock:
            found = self._held.get(digest)
            if found is None:
                return None
            self._held.move_to_end(digest)
            return found[0]

    def put(self, digest: bytes, facts: FileFacts, size: int) -> None:
        with self._lock:
            former = self._held.pop(digest, None)
            if former is not None:
                self._size -= former[1]
            self._held[digest] = (facts, size * _UNPACKED)
            self._size += size * _UNPACKED
            while self._size > self._limit and len(self._held) > 1:
                _, (_, dropped) = self._held.popitem(last=False)
                self._size -= dropped


@dataclass(frozen=True)
class Document:
    """An open buffer: its text as UTF-8 and the facts of that text."""

    text: bytes
    facts: FileFacts
    names: FileNames

    @cached_property
    def terms(self) -> FileTerms:
        """The words of the text, found when a search first asks for them."""
        parsed = parse(language(self.facts.language), self.text)
        return file_terms(parsed, self.facts)


@dataclass(frozen=True, slots=True)
class _Config:
    size: int
    mtime_ns: int
    inode: int
    text: bytes | None


class IndexView:
    """One revision of a root's files. Immutable; methods may be called from any thread.

    Made by `view_of`; each `with_…` gives another view that shares all it can with this one.
    """

    __slots__ = (
        "_cache",
        "_configs",
        "_known_configs",
        "_lexical",
        "_lexical_cache",
        "_names",
        "_paths",
        "_store",
        "contents",
        "documents",
    )

    def __init__(
        self,
        store: Store,
        contents: Contents,
        documents: Mapping[str, Document],
        cache: FactsCache,
        lexical: LexicalCache,
        configs: dict[str, _Config],
        paths: Sequence[str] | None = None,
    ) -> None:
        self.contents = contents
        self.documents = documents
        self._store = store
        self._cache = cache
        self._lexical_cache = lexical
        self._lexical: LexicalIndex | None = None
        self._names = contents.names.with_files(
            {path: held.names for path, held in documents.items()}
        )
        self._paths = paths
        # What this view has answered, and what all views have read: a file's text must not change
        # within one view, and need not be read again by the next.
        self._configs: dict[str, bytes | None] = {}
        self._known_configs = configs

    # --- other views

    def with_document(self, path: str, text: bytes, facts: FileFacts) -> IndexView:
        """With a buffer over a path, in place of the file or of an older buffer."""
        document = Document(text, facts, names_of_facts(facts))
        same = self._paths if self.has(path) else None
        return self._with({**self.documents, path: document}, same)

    def without_document(self, path: str) -> IndexView:
        """With the file as the index has it (which may be not at all) in place of its buffer."""
        if path not in self.documents:
            return self
        left = {name: held for name, held in self.documents.items() if name != path}
        return self._with(left, self._paths if path in self.contents.files else None)

    def with_contents(self, contents: Contents) -> IndexView:
        """With the index as it is now, after a build or an update."""
        return IndexView(
            self._store,
            contents,
            self.documents,
            self._cache,
            self._lexical_cache,
            self._known_configs,
        )

    def _with(self, documents: Mapping[str, Document], paths: Sequence[str] | None) -> IndexView:
        return IndexView(
            self._store,
            self.contents,
            MappingProxyType(dict(documents)),
            self._cache,
            self._lexical_cache,
            self._known_configs,
            paths,
        )

    # --- the graph's Workspace

    @property
    def root(self) -> Path:
        return self._store.root

    @property
    def vectors(self) -> VectorStore:
        """The vectors of the store: of every text that was embedded, whatever file it is in."""
        return self._store.vectors

    @property
    def root_name(self) -> str:
        """The name of the root's folder."""
        return self._store.root.name

    @property
    def names(self) -> NameTable:
        """The names of all files, buffers included."""
        return self._names

    def paths(self) -> Sequence[str]:
        """All indexed paths, sorted."""
        if self._paths is None:
            self._paths = tuple(sorted({*self.contents.files, *self.documents}))
        return self._paths

    def has(self, path: str) -> bool:
        """Whether a path is indexed or open."""
        return path in self.documents or path in self.contents.files

    def facts(self, path: str) -> FileFacts | None:
        """The facts of a path, or None when it is not indexed."""
        document = self.documents.get(path)
        if document is not None:
            return document.facts
        row = self.contents.files.get(path)
        if row is None:
            return None
        return self._cache.get(row.digest) or self._stored_facts(row)

    def text(self, path: str) -> bytes | None:
        """The text that the facts were made from; None when it is gone or has changed since."""
        document = self.documents.get(path)
        if document is not None:
            return document.text
        row = self.contents.files.get(path)
        if row is None:
            return None
        # Whoever read it then had a limit; this one only keeps a file that grew out of the way.
        source = read_source(self.root, path, max(row.size, 1))
        if isinstance(source, NotSource):
            return None
        return source.text if facts_key(source.language, source.text) == row.digest else None

    def config(self, path: str) -> bytes | None:
        """The text of a project file below the root, open or on disk, or None."""
        document = self.documents.get(path)
        if document is not None:
            return document.text
        if path not in self._configs:
            self._configs[path] = self._config_on_disk(path)
        return self._configs[path]

    def files_mentioning(self, name: str) -> Sequence[str]:
        """Paths whose references or definitions mention a name, sorted."""
        return self._names.files_mentioning(name)

    def files_defining(self, name: str) -> Sequence[str]:
        """Paths that define a symbol of that name, sorted."""
        return self._names.files_defining(name)

    def search(self, query: str, limit: int) -> list[Hit]:
        """The symbols that fit a query best (see `search.py`)."""
        return self._names.search(query, limit)

    # --- the words of files

    def file_terms(self, path: str) -> FileTerms | None:
        """The chunks and words of a path, as `text` and `facts` have it; None when it is not
        indexed, or has changed on disk and its terms are lost.
        """
        document = self.documents.get(path)
        if document is not None:
            return document.terms
        row = self.contents.files.get(path)
        return stored_terms(self._store, row) if row is not None else None

    def lexical(self) -> LexicalIndex:
        """The words of all files, buffers included.

        Loads numpy. The first call of all views of a store reads the index from disk (or, rarely,
        makes it: seconds), others take what changed since, the second of one view takes nothing.
        """
        if self._lexical is None:
            index = self._lexical_cache.index_of(self._store, self.contents)
            open_terms = {path: document.terms for path, document in self.documents.items()}
            self._lexical = index.with_files(open_terms)
        return self._lexical

    # --- inside

    def _stored_facts(self, row: FileRow) -> FileFacts | None:
        blob = self._store.facts(row.digest)
        if blob is not None:
            try:
                facts = unpack(blob)
            except ValueError:
                # Never packed by this release: as good as lost, and made again from the text.
                blob = None
            else:
                self._cache.put(row.digest, facts, len(blob))
                return facts
        source = read_source(self.root, row.path, max(row.size, 1))
        if isinstance(source, NotSource) or facts_key(source.language, source.text) != row.digest:
            return None
        facts, _ = checked_facts(source)
        self._cache.put(row.digest, facts, len(facts.pack()))
        return facts

    def _config_on_disk(self, path: str) -> bytes | None:
        location = os.path.join(self.root, path)
        try:
            status = os.stat(location)
            if not stat.S_ISREG(status.st_mode) or status.st_size > MAX_CONFIG_SIZE:
                return None
            known = self._known_configs.get(path)
            if known is not None and (known.size, known.mtime_ns, known.inode) == (
                status.st_size,
                status.st_mtime_ns,
                status.st_ino,
            ):
                return known.text
            if not _is_below(location, self.root):
                return None
            with open(location, "rb") as file:
                raw = file.read(MAX_CONFIG_SIZE + 1)
        except (OSError, ValueError):
            return None
        text = normalised(raw)[0] if len(raw) <= MAX_CONFIG_SIZE else None
        self._known_configs[path] = _Config(status.st_size, status.st_mtime_ns, status.st_ino, text)
        return text


def view_of(store: Store) -> IndexView:
    """The first view of a store, without buffers, sharing nothing with others."""
    return IndexView(store, store.contents, MappingProxyType({}), FactsCache(), LexicalCache(), {})


def _is_below(location: str, root: Path) -> bool:
    """Whether a path leads below the root once every link in it is followed."""
    real, top = os.path.realpath(location), os.path.realpath(root)
    return real.startswith(top if top.endswith(os.sep) else top + os.sep)
