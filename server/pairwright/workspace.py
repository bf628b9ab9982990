"""One workspace, opened for one run of the command line: the composition root beside `app`.

Owns how settings, index, repository and graph come together without an editor. What it opens is
closed again by its
caller, with `with`.
"""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass, replace
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Any

from pairwright.errors import BadArgument
from pairwright.features.context import Context

if TYPE_CHECKING:
    from pairwright.index.build import BuildReport
    from pairwright.index.embed import Encoder
    from pairwright.index.live import LiveIndex
    from pairwright.index.retrieve import IndexSearcher
    from pairwright.index.status import IndexStatus, VectorStatus
    from pairwright.index.store import FileRow, Store
    from pairwright.index.vector_search import VectorSearch
    from pairwright.index.view import IndexView
    from pairwright.settings import Resolved, Settings
    from pairwright.tasks import Progress

_ROOT_MARKERS = (".git", ".pairwright.toml")


@dataclass(frozen=True, slots=True)
class OpenedRoot:
    """An indexed root.

    `resolved` says where each setting came from, `report` what the build did.
    """

    context: Context
    resolved: Resolved
    report: BuildReport
    _index: LiveIndex
    _searcher: IndexSearcher
    _vectors: VectorSearch

    def languages(self) -> dict[str, int]:
        """Files by language id, the most first."""
        counts = Counter(row.language for row in self._index.store.rows.values() if row.digest)
        return dict(counts.most_common())

    def without_vectors(self) -> Sequence[int]:
        """The sizes in bytes of the files that have no vectors yet; of none where none can be
        made, which the search itself says.
        """
        encoder = self._searcher.kept.encoder()
        return [row.size for row in self._without_vectors(encoder)] if encoder is not None else ()

    def _without_vectors(self, encoder: Encoder) -> Sequence[FileRow]:
        from pairwright.index.embedder import files_without_vectors
        from pairwright.index.vectors import encoder_key

        return files_without_vectors(self._index.store, encoder_key(encoder))

    def vectors(self) -> VectorStatus:
        """How many files have vectors; the reason where the encoder cannot be opened."""
        from pairwright.index.status import VectorState, VectorStatus

        files = len(self._index.store.contents.files)
        encoder = self._searcher.kept.encoder()
        if encoder is None:
            problem = self._searcher.kept.encoder_problem
            state = VectorState.UNAVAILABLE if problem else VectorState.OFF
            return VectorStatus(state, 0, files, reason=problem)
        missing = len(self._without_vectors(encoder))
        state = VectorState.WAITING if missing else VectorState.READY
        return VectorStatus(state, files - missing, files, encoder.id)

    def reranker(self) -> str:
        """Whether a second model looks at the best hits, or why none does."""
        if self._searcher.kept.reranker() is not None:
            return "ready"
        return self._searcher.kept.reranker_problem or "none"

    def embed(self, progress: Progress) -> VectorStatus:
        """Make all vectors that are missing, as fast as can be. Raises `EncoderProblem`."""

        def report(status: VectorStatus) -> None:
            progress.report("Making vectors", status.done, status.total)

        settings = self.resolved.settings
        store = self._index.store
        status = embed(store, settings, self._vectors, _never, report, urgently=True)
        problem = self._vectors.settled()
        return replace(status, reason=problem) if problem else status

    @property
    def cache_folder(self) -> Path:
        """Where the index is kept."""
        return self._index.store.folder

    @property
    def problem(self) -> str:
        """Why the index is not kept on disk, "" when it is."""
        return self._index.store.problem

    def __enter__(self) -> OpenedRoot:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        if self.context.repo is not None:
            self.context.repo.close()
        self._vectors.close()
        self._index.close()


def root_around(path: Path) -> tuple[Path, str]:
    """The root a path belongs to, and the path inside it ("" for the root itself).

    The root is the nearest folder upwards that holds a repository or our settings; without one, the
    folder itself.
    Raises `BadArgument` for a path that is not there.
    """
    try:
        place = path.absolute()
    except FileNotFoundError:
        raise BadArgument(
            "The folder that this was started in is gone.", "Change to one that is there."
        ) from None
    try:
        place = place.resolve(strict=True)
    except (OSError, RuntimeError, ValueError) as error:  # RuntimeError: links in a circle
        reason = getattr(error, "strerror", None) or "it cannot be read"
        if isinstance(error, FileNotFoundError):
            raise BadArgument(f"There is no file or folder {path}.", "Check the path.") from None
        raise BadArgument(
            f"{str(path)[:200]} cannot be opened: {reason}.", "Check the path."
        ) from None
    folder = place if place.is_dir() else place.parent
    for candidate in (folder, *folder.parents):
        if any((candidate / marker).exists() for marker in _ROOT_MARKERS):
            inside = place.relative_to(candidate).as_posix()
            return candidate, "" if inside == "." else inside
    inside = place.relative_to(folder).as_posix()
    return folder, "" if inside == "." else inside


def settings_of(root: Path | None, overrides: Mapping[str, Any]) -> Resolved:
    """The settings of a root as the command line sees them; `overrides` stand in the editor's
    place.
    """
    from pairwright.settings import default_user_file, read_layers, resolve_settings

    return resolve_settings(read_layers(root, overrides, os.environ, default_user_file()))


