"""Reviews of files in real repositories: what they are compared with, and what is shown of it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import pytest

from features.conftest import Project, git
from pairwright.errors import BadArgument, Cancelled, UnknownRevision
from pairwright.features.base import revision_of
from pairwright.features.review import (
    review_changes,
    review_file,
    review_workspace,
    why,
    write_baseline,
)
from pairwright_analyzers.rules import RULES
from pairwright_analyzers.types import Finding, Severity

PRICES = "def total(items, rate):\n    return sum(items) * rate\n"
PRICES_NOW = "def total(items):\n    return sum(items)\n"
CART = "from prices import total\n\nprint(total([1, 2], 0.2))\n"


def rules_of(findings: Sequence[Finding]) -> list[str]:
    return [finding.rule for finding in findings]


def gathered(project: Project, review: object, **options: object) -> dict[str, list[str]]:
    """The rules found, by file; files without findings are left out."""
    found: dict[str, list[str]] = {}

    def on_file(path: str, findings: Sequence[Finding]) -> None:
        assert path not in found
        found[path] = rules_of(findings)

    review(project.context(**options), on_file)  # type: ignore[operator]
    return {path: rules for path, rules in found.items() if rules}


def broken(project: Project) -> Project:
    """A commit, and then a change on disk that leaves a caller behind."""
    project.commit({"prices.py": PRICES, "cart.py": CART, "test_prices.py": "import prices\n"})
    project.put({"prices.py": PRICES_NOW})
    return project


def test_a_change_that_leaves_a_caller_behind(project: Project) -> None:
    (finding, *_) = review_file(broken(project).context(), "prices.py")
    assert finding.rule == "callers-not-updated"
    assert [one.location.path for one in finding.related] == ["cart.py"]


def test_of_a_file_in_conflict_only_the_conflicts_are_told(project: Project) -> None:
    start = "class Cart:\n    def __init__(self) -> None:\n        self.items = []\n\n"
    count = "    def count(self) -> int:\n        return len(self.items)\n"
    clear = "    def clear(self) -> None:\n        self.items.clear()\n"
    total = "    def total(self) -> int:\n        return sum(self.items)\n"
    price = "\n\ndef discount(price: int) -> int:\n{}\n\ndef label(cart: Cart) -> str:\n"
    label = '    return f"{cart.total()} EUR"\n'
    ours, theirs = "    return price // 2\n", "    return price - 10\n"

    def sides(first: str, second: str) -> str:
        return f"<<<<<<< HEAD\n{first}=======\n{second}>>>>>>> other\n"

    project.commit({"cart.py": f"{start}{count}\n{total}{price.format(ours)}{label}"})
    unresolved = f"{start}{sides(count, clear)}\n{total}"
    project.put({"cart.py": f"{unresolved}{price.format(sides(ours, theirs))}{label}"})
    assert rules_of(review_file(project.context(), "cart.py")) == ["merge-marker"] * 2


def test_what_is_committed_is_not_changed(project: Project) -> None:
    broken(project).commit()
    assert review_file(project.context(), "prices.py") == ()


def test_the_base_may_be_another_revision(project: Project) -> None:
    broken(project).commit()
    project.settings["review.base"] = "HEAD~1"
    assert "callers-not-updated" in rules_of(review_file(project.context(), "prices.py"))


def test_a_branch_is_compared_with_where_it_started(project: Project) -> None:
    project.commit({"prices.py": PRICES, "cart.py": CART})
    git(project.root, "checkout", "--quiet", "-b", "cheaper")
    project.commit({"prices.py": PRICES_NOW})
    project.settings["review.base"] = "merge-base"
    assert "callers-not-updated" in rules_of(review_file(project.context(), "prices.py"))


def test_an_unknown_base_is_said(project: Project) -> None:
    broken(project)
    project.settings["review.base"] = "no-such-branch"
    with pytest.raises(UnknownRevision, match="no-such-branch"):
        review_file(project.context(), "prices.py")


def test_an_unsaved_text_is_the_truth(project: Project) -> None:
    project.commit({"prices.py": PRICES, "cart.py": CART})
    context = project.context({"prices.py": PRICES_NOW.encode()})
    assert "callers-not-updated" in rules_of(review_file(context, "prices.py"))
    shown = gathered(project, review_changes, open_texts={"prices.py": PRICES_NOW.encode()})
    assert "callers-not-updated" in shown["prices.py"]


def test_a_new_file_is_changed_from_top_to_bottom(project: Project) -> None:
    project.commit({"a.py": "x = 1\n"})
    project.put({"b.py": "def f():\n    breakpoint()\n"})
    assert "leftover-debug" in rules_of(review_file(project.context(), "b.py"))
    assert list(gathered(project, review_changes)) == ["b.py"]


def test_without_a_commit_every_file_is_new(project: Project) -> None:
    project.put({"b.py": "def f():\n    breakpoint()\n"})
    assert "leftover-debug" in rules_of(review_file(project.context(), "b.py"))


def test_outside_of_a_repository_nothing_is_changed(folder: Project) -> None:
    folder.put({"b.py": "def f():\n    breakpoint()\n"})
    assert review_file(folder.context(), "b.py") == ()
    assert gathered(folder, review_changes) == {}
    assert "leftover-debug" in gathered(folder, review_workspace)["b.py"]


def test_untouched_code_is_silent_or_hinted_at(project: Project) -> None:
    project.commit({"b.py": "def f():\n    breakpoint()\n\n\nx = 1\n"})
    project.put({"b.py": "def f():\n    breakpoint()\n\n\nx = 2\n"})
    assert review_file(project.context(), "b.py") == ()
    project.settings["review.untouched"] = "hint"
    (finding,) = review_file(project.context(), "b.py")
    assert (finding.rule, finding.severity) == ("leftover-debug", Severity.HINT)


def test_changed_code_keeps_its_severity_beside_hints(project: Project) -> None:
    project.settings["review.untouched"] = "hint"
    findings = review_file(broken(project).context(), "prices.py")
    kept = [one for one in findings if one.rule == "callers-not-updated"]
    assert [one.severity for one in kept] == [Severity.ERROR]


def test_a_review_of_the_workspace_sees_files_that_did_not_change(project: Project) -> None:
    project.commit({"b.py": "def f():\n    breakpoint()\n", "c.py": "x = 1\n"})
    assert gathered(project, review_workspace) == {"b.py": ["leftover-debug"]}


MANY = "def f():\n" + "".join(f"    breakpoint()\n    x{n} = {n}\n" for n in range(30))


def test_the_rest_of_many_findings_is_counted(project: Project) -> None:
    project.put({"b.py": MANY})
    project.settings["review.max_findings"] = 5
    findings = review_file(project.context(), "b.py")
    assert len(findings) == 6
    assert findings[-1].rule == "more-findings"
    assert findings[-1].severity is Severity.INFORMATION
    assert "25 more findings are not shown" in findings[-1].message


def test_rules_are_disabled_enabled_and_given_severities(project: Project) -> None:
    project.put({"b.py": "def f():\n    breakpoint()\n    # TODO: think\n"})
    project.settings["review.enabled_rules"] = ["todo-without-owner"]
    project.settings["review.severity"] = {"leftover-debug": "error"}
    findings = review_file(project.context(), "b.py")
    assert rules_of(findings) == ["leftover-debug", "todo-without-owner"]
    assert findings[0].severity is Severity.ERROR
    project.settings["review.disabled_rules"] = ["leftover-debug", "todo-without-owner"]
    assert review_file(project.context(), "b.py") == ()


def test_a_moved_file_is_compared_with_what_it_was(project: Project) -> None:
    body = "".join(f"x{number} = {number}\n" for number in range(40))
    project.commit({"a.py": f"def f():\n    breakpoint()\n\n\n{body}"})
    (project.root / "a.py").unlink()
    project.put({"lib/b.py": f"def f():\n    breakpoint()\n\n\n{body}y = 2\n"})
    assert review_file(project.context(), "lib/b.py") == ()
    git(project.root, "add", "--all")
    assert review_file(project.context(), "lib/b.py") == ()


def test_uses_of_a_deleted_file_are_found_where_they_are(project: Project) -> None:
    project.commit({"prices.py": PRICES, "cart.py": CART})
    (project.root / "prices.py").unlink()
    found: dict[str, Sequence[Finding]] = {}
    review_changes(project.context(), found.__setitem__)
    findings = [one for one in found["cart.py"] if one.rule == "removed-but-used"]
    assert findings
    assert all(one.location.path == "cart.py" for one in findings)
    assert "prices.py was deleted" in findings[0].message


def test_a_module_that_became_a_package_is_not_gone(project: Project) -> None:
    project.commit({"prices.py": PRICES, "cart.py": CART})
    (project.root / "prices.py").unlink()
    project.put({"prices/__init__.py": PRICES})
    assert "cart.py" not in gathered(project, review_changes)


def test_the_base_text_has_the_line_ends_of_the_checkout(project: Project) -> None:
    project.commit({"b.py": "x = 1\ny = 2\n"})
    context = project.context()
    revision = revision_of(context)
    assert revision is not None
    assert revision.origin("b.py", b"x = 1\r\ny = 3\r\n").text == b"x = 1\r\ny = 2\r\n"
    assert revision.origin("b.py", b"x = 1\ny = 3\n").text == b"x = 1\ny = 2\n"


def test_line_ends_of_the_checkout_are_no_change(project: Project) -> None:
    text = "def f():\n    breakpoint()\n\n\nx = 1\n"
    project.commit({"b.py": text})
    project.put({"b.py": text.replace("x = 1", "x = 2").replace("\n", "\r\n")})
    assert review_file(project.context(), "b.py") == ()


def test_a_workspace_folder_below_the_repository(project: Project) -> None:
    project.commit({"app/prices.py": PRICES, "app/cart.py": CART, "other.py": "x = 1\n"})
    project.put({"app/prices.py": PRICES_NOW, "other.py": "breakpoint()\n"})
    inner = Project(project.root / "app", project.repositories)
    context = inner.context()
    assert context.repo is not None
    assert "callers-not-updated" in rules_of(review_file(context, "prices.py"))
    seen: dict[str, Sequence[Finding]] = {}
    review_changes(context, seen.__setitem__)
    assert list(seen) == ["prices.py"]


def test_a_repository_inside_the_folder_has_its_own_base(project: Project) -> None:
    inner = Project(project.root / "vendored", project.repositories)
    inner.root.mkdir()
    git(inner.root, "init", "--quiet")
    inner.commit({"b.py": "def f():\n    breakpoint()\n"})
    project.commit({"a.py": "x = 1\n"})
    assert review_file(project.context(), "vendored/b.py") == ()


def test_a_rule_that_raises_is_reported_and_the_others_go_on(project: Project) -> None:
    def explode(_context: object) -> list[Finding]:
        raise ZeroDivisionError("boom")

    bad = replace(RULES[0], id="exploding", check=explode)
    findings = review_file(broken(project).context(), "prices.py", (bad, *RULES))
    assert "callers-not-updated" in rules_of(findings)
    assert [(what, str(error)) for what, error in project.reported] == [
        ("rule `exploding`", "boom")
    ]


def test_a_cancelled_review_ends(project: Project) -> None:
    def check() -> None:
        raise Cancelled

    with pytest.raises(Cancelled):
        review_file(replace(broken(project).context(), check=check), "prices.py")


def test_a_minified_file_is_not_reviewed(project: Project) -> None:
    project.put({"lib/a.js": "function f(){debugger;g()}" * 500})
    assert review_file(project.context(), "lib/a.js") == ()
    project.put({"lib/a.js": "function f(){\n  debugger;\n  g()\n}\n" * 5})
    assert "leftover-debug" in rules_of(review_file(project.context(), "lib/a.js"))


def test_a_file_that_is_not_indexed(project: Project) -> None:
    assert review_file(project.context(), "missing.py") == ()


# The baseline.


def test_what_was_accepted_is_not_shown_again(project: Project) -> None:
    broken(project)
    path, count = write_baseline(project.context())
    assert path == project.root / ".pairwright/baseline.json"
    assert count >= 1
    assert gathered(project, review_workspace) == {}
    # The same findings on other lines are still accepted, one more of a kind is not.
    project.put({"prices.py": "# moved\n\n" + PRICES_NOW})
    assert review_file(project.context(), "prices.py") == ()
    project.put({"prices.py": PRICES_NOW + "\n\ndef f():\n    breakpoint()\n"})
    assert "leftover-debug" in rules_of(review_file(project.context(), "prices.py"))


def test_one_caller_more_does_not_revive_an_accepted_finding(project: Project) -> None:
    twice = CART + "print(total([3], 0.3))\n"
    broken(project).put({"cart.py": twice})
    write_baseline(project.context())
    project.put({"cart.py": twice + "print(total([4], 0.3))\n"})
    assert review_file(project.context(), "prices.py") == ()


def test_one_of_two_equal_findings_was_accepted(project: Project) -> None:
    project.put({"b.py": "def f():\n    breakpoint()\n"})
    write_baseline(project.context())
    project.put({"b.py": "def f():\n    breakpoint()\n    x()\n    breakpoint()\n"})
    assert rules_of(review_file(project.context(), "b.py")) == ["leftover-debug"]


@pytest.mark.parametrize(
    "text",
    [
        "",
        "{",
        "[]",
        '{"version": 1}',
        '{"version": 2, "findings": []}',
        '{"version": 1, "findings": [1]}',
        '{"version": 1, "findings": [{"rule": "a", "path": "b", "symbol": "c", "message": 1}]}',
        "[" * 5_000,
        b"\xff\xfe\x00",
    ],
)
def test_a_broken_baseline_is_reported_and_accepts_nothing(
    project: Project, text: str | bytes
) -> None:
    broken(project).put({".pairwright/baseline.json": text})
    assert "callers-not-updated" in rules_of(review_file(project.context(), "prices.py"))
    ((what, error),) = project.reported
    assert what == "the baseline"
    assert "baseline.json cannot be used" in str(error)


def test_every_rule_can_be_explained() -> None:
    for rule in RULES:
        assert f"`{rule.id}`" in why(rule.id)
    assert "review.max_findings" in why("more-findings")
    with pytest.raises(BadArgument):
        why("no-such-rule")
