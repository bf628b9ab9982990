"""What a history tells of files: which were edited lately, and which change together.

Owns the counting. It must not know what is made of it. After "Mining Version Histories to Guide
Software Changes" (T. Zimmermann et al., 2005): a file that changed in most commits of another one
is likely to change with it again.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from types import MappingProxyType

from pairwright.git.log import commits
from pairwright.git.repo import RepoView

_COMMITS = 2_000
_RECENT = 300
_HALF_LIFE = 50
"""Commits after which an edit counts half."""
_WHOLESALE = 100
"""A commit with more files is an import or a reformatting: nobody worked on any of them."""
_TOGETHER = 20
"""A commit with more files says little on which of them belong together."""


@dataclass(frozen=True, slots=True)
class Partner:
    """A file that changes with another one: in `together` of its `changes` last commits."""

    path: str
    together: int
    changes: int

    @property
    def share(self) -> float:
        """How many of the other file's commits touched this one, from 0 to 1."""
        return self.together / self.changes


@dataclass(frozen=True, slots=True)
class Habits:
    """What the last commits of a branch tell. Paths are relative to the repository's root.

    `recency` is from 1 for the files of the newest commit down to 0; files that none of the recent
    commits touched are not in it. `changes` counts the commits of each file that say something on
    what belongs together, `pairs` those it shares with others.
    """

    recency: Mapping[str, float]
    changes: Mapping[str, int]
    pairs: Mapping[str, Mapping[str, int]]

    def partners(self, path: str, *, together: int = 2, share: float = 0.0) -> tuple[Partner, ...]:
        """The files that change with one, the most faithful first: at least so many times together,
        in at least such a share of its commits.
        """
        changes = self.changes.get(path, 0)
        found = [
            Partner(other, count, changes)
            for other, count in self.pairs.get(path, {}).items()
            if count >= together and count >= share * changes
        ]
        return tuple(sorted(found, key=lambda one: (-one.together, one.path)))


@lru_cache(maxsize=8)
def habits_of(repo: RepoView, head: str) -> Habits:
    """The habits of a repository whose `head_marker` is `head`; read again once that has moved.

    Takes tenths of a second the first time. Raises `UnknownRevision` and `GitUnavailable`.
    """
    recency: dict[str, float] = {}
    changes: Counter[str] = Counter()
    pairs: dict[str, Counter[str]] = defaultdict(Counter)
    for age, commit in enumerate(commits(repo, _COMMITS)):
        paths = [file.path for file in commit.files]
        if age < _RECENT and len(paths) <= _WHOLESALE:
            for path in paths:
                recency.setdefault(path, 0.5 ** (age / _HALF_LIFE))
        if len(paths) <= _TOGETHER:
            changes.update(paths)
            for path in paths:
                pairs[path].update(other for other in paths if other != path)
    return Habits(
        MappingProxyType(recency), MappingProxyType(changes), MappingProxyType(dict(pairs))
    )
