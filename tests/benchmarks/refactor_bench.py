"""Figures of refactorings on a real tree: the menu, the edit of one, a rename over many files.

Run `python -m benchmarks.refactor_bench PATH` from `tests/`, PATH being a large Python source tree.
Buffers only, nothing is written below PATH. Prints a table; then, by refactoring, what its share of
the menu is, and what its edits take.
"""

from __future__ import annotations

import argparse
import os
import random
import statistics
import tempfile
import time
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from benchmarks.lsp_bench import MS, Table
from pairwright.workspace import open_root
from pairwright_analyzers.languages import language
from pairwright_analyzers.refactors import REFACTORS, RefactorContext, offers_at
from pairwright_analyzers.syntax import descendants, parse, span_of
from pairwright_analyzers.text import Encoding, LineIndex
from pairwright_analyzers.types import Span
from support.lsp_client import FRESH, FULL_CAPABILITIES, Failure, LspClient, Message, replaced

FILES = 40
SELECTIONS = 20
RESOLVED = 30
"""Edits of each refactoring, at most."""

LARGE = 3
"""How many of the files are the largest there are."""

REFERENCES, REFERRING = 500, 100


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("path", type=Path)
    parser.add_argument("--seed", type=int, default=4)
    options = parser.parse_args()
    root = options.path.resolve()
    with tempfile.TemporaryDirectory() as cache:
        os.environ["PAIRWRIGHT_INDEX_CACHE_FOLDER"] = cache
        table = Table()
        places = list(chosen(root, random.Random(options.seed)))
        on_tree(table, root, places)
        renames(table)
        shares(root, places)


def chosen(root: Path, dice: random.Random) -> Iterator[tuple[Path, list[Span]]]:
    """Files with cursors and selections: lines, whole nodes, any two places of a line."""
    files = sorted(
        (path for path in root.rglob("*.py") if path.stat().st_size > 2_000),
        key=lambda path: (-path.stat().st_size, str(path)),
    )
    for path in files[:LARGE] + dice.sample(files[LARGE:], FILES - LARGE):
        text = path.read_bytes()
        lines = LineIndex(text)
        nodes = list(descendants(parse(language("python"), text).root))
        spans = []
        for number in range(SELECTIONS):
            line = dice.randrange(lines.line_count)
            start = lines.line_start(line)
            match number % 4:
                case 0:
                    at = dice.randint(start, lines.line_end(line))
                    spans.append(Span(at, at))
                case 1:
                    last = min(line + dice.randrange(8), lines.line_count - 1)
                    spans.append(Span(start, lines.line_end(last)))
                case 2:
                    ends = sorted(dice.randint(start, lines.line_end(line)) for _ in range(2))
                    spans.append(Span(*ends))
                case _:
                    spans.append(span_of(dice.choice(nodes)))
        yield path, spans


def on_tree(table: Table, root: Path, places: list[tuple[Path, list[Span]]]) -> None:
    """The menu and the edits, over the wire."""
    listed: list[float] = []
    typed: list[float] = []
    resolved: dict[str, list[float]] = defaultdict(list)
    several: list[float] = []
    refused = 0
    with LspClient(command=FRESH) as client:
        client.initialize(root, capabilities=capabilities())
        client.ready()
        warm(client, places[0][0])
        for path, spans in places:
            uri = client.open(path)
            text = path.read_bytes()
            lines = LineIndex(text)
            client.symbols(uri)
            offers: list[Message] = []
            for span in spans:
                begin = time.perf_counter()
                found = menu(client, uri, ranged(lines, span))
                listed.append(time.perf_counter() - begin)
                offers += [one for one in found if one["kind"].startswith("refactor")]
            for action in offers:
                identifier = action["data"]["offer"]["refactoring"] if "data" in action else ""
                if not identifier or len(resolved[identifier]) >= RESOLVED:
                    continue
                begin = time.perf_counter()
                try:
                    edit = client.request("codeAction/resolve", action)["edit"]
                except Failure:
                    refused += 1
                    continue
                seconds = time.perf_counter() - begin
                if len(edit["documentChanges"]) == 1:
                    resolved[identifier].append(seconds)
                else:
                    several.append(seconds)
            for version, span in enumerate(spans[:5], 2):
                client.change(uri, version, replaced((0, 0), (0, 0), "\n"))
                moved = Span(span.start + version - 1, span.end + version - 1)
                begin = time.perf_counter()
                menu(client, uri, ranged(LineIndex(b"\n" * (version - 1) + text), moved))
                typed.append(time.perf_counter() - begin)
            client.notify("textDocument/didClose", {"textDocument": {"uri": uri}})
    table.times("code actions at a selection", listed, "p95 < 50 ms")
    table.times("code actions right after a keystroke", typed)
    everything = [one for times in resolved.values() for one in times]
    table.times("the edit of a local refactoring", everything, "p95 < 300 ms")
    if several:
        table.times("the edit of one over several files", several)
    table.value("edits that were refused", str(refused))
    told = {identifier: times for identifier, times in resolved.items() if times}
    for identifier, times in sorted(told.items(), key=lambda row: -max(row[1])):
        table.times(f"  {identifier} ({len(times)})", times)


