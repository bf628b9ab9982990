"""What the Neovim plugin does by itself: find and revive the server, complete, say how it is."""

from __future__ import annotations

import os
import signal
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from e2e import provision
from e2e.neovim import PLUGIN, Neovim

pytestmark = [pytest.mark.e2e, pytest.mark.xdist_group("neovim")]

Start = Callable[..., Neovim]

SERVER_PROCESS = """
local client = vim.lsp.get_clients({ name = 'pairwright' })[1]
for _, process in ipairs(vim.api.nvim_get_proc_children(vim.fn.getpid())) do
  local command = io.open(('/proc/%d/cmdline'):format(process)):read('*a')
  if client and command:find('pairwright') then
    return process
  end
end
"""


def completions(nvim: Neovim, line: str) -> list[str]:
    return list(nvim.lua("return vim.fn.getcompletion(..., 'cmdline')", line))


def test_completion_offers_the_commands_of_the_registry(open_neovim: Start) -> None:
    nvim = open_neovim()
    registry = nvim.lua("return require('pairwright.registry')")
    areas = {command["area"] for command in registry}
    assert set(completions(nvim, "Pairwright ")) == areas | {
        "base",
        "cancel",
        "findings",
        "refactor",
        "related",
        "restart",
        "search",
    }
    for area in areas:
        verbs = {command["verb"] for command in registry if command["area"] == area} - {""}
        verbs |= {"wording"} if area == "commit" else set()  # the plugin's own
        assert set(completions(nvim, f"Pairwright {area} ")) == verbs
    assert completions(nvim, "Pairwright rev") == ["review"]
    assert completions(nvim, "Pairwright review w") == ["why", "workspace"]


def test_an_unknown_command_names_the_known_ones(open_neovim: Start) -> None:
    nvim = open_neovim()
    nvim.command("Pairwright review nothing")
    (message,) = nvim.told()
    assert '"review nothing"' in message
    assert "workspace" in message


def test_without_a_server_one_message_says_where_it_was_looked_for(
    open_neovim: Start, repository: Path
) -> None:
    nvim = open_neovim(PATH="/nowhere")
    nvim.command(f"edit {repository}/pathspec/util.py")
    nvim.command(f"edit {repository}/pathspec/pattern.py")
    assert nvim.lua("return #vim.lsp.get_clients()") == 0
    assert {message for message in nvim.told() if "PATH" in message}
    nvim.command("Pairwright status")
    assert "checkhealth" in nvim.told()[-1]


@pytest.mark.parametrize(
    ("environments", "origin"),
    [
        (("active", ".venv", "venv"), "active virtual environment"),
        ((".venv", "venv"), "the workspace's .venv"),
        (("venv",), "the workspace's venv"),
        ((), "PATH"),
    ],
)
def test_the_nearest_server_is_found(
    open_neovim: Start, repository: Path, environments: tuple[str, ...], origin: str
) -> None:
    installed = provision.server_executable()
    for environment in environments:
        scripts = repository / environment / "bin"
        scripts.mkdir(parents=True)
        (scripts / "pairwright").symlink_to(installed)
    nvim = open_neovim(VIRTUAL_ENV=str(repository / "active"))
    found = nvim.lua("return require('pairwright.server').find(...)", str(repository))
    assert found["origin"] == origin
    assert found["cmd"][1] == "serve"
    assert Path(found["cmd"][0]).resolve() == installed.resolve()


def test_an_option_that_names_nothing_is_said(open_neovim: Start, repository: Path) -> None:
    nvim = open_neovim("require('pairwright').setup({ cmd = { '/nowhere/pairwright', 'serve' } })")
    nvim.command(f"edit {repository}/pathspec/util.py")
    assert any("/nowhere/pairwright" in message for message in nvim.told())


def test_a_wrong_option_is_refused_by_name(open_neovim: Start) -> None:
    nvim = open_neovim("")
    refused = nvim.lua("return { pcall(require('pairwright').setup, { filetype = {} }) }")
    assert refused[0] is False
    assert '"filetype"' in refused[1] and "filetypes" in refused[1]


