"""Refactorings over the wire: offered, refused with a reason, resolved, run as commands."""

from __future__ import annotations

import copy
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import pytest

from support.lsp_client import FULL_CAPABILITIES, Failure, LspClient, Message, replaced
from support.protocol_edits import applied

Make = Callable[[Mapping[str, str]], Path]

AREA = "def area(width, height):\n    size = width * height\n    print(2 + size)\n"
INLINED = "def area(width, height):\n    print(2 + width * height)\n"
CHANGED_TWICE = "def f(a):\n    b = a\n    b = b + 1\n    return b\n"

RATES = "def doubled(price):\n    return price * 2\n"
SHOP = "from rates import doubled\n\n\ndef pay(price):\n    return doubled(price)\n"


def capabilities(**code_action: Any) -> Message:
    """An editor's, with more or other abilities for code actions."""
    held = copy.deepcopy(FULL_CAPABILITIES)
    held["textDocument"]["codeAction"] |= {"disabledSupport": True, **code_action}
    return held


def actions(
    client: LspClient,
    uri: str,
    start: tuple[int, int],
    end: tuple[int, int] | None = None,
    *,
    only: list[str] | None = None,
    trigger: int = 1,
) -> list[Message]:
    """What the lightbulb shows."""
    context: Message = {"diagnostics": [], "triggerKind": trigger}
    if only is not None:
        context["only"] = only
    found: list[Message] = client.request(
        "textDocument/codeAction",
        {"textDocument": {"uri": uri}, "range": span(start, end), "context": context},
    )
    return found


def span(start: tuple[int, int], end: tuple[int, int] | None = None) -> Message:
    last = end or start
    return {
        "start": {"line": start[0], "character": start[1]},
        "end": {"line": last[0], "character": last[1]},
    }


def titled(found: list[Message], title: str) -> Message:
    """The one action with that title."""
    (one,) = [action for action in found if action["title"] == title]
    return one


def resolved(client: LspClient, action: Message) -> Message:
    answer: Message = client.request("codeAction/resolve", action)
    return answer


def inline(client: LspClient, uri: str) -> Message:
    return titled(actions(client, uri, (1, 6)), "Inline `size`")


def test_offered_resolved_and_what_comes_out(workspace: Make) -> None:
    root = workspace({"area.py": AREA})
    with LspClient() as client:
        client.initialize(root, capabilities=capabilities())
        client.ready()
        uri = client.open(root / "area.py")
        action = inline(client, uri)
        assert action["kind"] == "refactor.inline.variable"
        assert "edit" not in action
        assert "command" not in action
        edit = resolved(client, action)["edit"]
        (change,) = edit["documentChanges"]
        assert change["textDocument"] == {"uri": uri, "version": 1}
        assert applied({uri: AREA}, edit) == {uri: INLINED}


def test_a_refusal_is_shown_with_its_reason_where_the_client_can(workspace: Make) -> None:
    root = workspace({"f.py": CHANGED_TWICE})
    for disabled in (True, False):
        with LspClient() as client:
            client.initialize(root, capabilities=capabilities(disabledSupport=disabled))
            client.ready()
            uri = client.open(root / "f.py")
            found = [
                action
                for action in actions(client, uri, (1, 4))
                if action["kind"] == "refactor.inline.variable"
            ]
            if disabled:
                (action,) = found
                assert action["disabled"]["reason"].endswith(".")
                assert "edit" not in action
                assert "data" not in action
            else:
                assert found == []


def test_only_what_is_asked_for_and_nothing_unasked(workspace: Make) -> None:
    root = workspace({"area.py": AREA})
    with LspClient() as client:
        client.initialize(root, capabilities=capabilities())
        client.ready()
        uri = client.open(root / "area.py")
        inlined = actions(client, uri, (1, 6), only=["refactor.inline"])
        assert titled(inlined, "Inline `size`")
        assert {action["kind"].split(".")[:2] == ["refactor", "inline"] for action in inlined} == {
            True
        }
        assert titled(actions(client, uri, (1, 6), only=["refactor"]), "Inline `size`")
        assert actions(client, uri, (1, 6), only=["refactor.extract.nothing"]) == []
        assert actions(client, uri, (1, 6), only=["quickfix"]) == []
        assert actions(client, uri, (1, 6), trigger=2) == []


