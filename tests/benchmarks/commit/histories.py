"""Real histories to measure drafts on: which commits, what was known before each.

Owns the walk through a history. It must not know how a message is made.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from pairwright.features.commits.draft import Author, Learnt
from pairwright.features.commits.header import Form, Header, parsed_header
from pairwright.features.commits.learning import learnt_from
from pairwright.features.commits.style import HISTORY, is_bot, is_release, rules_of, style_of
from pairwright.git.log import LoggedCommit, commits
from pairwright.git.repo import RepoView, open_repo

BLOCK = 10
"""Commits that share what was learnt: from those before the first of them, and nothing later."""

_EARLIER = 50
"""Commits that a history needs to have before one that is measured."""


@dataclass(frozen=True, slots=True)
class Case:
    """One commit whose message is hidden, and all that was known when it was made."""

    commit: LoggedCommit
    header: Header
    author: Author
    learnt: Learnt
    before: Sequence[LoggedCommit]

    @property
    def by_a_person(self) -> bool:
        """Whether a person wrote it, and it is no release."""
        return not is_bot(self.commit) and not is_release(self.commit.subject)


def opened(path: Path) -> RepoView:
    """A repository with a work tree, of which nothing needs to be checked out."""
    repo = open_repo(path)
    if repo is None:
        raise SystemExit(f"{path} is no repository with a work tree")
    return repo


def cases(repo: RepoView, count: int, history: int = HISTORY) -> Iterator[Case]:
    """The last `count` commits that have a type, oldest blocks last, each walked forward; none
    knows more than the `history` commits before its block.
    """
    logged = [one for one in commits(repo, 3 * count + max(history, _EARLIER)) if one.files]
    rules = rules_of(repo)
    found = 0
    for start in range(0, len(logged), BLOCK):
        block = logged[start : start + BLOCK]
        if len(logged) - start - BLOCK < _EARLIER:
            return
        before = logged[start + BLOCK : start + BLOCK + history]
        learnt = learnt_from(before, style_of(before, rules))
        for place, commit in enumerate(block):
            header = parsed_header(commit.subject)
            if header.form is not Form.CONVENTIONAL:
                continue
            earlier = logged[start + place + 1 : start + BLOCK + history]
            author = replace(Author(commit.author, commit.email), last_type=_last(earlier, commit))
            yield Case(commit, header, author, learnt, before)
            found += 1
            if found == count:
                return


def _last(earlier: Sequence[LoggedCommit], commit: LoggedCommit) -> str:
    for one in earlier:
        if one.email == commit.email:
            header = parsed_header(one.subject)
            if header.form is Form.CONVENTIONAL:
                return header.type
    return ""
