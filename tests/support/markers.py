"""Marker files: cases written as data.

A file holds cases. A case starts with a line `//- case NAME`; `//- file PATH` starts the text of a
workspace file;
`//- base PATH` the text that file had in the base revision; `//- expect [WORDS]` starts what must
come out. `$0` marks
the cursor and a second `$0` the end of a selection; both are taken out of the text. Other
directives are kept in order
for the area's own check.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path

import pytest


@dataclass(frozen=True, slots=True)
class Marker:
    """Where the cursor or selection is: byte offsets in a file."""

    path: str
    start: int
    end: int


@dataclass(slots=True)
class Case:
    """One case: its files, their base texts, expectations by their words, and other directives as
    (word, argument, text).
    """

    name: str
    source: str
    files: dict[str, bytes] = field(default_factory=dict)
    base: dict[str, bytes] = field(default_factory=dict)
    expect: dict[str, str] = field(default_factory=dict)
    directives: list[tuple[str, str, str]] = field(default_factory=list)
    marker: Marker | None = None


def parse_cases(text: str, source: str) -> list[Case]:
    """The cases of a marker file's text. Raises ValueError for text before the first case."""
    cases: list[Case] = []
    word = argument = ""
    block: list[str] = []

    def close() -> None:
        if not word or word == "case":
            return
        case = cases[-1]
        content = "\n".join(block) + ("\n" if block else "")
        if word == "file":
            case.files[argument] = _take_marker(case, argument, content)
        elif word == "base":
            case.base[argument] = content.encode()
        elif word == "expect":
            case.expect[argument] = content
        else:
            case.directives.append((word, argument, content))

    for line in text.splitlines():
        if line.startswith("//- "):
            close()
            word, _, argument = line[4:].partition(" ")
            argument = argument.strip()
            block = []
            if word == "case":
                cases.append(Case(argument, source))
            elif not cases:
                raise ValueError(f"{source}: `{line}` before the first case")
        else:
            block.append(line)
    close()
    return cases


def _take_marker(case: Case, path: str, content: str) -> bytes:
    before, mark, rest = content.partition("$0")
    if not mark:
        return content.encode()
    middle, second, after = rest.partition("$0")
    start = len(before.encode())
    end = start + len(middle.encode()) if second else start
    case.marker = Marker(path, start, end)
    return (before + middle + after).encode()


def load(folder: Path, pattern: str = "**/*.marks") -> list[Case]:
    """All cases of a folder's marker files, in the order of their paths."""
    cases: list[Case] = []
    for path in sorted(folder.glob(pattern)):
        cases.extend(parse_cases(path.read_text("utf-8"), path.relative_to(folder).as_posix()))
    return cases


def parameters(folder: Path, pattern: str = "**/*.marks") -> list[object]:
    """The cases as pytest parameters, named `file::case`."""
    return [pytest.param(case, id=f"{case.source}::{case.name}") for case in load(folder, pattern)]
