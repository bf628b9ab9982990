"""What is wrong with a message by a repository's rules; what is drafted breaks none of them."""

from __future__ import annotations

import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pairwright.features.commits.classify import LabelModel, ScopeNames
from pairwright.features.commits.configuration import MessageRules
from pairwright.features.commits.draft import Author, Draft, Learnt, drafted
from pairwright.features.commits.header import Form, Header, parsed_header
from pairwright.features.commits.meaning import meaning_of
from pairwright.features.commits.rules import (
    SCISSORS,
    breaks,
    problems_of,
    read_buffer,
    wrapped_line,
)
from pairwright.features.commits.style import CommitStyle, Mood
from pairwright.git.repo import ChangeStatus
from pairwright.git.staged import FileChange

CONVENTIONAL = CommitStyle(
    commits=100,
    form=Form.CONVENTIONAL,
    types={"fix": 40, "feat": 30, "docs": 30},
    allowed_types=("fix", "feat", "docs"),
    scopes={"cart": 9},
)
PLAIN = CommitStyle(commits=100, capital=True)


def rules(message: str, style: CommitStyle = CONVENTIONAL) -> list[str]:
    return list(breaks(message, style))


@pytest.mark.parametrize(
    ("line", "header"),
    [
        ("fix: x y", Header("x y", Form.CONVENTIONAL, "fix")),
        (
            "feat(api)!: x (#12)",
            Header("x", Form.CONVENTIONAL, "feat", "api", True, suffix="(#12)"),
        ),
        ("✨ feat: x", Header("x", Form.CONVENTIONAL, "feat", emoji="✨")),
        (":bug: fix it", Header("fix it", emoji=":bug:")),
        ("[ABC-12] Fix it", Header("Fix it", ticket="ABC-12")),
        ("ABC-12: fix it", Header("fix it", ticket="ABC-12")),
        ("fix: ABC-12 it", Header("it", Form.CONVENTIONAL, "fix", ticket="ABC-12")),
        ("net: ipv4: fix it", Header("fix it", Form.SUBSYSTEM, prefix="net: ipv4")),
        ("[core] Fix it", Header("Fix it", Form.BRACKET, prefix="core")),
        ("Fix it", Header("Fix it")),
        ("See https://example.com/x", Header("See https://example.com/x")),
    ],
)
def test_a_header_is_taken_apart(line: str, header: Header) -> None:
    assert parsed_header(line) == header


@pytest.mark.parametrize(
    ("message", "broken"),
    [
        ("", []),
        ("fix: handle it", []),
        ("Merge branch 'x'", []),
        ('Revert "feat: x"', []),
        ("fixup! whatever this was about in the beginning of all the things that were", []),
        ("handle it", ["type-missing"]),
        ("bug: handle it", ["type-unknown"]),
        ("fix: Handle it.", ["subject-case", "subject-period"]),
        ("fix: HTTP is up", []),
        ("fix: Cart.total is right", []),
        ("fix: " + "x" * 80, ["subject-length"]),
        ("fix: " + "x" * 66 + " (#12345)", []),
        ("fix: it\nno gap", ["blank-second-line"]),
        ("fix: it\n\n" + "word " * 20, ["body-wrap"]),
        ("fix: it\n\nhttps://example.com/" + "x" * 80, []),
        ("fix: it\n\n    " + "code " * 20, []),
        ("fix: it\n\nSigned-off-by: " + "A Very Long Name " * 5, []),
    ],
)
def test_breaches_of_a_conventional_style(message: str, broken: list[str]) -> None:
    assert rules(message) == broken


def test_breaches_of_a_plain_style() -> None:
    assert rules("fix it", PLAIN) == ["subject-case"]
    assert rules("Fix it", PLAIN) == []
    assert rules("iOS builds again", PLAIN) == []


def test_what_a_configuration_demands() -> None:
    style = CommitStyle(
        form=Form.CONVENTIONAL,
        allowed_types=("fix",),
        allowed_scopes=("cart", "shop"),
        rules=MessageRules(
            files=(".commitlintrc",),
            types=("fix",),
            scopes=("cart", "shop"),
            scope_required=True,
            body_required=True,
            signed_off=True,
            ticket_required=True,
            max_header=20,
            full_stop=True,
        ),
    )
    assert set(rules("fix: it", style)) == {
        "scope-missing",
        "body-missing",
        "signed-off-missing",
        "ticket-missing",
        "subject-period",
    }
    assert "scope-unknown" in rules("fix(car): it", style)
    good = "fix(cart): it.\n\nRefs: ABC-1\nSigned-off-by: A <a@example.com>"
    assert rules(good, style) == []
    problems = problems_of(read_buffer("fix(car): it.\n\nABC-1"), style)
    (scope,) = [one for one in problems if one.rule == "scope-unknown"]
    assert scope.strict
    assert scope.repairs[0].lines == ("fix(cart): it.",)


def test_a_pattern_of_the_configuration_is_kept_to() -> None:
    style = CommitStyle(rules=MessageRules(files=("cz.toml",), pattern=r"JIRA-\d+ .+"))
    assert rules("other", style) == ["pattern"]
    assert rules("JIRA-1 other", style) == []
    for useless in ("(", "(a+)+$", "\0"):
        wrong = CommitStyle(rules=MessageRules(pattern=useless))
        assert rules("a" * 40 + "!", wrong) == []


