"""Figures of the language server on a real tree: start, answers, keystrokes, saves, memory.

Run `python -m benchmarks.lsp_bench PATH` from `tests/`, PATH being a large Python source tree. It
works on a copy of what it edits: buffers only, nothing is written below PATH. Prints a table.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import re
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from support.lsp_client import FRESH, FULL_CAPABILITIES, PULL_CAPABILITIES, LspClient, Message

EMPTY_SERVER = (
    "from pygls.lsp.server import LanguageServer\nLanguageServer('empty', '1').start_io()\n"
)

MS = 1_000


class Table:
    """Rows of figures, printed as they come."""

    def __init__(self) -> None:
        print(f"{'what':<46} {'p50':>10} {'p95':>10} {'max':>10}  bar")

    def times(self, what: str, seconds: Sequence[float], bar: str = "") -> None:
        """A row of times in milliseconds."""
        ordered = sorted(seconds)
        p95 = ordered[min(len(ordered) - 1, round(0.95 * (len(ordered) - 1)))]
        cells = [statistics.median(ordered), p95, ordered[-1]]
        row = " ".join(f"{cell * MS:>7.1f} ms" for cell in cells)
        print(f"{what:<46} {row}  {bar}", flush=True)

    def value(self, what: str, value: str, bar: str = "") -> None:
        """A row with one figure."""
        print(f"{what:<46} {value:>10} {'':>10} {'':>10}  {bar}", flush=True)


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("path", type=Path)
    parser.add_argument("--rounds", type=int, default=9, help="starts of each server")
    options = parser.parse_args()
    root = options.path.resolve()
    table = Table()
    with tempfile.TemporaryDirectory() as cache:
        os.environ["PAIRWRIGHT_INDEX_CACHE_FOLDER"] = cache
        starts(table, options.rounds)
        idle_memory(table)
        on_tree(table, root)


def starts(table: Table, rounds: int) -> None:
    """`initialize` of this server and of an empty one, in turns, from the start of the process."""
    ours: list[float] = []
    empty: list[float] = []
    for _ in range(rounds):
        empty.append(start_once([sys.executable, "-c", EMPTY_SERVER]))
        ours.append(start_once([sys.executable, "-m", "pairwright", "serve"]))
    table.times("initialize, empty pygls server", empty)
    table.times("initialize, pairwright", ours)
    ratio = statistics.median(ours) / statistics.median(empty)
    table.value("initialize, ratio of medians", f"{ratio:.2f}", "<= 1.2")


def start_once(command: Sequence[str]) -> float:
    """Seconds from starting a server to its answer to `initialize`."""
    body = json.dumps(
        {
            "jsonrpc": "2.0",
            "id": 1,
            "method": "initialize",
            "params": {"processId": None, "rootUri": None, "capabilities": FULL_CAPABILITIES},
        }
    ).encode()
    begin = time.perf_counter()
    process = subprocess.Popen(
        command,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        env=LspClient.environment(),
    )
    assert process.stdin is not None
    assert process.stdout is not None
    process.stdin.write(b"Content-Length: %d\r\n\r\n%b" % (len(body), body))
    process.stdin.flush()
    while process.stdout.readline().strip():
        pass
    process.stdout.read(1)
    seconds = time.perf_counter() - begin
    process.kill()
    process.communicate()
    return seconds


def idle_memory(table: Table) -> None:
    """Resident memory with an empty folder open."""
    with tempfile.TemporaryDirectory() as folder, LspClient(command=FRESH) as client:
        client.initialize(Path(folder))
        client.ready()
        table.value("memory, idle", f"{memory(client):.0f} MiB", "< 90 MiB")


def memory(client: LspClient) -> float:
    """MiB resident in the server's process."""
    status = Path(f"/proc/{client.process.pid}/status").read_text(encoding="ascii")
    found = re.search(r"VmRSS:\s+(\d+) kB", status)
    assert found is not None
    return int(found[1]) / 1024


