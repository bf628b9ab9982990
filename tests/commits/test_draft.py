"""Drafts of representative changes, in the styles that repositories have."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

import pytest

from pairwright.errors import Refusal
from pairwright.features.commit_draft import Drafted, draft_for, draft_json
from pairwright.features.commits.rules import breaks
from pairwright.git.repo import RepoView, open_repo
from pairwright.git.staged import Compared
from support.histories import git, repository, written

PYTHON = {
    "src/shop/cart.py": (
        "class Cart:\n"
        "    def __init__(self):\n"
        "        self.items = []\n"
        "\n"
        "    def add(self, item):\n"
        "        self.items.append(item)\n"
        "\n"
        "    def total(self):\n"
        "        return sum(item.price for item in self.items)\n"
        "\n"
        "\n"
        "def discount(total, rate):\n"
        "    return total - total * rate\n"
    ),
    "src/shop/mail.py": 'def send(to, text):\n    print(to, text)\n    return "sent"\n',
    "tests/test_cart.py": (
        "from shop.cart import Cart\n\n\ndef test_total():\n    assert Cart().total() == 0\n"
    ),
    "docs/usage.md": "# Usage\n\nAdd items to a cart.\n",
    "README.md": "# Shop\n",
    ".github/workflows/tests.yml": "on: push\njobs:\n  test:\n    steps: []\n",
    "pyproject.toml": '[project]\nname = "shop"\ndependencies = ["requests>=2.31.0", "rich>=13"]\n',
}
CART = PYTHON["src/shop/cart.py"]


def conventional_history() -> list[tuple[str, Mapping[str, str]]]:
    commits: list[tuple[str, Mapping[str, str]]] = [("feat: the shop", PYTHON)]
    for number in range(8):
        note = f"\n# note {number}\n"
        commits += [
            (f"fix(cart): handle case {number}", {"src/shop/cart.py": CART + note}),
            (f"docs: explain step {number}", {"docs/usage.md": f"# Usage\n\nStep {number}.\n"}),
            (f"test(cart): cover case {number}", {"tests/test_cart.py": note}),
            (f"feat(mail): send thing {number}", {"src/shop/mail.py": note}),
            (f"ci: run job {number}", {".github/workflows/tests.yml": note}),
            (f"build(deps): bump requests to 2.{number}", {"pyproject.toml": note}),
        ]
    return [*commits, ("chore: tidy", PYTHON)]


def plain_history(
    form: str = "{}", verbs: tuple[str, ...] = ("Add", "Fix", "Remove", "Update")
) -> list[tuple[str, Mapping[str, str]]]:
    commits: list[tuple[str, Mapping[str, str]]] = [(form.format("Add the shop"), PYTHON)]
    for number in range(24):
        verb = verbs[number % len(verbs)]
        commits.append(
            (form.format(f"{verb} thing {number}"), {"docs/usage.md": f"# Usage {number}\n"})
        )
    return [*commits, (form.format(f"{verbs[0]} it all"), PYTHON)]


@contextmanager
def opened(root: Path) -> Iterator[RepoView]:
    repo = open_repo(root)
    assert repo is not None
    try:
        yield repo
    finally:
        repo.close()


def drafted(root: Path, compared: Compared | None = None) -> Drafted:
    """A draft, which has to be valid."""
    with opened(root) as repo:
        found = draft_for(repo, compared=compared)
    assert breaks(found.draft.message(), found.style) == ()
    return found


def message(root: Path) -> str:
    return drafted(root).draft.message()


def header(root: Path) -> str:
    return drafted(root).draft.header


@pytest.fixture(scope="module")
def conventional(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A repository of conventional commits; tests leave it as it was."""
    return repository(tmp_path_factory.mktemp("conventional") / "shop", conventional_history())


@pytest.fixture
def shop(conventional: Path) -> Iterator[Path]:
    yield conventional
    git(conventional, "reset", "--quiet", "--hard", "main")
    git(conventional, "clean", "-dfxq")