def test_what_cannot_be_had_comes_last(workspace: Make) -> None:
    text = "def f(a):\n    b = a\n    b = b + 1\n    if not b:\n        return a\n    return b\n"
    root = workspace({"f.py": text})
    with LspClient() as client:
        client.initialize(root, capabilities=capabilities())
        client.ready()
        uri = client.open(root / "f.py")
        for line in range(6):
            shown = [
                "disabled" in action
                for action in actions(client, uri, (line, 4), only=["refactor"])
            ]
            assert shown == sorted(shown)


def test_an_action_is_for_the_text_it_was_offered_for(workspace: Make) -> None:
    root = workspace({"area.py": AREA})
    with LspClient() as client:
        client.initialize(root, capabilities=capabilities())
        client.ready()
        uri = client.open(root / "area.py")
        action = inline(client, uri)
        client.change(uri, 2, replaced((0, 0), (0, 0), "# a comment\n"))
        with pytest.raises(Failure) as caught:
            resolved(client, action)
        assert caught.value.code == -32801
        again = titled(actions(client, uri, (2, 6)), "Inline `size`")
        edit = resolved(client, again)["edit"]
        after = applied({uri: "# a comment\n" + AREA}, edit)
        assert after == {uri: "# a comment\n" + INLINED}


@pytest.mark.parametrize("encoding", ["utf-8", "utf-16", "utf-32"])
@pytest.mark.parametrize("newline", ["\n", "\r\n"])
def test_line_ends_and_columns(workspace: Make, encoding: str, newline: str) -> None:
    text = 'def f(a):\n    """🙂"""; size = a + "é🙂"\n    print("🙂é", size)\n'
    wanted = 'def f(a):\n    """🙂"""\n    print("🙂é", a + "é🙂")\n'
    text, wanted = text.replace("\n", newline), wanted.replace("\n", newline)
    root = workspace({"f.py": "x = 1\n"})
    held = capabilities() | {"general": {"positionEncodings": [encoding]}}
    with LspClient() as client:
        assert client.initialize(root, capabilities=held)["positionEncoding"] == encoding
        client.ready()
        uri = client.open(root / "f.py", text)
        before = '    """🙂"""; si'
        column = {
            "utf-8": len(before.encode()),
            "utf-16": len(before.encode("utf-16-le")) // 2,
            "utf-32": len(before),
        }[encoding]
        action = titled(actions(client, uri, (1, column)), "Inline `size`")
        assert applied({uri: text}, resolved(client, action)["edit"], encoding) == {uri: wanted}


def rename(uri: str, at: tuple[int, int], name: str) -> Message:
    """The argument of a rename as a command."""
    return {"uri": uri, "id": "rename.symbol", "range": span(at), "arguments": {"name": name}}


def test_unsaved_texts_of_other_files_are_what_counts(workspace: Make) -> None:
    root = workspace({"rates.py": RATES, "shop.py": "# nothing yet\n"})
    with LspClient() as client:
        client.initialize(root, capabilities=capabilities())
        client.ready()
        rates = client.open(root / "rates.py")
        shop = client.open(root / "shop.py", "# never saved\n" + SHOP)
        # Typed right before: nothing has been read of it yet.
        client.change(shop, 2, replaced((0, 0), (1, 0), "# typed\n# just now\n"))
        typed = "# typed\n# just now\n" + SHOP
        client.command("pairwright.refactor.apply", rename(rates, (0, 6), "twice"))
        edit = client.asked("workspace/applyEdit")["edit"]
        versions = {
            change["textDocument"]["uri"]: change["textDocument"]["version"]
            for change in edit["documentChanges"]
        }
        assert versions == {rates: 1, shop: 2}
        assert applied({rates: RATES, shop: typed}, edit) == {
            rates: RATES.replace("doubled", "twice"),
            shop: typed.replace("doubled", "twice"),
        }


