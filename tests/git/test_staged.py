"""What is about to be committed, read from real repositories in the states people leave them in."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from pairwright.git.repo import Repositories, RepoView
from pairwright.git.staged import (
    ChangeSet,
    Compared,
    FileChange,
    Operation,
    _as_stored,
    changes,
    git_folder_root,
    is_lfs_pointer,
    operation_of,
    prepared_message,
    texts_of,
    untracked,
)


def git(folder: Path, *arguments: str, ok: tuple[int, ...] = (0,)) -> str:
    done = subprocess.run(
        ["git", *arguments], cwd=folder, check=False, capture_output=True, timeout=60
    )
    assert done.returncode in ok, done.stderr
    return os.fsdecode(done.stdout).strip()


def commit(folder: Path, message: str = "change", **files: str) -> str:
    for name, text in files.items():
        (folder / name).write_text(text)
    git(folder, "add", "--all")
    git(folder, "commit", "--quiet", "--allow-empty", "--message", message)
    return git(folder, "rev-parse", "HEAD")


@pytest.fixture
def root(tmp_path: Path) -> Path:
    folder = tmp_path / "project"
    folder.mkdir()
    git(folder, "init", "--quiet", "--initial-branch=main")
    return folder


@pytest.fixture
def repo(root: Path) -> Iterator[RepoView]:
    repositories = Repositories()
    view = repositories.of(root / "any file")
    assert view is not None
    yield view
    repositories.close()


def shown(found: ChangeSet) -> dict[str, str]:
    return {change.path: change.status.value for change in found.files}


def only(found: ChangeSet) -> FileChange:
    (change,) = found.files
    return change


def test_the_index_the_work_tree_and_a_commit_are_told_apart(root: Path, repo: RepoView) -> None:
    first = commit(root, a="1\n", b="1\n")
    (root / "a").write_text("2\n")
    git(root, "add", "a")
    (root / "b").write_text("1\n2\n")
    staged = changes(repo, Compared.STAGED)
    assert shown(staged) == {"a": "modified"}
    assert staged.base_commit == first
    assert texts_of(repo, only(staged)) == (b"1\n", b"2\n")
    assert (only(staged).added, only(staged).removed) == (1, 1)
    unstaged = changes(repo, Compared.UNSTAGED)
    assert shown(unstaged) == {"b": "modified"}
    assert only(unstaged).new_blob == ""
    assert texts_of(repo, only(unstaged)) == (b"1\n", b"1\n2\n")
    assert shown(changes(repo, Compared.ALL)) == {"a": "modified", "b": "modified"}
    committed = changes(repo, Compared.COMMIT, "HEAD")
    assert shown(committed) == {"a": "added", "b": "added"}
    assert committed.base_commit is None


def test_an_unborn_branch_has_only_new_files(root: Path, repo: RepoView) -> None:
    (root / "a").write_text("1\n")
    assert changes(repo, Compared.STAGED) == ChangeSet(Compared.STAGED, None, ())
    assert [change.path for change in untracked(repo)] == ["a"]
    git(root, "add", "a")
    assert shown(changes(repo, Compared.STAGED)) == {"a": "added"}
    assert shown(changes(repo, Compared.ALL)) == {"a": "added"}
    assert untracked(repo) == ()


def test_renames_are_found_with_what_changed_in_them(root: Path, repo: RepoView) -> None:
    text = "".join(f"line {number}\n" for number in range(40))
    commit(root, old=text, gone="x\n")
    git(root, "mv", "old", "new")
    (root / "new").write_text(text.replace("line 7\n", "line seven\n"))
    git(root, "rm", "--quiet", "gone")
    git(root, "add", "--all")
    found = changes(repo, Compared.STAGED)
    assert shown(found) == {"gone": "deleted", "new": "renamed"}
    assert found.files[1].old_path == "old"
    assert (found.files[1].added, found.files[1].removed) == (1, 1)
    assert texts_of(repo, found.files[0]) == (b"x\n", None)


NAMES = ["two words", "tab\there", "line\nfeed", "ünï", "-dash", ":colon", '"quoted"', "a\udcffb"]


@pytest.mark.parametrize("name", NAMES)
def test_any_name_is_carried_through(root: Path, repo: RepoView, name: str) -> None:
    commit(root, other="1\n")
    try:
        (root / name).write_text("1\n")
    except OSError:
        pytest.skip("the file system refuses the name")
    assert [change.path for change in untracked(repo)] == [name]
    git(root, "add", "--all")
    assert texts_of(repo, only(changes(repo, Compared.STAGED))) == (None, b"1\n")
    assert only(changes(repo, Compared.STAGED)).path == name
    commit(root)
    git(root, "mv", "--", name, "plain")
    assert only(changes(repo, Compared.STAGED)).old_path == name
    assert only(changes(repo, Compared.COMMIT, "HEAD")).path == name


def test_modes_links_and_types(root: Path, repo: RepoView) -> None:
    commit(root, tool="run\n", page="text\n")
    (root / "tool").chmod(0o755)
    (root / "page").unlink()
    (root / "page").symlink_to("tool")
    git(root, "add", "--all")
    page, tool = changes(repo, Compared.STAGED).files
    assert (tool.old_mode, tool.new_mode, tool.mode_changed) == ("100644", "100755", True)
    assert page.symlink and page.mode_changed
    assert texts_of(repo, page) == (b"text\n", b"tool")
    (root / "dangling").symlink_to("nowhere")
    (root / "script").write_text("x")
    (root / "script").chmod(0o755)
    assert {one.path: one.new_mode for one in untracked(repo)} == {
        "dangling": "120000",
        "script": "100755",
    }
    git(root, "add", "--intent-to-add", "dangling")
    (change,) = (one for one in changes(repo, Compared.UNSTAGED).files if one.path == "dangling")
    assert texts_of(repo, change) == (None, b"nowhere")


def test_files_meant_to_be_added_are_not_staged(root: Path, repo: RepoView) -> None:
    commit(root, a="1\n")
    (root / "b").write_text("new\n")
    git(root, "add", "--intent-to-add", "b")
    assert shown(changes(repo, Compared.STAGED)) == {}
    assert shown(changes(repo, Compared.UNSTAGED)) == {"b": "added"}


def test_a_new_time_stamp_is_no_change_and_the_index_stays_as_it_is(
    root: Path, repo: RepoView
) -> None:
    commit(root, a="1\n")
    os.utime(root / "a", (1, 1))
    before = (root / ".git/index").read_bytes()
    assert shown(changes(repo, Compared.UNSTAGED)) == {}
    assert shown(changes(repo, Compared.ALL)) == {}
    assert (root / ".git/index").read_bytes() == before


def test_assumed_and_skipped_files_are_left_alone(root: Path, repo: RepoView) -> None:
    commit(root, a="1\n", b="1\n", c="1\n")
    git(root, "update-index", "--assume-unchanged", "a")
    git(root, "update-index", "--skip-worktree", "b")
    for name in "abc":
        (root / name).write_text("2\n")
    assert shown(changes(repo, Compared.ALL)) == {"c": "modified"}


def test_a_sparse_checkout_has_not_deleted_what_it_leaves_out(root: Path, repo: RepoView) -> None:
    (root / "in").mkdir()
    (root / "out").mkdir()
    (root / "in/a").write_text("1\n")
    (root / "out/b").write_text("1\n")
    commit(root)
    git(root, "sparse-checkout", "set", "in")
    assert not (root / "out/b").exists()
    (root / "in/a").write_text("2\n")
    assert shown(changes(repo, Compared.ALL)) == {"in/a": "modified"}


def test_binary_and_large_files_have_no_text(root: Path, repo: RepoView) -> None:
    commit(root, a="1\n")
    (root / "picture").write_bytes(b"\x89PNG\0\0")
    (root / "huge").write_bytes(b"x\n" * 600_000)
    git(root, "add", "--all")
    huge, picture = changes(repo, Compared.STAGED).files
    assert picture.binary
    assert texts_of(repo, picture) == (None, None)
    assert texts_of(repo, huge) == (None, None)
    assert texts_of(repo, huge, 2_000_000) == (None, b"x\n" * 600_000)
    assert huge.added == 600_000


def test_a_pointer_of_large_file_storage_is_known() -> None:
    text = b"version https://git-lfs.github.com/spec/v1\noid sha256:0\nsize 1\n"
    assert is_lfs_pointer(text)
    assert not is_lfs_pointer(b"version 1\n")


def test_a_moved_submodule_is_one_change(root: Path, repo: RepoView, tmp_path: Path) -> None:
    library = tmp_path / "library"
    library.mkdir()
    git(library, "init", "--quiet")
    commit(library, lib="one\n")
    commit(root, a="1\n")
    git(
        root, "-c", "protocol.file.allow=always", "submodule", "--quiet", "add", str(library), "sub"
    )
    commit(root)
    commit(root / "sub", lib="two\n")
    (root / "sub/lib").write_text("dirty\n")
    git(root, "add", "sub")
    change = only(changes(repo, Compared.STAGED))
    assert change.submodule
    assert texts_of(repo, change) == (None, None)
    assert shown(changes(repo, Compared.UNSTAGED)) == {}


def test_conflicts_are_told_and_left_out(root: Path, repo: RepoView) -> None:
    commit(root, a="1\n", b="1\n")
    git(root, "switch", "--quiet", "-c", "side")
    commit(root, "side", a="side\n", b="side\n")
    git(root, "switch", "--quiet", "main")
    assert operation_of(repo) is None
    assert prepared_message(repo) == ""
    commit(root, "ours", a="ours\n")
    git(root, "merge", "side", ok=(1,))
    found = changes(repo, Compared.STAGED)
    assert shown(found) == {"b": "modified"}
    assert found.problems == ("a has conflicts that are not resolved.",)
    assert operation_of(repo) is Operation.MERGE
    assert prepared_message(repo).startswith("Merge branch 'side'")


@pytest.mark.parametrize(
    ("command", "operation"),
    [
        (("cherry-pick", "side"), Operation.CHERRY_PICK),
        (("revert", "--no-commit", "HEAD"), Operation.REVERT),
        (("rebase", "side"), Operation.REBASE),
        (("rebase", "--apply", "side"), Operation.REBASE),
        (("merge", "--squash", "other"), Operation.SQUASH),
    ],
)
def test_what_git_is_in_the_middle_of(
    root: Path, repo: RepoView, command: tuple[str, ...], operation: Operation
) -> None:
    commit(root, a="1\n")
    git(root, "switch", "--quiet", "-c", "side")
    commit(root, "side", a="side\n")
    git(root, "switch", "--quiet", "-c", "other", "main")
    commit(root, "other", c="other\n")
    git(root, "switch", "--quiet", "main")
    commit(root, "ours", a="ours\n")
    git(root, *command, ok=(0, 1))
    assert operation_of(repo) is operation
    assert prepared_message(repo) != "" or operation is Operation.REBASE


def test_a_detached_head_and_a_linked_work_tree(root: Path, tmp_path: Path) -> None:
    commit(root, a="1\n")
    git(root, "worktree", "add", "--quiet", "--detach", str(tmp_path / "linked"))
    (tmp_path / "linked/a").write_text("2\n")
    repositories = Repositories()
    linked = repositories.of(tmp_path / "linked/a")
    assert linked is not None
    assert shown(changes(linked, Compared.ALL)) == {"a": "modified"}
    assert git_folder_root(linked.git_folder) == (tmp_path / "linked").resolve()
    repositories.close()


def test_the_work_tree_of_a_git_folder(root: Path, tmp_path: Path) -> None:
    assert git_folder_root(root / ".git") == root
    assert git_folder_root(tmp_path) is None
    library = tmp_path / "library"
    library.mkdir()
    git(library, "init", "--quiet")
    commit(library, lib="one\n")
    git(
        root, "-c", "protocol.file.allow=always", "submodule", "--quiet", "add", str(library), "sub"
    )
    assert git_folder_root(root / ".git/modules/sub") == root / "sub"
    apart = tmp_path / "apart"
    git(tmp_path, "init", "--quiet", f"--separate-git-dir={apart}", "tree")
    assert git_folder_root(apart) is None


def test_a_shallow_clone_ends_at_a_commit_without_a_parent(root: Path, tmp_path: Path) -> None:
    commit(root, a="1\n")
    commit(root, a="2\n", b="1\n")
    git(tmp_path, "clone", "--quiet", "--depth=1", root.as_uri(), "shallow")
    repositories = Repositories()
    view = repositories.of(tmp_path / "shallow/a")
    assert view is not None
    assert shown(changes(view, Compared.COMMIT, "HEAD")) == {"a": "added", "b": "added"}
    (tmp_path / "shallow/a").write_text("3\n")
    assert shown(changes(view, Compared.ALL)) == {"a": "modified"}
    repositories.close()


def test_no_program_of_the_repository_runs(root: Path, repo: RepoView, tmp_path: Path) -> None:
    commit(root, a="1\n")
    trap = tmp_path / "trap"
    trap.write_text("#!/bin/sh\ntouch sprung\ncat\n")
    trap.chmod(0o755)
    (root / ".gitattributes").write_text("* filter=trap diff=trap\n")
    for key in ("filter.trap.clean", "diff.trap.command", "diff.trap.textconv", "diff.external"):
        git(root, "config", key, str(trap))
    git(root, "config", "core.fsmonitor", str(trap))
    (root / "a").write_text("2\n")
    for compared in (Compared.STAGED, Compared.UNSTAGED, Compared.ALL):
        changes(repo, compared)
    changes(repo, Compared.COMMIT, "HEAD")
    assert shown(changes(repo, Compared.ALL)) == {"a": "modified"}
    assert not (root / "sprung").exists()


def test_line_ends_of_a_checkout_are_no_change(tmp_path: Path) -> None:
    assert _as_stored(b"a\nb\n", b"a\r\nb\r\nc\r\n") == b"a\nb\nc\n"
    assert _as_stored(b"a\nb\n", b"a\r\nb\r\n") == b"a\r\nb\r\n"
    assert _as_stored(b"a\r\n", b"a\r\nb\r\n") == b"a\r\nb\r\n"