# Kinds of changes.


def test_a_fix_with_its_test(shop: Path) -> None:
    test = "\n\ndef test_discount_of_nothing():\n    assert discount(None, 1) == 0\n"
    guarded = CART.replace(
        "    return total - total * rate\n",
        "    if total is None:\n        return 0\n    return total - total * rate\n",
    )
    written(
        shop,
        {"src/shop/cart.py": guarded, "tests/test_cart.py": PYTHON["tests/test_cart.py"] + test},
    )
    draft = drafted(shop).draft
    assert draft.header == "fix(cart): correct discount of nothing"
    assert "fix(cart): handle missing values in discount" in draft.alternatives
    assert [one.symbol for one in draft.evidence] == ["discount", "discount of nothing"]
    assert not draft.breaking


def test_a_release_note_gives_its_words_and_its_kind(shop: Path) -> None:
    written(
        shop,
        {
            "src/shop/mail.py": PYTHON["src/shop/mail.py"] + "\n\ndef sent(to):\n    return to\n",
            "news/12.bugfix.md": "Keep the dates of letters (#12). They were lost.\n",
        },
    )
    draft = drafted(shop).draft
    assert (draft.type, draft.subject) == ("fix", "keep the dates of letters")
    assert "news" not in draft.body


def test_a_pattern_that_wants_a_scope_gets_one(tmp_path: Path) -> None:
    rules = "[tool.commitizen]\nname = 'cz_customize'\n[tool.commitizen.customize]\n"
    pattern = "schema_pattern = '(feat|fix|docs|ci|test|build|chore)\\(\\w+\\): .*'\n"
    root = repository(tmp_path / "shop", conventional_history())
    written(root, {"pyproject.toml": rules + pattern})
    git(root, "commit", "--quiet", "--message=build(deps): set rules")
    written(root, {"docs/usage.md": "# Usage\n\nAdd items, then pay.\n"})
    assert "(" in header(root)


def test_what_lies_in_the_work_tree_is_read_anew(shop: Path) -> None:
    mail = shop / "src/shop/mail.py"
    for name in ("first", "second"):
        mail.write_text(f"{PYTHON['src/shop/mail.py']}\n\ndef {name}(to):\n    return to\n")
        assert drafted(shop, Compared.ALL).draft.subject == f"add {name}"
        git(shop, "add", "--all")
        assert drafted(shop).draft.subject == drafted(shop).draft.subject == f"add {name}"
        git(shop, "reset", "--quiet")


def test_a_new_function(shop: Path) -> None:
    text = PYTHON["src/shop/mail.py"] + "\n\ndef retry(send, times):\n    return send, times\n"
    written(shop, {"src/shop/mail.py": text})
    assert header(shop) == "feat(mail): add retry"


def test_a_new_parameter(shop: Path) -> None:
    text = PYTHON["src/shop/mail.py"].replace("send(to, text)", "send(to, text, copy=None)")
    written(shop, {"src/shop/mail.py": text})
    assert header(shop) == "feat(mail): add parameter copy to send"


def test_documentation_alone(shop: Path) -> None:
    written(shop, {"docs/usage.md": PYTHON["docs/usage.md"] + "\n## Discounts\n\nThere are.\n"})
    assert header(shop) == "docs: document Discounts"


def test_a_workflow(shop: Path) -> None:
    text = PYTHON[".github/workflows/tests.yml"] + "    timeout-minutes: 9\n"
    written(shop, {".github/workflows/tests.yml": text})
    assert header(shop) == "ci: update tests workflow"


def test_a_dependency_with_both_versions(shop: Path) -> None:
    written(shop, {"pyproject.toml": PYTHON["pyproject.toml"].replace("2.31.0", "2.32.3")})
    assert header(shop) == "build(deps): bump requests from 2.31.0 to 2.32.3"


