"""What a review rule is, and what it is given.

A rule is a file in this folder that ends in `RULE = Rule(...)`; its module docstring is its
documentation: what it
finds, an example before and after, when it stays silent. A rule is a pure function of a
`ReviewContext`; one that
raises is reported once and skipped, the others go on.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from functools import cached_property

from pairwright_analyzers.diff import SemanticDiff
from pairwright_analyzers.facts import FileFacts
from pairwright_analyzers.graph import CodeGraph
from pairwright_analyzers.languages.spec import LanguageSpec
from pairwright_analyzers.syntax import Parsed, parse
from pairwright_analyzers.text import LineIndex
from pairwright_analyzers.types import Finding, Severity, Span


@dataclass(frozen=True)
class Version:
    """One version of the reviewed file. The tree is parsed when a rule first asks for it."""

    spec: LanguageSpec
    text: bytes
    facts: FileFacts

    @cached_property
    def parsed(self) -> Parsed:
        return parse(self.spec, self.text)

    @cached_property
    def lines(self) -> LineIndex:
        return LineIndex(self.text)


@dataclass(frozen=True, slots=True)
class RuleOptions:
    """The settings that rules read."""

    complexity_threshold: int = 15
    duplicate_min_lines: int = 6


@dataclass(frozen=True, slots=True)
class ReviewContext:
    """One file under review.

    `before` is the base revision's version, None for a new file; `after` the buffer's; `diff` what
    changed between
    them. `graph` is the workspace with all buffers on top; `base_graph` the same workspace in which
    only this file is
    as in the base revision, so that links to what is gone can still be asked for (None for a new
    file). `changed` are the changed or added lines of
    `after`, half-open ranges from 0; `whole` asks for findings in untouched code too. `check`
    raises when the review
    was cancelled: call it in loops over files.
    """

    path: str
    before: Version | None
    after: Version
    diff: SemanticDiff
    graph: CodeGraph
    base_graph: CodeGraph | None
    changed: tuple[range, ...]
    check: Callable[[], None]
    options: RuleOptions = field(default_factory=RuleOptions)
    whole: bool = False

    def touches(self, span: Span) -> bool:
        """Whether a span of `after` holds a changed line, or the whole file was asked for."""
        if self.whole:
            return True
        first = self.after.lines.line_of(span.start)
        last = self.after.lines.line_of(max(span.start, span.end - 1))
        return any(part.start <= last and first < part.stop for part in self.changed)


@dataclass(frozen=True, slots=True)
class Rule:
    """One review rule.

    `languages` limits it to language ids (None: all); `severity` is its default; `enabled` says
    whether it runs
    without being asked for; `documentation` is its module's docstring.
    """

    id: str
    title: str
    severity: Severity
    check: Callable[[ReviewContext], Iterable[Finding]]
    documentation: str
    languages: frozenset[str] | None = None
    enabled: bool = True
