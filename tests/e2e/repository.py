"""Real repositories to open in an editor: installed packages, copied and committed.

Must not know of any editor.
"""

from __future__ import annotations

import importlib.util
import shutil
import subprocess
from pathlib import Path


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