def cache_folder(settings: Settings) -> Path:
    """The folder below which every root's index is kept."""
    if settings.index.cache_folder:
        return Path(settings.index.cache_folder).expanduser()
    import platformdirs

    return platformdirs.user_cache_path("pairwright", appauthor=False)


def open_root(
    path: Path,
    *,
    settings: Mapping[str, Any] | None = None,
    rebuild: bool = False,
    progress: Progress,
) -> OpenedRoot:
    """Index a folder and make all that the features need.

    Raises `BadArgument` where `path` is no folder.
    """
    from pairwright.git.repo import open_repo
    from pairwright_analyzers.graph import CodeGraph

    root = path.resolve()
    if not root.is_dir():
        raise BadArgument(f"{path} is not a folder.", "Give the folder of a workspace.")
    resolved = settings_of(root, settings or {})
    index = live_index(root, resolved.settings)
    views: list[IndexView] = []

    def publish(view: IndexView | None, status: IndexStatus) -> None:
        if view is not None:
            views.append(view)

    def count(done: int, total: int) -> None:
        progress.report("Indexing", done, total)

    report = (index.rebuild if rebuild else index.build)(_never, count, publish)
    vectors = vector_search_of(index.store, resolved.settings)
    searcher = searcher_of(vectors, resolved.settings)
    context = Context(
        root=root,
        graph=CodeGraph(views[-1]),
        settings=resolved.settings,
        repo=open_repo(root),
        documents={},
        status=index.status(),
        check=_never,
        progress=progress,
        searcher=searcher,
    )
    return OpenedRoot(context, resolved, report, index, searcher, vectors)


def embed(
    store: Store,
    settings: Settings,
    vectors: VectorSearch,
    check: Callable[[], None],
    report: Callable[[VectorStatus], None],
    *,
    urgently: bool = False,
) -> VectorStatus:
    """Make the vectors that the files of a store lack, as the settings want them, and tell
    `vectors`; `report` hears how far it is. `urgently` takes all processors, else one at the least
    priority.

    Raises `EncoderProblem` where the encoder cannot be opened.
    """
    from pairwright.index.embedder import BACKGROUND, EmbedOptions, embed_missing
    from pairwright.index.status import VectorState, VectorStatus

    wanted = settings.search
    if not searches_by_meaning(settings):
        status = VectorStatus(VectorState.OFF)
        report(status)
        return status
    files = len(store.contents.files)

    def progress(done: int, total: int) -> None:
        report(VectorStatus(VectorState.BUILDING, files - total + done, files))

    options = EmbedOptions(os.cpu_count() or 1, niceness=0) if urgently else BACKGROUND
    found = embed_missing(store, wanted.encoder, options, check=check, progress=progress)
    vectors.update(found.encoder, store.vectors.count(found.encoder))
    done = files - len(found.unread)
    status = VectorStatus(VectorState.READY, done, files, found.encoder.id)
    report(status)
    return status


def vector_search_of(store: Store, settings: Settings) -> VectorSearch:
    """Where the vectors of a store are searched, as the settings want it; the caller closes it."""
    from pairwright.index.chroma.copy import ChromaOptions
    from pairwright.index.vector_search import VectorOptions, VectorSearch, Where

    wanted = settings.search
    # On a server of our own each root has a copy; a team shares one for each repository.
    name = _shared_name(store.root) if wanted.chroma_url else store.folder.name
    chroma = ChromaOptions(cache_folder(settings) / "chroma", name, wanted.chroma_url)
    options = VectorOptions(chroma, Where(wanted.store), wanted.memory_chunks)
    return VectorSearch(store.vectors, options)


def _shared_name(root: Path) -> str:
    """What a team calls a root: the same in every clone, the folder's name outside of any."""
    from pairwright.errors import GitUnavailable
    from pairwright.git.repo import open_repo

    try:
        repo = open_repo(root)
    except GitUnavailable:
        return root.name
    if repo is None:
        return root.name
    with closing(repo):
        inside = repo.path_of(root / "file") or ""
        shared = repo.shared_name()
    return f"{shared}-{inside.removesuffix('file')}".rstrip("-/") if shared else root.name


def searcher_of(vectors: VectorSearch, settings: Settings) -> IndexSearcher:
    """Who searches a store, as the settings want it. Loads nothing before the first query."""
    from pairwright.index.retrieve import IndexSearcher, SearchOptions

    wanted = settings.search
    options = SearchOptions(wanted.vectors, wanted.encoder, wanted.rerank)
    return IndexSearcher(options, vectors)


def searches_by_meaning(settings: Settings) -> bool:
    """Whether the settings want vectors at all."""
    return settings.search.vectors and settings.search.encoder != "none"


def live_index(root: Path, settings: Settings) -> LiveIndex:
    """The index of a root, as its settings want it."""
    from pairwright.index.build import BuildOptions
    from pairwright.index.live import LiveIndex

    wanted = settings.index
    options = BuildOptions(
        exclude=tuple(wanted.exclude),
        include_vendored=wanted.include_vendored,
        max_file_size=wanted.max_file_size,
        workers=wanted.workers or max(1, min(8, os.cpu_count() or 1)),
    )
    return LiveIndex(root, cache_folder(settings), options)


def _never() -> None:
    """A run of the command line is interrupted by its signal, not by a token."""