def peak(client: LspClient) -> float:
    """MiB resident in the server's process at its highest."""
    status = Path(f"/proc/{client.process.pid}/status").read_text(encoding="ascii")
    found = re.search(r"VmHWM:\s+(\d+) kB", status)
    assert found is not None
    return int(found[1]) / 1024


def on_tree(table: Table, root: Path) -> None:
    """Everything that needs the index of a real tree."""
    settings = {"settings": {"navigation": True}}
    with LspClient(command=FRESH) as client:
        begin = time.perf_counter()
        client.initialize(root, options=settings)
        client.ready()
        table.value("cold index until quiet", f"{time.perf_counter() - begin:.2f} s")
        table.value(
            "memory, peak of the server while building", f"{peak(client):.0f} MiB", "<= 250"
        )
    with LspClient(command=FRESH) as client:
        begin = time.perf_counter()
        client.initialize(root, options=settings)
        client.ready()
        table.value("warm start until quiet", f"{time.perf_counter() - begin:.2f} s")
        table.value("memory, warm", f"{memory(client):.0f} MiB")
        answers(table, client, root)
        keystrokes(table, client, root)
        table.value("memory, after all of it", f"{memory(client):.0f} MiB")
    saves(table, root)


def timed(client: LspClient, method: str, params: Message) -> tuple[float, Any]:
    """Seconds to the answer, and the answer."""
    begin = time.perf_counter()
    answer = client.request(method, params)
    return time.perf_counter() - begin, answer


def answers(table: Table, client: LspClient, root: Path) -> None:
    """Requests about symbols all over the tree."""
    chance = random.Random(7)
    files = sorted(root.rglob("*.py"))
    names = [
        "QuerySet",
        "get",
        "qs",
        "save",
        "Model",
        "asgi",
        "HttpResp",
        "test_filter",
        "x",
        "as_view",
    ]
    found = [timed(client, "workspace/symbol", {"query": name}) for name in names * 6]
    table.times("workspace/symbol", [seconds for seconds, _ in found], "p95 < 30 ms")
    places: list[tuple[str, Message]] = []
    for path in chance.sample(files, 40):
        uri = client.open(path)
        places.extend((uri, one["selectionRange"]["start"]) for one in client.symbols(uri)[:4])
    hits = [symbol for _, answer in found for symbol in answer]
    locations = [symbol["location"] for symbol in chance.sample(hits, 40)]
    places.extend((place["uri"], place["range"]["start"]) for place in locations)
    asked = [
        {"textDocument": {"uri": uri}, "position": place, "context": {"includeDeclaration": True}}
        for uri, place in places
    ]
    results = [timed(client, "textDocument/references", params) for params in asked]
    table.times("references, first time", [seconds for seconds, _ in results], "p95 < 30 ms")
    again = [timed(client, "textDocument/references", params)[0] for params in asked]
    table.times("references, again", again)
    counts = sorted(len(answer or []) for _, answer in results)
    table.value("references found, median and most", f"{counts[len(counts) // 2]}, {counts[-1]}")
    for method in ("definition", "hover"):
        seconds = [timed(client, f"textDocument/{method}", params)[0] for params in asked]
        table.times(method, seconds)
    actions = [
        timed(
            client,
            "textDocument/codeAction",
            {
                "textDocument": {"uri": uri},
                "range": {"start": place, "end": place},
                "context": {"diagnostics": [], "triggerKind": 1},
            },
        )[0]
        for uri, place in places
    ]
    table.times("codeAction list", actions, "p95 < 50 ms")


