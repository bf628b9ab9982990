"""Findings on their way to the editor: reviews on save, pushed or pulled.

Owns what was found where, for which version, and when a review runs. What is found is decided by
the reviewers in `pairwright.features`. A result for a version that has passed is dropped.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

from lsprotocol import types

from pairwright.errors import NotARepository
from pairwright.features.commit_draft import is_message_file
from pairwright.lsp.convert import Places
from pairwright.lsp.server import Encoded
from pairwright.lsp.uris import uri_of
from pairwright_analyzers.edits import single_edit
from pairwright_analyzers.types import Finding, Location, Severity, Span

if TYPE_CHECKING:
    from pairwright.features.context import Context
    from pairwright.lsp.families import PairwrightServer as Server
    from pairwright.session import Document, RootSnapshot, Snapshot
    from pairwright.tasks import CancelToken, Progress

_log = logging.getLogger(__name__)

SOURCE = "pairwright"

_SEVERITIES = {
    Severity.ERROR: types.DiagnosticSeverity.Error,
    Severity.WARNING: types.DiagnosticSeverity.Warning,
    Severity.INFORMATION: types.DiagnosticSeverity.Information,
    Severity.HINT: types.DiagnosticSeverity.Hint,
}


@dataclass(frozen=True, slots=True)
class Held:
    """What the last review of a file found; `serial` counts reviews, `text` is what was
    reviewed.
    """

    serial: int
    root: Path
    path: str
    version: int | None
    text: bytes
    findings: tuple[Finding, ...]
    diagnostics: tuple[types.Diagnostic, ...]


class Reviews:
    """The findings held, by URI, and the reviews under way. Lives on the loop thread."""

    def __init__(self, server: Server) -> None:
        self._server = server
        self._held: dict[str, Held] = {}
        self._running: dict[str, asyncio.Task[None]] = {}
        self._serial = 0
        self._refreshing = False

    @property
    def count(self) -> int:
        """How many findings are shown."""
        return sum(len(held.findings) for held in self._held.values())

    @property
    def quiet(self) -> bool:
        """Whether no review runs."""
        return not self._running

    @property
    def pulls(self) -> bool:
        """Whether findings wait for the editor to ask. Only where it can be told to ask again."""
        client = self._server.client
        mode = self._server.settings.window.diagnostics.mode
        if mode == "auto":
            return client.pull_diagnostics and client.diagnostic_refresh
        return mode == "pull"

    def held(self, uri: str) -> Held | None:
        """What was found in a file, or None before its first review."""
        return self._held.get(uri)

    def all(self) -> list[tuple[str, Held]]:
        """Everything held, by URI."""
        return sorted(self._held.items())

    # When a review runs.

    def opened(self, uri: str) -> None:
        """A document was opened: review it, unless the index will say when there is enough
        to see.
        """
        root = self._root_to_review(uri)
        if root is not None and (root.status.state != "building" or self._is_message(uri)):
            self._start(uri)

    def analysed(self, uri: str) -> None:
        """A document was read anew: a message is judged as it is typed, it is saved but once."""
        held = self._held.get(uri)
        document = self._server.session.document(uri)
        if held is None or document is None or held.text == document.text:
            return
        if self._is_message(uri) and self._root_to_review(uri) is not None:
            self._start(uri)

    def saved(self, uri: str) -> None:
        """A document was saved: review it, then those whose findings it may have cured."""
        if self._root_to_review(uri) is None:
            return
        self._start(uri, then=self._others_with_findings(uri))

    def closed(self, uri: str) -> None:
        """A document was closed: its findings go with it."""
        running = self._running.pop(uri, None)
        if running is not None:
            running.cancel()
        self._server.tasks.cancel(("review", uri))
        if self._held.pop(uri, None) is not None:
            self._publish(uri, None, ())

    def index_ready(self, root: Path) -> None:
        """A root can be seen as a whole (again): review what is open in it."""
        for uri, document in self._server.session.snapshot.documents.items():
            if document.root == root and self._root_to_review(uri) is not None:
                self._start(uri)

    def evidence_changed(self, root: Path) -> None:
        """Files that are not open changed: what is found may be cured by that."""
        for uri, document in self._server.session.snapshot.documents.items():
            held = self._held.get(uri)
            if document.root == root and held is not None and held.findings:
                self._start(uri)

    def settings_changed(self, root: Path) -> None:
        """The rules changed: review what is open, and take back what nobody asks about any more."""
        for uri, document in self._server.session.snapshot.documents.items():
            if document.root != root:
                continue
            if self._root_to_review(uri) is not None:
                self._start(uri)
            elif self._held.pop(uri, None) is not None:
                self._publish(uri, None, ())

    def again(self) -> None:
        """Something outside of the documents changed (a baseline, the base revision): review what
        is open.
        """
        for root in self._server.session.snapshot.roots:
            self.index_ready(root.root)

    def _root_to_review(self, uri: str) -> RootSnapshot | None:
        snapshot = self._server.session.snapshot
        document = snapshot.documents.get(uri)
        if document is None:
            return None
        root = snapshot.root_of(document.root)
        if root is None or not root.settings.review.on_save:
            return None
        # A file from outside of the workspace is somebody else's, unless there is no workspace.
        if root.loose and not all(one.loose for one in snapshot.roots):
            # A linked work tree's message lies in the git folder of the main one.
            return root if self._is_message(uri) else None
        return root

    def _is_message(self, uri: str) -> bool:
        document = self._server.session.document(uri)
        return document is not None and is_message_file(document.relative)

    def _others_with_findings(self, uri: str) -> tuple[str, ...]:
        documents = self._server.session.snapshot.documents
        return tuple(
            other
            for other, held in self._held.items()
            if other != uri and held.findings and other in documents
        )

    def _start(self, uri: str, then: tuple[str, ...] = ()) -> None:
        running = self._running.get(uri)
        if running is not None:
            running.cancel()
        task = self._server.spawn("reviewing a file", self._review(uri, then))
        self._running[uri] = task
        self._server.status.changed()

        def done(task: asyncio.Task[None]) -> None:
            if self._running.get(uri) is task:
                del self._running[uri]
                self._server.status.changed()

        task.add_done_callback(done)

    async def _review(self, uri: str, then: tuple[str, ...]) -> None:
        server = self._server
        snapshot = await server.documents.settled(server.session.snapshot, uri)
        document = snapshot.documents.get(uri)
        root = snapshot.root_of(document.root) if document is not None else None
        if document is None or root is None:
            return

        def work(token: CancelToken, progress: Progress) -> Held:
            context = server.context(snapshot, root, token, progress)
            findings = review(context, document.relative, server)
            return self.found(snapshot, root, document, document.relative, findings)

        held = await server.tasks.submit(("review", uri), work)
        now = server.session.document(uri)
        if now is None or now.version != document.version:
            _log.debug("findings for a version that has passed were dropped: %s", uri)
            return
        self._take(uri, held)
        for other in then:
            if other not in self._running:
                self._start(other)

    def found(
        self,
        snapshot: Snapshot,
        root: RootSnapshot,
        document: Document | None,
        path: str,
        findings: Sequence[Finding],
    ) -> Held:
        """Findings of a file with their diagnostics. May run in any thread."""
        places = Places.of(snapshot, root, self._server.client.encoding)
        diagnostics = tuple(
            diagnostic_of(finding, places, self._server, index, document)
            for index, finding in enumerate(findings)
        )
        text = document.text if document is not None else root.view.text(path) or b""
        version = document.version if document is not None else None
        return Held(0, root.root, path, version, text, tuple(findings), diagnostics)

    async def take_all(
        self, snapshot: Snapshot, root: RootSnapshot, found: Mapping[str, Sequence[Finding]]
    ) -> None:
        """Take in what a review of many files found; a document that moved on meanwhile is left to
        its own review.
        """
        documents = {path: snapshot.document_at(root.root, path) for path in found}

        def work(_token: CancelToken, _progress: Progress) -> list[Held]:
            return [
                self.found(snapshot, root, documents[path], path, findings)
                for path, findings in found.items()
            ]

        self._server.command_number += 1
        key = "findings", self._server.command_number
        for held in await self._server.tasks.submit(key, work):
            document = documents[held.path]
            uri = document.uri if document is not None else uri_of(root.root / held.path)
            now = self._server.session.document(uri)
            if (now.version if now is not None else None) == held.version:
                self._take(uri, held)

    def _take(self, uri: str, held: Held) -> None:
        before = self._held.get(uri)
        self._serial += 1
        self._held[uri] = held = replace(held, serial=self._serial)
        if (
            before is not None
            and before.diagnostics == held.diagnostics
            and (before.version == held.version)
        ):
            self._held[uri] = replace(held, serial=before.serial)
            return
        if before is None and not held.diagnostics and not self.pulls:
            return
        self._publish(uri, held.version, held.diagnostics)
        self._server.status.changed()

    def _publish(
        self, uri: str, version: int | None, diagnostics: Sequence[types.Diagnostic]
    ) -> None:
        if not self.pulls:
            self._server.text_document_publish_diagnostics(
                types.PublishDiagnosticsParams(uri, list(diagnostics), version)
            )
        elif not self._refreshing and self._server.client.diagnostic_refresh:
            # Results of one turn of the loop are told in one refresh.
            self._refreshing = True
            asyncio.get_running_loop().call_soon(self._refresh)

    def _refresh(self) -> None:
        self._refreshing = False
        self._server.workspace_diagnostic_refresh(None)

    # Pulled.

    async def current(self, uri: str) -> None:
        """Wait for the review of a document that is under way."""
        running = self._running.get(uri)
        if running is not None:
            await asyncio.wait([running])


def review(context: Context, path: str, server: Server) -> tuple[Finding, ...]:
    """What all reviewers find in a file. One that fails is reported once and skipped."""
    from pairwright.features.registry import REVIEWERS

    found: list[Finding] = []
    for reviewer in REVIEWERS:
        context.check()
        with server.isolated(f"reviewer `{reviewer.id}`"):
            try:
                found.extend(reviewer.review(context, path))
            except NotARepository as error:
                # A folder without git is no failure: there is nothing to compare with.
                _log.info("%s: %s", reviewer.id, error)
    return tuple(found)


def diagnostic_of(
    finding: Finding, places: Places, server: Server, index: int, document: Document | None
) -> types.Diagnostic:
    """A finding as the client can show it. `index` counts the file's findings."""
    from pairwright.features.registry import rule_link

    client = server.client
    diagnostic = types.Diagnostic(
        places.range(finding.location),
        finding.message,
        severity=_SEVERITIES[finding.severity],
        code=finding.rule,
        source=SOURCE,
    )
    if client.diagnostic_code_description:
        diagnostic.code_description = types.CodeDescription(rule_link(finding.rule))
    if client.diagnostic_related and finding.related:
        diagnostic.related_information = [
            types.DiagnosticRelatedInformation(places.location(one.location), one.message)
            for one in finding.related
        ]
    if finding.unnecessary and types.DiagnosticTag.Unnecessary in client.diagnostic_tags:
        diagnostic.tags = [types.DiagnosticTag.Unnecessary]
    if client.diagnostic_data:
        diagnostic.data = {
            "rule": finding.rule,
            "index": index,
            "version": document.version if document is not None else None,
        }
    return diagnostic


