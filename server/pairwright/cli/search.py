"""`pairwright search`."""

from __future__ import annotations

import argparse
import json
import os
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from pairwright.cli.report import BOLD, DIM, Painter
from pairwright.cli.terminal import coloured, progress_bar
from pairwright.errors import BadArgument, UserError
from pairwright.features.search import definition_of, placed, search
from pairwright.workspace import OpenedRoot, open_root, root_around

if TYPE_CHECKING:
    from pairwright.index.protocol import Hit, SearchResult
    from pairwright_analyzers.graph import CodeGraph

MOST_AT_ONCE = 30_000_000
"""Bytes of code without vectors up to which they are made before the answer: a few seconds."""

_SHOWN_LINES = 8


def run(options: argparse.Namespace) -> int:
    """Search a workspace or a part of it; print the hits. 1 when there is none."""
    query = " ".join(options.query)
    if not query.strip():
        raise BadArgument(
            "The query is empty.", "Say what you look for: `pairwright search WORDS`."
        )
    if options.limit < 1:
        raise BadArgument(f"--limit is {options.limit}.", "Give the number of hits, 1 or more.")
    settings = {"search.vectors": False} if options.no_vectors else {}
    opened, inside = _opened(options.path, settings)
    with opened:
        notes = [one.message for one in opened.resolved.problems if one.level == "warning"]
        notes += _embedded(opened)
        seen = placed(query, opened.context.root, Path.cwd())
        result = search(opened.context, seen, options.limit, within=inside)
    for note in dict.fromkeys((*notes, *result.notes)):
        print(f"pairwright: {note}", file=sys.stderr)
    if options.json:
        json.dump(hits_json(result, inside, explain=options.explain), sys.stdout, indent=2)
        print()
    elif result.hits:
        painter = Painter(coloured(sys.stdout))
        graph = opened.context.graph
        blocks = [
            _block(hit, _code(graph, hit), inside, options.path, painter, options.explain)
            for hit in result.hits
        ]
        print("\n".join(blocks))
    else:
        print("pairwright: nothing was found.", file=sys.stderr)
    return int(not result.hits)


def _opened(path: Path, settings: dict[str, Any]) -> tuple[OpenedRoot, str]:
    """The index that holds a path, and the path in it.

    A folder that the repository around it leaves out (an environment, a checkout inside another) is
    a workspace of its own.
    """
    root, inside = root_around(path)
    with progress_bar("Indexing") as progress:
        opened = open_root(root, settings=settings, progress=progress)
        if not inside or _holds(opened, inside):
            return opened, inside
        place = path.resolve()
        if not place.is_dir():
            opened.__exit__(None, None, None)
            raise BadArgument(
                f"{path} is not indexed.",
                f"`pairwright index {root} --json` says which files are skipped and why.",
            )
        opened.__exit__(None, None, None)
        return open_root(place, settings=settings, progress=progress), ""


def _holds(opened: OpenedRoot, inside: str) -> bool:
    workspace = opened.context.graph.workspace
    return workspace.has(inside) or any(one.startswith(f"{inside}/") for one in workspace.paths())


def _embedded(opened: OpenedRoot) -> Sequence[str]:
    """Make vectors that are missing where that takes seconds, else say what makes them."""
    try:
        missing = opened.without_vectors()
        if sum(missing) > MOST_AT_ONCE:
            how = f"Run `pairwright index {opened.context.root} --vectors` once."
            return [f"{len(missing):,} files are searched by their words alone. {how}"]
        if missing:
            with progress_bar("Making vectors") as progress:
                opened.embed(progress)
    except UserError as error:
        # Words and names are searched all the same.
        return [str(error)]
    return []


# What is printed.


def hits_json(result: SearchResult, inside: str, *, explain: bool) -> list[dict[str, Any]]:
    """Hits as plain values: paths relative to the folder that was searched, lines from 1."""
    rows = []
    for hit in result.hits:
        row: dict[str, Any] = {
            "path": _below(hit.path, inside),
            "start_line": hit.start_line,
            "end_line": hit.end_line,
            "symbol": hit.symbol,
            "score": round(hit.score, 6),
            "snippet": hit.snippet,
        }
        if explain:
            row["parts"] = {name: round(part, 6) for name, part in hit.parts.items()}
        rows.append(row)
    return rows


def _below(path: str, inside: str) -> str:
    """A path of the root as one below a folder of it; of a file that was searched, its name."""
    if path == inside:
        return path.rpartition("/")[2]
    return path.removeprefix(f"{inside}/") if inside else path


_Code = tuple[Sequence[str], int]
"""The lines of a hit, and which of them (from 0) has the name that it defines; 0 without one."""


def _code(graph: CodeGraph, hit: Hit) -> _Code:
    text = graph.workspace.text(hit.path)
    if text is None:
        return hit.snippet.rstrip("\n").split("\n"), 0
    lines = text[hit.span.start : hit.span.end].decode("utf-8", "replace").rstrip().split("\n")
    lines[0] = hit.snippet.split("\n", 1)[0] or lines[0]
    found = definition_of(graph, hit)
    if found is None:
        return lines, 0
    name = text.count(b"\n", hit.span.start, graph.symbol(found).name_span.start)
    return lines, name if name < len(lines) else 0


def _block(
    hit: Hit, code: _Code, inside: str, searched: Path, painter: Painter, explain: bool
) -> str:
    """A hit for a person: place, symbol, score, and the lines that tell what it is."""
    folder = searched.parent if hit.path == inside else searched
    # As it can be opened from here, which is how other tools that search print it.
    path = os.path.normpath(folder / _below(hit.path, inside))
    where = painter.paint(f"{_shown(path)}:{hit.start_line}", BOLD)
    symbol = f" {_shown(hit.symbol)}" if hit.symbol else ""
    out = [f"{where}{symbol} {painter.paint(f'{hit.score:.3f}', DIM)}"]
    lines, name = code
    numbers = _telling(len(lines), name)
    width = len(str(hit.start_line + numbers[-1]))
    former = -1
    for number in numbers:
        if number != former + 1:
            out.append(painter.paint(f"  {'…':>{width}}", DIM))
        mark = painter.paint(f"{hit.start_line + number:>{width}} |", DIM)
        out.append(f"  {mark} {_shown(lines[number])}".rstrip())
        former = number
    if former + 1 < len(lines):
        out.append(painter.paint(f"  {'…':>{width}}", DIM))
    if explain:
        parts = sorted(hit.parts.items(), key=lambda one: -abs(one[1]))
        out.append("  " + painter.paint(", ".join(f"{k} {v:.3f}" for k, v in parts), DIM))
    return "\n".join(out) + "\n"


def _telling(count: int, name: int) -> list[int]:
    """Which of `count` lines to show: the first ones, but the definition's header in any case."""
    first = _SHOWN_LINES if name < _SHOWN_LINES // 2 or name >= count else _SHOWN_LINES // 2 - 1
    chosen = {*range(min(first, count))}
    if first < _SHOWN_LINES:
        chosen |= {*range(name, min(count, name + _SHOWN_LINES - first))}
    return sorted(chosen)


def _shown(line: str) -> str:
    """A line as a terminal may show it: no control characters, not endless."""
    shown = "".join(char if char.isprintable() else " " for char in line.replace("\t", "    "))
    return shown if len(shown) <= 160 else f"{shown[:159]}…"
