"""What the index costs: a cold build, a warm start, the store, memory, look-ups and search.

Owns the figures of the index alone, each beside its bar. Takes folders of source code; every
measured step runs in a process of its own, so that one does not pay for another's memory. Processor
time is compared with that of only parsing the same files, measured in the same run: machines
differ, ratios less so. What search by words adds is the median over pairs of builds with it and
without, processor time of all their processes.

    python -m benchmarks.index_bench FOLDER...
"""

from __future__ import annotations

import argparse
import gc
import json
import os
import random
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from pairwright.index import build as builds
from pairwright.index import pool
from pairwright.index.build import BuildOptions, BuildReport, build, update
from pairwright.index.embedder import EmbedOptions, embed_missing
from pairwright.index.source import Source, read_source
from pairwright.index.store import Store, open_store
from pairwright.index.view import view_of
from pairwright.index.worker import command

WORKERS = 2
PAIRS = 5
Figures = dict[str, float]


@dataclass(frozen=True, slots=True)
class Bar:
    """A figure's name, unit and the most it may be (None: only shown)."""

    key: str
    words: str
    unit: str
    most: float | None


BARS: tuple[Bar, ...] = (
    Bar("lines", "lines", "", None),
    Bar("parse_cpu", "only parsing, processor time", "s", None),
    Bar("cold_cpu", "cold build, processor time", "s", None),
    Bar("cold_ratio", "cold build / only parsing", "x", 3.0),
    Bar("cold_cpu_mline", "cold build, processor time a million lines", "s", 10.0),
    Bar("cold_wall", "cold build on the clock, 2 workers", "s", 3.5),
    Bar("cold_peak", "cold build, parent's peak", "MiB", 250.0),
    Bar("warm_mline", "warm start a million lines, every file checked", "ms", 250.0),
    Bar("warm_memory_mline", "warm memory a million lines, above an idle process", "MiB", 60.0),
    Bar("store_ratio", "store with words / source", "x", None),
    Bar("words_ratio", "cold build with words / without, all processes", "x", 1.3),
    Bar("whole_ratio", "store with words and vectors / source", "x", 2.0),
    Bar("chunks", "chunks", "", None),
    Bar("chunk_rate", "vectors made, chunks a processor second (at least 8,000)", "/s", None),
    Bar("search_memory", "words and vectors in memory, at most 50,000 chunks", "MiB", 80.0),
    Bar("update", "update of one file, median", "ms", 10.0),
    Bar("look_up_p95", "files mentioning a name, p95", "us", 20.0),
    Bar("search_p95", "search among symbols, p95", "ms", 15.0),
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
            print(f"  {bar.words:<52} {value:>12,.2f} {bar.unit:<4} {most}")
    return int(over)


def measured(root: Path) -> Figures:
    """All figures of one folder."""
    figures: Figures = {}
    with tempfile.TemporaryDirectory() as cache:
        for step in ("parse", "cold", "warm", "warm", "ask", "change", "vectors", "search"):
            figures |= _in_process(step, root, Path(cache))
    figures["words_ratio"] = statistics.median(
        _cpu_of("cold", root) / _cpu_of("bare", root) for _ in range(PAIRS)
    )
    millions = figures["lines"] / 1e6
    figures["cold_ratio"] = figures["cold_cpu"] / figures["parse_cpu"]
    figures["cold_cpu_mline"] = figures["cold_cpu"] / millions
    figures["warm_mline"] = figures["warm_ms"] / millions
    figures["warm_memory_mline"] = figures["warm_memory"] / millions
    figures["store_ratio"] = figures["store_bytes"] / figures["source_bytes"]
    figures["whole_ratio"] = figures["whole_bytes"] / figures["source_bytes"]
    share = min(1.0, 50_000 / figures["chunks"])
    figures["search_memory"] = figures["search_bytes"] * share / (1 << 20)
    return figures


def _in_process(step: str, root: Path, cache: Path) -> Figures:
    command = [sys.executable, __file__, "--step", step, "--cache", str(cache), str(root)]
    found: Figures = json.loads(subprocess.run(command, check=True, capture_output=True).stdout)
    return found


def _cpu_of(step: str, root: Path) -> float:
    """Processor seconds of a step from nothing, with all processes that it starts."""
    with tempfile.TemporaryDirectory() as cache:
        before = resource.getrusage(resource.RUSAGE_CHILDREN)
        _in_process(step, root, Path(cache))
        after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


def _opened(root: Path, cache: Path, workers: int = WORKERS) -> tuple[Store, BuildReport]:
    store = open_store(root, cache)
    return store, build(root, store, BuildOptions(workers=workers))


def _parse(root: Path, cache: Path) -> Figures:
    from pairwright.index.walk import walk
    from pairwright_analyzers.syntax import parse

    entries = walk(root, BuildOptions().walk_options()).entries
    sources = [read_source(root, entry.path) for entry in entries]
    texts = [(each.language, each.text) for each in sources if isinstance(each, Source)]
    for spec in {spec.id: spec for spec, _ in texts}.values():
        parse(spec, b"")
    gc.disable()
    started = time.process_time()
    for spec, text in texts:
        parse(spec, text)
    used = time.process_time() - started
    return {"parse_cpu": used, "source_bytes": float(sum(len(text) for _, text in texts))}


def _cold(root: Path, cache: Path) -> Figures:
    store, report = _opened(root, cache)
    store.close()
    size = sum(path.stat().st_size for path in store.folder.iterdir())
    return {
        "lines": float(report.lines),
        "cold_cpu": report.cpu_seconds,
        "cold_wall": report.seconds,
        "cold_peak": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024,
        "store_bytes": float(size),
    }


def _bare(root: Path, cache: Path) -> Figures:
    """A cold build without words: its workers keep none, and nothing merges them."""
    vars(pool)["command"] = lambda: command("facts_worker")
    vars(builds)["keep_lexical"] = lambda store, check: 0.0
    return _cold(root, cache)


def _vectors(root: Path, cache: Path) -> Figures:
    store, _ = _opened(root, cache)
    report = embed_missing(store, "bundled", EmbedOptions(WORKERS, 0))
    store.close()
    size = sum(path.stat().st_size for path in store.folder.iterdir())
    return {
        "chunks": float(report.chunks),
        "chunk_rate": report.chunks / report.cpu_seconds,
        "whole_bytes": float(size),
    }


def _search(root: Path, cache: Path) -> Figures:
    from pairwright.index.arrays import np
    from pairwright.index.embed import open_encoder
    from pairwright.index.lexical import FieldWeights
    from pairwright.index.vectors import encoder_key

    store, _ = _opened(root, cache)
    encoder = open_encoder("bundled")
    query = encoder.encode(["retry a failed upload"], query=True)[0]
    np.linalg.norm(query)
    before = _resident()
    lexical = view_of(store).lexical()
    lexical.scores({"retri": 1.0, "upload": 1.0}, FieldWeights())
    vectors = store.vectors.index(encoder_key(encoder), lexical.table.digests)
    vectors.search(query, 100)
    gc.collect()
    memory = _resident() - before
    store.close()
    return {"search_bytes": memory * (1 << 20)}


def _warm(root: Path, cache: Path) -> Figures:
    before = _resident()
    started = time.perf_counter()
    store, _ = _opened(root, cache)
    view = view_of(store)
    view.files_mentioning("main")
    seconds = time.perf_counter() - started
    gc.collect()
    memory = _resident() - before
    store.close()
    return {"warm_ms": seconds * 1e3, "warm_memory": memory}


def _ask(root: Path, cache: Path) -> Figures:
    store, _ = _opened(root, cache)
    view = view_of(store)
    chance = random.Random(1)
    names = {name for path in view.paths() if (facts := view.facts(path)) for name in facts.names}
    defined = sorted(name for name in names if view.files_defining(name))
    some = chance.sample(sorted(names), min(3_000, len(names)))
    queries = [
        query
        for name in chance.sample(defined, min(200, len(defined)))
        for query in (
            name,
            name[: len(name) // 2 + 1],
            name[len(name) // 3 :][:5].lower(),
            name[::2],
        )
    ]
    view.search(queries[0], 100)
    figures = {
        "look_up_p95": _p95(view.files_mentioning, some) * 1e6,
        "search_p95": _p95(lambda query: view.search(query, 100), queries) * 1e3,
    }
    store.close()
    return figures


def _change(root: Path, cache: Path) -> Figures:
    store, _ = _opened(root, cache)
    sizes = sorted((row.size, path) for path, row in store.contents.files.items())
    path = sizes[len(sizes) // 2][1]
    file = root / path
    content, status = file.read_bytes(), file.stat()
    taken = []
    try:
        for number in range(15):
            file.write_bytes(content + b"\n" * (number + 1))
            started = time.perf_counter()
            update(root, store, [path])
            taken.append(time.perf_counter() - started)
    finally:
        file.write_bytes(content)
        os.utime(file, ns=(status.st_atime_ns, status.st_mtime_ns))
    store.close()
    return {"update": sorted(taken)[len(taken) // 2] * 1e3}


STEPS: dict[str, Callable[[Path, Path], Figures]] = {
    "parse": _parse,
    "cold": _cold,
    "bare": _bare,
    "warm": _warm,
    "ask": _ask,
    "change": _change,
    "vectors": _vectors,
    "search": _search,
}


def _p95(ask: Callable[[str], object], questions: Sequence[str]) -> float:
    taken = []
    for question in questions:
        started = time.perf_counter()
        ask(question)
        taken.append(time.perf_counter() - started)
    return sorted(taken)[int(len(taken) * 0.95)]


def _resident() -> float:
    """MiB of this process in memory now."""
    try:
        pages = int(Path("/proc/self/statm").read_text("ascii").split()[1])
    except OSError:
        return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    return pages * resource.getpagesize() / (1 << 20)


if __name__ == "__main__":
    sys.exit(main())
