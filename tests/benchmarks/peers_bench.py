"""Peers beside us, where they do the same work, on one tree.

Run `python -m benchmarks.peers_bench PATH` from `tests/`, PATH being a large Python source tree.
Times universal-ctags, `ruff
server`, `jedi-language-server` and `pylsp` where they are installed; what is missing is said, not
guessed.
"""

from __future__ import annotations

import argparse
import random
import resource
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from support.lsp_client import LspClient

REQUESTS = 20
OURS = "pairwright"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("path", type=Path)
    root = parser.parse_args().path.resolve()
    print(f"{'whole tree':<28} {'wall s':>9} {'CPU s':>9}")
    for name, command in (("pairwright index, cold", None), ("ctags", "ctags")):
        whole_tree(name, command, root)
    heads = ("initialize", "symbols", "workspace", "references")
    print(f"\n{'language server, p50 ms':<28}" + "".join(f" {head:>11}" for head in heads))
    for name, command in servers():
        server(name, command, root)


def whole_tree(name: str, program: str | None, root: Path) -> None:
    """One cold run over the tree."""
    with tempfile.TemporaryDirectory() as folder:
        if program is None:
            command = [sys.executable, "-m", "pairwright", "index", str(root)]
            environment = {**LspClient.environment(), "PAIRWRIGHT_INDEX_CACHE_FOLDER": folder}
        elif shutil.which(program) is None:
            print(f"{name:<28} not installed")
            return
        else:
            command = [program, "-R", "--languages=Python", "-f", f"{folder}/tags", str(root)]
            environment = LspClient.environment()
        before = resource.getrusage(resource.RUSAGE_CHILDREN)
        started = time.perf_counter()
        subprocess.run(command, env=environment, check=True, capture_output=True)
        wall = time.perf_counter() - started
        after = resource.getrusage(resource.RUSAGE_CHILDREN)
        spent = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
        print(f"{name:<28} {wall:>9.2f} {spent:>9.2f}", flush=True)


def servers() -> list[tuple[str, list[str]]]:
    """Name and command of each server that can be started."""
    found = [(OURS, [sys.executable, "-m", "pairwright", "serve"])]
    for name, arguments in (("ruff", ["server"]), ("jedi-language-server", []), ("pylsp", [])):
        program = shutil.which(name, path=str(Path(sys.executable).parent)) or shutil.which(name)
        if program is None:
            print(f"{name:<28} not installed")
        else:
            found.append((name, [program, *arguments]))
    return found


def server(name: str, command: Sequence[str], root: Path) -> None:
    """Median times of one server's answers to the same questions; `-` where it does not answer
    them.
    """
    starts = []
    for _ in range(3):
        with LspClient(command=command) as client:
            started = time.perf_counter()
            client.initialize(root)
            starts.append(time.perf_counter() - started)
    settings = {"settings": {"navigation": True}} if name == OURS else None
    with LspClient(command=command) as client:
        able = client.initialize(root, options=settings)
        if name == OURS:
            client.ready()
        files = random.Random(7).sample(sorted(root.glob("**/models/*.py")), 5)
        asked: dict[str, list[float]] = {"symbols": [], "workspace": [], "references": []}
        for file in files:
            uri = client.open(file)
            document = {"textDocument": {"uri": uri}}
            if able.get("documentSymbolProvider"):
                asked["symbols"].append(timed(client, "textDocument/documentSymbol", document))
            if able.get("workspaceSymbolProvider"):
                asked["workspace"].append(timed(client, "workspace/symbol", {"query": file.stem}))
            place = first_function(file)
            if place is not None and (able.get("referencesProvider") or name == OURS):
                params = {**document, "position": place, "context": {"includeDeclaration": True}}
                asked["references"].append(timed(client, "textDocument/references", params))
    cells = [
        statistics.median(starts),
        *(statistics.median(one) if one else None for one in asked.values()),
    ]
    shown = [f"{cell * 1e3:.1f}" if cell is not None else "-" for cell in cells]
    print(f"{name:<28}" + "".join(f" {cell:>11}" for cell in shown), flush=True)


def timed(client: LspClient, method: str, params: dict[str, Any]) -> float:
    started = time.perf_counter()
    client.request(method, params)
    return time.perf_counter() - started


def first_function(file: Path) -> dict[str, int] | None:
    """The position of the first function's name in a file."""
    for number, line in enumerate(file.read_text("utf-8").splitlines()):
        column = line.find("def ")
        if column >= 0 and line.strip().startswith("def "):
            return {"line": number, "character": column + 4}
    return None


if __name__ == "__main__":
    main()
