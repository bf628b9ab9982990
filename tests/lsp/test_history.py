"""The history of a symbol over the wire."""

from __future__ import annotations

from pathlib import Path

import pytest

from support.lsp_client import Failure, LspClient, Message


def history(client: LspClient, file: Path, line: int, character: int) -> Message:
    argument = {"uri": file.as_uri(), "position": {"line": line, "character": character}}
    answer: Message = client.command("pairwright.history.symbol", argument)
    return answer


def test_in_a_body_the_function_around_is_meant(shop: Path) -> None:
    file = shop / "shop/cart.py"
    with LspClient() as client:
        client.initialize(shop)
        client.ready()
        client.open(file)
        assert history(client, file, 8, 5)["document"]["title"] == "History of add"
        assert history(client, file, 11, 4)["document"]["title"] == "History of add"
        assert history(client, file, 9, 14)["document"]["title"] == "History of price_of"
        with pytest.raises(Failure, match="Put the cursor"):
            history(client, file, 1, 0)