def moved(findings: Sequence[Finding], before: bytes, now: bytes) -> list[Finding]:
    """Findings of one text where they stand in another; those whose place was edited are
    left out.
    """
    change = single_edit(before, now)
    if change is None:
        return list(findings)
    start, old_end, new_end = change
    shift = new_end - old_end
    kept = []
    for finding in findings:
        span = finding.location.span
        if span.end <= start:
            kept.append(finding)
        elif span.start >= old_end:
            there = Span(span.start + shift, span.end + shift)
            kept.append(replace(finding, location=Location(finding.location.path, there)))
        elif span.start <= start and old_end <= span.end and len(span) > old_end - start:
            there = Span(span.start, span.end + shift)
            kept.append(replace(finding, location=Location(finding.location.path, there)))
    return kept


async def document_diagnostic(
    server: Server, snapshot: Snapshot, params: types.DocumentDiagnosticParams
) -> Encoded | types.DocumentDiagnosticReport:
    """`textDocument/diagnostic`: what the last review found, where it stands now."""
    uri = params.text_document.uri
    reviews = server.reviews
    if not reviews.pulls:
        return types.RelatedFullDocumentDiagnosticReport([])
    await reviews.current(uri)
    held = reviews.held(uri)
    document = snapshot.documents.get(uri)
    if held is None:
        return types.RelatedFullDocumentDiagnosticReport([])
    same = document is None or document.text == held.text
    result_id = str(held.serial) if same else f"{held.serial}.{document.version}"  # type: ignore[union-attr]
    if params.previous_result_id == result_id:
        return types.RelatedUnchangedDocumentDiagnosticReport(result_id)
    if same or document is None:
        return types.RelatedFullDocumentDiagnosticReport(
            list(held.diagnostics), result_id=result_id
        )
    root = snapshot.root_of(held.root)
    if root is None:
        return types.RelatedFullDocumentDiagnosticReport([])
    settled = await server.documents.settled(snapshot, uri)

    def work(_token: CancelToken, _progress: Progress) -> types.DocumentDiagnosticReport:
        root = settled.root_of(held.root)
        assert root is not None
        findings = moved(held.findings, held.text, document.text)
        there = reviews.found(settled, root, document, held.path, findings)
        return types.RelatedFullDocumentDiagnosticReport(
            list(there.diagnostics), result_id=result_id
        )

    return await server.compute(work)


def workspace_diagnostic(
    server: Server, snapshot: Snapshot, params: types.WorkspaceDiagnosticParams
) -> types.WorkspaceDiagnosticReport:
    """`workspace/diagnostic`: what is held of every file, open or not."""
    known = {previous.uri: previous.value for previous in params.previous_result_ids}
    items: list[types.WorkspaceDocumentDiagnosticReport] = []
    if not server.reviews.pulls:
        return types.WorkspaceDiagnosticReport(items)
    for uri, held in server.reviews.all():
        result_id = str(held.serial)
        if known.pop(uri, None) == result_id:
            items.append(
                types.WorkspaceUnchangedDocumentDiagnosticReport(uri, result_id, held.version)
            )
        else:
            items.append(
                types.WorkspaceFullDocumentDiagnosticReport(
                    uri, list(held.diagnostics), held.version, result_id=result_id
                )
            )
    # What was told before and is held no more is gone.
    items.extend(types.WorkspaceFullDocumentDiagnosticReport(uri, []) for uri in known)
    return types.WorkspaceDiagnosticReport(items)
