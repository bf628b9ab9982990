"""Rules that a workspace brings along: what they find, and what is said of those that are wrong."""

from __future__ import annotations

import pytest

from features.conftest import Project
from pairwright.features.review import review_file, why, write_baseline
from pairwright.features.user_rules import user_rules
from pairwright_analyzers.edits import apply_edits
from pairwright_analyzers.languages import LANGUAGES
from pairwright_analyzers.patterns import LANGUAGES as SUPPORTED
from pairwright_analyzers.patterns import UNSUPPORTED
from pairwright_analyzers.types import Severity

NO_SLEEP = """\
id: no-sleep
language: python
message: Do not sleep, wait for '$WHAT'.
severity: error
rule: time.sleep($WHAT)
fix: wait_for($WHAT)
note: Sleeping is slow on fast machines.
url: https://example.org/no-sleep
"""
RULE = ".pairwright/rules/sleep.yml"


def with_rule(project: Project, text: str, path: str = RULE) -> Project:
    project.put({path: text})
    return project


def problems(project: Project) -> list[str]:
    found = user_rules(project.context()).problems
    return [f"{one.path.rpartition('/')[2]}:{one.line}: {one.message}" for one in found]


def test_a_pattern_with_a_message_and_a_fix(project: Project) -> None:
    with_rule(project, NO_SLEEP)
    text = 'é = "ü"; time.sleep(é)\n'
    project.put({"a.py": text})
    (finding,) = review_file(project.context(), "a.py")
    assert (finding.rule, finding.severity) == ("no-sleep", Severity.ERROR)
    assert finding.message == "Do not sleep, wait for 'é'."
    now = apply_edits(text.encode(), finding.fixes[0].change.edits["a.py"])
    assert now.decode() == 'é = "ü"; wait_for(é)\n'


def test_a_rule_object_in_typescript_and_go(project: Project) -> None:
    with_rule(
        project,
        "id: no-any\nlanguage: ts\nmessage: Name the type.\nrule:\n  kind: predefined_type\n"
        "  regex: ^any$\n"
        "---\n"
        "id: no-panic\nlanguage: go\nmessage: Return an error.\nrule:\n"
        "  all:\n  - pattern: panic($$$ARGS)\n  - inside: {kind: function_declaration, "
        "stopBy: end}\n",
    )
    project.put(
        {
            "a.ts": "const a: any = 1;\nconst b: string = '';\n",
            "a.go": 'package a\n\nfunc F() {\n\tpanic("x")\n}\n',
        }
    )
    assert [one.rule for one in review_file(project.context(), "a.ts")] == ["no-any"]
    assert [one.rule for one in review_file(project.context(), "a.go")] == ["no-panic"]


def test_several_lines_keep_their_indent(project: Project) -> None:
    with_rule(
        project,
        "id: log-calls\nlanguage: python\nmessage: Log it.\nrule: call($$$ARGS)\n"
        "fix: |\n  log()\n  call($$$ARGS)\n",
    )
    text = "def f():\n    call(1,  2)\n"
    project.put({"a.py": text})
    (finding,) = review_file(project.context(), "a.py")
    now = apply_edits(text.encode(), finding.fixes[0].change.edits["a.py"])
    assert now.decode() == "def f():\n    log()\n    call(1,  2)\n"


def test_only_changed_lines_unless_asked_for(project: Project) -> None:
    with_rule(project, NO_SLEEP)
    project.commit({"a.py": "time.sleep(1)\nx = 1\n"})
    project.put({"a.py": "time.sleep(1)\nx = 2\n"})
    assert review_file(project.context(), "a.py") == ()
    project.settings["review.untouched"] = "hint"
    assert [one.severity for one in review_file(project.context(), "a.py")] == [Severity.HINT]


def test_a_rule_lives_like_the_built_in_ones(project: Project) -> None:
    with_rule(project, NO_SLEEP)
    project.put({"a.py": "time.sleep(1)  # pairwright: ignore[no-sleep]\n"})
    assert review_file(project.context(), "a.py") == ()
    project.put({"a.py": "time.sleep(1)\n"})
    project.settings["review.severity"] = {"no-sleep": "information"}
    (finding,) = review_file(project.context(), "a.py")
    assert finding.severity is Severity.INFORMATION
    project.settings["review.disabled_rules"] = ["no-sleep"]
    assert review_file(project.context(), "a.py") == ()
    project.settings.clear()
    assert write_baseline(project.context())[1] == 1
    assert review_file(project.context(), "a.py") == ()


def test_off_until_it_is_enabled(project: Project) -> None:
    with_rule(project, NO_SLEEP.replace("severity: error", "severity: off"))
    with_rule(project, NO_SLEEP.replace("severity: error", "severity: 'off'"))
    project.put({"a.py": "time.sleep(1)\n"})
    assert review_file(project.context(), "a.py") == ()
    project.settings["review.enabled_rules"] = ["no-sleep"]
    assert len(review_file(project.context(), "a.py")) == 1


