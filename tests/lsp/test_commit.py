"""The message of a commit over the wire: drafted into its buffer, judged as it is typed, mended."""

from __future__ import annotations

import subprocess
from collections.abc import Callable, Mapping
from pathlib import Path

import pytest

from support.lsp_client import Failure, LspClient, Message, replaced
from support.protocol_edits import applied

Make = Callable[[Mapping[str, str]], Path]

COMMENTS = "\n# Please enter the commit message for your changes.\n#\n# On branch main\n"
CART = "def total(items):\n    return sum(items)\n"
GUARDED = "def total(items):\n    if items is None:\n        return 0\n    return sum(items)\n"


def git(root: Path, *arguments: str) -> str:
    done = subprocess.run(["git", *arguments], cwd=root, check=True, capture_output=True, text=True)
    return done.stdout.strip()


@pytest.fixture
def shop(workspace: Make) -> Path:
    """A repository of conventional commits with a fix staged."""
    root = workspace({"shop/cart.py": CART, "README.md": "# Shop\n"})
    for number in range(6):
        for kind, name in (("fix(cart)", "shop/cart.py"), ("docs", "README.md")):
            place = root / name
            place.write_text(place.read_text() + f"\n# {number}\n")
            git(root, "commit", "--quiet", "--all", "--message", f"{kind}: change number {number}")
    place = root / "shop/cart.py"
    place.write_text(place.read_text().replace(CART, GUARDED))
    git(root, "add", "--all")
    return root


def message_file(root: Path, text: str = COMMENTS) -> Path:
    place = root / ".git/COMMIT_EDITMSG"
    place.write_text(text)
    return place


def actions(client: LspClient, uri: str, kind: str, line: int = 0) -> dict[str, Message]:
    place = {"line": line, "character": 0}
    found = client.request(
        "textDocument/codeAction",
        {
            "textDocument": {"uri": uri},
            "range": {"start": place, "end": place},
            "context": {"diagnostics": [], "triggerKind": 1, "only": [kind]},
        },
    )
    return {action["title"]: action for action in found}


def resolved(client: LspClient, action: Message, text: str) -> str:
    return after(client.request("codeAction/resolve", action)["edit"], text)


def after(edit: Message, text: str) -> str:
    (change,) = edit["documentChanges"]
    uri = change["textDocument"]["uri"]
    return applied({uri: text}, edit)[uri]


def findings(client: LspClient, uri: str, version: int) -> list[Message]:
    found: list[Message] = client.notification(
        "textDocument/publishDiagnostics",
        lambda one: one["uri"] == uri and one.get("version") == version,
    )["diagnostics"]
    return found


def test_the_draft_goes_above_the_comments(shop: Path) -> None:
    place = message_file(shop)
    with LspClient() as client:
        client.initialize(shop)
        uri = client.open(place, language="gitcommit")
        offered = actions(client, uri, "quickfix.pairwright.commit.draft")
        text = resolved(client, offered["Draft the commit message"], COMMENTS)
        assert text == "fix(cart): handle missing values in total\n" + COMMENTS
        second = resolved(client, offered["Draft the commit message (second wording)"], COMMENTS)
        assert second.endswith(COMMENTS)
        assert second != text


def test_a_menu_of_everything_has_the_repairs_before_the_explanation(shop: Path) -> None:
    place = {"line": 0, "character": 0}
    with LspClient() as client:
        client.initialize(shop)
        uri = client.open(message_file(shop, "fox: it\n" + COMMENTS), language="git-commit")
        findings(client, uri, 1)
        context = {"diagnostics": [], "triggerKind": 1}
        params = {
            "textDocument": {"uri": uri},
            "range": {"start": place, "end": place},
            "context": context,
        }
        titles = [one["title"] for one in client.request("textDocument/codeAction", params)]
        assert titles[0] == "Change the type to `fix`"
        assert titles[-1] == "Why `commit-type-unknown`?"
        assert "Draft the commit message" in titles
        assert "failed" not in client.command("pairwright.logs")["document"]["text"]


def test_what_the_person_wrote_stays(shop: Path) -> None:
    written = "fix: nothing breaks without a cart\n" + COMMENTS
    with LspClient() as client:
        client.initialize(shop)
        uri = client.open(message_file(shop, written), language="gitcommit")
        answer = client.command("pairwright.commit.draft", {"uri": uri})
        assert answer["applied"] is False
        assert answer["draft"]["type"] == "fix"
        assert answer["draft"]["scope"] == "cart"


def test_the_command_fills_the_buffer_and_tells_the_draft(shop: Path) -> None:
    with LspClient() as client:
        client.initialize(shop)
        uri = client.open(message_file(shop), language="gitcommit")
        answer = client.command("pairwright.commit.draft", {"uri": uri})
        assert answer["applied"] is True
        edit = client.asked("workspace/applyEdit")["edit"]
        assert after(edit, COMMENTS).startswith("fix(cart): ")
        assert answer["draft"]["alternatives"]
        assert answer["draft"]["evidence"][0]["path"] == "shop/cart.py"


