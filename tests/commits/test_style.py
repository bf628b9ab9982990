"""How a repository writes, learnt from messages and from what its configuration says."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import pytest

from pairwright.features.commits.configuration import MessageRules, configured_rules
from pairwright.features.commits.header import Form
from pairwright.features.commits.style import (
    CommitStyle,
    Mood,
    TicketPlace,
    is_release,
    learn_style,
    style_of,
    verb_in,
)
from pairwright.git.log import LoggedCommit
from pairwright.git.repo import open_repo
from support.histories import git, repository


def history(messages: Sequence[str], author: str = "Ann") -> list[LoggedCommit]:
    return [
        LoggedCommit(f"{place:040x}", (), author, f"{author}@example.com", place, message, ())
        for place, message in enumerate(messages)
    ]


def style(*messages: str, times: int = 3, rules: MessageRules | None = None) -> CommitStyle:
    return style_of(history(list(messages) * times), rules or MessageRules())


CONVENTIONAL = ("feat(api): add a thing", "fix: mend it", "docs: say so", "fix(ui)!: drop it")


def test_conventional_commits() -> None:
    found = style(*CONVENTIONAL, times=10)
    assert found.form is Form.CONVENTIONAL
    assert found.types == {"fix": 20, "feat": 10, "docs": 10}
    assert found.scopes == {"api": 10, "ui": 10}
    assert found.scope_share == 0.5
    assert found.allowed_types == ("fix", "feat", "docs")
    assert found.breaking_marks
    assert not found.capital
    assert found.max_header == 50


def test_one_mark_in_a_long_history_is_no_habit() -> None:
    calm = ("feat: add a thing", "fix: mend it", "docs: say so")
    assert not style_of(history(["feat!: drop it", *calm * 60]), MessageRules()).breaking_marks
    assert style_of(history(["feat!: drop it", *calm * 20]), MessageRules()).breaking_marks


def test_a_thin_history_leaves_the_standard_types_open() -> None:
    assert set(style(*CONVENTIONAL, times=2).allowed_types) >= {"perf", "refactor", "test"}
    assert style_of((), MessageRules()).form is Form.PLAIN
    assert style_of((), MessageRules()).max_header == 72


def test_bots_releases_and_git_do_not_set_the_style() -> None:
    people = history(["Add this", "Remove that", "Fix it", "Update these", "Use those"])
    others = [
        *history(["chore(deps): bump x"] * 9, "renovate[bot]"),
        *history(["Merge branch 'x'", 'Revert "Add this"', "fixup! Add this", "v1.2.3"] * 4),
    ]
    assert style_of([*others, *people], MessageRules()).form is Form.PLAIN
    assert style_of([*others, *people], MessageRules()).capital
    assert is_release("chore(release): 1.2.3")
    assert not is_release("feat: release the lock")


@pytest.mark.parametrize(
    ("verbs", "mood"),
    [
        (("Add", "Fix", "Remove"), Mood.IMPERATIVE),
        (("Added", "Fixed", "Removed"), Mood.PAST),
        (("Adds", "Fixes", "Removes"), Mood.THIRD),
        (("Adding", "Fixing", "Removing"), Mood.GERUND),
    ],
)
def test_the_mood_of_verbs(verbs: tuple[str, ...], mood: Mood) -> None:
    assert style(*(f"{verb} the thing" for verb in verbs)).mood is mood
    assert verb_in(mood, "add").title() == verbs[0]


def test_capitals_and_stops() -> None:
    found = style("Add it.", "Fix that.", "Remove those.", "HTTP is up.")
    assert found.capital
    assert found.period
    lower = style("add it", "fix that", "remove those", "Cart.total is right")
    assert not lower.capital
    assert not lower.period


@pytest.mark.parametrize(
    ("message", "place", "form"),
    [
        ("ABC-1 Add it", TicketPlace.PREFIX, "{} "),
        ("ABC-1: Add it", TicketPlace.PREFIX, "{}: "),
        ("[ABC-1] Add it", TicketPlace.PREFIX, "[{}] "),
        ("feat(ABC-1): add it", TicketPlace.SCOPE, "{}"),
        ("Add it (ABC-1)", TicketPlace.SUFFIX, " ({})"),
        ("Add it\n\nRefs: ABC-1", TicketPlace.FOOTER, "Refs: {}"),
    ],
)
def test_where_tickets_stand(message: str, place: TicketPlace, form: str) -> None:
    found = style(message, times=20)
    assert (found.ticket_place, found.ticket_form) == (place, form)
    assert found.ticket_share == 1.0
    assert found.ticket_required
    assert not style(message, "Add it", times=20).ticket_required


def test_bodies_bullets_and_trailers() -> None:
    found = style(
        "Add it\n\n* one\n* two\n\nSigned-off-by: A <a@x>", "Fix it\n\nSigned-off-by: A <a@x>"
    )
    assert found.body_share == 0.5
    assert found.bullet == "* "
    assert found.trailers == {"Signed-off-by": 1.0}


def test_emojis_by_type_and_by_verb() -> None:
    found = style(":sparkles: Add it", ":bug: Fix it", "🔥 Remove it")
    assert found.emoji == 1.0
    assert found.emojis == {"add": ":sparkles:", "fix": ":bug:", "remove": "🔥"}
    assert style("✨ feat: it", "🐛 fix: it", times=9).emojis == {"feat": "✨", "fix": "🐛"}


@pytest.mark.parametrize(
    ("language", "messages"),
    [
        ("de", ("Füge das hinzu und behebe den Fehler", "Entfernt die Seite mit dem Text")),
        ("fr", ("Ajoute la page et les tests", "Corrige le texte dans une page")),
        ("zh", ("新增页面", "修复 bug")),
        ("ja", ("ページを追加", "バグの修正")),
        ("ru", ("Добавить страницу", "Исправить ошибку")),
        ("en", ("Add the page and the text", "fix(api): x", "Update README")),
    ],
)
def test_the_language(language: str, messages: tuple[str, ...]) -> None:
    assert style(*messages, times=6).language == language


@pytest.mark.parametrize(
    ("messages", "form"),
    [
        (("net: ipv4: Fix it", "mm: Add it", "docs: Say so"), Form.SUBSYSTEM),
        (("cmd/go: fix it", "net/http: add it"), Form.SUBSYSTEM),
        (("[core] Fix it", "[ui] Add it"), Form.BRACKET),
        (("Fix it", "Add it", "docs: say so"), Form.PLAIN),
    ],
)
def test_other_forms(messages: tuple[str, ...], form: Form) -> None:
    assert style(*messages, times=6).form is form


# Configuration.

COMMITLINT = {
    ".commitlintrc.json": (
        '{"extends": ["@commitlint/config-conventional"],'
        ' "rules": {"type-enum": [2, "always", ["feat", "fix"]], "scope-empty": [2, "never"],'
        ' "header-max-length": [2, "always", 60], "subject-full-stop": [0]}}'
    ),
    ".commitlintrc.yml": (
        "extends: ['@commitlint/config-conventional']\n"
        "rules:\n  type-enum: [2, always, [feat, fix]]\n  scope-empty: [2, never]\n"
        "  header-max-length: [2, always, 60]\n"
    ),
    "commitlint.config.js": (
        "const types = ['feat', 'fix'];\n"
        "module.exports = {\n"
        "  extends: ['@commitlint/config-conventional'],\n"
        "  rules: {\n"
        "    'type-enum': [2, 'always', types],\n"
        "    'scope-empty': [2, 'never'],\n"
        "    'header-max-length': [2, 'always', 60],\n"
        "    'body-case': [2, 'always', compute()],\n"
        "  },\n};\n"
    ),
    "commitlint.config.ts": (
        "import type { UserConfig } from '@commitlint/types';\n"
        "import { RuleConfigSeverity } from '@commitlint/types';\n"
        "const config: UserConfig = {\n"
        "  extends: ['@commitlint/config-conventional'],\n"
        "  rules: {\n"
        "    'type-enum': [RuleConfigSeverity.Error, 'always', ['feat', 'fix']],\n"
        "    'scope-empty': [2, 'never'],\n"
        "    'header-max-length': [2, 'always', 60],\n"
        "  },\n};\nexport default config;\n"
    ),
    "package.json": (
        '{"name": "x", "commitlint": {"extends": "@commitlint/config-conventional", "rules":'
        ' {"type-enum": [2, "always", ["feat", "fix"]], "scope-empty": [2, "never"],'
        ' "header-max-length": [2, "always", 60]}}}'
    ),
}


@pytest.mark.parametrize("name", COMMITLINT)
def test_commitlint_is_read_and_never_run(name: str, tmp_path: Path) -> None:
    (tmp_path / name).write_text(COMMITLINT[name])
    found = configured_rules(tmp_path)
    assert found.files == (name,)
    assert found.types == ("feat", "fix")
    assert found.scope_required
    assert found.max_header == 60
    assert found.max_body_line == 100
    assert found.conventional
    assert "sentence-case" in found.subject_cases


def test_commitlint_without_an_object_still_means_conventional(tmp_path: Path) -> None:
    (tmp_path / "commitlint.config.js").write_text("module.exports = require('./other')\n")
    found = configured_rules(tmp_path)
    assert found.conventional
    assert "cannot be read without running it" in found.problems[0]


def test_commitizen_and_semantic_checks_and_gitmoji(tmp_path: Path) -> None:
    (tmp_path / "pyproject.toml").write_text(
        '[tool.commitizen]\nname = "cz_customize"\nmessage_length_limit = 80\n'
        "[tool.commitizen.customize]\nschema_pattern = 'JIRA-\\d+ .*'\n"
    )
    (tmp_path / ".gitmojirc.json").write_text('{"emojiFormat": "emoji"}')
    found = configured_rules(tmp_path)
    assert (found.max_header, found.pattern, found.emoji) == (80, r"JIRA-\d+ .*", "emoji")
    (tmp_path / ".github").mkdir()
    (tmp_path / ".github/semantic.yml").write_text("types: [feat, fix]\nscopes: [api]\n")
    found = configured_rules(tmp_path)
    assert (found.types, found.scopes, found.conventional) == (("feat", "fix"), ("api",), True)


@pytest.mark.parametrize("text", ["", "{", "[1, 2", "\0", "a: &a [*a]", "[" * 5_000])
def test_a_broken_configuration_breaks_nothing(text: str, tmp_path: Path) -> None:
    for name in (".commitlintrc", ".commitlintrc.yml", "pyproject.toml", ".gitmojirc.json"):
        (tmp_path / name).write_text(text)
    (tmp_path / "package.json").write_text(text)
    configured_rules(tmp_path)


def test_the_template_is_found(tmp_path: Path) -> None:
    (tmp_path / ".gitmessage").write_text("# Why?\n")
    assert configured_rules(tmp_path).template == "# Why?\n"
    (tmp_path / "other.txt").write_text("# What?\n")
    assert configured_rules(tmp_path, "other.txt").template == "# What?\n"


def test_all_together_in_a_repository(tmp_path: Path) -> None:
    commits = [(f"Fix thing {number}", {"a.txt": f"{number}\n"}) for number in range(9)]
    root = repository(tmp_path / "work", commits)
    (root / ".commitlintrc").write_text('{"extends": ["@commitlint/config-angular"]}')
    git(root, "config", "commit.template", "message.txt")
    (root / "message.txt").write_text("# Say why.\n")
    repo = open_repo(root)
    assert repo is not None
    found = learn_style(repo)
    repo.close()
    assert found.conventional
    assert found.max_header == 72
    assert "chore" not in found.allowed_types
    assert found.rules.template == "# Say why.\n"
