"""Search in a real Neovim: into the quickfix list, or into the picker that is installed."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from e2e.neovim import Neovim

pytestmark = [pytest.mark.e2e, pytest.mark.xdist_group("neovim")]

Start = Callable[..., Neovim]

# What a picker is asked to show, in place of its window.
SNACKS = """
package.preload['snacks'] = function()
  return { picker = { pick = function(options) _G.picked = options end } }
end
require('pairwright').setup({ search_limit = 5 })
"""


def searched(nvim: Neovim, command: str, title: str) -> list[dict[str, object]]:
    """Run a command; the quickfix list that it opens under a title."""
    nvim.command(command)
    nvim.wait("vim.fn.getqflist({ title = 1 }).title == argument", title)
    return list(
        nvim.lua(
            """
            return vim.tbl_map(function(item)
              local file = vim.api.nvim_buf_get_name(item.bufnr)
              return { file = file, line = item.lnum, text = item.text }
            end, vim.fn.getqflist())
            """
        )
    )


def test_hits_go_into_the_quickfix_list(open_neovim: Start, repository: Path) -> None:
    nvim = open_neovim()
    file = repository / "pathspec" / "util.py"
    nvim.edit(file)
    window = nvim.lua("return vim.api.nvim_get_current_win()")
    query = "normalize a file path to use posix separators"
    hits = searched(nvim, f"Pairwright search {query}", f"Pairwright search: {query}")
    assert nvim.lua("return vim.bo.buftype") == "quickfix"
    assert hits[0]["file"] == str(file)
    (hit, *_) = [one for one in hits if "normalize_file" in str(one["text"])]
    assert "def normalize_file(" in str(hit["text"])
    nvim.command("cc " + str(hits.index(hit) + 1))
    assert nvim.lua("return vim.api.nvim_buf_get_name(0)") == str(file)
    assert nvim.lua("return vim.api.nvim_win_get_cursor(0)[1]") == hit["line"]

    # A pasted text is no title.
    long = "normalize a file path " * 40
    searched(nvim, f"Pairwright search {long}", f"Pairwright search: {long[:79]}…")

    # What is typed and not saved is found, and what the cursor is in has its like.
    nvim.lua("vim.api.nvim_set_current_win(...)", window)
    nvim.command("edit " + str(file))
    typed = ["", "", "def quench_lantern(oil):", "    return oil  # no light in the tower"]
    nvim.lua("vim.api.nvim_buf_set_lines(0, -1, -1, false, ...)", typed)
    nvim.settle()
    found = searched(nvim, "Pairwright search /quench_\\w+/", "Pairwright search: /quench_\\w+/")
    assert [one["file"] for one in found] == [str(file)]
    nvim.lua("vim.api.nvim_set_current_win(...)", window)
    nvim.cursor(nvim.lua("return vim.fn.search('^def match_file')"), 4)
    line = nvim.lua("return vim.fn.line('.')")
    alike = searched(nvim, "Pairwright related", f"Pairwright related: util.py:{line}")
    assert alike and not any("def match_file(" in str(one["text"]) for one in alike[:1])

    nvim.command("Pairwright search /zz_nothing_like_it/")
    nvim.wait("vim.iter(_G.told):any(function(one) return one:find('nothing was found') end)")
    nvim.command("Pairwright search kind:nonsense x")
    nvim.wait("vim.iter(_G.told):any(function(one) return one:find('nonsense') end)")


def test_a_picker_that_is_installed_is_used(open_neovim: Start, repository: Path) -> None:
    nvim = open_neovim(SNACKS)
    nvim.edit(repository / "pathspec" / "util.py")
    nvim.command("Pairwright search normalize_file")
    nvim.wait("_G.picked")
    items = nvim.lua("return _G.picked.items")
    assert nvim.lua("return _G.picked.title") == "Pairwright search: normalize_file"
    assert 0 < len(items) <= 5
    assert Path(items[0]["file"]).is_file() and items[0]["pos"][0] >= 1
    assert nvim.lua("return #vim.fn.getqflist()") == 0


def test_the_words_of_a_query_complete(open_neovim: Start, repository: Path) -> None:
    nvim = open_neovim()
    nvim.command(f"edit {repository}/pathspec/util.py")

    def completions(line: str) -> list[str]:
        return list(nvim.lua("return vim.fn.getcompletion(..., 'cmdline')", line))

    assert {"lang:", "path:", "kind:", "is:test", "-is:test", "changed:"} <= set(
        completions("Pairwright search retry ")
    )
    assert completions("Pairwright search retry lang:kot") == ["lang:kotlin"]
    assert completions("Pairwright search kind:cl") == ["kind:class"]
    (place,) = completions("Pairwright search like:")
    assert place.endswith("pathspec/util.py:1")


def test_a_picker_that_is_unknown_is_refused_by_name(open_neovim: Start) -> None:
    nvim = open_neovim("")
    refused = nvim.lua("return { pcall(require('pairwright').setup, { picker = 'ctrlp' }) }")
    assert refused[0] is False
    assert '"ctrlp"' in refused[1] and "telescope" in refused[1]
