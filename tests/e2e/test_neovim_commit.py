"""`git commit` with a real Neovim as its editor: the message is drafted, mended and committed."""

from __future__ import annotations

import os
import shlex
import socket
import subprocess
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from e2e import provision
from e2e.neovim import INIT, PATIENCE_MS, PLUGIN, Neovim, environment_with
from support.histories import git, repository, written

pytestmark = [pytest.mark.e2e, pytest.mark.xdist_group("neovim")]

CART = "def total(items):\n    return sum(items)\n"
GUARDED = "def total(items):\n    if items is None:\n        return 0\n    return sum(items)\n"

Commit = Callable[..., tuple[subprocess.Popen[bytes], Neovim]]


@pytest.fixture
def shop(tmp_path: Path) -> Path:
    """A repository of conventional commits with a fix staged."""
    commits = [("feat: the shop", {"shop/cart.py": CART, "README.md": "# Shop\n"})]
    for number in range(8):
        commits += [
            (f"fix(cart): handle case {number}", {"shop/cart.py": f"{CART}# {number}\n"}),
            (f"docs: explain step {number}", {"README.md": f"# Shop {number}\n"}),
        ]
    root = repository(tmp_path / "shop", commits)
    written(root, {"shop/cart.py": GUARDED + "# 7\n"})
    return root


def listening(address: Path) -> bool:
    """Whether somebody answers there. The file alone is there a moment before."""
    with socket.socket(socket.AF_UNIX) as probe:
        try:
            probe.connect(str(address))
        except (FileNotFoundError, ConnectionRefusedError):
            return False
        return True


@pytest.fixture
def start_commit(tmp_path: Path, shop: Path) -> Iterator[Commit]:
    """Starts `git commit` in the shop; gives its process and the Neovim it has opened."""
    running: list[subprocess.Popen[bytes]] = []

    def start(*arguments: str) -> tuple[subprocess.Popen[bytes], Neovim]:
        address = tmp_path / "nvim.sock"
        init = tmp_path / "init.lua"
        setup = "vim.lsp.enable('pairwright')"
        init.write_text(INIT.format(plugin=repr(str(PLUGIN)), setup=setup), encoding="utf-8")
        editor = [str(provision.neovim_executable()), "--headless", "--clean", "-u", str(init)]
        environment = {
            **os.environ,
            **environment_with(provision.server_executable()),
            "GIT_EDITOR": shlex.join([*editor, "--listen", str(address)]),
        }
        process = subprocess.Popen(
            ["git", "commit", *arguments],
            cwd=shop,
            env=environment,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        running.append(process)
        until = time.monotonic() + PATIENCE_MS / 1000
        while not listening(address):
            assert process.poll() is None, "git has not opened the editor"
            assert time.monotonic() < until, "the editor never listened"
            os.sched_yield()
        return process, editors.enter_context(Neovim.attached(address))

    with ExitStack() as editors:
        yield start
    for process in running:
        if process.poll() is None:
            process.kill()
            process.wait()


def written_and_left(nvim: Neovim, process: subprocess.Popen[bytes]) -> int:
    """Write the message and leave the editor; git's exit code."""
    nvim.lua("vim.schedule(function() vim.cmd('wqall') end)")
    return process.wait(PATIENCE_MS / 1000)


def act(nvim: Neovim, title: str) -> None:
    """Apply the code action of this very title."""
    code = """
    local wanted = ...
    vim.lsp.buf.code_action({
      apply = true,
      filter = function(action) return action.title == wanted end,
    })
    """
    nvim.lua(code, title)


def test_a_code_action_fills_the_message(shop: Path, start_commit: Commit) -> None:
    process, nvim = start_commit()
    nvim.ready()
    assert nvim.lua("return vim.bo.filetype") == "gitcommit"
    act(nvim, "Draft the commit message")
    nvim.wait("vim.api.nvim_buf_get_lines(0, 0, 1, false)[1] ~= ''")
    lines = nvim.lines()
    assert lines[:2] == ["fix(cart): handle missing values in total", ""]
    assert any(line.startswith("# Please enter") for line in lines)
    assert written_and_left(nvim, process) == 0
    assert git(shop, "log", "-1", "--format=%B") == "fix(cart): handle missing values in total"
    assert git(shop, "status", "--short") == ""


def test_the_command_fills_it_too_and_breaches_are_mended(shop: Path, start_commit: Commit) -> None:
    process, nvim = start_commit("--verbose")
    nvim.ready()
    nvim.command("Pairwright commit draft")
    nvim.wait("vim.api.nvim_buf_get_lines(0, 0, 1, false)[1] ~= ''")
    nvim.replace("fix(cart): handle", "fox(cart): handle")
    nvim.wait_for_finding("commit-type-unknown")
    nvim.cursor(1)
    act(nvim, "Change the type to `fix`")
    nvim.wait("vim.startswith(vim.api.nvim_buf_get_lines(0, 0, 1, false)[1], 'fix(')")
    nvim.wait("#vim.diagnostic.get(0) == 0")
    assert written_and_left(nvim, process) == 0
    assert git(shop, "log", "-1", "--format=%s") == "fix(cart): handle missing values in total"


def test_another_wording_is_chosen_from_a_list(shop: Path, start_commit: Commit) -> None:
    process, nvim = start_commit()
    nvim.ready()
    nvim.lua("vim.ui.select = function(items, _, done) _G.offered = items; done(items[2], 2) end")
    nvim.command("Pairwright commit wording")
    nvim.wait("_G.offered and vim.api.nvim_buf_get_lines(0, 0, 1, false)[1] == _G.offered[2]")
    offered = nvim.lua("return _G.offered")
    assert offered[0] == "fix(cart): handle missing values in total"
    assert len(set(offered)) == len(offered)
    assert written_and_left(nvim, process) == 0
    assert git(shop, "log", "-1", "--format=%s") == offered[1]
