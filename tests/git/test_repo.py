"""What is read from real repositories in the states people leave them in; what must not run."""

from __future__ import annotations

import contextlib
import os
import subprocess
import threading
from collections.abc import Iterator
from hashlib import blake2b
from pathlib import Path

import pytest

from pairwright.errors import GitUnavailable, UnknownRevision
from pairwright.git.process import ObjectReader, run_git
from pairwright.git.repo import Change, ChangeStatus, Repositories, RepoView, open_repo
from pairwright_analyzers.lines import LineRange


def git(folder: Path, *arguments: str) -> str:
    done = subprocess.run(
        ["git", *arguments], cwd=folder, check=True, capture_output=True, timeout=60
    )
    return os.fsdecode(done.stdout).strip()


def commit(folder: Path, message: str = "change", **files: str) -> str:
    for name, text in files.items():
        (folder / name).write_text(text)
    git(folder, "add", "--all")
    git(folder, "commit", "--quiet", "--allow-empty", "--message", message)
    return git(folder, "rev-parse", "HEAD")


def script(place: Path, text: str) -> Path:
    place.write_text(f"#!/bin/sh\n{text}\n")
    place.chmod(0o755)
    return place


@pytest.fixture
def root(tmp_path: Path) -> Path:
    folder = tmp_path / "project"
    folder.mkdir()
    git(folder, "init", "--quiet")
    return folder


@pytest.fixture
def opened() -> Iterator[Repositories]:
    """Opens views and closes them after the test."""
    repositories = Repositories()
    yield repositories
    repositories.close()


def view_of(opened: Repositories, folder: Path) -> RepoView:
    view = opened.of(folder / "any file")
    assert view is not None
    return view


def changes(view: RepoView, revision: str | None = "HEAD") -> dict[str, str]:
    return {change.path: change.status.value for change in view.changed_files(revision)}


# --- finding the repository


def test_a_folder_outside_any_repository_has_none(tmp_path: Path, opened: Repositories) -> None:
    assert open_repo(tmp_path) is None
    assert opened.of(tmp_path / "x.py") is None


def test_the_path_need_not_exist(root: Path) -> None:
    view = open_repo(root / "new/folder/x.py")
    assert view is not None
    assert view.root == root
    view.close()


@pytest.mark.parametrize("inside", [".git", ".git/refs"])
def test_inside_the_git_folder_there_is_no_work_tree(root: Path, inside: str) -> None:
    assert open_repo(root / inside) is None


def test_a_bare_repository_has_no_work_tree(tmp_path: Path) -> None:
    git(tmp_path, "init", "--quiet", "--bare", "bare.git")
    assert open_repo(tmp_path / "bare.git") is None


def test_a_file_in_a_submodule_belongs_to_it(
    root: Path, tmp_path: Path, opened: Repositories
) -> None:
    library = tmp_path / "library"
    library.mkdir()
    git(library, "init", "--quiet")
    commit(library, lib="one\n")
    commit(root, app="one\n")
    git(
        root, "-c", "protocol.file.allow=always", "submodule", "--quiet", "add", str(library), "sub"
    )
    commit(root)
    inner = view_of(opened, root / "sub")
    assert inner.root == root / "sub"
    assert inner.text_at("HEAD", "lib") == b"one\n"
    assert inner.head_marker()
    outer = view_of(opened, root)
    assert outer.text_at("HEAD", "sub/lib") is None
    assert outer.text_at("HEAD", "sub") is None
    (root / "sub/lib").write_text("two\n")
    commit(root / "sub")
    assert changes(outer) == {}
    (root / "sub/lib").write_text("three\n")
    assert changes(inner) == {"lib": "modified"}


def test_the_path_of_a_file_is_found_through_links(root: Path, opened: Repositories) -> None:
    (root / "src").mkdir()
    alias = root.parent / "alias"
    alias.symlink_to(root)
    view = view_of(opened, root)
    assert view.path_of(root / "src/x.py") == "src/x.py"
    assert view.path_of(alias / "src/x.py") == "src/x.py"
    assert view.path_of(root.parent / "x.py") is None


# --- the head