def test_a_file_that_changed_on_disk_meanwhile(workspace: Make) -> None:
    root = workspace({"rates.py": RATES, "shop.py": SHOP})
    with LspClient() as client:
        client.initialize(root, capabilities=capabilities())
        client.ready()
        uri = client.open(root / "rates.py")
        (root / "shop.py").write_text("# other\n" + SHOP)
        with pytest.raises(Failure) as caught:
            client.command("pairwright.refactor.apply", rename(uri, (0, 6), "twice"))
        assert caught.value.code in (-32801, -32803)
        assert "shop.py" in caught.value.message
        # Told of it, the server does it for the new text.
        client.notify(
            "workspace/didChangeWatchedFiles",
            {"changes": [{"uri": (root / "shop.py").as_uri(), "type": 2}]},
        )
        number = None
        while number is None or "error" in client.wait_response(number):
            # A status may be about what came before, so not any will do.
            client.notification("pairwright/status")
            number = client.start_request(
                "workspace/executeCommand",
                {
                    "command": "pairwright.refactor.apply",
                    "arguments": [rename(uri, (0, 6), "twice")],
                },
            )
        edit = client.asked("workspace/applyEdit")["edit"]
        after = applied({uri: RATES, (root / "shop.py").as_uri(): "# other\n" + SHOP}, edit)
        assert after[(root / "shop.py").as_uri()].count("twice") == 2


def test_a_file_that_is_not_to_be_written(workspace: Make) -> None:
    root = workspace({"rates.py": RATES, "shop.py": SHOP})
    (root / "shop.py").chmod(0o444)
    with LspClient() as client:
        client.initialize(root, capabilities=capabilities())
        client.ready()
        uri = client.open(root / "rates.py")
        with pytest.raises(Failure) as caught:
            client.command("pairwright.refactor.apply", rename(uri, (0, 6), "twice"))
        assert caught.value.code == -32803
        assert "shop.py is read-only" in caught.value.message


def test_a_read_only_file_is_not_edited_by_an_action_either(workspace: Make) -> None:
    root = workspace({"area.py": AREA})
    with LspClient() as client:
        client.initialize(root, capabilities=capabilities())
        client.ready()
        uri = client.open(root / "area.py")
        action = inline(client, uri)
        (root / "area.py").chmod(0o444)
        with pytest.raises(Failure) as caught:
            resolved(client, action)
        assert caught.value.code == -32803
        assert "area.py is read-only" in caught.value.message


def test_a_client_that_cannot_resolve_gets_the_edit_at_once(workspace: Make) -> None:
    root = workspace({"area.py": AREA})
    held = capabilities()
    del held["textDocument"]["codeAction"]["resolveSupport"]
    with LspClient() as client:
        client.initialize(root, capabilities=held)
        client.ready()
        uri = client.open(root / "area.py")
        assert applied({uri: AREA}, inline(client, uri)["edit"]) == {uri: INLINED}


def test_settings_say_what_is_offered(workspace: Make) -> None:
    root = workspace({"area.py": AREA})
    for settings in ({"disabled": ["inline.variable"]}, {"enabled": False}):
        with LspClient() as client:
            client.initialize(
                root, capabilities=capabilities(), options={"settings": {"refactor": settings}}
            )
            client.ready()
            uri = client.open(root / "area.py")
            titles = [one["title"] for one in actions(client, uri, (1, 6), only=["refactor"])]
            assert "Inline `size`" not in titles
            if "enabled" in settings:
                assert titles == []
            # Asked for by name it is done.
            answer = client.command(
                "pairwright.refactor.apply",
                {"uri": uri, "id": "inline.variable", "range": span((1, 6))},
            )
            assert answer == {"applied": True}


