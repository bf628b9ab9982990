"""Small Python programs, run: what they print.

Owns the process that runs them: a bare interpreter that forks for each, as starting hundreds costs
more than what they do. It must not import the product.
"""

from __future__ import annotations

import atexit
import functools
import json
import subprocess
import sys
import tempfile
from collections.abc import Mapping
from pathlib import Path

SECONDS = 60
"""Turns a program that does not end into a failure."""

# Imported once are the modules that programs like to use and that take long.
_RUNNER = f"""
import asyncio, collections, contextlib, dataclasses, enum, functools, json, os, re, runpy, signal
import sys, traceback, typing

for line in sys.stdin:
    folder, program, out, err = json.loads(line)
    child = os.fork()
    if not child:
        signal.alarm({SECONDS})
        for number, path in ((1, out), (2, err)):
            os.dup2(os.open(path, os.O_WRONLY | os.O_CREAT), number)
        os.dup2(os.open(os.devnull, os.O_RDONLY), 0)
        sys.path.insert(0, folder)
        code = 0
        try:
            runpy.run_path(program, run_name="__main__")
        except SystemExit as ended:
            code = ended.code if isinstance(ended.code, int) else bool(ended.code)
        except BaseException:
            traceback.print_exc()
            code = 1
        sys.stdout.flush()
        sys.stderr.flush()
        os._exit(code)  # what was imported before it need not be taken apart
    print(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]), flush=True)
"""


def printed(files: Mapping[str, bytes], path: str) -> str:
    """What the program at `path` prints. Fails when it does not end well."""
    with tempfile.TemporaryDirectory() as held:
        folder = Path(held, "program")
        for name, text in files.items():
            place = folder / name
            place.parent.mkdir(parents=True, exist_ok=True)
            place.write_bytes(text)
        out, err = Path(held, "out"), Path(held, "err")
        order = [str(folder), str(folder / path), str(out), str(err)]
        runner = _runner()
        assert runner.stdin is not None and runner.stdout is not None
        runner.stdin.write(f"{json.dumps(order)}\n")
        runner.stdin.flush()
        code = runner.stdout.readline()
        assert code == "0\n", f"{code}{err.read_text('utf-8')}"
        return out.read_text("utf-8")


@functools.cache
def _runner() -> subprocess.Popen[str]:
    process = subprocess.Popen(
        [sys.executable, "-I", "-S", "-c", _RUNNER],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )

    def end() -> None:
        process.communicate()

    atexit.register(end)
    return process