def test_the_head_on_a_branch_detached_and_unborn(root: Path, opened: Repositories) -> None:
    view = view_of(opened, root)
    assert view.head().unborn
    assert view.head().branch == "main"
    first = commit(root, a="1\n")
    assert (view.head().commit, view.head().branch) == (first, "main")
    git(root, "checkout", "--quiet", "-b", "feature/long-name")
    assert view.head().branch == "feature/long-name"
    git(root, "checkout", "--quiet", "--detach")
    assert (view.head().commit, view.head().branch) == (first, None)
    assert not view.head().unborn


def test_a_linked_work_tree_has_its_own_head(root: Path, opened: Repositories) -> None:
    commit(root, a="1\n")
    git(root, "worktree", "add", "--quiet", "-b", "side", "../side")
    side = root.parent / "side"
    view = view_of(opened, side)
    before = view.head_marker()
    second = commit(side, a="2\n")
    assert (view.head().commit, view.head().branch) == (second, "side")
    assert view.head_marker() != before
    assert view_of(opened, root).head().branch == "main"


def test_the_marker_moves_with_what_a_review_depends_on(root: Path, opened: Repositories) -> None:
    commit(root, a="1\n")
    view = view_of(opened, root)
    seen = [view.head_marker()]
    assert view.head_marker() == seen[0]

    def moved() -> bool:
        seen.append(view.head_marker())
        return seen[-1] not in seen[:-1]

    git(root, "branch", "other")
    git(root, "checkout", "--quiet", "other")
    assert moved()
    commit(root, a="2\n")
    assert moved()
    git(root, "branch", "--force", "main", "HEAD")
    assert moved()
    git(root, "pack-refs", "--all")
    assert moved()
    (root / "b").write_text("b\n")
    git(root, "add", "b")
    assert moved()
    git(root, "reset", "--quiet", "--soft", "HEAD~1")
    assert moved()


# --- the base revision


def test_the_base_is_the_head_by_default(root: Path, opened: Repositories) -> None:
    view = view_of(opened, root)
    unborn = view.base_revision()
    assert unborn.commit is None
    assert "no commit yet" in unborn.reason
    first = commit(root, a="1\n")
    assert view.base_revision().commit == first
    git(root, "pack-refs", "--all")
    second = commit(root, a="2\n")
    assert view.base_revision().commit == second


def test_the_merge_base_is_where_the_branch_started(root: Path, opened: Repositories) -> None:
    start = commit(root, a="1\n")
    git(root, "checkout", "--quiet", "-b", "feature")
    commit(root, a="2\n")
    git(root, "checkout", "--quiet", "main")
    later = commit(root, b="1\n")
    git(root, "checkout", "--quiet", "feature")
    view = view_of(opened, root)
    assert view.base_revision("merge-base").commit == start
    assert view.base_revision("merge-base", "main").commit == start
    git(root, "merge", "--quiet", "-m", "merge", "main")
    assert view.base_revision("merge-base").commit == later


def test_the_default_branch_is_where_origin_points(
    root: Path, tmp_path: Path, opened: Repositories
) -> None:
    commit(root, a="1\n")
    git(root, "checkout", "--quiet", "-b", "trunk")
    start = commit(root, a="2\n")
    git(tmp_path, "clone", "--quiet", str(root), "clone")
    clone = tmp_path / "clone"
    git(clone, "checkout", "--quiet", "-b", "feature")
    commit(clone, a="3\n")
    assert view_of(opened, clone).base_revision("merge-base").commit == start


def test_master_is_a_default_branch_too(root: Path, opened: Repositories) -> None:
    git(root, "checkout", "--quiet", "-b", "master")
    start = commit(root, a="1\n")
    git(root, "checkout", "--quiet", "-b", "feature")
    commit(root, a="2\n")
    assert view_of(opened, root).base_revision("merge-base").commit == start


def test_without_a_default_branch_the_reason_names_the_setting(
    root: Path, opened: Repositories
) -> None:
    git(root, "checkout", "--quiet", "-b", "odd")
    commit(root, a="1\n")
    base = view_of(opened, root).base_revision("merge-base")
    assert base.commit is None
    assert "review.base_branch" in base.reason


