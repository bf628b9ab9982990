"""What the graph costs: every call of a workspace, and one file's links after an edit of it.

Owns the figures of the graph alone, each beside its bar. Takes folders of source code; every
measured step runs in a process of its own. A whole call graph is compared with the cold build of
the index it stands on, measured in the same run: machines differ, ratios less so.

    python -m benchmarks.graph_bench FOLDER...
"""

from __future__ import annotations

import argparse
import json
import random
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from contextlib import closing
from pathlib import Path

from benchmarks.index_bench import Bar, Figures
from pairwright.index.build import BuildOptions, build
from pairwright.index.store import open_store
from pairwright.index.view import IndexView, view_of
from pairwright_analyzers.facts import facts_of
from pairwright_analyzers.graph import CodeGraph, queries
from pairwright_analyzers.graph.flow.calls import calls, flow_calls, flow_of_file
from pairwright_analyzers.languages import language_of
from pairwright_analyzers.types import Role

WORKERS = 2
EDITS = 150

BARS: tuple[Bar, ...] = (
    Bar("cold_cpu", "cold index, processor time", "s", None),
    Bar("cold_wall", "cold index on the clock, 2 workers", "s", None),
    Bar("flow_edges", "calls that value flow resolves", "", None),
    Bar("flow_cpu", "call graph by value flow, processor time", "s", None),
    Bar("flow_wall", "call graph by value flow on the clock", "s", None),
    Bar("flow_ratio", "call graph by value flow / cold index, processor time", "x", 2.0),
    Bar("flow_wall_ratio", "call graph by value flow / cold index, on the clock", "x", None),
    Bar("all_edges", "calls, names alone included", "", None),
    Bar("all_cpu", "all calls, processor time", "s", None),
    Bar("all_ratio", "all calls / cold index, processor time", "x", None),
    Bar("links_cpu", "resolving every call without value flow, processor time", "s", None),
    Bar("links_ratio", "resolving every call / cold index, processor time", "x", 2.0),
    Bar("edit_median", "one edit: parse, resolve the file again, median", "ms", None),
    Bar("edit_p95", "one edit: parse, resolve the file again, p95", "ms", 50.0),
    Bar("resolve_p95", "one edit: of that, resolving, p95", "ms", None),
    Bar("lower_p95", "one edit: telling the file's flow again, p95", "ms", None),
)


