"""What VS Code does with a repository: a merge, a message, a split, a history, the base of reviews.

One VS Code is driven through all of it, once; each test then looks at its own part.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from e2e import provision
from e2e.vscode import drive
from support.histories import git, repository, written

pytestmark = [pytest.mark.e2e, pytest.mark.xdist_group("vscode")]

CART = '''"""A cart."""


class Cart:
    def __init__(self) -> None:
        self.items: list[int] = []

    def total(self) -> int:
        return sum(self.items)


def discount(price: int) -> int:
    return price


def label(cart: Cart) -> str:
    return f"{cart.total()} EUR"
'''
COUNT = "    def count(self) -> int:\n        return len(self.items)\n"
CLEAR = "    def clear(self) -> None:\n        self.items.clear()\n"
GUARD = "    if price is None:\n        return 0\n    return price\n"
PARSER = "def parse(text: str) -> list[str]:\n    return text.split()\n"


@dataclass(frozen=True, slots=True)
class Driven:
    """What was seen in each scenario, and the repositories as they are afterwards."""

    told: dict[str, dict[str, Any]]
    merging: Path
    shop: Path

    def seen(self, name: str) -> dict[str, Any]:
        """What was seen in one scenario. Fails where it did not come to its end."""
        found = self.told[name]
        assert "error" not in found, found["error"]
        return found


def changed(*replacements: tuple[str, str]) -> str:
    text = CART
    for old, new in replacements:
        assert old in text
        text = text.replace(old, new)
    return text


def merging_repository(folder: Path) -> Path:
    """A merge under way: each side added a method, and both changed one line."""
    root = repository(folder, [("feat: the shop", {"shop/cart.py": CART})])
    file = root / "shop/cart.py"
    total = "    def total"
    git(root, "checkout", "--quiet", "-b", "other")
    file.write_text(changed((total, f"{CLEAR}\n{total}"), ("return price\n", "return price - 1\n")))
    git(root, "commit", "--quiet", "--all", "--message", "feat(cart): clear it")
    git(root, "checkout", "--quiet", "main")
    file.write_text(changed((total, f"{COUNT}\n{total}"), ("return price\n", "return price - 2\n")))
    git(root, "commit", "--quiet", "--all", "--message", "feat(cart): count")
    git(root, "merge", "other", ok=(1,))
    return root


def shop_repository(folder: Path) -> Path:
    """A branch with conventional commits; a fix is staged, and other things are changed too."""
    commits = [("feat: the shop", {"shop/cart.py": CART, "README.md": "# Shop\n"})]
    for number in range(6):
        commits += [
            (f"fix(cart): handle case {number}", {"shop/cart.py": f"{CART}# {number}\n"}),
            (f"docs: explain step {number}", {"README.md": f"# Shop\n\nStep {number}.\n"}),
        ]
    root = repository(folder, commits)
    git(root, "checkout", "--quiet", "-b", "topic")
    written(root, {"shop/cart.py": changed(("    return price\n", GUARD)) + "# 5\n"})
    (root / "shop/parser.py").write_text(PARSER)
    (root / "README.md").write_text("# Shop\n\nStep 5.\n\n## Returns\n\nWithin two weeks.\n")
    return root


@pytest.fixture(scope="module")
def driven(
    vscode: provision.VSCode, vscode_address: str, tmp_path_factory: pytest.TempPathFactory
) -> Driven:
    """VS Code driven through every scenario of this module."""
    folder = tmp_path_factory.mktemp("git")
    merging = merging_repository(folder / "merging")
    shop = shop_repository(folder / "shop")
    at_shop: dict[str, object] = {"url": f"{vscode_address}/?folder={shop}"}
    scenarios: list[dict[str, object]] = [
        {
            "name": "conflicts",
            "url": f"{vscode_address}/?folder={merging}",
            "file": "cart.py",
            "found": 2,
            "lens": "Accept Current Change",
            "merge": "Merge both sides by their syntax",
            "merged": "def clear",
        },
        at_shop
        | {
            "name": "message",
            "typed": "fox",
            "fix": "Change the type to `fix`",
            "fixed": "fix(cart)",
            "reflog": str(shop / ".git/logs/refs/heads/topic"),
        },
        at_shop | {"name": "box", "own": "my own words"},
        at_shop | {"name": "split", "heading": "## ", "added": " at last"},
        at_shop
        | {
            "name": "history",
            "file": "shop/cart.py",
            "line": CART[: CART.index("def discount")].count("\n") + 1,
            "column": 6,
            "document": "discount.md",
        },
        at_shop | {"name": "request", "document": "draft.md", "heading": "## What"},
        at_shop
        | {
            "name": "base",
            "file": "shop/parser.py",
            "typed": "breakpoint()\n",
            "rule": "leftover-debug",
        },
    ]
    return Driven(drive(vscode, scenarios, folder), merging, shop)


def test_conflicts_are_merged_taken_back_and_resolved(driven: Driven) -> None:
    seen = driven.seen("conflicts")
    assert seen["actions"][:4] == [
        "Keep the first side",
        "Keep the second side",
        "Keep both sides, the first one first",
        "Merge both sides by their syntax",
    ]
    merged = "\n".join(seen["merged"])
    assert merged.index("def count") < merged.index("def clear") < merged.index("def total")
    assert merged.count("<<<<<<<") == 1
    assert "1 conflict resolved, 1 is left" in seen["told"]
    text = (driven.merging / "shop/cart.py").read_text()
    assert f"{COUNT}\n{CLEAR}\n    def total" in text
    assert text.count("<<<<<<<") == 1


def test_a_message_is_drafted_mended_worded_and_committed(driven: Driven) -> None:
    seen = driven.seen("message")
    assert seen["actions"][0] == "Draft the commit message"
    assert seen["fixes"][0] == "Change the type to `fix`"
    assert seen["wordings"][0].startswith("fix(cart): ")
    subjects = git(driven.shop, "log", "--format=%s").split("\n")
    assert seen["wordings"][1] in subjects


def test_a_draft_in_source_control_replaces_nothing_unasked(driven: Driven) -> None:
    seen = driven.seen("box")
    assert seen["drafted"]
    assert "my own words" in seen["question"]
    assert seen["kept"] == "my own words"


def test_a_split_is_planned_edited_and_committed(driven: Driven) -> None:
    seen = driven.seen("split")
    planned = [line[3:] for line in seen["plan"] if line.startswith("## ")]
    assert len(planned) >= 2
    assert f"{len(planned)} commits made" in seen["told"]
    assert seen["tabs"] == []
    subjects = git(driven.shop, "log", "--format=%s").split("\n")
    assert f"{planned[0]} at last" in subjects
    assert set(planned[1:]) <= set(subjects)


def test_the_history_of_a_symbol_is_shown(driven: Driven) -> None:
    text = driven.seen("history")["text"]
    message = driven.seen("message")
    assert text[0] == "# History of `discount`"
    assert f"## {message['wordings'][1]}" in text


def test_a_pull_request_is_drafted_from_the_branch(driven: Driven) -> None:
    text = "\n".join(driven.seen("request")["text"])
    assert "## What" in text
    assert "## How tested" in text or "## Risk" in text


def test_the_base_is_chosen_and_leaves_no_file(driven: Driven) -> None:
    driven.seen("base")
    assert git(driven.shop, "status", "--short", "--", ".vscode") == ""
