"""Types and scopes learnt from a history, and what the meaning of a change adds."""

from __future__ import annotations

import pytest

from pairwright.features.commits.classify import (
    Example,
    LabelModel,
    ScopeNames,
    meaning_weights,
    scope_scores,
    type_scores,
)
from pairwright.features.commits.dependencies import DependencyChange, dependency_changes
from pairwright.features.commits.files import FileClass, class_of
from pairwright.features.commits.meaning import meaning_of
from pairwright.features.commits.signs import signs_of
from pairwright.features.commits.topics import test_words as words_of_test
from pairwright.git.repo import ChangeStatus
from pairwright.git.staged import FileChange


def example(path: str, label: str, email: str = "a@x", hint: str = "") -> Example:
    return Example(((path, "modified"),), email, label, hint)


EXAMPLES = [
    example(path.format(number), label)
    for number in range(12)
    for path, label in (
        ("src/api/v{}.py", "feat"),
        ("src/core/part{}.py", "fix"),
        ("deploy/stage{}.tf", "ops"),
    )
]


def best(scores: dict[str, float]) -> str:
    return max(scores, key=lambda name: scores[name])


def test_folders_tell_a_repository_s_own_types() -> None:
    model = LabelModel(EXAMPLES)
    assert model.labels == ("feat", "fix", "ops")
    for path, label in (("src/api/new.py", "feat"), ("deploy/x/y.tf", "ops")):
        found = model.probabilities([(path, "modified")], "b@x", "")
        assert best(found) == label
        assert sum(found.values()) == pytest.approx(1.0)


def test_who_commits_counts() -> None:
    held = [example("a.py", "docs" if who == "d@x" else "fix", who) for who in ("d@x", "f@x") * 15]
    model = LabelModel(held)
    assert best(model.probabilities([("a.py", "modified")], "d@x", "")) == "docs"
    assert best(model.probabilities([("a.py", "modified")], "f@x", "")) == "fix"


def test_little_to_learn_from() -> None:
    assert LabelModel(()).probabilities([("a", "added")], "", "") == {}
    assert LabelModel([example("a", "fix")]).probabilities([("b", "added")], "", "") == {"fix": 1.0}


def test_the_same_history_teaches_the_same() -> None:
    files = [("src/api/new.py", "modified")]
    first = LabelModel(EXAMPLES).probabilities(files, "b@x", "")
    assert LabelModel(EXAMPLES).probabilities(files, "b@x", "") == first


def test_a_scope_that_no_commit_has_had_is_named_by_its_place() -> None:
    held = [
        example(f"packages/{name}/src/index.ts", name)
        for name in ("button", "dialog", "menu", "table", "tabs") * 3
    ]
    names = ScopeNames(held)
    files = [("packages/slider/src/index.ts", "added"), ("packages/slider/README.md", "added")]
    assert best(names.candidates(files)) == "slider"
    scores = scope_scores(LabelModel(held), names, files, "a@x", "feat")
    assert best(scores) == "slider"


def test_scopes_are_spelt_as_the_history_spells_them() -> None:
    held = [example("src/http_client.py", "HTTP-Client"), example("src/parser.py", "parser")] * 4
    names = ScopeNames(held)
    assert best(names.candidates([("src/http_client.py", "modified")])) == "HTTP-Client"


# What texts say.


def ratios(before: str, after: str, path: str = "src/a.py") -> dict[str, float]:
    change = FileChange(path, None, ChangeStatus.MODIFIED, "100644", "100644", "", "")
    meaning = meaning_of(change, before.encode(), after.encode())
    return meaning_weights().log_ratios(signs_of([meaning]))


BODY = "def one(x):\n    return x.name\n"


def test_new_public_code_is_more_of_a_feature_than_a_guard_is() -> None:
    new = ratios(BODY, BODY + "\n\ndef two(x):\n    return x.size\n")
    guard = ratios(BODY, BODY.replace("return x", "return x and x"))
    assert new["feat"] - new["fix"] > guard["feat"] - guard["fix"]


def test_documentation_is_documentation() -> None:
    found = ratios("# One\n", "# One\n\nMore.\n", "docs/one.md")
    assert best(found) == "docs"
    assert best(ratios("a: 1\n", "a: 2\n", ".github/workflows/a.yml")) == "ci"


def test_the_texts_move_what_the_history_says() -> None:
    own = {"fix": 0.5, "feat": 0.5}
    assert best(type_scores(own, {"fix": 2.0, "feat": -1.0})) == "fix"
    assert best(type_scores({"bugfix": 0.5, "feature": 0.5}, {"fix": 2.0, "feat": 0.0})) == "bugfix"
    assert best(type_scores({"fix": 0.01, "ops": 0.99}, {"fix": 1.0})) == "ops"


# Files.

