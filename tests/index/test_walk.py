"""The walk: which files it finds, with git itself as the judge of ignore patterns."""

from __future__ import annotations

import os
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from pairwright.errors import Cancelled
from pairwright.index.ignore import parse_patterns
from pairwright.index.walk import (
    Skipped,
    SkipReason,
    WalkEntry,
    WalkOptions,
    entry_at,
    is_ignored,
    walk,
)

EVERYTHING = WalkOptions(accepts=lambda name: True)
PYTHON = WalkOptions(accepts=lambda name: name.endswith(".py"))


def plant(root: Path, *paths: str) -> None:
    for path in paths:
        write(root, path, "x = 1\n")


def write(root: Path, path: str, text: str) -> None:
    place = root / path
    place.parent.mkdir(parents=True, exist_ok=True)
    place.write_bytes(text.encode())


def found(root: Path, options: WalkOptions = PYTHON) -> list[str]:
    return [entry.path for entry in walk(root, options).entries]


def skipped(root: Path, options: WalkOptions = PYTHON) -> dict[str, SkipReason]:
    return {item.path: item.reason for item in walk(root, options).skipped}


def git(root: Path, *arguments: str) -> str:
    done = subprocess.run(
        ["git", *arguments], cwd=root, check=True, capture_output=True, timeout=60
    )
    return os.fsdecode(done.stdout)


# --- git as the oracle


@pytest.fixture(scope="module")
def repository() -> Iterator[Path]:
    with tempfile.TemporaryDirectory() as folder:
        git(Path(folder), "init", "-q")
        yield Path(folder)


NAMES = st.sampled_from(
    ["a", "b", "ab", "abc", "a b", "A", "x.py", "y.py", "a.b", "[a]", "a*", "é"]
)
PARTS = st.one_of(
    NAMES,
    st.sampled_from(
        [
            "*",
            "**",
            "***",
            "?",
            "??",
            "*.py",
            "a*",
            "*b",
            "a*c",
            "*a*",
            "a**",
            "**b",
            "a?",
            "[ab]",
            "é",
            "?é",
            "[é]*",
        ]
    ),
    st.sampled_from(
        [
            "[!a]",
            "[^a]*",
            "[a-c]",
            "[]a]",
            "[[:alpha:]]",
            "[[:nope:]]",
            "[a",
            "\\a",
            "a\\*",
            "[\\]a]",
        ]
    ),
    st.text("ab*?[]!\\-.^: #", max_size=5),
)
LINES = st.builds(
    lambda bang, root, parts, folder, tail: bang + root + "/".join(parts) + folder + tail,
    st.sampled_from(["", "", "", "!"]),
    st.sampled_from(["", "", "/"]),
    st.lists(PARTS, min_size=1, max_size=4),
    st.sampled_from(["", "", "/"]),
    st.sampled_from(["", "", "", " ", "\\ ", "\r", "\t"]),
)
PATHS = st.lists(NAMES, min_size=1, max_size=4).map("/".join)


@st.composite
def trees(draw: st.DrawFn) -> tuple[list[str], dict[str, str]]:
    """Paths of files, and the text of ignore files by folder."""
    paths = draw(st.lists(PATHS, min_size=1, max_size=14))
    folders = sorted({""} | {path.rpartition("/")[0] for path in paths})
    places = draw(st.lists(st.sampled_from(folders), min_size=1, max_size=3, unique=True))
    ignores = {place: draw(st.lists(LINES, max_size=5).map("\n".join)) for place in places}
    return paths, ignores


