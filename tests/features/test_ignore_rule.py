"""The settings edit behind *Ignore rule*: it adds one rule, and nothing else moves."""

from __future__ import annotations

import tomllib
from pathlib import Path

import pytest

from features.conftest import Project
from pairwright.errors import BadArgument, BadSetting
from pairwright.features.ignore_rule import with_disabled
from pairwright.features.review import ignore_rule
from pairwright_analyzers.edits import apply_edits

PATH = Path(".pairwright.toml")


@pytest.mark.parametrize(
    ("text", "result"),
    [
        ("", '[review]\ndisabled_rules = ["doc-drift"]\n'),
        ("navigation = true\n", 'navigation = true\n\n[review]\ndisabled_rules = ["doc-drift"]\n'),
        (
            '[review] # ours\nbase = "HEAD"\n[log]\n',
            '[review] # ours\ndisabled_rules = ["doc-drift"]\nbase = "HEAD"\n[log]\n',
        ),
        (
            '[review]\ndisabled_rules = ["a"] # why\n',
            '[review]\ndisabled_rules = ["a", "doc-drift"] # why\n',
        ),
        ("[review]\ndisabled_rules = []\n", '[review]\ndisabled_rules = ["doc-drift"]\n'),
        (
            '[review]\ndisabled_rules = ["a", ]\n',
            '[review]\ndisabled_rules = ["a", "doc-drift"]\n',
        ),
        (
            '[review]\ndisabled_rules = [\n  "a", # ] why\n  "b" # last\n]\n',
            '[review]\ndisabled_rules = [\n  "a", # ] why\n  "b", # last\n  "doc-drift",\n]\n',
        ),
        (
            'review.disabled_rules = ["a"]\n',
            'review.disabled_rules = ["a", "doc-drift"]\n',
        ),
        ('review.base = "HEAD"\n', 'review.disabled_rules = ["doc-drift"]\nreview.base = "HEAD"\n'),
        (
            '[review]\r\ndisabled_rules = [\r\n  "a",\r\n]\r\n',
            '[review]\r\ndisabled_rules = [\r\n  "a",\r\n  "doc-drift",\r\n]\r\n',
        ),
        (
            '[other]\ndisabled_rules = ["x"]\n[review]\ndisabled_rules = ["a"]\n',
            '[other]\ndisabled_rules = ["x"]\n[review]\ndisabled_rules = ["a", "doc-drift"]\n',
        ),
        (
            '[review]\ndisabled_rules = ["doc-drift"]\n',
            '[review]\ndisabled_rules = ["doc-drift"]\n',
        ),
    ],
)
def test_the_edit_keeps_the_style_of_the_file(text: str, result: str) -> None:
    assert with_disabled(text, "doc-drift", PATH) == result
    assert "doc-drift" in tomllib.loads(result)["review"]["disabled_rules"]


@pytest.mark.parametrize("text", ["[review", "review = 1\n", "[review]\ndisabled_rules = 1\n"])
def test_what_is_not_safe_to_edit_is_left_alone(text: str) -> None:
    with pytest.raises(BadSetting):
        with_disabled(text, "doc-drift", PATH)


def test_a_file_that_is_not_there_is_made(project: Project) -> None:
    change = ignore_rule(project.context(), "doc-drift")
    assert change.creates == {".pairwright.toml": '[review]\ndisabled_rules = ["doc-drift"]\n'}


def test_an_open_document_is_the_truth(project: Project) -> None:
    project.put({".pairwright.toml": "navigation = true\n"})
    text = b"navigation = false\n"
    change = ignore_rule(project.context({".pairwright.toml": text}), "doc-drift")
    now = apply_edits(text, change.edits[".pairwright.toml"])
    assert now == b'navigation = false\n\n[review]\ndisabled_rules = ["doc-drift"]\n'


def test_no_rule_at_all(project: Project) -> None:
    with pytest.raises(BadArgument):
        ignore_rule(project.context(), '"]\nnavigation = true')
