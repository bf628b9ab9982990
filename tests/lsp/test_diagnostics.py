"""Review on save over the wire: pushed, pulled, dropped when stale, and what can be done
about it.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from pairwright.lsp.diagnostics import moved
from pairwright_analyzers.types import Finding, Location, Severity, Span
from support.lsp_client import (
    FULL_CAPABILITIES,
    PULL_CAPABILITIES,
    Failure,
    LspClient,
    Message,
    replaced,
)

BROKEN = "def price_of(name, currency, country):\n"


def break_the_price(client: LspClient, shop: Path) -> str:
    """Give `price_of` one more parameter in the buffer, and save it there and on disk."""
    path = shop / "shop/prices.py"
    uri = client.open(path)
    client.change(uri, 2, replaced((7, 0), (8, 0), BROKEN))
    path.write_text(
        path.read_text(encoding="utf-8").replace("def price_of(name, currency):\n", BROKEN),
        encoding="utf-8",
    )
    client.save(uri)
    return uri


def published(client: LspClient, uri: str, *, version: int, some: bool = True) -> list[Message]:
    """The diagnostics published for a version of a document."""
    found: list[Message] = client.notification(
        "textDocument/publishDiagnostics",
        lambda one: (
            one["uri"] == uri and one.get("version") == version and bool(one["diagnostics"]) == some
        ),
    )["diagnostics"]
    return found


def whole(uri: str) -> Message:
    return {
        "textDocument": {"uri": uri},
        "range": {"start": {"line": 0, "character": 0}, "end": {"line": 99, "character": 0}},
        "context": {"diagnostics": [], "triggerKind": 1},
    }


def test_a_save_tells_what_it_breaks_elsewhere(shop: Path) -> None:
    with LspClient() as client:
        client.initialize(shop)
        client.ready()
        uri = break_the_price(client, shop)
        found = published(client, uri, version=2)
        (diagnostic,) = [one for one in found if one["code"] == "callers-not-updated"]
        assert diagnostic["source"] == "pairwright"
        assert diagnostic["codeDescription"]["href"].endswith("callers-not-updated.md")
        assert diagnostic["data"]["rule"] == "callers-not-updated"
        (related,) = diagnostic["relatedInformation"]
        assert related["location"]["uri"].endswith("shop/cart.py")
        assert related["location"]["range"]["start"]["line"] == 9


def test_findings_clear_when_the_other_file_is_repaired(shop: Path) -> None:
    with LspClient() as client:
        client.initialize(shop)
        client.ready()
        uri = break_the_price(client, shop)
        published(client, uri, version=2)
        cart = shop / "shop/cart.py"
        text = cart.read_text(encoding="utf-8").replace("'EUR')", "'EUR', 'BE')")
        other = client.open(cart)
        client.change(other, 2, {"text": text})
        cart.write_text(text, encoding="utf-8")
        client.save(other)
        codes = {
            one["code"]
            for one in client.notification(
                "textDocument/publishDiagnostics",
                lambda one: (
                    one["uri"] == uri
                    and "callers-not-updated" not in {d["code"] for d in one["diagnostics"]}
                ),
            )["diagnostics"]
        }
        assert "callers-not-updated" not in codes


def test_nothing_is_told_when_review_on_save_is_off(shop: Path) -> None:
    with LspClient() as client:
        client.initialize(shop, options={"settings": {"review": {"on_save": False}}})
        client.ready()
        uri = break_the_price(client, shop)
        client.symbols(uri)
        assert client.command("pairwright.review.file", {"uri": uri})["findings"] >= 1
        published(client, uri, version=2)
        assert len(client.seen("textDocument/publishDiagnostics")) == 0


def test_a_result_for_a_version_that_has_passed_is_dropped(shop: Path) -> None:
    with LspClient() as client:
        client.initialize(shop)
        client.ready()
        path = shop / "shop/prices.py"
        uri = client.open(path)
        client.change(uri, 2, replaced((7, 0), (8, 0), BROKEN))
        client.save(uri)
        client.change(uri, 3, replaced((0, 0), (0, 0), "# a remark\n"))
        client.save(uri)
        published(client, uri, version=3)
        client.ready()
        versions = [one.get("version") for one in client.seen("textDocument/publishDiagnostics")]
        assert 2 not in versions[1:]


def test_pulled_diagnostics(shop: Path) -> None:
    with LspClient() as client:
        capabilities = client.initialize(shop, capabilities=PULL_CAPABILITIES)
        assert capabilities["diagnosticProvider"]["workspaceDiagnostics"] is True
        client.ready()
        uri = break_the_price(client, shop)
        client.asked("workspace/diagnostic/refresh")

        def pull(previous: str | None = None) -> Message:
            report: Message = client.request(
                "textDocument/diagnostic",
                {"textDocument": {"uri": uri}, "previousResultId": previous},
            )
            return report

        def pulled_something() -> Any:
            report = pull()
            return report if report["items"] else None

        report = pulled_something()
        assert report is not None
        assert report["kind"] == "full"
        assert "callers-not-updated" in {one["code"] for one in report["items"]}
        same = pull(report["resultId"])
        assert same["kind"] == "unchanged"
        client.change(uri, 3, replaced((0, 0), (0, 0), "# a remark\n"))
        after = pull(report["resultId"])
        assert after["kind"] == "full"
        line = report["items"][0]["range"]["start"]["line"]
        assert after["items"][0]["range"]["start"]["line"] == line + 1
        assert not client.seen("textDocument/publishDiagnostics")
        everything = client.request("workspace/diagnostic", {"previousResultIds": []})
        assert [one["uri"] for one in everything["items"] if one["items"]] == [uri]


def test_the_setting_can_turn_pulling_off(shop: Path) -> None:
    with LspClient() as client:
        options = {"settings": {"diagnostics": {"mode": "push"}}}
        client.initialize(shop, capabilities=PULL_CAPABILITIES, options=options)
        client.ready()
        uri = break_the_price(client, shop)
        published(client, uri, version=2)
        report = client.request("textDocument/diagnostic", {"textDocument": {"uri": uri}})
        assert report["items"] == []


def test_a_client_that_cannot_show_evidence_gets_none(shop: Path) -> None:
    capabilities = {
        **FULL_CAPABILITIES,
        "textDocument": {**FULL_CAPABILITIES["textDocument"], "publishDiagnostics": {}},
    }
    with LspClient() as client:
        client.initialize(shop, capabilities=capabilities)
        client.ready()
        uri = break_the_price(client, shop)
        found = published(client, uri, version=2)
        assert not {"relatedInformation", "codeDescription", "data"} & set(found[0])


def test_findings_go_with_their_document(shop: Path) -> None:
    with LspClient() as client:
        client.initialize(shop)
        client.ready()
        uri = break_the_price(client, shop)
        published(client, uri, version=2)
        client.notify("textDocument/didClose", {"textDocument": {"uri": uri}})
        gone = client.notification("textDocument/publishDiagnostics")
        assert gone["diagnostics"] == []


# Actions.


def actions(client: LspClient, uri: str, **context: Any) -> list[Message]:
    asked = whole(uri)
    asked["context"].update(context)
    found: list[Message] = client.request("textDocument/codeAction", asked)
    return found


def test_actions_about_a_finding(shop: Path) -> None:
    with LspClient() as client:
        client.initialize(shop)
        client.ready()
        uri = break_the_price(client, shop)
        published(client, uri, version=2)
        found = actions(client, uri)
        kinds = {one["kind"] for one in found}
        assert "quickfix.pairwright.suppress" in kinds
        assert "quickfix.pairwright.ignore_rule" in kinds
        assert all("edit" not in one for one in found)
        suppress = next(one for one in found if one["kind"] == "quickfix.pairwright.suppress")
        assert suppress["diagnostics"][0]["code"]
        resolved = client.request("codeAction/resolve", suppress)
        (change,) = resolved["edit"]["documentChanges"]
        assert change["textDocument"] == {"uri": uri, "version": 2}
        assert "pairwright" in change["edits"][0]["newText"]
        assert change["edits"][0]["annotationId"] in resolved["edit"]["changeAnnotations"]


def test_an_automatic_lightbulb_gets_quick_fixes_only(shop: Path) -> None:
    with LspClient() as client:
        client.initialize(shop)
        client.ready()
        uri = break_the_price(client, shop)
        published(client, uri, version=2)
        kinds = {one["kind"] for one in actions(client, uri, triggerKind=2)}
        assert kinds
        assert all(kind.startswith("quickfix") for kind in kinds)


def test_only_the_kinds_asked_for_are_listed(shop: Path) -> None:
    with LspClient() as client:
        client.initialize(shop)
        client.ready()
        uri = client.open(shop / "shop/prices.py")
        asked = whole(uri)
        asked["range"] = {
            "start": {"line": 7, "character": 5},
            "end": {"line": 7, "character": 5},
        }
        asked["context"]["only"] = ["source.pairwright"]
        found = client.request("textDocument/codeAction", asked)
        assert {one["kind"] for one in found} == {
            "source.pairwright.graph",
            "source.pairwright.history",
            "source.pairwright.related",
        }
        asked["context"]["only"] = ["refactor.extract"]
        found = client.request("textDocument/codeAction", asked)
        assert all(one["kind"].startswith("refactor.extract.") for one in found)
        asked["context"]["only"] = ["notebook"]
        assert client.request("textDocument/codeAction", asked) == []


def test_a_stale_action_is_refused(shop: Path) -> None:
    with LspClient() as client:
        client.initialize(shop)
        client.ready()
        uri = break_the_price(client, shop)
        published(client, uri, version=2)
        suppress = next(
            one for one in actions(client, uri) if one["kind"] == "quickfix.pairwright.suppress"
        )
        client.change(uri, 3, replaced((0, 0), (0, 0), "# a remark\n"))
        with pytest.raises(Failure) as caught:
            client.request("codeAction/resolve", suppress)
        assert caught.value.code == -32801


def test_a_finding_that_is_gone_cannot_be_resolved(shop: Path) -> None:
    with LspClient() as client:
        client.initialize(shop)
        client.ready()
        uri = break_the_price(client, shop)
        published(client, uri, version=2)
        suppress = next(
            one
            for one in actions(client, uri)
            if one["kind"] == "quickfix.pairwright.suppress"
            and one["data"]["offer"]["rule"] == "callers-not-updated"
        )
        other = client.open(shop / "shop/cart.py")
        client.change(other, 2, {"text": "x = 1\n"})
        client.symbols(other)
        with pytest.raises(Failure) as caught:
            client.request("codeAction/resolve", suppress)
        assert caught.value.code == -32801


def test_a_client_that_cannot_resolve_gets_the_edit_at_once(shop: Path) -> None:
    code_action = {"codeActionLiteralSupport": {"codeActionKind": {"valueSet": [""]}}}
    capabilities = {
        "workspace": {"applyEdit": True},
        "textDocument": {"codeAction": code_action, "publishDiagnostics": {}},
    }
    with LspClient() as client:
        client.initialize(shop, capabilities=capabilities)
        client.ready()
        uri = break_the_price(client, shop)
        client.notification("textDocument/publishDiagnostics", lambda one: bool(one["diagnostics"]))
        suppress = next(
            one for one in actions(client, uri) if one["kind"] == "quickfix.pairwright.suppress"
        )
        assert list(suppress["edit"]["changes"]) == [uri]


# Where findings stand after an edit.


def _finding(start: int, end: int) -> Finding:
    return Finding("rule", Severity.WARNING, Location("a.py", Span(start, end)), "message")


@pytest.mark.parametrize(
    ("before", "now", "span", "expected"),
    [
        (b"aa bb cc", b"aa bb cc", (3, 5), (3, 5)),
        (b"aa bb cc", b"x aa bb cc", (3, 5), (5, 7)),
        (b"aa bb cc", b"aa bb cc dd", (3, 5), (3, 5)),
        (b"aa bb cc", b"aa b-b cc", (3, 5), (3, 6)),
        (b"aa bb cc", b"aa xyz cc", (3, 5), None),
        (b"aa bb cc", b"cc", (3, 5), None),
    ],
)
def test_findings_move_with_the_text(
    before: bytes, now: bytes, span: tuple[int, int], expected: tuple[int, int] | None
) -> None:
    found = [
        (one.location.span.start, one.location.span.end)
        for one in moved([_finding(*span)], before, now)
    ]
    assert found == ([expected] if expected else [])