def capabilities() -> Message:
    """An editor's, with disabled actions."""
    action = {**FULL_CAPABILITIES["textDocument"]["codeAction"], "disabledSupport": True}
    return {
        **FULL_CAPABILITIES,
        "general": {"positionEncodings": ["utf-8"]},
        "textDocument": {**FULL_CAPABILITIES["textDocument"], "codeAction": action},
    }


def ranged(lines: LineIndex, span: Span) -> Message:
    """A span as a range of the protocol."""
    ends = [lines.position(offset, Encoding.UTF8) for offset in (span.start, span.end)]
    start, end = ({"line": line, "character": column} for line, column in ends)
    return {"start": start, "end": end}


def menu(client: LspClient, uri: str, place: Message) -> list[Message]:
    """What a person who asks for it sees."""
    found: list[Message] = client.request(
        "textDocument/codeAction",
        {
            "textDocument": {"uri": uri},
            "range": place,
            "context": {"diagnostics": [], "triggerKind": 1},
        },
    )
    return found


def warm(client: LspClient, path: Path) -> None:
    """What is imported on first use is imported."""
    uri = client.open(path)
    menu(client, uri, ranged(LineIndex(b""), Span(0, 0)))
    client.notify("textDocument/didClose", {"textDocument": {"uri": uri}})


def renames(table: Table) -> None:
    """A function that a hundred files call five times each."""
    with tempfile.TemporaryDirectory() as folder, LspClient(command=FRESH) as client:
        root = Path(folder).resolve()
        (root / "rates.py").write_text("def doubled(price):\n    return price * 2\n")
        calls = REFERENCES // REFERRING - 1
        for number in range(REFERRING):
            body = "".join(f"    print(doubled({call}))\n" for call in range(calls))
            (root / f"shop_{number}.py").write_text(
                f"from rates import doubled\n\n\ndef pay_{number}():\n{body}"
            )
        client.initialize(root, capabilities=capabilities())
        client.ready()
        uri = client.open(root / "rates.py")
        client.symbols(uri)
        place = {"line": 0, "character": 5}
        argument: dict[str, Any] = {
            "uri": uri,
            "id": "rename.symbol",
            "range": {"start": place, "end": place},
        }
        taken = []
        for number in range(7):
            begin = time.perf_counter()
            client.command(
                "pairwright.refactor.apply", {**argument, "arguments": {"name": f"twice{number}"}}
            )
            taken.append(time.perf_counter() - begin)
        edit = client.asked("workspace/applyEdit")["edit"]
        edits = sum(len(change["edits"]) for change in edit["documentChanges"])
        assert edits == REFERENCES + 1, edits
        table.times(f"rename, {edits} places in {REFERRING + 1} files", taken, "p95 < 1500 ms")


def shares(root: Path, places: list[tuple[Path, list[Span]]]) -> None:
    """What each refactoring takes of the menu, in this process, the slowest first."""
    print(f"\n{'offers of one refactoring':<46} {'p50':>10} {'p95':>10} {'max':>10}  slowest at")
    with open_root(root, progress=Silent()) as opened:
        graph = opened.context.graph
        rows: dict[str, list[tuple[float, str]]] = defaultdict(list)
        for path, spans in places:
            relative = path.relative_to(root).as_posix()
            spec, text = graph.spec(relative), graph.workspace.text(relative)
            if spec is None or text is None:
                continue
            parsed = parse(spec, text)
            for span in spans:
                held = RefactorContext(graph, relative, span, parsed)
                for refactor in REFACTORS:
                    begin = time.perf_counter()
                    offers_at(held, refactor)
                    seconds = time.perf_counter() - begin
                    rows[refactor.id].append((seconds, f"{relative}:{span.start}-{span.end}"))
        for identifier, found in sorted(rows.items(), key=lambda row: -max(row[1])[0]):
            times = sorted(seconds for seconds, _ in found)
            cells = [statistics.median(times), times[round(0.95 * (len(times) - 1))], times[-1]]
            row = " ".join(f"{cell * MS:>7.2f} ms" for cell in cells)
            print(f"{identifier:<46} {row}  {max(found)[1]}")


class Silent:
    """Progress that nobody watches."""

    def report(self, message: str, done: int | None = None, total: int | None = None) -> None:
        """Say nothing."""


if __name__ == "__main__":
    main()
