"""The main job in a real VS Code: open, edit, save, finding in Problems, quick fix, all clear.

Pictures of each step are kept in the test's temporary folder.
"""

from __future__ import annotations

from pathlib import Path

import pytest

from e2e import provision
from e2e.repository import (
    RICH_CALLING_FILES,
    RICH_FIXED_CALL,
    RICH_KEYWORD_ONLY,
    RICH_SIGNATURE,
    copied_package,
    rich_truncates,
)
from e2e.vscode import drive

pytestmark = [pytest.mark.e2e, pytest.mark.xdist_group("vscode")]

AREA = "def area(width, height):\n    print(2 + width * height)\n    return width * height\n"
PALETTE = "Pairwright: Refactor"
EXTRACTION = {
    "file": "area.py",
    "line": 2,
    "from": 15,
    "to": 29,
    "by": "menu",
    "title": "Extract variable",
    "name": "size",
    "result": "NAME = width * height",
    "asked": False,
}


def test_a_changed_signature_is_found_and_fixed(
    vscode: provision.VSCode, vscode_address: str, tmp_path: Path
) -> None:
    repository = copied_package("rich", tmp_path / "rich-repository")
    (repository / "area.py").write_text(AREA)
    (repository / "crlf.py").write_text(AREA, newline="\r\n")
    column = RICH_KEYWORD_ONLY.index("*, ") + 1
    lines = (repository / "rich" / "cells.py").read_text(encoding="utf-8").splitlines()
    (line,) = [number for number, text in enumerate(lines, 1) if text.startswith(RICH_SIGNATURE)]
    plan = {
        "name": "review",
        "url": f"{vscode_address}/?folder={repository}",
        "file": "rich/cells.py",
        "typed": {"line": line, "column": column, "text": "*, "},
        "symbol": {"line": line, "column": len("def s")},
        "rule": "callers-not-updated",
        "fix": "Update ",
        "command": "Pairwright: Show Callers",
        "document": "set_cell_size",
        "search": {
            "query": "crop or pad a string to a number of terminal cells",
            "hit": "set_cell_size",
            "file": "rich/cells.py",
        },
        "refactorings": [
            EXTRACTION,
            EXTRACTION | {"line": 4, "from": 12, "to": 26, "name": "again", "by": PALETTE},
            EXTRACTION | {"file": "crlf.py", "asked": True},
        ],
    }
    seen = drive(vscode, [plan], tmp_path)["review"]
    assert "error" not in seen, seen["error"]
    assert "5 calls of 'set_cell_size'" in seen["problem"]
    assert [action for action in seen["actions"] if action.startswith("Update ")]
    assert set(seen["related"]) == set(RICH_CALLING_FILES)
    assert seen["cleared"]
    assert "rich/text.py:" in seen["callers"] and "file://" not in seen["callers"]
    assert any("rich/cells.py:" in hit for hit in seen["hits"])
    assert RICH_FIXED_CALL in (repository / "rich" / "text.py").read_text(encoding="utf-8")
    assert rich_truncates(repository).stdout == "a lon…\n"
    # The name as a placeholder, twice; then by a rename, as snippets know no line ends.
    extracted = "    size = width * height\n    print(2 + size)\n"
    assert (repository / "area.py").read_text() == (
        f"def area(width, height):\n{extracted}    again = width * height\n    return again\n"
    )
    assert (repository / "crlf.py").read_bytes().decode() == (
        f"def area(width, height):\n{extracted}    return width * height\n".replace("\n", "\r\n")
    )
