"""Refactorings in a real Neovim: selected, chosen, named, taken back with one `u` in each file."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from e2e.neovim import Neovim
from e2e.repository import copied_package

pytestmark = [pytest.mark.e2e, pytest.mark.xdist_group("neovim")]

Start = Callable[..., Neovim]

# A person at the prompts: answers are given in order, questions are kept.
PERSON = """
vim.lsp.enable('pairwright')
_G.asked, _G.answers = {}, {}
vim.ui.input = function(options, on_answer)
  table.insert(_G.asked, options.prompt)
  on_answer(table.remove(_G.answers, 1))
end
vim.ui.select = function(items, options, on_choice)
  local format = options.format_item or tostring
  local titles = vim.tbl_map(format, items)
  table.insert(_G.asked, table.concat(titles, '|'))
  local wanted = table.remove(_G.answers, 1)
  for index, title in ipairs(titles) do
    if title:find(wanted, 1, true) then
      return on_choice(items[index], index)
    end
  end
  on_choice(nil, nil)
end
"""

CHANGED = """vim.iter(vim.fn.getbufinfo({ bufmodified = 1 })):any(function(buffer)
  return buffer.name == argument
end)"""


def answer(nvim: Neovim, *answers: str) -> None:
    nvim.lua("_G.answers = { ... }", *answers)


def asked(nvim: Neovim) -> list[str]:
    return list(nvim.lua("return _G.asked"))


def modified(nvim: Neovim) -> list[str]:
    return list(
        nvim.lua(
            """
            return vim.iter(vim.fn.getbufinfo({ bufmodified = 1 })):map(function(buffer)
              return buffer.name
            end):totable()
            """
        )
    )


def text_of(nvim: Neovim, path: str | Path) -> str:
    lines = nvim.lua(
        "return vim.api.nvim_buf_get_lines(vim.fn.bufadd(...), 0, -1, true)", str(path)
    )
    return "\n".join(lines) + "\n"


def take_back(nvim: Neovim) -> list[str]:
    """One `u` in every file that was changed, after which each is as it is on disk."""
    files = modified(nvim)
    for file in files:
        nvim.command(f"buffer {file}")
        nvim.keys("u")
        assert text_of(nvim, file) == Path(file).read_text(encoding="utf-8")
    assert modified(nvim) == []
    return files


def project(folder: Path, name: str, text: str) -> Path:
    """A file in a workspace of its own."""
    folder.mkdir()
    subprocess.run(["git", "init", "--quiet"], cwd=folder, check=True)
    (folder / name).write_text(text, encoding="utf-8")
    return folder / name


AREA = "def area(width, height):\n    print(2 + width * height)\n    return width * height\n"


def test_completion_knows_ids_and_arguments(open_neovim: Start) -> None:
    nvim = open_neovim()
    known = {one["id"] for one in nvim.lua("return require('pairwright.refactorings')")}
    found = nvim.lua("return vim.fn.getcompletion('Pairwright refactor ', 'cmdline')")
    assert set(found) == known
    found = nvim.lua("return vim.fn.getcompletion('Pairwright refactor inline.v', 'cmdline')")
    assert found == ["inline.variable"]
    line = "Pairwright refactor rename.symbol na"
    assert nvim.lua("return vim.fn.getcompletion(..., 'cmdline')", line) == ["name="]


def test_one_is_chosen_among_what_is_offered_and_its_name_asked_for(
    open_neovim: Start, tmp_path: Path
) -> None:
    path = project(tmp_path / "work", "area.py", AREA)
    nvim = open_neovim(PERSON)
    nvim.edit(path)
    start = AREA.splitlines()[1].index("width")
    nvim.cursor(2, start)
    answer(nvim, "xtract variable", "size")
    nvim.keys("v13l<Cmd>Pairwright refactor<CR>")
    nvim.wait("#_G.asked == 2")
    nvim.wait("table.concat(vim.api.nvim_buf_get_lines(0, 0, -1, true), '\\n'):find('size = ')")
    assert text_of(nvim, path) == (
        "def area(width, height):\n"
        "    size = width * height\n"
        "    print(2 + size)\n"
        "    return width * height\n"
    )
    assert nvim.lua("return vim.fn.mode()") == "n"


def test_by_its_id_with_a_name(open_neovim: Start, tmp_path: Path) -> None:
    path = project(tmp_path / "work", "area.py", AREA)
    nvim = open_neovim(PERSON)
    nvim.edit(path)
    nvim.cursor(2, AREA.splitlines()[1].index("width"))
    nvim.keys("v13l:Pairwright refactor extract.variable size<CR>")
    nvim.wait(CHANGED, str(path))
    assert asked(nvim) == []
    assert "    size = width * height\n    print(2 + size)\n" in text_of(nvim, path)
    assert take_back(nvim) == [str(path)]


def test_whole_lines_by_a_range(open_neovim: Start, tmp_path: Path) -> None:
    text = (
        "def show(items):\n"
        "    total = 0\n"
        "    for item in items:\n"
        "        total += item\n"
        "    print(total)\n"
    )
    path = project(tmp_path / "work", "show.py", text)
    nvim = open_neovim(PERSON)
    nvim.edit(path)
    nvim.command("2,4Pairwright refactor extract.function summed")
    nvim.wait(CHANGED, str(path))
    assert "    total = summed(items)\n    print(total)\n" in text_of(nvim, path)
    assert "def summed(items):\n" in text_of(nvim, path)
    assert take_back(nvim) == [str(path)]


def test_the_code_action_asks_for_the_name_too(open_neovim: Start, tmp_path: Path) -> None:
    path = project(tmp_path / "work", "area.py", AREA)
    nvim = open_neovim(PERSON)
    nvim.edit(path)
    nvim.cursor(2, AREA.splitlines()[1].index("width"))
    answer(nvim, "size")
    nvim.lua(
        """
        function _G.extract()
          vim.lsp.buf.code_action({
            apply = true,
            context = { only = { 'refactor.extract.variable' }, diagnostics = {} },
            filter = function(action) return action.title == 'Extract variable' end,
          })
        end
        """
    )
    nvim.keys("v13l<Cmd>lua extract()<CR>")
    nvim.wait("table.concat(vim.api.nvim_buf_get_lines(0, 0, -1, true), '\\n'):find('size = ')")
    assert "    size = width * height\n    print(2 + size)\n" in text_of(nvim, path)
    assert len(asked(nvim)) == 1


def test_names_are_left_alone_where_that_is_wanted(open_neovim: Start, tmp_path: Path) -> None:
    path = project(tmp_path / "work", "area.py", AREA)
    setup = PERSON.replace(
        "vim.lsp.enable('pairwright')", "require('pairwright').setup({ rename_new_names = false })"
    )
    nvim = open_neovim(setup)
    nvim.edit(path)
    nvim.cursor(2, AREA.splitlines()[1].index("width"))
    answer(nvim, "Extract variable")
    nvim.keys("v13l:Pairwright refactor extract.variable<CR>")
    nvim.wait(CHANGED, str(path))
    nvim.settle()
    assert asked(nvim) == ["Extract variable|Extract variable (2 occurrences)"]


def test_a_refusal_is_said(open_neovim: Start, tmp_path: Path) -> None:
    path = project(tmp_path / "work", "area.py", AREA)
    nvim = open_neovim(PERSON)
    nvim.edit(path)
    nvim.cursor(1, 0)
    nvim.command("Pairwright refactor inline.variable")
    nvim.wait("#_G.told > 0")
    assert "No variable stands here." in nvim.told()[-1]
    nvim.command("Pairwright refactor no.such")
    assert '"no.such"' in nvim.told()[-1]
    assert modified(nvim) == []


SUMS = {
    "sum.go": (
        """\