def main(arguments: Sequence[str] | None = None) -> int:
    """Print a table for each folder; 1 when a figure is over its bar."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n", 1)[0] if __doc__ else "")
    parser.add_argument("folders", nargs="+", type=Path)
    parser.add_argument("--step", choices=sorted(STEPS), help=argparse.SUPPRESS)
    parser.add_argument("--cache", type=Path, help=argparse.SUPPRESS)
    options = parser.parse_args(arguments)
    if options.step:
        print(json.dumps(STEPS[options.step](options.folders[0], options.cache)))
        return 0
    over = False
    for folder in options.folders:
        figures = measured(folder.resolve())
        print(f"\n{folder}")
        for bar in BARS:
            value = figures[bar.key]
            missed = bar.most is not None and value > bar.most
            over = over or missed
            most = f"<= {bar.most:g}{'  MISSED' if missed else ''}" if bar.most is not None else ""
            print(f"  {bar.words:<58} {value:>12,.2f} {bar.unit:<4} {most}")
    return int(over)


def measured(root: Path) -> Figures:
    """All figures of one folder."""
    figures: Figures = {}
    with tempfile.TemporaryDirectory() as cache:
        for step in STEPS:
            command = [sys.executable, "-m", "benchmarks.graph_bench", "--step", step]
            command += ["--cache", cache, str(root)]
            done = subprocess.run(command, check=True, capture_output=True)
            figures |= json.loads(done.stdout)
    figures["flow_ratio"] = figures["flow_cpu"] / figures["cold_cpu"]
    figures["flow_wall_ratio"] = figures["flow_wall"] / figures["cold_wall"]
    figures["all_ratio"] = figures["all_cpu"] / figures["cold_cpu"]
    figures["links_ratio"] = figures["links_cpu"] / figures["cold_cpu"]
    return figures


def _cold(root: Path, cache: Path) -> Figures:
    with closing(open_store(root, cache)) as store:
        report = build(root, store, BuildOptions(workers=WORKERS))
    return {"cold_cpu": report.cpu_seconds, "cold_wall": report.seconds}


def _timed(work: Callable[[], object]) -> tuple[float, float]:
    """Processor seconds and seconds on the clock."""
    clock, used = time.perf_counter(), time.process_time()
    work()
    return time.process_time() - used, time.perf_counter() - clock


def _with_view(root: Path, cache: Path, ask: Callable[[IndexView], Figures]) -> Figures:
    with closing(open_store(root, cache)) as store:
        build(root, store, BuildOptions(workers=WORKERS))
        return ask(view_of(store))


def _flow(root: Path, cache: Path) -> Figures:
    def ask(view: IndexView) -> Figures:
        found: list[object] = []
        used, clock = _timed(lambda: found.extend(flow_calls(CodeGraph(view)).calls))
        return {"flow_cpu": used, "flow_wall": clock, "flow_edges": float(len(found))}

    return _with_view(root, cache, ask)


def _all(root: Path, cache: Path) -> Figures:
    def ask(view: IndexView) -> Figures:
        found: list[object] = []
        used, _ = _timed(lambda: found.extend(calls(CodeGraph(view))))
        return {"all_cpu": used, "all_edges": float(len(found))}

    return _with_view(root, cache, ask)


def _links(root: Path, cache: Path) -> Figures:
    def ask(view: IndexView) -> Figures:
        used, _ = _timed(lambda: sum(1 for _ in queries.call_sites(CodeGraph(view))))
        return {"links_cpu": used}

    return _with_view(root, cache, ask)


def _edits(root: Path, cache: Path) -> Figures:
    """A function that calls another is added to one file after the other, in their middle."""

    def ask(view: IndexView) -> Figures:
        chance = random.Random(1)
        paths = [path for path in view.paths() if path.endswith(".py") and view.text(path)]
        # What stays between revisions is there already, as after the first look at a workspace.
        graph = CodeGraph(view)
        for path in chance.sample(paths, min(EDITS, len(paths))):
            _resolve_file(graph, path)
        whole, resolving, lowering = [], [], []
        for path in chance.sample(paths, min(EDITS, len(paths))):
            text = _edited(view.text(path) or b"")
            spec = language_of(path)
            assert spec is not None
            started = time.perf_counter()
            changed = view.with_document(path, text, facts_of(spec, text))
            parsed = time.perf_counter()
            _resolve_file(CodeGraph(changed), path)
            ended = time.perf_counter()
            whole.append(ended - started)
            resolving.append(ended - parsed)
            flow_of_file(CodeGraph(changed), path)
            lowering.append(time.perf_counter() - ended)
        return {
            "edit_median": sorted(whole)[len(whole) // 2] * 1e3,
            "edit_p95": _p95(whole) * 1e3,
            "resolve_p95": _p95(resolving) * 1e3,
            "lower_p95": _p95(lowering) * 1e3,
        }

    return _with_view(root, cache, ask)


def _edited(text: bytes) -> bytes:
    lines = text.splitlines(keepends=True)
    at = next(
        (
            number
            for number in range(len(lines) // 2, len(lines))
            if lines[number].startswith((b"def ", b"class ", b"@"))
        ),
        len(lines),
    )
    added = b"\ndef edited_here(value):\n    return print(value)\n\n"
    return b"".join([*lines[:at], added, *lines[at:]])


def _resolve_file(graph: CodeGraph, path: str) -> None:
    """Every reference of a file to its definitions, and what its calls run."""
    facts = graph.resolver.facts(path)
    assert facts is not None
    for index in range(facts.reference_count):
        links = queries.resolve(graph, path, index)
        if facts.reference(index).role is Role.CALL:
            for link in links:
                queries.called_symbol(graph, link.target)


STEPS: dict[str, Callable[[Path, Path], Figures]] = {
    "cold": _cold,
    "flow": _flow,
    "all": _all,
    "links": _links,
    "edits": _edits,
}


def _p95(taken: Sequence[float]) -> float:
    return sorted(taken)[int(len(taken) * 0.95)]


if __name__ == "__main__":
    sys.exit(main())
