"""The text of a pull request, from a branch's commits, its changes and the graph."""

from __future__ import annotations

import pytest

from pairwright.errors import NotARepository, UnknownRevision
from pairwright.features.pr_draft import PullRequest, draft_pull_request, page, template_of

from .conftest import Project, git

PRICES = "def price(name):\n    return len(name)\n\n\ndef tax(value):\n    return value\n"
CART = "from prices import price, tax\n\n\ndef total(names):\n    return tax(price(names))\n"
TEST = "from cart import total\n\n\ndef test_total():\n    assert total('tea') == 3\n"


def commit(project: Project, message: str, files: dict[str, str]) -> None:
    project.commit(files)
    git(project.root, "commit", "--quiet", "--amend", "-m", message)


@pytest.fixture
def branch(project: Project) -> Project:
    """A branch with one commit, from a main branch of three files."""
    commit(project, "chore: begin", {"prices.py": PRICES, "cart.py": CART, "test_cart.py": TEST})
    git(project.root, "branch", "-M", "main")
    git(project.root, "checkout", "--quiet", "-b", "feat/rounding-12")
    commit(
        project,
        "feat: round prices\n\nShops in Sweden have no small coins, so totals looked odd.\n\n"
        "- round half up\n\nCloses #12",
        {"prices.py": PRICES.replace("return len(name)", "return round(len(name), 0)")},
    )
    return project


def drafted(project: Project, base: str = "main") -> PullRequest:
    return draft_pull_request(project.context(), base)


def test_one_commit_speaks_for_itself(branch: Project) -> None:
    request = drafted(branch)
    assert request.title == "feat: round prices"
    assert request.commits == 1
    assert request.files == 1
    assert request.why == ("Shops in Sweden have no small coins, so totals looked odd.",)
    assert request.footer == ("Closes #12",)


def test_the_blast_radius_is_the_graphs(branch: Project) -> None:
    (reach,) = drafted(branch).reach
    assert (reach.symbol, reach.path) == ("price", "prices.py")
    assert (reach.users, reach.files, reach.tests) == (1, 1, 1)
    assert not reach.breaking


def test_a_removed_function_is_a_risk(branch: Project) -> None:
    commit(branch, "refactor: drop tax", {"prices.py": PRICES.partition("\n\n\ndef tax")[0] + "\n"})
    assert any("`tax`" in risk and risk.startswith("Breaking") for risk in drafted(branch).risks)


def test_a_function_that_moves_is_not_gone(branch: Project) -> None:
    head, _, tax = PRICES.partition("\n\n\ndef tax")
    commit(branch, "refactor: move tax (#7)", {"prices.py": head + "\n", "t.py": "def tax" + tax})
    request = drafted(branch)
    assert any("Moved" in risk and "`tax`" in risk for risk in request.risks)
    assert not any(risk.startswith("Breaking") for risk in request.risks)


def test_what_no_test_reaches_is_a_risk(branch: Project) -> None:
    commit(branch, "test: drop", {"test_cart.py": "x = 1\n"})
    assert any("No test reaches `price`" in risk for risk in drafted(branch).risks)


def test_new_tests_are_named(branch: Project) -> None:
    commit(
        branch,
        "test: more",
        {"test_cart.py": TEST + "\n\ndef test_empty():\n    assert not total('')\n"},
    )
    assert any("`test_empty`" in line for line in drafted(branch).tested)


def test_several_commits_are_listed_the_first_first(branch: Project) -> None:
    commit(
        branch,
        "fix: tax of nothing",
        {"prices.py": PRICES.replace("return value", "return value or 0")},
    )
    request = drafted(branch)
    assert request.what == ("Round prices", "Tax of nothing")


def test_the_repositorys_own_template_is_filled(branch: Project) -> None:
    template = (
        "## Description\n\n<!-- say -->\n\n## How has this been tested?\n\n"
        "## Checklist\n\n- [ ] docs\n"
    )
    commit(branch, "docs: template", {".github/pull_request_template.md": template})
    context = branch.context()
    assert context.repo is not None
    assert template_of(context.repo) == template
    text = page(context, "main")[0].text
    places = [
        text.index(part)
        for part in (
            "## Description",
            "- Round prices",
            "## How has",
            "1 test reaches",
            "- [ ] docs",
            "## Why",
        )
    ]
    assert places == sorted(places)
    assert text.rstrip().endswith("Closes #12")


def test_without_a_template_every_section_is_there(branch: Project) -> None:
    text = page(branch.context(), "main")[0].text
    for heading in ("# feat: round prices", "## What", "## Why", "## Risk", "## How tested"):
        assert f"{heading}\n" in text


def test_nothing_to_describe(branch: Project) -> None:
    git(branch.root, "checkout", "--quiet", "main")
    with pytest.raises(UnknownRevision, match="no commits of its own"):
        drafted(branch)


def test_an_unknown_base(branch: Project) -> None:
    with pytest.raises(UnknownRevision):
        drafted(branch, "nowhere")


def test_outside_of_a_repository(folder: Project) -> None:
    folder.put({"a.py": "x = 1\n"})
    with pytest.raises(NotARepository):
        draft_pull_request(folder.context())