CLASSES = {
    "src/main.py": FileClass.CODE,
    "tests/test_main.py": FileClass.TESTS,
    "pkg/main_test.go": FileClass.TESTS,
    "src/a.spec.ts": FileClass.TESTS,
    "openapi/spec/enums.py": FileClass.CODE,
    "spec/models/a_spec.rb": FileClass.TESTS,
    "docs/index.md": FileClass.DOCS,
    "README.rst": FileClass.DOCS,
    "CHANGELOG.md": FileClass.RELEASE,
    ".github/workflows/a.yml": FileClass.CI,
    ".gitlab-ci.yml": FileClass.CI,
    "package.json": FileClass.MANIFEST,
    "crates/x/Cargo.toml": FileClass.MANIFEST,
    "go.sum": FileClass.LOCK,
    "web/pnpm-lock.yaml": FileClass.LOCK,
    "Dockerfile": FileClass.BUILD,
    "Makefile": FileClass.BUILD,
    "api/v1/x.pb.go": FileClass.GENERATED,
    "locales/de/app.json": FileClass.TRANSLATION,
    "assets/logo.svg": FileClass.ASSET,
    "examples/basic/app.py": FileClass.EXAMPLE,
    "tsconfig.json": FileClass.CONFIG,
    "benches/speed.rs": FileClass.BENCHMARK,
}


@pytest.mark.parametrize("path", CLASSES)
def test_the_class_of_a_file(path: str) -> None:
    assert class_of(path) is CLASSES[path]


DEPENDENCIES = {
    "package.json": (
        '{"dependencies": {"vue": "^3.4.0", "gone": "1"}}',
        '{"dependencies": {"vue": "^3.5.1"}, "devDependencies": {"vite": "~6.0.0"}}',
        "vue 3.4.0 3.5.1, gone - x, vite + 6.0.0",
    ),
    "pyproject.toml": (
        '[project]\nname = "x"\ndependencies = ["a>=1.0", "b"]\n',
        '[project]\nname = "x"\ndependencies = ["a>=1.2,<2", "b"]\n',
        "a 1.0 1.2",
    ),
    "Cargo.toml": (
        '[dependencies]\nserde = "1.0"\nlog = { version = "0.4" }\n',
        '[dependencies]\nserde = "1.1"\nlog = { version = "0.4" }\n',
        "serde 1.0 1.1",
    ),
    "go.mod": (
        "module x\n\nrequire (\n\tgithub.com/a/b v1.2.0\n)\n",
        "module x\n\nrequire (\n\tgithub.com/a/b v1.3.0\n)\n",
        "github.com/a/b v1.2.0 v1.3.0",
    ),
    "requirements.txt": ("a==1.0\n# b==1\n", "a==2.0\n# b==2\n", "a 1.0 2.0"),
    "pom.xml": (
        "<artifactId>a</artifactId>\n<version>1</version>",
        "<artifactId>a</artifactId>\n<version>2</version>",
        "a 1 2",
    ),
    "Gemfile": ("gem 'rails', '~> 7.0'\n", "gem 'rails', '~> 7.1'\n", "rails 7.0 7.1"),
    "composer.json": ('{"require": {"a/b": "1"}}', '{"require": {"a/b": "2"}}', "a/b 1 2"),
    "x/App.csproj": (
        '<PackageReference Include="A" Version="1.0" />',
        '<PackageReference Include="A" Version="2.0" />',
        "A 1.0 2.0",
    ),
    ".github/workflows/a.yml": (
        "steps:\n- uses: actions/checkout@v3\n",
        "steps:\n- uses: actions/checkout@v4\n",
        "actions/checkout v3 v4",
    ),
    "Cargo.lock": (
        '[[package]]\nname = "a"\nversion = "1"\n',
        '[[package]]\nname = "a"\nversion = "2"\n',
        "a 1 2",
    ),
    "package-lock.json": (
        '{"packages": {"": {}, "node_modules/a": {"version": "1"}}}',
        '{"packages": {"": {}, "node_modules/a": {"version": "2"}}}',
        "a 1 2",
    ),
}


def shown(change: DependencyChange) -> str:
    if change.added:
        return f"{change.name} + {change.new}"
    if change.removed:
        return f"{change.name} - x"
    return f"{change.name} {change.old} {change.new}"


@pytest.mark.parametrize("path", DEPENDENCIES)
def test_dependencies_with_their_versions(path: str) -> None:
    before, after, expected = DEPENDENCIES[path]
    found = dependency_changes(path, before.encode(), after.encode())
    assert sorted(map(shown, found)) == sorted(expected.split(", "))


@pytest.mark.parametrize("path", DEPENDENCIES)
def test_a_broken_manifest_says_nothing(path: str) -> None:
    for text in (b"", b"{", b"[[[", b"\xff\xfe\0"):
        assert dependency_changes(path, text, text) == ()


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("test_total_of_empty_cart", "total of empty cart"),
        ("TestParseHeader", "parse header"),
        ("shouldReturnZero", "return zero"),
        ("'ends the drag when canceled'", "ends the drag when canceled"),
    ],
)
def test_the_words_of_a_test(name: str, words: str) -> None:
    assert words_of_test(name) == words
