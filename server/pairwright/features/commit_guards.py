"""What must not be committed by mistake: secrets, markers of a conflict, very large files, focused
tests, what was written to debug.

Owns which findings stop a commit and what lets one pass. The rules are those of the review, asked
about the lines that a commit adds; here they are also asked about files in no language that is
indexed, where secrets lie most often. It must not know the protocol.

`detect-secrets` 1.5 was measured for the secrets: of 23 formats its own know 18, the rule all; it
brings a client for networks, takes 0.6 s to import and 16 ms a file, and by default shows what it
finds to the service that it may belong to, to see if it works. So it is not used, but its pragma is
understood: `pragma: allowlist secret` in a comment on the line, `allowlist nextline secret` above.
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from pairwright.errors import BadSetting, Cancelled, Refusal, UserError
from pairwright.features.baseline import Baseline, read_baseline
from pairwright.features.context import Context
from pairwright.features.encodings import file_text
from pairwright.features.suppressions import Suppressions
from pairwright.git.repo import RepoView
from pairwright.git.staged import (
    MAX_TEXT,
    SYMLINK,
    ChangeSet,
    Compared,
    FileChange,
    changes,
    texts_of,
    untracked,
)
from pairwright.index.status import IndexState, IndexStatus
from pairwright.settings import default_user_file, read_layers, resolve_settings
from pairwright_analyzers.diff import semantic_diff
from pairwright_analyzers.facts import FileFacts, empty_facts, facts_of
from pairwright_analyzers.graph import CodeGraph
from pairwright_analyzers.graph.overlay import Overlay
from pairwright_analyzers.languages import language, language_of
from pairwright_analyzers.languages.spec import LanguageSpec
from pairwright_analyzers.lines import changed_ranges
from pairwright_analyzers.rules import (
    ReviewContext,
    Rule,
    Version,
    leftover_debug,
    merge_marker,
    secret_in_code,
)
from pairwright_analyzers.types import Finding, Location, Severity, Span

LARGE_FILE = "large-file"
FOCUSED_TEST = "focused-test"

_RULES: tuple[Rule, ...] = (secret_in_code.RULE, merge_marker.RULE, leftover_debug.RULE)
_PLAIN_RULES: tuple[Rule, ...] = (secret_in_code.RULE, merge_marker.RULE)
_BLOCKING = frozenset({Severity.ERROR, Severity.WARNING})
_SHOWN = 5

_ALLOWED = re.compile(rb"pragma:[ \t]*(?:allow|white)list[ \t]+secret")
_ALLOWED_BELOW = re.compile(rb"pragma:[ \t]*(?:allow|white)list[ \t]+nextline[ \t]+secret")

_FOCUSED = {
    "python": re.compile(rb"^[ \t]*@pytest\.mark\.(?:only|focus)\b", re.MULTILINE),
    "ruby": re.compile(rb",[ \t]*(?::focus\b|focus:[ \t]*true)"),
}
"""Marks of a focused test that are no calls, by language."""


@dataclass(frozen=True, slots=True)
class Guarded:
    """What the guards found in a change, by place. `texts` are the new texts of the files with
    findings, by path; paths are the repository's.
    """

    findings: tuple[Finding, ...]
    texts: dict[str, bytes]

    @property
    def blocking(self) -> tuple[Finding, ...]:
        """The findings that stop a commit; the others are hints."""
        return tuple(one for one in self.findings if one.severity in _BLOCKING)


class GuardRefusal(Refusal):
    """A commit was stopped by its guards. `guarded` holds what they found."""

    def __init__(self, guarded: Guarded) -> None:
        super().__init__(_sentence(guarded), _NEXT_STEP)
        self.guarded = guarded

    def __reduce__(self) -> tuple[type[GuardRefusal], tuple[Guarded]]:  # type: ignore[override]
        return type(self), (self.guarded,)


_NEXT_STEP = (
    "Correct it, or say that it is meant: `pairwright: ignore[RULE]` in a comment on the line, "
    "`pragma: allowlist secret` for a secret, or the setting that the finding names."
)


def guards_of(ctx: Context, repo: RepoView, change_set: ChangeSet) -> Guarded:
    """What is in the added lines of a change that should not be committed.

    Works without an index: names that only the workspace can explain are then taken as written.
    """
    accepted = _accepted(ctx)
    found: list[Finding] = []
    texts: dict[str, bytes] = {}
    for number, change in enumerate(change_set.files):
        ctx.check()
        ctx.progress.report(change.path, number, len(change_set.files))
        if not change.new_mode or change.submodule:
            continue
        here = list(_large(ctx, repo, change))
        text = b""
        before, after = texts_of(repo, change)
        held = file_text(after) if after is not None and change.new_mode != SYMLINK else None
        if held is not None:
            text = held.text
            old = file_text(before) if before is not None else None
            here += _found(ctx, change, old.text if old is not None else None, text)
        here = accepted.without_accepted(here)
        if here:
            texts[change.path] = text
            found += sorted(here, key=lambda one: (one.location.span, one.rule))
    return Guarded(tuple(found), texts)


def pending(repo: RepoView, *, all_changes: bool = False) -> ChangeSet:
    """What would be committed: what is staged, or else, or where it is asked for, every change of
    the work tree, files that git does not know included.
    """
    if not all_changes:
        staged = changes(repo, Compared.STAGED)
        if staged.files:
            return staged
    held = changes(repo, Compared.ALL)
    return replace(held, files=(*held.files, *untracked(repo)))


def refuse_found(ctx: Context, repo: RepoView, change_set: ChangeSet) -> None:
    """Raise `GuardRefusal` where something in a change stops its commit."""
    guarded = guards_of(ctx, repo, change_set)
    if guarded.blocking:
        raise GuardRefusal(guarded)


def refuse_found_without_index(repo: RepoView, change_set: ChangeSet) -> None:
    """The same where nobody has opened the workspace, by the settings of its folder."""
    layers = read_layers(repo.root, {}, os.environ, default_user_file())
    status = IndexStatus(str(repo.root), IndexState.READY)
    ctx = Context(
        repo.root,
        CodeGraph(_NoFiles()),
        resolve_settings(layers).settings,
        repo,
        {},
        status,
        _never,
        _Nobody(),
    )
    refuse_found(ctx, repo, change_set)


class _NoFiles:
    """A workspace of which nothing is known."""

    root_name = ""

    def paths(self) -> Sequence[str]:
        return ()

    def has(self, path: str) -> bool:
        return False

    def facts(self, path: str) -> FileFacts | None:
        return None

    def text(self, path: str) -> bytes | None:
        return None

    def config(self, path: str) -> bytes | None:
        return None

    def files_mentioning(self, name: str) -> Sequence[str]:
        return ()

    def files_defining(self, name: str) -> Sequence[str]:
        return ()


class _Nobody:
    """Progress that nobody watches."""

    def report(self, message: str, done: int | None = None, total: int | None = None) -> None:
        """Say nothing."""


def _never() -> None:
    """Work that nobody cancels."""


def _sentence(guarded: Guarded) -> str:
    places = [
        f"{one.location.path}:{_line(guarded, one)}: {one.message}" for one in guarded.blocking
    ]
    more = f" And {len(places) - _SHOWN} more." if len(places) > _SHOWN else ""
    return "Nothing was committed. " + " ".join(places[:_SHOWN]) + more


def _line(guarded: Guarded, finding: Finding) -> int:
    text = guarded.texts.get(finding.location.path, b"")
    return text.count(b"\n", 0, finding.location.span.start) + 1


def _accepted(ctx: Context) -> Baseline:
    try:
        return read_baseline(ctx.root / ctx.settings.review.baseline)
    except BadSetting as error:
        ctx.report("the baseline", error)
        return Baseline({})


# Files.


def _large(ctx: Context, repo: RepoView, change: FileChange) -> Iterator[Finding]:
    limit = ctx.settings.commit.max_file_size
    if not limit or change.new_mode == SYMLINK or _runs_not(ctx, LARGE_FILE):
        return
    if change.new_blob:
        stored = repo.object_named(f"{change.new_blob}^{{blob}}", 0)
        size = stored.size if stored is not None else 0
    else:
        try:
            size = (repo.root / change.path).stat().st_size
        except OSError:
            return  # gone since git looked
    if size > limit:
        yield Finding(
            LARGE_FILE,
            Severity.ERROR,
            Location(change.path, Span(0, 0)),
            f"The file has {size:,} bytes, more than the {limit:,} of `commit.max_file_size`, and "
            "would stay in the history for good. Leave it out, or keep it in Git LFS.",
        )


# Lines.


def _found(ctx: Context, change: FileChange, before: bytes | None, after: bytes) -> list[Finding]:
    context, rules = _context(ctx, change, before, after)
    found: list[Finding] = []
    for rule in rules:
        ctx.check()
        if _runs_not(ctx, rule.id):
            continue
        try:
            said = list(rule.check(context))
        except (Cancelled, UserError):
            raise
        except Exception as error:  # noqa: BLE001 - a rule's failure must not silence the others
            ctx.report(f"rule `{rule.id}`", error)
            continue
        found += [_weighed(context, finding) for finding in said]
    if not _runs_not(ctx, leftover_debug.ID):
        found += _focused(context)
    marks = Suppressions(context.after)
    return [
        finding
        for finding in found
        if not marks.silences(finding.rule, finding.location.span)
        and not _is_allowed(context.after, finding)
    ]


def _context(
    ctx: Context, change: FileChange, before: bytes | None, after: bytes
) -> tuple[ReviewContext, Sequence[Rule]]:
    known = language_of(change.path) if len(after) <= MAX_TEXT else None
    spec = known or language("markdown")
    new = _version(spec, after, parsed=known is not None)
    old = _version(spec, before, parsed=known is not None) if before is not None else None
    base = old or Version(spec, b"", empty_facts(spec.id, b"", ""))
    texts = {change.path: (new.text, new.facts)} if known is not None else {}
    graph = CodeGraph(Overlay(ctx.graph.workspace, texts))
    context = ReviewContext(
        change.path,
        old,
        new,
        semantic_diff(base.facts, base.text, new.facts, new.text),
        graph,
        None,
        tuple(range(lines.start, lines.end) for lines in changed_ranges(base.text, after)),
        ctx.check,
    )
    return context, _RULES if known is not None else _PLAIN_RULES


def _version(spec: LanguageSpec, text: bytes, *, parsed: bool) -> Version:
    return Version(spec, text, facts_of(spec, text) if parsed else empty_facts(spec.id, text, ""))


def _weighed(context: ReviewContext, finding: Finding) -> Finding:
    """Prints are hints: some are meant."""
    if finding.rule != leftover_debug.ID:
        return finding
    start = finding.location.span.start
    prints = tuple(name.encode() for name in context.after.spec.habits.prints)
    is_print = bool(prints) and context.after.text.startswith(prints, start)
    return replace(finding, severity=Severity.HINT) if is_print else finding


def _focused(context: ReviewContext) -> Iterator[Finding]:
    pattern = _FOCUSED.get(context.after.spec.id)
    if pattern is None or not context.graph.is_test_path(context.path):
        return
    for match in pattern.finditer(context.after.text):
        text = match[0].strip(b" \t,(")
        start = match.start() + match[0].index(text)
        span = Span(start, start + len(text))
        if context.touches(span):
            yield Finding(
                FOCUSED_TEST,
                Severity.WARNING,
                Location(context.path, span),
                f"'{text.decode('utf-8', 'replace')}' leaves out all other tests. Remove it.",
            )


def _is_allowed(version: Version, finding: Finding) -> bool:
    """Whether a pragma says that a secret is none."""
    if finding.rule != secret_in_code.ID:
        return False
    lines = version.lines
    line = lines.line_of(finding.location.span.start)
    here = version.text[lines.line_start(line) : lines.line_end(line)]
    above = version.text[lines.line_start(line - 1) : lines.line_end(line - 1)] if line else b""
    return bool(_ALLOWED.search(here) or _ALLOWED_BELOW.search(above))


def _runs_not(ctx: Context, rule: str) -> bool:
    return rule in ctx.settings.review.disabled_rules
