"""Drives a real Neovim over its own RPC, with the plugin as a person would set it up.

Waiting is done inside Neovim, whose event loop runs meanwhile; `PATIENCE_MS` only bounds a failure.
It must not know what the tests check.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pynvim

REPOSITORY = Path(__file__).resolve().parents[2]
PLUGIN = REPOSITORY / "editors" / "neovim"
PATIENCE_MS = 300_000

INIT = """
vim.opt.runtimepath:prepend({plugin})
vim.o.swapfile = false
vim.o.columns, vim.o.lines = 120, 40
{setup}
-- What a person is told, for the tests to read.
_G.told = {{}}
vim.notify = function(message)
  table.insert(_G.told, message)
end
vim.notify_once = vim.notify
"""


BRIDGE = """
import os, socket, sys, threading
wire = socket.socket(socket.AF_UNIX)
wire.connect(sys.argv[1])
def send():
    while piece := os.read(0, 65536):
        wire.sendall(piece)
    os._exit(0)
threading.Thread(target=send, daemon=True).start()
while piece := wire.recv(65536):
    os.write(1, piece)
"""
"""A program that passes on what stands between its own pipes and a socket."""


class Neovim:
    """One editor process. Use as a context manager; leaving ends it."""

    def __init__(
        self,
        executable: Path,
        folder: Path,
        environment: Mapping[str, str],
        setup: str = "vim.lsp.enable('pairwright')",
    ) -> None:
        init = folder / "init.lua"
        init.write_text(INIT.format(plugin=repr(str(PLUGIN)), setup=setup), encoding="utf-8")
        self._nvim = pynvim.attach(
            "child",
            argv=[
                "/usr/bin/env",
                *(f"{name}={value}" for name, value in environment.items()),
                str(executable),
                *("--embed", "--headless", "--clean", "-u", str(init)),
            ],
        )

    @classmethod
    def attached(cls, address: Path) -> Neovim:
        """An editor that somebody else started with `--listen`. Leaving ends it too."""
        found = cls.__new__(cls)
        # Not as a socket: pynvim leaves its transport open, which is a warning, and so an error.
        found._nvim = pynvim.attach("child", argv=[sys.executable, "-c", BRIDGE, str(address)])
        return found

    def __enter__(self) -> Neovim:
        return self

    def __exit__(self, *_: object) -> None:
        try:
            self.lua("for _, client in ipairs(vim.lsp.get_clients()) do client:stop(true) end")
            self._nvim.command("qall!")
        except (OSError, EOFError):
            pass  # it is gone before it can answer, which is what was asked of it
        finally:
            self._nvim.close()

    def lua(self, code: str, *arguments: object) -> Any:
        """The value that `code` returns; `...` are the arguments."""
        return self._nvim.exec_lua(code, *arguments)

    def command(self, command: str) -> None:
        """Run an Ex command; its error is raised."""
        self._nvim.command(command)

    def keys(self, keys: str) -> None:
        """Type, mappings included; `<CR>` and the like are keys."""
        self.lua("vim.api.nvim_feedkeys(vim.keycode(...), 'xt', true)", keys)

    def wait(self, condition: str, argument: object = None) -> Any:
        """Wait until the Lua expression `condition`, which may use `argument`, holds; its value."""
        value = self.lua(
            f"""
            local patience, argument = ...
            local value
            vim.wait(patience, function()
              value = {condition}
              return value
            end, 10)
            return value
            """,
            PATIENCE_MS,
            argument,
        )
        assert value, f"never came to be: {condition}\n{self.state()}"
        return value

    def state(self) -> str:
        """What a failed wait shows."""
        return str(
            self.lua(
                """
                local lines = { 'told: ' .. vim.inspect(_G.told) }
                local ok, status = pcall(function() return require('pairwright').statusline() end)
                table.insert(lines, 'statusline: ' .. tostring(status))
                for _, found in ipairs(vim.diagnostic.get()) do
                  local file = vim.api.nvim_buf_get_name(found.bufnr)
                  table.insert(lines, ('%s:%d %s'):format(file, found.lnum + 1, found.message))
                end
                vim.list_extend(lines, vim.api.nvim_buf_get_lines(0, 0, 15, false))
                local log = vim.fn.readfile(vim.lsp.log.get_filename())
                vim.list_extend(lines, vim.list_slice(log, #log - 15))
                return table.concat(lines, '\\n')
                """
            )
        )

    def edit(self, path: Path) -> None:
        """Open a file and wait until the server has read the workspace."""
        self.command(f"edit {path}")
        self.ready()

    def ready(self) -> None:
        """Wait until the server attached here has said that its index is at rest."""
        self.wait(
            """(function()
              local client = vim.lsp.get_clients({ bufnr = 0, name = 'pairwright' })[1]
              local status = client and require('pairwright.statusline').last(client.id)
              return status and status.quiescent
            end)()"""
        )

    def settle(self) -> None:
        """Have the server know this buffer: a question about it sends what was typed first."""
        self.lua(
            """
            local document = vim.lsp.util.make_text_document_params()
            local symbols = 'textDocument/documentSymbol'
            assert(vim.lsp.buf_request_sync(0, symbols, { textDocument = document }, ...))
            """,
            PATIENCE_MS,
        )

    def lines(self) -> list[str]:
        """The current buffer's text."""
        return list(self._nvim.current.buffer[:])

    def cursor(self, line: int, column: int = 0) -> None:
        """Put the cursor on a line from 1, a column in bytes from 0."""
        self._nvim.current.window.cursor = (line, column)

    def replace(self, old: str, new: str) -> int:
        """Replace the only occurrence of `old` (within one line) in the buffer; its line from 1."""
        lines = self.lines()
        (index,) = [number for number, line in enumerate(lines) if old in line]
        self._nvim.current.buffer[index] = lines[index].replace(old, new)
        return index + 1

    def findings(self) -> list[dict[str, Any]]:
        """Our diagnostics of every buffer: file, line (from 1), rule, message, related files."""
        found = self.lua(
            """
            local found = {}
            for _, diagnostic in ipairs(vim.diagnostic.get()) do
              if diagnostic.source == 'pairwright' then
                local related = vim.tbl_get(diagnostic, 'user_data', 'lsp', 'relatedInformation')
                local places = {}
                for _, place in ipairs(type(related) == 'table' and related or {}) do
                  table.insert(places, vim.uri_to_fname(place.location.uri))
                end
                table.insert(found, {
                  file = vim.api.nvim_buf_get_name(diagnostic.bufnr),
                  line = diagnostic.lnum + 1,
                  rule = diagnostic.code,
                  message = diagnostic.message,
                  related = places,
                })
              end
            end
            return found
            """
        )
        return list(found)

    def wait_for_finding(self, rule: str) -> dict[str, Any]:
        """Wait until a finding of `rule` is shown, and return it."""
        self.wait(
            """vim.iter(vim.diagnostic.get()):any(function(diagnostic)
              return diagnostic.source == 'pairwright' and diagnostic.code == argument
            end)""",
            rule,
        )
        return next(finding for finding in self.findings() if finding["rule"] == rule)

    def told(self) -> list[str]:
        """Every message shown so far."""
        return list(self.lua("return _G.told"))


def environment_with(server: Path) -> dict[str, str]:
    """An environment in which the plugin finds `server` first on PATH, and no other."""
    path = os.pathsep.join([str(server.parent), os.environ["PATH"]])
    return {"PATH": path, "VIRTUAL_ENV": ""}
