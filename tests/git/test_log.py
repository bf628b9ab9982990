"""Histories read from one git, and the trailers of messages."""

from __future__ import annotations

import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from pairwright.errors import GitUnavailable, UnknownRevision
from pairwright.git.log import LoggedFile, commits, trailers_of
from pairwright.git.process import streamed
from pairwright.git.repo import ChangeStatus, Repositories, RepoView


def git(folder: Path, *arguments: str, given: bytes | None = None) -> str:
    done = subprocess.run(
        ["git", *arguments], cwd=folder, check=True, capture_output=True, input=given
    )
    return done.stdout.decode().strip()


@pytest.fixture
def root(tmp_path: Path) -> Path:
    git(tmp_path, "init", "--quiet", "--initial-branch=main")
    return tmp_path


@pytest.fixture
def repo(root: Path) -> Iterator[RepoView]:
    repositories = Repositories()
    view = repositories.of(root / "any file")
    assert view is not None
    yield view
    repositories.close()


def commit(root: Path, message: str, **files: str | None) -> str:
    for name, text in files.items():
        if text is None:
            (root / name).unlink()
        else:
            (root / name).write_text(text)
    git(root, "add", "--all")
    git(root, "commit", "--quiet", "--allow-empty", "--file=-", given=message.encode())
    return git(root, "rev-parse", "HEAD")


def test_commits_come_newest_first_with_what_they_touched(root: Path, repo: RepoView) -> None:
    first = commit(root, "feat: one\n\nA body\nof two lines.", a="1\n", b="1\n")
    second = commit(root, "fix: two", a="2\n", b=None, **{"c d": "x\n"})
    two, one = commits(repo, 10)
    assert (two.id, one.id) == (second, first)
    assert (two.parents, one.parents) == ((first,), ())
    assert (one.subject, one.body) == ("feat: one", "A body\nof two lines.")
    assert {held.path: held.status.value for held in two.files} == {
        "a": "modified",
        "b": "deleted",
        "c d": "added",
    }
    assert [one.id for one in commits(repo, 1)] == [second]
    assert [one.id for one in commits(repo, 5, "HEAD~1")] == [first]


def test_counts_come_with_renames(root: Path, repo: RepoView) -> None:
    text = "".join(f"line {number}\n" for number in range(30))
    commit(root, "one", old=text)
    git(root, "mv", "old", "new")
    commit(root, "two", new=text + "more\n")
    newest = next(commits(repo, 1, counts=True))
    assert newest.files == (LoggedFile("new", ChangeStatus.RENAMED, "old", 1, 0),)


def test_merges_are_left_out_unless_asked_for(root: Path, repo: RepoView) -> None:
    commit(root, "one", a="1\n")
    git(root, "switch", "--quiet", "-c", "side")
    commit(root, "side", b="1\n")
    git(root, "switch", "--quiet", "main")
    commit(root, "main", c="1\n")
    git(root, "merge", "--quiet", "--no-edit", "side")
    assert {one.subject for one in commits(repo, 9)} == {"one", "side", "main"}
    merge = next(commits(repo, 9, merges=True))
    assert merge.subject == "Merge branch 'side'"
    assert merge.files == ()


def test_messages_hold_what_could_be_taken_for_the_form(root: Path, repo: RepoView) -> None:
    message = ":100644 100644 a b M\ttricky\n\ncommit\n\n1\t2\tname\n"
    commit(root, message, a="1\n")
    (found,) = commits(repo, 9)
    assert found.message == message.strip()
    assert [one.path for one in found.files] == ["a"]


def test_an_unborn_branch_has_no_commits(repo: RepoView) -> None:
    assert list(commits(repo, 5)) == []


def test_who_stops_early_leaves_no_git_behind(root: Path, repo: RepoView) -> None:
    for number in range(5):
        commit(root, f"number {number}", a=f"{number}\n")
    running = commits(repo, 5)
    assert next(running).subject == "number 4"
    running.close()  # type: ignore[attr-defined]


def test_what_git_refuses_is_told(root: Path, repo: RepoView) -> None:
    commit(root, "one")
    with pytest.raises(UnknownRevision):
        list(commits(repo, 5, "nowhere"))
    with pytest.raises(GitUnavailable, match="git log failed"):
        list(streamed(root, ("log", "--no-such-option")))


TRAILERS = [
    ("subject", ()),
    ("subject\n\nbody: not a trailer\nas this is prose", ()),
    ("s\n\nSigned-off-by: A <a@x>\nCo-authored-by: B <b@x>", ("Signed-off-by", "Co-authored-by")),
    ("s\n\nbody\n\nFixes #12", ()),
    ("s\n\nbody\n\nRefs: #1\n  and more\nChange-Id: I12", ("Refs", "Change-Id")),
    ("s\n\nBREAKING CHANGE: all\nRefs: #1", ("BREAKING CHANGE", "Refs")),
    ("Key: value", ()),
]


@pytest.mark.parametrize(("message", "keys"), TRAILERS)
def test_trailers_are_the_last_paragraph_s(message: str, keys: tuple[str, ...]) -> None:
    assert tuple(key for key, _ in trailers_of(message)) == keys


def test_a_trailer_goes_on_in_an_indented_line() -> None:
    assert trailers_of("s\n\nRefs: one\n two") == (("Refs", "one two"),)
