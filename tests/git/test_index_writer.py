"""Commits of parts in real repositories: what they hold, what stays, and the way back."""

from __future__ import annotations

import json
import os
import shutil
import stat
import subprocess
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

import pytest

from pairwright.errors import Cancelled, Refusal, StaleDocument, UserError
from pairwright.git import index_writer
from pairwright.git.index_writer import (
    Source,
    State,
    Step,
    apply_steps,
    captured,
    change_set,
    is_staged,
    restore,
)
from pairwright.git.patches import Patch, patch_of
from pairwright.git.repo import RepoView, open_repo
from pairwright.git.staged import texts_of
from pairwright.git.write import CommitFailed


def git(folder: Path, *arguments: str, check: bool = True) -> str:
    done = subprocess.run(
        ["git", *arguments], cwd=folder, check=check, capture_output=True, timeout=60
    )
    return os.fsdecode(done.stdout)


def hook(folder: Path, name: str, text: str) -> None:
    place = folder / ".git/hooks" / name
    place.parent.mkdir(exist_ok=True)
    place.write_text(f"#!/bin/sh\n{text}\n")
    place.chmod(0o755)


@pytest.fixture
def root(tmp_path: Path) -> Path:
    folder = tmp_path / "project"
    folder.mkdir()
    git(folder, "init", "--quiet", "--initial-branch=main")
    (folder / "a.txt").write_text("1\n2\n3\n4\n5\n6\n")
    (folder / "b.txt").write_text("b\n")
    (folder / "gone.txt").write_text("gone\n")
    git(folder, "add", "--all")
    git(folder, "commit", "--quiet", "--message", "first")
    return folder


@pytest.fixture
def changed(root: Path) -> Path:
    """Two hunks in one file, a new file, a deleted one."""
    (root / "a.txt").write_text("one\n2\n3\n4\n5\nsix\n")
    (root / "new.txt").write_text("new\n")
    (root / "gone.txt").unlink()
    return root


@pytest.fixture
def view() -> Iterator[Callable[[Path], RepoView]]:
    opened: list[RepoView] = []

    def make(folder: Path) -> RepoView:
        found = open_repo(folder)
        assert found is not None
        opened.append(found)
        return found

    yield make
    for one in opened:
        one.close()


def planned(repo: RepoView, source: Source = Source.WORK_TREE) -> tuple[State, Patch]:
    state = captured(repo, source)
    patch = patch_of(change_set(repo, state).files, lambda change: texts_of(repo, change))
    return state, patch


def one_each(patch: Patch) -> list[Step]:
    return [Step(f"part {number}", frozenset({part.id})) for number, part in enumerate(patch.parts)]


def picture(root: Path) -> dict[str, object]:
    """All that must be as before after a failure: HEAD, refs, the index with its stamp, files."""
    index = root / ".git/index"
    files = {
        path.relative_to(root).as_posix(): (
            os.readlink(path) if path.is_symlink() else path.read_bytes(),
            path.lstat().st_mtime_ns,
            stat.S_IMODE(path.lstat().st_mode),
        )
        for path in root.rglob("*")
        if ".git" not in path.relative_to(root).parts and (path.is_symlink() or path.is_file())
    }
    return {
        "head": (root / ".git/HEAD").read_bytes(),
        "refs": git(root, "for-each-ref"),
        "index": index.read_bytes() if index.exists() else None,
        "stamp": index.stat().st_mtime_ns if index.exists() else None,
        "files": files,
        "status": git(root, "--no-optional-locks", "status", "--porcelain=v2", "-z"),
    }


def subjects(root: Path) -> list[str]:
    return git(root, "log", "--format=%s", "--reverse").splitlines()


def test_every_part_in_a_commit_of_its_own(changed: Path, view: Callable[[Path], RepoView]) -> None:
    repo = view(changed)
    state, patch = planned(repo)
    assert len(patch.parts) == 4
    files = picture(changed)["files"]
    made = apply_steps(repo, state, patch, one_each(patch))
    assert subjects(changed) == ["first", "part 0", "part 1", "part 2", "part 3"]
    assert git(changed, "status", "--porcelain") == ""
    assert git(changed, "rev-parse", "HEAD^{tree}").strip() == state.tree
    assert picture(changed)["files"] == files
    assert [one.commit for one in made.commits][-1] == git(changed, "rev-parse", "HEAD").strip()
    assert git(changed, "show", "HEAD~3:a.txt") == "one\n2\n3\n4\n5\n6\n"
    assert not (changed / ".git/pairwright/split").exists()
    # The index knows the files again: nobody has to compare them.
    assert git(changed, "diff-files") == ""


