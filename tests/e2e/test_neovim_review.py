"""The main job in a real Neovim: change, save, see what breaks elsewhere, fix it, take it back."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from e2e.neovim import Neovim
from e2e.repository import (
    RICH_CALLING_FILES,
    RICH_FIXED_CALL,
    RICH_KEYWORD_ONLY,
    RICH_SIGNATURE,
    copied_package,
    rich_truncates,
)

pytestmark = [pytest.mark.e2e, pytest.mark.xdist_group("neovim")]

Start = Callable[..., Neovim]

APPLY = """
vim.lsp.buf.code_action({
  apply = true,
  filter = function(action) return vim.startswith(action.title, %r) end,
})
"""


@pytest.fixture
def rich(tmp_path: Path) -> Path:
    """The package `rich`, copied into a repository of its own and committed."""
    return copied_package("rich", tmp_path / "rich-repository") / "rich"


def change_signature(nvim: Neovim, rich: Path) -> int:
    """Open the file, change the signature, save, wait for the finding; its line."""
    nvim.edit(rich / "cells.py")
    assert nvim.findings() == []
    line = nvim.replace(RICH_SIGNATURE, RICH_KEYWORD_ONLY)
    nvim.command("write")
    finding = nvim.wait_for_finding("callers-not-updated")
    assert finding["file"] == str(rich / "cells.py")
    assert finding["line"] == line
    nvim.cursor(line, RICH_SIGNATURE.index("set_cell_size"))
    return line


def apply_action(nvim: Neovim, title: str) -> None:
    nvim.lua(APPLY % title)


def buffer_text(nvim: Neovim, path: Path) -> str:
    lines = nvim.lua(
        "return vim.api.nvim_buf_get_lines(vim.fn.bufadd(...), 0, -1, true)", str(path)
    )
    return "\n".join(lines) + "\n"


def modified_files(nvim: Neovim) -> set[str]:
    return set(
        nvim.lua(
            """
            return vim.iter(vim.fn.getbufinfo({ bufmodified = 1 })):map(function(buffer)
              return vim.fs.basename(buffer.name)
            end):totable()
            """
        )
    )


def test_a_changed_signature_is_reported_fixed_and_cleared(open_neovim: Start, rich: Path) -> None:
    nvim = open_neovim()
    change_signature(nvim, rich)
    (finding,) = [one for one in nvim.findings() if one["rule"] == "callers-not-updated"]
    assert {Path(file).name for file in finding["related"]} == set(RICH_CALLING_FILES)
    assert "TypeError" in rich_truncates(rich.parent).stderr

    apply_action(nvim, "Update ")
    nvim.wait("vim.fn.getbufinfo({ bufmodified = 1 })[3] ~= nil")
    assert modified_files(nvim) == set(RICH_CALLING_FILES)
    assert RICH_FIXED_CALL in buffer_text(nvim, rich / "text.py")

    nvim.command("wall")
    nvim.wait("#vim.diagnostic.get() == 0")
    assert rich_truncates(rich.parent).stdout == "a lon…\n"
    nvim.wait("require('pairwright').statusline() == 'pairwright: ok'")


def test_undo_takes_a_fix_back_exactly(open_neovim: Start, rich: Path) -> None:
    before = {name: (rich / name).read_text(encoding="utf-8") for name in RICH_CALLING_FILES}
    nvim = open_neovim()
    change_signature(nvim, rich)
    apply_action(nvim, "Update ")
    nvim.wait("vim.fn.getbufinfo({ bufmodified = 1 })[3] ~= nil")
    for name, text in before.items():
        assert buffer_text(nvim, rich / name) != text
        nvim.command(f"buffer {rich / name}")
        nvim.command("undo")
        assert buffer_text(nvim, rich / name) == text
        assert not nvim.lua("return vim.bo.modified")


def test_an_unsaved_caller_counts_as_it_stands_in_its_buffer(
    open_neovim: Start, rich: Path
) -> None:
    nvim = open_neovim()
    nvim.edit(rich / "segment.py")
    nvim.replace(
        "set_cell_size(text, length - line_length)",
        "set_cell_size(text, total=length - line_length)",
    )
    nvim.settle()
    change_signature(nvim, rich)
    (finding,) = [one for one in nvim.findings() if one["rule"] == "callers-not-updated"]
    assert {Path(file).name for file in finding["related"]} == {"rule.py", "text.py"}


def test_findings_and_their_places_fill_the_quickfix_list(open_neovim: Start, rich: Path) -> None:
    nvim = open_neovim()
    line = change_signature(nvim, rich)
    nvim.command("Pairwright findings")
    items = nvim.lua(
        """
        return vim.iter(vim.fn.getqflist()):map(function(item)
          return { vim.fs.basename(vim.api.nvim_buf_get_name(item.bufnr)), item.lnum, item.text }
        end):totable()
        """
    )
    assert items[0][:2] == ["cells.py", line]
    assert "[callers-not-updated]" in items[0][2]
    assert {item[0] for item in items[1:6]} == set(RICH_CALLING_FILES)
    assert nvim.lua("return vim.bo.buftype") == "quickfix"


def test_a_finding_is_suppressed_by_a_comment(open_neovim: Start, rich: Path) -> None:
    nvim = open_neovim()
    change_signature(nvim, rich)
    nvim.command("Pairwright review suppress")
    nvim.wait("vim.bo.modified")
    comment = "# pairwright: ignore[callers-not-updated]"
    assert any(comment in line for line in nvim.lines())
    nvim.command("write")
    nvim.wait("#vim.diagnostic.get() == 0")


def test_why_shows_the_page_of_the_rule(open_neovim: Start, rich: Path) -> None:
    nvim = open_neovim()
    change_signature(nvim, rich)
    nvim.command("Pairwright review why")
    nvim.wait("vim.startswith(vim.api.nvim_buf_get_name(0), 'pairwright:')")
    assert nvim.lua("return { vim.bo.buftype, vim.bo.filetype, vim.bo.bufhidden }") == [
        "nofile",
        "markdown",
        "wipe",
    ]
    assert "callers-not-updated" in "\n".join(nvim.lines())


def test_callers_open_beside_and_lead_to_their_places(open_neovim: Start, rich: Path) -> None:
    nvim = open_neovim()
    nvim.edit(rich / "cells.py")
    (line,) = [
        number for number, text in enumerate(nvim.lines(), 1) if text.startswith(RICH_SIGNATURE)
    ]
    nvim.cursor(line, RICH_SIGNATURE.index("set_cell_size"))
    nvim.command("Pairwright graph callers")
    nvim.wait("vim.startswith(vim.api.nvim_buf_get_name(0), 'pairwright:')")
    document = nvim.lines()
    written = nvim.lua("return vim.b.changedtick")
    nvim.keys("R")
    nvim.wait("vim.b.changedtick > argument", written)
    assert nvim.lines() == document
    places = [number for number, text in enumerate(document, 1) if "text.py:" in text]
    assert places, document
    second = document[places[0] - 1].rindex("rich/text.py:")
    nvim.cursor(places[0], second)
    nvim.keys("<CR>")
    assert nvim.lua("return vim.api.nvim_buf_get_name(0)") == str(rich / "text.py")
    place = document[places[0] - 1][second:]
    assert place == f"rich/text.py:{nvim.lua('return vim.fn.line(...)', '.')}"
    assert "set_cell_size" in nvim.lua("return vim.api.nvim_get_current_line()")

    nvim.command("wincmd p")
    nvim.keys("q")
    assert nvim.lua("return #vim.api.nvim_list_wins()") == 1
    assert not nvim.lua(
        "return vim.iter(vim.api.nvim_list_bufs()):any(function(buffer)"
        " return vim.startswith(vim.api.nvim_buf_get_name(buffer), 'pairwright:') end)"
    )


def test_a_running_index_build_can_be_cancelled(open_neovim: Start, rich: Path) -> None:
    for copy in range(12):
        shutil.copytree(rich, rich.parent / f"copy{copy}")
    nvim = open_neovim("require('pairwright').setup({ settings = { index = { workers = 1 } } })")
    nvim.edit(rich / "cells.py")
    nvim.lua(
        """
        vim.api.nvim_create_autocmd('LspProgress', {
          pattern = 'begin',
          once = true,
          callback = function() vim.cmd('Pairwright cancel') end,
        })
        """
    )
    nvim.command("Pairwright index rebuild")
    nvim.wait("require('pairwright').statusline() == 'pairwright: stale'")
    assert "pairwright: cancelling 1 task" in nvim.told()
    nvim.command("Pairwright index status")
    nvim.wait("_G.told[#_G.told]:find('rich%-repository: stale.*stopped')")

    nvim.command("Pairwright index rebuild")
    nvim.wait("_G.told[#_G.told]:find('rich%-repository: ready')")