@settings(max_examples=250)
@given(tree=trees())
@example(tree=(["keep/x.py", "x.py"], {"": "*.py\n!keep/\n"}))
@example(tree=(["a/b/c", "abc", "a/c"], {"": "a**/c\n"}))
@example(tree=(["a/b/ab", "a/b/b"], {"": "a/**\n!a/b/\n", "a": "!b/ab\n"}))
def test_the_walk_finds_what_git_does_not_ignore(
    repository: Path, tree: tuple[list[str], dict[str, str]]
) -> None:
    paths, ignores = tree
    for child in repository.iterdir():
        if child.name != ".git":
            shutil.rmtree(child) if child.is_dir() else child.unlink()
    for path in paths:
        place = repository / path
        parents = [parent for parent in place.parents if parent.is_relative_to(repository)]
        if place.exists() or any(parent.is_file() for parent in parents):
            continue  # a file stands where another path needs a folder
        plant(repository, path)
    for folder, text in ignores.items():
        if (repository / folder).is_dir():
            write(repository / folder, ".gitignore", text)
    listed = git(repository, "ls-files", "-o", "--exclude-standard", "-z")
    assert found(repository, EVERYTHING) == sorted(filter(None, listed.split("\0")))
    for entry in [place for place in repository.rglob("*") if ".git" not in place.parts]:
        if entry.is_file():
            ours = entry_at(repository, entry, EVERYTHING)
            path = entry.relative_to(repository).as_posix()
            assert (ours is not None) == (path in listed.split("\0"))


@pytest.mark.parametrize(
    ("pattern", "path"),
    [
        ("*a" * 40 + "b", "a" * 250),
        ("**/a/" * 30 + "b", "a/" * 1000 + "c"),
        ("a/" + "**/*a*a*/" * 20 + "b", "a/" + "aaaaaa/" * 400 + "c"),
        ("/" + "*a" * 40 + "/b", "a" * 250),
    ],
)
def test_a_hostile_pattern_does_not_hang(pattern: str, path: str) -> None:
    patterns = parse_patterns(pattern)
    assert patterns is not None
    assert patterns.decision(path, path.rpartition("/")[2], False) is None


# --- our own rules


def test_entries_say_what_the_disk_says(tmp_path: Path) -> None:
    plant(tmp_path, "b/y.py", "a/x.py", "a/notes.txt")
    status = (tmp_path / "a/x.py").stat()
    entries = walk(tmp_path, PYTHON).entries
    assert [entry.path for entry in entries] == ["a/x.py", "b/y.py"]
    assert entries[0] == WalkEntry("a/x.py", status.st_size, status.st_mtime_ns, status.st_ino)


def test_our_ignore_file_wins_over_gits_and_over_the_defaults(tmp_path: Path) -> None:
    plant(tmp_path, "gen/a.py", "gen/b.py", "vendor/lib.py", "node_modules/m.py", "src/c.py")
    write(tmp_path, ".gitignore", "gen/\n")
    assert found(tmp_path) == ["src/c.py"]
    write(tmp_path, ".pairwrightignore", "!gen/\n!vendor/\n!node_modules/\nsrc/\ngen/b.py\n")
    assert found(tmp_path) == ["gen/a.py", "node_modules/m.py", "vendor/lib.py"]


def test_the_deepest_of_our_ignore_files_wins(tmp_path: Path) -> None:
    plant(tmp_path, "a/x.py", "a/y.py", "x.py", "y.py")
    write(tmp_path, ".pairwrightignore", "x.py\n")
    write(tmp_path, "a/.pairwrightignore", "!x.py\ny.py\n")
    assert found(tmp_path) == ["a/x.py", "y.py"]


def test_excluding_by_setting_wins_over_everything(tmp_path: Path) -> None:
    plant(tmp_path, "a/x.py", "a/y.py", "b.py", "vendor/v.py", "deep/docs/z.py", "docs/z.py")
    write(tmp_path, "a/.pairwrightignore", "!x.py\n")
    write(tmp_path, ".gitignore", "b.py\n")
    options = WalkOptions(PYTHON.accepts, exclude=("x.py", "!b.py", "!vendor/", "/docs"))
    assert found(tmp_path, options) == ["a/y.py", "b.py", "deep/docs/z.py", "vendor/v.py"]