def test_what_is_left_out_stays_as_it_was(changed: Path, view: Callable[[Path], RepoView]) -> None:
    git(changed, "add", "new.txt")
    repo = view(changed)
    state, patch = planned(repo)
    second = [part for part in patch.parts if part.file.path == "a.txt"][1]
    apply_steps(repo, state, patch, [Step("the end", frozenset({second.id}))])
    assert git(changed, "show", "HEAD:a.txt") == "1\n2\n3\n4\n5\nsix\n"
    assert git(changed, "status", "--porcelain") == " M a.txt\n D gone.txt\nA  new.txt\n"


def test_the_index_is_not_touched_when_it_is_what_is_split(
    changed: Path, view: Callable[[Path], RepoView]
) -> None:
    git(changed, "add", "--all")
    (changed / "a.txt").write_text("one\n2\n3\n4\n5\nsix\nseven\n")
    git(changed, "status")
    repo = view(changed)
    state, patch = planned(repo, Source.STAGED)
    steps = one_each(patch)
    entries = git(changed, "ls-files", "--stage")
    apply_steps(repo, state, patch, steps[:-1])
    assert git(changed, "ls-files", "--stage") == entries
    assert git(changed, "status", "--porcelain") == " M a.txt\nA  new.txt\n"


def test_a_refusing_hook_leaves_all_as_it_was(
    changed: Path, view: Callable[[Path], RepoView]
) -> None:
    git(changed, "add", "new.txt")
    hook(changed, "commit-msg", 'echo "looking at $(cat "$1")"; ! grep -q "part 2" "$1"')
    before = picture(changed)
    repo = view(changed)
    state, patch = planned(repo)
    with pytest.raises(CommitFailed) as caught:
        apply_steps(repo, state, patch, one_each(patch))
    assert "looking at part 2" in caught.value.output
    assert picture(changed) == before
    assert subjects(changed) == ["first"]


def test_hooks_see_the_index_of_their_commit_and_the_work_tree(
    changed: Path, view: Callable[[Path], RepoView], tmp_path: Path
) -> None:
    seen = tmp_path / "seen"
    hook(changed, "pre-commit", f'git diff --cached --name-only >> "{seen}"; cat a.txt >> "{seen}"')
    repo = view(changed)
    state, patch = planned(repo)
    parts = [part.id for part in patch.parts if part.file.path == "new.txt"]
    apply_steps(repo, state, patch, [Step("new", frozenset(parts))])
    assert seen.read_text() == "new.txt\none\n2\n3\n4\n5\nsix\n"


def test_what_a_hook_adds_is_kept_and_told(changed: Path, view: Callable[[Path], RepoView]) -> None:
    hook(changed, "pre-commit", "echo formatted > b.txt; git add b.txt")
    repo = view(changed)
    state, patch = planned(repo)
    made = apply_steps(repo, state, patch, one_each(patch))
    assert any("b.txt" in note for note in made.notes)
    assert git(changed, "show", "HEAD:b.txt") == "formatted\n"
    assert git(changed, "status", "--porcelain") == ""


def test_a_hook_that_changes_what_comes_later_is_refused(
    changed: Path, view: Callable[[Path], RepoView]
) -> None:
    hook(
        changed,
        "pre-commit",
        "git update-index --cacheinfo 100644,$(git hash-object -w b.txt),a.txt",
    )
    repo = view(changed)
    state, patch = planned(repo)
    before = picture(changed)
    with pytest.raises(Refusal, match=r"a\.txt"):
        apply_steps(repo, state, patch, one_each(patch))
    assert picture(changed) == before


def test_cancelling_puts_all_back(changed: Path, view: Callable[[Path], RepoView]) -> None:
    repo = view(changed)
    state, patch = planned(repo)
    before = picture(changed)
    calls = 0

    def check() -> None:
        nonlocal calls
        calls += 1
        if calls == 3:
            raise Cancelled

    with pytest.raises(Cancelled):
        apply_steps(repo, state, patch, one_each(patch), check=check)
    assert picture(changed) == before


