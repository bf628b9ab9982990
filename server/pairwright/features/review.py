"""Review: a file against its base revision, all that changed, or the whole workspace.

Owns what is asked of the rules and what becomes of their findings: severities, suppressions, the
baseline, untouched code, the limit of one file. Each rule is isolated: one that raises is reported
once and skipped. It must not know the protocol, nor any one rule but the one that speaks about
files that are gone.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from pairwright.errors import BadArgument, BadSetting, Cancelled, UserError
from pairwright.features import history
from pairwright.features.base import (
    UNKNOWN,
    Origin,
    Revision,
    Standing,
    revision_for,
    revision_of,
)
from pairwright.features.baseline import Baseline, read_baseline, write_findings
from pairwright.features.commits.rules import MESSAGE_RULE
from pairwright.features.commits.rules import PAGE as MESSAGE_PAGE
from pairwright.features.context import Context, Reviewer
from pairwright.features.ignore_rule import ignore_rule
from pairwright.features.suppressions import Suppressions, suppressing_edit
from pairwright.features.user_rules import is_rule_file, user_rules
from pairwright.git.repo import ChangeStatus
from pairwright_analyzers.diff import SemanticDiff, semantic_diff
from pairwright_analyzers.facts import empty_facts, facts_of
from pairwright_analyzers.graph import CodeGraph
from pairwright_analyzers.graph.overlay import Overlay
from pairwright_analyzers.graph.queries import definitions_at
from pairwright_analyzers.languages import language_of
from pairwright_analyzers.lines import changed_ranges
from pairwright_analyzers.rules import (
    RULES,
    ReviewContext,
    Rule,
    RuleOptions,
    Version,
    merge_marker,
    removed_but_used,
)
from pairwright_analyzers.types import Confidence, Finding, Location, Severity, SourceChange, Span

__all__ = [
    "REVIEWER",
    "ReviewSummary",
    "ignore_rule",
    "review_changes",
    "review_file",
    "review_workspace",
    "suppression",
    "why",
    "write_baseline",
]

MORE_FINDINGS = "more-findings"

OnFile = Callable[[str, Sequence[Finding]], None]
"""(path, all findings shown in it); called once a file, also for one without findings."""

USER_RULE = "user-rule"

_MINIFIED_LINE = 400
"""Bytes of an average line above which a text was written by a program, for a program."""

_FEW_LINES = 5

_ORDER = {severity: place for place, severity in enumerate(Severity)}

_MORE_PAGE = """\
# More findings

A file shows at most `review.max_findings` findings, the most severe first. This one counts the
rest. Fix or suppress some of those that are shown, or raise the setting.
"""

_RULE_PAGE = """\
# A rule of this workspace is wrong

Rules of your own are YAML files in `.pairwright/rules`, one rule a document:

```yaml
id: no-sleep
language: python
message: Do not sleep, wait for $WHAT.
severity: warning
rule: time.sleep($WHAT)
fix: wait_for($WHAT)
```

