"""`pairwright pr`: the text of a pull request, printed."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path

import pytest

from support import forks


def git(root: Path, *arguments: str) -> None:
    subprocess.run(["git", *arguments], cwd=root, check=True, capture_output=True)


def pr(root: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    return forks.run_text(["pr", str(root), *arguments])


@pytest.fixture
def branch(tmp_path: Path) -> Path:
    git(tmp_path, "init", "-q", "-b", "main")
    (tmp_path / "a.py").write_text("def f():\n    return 1\n\n\ndef g():\n    return f()\n")
    git(tmp_path, "add", "--all")
    git(tmp_path, "commit", "-qm", "begin")
    git(tmp_path, "checkout", "-q", "-b", "more")
    (tmp_path / "a.py").write_text("def f():\n    return 2\n\n\ndef g():\n    return f()\n")
    git(tmp_path, "commit", "-qam", "f gives two\n\nOne was never enough for anybody.")
    return tmp_path


def test_text_for_people(branch: Path) -> None:
    done = pr(branch)
    assert done.returncode == 0, done.stderr
    assert done.stdout.startswith("# f gives two\n")
    assert "One was never enough for anybody." in done.stdout
    assert "| `f` | 1 in 1 file | 0 |" in done.stdout


def test_json_for_programs(branch: Path) -> None:
    value = json.loads(pr(branch, "--json").stdout)
    assert value["title"] == "f gives two"
    assert value["reach"][0]["symbol"] == "f"
    assert value["text"].startswith("# f gives two\n")


def test_nothing_to_describe(branch: Path) -> None:
    git(branch, "checkout", "-q", "main")
    done = pr(branch)
    assert done.returncode == 2
    assert "no commits of its own" in done.stderr
    assert "Traceback" not in done.stderr
