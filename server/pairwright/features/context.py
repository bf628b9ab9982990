"""What every ability is handed, and the values the registries are made of.

Owns `Context` and the shapes of reviewers, actions and commands. It must not know the protocol,
nor any one ability but the map that `Context.retrieve` hands to all of them.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from pairwright.errors import BadArgument, UnknownSymbol
from pairwright_analyzers.types import Finding, SourceChange, Span

if TYPE_CHECKING:
    from pairwright.features.repo_map import RepoMap
    from pairwright.git.repo import RepoView
    from pairwright.index.protocol import Hit, Searcher
    from pairwright.index.status import IndexStatus
    from pairwright.session import Document
    from pairwright.settings import SettingProblem, Settings
    from pairwright.tasks import Progress
    from pairwright_analyzers.graph import CodeGraph
    from pairwright_analyzers.syntax import Parsed

_log = logging.getLogger(__name__)


def log_failure(what: str, error: Exception) -> None:
    """Log a failure that was isolated: where nobody is there to be told."""
    _log.error("%s failed: %s", what, error, exc_info=error)


@dataclass(frozen=True, slots=True)
class Context:
    """One root at one revision, for one piece of work.

    `documents` are the root's open documents by path. `repo` is the root's repository, None
    outside of any. `check` raises `Cancelled` once the work is not wanted any more: call it in
    every loop that may last.
    """

    root: Path
    graph: CodeGraph
    settings: Settings
    repo: RepoView | None
    documents: Mapping[str, Document]
    status: IndexStatus
    check: Callable[[], None]
    progress: Progress
    report: Callable[[str, Exception], None] = log_failure
    trees: Mapping[str, Parsed] = field(default_factory=dict)
    """What open documents were read as, by path; none for a text that is too large."""
    searcher: Searcher | None = None
    """Who searches the root; None where it has no index, or none yet."""

    def retrieve(self, query: str, budget_tokens: int) -> RepoMap:
        """The symbols that matter most to a question, given what is open, with their signatures, in
        at most about `budget_tokens` tokens. An empty query asks for what matters to all.
        """
        from pairwright.features.repo_map import repo_map

        return repo_map(self, query, budget_tokens)


@dataclass(frozen=True, slots=True)
class Reviewer:
    """One source of findings in a file. Isolated: one that fails is reported once and skipped."""

    id: str
    review: Callable[[Context, str], tuple[Finding, ...]]


# Actions.


@dataclass(frozen=True, slots=True)
class ActionRequest:
    """What a lightbulb asks for: the selection, the findings that touch it, and all of the file, in
    today's text.

    `kinds` are the code action kinds that are wanted, each with all below it; None for any.
    """

    path: str
    span: Span
    findings: Sequence[Finding]
    in_file: Sequence[Finding]
    kinds: Sequence[str] | None = None

    def wants(self, kind: str) -> bool:
        """Whether an action of this kind is asked for."""
        return self.kinds is None or any(
            not one or kind == one or kind.startswith(f"{one}.") for one in self.kinds
        )


@dataclass(frozen=True, slots=True)
class Offer:
    """An action that can be had. `data` is plain JSON, handed back to the producer's `resolve`.

    `finding` is the one it is about. `command` names a command to run in place of an edit, with
    `data` as its argument. `disabled` says in a sentence why it cannot be had, "" when it can.
    """

    title: str
    kind: str
    data: Mapping[str, Any] = field(default_factory=dict)
    finding: Finding | None = None
    preferred: bool = False
    command: str = ""
    disabled: str = ""


@dataclass(frozen=True, slots=True)
class ActionProducer:
    """One source of offers.

    `kinds` are the code action kinds it may offer. `offers` reads the snapshot only: no disk, no
    model. `resolve` gets an offer's `data` for the path it was offered in, and raises
    `StaleDocument` when what it was
    about is gone. `unasked` says whether a lightbulb that nobody clicked shows its quick fixes.
    """

    id: str
    kinds: tuple[str, ...]
    offers: Callable[[Context, ActionRequest], Sequence[Offer]]
    resolve: Callable[[Context, str, Mapping[str, Any]], SourceChange] | None = None
    unasked: bool = True


# Commands.


@dataclass(frozen=True, slots=True)
class Position:
    """A position as the client sent it: line and column from 0, the column in the negotiated
    encoding.
    """

    line: int
    character: int


@dataclass(frozen=True, slots=True)
class Range:
    """Two positions as the client sent them; `end` is behind the last character."""

    start: Position
    end: Position


@dataclass(frozen=True, slots=True)
class NoArguments:
    """A command without arguments."""


@dataclass(frozen=True, slots=True)
class Place:
    """The file of a command's `uri`, in the root it belongs to."""

    context: Context
    path: str
    offset: Callable[[Position], int]


