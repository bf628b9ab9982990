"""`pairwright refactor`: a diff, or files written, all or none."""

from __future__ import annotations

import json
import os
import stat
import subprocess
from collections.abc import Mapping
from pathlib import Path

import pytest

from pairwright.cli.changes import unified_diff, write_change
from pairwright.errors import Refusal, StaleDocument, UserError
from pairwright_analyzers.edits import apply_edits
from pairwright_analyzers.types import SourceChange, Span, TextEdit
from support import forks

AREA = "def area(width, height):\n    size = width * height\n    print(2 + size)\n"
INLINED = "def area(width, height):\n    print(2 + width * height)\n"


def refactor(*arguments: str | Path) -> subprocess.CompletedProcess[bytes]:
    return forks.run(["refactor", *map(str, arguments)])


@pytest.fixture
def root(tmp_path: Path) -> Path:
    folder = tmp_path / "work"
    (folder / ".git").mkdir(parents=True)
    return folder


@pytest.fixture
def area(root: Path) -> Path:
    path = root / "area.py"
    path.write_text(AREA)
    return path


def test_a_diff_is_printed_that_git_applies(area: Path) -> None:
    done = refactor("inline.variable", area, "--at", "2:6")
    assert done.returncode == 0, done.stderr
    assert area.read_text() == AREA
    subprocess.run(["git", "init", "--quiet"], cwd=area.parent, check=True)
    subprocess.run(["git", "apply", "-"], input=done.stdout, cwd=area.parent, check=True)
    assert area.read_text() == INLINED


def test_written(area: Path) -> None:
    area.chmod(0o750)
    done = refactor("inline.variable", area, "--at", "2:6", "--write")
    assert done.returncode == 0, done.stderr
    assert b"area.py" in done.stdout
    assert area.read_text() == INLINED
    assert stat.S_IMODE(area.stat().st_mode) == 0o750
    assert sorted(one.name for one in area.parent.iterdir()) == [".git", "area.py"]


@pytest.mark.parametrize(
    ("encoding", "mark"),
    [
        ("utf-8", b""),
        ("utf-8", b"\xef\xbb\xbf"),
        ("utf-16-le", b"\xff\xfe"),
        ("utf-16-be", b"\xfe\xff"),
        ("cp1252", b""),
    ],
)
@pytest.mark.parametrize("newline", ["\n", "\r\n"])
def test_encoding_mark_and_line_ends_stay(
    root: Path, encoding: str, mark: bytes, newline: str
) -> None:
    def raw(text: str) -> bytes:
        text = text.replace("print(", "print('größe', ").replace("\n", newline)
        return mark + text.encode(encoding)

    path = root / "area.py"
    path.write_bytes(raw(AREA))
    done = refactor("inline.variable", path, "--at", "2:6", "--write")
    assert done.returncode == 0, done.stderr
    assert path.read_bytes() == raw(INLINED)


def test_a_refusal_is_one_sentence(area: Path) -> None:
    done = refactor("inline.variable", area, "--at", "1:1", "--write")
    assert done.returncode == 1
    assert done.stderr.decode().splitlines() == ["pairwright: No variable stands here."]
    assert area.read_text() == AREA
    told = refactor("inline.variable", area, "--at", "1:1", "--json")
    assert told.returncode == 1
    assert json.loads(told.stdout)["refused"] == "No variable stands here."


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("no.such", "area.py"), "no.such"),
        (("inline.variable",), "ID and FILE"),
        (("inline.variable", "gone.py", "--at", "1:1"), "gone.py"),
        (("inline.variable", ".", "--at", "1:1"), "folder"),
        (("inline.variable", "area.py", "--at", "9:1"), "has 4 lines"),
        (("inline.variable", "area.py", "--at", "0:1"), "LINE:COLUMN"),
        (("inline.variable", "area.py", "--range", "1:1"), "LINE:COLUMN-LINE:COLUMN"),
        (("inline.variable", "area.py", "--at", "2:6", "--arg", "repeat"), "KEY=VALUE"),
        (("inline.variable", "area.py", "--at", "2:6", "--arg", "repeat=x"), "`repeat`"),
        (("inline.variable", "area.py", "--at", "2:6", "--name", "x"), "`name`"),
        (("rename.symbol", "area.py", "--at", "2:6"), "`name`"),
    ],
)
def test_what_is_wrong_is_said(area: Path, arguments: tuple[str, ...], words: str) -> None:
    held = [arguments[0], *(str(area.parent / one) for one in arguments[1:2]), *arguments[2:]]
    done = refactor(*held)
    assert done.returncode == 2
    assert words in done.stderr.decode()
    assert "Traceback" not in done.stderr.decode()