def test_a_dead_server_is_started_again_once(open_neovim: Start, repository: Path) -> None:
    nvim = open_neovim()
    nvim.edit(repository / "pathspec" / "util.py")
    first = nvim.lua("return vim.lsp.get_clients({ name = 'pairwright' })[1].id")

    os.kill(nvim.lua(SERVER_PROCESS), signal.SIGKILL)
    second = nvim.wait(
        """(function()
          local client = vim.lsp.get_clients({ bufnr = 0, name = 'pairwright' })[1]
          return client and client.initialized and client.id ~= argument and client.id
        end)()""",
        first,
    )
    os.kill(nvim.lua(SERVER_PROCESS), signal.SIGKILL)
    nvim.wait("vim.iter(_G.told):any(function(message) return message:find('stays down') end)")
    assert any("lsp.log" in message for message in nvim.told())

    nvim.command("Pairwright restart")
    nvim.wait(
        "#vim.lsp.get_clients({ bufnr = 0, name = 'pairwright' }) == 1"
        " and vim.lsp.get_clients({ name = 'pairwright' })[1].id ~= argument",
        second,
    )


def test_restart_replaces_the_server(open_neovim: Start, repository: Path) -> None:
    nvim = open_neovim()
    nvim.edit(repository / "pathspec" / "util.py")
    first = nvim.lua("return vim.lsp.get_clients({ name = 'pairwright' })[1].id")
    nvim.command("Pairwright restart")
    nvim.wait(
        """(function()
          local clients = vim.lsp.get_clients({ bufnr = 0, name = 'pairwright' })
          return #clients == 1 and clients[1].initialized and clients[1].id ~= argument
        end)()""",
        first,
    )
    nvim.ready()
    assert not any("died" in message or "exit code" in message for message in nvim.told())


def test_health_says_which_server_runs(open_neovim: Start, repository: Path) -> None:
    nvim = open_neovim()
    nvim.edit(repository / "pathspec" / "util.py")
    nvim.command("checkhealth pairwright")
    report = "\n".join(nvim.lines())
    assert str(provision.server_executable()) in report
    assert str(repository) in report
    assert "health: ok" in report
    assert "ERROR" not in report and "WARNING" not in report


def test_the_status_line_counts_and_is_empty_elsewhere(
    open_neovim: Start, repository: Path
) -> None:
    nvim = open_neovim()
    assert nvim.lua("return require('pairwright').statusline()") == ""
    nvim.edit(repository / "pathspec" / "util.py")
    assert nvim.lua("return require('pairwright').statusline()") == "pairwright: ok"


BY_SETUP = "require('pairwright').setup({ settings = { review = { max_findings = 'many' } } })"
BY_CONFIG = """
vim.lsp.config('pairwright', { settings = { pairwright = { review = { max_findings = 'many' } } } })
vim.lsp.enable('pairwright')
"""


@pytest.mark.parametrize("setup", [BY_SETUP, BY_CONFIG], ids=["setup", "vim.lsp.config"])
def test_settings_reach_the_server_which_names_a_wrong_one(
    open_neovim: Start, repository: Path, setup: str
) -> None:
    nvim = open_neovim(setup)
    nvim.edit(repository / "pathspec" / "util.py")
    nvim.wait("require('pairwright').statusline() == 'pairwright: warning'")
    nvim.command("checkhealth pairwright")
    (warning,) = [line for line in nvim.lines() if "WARNING" in line and "max_findings" in line]
    assert "many" in warning


def test_every_command_and_option_is_in_the_help(open_neovim: Start, tmp_path: Path) -> None:
    help_text = (PLUGIN / "doc" / "pairwright.txt").read_text(encoding="utf-8")
    nvim = open_neovim()
    for command in nvim.lua("return require('pairwright.registry')"):
        words = " ".join(filter(None, (command["area"], command["verb"])))
        assert f":Pairwright {words}" in help_text
    for option in nvim.lua("return vim.tbl_keys(require('pairwright.config').options)"):
        assert f"  {option} " in help_text
    copied = tmp_path / "doc"
    copied.mkdir()
    (copied / "pairwright.txt").write_text(help_text, encoding="utf-8")
    done = subprocess.run(
        [provision.neovim_executable(), "--clean", "--headless", "+helptags doc", "+qall"],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=True,
    )
    assert done.stderr == ""
    assert ":Pairwright\t" in (copied / "tags").read_text(encoding="utf-8")
