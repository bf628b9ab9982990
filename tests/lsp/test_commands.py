"""Commands: arguments checked, outcomes carried out, progress shown and cancelled, pages shown."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from support.lsp_client import FULL_CAPABILITIES, Failure, LspClient, Message


@pytest.mark.parametrize(
    ("name", "arguments", "words"),
    [
        ("pairwright.nothing", [], "pairwright.nothing"),
        ("pairwright.graph.callers", [], "`uri`"),
        ("pairwright.graph.callers", [{"uri": 3, "position": {}}], "`uri`"),
        ("pairwright.graph.callers", [{"uri": "file:///x", "position": {}}], "`position.line`"),
        (
            "pairwright.graph.callers",
            [{"uri": "file:///x", "position": {"line": -1, "character": 0}}],
            "`position.line`",
        ),
        ("pairwright.review.suppress", [{"uri": "x", "rule": "y", "line": "3"}], "`line`"),
        ("pairwright.review.suppress", [{"uri": "x", "rule": "y", "line": True}], "`line`"),
        ("pairwright.status", ["text"], "an object"),
        ("pairwright.status", [{}, {}], "one object"),
        ("pairwright.review.file", [{"uri": "file:///elsewhere/x.py"}], "`uri`"),
        ("pairwright.review.why", [{"rule": "no-such-rule"}], "no-such-rule"),
    ],
)
def test_bad_arguments_are_named(shop: Path, name: str, arguments: list[Any], words: str) -> None:
    with LspClient() as client:
        client.initialize(shop)
        with pytest.raises(Failure) as caught:
            client.request("workspace/executeCommand", {"command": name, "arguments": arguments})
        assert caught.value.code == -32602
        assert words in caught.value.message


def test_arguments_may_be_left_out(shop: Path) -> None:
    with LspClient() as client:
        client.initialize(shop)
        client.ready()
        for arguments in ({}, {"arguments": None}, {"arguments": []}, {"arguments": [None]}):
            answer = client.request(
                "workspace/executeCommand", {"command": "pairwright.index.status", **arguments}
            )
            (root,) = answer["roots"]
            assert root["state"] == "ready"
            assert root["files"] == 4
            assert set(root) == {
                "root", "state", "done", "total", "files", "symbols", "references", "seconds",
                "reason", "vectors",
            }  # fmt: skip


def test_the_pages_of_the_graph(shop: Path) -> None:
    with LspClient() as client:
        client.initialize(shop, options={"virtual_documents": True})
        client.ready()
        uri = client.open(shop / "shop/prices.py")
        place = {"uri": uri, "position": {"line": 7, "character": 6}}
        callers = client.command("pairwright.graph.callers", place)["document"]
        assert callers["language"] == "markdown"
        assert callers["uri"].startswith("pairwright:/")
        assert "shop.cart.add" in callers["text"]
        impact = client.command("pairwright.graph.impact", place)["document"]["text"]
        assert "tests.test_cart.test_add" in impact
        everything = client.command("pairwright.graph.map")["document"]["text"]
        assert "shop/prices.py" in everything
        with pytest.raises(Failure) as caught:
            client.command(
                "pairwright.graph.callers", {"uri": uri, "position": {"line": 2, "character": 0}}
            )
        assert caught.value.code == -32803
        assert not [one for one in client.requested if one["method"] == "window/showDocument"]


def test_status_logs_and_why(shop: Path) -> None:
    with LspClient() as client:
        client.initialize(shop)
        client.ready()
        status = client.command("pairwright.status")
        assert status["health"] == "ok"
        assert status["settings_problems"] == []
        assert status["index"]["roots"][0]["files"] == 4
        assert str(shop) in status["document"]["text"]
        log = client.command("pairwright.logs")["document"]
        assert log["language"] == "log"
        assert "indexed" in log["text"]
        why = client.command("pairwright.review.why", {"rule": "callers-not-updated"})
        assert why["document"]["text"].startswith("#")


def test_a_page_is_shown_from_a_file_where_the_client_knows_no_other_way(shop: Path) -> None:
    with LspClient() as client:
        client.initialize(shop)
        client.ready()
        document = client.command("pairwright.graph.map")["document"]
        shown = client.asked("window/showDocument")["uri"]
        path = Path(shown.removeprefix("file://"))
        assert path.read_text(encoding="utf-8") == document["text"]


def test_a_page_is_served_by_content_request_where_the_client_has_it(shop: Path) -> None:
    capabilities = {
        **FULL_CAPABILITIES,
        "workspace": {**FULL_CAPABILITIES["workspace"], "textDocumentContent": {}},
    }
    with LspClient() as client:
        answer = client.initialize(shop, capabilities=capabilities)
        assert answer["workspace"]["textDocumentContent"]["schemes"] == ["pairwright"]
        client.ready()
        document = client.command("pairwright.graph.map")["document"]
        assert client.asked("window/showDocument")["uri"] == document["uri"]
        served = client.request("workspace/textDocumentContent", {"uri": document["uri"]})
        assert served["text"] == document["text"]
        rule = {"uri": "pairwright:/rules/callers-not-updated.md"}
        assert client.request("workspace/textDocumentContent", rule)["text"].startswith("#")
        unknown = client.request("workspace/textDocumentContent", {"uri": "pairwright:/x"})
        assert unknown["text"]


def test_ignoring_a_rule_edits_the_settings_through_the_editor(shop: Path) -> None:
    with LspClient() as client:
        client.initialize(shop)
        client.ready()
        answer = client.command("pairwright.review.ignore_rule", {"rule": "leftover-debug"})
        assert answer == {"applied": True}
        edit = client.asked("workspace/applyEdit")["edit"]
        assert "leftover-debug" in str(edit["documentChanges"])
        assert ".pairwright.toml" in str(edit["documentChanges"])
        assert not (shop / ".pairwright.toml").exists()


def test_a_client_without_edits_is_told_so(shop: Path) -> None:
    with LspClient() as client:
        client.initialize(shop, capabilities={})
        with pytest.raises(Failure) as caught:
            client.command("pairwright.review.ignore_rule", {"rule": "leftover-debug"})
        assert caught.value.code == -32803


def progress(client: LspClient, kind: str) -> Message:
    found: Message = client.notification("$/progress", lambda one: one["value"]["kind"] == kind)
    return found


def test_a_long_command_shows_progress(shop: Path) -> None:
    # Work that ends before the editor has answered shows no bar.
    for number in range(300):
        (shop / f"more_{number}.py").write_text(f"def f{number}():\n    return {number}\n" * 20)
    with LspClient() as client:
        client.initialize(shop)
        client.ready()
        begin = progress(client, "begin")
        assert begin["value"]["title"].startswith("Indexing")
        assert begin["token"] == client.asked("window/workDoneProgress/create")["token"]
        progress(client, "end")
        params = {"command": "pairwright.index.rebuild", "arguments": []}
        answer = client.request("workspace/executeCommand", params)
        assert answer["roots"][0]["files"] == 304
        assert progress(client, "end")
        params = {
            "command": "pairwright.review.workspace",
            "arguments": [],
            "workDoneToken": "mine",
        }
        client.request("workspace/executeCommand", params)
        mine = client.notification("$/progress", lambda one: one["token"] == "mine")
        assert mine["value"]["kind"] == "begin"


def test_a_client_without_progress_gets_none(shop: Path) -> None:
    with LspClient() as client:
        client.initialize(shop, capabilities={})
        client.ready()
        client.command("pairwright.index.rebuild")
        assert not client.seen("$/progress")
        assert not client.requested


def many_files(root: Path, count: int) -> None:
    for number in range(count):
        text = "".join(f"def f{number}_{line}(a):\n    return a\n\n" for line in range(120))
        (root / f"m{number}.py").write_text(text, encoding="utf-8")


def test_a_cancelled_command_is_answered_so(tmp_path: Path) -> None:
    many_files(tmp_path, 300)
    with LspClient() as client:
        client.initialize(tmp_path)
        client.ready()
        first = progress(client, "begin")
        progress(client, "end")
        number = client.start_request(
            "workspace/executeCommand", {"command": "pairwright.index.rebuild", "arguments": []}
        )
        begin = progress(client, "begin")
        assert begin["token"] != first["token"]
        assert begin["value"]["cancellable"] is True
        client.notify("window/workDoneProgress/cancel", {"token": begin["token"]})
        with pytest.raises(Failure) as caught:
            client.response(number)
        assert caught.value.code == -32800
        assert client.command("pairwright.index.status")["roots"][0]["state"] == "stale"
        client.command("pairwright.index.rebuild")
        status = client.command("pairwright.index.status")["roots"][0]
        assert (status["state"], status["files"]) == ("ready", 300)
        assert not [one for one in client.seen("window/logMessage") if one["type"] == 1]


def test_review_of_everything_shows_findings_of_files_that_are_not_open(shop: Path) -> None:
    path = shop / "shop/prices.py"
    text = path.read_text(encoding="utf-8")
    path.write_text(text.replace("name, currency):", "name, currency, country):"), encoding="utf-8")
    with LspClient() as client:
        client.initialize(shop)
        client.ready()
        answer = client.command("pairwright.review.changes")
        assert answer["findings"] >= 1
        assert answer["files"] >= 1
        told = client.notification(
            "textDocument/publishDiagnostics", lambda one: bool(one["diagnostics"])
        )
        assert told["uri"] == path.as_uri()