def test_a_moved_state_is_refused(changed: Path, view: Callable[[Path], RepoView]) -> None:
    repo = view(changed)
    state, patch = planned(repo)
    moves: Sequence[tuple[Callable[[], object], str]] = [
        (lambda: (changed / "b.txt").write_text("moved\n"), "work tree"),
        (lambda: git(changed, "add", "new.txt"), "staged"),
        (lambda: git(changed, "commit", "--quiet", "-m", "other"), "HEAD"),
    ]
    for move, word in moves:
        move()
        with pytest.raises(StaleDocument, match=word):
            apply_steps(repo, state, patch, one_each(patch))


def test_a_file_changed_in_the_instant_of_the_index_is_seen_after_the_way_back(
    root: Path, view: Callable[[Path], RepoView]
) -> None:
    """The same size and the same time stamp: git tells only by the index's own stamp."""
    instant = 1_700_000_000_000_000_000
    os.utime(root / "b.txt", ns=(instant, instant))
    git(root, "update-index", "--refresh")
    os.utime(root / ".git/index", ns=(instant, instant))
    (root / "b.txt").write_text("c\n")
    os.utime(root / "b.txt", ns=(instant, instant))
    (root / "a.txt").write_text("changed\n")
    hook(root, "pre-commit", "exit 1")
    repo = view(root)
    state, patch = planned(repo)
    assert {part.file.path for part in patch.parts} == {"a.txt", "b.txt"}
    with pytest.raises(CommitFailed):
        apply_steps(repo, state, patch, one_each(patch))
    assert git(root, "status", "--porcelain") == " M a.txt\n M b.txt\n"


def test_the_first_commits_of_a_branch(tmp_path: Path, view: Callable[[Path], RepoView]) -> None:
    root = tmp_path / "fresh"
    root.mkdir()
    git(root, "init", "--quiet")
    (root / "a.txt").write_text("a\n")
    (root / "b.txt").write_text("b\n")
    repo = view(root)
    hook(root, "commit-msg", '! grep -q "part 1" "$1"')
    state, patch = planned(repo)
    before = picture(root)
    with pytest.raises(CommitFailed):
        apply_steps(repo, state, patch, one_each(patch))
    assert picture(root) == before
    assert repo.head().unborn
    (root / ".git/hooks/commit-msg").unlink()
    apply_steps(repo, state, patch, one_each(patch))
    assert subjects(root) == ["part 0", "part 1"]
    assert git(root, "status", "--porcelain") == ""


def test_a_detached_head_moves_and_no_branch(
    changed: Path, view: Callable[[Path], RepoView]
) -> None:
    git(changed, "checkout", "--quiet", "--detach")
    hook(changed, "commit-msg", '! grep -q "part 3" "$1"')
    repo = view(changed)
    state, patch = planned(repo)
    before = picture(changed)
    with pytest.raises(CommitFailed):
        apply_steps(repo, state, patch, one_each(patch))
    assert picture(changed) == before
    (changed / ".git/hooks/commit-msg").unlink()
    apply_steps(repo, state, patch, one_each(patch))
    assert len(subjects(changed)) == 5
    assert git(changed, "rev-parse", "main").strip() == state.head.commit


def test_a_linked_work_tree(root: Path, tmp_path: Path, view: Callable[[Path], RepoView]) -> None:
    linked = tmp_path / "linked"
    git(root, "worktree", "add", "--quiet", str(linked), "-b", "side")
    (linked / "b.txt").write_text("changed\n")
    repo = view(linked)
    state, patch = planned(repo)
    apply_steps(repo, state, patch, one_each(patch))
    assert git(linked, "status", "--porcelain") == ""
    assert subjects(linked) == ["first", "part 0"]
    assert subjects(root) == ["first"]


ODD_NAMES = ["with space.txt", "new\nline.txt", 'quote".txt', "-dash.txt", ":(top)x", "ä.txt"]


