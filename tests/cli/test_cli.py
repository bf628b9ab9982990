"""The command line, as a script sees it: a real process, its output and its exit code."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from support import forks

BEFORE = "def price(sku, count=1):\n    return count\n"
AFTER = "def price(sku):\n    return 1\n"
CALLER = "from cart import price\n\n\ndef pay():\n    return price('apple', 2)\n"


def pairwright(
    *arguments: str | Path, cwd: Path | None = None, **environment: str
) -> subprocess.CompletedProcess[str]:
    return forks.run_text(
        [*map(str, arguments)], cwd=cwd, env={**forks.environment(), **environment}
    )


def git(folder: Path, *arguments: str) -> None:
    subprocess.run(["git", *arguments], cwd=folder, check=True, capture_output=True)


@pytest.fixture
def changed(tmp_path: Path) -> Path:
    """A repository in which a signature was changed and its caller was not."""
    root = tmp_path / "shop"
    root.mkdir()
    (root / "cart.py").write_text(BEFORE)
    (root / "shop.py").write_text(CALLER)
    git(root, "init", "--quiet")
    git(root, "add", "--all")
    git(root, "commit", "--quiet", "--message=before")
    (root / "cart.py").write_text(AFTER)
    return root


def findings(done: subprocess.CompletedProcess[str]) -> list[dict[str, Any]]:
    answer = json.loads(done.stdout)
    assert isinstance(answer, dict)
    found = answer["findings"]
    assert isinstance(found, list)
    return found


def test_index_counts_what_it_read(changed: Path) -> None:
    first = json.loads(pairwright("index", changed, "--json").stdout)
    assert (first["files"], first["parsed"], first["reused"]) == (2, 2, 0)
    assert first["symbols"] >= 2 and first["references"] > 5 and first["lines"] >= 7
    assert first["state"] == "ready" and first["degraded"] == []
    again = json.loads(pairwright("index", changed, "--json").stdout)
    assert (again["files"], again["parsed"]) == (2, 0)
    rebuilt = json.loads(pairwright("index", changed, "--rebuild", "--json").stdout)
    assert rebuilt["parsed"] == 2


def test_review_names_the_callers_and_fails(changed: Path) -> None:
    done = pairwright("review", changed, "--json")
    assert done.returncode == 1, done.stderr
    (finding,) = [one for one in findings(done) if one["rule"] == "callers-not-updated"]
    assert (finding["file"], finding["line"]) == ("cart.py", 1)
    assert [(one["file"], one["line"]) for one in finding["related"]] == [("shop.py", 5)]
    assert finding["fixes"]


def test_review_of_an_unchanged_workspace_is_silent(changed: Path) -> None:
    git(changed, "commit", "--quiet", "--all", "--message=after")
    done = pairwright("review", changed, "--json")
    assert (done.returncode, findings(done)) == (0, [])


def test_review_from_inside_a_folder_sees_callers_outside_of_it(changed: Path) -> None:
    (changed / "deep").mkdir()
    done = pairwright("review", "../cart.py", "--json", cwd=changed / "deep")
    assert [one["file"] for one in findings(done)] == ["cart.py"]


def test_review_against_another_base(changed: Path) -> None:
    git(changed, "commit", "--quiet", "--all", "--message=after")
    done = pairwright("review", changed, "--base", "HEAD~1", "--json")
    assert "callers-not-updated" in {one["rule"] for one in findings(done)}


@pytest.mark.parametrize(("limit", "code"), [("never", 0), ("hint", 1)])
def test_review_fails_as_asked(changed: Path, limit: str, code: int) -> None:
    assert pairwright("review", changed, "--fail-on", limit).returncode == code


def test_review_as_text_shows_the_line_and_the_fix(changed: Path) -> None:
    shown = pairwright("review", changed, "--fixes").stdout
    assert "cart.py:1:5" in shown and "shop.py:5" in shown
    assert "+    return price('apple')" in shown
    assert "\x1b[" not in shown


def test_review_as_sarif_has_regions_related_places_and_fixes(changed: Path) -> None:
    log = json.loads(pairwright("review", changed, "--all", "--format", "sarif").stdout)
    assert log["version"] == "2.1.0"
    (run,) = log["runs"]
    rules = [rule["id"] for rule in run["tool"]["driver"]["rules"]]
    (result,) = [one for one in run["results"] if one["ruleId"] == "callers-not-updated"]
    assert rules[result["ruleIndex"]] == "callers-not-updated"
    region = result["locations"][0]["physicalLocation"]["region"]
    assert (region["startLine"], region["startColumn"]) == (1, 5)
    related = result["relatedLocations"][0]["physicalLocation"]["artifactLocation"]
    assert related == {"uri": "shop.py", "uriBaseId": "ROOT"}
    replacement = result["fixes"][0]["artifactChanges"][0]["replacements"][0]
    assert replacement["deletedRegion"]["startLine"] == 5
    assert result["partialFingerprints"]["pairwright/v1"]


def test_an_accepted_finding_is_not_reported_again(changed: Path) -> None:
    assert pairwright("review", changed, "--write-baseline").returncode == 0
    assert (changed / ".pairwright" / "baseline.json").exists()
    done = pairwright("review", changed, "--json")
    assert "callers-not-updated" not in {one["rule"] for one in findings(done)}


def test_graph_calls_has_dotted_names(changed: Path) -> None:
    rows = json.loads(pairwright("graph", "calls", changed, "--json").stdout)
    assert {
        "caller": "shop.pay",
        "callee": "cart.price",
        "file": "shop.py",
        "line": 5,
        "confidence": "exact",
    } in rows


@pytest.mark.parametrize("symbol", ["cart.price", "price", "cart.py:1"])
def test_graph_callers_by_name_and_by_place(changed: Path, symbol: str) -> None:
    rows = json.loads(pairwright("graph", "callers", changed, symbol, "--json").stdout)
    assert [(row["caller"], row["line"]) for row in rows] == [("shop.pay", 5)]


def test_graph_impact_map_and_stats(changed: Path) -> None:
    (reached,) = json.loads(pairwright("graph", "impact", changed, "price", "--json").stdout)
    assert (reached["symbol"], reached["depth"]) == ("shop.pay", 1)
    ranked = json.loads(pairwright("graph", "map", changed, "--json").stdout)
    assert ranked[0]["symbol"] == "cart.price"
    stats = json.loads(pairwright("graph", "stats", changed, "--json").stdout)
    assert stats["links"]["python"]["exact"] >= 1


def test_an_unknown_symbol_says_what_to_do(changed: Path) -> None:
    done = pairwright("graph", "callers", changed, "nowhere.at_all")
    assert done.returncode == 2
    assert "no symbol `nowhere.at_all`" in done.stderr and "graph map" in done.stderr
    assert "Traceback" not in done.stderr


def test_doctor_says_where_each_setting_comes_from(changed: Path) -> None:
    (changed / ".pairwright.toml").write_text("[review]\nmax_findings = 3\n")
    done = pairwright("doctor", changed, "--json", PAIRWRIGHT_NAVIGATION="true")
    report = json.loads(done.stdout)
    assert done.returncode == 0, report["problems"]
    assert report["settings"]["review.max_findings"]["value"] == 3
    assert ".pairwright.toml" in report["settings"]["review.max_findings"]["origin"]
    assert "PAIRWRIGHT_NAVIGATION" in report["settings"]["navigation"]["origin"]
    assert report["settings"]["log.level"]["origin"] == "default"


def test_doctor_names_a_bad_setting(changed: Path) -> None:
    (changed / ".pairwright.toml").write_text('[review]\nmax_findings = "many"\n')
    done = pairwright("doctor", changed)
    assert done.returncode == 1
    assert "review.max_findings" in done.stdout


@pytest.mark.parametrize("command", ["index", "review", "doctor"])
def test_a_path_that_is_not_there(tmp_path: Path, command: str) -> None:
    done = pairwright(command, tmp_path / "nowhere")
    assert done.returncode == 2
    assert "nowhere" in done.stderr and "Traceback" not in done.stderr


def test_a_folder_without_a_repository(tmp_path: Path) -> None:
    (tmp_path / "a.py").write_text("def go():\n    pass\n")
    done = pairwright("review", tmp_path, "--json")
    assert (done.returncode, findings(done)) == (0, []), done.stderr


def test_an_empty_folder(tmp_path: Path) -> None:
    assert json.loads(pairwright("index", tmp_path, "--json").stdout)["files"] == 0


def test_the_demo_tells_its_story() -> None:
    done = pairwright("demo")
    assert done.returncode == 0, done.stderr
    for name in ("callers-not-updated", "removed-but-used", "shop/cart.py", "web/src/basket.ts"):
        assert name in done.stdout
    assert "fulfilment/label.go" in done.stdout


def test_the_demo_takes_any_path(changed: Path) -> None:
    assert "callers-not-updated" in pairwright("demo", changed).stdout


def test_output_that_nobody_reads_to_the_end(changed: Path) -> None:
    done = subprocess.run(
        ["bash", "-c", '"$0" -m pairwright graph calls . --json | head -1', sys.executable],
        cwd=changed,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert done.stdout == "[\n"
    assert done.stderr == ""


def test_help_has_examples() -> None:
    done = pairwright("review", "--help")
    assert done.returncode == 0 and "examples:" in done.stdout
