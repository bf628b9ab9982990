"""Open documents: every edit lands where the editor meant it, in each encoding, and facts
follow.
"""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pairwright.session import ContentEdit, edited_text, encoded
from pairwright_analyzers.text import Encoding, LineIndex
from support.lsp_client import FULL_CAPABILITIES, LspClient, replaced

ALPHABET = st.sampled_from(["a", "Z", " ", "\n", "\r\n", "\r", "é", "漢", "𝒳", "👩‍💻", "\t", "\0"])
TEXTS = st.lists(ALPHABET, max_size=30).map("".join)


def units(text: str, encoding: Encoding) -> list[bytes]:
    """A text as units of an encoding, each as bytes that join back to the text."""
    if encoding is Encoding.UTF32:
        return [char.encode("utf-32-le") for char in text]
    if encoding is Encoding.UTF16:
        raw = text.encode("utf-16-le")
        return [raw[at : at + 2] for at in range(0, len(raw), 2)]
    return [bytes([byte]) for byte in text.encode()]


def joined(held: list[bytes], encoding: Encoding) -> str:
    codec = {Encoding.UTF32: "utf-32-le", Encoding.UTF16: "utf-16-le", Encoding.UTF8: "utf-8"}
    return b"".join(held).decode(codec[encoding])


def position_of(text: str, at: int, encoding: Encoding) -> tuple[int, int]:
    """(line, column) of the character `at`, the slow and obvious way."""
    line, start, index = 0, 0, 0
    while index < at:
        if text[index] == "\r" and index + 1 < len(text) and text[index + 1] == "\n":
            if index + 1 < at:
                line, start = line + 1, index + 2
                index += 2
                continue
            break
        if text[index] in "\r\n":
            line, start = line + 1, index + 1
        index += 1
    return line, len(units(text[start:at], encoding))


@given(
    text=TEXTS,
    edits=st.lists(st.tuples(st.integers(0, 99), st.integers(0, 99), TEXTS), max_size=8),
    encoding=st.sampled_from(list(Encoding)),
)
def test_edits_do_to_the_bytes_what_they_do_to_the_text(
    text: str, edits: list[tuple[int, int, str]], encoding: Encoding
) -> None:
    before = text.encode()
    changes = []
    for first, second, new in edits:
        start, end = sorted((min(first, len(text)), min(second, len(text))))
        # A position between CR and LF cannot be told: both sides of it are the line's end.
        while 0 < start < len(text) and text[start - 1 : start + 1] == "\r\n":
            start -= 1
        while 0 < end < len(text) and text[end - 1 : end + 1] == "\r\n":
            end += 1
        changes.append(
            ContentEdit(position_of(text, start, encoding), position_of(text, end, encoding), new)
        )
        text = text[:start] + new + text[end:]
    assert edited_text(before, LineIndex(before), changes, encoding).decode() == text


@given(
    text=TEXTS,
    positions=st.lists(
        st.tuples(st.integers(0, 40), st.integers(0, 40), st.integers(0, 40), st.integers(0, 40)),
        max_size=6,
    ),
    encoding=st.sampled_from(list(Encoding)),
)
def test_any_positions_leave_a_text(
    text: str, positions: list[tuple[int, int, int, int]], encoding: Encoding
) -> None:
    raw = text.encode()
    changes = [ContentEdit((a, b), (c, d), "é\r") for a, b, c, d in positions]
    edited_text(raw, LineIndex(raw), changes, encoding).decode()


@given(st.text(alphabet=st.characters(categories=["Cs", "Ll"]), max_size=8))
def test_half_a_pair_keeps_its_width(text: str) -> None:
    held = encoded(text).decode()
    assert len(held.encode("utf-16-le")) == len(text.encode("utf-16-le", "surrogatepass"))


def test_two_halves_that_meet_are_one_character() -> None:
    assert encoded("\ud83d\udc69").decode() == "👩"