def test_unrelated_branches_have_no_merge_base(root: Path, opened: Repositories) -> None:
    commit(root, a="1\n")
    git(root, "checkout", "--quiet", "--orphan", "other")
    commit(root, a="2\n")
    base = view_of(opened, root).base_revision("merge-base")
    assert base.commit is None
    assert "no commit in common" in base.reason


def test_a_shallow_clone_says_so_until_it_is_deepened(
    root: Path, tmp_path: Path, opened: Repositories
) -> None:
    start = commit(root, a="1\n")
    git(root, "checkout", "--quiet", "-b", "feature")
    commit(root, a="2\n")
    git(root, "checkout", "--quiet", "main")
    commit(root, b="1\n")
    address = f"file://{root}"
    git(tmp_path, "clone", "--quiet", "--depth=1", "--no-single-branch", address, "shallow")
    shallow = tmp_path / "shallow"
    git(shallow, "checkout", "--quiet", "feature")
    view = view_of(opened, shallow)
    base = view.base_revision("merge-base")
    assert base.commit is None
    assert "shallow" in base.reason
    git(shallow, "fetch", "--quiet", "--unshallow")
    assert view.base_revision("merge-base").commit == start


def test_any_revision_may_be_the_base(root: Path, opened: Repositories) -> None:
    first = commit(root, a="1\n")
    git(root, "tag", "--annotate", "--message", "v1", "v1")
    second = commit(root, a="2\n")
    view = view_of(opened, root)
    for revision in ("v1", "HEAD~1", first[:10]):
        assert view.base_revision(revision).commit == first
    assert view.base_revision("HEAD@{0}").commit == second


@pytest.mark.parametrize(
    "revision",
    ["nope", "--output=stolen", "-p", "", "HEAD:a", "a\nb", "HEAD\0", "x" * 2_000],
)
def test_what_names_no_commit_is_refused(root: Path, opened: Repositories, revision: str) -> None:
    commit(root, a="1\n")
    view = view_of(opened, root)
    with pytest.raises(UnknownRevision):
        view.resolve(revision)
    assert view.base_revision(revision).commit is None
    assert view.base_revision(revision).reason
    assert view.base_revision("merge-base", revision or "nope").commit is None
    with pytest.raises(UnknownRevision):
        view.changed_files(revision)
    assert view.text_at(revision, "a") is None
    assert sorted(os.listdir(root)) == [".git", "a"]


# --- texts


def test_the_text_at_a_revision_is_as_stored(root: Path, opened: Repositories) -> None:
    data = bytes(range(256)) * 1_000 + b"\r\nlast"
    (root / "data.bin").write_bytes(data)
    (root / "dir with space").mkdir()
    (root / "dir with space/ünï.py").write_text("x\n")
    (root / "empty").touch()
    first = commit(root, a="1\n")
    commit(root, a="2\n")
    view = view_of(opened, root)
    assert view.text_at("HEAD", "data.bin") == data
    assert view.text_at(first, "a") == b"1\n"
    assert view.text_at("HEAD", "a") == b"2\n"
    assert view.text_at("HEAD", "empty") == b""
    assert view.text_at("HEAD", "dir with space/ünï.py") == b"x\n"


@pytest.mark.parametrize("path", ["gone", "dir", "", "a b missing", "dir/../a", "x\ny", "a\n"])
def test_no_text_where_there_is_no_file(root: Path, opened: Repositories, path: str) -> None:
    (root / "dir").mkdir()
    (root / "dir/b").write_text("b\n")
    commit(root, a="1\n")
    view = view_of(opened, root)
    assert view.text_at("HEAD", path) is None
    assert view.text_at("HEAD", "a") == b"1\n"


def test_a_new_commit_is_seen_at_once(root: Path, opened: Repositories) -> None:
    view = view_of(opened, root)
    for number in range(5):
        commit(root, a=f"{number}\n")
        assert view.text_at("HEAD", "a") == f"{number}\n".encode()
    git(root, "gc", "--quiet", "--prune=now")
    assert view.text_at("HEAD~4", "a") == b"0\n"