def test_without_a_message_file_the_draft_is_only_told(shop: Path) -> None:
    with LspClient() as client:
        client.initialize(shop)
        assert client.command("pairwright.commit.draft")["draft"]["message"].startswith("fix(cart)")
        git(shop, "commit", "--quiet", "--message", "fix: it")
        with pytest.raises(Failure, match="nothing to commit"):
            client.command("pairwright.commit.draft")


def test_a_folder_names_the_repository_around_it(shop: Path) -> None:
    nested = shop / "vendor/tools"
    nested.mkdir(parents=True)
    git(nested, "init", "--quiet")
    (nested / "saw.py").write_text("def saw():\n    return 1\n")
    git(nested, "add", "--all")
    with LspClient() as client:
        client.initialize(shop)
        for folder, path in ((nested, "saw.py"), (shop, "shop/cart.py")):
            answer = client.command("pairwright.commit.draft", {"uri": folder.as_uri()})
            assert answer["draft"]["evidence"][0]["path"] == path


def test_breaches_are_shown_as_they_are_typed_and_mended(shop: Path) -> None:
    text = "fox: Handle nothing.\nno gap" + COMMENTS
    with LspClient() as client:
        client.initialize(shop)
        uri = client.open(message_file(shop, text), language="gitcommit")
        rules = [one["code"] for one in findings(client, uri, 1)]
        assert rules == [
            "commit-type-unknown",
            "commit-subject-case",
            "commit-subject-period",
            "commit-blank-second-line",
        ]
        offered = actions(client, uri, "quickfix")
        assert not any(title.startswith(("Suppress", "Ignore")) for title in offered)
        mended = resolved(client, offered["Change the type to `fix`"], text)
        assert mended.startswith("fix: Handle nothing.\n")
        gap = actions(client, uri, "quickfix", 1)["Put an empty line below the subject"]
        assert resolved(client, gap, text).startswith("fox: Handle nothing.\n\nno gap")
        client.change(uri, 2, replaced((0, 0), (1, 6), "fix: handle nothing"))
        assert findings(client, uri, 2) == []


def test_a_linked_work_tree_has_its_own_message(shop: Path, tmp_path: Path) -> None:
    linked = tmp_path / "linked"
    git(shop, "worktree", "add", "--quiet", "-b", "feat/ABC-12-guides", str(linked))
    (linked / "docs").mkdir()
    (linked / "docs/guide.md").write_text("# Guide\n")
    git(linked, "add", "--all")
    place = Path(git(linked, "rev-parse", "--path-format=absolute", "--git-path", "COMMIT_EDITMSG"))
    place.write_text(COMMENTS)
    with LspClient() as client:
        client.initialize(linked)
        uri = client.open(place, language="gitcommit")
        answer = client.command("pairwright.commit.draft", {"uri": uri})
        assert answer["applied"] is True
        assert answer["draft"]["type"] == "docs"
        assert answer["draft"]["footer"] == "Refs: ABC-12"


def test_git_s_own_message_of_a_merge_is_left_alone(shop: Path) -> None:
    git(shop, "commit", "--quiet", "--message", "fix: it")
    git(shop, "switch", "--quiet", "-c", "side", "HEAD~1")
    (shop / "more.py").write_text("x = 1\n")
    git(shop, "add", "--all")
    git(shop, "commit", "--quiet", "--message", "feat: more")
    git(shop, "merge", "--no-commit", "--no-ff", "main" if _has(shop, "main") else "master")
    text = "Merge branch 'main' into side\n" + COMMENTS
    with LspClient() as client:
        client.initialize(shop)
        uri = client.open(message_file(shop, text), language="gitcommit")
        with pytest.raises(Failure, match="message of this merge ready"):
            client.command("pairwright.commit.draft", {"uri": uri})
        assert client.seen("workspace/applyEdit") == []


def _has(root: Path, branch: str) -> bool:
    return branch in git(root, "branch", "--list", branch)


def test_the_index_of_commit_all_is_read(shop: Path) -> None:
    """While the editor of `git commit --all` is open the new index lies in a lock file."""
    git(shop, "commit", "--quiet", "--message", "fix: it")
    (shop / "README.md").write_text("# Shop\n\nA shop for all and everybody.\n")
    editor = shop.parent / "editor.py"
    editor.write_text(
        "import pathlib, sys\n"
        "sys.path[:0] = [sys.argv[1], sys.argv[1] + '/support']\n"
        "from support.lsp_client import FRESH, LspClient\n"
        "with LspClient(command=FRESH) as client:\n"
        "    client.initialize(pathlib.Path.cwd())\n"
        "    uri = client.open(pathlib.Path(sys.argv[2]).absolute(), language='gitcommit')\n"
        "    draft = client.command('pairwright.commit.draft', {'uri': uri})['draft']\n"
        "pathlib.Path(sys.argv[2]).write_text(draft['message'])\n"
    )
    import sys

    tests = Path(__file__).resolve().parents[1]
    command = f'"{sys.executable}" "{editor}" "{tests}"'
    (shop / "shop/cart.py").write_text(CART)
    git(shop, "add", "shop/cart.py")
    git(shop, "restore", "--staged", "shop/cart.py")
    git(shop, "-c", f"core.editor={command}", "commit", "--quiet", "README.md")
    assert git(shop, "log", "-1", "--format=%s").startswith("docs: ")
