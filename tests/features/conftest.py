"""A workspace folder on disk, in a real git repository, with a `Context` over it."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from types import MappingProxyType
from typing import Any

import pytest

from pairwright.features.context import Context
from pairwright.git.repo import Repositories
from pairwright.index.status import IndexState, IndexStatus
from pairwright.session import Document
from pairwright.settings import Layer, LayerKind, Settings, resolve_settings
from pairwright_analyzers.graph import CodeGraph
from support.workspace import MemoryWorkspace


def git(folder: Path, *arguments: str) -> str:
    """Run git, which must succeed."""
    done = subprocess.run(
        ["git", *arguments], cwd=folder, check=True, capture_output=True, timeout=60
    )
    return os.fsdecode(done.stdout).strip()


class Silent:
    """Progress that nobody watches; keeps what was reported."""

    def __init__(self) -> None:
        self.reports: list[tuple[str, int | None, int | None]] = []

    def report(self, message: str, done: int | None = None, total: int | None = None) -> None:
        self.reports.append((message, done, total))


@dataclass
class Project:
    """A workspace folder. Files are written to disk; `context` reads it anew each time."""

    root: Path
    repositories: Repositories
    settings: dict[str, Any] = field(default_factory=dict)
    reported: list[tuple[str, Exception]] = field(default_factory=list)

    def put(self, files: Mapping[str, str | bytes]) -> None:
        """Files by path."""
        for name, text in files.items():
            path = self.root / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(text.encode() if isinstance(text, str) else text)

    def commit(self, files: Mapping[str, str | bytes] | None = None) -> str:
        """Commit everything that is on disk."""
        self.put(files or {})
        git(self.root, "add", "--all")
        git(self.root, "commit", "--quiet", "--allow-empty", "--message", "change")
        return git(self.root, "rev-parse", "HEAD")

    def context(self, open_texts: Mapping[str, bytes] | None = None) -> Context:
        """The folder as it is on disk, with documents open on top."""
        texts: dict[str, bytes | str] = {
            path.relative_to(self.root).as_posix(): path.read_bytes()
            for path in self.root.rglob("*")
            if path.is_file() and ".git" not in path.relative_to(self.root).parts
        }
        texts.update(open_texts or {})
        documents = {
            name: Document(
                (self.root / name).as_uri(), self.root / name, self.root, name, "python", 1, text
            )
            for name, text in (open_texts or {}).items()
        }
        repo = self.repositories.of(self.root / "any")
        status = IndexStatus(str(self.root), IndexState.READY)
        return Context(
            self.root,
            CodeGraph(MemoryWorkspace(texts)),
            self.resolved(),
            repo,
            MappingProxyType(documents),
            status,
            lambda: None,
            Silent(),
            lambda what, error: self.reported.append((what, error)),
        )

    def resolved(self) -> Settings:
        """The settings, those that a test chose on top."""
        resolved = resolve_settings([Layer(LayerKind.EDITOR, self.settings)])
        assert not resolved.problems
        return resolved.settings


@pytest.fixture
def repositories() -> Iterator[Repositories]:
    """Opens repositories and closes them after the test."""
    opened = Repositories()
    yield opened
    opened.close()


@pytest.fixture
def folder(tmp_path: Path, repositories: Repositories) -> Project:
    """A workspace folder outside of any repository."""
    root = tmp_path / "project"
    root.mkdir()
    return Project(root, repositories)


@pytest.fixture
def project(folder: Project) -> Project:
    """A workspace folder that is a repository without a commit."""
    git(folder.root, "init", "--quiet")
    return folder