@pytest.mark.skipif(os.name != "posix", reason="needs names of any bytes")
def test_names_that_are_not_utf8(root: Path, opened: Repositories) -> None:
    name = os.fsdecode(b"caf\xe9.py")
    (root / name).write_text("1\n")
    commit(root)
    view = view_of(opened, root)
    assert view.text_at("HEAD", name) == b"1\n"
    (root / name).write_text("2\n")
    assert changes(view) == {name: "modified"}


def test_many_threads_may_read_at_once(root: Path, opened: Repositories) -> None:
    commit(root, **{f"f{number}": f"{number}\n" * 1_000 for number in range(8)})
    view = view_of(opened, root)
    wrong: list[bool] = []

    def read(number: int) -> None:
        text = f"{number}\n".encode() * 1_000
        wrong.extend(view.text_at("HEAD", f"f{number}") != text for _ in range(20))

    threads = [threading.Thread(target=read, args=(number,)) for number in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert wrong == [False] * 160


def test_a_closed_view_refuses_and_the_next_one_works(root: Path, opened: Repositories) -> None:
    commit(root, a="1\n")
    view = view_of(opened, root)
    assert view.text_at("HEAD", "a") == b"1\n"
    opened.close()
    with pytest.raises(GitUnavailable):
        view.text_at("HEAD", "a")
    assert view_of(opened, root).text_at("HEAD", "a") == b"1\n"


# --- changes


def test_what_changed_since_a_revision(root: Path, opened: Repositories) -> None:
    body = "".join(f"line {number}\n" for number in range(50))
    commit(root, kept="k\n", edited="e\n", staged="s\n", removed="r\n", old_name=body)
    (root / "edited").write_text("e2\n")
    (root / "staged").write_text("s2\n")
    git(root, "add", "staged")
    (root / "removed").unlink()
    git(root, "mv", "old_name", "new name")
    (root / "added").write_text("a\n")
    git(root, "add", "added")
    (root / "untracked").write_text("u\n")
    (root / "ignored").write_text("i\n")
    (root / ".gitignore").write_text("ignored\n")
    view = view_of(opened, root)
    assert view.changed_files("HEAD") == (
        Change(".gitignore", ChangeStatus.UNTRACKED),
        Change("added", ChangeStatus.ADDED),
        Change("edited", ChangeStatus.MODIFIED),
        Change("new name", ChangeStatus.RENAMED, "old_name"),
        Change("removed", ChangeStatus.DELETED),
        Change("staged", ChangeStatus.MODIFIED),
        Change("untracked", ChangeStatus.UNTRACKED),
    )


def test_a_touched_file_has_not_changed(root: Path, opened: Repositories) -> None:
    commit(root, a="1\n")
    commit(root, b="1\n2\n")
    os.utime(root / "a", (1, 1))
    (root / "b").write_bytes(b"1\r\n2\r\n")  # what a checkout on another platform writes
    view = view_of(opened, root)
    before = (root / ".git/index").read_bytes()
    assert changes(view) == {}
    assert (root / ".git/index").read_bytes() == before


def test_a_conflict_is_a_change(root: Path, opened: Repositories) -> None:
    commit(root, a="1\n")
    git(root, "checkout", "--quiet", "-b", "side")
    commit(root, a="2\n")
    git(root, "checkout", "--quiet", "main")
    commit(root, a="3\n")
    with pytest.raises(subprocess.CalledProcessError):
        git(root, "merge", "side")
    assert changes(view_of(opened, root)) == {"a": "modified"}


def test_before_the_first_commit_every_file_is_new(root: Path, opened: Repositories) -> None:
    (root / "a").write_text("1\n")
    (root / "b").write_text("1\n")
    git(root, "add", "a")
    assert changes(view_of(opened, root), None) == {"a": "added", "b": "untracked"}


def test_repositories_inside_are_not_ours(root: Path, opened: Repositories) -> None:
    commit(root, a="1\n")
    (root / "inner").mkdir()
    git(root / "inner", "init", "--quiet")
    commit(root / "inner", b="1\n")
    (root / "plain").mkdir()
    (root / "plain/c").write_text("1\n")
    assert changes(view_of(opened, root)) == {"plain/c": "untracked"}


def test_configured_defaults_do_not_bend_the_answer(root: Path, opened: Repositories) -> None:
    body = "".join(f"line {number}\n" for number in range(50))
    (root / "dir").mkdir()
    commit(root, a=body)
    for key, value in (
        ("diff.renames", "false"),
        ("diff.noprefix", "true"),
        ("diff.relative", "true"),
        ("diff.orderFile", "no-such-file"),
        ("core.quotePath", "true"),
        ("color.ui", "always"),
    ):
        git(root, "config", key, value)
    git(root, "mv", "a", "dir/ä")
    assert changes(view_of(opened, root)) == {"dir/ä": "renamed"}


def test_changed_lines_are_those_of_the_buffer(root: Path, opened: Repositories) -> None:
    commit(root, a="one\ntwo\nthree\n")
    (root / "a").write_text("something else on disk\n")
    view = view_of(opened, root)
    assert view.changed_lines("HEAD", "a", b"one\r\nTWO\r\nthree\r\nfour") == (
        LineRange(1, 2),
        LineRange(3, 4),
    )
    assert view.changed_lines("HEAD", "new", b"x\ny\n") == (LineRange(0, 2),)
    assert view.changed_lines("HEAD", "new", b"") == ()
    assert view.changed_lines("HEAD", "a", b"one\ntwo\nthree\n") == ()


# --- what a repository must not make us run


def test_nothing_a_repository_names_is_run(
    root: Path, tmp_path: Path, opened: Repositories
) -> None:
    commit(root, a="1\n", b="2\n", gone="only here\n")
    proof = tmp_path / "ran"
    evil = script(tmp_path / "evil", f"echo $0 $@ >> '{proof}'; cat")
    hooks = root / ".git/hooks"
    hooks.mkdir(exist_ok=True)
    for name in ("post-index-change", "fsmonitor-watchman", "reference-transaction"):
        script(hooks / name, f"echo {name} >> '{proof}'")
    (root / ".git/info").mkdir(exist_ok=True)
    (root / ".git/info/attributes").write_text("* filter=evil diff=evil\n")
    for key in (
        "core.fsmonitor",
        "core.pager",
        "core.sshCommand",
        "diff.external",
        "diff.evil.command",
        "diff.evil.textconv",
        "filter.evil.clean",
        "filter.evil.smudge",
        "filter.evil.process",
    ):
        git(root, "config", key, str(evil))
    git(root, "config", "filter.evil.required", "true")
    git(root, "config", "core.hooksPath", str(hooks))
    git(root, "config", "core.repositoryFormatVersion", "1")
    git(root, "config", "extensions.partialClone", "evil")
    git(root, "config", "remote.evil.promisor", "true")
    git(root, "config", "remote.evil.url", f"ext::{evil} %S")
    git(root, "config", "protocol.ext.allow", "always")
    blob = git(root, "rev-parse", "HEAD:gone")
    (root / ".git/objects" / blob[:2] / blob[2:]).unlink()
    os.utime(root / "a", (1, 1))
    (root / "b").write_text("3\n")
    proof.unlink(missing_ok=True)  # the set-up itself ran git with this configuration

    view = view_of(opened, root)
    assert view.head().branch == "main"
    assert view.text_at("HEAD", "a") == b"1\n"
    assert changes(view) == {"b": "modified"}
    assert view.changed_lines("HEAD", "b", b"3\n") == (LineRange(0, 1),)
    assert view.base_revision("merge-base").commit == view.head().commit
    # Older git dies of the refused fetch; newer tells that the object is missing.
    with contextlib.suppress(GitUnavailable):
        assert view.text_at("HEAD", "gone") is None
    assert view.text_at("HEAD", "a") == b"1\n"
    assert not proof.exists(), proof.read_text()


def test_a_filter_whose_name_cannot_be_switched_off_is_refused(
    root: Path, opened: Repositories
) -> None:
    commit(root, a="1\n")
    git(root, "config", "filter.a=b.clean", "false")
    with pytest.raises(GitUnavailable, match="filter"):
        view_of(opened, root).changed_files("HEAD")


def test_variables_of_a_surrounding_git_do_not_redirect_us(
    root: Path, tmp_path: Path, opened: Repositories, monkeypatch: pytest.MonkeyPatch
) -> None:
    other = tmp_path / "other"
    other.mkdir()
    git(other, "init", "--quiet")
    commit(other, a="other\n")
    commit(root, a="ours\n")
    monkeypatch.setenv("GIT_DIR", str(other / ".git"))
    monkeypatch.setenv("GIT_WORK_TREE", str(other))
    monkeypatch.setenv("GIT_INDEX_FILE", str(other / ".git/index"))
    assert view_of(opened, root).text_at("HEAD", "a") == b"ours\n"
    assert view_of(opened, root).root == root


# --- when git is no help


def test_git_is_not_installed(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", str(root))
    with pytest.raises(GitUnavailable, match="not installed"):
        open_repo(root)


@pytest.mark.skipif(os.name != "posix", reason="needs shell scripts")
def test_git_does_not_answer(root: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    script(tmp_path / "git", "exec /bin/sleep 600")
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(GitUnavailable, match="did not answer within"):
        run_git(root, ("status",), seconds=0.1)


@pytest.mark.skipif(os.name != "posix", reason="needs shell scripts")
def test_a_git_that_dies_is_started_again_once(
    root: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    commit(root, a="1\n")
    real = git(root, "--exec-path") + "/git"
    crash = tmp_path / "crash"
    crash.touch()
    script(tmp_path / "git", f'[ -e {crash} ] && /bin/rm {crash} && exit 1\nexec {real} "$@"')
    monkeypatch.setenv("PATH", str(tmp_path))
    reader = ObjectReader(root)
    found = reader.read(b"HEAD:a")
    assert found is not None
    assert found.content == b"1\n"
    assert not crash.exists()
    reader.close()
    script(tmp_path / "git", "exit 1")
    reader = ObjectReader(root)
    with pytest.raises(GitUnavailable, match="could not read"):
        reader.read(b"HEAD:a")
    reader.close()


@pytest.mark.skipif(
    not hasattr(os, "geteuid") or os.geteuid() != 0, reason="only root can give a folder away"
)
def test_a_repository_of_another_user_says_how_to_trust_it(
    root: Path, opened: Repositories
) -> None:
    os.chown(root, 65534, 65534)
    os.chown(root / ".git", 65534, 65534)
    with pytest.raises(GitUnavailable, match=r"safe\.directory"):
        view_of(opened, root)


def test_a_broken_repository_is_an_error_not_an_absence(root: Path, opened: Repositories) -> None:
    (root / ".git/config").write_text("[core\n")
    with pytest.raises(GitUnavailable):
        view_of(opened, root)


@pytest.mark.parametrize(
    "url",
    [
        "https://example.com/team/shop.git",
        "https://anna:secret@example.com/team/shop",
        "git@example.com:team/shop.git",
        "ssh://git@example.com:2222/team/shop.git/",
        "https://Example.com/Team/Shop",
    ],
)
def test_clones_of_one_remote_share_a_name(tmp_path: Path, url: str) -> None:
    git(tmp_path, "init", "--quiet")
    git(tmp_path, "remote", "add", "origin", url)
    repo = open_repo(tmp_path)
    assert repo is not None
    with contextlib.closing(repo):
        digest = blake2b(b"example.com/team/shop", digest_size=6).hexdigest()
        assert repo.shared_name() == f"shop-{digest}"


def test_without_a_remote_there_is_no_shared_name(tmp_path: Path) -> None:
    git(tmp_path, "init", "--quiet")
    repo = open_repo(tmp_path)
    assert repo is not None
    with contextlib.closing(repo):
        assert repo.shared_name() == ""


def test_many_objects_in_one_question(root: Path, opened: Repositories) -> None:
    commit(root, a="1\n")
    repo = view_of(opened, root)
    head = repo.object_named("HEAD^{tree}")
    long = "HEAD:" + "no/such/folder/" * 20
    names = ["HEAD^{commit}", "HEAD^{tree}", long, "none^{blob}"] * 60
    found = repo.objects_named(names)
    assert [one.type if one is not None else "" for one in found] == ["commit", "tree", "", ""] * 60
    assert found[1] == head
    assert [one is not None and one.content for one in repo.objects_named(names[:1], 1)] == [b""]
    assert repo.objects_named([]) == []
