"""One query under way: what was asked of which view, and which files its filters let through.

Owns the filters, and what the answer will have to say of itself (notes, degraded). It must not know
how anything is found or ranked.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from fnmatch import fnmatchcase
from pathlib import PurePosixPath
from typing import TYPE_CHECKING

from pairwright.index.protocol import Signals
from pairwright.index.query import NO_FILTERS, Query
from pairwright.index.view import IndexView
from pairwright_analyzers.languages import language_of

if TYPE_CHECKING:
    from pairwright.index.evidence import Corpus, Mask
    from pairwright.index.vector_search import CopyIndex
    from pairwright.index.vectors import VectorIndex
    from pairwright_analyzers.graph import CodeGraph


@dataclass(slots=True)
class Asked:
    """A query, what it is asked of, and what there is to say beside its hits.

    `within` is a file or folder below the root, without slashes around it; "" for all. `check` is
    called between steps and may raise. `notes` and `degraded` become those of the result.
    """

    view: IndexView
    graph: CodeGraph
    query: Query
    limit: int
    signals: Signals
    check: Callable[[], None]
    within: str = ""
    notes: list[str] = field(default_factory=list)
    degraded: bool = False

    def lacks(self, sentence: str) -> None:
        """Note that a part of the search which was asked for is down."""
        self.notes.append(sentence)
        self.degraded = True

    def tell(self, vectors: VectorIndex | CopyIndex) -> None:
        """Pass on what the search for vectors has to say of itself."""
        if vectors.note:
            self.notes.append(vectors.note)
        self.degraded |= vectors.degraded

    def mask(self, corpus: Corpus) -> Mask | None:
        """Which chunks may be found; None for all."""
        filters = self.query.filters
        if not filters and not self.within:
            return None
        from pairwright.index.arrays import np

        allowed = np.fromiter(
            (
                live and self.allows(path)
                for path, live in zip(
                    corpus.index.paths, corpus.index.live_files.tolist(), strict=True
                )
            ),
            bool,
            len(corpus.index.paths),
        )
        mask: Mask = allowed[corpus.files]
        if filters.tests is False:
            mask &= corpus.tests == 0
        elif filters.tests:
            tests = np.fromiter((is_test(path) for path in corpus.index.paths), bool)
            mask &= tests[corpus.files] | (corpus.tests > 0)
        return mask

    def _is_in(self, path: str, languages: frozenset[str]) -> bool:
        """Whether a file is in one of some languages; what is not parsed goes by its extension."""
        spec = language_of(path)
        if spec is not None and not spec.parsed and PurePosixPath(path).suffix.lower() in languages:
            return True
        return (spec.id if spec is not None else language_id(self.view, path)) in languages

    def allows(self, path: str) -> bool:
        """Whether the filters let a file through; those about tests only where the path decides."""
        filters = self.query.filters
        within = self.within
        if within and path != within and not path.startswith(f"{within}/"):
            return False
        if filters == NO_FILTERS:
            return True
        if filters.languages and not self._is_in(path, filters.languages):
            return False
        if filters.paths and not any(_fits(path, wanted) for wanted in filters.paths):
            return False
        if any(_fits(path, unwanted) for unwanted in filters.without_paths):
            return False
        if filters.tests is False and is_test(path):
            return False
        if filters.changed:
            changed = self.signals.changed
            if changed is None:
                self.notes.append(
                    "Nothing is known of changes here, so `changed:` finds nothing: the folder is "
                    "in no repository, or its base revision cannot be read."
                )
                return False
            return path in changed
        return True


def language_id(view: IndexView, path: str) -> str:
    spec = language_of(path)
    if spec is not None:
        return spec.id
    facts = view.facts(path)
    return facts.language if facts is not None else ""


def is_test(path: str) -> bool:
    from pairwright.index.ranking import PathTrait, traits_of

    return bool(traits_of(path) & PathTrait.TEST)


def _fits(path: str, wanted: str) -> bool:
    """Whether a path is what `path:` asks for: a glob over the whole path or its end, else a part
    of it.
    """
    wanted = wanted.removeprefix("./")
    if wanted.lower() in path.lower():
        # Brackets stand in the names of files, too.
        return True
    globbed = any(letter in wanted for letter in "*?[")
    return globbed and (fnmatchcase(path, wanted) or fnmatchcase(path, f"*/{wanted}"))
