"""The command line where its streams, its folder or its locale are not what they should be."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

SOURCE = "def straße():\n    return 'weiß'\n"
SEARCH = (sys.executable, "-m", "pairwright", "search", "straße")

posix = pytest.mark.skipif(os.name != "posix", reason="needs a shell's redirections")


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """A folder that is no repository."""
    (tmp_path / "road.py").write_text(SOURCE, encoding="utf-8")
    return tmp_path


def in_shell(root: Path, redirection: str) -> subprocess.CompletedProcess[bytes]:
    return subprocess.run(
        ["sh", "-c", f'"$@" {redirection}', "sh", *SEARCH],
        cwd=root,
        capture_output=True,
        timeout=120,
        check=False,
    )


def test_what_a_locale_cannot_write_is_escaped(root: Path) -> None:
    legacy = {"LC_ALL": "C", "PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0"}
    done = subprocess.run(
        SEARCH,
        cwd=root,
        env={**os.environ, **legacy, "PYTHONIOENCODING": "ascii"},
        capture_output=True,
        timeout=120,
        check=False,
    )
    assert (done.returncode, done.stderr) == (0, b"")
    assert b"def stra\\xdfe():" in done.stdout


@posix
def test_a_stream_that_is_closed_is_not_missed(root: Path) -> None:
    without_errors = in_shell(root, "2>&-")
    assert without_errors.returncode == 0
    assert without_errors.stdout.startswith(b"road.py:1 ")
    without_output = in_shell(root, ">&-")
    assert (without_output.returncode, without_output.stderr) == (0, b"")


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="needs a device that is always full")
def test_output_that_cannot_be_written_is_said_in_a_sentence(root: Path) -> None:
    done = in_shell(root, ">/dev/full")
    assert done.returncode == 2
    assert done.stderr == b"pairwright: The output cannot be written: No space left on device.\n"


@posix
def test_a_warning_is_a_message_like_any_other(root: Path) -> None:
    done = subprocess.run(
        SEARCH,
        cwd=root,
        env={**os.environ, "XDG_CACHE_HOME": "/dev/null"},
        capture_output=True,
        timeout=120,
        check=False,
    )
    assert done.returncode == 0
    lines = done.stderr.splitlines()
    assert lines and all(line.startswith(b"pairwright: ") for line in lines)


@posix
def test_a_folder_that_is_gone_is_said_in_a_sentence(tmp_path: Path) -> None:
    done = subprocess.run(
        ["sh", "-c", 'rmdir "$PWD" && "$@"', "sh", *SEARCH],
        cwd=tmp_path,
        capture_output=True,
        timeout=120,
        check=False,
    )
    assert done.returncode == 2
    assert done.stderr.startswith(b"pairwright: The folder that this was started in is gone.")
    assert b"Traceback" not in done.stderr