def test_lists(area: Path) -> None:
    everything = refactor("--list")
    assert everything.returncode == 0
    assert b"inline.variable" in everything.stdout
    rows = json.loads(refactor("--list", "--json").stdout)["refactorings"]
    (row,) = [row for row in rows if row["id"] == "inline.variable"]
    assert "python" in row["languages"]
    here = refactor("--list", area, "--at", "2:6")
    assert b"inline.variable: Inline `size`" in here.stdout
    offers = json.loads(refactor("--list", area, "--at", "2:6", "--json").stdout)["refactorings"]
    assert "inline.variable" in [offer["id"] for offer in offers]


def test_a_name_in_several_files_and_where_it_is(root: Path) -> None:
    (root / "rates.py").write_text("def doubled(price):\n    return price * 2\n")
    (root / "shop.py").write_text("from rates import doubled\n\nprint(doubled(2))\n")
    done = refactor(
        "rename.symbol", root / "shop.py", "--at", "3:7", "--name", "twice", "--write", "--json"
    )
    assert done.returncode == 0, done.stderr
    answer = json.loads(done.stdout)
    assert answer["changed"] == ["rates.py", "shop.py"]
    assert answer["written"] is True
    assert (root / "rates.py").read_text() == "def twice(price):\n    return price * 2\n"
    assert (root / "shop.py").read_text() == "from rates import twice\n\nprint(twice(2))\n"


def test_a_read_only_file_is_left_alone(area: Path) -> None:
    area.chmod(0o444)
    done = refactor("inline.variable", area, "--at", "2:6", "--write")
    assert done.returncode == 1
    assert "area.py is read-only" in done.stderr.decode()
    assert area.read_text() == AREA
    assert refactor("inline.variable", area, "--at", "2:6").returncode == 0


def test_columns_are_characters(root: Path) -> None:
    path = root / "f.py"
    path.write_text('def f(a):\n    """🙂é"""; size = a + 1\n    print(size)\n', encoding="utf-8")
    done = refactor("inline.variable", path, "--at", "2:16", "--write")
    assert done.returncode == 0, done.stderr
    assert path.read_text(encoding="utf-8").endswith("    print(a + 1)\n")


# The writer.


def known(root: Path, change: SourceChange) -> dict[str, bytes]:
    paths = (*change.edits, *change.renames, *change.deletes)
    return {path: (root / path).read_bytes() for path in paths}


def tree(root: Path) -> dict[str, bytes]:
    return {
        path.relative_to(root).as_posix(): path.read_bytes()
        for path in root.rglob("*")
        if path.is_file()
    }


def folder(root: Path, files: Mapping[str, str]) -> None:
    for name, text in files.items():
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_text(text)


EVERYTHING = SourceChange(
    edits={"a.py": (TextEdit(Span(0, 1), "y"),), "old.py": (TextEdit(Span(0, 1), "two"),)},
    creates={"deep/er/made.py": "z\n"},
    renames={"old.py": "deep/new.py"},
    deletes=("gone.py",),
)
FILES = {"a.py": "x\n", "old.py": "o\n", "gone.py": "g\n", "kept.py": "k\n"}


def test_every_kind_of_change(tmp_path: Path) -> None:
    folder(tmp_path, FILES)
    (tmp_path / "old.py").chmod(0o700)
    held = known(tmp_path, EVERYTHING)
    write_change(tmp_path, EVERYTHING, held.get)
    assert tree(tmp_path) == {
        "a.py": b"y\n",
        "deep/new.py": b"two\n",
        "deep/er/made.py": b"z\n",
        "kept.py": b"k\n",
    }
    assert stat.S_IMODE((tmp_path / "deep/new.py").stat().st_mode) == 0o700
    mask = os.umask(0)
    os.umask(mask)
    assert stat.S_IMODE((tmp_path / "deep/er/made.py").stat().st_mode) == 0o666 & ~mask


