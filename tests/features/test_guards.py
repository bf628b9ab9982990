"""What stops a commit, what is only a hint, and what lets a finding pass."""

from __future__ import annotations

import random
import string

import pytest

from pairwright.features.commit_draft import commit_drafted
from pairwright.features.commit_guards import (
    Guarded,
    GuardRefusal,
    guards_of,
    pending,
    refuse_found,
)
from pairwright.features.context import Context
from pairwright.git.repo import RepoView

from .conftest import Project, git

_CHOICE = random.Random(41)


def random_text(length: int, letters: str = string.ascii_letters + string.digits) -> str:
    return "".join(_CHOICE.choice(letters) for _ in range(length))


# Put together here, so that nobody who scans these sources finds a secret.
TOKEN = "gl" + "pat-" + random_text(20)


def asked(project: Project) -> tuple[Context, RepoView]:
    ctx = project.context()
    assert ctx.repo is not None
    return ctx, ctx.repo


def guarded(project: Project, *, all_changes: bool = False) -> Guarded:
    ctx, repo = asked(project)
    return guards_of(ctx, repo, pending(repo, all_changes=all_changes))


def said(project: Project) -> list[tuple[str, str, int, bool]]:
    """(rule, path, line from 1, whether it stops a commit) of each finding."""
    held = guarded(project)
    return [
        (
            one.rule,
            one.location.path,
            held.texts[one.location.path].count(b"\n", 0, one.location.span.start) + 1,
            one in held.blocking,
        )
        for one in held.findings
    ]


@pytest.mark.parametrize(
    ("path", "text"),
    [
        ("settings.py", 'KEY = "{}"\n'),
        (".env", "KEY={}\n"),
        ("deploy.conf", "key = {}\n"),
        ("Makefile", "KEY = {}\n"),
        ("notes.txt", "the key is {}\n"),
        ("data.unknown", "{}\n"),
        ("config.yaml", "key: {}\n"),
        ("main.tf", 'key = "{}"\n'),
    ],
)
def test_secrets_in_files_of_any_kind(project: Project, path: str, text: str) -> None:
    project.commit({path: "\n"})
    project.put({path: "\n" + text.format(TOKEN)})
    assert said(project) == [("secret-in-code", path, 2, True)]
    ctx, repo = asked(project)
    with pytest.raises(GuardRefusal) as caught:
        refuse_found(ctx, repo, pending(repo))
    assert f"{path}:2" in str(caught.value)
    assert TOKEN not in str(caught.value)


def test_a_secret_that_was_there_before_is_not_told(project: Project) -> None:
    project.commit({"a.py": f'KEY = "{TOKEN}"\n'})
    project.put({"a.py": f'KEY = "{TOKEN}"\nx = 1\n'})
    assert said(project) == []


@pytest.mark.parametrize(
    "text",
    [
        f'KEY = "{TOKEN}"  # pragma: allowlist secret\n',
        f'# pragma: allowlist nextline secret\nKEY = "{TOKEN}"\n',
        f'KEY = "{TOKEN}"  # pairwright: ignore[secret-in-code]\n',
    ],
)
def test_a_pragma_lets_a_secret_pass(project: Project, text: str) -> None:
    project.commit({"a.py": "x = 1\n"})
    project.put({"a.py": text})
    assert said(project) == []


def test_a_pragma_is_for_its_line_and_for_secrets_alone(project: Project) -> None:
    project.commit({"a.py": "x = 1\n"})
    project.put(
        {
            "a.py": f'A = 1  # pragma: allowlist secret\nKEY = "{TOKEN}"\n\n\n'
            "def f():\n    breakpoint()  # pragma: allowlist secret\n"
        }
    )
    assert said(project) == [
        ("secret-in-code", "a.py", 2, True),
        ("leftover-debug", "a.py", 6, True),
    ]


def test_a_disabled_rule_and_an_accepted_finding_are_silent(project: Project) -> None:
    project.commit({"a.py": "x = 1\n"})
    project.put({"a.py": f'KEY = "{TOKEN}"\n'})
    project.settings["review.disabled_rules"] = ["secret-in-code"]
    assert said(project) == []
    project.settings.clear()
    assert len(said(project)) == 1
    from pairwright.features.review import write_baseline

    write_baseline(project.context())
    assert said(project) == []


def test_markers_of_a_conflict(project: Project) -> None:
    text = "<<<<<<< HEAD\nx = 1\n=======\nx = 2\n>>>>>>> side\n"
    project.commit({"a.py": "x = 1\n", "a.unknown": "x = 1\n", "README.md": "Title\n=======\n"})
    project.put({"a.py": text, "a.unknown": text, "README.md": "Other\n=======\n"})
    assert said(project) == [
        ("merge-marker", "a.py", 1, True),
        ("merge-marker", "a.unknown", 1, True),
    ]


