"""Repositories with a history, made by one run of git.

Owns the stream that `git fast-import` reads. It must not import the product.
"""

from __future__ import annotations

import subprocess
from collections.abc import Mapping, Sequence
from pathlib import Path

ANN = "Ann Example <ann@example.com>"


def git(folder: Path, *arguments: str, ok: tuple[int, ...] = (0,)) -> str:
    """Run git; what it printed. Fails on another exit code than `ok`."""
    done = subprocess.run(["git", *arguments], cwd=folder, check=False, capture_output=True)
    assert done.returncode in ok, done.stderr.decode("utf-8", "replace")
    return done.stdout.decode("utf-8", "replace").strip()


def repository(
    folder: Path,
    commits: Sequence[tuple[str, Mapping[str, str]]],
    *,
    author: str = ANN,
    branch: str = "main",
) -> Path:
    """A repository at `folder` with commits of (message, files), checked out; Ann is its user."""
    folder.mkdir(parents=True, exist_ok=True)
    git(folder, "init", "--quiet", f"--initial-branch={branch}")
    git(folder, "config", "user.name", "Ann Example")
    git(folder, "config", "user.email", "ann@example.com")
    stream: list[bytes] = []
    for number, (message, files) in enumerate(commits):
        stream.append(f"commit refs/heads/{branch}\n".encode())
        stream.append(f"committer {author} {1_700_000_000 + number} +0000\n".encode())
        stream.append(_data(message))
        stream += [f"M 644 inline {path}\n".encode() + _data(text) for path, text in files.items()]
    subprocess.run(
        ["git", "fast-import", "--quiet"], cwd=folder, check=True, input=b"".join(stream)
    )
    if commits:
        git(folder, "reset", "--quiet", "--hard", branch)
    return folder


def _data(text: str) -> bytes:
    content = text.encode()
    return b"data %d\n%s\n" % (len(content), content)


def written(folder: Path, files: Mapping[str, str | None]) -> None:
    """Write files, or take them away, and stage all that changed."""
    for name, text in files.items():
        place = folder / name
        if text is None:
            place.unlink()
        else:
            place.parent.mkdir(parents=True, exist_ok=True)
            place.write_text(text, encoding="utf-8")
    git(folder, "add", "--all")