def saves(table: Table, root: Path) -> None:
    """From `didSave` to the findings: the pulled answer waits for the review of the save."""
    chance = random.Random(11)
    method = re.compile(r"    def (\w+)\(self, \w+,")
    files = [
        path
        for path in sorted(root.rglob("*.py"))
        if path.stat().st_size < 60_000
        and "tests" not in path.relative_to(root).parts
        and method.search(path.read_text(encoding="utf-8", errors="replace"))
    ]
    seconds = []
    found = 0
    with LspClient(command=FRESH) as client:
        client.initialize(root, capabilities=PULL_CAPABILITIES)
        client.ready()
        for path in chance.sample(files, 40):
            text = path.read_text(encoding="utf-8")
            uri = client.open(path)
            pulled(client, uri)
            # One method's first parameter goes: its callers do not fit any more.
            changed = method.sub(r"    def \1(self,", text, count=1)
            client.change(uri, 2, {"text": changed + "\n\ndef fresh():\n    print('left')\n"})
            begin = time.perf_counter()
            client.save(uri)
            found += len(pulled(client, uri))
            seconds.append(time.perf_counter() - begin)
            client.notify("textDocument/didClose", {"textDocument": {"uri": uri}})
    table.times("save -> diagnostics", seconds, "p95 < 300 ms")
    table.value("findings at those saves", str(found))


def pulled(client: LspClient, uri: str) -> list[Any]:
    """The diagnostics of a document once its review has ended."""
    report = client.request("textDocument/diagnostic", {"textDocument": {"uri": uri}})
    items: list[Any] = report["items"]
    return items


def three_thousand_lines(root: Path) -> str:
    """A text of 3 000 lines of the tree's own code."""
    lines: list[str] = []
    for path in sorted(root.rglob("*.py")):
        text = path.read_text(encoding="utf-8", errors="replace")
        if "\nclass " in text:
            lines += text.splitlines()
        if len(lines) >= 3_000:
            break
    return "\n".join(lines[:3_000]) + "\n"


def keystrokes(table: Table, client: LspClient, root: Path) -> None:
    """Typing in a file of 3 000 lines, while the loop is asked for a sign of life all the time."""
    text = three_thousand_lines(root)
    uri = client.open(root / "a_file_of_three_thousand_lines.py", text)
    whole = [timed(client, "textDocument/documentSymbol", {"textDocument": {"uri": uri}})[0]]
    client.ready()
    line = 1_500
    lightbulb = {
        "textDocument": {"uri": uri},
        "range": {
            "start": {"line": line + 1, "character": 0},
            "end": {"line": line + 1, "character": 0},
        },
        "context": {"diagnostics": [], "triggerKind": 1},
    }
    version = 1
    typed: list[float] = []
    with pulse(client) as beats:
        for letter in "value = compute(first, second)  # a remark" * 2:
            version += 1
            change = {
                "range": {
                    "start": {"line": line, "character": 0},
                    "end": {"line": line, "character": 0},
                },
                "text": letter,
            }
            begin = time.perf_counter()
            client.change(uri, version, change)
            # The smallest request whose answer needs the facts of this very text.
            client.request("textDocument/codeAction", lightbulb)
            typed.append(time.perf_counter() - begin)
            time.sleep(0.05)
    table.times("documentSymbol, 3 000 lines, first time", whole)
    table.times("keystroke -> fresh facts, 3 000 lines", typed, "p95 < 60 ms")
    table.times("sign of life of the loop meanwhile", beats, "max ~ 20 ms")
    with pulse(client) as beats:
        for letter in "value = compute(first, second)" * 2:
            version += 1
            client.change(uri, version, {"range": change["range"], "text": letter})
            time.sleep(0.05)
        client.symbols(uri)
    table.times("sign of life while only typing", beats, "max ~ 20 ms")


@contextmanager
def pulse(client: LspClient) -> Iterator[list[float]]:
    """Ask the loop something it answers at once, every few milliseconds; gathers the times."""
    beats: list[float] = []
    stop = threading.Event()

    def beat() -> None:
        number = 0
        while not stop.wait(0.004):
            number += 1
            name = f"pulse-{id(stop)}-{number}"
            begin = time.perf_counter()
            client.send({"id": name, "method": "$/pulse", "params": None})
            client.wait_response(name)
            beats.append(time.perf_counter() - begin)

    thread = threading.Thread(target=beat)
    thread.start()
    try:
        yield beats
    finally:
        stop.set()
        thread.join()


if __name__ == "__main__":
    main()
