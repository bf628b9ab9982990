"""What a repository's history teaches, learnt once per head.

Owns which commits are learnt from, and what is kept between drafts. It must not know any one
change.
"""

from __future__ import annotations

import os
import threading
from collections import OrderedDict
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from pairwright.features.commits.classify import Example, LabelModel, ScopeNames
from pairwright.features.commits.configuration import MessageRules
from pairwright.features.commits.draft import Author, Learnt
from pairwright.features.commits.header import Form, parsed_header
from pairwright.features.commits.style import HISTORY, CommitStyle, rules_of, style_of
from pairwright.git.log import LoggedCommit, commits
from pairwright.git.process import run_git
from pairwright.git.repo import RepoView

_KEPT = 4
"""Repositories whose models are held at once."""

_FRESH = 20
"""Commits that may come on top before models are made anew: a few more teach them little."""


def type_examples(history: Sequence[LoggedCommit]) -> list[Example]:
    """What commits with a type teach, the oldest first; `history` has the newest first."""
    found: list[Example] = []
    last: dict[str, str] = {}
    for commit in reversed(history):
        header = parsed_header(commit.subject)
        if header.form is not Form.CONVENTIONAL or not commit.files:
            continue
        files = tuple((one.path, one.status.value) for one in commit.files)
        found.append(Example(files, commit.email, header.type, last.get(commit.email, "")))
        last[commit.email] = header.type
    return found


def scope_examples(history: Sequence[LoggedCommit]) -> list[Example]:
    """The same for scopes, the commit's type as hint; "" is the label of a commit without one."""
    found: list[Example] = []
    for commit in reversed(history):
        header = parsed_header(commit.subject)
        if header.form is Form.CONVENTIONAL and commit.files:
            files = tuple((one.path, one.status.value) for one in commit.files)
            found.append(Example(files, commit.email, header.scope, header.type))
    return found


def learnt_from(history: Sequence[LoggedCommit], style: CommitStyle) -> Learnt:
    """The models of a history, the newest commit first. Nothing to learn where commits have no
    types.
    """
    if not style.conventional:
        return Learnt(style, LabelModel(()), LabelModel(()), ScopeNames(()))
    types = type_examples(history)
    scopes = scope_examples(history)
    if not any(one.label for one in scopes):
        scopes = []
    return Learnt(style, LabelModel(types), LabelModel(scopes), ScopeNames(scopes))


@dataclass(frozen=True, slots=True)
class _Held:
    """What was learnt of one repository: the models of `learnt_from`, and of `head` the rest."""

    learnt_from: str
    head: str
    rules: MessageRules
    learnt: Learnt
    history: tuple[LoggedCommit, ...]


_held: OrderedDict[Path, _Held] = OrderedDict()
_lock = threading.Lock()


def learn(repo: RepoView, limit: int = HISTORY) -> tuple[Learnt, tuple[LoggedCommit, ...]]:
    """What the last `limit` commits teach, and these commits. All is kept from one draft to the
    next, models as long as only a few commits came on top. Thread-safe. Raises `GitUnavailable`.
    """
    rules = rules_of(repo)
    head = f"{repo.head().commit or ''} {limit}"
    with _lock:
        known = _held.get(repo.root)
    if known is not None and known.head == head and known.rules == rules:
        return known.learnt, known.history
    history = tuple(commits(repo, limit))
    style = style_of(history, rules)
    recent = {commit.id for commit in history[:_FRESH]}
    if (
        known is not None
        and known.learnt_from in recent
        and known.learnt.style.form is style.form
        and len(known.history) > _FRESH
    ):
        first, learnt = known.learnt_from, replace(known.learnt, style=style)
    else:
        first, learnt = history[0].id if history else "", learnt_from(history, style)
    with _lock:
        _held[repo.root] = _Held(first, head, rules, learnt, history)
        _held.move_to_end(repo.root)
        while len(_held) > _KEPT:
            _held.popitem(last=False)
    return learnt, history


_styles: OrderedDict[Path, tuple[str, CommitStyle]] = OrderedDict()


def learn_only_style(repo: RepoView) -> CommitStyle:
    """The style alone, kept as long as neither the head nor the configuration changes."""
    head, rules = repo.head().commit or "", rules_of(repo)
    with _lock:
        known = _styles.get(repo.root)
    if known is not None and known[0] == head and known[1].rules == rules:
        return known[1]
    style = style_of(list(commits(repo, HISTORY)), rules)
    with _lock:
        _styles[repo.root] = head, style
        while len(_styles) > _KEPT:
            _styles.popitem(last=False)
    return style


def author_of(repo: RepoView, history: Sequence[LoggedCommit] = ()) -> Author:
    """Who would commit here now, as far as git's configuration and environment say."""
    answer = run_git(
        repo.root, ("config", "--null", "--get-regexp", r"^(user|author)\.(name|email)$")
    )
    held: dict[str, str] = {}
    for entry in answer.output.decode("utf-8", "replace").split("\0"):
        key, _, value = entry.partition("\n")
        if key:
            held[key] = value
    name = os.environ.get("GIT_AUTHOR_NAME") or held.get("author.name") or held.get("user.name", "")
    email = (
        os.environ.get("GIT_AUTHOR_EMAIL") or held.get("author.email") or held.get("user.email", "")
    )
    last = next((one for one in history if one.email == email), None)
    header = parsed_header(last.subject) if last is not None else None
    last_type = header.type if header is not None else ""
    return Author(name, email, _branch(repo), last_type)


def _branch(repo: RepoView) -> str:
    """The branch that is checked out, or that is being rebased; "" on a detached head."""
    branch = repo.head().branch
    if branch is not None:
        return branch
    for folder in ("rebase-merge", "rebase-apply"):
        try:
            text = (repo.git_folder / folder / "head-name").read_text("utf-8", "replace")
        except OSError:
            continue  # no rebase of that kind
        return text.strip().removeprefix("refs/heads/")
    return ""
