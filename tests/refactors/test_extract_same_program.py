"""What a program prints does not change when any part of it becomes a function.

An oracle: every run of statements and every value of one program that uses most of what Python has
is taken out, and what the program prints compared.
"""

from __future__ import annotations

import contextlib
import io
from collections.abc import Iterator
from typing import TYPE_CHECKING

import pytest

from pairwright_analyzers.edits import apply_edits
from pairwright_analyzers.graph import CodeGraph
from pairwright_analyzers.languages import language_of
from pairwright_analyzers.refactors import RefactorContext, Refused, offers_at, refactored
from pairwright_analyzers.refactors.extract_function import REFACTOR as FUNCTION
from pairwright_analyzers.refactors.extract_method import REFACTOR as METHOD
from pairwright_analyzers.refactors.model import Refactor
from pairwright_analyzers.syntax import Parsed, parse
from pairwright_analyzers.types import Span
from support.workspace import MemoryWorkspace

if TYPE_CHECKING:
    from tree_sitter import Node

_PROGRAM = """\
import sys
from collections import defaultdict

RATE = 0.2
log = []


class Stack:
    count = 0

    def __init__(self, items=()):
        self.items = list(items)
        Stack.count += 1

    def push(self, item, *more, **flags):
        size = len(self.items)
        self.items.append(item)
        for extra in more:
            if extra is None:
                continue
            self.items.append(extra)
        if flags.get("log"):
            log.append((size, len(self.items)))
        return self

    def drain(self):
        while self.items:
            top = self.items.pop()
            if top == "stop":
                break
            yield top
        else:
            yield "empty"

    @property
    def top(self):
        try:
            value = self.items[-1]
        except IndexError:
            value = None
        return value

    @classmethod
    def of(cls, *items):
        made = cls(items)
        made.push("x")
        return made

    @staticmethod
    def twice(n):
        m = n * 2
        k = m + n
        return m, k


def totals(rows, rate=RATE):
    net = gross = 0
    by_name = defaultdict(int)
    worst = None
    for index, (name, amount) in enumerate(rows):
        if amount < 0:
            print("skip", name)
            continue
        net += amount
        tax = amount * rate
        gross += amount + tax
        by_name[name] += amount
        if worst is None or amount > worst[1]:
            worst = (name, amount)
        label = f"{index}: {name} {amount + tax:.1f}"
        print(label)
    average = net / len(rows) if rows else 0
    best = [name for name, n in by_name.items() if n > average]
    text = ", ".join(sorted(best))
    return net, round(gross, 2), text, worst


def find(items, wanted):
    seen = 0
    for item in items:
        seen += 1
        if item == wanted:
            found = True
            break
    else:
        found = False
    print(seen, found)
    if not found:
        return None
    try:
        position = items.index(wanted)
        if position > 2:
            raise ValueError("far")
        result = position * 10
    except ValueError as error:
        result = str(error)
    finally:
        print("done", seen)
    return result


def counter(start):
    value = start

    def step(by=1):
        nonlocal value
        before = value
        value += by
        return before, value

    first = step()
    second = step(2)
    total = first[1] + second[1]
    return total, value


def parse(text):
    words = text.split()
    out = {}
    key = None
    while words:
        word = words.pop(0)
        if key is None:
            key = word
        else:
            out[key] = int(word) if word.isdigit() else word
            key = None
    rest = key
    size = len(out)
    out["size"] = size
    swap_a, swap_b = rest, size
    swap_a, swap_b = swap_b, swap_a
    return out, swap_a, swap_b


def main():
    s = Stack.of(1, "stop", 2).push(3, None, 4, log=True)
    print(list(s.drain()), s.top, Stack.twice(3), Stack.count)
    print(list(Stack([]).drain()))
    print(totals([("a", 3), ("b", -1), ("a", 4), ("c", 10)]))
    print(totals([]))
    for wanted in (2, 9, 7):
        print(find([1, 2, 3, 7], wanted))
    print(counter(5))
    print(parse("a 1 b two c"))
    print(log)
    matrix = [[i * j for j in range(3)] for i in range(3)]
    flat = [n for row in matrix for n in row if n % 2 == 0]
    pairs = dict(zip("abc", map(lambda n: n + len(flat), flat)))
    print(flat, pairs)


if __name__ == "__main__":
    main()
"""


def _printed(source: bytes) -> str:
    held = io.StringIO()
    with contextlib.redirect_stdout(held):
        exec(compile(source, "program", "exec"), {"__name__": "__main__"})
    return held.getvalue()


def _nodes(root: Node) -> Iterator[Node]:
    pending = [root]
    while pending:
        node = pending.pop()
        yield node
        pending.extend(node.children)


def _selections(parsed: Parsed) -> list[Span]:
    """Up to four neighbouring statements, and every value of more than one part."""
    shapes = parsed.spec.shapes
    found: set[tuple[int, int]] = set()
    for node in _nodes(parsed.root):
        if node.type in shapes.blocks:
            listed = [one for one in node.named_children if one.type not in shapes.comments]
            for at, first in enumerate(listed):
                found.update((first.start_byte, last.end_byte) for last in listed[at : at + 4])
        if node.type in shapes.expressions and node.named_child_count:
            found.add((node.start_byte, node.end_byte))
    return [Span(start, end) for start, end in sorted(found)]


def _after(text: bytes, parsed: Parsed, span: Span, refactor: Refactor) -> bytes | None:
    """The program with a selection taken out; None where that is refused or not offered."""
    graph = CodeGraph(MemoryWorkspace({"program.py": text}))
    ctx = RefactorContext(graph, "program.py", span, parsed)
    if not offers_at(ctx, refactor):
        return None
    try:
        result = refactored(ctx, refactor, {})
    except Refused:
        return None
    return apply_edits(text, result.change.edits["program.py"])


@pytest.mark.parametrize("line_end", ["\n", "\r\n"])
def test_a_program_prints_the_same(line_end: str) -> None:
    text = _PROGRAM.replace("\n", line_end).encode()
    spec = language_of("program.py")
    assert spec is not None
    parsed = parse(spec, text)
    wanted = _printed(text)
    done = 0
    step = 1 if line_end == "\n" else 6
    for span in _selections(parsed)[::step]:
        for refactor in (FUNCTION, METHOD):
            after = _after(text, parsed, span, refactor)
            if after is None:
                continue
            done += 1
            assert _printed(after) == wanted, after.decode()
            assert after.count(b"\n") == after.count(line_end.encode())
    assert done > (300 if step == 1 else 40)