def test_a_test_alone(shop: Path) -> None:
    text = PYTHON["tests/test_cart.py"] + "\n\ndef test_add_twice():\n    Cart().add(1)\n"
    written(shop, {"tests/test_cart.py": text})
    assert header(shop) == "test(cart): cover add twice"


def test_a_rename_in_code(shop: Path) -> None:
    written(shop, {"src/shop/cart.py": CART.replace("def discount(", "def reduced(")})
    draft = drafted(shop).draft
    assert draft.subject == "rename discount to reduced"


def test_a_moved_file(shop: Path) -> None:
    written(shop, {"docs/usage.md": None, "docs/guide/usage.md": PYTHON["docs/usage.md"]})
    assert header(shop) == "docs: move usage.md to docs/guide"


def test_a_folder_that_moved(tmp_path: Path) -> None:
    before = {f"old/part{number}.md": f"# Part {number}\n" for number in range(4)}
    root = repository(tmp_path / "work", [("Start", before)])
    moved = {path.replace("old/", "docs/new/"): text for path, text in before.items()}
    written(root, {**dict.fromkeys(before), **moved})
    assert drafted(root).draft.subject == "Move old to docs/new"


def test_a_deletion(shop: Path) -> None:
    written(shop, {"src/shop/mail.py": None})
    assert "remove" in header(shop)
    assert "send" in message(shop)


def test_a_mixed_change_names_the_weightiest_first(shop: Path) -> None:
    written(
        shop,
        {
            "src/shop/mail.py": PYTHON["src/shop/mail.py"] + "\n\nclass Outbox:\n    size = 1\n",
            "docs/usage.md": "# Usage\n\nOther words.\n",
            "logo.svg": "<svg/>\n",
        },
    )
    draft = drafted(shop).draft
    assert draft.subject.startswith("add Outbox")
    assert {one.path for one in draft.evidence} == {
        "src/shop/mail.py",
        "docs/usage.md",
        "logo.svg",
    }
    assert 1 <= len(draft.alternatives) <= 3


def test_modes_binaries_and_links(shop: Path) -> None:
    (shop / "README.md").chmod(0o755)
    git(shop, "add", "--all")
    assert drafted(shop).draft.subject == "make README.md executable"
    (shop / "picture.png").write_bytes(b"\x89PNG\0\0")
    (shop / "link").symlink_to("README.md")
    git(shop, "add", "--all")
    assert {one.path for one in drafted(shop).draft.evidence} == {
        "README.md",
        "picture.png",
        "link",
    }


def test_a_removed_public_function_breaks_where_marks_are_in_use(tmp_path: Path) -> None:
    commits = conventional_history()
    commits[5:5] = [("feat!: drop it\n\nBREAKING CHANGE: it is gone", {"x.py": "x = 1\n"})]
    root = repository(tmp_path / "shop", commits)
    written(root, {"src/shop/cart.py": CART.partition("\n\ndef discount")[0] + "\n"})
    found = drafted(root).draft
    assert found.breaking
    assert "!: remove discount" in found.header
    assert found.footer == "BREAKING CHANGE: `discount` is gone."


# Languages.

LANGUAGES = {
    "src/price.ts": (
        "export function price(net: number): number {\n  return net * 1.2\n}\n",
        "\nexport function rounded(value: number): number {\n  return Math.round(value)\n}\n",
        "add rounded",
    ),
    "shipping/parcel.go": (
        "package shipping\n\nfunc Weight(grams int) int {\n\treturn grams\n}\n",
        "\nfunc Volume(width, height int) int {\n\treturn width * height\n}\n",
        "add Volume",
    ),
    "src/parse.rs": (
        "pub fn parse(text: &str) -> usize {\n    text.len()\n}\n",
        "\npub struct Token {\n    pub text: String,\n}\n",
        "add Token",
    ),
    "src/main/java/shop/Price.java": (
        "package shop;\n\npublic class Price {\n    public int net() { return 1; }\n}\n",
        "\nclass Tax {\n    int rate() {\n        return 2;\n    }\n}\n",
        "add Tax",
    ),
}