@pytest.mark.parametrize(
    "folder", [".git", ".hg", "node_modules", "__pycache__", ".tox", ".venv", "lib/site-packages"]
)
def test_folders_that_tools_write_are_left_out(tmp_path: Path, folder: str) -> None:
    plant(tmp_path, f"{folder}/x.py", "kept.py")
    assert found(tmp_path) == ["kept.py"]
    assert is_ignored(tmp_path, tmp_path / folder / "x.py", PYTHON)


def test_build_folders_are_left_out_only_when_git_ignores_them(tmp_path: Path) -> None:
    plant(tmp_path, "build/x.py", "dist/y.py")
    assert found(tmp_path) == ["build/x.py", "dist/y.py"]
    write(tmp_path, ".gitignore", "/build\n")
    assert found(tmp_path) == ["dist/y.py"]


def test_vendored_code_is_left_out_unless_asked_for(tmp_path: Path) -> None:
    plant(tmp_path, "vendor/x.py", "lib/third_party/y.py", "z.py")
    assert found(tmp_path) == ["z.py"]
    assert skipped(tmp_path) == {
        "lib/third_party": SkipReason.VENDORED,
        "vendor": SkipReason.VENDORED,
    }
    included = WalkOptions(PYTHON.accepts, include_vendored=True)
    assert found(tmp_path, included) == ["lib/third_party/y.py", "vendor/x.py", "z.py"]


def test_virtual_environments_and_tagged_caches_are_known_by_their_marks(tmp_path: Path) -> None:
    plant(tmp_path, "my-env/lib/x.py", "my-env/pyvenv.cfg", "target/y.py", "other/z.py")
    write(tmp_path, "target/CACHEDIR.TAG", "Signature: 8a477f597d28d172789f06886806bc55\n")
    write(tmp_path, "other/CACHEDIR.TAG", "no signature\n")
    assert found(tmp_path) == ["other/z.py"]
    assert skipped(tmp_path) == {
        "my-env": SkipReason.VIRTUAL_ENVIRONMENT,
        "target": SkipReason.CACHE,
    }
    # Who opens such a folder wants to see it.
    assert found(tmp_path / "my-env") == ["lib/x.py"]


def test_large_files_are_skipped_with_a_reason(tmp_path: Path) -> None:
    write(tmp_path, "big.py", "x" * 101)
    write(tmp_path, "fits.py", "x" * 100)
    options = WalkOptions(PYTHON.accepts, max_file_size=100)
    assert found(tmp_path, options) == ["fits.py"]
    assert walk(tmp_path, options).skipped == [Skipped("big.py", SkipReason.TOO_LARGE, "101 bytes")]


def test_symbolic_links_are_not_followed(tmp_path: Path) -> None:
    root, outside = tmp_path / "root", tmp_path / "outside"
    plant(root, "a/x.py")
    plant(outside, "secret.py")
    (root / "a/loop").symlink_to(root)
    (root / "out").symlink_to(outside)
    (root / "link.py").symlink_to(outside / "secret.py")
    (root / "dangling.py").symlink_to(outside / "gone.py")
    (root / "readme").symlink_to(outside / "secret.py")
    assert found(root) == ["a/x.py"]
    links = ("a/loop", "dangling.py", "link.py", "out")
    assert skipped(root) == dict.fromkeys(links, SkipReason.SYMLINK)
    for link in ("a/loop/a/x.py", "out/secret.py", "link.py"):
        assert isinstance(entry_at(root, root / link, PYTHON), Skipped)


