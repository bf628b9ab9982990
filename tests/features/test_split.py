"""Plans of splits: what belongs together in several languages, the document, its application."""

# ruff: noqa: E501 - the sources of small projects are easier to read on one line each

from __future__ import annotations

import ast
import json
import re
import subprocess
import sys
from collections.abc import Callable, Mapping
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pairwright.errors import NotARepository, Refusal, StaleDocument
from pairwright.features.commit_guards import GuardRefusal
from pairwright.features.commit_split import (
    CommitFailed,
    Source,
    SplitPlan,
    apply_plan,
    restored_at,
    split_plan,
)
from pairwright.features.split.document import BadPlan, ParsedPlan, parsed_plan, quoted
from support import forks

from .conftest import Project, git

_HUNK = re.compile(r"^@[0-9a-f]{6} (?P<rest>.*)$", re.MULTILINE)


def lines_by_commit(plan: SplitPlan) -> list[list[str]]:
    """The lines of hunks, without their names, of each commit of a plan."""
    text = plan.text.partition("# The hunks")[0]
    _, *commits = re.split(r"^## ", text, flags=re.MULTILINE)
    return [_HUNK.findall(commit) for commit in commits]


def places(plan: SplitPlan) -> list[set[str]]:
    """The files of each commit, with the symbols that their lines are about: `path symbol`."""
    found = []
    for lines in lines_by_commit(plan):
        words = set()
        for line in lines:
            place, _, about = re.sub(r" [+-]\d+", "", line).partition(" ")
            words.add(f"{place.partition(':')[0]} {about}".strip())
        found.append(words)
    return found


def grouped(
    project: Project, before: Mapping[str, str], after: Mapping[str, str]
) -> list[set[str]]:
    """The commits that a change is split into."""
    project.commit(before)
    for name in before.keys() - after.keys():
        (project.root / name).unlink()
    project.put(after)
    return places(split_plan(project.context()))


def commits_of(project: Project) -> list[str]:
    """Splits what is there; all commits, the first ones first."""
    apply_plan(project.context(), split_plan(project.context()).text)
    assert git(project.root, "status", "--porcelain") == ""
    return git(project.root, "rev-list", "--reverse", "HEAD").splitlines()


def subjects(project: Project) -> list[str]:
    return git(project.root, "log", "--format=%s", "--reverse").splitlines()


# What belongs together.

PYTHON = {
    "shop/__init__.py": "",
    "shop/prices.py": (
        "import json\n\n\nclass Price:\n    def __init__(self, unit):\n        self.unit = unit\n\n"
        "    def total(self, count):\n        return count * self.unit\n\n\n"
        "def price_of(name, currency):\n    return name, currency\n\n\n"
        "def load(path):\n    return json.loads(path)\n"
    ),
    "shop/cart.py": (
        "from shop.prices import price_of\n\n\nclass Cart:\n    def __init__(self):\n"
        "        self.items = []\n\n    def add(self, name):\n"
        "        self.items.append(price_of(name, 'EUR'))\n\n\n"
        "def checkout(cart):\n    return len(cart.items)\n"
    ),
    "shop/mail.py": 'def subject(order):\n    return "Order " + order\n\n\n'
    'def body(order):\n    return "Thanks for " + order\n',
    "tests/test_mail.py": 'from shop.mail import body\n\n\ndef test_body():\n    assert body("x")\n',
    "docs/cart.md": "# Cart\n\nUse `Cart.add`.\n\n# Mail\n\nMails are sent.\n",
    "CHANGELOG.md": "# Changes\n\n- First.\n",
    "pyproject.toml": '[project]\nname = "shop"\ndependencies = [\n    "a>=1",\n]\n',
    "uv.lock": "a 1\n",
}


def edited(files: Mapping[str, str], edits: Mapping[str, list[tuple[str, str]]]) -> dict[str, str]:
    """Files with texts replaced by others; what is not there is added."""
    found = dict(files)
    for name, pairs in edits.items():
        for old, new in pairs:
            assert not old or old in found[name], (name, old)
            found[name] = found[name].replace(old, new) if old else new
    return found