@pytest.mark.parametrize("path", LANGUAGES)
def test_a_new_definition_in_each_language(path: str, tmp_path: Path) -> None:
    before, more, subject = LANGUAGES[path]
    root = repository(tmp_path / "work", [("feat: start", {path: before})])
    written(root, {path: before + more})
    assert drafted(root).draft.subject == subject


# Styles.


def add_retry(root: Path) -> None:
    text = PYTHON["src/shop/mail.py"] + "\n\ndef retry(send, times):\n    return send, times\n"
    written(root, {"src/shop/mail.py": text})


STYLES = {
    "plain": (plain_history(), "Add retry"),
    "past": (plain_history(verbs=("Added", "Fixed", "Removed")), "Added retry"),
    "third person": (plain_history(verbs=("Adds", "Fixes", "Removes")), "Adds retry"),
    "lower": (plain_history(verbs=("add", "fix", "remove")), "add retry"),
    "full stop": (plain_history("{}."), "Add retry."),
    "ticket": (plain_history("[SHOP-12] {}"), "[SHOP-7] Add retry"),
    "ticket in front": (plain_history("SHOP-12: {}"), "SHOP-7: Add retry"),
    "gitmoji": (
        [(f":sparkles: Add thing {n}", {"docs/usage.md": f"{n}\n"}) for n in range(9)]
        + [("🎉 Begin" if not n else f":bug: Fix {n}", PYTHON) for n in range(9)],
        ":sparkles: Add retry",
    ),
    "subsystem": (
        [("mail: Add the shop", PYTHON)]
        + [(f"docs: Update page {n}", {"docs/usage.md": f"{n}\n"}) for n in range(6)]
        + [(f"mail: Send thing {n}", {"src/shop/mail.py": f"# {n}\n"}) for n in range(6)]
        + [(f"cart: Count thing {n}", {"src/shop/cart.py": f"# {n}\n"}) for n in range(6)]
        + [("cart: Put it back", PYTHON)],
        "mail: Add retry",
    ),
    "brackets": (
        [("[mail] Add the shop", PYTHON)]
        + [(f"[cart] Count thing {n}", {"src/shop/cart.py": f"# {n}\n"}) for n in range(9)]
        + [("[mail] Put it back", PYTHON)],
        "[mail] Add retry",
    ),
}


@pytest.mark.parametrize("name", STYLES)
def test_the_style_of_the_history_is_kept(name: str, tmp_path: Path) -> None:
    commits, expected = STYLES[name]
    root = repository(tmp_path / "shop", commits)
    git(root, "switch", "--quiet", "-c", "feat/SHOP-7-retry-mails")
    add_retry(root)
    assert header(root) == expected


def test_another_language_is_kept(tmp_path: Path) -> None:
    said = [(f"新增 第 {n} 页", {"docs/usage.md": f"{n}\n"}) for n in range(12)]
    root = repository(tmp_path / "shop", [("新增 商店", PYTHON), *said])
    add_retry(root)
    assert header(root) == "新增 retry"


def test_who_signs_off_signs_off(tmp_path: Path) -> None:
    signed = [
        (f"{text}\n\nSigned-off-by: Ann Example <ann@example.com>", files)
        for text, files in plain_history()
    ]
    root = repository(tmp_path / "shop", signed)
    add_retry(root)
    assert message(root).endswith("\n\nSigned-off-by: Ann Example <ann@example.com>\n")


def test_bodies_are_bullets_where_bodies_are_written(tmp_path: Path) -> None:
    told = [(f"{text}\n\n* because\n* therefore", files) for text, files in plain_history()]
    root = repository(tmp_path / "shop", told)
    add_retry(root)
    written(root, {"docs/usage.md": "# Usage\n\nRetried.\n"})
    body = drafted(root).draft.body
    assert body.splitlines()[0] == "* add `retry` (mail.py)"


