"""The session: what the server knows of the workspace at this moment, and frozen snapshots of it.

Owns the open documents, the roots, and the one way to change them: `Session.apply`, on the loop
thread only. Readers get a `Snapshot`, a value that never changes and may be read in any thread. It
must not know the protocol, nor who builds an index: views and repositories are handed in.
"""

from __future__ import annotations

import logging
import threading
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from math import inf
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING, Protocol

from pairwright_analyzers.graph.model import Workspace
from pairwright_analyzers.text import Encoding, LineIndex

if TYPE_CHECKING:
    from pairwright.git.repo import RepoView as RepoView  # handed on by name to those who get one
    from pairwright.index.status import IndexStatus
    from pairwright.settings import Resolved, Settings
    from pairwright_analyzers.facts import FileFacts
    from pairwright_analyzers.graph import CodeGraph
    from pairwright_analyzers.languages.spec import LanguageSpec
    from pairwright_analyzers.syntax import Parsed

_log = logging.getLogger(__name__)


class Hit(Protocol):
    """A symbol that a search found; `index` counts the symbols of its file."""

    @property
    def path(self) -> str:
        """The file."""
        ...

    @property
    def index(self) -> int:
        """The symbol in it."""
        ...


@dataclass(frozen=True, slots=True)
class _DocumentHit:
    path: str
    index: int


class View(Workspace, Protocol):
    """A frozen view of a root's files that can be made again with other texts for open
    documents.
    """

    def with_document(self, path: str, text: bytes, facts: FileFacts) -> View:
        """This view with an open document in place of the file at `path`."""
        ...

    def without_document(self, path: str) -> View:
        """This view with the file on disk at `path` again."""
        ...

    def search(self, query: str, limit: int) -> Sequence[Hit]:
        """The symbols whose names fit a query best, at most `limit`, the best first."""
        ...


class OpenDocumentsView:
    """A view of nothing but open documents: of a root before its index, and of a file outside every
    root.
    """

    __slots__ = ("_documents", "_root")

    def __init__(
        self, root: Path, documents: Mapping[str, tuple[bytes, FileFacts]] | None = None
    ) -> None:
        self._root = root
        self._documents = dict(documents or {})

    def with_document(self, path: str, text: bytes, facts: FileFacts) -> OpenDocumentsView:
        """This view with one more document."""
        return OpenDocumentsView(self._root, {**self._documents, path: (text, facts)})

    def without_document(self, path: str) -> OpenDocumentsView:
        """This view with one document less."""
        left = {one: held for one, held in self._documents.items() if one != path}
        return OpenDocumentsView(self._root, left)

    @property
    def root_name(self) -> str:
        """The root folder's name."""
        return self._root.name

    def paths(self) -> Sequence[str]:
        """The documents' paths, sorted."""
        return sorted(self._documents)

    def has(self, path: str) -> bool:
        """Whether a document is open there."""
        return path in self._documents

    def facts(self, path: str) -> FileFacts | None:
        """The document's facts."""
        held = self._documents.get(path)
        return held[1] if held is not None else None

    def text(self, path: str) -> bytes | None:
        """The document's text."""
        held = self._documents.get(path)
        return held[0] if held is not None else None

    def config(self, path: str) -> bytes | None:
        """Project files are read once the root is indexed."""
        return None

    def files_mentioning(self, name: str) -> Sequence[str]:
        """Documents that mention a name."""
        return [path for path in self.paths() if name in self._documents[path][1].names]

    def files_defining(self, name: str) -> Sequence[str]:
        """Documents that define a name."""
        found = []
        for path in self.paths():
            facts = self._documents[path][1]
            if any(facts.symbol_name(index) == name for index in range(facts.symbol_count)):
                found.append(path)
        return found

    def search(self, query: str, limit: int) -> Sequence[Hit]:
        """Symbols of the documents whose names hold the query, in path order."""
        wanted = query.lower()
        found: list[Hit] = []
        for path in self.paths():
            facts = self._documents[path][1]
            found.extend(
                _DocumentHit(path, index)
                for index in range(facts.symbol_count)
                if wanted and wanted in facts.symbol_name(index).lower()
            )
        return found[:limit]


@dataclass(frozen=True, slots=True)
class Document:
    """An open document, as the editor holds it.

    `path` is where it lies on disk, None for a document that has no file; `root` is the workspace
    folder it belongs to and `relative` its path there, POSIX; both are empty outside every root.
    `text` is UTF-8.
    """

    uri: str
    path: Path | None
    root: Path | None
    relative: str
    language: str
    version: int
    text: bytes
    _lines: list[LineIndex] = field(default_factory=list, init=False, repr=False, compare=False)

    @property
    def lines(self) -> LineIndex:
        """The line index of the text, made on first use."""
        if not self._lines:
            self._lines.append(LineIndex(self.text))
        return self._lines[0]