def test_odd_names_kinds_and_states(root: Path, view: Callable[[Path], RepoView]) -> None:
    raw = os.fsencode(root)
    (root / "image.bin").write_bytes(b"\0\1\2" * 50)
    (root / "run.sh").write_text("echo\n")
    (root / "folder").mkdir()
    (root / "folder/inner.txt").write_text("inner\n")
    (root / "crlf.txt").write_bytes(b"1\r\n2\r\n3\r\n")
    (root / "rename.txt").write_text("".join(f"{n}\n" for n in range(40)))
    os.symlink("a.txt", root / "link")
    git(root, "add", "--all")
    git(root, "commit", "--quiet", "-m", "more")
    for name in ODD_NAMES:
        (root / name).write_text(name)
    with open(raw + b"/latin-\xe9.txt", "wb") as file:
        file.write(b"\xe9\n")
    (root / "image.bin").write_bytes(b"\0\3\2" * 60)
    (root / "run.sh").chmod(0o755)
    (root / "folder/inner.txt").unlink()
    (root / "folder").rmdir()
    (root / "folder").write_text("a file now\n")
    (root / "crlf.txt").write_bytes(b"1\r\n2\n3\r\n4")
    (root / "rename.txt").rename(root / "renamed.txt")
    (root / "renamed.txt").write_text("".join(f"{n}\n" for n in range(1, 41)))
    (root / "link").unlink()
    os.symlink("b.txt", root / "link")
    (root / "intended.txt").write_text("intended\n")
    git(root, "add", "--intent-to-add", "intended.txt")
    (root / "ignored.txt").write_text("no\n")
    (root / ".git/info/exclude").write_text("ignored.txt\n")
    inside = root / "nested"
    inside.mkdir()
    git(inside, "init", "--quiet")
    repo = view(root)
    assert not is_staged(repo)
    state, patch = planned(repo)
    files = picture(root)["files"]
    apply_steps(repo, state, patch, one_each(patch))
    assert git(root, "status", "--porcelain", "-z") == "?? nested/\0"
    assert git(root, "rev-parse", "HEAD^{tree}").strip() == state.tree
    assert picture(root)["files"] == files
    assert git(root, "show", "HEAD:crlf.txt").encode() == b"1\r\n2\n3\r\n4"