@pytest.mark.parametrize(
    ("branch", "footer"),
    [
        ("fix/SHOP-31-late-mail", "Refs: SHOP-31"),
        ("fix/issue-31-late-mail", "Refs: #31"),
        ("31-late-mail", "Refs: #31"),
        ("late-mail", ""),
        ("release-2", ""),
    ],
)
def test_the_ticket_comes_from_the_branch(branch: str, footer: str, tmp_path: Path) -> None:
    root = repository(tmp_path / "shop", plain_history())
    git(root, "switch", "--quiet", "-c", branch)
    add_retry(root)
    assert drafted(root).draft.footer == footer


def test_the_branch_s_words_are_another_wording(shop: Path) -> None:
    git(shop, "switch", "--quiet", "-c", "feat/retry-late-mail")
    try:
        add_retry(shop)
        assert "feat(mail): retry late mail" in drafted(shop).draft.alternatives
    finally:
        git(shop, "switch", "--quiet", "--discard-changes", "main")
        git(shop, "branch", "--quiet", "--delete", "--force", "feat/retry-late-mail")


# States.


def test_an_unborn_branch_and_no_user(tmp_path: Path) -> None:
    root = repository(tmp_path / "shop", [])
    git(root, "config", "--unset", "user.email")
    written(root, {"a.py": "def one():\n    return 1\n"})
    assert drafted(root).draft.subject == "Add one"


def test_a_detached_head(shop: Path) -> None:
    git(shop, "switch", "--quiet", "--detach")
    try:
        add_retry(shop)
        assert header(shop) == "feat(mail): add retry"
    finally:
        git(shop, "switch", "--quiet", "--discard-changes", "main")


def test_nothing_staged_means_all(shop: Path) -> None:
    add_retry(shop)
    git(shop, "reset", "--quiet")
    found = drafted(shop)
    assert found.changes.compared is Compared.ALL
    assert found.draft.header == "feat(mail): add retry"
    git(shop, "checkout", "--quiet", "--", ".")
    with opened(shop) as repo, pytest.raises(Refusal, match="nothing to commit"):
        draft_for(repo)


def test_a_squash_names_its_authors(tmp_path: Path) -> None:
    root = repository(tmp_path / "shop", plain_history())
    git(root, "switch", "--quiet", "-c", "side")
    add_retry(root)
    git(root, "commit", "--quiet", "--author=Bob <bob@example.com>", "--message", "wip")
    git(root, "switch", "--quiet", "main")
    git(root, "merge", "--quiet", "--squash", "side")
    assert drafted(root).draft.footer == "Co-authored-by: Bob <bob@example.com>"


def test_line_ends_and_encodings(shop: Path) -> None:
    (shop / "src/shop/mail.py").write_bytes(
        PYTHON["src/shop/mail.py"].replace("\n", "\r\n").encode()
        + b"\r\n\r\ndef retry():\r\n    return 'caf\xe9'\r\n"
    )
    git(shop, "add", "--all")
    assert drafted(shop).draft.subject == "add retry"


def test_a_lock_file_alone(shop: Path) -> None:
    lock = '[[package]]\nname = "rich"\nversion = "{}"\n'
    written(shop, {"poetry.lock": lock.format("13.0.0")})
    git(shop, "commit", "--quiet", "--message", "chore: lock")
    try:
        written(shop, {"poetry.lock": lock.format("13.1.0")})
        assert drafted(shop).draft.subject == "bump rich from 13.0.0 to 13.1.0"
    finally:
        git(shop, "reset", "--quiet", "--hard", "HEAD~1")


def test_the_draft_as_json(shop: Path) -> None:
    add_retry(shop)
    found = draft_json(drafted(shop))
    assert {"type", "scope", "subject", "body", "breaking", "evidence"} <= found.keys()
    assert (found["type"], found["scope"], found["subject"]) == ("feat", "mail", "add retry")
    assert found["evidence"] == [
        {"what": "add `retry`", "path": "src/shop/mail.py", "symbol": "retry"}
    ]
