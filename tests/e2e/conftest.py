"""What the editor tests share: the editors, the server under test, and repositories to open."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from e2e import provision
from e2e.neovim import Neovim, environment_with
from e2e.repository import copied_package
from e2e.vscode import served


@pytest.fixture
def repository(tmp_path: Path) -> Path:
    """A git repository that holds the package `pathspec` as it was installed."""
    return copied_package("pathspec", tmp_path / "repository")


@pytest.fixture
def open_neovim(tmp_path: Path) -> Iterator[Callable[..., Neovim]]:
    """Starts a Neovim that finds the server under test on PATH; it ends with the test."""
    with ExitStack() as editors:

        def start(setup: str = "vim.lsp.enable('pairwright')", **environment: str) -> Neovim:
            found = environment_with(provision.server_executable())
            return editors.enter_context(
                Neovim(provision.neovim_executable(), tmp_path, found | environment, setup)
            )

        yield start


@pytest.fixture(scope="session")
def vscode() -> provision.VSCode:
    """A VS Code on this machine, and the extension packaged from the tree."""
    return provision.vscode()


@pytest.fixture(scope="session")
def vscode_address(
    vscode: provision.VSCode, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[str]:
    """One VS Code with the extension in it, for all tests: where a browser finds it."""
    profile = tmp_path_factory.mktemp("vscode") / "profile"
    with served(vscode, profile, provision.server_executable()) as address:
        yield address
