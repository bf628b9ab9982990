"""What every ability is handed, and the values the registries are made of.

Owns `Context` and the shapes of actions, commands and reviewers. It must not know the protocol, nor any one ability.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from pairwright_analyzers.types import Finding, SourceChange, Span

if TYPE_CHECKING:
    from pairwright.index.status import IndexStatus
    from pairwright.session import Document, Repository
    from pairwright.settings import Settings
    from pairwright.tasks import Progress
    from pairwright_analyzers.graph import CodeGraph


@dataclass(frozen=True, slots=True)
class Context:
    """One root at one revision, for one piece of work.

    `documents` are the root's open documents by path. `check` raises `Cancelled` once the work is not wanted any more:
    call it in every loop that may last.
    """

    root: Path
    graph: CodeGraph
    settings: Settings
    repository: Repository | None
    documents: Mapping[str, Document]
    status: IndexStatus
    check: Callable[[], None]
    progress: Progress


@dataclass(frozen=True, slots=True)
class VirtualDocument:
    """A text made for reading. `uri` has the scheme `pairwright:`, `language` is an LSP language identifier."""

    uri: str
    title: str
    language: str
    text: str


@dataclass(frozen=True, slots=True)
class ActionRequest:
    """What a lightbulb asks for: the selection, and the findings that touch it, in today's text."""

    path: str
    span: Span
    findings: Sequence[Finding]


@dataclass(frozen=True, slots=True)
class Offer:
    """An action that can be had. `data` is plain JSON, handed back to `resolve`.

    `finding` is the one it repairs. `command` names a command to run with `data` in place of an edit.
    """

    id: str
    title: str
    kind: str
    data: Mapping[str, Any] = field(default_factory=dict)
    finding: Finding | None = None
    preferred: bool = False
    command: str = ""


@dataclass(frozen=True, slots=True)
class ActionProducer:
    """One source of offers.

    `kinds` are the code action kinds it may offer. `offers` reads the snapshot only: no disk, no model. `resolve` gets
    an offer's `data` and raises `StaleDocument` when what it was offered for is gone.
    """

    id: str
    kinds: tuple[str, ...]
    offers: Callable[[Context, ActionRequest], Sequence[Offer]]
    resolve: Callable[[Context, str, Mapping[str, Any]], SourceChange]


@dataclass(frozen=True, slots=True)
class Edit:
    """A command's outcome that changes files: applied by the editor, undone there."""

    label: str
    change: SourceChange


@dataclass(frozen=True, slots=True)
class Show:
    """A command's outcome to be read; `extra` is answered beside it."""

    document: VirtualDocument
    extra: Mapping[str, Any] = field(default_factory=dict)
