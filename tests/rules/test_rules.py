"""Review rules, as marker files: `tests/rules/<rule-id>.marks`, one or several a rule.

A case's `//- file` texts are the workspace as it is now. Its directives:

    //- base PATH                 the text that a file had in the base revision (else: the same)
    //- new PATH                  the file is not in the base revision
    //- review PATH               the file under review
    //- whole                     untouched code is reviewed too
    //- options NAME=VALUE        a rule option (a whole number)
    //- expect findings           `SEVERITY PATH:LINE:COLUMN SUBSTRING OF THE MESSAGE` a line, the
                                  exact set of what the file's rule finds; `none` must not flag
    //- expect related            `PATH:LINE` a line, the exact set over all findings
    //- expect fixed PATH         the text after the first finding's first fix
    //- expect no fix             no finding has a fix

Lines and columns count from 1.
"""

from __future__ import annotations

from difflib import SequenceMatcher
from pathlib import Path

import pytest

from pairwright_analyzers.diff import semantic_diff
from pairwright_analyzers.edits import apply_edits
from pairwright_analyzers.facts import empty_facts, facts_of
from pairwright_analyzers.graph import CodeGraph
from pairwright_analyzers.languages import language_of
from pairwright_analyzers.rules import RULES
from pairwright_analyzers.rules.model import ReviewContext, Rule, RuleOptions, Version
from pairwright_analyzers.text import LineIndex
from pairwright_analyzers.types import Finding, Location
from support.markers import Case, load, parameters
from support.workspace import MemoryWorkspace

HERE = Path(__file__).parent


def changed_lines(before: bytes, after: bytes) -> tuple[range, ...]:
    """The changed or added lines of `after`, half-open, from 0."""
    matcher = SequenceMatcher(None, before.splitlines(), after.splitlines(), autojunk=False)
    return tuple(
        range(start, end) for tag, _, _, start, end in matcher.get_opcodes() if tag != "equal"
    )


def context_of(case: Case) -> ReviewContext:
    """The review that a case describes."""
    words = {word: argument for word, argument, _ in case.directives}
    path = words["review"]
    spec = language_of(path)
    assert spec is not None, path
    text = case.files[path]
    after = Version(spec, text, facts_of(spec, text))
    workspace = MemoryWorkspace(case.files)
    new = any(word == "new" and argument == path for word, argument, _ in case.directives)
    old_text = case.base.get(path, text)
    before = None if new else Version(spec, old_text, facts_of(spec, old_text))
    numbers = dict(
        part.split("=")
        for word, argument, _ in case.directives
        if word == "options"
        for part in argument.split()
    )
    return ReviewContext(
        path=path,
        before=before,
        after=after,
        diff=semantic_diff(
            before.facts if before else empty_facts(spec.id, b"", ""),
            before.text if before else b"",
            after.facts,
            after.text,
        ),
        graph=CodeGraph(workspace),
        base_graph=None if new else CodeGraph(workspace.with_texts({path: old_text})),
        changed=(range(text.count(b"\n") + 1),) if new else changed_lines(old_text, text),
        check=lambda: None,
        options=RuleOptions(**{name: int(value) for name, value in numbers.items()}),
        whole="whole" in words,
    )


def place(case: Case, location: Location) -> tuple[int, int]:
    """Line and column of a location, from 1."""
    line, column = LineIndex(case.files[location.path]).position(location.span.start)
    return line + 1, column + 1


def spelled(case: Case, finding: Finding) -> str:
    line, column = place(case, finding.location)
    return f"{finding.severity.value} {finding.location.path}:{line}:{column} {finding.message}"


def check_rule(case: Case, rule: Rule) -> None:
    """What a rule finds in a case is what the case expects, to the finding."""
    findings = list(rule.check(context_of(case)))
    lines = [spelled(case, finding) for finding in findings]
    shown = "\n".join(lines)
    wanted = [line for line in case.expect["findings"].splitlines() if line.strip()]
    if wanted == ["none"]:
        wanted = []
    assert len(lines) == len(wanted), f"expected {len(wanted)} findings, got:\n{shown}"
    for line in wanted:
        severity, where, words = line.split(" ", 2)
        assert any(
            found.startswith(f"{severity} {where} ") and words in found for found in lines
        ), f"missing: {line}\ngot:\n{shown}"
    for finding in findings:
        assert finding.rule == rule.id
        assert finding.message.endswith((".", "?")), finding.message
        for fix in finding.fixes:
            for path, edits in fix.change.edits.items():
                apply_edits(case.files[path], edits)
    if "related" in case.expect:
        related = {
            f"{one.location.path}:{place(case, one.location)[0]}"
            for finding in findings
            for one in finding.related
        }
        assert related == set(case.expect["related"].split())
    if "no fix" in case.expect:
        assert not any(finding.fixes for finding in findings)
    for words, text in case.expect.items():
        if words.startswith("fixed "):
            path = words.removeprefix("fixed ")
            edits = findings[0].fixes[0].change.edits.get(path, ())
            assert apply_edits(case.files[path], edits).decode() == text


def rule_of(case: Case) -> Rule:
    """The rule that a case is for: its file is `<rule-id>.marks` or `<rule-id>.<part>.marks`."""
    name = case.source.partition(".")[0]
    return next(rule for rule in RULES if rule.id == name)


@pytest.mark.parametrize("case", parameters(HERE))
def test_rule(case: Case) -> None:
    check_rule(case, rule_of(case))


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.id)
def test_every_rule_is_documented_and_has_both_kinds_of_cases(rule: Rule) -> None:
    cases = [case for case in load(HERE) if case.source.partition(".")[0] == rule.id]
    silent = [case for case in cases if case.expect["findings"].strip() == "none"]
    assert silent and len(silent) < len(cases)
    assert len(rule.documentation.strip().splitlines()) > 5
    assert "**Silent**" in rule.documentation
    assert f"pairwright: ignore[{rule.id}]" in rule.documentation


def test_rule_ids_are_unique() -> None:
    ids = [rule.id for rule in RULES]
    assert len(ids) == len(set(ids))
