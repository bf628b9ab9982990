"""Renaming over the wire: names at positions, and files before they are moved."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from support.lsp_client import FULL_CAPABILITIES, Failure, LspClient, Message
from support.protocol_edits import applied

ON: Message = {"settings": {"refactor": {"rename": "on"}}}
RENAMING: Message = {
    **FULL_CAPABILITIES,
    "textDocument": {
        **FULL_CAPABILITIES["textDocument"],
        "rename": {"dynamicRegistration": True, "prepareSupport": True},
    },
}
PLAIN: Message = {"textDocument": {"rename": {"prepareSupport": True}}}


def at(path: Path, line: int, character: int, **more: object) -> Message:
    return {
        "textDocument": {"uri": path.as_uri()},
        "position": {"line": line, "character": character},
        **more,
    }


def texts_of(root: Path) -> dict[str, str]:
    return {path.as_uri(): path.read_text("utf-8") for path in root.rglob("*.py")}


def registered(client: LspClient) -> set[str]:
    return {
        one["method"]
        for message in client.requested
        if message["method"] == "client/registerCapability"
        for one in message["params"]["registrations"]
    }


def started(root: Path, capabilities: Message, options: Message) -> LspClient:
    client = LspClient()
    client.initialize(root, capabilities=capabilities, options=options)
    client.ready()
    return client


@pytest.fixture
def client(shop: Path) -> Iterator[LspClient]:
    with started(shop, RENAMING, ON) as client:
        client.open(shop / "shop/cart.py")
        client.open(shop / "shop/prices.py")
        yield client


def test_it_is_off_by_default(shop: Path) -> None:
    with started(shop, RENAMING, {}) as client:
        assert "textDocument/rename" not in registered(client)
        client.open(shop / "shop/cart.py")
        place = shop / "shop/cart.py"
        assert client.request("textDocument/prepareRename", at(place, 8, 5)) is None
        assert client.request("textDocument/rename", at(place, 8, 5, newName="put")) is None


@pytest.mark.parametrize(
    ("settings", "expected"),
    [
        ({"navigation": True}, True),
        ({"navigation": True, "refactor": {"rename": "off"}}, False),
        ({"refactor": {"rename": "on"}}, True),
    ],
)
def test_it_comes_with_its_setting(shop: Path, settings: Message, expected: bool) -> None:
    with LspClient() as client:
        capabilities = client.initialize(shop, capabilities=PLAIN, options={"settings": settings})
        found = capabilities.get("renameProvider")
        assert found == ({"prepareProvider": True} if expected else None)


def test_a_name_is_prepared_with_itself(client: LspClient, shop: Path) -> None:
    found = client.request("textDocument/prepareRename", at(shop / "shop/cart.py", 9, 14))
    assert found == {
        "range": {"start": {"line": 9, "character": 12}, "end": {"line": 9, "character": 20}},
        "placeholder": "price_of",
    }


def test_where_nothing_can_be_renamed_the_reason_is_told(client: LspClient, shop: Path) -> None:
    found = client.request("textDocument/prepareRename", at(shop / "shop/prices.py", 8, 12))
    assert found is None
    told = client.notification("window/showMessage", lambda params: "name" in params["message"])
    assert told["type"] == 3


def test_a_function_is_renamed_in_all_files(client: LspClient, shop: Path) -> None:
    edit = client.request(
        "textDocument/rename", at(shop / "shop/cart.py", 9, 14, newName="cost_of")
    )
    before = texts_of(shop)
    after = applied(before, edit)
    wanted = {uri: text.replace("price_of", "cost_of") for uri, text in before.items()}
    assert after == wanted
    assert not edit["changeAnnotations"]["pairwright"].get("needsConfirmation")


def test_buffers_count_as_they_are(client: LspClient, shop: Path) -> None:
    uri = (shop / "shop/cart.py").as_uri()
    text = "from shop.prices import price_of\n# ä\nprint('😀', price_of('tea', 'EUR'))\n"
    client.change(uri, 2, {"text": text})
    edit = client.request(
        "textDocument/rename", at(shop / "shop/prices.py", 7, 6, newName="cost_of")
    )
    after = applied({**texts_of(shop), uri: text}, edit)
    assert after[uri] == text.replace("price_of", "cost_of")
    versions = {
        one["textDocument"]["uri"]: one["textDocument"]["version"]
        for one in edit["documentChanges"]
    }
    assert versions[uri] == 2


def test_a_refusal_says_why(client: LspClient, shop: Path) -> None:
    with pytest.raises(Failure, match=r"already means something|already defined"):
        client.request("textDocument/rename", at(shop / "shop/cart.py", 8, 9, newName="name"))
    with pytest.raises(Failure, match="`class` is a keyword"):
        client.request("textDocument/rename", at(shop / "shop/cart.py", 8, 9, newName="class"))


UNSURE = {
    "a.py": "class A:\n    def go(self):\n        return 1\n\n\ndef f(o):\n    return o.go()\n",
}


def test_unsure_places_are_reviewed_or_refused(workspace: Any) -> None:
    root = workspace(UNSURE)
    wanted = at(root / "a.py", 1, 9, newName="run")
    with started(root, RENAMING, ON) as client:
        client.open(root / "a.py")
        edit = client.request("textDocument/rename", wanted)
        assert edit["changeAnnotations"]["pairwright"]["needsConfirmation"] is True
        after = applied(texts_of(root), edit)[(root / "a.py").as_uri()]
        assert "def run" in after and "o.run()" in after
    with started(root, PLAIN, ON) as client:
        client.open(root / "a.py")
        with pytest.raises(Failure, match=r"a\.py:7"):
            client.request("textDocument/rename", wanted)


def test_files_that_are_read_only_are_not_renamed_in(client: LspClient, shop: Path) -> None:
    (shop / "shop/prices.py").chmod(0o444)
    with pytest.raises(Failure, match="read-only"):
        client.request("textDocument/rename", at(shop / "shop/cart.py", 9, 14, newName="cost_of"))


# Files.


def moving(old: Path, new: Path) -> Message:
    return {"files": [{"oldUri": old.as_uri(), "newUri": new.as_uri()}]}


def test_imports_follow_a_file(client: LspClient, shop: Path) -> None:
    edit = client.request(
        "workspace/willRenameFiles", moving(shop / "shop/prices.py", shop / "shop/costs.py")
    )
    before = texts_of(shop)
    after = applied(before, edit)
    changed = {uri for uri in before if after[uri] != before[uri]}
    assert changed == {(shop / "shop/cart.py").as_uri()}
    assert "from shop.costs import" in after[(shop / "shop/cart.py").as_uri()]
    assert edit["changeAnnotations"]["pairwright"]["needsConfirmation"] is True
    assert all("kind" not in one for one in edit["documentChanges"])


def test_imports_follow_a_folder(client: LspClient, shop: Path) -> None:
    edit = client.request("workspace/willRenameFiles", moving(shop / "shop", shop / "store"))
    after = applied(texts_of(shop), edit)
    assert "from store.prices import" in after[(shop / "shop/cart.py").as_uri()]
    assert "from store.cart import" in after[(shop / "tests/test_cart.py").as_uri()]


@pytest.mark.parametrize(
    ("capabilities", "mode", "answered"),
    [
        (RENAMING, "never", False),
        (RENAMING, "always", True),
        (PLAIN, "prompt", False),
        (PLAIN, "always", True),
    ],
)
def test_imports_follow_as_the_setting_says(
    shop: Path, capabilities: Message, mode: str, answered: bool
) -> None:
    options = {"settings": {"refactor": {"update_imports_on_rename": mode}}}
    with started(shop, capabilities, options) as client:
        edit = client.request(
            "workspace/willRenameFiles", moving(shop / "shop/prices.py", shop / "shop/costs.py")
        )
    assert (edit is not None) == answered
    if edit is not None:
        annotations = edit.get("changeAnnotations", {"plain": {}})
        assert not any(one.get("needsConfirmation") for one in annotations.values())


def test_a_file_that_nobody_imports_moves_alone(client: LspClient, shop: Path) -> None:
    (shop / "notes.txt").write_text("x", encoding="utf-8")
    for old, new in (("notes.txt", "other.txt"), ("tests/test_cart.py", "tests/test_basket.py")):
        asked = moving(shop / old, shop / new)
        assert client.request("workspace/willRenameFiles", asked) is None


def test_why_imports_do_not_follow_is_told(workspace: Any) -> None:
    root = workspace(
        {"go.mod": "module ex.com/m\n", "geo/a.go": "package geo\n", "geo/b.go": "package geo\n"}
    )
    with started(root, RENAMING, ON) as client:
        asked = moving(root / "geo/a.go", root / "other/a.go")
        assert client.request("workspace/willRenameFiles", asked) is None
        told = client.notification(
            "window/showMessage", lambda params: "Imports do not follow" in params["message"]
        )
        assert "another package" in told["message"]
