"""A split in an editor: the plan opens as a document, is edited there, and is applied."""

# ruff: noqa: E501 - the sources of small projects are easier to read on one line each

from __future__ import annotations

import subprocess
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import pytest

from support.lsp_client import Failure, LspClient

FILES = {
    "shop/__init__.py": "",
    "shop/prices.py": "def price_of(name):\n    return name\n\n\ndef tax(price):\n    return price\n",
    "shop/cart.py": "from shop.prices import price_of\n\n\ndef add(name):\n    return price_of(name)\n",
    "shop/mail.py": "def body(order):\n    return order\n",
}
CHANGED = {
    "shop/prices.py": "def quote(name, tax):\n    return name, tax\n\n\ndef tax(price):\n    return price * 2\n",
    "shop/cart.py": "from shop.prices import quote\n\n\ndef add(name):\n    return quote(name, 0)\n",
    "shop/mail.py": "def body(order):\n    return order.title()\n",
}


def git(folder: Path, *arguments: str) -> str:
    done = subprocess.run(
        ["git", *arguments], cwd=folder, check=True, capture_output=True, text=True
    )
    return done.stdout


@pytest.fixture
def changed(workspace: Callable[[Mapping[str, str]], Path]) -> Path:
    """A work tree of three topics."""
    root = workspace(FILES)
    for name, text in CHANGED.items():
        (root / name).write_text(text)
    return root


def edit(client: LspClient, uri: str, text: str) -> None:
    client.notify(
        "textDocument/didChange",
        {"textDocument": {"uri": uri, "version": 2}, "contentChanges": [{"text": text}]},
    )


def subjects(root: Path) -> list[str]:
    return git(root, "log", "--format=%s", "--reverse").splitlines()


def test_a_plan_is_edited_in_its_document_and_applied(changed: Path) -> None:
    with LspClient() as client:
        client.initialize(changed)
        client.ready()
        answer = client.command("pairwright.commit.split")
        assert len(answer["commits"]) == 3
        plan = changed / ".git/pairwright/split-plan.md"
        assert answer["uri"] == plan.as_uri()
        assert plan.read_text() == answer["text"]
        uri = client.open(plan, answer["text"], "markdown")
        subject = answer["commits"][0]["message"].splitlines()[0]
        edit(client, uri, answer["text"].replace(f"## {subject}", "## my own words"))
        place = {"line": 0, "character": 0}
        actions = client.request(
            "textDocument/codeAction",
            {
                "textDocument": {"uri": uri},
                "range": {"start": place, "end": place},
                "context": {"diagnostics": [], "only": ["quickfix.pairwright.commit.split"]},
            },
        )
        (action,) = actions
        assert action["title"] == "Commit as planned"
        command: dict[str, Any] = action["command"]
        made = client.request(
            "workspace/executeCommand",
            {"command": command["command"], "arguments": command["arguments"]},
        )
        assert [one["subject"] for one in made["commits"]] == subjects(changed)[1:]
    assert subjects(changed)[1] == "my own words"
    assert len(subjects(changed)) == 4
    assert git(changed, "status", "--porcelain") == ""
    assert not plan.exists()


def test_a_plan_as_text_and_the_line_of_a_mistake(changed: Path) -> None:
    with LspClient() as client:
        client.initialize(changed)
        client.ready()
        text = client.command("pairwright.commit.split", {"all": True})["text"]
        lines = text.splitlines()
        at = next(number for number, line in enumerate(lines) if line.startswith("@"))
        twice = [*lines[: at + 1], lines[at], *lines[at + 1 :]]
        with pytest.raises(Failure) as caught:
            client.command("pairwright.commit.split.apply", {"text": "\n".join(twice)})
        assert caught.value.code == -32602
        assert f"Line {at + 2} " in caught.value.message
        made = client.command("pairwright.commit.split.apply", {"text": text})
        assert len(made["commits"]) == 3
    assert git(changed, "status", "--porcelain") == ""


def test_a_hook_that_refuses_is_told(changed: Path) -> None:
    hook = changed / ".git/hooks/commit-msg"
    hook.parent.mkdir(exist_ok=True)
    hook.write_text("#!/bin/sh\necho no ticket\necho see the rules\nexit 1\n")
    hook.chmod(0o755)
    before = git(changed, "status", "--porcelain")
    with LspClient() as client:
        client.initialize(changed)
        client.ready()
        client.command("pairwright.commit.split")
        with pytest.raises(Failure) as caught:
            client.command("pairwright.commit.split.apply")
        assert caught.value.code == -32803
        assert "no ticket\nsee the rules" in caught.value.message
        assert client.command("pairwright.commit.restore") == {"restored": False, "notes": []}
    assert git(changed, "status", "--porcelain") == before
    assert len(subjects(changed)) == 1


def test_without_a_plan_or_a_change(changed: Path) -> None:
    with LspClient() as client:
        client.initialize(changed)
        client.ready()
        with pytest.raises(Failure, match="no plan"):
            client.command("pairwright.commit.split.apply")
        git(changed, "commit", "--quiet", "--all", "-m", "all")
        with pytest.raises(Failure, match="nothing to commit"):
            client.command("pairwright.commit.split")
