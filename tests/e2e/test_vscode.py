"""The main job in a real VS Code: open, edit, save, finding in Problems, quick fix, all clear.

Pictures of each step are kept in the test's temporary folder.
"""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from e2e import provision
from e2e.repository import copied_package
from e2e.vscode import drive, served

pytestmark = [pytest.mark.e2e, pytest.mark.xdist_group("vscode")]

SIGNATURE = "def set_cell_size(text: str, "


def test_a_changed_signature_is_found_and_fixed(vscode: provision.VSCode, tmp_path: Path) -> None:
    repository = copied_package("rich", tmp_path / "rich-repository")
    lines = (repository / "rich" / "cells.py").read_text(encoding="utf-8").splitlines()
    (line,) = [number for number, text in enumerate(lines, 1) if text.startswith(SIGNATURE)]
    with served(vscode, tmp_path / "profile", provision.server_executable()) as address:
        seen = drive(
            vscode,
            {
                "url": f"{address}/?folder={repository}",
                "file": "rich/cells.py",
                # `total` by keyword only: calls in three other files pass it by position.
                "typed": {"line": line, "column": len(SIGNATURE) + 1, "text": "*, "},
                "symbol": {"line": line, "column": len("def s")},
                "rule": "callers-not-updated",
                "fix": "Update ",
                "command": "Pairwright: Show Callers",
                "document": "set_cell_size",
            },
            tmp_path,
        )
    assert "5 calls of 'set_cell_size'" in seen["problem"]
    assert [action for action in seen["actions"] if action.startswith("Update ")]
    assert {"rule.py", "segment.py", "text.py"} <= set(seen["related"])
    assert seen["cleared"]
    assert "rich/text.py:" in seen["callers"] and "file://" not in seen["callers"]
    text = (repository / "rich" / "text.py").read_text(encoding="utf-8")
    assert "set_cell_size(self.plain, total=max_width)" in text
    works = subprocess.run(
        [sys.executable, "-c", "from rich.cells import set_cell_size; import rich.rule"],
        env={**os.environ, "PYTHONPATH": str(repository)},
        check=False,
    )
    assert works.returncode == 0