@dataclass(frozen=True, slots=True)
class Analysis:
    """What one version of a document was read as; `parsed` is None where no language fits or the
    text is too large.
    """

    version: int
    text: bytes
    parsed: Parsed | None
    facts: FileFacts


@dataclass(frozen=True, slots=True)
class RootSnapshot:
    """One workspace folder at one revision. `status` says how complete the view is."""

    root: Path
    name: str
    view: View
    settings: Settings
    repository: RepoView | None
    status: IndexStatus
    loose: bool
    _graph: list[CodeGraph] = field(default_factory=list, init=False, repr=False, compare=False)

    @property
    def indexed(self) -> bool:
        """Whether the view is one of an index; before there is one, it is of the open documents."""
        return not isinstance(self.view, OpenDocumentsView)

    @property
    def graph(self) -> CodeGraph:
        """The code graph over the view, made on first use and shared by all who hold this
        snapshot.
        """
        if not self._graph:
            from pairwright_analyzers.graph import CodeGraph

            with _graph_lock:
                if not self._graph:
                    self._graph.append(CodeGraph(self.view))
        return self._graph[0]


_graph_lock = threading.Lock()


@dataclass(frozen=True, slots=True)
class Snapshot:
    """The whole session at one revision. Documents are keyed by URI, in the spelling the editor
    uses.
    """

    revision: int
    roots: tuple[RootSnapshot, ...]
    documents: Mapping[str, Document]
    analyses: Mapping[str, Analysis]

    def root_of(self, root: Path | None) -> RootSnapshot | None:
        """The snapshot of a workspace folder, or None when it is none any more."""
        return next((found for found in self.roots if found.root == root), None)

    def locate(self, path: Path) -> tuple[RootSnapshot, str] | None:
        """The innermost root that holds an absolute path, and the path there; None outside every
        root.
        """
        found = innermost(path, (root.root for root in self.roots))
        if found is None:
            return None
        root = self.root_of(found[0])
        assert root is not None
        return root, found[1]

    def document_at(self, root: Path, relative: str) -> Document | None:
        """The open document of a file, or None."""
        for document in self.documents.values():
            if document.root == root and document.relative == relative:
                return document
        return None

    def with_analysis(self, uri: str, analysis: Analysis) -> Snapshot:
        """This snapshot with an open document's facts brought up to its text."""
        document = self.documents[uri]
        roots = self.roots
        root = self.root_of(document.root)
        if root is not None and document.relative:
            view = root.view.with_document(document.relative, analysis.text, analysis.facts)
            roots = tuple(replace(root, view=view) if one is root else one for one in roots)
        analyses = MappingProxyType({**self.analyses, uri: analysis})
        return Snapshot(self.revision, roots, self.documents, analyses)


# What can happen to a session.


@dataclass(frozen=True, slots=True)
class ContentEdit:
    """One incremental change: `start` and `end` are (line, column) in the session's encoding, None
    for the whole text.
    """

    start: tuple[int, int] | None
    end: tuple[int, int] | None
    text: str


@dataclass(frozen=True, slots=True)
class Opened:
    """A document was opened with a text."""

    uri: str
    path: Path | None
    language: str
    version: int
    text: str


@dataclass(frozen=True, slots=True)
class Edited:
    """A document was edited: `edits` in order, each against the result of the one before."""

    uri: str
    version: int
    edits: Sequence[ContentEdit]


@dataclass(frozen=True, slots=True)
class Closed:
    """A document was closed: its file on disk is the truth again."""

    uri: str


@dataclass(frozen=True, slots=True)
class Analysed:
    """The facts of a document's version are there."""

    uri: str
    analysis: Analysis


@dataclass(frozen=True, slots=True)
class RootAdded:
    """A workspace folder appeared. `loose` marks a folder that only holds a document opened from
    outside all others.
    """

    root: Path
    name: str
    view: View
    settings: Resolved
    status: IndexStatus
    loose: bool = False


@dataclass(frozen=True, slots=True)
class RootRemoved:
    """A workspace folder is gone."""

    root: Path


@dataclass(frozen=True, slots=True)
class IndexChanged:
    """A root's index has a new view (None: the old one still holds) and status."""

    root: Path
    view: View | None
    status: IndexStatus


@dataclass(frozen=True, slots=True)
class SettingsChanged:
    """A root's settings were resolved anew."""

    root: Path
    settings: Resolved


@dataclass(frozen=True, slots=True)
class RepositoryOpened:
    """A root's repository was found, or is gone (None)."""

    root: Path
    repository: RepoView | None


Change = (
    Opened
    | Edited
    | Closed
    | Analysed
    | RootAdded
    | RootRemoved
    | IndexChanged
    | SettingsChanged
    | RepositoryOpened
)