@pytest.mark.parametrize("encoding", list(Encoding))
def test_symbols_follow_the_edits_in_every_encoding(tmp_path: Path, encoding: Encoding) -> None:
    capabilities = {**FULL_CAPABILITIES, "general": {"positionEncodings": [encoding.value]}}
    width = {Encoding.UTF8: 4, Encoding.UTF16: 2, Encoding.UTF32: 1}[encoding]
    with LspClient() as client:
        client.initialize(tmp_path, capabilities=capabilities)
        uri = client.open(tmp_path / "a.py", "'👩'; x = 1\r\ndef f(): pass\r\n")
        # Behind the emoji: quote, the character, quote, semicolon, space.
        at = 1 + width + 1 + 1 + 1
        client.change(
            uri,
            2,
            replaced((0, at), (0, at + 1), "longer"),
            replaced((1, 4), (1, 5), "gé"),
        )
        found = {one["name"]: one["selectionRange"] for one in client.symbols(uri)}
        assert found["longer"]["start"] == {"line": 0, "character": at}
        assert found["longer"]["end"] == {"line": 0, "character": at + 6}
        end = {Encoding.UTF8: 7, Encoding.UTF16: 6, Encoding.UTF32: 6}[encoding]
        assert found["gé"]["end"] == {"line": 1, "character": end}


def test_a_change_of_the_whole_text(tmp_path: Path) -> None:
    with LspClient() as client:
        client.initialize(tmp_path)
        uri = client.open(tmp_path / "a.py", "def f(): pass\n")
        client.change(uri, 2, {"text": "def g(): pass\n"})
        assert [one["name"] for one in client.symbols(uri)] == ["g"]


def test_each_request_sees_the_text_of_its_moment(tmp_path: Path) -> None:
    with LspClient() as client:
        client.initialize(tmp_path)
        uri = client.open(tmp_path / "a.py", "def f0(): pass\n")
        asked = []
        for version in range(2, 30):
            client.change(uri, version, {"text": f"def f{version}(): pass\n"})
            asked.append(
                (
                    client.start_request(
                        "textDocument/documentSymbol", {"textDocument": {"uri": uri}}
                    ),
                    version,
                )
            )
        for number, version in asked:
            assert [one["name"] for one in client.response(number)] == [f"f{version}"]


def test_symbols_are_nested_and_flat_where_the_client_is_old(tmp_path: Path) -> None:
    text = "class A:\n    def f(self): pass\n"
    with LspClient() as client:
        client.initialize(tmp_path)
        uri = client.open(tmp_path / "a.py", text)
        (outer,) = client.symbols(uri)
        assert outer["name"] == "A"
        assert [one["name"] for one in outer["children"]] == ["f"]
    with LspClient() as client:
        client.initialize(tmp_path, capabilities={})
        uri = client.open(tmp_path / "a.py", text)
        found = client.symbols(uri)
        assert [(one["name"], one.get("containerName")) for one in found] == [
            ("A", None),
            ("f", "A"),
        ]


def test_documents_without_a_file_or_a_folder_are_served(tmp_path: Path) -> None:
    with LspClient() as client:
        client.initialize()
        item = {
            "uri": "untitled:Untitled-1",
            "languageId": "python",
            "version": 1,
            "text": "def f(): pass\n",
        }
        client.notify("textDocument/didOpen", {"textDocument": item})
        assert [one["name"] for one in client.symbols(item["uri"])] == ["f"]
        uri = client.open(tmp_path / "b.py", "def g(): pass\n")
        assert [one["name"] for one in client.symbols(uri)] == ["g"]


@pytest.mark.parametrize(
    "text",
    [
        "",
        "\0\0def f(): pass\n",
        "\ufeffdef f(): pass\n",
        "def f(:\n" * 50,
        "(" * 5_000 + ")" * 5_000,
        "class A:\n" + "".join("    " * n + f"class B{n}:\n" for n in range(1, 400)),
        "\ud800 = 1\n",
    ],
    ids=["empty", "nul", "bom", "errors", "nested", "deep", "surrogate"],
)
def test_no_text_breaks_the_outline(tmp_path: Path, text: str) -> None:
    with LspClient() as client:
        client.initialize(tmp_path)
        uri = client.open(tmp_path / "a.py", text)
        assert isinstance(client.symbols(uri), list)
        client.change(uri, 2, {"text": "def g(): pass\n"})
        assert [one["name"] for one in client.symbols(uri)] == ["g"]


def test_a_giant_buffer_is_left_alone(tmp_path: Path) -> None:
    with LspClient() as client:
        client.initialize(tmp_path)
        uri = client.open(tmp_path / "a.py", "x = 1\n" * 2_000_000)
        assert client.symbols(uri) == []
