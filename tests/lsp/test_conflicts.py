"""Merge conflicts over the wire: actions at a conflict, the next one, all that are safe."""

from __future__ import annotations

import subprocess
from collections.abc import Callable, Mapping
from pathlib import Path

import pytest

from support.lsp_client import LspClient, Message
from support.protocol_edits import applied

Make = Callable[[Mapping[str, str]], Path]

CART = "import os\n\n\nclass Cart:\n    def total(self):\n        return 1\n"
OURS = CART.replace("import os", "import os\nimport sys") + (
    "\n    def empty(self):\n        return True\n"
)
THEIRS = CART.replace("import os", "import json\nimport os") + (
    "\n    def size(self):\n        return 0\n"
)
TAX = "RATE = 1\n"


def git(root: Path, *arguments: str) -> None:
    identity = ["-c", "user.name=A", "-c", "user.email=a@example.com"]
    subprocess.run(["git", *identity, *arguments], cwd=root, capture_output=True, check=False)


@pytest.fixture
def merging(workspace: Make) -> Path:
    """A work tree in the middle of a merge: two conflicts in `cart.py`, one in `tax.py`."""
    root = workspace({"cart.py": CART, "tax.py": TAX, "notes.txt": "a\n"})
    git(root, "checkout", "-q", "-b", "other")
    for name, text in (("cart.py", THEIRS), ("tax.py", "RATE = 2\n"), ("notes.txt", "b\n")):
        (root / name).write_text(text)
    git(root, "commit", "-qam", "theirs")
    git(root, "checkout", "-q", "-")
    for name, text in (("cart.py", OURS), ("tax.py", "RATE = 3\n"), ("notes.txt", "c\n")):
        (root / name).write_text(text)
    git(root, "commit", "-qam", "ours")
    git(root, "merge", "other")
    return root


def actions(client: LspClient, uri: str, line: int) -> dict[str, Message]:
    place = {"line": line, "character": 0}
    found = client.request(
        "textDocument/codeAction",
        {
            "textDocument": {"uri": uri},
            "range": {"start": place, "end": place},
            "context": {"diagnostics": [], "triggerKind": 1, "only": ["quickfix"]},
        },
    )
    return {action["title"]: action for action in found}


def test_each_choice_leaves_what_it_says(merging: Path) -> None:
    text = (merging / "cart.py").read_text()
    assert text.count("<<<<<<<") >= 1
    with LspClient() as client:
        client.initialize(merging)
        client.ready()
        uri = client.open(merging / "cart.py")
        line = text[: text.rindex("<<<<<<<")].count("\n")
        found = actions(client, uri, line + 1)
        outcomes = {}
        for title in (
            "Keep the first side",
            "Keep the second side",
            "Merge both sides by their syntax",
        ):
            edit = client.request("codeAction/resolve", found[title])["edit"]
            outcomes[title] = applied({uri: text}, edit)[uri]
        assert "def size" not in outcomes["Keep the first side"]
        assert "def empty" not in outcomes["Keep the second side"]
        merged = outcomes["Merge both sides by their syntax"]
        assert merged.endswith(
            "    def empty(self):\n        return True\n\n    def size(self):\n        return 0\n"
        )


def test_a_merge_that_cannot_be_had_says_why(merging: Path) -> None:
    with LspClient() as client:
        client.initialize(merging)
        client.ready()
        uri = client.open(merging / "tax.py")
        found = actions(client, uri, 1)
        answer = client.wait_response(
            client.start_request("codeAction/resolve", found["Merge both sides by their syntax"])
        )
        assert "Both sides changed" in answer["error"]["message"]


def test_conflicts_are_found_as_soon_as_they_are_asked_for(merging: Path) -> None:
    with LspClient() as client:
        client.initialize(merging)
        assert client.command("pairwright.conflicts.next")["left"] > 1


def test_the_next_conflict_goes_around(merging: Path) -> None:
    with LspClient() as client:
        client.initialize(merging)
        client.ready()
        seen = []
        place: Message = {}
        for _ in range(10):
            answer = client.command("pairwright.conflicts.next", place)
            seen.append((answer["uri"].rpartition("/")[2], answer["line"]))
            place = {"uri": answer["uri"], "position": {"line": answer["line"], "character": 0}}
            if len(seen) > 1 and seen[-1] == seen[0]:
                break
        assert len(seen) == answer["left"] + 1
        assert {name for name, _ in seen} == {"cart.py", "tax.py", "notes.txt"}


def test_what_is_safe_is_resolved_at_once_and_the_rest_left(merging: Path) -> None:
    text = (merging / "cart.py").read_text()
    with LspClient() as client:
        client.initialize(merging)
        client.ready()
        uri = client.open(merging / "cart.py")
        answer = client.command("pairwright.conflicts.resolve_all_safe")
        assert answer["applied"]
        assert answer["left"] == 2
        assert answer["resolved"] == text.count("<<<<<<<")
        edit = client.asked("workspace/applyEdit")["edit"]
        after = applied({uri: text}, edit)[uri]
        assert "<<<<<<<" not in after
        assert after.startswith("import json\nimport os\nimport sys\n")
        assert all(f"def {name}" in after for name in ("total", "empty", "size"))


def test_nothing_to_resolve(workspace: Make) -> None:
    root = workspace({"a.py": "x = 1\n"})
    with LspClient() as client:
        client.initialize(root)
        client.ready()
        assert client.command("pairwright.conflicts.next") == {"left": 0}
        answer = client.command("pairwright.conflicts.resolve_all_safe")
        assert answer == {"applied": False, "resolved": 0, "left": 0}


def test_a_lock_file_is_for_its_program_to_merge(workspace: Make) -> None:
    name = "package-lock.json"
    base = '{\n  "a": {\n    "v": 1\n  },\n  "z": {\n    "v": 1\n  }\n}\n'
    root = workspace({name: base, "data.json": base})
    git(root, "checkout", "-q", "-b", "other")
    for file in (name, "data.json"):
        (root / file).write_text(base.replace('  "z"', '  "b": {\n    "v": 1\n  },\n  "z"'))
    git(root, "commit", "-qam", "theirs")
    git(root, "checkout", "-q", "-")
    for file in (name, "data.json"):
        (root / file).write_text(base.replace('  "z"', '  "c": {\n    "v": 2\n  },\n  "z"'))
    git(root, "commit", "-qam", "ours")
    git(root, "merge", "other")
    with LspClient() as client:
        client.initialize(root)
        client.ready()
        answer = client.command("pairwright.conflicts.resolve_all_safe")
        assert answer["resolved"] > 0
        changes = client.asked("workspace/applyEdit")["edit"]
        assert name not in str(changes)
        assert "data.json" in str(changes)
