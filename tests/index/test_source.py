"""Reading a file for the index: encodings, binary content, and what its key depends on."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from pairwright.index.source import NotSource, Source, facts_key, may_be_source, read_source
from pairwright_analyzers.languages import language


def read(folder: Path, content: bytes, name: str = "a.py") -> Source | NotSource:
    (folder / name).write_bytes(content)
    return read_source(folder, name)


@pytest.mark.parametrize(
    ("content", "text", "note"),
    [
        pytest.param(b"x = 1\r\ny = 2\r\n", "x = 1\r\ny = 2\r\n", "", id="crlf"),
        pytest.param("é = 1\n".encode(), "é = 1\n", "", id="utf-8"),
        pytest.param(b"\xef\xbb\xbfx = 1\n", "x = 1\n", "", id="bom"),
        pytest.param("x = 'é'\n".encode("utf-16"), "x = 'é'\n", "UTF-16", id="utf-16"),
        pytest.param(
            b"\xfe\xff" + "x = 1\n".encode("utf-16-be"), "x = 1\n", "UTF-16", id="utf-16-be"
        ),
        pytest.param("x = 1\n".encode("utf-32"), "x = 1\n", "UTF-32", id="utf-32"),
        pytest.param(b"x = '\x93\xe9\x94'\n", "x = '“é”'\n", "Windows-1252", id="cp1252"),
        pytest.param(b"x = '\x81'\n", "x = '\x81'\n", "Latin-1", id="latin-1"),
        pytest.param(b"", "", "", id="empty"),
    ],
)
def test_text(tmp_path: Path, content: bytes, text: str, note: str) -> None:
    found = read(tmp_path, content)
    assert isinstance(found, Source)
    assert found.text == text.encode()
    assert note in found.note
    assert bool(found.note) == bool(note)
    assert found.language.id == "python"


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        pytest.param(b"x = 1\0\n", "binary", id="nul"),
        pytest.param(bytes(range(1, 256)) * 40, "binary", id="no-text"),
        pytest.param(b"\xff\xfe\x00", "binary", id="half-utf-16"),
        pytest.param(b"x = '" + b"a" * 60_000 + b"'\n", "generated", id="one-line-giant"),
        pytest.param(b"x = 1\n" * 200_000, "larger", id="too-large"),
    ],
)
def test_what_is_no_text(tmp_path: Path, content: bytes, reason: str) -> None:
    found = read(tmp_path, content)
    assert isinstance(found, NotSource)
    assert reason in found.reason
    assert found.stamp is not None


def test_a_shebang_says_the_language(tmp_path: Path) -> None:
    found = read(tmp_path, b"#!/usr/bin/env python3\nx = 1\n", "tool")
    assert isinstance(found, Source)
    assert found.language.id == "python"
    unclaimed = read(tmp_path, b"All rights reserved.\n", "LICENSE")
    assert unclaimed == NotSource("LICENSE", unclaimed.stamp, "")


@pytest.mark.parametrize("place", ["missing.py", "folder.py", "a.py/b.py", "nul\0.py"])
def test_what_is_not_there(tmp_path: Path, place: str) -> None:
    (tmp_path / "folder.py").mkdir()
    (tmp_path / "a.py").write_text("")
    assert isinstance(read_source(tmp_path, place), NotSource)


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="no named pipes here")
def test_a_pipe_in_a_files_place_does_not_hold_the_reader(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "a.py")
    assert isinstance(read_source(tmp_path, "a.py"), NotSource)


def test_a_link_is_not_followed(tmp_path: Path) -> None:
    (tmp_path / "target.py").write_text("x = 1\n")
    (tmp_path / "a.py").symlink_to("target.py")
    assert isinstance(read_source(tmp_path, "a.py"), NotSource)


def test_the_key_is_of_the_text_and_the_language() -> None:
    python = language("python")
    assert facts_key(python, b"x") == facts_key(python, b"x")
    assert facts_key(python, b"x") != facts_key(python, b"y")
    others = [spec for spec in (language("ruby"),) if spec is not python]
    assert all(facts_key(spec, b"x") != facts_key(python, b"x") for spec in others)


def test_which_names_are_worth_opening() -> None:
    assert may_be_source("a.py")
    assert may_be_source("Makefile")
    assert not may_be_source("photo.jpeg")