def test_a_link_to_the_root_itself_may_be_walked(tmp_path: Path) -> None:
    plant(tmp_path, "real/x.py")
    (tmp_path / "alias").symlink_to(tmp_path / "real")
    assert found(tmp_path / "alias") == ["x.py"]


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="needs named pipes")
def test_what_is_no_regular_file_is_skipped_and_never_opened(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe.py")
    os.mkfifo(tmp_path / ".gitignore")
    assert skipped(tmp_path) == {
        ".gitignore": SkipReason.NOT_REGULAR,
        "pipe.py": SkipReason.NOT_REGULAR,
    }


@pytest.fixture
def ordinary_user() -> Iterator[Path]:
    """A folder, and an effective user whom file permissions bind."""
    if not hasattr(os, "geteuid"):
        pytest.skip("needs POSIX permissions")
    with tempfile.TemporaryDirectory() as folder:
        os.chmod(folder, 0o755)
        yield Path(folder)


def test_an_unreadable_folder_is_skipped_with_a_reason(ordinary_user: Path) -> None:
    root = ordinary_user
    plant(root, "open/x.py", "closed/y.py", "half/z.py")
    (root / "half/.gitignore").write_text("z.py\n")
    (root / "half/.gitignore").chmod(0)
    (root / "closed").chmod(0)
    privileged = os.geteuid() == 0
    if privileged:
        os.seteuid(65534)
    try:
        result = walk(root, PYTHON)
    finally:
        if privileged:
            os.seteuid(0)
        (root / "closed").chmod(0o755)
    assert [entry.path for entry in result.entries] == ["half/z.py", "open/x.py"]
    assert result.skipped == [
        Skipped("closed", SkipReason.UNREADABLE, "Permission denied"),
        Skipped("half/.gitignore", SkipReason.UNREADABLE, "Permission denied"),
    ]


@pytest.mark.parametrize("missing", ["nothing", "file.txt"])
def test_a_root_that_cannot_be_walked_is_reported(tmp_path: Path, missing: str) -> None:
    plant(tmp_path, "file.txt")
    result = walk(tmp_path / missing, PYTHON)
    assert result.entries == []
    assert [(item.path, item.reason) for item in result.skipped] == [(".", SkipReason.UNREADABLE)]


@pytest.mark.skipif(os.name != "posix", reason="needs names of any bytes")
def test_names_that_are_not_utf8_are_skipped(tmp_path: Path) -> None:
    plant(tmp_path, "ünï.py", "ordner-ß/x.py")
    for name in (b"bad\xff.py", b"dir\xfe/x.py"):
        place = os.path.join(os.fsencode(tmp_path), name)
        os.makedirs(os.path.dirname(place), exist_ok=True)
        with open(place, "wb"):
            pass
    assert found(tmp_path) == ["ordner-ß/x.py", "ünï.py"]
    assert skipped(tmp_path) == {
        "bad\\udcff.py": SkipReason.NAME_NOT_UTF8,
        "dir\\udcfe": SkipReason.NAME_NOT_UTF8,
    }


@pytest.mark.skipif(os.mkdir not in os.supports_dir_fd, reason="needs paths relative to a folder")
def test_folders_too_deep_for_a_path_are_skipped(tmp_path: Path) -> None:
    plant(tmp_path, "x.py")
    name = "d" * 200
    handle = os.open(tmp_path, os.O_RDONLY)
    for _ in range(25):
        os.mkdir(name, dir_fd=handle)
        below = os.open(name, os.O_RDONLY, dir_fd=handle)
        os.close(handle)
        handle = below
    os.close(handle)
    assert found(tmp_path) == ["x.py"]
    assert list(skipped(tmp_path).values()) == [SkipReason.UNREADABLE]


def test_info_exclude_holds_also_in_a_linked_work_tree(tmp_path: Path) -> None:
    main = tmp_path / "main"
    plant(main, "x.py", "y.py")
    git(main, "init", "-q")
    write(main, ".git/info/exclude", "y.py\n")
    assert found(main) == ["x.py"]
    git(main, "add", "x.py")
    git(main, "commit", "-q", "-m", "one")
    git(main, "worktree", "add", "-q", "../linked")
    plant(tmp_path / "linked", "y.py")
    assert found(tmp_path / "linked") == ["x.py"]


def test_a_gitignore_wins_over_info_exclude(tmp_path: Path) -> None:
    plant(tmp_path, "x.py")
    git(tmp_path, "init", "-q")
    write(tmp_path, ".git/info/exclude", "x.py\n")
    write(tmp_path, ".gitignore", "!x.py\n")
    assert found(tmp_path) == ["x.py"]


def test_a_folder_of_a_repository_obeys_the_files_above_it(tmp_path: Path) -> None:
    git(tmp_path, "init", "-q")
    plant(tmp_path, "apps/one/gen/a.py", "apps/one/b.py", "apps/one/c.py", "apps/one/d.py")
    write(tmp_path, ".gitignore", "gen/\n/apps/one/b.py\n")
    write(tmp_path, "apps/.gitignore", "one/c.py\n")
    assert found(tmp_path / "apps/one") == ["d.py"]
    assert is_ignored(tmp_path / "apps/one", tmp_path / "apps/one/gen/new.py", PYTHON)


def test_a_folder_its_repository_ignores_is_walked_when_opened(tmp_path: Path) -> None:
    git(tmp_path, "init", "-q")
    plant(tmp_path, "projects/one/a.py", "projects/one/b.py")
    write(tmp_path, ".gitignore", "*\n")
    write(tmp_path, "projects/one/.gitignore", "b.py\n")
    assert found(tmp_path) == []
    assert found(tmp_path / "projects/one") == ["a.py"]


def test_a_nested_repository_has_rules_of_its_own(tmp_path: Path) -> None:
    plant(tmp_path, "x.py", "y.py", "sub/x.py", "sub/y.py")
    git(tmp_path, "init", "-q")
    write(tmp_path, ".gitignore", "x.py\n")
    assert found(tmp_path) == ["sub/y.py", "y.py"]
    git(tmp_path / "sub", "init", "-q")
    write(tmp_path, "sub/.gitignore", "y.py\n")
    assert found(tmp_path) == ["sub/x.py", "y.py"]


def test_line_ends_and_a_byte_order_mark_do_not_matter(tmp_path: Path) -> None:
    plant(tmp_path, "x.py", "y.py", "z.py")
    (tmp_path / ".gitignore").write_bytes(b"\xef\xbb\xbfx.py\r\n# z.py\r\n\r\ny.py")
    assert found(tmp_path) == ["z.py"]


def test_the_walk_can_be_cancelled(tmp_path: Path) -> None:
    plant(tmp_path, *(f"d{number}/x.py" for number in range(10)))
    calls: list[int] = []

    def check() -> None:
        calls.append(1)
        if len(calls) == 4:
            raise Cancelled

    with pytest.raises(Cancelled):
        walk(tmp_path, PYTHON, check)
    assert len(calls) == 4


def test_one_path_is_judged_as_the_walk_judges_it(tmp_path: Path) -> None:
    plant(tmp_path, "a/x.py", "a/y.py", "a/z.txt", "gen/x.py", "vendor/x.py", "env/pyvenv.cfg")
    plant(tmp_path, "env/x.py")
    write(tmp_path, ".gitignore", "gen/\n")
    write(tmp_path, "a/.pairwrightignore", "y.py\n")
    entries = {entry.path: entry for entry in walk(tmp_path, PYTHON).entries}
    for place in tmp_path.rglob("*"):
        path = place.relative_to(tmp_path).as_posix()
        one = entry_at(tmp_path, place, PYTHON)
        assert (one if isinstance(one, WalkEntry) else None) == entries.get(path)
    assert entry_at(tmp_path, tmp_path / "a/gone.py", PYTHON) is None
    assert not is_ignored(tmp_path, tmp_path / "a/gone.py", PYTHON)
    assert is_ignored(tmp_path, tmp_path / "gen/gone.py", PYTHON)
    assert is_ignored(tmp_path, tmp_path / "a/y.py", PYTHON)
    assert is_ignored(tmp_path, tmp_path / "gen", PYTHON, is_folder=True)
    assert not is_ignored(tmp_path, tmp_path / "a", PYTHON, is_folder=True)
    assert is_ignored(tmp_path, tmp_path.parent / "elsewhere.py", PYTHON)
    assert entry_at(tmp_path, tmp_path, PYTHON) is None
