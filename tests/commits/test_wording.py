"""The words of subjects and bodies: what is said first, what is said together, what is cut."""

from __future__ import annotations

import pytest

from pairwright.features.commits.files import class_of
from pairwright.features.commits.header import Form
from pairwright.features.commits.meaning import FileMeaning
from pairwright.features.commits.notes import is_note, note_of
from pairwright.features.commits.style import CommitStyle, Mood
from pairwright.features.commits.topics import Topic
from pairwright.features.commits.wording import bullets, in_own_words, phrases, shortened
from pairwright.git.repo import ChangeStatus
from pairwright.git.staged import FileChange

STYLE = CommitStyle()


def bump(name: str, old: str = "1.0", new: str = "1.1") -> Topic:
    return Topic("bump", (name,), "package.json", 3.0, to=new, old=old)


def test(words: str, path: str = "test/a_spec.ts") -> Topic:
    return Topic("test", (words,), path, 2.0)


test.__test__ = False  # type: ignore[attr-defined]

FIX = Topic("", ("send",), "src/mail.ts", 3.0)


@pytest.mark.parametrize(
    ("topics", "said"),
    [
        ([bump("a")], "bump a from 1.0 to 1.1"),
        ([bump("a"), bump("b")], "bump a and b to 1.1"),
        ([bump("a"), bump("b", new="1.2")], "bump a and b"),
        ([bump("a", "x#" + "1" * 40, "x#" + "2" * 40)], "bump a"),
        ([bump("@x/a"), bump("@x/b")], "bump @x packages from 1.0 to 1.1"),
        ([bump(f"@x/{one}", new=f"2.{one}") for one in range(5)], "bump 5 @x packages"),
        ([bump(f"x{one}", new=f"2.{one}") for one in range(5)], "bump 5 dependencies"),
    ],
)
def test_dependencies_are_said_together(topics: list[Topic], said: str) -> None:
    assert phrases(topics, "chore", STYLE)[0] == said


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ("should abort the request when the client leaves", "abort the request when the client"),
        ("should not lose letters", "do not lose letters"),
        ("keeps the date and resets the port", "keep the date and reset the port"),
        ("rejects letters without an address", "reject letters without an address"),
        ("requirements clean line strips comments", "fix send"),
        ("update check caches failure", "fix send"),
        ("send without an address", "fix send without an address"),
    ],
)
def test_a_fix_in_the_words_of_its_test(words: str, said: str) -> None:
    assert phrases([FIX, test(words)], "fix", STYLE)[0].startswith(said)


@pytest.mark.parametrize(
    ("text", "most", "said"),
    [
        ("fix run, stop and 4 more", 20, "fix run and stop"),
        ("change the return type of load to Promise<Result>", 40, "change the return type of load"),
        ("add Sidecar.try_recover_from_cells", 30, "add try_recover_from_cells"),
        ("rename parameter metafile of load to files", 20, ""),
        ("report an error when a template has no end", 30, "report an error"),
        ("add a_name_that_is_longer_than_any_header", 20, ""),
    ],
)
def test_what_is_cut_leaves_what_was_done(text: str, most: int, said: str) -> None:
    assert shortened(text, most) == said


def test_a_body_groups_what_was_done_to_one_file_and_ends_with_tests() -> None:
    topics = [
        Topic("add", ("One",), "src/shop.ts", 5.0),
        test("should add one"),
        test("should add one", "test/b_spec.ts"),
        Topic("add", ("Two",), "src/shop.ts", 4.0),
        Topic("remove", ("three",), "src/mail.ts", 3.0),
    ]
    assert bullets(topics, "feat", STYLE, 6) == [
        "add `One` and `Two` (shop.ts)",
        "remove `three` (mail.ts)",
        "test: add one (a_spec.ts)",
    ]
    assert bullets(topics, "feat", STYLE, 1) == ["add `One` and `Two`", "2 more in 2 files"]