package shop

func Show(items []int) {
	total := 0
	for _, item := range items {
		total += item
	}
	println(total)
}
""",
        "4,7",
        ("\ttotal := summed(items)\n\tprintln(total)\n", "func summed(items []int) int {\n"),
    ),
    "sum.ts": (
        """\
export function show(items: number[]): void {
  let total = 0;
  for (const item of items) {
    total += item;
  }
  console.log(total);
}
""",
        "2,5",
        ("= summed(items);\n  console.log(total);\n", "function summed(items: number[])"),
    ),
}


@pytest.mark.parametrize("name", SUMS)
def test_a_function_in_other_languages(open_neovim: Start, tmp_path: Path, name: str) -> None:
    text, lines, parts = SUMS[name]
    path = project(tmp_path / "work", name, text)
    nvim = open_neovim(PERSON)
    nvim.edit(path)
    nvim.command(f"{lines}Pairwright refactor extract.function summed")
    nvim.wait(CHANGED, str(path))
    for part in parts:
        assert part in text_of(nvim, path)
    assert take_back(nvim) == [str(path)]


def test_a_function_is_moved_and_moved_back(open_neovim: Start, tmp_path: Path) -> None:
    root = tmp_path / "work"
    text = (
        "import math\n\n\n"
        "def area(r):\n    return math.pi * r * r\n\n\n"
        "def other():\n    return 2\n"
    )
    path = project(root, "shapes.py", text)
    (root / "rounds.py").write_text("def keep():\n    return 1\n")
    (root / "main.py").write_text("from shapes import area\n\nprint(area(1))\n")
    nvim = open_neovim(PERSON)
    nvim.edit(path)
    nvim.cursor(4, len("def "))
    nvim.command("Pairwright refactor move.symbol target=rounds.py")
    nvim.wait(CHANGED, str(root / "rounds.py"))
    assert text_of(nvim, root / "main.py").startswith("from rounds import area\n")
    assert "def area(r):\n    return math.pi * r * r\n" in text_of(nvim, root / "rounds.py")
    assert text_of(nvim, root / "rounds.py").startswith("import math\n")
    assert "area" not in text_of(nvim, path)
    nvim.command("silent wall")
    done = subprocess.run(
        [sys.executable, "main.py"], cwd=root, capture_output=True, text=True, check=True
    )
    assert done.stdout.startswith("3.14")
    for name in ("shapes.py", "rounds.py", "main.py"):
        nvim.command(f"buffer {root / name}")
        nvim.keys("u")
    assert text_of(nvim, path) == text
    assert text_of(nvim, root / "rounds.py") == "def keep():\n    return 1\n"
    assert text_of(nvim, root / "main.py") == "from shapes import area\n\nprint(area(1))\n"


def test_a_type_is_renamed_with_its_file(open_neovim: Start, tmp_path: Path) -> None:
    root = tmp_path / "work"
    path = project(root, "Cart.java", "public class Cart {\n    Cart next;\n}\n")
    shop = root / "Shop.java"
    shop.write_text("public class Shop {\n    Cart cart = new Cart();\n}\n")
    nvim = open_neovim(PERSON)
    nvim.edit(path)
    nvim.cursor(1, len("public class "))
    nvim.command("Pairwright refactor rename.symbol Basket")
    nvim.wait(CHANGED, str(shop))
    assert (root / "Basket.java").exists()
    assert not path.exists()
    assert nvim.lua("return vim.api.nvim_buf_get_name(0)") == str(root / "Basket.java")
    assert nvim.lines() == ["public class Basket {", "    Basket next;", "}"]
    assert text_of(nvim, shop) == "public class Shop {\n    Basket cart = new Basket();\n}\n"


def test_a_name_in_many_files_and_back(open_neovim: Start, tmp_path: Path) -> None:
    rich = copied_package("rich", tmp_path / "repository") / "rich"
    nvim = open_neovim(PERSON)
    nvim.edit(rich / "segment.py")
    (line,) = [
        number for number, one in enumerate(nvim.lines(), 1) if one.startswith("class Segment(")
    ]
    nvim.cursor(line, len("class "))
    answer(nvim, "Piece")
    nvim.command("Pairwright refactor rename.symbol")
    nvim.wait(CHANGED, str(rich / "segment.py"))
    assert len(asked(nvim)) == 1
    files = modified(nvim)
    assert len(files) >= 20
    nvim.command("silent wall")
    code = (
        "from rich.segment import Piece; from rich.console import Console; Console().print('[b]ok')"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=rich.parent, capture_output=True, text=True, check=True
    )
    assert "ok" in done.stdout
    for file in files:
        nvim.command(f"buffer {file}")
        nvim.keys("u")
    nvim.command("silent wall")
    left = subprocess.run(
        ["git", "status", "--porcelain"],
        cwd=rich.parent,
        capture_output=True,
        text=True,
        check=True,
    )
    assert left.stdout == ""
