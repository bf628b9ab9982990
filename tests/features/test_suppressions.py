"""Comments that silence a rule: where they count, and how they are written."""

from __future__ import annotations

import pytest

from features.conftest import Project
from pairwright.errors import BadArgument
from pairwright.features.review import review_file, suppression
from pairwright.features.suppressions import Suppressions, suppressing_edit
from pairwright_analyzers.edits import apply_edits
from pairwright_analyzers.facts import facts_of
from pairwright_analyzers.languages import language_of
from pairwright_analyzers.rules import Version
from pairwright_analyzers.types import Span


def version_of(text: str, path: str = "a.py") -> Version:
    spec = language_of(path)
    assert spec is not None
    return Version(spec, text.encode(), facts_of(spec, text.encode()))


def silenced(text: str, rule: str = "some-rule", path: str = "a.py") -> list[int]:
    """The lines, from 1, at which `rule` is silenced."""
    version = version_of(text, path)
    marks = Suppressions(version)
    found = []
    for line in range(version.lines.line_count):
        content = version.lines.line_text(line)
        start = version.lines.line_start(line) + len(content) - len(content.lstrip())
        if content.strip() and marks.silences(rule, Span(start, start)):
            found.append(line + 1)
    return found


@pytest.mark.parametrize(
    ("text", "lines"),
    [
        ("a = 1  # pairwright: ignore[some-rule]\nb = 2\n", [1]),
        ("a = 1  # pairwright: ignore[other, some-rule]\nb = 2\n", [1]),
        ("a = 1  # pairwright: ignore\nb = 2\n", [1]),
        ("a = 1  # noqa; pairwright: ignore[some-rule] it is meant\nb = 2\n", [1]),
        ("# pairwright: ignore[some-rule]\na = 1\nb = 2\n", [1, 2]),
        ("# pairwright: ignore[some-rule]\n# why\na = 1\nb = 2\n", [1, 2, 3]),
        ("a = 1  # pairwright: ignore[other]\n", []),
        ("a = 1  # pairwright: ignore[no-such-rule-at-all]\n", []),
        ("a = 1  # pairwright: ignore[]\n", []),
        ("a = 1  # pairwright: ignored\n", []),
        ("a = 1  # pairwright: ignore-files\n", []),
        ('a = "# pairwright: ignore[some-rule]"\nb = 2\n', []),
        ('"""\n# pairwright: ignore-file[some-rule]\n"""\nb = 2\n', []),
        ("# pairwright: ignore-file[some-rule]\na = 1\nb = 2\n", [1, 2, 3]),
        ("#!/usr/bin/env python\n# pairwright: ignore-file\na = 1\n", [1, 2, 3]),
        ("a = 1\n" * 30 + "# pairwright: ignore-file\na = 1\n", []),
    ],
)
def test_where_a_comment_silences(text: str, lines: list[int]) -> None:
    assert silenced(text) == lines


@pytest.mark.parametrize(
    ("path", "text", "lines"),
    [
        ("a.ts", "const a = 1; // pairwright: ignore[some-rule]\nconst b = 2;\n", [1]),
        ("a.ts", "/* pairwright: ignore[some-rule] */\nconst a = 1;\nconst b = 2;\n", [1, 2]),
        ("a.ts", "const a = `\n// pairwright: ignore[some-rule]\n`;\n", []),
        ("a.go", "package a\n\n// pairwright: ignore[some-rule]\nvar A = 1\nvar B = 2\n", [3, 4]),
        ("a.c", "/*\n * pairwright: ignore[some-rule]\n */\nint a;\nint b;\n", [2, 3, 4]),
        ("a.rb", "a = 1 # pairwright: ignore[some-rule]\nb = 2\n", [1]),
        ("a.php", "<?php\n# pairwright: ignore[some-rule]\n$a = 1;\n$b = 2;\n", [2, 3]),
        ("a.md", "<!-- pairwright: ignore[some-rule] -->\nText\n", [1, 2]),
        ("a.yaml", "# pairwright: ignore[some-rule]\na: 1\nb: 2\n", [1, 2]),
        ("a.html", "<!-- pairwright: ignore[some-rule] -->\n<p>a</p>\n<p>b</p>\n", [1, 2]),
        ("a.css", "/* pairwright: ignore[some-rule] */\na { }\nb { }\n", [1, 2]),
    ],
)
def test_in_the_comments_of_each_language(path: str, text: str, lines: list[int]) -> None:
    found = silenced(text, path=path)
    # A comment's own lines are silenced with what stands below; only the code is of interest.
    assert [line for line in lines if line not in found] == []
    assert [line for line in found if line not in lines and line > max(lines, default=0)] == []


