"""Search over the wire: hits as locations, streamed, cancelled, in step with unsaved buffers."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from support.indexes import write_tree
from support.lsp_client import FULL_CAPABILITIES, Failure, LspClient, Message
from support.uploads import UPLOADS

QUERY = "pairwright.search.query"
RELATED = "pairwright.search.related"

# One server for all: none of the tests leaves a document open.
pytestmark = pytest.mark.xdist_group("search-command")


@pytest.fixture(scope="module")
def root(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_tree(tmp_path_factory.mktemp("uploads"), UPLOADS)


@pytest.fixture(scope="module")
def client(root: Path) -> Iterator[LspClient]:
    with LspClient() as client:
        client.initialize(root, options={"virtual_documents": True})
        client.notification("pairwright/status", lambda one: one["vectors"] == "ready")
        yield client


def paths(answer: Message) -> list[str]:
    return [hit["path"] for hit in answer["hits"]]


def covered(answer: Message, path: str, line: int) -> bool:
    """Whether a hit covers a line, from 0."""
    places = [hit["location"]["range"] for hit in answer["hits"] if hit["path"] == path]
    return any(one["start"]["line"] <= line <= one["end"]["line"] for one in places)


def test_hits_are_locations_with_the_code_that_stands_there(client: LspClient, root: Path) -> None:
    answer = client.command(QUERY, {"query": "wait longer after each failure", "limit": 3})
    assert set(answer) == {"hits", "notes", "state"}
    assert answer["state"] == "ready" and answer["notes"] == []
    best = answer["hits"][0]
    assert set(best) == {"location", "path", "symbol", "kind", "score", "snippet"}
    assert (best["path"], best["symbol"], best["kind"]) == (
        "net/retry.py",
        "with_backoff",
        "function",
    )
    assert best["location"]["uri"] == (root / "net/retry.py").as_uri()
    place = best["location"]["range"]
    assert place["start"]["line"] <= 3 and place["end"]["line"] >= 9
    assert "def with_backoff(call, attempts=5):\n" in best["snippet"]
    assert best["snippet"].split("\n")[0] in UPLOADS["net/retry.py"]
    scores = [hit["score"] for hit in answer["hits"]]
    assert scores == sorted(scores, reverse=True) and len(scores) <= 3


def test_a_score_is_explained_where_it_is_asked_for(client: LspClient) -> None:
    answer = client.command(QUERY, {"query": "with_backoff", "explain": True})
    assert answer["hits"][0]["symbol"] == "with_backoff"
    assert all(isinstance(part, float) for hit in answer["hits"] for part in hit["parts"].values())
    assert any(answer["hits"][0]["parts"].values())


@pytest.mark.parametrize(
    ("where", "expected"),
    [
        ({"path": "net"}, {"net/retry.py", "net/upload.py", "net/download.py"}),
        ({"path": "net/upload.py"}, {"net/upload.py"}),
        ({"uri": "net"}, {"net/retry.py", "net/upload.py", "net/download.py"}),
        ({"uri": "bill/price.py"}, {"bill/price.py"}),
    ],
)
def test_a_part_of_the_workspace_is_searched(
    client: LspClient, root: Path, where: Message, expected: set[str]
) -> None:
    if "uri" in where:
        where = {"uri": (root / where["uri"]).as_uri()}
    answer = client.command(QUERY, {"query": "file transfer price", **where})
    assert answer["hits"] and set(paths(answer)) <= expected


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("/except\\s+OSError/", {"net/retry.py"}),
        ("pattern: with_backoff($$$)", {"net/upload.py", "net/download.py"}),
        ("send is:test", {"tests/test_upload.py"}),
        ("send file lang:ts", {"web/form.ts"}),
        ("with_backoff kind:class path:net/up", {"net/upload.py"}),
        ("taxes -path:bill lang:markdown", {"README.md"}),
    ],
)
def test_forms_and_filters(client: LspClient, query: str, expected: set[str]) -> None:
    answer = client.command(QUERY, {"query": query})
    assert set(paths(answer)) == expected


def test_like_a_place(client: LspClient) -> None:
    answer = client.command(QUERY, {"query": "like:net/upload.py:7"})
    assert "net/download.py" in paths(answer)[:2] and not covered(answer, "net/upload.py", 6)


def test_hits_come_ahead_of_the_answer(client: LspClient) -> None:
    number = client.start_request(
        "workspace/executeCommand",
        {
            "command": QUERY,
            "arguments": [{"query": "send a file", "partialResultToken": "search-1"}],
        },
    )
    ahead = client.notification("$/progress", lambda one: one["token"] == "search-1")["value"]
    answer = client.response(number)
    assert set(ahead) == {"hits", "notes", "state"}
    assert "net/upload.py" in paths(ahead)
    assert {hit["symbol"] for hit in ahead["hits"]} <= {hit["symbol"] for hit in answer["hits"]}


def test_without_a_token_nothing_comes_ahead(client: LspClient) -> None:
    client.command(QUERY, {"query": "send a file"})
    client.command(QUERY, {"query": "send a file", "partialResultToken": 7})
    with_hits = [one["token"] for one in client.seen("$/progress") if "hits" in one["value"]]
    assert set(with_hits) <= {"search-1", 7} and 7 in with_hits


def test_a_search_can_be_cancelled(client: LspClient) -> None:
    request = {
        "id": "cancelled",
        "method": "workspace/executeCommand",
        "params": {"command": QUERY, "arguments": [{"query": "send a file"}]},
    }
    client.send(request, {"method": "$/cancelRequest", "params": {"id": "cancelled"}})
    assert client.wait_response("cancelled")["error"]["code"] == -32800
    assert paths(client.command(QUERY, {"query": "send a file"}))


def test_unsaved_text_is_found_and_deleted_text_is_not(client: LspClient, root: Path) -> None:
    before = client.command(QUERY, {"query": "gave up"})
    assert "net/retry.py" in paths(before)
    text = (
        "def throttled_uplink(queue):\n"
        '    """Drains a queue at a bounded pace 🎉."""\n'
        "    return queue\n"
    )
    uri = client.open(root / "net/retry.py", text)
    try:
        found = client.command(QUERY, {"query": "drain the queue at a bounded pace"})["hits"][0]
        assert found["path"] == "net/retry.py" and found["symbol"] == "throttled_uplink"
        assert found["location"]["uri"] == uri
        assert "Drains a queue" in found["snippet"]
        for query in ("with_backoff", "waiting longer each time", "/gave up/"):
            for hit in client.command(QUERY, {"query": query})["hits"]:
                assert hit["symbol"] != "with_backoff" and "gave up" not in hit["snippet"]
    finally:
        client.notify("textDocument/didClose", {"textDocument": {"uri": uri}})
    again = client.command(QUERY, {"query": "waiting longer each time"})
    assert again["hits"][0]["symbol"] == "with_backoff"


@pytest.mark.parametrize(
    "query",
    [
        "begrüßt jemanden",
        "どこでアップロードを再試行しますか",
        "🎉" * 50,
        "\u202eabc\u0000def",
        "where is the retry " * 600,
        "'; DROP TABLE chunks; --",
    ],
    ids=["german", "japanese", "emoji", "control", "long", "quotes"],
)
def test_any_text_may_be_asked(client: LspClient, query: str) -> None:
    answer = client.command(QUERY, {"query": query})
    assert isinstance(answer["hits"], list) and isinstance(answer["notes"], list)


def test_a_regular_expression_that_backtracks_does_not_stop_the_server(
    client: LspClient, root: Path
) -> None:
    uri = client.open(root / "bill/price.py", f"x = '{'a' * 4_000}'\n")
    try:
        number = client.start_request(
            "workspace/executeCommand",
            {"command": QUERY, "arguments": [{"query": "/(a+)+b(a+)+c/"}]},
        )
        assert client.symbols(uri)
        client.notify("$/cancelRequest", {"id": number})
        message = client.wait_response(number)
        assert "result" in message or message["error"]["code"] == -32800
    finally:
        client.notify("textDocument/didClose", {"textDocument": {"uri": uri}})


@pytest.mark.parametrize(
    ("command", "argument", "words"),
    [
        (QUERY, {}, "`query`"),
        (QUERY, {"query": 3}, "`query`"),
        (QUERY, {"query": ""}, "empty"),
        (QUERY, {"query": " \n\t"}, "empty"),
        (QUERY, {"query": "x", "limit": "many"}, "`limit`"),
        (QUERY, {"query": "x", "limit": -1}, "`limit`"),
        (QUERY, {"query": "x", "partialResultToken": {}}, "`partialResultToken`"),
        (QUERY, {"query": "x", "path": "nowhere/at/all"}, "`path`"),
        (QUERY, {"query": "x", "uri": "file:///elsewhere/a.py"}, "`uri`"),
        (QUERY, {"query": "x kind:nonsense"}, "nonsense"),
        (QUERY, {"query": "/(/"}, "expression"),
        (QUERY, {"query": "pattern:"}, "pattern"),
        (QUERY, {"query": "like:nowhere.py:3"}, "nowhere.py"),
        (RELATED, {"uri": "file:///elsewhere/a.py", "position": {}}, "`position.line`"),
        (
            RELATED,
            {"uri": "file:///elsewhere/a.py", "position": {"line": 0, "character": 0}},
            "`uri`",
        ),
        ("pairwright.search.map", {"budget": "much"}, "`budget`"),
    ],
)
def test_bad_arguments_are_named(
    client: LspClient, command: str, argument: Message, words: str
) -> None:
    with pytest.raises(Failure) as caught:
        client.command(command, argument)
    assert caught.value.code == -32602
    assert words in caught.value.message
    assert caught.value.message.endswith(".")


def test_related_code_leaves_out_the_place_itself(client: LspClient, root: Path) -> None:
    place = {
        "uri": (root / "net/upload.py").as_uri(),
        "position": {"line": 6, "character": 8},
    }
    answer = client.command(RELATED, place)
    assert "net/download.py" in paths(answer)[:2] and not covered(answer, "net/upload.py", 6)
    page = client.command(RELATED, {**place, "show": True})["document"]
    assert page["uri"].startswith("pairwright:/search/") and page["language"] == "markdown"
    assert "net/download.py:" in page["text"] and "```" in page["text"]


def actions(client: LspClient, uri: str, context: Message) -> list[Any]:
    here = {"line": 6, "character": 8}
    found: list[Any] = client.request(
        "textDocument/codeAction",
        {
            "textDocument": {"uri": uri},
            "range": {"start": here, "end": here},
            "context": {"diagnostics": [], **context},
        },
    )
    return [one for one in found if one.get("kind") == "source.pairwright.related"]


def test_related_code_is_an_action_for_who_asks(client: LspClient, root: Path) -> None:
    uri = client.open(root / "net/upload.py")
    try:
        (action,) = actions(client, uri, {"triggerKind": 1})
        assert action["title"] == "Find code related to `send`"
        sent = action["command"]
        answer = client.request(
            "workspace/executeCommand",
            {"command": sent["command"], "arguments": sent["arguments"]},
        )
        assert "net/download.py" in paths(answer) and "document" in answer
        assert not actions(client, uri, {"triggerKind": 2})
        assert actions(client, uri, {"only": ["source"]})
        assert not actions(client, uri, {"only": ["refactor"]})
    finally:
        client.notify("textDocument/didClose", {"textDocument": {"uri": uri}})


def test_a_question_typed_for_a_symbol_is_answered(client: LspClient) -> None:
    found = client.request("workspace/symbol", {"query": "waiting longer after failure"})
    assert found[0]["name"] == "with_backoff"
    exact = client.request("workspace/symbol", {"query": "with_backoff"})
    assert exact[0]["name"] == "with_backoff"
    assert len({json.dumps(one) for one in exact}) == len(exact)
    assert client.request("workspace/symbol", {"query": "kind:"}) == []


def test_the_map_of_a_question(client: LspClient) -> None:
    answer = client.command("pairwright.search.map", {"query": "uploads tried anew", "budget": 200})
    assert "def with_backoff(call, attempts=5)" in answer["document"]["text"]
    assert 0 < answer["tokens"] <= 200


def test_the_state_of_the_vectors(client: LspClient) -> None:
    (status,) = client.command("pairwright.index.status")["roots"]
    vectors = status["vectors"]
    assert vectors["state"] == "ready" and vectors["encoder"]
    assert vectors["done"] == vectors["total"] == status["files"]


def test_what_is_lacking_is_said(root: Path, tmp_path: Path) -> None:
    (tmp_path / "manifest.json").write_text("{")
    with LspClient(env={"PAIRWRIGHT_SEARCH_ENCODER": str(tmp_path)}) as client:
        client.initialize(root, capabilities=FULL_CAPABILITIES)
        # At once: whether the index is there by then or not, the answer says which.
        answer = client.command(QUERY, {"query": "send a file"})
        assert answer["hits"] or answer["notes"]
        client.notification("pairwright/status", lambda one: one["vectors"] == "unavailable")
        answer = client.command(QUERY, {"query": "send a file"})
        assert paths(answer)[0] == "net/upload.py" and answer["state"] == "degraded"
        (note,) = answer["notes"]
        (status,) = client.command("pairwright.index.status")["roots"]
        assert str(tmp_path) in note and status["vectors"]["reason"] == note
        assert status["state"] == "ready"


def test_a_folder_in_a_folder_is_searched_once(root: Path) -> None:
    with LspClient() as client:
        client.initialize(root, root / "net")
        client.ready()
        answer = client.command(QUERY, {"query": "/def with_backoff/"})
        (hit,) = answer["hits"]
        assert hit["location"]["uri"] == (root / "net/retry.py").as_uri()
