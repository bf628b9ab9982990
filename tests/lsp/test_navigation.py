"""Navigation behind its setting, and the answers themselves over the wire."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from support.lsp_client import FULL_CAPABILITIES, LspClient, Message

ON: Message = {"settings": {"navigation": True}}


def at(path: Path, line: int, character: int) -> Message:
    return {
        "textDocument": {"uri": path.as_uri()},
        "position": {"line": line, "character": character},
    }


def registered(client: LspClient) -> list[str]:
    return [
        one["method"]
        for message in client.requested
        if message["method"] == "client/registerCapability"
        for one in message["params"]["registrations"]
    ]


def test_navigation_is_off_by_default(shop: Path) -> None:
    with LspClient() as client:
        capabilities = client.initialize(shop)
        client.ready()
        assert "textDocument/definition" not in registered(client)
        assert "definitionProvider" not in capabilities
        client.open(shop / "shop/cart.py")
        assert client.request("textDocument/definition", at(shop / "shop/cart.py", 9, 14)) is None


def test_the_history_of_a_name_is_a_hover_of_its_own(shop: Path) -> None:
    with LspClient() as client:
        client.initialize(shop, options={"settings": {"history": {"hover": True}}})
        client.ready()
        client.asked(
            "client/registerCapability", lambda _: "textDocument/hover" in registered(client)
        )
        assert "textDocument/definition" not in registered(client)
        client.open(shop / "shop/cart.py")
        answer = client.request("textDocument/hover", at(shop / "shop/cart.py", 9, 14))
        assert "price_of" not in answer["contents"]["value"]
        assert len(answer["contents"]["value"].splitlines()) == 1


def test_navigation_comes_and_goes_with_its_setting(shop: Path) -> None:
    with LspClient() as client:
        client.initialize(shop)
        client.ready()
        client.answers["workspace/configuration"] = lambda params: [
            {"navigation": True} for _ in params["items"]
        ]
        client.notify("workspace/didChangeConfiguration", {"settings": None})
        asked = client.asked(
            "client/registerCapability",
            lambda params: params["registrations"][0]["method"].startswith("textDocument/"),
        )
        methods = {one["method"] for one in asked["registrations"]}
        assert {"textDocument/definition", "textDocument/prepareTypeHierarchy"} <= methods
        client.open(shop / "shop/cart.py")
        assert client.request("textDocument/definition", at(shop / "shop/cart.py", 9, 14))
        client.answers["workspace/configuration"] = lambda params: [None for _ in params["items"]]
        client.notify("workspace/didChangeConfiguration", {"settings": None})
        gone = client.asked("client/unregisterCapability")
        assert {one["method"] for one in gone["unregisterations"]} == methods


def test_a_client_that_cannot_be_told_later_is_told_at_once(shop: Path) -> None:
    old = {"textDocument": {"documentSymbol": {}}}
    with LspClient() as client:
        capabilities = client.initialize(shop, capabilities=old, options=ON)
        assert capabilities["definitionProvider"] is True
    with LspClient() as client:
        (shop / ".pairwright.toml").write_text("navigation = true\n", encoding="utf-8")
        capabilities = client.initialize(shop, capabilities=old)
        assert capabilities["referencesProvider"] is True


@pytest.fixture
def client(shop: Path) -> Any:
    with LspClient() as client:
        client.initialize(shop, options=ON)
        client.ready()
        client.open(shop / "shop/cart.py")
        client.open(shop / "shop/prices.py")
        yield client


def places(found: list[Message]) -> set[tuple[str, int]]:
    return {
        (
            Path(one.get("uri") or one["targetUri"]).name,
            (one.get("range") or one["targetSelectionRange"])["start"]["line"],
        )
        for one in found
    }


def test_definition(client: LspClient, shop: Path) -> None:
    found = client.request("textDocument/definition", at(shop / "shop/cart.py", 9, 14))
    assert places(found) == {("prices.py", 7)}
    local = client.request("textDocument/definition", at(shop / "shop/cart.py", 10, 17))
    assert places(local) == {("cart.py", 9)}
    assert client.request("textDocument/definition", at(shop / "shop/cart.py", 1, 0)) == []


def test_references(client: LspClient, shop: Path) -> None:
    params = at(shop / "shop/prices.py", 7, 6)
    found = client.request(
        "textDocument/references", {**params, "context": {"includeDeclaration": True}}
    )
    assert places(found) == {("prices.py", 7), ("cart.py", 0), ("cart.py", 9)}
    found = client.request(
        "textDocument/references", {**params, "context": {"includeDeclaration": False}}
    )
    assert places(found) == {("cart.py", 0), ("cart.py", 9)}


def test_references_see_unsaved_text(client: LspClient, shop: Path) -> None:
    client.change(
        (shop / "shop/cart.py").as_uri(),
        2,
        {
            "range": {
                "start": {"line": 12, "character": 0},
                "end": {"line": 12, "character": 0},
            },
            "text": "\n\nprice_of('tea', 'EUR')\n",
        },
    )
    found = client.request(
        "textDocument/references",
        {**at(shop / "shop/cart.py", 9, 14), "context": {"includeDeclaration": False}},
    )
    assert ("cart.py", 14) in places(found)


def test_highlight(client: LspClient, shop: Path) -> None:
    found = client.request("textDocument/documentHighlight", at(shop / "shop/cart.py", 9, 5))
    assert sorted((one["range"]["start"]["line"], one["kind"]) for one in found) == [
        (9, 3),
        (10, 2),
        (11, 2),
    ]


def test_hover(client: LspClient, shop: Path) -> None:
    found = client.request("textDocument/hover", at(shop / "shop/cart.py", 9, 14))
    text = found["contents"]["value"]
    assert "def price_of(name, currency)" in text
    assert "The price of a thing." in text
    assert "shop.prices.price_of" in text
    assert client.request("textDocument/hover", at(shop / "shop/cart.py", 1, 0)) is None


def test_call_hierarchy(client: LspClient, shop: Path) -> None:
    (item,) = client.request("textDocument/prepareCallHierarchy", at(shop / "shop/cart.py", 9, 14))
    assert item["name"] == "price_of"
    (incoming,) = client.request("callHierarchy/incomingCalls", {"item": item})
    assert incoming["from"]["name"] == "add"
    assert incoming["fromRanges"][0]["start"]["line"] == 9
    (caller,) = client.request("callHierarchy/incomingCalls", {"item": incoming["from"]})
    assert caller["from"]["name"] == "test_add"
    outgoing = client.request("callHierarchy/outgoingCalls", {"item": incoming["from"]})
    assert "price_of" in {one["to"]["name"] for one in outgoing}


def test_an_item_is_found_again_after_an_edit(client: LspClient, shop: Path) -> None:
    (item,) = client.request("textDocument/prepareCallHierarchy", at(shop / "shop/cart.py", 9, 14))
    uri = (shop / "shop/prices.py").as_uri()
    top = {"start": {"line": 0, "character": 0}, "end": {"line": 0, "character": 0}}
    client.change(uri, 2, {"range": top, "text": "def first(): pass\n\n"})
    client.symbols(uri)
    (incoming,) = client.request("callHierarchy/incomingCalls", {"item": item})
    assert incoming["from"]["name"] == "add"


def test_type_hierarchy(client: LspClient, shop: Path) -> None:
    (item,) = client.request("textDocument/prepareTypeHierarchy", at(shop / "shop/cart.py", 3, 8))
    assert item["name"] == "Discounted"
    (base,) = client.request("typeHierarchy/supertypes", {"item": item})
    assert base["name"] == "Price"
    (derived,) = client.request("typeHierarchy/subtypes", {"item": base})
    assert derived["name"] == "Discounted"


def test_workspace_symbols(client: LspClient) -> None:
    found = client.request("workspace/symbol", {"query": "price"})
    assert [one["name"] for one in found][:2] == ["Price", "price_of"]
    assert found[1]["location"]["range"]["start"] == {"line": 7, "character": 4}


def test_lenses(shop: Path) -> None:
    settings = {"settings": {"code_lens": {"callers": True, "tests": True}}}
    with LspClient() as client:
        client.initialize(shop, options=settings)
        client.ready()
        uri = client.open(shop / "shop/prices.py")
        found = client.request("textDocument/codeLens", {"textDocument": {"uri": uri}})
        assert {one["range"]["start"]["line"] for one in found} == {0, 3, 7}
        assert all("command" not in one for one in found)
        last = [one for one in found if one["range"]["start"]["line"] == 7]
        titles = [client.request("codeLens/resolve", one)["command"]["title"] for one in last]
        assert titles == ["1 use", "1 test"]
        client.request("codeLens/resolve", found[0])


def test_several_roots(shop: Path, tmp_path: Path) -> None:
    other = tmp_path / "other"
    other.mkdir()
    (other / "a.py").write_text("def in_the_other(): pass\n", encoding="utf-8")
    with LspClient() as client:
        client.initialize(shop, options=ON)
        client.ready()
        assert client.request("workspace/symbol", {"query": "in_the_other"}) == []
        folder = {"uri": other.as_uri(), "name": "other"}
        client.notify(
            "workspace/didChangeWorkspaceFolders", {"event": {"added": [folder], "removed": []}}
        )
        client.wait(
            lambda: len([one for one in client.requested if _indexes(one, "other")]) or None,
            "the build of the other root",
        )
        # A status may be about what came before, so not any will do.
        while len(client.request("workspace/symbol", {"query": "in_the_other"})) != 1:
            client.notification("pairwright/status")
        assert len(client.command("pairwright.index.status")["roots"]) == 2
        client.notify(
            "workspace/didChangeWorkspaceFolders", {"event": {"added": [], "removed": [folder]}}
        )
        assert client.request("workspace/symbol", {"query": "in_the_other"}) == []


def _indexes(message: Message, name: str) -> bool:
    if message["method"] != "workspace/configuration":
        return False
    return any(item["scopeUri"].endswith(f"/{name}") for item in message["params"]["items"])


def test_locations_where_the_client_knows_no_links(shop: Path) -> None:
    text_document = {**FULL_CAPABILITIES["textDocument"], "definition": {}}
    capabilities = {**FULL_CAPABILITIES, "textDocument": text_document}
    with LspClient() as client:
        client.initialize(shop, capabilities=capabilities, options=ON)
        client.ready()
        client.open(shop / "shop/cart.py")
        found = client.request("textDocument/definition", at(shop / "shop/cart.py", 9, 14))
        assert "targetUri" not in found[0]
        assert places(found) == {("prices.py", 7)}