@dataclass(frozen=True, slots=True)
class CommandContext:
    """What a command is handed.

    `roots` are the workspace folders; `locate` finds the place of a URI, None outside all of them;
    `within` finds the workspace folder, and the path there, of any file's or folder's URI;
    `health` is `ok`, `warning` or `error`; `log` gives the kept lines of the log. `publish` sends
    an outcome ahead of the answer, where the client wants it so.
    """

    roots: tuple[Context, ...]
    locate: Callable[[str], Place | None]
    within: Callable[[str], tuple[Context, str] | None]
    health: str
    problems: tuple[SettingProblem, ...]
    log: Callable[[], str]
    publish: Callable[[Hits], None]

    def place(self, uri: str) -> Place:
        """The place of a URI. Raises `BadArgument` when it is in no workspace folder."""
        found = self.locate(uri)
        if found is None:
            raise BadArgument(
                f"`uri` names a file outside of the workspace: {uri[:200]}",
                "Give the URI of a file in a workspace folder, or one that is open.",
            )
        return found

    def first(self) -> Context:
        """The first workspace folder. Raises `BadArgument` when there is none."""
        if not self.roots:
            raise BadArgument("No folder is open.", "Open a workspace folder first.")
        return self.roots[0]


@dataclass(frozen=True, slots=True)
class VirtualDocument:
    """A text made for reading. `uri` has the scheme `pairwright:`, `language` is an LSP language
    identifier.
    """

    uri: str
    title: str
    language: str
    text: str


@dataclass(frozen=True, slots=True)
class Value:
    """An outcome that is only answered: plain JSON."""

    json: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Show:
    """An outcome to be read; `extra` is answered beside the document."""

    document: VirtualDocument
    extra: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Edit:
    """An outcome that changes files of a root: applied by the editor, undone there. Answered with
    `{applied}`, `{named}` where a name was chosen that the person may want to be another, and
    `extra`.
    """

    root: Path
    label: str
    change: SourceChange
    extra: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Reveal:
    """A place to go to: the start of a line, from 0. Answered with `{uri, line}` and `extra`."""

    root: Path
    path: str
    line: int
    extra: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Found:
    """Findings of several files, by root and path: shown as diagnostics. Answered with their
    numbers.
    """

    findings: Mapping[Path, Mapping[str, Sequence[Finding]]]


@dataclass(frozen=True, slots=True)
class Hits:
    """What a search found, each hit with the root it is in, the best first. Answered as locations,
    with `notes` and the `state` of the index, and with what scores are made of where `explain` says
    so; `document` is shown beside the answer.
    """

    hits: Sequence[tuple[Path, Hit]]
    notes: Sequence[str]
    state: str
    explain: bool = False
    document: VirtualDocument | None = None


@dataclass(frozen=True, slots=True)
class Rebuild:
    """The wish to build every index from nothing. Answered with the status when that has ended."""


@dataclass(frozen=True, slots=True)
class Accepted:
    """A baseline was written: open documents are to be reviewed again. Answered with `json`."""

    json: Mapping[str, Any]


Outcome = Value | Show | Edit | Reveal | Found | Hits | Rebuild | Accepted


def partial_token() -> Any:
    """The field of a command's arguments that holds the token which its client wants partial
    results under: LSP's `partialResultToken`, inside the argument as commands have no place for it.
    """
    return field(default=None, metadata={"name": "partialResultToken"})


@dataclass(frozen=True, slots=True)
class Command:
    """A command. `arguments` is a dataclass; its fields are the fields of the one object a client
    sends.

    `progress` is the title of the bar while it runs, "" for a quick one. `run` is called in a
    worker thread. `listed` says whether editors list it; the others are for programs.
    """

    name: str
    title: str
    description: str
    arguments: type
    run: Callable[[CommandContext, Any], Outcome]
    progress: str = ""
    listed: bool = True


def no_symbol(what: str) -> UnknownSymbol:
    """The error of a position without a symbol; `what` was asked for."""
    return UnknownSymbol(
        f"No symbol of this workspace stands here, so there are no {what} to show.",
        "Put the cursor on the name of a function, method or class.",
    )