@dataclass(slots=True)
class _Root:
    root: Path
    name: str
    base: View
    settings: Resolved
    status: IndexStatus
    loose: bool
    repository: RepoView | None = None
    snapshot: RootSnapshot | None = None
    view: View = field(init=False)

    def __post_init__(self) -> None:
        self.view = self.base


class Session:
    """The mutable state behind all snapshots. Lives on the loop thread, which alone may
    touch it.
    """

    def __init__(self, encoding: Encoding = Encoding.UTF16) -> None:
        self.encoding = encoding
        self._revision = 0
        self._roots: dict[Path, _Root] = {}
        self._documents: dict[str, Document] = {}
        self._analyses: dict[str, Analysis] = {}
        self._snapshot: Snapshot | None = None

    @property
    def snapshot(self) -> Snapshot:
        """The present state, frozen. The same object until something changes."""
        if self._snapshot is None:
            self._snapshot = Snapshot(
                self._revision,
                tuple(map(_frozen_root, self._roots.values())),
                MappingProxyType(dict(self._documents)),
                MappingProxyType(dict(self._analyses)),
            )
        return self._snapshot

    def document(self, uri: str) -> Document | None:
        """An open document, or None."""
        return self._documents.get(uri)

    def analysis(self, uri: str) -> Analysis | None:
        """The newest facts of an open document, maybe of an older version; None before the
        first.
        """
        return self._analyses.get(uri)

    def resolved_settings(self, root: Path | None) -> Resolved | None:
        """A root's settings with their origins and problems; the first root's where the root is
        unknown.
        """
        found = self._roots.get(root) if root is not None else None
        if found is None:
            found = next(iter(self._roots.values()), None)
        return found.settings if found is not None else None

    def apply(self, change: Change, cause: str) -> Snapshot:
        """Take in one change; `cause` says in the log what brought it.

        A change about a document or root that is not there any more is dropped: its news came too
        late.
        """
        applied = self._apply(change)
        if applied:
            self._revision += 1
            self._snapshot = None
        _log.debug("%s after %s: revision %d", type(change).__name__, cause, self._revision)
        return self.snapshot

    def _apply(self, change: Change) -> bool:
        match change:
            case Opened():
                self._open(change)
                return True
            case Edited():
                return self._edit(change)
            case Closed():
                return self._close(change.uri)
            case Analysed():
                return self._take_analysis(change)
            case RootAdded():
                self._roots[change.root] = _Root(
                    change.root,
                    change.name,
                    change.view,
                    change.settings,
                    change.status,
                    change.loose,
                )
                self._relocate()
                return True
            case RootRemoved():
                if self._roots.pop(change.root, None) is None:
                    return False
                self._relocate()
                return True
            case _:
                root = self._roots.get(change.root)
                if root is None:
                    return False
                root.snapshot = None
                match change:
                    case IndexChanged():
                        root.status = change.status
                        if change.view is not None:
                            root.base = change.view
                            self._overlay(root)
                    case SettingsChanged():
                        root.settings = change.settings
                    case RepositoryOpened():
                        root.repository = change.repository
                return True

    def _open(self, change: Opened) -> None:
        root, relative = self._place(change.path)
        self._close(change.uri)
        self._documents[change.uri] = Document(
            change.uri,
            change.path,
            root,
            relative,
            change.language,
            change.version,
            encoded(change.text),
        )

    def _edit(self, change: Edited) -> bool:
        document = self._documents.get(change.uri)
        if document is None:
            return False
        text = edited_text(document.text, document.lines, change.edits, self.encoding)
        self._documents[change.uri] = replace(document, version=change.version, text=text)
        return True

    def _close(self, uri: str) -> bool:
        document = self._documents.pop(uri, None)
        if document is None:
            return False
        self._analyses.pop(uri, None)
        root = self._roots.get(document.root) if document.root is not None else None
        if root is not None:
            root.view = root.view.without_document(document.relative)
            root.snapshot = None
        return True

    def _take_analysis(self, change: Analysed) -> bool:
        document = self._documents.get(change.uri)
        if document is None:
            return False
        known = self._analyses.get(change.uri)
        if known is not None and known.version > change.analysis.version:
            return False
        # Kept even when the text has moved on: the next parse starts from this tree.
        self._analyses[change.uri] = change.analysis
        root = self._roots.get(document.root) if document.root is not None else None
        if root is not None and change.analysis.text == document.text:
            root.view = root.view.with_document(
                document.relative, change.analysis.text, change.analysis.facts
            )
            root.snapshot = None
        return True

    def _overlay(self, root: _Root) -> None:
        view = root.base
        for uri, analysis in self._analyses.items():
            document = self._documents[uri]
            if document.root == root.root and document.relative:
                view = view.with_document(document.relative, analysis.text, analysis.facts)
        root.view = view
        root.snapshot = None

    def _relocate(self) -> None:
        """Give every document its root anew, after roots came or went."""
        for uri, document in self._documents.items():
            root, relative = self._place(document.path)
            self._documents[uri] = replace(document, root=root, relative=relative)
        for one in self._roots.values():
            self._overlay(one)

    def _place(self, path: Path | None) -> tuple[Path | None, str]:
        found = innermost(path, self._roots) if path is not None else None
        return found if found is not None else (None, "")