def test_filters_and_line_ends_are_the_persons(
    root: Path,
    view: Callable[[Path], RepoView],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    own = tmp_path / "own.gitconfig"
    monkeypatch.setenv("GIT_CONFIG_GLOBAL", str(own))
    git(root, "config", "core.autocrlf", "true")
    for key, value in (
        ("user.name", "A"),
        ("user.email", "a@example.com"),
        ("filter.up.clean", "tr a-z A-Z"),
        ("filter.up.smudge", "tr A-Z a-z"),
    ):
        git(root, "config", "--file", str(own), key, value)
    (root / ".gitattributes").write_text("*.up filter=up\n")
    (root / "x.up").write_text("abc\n")
    (root / "crlf.txt").write_bytes(b"1\r\n2\r\n")
    repo = view(root)
    state, patch = planned(repo)
    apply_steps(repo, state, patch, one_each(patch))
    assert git(root, "show", "HEAD:x.up") == "ABC\n"
    assert git(root, "show", "HEAD:crlf.txt") == "1\n2\n"
    assert git(root, "status", "--porcelain") == ""


def test_a_filter_of_the_repositorys_own_configuration_is_not_run(
    root: Path, view: Callable[[Path], RepoView], tmp_path: Path
) -> None:
    trap = tmp_path / "ran"
    git(root, "config", "filter.a.b.clean", f"touch {trap}; cat")
    (root / ".gitattributes").write_text("*.up filter=a.b\n")
    (root / "x.up").write_text("abc\n")
    repo = view(root)
    with pytest.raises(Refusal, match=r"Storing x\.up would run the filter `a\.b`"):
        captured(repo, Source.WORK_TREE)
    assert not trap.exists()
    git(root, "add", "--all")
    trap.unlink()
    captured(repo, Source.STAGED)
    assert not trap.exists()


def test_flags_of_the_index_are_kept(changed: Path, view: Callable[[Path], RepoView]) -> None:
    git(changed, "update-index", "--assume-unchanged", "b.txt")
    (changed / "b.txt").write_text("hidden\n")
    repo = view(changed)
    state, patch = planned(repo)
    assert "b.txt" not in {part.file.path for part in patch.parts}
    apply_steps(repo, state, patch, one_each(patch))
    assert git(changed, "ls-files", "-v", "b.txt") == "h b.txt\n"
    assert git(changed, "show", "HEAD:b.txt") == "b\n"
    assert git(changed, "status", "--porcelain") == ""


@pytest.mark.parametrize("sparse_index", [False, True])
def test_a_sparse_checkout(
    root: Path, view: Callable[[Path], RepoView], sparse_index: bool
) -> None:
    for folder in ("in", "out"):
        (root / folder).mkdir()
        (root / folder / "file.txt").write_text("1\n")
    git(root, "add", "--all")
    git(root, "commit", "--quiet", "-m", "folders")
    flag = "--sparse-index" if sparse_index else "--no-sparse-index"
    git(root, "sparse-checkout", "init", "--cone", flag)
    git(root, "sparse-checkout", "set", "in")
    assert not (root / "out").exists()
    (root / "in/file.txt").write_text("2\n")
    (root / "in/new.txt").write_text("new\n")
    repo = view(root)
    state, patch = planned(repo)
    assert {part.file.path for part in patch.parts} == {"in/file.txt", "in/new.txt"}
    apply_steps(repo, state, patch, one_each(patch))
    assert git(root, "status", "--porcelain") == ""
    assert git(root, "show", "HEAD:out/file.txt") == "1\n"


def test_a_submodule_is_one_part(
    root: Path, tmp_path: Path, view: Callable[[Path], RepoView]
) -> None:
    other = tmp_path / "other"
    shutil.copytree(root, other)
    git(root, "-c", "protocol.file.allow=always", "submodule", "--quiet", "add", str(other), "sub")
    git(root, "commit", "--quiet", "-m", "sub")
    (root / "sub/a.txt").write_text("deeper\n")
    git(root / "sub", "commit", "--quiet", "-a", "-m", "deeper")
    (root / "sub/b.txt").write_text("not committed there\n")
    (root / "b.txt").write_text("changed\n")
    repo = view(root)
    state, patch = planned(repo)
    assert [part.file.path for part in patch.parts] == ["b.txt", "sub"]
    apply_steps(repo, state, patch, one_each(patch))
    assert git(root, "status", "--porcelain", "--ignore-submodules=dirty") == ""
    assert (root / "sub/b.txt").read_text() == "not committed there\n"


# What is refused.


def test_unready_states_are_refused(
    changed: Path, view: Callable[[Path], RepoView], monkeypatch: pytest.MonkeyPatch
) -> None:
    repo = view(changed)
    (changed / ".git/index.lock").write_text("")
    with pytest.raises(Refusal, match=r"index\.lock"):
        captured(repo, Source.WORK_TREE)
    (changed / ".git/index.lock").unlink()
    for name in ("AUTHOR", "COMMITTER"):
        for key in ("NAME", "EMAIL"):
            monkeypatch.delenv(f"GIT_{name}_{key}", raising=False)
    git(changed, "config", "user.useConfigOnly", "true")
    monkeypatch.setenv("GIT_CONFIG_GLOBAL", os.devnull)
    monkeypatch.setenv("GIT_CONFIG_SYSTEM", os.devnull)
    monkeypatch.delenv("EMAIL", raising=False)
    with pytest.raises(Refusal, match="who you are"):
        captured(repo, Source.WORK_TREE)


def test_a_merge_with_conflicts_is_refused(root: Path, view: Callable[[Path], RepoView]) -> None:
    git(root, "checkout", "--quiet", "-b", "side")
    (root / "b.txt").write_text("side\n")
    git(root, "commit", "--quiet", "-a", "-m", "side")
    git(root, "checkout", "--quiet", "main")
    (root / "b.txt").write_text("main\n")
    git(root, "commit", "--quiet", "-a", "-m", "main")
    git(root, "merge", "side", check=False)
    repo = view(root)
    with pytest.raises(Refusal, match="git merge"):
        captured(repo, Source.WORK_TREE)
    (root / ".git/MERGE_HEAD").unlink()
    with pytest.raises(Refusal, match="conflicts"):
        captured(repo, Source.STAGED)


# The way back without the process that went forward.


def interrupted(repo: RepoView, commits: int, source: Source = Source.WORK_TREE) -> None:
    """Leave the repository as a kill after `commits` commits does."""

    class Stop(BaseException):
        pass

    state, patch = planned(repo, source)
    undo = index_writer._undone
    folder = repo.git_folder / "pairwright"

    def stop(number: int, _commit: object) -> None:
        if number + 1 == commits:
            shutil.copytree(folder / "split", folder / "kept")
            shutil.copy2(repo.git_folder / "index", folder / "index-then")
            head = git(repo.root, "rev-parse", "HEAD").strip()
            (folder / "head-then").write_text(head)
            raise Stop

    with pytest.raises(Stop):
        apply_steps(repo, state, patch, one_each(patch), on_commit=stop)
    assert undo is index_writer._undone
    os.replace(folder / "kept", folder / "split")
    os.replace(folder / "index-then", repo.git_folder / "index")
    git(repo.root, "update-ref", "HEAD", (folder / "head-then").read_text())


@pytest.mark.parametrize("source", list(Source))
def test_what_a_killed_process_left_is_undone(
    changed: Path, view: Callable[[Path], RepoView], source: Source
) -> None:
    git(changed, "add", "--all")
    before = picture(changed)
    repo = view(changed)
    interrupted(repo, 2, source)
    assert subjects(changed) == ["first", "part 0", "part 1"]
    told = restore(repo)
    assert told is not None
    assert "undone" in told
    assert picture(changed) == before
    assert restore(repo) is None


def forgotten(root: Path) -> None:
    """Let the journal be as just before the last commit was made."""
    place = root / ".git/pairwright/split/journal.json"
    held = json.loads(place.read_text())
    last = held["commits"].pop()
    held["pending"] = [held["commits"][-1], git(root, "rev-parse", f"{last}^{{tree}}").strip()]
    place.write_text(json.dumps(held))


@pytest.mark.parametrize("reflog", [True, False])
def test_a_commit_the_journal_does_not_know_yet_is_undone(
    changed: Path, view: Callable[[Path], RepoView], reflog: bool
) -> None:
    if not reflog:
        git(changed, "config", "core.logAllRefUpdates", "false")
        shutil.rmtree(changed / ".git/logs")
    before = picture(changed)
    repo = view(changed)
    interrupted(repo, 2)
    if reflog:
        # What the harness did to set the branch as it was at the kill is no part of that.
        mark = json.loads((changed / ".git/pairwright/split/journal.json").read_text())["mark"]
        git(changed, "reflog", "delete", "main@{0}")
        git(changed, "reflog", "delete", "main@{0}")
        assert git(changed, "log", "-g", "-1", "--format=%gs", "main").startswith(mark)
    forgotten(changed)
    restore(repo)
    assert picture(changed) == before


def test_a_commit_of_a_person_in_place_of_the_next_one_is_not_undone(
    changed: Path, view: Callable[[Path], RepoView]
) -> None:
    repo = view(changed)
    interrupted(repo, 2)
    forgotten(changed)
    git(changed, "reset", "--quiet", "--soft", "HEAD~1")
    git(changed, "commit", "--quiet", "--allow-empty", "-m", "mine")
    told = restore(repo)
    assert told is not None
    assert "nothing was undone" in told
    assert subjects(changed) == ["first", "part 0", "mine"]


def test_commits_of_a_person_are_not_undone(
    changed: Path, view: Callable[[Path], RepoView]
) -> None:
    repo = view(changed)
    interrupted(repo, 2)
    git(changed, "commit", "--quiet", "--allow-empty", "-m", "mine")
    told = restore(repo)
    assert told is not None
    assert "nothing was undone" in told
    assert subjects(changed)[-1] == "mine"
    assert restore(repo) is None


def test_an_index_that_a_person_changed_since_is_left(
    changed: Path, view: Callable[[Path], RepoView]
) -> None:
    repo = view(changed)
    interrupted(repo, 1)
    (changed / "mine.txt").write_text("mine\n")
    git(changed, "add", "mine.txt")
    told = restore(repo)
    assert told is not None
    assert "index" in told
    assert subjects(changed) == ["first"]
    assert "mine.txt" in git(changed, "ls-files")


def test_the_index_lock_of_another_git_is_waited_for_then_told(
    changed: Path, view: Callable[[Path], RepoView], monkeypatch: pytest.MonkeyPatch
) -> None:
    before = picture(changed)
    repo = view(changed)
    interrupted(repo, 1)
    monkeypatch.setattr(index_writer, "LOCK_SECONDS", 0.0)
    (changed / ".git/index.lock").write_text("")
    with pytest.raises(UserError, match=r"index\.lock"):
        restore(repo)
    (changed / ".git/index.lock").unlink()
    restore(repo)
    assert picture(changed) == before