RENAME = {
    "shop/prices.py": [
        ("def price_of(name, currency):\n    return name, currency\n",
         "def quote(name, currency, tax):\n    return name, currency, tax\n"),
    ],
    "shop/cart.py": [("import price_of", "import quote"), ("price_of(name, 'EUR')", "quote(name, 'EUR', 0)")],
}  # fmt: skip
FEATURE = {
    "shop/prices.py": [
        ("        return count * self.unit\n",
         "        return count * self.unit\n\n    def discounted(self, count, rate):\n        return self.total(count) * (1 - rate)\n"),
    ],
    "shop/cart.py": [
        ("def checkout(cart):\n    return len(cart.items)\n",
         "def checkout(cart, price, rate):\n    return price.discounted(len(cart.items), rate)\n"),
    ],
    "tests/test_prices.py": [
        ("", "from shop.prices import Price\n\n\ndef test_discounted():\n    assert Price(2).discounted(2, 0.5) == 2\n"),
    ],
    "docs/cart.md": [("Use `Cart.add`.\n", "Use `Cart.add`.\n\nA `Price.discounted` is lower.\n")],
    "CHANGELOG.md": [("- First.\n", "- First.\n- Prices can be discounted.\n")],
}  # fmt: skip
DEPENDENCY = {
    "shop/prices.py": [
        ("import json\n", "import json\n\nimport yaml\n"),
        ("    return json.loads(path)\n",
         "    if path.endswith('yaml'):\n        return yaml.safe_load(path)\n    return json.loads(path)\n"),
    ],
    "pyproject.toml": [('    "a>=1",\n', '    "a>=1",\n    "PyYAML>=6",\n')],
    "uv.lock": [("a 1\n", "a 1\npyyaml 6\n")],
}  # fmt: skip
FIX = {
    "shop/mail.py": [('"Thanks for "', '"Many thanks for "')],
    "tests/test_mail.py": [('assert body("x")', 'assert body("x").startswith("Many")')],
}


def all_topics() -> dict[str, str]:
    after: dict[str, str] = dict(PYTHON)
    after["tests/test_prices.py"] = ""
    for topic in (RENAME, FEATURE, DEPENDENCY, FIX):
        after = edited(after, topic)
    return after


def test_four_topics_of_a_python_project(project: Project) -> None:
    assert sorted(map(sorted, grouped(project, PYTHON, all_topics()))) == [
        [
            "CHANGELOG.md", "docs/cart.md Cart", "shop/cart.py checkout",
            "shop/prices.py Price.discounted", "tests/test_prices.py (new) test_discounted",
        ],
        ["pyproject.toml project.dependencies", "shop/prices.py", "shop/prices.py load", "uv.lock"],
        ["shop/cart.py", "shop/cart.py Cart.add", "shop/prices.py quote, price_of"],
        ["shop/mail.py body", "tests/test_mail.py test_body"],
    ]  # fmt: skip


def test_every_commit_of_a_split_compiles_and_runs(project: Project) -> None:
    grouped(project, PYTHON, all_topics())
    plan = split_plan(project.context())
    apply_plan(project.context(), plan.text)
    assert git(project.root, "status", "--porcelain") == ""
    commits = git(project.root, "rev-list", "--reverse", "HEAD").splitlines()
    assert len(commits) == 5
    names = set()
    for commit in commits:
        git(project.root, "checkout", "--quiet", commit)
        for path in project.root.rglob("*.py"):
            ast.parse(path.read_text(), str(path))
        run = "from shop import cart, mail; c = cart.Cart(); c.add('tea'); mail.body('x')"
        subprocess.run([sys.executable, "-c", run], cwd=project.root, check=True)
        names.add((project.root / "shop/prices.py").read_text().count("def "))
    assert names == {4, 5}


