"""The index follows the disk: watched files, saves, file operations, branch switches."""

from __future__ import annotations

import subprocess
from pathlib import Path
from typing import Any

from support.lsp_client import FULL_CAPABILITIES, LspClient


def names(client: LspClient, query: str) -> list[str]:
    return [one["name"] for one in client.request("workspace/symbol", {"query": query})]


def wait_for(client: LspClient, query: str, expected: list[str]) -> None:
    """Ask until the index has taken in what happened; the client's own time limit ends it."""
    while names(client, query) != expected:
        client.notification("pairwright/status")


def changed(client: LspClient, *paths: Path, kind: int = 2) -> None:
    changes = [{"uri": path.as_uri(), "type": kind} for path in paths]
    client.notify("workspace/didChangeWatchedFiles", {"changes": changes})


def test_watched_patterns_cover_what_is_indexed(shop: Path) -> None:
    with LspClient() as client:
        client.initialize(shop)
        asked = client.asked(
            "client/registerCapability",
            lambda one: one["registrations"][0]["method"] == "workspace/didChangeWatchedFiles",
        )
        options = asked["registrations"][0]["registerOptions"]
        patterns = " ".join(watcher["globPattern"] for watcher in options["watchers"])
        for part in ("py", ".gitignore", ".pairwright.toml", ".git/HEAD"):
            assert part in patterns


def test_files_that_come_change_and_go(shop: Path) -> None:
    with LspClient() as client:
        client.initialize(shop)
        client.ready()
        fresh = shop / "shop/fresh.py"
        fresh.write_text("def quite_fresh(): pass\n", encoding="utf-8")
        changed(client, fresh, kind=1)
        wait_for(client, "quite_fresh", ["quite_fresh"])
        fresh.write_text("def quite_other(): pass\n", encoding="utf-8")
        changed(client, fresh)
        wait_for(client, "quite_other", ["quite_other"])
        fresh.unlink()
        changed(client, fresh, kind=3)
        wait_for(client, "quite_other", [])


def test_a_save_is_seen_without_a_watcher(shop: Path) -> None:
    with LspClient() as client:
        client.initialize(shop, capabilities={})
        client.ready()
        path = shop / "shop/cart.py"
        uri = client.open(path)
        path.write_text("def saved_here(): pass\n", encoding="utf-8")
        client.change(uri, 2, {"text": "def saved_here(): pass\n"})
        client.save(uri)
        client.notify("textDocument/didClose", {"textDocument": {"uri": uri}})
        wait_for(client, "saved_here", ["saved_here"])


def test_unsaved_text_is_forgotten_when_its_document_closes(shop: Path) -> None:
    with LspClient() as client:
        client.initialize(shop)
        client.ready()
        uri = client.open(shop / "shop/cart.py", "def never_saved(): pass\n")
        client.symbols(uri)
        assert names(client, "never_saved") == ["never_saved"]
        client.notify("textDocument/didClose", {"textDocument": {"uri": uri}})
        assert names(client, "never_saved") == []
        assert names(client, "Discounted") == ["Discounted"]


def test_an_ignore_file_takes_files_out(shop: Path) -> None:
    with LspClient() as client:
        client.initialize(shop)
        client.ready()
        ignore = shop / ".gitignore"
        ignore.write_text("cart.py\n", encoding="utf-8")
        changed(client, ignore, kind=1)
        wait_for(client, "Discounted", [])


def _git(folder: Path, *arguments: str) -> None:
    subprocess.run(["git", *arguments], cwd=folder, check=True, capture_output=True)


def test_a_branch_switch_is_seen(shop: Path) -> None:
    _git(shop, "checkout", "--quiet", "-b", "other")
    (shop / "shop/cart.py").write_text("def on_the_other_branch(): pass\n", encoding="utf-8")
    _git(shop, "commit", "--quiet", "--all", "--message", "second")
    with LspClient() as client:
        client.initialize(shop)
        client.ready()
        assert names(client, "on_the_other_branch")
        _git(shop, "checkout", "--quiet", "main")
        changed(client, shop / ".git/HEAD")
        wait_for(client, "on_the_other_branch", [])
        wait_for(client, "Discounted", ["Discounted"])


def test_a_branch_switch_is_seen_at_the_next_save_without_a_watcher(shop: Path) -> None:
    _git(shop, "checkout", "--quiet", "-b", "other")
    (shop / "shop/cart.py").write_text("def on_the_other_branch(): pass\n", encoding="utf-8")
    _git(shop, "commit", "--quiet", "--all", "--message", "second")
    with LspClient() as client:
        client.initialize(shop, capabilities={})
        client.ready()
        uri = client.open(shop / "shop/prices.py")
        _git(shop, "checkout", "--quiet", "main")
        client.save(uri)
        wait_for(client, "on_the_other_branch", [])


def test_renamed_and_deleted_folders(shop: Path) -> None:
    with LspClient() as client:
        capabilities = client.initialize(shop)
        operations = capabilities["workspace"]["fileOperations"]
        assert {"didCreate", "didRename", "didDelete"} <= set(operations)
        client.ready()
        (shop / "shop").rename(shop / "store")
        files: list[dict[str, Any]] = [
            {"oldUri": (shop / "shop").as_uri(), "newUri": (shop / "store").as_uri()}
        ]
        client.notify("workspace/didRenameFiles", {"files": files})
        client.notification("pairwright/status")
        while True:
            found = client.request("workspace/symbol", {"query": "Discounted"})
            if found and found[0]["location"]["uri"].endswith("store/cart.py"):
                break
            client.notification("pairwright/status")


def test_a_link_to_the_workspace_is_the_workspace(shop: Path, tmp_path: Path) -> None:
    link = tmp_path / "link"
    link.symlink_to(shop)
    with LspClient() as client:
        client.initialize(link, capabilities=FULL_CAPABILITIES)
        client.ready()
        uri = client.open(shop / "shop/cart.py", "def through_the_link(): pass\n")
        client.symbols(uri)
        (found,) = client.request("workspace/symbol", {"query": "through_the_link"})
        assert found["location"]["uri"] == uri
        assert client.request("workspace/symbol", {"query": "Discounted"}) == []
