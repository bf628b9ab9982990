"""A merge in a real Neovim; the history of a symbol; the base of reviews."""

from __future__ import annotations

import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from e2e.neovim import Neovim

pytestmark = [pytest.mark.e2e, pytest.mark.xdist_group("neovim")]

Start = Callable[..., Neovim]

RESOLVED = """not vim.iter(vim.api.nvim_buf_get_lines(0, 0, -1, false)):any(function(line)
  return line:find('^<<<<<<<')
end)"""

ANCHOR = "def normalize_file("
OURS = "def count_separators(file: str) -> int:\n\treturn file.count('/')\n\n\n"
THEIRS = "def has_separators(file: str) -> bool:\n\treturn '/' in file\n\n\n"


def git(repository: Path, *arguments: str) -> None:
    subprocess.run(["git", *arguments], cwd=repository, check=False, capture_output=True)


@pytest.fixture
def merging(repository: Path) -> Path:
    """The package in the middle of a merge: both sides added a function to `util.py`."""
    file = repository / "pathspec" / "util.py"
    text = file.read_text(encoding="utf-8")
    git(repository, "checkout", "-q", "-b", "other")
    file.write_text(text.replace(ANCHOR, THEIRS + ANCHOR), encoding="utf-8")
    git(repository, "commit", "-qam", "feat: ask for separators")
    git(repository, "checkout", "-q", "-")
    file.write_text(text.replace(ANCHOR, OURS + ANCHOR), encoding="utf-8")
    git(repository, "commit", "-qam", "feat: count separators")
    git(repository, "merge", "other")
    assert "<<<<<<<" in file.read_text(encoding="utf-8")
    return repository


def test_a_conflict_is_found_merged_and_taken_back(open_neovim: Start, merging: Path) -> None:
    nvim = open_neovim()
    file = merging / "pathspec" / "util.py"
    nvim.edit(merging / "pathspec" / "pattern.py")
    nvim.command("Pairwright conflicts next")
    nvim.wait("vim.api.nvim_buf_get_name(0) == argument", str(file))
    line = nvim.lua("return vim.api.nvim_win_get_cursor(0)[1]")
    assert nvim.lines()[line - 1].startswith("<<<<<<<")
    before = nvim.lines()

    nvim.ready()
    nvim.settle()
    nvim.lua(
        """
        vim.lsp.buf.code_action({
          apply = true,
          filter = function(action) return action.title == 'Merge both sides by their syntax' end,
        })
        """
    )
    nvim.wait(RESOLVED)
    text = "\n".join(nvim.lines())
    assert OURS + THEIRS + ANCHOR in text
    nvim.keys("u")
    assert nvim.lines() == before

    nvim.command("Pairwright conflicts resolve_all_safe")
    nvim.wait(RESOLVED)
    assert "\n".join(nvim.lines()) == text


def test_the_history_of_what_is_under_the_cursor(open_neovim: Start, repository: Path) -> None:
    file = repository / "pathspec" / "util.py"
    text = file.read_text(encoding="utf-8")
    file.write_text(
        text.replace("Matches the file to the patterns.", "Matches the file."), encoding="utf-8"
    )
    git(repository, "commit", "-qam", "fix: match once more")
    nvim = open_neovim()
    nvim.edit(file)
    nvim.cursor(nvim.lua("return vim.fn.search('^def match_file')"), 4)
    nvim.command("Pairwright history symbol")
    nvim.wait(
        "vim.api.nvim_buf_get_lines(0, 0, 1, false)[1] == argument", "# History of `match_file`"
    )
    headings = [line for line in nvim.lines() if line.startswith("## ")]
    assert headings[0] == "## fix: match once more"
    assert len(headings) == 2


def test_the_base_of_reviews_is_chosen(open_neovim: Start, repository: Path) -> None:
    file = repository / "pathspec" / "util.py"
    text = file.read_text(encoding="utf-8")
    nvim = open_neovim()
    nvim.edit(file)
    file.write_text(text.replace(ANCHOR, f"breakpoint()\n\n\n{ANCHOR}"), encoding="utf-8")
    nvim.command("checktime")
    nvim.command("write")
    nvim.wait_for_finding("leftover-debug")
    nvim.command("Pairwright base staged")
    nvim.wait("#vim.diagnostic.get(0) == 0")
    git(repository, "add", "--all")
    nvim.command("write")
    nvim.wait_for_finding("leftover-debug")


def test_a_change_is_committed_as_planned(open_neovim: Start, repository: Path) -> None:
    util, readme = repository / "pathspec" / "util.py", repository / "NOTES.md"
    util.write_text(util.read_text(encoding="utf-8").replace(ANCHOR, OURS + ANCHOR), "utf-8")
    readme.write_text("# Notes\n\nWhat to know before a release.\n", encoding="utf-8")
    nvim = open_neovim()
    nvim.edit(util)
    nvim.ready()
    nvim.command("Pairwright commit split")
    nvim.wait("vim.fs.basename(vim.api.nvim_buf_get_name(0)) == 'split-plan.md'")
    planned = [line.removeprefix("## ") for line in nvim.lines() if line.startswith("## ")]
    assert len(planned) == 2
    nvim.settle()
    nvim.command("Pairwright commit split.apply")
    nvim.wait("vim.fs.basename(vim.api.nvim_buf_get_name(0)) ~= 'split-plan.md'")
    nvim.wait("vim.iter(_G.told):any(function(one) return one:find('committed') end)")
    (told,) = [one for one in nvim.told() if "committed" in one]
    assert all(subject in told for subject in planned)
    log = ["git", "log", "-2", "--reverse", "--format=%s"]
    made = subprocess.run(log, cwd=repository, check=True, capture_output=True, text=True)
    assert made.stdout.splitlines() == planned


def test_a_draft_without_a_message_to_fill_is_shown(open_neovim: Start, repository: Path) -> None:
    util = repository / "pathspec" / "util.py"
    util.write_text(util.read_text(encoding="utf-8").replace(ANCHOR, OURS + ANCHOR), "utf-8")
    nvim = open_neovim()
    nvim.edit(util)
    nvim.ready()
    nvim.command("Pairwright commit draft")
    nvim.wait("vim.api.nvim_buf_get_name(0) == 'pairwright:/commit/draft'")
    assert "count_separators" in nvim.lines()[0]
    assert "# Nothing is staged: this is about all changes." in nvim.lines()