CASES: dict[str, tuple[dict[str, str], dict[str, str], list[set[str]]]] = {
    "typescript": (
        {
            "src/price.ts": "export function priceOf(name: string): number {\n  return name.length;\n}\n"
            "\nexport function taxOf(price: number): number {\n  return price;\n}\n",
            "src/cart.ts": 'import { priceOf } from "./price";\n\nexport function add(name: string) {\n'
            "  return priceOf(name);\n}\n\nexport function clear() {\n  return 0;\n}\n",
            "src/log.ts": "export const level = 1;\n",
        },
        {
            "src/price.ts": "export function quoteOf(name: string): number {\n  return name.length;\n}\n"
            "\nexport function taxOf(price: number): number {\n  return price * 2;\n}\n",
            "src/cart.ts": 'import { quoteOf } from "./price";\n\nexport function add(name: string) {\n'
            "  return quoteOf(name);\n}\n\nexport function clear() {\n  return null;\n}\n",
            "src/log.ts": "export const level = 2;\n",
        },
        [
            {"src/price.ts quoteOf, priceOf", "src/cart.ts", "src/cart.ts add"},
            {"src/price.ts taxOf"},
            {"src/cart.ts clear"},
            {"src/log.ts level"},
        ],
    ),
    "go": (
        {
            "go.mod": "module shop\n\ngo 1.22\n",
            "price.go": "package shop\n\nfunc PriceOf(name string) int {\n\treturn len(name)\n}\n\n"
            "func Tax(price int) int {\n\treturn price\n}\n",
            "cart.go": "package shop\n\nfunc Add(name string) int {\n\treturn PriceOf(name)\n}\n",
            "cart_test.go": 'package shop\n\nimport "testing"\n\nfunc TestTax(t *testing.T) {\n\tTax(1)\n}\n',
        },
        {
            "go.mod": "module shop\n\ngo 1.22\n",
            "price.go": "package shop\n\nfunc PriceOf(name string, n int) int {\n\treturn len(name) * n\n}\n\n"
            "func Tax(price int) int {\n\treturn price * 2\n}\n",
            "cart.go": "package shop\n\nfunc Add(name string) int {\n\treturn PriceOf(name, 1)\n}\n",
            "cart_test.go": 'package shop\n\nimport "testing"\n\nfunc TestTax(t *testing.T) {\n'
            "\tif Tax(1) != 2 {\n\t\tt.Fail()\n\t}\n}\n",
        },
        [
            {"price.go PriceOf", "cart.go Add"},
            {"price.go Tax", "cart_test.go TestTax"},
        ],
    ),
    "rust, tests beside the code": (
        {
            "Cargo.toml": '[package]\nname = "shop"\n\n[dependencies]\n',
            "Cargo.lock": "version = 3\n",
            "src/lib.rs": "pub fn price(n: u32) -> u32 {\n    n\n}\n\npub fn tax(n: u32) -> u32 {\n    n\n}\n\n"
            "#[cfg(test)]\nmod tests {\n    use super::*;\n\n    #[test]\n    fn taxed() {\n"
            "        assert_eq!(tax(1), 1);\n    }\n}\n",
        },
        {
            "Cargo.toml": '[package]\nname = "shop"\n\n[dependencies]\nserde = "1"\n',
            "Cargo.lock": 'version = 3\n\n[[package]]\nname = "serde"\n',
            "src/lib.rs": "pub fn price(n: u32) -> u32 {\n    n + 1\n}\n\npub fn tax(n: u32) -> u32 {\n    n * 2\n}\n\n"
            "#[cfg(test)]\nmod tests {\n    use super::*;\n\n    #[test]\n    fn taxed() {\n"
            "        assert_eq!(tax(1), 2);\n    }\n}\n",
        },
        [
            {"Cargo.toml dependencies.serde", "Cargo.lock package"},
            {"src/lib.rs price"},
            {"src/lib.rs tax", "src/lib.rs tests.taxed"},
        ],
    ),
    "a key with the code that reads it": (
        {
            "config.yaml": "timeout: 1\nretries: 2\n",
            "client.py": "def wait(config):\n    return 1\n\n\ndef again(config):\n    return 2\n",
        },
        {
            "config.yaml": "timeout: 1\nretries: 2\nbackoff_seconds: 3\n",
            "client.py": "def wait(config):\n    return config['backoff_seconds']\n\n\n"
            "def again(config):\n    return 3\n",
        },
        [{"config.yaml backoff_seconds", "client.py wait"}, {"client.py again"}],
    ),
    "what a program wrote with its source": (
        {
            "api/shop.proto": "message A {}\n",
            "api/shop_pb2.py": "A = 1\n",
            "other.py": "def f():\n    return 1\n",
        },
        {
            "api/shop.proto": "message A {}\nmessage B {}\n",
            "api/shop_pb2.py": "A = 1\nB = 2\n",
            "other.py": "def f():\n    return 2\n",
        },
        [{"api/shop.proto", "api/shop_pb2.py B"}, {"other.py f"}],
    ),
    "a file that moves with its imports": (
        {
            "old_name.py": "def f():\n    return 1\n\n\ndef g():\n    return 2\n\n\ndef h():\n    return 3\n",
            "use.py": "from old_name import f\n\n\ndef k():\n    return f()\n\n\ndef m():\n    return 1\n",
        },
        {
            "new_name.py": "def f():\n    return 1\n\n\ndef g():\n    return 2\n\n\ndef h():\n    return 33\n",
            "use.py": "from new_name import f\n\n\ndef k():\n    return f()\n\n\ndef m():\n    return 2\n",
        },
        [
            {"old_name.py -> new_name.py (renamed)", "use.py"},
            {"new_name.py h"},
            {"use.py m"},
        ],
    ),
    "two new functions in one place": (
        {"a.py": "def one():\n    return 1\n", "b.py": "x = 1\n", "c.py": "y = 1\n"},
        {
            "a.py": "def one():\n    return 1\n\n\ndef two():\n    return 2\n\n\ndef three():\n    return 3\n",
            "b.py": "from a import two\n\nx = two()\n",
            "c.py": "from a import three\n\ny = three()\n",
        },
        [
            {"a.py two", "b.py x"},
            {"a.py three", "c.py y"},
        ],
    ),
    "what several topics use comes before them": (
        {
            "a.py": "",
            "b.py": "def f():\n    return 1\n",
            "c.py": "def g():\n    return 1\n",
        },
        {
            "a.py": "def shared():\n    return 1\n",
            "b.py": "from a import shared\n\n\ndef f():\n    return shared()\n",
            "c.py": "from a import shared\n\n\ndef g():\n    return shared()\n",
        },
        [{"a.py shared"}, {"b.py", "b.py f"}, {"c.py", "c.py g"}],
    ),
    "a moved function": (
        {"a.py": "def f():\n    return [1, 2, 3]\n\n\ndef stays():\n    return 1\n", "b.py": "x = 1\n"},
        {"a.py": "def stays():\n    return 1\n", "b.py": "x = 1\n\n\ndef f():\n    return [1, 2, 3]\n"},
        [{"a.py f", "b.py f"}],
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", list(CASES))
def test_what_belongs_together(project: Project, name: str) -> None:
    before, after, expected = CASES[name]
    found = grouped(project, before, after)
    assert sorted(map(sorted, found)) == sorted(map(sorted, expected))


def test_a_definition_comes_before_its_use(project: Project) -> None:
    before, after, _ = CASES["what several topics use comes before them"]
    assert grouped(project, before, after)[0] == {"a.py shared"}


def test_topics_that_do_not_parse_apart_are_one_commit(project: Project) -> None:
    """Two keys of two topics, of which the first gets a comma because of the second."""
    before = {
        "a.json": '{\n  "other": 1,\n  "timeout_ms": 1\n}\n',
        "wait.py": "def wait(config):\n    return 1\n",
        "again.py": "def again(config):\n    return 1\n",
        "mail.py": "def mail():\n    return 1\n",
    }
    after = {
        "a.json": '{\n  "other": 1,\n  "timeout_ms": 20,\n  "retry_count": 3\n}\n',
        "wait.py": "def wait(config):\n    return config['timeout_ms']\n",
        "again.py": "def again(config):\n    return config['retry_count']\n",
        "mail.py": "def mail():\n    return 2\n",
    }
    found = grouped(project, before, after)
    assert sorted(map(len, found)) == [1, 3]
    for commit in commits_of(project):
        json.loads(git(project.root, "show", f"{commit}:a.json"))


def test_a_folder_that_moves_is_one_commit(project: Project) -> None:
    project.commit({f"old/d{n % 5}/f{n}.py": f"def f{n}():\n    return {n}\n" for n in range(20)})
    git(project.root, "mv", "old", "new")
    assert list(map(len, places(split_plan(project.context())))) == [20]


def test_many_topics_are_not_many_commits(project: Project) -> None:
    before = {f"m{n}/file.py": f"def f{n}():\n    return 1\n" for n in range(30)}
    after = {name: text.replace("1\n", "2\n") for name, text in before.items()}
    found = grouped(project, before, after)
    assert 2 <= len(found) <= 12
    assert sum(map(len, found)) == 30


def test_every_hunk_is_in_the_plan_once(project: Project) -> None:
    grouped(project, PYTHON, all_topics())
    plan = split_plan(project.context())
    ids = re.findall(r"^@[0-9a-f]{6}", plan.text.partition("# The hunks")[0], re.MULTILINE)
    assert len(set(ids)) == len(ids)
    apply_plan(project.context(), plan.text)
    assert git(project.root, "status", "--porcelain") == ""


# What is split.


def test_what_is_staged_is_split_where_anything_is(project: Project) -> None:
    project.commit({"a.py": "x = 1\n", "b.py": "y = 1\n"})
    project.put({"a.py": "x = 2\n", "b.py": "y = 2\n"})
    git(project.root, "add", "a.py")
    assert places(split_plan(project.context())) == [{"a.py x"}]
    assert len(places(split_plan(project.context(), Source.WORK_TREE))) == 2
    apply_plan(project.context(), split_plan(project.context()).text)
    assert git(project.root, "status", "--porcelain") == "M b.py"


def test_nothing_to_split_and_no_repository(project: Project, tmp_path: Path) -> None:
    project.commit({"a.py": "x = 1\n"})
    with pytest.raises(Refusal, match="nothing to commit"):
        split_plan(project.context())
    with pytest.raises(NotARepository):
        restored_at(tmp_path)
    assert restored_at(project.root) is None


def test_a_document_that_is_not_saved_is_told(project: Project) -> None:
    project.commit({"a.py": "x = 1\n"})
    project.put({"a.py": "x = 2\n"})
    plan = split_plan(project.context({"a.py": b"x = 3\n"}))
    assert any("a.py" in note and "not saved" in note for note in plan.notes)
    assert "> a.py is not saved" in plan.text


def test_the_first_commit_and_a_folder_inside_the_repository(project: Project) -> None:
    project.put({"a.py": "x = 1\n", "b/c.py": "y = 1\n"})
    plan = split_plan(project.context())
    apply_plan(project.context(), plan.text)
    assert git(project.root, "status", "--porcelain") == ""
    assert len(subjects(project)) == len(plan.commits)


# The document.


@pytest.fixture
def planned(project: Project) -> tuple[Project, str]:
    """Two commits: one of two hunks, one of one."""
    project.commit({"a.py": "def f():\n    return 1\n", "b.py": "def g():\n    return 1\n"})
    project.put(
        {"a.py": "def f():\n    return 2\n", "b.py": "def g():\n    return 2\n", "notes.bin": b"\0"}
    )
    return project, split_plan(project.context()).text


def hunk_of(text: str, path: str) -> str:
    found = re.search(rf"^(@[0-9a-f]{{6}}) {re.escape(path)}", text, re.MULTILINE)
    assert found is not None
    return found[1]


def plan_of(text: str, commits: Mapping[str, list[str]]) -> str:
    """The state's comment of a plan, and these commits."""
    state = re.search(r"<!-- pairwright split .* -->", text)
    assert state is not None
    body = [f"## {message}\n\n" + "\n".join(hunks) for message, hunks in commits.items()]
    return f"{state[0]}\n\n" + "\n\n".join(body) + "\n"


def test_an_edited_plan_is_applied(planned: tuple[Project, str]) -> None:
    project, text = planned
    a, b = hunk_of(text, "a.py"), hunk_of(text, "b.py")
    edited_text = plan_of(
        text, {"feat: b\n\nA body\nof two lines.\n\n- and a point": [b], "fix: a": [a]}
    )
    made = apply_plan(project.context(), edited_text)
    assert [one.subject for one in made.commits] == ["feat: b", "fix: a"]
    assert git(project.root, "log", "-1", "--format=%B", "HEAD~1") == (
        "feat: b\n\nA body\nof two lines.\n\n- and a point"
    )
    assert git(project.root, "status", "--porcelain") == "?? notes.bin"


def test_commits_are_merged_by_deleting_a_heading(planned: tuple[Project, str]) -> None:
    project, text = planned
    ids = re.findall(r"^@[0-9a-f]{6}", text.partition("# The hunks")[0], re.MULTILINE)
    apply_plan(project.context(), plan_of(text, {"everything": [*ids[:1], "", *ids[1:]]}))
    assert subjects(project)[1:] == ["everything"]
    assert git(project.root, "status", "--porcelain") == ""


@pytest.mark.parametrize(
    ("commits", "line", "words"),
    [
        ("## a\n\n@zzzzzz x\n", 5, "@zzzzzz"),
        ("## a\n\n@000000 x\n", 3, "@000000"),
        ("@HUNK\n## a\n", 3, "in front of the first commit"),
        ("## a\n@HUNK\n\n## b\n@HUNK\n", 7, "line 4"),
        ("##\n@HUNK\n", 3, "no subject"),
        ("## a\n\n## b\n@HUNK\n", 3, "no hunks"),
        ("## a\n@HUNK\nmore words\n", 5, "behind the hunks"),
    ],
)
def test_a_plan_that_cannot_be_read_names_the_line(
    planned: tuple[Project, str], commits: str, line: int, words: str
) -> None:
    project, text = planned
    broken = (
        plan_of(text, {}).rstrip("\n") + "\n\n" + commits.replace("@HUNK", hunk_of(text, "a.py"))
    )
    with pytest.raises(BadPlan, match=re.escape(words)) as caught:
        apply_plan(project.context(), broken)
    assert caught.value.line == line
    assert str(line) in str(caught.value)
    assert subjects(project) == ["change"]


def test_a_plan_without_its_state_or_commits(planned: tuple[Project, str]) -> None:
    project, text = planned
    with pytest.raises(BadPlan, match="state"):
        apply_plan(project.context(), "## a\n@123456\n")
    with pytest.raises(Refusal, match="no commits"):
        apply_plan(project.context(), plan_of(text, {}))


def test_a_plan_of_another_state_is_refused(planned: tuple[Project, str]) -> None:
    project, text = planned
    project.put({"b.py": "def g():\n    return 3\n"})
    with pytest.raises(StaleDocument):
        apply_plan(project.context(), text)
    assert subjects(project) == ["change"]


def test_a_commit_that_does_not_parse_is_told(project: Project) -> None:
    project.commit({"a.py": "x = [\n    1,\n]\ny = 1\n"})
    project.put({"a.py": "x = (\n    1,\n)\ny = 2\n"})
    text = split_plan(project.context()).text
    ids = re.findall(r"^@[0-9a-f]{6}", text.partition("# The hunks")[0], re.MULTILINE)
    first = plan_of(text, {"first": ids[:1]})
    made = apply_plan(project.context(), first)
    assert made.commits
    assert len(ids) == 1 or any("does not parse" in note for note in made.notes)


_WORDS = st.text(st.sampled_from("ab #@<!->`\n\t."), max_size=40)


@given(_WORDS, st.lists(_WORDS, max_size=3))
def test_any_text_is_a_plan_or_names_a_line(head: str, rest: list[str]) -> None:
    text = f"<!-- pairwright split 0123456789abcdef staged -->\n## {head}\n" + "\n".join(rest)
    try:
        plan = parsed_plan(text)
    except BadPlan as error:
        assert 1 <= error.line <= text.count("\n") + 1
    else:
        assert isinstance(plan, ParsedPlan)


def test_names_that_are_not_plain_are_quoted() -> None:
    assert quoted("a b.py") == "a b.py"
    assert quoted("ä.py") == "ä.py"
    assert quoted('new\nline".py') == '"new\\nline\\".py"'
    assert quoted("latin-\udce9.py") == '"latin-\\351.py"'


# What stops it.


def hook(project: Project, name: str, text: str) -> None:
    place = project.root / ".git/hooks" / name
    place.parent.mkdir(exist_ok=True)
    place.write_text(f"#!/bin/sh\n{text}\n")
    place.chmod(0o755)


def test_a_hook_that_refuses_is_shown_and_nothing_is_committed(
    planned: tuple[Project, str],
) -> None:
    project, text = planned
    hook(project, "pre-commit", "echo style is wrong; git diff --cached --name-only; exit 1")
    before = git(project.root, "status", "--porcelain")
    with pytest.raises(CommitFailed) as caught:
        apply_plan(project.context(), text)
    assert "style is wrong" in caught.value.output
    assert git(project.root, "status", "--porcelain") == before
    assert subjects(project) == ["change"]


def test_a_guard_looks_at_what_is_planned_only(planned: tuple[Project, str]) -> None:
    project, _ = planned
    project.put({"c.py": "def k():\n    breakpoint()\n"})
    text = split_plan(project.context()).text
    with pytest.raises(GuardRefusal, match=r"c\.py:2"):
        apply_plan(project.context(), text)
    assert subjects(project) == ["change"]
    kept = plan_of(text, {"a": [hunk_of(text, "a.py")]})
    apply_plan(project.context(), kept)
    assert subjects(project) == ["change", "a"]


# On the command line, and in an editor.


@pytest.fixture
def pairwright(tmp_path: Path) -> Callable[..., subprocess.CompletedProcess[str]]:
    """Runs the command line in a folder."""

    def run(folder: Path, *arguments: str, **more: str) -> subprocess.CompletedProcess[str]:
        environment = {
            **forks.environment(),
            "PAIRWRIGHT_INDEX_CACHE_FOLDER": str(tmp_path / "cache"),
            **more,
        }
        return forks.run_text(arguments, cwd=folder, env=environment)

    return run


def test_a_work_tree_of_three_topics_is_three_commits(
    project: Project, pairwright: Callable[..., subprocess.CompletedProcess[str]], tmp_path: Path
) -> None:
    project.commit(PYTHON)
    for topic in (RENAME, DEPENDENCY, FIX):
        for name, pairs in topic.items():
            for old, new in pairs:
                place = project.root / name
                place.write_text(place.read_text().replace(old, new))
    planned = pairwright(project.root, "commit", "--split")
    assert planned.returncode == 0, planned.stderr
    assert planned.stdout.startswith("# Split of the work tree into 3 commits")
    file = tmp_path / "plan.md"
    file.write_text(planned.stdout)
    hook(project, "pre-commit", "test -e allowed || { echo not allowed; exit 1; }")
    refused = pairwright(project.root, "commit", "--split", "--apply", "--plan", str(file))
    assert refused.returncode == 1
    assert "not allowed" in refused.stderr
    assert subjects(project) == ["change"]
    (project.root / ".git/hooks/pre-commit").unlink()
    applied = pairwright(project.root, "commit", "--split", "--apply", "--plan", str(file))
    assert applied.returncode == 0, applied.stderr
    assert len(subjects(project)) == 4
    assert git(project.root, "status", "--porcelain") == ""
    assert [line.partition(" ")[2] for line in applied.stdout.splitlines()] == subjects(project)[1:]
    restored = pairwright(project.root, "commit", "--restore")
    assert restored.returncode == 0
    assert "nothing to undo" in restored.stdout


def test_the_command_that_is_told_takes_the_commits_back(planned: tuple[Project, str]) -> None:
    project, text = planned
    head, status = git(project.root, "rev-parse", "HEAD"), git(project.root, "status", "--short")
    made = apply_plan(project.context(), text)
    assert git(project.root, "rev-parse", "HEAD") != head
    git(project.root, *made.undo.split()[1:])
    assert git(project.root, "rev-parse", "HEAD") == head
    assert git(project.root, "status", "--short") == status


def test_what_brings_in_one_new_name_goes_together(project: Project) -> None:
    before = {
        "api.py": "from client import Client\n\n\ndef get(url):\n    return Client().send(url)\n",
        "client.py": (
            "class Client:\n    def __init__(self):\n        self.sent = 0\n\n"
            "    def send(self, url):\n        return url\n\n    def close(self):\n        return None\n"
        ),
    }
    project.commit(before)
    project.put(
        {
            "api.py": before["api.py"]
            .replace("get(url)", "get(url, trusting=True)")
            .replace("Client()", "Client(trusting=trusting)"),
            "client.py": before["client.py"]
            .replace("__init__(self)", "__init__(self, trusting=True)")
            .replace("self.sent = 0", "self.sent = 0\n        self.trusting = trusting")
            .replace("return url", "return url if self.trusting else None")
            .replace("return None", "self.sent = 0\n        return True"),
        }
    )
    found = places(split_plan(project.context()))
    assert sorted(map(sorted, found)) == [
        [
            "api.py get",
            "client.py Client.__init__",
            "client.py Client.send",
            "client.py Client.trusting",
        ],
        ["client.py Client.close"],
    ]