def test_large_files(project: Project) -> None:
    project.commit({"a.py": "x = 1\n"})
    project.settings["commit.max_file_size"] = 1_000
    project.put({"big.bin": b"\0" * 1_001, "just.bin": b"\0" * 1_000})
    assert said(project) == [("large-file", "big.bin", 1, True)]
    git(project.root, "add", "--all")
    assert said(project) == [("large-file", "big.bin", 1, True)]
    project.settings["commit.max_file_size"] = 0
    assert said(project) == []


@pytest.mark.parametrize(
    ("path", "before", "after", "line"),
    [
        ("a.test.js", "it('a', () => {});\n", "it.only('a', () => {});\n", 1),
        ("a.test.ts", "describe('a', () => {});\n", "fdescribe('a', () => {});\n", 1),
        ("test_a.py", "def test_a(): ...\n", "@pytest.mark.only\ndef test_a(): ...\n", 1),
        ("spec/a_spec.rb", "it 'a' do\nend\n", "fit 'a' do\nend\n", 1),
        ("spec/b_spec.rb", "it 'a' do\nend\n", "it 'a', focus: true do\nend\n", 1),
    ],
)
def test_focused_tests(project: Project, path: str, before: str, after: str, line: int) -> None:
    project.commit({path: before})
    assert said(project) == []
    project.put({path: after})
    found = said(project)
    assert [(one[1], one[2], one[3]) for one in found] == [(path, line, True)]


@pytest.mark.parametrize(
    ("path", "before", "after"),
    [
        ("a.py", "def f():\n    return 1\n", "def f():\n    breakpoint()\n    return 1\n"),
        (
            "a.py",
            "def f():\n    return 1\n",
            "def f():\n    import pdb; pdb.set_trace()\n    return 1\n",
        ),
        (
            "a.js",
            "function f() {\n  return 1;\n}\n",
            "function f() {\n  debugger;\n  return 1;\n}\n",
        ),
        ("a.rs", "fn f() -> u8 {\n    1\n}\n", "fn f() -> u8 {\n    dbg!(1)\n}\n"),
        ("a.rb", "def f\n  1\nend\n", "def f\n  binding.pry\n  1\nend\n"),
    ],
)
def test_what_was_written_to_debug(project: Project, path: str, before: str, after: str) -> None:
    project.commit({path: before})
    project.put({path: after})
    assert said(project) == [("leftover-debug", path, 2, True)]


def test_a_print_is_a_hint(project: Project) -> None:
    project.commit({"shop/prices.py": "def f():\n    return 1\n"})
    project.put({"shop/prices.py": "def f():\n    print(1)\n    return 1\n"})
    assert said(project) == [("leftover-debug", "shop/prices.py", 2, False)]
    ctx, repo = asked(project)
    refuse_found(ctx, repo, pending(repo))


def test_what_is_staged_is_looked_at_where_anything_is(project: Project) -> None:
    project.commit({"a.py": "x = 1\n"})
    project.put({"a.py": "x = 2\n"})
    git(project.root, "add", "a.py")
    project.put({"a.py": f'x = "{TOKEN}"\n'})
    assert said(project) == []
    assert len(guarded(project, all_changes=True).findings) == 1
    git(project.root, "add", "a.py")
    project.put({"a.py": "x = 2\n"})
    assert len(said(project)) == 1


def test_links_deleted_files_and_binaries_are_passed_over(project: Project) -> None:
    project.commit({"gone.py": f'KEY = "{TOKEN}"\n', "a.py": "x = 1\n"})
    (project.root / "gone.py").unlink()
    (project.root / "link").symlink_to(TOKEN)
    project.put({"image.bin": b"\0" + TOKEN.encode()})
    assert said(project) == []


def test_a_branch_without_a_commit(project: Project) -> None:
    project.put({"a.py": f'KEY = "{TOKEN}"\n'})
    assert said(project) == [("secret-in-code", "a.py", 1, True)]


def test_a_drafted_commit_is_stopped_without_an_index(project: Project) -> None:
    project.commit({"a.py": "x = 1\n"})
    project.put({"a.py": "def f():\n    breakpoint()\n", ".pairwright.toml": ""})
    git(project.root, "add", "a.py")
    _, repo = asked(project)
    with pytest.raises(GuardRefusal, match=r"a\.py:2"):
        commit_drafted(repo)
    assert git(project.root, "log", "--format=%s") == "change"
    project.put(
        {
            ".pairwright.toml": '[review]\ndisabled_rules = ["leftover-debug"]\n',
        }
    )
    drafted, committed = commit_drafted(repo)
    assert committed.subject == drafted.draft.header