def test_an_open_rule_file_is_the_truth(project: Project) -> None:
    with_rule(project, NO_SLEEP)
    project.put({"a.py": "time.sleep(1)\nnap(1)\n"})
    context = project.context({RULE: NO_SLEEP.replace("time.sleep", "nap").encode()})
    (finding,) = review_file(context, "a.py")
    assert finding.location.span.start == len("time.sleep(1)\n")


def test_it_is_explained(project: Project) -> None:
    page = why("no-sleep", [with_rule(project, NO_SLEEP).context()])
    assert "Sleeping is slow" in page
    assert "https://example.org/no-sleep" in page
    assert RULE in page


@pytest.mark.parametrize(
    ("text", "line", "words"),
    [
        ("id: [", 1, "not valid YAML"),
        ("id: a\nid: b: c\n", 2, "not valid YAML"),
        ("- 1\n", 1, "A rule is a mapping"),
        (NO_SLEEP.replace("language: python", "language: cobol"), 2, "`cobol` is no language"),
        (NO_SLEEP.replace("language: python", "language: toml"), 2, "cannot be matched in TOML"),
        (NO_SLEEP.replace("language: python\n", ""), 1, "`language` is missing"),
        (NO_SLEEP.replace("no-sleep\n", "No Sleep!\n"), 1, "`id` must be small letters"),
        (NO_SLEEP.replace("no-sleep\n", "doc-drift\n"), 1, "taken by a built-in rule"),
        (NO_SLEEP.replace("error", "fatal"), 4, "`severity` must be one of"),
        (NO_SLEEP.replace("rule: time.sleep($WHAT)", "rule: 3"), 5, "`rule` must be a pattern"),
        (NO_SLEEP.replace("rule: time.sleep($WHAT)\n", ""), 1, "`rule` must be a pattern"),
        (NO_SLEEP.replace("note:", "notes:"), 7, "`notes` is no field of a rule"),
        (NO_SLEEP.replace("fix: wait_for($WHAT)", "fix: [1]"), 6, "`fix` must be a text"),
        (NO_SLEEP.replace("time.sleep($WHAT)", "{kind: nope}"), 1, "Kind `nope` is invalid"),
        (NO_SLEEP.replace("time.sleep($WHAT)", "{regex: '('}"), 1, "unclosed group"),
        (NO_SLEEP.replace("time.sleep($WHAT)", "{kindd: call}"), 1, "unknown field `kindd`"),
        (NO_SLEEP.replace("time.sleep($WHAT)", "{matches: other}"), 1, "`other` is not defined"),
        (NO_SLEEP.replace("time.sleep($WHAT)", "{any: 3}"), 1, "cannot be used"),
        ("a: &a [1]\nb: [*a, *a]\n", 2, "Aliases"),
        ("a: " + "[" * 5_000, 1, "nested more than"),
        ("- 1\n" * 30_000, 1, "larger than"),
        ("- \n" * 25_000, 0, "too many values"),
        ("a: !!python/object/apply:os.system ['true']\n", 1, "not valid YAML"),
        (b"\xff\xfe\x00", 1, "not UTF-8"),
    ],
)
def test_a_rule_that_is_wrong_names_its_line(
    project: Project, text: str | bytes, line: int, words: str
) -> None:
    project.put({".pairwright/rules/bad.yml": text, RULE: NO_SLEEP, "a.py": "time.sleep(1)\n"})
    (problem,) = problems(project)
    assert problem.startswith(f"bad.yml:{line}:" if line else "bad.yml:")
    assert words in problem
    assert problem.endswith(".")
    assert [one.rule for one in review_file(project.context(), "a.py")] == ["no-sleep"]
    assert any("bad.yml" in str(error) for _, error in project.reported)


def test_a_wrong_rule_is_shown_in_its_file(project: Project) -> None:
    with_rule(project, NO_SLEEP.replace("error", "fatal"))
    (finding,) = review_file(project.context(), RULE)
    assert (finding.rule, finding.severity) == ("user-rule", Severity.ERROR)
    assert finding.location.span.start == NO_SLEEP.index("severity")


def test_the_same_id_twice(project: Project) -> None:
    project.put({RULE: NO_SLEEP, ".pairwright/rules/again.yaml": NO_SLEEP})
    assert problems(project) == [
        "sleep.yml:1: The id `no-sleep` is taken by .pairwright/rules/again.yaml."
    ]


def test_many_matches_and_huge_files_are_bounded(project: Project) -> None:
    with_rule(project, NO_SLEEP)
    project.settings["review.max_findings"] = 1000
    project.put({"a.py": "time.sleep(1)\n" * 1_000, "b.py": "time.sleep(1)\n" * 40_000})
    assert len(review_file(project.context(), "a.py")) == 200
    assert review_file(project.context(), "b.py") == ()


def test_every_language_of_ours_is_known_or_said_not_to_be() -> None:
    ours = {spec.id for spec in LANGUAGES}
    assert ours <= set(SUPPORTED) | UNSUPPORTED


@pytest.mark.parametrize("language", sorted(SUPPORTED))
def test_a_pattern_in_every_language(project: Project, language: str) -> None:
    with_rule(
        project,
        f"id: some-rule\nlanguage: {language}\nmessage: There.\nrule: {{regex: shop}}\n",
    )
    assert problems(project) == []
