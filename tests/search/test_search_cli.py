"""`pairwright search` as a script sees it: a real process, its output and its exit code."""

from __future__ import annotations

import json
import os
import subprocess
from pathlib import Path
from typing import Any

import pytest

from support import forks
from support.indexes import write_tree
from support.uploads import UPLOADS


def pairwright(
    *arguments: str | Path, cwd: Path | None = None, **environment: str
) -> subprocess.CompletedProcess[str]:
    return forks.run_text(
        [*map(str, arguments)], cwd=cwd, env={**forks.environment(), **environment}
    )


def hits(done: subprocess.CompletedProcess[str]) -> list[dict[str, Any]]:
    found = json.loads(done.stdout)
    assert isinstance(found, list)
    return found


@pytest.fixture(scope="module")
def root(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder that is no repository."""
    return write_tree(tmp_path_factory.mktemp("uploads"), UPLOADS)


def test_json_is_a_list_of_hits_and_nothing_else(root: Path) -> None:
    query = "wait longer after each failure"
    done = pairwright("search", query, "--path", root, "--json", "--limit", "2")
    assert (done.returncode, done.stderr) == (0, "")
    found = hits(done)
    assert len(found) == 2
    assert list(found[0]) == ["path", "start_line", "end_line", "symbol", "score", "snippet"]
    best = found[0]
    assert (best["path"], best["symbol"]) == ("net/retry.py", "with_backoff")
    assert best["start_line"] <= 4 and best["end_line"] >= 10
    assert "def with_backoff(call, attempts=5):\n" in best["snippet"]
    assert found[0]["score"] >= found[1]["score"]
    # The vectors were made before the answer.
    doctor = json.loads(pairwright("doctor", root, "--json").stdout)
    vectors = doctor["search"]["vectors"]
    assert vectors["state"] == "ready" and vectors["done"] == vectors["total"] > 0


def test_words_need_no_quotes_and_text_shows_the_code(root: Path) -> None:
    done = pairwright("search", "price", "of", "an", "item", "--explain", cwd=root, NO_COLOR="1")
    assert done.returncode == 0, done.stderr
    first, second, *_ = done.stdout.splitlines()
    assert first.startswith("bill/price.py:1 price_of ")
    assert second == "  1 | def price_of(item, currency):"
    assert "\x1b" not in done.stdout


def test_source_that_no_grammar_reads_is_found_too(tmp_path: Path) -> None:
    write_tree(
        tmp_path,
        {
            "api/order.proto": 'syntax = "proto3";\n\nmessage OrderPlaced {\n  string id = 1;\n}\n',
            "web/Order.vue": "<template>\n  <p>the order was placed</p>\n</template>\n",
            "notes/order.py": "def place(order):\n    return order\n",
        },
    )
    found = hits(pairwright("search", "order placed", "--path", tmp_path, "--json"))
    assert {"api/order.proto", "web/Order.vue"} <= {hit["path"] for hit in found}
    only = hits(pairwright("search", "order lang:vue", "--path", tmp_path, "--json"))
    assert [hit["path"] for hit in only] == ["web/Order.vue"]


def test_a_folder_in_a_repository_is_searched_with_the_repositorys_index(root: Path) -> None:
    (root / ".git").mkdir()
    try:
        done = pairwright("search", "transfer a file", "--path", root / "net", "--json")
        assert {hit["path"] for hit in hits(done)} <= {"retry.py", "upload.py", "download.py"}
        one = pairwright("search", "transfer", "--path", "upload.py", "--json", cwd=root / "net")
        assert {hit["path"] for hit in hits(one)} == {"upload.py"}
        shown = pairwright("search", "transfer", "--path", "net", cwd=root, NO_COLOR="1")
        assert shown.stdout.startswith("net/")
    finally:
        (root / ".git").rmdir()


def test_a_place_is_named_as_the_shell_sees_it(root: Path) -> None:
    below = pairwright("search", "like:net/retry.py:5", "--path", root, "--json")
    assert hits(below)
    for place, folder in (("retry.py", root / "net"), (root / "net/retry.py", root)):
        seen = pairwright("search", f"like:{place}:5", "--path", root, "--json", cwd=folder)
        assert hits(seen) == hits(below)


@pytest.mark.skipif(os.name != "posix", reason="no such names elsewhere")
def test_names_of_files_cannot_speak_to_the_terminal(tmp_path: Path) -> None:
    (tmp_path / "red\x1b[31m\nfile.py").write_text("def alarm():\n    return 1\n")
    done = pairwright("search", "alarm", cwd=tmp_path)
    assert done.stdout.splitlines()[0].startswith("red [31m file.py:1 alarm ")


def test_a_folder_that_its_repository_ignores_is_a_workspace_of_its_own(tmp_path: Path) -> None:
    (tmp_path / ".git").mkdir()
    (tmp_path / ".gitignore").write_text("checkouts/\n")
    inner = write_tree(tmp_path / "checkouts/uploads", UPLOADS)
    done = pairwright("search", "with_backoff", "--path", inner, "--json")
    assert hits(done)[0]["path"] == "net/retry.py"


def test_that_nothing_was_changed_is_told(tmp_path: Path) -> None:
    root = write_tree(tmp_path / "uploads", UPLOADS)
    who = ("-c", "user.name=a", "-c", "user.email=a@b.c")
    for arguments in (("init", "-q"), ("add", "."), (*who, "commit", "-qm", "first")):
        subprocess.run(["git", *arguments], cwd=root, check=True, capture_output=True)
    done = pairwright("search", "changed: transfer", "--path", root)
    assert done.returncode == 1 and "review.base" in done.stderr
    (root / "net/upload.py").write_text("def transfer_anew():\n    return 1\n")
    done = pairwright("search", "changed: transfer", "--path", root, "--json")
    assert [hit["path"] for hit in hits(done)] == ["net/upload.py"]


def test_nothing_found_is_an_exit_code(root: Path) -> None:
    done = pairwright("search", "/zzz_nothing_like_this/", "--path", root, "--json")
    assert (done.returncode, hits(done)) == (1, [])


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        ((" ",), "empty"),
        (("x", "--limit", "0"), "--limit"),
        (("x kind:nonsense",), "nonsense"),
        (("/(/",), "expression"),
        (("x", "--path", "no/such/folder"), "no/such/folder"),
    ],
)
def test_what_cannot_be_read_is_said_in_a_sentence(
    root: Path, arguments: tuple[str, ...], words: str
) -> None:
    done = pairwright("search", *arguments, cwd=root)
    assert (done.returncode, done.stdout) == (2, "")
    assert words in done.stderr
    assert "Traceback" not in done.stderr and done.stderr.startswith("pairwright: ")


def test_an_encoder_that_is_damaged_leaves_words_and_names(root: Path, tmp_path: Path) -> None:
    (tmp_path / "manifest.json").write_text("{")
    environment = {"PAIRWRIGHT_SEARCH_ENCODER": str(tmp_path)}
    done = pairwright("search", "with_backoff", "--path", root, "--json", **environment)
    assert done.returncode == 0
    assert hits(done)[0]["path"] == "net/retry.py"
    (note,) = done.stderr.splitlines()
    assert str(tmp_path) in note
    without = pairwright(
        "search", "with_backoff", "--path", root, "--json", "--no-vectors", **environment
    )
    assert (without.returncode, without.stderr) == (0, "")


def test_a_second_model_that_is_damaged_is_named_with_its_own_setting(
    root: Path, tmp_path: Path
) -> None:
    (tmp_path / "model.onnx").write_bytes(b"garbage")
    (tmp_path / "tokenizer.json").write_text("{}")
    for folder in (tmp_path, tmp_path / "missing"):
        done = pairwright(
            "search", "wait after failure", "--path", root, PAIRWRIGHT_SEARCH_RERANK=str(folder)
        )
        assert done.returncode == 0 and done.stdout
        (note,) = done.stderr.splitlines()
        assert "`search.rerank`" in note and "`search.encoder`" not in note


def test_a_setting_that_cannot_be_used_is_told(root: Path) -> None:
    done = pairwright("search", "transfer", "--path", root, PAIRWRIGHT_SEARCH_STORE="nowhere")
    assert done.returncode == 0
    assert "search.store" in done.stderr and "nowhere" in done.stderr


def test_a_chroma_server_that_is_down_is_named_and_done_without(root: Path) -> None:
    # Port 9 discards, where anybody listens at all.
    environment = {
        "PAIRWRIGHT_SEARCH_STORE": "chroma",
        "PAIRWRIGHT_SEARCH_CHROMA_URL": "http://127.0.0.1:9",
    }
    assert pairwright("index", root, "--vectors", **environment).returncode == 0
    done = pairwright("search", "wait after failure", "--path", root, "--json", **environment)
    assert hits(done)[0]["path"] == "net/retry.py"


def test_the_map_of_a_question_keeps_to_its_budget(root: Path) -> None:
    done = pairwright(
        "graph", "map", root, "--query", "uploads tried anew", "--budget", "150", "--json"
    )
    rows = json.loads(done.stdout)
    assert {"symbol": "net.retry.with_backoff", "file": "net/retry.py", "line": 4}.items() <= next(
        row for row in rows if row["file"] == "net/retry.py"
    ).items()
    text = pairwright("graph", "map", root, "--query", "uploads", "--budget", "60").stdout
    assert 0 < len(os.fsencode(text)) <= 60 * 4