`rule` is a pattern of [ast-grep](https://ast-grep.github.io) or one of its rule objects. A rule
that is wrong is left out, the others still run.
"""

_PAGES = {MORE_FINDINGS: _MORE_PAGE, USER_RULE: _RULE_PAGE, history.RULE: history.PAGE}


@dataclass(frozen=True, slots=True)
class ReviewSummary:
    """What a review of several files came to. `base` is the commit that was compared with, None
    without one; `findings` counts by severity.
    """

    files: int
    findings: Mapping[Severity, int]
    base: str | None


def review_file(
    source: Context, path: str, rules: Sequence[Rule] | None = None
) -> tuple[Finding, ...]:
    """What `rules` (None: all there are, the workspace's own among them) find in one file, the most
    severe first; nothing for a file that is not indexed.

    Raises `UnknownRevision` and `GitUnavailable` when there is no telling what changed.
    """
    version = _version(source.graph, path)
    if version is None:
        return ()
    hints = source.settings.review.untouched == "hint"
    rules = _all_rules(source) if rules is None else rules
    with revision_for(source, path) as revision:
        origin = revision.origin(path, version.text) if revision is not None else UNKNOWN
        found = _found(source, path, version, origin, rules, untouched=hints)
        found.extend(_forgotten(source, revision, path, version, origin))
    found.extend(_problems_of_rules(source, path, version))
    return _shown(source, path, version, found, _accepted(source))


def review_changes(source: Context, on_file: OnFile) -> ReviewSummary:
    """Review every file that differs from the base revision, unsaved documents included.

    Uses of what a deleted file defined are found too, in the files that still use it. Outside of
    any repository nothing counts as changed.
    """
    revision = revision_of(source)
    if revision is None:
        return ReviewSummary(0, {}, None)
    paths = {change.path for change in revision.changes}
    paths.update(
        path
        for path, document in source.documents.items()
        if path not in paths and revision.text(path) != document.text
    )
    hints = source.settings.review.untouched == "hint"
    return _reviewed(source, revision, paths, on_file, untouched=hints)


def review_workspace(source: Context, on_file: OnFile) -> ReviewSummary:
    """Review every file of the index. What is found in code that did not change is a hint."""
    revision = revision_of(source)
    return _reviewed(source, revision, source.graph.workspace.paths(), on_file, untouched=True)


def suppression(source: Context, path: str, rule: str, line: int) -> SourceChange:
    """The comment that silences `rule` at `line` (from 0) of a file; empty when it is silenced.

    Raises `BadArgument` where no comment can do it.
    """
    version = _version(source.graph, path)
    if version is None:
        raise BadArgument(
            f"`{path}` is not indexed, so nothing is found in it", "Name a file of the workspace."
        )
    edit = suppressing_edit(version, rule, line)
    return SourceChange({path: (edit,)}) if edit is not None else SourceChange()


def write_baseline(source: Context) -> tuple[Path, int]:
    """Accept all that a review of the whole workspace finds now: (the file, how many findings).

    Raises `BadSetting` when the file cannot be written.
    """
    found: list[Finding] = []
    revision = revision_of(source)

    def keep(_path: str, findings: Sequence[Finding]) -> None:
        found.extend(findings)

    _reviewed(
        source,
        revision,
        source.graph.workspace.paths(),
        keep,
        untouched=True,
        accepted=Baseline({}),
        limit=None,
    )
    path = source.root / source.settings.review.baseline
    write_findings(path, found)
    return path, len(found)


def why(rule: str, sources: Sequence[Context] = ()) -> str:
    """The page that explains a rule, as Markdown; `sources` are the workspace folders whose own
    rules count too. Raises `BadArgument` for an unknown one.
    """
    if rule in _PAGES:
        return _PAGES[rule]
    if rule.startswith(MESSAGE_RULE):
        return MESSAGE_PAGE
    own = [known for source in sources for known in user_rules(source).rules]
    for known in (*RULES, *own):
        if known.id == rule:
            state = "" if known.enabled else " Off by default: see `review.enabled_rules`."
            return (
                f"# {known.title}\n\nRule `{known.id}`, severity {known.severity.value}.{state}"
                f"\n\n{known.documentation.strip()}\n"
            )
    raise BadArgument(f"There is no rule `{rule}`", "See docs/rules.md for all of them.")


def _reviewed(
    source: Context,
    revision: Revision | None,
    paths: Iterable[str],
    on_file: OnFile,
    *,
    untouched: bool,
    accepted: Baseline | None = None,
    limit: int | None = -1,
) -> ReviewSummary:
    accepted = _accepted(source) if accepted is None else accepted
    rules = _all_rules(source)
    broken = _uses_of_deleted(source, revision) if revision is not None else {}
    changed = _changed_paths(source, revision)
    wanted = sorted({*paths, *broken})
    counts: Counter[Severity] = Counter()
    files = 0
    for number, path in enumerate(wanted):
        source.check()
        source.progress.report(path, number, len(wanted))
        version = _version(source.graph, path)
        if version is None:
            continue
        if revision is None:
            origin = UNKNOWN
        elif path in changed:
            origin = revision.origin(path, version.text)
        else:
            origin = Origin(Standing.KNOWN, version.text)
        found = [
            *broken.get(path, ()),
            *_found(source, path, version, origin, rules, untouched=untouched),
            *_forgotten(source, revision, path, version, origin),
            *_problems_of_rules(source, path, version),
        ]
        shown = _shown(source, path, version, found, accepted, limit)
        counts.update(finding.severity for finding in shown)
        files += 1
        on_file(path, shown)
    source.progress.report("", len(wanted), len(wanted))
    return ReviewSummary(files, dict(counts), revision.commit if revision is not None else None)


def _changed_paths(source: Context, revision: Revision | None) -> set[str]:
    """Files that may differ from the base revision."""
    if revision is None:
        return set()
    return {change.path for change in revision.changes} | set(source.documents)


def _version(graph: CodeGraph, path: str) -> Version | None:
    facts = graph.workspace.facts(path)
    text = graph.workspace.text(path)
    spec = graph.spec(path) if facts is not None and not facts.problem else None
    if facts is None or text is None or spec is None:
        return None
    return Version(spec, text, facts)


# Asking the rules.


def _all_rules(source: Context) -> tuple[Rule, ...]:
    """The built-in rules and the workspace's own; problems of these are reported."""
    own = user_rules(source)
    for problem in own.problems:
        where = f"{problem.path}:{problem.line}"
        error = BadSetting(
            f"{where}: {problem.message}", "The rule is left out; the others still run."
        )
        source.report(f"the rule at {where}", error)
    return (*RULES, *own.rules)


def _problems_of_rules(source: Context, path: str, version: Version) -> list[Finding]:
    """What is wrong with a rule file, in that file."""
    if not is_rule_file(path):
        return []
    lines = version.lines
    found = []
    for problem in user_rules(source).problems:
        if problem.path == path:
            line = min(problem.line, lines.line_count) - 1
            span = Span(lines.line_start(line), lines.line_end(line))
            found.append(Finding(USER_RULE, Severity.ERROR, Location(path, span), problem.message))
    return found


def _forgotten(
    source: Context, revision: Revision | None, path: str, version: Version, origin: Origin
) -> list[Finding]:
    """What the history misses among the changes, told where the file's own begin."""
    if revision is None or history.RULE in source.settings.review.disabled_rules:
        return []
    if origin.standing is not Standing.KNOWN or origin.text == version.text:
        return []
    first = next(iter(changed_ranges(origin.text, version.text)), None)
    line = min(first.start if first is not None else 0, version.lines.line_count - 1)
    span = Span(version.lines.line_start(line), version.lines.line_end(line))
    return history.forgotten(source, path, lambda: _changed_paths(source, revision), span)


def _found(
    source: Context,
    path: str,
    after: Version,
    origin: Origin,
    rules: Sequence[Rule],
    *,
    untouched: bool,
) -> list[Finding]:
    """What the rules say, before suppressions: what stands in changed code as it is, what does not
    as hints where `untouched` asks for them.
    """
    found: list[Finding] = []
    context = _context(source, path, after, origin, whole=False)
    if context is not None:
        found = _said(source, context, rules)
    if not untouched:
        return found
    context = _context(source, path, after, origin, whole=True)
    if context is None:
        return found
    known = {(finding.rule, finding.location) for finding in found}
    found.extend(
        replace(finding, severity=Severity.HINT)
        for finding in _said(source, context, rules)
        if (finding.rule, finding.location) not in known
    )
    return found


def _context(
    source: Context, path: str, after: Version, origin: Origin, *, whole: bool
) -> ReviewContext | None:
    """What the rules are handed; None where there is nothing to ask them, or nobody to tell."""
    if len(after.text) > _MINIFIED_LINE * max(after.lines.line_count, _FEW_LINES):
        return None
    before: Version | None = None
    base_graph: CodeGraph | None = None
    if origin.standing is Standing.NEW:
        changed: tuple[range, ...] = (range(after.lines.line_count),)
        diff = semantic_diff(empty_facts(after.spec.id, b"", ""), b"", after.facts, after.text)
    elif origin.standing is Standing.UNKNOWN or origin.text == after.text:
        if not whole:
            return None
        before, base_graph, changed = after, source.graph, ()
        diff = SemanticDiff((), {index: index for index in range(after.facts.symbol_count)})
    else:
        before = Version(after.spec, origin.text, facts_of(after.spec, origin.text))
        base_graph = CodeGraph(Overlay(source.graph.workspace, {path: (before.text, before.facts)}))
        changed = tuple(
            range(lines.start, lines.end) for lines in changed_ranges(before.text, after.text)
        )
        diff = semantic_diff(before.facts, before.text, after.facts, after.text)
    return ReviewContext(
        path,
        before,
        after,
        diff,
        source.graph,
        base_graph,
        changed,
        source.check,
        _options(source),
        whole,
    )


def _options(source: Context) -> RuleOptions:
    review = source.settings.review
    return RuleOptions(review.complexity_threshold, review.duplicate_min_lines)


def _runs(source: Context, rule: Rule) -> bool:
    review = source.settings.review
    wanted = rule.enabled or rule.id in review.enabled_rules
    return wanted and rule.id not in review.disabled_rules


def _said(source: Context, context: ReviewContext, rules: Iterable[Rule]) -> list[Finding]:
    """The findings of all rules that are on, in the severities that the settings give them."""
    found: list[Finding] = []
    for rule in rules:
        source.check()
        if not _runs(source, rule):
            continue
        if rule.languages is not None and context.after.spec.id not in rule.languages:
            continue
        try:
            said = list(rule.check(context))
        except (Cancelled, UserError):
            raise
        except Exception as error:  # noqa: BLE001 - a rule's failure must not silence the others
            source.report(f"rule `{rule.id}`", error)
            continue
        chosen = source.settings.review.severity.get(rule.id)
        severity = Severity(chosen) if chosen is not None else None
        found.extend(
            finding if severity is None else replace(finding, severity=severity) for finding in said
        )
    return found


def _uses_of_deleted(source: Context, revision: Revision) -> dict[str, list[Finding]]:
    """Uses of what files defined that are gone, or renamed, by the path where they stand."""
    found: dict[str, list[Finding]] = defaultdict(list)
    for change in revision.changes:
        source.check()
        path = change.path if change.status is ChangeStatus.DELETED else change.old_path
        if path is None or source.graph.workspace.has(path):
            continue
        spec = language_of(path)
        text = revision.text(path) if spec is not None else None
        if spec is None or text is None or len(text) > source.settings.index.max_file_size:
            continue
        before = Version(spec, text, facts_of(spec, text))
        after = Version(spec, b"", empty_facts(spec.id, b"", ""))
        # An emptied file in its place: without it, an import might mean a package from outside.
        emptied = Overlay(source.graph.workspace, {path: (after.text, after.facts)})
        context = ReviewContext(
            path,
            before,
            after,
            semantic_diff(before.facts, before.text, after.facts, after.text),
            CodeGraph(emptied),
            CodeGraph(Overlay(source.graph.workspace, {path: (before.text, before.facts)})),
            (),
            source.check,
            _options(source),
        )
        happened = f"renamed to {change.path}" if change.old_path else "deleted"
        for finding in _said(source, context, (removed_but_used.RULE,)):
            for related in finding.related:
                if related.location.path == path or _means_something(source, related.location):
                    continue
                found[related.location.path].append(
                    replace(
                        finding,
                        location=related.location,
                        message=f"This uses '{finding.symbol}', which is gone: {path} was"
                        f" {happened}. Change it, or restore the file.",
                        related=(),
                        fixes=(),
                    )
                )
    return found


def _means_something(source: Context, location: Location) -> bool:
    links = definitions_at(source.graph, location.path, location.span.start)
    return any(link.confidence is not Confidence.BY_NAME for link in links)


# What becomes of findings.


def _accepted(source: Context) -> Baseline:
    try:
        return read_baseline(source.root / source.settings.review.baseline)
    except BadSetting as error:
        source.report("the baseline", error)
        return Baseline({})


def _shown(
    source: Context,
    path: str,
    version: Version,
    found: Iterable[Finding],
    accepted: Baseline,
    limit: int | None = -1,
) -> tuple[Finding, ...]:
    """The findings of one file that are left to show, the most severe first. `limit` is -1 for the
    setting's, None for all.
    """
    marks = Suppressions(version)
    kept = [finding for finding in found if not marks.silences(finding.rule, finding.location.span)]
    # A file in conflict holds two texts: what other rules make of it is about neither of them.
    kept = [finding for finding in kept if finding.rule == merge_marker.ID] or kept
    unique = {(one.rule, one.location, one.message): one for one in reversed(kept)}
    ordered = sorted(
        unique.values(),
        key=lambda one: (_ORDER[one.severity], one.location.span, one.rule, one.message),
    )
    left = accepted.without_accepted(ordered)
    if limit == -1:
        limit = source.settings.review.max_findings
    if limit is None or len(left) <= limit:
        return tuple(left)
    return (*left[:limit], _more(path, left[limit:]))


def _more(path: str, hidden: Sequence[Finding]) -> Finding:
    counts = Counter(finding.severity for finding in hidden)
    parts = ", ".join(
        f"{counts[severity]} {severity.value}{_plural(severity, counts[severity])}"
        for severity in Severity
        if counts[severity]
    )
    noun = "finding is" if len(hidden) == 1 else "findings are"
    return Finding(
        MORE_FINDINGS,
        Severity.INFORMATION,
        Location(path, Span(0, 0)),
        f"{len(hidden)} more {noun} not shown: {parts}. Raise `review.max_findings` to see more.",
    )


def _plural(severity: Severity, count: int) -> str:
    return "" if count == 1 or severity is Severity.INFORMATION else "s"


REVIEWER = Reviewer("review", lambda source, path: review_file(source, path))
