"""Settings over the wire: where they come from, what a change does, and what a mistake becomes."""

from __future__ import annotations

from pathlib import Path

from support.lsp_client import LspClient


def test_a_mistake_in_a_settings_file_is_a_diagnostic_there(shop: Path) -> None:
    file = shop / ".pairwright.toml"
    file.write_text("navigation = 3\n[review]\nmax_findings = 5\n", encoding="utf-8")
    with LspClient() as client:
        client.initialize(shop)
        told = client.notification("textDocument/publishDiagnostics")
        assert told["uri"] == file.as_uri()
        (problem,) = told["diagnostics"]
        assert problem["range"]["start"]["line"] == 0
        assert "`navigation`" in problem["message"]
        assert "true or false" in problem["message"]
        client.ready()
        assert client.command("pairwright.status")["settings_problems"]
        uri = client.open(file, language="toml")
        file.write_text("navigation = true\n", encoding="utf-8")
        client.save(uri)
        client.notification(
            "textDocument/publishDiagnostics",
            lambda one: one["uri"] == file.as_uri() and not one["diagnostics"],
        )
        client.asked(
            "client/registerCapability",
            lambda one: one["registrations"][0]["method"] == "textDocument/definition",
        )


def test_a_mistake_in_the_editors_settings_is_one_message(shop: Path) -> None:
    with LspClient() as client:
        client.answers["workspace/configuration"] = lambda params: [
            {"review": {"max_findings": "many"}} for _ in params["items"]
        ]
        client.initialize(shop)
        told = client.notification("window/showMessage")
        assert "review.max_findings" in told["message"]
        assert "whole number" in told["message"]
        client.notify("workspace/didChangeConfiguration", {"settings": None})
        client.ready()
        client.command("pairwright.status")
        assert not client.seen("window/showMessage")


def test_settings_are_sent_by_a_client_that_cannot_be_asked(shop: Path) -> None:
    capabilities = {"textDocument": {"definition": {"dynamicRegistration": True}}}
    with LspClient() as client:
        client.initialize(shop, capabilities=capabilities)
        client.ready()
        client.notify(
            "workspace/didChangeConfiguration", {"settings": {"pairwright": {"navigation": True}}}
        )
        client.asked("client/registerCapability")


def test_a_changed_exclusion_reads_the_workspace_anew(shop: Path) -> None:
    with LspClient() as client:
        client.initialize(shop)
        client.ready()
        assert client.command("pairwright.index.status")["roots"][0]["files"] == 4
        client.answers["workspace/configuration"] = lambda params: [
            {"index": {"exclude": ["tests/"]}} for _ in params["items"]
        ]
        client.notify("workspace/didChangeConfiguration", {"settings": None})
        while client.command("pairwright.index.status")["roots"][0]["files"] != 3:
            client.notification("pairwright/status")  # the last one comes after the build


def test_index_settings_given_from_the_start_do_not_disturb_it(shop: Path) -> None:
    (shop / ".pairwright.toml").write_text("[index]\nexclude = ['tests/']\n", encoding="utf-8")
    with LspClient() as client:
        client.initialize(shop)
        client.ready()
        page = client.command("pairwright.status")["document"]["text"]
        assert "| Files | 4 |" in page  # with the settings file, without the test
        assert "| Git repository | yes |" in page


def test_the_environment_wins(shop: Path) -> None:
    with LspClient(env={"PAIRWRIGHT_LOG_LEVEL": "error"}) as client:
        client.initialize(shop)
        client.ready()
        client.command("pairwright.index.rebuild")
        assert (
            "indexed"
            not in client.command("pairwright.logs")["document"]["text"].split("settings of")[-1]
        )


def test_a_client_that_never_tells_its_settings_is_served(shop: Path) -> None:
    with LspClient() as client:
        client.answers["workspace/configuration"] = lambda _params: {"not": "a list"}
        client.initialize(shop)
        client.ready()
        assert client.command("pairwright.index.status")["roots"][0]["state"] == "ready"
