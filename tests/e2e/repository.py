"""Real repositories to open in an editor: installed packages, copied and committed.

Owns the one change the editors' tests make to rich. Must not know of any editor.
"""

from __future__ import annotations

import importlib.util
import os
import shutil
import subprocess
import sys
from pathlib import Path

RICH_SIGNATURE = "def set_cell_size(text: str, total: int,"
RICH_KEYWORD_ONLY = "def set_cell_size(text: str, *, total: int,"
"""`total` by keyword only: five calls in three other files of rich pass it by position."""
RICH_CALLING_FILES = ("rule.py", "segment.py", "text.py")
RICH_FIXED_CALL = "set_cell_size(self.plain, total=max_width)"


def copied_package(name: str, folder: Path) -> Path:
    """Copy the installed package `name` into a new git repository at `folder`, and commit it."""
    spec = importlib.util.find_spec(name)
    assert spec is not None and spec.origin is not None
    source = Path(spec.origin).parent
    shutil.copytree(source, folder / name, ignore=shutil.ignore_patterns("__pycache__", "*.so"))
    for arguments in (
        ("init", "--quiet"),
        ("add", "--all"),
        ("commit", "--quiet", "--message", f"feat: {name} as it was installed"),
    ):
        subprocess.run(["git", *arguments], cwd=folder, check=True)
    return folder


def rich_truncates(repository: Path) -> subprocess.CompletedProcess[str]:
    """Run code of the copied rich that goes through the changed function."""
    code = (
        "from rich.text import Text; text = Text('a long line');"
        "text.truncate(6, overflow='ellipsis'); print(text.plain)"
    )
    return subprocess.run(
        [sys.executable, "-c", code],
        env={**os.environ, "PYTHONPATH": str(repository), "PYTHONIOENCODING": "utf-8"},
        capture_output=True,
        text=True,
        check=False,
    )