def test_places_are_told_only_where_there_are_several() -> None:
    topics = [Topic("add", (name,), "src/shop.ts", 5.0) for name in ("One", "Two")]
    assert bullets(topics, "feat", STYLE, 6) == ["add `One` and `Two`"]


def test_data_of_tests_is_not_what_was_fixed() -> None:
    data = Topic("update", ("happy.toml",), "parser/testdata/happy.toml", 1.0)
    assert phrases([FIX, data], "fix", STYLE)[0] == "fix send"


def test_the_word_of_the_type_is_not_said_twice() -> None:
    conventional = CommitStyle(form=Form.CONVENTIONAL)
    assert phrases([FIX], "fix", conventional)[0] == "correct send"
    assert phrases([test("empty letters")], "test", conventional)[0] == "cover empty letters"
    assert phrases([FIX], "fix", STYLE)[0] == "fix send"


def test_what_is_private_is_not_named_beside_what_is_public() -> None:
    topics = [
        Topic("add", ("send",), "src/mail.ts", 6.0),
        Topic("add", ("receive",), "src/mail.ts", 5.5),
        Topic("add", ("_padded",), "src/mail.ts", 3.0),
    ]
    assert phrases(topics, "feat", STYLE)[0] == "add send and receive"
    assert phrases([test("one"), topics[2]], "fix", STYLE)[0] == "add _padded"


# Release notes.


def meaning(path: str, text: str, status: ChangeStatus = ChangeStatus.ADDED) -> FileMeaning:
    change = FileChange(path, None, status, "", "100644", "", "1")
    lines = tuple(text.encode().splitlines())
    return FileMeaning(change, class_of(path), "", (), {}, lines, (), 0)


@pytest.mark.parametrize(
    ("path", "text", "type_", "words"),
    [
        ("news/12.bugfix.md", "Keep the port, see #9. More.\n", "fix", "Keep the port"),
        (
            "docs/changelog.d/7.feature.rst",
            "Add ``--all`` to :ref:`list`.",
            "feat",
            "Add `--all` to",
        ),
        (".changeset/a.md", "---\n'@x/a': minor\n---\n\nsend it twice\n", "feat", "send it twice"),
        (
            ".changeset/a.md",
            "---\n'a': patch\n---\n\nperf: send it once a day\n",
            "perf",
            "send it",
        ),
    ],
)
def test_a_release_note_says_what_was_done(path: str, text: str, type_: str, words: str) -> None:
    assert is_note(path)
    found = note_of([meaning(path, text)])
    assert found is not None
    assert found.type == type_
    assert found.text.startswith(words)


def test_one_entry_of_a_changelog_is_a_note_and_a_release_is_none() -> None:
    one = meaning(
        "CHANGELOG.md", "### Fixed\n\n- Letters keep their dates\n", ChangeStatus.MODIFIED
    )
    found = note_of([one])
    assert found is not None
    assert (found.type, found.text) == ("fix", "Letters keep their dates")
    many = "".join(f"- entry number {number} here\n" for number in range(9))
    assert note_of([meaning("CHANGELOG.md", many, ChangeStatus.MODIFIED)]) is None


def test_notes_that_disagree_say_nothing() -> None:
    notes = [meaning(f"news/1.{kind}.md", "Keep the port open.") for kind in ("bugfix", "feature")]
    assert note_of(notes) is None


def test_own_words_take_the_form_of_the_history() -> None:
    assert in_own_words("Fixed the dates of letters", STYLE) == "fix the dates of letters"
    assert in_own_words("Don't lose letters", STYLE) == "don't lose letters"
    assert in_own_words("URLs keep their ports", STYLE) == "URLs keep their ports"
    past = CommitStyle(mood=Mood.PAST)
    assert in_own_words("Add a date to letters", past) == "added a date to letters"
    assert in_own_words("Add a date", CommitStyle(language="de")) == ""
