"""`pairwright commit` as people and git run it: drafts, commits, and the hook."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from support import forks
from support.histories import git, repository, written

REPOSITORY = Path(__file__).resolve().parents[2]
BASE = {"mail.py": "def send(to):\n    return to\n"}
RETRY = BASE["mail.py"] + "\n\ndef retry(to):\n    return send(to)\n"


def environment(**more: str) -> dict[str, str]:
    paths = [str(REPOSITORY / "server"), str(REPOSITORY / "analyzers")]
    return {**os.environ, "PYTHONPATH": os.pathsep.join(paths), **more}


def pairwright(root: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    return forks.run_text(["commit", *arguments], cwd=root)


def commit(root: Path, *arguments: str, **more: str) -> subprocess.CompletedProcess[str]:
    """`git commit` with an editor that leaves the message as it is."""
    return subprocess.run(
        ["git", "commit", *arguments],
        cwd=root,
        capture_output=True,
        text=True,
        check=False,
        env=environment(**{"GIT_EDITOR": ":", **more}),
    )


def last(root: Path) -> str:
    return git(root, "log", "-1", "--format=%B")


@pytest.fixture
def shop(tmp_path: Path) -> Path:
    """A repository with a new function staged."""
    commits = [(f"Add thing {number}", {"notes.txt": f"{number}\n"}) for number in range(6)]
    root = repository(tmp_path / "the shop", [("Add mail", BASE), *commits])
    written(root, {"mail.py": RETRY})
    return root


# Drafts.


def test_a_draft_is_printed(shop: Path) -> None:
    done = pairwright(shop)
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout == "Add retry\n"
    done = pairwright(shop, "--draft", "--json")
    found = json.loads(done.stdout)
    assert {"type", "scope", "subject", "body", "breaking", "evidence"} <= found.keys()
    assert (found["subject"], found["compared"]) == ("Add retry", "staged")


def test_nothing_staged_and_nothing_at_all(shop: Path) -> None:
    git(shop, "reset", "--quiet")
    done = pairwright(shop)
    assert done.stdout.startswith("Add retry\n")
    assert "nothing is staged" in done.stderr
    git(shop, "checkout", "--quiet", "--", ".")
    done = pairwright(shop)
    assert (done.returncode, done.stdout) == (1, "")
    assert "nothing to commit" in done.stderr


def test_no_repository(tmp_path: Path) -> None:
    done = pairwright(tmp_path)
    assert done.returncode == 2
    assert "no git repository" in done.stderr


# Commits.


def test_what_is_staged_is_committed_with_the_person_s_hooks(shop: Path) -> None:
    hook = shop / ".git/hooks/pre-commit"
    hook.write_text("#!/bin/sh\necho checked\n")
    hook.chmod(0o755)
    (shop / "notes.txt").write_text("not staged\n")
    done = pairwright(shop, "--apply")
    assert done.returncode == 0
    assert "checked" in done.stderr
    assert last(shop) == "Add retry"
    assert git(shop, "status", "--short") == "M notes.txt"
    done = pairwright(shop, "--apply", "--all", "--json")
    assert json.loads(done.stdout)["commit"] == git(shop, "rev-parse", "HEAD")
    assert git(shop, "status", "--short") == ""


def test_a_hook_that_fails_is_shown_and_the_message_kept(shop: Path) -> None:
    head = git(shop, "rev-parse", "HEAD")
    hook = shop / ".git/hooks/pre-commit"
    hook.write_text("#!/bin/sh\necho no retries here >&2\nexit 1\n")
    hook.chmod(0o755)
    done = pairwright(shop, "--apply")
    assert done.returncode == 1
    assert "no retries here" in done.stderr
    assert git(shop, "rev-parse", "HEAD") == head
    kept = shop / ".git/PAIRWRIGHT_COMMIT_MSG"
    assert str(kept) in done.stderr
    assert kept.read_text() == "Add retry\n"
    hook.unlink()
    git(shop, "commit", "--quiet", "--file", str(kept))
    assert last(shop) == "Add retry"


def test_without_a_user_git_says_what_to_do(shop: Path) -> None:
    for key in ("user.name", "user.email"):
        git(shop, "config", "--unset", key)
    git(shop, "config", "user.useConfigOnly", "true")
    done = subprocess.run(
        [sys.executable, "-m", "pairwright", "commit", "--apply"],
        cwd=shop,
        capture_output=True,
        text=True,
        check=False,
        env={
            name: value
            for name, value in environment(
                HOME=str(shop.parent), GIT_CONFIG_GLOBAL=os.devnull, GIT_CONFIG_NOSYSTEM="1"
            ).items()
            if not name.startswith(("GIT_AUTHOR", "GIT_COMMITTER", "EMAIL"))
        },
    )
    assert done.returncode == 2
    assert "user.email" in done.stderr
    assert (shop / ".git/PAIRWRIGHT_COMMIT_MSG").exists()


def test_a_locked_index_is_told(shop: Path) -> None:
    (shop / ".git/index.lock").write_text("")
    done = pairwright(shop, "--apply")
    assert done.returncode == 2
    assert "index.lock" in done.stderr


def test_a_merge_keeps_git_s_message(shop: Path) -> None:
    git(shop, "commit", "--quiet", "--message", "Add retry")
    git(shop, "switch", "--quiet", "-c", "side", "HEAD~1")
    written(shop, {"other.py": "x = 1\n"})
    git(shop, "commit", "--quiet", "--message", "Add other")
    git(shop, "merge", "--quiet", "--no-commit", "main")
    done = pairwright(shop, "--apply")
    assert done.returncode == 1
    assert "message ready" in done.stderr
    assert (shop / ".git/MERGE_MSG").read_text().startswith("Merge branch 'main'")


# The hook.


def test_git_commit_opens_with_a_draft(shop: Path) -> None:
    done = pairwright(shop, "--install-hook")
    assert "is installed" in done.stdout
    assert commit(shop).returncode == 0
    assert last(shop) == "Add retry"
    written(shop, {"mail.py": RETRY + "\n\ndef forward(to):\n    return retry(to)\n"})
    assert commit(shop, "--all").returncode == 0
    assert last(shop) == "Add forward"
    assert pairwright(shop, "--uninstall-hook").returncode == 0
    assert not (shop / ".git/hooks/prepare-commit-msg").exists()


def test_what_is_committed_by_name_is_what_is_drafted(shop: Path) -> None:
    pairwright(shop, "--install-hook")
    (shop / "notes.txt").write_text("many\nnotes\n")
    assert commit(shop, "notes.txt").returncode == 0
    assert "notes" in last(shop)
    assert "retry" not in last(shop)


@pytest.mark.parametrize("arguments", [("--message", "Mine"), ("--amend",), ("--file", "m.txt")])
def test_a_message_that_is_there_is_left_alone(shop: Path, arguments: tuple[str, ...]) -> None:
    pairwright(shop, "--install-hook")
    (shop / "m.txt").write_text("Mine\n")
    assert commit(shop, *arguments).returncode == 0
    assert last(shop) == ("Add thing 5" if "--amend" in arguments else "Mine")


def test_a_template_stays_below_the_draft(shop: Path) -> None:
    pairwright(shop, "--install-hook")
    (shop.parent / "template").write_text("\n# Why?\nTested: no\n")
    git(shop, "config", "commit.template", str(shop.parent / "template"))
    done = commit(shop)
    assert done.returncode == 0, done.stderr
    assert "Tested: no" in last(shop)


def test_a_hook_that_was_there_runs_first_and_comes_back(shop: Path) -> None:
    place = shop / ".git/hooks/prepare-commit-msg"
    place.write_text('#!/bin/sh\necho "# before: $2" >> "$1"\necho ran >> ../ran\n')
    place.chmod(0o755)
    before = place.read_text()
    assert "runs first" in pairwright(shop, "--install-hook").stdout
    assert "up to date" in pairwright(shop, "--install-hook").stdout
    assert commit(shop).returncode == 0
    assert last(shop) == "Add retry"
    assert (shop.parent / "ran").read_text() == "ran\n"
    assert "what it was before" in pairwright(shop, "--uninstall-hook").stdout
    assert place.read_text() == before
    done = pairwright(shop, "--uninstall-hook")
    assert done.returncode == 1
    assert place.read_text() == before


def test_the_folder_of_hooks_is_respected(shop: Path) -> None:
    git(shop, "config", "core.hooksPath", "my hooks")
    pairwright(shop, "--install-hook")
    assert (shop / "my hooks/prepare-commit-msg").exists()
    assert not (shop / ".git/hooks/prepare-commit-msg").exists()
    assert commit(shop).returncode == 0
    assert last(shop) == "Add retry"


def test_a_linked_work_tree_shares_the_hook(shop: Path) -> None:
    linked = shop.parent / "linked"
    git(shop, "worktree", "add", "--quiet", "-b", "other", str(linked))
    pairwright(linked, "--install-hook")
    assert (shop / ".git/hooks/prepare-commit-msg").exists()
    written(linked, {"mail.py": RETRY})
    assert commit(linked).returncode == 0
    assert last(linked) == "Add retry"


def test_no_failure_of_ours_keeps_anybody_from_committing(shop: Path) -> None:
    pairwright(shop, "--install-hook")
    (shop / "m.txt").write_bytes(b"# caf\xe9\n")
    git(shop, "config", "commit.template", "m.txt")
    done = commit(shop, GIT_EDITOR="sh -c 'echo Mine >\"$1\"' -")
    assert done.returncode == 0
    assert "pairwright: " in done.stderr
    assert last(shop) == "Mine"


def test_the_hook_outside_of_git_says_what_it_is_for(shop: Path) -> None:
    done = pairwright(shop, "--hook", str(shop / "nowhere"))
    assert done.returncode == 0
    assert "pairwright: " in done.stderr


def test_new_files_that_nobody_staged_are_named(shop: Path) -> None:
    git(shop, "reset", "--hard", "--quiet")
    (shop / "new one.py").write_text("x = 1\n")
    done = pairwright(shop, "--draft")
    assert done.returncode == 1
    assert "git does not know new one.py yet" in done.stderr


def test_what_is_only_intended_to_be_added_is_not_staged(shop: Path) -> None:
    git(shop, "reset", "--hard", "--quiet")
    (shop / "new.py").write_text("x = 1\n")
    git(shop, "add", "--intent-to-add", "new.py")
    done = pairwright(shop, "--apply")
    assert done.returncode == 1
    assert "There is nothing to commit: nothing is staged" in done.stderr


def test_a_draft_during_a_merge_says_that_git_has_a_message(shop: Path) -> None:
    git(shop, "commit", "--quiet", "-m", "Ours")
    git(shop, "checkout", "--quiet", "-b", "other", "HEAD~1")
    (shop / "other.py").write_text("y = 1\n")
    git(shop, "add", "other.py")
    git(shop, "commit", "--quiet", "-m", "Theirs")
    git(shop, "checkout", "--quiet", "-")
    git(shop, "merge", "--no-commit", "--no-ff", "other")
    done = pairwright(shop, "--draft")
    assert done.returncode == 0
    assert "A merge is under way, and git has its message ready" in done.stderr