@pytest.mark.parametrize(
    ("text", "start", "end"),
    [
        ("", (0, 0), None),
        ("\n\n", (1, 0), None),
        ("def f(", (0, 6), None),
        ("x = 'a string with words'\n", (0, 8), (0, 14)),
        ("# a comment with words\nx = 1\n", (0, 5), (0, 9)),
        ("def f():\n    x = 1\n\n\ndef g():\n    y = 2\n", (1, 4), (5, 9)),
        ("value = first + second\n", (0, 10), (0, 18)),
        ("x = (\n", (0, 0), (9, 9)),
        ("if x:\n\ty = 1\r\n\tz = y\r", (2, 5), (0, 1)),
    ],
)
def test_odd_selections_are_answered(
    workspace: Make, text: str, start: tuple[int, int], end: tuple[int, int] | None
) -> None:
    root = workspace({"f.py": text})
    with LspClient() as client:
        client.initialize(root, capabilities=capabilities())
        client.ready()
        uri = client.open(root / "f.py", text)
        for action in actions(client, uri, start, end, only=["refactor"]):
            if "disabled" not in action:
                resolved(client, action)
        assert client.seen("window/showMessage") == []


# Commands.


def test_the_list_for_programs(workspace: Make) -> None:
    root = workspace({"area.py": AREA, "f.py": CHANGED_TWICE})
    with LspClient() as client:
        client.initialize(root, capabilities=capabilities())
        client.ready()
        # A file that is not open is read as well.
        uri = (root / "area.py").as_uri()
        answer = client.command("pairwright.refactor.list", {"uri": uri, "range": span((1, 6))})
        one = titled(answer["refactorings"], "Inline `size`")
        assert one["id"] == "inline.variable"
        assert one["refused"] == ""
        assert {"name", "kind", "description", "required"} == set(one["options"][0])
        uri = client.open(root / "f.py")
        answer = client.command("pairwright.refactor.list", {"uri": uri, "range": span((1, 4))})
        refused = [one for one in answer["refactorings"] if one["id"] == "inline.variable"]
        assert [bool(one["refused"]) for one in refused] == [True]


def test_applied_by_the_editor(workspace: Make) -> None:
    root = workspace({"area.py": AREA})
    with LspClient() as client:
        client.initialize(root, capabilities=capabilities())
        client.ready()
        uri = client.open(root / "area.py")
        answer = client.command(
            "pairwright.refactor.apply",
            {"uri": uri, "id": "inline.variable", "range": span((1, 6)), "arguments": {}},
        )
        assert answer == {"applied": True}
        asked = client.asked("workspace/applyEdit")
        assert asked["label"] == "Inline variable"
        assert applied({uri: AREA}, asked["edit"]) == {uri: INLINED}
        assert (root / "area.py").read_text() == AREA


@pytest.mark.parametrize(
    ("changed", "code", "words"),
    [
        ({"id": "no.such"}, -32602, "`no.such`"),
        ({"id": None}, -32602, "`id`"),
        ({"range": {"start": {"line": 0, "character": 0}}}, -32602, "`range.end`"),
        ({"arguments": []}, -32602, "`arguments`"),
        ({"arguments": {"speed": 3}}, -32602, "`speed`"),
        ({"arguments": {"repeat": "yes"}}, -32602, "`repeat`"),
        ({"uri": "file:///elsewhere.py"}, -32602, "`uri`"),
        ({"range": span((0, 0))}, -32803, "No variable stands here."),
    ],
)
def test_what_is_wrong_with_a_command_is_said(
    workspace: Make, changed: Message, code: int, words: str
) -> None:
    root = workspace({"area.py": AREA})
    with LspClient() as client:
        client.initialize(root, capabilities=capabilities())
        client.ready()
        uri = client.open(root / "area.py")
        argument = {"uri": uri, "id": "inline.variable", "range": span((1, 6)), **changed}
        with pytest.raises(Failure) as caught:
            client.command("pairwright.refactor.apply", argument)
        assert caught.value.code == code
        assert words in caught.value.message
        assert "Traceback" not in client.errors()
        assert not [one for one in client.requested if one["method"] == "workspace/applyEdit"]