def test_a_ticket_is_missed_where_all_have_one() -> None:
    style = CommitStyle(commits=100, ticket_share=0.99, capital=True)
    assert rules("Fix it", style) == ["ticket-missing"]
    assert rules("ABC-1 Fix it", style) == []
    assert rules("Fix it", CommitStyle(commits=100, ticket_share=0.5, capital=True)) == []


# What git leaves out.


def test_comments_and_what_follows_the_scissors_do_not_count() -> None:
    text = f"fix: it\n# {'x' * 200}\n\nbody\n#{SCISSORS}\ndiff --git a/{'x' * 200}\n"
    buffer = read_buffer(text)
    assert buffer.message == "fix: it\n\nbody"
    assert problems_of(buffer, CONVENTIONAL) == ()


@pytest.mark.parametrize("comment", [";", "auto"])
def test_another_comment_character(comment: str) -> None:
    text = "#12 is fixed\n; Please enter the message\n;\n; On branch main\n"
    assert read_buffer(text, comment).message == "#12 is fixed"


def test_windows_line_ends() -> None:
    assert read_buffer("fix: it\r\n\r\nbody\r\n# no\r\n").message == "fix: it\n\nbody"


# Repairs.


def repaired(message: str, style: CommitStyle = CONVENTIONAL) -> str:
    lines = message.split("\n")
    for problem in reversed(problems_of(read_buffer(message), style)):
        if problem.repairs:
            repair = problem.repairs[0]
            lines[repair.first : repair.last] = repair.lines
            return repaired("\n".join(lines), style)
    return "\n".join(lines)


@pytest.mark.parametrize(
    ("message", "after"),
    [
        ("fix: Handle it.", "fix: handle it"),
        ("fx: it", "fix: it"),
        ("feature(cart): it", "feat(cart): it"),
        ("bugfix: it", "fix: it"),
        ("it works", "fix: it works"),
        ("fix: it\nbody", "fix: it\n\nbody"),
        (
            "fix: it\n\n- " + "word " * 18 + "end",
            "fix: it\n\n- " + "word " * 14 + "\n  " + "word " * 4 + "end",
        ),
    ],
)
def test_a_repair_mends_its_breach(message: str, after: str) -> None:
    assert re.sub(r" +\n", "\n", repaired(message)) == re.sub(r" +\n", "\n", after)


words = st.text(st.characters(codec="utf-8", exclude_categories=["Cc", "Cs"]), min_size=1)


@given(words, st.integers(20, 100))
def test_wrapping_loses_no_word(line: str, width: int) -> None:
    assert " ".join(" ".join(wrapped_line(line, width)).split()) == " ".join(line.split())


@given(st.text(max_size=400))
def test_no_text_makes_the_rules_fail(text: str) -> None:
    for style in (CONVENTIONAL, PLAIN):
        for problem in problems_of(read_buffer(text), style):
            lines = text.replace("\r\n", "\n").split("\n")
            assert 0 <= problem.start <= problem.end <= len(lines[problem.line])


# Every draft is valid.

NAMES = st.from_regex(r"[a-z][a-z_]{0,30}", fullmatch=True)
STYLES = st.builds(
    CommitStyle,
    commits=st.sampled_from([0, 10, 200]),
    form=st.sampled_from(list(Form)),
    types=st.just({"fix": 3, "feat": 2}),
    allowed_types=st.sampled_from([(), ("fix", "feat", "docs", "chore"), ("feature", "bugfix")]),
    max_header=st.integers(40, 100),
    capital=st.booleans(),
    mood=st.sampled_from(list(Mood)),
    period=st.booleans(),
    emoji=st.sampled_from([0.0, 1.0]),
    body_share=st.sampled_from([0.0, 1.0]),
    language=st.sampled_from(["en", "de", "zh", "ja"]),
    breaking_marks=st.booleans(),
    rules=st.builds(
        MessageRules,
        files=st.just((".commitlintrc",)),
        full_stop=st.sampled_from([None, False]),
        max_body_line=st.sampled_from([0, 60, 100]),
    ),
)


@st.composite
def changed_files(draw: st.DrawFn) -> list[tuple[str, str, str]]:
    found = []
    for folder in draw(st.lists(NAMES, min_size=1, max_size=3, unique=True)):
        before = [f"def {name}(x):\n    return x\n" for name in draw(st.lists(NAMES, max_size=4))]
        after = [
            f"def {name}(y):\n    return y + 1\n" for name in draw(st.lists(NAMES, max_size=4))
        ]
        found.append((f"{folder}/{draw(NAMES)}.py", "\n".join(before), "\n".join(after)))
    return found


def draft_for(files: list[tuple[str, str, str]], style: CommitStyle) -> Draft:
    meanings = []
    for path, before, after in files:
        status = ChangeStatus.MODIFIED if before else ChangeStatus.ADDED
        change = FileChange(path, None, status, "100644", "100644", "", "", added=1, removed=1)
        meanings.append(meaning_of(change, before.encode() or None, after.encode() or None))
    learnt = Learnt(style, LabelModel(()), LabelModel(()), ScopeNames(()))
    return drafted(meanings, (), learnt, Author("A", "a@example.com", "feat/some-thing"))


@settings(max_examples=30, deadline=None)
@given(changed_files(), STYLES)
def test_every_draft_is_valid(files: list[tuple[str, str, str]], style: CommitStyle) -> None:
    draft = draft_for(files, style)
    assert draft.subject
    assert breaks(draft.message(), style) == ()
    for header in draft.alternatives:
        assert breaks(header, style) == ()
        assert header != draft.header