def written(text: str, line: int, path: str = "a.py", rule: str = "some-rule") -> str:
    version = version_of(text, path)
    edit = suppressing_edit(version, rule, line)
    return apply_edits(version.text, [edit] if edit else []).decode()


LONG = "a = " + " + ".join(["value"] * 15)


@pytest.mark.parametrize(
    ("path", "text", "line", "result"),
    [
        ("a.py", "a = 1\n", 0, "a = 1  # pairwright: ignore[some-rule]\n"),
        ("a.py", "a = 1", 0, "a = 1  # pairwright: ignore[some-rule]"),
        (
            "a.py",
            f"if a:\n    {LONG}\n",
            1,
            f"if a:\n    # pairwright: ignore[some-rule]\n    {LONG}\n",
        ),
        (
            "a.py",
            "a = 1  # one\n",
            0,
            "# pairwright: ignore[some-rule]\na = 1  # one\n",
        ),
        (
            "a.py",
            "a = 1  # pairwright: ignore[other]\n",
            0,
            "a = 1  # pairwright: ignore[other, some-rule]\n",
        ),
        (
            "a.py",
            "# pairwright: ignore[other]\na = 1\n",
            1,
            "# pairwright: ignore[other, some-rule]\na = 1\n",
        ),
        ("a.py", "a = 1  # pairwright: ignore\n", 0, "a = 1  # pairwright: ignore\n"),
        (
            "a.py",
            'a = """\nx\n"""\n',
            1,
            '# pairwright: ignore[some-rule]\na = """\nx\n"""\n',
        ),
        (
            "a.py",
            "a = 1 + \\\n    2\n",
            0,
            "# pairwright: ignore[some-rule]\na = 1 + \\\n    2\n",
        ),
        ("a.ts", "const a = 1;\r\n", 0, "const a = 1;  // pairwright: ignore[some-rule]\r\n"),
        ("a.go", "package a\n", 0, "package a  // pairwright: ignore[some-rule]\n"),
        ("a.css", "a { }\n", 0, "a { }  /* pairwright: ignore[some-rule] */\n"),
        ("a.html", "<p>a</p>\n", 0, "<p>a</p>  <!-- pairwright: ignore[some-rule] -->\n"),
        (
            "a.tsx",
            "a = (\n  <div>\n    <b/>\n  </div>\n);\n",
            2,
            "a = (\n  <div>\n    {/* pairwright: ignore[some-rule] */}\n    <b/>\n  </div>\n);\n",
        ),
    ],
)
def test_a_comment_is_written_and_then_silences(
    path: str, text: str, line: int, result: str
) -> None:
    assert written(text, line, path) == result
    version = version_of(result, path)
    line += result.count("\n") - text.count("\n")
    content = version.lines.line_text(line)
    start = version.lines.line_start(line) + len(content) - len(content.lstrip())
    assert Suppressions(version).silences("some-rule", Span(start, start))
    assert suppressing_edit(version, "some-rule", line) is None


@pytest.mark.parametrize(
    ("path", "rule", "line"),
    [("a.py", "some-rule", 7), ("a.py", "some-rule", -1), ("a.py", "x]\nimport os", 0)],
)
def test_what_cannot_be_silenced(path: str, rule: str, line: int) -> None:
    with pytest.raises(BadArgument):
        suppressing_edit(version_of("a = 1\n", path), rule, line)


def test_a_language_without_comments() -> None:
    with pytest.raises(BadArgument, match="no comments"):
        suppressing_edit(version_of('{"a": 1}\n', "a.json"), "some-rule", 0)


def test_a_finding_is_suppressed_and_gone(project: Project) -> None:
    text = "def f():\n    breakpoint()\n"
    project.put({"b.py": text})
    (finding,) = review_file(project.context(), "b.py")
    change = suppression(project.context(), "b.py", finding.rule, 1)
    project.put({"b.py": apply_edits(text.encode(), change.edits["b.py"])})
    assert review_file(project.context(), "b.py") == ()
    assert suppression(project.context(), "b.py", finding.rule, 1).edits == {}


def test_a_file_that_is_not_indexed(project: Project) -> None:
    with pytest.raises(BadArgument):
        suppression(project.context(), "missing.py", "some-rule", 0)