def test_the_diff_of_every_kind_of_change_does_the_same(tmp_path: Path) -> None:
    folder(tmp_path, {**FILES, "a.py": "x\r\nlast line"})
    held = known(tmp_path, EVERYTHING)
    subprocess.run(["git", "init", "--quiet"], cwd=tmp_path, check=True)
    diff = unified_diff(EVERYTHING, held)
    subprocess.run(["git", "apply", "-"], input=diff.encode(), cwd=tmp_path, check=True)
    by_git = {name: text for name, text in tree(tmp_path).items() if not name.startswith(".git")}
    assert by_git == {
        "a.py": b"y\r\nlast line",
        "deep/new.py": b"two\n",
        "deep/er/made.py": b"z\n",
        "kept.py": b"k\n",
    }


def test_folders_that_are_left_empty_go(tmp_path: Path) -> None:
    folder(tmp_path, {"old/deep/a.py": "x\n", "old/kept/b.txt": "b\n", "gone/c.py": "c\n"})
    change = SourceChange(renames={"old/deep/a.py": "new/a.py"}, deletes=("gone/c.py",))
    held = known(tmp_path, change)
    subprocess.run(["git", "init", "--quiet"], cwd=tmp_path, check=True)
    subprocess.run(
        ["git", "apply", "--check", "-"],
        input=unified_diff(change, held).encode(),
        cwd=tmp_path,
        check=True,
    )
    write_change(tmp_path, change, held.get)
    left = {path.relative_to(tmp_path).as_posix() for path in tmp_path.iterdir()}
    assert left == {".git", "old", "new"}
    assert [path.name for path in (tmp_path / "old").iterdir()] == ["kept"]


@pytest.mark.parametrize("obstacle", ["stale", "taken", "folder", "link", "gone"])
def test_all_or_nothing(tmp_path: Path, obstacle: str) -> None:
    folder(tmp_path, FILES)
    held = known(tmp_path, EVERYTHING)
    match obstacle:
        case "stale":
            (tmp_path / "gone.py").write_text("other\n")
        case "taken":
            folder(tmp_path, {"deep/er/made.py": "mine\n"})
        case "folder":
            (tmp_path / "deep").write_text("no folder\n")
        case "link":
            (tmp_path / "a.py").rename(tmp_path / "real.py")
            (tmp_path / "a.py").symlink_to("real.py")
        case "gone":
            (tmp_path / "old.py").unlink()
    before = tree(tmp_path)
    folders = {path for path in tmp_path.rglob("*") if path.is_dir()}
    with pytest.raises(UserError):
        write_change(tmp_path, EVERYTHING, held.get)
    assert tree(tmp_path) == before
    assert {path for path in tmp_path.rglob("*") if path.is_dir()} == folders


def test_a_file_that_changes_while_texts_are_made_is_not_overwritten(tmp_path: Path) -> None:
    """The other file's text is asked for in between: there somebody saves the first one."""
    folder(tmp_path, {"a.py": "x\n", "b.py": "x\n"})

    def text(path: str) -> bytes:
        if path == "b.py":
            (tmp_path / "a.py").write_text("saved\n")
        return b"x\n"

    edit = (TextEdit(Span(0, 1), "y"),)
    with pytest.raises(StaleDocument, match=r"a\.py has changed"):
        write_change(tmp_path, SourceChange({"a.py": edit, "b.py": edit}), text)
    assert tree(tmp_path) == {"a.py": b"saved\n", "b.py": b"x\n"}


def test_what_an_encoding_has_no_character_for_is_refused(tmp_path: Path) -> None:
    (tmp_path / "a.py").write_bytes("x = 'größe'\n".encode("cp1252"))
    text = "x = 'größe'\n".encode()
    for new, allowed in (("'größe, öß'", True), ("'été'", False), ("'→'", False)):
        change = SourceChange({"a.py": (TextEdit(Span(4, len(text) - 1), new),)})
        if allowed:
            write_change(tmp_path, change, {"a.py": text}.get)
            raw = (tmp_path / "a.py").read_bytes()
            text = apply_edits(text, change.edits["a.py"])
            assert raw == text.decode().encode("cp1252")
            continue
        before = (tmp_path / "a.py").read_bytes()
        with pytest.raises(Refusal, match="Windows-1252"):
            write_change(tmp_path, change, {"a.py": text}.get)
        assert (tmp_path / "a.py").read_bytes() == before
