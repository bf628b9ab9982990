"""The history of a symbol, and files that always change together."""

from __future__ import annotations

import pytest

from pairwright.errors import NotARepository, UnknownSymbol
from pairwright.features.context import Context
from pairwright.features.history import RULE, hover, partners_of, symbol_page
from pairwright.features.review import review_changes, review_file, why
from pairwright_analyzers.types import Finding, Severity, Symbol

from .conftest import Project, git

CART = "def add(a):\n    return a\n\n\ndef total(b):\n    return b\n"


def symbol(ctx: Context, path: str, name: str) -> Symbol:
    facts = ctx.graph.workspace.facts(path)
    assert facts is not None
    return facts.symbol(facts.symbols_named(name)[0])


def page(ctx: Context, path: str, name: str) -> str:
    return symbol_page(ctx, path, symbol(ctx, path, name)).text


def subjects(text: str) -> list[str]:
    return [line[3:] for line in text.splitlines() if line.startswith("## ")]


def message(project: Project, text: str) -> None:
    git(project.root, "commit", "--quiet", "--amend", "-m", text)


@pytest.fixture
def renamed(project: Project) -> Project:
    """`total` was written, changed, moved to another file with it, and changed again."""
    project.commit({"cart.py": CART})
    message(project, "write")
    project.commit({"cart.py": CART.replace("return b", "return b + 1")})
    message(project, "one more")
    project.commit(
        {"cart.py": CART.replace("return b", "return b + 1").replace("return a", "return 0")}
    )
    message(project, "only add")
    git(project.root, "mv", "cart.py", "shop.py")
    project.commit()
    message(project, "rename the file")
    project.commit({"shop.py": "import os\n\n" + CART.replace("return b", "return b + 2")})
    message(project, "two more")
    return project


def test_only_the_commits_of_the_symbol_through_a_rename(renamed: Project) -> None:
    text = page(renamed.context(), "shop.py", "total")
    assert subjects(text) == ["two more", "one more", "write"]
    assert "then in `cart.py`" in text
    assert "+    return b + 2" in text


def hovered(ctx: Context, path: str, text: str, name: str) -> str | None:
    found = hover(ctx, path, text.index(name))
    if found is None:
        return None
    assert text[found.span.start : found.span.end] == name
    return found.markdown


def test_a_hover_names_the_last_commits_and_reads_nothing_in_them_as_markup(
    renamed: Project,
) -> None:
    text = (renamed.root / "shop.py").read_text(encoding="utf-8")
    lines = (hovered(renamed.context(), "shop.py", text, "total") or "").splitlines()
    assert ["two more" in lines[0], "one more" in lines[1], "write" in lines[2]] == [True] * 3
    message(renamed, "see `![x](https://example.invalid/x.png)` and `` ` ``")
    (first, *_) = (hovered(renamed.context(), "shop.py", text, "total") or "").splitlines()
    assert "``` see `![x](https://example.invalid/x.png)` and `` ` `` ```" in first


def test_a_hover_says_what_is_not_committed_and_nothing_of_what_is_no_symbol(
    renamed: Project,
) -> None:
    text = "def fresh(a):\n    value = a\n    return value\n"
    (renamed.root / "fresh.py").write_text(text, encoding="utf-8")
    ctx = renamed.context()
    assert hovered(ctx, "fresh.py", text, "fresh") == "Not committed yet."
    assert hovered(ctx, "fresh.py", text, "value") is None


def test_the_text_on_screen_need_not_be_the_committed_one(renamed: Project) -> None:
    renamed.put({"shop.py": "\n\n\n# more\n" + (renamed.root / "shop.py").read_text()})
    assert subjects(page(renamed.context(), "shop.py", "total")) == [
        "two more",
        "one more",
        "write",
    ]


def test_a_file_that_is_renamed_now_has_the_history_of_its_old_name(renamed: Project) -> None:
    git(renamed.root, "mv", "shop.py", "store.py")
    assert "two more" in subjects(page(renamed.context(), "store.py", "total"))


def test_what_is_not_committed_has_no_history(renamed: Project) -> None:
    renamed.put({"new.py": "def fresh(): ...\n"})
    with pytest.raises(UnknownSymbol, match="Commit it first"):
        page(renamed.context(), "new.py", "fresh")


def test_a_patch_with_fences_stays_inside_of_its_own(project: Project) -> None:
    project.commit({"a.py": 'def f():\n    """\n    ```\n    x\n    ````\n    """\n'})
    text = page(project.context(), "a.py", "f")
    assert "\n`````diff\n" in text
    project.commit({"b.py": "def g():\n    if True:\n        return 1\n"})
    assert "\n```diff\n" in page(project.context(), "b.py", "g")


def together(project: Project, times: int) -> None:
    for number in range(times):
        project.commit({"a.py": f"x = {number}\n", "b.py": f"y = {number}\n"})


def hints(found: tuple[Finding, ...]) -> list[Finding]:
    return [finding for finding in found if finding.rule == RULE]


def test_a_file_that_was_forgotten(project: Project) -> None:
    together(project, 6)
    project.put({"a.py": "x = 100\n"})
    (hint,) = hints(review_file(project.context(), "a.py"))
    assert hint.severity is Severity.HINT
    assert "`b.py`" in hint.message
    assert [one.location.path for one in hint.related] == ["b.py"]
    assert "6 of the last 6" in hint.related[0].message


def test_a_whole_review_says_so_too(project: Project) -> None:
    together(project, 6)
    project.put({"a.py": "x = 100\n"})
    found: list[Finding] = []
    review_changes(project.context(), lambda _path, more: found.extend(more))
    assert len(hints(tuple(found))) == 1


@pytest.mark.parametrize(
    ("times", "change"),
    [
        (6, {"a.py": "x = 100\n", "b.py": "y = 100\n"}),
        (4, {"a.py": "x = 100\n"}),
        (6, {}),
    ],
    ids=["both changed", "too few commits", "nothing changed"],
)
def test_silence(project: Project, times: int, change: dict[str, str]) -> None:
    together(project, times)
    project.put(change)
    assert hints(review_file(project.context(), "a.py")) == []


def test_a_file_that_is_gone_is_not_forgotten(project: Project) -> None:
    together(project, 6)
    git(project.root, "rm", "--quiet", "b.py")
    project.commit()
    project.put({"a.py": "x = 100\n"})
    assert hints(review_file(project.context(), "a.py")) == []


def test_it_can_be_silenced(project: Project) -> None:
    together(project, 6)
    project.put({"a.py": "x = 100  # pairwright: ignore[changed-together]\n"})
    assert hints(review_file(project.context(), "a.py")) == []
    project.put({"a.py": "x = 100\n"})
    project.settings = {"review": {"disabled_rules": [RULE]}}
    assert hints(review_file(project.context(), "a.py")) == []


def test_the_hint_is_explained() -> None:
    assert "change together" in why(RULE)


def test_partners_below_a_folder_of_the_repository(project: Project) -> None:
    together(project, 3)
    (partner,) = partners_of(project.context(), "a.py")
    assert (partner.path, partner.together, partner.share) == ("b.py", 3, 1.0)


def test_outside_of_a_repository(project: Project) -> None:
    import dataclasses

    project.put({"a.py": "def f(): ...\n"})
    ctx = dataclasses.replace(project.context(), repo=None)
    assert partners_of(ctx, "a.py") == ()
    with pytest.raises(NotARepository):
        page(ctx, "a.py", "f")
