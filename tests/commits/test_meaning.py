"""What one file's change means: only what a change touches is looked at, and it is the same."""

from __future__ import annotations

import random

import pytest

from pairwright.features.commits.meaning import meaning_of
from pairwright.git.repo import ChangeStatus
from pairwright.git.staged import FileChange
from pairwright_analyzers.diff import semantic_diff
from pairwright_analyzers.facts import facts_of
from pairwright_analyzers.languages import language_of


def told(path: str, before: str, after: str) -> list[tuple[str, str]]:
    change = FileChange(path, None, ChangeStatus.MODIFIED, "100644", "100644", "", "")
    found = meaning_of(change, before.encode(), after.encode()).symbols
    return [(one.kind.value, one.symbol.qualname) for one in found]


def wholly(path: str, before: str, after: str) -> list[tuple[str, str]]:
    spec = language_of(path)
    assert spec is not None
    old, new = before.encode(), after.encode()
    found = semantic_diff(facts_of(spec, old), old, facts_of(spec, new), new).changes
    return [(one.kind.value, one.symbol.qualname) for one in found]


CLASS = "class Cart:\n" + "".join(
    f"    def part_{number}(self, a):\n        self.held_{number} = a\n        return a\n\n"
    for number in range(400)
)


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("        self.held_7 = a\n        return a\n", "        return a\n"),
        ("    def part_7", "    @cached\n    def part_7"),
        ("    def part_7", "    def more(self):\n        return 7\n\n    def part_7"),
        ("    def part_7(self, a):", "    def part_7(self, a, b):"),
        ("        self.held_30 = a\n", "        self.held_30 = a\n        self.held_2 = a\n"),
        ("        self.held_2 = a\n", ""),
        ("        self.held_7 = a\n", "        self.fresh = a\n"),
    ],
)
def test_a_small_change_in_a_large_file(old: str, new: str) -> None:
    after = CLASS.replace(old, new, 1)
    assert after != CLASS
    assert told("a.py", CLASS, after) == wholly("a.py", CLASS, after) != []


def test_random_changes_mean_what_a_whole_comparison_says() -> None:
    chosen = random.Random(7)
    lines = [
        f"def one_{number}(a):\n    if a:\n        return {number}\n\n" for number in range(60)
    ]
    for _ in range(25):
        new = list(lines)
        for _ in range(chosen.randint(1, 5)):
            at = chosen.randrange(len(new))
            new[at : at + chosen.randint(0, 2)] = [
                chosen.choice(("", f"def two_{at}(b):\n    return b\n\n\n", "VALUE = 3\n\n"))
            ]
        before, after = "".join(lines), "".join(new)
        assert told("a.py", before, after) == wholly("a.py", before, after)


def test_lines_that_only_look_alike_count_for_their_shapes() -> None:
    change = FileChange("a.py", None, ChangeStatus.MODIFIED, "100644", "100644", "", "")
    found = meaning_of(change, b"a = 1\n", b"if a is None:\n    raise Error\nnotify(a)\n").signals
    assert found["+condition"] == 1
    assert found["+absence"] == 1
    assert found["+raising"] == 1
    assert "+negation" not in found