def _frozen_root(root: _Root) -> RootSnapshot:
    if root.snapshot is None:
        root.snapshot = RootSnapshot(
            root.root,
            root.name,
            root.view,
            root.settings.settings,
            root.repository,
            root.status,
            root.loose,
        )
    return root.snapshot


def innermost(path: Path, roots: Iterable[Path]) -> tuple[Path, str] | None:
    """The deepest of `roots` that holds `path`, and the POSIX path below it; None when
    none does.
    """
    best: tuple[Path, str] | None = None
    for root in roots:
        if path.is_relative_to(root) and (best is None or len(root.parts) > len(best[0].parts)):
            relative = path.relative_to(root).as_posix()
            if relative != ".":
                best = root, relative
    return best


def encoded(text: str) -> bytes:
    """A client's text as UTF-8. Half a surrogate pair becomes U+FFFD, which is as wide in UTF-16:
    columns stay right.
    """
    try:
        return text.encode()
    except UnicodeEncodeError:
        # Through UTF-16, so that two halves that stand side by side become the character they mean.
        return text.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace").encode()


def edited_text(
    text: bytes, lines: LineIndex, edits: Sequence[ContentEdit], encoding: Encoding
) -> bytes:
    """The text after incremental edits, each against the result of the one before (LSP 3.17,
    `didChange`).

    Positions past the end of a line or text are clamped; a range given backwards is turned around.
    """
    good_lines: float = inf  # below this line, `lines` still tells the truth
    for edit in edits:
        if edit.start is None or edit.end is None:
            text = encoded(edit.text)
            good_lines = -inf
            continue
        # Editors send the edits of several cursors from the last to the first: one index serves
        # all.
        if max(edit.start[0], edit.end[0]) >= good_lines:
            lines = LineIndex(text)
            good_lines = inf
        start = lines.offset(*edit.start, encoding)
        end = lines.offset(*edit.end, encoding)
        start, end = min(start, end), max(start, end)
        text = text[:start] + encoded(edit.text) + text[end:]
        # One line less: an edit may join a CR that ends the line before with an LF of its own.
        good_lines = min(good_lines, edit.start[0] - 1, edit.end[0] - 1)
    return text


def analyse(document: Document, before: Analysis | None, max_size: int) -> Analysis:
    """Parse a document and take its facts, with what the last tree still holds. For a worker
    thread.

    A text longer than `max_size` bytes gets empty facts that say so.
    """
    from pairwright_analyzers.facts import empty_facts, facts_of_parsed
    from pairwright_analyzers.syntax import parse_politely, reparse

    spec = language_for(document)
    if spec is None:
        facts = empty_facts(document.language, document.text, "no grammar for this language")
        return Analysis(document.version, document.text, None, facts)
    if len(document.text) > max_size:
        facts = empty_facts(spec.id, document.text, f"larger than {max_size} bytes")
        return Analysis(document.version, document.text, None, facts)
    if before is not None and before.parsed is not None and before.parsed.spec is spec:
        if before.text == document.text:
            return replace(before, version=document.version)
        parsed = reparse(before.parsed, document.text)
    else:
        parsed = parse_politely(spec, document.text)
    try:
        facts = facts_of_parsed(parsed)
    except Exception:  # noqa: BLE001 - a language that fails must not take all answers with it
        _log.exception("the facts of %s could not be taken", document.uri)
        facts = empty_facts(spec.id, document.text, "its language failed on this text")
    return Analysis(document.version, document.text, parsed, facts)


def language_for(document: Document) -> LanguageSpec | None:
    """A document's language: what its name says, else its first line, else what the editor calls
    it.
    """
    from pairwright_analyzers.languages import LANGUAGES, language_of, language_of_shebang

    if document.path is not None:
        found = language_of(document.path.name)
        if found is None:
            found = language_of_shebang(document.text[:200].split(b"\n", 1)[0])
        if found is not None:
            return found
    aliases = {"typescriptreact": "tsx", "javascriptreact": "javascript", "shellscript": "bash"}
    wanted = aliases.get(document.language, document.language)
    return next((spec for spec in LANGUAGES if spec.id == wanted), None)
