"""The map of what matters: what is chosen, how it is written, that it keeps to its budget."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pairwright.errors import Cancelled
from pairwright.features.context import Context
from pairwright.features.repo_map import map_page, name_weight, tokens_of
from pairwright.index.status import IndexState, IndexStatus
from pairwright.session import Document
from pairwright.settings import resolve_settings
from pairwright_analyzers.graph import CodeGraph
from support.uploads import UPLOADS
from support.workspace import MemoryWorkspace

ROOT = Path("/work").absolute()


class Silent:
    def report(self, message: str, done: int | None = None, total: int | None = None) -> None:
        """Nobody listens."""


def never() -> None:
    """Not cancelled."""


def context(files: Mapping[str, str], opened: tuple[str, ...] = ()) -> Context:
    documents = {
        path: Document(
            f"file:///{path}", ROOT / path, ROOT, path, "python", 1, files[path].encode()
        )
        for path in opened
    }
    return Context(
        ROOT,
        CodeGraph(MemoryWorkspace(files)),
        resolve_settings([]).settings,
        None,
        documents,
        IndexStatus("/work", IndexState.READY),
        never,
        Silent(),
    )


def names(found: Mapping[str, object]) -> list[str]:
    return list(found)


def test_what_the_question_names_and_what_that_leans_on() -> None:
    found = context(UPLOADS).retrieve("how does Uploader work", 400)
    assert "class Uploader" in found.text
    assert "def with_backoff(call, attempts=5)" in found.text
    assert "price_of" not in found.text
    assert found.text.splitlines()[0].endswith(":")


def test_what_is_open_counts() -> None:
    files = {
        "a.py": "from alpha import first_helper\nfirst_helper()\n",
        "b.py": "from beta import second_helper\nsecond_helper()\n",
        "alpha.py": "def first_helper(x):\n    return x\n",
        "beta.py": "def second_helper(x):\n    return x\n",
    }
    assert names(context(files, ("a.py",)).retrieve("", 100).files)[0] == "alpha.py"
    assert names(context(files, ("b.py",)).retrieve("", 100).files)[0] == "beta.py"


def test_a_path_in_the_question_counts() -> None:
    files = {
        "src/a.py": "from alpha import first_helper\nfirst_helper()\n",
        "src/b.py": "from beta import second_helper\nsecond_helper()\n",
        "alpha.py": "def first_helper(x):\n    return x\n",
        "beta.py": "def second_helper(x):\n    return x\n",
    }
    assert names(context(files).retrieve("what is in `src/b.py`?", 100).files)[0] == "beta.py"


def test_a_member_stands_below_its_type_with_lines() -> None:
    found = context(UPLOADS, ("tests/test_upload.py",)).retrieve("Uploader send", 300)
    assert "net/upload.py:\n    4: class Uploader\n    7:     def send(self, path)\n" in found.text


def test_without_a_question_what_all_lean_on() -> None:
    found = context(UPLOADS).retrieve("", 60)
    assert "with_backoff" in found.text


@given(budget=st.integers(min_value=1, max_value=300), query=st.sampled_from(["", "Uploader", "x"]))
def test_the_budget_is_kept(budget: int, query: str) -> None:
    found = context(UPLOADS).retrieve(query, budget)
    assert found.tokens <= budget
    assert found.tokens == tokens_of(found.text)
    listed = [one.symbol for symbols in found.files.values() for one in symbols]
    assert len(listed) == len(set(listed))


def test_more_budget_never_takes_the_best_away() -> None:
    small = context(UPLOADS).retrieve("Uploader", 40)
    large = context(UPLOADS).retrieve("Uploader", 400)
    assert small.files and set(small.files) <= set(large.files)


def test_an_empty_workspace_has_an_empty_map() -> None:
    ctx = context({})
    found = ctx.retrieve("anything", 100)
    assert (found.text, found.tokens, dict(found.files)) == ("", 0, {})
    assert "Nothing was found." in map_page([(ctx, found)], "anything").text


def test_a_map_can_be_given_up() -> None:
    def cancelled() -> None:
        raise Cancelled

    ctx = context(UPLOADS, ("net/upload.py",))
    with pytest.raises(Cancelled):
        Context(
            ctx.root, ctx.graph, ctx.settings, None, ctx.documents, ctx.status, cancelled, Silent()
        ).retrieve("", 100)


def test_speaking_names_weigh_more_than_plain_and_private_ones() -> None:
    speaking = name_weight("retry_with_backoff", 1, frozenset())
    assert speaking == name_weight("RetryWithBackoff", 1, frozenset())
    assert speaking > name_weight("retry", 1, frozenset()) > name_weight("run", 1, frozenset())
    assert name_weight("_retry_with_backoff", 1, frozenset()) < speaking
    assert name_weight("retry_with_backoff", 9, frozenset()) < speaking
    assert name_weight("run", 1, frozenset({"run"})) > name_weight("run", 1, frozenset())
